/* What a customer holds when she wants to be forgotten, and what becomes of it when she gives it up. */
#include "internal.h"
#include "ops.h"

/* Blocked, with what stands on it: nobody can spend it by a code that is still around, and the books say what the shop owes. */
static mx_status give_up(struct mx_ctx *ctx, struct wallet_account *account) {
    struct wallet_told told = {.account = account->id, .member = account->member};
    mx_status st;
    if (account->state == WALLET_BLOCKED) return MX_OK;
    account->state = WALLET_BLOCKED;
    account->reason = told.reason = mx_str_of("given up by the customer");
    st = wallet_account_put(ctx, account);
    return st == MX_OK ? wallet_tell(ctx, &wallet_blocked_event, &told) : st;
}

/* Blocked accounts count, too: what was lost is hers all the same. */
static mx_status count_account(struct mx_ctx *ctx, struct wallet_account *account, int forfeit, int64_t *balance) {
    struct wallet_balance sums;
    mx_status st = wallet_balance_of(ctx, account->id, &sums);
    if (st != MX_OK || sums.balance == 0 || wallet_is_expired(ctx, account)) return st;
    if (!mx_add(*balance, sums.balance, balance))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "member", "The balances are too large to be added up.");
    return forfeit ? give_up(ctx, account) : MX_OK;
}

static mx_status count_member(struct mx_ctx *ctx, struct mx_str member, int forfeit, int64_t *balance) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "member", .prefix = 1};
    const struct wallet_account probe = {.member = member};
    struct wallet_account *account = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_accounts, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &account)) == MX_OK) st = count_account(ctx, account, forfeit, balance);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status forfeit_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_wallet_forfeit *ask = in;
    struct mx_wallet_held *held = out;
    struct mx_member_facts facts;
    uint32_t i;
    mx_status st = wallet_member(ctx, ask->member, &facts);
    if (st != MX_OK) return st;
    if (facts.members.count == 0) return count_member(ctx, facts.id, ask->forfeit, &held->balance);
    for (i = 0; st == MX_OK && i < facts.members.count; i++)
        st = count_member(ctx, mx_list_str(&facts.members, i), ask->forfeit, &held->balance);
    return st;
}

const struct mx_op wallet_forfeit_op =
    WALLET_OP(MX_OP_INTERNAL, "wallet.forfeit", "Say what a customer holds on all her accounts, and block them when she gives it up.", NULL,
              &mx_wallet_forfeit_type, &mx_wallet_held_type, forfeit_handler, NULL);
