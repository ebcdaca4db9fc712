/* The catalog: what the shop sells, at which price, under which barcodes. This file is data. */
#include "merx/retail/member.h"

#include "internal.h"

static const struct mx_index product_indexes[] = {
    {"barcode", "barcodes", MX_INDEX_UNIQUE}, {"category", "category", 0}, {"tag", "tags", 0}, {"word", "words", 0}, {"brand", "brand", 0},
};

const struct mx_table catalog_products = {
    .size = sizeof(struct mx_table),
    .name = "catalog.product",
    .doc = "products by article number",
    .type = &catalog_product_type,
    .key = "sku",
    .indexes = product_indexes,
    .index_count = sizeof(product_indexes) / sizeof(product_indexes[0]),
    .index_size = sizeof(product_indexes[0]),
};

static const struct mx_index price_indexes[] = {
    {"id", "id", MX_INDEX_UNIQUE},
    {"ends", "sku location channel ends", 0},
};

const struct mx_table catalog_prices = {
    .size = sizeof(struct mx_table),
    .name = "catalog.price",
    .doc = "prices by article, place, channel and beginning",
    .type = &catalog_price_type,
    .key = "sku location channel from id",
    .indexes = price_indexes,
    .index_count = sizeof(price_indexes) / sizeof(price_indexes[0]),
    .index_size = sizeof(price_indexes[0]),
};

static const struct mx_index list_price_indexes[] = {
    {"id", "id", MX_INDEX_UNIQUE},
    {"ends", "list sku location channel ends", 0},
};

const struct mx_table catalog_list_prices = {
    .size = sizeof(struct mx_table),
    .name = "catalog.list_price",
    .doc = "prices of price lists by list, article, place, channel and beginning",
    .type = &catalog_price_type,
    .key = "list sku location channel from id",
    .indexes = list_price_indexes,
    .index_count = sizeof(list_price_indexes) / sizeof(list_price_indexes[0]),
    .index_size = sizeof(list_price_indexes[0]),
};

const struct mx_event_def catalog_price_changed_event = {
    .size = sizeof(struct mx_event_def),
    .name = "catalog.price.changed",
    .doc = "a price was set or taken back",
    .type = &catalog_price_changed_type,
};

const struct mx_event_def catalog_product_changed = {
    .size = sizeof(struct mx_event_def),
    .name = "catalog.product.changed",
    .doc = "a product is new or has changed",
    .type = &catalog_changed_type,
};

static const struct mx_op product_put = {
    .size = sizeof(struct mx_op),
    .name = "catalog.product.put",
    .doc = "Make a product, or change the given fields of one.",
    .permission = "catalog.write",
    .in = &catalog_put_type,
    .out = &catalog_one_type,
    .handler = catalog_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op product_check = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY | MX_OP_INTERNAL,
    .name = "catalog.product.check",
    .doc = "Refuse what catalog.product.put would refuse, and change nothing.",
    .in = &catalog_put_type,
    .handler = catalog_check_handler,
    .since = "0.4",
};

static const struct mx_op product_get = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "catalog.product.get",
    .doc = "Look up a product by its article number.",
    .permission = "catalog.read",
    .in = &catalog_get_type,
    .out = &catalog_one_type,
    .handler = catalog_get_handler,
    .since = "0.1",
    .own = MX_OWN_NOBODY,
};

static const struct mx_op product_find = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "catalog.product.find",
    .doc = "Find products by barcode, by words of the name, by category, by brand or by tag; all of them without a criterion.",
    .permission = "catalog.read",
    .in = &catalog_find_type,
    .out = &catalog_found_type,
    .handler = catalog_find_handler,
    .since = "0.1",
    .own = MX_OWN_NOBODY,
};

static const struct mx_op price_put = {
    .size = sizeof(struct mx_op),
    .name = "catalog.price.put",
    .doc = "Set a price for a channel, a place, a time or a price list.",
    .permission = "catalog.write",
    .in = &catalog_price_put_type,
    .out = &catalog_price_one_type,
    .handler = catalog_price_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.3",
};

static const struct mx_op price_drop = {
    .size = sizeof(struct mx_op),
    .name = "catalog.price.drop",
    .doc = "End a price now, or take back one that has not begun.",
    .permission = "catalog.write",
    .in = &catalog_price_ask_type,
    .out = &catalog_price_one_type,
    .handler = catalog_price_drop_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.3",
};

static const struct mx_op price_list = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "catalog.price.list",
    .doc = "List the prices of an article for channels, places and times, past and future ones as well.",
    .permission = "catalog.read",
    .in = &catalog_price_list_type,
    .out = &catalog_price_page_type,
    .handler = catalog_price_list_handler,
    .since = "0.3",
};

static const struct mx_op price_differences = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "catalog.price.differences",
    .doc = "List the prices that differ between channels although nobody said why.",
    .permission = "catalog.read",
    .in = &catalog_differences_ask_type,
    .out = &catalog_differences_type,
    .handler = catalog_differences_handler,
    .since = "0.3",
};

static const struct mx_answer article_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_ARTICLE,
    .in = &mx_article_ask_type,
    .out = &mx_article_type,
    .fn = catalog_article,
};

static const struct mx_table *const tables[] = {&catalog_products, &catalog_prices, &catalog_list_prices, NULL};
static const struct mx_op *const ops[] = {&product_put, &product_check, &product_get,       &product_find, &price_put,
                                          &price_drop,  &price_list,    &price_differences, NULL};
static const struct mx_event_def *const events[] = {&catalog_product_changed, &catalog_price_changed_event, NULL};
static const struct mx_point *const points[] = {&mx_point_location, &mx_point_member, &mx_point_member_of, NULL};
static const struct mx_answer *const answers[] = {&article_answer, NULL};

static const struct mx_grant manager_may = {"manager", "catalog.*"};
static const struct mx_grant cashier_may = {"cashier", "catalog.read"};
static const struct mx_grant till_may = {"till", "catalog.read"};
static const struct mx_grant script_may = {"script", "catalog.read"};
static const struct mx_grant clerk_may = {"clerk", "catalog.read"};
static const struct mx_grant agent_may = {"agent", "catalog.read"};
static const struct mx_grant warehouse_may = {"warehouse", "catalog.read"};
static const struct mx_grant customer_may = {"customer", "catalog.read"};
static const struct mx_grant channel_may = {"channel", "catalog.read"};
static const struct mx_grant auditor_may = {"auditor", "catalog.read"};
static const struct mx_grant *const grants[] = {&manager_may, &cashier_may, &channel_may,   &auditor_may,  &till_may, &script_may,
                                                &clerk_may,   &agent_may,   &warehouse_may, &customer_may, NULL};

MX_PLUGIN(catalog) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "catalog",
        .version = "0.1",
        .summary = "products, barcodes, categories and prices with tax",
        .tables = tables,
        .ops = ops,
        .events = events,
        .points = points,
        .answers = answers,
        .grants = grants,
    };
    return &plugin;
}
