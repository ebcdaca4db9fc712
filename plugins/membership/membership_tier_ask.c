/* Asking the rules which tier a customer has earned: now, or as of a time of the past from what was counted until then. */
#include "tiers.h"

struct membership_tier_state membership_tier_state_of(const struct membership_member *member) {
    struct membership_tier_state state = {member->tier, member->tier_at, member->tier_lost_at};
    return state;
}

/* A tier that a person gave stays until a person gives another one, or until its time is over; "basic" hands the member back to the
 * rules. */
int membership_tier_by_hand(const struct membership_member *member, int64_t expiry_ms) {
    if (member->tier_rule.len || member->tier.len == 0 || mx_str_is(member->tier, MEMBERSHIP_BASIC)) return 0;
    return member->tier_until == 0 || member->tier_until > expiry_ms;
}

int membership_tier_kept(const struct membership_tier_state *state, const struct mx_tier_answer *answer, int64_t at) {
    return answer->keep_until > at && !mx_str_eq(state->tier, answer->tier);
}

static mx_status counters_then(struct mx_ctx *ctx, const struct membership_customer *customer, int64_t at, struct mx_list *counters) {
    static const char *const names[] = {MEMBERSHIP_SPENT, MEMBERSHIP_ORDERS, MEMBERSHIP_VISITS};
    const struct membership_window window = {.until = at + 1};
    uint32_t i;
    *counters = mx_list_new(ctx, 3, sizeof(struct mx_counter));
    for (i = 0; i < 3; i++) {
        struct mx_counter *counter = mx_list_at(counters, i);
        struct mx_count_answer answer;
        mx_status st;
        counter->name = mx_str_of(names[i]);
        st = membership_count_over(ctx, &customer->members, counter->name, &window, &answer);
        if (st != MX_OK) return st;
        counter->value = answer.value;
    }
    return MX_OK;
}

mx_status membership_tier_ask(struct mx_ctx *ctx, const struct membership_customer *customer, const struct membership_tier_state *state,
                              const struct membership_tier_question *question, struct mx_tier_answer *answer) {
    struct mx_tier_ask ask = {.member = customer->member->id,
                              .tier = state->tier,
                              .members = customer->members,
                              .at = question->at,
                              .since = state->since,
                              .joined_at = customer->member->joined_at,
                              .draft = question->draft,
                              .lost_at = state->lost_at,
                              .returned = question->returned != 0,
                              .brief = question->brief != 0};
    mx_status st = question->at ? counters_then(ctx, customer, question->at, &ask.counters)
                                : membership_customer_counters(ctx, customer, &ask.counters);
    memset(answer, 0, sizeof(*answer));
    if (st == MX_OK) st = mx_ask(ctx, &mx_point_tier, &ask, answer);
    if (st == MX_OK && answer->tier.len == 0) answer->tier = mx_str_of(MEMBERSHIP_BASIC);
    return st;
}
