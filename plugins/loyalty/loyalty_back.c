/* Spent points come back to the lots they came from, with the expiry that those have: what expired meanwhile expires again at once,
 * unless the shop gives it a little longer. What a return had to write off, because they were spent, it takes now. */
#include "internal.h"

struct back {
    struct loyalty_books unspent;
    struct loyalty_came_back came;
};

static mx_status read_lot(struct mx_ctx *ctx, const struct loyalty_spent_part *part, struct loyalty_lot **lot) {
    struct loyalty_lot probe = {.member = part->member, .order = part->order, .line = part->line, .run = part->run};
    mx_status st = mx_get(ctx, &loyalty_lots, &probe, lot);
    return st == MX_NONE ? mx_fail(ctx, MX_E_DAMAGED, NULL, "A lot that points were spent of is missing.") : st;
}

static mx_status settle(struct mx_ctx *ctx, const struct back *back, const struct mx_list *members) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < back->came.count; i++) {
        int64_t paid = 0;
        st = loyalty_settle(ctx, members, back->came.lots[i], back->came.points[i], &back->unspent, &paid);
        back->came.points[i] -= paid;
    }
    return st;
}

/* Of the lots, those that got points back after their end. */
static void keep_expired(const struct mx_ctx *ctx, struct back *back) {
    uint32_t kept = 0, i;
    for (i = 0; i < back->came.count; i++) {
        if (back->came.points[i] == 0 || !loyalty_is_expired(ctx, back->came.lots[i])) continue;
        back->came.lots[kept] = back->came.lots[i];
        back->came.points[kept++] = back->came.points[i];
    }
    back->came.count = kept;
}

static mx_status book_expired(struct mx_ctx *ctx, const struct back *back) {
    struct loyalty_books books = {.kind = LOYALTY_EXPIRE, .source = back->unspent.source, .at = back->unspent.at};
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < back->came.count; i++) st = loyalty_move(ctx, &books, back->came.lots[i], back->came.points[i]);
    return st == MX_OK ? loyalty_close(ctx, &books) : st;
}

/* What is left of a lot after its end was over before these points came back: it does not live again with them. */
static mx_status bury_rest(struct mx_ctx *ctx, const struct back *back) {
    struct loyalty_books books = {.kind = LOYALTY_EXPIRE, .source = back->unspent.source, .at = back->unspent.at};
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < back->came.count; i++) {
        int64_t rest = loyalty_rest(back->came.lots[i]) - back->came.points[i];
        if (rest > 0) st = loyalty_move(ctx, &books, back->came.lots[i], rest);
    }
    return st == MX_OK ? loyalty_close(ctx, &books) : st;
}

/* What was owed on a day of the past is counted by the end that its points had then. */
static void remember_end(struct mx_ctx *ctx, struct loyalty_lot *lot) {
    uint32_t kept = lot->ends.count < LOYALTY_ENDS_MAX ? lot->ends.count : LOYALTY_ENDS_MAX - 1, i;
    struct mx_list ends = mx_list_new(ctx, kept + 1, sizeof(struct loyalty_end));
    for (i = 0; i < kept; i++)
        *(struct loyalty_end *)mx_list_at(&ends, i) = *(const struct loyalty_end *)mx_list_at(&lot->ends, lot->ends.count - kept + i);
    *(struct loyalty_end *)mx_list_at(&ends, kept) = (struct loyalty_end){ctx->now_ms, lot->expires_at};
    lot->ends = ends;
}

/* A due time for the new end is set by the movement that follows: the lot is written with its end here, and told to the books. */
static mx_status live_on(struct mx_ctx *ctx, const struct back *back, int64_t grace_ms) {
    mx_status st = bury_rest(ctx, back);
    uint32_t i;
    for (i = 0; st == MX_OK && i < back->came.count; i++) {
        struct loyalty_lot *lot = back->came.lots[i];
        struct loyalty_balance_ask ask = {.member = lot->member};
        struct mx_str body;
        remember_end(ctx, lot);
        if (!mx_add(ctx->expiry_ms, grace_ms, &lot->expires_at)) lot->expires_at = MX_INT_MAX;
        lot->ends_at = lot->expires_at;
        st = loyalty_lot_put(ctx, lot);
        if (st == MX_OK) st = ctx->op->encode(ctx, &loyalty_balance_ask_type, &ask, &body);
        if (st == MX_OK) st = mx_due_at(ctx, ctx->now_ms, LOYALTY_EXPIRE_OP, ask.member, body); /* it finds when to come again */
    }
    return st;
}

