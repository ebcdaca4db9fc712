/* The table "mx.identity": who asks, and the persons behind identifiers. */
#include "op/internal.h"

static struct mx_str ctx_principal(struct mx_ctx *pub) { return mx_str_of(op_ctx_of(pub)->principal->id); }

static int ctx_allowed(struct mx_ctx *pub, const char *permission) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return identity_allowed(ctx->op->opts.identity, ctx->principal, permission);
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
    {sizeof(struct mx_identity_api),
     0,
     ctx_principal,
     ctx_allowed,
     op_ctx_person_find,
     op_ctx_person_new,
     op_ctx_person_link,
     op_ctx_person_identifiers,
     ctx_approved,
     ctx_in_scope,
     ctx_device,
     op_ctx_person_set,
     op_ctx_person_link_from,
     op_ctx_person_unlink,
     op_ctx_person_merge,
     op_ctx_person_prove,
     op_ctx_customer,
     op_ctx_person_erase,
     op_ctx_person_export,
     op_ctx_guess,
     op_ctx_guessed},
    ctx_self,
    ctx_view,
    ctx_who,
    ctx_remote,
    ctx_hash_call,
    ctx_wait,
};
