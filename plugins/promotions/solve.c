/* The best allotment of units to offers: parts of the question that share nothing are answered one by one. */
#include "solve_search.h"

#define FOLLOW_MAX  16 /* offers of which each is tried as the first to take what it likes */
#define TURNS       7
#define TURNS_SMALL 2 /* behind them few pieces are shared out in every way there is */

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
    search->total = value;
    for (search->scale = 1024; search->scale > 1 && value > (INT64_C(1) << 56) / search->scale; search->scale /= 2) {
    }
}

static void make_room(struct solve_search *search) {
    uint64_t rows = (uint64_t)search->piece_count + 1;
    uint32_t steps = 0, u;
    for (u = 0; u < search->unit_count; u++) steps += search->units[u].form == SOLVE_SET ? search->units[u].part_count : 0;
    search->node_steps = 2 + search->unit_count / 3 + steps / 8;
    for (u = 0; u < search->unit_count; u++)
        if (search->units[u].parts && search->units[u].parts[0].kind == SOLVE_PART_FILL)
            search->node_steps += search->units[u].times * search->units[u].part_count / 16;
    search->prices = solve_new(search->memory, search->class_count, sizeof(int64_t));
    search->used = solve_new(search->memory, search->class_count, sizeof(int64_t));
    search->behind = solve_new(search->memory, rows, sizeof(int64_t));
    search->left = solve_new(search->memory, search->class_count, sizeof(int64_t));
    search->kept = solve_new(search->memory, solve_prices_count(search), sizeof(int64_t));
    search->gains = solve_new(search->memory, search->question->offer_count, sizeof(int64_t));
    solve_build_ready(search);
    search->saved = solve_new(search->memory, rows, sizeof(int64_t *));
    search->rest = solve_new(search->memory, rows * search->unit_count, sizeof(int64_t));
    search->bounds = solve_new(search->memory, rows * search->child_room, sizeof(int64_t));
    search->order = solve_new(search->memory, rows * search->child_room, sizeof(uint32_t));
    search->chosen = solve_new(search->memory, rows, sizeof(uint32_t));
    search->spare = solve_new(search->memory, rows, sizeof(uint32_t));
    search->best_chosen = solve_new(search->memory, rows, sizeof(uint32_t));
}

/* Prices and walks in turn: an easy question ends early, a hard one gets better prices from the better answer. */
static void look(struct solve_search *search, int64_t steps, uint32_t from, uint32_t to) {
    static const struct {
        uint32_t rounds, part; /* of 100 of the steps */
    } turns[TURNS] = {{10, 1}, {20, 1}, {20, 1}, {20, 2}, {20, 2}, {30, 3}, {60, 90}};
    uint32_t i, most = (uint32_t)(1 + 2000000 / (search->entries + 1));
    for (i = from; i < to; i++) {
        int64_t bound = solve_prices(search, 0, turns[i].rounds < most ? turns[i].rounds : most) / search->scale;
        if (bound < search->top) search->top = bound;
        if (search->top <= search->best || search->steps >= steps) return;
        if (solve_walk(search, least(steps * turns[i].part / 100, steps - search->steps), i + 1 == TURNS)) return;
    }
}

/* A quick answer in which one offer comes first (`lead` below `count`); of few offers the others follow. */
static void quick_answer(struct solve_state *state, const uint32_t *offers, uint32_t count, uint32_t lead) {
    if (lead < count) solve_greedy(state, &offers[lead], 1);
    if (lead == count || count <= FOLLOW_MAX) solve_greedy(state, offers, count);
}

/* The lead whose quick answer gains most; raises *gain. */
static uint32_t best_lead(const struct solve_state *state, const uint32_t *offers, uint32_t count, uint32_t lead, int64_t *gain) {
    uint32_t i;
    for (i = 0; i < count; i++) {
        struct solve_answer quick;
        struct solve_state trial;
        solve_state_begin(&trial, state->question, state->memory, &quick);
        quick_answer(&trial, offers, count, i);
        if (quick.gain <= *gain) continue;
        *gain = quick.gain;
        lead = i;
    }
    return lead;
}

static int make_search(struct solve_search *search, const struct components *parts, uint32_t root, const uint32_t *offers, uint32_t count) {
    if (!list_pieces(search, parts, root)) return 0;
    choose_scale(search);
    if (!solve_units(search, offers, count)) return 0;
    make_room(search);
    return 1;
}

static void solve_component(struct solve_state *state, const struct components *parts, uint32_t root, int64_t steps) {
    const struct solve_question *question = state->question;
    uint32_t *offers = solve_new(state->memory, question->offer_count, sizeof(uint32_t)), count = 0, lead, i;
    int64_t before = state->answer->gain, top;
    struct solve_search search;
    struct solve_answer quick;
    struct solve_state trial;
    int ready, small = 0;

    for (i = 0; i < question->offer_count; i++)
        if (parts->of_offer[i] == root) offers[count++] = i;
    lead = count;
    memset(&search, 0, sizeof(search));
    search.question = question;
    search.memory = state->memory;
    search.top = solve_simple_bound(question, offers, count);
    solve_state_begin(&trial, question, state->memory, &quick);
    quick_answer(&trial, offers, count, lead);
    search.best = quick.gain;
    ready = steps > 0 && search.top > search.best && make_search(&search, parts, root, offers, count);
    if (ready) look(&search, steps, 0, TURNS_SMALL);
    if (ready && search.top > search.best) small = solve_small(&search, steps - search.steps, state);
    if (search.top > search.best && !small) {
        i = best_lead(state, offers, count, lead, &search.best);
        if (i != lead) search.found = 0;
        lead = i;
        if (ready) look(&search, steps, TURNS_SMALL, TURNS);
    }
    if (small)
        search.top = state->answer->gain - before;
    else if (search.found)
        solve_build(&search, state);
    else
        quick_answer(state, offers, count, lead);
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
