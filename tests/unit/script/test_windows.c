/* When promotions speak: days, weekdays and hours on the clock of the place, also on the days on which clocks are changed. */
#include "base/clock.h"
#include "fixture.h"

static int64_t utc(int year, int month, int day, int hour, int minute) {
    struct base_civil at;
    memset(&at, 0, sizeof(at));
    at.year = year;
    at.month = month;
    at.day = day;
    at.hour = hour;
    at.minute = minute;
    return base_civil_to_ms(NULL, &at);
}

/* Whether the rule speaks at that moment; *ends and *missed tell until when, or why not. */
static int speaks(int64_t at, int64_t *ends, const char **missed) {
    const struct mx_offer_miss *miss;
    bench.cart.at = at;
    *ends = 0;
    *missed = "";
    if (ask() == 1) {
        *ends = offer_at(0)->ends_at;
        return 1;
    }
    if (bench.offers.misses.count != 1) return -1;
    miss = mx_list_at(&bench.offers.misses, 0);
    *missed = base_arena_printf(bench.arena, "%s %.*s", mx_miss_words[miss->reason - 1], (int)miss->text.len,
                                miss->text.ptr ? miss->text.ptr : "")
                  .ptr;
    *ends = miss->value;
    return 0;
}

static void open_at(int64_t at, int64_t until) {
    const char *missed;
    int64_t ends;
    int spoke = speaks(at, &ends, &missed);
    if (spoke == 1 && ends == (until ? until - 1 : 0)) return;
    printf("# at %lld: speaks %d until %lld instead of %lld (%s)\n", (long long)at, spoke, (long long)ends, (long long)until - 1, missed);
    check_failures++;
}

static void shut_at(int64_t at, const char *why, int64_t value) {
    const char *missed;
    int64_t ends;
    int spoke = speaks(at, &ends, &missed);
    if (spoke == 0 && strcmp(missed, why) == 0 && ends == value) return;
    printf("# at %lld: speaks %d, '%s' %lld instead of '%s' %lld\n", (long long)at, spoke, missed, (long long)ends, why, (long long)value);
    check_failures++;
}

static void begin(const char *zone, const char *window) {
    bench_begin();
    add_line("A", "tea", 1, 100);
    bench.cart.zone = mx_str_of(zone);
    CHECK(rules(base_arena_printf(bench.arena, "promotion { id = 'r', percent = 5, %s }", window).ptr));
}

TEST(the_zone_of_the_place_counts) {
    begin("America/New_York", "from = '2026-11-02', to = '2026-11-30 18:00'"); /* UTC-5 in November */
    shut_at(utc(2026, 11, 2, 4, 59), "not_yet ", utc(2026, 11, 2, 5, 0));
    open_at(utc(2026, 11, 2, 5, 0), utc(2026, 11, 30, 23, 0));
    open_at(utc(2026, 11, 30, 22, 59), utc(2026, 11, 30, 23, 0));
    shut_at(utc(2026, 11, 30, 23, 0), "ended ", utc(2026, 11, 30, 23, 0) - 1);
    bench.cart.zone = mx_str_of(""); /* then it is the shop's: UTC+8 */
    open_at(utc(2026, 11, 1, 16, 0), utc(2026, 11, 30, 10, 0));
    shut_at(utc(2026, 11, 1, 15, 59), "not_yet ", utc(2026, 11, 1, 16, 0));
    bench_end();
}