mx_status loyalty_give_parts(struct mx_ctx *ctx, const struct loyalty_customer *customer, const struct mx_list *parts, int64_t points,
                             const struct loyalty_books *why) {
    struct back back = {.unspent = *why};
    struct loyalty_settings settings;
    uint32_t i;
    mx_status st = loyalty_settings_now(ctx, &settings);
    back.came.lots = mx_alloc(ctx, ((size_t)parts->count + 1) * sizeof(struct loyalty_lot *));
    back.came.points = mx_alloc(ctx, ((size_t)parts->count + 1) * sizeof(*back.came.points));
    for (i = parts->count; st == MX_OK && points > 0 && i-- > 0;) { /* what lives longest comes back first */
        struct loyalty_spent_part *part = mx_list_at(parts, i);
        int64_t more = part->points - part->back < points ? part->points - part->back : points;
        struct loyalty_lot *lot = NULL;
        if (more == 0) continue;
        st = read_lot(ctx, part, &lot);
        if (st != MX_OK) return st;
        part->back += more;
        points -= more;
        st = loyalty_move(ctx, &back.unspent, lot, more);
        back.came.lots[back.came.count] = lot;
        back.came.points[back.came.count++] = more;
    }
    if (st == MX_OK) st = loyalty_close(ctx, &back.unspent);
    if (st == MX_OK) st = loyalty_take_forgiven(ctx, &customer->members, &back.came, settings.restore_grace_ms > 0, why);
    if (st == MX_OK) st = settle(ctx, &back, &customer->members);
    keep_expired(ctx, &back);
    if (st == MX_OK && back.came.count)
        st = settings.restore_grace_ms ? live_on(ctx, &back, settings.restore_grace_ms) : book_expired(ctx, &back);
    return st;
}

mx_status loyalty_give_back(struct mx_ctx *ctx, const struct loyalty_customer *customer, struct loyalty_spending *spending, int64_t points,
                            struct mx_str source, int64_t at) {
    const struct loyalty_books why = {.kind = LOYALTY_UNSPEND, .source = source, .at = at};
    mx_status st = loyalty_give_parts(ctx, customer, &spending->parts, points, &why);
    spending->back_points += points;
    return st == MX_OK ? mx_put(ctx, &loyalty_spendings, spending) : st;
}

mx_status loyalty_restore_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_restore *ask = in;
    struct mx_points_moved *moved = out;
    struct loyalty_spending *spending = NULL;
    struct loyalty_customer customer;
    int64_t amount, points, owed;
    mx_status st = loyalty_spending_of(ctx, ask->payment, &spending);
    if (st == MX_NONE) return mx_refuse(ctx, "unknown_payment", "payment", "Points paid nothing with this payment.");
    if (st != MX_OK) return st;
    if (!mx_add(spending->back_amount, ask->amount, &amount) || amount > spending->amount)
        return mx_refuse(ctx, "refund_above_paid", "amount", "Points paid %lld with this payment, and %lld of that went back.",
                         (long long)spending->amount, (long long)spending->back_amount);
    if (!mx_muldiv_floor(spending->points, amount, spending->amount, &points))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "amount", "Nobody has so many points.");
    spending->back_amount = amount;
    moved->points = points - spending->back_points;
    st = loyalty_customer(ctx, spending->member, NULL, &customer);
    if (st == MX_OK) st = loyalty_give_back(ctx, &customer, spending, moved->points, ask->return_id, ask->at);
    return st == MX_OK ? loyalty_sum(ctx, &customer, &moved->balance, &owed) : st;
}
