/* The orders plugin: tables, operations and events as data. */
#include "internal.h"
#include "wire_held.h"
#include "wire_look.h"

#include "merx/retail/person.h"
#include "merx/retail/privacy.h"

/* ---- tables ---- */

static const struct mx_index head_indexes[] = {
    {"location", "location at", 0},
    {"member", "member at", 0},
    {"till", "till at", 0},
    {"till_seq", "till_seq till", MX_INDEX_UNIQUE},
    {"external", "external channel", MX_INDEX_UNIQUE},
};

const struct mx_table orders_heads = {
    .size = sizeof(struct mx_table),
    .name = "orders.order",
    .doc = "heads of orders",
    .type = &order_rec_type,
    .key = "id",
    .indexes = head_indexes,
    .index_count = sizeof(head_indexes) / sizeof(head_indexes[0]),
    .index_size = sizeof(head_indexes[0]),
};

const struct mx_table orders_lines = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "orders.line",
    .doc = "sold lines with their frozen runs",
    .type = &line_rec_type,
    .key = "order line",
};

const struct mx_table orders_returned = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "orders.returned",
    .doc = "how much of each line came back",
    .type = &returned_rec_type,
    .key = "order line",
};

const struct mx_table orders_traces = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "orders.trace",
    .doc = "why each order costs what it costs",
    .type = &trace_rec_type,
    .key = "order",
};

const struct mx_table orders_returns = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "orders.return",
    .doc = "heads of returns",
    .type = &return_rec_type,
    .key = "id",
};

static const struct mx_index return_line_indexes[] = {
    {"order", "order", 0},
};

const struct mx_table orders_return_lines = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "orders.return_line",
    .doc = "lines of returns",
    .type = &return_line_rec_type,
    .key = "return_id place",
    .indexes = return_line_indexes,
    .index_count = 1,
    .index_size = sizeof(return_line_indexes[0]),
};

static const struct mx_table *const tables[] = {
    &orders_heads, &orders_lines, &orders_returned, &orders_traces, &orders_returns, &orders_return_lines, &orders_held, NULL,
};

/* ---- operations ---- */

static const struct mx_op quote_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "orders.quote",
    .doc = "What a cart costs, with all discounts, before it is bought.",
    .permission = "orders.sell",
    .in = &order_ask_type,
    .out = &order_quoted_type,
    .handler = orders_quote_handler,
    .since = "0.1",
};

static const struct mx_op place_op = {
    .size = sizeof(struct mx_op),
    .name = "orders.place",
    .doc = "Sell: price, stock, payment, receipt number and points in one step.",
    .permission = "orders.sell",
    .in = &order_ask_type,
    .out = &order_placed_type,
    .handler = orders_place_handler,
    .home = MX_HOME_LOCATION,
    .since = "0.1",
};

static const struct mx_op return_op = {
    .size = sizeof(struct mx_op),
    .name = "orders.return",
    .doc = "Take goods back, at any location: stock, points and money in one step.",
    .permission = "orders.return",
    .in = &return_ask_type,
    .out = &return_done_type,
    .handler = orders_return_handler,
    .home = MX_HOME_LOCATION,
    .since = "0.1",
};

static const struct mx_op get_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "orders.get",
    .doc = "An order with its lines, payments and returns.",
    .permission = "orders.read",
    .in = &order_get_ask_type,
    .out = &order_got_type,
    .handler = orders_get_handler,
    .since = "0.1",
    .own = MX_OWN_HANDLER,
};

static const struct mx_op list_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "orders.list",
    .doc = "Orders of a location, a member or a till, page by page, without their lines.",
    .permission = "orders.read",
    .in = &order_list_ask_type,
    .out = &order_page_type,
    .handler = orders_list_handler,
    .since = "0.1",
    .own = "member",
};

