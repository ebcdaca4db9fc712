/* Finding a customer's tier anew, in the command that moved what it is found from. Up at once; down when its grace is over. */
#include <stdio.h>

#include "tiers.h"

const struct mx_table membership_tier_changes = {
    .size = sizeof(struct mx_table),
    .name = "membership.tier.change",
    .doc = "what happened to members' tiers",
    .type = &membership_tier_change_type,
    .key = "member id",
};

mx_status membership_tier_note(struct mx_ctx *ctx, struct membership_tier_change *change) {
    mx_status st = mx_new_id(ctx, "tch", &change->id);
    change->at = ctx->now_ms;
    change->rec.has = UINT64_MAX;
    return st == MX_OK ? mx_put(ctx, &membership_tier_changes, change) : st;
}

mx_status membership_tier_review_at(struct mx_ctx *ctx, struct mx_str member, int64_t at) {
    char body[64];
    int len = snprintf(body, sizeof(body), "{\"member\":\"%.*s\"}", (int)member.len, member.ptr);
    return mx_due_at(ctx, at, membership_tier_review_op.name, member, mx_str_n(body, (size_t)len));
}

mx_status membership_tier_give(struct mx_ctx *ctx, struct membership_member *member, struct membership_tier_change *change) {
    struct membership_tier_changed changed = {.member = member->id, .from = member->tier, .tier = change->tier};
    int other = !mx_str_eq(changed.from, changed.tier);
    mx_status st;
    if (other) member->tier_at = ctx->now_ms;
    change->member = member->id;
    change->from = changed.from;
    member->tier = change->tier;
    member->tier_rule = change->rule;
    member->tier_reason = change->reason;
    member->tier_until = change->until;
    member->tier_lost_at = 0;
    member->tier_from = (struct mx_str){NULL, 0};
    member->rec.has = UINT64_MAX;
    st = mx_put(ctx, &membership_members, member);
    if (st == MX_OK && (other || change->why >= MEMBERSHIP_TIER_HAND)) st = membership_tier_note(ctx, change);
    return st == MX_OK && other ? mx_emit(ctx, &membership_tier_changed_event, &changed) : st;
}

/* ---- anew ---- */

struct renewal {
    struct mx_ctx *ctx;
    struct membership_member *member;
    struct membership_tier_state state;
    struct mx_tier_answer answer;
    int32_t why;
    int write; /* the record changed */
};

/* The tier is not earned any more, and stays for a while; or it is earned again in that time. */
static mx_status note_grace(struct renewal *renewal, int kept) {
    struct membership_member *member = renewal->member;
    struct membership_tier_change change = {.member = member->id, .from = member->tier, .tier = member->tier};
    if ((member->tier_lost_at != 0) == (kept != 0)) return MX_OK;
    change.why = kept ? MEMBERSHIP_TIER_LOST : MEMBERSHIP_TIER_REGAINED;
    change.until = kept ? renewal->answer.keep_until : 0;
    change.rule = member->tier_rule;
    change.version = renewal->answer.version;
    member->tier_lost_at = kept ? renewal->ctx->expiry_ms : 0;
    renewal->write = 1;
    return membership_tier_note(renewal->ctx, &change);
}

static mx_status note_review(struct renewal *renewal) {
    int64_t at = renewal->answer.review_at;
    if (at == 0 || at == renewal->member->tier_review_at) return MX_OK;
    renewal->member->tier_review_at = at;
    renewal->write = 1;
    return membership_tier_review_at(renewal->ctx, renewal->member->id, at);
}

static mx_status apply(struct renewal *renewal) {
    struct membership_member *member = renewal->member;
    const struct mx_tier_answer *answer = &renewal->answer;
    struct membership_tier_change change = {.tier = answer->tier, .rule = answer->rule, .version = answer->version, .why = renewal->why};
    int kept = membership_tier_kept(&renewal->state, answer, renewal->ctx->expiry_ms);
    mx_status st = note_review(renewal);
    if (st != MX_OK) return st;
    if (!kept && (!mx_str_eq(answer->tier, member->tier) || !mx_str_eq(answer->rule, member->tier_rule)))
        return membership_tier_give(renewal->ctx, member, &change);
    st = note_grace(renewal, kept);
    member->rec.has = UINT64_MAX;
    return st == MX_OK && renewal->write ? mx_put(renewal->ctx, &membership_members, member) : st;
}

