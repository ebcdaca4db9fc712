/* What units can still gain, for given prices. */
#include "solve_search.h"

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* The states [from, to) take one more piece or none. Nothing else stands in this loop: most of the solver's time is spent here. */
static void row_stretch(const int64_t *next, int64_t *row, uint32_t from, uint32_t to, int64_t more) {
    uint32_t s;
    for (s = from; s < to; s++) row[s] = larger(next[s], more + next[s + 1]);
}

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* The last state takes no more, or begins the next group. A piece brings `gain` when it is free, `stays` when it is paid for. */
static void row_chunk(const struct solve_unit *unit, uint32_t states, const int64_t *next, int64_t *row, int64_t gain, int64_t stays) {
    uint32_t size = (uint32_t)unit->size, paid = (uint32_t)unit->paid, last = states - 1, from;
    for (from = 0; from < last; from += size) {
        row_stretch(next, row, from, smaller(from + paid, last), stays);
        row_stretch(next, row, from + paid, smaller(from + size, last), gain);
    }
    row[last] = next[last];
    if (!unit->counted && states == size) row[last] = larger(row[last], (last >= paid ? gain : stays) + next[0]);
}

/* A piece of which `down` states become fewer; the states [1, down] become none. */
static void row_filled(const int64_t *next, int64_t *row, uint32_t states, uint32_t down, int64_t more) {
    const int64_t *taken = next + 1;
    int64_t none = more + next[0];
    uint32_t s;
    for (s = 1; s < states && s <= down; s++) row[s] = larger(next[s], none);
    for (; s < states; s++) row[s] = larger(next[s], more + *taken++);
}

static void fill_part(const struct solve_search *search, const struct solve_unit *unit, const struct solve_part *part, uint32_t pos) {
    uint32_t states = part->states, p, s;
    int64_t *row = part->table + (uint64_t)part->wanted * states;
    for (s = 0; s < states; s++) row[s] = s ? SOLVE_NEVER : 0;
    if (part->kind == SOLVE_PART_CAPPED) memset(row, 0, states * sizeof(*row));
    for (s = 0; part->kind == SOLVE_PART_CHUNK && unit->size > 0 && s < states; s += (uint32_t)unit->size) row[s] = 0;
    for (p = search->piece_count; p-- > pos;) {
        uint32_t c = search->piece_class[p], down;
        int64_t *next = row, price = search->prices[c], gain = part->off[c] * unit->rate;
        if (part->off[c] < 0) continue;
        row -= states;
        if (part->kind == SOLVE_PART_CHUNK) {
            row_chunk(unit, states, next, row, gain - price, -price);
            continue;
        }
        down = part->cover ? part->cover[c] : 1;
        row[0] = part->kind == SOLVE_PART_OPEN ? next[0] + larger(gain - price, 0) : next[0];
        row_filled(next, row, states, down, gain - price);
    }
}

void solve_tables(struct solve_search *search, uint32_t pos) {
    uint32_t u, p;
    for (u = 0; u < search->unit_count; u++)
        for (p = 0; p < search->units[u].part_count; p++)
            if (!search->units[u].follows) fill_part(search, &search->units[u], &search->units[u].parts[p], pos);
    for (p = search->piece_count, search->behind[p] = 0; p-- > pos;)
        search->behind[p] = search->behind[p + 1] + search->prices[search->piece_class[p]];
}

int64_t solve_part_at(const struct solve_part *part, uint32_t pos, int64_t state) {
    if (state < 0 || state >= part->states) return SOLVE_NEVER;
    return part->table[(uint64_t)part->row[pos] * part->states + (uint64_t)state];
}

int64_t solve_groups_begun(const struct solve_unit *unit) {
    int64_t groups = 0;
    uint32_t p;
    for (p = 0; unit->count > 0 && p < unit->part_count; p++) {
        int64_t need = unit->parts[p].need;
        if (need > 0) groups = larger(groups, (unit->has[p] + need - 1) / need);
    }
    return groups;
}

static int64_t rest_of_slots(const struct solve_unit *unit, uint32_t pos) {
    int64_t best = SOLVE_NEVER, groups = solve_groups_begun(unit);
    uint32_t p;
    if (unit->single && groups == 1 && unit->count == unit->size)
        return unit->rate * (unit->gain + unit->fixed < unit->room ? unit->gain + unit->fixed : unit->room);
    for (; groups <= unit->times; groups++) {
        int64_t rest = unit->rate * (unit->gain + groups * unit->fixed);
        for (p = 0; p < unit->part_count && rest > SOLVE_NEVER / 2; p++)
            rest += solve_part_at(&unit->parts[p], pos, groups * unit->parts[p].need - unit->has[p]);
        best = larger(best, rest);
    }
    return best;
}

