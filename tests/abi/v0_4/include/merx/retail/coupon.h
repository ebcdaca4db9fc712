/* Coupons, uses and budgets: asked before a price is found, used up in the sale's own commit, given back by a return.
 *
 * Since 0.3. */
#ifndef MERX_RETAIL_COUPON_H
#define MERX_RETAIL_COUPON_H

#include "merx/retail/priced.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_COUPONS_MAX 32 /* on one cart */

/* ---- which coupons count ---- */

struct mx_coupons_ask {
    struct mx_list codes; /* of struct mx_str: as typed or scanned; or ids "cpn_..." of the member's own */
    struct mx_str member; /* empty: a guest */
    struct mx_str held;   /* held cart that this sale comes from, "crt_..."; its reservations do not stand in its way */
    int64_t at;
};

static const struct mx_field mx_coupons_ask_fields[] = {
    MX_F_STRS(mx_coupons_ask, codes, 0, 0, MX_COUPONS_MAX, "codes"),
    MX_F_ID(mx_coupons_ask, member, 0, "mem", "member"),
    MX_F_ID(mx_coupons_ask, held, 0, "crt", "held cart"),
    MX_F_TIME(mx_coupons_ask, at, 0, "when"),
};
MX_TYPE(mx_coupons_ask, "coupons.ask", "what are these coupons worth");

static const char *const mx_coupon_state_words[] = {"usable",    "unknown", "used",   "reserved", "expired",   "not_yet",
                                                    "not_yours", "void",    "locked", "applied",  "no_effect", NULL};
#define MX_COUPON_USABLE    1
#define MX_COUPON_UNKNOWN   2 /* not an issued coupon; it may still be a public code that a rule answers to */
#define MX_COUPON_USED      3
#define MX_COUPON_RESERVED  4 /* by a held cart */
#define MX_COUPON_EXPIRED   5
#define MX_COUPON_NOT_YET   6
#define MX_COUPON_NOT_YOURS 7
#define MX_COUPON_VOID      8
#define MX_COUPON_LOCKED    9  /* too many wrong codes from here: asked again later */
#define MX_COUPON_APPLIED   10 /* in an order or quote: it took something off */
#define MX_COUPON_NO_EFFECT 11 /* in an order or quote: known, but no rule took anything off; `why` says more */

/* What is said of one code, by a quote and on an order: the code itself is never repeated. */
struct mx_coupon_said {
    int64_t place;        /* in `coupons` of the request, from 1 */
    int32_t state;        /* MX_COUPON_* */
    struct mx_str coupon; /* "cpn_..." of an issued one */
    struct mx_str rule;   /* that it is for */
    struct mx_str why;    /* a sentence for the cashier */
};

static const struct mx_field mx_coupon_said_fields[] = {
    MX_F_INT(mx_coupon_said, place, MX_REQUIRED, 1, MX_COUPONS_MAX, "place in the request, from 1"),
    MX_F_ENUM(mx_coupon_said, state, MX_REQUIRED, mx_coupon_state_words, "what is said of it"),
    MX_F_ID(mx_coupon_said, coupon, 0, "cpn", "issued coupon"),
    MX_F_STR(mx_coupon_said, rule, 0, 0, 64, "promotion that it is for"),
    MX_F_STR(mx_coupon_said, why, 0, 0, 200, "what to tell the customer"),
};
MX_TYPE(mx_coupon_said, "coupon.said", "what is said of a coupon");

struct mx_coupons_answer {
    struct mx_list said;     /* of struct mx_coupon_said, one for each code, in order */
    struct mx_list vouchers; /* of struct mx_cart_voucher: those that are usable */
    struct mx_list publics;  /* of struct mx_str: codes that are not issued coupons, for rules to look at */
};

static const struct mx_field mx_coupons_answer_fields[] = {
    MX_F_LIST(mx_coupons_answer, said, 0, 0, MX_COUPONS_MAX, mx_coupon_said_type, "by code"),
    MX_F_LIST(mx_coupons_answer, vouchers, 0, 0, MX_COUPONS_MAX, mx_cart_voucher_type, "those that are usable"),
    MX_F_STRS(mx_coupons_answer, publics, 0, 0, MX_COUPONS_MAX, "codes that were not issued"),
};
MX_TYPE(mx_coupons_answer, "coupons.answer", "what coupons are worth");

