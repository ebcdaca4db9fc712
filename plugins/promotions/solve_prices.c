/* Prices of the classes under which the bound is low: raise what too many units want, lower what stays behind, in steps that grow
 * smaller. An offer whose cap presses gains less for each further piece: its rate is found the same way. */
#include "solve_search.h"

#define SHARP 1024 /* parts of a piece in which the pressure on a cap is counted */

static uint32_t next_state(const struct solve_unit *unit, const struct solve_part *part, uint32_t class, uint32_t s) {
    uint32_t down = part->cover ? part->cover[class] : 1;
    if (part->kind == SOLVE_PART_CHUNK) return unit->counted ? s + 1 : (s + 1) % (uint32_t)unit->size;
    return s > down ? s - down : 0;
}

/* Note the pieces behind `pos` that the part takes at its best; what they bring. */
static int64_t trace(struct solve_search *search, const struct solve_unit *unit, const struct solve_part *part, uint32_t pos,
                     int64_t from) {
    uint32_t state = (uint32_t)from, p;
    int64_t gain = 0;
    for (p = pos; p < search->piece_count; p++) {
        uint32_t c = search->piece_class[p];
        const int64_t *row = part->table + (uint64_t)part->row[p] * part->states;
        if (part->off[c] < 0 || row[state] == row[part->states + state]) continue;
        search->used[c]++;
        if (part->kind != SOLVE_PART_CHUNK || state % (uint32_t)unit->size >= (uint32_t)unit->paid) gain += part->off[c];
        state = next_state(unit, part, c, state);
    }
    return gain;
}

static int64_t trace_slots(struct solve_search *search, const struct solve_unit *unit, uint32_t pos) {
    int64_t groups = solve_groups_begun(unit), best = groups ? SOLVE_NEVER : 0, pick = 0, gain;
    uint32_t p;
    for (groups += groups == 0; groups <= unit->times; groups++) {
        int64_t sum = unit->rate * (unit->gain + groups * unit->fixed);
        for (p = 0; p < unit->part_count && sum > SOLVE_NEVER / 2; p++)
            sum += solve_part_at(&unit->parts[p], pos, groups * unit->parts[p].need - unit->has[p]);
        if (sum <= best) continue;
        best = sum;
        pick = groups;
    }
    for (gain = unit->gain + pick * unit->fixed, p = 0; pick > 0 && p < unit->part_count; p++)
        gain += trace(search, unit, &unit->parts[p], pos, pick * unit->parts[p].need - unit->has[p]);
    return gain;
}

static int64_t trace_set(struct solve_search *search, const struct solve_unit *unit, uint32_t pos) {
    int64_t best = unit->count ? SOLVE_NEVER : 0;
    const struct solve_part *pick = NULL;
    uint32_t p;
    for (p = 0; p < unit->part_count; p++) {
        const struct solve_part *part = &unit->parts[p];
        int64_t sum = unit->rate * (part->amount + unit->lin[p]) + solve_part_at(part, pos, solve_part_needed(unit, part));
        if (sum <= best) continue;
        best = sum;
        pick = part;
    }
    if (!pick) return 0;
    return pick->amount + unit->lin[pick - unit->parts] + trace(search, unit, pick, pos, solve_part_needed(unit, pick));
}

static int64_t trace_unit(struct solve_search *search, const struct solve_unit *unit, uint32_t pos) {
    const struct solve_part *part = unit->parts;
    if (unit->form == SOLVE_SET) return trace_set(search, unit, pos);
    if (unit->form == SOLVE_EACH)
        return unit->gain + trace(search, unit, part, pos, part->kind == SOLVE_PART_CAPPED ? unit->quota - unit->count : 0);
    if (unit->size == 0) return 0;
    if (unit->single && unit->count == unit->size) return unit->gain + unit->fixed;
    if (part->kind == SOLVE_PART_FILL) return trace_slots(search, unit, pos);
    return unit->gain + trace(search, unit, part, pos, unit->counted ? unit->count : unit->count % unit->size);
}

/* Trace the units that the block's bound counts; gains[offer] is what each would gain. */
static void trace_block(struct solve_search *search, const struct solve_block *block, const int64_t *rest, uint32_t pos) {
    int64_t best = 0, sum = 0;
    uint32_t i, pick = UINT32_MAX;
    for (i = 0; i < block->unit_count; i++) {
        uint32_t offer = search->units[block->units[i]].offer;
        int64_t most = search->question->offers[offer].most;
        search->gains[offer] = 0;
        sum += rest[block->units[i]];
        if (most >= 0 && !search->units[block->units[i]].follows) sum += (search->scale - search->units[block->units[i]].rate) * most;
        if (i + 1 < block->unit_count && search->units[block->units[i + 1]].offer == offer) continue;
        if (block->offers == 1 || block->active == offer || (block->active == UINT32_MAX && sum > best)) {
            pick = offer;
            best = sum;
        }
        sum = 0;
    }
    for (i = 0; i < block->unit_count; i++) {
        const struct solve_unit *unit = &search->units[block->units[i]];
        if (unit->offer != pick || rest[block->units[i]] <= SOLVE_NEVER / 2) continue;
        search->gains[pick] += trace_unit(search, unit, pos);
    }
}