int64_t solve_part_needed(const struct solve_unit *unit, const struct solve_part *part) {
    int64_t rest;
    if (part->cover) {
        if (unit->spend >= part->spend) return 0;
        return (int64_t)(((mx_int128)(part->spend - unit->spend) * part->covers + part->spend - 1) / part->spend);
    }
    rest = part->need - unit->count;
    if (rest < 0) return 0;
    return rest < part->states ? rest : part->states - 1;
}

static int64_t rest_of_set(const struct solve_unit *unit, uint32_t pos) {
    int64_t best = unit->count ? SOLVE_NEVER : 0;
    uint32_t p;
    for (p = 0; p < unit->part_count; p++) {
        const struct solve_part *part = &unit->parts[p];
        best = larger(best, unit->rate * (part->amount + unit->lin[p]) + solve_part_at(part, pos, solve_part_needed(unit, part)));
    }
    return best;
}

int64_t solve_unit_rest(const struct solve_search *search, const struct solve_unit *unit, uint32_t pos) {
    const struct solve_part *part = unit->parts;
    (void)search;
    if (unit->form == SOLVE_SET) return rest_of_set(unit, pos);
    if (unit->form == SOLVE_EACH)
        return unit->rate * unit->gain + solve_part_at(part, pos, part->kind == SOLVE_PART_CAPPED ? unit->quota - unit->count : 0);
    if (part->kind == SOLVE_PART_FILL) return rest_of_slots(unit, pos);
    if (unit->single && unit->count == unit->size) return unit->rate * (unit->gain < unit->room ? unit->gain : unit->room);
    if (unit->size == 0) return 0;
    return unit->rate * unit->gain + solve_part_at(part, pos, unit->counted ? unit->count : unit->count % unit->size);
}

/* What the offer's cap adds where it presses: the part of the gain that the rate leaves out counts as if the cap were reached. */
static int64_t pressed(const struct solve_search *search, const struct solve_unit *unit) {
    int64_t most = search->question->offers[unit->offer].most;
    return most >= 0 && !unit->follows ? (search->scale - unit->rate) * most : 0;
}

int64_t solve_block_rest(const struct solve_search *search, const struct solve_block *block, const int64_t *rest) {
    int64_t best = 0, sum = 0, all = 0;
    uint32_t i;
    for (i = 0; i < block->unit_count; i++) {
        const struct solve_unit *unit = &search->units[block->units[i]];
        int64_t most = search->question->offers[unit->offer].most;
        if (block->offers > 1 && block->active != UINT32_MAX && block->active != unit->offer) continue;
        sum += (rest[block->units[i]] > SOLVE_NEVER / 2 ? rest[block->units[i]] : 0) + pressed(search, unit);
        if (i + 1 < block->unit_count && search->units[block->units[i + 1]].offer == unit->offer) continue;
        if (most >= 0 && most < search->total && sum > most * search->scale) sum = most * search->scale;
        best = larger(best, sum);
        all += sum;
        sum = 0;
    }
    return block->offers == 1 || block->active != UINT32_MAX ? all : best;
}

static int64_t gain_of_set(const struct solve_search *search, const struct solve_unit *unit) {
    const struct solve_offer *offer = &search->question->offers[unit->offer];
    int64_t best = 0;
    uint32_t i;
    for (i = 0; i < offer->step_count; i++) {
        const struct solve_step *step = &offer->steps[i];
        int64_t gain = step->amount, full;
        if (unit->count < step->pieces || unit->spend < step->spend) continue;
        if (offer->repeats && step->spend > 0) {
            full = unit->spend / step->spend;
            if (offer->times > 0 && full > offer->times) full = offer->times;
            gain = full > unit->room / (gain ? gain : 1) ? unit->room : full * gain;
        }
        gain += offer->repeats || unit->parts[i].guess ? 0 : unit->lin[i];
        best = larger(best, gain < unit->room ? gain : unit->room);
    }
    return best;
}

int64_t solve_unit_gain(const struct solve_search *search, const struct solve_unit *unit) {
    int64_t groups, gain;
    uint32_t p;
    if (unit->count == 0) return 0;
    if (unit->form == SOLVE_SET) return gain_of_set(search, unit);
    if (unit->form == SOLVE_EACH) return unit->gain;
    if (unit->size == 0 || unit->count % unit->size) return SOLVE_NEVER;
    groups = unit->count / unit->size;
    for (p = 0; p < unit->part_count && unit->parts[p].kind == SOLVE_PART_FILL; p++)
        if (unit->has[p] != groups * unit->parts[p].need) return SOLVE_NEVER;
    gain = unit->gain + groups * unit->fixed;
    if (unit->single && gain > unit->room) gain = unit->room;
    return larger(gain, 0);
}
