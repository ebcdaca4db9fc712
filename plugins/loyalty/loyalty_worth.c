/* What points pay. The price of an amount is rounded up to whole points, and these to whole steps: the shop never gives change on points,
 * and an amount that is a whole number of steps costs exactly its worth. */
#include "internal.h"

int64_t loyalty_payable(const struct loyalty_settings *settings, int64_t due, int64_t paid) {
    int64_t most = due;
    if (settings->burn_max_share_ppm && !mx_muldiv_floor(due, settings->burn_max_share_ppm, MX_PPM_ONE, &most)) most = 0;
    if (settings->burn_max_minor && most > settings->burn_max_minor) most = settings->burn_max_minor;
    return most > paid ? most - paid : 0;
}

int loyalty_price(const struct loyalty_settings *settings, int64_t amount, int64_t *points) {
    int64_t step = settings->burn_step_points > 0 ? settings->burn_step_points : 1, unit = settings->burn_minor_per_point;
    int64_t wanted = amount / unit + (amount % unit != 0);
    wanted = wanted / step + (wanted % step != 0);
    return mx_muldiv_floor(wanted, step, 1, points);
}

mx_status loyalty_worth_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_worth_ask *ask = in;
    struct loyalty_worth *worth = out;
    struct loyalty_settings settings;
    struct loyalty_customer customer;
    struct loyalty_balance_view view = {0};
    int64_t step, spendable, value;
    mx_status st = loyalty_customer(ctx, ask->member, "member", &customer);
    if (st == MX_OK) st = loyalty_settings_now(ctx, &settings);
    if (st == MX_OK) st = loyalty_show(ctx, &customer.members, 0, &view);
    if (st != MX_OK) return st;
    worth->available = view.available > view.owed ? view.available - view.owed : 0;
    worth->minor_per_point = settings.burn_minor_per_point;
    if (settings.burn_minor_per_point == 0 || worth->available == 0) return MX_OK;
    step = settings.burn_step_points > 0 ? settings.burn_step_points : 1;
    spendable = worth->available - worth->available % step;
    if (!mx_muldiv_floor(spendable, settings.burn_minor_per_point, 1, &value)) value = MX_INT_MAX;
    worth->amount = loyalty_payable(&settings, ask->due, 0);
    if (worth->amount > value) worth->amount = value;
    if (worth->amount && !loyalty_price(&settings, worth->amount, &worth->points)) worth->amount = 0;
    if (worth->points < settings.burn_min_points) worth->amount = worth->points = 0;
    return MX_OK;
}
