/* The tier that rules find in what is counted of a member. */
#include "internal.h"

/* A tier that a person gave stays until a person gives another one; "basic" hands the member back to the rules. */
static int is_by_hand(const struct membership_member *member) {
    return member->tier_rule.len == 0 && member->tier.len > 0 && !mx_str_is(member->tier, MEMBERSHIP_BASIC);
}

static mx_status ask_tier(struct mx_ctx *ctx, const struct membership_member *member, const struct membership_counter *counter,
                          struct mx_tier_answer *answer) {
    struct mx_tier_ask ask = {.member = member->id, .tier = member->tier, .counters = membership_list_counters(ctx, counter)};
    mx_status st;
    memset(answer, 0, sizeof(*answer));
    st = mx_ask(ctx, &mx_point_tier, &ask, answer);
    if (st == MX_OK && answer->tier.len == 0) answer->tier = mx_str_of(MEMBERSHIP_BASIC);
    return st;
}

mx_status membership_renew_tier(struct mx_ctx *ctx, struct mx_str id) {
    struct membership_member probe = {.id = id}, *member = NULL;
    struct membership_tier_changed changed;
    struct membership_counter counter;
    struct mx_tier_answer answer;
    mx_status st = mx_get(ctx, &membership_members, &probe, &member);
    if (st != MX_OK || is_by_hand(member)) return st == MX_NONE ? MX_OK : st;
    st = membership_counters_of(ctx, id, &counter);
    if (st != MX_OK) return st;
    st = ask_tier(ctx, member, &counter, &answer);
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    if (mx_str_eq(answer.tier, member->tier) && mx_str_eq(answer.rule, member->tier_rule)) return MX_OK;

    changed = (struct membership_tier_changed){.member = member->id, .from = member->tier, .tier = answer.tier};
    if (!mx_str_eq(changed.from, changed.tier)) member->tier_at = ctx->now_ms;
    member->tier = answer.tier;
    member->tier_rule = answer.rule;
    member->tier_reason = (struct mx_str){NULL, 0};
    member->rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &membership_members, member)) != MX_OK) return st;
    return mx_str_eq(changed.from, changed.tier) ? MX_OK : mx_emit(ctx, &membership_tier_changed_event, &changed);
}

mx_status membership_explain_handler(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct mx_member_ask *ask = in;
    struct membership_explain *out = out_;
    struct membership_member probe = {.id = ask->member}, *member = NULL;
    struct membership_counter counter;
    struct mx_tier_answer answer;
    mx_status st = mx_get(ctx, &membership_members, &probe, &member);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st == MX_OK) st = membership_counters_of(ctx, ask->member, &counter);
    if (st != MX_OK) return st;
    out->member = member->id;
    out->tier = member->tier;
    out->rule = member->tier_rule;
    out->by_hand = (uint8_t)is_by_hand(member);
    out->reason = member->tier_reason;
    out->since = member->tier_at;
    out->counters = membership_list_counters(ctx, &counter);
    st = ask_tier(ctx, member, &counter, &answer);
    if (st == MX_OK) out->version = answer.version;
    return st == MX_DECLINED ? MX_OK : st;
}
