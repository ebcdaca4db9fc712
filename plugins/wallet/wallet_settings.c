/* How the shop handles stored value. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

static void show(struct mx_ctx *ctx, const struct wallet_settings *settings, struct wallet_settings_one *out) {
    out->settings = mx_alloc(ctx, sizeof(*out->settings));
    *out->settings = (struct wallet_settings_view){.expires_after_ms = settings->expires_after_ms,
                                                   .law_floor_ms = settings->law_floor_ms,
                                                   .refund_grace_ms = settings->refund_grace_ms,
                                                   .cash_out_max = settings->cash_out_max,
                                                   .balance_max = settings->balance_max,
                                                   .tries_per_minute = settings->tries_per_minute,
                                                   .shop_tries_per_minute = settings->shop_tries_per_minute,
                                                   .pin_wrong_max = settings->pin_wrong_max,
                                                   .rev = settings->rec.rev};
}

static void merge(const struct wallet_settings_put *put, struct wallet_settings *settings) {
    if (MX_HAS(wallet_settings_put, put, expires_after_ms)) settings->expires_after_ms = put->expires_after_ms;
    if (MX_HAS(wallet_settings_put, put, law_floor_ms)) settings->law_floor_ms = put->law_floor_ms;
    if (MX_HAS(wallet_settings_put, put, refund_grace_ms)) settings->refund_grace_ms = put->refund_grace_ms;
    if (MX_HAS(wallet_settings_put, put, cash_out_max)) settings->cash_out_max = put->cash_out_max;
    if (MX_HAS(wallet_settings_put, put, balance_max)) settings->balance_max = put->balance_max;
    if (MX_HAS(wallet_settings_put, put, tries_per_minute)) settings->tries_per_minute = put->tries_per_minute;
    if (MX_HAS(wallet_settings_put, put, shop_tries_per_minute)) settings->shop_tries_per_minute = put->shop_tries_per_minute;
    if (MX_HAS(wallet_settings_put, put, pin_wrong_max)) settings->pin_wrong_max = put->pin_wrong_max;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_settings_put *put = in;
    struct wallet_settings settings;
    mx_status st = wallet_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    if (MX_HAS(wallet_settings_put, put, if_rev) && put->if_rev != settings.rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "The settings are at revision %lld by now.", (long long)settings.rec.rev);
    merge(put, &settings);
    if (settings.expires_after_ms > 0 && settings.expires_after_ms < settings.law_floor_ms)
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "expires_after_ms", "The law wants gift cards to live longer than that.");
    settings.rec.has = UINT64_MAX;
    st = mx_put(ctx, &wallet_settings_table, &settings);
    if (st == MX_OK) show(ctx, &settings, out);
    return st;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct wallet_settings settings;
    mx_status st = wallet_settings_now(ctx, &settings);
    (void)in;
    if (st == MX_OK) show(ctx, &settings, out);
    return st;
}

const struct mx_op wallet_settings_put_op = WALLET_OP(0, "wallet.settings.put", "Say how the shop handles stored value.", WALLET_MAY_MANAGE,
                                                      &wallet_settings_put_type, &wallet_settings_one_type, put_handler, NULL);
const struct mx_op wallet_settings_get_op = WALLET_OP(MX_OP_QUERY, "wallet.settings.get", "Show how the shop handles stored value.",
                                                      WALLET_MAY_READ, NULL, &wallet_settings_one_type, get_handler, NULL);
