/* What the orders plugin keeps: records with their field tables. */
#ifndef ORDERS_RECORDS_H
#define ORDERS_RECORDS_H

#include "wire.h"

struct order_rec {
    struct mx_rec rec;
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
    struct mx_list discounts; /* of struct mx_rule_sum */
    int64_t points_earned;
    struct mx_str rules_version;
    struct mx_list faults;
    int64_t line_count;
    int64_t units_left; /* thousandths of all lines that did not come back */
    int64_t counted;    /* rules whose limits or coupons it used up */
    uint8_t imported;   /* brought in later, with the prices of its time */
    /* since 0.4 */
    struct mx_str run;      /* intake that brought it; empty: sold here */
    struct mx_str external; /* id in the channel that sold it; empty once it is void */
};

static const struct mx_field order_rec_fields[] = {
    MX_F_ID(order_rec, id, MX_REQUIRED, "ord", "order"),
    MX_F_STR(order_rec, number, MX_REQUIRED, 1, ORDERS_NUMBER_MAX, "number on the receipt"),
    MX_F_ENUM(order_rec, state, 0, order_state_words, "state"),
    MX_F_STR(order_rec, currency, 0, 0, 3, "currency"),
    MX_F_MONEY(order_rec, total, 0, 0, MX_INT_MAX, "what it costs"),
    MX_F_MONEY(order_rec, tax, 0, 0, MX_INT_MAX, "tax in the total"),
    MX_F_MONEY(order_rec, discount, 0, 0, MX_INT_MAX, "all discounts"),
    MX_F_MONEY(order_rec, refunded, 0, 0, MX_INT_MAX, "given back since"),
    MX_F_TIME(order_rec, at, 0, "when it was sold"),
    MX_F_STR(order_rec, channel, 0, 0, MX_CODE_MAX, "how it was sold"),
    MX_F_STR(order_rec, location, 0, 0, MX_CODE_MAX, "where it was sold"),
    MX_F_STR(order_rec, till, 0, 0, MX_CODE_MAX, "till"),
    MX_F_INT(order_rec, till_seq, 0, 0, MX_INT_MAX, "the till's own number"),
    MX_F_ID(order_rec, member, 0, "mem", "member"),
    MX_F_STRS(order_rec, coupons, 0, 0, 32, "coupon codes"),
    MX_F_LIST(order_rec, discounts, 0, 0, MX_INT_MAX, mx_rule_sum_type, "discounts by rule"),
    MX_F_INT(order_rec, points_earned, 0, 0, MX_INT_MAX, "points that it earned"),
    MX_F_STR(order_rec, rules_version, 0, 0, 64, "version of the rules that answered"),
    MX_F_LIST(order_rec, faults, 0, 0, MX_INT_MAX, mx_rule_fault_type, "rules that failed"),
    MX_F_INT(order_rec, line_count, 0, 0, MX_LINES_MAX, "lines"),
    MX_F_QTY(order_rec, units_left, 0, 0, MX_INT_MAX, "units that did not come back"),
    MX_F_INT(order_rec, counted, 0, 0, MX_INT_MAX, "rules whose limits or coupons it used up"),
    MX_F_BOOL(order_rec, imported, 0, "brought in later, with the prices of its time"),
    MX_F_STR(order_rec, run, 0, 0, 64, "intake that brought it"),
    MX_F_STR(order_rec, external, 0, 0, 64, "id in the channel that sold it"),
};
MX_TYPE_REC(order_rec, "order.record", "head of an order");

struct line_rec {
    struct mx_rec rec;
    struct mx_str order;
    int64_t line;
    struct mx_str sku;
    struct mx_list name;
    int64_t qty;
    int32_t unit; /* MX_UNIT_* */
    int64_t unit_price;
    struct mx_str reason;
    int64_t tax_ppm;
    int64_t tax;
    int64_t discount;
    int64_t total;
    int64_t points;
    uint8_t stocked;
    int64_t article_rev;
    struct mx_list runs; /* of struct mx_run */
    struct mx_str lot;   /* as scanned; empty: not known which */
};

