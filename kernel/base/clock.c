#include "base/clock.h"

#include <time.h>

#include "base/internal.h"

#define DAY_S INT64_C(86400)

static int64_t read_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t base_now_ms(void) { return base_floor_div(read_us(CLOCK_REALTIME), 1000); }

int64_t base_steady_ms(void) { return read_us(CLOCK_MONOTONIC) / 1000; }

int64_t base_steady_us(void) { return read_us(CLOCK_MONOTONIC); }

/* Years are counted from March, so that the leap day is a year's last; 400 years have 146097 days. */
int64_t base_days_from_civil(int64_t year, int64_t month, int64_t day) {
    int64_t era, year_of_era, day_of_year;
    year += base_floor_div(month - 1, 12);
    month = month - 1 - base_floor_div(month - 1, 12) * 12; /* 0..11 from January */
    if (month < 2) year--;
    month = (month + 10) % 12; /* 0..11 from March */
    era = base_floor_div(year, 400);
    year_of_era = year - era * 400;
    day_of_year = (153 * month + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void civil_from_days(int64_t days, struct base_civil *civil) {
    int64_t era, day_of_era, year_of_era, day_of_year, month;
    days += 719468;
    era = base_floor_div(days, 146097);
    day_of_era = days - era * 146097;
    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    month = (5 * day_of_year + 2) / 153;
    civil->day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1);
    civil->month = (int32_t)(month < 10 ? month + 3 : month - 9);
    civil->year = (int32_t)(year_of_era + era * 400 + (civil->month <= 2));
}

void base_civil_from_ms(const struct base_zone *zone, int64_t ms, struct base_civil *civil) {
    int64_t second = base_floor_div(ms, 1000);
    int64_t days, rest;
    civil->ms = (int32_t)(ms - second * 1000);
    if (zone) second += base_zone_offset_s(zone, ms);
    days = base_floor_div(second, DAY_S);
    rest = second - days * DAY_S;
    civil_from_days(days, civil);
    civil->hour = (int32_t)(rest / 3600);
    civil->minute = (int32_t)(rest / 60 % 60);
    civil->second = (int32_t)(rest % 60);
    civil->weekday = (int32_t)(days + 3 - base_floor_div(days + 3, 7) * 7 + 1);
}

/* First second in (low, high] whose local time is at or behind `local`; for a span with one clock change forward. */
static int64_t change_before(const struct base_zone *zone, int64_t local, int64_t low, int64_t high) {
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (middle + base_zone_offset_s(zone, middle * 1000) >= local)
            high = middle;
        else
            low = middle;
    }
    return high;
}

int64_t base_civil_to_ms(const struct base_zone *zone, const struct base_civil *civil) {
    /* No zone is further than 26 hours from UTC (RFC 8536), so these two stand on both sides of any one change. */
    const int64_t span = 26 * 3600;
    int64_t local = base_days_from_civil(civil->year, civil->month, civil->day) * DAY_S + (int64_t)civil->hour * 3600 +
                    (int64_t)civil->minute * 60 + civil->second;
    int64_t before, after;
    if (zone == NULL) return local * 1000 + civil->ms;
    before = local - base_zone_offset_s(zone, (local - span) * 1000);
    after = local - base_zone_offset_s(zone, (local + span) * 1000);
    if (before + base_zone_offset_s(zone, before * 1000) == local &&
        (before <= after || after + base_zone_offset_s(zone, after * 1000) != local))
        return before * 1000 + civil->ms;
    if (after + base_zone_offset_s(zone, after * 1000) == local) return after * 1000 + civil->ms;
    return change_before(zone, local, local - span, local + span) * 1000;
}

struct mx_str base_time_text(struct base_arena *arena, int64_t ms) {
    struct base_civil t;
    base_civil_from_ms(NULL, ms, &t);
    return base_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.year, t.month, t.day, t.hour, t.minute, t.second, t.ms);
}
