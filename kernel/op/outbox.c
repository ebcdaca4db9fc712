/* The outbox: a message is checked, sealed and written down in the command that wants it sent. */
#include <ctype.h>

#include "base/text.h"
#include "op/internal.h"

#define URL_MAX     2048u
#define HEADERS_MAX 32u
#define VALUE_MAX   4096u
#define BODY_MAX    (1u << 20)
#define TIMEOUT_MAX 120000u
#define PIECES      5u

static const char *const state_words[] = {"queued", "sending", "waiting", "delivered", "dead", NULL};

static const struct mx_field op_message_fields[] = {
    MX_F_ID(op_message, id, 0, "out", "id"),
    MX_F_ENUM(op_message, state, 0, state_words, "how far it is"),
    MX_F_STR(op_message, host, 0, 0, 300, "to whom"),
    MX_F_TIME(op_message, created, 0, "when it was queued"),
    MX_F_TIME(op_message, next, 0, "not before"),
    MX_F_TIME(op_message, done, 0, "when it was delivered or given up"),
    MX_F_INT(op_message, tries, 0, 0, 1000, "tries so far"),
    MX_F_INT(op_message, tries_max, 0, 0, MX_SEND_TRIES, "tries at most"),
    MX_F_INT(op_message, timeout_ms, 0, 0, TIMEOUT_MAX, "time for one try"),
    MX_F_INT(op_message, status, 0, 0, 999, "HTTP status of the last answer"),
    MX_F_STR(op_message, problem, 0, 0, 240, "why the last try failed"),
    MX_F_STR(op_message, webhook, 0, 0, 64, "webhook whose secret signs it"),
    MX_F_STR(op_message, ref, 0, 0, 128, "the sender's own reference"),
    MX_F_STR(op_message, result_op, 0, 0, 96, "operation that gets the result"),
    MX_F_INT(op_message, number, 0, 0, MX_INT_MAX, "number, in the order of queueing"),
    MX_F_TIME(op_message, until, 0, "of no use from then on; 0 = it stays until somebody drops it"),
};
MX_TYPE_REC(op_message, "system.outbox.record", "a message to the outside world");

static const struct mx_index indexes[] = {{"state", "state done", 0}, {"webhook", "webhook state", 0}};
const struct mx_table op_outbox_table = {
    (uint32_t)sizeof(struct mx_table), 0, "system.outbox", "messages to the outside world", &op_message_type, "id", NULL, indexes, 2,
    (uint32_t)sizeof(struct mx_index)};

struct outbox_content {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str sealed;
};
static const struct mx_field outbox_content_fields[] = {
    MX_F_ID(outbox_content, id, 0, "out", "the message"),
    MX_F_STR(outbox_content, sealed, 0, 0, 4 << 20, "address, headers and body, sealed"),
};
MX_TYPE_REC(outbox_content, "system.outbox.content", "what a message says, sealed");
const struct mx_table op_outbox_content_table = {(uint32_t)sizeof(struct mx_table),
                                                 0,
                                                 "system.outbox.content",
                                                 "what messages say, sealed",
                                                 &outbox_content_type,
                                                 "id",
                                                 NULL,
                                                 NULL,
                                                 0,
                                                 0};

/* ---- sealing ---- */

static void add_piece(struct base_buf *out, struct mx_str piece) {
    uint8_t len[4] = {(uint8_t)piece.len, (uint8_t)(piece.len >> 8), (uint8_t)(piece.len >> 16), (uint8_t)(piece.len >> 24)};
    base_buf_add(out, len, sizeof(len));
    base_buf_str(out, piece);
}

static int take_piece(struct mx_str *rest, struct mx_str *piece) {
    const uint8_t *at = (const uint8_t *)rest->ptr;
    uint32_t len;
    if (rest->len < 4) return 0;
    len = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    if (len > rest->len - 4) return 0;
    *piece = mx_str_n(rest->ptr + 4, len);
    *rest = mx_str_n(rest->ptr + 4 + len, rest->len - 4 - len);
    return 1;
}

struct mx_str op_seal_secret(struct op_ctx *ctx, struct mx_str plain, struct mx_str bound) {
    uint8_t key[CRYPTO_KEY_BYTES], *sealed = base_arena_alloc(ctx->arena, plain.len + CRYPTO_SEAL_EXTRA);
    crypto_keys_derive(ctx->op->opts.keys, CRYPTO_FOR_SECRETS, key);
    crypto_seal(key, plain.ptr, plain.len, bound.ptr, bound.len, sealed);
    crypto_wipe(key, sizeof(key));
    return crypto_base64(ctx->arena, sealed, plain.len + CRYPTO_SEAL_EXTRA);
}

