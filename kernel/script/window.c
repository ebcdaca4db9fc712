/* When a promotion speaks: days, weekdays and hours on the clock of the place where the sale is made.
 *
 * from and to are moments: the first one at which that clock shows the time, so they mean the same on a day on which an hour is
 * missing or comes twice. Hours are what the clock shows: an hour that comes twice counts twice. Hours that end after midnight
 * belong to the weekday on which they begin. */
#include <stdio.h>

#include "script/sale.h"

#define DAY_MS       (24 * 3600 * INT64_C(1000))
#define DAY_MINUTES  (24 * 60)
#define HOURS_MAX    12
#define WEEKDAYS_ALL 0xfeu /* bits 1..7 */

static const char *const weekday_words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};

/* ---- reading ---- */

/* The number that `count` digits at `text` make, or -1. */
static int read_digits(const char *text, int count) {
    int i, value = 0;
    for (i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "14:00" at text: minutes, or -1. */
static int clock_of(const char *text) {
    int hour = read_digits(text, 2), minute;
    if (hour < 0 || text[2] != ':') return -1;
    minute = read_digits(text + 3, 2);
    return hour > 24 || minute < 0 || minute > 59 || (hour == 24 && minute) ? -1 : hour * 60 + minute;
}

/* "2026-11-30" or "2026-11-30 18:00": 1, or 0 when there is no such day or time. */
static int moment_of(struct mx_str text, struct base_civil *at, int *whole_day) {
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap, minutes = 0;
    memset(at, 0, sizeof(*at));
    *whole_day = text.len == 10;
    if ((text.len != 10 && text.len != 16) || text.ptr[4] != '-' || text.ptr[7] != '-') return 0;
    at->year = read_digits(text.ptr, 4);
    at->month = read_digits(text.ptr + 5, 2);
    at->day = read_digits(text.ptr + 8, 2);
    leap = at->year % 4 == 0 && (at->year % 100 != 0 || at->year % 400 == 0);
    if (at->year < 2000 || at->month < 1 || at->month > 12 || at->day < 1) return 0;
    if (at->day > month_days[at->month - 1] + (at->month == 2 && leap)) return 0;
    if (!*whole_day) minutes = text.ptr[10] == ' ' ? clock_of(text.ptr + 11) : -1;
    if (minutes < 0 || minutes >= DAY_MINUTES) return 0;
    at->hour = minutes / 60;
    at->minute = minutes % 60;
    return 1;
}

static int read_moment(const struct script_reader *reader, const char *key, int is_end, struct base_civil *at, int64_t *about) {
    struct mx_str text;
    int whole_day;
    if (!script_read_text(reader, key, 32, &text)) return 0;
    if (!moment_of(text, at, &whole_day))
        script_complain(reader, "%s must be a day like \"2026-11-30\", or a time like \"2026-11-30 18:00\"", key);
    *about = base_civil_to_ms(NULL, at);
    if (is_end && whole_day) {
        *about += DAY_MS;
        base_civil_from_ms(NULL, *about, at);
    }
    return 1;
}

static void read_weekdays(const struct script_reader *reader, struct base_arena *arena, struct script_window *window) {
    struct script_words words = {NULL, 0};
    char text[40] = "";
    uint32_t i, day;
    if (!script_words_read(reader, arena, "weekday", 16, &words)) return;
    for (i = 0; i < words.count; i++) {
        for (day = 0; weekday_words[day] && !mx_str_is(words.items[i], weekday_words[day]); day++) {
        }
        if (!weekday_words[day])
            script_complain(reader, "weekday is \"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\" or a list of them, not '%s'",
                            words.items[i].ptr);
        window->weekdays |= 1u << (day + 1);
    }
    for (day = 0; weekday_words[day]; day++) {
        if ((window->weekdays >> (day + 1)) & 1u)
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", text[0] ? " " : "", weekday_words[day]);
    }
    window->weekday_text = base_arena_dup(arena, mx_str_of(text));
}

static void read_hours(const struct script_reader *reader, struct base_arena *arena, struct script_window *window) {
    struct script_words words = {NULL, 0};
    char text[200] = "";
    uint32_t i;
    if (!script_words_read(reader, arena, "hours", 16, &words)) return;
    if (words.count > HOURS_MAX) script_complain(reader, "hours has more than %d values", HOURS_MAX);
    window->hours = base_arena_alloc(arena, words.count * sizeof(*window->hours));
    for (i = 0; i < words.count; i++) {
        struct mx_str one = words.items[i];
        struct script_hours *hours = &window->hours[window->hours_count++];
        hours->from = one.len == 11 && one.ptr[5] == '-' ? clock_of(one.ptr) : -1;
        hours->to = hours->from < 0 ? -1 : clock_of(one.ptr + 6);
        if (hours->from < 0 || hours->to < 0 || hours->from == DAY_MINUTES || hours->from == hours->to)
            script_complain(reader, "hours look like \"14:00-17:00\", or \"22:00-02:00\" past midnight, not '%s'", one.ptr);
        if (hours->to == 0) hours->to = DAY_MINUTES;
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", text[0] ? " " : "", one.ptr);
    }
    window->hours_text = base_arena_dup(arena, mx_str_of(text));
}

void script_window_read(const struct script_reader *reader, struct base_arena *arena, struct script_window *window) {
    window->has_from = read_moment(reader, "from", 0, &window->from, &window->from_about);
    window->has_to = read_moment(reader, "to", 1, &window->to, &window->to_about);
    if (window->has_from && window->has_to && window->to_about <= window->from_about) script_complain(reader, "to is before from");
    read_weekdays(reader, arena, window);
    read_hours(reader, arena, window);
}

/* ---- asking ---- */

static int32_t day_before(int32_t weekday) { return weekday == 1 ? 7 : weekday - 1; }

static int on_weekday(const struct script_window *window, int32_t weekday) {
    return window->weekdays == 0 || ((window->weekdays >> weekday) & 1u);
}

/* Minutes until the hours end, 0 when `minute` of a day with this weekday is outside of them. */
static int32_t left_of(const struct script_window *window, const struct script_hours *hours, int32_t minute, int32_t weekday) {
    if (hours->from < hours->to) return minute >= hours->from && minute < hours->to && on_weekday(window, weekday) ? hours->to - minute : 0;
    if (minute >= hours->from && on_weekday(window, weekday)) return hours->to + DAY_MINUTES - minute;
    return minute < hours->to && on_weekday(window, day_before(weekday)) ? hours->to - minute : 0;
}

/* Minutes until the last hours end that hold now; 0 = none does. */
static int32_t hours_left(const struct script_window *window, const struct base_civil *local) {
    int32_t minute = local->hour * 60 + local->minute, most = 0, left;
    uint32_t i;
    for (i = 0; i < window->hours_count; i++) {
        left = left_of(window, &window->hours[i], minute, local->weekday);
        if (left > most) most = left;
    }
    return most;
}

/* Would the hours hold now, if it were one of the weekdays? Then the weekday is what is wrong. */
static int hours_hold(const struct script_window *window, const struct base_civil *local) {
    struct script_window any = *window;
    any.weekdays = 0;
    return window->hours_count == 0 || hours_left(&any, local) > 0;
}

/* 1 when the moment is before `edge`, a time on the clock of the place. */
static int is_before(const struct script_moment *now, const struct base_civil *edge, int64_t about) {
    if (now->at_ms < about - SCRIPT_ZONES_APART_MS) return 1;
    if (now->at_ms > about + SCRIPT_ZONES_APART_MS) return 0;
    return now->at_ms < base_civil_to_ms(now->zone, edge);
}

int32_t script_window_miss(const struct script_window *window, const struct script_moment *now, int64_t *value) {
    *value = 0;
    if (window->has_from && is_before(now, &window->from, window->from_about)) {
        *value = base_civil_to_ms(now->zone, &window->from);
        return MX_MISS_NOT_YET;
    }
    if (window->has_to && !is_before(now, &window->to, window->to_about)) {
        *value = base_civil_to_ms(now->zone, &window->to) - 1;
        return MX_MISS_ENDED;
    }
    if (window->hours_count && hours_left(window, &now->local) > 0) return 0;
    if (window->weekdays && (!window->hours_count ? !on_weekday(window, now->local.weekday) : hours_hold(window, &now->local)))
        return MX_MISS_WEEKDAY;
    return window->hours_count ? MX_MISS_HOURS : 0;
}

/* The first moment at which the clock shows the start of the day in `days` days, plus `minute`. */
static int64_t clock_at(const struct script_moment *now, int32_t days, int32_t minute) {
    struct base_civil at = now->local;
    at.hour = at.minute = at.second = at.ms = 0;
    base_civil_from_ms(NULL, base_civil_to_ms(NULL, &at) + days * DAY_MS + minute * INT64_C(60000), &at);
    return base_civil_to_ms(now->zone, &at);
}

static int64_t hours_end(const struct script_moment *now, int32_t left) {
    int32_t minute = now->local.hour * 60 + now->local.minute;
    int64_t end = clock_at(now, 0, minute + left);
    if (end > now->at_ms) return end;
    /* the hour comes twice and this is the second time */
    return now->at_ms - now->local.second * INT64_C(1000) - now->local.ms + left * INT64_C(60000);
}

static int64_t weekdays_end(const struct script_window *window, const struct script_moment *now) {
    int32_t days = 1, weekday = now->local.weekday;
    if ((window->weekdays & WEEKDAYS_ALL) == WEEKDAYS_ALL) return 0;
    while (on_weekday(window, (weekday - 1 + days) % 7 + 1)) days++;
    return clock_at(now, days, 0);
}

int64_t script_window_ends(const struct script_window *window, const struct script_moment *now) {
    int64_t end = 0, stretch = 0;
    if (window->has_to) end = base_civil_to_ms(now->zone, &window->to);
    if (window->hours_count)
        stretch = hours_end(now, hours_left(window, &now->local));
    else if (window->weekdays)
        stretch = weekdays_end(window, now);
    if (stretch && (end == 0 || stretch < end)) end = stretch;
    return end ? end - 1 : 0;
}
