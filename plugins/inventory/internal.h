/* Inventory's records, requests and answers, and the functions that its files share. */
#ifndef INVENTORY_INTERNAL_H
#define INVENTORY_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/product.h"
#include "merx/retail/stock.h"

#define INVENTORY_PAGE          100
#define INVENTORY_PAGE_MAX      500
#define INVENTORY_MOVEMENTS     10
#define INVENTORY_MOVEMENTS_MAX 20

/* ---- locations ---- */

struct inventory_location {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_list name;
    struct mx_str zone;
    int64_t changed_at;
};

static const struct mx_field inventory_location_fields[] = {
    MX_F_STR(inventory_location, id, MX_REQUIRED, 1, MX_CODE_MAX, "code of the location"),
    MX_F_MAP(inventory_location, name, 0, 0, 32, "name by language"),
    MX_F_STR(inventory_location, zone, 0, 0, 64, "IANA time zone"),
    MX_F_TIME(inventory_location, changed_at, 0, "last change"),
};
MX_TYPE_REC(inventory_location, "inventory.location", "a place that holds goods");

struct inventory_location_put {
    uint64_t has;
    struct mx_str id;
    struct mx_list name;
    struct mx_str zone;
    int64_t if_rev;
};

static const struct mx_field inventory_location_put_fields[] = {
    MX_F_STR(inventory_location_put, id, MX_REQUIRED, 1, MX_CODE_MAX, "code of the location: letters, digits, . _ -"),
    MX_F_MAP(inventory_location_put, name, 0, 0, 32, "name by language"),
    MX_F_STR(inventory_location_put, zone, 0, 1, 64, "IANA time zone; the shop's when absent"),
    MX_F_INT(inventory_location_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision; 0 = only a new location"),
};
MX_TYPE_HAS(inventory_location_put, "inventory.location.put", "a new location, or what changes of one");

struct inventory_location_view {
    struct mx_str id;
    struct mx_list name;
    struct mx_str zone;
    int64_t changed_at;
    int64_t rev;
};

static const struct mx_field inventory_location_view_fields[] = {
    MX_F_STR(inventory_location_view, id, MX_REQUIRED, 1, MX_CODE_MAX, "code of the location"),
    MX_F_MAP(inventory_location_view, name, 0, 0, 32, "name by language"),
    MX_F_STR(inventory_location_view, zone, 0, 0, 64, "IANA time zone"),
    MX_F_TIME(inventory_location_view, changed_at, 0, "last change"),
    MX_F_INT(inventory_location_view, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(inventory_location_view, "inventory.location.view", "a location as answered");

struct inventory_location_one {
    struct inventory_location_view *location;
};

static const struct mx_field inventory_location_one_fields[] = {
    MX_F_STRUCT(inventory_location_one, location, MX_REQUIRED, inventory_location_view_type, "the location"),
};
MX_TYPE(inventory_location_one, "inventory.location.one", "one location");

struct inventory_location_page {
    struct mx_list locations;
    struct mx_str next;
};

static const struct mx_field inventory_location_page_fields[] = {
    MX_F_LIST(inventory_location_page, locations, 0, 0, INVENTORY_PAGE_MAX, inventory_location_view_type, "a page of locations"),
    MX_F_STR(inventory_location_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(inventory_location_page, "inventory.location.page", "locations");

/* ---- levels ---- */

/* What stands at one location of one article. Only inventory_book() writes it. */
struct inventory_level {
    struct mx_rec rec;
    struct mx_str location;
    struct mx_str sku;
    int64_t on_hand;   /* fit for sale */
    int64_t reserved;  /* of it, promised to somebody */
    int64_t damaged;   /* counted apart, never sold */
    int64_t cost;      /* of one unit, as last received */
    int64_t cost_from; /* movement that told the cost; 0 = none has */
};

static const struct mx_field inventory_level_fields[] = {
    MX_F_STR(inventory_level, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_STR(inventory_level, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(inventory_level, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "fit for sale"),
    MX_F_QTY(inventory_level, reserved, 0, 0, MX_INT_MAX, "of it promised"),
    MX_F_QTY(inventory_level, damaged, 0, 0, MX_INT_MAX, "counted apart"),
    MX_F_MONEY(inventory_level, cost, 0, 0, MX_INT_MAX, "last cost of one unit"),
    MX_F_INT(inventory_level, cost_from, 0, 0, MX_INT_MAX, "movement that told the cost"),
};
MX_TYPE_REC(inventory_level, "inventory.level", "stock of one article at one location");

/* ---- movements ---- */

static const char *const inventory_kind_words[] = {"receive", "sale", "return", "adjust", NULL};
#define INVENTORY_RECEIVE 1
#define INVENTORY_SALE    2
#define INVENTORY_RETURN  3
#define INVENTORY_ADJUST  4

struct inventory_line {
    uint64_t has;
    struct mx_str sku;
    int64_t qty; /* signed */
    struct mx_str condition;
    int64_t cost;
    int64_t count;
    struct mx_str lot;
};

static const struct mx_field inventory_line_fields[] = {
    MX_F_STR(inventory_line, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(inventory_line, qty, 0, -MX_INT_MAX, MX_INT_MAX, "difference: above zero it came, below zero it went"),
    MX_F_STR(inventory_line, condition, 0, 0, 32, "absent or \"good\": fit for sale; anything else is counted apart"),
    MX_F_MONEY(inventory_line, cost, 0, 0, MX_INT_MAX, "cost of one unit, when it was told"),
    MX_F_QTY(inventory_line, count, 0, 0, MX_INT_MAX, "what was counted, when somebody counted"),
    MX_F_STR(inventory_line, lot, 0, 0, MX_LOT_MAX, "lot, when it is known"),
};
MX_TYPE_HAS(inventory_line, "inventory.line", "one article of a movement");

struct inventory_movement {
    struct mx_rec rec;
    int64_t seq;
    int32_t kind;
    struct mx_str location;
    struct mx_str source;
    struct mx_str reason;
    int64_t at;
    struct mx_list lines;
};

static const struct mx_field inventory_movement_fields[] = {
    MX_F_INT(inventory_movement, seq, MX_REQUIRED, 1, MX_INT_MAX, "number, without gaps"),
    MX_F_ENUM(inventory_movement, kind, 0, inventory_kind_words, "why stock moved"),
    MX_F_STR(inventory_movement, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(inventory_movement, source, 0, 0, 64, "order, return or delivery note behind it"),
    MX_F_STR(inventory_movement, reason, 0, 0, 200, "reason of an adjustment"),
    MX_F_TIME(inventory_movement, at, 0, "when the goods moved"),
    MX_F_LIST(inventory_movement, lines, 0, 0, MX_LINES_MAX, inventory_line_type, "what"),
};
MX_TYPE_REC(inventory_movement, "inventory.movement", "goods came, went or were counted");

struct inventory_movement_view {
    int64_t movement;
    int32_t kind;
    struct mx_str location;
    struct mx_str source;
    struct mx_str reason;
    int64_t at;
    struct mx_list lines;
};

static const struct mx_field inventory_movement_view_fields[] = {
    MX_F_INT(inventory_movement_view, movement, MX_REQUIRED, 1, MX_INT_MAX, "number, without gaps"),
    MX_F_ENUM(inventory_movement_view, kind, 0, inventory_kind_words, "why stock moved"),
    MX_F_STR(inventory_movement_view, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(inventory_movement_view, source, 0, 0, 64, "order, return or delivery note behind it"),
    MX_F_STR(inventory_movement_view, reason, 0, 0, 200, "reason of an adjustment"),
    MX_F_TIME(inventory_movement_view, at, 0, "when the goods moved"),
    MX_F_LIST(inventory_movement_view, lines, 0, 0, MX_LINES_MAX, inventory_line_type, "what"),
};
MX_TYPE(inventory_movement_view, "inventory.movement.view", "a movement as answered");

struct inventory_moved {
    int64_t movement;
    int32_t kind;
    struct mx_str location;
};

static const struct mx_field inventory_moved_fields[] = {
    MX_F_INT(inventory_moved, movement, MX_REQUIRED, 1, MX_INT_MAX, "number of the movement"),
    MX_F_ENUM(inventory_moved, kind, 0, inventory_kind_words, "why stock moved"),
    MX_F_STR(inventory_moved, location, 0, 0, MX_CODE_MAX, "where"),
};
MX_TYPE(inventory_moved, "inventory.moved", "stock moved");

/* ---- requests ---- */

struct inventory_receive_line {
    uint64_t has;
    struct mx_str sku;
    int64_t qty;
    int64_t cost;
    struct mx_str lot;
    int64_t expires_at;
};

static const struct mx_field inventory_receive_line_fields[] = {
    MX_F_STR(inventory_receive_line, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(inventory_receive_line, qty, MX_REQUIRED, 1, MX_INT_MAX, "quantity that came in"),
    MX_F_MONEY(inventory_receive_line, cost, 0, 0, MX_INT_MAX, "cost of one unit"),
    MX_F_STR(inventory_receive_line, lot, 0, 1, MX_LOT_MAX, "lot, as printed on the goods"),
    MX_F_TIME(inventory_receive_line, expires_at, 0, "the first moment at which the lot may not be sold any more"),
};
MX_TYPE_HAS(inventory_receive_line, "inventory.receive.line", "one article of a delivery");

struct inventory_receive {
    struct mx_str location;
    struct mx_list lines;
    struct mx_str reference;
};

static const struct mx_field inventory_receive_fields[] = {
    MX_F_STR(inventory_receive, location, MX_REQUIRED, 1, MX_CODE_MAX, "where the goods came in"),
    MX_F_LIST(inventory_receive, lines, MX_REQUIRED, 1, MX_LINES_MAX, inventory_receive_line_type, "what came in"),
    MX_F_STR(inventory_receive, reference, 0, 0, 64, "delivery note or purchase order"),
};
MX_TYPE(inventory_receive, "inventory.receive", "a delivery");

struct inventory_adjust_line {
    uint64_t has;
    struct mx_str sku;
    int64_t qty;
    int64_t count;
    struct mx_str condition;
    struct mx_str lot;
};

static const struct mx_field inventory_adjust_line_fields[] = {
    MX_F_STR(inventory_adjust_line, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(inventory_adjust_line, qty, 0, -MX_INT_MAX, MX_INT_MAX, "difference, not zero"),
    MX_F_QTY(inventory_adjust_line, count, 0, 0, MX_INT_MAX, "instead of qty: what was counted"),
    MX_F_STR(inventory_adjust_line, condition, 0, 0, 32, "absent or \"good\": what is fit for sale; otherwise what is counted apart"),
    MX_F_STR(inventory_adjust_line, lot, 0, 1, MX_LOT_MAX, "lot that is corrected, and the article with it"),
};
MX_TYPE_HAS(inventory_adjust_line, "inventory.adjust.line", "a difference or a count");

struct inventory_adjust {
    struct mx_str location;
    struct mx_list lines;
    struct mx_str reason;
};

static const struct mx_field inventory_adjust_fields[] = {
    MX_F_STR(inventory_adjust, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_LIST(inventory_adjust, lines, MX_REQUIRED, 1, MX_LINES_MAX, inventory_adjust_line_type,
              "differences and counts, each article once"),
    MX_F_STR(inventory_adjust, reason, MX_REQUIRED | MX_FREE_TEXT, 1, 200, "why: damaged, lost, counted ..."),
};
MX_TYPE(inventory_adjust, "inventory.adjust", "stock is not what the books say");

struct inventory_stock_ask {
    struct mx_str sku;
    struct mx_str location;
};

static const struct mx_field inventory_stock_ask_fields[] = {
    MX_F_STR(inventory_stock_ask, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(inventory_stock_ask, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
};
MX_TYPE(inventory_stock_ask, "inventory.stock.ask", "stock of what and where");

struct inventory_stock {
    int64_t on_hand;
    int64_t reserved;
    int64_t available;
    int64_t damaged;
};

static const struct mx_field inventory_stock_fields[] = {
    MX_F_QTY(inventory_stock, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "fit for sale"),
    MX_F_QTY(inventory_stock, reserved, 0, 0, MX_INT_MAX, "of it promised"),
    MX_F_QTY(inventory_stock, available, 0, -MX_INT_MAX, MX_INT_MAX, "on hand and not promised"),
    MX_F_QTY(inventory_stock, damaged, 0, 0, MX_INT_MAX, "counted apart, never sold"),
};
MX_TYPE(inventory_stock, "inventory.stock", "what stands there");

struct inventory_level_view {
    struct mx_str sku;
    int64_t on_hand;
    int64_t reserved;
    int64_t available;
    int64_t damaged;
};

static const struct mx_field inventory_level_view_fields[] = {
    MX_F_STR(inventory_level_view, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_QTY(inventory_level_view, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "fit for sale"),
    MX_F_QTY(inventory_level_view, reserved, 0, 0, MX_INT_MAX, "of it promised"),
    MX_F_QTY(inventory_level_view, available, 0, -MX_INT_MAX, MX_INT_MAX, "on hand and not promised"),
    MX_F_QTY(inventory_level_view, damaged, 0, 0, MX_INT_MAX, "counted apart, never sold"),
};
MX_TYPE(inventory_level_view, "inventory.level.view", "stock of one article");

struct inventory_list_ask {
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field inventory_list_ask_fields[] = {
    MX_F_STR(inventory_list_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(inventory_list_ask, limit, 0, 1, INVENTORY_PAGE_MAX, "entries on a page (100)"),
};
MX_TYPE(inventory_list_ask, "inventory.list.ask", "which page");

struct inventory_levels_ask {
    struct mx_str location;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field inventory_levels_ask_fields[] = {
    MX_F_STR(inventory_levels_ask, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_STR(inventory_levels_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(inventory_levels_ask, limit, 0, 1, INVENTORY_PAGE_MAX, "articles on a page (100)"),
};
MX_TYPE(inventory_levels_ask, "inventory.levels.ask", "stock of which location");

struct inventory_levels_page {
    struct mx_list levels;
    struct mx_str next;
};

static const struct mx_field inventory_levels_page_fields[] = {
    MX_F_LIST(inventory_levels_page, levels, 0, 0, INVENTORY_PAGE_MAX, inventory_level_view_type, "a page of levels"),
    MX_F_STR(inventory_levels_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(inventory_levels_page, "inventory.levels.page", "levels in the order of article numbers");

struct inventory_movements_ask {
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field inventory_movements_ask_fields[] = {
    MX_F_STR(inventory_movements_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(inventory_movements_ask, limit, 0, 1, INVENTORY_MOVEMENTS_MAX, "movements on a page (10)"),
};
MX_TYPE(inventory_movements_ask, "inventory.movements.ask", "which page");

struct inventory_movements_page {
    struct mx_list movements;
    struct mx_str next;
};

static const struct mx_field inventory_movements_page_fields[] = {
    MX_F_LIST(inventory_movements_page, movements, 0, 0, INVENTORY_MOVEMENTS_MAX, inventory_movement_view_type, "a page of movements"),
    MX_F_STR(inventory_movements_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(inventory_movements_page, "inventory.movements.page", "movements, the newest first");

/* ---- shared between the files ---- */

extern const struct mx_table inventory_locations;
extern const struct mx_table inventory_levels;
extern const struct mx_answer inventory_exceptions; /* inventory_exceptions.c */
extern const struct mx_table inventory_movements;
extern const struct mx_event_def inventory_moved_event;

mx_status inventory_location_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_location_list_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_receive_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_adjust_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_take_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_put_back_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_stock_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_levels_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_movements_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_near_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_check_levels(struct mx_ctx *ctx, mx_found_fn found, void *arg);

/* How a line of a movement may change its level, and how a refusal names it. */
struct inventory_rule {
    uint8_t below_zero; /* 1: the count may fall below zero */
    int64_t place;      /* of the line in its document, from 0 */
};

/* Write a movement (all but seq filled) and move the levels by its lines: the only writer of both. rules: one for each
 * line. Refuses "short_stock". */
MX_MUST_CHECK mx_status inventory_book(struct mx_ctx *ctx, struct inventory_movement *movement, const struct inventory_rule *rules);

/* Is this stock fit for sale? */
int inventory_is_good(struct mx_str condition);

/* The level, or an empty one when nothing ever moved. */
MX_MUST_CHECK mx_status inventory_level_of(struct mx_ctx *ctx, struct mx_str location, struct mx_str sku, struct inventory_level *level);

/* MX_OK or MX_NONE. */
MX_MUST_CHECK mx_status inventory_location_known(struct mx_ctx *ctx, struct mx_str location);

/* Answers the point "retail.location". */
mx_status inventory_location_answer(struct mx_ctx *ctx, const void *in, void *out);
/* Answer the points "retail.goods" and "retail.stock_near". */
mx_status inventory_goods_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_near_answer(struct mx_ctx *ctx, const void *in, void *out);

/* Refuse an unknown location ("unknown_location"). */
MX_MUST_CHECK mx_status inventory_location_demand(struct mx_ctx *ctx, struct mx_str location);

/* Refuse a cursor that is not the `next` of an earlier page; hand on any other status. */
MX_MUST_CHECK mx_status inventory_cursor(struct mx_ctx *ctx, mx_status status);

/* "lines[3].qty", from 0. text: 48 bytes. */
const char *inventory_line_field(char *text, int64_t place, const char *member);

#endif
