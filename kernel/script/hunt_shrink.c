/* From a cart that breaks a property to the smallest one nearby: whatever can go without mending it, goes. */
#include "script/hunt.h"

#define SHRINKS_MAX     500
#define SHRINKS_A_SLICE 10

struct shrinking {
    struct hunt *hunt;
    const struct script_property *property;
    struct script_rule *rule;
    struct mx_cart *cart;
    int64_t steps;
    uint32_t asked;
    mx_status st;
};

/* A property may ask about many carts each time: their memory is used again, and whoever cancels is heard. */
static mx_status breathe(struct shrinking *shrinking, struct mx_cart **smaller) {
    struct mx_ctx *ctx = shrinking->hunt->ctx;
    mx_status st = MX_OK;
    if (shrinking->asked % SHRINKS_A_SLICE == 0) st = mx_slice(ctx);
    if (st == MX_OK) st = mx_progress(ctx, shrinking->hunt->done, shrinking->hunt->carts);
    if (st != MX_OK || shrinking->asked % SHRINKS_A_SLICE) return st;
    shrinking->cart = hunt_copy(ctx, shrinking->cart);
    *smaller = hunt_copy(ctx, *smaller);
    return MX_OK;
}

/* Keep the smaller cart when the property is still broken there. */
static int keep(struct shrinking *shrinking, struct mx_cart *smaller) {
    struct mx_priced priced = {0};
    int outcome = HUNT_HOLDS;
    if (shrinking->st != MX_OK || shrinking->asked >= SHRINKS_MAX || !hunt_settle(smaller)) return 0;
    shrinking->st = breathe(shrinking, &smaller);
    shrinking->asked++;
    if (shrinking->st == MX_OK) shrinking->st = hunt_price(shrinking->hunt, smaller, &priced);
    if (shrinking->st == MX_E_OUT_OF_RANGE) {
        shrinking->st = MX_OK;
        return 0;
    }
    if (shrinking->st == MX_OK)
        shrinking->st = hunt_check(shrinking->hunt, shrinking->property, shrinking->rule, smaller, &priced, &outcome);
    if (shrinking->st != MX_OK || outcome != HUNT_BROKEN) return 0;
    shrinking->cart = smaller;
    shrinking->steps++;
    return 1;
}

static struct mx_cart *copy(struct shrinking *shrinking) { return hunt_copy(shrinking->hunt->ctx, shrinking->cart); }

static int drop_lines(struct shrinking *shrinking) {
    uint32_t i, k;
    int smaller = 0;
    for (i = shrinking->cart->lines.count; i > 0 && shrinking->cart->lines.count > 1; i--) {
        struct mx_cart *less = copy(shrinking);
        for (k = i; k < less->lines.count; k++)
            *(struct mx_cart_line *)mx_list_at(&less->lines, k - 1) = *(struct mx_cart_line *)mx_list_at(&less->lines, k);
        less->lines.count--;
        smaller |= keep(shrinking, less);
    }
    return smaller;
}

static int set_qty(struct shrinking *shrinking, uint32_t at, int64_t qty) {
    struct mx_cart *less = copy(shrinking);
    struct mx_cart_line *line = mx_list_at(&less->lines, at);
    if (qty <= 0 || qty >= line->qty) return 0;
    line->qty = qty;
    return keep(shrinking, less);
}

static int lower_qty(struct shrinking *shrinking) {
    uint32_t i;
    int smaller = 0;
    for (i = 0; i < shrinking->cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&shrinking->cart->lines, i);
        int64_t qty = line->qty;
        smaller |= set_qty(shrinking, i, MX_QTY_ONE) || set_qty(shrinking, i, qty / 2 / MX_QTY_ONE * MX_QTY_ONE) ||
                   set_qty(shrinking, i, qty - MX_QTY_ONE);
    }
    return smaller;
}

/* A guest without coupons, who pays as one does, on an ordinary day. */
static int simplify(struct shrinking *shrinking) {
    struct mx_cart *less;
    int smaller = 0;
    less = copy(shrinking);
    less->coupons.count = 0;
    if (shrinking->cart->coupons.count) smaller |= keep(shrinking, less);
    less = copy(shrinking);
    less->vouchers.count = 0;
    if (shrinking->cart->vouchers.count) smaller |= keep(shrinking, less);
    less = copy(shrinking);
    less->tenders.count = 0;
    if (shrinking->cart->tenders.count) smaller |= keep(shrinking, less);
    less = copy(shrinking);
    less->facts.count = 0;
    if (shrinking->cart->facts.count) smaller |= keep(shrinking, less);
    less = copy(shrinking);
    less->segments.count = 0;
    if (shrinking->cart->segments.count) smaller |= keep(shrinking, less);
    less = copy(shrinking);
    less->member = less->tier = mx_str_n(NULL, 0);
    less->segments.count = less->counters.count = 0;
    if (shrinking->cart->member.len) smaller |= keep(shrinking, less);
    less = copy(shrinking);
    less->at = shrinking->hunt->pool->now_ms;
    if (shrinking->cart->at != less->at) smaller |= keep(shrinking, less);
    return smaller;
}

mx_status hunt_shrink(struct hunt *hunt, const struct script_property *property, struct script_rule *rule, struct mx_cart **cart,
                      int64_t *steps) {
    struct shrinking shrinking = {hunt, property, rule, *cart, 0, 0, MX_OK};
    int smaller = 1;
    while (smaller && shrinking.st == MX_OK && shrinking.asked < SHRINKS_MAX) {
        smaller = drop_lines(&shrinking);
        smaller |= lower_qty(&shrinking);
        smaller |= simplify(&shrinking);
    }
    *cart = shrinking.cart;
    *steps = shrinking.steps;
    return shrinking.st;
}
