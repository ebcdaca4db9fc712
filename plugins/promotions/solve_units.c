/* Offers as the search sees them. */
#include "solve_search.h"

struct solve_part *solve_parts_new(struct solve_search *search, struct solve_unit *unit, uint32_t count) {
    uint32_t i, c;
    unit->parts = solve_new(search->memory, count, sizeof(*unit->parts));
    unit->part_count = count;
    unit->has = solve_new(search->memory, count, sizeof(int64_t));
    unit->lin = solve_new(search->memory, count, sizeof(int64_t));
    unit->full = solve_new(search->memory, count, sizeof(int64_t));
    for (i = 0; i < count; i++) {
        unit->parts[i].off = solve_new(search->memory, search->class_count, sizeof(int64_t));
        for (c = 0; c < search->class_count; c++) unit->parts[i].off[c] = -1;
    }
    return unit->parts;
}

void solve_part_ready(struct solve_search *search, struct solve_part *part, enum solve_part_kind kind, uint32_t states) {
    uint32_t p;
    part->kind = kind;
    part->states = states;
    part->row = solve_new(search->memory, (uint64_t)search->piece_count + 1, sizeof(*part->row));
    part->wanted = 0;
    for (p = 0; p < search->piece_count; p++) {
        part->row[p] = part->wanted;
        part->wanted += part->off[search->piece_class[p]] >= 0;
    }
    part->row[p] = part->wanted;
    search->entries += (int64_t)(part->wanted + 1) * states;
}

static int64_t wanted_pieces(const struct solve_search *search, const struct solve_part *part) {
    int64_t count = 0;
    uint32_t c;
    for (c = 0; c < search->class_count; c++)
        if (part->off[c] >= 0) count += solve_class_at(search, c)->pieces;
    return count;
}

static void unit_each(struct solve_search *search, struct solve_unit *unit, const struct solve_offer *offer) {
    struct solve_part *part = solve_parts_new(search, unit, 1);
    int64_t wanted;
    uint32_t c;
    for (c = 0; c < search->class_count; c++) {
        int64_t off = offer->each[search->classes[c]], room = solve_class_at(search, c)->room;
        if (off > 0) part->off[c] = off < room ? off : room;
    }
    wanted = wanted_pieces(search, part);
    unit->quota = offer->pieces_most >= 0 && offer->pieces_most < wanted ? offer->pieces_most : -1;
    if (unit->quota >= 0)
        solve_part_ready(search, part, SOLVE_PART_CAPPED, (uint32_t)unit->quota + 1);
    else
        solve_part_ready(search, part, SOLVE_PART_OPEN, 1);
}

/* One piece and what it brings towards the spend of the step: exactly where the numbers allow, else rounded up, which only
 * makes the bound less sharp. */
static void part_cover(struct solve_search *search, struct solve_part *part) {
    int64_t step = part->spend, value;
    uint32_t c;
    part->cover = solve_new(search->memory, search->class_count, sizeof(*part->cover));
    for (c = 0; c < search->class_count; c++) {
        if (part->off[c] < 0) continue;
        for (value = solve_class_at(search, c)->value; value != 0;) {
            int64_t rest = step % value;
            step = value;
            value = rest;
        }
    }
    part->covers = part->spend / step <= 128 ? (uint32_t)(part->spend / step) : search->piece_count > 100 ? 32 : 96;
    for (c = 0; c < search->class_count; c++) {
        value = solve_class_at(search, c)->value;
        if (value >= part->spend)
            part->cover[c] = part->covers;
        else
            part->cover[c] = (uint32_t)(((mx_int128)value * part->covers + part->spend - 1) / part->spend);
    }
}

static void part_step(struct solve_search *search, struct solve_part *part, const struct solve_offer *offer,
                      const struct solve_step *step) {
    uint32_t c;
    part->need = step->pieces;
    part->spend = step->spend;
    part->amount = solve_in_total(search, step->amount);
    for (c = 0; c < search->class_count; c++)
        if (offer->wants[search->classes[c]]) part->off[c] = solve_step_off(step, solve_class_at(search, c));
    if (part->spend > 0 && step->amount > part->spend) { /* the room of the pieces says more than the amount */
        part->guess = 1;
        part->amount = 0;
        for (c = 0; c < search->class_count; c++)
            if (part->off[c] >= 0) part->off[c] = solve_class_at(search, c)->room;
    }
    if (part->spend > 0) {
        part_cover(search, part);
        solve_part_ready(search, part, SOLVE_PART_OPEN, part->covers + 1);
    } else {
        int64_t wanted = wanted_pieces(search, part);
        solve_part_ready(search, part, SOLVE_PART_OPEN, (uint32_t)(part->need < wanted ? part->need : wanted + 1) + 1);
    }
}

/* The k-th repetition as a step of its own, and one guess for all behind the last. */
static void set_repeats(struct solve_search *search, struct solve_unit *unit, const struct solve_offer *offer) {
    const struct solve_step *step = &offer->steps[0];
    int64_t spend = 0, full;
    uint32_t c, i, count;
    for (c = 0; c < search->class_count; c++)
        if (offer->wants[search->classes[c]]) spend += solve_class_at(search, c)->value * solve_class_at(search, c)->pieces;
    full = spend / step->spend;
    if (offer->times > 0 && full > offer->times) full = offer->times;
    count = (uint32_t)(full > SOLVE_REPEATS_EXACT ? SOLVE_REPEATS_EXACT + 1 : full < 1 ? 1 : full);
    solve_parts_new(search, unit, count);
    for (i = 0; i < count; i++) {
        struct solve_step one = *step;
        one.spend = (i + 1) * step->spend;
        one.amount = (i + 1) * step->amount;
        part_step(search, &unit->parts[i], offer, &one);
        if (i < SOLVE_REPEATS_EXACT) continue;
        unit->parts[i].guess = 1;
        unit->parts[i].amount = 0;
        for (c = 0; c < search->class_count; c++) {
            int64_t share = 0;
            (void)mx_muldiv_floor(step->amount, solve_class_at(search, c)->value, step->spend, &share);
            if (unit->parts[i].off[c] >= 0) unit->parts[i].off[c] += share + 1;
        }
    }
}

