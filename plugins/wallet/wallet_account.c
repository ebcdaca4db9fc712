/* Accounts, what stands on them, and the one place where that changes. */
#include "internal.h"

#define DAY_MS INT64_C(86400000)

mx_status wallet_settings_now(struct mx_ctx *ctx, struct wallet_settings *settings) {
    struct wallet_settings now = {.scheme = MX_STR_INIT("wallet"),
                                  .refund_grace_ms = 30 * DAY_MS,
                                  .tries_per_minute = 5,
                                  .shop_tries_per_minute = 60,
                                  .pin_wrong_max = 10};
    struct wallet_settings *stored = NULL;
    mx_status st = mx_get(ctx, &wallet_settings_table, &now, &stored);
    if (st < 0) return st;
    if (stored && stored->pin_wrong_max == 0) stored->pin_wrong_max = now.pin_wrong_max;
    *settings = stored ? *stored : now;
    return MX_OK;
}

mx_status wallet_account_get(struct mx_ctx *ctx, struct mx_str id, struct wallet_account **account) {
    const struct wallet_account probe = {.id = id};
    return mx_get(ctx, &wallet_accounts, &probe, account);
}

mx_status wallet_account_put(struct mx_ctx *ctx, struct wallet_account *account) {
    account->rec.has = UINT64_MAX;
    return mx_put(ctx, &wallet_accounts, account);
}

mx_status wallet_account_new(struct mx_ctx *ctx, struct wallet_account *account) {
    mx_status st = account->id.len ? MX_OK : mx_new_id(ctx, "gft", &account->id);
    if (account->state == 0) account->state = WALLET_ACTIVE;
    account->created = ctx->now_ms;
    return st == MX_OK ? wallet_account_put(ctx, account) : st;
}

mx_status wallet_credit_of(struct mx_ctx *ctx, struct mx_str member, struct wallet_account **account) {
    const struct wallet_account probe = {.member = member, .kind = WALLET_CREDIT};
    return mx_find(ctx, &wallet_accounts, "member", &probe, account);
}

mx_status wallet_balance_of(struct mx_ctx *ctx, struct mx_str account, struct wallet_balance *balance) {
    struct wallet_balance probe = {.account = account}, *stored = NULL;
    mx_status st = mx_get(ctx, &wallet_balances, &probe, &stored);
    if (st < 0) return st;
    *balance = st == MX_OK ? *stored : probe;
    return MX_OK;
}

int wallet_is_expired(struct mx_ctx *ctx, const struct wallet_account *account) {
    return account->expires_at > 0 && account->expires_at <= ctx->expiry_ms;
}

/* Which of the sums a movement belongs to. */
static int64_t *sum_of(struct wallet_balance *balance, int32_t kind, int adds) {
    if (kind == WALLET_SPEND) return &balance->spent;
    if (kind == WALLET_REFUND) return &balance->returned;
    return adds ? &balance->loaded : &balance->taken;
}

static int adds_value(const struct wallet_move *move) {
    return move->kind == WALLET_LOAD || move->kind == WALLET_REFUND || move->kind == WALLET_TRANSFER_IN ||
           (move->kind == WALLET_ADJUST && move->amount > 0);
}

static mx_status count_it(struct mx_ctx *ctx, struct wallet_balance *balance, const struct wallet_move *move, int64_t *change) {
    int adds = adds_value(move);
    int64_t amount = move->amount < 0 ? -move->amount : move->amount, *sum = sum_of(balance, move->kind, adds);
    if (!adds && amount > balance->balance)
        return mx_refuse(ctx, "card_short", "amount",
                         "There is only %s left on it, not %s: take that, and let something else pay the rest.",
                         mx_say_money(ctx, balance->balance), mx_say_money(ctx, amount));
    *change = adds ? amount : -amount;
    if (!mx_add(balance->balance, *change, &balance->balance) || !mx_add(*sum, amount, sum))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "amount", "The account cannot count that much.");
    balance->seq++;
    return MX_OK;
}

mx_status wallet_book(struct mx_ctx *ctx, struct mx_str account, const struct wallet_move *move, int64_t *balance) {
    struct wallet_balance sums;
    struct wallet_movement entry;
    int64_t change = 0;
    mx_status st = wallet_balance_of(ctx, account, &sums);
    if (st == MX_OK) st = count_it(ctx, &sums, move, &change);
    if (st != MX_OK) return st;
    entry = (struct wallet_movement){.rec = {.has = UINT64_MAX},
                                     .account = account,
                                     .seq = sums.seq,
                                     .kind = move->kind,
                                     .amount = change,
                                     .balance = sums.balance,
                                     .document = move->document,
                                     .payment = move->payment,
                                     .other = move->other,
                                     .location = move->location,
                                     .by = ctx->identity->principal(ctx),
                                     .reason = move->reason,
                                     .at = move->at ? move->at : ctx->now_ms,
                                     .booked = ctx->now_ms};
    st = mx_put(ctx, &wallet_movements, &entry);
    if (st == MX_OK) st = mx_put(ctx, &wallet_balances, &sums);
    if (st == MX_OK && balance) *balance = sums.balance;
    return st;
}
