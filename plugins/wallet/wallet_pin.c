/* The PIN of a card: tries at it are counted for a minute in memory, and wrong ones for good in the card's record, also when all else of
 * the call is taken back. A PIN of four digits does not outlast somebody who has the code and a year. */
#include <stdio.h>

#include "internal.h"
#include "ops.h"
#include "wire.h"

#define PIN_TRIES "wallet.pin"

/* A PIN is short, but it opens nothing without the code, and tries at it are counted for each card: a slow hash would stand in the
 * way of every sale on the one writer and protect nothing that the key file does not. */
struct mx_str wallet_pin_hash(struct mx_ctx *ctx, struct mx_str account, struct mx_str pin) {
    size_t room = (size_t)account.len + pin.len + 2;
    char *text = mx_alloc(ctx, room);
    int len = snprintf(text, room, "%.*s %.*s", (int)account.len, account.ptr, (int)pin.len, pin.len ? pin.ptr : "");
    return wallet_hash(ctx, "gift card pin", mx_str_n(text, (size_t)len));
}

static mx_status locked(struct mx_ctx *ctx, const char *field) {
    return mx_refuse(ctx, "card_locked", field,
                     "Too many wrong PINs: this gift card is locked until a manager frees it with wallet.pin.unlock.");
}

static mx_status wrong(struct mx_ctx *ctx, struct mx_str account, const char *field) {
    const struct wallet_ask ask = {account};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &wallet_ask_type, &ask, &body);
    if (st == MX_OK) st = mx_if_refused(ctx, wallet_pin_wrong_op.name, body);
    return st == MX_OK ? mx_refuse(ctx, "proof_wrong", field, "This is not the PIN of the gift card: let the customer type it again.") : st;
}

mx_status wallet_check_pin(struct mx_ctx *ctx, const struct wallet_account *account, struct mx_str pin, const char *field) {
    struct wallet_settings settings;
    mx_status st;
    if (account->pin.len == 0) return MX_OK;
    if (pin.len == 0) return mx_refuse(ctx, "proof_needed", field, "This gift card asks for its PIN: let the customer type it.");
    st = wallet_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    if (account->pin_wrong >= settings.pin_wrong_max) return locked(ctx, field);
    st = ctx->identity->guess(ctx, PIN_TRIES, account->id, 5, 60);
    if (st != MX_OK) return st;
    if (!mx_str_eq(account->pin, wallet_pin_hash(ctx, account->id, pin))) return wrong(ctx, account->id, field);
    ctx->identity->guessed(ctx, PIN_TRIES, account->id, 5, 60);
    return MX_OK;
}

static mx_status wrong_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct wallet_account *account = NULL;
    struct wallet_settings settings;
    struct wallet_told told = {.amount = 0};
    mx_status st = wallet_by_id(ctx, ((const struct wallet_ask *)in)->account, "account", &account);
    (void)out;
    if (st == MX_OK) st = wallet_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    account->pin_wrong++;
    st = wallet_account_put(ctx, account);
    if (st != MX_OK || account->pin_wrong != settings.pin_wrong_max) return st;
    told.account = account->id;
    told.member = account->member;
    return wallet_tell(ctx, &wallet_locked_event, &told);
}

static mx_status unlock_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_block_ask *ask = in;
    struct wallet_told told = {.account = ask->account, .reason = ask->reason};
    struct wallet_account *account = NULL;
    mx_status st;
    if (mx_str_is_blank(ask->reason)) return mx_fail(ctx, MX_E_MISSING_FIELD, "reason", "Say why.");
    st = wallet_by_id(ctx, ask->account, "account", &account);
    if (st != MX_OK) return st;
    if (account->pin_wrong == 0) return wallet_show_one(ctx, account, out);
    account->pin_wrong = 0;
    told.member = account->member;
    st = wallet_account_put(ctx, account);
    if (st == MX_OK) st = wallet_tell(ctx, &wallet_unlocked_event, &told);
    return st == MX_OK ? wallet_show_one(ctx, account, out) : st;
}

const struct mx_op wallet_pin_wrong_op =
    WALLET_OP(MX_OP_INTERNAL, "wallet.pin.wrong", "Count a wrong PIN of a gift card.", NULL, &wallet_ask_type, NULL, wrong_handler, NULL);
const struct mx_op wallet_pin_unlock_op = WALLET_OP(
    0, "wallet.pin.unlock", "Free a gift card that is locked after too many wrong PINs; the shop's policy may ask for an approval.",
    WALLET_MAY_REISSUE, &wallet_block_ask_type, &wallet_one_type, unlock_handler, NULL);
