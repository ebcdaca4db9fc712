/* Random carts with offers of every kind under every mode. */
#ifndef TESTS_UNIT_PROMOTIONS_RANDOM_H
#define TESTS_UNIT_PROMOTIONS_RANDOM_H

#include "cart.h"

/* Every offer has a rule of its own, when `distinct`. */
static const char *const random_rules[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

static inline void random_line(struct test_cart *t, uint64_t *seed) {
    int weighed = cart_pick(seed, 0, 3) == 0;
    int64_t many = cart_pick(seed, 0, 30) ? cart_pick(seed, 1, 6) : cart_pick(seed, 1, 74215);
    int64_t price = cart_pick(seed, 0, cart_pick(seed, 0, 1) ? 30 : 20000);
    struct mx_cart_line *line = cart_add(t, weighed ? cart_pick(seed, 1, 3000) : MX_QTY_ONE * many, price);
    if (weighed) line->unit = MX_UNIT_KG;
    line->overridden = cart_pick(seed, 0, 14) == 0;
    line->shipping = cart_pick(seed, 0, 9) == 0;
    line->cost_known = cart_pick(seed, 0, 1) == 1;
    line->cost = cart_pick(seed, 0, price + price / 10);
    t->tax_ppm[t->cart.lines.count - 1] = cart_pick(seed, 0, 2) * 65000;
}

static inline int64_t random_qty(uint64_t *seed) { return cart_pick(seed, 0, 2) ? 0 : cart_pick(seed, 1, 6000); }

static inline void random_wants(struct test_cart *t, struct mx_offer *offer, uint64_t *seed) {
    int64_t lines = t->cart.lines.count, named = cart_pick(seed, 1, lines), j;
    for (j = 0; j < named; j++) {
        cart_want(offer, cart_pick(seed, 1, lines), random_qty(seed));
        if (offer->kind == MX_OFFER_PRICE && cart_pick(seed, 0, 1)) t->wants[t->offer_count - 1][j].price = cart_pick(seed, 1, 9000);
    }
}

static inline void random_slots(struct test_cart *t, struct mx_offer *offer, uint64_t *seed) {
    int64_t slots = cart_pick(seed, 1, 3), i, j;
    for (i = 0; i < slots; i++) {
        struct mx_offer_slot *slot = cart_slot(offer, cart_pick(seed, 1, 3));
        int64_t named = cart_pick(seed, 1, 3);
        slot->has_price = cart_pick(seed, 0, 5) == 0;
        slot->price = cart_pick(seed, 0, 5000);
        slot->ppm = cart_pick(seed, 0, 1) * cart_pick(seed, 0, MX_PPM_ONE);
        for (j = 0; j < named; j++) cart_slot_want(slot, cart_pick(seed, 1, t->cart.lines.count), random_qty(seed));
    }
    offer->has_price = cart_pick(seed, 0, 2) == 0;
    if (!offer->has_price && cart_pick(seed, 0, 1)) offer->amount = 0;
}

static inline void random_steps(struct mx_offer *offer, uint64_t *seed) {
    int64_t steps = cart_pick(seed, 1, 3), i, by_qty = cart_pick(seed, 0, 1), gives = cart_pick(seed, 0, 2);
    for (i = 1; i <= steps; i++) {
        struct mx_offer_step *step = cart_step(offer);
        if (by_qty)
            step->qty = i * cart_pick(seed, 1, 3000);
        else
            step->spend = i * cart_pick(seed, 1, 9000);
        if (gives == 0) step->ppm = cart_pick(seed, 1, MX_PPM_ONE);
        if (gives == 1) step->amount = cart_pick(seed, 1, 3000);
        if (gives == 2) step->price = cart_pick(seed, 1, 3000);
    }
}

static inline void random_bounds(struct mx_offer *offer, uint64_t *seed) {
    int64_t limits = cart_pick(seed, 0, 5) ? 0 : cart_pick(seed, 1, 2), i;
    if (cart_pick(seed, 0, 6) == 0) offer->times = cart_pick(seed, 1, 3);
    if (cart_pick(seed, 0, 6) == 0) offer->max_unit = cart_pick(seed, 1, 900);
    if (cart_pick(seed, 0, 6) == 0) offer->max_line = cart_pick(seed, 1, 2000);
    if (cart_pick(seed, 0, 6) == 0) offer->max_off = cart_pick(seed, 1, 4000);
    offer->below_cost = cart_pick(seed, 0, 4) == 0;
    for (i = 0; i < limits; i++) {
        int32_t of = (int32_t)cart_pick(seed, 1, 3);
        int64_t used = cart_pick(seed, 0, 3), unit = of == MX_LIMIT_USES ? 1 : MX_QTY_ONE;
        cart_limit(offer, (int32_t)cart_pick(seed, 1, 4), of, unit * (used + cart_pick(seed, 0, 5)), unit * used);
    }
}

static inline void random_offer(struct test_cart *t, uint64_t *seed, int distinct) {
    const char *rule = random_rules[distinct ? (int64_t)t->offer_count : cart_pick(seed, 0, 4)];
    int32_t kind = (int32_t)cart_pick(seed, 1, 9), lane = (int32_t)cart_pick(seed, 1, 7);
    struct mx_offer *offer;
    if (kind >= MX_OFFER_POINTS) lane = MX_LANE_EARN;
    if (lane < MX_LANE_SHIPPING && cart_pick(seed, 0, 2)) lane = MX_LANE_ITEM;
    offer = cart_offer(t, rule, lane, kind);
    offer->priority = cart_pick(seed, 0, 3) ? 0 : cart_pick(seed, 0, 2);
    offer->ppm = kind == MX_OFFER_POINTS_TIMES ? MX_PPM_ONE * cart_pick(seed, 2, 5) / 2 + 1 : cart_pick(seed, 1, MX_PPM_ONE);
    offer->amount = cart_pick(seed, 1, 3000);
    offer->buy = cart_pick(seed, 1, 5);
    offer->pay = cart_pick(seed, 0, offer->buy);
    offer->dearest = cart_pick(seed, 0, 3) == 0;
    offer->spend = cart_pick(seed, 1, 9000);
    offer->repeats = cart_pick(seed, 0, 1) == 1;
    offer->exclusive = cart_pick(seed, 0, 5) == 0;
    offer->min_total = cart_pick(seed, 0, 5) ? 0 : cart_pick(seed, 0, 20000);
    if (cart_pick(seed, 0, 4) == 0) offer->group = mx_str_of(cart_pick(seed, 0, 1) ? "x" : "y");
    if (kind == MX_OFFER_BUNDLE)
        random_slots(t, offer, seed);
    else
        random_wants(t, offer, seed);
    if (kind == MX_OFFER_STEPS) random_steps(offer, seed);
    random_bounds(offer, seed);
}

static inline void random_stacking(struct test_cart *t, uint64_t *seed) {
    int32_t lane, first = (int32_t)cart_pick(seed, 0, 3) ? 1 : 4;
    for (lane = first; lane <= MX_LANES; lane++)
        if (cart_pick(seed, 0, 3)) cart_lane(t, lane, (int32_t)cart_pick(seed, 1, 4));
    t->stacking.keep_cost = cart_pick(seed, 0, 3) == 0;
    t->stacking.max_share_ppm = cart_pick(seed, 0, 3) ? 0 : cart_pick(seed, 1, MX_PPM_ONE);
}

static inline void random_cart(struct test_cart *t, uint64_t *seed, int distinct) {
    int64_t lines = cart_pick(seed, 1, cart_pick(seed, 0, 3) ? 4 : 12), offers = cart_pick(seed, 0, 9), i;
    memset(t, 0, sizeof(*t));
    t->tax_on_top = cart_pick(seed, 0, 3) == 0;
    t->cart.digits = 2;
    random_stacking(t, seed);
    for (i = 0; i < lines; i++) random_line(t, seed);
    for (i = 0; i < offers; i++) random_offer(t, seed, distinct);
}

#endif
