/* From the walk's choices to what was taken, group by group. */
#include "solve_search.h"

/* The pieces of one part of a unit, in the order of the walk. */
struct solve_queue {
    uint32_t *classes;
    uint32_t count;
    uint32_t next;
};

void solve_build_ready(struct solve_search *search) {
    uint32_t parts = 0, u, p;
    for (u = 0; u < search->unit_count; u++)
        if (search->units[u].part_count > parts) parts = search->units[u].part_count;
    search->queues = solve_new(search->memory, parts, sizeof(*search->queues));
    for (p = 0; p < parts; p++) search->queues[p].classes = solve_new(search->memory, search->piece_count, sizeof(uint32_t));
    search->group = solve_new(search->memory, 2 * (uint64_t)search->question->class_count, sizeof(int64_t));
}

static void collect(struct solve_search *search, uint32_t u, const uint32_t *all) {
    struct solve_queue *queues = search->queues;
    uint32_t pos, p;
    for (p = 0; p < search->units[u].part_count; p++) queues[p].count = queues[p].next = 0;
    for (pos = 0; pos < search->piece_count; pos++) {
        uint32_t class = search->piece_class[pos], chosen = all[pos];
        const struct solve_choice *choice = search->choices[class];
        if (chosen >= search->choice_counts[class] || choice[chosen].unit != u) continue;
        p = choice[chosen].part;
        queues[p].classes[queues[p].count++] = search->classes[class];
    }
}

/* Next group into pieces[]; 0: there is none. */
static int next_group(const struct solve_unit *unit, struct solve_queue *queues, int64_t *pieces, uint32_t class_count) {
    int64_t any = 0, i;
    uint32_t p;
    memset(pieces, 0, class_count * sizeof(*pieces));
    for (p = 0; p < unit->part_count; p++) {
        int64_t need = unit->form == SOLVE_GROUPS ? unit->parts[p].need : queues[p].count;
        for (i = 0; i < need && queues[p].next < queues[p].count; i++, any++) pieces[queues[p].classes[queues[p].next++]]++;
    }
    return any > 0;
}

static void build_unit(struct solve_search *search, uint32_t u, struct solve_state *state) {
    const struct solve_unit *unit = &search->units[u];
    uint32_t count = search->question->class_count;
    int64_t *ahead = search->group, times = 1;
    collect(search, u, search->best_chosen);
    if (!next_group(unit, search->queues, state->pieces, count)) return;
    while (next_group(unit, search->queues, ahead, count)) {
        if (memcmp(ahead, state->pieces, count * sizeof(*ahead)) == 0) {
            times++;
            continue;
        }
        solve_state_take(state, unit->offer, times);
        memcpy(state->pieces, ahead, count * sizeof(*ahead));
        times = 1;
    }
    solve_state_take(state, unit->offer, times);
}

void solve_build(struct solve_search *search, struct solve_state *state) {
    uint32_t u;
    for (u = 0; u < search->unit_count; u++) build_unit(search, u, state);
}

int64_t solve_worth(struct solve_search *search, const uint32_t *chosen) {
    uint32_t count = search->question->class_count, u;
    int64_t gain = 0, sum = 0;
    for (u = 0; u < search->unit_count; u++) {
        uint32_t offer = search->units[u].offer;
        int64_t most = search->question->offers[offer].most, one;
        collect(search, u, chosen);
        while (next_group(&search->units[u], search->queues, search->group, count)) {
            one = solve_value(search->question, offer, search->group);
            sum += one > 0 ? one : 0;
        }
        if (u + 1 < search->unit_count && search->units[u + 1].offer == offer) continue;
        gain += most >= 0 && sum > most ? most : sum;
        sum = 0;
    }
    return gain;
}
