/* Between the files of the solver. */
#ifndef PROMOTIONS_SOLVE_WORK_H
#define PROMOTIONS_SOLVE_WORK_H

#include "solve.h"

/* An allotment that grows: what is still free, and what was taken. */
struct solve_state {
    const struct solve_question *question;
    const struct price_memory *memory;
    struct solve_answer *answer;
    int64_t *left;   /* pieces of each class */
    int64_t *gained; /* by each offer */
    int64_t *uses;   /* groups of each offer */
    int64_t *pieces; /* scratch: of each class */
    uint32_t taken_room;
};

void *solve_new(const struct price_memory *memory, uint64_t count, size_t size);

/* ---- valuation (solve_value.c) ---- */

int64_t solve_share(int64_t value, int64_t ppm); /* half up */
int64_t solve_group_size(const struct solve_offer *offer);
int64_t solve_times_most(const struct solve_offer *offer); /* groups at most by times and quota; negative = no bound */
int solve_wants(const struct solve_offer *offer, uint32_t class);
int64_t solve_slot_off(const struct solve_slot *slot, const struct solve_class *class); /* off one piece in it */
int64_t solve_step_off(const struct solve_step *step, const struct solve_class *class); /* off one piece, without its amount */

/* The most that comes off pieces[class] when they fill all slots of one group of the offer (solve_slots.c); -1: they cannot. */
int64_t solve_fill_slots(const struct solve_question *question, const struct solve_offer *offer, const int64_t *pieces);

/* Say where a gain lands: off[class] sums to `gain`. */
void solve_land(const struct solve_question *question, uint32_t offer, const struct price_memory *memory, struct solve_taken *taken);

/* ---- growing an answer (solve_state.c) ---- */

void solve_state_begin(struct solve_state *state, const struct solve_question *question, const struct price_memory *memory,
                       struct solve_answer *answer);
int solve_state_open(const struct solve_state *state, uint32_t offer); /* 0: another one of its group has won */

/* What the offer would gain from state->pieces as one more group or as its set. */
int64_t solve_state_gain(const struct solve_state *state, uint32_t offer);

/* Take state->pieces `times` times, or as often as its caps allow. */
void solve_state_take(struct solve_state *state, uint32_t offer, int64_t times);

/* ---- a quick answer and a simple bound (solve_greedy.c) ---- */

/* Among these offers. */
void solve_greedy(struct solve_state *state, const uint32_t *offers, uint32_t count);
int64_t solve_simple_bound(const struct solve_question *question, const uint32_t *offers, uint32_t count);

#endif
