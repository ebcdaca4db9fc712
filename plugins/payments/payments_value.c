/* Tenders that are money elsewhere: points, gift cards, credit. Whoever keeps them takes them and gives them back in the same command. */
#include "internal.h"

#include "merx/retail/points.h"

const struct mx_use *const payments_uses[] = {&mx_points_burn_use, &mx_points_restore_use, &mx_wallet_spend_use, &mx_wallet_give_back_use,
                                              NULL};

static mx_status nobody_keeps(struct mx_ctx *ctx, int32_t kind) {
    if (kind == MX_TENDER_POINTS) return mx_refuse(ctx, "no_points", "tenders", "This shop cannot take points: no plugin keeps them.");
    return mx_refuse(ctx, "no_wallet", "tenders", "This shop cannot take gift cards nor credit: no plugin keeps them.");
}

static mx_status burn(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct mx_tender *tender,
                      const struct payment_rec *payment) {
    struct mx_points_burn burn = {.member = take->member, .payment = payment->id, .order = take->order, .at = take->at};
    struct mx_points_moved moved;
    burn.amount = tender->amount;
    burn.due = take->due;
    burn.proof = tender->proof;
    return mx_call(ctx, payments_uses[0], &burn, &moved);
}

/* The account's id stands in the books, never the code. */
static mx_status spend(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct mx_tender *tender,
                       struct payment_rec *payment) {
    struct mx_wallet_spend spend = {.member = take->member, .proof = tender->proof, .payment = payment->id, .order = take->order};
    struct mx_wallet_moved moved;
    mx_status st;
    if (tender->kind == MX_TENDER_GIFT_CARD) spend.reference = tender->reference;
    spend.location = take->location;
    spend.at = take->at;
    spend.amount = tender->amount;
    memset(&moved, 0, sizeof(moved));
    st = mx_call(ctx, payments_uses[2], &spend, &moved);
    payment->reference = moved.account;
    return st;
}

mx_status payments_take_value(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct mx_tender *tender,
                              struct payment_rec *payment) {
    mx_status st;
    payment->reference = (struct mx_str){NULL, 0};
    if (tender->kind != MX_TENDER_GIFT_CARD && take->member.len == 0)
        return mx_refuse(ctx, "member_needed", "tenders", "Points and credit are a member's: the sale needs her card or code.");
    if (tender->kind == MX_TENDER_GIFT_CARD && mx_str_is_blank(tender->reference))
        return mx_fail(ctx, MX_E_MISSING_FIELD, "tenders", "A gift card needs its code, or its id, as the reference of its tender.");
    st = tender->kind == MX_TENDER_POINTS ? burn(ctx, take, tender, payment) : spend(ctx, take, tender, payment);
    return st == MX_DECLINED ? nobody_keeps(ctx, tender->kind) : st;
}

mx_status payments_give_value_back(struct mx_ctx *ctx, const struct payment_rec *payment, const struct mx_refund_give *give,
                                   int64_t amount) {
    struct mx_points_restore restore = {payment->id, give->return_id, give->at, amount};
    struct mx_wallet_give_back back = {payment->id, give->return_id, give->at, amount};
    struct mx_points_moved points;
    struct mx_wallet_moved stored;
    mx_status st = payment->kind == MX_TENDER_POINTS ? mx_call(ctx, payments_uses[1], &restore, &points)
                                                     : mx_call(ctx, payments_uses[3], &back, &stored);
    return st == MX_DECLINED ? nobody_keeps(ctx, payment->kind) : st;
}
