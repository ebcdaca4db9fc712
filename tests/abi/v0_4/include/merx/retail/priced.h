/* From facts and offers to a frozen price: what the pricing engine is asked and what it answers.
 *
 * The answer depends on the question alone: no clock, no store, no order of arrival. Quote, sale, return, look back and
 * backtest ask the same point, so they agree to the last minor unit. Since 0.3. */
#ifndef MERX_RETAIL_PRICED_H
#define MERX_RETAIL_PRICED_H

#include "merx/retail/pricing.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- how offers go together in this shop ---- */

static const char *const mx_lane_mode_words[] = {"combine", "best", "exclusive", "priority", NULL};
#define MX_LANE_COMBINE 1 /* every offer applies; bundles and buy_pay share the units between them as well for the customer as proofs say  \
                           */
#define MX_LANE_BEST      2 /* a unit takes one offer of the lane; the best allotment is searched for, and proofs say how near it is */
#define MX_LANE_EXCLUSIVE 3 /* one offer of the lane applies, the best for the customer */
#define MX_LANE_PRIORITY  4 /* a unit takes one offer of the lane: the first by priority, then by rule */

struct mx_lane {
    int32_t lane; /* MX_LANE_FLASH ... */
    int32_t mode; /* MX_LANE_COMBINE ... */
};

static const struct mx_field mx_lane_fields[] = {
    MX_F_ENUM(mx_lane, lane, MX_REQUIRED, mx_lane_words, "lane"),
    MX_F_ENUM(mx_lane, mode, MX_REQUIRED, mx_lane_mode_words, "how its offers go together"),
};
MX_TYPE(mx_lane, "pricing.lane", "how the offers of a lane go together");

struct mx_stacking {
    struct mx_list lanes;  /* of struct mx_lane, in order of application; a lane that is not named follows, combining */
    uint8_t keep_cost;     /* 1: no discount takes a unit below its cost, where that is known */
    int64_t max_share_ppm; /* all discounts of a unit together, at most; 0 = no bound */
    int64_t rev;           /* of the setting; 0 = the default */
};

static const struct mx_field mx_stacking_fields[] = {
    MX_F_LIST(mx_stacking, lanes, 0, 0, MX_LANES, mx_lane_type, "lanes in order"),
    MX_F_BOOL(mx_stacking, keep_cost, 0, "never below cost"),
    MX_F_PPM(mx_stacking, max_share_ppm, 0, 0, MX_PPM_ONE, "largest share that may come off a unit"),
    MX_F_INT(mx_stacking, rev, 0, 0, MX_INT_MAX, "revision of the setting"),
};
MX_TYPE(mx_stacking, "pricing.stacking", "how offers go together in this shop");

/* ---- the question ---- */

struct mx_price_ask {
    struct mx_cart *cart;         /* lines numbered 1, 2, 3 ... */
    struct mx_list offers;        /* of struct mx_offer, in any order (those of one rule as it made them); limits with their `used` */
    struct mx_stacking *stacking; /* NULL: the shop's own */
};

static const struct mx_field mx_price_ask_fields[] = {
    MX_F_STRUCT(mx_price_ask, cart, MX_REQUIRED, mx_cart_type, "facts"),
    MX_F_LIST(mx_price_ask, offers, 0, 0, 20000, mx_offer_type, "what rules propose"),
    MX_F_STRUCT(mx_price_ask, stacking, 0, mx_stacking_type, "how offers go together; absent: the shop's own"),
};
MX_TYPE(mx_price_ask, "price.ask", "what would this cart cost");

/* ---- the answer ---- */

struct mx_discount {
    struct mx_str rule;
    int64_t amount;
};

