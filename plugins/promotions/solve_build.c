/* From the walk's choices to what was taken, group by group. */
#include "solve_search.h"

/* The pieces of one part of a unit, in the order of the walk. */
struct queue {
    uint32_t *classes;
    uint32_t count;
    uint32_t next;
};

static void collect(const struct solve_search *search, uint32_t u, struct queue *queues) {
    uint32_t pos, p;
    for (p = 0; p < search->units[u].part_count; p++) {
        queues[p].count = queues[p].next = 0;
        queues[p].classes = solve_new(search->memory, search->piece_count, sizeof(uint32_t));
    }
    for (pos = 0; pos < search->piece_count; pos++) {
        uint32_t class = search->piece_class[pos], chosen = search->best_chosen[pos];
        const struct solve_choice *choice = search->choices[class];
        if (chosen >= search->choice_counts[class] || choice[chosen].unit != u) continue;
        p = choice[chosen].part;
        queues[p].classes[queues[p].count++] = search->classes[class];
    }
}

/* Next group into pieces[]; 0: there is none. */
static int next_group(const struct solve_unit *unit, struct queue *queues, int64_t *pieces, uint32_t class_count) {
    int64_t any = 0, i;
    uint32_t p;
    memset(pieces, 0, class_count * sizeof(*pieces));
    for (p = 0; p < unit->part_count; p++) {
        int64_t need = unit->form == SOLVE_GROUPS ? unit->parts[p].need : queues[p].count;
        for (i = 0; i < need && queues[p].next < queues[p].count; i++, any++) pieces[queues[p].classes[queues[p].next++]]++;
    }
    return any > 0;
}

static void build_unit(const struct solve_search *search, uint32_t u, struct solve_state *state) {
    const struct solve_unit *unit = &search->units[u];
    uint32_t count = search->question->class_count;
    struct queue *queues = solve_new(search->memory, unit->part_count, sizeof(*queues));
    int64_t *ahead = solve_new(search->memory, count, sizeof(*ahead)), times = 1;
    collect(search, u, queues);
    if (!next_group(unit, queues, state->pieces, count)) return;
    while (next_group(unit, queues, ahead, count)) {
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

void solve_build(const struct solve_search *search, struct solve_state *state) {
    uint32_t u;
    for (u = 0; u < search->unit_count; u++) build_unit(search, u, state);
}
