/* What others hear of orders and returns. Since 0.1. */
#ifndef MERX_RETAIL_ORDER_H
#define MERX_RETAIL_ORDER_H

#include "merx/op.h"
#include "merx/retail/product.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What of a category an order or a return moved. Since 0.4. */
struct mx_order_goods {
    struct mx_str category; /* empty: articles without one */
    struct mx_str brand;
    int64_t pieces; /* thousandths */
    int64_t amount; /* paid for them, minor units */
};

static const struct mx_field mx_order_goods_fields[] = {
    MX_F_STR(mx_order_goods, category, 0, 0, MX_CODE_MAX, "category"),
    MX_F_STR(mx_order_goods, brand, 0, 0, MX_CODE_MAX, "brand"),
    MX_F_QTY(mx_order_goods, pieces, 0, 0, MX_INT_MAX, "how much"),
    MX_F_MONEY(mx_order_goods, amount, 0, 0, MX_INT_MAX, "what was paid for them"),
};
MX_TYPE(mx_order_goods, "order.goods", "what of a category and brand was sold");

/* Event "orders.paid": an order was placed and paid, all of it in the same command. */
struct mx_order_paid {
    struct mx_str order;
    struct mx_str number; /* on the receipt */
    struct mx_str channel;
    struct mx_str location;
    struct mx_str till;   /* empty: no till */
    struct mx_str member; /* empty: a guest */
    int64_t at;
    int64_t total;
    int64_t points_earned;
    /* since 0.4 */
    int64_t discount;     /* taken off by rules and coupons */
    struct mx_list goods; /* of struct mx_order_goods, by category and brand, sorted; at most 200, the rest in the last one without names */
    struct mx_str run;    /* intake that brought it, "run_..."; empty: sold here */
    int64_t coupons;      /* coupons that took something off */
};

