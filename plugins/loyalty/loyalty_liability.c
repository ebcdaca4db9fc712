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

struct counting {
    struct mx_ctx *ctx;
    struct loyalty_past *past; /* NULL: as it is now */
    int64_t at;                /* expired by then; pending until then */
    int64_t looked;
    struct loyalty_liability *out;
};

static mx_status count_lot(const struct counting *counting, const struct loyalty_lot *lot) {
    struct loyalty_liability *out = counting->out;
    int64_t rest = loyalty_rest(lot), ends_at = lot->expires_at;
    if (counting->past) {
        mx_status st = loyalty_past_rest(counting->past, lot, &rest);
        if (st != MX_OK) return st;
        ends_at = loyalty_past_end(lot, counting->at);
    }
    if (rest <= 0) return MX_OK;
    if (ends_at > 0 && ends_at <= counting->at) {
        out->unbooked += rest;
        return MX_OK;
    }
    out->lots++;
    out->points += rest;
    *(lot->available_at > counting->at ? &out->pending : &out->available) += rest;
    add_month(counting->ctx, &out->months, ends_at, rest);
    return MX_OK;
}

static mx_status sum_lots(struct counting *counting) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct loyalty_lot *lot = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(counting->ctx, &loyalty_lots, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(counting->ctx, scan, &lot)) == MX_OK) {
        st = count_lot(counting, lot);
        if (st == MX_OK) st = mx_progress(counting->ctx, ++counting->looked, 0);
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

/* Everything is said as of one time, at which the clock that never goes back had come at least so far. */
static mx_status begin(struct mx_ctx *ctx, const struct loyalty_liability_ask *ask, struct counting *counting) {
    counting->out->at = ask->at ? ask->at : ctx->now_ms;
    counting->at = ctx->expiry_ms;
    if (ask->at > ctx->now_ms) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "at", "Nothing is known of the future.");
    if (ask->at == 0) return MX_OK;
    if (ask->at < counting->at) counting->at = ask->at;
    return loyalty_past_open(ctx, ask->at, &counting->looked, &counting->past);
}

mx_status loyalty_liability_handler(struct mx_ctx *ctx, const void *in, void *out_) {
    struct loyalty_liability *out = out_;
    struct counting counting = {.ctx = ctx, .out = out};
    struct loyalty_settings settings;
    uint32_t i;
    mx_status st = loyalty_settings_now(ctx, &settings);
    if (st == MX_OK) st = begin(ctx, in, &counting);
    out->months = mx_list_new(ctx, MONTHS_MAX, sizeof(struct loyalty_liability_month));
    out->months.count = 0;
    if (st == MX_OK) st = sum_lots(&counting);
    if (st == MX_OK) st = sum_debts(ctx, out);
    if (st == MX_OK && counting.past) st = loyalty_past_owed(counting.past, &out->owed);
    for (i = 0; i < out->months.count; i++) {
        struct loyalty_liability_month *month = mx_list_at(&out->months, i);
        if (!mx_muldiv_floor(month->points, settings.burn_minor_per_point, 1, &month->value)) month->value = MX_INT_MAX;
    }
    if (!mx_muldiv_floor(out->points, settings.burn_minor_per_point, 1, &out->value)) out->value = MX_INT_MAX;
    return st;
}
