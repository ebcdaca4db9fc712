/* Paying with stored value, and the way back of a refund. */
#include "internal.h"
#include "ops.h"

/* Take from one account for a payment, and remember it for the refund. */
static mx_status take(struct mx_ctx *ctx, const struct mx_wallet_spend *spend, struct mx_str account, int64_t amount, int64_t *balance) {
    const struct wallet_move move = {.kind = WALLET_SPEND,
                                     .amount = amount,
                                     .at = spend->at,
                                     .document = spend->order,
                                     .payment = spend->payment,
                                     .location = spend->location};
    struct wallet_paid paid = {.payment = spend->payment, .account = account, .amount = amount};
    const struct wallet_told told = {.account = account, .amount = amount, .document = spend->order, .location = spend->location};
    mx_status st = wallet_book(ctx, account, &move, balance);
    if (st == MX_OK) st = mx_put(ctx, &wallet_payments, &paid);
    return st == MX_OK ? wallet_tell(ctx, &wallet_spent_event, &told) : st;
}

/* A card by its id: whoever stands at the till must prove that she is the one it belongs to. */
static mx_status by_id(struct mx_ctx *ctx, const struct mx_wallet_spend *spend, struct wallet_account **account) {
    struct mx_member_facts facts;
    mx_status st = wallet_account_get(ctx, spend->reference, account);
    if (st == MX_NONE || (st == MX_OK && (*account)->member.len == 0))
        return mx_refuse(ctx, "proof_needed", "reference", "This needs the code of the gift card: it belongs to whoever has that.");
    if (st == MX_OK) st = wallet_member(ctx, (*account)->member, &facts);
    return st == MX_OK ? wallet_prove(ctx, &facts, spend->proof) : st;
}

static int is_id(struct mx_str reference) { return reference.len > 4 && memcmp(reference.ptr, "gft_", 4) == 0; }

static mx_status spend_card(struct mx_ctx *ctx, const struct mx_wallet_spend *spend, struct mx_wallet_moved *moved) {
    struct wallet_account *account = NULL;
    mx_status st;
    if (is_id(spend->reference)) {
        st = by_id(ctx, spend, &account);
    } else {
        st = wallet_by_code(ctx, spend->reference, "reference", &account);
        if (st == MX_OK) st = wallet_check_pin(ctx, account, spend->proof, "proof");
    }
    if (st == MX_OK) st = wallet_usable(ctx, account, "reference");
    if (st != MX_OK) return st;
    moved->account = account->id;
    return take(ctx, spend, account->id, spend->amount, &moved->balance);
}

/* One account of the customer after the other, the standing id's first. */
static mx_status take_credit(struct mx_ctx *ctx, const struct mx_wallet_spend *spend, struct mx_str member, int64_t *left,
                             struct mx_wallet_moved *moved) {
    struct wallet_account *account = NULL;
    struct wallet_balance sums;
    int64_t amount, after = 0;
    mx_status st = wallet_credit_of(ctx, member, &account);
    if (st == MX_OK && account->state == WALLET_BLOCKED && *left == 0) return MX_OK;
    if (st == MX_OK) st = wallet_usable(ctx, account, "member");
    if (st == MX_OK) st = wallet_balance_of(ctx, account->id, &sums);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    after = sums.balance;
    amount = *left < sums.balance ? *left : sums.balance;
    if (amount > 0) st = take(ctx, spend, account->id, amount, &after);
    if (amount > 0 && moved->account.len == 0) moved->account = account->id;
    *left -= amount;
    return mx_add(moved->balance, after, &moved->balance) ? st : mx_fail(ctx, MX_E_OUT_OF_RANGE, "amount", "That is too much to count.");
}