mx_status op_open_secret(struct op_ctx *ctx, struct mx_str text, struct mx_str bound, struct mx_str *plain) {
    uint8_t key[CRYPTO_KEY_BYTES], *sealed = NULL;
    size_t len = 0;
    char *out;
    mx_status st;
    if (!crypto_unbase64(ctx->arena, text, &sealed, &len) || len < CRYPTO_SEAL_EXTRA)
        return op_ctx_fail(ctx, MX_E_DAMAGED, "What was sealed cannot be read.");
    out = base_arena_alloc(ctx->arena, len);
    crypto_keys_derive(ctx->op->opts.keys, CRYPTO_FOR_SECRETS, key);
    st = crypto_open(key, sealed, len, bound.ptr, bound.len, (uint8_t *)out);
    crypto_wipe(key, sizeof(key));
    *plain = mx_str_n(out, len - CRYPTO_SEAL_EXTRA);
    return op_ctx_error(ctx, st);
}

mx_status op_outbox_content(struct op_ctx *ctx, struct mx_str id, struct op_content *content) {
    struct outbox_content probe = {0}, *found = NULL;
    struct mx_str plain;
    mx_status st;
    probe.id = id;
    st = mx_get(&ctx->pub, &op_outbox_content_table, &probe, &found);
    if (st == MX_OK) st = op_open_secret(ctx, found->sealed, id, &plain);
    if (st != MX_OK) return st;
    if (take_piece(&plain, &content->method) && take_piece(&plain, &content->url) && take_piece(&plain, &content->content_type) &&
        take_piece(&plain, &content->headers) && take_piece(&plain, &content->body))
        return MX_OK;
    return op_ctx_fail(ctx, MX_E_DAMAGED, "A message of the outbox cannot be read.");
}

static mx_status put_content(struct op_ctx *ctx, struct mx_str id, const struct op_content *content) {
    struct outbox_content record = {0};
    struct base_buf plain;
    base_buf_init(&plain, ctx->arena);
    add_piece(&plain, content->method);
    add_piece(&plain, content->url);
    add_piece(&plain, content->content_type);
    add_piece(&plain, content->headers);
    add_piece(&plain, content->body);
    record.rec.has = ~UINT64_C(0);
    record.id = id;
    record.sealed = op_seal_secret(ctx, base_buf_view(&plain), id);
    return mx_put(&ctx->pub, &op_outbox_content_table, &record);
}

mx_status op_outbox_forget_content(struct op_ctx *ctx, struct mx_str id) {
    struct outbox_content probe = {0};
    mx_status st;
    probe.id = id;
    st = mx_delete(&ctx->pub, &op_outbox_content_table, &probe);
    return st == MX_NONE ? MX_OK : st;
}

/* ---- queueing ---- */

static mx_status take_host(struct op_ctx *ctx, struct mx_str url, struct mx_str *host) {
    uint32_t begin = 0, end, i;
    if (url.len > URL_MAX) return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "url", "The address is longer than %u characters.", URL_MAX);
    for (i = 0; i < url.len; i++)
        if ((uint8_t)url.ptr[i] <= 0x20 || (uint8_t)url.ptr[i] >= 0x7f)
            return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "url", "The address may only hold printable ASCII characters without spaces.");
    if (url.len > 8 && memcmp(url.ptr, "https://", 8) == 0) begin = 8;
    if (url.len > 7 && memcmp(url.ptr, "http://", 7) == 0) begin = 7;
    if (!begin) return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "url", "The address begins with https://.");
    for (end = begin; end < url.len && !strchr("/?#", url.ptr[end]); end++)
        if (url.ptr[end] == '@' || url.ptr[end] == '\\')
            return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "url", "The address may not hold a name and password.");
    if (end == begin || end - begin > 300) return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "url", "The address names no host.");
    *host = base_lower_ascii(ctx->arena, mx_str_n(url.ptr + begin, end - begin));
    return MX_OK;
}

mx_status op_outbox_host(struct op_ctx *ctx, struct mx_str url, struct mx_str *host) { return take_host(ctx, url, host); }

static int is_token(struct mx_str text, uint32_t max) {
    uint32_t i;
    for (i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.ptr[i]) && !strchr("!#$%&'*+-.^_`|~", text.ptr[i])) return 0;
    return text.len > 0 && text.len <= max;
}

static int is_value(struct mx_str text, uint32_t max) {
    uint32_t i;
    for (i = 0; i < text.len; i++)
        if ((uint8_t)text.ptr[i] < 0x20 || (uint8_t)text.ptr[i] >= 0x7f) return 0;
    return text.len <= max;
}

