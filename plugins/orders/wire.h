/* What the orders plugin is asked and answers: structs with their field tables. */
#ifndef ORDERS_WIRE_H
#define ORDERS_WIRE_H

#include "merx/retail/coupon.h"
#include "merx/retail/member.h"
#include "merx/retail/order.h"
#include "merx/retail/past.h"
#include "merx/retail/payment.h"
#include "merx/retail/points.h"
#include "merx/retail/priced.h"

#define ORDERS_REASON_MAX 200
#define ORDERS_NUMBER_MAX 64
#define ORDERS_COUPON_MAX 64
#define ORDERS_PAGE       50
#define ORDERS_PAGE_MAX   500
#define ORDERS_FACTS_MAX  32
#define ORDERS_HINTS_MAX  5

#define ORDERS_FACT_NAME_MAX 64
#define ORDERS_FACT_MAX      200

#define ORDERS_HOLD_MINUTES     60
#define ORDERS_HOLD_MINUTES_MAX (7 * 24 * 60)
#define ORDERS_HELD_MAX         200 /* carts that wait at one location */

static const char *const order_state_words[] = {"paid", "returned_in_part", "returned", "void", NULL};
#define ORDER_PAID             1
#define ORDER_RETURNED_IN_PART 2
#define ORDER_RETURNED         3
#define ORDER_VOID             4 /* taken in from elsewhere, and taken out again */

/* ---- orders.quote, orders.place: asked ---- */

struct order_line_ask {
    uint64_t has;
    struct mx_str sku;
    int64_t qty;
    int64_t price;
    struct mx_str reason;
    struct mx_str lot;
    int64_t expires_at;
};

