/* The catalog's records, requests and answers, and the functions that its files share. */
#ifndef CATALOG_INTERNAL_H
#define CATALOG_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/product.h"
#include "merx/retail/stock.h"

#define CATALOG_BARCODE_MAX 48  /* bytes */
#define CATALOG_NAME_MAX    200 /* bytes of a name in one language */
#define CATALOG_WORD_MAX    32  /* bytes of a search word; longer ones are cut */
#define CATALOG_WORDS_MAX   256 /* search words of one product */
#define CATALOG_REASON_MAX  200 /* bytes of the reason of a price */
#define CATALOG_PAGE        50
#define CATALOG_PAGE_MAX    200
#define CATALOG_LOOK_MAX    2000 /* records that one search by name looks at */

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
    int32_t state;                                                                                                                         \
    struct mx_str brand;                                                                                                                   \
    uint8_t hidden

#define CATALOG_ROWS(st)                                                                                                                   \
    MX_F_STR(st, sku, MX_REQUIRED, 1, MX_SKU_MAX, "the shop's own article number"), MX_F_MAP(st, name, 0, 1, 32, "name by language"),      \
        MX_F_MONEY(st, price, 0, 0, MX_INT_MAX, "price of one unit"), MX_F_ENUM(st, unit, 0, mx_unit_words, "unit of the quantity"),       \
        MX_F_STR(st, category, 0, 0, MX_CODE_MAX, "category code"), MX_F_STRS(st, tags, 0, 0, 32, "tags, each 1 to 32 bytes"),             \
        MX_F_STRS(st, barcodes, 0, 0, 32, "barcodes as scanned"), MX_F_PPM(st, tax_ppm, 0, 0, MX_PPM_ONE, "tax rate"),                     \
        MX_F_BOOL(st, stocked, 0, "is its stock counted"), MX_F_BOOL(st, below_zero, 0, "may its stock fall below zero"),                  \
        MX_F_ENUM(st, state, 0, mx_product_state_words, "retired: not for sale any more"),                                                 \
        MX_F_STR(st, brand, 0, 0, MX_CODE_MAX, "brand code"), MX_F_BOOL(st, hidden, 0, "sold only to members for whom it is unlocked")

#define CATALOG_COPY(to, from)                                                                                                             \
    ((to)->sku = (from)->sku, (to)->name = (from)->name, (to)->price = (from)->price, (to)->unit = (from)->unit,                           \
     (to)->category = (from)->category, (to)->tags = (from)->tags, (to)->barcodes = (from)->barcodes, (to)->tax_ppm = (from)->tax_ppm,     \
     (to)->stocked = (from)->stocked, (to)->below_zero = (from)->below_zero, (to)->state = (from)->state, (to)->brand = (from)->brand,     \
     (to)->hidden = (from)->hidden)

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
    struct mx_str brand;
};