static const struct mx_op trace_get_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "orders.trace.get",
    .doc = "Why an order costs what it costs: the facts, every offer and what became of it.",
    .permission = "orders.read",
    .in = &order_get_ask_type,
    .out = &trace_got_type,
    .handler = orders_trace_get_handler,
    .since = "0.1",
};

static const struct mx_op explain_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "orders.explain",
    .doc = "Prove a receipt: run its rules and its price again, and say what applied, what did not and why.",
    .permission = "orders.read",
    .in = &explain_ask_type,
    .out = &explained_type,
    .handler = orders_explain_handler,
    .since = "0.3",
};

static const struct mx_op price_look_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "orders.price.look",
    .doc = "What an article costs there and then and why, the promotions that touch it, and where else it is on hand.",
    .permission = "orders.read",
    .in = &look_ask_type,
    .out = &looked_type,
    .handler = orders_price_look_handler,
    .since = "0.3",
    .own = "member",
};

static const struct mx_op hold_op = {
    .size = sizeof(struct mx_op),
    .name = "orders.hold",
    .doc = "Let a cart wait: it is kept, and its coupons are set aside for it. With `held` it goes on with that one.",
    .permission = "orders.sell",
    .in = &order_ask_type,
    .out = &held_done_type,
    .handler = orders_hold_handler,
    .home = MX_HOME_LOCATION,
    .since = "0.3",
};

static const struct mx_op held_list_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "orders.held.list",
    .doc = "Carts that wait, of a location or of all, page by page.",
    .permission = "orders.sell",
    .in = &held_list_ask_type,
    .out = &held_page_type,
    .handler = orders_held_list_handler,
    .since = "0.3",
};

static const struct mx_op held_get_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "orders.held.get",
    .doc = "A held cart as it was given, for any till to go on with.",
    .permission = "orders.sell",
    .in = &held_ask_type,
    .out = &held_got_type,
    .handler = orders_held_get_handler,
    .since = "0.3",
};

static const struct mx_op held_drop_op = {
    .size = sizeof(struct mx_op),
    .name = "orders.held.drop",
    .doc = "Give a held cart up: its coupons are free again.",
    .permission = "orders.sell",
    .in = &held_ask_type,
    .out = &held_gone_type,
    .handler = orders_held_drop_handler,
    .home = MX_HOME_LOCATION,
    .since = "0.3",
};

static const struct mx_op held_expire_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = ORDERS_HELD_EXPIRE,
    .doc = "The time of a held cart is over.",
    .in = &held_ask_type,
    .out = &held_gone_type,
    .handler = orders_held_expire_handler,
    .since = "0.3",
};

static const struct mx_op take_in_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "orders.take_in",
    .doc = "Take in an order that was sold and paid elsewhere.",
    .in = &mx_order_take_in_type,
    .out = &mx_order_taken_in_type,
    .handler = orders_take_in_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op take_out_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "orders.take_out",
    .doc = "Take such an order out again: its intake is undone.",
    .in = &mx_order_take_out_type,
    .out = &mx_order_taken_in_type,
    .handler = orders_take_out_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op *const ops[] = {
    &take_in_op, &take_out_op,   &quote_op, &place_op,     &return_op,   &get_op,       &list_op,        &trace_get_op,
    &explain_op, &price_look_op, &hold_op,  &held_list_op, &held_get_op, &held_drop_op, &held_expire_op, NULL,
};

/* ---- what it tells, asks and calls ---- */

const struct mx_event_def orders_paid_event = {
    .size = sizeof(struct mx_event_def),
    .name = MX_EVENT_ORDER_PAID,
    .doc = "an order was placed and paid",
    .type = &mx_order_paid_type,
};

const struct mx_event_def orders_returned_event = {
    .size = sizeof(struct mx_event_def),
    .name = MX_EVENT_ORDER_RETURNED,
    .doc = "goods came back and were paid back",
    .type = &mx_order_returned_type,
};

static const struct mx_event_def *const events[] = {&orders_paid_event,       &orders_returned_event,     &orders_overridden_event,
                                                    &orders_no_receipt_event, &orders_held_dropped_event, NULL};

