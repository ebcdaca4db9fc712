/* What an offer gains from given pieces. The search has its own, quicker sums; they all agree with these. */
#include "solve_work.h"

#define STEP_FITS(step, count, spend) ((step)->pieces <= (count) && (step)->spend <= (spend))

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t solve_share(int64_t value, int64_t ppm) {
    int64_t share = 0;
    if (ppm == MX_PPM_ONE || value <= 0) return value > 0 ? value : 0;
    (void)mx_muldiv_half_up(value, ppm, MX_PPM_ONE, &share);
    return share;
}

int64_t solve_group_size(const struct solve_offer *offer) {
    int64_t size = 0;
    uint32_t i;
    for (i = 0; i < offer->slot_count; i++) size += offer->slots[i].pieces;
    return size;
}

/* Pieces of one group that get something off. */
static int64_t pieces_off(const struct solve_offer *offer) {
    int64_t count = 0;
    uint32_t i;
    if (offer->off_pieces > 0) return offer->off_pieces;
    if (offer->has_price || offer->amount > 0) return solve_group_size(offer);
    for (i = 0; i < offer->slot_count; i++)
        if (offer->slots[i].ppm > 0 || offer->slots[i].has_price) count += offer->slots[i].pieces;
    return count;
}

int64_t solve_times_most(const struct solve_offer *offer) {
    int64_t most = offer->times > 0 ? offer->times : -1, each = pieces_off(offer);
    if (offer->pieces_most >= 0 && each > 0) {
        int64_t quota = offer->pieces_most / each;
        if (most < 0 || quota < most) most = quota;
    }
    return most;
}

int solve_wants(const struct solve_offer *offer, uint32_t class) {
    uint32_t i;
    if (offer->form == SOLVE_EACH) return offer->each[class] > 0;
    if (offer->form == SOLVE_SET) return offer->wants[class];
    for (i = 0; i < offer->slot_count; i++)
        if (offer->slots[i].wants[class]) return 1;
    return 0;
}

int64_t solve_slot_off(const struct solve_slot *slot, const struct solve_class *class) {
    if (slot->has_price) return class->value > slot->price ? class->value - slot->price : 0;
    return slot->ppm > 0 ? solve_share(class->value, slot->ppm) : 0;
}

int64_t solve_step_off(const struct solve_step *step, const struct solve_class *class) {
    int64_t off = 0;
    if (step->ppm > 0)
        off = solve_share(class->value, step->ppm);
    else if (step->amount == 0 && step->price > 0 && class->value > step->price)
        off = class->value - step->price;
    return least(off, class->room);
}

static int64_t value_each(const struct solve_question *question, const struct solve_offer *offer, const int64_t *pieces) {
    int64_t gain = 0, count = 0;
    uint32_t c;
    for (c = 0; c < question->class_count; c++) {
        if (pieces[c] == 0) continue;
        if (offer->each[c] <= 0) return -1;
        gain += least(offer->each[c], question->classes[c].room) * pieces[c];
        count += pieces[c];
    }
    return offer->pieces_most >= 0 && count > offer->pieces_most ? -1 : gain;
}

static int64_t value_set(const struct solve_question *question, const struct solve_offer *offer, const int64_t *pieces) {
    int64_t spend = 0, count = 0, room = 0, best = 0;
    uint32_t c, i;
    for (c = 0; c < question->class_count; c++) {
        if (pieces[c] == 0) continue;
        if (!offer->wants[c]) return -1;
        spend += question->classes[c].value * pieces[c];
        room += question->classes[c].room * pieces[c];
        count += pieces[c];
    }
    if (offer->pieces_most >= 0 && count > offer->pieces_most) return -1;
    for (i = 0; i < offer->step_count; i++) {
        const struct solve_step *step = &offer->steps[i];
        int64_t gain = step->amount;
        if (!STEP_FITS(step, count, spend)) continue;
        if (offer->repeats && step->spend > 0) {
            int64_t full = spend / step->spend;
            if (offer->times > 0) full = least(full, offer->times);
            gain = full > room / (step->amount ? step->amount : 1) ? room : full * step->amount;
        }
        for (c = 0; c < question->class_count && !offer->repeats; c++)
            if (pieces[c]) gain += solve_step_off(step, &question->classes[c]) * pieces[c];
        gain = least(gain, room);
        if (gain > best) best = gain;
    }
    return best;
}

/* One slot: the cheapest (or dearest) off_pieces of the group get off_ppm. */
static int64_t off_some(const struct solve_question *question, const struct solve_offer *offer, const int64_t *pieces) {
    int64_t need = offer->off_pieces, off = 0, last = -1;
    while (need > 0) {
        uint32_t c, pick = question->class_count;
        int64_t count = 0, value = 0;
        for (c = 0; c < question->class_count; c++) {
            value = question->classes[c].value;
            if (pieces[c] == 0 || (last >= 0 && (offer->off_dearest ? value >= last : value <= last))) continue;
            if (pick == question->class_count ||
                (offer->off_dearest ? value > question->classes[pick].value : value < question->classes[pick].value))
                pick = c;
        }
        if (pick == question->class_count) break;
        last = question->classes[pick].value;
        for (c = 0; c < question->class_count; c++)
            if (question->classes[c].value == last) count += pieces[c];
        count = least(count, need);
        off += solve_share(last, offer->off_ppm) * count;
        need -= count;
    }
    return off;
}

static int64_t value_group(const struct solve_question *question, const struct solve_offer *offer, const int64_t *pieces) {
    int64_t value = 0, room = 0, count = 0, off = 0;
    uint32_t c;
    if (offer->slot_count == 0) return -1;
    for (c = 0; c < question->class_count; c++) {
        value += question->classes[c].value * pieces[c];
        room += question->classes[c].room * pieces[c];
        count += pieces[c];
        if (pieces[c] && !solve_wants(offer, c)) return -1;
    }
    if (count != solve_group_size(offer)) return -1;
    if (offer->slot_count > 1 || offer->off_pieces == 0) {
        off = solve_fill_slots(question, offer, pieces);
        if (off < 0) return -1;
    }
    if (offer->off_pieces > 0)
        off = off_some(question, offer, pieces);
    else if (offer->has_price)
        off = value > offer->amount ? value - offer->amount : 0;
    else if (offer->amount > 0)
        off = offer->amount;
    return least(off, room);
}

int64_t solve_value(const struct solve_question *question, uint32_t at, const int64_t *pieces) {
    const struct solve_offer *offer = &question->offers[at];
    int64_t gain;
    switch (offer->form) {
    case SOLVE_EACH:
        gain = value_each(question, offer, pieces);
        break;
    case SOLVE_GROUPS:
        gain = solve_times_most(offer) == 0 ? -1 : value_group(question, offer, pieces);
        break;
    case SOLVE_SET:
        gain = value_set(question, offer, pieces);
        break;
    default:
        gain = -1;
    }
    return offer->most >= 0 ? least(gain, offer->most) : gain;
}
