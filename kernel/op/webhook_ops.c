/* Making, changing and trying out webhooks. */
#include "op/internal.h"

#define PAGE_MAX   OP_WEBHOOKS_MAX
#define OVERLAP_MS (INT64_C(24) * 3600 * 1000)

/* ---- types ---- */

struct webhook_create {
    struct mx_str url;
    struct mx_list types;
    struct mx_str description;
};
static const struct mx_field webhook_create_fields[] = {
    MX_F_STR(webhook_create, url, MX_REQUIRED, 1, 2048, "where to: https://..."),
    MX_F_STRS(webhook_create, types, 0, 0, 100, "events that it hears, by their names, or area.* for all of an area; empty = all"),
    MX_F_STR(webhook_create, description, MX_FREE_TEXT, 0, 200, "what it is for"),
};
MX_TYPE(webhook_create, "system.webhook.create", "a new webhook");

struct webhook_put {
    uint64_t has;
    struct mx_str id;
    struct mx_list types;
    struct mx_str description;
    uint8_t paused;
};
static const struct mx_field webhook_put_fields[] = {
    MX_F_ID(webhook_put, id, MX_REQUIRED, "whk", "the webhook"),
    MX_F_STRS(webhook_put, types, 0, 0, 100, "events that it hears; empty = all"),
    MX_F_STR(webhook_put, description, MX_FREE_TEXT, 0, 200, "what it is for"),
    MX_F_BOOL(webhook_put, paused, 0, "true: nothing new for now; false: go on from here, also after it was switched off"),
};
MX_TYPE_HAS(webhook_put, "system.webhook.put", "changes of a webhook; what is left out stays");

struct webhook_wire {
    struct mx_str id;
    struct mx_str url;
    struct mx_list types;
    struct mx_str description;
    uint8_t paused;
    int64_t created;
    int64_t failing;
    int64_t disabled;
    int64_t overlap;
};
static const struct mx_field webhook_wire_fields[] = {
    MX_F_ID(webhook_wire, id, 0, "whk", "id"),
    MX_F_STR(webhook_wire, url, 0, 0, 2048, "where to, without its query"),
    MX_F_STRS(webhook_wire, types, 0, 0, 100, "events that it hears; empty = all"),
    MX_F_STR(webhook_wire, description, 0, 0, 200, "what it is for"),
    MX_F_BOOL(webhook_wire, paused, 0, "hears nothing for now"),
    MX_F_TIME(webhook_wire, created, 0, "when it was made"),
    MX_F_TIME(webhook_wire, failing, 0, "since when nothing was delivered; 0 = it works"),
    MX_F_TIME(webhook_wire, disabled, 0, "when it was switched off because it failed; 0 = it is on"),
    MX_F_TIME(webhook_wire, overlap, 0, "until when the secret before the last one signs too"),
};
MX_TYPE(webhook_wire, "system.webhook", "a webhook, without its secret");

struct webhook_answer {
    struct webhook_wire *webhook;
};
static const struct mx_field webhook_answer_fields[] = {
    MX_F_STRUCT(webhook_answer, webhook, 0, webhook_wire_type, "the webhook"),
};
MX_TYPE(webhook_answer, "system.webhook.answer", "a webhook, without its secret");

struct webhook_list {
    struct mx_list webhooks;
};
static const struct mx_field webhook_list_fields[] = {
    MX_F_LIST(webhook_list, webhooks, 0, 0, PAGE_MAX, webhook_wire_type, "oldest first"),
};
MX_TYPE(webhook_list, "system.webhook.list", "all webhooks");

struct webhook_ask {
    struct mx_str id;
};
static const struct mx_field webhook_ask_fields[] = {
    MX_F_ID(webhook_ask, id, MX_REQUIRED, "whk", "the webhook"),
};
MX_TYPE(webhook_ask, "system.webhook.ask", "a webhook by its id");

struct webhook_shown {
    struct mx_str id;
    struct mx_str text;
};
static const struct mx_field webhook_shown_fields[] = {
    MX_F_ID(webhook_shown, id, 0, "whk", "id"),
    MX_F_STR(webhook_shown, text, 0, 0, 128, "the secret: whsec_ and base64; it is shown this once"),
};
MX_TYPE(webhook_shown, "system.webhook.shown", "a fresh secret, shown once");

struct webhook_tested {
    struct mx_str message;
};
static const struct mx_field webhook_tested_fields[] = {
    MX_F_ID(webhook_tested, message, 0, "out", "the message: see system.outbox.list"),
};
MX_TYPE(webhook_tested, "system.webhook.tested", "a trial message");

/* ---- the work ---- */

static void to_wire(const struct op_webhook *webhook, struct webhook_wire *wire) {
    wire->id = webhook->id;
    wire->url = webhook->shown;
    wire->types = webhook->types;
    wire->description = webhook->description;
    wire->paused = webhook->paused;
    wire->created = webhook->created;
    wire->failing = webhook->failing;
    wire->disabled = webhook->disabled;
    wire->overlap = webhook->overlap;
}

