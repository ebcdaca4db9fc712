/* The payments plugin: tables, operations and events as data. */
#include "internal.h"

#include "merx/retail/privacy.h"

static const struct mx_index payment_indexes[] = {
    {"order", "order", 0},
    {"reference", "reference", 0},
};

const struct mx_table payments_payments = {
    .size = sizeof(struct mx_table),
    .name = "payments.payment",
    .doc = "payments and refunds",
    .type = &payment_rec_type,
    .key = "id",
    .indexes = payment_indexes,
    .index_count = sizeof(payment_indexes) / sizeof(payment_indexes[0]),
    .index_size = sizeof(payment_indexes[0]),
};

const struct mx_table payments_orders = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "payments.order",
    .doc = "paid and given back for each order, by kind of tender",
    .type = &paid_rec_type,
    .key = "order",
};

static const struct mx_op record_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "payments.record",
    .doc = "Take money for an order.",
    .in = &mx_payment_take_type,
    .out = &mx_payment_taken_type,
    .handler = payments_record_handler,
    .home = MX_HOME_LOCATION,
    .since = "0.1",
};

static const struct mx_op refund_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "payments.refund",
    .doc = "Give money back, never more than was paid.",
    .in = &mx_refund_give_type,
    .out = &mx_refund_given_type,
    .handler = payments_refund_handler,
    .home = MX_HOME_LOCATION,
    .since = "0.1",
};

static const struct mx_op list_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "payments.list",
    .doc = "The payments and refunds of an order.",
    .permission = "payments.read",
    .in = &mx_payment_list_ask_type,
    .out = &mx_payment_listed_type,
    .handler = payments_list_handler,
    .since = "0.1",
};

const struct mx_event_def payments_captured_event = {
    .size = sizeof(struct mx_event_def),
    .name = "payments.captured",
    .doc = "money was taken for an order",
    .type = &mx_payment_captured_type,
};

const struct mx_event_def payments_refunded_event = {
    .size = sizeof(struct mx_event_def),
    .name = "payments.refunded",
    .doc = "money was given back",
    .type = &mx_payment_refunded_type,
};

static const struct mx_table *const tables[] = {&payments_payments, &payments_orders, NULL};
static const struct mx_op *const ops[] = {&record_op, &refund_op, &list_op, NULL};
static const struct mx_event_def *const events[] = {&payments_captured_event, &payments_refunded_event, NULL};
static const struct mx_check balances_check = {"payments.balances", payments_check_balances};
static const struct mx_check *const checks[] = {&balances_check, NULL};

static mx_status kept_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *kept = out;
    struct mx_kept_kind *kind;
    (void)in;
    kept->kinds = mx_list_new(ctx, 1, sizeof(*kind));
    kind = mx_list_at(&kept->kinds, 0);
    kind->name = mx_str_of("payments.payment");
    kind->about = mx_str_of(
        "Payments and refunds by order, with the terminal's reference and a keyed hash of what the provider calls the card; never a card number, code or PIN.");
    kind->purpose = mx_str_of(MX_PURPOSE_SERVICE);
    kind->basis = MX_BASIS_LAW;
    return MX_OK;
}

static const struct mx_answer kept = {.size = sizeof(struct mx_answer),
                                      .priority = 100,
                                      .point = MX_POINT_KEPT,
                                      .in = &mx_kept_ask_type,
                                      .out = &mx_kept_type,
                                      .fn = kept_answer};
static const struct mx_answer *const answers[] = {&kept, NULL};

static const struct mx_grant manager_may = {"manager", "payments.*"};
static const struct mx_grant auditor_may = {"auditor", "payments.read"};
static const struct mx_grant *const grants[] = {&manager_may, &auditor_may, NULL};

MX_PLUGIN(payments) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "payments",
        .version = "0.1",
        .summary = "cash with change, cards by reference, points and stored value, split tenders, refunds",
        .tables = tables,
        .ops = ops,
        .events = events,
        .answers = answers,
        .uses = payments_uses,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
