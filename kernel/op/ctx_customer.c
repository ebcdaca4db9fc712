/* The part of the table "mx.identity" that is about customers in their own right: who calls for herself, what she proves herself with,
 * and how often others may guess. */
#include "op/internal.h"

struct mx_str op_ctx_customer(struct mx_ctx *pub) {
    return mx_str_of(op_ctx_of(pub)->principal->person);
}

mx_status op_ctx_person_prove(struct mx_ctx *pub, struct mx_str person, struct mx_str proof) {
    struct op_ctx *ctx = op_ctx_of(pub);
    if (pub->read_only) return op_ctx_fail(ctx, MX_E_READ_ONLY, "A proof is used up by commands only.");
    return op_ctx_error(ctx, identity_prove(pub, person, proof));
}

static struct mx_str limit_name(struct op_ctx *ctx, struct mx_str name) {
    return base_arena_printf(ctx->arena, "%.*s@%s", (int)name.len, name.len ? name.ptr : "", name.len ? "" : ctx->principal->id);
}

mx_status op_ctx_guess(struct mx_ctx *pub, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute) {
    struct op_ctx *ctx = op_ctx_of(pub);
    uint32_t wait_s = 0;
    mx_status st =
        identity_limit_by(ctx->op->opts.identity, what, limit_name(ctx, name), per_minute, shop_per_minute, pub->now_ms, &wait_s);
    if (st != MX_E_TOO_MANY) return op_ctx_error(ctx, st);
    if (ctx->call) ((struct op_call *)(uintptr_t)ctx->call)->wait_s = wait_s;
    return op_ctx_fail(ctx, st, "Too many tries: wait %u seconds.", (unsigned)wait_s);
}

void op_ctx_guessed(struct mx_ctx *pub, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute) {
    struct op_ctx *ctx = op_ctx_of(pub);
    identity_limit_return(ctx->op->opts.identity, what, limit_name(ctx, name), per_minute, shop_per_minute);
}
