/* The exact search: pieces one after the other, dearest first; each goes to one of the units that want it, or to none.
 *
 * A *unit* is an offer as the search sees it; an offer whose groups may be held back by the room of their pieces is several
 * units of one group each. A *part* is one way in which a unit takes pieces: a slot, a step, or all of it. Every class has a
 * *price* (a Lagrange multiplier): a piece that is taken pays it. For given prices the best that a part can still gain from the
 * pieces behind a position is in its table; the sum over all units plus the prices of the pieces behind that position bounds
 * every way to go on. Amounts in tables are in `scale`-ths of a minor unit. */
#ifndef PROMOTIONS_SOLVE_SEARCH_H
#define PROMOTIONS_SOLVE_SEARCH_H

#include "solve_work.h"

#define SOLVE_NEVER         (-(INT64_C(1) << 60))
#define SOLVE_PIECES_MAX    600     /* pieces of a component that are searched; above: the quick answer */
#define SOLVE_TABLE_MAX     1500000 /* entries of all tables */
#define SOLVE_UNITS_MAX     96
#define SOLVE_REPEATS_EXACT 12 /* repetitions with a step of their own in the bound */

enum solve_part_kind {
    SOLVE_PART_OPEN = 1, /* a state is what is still needed; more may follow */
    SOLVE_PART_CAPPED,   /* a state is what may still be taken */
    SOLVE_PART_FILL,     /* a state is what must still be taken */
    SOLVE_PART_CHUNK     /* a state is what was taken of the group, or (`counted`) of all groups */
};

struct solve_part {
    enum solve_part_kind kind;
    int64_t *off;    /* off one piece of each class; -1: not wanted */
    uint32_t *row;   /* of each position: wanted pieces before it */
    uint32_t wanted; /* pieces */
    uint32_t states;
    int64_t *table;  /* [row][state] */
    int64_t need;    /* pieces for one group, or for the step */
    int64_t spend;   /* for the step */
    int64_t amount;  /* of the step */
    uint32_t *cover; /* of each class: how much of `covers` one piece brings towards `spend`, rounded up */
    uint32_t covers;
    uint8_t guess; /* only bounds; never the gain itself */
};

struct solve_unit {
    uint32_t offer; /* of the question */
    uint32_t block;
    enum solve_form form;
    struct solve_part *parts;
    uint32_t part_count;
    int64_t size;    /* GROUPS: pieces of a group */
    int64_t paid;    /* chunks: how many come before the free ones */
    int64_t fixed;   /* GROUPS: for each group */
    int64_t times;   /* GROUPS: at most */
    int64_t quota;   /* EACH, SET: pieces at most */
    uint32_t copies; /* units of one group each that the offer became */
    uint8_t counted;
    uint8_t single;  /* one group, held by the room of its pieces */
    uint8_t follows; /* opens only behind the unit before it */
    int64_t rate;    /* what a minor unit of gain counts, at most `scale`; below it where the offer's cap presses */
    /* what it has */
    int64_t *has;  /* pieces of each part; SET: of the first */
    int64_t *lin;  /* SET: off by each step */
    int64_t *full; /* scratch: pieces of each part in full groups */
    int64_t count, gain, spend, room;
};

/* Offers that exclude each other, or one offer by itself. */
struct solve_block {
    uint32_t *units; /* by offer */
    uint32_t unit_count;
    uint32_t offers;
    uint32_t active; /* offer that took something, when the block has several; else UINT32_MAX */
};

struct solve_choice {
    uint32_t unit;
    uint32_t part;
};

struct solve_key {
    uint64_t high, low;
};

