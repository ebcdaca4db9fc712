/* What is looked at before a handler runs, besides the permission: the caller's scope, whether a customer asks about herself, and
 * whether the shop's policy wants a second person. */
#include "op/internal.h"
#include "json/json.h"

/* ---- scope ---- */

static mx_status check_scope(struct op_ctx *ctx, const struct op_reg *reg, const void *in) {
    const struct mx_type *type = reg->def.in;
    struct mx_str location;
    uint32_t i;
    if (!ctx->principal->scoped || !type) return MX_OK;
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (field->kind != MX_KIND_STR || strcmp(field->name, "location") != 0) continue;
        memcpy(&location, (const char *)in + field->offset, sizeof(location));
        if (location.len && identity_in_scope(ctx->op->opts.identity, ctx->view, ctx->principal, location)) continue;
        return base_fail(&ctx->error, MX_E_FORBIDDEN, "location",
                         location.len ? "You may not act for this location." : "You act for some locations only: name one of them.");
    }
    return MX_OK;
}

/* ---- a second person ---- */

/* Told in the name of the room that owns the event. */
static mx_status tell_used(struct op_ctx *ctx, struct mx_str approval) {
    struct op_owner *owner = op_owner_find(ctx->op, identity_plugin()->name);
    struct op_frame before;
    mx_status st;
    if (!owner) return MX_OK;
    before = op_frame_enter(ctx, owner, 0);
    st = identity_approval_tell_used(&ctx->pub, approval);
    op_frame_leave(ctx, &before);
    return st;
}

/* Asked of the person who calls, also when a script does it on the way. */
mx_status op_approved(struct op_ctx *ctx, const char *act, int64_t amount) {
    struct op_call *call = (struct op_call *)(uintptr_t)ctx->call;
    struct identity_act *asked;
    int used;
    mx_status st;
    if (!call || op_is_system(&call->principal) || call->principal.id[0] == 0) return MX_OK;
    asked = base_arena_alloc(ctx->arena, sizeof(*asked));
    asked->act = base_arena_dup(ctx->arena, mx_str_of(act)).ptr;
    asked->op = call->entry->def->name;
    asked->amount = amount;
    asked->approval = call->approval;
    asked->body_hash = call->key.len ? call->body_hash : NULL;
    asked->used = used = call->wanted && call->wanted->used;
    st = identity_approved(ctx->op->opts.identity, ctx->view, &call->principal, asked, ctx->pub.expiry_ms, &ctx->error);
    if (st == MX_E_APPROVAL || asked->used) call->wanted = asked;
    if (st == MX_OK && asked->used && !used) st = tell_used(ctx, call->approval);
    return op_ctx_error(ctx, st);
}

mx_status op_guard(struct op_ctx *ctx, const struct op_reg *reg, const void *in) {
    mx_status st = check_scope(ctx, reg, in);
    if (st == MX_OK && ctx->principal->person[0]) st = op_own_guard(ctx, reg, in);
    if (st != MX_OK || ctx->pub.read_only || (reg->def.flags & MX_OP_QUERY)) return st;
    return op_approved(ctx, reg->def.name, 0);
}

/* ---- what could not happen for want of one is written down, so that it can be approved ---- */

struct request {
    struct op_call *call;
    struct mx_str id;
};

static mx_status write_request(struct op_ctx *ctx, void *arg) {
    struct request *request = arg;
    struct op_owner *owner = op_owner_find(ctx->op, identity_plugin()->name);
    struct mx_str id;
    mx_status st = mx_new_id(&ctx->pub, "apr", &id);
    if (st == MX_OK)
        st = identity_approval_ask(ctx->view, &request->call->principal, request->call->wanted, id, ctx->pub.expiry_ms, &request->id,
                                   &ctx->error);
    if (st == MX_DONE) return MX_OK;
    if (owner) ctx->owner = owner;
    return st == MX_OK ? identity_approval_plan(&ctx->pub, id) : op_ctx_error(ctx, st);
}

/* The problem with one more member, in canonical order: {"approval":{...},"code":...}. */
static void add_request(struct op_call *call, struct mx_str id) {
    const struct identity_act *wanted = call->wanted;
    struct base_buf buf;
    base_buf_init(&buf, call->arena);
    base_buf_text(&buf, "{\"approval\":{\"act\":");
    json_quote(&buf, mx_str_of(wanted->act));
    base_buf_text(&buf, ",\"amount\":");
    base_buf_int(&buf, wanted->amount);
    base_buf_text(&buf, ",\"permission\":");
    json_quote(&buf, mx_str_of(wanted->permission));
    base_buf_text(&buf, ",\"request\":");
    json_quote(&buf, id);
    base_buf_text(&buf, "},");
    base_buf_str(&buf, mx_str_n(call->answer.ptr + 1, call->answer.len - 1));
    call->answer = base_buf_view(&buf);
}

mx_status op_ask_approval(struct op_group *group, struct op_work *work, struct op_call *call, struct mx_error *err) {
    struct request request = {call, {NULL, 0}};
    mx_status st;
    if (!call->wanted || !call->wanted->body_hash) return MX_OK;
    work->fn = write_request;
    work->arg = &request;
    st = op_command(group, work, err);
    if (st == MX_OK) add_request(call, request.id);
    return st;
}
