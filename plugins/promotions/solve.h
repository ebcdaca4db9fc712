/* The best allotment of units to offers that compete for them: a pure search over small integers.
 *
 * The question is about *classes*: pieces that are alike in value, in room and in what they are wanted for. A piece goes to one
 * offer at most. What is promised:
 *  - Twelve offers that compete for twelve pieces are always answered exactly, whatever their forms, caps and floors.
 *  - Beyond that a search of a fixed number of steps either proves its answer (`optimal`), or says how much better any other allotment
 *    can be at most (`gap`). Of twelve offers of mixed forms on sixty pieces nine in ten are proven within these steps; for the others
 *    the gap is a small part of a percent. Many different money caps, floors below which most groups would fall, or nothing but offers
 *    by spend are harder: their gap may be some percent.
 *  - An answer is never less than what the quick one gains with any one of the offers alone.
 *  - Same question, same answer, on every machine: integers only, no time, no addresses, ties by the order of the offers and of the
 *    classes. */
#ifndef PROMOTIONS_SOLVE_H
#define PROMOTIONS_SOLVE_H

#include "engine.h"

#define SOLVE_STEPS_MAX 500000 /* work of the search before it settles for the best found; a step is about a tenth of a microsecond */

struct solve_class {
    int64_t pieces;
    int64_t value; /* what one piece still costs, minor units */
    int64_t room;  /* the most that may come off one piece: its value, or less where the shop has a floor */
};

/* How an offer's gain depends on the pieces that it gets. A share in parts per million is rounded for each piece: what the receipt
 * rounds once over all pieces may differ by half a minor unit a piece. A group never gains more than the room of its pieces. */
enum solve_form {
    SOLVE_EACH = 1, /* each[c] off every piece of class c (0: not wanted); at most `room` of it. Takes any number of pieces. */
    SOLVE_GROUPS,   /* whole groups: every group takes slots[i].pieces of each slot's classes */
    SOLVE_SET       /* one set of any size: the gain depends on what the pieces cost together, or on their number */
};

struct solve_slot {
    int64_t pieces;
    const uint8_t *wants; /* one flag for each class */
    int64_t ppm;          /* off these pieces, half up for each piece */
    int64_t price;        /* has_price: what one piece costs instead */
    uint8_t has_price;
};

struct solve_step { /* SOLVE_SET: of the steps that are reached, the best for the customer counts */
    int64_t pieces;
    int64_t spend;
    int64_t ppm;
    int64_t amount;
    int64_t price; /* of one piece, above 0; counts when there is neither ppm nor amount */
};

struct solve_offer {
    enum solve_form form;
    int32_t group;       /* offers with the same number above 0 exclude each other */
    int64_t times;       /* groups (SET that repeats: repetitions) at most; 0 = as many as fit */
    int64_t most;        /* the most that may come off by this offer (caps, budgets); negative = no bound */
    int64_t pieces_most; /* the most pieces that may get something off (quota; SET: that it takes); negative = no bound */

    const int64_t *each; /* EACH */

    const struct solve_slot *slots; /* GROUPS */
    uint32_t slot_count;
    int64_t off_pieces; /* one slot: so many of its pieces get off_ppm, the others pay in full; 0 = slots say what comes off */
    int64_t off_ppm;
    uint8_t off_dearest; /* the dearest pieces of the group, not the cheapest */
    uint8_t has_price;   /* `amount` is what the group costs together; otherwise, when above 0, what comes off it */
    int64_t amount;

    const uint8_t *wants; /* SET: one flag for each class */
    const struct solve_step *steps;
    uint32_t step_count;
    uint8_t repeats; /* one step with spend and amount: the amount for each full spend */
};

struct solve_question {
    const struct solve_class *classes;
    uint32_t class_count;
    const struct solve_offer *offers;
    uint32_t offer_count;
    int64_t steps_max; /* 0 = SOLVE_STEPS_MAX; negative: only the quick answer */
};

/* One group of a GROUPS offer, or everything that an EACH or SET offer got. */
struct solve_taken {
    uint32_t offer;
    int64_t *pieces; /* of each class */
    int64_t *off;    /* what comes off the pieces of each class together; sums to `gain` (a SET or a group price: shared by value) */
    int64_t times;   /* equal groups */
    int64_t gain;    /* of one group */
};

struct solve_answer {
    struct solve_taken *taken;
    uint32_t taken_count;
    int64_t gain; /* of all together */
    int64_t gap;  /* no allotment gains more than gain + gap; 0 when optimal */
    int optimal;
    int64_t steps;
};

/* Find the best allotment. Memory comes from the caller and outlives the answer. Never fails: without any gain the answer is
 * empty and optimal. */
void solve(const struct solve_question *question, const struct price_memory *memory, struct solve_answer *answer);

/* What one offer gains from pieces[class], of GROUPS from the pieces of one group; -1: it cannot take just these. The one valuation,
 * for the search and for its tests: an answer's gain is the sum over what was taken, each offer's sum being at most its `most`. */
int64_t solve_value(const struct solve_question *question, uint32_t offer, const int64_t *pieces);

#endif
