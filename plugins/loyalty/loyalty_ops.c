/* The operations of loyalty, as data. */
#include "internal.h"

static const struct mx_op settings_put = {
    .size = sizeof(struct mx_op),
    .name = "loyalty.settings.put",
    .doc = "Change how points are earned and what they pay; sales of the past keep theirs.",
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
    .doc = "Show how points are earned and what they pay.",
    .permission = "loyalty.read",
    .out = &loyalty_settings_one_type,
    .handler = loyalty_settings_get_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
    .own = MX_OWN_NOBODY,
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
    .own = "member",
};

static const struct mx_op points_history = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "loyalty.points.history",
    .doc = "How the points of a member moved, page by page, the newest first.",
    .permission = "loyalty.read",
    .in = &loyalty_history_ask_type,
    .out = &loyalty_history_type,
    .handler = loyalty_history_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};

static const struct mx_op points_worth = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "loyalty.points.worth",
    .doc = "How much of an amount points could pay now.",
    .permission = "loyalty.read",
    .in = &loyalty_worth_ask_type,
    .out = &loyalty_worth_type,
    .handler = loyalty_worth_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};

static const struct mx_op points_transfer = {
    .size = sizeof(struct mx_op),
    .name = "loyalty.points.transfer",
    .doc = "Send points to somebody of the same household; they keep their end.",
    .permission = "loyalty.transfer",
    .in = &loyalty_transfer_type,
    .out = &loyalty_done_type,
    .handler = loyalty_transfer_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "from",
};

static const struct mx_op points_adjust = {
    .size = sizeof(struct mx_op),
    .name = "loyalty.points.adjust",
    .doc = "Give points, or take some away, by hand, with a reason.",
    .permission = "loyalty.adjust",
    .in = &loyalty_adjust_type,
    .out = &loyalty_done_type,
    .handler = loyalty_adjust_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op points_release = {
    .size = sizeof(struct mx_op),
    .name = "loyalty.points.release",
    .doc = "Let points be used before their time.",
    .permission = "loyalty.release",
    .in = &loyalty_release_type,
    .out = &loyalty_done_type,
    .handler = loyalty_release_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op liability = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY | MX_OP_HEAVY,
    .name = "loyalty.liability",
    .doc = "What the shop owes its members in points, now or as it was at some time, by the month in which they expire.",
    .permission = "loyalty.report",
    .in = &loyalty_liability_ask_type,
    .out = &loyalty_liability_type,
    .handler = loyalty_liability_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
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
    .own = "member",
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

static const struct mx_op points_grant = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "loyalty.points.grant",
    .doc = "Book points for something that is no sale.",
    .in = &mx_points_book_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_grant_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op points_ungrant = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "loyalty.points.ungrant",
    .doc = "Take back points that were booked for something that is no sale.",
    .in = &mx_points_book_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_ungrant_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op points_spend = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "loyalty.points.spend",
    .doc = "Spend points for a reward.",
    .in = &mx_points_book_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_spend_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op points_unspend = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "loyalty.points.unspend",
    .doc = "Give back what a reward cost.",
    .in = &mx_points_book_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_unspend_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op points_burn = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "loyalty.points.burn",
    .doc = "Pay with points.",
    .in = &mx_points_burn_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_burn_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op points_restore = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "loyalty.points.restore",
    .doc = "Give back points that paid for what is returned.",
    .in = &mx_points_restore_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_restore_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op points_expire = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = LOYALTY_EXPIRE_OP,
    .doc = "Book the points of a member that expired.",
    .in = &loyalty_balance_ask_type,
    .out = &mx_points_moved_type,
    .handler = loyalty_expire_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op *const loyalty_ops[] = {&settings_put,    &settings_get,   &points_balance, &points_history, &points_worth,
                                           &points_transfer, &points_adjust,  &points_release, &liability,      &rewards_list,
                                           &points_earn,     &points_reverse, &points_grant,   &points_ungrant, &points_spend,
                                           &points_unspend,  &points_burn,    &points_restore, &points_expire,  NULL};
