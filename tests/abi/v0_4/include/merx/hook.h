/* Messages of others: what comes in by POST /v1/hooks/<operation>/<name>, byte for byte as it was sent, so that a signature over it can
 * be checked. For channels, payment providers, carriers: whoever calls the shop his own way and has no key.
 *
 * The operation is declared with MX_OP_HOOK | MX_OP_PUBLIC, is a command, and takes mx_hook_type; it has no other way in. The kernel
 * counts the calls of each address before it does anything else; who may is the operation's own business: it refuses with MX_E_NO_KEY,
 * and an unknown name with the same words and the same work as a wrong signature. A message has no Idempotency-Key: the operation
 * remembers what it took in by the message's own id and answers that again. The answer leaves after the commit. A signature belongs
 * into `prepare`: an error there ends the call without the writer. Since 0.4. */
#ifndef MERX_HOOK_H
#define MERX_HOOK_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_HOOK_HEADERS_MAX      32
#define MX_HOOK_HEADER_BYTES_MAX 8192 /* names and values together */
#define MX_HOOK_TOLERANCE_S      300  /* a signed time may be so far away */

struct mx_hook {
    struct mx_str name;     /* last part of the path: 1 to 64 letters, digits, ".", "_" and "-" */
    struct mx_str body;     /* UTF-8 */
    struct mx_list headers; /* of struct mx_pair, by name; names are lower-case, a field given twice is one with ", " between */
};

static const struct mx_field mx_hook_fields[] = {
    MX_F_STR(mx_hook, name, MX_REQUIRED, 1, 64, "last part of the path"),
    MX_F_STR(mx_hook, body, MX_PII | MX_MULTILINE, 0, 16 << 20, "the body as it was sent"),
    MX_F_MAP(mx_hook, headers, MX_PII, 0, MX_HOOK_HEADERS_MAX, "the header fields"),
};
MX_TYPE(mx_hook, "hook.message", "a message of somebody outside, as it was sent");

/* The value of a header field by its lower-case name; empty when there is none. */
static inline struct mx_str mx_hook_header(const struct mx_hook *hook, const char *name) {
    uint32_t i;
    for (i = 0; i < hook->headers.count; i++) {
        const struct mx_pair *pair = (const struct mx_pair *)mx_list_at(&hook->headers, i);
        if (mx_str_is(pair->key, name)) return pair->value;
    }
    return mx_str_n(NULL, 0);
}

/* Is it signed with this secret (its bytes) the Standard Webhooks way? HMAC-SHA256 over "webhook-id.webhook-timestamp.body", one of the
 * "v1," signatures in webhook-signature, at most MX_HOOK_TOLERANCE_S away from now. MX_OK, or MX_NONE after the same work. Since 0.4. */
MX_MUST_CHECK static inline mx_status mx_hook_signed(struct mx_ctx *ctx, const struct mx_hook *hook, struct mx_str secret) {
    return ctx->op->hook_signed(ctx, hook, secret);
}

#ifdef __cplusplus
}
#endif
#endif
