/* Taking and giving back money. Since 0.1. */
#ifndef MERX_RETAIL_PAYMENT_H
#define MERX_RETAIL_PAYMENT_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_TENDERS_MAX 16

static const char *const mx_tender_words[] = {"cash", "card", "points", "gift_card", "credit", NULL};
#define MX_TENDER_CASH      1
#define MX_TENDER_CARD      2
#define MX_TENDER_POINTS    3 /* the member's; since 0.4 */
#define MX_TENDER_GIFT_CARD 4 /* `reference` is its code, or its id "gft_..." with a proof; since 0.4 */
#define MX_TENDER_CREDIT    5 /* the member's stored value; since 0.4 */

/* pending: asked for, not yet answered; unknown: no answer came, to be asked again; the end states are captured,
 * refunded, failed and reversed. */
static const char *const mx_payment_state_words[] = {"pending", "unknown", "captured", "refunded", "failed", "reversed", NULL};
#define MX_PAYMENT_PENDING  1
#define MX_PAYMENT_UNKNOWN  2
#define MX_PAYMENT_CAPTURED 3
#define MX_PAYMENT_REFUNDED 4
#define MX_PAYMENT_FAILED   5
#define MX_PAYMENT_REVERSED 6

/* What the customer hands over. */
struct mx_tender {
    int32_t kind;   /* MX_TENDER_* */
    int64_t amount; /* minor units, > 0 */
    struct mx_str reference;
    struct mx_str proof; /* points, credit: one-time code, QR text or PIN of the member; stored nowhere. Since 0.4 */
    struct mx_str payer; /* what the provider calls the card or wallet, the same each time it pays; kept as a keyed hash. Since 0.4 */
};

static const struct mx_field mx_tender_fields[] = {
    MX_F_ENUM(mx_tender, kind, MX_REQUIRED, mx_tender_words, "how it is paid"),
    MX_F_MONEY(mx_tender, amount, MX_REQUIRED, 1, MX_INT_MAX, "amount handed over"),
    MX_F_STR(mx_tender, reference, 0, 0, 64, "terminal's reference of a card payment, never a card number; code or id of a gift card"),
    MX_F_STR(mx_tender, proof, 0, 0, 512, "points, credit: the member's one-time code, QR text or PIN"),
    MX_F_STR(mx_tender, payer, MX_FREE_TEXT, 0, 128,
             "the provider's token of the card or wallet, never its number; kept as a keyed hash alone"),
};
MX_TYPE(mx_tender, "tender", "what the customer hands over");

/* A payment or refund as recorded. */
struct mx_payment {
    struct mx_str id;
    int32_t kind;
    int64_t amount; /* what stays with the shop (change taken off), or what was given back; always > 0 */
    struct mx_str reference;
    int32_t state;
};

static const struct mx_field mx_payment_fields[] = {
    MX_F_ID(mx_payment, id, 0, "pay", "payment id"),
    MX_F_ENUM(mx_payment, kind, MX_REQUIRED, mx_tender_words, "how it was paid"),
    MX_F_MONEY(mx_payment, amount, MX_REQUIRED, 0, MX_INT_MAX, "amount"),
    MX_F_STR(mx_payment, reference, 0, 0, 64, "terminal's reference"),
    MX_F_ENUM(mx_payment, state, 0, mx_payment_state_words, "state"),
};
MX_TYPE(mx_payment, "payment", "a payment or refund");

struct mx_payment_take {
    struct mx_str order;
    struct mx_str location;
    struct mx_str till;
    int64_t at;
    int64_t due;            /* what the order costs */
    struct mx_list tenders; /* of struct mx_tender; empty when due is 0 */
    struct mx_str member;   /* whose points and credit; empty: a guest has none. Since 0.4 */
    uint8_t loads;          /* 1: stored value is bought: only cash and cards pay it. Since 0.4 */
};

static const struct mx_field mx_payment_take_fields[] = {
    MX_F_ID(mx_payment_take, order, MX_REQUIRED, NULL, "order, or another document that is paid"),
    MX_F_STR(mx_payment_take, location, 0, 0, 32, "where"),
    MX_F_STR(mx_payment_take, till, 0, 0, 32, "till"),
    MX_F_TIME(mx_payment_take, at, 0, "when"),
    MX_F_MONEY(mx_payment_take, due, MX_REQUIRED, 0, MX_INT_MAX, "amount due"),
    MX_F_LIST(mx_payment_take, tenders, 0, 0, MX_TENDERS_MAX, mx_tender_type, "what is handed over"),
    MX_F_ID(mx_payment_take, member, 0, "mem", "member, whose points and credit may pay"),
    MX_F_BOOL(mx_payment_take, loads, 0, "stored value is bought: cash and cards alone pay it"),
};
MX_TYPE(mx_payment_take, "payment.take", "take money for an order");

