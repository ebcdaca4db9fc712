/* Secrets that wait, sealed, to be fetched once. A command's answer is stored for replays, so it may not hold them. */
#include "identity/internal.h"

mx_status identity_fresh_put(struct mx_ctx *ctx, struct mx_str id, struct mx_str text) {
    struct identity_fresh fresh = {0};
    uint8_t *sealed = mx_alloc(ctx, text.len + CRYPTO_SEAL_EXTRA);
    crypto_seal(identity_of(ctx)->fresh_key, text.ptr, text.len, id.ptr, id.len, sealed);
    fresh.id = id;
    fresh.sealed = crypto_base64(store_view_arena(identity_view(ctx)), sealed, text.len + CRYPTO_SEAL_EXTRA);
    return mx_put(ctx, &identity_fresh_keys, &fresh);
}

static mx_status open_fresh(struct mx_ctx *ctx, const struct identity_fresh *fresh, struct mx_str *text) {
    uint8_t *sealed = NULL;
    size_t len = 0;
    char *plain;
    if (!crypto_unbase64(store_view_arena(identity_view(ctx)), fresh->sealed, &sealed, &len) || len <= CRYPTO_SEAL_EXTRA)
        return mx_fail(ctx, MX_E_DAMAGED, NULL, "What waits here cannot be read.");
    plain = mx_alloc(ctx, len);
    *text = mx_str_n(plain, len - CRYPTO_SEAL_EXTRA);
    return crypto_open(identity_of(ctx)->fresh_key, sealed, len, fresh->id.ptr, fresh->id.len, (uint8_t *)plain);
}

mx_status identity_fresh_take(struct mx_ctx *ctx, struct mx_str id, const char *gone, struct mx_str *text) {
    struct identity_fresh probe = {0}, *fresh = NULL;
    mx_status st;
    probe.id = id;
    st = mx_get(ctx, &identity_fresh_keys, &probe, &fresh);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "%s", gone);
    if (st == MX_OK) st = open_fresh(ctx, fresh, text);
    return st == MX_OK ? mx_delete(ctx, &identity_fresh_keys, &probe) : st;
}
