/* The cart as rules see it, and the offers that they may make.
 *
 * Rules propose, the pricing engine disposes: an offer says which lines it wants and what it would take off; the engine
 * decides what applies, shares the money to the last minor unit and writes down why. Since 0.1. */
#ifndef MERX_RETAIL_PRICING_H
#define MERX_RETAIL_PRICING_H

#include "merx/op.h"
#include "merx/retail/member.h"
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
    /* since 0.3 */
    struct mx_str brand;
    struct mx_str lot;
    uint8_t shipping;    /* 1: what it costs to bring the goods; only offers of the lane shipping touch it */
    uint8_t cost_known;  /* 1: `cost` means something */
    uint8_t stock_known; /* 1: `stock` means something */
    int64_t cost;        /* of one unit, as last received */
    int64_t stock;       /* thousandths on hand at the location, before this sale */
    int64_t expires_at;  /* of the lot; 0 = not known */
    int64_t list_price;  /* the product's own price, when unit_price is an exception; else equal to it */
    int64_t tax_ppm;
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
    MX_F_STR(mx_cart_line, brand, 0, 0, MX_CODE_MAX, "brand"),
    MX_F_STR(mx_cart_line, lot, 0, 0, 20, "lot"),
    MX_F_BOOL(mx_cart_line, shipping, 0, "what it costs to bring the goods"),
    MX_F_BOOL(mx_cart_line, cost_known, 0, "the cost is known"),
    MX_F_BOOL(mx_cart_line, stock_known, 0, "the stock is known"),
    MX_F_MONEY(mx_cart_line, cost, 0, 0, MX_INT_MAX, "cost of one unit"),
    MX_F_QTY(mx_cart_line, stock, 0, -MX_INT_MAX, MX_INT_MAX, "on hand at the location"),
    MX_F_TIME(mx_cart_line, expires_at, 0, "when the lot expires"),
    MX_F_MONEY(mx_cart_line, list_price, 0, 0, MX_INT_MAX, "the product's own price"),
    MX_F_PPM(mx_cart_line, tax_ppm, 0, 0, MX_PPM_ONE, "tax rate"),
};
MX_TYPE(mx_cart_line, "cart.line", "one line of a cart");

/* A coupon that was issued to somebody and may be used by this cart. Since 0.3. */
struct mx_cart_voucher {
    struct mx_str id;   /* "cpn_...", never the code */
    struct mx_str rule; /* promotion that it is for */
    int64_t joined;     /* group-buy: how many have joined; bargain: how many have helped */
    int64_t amount;     /* bargain: what the helpers took off the price of one unit so far */
    int64_t left;       /* uses that it has left before this sale; 0 = one */
    struct mx_str sku;  /* bargain: article that it was opened for, and no other */
};

