/* Prices of the classes under which the bound is low: raise what too many units want, lower what stays behind, in steps that grow
 * smaller. An offer whose cap presses gains less for each further piece: its rate is found the same way. */
#include "solve_search.h"

#define SHARP 1024 /* parts of a piece in which the pressure on a cap is counted */

static uint32_t next_state(const struct solve_unit *unit, const struct solve_part *part, uint32_t class, uint32_t s) {
    uint32_t down = part->cover ? part->cover[class] : 1;
    if (part->kind == SOLVE_PART_CHUNK) return unit->counted ? s + 1 : (s + 1) % (uint32_t)unit->size;
    return s > down ? s - down : 0;
}

/* Note the pieces that the part takes at its best; what they bring. */
static int64_t trace(struct solve_search *search, const struct solve_unit *unit, const struct solve_part *part, uint32_t state) {
    int64_t gain = 0;
    uint32_t p;
    for (p = 0; p < search->piece_count; p++) {
        uint32_t c = search->piece_class[p];
        const int64_t *row = part->table + (uint64_t)part->row[p] * part->states;
        if (part->off[c] < 0 || row[state] == row[part->states + state]) continue;
        search->used[c]++;
        if (part->kind != SOLVE_PART_CHUNK || state % (uint32_t)unit->size >= (uint32_t)unit->paid) gain += part->off[c];
        state = next_state(unit, part, c, state);
    }
    return gain;
}

static int64_t start(const struct solve_part *part, int64_t state) {
    return state < part->states ? part->table[(uint64_t)state] : SOLVE_NEVER;
}

static int64_t trace_slots(struct solve_search *search, const struct solve_unit *unit) {
    int64_t best = 0, groups, pick = 0, gain;
    uint32_t p;
    for (groups = 1; groups <= unit->times; groups++) {
        int64_t sum = unit->rate * groups * unit->fixed;
        for (p = 0; p < unit->part_count && sum > SOLVE_NEVER / 2; p++) sum += start(&unit->parts[p], groups * unit->parts[p].need);
        if (sum <= best) continue;
        best = sum;
        pick = groups;
    }
    for (gain = pick * unit->fixed, p = 0; pick > 0 && p < unit->part_count; p++)
        gain += trace(search, unit, &unit->parts[p], (uint32_t)(pick * unit->parts[p].need));
    return gain;
}

static int64_t trace_set(struct solve_search *search, const struct solve_unit *unit) {
    int64_t best = 0;
    uint32_t p, pick = unit->part_count, state = 0;
    for (p = 0; p < unit->part_count; p++) {
        const struct solve_part *part = &unit->parts[p];
        int64_t sum = unit->rate * part->amount + start(part, part->states - 1);
        if (sum <= best) continue;
        best = sum;
        pick = p;
        state = part->states - 1;
    }
    return pick < unit->part_count ? unit->parts[pick].amount + trace(search, unit, &unit->parts[pick], state) : 0;
}

static int64_t trace_unit(struct solve_search *search, const struct solve_unit *unit) {
    const struct solve_part *part = unit->parts;
    if (unit->form == SOLVE_SET) return trace_set(search, unit);
    if (unit->form == SOLVE_EACH) return trace(search, unit, part, part->states - 1);
    if (unit->size == 0) return 0;
    return part->kind == SOLVE_PART_FILL ? trace_slots(search, unit) : trace(search, unit, part, 0);
}

/* Trace the units that the block's bound counts; gains[offer] is what each would gain. */
static void trace_block(struct solve_search *search, const struct solve_block *block, const int64_t *rest, int64_t *gains) {
    int64_t best = 0, sum = 0;
    uint32_t i, pick = UINT32_MAX;
    for (i = 0; i < block->unit_count; i++) {
        uint32_t offer = search->units[block->units[i]].offer;
        int64_t most = search->question->offers[offer].most;
        gains[offer] = 0;
        sum += rest[block->units[i]];
        if (most >= 0 && !search->units[block->units[i]].follows) sum += (search->scale - search->units[block->units[i]].rate) * most;
        if (i + 1 < block->unit_count && search->units[block->units[i + 1]].offer == offer) continue;
        if (block->offers == 1 || sum > best) {
            pick = offer;
            best = sum;
        }
        sum = 0;
    }
    for (i = 0; i < block->unit_count; i++)
        if (search->units[block->units[i]].offer == pick) gains[pick] += trace_unit(search, &search->units[block->units[i]]);
}

