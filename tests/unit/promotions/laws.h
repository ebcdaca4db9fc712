/* What must hold for any priced cart. */
#ifndef TESTS_UNIT_PROMOTIONS_LAWS_H
#define TESTS_UNIT_PROMOTIONS_LAWS_H

#include "random.h"

/* ---- the same question, the same answer ---- */

static inline void mix(uint64_t *hash, int64_t number) { *hash = (*hash ^ (uint64_t)number) * UINT64_C(1099511628211) + 1; }

static inline void mix_text(uint64_t *hash, struct mx_str text) {
    uint32_t i;
    mix(hash, text.len);
    for (i = 0; i < text.len; i++) mix(hash, text.ptr[i]);
}

static inline void mix_discounts(uint64_t *hash, const struct mx_list *list) {
    uint32_t i;
    mix(hash, list->count);
    for (i = 0; i < list->count; i++) {
        const struct mx_discount *discount = mx_list_at(list, i);
        mix_text(hash, discount->rule);
        mix(hash, discount->amount);
    }
}

static inline void mix_line(uint64_t *hash, const struct mx_priced_line *line) {
    uint32_t i;
    for (i = 0; i < line->runs.count; i++) {
        const struct mx_run *run = mx_list_at(&line->runs, i);
        mix(hash, run->from);
        mix(hash, run->to);
        mix(hash, run->amount);
        mix(hash, run->tax);
        mix(hash, run->total);
        mix(hash, run->times_ppm);
        mix(hash, run->bonus);
        mix_discounts(hash, &run->discounts);
    }
    mix_discounts(hash, &line->discounts);
}

/* Of everything but the places that offers had in the question. */
static inline uint64_t answer_hash(const struct test_cart *t) {
    uint64_t hash = 14695981039346656037u;
    uint32_t i;
    for (i = 0; i < t->result.lines.count; i++) mix_line(&hash, cart_line(t, i + 1));
    for (i = 0; i < t->result.outcomes.count; i++) {
        const struct mx_outcome *outcome = cart_outcome(t, i);
        mix_text(&hash, outcome->rule);
        mix_text(&hash, outcome->to);
        mix_text(&hash, outcome->limit);
        mix(&hash, outcome->state);
        mix(&hash, outcome->amount);
        mix(&hash, outcome->missing);
        mix(&hash, outcome->uses);
        mix(&hash, outcome->units);
    }
    for (i = 0; i < t->result.proofs.count; i++) {
        const struct mx_proof *proof = mx_list_at(&t->result.proofs, i);
        mix(&hash, proof->lane);
        mix(&hash, proof->optimal);
        mix(&hash, proof->gap);
        mix(&hash, proof->tried);
    }
    mix(&hash, t->result.total);
    return hash;
}

static inline void shuffle(struct test_cart *t, uint64_t *seed) {
    uint32_t i;
    for (i = t->offer_count; i > 1; i--) {
        uint32_t j = (uint32_t)cart_pick(seed, 0, i - 1);
        struct mx_offer offer = t->offers[i - 1];
        t->offers[i - 1] = t->offers[j];
        t->offers[j] = offer;
    }
}

/* ---- bounds ---- */

/* What a run must cost at least, when nothing may go below the shop's floor. */
static inline int64_t floor_of(const struct test_cart *t, uint32_t at, const struct mx_run *run) {
    const struct mx_cart_line *line = &t->lines[at];
    int pieces = line->unit == MX_UNIT_PIECE;
    int64_t count = pieces ? line->qty / MX_QTY_ONE : 1, base = line->amount / count, cost = 0, share = 0;
    if (t->stacking.max_share_ppm) share = base - base * t->stacking.max_share_ppm / MX_PPM_ONE;
    if (t->stacking.keep_cost && line->cost_known) {
        int64_t with_tax = MX_PPM_ONE + (t->tax_on_top ? 0 : t->tax_ppm[at]), part = MX_PPM_ONE * (pieces ? 1 : MX_QTY_ONE);
        cost = (line->cost * (pieces ? 1 : line->qty) * with_tax + part - 1) / part;
    }
    if (cost < share) cost = share;
    if (cost > base) cost = base;
    if (pieces) return cost * ((run->to - run->from) / MX_QTY_ONE);
    (void)mx_share_range(cost, run->from, run->to, line->qty, &share);
    return share < run->amount ? share : run->amount;
}