static const struct mx_field mx_cart_voucher_fields[] = {
    MX_F_ID(mx_cart_voucher, id, MX_REQUIRED, "cpn", "coupon"),
    MX_F_STR(mx_cart_voucher, rule, MX_REQUIRED, 1, 64, "promotion that it is for"),
    MX_F_INT(mx_cart_voucher, joined, 0, 0, MX_INT_MAX, "how many joined or helped"),
    MX_F_MONEY(mx_cart_voucher, amount, 0, 0, MX_INT_MAX, "what helpers took off"),
    MX_F_INT(mx_cart_voucher, left, 0, 0, MX_INT_MAX, "uses that it has left; 0 = one"),
    MX_F_STR(mx_cart_voucher, sku, 0, 0, MX_SKU_MAX, "article of a bargain"),
};
MX_TYPE(mx_cart_voucher, "cart.voucher", "an issued coupon that the cart may use");

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
    /* since 0.3 */
    struct mx_str zone;      /* IANA time zone of the location, in which windows of rules are read */
    struct mx_str key;       /* tells this cart from others, the same for quote and sale: a share of carts is drawn from it */
    struct mx_list segments; /* of struct mx_str, sorted */
    struct mx_list counters; /* of struct mx_counter: what is counted of the member */
    struct mx_list tenders;  /* of struct mx_str, sorted: how it is (or would be) paid */
    struct mx_list facts;    /* of struct mx_pair, sorted: weather, queue length, whatever the till was told */
    struct mx_list vouchers; /* of struct mx_cart_voucher */
    uint8_t prices_include_tax;
    int64_t digits; /* of the currency */
    /* since 0.4 */
    struct mx_list tags;     /* of struct mx_str, sorted: tags of the member */
    struct mx_list withheld; /* of struct mx_str: of these nothing is said, because the member has not agreed: "tags" */
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
    MX_F_STR(mx_cart, zone, 0, 0, 64, "time zone of the location"),
    MX_F_STR(mx_cart, key, 0, 0, 64, "tells this cart from others"),
    MX_F_STRS(mx_cart, segments, 0, 0, 64, "groups that the member belongs to"),
    MX_F_LIST(mx_cart, counters, 0, 0, 64, mx_counter_type, "what is counted of the member"),
    MX_F_STRS(mx_cart, tenders, 0, 0, 32, "how it is paid"),
    MX_F_MAP(mx_cart, facts, 0, 0, 32, "other facts given to the sale"),
    MX_F_LIST(mx_cart, vouchers, 0, 0, 32, mx_cart_voucher_type, "issued coupons"),
    MX_F_BOOL(mx_cart, prices_include_tax, 0, "prices include tax"),
    MX_F_INT(mx_cart, digits, 0, 0, 6, "digits of the currency"),
    MX_F_STRS(mx_cart, tags, 0, 0, 256, "tags of the member"),
    MX_F_STRS(mx_cart, withheld, 0, 0, 16, "what is not said for want of consent"),
};
MX_TYPE(mx_cart, "cart", "a cart as rules see it");

/* Lanes, applied in this order unless the shop says otherwise; each works on what the earlier ones left. */
static const char *const mx_lane_words[] = {"flash", "item", "basket", "coupon", "member", "points", "shipping", "earn", NULL};
#define MX_LANE_FLASH    1
#define MX_LANE_ITEM     2
#define MX_LANE_BASKET   3
#define MX_LANE_COUPON   4
#define MX_LANE_MEMBER   5
#define MX_LANE_POINTS   6 /* discounts that are paid with points; since 0.3 */
#define MX_LANE_SHIPPING 7 /* the only one that touches lines with `shipping`; since 0.3 */
#define MX_LANE_EARN     8 /* points that the sale earns: takes no money off; since 0.3 */
#define MX_LANES         8

/* A unit is one piece, or all that is there of goods sold by weight. A discount never makes a unit cost less than nothing, nor
 * less than the shop's floor allows. */
static const char *const mx_offer_kind_words[] = {"percent",    "amount", "buy_pay", "price",        "steps",
                                                  "spend_save", "bundle", "points",  "points_times", NULL};
#define MX_OFFER_PERCENT 1 /* `ppm` off the named units */
#define MX_OFFER_AMOUNT  2 /* `amount` off the named units together */
#define MX_OFFER_BUY_PAY                                                                                                                   \
    3 /* of each `buy` pieces `buy - pay` get `ppm` off (0 = all of it): the cheapest ones, or with `dearest` the dearest */
#define MX_OFFER_PRICE        4 /* one named unit (a kilogram of what is weighed) costs `amount`, or the line's own `price`; since 0.3 */
#define MX_OFFER_STEPS        5 /* the highest step reached by the named units says what comes off all of them; since 0.3 */
#define MX_OFFER_SPEND_SAVE   6 /* `amount` off for `spend` spent on the named units; with `repeats` for each full `spend`; since 0.3 */
#define MX_OFFER_BUNDLE       7 /* groups of pieces filling `slots` together: set price, nth unit, mix-and-match, gifts; since 0.3 */
#define MX_OFFER_POINTS       8 /* lane earn: `amount` points more; since 0.3 */
#define MX_OFFER_POINTS_TIMES 9 /* lane earn: what the named units earn is multiplied by `ppm`; since 0.3 */

