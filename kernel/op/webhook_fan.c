/* Fanning events out: one durable place in the log for all webhooks, and each entry becomes one message for every webhook
 * that hears it, in the order of the log. A shop without webhooks pays nothing. */
#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"

#define HOOKS_MAX    OP_WEBHOOKS_MAX
#define ENTRIES_MAX  64
#define MESSAGES_MAX 200
#define BYTES_MAX    (1u << 20)
#define BODY_MAX     (1u << 20) /* of one message */
#define ENTRY_MAX    (4u << 20) /* of all messages of one entry, so that a command can hold them */
#define CURSOR       "kernel.webhooks"

struct hooks {
    struct op_webhook *list[HOOKS_MAX];
    struct mx_str urls[HOOKS_MAX];
    uint32_t count;
    struct bus_place from; /* the earliest place that one of them wants */
};

static int before(int64_t epoch, int64_t seq, const struct bus_place *place) {
    return epoch < place->epoch || (epoch == place->epoch && seq < place->seq);
}

static mx_status load(struct op_ctx *ctx, struct hooks *hooks) {
    struct op_webhook_secrets secrets;
    struct op_webhook *webhook = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(&ctx->pub, &op_webhook_table, NULL, NULL, &scan);
    hooks->count = 0;
    hooks->from = (struct bus_place){INT64_MAX, INT64_MAX};
    while (st == MX_OK && hooks->count < HOOKS_MAX && (st = mx_scan_next(&ctx->pub, scan, &webhook)) == MX_OK) {
        if (webhook->paused || webhook->disabled) continue;
        st = op_webhook_open(ctx, webhook, &secrets);
        hooks->list[hooks->count] = webhook;
        hooks->urls[hooks->count++] = secrets.url;
        if (before(webhook->epoch, webhook->from, &hooks->from)) hooks->from = (struct bus_place){webhook->epoch, webhook->from};
    }
    return st == MX_DONE ? MX_OK : st;
}

/* A whole name, or the beginning of one with a star. */
static int hears_type(struct mx_str type, struct mx_str name) {
    if (type.len > 2 && type.ptr[type.len - 1] == '*') return name.len >= type.len - 1 && memcmp(name.ptr, type.ptr, type.len - 1) == 0;
    return mx_str_eq(type, name);
}

static int hears(const struct op_webhook *webhook, const struct bus_entry *entry) {
    uint32_t i;
    struct bus_place at = {entry->epoch, entry->seq};
    if (!before(webhook->epoch, webhook->from, &at)) return 0;
    for (i = 0; i < webhook->types.count; i++)
        if (hears_type(mx_list_str(&webhook->types, i), entry->name)) return 1;
    return webhook->types.count == 0;
}

mx_status op_webhook_send(struct op_ctx *ctx, struct mx_str webhook, struct mx_str url, struct mx_str body, struct mx_str *id) {
    struct mx_send send = {0};
    send.size = sizeof(send);
    send.url = url;
    send.content_type = mx_str_of("application/cloudevents+json");
    send.body = body;
    send.sign_with = webhook;
    return op_ctx_send(&ctx->pub, &send, id);
}

static uint32_t count_hearing(const struct hooks *hooks, const struct bus_entry *entry) {
    uint32_t i, count = 0;
    for (i = 0; i < hooks->count; i++) count += (uint32_t)hears(hooks->list[i], entry);
    return count;
}

/* One entry that is too large for a message must not hold up all that stand behind it. */
static mx_status pass_over(struct op_ctx *ctx, const struct bus_entry *entry) {
    const char *text =
        base_arena_printf(ctx->arena,
                          "Entry %lld of the log, %.*s, is too large to be sent to the webhooks that hear it, and was passed "
                          "over. It can be read with system.log.list.",
                          (long long)entry->seq, (int)entry->name.len, entry->name.ptr)
            .ptr;
    return op_work_open(ctx, "webhook.too_large", entry->name, text);
}

static mx_status tell(struct op_ctx *ctx, const struct hooks *hooks, const struct bus_entry *entry, uint32_t *messages, size_t *bytes) {
    uint32_t i, hearing = count_hearing(hooks, entry);
    struct mx_str body, id;
    mx_status st = MX_OK;
    if (hearing == 0) return MX_OK;
    body = bus_cloudevent(ctx->arena, entry);
    if (body.len > BODY_MAX || (size_t)body.len * hearing > ENTRY_MAX) return pass_over(ctx, entry);
    for (i = 0; st == MX_OK && i < hooks->count; i++) {
        if (!hears(hooks->list[i], entry)) continue;
        st = op_webhook_send(ctx, hooks->list[i]->id, hooks->urls[i], body, &id);
        *messages += 1;
        *bytes += body.len;
    }
    return st;
}

/* MX_DONE: everything was told, or nobody hears. */
static mx_status fan_next(struct op_ctx *ctx, void *arg) {
    struct hooks *hooks = base_arena_alloc(ctx->arena, sizeof(*hooks));
    struct bus_entry entry;
    uint32_t messages = 0;
    size_t bytes = 0;
    struct bus_place at = {1, 0};
    int entries = 0;
    mx_status st = load(ctx, hooks);
    *(uint32_t *)arg = hooks->count;
    if (st != MX_OK || hooks->count == 0) return st == MX_OK ? MX_DONE : st;
    st = op_ctx_error(ctx, bus_place_get(ctx->view, mx_str_of(CURSOR), &at));
    if (st < 0) return st;
    if (before(at.epoch, at.seq, &hooks->from)) at = hooks->from;
    for (st = MX_OK; entries < ENTRIES_MAX && messages < MESSAGES_MAX && bytes < BYTES_MAX; entries++) {
        st = op_ctx_error(ctx, bus_next(ctx->view, &at, &entry));
        if (st == MX_OK) st = tell(ctx, hooks, &entry, &messages, &bytes);
        if (st != MX_OK) break;
    }
    if (st < 0) return st;
    if (entries == 0) return MX_DONE;
    return op_settle(ctx, op_ctx_error(ctx, bus_place_put(ctx->view, mx_str_of(CURSOR), &at)));
}

static uint32_t fan_one(struct op_group *group) {
    struct op_kernel *op = group->op;
    struct identity_principal system;
    uint32_t hooks = 1;
    struct op_work work = {op->system_arena, &system, "system.webhook", NULL, fan_next, &hooks};
    struct mx_error err = {0};
    mx_status st;
    work.owner = op_owner_find(op, op_plugin()->name);
    if (!work.owner) return 0;
    identity_system(&system);
    base_arena_reset(op->system_arena);
    st = op_command(group, &work, &err);
    if (st == MX_OK) return 1;
    if (st < 0) {
        base_log(BASE_LOG_ERROR, "op", "events could not be told to the webhooks, which is tried again in a minute: %s", err.message);
        op->fan_retry_us = base_steady_us() + OP_RETRY_MS * INT64_C(1000);
        return 0;
    }
    if (hooks == 0) op->fan_hears = 0;
    op->fan_behind = 0;
    return 0;
}

int op_fan_wants(const struct op_kernel *op) { return op->fan_hears && op->fan_behind && op->fan_retry_us <= base_steady_us(); }

uint32_t op_fan_out(struct op_group *group, int64_t until_us) {
    uint32_t steps = 0;
    while (op_fan_wants(group->op) && fan_one(group)) {
        steps++;
        if (steps >= OP_SYSTEM_STEPS || base_steady_us() >= until_us) break;
    }
    return steps;
}
