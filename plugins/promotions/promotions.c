/* The promotions plugin: tables, operations and answers as data. */
#include "coupon.h"
#include "merx/retail/privacy.h"
#include "ops.h"
#include "wire_group.h"

static const struct mx_answer price_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_PRICE,
    .in = &mx_price_ask_type,
    .out = &mx_priced_type,
    .fn = promotions_price_answer,
};
static const struct mx_answer coupons_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_COUPONS,
    .in = &mx_coupons_ask_type,
    .out = &mx_coupons_answer_type,
    .fn = promotions_coupons_answer,
};

static const struct mx_answer used_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_USED,
    .in = &mx_used_ask_type,
    .out = &mx_used_answer_type,
    .fn = promotions_used_answer,
};

static const struct mx_answer needs_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_NEEDS,
    .in = &mx_cart_type,
    .out = &mx_needs_type,
    .fn = promotions_needs_answer,
};

static const struct mx_answer section_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_SECTION,
    .in = &mx_section_ask_type,
    .out = &mx_section_type,
    .fn = promotions_section_answer,
};

static const struct mx_answer kept_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_KEPT,
    .in = &mx_kept_ask_type,
    .out = &mx_kept_type,
    .fn = promotions_kept_answer,
};

static const struct mx_answer *const answers[] = {&price_answer,   &needs_answer, &coupons_answer, &used_answer, &kept_answer,
                                                  &section_answer, NULL};

static const struct mx_table *const tables[] = {
    &promotions_stackings,
    &promotions_coupons,
    &promotions_reservations,
    &promotions_batches,
    &promotions_secrets,
    &promotions_counters,
    &promotions_uses,
    &promotions_campaigns,
    &promotions_groups,
    &promotions_joined,
    NULL,
};

static const struct mx_op *const ops[] = {
    &promotions_stacking_get_op,  &promotions_stacking_put_op, &promotions_use_op,           &promotions_give_back_op,
    &promotions_reserve_op,       &promotions_coupon_issue_op, &promotions_coupon_reveal_op, &promotions_coupon_void_op,
    &promotions_coupon_forget_op, &promotions_coupon_get_op,   &promotions_coupon_list_op,   &promotions_coupon_check_op,
    &promotions_batch_make_op,    &promotions_batch_codes_op,  &promotions_batch_get_op,     &promotions_batch_list_op,
    &promotions_batch_void_op,    &promotions_batch_forget_op, &promotions_limits_list_op,   &promotions_campaign_put_op,
    &promotions_campaign_get_op,  &promotions_group_open_op,   &promotions_group_join_op,    &promotions_group_get_op,
    &promotions_group_expire_op,  &promotions_bargain_open_op, &promotions_bargain_help_op,  NULL,
};

static const struct mx_event_def *const events[] = {
    &promotions_coupon_issued,   &promotions_coupon_voided, &promotions_batch_made,
    &promotions_batch_voided,    &promotions_group_opened,  &promotions_group_joined,
    &promotions_group_completed, &promotions_group_ended,   NULL,
};

static const struct mx_point *const points[] = {&mx_point_member, &mx_point_article, NULL};
static const struct mx_check *const checks[] = {&promotions_uses_check, &promotions_groups_check, &promotions_batches_check, NULL};
static const struct mx_job batch_job = {(uint32_t)sizeof(struct mx_job), 0, PROMOTIONS_BATCH_JOB, promotions_batch_step};
static const struct mx_job *const jobs[] = {&batch_job, NULL};

static const struct mx_grant may[] = {
    {"manager", "promotions.*"},
    {"cashier", "promotions.check promotions.join"},
    {"clerk", "promotions.check promotions.join promotions.read"},
    {"agent", "promotions.check promotions.join promotions.read"},
    {"channel", "promotions.check promotions.join"},
    {"customer", "promotions.check promotions.read"},
    {"auditor", "promotions.read"},
    {"script", "promotions.read promotions.issue"},
};
static const struct mx_grant *const grants[] = {&may[0], &may[1], &may[2], &may[3], &may[4], &may[5], &may[6], &may[7], NULL};

MX_PLUGIN(promotions) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "promotions",
        .version = "0.1",
        .summary = "what offers take off a cart, coupons and budgets",
        .tables = tables,
        .ops = ops,
        .events = events,
        .answers = answers,
        .points = points,
        .jobs = jobs,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