static const struct mx_field catalog_find_fields[] = {
    MX_F_STR(catalog_find, barcode, 0, 1, CATALOG_BARCODE_MAX, "exactly this barcode"),
    MX_F_STR(catalog_find, name, 0, 1, CATALOG_NAME_MAX, "words of the name; the last may be a beginning"),
    MX_F_STR(catalog_find, category, 0, 1, MX_CODE_MAX, "of this category"),
    MX_F_STR(catalog_find, tag, 0, 1, MX_CODE_MAX, "with this tag"),
    MX_F_STR(catalog_find, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(catalog_find, limit, 0, 1, CATALOG_PAGE_MAX, "products on a page (50)"),
    MX_F_STR(catalog_find, brand, 0, 1, MX_CODE_MAX, "of this brand"),
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
    MX_F_ENUM(catalog_changed, state, 0, mx_product_state_words, "its state"),
};
MX_TYPE(catalog_changed, "catalog.product.changed", "a product is new or has changed");

extern const struct mx_event_def catalog_product_changed;

/* ---- prices ---- */

/* A price for a channel, a place, a time, or all of these. Never changed, but for its end: the history of prices. */
#define CATALOG_PRICE_MEMBERS                                                                                                              \
    struct mx_str id;                                                                                                                      \
    struct mx_str sku;                                                                                                                     \
    struct mx_str location;                                                                                                                \
    struct mx_str channel;                                                                                                                 \
    int64_t from;                                                                                                                          \
    int64_t until;                                                                                                                         \
    int64_t price;                                                                                                                         \
    struct mx_str reason;                                                                                                                  \
    int64_t made_at;                                                                                                                       \
    int64_t dropped_at;                                                                                                                    \
    struct mx_str list

#define CATALOG_PRICE_ROWS(st)                                                                                                             \
    MX_F_ID(st, id, MX_REQUIRED, "prc", "id of the price"), MX_F_STR(st, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),                      \
        MX_F_STR(st, location, 0, 0, MX_CODE_MAX, "only there; absent: everywhere"),                                                       \
        MX_F_STR(st, channel, 0, 0, MX_CODE_MAX, "only so; absent: in every channel"),                                                     \
        MX_F_TIME(st, from, 0, "the first moment at which it holds"),                                                                      \
        MX_F_TIME(st, until, 0, "the first moment at which it does not hold any more; 0: for good"),                                       \
        MX_F_MONEY(st, price, 0, 0, MX_INT_MAX, "price of one unit"),                                                                      \
        MX_F_STR(st, reason, 0, 0, CATALOG_REASON_MAX, "why the price is another one; absent: nobody said why"),                           \
        MX_F_TIME(st, made_at, 0, "when it was set"), MX_F_TIME(st, dropped_at, 0, "when it was taken back; 0: it was not"),               \
        MX_F_STR(st, list, 0, 0, MX_CODE_MAX, "only for members with this price list; absent: for everybody")

struct catalog_price {
    struct mx_rec rec;
    CATALOG_PRICE_MEMBERS;
    int64_t ends; /* of `until` and `dropped_at` the first; MX_INT_MAX: for good */
};

static const struct mx_field catalog_price_fields[] = {
    CATALOG_PRICE_ROWS(catalog_price),
    MX_F_TIME(catalog_price, ends, 0, "the first moment at which it does not hold any more, for whatever reason"),
};
MX_TYPE_REC(catalog_price, "catalog.price", "a price for a channel, a place or a time");

/* Prices for everybody, and those of price lists. */
extern const struct mx_table catalog_prices, catalog_list_prices;

static const char *const catalog_price_state_words[] = {"planned", "open", "over", NULL};
#define CATALOG_PRICE_PLANNED 1
#define CATALOG_PRICE_OPEN    2
#define CATALOG_PRICE_OVER    3

struct catalog_price_view {
    CATALOG_PRICE_MEMBERS;
    int32_t state;
};

static const struct mx_field catalog_price_view_fields[] = {
    CATALOG_PRICE_ROWS(catalog_price_view),
    MX_F_ENUM(catalog_price_view, state, 0, catalog_price_state_words, "not begun yet, within its time, or over"),
};
MX_TYPE(catalog_price_view, "catalog.price.view", "a price as answered");

struct catalog_price_one {
    struct catalog_price_view *price;
};

static const struct mx_field catalog_price_one_fields[] = {
    MX_F_STRUCT(catalog_price_one, price, MX_REQUIRED, catalog_price_view_type, "the price"),
};
MX_TYPE(catalog_price_one, "catalog.price.one", "one price");

struct catalog_price_put {
    uint64_t has;
    struct mx_str sku;
    struct mx_str channel;
    struct mx_str location;
    int64_t price;
    int64_t from;
    int64_t until;
    struct mx_str reason;
    struct mx_str list;
};

static const struct mx_field catalog_price_put_fields[] = {
    MX_F_STR(catalog_price_put, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(catalog_price_put, channel, 0, 1, MX_CODE_MAX, "only so; absent: in every channel"),
    MX_F_STR(catalog_price_put, location, 0, 1, MX_CODE_MAX, "only there; absent: everywhere"),
    MX_F_MONEY(catalog_price_put, price, MX_REQUIRED, 0, MX_INT_MAX, "price of one unit"),
    MX_F_TIME(catalog_price_put, from, 0, "the first moment at which it holds; absent: now"),
    MX_F_TIME(catalog_price_put, until, 0, "the first moment at which it does not hold any more; absent: for good"),
    MX_F_STR(catalog_price_put, reason, MX_FREE_TEXT, 1, CATALOG_REASON_MAX, "why the price is another one: declares the exception"),
    MX_F_STR(catalog_price_put, list, 0, 1, MX_CODE_MAX, "only for members with this price list; absent: for everybody"),
};
MX_TYPE_HAS(catalog_price_put, "catalog.price.put", "a price for a channel, a place or a time");

struct catalog_price_ask {
    struct mx_str id;
};

static const struct mx_field catalog_price_ask_fields[] = {
    MX_F_ID(catalog_price_ask, id, MX_REQUIRED, "prc", "id of the price"),
};
MX_TYPE(catalog_price_ask, "catalog.price.ask", "which price");

struct catalog_price_list {
    struct mx_str sku;
    struct mx_str after;
    int64_t limit;
    struct mx_str list;
};

static const struct mx_field catalog_price_list_fields[] = {
    MX_F_STR(catalog_price_list, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(catalog_price_list, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(catalog_price_list, limit, 0, 1, CATALOG_PAGE_MAX, "prices on a page (50)"),
    MX_F_STR(catalog_price_list, list, 0, 1, MX_CODE_MAX, "of this price list; absent: those for everybody"),
};
MX_TYPE(catalog_price_list, "catalog.price.list", "prices of which article");

struct catalog_price_page {
    struct mx_list prices; /* of struct catalog_price_view */
    struct mx_str next;
};

static const struct mx_field catalog_price_page_fields[] = {
    MX_F_LIST(catalog_price_page, prices, 0, 0, CATALOG_PAGE_MAX, catalog_price_view_type,
              "a page of prices: by place, channel and beginning"),
    MX_F_STR(catalog_price_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(catalog_price_page, "catalog.price.page", "prices of an article, past and future ones as well");

struct catalog_differences_ask {
    uint64_t has;
    struct mx_list channels;
    int64_t at;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field catalog_differences_ask_fields[] = {
    MX_F_STRS(catalog_differences_ask, channels, 0, 0, 32, "look at these channels only; absent: at all"),
    MX_F_TIME(catalog_differences_ask, at, 0, "prices of which moment; absent: now"),
    MX_F_STR(catalog_differences_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(catalog_differences_ask, limit, 0, 1, CATALOG_PAGE_MAX, "differences on a page (50)"),
};
MX_TYPE_HAS(catalog_differences_ask, "catalog.differences.ask", "which channels, and when");

struct catalog_difference {
    struct mx_str sku;
    struct mx_str location;
    struct mx_str channel;
    int64_t price;
    int64_t usual;
    struct mx_str id;
    int64_t from;
};

static const struct mx_field catalog_difference_fields[] = {
    MX_F_STR(catalog_difference, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(catalog_difference, location, 0, 0, MX_CODE_MAX, "there; absent: everywhere"),
    MX_F_STR(catalog_difference, channel, 0, 0, MX_CODE_MAX, "so; absent: in every channel"),
    MX_F_MONEY(catalog_difference, price, 0, 0, MX_INT_MAX, "what it costs there"),
    MX_F_MONEY(catalog_difference, usual, 0, 0, MX_INT_MAX, "what it costs elsewhere"),
    MX_F_ID(catalog_difference, id, MX_REQUIRED, "prc", "the price that differs"),
    MX_F_TIME(catalog_difference, from, 0, "since when"),
};
MX_TYPE(catalog_difference, "catalog.difference", "a price that differs although nobody said why");

struct catalog_differences {
    struct mx_list differences; /* of struct catalog_difference */
    struct mx_str next;
};

static const struct mx_field catalog_differences_fields[] = {
    MX_F_LIST(catalog_differences, differences, 0, 0, CATALOG_PAGE_MAX, catalog_difference_type, "a page of differences"),
    MX_F_STR(catalog_differences, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(catalog_differences, "catalog.differences", "prices that differ between channels although nobody said why");

struct catalog_price_changed {
    struct mx_str id;
    struct mx_str sku;
    struct mx_str location;
    struct mx_str channel;
    int64_t price;
    int64_t from;
    int64_t until;
    uint8_t dropped;
    struct mx_str list;
};

static const struct mx_field catalog_price_changed_fields[] = {
    MX_F_ID(catalog_price_changed, id, MX_REQUIRED, "prc", "id of the price"),
    MX_F_STR(catalog_price_changed, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(catalog_price_changed, location, 0, 0, MX_CODE_MAX, "only there; absent: everywhere"),
    MX_F_STR(catalog_price_changed, channel, 0, 0, MX_CODE_MAX, "only so; absent: in every channel"),
    MX_F_MONEY(catalog_price_changed, price, 0, 0, MX_INT_MAX, "price of one unit"),
    MX_F_TIME(catalog_price_changed, from, 0, "the first moment at which it holds"),
    MX_F_TIME(catalog_price_changed, until, 0, "the first moment at which it does not hold any more; 0: for good"),
    MX_F_BOOL(catalog_price_changed, dropped, 0, "it was taken back"),
    MX_F_STR(catalog_price_changed, list, 0, 0, MX_CODE_MAX, "only for members with this price list"),
};
MX_TYPE(catalog_price_changed, "catalog.price.changed", "a price was set or taken back");

extern const struct mx_event_def catalog_price_changed_event;

mx_status catalog_price_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status catalog_price_drop_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status catalog_price_list_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status catalog_differences_handler(struct mx_ctx *ctx, const void *in, void *out);

/* The price of exactly this article, place, channel and price list (each may be empty) in force at a moment: the one that began last.
 * MX_NONE: there is none. */
MX_MUST_CHECK mx_status catalog_price_of(struct mx_ctx *ctx, struct mx_str sku, struct mx_str location, struct mx_str channel, int64_t at,
                                         struct mx_str list, struct catalog_price **price);

/* The price that a customer pays there, so and then: the most specific one in force. list: of the price list, empty: of those for
 * everybody. NULL: there is none. */
MX_MUST_CHECK mx_status catalog_price_in_force(struct mx_ctx *ctx, struct mx_str sku, struct mx_str location, struct mx_str channel,
                                               int64_t at, struct mx_str list, struct catalog_price **price);

/* 1 when the price holds at that moment. */
int catalog_price_holds(const struct catalog_price *price, int64_t at);

mx_status catalog_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status catalog_check_handler(struct mx_ctx *ctx, const void *in, void *out);
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

/* May the caller come upon it when looking around? */
int catalog_is_shown(struct mx_ctx *ctx, const struct catalog_product *product);

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
