/* Time: milliseconds since 1970 UTC, and time zones read from the system's TZif files (RFC 8536). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/arena.h"

/* Wall clock and steady clock, ms. */
int64_t base_now_ms(void);
int64_t base_steady_ms(void);
int64_t base_steady_us(void);

/* A time zone; immutable once loaded, usable from any thread, kept for the life of the process. */
struct base_zone;

/* Zone by IANA name ("Europe/London"); NULL when there is none or the name is not safe ("..", leading "/"). Thread-safe. */
const struct base_zone *base_zone_get(struct mx_str name);

/* Offset from UTC in seconds at `ms`. Uses the file's POSIX footer behind its last transition. */
int32_t base_zone_offset_s(const struct base_zone *zone, int64_t ms);

struct base_civil {
    int32_t year, month, day, hour, minute, second, ms; /* month and day from 1 */
    int32_t weekday;                                    /* 1 = Monday ... 7 = Sunday (ISO 8601) */
};

/* Local calendar time of `ms` in the zone (NULL = UTC). */
void base_civil_from_ms(const struct base_zone *zone, int64_t ms, struct base_civil *civil);

/* First instant with that local time; a time that a clock change skips means the instant of the change. */
int64_t base_civil_to_ms(const struct base_zone *zone, const struct base_civil *civil);

/* RFC 3339 text in UTC with milliseconds, into the arena. */
struct mx_str base_time_text(struct base_arena *arena, int64_t ms);

#endif
