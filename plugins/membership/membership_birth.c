/* Days of birth: checking, keeping, looking up. */
#include <stdio.h>

#include "profile.h"

int64_t membership_days_of(const struct membership_birth *birth) {
    return birth->lunar ? 30 : mx_days_in_month(birth->year, (int32_t)birth->month); /* year 0, nobody said which, has a 29 February */
}

mx_status membership_birth_check(struct mx_ctx *ctx, const struct membership_birth *birth) {
    struct mx_civil today;
    mx_civil_of(ctx, (struct mx_str){NULL, 0}, ctx->now_ms, &today);
    if (birth->year && (birth->year < 1900 || birth->year > today.year))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "birth.year", "A year of birth lies between 1900 and now.");
    if (birth->month < 1 || birth->month > 12) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "birth.month", "There is no such month.");
    if (birth->day < 1 || birth->day > membership_days_of(birth))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "birth.day", "That month has no such day.");
    if (!birth->lunar && birth->year == today.year && birth->month * 100 + birth->day > today.month * 100 + today.day)
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "birth.day", "This day has not come yet.");
    return MX_OK;
}

static struct mx_str text_of(struct mx_ctx *ctx, const char *text) { return mx_dup(ctx, mx_str_of(text)); }

struct mx_str membership_birth_text(struct mx_ctx *ctx, const struct membership_birth *birth) {
    char text[32], year[8] = "-";
    if (birth->year) snprintf(year, sizeof(year), "%04u", (unsigned)(birth->year % 10000));
    snprintf(text, sizeof(text), "%s%s-%02u-%02u", birth->lunar ? "L" : "", year, (unsigned)(birth->month % 100),
             (unsigned)(birth->day % 100));
    return text_of(ctx, text);
}

static int take_number(struct mx_str *text, uint32_t digits, int64_t *number) {
    uint32_t i;
    if (text->len < digits) return 0;
    *number = 0;
    for (i = 0; i < digits; i++) {
        if (text->ptr[i] < '0' || text->ptr[i] > '9') return 0;
        *number = *number * 10 + (text->ptr[i] - '0');
    }
    *text = mx_str_n(text->ptr + digits, text->len - digits);
    return 1;
}

static int take(struct mx_str *text, char c) {
    if (text->len == 0 || text->ptr[0] != c) return 0;
    *text = mx_str_n(text->ptr + 1, text->len - 1);
    return 1;
}

int membership_birth_read(struct mx_str text, struct membership_birth *birth) {
    *birth = (struct membership_birth){0};
    birth->lunar = (uint8_t)take(&text, 'L');
    if (!take(&text, '-') && !take_number(&text, 4, &birth->year)) return 0;
    return take(&text, '-') && take_number(&text, 2, &birth->month) && take(&text, '-') && take_number(&text, 2, &birth->day);
}

struct mx_str membership_day_text(struct mx_ctx *ctx, int64_t month, int64_t day, int lunar) {
    char text[16];
    snprintf(text, sizeof(text), "%s%02u-%02u", lunar ? "L" : "", (unsigned)(month % 100), (unsigned)(day % 100));
    return text_of(ctx, text);
}
