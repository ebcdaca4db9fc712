/* Value whose time is over: never spendable from that moment on, and booked as expired by a due time. */
#include "internal.h"
#include "ops.h"

struct expire_ask {
    struct mx_str account;
};

static const struct mx_field expire_ask_fields[] = {
    MX_F_ID(expire_ask, account, MX_REQUIRED, "gft", "account"),
};
MX_TYPE(expire_ask, "wallet.expire.ask", "an account whose time is over");

mx_status wallet_plan_end(struct mx_ctx *ctx, const struct wallet_account *account) {
    const struct expire_ask ask = {account->id};
    struct mx_str body;
    mx_status st;
    if (account->expires_at == 0) return MX_OK;
    st = ctx->op->encode(ctx, &expire_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, account->expires_at, wallet_expire_op.name, account->id, body) : st;
}

mx_status wallet_expire_now(struct mx_ctx *ctx, const struct wallet_account *account) {
    struct wallet_move move = {.kind = WALLET_EXPIRE};
    struct wallet_told told = {.account = account->id, .member = account->member};
    struct wallet_balance sums;
    mx_status st = wallet_balance_of(ctx, account->id, &sums);
    if (st != MX_OK || sums.balance == 0) return st;
    move.amount = told.amount = sums.balance;
    st = wallet_book(ctx, account->id, &move, NULL);
    return st == MX_OK ? wallet_tell(ctx, &wallet_expired_event, &told) : st;
}

static mx_status expire_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct wallet_account *account = NULL;
    mx_status st = wallet_account_get(ctx, ((const struct expire_ask *)in)->account, &account);
    (void)out;
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    return wallet_is_expired(ctx, account) ? wallet_expire_now(ctx, account) : wallet_plan_end(ctx, account);
}

const struct mx_op wallet_expire_op = WALLET_OP(MX_OP_INTERNAL, "wallet.expire", "Book what is left on an expired account as expired.",
                                                NULL, &expire_ask_type, NULL, expire_handler, NULL);
