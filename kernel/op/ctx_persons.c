/* The part of the table "mx.identity" that is about persons: what they are known by, who is one customer with whom. What changes is
 * told to the log in the name of the room that keeps it. */
#include "op/internal.h"
#include "json/json.h"

static mx_status may_write(struct op_ctx *ctx) {
    if (!ctx->pub.read_only) return MX_OK;
    return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" tried to change a person, but only commands do.", ctx->owner->plugin.name);
}

/* 1: from here on it is the identity room that speaks; 0: this kernel runs without its operations, and nobody hears its events. */
static int as_identity(struct op_ctx *ctx, struct op_frame *before) {
    struct op_owner *owner = op_owner_find(ctx->op, identity_plugin()->name);
    if (owner) *before = op_frame_enter(ctx, owner, 0);
    return owner != NULL;
}

mx_status op_ctx_person_find(struct mx_ctx *pub, const char *kind, struct mx_str value, struct mx_str *person) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str country = op_ctx_shop(pub)->country;
    return op_ctx_error(ctx, identity_person_find(ctx->op->opts.identity, ctx->view, kind, value, country, person, &ctx->error));
}

mx_status op_ctx_person_new(struct mx_ctx *pub, struct mx_str *person) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str id;
    mx_status st = may_write(ctx);
    if (st == MX_OK) st = mx_new_id(pub, "per", &id);
    if (st == MX_OK) st = op_ctx_error(ctx, identity_person_new(ctx->op->opts.identity, ctx->view, id, pub->now_ms, &ctx->error));
    if (st == MX_OK) *person = id;
    return st;
}

/* Whoever may see persons learns who it is, masked, so that the two can be merged. A customer sees no person but herself. */
static mx_status say_conflict(struct op_ctx *ctx, const struct identity_link *link, struct mx_str other, mx_status taken) {
    struct op_call *call = (struct op_call *)(uintptr_t)ctx->call;
    struct mx_error error = ctx->error;
    mx_status st;
    if (!call || ctx->principal->person[0] || !mx_allowed(&ctx->pub, "people.read")) return taken;
    st = identity_conflict(&ctx->pub, link, other, &call->conflict);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    call->conflict_code = IDENTITY_TAKEN;
    ctx->error = error;
    return taken;
}

mx_status op_ctx_person_link_from(struct mx_ctx *pub, struct mx_str person, const struct mx_link *given, struct mx_str *other) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str country = op_ctx_shop(pub)->country;
    struct identity_link link = {.person = person, .now_ms = pub->now_ms};
    struct mx_str owner = {NULL, 0};
    struct op_frame before;
    mx_status st = may_write(ctx);
    if (st != MX_OK) return st;
    link.kind = base_arena_dup(ctx->arena, given->kind).ptr;
    link.value = given->value;
    link.source = given->source;
    link.ref = given->ref;
    link.by = mx_str_of(ctx->principal->id);
    st = identity_person_link_from(ctx->view, &link, country, &owner, &ctx->error);
    if (st == MX_DONE) return MX_OK;
    if (other) *other = owner;
    if (st == MX_E_EXISTS) st = say_conflict(ctx, &link, owner, st);
    if (st == MX_OK && as_identity(ctx, &before)) {
        st = identity_tell_linked(pub, person, given->kind, given->source);
        op_frame_leave(ctx, &before);
    }
    return op_ctx_error(ctx, st);
}

mx_status op_ctx_person_link(struct mx_ctx *pub, struct mx_str person, const char *kind, struct mx_str value) {
    struct mx_link link = {.size = sizeof(link), .kind = mx_str_of(kind), .value = value};
    return op_ctx_person_link_from(pub, person, &link, NULL);
}

mx_status op_ctx_person_unlink(struct mx_ctx *pub, struct mx_str person, const char *kind, struct mx_str value) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str country = op_ctx_shop(pub)->country;
    struct op_frame before;
    mx_status st = may_write(ctx);
    if (st == MX_OK) st = identity_person_unlink(ctx->view, person, kind, value, country, &ctx->error);
    if (st == MX_OK && as_identity(ctx, &before)) {
        st = identity_tell_unlinked(pub, person, mx_str_of(kind));
        op_frame_leave(ctx, &before);
    }
    return op_ctx_error(ctx, st);
}

