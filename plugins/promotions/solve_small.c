/* Few pieces: what each offer gains from every choice of them, and the best way to share them out, offer after offer. The forms of the
 * offers, their caps and the room of the pieces make no difference to the time it takes. A choice of pieces is a number, to the
 * mixed base of the pieces of each class: the sum of two choices is the sum of their numbers. */
#include "solve_search.h"

#define STEPS_SMALL 150000 /* a step is about sixty additions */

struct small {
    const struct solve_search *search;
    uint32_t choices;
    int64_t *base;   /* of each class of the component */
    int64_t *pieces; /* scratch: by class of the question */
    int64_t *digits; /* scratch: by class of the component */
    int64_t *limits;
    int64_t *one; /* scratch: by choice */
    int64_t *own;
};

static void decode(const struct small *small, uint32_t choice) {
    const struct solve_search *search = small->search;
    uint32_t c;
    for (c = 0; c < search->class_count; c++)
        small->pieces[search->classes[c]] = (int64_t)choice / small->base[c] % (solve_class_at(search, c)->pieces + 1);
}

/* Of the choices that leave room for this one: the first, and the next (0: there is none). */
static uint32_t first_beside(struct small *small, uint32_t choice) {
    uint32_t c;
    decode(small, choice);
    for (c = 0; c < small->search->class_count; c++) {
        small->limits[c] = solve_class_at(small->search, c)->pieces - small->pieces[small->search->classes[c]];
        small->digits[c] = 0;
    }
    return 0;
}

static uint32_t next_beside(struct small *small, uint32_t at) {
    uint32_t c;
    for (c = 0; c < small->search->class_count; c++) {
        if (small->digits[c] < small->limits[c]) {
            small->digits[c]++;
            return at + (uint32_t)small->base[c];
        }
        at -= (uint32_t)(small->digits[c] * small->base[c]);
        small->digits[c] = 0;
    }
    return 0;
}

static int64_t count_of(const struct small *small, uint32_t choice) {
    int64_t count = 0;
    uint32_t c;
    decode(small, choice);
    for (c = 0; c < small->search->class_count; c++) count += small->pieces[small->search->classes[c]];
    return count;
}

/* own[choice]: what the offer gains from exactly these pieces before its cap; -1: it cannot, or needs not. */
static void value_whole(struct small *small, uint32_t offer) {
    const struct solve_question *question = small->search->question;
    const struct solve_offer *ask = &question->offers[offer];
    int64_t size = solve_group_size(ask);
    uint32_t x, y;
    for (x = 0; x < small->choices; x++) {
        int fits = ask->form != SOLVE_GROUPS || count_of(small, x) == size;
        decode(small, x);
        small->one[x] = x > 0 && fits ? solve_value(question, offer, small->pieces) : -1;
        small->own[x] = ask->form == SOLVE_GROUPS || small->one[x] <= 0 ? -1 : small->one[x];
    }
    small->own[0] = 0;
    for (x = 1; ask->form == SOLVE_GROUPS && x < small->choices; x++) {
        if (small->one[x] <= 0) continue;
        y = first_beside(small, x);
        do {
            if (small->own[y] >= 0 && small->own[y] + small->one[x] > small->own[x + y]) small->own[x + y] = small->own[y] + small->one[x];
            y = next_beside(small, y);
        } while (y);
    }
}

/* Within its caps. */
static void value_offer(struct small *small, uint32_t offer) {
    const struct solve_offer *ask = &small->search->question->offers[offer];
    int64_t times = ask->form == SOLVE_GROUPS ? solve_times_most(ask) : -1, size = solve_group_size(ask);
    uint32_t x;
    value_whole(small, offer);
    for (x = 1; x < small->choices; x++) {
        if (times >= 0 && small->own[x] >= 0 && count_of(small, x) > times * size) small->own[x] = -1;
        if (ask->most >= 0 && small->own[x] > ask->most) small->own[x] = ask->most;
    }
}

/* value[choice]: the most that one of the block's offers gains. */
static void value_block(struct small *small, const struct solve_block *block, int64_t *value) {
    uint32_t i, x;
    memset(value, 0, small->choices * sizeof(*value));
    for (i = 0; i < block->unit_count; i++) {
        uint32_t offer = small->search->units[block->units[i]].offer;
        if (i > 0 && small->search->units[block->units[i - 1]].offer == offer) continue;
        value_offer(small, offer);
        for (x = 0; x < small->choices; x++)
            if (small->own[x] > value[x]) value[x] = small->own[x];
    }
}

static void share_out(struct small *small, const int64_t *value, const int64_t *before, int64_t *best) {
    uint32_t x, y;
    memcpy(best, before, small->choices * sizeof(*best));
    for (x = 1; x < small->choices; x++) {
        if (value[x] <= 0) continue;
        y = first_beside(small, x);
        do {
            if (before[y] + value[x] > best[x + y]) best[x + y] = before[y] + value[x];
            y = next_beside(small, y);
        } while (y);
    }
}

