/* Points that go: for a reward, or as tender. What was taken from where is kept, so that it can come back. */
#include "internal.h"

mx_status loyalty_spending_of(struct mx_ctx *ctx, struct mx_str document, struct loyalty_spending **spending) {
    struct loyalty_spending probe = {.document = document};
    return mx_get(ctx, &loyalty_spendings, &probe, spending);
}

mx_status loyalty_spend(struct mx_ctx *ctx, struct loyalty_spending *spending, const struct loyalty_purse *purse, struct mx_str reason) {
    struct loyalty_books books = {
        .kind = LOYALTY_SPEND, .source = spending->order.len ? spending->order : spending->document, .reason = reason, .at = spending->at};
    int64_t *took = mx_alloc(ctx, ((size_t)purse->count + 1) * sizeof(*took));
    mx_status st = loyalty_take(ctx, &books, purse, spending->points, took);
    uint32_t i;
    if (st == MX_OK) st = loyalty_close(ctx, &books);
    if (st != MX_OK) return st;
    spending->parts = mx_list_new(ctx, purse->count, sizeof(struct loyalty_spent_part));
    spending->parts.count = 0;
    for (i = 0; i < purse->count; i++) {
        struct loyalty_spent_part *part;
        if (took[i] == 0) continue;
        part = mx_list_at(&spending->parts, spending->parts.count++);
        part->member = purse->lots[i]->member;
        part->order = purse->lots[i]->order;
        part->line = purse->lots[i]->line;
        part->run = purse->lots[i]->run;
        part->points = took[i];
    }
    return mx_put(ctx, &loyalty_spendings, spending);
}

static mx_status answer(struct mx_ctx *ctx, const struct loyalty_customer *customer, int64_t points, struct mx_points_moved *moved) {
    int64_t owed;
    moved->points = points;
    return loyalty_sum(ctx, customer, &moved->balance, &owed);
}

mx_status loyalty_spend_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_book *ask = in;
    struct loyalty_spending spending = {.document = ask->source, .at = ask->at > 0 ? ask->at : ctx->now_ms, .points = ask->points};
    struct loyalty_spending *before = NULL;
    struct loyalty_customer customer;
    struct loyalty_purse purse;
    mx_status st = loyalty_customer(ctx, ask->member, "member", &customer);
    if (st == MX_OK) st = loyalty_spending_of(ctx, ask->source, &before);
    if (st == MX_OK) return answer(ctx, &customer, before->points, out);
    if (st == MX_NONE) st = loyalty_prove(ctx, &customer, ask->proof);
    if (st == MX_OK && ask->points == 0) return answer(ctx, &customer, 0, out);
    if (st == MX_OK) st = loyalty_find(ctx, &customer, ask->points, "points", &purse);
    spending.member = customer.standing;
    if (st == MX_OK) st = loyalty_spend(ctx, &spending, &purse, ask->reason);
    return st == MX_OK ? answer(ctx, &customer, ask->points, out) : st;
}

mx_status loyalty_unspend_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_book *ask = in;
    struct loyalty_spending *spending = NULL;
    struct loyalty_customer customer;
    int64_t points = 0;
    mx_status st = loyalty_customer(ctx, ask->member, NULL, &customer);
    if (st == MX_OK) st = loyalty_spending_of(ctx, ask->source, &spending);
    if (st == MX_OK && spending->back_points < spending->points) {
        points = spending->points - spending->back_points;
        st = loyalty_give_back(ctx, &customer, spending, points, ask->source, ask->at);
    }
    if (st < 0) return st;
    return answer(ctx, &customer, points, out);
}

/* ---- as tender ---- */

/* What points pay of this document already. */
static mx_status paid_already(struct mx_ctx *ctx, struct mx_str order, int64_t *paid) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "order"};
    struct loyalty_spending probe = {.order = order}, *spending = NULL;
    struct mx_scan *scan = NULL;
    mx_status st;
    *paid = 0;
    if (order.len == 0) return MX_OK;
    st = mx_scan_open(ctx, &loyalty_spendings, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &spending)) == MX_OK)
        if (!mx_add(*paid, spending->amount - spending->back_amount, paid)) *paid = MX_INT_MAX;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status price_burn(struct mx_ctx *ctx, const struct mx_points_burn *burn, int64_t *points) {
    struct loyalty_settings settings;
    int64_t paid, most;
    mx_status st = loyalty_settings_now(ctx, &settings);
    if (st == MX_OK) st = paid_already(ctx, burn->order, &paid);
    if (st != MX_OK) return st;
    if (settings.burn_minor_per_point == 0) return mx_refuse(ctx, "points_do_not_pay", "tenders", "In this shop points do not pay.");
    most = loyalty_payable(&settings, burn->due ? burn->due : burn->amount, paid);
    if (burn->amount > most) return mx_refuse(ctx, "points_cap", "tenders", "Of this sale points may pay %lld at most.", (long long)most);
    if (!loyalty_price(&settings, burn->amount, points)) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "tenders", "Nobody has so many points.");
    if (*points < settings.burn_min_points)
        return mx_refuse(ctx, "points_few", "tenders", "Points pay from %lld points on.", (long long)settings.burn_min_points);
    return MX_OK;
}

mx_status loyalty_burn_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_burn *burn = in;
    struct loyalty_spending spending = {.document = burn->payment, .order = burn->order, .amount = burn->amount};
    struct loyalty_customer customer;
    struct loyalty_purse purse;
    mx_status st = loyalty_customer(ctx, burn->member, "member", &customer);
    if (st == MX_OK) st = price_burn(ctx, burn, &spending.points);
    if (st == MX_OK) st = loyalty_prove(ctx, &customer, burn->proof);
    if (st == MX_OK) st = loyalty_find(ctx, &customer, spending.points, "tenders", &purse);
    if (st != MX_OK) return st;
    spending.member = customer.standing;
    spending.at = burn->at > 0 ? burn->at : ctx->now_ms;
    st = loyalty_spend(ctx, &spending, &purse, mx_str_of("tender"));
    return st == MX_OK ? answer(ctx, &customer, spending.points, out) : st;
}
