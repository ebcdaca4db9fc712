/* Questions for the solver, drawn at random, and the plain truth about small ones: every allotment is looked at. */
#ifndef TESTS_UNIT_PROMOTIONS_BRUTE_H
#define TESTS_UNIT_PROMOTIONS_BRUTE_H

#include "promotions/solve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BRUTE_ROUNDS(full, sanitized) (getenv("MERX_LONG") ? (full) : (sanitized))
#else
#define BRUTE_ROUNDS(full, sanitized) (full)
#endif

#define BRUTE_CLASSES 320
#define BRUTE_OFFERS  48
#define BRUTE_SLOTS   4
#define BRUTE_VECTORS 1024

/* A question with room for everything that it points to. */
struct brute_question {
    struct solve_question q;
    struct solve_class classes[BRUTE_CLASSES];
    struct solve_offer offers[BRUTE_OFFERS];
    struct solve_slot slots[BRUTE_OFFERS][BRUTE_SLOTS];
    struct solve_step steps[BRUTE_OFFERS][BRUTE_SLOTS];
    uint8_t wants[BRUTE_OFFERS][BRUTE_SLOTS][BRUTE_CLASSES];
    int64_t each[BRUTE_OFFERS][BRUTE_CLASSES];
};

/* ---- memory that is given back at once ---- */

struct brute_block {
    struct brute_block *next;
};

static struct brute_block *brute_blocks;

static void *brute_alloc(void *arg, size_t bytes) {
    struct brute_block *block = calloc(1, sizeof(*block) + bytes + 16);
    (void)arg;
    if (!block) abort();
    block->next = brute_blocks;
    brute_blocks = block;
    return (char *)block + 16;
}

static const struct price_memory brute_memory = {brute_alloc, NULL};

static inline void brute_free(void) {
    while (brute_blocks) {
        struct brute_block *next = brute_blocks->next;
        free(brute_blocks);
        brute_blocks = next;
    }
}

/* ---- random questions ---- */