struct mx_offer_line {
    int64_t line;
    int64_t qty; /* at most so many thousandths of it; 0 = the whole line */
    /* since 0.3 */
    int64_t price; /* MX_OFFER_PRICE: what one unit of this line costs, when it has a price of its own; 0 = `amount` of the offer */
};

static const struct mx_field mx_offer_line_fields[] = {
    MX_F_INT(mx_offer_line, line, MX_REQUIRED, 1, MX_INT_MAX, "line of the cart"),
    MX_F_QTY(mx_offer_line, qty, 0, 0, MX_INT_MAX, "at most so much of it"),
    MX_F_MONEY(mx_offer_line, price, 0, 0, MX_INT_MAX, "price of one unit of this line"),
};
MX_TYPE(mx_offer_line, "offer.line", "units that an offer wants");

/* One step of MX_OFFER_STEPS: reached with `qty` or with `spend`, gives one of ppm, amount, price. Since 0.3. */
struct mx_offer_step {
    int64_t qty;    /* thousandths of all named units; 0 = by spend */
    int64_t spend;  /* what the named units cost before this offer */
    int64_t ppm;    /* off all named units */
    int64_t amount; /* off all of them together */
    int64_t price;  /* what one unit costs */
};

static const struct mx_field mx_offer_step_fields[] = {
    MX_F_QTY(mx_offer_step, qty, 0, 0, MX_INT_MAX, "reached with so much of the goods"),
    MX_F_MONEY(mx_offer_step, spend, 0, 0, MX_INT_MAX, "reached when they cost so much"),
    MX_F_PPM(mx_offer_step, ppm, 0, 0, MX_PPM_ONE, "parts per million off"),
    MX_F_MONEY(mx_offer_step, amount, 0, 0, MX_INT_MAX, "amount off"),
    MX_F_MONEY(mx_offer_step, price, 0, 0, MX_INT_MAX, "price of one unit"),
};
MX_TYPE(mx_offer_step, "offer.step", "one step of an offer in steps");

/* One place of a bundle: each group takes `pieces` pieces of these lines. Since 0.3. */
struct mx_offer_slot {
    int64_t pieces;
    int64_t ppm;   /* off these pieces, when the bundle has neither price nor amount; 0 = they pay in full (a condition) */
    int64_t price; /* what one of these pieces costs instead, when `has_price` */
    uint8_t has_price;
    struct mx_list lines; /* of struct mx_offer_line */
};

static const struct mx_field mx_offer_slot_fields[] = {
    MX_F_INT(mx_offer_slot, pieces, MX_REQUIRED, 1, 1000, "pieces for one group"),
    MX_F_PPM(mx_offer_slot, ppm, 0, 0, MX_PPM_ONE, "parts per million off these pieces"),
    MX_F_MONEY(mx_offer_slot, price, 0, 0, MX_INT_MAX, "price of one of these pieces"),
    MX_F_BOOL(mx_offer_slot, has_price, 0, "price counts"),
    MX_F_LIST(mx_offer_slot, lines, 0, 0, MX_LINES_MAX, mx_offer_line_type, "units that may fill it"),
};
MX_TYPE(mx_offer_slot, "offer.slot", "one place of a bundle");

/* A limit that lasts longer than one cart. `used` is filled from the books (point pricing.used). Since 0.3. */
static const char *const mx_limit_scope_words[] = {"total", "day", "member", "member_day", NULL};
#define MX_LIMIT_TOTAL      1
#define MX_LIMIT_DAY        2 /* a day of the location's calendar */
#define MX_LIMIT_MEMBER     3
#define MX_LIMIT_MEMBER_DAY 4
static const char *const mx_limit_of_words[] = {"uses", "units", "money", NULL};
#define MX_LIMIT_USES  1 /* times that the offer applied: groups of a bundle or buy_pay, one for every other kind */
#define MX_LIMIT_UNITS 2 /* thousandths that got something off */
#define MX_LIMIT_MONEY 3 /* what came off, or points given */