/* Is `part` among the pieces of `whole`? */
static int is_within(struct small *small, uint32_t part, uint32_t whole) {
    const struct solve_search *search = small->search;
    uint32_t c;
    for (c = 0; c < search->class_count; c++) {
        int64_t radix = solve_class_at(search, c)->pieces + 1;
        if ((int64_t)part / small->base[c] % radix > (int64_t)whole / small->base[c] % radix) return 0;
    }
    return 1;
}

static void take(struct small *small, uint32_t offer, uint32_t choice, struct solve_state *state) {
    decode(small, choice);
    memcpy(state->pieces, small->pieces, state->question->class_count * sizeof(int64_t));
    solve_state_take(state, offer, 1);
}

static void take_groups(struct small *small, uint32_t offer, uint32_t choice, struct solve_state *state) {
    uint32_t x;
    value_whole(small, offer);
    for (x = 1; choice > 0 && x < small->choices; x++)
        while (small->one[x] > 0 && is_within(small, x, choice) && small->own[choice - x] >= 0 &&
               small->own[choice - x] + small->one[x] == small->own[choice]) {
            take(small, offer, x, state);
            choice -= x;
        }
}

/* The pieces go to the first offer of the block that gains so much from them. */
static void take_block(struct small *small, const struct solve_block *block, uint32_t choice, int64_t gain, struct solve_state *state) {
    uint32_t i;
    for (i = 0; i < block->unit_count; i++) {
        uint32_t offer = small->search->units[block->units[i]].offer;
        value_offer(small, offer);
        if (small->own[choice] != gain) continue;
        if (state->question->offers[offer].form == SOLVE_GROUPS)
            take_groups(small, offer, choice, state);
        else
            take(small, offer, choice, state);
        return;
    }
}

/* How many choices there are and what they cost; 0: too many. */
static int64_t steps_of(struct small *small) {
    const struct solve_search *search = small->search;
    int64_t choices = 1, pairs = 1, bound = STEPS_SMALL * INT64_C(64);
    uint32_t offers = 0, c, b;
    for (b = 0; b < search->block_count; b++) offers += search->blocks[b].offers;
    for (c = 0; c < search->class_count; c++) {
        int64_t pieces = solve_class_at(search, c)->pieces;
        if (pieces > bound) return 0;
        small->base[c] = choices;
        choices *= pieces + 1;
        pairs *= (pieces + 1) * (pieces + 2) / 2;
        if (pairs > bound) return 0;
    }
    small->choices = (uint32_t)choices;
    return (pairs * search->block_count + 64 * choices * offers) / 64 + 1;
}

static void back(struct small *small, int64_t **values, int64_t **best, struct solve_state *state) {
    uint32_t x = small->choices - 1, b, y;
    for (b = small->search->block_count; b-- > 0;) {
        for (y = 0; y <= x; y++)
            if (is_within(small, y, x) && (y == 0 || values[b][y] > 0) && best[b][x - y] + values[b][y] == best[b + 1][x]) break;
        if (y > 0) take_block(small, &small->search->blocks[b], y, values[b][y], state);
        x -= y;
    }
}

int solve_small(struct solve_search *search, int64_t steps, struct solve_state *state) {
    struct small small = {.search = search};
    int64_t **values = solve_new(search->memory, search->block_count, sizeof(*values)), cost;
    int64_t **best = solve_new(search->memory, (uint64_t)search->block_count + 1, sizeof(*best));
    uint32_t b;
    small.base = solve_new(search->memory, search->class_count, sizeof(int64_t));
    cost = steps_of(&small);
    if (cost == 0 || cost > steps || cost > STEPS_SMALL) return 0;
    search->steps += cost;
    small.pieces = solve_new(search->memory, search->question->class_count, sizeof(int64_t));
    small.digits = solve_new(search->memory, search->class_count, sizeof(int64_t));
    small.limits = solve_new(search->memory, search->class_count, sizeof(int64_t));
    small.one = solve_new(search->memory, small.choices, sizeof(int64_t));
    small.own = solve_new(search->memory, small.choices, sizeof(int64_t));
    best[0] = solve_new(search->memory, small.choices, sizeof(int64_t));
    for (b = 0; b < search->block_count; b++) {
        values[b] = solve_new(search->memory, small.choices, sizeof(int64_t));
        best[b + 1] = solve_new(search->memory, small.choices, sizeof(int64_t));
        value_block(&small, &search->blocks[b], values[b]);
        share_out(&small, values[b], best[b], best[b + 1]);
    }
    back(&small, values, best, state);
    return 1;
}
