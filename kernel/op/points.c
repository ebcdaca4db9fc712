/* Extension points: asked before something happens; whoever answers reads and never writes. */
#include "op/internal.h"
#include "json/json.h"

static const struct op_point *point_of(struct op_ctx *ctx, const struct mx_point *asked) {
    const struct op_point *point = base_map_get(&ctx->op->points, mx_str_of(asked->name));
    if (!point || point->def.mode != asked->mode) return NULL;
    if (!op_types_same(ctx->op, asked->in, point->def.in) || !op_types_same(ctx->op, asked->out, point->def.out)) return NULL;
    return point;
}

/* One plugin's answer, in the answerer's own types where they differ from the point's. out may be NULL (VETO). */
static mx_status answer_one(struct op_ctx *ctx, const struct op_point *point, const struct op_answerer *answer, const void *in, void *out) {
    struct op_frame before;
    const void *its_in = in;
    void *its_out = out;
    mx_status st = MX_OK;
    if (!answer->same_in) {
        void *copy = base_arena_alloc(ctx->arena, answer->def.in->struct_size);
        st = op_ctx_error(ctx, json_copy(ctx->arena, point->def.in, in, answer->def.in, copy, &ctx->error));
        its_in = copy;
    }
    if (st != MX_OK) return st;
    if (!answer->same_out || !out)
        its_out = answer->def.out ? base_arena_alloc(ctx->arena, answer->def.out->struct_size) : NULL;
    else
        memset(out, 0, point->def.out->struct_size);
    before = op_frame_enter(ctx, answer->owner, 1);
    st = answer->def.fn(&ctx->pub, its_in, its_out);
    op_frame_leave(ctx, &before);
    if (st == MX_OK && !answer->same_out && out && its_out)
        st = json_copy(ctx->arena, answer->def.out, its_out, point->def.out, out, &ctx->error);
    if (st == MX_NONE || st == MX_DONE)
        st = op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" answered \"%s\" with the status %d.", answer->owner->plugin.name, point->def.name,
                         (int)st);
    return op_ctx_error(ctx, st);
}

static mx_status check_asked(struct op_ctx *ctx, const struct op_point *point, const struct mx_point *asked) {
    if (!point)
        return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" asks \"%s\", which is declared nowhere or otherwise.", ctx->owner->plugin.name,
                           asked->name);
    if (ctx->depth >= OP_CALL_DEPTH_MAX) return op_ctx_fail(ctx, MX_E_INTERNAL, "Questions nest too deeply at \"%s\".", asked->name);
    return MX_OK;
}

mx_status op_ctx_ask(struct mx_ctx *pub, const struct mx_point *asked, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct op_point *point = point_of(ctx, asked);
    mx_status st = check_asked(ctx, point, asked), result = MX_DECLINED;
    uint32_t i;
    if (st != MX_OK) return st;
    if (point->def.mode == MX_POINT_COLLECT)
        return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" collects: it is asked with mx_ask_all().", asked->name);
    for (i = 0; i < point->count; i++) {
        st = answer_one(ctx, point, &point->answers[i], in, point->def.mode == MX_POINT_FIRST ? out : NULL);
        if (st == MX_DECLINED) continue;
        if (st != MX_OK) return st;
        result = MX_OK;
        if (point->def.mode == MX_POINT_FIRST) break;
    }
    return result;
}

mx_status op_ctx_ask_all(struct mx_ctx *pub, const struct mx_point *asked, const void *in, mx_collect_fn collect, void *arg) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct op_point *point = point_of(ctx, asked);
    mx_status st = check_asked(ctx, point, asked), result = MX_DECLINED;
    uint32_t i;
    if (st != MX_OK) return st;
    if (point->def.mode != MX_POINT_COLLECT)
        return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" has one answer: it is asked with mx_ask().", asked->name);
    for (i = 0; i < point->count; i++) {
        void *out = base_arena_alloc(ctx->arena, point->def.out->struct_size);
        st = answer_one(ctx, point, &point->answers[i], in, out);
        if (st == MX_DECLINED) continue;
        if (st == MX_OK) st = collect(arg, point->answers[i].owner->plugin.name, out);
        if (st != MX_OK) return op_ctx_error(ctx, st);
        result = MX_OK;
    }
    return result;
}
