/* Calling an operation by its name, with JSON in and out: what scripts do, under a role of their own. */
#include "op/internal.h"
#include "json/json.h"

static mx_status unknown(struct op_ctx *ctx, struct mx_str name) {
    return op_ctx_fail(ctx, MX_E_UNKNOWN_OPERATION, "There is no operation \"%.*s\" to call.", (int)name.len, name.ptr ? name.ptr : "");
}

static mx_status check_right(struct op_ctx *ctx, const struct op_reg *reg, const struct identity_principal *who) {
    if (op_is_system(who)) return MX_OK;
    if (reg->def.flags & MX_OP_INTERNAL) return unknown(ctx, mx_str_of(reg->def.name));
    if ((reg->def.flags & MX_OP_PUBLIC) || identity_allowed(ctx->op->opts.identity, who, reg->def.permission)) return MX_OK;
    return op_ctx_fail(ctx, MX_E_FORBIDDEN, "The role \"%s\" may not call \"%s\": it needs the permission \"%s\".", who->role,
                       reg->def.name, reg->def.permission);
}

/* A fresh secret is shown to a caller, never to a plugin or script; long work must not stand in the writer's way. */
static mx_status check_kind(struct op_ctx *ctx, const struct op_reg *reg) {
    const char *name = reg->def.name;
    if (reg->def.flags & MX_OP_HOOK) return unknown(ctx, mx_str_of(name));
    if (ctx->pub.read_only && !(reg->def.flags & MX_OP_QUERY))
        return op_ctx_fail(ctx, MX_E_READ_ONLY, "The command \"%s\" was called where only reading is allowed.", name);
    if (reg->def.flags & MX_OP_BURNS)
        return op_ctx_fail(ctx, MX_E_FORBIDDEN, "\"%s\" shows a secret once; it can only be called from outside.", name);
    if ((reg->def.flags & MX_OP_HEAVY) && !ctx->pub.read_only)
        return op_ctx_fail(ctx, MX_E_FORBIDDEN, "\"%s\" takes long; it cannot be called inside a command.", name);
    if (reg->def.prepare && !(reg->def.flags & MX_OP_QUERY))
        return op_ctx_fail(ctx, MX_E_FORBIDDEN, "\"%s\" is prepared on a thread of its own first; it can only be called from outside.",
                           name);
    if (ctx->depth >= OP_CALL_DEPTH_MAX) return op_ctx_fail(ctx, MX_E_INTERNAL, "Operations call each other too deeply at \"%s\".", name);
    return MX_OK;
}

static mx_status decode(struct op_ctx *ctx, const struct op_reg *reg, struct mx_str text, void **in) {
    struct mx_str body = text.len ? text : mx_str_of("{}"), canonical;
    mx_status st;
    *in = NULL;
    if (!reg->def.in) {
        st = json_canonical(ctx->arena, body, OP_BODY_MAX, &canonical, &ctx->error);
        if (st == MX_OK && !mx_str_is(canonical, "{}")) st = op_ctx_fail(ctx, MX_E_UNKNOWN_FIELD, "\"%s\" takes no input.", reg->def.name);
        return op_ctx_error(ctx, st);
    }
    *in = base_arena_alloc(ctx->arena, reg->def.in->struct_size);
    body = base_arena_dup(ctx->arena, body);
    return op_ctx_error(ctx, json_decode(ctx->arena, reg->def.in, body, JSON_WIRE, *in, &ctx->error));
}

static mx_status run_as(struct op_ctx *ctx, const struct op_reg *reg, const struct identity_principal *who, const void *in,
                        struct mx_str *answer) {
    const struct identity_principal *outer = ctx->principal;
    int reads_only = (reg->def.flags & MX_OP_QUERY) ? 1 : (int)ctx->pub.read_only;
    struct op_frame before = op_frame_enter(ctx, reg->owner, reads_only);
    void *out = NULL;
    mx_status st;
    ctx->principal = who;
    st = op_invoke(ctx, reg, in, &out);
    if (st == MX_OK) st = op_answer(ctx, reg, out, answer);
    ctx->principal = outer;
    op_frame_leave(ctx, &before);
    return st;
}

mx_status op_ctx_call_json(struct mx_ctx *pub, const char *role, struct mx_str name, struct mx_str in_json, struct mx_str *out_json) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct op_reg *reg = base_map_get(&ctx->op->ops, name);
    struct identity_principal *as_role = NULL;
    const struct identity_principal *who = ctx->principal;
    struct mx_str answer;
    void *in;
    mx_status st = reg ? MX_OK : unknown(ctx, name);
    if (st == MX_OK && role) {
        who = as_role = base_arena_alloc(ctx->arena, sizeof(*as_role));
        if (identity_as_role(ctx->op->opts.identity, role, as_role) != MX_OK)
            st = op_ctx_fail(ctx, MX_E_BAD_INPUT, "There is no role \"%s\".", role);
    }
    if (st == MX_OK) st = check_right(ctx, reg, who);
    if (st == MX_OK) st = check_kind(ctx, reg);
    if (st == MX_OK) st = decode(ctx, reg, in_json, &in);
    if (st == MX_OK && !role) st = op_own_guard(ctx, reg, in);
    if (st != MX_OK) return st;
    st = run_as(ctx, reg, who, in, &answer);
    if (st < 0 && !(reg->def.flags & MX_OP_QUERY)) op_doom(ctx);
    if (st == MX_OK) *out_json = answer;
    return st;
}

mx_status op_ctx_operation(struct mx_ctx *pub, struct mx_str name, uint32_t *flags) {
    const struct op_reg *reg = base_map_get(&op_ctx_of(pub)->op->ops, name);
    if (!reg) return MX_NONE;
    *flags = reg->def.flags;
    return MX_OK;
}
