/* Money and days as a cashier reads them to a customer. */
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

const char *wallet_money(struct mx_ctx *ctx, int64_t minor) {
    const struct mx_shop *shop = mx_shop_of(ctx);
    char *text = mx_alloc(ctx, 48);
    int64_t one = 1, plain = minor < 0 ? -minor : minor;
    uint32_t i;
    int len;
    for (i = 0; i < shop->digits; i++) one *= 10;
    len = snprintf(text, 40, "%s%" PRId64, minor < 0 ? "-" : "", plain / one);
    if (one > 1) len += snprintf(text + len, 40 - (size_t)len, ".%0*" PRId64, (int)shop->digits, plain % one);
    snprintf(text + len, 48 - (size_t)len, " %.*s", (int)(shop->currency.len < 3 ? shop->currency.len : 3), shop->currency.ptr);
    return text;
}

const char *wallet_day(struct mx_ctx *ctx, int64_t at_ms) {
    char *text = mx_alloc(ctx, 40);
    struct mx_civil day;
    mx_civil_of(ctx, mx_str_n(NULL, 0), at_ms, &day);
    snprintf(text, 40, "%04d-%02d-%02d", (int)day.year, (int)day.month, (int)day.day);
    return text;
}
