/* Prices for channels, places and times: setting them, taking them back, and which one holds. */
#include "internal.h"

int catalog_price_holds(const struct catalog_price *price, int64_t at) {
    return price->from <= at && (price->until == 0 || at < price->until) && (price->dropped_at == 0 || at < price->dropped_at);
}

/* Two ways to the price that holds: from the latest beginning backwards the first one that has not ended, and of those that end
 * later the one that began last. They are gone step by step at once, so a sale waits for neither a long history of dated prices nor one
 * of lasting prices. */
struct search {
    struct mx_ctx *ctx;
    int64_t at;
    struct mx_scan *begun;
    struct mx_scan *lasting;
    struct catalog_price *best; /* of those seen that end later */
};

/* Steps backwards before the other way is tried at all: mostly the first one leads there. */
#define STEPS_BACK 4

/* MX_NONE: not found yet. MX_DONE: there is none. */
static mx_status step_back(const struct search *search, struct catalog_price **price) {
    struct catalog_price *found = NULL;
    mx_status st = mx_scan_next(search->ctx, search->begun, &found);
    if (st != MX_OK) return st;
    if (!catalog_price_holds(found, search->at)) return MX_NONE;
    *price = found;
    return MX_OK;
}

static mx_status step_on(struct search *search, struct catalog_price **price) {
    struct catalog_price *found = NULL;
    mx_status st = mx_scan_next(search->ctx, search->lasting, &found);
    if (st == MX_DONE && search->best) {
        *price = search->best;
        return MX_OK;
    }
    if (st != MX_OK) return st;
    if (catalog_price_holds(found, search->at) && (!search->best || search->best->from < found->from)) search->best = found;
    return MX_NONE;
}

/* Prices of lists stand in a table of their own, whose key begins with the list. */
static const struct mx_table *table_of(struct mx_str list) { return list.len ? &catalog_list_prices : &catalog_prices; }

static uint32_t prefix_of(struct mx_str list, uint32_t fields) { return fields + (list.len > 0); }

mx_status catalog_price_of(struct mx_ctx *ctx, struct mx_str sku, struct mx_str location, struct mx_str channel, int64_t at,
                           struct mx_str list, struct catalog_price **price) {
    const struct mx_scan_opts back = {.size = sizeof(back), .prefix = prefix_of(list, 3), .from = 1, .reverse = 1};
    const struct mx_scan_opts on = {.size = sizeof(on), .prefix = prefix_of(list, 3), .from = 1, .index = "ends"};
    struct catalog_price probe = {
        .sku = sku, .location = location, .channel = channel, .from = at, .ends = at < MX_INT_MAX ? at + 1 : at, .list = list};
    struct search search = {.ctx = ctx, .at = at};
    uint32_t steps;
    mx_status st = mx_scan_open(ctx, table_of(list), &back, &probe, &search.begun);

    MX_SET_HAS(catalog_price, &probe, ends);
    if (st == MX_OK) st = MX_NONE;
    for (steps = 0; st == MX_NONE; steps++) {
        st = step_back(&search, price);
        if (st != MX_NONE || steps < STEPS_BACK) continue;
        if (steps == STEPS_BACK && (st = mx_scan_open(ctx, table_of(list), &on, &probe, &search.lasting)) != MX_OK) return st;
        st = step_on(&search, price);
    }
    return st == MX_DONE ? MX_NONE : st;
}

/* Most articles have one price everywhere: one look says so. */
static mx_status has_any(struct mx_ctx *ctx, struct mx_str sku, struct mx_str list) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = prefix_of(list, 1)};
    struct catalog_price probe = {.sku = sku, .list = list}, *found = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, table_of(list), &opts, &probe, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &found);
    return st == MX_DONE ? MX_NONE : st;
}

mx_status catalog_price_in_force(struct mx_ctx *ctx, struct mx_str sku, struct mx_str location, struct mx_str channel, int64_t at,
                                 struct mx_str list, struct catalog_price **price) {
    const struct mx_str any = {NULL, 0};
    mx_status st = has_any(ctx, sku, list);
    *price = NULL;
    if (st == MX_NONE) return MX_OK;
    if (st == MX_OK) st = location.len && channel.len ? catalog_price_of(ctx, sku, location, channel, at, list, price) : MX_NONE;
    if (st == MX_NONE && location.len) st = catalog_price_of(ctx, sku, location, any, at, list, price);
    if (st == MX_NONE && channel.len) st = catalog_price_of(ctx, sku, any, channel, at, list, price);
    if (st == MX_NONE) st = catalog_price_of(ctx, sku, any, any, at, list, price);
    return st == MX_NONE ? MX_OK : st;
}

static int32_t state_of(const struct catalog_price *price, int64_t now) {
    if (price->dropped_at || (price->until && price->until <= now)) return CATALOG_PRICE_OVER;
    return price->from > now ? CATALOG_PRICE_PLANNED : CATALOG_PRICE_OPEN;
}

static void show(const struct catalog_price *price, int64_t now, struct catalog_price_view *view) {
    view->id = price->id;
    view->sku = price->sku;
    view->location = price->location;
    view->channel = price->channel;
    view->from = price->from;
    view->until = price->until;
    view->price = price->price;
    view->reason = price->reason;
    view->made_at = price->made_at;
    view->dropped_at = price->dropped_at;
    view->list = price->list;
    view->state = state_of(price, now);
}

