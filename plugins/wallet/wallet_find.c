/* From a code to its card. Every try is counted before anything is hashed or looked up, and whoever is wrong learns nothing but
 * that. */
#include "internal.h"

#define TRIES "wallet.code"

/* Customers in their own sessions count together, and apart from the shop's own people: whoever signs in as a customer only to guess
 * shuts out no till. */
static const char *tries_of(struct mx_ctx *ctx) { return ctx->identity->customer(ctx).len ? TRIES ".customer" : TRIES; }

mx_status wallet_try(struct mx_ctx *ctx) {
    struct wallet_settings settings;
    mx_status st = wallet_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    return ctx->identity->guess(ctx, tries_of(ctx), mx_str_n(NULL, 0), (uint32_t)settings.tries_per_minute,
                                (uint32_t)settings.shop_tries_per_minute);
}

void wallet_tried(struct mx_ctx *ctx) {
    struct wallet_settings settings;
    if (wallet_settings_now(ctx, &settings) != MX_OK) return;
    ctx->identity->guessed(ctx, tries_of(ctx), mx_str_n(NULL, 0), (uint32_t)settings.tries_per_minute,
                           (uint32_t)settings.shop_tries_per_minute);
}

struct mx_str wallet_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes) {
    return mx_keyed_text(ctx, purpose, bytes, MX_HASH_BYTES);
}

struct mx_str wallet_code_hash(struct mx_ctx *ctx, const char code[WALLET_CODE_LEN]) {
    return wallet_hash(ctx, "gift card", mx_str_n(code, WALLET_CODE_LEN));
}

static mx_status unknown(struct mx_ctx *ctx, const char *field) {
    return mx_refuse(ctx, "card_unknown", field,
                     "There is no gift card that can be used with this code: scan it again, or compare it with the card.");
}

/* inactive: cards that were printed and never loaded count, too. Otherwise whoever read the codes off the rack could ask for one of
 * them until somebody loads it. */
static mx_status by_code(struct mx_ctx *ctx, struct mx_str typed, const char *field, int inactive, struct wallet_account **account) {
    struct wallet_account probe = {.kind = WALLET_GIFT_CARD};
    char code[WALLET_CODE_LEN];
    int is_void = 0;
    mx_status st = wallet_try(ctx);
    if (st != MX_OK) return st;
    if (!wallet_code_read(typed, code)) return unknown(ctx, field);
    probe.code = wallet_code_hash(ctx, code);
    st = mx_find(ctx, &wallet_accounts, "code", &probe, account);
    if (st == MX_NONE) return unknown(ctx, field);
    if (st == MX_OK && (*account)->state == WALLET_INACTIVE) {
        if (!inactive) return unknown(ctx, field);
        st = wallet_batch_is_void(ctx, (*account)->batch, &is_void);
        if (st == MX_OK && is_void) return unknown(ctx, field);
    }
    if (st == MX_OK) wallet_tried(ctx);
    return st;
}

mx_status wallet_by_code_also_new(struct mx_ctx *ctx, struct mx_str typed, const char *field, struct wallet_account **account) {
    return by_code(ctx, typed, field, 1, account);
}

mx_status wallet_by_code(struct mx_ctx *ctx, struct mx_str typed, const char *field, struct wallet_account **account) {
    return by_code(ctx, typed, field, 0, account);
}

mx_status wallet_by_id(struct mx_ctx *ctx, struct mx_str id, const char *field, struct wallet_account **account) {
    mx_status st = wallet_account_get(ctx, id, account);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no such gift card or account.") : st;
}

mx_status wallet_usable(struct mx_ctx *ctx, const struct wallet_account *account, const char *field) {
    if (account->state == WALLET_BLOCKED)
        return mx_refuse(ctx, "card_blocked", field,
                         "This gift card is blocked: somebody who may free it (wallet.unblock) should look at it.");
    if (account->state == WALLET_INACTIVE) return unknown(ctx, field);
    if (wallet_is_expired(ctx, account))
        return mx_refuse(ctx, "card_expired", field, "This gift card has expired on %s: nothing can be paid with it.",
                         mx_say_day(ctx, account->expires_at));
    return MX_OK;
}

mx_status wallet_member(struct mx_ctx *ctx, struct mx_str member, struct mx_member_facts *facts) {
    const struct mx_member_ask ask = {.member = member, .brief = 1};
    mx_status st;
    memset(facts, 0, sizeof(*facts));
    st = mx_ask(ctx, &mx_point_member, &ask, facts);
    return st == MX_DECLINED ? mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.") : st;
}

mx_status wallet_prove(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct mx_str proof) {
    return ctx->identity->person_prove(ctx, facts->person, proof);
}
