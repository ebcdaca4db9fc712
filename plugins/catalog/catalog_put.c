/* Making and changing products. */
#include "merx/retail/member.h"

#include "internal.h"

#include <stdio.h>

static int has_outer_space(struct mx_str text) { return text.len && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' '); }

/* Language tags as in BCP 47, as far as their form goes: letters, digits and hyphens. */
static int is_language(struct mx_str tag) {
    uint32_t i;
    if (tag.len < 2 || tag.len > 16) return 0;
    for (i = 0; i < tag.len; i++) {
        char c = tag.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return 0;
    }
    return 1;
}

static mx_status check_names(struct mx_ctx *ctx, const struct mx_list *name) {
    char field[32];
    uint32_t i;
    for (i = 0; i < name->count; i++) {
        const struct mx_pair *pair = mx_list_at(name, i);
        if (!is_language(pair->key)) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "A name is given by language, such as \"en\" or \"zh\".");
        snprintf(field, sizeof(field), "name.%.*s", (int)pair->key.len, pair->key.ptr);
        if (pair->value.len < 1 || pair->value.len > CATALOG_NAME_MAX)
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, field, "A name has 1 to %d bytes.", CATALOG_NAME_MAX);
    }
    return MX_OK;
}

static mx_status check_tags(struct mx_ctx *ctx, const struct mx_list *tags) {
    char field[32];
    uint32_t i, j;
    for (i = 0; i < tags->count; i++) {
        struct mx_str tag = mx_list_str(tags, i);
        snprintf(field, sizeof(field), "tags[%u]", (unsigned)i);
        if (tag.len < 1 || tag.len > MX_CODE_MAX) return mx_fail(ctx, MX_E_OUT_OF_RANGE, field, "A tag has 1 to %d bytes.", MX_CODE_MAX);
        if (has_outer_space(tag)) return mx_fail(ctx, MX_E_BAD_INPUT, field, "A tag has no space at its ends.");
        for (j = 0; j < i; j++) {
            if (mx_str_eq(mx_list_str(tags, j), tag)) return mx_fail(ctx, MX_E_BAD_INPUT, field, "This tag is given twice.");
        }
    }
    return MX_OK;
}

static mx_status check_request(struct mx_ctx *ctx, const struct catalog_put *put) {
    mx_status st;
    if (has_outer_space(put->sku)) return mx_fail(ctx, MX_E_BAD_INPUT, "sku", "An article number has no space at its ends.");
    if (has_outer_space(put->category)) return mx_fail(ctx, MX_E_BAD_INPUT, "category", "A category has no space at its ends.");
    if (has_outer_space(put->brand)) return mx_fail(ctx, MX_E_BAD_INPUT, "brand", "A brand has no space at its ends.");
    if ((st = check_names(ctx, &put->name)) != MX_OK) return st;
    if ((st = check_tags(ctx, &put->tags)) != MX_OK) return st;
    return catalog_check_barcodes(ctx, &put->barcodes);
}

static mx_status check_revision(struct mx_ctx *ctx, const struct catalog_put *put, const struct catalog_product *stored) {
    int64_t rev = stored ? stored->rec.rev : 0;
    if (!MX_HAS(catalog_put, put, if_rev) || put->if_rev == rev) return MX_OK;
    if (!stored) return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "This product does not exist.");
    return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "This product is at revision %lld by now.", (long long)rev);
}

static mx_status check_new(struct mx_ctx *ctx, const struct catalog_put *put) {
    if (!MX_HAS(catalog_put, put, name)) return mx_fail(ctx, MX_E_MISSING_FIELD, "name", "A new product needs a name.");
    if (!MX_HAS(catalog_put, put, price)) return mx_fail(ctx, MX_E_MISSING_FIELD, "price", "A new product needs a price.");
    return MX_OK;
}

static mx_status check_barcodes_free(struct mx_ctx *ctx, const struct catalog_put *put) {
    char field[32];
    uint32_t i;
    for (i = 0; i < put->barcodes.count; i++) {
        struct catalog_product *holder = NULL;
        mx_status st = catalog_by_barcode(ctx, mx_list_str(&put->barcodes, i), &holder);
        if (st < 0) return st;
        if (!holder || mx_str_eq(holder->sku, put->sku)) continue;
        snprintf(field, sizeof(field), "barcodes[%u]", (unsigned)i);
        return mx_refuse(ctx, "barcode_taken", field, "This barcode belongs to article %.*s.", (int)holder->sku.len, holder->sku.ptr);
    }
    return MX_OK;
}

/* Absent fields of the request keep their value. */
static void merge(struct catalog_product *product, const struct catalog_put *put) {
#define TAKE(member)                                                                                                                       \
    if (MX_HAS(catalog_put, put, member)) product->member = put->member
    TAKE(name);
    TAKE(price);
    TAKE(unit);
    TAKE(category);
    TAKE(tags);
    TAKE(barcodes);
    TAKE(tax_ppm);
    TAKE(stocked);
    TAKE(below_zero);
    TAKE(state);
    TAKE(brand);
    TAKE(hidden);
#undef TAKE
}

void catalog_show(const struct catalog_product *record, struct catalog_view *view) {
    CATALOG_COPY(view, record);
    view->changed_at = record->changed_at;
    view->rev = record->rec.rev;
}

