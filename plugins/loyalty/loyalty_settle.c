/* What a customer owes is paid by the first points that come to her, under whatever id of hers the debt stands. */
#include "internal.h"

static mx_status pay_own(struct mx_ctx *ctx, struct loyalty_lot *lot, int64_t points, const struct loyalty_books *came) {
    struct loyalty_books books = {.kind = LOYALTY_SETTLE, .source = came->source, .at = came->at};
    mx_status st = loyalty_move(ctx, &books, lot, points);
    return st == MX_OK ? loyalty_close(ctx, &books) : st;
}

static mx_status pay_for(struct mx_ctx *ctx, struct mx_str member, struct loyalty_lot *lot, int64_t points,
                         const struct loyalty_books *came) {
    struct loyalty_books from = {.kind = LOYALTY_REPAY, .source = came->source, .other = member, .at = came->at};
    struct loyalty_books to = {.kind = LOYALTY_REPAID, .source = came->source, .at = came->at};
    mx_status st = loyalty_move(ctx, &from, lot, points);
    if (st == MX_OK) st = loyalty_close(ctx, &from);
    if (st == MX_OK) st = loyalty_move_bare(ctx, &to, member, points);
    return st == MX_OK ? loyalty_close(ctx, &to) : st;
}

mx_status loyalty_settle(struct mx_ctx *ctx, const struct mx_list *members, struct loyalty_lot *lot, int64_t points,
                         const struct loyalty_books *came, int64_t *paid) {
    mx_status st = MX_OK;
    uint32_t i;
    *paid = 0;
    if (loyalty_is_expired(ctx, lot)) return MX_OK;
    for (i = 0; st == MX_OK && i < members->count && *paid < points; i++) {
        struct mx_str member = mx_list_str(members, i);
        struct loyalty_balance balance;
        int64_t part = points - *paid;
        st = loyalty_balance_of(ctx, member, &balance);
        if (st != MX_OK) return st;
        if (balance.owed < part) part = balance.owed;
        if (part == 0) continue;
        *paid += part;
        st = mx_str_eq(member, lot->member) ? pay_own(ctx, lot, part, came) : pay_for(ctx, member, lot, part, came);
    }
    return st;
}