static mx_status store(struct mx_ctx *ctx, struct catalog_price *price, struct catalog_price_one *out) {
    struct catalog_price_changed changed = {.id = price->id, .sku = price->sku, .location = price->location, .channel = price->channel};
    mx_status st;
    price->ends = price->until ? price->until : MX_INT_MAX;
    if (price->dropped_at && price->dropped_at < price->ends) price->ends = price->dropped_at;
    price->rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, table_of(price->list), price)) != MX_OK) return st;
    changed.list = price->list;
    changed.price = price->price;
    changed.from = price->from;
    changed.until = price->until;
    changed.dropped = price->dropped_at > 0;
    out->price = mx_alloc(ctx, sizeof(*out->price));
    show(price, ctx->now_ms, out->price);
    return mx_emit(ctx, &catalog_price_changed_event, &changed);
}

static int has_outer_space(struct mx_str text) { return text.len && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' '); }

static mx_status check_request(struct mx_ctx *ctx, const struct catalog_price_put *put, const struct catalog_price *price) {
    struct catalog_product probe = {.sku = put->sku}, *product = NULL;
    struct mx_location_ask ask = {put->location};
    struct mx_location_facts facts = {0};
    mx_status st;
    if (has_outer_space(put->channel)) return mx_fail(ctx, MX_E_BAD_INPUT, "channel", "A channel has no space at its ends.");
    if (has_outer_space(put->list)) return mx_fail(ctx, MX_E_BAD_INPUT, "list", "A price list has no space at its ends.");
    if (put->reason.len && mx_str_is_blank(put->reason))
        return mx_fail(ctx, MX_E_BAD_INPUT, "reason", "A reason has more than spaces; leave it out when there is none.");
    if (MX_HAS(catalog_price_put, put, until) && price->until <= price->from)
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "until", "A price ends after it began.");
    st = mx_get(ctx, &catalog_products, &probe, &product);
    if (st == MX_NONE) return mx_refuse(ctx, "unknown_sku", "sku", "There is no article %.*s.", (int)put->sku.len, put->sku.ptr);
    if (st != MX_OK || put->location.len == 0) return st;
    st = mx_ask(ctx, &mx_point_location, &ask, &facts);
    if (st != MX_DECLINED) return st;
    return mx_refuse(ctx, "unknown_location", "location", "There is no location %.*s.", (int)put->location.len, put->location.ptr);
}

/* Of two prices for the same place and channel the one that began later holds, so no two may begin at one moment. */
static mx_status check_beginning(struct mx_ctx *ctx, const struct catalog_price *price) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = prefix_of(price->list, 4)};
    struct catalog_price *other = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, table_of(price->list), &opts, price, &scan);
    while (st == MX_OK) {
        st = mx_scan_next(ctx, scan, &other);
        if (st == MX_OK && other->dropped_at == 0)
            return mx_refuse(ctx, "price_taken", "from", "Price %.*s begins at this moment, too; drop it, or let this one begin later.",
                             (int)other->id.len, other->id.ptr);
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status catalog_price_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct catalog_price_put *put = in;
    struct catalog_price price = {
        .sku = put->sku, .location = put->location, .channel = put->channel, .price = put->price, .list = put->list};
    mx_status st;
    price.from = MX_HAS(catalog_price_put, put, from) ? put->from : ctx->now_ms;
    price.until = put->until;
    price.reason = put->reason;
    price.made_at = ctx->now_ms;
    if ((st = check_request(ctx, put, &price)) != MX_OK) return st;
    if ((st = check_beginning(ctx, &price)) != MX_OK) return st;
    if ((st = mx_new_id(ctx, "prc", &price.id)) != MX_OK) return st;
    return store(ctx, &price, out);
}

mx_status catalog_price_drop_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct catalog_price_ask *ask = in;
    struct catalog_price probe = {.id = ask->id}, *price = NULL;
    mx_status st = mx_find(ctx, &catalog_prices, "id", &probe, &price);
    if (st == MX_NONE) st = mx_find(ctx, &catalog_list_prices, "id", &probe, &price);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such price.");
    if (st != MX_OK) return st;
    if (state_of(price, ctx->now_ms) == CATALOG_PRICE_OVER) return mx_refuse(ctx, "price_over", "id", "This price is over already.");
    price->dropped_at = ctx->now_ms;
    return store(ctx, price, out);
}

mx_status catalog_price_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct catalog_price_list *list = in;
    struct catalog_price_page *page = out;
    uint32_t limit = list->limit ? (uint32_t)list->limit : CATALOG_PAGE, count = 0;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = prefix_of(list->list, 1), .after = list->after};
    struct catalog_price probe = {.sku = list->sku, .list = list->list}, *price = NULL;
    struct catalog_product product = {.sku = list->sku}, *known = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_get(ctx, &catalog_products, &product, &known);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "sku", "There is no such article.");
    if (st == MX_OK) st = catalog_cursor(ctx, mx_scan_open(ctx, table_of(list->list), &opts, &probe, &scan));

    page->prices = mx_list_new(ctx, limit, sizeof(struct catalog_price_view));
    while (st == MX_OK && count < limit) {
        st = mx_scan_next(ctx, scan, &price);
        if (st == MX_OK) show(price, ctx->now_ms, mx_list_at(&page->prices, count++));
    }
    page->prices.count = count;
    if (st == MX_OK) {
        struct mx_str cursor = mx_scan_cursor(ctx, scan);
        st = mx_scan_next(ctx, scan, &price);
        if (st == MX_OK) page->next = cursor;
    }
    return st == MX_DONE ? MX_OK : st;
}
