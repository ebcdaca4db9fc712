/* The catalog's records, requests and answers, and the functions that its files share. */
#ifndef CATALOG_INTERNAL_H
#define CATALOG_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/product.h"

#define CATALOG_BARCODE_MAX 48  /* bytes */
#define CATALOG_NAME_MAX    200 /* bytes of a name in one language */
#define CATALOG_WORD_MAX    32  /* bytes of a search word; longer ones are cut */
#define CATALOG_WORDS_MAX   256 /* search words of one product */
#define CATALOG_PAGE        50
#define CATALOG_PAGE_MAX    200
#define CATALOG_LOOK_MAX    2000 /* records that one search by name looks at */

static const char *const catalog_state_words[] = {"active", "retired", NULL};
#define CATALOG_ACTIVE  1
#define CATALOG_RETIRED 2

/* What a merchant says of a product: the same members in the request, the record and the answer. */
#define CATALOG_MEMBERS                                                                                                                    \
    struct mx_str sku;                                                                                                                     \
    struct mx_list name;                                                                                                                   \
    int64_t price;                                                                                                                         \
    int32_t unit;                                                                                                                          \
    struct mx_str category;                                                                                                                \
    struct mx_list tags;                                                                                                                   \
    struct mx_list barcodes;                                                                                                               \
    int64_t tax_ppm;                                                                                                                       \
    uint8_t stocked;                                                                                                                       \
    uint8_t below_zero;                                                                                                                    \
    int32_t state

#define CATALOG_ROWS(st)                                                                                                                   \
    MX_F_STR(st, sku, MX_REQUIRED, 1, MX_SKU_MAX, "the shop's own article number"), MX_F_MAP(st, name, 0, 1, 32, "name by language"),      \
        MX_F_MONEY(st, price, 0, 0, MX_INT_MAX, "price of one unit"), MX_F_ENUM(st, unit, 0, mx_unit_words, "unit of the quantity"),       \
        MX_F_STR(st, category, 0, 0, MX_CODE_MAX, "category code"), MX_F_STRS(st, tags, 0, 0, 32, "tags, each 1 to 32 bytes"),             \
        MX_F_STRS(st, barcodes, 0, 0, 32, "barcodes as scanned"), MX_F_PPM(st, tax_ppm, 0, 0, MX_PPM_ONE, "tax rate"),                     \
        MX_F_BOOL(st, stocked, 0, "is its stock counted"), MX_F_BOOL(st, below_zero, 0, "may its stock fall below zero"),                  \
        MX_F_ENUM(st, state, 0, catalog_state_words, "retired: not for sale any more")

#define CATALOG_COPY(to, from)                                                                                                             \
    ((to)->sku = (from)->sku, (to)->name = (from)->name, (to)->price = (from)->price, (to)->unit = (from)->unit,                           \
     (to)->category = (from)->category, (to)->tags = (from)->tags, (to)->barcodes = (from)->barcodes, (to)->tax_ppm = (from)->tax_ppm,     \
     (to)->stocked = (from)->stocked, (to)->below_zero = (from)->below_zero, (to)->state = (from)->state)

struct catalog_product {
    struct mx_rec rec;
    CATALOG_MEMBERS;
    int64_t changed_at;
    struct mx_list words; /* of struct mx_str: what a search by name finds */
};

static const struct mx_field catalog_product_fields[] = {
    CATALOG_ROWS(catalog_product),
    MX_F_TIME(catalog_product, changed_at, 0, "last change"),
    MX_F_STRS(catalog_product, words, 0, 0, CATALOG_WORDS_MAX, "search words"),
};
MX_TYPE_REC(catalog_product, "catalog.product", "a product of the shop");

extern const struct mx_table catalog_products;

struct catalog_put {
    uint64_t has;
    CATALOG_MEMBERS;
    int64_t if_rev;
};