TEST(hours_and_weekdays) {
    begin("UTC", "weekday = {'sat', 'sun'}, hours = '14:00-17:00'"); /* 2026-11-28 is a Saturday */
    shut_at(utc(2026, 11, 27, 15, 0), "weekday sat sun", 0);
    shut_at(utc(2026, 11, 28, 13, 59), "hours 14:00-17:00", 0);
    open_at(utc(2026, 11, 28, 14, 0), utc(2026, 11, 28, 17, 0));
    open_at(utc(2026, 11, 29, 16, 59) + 59999, utc(2026, 11, 29, 17, 0));
    shut_at(utc(2026, 11, 29, 17, 0), "hours 14:00-17:00", 0);
    bench_end();
    begin("UTC", "weekday = {'sat', 'sun'}, to = '2026-11-29 20:00'");
    open_at(utc(2026, 11, 21, 0, 0), utc(2026, 11, 23, 0, 0));
    open_at(utc(2026, 11, 28, 0, 0), utc(2026, 11, 29, 20, 0));
    shut_at(utc(2026, 11, 27, 23, 59), "weekday sat sun", 0);
    bench_end();
    begin("UTC", "weekday = 'mon'");
    open_at(utc(2026, 11, 23, 12, 0), utc(2026, 11, 24, 0, 0));
    shut_at(utc(2026, 11, 24, 0, 0), "weekday mon", 0);
    bench_end();
    begin("UTC", "weekday = {'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'}");
    open_at(utc(2026, 11, 23, 12, 0), 0);
    bench_end();
    begin("UTC", "hours = {'09:00-12:00', '11:00-13:00', '18:00-24:00'}");
    open_at(utc(2026, 11, 23, 9, 30), utc(2026, 11, 23, 12, 0));
    open_at(utc(2026, 11, 23, 11, 30), utc(2026, 11, 23, 13, 0));
    open_at(utc(2026, 11, 23, 23, 59), utc(2026, 11, 24, 0, 0));
    shut_at(utc(2026, 11, 24, 0, 0), "hours 09:00-12:00 11:00-13:00 18:00-24:00", 0);
    bench_end();
}

/* Hours that end after midnight belong to the day on which they begin. */
TEST(hours_past_midnight) {
    begin("UTC", "weekday = 'sat', hours = '22:00-02:00'");
    shut_at(utc(2026, 11, 28, 1, 0), "weekday sat", 0); /* the night of Friday */
    shut_at(utc(2026, 11, 28, 21, 59), "hours 22:00-02:00", 0);
    open_at(utc(2026, 11, 28, 22, 0), utc(2026, 11, 29, 2, 0));
    open_at(utc(2026, 11, 29, 1, 59), utc(2026, 11, 29, 2, 0));
    shut_at(utc(2026, 11, 29, 2, 0), "hours 22:00-02:00", 0);
    shut_at(utc(2026, 11, 29, 22, 0), "weekday sat", 0);
    bench_end();
    begin("UTC", "hours = '22:00-00:00'");
    open_at(utc(2026, 11, 28, 23, 0), utc(2026, 11, 29, 0, 0));
    shut_at(utc(2026, 11, 29, 0, 0), "hours 22:00-00:00", 0);
    bench_end();
}

/* Berlin, 2026-03-29: after 01:59:59 (UTC 00:59:59) comes 03:00. */
TEST(an_hour_that_is_missing) {
    begin("Europe/Berlin", "hours = '02:00-03:00'");
    shut_at(utc(2026, 3, 29, 0, 59), "hours 02:00-03:00", 0);
    shut_at(utc(2026, 3, 29, 1, 0), "hours 02:00-03:00", 0);
    open_at(utc(2026, 3, 30, 0, 30), utc(2026, 3, 30, 1, 0));
    bench_end();
    begin("Europe/Berlin", "hours = '01:00-02:30'");
    open_at(utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 1, 0));
    shut_at(utc(2026, 3, 29, 1, 0), "hours 01:00-02:30", 0);
    bench_end();
    begin("Europe/Berlin", "from = '2026-03-29 02:30', to = '2026-03-29'");
    shut_at(utc(2026, 3, 29, 0, 59), "not_yet ", utc(2026, 3, 29, 1, 0));
    open_at(utc(2026, 3, 29, 1, 0), utc(2026, 3, 29, 22, 0));
    bench_end();
}

/* Berlin, 2026-10-25: after 02:59:59 (UTC 00:59:59) comes 02:00 once more. */
TEST(an_hour_that_comes_twice) {
    begin("Europe/Berlin", "hours = '02:00-02:30'");
    open_at(utc(2026, 10, 25, 0, 10), utc(2026, 10, 25, 0, 30));
    shut_at(utc(2026, 10, 25, 0, 40), "hours 02:00-02:30", 0);
    open_at(utc(2026, 10, 25, 1, 10), utc(2026, 10, 25, 1, 30));
    shut_at(utc(2026, 10, 25, 1, 30), "hours 02:00-02:30", 0);
    bench_end();
    begin("Europe/Berlin", "from = '2026-10-25 02:30', to = '2026-10-26'"); /* from the first time on */
    shut_at(utc(2026, 10, 25, 0, 29), "not_yet ", utc(2026, 10, 25, 0, 30));
    open_at(utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 23, 0));
    open_at(utc(2026, 10, 25, 1, 10), utc(2026, 10, 26, 23, 0)); /* 02:10 again: it has begun */
    bench_end();
    begin("Europe/Berlin", "to = '2026-10-25 02:30'");
    open_at(utc(2026, 10, 25, 0, 29), utc(2026, 10, 25, 0, 30));
    shut_at(utc(2026, 10, 25, 1, 10), "ended ", utc(2026, 10, 25, 0, 30) - 1);
    bench_end();
}

