/* The pricing engine: a pure function from facts and offers to frozen lines.
 *
 * It knows no command, no store and no clock: the same facts and offers give the same result, for a quote, a sale and a
 * look back. Memory comes from the caller. */
#ifndef ORDERS_PRICE_H
#define ORDERS_PRICE_H

#include "merx/retail/pricing.h"

/* ---- what it is asked ---- */

/* Zeroed memory, aligned for anything, never NULL, that outlives the result. */
struct price_memory {
    void *(*alloc)(void *arg, size_t bytes);
    void *arg;
};

struct price_facts {
    const struct mx_cart *cart; /* its lines are numbered 1, 2, 3 ... */
    const int64_t *tax_ppm;     /* one for each line */
    int prices_include_tax;
    struct mx_list offers; /* of struct mx_offer, in any order */
};

/* ---- what it answers ---- */

struct order_discount {
    struct mx_str rule;
    int64_t amount;
};

/* A stretch of a line whose units were all treated alike. Positions and shares follow one cumulative rule
 * (mx_share_range), so that any sequence of partial returns sums to the whole; tax is shared by the money of the
 * positions, so that none holds more tax than money. */
struct order_run {
    int64_t run;              /* from 1 within the line */
    int64_t from;             /* first position, thousandths */
    int64_t to;               /* behind the last position */
    int64_t amount;           /* before discounts */
    struct mx_list discounts; /* of struct order_discount */
    int64_t tax;
    int64_t total; /* what the customer pays for it */
    int64_t points;
};

struct price_line {
    struct mx_list runs;      /* of struct order_run */
    struct mx_list discounts; /* of struct order_discount, summed by rule */
    int64_t discount;
    int64_t tax;
    int64_t total;
    int64_t points;
};

/* What became of an offer, and what would have made it win. */
static const char *const price_state_words[] = {"applied",     "below_min_total", "no_units", "too_few_units",
                                                "nothing_off", "not_valid",       NULL};
#define PRICE_APPLIED         1
#define PRICE_BELOW_MIN_TOTAL 2 /* `missing`: money up to min_total */
#define PRICE_NO_UNITS        3 /* none of the units it names is (still) free for it */
#define PRICE_TOO_FEW_UNITS   4 /* `missing`: pieces up to one group */
#define PRICE_NOTHING_OFF     5 /* the units cost nothing any more, or the share rounds to nothing */
#define PRICE_NOT_VALID       6 /* the offer contradicts itself */

struct price_outcome {
    struct mx_str rule;
    int32_t lane;
    int32_t state; /* PRICE_* */
    int64_t amount;
    int64_t missing;
};

/* A rule's discount over the whole cart, with its name for the receipt. */
struct price_rule {
    struct mx_str rule;
    struct mx_list name;
    int64_t amount;
};

struct price_result {
    struct price_line *lines; /* as many as the cart has */
    struct mx_list rules;     /* of struct price_rule, in order of application */
    struct mx_list outcomes;  /* of struct price_outcome, in the order in which offers were tried */
    int64_t total;
    int64_t tax;
    int64_t discount;
};

/* Price a cart. 0: an amount leaves the range of +-MX_INT_MAX. */
int price_cart(const struct price_facts *facts, const struct price_memory *memory, struct price_result *result);

/* Share the points of the order over its runs by largest remainder on what each costs. */
void price_points(const struct price_memory *memory, struct price_result *result, uint32_t line_count, int64_t points);

/* What the units [from, to) of a frozen line carry; positions outside the line do not count. */
struct price_part {
    int64_t amount;
    int64_t discount;
    int64_t tax;
    int64_t total;
    int64_t points;
};
void price_part_of(const struct order_run *run, int64_t from, int64_t to, struct price_part *part);

/* ---- between the engine's own files ---- */

/* A discount on a run while the price is being worked out. */
struct price_cut {
    struct price_cut *next;
    struct mx_str rule;
    int64_t amount;
};

struct price_run {
    struct price_run *next;
    struct price_cut *cuts;
    uint32_t cut_count;
    int32_t used_lane; /* lane whose buy_pay took these units; 0 = none */
    int64_t from;
    int64_t to;
    int64_t amount;
    int64_t left; /* amount less cuts */
};

/* The first `qty` of a run, as an offer would take them. */
struct price_units {
    struct price_run *run;
    int64_t line;
    int64_t qty;
    int64_t left; /* what they still cost */
};

struct price_work {
    const struct price_facts *facts;
    const struct price_memory *memory;
    struct price_run **runs; /* of each line, by position */
    uint32_t line_count;
    uint32_t run_count; /* of all lines */
    int64_t left;       /* of the whole cart */
    /* scratch of one offer */
    int64_t *wanted; /* thousandths of each line */
    struct price_units *units;
    int64_t *weights;
    int64_t *shares;
    uint32_t unit_count;
    uint32_t unit_room;
};

const struct mx_cart_line *price_cart_line(const struct price_work *work, uint32_t i);
struct price_run *price_run_new(struct price_work *work, int64_t qty, int64_t amount);
void price_run_split(struct price_work *work, struct price_run *run, int64_t at);
void price_run_cut(struct price_work *work, struct price_run *run, struct mx_str rule, int64_t amount);
void price_offer_apply(struct price_work *work, const struct mx_offer *offer, struct price_outcome *outcome);

#endif