static mx_status answer(struct mx_ctx *ctx, const struct catalog_product *record, struct catalog_one *out) {
    out->product = mx_alloc(ctx, sizeof(*out->product));
    catalog_show(record, out->product);
    return MX_OK;
}

static mx_status announce(struct mx_ctx *ctx, const struct catalog_product *record) {
    struct catalog_changed changed = {.sku = record->sku, .rev = record->rec.rev, .state = record->state};
    return mx_emit(ctx, &catalog_product_changed, &changed);
}

/* stored: NULL for a new product. */
static mx_status check_all(struct mx_ctx *ctx, const struct catalog_put *put, struct catalog_product **stored) {
    const struct catalog_product probe = {.sku = put->sku};
    mx_status st = check_request(ctx, put);
    if (st != MX_OK) return st;
    *stored = NULL;
    if ((st = mx_get(ctx, &catalog_products, &probe, stored)) < 0) return st;
    if ((st = check_revision(ctx, put, *stored)) != MX_OK) return st;
    if (!*stored && (st = check_new(ctx, put)) != MX_OK) return st;
    return check_barcodes_free(ctx, put);
}

mx_status catalog_check_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct catalog_product *stored;
    (void)out;
    return check_all(ctx, in, &stored);
}

mx_status catalog_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct catalog_put *put = in;
    struct catalog_product product = {.sku = put->sku, .unit = MX_UNIT_PIECE, .stocked = 1, .state = MX_PRODUCT_ACTIVE}, *stored;
    mx_status st = check_all(ctx, put, &stored);
    if (st != MX_OK) return st;
    if (stored) product = *stored;
    merge(&product, put);
    product.changed_at = ctx->now_ms;
    product.words = catalog_words_of(ctx, &product.name);
    product.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &catalog_products, &product)) != MX_OK) return st;
    if ((st = announce(ctx, &product)) != MX_OK) return st;
    return answer(ctx, &product, out);
}

/* A customer who asks for a hidden article by its number sees it when it is unlocked for her; to all others it is not there: MX_NONE. */
static mx_status is_unlocked(struct mx_ctx *ctx, struct mx_str sku) {
    struct mx_member_of_ask who = {.person = ctx->identity->customer(ctx)};
    struct mx_member_of member = {0};
    struct mx_member_facts facts = {0};
    struct mx_member_ask ask = {0};
    uint32_t i;
    mx_status st = mx_ask(ctx, &mx_point_member_of, &who, &member);
    ask.member = member.member;
    if (st == MX_OK) st = mx_ask(ctx, &mx_point_member, &ask, &facts);
    for (i = 0; st == MX_OK && i < facts.entitlements.count; i++) {
        const struct mx_entitlement *one = mx_list_at(&facts.entitlements, i);
        if (mx_str_is(one->kind, MX_ENTITLES_UNLOCK) && mx_str_eq(one->value, sku)) return MX_OK;
    }
    return st < 0 ? st : MX_NONE;
}

mx_status catalog_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct catalog_get *get = in;
    struct catalog_product probe = {.sku = get->sku}, *product = NULL;
    mx_status st = mx_get(ctx, &catalog_products, &probe, &product);
    if (st == MX_OK && !catalog_is_shown(ctx, product)) st = is_unlocked(ctx, product->sku);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "sku", "There is no such article.");
    return st == MX_OK ? answer(ctx, product, out) : st;
}

/* What everybody pays, or less by the member's price list: nobody pays more for being entitled to one. */
static mx_status find_price(struct mx_ctx *ctx, const struct mx_article_ask *ask, const struct catalog_product *product,
                            struct mx_article *article) {
    int64_t at = ask->at > 0 ? ask->at : ctx->now_ms;
    struct mx_str everybody = {NULL, 0};
    struct catalog_price *price = NULL, *own = NULL;
    mx_status st = catalog_price_in_force(ctx, ask->sku, ask->location, ask->channel, at, everybody, &price);
    if (st == MX_OK && ask->price_list.len)
        st = catalog_price_in_force(ctx, ask->sku, ask->location, ask->channel, at, ask->price_list, &own);
    if (st != MX_OK) return st;
    article->list_price = product->price;
    article->price = price ? price->price : product->price;
    if (price) article->price_reason = price->reason;
    if (!own || own->price > article->price) return MX_OK;
    article->price = own->price;
    article->price_reason = own->reason.len ? own->reason : own->list;
    return MX_OK;
}

mx_status catalog_article(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_article_ask *ask = in;
    struct mx_article *article = out;
    struct catalog_product probe = {.sku = ask->sku}, *product = NULL;
    mx_status st = mx_get(ctx, &catalog_products, &probe, &product);
    if (st == MX_OK) st = find_price(ctx, ask, product, article);
    if (st != MX_OK) return st == MX_NONE ? MX_DECLINED : st;
    article->sku = product->sku;
    article->name = product->name;
    article->unit = product->unit;
    article->tax_ppm = product->tax_ppm;
    article->category = product->category;
    article->brand = product->brand;
    article->tags = product->tags;
    article->stocked = product->stocked;
    article->below_zero = product->below_zero;
    article->rev = product->rec.rev;
    article->retired = product->state == MX_PRODUCT_RETIRED;
    article->hidden = product->hidden;
    return MX_OK;
}
