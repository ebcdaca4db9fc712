/* The wallet's operations and events, for the descriptor. */
#ifndef WALLET_OPS_H
#define WALLET_OPS_H

#include "merx/plugin.h"

#define WALLET_OP(op_flags, op_name, op_doc, op_permission, in_type, out_type, function, op_own)                                           \
    {                                                                                                                                      \
        (uint32_t)sizeof(struct mx_op), op_flags, op_name, op_doc, op_permission, in_type, out_type, function, NULL, MX_HOME_HEADQUARTERS, \
            MX_OFFLINE_REFUSE, "0.4", op_own                                                                                               \
    }

#define WALLET_MAY_READ     "wallet.read"
#define WALLET_MAY_LOOK     "wallet.look"
#define WALLET_MAY_LOAD     "wallet.load"
#define WALLET_MAY_TRANSFER "wallet.transfer"
#define WALLET_MAY_UNLOAD   "wallet.unload"
#define WALLET_MAY_BLOCK    "wallet.block"
#define WALLET_MAY_ADJUST   "wallet.adjust"
#define WALLET_MAY_COUNT    "wallet.liability"
#define WALLET_MAY_MANAGE   "wallet.manage"
#define WALLET_MAY_REISSUE  "wallet.reissue"

#define WALLET_ACT "wallet.adjust" /* in the shop's policy: asked for a second person */

/* Events about one account: what happened is the event's name. */
struct wallet_told {
    struct mx_str account;
    int64_t amount;
    struct mx_str document;
    struct mx_str location;
    struct mx_str member;
    struct mx_str other;
    struct mx_str reason;
};

static const struct mx_field wallet_told_fields[] = {
    MX_F_ID(wallet_told, account, MX_REQUIRED, "gft", "gift card or account"),
    MX_F_MONEY(wallet_told, amount, 0, -MX_INT_MAX, MX_INT_MAX, "how much"),
    MX_F_STR(wallet_told, document, 0, 0, 64, "document behind it"),
    MX_F_STR(wallet_told, location, 0, 0, 32, "where"),
    MX_F_ID(wallet_told, member, 0, "mem", "whose it is"),
    MX_F_ID(wallet_told, other, 0, "gft", "account at the other end"),
    MX_F_STR(wallet_told, reason, 0, 0, 200, "why"),
};
MX_TYPE(wallet_told, "wallet.told", "something happened to stored value");

extern const struct mx_event_def wallet_loaded_event, wallet_spent_event, wallet_refunded_event, wallet_transferred_event,
    wallet_unloaded_event, wallet_expired_event, wallet_adjusted_event, wallet_blocked_event, wallet_unblocked_event, wallet_reissued_event,
    wallet_locked_event, wallet_unlocked_event, wallet_borrowed_event;

MX_MUST_CHECK static inline mx_status wallet_tell(struct mx_ctx *ctx, const struct mx_event_def *event, const struct wallet_told *told) {
    return mx_emit(ctx, event, told);
}

extern const struct mx_op wallet_spend_op, wallet_give_back_op, wallet_expire_op, wallet_forfeit_op, wallet_reveal_op, wallet_forget_op,
    wallet_load_op, wallet_transfer_op, wallet_unload_op, wallet_correct_op, wallet_block_op, wallet_unblock_op, wallet_claim_op,
    wallet_look_op, wallet_get_op, wallet_list_op, wallet_history_op, wallet_settings_put_op, wallet_settings_get_op, wallet_liability_op,
    wallet_batch_make_op, wallet_batch_get_op, wallet_batch_codes_op, wallet_batch_void_op, wallet_batch_forget_op, wallet_reissue_op,
    wallet_pin_wrong_op, wallet_pin_unlock_op;

extern const struct mx_check wallet_balances_check, wallet_loads_check, wallet_sums_check;
extern const struct mx_answer wallet_kept_answer, wallet_unmerge_answer, wallet_borrowed_answer, wallet_exceptions;
extern const struct mx_subscription wallet_hear_unmerged;

#endif