/* Is this the caller herself, under any of her ids? */
static int is_caller(struct op_ctx *ctx, struct mx_str person) {
    struct mx_str caller = mx_str_of(ctx->principal->person);
    struct mx_list persons;
    uint32_t i;
    if (caller.len == 0 || identity_person_set(ctx->view, caller, &persons, NULL) != MX_OK) return 0;
    for (i = 0; i < persons.count; i++)
        if (mx_str_eq(mx_list_str(&persons, i), person)) return 1;
    return 0;
}

mx_status op_ctx_person_identifiers(struct mx_ctx *pub, struct mx_str person, const char *kind, struct mx_list *values) {
    struct op_ctx *ctx = op_ctx_of(pub);
    int masked = !mx_allowed(pub, "pii.read") && !is_caller(ctx, person);
    return op_ctx_error(ctx, identity_person_identifiers(ctx->op->opts.identity, ctx->view, person, kind, masked, values, &ctx->error));
}

mx_status op_ctx_person_set(struct mx_ctx *pub, struct mx_str person, struct mx_list *persons) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return op_ctx_error(ctx, identity_person_set(ctx->view, person, persons, &ctx->error));
}

mx_status op_ctx_person_merge(struct mx_ctx *pub, struct mx_str from, struct mx_str into, struct mx_str reason, struct mx_str *merge) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_frame before;
    mx_status st = may_write(ctx);
    if (st != MX_OK) return st;
    if (!as_identity(ctx, &before)) return op_ctx_fail(ctx, MX_E_UNKNOWN_OPERATION, "Nobody keeps persons here.");
    st = identity_persons_merge(pub, from, into, reason, merge, &ctx->error);
    op_frame_leave(ctx, &before);
    return op_ctx_error(ctx, st);
}

mx_status op_ctx_person_erase(struct mx_ctx *pub, struct mx_str person, struct mx_str reason) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_frame before;
    struct mx_list persons;
    mx_status st = may_write(ctx);
    if (st == MX_OK) st = identity_customer_erase(ctx->view, person, &persons, &ctx->error);
    if (st != MX_OK || !as_identity(ctx, &before)) return op_ctx_error(ctx, st);
    for (uint32_t i = 0; st == MX_OK && i < persons.count; i++) st = identity_tell_erased(pub, mx_list_str(&persons, i), reason);
    op_frame_leave(ctx, &before);
    return op_ctx_error(ctx, st);
}

/* ---- everything about one person ---- */

struct export {
    struct mx_ctx *pub;
    struct base_buf text;
    const char *table; /* whose records are written just now */
    int64_t looked;
};

static mx_status export_pace(void *arg) {
    struct export *export = arg;
    return mx_progress(export->pub, ++export->looked, 0);
}

/* Nobody is told what she proves herself with, not even she. */
static struct mx_str without_secrets(struct export *export, const struct mx_type *type, const void *record) {
    struct mx_str text;
    struct base_buf buf;
    uint32_t i;
    base_buf_init(&buf, op_ctx_of(export->pub)->arena);
    json_encode(&buf, type, record, 0);
    text = base_buf_view(&buf);
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (field->flags & MX_SECRET) text = json_text_put(op_ctx_of(export->pub)->arena, text, field->name, mx_str_n(NULL, 0));
    }
    return text;
}

static mx_status export_row(void *arg, const struct mx_table *table, const void *record) {
    struct export *export = arg;
    int first = !export->table || strcmp(export->table, table->name) != 0;
    if (first) {
        base_buf_text(&export->text, export->table ? "]," : "");
        json_quote(&export->text, mx_str_of(table->name));
        base_buf_text(&export->text, ":[");
        export->table = table->name;
    } else {
        base_buf_char(&export->text, ',');
    }
    base_buf_str(&export->text, without_secrets(export, table->type, record));
    return MX_OK;
}

mx_status op_ctx_person_export(struct mx_ctx *pub, struct mx_str person, struct mx_str *json) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct export export = {.pub = pub};
    struct store_subject subject = {person, export_row, export_pace, &export};
    struct mx_list persons;
    mx_status st = identity_person_set(ctx->view, person, &persons, &ctx->error);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    base_buf_init(&export.text, ctx->arena);
    base_buf_char(&export.text, '{');
    st = store_subject_walk(ctx->view, &subject, &ctx->error);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    base_buf_text(&export.text, export.table ? "]}" : "}");
    *json = base_buf_view(&export.text);
    return MX_OK;
}
