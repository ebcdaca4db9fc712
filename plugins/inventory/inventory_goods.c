/* What others may know of the goods: how much may be sold, what it cost, and where else there is some. */
#include "lots.h"

#include <stdlib.h>

#define PLACES_LOOKED 2000 /* locations that one answer looks at */

/* MX_DECLINED for an article that is unknown or a service. */
static mx_status demand_counted(struct mx_ctx *ctx, struct mx_str sku, struct mx_str location) {
    struct mx_article_ask ask = {.sku = sku, .location = location, .at = ctx->now_ms};
    struct mx_article article = {0};
    mx_status st = mx_ask(ctx, &mx_point_article, &ask, &article);
    return st == MX_OK && !article.stocked ? MX_DECLINED : st;
}

static mx_status sellable(struct mx_ctx *ctx, const struct inventory_level *level, int64_t *out) {
    if (mx_sub(level->on_hand, level->reserved, out)) return MX_OK;
    return mx_fail(ctx, MX_E_INTERNAL, NULL, "The stock of an article is outside of every range.");
}

static mx_status tell_expiry(struct mx_ctx *ctx, const struct mx_goods_ask *ask, struct mx_goods_facts *facts) {
    struct inventory_lot *lot = NULL;
    mx_status st;
    if (ask->lot.len == 0) return MX_OK;
    st = inventory_lot_of(ctx, ask->sku, ask->lot, &lot);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (!MX_HAS(inventory_lot, lot, expires_at)) return MX_OK;
    facts->expires_at = lot->expires_at;
    MX_SET_HAS(mx_goods_facts, facts, expires_at);
    return MX_OK;
}

mx_status inventory_goods_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_goods_ask *ask = in;
    struct mx_goods_facts *facts = out;
    struct inventory_level probe = {.location = ask->location, .sku = ask->sku}, *level = NULL;
    mx_status st = mx_get(ctx, &inventory_levels, &probe, &level);
    if (st < 0) return st;
    if (!level && (st = demand_counted(ctx, ask->sku, ask->location)) != MX_OK) return st;
    if ((st = sellable(ctx, level ? level : &probe, &facts->on_hand)) != MX_OK) return st;
    MX_SET_HAS(mx_goods_facts, facts, on_hand);
    if (level && level->cost_from) {
        facts->cost = level->cost;
        MX_SET_HAS(mx_goods_facts, facts, cost);
    }
    return tell_expiry(ctx, ask, facts);
}

/* The fullest place first, then by code. */
static int compare_places(const void *a, const void *b) {
    const struct mx_stock_place *left = a, *right = b;
    if (left->on_hand != right->on_hand) return left->on_hand < right->on_hand ? 1 : -1;
    return mx_str_cmp(left->location, right->location);
}

static mx_status look_at(struct mx_ctx *ctx, const struct inventory_location *location, const struct mx_stock_near_ask *ask,
                         struct mx_stock_near *near_by, struct mx_stock_place *place, uint32_t *count) {
    struct inventory_level probe = {.location = location->id, .sku = ask->sku}, *level = NULL;
    mx_status st = mx_get(ctx, &inventory_levels, &probe, &level);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    near_by->moved = 1;
    if (mx_str_eq(location->id, ask->location)) return MX_OK;
    if ((st = sellable(ctx, level, &place->on_hand)) != MX_OK || place->on_hand <= 0) return st;
    place->location = location->id;
    place->name = location->name;
    (*count)++;
    return MX_OK;
}

mx_status inventory_near_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_stock_near_ask *ask = in;
    struct mx_stock_near *near_by = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : MX_NEAR_MAX, looked, count = 0;
    struct inventory_location *location = NULL;
    struct mx_stock_place *places;
    struct mx_scan *scan = NULL;
    mx_status st = demand_counted(ctx, ask->sku, ask->location);
    if (st == MX_OK) st = mx_scan_open(ctx, &inventory_locations, NULL, NULL, &scan);
    if (st != MX_OK) return st;
    places = mx_alloc(ctx, PLACES_LOOKED * sizeof(*places));
    for (looked = 0; st == MX_OK && looked < PLACES_LOOKED; looked++) {
        st = mx_scan_next(ctx, scan, &location);
        if (st == MX_OK) st = look_at(ctx, location, ask, near_by, &places[count], &count);
    }
    if (st < 0) return st;
    qsort(places, count, sizeof(*places), compare_places);
    near_by->places = (struct mx_list){places, count < limit ? count : limit, sizeof(*places)};
    return MX_OK;
}

mx_status inventory_near_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_stock_near_ask *ask = in;
    mx_status st = ask->location.len ? inventory_location_known(ctx, ask->location) : MX_OK;
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "location", "There is no such location.");
    if (st == MX_OK) st = inventory_near_answer(ctx, in, out);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, "sku", "There is no such article, or it is not kept in stock.");
    return st;
}
