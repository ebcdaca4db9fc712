/* What the till needs to know of an article, and the point that answers it.
 *
 * Shared vocabulary: data types and names only. Since 0.1. */
#ifndef MERX_RETAIL_PRODUCT_H
#define MERX_RETAIL_PRODUCT_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_SKU_MAX  64
#define MX_CODE_MAX 32 /* locations, tills, channels, categories, tags */

static const char *const mx_unit_words[] = {"piece", "kg", NULL};
#define MX_UNIT_PIECE 1
#define MX_UNIT_KG    2

struct mx_article_ask {
    struct mx_str sku;
    struct mx_str location;
    struct mx_str channel;
    int64_t at;
    struct mx_str price_list; /* to which the member is entitled; empty: none. Since 0.4 */
};

static const struct mx_field mx_article_ask_fields[] = {
    MX_F_STR(mx_article_ask, sku, MX_REQUIRED, 1, MX_SKU_MAX, "the shop's own article number"),
    MX_F_STR(mx_article_ask, location, 0, 0, MX_CODE_MAX, "where it is sold"),
    MX_F_STR(mx_article_ask, channel, 0, 0, MX_CODE_MAX, "how it is sold"),
    MX_F_TIME(mx_article_ask, at, 0, "when it is sold"),
    MX_F_STR(mx_article_ask, price_list, 0, 0, MX_CODE_MAX, "price list of the member"),
};
MX_TYPE(mx_article_ask, "article.ask", "which article, where and when");

/* An article as sold. */
struct mx_article {
    struct mx_str sku;
    struct mx_list name; /* of struct mx_pair: language, text */
    int64_t price;       /* for one unit, minor units */
    int32_t unit;        /* MX_UNIT_* */
    int64_t tax_ppm;
    struct mx_str category;
    struct mx_list tags; /* of struct mx_str */
    uint8_t stocked;     /* 0: a service, never counted */
    uint8_t below_zero;  /* 1: may be sold when none is on hand */
    int64_t rev;         /* of the product record: goes into the trace */
    uint8_t retired;     /* 1: not for sale any more; it may still come back or be counted */
    /* since 0.3 */
    struct mx_str brand;
    int64_t list_price;         /* the product's own price, when `price` is an exception for a channel, place or time; else equal to it */
    struct mx_str price_reason; /* why it is an exception; empty when it is none */
    uint8_t hidden;             /* 1: sold only to members with an entitlement MX_ENTITLES_UNLOCK to it. Since 0.4 */
};

static const struct mx_field mx_article_fields[] = {
    MX_F_STR(mx_article, sku, MX_REQUIRED, 1, MX_SKU_MAX, "the shop's own article number"),
    MX_F_MAP(mx_article, name, 0, 0, 32, "name by language"),
    MX_F_MONEY(mx_article, price, 0, 0, MX_INT_MAX, "price of one unit"),
    MX_F_ENUM(mx_article, unit, 0, mx_unit_words, "unit of the quantity"),
    MX_F_PPM(mx_article, tax_ppm, 0, 0, MX_PPM_ONE, "tax rate"),
    MX_F_STR(mx_article, category, 0, 0, MX_CODE_MAX, "category code"),
    MX_F_STRS(mx_article, tags, 0, 0, 32, "tags"),
    MX_F_BOOL(mx_article, stocked, 0, "is its stock counted"),
    MX_F_BOOL(mx_article, below_zero, 0, "may its stock fall below zero"),
    MX_F_INT(mx_article, rev, 0, 0, MX_INT_MAX, "revision of the product record"),
    MX_F_BOOL(mx_article, retired, 0, "not for sale any more"),
    MX_F_STR(mx_article, brand, 0, 0, MX_CODE_MAX, "brand code"),
    MX_F_MONEY(mx_article, list_price, 0, 0, MX_INT_MAX, "the product's own price"),
    MX_F_STR(mx_article, price_reason, 0, 0, 200, "why the price differs from it"),
    MX_F_BOOL(mx_article, hidden, 0, "sold only to those who may see it"),
};
MX_TYPE(mx_article, "article", "an article as sold");

/* FIRST: the facts of an article. Declines for an SKU that it does not know. */
#define MX_POINT_ARTICLE "retail.article"
static const struct mx_point mx_point_article = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,       MX_POINT_ARTICLE,
                                                 "facts and price of an article",   &mx_article_ask_type, &mx_article_type};

/* ---- the record of a product, for whoever makes or changes it. Since 0.4 ---- */

