/* A first order is kept: both sides are rewarded, unless they are one, live together, or run in a ring; and a person looks first when
 * they share a device or pay with the same card. */
#include <stdio.h>

#include "internal.h"
#include "referral.h"

/* ---- what speaks against it ---- */

static mx_status same_household(struct mx_ctx *ctx, const struct mx_member_facts *friend_, const struct mx_member_facts *referrer,
                                int *same) {
    const struct mx_member_ask ask = {.member = rewards_standing(friend_)};
    struct mx_household household = {.owner = {NULL, 0}};
    uint32_t i;
    mx_status st = mx_ask(ctx, &mx_point_household, &ask, &household);
    *same = 0;
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    for (i = 0; i < household.members.count; i++) *same |= rewards_is_hers(referrer, mx_list_str(&household.members, i));
    return MX_OK;
}

/* Does the friend stand in the chain of those who brought the referrer? */
static mx_status in_a_ring(struct mx_ctx *ctx, const struct mx_member_facts *friend_, struct mx_member_facts at, int *ring) {
    struct reward_referral *referral = NULL;
    mx_status st = MX_OK;
    int step;
    *ring = 0;
    for (step = 0; st == MX_OK && !*ring && step < REWARDS_CHAIN_MAX; step++) {
        st = rewards_referral_any(ctx, &at, &referral);
        if (st != MX_OK) break;
        *ring = rewards_is_hers(friend_, referral->referrer);
        if (!*ring) st = rewards_facts(ctx, referral->referrer, NULL, &at);
    }
    return st == MX_NONE ? MX_OK : st;
}

