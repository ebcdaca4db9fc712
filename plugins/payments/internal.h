/* Payments' records and the functions that its files share. */
#ifndef PAYMENTS_INTERNAL_H
#define PAYMENTS_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/payment.h"
#include "merx/say.h"

/* A payment or a refund. */
struct payment_rec {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str order;     /* empty: a refund without receipt */
    struct mx_str return_id; /* empty: a payment */
    struct mx_str of;        /* refunds that are no cash: the payment that is given back */
    int32_t kind;
    int64_t amount;
    int64_t tendered;
    int64_t refunded; /* of a payment that is no cash: given back since */
    struct mx_str reference;
    int32_t state;
    struct mx_str location;
    struct mx_str till;
    int64_t at;
    struct mx_str payer; /* keyed hash; since 0.4 */
};

static const struct mx_field payment_rec_fields[] = {
    MX_F_ID(payment_rec, id, MX_REQUIRED, "pay", "payment id"),
    MX_F_ID(payment_rec, order, 0, NULL, "order, or another document; absent for a refund without receipt"),
    MX_F_ID(payment_rec, return_id, 0, "ret", "return, of a refund"),
    MX_F_ID(payment_rec, of, 0, "pay", "refunds that are no cash: the payment that is given back"),
    MX_F_ENUM(payment_rec, kind, 0, mx_tender_words, "how it was paid"),
    MX_F_MONEY(payment_rec, amount, 0, 0, MX_INT_MAX, "amount"),
    MX_F_MONEY(payment_rec, tendered, 0, 0, MX_INT_MAX, "what was handed over"),
    MX_F_MONEY(payment_rec, refunded, 0, 0, MX_INT_MAX, "of a payment that is no cash: given back since"),
    MX_F_STR(payment_rec, reference, 0, 0, 64, "terminal's reference"),
    MX_F_ENUM(payment_rec, state, 0, mx_payment_state_words, "state"),
    MX_F_STR(payment_rec, location, 0, 0, 32, "where"),
    MX_F_STR(payment_rec, till, 0, 0, 32, "till"),
    MX_F_TIME(payment_rec, at, 0, "when"),
    MX_F_STR(payment_rec, payer, 0, 0, 32, "keyed hash of what the provider calls the card or wallet"),
};
MX_TYPE_REC(payment_rec, "payment.record", "a payment or refund");

/* What an order cost, what was paid and what was given back, by kind of tender. */
struct paid_rec {
    struct mx_rec rec;
    struct mx_str order;
    int64_t due;
    int64_t cash_paid;
    int64_t card_paid;
    int64_t cash_refunded;
    int64_t card_refunded;
    /* since 0.4 */
    int64_t points_paid;
    int64_t stored_paid; /* gift cards and credit */
    int64_t points_refunded;
    int64_t stored_refunded;
};

static const struct mx_field paid_rec_fields[] = {
    MX_F_ID(paid_rec, order, MX_REQUIRED, NULL, "order, or another document"),
    MX_F_MONEY(paid_rec, due, 0, 0, MX_INT_MAX, "what it cost"),
    MX_F_MONEY(paid_rec, cash_paid, 0, 0, MX_INT_MAX, "paid in cash, change taken off"),
    MX_F_MONEY(paid_rec, card_paid, 0, 0, MX_INT_MAX, "paid by card"),
    MX_F_MONEY(paid_rec, cash_refunded, 0, 0, MX_INT_MAX, "given back in cash"),
    MX_F_MONEY(paid_rec, card_refunded, 0, 0, MX_INT_MAX, "given back by card"),
    MX_F_MONEY(paid_rec, points_paid, 0, 0, MX_INT_MAX, "paid by points"),
    MX_F_MONEY(paid_rec, stored_paid, 0, 0, MX_INT_MAX, "paid by gift cards and credit"),
    MX_F_MONEY(paid_rec, points_refunded, 0, 0, MX_INT_MAX, "given back as points"),
    MX_F_MONEY(paid_rec, stored_refunded, 0, 0, MX_INT_MAX, "given back to gift cards and credit"),
};
MX_TYPE_REC(paid_rec, "payment.order", "payments of an order, summed");

