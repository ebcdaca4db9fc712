/* Held carts: the record, and what is asked and answered. */
#ifndef ORDERS_WIRE_HELD_H
#define ORDERS_WIRE_HELD_H

#include "wire.h"

/* A cart that waits: the request as it was given, without what belongs to one attempt to sell it. */
struct held_rec {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str location;
    struct mx_str till;
    struct mx_str member;
    struct mx_str channel;
    int64_t at;
    int64_t until;
    int64_t total;
    struct mx_list coupons;    /* of struct mx_str: those that are set aside for it, "cpn_..." */
    struct order_ask *request; /* coupons: public words and ids, never a code */
};

static const struct mx_field held_rec_fields[] = {
    MX_F_ID(held_rec, id, MX_REQUIRED, "crt", "held cart"),
    MX_F_STR(held_rec, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(held_rec, till, 0, 0, MX_CODE_MAX, "till that held it"),
    MX_F_ID(held_rec, member, 0, "mem", "member"),
    MX_F_STR(held_rec, channel, 0, 0, MX_CODE_MAX, "how it is sold"),
    MX_F_TIME(held_rec, at, 0, "held since"),
    MX_F_TIME(held_rec, until, 0, "held until"),
    MX_F_MONEY(held_rec, total, 0, 0, MX_INT_MAX, "what it cost when it was held"),
    MX_F_STRS(held_rec, coupons, 0, 0, MX_COUPONS_MAX, "coupons that are set aside for it"),
    MX_F_STRUCT(held_rec, request, 0, order_ask_type, "the cart"),
};
MX_TYPE_REC(held_rec, "order.held.record", "a cart that waits");

/* ---- answered ---- */

struct held_doc {
    struct mx_str held;
    struct mx_str location;
    struct mx_str till;
    struct mx_str member;
    struct mx_str channel;
    int64_t at;
    int64_t until;
    int64_t total;
    int64_t lines;
    struct mx_list coupons;
};

static const struct mx_field held_doc_fields[] = {
    MX_F_ID(held_doc, held, MX_REQUIRED, "crt", "held cart"),
    MX_F_STR(held_doc, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(held_doc, till, 0, 0, MX_CODE_MAX, "till that held it"),
    MX_F_ID(held_doc, member, 0, "mem", "member"),
    MX_F_STR(held_doc, channel, 0, 0, MX_CODE_MAX, "how it is sold"),
    MX_F_TIME(held_doc, at, 0, "held since"),
    MX_F_TIME(held_doc, until, 0, "held until"),
    MX_F_MONEY(held_doc, total, 0, 0, MX_INT_MAX, "what it cost when it was held"),
    MX_F_INT(held_doc, lines, 0, 0, MX_LINES_MAX, "how many lines it has"),
    MX_F_STRS(held_doc, coupons, 0, 0, MX_COUPONS_MAX, "coupons that are set aside for it"),
};
MX_TYPE(held_doc, "order.held", "a cart that waits");

struct held_done {
    struct mx_str held;
    struct held_doc *cart;
    struct mx_list coupons_said;
};

static const struct mx_field held_done_fields[] = {
    MX_F_ID(held_done, held, MX_REQUIRED, "crt", "held cart"),
    MX_F_STRUCT(held_done, cart, 0, held_doc_type, "the cart"),
    MX_F_LIST(held_done, coupons_said, 0, 0, MX_COUPONS_MAX, mx_coupon_said_type, "what is said of each coupon"),
};
MX_TYPE(held_done, "order.held.done", "a cart was held");

/* ---- orders.held.get, list, drop ---- */

struct held_ask {
    struct mx_str held;
};

static const struct mx_field held_ask_fields[] = {
    MX_F_ID(held_ask, held, MX_REQUIRED, "crt", "held cart"),
};
MX_TYPE(held_ask, "order.held.ask", "which held cart");

struct held_got {
    struct held_doc *cart;
    struct order_ask *request;
};

static const struct mx_field held_got_fields[] = {
    MX_F_STRUCT(held_got, cart, MX_REQUIRED, held_doc_type, "the cart"),
    MX_F_STRUCT(held_got, request, MX_REQUIRED, order_ask_type, "what to send to orders.place, with `held` and tenders added"),
};
MX_TYPE(held_got, "order.held.got", "a held cart");

struct held_gone {
    struct mx_str held;
};

static const struct mx_field held_gone_fields[] = {
    MX_F_ID(held_gone, held, MX_REQUIRED, "crt", "held cart"),
};
MX_TYPE(held_gone, "order.held.gone", "it does not wait any more");

struct held_list_ask {
    struct mx_str location;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field held_list_ask_fields[] = {
    MX_F_STR(held_list_ask, location, 0, 1, MX_CODE_MAX, "held there"),
    MX_F_STR(held_list_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(held_list_ask, limit, 0, 1, ORDERS_PAGE_MAX, "carts on a page (50)"),
};
MX_TYPE(held_list_ask, "order.held.list.ask", "which held carts");

struct held_page {
    struct mx_list carts;
    struct mx_str next;
};

static const struct mx_field held_page_fields[] = {
    MX_F_LIST(held_page, carts, 0, 0, ORDERS_PAGE_MAX, held_doc_type, "held carts"),
    MX_F_STR(held_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(held_page, "order.held.page", "held carts");

#endif
