/* The Chinese calendar from 1900 to 2100, by table: for each of its years the lengths of its months and the one that is put in.
 *
 * Bit i of a year says that its month i + 1, in the order in which they come, has 30 days and not 29; from bit 13 on stands after
 * which month one is put in (0 = none). The first day of the table is 31 January 1900. The rules are those of GB/T 33661-2017; every month
 * of the table was compared with the new moons of Meeus's Astronomical Algorithms, chapter 49, on the clocks of China (before 1929 of
 * Beijing). */
#include "internal.h"

#define FIRST_YEAR 1900
#define FIRST_DAY  INT64_C(-25537) /* 1900-01-31 */

static const uint32_t years[] = {
    0x116d2, 0x00752, 0x00ea5, 0x0b64a, 0x0064b, 0x00a9b, 0x09556, 0x0056a, 0x00b59, 0x05752, 0x00752, 0x0db25, 0x00b25, 0x00a4b, 0x0b4ab,
    0x002ad, 0x0056b, 0x04b69, 0x00da9, 0x0fd92, 0x00e92, 0x00d25, 0x0ba4d, 0x00a56, 0x002b6, 0x095b5, 0x006d4, 0x00ea9, 0x05e92, 0x00e92,
    0x0cd26, 0x0052b, 0x00a57, 0x0b2b6, 0x00b5a, 0x006d4, 0x06ec9, 0x00749, 0x0f693, 0x00a93, 0x0052b, 0x0ca5b, 0x00aad, 0x0056a, 0x09b55,
    0x00ba4, 0x00b49, 0x05a93, 0x00a95, 0x0f52d, 0x00536, 0x00aad, 0x0b5aa, 0x005b2, 0x00da5, 0x07d4a, 0x00d4a, 0x10a95, 0x00a97, 0x00556,
    0x0cab5, 0x00ad5, 0x006d2, 0x08ea5, 0x00ea5, 0x0064a, 0x06c97, 0x00a9b, 0x0f55a, 0x0056a, 0x00b69, 0x0b752, 0x00b52, 0x00b25, 0x0964b,
    0x00a4b, 0x114ab, 0x002ad, 0x0056d, 0x0cb69, 0x00da9, 0x00d92, 0x09d25, 0x00d25, 0x15a4d, 0x00a56, 0x002b6, 0x0c5b5, 0x006d5, 0x00ea9,
    0x0be92, 0x00e92, 0x00d26, 0x06a56, 0x00a57, 0x114d6, 0x0035a, 0x006d5, 0x0b6c9, 0x00749, 0x00693, 0x0952b, 0x0052b, 0x00a5b, 0x0555a,
    0x0056a, 0x0fb55, 0x00ba4, 0x00b49, 0x0ba93, 0x00a95, 0x0052d, 0x08aad, 0x00ab5, 0x135aa, 0x005d2, 0x00da5, 0x0dd4a, 0x00d4a, 0x00c95,
    0x0952e, 0x00556, 0x00ab5, 0x055b2, 0x006d2, 0x0cea5, 0x00725, 0x0064b, 0x0ac97, 0x00cab, 0x0055a, 0x06ad6, 0x00b69, 0x17752, 0x00b52,
    0x00b25, 0x0da4b, 0x00a4b, 0x004ab, 0x0a55b, 0x005ad, 0x00b6a, 0x05b52, 0x00d92, 0x0fd25, 0x00d25, 0x00a55, 0x0b4ad, 0x004b6, 0x005b5,
    0x06daa, 0x00ec9, 0x11e92, 0x00e92, 0x00d26, 0x0ca56, 0x00a57, 0x004d6, 0x086d5, 0x00755, 0x00749, 0x06e93, 0x00693, 0x0f52b, 0x0052b,
    0x00a5b, 0x0b55a, 0x0056a, 0x00b65, 0x0974a, 0x00b4a, 0x11a95, 0x00a95, 0x0052d, 0x0caad, 0x00ab5, 0x005aa, 0x08ba5, 0x00da5, 0x00d4a,
    0x07c95, 0x00c96, 0x0f94e, 0x00556, 0x00ab5, 0x0b5b2, 0x006d2, 0x00ea5, 0x08e4a, 0x0068b, 0x10c97, 0x004ab, 0x0055b, 0x0cad6, 0x00b6a,
    0x00752, 0x09725, 0x00b45, 0x00a8b, 0x0549b, 0x004ab,
};

#define YEARS (sizeof(years) / sizeof(years[0]))

static uint32_t leap_of(uint32_t year) { return year >> 13; }

static int64_t month_days(uint32_t year, uint32_t place) { return 29 + (int64_t)((year >> place) & 1); }

static int64_t year_days(uint32_t year) {
    uint32_t place, months = leap_of(year) ? 13 : 12;
    int64_t days = 0;
    for (place = 0; place < months; place++) days += month_days(year, place);
    return days;
}

/* A year begins in March here, so that the day that is put in comes last; 400 years have 146,097 days. */
int64_t rewards_day_of(int32_t year, int32_t month, int32_t day) {
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void rewards_date_of(int64_t day, int32_t *year, int32_t *month, int32_t *day_of_month) {
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day_of_month = (int32_t)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int32_t)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int32_t)(yoe + era * 400 + (*month <= 2));
}

int rewards_lunar_of(int64_t day, struct rewards_lunar *lunar) {
    int64_t left = day - FIRST_DAY;
    uint32_t at, place, leap;
    if (left < 0) return 0;
    for (at = 0; at < YEARS && left >= year_days(years[at]); at++) left -= year_days(years[at]);
    if (at == YEARS) return 0;
    for (place = 0; left >= month_days(years[at], place); place++) left -= month_days(years[at], place);
    leap = leap_of(years[at]);
    lunar->year = FIRST_YEAR + (int32_t)at;
    lunar->leap = leap > 0 && place == leap;
    lunar->month = (int32_t)place + 1 - (leap > 0 && place >= leap);
    lunar->day = (int32_t)left + 1;
    lunar->last = left + 1 == month_days(years[at], place);
    return 1;
}
