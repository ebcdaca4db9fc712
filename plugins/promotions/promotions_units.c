/* Which units an offer may have, what they cost, and how much may come off them. */
#include "engine.h"

#include <stdlib.h>

/* What a piece, or a line of goods by weight, must cost so that its cost is paid without the tax in it. */
static int64_t cost_floor(const struct price_work *work, const struct mx_cart_line *line) {
    mx_int128 cost = line->cost, part = MX_PPM_ONE;
    if (!work->ask->stacking->keep_cost || !line->cost_known) return 0;
    if (!price_in_pieces(line)) {
        cost *= line->qty;
        part *= MX_QTY_ONE;
    }
    cost *= work->ask->cart->prices_include_tax ? MX_PPM_ONE + line->tax_ppm : MX_PPM_ONE;
    cost = (cost + part - 1) / part;
    return cost > MX_INT_MAX ? MX_INT_MAX : (int64_t)cost;
}

static int64_t floor_of_line(const struct price_work *work, const struct mx_cart_line *line) {
    int64_t base = line->amount / price_pieces(line, line->qty), cost = cost_floor(work, line), share = 0;
    int64_t most_ppm = work->ask->stacking->max_share_ppm;
    if (most_ppm) {
        (void)mx_muldiv_floor(base, most_ppm, MX_PPM_ONE, &share);
        share = base - share;
    }
    if (cost < share) cost = share;
    return cost < base ? cost : base;
}

void price_floors(struct price_work *work) {
    uint32_t i;
    if (!work->ask->stacking->keep_cost && !work->ask->stacking->max_share_ppm) return;
    work->floors = price_new(work, work->line_count, sizeof(*work->floors));
    for (i = 0; i < work->line_count; i++) work->floors[i] = floor_of_line(work, price_cart_line(work, i));
}

int64_t price_floor_of(const struct price_work *work, uint32_t line, int64_t from, int64_t qty) {
    const struct mx_cart_line *cart_line = price_cart_line(work, line);
    int64_t floor = 0;
    if (price_in_pieces(cart_line)) return work->floors[line] * (qty / MX_QTY_ONE);
    (void)mx_share_range(work->floors[line], from, from + qty, cart_line->qty, &floor);
    return floor;
}

int64_t price_room(const struct price_work *work, const struct mx_offer *offer, const struct price_units *units) {
    int64_t room = units->left, pieces = price_pieces(price_cart_line(work, units->line), units->qty);
    if (work->floors && !offer->below_cost) room -= price_floor_of(work, units->line, units->from, units->qty);
    if (offer->max_unit && room / pieces >= offer->max_unit) room = offer->max_unit * pieces;
    return room > 0 ? room : 0;
}

/* ---- naming ---- */