static int64_t bound_of(struct solve_search *search, int64_t *gains) {
    int64_t bound = search->behind[0];
    uint32_t u, b;
    memset(search->used, 0, search->class_count * sizeof(int64_t));
    for (u = 0; u < search->unit_count; u++) search->rest[u] = solve_unit_rest(search, &search->units[u], 0);
    for (b = 0; b < search->block_count; b++) {
        bound += solve_block_rest(search, &search->blocks[b], search->rest);
        trace_block(search, &search->blocks[b], search->rest, gains);
    }
    return bound;
}

static int64_t pressure(const struct solve_search *search, const struct solve_unit *unit, const int64_t *gains) {
    int64_t most = search->question->offers[unit->offer].most, part = 0;
    if (most <= 0) return 0;
    if (!mx_muldiv_floor(gains[unit->offer] - most, SHARP, most, &part) || part > 8 * SHARP) part = 8 * SHARP;
    return part < 0 && unit->rate == search->scale ? 0 : part;
}

/* One step of length `reach` (scaled money) against the slope. 0: there is no slope. */
static int step_prices(struct solve_search *search, int64_t reach, const int64_t *gains) {
    int64_t norm = 0, delta = 0;
    uint32_t c, u;
    for (c = 0; c < search->class_count; c++) {
        int64_t slope = search->used[c] - solve_class_at(search, c)->pieces;
        if (slope > 0 || search->prices[c] > 0) norm += slope * slope * SHARP * SHARP;
    }
    for (u = 0; u < search->unit_count; u++) {
        int64_t slope = pressure(search, &search->units[u], gains);
        norm += slope * slope;
    }
    if (norm == 0) return 0;
    for (c = 0; c < search->class_count; c++) {
        int64_t slope = search->used[c] - solve_class_at(search, c)->pieces;
        if (!mx_muldiv_half_up(slope * SHARP * SHARP, reach, norm, &delta)) continue;
        search->prices[c] = search->prices[c] + delta > 0 ? search->prices[c] + delta : 0;
    }
    for (u = 0; u < search->unit_count; u++) {
        struct solve_unit *unit = &search->units[u];
        int64_t slope = pressure(search, unit, gains), most = search->question->offers[unit->offer].most;
        if (slope == 0 || !mx_muldiv_half_up(slope * SHARP, reach, norm, &delta)) continue;
        unit->rate -= delta / most;
        if (unit->rate < 0) unit->rate = 0;
        if (unit->rate > search->scale) unit->rate = search->scale;
    }
    return 1;
}

/* Keep (or take back) the prices and rates. */
static void keep(struct solve_search *search, int64_t *kept, int back) {
    uint32_t i;
    for (i = 0; i < search->class_count + search->unit_count; i++) {
        int64_t *at = i < search->class_count ? &search->prices[i] : &search->units[i - search->class_count].rate;
        if (back)
            *at = kept[i];
        else
            kept[i] = *at;
    }
}

void solve_prices(struct solve_search *search, uint32_t rounds) {
    int64_t *kept = solve_new(search->memory, search->class_count + search->unit_count, sizeof(*kept));
    int64_t *gains = solve_new(search->memory, search->question->offer_count, sizeof(*gains));
    int64_t lowest = INT64_MAX, share = 16;
    uint32_t idle = 0, i;
    for (i = 0; i < rounds; i++) {
        int64_t bound;
        solve_tables(search);
        search->steps += search->entries / 64;
        bound = bound_of(search, gains);
        if (bound < lowest) {
            idle = bound < lowest - lowest / 4096 ? 0 : idle + 1;
            lowest = bound;
            keep(search, kept, 0);
        } else {
            idle++;
        }
        if (lowest / search->scale <= search->best) break;
        if (idle >= 7) {
            idle = 0;
            share = share / 2;
            if (share == 0) break;
            keep(search, kept, 1);
            continue;
        }
        if (!step_prices(search, (bound - search->best * search->scale) / 16 * share, gains)) break;
    }
    keep(search, kept, 1);
    solve_tables(search);
    search->steps += search->entries / 64;
    if (lowest / search->scale < search->top) search->top = lowest / search->scale;
}
