/* Calling another plugin's operation inside the running command. */
#include "op/internal.h"
#include "json/json.h"

/* The resolved use behind what the plugin handed in: its own static descriptor, or an equal one from another file. */
static const struct op_link *link_of(struct op_ctx *ctx, const struct mx_use *use) {
    const struct op_link *link = base_map_get(&ctx->op->links, mx_str_n((const char *)&use, sizeof(use)));
    const struct mx_plugin *plugin = &ctx->owner->plugin;
    uint32_t i;
    if (link && link->from == ctx->owner) return link;
    for (i = 0; plugin->uses && plugin->uses[i]; i++) {
        if (strcmp(plugin->uses[i]->op, use->op) != 0) continue;
        if (!op_types_same(ctx->op, use->in, plugin->uses[i]->in) || !op_types_same(ctx->op, use->out, plugin->uses[i]->out)) continue;
        return base_map_get(&ctx->op->links, mx_str_n((const char *)&plugin->uses[i], sizeof(use)));
    }
    return NULL;
}

static mx_status copy_value(struct op_ctx *ctx, const struct mx_type *from_type, const void *from, const struct mx_type *to_type,
                            void *to) {
    if (!from_type || !to_type || !from || !to) return MX_OK;
    return op_ctx_error(ctx, json_copy(ctx->arena, from_type, from, to_type, to, &ctx->error));
}

static void *new_value(struct op_ctx *ctx, const struct mx_type *type) {
    return type ? base_arena_alloc(ctx->arena, type->struct_size) : NULL;
}

static mx_status run_nested(struct op_ctx *ctx, const struct op_link *link, const void *in, void *out, int reads_only) {
    const struct op_reg *reg = link->to;
    struct op_frame before;
    const void *callee_in = in;
    void *callee_out = out;
    mx_status st = MX_OK;
    if (!link->same_in) {
        void *copy = new_value(ctx, reg->def.in);
        st = copy_value(ctx, link->use->in, in, reg->def.in, copy);
        callee_in = copy;
    }
    if (st == MX_OK) st = op_words_check(ctx, reg, callee_in);
    if (st != MX_OK) return st;
    if (!link->same_out || !out) callee_out = new_value(ctx, reg->def.out);
    before = op_frame_enter(ctx, reg->owner, reads_only);
    st = reg->def.handler(&ctx->pub, callee_in, callee_out);
    op_frame_leave(ctx, &before);
    if (st == MX_OK && !link->same_out) st = copy_value(ctx, reg->def.out, callee_out, link->use->out, out);
    return st;
}

mx_status op_ctx_call(struct mx_ctx *pub, const struct mx_use *use, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct op_link *link = link_of(ctx, use);
    int query;
    mx_status st;
    if (!link) return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" calls \"%s\", which it does not list.", ctx->owner->plugin.name, use->op);
    if (!link->to) return MX_DECLINED;
    query = (link->to->def.flags & MX_OP_QUERY) && !(link->to->def.flags & MX_OP_BURNS);
    if (pub->read_only && !query)
        return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" called the command \"%s\" where only reading is allowed.", ctx->owner->plugin.name,
                           use->op);
    if (link->to->def.prepare && !query) /* its handler counts on what only a worker may do */
        return op_ctx_fail(ctx, MX_E_FORBIDDEN, "\"%s\" is prepared on a thread of its own first; it can only be called from outside.",
                           use->op);
    if (ctx->depth >= OP_CALL_DEPTH_MAX)
        return op_ctx_fail(ctx, MX_E_INTERNAL, "Operations call each other too deeply at \"%s\".", use->op);
    if (out && use->out) memset(out, 0, use->out->struct_size);
    st = run_nested(ctx, link, in, out, query ? 1 : (int)pub->read_only);
    if (st == MX_NONE || st == MX_DONE) st = op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" ended with the status %d.", use->op, (int)st);
    op_ctx_error(ctx, st);
    if (st < 0 && !query) op_doom(ctx);
    return st;
}
