/* What is asked and answered when somebody looks at prices: explain, price look. */
#ifndef ORDERS_WIRE_LOOK_H
#define ORDERS_WIRE_LOOK_H

#include "text.h"

/* ---- orders.explain ---- */

struct explain_ask {
    struct mx_str order;
    int32_t language;
};

static const struct mx_field explain_ask_fields[] = {
    MX_F_ID(explain_ask, order, MX_REQUIRED, "ord", "order"),
    MX_F_ENUM(explain_ask, language, 0, orders_language_words, "language of the text (en)"),
};
MX_TYPE(explain_ask, "order.explain.ask", "which order, and in which language");

struct explained {
    struct trace_rec *trace;
    uint8_t reproduced;
    uint8_t rules_kept;
    struct mx_str text;
};

static const struct mx_field explained_fields[] = {
    MX_F_STRUCT(explained, trace, MX_REQUIRED, trace_rec_type, "the facts, every offer and what became of it"),
    MX_F_BOOL(explained, reproduced, MX_REQUIRED, "rules and price were run again on the stored facts and gave the same bytes"),
    MX_F_BOOL(explained, rules_kept, MX_REQUIRED, "the rules of that time are kept; otherwise the price alone was run again"),
    MX_F_STR(explained, text, MX_REQUIRED | MX_MULTILINE, 1, MX_INT_MAX, "the same in sentences"),
};
MX_TYPE(explained, "order.explained", "why an order costs what it costs, proved");

/* ---- orders.price.look ---- */

struct look_ask {
    uint64_t has;
    struct mx_str sku;
    struct mx_str location;
    struct mx_str channel;
    struct mx_str member;
    int64_t at;
};

static const struct mx_field look_ask_fields[] = {
    MX_F_STR(look_ask, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(look_ask, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_STR(look_ask, channel, MX_REQUIRED, 1, MX_CODE_MAX, "how it would be sold"),
    MX_F_ID(look_ask, member, 0, "mem", "member who asks"),
    MX_F_TIME(look_ask, at, 0, "when, if not now"),
};
MX_TYPE_HAS(look_ask, "order.price.look.ask", "what does this cost, there and then");

/* A promotion that touches the article. */
struct look_rule {
    struct mx_str rule;
    struct mx_list name;
    int32_t lane;
    uint8_t applies;
    int64_t off;
    struct mx_list text;
};

static const struct mx_field look_rule_fields[] = {
    MX_F_STR(look_rule, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_MAP(look_rule, name, 0, 0, 32, "name of the promotion"),
    MX_F_ENUM(look_rule, lane, 0, mx_lane_words, "lane"),
    MX_F_BOOL(look_rule, applies, MX_REQUIRED, "it applies to one of them, bought alone"),
    MX_F_MONEY(look_rule, off, 0, 0, MX_INT_MAX, "what it takes off one of them, or would take off"),
    MX_F_MAP(look_rule, text, 0, 0, 32, "what it did or what it asks for, by language"),
};
MX_TYPE(look_rule, "order.price.look.rule", "a promotion that touches an article");

struct looked {
    uint64_t has;
    struct mx_str sku;
    struct mx_list name;
    int32_t unit;
    struct mx_str currency;
    int64_t at;
    int64_t price;
    int64_t list_price;
    struct mx_str price_reason;
    int64_t total;
    int64_t on_hand;
    struct mx_list promotions;
    struct mx_list near;
    struct mx_str rules_version;
};

static const struct mx_field looked_fields[] = {
    MX_F_STR(looked, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_MAP(looked, name, 0, 0, 32, "name by language"),
    MX_F_ENUM(looked, unit, 0, mx_unit_words, "unit of the price"),
    MX_F_STR(looked, currency, 0, 0, 3, "currency"),
    MX_F_TIME(looked, at, 0, "at this time"),
    MX_F_MONEY(looked, price, 0, 0, MX_INT_MAX, "price of one unit there and then, before promotions"),
    MX_F_MONEY(looked, list_price, 0, 0, MX_INT_MAX, "the product's own price"),
    MX_F_STR(looked, price_reason, 0, 0, 200, "why the price differs from it"),
    MX_F_MONEY(looked, total, 0, 0, MX_INT_MAX, "what one unit alone would cost with all promotions and tax"),
    MX_F_QTY(looked, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "on hand there; absent when it is not counted"),
    MX_F_LIST(looked, promotions, 0, 0, MX_INT_MAX, look_rule_type, "promotions that touch it: what they take off or ask for"),
    MX_F_LIST(looked, near, 0, 0, MX_NEAR_MAX, mx_stock_place_type, "where else it is on hand"),
    MX_F_STR(looked, rules_version, 0, 0, 64, "version of the rules"),
};
MX_TYPE_HAS(looked, "order.price.looked", "what an article costs, there and then, and why");

#endif
