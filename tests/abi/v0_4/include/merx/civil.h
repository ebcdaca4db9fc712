/* The calendar as arithmetic: days as numbers, and numbers as days. Proleptic Gregorian: today's rules for all years, also those before
 * them; year 0 stands before year 1. Needs no clock and no zone. Since 0.4. */
#ifndef MERX_CIVIL_H
#define MERX_CIVIL_H

#include "merx/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_DAY_MS INT64_C(86400000) /* a day of 24 hours */

/* A time as the clock on the wall shows it. Since 0.3. */
struct mx_civil {
    int32_t year, month, day, hour, minute, second; /* month and day from 1 */
    int32_t weekday;                                /* 1 = Monday ... 7 = Sunday */
};

/* Has this year a 29 February? */
static inline int mx_is_leap_year(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* How many days this month (1..12) has. */
static inline int32_t mx_days_in_month(int64_t year, int32_t month) {
    if (month == 2) return 28 + mx_is_leap_year(year);
    return 30 + (month + month / 8) % 2;
}

/* Days from 1970-01-01 to this day; negative before it. The month is 1..12, the day one of it, the year within +-1,000,000. A year begins
 * in March here, so that the day that is put in comes last; 400 years have 146,097 days. */
static inline int64_t mx_day_number(int64_t year, int32_t month, int32_t day) {
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The other way: year, month, day and weekday of *civil; its time of day becomes midnight. */
static inline void mx_day_civil(int64_t number, struct mx_civil *civil) {
    int64_t z = number + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    int64_t weekday = (number + 3) % 7; /* 1970-01-01 was a Thursday */
    civil->day = (int32_t)(of_year - (153 * month + 2) / 5 + 1);
    civil->month = (int32_t)(month < 10 ? month + 3 : month - 9);
    civil->year = (int32_t)(year + era * 400 + (civil->month <= 2));
    civil->hour = civil->minute = civil->second = 0;
    civil->weekday = (int32_t)(weekday < 0 ? weekday + 7 : weekday) + 1;
}

#ifdef __cplusplus
}
#endif
#endif
