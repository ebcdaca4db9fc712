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

#endif
