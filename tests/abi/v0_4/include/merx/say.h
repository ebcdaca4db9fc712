/* Amounts and days in the words of messages, as a cashier reads them to a customer. Since 0.4. */
#ifndef MERX_SAY_H
#define MERX_SAY_H

#include <stdio.h>

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "12.50 CNY" for 1250 in a shop whose currency has two digits; in the command's memory. */
static inline const char *mx_say_money(struct mx_ctx *ctx, int64_t minor) {
    enum { ROOM = 64 };
    const struct mx_shop *shop = mx_shop_of(ctx);
    char *text = (char *)mx_alloc(ctx, ROOM);
    uint64_t one = 1, plain = minor < 0 ? (uint64_t)0 - (uint64_t)minor : (uint64_t)minor;
    int digits = shop->digits < 6 ? (int)shop->digits : 6, name = shop->currency.len < 8 ? (int)shop->currency.len : 8, i, len;
    for (i = 0; i < digits; i++) one *= 10;
    len = snprintf(text, ROOM, "%s%llu", minor < 0 ? "-" : "", (unsigned long long)(plain / one));
    if (digits) len += snprintf(text + len, ROOM - (size_t)len, ".%0*llu", digits, (unsigned long long)(plain % one));
    snprintf(text + len, ROOM - (size_t)len, " %.*s", name, name ? shop->currency.ptr : "");
    return text;
}

/* "2026-11-30": the day of this moment by the shop's clock; in the command's memory. */
static inline const char *mx_say_day(struct mx_ctx *ctx, int64_t at_ms) {
    enum { ROOM = 40 };
    char *text = (char *)mx_alloc(ctx, ROOM);
    struct mx_civil day;
    mx_civil_of(ctx, mx_str_n(NULL, 0), at_ms, &day);
    snprintf(text, ROOM, "%04d-%02d-%02d", (int)day.year, (int)day.month, (int)day.day);
    return text;
}

#ifdef __cplusplus
}
#endif
#endif
