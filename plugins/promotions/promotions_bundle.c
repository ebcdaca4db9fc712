/* Groups of pieces, one offer alone: buy_pay and bundles. Pieces that are alike are taken together, however many there are. */
#include "engine.h"

#include <stdlib.h>

/* One place of a group and the pieces that are to fill it, the dearest first. */
struct place {
    int64_t pieces; /* for one group */
    int64_t ppm;
    int64_t price;
    int has_price;
    uint32_t at;   /* entry of work->units that is used next */
    uint32_t end;  /* behind its last entry */
    int64_t used;  /* pieces of the entry `at` */
    int64_t there; /* pieces in all */
};

struct groups {
    struct price_work *work;
    struct price_try *try;
    struct place *places;
    uint32_t count;
    int64_t most;  /* groups */
    int64_t money; /* the most that may come off; negative: no bound */
    int64_t done;
    int64_t off;
    uint8_t cut; /* some group would have taken more, had its pieces had the room: other groups may do better */
};

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t pieces_in(const struct price_units *units) { return units->qty / MX_QTY_ONE; }

static int64_t value_of(const struct price_units *units) { return units->left / pieces_in(units); }

/* By place; the dearest pieces first, then by line and position. */
static int place_order(const void *a, const void *b) {
    const struct price_units *x = a, *y = b;
    int64_t value_x = value_of(x), value_y = value_of(y);
    if (x->slot != y->slot) return x->slot < y->slot ? -1 : 1;
    if (value_x != value_y) return value_x > value_y ? -1 : 1;
    return price_units_order(a, b);
}

/* Some piece might fill two places: then filling them is a question of its own. */
static int overlapping(struct price_work *work) {
    struct price_units *units = work->units.items;
    uint32_t i;
    qsort(units, work->units.count, sizeof(*units), price_units_order);
    for (i = 1; i < work->units.count; i++)
        if (units[i].line == units[i - 1].line && units[i].from < units[i - 1].from + units[i - 1].qty) return 1;
    return 0;
}

/* ---- the places ---- */

static void places_of_bundle(struct groups *groups) {
    const struct mx_offer *offer = groups->try->offer;
    uint32_t i;
    groups->count = offer->slots.count;
    groups->places = price_new(groups->work, groups->count, sizeof(*groups->places));
    for (i = 0; i < groups->count; i++) {
        const struct mx_offer_slot *slot = mx_list_at(&offer->slots, i);
        groups->places[i].pieces = slot->pieces;
        groups->places[i].ppm = slot->ppm;
        groups->places[i].price = slot->price;
        groups->places[i].has_price = slot->has_price;
        price_name(groups->work, offer, &slot->lines);
        price_collect_pieces(groups->work, groups->try, i);
    }
}

static void places_of_buy_pay(struct groups *groups) {
    groups->places = price_new(groups->work, 2, sizeof(*groups->places));
    groups->count = 1;
    groups->places[0].pieces = groups->try->offer->buy;
    price_name(groups->work, groups->try->offer, &groups->try->offer->lines);
    price_collect_pieces(groups->work, groups->try, 0);
}

static void fill_places(struct groups *groups) {
    struct price_list *list = &groups->work->units;
    uint32_t i, at = 0;
    qsort(list->items, list->count, sizeof(*list->items), place_order);
    for (i = 0; i < groups->count; i++) {
        struct place *place = &groups->places[i];
        for (place->at = at; at < list->count && list->items[at].slot == i; at++) place->there += pieces_in(&list->items[at]);
        place->end = at;
    }
}

static void pass(const struct groups *groups, struct place *place, int64_t pieces) {
    const struct price_units *units = groups->work->units.items;
    while (pieces > 0) {
        int64_t here = smaller(pieces, pieces_in(&units[place->at]) - place->used);
        place->used += here;
        pieces -= here;
        if (place->used < pieces_in(&units[place->at])) return;
        place->at++;
        place->used = 0;
    }
}

