/* Inventory: what stands where, moved by movements only. This file is data. */
#include "lots.h"

const struct mx_table inventory_locations = {
    .size = sizeof(struct mx_table),
    .name = "inventory.location",
    .doc = "places that hold goods",
    .type = &inventory_location_type,
    .key = "id",
};

const struct mx_table inventory_levels = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "inventory.level",
    .doc = "stock by location and article",
    .type = &inventory_level_type,
    .key = "location sku",
};

const struct mx_table inventory_movements = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "inventory.movement",
    .doc = "the ledger of stock",
    .type = &inventory_movement_type,
    .key = "seq",
};

static const struct mx_index lot_indexes[] = {
    {"expiry", "expires_at", 0},
};

const struct mx_table inventory_lots = {
    .size = sizeof(struct mx_table),
    .name = "inventory.lot",
    .doc = "lots of articles, and when they expire",
    .type = &inventory_lot_type,
    .key = "sku lot",
    .indexes = lot_indexes,
    .index_count = sizeof(lot_indexes) / sizeof(lot_indexes[0]),
    .index_size = sizeof(lot_indexes[0]),
};

const struct mx_table inventory_lot_levels = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "inventory.lot.level",
    .doc = "what is counted of lots, by location",
    .type = &inventory_lot_level_type,
    .key = "sku lot location",
};

const struct mx_event_def inventory_moved_event = {
    .size = sizeof(struct mx_event_def),
    .name = "inventory.moved",
    .doc = "goods came, went or were counted",
    .type = &inventory_moved_type,
};

#define COMMAND(variable, op_since, op_name, op_doc, op_permission, in_type, out_type, function)                                           \
    static const struct mx_op variable = {                                                                                                 \
        .size = sizeof(struct mx_op),                                                                                                      \
        .name = op_name,                                                                                                                   \
        .doc = op_doc,                                                                                                                     \
        .permission = op_permission,                                                                                                       \
        .in = &in_type,                                                                                                                    \
        .out = &out_type,                                                                                                                  \
        .handler = function,                                                                                                               \
        .home = MX_HOME_LOCATION,                                                                                                          \
        .since = op_since,                                                                                                                 \
    }

#define QUERY(variable, op_since, op_name, op_doc, in_type, out_type, function)                                                            \
    static const struct mx_op variable = {                                                                                                 \
        .size = sizeof(struct mx_op),                                                                                                      \
        .flags = MX_OP_QUERY,                                                                                                              \
        .name = op_name,                                                                                                                   \
        .doc = op_doc,                                                                                                                     \
        .permission = "inventory.read",                                                                                                    \
        .in = &in_type,                                                                                                                    \
        .out = &out_type,                                                                                                                  \
        .handler = function,                                                                                                               \
        .home = MX_HOME_LOCATION,                                                                                                          \
        .since = op_since,                                                                                                                 \
    }

#define INTERNAL(variable, op_name, op_doc, function)                                                                                      \
    static const struct mx_op variable = {                                                                                                 \
        .size = sizeof(struct mx_op),                                                                                                      \
        .flags = MX_OP_INTERNAL,                                                                                                           \
        .name = op_name,                                                                                                                   \
        .doc = op_doc,                                                                                                                     \
        .in = &mx_stock_move_type,                                                                                                         \
        .out = &mx_stock_moved_type,                                                                                                       \
        .handler = function,                                                                                                               \
        .home = MX_HOME_LOCATION,                                                                                                          \
        .since = "0.1",                                                                                                                    \
    }

COMMAND(location_put, "0.1", "inventory.location.put", "Make a location, or change the given fields of one.", "inventory.setup",
        inventory_location_put_type, inventory_location_one_type, inventory_location_put_handler);
COMMAND(receive, "0.1", "inventory.receive", "Take in a delivery.", "inventory.write", inventory_receive_type, mx_stock_moved_type,
        inventory_receive_handler);
COMMAND(adjust, "0.1", "inventory.adjust", "Correct stock by a difference or to a count.", "inventory.write", inventory_adjust_type,
        mx_stock_moved_type, inventory_adjust_handler);
