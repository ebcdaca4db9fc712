/* Moving value: to another account, out of the shop in cash, or by hand. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

/* ---- who may take from an account ---- */

mx_status wallet_open(struct mx_ctx *ctx, const struct wallet_key *key, struct wallet_account **account) {
    struct mx_member_facts facts;
    mx_status st;
    if ((key->code.len > 0) == (key->id.len > 0))
        return mx_fail(ctx, MX_E_BAD_INPUT, "code", "Give the code of the gift card or the id of the account, one of the two.");
    if (key->code.len) {
        st = wallet_by_code(ctx, key->code, "code", account);
        return st == MX_OK ? wallet_check_pin(ctx, *account, key->pin, "pin") : st;
    }
    st = wallet_by_id(ctx, key->id, key->field, account);
    if (st != MX_OK) return st;
    if ((*account)->member.len == 0)
        return mx_refuse(ctx, "proof_needed", "code", "This needs the code of the gift card: it belongs to whoever has that.");
    st = wallet_member(ctx, (*account)->member, &facts);
    return st == MX_OK ? wallet_prove(ctx, &facts, key->proof) : st;
}

static mx_status amount_of(struct mx_ctx *ctx, struct mx_str account, int64_t asked, int64_t *amount) {
    struct wallet_balance sums;
    mx_status st = wallet_balance_of(ctx, account, &sums);
    if (st != MX_OK) return st;
    if (asked == 0 && sums.balance == 0) return mx_refuse(ctx, "card_short", "amount", "There is nothing on it.");
    *amount = asked ? asked : sums.balance;
    return MX_OK;
}

/* ---- to another account ---- */

static mx_status find_target(struct mx_ctx *ctx, const struct wallet_transfer_ask *ask, struct wallet_account **to) {
    struct mx_member_facts facts;
    mx_status st = MX_OK;
    if ((ask->to.len > 0) == (ask->to_member.len > 0))
        return mx_fail(ctx, MX_E_BAD_INPUT, "to", "Say where it goes: to an account or to a member's credit, one of the two.");
    if (ask->to.len) st = wallet_by_id(ctx, ask->to, "to", to);
    if (ask->to_member.len) {
        const struct mx_member_ask member = {.member = ask->to_member, .brief = 1};
        memset(&facts, 0, sizeof(facts));
        st = mx_ask(ctx, &mx_point_member, &member, &facts);
        if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, "to_member", "There is no such member.");
        if (st == MX_OK) st = wallet_credit_for(ctx, &facts, to);
    }
    return st == MX_OK ? wallet_usable(ctx, *to, "to") : st;
}

static mx_status move_both(struct mx_ctx *ctx, const struct wallet_account *from, const struct wallet_account *to, int64_t amount,
                           struct wallet_transferred *done) {
    struct wallet_move out = {.kind = WALLET_TRANSFER_OUT, .amount = amount, .other = to->id};
    struct wallet_move in = {.kind = WALLET_TRANSFER_IN, .amount = amount, .other = from->id};
    struct wallet_told told = {.account = from->id, .amount = amount, .member = from->member, .other = to->id};
    mx_status st = mx_new_id(ctx, "trf", &done->transfer);
    out.document = in.document = told.document = done->transfer;
    if (st == MX_OK) st = wallet_book(ctx, from->id, &out, &done->balance);
    if (st == MX_OK) st = wallet_book(ctx, to->id, &in, NULL);
    if (st != MX_OK) return st;
    done->from = from->id;
    done->to = to->id;
    done->amount = amount;
    return wallet_tell(ctx, &wallet_transferred_event, &told);
}

static mx_status transfer_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_transfer_ask *ask = in;
    const struct wallet_key key = {ask->code, ask->from, ask->pin, ask->proof, "from"};
    struct wallet_account *from = NULL, *to = NULL;
    int64_t amount = 0;
    mx_status st = wallet_open(ctx, &key, &from);
    if (st == MX_OK && from->member.len && ask->from.len) st = mx_own(ctx, from->member);
    if (st == MX_OK) st = wallet_usable(ctx, from, ask->code.len ? "code" : "from");
    if (st == MX_OK) st = find_target(ctx, ask, &to);
    if (st == MX_OK && mx_str_eq(from->id, to->id)) st = mx_fail(ctx, MX_E_BAD_INPUT, "to", "That is the account it comes from.");
    if (st == MX_OK) st = amount_of(ctx, from->id, ask->amount, &amount);
    if (st == MX_OK) st = wallet_check_room(ctx, to->id, amount);
    return st == MX_OK ? move_both(ctx, from, to, amount, out) : st;
}

/* ---- into cash ---- */

/* The law of many places wants a small rest paid out; whatever is more needs a second person when the shop's policy says so. What counts
 * is all that stands on it: otherwise much would go out in small slices. */
static mx_status may_unload(struct mx_ctx *ctx, struct mx_str account, int64_t amount) {
    struct wallet_settings settings;
    struct wallet_balance sums;
    mx_status st = wallet_settings_now(ctx, &settings);
    if (st == MX_OK) st = wallet_balance_of(ctx, account, &sums);
    if (st != MX_OK || sums.balance <= settings.cash_out_max) return st;
    if (!mx_allowed(ctx, WALLET_MAY_ADJUST))
        return mx_refuse(ctx, "too_much_for_cash", "amount",
                         "A rest of up to %s is paid out in cash, and there is %s on it: whoever may adjust balances can pay it out.",
                         mx_say_money(ctx, settings.cash_out_max), mx_say_money(ctx, sums.balance));
    return mx_approved(ctx, WALLET_ACT, amount);
}