extern const struct mx_table payments_payments;
extern const struct mx_table payments_orders;
extern const struct mx_event_def payments_captured_event;
extern const struct mx_event_def payments_refunded_event;

mx_status payments_record_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status payments_refund_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status payments_list_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status payments_check_balances(struct mx_ctx *ctx, mx_found_fn found, void *arg);

/* Sums of an order by kind of tender. */
int64_t *payments_paid_by(struct paid_rec *paid, int32_t kind);
int64_t *payments_refunded_by(struct paid_rec *paid, int32_t kind);

/* ---- payments_value.c: what is money elsewhere ---- */

/* Points, gift cards, credit. */
int payments_is_value(int32_t kind);

/* Have it taken by whoever keeps it. payment: its id is set, and its reference becomes the account's id. */
MX_MUST_CHECK mx_status payments_take_value(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct mx_tender *tender,
                                            struct payment_rec *payment);

/* Have `amount` of it given back. */
MX_MUST_CHECK mx_status payments_give_value_back(struct mx_ctx *ctx, const struct payment_rec *payment, const struct mx_refund_give *give,
                                                 int64_t amount);

/* ---- payments_book.c ---- */

/* Write a payment or refund; gives it an id when it has none, and shows it as `shown` (may be NULL). */
MX_MUST_CHECK mx_status payments_put(struct mx_ctx *ctx, struct payment_rec *payment, struct mx_payment *shown);
MX_MUST_CHECK mx_status payments_put_order(struct mx_ctx *ctx, struct paid_rec *paid);

/* Sums of an order; all zero when nothing was ever paid for it. */
MX_MUST_CHECK mx_status payments_order(struct mx_ctx *ctx, struct mx_str order, struct paid_rec *paid);

/* Payments and refunds of an order, as they were recorded: a list of struct payment_rec. */
MX_MUST_CHECK mx_status payments_of_order(struct mx_ctx *ctx, struct mx_str order, struct mx_list *payments);

/* ---- payments_share.c: pure ---- */

/* One order's part of a refund: what is given back for it, and how much of it otherwise than in cash. */
struct payments_part {
    struct mx_str order; /* empty: without receipt */
    struct paid_rec paid;
    int64_t amount;
    int64_t value;    /* of it to be given back as points, to gift cards and to credit; the rest is for card and cash */
    int64_t card;     /* to be given back by card */
    int64_t card_min; /* the cash that was paid does not cover more */
    int64_t card_max;
};

/* A payment, not in cash, that can be given back. */
struct payments_card {
    struct payment_rec *payment;
    uint32_t part;
    int64_t room;  /* of it not yet given back */
    int64_t given; /* of that, given back now */
};

/* So much of one payment goes back under one reference. */
struct payments_share {
    uint32_t card; /* place in cards[] */
    int64_t amount;
    struct mx_str reference; /* empty: the payment's own */
};

/* Give back to points, gift cards and credit. tenders: what the customer wishes (struct mx_tender), or NULL: as much as was paid with
 * them, gift cards and credit before points. shares as below. Returns the number of shares, or -1 when more is wished than was paid. */
int32_t payments_share_value(struct payments_part *parts, struct payments_card *cards, uint32_t card_count, const struct mx_list *tenders,
                             struct payments_share *shares);

/* Bounds of each part, of what is left for card and cash. Returns the place of the first part above what was paid, or `count` when all
 * are covered. */
uint32_t payments_bounds(struct payments_part *parts, uint32_t count);

/* Share wished card tenders (struct mx_tender; other kinds are skipped) over card payments: the payment with the same
 * reference first, then where cash does not suffice, then in order. shares: room for tenders + cards + 2 x parts, which is
 * how often a tender, a card or a bound can come to its end. Returns the number of shares, or -1 when it cannot be done
 * within what was paid. */
int32_t payments_share_cards(struct payments_part *parts, uint32_t part_count, struct payments_card *cards, uint32_t card_count,
                             const struct mx_list *tenders, struct payments_share *shares);

extern const struct mx_use *const payments_uses[];

#endif
