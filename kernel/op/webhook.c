/* Webhooks: who outside hears of events. What a webhook's address and secrets are stands sealed; each try is signed the
 * Standard Webhooks way, with the old secret too while a new one is being taken over. */
#include "base/log.h"
#include "op/internal.h"

#define FIVE_DAYS_MS (INT64_C(5) * 24 * 3600 * 1000)

static const struct mx_field op_webhook_fields[] = {
    MX_F_ID(op_webhook, id, 0, "whk", "id"),
    MX_F_STR(op_webhook, sealed, 0, 0, 8192, "address and secrets, sealed"),
    MX_F_STR(op_webhook, shown, 0, 0, 2048, "the address without its query"),
    MX_F_STR(op_webhook, description, 0, 0, 200, "what it is for"),
    MX_F_STRS(op_webhook, types, 0, 0, 100, "events that it hears; empty = all"),
    MX_F_BOOL(op_webhook, paused, 0, "hears nothing for now"),
    MX_F_BOOL(op_webhook, fresh, 0, "nobody has fetched the secret yet"),
    MX_F_INT(op_webhook, epoch, 0, 0, MX_INT_MAX, "epoch of that entry"),
    MX_F_INT(op_webhook, from, 0, 0, MX_INT_MAX, "hears what stands behind this entry of the log"),
    MX_F_TIME(op_webhook, created, 0, "when it was made"),
    MX_F_TIME(op_webhook, overlap, 0, "until when the old secret signs too"),
    MX_F_TIME(op_webhook, failing, 0, "since when nothing was delivered; 0 = it works"),
    MX_F_TIME(op_webhook, disabled, 0, "when it was switched off because it failed"),
};
MX_TYPE_REC(op_webhook, "system.webhook.record", "a webhook");

const struct mx_table op_webhook_table = {
    (uint32_t)sizeof(struct mx_table), 0, "system.webhook", "webhooks", &op_webhook_type, "id", NULL, NULL, 0, 0};

struct webhook_disabled {
    struct mx_str webhook;
    struct mx_str reason;
};
static const struct mx_field webhook_disabled_fields[] = {
    MX_F_ID(webhook_disabled, webhook, 0, "whk", "the webhook"),
    MX_F_STR(webhook_disabled, reason, 0, 0, 200, "why"),
};
MX_TYPE(webhook_disabled, "system.webhook.disabled", "a webhook was switched off");
const struct mx_event_def op_webhook_disabled = {(uint32_t)sizeof(struct mx_event_def), 0, "system.webhook.disabled",
                                                 "A webhook failed for too long, or is gone, and was switched off.",
                                                 &webhook_disabled_type};

mx_status op_webhook_read(struct op_ctx *ctx, struct mx_str id, struct op_webhook **webhook) {
    struct op_webhook probe = {0};
    probe.id = id;
    return mx_get(&ctx->pub, &op_webhook_table, &probe, webhook);
}

mx_status op_webhook_known(struct op_ctx *ctx, struct mx_str id) {
    struct op_webhook *webhook = NULL;
    mx_status st = op_webhook_read(ctx, id, &webhook);
    return st == MX_NONE ? mx_fail(&ctx->pub, MX_E_BAD_INPUT, "sign_with", "There is no such webhook.") : st;
}

/* ---- what is sealed: lines of address, secret, old secret ---- */

void op_webhook_seal(struct op_ctx *ctx, struct op_webhook *webhook, const struct op_webhook_secrets *secrets) {
    struct mx_str plain = base_arena_printf(ctx->arena, "%.*s\n%.*s\n%.*s", (int)secrets->url.len, secrets->url.ptr, (int)secrets->now.len,
                                            secrets->now.ptr, (int)secrets->before.len, secrets->before.ptr ? secrets->before.ptr : "");
    webhook->sealed = op_seal_secret(ctx, plain, webhook->id);
}

static struct mx_str take_line(struct mx_str *rest) {
    const char *end = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    struct mx_str line = mx_str_n(rest->ptr, len);
    *rest = end ? mx_str_n(rest->ptr + len + 1, rest->len - len - 1) : mx_str_n(NULL, 0);
    return line;
}

mx_status op_webhook_open(struct op_ctx *ctx, const struct op_webhook *webhook, struct op_webhook_secrets *secrets) {
    struct mx_str plain;
    mx_status st = op_open_secret(ctx, webhook->sealed, webhook->id, &plain);
    if (st != MX_OK) return st;
    secrets->url = take_line(&plain);
    secrets->now = take_line(&plain);
    secrets->before = take_line(&plain);
    return MX_OK;
}

struct mx_str op_webhook_new_secret(struct op_ctx *ctx) {
    uint8_t bytes[32];
    struct mx_str text;
    crypto_random(bytes, sizeof(bytes));
    text = crypto_base64_padded(ctx->arena, bytes, sizeof(bytes));
    crypto_wipe(bytes, sizeof(bytes));
    return base_arena_printf(ctx->arena, "whsec_%.*s", (int)text.len, text.ptr);
}

/* ---- signing ---- */