static const struct mx_field line_rec_fields[] = {
    MX_F_ID(line_rec, order, MX_REQUIRED, "ord", "order"),
    MX_F_INT(line_rec, line, MX_REQUIRED, 1, MX_INT_MAX, "line, from 1"),
    MX_F_STR(line_rec, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_MAP(line_rec, name, 0, 0, 32, "name when it was sold"),
    MX_F_QTY(line_rec, qty, 0, 0, MX_INT_MAX, "quantity"),
    MX_F_ENUM(line_rec, unit, 0, mx_unit_words, "unit of the quantity"),
    MX_F_MONEY(line_rec, unit_price, 0, 0, MX_INT_MAX, "price of one unit"),
    MX_F_STR(line_rec, reason, 0, 0, ORDERS_REASON_MAX, "why the price was set by hand"),
    MX_F_PPM(line_rec, tax_ppm, 0, 0, MX_PPM_ONE, "tax rate"),
    MX_F_MONEY(line_rec, tax, 0, 0, MX_INT_MAX, "tax in the total"),
    MX_F_MONEY(line_rec, discount, 0, 0, MX_INT_MAX, "all discounts"),
    MX_F_MONEY(line_rec, total, 0, 0, MX_INT_MAX, "what the customer paid"),
    MX_F_INT(line_rec, points, 0, 0, MX_INT_MAX, "points that it earned"),
    MX_F_BOOL(line_rec, stocked, 0, "its stock is counted"),
    MX_F_INT(line_rec, article_rev, 0, 0, MX_INT_MAX, "revision of the product when it was sold"),
    MX_F_LIST(line_rec, runs, 0, 0, MX_INT_MAX, mx_run_type, "frozen shares"),
    MX_F_STR(line_rec, lot, 0, 0, MX_LOT_MAX, "lot, when it was scanned"),
};
MX_TYPE_REC(line_rec, "order.line.record", "a sold line, never changed");

/* How much of a line came back. */
struct returned_rec {
    struct mx_rec rec;
    struct mx_str order;
    int64_t line;
    int64_t qty;
};

static const struct mx_field returned_rec_fields[] = {
    MX_F_ID(returned_rec, order, MX_REQUIRED, "ord", "order"),
    MX_F_INT(returned_rec, line, MX_REQUIRED, 1, MX_INT_MAX, "line"),
    MX_F_QTY(returned_rec, qty, 0, 0, MX_INT_MAX, "how much of it came back"),
};
MX_TYPE_REC(returned_rec, "order.returned.record", "how much of a line came back");

/* Why an order costs what it costs: the facts, the offers and what became of each. */
struct trace_rec {
    struct mx_rec rec;
    struct mx_str order;
    struct mx_cart *facts;
    uint8_t prices_include_tax;
    struct mx_list offers;   /* of struct mx_offer */
    struct mx_list outcomes; /* of struct mx_outcome, in the order in which offers were tried */
    struct mx_list faults;
    struct mx_str version;
    struct mx_list misses;  /* of struct mx_offer_miss */
    struct mx_list proofs;  /* of struct mx_proof */
    struct mx_list coupons; /* of struct mx_coupon_said */
    struct mx_stacking *stacking;
    int64_t earned; /* points before offers of the lane earn multiplied and added */
};

static const struct mx_field trace_rec_fields[] = {
    MX_F_ID(trace_rec, order, MX_REQUIRED, "ord", "order"),
    MX_F_STRUCT(trace_rec, facts, 0, mx_cart_type, "the cart as the rules saw it"),
    MX_F_BOOL(trace_rec, prices_include_tax, 0, "prices included tax"),
    MX_F_LIST(trace_rec, offers, 0, 0, MX_INT_MAX, mx_offer_type, "what the rules proposed"),
    MX_F_LIST(trace_rec, outcomes, 0, 0, MX_INT_MAX, mx_outcome_type, "what became of it, in the order in which it was tried"),
    MX_F_LIST(trace_rec, faults, 0, 0, MX_INT_MAX, mx_rule_fault_type, "rules that failed"),
    MX_F_STR(trace_rec, version, 0, 0, 64, "version of the rules"),
    MX_F_LIST(trace_rec, misses, 0, 0, MX_INT_MAX, mx_offer_miss_type, "rules that proposed nothing, and why"),
    MX_F_LIST(trace_rec, proofs, 0, 0, MX_LANES, mx_proof_type, "where offers competed"),
    MX_F_LIST(trace_rec, coupons, 0, 0, MX_COUPONS_MAX, mx_coupon_said_type, "what was said of each coupon"),
    MX_F_STRUCT(trace_rec, stacking, 0, mx_stacking_type, "how offers went together"),
    MX_F_INT(trace_rec, earned, 0, 0, MX_INT_MAX, "points that the sale earned before offers raised them"),
};
MX_TYPE_REC(trace_rec, "order.trace", "why an order costs what it costs");

struct trace_got {
    struct trace_rec *trace;
};

static const struct mx_field trace_got_fields[] = {
    MX_F_STRUCT(trace_got, trace, MX_REQUIRED, trace_rec_type, "why it costs what it costs"),
};
MX_TYPE(trace_got, "order.trace.got", "the trace of an order");

struct return_rec {
    struct mx_rec rec;
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
    int64_t line_count;
    int64_t points_written_off; /* since 0.4 */
};

static const struct mx_field return_rec_fields[] = {
    MX_F_ID(return_rec, id, MX_REQUIRED, "ret", "return"),
    MX_F_STR(return_rec, number, MX_REQUIRED, 1, ORDERS_NUMBER_MAX, "number of the return"),
    MX_F_TIME(return_rec, at, 0, "when"),
    MX_F_STR(return_rec, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(return_rec, till, 0, 0, MX_CODE_MAX, "till"),
    MX_F_STR(return_rec, reason, 0, 0, ORDERS_REASON_MAX, "why"),
    MX_F_ID(return_rec, member, 0, "mem", "member"),
    MX_F_MONEY(return_rec, refund, 0, 0, MX_INT_MAX, "money given back"),
    MX_F_MONEY(return_rec, tax, 0, 0, MX_INT_MAX, "tax in the refund"),
    MX_F_INT(return_rec, points_reversed, 0, 0, MX_INT_MAX, "points taken back"),
    MX_F_INT(return_rec, line_count, 0, 0, MX_INT_MAX, "lines"),
    MX_F_INT(return_rec, points_written_off, 0, 0, MX_INT_MAX, "points that were not to be had any more"),
};
MX_TYPE_REC(return_rec, "return.record", "head of a return");

struct return_line_rec {
    struct mx_rec rec;
    struct mx_str return_id;
    int64_t place;       /* from 1 */
    struct mx_str order; /* empty: without receipt */
    int64_t line;
    struct mx_str sku;
    int64_t from; /* position of the first unit in the line */
    int64_t qty;
    int64_t refund;
    int64_t kept;
    int64_t tax;
    int64_t points;
    struct mx_str condition;
};

static const struct mx_field return_line_rec_fields[] = {
    MX_F_ID(return_line_rec, return_id, MX_REQUIRED, "ret", "return"),
    MX_F_INT(return_line_rec, place, MX_REQUIRED, 1, MX_INT_MAX, "place in the return, from 1"),
    MX_F_ID(return_line_rec, order, 0, "ord", "order; absent without receipt"),
    MX_F_INT(return_line_rec, line, 0, 0, MX_INT_MAX, "line of the order"),
    MX_F_STR(return_line_rec, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(return_line_rec, from, 0, 0, MX_INT_MAX, "position of the first unit in the line"),
    MX_F_QTY(return_line_rec, qty, 0, 0, MX_INT_MAX, "how much came back"),
    MX_F_MONEY(return_line_rec, refund, 0, 0, MX_INT_MAX, "money given back"),
    MX_F_MONEY(return_line_rec, kept, 0, 0, MX_INT_MAX, "part of what was paid that stays with the shop"),
    MX_F_MONEY(return_line_rec, tax, 0, 0, MX_INT_MAX, "tax in the refund"),
    MX_F_INT(return_line_rec, points, 0, 0, MX_INT_MAX, "points that the units carried"),
    MX_F_STR(return_line_rec, condition, 0, 0, 32, "condition of the goods"),
};
MX_TYPE_REC(return_line_rec, "return.line.record", "a line of a return, never changed");

#endif
