/* The walk: depth first, the child with the highest bound first. */
#include "solve_search.h"

#define PROBE_NODES  100 /* nodes behind one that are looked at before its prices are thought over */
#define PRICE_ROUNDS 8
#define PIECES_FEW   5 /* so few pieces are not worth prices of their own */

static int explore(struct solve_search *search, uint32_t pos, uint32_t from);

void solve_take(struct solve_search *search, const struct solve_choice *choice, uint32_t class, int sign) {
    struct solve_unit *unit = &search->units[choice->unit];
    struct solve_block *block = &search->blocks[unit->block];
    const struct solve_part *part = &unit->parts[choice->part];
    const struct solve_class *piece = solve_class_at(search, class);
    int64_t before = sign > 0 ? unit->count : unit->count - 1;
    uint32_t i;
    if (part->kind != SOLVE_PART_CHUNK || before % unit->size >= unit->paid) unit->gain += sign * part->off[class];
    for (i = 0; unit->form == SOLVE_SET && i < unit->part_count; i++) unit->lin[i] += sign * unit->parts[i].off[class];
    unit->count += sign;
    unit->has[choice->part] += sign;
    unit->spend += sign * piece->value;
    unit->room += sign * piece->room;
    if (block->offers == 1) return;
    block->active = unit->offer;
    for (i = 0; i < block->unit_count; i++)
        if (search->units[block->units[i]].count > 0) return;
    block->active = UINT32_MAX;
}

/* May the unit take one more piece for this part? */
static int is_open(const struct solve_search *search, const struct solve_choice *choice) {
    const struct solve_unit *unit = &search->units[choice->unit];
    const struct solve_block *block = &search->blocks[unit->block];
    if (block->active != UINT32_MAX && block->active != unit->offer) return 0;
    if (unit->follows && unit->count == 0 && search->units[choice->unit - 1].count == 0) return 0;
    if (unit->form != SOLVE_GROUPS) return unit->quota < 0 || unit->count < unit->quota;
    if (unit->parts[choice->part].kind == SOLVE_PART_CHUNK) return unit->size > 0 && unit->count < unit->times * unit->size;
    return unit->has[choice->part] < unit->times * unit->parts[choice->part].need;
}

static void leaf(struct solve_search *search, const uint32_t *chosen) {
    int64_t gain = 0, sum = 0;
    uint32_t u;
    for (u = 0; u < search->unit_count; u++) {
        const struct solve_unit *unit = &search->units[u];
        int64_t most = search->question->offers[unit->offer].most, one = solve_unit_gain(search, unit);
        if (one == SOLVE_NEVER) return;
        sum += one;
        if (u + 1 < search->unit_count && search->units[u + 1].offer == unit->offer) continue;
        gain += most >= 0 && sum > most ? most : sum;
        sum = 0;
    }
    if (gain <= search->best) return;
    if (search->is_loose) {
        if (gain > search->claimed) search->claimed = gain;
        gain = solve_worth(search, chosen);
        search->steps += 4 * search->node_steps;
        if (gain <= search->best) return;
    }
    search->best = gain;
    search->found = 1;
    memcpy(search->best_chosen, chosen, search->piece_count * sizeof(uint32_t));
}

/* How many pieces of each part stand in full groups; the others go to nobody. */
static void count_full(struct solve_unit *unit) {
    int64_t groups = unit->times;
    uint32_t p;
    for (p = 0; p < unit->part_count; p++) {
        unit->full[p] = unit->parts[p].kind == SOLVE_PART_CHUNK ? unit->size : unit->parts[p].need;
        if (unit->form == SOLVE_GROUPS && unit->full[p] > 0 && unit->has[p] / unit->full[p] < groups) groups = unit->has[p] / unit->full[p];
    }
    for (p = 0; p < unit->part_count; p++) unit->full[p] = unit->form == SOLVE_GROUPS ? groups * unit->full[p] : unit->has[p];
}

