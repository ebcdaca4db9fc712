/* The best allotment of units to offers: parts of the question that share nothing are answered one by one. */
#include "solve_search.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

struct components {
    uint32_t *of_offer; /* lowest offer of its component */
    uint32_t *of_class; /* some offer that wants it, or UINT32_MAX */
};

static uint32_t root_of(uint32_t *of_offer, uint32_t i) {
    while (of_offer[i] != i) i = of_offer[i];
    return i;
}

static void join(uint32_t *of_offer, uint32_t a, uint32_t b) {
    a = root_of(of_offer, a);
    b = root_of(of_offer, b);
    if (a < b)
        of_offer[b] = a;
    else
        of_offer[a] = b;
}

static void find_components(const struct solve_question *question, const struct price_memory *memory, struct components *parts) {
    uint32_t i, j, c;
    parts->of_offer = solve_new(memory, question->offer_count, sizeof(uint32_t));
    parts->of_class = solve_new(memory, question->class_count, sizeof(uint32_t));
    for (i = 0; i < question->offer_count; i++) {
        parts->of_offer[i] = i;
        for (j = 0; question->offers[i].group > 0 && j < i; j++)
            if (question->offers[j].group == question->offers[i].group) join(parts->of_offer, i, j);
    }
    for (c = 0; c < question->class_count; c++) {
        parts->of_class[c] = UINT32_MAX;
        if (question->classes[c].pieces <= 0) continue;
        for (i = 0; i < question->offer_count; i++) {
            if (!solve_wants(&question->offers[i], c)) continue;
            if (parts->of_class[c] == UINT32_MAX)
                parts->of_class[c] = i;
            else
                join(parts->of_offer, i, parts->of_class[c]);
        }
    }
    for (i = 0; i < question->offer_count; i++) parts->of_offer[i] = root_of(parts->of_offer, i);
}

/* Classes of the component, dearest first, and its pieces. 0: too many. */
static int list_pieces(struct solve_search *search, const struct components *parts, uint32_t root) {
    const struct solve_class *classes = search->question->classes;
    int64_t count = 0, i;
    uint32_t c, at, p = 0;
    search->classes = solve_new(search->memory, search->question->class_count, sizeof(uint32_t));
    for (c = 0; c < search->question->class_count; c++) {
        if (parts->of_class[c] == UINT32_MAX || parts->of_offer[parts->of_class[c]] != root) continue;
        for (at = search->class_count++; at > 0 && classes[search->classes[at - 1]].value < classes[c].value; at--)
            search->classes[at] = search->classes[at - 1];
        search->classes[at] = c;
        if (classes[c].pieces > SOLVE_PIECES_MAX) return 0;
        count += classes[c].pieces;
    }
    if (count > SOLVE_PIECES_MAX) return 0;
    search->piece_count = (uint32_t)count;
    search->piece_class = solve_new(search->memory, (uint64_t)count, sizeof(uint32_t));
    for (c = 0; c < search->class_count; c++)
        for (i = 0; i < solve_class_at(search, c)->pieces; i++) search->piece_class[p++] = c;
    return 1;
}

/* As sharp as the numbers allow without leaving 64 bits. */
static void choose_scale(struct solve_search *search) {
    int64_t value = 0;
    uint32_t c;
    for (c = 0; c < search->class_count; c++) value += solve_class_at(search, c)->value * solve_class_at(search, c)->pieces;
    for (search->scale = 1024; search->scale > 1 && value > (INT64_C(1) << 56) / search->scale; search->scale /= 2) {
    }
}

