/* Hashes and the shop's signature, for plugins. */
#include "op/internal.h"

void op_ctx_hash(struct mx_ctx *pub, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]) {
    (void)pub;
    crypto_hash(NULL, purpose, strlen(purpose), bytes.ptr, bytes.len, NULL, 0, hash, MX_HASH_BYTES);
}

/* The owner's name stands in front, so that no plugin can sign for another. */
static struct mx_str domain_of(struct op_ctx *ctx, const char *purpose) {
    return base_arena_printf(ctx->arena, "%s/%s", ctx->owner->plugin.name, purpose);
}

void op_ctx_sign(struct mx_ctx *pub, const char *purpose, struct mx_str bytes, uint8_t signature[MX_SIGNATURE_BYTES]) {
    struct op_ctx *ctx = op_ctx_of(pub);
    bus_sign(ctx->op->opts.bus, domain_of(ctx, purpose), bytes, signature);
}

mx_status op_ctx_sign_check(struct mx_ctx *pub, const char *purpose, struct mx_str bytes, const uint8_t signature[MX_SIGNATURE_BYTES]) {
    struct op_ctx *ctx = op_ctx_of(pub);
    if (bus_sign_check(ctx->op->opts.bus, domain_of(ctx, purpose), bytes, signature)) return MX_OK;
    return op_ctx_fail(ctx, MX_E_DAMAGED, "This was not signed by this shop, or it was changed since.");
}
