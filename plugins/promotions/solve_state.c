/* An allotment that grows, take by take, within the caps of its offers. */
#include "solve_work.h"

void *solve_new(const struct price_memory *memory, uint64_t count, size_t size) {
    return memory->alloc(memory->arg, (count ? count : 1) * size);
}

/* Share `amount` in proportion to weights[], never more than caps[]; what a full class cannot take goes to the others. */
static void share_within(int64_t amount, int64_t *weights, const int64_t *caps, uint32_t count, int64_t *shares, int64_t *off) {
    int64_t before = -1;
    uint32_t i;
    memset(off, 0, count * sizeof(*off));
    while (amount > 0 && amount != before) {
        int64_t any = 0;
        before = amount;
        for (i = 0; i < count; i++) {
            if (off[i] >= caps[i]) weights[i] = 0;
            any |= weights[i];
        }
        for (i = 0; !any && i < count; i++) weights[i] = caps[i] - off[i];
        if (!mx_share(amount, weights, count, shares)) return;
        for (i = 0; i < count; i++) {
            int64_t add = shares[i] < caps[i] - off[i] ? shares[i] : caps[i] - off[i];
            off[i] += add;
            amount -= add;
        }
    }
}

void solve_land(const struct solve_question *question, uint32_t at, const struct price_memory *memory, struct solve_taken *taken) {
    const struct solve_offer *offer = &question->offers[at];
    uint32_t count = question->class_count, c;
    int64_t *scratch = solve_new(memory, 3 * (uint64_t)count, sizeof(*scratch)), *weights = scratch, *caps = scratch + count;

    taken->off = solve_new(memory, count, sizeof(*taken->off));
    for (c = 0; c < count; c++) {
        int64_t each = question->classes[c].value, cap = question->classes[c].room;
        if (offer->form == SOLVE_EACH) each = cap = offer->each[c] < cap ? offer->each[c] : cap;
        weights[c] = each * taken->pieces[c];
        caps[c] = cap * taken->pieces[c];
    }
    share_within(taken->gain, weights, caps, count, scratch + 2 * count, taken->off);
}

void solve_state_begin(struct solve_state *state, const struct solve_question *question, const struct price_memory *memory,
                       struct solve_answer *answer) {
    uint32_t c;
    memset(state, 0, sizeof(*state));
    memset(answer, 0, sizeof(*answer));
    state->question = question;
    state->memory = memory;
    state->answer = answer;
    state->left = solve_new(memory, question->class_count, sizeof(int64_t));
    state->pieces = solve_new(memory, question->class_count, sizeof(int64_t));
    state->gained = solve_new(memory, question->offer_count, sizeof(int64_t));
    state->uses = solve_new(memory, question->offer_count, sizeof(int64_t));
    for (c = 0; c < question->class_count; c++) state->left[c] = question->classes[c].pieces;
}

int solve_state_open(const struct solve_state *state, uint32_t at) {
    int32_t group = state->question->offers[at].group;
    uint32_t i;
    for (i = 0; group > 0 && i < state->question->offer_count; i++)
        if (i != at && state->question->offers[i].group == group && state->uses[i] > 0) return 0;
    return 1;
}

int64_t solve_state_gain(const struct solve_state *state, uint32_t at) {
    const struct solve_offer *offer = &state->question->offers[at];
    int64_t gain, most;
    if (offer->form == SOLVE_GROUPS) {
        most = solve_times_most(offer);
        if (most >= 0 && state->uses[at] >= most) return -1;
    } else if (state->uses[at] > 0) {
        return -1; /* all its pieces are taken at once */
    }
    gain = solve_value(state->question, at, state->pieces);
    if (offer->most >= 0 && gain > offer->most - state->gained[at]) gain = offer->most - state->gained[at];
    return gain;
}

static void add_taken(struct solve_state *state, uint32_t at, int64_t times, int64_t gain) {
    struct solve_answer *answer = state->answer;
    struct solve_taken *taken;
    uint32_t c;
    if (answer->taken_count == state->taken_room) {
        uint32_t room = state->taken_room ? 2 * state->taken_room : 8;
        struct solve_taken *more = solve_new(state->memory, room, sizeof(*more));
        if (answer->taken_count) memcpy(more, answer->taken, answer->taken_count * sizeof(*more));
        answer->taken = more;
        state->taken_room = room;
    }
    taken = &answer->taken[answer->taken_count++];
    taken->offer = at;
    taken->times = times;
    taken->gain = gain;
    taken->pieces = solve_new(state->memory, state->question->class_count, sizeof(int64_t));
    memcpy(taken->pieces, state->pieces, state->question->class_count * sizeof(int64_t));
    solve_land(state->question, at, state->memory, taken);
    for (c = 0; c < state->question->class_count; c++) state->left[c] -= times * state->pieces[c];
    state->uses[at] += times;
    state->gained[at] += times * gain;
    answer->gain += times * gain;
}

void solve_state_take(struct solve_state *state, uint32_t at, int64_t times) {
    const struct solve_offer *offer = &state->question->offers[at];
    int64_t whole = solve_value(state->question, at, state->pieces), most = offer->form == SOLVE_GROUPS ? solve_times_most(offer) : 1;
    if (most >= 0 && times > most - state->uses[at]) times = most - state->uses[at];
    if (offer->most >= 0 && whole > 0) {
        int64_t full = (offer->most - state->gained[at]) / whole, rest;
        if (full > times) full = times;
        if (full > 0) add_taken(state, at, full, whole);
        rest = offer->most - state->gained[at];
        if (full < times && rest > 0) add_taken(state, at, 1, rest);
    } else if (times > 0 && whole > 0) {
        add_taken(state, at, times, whole);
    }
}
