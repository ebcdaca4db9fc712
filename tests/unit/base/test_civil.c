/* The contract's calendar: day after day, and where days begin in zones whose clocks skip midnight or show it twice. */
#include "base/internal.h"
#include "merx/op.h"
#include "support/check.h"

TEST(four_hundred_years_follow_each_other_day_by_day) {
    struct mx_civil shown;
    int64_t number = mx_day_number(1800, 1, 1);
    int32_t year, month, day, weekday = 3; /* a Wednesday */
    for (year = 1800; year < 2200; year++)
        for (month = 1; month <= 12; month++)
            for (day = 1; day <= mx_days_in_month(year, month); day++, number++, weekday = weekday % 7 + 1) {
                mx_day_civil(number, &shown);
                CHECK(shown.year == year && shown.month == month && shown.day == day && shown.weekday == weekday);
                CHECK(shown.hour == 0 && shown.minute == 0 && shown.second == 0);
                CHECK(mx_day_number(year, month, day) == number);
                CHECK(number == base_days_from_civil(year, month, day));
            }
    CHECK_INT(number - mx_day_number(1800, 1, 1), 146097);
}

TEST(known_days) {
    struct mx_civil shown;
    CHECK_INT(mx_day_number(1970, 1, 1), 0);
    CHECK_INT(mx_day_number(1969, 12, 31), -1);
    CHECK_INT(mx_day_number(2000, 2, 29), 11016);
    CHECK_INT(mx_day_number(1, 1, 1), -719162);
    CHECK_INT(mx_day_number(0, 2, 29), mx_day_number(0, 3, 1) - 1);
    mx_day_civil(mx_day_number(-4, 12, 31), &shown);
    CHECK(shown.year == -4 && shown.month == 12 && shown.day == 31);
}

TEST(leap_years) {
    CHECK(mx_is_leap_year(2024) && mx_is_leap_year(2000) && mx_is_leap_year(0));
    CHECK(!mx_is_leap_year(2023) && !mx_is_leap_year(1900) && !mx_is_leap_year(2100));
    CHECK_INT(mx_days_in_month(2024, 2), 29);
    CHECK_INT(mx_days_in_month(2100, 2), 28);
}

static void civil_of(struct mx_ctx *ctx, struct mx_str zone, int64_t at_ms, struct mx_civil *civil) {
    struct base_civil shown;
    (void)ctx;
    base_civil_from_ms(base_zone_get(zone), at_ms, &shown);
    *civil = (struct mx_civil){shown.year, shown.month, shown.day, shown.hour, shown.minute, shown.second, shown.weekday};
}

static const struct mx_op_api op = {.size = sizeof(op), .civil = civil_of};
static struct mx_ctx ctx = {.size = sizeof(ctx), .op = &op};

static int64_t begin_hours(const char *zone, int32_t year, int32_t month, int32_t day) {
    int64_t number = mx_day_number(year, month, day);
    return mx_day_begin(&ctx, mx_str_of(zone), number) / 3600000 - number * 24;
}

TEST(days_begin_where_the_clocks_stand) {
    CHECK_INT(begin_hours("Asia/Shanghai", 2026, 1, 1), -8);
    CHECK_INT(begin_hours("America/New_York", 2026, 7, 1), 4);
    CHECK_INT(begin_hours("Pacific/Kiritimati", 2026, 1, 1), -14);
    CHECK_INT(begin_hours("Europe/Berlin", 2026, 3, 29), -1); /* the clocks change later that day */
    CHECK_INT(begin_hours("Europe/Berlin", 2026, 3, 30), -2);
}

TEST(days_without_midnight_and_with_two) {
    CHECK_INT(begin_hours("America/Sao_Paulo", 2018, 11, 4), 3); /* 00:00 became 01:00 */
    CHECK_INT(begin_hours("Asia/Beirut", 2022, 3, 27), -2);
    CHECK_INT(begin_hours("America/Sao_Paulo", 2018, 2, 18), 3); /* 00:00 became 23:00 of the day before */
    CHECK_INT(begin_hours("America/Havana", 2025, 11, 2), 4);    /* 01:00 became 00:00 */
    CHECK_INT(begin_hours("Asia/Amman", 2021, 10, 29), -3);
}

/* Whatever the zone: the day has begun, and a second before it had not. */
TEST(no_zone_begins_a_day_late_or_early) {
    static const char *const zones[] = {"America/Sao_Paulo", "Asia/Beirut",   "America/Havana",   "Asia/Amman",     "Atlantic/Azores",
                                        "Africa/Cairo",      "Asia/Shanghai", "America/Santiago", "Africa/Monrovia"};
    int64_t number, first = mx_day_number(1960, 1, 1), last = mx_day_number(2040, 1, 1);
    size_t zone;
    for (zone = 0; zone < sizeof(zones) / sizeof(zones[0]); zone++)
        for (number = first; number < last; number++) {
            struct mx_str name = mx_str_of(zones[zone]);
            int64_t begin = mx_day_begin(&ctx, name, number);
            struct mx_civil at, before;
            mx_civil_of(&ctx, name, begin, &at);
            mx_civil_of(&ctx, name, begin - 1, &before);
            CHECK(mx_day_number(at.year, at.month, at.day) == number);
            CHECK(mx_day_number(before.year, before.month, before.day) < number);
        }
}

RUN_TESTS(CASE(four_hundred_years_follow_each_other_day_by_day), CASE(known_days), CASE(leap_years),
          CASE(days_begin_where_the_clocks_stand), CASE(days_without_midnight_and_with_two), CASE(no_zone_begins_a_day_late_or_early))
