/* The wallet: tables, operations and events as data. */
#include "internal.h"
#include "ops.h"

static const struct mx_index account_indexes[] = {
    {"code", "code", MX_INDEX_UNIQUE},
    {"member", "member kind", 0},
};

const struct mx_table wallet_accounts = {
    .size = sizeof(struct mx_table),
    .name = "wallet.account",
    .doc = "gift cards and members' credit",
    .type = &wallet_account_type,
    .key = "id",
    .indexes = account_indexes,
    .index_count = sizeof(account_indexes) / sizeof(account_indexes[0]),
    .index_size = sizeof(account_indexes[0]),
};

const struct mx_table wallet_balances = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "wallet.balance",
    .doc = "what stands on each account",
    .type = &wallet_balance_type,
    .key = "account",
};

const struct mx_table wallet_movements = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "wallet.movement",
    .doc = "the ledger: everything that moved stored value",
    .type = &wallet_movement_type,
    .key = "account seq",
};

const struct mx_table wallet_payments = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "wallet.paid",
    .doc = "what each payment took from which account",
    .type = &wallet_paid_type,
    .key = "payment account",
};

const struct mx_table wallet_settings_table = {
    .size = sizeof(struct mx_table),
    .name = "wallet.settings",
    .doc = "how the shop handles stored value",
    .type = &wallet_settings_type,
    .key = "scheme",
};

#define EVENT(variable, event_name, event_doc)                                                                                             \
    const struct mx_event_def variable = {sizeof(struct mx_event_def), 0, event_name, event_doc, &wallet_told_type}

EVENT(wallet_loaded_event, "wallet.loaded", "stored value was bought");
EVENT(wallet_spent_event, "wallet.spent", "stored value paid something");
EVENT(wallet_refunded_event, "wallet.refunded", "a refund went back to stored value");
EVENT(wallet_transferred_event, "wallet.transferred", "stored value was moved to another account");
EVENT(wallet_unloaded_event, "wallet.unloaded", "stored value was paid out in cash");
EVENT(wallet_expired_event, "wallet.expired", "what was left on an account expired");
EVENT(wallet_adjusted_event, "wallet.adjusted", "a balance was corrected by hand");
EVENT(wallet_blocked_event, "wallet.blocked", "an account was blocked");
EVENT(wallet_unblocked_event, "wallet.unblocked", "an account was freed again");

static const struct mx_table *const tables[] = {&wallet_accounts, &wallet_balances,       &wallet_movements,
                                                &wallet_payments, &wallet_settings_table, NULL};
static const struct mx_op *const ops[] = {&wallet_spend_op, &wallet_give_back_op, &wallet_expire_op, NULL};
static const struct mx_event_def *const events[] = {
    &wallet_loaded_event,  &wallet_spent_event,    &wallet_refunded_event, &wallet_transferred_event, &wallet_unloaded_event,
    &wallet_expired_event, &wallet_adjusted_event, &wallet_blocked_event,  &wallet_unblocked_event,   NULL};
static const struct mx_point *const points[] = {&mx_point_member, NULL};

MX_PLUGIN(wallet) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "wallet",
        .version = "0.1",
        .summary = "gift cards and stored value",
        .tables = tables,
        .ops = ops,
        .events = events,
        .points = points,
    };
    return &plugin;
}
