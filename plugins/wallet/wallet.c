/* The wallet: tables, operations and events as data. */
#include "batch.h"
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

const struct mx_table wallet_loads = {
    .size = sizeof(struct mx_table),
    .name = "wallet.load",
    .doc = "stored value that was bought",
    .type = &wallet_load_type,
    .key = "id",
};

const struct mx_table wallet_secrets = {
    .size = sizeof(struct mx_table),
    .name = "wallet.secret",
    .doc = "codes of new cards, sealed, until they are shown",
    .type = &wallet_secret_type,
    .key = "id",
};

const struct mx_table wallet_batches = {
    .size = sizeof(struct mx_table),
    .name = "wallet.batch",
    .doc = "cards that were printed together",
    .type = &wallet_batch_type,
    .key = "id",
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
EVENT(wallet_reissued_event, "wallet.reissued", "a gift card got a new code");
EVENT(wallet_locked_event, "wallet.locked", "a gift card was locked after too many wrong PINs");
EVENT(wallet_unlocked_event, "wallet.unlocked", "a gift card that was locked was freed");
EVENT(wallet_borrowed_event, "wallet.borrowed", "value was used while two who then parted counted as one customer");

static const struct mx_table *const tables[] = {&wallet_accounts, &wallet_balances,       &wallet_movements,
                                                &wallet_payments, &wallet_settings_table, &wallet_loads,
                                                &wallet_secrets,  &wallet_batches,        NULL};
static const struct mx_op *const ops[] = {&wallet_load_op,
                                          &wallet_reveal_op,
                                          &wallet_forget_op,
                                          &wallet_look_op,
                                          &wallet_get_op,
                                          &wallet_list_op,
                                          &wallet_history_op,
                                          &wallet_claim_op,
                                          &wallet_transfer_op,
                                          &wallet_unload_op,
                                          &wallet_correct_op,
                                          &wallet_block_op,
                                          &wallet_unblock_op,
                                          &wallet_settings_put_op,
                                          &wallet_settings_get_op,
                                          &wallet_liability_op,
                                          &wallet_batch_make_op,
                                          &wallet_batch_get_op,
                                          &wallet_batch_codes_op,
                                          &wallet_batch_void_op,
                                          &wallet_batch_forget_op,
                                          &wallet_spend_op,
                                          &wallet_give_back_op,
                                          &wallet_expire_op,
                                          &wallet_forfeit_op,
                                          &wallet_reissue_op,
                                          &wallet_pin_wrong_op,
                                          &wallet_pin_unlock_op,
                                          NULL};
static const struct mx_event_def *const events[] = {&wallet_loaded_event,    &wallet_spent_event,
                                                    &wallet_refunded_event,  &wallet_transferred_event,
                                                    &wallet_unloaded_event,  &wallet_expired_event,
                                                    &wallet_adjusted_event,  &wallet_blocked_event,
                                                    &wallet_unblocked_event, &wallet_reissued_event,
                                                    &wallet_locked_event,    &wallet_unlocked_event,
                                                    &wallet_borrowed_event,  NULL};
static const struct mx_point *const points[] = {&mx_point_member, &mx_point_location, &mx_point_member_of, NULL};
static const struct mx_use *const uses[] = {&mx_payment_record, &mx_payment_refund, &mx_payment_list, NULL};
static const struct mx_check *const checks[] = {&wallet_balances_check, &wallet_loads_check, &wallet_sums_check, NULL};

static const struct mx_answer section_answer = {
    .size = sizeof(struct mx_answer),
    .point = MX_POINT_SECTION,
    .in = &mx_section_ask_type,
    .out = &mx_section_type,
    .fn = wallet_section_answer,
};
static const struct mx_answer *const answers[] = {&section_answer,         &wallet_kept_answer, &wallet_unmerge_answer,
                                                  &wallet_borrowed_answer, &wallet_exceptions,  NULL};
static const struct mx_subscription *const subscriptions[] = {&wallet_hear_unmerged, NULL};

static const struct mx_job batch_job = {sizeof(struct mx_job), 0, WALLET_BATCH_JOB, wallet_batch_step};
static const struct mx_job *const jobs[] = {&batch_job, NULL};

static const struct mx_grant manager_may = {"manager", "wallet.*"};
static const struct mx_grant cashier_may = {"cashier", "wallet.read wallet.look wallet.load wallet.transfer wallet.unload"};
static const struct mx_grant clerk_may = {"clerk", "wallet.read wallet.look"};
static const struct mx_grant agent_may = {"agent", "wallet.read wallet.look wallet.block"};
static const struct mx_grant channel_may = {"channel", "wallet.read wallet.look wallet.load wallet.transfer"};
static const struct mx_grant customer_may = {"customer", "wallet.read wallet.look wallet.transfer"};
static const struct mx_grant auditor_may = {"auditor", "wallet.read wallet.liability"};
static const struct mx_grant *const grants[] = {&manager_may, &cashier_may,  &clerk_may,   &agent_may,
                                                &channel_may, &customer_may, &auditor_may, NULL};

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
        .answers = answers,
        .subscriptions = subscriptions,
        .uses = uses,
        .jobs = jobs,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
