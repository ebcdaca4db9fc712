/* The promotions plugin: tables, operations and answers as data. */
#include "internal.h"

static const struct mx_answer price_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_PRICE,
    .in = &mx_price_ask_type,
    .out = &mx_priced_type,
    .fn = promotions_price_answer,
};
static const struct mx_answer *const answers[] = {&price_answer, NULL};

MX_PLUGIN(promotions) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "promotions",
        .version = "0.1",
        .summary = "what offers take off a cart, coupons and budgets",
        .answers = answers,
    };
    return &plugin;
}
