/* Past receipts, as rules can be tried on them. Since 0.3. */
#ifndef MERX_RETAIL_PAST_H
#define MERX_RETAIL_PAST_H

#include "merx/retail/priced.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_PAST_PAGE 200 /* receipts that are asked for at a time */

struct mx_past_ask {
    int64_t from;           /* sold at or after */
    int64_t until;          /* sold before; 0 = open */
    struct mx_str location; /* empty: all */
    struct mx_str after;    /* `next` of the page before */
    int64_t limit;          /* receipts; 0 = MX_PAST_PAGE */
    uint8_t count_only;     /* 1: only `count` is wanted */
    struct mx_str order;    /* this one alone; nothing else is looked at then */
};

static const struct mx_field mx_past_ask_fields[] = {
    MX_F_TIME(mx_past_ask, from, 0, "sold at or after"),
    MX_F_TIME(mx_past_ask, until, 0, "sold before"),
    MX_F_STR(mx_past_ask, location, 0, 0, MX_CODE_MAX, "sold there"),
    MX_F_STR(mx_past_ask, after, 0, 0, 2000, "go on behind this page"),
    MX_F_INT(mx_past_ask, limit, 0, 0, 1000, "receipts on a page"),
    MX_F_BOOL(mx_past_ask, count_only, 0, "only count them"),
    MX_F_ID(mx_past_ask, order, 0, "ord", "this one alone"),
};
MX_TYPE(mx_past_ask, "past.ask", "which receipts");

/* A receipt as it was sold: the facts that rules saw, and what came of them. */
struct mx_past {
    struct mx_str order;
    struct mx_str number;
    struct mx_cart *cart;
    int64_t total;
    int64_t tax;
    int64_t discount;
    int64_t points;
    uint8_t imported; /* 1: sold elsewhere and brought in with the prices of its time: prices set by hand are its base prices */
};

static const struct mx_field mx_past_fields[] = {
    MX_F_ID(mx_past, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(mx_past, number, 0, 0, 64, "number on the receipt"),
    MX_F_STRUCT(mx_past, cart, 0, mx_cart_type, "facts"),
    MX_F_MONEY(mx_past, total, 0, 0, MX_INT_MAX, "what it cost"),
    MX_F_MONEY(mx_past, tax, 0, 0, MX_INT_MAX, "tax in it"),
    MX_F_MONEY(mx_past, discount, 0, 0, MX_INT_MAX, "all discounts"),
    MX_F_INT(mx_past, points, 0, 0, MX_INT_MAX, "points that it earned"),
    MX_F_BOOL(mx_past, imported, 0, "brought in with the prices of its time"),
};
MX_TYPE(mx_past, "past", "a receipt as it was sold");

struct mx_past_page {
    struct mx_list receipts; /* of struct mx_past, in order of time, then of order id */
    struct mx_str next;      /* empty: no more */
    int64_t count;           /* of all receipts asked for, when count_only */
};

static const struct mx_field mx_past_page_fields[] = {
    MX_F_LIST(mx_past_page, receipts, 0, 0, 1000, mx_past_type, "receipts"),
    MX_F_STR(mx_past_page, next, 0, 0, 2000, "go on behind this page"),
    MX_F_INT(mx_past_page, count, 0, 0, MX_INT_MAX, "how many there are"),
};
MX_TYPE(mx_past_page, "past.page", "receipts");

/* FIRST: receipts in order of time. */
#define MX_POINT_PAST "pricing.past"
static const struct mx_point mx_point_past = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_FIRST, MX_POINT_PAST, "past receipts", &mx_past_ask_type, &mx_past_page_type};

#ifdef __cplusplus
}
#endif
#endif