/* A way that leads no further may still be a good answer when the groups that are not full are given up. */
static void salvage(struct solve_search *search, uint32_t pos) {
    uint32_t u, p;
    search->salvage_at = search->steps + 16 * search->node_steps;
    for (u = 0; u < search->unit_count; u++) count_full(&search->units[u]);
    for (p = pos; p-- > 0;) {
        uint32_t class = search->piece_class[p];
        if (search->chosen[p] < search->choice_counts[class]) solve_take(search, &search->choices[class][search->chosen[p]], class, -1);
    }
    for (p = 0; p < search->piece_count; p++) {
        uint32_t class = search->piece_class[p], chosen = p < pos ? search->chosen[p] : UINT32_MAX;
        const struct solve_choice *choice = chosen < search->choice_counts[class] ? &search->choices[class][chosen] : NULL;
        search->spare[p] = search->choice_counts[class];
        if (!choice || search->units[choice->unit].has[choice->part] >= search->units[choice->unit].full[choice->part]) continue;
        search->spare[p] = chosen;
        solve_take(search, choice, class, 1);
    }
    leaf(search, search->spare);
    for (p = search->piece_count; p-- > 0;) {
        uint32_t class = search->piece_class[p];
        if (search->spare[p] < search->choice_counts[class]) solve_take(search, &search->choices[class][search->spare[p]], class, -1);
    }
    for (p = 0; p < pos; p++) {
        uint32_t class = search->piece_class[p];
        if (search->chosen[p] < search->choice_counts[class]) solve_take(search, &search->choices[class][search->chosen[p]], class, 1);
    }
}

static int is_dead(int64_t rest) { return rest <= SOLVE_NEVER / 2; }

/* The bounds of all children of a node, best first; returns how many. next[] is what units say when the piece goes to nobody. */
static uint32_t look_ahead(struct solve_search *search, uint32_t pos, uint32_t from, int64_t *next) {
    uint32_t class = search->piece_class[pos], count = search->choice_counts[class], dead = 0, children = 0, i, u;
    int64_t *bounds = search->bounds + (uint64_t)pos * search->child_room, skip = search->behind[pos + 1];
    uint32_t *order = search->order + (uint64_t)pos * search->child_room;
    search->dead_end = 0;
    for (i = 0; i < count; i++) {
        u = search->choices[class][i].unit;
        if (i == 0 || search->choices[class][i - 1].unit != u) next[u] = solve_unit_rest(search, &search->units[u], pos + 1);
        if ((i == 0 || search->choices[class][i - 1].unit != u) && is_dead(next[u])) dead++;
    }
    for (i = 0; i < search->block_count; i++) skip += solve_block_rest(search, &search->blocks[i], next);
    for (i = from; i <= count; i++) {
        int64_t bound = skip;
        uint32_t at;
        if (i < count) {
            const struct solve_choice *choice = &search->choices[class][i];
            struct solve_block *block = &search->blocks[search->units[choice->unit].block];
            int64_t kept = next[choice->unit];
            search->dead_end |= dead - (uint32_t)is_dead(kept) > 0;
            if (!is_open(search, choice) || dead - (uint32_t)is_dead(kept) > 0) continue;
            bound -= solve_block_rest(search, block, next);
            solve_take(search, choice, class, 1);
            next[choice->unit] = solve_unit_rest(search, &search->units[choice->unit], pos + 1);
            bound = is_dead(next[choice->unit]) ? SOLVE_NEVER : bound + solve_block_rest(search, block, next);
            solve_take(search, choice, class, -1);
            next[choice->unit] = kept;
        } else if (dead) {
            bound = SOLVE_NEVER;
        }
        search->dead_end |= bound == SOLVE_NEVER;
        if (bound / search->scale <= search->best) continue;
        for (at = children++; at > 0 && bounds[at - 1] < bound; at--) {
            bounds[at] = bounds[at - 1];
            order[at] = order[at - 1];
        }
        bounds[at] = bound;
        order[at] = i;
    }
    return children;
}

/* Go into a child: the piece goes where `chosen` says. -> what its unit said before. */
static int64_t enter(struct solve_search *search, uint32_t pos, uint32_t chosen, int64_t *next) {
    uint32_t class = search->piece_class[pos];
    const struct solve_choice *choice = &search->choices[class][chosen];
    int64_t kept;
    search->chosen[pos] = chosen;
    if (chosen >= search->choice_counts[class]) return 0;
    kept = next[choice->unit];
    solve_take(search, choice, class, 1);
    next[choice->unit] = solve_unit_rest(search, &search->units[choice->unit], pos + 1);
    return kept;
}

static void leave(struct solve_search *search, uint32_t pos, uint32_t chosen, int64_t *next, int64_t kept) {
    uint32_t class = search->piece_class[pos];
    const struct solve_choice *choice = &search->choices[class][chosen];
    if (chosen >= search->choice_counts[class]) return;
    solve_take(search, choice, class, -1);
    next[choice->unit] = kept;
}

static uint32_t first_choice(const struct solve_search *search, uint32_t pos, uint32_t from) {
    return pos == 0 || search->piece_class[pos - 1] != search->piece_class[pos] ? 0 : from;
}