void solve_unit_set(struct solve_search *search, struct solve_unit *unit, const struct solve_offer *offer) {
    uint32_t i;
    unit->quota = offer->pieces_most;
    if (offer->repeats && offer->step_count == 1 && offer->steps[0].spend > 0) {
        set_repeats(search, unit, offer);
        return;
    }
    solve_parts_new(search, unit, offer->step_count);
    for (i = 0; i < offer->step_count; i++) part_step(search, &unit->parts[i], offer, &offer->steps[i]);
}

static void unit_new(struct solve_search *search, uint32_t at, uint32_t block) {
    const struct solve_offer *offer = &search->question->offers[at];
    struct solve_unit *unit = &search->units[search->unit_count++];
    unit->offer = at;
    unit->block = block;
    unit->form = offer->form;
    unit->rate = offer->most == 0 ? 0 : search->scale;
    unit->quota = -1;
    if (offer->form == SOLVE_EACH)
        unit_each(search, unit, offer);
    else if (offer->form == SOLVE_SET)
        solve_unit_set(search, unit, offer);
    else
        solve_unit_groups(search, unit, offer);
}

/* An offer whose groups may be held by the room of their pieces: one unit for each group, all with the same tables. */
static void split_groups(struct solve_search *search) {
    struct solve_unit *first = &search->units[search->unit_count - 1];
    uint32_t i;
    if (!first->single) return;
    for (i = 1; i < first->copies; i++) {
        struct solve_unit *unit = &search->units[search->unit_count++];
        *unit = *first;
        unit->follows = 1;
        unit->has = solve_new(search->memory, unit->part_count, sizeof(int64_t));
        unit->lin = solve_new(search->memory, unit->part_count, sizeof(int64_t));
        unit->full = solve_new(search->memory, unit->part_count, sizeof(int64_t));
    }
}

static uint32_t block_of(struct solve_search *search, uint32_t at) {
    int32_t group = search->question->offers[at].group;
    uint32_t i;
    for (i = 0; group > 0 && i < search->unit_count; i++)
        if (search->question->offers[search->units[i].offer].group == group) {
            if (search->units[i].offer != at) search->blocks[search->units[i].block].offers++;
            return search->units[i].block;
        }
    search->blocks[search->block_count].offers = 1;
    return search->block_count++;
}

static void list_choices(struct solve_search *search) {
    uint32_t c, u, p, count;
    search->choices = solve_new(search->memory, search->class_count, sizeof(*search->choices));
    search->choice_counts = solve_new(search->memory, search->class_count, sizeof(uint32_t));
    for (c = 0; c < search->class_count; c++) {
        for (count = 0, u = 0; u < search->unit_count; u++) count += search->units[u].part_count;
        search->choices[c] = solve_new(search->memory, count, sizeof(struct solve_choice));
        for (count = 0, u = 0; u < search->unit_count; u++)
            for (p = 0; p < search->units[u].part_count; p++) {
                if (search->units[u].parts[p].off[c] < 0) continue;
                search->choices[c][count].unit = u;
                search->choices[c][count++].part = p;
                if (search->units[u].form == SOLVE_SET) break; /* a step is no place: all share the pieces */
            }
        search->choice_counts[c] = count;
        if (count + 1 > search->child_room) search->child_room = count + 1;
    }
}

static void fill_blocks(struct solve_search *search) {
    uint32_t b, u;
    for (b = 0; b < search->block_count; b++) {
        struct solve_block *block = &search->blocks[b];
        block->active = UINT32_MAX;
        block->units = solve_new(search->memory, search->unit_count, sizeof(uint32_t));
        for (u = 0; u < search->unit_count; u++)
            if (search->units[u].block == b) block->units[block->unit_count++] = u;
    }
}

int solve_units(struct solve_search *search, const uint32_t *offers, uint32_t count) {
    uint32_t i, p;
    if (count > SOLVE_UNITS_MAX) return 0;
    search->units = solve_new(search->memory, SOLVE_UNITS_MAX, sizeof(*search->units));
    search->blocks = solve_new(search->memory, count, sizeof(*search->blocks));
    for (i = 0; i < count && search->unit_count < SOLVE_UNITS_MAX; i++) {
        unit_new(search, offers[i], block_of(search, offers[i]));
        if (search->entries > SOLVE_TABLE_MAX) return 0;
        split_groups(search);
    }
    if (i < count) return 0;
    for (i = 0; i < search->unit_count; i++)
        for (p = 0; p < search->units[i].part_count; p++) {
            struct solve_part *part = &search->units[i].parts[p];
            if (part->table) continue;
            part->table = solve_new(search->memory, (uint64_t)(part->wanted + 1) * part->states, sizeof(int64_t));
        }
    list_choices(search);
    fill_blocks(search);
    return 1;
}
