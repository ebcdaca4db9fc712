#include "base/internal.h"

#define DAY_S INT64_C(86400)

/* What is left of the text. */
struct reader {
    const char *at;
    const char *end;
};

static int take(struct reader *r, char c) {
    if (r->at == r->end || *r->at != c) return 0;
    r->at++;
    return 1;
}

static int take_number(struct reader *r, int max, int *number) {
    int value = 0;
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9' && value <= max) value = value * 10 + (*r->at++ - '0');
    if (r->at == start || value > max) return 0;
    *number = value;
    return 1;
}

/* [+-]hh[:mm[:ss]] in seconds; hours up to 167 (RFC 8536). */
static int take_time(struct reader *r, int32_t *seconds) {
    int negative = take(r, '-');
    int hour, minute = 0, second = 0;
    if (!negative) (void)take(r, '+');
    if (!take_number(r, 167, &hour)) return 0;
    if (take(r, ':')) {
        if (!take_number(r, 59, &minute)) return 0;
        if (take(r, ':') && !take_number(r, 59, &second)) return 0;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    if (negative) *seconds = -*seconds;
    return 1;
}

static int letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

static int take_name(struct reader *r) {
    const char *start = r->at;
    if (take(r, '<')) {
        while (r->at < r->end && *r->at != '>') r->at++;
        return take(r, '>');
    }
    while (r->at < r->end && letter(*r->at)) r->at++;
    return r->at - start >= 3;
}

static int take_change(struct reader *r, struct base_zone_change *change) {
    change->second = 2 * 3600;
    if (take(r, 'M')) {
        change->kind = 'M';
        if (!take_number(r, 12, &change->month) || !take(r, '.') || !take_number(r, 5, &change->week) || !take(r, '.') ||
            !take_number(r, 6, &change->day))
            return 0;
        if (change->month == 0 || change->week == 0) return 0;
    } else if (take(r, 'J')) {
        change->kind = 'J';
        if (!take_number(r, 365, &change->day) || change->day == 0) return 0;
    } else {
        change->kind = 'D';
        if (!take_number(r, 365, &change->day)) return 0;
    }
    return take(r, '/') ? take_time(r, &change->second) : 1;
}

int base_zone_footer_parse(struct mx_str text, struct base_zone_footer *footer) {
    struct reader r = {text.ptr, text.ptr + text.len};
    memset(footer, 0, sizeof(*footer));
    if (!take_name(&r) || !take_time(&r, &footer->standard_s)) return 0;
    footer->standard_s = -footer->standard_s; /* POSIX counts west of Greenwich as positive */
    footer->present = 1;
    if (r.at == r.end) return 1;
    footer->has_summer = 1;
    if (!take_name(&r)) return 0;
    footer->summer_s = footer->standard_s + 3600;
    if (r.at < r.end && *r.at != ',') {
        if (!take_time(&r, &footer->summer_s)) return 0;
        footer->summer_s = -footer->summer_s;
    }
    return take(&r, ',') && take_change(&r, &footer->start) && take(&r, ',') && take_change(&r, &footer->end) && r.at == r.end;
}

static int leap_year(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* Local second since 1970 of a change in a year. */
static int64_t change_in_year(const struct base_zone_change *change, int64_t year) {
    int64_t day;
    if (change->kind == 'M') {
        int64_t first = base_days_from_civil(year, change->month, 1);
        int64_t next_month = base_days_from_civil(year, change->month + 1, 1);
        int64_t weekday = first + 4 - base_floor_div(first + 4, 7) * 7; /* 0 = Sunday */
        day = first + (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
        while (day >= next_month) day -= 7; /* week 5 is the last one */
    } else {
        day = base_days_from_civil(year, 1, 1) + change->day;
        if (change->kind == 'J' && !(leap_year(year) && change->day >= 60)) day--;
    }
    return day * DAY_S + change->second;
}

int32_t base_zone_footer_offset(const struct base_zone_footer *footer, int64_t second) {
    struct base_civil civil;
    int64_t start, end;
    if (!footer->has_summer) return footer->standard_s;
    base_civil_from_ms(NULL, (second + footer->standard_s) * 1000, &civil);
    start = change_in_year(&footer->start, civil.year) - footer->standard_s;
    end = change_in_year(&footer->end, civil.year) - footer->summer_s;
    if (start < end) return second >= start && second < end ? footer->summer_s : footer->standard_s;
    return second >= end && second < start ? footer->standard_s : footer->summer_s; /* south of the equator */
}