/* FIRST: look coupons up. Reads only. */
#define MX_POINT_COUPONS "pricing.coupons"
static const struct mx_point mx_point_coupons = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,       MX_POINT_COUPONS,
                                                 "what coupons are worth",          &mx_coupons_ask_type, &mx_coupons_answer_type};

/* ---- how much of limits is used ---- */

struct mx_used_ask {
    struct mx_list offers; /* of struct mx_offer */
    struct mx_str member;
    struct mx_str zone; /* in which a day is a day */
    int64_t at;
};

static const struct mx_field mx_used_ask_fields[] = {
    MX_F_LIST(mx_used_ask, offers, 0, 0, 20000, mx_offer_type, "offers"),
    MX_F_STR(mx_used_ask, member, 0, 0, 64, "member"),
    MX_F_STR(mx_used_ask, zone, 0, 0, 64, "time zone"),
    MX_F_TIME(mx_used_ask, at, 0, "when"),
};
MX_TYPE(mx_used_ask, "used.ask", "how much of their limits is used");

struct mx_used_answer {
    struct mx_list offers; /* the same, with `used` of every limit filled */
};

static const struct mx_field mx_used_answer_fields[] = {
    MX_F_LIST(mx_used_answer, offers, 0, 0, 20000, mx_offer_type, "offers with what is used of their limits"),
};
MX_TYPE(mx_used_answer, "used.answer", "offers with what is used of their limits");

/* FIRST: fill `used`. Asked only when an offer has limits. Reads only. */
#define MX_POINT_USED "pricing.used"
static const struct mx_point mx_point_used = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,    MX_POINT_USED,
                                              "how much of limits is used",      &mx_used_ask_type, &mx_used_answer_type};

/* ---- in the sale's and the return's own command ---- */

/* What one rule used up, or gets back. */
struct mx_use_line {
    struct mx_str rule;
    struct mx_str voucher; /* used up with it; empty: none */
    int64_t uses;
    int64_t units;
    int64_t amount;
    struct mx_list limits; /* of struct mx_offer_limit: those to be counted, as they were when it was priced */
};

static const struct mx_field mx_use_line_fields[] = {
    MX_F_STR(mx_use_line, rule, MX_REQUIRED, 1, 64, "rule"),    MX_F_ID(mx_use_line, voucher, 0, "cpn", "coupon"),
    MX_F_INT(mx_use_line, uses, 0, 0, MX_INT_MAX, "times"),     MX_F_QTY(mx_use_line, units, 0, 0, MX_INT_MAX, "units"),
    MX_F_MONEY(mx_use_line, amount, 0, 0, MX_INT_MAX, "money"), MX_F_LIST(mx_use_line, limits, 0, 0, 16, mx_offer_limit_type, "limits"),
};
MX_TYPE(mx_use_line, "promotion.use.line", "what one rule used up");

/* Input of "promotions.use" (a sale) and "promotions.give_back" (a return), both INTERNAL. */
struct mx_promotion_use {
    struct mx_str order;
    struct mx_str source; /* document that books it: the order, or the return */
    struct mx_str member;
    struct mx_str held; /* held cart that is sold: its reservations end with it */
    struct mx_str zone;
    int64_t at;           /* of the sale, also when it is given back: the day that was counted */
    struct mx_list lines; /* of struct mx_use_line */
};

