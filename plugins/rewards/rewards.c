/* Rewards: things for points, queues, classes, referrals, presents on occasions. This file is data. */
#include "internal.h"
#include "merx/retail/payment.h"

static const struct mx_table *const tables[] = {
    &rewards_held,      &rewards_counts,  &rewards_tickets,   &rewards_classes, &rewards_bookings,       &rewards_referrers,
    &rewards_referrals, &rewards_devices, &rewards_occasions, &rewards_granted, &rewards_settings_table, NULL,
};

static const struct mx_op *const ops[] = {
    &rewards_redeem_op,          &rewards_cancel_op,          &rewards_hand_over_op,      &rewards_mine_op,
    &rewards_unlock_use_op,      &rewards_queue_enter_op,     &rewards_queue_jump_op,     &rewards_queue_next_op,
    &rewards_queue_leave_op,     &rewards_queue_list_op,      &rewards_class_put_op,      &rewards_class_list_op,
    &rewards_class_book_op,      &rewards_class_cancel_op,    &rewards_class_attended_op, &rewards_class_bookings_op,
    &rewards_referral_code_op,   &rewards_referral_graph_op,  &rewards_referral_due_op,   &rewards_occasion_put_op,
    &rewards_occasion_list_op,   &rewards_occasion_day_op,    &rewards_occasion_media_op, &rewards_grants_op,
    &rewards_settings_put_op,    &rewards_settings_get_op,    &rewards_queue_close_op,    &rewards_referral_held_op,
    &rewards_referral_decide_op, &rewards_referral_device_op, &rewards_device_trim_op,    NULL,
};

static const struct mx_event_def *const events[] = {
    &rewards_redeemed_event, &rewards_used_event,    &rewards_cancelled_event, &rewards_called_event,
    &rewards_referred_event, &rewards_decided_event, &rewards_occasion_event,  NULL,
};

static const struct mx_subscription *const subscriptions[] = {&rewards_hear_joined, &rewards_hear_paid, &rewards_hear_returned,
                                                              &rewards_hear_erased, NULL};
static const struct mx_point *const points[] = {
    &mx_point_member,    &mx_point_member_of, &mx_point_rewards, &mx_point_location,
    &mx_point_household, &mx_point_consent,   &mx_point_coupons, NULL,
};
static const struct mx_answer *const answers[] = {&rewards_entitlements_answer, &rewards_section_answer, &rewards_kept_answer,
                                                  &rewards_exceptions, NULL};
static const struct mx_use *const uses[] = {
    &mx_points_spend,     &mx_points_unspend,
    &mx_points_grant,     &mx_points_ungrant,
    &mx_coupon_give,      &mx_coupon_void,
    &mx_stock_take,       &mx_member_count,
    &rewards_balance_use, &rewards_coupon_use,
    &rewards_orders_use,  &mx_payment_list,
    &mx_member_occasions, NULL,
};
static const struct mx_check *const checks[] = {&rewards_classes_check, NULL};
static const struct mx_job *const jobs[] = {&rewards_occasion_job, &rewards_class_off_job, NULL};

static const struct mx_grant manager_may = {"manager", "rewards.*"};
static const struct mx_grant cashier_may = {
    "cashier",
    "rewards.read rewards.redeem rewards.hand_over rewards.queue rewards.queue.call rewards.classes rewards.book rewards.attend"};
static const struct mx_grant clerk_may = {
    "clerk",
    "rewards.read rewards.redeem rewards.hand_over rewards.queue rewards.queue.call rewards.classes rewards.book rewards.attend rewards.refer"};
static const struct mx_grant agent_may = {"agent", "rewards.read rewards.redeem rewards.classes rewards.book rewards.refer"};
static const struct mx_grant channel_may = {"channel", "rewards.read rewards.classes rewards.book rewards.queue rewards.refer"};
static const struct mx_grant customer_may = {"customer",
                                             "rewards.read rewards.redeem rewards.classes rewards.book rewards.queue rewards.refer"};
static const struct mx_grant auditor_may = {"auditor", "rewards.read"};
static const struct mx_grant script_may = {"script", "rewards.read rewards.classes"};
static const struct mx_grant *const grants[] = {&manager_may,  &cashier_may, &clerk_may,  &agent_may, &channel_may,
                                                &customer_may, &auditor_may, &script_may, NULL};

MX_PLUGIN(rewards) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "rewards",
        .version = "0.1",
        .summary = "things for points, queues, classes, referrals, presents on occasions",
        .tables = tables,
        .ops = ops,
        .events = events,
        .subscriptions = subscriptions,
        .points = points,
        .answers = answers,
        .uses = uses,
        .jobs = jobs,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
