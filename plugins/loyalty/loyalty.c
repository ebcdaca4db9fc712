/* Loyalty: points that members earn, spend and give back. This file is data. */
#include "internal.h"

#include "merx/retail/person.h"
#include "merx/retail/privacy.h"

const struct mx_table loyalty_settings_table = {
    .size = sizeof(struct mx_table),
    .name = "loyalty.settings",
    .doc = "how points are earned",
    .type = &loyalty_settings_type,
    .key = "scheme",
};

/* Lots of an earlier version say nothing of the last three fields: they stand first among the open ones until they are renewed. */
static const struct mx_index lot_indexes[] = {
    {"open", "member closed ends_at at", 0},
    {"forgiven", "forgiven_of at", 0},
};

const struct mx_table loyalty_lots = {
    .size = sizeof(struct mx_table),
    .name = "loyalty.lot",
    .doc = "points by the run of the sold line, or the document, that gave them",
    .type = &loyalty_lot_type,
    .key = "member order line run",
    .indexes = lot_indexes,
    .index_count = 2,
    .index_size = sizeof(lot_indexes[0]),
};

const struct mx_table loyalty_balances = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "loyalty.balance",
    .doc = "points by member",
    .type = &loyalty_balance_type,
    .key = "member",
};

static const struct mx_index movement_indexes[] = {
    {"member", "member seq", 0},
};

const struct mx_table loyalty_movements = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "loyalty.movement",
    .doc = "the ledger of points",
    .type = &loyalty_movement_type,
    .key = "seq",
    .indexes = movement_indexes,
    .index_count = 1,
    .index_size = sizeof(movement_indexes[0]),
};

static const struct mx_index spending_indexes[] = {
    {"order", "order", 0},
};

const struct mx_table loyalty_spendings = {
    .size = sizeof(struct mx_table),
    .name = "loyalty.spending",
    .doc = "points that were spent, by the payment or reward that can give them back",
    .type = &loyalty_spending_type,
    .key = "document",
    .indexes = spending_indexes,
    .index_count = 1,
    .index_size = sizeof(spending_indexes[0]),
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

const struct mx_event_def loyalty_changed_event = {
    .size = sizeof(struct mx_event_def),
    .name = "loyalty.points.changed",
    .doc = "points were spent, given back, granted, sent, taken or written off, or expired",
    .type = &loyalty_changed_type,
};

#define ANSWER(variable, to, asked, answered, handler)                                                                                     \
    static const struct mx_answer variable = {                                                                                             \
        .size = sizeof(struct mx_answer), .priority = 100, .point = to, .in = &asked, .out = &answered, .fn = handler}
ANSWER(earn_answer, MX_POINT_EARN, mx_earn_ask_type, mx_earn_answer_type, loyalty_earn_answer);
ANSWER(section_answer, MX_POINT_SECTION, mx_section_ask_type, mx_section_type, loyalty_section_answer);
ANSWER(told_answer, MX_POINT_SECTION, mx_section_ask_type, mx_section_type, loyalty_told_answer);
ANSWER(kept_answer, MX_POINT_KEPT, mx_kept_ask_type, mx_kept_type, loyalty_kept_answer);
ANSWER(unmerge_answer, MX_POINT_UNMERGE, mx_unmerge_ask_type, mx_unsplit_type, loyalty_unmerge_answer);
ANSWER(borrowed_answer, MX_POINT_UNMERGE, mx_unmerge_ask_type, mx_unsplit_type, loyalty_borrowed_answer);

static const struct mx_subscription hear_unmerged = {
    .size = sizeof(struct mx_subscription),
    .event = MX_EVENT_PERSONS_UNMERGED,
    .type = &mx_persons_merged_type,
    .priority = 100,
    .fn = loyalty_hear_unmerged,
};

static const struct mx_check balances_check = {.name = "loyalty.balances", .fn = loyalty_check_balances};

static const struct mx_table *const tables[] = {&loyalty_settings_table, &loyalty_lots,      &loyalty_balances,
                                                &loyalty_movements,      &loyalty_spendings, NULL};
static const struct mx_event_def *const events[] = {&loyalty_earned_event, &loyalty_reversed_event, &loyalty_changed_event, NULL};
static const struct mx_answer *const answers[] = {&earn_answer,    &section_answer,  &told_answer,        &kept_answer,
                                                  &unmerge_answer, &borrowed_answer, &loyalty_exceptions, NULL};
static const struct mx_subscription *const subscriptions[] = {&hear_unmerged, NULL};
static const struct mx_point *const points[] = {&mx_point_member, &mx_point_member_of, &mx_point_household, &mx_point_rewards, NULL};
static const struct mx_check *const checks[] = {&balances_check, NULL};

static const struct mx_grant may[] = {
    {"manager", "loyalty.*"},
    {"cashier", "loyalty.read"},
    {"clerk", "loyalty.read"},
    {"agent", "loyalty.read"},
    {"script", "loyalty.read"},
    {"channel", "loyalty.read"},
    {"customer", "loyalty.read loyalty.transfer"},
    {"auditor", "loyalty.read loyalty.report"},
};
static const struct mx_grant *const grants[] = {&may[0], &may[1], &may[2], &may[3], &may[4], &may[5], &may[6], &may[7], NULL};

MX_PLUGIN(loyalty) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "loyalty",
        .version = "0.1",
        .summary = "points in lots, earned, spent and taken back",
        .tables = tables,
        .ops = loyalty_ops,
        .events = events,
        .answers = answers,
        .subscriptions = subscriptions,
        .points = points,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
