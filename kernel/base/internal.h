/* Shared by the files of this room only. */
#ifndef BASE_INTERNAL_H
#define BASE_INTERNAL_H

#include "base/clock.h"

/* Days since 1970-01-01 in the proleptic Gregorian calendar; months and days beyond their range carry over. */
int64_t base_days_from_civil(int64_t year, int64_t month, int64_t day);

/* A rule of a POSIX TZ text: the day and the local second of it when the clock changes. */
struct base_zone_change {
    int kind; /* 'M': month, week, weekday; 'J': day 1..365 without 29 February; 'D': day 0..365 */
    int month, week, day;
    int32_t second;
};

struct base_zone_footer {
    int present;
    int has_summer;
    int32_t standard_s, summer_s; /* offsets from UTC */
    struct base_zone_change start, end;
};

/* Parse the footer of a TZif file: 1, or 0 when it is not a POSIX TZ text (with the extensions of RFC 8536 3.3.1). */
int base_zone_footer_parse(struct mx_str text, struct base_zone_footer *footer);

/* Offset that the footer gives for a time in seconds. */
int32_t base_zone_footer_offset(const struct base_zone_footer *footer, int64_t second);

/* Floor division for a positive divisor. */
static inline int64_t base_floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

#endif
