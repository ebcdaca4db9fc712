/* Ids that rise: within a millisecond, through a small step back of the clock, over the end of a millisecond's numbers. */
#include "base/id.h"
#include "support/check.h"

#define NOW INT64_C(1700000000000)

TEST(a_million_rise) {
    struct base_arena *arena = base_arena_new(4096);
    struct base_random random;
    struct base_ids ids = {0};
    char last[BASE_ID_MAX + 1] = "";
    int i, wrong = 0;
    base_random_seed_from(&random, 7);
    for (i = 0; i < 1000000; i++) {
        struct mx_str id = base_id_next(arena, "mov", NOW, &random, &ids);
        if (strcmp(id.ptr, last) <= 0 || !base_id_valid(id, "mov")) wrong++;
        memcpy(last, id.ptr, id.len + 1);
        base_arena_reset(arena);
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(ids.ms, NOW);
    base_arena_free(arena);
}

TEST(they_rise_whatever_the_prefix) {
    struct base_arena *arena = base_arena_new(4096);
    struct base_random random;
    struct base_ids ids = {0};
    struct mx_str first, second;
    base_random_seed_from(&random, 8);
    first = base_id_next(arena, "ord", NOW, &random, &ids);
    second = base_id_next(arena, "pay", NOW, &random, &ids);
    CHECK(strcmp(first.ptr + 3, second.ptr + 3) < 0);
    CHECK(memcmp(first.ptr + 4, second.ptr + 4, 10) == 0); /* the same millisecond */
    base_arena_free(arena);
}

TEST(a_clock_that_steps_back) {
    struct base_arena *arena = base_arena_new(4096);
    struct base_random random;
    struct base_ids ids = {0};
    struct mx_str first, second, third;
    base_random_seed_from(&random, 9);
    first = base_id_next(arena, "ord", NOW, &random, &ids);
    second = base_id_next(arena, "ord", NOW - BASE_IDS_BACK_MS, &random, &ids);
    CHECK(mx_str_cmp(first, second) < 0);
    third = base_id_next(arena, "ord", NOW - BASE_IDS_BACK_MS - 1, &random, &ids); /* somebody set it */
    CHECK(mx_str_cmp(third, first) < 0);
    CHECK_INT(ids.ms, NOW - BASE_IDS_BACK_MS - 1);
    base_arena_free(arena);
}

TEST(the_numbers_of_a_millisecond_come_to_an_end) {
    const uint64_t highest = (UINT64_C(1) << 40) - 1;
    struct base_arena *arena = base_arena_new(4096);
    struct base_random random;
    struct base_ids ids = {NOW, highest, highest - 1};
    struct mx_str before, after;
    base_random_seed_from(&random, 10);
    before = mx_str_of("ord_01HF7YAT00ZZZZZZZZZZZZZZZY"); /* NOW and those numbers */
    after = base_id_next(arena, "ord", NOW, &random, &ids);
    CHECK_INT(ids.ms, NOW + 1);
    CHECK(base_id_valid(after, "ord"));
    CHECK(mx_str_cmp(before, after) < 0);
    CHECK(memcmp(after.ptr, "ord_01HF7YAT01", 14) == 0);
    before = after;
    after = base_id_next(arena, "ord", NOW, &random, &ids); /* the clock has not come so far yet */
    CHECK(mx_str_cmp(before, after) < 0);
    base_arena_free(arena);
}

TEST(a_carry_reaches_the_upper_half) {
    struct base_arena *arena = base_arena_new(4096);
    struct base_random random;
    struct base_ids ids = {NOW, 5, (UINT64_C(1) << 40) - 1};
    int i;
    struct mx_str last = mx_str_of("");
    base_random_seed_from(&random, 11);
    for (i = 0; i < 100; i++) {
        struct mx_str id = base_id_next(arena, "ord", NOW, &random, &ids);
        CHECK(mx_str_cmp(last, id) < 0);
        CHECK(ids.low < UINT64_C(1) << 40);
        last = id;
    }
    CHECK(ids.high > 5 && ids.ms == NOW);
    base_arena_free(arena);
}

TEST(no_clock_yet) {
    struct base_arena *arena = base_arena_new(4096);
    struct base_random random;
    struct base_ids ids = {0};
    struct mx_str first, second;
    base_random_seed_from(&random, 12);
    first = base_id_next(arena, "ord", -5, &random, &ids);
    second = base_id_next(arena, "ord", 0, &random, &ids);
    CHECK(memcmp(first.ptr, "ord_0000000000", 14) == 0);
    CHECK(mx_str_cmp(first, second) < 0);
    base_arena_free(arena);
}

RUN_TESTS(CASE(a_million_rise), CASE(they_rise_whatever_the_prefix), CASE(a_clock_that_steps_back),
          CASE(the_numbers_of_a_millisecond_come_to_an_end), CASE(a_carry_reaches_the_upper_half), CASE(no_clock_yet))
