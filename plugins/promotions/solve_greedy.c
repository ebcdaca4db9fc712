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
    for (c = 0; quota < 0 && c < question->class_count; c++) {
        int64_t value = offer->form == SOLVE_EACH ? least(offer->each[c], question->classes[c].room) : question->classes[c].value;
        if (!solve_wants(offer, c) || value <= 0) continue;
        state->pieces[c] = state->left[c];
        any += state->pieces[c];
    }
    while (quota > 0) {
        uint32_t best = question->class_count;
        int64_t like = 0;
        for (c = 0; c < question->class_count; c++) {
            int64_t value = offer->form == SOLVE_EACH ? least(offer->each[c], question->classes[c].room) : question->classes[c].value;
            if (!solve_wants(offer, c) || state->left[c] == state->pieces[c] || value <= like) continue;
            best = c;
            like = value;
        }
        if (best == question->class_count) break;
        state->pieces[best] = least(quota, state->left[best]);
        any += state->pieces[best];
        quota -= state->pieces[best];
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

void solve_greedy(struct solve_state *state, const uint32_t *offers, uint32_t count) {
    uint32_t i;
    for (;;) {
        uint32_t best = UINT32_MAX;
        int64_t best_gain = 0, best_count = 1;
        for (i = 0; i < count; i++) {
            int64_t gain, pieces;
            if (!solve_state_open(state, offers[i]) || !fill(state, offers[i])) continue;
            gain = solve_state_gain(state, offers[i]);
            pieces = count_of(state);
            if (gain <= 0 || (mx_int128)gain * best_count <= (mx_int128)best_gain * pieces) continue;
            best = offers[i];
            best_gain = gain;
            best_count = pieces;
        }
        if (best == UINT32_MAX) return;
        (void)fill(state, best);
        solve_state_take(state, best, times_fit(state, best));
    }
}

/* The most that the offer takes off one piece of the class. */
static int64_t share_of(const struct solve_question *question, const struct solve_offer *offer, uint32_t c) {
    if (!solve_wants(offer, c)) return 0;
    return offer->form == SOLVE_EACH ? least(offer->each[c], question->classes[c].room) : question->classes[c].room;
}

/* No piece gives more than the offer that takes most off it, and no offer takes more than its own cap. */
int64_t solve_simple_bound(const struct solve_question *question, const uint32_t *offers, uint32_t count) {
    int64_t by_class = 0, by_offer = 0;
    uint32_t c, i;
    for (c = 0; c < question->class_count; c++) {
        int64_t most = 0;
        for (i = 0; i < count; i++) {
            int64_t share = share_of(question, &question->offers[offers[i]], c);
            if (share > most) most = share;
        }
        by_class += most * question->classes[c].pieces;
    }
    for (i = 0; i < count && by_offer < by_class; i++) {
        const struct solve_offer *offer = &question->offers[offers[i]];
        int64_t sum = 0;
        for (c = 0; c < question->class_count; c++) sum += share_of(question, offer, c) * question->classes[c].pieces;
        by_offer += offer->most >= 0 ? least(sum, offer->most) : sum;
    }
    return least(by_class, by_offer);
}
