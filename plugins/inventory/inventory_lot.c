/* Lots: telling when they expire, and listing them. */
#include "lots.h"

mx_status inventory_lot_of(struct mx_ctx *ctx, struct mx_str sku, struct mx_str lot, struct inventory_lot **record) {
    const struct inventory_lot probe = {.sku = sku, .lot = lot};
    return mx_get(ctx, &inventory_lots, &probe, record);
}

mx_status inventory_lot_level_of(struct mx_ctx *ctx, struct mx_str sku, struct mx_str lot, struct mx_str location,
                                 struct inventory_lot_level *level) {
    struct inventory_lot_level probe = {.sku = sku, .lot = lot, .location = location}, *stored = NULL;
    mx_status st = mx_get(ctx, &inventory_lot_levels, &probe, &stored);
    if (st < 0) return st;
    *level = st == MX_OK ? *stored : probe;
    return MX_OK;
}

static mx_status store(struct mx_ctx *ctx, struct inventory_lot *lot, int64_t expires_at, int has_expiry) {
    lot->changed_at = ctx->now_ms;
    MX_SET_HAS(inventory_lot, lot, sku);
    MX_SET_HAS(inventory_lot, lot, lot);
    MX_SET_HAS(inventory_lot, lot, changed_at);
    if (has_expiry) {
        lot->expires_at = expires_at;
        MX_SET_HAS(inventory_lot, lot, expires_at);
    }
    return mx_put(ctx, &inventory_lots, lot);
}

mx_status inventory_lot_receive(struct mx_ctx *ctx, const struct inventory_receive_line *line, uint32_t i) {
    struct inventory_lot fresh = {.sku = line->sku, .lot = line->lot}, *known = NULL;
    int told = MX_HAS(inventory_receive_line, line, expires_at);
    char field[48];
    mx_status st;
    if (line->lot.len == 0)
        return told ? mx_fail(ctx, MX_E_MISSING_FIELD, inventory_line_field(field, i, "lot"), "What expires needs the number of its lot.")
                    : MX_OK;
    if (line->lot.ptr[0] == ' ' || line->lot.ptr[line->lot.len - 1] == ' ')
        return mx_fail(ctx, MX_E_BAD_INPUT, inventory_line_field(field, i, "lot"), "The number of a lot has no space at its ends.");
    st = inventory_lot_of(ctx, line->sku, line->lot, &known);
    if (st < 0) return st;
    if (!known) return store(ctx, &fresh, line->expires_at, told);
    if (!told || (MX_HAS(inventory_lot, known, expires_at) && known->expires_at == line->expires_at)) return MX_OK;
    if (!MX_HAS(inventory_lot, known, expires_at)) return store(ctx, known, line->expires_at, 1);
    return mx_refuse(ctx, "lot_differs", inventory_line_field(field, i, "expires_at"),
                     "Lot %.*s of article %.*s expires at another moment; inventory.lot.put corrects that.", (int)line->lot.len,
                     line->lot.ptr, (int)line->sku.len, line->sku.ptr);
}

/* What is counted of a lot at a location, or everywhere. */
static mx_status count(struct mx_ctx *ctx, const struct inventory_lot *lot, struct mx_str location, int64_t *on_hand) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2};
    struct inventory_lot_level level = {.sku = lot->sku, .lot = lot->lot}, *there = NULL;
    struct mx_scan *scan = NULL;
    mx_status st;
    *on_hand = 0;
    if (location.len) {
        st = inventory_lot_level_of(ctx, lot->sku, lot->lot, location, &level);
        *on_hand = level.on_hand;
        return st;
    }
    st = mx_scan_open(ctx, &inventory_lot_levels, &opts, &level, &scan);
    while (st == MX_OK) {
        st = mx_scan_next(ctx, scan, &there);
        if (st == MX_OK && !mx_add(*on_hand, there->on_hand, on_hand))
            return mx_fail(ctx, MX_E_INTERNAL, NULL, "The stock of a lot is outside of every range.");
    }
    return st == MX_DONE ? MX_OK : st;
}

static void show(const struct inventory_lot *lot, int64_t on_hand, struct inventory_lot_view *view) {
    view->sku = lot->sku;
    view->lot = lot->lot;
    view->expires_at = lot->expires_at;
    view->on_hand = on_hand;
    view->rev = lot->rec.rev;
}

