/* The Chinese calendar: new year's days, months that are put in, and every day of two centuries in order. */
#include "rewards/internal.h"
#include "support/check.h"

static void is(int32_t y, int32_t m, int32_t d, int32_t year, int32_t month, int32_t day, int leap) {
    struct rewards_lunar lunar = {0};
    CHECK(rewards_lunar_of(mx_day_number(y, m, d), &lunar));
    CHECK_INT(lunar.year, year);
    CHECK_INT(lunar.month, month);
    CHECK_INT(lunar.day, day);
    CHECK_INT(lunar.leap, leap);
}

TEST(known_days) {
    is(1900, 1, 31, 1900, 1, 1, 0);
    is(1949, 10, 1, 1949, 8, 10, 0);
    is(2000, 2, 5, 2000, 1, 1, 0);
    is(2020, 5, 23, 2020, 4, 1, 1);
    is(2023, 1, 22, 2023, 1, 1, 0);
    is(2024, 2, 10, 2024, 1, 1, 0);
    is(2025, 7, 25, 2025, 6, 1, 1);
    is(2026, 2, 17, 2026, 1, 1, 0);
    is(2026, 9, 25, 2026, 8, 15, 0);
    is(2027, 2, 6, 2027, 1, 1, 0); /* a new moon four minutes before midnight */
    is(2028, 1, 26, 2028, 1, 1, 0);
    is(2033, 12, 22, 2033, 11, 1, 1);
}

TEST(outside_the_table) {
    struct rewards_lunar lunar;
    CHECK(!rewards_lunar_of(mx_day_number(1900, 1, 30), &lunar));
    CHECK(rewards_lunar_of(mx_day_number(2100, 12, 31), &lunar));
    CHECK(!rewards_lunar_of(mx_day_number(2102, 1, 1), &lunar));
}

TEST(every_day_follows_the_one_before) {
    struct rewards_lunar before = {0}, now;
    int64_t day, first = mx_day_number(1900, 1, 31), last = mx_day_number(2100, 12, 31);
    CHECK(rewards_lunar_of(first, &before));
    for (day = first + 1; day <= last; day++) {
        CHECK(rewards_lunar_of(day, &now));
        CHECK(before.last == (now.day == 1));
        CHECK(now.day == 1 ? before.day >= 29 : now.day == before.day + 1 && now.month == before.month);
        before = now;
    }
}

RUN_TESTS(CASE(known_days), CASE(outside_the_table), CASE(every_day_follows_the_one_before))
