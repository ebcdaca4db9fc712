/* The promotions plugin: tables, operations and answers as data. */
#include "internal.h"
#include "ops.h"
#include "records.h"

static const struct mx_answer price_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_PRICE,
    .in = &mx_price_ask_type,
    .out = &mx_priced_type,
    .fn = promotions_price_answer,
};
static const struct mx_answer coupons_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_COUPONS,
    .in = &mx_coupons_ask_type,
    .out = &mx_coupons_answer_type,
    .fn = promotions_coupons_answer,
};

static const struct mx_answer used_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_USED,
    .in = &mx_used_ask_type,
    .out = &mx_used_answer_type,
    .fn = promotions_used_answer,
};

static const struct mx_answer *const answers[] = {&price_answer, &coupons_answer, &used_answer, NULL};

static const struct mx_table *const tables[] = {
    &promotions_coupons, &promotions_reservations, &promotions_batches, &promotions_secrets, &promotions_counters,
    &promotions_uses,    &promotions_campaigns,    &promotions_groups,  &promotions_joined,  NULL,
};

static const struct mx_op *const ops[] = {&promotions_use_op, &promotions_give_back_op, &promotions_reserve_op, NULL};

MX_PLUGIN(promotions) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "promotions",
        .version = "0.1",
        .summary = "what offers take off a cart, coupons and budgets",
        .tables = tables,
        .ops = ops,
        .answers = answers,
    };
    return &plugin;
}