struct mx_payment_taken {
    struct mx_list payments; /* of struct mx_payment */
    int64_t change;          /* cash to hand back */
};

static const struct mx_field mx_payment_taken_fields[] = {
    MX_F_LIST(mx_payment_taken, payments, 0, 0, MX_TENDERS_MAX, mx_payment_type, "payments"),
    MX_F_MONEY(mx_payment_taken, change, 0, 0, MX_INT_MAX, "change in cash"),
};
MX_TYPE(mx_payment_taken, "payment.taken", "what was recorded");

/* Points, gift cards and credit are taken in the same command by whoever keeps them: see points.h and the uses below; their refusals
 * come through. Money that they pay is never handed out as change. Refusals: "tender_too_small", "change_not_cash" (cards above what is
 * due), "reference_used" (the same card reference captured before), all naming `tenders`. */
static const struct mx_use mx_payment_record = {"payments.record", &mx_payment_take_type, &mx_payment_taken_type};

/* What is to be given back for one order; an empty order = without receipt. */
struct mx_refund_part {
    struct mx_str order;
    int64_t amount;
};

static const struct mx_field mx_refund_part_fields[] = {
    MX_F_ID(mx_refund_part, order, 0, NULL, "order it was paid for; empty without receipt"),
    MX_F_MONEY(mx_refund_part, amount, MX_REQUIRED, 0, MX_INT_MAX, "amount"),
};
MX_TYPE(mx_refund_part, "refund.part", "what is given back for one order");

struct mx_refund_give {
    struct mx_str return_id;
    struct mx_str location;
    struct mx_str till;
    int64_t at;
    struct mx_list parts;   /* of struct mx_refund_part */
    struct mx_list tenders; /* of struct mx_tender: wished; empty = back to what paid, cash last; without receipt in cash */
};

static const struct mx_field mx_refund_give_fields[] = {
    MX_F_ID(mx_refund_give, return_id, MX_REQUIRED, "ret", "return"),
    MX_F_STR(mx_refund_give, location, 0, 0, 32, "where"),
    MX_F_STR(mx_refund_give, till, 0, 0, 32, "till"),
    MX_F_TIME(mx_refund_give, at, 0, "when"),
    MX_F_LIST(mx_refund_give, parts, 0, 0, 2000, mx_refund_part_type, "by order"),
    MX_F_LIST(mx_refund_give, tenders, 0, 0, MX_TENDERS_MAX, mx_tender_type, "wished tenders"),
};
MX_TYPE(mx_refund_give, "refund.give", "give money back");

struct mx_refund_given {
    struct mx_list payments; /* of struct mx_payment, state refunded */
};

static const struct mx_field mx_refund_given_fields[] = {
    MX_F_LIST(mx_refund_given, payments, 0, 0, MX_INT_MAX, mx_payment_type, "refunds"),
};
MX_TYPE(mx_refund_given, "refund.given", "what was given back");

/* Refusals: "refund_above_paid" (per order and tender kind), "tenders_not_refund" (wished tenders do not sum to it). */
static const struct mx_use mx_payment_refund = {"payments.refund", &mx_refund_give_type, &mx_refund_given_type};

/* A payment or refund as the books hold it. */
struct mx_payment_entry {
    struct mx_str id;
    struct mx_str order;     /* empty: a refund without receipt */
    struct mx_str return_id; /* empty: a payment */
    struct mx_str of;        /* refunds by card: the payment that is given back */
    int32_t kind;
    int64_t amount;
    int64_t tendered; /* cash: what was handed over */
    int64_t refunded; /* of a payment: given back since */
    struct mx_str reference;
    int32_t state;
    struct mx_str location;
    struct mx_str till;
    int64_t at;
    struct mx_str payer; /* keyed hash of the tender's; empty: nobody said. Since 0.4 */
};

