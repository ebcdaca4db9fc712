/* Whose personal fields were opened: each person once, and how many when there are more than find room. */
#include "store/internal.h"

#include "support/check.h"

static void add(struct store_shown *shown, unsigned number) {
    char id[40];
    snprintf(id, sizeof(id), "per_%026u", number);
    store_shown_add(shown, mx_str_of(id));
}

TEST(each_person_counts_once) {
    struct store_shown shown = {.count = 0};
    add(&shown, 7);
    add(&shown, 7);
    add(&shown, 8);
    add(&shown, 7);
    CHECK_INT(shown.count, 2);
    CHECK_INT(shown.noted, 2);
    CHECK_STR(mx_str_of(shown.persons[0]), "per_00000000000000000000000007");
    CHECK_STR(mx_str_of(shown.persons[1]), "per_00000000000000000000000008");
}

TEST(what_finds_no_room_is_counted) {
    struct store_shown shown = {.count = 0};
    unsigned i;
    for (i = 0; i < 3 * STORE_SHOWN_MAX; i++) {
        add(&shown, i);
        add(&shown, i);
    }
    CHECK_INT(shown.noted, STORE_SHOWN_MAX);
    CHECK_INT(shown.count, 3 * STORE_SHOWN_MAX);
    store_shown_add(&shown, mx_str_of("per_an_id_that_is_much_longer_than_ids_ever_are_anywhere"));
    CHECK_INT(shown.count, 3 * STORE_SHOWN_MAX);
}

RUN_TESTS(CASE(each_person_counts_once), CASE(what_finds_no_room_is_counted))
