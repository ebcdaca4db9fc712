/* What the files of referrals share. */
#ifndef REWARDS_REFERRAL_H
#define REWARDS_REFERRAL_H

#include "internal.h"

/* MX_NONE: nobody brought her. */
MX_MUST_CHECK mx_status rewards_referral_of(struct mx_ctx *ctx, struct mx_str friend_id, struct reward_referral **referral);
MX_MUST_CHECK mx_status rewards_referral_any(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct reward_referral **referral);
/* MX_NONE: she has no code. */
MX_MUST_CHECK mx_status rewards_referrer_any(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct reward_referrer **referrer);
MX_MUST_CHECK mx_status rewards_referral_put(struct mx_ctx *ctx, struct reward_referral *referral);
/* Say how far it is, to whoever follows. */
MX_MUST_CHECK mx_status rewards_referral_tell(struct mx_ctx *ctx, const struct reward_referral *referral);
/* What she bought came back after both were rewarded: both lose what they got, for good. */
MX_MUST_CHECK mx_status rewards_referral_take_back(struct mx_ctx *ctx, struct reward_referral *referral);
/* No reward, for this reason, for good. */
MX_MUST_CHECK mx_status rewards_referral_refuse(struct mx_ctx *ctx, struct reward_referral *referral, const char *reason);
/* The window is over: reward both, refuse, or hold it for a person to decide; looked_at: a person has. */
MX_MUST_CHECK mx_status rewards_referral_settle(struct mx_ctx *ctx, struct reward_referral *referral, int looked_at);
/* What the two share that makes one wonder: REFERRAL_BY_*; NULL: nothing. */
MX_MUST_CHECK mx_status rewards_referral_shared(struct mx_ctx *ctx, const struct mx_member_facts *friend_,
                                                const struct mx_member_facts *referrer, const char **what);
MX_MUST_CHECK mx_status rewards_referral_hold(struct mx_ctx *ctx, struct reward_referral *referral, const char *reason);
/* For customers: without what the shop suspects, and without what friends bought. */
void rewards_referral_veil(struct referral_graph *graph);
/* How many devices were noted under this id of hers, added to *count. */
MX_MUST_CHECK mx_status rewards_devices_count(struct mx_ctx *ctx, struct mx_str member, int64_t *count);
/* Forget the devices under this id of hers. */
MX_MUST_CHECK mx_status rewards_devices_forget(struct mx_ctx *ctx, struct mx_str member);

#endif