static const struct mx_field mx_payment_entry_fields[] = {
    MX_F_ID(mx_payment_entry, id, MX_REQUIRED, "pay", "payment id"),
    MX_F_ID(mx_payment_entry, order, 0, "ord", "order; absent for a refund without receipt"),
    MX_F_ID(mx_payment_entry, return_id, 0, "ret", "return, of a refund"),
    MX_F_ID(mx_payment_entry, of, 0, "pay", "refunds by card: the payment that is given back"),
    MX_F_ENUM(mx_payment_entry, kind, MX_REQUIRED, mx_tender_words, "how it was paid"),
    MX_F_MONEY(mx_payment_entry, amount, MX_REQUIRED, 0, MX_INT_MAX, "amount"),
    MX_F_MONEY(mx_payment_entry, tendered, 0, 0, MX_INT_MAX, "cash handed over"),
    MX_F_MONEY(mx_payment_entry, refunded, 0, 0, MX_INT_MAX, "of a payment: given back since"),
    MX_F_STR(mx_payment_entry, reference, 0, 0, 64, "terminal's reference"),
    MX_F_ENUM(mx_payment_entry, state, 0, mx_payment_state_words, "state"),
    MX_F_STR(mx_payment_entry, location, 0, 0, 32, "where"),
    MX_F_STR(mx_payment_entry, till, 0, 0, 32, "till"),
    MX_F_TIME(mx_payment_entry, at, 0, "when"),
    MX_F_STR(mx_payment_entry, payer, 0, 0, 32, "the same text: the same card or wallet paid"),
};
MX_TYPE(mx_payment_entry, "payment.entry", "a payment or refund in the books");

struct mx_payment_list_ask {
    struct mx_str order;
};

static const struct mx_field mx_payment_list_ask_fields[] = {
    MX_F_ID(mx_payment_list_ask, order, MX_REQUIRED, "ord", "order"),
};
MX_TYPE(mx_payment_list_ask, "payment.list.ask", "whose payments");

struct mx_payment_listed {
    struct mx_list payments; /* of struct mx_payment_entry, in the order they were recorded */
};

static const struct mx_field mx_payment_listed_fields[] = {
    MX_F_LIST(mx_payment_listed, payments, 0, 0, MX_INT_MAX, mx_payment_entry_type, "payments and refunds"),
};
MX_TYPE(mx_payment_listed, "payment.listed", "payments and refunds of an order");

/* The payments and refunds of an order (a query). */
static const struct mx_use mx_payment_list = {"payments.list", &mx_payment_list_ask_type, &mx_payment_listed_type};

/* Event "payments.captured": money was taken for an order. */
struct mx_payment_captured {
    struct mx_str order;
    struct mx_str location;
    struct mx_str till;
    int64_t at;
    int64_t due;
    int64_t cash; /* what stays in the drawer */
    int64_t card;
    int64_t change; /* handed back in cash */
    int64_t points; /* paid by points. Since 0.4 */
    int64_t stored; /* paid by gift cards and credit. Since 0.4 */
};