static inline int floors_kept(const struct test_cart *t) {
    uint32_t i, j;
    for (i = 0; i < t->offer_count; i++)
        if (t->offers[i].below_cost) return 1;
    for (i = 0; i < t->cart.lines.count; i++)
        for (j = 0; j < cart_line(t, i + 1)->runs.count; j++) {
            const struct mx_run *run = cart_run(t, i + 1, j + 1);
            int64_t total = run->total - (t->tax_on_top ? run->tax : 0);
            if (total < floor_of(t, i, run)) return 0;
        }
    return 1;
}

static inline int64_t most_on_a_line(const struct test_cart *t, struct mx_str rule) {
    int64_t most = 0;
    uint32_t i, j;
    for (i = 0; i < t->cart.lines.count; i++)
        for (j = 0; j < cart_line(t, i + 1)->discounts.count; j++) {
            const struct mx_discount *discount = mx_list_at(&cart_line(t, i + 1)->discounts, j);
            if (mx_str_eq(discount->rule, rule) && discount->amount > most) most = discount->amount;
        }
    return most;
}

static inline int limit_kept(const struct mx_offer_limit *limit, const struct mx_outcome *outcome) {
    int64_t rest = limit->max > limit->used ? limit->max - limit->used : 0;
    int64_t used = limit->of == MX_LIMIT_USES ? outcome->uses : limit->of == MX_LIMIT_UNITS ? outcome->units : outcome->amount;
    return used <= rest;
}

static inline int bounds_kept(const struct test_cart *t) {
    uint32_t i, j;
    for (i = 0; i < t->result.outcomes.count; i++) {
        const struct mx_outcome *outcome = cart_outcome(t, i);
        const struct mx_offer *offer = &t->offers[outcome->offer - 1];
        if (outcome->amount < 0 || outcome->missing < 0 || outcome->uses < 0 || outcome->units < 0) return 0;
        if (outcome->state != MX_OUTCOME_APPLIED && (outcome->amount || outcome->uses || outcome->units)) return 0;
        if (outcome->state == MX_OUTCOME_APPLIED && (outcome->uses < 1 || outcome->units < 1)) return 0;
        if (offer->max_off && outcome->amount > offer->max_off) return 0;
        if (offer->max_line && offer->lane != MX_LANE_EARN && most_on_a_line(t, offer->rule) > offer->max_line) return 0;
        if (offer->times && price_is_group(offer) && outcome->uses > offer->times) return 0;
        for (j = 0; j < offer->limits.count; j++)
            if (!limit_kept(mx_list_at(&offer->limits, j), outcome)) return 0;
    }
    return 1;
}

static inline int lanes_kept(const struct test_cart *t) {
    uint32_t i, j, k;
    for (i = 0; i < t->cart.lines.count; i++)
        for (j = 0; j < cart_line(t, i + 1)->discounts.count; j++) {
            const struct mx_discount *discount = mx_list_at(&cart_line(t, i + 1)->discounts, j);
            for (k = 0; k < t->offer_count; k++)
                if (mx_str_eq(t->offers[k].rule, discount->rule) && !t->lines[i].shipping != (t->offers[k].lane != MX_LANE_SHIPPING))
                    return 0;
        }
    return 1;
}

/* ---- returns ---- */

static inline void part_add(struct mx_run_part *sum, const struct mx_run_part *part) {
    sum->amount += part->amount;
    sum->discount += part->discount;
    sum->tax += part->tax;
    sum->total += part->total;
    sum->points += part->points;
}

static inline void part_of_line(const struct mx_priced_line *line, int64_t from, int64_t to, struct mx_run_part *sum) {
    uint32_t i;
    memset(sum, 0, sizeof(*sum));
    for (i = 0; i < line->runs.count; i++) {
        struct mx_run_part part;
        mx_run_part_of(mx_list_at(&line->runs, i), from, to, &part);
        part_add(sum, &part);
    }
}

/* Return a line in random steps; 1 when the steps sum to what the line holds, none is below zero and none holds more tax
 * than money. */
static inline int steps_sum(const struct mx_priced_line *line, int64_t qty, int64_t amount, uint64_t *seed) {
    struct mx_run_part sum = {0}, part;
    int64_t at = 0;
    while (at < qty) {
        int64_t step = cart_pick(seed, 1, cart_pick(seed, 0, 1) ? qty - at : (qty - at) / 7 + 1);
        part_of_line(line, at, at + step, &part);
        if (part.total < 0 || part.tax < 0 || part.points < 0 || part.discount < 0 || part.amount < 0) return 0;
        if (part.tax > part.total) return 0;
        part_add(&sum, &part);
        at += step;
    }
    return sum.amount == amount && sum.discount == line->discount && sum.tax == line->tax && sum.total == line->total &&
           sum.points == line->points;
}

#endif