static const struct mx_field order_line_ask_fields[] = {
    MX_F_STR(order_line_ask, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(order_line_ask, qty, MX_REQUIRED, 1, MX_INT_MAX, "quantity in thousandths; whole thousands of what is sold by the piece"),
    MX_F_MONEY(order_line_ask, price, 0, 0, MX_INT_MAX, "price of one unit instead of the catalogue's; takes no offers"),
    MX_F_STR(order_line_ask, reason, MX_FREE_TEXT, 0, ORDERS_REASON_MAX, "why the price is another"),
    MX_F_STR(order_line_ask, lot, 0, 1, MX_LOT_MAX, "lot, as printed on the goods"),
    MX_F_TIME(order_line_ask, expires_at, 0, "when these goods expire, of a lot that the shop does not know"),
};
MX_TYPE_HAS(order_line_ask, "order.line.ask", "what is bought");

struct order_ask {
    uint64_t has;
    int64_t at;
    struct mx_str channel;
    struct mx_str location;
    struct mx_str till;
    struct mx_str member;
    struct mx_list lines;
    struct mx_list coupons;
    /* a quote takes all of these, so that a till sends one body to both, and looks at the kinds of the tenders and what points pay: */
    struct mx_str id;
    int64_t till_seq;
    int64_t expected_total;
    struct mx_list tenders;
    struct mx_list facts;
    struct mx_str held;
    int64_t minutes;
};

static const struct mx_field order_ask_fields[] = {
    MX_F_TIME(order_ask, at, 0, "when it was sold, when not now; needs the right orders.backdate"),
    MX_F_STR(order_ask, channel, MX_REQUIRED, 1, MX_CODE_MAX, "how it is sold"),
    MX_F_STR(order_ask, location, MX_REQUIRED, 1, MX_CODE_MAX, "where it is sold"),
    MX_F_STR(order_ask, till, 0, 1, MX_CODE_MAX, "till; it numbers the receipt"),
    MX_F_ID(order_ask, member, 0, "mem", "member"),
    MX_F_LIST(order_ask, lines, MX_REQUIRED, 1, MX_LINES_MAX, order_line_ask_type, "what is bought"),
    MX_F_STRS(order_ask, coupons, 0, 0, 32, "coupon codes"),
    MX_F_ID(order_ask, id, 0, "ord", "id made by the client"),
    MX_F_INT(order_ask, till_seq, 0, 1, MX_INT_MAX, "the till's own number of the sale; never taken twice"),
    MX_F_MONEY(order_ask, expected_total, 0, 0, MX_INT_MAX, "what the customer was told; refused when it costs something else"),
    MX_F_LIST(order_ask, tenders, 0, 0, MX_TENDERS_MAX, mx_tender_type, "what the customer hands over; rules see the kinds"),
    MX_F_MAP(order_ask, facts, 0, 0, ORDERS_FACTS_MAX, "other facts that rules may look at, e.g. {\"weather\": \"rain\"}"),
    MX_F_ID(order_ask, held, 0, "crt", "held cart that this comes from; a sale ends it"),
    MX_F_INT(order_ask, minutes, 0, 1, ORDERS_HOLD_MINUTES_MAX, "orders.hold: for how long (60)"),
};
MX_TYPE_HAS(order_ask, "order.ask", "a sale; a quote does not look at id, till_seq and expected_total");

/* ---- an order as answered ---- */

struct order_line_doc {
    uint64_t has;
    int64_t line;
    struct mx_str sku;
    struct mx_list name;
    int64_t qty;
    int64_t unit_price;
    struct mx_str reason;
    int64_t tax;
    struct mx_list discounts;
    int64_t total;
    int64_t points;
    int64_t returned;
};

static const struct mx_field order_line_doc_fields[] = {
    MX_F_INT(order_line_doc, line, MX_REQUIRED, 1, MX_INT_MAX, "line, from 1"),
    MX_F_STR(order_line_doc, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_MAP(order_line_doc, name, 0, 0, 32, "name by language"),
    MX_F_QTY(order_line_doc, qty, 0, 0, MX_INT_MAX, "quantity"),
    MX_F_MONEY(order_line_doc, unit_price, 0, 0, MX_INT_MAX, "price of one unit"),
    MX_F_STR(order_line_doc, reason, 0, 0, ORDERS_REASON_MAX, "why the price was set by hand"),
    MX_F_MONEY(order_line_doc, tax, 0, 0, MX_INT_MAX, "tax in the total"),
    MX_F_LIST(order_line_doc, discounts, 0, 0, MX_INT_MAX, mx_discount_type, "discounts by rule"),
    MX_F_MONEY(order_line_doc, total, 0, 0, MX_INT_MAX, "what the customer pays for it"),
    MX_F_INT(order_line_doc, points, 0, 0, MX_INT_MAX, "points that it earned"),
    MX_F_QTY(order_line_doc, returned, 0, 0, MX_INT_MAX, "how much of it came back"),
};
MX_TYPE_HAS(order_line_doc, "order.line", "a line of an order");

struct order_doc {
    uint64_t has;
    struct mx_str id;
    struct mx_str number;
    int32_t state;
    struct mx_str currency;
    int64_t total;
    int64_t tax;
    int64_t discount;
    int64_t refunded;
    int64_t at;
    struct mx_str channel;
    struct mx_str location;
    struct mx_str till;
    int64_t till_seq;
    struct mx_str member;
    struct mx_list coupons;
    struct mx_list lines;
    struct mx_list discounts;
    struct mx_list payments;
    int64_t points_earned;
    struct mx_str rules_version;
    struct mx_list faults;
};

static const struct mx_field order_doc_fields[] = {
    MX_F_ID(order_doc, id, 0, "ord", "order"),
    MX_F_STR(order_doc, number, 0, 0, ORDERS_NUMBER_MAX, "number on the receipt"),
    MX_F_ENUM(order_doc, state, 0, order_state_words, "state"),
    MX_F_STR(order_doc, currency, 0, 0, 3, "currency"),
    MX_F_MONEY(order_doc, total, 0, 0, MX_INT_MAX, "what it costs"),
    MX_F_MONEY(order_doc, tax, 0, 0, MX_INT_MAX, "tax in the total"),
    MX_F_MONEY(order_doc, discount, 0, 0, MX_INT_MAX, "all discounts"),
    MX_F_MONEY(order_doc, refunded, 0, 0, MX_INT_MAX, "given back since"),
    MX_F_TIME(order_doc, at, 0, "when it was sold"),
    MX_F_STR(order_doc, channel, 0, 0, MX_CODE_MAX, "how it was sold"),
    MX_F_STR(order_doc, location, 0, 0, MX_CODE_MAX, "where it was sold"),
    MX_F_STR(order_doc, till, 0, 0, MX_CODE_MAX, "till"),
    MX_F_INT(order_doc, till_seq, 0, 0, MX_INT_MAX, "the till's own number"),
    MX_F_ID(order_doc, member, 0, "mem", "member"),
    MX_F_STRS(order_doc, coupons, 0, 0, 32, "coupon codes"),
    MX_F_LIST(order_doc, lines, 0, 0, MX_LINES_MAX, order_line_doc_type, "lines"),
    MX_F_LIST(order_doc, discounts, 0, 0, MX_INT_MAX, mx_rule_sum_type, "discounts by rule"),
    MX_F_LIST(order_doc, payments, 0, 0, MX_INT_MAX, mx_payment_type, "payments"),
    MX_F_INT(order_doc, points_earned, 0, 0, MX_INT_MAX, "points that it earned"),
    MX_F_STR(order_doc, rules_version, 0, 0, 64, "version of the rules that answered"),
    MX_F_LIST(order_doc, faults, 0, 0, MX_INT_MAX, mx_rule_fault_type, "rules that failed; it was priced without them"),
};
MX_TYPE_HAS(order_doc, "order", "an order");

/* What the customer could do to pay less. */
struct order_hint {
    struct mx_str rule;
    struct mx_list name;
    struct mx_list text;
    int64_t gain;
    int64_t missing;
};

static const struct mx_field order_hint_fields[] = {
    MX_F_STR(order_hint, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_MAP(order_hint, name, 0, 0, 32, "name of the promotion"),
    MX_F_MAP(order_hint, text, 0, 0, 32, "what to tell the customer, by language"),
    MX_F_MONEY(order_hint, gain, 0, 0, MX_INT_MAX, "about what it would take off; 0: not known"),
    MX_F_INT(order_hint, missing, 0, 0, MX_INT_MAX, "money or thousandths that are missing; 0: something else is"),
};
MX_TYPE(order_hint, "order.hint", "what would make it cheaper");

struct order_quoted {
    struct order_doc *order;
    struct mx_list coupons_said; /* of struct mx_coupon_said */
    struct mx_list hints;        /* of struct order_hint, the largest gain first */
    struct mx_list proofs;       /* of struct mx_proof */
};

static const struct mx_field order_quoted_fields[] = {
    MX_F_STRUCT(order_quoted, order, MX_REQUIRED, order_doc_type, "the cart with its price"),
    MX_F_LIST(order_quoted, coupons_said, 0, 0, MX_COUPONS_MAX, mx_coupon_said_type, "what is said of each coupon"),
    MX_F_LIST(order_quoted, hints, 0, 0, ORDERS_HINTS_MAX, order_hint_type, "what would make it cheaper"),
    MX_F_LIST(order_quoted, proofs, 0, 0, MX_LANES, mx_proof_type, "where offers competed: was the best allotment found"),
};
MX_TYPE(order_quoted, "order.quoted", "a priced cart");

struct order_placed {
    struct order_doc *order;
    int64_t change;
    struct mx_list coupons_said; /* of struct mx_coupon_said */
    struct mx_list proofs;       /* of struct mx_proof */
};

static const struct mx_field order_placed_fields[] = {
    MX_F_STRUCT(order_placed, order, MX_REQUIRED, order_doc_type, "the order"),
    MX_F_MONEY(order_placed, change, 0, 0, MX_INT_MAX, "cash to hand back"),
    MX_F_LIST(order_placed, coupons_said, 0, 0, MX_COUPONS_MAX, mx_coupon_said_type, "what is said of each coupon"),
    MX_F_LIST(order_placed, proofs, 0, 0, MX_LANES, mx_proof_type, "where offers competed: was the best allotment found"),
};
MX_TYPE(order_placed, "order.placed", "a placed order");

/* ---- orders.return ---- */

struct return_line_ask {
    uint64_t has;
    struct mx_str order;
    int64_t line;
    struct mx_str sku;
    int64_t qty;
    int64_t price;
    struct mx_str condition;
};

static const struct mx_field return_line_ask_fields[] = {
    MX_F_ID(return_line_ask, order, 0, "ord", "order it was bought with; absent without receipt"),
    MX_F_INT(return_line_ask, line, 0, 1, MX_LINES_MAX, "line of that order"),
    MX_F_STR(return_line_ask, sku, 0, 1, MX_SKU_MAX, "article, instead of a line"),
    MX_F_QTY(return_line_ask, qty, MX_REQUIRED, 1, MX_INT_MAX, "how much comes back"),
    MX_F_MONEY(return_line_ask, price, 0, 0, MX_INT_MAX, "money given back for one unit, tax included; absent: what was paid"),
    MX_F_STR(return_line_ask, condition, 0, 1, 32, "absent or \"good\": back on sale"),
};
MX_TYPE_HAS(return_line_ask, "return.line.ask", "what comes back");

struct return_ask {
    uint64_t has;
    struct mx_str id;
    int64_t at;
    struct mx_str location;
    struct mx_str till;
    struct mx_str reason;
    struct mx_str member;
    struct mx_list lines;
    struct mx_list tenders;
};

static const struct mx_field return_ask_fields[] = {
    MX_F_ID(return_ask, id, 0, "ret", "id made by the client"),
    MX_F_TIME(return_ask, at, 0, "when it came back, when not now; needs the right orders.backdate"),
    MX_F_STR(return_ask, location, MX_REQUIRED, 1, MX_CODE_MAX, "where it comes back"),
    MX_F_STR(return_ask, till, 0, 1, MX_CODE_MAX, "till"),
    MX_F_STR(return_ask, reason, MX_REQUIRED | MX_FREE_TEXT, 1, ORDERS_REASON_MAX, "why it comes back"),
    MX_F_ID(return_ask, member, 0, "mem", "member"),
    MX_F_LIST(return_ask, lines, MX_REQUIRED, 1, MX_LINES_MAX, return_line_ask_type, "what comes back"),
    MX_F_LIST(return_ask, tenders, 0, 0, MX_TENDERS_MAX, mx_tender_type, "how the money goes back; absent: as it was paid, cash last"),
};
MX_TYPE_HAS(return_ask, "return.ask", "goods come back");

struct return_line_doc {
    uint64_t has;
    struct mx_str order;
    int64_t line;
    struct mx_str sku;
    int64_t qty;
    int64_t refund;
    int64_t kept;
    int64_t tax;
    int64_t points;
    struct mx_str condition;
};

static const struct mx_field return_line_doc_fields[] = {
    MX_F_ID(return_line_doc, order, 0, "ord", "order; absent without receipt"),
    MX_F_INT(return_line_doc, line, 0, 0, MX_INT_MAX, "line of the order"),
    MX_F_STR(return_line_doc, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(return_line_doc, qty, 0, 0, MX_INT_MAX, "how much came back"),
    MX_F_MONEY(return_line_doc, refund, 0, 0, MX_INT_MAX, "money given back"),
    MX_F_MONEY(return_line_doc, kept, 0, 0, MX_INT_MAX, "part of what was paid that stays with the shop"),
    MX_F_MONEY(return_line_doc, tax, 0, 0, MX_INT_MAX, "tax in the refund"),
    MX_F_INT(return_line_doc, points, 0, 0, MX_INT_MAX, "points that the units carried"),
    MX_F_STR(return_line_doc, condition, 0, 0, 32, "condition of the goods"),
};
MX_TYPE_HAS(return_line_doc, "return.line", "a line of a return");

struct return_doc {
    uint64_t has;
    struct mx_str id;
    struct mx_str number;
    int64_t at;
    struct mx_str location;
    struct mx_str till;
    struct mx_str reason;
    struct mx_str member;
    int64_t refund;
    int64_t tax;
    int64_t points_reversed;
    struct mx_list lines;
    struct mx_list payments;
    int64_t points_written_off;
};

static const struct mx_field return_doc_fields[] = {
    MX_F_ID(return_doc, id, MX_REQUIRED, "ret", "return"),
    MX_F_STR(return_doc, number, 0, 0, ORDERS_NUMBER_MAX, "number of the return"),
    MX_F_TIME(return_doc, at, 0, "when"),
    MX_F_STR(return_doc, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(return_doc, till, 0, 0, MX_CODE_MAX, "till"),
    MX_F_STR(return_doc, reason, 0, 0, ORDERS_REASON_MAX, "why"),
    MX_F_ID(return_doc, member, 0, "mem", "member"),
    MX_F_MONEY(return_doc, refund, 0, 0, MX_INT_MAX, "money given back"),
    MX_F_MONEY(return_doc, tax, 0, 0, MX_INT_MAX, "tax in the refund"),
    MX_F_INT(return_doc, points_reversed, 0, 0, MX_INT_MAX, "points taken back"),
    MX_F_LIST(return_doc, lines, 0, 0, MX_INT_MAX, return_line_doc_type, "lines"),
    MX_F_LIST(return_doc, payments, 0, 0, MX_INT_MAX, mx_payment_type, "refunds by tender"),
    MX_F_INT(return_doc, points_written_off, 0, 0, MX_INT_MAX, "points that were to be taken back and were not to be had any more"),
};
MX_TYPE_HAS(return_doc, "return", "a return");

struct return_done {
    struct return_doc *doc;
};

/* The member cannot be called `return` in C, so the field is written out. */
static const struct mx_field return_done_fields[] = {
    {"return", "the return", (uint32_t)offsetof(struct return_done, doc), MX_KIND_STRUCT, MX_REQUIRED, 0, 0, &return_doc_type, NULL, NULL},
};
MX_TYPE(return_done, "return.done", "goods came back");

/* ---- orders.get, orders.list, orders.trace.get ---- */

struct order_get_ask {
    struct mx_str id;
};

static const struct mx_field order_get_ask_fields[] = {
    MX_F_ID(order_get_ask, id, MX_REQUIRED, "ord", "order"),
};
MX_TYPE(order_get_ask, "order.get.ask", "which order");

struct order_got {
    struct order_doc *order;
    struct mx_list returns;
};

static const struct mx_field order_got_fields[] = {
    MX_F_STRUCT(order_got, order, MX_REQUIRED, order_doc_type, "the order"),
    MX_F_LIST(order_got, returns, 0, 0, MX_INT_MAX, return_doc_type, "its returns, with the lines of this order"),
};
MX_TYPE(order_got, "order.got", "an order and its returns");

struct order_list_ask {
    uint64_t has;
    struct mx_str location;
    struct mx_str member;
    struct mx_str till;
    int64_t from;
    int64_t until;
    uint8_t newest_first;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field order_list_ask_fields[] = {
    MX_F_STR(order_list_ask, location, 0, 1, MX_CODE_MAX, "sold there"),
    MX_F_ID(order_list_ask, member, 0, "mem", "bought by this member"),
    MX_F_STR(order_list_ask, till, 0, 1, MX_CODE_MAX, "sold at this till"),
    MX_F_TIME(order_list_ask, from, 0, "sold at or after; needs location, member or till"),
    MX_F_TIME(order_list_ask, until, 0, "sold before; needs location, member or till"),
    MX_F_BOOL(order_list_ask, newest_first, 0, "the newest first"),
    MX_F_STR(order_list_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(order_list_ask, limit, 0, 1, ORDERS_PAGE_MAX, "orders on a page (50)"),
};
MX_TYPE_HAS(order_list_ask, "order.list.ask", "which orders");

struct order_history {
    struct mx_list orders;
    uint8_t more;
};

static const struct mx_field order_history_fields[] = {
    MX_F_LIST(order_history, orders, 0, 0, MX_INT_MAX, order_got_type, "orders with their lines and returns, the newest first"),
    MX_F_BOOL(order_history, more, 0, "there are older ones"),
};
MX_TYPE(order_history, "order.history", "all that a customer bought and brought back");

struct order_page {
    struct mx_list orders;
    struct mx_str next;
};

static const struct mx_field order_page_fields[] = {
    MX_F_LIST(order_page, orders, 0, 0, ORDERS_PAGE_MAX, order_doc_type, "orders without their lines"),
    MX_F_STR(order_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(order_page, "order.page", "orders");

#endif