static mx_status answer(struct mx_ctx *ctx, const struct op_webhook *webhook, void *out) {
    struct webhook_answer *to = out;
    to->webhook = mx_alloc(ctx, sizeof(*to->webhook));
    to_wire(webhook, to->webhook);
    return MX_OK;
}

static mx_status find(struct mx_ctx *ctx, struct mx_str id, struct op_webhook **webhook) {
    mx_status st = op_webhook_read(op_ctx_of(ctx), id, webhook);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such webhook.") : st;
}

static mx_status check_types(struct mx_ctx *ctx, const struct mx_list *types) {
    uint32_t i;
    for (i = 0; i < types->count; i++) {
        struct mx_str type = mx_list_str(types, i);
        const char *star = type.len ? memchr(type.ptr, '*', type.len) : NULL;
        if (type.len == 0 || type.len > 96 || !memchr(type.ptr, '.', type.len) ||
            (star && (star != type.ptr + type.len - 1 || type.len < 3 || star[-1] != '.')))
            return mx_fail(ctx, MX_E_BAD_INPUT, "types",
                           "An event is named by its whole name, such as area.happened, or as area.* for all that begin so.");
    }
    return MX_OK;
}

static mx_status stand_at_head(struct op_ctx *ctx, struct op_webhook *webhook) {
    struct bus_place head;
    mx_status st = op_ctx_error(ctx, bus_place_head(ctx->op->opts.bus, ctx->view, &head));
    ctx->op->fan_hears = ctx->op->fan_behind = 1;
    webhook->epoch = head.epoch;
    webhook->from = head.seq;
    return st;
}

static struct mx_str without_query(struct mx_str url) {
    uint32_t i;
    for (i = 0; i < url.len; i++)
        if (url.ptr[i] == '?' || url.ptr[i] == '#') break;
    return mx_str_n(url.ptr, i);
}

static mx_status check_room(struct mx_ctx *ctx) {
    struct op_webhook *webhook = NULL;
    struct mx_scan *scan = NULL;
    uint32_t count = 0;
    mx_status st = mx_scan_open(ctx, &op_webhook_table, NULL, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &webhook)) == MX_OK) count++;
    if (st != MX_DONE) return st;
    if (count >= PAGE_MAX) return mx_refuse(ctx, "too_many_webhooks", NULL, "There are %u webhooks already; delete one first.", PAGE_MAX);
    return MX_OK;
}

static mx_status create_webhook(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct webhook_create *ask = in;
    struct op_webhook_secrets secrets = {ask->url, {NULL, 0}, {NULL, 0}};
    struct op_webhook webhook = {0};
    struct mx_str host;
    mx_status st = op_outbox_host(ctx, ask->url, &host);
    if (st == MX_OK) st = check_types(pub, &ask->types);
    if (st == MX_OK) st = check_room(pub);
    if (st == MX_OK) st = mx_new_id(pub, "whk", &webhook.id);
    if (st == MX_OK) st = stand_at_head(ctx, &webhook);
    if (st != MX_OK) return st;
    secrets.now = op_webhook_new_secret(ctx);
    webhook.rec.has = ~UINT64_C(0);
    webhook.shown = without_query(ask->url);
    webhook.types = ask->types;
    webhook.description = ask->description;
    webhook.fresh = 1;
    webhook.created = pub->now_ms;
    op_webhook_seal(ctx, &webhook, &secrets);
    st = mx_put(pub, &op_webhook_table, &webhook);
    return st == MX_OK ? answer(pub, &webhook, out) : st;
}

static mx_status put_webhook(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct webhook_put *ask = in;
    struct op_webhook *webhook = NULL;
    mx_status st = find(pub, ask->id, &webhook);
    if (st == MX_OK) st = check_types(pub, &ask->types);
    if (st != MX_OK) return st;
    if (MX_HAS(webhook_put, ask, types)) webhook->types = ask->types;
    if (MX_HAS(webhook_put, ask, description)) webhook->description = ask->description;
    if (MX_HAS(webhook_put, ask, paused)) {
        if (!ask->paused && (webhook->paused || webhook->disabled)) st = stand_at_head(ctx, webhook);
        if (st == MX_OK && !ask->paused && webhook->disabled) {
            webhook->disabled = webhook->failing = 0;
            st = op_work_done(ctx, "webhook.disabled", webhook->id, "It was switched on again.");
        }
        webhook->paused = ask->paused;
    }
    webhook->rec.has = ~UINT64_C(0);
    if (st == MX_OK) st = mx_put(pub, &op_webhook_table, webhook);
    return st == MX_OK ? answer(pub, webhook, out) : st;
}

static mx_status list_webhooks(struct mx_ctx *ctx, const void *in, void *out) {
    struct webhook_list *list = out;
    struct op_webhook *webhook = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &op_webhook_table, NULL, NULL, &scan);
    (void)in;
    list->webhooks = mx_list_new(ctx, PAGE_MAX, sizeof(struct webhook_wire));
    list->webhooks.count = 0;
    while (st == MX_OK && list->webhooks.count < PAGE_MAX && (st = mx_scan_next(ctx, scan, &webhook)) == MX_OK)
        to_wire(webhook, mx_list_at(&list->webhooks, list->webhooks.count++));
    return st == MX_DONE ? MX_OK : st;
}

