/* What booking uses and giving them back have in common. */
#ifndef PROMOTIONS_USE_H
#define PROMOTIONS_USE_H

#include "internal.h"
#include "records.h"

/* What one rule used up, with one coupon or none. */
struct promotions_part {
    struct mx_str rule;
    struct mx_str coupon;
    int64_t uses;
    int64_t units;
    int64_t amount;
    struct mx_list limits; /* of struct mx_offer_limit */
};

/* Whose counters, of which day. */
struct promotions_booking {
    struct mx_str member;
    int64_t day;
    struct mx_list ids; /* of struct mx_str: all ids of the member, whose uses count together; for checking only */
};

/* The lines of a use, those of one rule and coupon taken together, in order; unless `all`, only those that are counted. */
uint32_t promotions_parts(struct mx_ctx *ctx, const struct mx_promotion_use *use, int all, struct promotions_part **parts);

/* Move one counter of the part's rule; sign: 1 or -1. */
MX_MUST_CHECK mx_status promotions_count(struct mx_ctx *ctx, const struct promotions_booking *booking, const struct promotions_part *part,
                                         int32_t scope, int sign);
int promotions_scope_in(const struct mx_list *limits, int32_t scope);

#endif
