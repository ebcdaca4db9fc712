/* What sales, returns and held carts call, as data. */
#include "internal.h"
#include "ops.h"

const struct mx_op promotions_use_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "promotions.use",
    .doc = "Count what a sale uses up of limits and coupons.",
    .in = &mx_promotion_use_type,
    .out = &mx_promotion_used_type,
    .handler = promotions_use_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.3",
};

const struct mx_op promotions_give_back_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "promotions.give_back",
    .doc = "Give back what a returned sale had used up.",
    .in = &mx_promotion_use_type,
    .out = &mx_promotion_used_type,
    .handler = promotions_give_back_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.3",
};

const struct mx_op promotions_reserve_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "promotions.reserve",
    .doc = "Set the coupons of a held cart aside, or let them go.",
    .in = &mx_promotion_reserve_type,
    .out = &mx_promotion_used_type,
    .handler = promotions_reserve_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.3",
};
