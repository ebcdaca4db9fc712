/* What the shop owes its members in points, and when it ends. */
#include "internal.h"

#define MONTHS_MAX 2400

static int compare_months(const struct loyalty_liability_month *month, int64_t year, int64_t number) {
    if (month->year != year) return month->year < year ? -1 : 1;
    return month->month < number ? -1 : month->month > number;
}

/* Months in order; the last one also takes what comes behind the room. */
static void add_month(struct mx_ctx *ctx, struct mx_list *months, int64_t ends_ms, int64_t points) {
    struct loyalty_liability_month *all = months->items;
    struct mx_civil civil = {0};
    uint32_t at = 0, i;
    if (ends_ms) mx_civil_of(ctx, mx_shop_of(ctx)->zone, ends_ms, &civil);
    while (at < months->count && compare_months(&all[at], civil.year, civil.month) < 0) at++;
    if (at < months->count && compare_months(&all[at], civil.year, civil.month) == 0) {
        all[at].points += points;
        return;
    }
    if (months->count == MONTHS_MAX) {
        all[months->count - 1].points += points;
        return;
    }
    for (i = months->count++; i > at; i--) all[i] = all[i - 1];
    all[at].year = civil.year;
    all[at].month = civil.month;
    all[at].points = points;
    all[at].value = 0;
}

static void count_lot(struct mx_ctx *ctx, const struct loyalty_lot *lot, struct loyalty_liability *out) {
    int64_t rest = loyalty_rest(lot);
    if (rest <= 0) return;
    if (loyalty_is_expired(ctx, lot)) {
        out->unbooked += rest;
        return;
    }
    out->lots++;
    out->points += rest;
    *(lot->available_at > ctx->expiry_ms ? &out->pending : &out->available) += rest;
    add_month(ctx, &out->months, lot->expires_at, rest);
}

static mx_status sum_lots(struct mx_ctx *ctx, struct loyalty_liability *out) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct loyalty_lot *lot = NULL;
    struct mx_scan *scan = NULL;
    int64_t looked = 0;
    mx_status st = mx_scan_open(ctx, &loyalty_lots, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &lot)) == MX_OK) {
        count_lot(ctx, lot, out);
        st = mx_progress(ctx, ++looked, 0);
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status sum_debts(struct mx_ctx *ctx, struct loyalty_liability *out) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct loyalty_balance *balance = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &loyalty_balances, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &balance)) == MX_OK) out->owed += balance->owed;
    return st == MX_DONE ? MX_OK : st;
}

mx_status loyalty_liability_handler(struct mx_ctx *ctx, const void *in, void *out_) {
    struct loyalty_liability *out = out_;
    struct loyalty_settings settings;
    uint32_t i;
    mx_status st = loyalty_settings_now(ctx, &settings);
    (void)in;
    out->months = mx_list_new(ctx, MONTHS_MAX, sizeof(struct loyalty_liability_month));
    out->months.count = 0;
    if (st == MX_OK) st = sum_lots(ctx, out);
    if (st == MX_OK) st = sum_debts(ctx, out);
    for (i = 0; i < out->months.count; i++) {
        struct loyalty_liability_month *month = mx_list_at(&out->months, i);
        if (!mx_muldiv_floor(month->points, settings.burn_minor_per_point, 1, &month->value)) month->value = MX_INT_MAX;
    }
    if (!mx_muldiv_floor(out->points, settings.burn_minor_per_point, 1, &out->value)) out->value = MX_INT_MAX;
    return st;
}
