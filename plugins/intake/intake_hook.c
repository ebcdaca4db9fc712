/* Messages of a channel, signed the Standard Webhooks way: HMAC-SHA256 over "id.timestamp.body". */
#include <stdio.h>

#include "internal.h"
#include "ops.h"
#include "views.h"

#define TOLERANCE_S 300

/* Takes as long whether they differ early or late. */
static int same(const uint8_t *a, const uint8_t *b, uint32_t len) {
    uint32_t i, differ = 0;
    for (i = 0; i < len; i++) differ |= (uint32_t)(a[i] ^ b[i]);
    return differ == 0;
}

static int is_signed(const struct intake_hook_ask *ask, const uint8_t mac[32]) {
    uint32_t from = 0, to;
    int good = 0;
    for (; from < ask->signature.len; from = to + 1) {
        uint8_t given[64];
        struct mx_str one;
        for (to = from; to < ask->signature.len && ask->signature.ptr[to] != ' '; to++) {
        }
        one = mx_str_n(ask->signature.ptr + from, to - from);
        if (one.len != 47 || memcmp(one.ptr, "v1,", 3) != 0) continue;
        good |= intake_base64(mx_str_n(one.ptr + 3, one.len - 3), given) == 32 && same(given, mac, 32);
    }
    return good;
}

static mx_status unsigned_(struct mx_ctx *ctx) {
    return mx_fail(ctx, MX_E_FORBIDDEN, "signature",
                   "The signature does not fit the message, or the message is too old, or nobody expects it.");
}

static mx_status check_signature(struct mx_ctx *ctx, const struct intake_hook_ask *ask, const struct intake_mapping *mapping) {
    size_t room = (size_t)ask->id.len + ask->body.len + 40;
    char *text = mx_alloc(ctx, room);
    int64_t now = ctx->now_ms / 1000;
    struct mx_str secret;
    uint8_t mac[32];
    int len;
    mx_status st;
    if (mapping->secret.len == 0 || ask->timestamp < now - TOLERANCE_S || ask->timestamp > now + TOLERANCE_S) return unsigned_(ctx);
    st = mx_unseal(ctx, mapping->secret, mapping->name, &secret);
    if (st != MX_OK) return st;
    len = snprintf(text, room, "%.*s.%lld.", (int)ask->id.len, ask->id.ptr, (long long)ask->timestamp);
    memcpy(text + len, ask->body.ptr, ask->body.len);
    intake_hmac_sha256((const uint8_t *)secret.ptr, secret.len, text, (size_t)len + ask->body.len, mac);
    return is_signed(ask, mac) ? MX_OK : unsigned_(ctx);
}

static mx_status hook_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct intake_hook_ask *ask = in;
    struct intake_run run = {.had = 0};
    struct intake_mapping *mapping = NULL;
    const struct intake_mapping probe = {.name = ask->mapping};
    mx_status st = mx_get(ctx, &intake_mappings, &probe, &mapping);
    if (st == MX_NONE) return unsigned_(ctx);
    if (st == MX_OK) st = check_signature(ctx, ask, mapping);
    if (st == MX_OK) st = intake_begin(ctx, mapping, ask->body, 1, 0, &run);
    if (st == MX_OK) intake_show_one(ctx, &run, out);
    return st;
}

const struct mx_op intake_hook_op =
    INTAKE_OP(MX_OP_PUBLIC, "intake.hook", "Take in a message of a channel that is signed with the secret of its mapping.", NULL,
              &intake_hook_ask_type, &intake_one_type, hook_handler);
