/* Offers in groups as the search sees them.
 *
 * As long as the room of the pieces holds no group back, what an offer gains does not depend on which of its pieces stand
 * together: a set price, an amount, slots and the dearest ones off are sums over places; the cheapest ones off follow when groups
 * are filled dearest first. Otherwise every group is a unit of its own. */
#include "solve_search.h"

#define COPIES_MAX 4 /* more units than these bring a slower walk than a sharper one */

static int64_t pieces_wanted(const struct solve_search *search, const struct solve_part *part) {
    int64_t count = 0;
    uint32_t c;
    for (c = 0; c < search->class_count; c++)
        if (part->off[c] >= 0) count += solve_class_at(search, c)->pieces;
    return count;
}

static int64_t pieces_of_all(const struct solve_search *search, const struct solve_unit *unit) {
    int64_t count = 0;
    uint32_t c, p;
    for (c = 0; c < search->class_count; c++) {
        for (p = 0; p < unit->part_count && unit->parts[p].off[c] < 0; p++) {
        }
        if (p < unit->part_count) count += solve_class_at(search, c)->pieces;
    }
    return count;
}

static int64_t groups_that_fit(const struct solve_search *search, const struct solve_unit *unit, const struct solve_offer *offer) {
    int64_t times = solve_times_most(offer), fit = unit->size > 0 ? pieces_of_all(search, unit) / unit->size : 0;
    uint32_t p;
    for (p = 0; p < unit->part_count; p++) {
        int64_t part = unit->parts[p].need > 0 ? pieces_wanted(search, &unit->parts[p]) / unit->parts[p].need : fit;
        if (part < fit) fit = part;
    }
    return times >= 0 && times < fit ? times : fit;
}

static void want(const struct solve_search *search, struct solve_part *part, const struct solve_offer *offer, const struct solve_slot *slot,
                 int64_t ppm) {
    uint32_t c;
    for (c = 0; c < search->class_count; c++) {
        const struct solve_class *class = solve_class_at(search, c);
        if (!slot->wants[search->classes[c]]) continue;
        if (offer->off_pieces > 0)
            part->off[c] = solve_share(class->value, ppm);
        else if (offer->has_price)
            part->off[c] = class->value;
        else
            part->off[c] = offer->amount > 0 ? 0 : solve_slot_off(slot, class);
    }
}

static void make_parts(struct solve_search *search, struct solve_unit *unit, const struct solve_offer *offer) {
    struct solve_part *parts;
    uint32_t i;
    if (offer->off_pieces > 0 && offer->off_dearest) {
        parts = solve_parts_new(search, unit, 2);
        parts[0].need = offer->off_pieces < unit->size ? offer->off_pieces : unit->size;
        parts[1].need = unit->size - parts[0].need;
        want(search, &parts[0], offer, &offer->slots[0], offer->off_ppm);
        want(search, &parts[1], offer, &offer->slots[0], 0);
        return;
    }
    parts = solve_parts_new(search, unit, offer->slot_count);
    for (i = 0; i < offer->slot_count; i++) {
        parts[i].need = offer->slots[i].pieces;
        want(search, &parts[i], offer, &offer->slots[i], offer->off_ppm);
    }
    if (offer->off_pieces == 0 && (offer->has_price || offer->amount > 0))
        unit->fixed = offer->has_price ? -solve_in_total(search, offer->amount) : solve_in_total(search, offer->amount);
}

/* A piece alone gains what its group gains. */
static void group_of_one(const struct solve_search *search, struct solve_unit *unit) {
    uint32_t p, c;
    for (p = 0; p < unit->part_count; p++)
        for (c = 0; c < search->class_count && unit->parts[p].need > 0; c++) {
            int64_t room = solve_class_at(search, c)->room, *off = &unit->parts[p].off[c];
            if (*off >= 0) *off = *off + unit->fixed < 0 ? 0 : *off + unit->fixed < room ? *off + unit->fixed : room;
        }
    unit->fixed = 0;
}

/* May a group want more than the room of its pieces? */
static int room_holds(const struct solve_search *search, const struct solve_unit *unit, const struct solve_offer *offer, int chunk) {
    int64_t room = 0, lost = 0;
    uint32_t p, c;
    for (p = 0; p < unit->part_count; p++) {
        const struct solve_part *part = &unit->parts[p];
        int64_t least = INT64_MAX;
        for (c = 0; c < search->class_count; c++) {
            const struct solve_class *class = solve_class_at(search, c);
            if (part->off[c] < 0) continue;
            if (chunk && (mx_int128) class->room * unit->size < (mx_int128)part->off[c] * offer->off_pieces) return 1;
            if (!chunk && unit->fixed == 0 && class->room < part->off[c]) return 1;
            if (class->room < least) least = class->room;
            if (class->value - class->room > lost) lost = class->value - class->room;
        }
        if (least < INT64_MAX) room += least * part->need;
    }
    if (unit->fixed > 0) return room < unit->fixed;
    return unit->fixed < 0 && lost * unit->size > -unit->fixed;
}

void solve_unit_groups(struct solve_search *search, struct solve_unit *unit, const struct solve_offer *offer) {
    int chunk = offer->off_pieces > 0 && !offer->off_dearest;
    uint32_t p;
    unit->size = solve_group_size(offer);
    unit->paid = offer->off_pieces < unit->size ? unit->size - offer->off_pieces : 0;
    make_parts(search, unit, offer);
    if (unit->size == 1) group_of_one(search, unit);
    unit->times = groups_that_fit(search, unit, offer);
    if (unit->times > 0 && room_holds(search, unit, offer, chunk)) {
        unit->single = unit->times <= COPIES_MAX && search->unit_count + unit->times <= SOLVE_UNITS_MAX;
        if (!unit->single) search->is_loose = 1;
    }
    if (unit->single) {
        unit->copies = (uint32_t)unit->times;
        unit->times = 1;
    }
    /* Without a cap that binds, how many groups there are says nothing about what may follow. */
    unit->counted = (uint8_t)(unit->single || unit->size == 0 || (solve_times_most(offer) >= 0 && unit->times == solve_times_most(offer)));
    for (p = 0; p < unit->part_count; p++) {
        int64_t states = chunk && !unit->counted ? unit->size : unit->times * unit->parts[p].need + 1;
        if (states > SOLVE_TABLE_MAX) states = SOLVE_TABLE_MAX;
        solve_part_ready(search, &unit->parts[p], chunk ? SOLVE_PART_CHUNK : SOLVE_PART_FILL, (uint32_t)states);
    }
}
