/* pricing.needs: a shop that never sells below cost has to know the cost of every line. */
#include "internal.h"

mx_status promotions_needs_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_needs *needs = out;
    struct mx_stacking *stacking;
    mx_status st = promotions_stacking(ctx, &stacking);
    (void)in;
    if (st == MX_OK) needs->goods = stacking->keep_cost;
    return st;
}
