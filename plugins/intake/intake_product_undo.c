/* Taking products back: a new one goes off sale, a changed one gets its old fields, as long as nobody built on it since. */
#include "internal.h"

mx_status intake_may(struct mx_ctx *ctx, int32_t kind, const char *field) {
    if (kind != INTAKE_PRODUCTS || mx_allowed(ctx, MX_MAY_WRITE_PRODUCTS)) return MX_OK;
    return mx_fail(ctx, MX_E_FORBIDDEN, field, "Products are taken in and taken back by whoever may change products.");
}

mx_status intake_product_get(struct mx_ctx *ctx, struct mx_str sku, struct mx_product **product, int64_t *rev, int *withdrawn) {
    const struct mx_product_ask ask = {sku};
    const struct intake_article probe = {.sku = sku};
    struct intake_article *touched = NULL;
    struct mx_product_one one = {NULL};
    mx_status st = mx_call(ctx, &mx_product_get_use, &ask, &one);
    *product = NULL;
    *rev = 0;
    *withdrawn = 0;
    if (st == MX_E_NOT_FOUND) return MX_OK;
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_INTERNAL, NULL, "Nobody keeps products in this shop.");
    if (st == MX_OK) st = mx_get(ctx, &intake_articles, &probe, &touched);
    if (st < 0) return st;
    *product = one.product;
    *rev = one.product->rev;
    if (st == MX_NONE || touched->at_rev != *rev) return MX_OK;
    *rev = touched->as_rev;
    *withdrawn = touched->withdrawn;
    return MX_OK;
}

static mx_status put_back(struct mx_ctx *ctx, const struct intake_made *made, const struct mx_product_put *put, int64_t as_rev,
                          uint8_t withdrawn) {
    struct intake_article touched = {.sku = made->id, .as_rev = as_rev, .withdrawn = withdrawn}, *stored = NULL;
    struct mx_product_one one = {NULL};
    mx_status st = mx_get(ctx, &intake_articles, &touched, &stored);
    if (st < 0) return st;
    if (stored) touched.rec = stored->rec;
    touched.rec.has = UINT64_MAX;
    st = intake_tread(ctx, made->run, INTAKE_UNDO_PART, made->seq);
    if (st == MX_OK) st = intake_trod(ctx, mx_call(ctx, &mx_product_put_use, put, &one));
    if (st != MX_OK) return st;
    touched.at_rev = one.product->rev;
    return mx_put(ctx, &intake_articles, &touched);
}

/* What is in stock or was sold is somebody's work by now. */
static mx_status has_moved(struct mx_ctx *ctx, const struct mx_product *product, const char **stays) {
    const struct mx_stock_near_ask ask = {.sku = product->sku, .limit = 1};
    struct mx_stock_near near_by = {.moved = 0};
    mx_status st = product->stocked ? mx_ask(ctx, &mx_point_stock_near, &ask, &near_by) : MX_DECLINED;
    if (st == MX_DECLINED) *stays = "Its stock is not counted, so nobody can say whether it was sold: retire it by hand.";
    if (st == MX_OK && near_by.moved) *stays = "Goods of it came or went since: it is for sale.";
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status untouched(struct mx_ctx *ctx, const struct intake_made *made, struct mx_product **product, const char **stays) {
    int64_t rev = 0;
    int withdrawn = 0;
    mx_status st = intake_product_get(ctx, made->id, product, &rev, &withdrawn);
    if (st == MX_OK && *product && rev != made->product_rev) *stays = "Somebody changed it since.";
    return st;
}

/* Its barcodes are free for the articles that they belong to. */
mx_status intake_undo_product(struct mx_ctx *ctx, const struct intake_made *made, const char **stays) {
    struct mx_product_put put = {.sku = made->id, .state = MX_PRODUCT_RETIRED};
    struct mx_product *product = NULL;
    mx_status st = untouched(ctx, made, &product, stays);
    if (st != MX_OK || !product || *stays) return st;
    st = has_moved(ctx, product, stays);
    if (st != MX_OK || *stays) return st;
    put.if_rev = product->rev;
    MX_SET_HAS(mx_product_put, &put, sku);
    MX_SET_HAS(mx_product_put, &put, state);
    MX_SET_HAS(mx_product_put, &put, barcodes);
    MX_SET_HAS(mx_product_put, &put, if_rev);
    return put_back(ctx, made, &put, made->product_rev, 1);
}

mx_status intake_undo_change(struct mx_ctx *ctx, const struct intake_made *made, const char **stays) {
    struct mx_product before = {.price = 0}, *product = NULL;
    struct mx_product_put put = {.has = UINT64_MAX};
    mx_status st = untouched(ctx, made, &product, stays);
    if (st != MX_OK || !product || *stays) return st;
    st = ctx->op->decode(ctx, &mx_product_type, made->before, &before);
    if (st != MX_OK) return st;
    MX_PRODUCT_COPY(&put, &before);
    put.if_rev = product->rev;
    st = mx_call(ctx, &mx_product_check_use, &put, NULL);
    if (st < 0 && !intake_passes(st)) *stays = mx_dup(ctx, mx_problem(ctx)).ptr; /* a barcode that belongs to another one now */
    if (st != MX_OK) return *stays ? MX_OK : st;
    return put_back(ctx, made, &put, before.rev, 0);
}