static int named_order(const void *a, const void *b) {
    const struct price_named *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* An offer may touch a line of its kind: shipping or goods, in pieces when it takes groups of them. */
static int may_touch(const struct mx_cart_line *line, const struct mx_offer *offer) {
    if (line->overridden || !line->shipping != (offer->lane != MX_LANE_SHIPPING)) return 0;
    return !price_is_group(offer) || price_in_pieces(line);
}

/* A line named twice: their quantities together, never more than there is. */
static void merge_named(struct price_work *work) {
    uint32_t i, kept = 0;
    qsort(work->named, work->named_count, sizeof(*work->named), named_order);
    for (i = 1; i < work->named_count; i++) {
        const struct mx_cart_line *line = price_cart_line(work, work->named[i].line);
        struct price_named *to = &work->named[kept];
        if (to->line != work->named[i].line) {
            work->named[++kept] = work->named[i];
            continue;
        }
        to->qty = work->named[i].qty < line->qty - to->qty ? to->qty + work->named[i].qty : line->qty;
    }
    work->named_count = kept + 1;
}

/* Note how much of each line is named, by line: whole pieces of what is sold by the piece, nothing of lines that are not there. */
void price_name(struct price_work *work, const struct mx_offer *offer, const struct mx_list *lines) {
    uint32_t i, unsorted = 0;

    if (lines->count > work->named_room) {
        work->named_room = 2 * lines->count;
        work->named = price_new(work, work->named_room, sizeof(*work->named));
    }
    work->named_count = 0;
    for (i = 0; i < lines->count; i++) {
        const struct mx_offer_line *want = mx_list_at(lines, i);
        struct price_named *named = &work->named[work->named_count];
        const struct mx_cart_line *line;
        if (want->line < 1 || want->line > (int64_t)work->line_count || want->qty < 0) continue;
        named->line = (uint32_t)(want->line - 1);
        named->place = i;
        line = price_cart_line(work, named->line);
        if (!may_touch(line, offer)) continue;
        named->qty = want->qty && want->qty < line->qty ? want->qty : line->qty;
        named->price = want->price ? want->price : offer->amount;
        unsorted |= work->named_count && named[-1].line >= named->line;
        work->named_count++;
    }
    if (unsorted) merge_named(work);
    for (i = 0; i < work->named_count; i++)
        if (price_cart_line(work, work->named[i].line)->unit == MX_UNIT_PIECE) work->named[i].qty -= work->named[i].qty % MX_QTY_ONE;
}

/* ---- collecting ---- */

struct price_units *price_list_add(struct price_work *work, struct price_list *list) {
    if (list->count == list->room) {
        struct price_units *old = list->items;
        list->room = list->room ? 2 * list->room : 32;
        list->items = price_new(work, list->room, sizeof(*list->items));
        if (list->count) memcpy(list->items, old, list->count * sizeof(*list->items));
    }
    memset(&list->items[list->count], 0, sizeof(*list->items));
    return &list->items[list->count++];
}

int price_free(const struct price_run *run, int32_t lane, enum price_hold hold) {
    if (run->lane != lane) return 1;
    return hold == PRICE_TOUCHED ? run->hold < PRICE_SEALED : hold == PRICE_CLOSED ? run->hold < PRICE_CLOSED : 0;
}

static void add_units(struct price_work *work, const struct price_try *try, const struct price_units *units) {
    struct price_units *added = price_list_add(work, &work->units);
    *added = *units;
    added->room = price_room(work, try->offer, units);
}

/* Pieces of one price each: the dearer ones of the run first. */
static void add_pieces(struct price_work *work, const struct price_try *try, const struct price_units *units) {
    const struct price_run *run = units->run;
    int64_t pieces = (run->to - run->from) / MX_QTY_ONE, dearer = run->left % pieces * MX_QTY_ONE;
    struct price_units part = *units;

    if (dearer == 0 || dearer >= units->qty) {
        add_units(work, try, units);
        return;
    }
    part.qty = dearer;
    part.left = (run->left / pieces + 1) * (dearer / MX_QTY_ONE);
    add_units(work, try, &part);
    part.from += dearer;
    part.qty = units->qty - dearer;
    part.left = units->left - part.left;
    add_units(work, try, &part);
}

static void collect(struct price_work *work, const struct price_try *try, uint32_t slot, int in_pieces) {
    uint32_t i;
    for (i = 0; i < work->named_count; i++) {
        const struct price_named *named = &work->named[i];
        int pieces = in_pieces && price_in_pieces(price_cart_line(work, named->line));
        int64_t rest = named->qty;
        struct price_run *run;
        for (run = work->runs[named->line]; run && rest > 0; run = run->next) {
            struct price_units units = {.run = run, .line = named->line, .slot = slot, .from = run->from, .price = named->price};
            if (!price_free(run, try->offer->lane, try->hold)) continue;
            units.qty = rest < run->to - run->from ? rest : run->to - run->from;
            units.left = price_run_left(work, named->line, run, run->from + units.qty);
            rest -= units.qty;
            if (pieces)
                add_pieces(work, try, &units);
            else
                add_units(work, try, &units);
        }
    }
}

/* Add the free ones of the named units to work->units, lowest positions first. */
void price_collect(struct price_work *work, const struct price_try *try, uint32_t slot) { collect(work, try, slot, 0); }

/* The same, all pieces of an entry costing the same. */
void price_collect_pieces(struct price_work *work, const struct price_try *try, uint32_t slot) { collect(work, try, slot, 1); }

/* By line and position. */
int price_units_order(const void *a, const void *b) {
    const struct price_units *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}
