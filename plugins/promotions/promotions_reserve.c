/* Coupons of held carts: each sets one use aside until the cart is sold, dropped or past its time. */
#include "internal.h"
#include "records.h"

mx_status promotions_reserved(struct mx_ctx *ctx, struct mx_str coupon, struct mx_str held, int64_t at, int64_t *uses) {
    struct promotion_reservation probe = {.coupon = coupon}, *found = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &promotions_reservations, &opts, &probe, &scan);
    *uses = 0;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &found)) == MX_OK)
        if (found->until > at && !mx_str_eq(found->held, held)) ++*uses;
    return st == MX_DONE ? MX_OK : st;
}

mx_status promotions_let_go(struct mx_ctx *ctx, struct mx_str held) {
    struct promotion_reservation probe = {.held = held}, *found[MX_COUPONS_MAX], *one = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "held"};
    struct mx_scan *scan = NULL;
    uint32_t count = 0;
    mx_status st = mx_scan_open(ctx, &promotions_reservations, &opts, &probe, &scan);
    while (st == MX_OK && count < MX_COUPONS_MAX && (st = mx_scan_next(ctx, scan, &one)) == MX_OK) found[count++] = one;
    if (st == MX_DONE) st = MX_OK;
    while (st == MX_OK && count > 0) st = mx_delete(ctx, &promotions_reservations, found[--count]);
    return st;
}

static mx_status reserve_one(struct mx_ctx *ctx, const struct mx_promotion_reserve *ask, struct mx_str id) {
    struct promotion_reservation reservation = {.coupon = id, .held = ask->held, .until = ask->until};
    struct promotion_coupon *coupon = NULL;
    int64_t others = 0;
    mx_status st = promotions_coupon_get(ctx, id, &coupon);
    if (st == MX_NONE) return mx_refuse(ctx, "coupon_used", "vouchers", "There is no such coupon.");
    if (st == MX_OK) st = promotions_reserved(ctx, id, ask->held, ctx->expiry_ms, &others);
    if (st != MX_OK) return st;
    if (coupon->voided || coupon->uses >= coupon->uses_max)
        return mx_refuse(ctx, "coupon_used", "vouchers", "The coupon %.*s cannot be used any more.", (int)id.len, id.ptr);
    if (coupon->uses + others >= coupon->uses_max)
        return mx_refuse(ctx, "coupon_reserved", "vouchers", "The coupon %.*s is set aside for another cart.", (int)id.len, id.ptr);
    return mx_put(ctx, &promotions_reservations, &reservation);
}

/* The coupons given are those that the cart holds from now on. */
mx_status promotions_reserve_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_promotion_reserve *ask = in;
    struct mx_promotion_used *used = out;
    mx_status st = promotions_let_go(ctx, ask->held);
    uint32_t i;
    for (i = 0; st == MX_OK && ask->until > 0 && i < ask->vouchers.count; i++) {
        st = reserve_one(ctx, ask, mx_list_str(&ask->vouchers, i));
        used->rules++;
    }
    return st;
}
