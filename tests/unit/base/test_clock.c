/* Calendar and time zones. */
#include "base/clock.h"
#include "support/check.h"

static int64_t at(const struct base_zone *zone, int year, int month, int day, int hour, int minute) {
    struct base_civil civil = {year, month, day, hour, minute, 0, 0, 0};
    return base_civil_to_ms(zone, &civil);
}

static int offset_min(const struct base_zone *zone, int64_t ms) { return base_zone_offset_s(zone, ms) / 60; }

TEST(clocks_go_forward) {
    int64_t wall = base_now_ms(), steady = base_steady_ms(), fine = base_steady_us();
    CHECK(wall > INT64_C(1577836800000)); /* after 2020 */
    CHECK(base_steady_ms() >= steady);
    CHECK(base_steady_us() >= fine);
}

TEST(civil_of_known_instants) {
    struct base_civil c;
    base_civil_from_ms(NULL, 0, &c);
    CHECK(c.year == 1970 && c.month == 1 && c.day == 1 && c.hour == 0 && c.minute == 0 && c.second == 0 && c.ms == 0 && c.weekday == 4);
    base_civil_from_ms(NULL, -1, &c);
    CHECK(c.year == 1969 && c.month == 12 && c.day == 31 && c.hour == 23 && c.minute == 59 && c.second == 59 && c.ms == 999);
    CHECK_INT(c.weekday, 3);
    base_civil_from_ms(NULL, INT64_C(1709208000123), &c); /* 2024-02-29 12:00:00.123, a Thursday */
    CHECK(c.year == 2024 && c.month == 2 && c.day == 29 && c.hour == 12 && c.minute == 0 && c.second == 0 && c.ms == 123 && c.weekday == 4);
    CHECK_INT(at(NULL, 2000, 1, 1, 0, 0), INT64_C(946684800000));
    CHECK_INT(at(NULL, 1900, 3, 1, 0, 0), INT64_C(-2203891200000)); /* 1900 was no leap year */
}

TEST(civil_round_trips_over_centuries) {
    struct base_civil c;
    int64_t ms;
    int weekday = 0;
    for (ms = INT64_C(-5000000000000); ms < INT64_C(9000000000000); ms += INT64_C(86400000) * 13 + 12345) {
        base_civil_from_ms(NULL, ms, &c);
        CHECK_INT(base_civil_to_ms(NULL, &c), ms);
        if (weekday && c.weekday != weekday) weekday = 0;
    }
    for (ms = 0; ms < INT64_C(86400000) * 800; ms += 86400000) {
        base_civil_from_ms(NULL, ms, &c);
        if (weekday) CHECK_INT(c.weekday, weekday % 7 + 1);
        weekday = c.weekday;
    }
}

TEST(civil_carries_over) {
    struct base_civil c = {2023, 14, 1, 0, 0, 0, 0, 0};
    CHECK_INT(base_civil_to_ms(NULL, &c), at(NULL, 2024, 2, 1, 0, 0));
    CHECK_INT(at(NULL, 2024, 2, 30, 25, 61), at(NULL, 2024, 3, 2, 2, 1));
    CHECK_INT(at(NULL, 2024, 0, 1, 0, 0), at(NULL, 2023, 12, 1, 0, 0));
}

TEST(london_summer_time) {
    const struct base_zone *london = base_zone_get(mx_str_of("Europe/London"));
    struct base_civil c;
    int64_t forward = at(NULL, 2011, 3, 27, 1, 0), back = at(NULL, 2011, 10, 30, 1, 0);
    REQUIRE(london != NULL);
    CHECK_INT(offset_min(london, forward - 1), 0);
    CHECK_INT(offset_min(london, forward), 60);
    CHECK_INT(offset_min(london, back - 1), 60);
    CHECK_INT(offset_min(london, back), 0);
    CHECK_INT(at(london, 2011, 3, 27, 1, 30), forward); /* skipped: the instant of the change */
    CHECK_INT(at(london, 2011, 3, 27, 2, 0), forward);  /* first minute of summer time */
    CHECK_INT(at(london, 2011, 3, 27, 0, 59), forward - 60000);
    CHECK_INT(at(london, 2011, 10, 30, 1, 30), back - 1800000); /* twice: the first one */
    CHECK_INT(at(london, 2011, 10, 30, 2, 0), back + 3600000);
    base_civil_from_ms(london, back, &c);
    CHECK(c.hour == 1 && c.minute == 0 && c.day == 30 && c.weekday == 7);
    CHECK_INT(offset_min(london, at(NULL, 1970, 1, 1, 0, 0)), 60); /* British standard time of 1968 to 1971 */
    CHECK_INT(base_zone_offset_s(london, at(NULL, 1840, 1, 1, 0, 0)), -75);
}

