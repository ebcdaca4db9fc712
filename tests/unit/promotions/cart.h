/* Carts and offers for the tests of the pricing engine. */
#ifndef TESTS_UNIT_PROMOTIONS_CART_H
#define TESTS_UNIT_PROMOTIONS_CART_H

#include <stdlib.h>

#include "promotions/engine.h"
#include "support/check.h"

#define CART_LINES  64
#define CART_OFFERS 96

/* Memory that is given back at the end of a test. */
struct cart_block {
    struct cart_block *next;
    max_align_t data[];
};
static struct cart_block *cart_blocks;

static inline void *cart_alloc(void *arg, size_t bytes) {
    struct cart_block *block = calloc(1, sizeof(*block) + bytes);
    (void)arg;
    if (!block) abort();
    block->next = cart_blocks;
    cart_blocks = block;
    return block->data;
}

static inline void cart_free(void) {
    while (cart_blocks) {
        struct cart_block *next = cart_blocks->next;
        free(cart_blocks);
        cart_blocks = next;
    }
}

static const struct price_memory cart_memory = {cart_alloc, NULL};

struct test_cart {
    struct mx_cart cart;
    struct mx_cart_line lines[CART_LINES];
    int64_t tax_ppm[CART_LINES];
    struct mx_offer offers[CART_OFFERS];
    struct mx_offer_line wants[CART_OFFERS][CART_LINES];
    uint32_t offer_count;
    int tax_on_top;
    struct mx_stacking stacking;
    struct mx_lane lanes[MX_LANES];
    struct mx_priced result;
};

static inline struct mx_cart_line *cart_add(struct test_cart *t, int64_t qty, int64_t price) {
    struct mx_cart_line *line = &t->lines[t->cart.lines.count];
    t->tax_ppm[t->cart.lines.count] = 0;
    line->line = (int64_t)++t->cart.lines.count;
    line->sku = mx_str_of("a");
    line->qty = qty;
    line->unit_price = price;
    line->unit = MX_UNIT_PIECE;
    (void)mx_price_of(price, qty, &line->amount);
    t->cart.lines.items = t->lines;
    t->cart.lines.elem_size = sizeof(t->lines[0]);
    return line;
}

static inline struct mx_offer *cart_offer(struct test_cart *t, const char *rule, int32_t lane, int32_t kind) {
    uint32_t at = t->offer_count++;
    struct mx_offer *offer = &t->offers[at];
    offer->rule = mx_str_of(rule);
    offer->lane = lane;
    offer->kind = kind;
    offer->lines.items = t->wants[at];
    offer->lines.elem_size = sizeof(t->wants[at][0]);
    return offer;
}

static inline void cart_want(struct mx_offer *offer, int64_t line, int64_t qty) {
    struct mx_offer_line *want = (struct mx_offer_line *)offer->lines.items + offer->lines.count++;
    want->line = line;
    want->qty = qty;
}

static inline void cart_want_all(struct test_cart *t, struct mx_offer *offer) {
    uint32_t i;
    for (i = 0; i < t->cart.lines.count; i++) cart_want(offer, (int64_t)i + 1, 0);
}

/* How the offers of a lane go together; lanes apply in the order in which this is called. */
static inline void cart_lane(struct test_cart *t, int32_t lane, int32_t mode) {
    struct mx_lane *to = &t->lanes[t->stacking.lanes.count++];
    to->lane = lane;
    to->mode = mode;
    t->stacking.lanes.items = t->lanes;
    t->stacking.lanes.elem_size = sizeof(t->lanes[0]);
}

static inline void *cart_append(struct mx_list *list, size_t size) {
    char *items = (char *)cart_alloc(NULL, (list->count + 1) * size);
    if (list->count) memcpy(items, list->items, list->count * size);
    list->items = items;
    list->elem_size = (uint32_t)size;
    return items + list->count++ * size;
}

static inline struct mx_offer_slot *cart_slot(struct mx_offer *offer, int64_t pieces) {
    struct mx_offer_slot *slot = (struct mx_offer_slot *)cart_append(&offer->slots, sizeof(*slot));
    slot->pieces = pieces;
    return slot;
}

static inline void cart_slot_want(struct mx_offer_slot *slot, int64_t line, int64_t qty) {
    struct mx_offer_line *want = (struct mx_offer_line *)cart_append(&slot->lines, sizeof(*want));
    want->line = line;
    want->qty = qty;
}

