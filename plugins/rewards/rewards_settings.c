/* How referrals work: one record. */
#include "internal.h"

#define WINDOW_DAYS 14

mx_status rewards_settings_now(struct mx_ctx *ctx, struct reward_settings *settings) {
    struct reward_settings now = {.scheme = MX_STR_INIT("rewards"), .window_days = WINDOW_DAYS, .referrals_max = 50, .referrals_a_day = 5};
    struct reward_settings *stored = NULL;
    mx_status st = mx_get(ctx, &rewards_settings_table, &now, &stored);
    if (st < 0) return st;
    *settings = st == MX_OK ? *stored : now;
    return MX_OK;
}

static void show(struct mx_ctx *ctx, const struct reward_settings *settings, struct rewards_settings_one *out) {
    struct rewards_settings_view *view = mx_alloc(ctx, sizeof(*view));
    view->referrer_points = settings->referrer_points;
    view->friend_points = settings->friend_points;
    view->window_days = settings->window_days;
    view->min_total = settings->min_total;
    view->referrals_max = settings->referrals_max;
    view->referrals_a_day = settings->referrals_a_day;
    view->rev = settings->rec.rev;
    out->settings = view;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct rewards_settings_put *put = in;
    struct reward_settings settings;
    mx_status st = rewards_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    if (MX_HAS(rewards_settings_put, put, if_rev) && put->if_rev != settings.rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "The settings are at revision %lld by now.", (long long)settings.rec.rev);
    if (MX_HAS(rewards_settings_put, put, referrer_points)) settings.referrer_points = put->referrer_points;
    if (MX_HAS(rewards_settings_put, put, friend_points)) settings.friend_points = put->friend_points;
    if (MX_HAS(rewards_settings_put, put, window_days)) settings.window_days = put->window_days;
    if (MX_HAS(rewards_settings_put, put, min_total)) settings.min_total = put->min_total;
    if (MX_HAS(rewards_settings_put, put, referrals_max)) settings.referrals_max = put->referrals_max;
    if (MX_HAS(rewards_settings_put, put, referrals_a_day)) settings.referrals_a_day = put->referrals_a_day;
    settings.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &rewards_settings_table, &settings)) != MX_OK) return st;
    show(ctx, &settings, out);
    return MX_OK;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct reward_settings settings;
    mx_status st = rewards_settings_now(ctx, &settings);
    (void)in;
    if (st == MX_OK) show(ctx, &settings, out);
    return st;
}

const struct mx_op rewards_settings_put_op = REWARDS_OP(0, "rewards.settings.put", "Change how referrals are rewarded.", "rewards.manage",
                                                        &rewards_settings_put_type, &rewards_settings_one_type, put_handler, NULL);
const struct mx_op rewards_settings_get_op = REWARDS_OP(MX_OP_QUERY, "rewards.settings.get", "Show how referrals are rewarded.",
                                                        "rewards.read", NULL, &rewards_settings_one_type, get_handler, NULL);
