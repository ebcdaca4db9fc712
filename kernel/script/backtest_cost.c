/* Costs that a receipt does not tell: no rule had asked for them then. The last one that the shop knows is taken instead. */
#include "merx/retail/stock.h"
#include "script/backtest.h"

struct cost {
    int known;
    int64_t amount;
};

struct backtest_place {
    struct backtest_place *next;
    struct mx_str location;
    struct base_map costs; /* article -> struct cost */
};

void backtest_costs_init(struct backtest_costs *costs, struct base_arena *arena) {
    costs->arena = arena;
    costs->first = NULL;
}

void backtest_costs_fini(struct backtest_costs *costs) {
    struct backtest_place *place;
    for (place = costs->first; place; place = place->next) base_map_fini(&place->costs);
}

static struct backtest_place *place_of(struct backtest_costs *costs, struct mx_str location) {
    struct backtest_place *place;
    for (place = costs->first; place; place = place->next)
        if (mx_str_eq(place->location, location)) return place;
    place = base_arena_alloc(costs->arena, sizeof(*place));
    place->location = base_arena_dup(costs->arena, location);
    place->next = costs->first;
    costs->first = place;
    base_map_init(&place->costs);
    return place;
}

static mx_status ask_cost(struct mx_ctx *ctx, struct mx_str location, struct mx_str sku, struct cost *cost) {
    struct mx_goods_ask ask = {.location = location, .sku = sku};
    struct mx_goods_facts facts;
    mx_status st = mx_ask(ctx, &mx_point_goods, &ask, &facts);
    if (st == MX_DECLINED) return MX_OK;
    if (st != MX_OK) return st;
    cost->known = MX_HAS(mx_goods_facts, &facts, cost);
    cost->amount = facts.cost;
    return MX_OK;
}

static mx_status cost_of(struct backtest_costs *costs, struct mx_ctx *ctx, struct backtest_place *place, struct mx_str sku,
                         struct cost **found) {
    *found = base_map_get(&place->costs, sku);
    if (*found != NULL) return MX_OK;
    *found = base_arena_alloc(costs->arena, sizeof(**found));
    (void)base_map_set(&place->costs, base_arena_dup(costs->arena, sku), *found);
    return ask_cost(ctx, place->location, sku, *found);
}

mx_status backtest_costs_fill(struct backtest_costs *costs, struct mx_ctx *ctx, struct mx_cart *cart) {
    struct backtest_place *place = place_of(costs, cart->location);
    uint32_t i;
    for (i = 0; i < cart->lines.count; i++) {
        struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        struct cost *cost;
        mx_status st;
        if (line->cost_known || line->shipping) continue;
        st = cost_of(costs, ctx, place, line->sku, &cost);
        if (st != MX_OK) return st;
        line->cost_known = (uint8_t)cost->known;
        line->cost = cost->amount;
    }
    return MX_OK;
}
