/* Approvals, as operations. The one who needs it hears an id; the second person looks at what is asked and gives it. */
#include "identity/internal.h"

/* ---- types ---- */

struct approval_give {
    struct mx_str request;
    struct mx_str op;
    struct mx_str body;
    struct mx_str asker;
};
static const struct mx_field approval_give_fields[] = {
    MX_F_ID(approval_give, request, 0, "apr", "what was asked for, by its id; or, beforehand, the other three"),
    MX_F_STR(approval_give, op, 0, 1, 64, "operation that will be called"),
    MX_F_JSON(approval_give, body, 0, 1 << 20, "and the very body that it will be called with"),
    MX_F_ID(approval_give, asker, 0, "pri", "and who will call it"),
};
MX_TYPE(approval_give, "identity.approval.give", "one call that may happen once");

struct approval_wire {
    struct mx_str id;
    struct mx_str op;
    struct mx_str act;
    int64_t amount;
    struct mx_str permission;
    struct mx_str asker;
    struct mx_str device;
    int64_t asked;
    struct mx_str giver;
    int64_t given;
    int64_t used;
};
static const struct mx_field approval_wire_fields[] = {
    MX_F_ID(approval_wire, id, 0, "apr", "send it with the call as Merx-Approval"),
    MX_F_STR(approval_wire, op, 0, 0, 64, "operation"),
    MX_F_STR(approval_wire, act, 0, 0, 64, "what of it needs a second person"),
    MX_F_INT(approval_wire, amount, 0, 0, MX_INT_MAX, "for which amount; 0 = all or nothing"),
    MX_F_STR(approval_wire, permission, 0, 0, 63, "what the second person must hold"),
    MX_F_ID(approval_wire, asker, 0, "pri", "who asks"),
    MX_F_ID(approval_wire, device, 0, "dev", "at which device"),
    MX_F_TIME(approval_wire, asked, 0, "when"),
    MX_F_ID(approval_wire, giver, 0, "pri", "who approved"),
    MX_F_TIME(approval_wire, given, 0, "when; 0 = not yet"),
    MX_F_TIME(approval_wire, used, 0, "when it was used up; 0 = not yet"),
};
MX_TYPE(approval_wire, "identity.approval", "a second person's word for one call");

struct approval_answer {
    struct approval_wire *approval;
};
static const struct mx_field approval_answer_fields[] = {MX_F_STRUCT(approval_answer, approval, 0, approval_wire_type, "the approval")};
MX_TYPE(approval_answer, "identity.approval.answer", "an approval");

struct approval_list {
    struct mx_list approvals;
};
static const struct mx_field approval_list_fields[] = {
    MX_F_LIST(approval_list, approvals, 0, 0, IDENTITY_PAGE_MAX, approval_wire_type, "what waits")};
MX_TYPE(approval_list, "identity.approvals", "what waits for a second person");

struct approval_ask {
    struct mx_str id;
};
static const struct mx_field approval_ask_fields[] = {MX_F_ID(approval_ask, id, MX_REQUIRED, "apr", "the approval's id")};
MX_TYPE(approval_ask, "identity.approval.ask", "an approval by its id");

const struct mx_event_def identity_approval_given_event = {(uint32_t)sizeof(struct mx_event_def), 0, "identity.approval.given",
                                                           "a second person approved one call", &approval_wire_type};
const struct mx_event_def identity_approval_used_event = {(uint32_t)sizeof(struct mx_event_def), 0, "identity.approval.used",
                                                          "an approved call happened", &approval_wire_type};

/* ---- giving ---- */

static void to_wire(const struct identity_approval *approval, struct approval_wire *wire) {
    wire->id = approval->id;
    wire->op = approval->op;
    wire->act = approval->act;
    wire->amount = approval->amount;
    wire->permission = approval->permission;
    wire->asker = approval->asker;
    wire->device = approval->device;
    wire->asked = approval->asked;
    wire->giver = approval->giver;
    wire->given = approval->given;
    wire->used = approval->used;
}

static mx_status take_request(struct mx_ctx *ctx, struct mx_str id, struct identity_approval *approval) {
    struct identity_approval probe = {0}, *stored = NULL;
    mx_status st;
    probe.id = id;
    st = mx_get(ctx, &identity_approvals, &probe, &stored);
    if (st == MX_NONE || (st == MX_OK && ctx->expiry_ms - stored->asked > IDENTITY_APPROVAL_MS))
        return mx_fail(ctx, MX_E_NOT_FOUND, "request", "Nobody asks for this, or it was asked more than ten minutes ago.");
    if (st != MX_OK) return st;
    *approval = *stored;
    if (approval->used) return mx_refuse(ctx, "approval_used", "request", "This was approved, and used, before.");
    if (!mx_allowed(ctx, mx_dup(ctx, approval->permission).ptr))
        return mx_fail(ctx, MX_E_FORBIDDEN, "request", "To approve this takes the right \"%.*s\".", (int)approval->permission.len,
                       approval->permission.ptr);
    return MX_OK;
}

