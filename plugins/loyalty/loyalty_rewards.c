/* What members may have for their points, as the shop's rules say. */
#include "internal.h"

struct gathering {
    struct mx_ctx *ctx;
    struct loyalty_rewards_view *view;
};

static mx_status gather(void *arg, const char *plugin, const void *answer_) {
    const struct gathering *gathering = arg;
    const struct mx_rewards *answer = answer_;
    struct mx_list *all = &gathering->view->rewards;
    struct mx_list joined = mx_list_new(gathering->ctx, all->count + answer->rewards.count, sizeof(struct mx_reward));
    uint32_t i;
    (void)plugin;
    for (i = 0; i < all->count; i++) *(struct mx_reward *)mx_list_at(&joined, i) = *(const struct mx_reward *)mx_list_at(all, i);
    for (i = 0; i < answer->rewards.count; i++)
        *(struct mx_reward *)mx_list_at(&joined, all->count + i) = *(const struct mx_reward *)mx_list_at(&answer->rewards, i);
    *all = joined;
    if (answer->version.len) gathering->view->version = answer->version;
    return MX_OK;
}

mx_status loyalty_rewards_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct loyalty_rewards_view *view = out;
    struct gathering gathering = {ctx, view};
    struct mx_reward_ask question = {0};
    struct loyalty_balance_view balance = {0};
    struct loyalty_customer customer;
    mx_status st = loyalty_customer(ctx, ask->member, "member", &customer);
    if (st == MX_OK) st = loyalty_show(ctx, &customer.members, 0, &balance);
    if (st != MX_OK) return st;
    view->points = balance.available - balance.owed;
    question.member = customer.standing;
    question.tier = customer.tier;
    question.points = view->points;
    st = mx_ask_all(ctx, &mx_point_rewards, &question, gather, &gathering);
    return st == MX_DECLINED ? MX_OK : st;
}
