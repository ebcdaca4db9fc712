/* Lots: what is known of goods that were made together, and what is counted of them. */
#ifndef INVENTORY_LOTS_H
#define INVENTORY_LOTS_H

#include "internal.h"

#define INVENTORY_LOTS_LOOKED 2000 /* lots that one page looks at */

struct inventory_lot {
    struct mx_rec rec;
    struct mx_str sku;
    struct mx_str lot;
    int64_t expires_at; /* absent: nobody said when */
    int64_t changed_at;
};

static const struct mx_field inventory_lot_fields[] = {
    MX_F_STR(inventory_lot, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(inventory_lot, lot, MX_REQUIRED, 1, MX_LOT_MAX, "lot, as printed on the goods"),
    MX_F_TIME(inventory_lot, expires_at, 0, "the first moment at which it may not be sold any more"),
    MX_F_TIME(inventory_lot, changed_at, 0, "last change"),
};
MX_TYPE_REC(inventory_lot, "inventory.lot", "goods that were made together");

/* What the movements that named a lot say of it. Only inventory_book() writes it. */
struct inventory_lot_level {
    struct mx_rec rec;
    struct mx_str sku;
    struct mx_str lot;
    struct mx_str location;
    int64_t on_hand;
};

static const struct mx_field inventory_lot_level_fields[] = {
    MX_F_STR(inventory_lot_level, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(inventory_lot_level, lot, MX_REQUIRED, 1, MX_LOT_MAX, "lot"),
    MX_F_STR(inventory_lot_level, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_QTY(inventory_lot_level, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "came in less what went out under this lot"),
};
MX_TYPE_REC(inventory_lot_level, "inventory.lot.level", "what is counted of a lot at one location");

struct inventory_lot_put {
    uint64_t has;
    struct mx_str sku;
    struct mx_str lot;
    int64_t expires_at;
    int64_t if_rev;
};

static const struct mx_field inventory_lot_put_fields[] = {
    MX_F_STR(inventory_lot_put, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(inventory_lot_put, lot, MX_REQUIRED, 1, MX_LOT_MAX, "lot, as printed on the goods"),
    MX_F_TIME(inventory_lot_put, expires_at, MX_REQUIRED, "the first moment at which it may not be sold any more"),
    MX_F_INT(inventory_lot_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision; 0 = only a new lot"),
};
MX_TYPE_HAS(inventory_lot_put, "inventory.lot.put", "when a lot expires");

struct inventory_lot_view {
    struct mx_str sku;
    struct mx_str lot;
    int64_t expires_at;
    int64_t on_hand;
    int64_t rev;
};

static const struct mx_field inventory_lot_view_fields[] = {
    MX_F_STR(inventory_lot_view, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(inventory_lot_view, lot, MX_REQUIRED, 1, MX_LOT_MAX, "lot, as printed on the goods"),
    MX_F_TIME(inventory_lot_view, expires_at, 0, "the first moment at which it may not be sold any more; 0: nobody said"),
    MX_F_QTY(inventory_lot_view, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "came in less what went out under this lot"),
    MX_F_INT(inventory_lot_view, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(inventory_lot_view, "inventory.lot.view", "a lot as answered");

struct inventory_lot_one {
    struct inventory_lot_view *lot;
};

static const struct mx_field inventory_lot_one_fields[] = {
    MX_F_STRUCT(inventory_lot_one, lot, MX_REQUIRED, inventory_lot_view_type, "the lot"),
};
MX_TYPE(inventory_lot_one, "inventory.lot.one", "one lot");

struct inventory_lots_ask {
    uint64_t has;
    struct mx_str sku;
    int64_t expiring_before;
    struct mx_str location;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field inventory_lots_ask_fields[] = {
    MX_F_STR(inventory_lots_ask, sku, 0, 1, MX_SKU_MAX, "only of this article"),
    MX_F_TIME(inventory_lots_ask, expiring_before, 0, "only those that expire before this moment"),
    MX_F_STR(inventory_lots_ask, location, 0, 1, MX_CODE_MAX, "only those of which something is counted there"),
    MX_F_STR(inventory_lots_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(inventory_lots_ask, limit, 0, 1, INVENTORY_PAGE_MAX, "lots on a page (100)"),
};
MX_TYPE_HAS(inventory_lots_ask, "inventory.lots.ask", "which lots");

struct inventory_lots_page {
    struct mx_list lots; /* of struct inventory_lot_view */
    struct mx_str next;
};

static const struct mx_field inventory_lots_page_fields[] = {
    MX_F_LIST(inventory_lots_page, lots, 0, 0, INVENTORY_PAGE_MAX, inventory_lot_view_type, "a page of lots"),
    MX_F_STR(inventory_lots_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(inventory_lots_page, "inventory.lots.page", "lots: of an article by number, else by expiry when that was asked for");

extern const struct mx_table inventory_lots;
extern const struct mx_table inventory_lot_levels;

mx_status inventory_lot_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status inventory_lot_list_handler(struct mx_ctx *ctx, const void *in, void *out);

/* The record of a lot. MX_NONE: nobody told of it. */
MX_MUST_CHECK mx_status inventory_lot_of(struct mx_ctx *ctx, struct mx_str sku, struct mx_str lot, struct inventory_lot **record);

/* What is counted of a lot at a location; 0 when nothing ever was. */
MX_MUST_CHECK mx_status inventory_lot_level_of(struct mx_ctx *ctx, struct mx_str sku, struct mx_str lot, struct mx_str location,
                                               struct inventory_lot_level *level);

/* Note the lot of a line of a delivery: a new one, or one whose expiry is the same. Refuses "lot_differs". */
MX_MUST_CHECK mx_status inventory_lot_receive(struct mx_ctx *ctx, const struct inventory_receive_line *line, uint32_t i);

#endif