static const struct mx_field mx_payment_captured_fields[] = {
    MX_F_ID(mx_payment_captured, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(mx_payment_captured, location, 0, 0, 32, "where"),
    MX_F_STR(mx_payment_captured, till, 0, 0, 32, "till"),
    MX_F_TIME(mx_payment_captured, at, 0, "when"),
    MX_F_MONEY(mx_payment_captured, due, 0, 0, MX_INT_MAX, "what was due"),
    MX_F_MONEY(mx_payment_captured, cash, 0, 0, MX_INT_MAX, "cash that stays in the drawer"),
    MX_F_MONEY(mx_payment_captured, card, 0, 0, MX_INT_MAX, "paid by card"),
    MX_F_MONEY(mx_payment_captured, change, 0, 0, MX_INT_MAX, "change in cash"),
    MX_F_MONEY(mx_payment_captured, points, 0, 0, MX_INT_MAX, "paid by points"),
    MX_F_MONEY(mx_payment_captured, stored, 0, 0, MX_INT_MAX, "paid by gift cards and credit"),
};
MX_TYPE(mx_payment_captured, "payment.captured", "money was taken");

/* Event "payments.refunded": money was given back. */
struct mx_payment_refunded {
    struct mx_str return_id;
    struct mx_str location;
    struct mx_str till;
    int64_t at;
    int64_t cash;
    int64_t card;
    int64_t points; /* since 0.4 */
    int64_t stored; /* since 0.4 */
};

static const struct mx_field mx_payment_refunded_fields[] = {
    MX_F_ID(mx_payment_refunded, return_id, MX_REQUIRED, "ret", "return"),
    MX_F_STR(mx_payment_refunded, location, 0, 0, 32, "where"),
    MX_F_STR(mx_payment_refunded, till, 0, 0, 32, "till"),
    MX_F_TIME(mx_payment_refunded, at, 0, "when"),
    MX_F_MONEY(mx_payment_refunded, cash, 0, 0, MX_INT_MAX, "given back in cash"),
    MX_F_MONEY(mx_payment_refunded, card, 0, 0, MX_INT_MAX, "given back by card"),
    MX_F_MONEY(mx_payment_refunded, points, 0, 0, MX_INT_MAX, "given back as points"),
    MX_F_MONEY(mx_payment_refunded, stored, 0, 0, MX_INT_MAX, "given back to gift cards and credit"),
};
MX_TYPE(mx_payment_refunded, "payment.refunded", "money was given back");

/* ---- gift cards and stored value. Since 0.4 ---- */

/* Input of "wallet.spend", INTERNAL: pay with a gift card (its code or id) or, when `reference` is empty, with the member's credit.
 * Refusals: "card_unknown" (also for a wrong code: nothing tells them apart), "card_short" (says the balance to whoever had the code),
 * "card_blocked", "card_expired", "proof_needed"/"proof_wrong"; MX_E_TOO_MANY before anything is looked up. */
struct mx_wallet_spend {
    struct mx_str reference;
    struct mx_str member;
    struct mx_str proof;
    struct mx_str payment; /* "pay_...": by which it is given back */
    struct mx_str order;   /* document that is paid */
    struct mx_str location;
    int64_t at;
    int64_t amount;
};

static const struct mx_field mx_wallet_spend_fields[] = {
    MX_F_STR(mx_wallet_spend, reference, 0, 0, 64, "code or id of a gift card; absent: the member's credit"),
    MX_F_ID(mx_wallet_spend, member, 0, "mem", "member"),
    MX_F_STR(mx_wallet_spend, proof, 0, 0, 512, "proof that the customer wants it"),
    MX_F_ID(mx_wallet_spend, payment, MX_REQUIRED, "pay", "payment"),
    MX_F_STR(mx_wallet_spend, order, 0, 0, 64, "document that is paid"),
    MX_F_STR(mx_wallet_spend, location, 0, 0, 32, "where"),
    MX_F_TIME(mx_wallet_spend, at, 0, "when"),
    MX_F_MONEY(mx_wallet_spend, amount, MX_REQUIRED, 1, MX_INT_MAX, "amount"),
};
MX_TYPE(mx_wallet_spend, "wallet.spend.in", "pay with stored value");

/* Input of "wallet.give_back", INTERNAL: a refund goes back to where the payment came from. Never more than it paid. */
struct mx_wallet_give_back {
    struct mx_str payment;
    struct mx_str return_id;
    int64_t at;
    int64_t amount;
};

static const struct mx_field mx_wallet_give_back_fields[] = {
    MX_F_ID(mx_wallet_give_back, payment, MX_REQUIRED, "pay", "payment that is given back"),
    MX_F_STR(mx_wallet_give_back, return_id, MX_REQUIRED, 1, 64, "return"),
    MX_F_TIME(mx_wallet_give_back, at, 0, "when"),
    MX_F_MONEY(mx_wallet_give_back, amount, MX_REQUIRED, 1, MX_INT_MAX, "amount"),
};
MX_TYPE(mx_wallet_give_back, "wallet.give_back.in", "give stored value back");

struct mx_wallet_moved {
    struct mx_str account; /* "gft_...": the card or the member's credit; this is what stands on the receipt */
    int64_t balance;       /* afterwards */
};

static const struct mx_field mx_wallet_moved_fields[] = {
    MX_F_ID(mx_wallet_moved, account, 0, "gft", "gift card or account"),
    MX_F_MONEY(mx_wallet_moved, balance, 0, 0, MX_INT_MAX, "balance afterwards"),
};
MX_TYPE(mx_wallet_moved, "wallet.moved", "stored value moved");

static const struct mx_use mx_wallet_spend_use = {"wallet.spend", &mx_wallet_spend_type, &mx_wallet_moved_type};
static const struct mx_use mx_wallet_give_back_use = {"wallet.give_back", &mx_wallet_give_back_type, &mx_wallet_moved_type};

/* Input of "wallet.forfeit", INTERNAL: what one customer holds, over all her accounts, blocked ones too; what has expired is no longer
 * hers. forfeit: she gives it up, and no code opens it from this commit on. */
struct mx_wallet_forfeit {
    struct mx_str member;
    uint8_t forfeit;
};

static const struct mx_field mx_wallet_forfeit_fields[] = {
    MX_F_ID(mx_wallet_forfeit, member, MX_REQUIRED, "mem", "member"),
    MX_F_BOOL(mx_wallet_forfeit, forfeit, 0, "she gives it up"),
};
MX_TYPE(mx_wallet_forfeit, "wallet.forfeit.in", "what a customer holds, and whether she gives it up");

struct mx_wallet_held {
    int64_t balance; /* before */
};

static const struct mx_field mx_wallet_held_fields[] = {
    MX_F_MONEY(mx_wallet_held, balance, 0, 0, MX_INT_MAX, "what stood on her accounts"),
};
MX_TYPE(mx_wallet_held, "wallet.held", "what a customer holds");

static const struct mx_use mx_wallet_forfeit_use = {"wallet.forfeit", &mx_wallet_forfeit_type, &mx_wallet_held_type};

#ifdef __cplusplus
}
#endif
#endif
