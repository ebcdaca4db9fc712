/* The cart as rules see it, and the offers that they may make.
 *
 * Rules propose, the pricing engine disposes: an offer says which lines it wants and what it would take off; the engine
 * decides what applies, shares the money to the last minor unit and writes down why. Since 0.1. */
#ifndef MERX_RETAIL_PRICING_H
#define MERX_RETAIL_PRICING_H

#include "merx/op.h"
#include "merx/retail/product.h"
#include "merx/retail/stock.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mx_cart_line {
    int64_t line; /* from 1 */
    struct mx_str sku;
    int64_t qty;        /* thousandths */
    int64_t unit_price; /* base price of one unit, minor units */
    int64_t amount;     /* unit_price x qty, half up */
    int32_t unit;       /* MX_UNIT_* */
    struct mx_str category;
    struct mx_list tags;
    uint8_t overridden; /* 1: the cashier set the price; no offer may touch it */
};

static const struct mx_field mx_cart_line_fields[] = {
    MX_F_INT(mx_cart_line, line, MX_REQUIRED, 1, MX_INT_MAX, "line, from 1"),
    MX_F_STR(mx_cart_line, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(mx_cart_line, qty, MX_REQUIRED, 1, MX_INT_MAX, "quantity"),
    MX_F_MONEY(mx_cart_line, unit_price, MX_REQUIRED, 0, MX_INT_MAX, "base price of one unit"),
    MX_F_MONEY(mx_cart_line, amount, MX_REQUIRED, 0, MX_INT_MAX, "base amount of the line"),
    MX_F_ENUM(mx_cart_line, unit, 0, mx_unit_words, "unit"),
    MX_F_STR(mx_cart_line, category, 0, 0, MX_CODE_MAX, "category"),
    MX_F_STRS(mx_cart_line, tags, 0, 0, 32, "tags"),
    MX_F_BOOL(mx_cart_line, overridden, 0, "price set by hand"),
};
MX_TYPE(mx_cart_line, "cart.line", "one line of a cart");

/* The facts from which a price is computed: the same facts and rules give the same bytes. */
struct mx_cart {
    int64_t at;
    struct mx_str currency;
    struct mx_str channel;
    struct mx_str location;
    struct mx_str member; /* empty: a guest */
    struct mx_str tier;   /* empty: a guest */
    struct mx_list coupons;
    int64_t total; /* sum of the line amounts before any offer */
    struct mx_list lines;
};

static const struct mx_field mx_cart_fields[] = {
    MX_F_TIME(mx_cart, at, MX_REQUIRED, "when"),
    MX_F_STR(mx_cart, currency, MX_REQUIRED, 3, 3, "currency"),
    MX_F_STR(mx_cart, channel, MX_REQUIRED, 1, MX_CODE_MAX, "channel"),
    MX_F_STR(mx_cart, location, MX_REQUIRED, 1, MX_CODE_MAX, "location"),
    MX_F_STR(mx_cart, member, 0, 0, 64, "member"),
    MX_F_STR(mx_cart, tier, 0, 0, 32, "the member's tier"),
    MX_F_STRS(mx_cart, coupons, 0, 0, 32, "coupon codes"),
    MX_F_MONEY(mx_cart, total, 0, 0, MX_INT_MAX, "sum before any offer"),
    MX_F_LIST(mx_cart, lines, 0, 0, MX_LINES_MAX, mx_cart_line_type, "lines"),
};
MX_TYPE(mx_cart, "cart", "a cart as rules see it");

/* Lanes, applied in this order; each works on what the earlier ones left. */
static const char *const mx_lane_words[] = {"flash", "item", "basket", "coupon", "member", NULL};
#define MX_LANE_FLASH  1
#define MX_LANE_ITEM   2
#define MX_LANE_BASKET 3
#define MX_LANE_COUPON 4
#define MX_LANE_MEMBER 5

static const char *const mx_offer_kind_words[] = {"percent", "amount", "buy_pay", NULL};
#define MX_OFFER_PERCENT 1 /* `ppm` off the named units */
#define MX_OFFER_AMOUNT  2 /* `amount` off the named units together, never more than they cost */
#define MX_OFFER_BUY_PAY 3 /* of each `buy` units only `pay` are paid, the cheapest ones free; takes its units for itself */

struct mx_offer_line {
    int64_t line;
    int64_t qty; /* at most so many thousandths of it; 0 = the whole line */
};

static const struct mx_field mx_offer_line_fields[] = {
    MX_F_INT(mx_offer_line, line, MX_REQUIRED, 1, MX_INT_MAX, "line of the cart"),
    MX_F_QTY(mx_offer_line, qty, 0, 0, MX_INT_MAX, "at most so much of it"),
};
MX_TYPE(mx_offer_line, "offer.line", "units that an offer wants");

struct mx_offer {
    struct mx_str rule;
    struct mx_list name; /* for the receipt, by language */
    int32_t lane;        /* MX_LANE_* */
    int64_t priority;    /* within the lane, lower first; then by rule */
    int32_t kind;        /* MX_OFFER_* */
    int64_t ppm;
    int64_t amount;
    int64_t buy;          /* pieces */
    int64_t pay;          /* pieces */
    int64_t min_total;    /* applies only when the cart, as the earlier offers left it, is at least this */
    struct mx_list lines; /* of struct mx_offer_line */
};

static const struct mx_field mx_offer_fields[] = {
    MX_F_STR(mx_offer, rule, MX_REQUIRED, 1, 64, "id of the rule"),
    MX_F_MAP(mx_offer, name, 0, 0, 32, "name on the receipt"),
    MX_F_ENUM(mx_offer, lane, MX_REQUIRED, mx_lane_words, "lane"),
    MX_F_INT(mx_offer, priority, 0, 0, 1000000, "within the lane, lower first"),
    MX_F_ENUM(mx_offer, kind, MX_REQUIRED, mx_offer_kind_words, "kind of discount"),
    MX_F_PPM(mx_offer, ppm, 0, 0, MX_PPM_ONE, "percent: parts per million off"),
    MX_F_MONEY(mx_offer, amount, 0, 0, MX_INT_MAX, "amount off"),
    MX_F_INT(mx_offer, buy, 0, 0, 1000000, "buy_pay: take so many"),
    MX_F_INT(mx_offer, pay, 0, 0, 1000000, "buy_pay: pay so many"),
    MX_F_MONEY(mx_offer, min_total, 0, 0, MX_INT_MAX, "only from this cart total on"),
    MX_F_LIST(mx_offer, lines, 0, 0, MX_LINES_MAX, mx_offer_line_type, "units it wants"),
};
MX_TYPE(mx_offer, "offer", "a discount that a rule proposes");

/* A rule that could not be asked: the sale goes on without it, and the order says so. */
struct mx_rule_fault {
    struct mx_str rule;
    struct mx_str message;
};

static const struct mx_field mx_rule_fault_fields[] = {
    MX_F_STR(mx_rule_fault, rule, MX_REQUIRED, 1, 64, "id of the rule"),
    MX_F_STR(mx_rule_fault, message, 0, 0, 400, "what went wrong, with file and line"),
};
MX_TYPE(mx_rule_fault, "rule.fault", "a rule that failed for this sale");

struct mx_offers {
    struct mx_list offers; /* of struct mx_offer */
    struct mx_list faults; /* of struct mx_rule_fault */
    struct mx_str version; /* of the rule set that answered */
};

static const struct mx_field mx_offers_fields[] = {
    MX_F_LIST(mx_offers, offers, 0, 0, 10000, mx_offer_type, "offers"),
    MX_F_LIST(mx_offers, faults, 0, 0, 10000, mx_rule_fault_type, "rules that failed"),
    MX_F_STR(mx_offers, version, 0, 0, 64, "version of the rule set"),
};
MX_TYPE(mx_offers, "offers", "what the rules propose");

/* COLLECT: offers for a cart. */
#define MX_POINT_OFFERS "pricing.offers"
static const struct mx_point mx_point_offers = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT, MX_POINT_OFFERS, "offers for a cart", &mx_cart_type, &mx_offers_type};

#ifdef __cplusplus
}
#endif
#endif
