/* What others hear of orders and returns. Since 0.1. */
#ifndef MERX_RETAIL_ORDER_H
#define MERX_RETAIL_ORDER_H

#include "merx/op.h"
#include "merx/retail/product.h"

#ifdef __cplusplus
extern "C" {
#endif

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
};
MX_TYPE(mx_order_returned, "order.returned", "goods came back");

#define MX_EVENT_ORDER_RETURNED "orders.returned"

#ifdef __cplusplus
}
#endif
#endif
