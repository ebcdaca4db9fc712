/* The pricing engine: a pure function from facts and offers to frozen lines.
 *
 * It knows no command, no store and no clock: the same facts and offers give the same result, for a quote, a sale and a
 * look back. Memory comes from the caller. */
#ifndef PROMOTIONS_ENGINE_H
#define PROMOTIONS_ENGINE_H

#include "merx/retail/priced.h"

/* ---- what it is asked ---- */

/* Zeroed memory, aligned for anything, never NULL, that outlives the result. */
struct price_memory {
    void *(*alloc)(void *arg, size_t bytes);
    void *arg;
};

/* Price a cart: ask->stacking must be given. 0: an amount leaves the range of +-MX_INT_MAX. */
int price_cart(const struct mx_price_ask *ask, const struct price_memory *memory, struct mx_priced *result);

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
    const struct mx_price_ask *ask;
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
void price_offer_apply(struct price_work *work, const struct mx_offer *offer, struct mx_outcome *outcome);

#endif
