/* Of each attribute the one that was said last. */
#include "membership/profile.h"
#include "support/check.h"

#define PAIR(code, text)                                                                                                                   \
    { MX_STR_INIT(code), MX_STR_INIT(text) }
#define LIST(pairs)                                                                                                                        \
    { (void *)(uintptr_t)(pairs), sizeof(pairs) / sizeof((pairs)[0]), sizeof(struct mx_pair) }

static const struct membership_newest_one *find(const struct membership_newest *newest, const char *code) {
    for (uint32_t i = 0; i < newest->count; i++)
        if (mx_str_is(newest->all[i].code, code)) return &newest->all[i];
    return NULL;
}

static const char *value(const struct membership_newest *newest, const char *code) {
    const struct membership_newest_one *one = find(newest, code);
    return one && one->value.len ? one->value.ptr : "";
}

TEST(what_was_said_last_counts_under_whichever_id) {
    static const struct mx_pair mine[] = {PAIR("skin", "dry"), PAIR("shoe", "38"), PAIR("vegan", "true"), PAIR("old", "a")};
    static const struct mx_pair mine_said[] = {PAIR("skin", "1000"), PAIR("shoe", "3000"), PAIR("vegan", "1000")};
    static const struct mx_pair hers[] = {PAIR("skin", "oily"), PAIR("shoe", "39"), PAIR("old", "b"), PAIR("hat", "56")};
    static const struct mx_pair hers_said[] = {PAIR("skin", "2000"), PAIR("shoe", "999"), PAIR("vegan", "2000")};
    const struct mx_list values = LIST(mine), said = LIST(mine_said), others = LIST(hers), others_said = LIST(hers_said);
    struct membership_newest newest = {.count = 0};
    membership_newest_add(&newest, &values, &said);
    membership_newest_add(&newest, &others, &others_said);
    CHECK_INT(newest.count, 5);
    CHECK(strcmp(value(&newest, "skin"), "oily") == 0);
    CHECK(strcmp(value(&newest, "shoe"), "38") == 0); /* 999 is earlier than 3000 */
    CHECK(strcmp(value(&newest, "vegan"), "") == 0);  /* taken away under the other id, later */
    CHECK(strcmp(value(&newest, "old"), "a") == 0);   /* nobody knows when: that of the one who stands */
    CHECK(strcmp(value(&newest, "hat"), "56") == 0);
}

TEST(an_older_row_is_the_oldest) {
    static const struct mx_pair old[] = {PAIR("skin", "dry")};
    static const struct mx_pair fresh[] = {PAIR("skin", "oily")};
    static const struct mx_pair fresh_said[] = {PAIR("skin", "1")};
    const struct mx_list values = LIST(old), others = LIST(fresh), said = LIST(fresh_said), none = {NULL, 0, sizeof(struct mx_pair)};
    struct membership_newest newest = {.count = 0};
    membership_newest_add(&newest, &values, &none);
    membership_newest_add(&newest, &others, &said);
    CHECK(strcmp(value(&newest, "skin"), "oily") == 0);
}

RUN_TESTS(CASE(what_was_said_last_counts_under_whichever_id), CASE(an_older_row_is_the_oldest))
