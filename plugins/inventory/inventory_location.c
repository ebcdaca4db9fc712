/* Locations: stores, warehouses, and whatever else holds goods. */
#include "internal.h"

static int is_one_of(char c, const char *more) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr(more, c) != NULL);
}

static int consists_of(struct mx_str text, const char *more) {
    uint32_t i;
    for (i = 0; i < text.len; i++) {
        if (!is_one_of(text.ptr[i], more)) return 0;
    }
    return 1;
}

mx_status inventory_cursor(struct mx_ctx *ctx, mx_status status) {
    if (status != MX_E_BAD_INPUT) return status;
    return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of a page of the same list.");
}

mx_status inventory_location_known(struct mx_ctx *ctx, struct mx_str location) {
    struct inventory_location probe = {.id = location}, *stored = NULL;
    return mx_get(ctx, &inventory_locations, &probe, &stored);
}

mx_status inventory_location_demand(struct mx_ctx *ctx, struct mx_str location) {
    mx_status st = inventory_location_known(ctx, location);
    if (st != MX_NONE) return st;
    return mx_refuse(ctx, "unknown_location", "location", "There is no location %.*s.", (int)location.len, location.ptr);
}

mx_status inventory_location_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_location_ask *ask = in;
    struct mx_location_facts *facts = out;
    struct inventory_location probe = {.id = ask->location}, *stored = NULL;
    mx_status st = mx_get(ctx, &inventory_locations, &probe, &stored);
    if (st != MX_OK) return st == MX_NONE ? MX_DECLINED : st;
    facts->id = stored->id;
    facts->zone = stored->zone;
    return MX_OK;
}

static void show(const struct inventory_location *location, struct inventory_location_view *view) {
    view->id = location->id;
    view->name = location->name;
    view->zone = location->zone;
    view->changed_at = location->changed_at;
    view->rev = location->rec.rev;
}

static mx_status check_request(struct mx_ctx *ctx, const struct inventory_location_put *put) {
    if (!consists_of(put->id, "._-"))
        return mx_fail(ctx, MX_E_BAD_INPUT, "id", "The code of a location has letters a-z and A-Z, digits, dots, dashes and underscores.");
    if (!consists_of(put->zone, "/_+-")) return mx_fail(ctx, MX_E_BAD_INPUT, "zone", "A time zone is named as in \"Asia/Shanghai\".");
    return MX_OK;
}

mx_status inventory_location_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_location_put *put = in;
    struct inventory_location_one *answer = out;
    struct inventory_location location = {.id = put->id, .zone = mx_shop_of(ctx)->zone}, *stored = NULL;
    mx_status st = check_request(ctx, put);
    if (st == MX_OK) st = mx_get(ctx, &inventory_locations, &location, &stored);
    if (st < 0) return st;

    if (stored) location = *stored;
    if (MX_HAS(inventory_location_put, put, if_rev) && put->if_rev != location.rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "This location is at revision %lld by now.", (long long)location.rec.rev);
    if (MX_HAS(inventory_location_put, put, name)) location.name = put->name;
    if (MX_HAS(inventory_location_put, put, zone)) location.zone = put->zone;
    location.changed_at = ctx->now_ms;
    location.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &inventory_locations, &location)) != MX_OK) return st;
    answer->location = mx_alloc(ctx, sizeof(*answer->location));
    show(&location, answer->location);
    return MX_OK;
}

mx_status inventory_location_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_list_ask *ask = in;
    struct inventory_location_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : INVENTORY_PAGE, count = 0;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after};
    struct inventory_location *location = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = inventory_cursor(ctx, mx_scan_open(ctx, &inventory_locations, &opts, NULL, &scan));

    page->locations = mx_list_new(ctx, limit, sizeof(struct inventory_location_view));
    while (st == MX_OK && count < limit) {
        st = mx_scan_next(ctx, scan, &location);
        if (st == MX_OK) show(location, mx_list_at(&page->locations, count++));
    }
    page->locations.count = count;
    if (st == MX_OK) {
        struct mx_str cursor = mx_scan_cursor(ctx, scan);
        st = mx_scan_next(ctx, scan, &location);
        if (st == MX_OK) page->next = cursor;
    }
    return st == MX_DONE ? MX_OK : st;
}
