/* What needs a second person, as operations. */
#include "identity/internal.h"

struct policy_wire {
    struct mx_str act;
    int64_t above;
    struct mx_str permission;
};
static const struct mx_field policy_wire_fields[] = {
    MX_F_STR(policy_wire, act, MX_REQUIRED, 1, 64, "the name of an operation, or of what a plugin measures, such as shop.refund"),
    MX_F_INT(policy_wire, above, 0, 0, MX_INT_MAX, "only amounts above this; 0 = all"),
    MX_F_STR(policy_wire, permission, MX_REQUIRED, 1, 63, "what the second person must hold"),
};
MX_TYPE(policy_wire, "identity.policy", "what needs a second person");

struct policy_act {
    struct mx_str act;
};
static const struct mx_field policy_act_fields[] = {MX_F_STR(policy_act, act, MX_REQUIRED, 1, 64, "as it was put")};
MX_TYPE(policy_act, "identity.policy.act", "an act");

struct policy_list {
    struct mx_list policies;
};
static const struct mx_field policy_list_fields[] = {
    MX_F_LIST(policy_list, policies, 0, 0, IDENTITY_PAGE_MAX, policy_wire_type, "policies")};
MX_TYPE(policy_list, "identity.policies", "what needs a second person");

static int is_name(struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.')) return 0;
    }
    return text.len > 0;
}

/* Whoever could change what he may not approve himself could do alone what the shop wants two for. */
static mx_status may_rule(struct mx_ctx *ctx, struct mx_str permission, const char *field) {
    if (mx_allowed(ctx, mx_dup(ctx, permission).ptr)) return MX_OK;
    return mx_fail(ctx, MX_E_FORBIDDEN, field, "The second person must hold \"%.*s\", which you do not hold yourself.", (int)permission.len,
                   permission.ptr);
}

/* Asked when a command is called from outside; a policy that is never asked would be a false comfort. */
static mx_status check_act(struct mx_ctx *ctx, struct mx_str act) {
    uint32_t flags = 0;
    if (!is_name(act)) return mx_fail(ctx, MX_E_BAD_INPUT, "act", "An act is written like shop.refund.");
    if (ctx->op->operation(ctx, act, &flags) != MX_OK || !(flags & (MX_OP_QUERY | MX_OP_INTERNAL))) return MX_OK;
    return mx_fail(ctx, MX_E_BAD_INPUT, "act",
                   "\"%.*s\" is no command that is called from outside, and only those can wait for a second person.", (int)act.len,
                   act.ptr);
}

static mx_status put_policy(struct mx_ctx *ctx, const void *in, void *out) {
    const struct policy_wire *ask = in;
    struct identity_policy policy = {0}, *stored = NULL;
    mx_status st = check_act(ctx, ask->act);
    if (st != MX_OK) return st;
    if (!is_name(ask->permission)) return mx_fail(ctx, MX_E_BAD_INPUT, "permission", "A permission is written like shop.approve.");
    policy.act = ask->act;
    st = mx_get(ctx, &identity_policies, &policy, &stored);
    if (st == MX_OK) policy = *stored;
    if (st == MX_OK) st = may_rule(ctx, policy.permission, "act");
    if (st == MX_OK || st == MX_NONE) st = may_rule(ctx, ask->permission, "permission");
    if (st != MX_OK) return st;
    policy.above = ask->above;
    policy.permission = ask->permission;
    policy.changed = ctx->now_ms;
    st = mx_put(ctx, &identity_policies, &policy);
    if (st == MX_OK) st = identity_roles_changed(identity_view(ctx), NULL);
    *(struct policy_wire *)out = *ask;
    return st;
}

static mx_status remove_policy(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_policy probe = {0}, *stored = NULL;
    mx_status st;
    (void)out;
    probe.act = ((const struct policy_act *)in)->act;
    st = mx_get(ctx, &identity_policies, &probe, &stored);
    if (st == MX_OK) st = may_rule(ctx, stored->permission, "act");
    if (st == MX_OK) st = mx_delete(ctx, &identity_policies, &probe);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "act", "There is no policy for this act.");
    return st == MX_OK ? identity_roles_changed(identity_view(ctx), NULL) : st;
}

static mx_status list_policies(struct mx_ctx *ctx, const void *in, void *out) {
    struct policy_list *list = out;
    struct identity_policy *policy = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &identity_policies, NULL, NULL, &scan);
    (void)in;
    list->policies = mx_list_new(ctx, IDENTITY_PAGE_MAX, sizeof(struct policy_wire));
    list->policies.count = 0;
    while (st == MX_OK && list->policies.count < IDENTITY_PAGE_MAX && (st = mx_scan_next(ctx, scan, &policy)) == MX_OK) {
        struct policy_wire *wire = mx_list_at(&list->policies, list->policies.count++);
        wire->act = policy->act;
        wire->above = policy->above;
        wire->permission = policy->permission;
    }
    return st == MX_DONE ? MX_OK : st;
}

#define MANAGE "identity.manage"
const struct mx_op identity_op_policy_put = IDENTITY_OP(0, "identity.policy.put", "Say what needs a second person, and from which amount.",
                                                        MANAGE, &policy_wire_type, &policy_wire_type, put_policy, NULL);
const struct mx_op identity_op_policy_remove =
    IDENTITY_OP(0, "identity.policy.remove", "Let this be done by one person again.", MANAGE, &policy_act_type, NULL, remove_policy, NULL);
const struct mx_op identity_op_policy_list =
    IDENTITY_OP(MX_OP_QUERY, "identity.policy.list", "What needs a second person.", MANAGE, NULL, &policy_list_type, list_policies, NULL);
