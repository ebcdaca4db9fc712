/* The tables of coupons, limits and groups, as data. */
#include "records.h"

static const struct mx_index coupon_indexes[] = {
    {"code", "hash", MX_INDEX_UNIQUE}, {"member", "member", 0}, {"rule", "rule", 0}, {"batch", "batch", 0}, {"group", "group member", 0},
};

const struct mx_table promotions_coupons = {
    .size = sizeof(struct mx_table),
    .name = "promotions.coupon",
    .doc = "coupons that were issued",
    .type = &promotion_coupon_type,
    .key = "id",
    .indexes = coupon_indexes,
    .index_count = sizeof(coupon_indexes) / sizeof(coupon_indexes[0]),
    .index_size = sizeof(coupon_indexes[0]),
};

static const struct mx_index reservation_indexes[] = {{"held", "held", 0}};

const struct mx_table promotions_reservations = {
    .size = sizeof(struct mx_table),
    .name = "promotions.reservation",
    .doc = "coupons set aside for held carts",
    .type = &promotion_reservation_type,
    .key = "coupon held",
    .indexes = reservation_indexes,
    .index_count = 1,
    .index_size = sizeof(reservation_indexes[0]),
};

const struct mx_table promotions_batches = {
    .size = sizeof(struct mx_table),
    .name = "promotions.batch",
    .doc = "coupons made together",
    .type = &promotion_batch_type,
    .key = "id",
};

const struct mx_table promotions_secrets = {
    .size = sizeof(struct mx_table),
    .name = "promotions.secret",
    .doc = "codes that wait to be shown once, sealed",
    .type = &promotion_secret_type,
    .key = "id",
};

const struct mx_table promotions_counters = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "promotions.counter",
    .doc = "what rules with limits used up",
    .type = &promotion_counter_type,
    .key = "rule scope who day",
};

const struct mx_table promotions_uses = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "promotions.use",
    .doc = "the ledger of limits and coupons",
    .type = &promotion_use_rec_type,
    .key = "order source rule coupon",
};

const struct mx_table promotions_campaigns = {
    .size = sizeof(struct mx_table),
    .name = "promotions.campaign",
    .doc = "terms of group-buys and bargains",
    .type = &promotion_campaign_type,
    .key = "rule",
};

static const struct mx_index group_indexes[] = {{"owner", "owner rule", 0}};

const struct mx_table promotions_groups = {
    .size = sizeof(struct mx_table),
    .name = "promotions.group",
    .doc = "group-buys and bargains that members opened",
    .type = &promotion_group_type,
    .key = "id",
    .indexes = group_indexes,
    .index_count = 1,
    .index_size = sizeof(group_indexes[0]),
};

const struct mx_table promotions_joined = {
    .size = sizeof(struct mx_table),
    .name = "promotions.joined",
    .doc = "who joined a group or helped with a bargain",
    .type = &promotion_joined_type,
    .key = "group member",
};