static mx_status check_request(struct mx_ctx *ctx, const struct inventory_lot_put *put) {
    struct mx_article_ask ask = {.sku = put->sku, .at = ctx->now_ms};
    struct mx_article article = {0};
    mx_status st;
    if (put->lot.ptr[0] == ' ' || put->lot.ptr[put->lot.len - 1] == ' ')
        return mx_fail(ctx, MX_E_BAD_INPUT, "lot", "The number of a lot has no space at its ends.");
    st = mx_ask(ctx, &mx_point_article, &ask, &article);
    if (st == MX_DECLINED) return mx_refuse(ctx, "unknown_sku", "sku", "There is no article %.*s.", (int)put->sku.len, put->sku.ptr);
    if (st != MX_OK || article.stocked) return st;
    return mx_refuse(ctx, "not_stocked", "sku", "Article %.*s is not kept in stock.", (int)put->sku.len, put->sku.ptr);
}

mx_status inventory_lot_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_lot_put *put = in;
    struct inventory_lot_one *answer = out;
    struct inventory_lot lot = {.sku = put->sku, .lot = put->lot}, *stored = NULL;
    const struct mx_str everywhere = {NULL, 0};
    int64_t on_hand;
    mx_status st = check_request(ctx, put);
    if (st == MX_OK) st = inventory_lot_of(ctx, put->sku, put->lot, &stored);
    if (st < 0) return st;
    if (stored) lot = *stored;
    if (MX_HAS(inventory_lot_put, put, if_rev) && put->if_rev != lot.rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "This lot is at revision %lld by now.", (long long)lot.rec.rev);
    if ((st = store(ctx, &lot, put->expires_at, 1)) != MX_OK) return st;
    if ((st = count(ctx, &lot, everywhere, &on_hand)) != MX_OK) return st;
    answer->lot = mx_alloc(ctx, sizeof(*answer->lot));
    show(&lot, on_hand, answer->lot);
    return MX_OK;
}

/* A page while it is filled. */
struct lot_page {
    const struct inventory_lots_ask *ask;
    struct mx_list lots;
    uint32_t limit;
    int by_expiry;
};

/* MX_DONE: no later one can be wanted. */
static mx_status take(struct mx_ctx *ctx, struct lot_page *page, const struct inventory_lot *lot) {
    const struct inventory_lots_ask *ask = page->ask;
    int64_t on_hand;
    mx_status st;
    if (MX_HAS(inventory_lots_ask, ask, expiring_before)) {
        int expires = MX_HAS(inventory_lot, lot, expires_at);
        if (!expires || lot->expires_at >= ask->expiring_before) return page->by_expiry ? MX_DONE : MX_OK;
    }
    st = count(ctx, lot, ask->location, &on_hand);
    if (st != MX_OK || (ask->location.len && on_hand == 0)) return st;
    show(lot, on_hand, mx_list_at(&page->lots, page->lots.count++));
    return MX_OK;
}

static mx_status walk(struct mx_ctx *ctx, struct lot_page *page, struct mx_str *next) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = page->ask->after};
    struct inventory_lot probe = {.sku = page->ask->sku}, *lot = NULL;
    struct mx_str cursor = {NULL, 0};
    struct mx_scan *scan = NULL;
    uint32_t looked;
    mx_status st;
    if (page->by_expiry) opts.index = "expiry";
    if (page->ask->sku.len) opts.prefix = 1;
    st = inventory_cursor(ctx, mx_scan_open(ctx, &inventory_lots, &opts, &probe, &scan));
    for (looked = 0; st == MX_OK; looked++) {
        st = mx_scan_next(ctx, scan, &lot);
        if (st == MX_OK && (page->lots.count == page->limit || looked == INVENTORY_LOTS_LOOKED)) {
            *next = cursor;
            return MX_OK;
        }
        if (st == MX_OK) st = take(ctx, page, lot);
        if (st == MX_OK) cursor = mx_scan_cursor(ctx, scan);
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status inventory_lot_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_lots_ask *ask = in;
    struct inventory_lots_page *answer = out;
    struct lot_page page = {.ask = ask, .limit = ask->limit ? (uint32_t)ask->limit : INVENTORY_PAGE};
    mx_status st = ask->location.len ? inventory_location_known(ctx, ask->location) : MX_OK;
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "location", "There is no such location.");
    if (st != MX_OK) return st;
    page.by_expiry = MX_HAS(inventory_lots_ask, ask, expiring_before) && ask->sku.len == 0;
    page.lots = mx_list_new(ctx, page.limit, sizeof(struct inventory_lot_view));
    page.lots.count = 0;
    st = walk(ctx, &page, &answer->next);
    answer->lots = page.lots;
    return st;
}