TEST(footer_rules_far_ahead) {
    const struct base_zone *london = base_zone_get(mx_str_of("Europe/London"));
    const struct base_zone *sydney = base_zone_get(mx_str_of("Australia/Sydney"));
    const struct base_zone *york = base_zone_get(mx_str_of("America/New_York"));
    REQUIRE(london && sydney && york);
    CHECK_INT(offset_min(london, at(NULL, 2099, 3, 29, 0, 59)), 0); /* last Sunday of March 2099 is the 29th */
    CHECK_INT(offset_min(london, at(NULL, 2099, 3, 29, 1, 0)), 60);
    CHECK_INT(offset_min(london, at(NULL, 2099, 10, 25, 0, 59)), 60);
    CHECK_INT(offset_min(london, at(NULL, 2099, 10, 25, 1, 0)), 0);
    CHECK_INT(offset_min(sydney, at(NULL, 2090, 1, 15, 0, 0)), 660);
    CHECK_INT(offset_min(sydney, at(NULL, 2090, 7, 15, 0, 0)), 600);
    CHECK_INT(offset_min(york, at(NULL, 2050, 3, 13, 6, 59)), -300); /* second Sunday of March, 2:00 local */
    CHECK_INT(offset_min(york, at(NULL, 2050, 3, 13, 7, 0)), -240);
}

TEST(zones_with_odd_rules) {
    const struct base_zone *shanghai = base_zone_get(mx_str_of("Asia/Shanghai"));
    const struct base_zone *kolkata = base_zone_get(mx_str_of("Asia/Kolkata"));
    const struct base_zone *apia = base_zone_get(mx_str_of("Pacific/Apia"));
    const struct base_zone *dublin = base_zone_get(mx_str_of("Europe/Dublin"));
    REQUIRE(shanghai && kolkata && apia && dublin);
    CHECK_INT(offset_min(shanghai, at(NULL, 2024, 7, 1, 0, 0)), 480);
    CHECK_INT(offset_min(shanghai, at(NULL, 1988, 7, 1, 0, 0)), 540); /* summer time of 1986 to 1991 */
    CHECK_INT(at(shanghai, 2024, 1, 1, 8, 0), at(NULL, 2024, 1, 1, 0, 0));
    CHECK_INT(offset_min(kolkata, at(NULL, 2060, 1, 1, 0, 0)), 330);
    CHECK_INT(offset_min(dublin, at(NULL, 2060, 7, 1, 0, 0)), 60); /* its file calls winter the exception */
    CHECK_INT(offset_min(dublin, at(NULL, 2060, 1, 1, 0, 0)), 0);
    /* Samoa left out 30 December 2011 */
    CHECK_INT(at(apia, 2011, 12, 30, 12, 0), at(NULL, 2011, 12, 30, 10, 0));
    CHECK_INT(at(apia, 2011, 12, 31, 0, 0), at(NULL, 2011, 12, 30, 10, 0));
}

/* For every hour of some years: from_ms and to_ms are inverse, except for the second passage of a repeated hour. */
TEST(local_round_trips) {
    static const char *const names[] = {"Europe/London",     "America/New_York", "Australia/Lord_Howe", "Asia/Tehran",
                                        "Africa/Casablanca", "America/St_Johns", "Asia/Kathmandu"};
    size_t z;
    for (z = 0; z < sizeof(names) / sizeof(names[0]); z++) {
        const struct base_zone *zone = base_zone_get(mx_str_of(names[z]));
        int64_t ms, end = at(NULL, 2040, 1, 1, 0, 0);
        int later = 0;
        REQUIRE(zone != NULL);
        for (ms = at(NULL, 2005, 1, 1, 0, 0); ms < end; ms += 1800000) {
            struct base_civil c;
            int64_t back;
            base_civil_from_ms(zone, ms, &c);
            back = base_civil_to_ms(zone, &c);
            if (back == ms) continue;
            later++;
            CHECK(back < ms && ms - back <= 7200000);
            CHECK_INT(base_zone_offset_s(zone, back) * 1000 + back, base_zone_offset_s(zone, ms) * 1000 + ms);
        }
        CHECK(later < 400);
    }
}

TEST(unknown_and_unsafe_zones) {
    static const char *const bad[] = {"",         "/etc/passwd", "../zoneinfo/UTC", "Europe/../UTC", "Europe/Nowhere", "Europe",
                                      "zone.tab", "a b",         "Europe/London/"};
    size_t i;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) CHECK(base_zone_get(mx_str_of(bad[i])) == NULL);
    CHECK(base_zone_get(mx_str_n("UTC\0x", 5)) == NULL);
    CHECK(base_zone_get(mx_str_of("UTC")) != NULL);
    CHECK_INT(base_zone_offset_s(base_zone_get(mx_str_of("UTC")), 0), 0);
    CHECK(base_zone_get(mx_str_of("UTC")) == base_zone_get(mx_str_n("UTCxx", 3)));
}

TEST(time_as_text) {
    struct base_arena *arena = base_arena_new(128);
    CHECK_STR(base_time_text(arena, 0), "1970-01-01T00:00:00.000Z");
    CHECK_STR(base_time_text(arena, INT64_C(1709208000123)), "2024-02-29T12:00:00.123Z");
    CHECK_STR(base_time_text(arena, -1), "1969-12-31T23:59:59.999Z");
    base_arena_free(arena);
}

RUN_TESTS(CASE(clocks_go_forward), CASE(civil_of_known_instants), CASE(civil_round_trips_over_centuries), CASE(civil_carries_over),
          CASE(london_summer_time), CASE(footer_rules_far_ahead), CASE(zones_with_odd_rules), CASE(local_round_trips),
          CASE(unknown_and_unsafe_zones), CASE(time_as_text))
