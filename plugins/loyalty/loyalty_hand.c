/* Points by hand: given or taken by the staff, sent within a household, released before their time. */
#include "internal.h"

/* ---- within a household ---- */

static mx_status check_household(struct mx_ctx *ctx, const struct loyalty_customer *from, const struct loyalty_customer *to) {
    struct mx_member_ask ask = {.member = from->standing};
    struct mx_household household;
    uint32_t i;
    mx_status st;
    memset(&household, 0, sizeof(household));
    st = mx_ask(ctx, &mx_point_household, &ask, &household);
    for (i = 0; st == MX_OK && i < household.members.count; i++)
        if (mx_str_eq(mx_list_str(&household.members, i), to->standing)) return MX_OK;
    if (st < 0) return st;
    return mx_refuse(ctx, "not_household", "to", "Points go only to somebody of the same household.");
}

/* The lots go as they are, with their end and the time from which they may be used. */
static mx_status receive(struct mx_ctx *ctx, const struct loyalty_purse *purse, const int64_t *took, struct mx_str member,
                         struct mx_str source) {
    struct loyalty_books books = {.kind = LOYALTY_RECEIVE, .source = source};
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < purse->count; i++) {
        const struct loyalty_lot *from = purse->lots[i];
        struct loyalty_lot lot = {.member = member, .order = source, .line = (int64_t)i + 1, .run = 1};
        if (took[i] == 0) continue;
        lot.at = from->at;
        lot.available_at = from->available_at;
        lot.expires_at = from->expires_at;
        st = loyalty_move(ctx, &books, &lot, took[i]);
    }
    return st == MX_OK ? loyalty_close(ctx, &books) : st;
}

mx_status loyalty_transfer_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_transfer *ask = in;
    struct loyalty_done *done = out;
    struct loyalty_books books = {.kind = LOYALTY_SEND};
    struct loyalty_customer from, to;
    struct loyalty_purse purse;
    int64_t *took, owed;
    mx_status st = loyalty_customer(ctx, ask->from, "from", &from);
    if (st == MX_OK) st = loyalty_customer(ctx, ask->to, "to", &to);
    if (st != MX_OK) return st;
    if (mx_str_eq(from.standing, to.standing)) return mx_refuse(ctx, "same_member", "to", "Both are the same customer.");
    st = check_household(ctx, &from, &to);
    if (st == MX_OK) st = loyalty_prove(ctx, &from, ask->proof);
    if (st == MX_OK) st = loyalty_find(ctx, &from, ask->points, "points", &purse);
    if (st == MX_OK) st = mx_new_id(ctx, "ptr", &books.source);
    books.other = from.standing;
    if (st != MX_OK) return st;
    took = mx_alloc(ctx, ((size_t)purse.count + 1) * sizeof(*took));
    st = loyalty_take(ctx, &books, &purse, ask->points, took);
    if (st == MX_OK) st = loyalty_close(ctx, &books);
    if (st == MX_OK) st = receive(ctx, &purse, took, to.standing, books.source);
    done->points = ask->points;
    done->source = books.source;
    return st == MX_OK ? loyalty_sum(ctx, &from, &done->balance, &owed) : st;
}

/* ---- by the staff ---- */

static mx_status take_away(struct mx_ctx *ctx, const struct loyalty_customer *customer, const struct loyalty_adjust *ask,
                           struct mx_str source) {
    struct loyalty_books books = {.kind = LOYALTY_TAKE, .source = source, .reason = ask->reason, .other = ask->member};
    struct loyalty_purse purse;
    mx_status st = loyalty_find(ctx, customer, -ask->points, "points", &purse);
    if (st == MX_OK) st = loyalty_take(ctx, &books, &purse, -ask->points, NULL);
    return st == MX_OK ? loyalty_close(ctx, &books) : st;
}

mx_status loyalty_adjust_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_adjust *ask = in;
    struct loyalty_done *done = out;
    struct loyalty_customer customer;
    struct mx_points_book grant = {.member = ask->member, .reason = ask->reason, .points = ask->points};
    struct mx_points_moved moved = {0};
    int64_t owed;
    mx_status st = loyalty_customer(ctx, ask->member, "member", &customer);
    if (mx_str_is_blank(ask->reason)) return mx_fail(ctx, MX_E_BAD_INPUT, "reason", "A reason has more than spaces.");
    if (st != MX_OK) return st;
    if (ask->points == 0) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "points", "Say how many points are given or taken.");
    st = mx_approved(ctx, "loyalty.grant", ask->points < 0 ? -ask->points : ask->points);
    if (st == MX_OK) st = mx_new_id(ctx, "adj", &grant.source);
    if (st != MX_OK) return st;
    st = ask->points > 0 ? loyalty_grant_handler(ctx, &grant, &moved) : take_away(ctx, &customer, ask, grant.source);
    done->points = ask->points;
    done->source = grant.source;
    return st == MX_OK ? loyalty_sum(ctx, &customer, &done->balance, &owed) : st;
}

mx_status loyalty_release_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_release *ask = in;
    struct loyalty_done *done = out;
    struct loyalty_customer customer;
    struct loyalty_purse purse;
    int64_t owed;
    uint32_t i;
    mx_status st = loyalty_customer(ctx, ask->member, "member", &customer);
    if (st == MX_OK) st = loyalty_renew(ctx, &customer);
    if (st == MX_OK) st = loyalty_gather_back(ctx, &customer, 1, MX_INT_MAX, &purse);
    for (i = 0; st == MX_OK && i < purse.count; i++) {
        struct loyalty_lot *lot = purse.lots[i];
        if (ask->source.len && !mx_str_eq(ask->source, lot->order)) continue;
        done->points += loyalty_rest(lot);
        lot->available_at = ctx->expiry_ms;
        st = loyalty_lot_put(ctx, lot);
    }
    done->source = ask->source;
    return st == MX_OK ? loyalty_sum(ctx, &customer, &done->balance, &owed) : st;
}