static mx_status spend_credit(struct mx_ctx *ctx, const struct mx_wallet_spend *spend, struct mx_wallet_moved *moved) {
    struct mx_member_facts facts;
    int64_t left = spend->amount;
    uint32_t i;
    mx_status st;
    if (spend->member.len == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "member", "Stored value belongs to a member: say to which one.");
    st = wallet_member(ctx, spend->member, &facts);
    if (st == MX_OK) st = wallet_prove(ctx, &facts, spend->proof);
    if (st == MX_OK && facts.members.count == 0) st = take_credit(ctx, spend, facts.id, &left, moved);
    for (i = 0; st == MX_OK && i < facts.members.count; i++) st = take_credit(ctx, spend, mx_list_str(&facts.members, i), &left, moved);
    if (st != MX_OK || left == 0) return st;
    return mx_refuse(ctx, "card_short", "amount", "The member's credit is %s short: let something else pay that.", mx_say_money(ctx, left));
}

static mx_status spend_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_wallet_spend *spend = in;
    return spend->reference.len ? spend_card(ctx, spend, out) : spend_credit(ctx, spend, out);
}

/* ---- the way back ---- */

/* Value that comes back to an expired card gets some time to be used; what expired before stays so. */
static mx_status revive(struct mx_ctx *ctx, struct wallet_account *account) {
    struct wallet_settings settings;
    mx_status st;
    if (!wallet_is_expired(ctx, account)) return MX_OK;
    st = wallet_expire_now(ctx, account);
    if (st == MX_OK) st = wallet_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    if (!mx_add(ctx->expiry_ms, settings.refund_grace_ms, &account->expires_at))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "refund_grace_ms", "The time for refunds is too long.");
    st = wallet_account_put(ctx, account);
    return st == MX_OK ? wallet_plan_end(ctx, account) : st;
}

static mx_status put_back(struct mx_ctx *ctx, const struct mx_wallet_give_back *back, struct wallet_paid *paid, int64_t *left,
                          struct mx_wallet_moved *moved) {
    int64_t room = paid->amount - paid->returned, amount = *left < room ? *left : room;
    const struct wallet_move move = {
        .kind = WALLET_REFUND, .amount = amount, .at = back->at, .document = back->return_id, .payment = back->payment};
    const struct wallet_told told = {.account = paid->account, .amount = amount, .document = back->return_id};
    struct wallet_account *account = NULL;
    mx_status st;
    if (amount == 0) return MX_OK;
    st = wallet_by_id(ctx, paid->account, "payment", &account);
    if (st == MX_OK) st = revive(ctx, account);
    if (st == MX_OK) st = wallet_book(ctx, paid->account, &move, &moved->balance);
    paid->returned += amount;
    if (st == MX_OK) st = mx_put(ctx, &wallet_payments, paid);
    if (st != MX_OK) return st;
    moved->account = paid->account;
    *left -= amount;
    return wallet_tell(ctx, &wallet_refunded_event, &told);
}

static mx_status give_back_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_wallet_give_back *back = in;
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    const struct wallet_paid probe = {.payment = back->payment};
    struct wallet_paid *paid = NULL;
    struct mx_scan *scan = NULL;
    int64_t left = back->amount;
    mx_status st = mx_scan_open(ctx, &wallet_payments, &opts, &probe, &scan);
    while (st == MX_OK && left > 0 && (st = mx_scan_next(ctx, scan, &paid)) == MX_OK) st = put_back(ctx, back, paid, &left, out);
    if (st < 0 || left == 0) return st < 0 ? st : MX_OK;
    return mx_refuse(ctx, "refund_above_paid", "amount", "That is %s more than this payment took and was not given back yet.",
                     mx_say_money(ctx, left));
}

const struct mx_op wallet_spend_op = WALLET_OP(MX_OP_INTERNAL, "wallet.spend", "Pay with a gift card or with a member's credit.", NULL,
                                               &mx_wallet_spend_type, &mx_wallet_moved_type, spend_handler, NULL);
const struct mx_op wallet_give_back_op = WALLET_OP(MX_OP_INTERNAL, "wallet.give_back", "Give back to where a payment came from.", NULL,
                                                   &mx_wallet_give_back_type, &mx_wallet_moved_type, give_back_handler, NULL);
