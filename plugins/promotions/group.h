/* What group-buys and bargains have in common. */
#ifndef PROMOTIONS_GROUP_H
#define PROMOTIONS_GROUP_H

#include "coupon.h"
#include "ops.h"
#include "wire_group.h"

#define PROMOTIONS_HOUR_MS INT64_C(3600000)

/* The terms of this kind under which the rule is open; refused when there are none. */
MX_MUST_CHECK mx_status promotions_campaign_of(struct mx_ctx *ctx, struct mx_str rule, int32_t kind, struct promotion_campaign **campaign);

/* Begin one: kind, rule, owner, size and hours are the caller's. Refused while the owner has an open one of the rule (and article). */
MX_MUST_CHECK mx_status promotions_group_begin(struct mx_ctx *ctx, struct promotion_group *group);
/* One that is open, of this kind, by its shared code; refused when it is not. */
MX_MUST_CHECK mx_status promotions_group_find(struct mx_ctx *ctx, struct mx_str code, int32_t kind, struct promotion_group **group);
/* Note that a member takes part, once; refused the second time. */
MX_MUST_CHECK mx_status promotions_group_note(struct mx_ctx *ctx, const struct promotion_group *group, struct mx_str member);
/* The member's coupon: worth what the group says when it is used. */
MX_MUST_CHECK mx_status promotions_group_coupon(struct mx_ctx *ctx, const struct promotion_group *group, struct mx_str member,
                                                struct mx_str *id);
/* Write it, complete or not, and tell. who: joined or helped. */
MX_MUST_CHECK mx_status promotions_group_put(struct mx_ctx *ctx, struct promotion_group *group, int complete, struct mx_str who);
MX_MUST_CHECK mx_status promotions_group_answer(struct mx_ctx *ctx, const struct promotion_group *group, struct mx_str coupon, void *out);

#endif
