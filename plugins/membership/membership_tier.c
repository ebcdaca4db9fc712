/* What is counted of a member, and the tier that rules find in it. */
#include "merx/money.h"

#include "internal.h"

/* A tier that a person gave stays until a person gives another one; "basic" hands the member back to the rules. */
static int is_by_hand(const struct membership_member *member) {
    return member->tier_rule.len == 0 && member->tier.len > 0 && !mx_str_is(member->tier, MEMBERSHIP_BASIC);
}

mx_status membership_counters_of(struct mx_ctx *ctx, struct mx_str member, struct membership_counter *out) {
    struct membership_counter probe = {.member = member}, *found = NULL;
    mx_status st = mx_get(ctx, &membership_counters, &probe, &found);
    *out = st == MX_OK ? *found : probe;
    return st == MX_NONE ? MX_OK : st;
}

struct mx_list membership_list_counters(struct mx_ctx *ctx, const struct membership_counter *counter) {
    struct mx_list list = mx_list_new(ctx, 2, sizeof(struct mx_counter));
    struct mx_counter *spent = mx_list_at(&list, 0), *orders = mx_list_at(&list, 1);
    spent->name = mx_str_of("spent_minor");
    spent->value = counter->spent_minor;
    orders->name = mx_str_of("orders");
    orders->value = counter->orders;
    return list;
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

static mx_status renew_tier(struct mx_ctx *ctx, const struct membership_counter *counter) {
    struct membership_member probe = {.id = counter->member}, *member = NULL;
    struct membership_tier_changed changed;
    struct mx_tier_answer answer;
    mx_status st = mx_get(ctx, &membership_members, &probe, &member);
    if (st != MX_OK || is_by_hand(member)) return st == MX_NONE ? MX_OK : st;
    st = ask_tier(ctx, member, counter, &answer);
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

static mx_status count(struct mx_ctx *ctx, struct mx_str member, int64_t spent_minor, int64_t orders) {
    struct membership_counter counter;
    mx_status st;
    if (member.len == 0) return MX_OK;
    st = membership_counters_of(ctx, member, &counter);
    if (st != MX_OK) return st;
    if (!mx_add(counter.spent_minor, spent_minor, &counter.spent_minor)) return MX_OK; /* nobody has spent so much */
    counter.orders += orders;
    st = mx_put(ctx, &membership_counters, &counter);
    return st == MX_OK ? renew_tier(ctx, &counter) : st;
}

mx_status membership_hear_paid(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_order_paid *paid = data;
    (void)event;
    return count(ctx, paid->member, paid->total, 1);
}

mx_status membership_hear_returned(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_order_returned *returned = data;
    (void)event;
    return count(ctx, returned->member, -returned->refund, 0);
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