static const struct mx_field mx_order_paid_fields[] = {
    MX_F_ID(mx_order_paid, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(mx_order_paid, number, MX_REQUIRED, 1, 64, "number on the receipt"),
    MX_F_STR(mx_order_paid, channel, 0, 0, MX_CODE_MAX, "how it was sold"),
    MX_F_STR(mx_order_paid, location, MX_REQUIRED, 1, MX_CODE_MAX, "where it was sold"),
    MX_F_STR(mx_order_paid, till, 0, 0, MX_CODE_MAX, "till"),
    MX_F_ID(mx_order_paid, member, 0, "mem", "member; absent for a guest"),
    MX_F_TIME(mx_order_paid, at, 0, "when it was sold"),
    MX_F_MONEY(mx_order_paid, total, 0, 0, MX_INT_MAX, "what it cost"),
    MX_F_INT(mx_order_paid, points_earned, 0, 0, MX_INT_MAX, "points that it earned"),
    MX_F_MONEY(mx_order_paid, discount, 0, 0, MX_INT_MAX, "taken off by rules and coupons"),
    MX_F_LIST(mx_order_paid, goods, 0, 0, 200, mx_order_goods_type, "what was sold, by category and brand; for members alone"),
    MX_F_STR(mx_order_paid, run, 0, 0, 64, "intake that brought it"),
    MX_F_INT(mx_order_paid, coupons, 0, 0, MX_INT_MAX, "coupons that took something off"),
};
MX_TYPE(mx_order_paid, "order.paid", "an order was placed and paid");

#define MX_EVENT_ORDER_PAID "orders.paid"

/* Event "orders.returned": goods came back and were paid back, all of it in the same command. */
struct mx_order_returned {
    struct mx_str return_id;
    struct mx_str number;
    struct mx_str location;
    struct mx_str till;
    struct mx_str member;
    int64_t at;
    int64_t refund;
    int64_t points_reversed;
    struct mx_list orders; /* of struct mx_str: the orders it touched; empty without receipt */
    /* since 0.4 */
    struct mx_list goods; /* of struct mx_order_goods: what came back */
    uint8_t whole;        /* 1: nothing of those orders is left with the customer */
    int64_t after_ms;     /* since the youngest of those orders was sold, at least 1; 0: without receipt */
};

static const struct mx_field mx_order_returned_fields[] = {
    MX_F_ID(mx_order_returned, return_id, MX_REQUIRED, "ret", "return"),
    MX_F_STR(mx_order_returned, number, MX_REQUIRED, 1, 64, "number of the return"),
    MX_F_STR(mx_order_returned, location, MX_REQUIRED, 1, MX_CODE_MAX, "where the goods came back"),
    MX_F_STR(mx_order_returned, till, 0, 0, MX_CODE_MAX, "till"),
    MX_F_ID(mx_order_returned, member, 0, "mem", "member; absent for a guest"),
    MX_F_TIME(mx_order_returned, at, 0, "when"),
    MX_F_MONEY(mx_order_returned, refund, 0, 0, MX_INT_MAX, "money given back"),
    MX_F_INT(mx_order_returned, points_reversed, 0, 0, MX_INT_MAX, "points taken back"),
    MX_F_STRS(mx_order_returned, orders, 0, 0, 2000, "orders that it touched"),
    MX_F_LIST(mx_order_returned, goods, 0, 0, 200, mx_order_goods_type, "what came back, by category and brand; for members alone"),
    MX_F_BOOL(mx_order_returned, whole, 0, "nothing of those orders is left with the customer"),
    MX_F_INT(mx_order_returned, after_ms, 0, 0, MX_INT_MAX, "time since the youngest of those orders was sold"),
};
MX_TYPE(mx_order_returned, "order.returned", "goods came back");

#define MX_EVENT_ORDER_RETURNED "orders.returned"

/* ---- orders that were sold elsewhere. Since 0.4 ----
 *
 * Input of "orders.take_in", INTERNAL: an order of a marketplace or of another system, sold and paid there: a record like every order
 * (number = the external one), prices as they were, no promotion, no stock and no money moved here; members' counters and points as the
 * settings say. Emits orders.paid with `run`. The same channel and external id twice: MX_OK, and known = 1. */
struct mx_taken_line {
    struct mx_str sku;
    struct mx_list name; /* of struct mx_pair; used when the article is not known here */
    int64_t qty;
    int64_t amount; /* paid for the line */
    int64_t tax_ppm;
};

static const struct mx_field mx_taken_line_fields[] = {
    MX_F_STR(mx_taken_line, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_MAP(mx_taken_line, name, 0, 0, 32, "name, of an article that is not known here"),
    MX_F_QTY(mx_taken_line, qty, MX_REQUIRED, 1, MX_INT_MAX, "quantity"),
    MX_F_MONEY(mx_taken_line, amount, MX_REQUIRED, 0, MX_INT_MAX, "what was paid for it"),
    MX_F_PPM(mx_taken_line, tax_ppm, 0, 0, MX_PPM_ONE, "tax rate"),
};
MX_TYPE(mx_taken_line, "order.taken.line", "a line of an order sold elsewhere");

struct mx_order_take_in {
    struct mx_str channel;
    struct mx_str external; /* id there */
    struct mx_str location; /* to which it counts */
    struct mx_str member;
    struct mx_str run;
    int64_t at;
    int64_t total; /* must be the sum of the lines */
    struct mx_list lines;
};

static const struct mx_field mx_order_take_in_fields[] = {
    MX_F_STR(mx_order_take_in, channel, MX_REQUIRED, 1, MX_CODE_MAX, "channel"),
    MX_F_STR(mx_order_take_in, external, MX_REQUIRED, 1, 64, "id of the order there"),
    MX_F_STR(mx_order_take_in, location, MX_REQUIRED, 1, MX_CODE_MAX, "location to which it counts"),
    MX_F_ID(mx_order_take_in, member, 0, "mem", "member"),
    MX_F_STR(mx_order_take_in, run, 0, 0, 64, "intake"),
    MX_F_TIME(mx_order_take_in, at, MX_REQUIRED, "when it was sold"),
    MX_F_MONEY(mx_order_take_in, total, MX_REQUIRED, 0, MX_INT_MAX, "what was paid"),
    MX_F_LIST(mx_order_take_in, lines, MX_REQUIRED, 1, 2000, mx_taken_line_type, "lines"),
};
MX_TYPE(mx_order_take_in, "order.take_in", "an order that was sold elsewhere");

struct mx_order_taken_in {
    struct mx_str order;
    uint8_t known; /* it was taken in before */
};

static const struct mx_field mx_order_taken_in_fields[] = {
    MX_F_ID(mx_order_taken_in, order, 0, "ord", "order"),
    MX_F_BOOL(mx_order_taken_in, known, 0, "it was taken in before"),
};
MX_TYPE(mx_order_taken_in, "order.taken_in", "an order that was taken in");

/* Input of "orders.take_out", INTERNAL: an intake is undone: the order is marked as void and counts for nothing; points and counters are
 * taken back. Emits orders.returned. MX_E_REFUSED "order_returned" when goods of it came back here by now. */
struct mx_order_take_out {
    struct mx_str order;
    struct mx_str run;
};

static const struct mx_field mx_order_take_out_fields[] = {
    MX_F_ID(mx_order_take_out, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(mx_order_take_out, run, MX_REQUIRED, 1, 64, "intake that brought it"),
};
MX_TYPE(mx_order_take_out, "order.take_out", "take an order out again");

static const struct mx_use mx_orders_take_in = {"orders.take_in", &mx_order_take_in_type, &mx_order_taken_in_type};
static const struct mx_use mx_orders_take_out = {"orders.take_out", &mx_order_take_out_type, &mx_order_taken_in_type};

#ifdef __cplusplus
}
#endif
#endif