static mx_status pay_out(struct mx_ctx *ctx, const struct wallet_unload_ask *ask, struct wallet_unloaded *done) {
    struct mx_refund_part part = {.amount = done->amount};
    const struct mx_refund_give give = {
        .return_id = done->document, .location = ask->location, .till = ask->till, .at = ctx->now_ms, .parts = {&part, 1, sizeof(part)}};
    struct mx_refund_given given;
    mx_status st = mx_call(ctx, &mx_payment_refund, &give, &given);
    return st == MX_DECLINED ? mx_fail(ctx, MX_E_INTERNAL, NULL, "Nobody pays anything out in this shop.") : st;
}

static mx_status unload(struct mx_ctx *ctx, const struct wallet_unload_ask *ask, const struct wallet_account *account,
                        struct wallet_unloaded *done) {
    struct wallet_move move = {.kind = WALLET_UNLOAD, .amount = done->amount, .location = ask->location, .reason = ask->reason};
    struct wallet_told told = {
        .account = account->id, .amount = done->amount, .location = ask->location, .member = account->member, .reason = ask->reason};
    mx_status st = mx_new_id(ctx, "ret", &done->document);
    move.document = told.document = done->document;
    if (st == MX_OK) st = wallet_book(ctx, account->id, &move, &done->balance);
    if (st == MX_OK) st = pay_out(ctx, ask, done);
    done->account = account->id;
    return st == MX_OK ? wallet_tell(ctx, &wallet_unloaded_event, &told) : st;
}

static mx_status check_reason(struct mx_ctx *ctx, struct mx_str reason) {
    return mx_str_is_blank(reason) ? mx_fail(ctx, MX_E_MISSING_FIELD, "reason", "Say why.") : MX_OK;
}

static mx_status unload_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_unload_ask *ask = in;
    const struct wallet_key key = {ask->code, ask->account, ask->pin, ask->proof, "account"};
    struct wallet_unloaded *done = out;
    struct wallet_account *account = NULL;
    mx_status st = check_reason(ctx, ask->reason);
    if (st == MX_OK) st = wallet_check_location(ctx, ask->location);
    if (st == MX_OK) st = wallet_open(ctx, &key, &account);
    if (st == MX_OK) st = wallet_usable(ctx, account, ask->code.len ? "code" : "account");
    if (st == MX_OK) st = amount_of(ctx, account->id, ask->amount, &done->amount);
    if (st == MX_OK) st = may_unload(ctx, account->id, done->amount);
    return st == MX_OK ? unload(ctx, ask, account, done) : st;
}

/* ---- by hand ---- */

static mx_status correct_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_adjust_ask *ask = in;
    const struct wallet_move move = {.kind = WALLET_ADJUST, .amount = ask->amount, .reason = ask->reason};
    struct wallet_account *account = NULL;
    struct wallet_told told = {.account = ask->account, .amount = ask->amount, .reason = ask->reason};
    mx_status st = check_reason(ctx, ask->reason);
    if (st == MX_OK && ask->amount == 0) st = mx_fail(ctx, MX_E_OUT_OF_RANGE, "amount", "A correction of nothing corrects nothing.");
    if (st == MX_OK) st = wallet_by_id(ctx, ask->account, "account", &account);
    if (st == MX_OK && account->state == WALLET_INACTIVE)
        st = mx_refuse(ctx, "card_inactive", "account", "Nothing was ever loaded on this card: load it.");
    if (st == MX_OK && ask->amount > 0 && wallet_is_expired(ctx, account))
        st = mx_refuse(ctx, "card_expired", "account", "This gift card has expired: what is added to it could not be spent.");
    if (st == MX_OK && ask->amount > 0) st = wallet_check_room(ctx, account->id, ask->amount);
    if (st == MX_OK) st = mx_approved(ctx, WALLET_ACT, ask->amount < 0 ? -ask->amount : ask->amount);
    if (st == MX_OK) st = wallet_book(ctx, account->id, &move, NULL);
    if (st != MX_OK) return st;
    told.member = account->member;
    st = wallet_tell(ctx, &wallet_adjusted_event, &told);
    return st == MX_OK ? wallet_show_one(ctx, account, out) : st;
}

const struct mx_op wallet_transfer_op =
    WALLET_OP(0, "wallet.transfer", "Move stored value to another account, or to a member's credit.", WALLET_MAY_TRANSFER,
              &wallet_transfer_ask_type, &wallet_transferred_type, transfer_handler, MX_OWN_HANDLER);
const struct mx_op wallet_unload_op = WALLET_OP(0, "wallet.unload", "Pay stored value out in cash.", WALLET_MAY_UNLOAD,
                                                &wallet_unload_ask_type, &wallet_unloaded_type, unload_handler, NULL);
const struct mx_op wallet_correct_op =
    WALLET_OP(0, "wallet.correct", "Correct a balance by hand; the shop's policy may ask for an approval.", WALLET_MAY_ADJUST,
              &wallet_adjust_ask_type, &wallet_one_type, correct_handler, NULL);
