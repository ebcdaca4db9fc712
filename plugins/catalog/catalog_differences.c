/* Which prices differ between channels although nobody said why.
 *
 * Prices lie in the order of article, place and channel, so those of one article, place and channel come together: a
 * *group*. A page ends between two groups, never inside one. */
#include "internal.h"

struct differences {
    struct mx_ctx *ctx;
    const struct catalog_differences_ask *ask;
    struct catalog_differences *out;
    int64_t at;
    uint32_t limit;
    struct catalog_price *last; /* the price looked at last; NULL: none yet */
};

static int is_asked(const struct catalog_differences_ask *ask, struct mx_str channel) {
    uint32_t i;
    if (channel.len == 0 || ask->channels.count == 0) return 1;
    for (i = 0; i < ask->channels.count; i++) {
        if (mx_str_eq(mx_list_str(&ask->channels, i), channel)) return 1;
    }
    return 0;
}

static int same_group(const struct catalog_price *a, const struct catalog_price *b) {
    return mx_str_eq(a->sku, b->sku) && mx_str_eq(a->location, b->location) && mx_str_eq(a->channel, b->channel);
}

/* What the article costs without this price: of a channel at a place, what the other channels ask there; else what it costs where no
 * place and no channel has a price of its own. MX_NONE: it is not for sale. */
static mx_status usual_price(struct differences *d, const struct catalog_price *own, int64_t *usual) {
    const struct mx_str any = {NULL, 0}, place = own->channel.len ? own->location : any;
    struct catalog_product probe = {.sku = own->sku}, *product = NULL;
    struct catalog_price *price = NULL;
    mx_status st = mx_get(d->ctx, &catalog_products, &probe, &product);
    if (st != MX_OK) return st;
    if (product->state == MX_PRODUCT_RETIRED) return MX_NONE;
    *usual = product->price;
    st = catalog_price_of(d->ctx, own->sku, place, any, d->at, any, &price);
    if (st == MX_NONE && place.len) st = catalog_price_of(d->ctx, own->sku, any, any, d->at, any, &price);
    if (st == MX_OK) *usual = price->price;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status look_at_group(struct differences *d, const struct catalog_price *any_of_it) {
    struct catalog_price *price = NULL;
    struct catalog_difference *difference;
    const struct mx_str any = {NULL, 0};
    int64_t usual = 0;
    mx_status st;
    if (any_of_it->location.len == 0 && any_of_it->channel.len == 0) return MX_OK; /* the same in every channel */
    if (!is_asked(d->ask, any_of_it->channel)) return MX_OK;
    st = catalog_price_of(d->ctx, any_of_it->sku, any_of_it->location, any_of_it->channel, d->at, any, &price);
    if (st == MX_OK) st = usual_price(d, price, &usual);
    if (st != MX_OK || price->reason.len || price->price == usual) return st == MX_NONE ? MX_OK : st;
    difference = mx_list_at(&d->out->differences, d->out->differences.count++);
    difference->sku = price->sku;
    difference->location = price->location;
    difference->channel = price->channel;
    difference->price = price->price;
    difference->usual = usual;
    difference->id = price->id;
    difference->from = price->from;
    return MX_OK;
}

static mx_status walk(struct differences *d) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = d->ask->after};
    struct catalog_price *price = NULL;
    struct mx_scan *scan = NULL;
    struct mx_str cursor = {NULL, 0};
    uint32_t looked = 0;
    mx_status st = catalog_cursor(d->ctx, mx_scan_open(d->ctx, &catalog_prices, &opts, NULL, &scan));
    while (st == MX_OK) {
        st = mx_scan_next(d->ctx, scan, &price);
        if (st != MX_OK) break;
        if (!d->last || !same_group(d->last, price)) {
            if (d->out->differences.count == d->limit || looked >= CATALOG_LOOK_MAX) {
                d->out->next = cursor;
                return MX_OK;
            }
            st = look_at_group(d, price);
        }
        d->last = price;
        cursor = mx_scan_cursor(d->ctx, scan);
        looked++;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status catalog_differences_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct catalog_differences_ask *ask = in;
    struct differences d = {.ctx = ctx, .ask = ask, .out = out};
    d.at = MX_HAS(catalog_differences_ask, ask, at) ? ask->at : ctx->now_ms;
    d.limit = ask->limit ? (uint32_t)ask->limit : CATALOG_PAGE;
    d.out->differences = mx_list_new(ctx, d.limit, sizeof(struct catalog_difference));
    d.out->differences.count = 0;
    return walk(&d);
}