/* The dearest are free: they come first, and behind the free ones of all groups those that are paid. */
static void split_dearest(struct groups *groups) {
    const struct mx_offer *offer = groups->try->offer;
    if (offer->kind != MX_OFFER_BUY_PAY || !offer->dearest || offer->pay == 0) return;
    groups->places[0].pieces = offer->buy - offer->pay;
    groups->places[1] = groups->places[0];
    groups->places[1].pieces = offer->pay;
    groups->count = 2;
    pass(groups, &groups->places[1], groups->most * groups->places[0].pieces);
}

/* ---- how many ---- */

static int64_t group_pieces(const struct groups *groups) {
    int64_t pieces = 0;
    uint32_t i;
    for (i = 0; i < groups->count; i++) pieces += groups->places[i].pieces;
    return pieces;
}

static void hold_back(struct groups *groups, int64_t most, const struct mx_offer_limit *limit) {
    if (most >= groups->most) return;
    groups->most = most;
    price_limited(groups->work, limit, groups->try->outcome);
}

static void count_groups(struct groups *groups) {
    const struct price_rest *rest = &groups->try->rest;
    const struct mx_offer *offer = groups->try->offer;
    uint32_t i;
    groups->most = INT64_MAX;
    for (i = 0; i < groups->count; i++) groups->most = smaller(groups->most, groups->places[i].there / groups->places[i].pieces);
    if (offer->times) groups->most = smaller(groups->most, offer->times);
    if (rest->uses >= 0) hold_back(groups, rest->uses, rest->of_uses);
    if (rest->units >= 0) hold_back(groups, rest->units / MX_QTY_ONE / group_pieces(groups), rest->of_units);
    groups->money = offer->max_off ? offer->max_off : -1;
    if (rest->money >= 0 && (groups->money < 0 || rest->money < groups->money)) groups->money = rest->money;
}

static int too_few(const struct groups *groups) {
    struct mx_outcome *outcome = groups->try->outcome;
    uint32_t i;
    for (i = 0; i < groups->count; i++)
        if (groups->places[i].there < groups->places[i].pieces) outcome->missing += groups->places[i].pieces - groups->places[i].there;
    outcome->state = groups->work->units.count ? outcome->missing ? MX_OUTCOME_TOO_FEW_UNITS : MX_OUTCOME_LIMIT : MX_OUTCOME_NO_UNITS;
    if (outcome->state == MX_OUTCOME_NO_UNITS) outcome->missing = 0;
    return 0;
}

/* ---- one group ---- */

static int64_t off_of(const struct place *place, int64_t value) {
    int64_t off = 0;
    if (place->has_price) return value > place->price ? value - place->price : 0;
    (void)mx_muldiv_half_up(value, place->ppm, MX_PPM_ONE, &off);
    return off;
}

/* Of a buy_pay, `free_from` pieces of the group pay in full and the others, up to `free_to`, get their share off. */
static int64_t buy_pay_gain(const struct groups *groups, const struct price_units *units, uint32_t count) {
    const struct mx_offer *offer = groups->try->offer;
    int64_t at = 0, free_from = offer->dearest ? 0 : offer->pay, free_to = offer->dearest ? offer->buy - offer->pay : offer->buy, gain = 0;
    uint32_t i;
    for (i = 0; i < count; i++) {
        int64_t pieces = pieces_in(&units[i]), off = 0, to = smaller(at + pieces, free_to), from = at > free_from ? at : free_from;
        (void)mx_muldiv_half_up(value_of(&units[i]), offer->ppm ? offer->ppm : MX_PPM_ONE, MX_PPM_ONE, &off);
        if (to > from) gain += off * (to - from);
        at += pieces;
    }
    return gain;
}

static int64_t bundle_gain(const struct groups *groups, const struct price_units *units, uint32_t count) {
    const struct mx_offer *offer = groups->try->offer;
    int64_t left = 0, gain = 0;
    uint32_t i;
    for (i = 0; i < count; i++) {
        left += units[i].left;
        gain += off_of(&groups->places[units[i].slot], value_of(&units[i])) * pieces_in(&units[i]);
    }
    if (offer->has_price) return left - offer->amount;
    return offer->amount ? smaller(offer->amount, left) : gain;
}

