/* Referrals that a person decides about, and what an owner should look at. */
#include "internal.h"
#include "merx/retail/exception.h"
#include "referral.h"

mx_status rewards_referral_hold(struct mx_ctx *ctx, struct reward_referral *referral, const char *reason) {
    mx_status st;
    referral->state = REFERRAL_HELD;
    referral->reason = mx_str_of(reason);
    st = rewards_referral_put(ctx, referral);
    return st == MX_OK ? rewards_referral_tell(ctx, referral) : st;
}

static mx_status held_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "state"};
    const struct reward_referral probe = {.state = REFERRAL_HELD};
    struct referral_held_list *list = out;
    struct reward_referral *one = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_referrals, &opts, &probe, &scan);
    (void)in;
    list->referrals = mx_list_new(ctx, REWARDS_HELD_MAX, sizeof(struct referral_held));
    list->referrals.count = 0;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &one)) == MX_OK) {
        if (list->referrals.count == REWARDS_HELD_MAX) {
            list->more = 1;
            return MX_OK;
        }
        *(struct referral_held *)mx_list_at(&list->referrals, list->referrals.count++) =
            (struct referral_held){one->friend_id, one->referrer, one->reason, one->order, one->due_at};
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Rewarding is still refused when something else speaks against it by now. */
static mx_status decide_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct referral_decide *ask = in;
    struct referral_decided *decided = out;
    struct reward_referral *referral = NULL;
    mx_status st;
    if (mx_str_is_blank(ask->note)) return mx_fail(ctx, MX_E_MISSING_FIELD, "note", "Say why.");
    st = rewards_referral_of(ctx, ask->friend_id, &referral);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "friend_id", "Nobody brought this member.");
    if (st != MX_OK) return st;
    if (referral->state != REFERRAL_HELD)
        return mx_refuse(ctx, "not_held", "friend_id", "This referral does not wait for anybody to decide.");
    *decided = (struct referral_decided){.friend_id = referral->friend_id,
                                         .referrer = referral->referrer,
                                         .reason = referral->reason,
                                         .rewarded = ask->reward,
                                         .note = ask->note};
    st = ask->reward ? rewards_referral_settle(ctx, referral, 1) : rewards_referral_refuse(ctx, referral, mx_dup(ctx, decided->reason).ptr);
    decided->state = referral->state;
    return st == MX_OK ? mx_emit(ctx, &rewards_decided_event, decided) : st;
}

static mx_status say_kinds(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_exception_kinds *said = out;
    struct mx_exception_kind *kind;
    (void)in;
    said->kinds = mx_list_new(ctx, 2, sizeof(*kind));
    kind = mx_list_at(&said->kinds, 0);
    kind->kind = mx_str_of("referral_held");
    kind->event = mx_str_of(rewards_referred_event.name);
    kind->test = MX_EXCEPTION_IS;
    kind->member = mx_str_of("state");
    kind->word = mx_str_of("held");
    kind = mx_list_at(&said->kinds, 1);
    kind->kind = mx_str_of("referral_allowed");
    kind->event = mx_str_of(rewards_decided_event.name);
    kind->test = MX_EXCEPTION_GIVEN;
    kind->member = mx_str_of("rewarded");
    return MX_OK;
}

const struct mx_answer rewards_exceptions = {sizeof(struct mx_answer), 100,      MX_POINT_EXCEPTIONS, &mx_exception_ask_type,
                                             &mx_exception_kinds_type, say_kinds};

const struct mx_op rewards_referral_held_op =
    REWARDS_OP(MX_OP_QUERY, "rewards.referral.held", "Referrals that wait for a person to decide, and what the two share.",
               "rewards.manage", NULL, &referral_held_list_type, held_handler, NULL);
const struct mx_op rewards_referral_decide_op =
    REWARDS_OP(0, "rewards.referral.decide", "Reward a referral that was held, or refuse it for good.", "rewards.manage",
               &referral_decide_type, &referral_decided_type, decide_handler, NULL);