static inline struct mx_offer_step *cart_step(struct mx_offer *offer) {
    return (struct mx_offer_step *)cart_append(&offer->steps, sizeof(struct mx_offer_step));
}

static inline struct mx_offer_limit *cart_limit(struct mx_offer *offer, int32_t scope, int32_t of, int64_t max, int64_t used) {
    struct mx_offer_limit *limit = (struct mx_offer_limit *)cart_append(&offer->limits, sizeof(*limit));
    limit->scope = scope;
    limit->of = of;
    limit->max = max;
    limit->used = used;
    return limit;
}

static inline int cart_price(struct test_cart *t) {
    struct mx_price_ask ask = {&t->cart, {t->offers, t->offer_count, sizeof(t->offers[0])}, &t->stacking};
    uint32_t i;
    for (i = 0; i < t->cart.lines.count; i++) t->lines[i].tax_ppm = t->tax_ppm[i];
    t->cart.prices_include_tax = !t->tax_on_top;
    return price_cart(&ask, &cart_memory, &t->result);
}

static inline const struct mx_priced_line *cart_line(const struct test_cart *t, uint32_t line) {
    return mx_list_at(&t->result.lines, line - 1);
}

static inline const struct mx_run *cart_run(const struct test_cart *t, uint32_t line, uint32_t run) {
    return mx_list_at(&cart_line(t, line)->runs, run - 1);
}

static inline const struct mx_outcome *cart_outcome(const struct test_cart *t, uint32_t i) { return mx_list_at(&t->result.outcomes, i); }

static inline int64_t cart_points(struct test_cart *t, int64_t points) {
    return mx_priced_points(&t->result, points, cart_alloc(NULL, (2 * mx_priced_runs(&t->result) + 1) * sizeof(int64_t)));
}

/* xorshift64*: the same carts in every run */
static inline uint64_t cart_random(uint64_t *seed) {
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

static inline int64_t cart_pick(uint64_t *seed, int64_t low, int64_t high) {
    return low + (int64_t)((cart_random(seed) >> 11) % (uint64_t)(high - low + 1));
}

/* Everything that must hold for any priced cart. Returns 1 when it does. */
static inline int cart_adds_up(const struct test_cart *t) {
    int64_t total = 0, tax = 0, discount = 0, by_rule = 0, by_outcome = 0;
    uint32_t i, j, k;
    int ok = 1;

    for (i = 0; i < t->cart.lines.count; i++) {
        const struct mx_priced_line *line = cart_line(t, i + 1);
        int64_t at = 0, amount = 0, run_total = 0, run_tax = 0, run_discount = 0, points = 0, line_discounts = 0;
        for (j = 0; j < line->runs.count; j++) {
            const struct mx_run *run = mx_list_at(&line->runs, j);
            int64_t cuts = 0;
            ok &= run->run == (int64_t)j + 1 && run->from == at && run->to > run->from;
            for (k = 0; k < run->discounts.count; k++) cuts += ((struct mx_discount *)mx_list_at(&run->discounts, k))->amount;
            ok &= run->total >= 0 && run->tax >= 0 && run->amount >= 0 && run->points >= 0;
            ok &= run->amount - cuts + (t->tax_on_top ? run->tax : 0) == run->total;
            at = run->to;
            amount += run->amount;
            run_total += run->total;
            run_tax += run->tax;
            run_discount += cuts;
            points += run->points;
        }
        for (k = 0; k < line->discounts.count; k++) line_discounts += ((struct mx_discount *)mx_list_at(&line->discounts, k))->amount;
        ok &= at == t->lines[i].qty && amount == t->lines[i].amount;
        ok &= run_total == line->total && run_tax == line->tax && points == line->points;
        ok &= run_discount == line->discount && line_discounts == line->discount;
        ok &= !t->lines[i].overridden || line->discount == 0;
        total += line->total;
        tax += line->tax;
        discount += line->discount;
    }
    for (i = 0; i < t->result.rules.count; i++) by_rule += ((struct mx_rule_sum *)mx_list_at(&t->result.rules, i))->amount;
    for (i = 0; i < t->result.outcomes.count; i++)
        if (cart_outcome(t, i)->lane != MX_LANE_EARN) by_outcome += cart_outcome(t, i)->amount;
    return ok && total == t->result.total && tax == t->result.tax && discount == t->result.discount && by_rule == discount &&
           by_outcome == discount;
}

#endif
