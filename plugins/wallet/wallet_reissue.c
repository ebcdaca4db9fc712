/* A new code for a card whose code is lost: the answer never arrived, the paper was washed. The account stays, its old code is dead.
 *
 * Whoever can do this alone can take every card she has sold: so it is never who sold it, the shop's policy may ask for one more person
 * by what stands on it, and the exception report lists it. Whoever may change that policy could do it alone all the same. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

#define MAKES_POLICY "identity.manage"

static mx_status check_card(struct mx_ctx *ctx, const struct wallet_account *account) {
    if (account->kind != WALLET_GIFT_CARD)
        return mx_refuse(ctx, "no_code", "account", "A member's credit has no code: she pays with it by proving who she is.");
    if (account->state == WALLET_INACTIVE)
        return mx_refuse(ctx, "card_inactive", "account", "Nothing was ever loaded on this card: take another one.");
    return MX_OK;
}

static mx_status check_seller(struct mx_ctx *ctx, struct mx_str account) {
    const struct wallet_movement probe = {.account = account, .seq = 1};
    struct wallet_movement *first = NULL;
    mx_status st = mx_get(ctx, &wallet_movements, &probe, &first);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (!mx_str_eq(first->by, ctx->identity->principal(ctx)) || mx_allowed(ctx, MAKES_POLICY)) return MX_OK;
    return mx_refuse(ctx, "second_person", "account", "You sold this card yourself: somebody else must give it a new code.");
}

static mx_status reissue_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_block_ask *ask = in;
    struct wallet_told told = {.account = ask->account, .reason = ask->reason};
    struct wallet_account *account = NULL;
    struct wallet_balance sums;
    mx_status st;
    if (mx_str_is_blank(ask->reason)) return mx_fail(ctx, MX_E_MISSING_FIELD, "reason", "Say why.");
    st = wallet_by_id(ctx, ask->account, "account", &account);
    if (st == MX_OK) st = check_card(ctx, account);
    if (st == MX_OK) st = check_seller(ctx, account->id);
    if (st == MX_OK) st = wallet_balance_of(ctx, account->id, &sums);
    if (st == MX_OK) st = mx_approved(ctx, WALLET_ACT, sums.balance);
    if (st == MX_OK) st = wallet_secret_burn(ctx, account->id);
    if (st == MX_OK) st = wallet_code_give(ctx, account);
    if (st == MX_OK) st = wallet_account_put(ctx, account);
    if (st != MX_OK) return st;
    told.amount = sums.balance;
    told.member = account->member;
    st = wallet_tell(ctx, &wallet_reissued_event, &told);
    return st == MX_OK ? wallet_show_one(ctx, account, out) : st;
}

const struct mx_op wallet_reissue_op = WALLET_OP(
    0, "wallet.reissue", "Give a gift card a new code, when the one it had is lost: fetch it with wallet.card.reveal. The old one is dead.",
    WALLET_MAY_REISSUE, &wallet_block_ask_type, &wallet_one_type, reissue_handler, NULL);