static const struct mx_field catalog_put_fields[] = {
    CATALOG_ROWS(catalog_put),
    MX_F_INT(catalog_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision; 0 = only a new product"),
};
MX_TYPE_HAS(catalog_put, "catalog.product.put", "a new product, or what changes of one");

struct catalog_view {
    CATALOG_MEMBERS;
    int64_t changed_at;
    int64_t rev;
};

static const struct mx_field catalog_view_fields[] = {
    CATALOG_ROWS(catalog_view),
    MX_F_TIME(catalog_view, changed_at, 0, "last change"),
    MX_F_INT(catalog_view, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(catalog_view, "catalog.product.view", "a product as answered");

struct catalog_one {
    struct catalog_view *product;
};

static const struct mx_field catalog_one_fields[] = {
    MX_F_STRUCT(catalog_one, product, MX_REQUIRED, catalog_view_type, "the product"),
};
MX_TYPE(catalog_one, "catalog.product.one", "one product");

struct catalog_get {
    struct mx_str sku;
};

static const struct mx_field catalog_get_fields[] = {
    MX_F_STR(catalog_get, sku, MX_REQUIRED, 1, MX_SKU_MAX, "the shop's own article number"),
};
MX_TYPE(catalog_get, "catalog.product.get", "which product");

struct catalog_find {
    struct mx_str barcode;
    struct mx_str name;
    struct mx_str category;
    struct mx_str tag;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field catalog_find_fields[] = {
    MX_F_STR(catalog_find, barcode, 0, 1, CATALOG_BARCODE_MAX, "exactly this barcode"),
    MX_F_STR(catalog_find, name, 0, 1, CATALOG_NAME_MAX, "words of the name; the last may be a beginning"),
    MX_F_STR(catalog_find, category, 0, 1, MX_CODE_MAX, "of this category"),
    MX_F_STR(catalog_find, tag, 0, 1, MX_CODE_MAX, "with this tag"),
    MX_F_STR(catalog_find, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(catalog_find, limit, 0, 1, CATALOG_PAGE_MAX, "products on a page (50)"),
};
MX_TYPE(catalog_find, "catalog.product.find", "which products: at most one criterion");

struct catalog_found {
    struct mx_list products; /* of struct catalog_view */
    struct mx_str next;
};

static const struct mx_field catalog_found_fields[] = {
    MX_F_LIST(catalog_found, products, 0, 0, CATALOG_PAGE_MAX, catalog_view_type, "a page of products"),
    MX_F_STR(catalog_found, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(catalog_found, "catalog.product.found", "products");

struct catalog_changed {
    struct mx_str sku;
    int64_t rev;
    int32_t state;
};

static const struct mx_field catalog_changed_fields[] = {
    MX_F_STR(catalog_changed, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_INT(catalog_changed, rev, MX_REQUIRED, 1, MX_INT_MAX, "its new revision"),
    MX_F_ENUM(catalog_changed, state, 0, catalog_state_words, "its state"),
};
MX_TYPE(catalog_changed, "catalog.product.changed", "a product is new or has changed");

extern const struct mx_event_def catalog_product_changed;

mx_status catalog_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status catalog_get_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status catalog_find_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status catalog_article(struct mx_ctx *ctx, const void *in, void *out);

/* The product with a barcode; MX_NONE when there is none. The zeros in front of a GTIN do not matter. */
MX_MUST_CHECK mx_status catalog_by_barcode(struct mx_ctx *ctx, struct mx_str code, struct catalog_product **product);

/* Refuse codes that cannot be barcodes and wrong GS1 check digits, naming barcodes[i]. */
MX_MUST_CHECK mx_status catalog_check_barcodes(struct mx_ctx *ctx, const struct mx_list *barcodes);

struct catalog_word {
    struct mx_str text;
    int whole; /* 1: the word itself; 0: every word that begins so */
};

/* All search words of a name map, each once: lower-cased words; of Chinese, Japanese and Korean text each character and
 * each pair of neighbours. */
struct mx_list catalog_words_of(struct mx_ctx *ctx, const struct mx_list *name);

/* The words that a product must have to answer a search text. words: at least CATALOG_NAME_MAX elements. -> how many. */
uint32_t catalog_words_asked(struct mx_ctx *ctx, struct mx_str text, struct catalog_word *words);

/* The record as an answer shows it. */
void catalog_show(const struct catalog_product *record, struct catalog_view *view);

/* A page of products while it is filled. */
struct catalog_page {
    struct catalog_view *views;
    uint32_t count;
    uint32_t limit;
};

/* Fill a page with the products that answer a search by name, and say in `next` where the next one starts. */
MX_MUST_CHECK mx_status catalog_find_by_name(struct mx_ctx *ctx, const struct catalog_find *in, struct catalog_page *page,
                                             struct mx_str *next);

/* Refuse a cursor that is not the `next` of an earlier page; hand on any other status. */
MX_MUST_CHECK mx_status catalog_cursor(struct mx_ctx *ctx, mx_status status);

#endif
