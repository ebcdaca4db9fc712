/* payments.record: money for an order. Change is given from cash only. */
#include <stdio.h>

#include "internal.h"

struct taking {
    int64_t cash; /* handed over */
    int64_t other;
    int64_t change;
    struct paid_rec paid;
};

static mx_status too_much(struct mx_ctx *ctx) {
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, "tenders", "The tenders together are too large to be counted.");
}

/* Stored value is bought with money, never with other value. */
static mx_status check_loads(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct mx_tender *tender) {
    if (!take->loads || !payments_is_value(tender->kind)) return MX_OK;
    return mx_refuse(ctx, "tender_not_allowed", "tenders", "Stored value is paid in cash or by card, not by %s.",
                     mx_tender_words[tender->kind - 1]);
}

static mx_status add_up(struct mx_ctx *ctx, const struct mx_payment_take *take, struct taking *taking) {
    int64_t sum;
    uint32_t i;

    for (i = 0; i < take->tenders.count; i++) {
        const struct mx_tender *tender = mx_list_at(&take->tenders, i);
        int64_t *kind = payments_paid_by(&taking->paid, tender->kind);
        mx_status st = check_loads(ctx, take, tender);
        if (st != MX_OK) return st;
        if (!mx_add(*kind, tender->amount, kind)) return too_much(ctx);
        if (tender->kind != MX_TENDER_CASH && !mx_add(taking->other, tender->amount, &taking->other)) return too_much(ctx);
    }
    taking->cash = taking->paid.cash_paid;
    if (taking->other > take->due)
        return mx_refuse(ctx, "change_not_cash", "tenders",
                         "Cards and the like would pay %s, but only %s is due, and change is given from cash only.",
                         mx_say_money(ctx, taking->other), mx_say_money(ctx, take->due));
    if (!mx_add(taking->cash, taking->other, &sum)) return too_much(ctx);
    if (sum < take->due)
        return mx_refuse(ctx, "tender_too_small", "tenders", "%s is due; the tenders are %s short.", mx_say_money(ctx, take->due),
                         mx_say_money(ctx, take->due - sum));
    taking->change = sum - take->due;
    taking->paid.cash_paid -= taking->change;
    return MX_OK;
}

/* A terminal gives each payment its own reference: the same one twice is the same payment twice. */
static mx_status check_reference(struct mx_ctx *ctx, const struct mx_tender *tender, uint32_t at) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "reference"};
    struct payment_rec probe, *payment;
    struct mx_scan *scan;
    char field[48];
    mx_status st;

    if (mx_str_is_blank(tender->reference)) {
        snprintf(field, sizeof(field), "tenders[%u].reference", (unsigned)at);
        return mx_fail(ctx, MX_E_MISSING_FIELD, field, "A card payment needs the terminal's reference.");
    }
    memset(&probe, 0, sizeof(probe));
    probe.reference = tender->reference;
    st = mx_scan_open(ctx, &payments_payments, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &payment)) == MX_OK) {
        int live = payment->state == MX_PAYMENT_PENDING || payment->state == MX_PAYMENT_UNKNOWN || payment->state == MX_PAYMENT_CAPTURED;
        if (payment->kind != MX_TENDER_CARD || payment->return_id.len || !live) continue;
        return mx_refuse(ctx, "reference_used", "tenders", "The card reference %.*s was already taken for the order %.*s.",
                         (int)tender->reference.len, tender->reference.ptr, (int)payment->order.len, payment->order.ptr);
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Enough to see that the same card paid twice, for whoever has the key file; never what it is called. */
static struct mx_str payer_of(struct mx_ctx *ctx, const struct mx_tender *tender) {
    enum { SHOWN = 16 };
    return tender->payer.len ? mx_keyed_text(ctx, "payer", tender->payer, SHOWN) : tender->payer;
}

static mx_status put_tender(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct mx_tender *tender, int64_t amount,
                            struct mx_payment *shown) {
    struct payment_rec payment;
    mx_status st = MX_OK;
    memset(&payment, 0, sizeof(payment));
    payment.order = take->order;
    payment.kind = tender->kind;
    payment.amount = amount;
    payment.tendered = tender->amount;
    payment.reference = tender->reference;
    payment.state = MX_PAYMENT_CAPTURED;
    payment.location = take->location;
    payment.till = take->till;
    payment.at = take->at;
    payment.payer = payer_of(ctx, tender);
    if (payments_is_value(tender->kind)) {
        st = mx_new_id(ctx, "pay", &payment.id);
        if (st == MX_OK) st = payments_take_value(ctx, take, tender, &payment);
    }
    return st == MX_OK ? payments_put(ctx, &payment, shown) : st;
}

/* Cash that does not go back as change, tender by tender; the others as they are. */
static mx_status put_tenders(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct taking *taking, struct mx_list *shown) {
    int64_t cash_left = taking->cash - taking->change;
    mx_status st = MX_OK;
    uint32_t i;

    *shown = mx_list_new(ctx, take->tenders.count, sizeof(struct mx_payment));
    shown->count = 0;
    for (i = 0; st == MX_OK && i < take->tenders.count; i++) {
        const struct mx_tender *tender = mx_list_at(&take->tenders, i);
        int64_t amount = tender->amount;
        if (tender->kind == MX_TENDER_CASH) {
            if (amount > cash_left) amount = cash_left;
            cash_left -= amount;
            if (amount == 0) continue;
        } else if (tender->kind == MX_TENDER_CARD) {
            st = check_reference(ctx, tender, i);
        }
        if (st == MX_OK) st = put_tender(ctx, take, tender, amount, mx_list_at(shown, shown->count++));
    }
    return st;
}

static mx_status tell(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct taking *taking) {
    struct mx_payment_captured captured;
    memset(&captured, 0, sizeof(captured));
    captured.order = take->order;
    captured.location = take->location;
    captured.till = take->till;
    captured.at = take->at;
    captured.due = take->due;
    captured.cash = taking->paid.cash_paid;
    captured.card = taking->paid.card_paid;
    captured.change = taking->change;
    captured.points = taking->paid.points_paid;
    captured.stored = taking->paid.stored_paid;
    return mx_emit(ctx, &payments_captured_event, &captured);
}

mx_status payments_record_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_payment_take *take = in;
    struct mx_payment_taken *taken = out;
    struct taking taking;
    mx_status st;

    memset(&taking, 0, sizeof(taking));
    taking.paid.order = take->order;
    taking.paid.due = take->due;
    st = add_up(ctx, take, &taking);
    if (st == MX_OK) st = put_tenders(ctx, take, &taking, &taken->payments);
    if (st != MX_OK) return st;
    taken->change = taking.change;
    if (take->due == 0) return MX_OK;
    st = payments_put_order(ctx, &taking.paid);
    return st == MX_OK ? tell(ctx, take, &taking) : st;
}