/* Three days around a change of clocks, minute by minute: `ends` is the last moment of what is open, in every zone. */
static void ends_tell_the_truth(const char *zone, int64_t around, const char *window) {
    int64_t at, ends, unused;
    const char *missed;
    int opened = 0;
    begin(zone, window);
    for (at = around - 36 * 3600000; at < around + 36 * 3600000; at += 7 * 60000) {
        if (speaks(at, &ends, &missed) != 1) continue;
        opened++;
        if (ends >= at && speaks(ends, &unused, &missed) == 1 && speaks(ends + 1, &unused, &missed) == 0) continue;
        printf("# %s, %s: at %lld it says that it ends at %lld\n", zone, window, (long long)at, (long long)ends);
        check_failures++;
        break;
    }
    CHECK(opened > 0);
    bench_end();
}

TEST(ends_are_true_where_clocks_are_changed) {
    static const char *const windows[] = {"hours = '22:30-00:30'", "hours = '01:10-02:20'", "weekday = {'sat', 'tue'}",
                                          "weekday = {'sun', 'wed'}, hours = '23:00-02:15'"};
    size_t i;
    for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        ends_tell_the_truth("America/Sao_Paulo", utc(2018, 11, 4, 3, 0), windows[i]);   /* midnight is skipped */
        ends_tell_the_truth("America/Sao_Paulo", utc(2018, 2, 18, 2, 0), windows[i]);   /* at midnight it is 23:00 again */
        ends_tell_the_truth("America/Havana", utc(2026, 11, 1, 5, 0), windows[i]);      /* midnight comes twice */
        ends_tell_the_truth("Australia/Lord_Howe", utc(2026, 4, 4, 15, 0), windows[i]); /* half an hour twice */
        ends_tell_the_truth("Europe/Berlin", utc(2026, 3, 29, 1, 0), windows[i]);
    }
}

static void refused(const char *window, const char *words) {
    write_rules("rules.lua", base_arena_printf(bench.arena, "promotion { id = 'r', percent = 5, %s }", window).ptr);
    if (load() == MX_E_BAD_INPUT && strstr(bench.err.message, words)) return;
    printf("# %s\n#   said: %s\n", window, bench.err.message);
    check_failures++;
}

TEST(windows_are_checked) {
    bench_begin();
    refused("from = '2026-11-30 24:00'", "from must be a day like \"2026-11-30\", or a time like \"2026-11-30 18:00\"");
    refused("from = '2026-11-30 18:60'", "from must be a day like");
    refused("from = '2026-11-30T18:00'", "from must be a day like");
    refused("from = '2026-11-30 18'", "from must be a day like");
    refused("from = '2026-11-30 18:00', to = '2026-11-30 18:00'", "to is before from");
    refused("weekday = 'saturday'", "weekday is \"mon\"");
    refused("weekday = 6", "weekday must be a text");
    refused("weekday = {}", "weekday is an empty list");
    refused("hours = '14-17'", "hours look like \"14:00-17:00\"");
    refused("hours = '14:00-14:00'", "hours look like");
    refused("hours = '24:00-02:00'", "hours look like");
    refused("hours = '14:00-25:00'", "hours look like");
    refused("hours = {'14:00-17:00', 5}", "hours must be a text in quotes or a list of them");
    refused("hour = '14:00-17:00'", "did you mean 'hours'?");
    bench_end();
}

RUN_TESTS(CASE(the_zone_of_the_place_counts), CASE(hours_and_weekdays), CASE(hours_past_midnight), CASE(an_hour_that_is_missing),
          CASE(an_hour_that_comes_twice), CASE(ends_are_true_where_clocks_are_changed), CASE(windows_are_checked))
