/* The pricing engine: a pure function from facts and offers to frozen lines.
 *
 * It knows no command, no store and no clock: the same facts and offers give
 * the same result, for a quote, a sale and a look back. Memory comes from the
 * caller. */
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

/* How the lane that touched units last holds them. An offer asks for units of a lane with the hold that it will put on them: to touch
 * them they must not be sealed, to close them not closed, to seal them not even touched. */
enum price_hold {
    PRICE_TOUCHED = 1, /* by an offer that shares */
    PRICE_CLOSED,      /* part of a group of pieces: no other group of the lane may have them */
    PRICE_SEALED       /* no other offer of the lane may have them */
};

struct price_run {
    struct price_run *next;
    struct price_cut *cuts;
    uint32_t cut_count;
    int32_t lane; /* that touched it last; 0 = none */
    int32_t hold; /* of that lane: enum price_hold */
    int64_t from;
    int64_t to;
    int64_t amount;
    int64_t left;      /* amount less cuts */
    int64_t extra_ppm; /* times its points, beyond once */
    int64_t bonus;     /* points on top */
};

/* Some units of a run, as an offer would take them. */
struct price_units {
    struct price_run *run; /* in which they begin */
    uint32_t line;         /* from 0 */
    uint32_t slot;
    int64_t from;
    int64_t qty;
    int64_t left;  /* what they still cost */
    int64_t room;  /* the most that this offer may take off them */
    int64_t off;   /* what it takes off them */
    int64_t price; /* MX_OFFER_PRICE: of one unit */
};

/* A growing list of units. */
struct price_list {
    struct price_units *items;
    uint32_t count;
    uint32_t room;
};

/* How much of a line an offer names. */
struct price_named {
    uint32_t line;  /* from 0 */
    uint32_t place; /* in the offer's list */
    int64_t qty;
    int64_t price;
};

/* What the offers of one rule took of its limits. */
struct price_spent {
    struct mx_str rule;
    int64_t uses;
    int64_t units;
    int64_t money;
};

struct price_work {
    const struct mx_price_ask *ask;
    const struct price_memory *memory;
    struct mx_priced *result;
    struct price_run **runs; /* of each line, by position */
    uint32_t line_count;
    int64_t left;    /* of the whole cart without shipping */
    int64_t *floors; /* of each line: what a piece (of goods by weight: the line) must cost at least; NULL: no floor in this shop */
    /* scratch of one offer */
    struct price_named *named;
    uint32_t named_count;
    uint32_t named_room;
    struct price_list units;   /* that it may have; for what is not a group: with what comes off */
    struct price_list taken;   /* groups of pieces: with what comes off */
    struct price_spent *spent; /* what offers with limits took of them in this cart, by rule */
    uint32_t spent_count;
    int64_t *numbers; /* for sharing */
    uint32_t number_room;
    int64_t searched; /* steps, for all questions of this cart together: the solver's, and what asking costs */
    int64_t splits;   /* of runs */
};

/* What is left of an offer's limits, with their names for the outcome; negative = no limit. */
struct price_rest {
    int64_t uses;
    int64_t units;
    int64_t money;
    const struct mx_offer_limit *of_uses;
    const struct mx_offer_limit *of_units;
    const struct mx_offer_limit *of_money;
};

/* One offer while it is worked out. Planning changes no run: an offer may be tried and dropped. */
struct price_try {
    const struct mx_offer *offer;
    struct mx_outcome *outcome;
    enum price_hold hold;
    struct price_rest rest;
    uint8_t by_floor;      /* a floor took from it */
    uint8_t done;          /* nothing more will come of it */
    uint8_t chosen;        /* its group was looked at */
    int64_t alone;         /* what it would gain alone */
    struct mx_proof proof; /* when even alone it asked for an allotment; else 0 offers */
};

static inline void *price_new(const struct price_work *work, uint32_t count, size_t size) {
    return work->memory->alloc(work->memory->arg, (count ? count : 1) * size);
}

static inline const struct mx_cart_line *price_cart_line(const struct price_work *work, uint32_t i) {
    return (const struct mx_cart_line *)mx_list_at(&work->ask->cart->lines, i);
}

