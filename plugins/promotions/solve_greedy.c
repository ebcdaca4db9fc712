/* A quick answer: again and again what brings most for each piece that it takes. And a bound that needs no search. */
#include "solve_work.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* How much the offer likes a piece for this slot; among equals the cheaper one, which leaves the dear ones to others. */
static int64_t liking(const struct solve_offer *offer, const struct solve_slot *slot, const struct solve_class *class) {
    if (offer->off_pieces > 0 || offer->has_price) return class->value;
    if (offer->amount > 0) return -class->value;
    return slot->ppm > 0 || slot->has_price ? solve_slot_off(slot, class) : -class->value;
}

/* One group from what is left into state->pieces; 0: none can be filled. */
static int fill_group(struct solve_state *state, uint32_t at) {
    const struct solve_question *question = state->question;
    const struct solve_offer *offer = &question->offers[at];
    uint32_t s, c;
    memset(state->pieces, 0, question->class_count * sizeof(int64_t));
    for (s = 0; s < offer->slot_count; s++) {
        const struct solve_slot *slot = &offer->slots[s];
        int64_t need = slot->pieces;
        while (need > 0) {
            uint32_t best = question->class_count;
            int64_t put;
            for (c = 0; c < question->class_count; c++)
                if (slot->wants[c] && state->left[c] > state->pieces[c] &&
                    (best == question->class_count ||
                     liking(offer, slot, &question->classes[c]) > liking(offer, slot, &question->classes[best])))
                    best = c;
            if (best == question->class_count) return 0;
            put = least(need, state->left[best] - state->pieces[best]);
            state->pieces[best] += put;
            need -= put;
        }
    }
    return 1;
}

/* All free pieces that an EACH or a SET wants, the best ones when there is a quota. */
static int fill_all(struct solve_state *state, uint32_t at) {
    const struct solve_question *question = state->question;
    const struct solve_offer *offer = &question->offers[at];
    int64_t quota = offer->pieces_most, any = 0;
    uint32_t c;
    memset(state->pieces, 0, question->class_count * sizeof(int64_t));
    while (quota != 0) {
        uint32_t best = question->class_count;
        int64_t like = 0;
        for (c = 0; c < question->class_count; c++) {
            int64_t value = offer->form == SOLVE_EACH ? least(offer->each[c], question->classes[c].room) : question->classes[c].value;
            if (!solve_wants(offer, c) || state->left[c] == state->pieces[c] || value <= like) continue;
            best = c;
            like = value;
        }
        if (best == question->class_count) break;
        state->pieces[best] = quota < 0 ? state->left[best] : least(quota, state->left[best]);
        any += state->pieces[best];
        if (quota > 0) quota -= state->pieces[best];
    }
    return any > 0;
}

static int64_t count_of(const struct solve_state *state) {
    int64_t count = 0;
    uint32_t c;
    for (c = 0; c < state->question->class_count; c++) count += state->pieces[c];
    return count;
}

static int fill(struct solve_state *state, uint32_t at) {
    return state->question->offers[at].form == SOLVE_GROUPS ? fill_group(state, at) : fill_all(state, at);
}

/* As often as the free pieces allow. */
static int64_t times_fit(const struct solve_state *state, uint32_t at) {
    int64_t times = INT64_MAX;
    uint32_t c;
    if (state->question->offers[at].form != SOLVE_GROUPS) return 1;
    for (c = 0; c < state->question->class_count; c++)
        if (state->pieces[c]) times = least(times, state->left[c] / state->pieces[c]);
    return times;
}

void solve_greedy(struct solve_state *state) {
    uint32_t count = state->question->offer_count, i;
    for (;;) {
        uint32_t best = count;
        int64_t best_gain = 0, best_count = 1;
        for (i = 0; i < count; i++) {
            int64_t gain, pieces;
            if (!solve_state_open(state, i) || !fill(state, i)) continue;
            gain = solve_state_gain(state, i);
            pieces = count_of(state);
            if (gain <= 0 || (mx_int128)gain * best_count <= (mx_int128)best_gain * pieces) continue;
            best = i;
            best_gain = gain;
            best_count = pieces;
        }
        if (best == count) return;
        (void)fill(state, best);
        solve_state_take(state, best, times_fit(state, best));
    }
}

/* No offer takes more off a class than the room of its pieces, nor more than its own cap. */
int64_t solve_simple_bound(const struct solve_question *question) {
    int64_t by_class = 0, by_offer = 0;
    uint32_t c, i;
    for (c = 0; c < question->class_count; c++) {
        int64_t room = question->classes[c].room * question->classes[c].pieces;
        for (i = 0; i < question->offer_count && !solve_wants(&question->offers[i], c); i++) {
        }
        if (i < question->offer_count) by_class += room;
    }
    for (i = 0; i < question->offer_count && by_offer < by_class; i++) {
        int64_t most = 0;
        for (c = 0; c < question->class_count; c++) {
            const struct solve_class *class = &question->classes[c];
            if (!solve_wants(&question->offers[i], c)) continue;
            most +=
                class->pieces * (question->offers[i].form == SOLVE_EACH ? least(question->offers[i].each[c], class->room) : class->room);
        }
        by_offer += question->offers[i].most >= 0 ? least(most, question->offers[i].most) : most;
    }
    return least(by_class, by_offer);
}