/* Beforehand nobody knows what the policy will ask; whether the giver holds it is looked at when it is used. */
static mx_status begin(struct mx_ctx *ctx, const struct approval_give *ask, struct identity_approval *approval) {
    const struct identity_calls *calls = (const struct identity_calls *)(const void *)ctx->identity;
    uint8_t hash[IDENTITY_CALL_HASH];
    mx_status st;
    if (!ask->op.len)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "request", "Name the request, or the operation, its body and who will call it.");
    if (!ask->body.len) return mx_fail(ctx, MX_E_MISSING_FIELD, "body", "An approval is for one body: give it.");
    if (!ask->asker.len) return mx_fail(ctx, MX_E_MISSING_FIELD, "asker", "An approval is for one caller: say who.");
    st = calls->hash_call(ctx, ask->op, ask->body, hash);
    if (st == MX_OK) st = mx_new_id(ctx, "apr", &approval->id);
    if (st != MX_OK) return st;
    approval->op = approval->act = ask->op;
    approval->asker = ask->asker;
    approval->call = crypto_base64(store_view_arena(identity_view(ctx)), hash, sizeof(hash));
    approval->asked = ctx->expiry_ms;
    return identity_approval_plan(ctx, approval->id);
}

static mx_status give(struct mx_ctx *ctx, const void *in, void *out) {
    const struct approval_give *ask = in;
    struct approval_answer *answer = out;
    struct identity_approval approval = {0};
    mx_status st;
    if (ask->request.len && (ask->op.len || ask->body.len || ask->asker.len))
        return mx_fail(ctx, MX_E_BAD_INPUT, "request", "Name the request, or the call beforehand, but not both.");
    st = ask->request.len ? take_request(ctx, ask->request, &approval) : begin(ctx, ask, &approval);
    if (st != MX_OK) return st;
    if (mx_str_is(approval.asker, identity_who(ctx)->id))
        return mx_refuse(ctx, "own_request", ask->request.len ? "request" : "asker", "Nobody approves what he does himself.");
    approval.giver = mx_str_of(identity_who(ctx)->id);
    approval.given = ctx->expiry_ms;
    st = mx_put(ctx, &identity_approvals, &approval);
    if (st != MX_OK) return st;
    answer->approval = mx_alloc(ctx, sizeof(*answer->approval));
    to_wire(&approval, answer->approval);
    return mx_emit(ctx, &identity_approval_given_event, answer->approval);
}

mx_status identity_approval_tell_used(struct mx_ctx *ctx, struct mx_str id) {
    struct identity_approval probe = {0}, *approval = NULL;
    struct approval_wire wire = {0};
    mx_status st;
    probe.id = id;
    st = mx_get(ctx, &identity_approvals, &probe, &approval);
    if (st != MX_OK) return st;
    to_wire(approval, &wire);
    return mx_emit(ctx, &identity_approval_used_event, &wire);
}

/* What is not used in time is forgotten, and so is what was used: the log remembers. */
mx_status identity_approval_plan(struct mx_ctx *ctx, struct mx_str id) {
    struct approval_ask ask = {id};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &approval_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, ctx->expiry_ms + 2 * IDENTITY_APPROVAL_MS, "identity.approval.expire", id, body) : st;
}

static mx_status expire(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_approval probe = {0};
    mx_status st;
    (void)out;
    probe.id = ((const struct approval_ask *)in)->id;
    st = mx_delete(ctx, &identity_approvals, &probe);
    return st == MX_NONE ? MX_OK : st;
}

/* ---- looking ---- */

/* Own requests, and those that the caller could approve. */
static int concerns(struct mx_ctx *ctx, const struct identity_approval *approval) {
    if (approval->used || ctx->expiry_ms - approval->asked > IDENTITY_APPROVAL_MS) return 0;
    if (mx_str_is(approval->asker, identity_who(ctx)->id)) return 1;
    return approval->permission.len && !approval->given && mx_allowed(ctx, mx_dup(ctx, approval->permission).ptr);
}

static mx_status list_pending(struct mx_ctx *ctx, const void *in, void *out) {
    struct approval_list *list = out;
    struct identity_approval *approval = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    (void)in;
    opts.size = sizeof(opts);
    opts.reverse = 1;
    list->approvals = mx_list_new(ctx, IDENTITY_PAGE_MAX, sizeof(struct approval_wire));
    list->approvals.count = 0;
    st = mx_scan_open(ctx, &identity_approvals, &opts, NULL, &scan);
    while (st == MX_OK && list->approvals.count < IDENTITY_PAGE_MAX && (st = mx_scan_next(ctx, scan, &approval)) == MX_OK)
        if (concerns(ctx, approval)) to_wire(approval, mx_list_at(&list->approvals, list->approvals.count++));
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op identity_op_approval_give =
    IDENTITY_OP(0, "identity.approval.give", "Approve one call of somebody else; it holds ten minutes, once.", "identity.self",
                &approval_give_type, &approval_answer_type, give, NULL);
const struct mx_op identity_op_approval_pending =
    IDENTITY_OP(MX_OP_QUERY, "identity.approval.pending", "What waits for a second person: one's own, and what one could approve.",
                "identity.self", NULL, &approval_list_type, list_pending, NULL);
const struct mx_op identity_op_approval_expire =
    IDENTITY_OP(MX_OP_INTERNAL, "identity.approval.expire", "Forget an approval.", NULL, &approval_ask_type, NULL, expire, NULL);
