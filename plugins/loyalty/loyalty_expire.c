/* What expired is booked as such. It could not be spent any more from the moment of its end, booked or not. */
#include "internal.h"

#define EXPIRE_STEP     200
#define EXPIRE_AGAIN_MS (60 * 60 * 1000) /* the time against which things expire stands still after a jump of the clock */

static mx_status due(struct mx_ctx *ctx, struct mx_str member, int64_t at_ms) {
    struct loyalty_balance_ask ask = {.member = member};
    struct loyalty_balance balance;
    struct mx_str body;
    mx_status st = loyalty_balance_of(ctx, member, &balance);
    if (st != MX_OK) return st;
    balance.expiry_due = at_ms;
    st = mx_put(ctx, &loyalty_balances, &balance);
    if (st != MX_OK || at_ms == 0) return st;
    st = ctx->op->encode(ctx, &loyalty_balance_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, at_ms, LOYALTY_EXPIRE_OP, member, body) : st;
}

/* Lots whose end is over, the first ones. next_ms: when to look again; 0 = never. */
static mx_status find(struct mx_ctx *ctx, struct mx_str member, struct loyalty_lot **lots, uint32_t *count, int64_t *next_ms) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .index = "open"};
    struct loyalty_lot probe = {.member = member}, *lot = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &loyalty_lots, &opts, &probe, &scan);
    *count = 0;
    *next_ms = 0;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &lot)) == MX_OK) {
        if (lot->ends_at == MX_INT_MAX) break;
        *next_ms = lot->ends_at > ctx->now_ms ? lot->ends_at : ctx->now_ms + (loyalty_is_expired(ctx, lot) ? 0 : EXPIRE_AGAIN_MS);
        if (!loyalty_is_expired(ctx, lot) || *count == EXPIRE_STEP) break;
        *next_ms = 0;
        lots[(*count)++] = lot;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status loyalty_expire_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_balance_ask *ask = in;
    struct mx_points_moved *moved = out;
    struct loyalty_books books = {.kind = LOYALTY_EXPIRE, .source = mx_str_of("expiry")};
    struct loyalty_customer self = {.members = mx_list_new(ctx, 1, sizeof(struct mx_str)), .standing = ask->member};
    struct loyalty_lot **lots = mx_alloc(ctx, EXPIRE_STEP * sizeof(struct loyalty_lot *));
    uint32_t count = 0, i;
    int64_t next_ms = 0;
    mx_status st;
    *(struct mx_str *)mx_list_at(&self.members, 0) = ask->member;
    st = loyalty_renew(ctx, &self);
    if (st == MX_OK) st = find(ctx, ask->member, lots, &count, &next_ms);
    for (i = 0; st == MX_OK && i < count; i++)
        if (loyalty_rest(lots[i]) > 0) st = loyalty_move(ctx, &books, lots[i], loyalty_rest(lots[i]));
    if (st == MX_OK) st = loyalty_close(ctx, &books);
    moved->points = books.points;
    return st == MX_OK ? due(ctx, ask->member, next_ms) : st;
}
