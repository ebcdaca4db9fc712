/* Whom a call is about, when a customer calls in her own session: struct mx_op.own. Looked at before the call is queued, and
 * again in the view that it runs in. Staff, devices and programs pass by with one comparison. */
#include "merx/retail/member.h"
#include "op/internal.h"
#include "json/json.h"

int op_own_valid(const struct mx_op *def) {
    const struct mx_field *field;
    if (!def->own || strcmp(def->own, MX_OWN_NOBODY) == 0 || strcmp(def->own, MX_OWN_HANDLER) == 0) return 1;
    field = op_own_field(def);
    return field && (!field->prefix || strcmp(field->prefix, "mem") == 0 || strcmp(field->prefix, "per") == 0);
}

const struct mx_field *op_own_field(const struct mx_op *def) {
    uint32_t i;
    if (!def->own || !def->in) return NULL;
    for (i = 0; i < def->in->field_count; i++) {
        const struct mx_field *field = mx_type_field(def->in, i);
        if (strcmp(field->name, def->own) == 0 && (field->kind == MX_KIND_ID || field->kind == MX_KIND_STR)) return field;
    }
    return NULL;
}

mx_status op_own_right(const struct identity_principal *who, const struct mx_op *def, struct mx_error *err) {
    if (!who->person[0] || def->own || (def->flags & MX_OP_PUBLIC)) return MX_OK;
    return base_fail(err, MX_E_FORBIDDEN, NULL, "Customers may not call \"%s\".", def->name);
}

/* ---- who the caller is, as the shop's plugins know her ---- */

/* Points are asked in the name of this room, which declares them. */
static mx_status ask(struct op_ctx *ctx, const struct mx_point *point, const void *in, void *out) {
    struct op_owner *owner = op_owner_find(ctx->op, op_plugin()->name);
    struct op_frame before;
    mx_status st;
    if (!owner) return MX_DECLINED;
    before = op_frame_enter(ctx, owner, 1);
    st = op_ctx_ask(&ctx->pub, point, in, out);
    op_frame_leave(ctx, &before);
    return st;
}

static mx_status person_of(struct op_ctx *ctx, struct mx_str id, struct mx_str *person) {
    struct mx_member_ask asked = {.member = id, .brief = 1};
    struct mx_member_facts facts;
    mx_status st = MX_OK;
    memset(&facts, 0, sizeof(facts));
    if (!base_id_valid(id, "per")) st = ask(ctx, &mx_point_member, &asked, &facts);
    *person = st == MX_OK && facts.id.len ? facts.person : id;
    return st;
}

static mx_status check_hers(struct op_ctx *ctx, struct mx_str id) {
    struct mx_list persons = {0};
    struct mx_str person = {NULL, 0};
    uint32_t i;
    mx_status st = person_of(ctx, id, &person);
    if (st == MX_OK) st = ctx->pub.identity->person_set(&ctx->pub, mx_str_of(ctx->principal->person), &persons);
    for (i = 0; st == MX_OK && i < persons.count; i++)
        if (person.len && mx_str_eq(mx_list_str(&persons, i), person)) return MX_OK;
    if (st < 0 && st != MX_E_NOT_FOUND) return st;
    return op_ctx_fail(ctx, MX_E_FORBIDDEN, "This belongs to somebody else.");
}

mx_status op_own_guard(struct op_ctx *ctx, const struct op_reg *reg, const void *in) {
    const struct mx_field *field;
    struct mx_str id;
    mx_status st;
    if (!ctx->principal->person[0] || (reg->def.flags & MX_OP_PUBLIC)) return MX_OK;
    st = op_own_right(ctx->principal, &reg->def, &ctx->error);
    field = op_own_field(&reg->def);
    if (st != MX_OK || !field) return st;
    memcpy(&id, (const char *)in + field->offset, sizeof(id));
    st = check_hers(ctx, id);
    if (st == MX_E_FORBIDDEN) return base_fail(&ctx->error, st, field->name, "This belongs to somebody else.");
    return op_ctx_error(ctx, st);
}

/* ---- what she left out is she herself ---- */

static mx_status caller_as(struct op_ctx *ctx, const struct mx_field *field, struct mx_str *id) {
    struct mx_member_of_ask asked = {mx_str_of(ctx->principal->person)};
    struct mx_member_of found;
    mx_status st;
    *id = asked.person;
    if (field->prefix && strcmp(field->prefix, "per") == 0) return MX_OK;
    memset(&found, 0, sizeof(found));
    st = ask(ctx, &mx_point_member_of, &asked, &found);
    *id = found.member;
    if (st == MX_DECLINED) return base_fail(&ctx->error, MX_E_FORBIDDEN, field->name, "You are not a member yet.");
    return st;
}

static mx_status op_own_fill(struct op_ctx *ctx, const struct op_reg *reg, struct mx_str *body) {
    const struct mx_field *field = op_own_field(&reg->def);
    struct mx_str text = body->len ? *body : mx_str_of("{}"), value, id;
    struct base_buf quoted;
    mx_status st;
    if (!ctx->principal->person[0] || !field) return MX_OK;
    st = json_canonical(ctx->arena, text, OP_BODY_MAX, &text, &ctx->error);
    if (st != MX_OK || text.ptr[0] != '{' || json_text_get(text, field->name, &value)) return st;
    st = caller_as(ctx, field, &id);
    if (st != MX_OK) return st;
    base_buf_init(&quoted, ctx->arena);
    json_quote(&quoted, id);
    *body = json_text_put(ctx->arena, text, field->name, base_buf_view(&quoted));
    return MX_OK;
}

mx_status op_own_admit(struct op_kernel *op, struct op_call *call, struct mx_error *err) {
    const struct op_reg *reg = (const struct op_reg *)(uintptr_t)call->entry;
    struct store_view *view;
    struct op_ctx ctx;
    mx_status st;
    if (!op_own_field(&reg->def)) return MX_OK;
    st = store_read_begin(op->opts.store, call->arena, &view);
    if (st != MX_OK) return base_fail(err, st, NULL, "%s.", base_status_text(st));
    op_ctx_init(&ctx, op, call->arena, view, &call->principal, reg->def.name, reg->owner, 1, op_now(op));
    ctx.call = call;
    st = call->in ? op_own_guard(&ctx, reg, call->in) : op_own_fill(&ctx, reg, &call->body);
    store_read_end(view);
    if (st < 0) *err = ctx.error;
    return st;
}
