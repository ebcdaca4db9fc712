/* Does a property hold for a cart? The three that are checked in C, and the way to the others. */
#include <stdio.h>

#include "script/hunt.h"

mx_status hunt_price(struct hunt *hunt, const struct mx_cart *cart, struct mx_priced *out) {
    struct mx_price_ask ask = {0};
    struct mx_offers offers = {0};
    mx_status st;
    script_answer(hunt->ctx, hunt->trying.set, hunt->trying.state, cart, &offers);
    ask.cart = (struct mx_cart *)(uintptr_t)cart;
    ask.offers = offers.offers;
    st = mx_ask(hunt->ctx, &mx_point_price, &ask, out);
    if (st == MX_DECLINED) return mx_fail(hunt->ctx, MX_E_NOT_FOUND, NULL, "Nobody here prices carts: the plugin for prices is missing.");
    return st;
}

int hunt_cost(const struct mx_cart_line *line, int64_t *cost) {
    return line->cost_known && !line->shipping && mx_price_of(line->cost, line->qty, cost);
}

/* ---- messages ---- */

static const char *money(const struct hunt *hunt, char out[40], int64_t amount) {
    int64_t scale = 1, digits = hunt->pool->digits, i;
    for (i = 0; i < digits; i++) scale *= 10;
    if (digits)
        snprintf(out, 40, "%lld.%0*lld", (long long)(amount / scale), (int)digits, (long long)(amount % scale));
    else
        snprintf(out, 40, "%lld", (long long)amount);
    return out;
}

/* ---- never below cost: no discount takes a line below what its goods cost, both without tax ---- */

static int above_cost(struct hunt *hunt, const struct mx_cart *cart, const struct mx_priced *priced) {
    char got[40], paid[40];
    int64_t cost;
    uint32_t i;
    for (i = 0; i < priced->lines.count && i < cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        const struct mx_priced_line *its = mx_list_at(&priced->lines, i);
        if (its->discount == 0 || !hunt_cost(line, &cost) || its->total - its->tax >= cost) continue;
        snprintf(hunt->message, sizeof(hunt->message), "%.*s goes for %s without tax, and the shop paid %s for it.", (int)line->sku.len,
                 line->sku.ptr, money(hunt, got, its->total - its->tax), money(hunt, paid, cost));
        return 0;
    }
    return 1;
}

/* ---- monotone: one piece more never raises the total by more than that piece costs alone ---- */

/* Where tax comes on top, it is rounded anew on each line over which a discount is shared. */
static int64_t price_alone(const struct mx_cart *cart, const struct mx_cart_line *line) {
    int64_t price = line->unit_price, tax = 0;
    if (cart->prices_include_tax) return price;
    if (!mx_muldiv_floor(price, line->tax_ppm, MX_PPM_ONE, &tax) || !mx_add(price, tax + cart->lines.count, &price)) return MX_INT_MAX;
    return price;
}

static mx_status rises_fairly(struct hunt *hunt, const struct mx_cart *cart, const struct mx_priced *priced, int *holds) {
    char rise[40], alone[40];
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; i < cart->lines.count && *holds && st == MX_OK; i++) {
        struct mx_cart *more = hunt_copy(hunt->ctx, cart);
        struct mx_cart_line *line = mx_list_at(&more->lines, i);
        struct mx_priced dearer = {0};
        if (line->unit != MX_UNIT_PIECE || line->shipping || !mx_add(line->qty, MX_QTY_ONE, &line->qty) || !hunt_settle(more)) continue;
        st = hunt_price(hunt, more, &dearer);
        if (st == MX_E_OUT_OF_RANGE) { /* money cannot say what it would cost */
            st = MX_OK;
            continue;
        }
        if (st != MX_OK || dearer.total - priced->total <= price_alone(cart, line)) continue;
        *holds = 0;
        snprintf(hunt->message, sizeof(hunt->message), "One more of %.*s, which costs %s, makes the cart dearer by %s.", (int)line->sku.len,
                 line->sku.ptr, money(hunt, alone, line->unit_price), money(hunt, rise, dearer.total - priced->total));
    }
    return st;
}

/* ---- at most so many percent off the whole cart ---- */

static int share_kept(struct hunt *hunt, const struct mx_cart *cart, const struct mx_priced *priced, int64_t percent) {
    char off[40], base[40];
    int64_t most;
    if (!mx_muldiv_floor(cart->total, percent, 100, &most) || priced->discount <= most) return 1;
    snprintf(hunt->message, sizeof(hunt->message), "%s of %s are taken off, more than %lld %%.", money(hunt, off, priced->discount),
             money(hunt, base, cart->total), (long long)percent);
    return 0;
}

mx_status hunt_check(struct hunt *hunt, const struct script_property *property, struct script_rule *rule, const struct mx_cart *cart,
                     const struct mx_priced *priced, int *outcome) {
    mx_status st = MX_OK;
    int holds = 1;
    hunt->message[0] = '\0';
    if (property->kind == SCRIPT_HOLDS_FUNCTION) {
        *outcome = hunt_ask(hunt, rule, cart, priced);
        return MX_OK;
    }
    if (property->kind == SCRIPT_HOLDS_COST) holds = above_cost(hunt, cart, priced);
    if (property->kind == SCRIPT_HOLDS_SHARE) holds = share_kept(hunt, cart, priced, property->percent);
    if (property->kind == SCRIPT_HOLDS_MONOTONE) st = rises_fairly(hunt, cart, priced, &holds);
    *outcome = holds ? HUNT_HOLDS : HUNT_BROKEN;
    return st;
}