static int64_t bound_of(struct solve_search *search, uint32_t pos) {
    int64_t bound = search->behind[pos], *rest = search->rest + (uint64_t)pos * search->unit_count;
    uint32_t u, b;
    memset(search->used, 0, search->class_count * sizeof(int64_t));
    for (u = 0; u < search->unit_count; u++) {
        rest[u] = solve_unit_rest(search, &search->units[u], pos);
        if (rest[u] <= SOLVE_NEVER / 2) return SOLVE_NEVER;
    }
    for (b = 0; b < search->block_count; b++) {
        bound += solve_block_rest(search, &search->blocks[b], rest);
        trace_block(search, &search->blocks[b], rest, pos);
    }
    return bound;
}

static int64_t pressure(const struct solve_search *search, const struct solve_unit *unit) {
    int64_t most = search->question->offers[unit->offer].most, part = 0;
    if (most <= 0) return 0;
    if (!mx_muldiv_floor(search->gains[unit->offer] - most, SHARP, most, &part) || part > 8 * SHARP) part = 8 * SHARP;
    return part < 0 && unit->rate == search->scale ? 0 : part;
}

static int64_t within(int64_t number, int64_t most) { return number < 0 ? 0 : number > most ? most : number; }

static void step_units(struct solve_search *search, int64_t reach, int64_t norm) {
    int64_t delta = 0;
    uint32_t u;
    for (u = 0; u < search->unit_count; u++) {
        struct solve_unit *unit = &search->units[u];
        int64_t slope = pressure(search, unit), most = search->question->offers[unit->offer].most;
        if (slope != 0 && mx_muldiv_half_up(slope * SHARP, reach, norm, &delta))
            unit->rate = within(unit->rate - delta / most, search->scale);
    }
}

/* One step of length `reach` (scaled money) against the slope. 0: there is no slope. */
static int step_prices(struct solve_search *search, int64_t reach) {
    int64_t norm = 0, delta = 0;
    uint32_t c, u;
    for (c = 0; c < search->class_count; c++) {
        int64_t slope = search->used[c] - search->left[c];
        if (slope > 0 || search->prices[c] > 0) norm += slope * slope * SHARP * SHARP;
    }
    for (u = 0; u < search->unit_count; u++) {
        int64_t slope = pressure(search, &search->units[u]);
        norm += slope * slope;
    }
    if (norm == 0) return 0;
    for (c = 0; c < search->class_count; c++) {
        int64_t slope = search->used[c] - search->left[c];
        if (!mx_muldiv_half_up(slope * SHARP * SHARP, reach, norm, &delta)) continue;
        search->prices[c] = search->prices[c] + delta > 0 ? search->prices[c] + delta : 0;
    }
    step_units(search, reach, norm);
    return 1;
}

uint32_t solve_prices_count(const struct solve_search *search) { return search->class_count + search->unit_count; }

void solve_prices_keep(struct solve_search *search, int64_t *kept, int back) {
    uint32_t i;
    for (i = 0; i < solve_prices_count(search); i++) {
        int64_t *at = i < search->class_count ? &search->prices[i] : &search->units[i - search->class_count].rate;
        if (back)
            *at = kept[i];
        else
            kept[i] = *at;
    }
}

static void count_left(struct solve_search *search, uint32_t pos) {
    uint32_t p;
    memset(search->left, 0, search->class_count * sizeof(int64_t));
    for (p = pos; p < search->piece_count; p++) search->left[search->piece_class[p]]++;
}

static void fill_tables(struct solve_search *search, uint32_t pos) {
    solve_tables(search, pos);
    search->steps += search->entries * (search->piece_count - pos) / (search->piece_count + INT64_C(1)) / 64;
}

int64_t solve_prices(struct solve_search *search, uint32_t pos, uint32_t rounds) {
    int64_t lowest = INT64_MAX, share = 16;
    uint32_t idle = 0, i;
    count_left(search, pos);
    for (i = 0; i < rounds; i++) {
        int64_t bound;
        fill_tables(search, pos);
        bound = bound_of(search, pos);
        if (bound < lowest) {
            idle = bound < lowest - lowest / 4096 ? 0 : idle + 1;
            lowest = bound;
            solve_prices_keep(search, search->kept, 0);
        } else {
            idle++;
        }
        if (lowest / search->scale <= search->best) return lowest;
        if (idle >= 7) {
            idle = 0;
            share = share / 2;
            if (share == 0) break;
            solve_prices_keep(search, search->kept, 1);
            continue;
        }
        if (!step_prices(search, (bound - search->best * search->scale) / 16 * share)) break;
    }
    solve_prices_keep(search, search->kept, 1);
    fill_tables(search, pos);
    return lowest;
}