/* Friends who joined within a day before this one, this one too. */
static mx_status joined_that_day(struct mx_ctx *ctx, const struct reward_referral *referral, int64_t most, int64_t *count) {
    struct reward_referral probe = {.referrer = referral->referrer, .joined_at = referral->joined_at}, *other = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "referrer", .from = 1, .reverse = 1, .keys_only = 1};
    struct mx_scan *scan = NULL;
    mx_status st;
    MX_SET_HAS(reward_referral, &probe, joined_at);
    st = mx_scan_open(ctx, &rewards_referrals, &opts, &probe, &scan);
    *count = 0;
    while (st == MX_OK && *count <= most && (st = mx_scan_next(ctx, scan, &other)) == MX_OK) {
        if (other->joined_at <= referral->joined_at - MX_DAY_MS) break;
        ++*count;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status find_reason(struct mx_ctx *ctx, const struct reward_referral *referral, const struct reward_settings *settings,
                             const struct mx_member_facts *friend_, const struct mx_member_facts *referrer, const char **reason) {
    struct reward_referrer *account = NULL;
    int64_t count;
    int yes;
    mx_status st;
    *reason = NULL;
    if (rewards_is_hers(friend_, referral->referrer)) {
        *reason = "self";
        return MX_OK;
    }
    st = same_household(ctx, friend_, referrer, &yes);
    if (st == MX_OK && yes) *reason = "household";
    if (st == MX_OK && !*reason && (st = in_a_ring(ctx, friend_, *referrer, &yes)) == MX_OK && yes) *reason = "ring";
    if (st == MX_OK && !*reason && settings->referrals_max) {
        st = rewards_referrer_any(ctx, referrer, &account);
        if (st == MX_OK && account->rewarded >= settings->referrals_max) *reason = "many";
        if (st == MX_NONE) st = MX_OK;
    }
    if (st == MX_OK && !*reason && settings->referrals_a_day) {
        st = joined_that_day(ctx, referral, settings->referrals_a_day, &count);
        if (st == MX_OK && count > settings->referrals_a_day) *reason = "fast";
    }
    return st;
}

/* ---- the reward of both ---- */

static struct mx_str source_of(struct mx_ctx *ctx, const char *side, struct mx_str friend_id) {
    char *text = mx_alloc(ctx, 80);
    int len = snprintf(text, 80, "referral:%s:%.*s", side, (int)friend_id.len, friend_id.ptr);
    return mx_str_n(text, (size_t)len);
}

static mx_status grant(struct mx_ctx *ctx, struct mx_str member, const char *side, struct mx_str friend_id, int64_t points) {
    struct mx_points_book book = {.member = member, .source = source_of(ctx, side, friend_id), .at = ctx->now_ms, .points = points};
    struct mx_points_moved moved;
    mx_status st;
    book.reason = mx_str_of("referral");
    st = points ? mx_call(ctx, &mx_points_grant, &book, &moved) : MX_OK;
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status count(struct mx_ctx *ctx, struct mx_str referrer, struct mx_str friend_id, int64_t delta) {
    struct mx_count_add add = {.member = referrer, .delta = delta, .at = ctx->now_ms};
    struct mx_counted counted;
    mx_status st;
    add.name = mx_str_of("referrals");
    add.source = source_of(ctx, delta > 0 ? "count" : "uncount", friend_id);
    st = mx_call(ctx, &mx_member_count, &add, &counted);
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status note_rewarded(struct mx_ctx *ctx, const struct mx_member_facts *referrer, int64_t delta) {
    struct reward_referrer *account = NULL;
    mx_status st = rewards_referrer_any(ctx, referrer, &account);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    account->rewarded += delta > 0 || account->rewarded > 0 ? delta : 0;
    return mx_put(ctx, &rewards_referrers, account);
}

static mx_status reward_both(struct mx_ctx *ctx, struct reward_referral *referral, const struct reward_settings *settings,
                             const struct mx_member_facts *friend_, const struct mx_member_facts *referrer) {
    struct mx_str brought_by = rewards_standing(referrer);
    mx_status st = grant(ctx, brought_by, "by", referral->friend_id, settings->referrer_points);
    if (st == MX_OK) st = grant(ctx, rewards_standing(friend_), "friend", referral->friend_id, settings->friend_points);
    if (st == MX_OK) st = count(ctx, brought_by, referral->friend_id, 1);
    if (st == MX_OK) st = note_rewarded(ctx, referrer, 1);
    if (st != MX_OK) return st;
    referral->state = REFERRAL_REWARDED;
    referral->referrer_points = settings->referrer_points;
    referral->friend_points = settings->friend_points;
    st = rewards_referral_put(ctx, referral);
    return st == MX_OK ? rewards_referral_tell(ctx, referral) : st;
}

static mx_status ungrant(struct mx_ctx *ctx, struct mx_str member, const char *side, struct mx_str friend_id, int64_t points) {
    struct mx_points_book book = {.member = member, .source = source_of(ctx, side, friend_id), .at = ctx->now_ms};
    struct mx_points_moved moved;
    mx_status st;
    book.reason = mx_str_of("referral");
    st = points ? mx_call(ctx, &mx_points_ungrant, &book, &moved) : MX_OK;
    return st == MX_DECLINED ? MX_OK : st;
}

mx_status rewards_referral_take_back(struct mx_ctx *ctx, struct reward_referral *referral) {
    struct mx_member_facts friend_, referrer;
    mx_status st = rewards_facts(ctx, referral->friend_id, NULL, &friend_);
    if (st == MX_OK) st = rewards_facts(ctx, referral->referrer, NULL, &referrer);
    if (st == MX_OK) st = ungrant(ctx, rewards_standing(&referrer), "by", referral->friend_id, referral->referrer_points);
    if (st == MX_OK) st = ungrant(ctx, rewards_standing(&friend_), "friend", referral->friend_id, referral->friend_points);
    if (st == MX_OK) st = count(ctx, rewards_standing(&referrer), referral->friend_id, -1);
    if (st == MX_OK) st = note_rewarded(ctx, &referrer, -1);
    return st == MX_OK ? rewards_referral_refuse(ctx, referral, "returned") : st;
}

mx_status rewards_referral_settle(struct mx_ctx *ctx, struct reward_referral *referral, int looked_at) {
    struct mx_member_facts friend_, referrer;
    struct reward_settings settings;
    const char *reason = NULL, *shared = NULL;
    mx_status st = rewards_living(ctx, referral->friend_id, NULL, &friend_);
    if (st == MX_OK) st = rewards_living(ctx, referral->referrer, NULL, &referrer);
    if (st == MX_E_NOT_FOUND) return rewards_referral_refuse(ctx, referral, "gone");
    if (st == MX_OK) st = rewards_settings_now(ctx, &settings);
    if (st == MX_OK) st = find_reason(ctx, referral, &settings, &friend_, &referrer, &reason);
    if (st == MX_OK && !reason && !looked_at) st = rewards_referral_shared(ctx, &friend_, &referrer, &shared);
    if (st != MX_OK) return st;
    if (reason) return rewards_referral_refuse(ctx, referral, reason);
    if (shared) return rewards_referral_hold(ctx, referral, shared);
    return reward_both(ctx, referral, &settings, &friend_, &referrer);
}

static mx_status due_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct reward_referral *referral = NULL;
    mx_status st = rewards_referral_of(ctx, ((const struct referral_due *)in)->friend_id, &referral);
    (void)out;
    if (st != MX_OK || referral->state != REFERRAL_BOUGHT) return st == MX_NONE ? MX_OK : st;
    return rewards_referral_settle(ctx, referral, 0);
}

const struct mx_op rewards_referral_due_op =
    REWARDS_OP(MX_OP_INTERNAL, "rewards.referral.due", "A friend's first order is kept: reward both sides.", NULL, &referral_due_type, NULL,
               due_handler, NULL);