struct mx_offer_limit {
    int32_t scope; /* MX_LIMIT_TOTAL ... */
    int32_t of;    /* MX_LIMIT_USES ... */
    int64_t max;
    int64_t used; /* before this sale */
};

static const struct mx_field mx_offer_limit_fields[] = {
    MX_F_ENUM(mx_offer_limit, scope, MX_REQUIRED, mx_limit_scope_words, "over what it is counted"),
    MX_F_ENUM(mx_offer_limit, of, MX_REQUIRED, mx_limit_of_words, "what is counted"),
    MX_F_INT(mx_offer_limit, max, MX_REQUIRED, 0, MX_INT_MAX, "at most so much"),
    MX_F_INT(mx_offer_limit, used, 0, 0, MX_INT_MAX, "used before this sale"),
};
MX_TYPE(mx_offer_limit, "offer.limit", "a limit over several sales");

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
    /* since 0.3 */
    int64_t spend;         /* MX_OFFER_SPEND_SAVE */
    uint8_t repeats;       /* MX_OFFER_SPEND_SAVE: for each full `spend` */
    uint8_t dearest;       /* MX_OFFER_BUY_PAY: the dearest ones are free */
    uint8_t exclusive;     /* its units take no other offer of its lane */
    uint8_t below_cost;    /* may go below the shop's floor (never below nothing) */
    uint8_t has_price;     /* MX_OFFER_BUNDLE: `amount` is what one group costs together; otherwise, when above 0, what comes off it */
    struct mx_str group;   /* of the offers of a lane with the same group only one applies, the best for the customer */
    struct mx_list steps;  /* of struct mx_offer_step, rising */
    struct mx_list slots;  /* of struct mx_offer_slot; `lines` is then empty */
    int64_t times;         /* groups or repetitions in one cart; 0 = as many as fit */
    int64_t max_unit;      /* at most so much off one unit; 0 = no cap */
    int64_t max_line;      /* at most so much off one line */
    int64_t max_off;       /* at most so much off the cart */
    struct mx_list limits; /* of struct mx_offer_limit */
    struct mx_str voucher; /* coupon that it uses up: "cpn_..." */
    struct mx_str coupon;  /* public code that it answers to */
    int64_t ends_at;       /* last moment of its window, for the proof and the hint; 0 = open */
    uint8_t keeps_uses;    /* 1: a return gives its uses, budget and coupon not back */
};