static void make_room(struct solve_search *search) {
    uint64_t rows = (uint64_t)search->piece_count + 1;
    uint32_t u;
    search->node_steps = 2 + search->unit_count / 3;
    for (u = 0; u < search->unit_count; u++)
        if (search->units[u].parts && search->units[u].parts[0].kind == SOLVE_PART_FILL)
            search->node_steps += search->units[u].times * search->units[u].part_count / 16;
    search->prices = solve_new(search->memory, search->class_count, sizeof(int64_t));
    search->used = solve_new(search->memory, search->class_count, sizeof(int64_t));
    search->behind = solve_new(search->memory, rows, sizeof(int64_t));
    search->rest = solve_new(search->memory, rows * search->unit_count, sizeof(int64_t));
    search->bounds = solve_new(search->memory, rows * search->child_room, sizeof(int64_t));
    search->order = solve_new(search->memory, rows * search->child_room, sizeof(uint32_t));
    search->chosen = solve_new(search->memory, rows, sizeof(uint32_t));
    search->spare = solve_new(search->memory, rows, sizeof(uint32_t));
    search->best_chosen = solve_new(search->memory, rows, sizeof(uint32_t));
}

/* Prices and walks in turn: an easy question ends early, a hard one gets better prices from the better answer. */
static void look(struct solve_search *search, int64_t steps) {
    static const struct {
        uint32_t rounds, part; /* of 100 of the steps */
    } turns[] = {{10, 1}, {20, 1}, {20, 1}, {20, 2}, {20, 2}, {30, 3}, {30, 5}, {40, 10}, {60, 75}};
    uint32_t i, most = (uint32_t)(1 + 2000000 / (search->entries + 1));
    for (i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
        solve_prices(search, turns[i].rounds < most ? turns[i].rounds : most);
        if (search->top <= search->best || search->steps >= steps) return;
        if (solve_walk(search, least(steps * turns[i].part / 100, steps - search->steps))) return;
    }
}

/* What the walk found is worth. Less than the walk thought where the room of the pieces held a group back that was not a unit of
 * its own. */
static int64_t built_gain(const struct solve_search *search) {
    struct solve_answer answer;
    struct solve_state state;
    solve_state_begin(&state, search->question, search->memory, &answer);
    solve_build(search, &state);
    return answer.gain;
}

static void solve_component(struct solve_state *state, const struct components *parts, uint32_t root, int64_t steps) {
    const struct solve_question *question = state->question;
    uint32_t *offers = solve_new(state->memory, question->offer_count, sizeof(uint32_t)), count = 0, i;
    int64_t before = state->answer->gain, top;
    struct solve_search search;
    struct solve_answer quick;
    struct solve_state trial;

    for (i = 0; i < question->offer_count; i++)
        if (parts->of_offer[i] == root) offers[count++] = i;
    memset(&search, 0, sizeof(search));
    search.question = question;
    search.memory = state->memory;
    search.top = solve_simple_bound(question, offers, count);
    solve_state_begin(&trial, question, state->memory, &quick);
    solve_greedy(&trial, offers, count);
    search.best = quick.gain;
    if (steps > 0 && search.top > search.best && list_pieces(&search, parts, root)) {
        choose_scale(&search);
        if (solve_units(&search, offers, count)) {
            make_room(&search);
            look(&search, steps);
        }
    }
    if (search.found && built_gain(&search) > quick.gain)
        solve_build(&search, state);
    else
        solve_greedy(state, offers, count);
    top = search.top - (state->answer->gain - before);
    if (top > 0) state->answer->gap += top;
    state->answer->steps += search.steps;
}

void solve(const struct solve_question *question, const struct price_memory *memory, struct solve_answer *answer) {
    struct components parts;
    struct solve_state state;
    int64_t steps = question->steps_max < 0 ? 0 : question->steps_max > 0 ? question->steps_max : SOLVE_STEPS_MAX;
    uint32_t i;

    solve_state_begin(&state, question, memory, answer);
    find_components(question, memory, &parts);
    for (i = 0; i < question->offer_count; i++)
        if (parts.of_offer[i] == i)
            solve_component(&state, &parts, i, steps - answer->steps > steps / 8 ? steps - answer->steps : steps / 8);
    answer->optimal = answer->gap == 0;
}