/* 1: to the end; else `open` says what was left out. */
static int walk(struct solve_search *search, uint32_t pos, uint32_t from) {
    int64_t *rest = search->rest + (uint64_t)pos * search->unit_count, *next = rest + search->unit_count, *bounds;
    uint32_t children, i, *order;
    struct solve_key key;
    int whole = 1;
    search->steps += search->node_steps;
    if (pos == search->piece_count) {
        leaf(search, search->chosen);
        return 1;
    }
    from = first_choice(search, pos, from);
    if (solve_memo_seen(search, pos, from, &key)) return 1;
    memcpy(next, rest, search->unit_count * sizeof(*rest));
    children = look_ahead(search, pos, from, next);
    if (children == 0 && search->dead_end && search->steps >= search->salvage_at) salvage(search, pos);
    bounds = search->bounds + (uint64_t)pos * search->child_room;
    order = search->order + (uint64_t)pos * search->child_room;
    for (i = 0; whole && i < children && bounds[i] / search->scale > search->best; i++) {
        int64_t kept;
        if (search->steps >= search->steps_max) {
            whole = 0;
            break;
        }
        kept = enter(search, pos, order[i], next);
        whole = walk(search, pos + 1, order[i]);
        leave(search, pos, order[i], next, kept);
    }
    if (whole) return 1;
    if (i < children && bounds[i] > search->open) search->open = bounds[i];
    solve_memo_forget(search, key);
    return 0;
}

/* What all units say at this node, under the prices of now. */
static void ask_units(struct solve_search *search, uint32_t pos) {
    int64_t *rest = search->rest + (uint64_t)pos * search->unit_count;
    uint32_t u;
    for (u = 0; u < search->unit_count; u++) rest[u] = solve_unit_rest(search, &search->units[u], pos);
}

/* Prices that are right for what is behind this node. The walk goes on under them. */
static int walk_again(struct solve_search *search, uint32_t pos, uint32_t from) {
    int64_t *rest = search->rest + (uint64_t)pos * search->unit_count, *next = rest + search->unit_count, *bounds;
    uint32_t children, i, *order;
    int whole = 1;
    if (solve_prices(search, pos, PRICE_ROUNDS) / search->scale <= search->best) return 1;
    ask_units(search, pos);
    memcpy(next, rest, search->unit_count * sizeof(*rest));
    children = look_ahead(search, pos, first_choice(search, pos, from), next);
    bounds = search->bounds + (uint64_t)pos * search->child_room;
    order = search->order + (uint64_t)pos * search->child_room;
    for (i = 0; whole && i < children && bounds[i] / search->scale > search->best; i++) {
        int64_t kept = enter(search, pos, order[i], next);
        whole = explore(search, pos + 1, order[i]);
        leave(search, pos, order[i], next, kept);
    }
    if (!whole && i < children && bounds[i] > search->open) search->open = bounds[i];
    return whole;
}

/* Walk on from here a little; when that leads to no end, look for better prices first. */
static int explore(struct solve_search *search, uint32_t pos, uint32_t from) {
    int64_t open = search->open, probe = PROBE_NODES * search->node_steps + search->entries / 8;
    int whole;
    search->steps_max = search->steps + probe < search->steps_all ? search->steps + probe : search->steps_all;
    if (search->piece_count - pos < PIECES_FEW) search->steps_max = search->steps_all;
    if (walk(search, pos, from)) return 1;
    if (search->steps >= search->steps_all) return 0;
    search->open = open;
    if (!search->saved[pos]) search->saved[pos] = solve_new(search->memory, solve_prices_count(search), sizeof(int64_t));
    solve_prices_keep(search, search->saved[pos], 0);
    whole = walk_again(search, pos, from);
    solve_prices_keep(search, search->saved[pos], 1);
    solve_tables(search, pos);
    ask_units(search, pos); /* the node above goes on with these */
    search->steps += search->entries * (search->piece_count - pos) / (search->piece_count + INT64_C(1)) / 64;
    return whole;
}

int solve_walk(struct solve_search *search, int64_t steps, int deep) {
    int64_t top;
    int whole;
    search->steps_all = search->steps_max = search->steps + steps;
    search->open = SOLVE_NEVER;
    ask_units(search, 0);
    whole = deep ? explore(search, 0, 0) : walk(search, 0, 0);
    top = whole ? search->best : search->open / search->scale;
    if (top < search->claimed) top = search->claimed;
    if (top < search->best) top = search->best;
    if (top < search->top) search->top = top;
    return whole;
}