/* What the client sets itself. */
static int is_ours(struct op_ctx *ctx, struct mx_str name) {
    static const char *const ours[] = {"host",    "content-length",   "content-type", "connection", "transfer-encoding", "te", "upgrade",
                                       "trailer", "proxy-connection", "keep-alive",   "expect",     "idempotency-key",   NULL};
    struct mx_str low = base_lower_ascii(ctx->arena, name);
    uint32_t i;
    for (i = 0; ours[i]; i++)
        if (mx_str_is(low, ours[i])) return 1;
    return low.len >= 8 && memcmp(low.ptr, "webhook-", 8) == 0;
}

static mx_status take_headers(struct op_ctx *ctx, const struct mx_list *headers, struct mx_str *lines) {
    struct base_buf out;
    uint32_t i;
    base_buf_init(&out, ctx->arena);
    if (headers->count > HEADERS_MAX) return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "headers", "There are more than %u headers.", HEADERS_MAX);
    for (i = 0; i < headers->count; i++) {
        const struct mx_pair *pair = mx_list_at(headers, i);
        if (!is_token(pair->key, 64) || is_ours(ctx, pair->key) || !is_value(pair->value, VALUE_MAX))
            return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "headers",
                           "Header %u has a name that the shop sets itself, or a name or value that no header may have.", i + 1);
        base_buf_str(&out, pair->key);
        base_buf_text(&out, ": ");
        base_buf_str(&out, pair->value);
        base_buf_text(&out, "\r\n");
    }
    *lines = base_buf_view(&out);
    return MX_OK;
}

static mx_status check_send(struct op_ctx *ctx, const struct mx_send *send) {
    const struct op_reg *result = send->result_op ? base_map_get(&ctx->op->ops, mx_str_of(send->result_op)) : NULL;
    if (ctx->pub.read_only)
        return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" sent a message, but only commands do.", ctx->owner->plugin.name);
    if (send->result_op && (!result || !(result->def.flags & MX_OP_INTERNAL) || (result->def.flags & MX_OP_QUERY)))
        return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "result_op", "\"%s\" is no internal command that could take the result.",
                       send->result_op);
    if (send->tries > MX_SEND_TRIES)
        return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "tries", "A message is tried at most %d times.", MX_SEND_TRIES);
    if (send->timeout_ms > TIMEOUT_MAX)
        return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "timeout_ms", "One try takes at most %u milliseconds.", TIMEOUT_MAX);
    if (send->ref.len > 128) return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "ref", "The reference is longer than 128 bytes.");
    if (send->body.len > BODY_MAX) return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "body", "The body is larger than 1 MB.");
    if (send->method.len && !is_token(send->method, 16)) return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "method", "That is no HTTP method.");
    if (!is_value(send->content_type, 128))
        return mx_fail(&ctx->pub, MX_E_BAD_INPUT, "content_type", "The content type is not printable ASCII of at most 128 characters.");
    return send->sign_with.len ? op_webhook_known(ctx, send->sign_with) : MX_OK;
}

mx_status op_ctx_send(struct mx_ctx *pub, const struct mx_send *given, struct mx_str *id) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_content content = {0};
    struct op_message message = {0};
    struct mx_send send;
    mx_status st;
    op_copy_sized(&send, sizeof(send), given, given->size);
    st = check_send(ctx, &send);
    if (st == MX_OK) st = take_host(ctx, send.url, &message.host);
    if (st == MX_OK) st = take_headers(ctx, &send.headers, &content.headers);
    if (st == MX_OK) st = mx_new_id(pub, "out", &message.id);
    if (st == MX_OK) st = mx_next_number(pub, "system.outbox", mx_str_of(""), &message.number);
    if (st != MX_OK) return st;
    content.url = send.url;
    content.method = send.method.len ? send.method : mx_str_of("POST");
    content.content_type = send.content_type.len ? send.content_type : mx_str_of("application/json");
    content.body = send.body;
    message.rec.has = ~UINT64_C(0);
    message.state = OP_QUEUED;
    message.created = message.next = pub->now_ms;
    message.tries_max = send.tries ? send.tries : MX_SEND_TRIES;
    message.timeout_ms = send.timeout_ms ? send.timeout_ms : 15000;
    message.webhook = send.sign_with;
    message.ref = send.ref;
    message.until = send.until;
    message.result_op = mx_str_of(send.result_op);
    st = mx_put(pub, &op_outbox_table, &message);
    if (st == MX_OK) st = put_content(ctx, message.id, &content);
    if (st != MX_OK) return st;
    op_outbox_schedule(ctx, &message);
    *id = message.id;
    return MX_OK;
}
