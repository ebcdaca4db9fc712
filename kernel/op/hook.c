/* Messages of others, as they were sent: what may come in, and whether it is signed the Standard Webhooks way. */
#include "merx/hook.h"
#include "base/text.h"
#include "op/internal.h"
#include "json/json.h"

#define TIMESTAMP_DIGITS 12u
#define SIGNATURE_CHARS  44u /* 32 bytes in base 64 */
#define SIGNATURES_MAX   8u

int op_hook_valid(const struct mx_op *def) {
    if (!(def->flags & MX_OP_HOOK)) return 1;
    return (def->flags & ~MX_OP_HOOK) == MX_OP_PUBLIC && def->in && json_types_equal(def->in, &mx_hook_type);
}

static int is_text(struct mx_str text) { return base_utf8_valid(text) && (text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL); }

mx_status op_hook_admit(struct op_call *call, struct mx_error *err) {
    const struct mx_hook *hook = call->hook;
    uint32_t i;
    if (hook == NULL)
        return base_fail(err, MX_E_UNKNOWN_OPERATION, NULL, "\"%s\" is only called by POST /v1/hooks/%s/NAME.", call->entry->def->name,
                         call->entry->def->name);
    if (!base_code_valid(hook->name, 64)) return base_fail(err, MX_E_NOT_FOUND, NULL, "There is nothing by this name.");
    if (!is_text(hook->body)) return base_fail(err, MX_E_BAD_INPUT, "body", "The body is not UTF-8.");
    for (i = 0; i < hook->headers.count; i++)
        if (!is_text(((const struct mx_pair *)mx_list_at(&hook->headers, i))->value))
            return base_fail(err, MX_E_BAD_INPUT, "headers", "A header field is not UTF-8.");
    call->in = hook;
    return MX_OK;
}

/* ---- Standard Webhooks ---- */

/* Seconds since 1970; 0 when the text is not just a number. */
static int64_t seconds_of(struct mx_str text) {
    int64_t value = 0;
    uint32_t i;
    if (text.len == 0 || text.len > TIMESTAMP_DIGITS) return 0;
    for (i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return 0;
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

/* One of the "v1,..." that stand there with spaces between; all are looked at, wherever the right one stands. */
static int is_among(struct op_ctx *ctx, struct mx_str signatures, const uint8_t mac[32]) {
    struct mx_str right = crypto_base64_padded(ctx->arena, mac, 32);
    uint32_t from = 0, to, tried = 0;
    int good = 0;
    for (; from < signatures.len && tried < SIGNATURES_MAX; from = to + 1, tried++) {
        for (to = from; to < signatures.len && signatures.ptr[to] != ' '; to++) continue;
        if (to - from != 3 + SIGNATURE_CHARS || memcmp(signatures.ptr + from, "v1,", 3) != 0) continue;
        good |= crypto_equal(signatures.ptr + from + 3, right.ptr, SIGNATURE_CHARS);
    }
    return good;
}

mx_status op_ctx_hook_signed(struct mx_ctx *pub, const struct mx_hook *hook, struct mx_str secret) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str id = mx_hook_header(hook, "webhook-id"), at = mx_hook_header(hook, "webhook-timestamp");
    struct crypto_piece pieces[5] = {{id.ptr, id.len}, {".", 1}, {at.ptr, at.len}, {".", 1}, {hook->body.ptr, hook->body.len}};
    int64_t away_s = seconds_of(at) - pub->now_ms / 1000;
    uint8_t mac[32];
    int good;
    crypto_hmac_sha256(secret.ptr, secret.len, pieces, 5, mac);
    good = is_among(ctx, mx_hook_header(hook, "webhook-signature"), mac);
    return good && id.len && away_s <= MX_HOOK_TOLERANCE_S && away_s >= -MX_HOOK_TOLERANCE_S ? MX_OK : MX_NONE;
}
