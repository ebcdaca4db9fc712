/* The walk: depth first, the child with the highest bound first. */
#include "solve_search.h"

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

static void walk(struct solve_search *search, uint32_t pos, uint32_t from) {
    int64_t *rest = search->rest + (uint64_t)pos * search->unit_count, *next = rest + search->unit_count, *bounds;
    uint32_t class, children, i, *order;
    search->steps += search->node_steps;
    if (pos == search->piece_count) {
        leaf(search, search->chosen);
        return;
    }
    class = search->piece_class[pos];
    if (pos == 0 || search->piece_class[pos - 1] != class) from = 0;
    if (solve_memo_seen(search, pos, from)) return;
    memcpy(next, rest, search->unit_count * sizeof(*rest));
    children = look_ahead(search, pos, from, next);
    if (children == 0 && search->dead_end && search->steps >= search->salvage_at) salvage(search, pos);
    bounds = search->bounds + (uint64_t)pos * search->child_room;
    order = search->order + (uint64_t)pos * search->child_room;
    for (i = 0; i < children && bounds[i] / search->scale > search->best; i++) {
        const struct solve_choice *choice = &search->choices[class][order[i]];
        int taken = order[i] < search->choice_counts[class];
        int64_t kept = 0;
        if (search->steps >= search->steps_max) {
            if (bounds[i] > search->open) search->open = bounds[i];
            return;
        }
        search->chosen[pos] = order[i];
        if (taken) {
            kept = next[choice->unit];
            solve_take(search, choice, class, 1);
            next[choice->unit] = solve_unit_rest(search, &search->units[choice->unit], pos + 1);
        }
        walk(search, pos + 1, order[i]);
        if (taken) {
            solve_take(search, choice, class, -1);
            next[choice->unit] = kept;
        }
    }
}

int solve_walk(struct solve_search *search, int64_t steps) {
    uint32_t u;
    int64_t top;
    search->steps_max = search->steps + steps;
    search->open = SOLVE_NEVER;
    search->round++;
    for (u = 0; u < search->unit_count; u++) search->rest[u] = solve_unit_rest(search, &search->units[u], 0);
    walk(search, 0, 0);
    top = search->open == SOLVE_NEVER ? search->best : search->open / search->scale;
    if (top < search->best) top = search->best;
    if (top < search->top) search->top = top;
    return search->open == SOLVE_NEVER;
}
