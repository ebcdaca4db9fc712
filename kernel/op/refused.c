/* What stays although a command was refused: all that it did is taken back, but a wrong guess must be remembered. It runs as a command of
 * its own in the same group, before the refusal leaves. */
#include "base/log.h"
#include "op/internal.h"
#include "json/json.h"

struct op_left {
    struct op_left *next;
    const struct op_reg *reg;
    struct mx_str body;
};

mx_status op_ctx_if_refused(struct mx_ctx *pub, const char *op, struct mx_str body_json) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct op_reg *reg = base_map_get(&ctx->op->ops, mx_str_of(op));
    struct op_left *left;
    mx_status st;
    if (pub->read_only)
        return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" leaves something behind where only reading is allowed.", ctx->owner->plugin.name);
    if (!reg || reg->owner != ctx->owner || !(reg->def.flags & MX_OP_INTERNAL) || (reg->def.flags & MX_OP_QUERY) || !reg->def.in)
        return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" leaves \"%s\" behind, which is no internal command of its own.",
                           ctx->owner->plugin.name, op);
    if (!ctx->left) return MX_OK;
    left = base_arena_alloc(ctx->arena, sizeof(*left));
    left->reg = reg;
    st = json_canonical(ctx->arena, body_json, 65536, &left->body, &ctx->error);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    left->next = *ctx->left;
    *ctx->left = left;
    return MX_OK;
}

struct doing {
    const struct op_left *left;
    const struct mx_error *why;
};

/* It may ask with mx_problem() why it is called. */
static mx_status run_left(struct op_ctx *ctx, void *arg) {
    const struct doing *doing = arg;
    const struct op_left *left = doing->left;
    void *in = base_arena_alloc(ctx->arena, left->reg->def.in->struct_size), *out;
    mx_status st = json_decode(ctx->arena, left->reg->def.in, left->body, JSON_WIRE, in, &ctx->error);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    ctx->error = *doing->why;
    ctx->error.status = MX_OK;
    return op_settle(ctx, op_invoke(ctx, left->reg, in, &out));
}

void op_left_run(struct op_group *group, const struct op_work *refused, const struct op_left *left, const struct mx_error *why) {
    for (; left; left = left->next) {
        struct doing doing = {left, why};
        struct op_work work = {refused->arena, refused->principal, left->reg->def.name, left->reg->owner, run_left, &doing};
        struct mx_error err = {0};
        if (op_command(group, &work, &err) < 0)
            base_log(BASE_LOG_ERROR, "op", "what \"%s\" left behind could not be kept: %s", left->reg->def.name, err.message);
    }
}