/* The next pieces for one place of one group. */
static void take(struct groups *groups, uint32_t at) {
    struct place *place = &groups->places[at];
    int64_t pieces = place->pieces;
    while (pieces > 0) {
        struct price_units *from = &groups->work->units.items[place->at];
        int64_t here = smaller(pieces, pieces_in(from) - place->used);
        struct price_units *units = price_list_add(groups->work, &groups->work->taken);
        *units = *from;
        units->slot = at;
        units->from = from->from + place->used * MX_QTY_ONE;
        units->qty = here * MX_QTY_ONE;
        units->left = value_of(from) * here;
        units->room = from->room / pieces_in(from) * here;
        pass(groups, place, here);
        pieces -= here;
    }
}

/* Groups that can be made of the entries that stand next, all alike. */
static int64_t alike(const struct groups *groups) {
    int64_t times = groups->most - groups->done;
    uint32_t i;
    for (i = 0; i < groups->count; i++) {
        const struct place *place = &groups->places[i];
        int64_t rest = pieces_in(&groups->work->units.items[place->at]) - place->used;
        times = smaller(times, rest < place->pieces ? 1 : rest / place->pieces);
    }
    return times;
}

static void repeat(struct groups *groups, struct price_units *units, uint32_t count, int64_t times) {
    uint32_t i;
    if (times == 1) return;
    for (i = 0; i < count; i++) { /* one entry a place */
        pass(groups, &groups->places[units[i].slot], (times - 1) * pieces_in(&units[i]));
        units[i].qty *= times;
        units[i].left *= times;
        units[i].room *= times;
    }
}

/* The next groups; 0: they would take nothing off, and so would all that follow. */
static int next_groups(struct groups *groups) {
    struct price_list *list = &groups->work->taken;
    uint32_t from = list->count, i;
    int64_t times = alike(groups), gain, room = 0;

    for (i = 0; i < groups->count; i++) take(groups, i);
    gain = groups->try->offer->kind == MX_OFFER_BUY_PAY ? buy_pay_gain(groups, list->items + from, list->count - from)
                                                        : bundle_gain(groups, list->items + from, list->count - from);
    for (i = from; i < list->count; i++) room += list->items[i].room;
    groups->try->by_floor |= gain > 0 && room == 0;
    groups->cut |=
        gain > room || (gain < groups->try->offer->amount && groups->try->offer->kind == MX_OFFER_BUNDLE && !groups->try->offer->has_price);
    gain = smaller(gain, room);
    if (groups->money >= 0 && gain > groups->money - groups->off) {
        gain = groups->money - groups->off;
        times = 1;
        if (groups->money == groups->try->rest.money) price_limited(groups->work, groups->try->rest.of_money, groups->try->outcome);
    } else if (groups->money >= 0 && gain > 0) {
        times = smaller(times, (groups->money - groups->off) / gain);
    }
    if (gain <= 0) {
        list->count = from;
        return 0;
    }
    repeat(groups, list->items + from, list->count - from, times);
    price_share_in_room(groups->work, gain * times, list->items + from, list->count - from);
    groups->off += gain * times;
    groups->done += times;
    return 1;
}

int price_plan_groups(struct price_work *work, struct price_try *try) {
    struct groups groups = {.work = work, .try = try};
    int applied;

    work->units.count = work->taken.count = 0;
    if (try->offer->kind == MX_OFFER_BUNDLE)
        places_of_bundle(&groups);
    else
        places_of_buy_pay(&groups);
    if (groups.count > 1 && overlapping(work)) return price_plan_overlap(work, try);
    fill_places(&groups);
    count_groups(&groups);
    if (groups.most == 0) return too_few(&groups);
    split_dearest(&groups);
    while (groups.done < groups.most && next_groups(&groups)) {
    }
    try->outcome->uses = groups.done;
    applied = price_settle(work, try, &work->taken);
    return groups.cut && !try->offer->max_unit ? price_plan_better(work, try, applied) : applied;
}