static mx_status add_signature(struct op_ctx *ctx, struct mx_str secret, struct mx_str head, struct mx_str body, struct base_buf *out) {
    struct crypto_piece pieces[2] = {{head.ptr, head.len}, {body.ptr, body.len}};
    uint8_t *key = NULL, sum[32];
    struct mx_str text;
    size_t len = 0;
    if (secret.len <= 6 || !crypto_unbase64_padded(ctx->arena, mx_str_n(secret.ptr + 6, secret.len - 6), &key, &len))
        return op_ctx_fail(ctx, MX_E_DAMAGED, "The secret of a webhook cannot be read.");
    crypto_hmac_sha256(key, len, pieces, body.len ? 2 : 1, sum);
    text = crypto_base64_padded(ctx->arena, sum, sizeof(sum));
    base_buf_printf(out, " v1,%.*s", (int)text.len, text.ptr);
    crypto_wipe(key, len);
    return MX_OK;
}

mx_status op_webhook_sign(struct op_ctx *ctx, struct mx_str id, struct mx_str message, int64_t now_s, struct mx_str body,
                          struct base_buf *headers) {
    struct mx_str head = base_arena_printf(ctx->arena, "%.*s.%lld.", (int)message.len, message.ptr, (long long)now_s);
    struct op_webhook_secrets secrets;
    struct op_webhook *webhook = NULL;
    mx_status st = op_webhook_read(ctx, id, &webhook);
    if (st == MX_NONE) return op_ctx_fail(ctx, MX_E_NOT_FOUND, "The webhook was deleted.");
    if (st == MX_OK && webhook->disabled) return op_ctx_fail(ctx, MX_E_NOT_FOUND, "The webhook was switched off.");
    if (st == MX_OK) st = op_webhook_open(ctx, webhook, &secrets);
    if (st != MX_OK) return st;
    base_buf_text(headers, "webhook-signature:");
    st = add_signature(ctx, secrets.now, head, body, headers);
    if (st == MX_OK && secrets.before.len && ctx->pub.now_ms < webhook->overlap)
        st = add_signature(ctx, secrets.before, head, body, headers);
    base_buf_text(headers, "\r\n");
    return st;
}

/* ---- how it goes ---- */

#define SHOWN_MAX 160u /* of an address in a work item, which holds 500 bytes */

static int shown_len(const struct op_webhook *webhook) { return (int)(webhook->shown.len < SHOWN_MAX ? webhook->shown.len : SHOWN_MAX); }

static mx_status switch_off(struct op_ctx *ctx, struct op_webhook *webhook, const char *reason) {
    struct webhook_disabled disabled = {webhook->id, mx_str_of(reason)};
    const char *text = base_arena_printf(ctx->arena, "The webhook to %.*s was switched off: %s Switch it on again with system.webhook.put.",
                                         shown_len(webhook), webhook->shown.ptr, reason)
                           .ptr;
    mx_status st;
    webhook->disabled = ctx->pub.now_ms;
    st = mx_put(&ctx->pub, &op_webhook_table, webhook);
    if (st == MX_OK) st = mx_emit(&ctx->pub, &op_webhook_disabled, &disabled);
    if (st == MX_OK) st = op_work_done(ctx, "webhook.failing", webhook->id, "It was switched off.");
    return st == MX_OK ? op_work_open(ctx, "webhook.disabled", webhook->id, text) : st;
}

static mx_status note_failure(struct op_ctx *ctx, struct op_webhook *webhook, const struct op_message *message) {
    const char *text;
    mx_status st = MX_OK;
    if (!webhook->failing) {
        webhook->failing = ctx->pub.now_ms;
        st = mx_put(&ctx->pub, &op_webhook_table, webhook);
    }
    if (st != MX_OK || message->state != OP_DEAD) return st;
    if (ctx->pub.now_ms - webhook->failing >= FIVE_DAYS_MS) return switch_off(ctx, webhook, "It failed for five days.");
    text = base_arena_printf(ctx->arena, "The webhook to %.*s fails; messages are given up: %.*s", shown_len(webhook), webhook->shown.ptr,
                             (int)message->problem.len, message->problem.ptr ? message->problem.ptr : "")
               .ptr;
    return op_work_open(ctx, "webhook.failing", webhook->id, text);
}

mx_status op_webhook_heard(struct op_ctx *ctx, struct op_message *message, int64_t status) {
    struct op_webhook *webhook = NULL;
    mx_status st = op_webhook_read(ctx, message->webhook, &webhook);
    if (st == MX_NONE) return MX_OK;
    if (st != MX_OK || webhook->disabled) return st;
    if (message->state == OP_DELIVERED) {
        if (!webhook->failing) return MX_OK;
        webhook->failing = 0;
        st = mx_put(&ctx->pub, &op_webhook_table, webhook);
        return st == MX_OK ? op_work_done(ctx, "webhook.failing", webhook->id, "It works again.") : st;
    }
    return status == 410 ? switch_off(ctx, webhook, "The other side said that it is gone.") : note_failure(ctx, webhook, message);
}

/* MX_NONE: the webhook was deleted. MX_E_REFUSED: it was switched off. */
mx_status op_webhook_wants(struct op_ctx *ctx, struct mx_str id) {
    struct op_webhook *webhook = NULL;
    mx_status st = op_webhook_read(ctx, id, &webhook);
    return st == MX_OK && webhook->disabled ? MX_E_REFUSED : st;
}
