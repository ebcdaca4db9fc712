/* Finding products: one criterion, pages in a steady order. */
#include "internal.h"

static mx_status check_criteria(struct mx_ctx *ctx, const struct catalog_find *in) {
    const struct {
        const char *field;
        struct mx_str value;
    } criteria[] = {{"barcode", in->barcode}, {"name", in->name}, {"category", in->category}, {"brand", in->brand}, {"tag", in->tag}};
    size_t i, given = 0;
    for (i = 0; i < sizeof(criteria) / sizeof(criteria[0]); i++) {
        if (criteria[i].value.len && given++)
            return mx_fail(ctx, MX_E_BAD_INPUT, criteria[i].field, "A search takes one criterion: barcode, name, category, brand or tag.");
    }
    return MX_OK;
}

mx_status catalog_cursor(struct mx_ctx *ctx, mx_status status) {
    if (status != MX_E_BAD_INPUT) return status;
    return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of a page of the same search.");
}

/* Customers who look around do not come upon what is hidden. */
int catalog_is_shown(struct mx_ctx *ctx, const struct catalog_product *product) {
    return !product->hidden || ctx->identity->customer(ctx).len == 0;
}

static mx_status find_by_barcode(struct mx_ctx *ctx, const struct catalog_find *in, struct catalog_page *page) {
    struct catalog_product *product = NULL;
    mx_status st = catalog_by_barcode(ctx, in->barcode, &product);
    if (st == MX_OK && catalog_is_shown(ctx, product)) catalog_show(product, &page->views[page->count++]);
    return st == MX_NONE ? MX_OK : st;
}

/* By category, by brand, by tag or all, in the order of article numbers. */
static mx_status walk(struct mx_ctx *ctx, const struct catalog_find *in, struct catalog_page *page, struct mx_str *next) {
    struct mx_str tag = in->tag;
    struct catalog_product probe = {.category = in->category, .brand = in->brand}, *product = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = in->after};
    struct mx_scan *scan = NULL;
    mx_status st;

    if (tag.len) probe.tags = (struct mx_list){&tag, 1, sizeof(tag)};
    opts.index = in->category.len ? "category" : in->brand.len ? "brand" : tag.len ? "tag" : NULL;
    opts.prefix = opts.index ? 1 : 0;
    st = catalog_cursor(ctx, mx_scan_open(ctx, &catalog_products, &opts, &probe, &scan));
    while (st == MX_OK && page->count < page->limit) {
        st = mx_scan_next(ctx, scan, &product);
        if (st == MX_OK && catalog_is_shown(ctx, product)) catalog_show(product, &page->views[page->count++]);
    }
    if (st == MX_OK) {
        struct mx_str cursor = mx_scan_cursor(ctx, scan);
        st = mx_scan_next(ctx, scan, &product);
        if (st == MX_OK) *next = cursor;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status catalog_find_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct catalog_find *find = in;
    struct catalog_found *found = out;
    struct catalog_page page = {.limit = find->limit ? (uint32_t)find->limit : CATALOG_PAGE};
    mx_status st = check_criteria(ctx, find);
    if (st != MX_OK) return st;

    page.views = mx_alloc(ctx, page.limit * sizeof(page.views[0]));
    if (find->barcode.len)
        st = find_by_barcode(ctx, find, &page);
    else if (find->name.len)
        st = catalog_find_by_name(ctx, find, &page, &found->next);
    else
        st = walk(ctx, find, &page, &found->next);
    found->products = (struct mx_list){page.views, page.count, sizeof(page.views[0])};
    return st;
}
