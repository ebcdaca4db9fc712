/* How many points a sale earns, and how long they live. */
#include "internal.h"

mx_status loyalty_settings_now(struct mx_ctx *ctx, struct loyalty_settings *settings) {
    struct loyalty_settings now = {.scheme = MX_STR_INIT("points"), .minor_per_point = 1}, *stored = NULL;
    uint32_t digits;
    mx_status st = mx_get(ctx, &loyalty_settings_table, &now, &stored);
    if (st < 0) return st;
    for (digits = mx_shop_of(ctx)->digits; digits > 0; digits--) now.minor_per_point *= 10;
    *settings = stored ? *stored : now;
    return MX_OK;
}

static void show(struct mx_ctx *ctx, const struct loyalty_settings *settings, struct loyalty_settings_one *out) {
    out->settings = mx_alloc(ctx, sizeof(*out->settings));
    out->settings->minor_per_point = settings->minor_per_point;
    out->settings->available_after_ms = settings->available_after_ms;
    out->settings->expires_after_ms = settings->expires_after_ms;
    out->settings->burn_minor_per_point = settings->burn_minor_per_point;
    out->settings->burn_min_points = settings->burn_min_points;
    out->settings->burn_step_points = settings->burn_step_points;
    out->settings->burn_max_share_ppm = settings->burn_max_share_ppm;
    out->settings->burn_max_minor = settings->burn_max_minor;
    out->settings->restore_grace_ms = settings->restore_grace_ms;
    out->settings->negative = settings->negative ? settings->negative : LOYALTY_NEVER;
    out->settings->earn_on_points = settings->earn_on_points;
    out->settings->expires_at_year_end = settings->expires_at_year_end;
    out->settings->expires_after_years = settings->expires_after_years;
    out->settings->rev = settings->rec.rev;
}

/* What points pay. */
static void change_burning(const struct loyalty_settings_put *put, struct loyalty_settings *settings) {
    if (MX_HAS(loyalty_settings_put, put, burn_minor_per_point)) settings->burn_minor_per_point = put->burn_minor_per_point;
    if (MX_HAS(loyalty_settings_put, put, burn_min_points)) settings->burn_min_points = put->burn_min_points;
    if (MX_HAS(loyalty_settings_put, put, burn_step_points)) settings->burn_step_points = put->burn_step_points;
    if (MX_HAS(loyalty_settings_put, put, burn_max_share_ppm)) settings->burn_max_share_ppm = put->burn_max_share_ppm;
    if (MX_HAS(loyalty_settings_put, put, burn_max_minor)) settings->burn_max_minor = put->burn_max_minor;
    if (MX_HAS(loyalty_settings_put, put, restore_grace_ms)) settings->restore_grace_ms = put->restore_grace_ms;
    if (put->negative) settings->negative = put->negative;
}

/* How points come, and how long they live. */
static void change_earning(const struct loyalty_settings_put *put, struct loyalty_settings *settings) {
    if (MX_HAS(loyalty_settings_put, put, minor_per_point)) settings->minor_per_point = put->minor_per_point;
    if (MX_HAS(loyalty_settings_put, put, earn_on_points)) settings->earn_on_points = put->earn_on_points;
    if (MX_HAS(loyalty_settings_put, put, available_after_ms)) settings->available_after_ms = put->available_after_ms;
    if (MX_HAS(loyalty_settings_put, put, expires_after_ms)) settings->expires_after_ms = put->expires_after_ms;
    if (MX_HAS(loyalty_settings_put, put, expires_at_year_end)) settings->expires_at_year_end = put->expires_at_year_end;
    if (MX_HAS(loyalty_settings_put, put, expires_after_years)) settings->expires_after_years = put->expires_after_years;
}

static mx_status check_life(struct mx_ctx *ctx, const struct loyalty_settings *settings) {
    if (settings->expires_after_ms > 0 && settings->expires_at_year_end)
        return mx_fail(ctx, MX_E_BAD_INPUT, "expires_at_year_end",
                       "Points live for expires_after_ms or until the end of a year, not both: set one of them to 0 or false.");
    if (settings->expires_after_years > 0 && !settings->expires_at_year_end)
        return mx_fail(ctx, MX_E_BAD_INPUT, "expires_after_years", "It says the end of which year, and goes with expires_at_year_end.");
    if (settings->expires_after_ms > 0 && settings->expires_after_ms <= settings->available_after_ms)
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "expires_after_ms", "Points would expire before they may be used.");
    return MX_OK;
}

mx_status loyalty_settings_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_settings_put *put = in;
    struct loyalty_settings settings;
    mx_status st = loyalty_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    if (MX_HAS(loyalty_settings_put, put, if_rev) && put->if_rev != settings.rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "The settings are at revision %lld by now.", (long long)settings.rec.rev);
    change_earning(put, &settings);
    change_burning(put, &settings);
    if ((st = check_life(ctx, &settings)) != MX_OK) return st;
    settings.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &loyalty_settings_table, &settings)) != MX_OK) return st;
    show(ctx, &settings, out);
    return MX_OK;
}

mx_status loyalty_settings_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct loyalty_settings settings;
    mx_status st = loyalty_settings_now(ctx, &settings);
    (void)in;
    if (st == MX_OK) show(ctx, &settings, out);
    return st;
}

mx_status loyalty_earn_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_earn_ask *ask = in;
    struct mx_earn_answer *answer = out;
    struct loyalty_settings settings;
    int64_t counts = ask->total;
    mx_status st = loyalty_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    if (!settings.earn_on_points) counts -= ask->points_paid;
    answer->points = counts > 0 ? counts / settings.minor_per_point : 0;
    answer->op = mx_str_of(mx_points_earn.op);
    return MX_OK;
}
