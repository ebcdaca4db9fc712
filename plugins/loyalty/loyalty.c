/* Loyalty: points that members earn with sales and give back with returns. This file is data. */
#include "internal.h"

const struct mx_table loyalty_settings_table = {
    .size = sizeof(struct mx_table),
    .name = "loyalty.settings",
    .doc = "how points are earned",
    .type = &loyalty_settings_type,
    .key = "scheme",
};

const struct mx_table loyalty_lots = {
    .size = sizeof(struct mx_table),
    .name = "loyalty.lot",
    .doc = "points by the run of the sold line that earned them",
    .type = &loyalty_lot_type,
    .key = "member order line run",
};

const struct mx_table loyalty_balances = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "loyalty.balance",
    .doc = "points by member",
    .type = &loyalty_balance_type,
    .key = "member",
};

const struct mx_table loyalty_movements = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "loyalty.movement",
    .doc = "the ledger of points",
    .type = &loyalty_movement_type,
    .key = "seq",
};

const struct mx_event_def loyalty_earned_event = {
    .size = sizeof(struct mx_event_def),
    .name = "loyalty.points.earned",
    .doc = "a member earned points",
    .type = &loyalty_moved_type,
};

const struct mx_event_def loyalty_reversed_event = {
    .size = sizeof(struct mx_event_def),
    .name = "loyalty.points.reversed",
    .doc = "a return took points back",
    .type = &loyalty_moved_type,
};

static const struct mx_op settings_put = {
    .size = sizeof(struct mx_op),
    .name = "loyalty.settings.put",
    .doc = "Change how points are earned; sales of the past keep theirs.",
    .permission = "loyalty.settings",
    .in = &loyalty_settings_put_type,
    .out = &loyalty_settings_one_type,
    .handler = loyalty_settings_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op settings_get = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "loyalty.settings.get",
    .doc = "Show how points are earned.",
    .permission = "loyalty.read",
    .out = &loyalty_settings_one_type,
    .handler = loyalty_settings_get_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op points_balance = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "loyalty.points.balance",
    .doc = "Show the points of a member and the lots they stand in.",
    .permission = "loyalty.read",
    .in = &loyalty_balance_ask_type,
    .out = &loyalty_balance_view_type,
    .handler = loyalty_balance_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op rewards_list = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "loyalty.rewards.list",
    .doc = "Show what a member may have for points.",
    .permission = "loyalty.read",
    .in = &mx_member_ask_type,
    .out = &loyalty_rewards_view_type,
    .handler = loyalty_rewards_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.2",
};

static const struct mx_op points_earn = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "loyalty.points.earn",
    .doc = "Book the points that a sale earned.",
    .in = &mx_points_move_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_earn_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op points_reverse = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "loyalty.points.reverse",
    .doc = "Take back the points of what is returned.",
    .in = &mx_points_move_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_reverse_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_answer earn_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_EARN,
    .in = &mx_earn_ask_type,
    .out = &mx_earn_answer_type,
    .fn = loyalty_earn_answer,
};

static const struct mx_check balances_check = {.name = "loyalty.balances", .fn = loyalty_check_balances};

static const struct mx_table *const tables[] = {&loyalty_settings_table, &loyalty_lots, &loyalty_balances, &loyalty_movements, NULL};
static const struct mx_op *const ops[] = {&settings_put, &settings_get, &points_balance, &points_earn, &points_reverse,
                                          &rewards_list, NULL};
static const struct mx_event_def *const events[] = {&loyalty_earned_event, &loyalty_reversed_event, NULL};
static const struct mx_answer *const answers[] = {&earn_answer, NULL};
static const struct mx_point *const points[] = {&mx_point_member, &mx_point_rewards, NULL};
static const struct mx_check *const checks[] = {&balances_check, NULL};

static const struct mx_grant manager_may = {"manager", "loyalty.*"};
static const struct mx_grant cashier_may = {"cashier", "loyalty.read"};
static const struct mx_grant script_may = {"script", "loyalty.read"};
static const struct mx_grant channel_may = {"channel", "loyalty.read"};
static const struct mx_grant auditor_may = {"auditor", "loyalty.read"};
static const struct mx_grant *const grants[] = {&manager_may, &cashier_may, &script_may, &channel_may, &auditor_may, NULL};

MX_PLUGIN(loyalty) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "loyalty",
        .version = "0.1",
        .summary = "points in lots, earned by sales and taken back by returns",
        .tables = tables,
        .ops = ops,
        .events = events,
        .answers = answers,
        .points = points,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
