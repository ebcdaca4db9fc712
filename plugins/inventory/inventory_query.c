/* Looking at stock and at its movements. */
#include "internal.h"

static mx_status available(struct mx_ctx *ctx, const struct inventory_level *level, int64_t *out) {
    if (mx_sub(level->on_hand, level->reserved, out)) return MX_OK;
    return mx_fail(ctx, MX_E_INTERNAL, NULL, "The stock of an article is outside of every range.");
}

mx_status inventory_stock_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_stock_ask *ask = in;
    struct inventory_stock *stock = out;
    struct mx_article_ask article_ask = {.sku = ask->sku, .location = ask->location, .at = ctx->now_ms};
    struct mx_article article = {0};
    struct inventory_level level;
    mx_status st = inventory_location_known(ctx, ask->location);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "location", "There is no such location.");
    if (st == MX_OK) st = mx_ask(ctx, &mx_point_article, &article_ask, &article);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, "sku", "There is no such article.");
    if (st == MX_OK) st = inventory_level_of(ctx, ask->location, ask->sku, &level);
    if (st != MX_OK) return st;
    stock->on_hand = level.on_hand;
    stock->reserved = level.reserved;
    stock->damaged = level.damaged;
    return available(ctx, &level, &stock->available);
}

static mx_status show_level(struct mx_ctx *ctx, const struct inventory_level *level, struct inventory_level_view *view) {
    view->sku = level->sku;
    view->on_hand = level->on_hand;
    view->reserved = level->reserved;
    view->damaged = level->damaged;
    return available(ctx, level, &view->available);
}

mx_status inventory_levels_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_levels_ask *ask = in;
    struct inventory_levels_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : INVENTORY_PAGE, count = 0;
    struct inventory_level probe = {.location = ask->location}, *level = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .after = ask->after};
    struct mx_scan *scan = NULL;
    mx_status st = inventory_location_known(ctx, ask->location);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "location", "There is no such location.");

    if (st == MX_OK) st = inventory_cursor(ctx, mx_scan_open(ctx, &inventory_levels, &opts, &probe, &scan));
    page->levels = mx_list_new(ctx, limit, sizeof(struct inventory_level_view));
    while (st == MX_OK && count < limit) {
        st = mx_scan_next(ctx, scan, &level);
        if (st == MX_OK) st = show_level(ctx, level, mx_list_at(&page->levels, count++));
    }
    page->levels.count = count;
    if (st == MX_OK) {
        struct mx_str cursor = mx_scan_cursor(ctx, scan);
        st = mx_scan_next(ctx, scan, &level);
        if (st == MX_OK) page->next = cursor;
    }
    return st == MX_DONE ? MX_OK : st;
}

static void show_movement(const struct inventory_movement *movement, struct inventory_movement_view *view) {
    view->movement = movement->seq;
    view->kind = movement->kind;
    view->location = movement->location;
    view->source = movement->source;
    view->reason = movement->reason;
    view->at = movement->at;
    view->lines = movement->lines;
}

mx_status inventory_movements_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_movements_ask *ask = in;
    struct inventory_movements_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : INVENTORY_MOVEMENTS, count = 0;
    struct mx_scan_opts opts = {.size = sizeof(opts), .reverse = 1, .after = ask->after};
    struct inventory_movement *movement = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = inventory_cursor(ctx, mx_scan_open(ctx, &inventory_movements, &opts, NULL, &scan));

    page->movements = mx_list_new(ctx, limit, sizeof(struct inventory_movement_view));
    while (st == MX_OK && count < limit) {
        st = mx_scan_next(ctx, scan, &movement);
        if (st == MX_OK) show_movement(movement, mx_list_at(&page->movements, count++));
    }
    page->movements.count = count;
    if (st == MX_OK) {
        struct mx_str cursor = mx_scan_cursor(ctx, scan);
        st = mx_scan_next(ctx, scan, &movement);
        if (st == MX_OK) page->next = cursor;
    }
    return st == MX_DONE ? MX_OK : st;
}