static const struct mx_field mx_offer_fields[] = {
    MX_F_STR(mx_offer, rule, MX_REQUIRED, 1, 64, "id of the rule"),
    MX_F_MAP(mx_offer, name, 0, 0, 32, "name on the receipt"),
    MX_F_ENUM(mx_offer, lane, MX_REQUIRED, mx_lane_words, "lane"),
    MX_F_INT(mx_offer, priority, 0, 0, 1000000, "within the lane, lower first"),
    MX_F_ENUM(mx_offer, kind, MX_REQUIRED, mx_offer_kind_words, "kind of discount"),
    MX_F_PPM(mx_offer, ppm, 0, 0, 100 * MX_PPM_ONE, "parts per million off, or times the points"),
    MX_F_MONEY(mx_offer, amount, 0, 0, MX_INT_MAX, "amount off, or price"),
    MX_F_INT(mx_offer, buy, 0, 0, 1000000, "buy_pay: take so many"),
    MX_F_INT(mx_offer, pay, 0, 0, 1000000, "buy_pay: pay so many"),
    MX_F_MONEY(mx_offer, min_total, 0, 0, MX_INT_MAX, "only from this cart total on"),
    MX_F_LIST(mx_offer, lines, 0, 0, MX_LINES_MAX, mx_offer_line_type, "units it wants"),
    MX_F_MONEY(mx_offer, spend, 0, 0, MX_INT_MAX, "spend_save: for so much spent"),
    MX_F_BOOL(mx_offer, repeats, 0, "spend_save: for each full amount spent"),
    MX_F_BOOL(mx_offer, dearest, 0, "buy_pay: the dearest are free"),
    MX_F_BOOL(mx_offer, exclusive, 0, "its units take no other offer of the lane"),
    MX_F_BOOL(mx_offer, below_cost, 0, "may go below the shop's floor"),
    MX_F_BOOL(mx_offer, has_price, 0, "bundle: amount is the price of a group"),
    MX_F_STR(mx_offer, group, 0, 0, 64, "only one offer of a group applies"),
    MX_F_LIST(mx_offer, steps, 0, 0, 50, mx_offer_step_type, "steps"),
    MX_F_LIST(mx_offer, slots, 0, 0, 20, mx_offer_slot_type, "places of a bundle"),
    MX_F_INT(mx_offer, times, 0, 0, 1000000, "at most so often in one cart"),
    MX_F_MONEY(mx_offer, max_unit, 0, 0, MX_INT_MAX, "at most so much off one unit"),
    MX_F_MONEY(mx_offer, max_line, 0, 0, MX_INT_MAX, "at most so much off one line"),
    MX_F_MONEY(mx_offer, max_off, 0, 0, MX_INT_MAX, "at most so much off the cart"),
    MX_F_LIST(mx_offer, limits, 0, 0, 16, mx_offer_limit_type, "limits over several sales"),
    MX_F_ID(mx_offer, voucher, 0, "cpn", "coupon that it uses up"),
    MX_F_STR(mx_offer, coupon, 0, 0, 64, "public code that it answers to"),
    MX_F_TIME(mx_offer, ends_at, 0, "end of its window"),
    MX_F_BOOL(mx_offer, keeps_uses, 0, "a return does not give its uses back"),
};
MX_TYPE(mx_offer, "offer", "a discount that a rule proposes");

/* A rule that touches this cart's goods and makes no offer, and what would have made it speak: part of the proof, and of the
 * hints. Since 0.3. */
static const char *const mx_miss_words[] = {"not_yet",   "ended",  "hours",   "weekday",    "member",       "tier",    "segment",
                                            "coupon",    "tender", "channel", "location",   "fact",         "stock",   "min_qty",
                                            "min_total", "when",   "canary",  "group_open", "switched_off", "consent", NULL};
#define MX_MISS_NOT_YET    1 /* `value`: when it begins */
#define MX_MISS_ENDED      2 /* `value`: when it ended */
#define MX_MISS_HOURS      3 /* `text`: "14:00-17:00" */
#define MX_MISS_WEEKDAY    4 /* `text`: "sat sun" */
#define MX_MISS_MEMBER     5
#define MX_MISS_TIER       6 /* `text`: tiers that it is for */
#define MX_MISS_SEGMENT    7
#define MX_MISS_COUPON     8
#define MX_MISS_TENDER     9 /* `text`: tenders that it is for */
#define MX_MISS_CHANNEL    10
#define MX_MISS_LOCATION   11
#define MX_MISS_FACT       12 /* `text`: name of the fact */
#define MX_MISS_STOCK      13
#define MX_MISS_MIN_QTY    14 /* `value`: thousandths that are missing */
#define MX_MISS_MIN_TOTAL  15 /* `value`: money that is missing */
#define MX_MISS_WHEN       16 /* its function said no */
#define MX_MISS_CANARY     17 /* it is tried on other carts */
#define MX_MISS_GROUP_OPEN 18 /* `value`: members that are missing in the group */
#define MX_MISS_OFF        19 /* it failed too often and is switched off until somebody restores it */
#define MX_MISS_CONSENT    20 /* it read what the member has not agreed to, and got nil. `text`: what. Since 0.4 */

struct mx_offer_miss {
    struct mx_str rule;
    struct mx_list name;
    int32_t lane;
    int32_t reason; /* MX_MISS_* */
    int64_t value;
    struct mx_str text;
    int64_t gain; /* about what it would take off, where that can be said without asking it; else 0 */
};