static mx_status delete_webhook(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_webhook probe = {0}, *webhook = NULL;
    mx_status st = find(pub, ((const struct webhook_ask *)in)->id, &webhook);
    (void)out;
    if (st != MX_OK) return st;
    probe.id = webhook->id;
    st = op_work_done(ctx, "webhook.failing", webhook->id, "It was deleted.");
    if (st == MX_OK) st = op_work_done(ctx, "webhook.disabled", webhook->id, "It was deleted.");
    return st == MX_OK ? mx_delete(pub, &op_webhook_table, &probe) : st;
}

static mx_status show_secret(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct webhook_shown *shown = out;
    struct op_webhook_secrets secrets;
    struct op_webhook *webhook = NULL;
    mx_status st = find(pub, ((const struct webhook_ask *)in)->id, &webhook);
    if (st != MX_OK) return st;
    if (!webhook->fresh) return mx_fail(pub, MX_E_NOT_FOUND, "id", "This secret was shown already; system.webhook.rotate makes a new one.");
    st = op_webhook_open(ctx, webhook, &secrets);
    if (st != MX_OK) return st;
    webhook->fresh = 0;
    webhook->rec.has = ~UINT64_C(0);
    shown->id = webhook->id;
    shown->text = secrets.now;
    return mx_put(pub, &op_webhook_table, webhook);
}

static mx_status rotate_secret(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_webhook_secrets secrets;
    struct op_webhook *webhook = NULL;
    mx_status st = find(pub, ((const struct webhook_ask *)in)->id, &webhook);
    if (st == MX_OK) st = op_webhook_open(ctx, webhook, &secrets);
    if (st != MX_OK) return st;
    if (!webhook->fresh) secrets.before = secrets.now; /* what nobody has fetched nobody checks with */
    secrets.now = op_webhook_new_secret(ctx);
    if (!webhook->fresh) webhook->overlap = pub->now_ms + OVERLAP_MS;
    webhook->fresh = 1;
    webhook->rec.has = ~UINT64_C(0);
    op_webhook_seal(ctx, webhook, &secrets);
    st = mx_put(pub, &op_webhook_table, webhook);
    return st == MX_OK ? answer(pub, webhook, out) : st;
}

static mx_status test_webhook(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_webhook_secrets secrets;
    struct op_webhook *webhook = NULL;
    struct bus_entry entry = {0};
    mx_status st = find(pub, ((const struct webhook_ask *)in)->id, &webhook);
    if (st == MX_OK && webhook->disabled) return mx_refuse(pub, "webhook_disabled", "id", "This webhook is switched off.");
    if (st == MX_OK) st = op_webhook_open(ctx, webhook, &secrets);
    if (st != MX_OK) return st;
    entry.at_ms = pub->now_ms;
    entry.node = op_ctx_shop(pub)->node;
    entry.name = mx_str_of("system.webhook.test");
    entry.actor = mx_str_of(ctx->principal->id);
    entry.op = mx_str_of(ctx->op_name);
    entry.data = mx_str_of("{}");
    return op_webhook_send(ctx, webhook->id, secrets.url, bus_cloudevent(ctx->arena, &entry), &((struct webhook_tested *)out)->message);
}

#define OP(flags, name, doc, permission, in, out, handler)                                                                                 \
    { (uint32_t)sizeof(struct mx_op), flags, name, doc, permission, in, out, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.2" }

const struct mx_op op_webhook_create =
    OP(0, "system.webhook.create", "Tell events to an address outside from now on; fetch the secret with system.webhook.secret.",
       "system.manage", &webhook_create_type, &webhook_answer_type, create_webhook);
const struct mx_op op_webhook_put = OP(0, "system.webhook.put", "Change what a webhook hears, pause it, or let it go on.", "system.manage",
                                       &webhook_put_type, &webhook_answer_type, put_webhook);
const struct mx_op op_webhook_list = OP(MX_OP_QUERY, "system.webhook.list", "All webhooks, without their secrets.", "system.manage", NULL,
                                        &webhook_list_type, list_webhooks);
const struct mx_op op_webhook_delete = OP(0, "system.webhook.delete", "Forget a webhook; what waits for it is dropped.", "system.manage",
                                          &webhook_ask_type, NULL, delete_webhook);
const struct mx_op op_webhook_secret = OP(MX_OP_QUERY | MX_OP_BURNS, "system.webhook.secret", "Show a webhook's fresh secret, once.",
                                          "system.manage", &webhook_ask_type, &webhook_shown_type, show_secret);
const struct mx_op op_webhook_rotate =
    OP(0, "system.webhook.rotate", "Make a new secret; the old one signs too for a day, so that nothing is missed.", "system.manage",
       &webhook_ask_type, &webhook_answer_type, rotate_secret);
const struct mx_op op_webhook_test = OP(0, "system.webhook.test", "Send a trial message to a webhook.", "system.manage", &webhook_ask_type,
                                        &webhook_tested_type, test_webhook);