static const char *const mx_product_state_words[] = {"active", "retired", NULL};
#define MX_PRODUCT_ACTIVE  1
#define MX_PRODUCT_RETIRED 2 /* stays known, to be returned and counted; not for sale any more */

#define MX_PRODUCT_MEMBERS                                                                                                                 \
    struct mx_str sku;                                                                                                                     \
    struct mx_list name; /* of struct mx_pair: language, text */                                                                           \
    int64_t price;                                                                                                                         \
    int32_t unit;                                                                                                                          \
    struct mx_str category;                                                                                                                \
    struct mx_list tags;     /* of struct mx_str */                                                                                        \
    struct mx_list barcodes; /* of struct mx_str */                                                                                        \
    int64_t tax_ppm;                                                                                                                       \
    uint8_t stocked;                                                                                                                       \
    int32_t state;                                                                                                                         \
    struct mx_str brand

#define MX_PRODUCT_FIELDS(st)                                                                                                              \
    MX_F_STR(st, sku, MX_REQUIRED, 1, MX_SKU_MAX, "the shop's own article number"), MX_F_MAP(st, name, 0, 1, 32, "name by language"),      \
        MX_F_MONEY(st, price, 0, 0, MX_INT_MAX, "price of one unit"), MX_F_ENUM(st, unit, 0, mx_unit_words, "unit of the quantity"),       \
        MX_F_STR(st, category, 0, 0, MX_CODE_MAX, "category code"), MX_F_STRS(st, tags, 0, 0, 32, "tags"),                                 \
        MX_F_STRS(st, barcodes, 0, 0, 32, "barcodes as scanned"), MX_F_PPM(st, tax_ppm, 0, 0, MX_PPM_ONE, "tax rate"),                     \
        MX_F_BOOL(st, stocked, 0, "is its stock counted"),                                                                                 \
        MX_F_ENUM(st, state, 0, mx_product_state_words, "retired: not for sale any more"),                                                 \
        MX_F_STR(st, brand, 0, 0, MX_CODE_MAX, "brand code")

#define MX_PRODUCT_COPY(to, from)                                                                                                          \
    ((to)->sku = (from)->sku, (to)->name = (from)->name, (to)->price = (from)->price, (to)->unit = (from)->unit,                           \
     (to)->category = (from)->category, (to)->tags = (from)->tags, (to)->barcodes = (from)->barcodes, (to)->tax_ppm = (from)->tax_ppm,     \
     (to)->stocked = (from)->stocked, (to)->state = (from)->state, (to)->brand = (from)->brand)

/* As much of the input of "catalog.product.put" as others need: members that are not set keep their value. Refusals: "barcode_taken";
 * MX_E_CONFLICT when the product is at another revision than if_rev. */
struct mx_product_put {
    uint64_t has;
    MX_PRODUCT_MEMBERS;
    int64_t if_rev; /* change only this revision; 0 = only a new product */
};

static const struct mx_field mx_product_put_fields[] = {
    MX_PRODUCT_FIELDS(mx_product_put),
    MX_F_INT(mx_product_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision; 0 = only a new product"),
};
MX_TYPE_HAS(mx_product_put, "product.put", "a new product, or what changes of one");

struct mx_product {
    MX_PRODUCT_MEMBERS;
    int64_t rev;
};

static const struct mx_field mx_product_fields[] = {
    MX_PRODUCT_FIELDS(mx_product),
    MX_F_INT(mx_product, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(mx_product, "product", "a product as it is kept");

struct mx_product_one {
    struct mx_product *product;
};

static const struct mx_field mx_product_one_fields[] = {
    MX_F_STRUCT(mx_product_one, product, 0, mx_product_type, "the product"),
};
MX_TYPE(mx_product_one, "product.one", "one product");

struct mx_product_ask {
    struct mx_str sku;
};

static const struct mx_field mx_product_ask_fields[] = {
    MX_F_STR(mx_product_ask, sku, MX_REQUIRED, 1, MX_SKU_MAX, "the shop's own article number"),
};
MX_TYPE(mx_product_ask, "product.ask", "which product");

#define MX_MAY_WRITE_PRODUCTS "catalog.write" /* permission of put; who takes in products for somebody asks for it too */

/* check: refuses what put would refuse, and changes nothing. */
static const struct mx_use mx_product_get_use = {"catalog.product.get", &mx_product_ask_type, &mx_product_one_type};
static const struct mx_use mx_product_put_use = {"catalog.product.put", &mx_product_put_type, &mx_product_one_type};
static const struct mx_use mx_product_check_use = {"catalog.product.check", &mx_product_put_type, NULL};

#ifdef __cplusplus
}
#endif
#endif
