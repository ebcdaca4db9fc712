/* The table "mx.identity": who asks, and the persons behind identifiers. */
#include "op/internal.h"

static struct mx_str ctx_principal(struct mx_ctx *pub) { return mx_str_of(op_ctx_of(pub)->principal->id); }

static int ctx_allowed(struct mx_ctx *pub, const char *permission) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return identity_allowed(ctx->op->opts.identity, ctx->principal, permission);
}

static mx_status may_write(struct op_ctx *ctx) {
    if (!ctx->pub.read_only) return MX_OK;
    return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" tried to change a person, but only commands do.", ctx->owner->plugin.name);
}

static mx_status ctx_person_find(struct mx_ctx *pub, const char *kind, struct mx_str value, struct mx_str *person) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str country = op_ctx_shop(pub)->country;
    return op_ctx_error(ctx, identity_person_find(ctx->op->opts.identity, ctx->view, kind, value, country, person, &ctx->error));
}

static mx_status ctx_person_new(struct mx_ctx *pub, struct mx_str *person) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str id;
    mx_status st = may_write(ctx);
    if (st == MX_OK) st = mx_new_id(pub, "per", &id);
    if (st == MX_OK) st = op_ctx_error(ctx, identity_person_new(ctx->op->opts.identity, ctx->view, id, pub->now_ms, &ctx->error));
    if (st == MX_OK) *person = id;
    return st;
}

static mx_status ctx_person_link(struct mx_ctx *pub, struct mx_str person, const char *kind, struct mx_str value) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str country = op_ctx_shop(pub)->country;
    mx_status st = may_write(ctx);
    if (st != MX_OK) return st;
    st = identity_person_link(ctx->op->opts.identity, ctx->view, person, kind, value, country, pub->now_ms, &ctx->error);
    return op_ctx_error(ctx, st);
}

static mx_status ctx_person_identifiers(struct mx_ctx *pub, struct mx_str person, const char *kind, struct mx_list *values) {
    struct op_ctx *ctx = op_ctx_of(pub);
    int masked = !ctx_allowed(pub, "pii.read");
    return op_ctx_error(ctx, identity_person_identifiers(ctx->op->opts.identity, ctx->view, person, kind, masked, values, &ctx->error));
}

static mx_status ctx_approved(struct mx_ctx *pub, const char *act, int64_t amount) {
    return pub->read_only ? MX_OK : op_approved(op_ctx_of(pub), act, amount);
}

static int ctx_in_scope(struct mx_ctx *pub, struct mx_str location) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return identity_in_scope(ctx->op->opts.identity, ctx->view, ctx->principal, location);
}

static struct mx_str ctx_device(struct mx_ctx *pub) { return mx_str_of(op_ctx_of(pub)->principal->device); }

static const struct identity_principal *ctx_who(struct mx_ctx *pub) { return op_ctx_of(pub)->principal; }

static struct mx_str ctx_remote(struct mx_ctx *pub) {
    const struct op_call *call = op_ctx_of(pub)->call;
    return call ? call->remote : mx_str_n(NULL, 0);
}

static mx_status ctx_hash_call(struct mx_ctx *pub, struct mx_str op, struct mx_str body_json, uint8_t hash[16]) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return op_ctx_error(ctx, op_hash_body(ctx->op, ctx->arena, op, body_json, hash, &ctx->error));
}

static void ctx_wait(struct mx_ctx *pub, uint32_t wait_s) {
    struct op_call *call = (struct op_call *)(uintptr_t)op_ctx_of(pub)->call;
    if (call) call->wait_s = wait_s;
}

static struct identity *ctx_self(struct mx_ctx *pub) { return op_ctx_of(pub)->op->opts.identity; }

static struct store_view *ctx_view(struct mx_ctx *pub) { return op_ctx_of(pub)->view; }

const struct identity_calls op_identity_calls = {
    {sizeof(struct mx_identity_api), 0, ctx_principal, ctx_allowed, ctx_person_find, ctx_person_new, ctx_person_link,
     ctx_person_identifiers, ctx_approved, ctx_in_scope, ctx_device},
    ctx_self,
    ctx_view,
    ctx_who,
    ctx_remote,
    ctx_hash_call,
    ctx_wait,
};