static inline uint64_t brute_next(uint64_t *seed) {
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline int64_t brute_pick(uint64_t *seed, int64_t low, int64_t high) {
    return low + (int64_t)(brute_next(seed) % (uint64_t)(high - low + 1));
}

/* How the question is drawn. */
struct brute_shape {
    int64_t classes, pieces; /* at most; a class of several pieces is drawn when pieces > classes */
    int64_t offers;
    int64_t density; /* of 100 classes, how many an offer wants */
    int64_t value;   /* of the dearest piece */
    int64_t floors;  /* of 100 classes, how many have less room than value */
    int64_t forms;   /* bits: 1 each, 2 cheapest off, 4 dearest off, 8 slots, 16 price or amount, 32 set */
    int64_t caps;    /* of 100 offers, how many have each cap */
    int64_t groups;  /* of 100 offers, how many exclude others */
    int64_t wild;    /* an amount may be more than what its pieces cost */
    int64_t shop;    /* prices as on shelves, and offers want whole categories: ten pieces each */
};

static inline void brute_wants(struct brute_question *b, uint32_t o, uint32_t slot, const struct brute_shape *shape, uint64_t *seed) {
    uint32_t c;
    int64_t wanted = 0;
    for (c = 0; c < b->q.class_count; c++) {
        if (!shape->shop || c % 10 == 0) wanted = brute_pick(seed, 1, 100) <= shape->density;
        b->wants[o][slot][c] = (uint8_t)wanted;
    }
    b->wants[o][slot][brute_pick(seed, 0, b->q.class_count - 1)] = 1;
}

static inline int64_t brute_ppm(uint64_t *seed) {
    static const int64_t shares[] = {50000, 100000, 150000, 200000, 333333, 500000, 1000000};
    return shares[brute_pick(seed, 0, 6)];
}

static inline void brute_each(struct brute_question *b, uint32_t o, const struct brute_shape *shape, uint64_t *seed) {
    int64_t ppm = brute_ppm(seed);
    uint32_t c;
    brute_wants(b, o, 0, shape, seed);
    for (c = 0; c < b->q.class_count; c++) b->each[o][c] = b->wants[o][0][c] ? (b->classes[c].value * ppm + 500000) / 1000000 : 0;
    b->offers[o].each = b->each[o];
}

static inline int64_t brute_size(const struct solve_offer *offer) {
    int64_t size = 0;
    uint32_t i;
    for (i = 0; i < offer->slot_count; i++) size += offer->slots[i].pieces;
    return size;
}

static inline int64_t brute_cheapest(const struct brute_question *b) {
    int64_t least = b->classes[0].value;
    uint32_t c;
    for (c = 1; c < b->q.class_count; c++)
        if (b->classes[c].value < least) least = b->classes[c].value;
    return least;
}

static inline void brute_slots(struct brute_question *b, uint32_t o, const struct brute_shape *shape, uint64_t *seed, int form) {
    struct solve_offer *offer = &b->offers[o];
    uint32_t i;
    offer->form = SOLVE_GROUPS;
    offer->slots = b->slots[o];
    offer->slot_count = form == 2 || form == 4 ? 1 : (uint32_t)brute_pick(seed, 1, 3);
    for (i = 0; i < offer->slot_count; i++) {
        struct solve_slot *slot = &b->slots[o][i];
        brute_wants(b, o, i, shape, seed);
        slot->wants = b->wants[o][i];
        slot->pieces = brute_pick(seed, 1, offer->slot_count > 1 ? 2 : 4);
        if (form == 8 && brute_pick(seed, 0, 1)) slot->ppm = brute_ppm(seed);
        if (form == 8 && brute_pick(seed, 0, 3) == 0) slot->has_price = 1;
        if (slot->has_price) slot->price = brute_pick(seed, 0, shape->value / 2);
    }
    if (form == 2 || form == 4) {
        b->slots[o][0].pieces = brute_pick(seed, 2, 4);
        offer->off_pieces = brute_pick(seed, 1, b->slots[o][0].pieces - 1);
        offer->off_ppm = brute_pick(seed, 0, 2) ? 1000000 : brute_ppm(seed);
        offer->off_dearest = form == 4;
    } else if (form == 16) {
        int64_t most = shape->wild ? shape->value : brute_cheapest(b) * brute_size(offer);
        offer->has_price = (uint8_t)brute_pick(seed, 0, 1);
        offer->amount = brute_pick(seed, 1, offer->has_price ? 2 * shape->value : most);
    }
}

static inline void brute_set(struct brute_question *b, uint32_t o, const struct brute_shape *shape, uint64_t *seed) {
    struct solve_offer *offer = &b->offers[o];
    uint32_t i;
    offer->form = SOLVE_SET;
    brute_wants(b, o, 0, shape, seed);
    offer->wants = b->wants[o][0];
    offer->steps = b->steps[o];
    offer->step_count = (uint32_t)brute_pick(seed, 1, 3);
    if (brute_pick(seed, 0, 3) == 0) {
        offer->repeats = 1;
        offer->step_count = 1;
    }
    for (i = 0; i < offer->step_count; i++) {
        struct solve_step *step = &b->steps[o][i];
        int by_spend = offer->repeats || brute_pick(seed, 0, 1);
        if (by_spend)
            step->spend = brute_pick(seed, 1, 3 * shape->value) * (i + 1);
        else
            step->pieces = (i + 1) * brute_pick(seed, 1, 3);
        if (offer->repeats || brute_pick(seed, 0, 1))
            step->amount = brute_pick(seed, 1, (shape->wild ? shape->value : step->spend / (i + 1)) / 2 + 1) * (i + 1);
        else if (brute_pick(seed, 0, 3))
            step->ppm = brute_ppm(seed);
        else
            step->price = brute_pick(seed, 1, shape->value);
    }
}

static inline void brute_offer(struct brute_question *b, uint32_t o, const struct brute_shape *shape, uint64_t *seed) {
    struct solve_offer *offer = &b->offers[o];
    int64_t form;
    do form = INT64_C(1) << brute_pick(seed, 0, 5);
    while (!(form & shape->forms));
    offer->form = SOLVE_EACH;
    offer->most = offer->pieces_most = -1;
    if (form == 1)
        brute_each(b, o, shape, seed);
    else if (form == 32)
        brute_set(b, o, shape, seed);
    else
        brute_slots(b, o, shape, seed, (int)form);
    if (brute_pick(seed, 1, 100) <= shape->caps) offer->times = brute_pick(seed, 1, 3);
    if (brute_pick(seed, 1, 100) <= shape->caps) offer->most = brute_pick(seed, 0, 2 * shape->value);
    if (brute_pick(seed, 1, 100) <= shape->caps) offer->pieces_most = brute_pick(seed, 0, 6);
    if (brute_pick(seed, 1, 100) <= shape->groups) offer->group = (int32_t)brute_pick(seed, 1, 2);
}

static inline void brute_draw(struct brute_question *b, const struct brute_shape *shape, uint64_t *seed) {
    static const int64_t points[] = {99, 149, 199, 249, 299, 399, 499, 599, 799, 999, 1299, 1999};
    int64_t left = shape->pieces;
    uint32_t i;
    memset(&b->q, 0, sizeof(b->q));
    memset(b->offers, 0, sizeof(b->offers));
    memset(b->slots, 0, sizeof(b->slots));
    memset(b->steps, 0, sizeof(b->steps));
    b->q.classes = b->classes;
    b->q.offers = b->offers;
    b->q.class_count = (uint32_t)brute_pick(seed, shape->classes > 8 ? shape->classes : 1, shape->classes);
    b->q.offer_count = (uint32_t)brute_pick(seed, shape->offers > 8 ? shape->offers : 1, shape->offers);
    for (i = 0; i < b->q.class_count; i++) {
        int64_t most = left - (b->q.class_count - 1 - i), spread = brute_pick(seed, 0, 2) ? 10 : 1;
        b->classes[i].pieces = most > 1 ? brute_pick(seed, 1, most < 4 ? most : 4) : 1;
        if (shape->pieces == shape->classes) b->classes[i].pieces = 1;
        left -= b->classes[i].pieces;
        b->classes[i].value = brute_pick(seed, 1, shape->value / spread) * spread;
        if (shape->shop) b->classes[i].value = points[brute_pick(seed, 0, 11)];
        b->classes[i].room = b->classes[i].value;
        if (brute_pick(seed, 1, 100) <= shape->floors) b->classes[i].room = brute_pick(seed, 0, b->classes[i].value);
    }
    for (i = 0; i < b->q.offer_count; i++) brute_offer(b, i, shape, seed);
}

/* ---- the plain truth ---- */

/* Groups that the offer may make: by times, and by its quota of pieces that get something off. */
static inline int64_t brute_groups(const struct solve_offer *offer) {
    int64_t most = offer->times > 0 ? offer->times : 1000, off = 0;
    uint32_t i;
    for (i = 0; i < offer->slot_count; i++)
        if (offer->slots[i].ppm || offer->slots[i].has_price) off += offer->slots[i].pieces;
    if (offer->has_price || offer->amount) off = brute_size(offer);
    if (offer->off_pieces) off = offer->off_pieces;
    if (offer->pieces_most >= 0 && off > 0 && offer->pieces_most / off < most) most = offer->pieces_most / off;
    return most;
}

struct brute_space {
    uint32_t vectors;
    int64_t pieces[BRUTE_VECTORS][8];
    int64_t one[BRUTE_VECTORS]; /* the same from one group or set */
    int64_t own[BRUTE_VECTORS]; /* of one offer from exactly these pieces; -1: it cannot */
    int64_t best[4][BRUTE_VECTORS];
    int64_t next[4][BRUTE_VECTORS];
};

/* Index of a - b, or -1 when b is not in a. */
static inline int64_t brute_less(const struct brute_question *b, const struct brute_space *space, uint32_t x, uint32_t y) {
    uint32_t c;
    for (c = 0; c < b->q.class_count; c++)
        if (space->pieces[y][c] > space->pieces[x][c]) return -1;
    return (int64_t)x - (int64_t)y; /* mixed radix: no borrow */
}

static inline void brute_own(const struct brute_question *b, struct brute_space *space, uint32_t o) {
    const struct solve_offer *offer = &b->offers[o];
    int64_t *one = space->one, size = brute_size(offer);
    uint32_t x, y, c;
    for (x = 1; x < space->vectors; x++) one[x] = solve_value(&b->q, o, space->pieces[x]);
    one[0] = 0;
    memcpy(space->own, one, sizeof(space->one));
    if (offer->form != SOLVE_GROUPS) return;
    for (x = 1; x < space->vectors; x++) {
        int64_t count = 0;
        for (c = 0; c < b->q.class_count; c++) count += space->pieces[x][c];
        space->own[x] = -1;
        for (y = 1; count / size <= brute_groups(offer) && y <= x; y++) {
            int64_t rest = one[y] >= 0 ? brute_less(b, space, x, y) : -1;
            if (rest >= 0 && space->own[rest] >= 0 && space->own[rest] + one[y] > space->own[x]) space->own[x] = space->own[rest] + one[y];
        }
    }
    for (x = 1; offer->most >= 0 && x < space->vectors; x++)
        if (space->own[x] > offer->most) space->own[x] = offer->most;
}

/* The largest gain of any allotment. Group numbers up to 2, BRUTE_VECTORS ways to take pieces. */
static inline int64_t brute_best(const struct brute_question *b, struct brute_space *space) {
    uint32_t x, y, c, o, mask;
    int64_t rest;
    space->vectors = 1;
    for (c = 0; c < b->q.class_count; c++) space->vectors *= (uint32_t)b->classes[c].pieces + 1;
    for (x = 0; x < space->vectors; x++)
        for (y = x, c = 0; c < b->q.class_count; c++) {
            space->pieces[x][c] = y % (b->classes[c].pieces + 1);
            y /= (uint32_t)b->classes[c].pieces + 1;
        }
    memset(space->best, 0, sizeof(space->best));
    for (o = 0; o < b->q.offer_count; o++) {
        uint32_t bit = b->offers[o].group > 0 ? 1u << (b->offers[o].group - 1) : 0;
        brute_own(b, space, o);
        memcpy(space->next, space->best, sizeof(space->best));
        for (x = 0; x < space->vectors; x++)
            for (y = 1; y <= x; y++) {
                if (space->own[y] <= 0 || (rest = brute_less(b, space, x, y)) < 0) continue;
                /* best[mask]: with the groups of `mask` still free */
                for (mask = 0; mask < 4; mask++)
                    if ((mask & bit) == bit && space->own[y] + space->best[mask & ~bit][rest] > space->next[mask][x])
                        space->next[mask][x] = space->own[y] + space->best[mask & ~bit][rest];
            }
        memcpy(space->best, space->next, sizeof(space->best));
    }
    return space->best[3][space->vectors - 1];
}

/* ---- is an answer what it says? ---- */

static inline int brute_holds(const struct brute_question *b, const struct solve_answer *answer) {
    int64_t used[BRUTE_CLASSES] = {0}, gained[BRUTE_OFFERS] = {0}, whole[BRUTE_OFFERS] = {0}, uses[BRUTE_OFFERS] = {0}, sum = 0;
    uint32_t i, j, c;
    for (i = 0; i < answer->taken_count; i++) {
        const struct solve_taken *taken = &answer->taken[i];
        const struct solve_offer *offer = &b->offers[taken->offer];
        int64_t off = 0, value = solve_value(&b->q, taken->offer, taken->pieces);
        if (value < 0 || taken->gain > value || taken->gain <= 0 || taken->times < 1) return 0;
        uses[taken->offer] += taken->times;
        gained[taken->offer] += taken->gain * taken->times;
        whole[taken->offer] += value * taken->times;
        if (offer->form != SOLVE_GROUPS && uses[taken->offer] > 1) return 0;
        if (offer->form == SOLVE_GROUPS && uses[taken->offer] > brute_groups(offer)) return 0;
        for (c = 0; c < b->q.class_count; c++) {
            used[c] += taken->pieces[c] * taken->times;
            if (taken->pieces[c] < 0 || used[c] > b->classes[c].pieces) return 0;
            if (taken->off[c] < 0 || taken->off[c] > taken->pieces[c] * b->classes[c].room) return 0;
            off += taken->off[c];
        }
        if (off != taken->gain) return 0;
        sum += taken->gain * taken->times;
    }
    for (i = 0; i < b->q.offer_count; i++) {
        int64_t most = b->offers[i].most;
        if (gained[i] != (most >= 0 && whole[i] > most ? most : whole[i])) return 0;
        for (j = 0; j < i; j++)
            if (b->offers[i].group > 0 && b->offers[i].group == b->offers[j].group && uses[i] && uses[j]) return 0;
    }
    return sum == answer->gain && answer->gap >= 0 && answer->optimal == (answer->gap == 0);
}

/* ---- for a failure that must be repeated ---- */

static inline void brute_print(const struct brute_question *b) {
    uint32_t i, j, c;
    for (c = 0; c < b->q.class_count; c++)
        printf("# class %u: %lld pieces, value %lld, room %lld\n", c, (long long)b->classes[c].pieces, (long long)b->classes[c].value,
               (long long)b->classes[c].room);
    for (i = 0; i < b->q.offer_count; i++) {
        const struct solve_offer *offer = &b->offers[i];
        printf("# offer %u: form %d group %d times %lld most %lld pieces_most %lld off %lld x %lld%s, %s %lld%s\n", i, (int)offer->form,
               (int)offer->group, (long long)offer->times, (long long)offer->most, (long long)offer->pieces_most,
               (long long)offer->off_pieces, (long long)offer->off_ppm, offer->off_dearest ? " dearest" : "",
               offer->has_price ? "price" : "amount", (long long)offer->amount, offer->repeats ? " repeats" : "");
        for (j = 0; j < (offer->form == SOLVE_GROUPS ? offer->slot_count : 1); j++) {
            printf("#   %lld pieces, ppm %lld, price %lld of", (long long)b->slots[i][j].pieces, (long long)b->slots[i][j].ppm,
                   b->slots[i][j].has_price ? (long long)b->slots[i][j].price : -1);
            for (c = 0; c < b->q.class_count; c++)
                if (b->wants[i][j][c]) printf(" %u", c);
            printf("\n");
        }
        for (j = 0; offer->form == SOLVE_SET && j < offer->step_count; j++)
            printf("#   step pieces %lld spend %lld: ppm %lld amount %lld price %lld\n", (long long)offer->steps[j].pieces,
                   (long long)offer->steps[j].spend, (long long)offer->steps[j].ppm, (long long)offer->steps[j].amount,
                   (long long)offer->steps[j].price);
    }
}

#endif