static const struct mx_field mx_offer_miss_fields[] = {
    MX_F_STR(mx_offer_miss, rule, MX_REQUIRED, 1, 64, "id of the rule"),
    MX_F_MAP(mx_offer_miss, name, 0, 0, 32, "name on the receipt"),
    MX_F_ENUM(mx_offer_miss, lane, 0, mx_lane_words, "lane"),
    MX_F_ENUM(mx_offer_miss, reason, MX_REQUIRED, mx_miss_words, "why it made no offer"),
    MX_F_INT(mx_offer_miss, value, 0, 0, MX_INT_MAX, "how much or when"),
    MX_F_STR(mx_offer_miss, text, 0, 0, 200, "what it asks for"),
    MX_F_MONEY(mx_offer_miss, gain, 0, 0, MX_INT_MAX, "about what it would take off"),
};
MX_TYPE(mx_offer_miss, "offer.miss", "a rule that made no offer, and why");

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

#define MX_MISSES_MAX 100

struct mx_offers {
    struct mx_list offers; /* of struct mx_offer */
    struct mx_list faults; /* of struct mx_rule_fault */
    struct mx_str version; /* of the rule set that answered */
    /* since 0.3 */
    struct mx_list misses; /* of struct mx_offer_miss, at most MX_MISSES_MAX */
};

static const struct mx_field mx_offers_fields[] = {
    MX_F_LIST(mx_offers, offers, 0, 0, 10000, mx_offer_type, "offers"),
    MX_F_LIST(mx_offers, faults, 0, 0, 10000, mx_rule_fault_type, "rules that failed"),
    MX_F_STR(mx_offers, version, 0, 0, 64, "version of the rule set"),
    MX_F_LIST(mx_offers, misses, 0, 0, MX_MISSES_MAX, mx_offer_miss_type, "rules that made no offer"),
};
MX_TYPE(mx_offers, "offers", "what the rules propose");

/* COLLECT: offers for a cart. */
#define MX_POINT_OFFERS "pricing.offers"
static const struct mx_point mx_point_offers = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT, MX_POINT_OFFERS, "offers for a cart", &mx_cart_type, &mx_offers_type};

/* The same asked of a named version of the rules: 0.3's way to look back and ahead. Since 0.3. */
struct mx_offers_ask {
    struct mx_str version; /* as in mx_offers.version */
    struct mx_cart *cart;
};

static const struct mx_field mx_offers_ask_fields[] = {
    MX_F_STR(mx_offers_ask, version, MX_REQUIRED, 1, 64, "version of the rules"),
    MX_F_STRUCT(mx_offers_ask, cart, MX_REQUIRED, mx_cart_type, "facts"),
};
MX_TYPE(mx_offers_ask, "offers.ask", "what a version of the rules would propose");

/* FIRST: offers of a version of the rules, without counting faults. Declines for a version that is not kept, or
 * that is damaged or does not compile any more. Since 0.3. */
#define MX_POINT_OFFERS_OF "pricing.offers_of"
static const struct mx_point mx_point_offers_of = {(uint32_t)sizeof(struct mx_point),  MX_POINT_FIRST,      MX_POINT_OFFERS_OF,
                                                   "offers of a version of the rules", &mx_offers_ask_type, &mx_offers_type};

/* What rules in force want to know that costs reads: asked once for each quote or sale. Since 0.3. */
struct mx_needs {
    uint8_t goods; /* stock, lots */
};

static const struct mx_field mx_needs_fields[] = {
    MX_F_BOOL(mx_needs, goods, 0, "stock and lots of the lines"),
};
MX_TYPE(mx_needs, "pricing.needs", "facts that rules want to know");

/* COLLECT: what rules need for a cart (its lines may not be filled yet). Since 0.3. */
#define MX_POINT_NEEDS "pricing.needs"
static const struct mx_point mx_point_needs = {(uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT, MX_POINT_NEEDS,
                                               "facts that rules want to know",   &mx_cart_type,    &mx_needs_type};

#ifdef __cplusplus
}
#endif
#endif
