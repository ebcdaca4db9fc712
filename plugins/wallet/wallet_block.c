/* Blocking an account, freeing it, and putting a card into a member's wallet. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

/* A card is blocked when it is lost or stolen: what is on it stays, and refunds still go there. */
static mx_status set_state(struct mx_ctx *ctx, const struct wallet_block_ask *ask, int32_t state, const struct mx_event_def *event,
                           void *out) {
    struct wallet_account *account = NULL;
    struct wallet_told told = {.account = ask->account, .reason = ask->reason};
    mx_status st;
    if (mx_str_is_blank(ask->reason)) return mx_fail(ctx, MX_E_MISSING_FIELD, "reason", "Say why.");
    st = wallet_by_id(ctx, ask->account, "account", &account);
    if (st == MX_OK && account->state == WALLET_INACTIVE)
        st = mx_refuse(ctx, "card_inactive", "account", "Nothing was ever loaded on this card; declare its batch void instead.");
    if (st != MX_OK) return st;
    if (account->state == state) return wallet_show_one(ctx, account, out);
    account->state = state;
    account->reason = ask->reason;
    told.member = account->member;
    st = wallet_account_put(ctx, account);
    if (st == MX_OK) st = wallet_tell(ctx, event, &told);
    return st == MX_OK ? wallet_show_one(ctx, account, out) : st;
}

static mx_status block_handler(struct mx_ctx *ctx, const void *in, void *out) {
    return set_state(ctx, in, WALLET_BLOCKED, &wallet_blocked_event, out);
}

static mx_status unblock_handler(struct mx_ctx *ctx, const void *in, void *out) {
    return set_state(ctx, in, WALLET_ACTIVE, &wallet_unblocked_event, out);
}

static int is_among(const struct mx_list *members, struct mx_str member) {
    uint32_t i;
    for (i = 0; i < members->count; i++)
        if (mx_str_eq(mx_list_str(members, i), member)) return 1;
    return 0;
}

static mx_status claim_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_claim_ask *ask = in;
    struct wallet_account *account = NULL;
    struct mx_member_facts facts;
    mx_status st = wallet_member(ctx, ask->member, &facts);
    if (st == MX_OK) st = wallet_by_code(ctx, ask->code, "code", &account);
    if (st == MX_OK) st = wallet_check_pin(ctx, account, ask->pin, "pin");
    if (st == MX_OK) st = wallet_usable(ctx, account, "code");
    if (st != MX_OK) return st;
    if (account->member.len && !mx_str_eq(account->member, facts.id) && !is_among(&facts.members, account->member))
        return mx_refuse(ctx, "card_taken", "code",
                         "This gift card is in another member's wallet: she can move what is on it with wallet.transfer.");
    if (account->member.len == 0) {
        account->member = facts.id;
        st = wallet_account_put(ctx, account);
    }
    return st == MX_OK ? wallet_show_one(ctx, account, out) : st;
}

const struct mx_op wallet_block_op =
    WALLET_OP(0, "wallet.block", "Block a gift card or account: nothing can be paid with it; refunds still go there.", WALLET_MAY_BLOCK,
              &wallet_block_ask_type, &wallet_one_type, block_handler, NULL);
const struct mx_op wallet_unblock_op = WALLET_OP(0, "wallet.unblock", "Free a blocked gift card or account.", WALLET_MAY_BLOCK,
                                                 &wallet_block_ask_type, &wallet_one_type, unblock_handler, NULL);
const struct mx_op wallet_claim_op =
    WALLET_OP(0, "wallet.claim", "Put a gift card into a member's wallet: she sees it there and can pay without its code.", WALLET_MAY_LOOK,
              &wallet_claim_ask_type, &wallet_one_type, claim_handler, "member");
