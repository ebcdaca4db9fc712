/* What plugins need to keep secrets without holding a key: random bytes, hashes that nobody else can make, sealed text. */
#include "op/internal.h"
#include "op/outside.h"

void op_ctx_random(struct mx_ctx *pub, void *bytes, size_t len) {
    (void)pub;
    crypto_random(bytes, len);
}

void op_ctx_keyed_hash(struct mx_ctx *pub, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]) {
    const struct op_ctx *ctx = op_ctx_of(pub);
    const char *plugin = ctx->owner->plugin.name;
    uint8_t key[CRYPTO_KEY_BYTES];
    atomic_fetch_add_explicit(&ctx->op->count.keyed_hashes, 1, memory_order_relaxed);
    crypto_keys_derive(ctx->op->opts.keys, CRYPTO_FOR_PLUGIN, key);
    crypto_hash(key, plugin, strlen(plugin), purpose, strlen(purpose), bytes.ptr, bytes.len, hash, MX_HASH_BYTES);
    crypto_wipe(key, sizeof(key));
}

/* Bound to the plugin as well, so that no plugin opens what another one sealed. */
static struct mx_str bound_of(struct op_ctx *ctx, struct mx_str bound) {
    return base_arena_printf(ctx->arena, "%s:%.*s", ctx->owner->plugin.name, (int)bound.len, bound.len ? bound.ptr : "");
}

struct mx_str op_ctx_seal(struct mx_ctx *pub, struct mx_str plain, struct mx_str bound) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return op_seal_secret(ctx, plain, bound_of(ctx, bound));
}

mx_status op_ctx_unseal(struct mx_ctx *pub, struct mx_str sealed, struct mx_str bound, struct mx_str *plain) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return op_open_secret(ctx, sealed, bound_of(ctx, bound), plain);
}