/* Sold by the piece, and whole pieces of it. */
static inline int price_in_pieces(const struct mx_cart_line *line) { return line->unit == MX_UNIT_PIECE && line->qty % MX_QTY_ONE == 0; }

/* Units of goods: pieces, or one for all that is there of goods by weight. */
static inline int64_t price_pieces(const struct mx_cart_line *line, int64_t qty) { return price_in_pieces(line) ? qty / MX_QTY_ONE : 1; }

/* runs */
struct price_run *price_run_new(struct price_work *work, int64_t qty, int64_t amount);
int64_t price_run_left(const struct price_work *work, uint32_t line, const struct price_run *run, int64_t at);
struct price_run *price_run_of(struct price_work *work, const struct price_units *units);
void price_run_cut(struct price_work *work, struct price_run *run, struct mx_str rule, int64_t amount);
void price_run_hold(struct price_run *run, int32_t lane, enum price_hold hold);

/* units */
void price_floors(struct price_work *work);
int64_t price_floor_of(const struct price_work *work, uint32_t line, int64_t from, int64_t qty);
void price_name(struct price_work *work, const struct mx_offer *offer, const struct mx_list *lines);
int price_free(const struct price_run *run, int32_t lane, enum price_hold hold);
int64_t price_room(const struct price_work *work, const struct mx_offer *offer, const struct price_units *units);
struct price_units *price_list_add(struct price_work *work, struct price_list *list);
void price_collect(struct price_work *work, const struct price_try *try, uint32_t slot);
void price_collect_pieces(struct price_work *work, const struct price_try *try, uint32_t slot);
int price_units_order(const void *a, const void *b);

/* shares */
void price_share(struct price_work *work, int64_t amount, struct price_units *units, uint32_t count);
void price_share_in_room(struct price_work *work, int64_t amount, struct price_units *units, uint32_t count);
void price_share_down(struct price_work *work, int64_t amount, struct price_units *units, uint32_t count);

/* validity, limits, caps */
int price_valid(const struct mx_offer *offer);
int price_rest_of(const struct mx_offer *offer, struct price_rest *rest, struct mx_outcome *outcome, const struct price_work *work);
/* An offer landed: offers of its rule share its limits. */
void price_spend(struct price_work *work, const struct price_try *try);
void price_limited(const struct price_work *work, const struct mx_offer_limit *limit, struct mx_outcome *outcome);
void price_cap(struct price_work *work, struct price_try *try, struct price_list *list);
int64_t price_off(const struct price_list *list);

/* one offer */
int price_ready(struct price_work *work, struct price_try *try);
int price_plan(struct price_work *work, struct price_try *try);
int price_plan_units(struct price_work *work, struct price_try *try);
void price_trim(struct price_work *work, struct price_try *try);
int price_plan_groups(struct price_work *work, struct price_try *try);
int price_plan_overlap(struct price_work *work, struct price_try *try);
int price_plan_better(struct price_work *work, struct price_try *try, int applied);
int price_plan_points(struct price_work *work, struct price_try *try);
int price_settle(struct price_work *work, struct price_try *try, struct price_list *list);
void price_land(struct price_work *work, struct price_try *try);
void price_land_list(struct price_work *work, struct price_try *try, struct price_list *list);
void price_land_points(struct price_work *work, struct price_try *try);
int64_t price_gain(const struct price_work *work, const struct price_try *try);

/* lanes */
void price_lanes(struct price_work *work);
void price_applied(struct price_work *work, const struct price_try *try);
void price_lost(struct price_try *try, const struct price_try *to, int64_t by);
void price_again(struct price_try *try);
void price_prove(struct price_work *work, const struct mx_proof *proof);
void price_compete(struct price_work *work, struct price_try **tries, uint32_t count);

/* Takes groups of pieces. */
static inline int price_is_group(const struct mx_offer *offer) { return offer->kind == MX_OFFER_BUY_PAY || offer->kind == MX_OFFER_BUNDLE; }

#endif