static const struct mx_field mx_promotion_use_fields[] = {
    MX_F_ID(mx_promotion_use, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(mx_promotion_use, source, MX_REQUIRED, 1, 64, "document that books it"),
    MX_F_STR(mx_promotion_use, member, 0, 0, 64, "member"),
    MX_F_ID(mx_promotion_use, held, 0, "crt", "held cart"),
    MX_F_STR(mx_promotion_use, zone, 0, 0, 64, "time zone"),
    MX_F_TIME(mx_promotion_use, at, 0, "when it was sold"),
    MX_F_LIST(mx_promotion_use, lines, 0, 0, 20000, mx_use_line_type, "by rule"),
};
MX_TYPE(mx_promotion_use, "promotion.use", "what a sale uses up");

struct mx_promotion_used {
    int64_t rules; /* that were counted */
};

static const struct mx_field mx_promotion_used_fields[] = {
    MX_F_INT(mx_promotion_used, rules, 0, 0, MX_INT_MAX, "rules that were counted"),
};
MX_TYPE(mx_promotion_used, "promotion.used", "what was counted");

/* Refusals of use: "limit_reached" (names the rule), "coupon_used", "coupon_not_usable". They cannot happen to a sale that was
 * priced in the same command: they are the second lock on the door. give_back never refuses. */
static const struct mx_use mx_promotion_count = {"promotions.use", &mx_promotion_use_type, &mx_promotion_used_type};
static const struct mx_use mx_promotion_give_back = {"promotions.give_back", &mx_promotion_use_type, &mx_promotion_used_type};

/* Reserve (minutes > 0) or let go (0) the coupons of a held cart. Input of "promotions.reserve", INTERNAL. */
struct mx_promotion_reserve {
    struct mx_str held;      /* "crt_..." */
    struct mx_list vouchers; /* of struct mx_str: coupon ids */
    int64_t until;           /* 0: let go */
};

static const struct mx_field mx_promotion_reserve_fields[] = {
    MX_F_ID(mx_promotion_reserve, held, MX_REQUIRED, "crt", "held cart"),
    MX_F_STRS(mx_promotion_reserve, vouchers, 0, 0, MX_COUPONS_MAX, "coupons"),
    MX_F_TIME(mx_promotion_reserve, until, 0, "until when; absent: let go"),
};
MX_TYPE(mx_promotion_reserve, "promotion.reserve", "coupons of a held cart");

/* Refusals: "coupon_used", "coupon_reserved" (by another cart). */
static const struct mx_use mx_promotion_hold = {"promotions.reserve", &mx_promotion_reserve_type, &mx_promotion_used_type};

/* ---- coupons that other plugins issue. Since 0.4 ---- */

struct mx_coupon_issue {
    struct mx_str rule;
    struct mx_str member;
    int64_t until; /* usable before; 0 = no end */
};

static const struct mx_field mx_coupon_issue_fields[] = {
    MX_F_STR(mx_coupon_issue, rule, MX_REQUIRED, 1, 64, "promotion that it is for"),
    MX_F_ID(mx_coupon_issue, member, MX_REQUIRED, "mem", "whose it will be"),
    MX_F_TIME(mx_coupon_issue, until, 0, "usable before; without end when left out"),
};
MX_TYPE(mx_coupon_issue, "coupon.issue", "a coupon for a member");

struct mx_coupon_id {
    struct mx_str id;
};

static const struct mx_field mx_coupon_id_fields[] = {
    MX_F_ID(mx_coupon_id, id, MX_REQUIRED, "cpn", "coupon"),
};
MX_TYPE(mx_coupon_id, "coupon.id", "which coupon");

struct mx_coupon_issued {
    struct mx_coupon_id *coupon;
};

static const struct mx_field mx_coupon_issued_fields[] = {
    MX_F_STRUCT(mx_coupon_issued, coupon, 0, mx_coupon_id_type, "the coupon"),
};
MX_TYPE(mx_coupon_issued, "coupon.issued", "a coupon that was issued or declared void");

/* Refusals of issue: an unknown member (MX_E_NOT_FOUND), an end that is over. void is idempotent. */
static const struct mx_use mx_coupon_give = {"promotions.coupon.issue", &mx_coupon_issue_type, &mx_coupon_issued_type};
static const struct mx_use mx_coupon_void = {"promotions.coupon.void", &mx_coupon_id_type, &mx_coupon_issued_type};

#ifdef __cplusplus
}
#endif
#endif
