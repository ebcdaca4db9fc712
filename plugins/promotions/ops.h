/* The operations of coupons, limits and groups, for the descriptor. */
#ifndef PROMOTIONS_OPS_H
#define PROMOTIONS_OPS_H

#include "merx/plugin.h"

#define PROMOTIONS_BATCH_JOB "promotions.batch"

#define PROMOTIONS_OP(op_flags, op_name, op_doc, op_permission, in_type, out_type, function)                                               \
    {                                                                                                                                      \
        (uint32_t)sizeof(struct mx_op), op_flags, op_name, op_doc, op_permission, in_type, out_type, function, NULL, MX_HOME_HEADQUARTERS, \
            MX_OFFLINE_REFUSE, "0.3"                                                                                                       \
    }

/* The same for what customers may call in their own session; `whom` as in struct mx_op. */
#define PROMOTIONS_OWN_OP(op_flags, op_name, op_doc, op_permission, in_type, out_type, function, whom)                                     \
    {                                                                                                                                      \
        (uint32_t)sizeof(struct mx_op), op_flags, op_name, op_doc, op_permission, in_type, out_type, function, NULL, MX_HOME_HEADQUARTERS, \
            MX_OFFLINE_REFUSE, "0.3", whom                                                                                                 \
    }

extern const struct mx_op promotions_stacking_get_op, promotions_stacking_put_op;
extern const struct mx_table promotions_stackings;
extern const struct mx_op promotions_use_op, promotions_give_back_op, promotions_reserve_op;
extern const struct mx_op promotions_coupon_issue_op, promotions_coupon_reveal_op, promotions_coupon_void_op, promotions_coupon_forget_op,
    promotions_coupon_get_op, promotions_coupon_list_op, promotions_coupon_check_op;
extern const struct mx_op promotions_batch_make_op, promotions_batch_codes_op, promotions_batch_get_op, promotions_batch_list_op,
    promotions_batch_void_op, promotions_batch_forget_op;
extern const struct mx_op promotions_limits_list_op;
extern const struct mx_op promotions_campaign_put_op, promotions_campaign_get_op;
extern const struct mx_op promotions_group_open_op, promotions_group_join_op, promotions_group_get_op, promotions_group_expire_op;
extern const struct mx_op promotions_bargain_open_op, promotions_bargain_help_op;

extern const struct mx_check promotions_uses_check, promotions_groups_check, promotions_batches_check;

#endif
