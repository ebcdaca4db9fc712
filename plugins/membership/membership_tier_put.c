/* Tiers that a person gives, and the member of staff who serves a member. */
#include "tiers.h"

static mx_status check_put(struct mx_ctx *ctx, const struct membership_tier_put *request) {
    if (!membership_is_code(request->tier))
        return mx_fail(ctx, MX_E_BAD_INPUT, "tier", "The code of a tier has letters a-z, digits, underscores and dashes.");
    if (mx_str_is_blank(request->reason)) return mx_fail(ctx, MX_E_BAD_INPUT, "reason", "A reason has more than spaces.");
    if (request->until && request->until <= ctx->expiry_ms)
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "until", "This time has passed already.");
    if (request->until && mx_str_is(request->tier, MEMBERSHIP_BASIC))
        return mx_fail(ctx, MX_E_BAD_INPUT, "until", "basic hands the member back to the rules: it has no end.");
    return MX_OK;
}

/* Of a customer with several ids the member that stands. */
static mx_status get_member(struct mx_ctx *ctx, struct mx_str id, int has_rev, int64_t rev, struct membership_member **member) {
    struct membership_customer customer;
    mx_status st = membership_customer_of(ctx, id, &customer);
    if (st == MX_OK) *member = customer.member;
    if (st == MX_NONE || (st == MX_OK && customer.member->erased_at))
        return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st == MX_OK && has_rev && rev != (*member)->rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "This member is at revision %lld by now.", (long long)(*member)->rec.rev);
    return st;
}

mx_status membership_tier_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_tier_put *request = in;
    struct membership_tier_change change = {
        .tier = request->tier, .reason = request->reason, .until = request->until, .why = MEMBERSHIP_TIER_HAND};
    struct membership_member *member = NULL;
    mx_status st = check_put(ctx, request);
    if (st == MX_OK) st = get_member(ctx, request->member, MX_HAS(membership_tier_put, request, if_rev) != 0, request->if_rev, &member);
    if (st == MX_OK) st = membership_tier_give(ctx, member, &change);
    if (st == MX_OK && request->until) st = membership_tier_review_at(ctx, member->id, request->until);
    if (st == MX_OK) membership_view(ctx, member, out);
    return st;
}

static mx_status clerk_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_clerk_put *request = in;
    struct membership_clerk_changed changed = {.clerk = request->clerk};
    struct membership_member *member = NULL;
    mx_status st = get_member(ctx, request->member, MX_HAS(membership_clerk_put, request, if_rev) != 0, request->if_rev, &member);
    if (st != MX_OK) return st;
    if (request->clerk.len && mx_str_is_blank(request->clerk))
        return mx_fail(ctx, MX_E_BAD_INPUT, "clerk", "A member of staff has more than spaces; leave it out for nobody.");
    changed.member = member->id;
    if (!mx_str_eq(member->clerk, request->clerk)) {
        member->clerk = request->clerk;
        member->rec.has = UINT64_MAX;
        st = mx_put(ctx, &membership_members, member);
        if (st == MX_OK) st = mx_emit(ctx, &membership_clerk_changed_event, &changed);
    }
    if (st == MX_OK) membership_view(ctx, member, out);
    return st;
}

const struct mx_op membership_clerk_put_op = {
    .size = sizeof(struct mx_op),
    .name = "membership.clerk.put",
    .doc = "Say which member of staff serves a member; shown to those whose tier grants a clerk.",
    .permission = "members.write",
    .in = &membership_clerk_put_type,
    .out = &membership_one_type,
    .handler = clerk_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_event_def membership_clerk_changed_event = {
    .size = sizeof(struct mx_event_def),
    .name = "membership.clerk.changed",
    .doc = "somebody else serves a member",
    .type = &membership_clerk_changed_type,
};