const struct mx_point *const orders_points[] = {
    [ORDERS_ASK_ARTICLE] = &mx_point_article,     [ORDERS_ASK_MEMBER] = &mx_point_member,       [ORDERS_ASK_OFFERS] = &mx_point_offers,
    [ORDERS_ASK_OFFERS_OF] = &mx_point_offers_of, [ORDERS_ASK_NEEDS] = &mx_point_needs,         [ORDERS_ASK_COUPONS] = &mx_point_coupons,
    [ORDERS_ASK_USED] = &mx_point_used,           [ORDERS_ASK_PRICE] = &mx_point_price,         [ORDERS_ASK_POINTS] = &mx_point_earn,
    [ORDERS_ASK_LOCATION] = &mx_point_location,   [ORDERS_ASK_GOODS] = &mx_point_goods,         [ORDERS_ASK_NEAR] = &mx_point_stock_near,
    [ORDERS_ASK_PAST] = &mx_point_past,           [ORDERS_ASK_MEMBER_OF] = &mx_point_member_of, [ORDERS_POINTS] = NULL,
};

const struct mx_use *const orders_uses[] = {
    [ORDERS_TAKE] = &mx_stock_take,        [ORDERS_PUT_BACK] = &mx_stock_put_back,
    [ORDERS_PAY] = &mx_payment_record,     [ORDERS_REFUND] = &mx_payment_refund,
    [ORDERS_PAYMENTS] = &mx_payment_list,  [ORDERS_EARN] = &mx_points_earn,
    [ORDERS_UNLOCK] = &mx_unlock_use_op,   [ORDERS_UNEARN] = &mx_points_reverse,
    [ORDERS_USE_UP] = &mx_promotion_count, [ORDERS_GIVE_BACK] = &mx_promotion_give_back,
    [ORDERS_RESERVE] = &mx_promotion_hold, [ORDERS_USES] = NULL,
};

static const struct mx_answer past_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_PAST,
    .in = &mx_past_ask_type,
    .out = &mx_past_page_type,
    .fn = orders_past_answer,
};

#define ANSWER(variable, to, asked, answered, handler)                                                                                     \
    static const struct mx_answer variable = {                                                                                             \
        .size = sizeof(struct mx_answer), .priority = 100, .point = to, .in = &asked, .out = &answered, .fn = handler}
ANSWER(section_answer, MX_POINT_SECTION, mx_section_ask_type, mx_section_type, orders_section_answer);
ANSWER(kept_answer, MX_POINT_KEPT, mx_kept_ask_type, mx_kept_type, orders_kept_answer);
ANSWER(unmerge_answer, MX_POINT_UNMERGE, mx_unmerge_ask_type, mx_unsplit_type, orders_unmerge_answer);
static const struct mx_answer *const answers[] = {&past_answer, &orders_exceptions, &section_answer, &kept_answer, &unmerge_answer, NULL};

static const struct mx_check totals_check = {"orders.totals", orders_check_totals};
static const struct mx_check *const checks[] = {&totals_check, NULL};

static const struct mx_grant may[] = {
    {"manager", "orders.*"},      {"cashier", "orders.sell orders.return orders.read"},
    {"clerk", "orders.read"},     {"agent", "orders.read"},
    {"warehouse", "orders.read"}, {"channel", "orders.sell orders.read"},
    {"customer", "orders.read"},  {"auditor", "orders.read"},
};
static const struct mx_grant *const grants[] = {&may[0], &may[1], &may[2], &may[3], &may[4], &may[5], &may[6], &may[7], NULL};

MX_PLUGIN(orders) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "orders",
        .version = "0.1",
        .summary = "quotes, sales and returns, priced to the last minor unit",
        .tables = tables,
        .ops = ops,
        .events = events,
        .points = orders_points,
        .answers = answers,
        .uses = orders_uses,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