struct solve_search {
    const struct solve_question *question;
    const struct price_memory *memory;
    /* classes of the component, dearest first */
    uint32_t *classes;
    uint32_t class_count;
    uint32_t *piece_class; /* of each position, index in classes */
    uint32_t piece_count;
    struct solve_unit *units;
    uint32_t unit_count;
    struct solve_block *blocks;
    uint32_t block_count;
    struct solve_choice **choices; /* of each class */
    uint32_t *choice_counts;
    int64_t scale;
    int64_t total;              /* what all pieces cost; no gain is larger */
    int64_t *prices;            /* of each class */
    int64_t *behind;            /* of each position: prices of the pieces from it on */
    int64_t *used;              /* scratch of the price search: by class */
    int64_t *left;              /* the same: pieces of each class behind the position */
    int64_t *kept;              /* the same: the best prices */
    int64_t *gains;             /* the same: by offer */
    struct solve_queue *queues; /* scratch of building */
    int64_t *group;             /* the same: pieces of a group */
    int64_t **saved;            /* prices of the nodes above, by position; made when needed */
    int64_t entries;            /* of all tables */
    int64_t top;                /* proven: no allotment gains more, minor units */
    /* the walk */
    int64_t *rest;   /* of each position and unit */
    int64_t *bounds; /* of each position and child */
    uint32_t *order;
    uint32_t child_room;
    uint32_t *chosen; /* of each position: choice, or choice count for none */
    uint32_t *best_chosen;
    uint32_t *spare; /* scratch: a choice for each position */
    int dead_end;    /* of the last node: a child could not fill a group */
    int64_t best;    /* gain of best_chosen; what must be beaten */
    int found;       /* best_chosen is set */
    int is_loose;    /* the room of its pieces may hold back a group that is not a unit of its own */
    int64_t claimed; /* then: the most that a leaf seemed to gain */
    int64_t open;    /* best bound of what was not looked at, scaled */
    int64_t steps, steps_max, steps_all;
    int64_t node_steps; /* what a node counts: its work grows with the units */
    int64_t salvage_at; /* step from which a dead end is looked at again */
    struct solve_memo *memo;
    uint32_t memo_room;
};

static inline const struct solve_class *solve_class_at(const struct solve_search *search, uint32_t c) {
    return &search->question->classes[search->classes[c]];
}

static inline int64_t solve_in_total(const struct solve_search *search, int64_t amount) {
    return amount < search->total ? amount : search->total;
}

/* ---- solve_units.c, solve_groups.c ---- */

/* Make units, parts and tables for these offers; 0: too large to search. */
int solve_units(struct solve_search *search, const uint32_t *offers, uint32_t count);
void solve_unit_groups(struct solve_search *search, struct solve_unit *unit, const struct solve_offer *offer);
void solve_unit_set(struct solve_search *search, struct solve_unit *unit, const struct solve_offer *offer);
void solve_part_ready(struct solve_search *search, struct solve_part *part, enum solve_part_kind kind, uint32_t states);
struct solve_part *solve_parts_new(struct solve_search *search, struct solve_unit *unit, uint32_t count);

/* ---- solve_tables.c ---- */

/* Of what is behind `pos`. */
void solve_tables(struct solve_search *search, uint32_t pos);

/* Of one part: the best from `pos` on in this state; the state when so much is still needed; how many groups were begun. */
int64_t solve_part_at(const struct solve_part *part, uint32_t pos, int64_t state);
int64_t solve_part_needed(const struct solve_unit *unit, const struct solve_part *part);
int64_t solve_groups_begun(const struct solve_unit *unit);

/* Bound of what the unit gains in the end, less the prices of the pieces that it takes from `pos` on; scaled. */
int64_t solve_unit_rest(const struct solve_search *search, const struct solve_unit *unit, uint32_t pos);

/* The same over the block, from what its units say. */
int64_t solve_block_rest(const struct solve_search *search, const struct solve_block *block, const int64_t *rest);

/* Gain of the unit with what it has; SOLVE_NEVER: a group is not full. */
int64_t solve_unit_gain(const struct solve_search *search, const struct solve_unit *unit);

/* ---- solve_prices.c ---- */

/* Look for prices with a low bound for what is behind `pos`, so many rounds. -> the bound, scaled. */
int64_t solve_prices(struct solve_search *search, uint32_t pos, uint32_t rounds);

/* Numbers that solve_prices changes: keep them, or take them back. */
uint32_t solve_prices_count(const struct solve_search *search);
void solve_prices_keep(struct solve_search *search, int64_t *kept, int back);

/* ---- solve_walk.c, solve_memo.c ---- */

/* Walk the tree for so many steps; 1: it was walked to the end. Lowers search->top. */
int solve_walk(struct solve_search *search, int64_t steps, int deep);
void solve_take(struct solve_search *search, const struct solve_choice *choice, uint32_t class, int sign);

/* 1: this state was followed to the end, from at least as much. 0: it is noted, to be forgotten when it is not followed to the end. */
int solve_memo_seen(struct solve_search *search, uint32_t pos, uint32_t from, struct solve_key *key);
void solve_memo_forget(struct solve_search *search, struct solve_key key);

/* ---- solve_small.c ---- */

/* Take the best there is, every choice of pieces looked at. 0: they are too many for so many steps. */
int solve_small(struct solve_search *search, int64_t steps, struct solve_state *state);

/* ---- solve_build.c ---- */

void solve_build_ready(struct solve_search *search);

/* Write what the walk found into the answer, group by group. */
void solve_build(struct solve_search *search, struct solve_state *state);

/* What it gains when these choices are built. */
int64_t solve_worth(struct solve_search *search, const uint32_t *chosen);
#endif
