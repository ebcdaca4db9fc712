/* Moving stock from inside a sale or a return. Since 0.1. */
#ifndef MERX_RETAIL_STOCK_H
#define MERX_RETAIL_STOCK_H

#include "merx/op.h"
#include "merx/retail/product.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_LOT_MAX   20   /* GS1 General Specifications, application identifier 10 */
#define MX_LINES_MAX 2000 /* lines of one document; the longest invoice of a real shop had 435 */

struct mx_stock_line {
    int64_t line; /* line of the document, to name it in a refusal */
    struct mx_str sku;
    int64_t qty; /* thousandths, > 0 */
    uint8_t below_zero;
    struct mx_str condition; /* returns: "good" (default) goes back on sale, anything else is counted apart */
    /* since 0.3 */
    struct mx_str lot; /* as scanned; empty: not known which */
};

static const struct mx_field mx_stock_line_fields[] = {
    MX_F_INT(mx_stock_line, line, 0, 0, MX_INT_MAX, "line of the document"),
    MX_F_STR(mx_stock_line, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(mx_stock_line, qty, MX_REQUIRED, 1, MX_INT_MAX, "quantity"),
    MX_F_BOOL(mx_stock_line, below_zero, 0, "may the count fall below zero"),
    MX_F_STR(mx_stock_line, condition, 0, 0, 32, "condition of returned goods"),
    MX_F_STR(mx_stock_line, lot, 0, 0, MX_LOT_MAX, "lot, as printed on the goods"),
};
MX_TYPE(mx_stock_line, "stock.line", "one article of a movement");

/* Input of "inventory.take" (a sale) and "inventory.put_back" (a return), both INTERNAL. */
struct mx_stock_move {
    struct mx_str location;
    struct mx_str source; /* order or return id */
    int64_t at;
    struct mx_list lines; /* of struct mx_stock_line */
};

static const struct mx_field mx_stock_move_fields[] = {
    MX_F_STR(mx_stock_move, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_STR(mx_stock_move, source, MX_REQUIRED, 1, 64, "document that moves it"),
    MX_F_TIME(mx_stock_move, at, 0, "when the goods changed hands"),
    MX_F_LIST(mx_stock_move, lines, 0, 0, MX_LINES_MAX, mx_stock_line_type, "what"),
};
MX_TYPE(mx_stock_move, "stock.move", "goods leave or come back");

struct mx_stock_moved {
    int64_t movement; /* number of the movement in the ledger; 0 when nothing was counted */
};

static const struct mx_field mx_stock_moved_fields[] = {
    MX_F_INT(mx_stock_moved, movement, 0, 0, MX_INT_MAX, "number of the movement"),
};
MX_TYPE(mx_stock_moved, "stock.moved", "the movement that was written");

struct mx_location_ask {
    struct mx_str location;
};

static const struct mx_field mx_location_ask_fields[] = {
    MX_F_STR(mx_location_ask, location, MX_REQUIRED, 1, MX_CODE_MAX, "code of the location"),
};
MX_TYPE(mx_location_ask, "location.ask", "which location");

struct mx_location_facts {
    struct mx_str id;
    struct mx_str zone; /* IANA time zone */
};

static const struct mx_field mx_location_facts_fields[] = {
    MX_F_STR(mx_location_facts, id, MX_REQUIRED, 1, MX_CODE_MAX, "code of the location"),
    MX_F_STR(mx_location_facts, zone, 0, 0, 64, "time zone"),
};
MX_TYPE(mx_location_facts, "location.facts", "a place that holds goods");

/* FIRST: the facts of a location. Declines for a code that it does not know. */
#define MX_POINT_LOCATION "retail.location"
static const struct mx_point mx_point_location = {(uint32_t)sizeof(struct mx_point),
                                                  MX_POINT_FIRST,
                                                  MX_POINT_LOCATION,
                                                  "facts of a location",
                                                  &mx_location_ask_type,
                                                  &mx_location_facts_type};

/* What rules may want to know of the goods themselves, read in the sale's own snapshot. Since 0.3. */
struct mx_goods_ask {
    struct mx_str location;
    struct mx_str sku;
    struct mx_str lot; /* empty: not known which */
};

static const struct mx_field mx_goods_ask_fields[] = {
    MX_F_STR(mx_goods_ask, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_STR(mx_goods_ask, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(mx_goods_ask, lot, 0, 0, MX_LOT_MAX, "lot, as printed on the goods"),
};
MX_TYPE(mx_goods_ask, "goods.ask", "which goods");

struct mx_goods_facts {
    uint64_t has;       /* a cost that nobody told is absent, not 0 */
    int64_t on_hand;    /* thousandths that may be sold there */
    int64_t cost;       /* of one unit, as last received */
    int64_t expires_at; /* of the lot: the first moment at which it may not be sold any more */
};

static const struct mx_field mx_goods_facts_fields[] = {
    MX_F_QTY(mx_goods_facts, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "on hand"),
    MX_F_MONEY(mx_goods_facts, cost, 0, 0, MX_INT_MAX, "cost of one unit"),
    MX_F_TIME(mx_goods_facts, expires_at, 0, "when the lot expires"),
};
MX_TYPE_HAS(mx_goods_facts, "goods.facts", "stock, cost and expiry of an article at a place");

/* FIRST: stock, cost and expiry. Declines for an article that it does not count; of a lot that it does not know the expiry
 * is absent. Since 0.3. */
#define MX_POINT_GOODS "retail.goods"
static const struct mx_point mx_point_goods = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,     MX_POINT_GOODS,
                                               "stock, cost and expiry of goods", &mx_goods_ask_type, &mx_goods_facts_type};

/* Where else there is stock of an article. Since 0.3. */
#define MX_NEAR_MAX 100

struct mx_stock_near_ask {
    struct mx_str sku;
    struct mx_str location; /* where the asker stands: left out of the answer; empty: nowhere */
    int64_t limit;          /* 0: MX_NEAR_MAX */
};

static const struct mx_field mx_stock_near_ask_fields[] = {
    MX_F_STR(mx_stock_near_ask, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(mx_stock_near_ask, location, 0, 0, MX_CODE_MAX, "where the asker stands; left out of the answer"),
    MX_F_INT(mx_stock_near_ask, limit, 0, 0, MX_NEAR_MAX, "places at most (100)"),
};
MX_TYPE(mx_stock_near_ask, "stock.near.ask", "where else is this article");

struct mx_stock_place {
    struct mx_str location;
    struct mx_list name; /* of struct mx_pair: language, text */
    int64_t on_hand;     /* thousandths that may be sold there, above zero */
};

static const struct mx_field mx_stock_place_fields[] = {
    MX_F_STR(mx_stock_place, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_MAP(mx_stock_place, name, 0, 0, 32, "name of the place, by language"),
    MX_F_QTY(mx_stock_place, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "what may be sold there"),
};
MX_TYPE(mx_stock_place, "stock.place", "a place that has some");

struct mx_stock_near {
    struct mx_list places; /* of struct mx_stock_place: the fullest first, then by code */
    uint8_t moved;         /* 1: some of it came or went at one of the places that were looked at, ever. Since 0.4 */
};

static const struct mx_field mx_stock_near_fields[] = {
    MX_F_LIST(mx_stock_near, places, 0, 0, MX_NEAR_MAX, mx_stock_place_type, "places that have some"),
    MX_F_BOOL(mx_stock_near, moved, 0, "some of it came or went at one of the places that were looked at, ever"),
};
MX_TYPE(mx_stock_near, "stock.near", "where else there is stock of an article");

/* FIRST: other places that have some of an article. Declines for an article that it does not count. Since 0.3. */
#define MX_POINT_STOCK_NEAR "retail.stock_near"
static const struct mx_point mx_point_stock_near = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,          MX_POINT_STOCK_NEAR,
                                                    "where else there is stock",       &mx_stock_near_ask_type, &mx_stock_near_type};

/* Refusals of take: "short_stock" (field lines[i].qty), "unknown_location". Two lines of one SKU are summed first. */
static const struct mx_use mx_stock_take = {"inventory.take", &mx_stock_move_type, &mx_stock_moved_type};
static const struct mx_use mx_stock_put_back = {"inventory.put_back", &mx_stock_move_type, &mx_stock_moved_type};

#ifdef __cplusplus
}
#endif
#endif
