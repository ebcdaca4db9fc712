/* Costs that a receipt does not tell: no rule had asked for them then. The last one that the shop knows is taken instead. */
#include <stdio.h>

#include "merx/retail/stock.h"
#include "script/backtest.h"

#define KEY_MAX 128

struct cost {
    int known;
    int64_t amount;
};

void backtest_costs_init(struct backtest_costs *costs, struct base_arena *arena) {
    costs->arena = arena;
    base_map_init(&costs->map);
}

void backtest_costs_fini(struct backtest_costs *costs) { base_map_fini(&costs->map); }

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

static mx_status cost_of(struct backtest_costs *costs, struct mx_ctx *ctx, struct mx_str location, struct mx_str sku, struct cost **found) {
    char text[KEY_MAX];
    int len = snprintf(text, sizeof(text), "%.*s|%.*s", (int)location.len, location.ptr, (int)sku.len, sku.ptr);
    struct mx_str key = mx_str_n(text, (size_t)len);
    *found = base_map_get(&costs->map, key);
    if (*found != NULL) return MX_OK;
    *found = base_arena_alloc(costs->arena, sizeof(**found));
    (void)base_map_set(&costs->map, base_arena_dup(costs->arena, key), *found);
    return ask_cost(ctx, location, sku, *found);
}

mx_status backtest_costs_fill(struct backtest_costs *costs, struct mx_ctx *ctx, struct mx_cart *cart) {
    uint32_t i;
    for (i = 0; i < cart->lines.count; i++) {
        struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        struct cost *cost;
        mx_status st;
        if (line->cost_known || line->shipping) continue;
        st = cost_of(costs, ctx, cart->location, line->sku, &cost);
        if (st != MX_OK) return st;
        line->cost_known = (uint8_t)cost->known;
        line->cost = cost->amount;
    }
    return MX_OK;
}