static const struct mx_field mx_discount_fields[] = {
    MX_F_STR(mx_discount, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_MONEY(mx_discount, amount, 0, 0, MX_INT_MAX, "what it takes off"),
};
MX_TYPE(mx_discount, "order.discount", "what a rule takes off");

/* A stretch of a line whose units were all treated alike. Positions and shares follow one cumulative rule (mx_share_range), so
 * that any sequence of partial returns sums to the whole; tax is shared by the money of the positions, so that none holds more
 * tax than money. */
struct mx_run {
    int64_t run;              /* from 1 within the line */
    int64_t from;             /* first position, thousandths */
    int64_t to;               /* behind the last position */
    int64_t amount;           /* before discounts */
    struct mx_list discounts; /* of struct mx_discount */
    int64_t tax;
    int64_t total;     /* what the customer pays for it */
    int64_t points;    /* filled by the seller, who knows what the sale earns */
    int64_t times_ppm; /* what its points are multiplied by; 0 = once */
    int64_t bonus;     /* points on top */
};

static const struct mx_field mx_run_fields[] = {
    MX_F_INT(mx_run, run, MX_REQUIRED, 1, MX_INT_MAX, "run, from 1"),
    MX_F_QTY(mx_run, from, 0, 0, MX_INT_MAX, "first position"),
    MX_F_QTY(mx_run, to, 0, 0, MX_INT_MAX, "behind the last position"),
    MX_F_MONEY(mx_run, amount, 0, 0, MX_INT_MAX, "before discounts"),
    MX_F_LIST(mx_run, discounts, 0, 0, MX_INT_MAX, mx_discount_type, "discounts by rule"),
    MX_F_MONEY(mx_run, tax, 0, 0, MX_INT_MAX, "tax in the total"),
    MX_F_MONEY(mx_run, total, 0, 0, MX_INT_MAX, "what the customer paid"),
    MX_F_INT(mx_run, points, 0, 0, MX_INT_MAX, "points that it earned"),
    MX_F_PPM(mx_run, times_ppm, 0, 0, 100 * MX_PPM_ONE, "what its points were multiplied by"),
    MX_F_INT(mx_run, bonus, 0, 0, MX_INT_MAX, "points on top"),
};
MX_TYPE(mx_run, "order.run", "units of a line that were treated alike");

/* What some units of a run carry. */
struct mx_run_part {
    int64_t amount;
    int64_t discount;
    int64_t tax;
    int64_t total;
    int64_t points;
};

/* What the units [from, to) of a run carry; positions outside it do not count. The parts of any division of a run sum to it.
 * Any thread; needs no command. */
static inline void mx_run_part_of(const struct mx_run *run, int64_t from, int64_t to, struct mx_run_part *part) {
    int64_t whole = run->to - run->from, share = 0, before = 0;
    uint32_t i;

    memset(part, 0, sizeof(*part));
    if (from < run->from) from = run->from;
    if (to > run->to) to = run->to;
    if (from >= to) return;
    from -= run->from;
    to -= run->from;
    (void)mx_share_range(run->amount, from, to, whole, &part->amount);
    (void)mx_share_range(run->total, 0, from, whole, &before);
    (void)mx_share_range(run->total, from, to, whole, &part->total);
    /* Tax follows the money, not the units: a unit that cost nothing holds none. With no money there is no tax. */
    (void)mx_share_range(run->tax, before, before + part->total, run->total, &part->tax);
    (void)mx_share_range(run->points, from, to, whole, &part->points);
    for (i = 0; i < run->discounts.count; i++) {
        const struct mx_discount *discount = (const struct mx_discount *)mx_list_at(&run->discounts, i);
        (void)mx_share_range(discount->amount, from, to, whole, &share);
        part->discount += share;
    }
}

struct mx_priced_line {
    struct mx_list runs;      /* of struct mx_run */
    struct mx_list discounts; /* of struct mx_discount, summed by rule */
    int64_t discount;
    int64_t tax;
    int64_t total;
    int64_t points; /* filled by the seller */
};

static const struct mx_field mx_priced_line_fields[] = {
    MX_F_LIST(mx_priced_line, runs, 0, 0, MX_INT_MAX, mx_run_type, "runs"),
    MX_F_LIST(mx_priced_line, discounts, 0, 0, MX_INT_MAX, mx_discount_type, "discounts by rule"),
    MX_F_MONEY(mx_priced_line, discount, 0, 0, MX_INT_MAX, "all discounts"),
    MX_F_MONEY(mx_priced_line, tax, 0, 0, MX_INT_MAX, "tax in the total"),
    MX_F_MONEY(mx_priced_line, total, 0, 0, MX_INT_MAX, "what the customer pays"),
    MX_F_INT(mx_priced_line, points, 0, 0, MX_INT_MAX, "points"),
};
MX_TYPE(mx_priced_line, "priced.line", "a line with its price");

/* What became of an offer, and what would have made it win. */
static const char *const mx_outcome_words[] = {"applied",     "below_min_total", "no_units",    "too_few_units",
                                               "nothing_off", "not_valid",       "below_spend", "lost",
                                               "lost_group",  "limit",           "floor",       NULL};
#define MX_OUTCOME_APPLIED         1
#define MX_OUTCOME_BELOW_MIN_TOTAL 2  /* `missing`: money up to min_total */
#define MX_OUTCOME_NO_UNITS        3  /* none of the units it names is (still) free for it */
#define MX_OUTCOME_TOO_FEW_UNITS   4  /* `missing`: pieces up to one group, or thousandths up to the first step */
#define MX_OUTCOME_NOTHING_OFF     5  /* the units cost nothing any more, or the share rounds to nothing */
#define MX_OUTCOME_NOT_VALID       6  /* the offer contradicts itself */
#define MX_OUTCOME_BELOW_SPEND     7  /* `missing`: money up to the first step or spend */
#define MX_OUTCOME_LOST            8  /* other offers use its units better: `missing`: about how much better, `to`: one that won */
#define MX_OUTCOME_LOST_GROUP      9  /* another one of its group is better: `missing`, `to` */
#define MX_OUTCOME_LIMIT           10 /* used up: `limit` says which limit, e.g. "member uses" */
#define MX_OUTCOME_FLOOR           11 /* the shop's floor (cost, largest share) leaves nothing to take off */

struct mx_outcome {
    struct mx_str rule;
    int32_t lane;
    int32_t state;  /* MX_OUTCOME_* */
    int64_t amount; /* what it took off; in lane earn: the points it gave, when it gives a number */
    int64_t missing;
    int64_t uses;        /* times that it applied */
    int64_t units;       /* thousandths that got something off */
    struct mx_str to;    /* rule that won instead */
    struct mx_str limit; /* that holds it back, also when it applied in part */
    int64_t offer;       /* place of the offer in the question, from 1: a rule may make several */
};

static const struct mx_field mx_outcome_fields[] = {
    MX_F_STR(mx_outcome, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_ENUM(mx_outcome, lane, 0, mx_lane_words, "lane"),
    MX_F_ENUM(mx_outcome, state, 0, mx_outcome_words, "what became of it"),
    MX_F_MONEY(mx_outcome, amount, 0, 0, MX_INT_MAX, "what it took off"),
    MX_F_INT(mx_outcome, missing, 0, 0, MX_INT_MAX, "what was missing: money, pieces or thousandths, as the state says"),
    MX_F_INT(mx_outcome, uses, 0, 0, MX_INT_MAX, "times that it applied"),
    MX_F_QTY(mx_outcome, units, 0, 0, MX_INT_MAX, "units that got something off"),
    MX_F_STR(mx_outcome, to, 0, 0, 64, "rule that won instead"),
    MX_F_STR(mx_outcome, limit, 0, 0, 64, "limit that holds it back"),
    MX_F_INT(mx_outcome, offer, 0, 0, MX_INT_MAX, "place of the offer, from 1"),
};
MX_TYPE(mx_outcome, "order.outcome", "what became of an offer");

/* A rule's discount over the whole cart, with its name for the receipt. */
struct mx_rule_sum {
    struct mx_str rule;
    struct mx_list name;
    int64_t amount;
};

static const struct mx_field mx_rule_sum_fields[] = {
    MX_F_STR(mx_rule_sum, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_MAP(mx_rule_sum, name, 0, 0, 32, "name on the receipt"),
    MX_F_MONEY(mx_rule_sum, amount, 0, 0, MX_INT_MAX, "what it takes off the order"),
};
MX_TYPE(mx_rule_sum, "order.rule", "what a rule takes off the order");

/* Where offers of a lane competed for units: was the best allotment found? */
struct mx_proof {
    int32_t lane;
    uint8_t optimal; /* 1: no other allotment takes more off */
    int64_t gap;     /* otherwise: none takes more than so much more off */
    int64_t offers;  /* that competed */
    int64_t tried;   /* steps of the search */
};

static const struct mx_field mx_proof_fields[] = {
    MX_F_ENUM(mx_proof, lane, MX_REQUIRED, mx_lane_words, "lane"),
    MX_F_BOOL(mx_proof, optimal, MX_REQUIRED, "the best allotment"),
    MX_F_MONEY(mx_proof, gap, 0, 0, MX_INT_MAX, "otherwise: the best is at most so much better"),
    MX_F_INT(mx_proof, offers, 0, 0, MX_INT_MAX, "offers that competed"),
    MX_F_INT(mx_proof, tried, 0, 0, MX_INT_MAX, "steps of the search"),
};
MX_TYPE(mx_proof, "order.proof", "how good the allotment of units to offers is");

struct mx_priced {
    struct mx_list lines;         /* of struct mx_priced_line, as many as the cart has */
    struct mx_list rules;         /* of struct mx_rule_sum, in order of application */
    struct mx_list outcomes;      /* of struct mx_outcome, in the order in which offers were tried */
    struct mx_list proofs;        /* of struct mx_proof, for lanes where offers competed */
    struct mx_stacking *stacking; /* that was applied */
    int64_t total;
    int64_t tax;
    int64_t discount;
};

static const struct mx_field mx_priced_fields[] = {
    MX_F_LIST(mx_priced, lines, 0, 0, MX_INT_MAX, mx_priced_line_type, "lines"),
    MX_F_LIST(mx_priced, rules, 0, 0, MX_INT_MAX, mx_rule_sum_type, "discounts by rule"),
    MX_F_LIST(mx_priced, outcomes, 0, 0, MX_INT_MAX, mx_outcome_type, "what became of each offer"),
    MX_F_LIST(mx_priced, proofs, 0, 0, MX_LANES, mx_proof_type, "where offers competed"),
    MX_F_STRUCT(mx_priced, stacking, 0, mx_stacking_type, "how offers went together"),
    MX_F_MONEY(mx_priced, total, 0, 0, MX_INT_MAX, "what the customer pays"),
    MX_F_MONEY(mx_priced, tax, 0, 0, MX_INT_MAX, "tax in it"),
    MX_F_MONEY(mx_priced, discount, 0, 0, MX_INT_MAX, "all discounts"),
};
MX_TYPE(mx_priced, "priced", "a cart with its price");

/* How many runs all lines have together. */
static inline uint32_t mx_priced_runs(const struct mx_priced *priced) {
    uint32_t runs = 0, i;
    for (i = 0; i < priced->lines.count; i++) runs += ((const struct mx_priced_line *)mx_list_at(&priced->lines, i))->runs.count;
    return runs;
}

/* Share the points of a sale over its runs by largest remainder on what each costs, then multiply and add what offers of the
 * lane earn gave. scratch: 2 x mx_priced_runs() numbers. Returns all points, at most MX_INT_MAX. */
static inline int64_t mx_priced_points(struct mx_priced *priced, int64_t points, int64_t *scratch) {
    uint32_t runs = mx_priced_runs(priced), at = 0, i, j;
    int64_t *shares = scratch + runs, all = 0;

    for (i = 0; i < priced->lines.count; i++) {
        const struct mx_list *list = &((struct mx_priced_line *)mx_list_at(&priced->lines, i))->runs;
        for (j = 0; j < list->count; j++) scratch[at++] = ((struct mx_run *)mx_list_at(list, j))->total;
    }
    (void)mx_share(points > 0 ? points : 0, scratch, runs, shares);
    for (i = 0, at = 0; i < priced->lines.count; i++) {
        struct mx_priced_line *line = (struct mx_priced_line *)mx_list_at(&priced->lines, i);
        line->points = 0;
        for (j = 0; j < line->runs.count; j++, at++) {
            struct mx_run *run = (struct mx_run *)mx_list_at(&line->runs, j);
            run->points = shares[at];
            if (run->times_ppm && !mx_muldiv_floor(shares[at], run->times_ppm, MX_PPM_ONE, &run->points)) run->points = shares[at];
            if (!mx_add(run->points, run->bonus, &run->points)) run->points = MX_INT_MAX;
            if (!mx_add(line->points, run->points, &line->points)) line->points = MX_INT_MAX;
        }
        if (!mx_add(all, line->points, &all)) all = MX_INT_MAX;
    }
    return all;
}

/* FIRST: price a cart. MX_E_OUT_OF_RANGE: an amount leaves the range of +-MX_INT_MAX. */
#define MX_POINT_PRICE "pricing.price"
static const struct mx_point mx_point_price = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_FIRST, MX_POINT_PRICE, "what a cart costs", &mx_price_ask_type, &mx_priced_type};

#ifdef __cplusplus
}
#endif
#endif