QUERY(location_list, "0.1", "inventory.location.list", "List the locations.", inventory_list_ask_type, inventory_location_page_type,
      inventory_location_list_handler);
QUERY(stock, "0.1", "inventory.stock", "Look up what stands of an article at a location.", inventory_stock_ask_type, inventory_stock_type,
      inventory_stock_handler);
QUERY(levels_list, "0.1", "inventory.levels.list", "List what stands at a location.", inventory_levels_ask_type, inventory_levels_page_type,
      inventory_levels_handler);
QUERY(movements_list, "0.1", "inventory.movements.list", "List the movements, the newest first.", inventory_movements_ask_type,
      inventory_movements_page_type, inventory_movements_handler);
COMMAND(lot_put, "0.3", "inventory.lot.put", "Say when a lot expires.", "inventory.write", inventory_lot_put_type, inventory_lot_one_type,
        inventory_lot_put_handler);
QUERY(lot_list, "0.3", "inventory.lot.list", "List lots: of an article, at a location, or those that expire soon.", inventory_lots_ask_type,
      inventory_lots_page_type, inventory_lot_list_handler);
QUERY(stock_near, "0.3", "inventory.stock.near", "List the other locations that have some of an article.", mx_stock_near_ask_type,
      mx_stock_near_type, inventory_near_handler);
INTERNAL(take, "inventory.take", "Take sold goods out of stock.", inventory_take_handler);
INTERNAL(put_back, "inventory.put_back", "Put returned goods back into stock.", inventory_put_back_handler);

static const struct mx_answer location_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_LOCATION,
    .in = &mx_location_ask_type,
    .out = &mx_location_facts_type,
    .fn = inventory_location_answer,
};

static const struct mx_answer goods_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_GOODS,
    .in = &mx_goods_ask_type,
    .out = &mx_goods_facts_type,
    .fn = inventory_goods_answer,
};

static const struct mx_answer near_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_STOCK_NEAR,
    .in = &mx_stock_near_ask_type,
    .out = &mx_stock_near_type,
    .fn = inventory_near_answer,
};

static const struct mx_check levels_check = {.name = "inventory.levels", .fn = inventory_check_levels};

static const struct mx_table *const tables[] = {&inventory_locations, &inventory_levels,     &inventory_movements,
                                                &inventory_lots,      &inventory_lot_levels, NULL};
static const struct mx_op *const ops[] = {&location_put, &location_list, &receive, &adjust,   &stock,      &levels_list, &movements_list,
                                          &take,         &put_back,      &lot_put, &lot_list, &stock_near, NULL};
static const struct mx_event_def *const events[] = {&inventory_moved_event, NULL};
static const struct mx_point *const points[] = {&mx_point_article, &mx_point_location, &mx_point_goods, &mx_point_stock_near, NULL};
static const struct mx_answer *const answers[] = {&location_answer, &goods_answer, &near_answer, &inventory_exceptions, NULL};
static const struct mx_check *const checks[] = {&levels_check, NULL};

static const struct mx_grant manager_may = {"manager", "inventory.*"};
static const struct mx_grant cashier_may = {"cashier", "inventory.read"};
static const struct mx_grant clerk_may = {"clerk", "inventory.read"};
static const struct mx_grant agent_may = {"agent", "inventory.read"};
static const struct mx_grant warehouse_may = {"warehouse", "inventory.read inventory.write"};
static const struct mx_grant script_may = {"script", "inventory.read"};
static const struct mx_grant channel_may = {"channel", "inventory.read"};
static const struct mx_grant auditor_may = {"auditor", "inventory.read"};
static const struct mx_grant *const grants[] = {&manager_may, &cashier_may, &channel_may,   &auditor_may, &script_may,
                                                &clerk_may,   &agent_may,   &warehouse_may, NULL};

MX_PLUGIN(inventory) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "inventory",
        .version = "0.1",
        .summary = "locations, stock levels and the movements that change them",
        .tables = tables,
        .ops = ops,
        .events = events,
        .points = points,
        .answers = answers,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