static mx_status renew(struct mx_ctx *ctx, const struct membership_customer *customer, int32_t why, int returned) {
    struct renewal renewal = {.ctx = ctx, .member = customer->member, .why = why};
    const struct membership_tier_question question = {.brief = 1, .returned = returned};
    mx_status st;
    if (membership_tier_by_hand(renewal.member, ctx->expiry_ms)) return MX_OK;
    if (renewal.member->tier_from.len && renewal.member->tier_rule.len == 0) { /* what a person gave, and a merge brought, is over */
        st = membership_tier_give_back(ctx, renewal.member);
        if (st != MX_OK || membership_tier_by_hand(renewal.member, ctx->expiry_ms)) return st;
    }
    renewal.state = membership_tier_state_of(renewal.member);
    if (why == MEMBERSHIP_TIER_TIME) renewal.member->tier_review_at = 0; /* that time has come */
    st = membership_tier_ask(ctx, customer, &renewal.state, &question, &renewal.answer);
    if (st == MX_DECLINED && renewal.member->tier_until) /* nobody has rules, but what a person gave is over */
        renewal.answer.tier = mx_str_of(MEMBERSHIP_BASIC), st = MX_OK;
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    return apply(&renewal);
}

mx_status membership_tier_renew(struct mx_ctx *ctx, struct mx_str member, int32_t why) {
    struct membership_customer customer;
    mx_status st = membership_customer_of(ctx, member, &customer);
    return st == MX_OK ? renew(ctx, &customer, why, 0) : st == MX_NONE ? MX_OK : st;
}

mx_status membership_renew_tier(struct mx_ctx *ctx, struct mx_str member) {
    return membership_tier_renew(ctx, member, MEMBERSHIP_TIER_COUNTED);
}

/* ---- returns ---- */

/* Was any of it bought before the tier was reached, or with what reached it, under whichever of her ids? Of what comes back without a
 * receipt nobody knows, nor of what was sold before visits were noted. */
static mx_status may_have_earned(struct mx_ctx *ctx, const struct membership_customer *customer, const struct mx_list *orders, int *yes) {
    mx_status st = MX_OK;
    uint32_t i;
    *yes = orders->count == 0;
    for (i = 0; st == MX_OK && !*yes && i < orders->count; i++) {
        struct membership_visit *visit = NULL;
        st = membership_visit_of(ctx, mx_list_str(orders, i), &visit);
        *yes = st != MX_OK || visit->at <= customer->member->tier_at || !membership_customer_has(customer, visit->member);
    }
    return st == MX_NONE ? MX_OK : st;
}

static mx_status returned_by(struct mx_ctx *ctx, struct mx_str member, const struct mx_list *orders) {
    struct membership_customer customer;
    int earned = 1;
    mx_status st = membership_customer_of(ctx, member, &customer);
    if (st == MX_OK) st = may_have_earned(ctx, &customer, orders, &earned);
    return st == MX_OK ? renew(ctx, &customer, MEMBERSHIP_TIER_RETURNED, earned) : st == MX_NONE ? MX_OK : st;
}

/* And of whoever else bought some of it: orders are taken back from the id that they were counted for. */
mx_status membership_tier_returned(struct mx_ctx *ctx, const struct mx_order_returned *returned) {
    mx_status st = returned_by(ctx, returned->member, &returned->orders);
    uint32_t i;
    for (i = 0; st == MX_OK && i < returned->orders.count; i++) {
        struct membership_visit *visit = NULL;
        st = membership_visit_of(ctx, mx_list_str(&returned->orders, i), &visit);
        if (st == MX_OK && !mx_str_eq(visit->member, returned->member)) st = returned_by(ctx, visit->member, &returned->orders);
        if (st == MX_NONE) st = MX_OK;
    }
    return st;
}

/* ---- when time has come ---- */

static mx_status review_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    (void)out;
    return membership_tier_renew(ctx, ask->member, MEMBERSHIP_TIER_TIME);
}

const struct mx_op membership_tier_review_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "membership.tier.review",
    .doc = "Find a member's tier anew, because time has passed.",
    .in = &mx_member_ask_type,
    .handler = review_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

/* ---- what it grants ---- */

/* Who serves her, under whichever of her ids it was said. */
static struct mx_str clerk_of(const struct membership_customer *customer) {
    struct mx_str clerk = customer->member->clerk;
    uint32_t i;
    for (i = 0; clerk.len == 0 && i < customer->others.count; i++)
        clerk = (*(struct membership_member **)mx_list_at(&customer->others, i))->clerk;
    return clerk;
}

mx_status membership_tier_grants(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_entitlements *grants) {
    const struct mx_tiers_ask ask = {.tier = customer->member->tier};
    struct mx_tiers tiers = {0};
    uint32_t i;
    mx_status st = MX_DECLINED;
    memset(grants, 0, sizeof(*grants));
    if (ask.tier.len && !mx_str_is(ask.tier, MEMBERSHIP_BASIC)) st = mx_ask(ctx, &mx_point_tiers, &ask, &tiers);
    if (st != MX_OK || tiers.tiers.count == 0) return st == MX_DECLINED ? MX_OK : st;
    grants->entitlements = ((struct mx_tier *)mx_list_at(&tiers.tiers, 0))->entitlements;
    for (i = 0; i < grants->entitlements.count; i++) {
        struct mx_entitlement *one = mx_list_at(&grants->entitlements, i);
        if (one->value.len == 0 && mx_str_is(one->kind, MX_ENTITLES_CLERK)) one->value = clerk_of(customer);
    }
    return MX_OK;
}
