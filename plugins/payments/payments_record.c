/* payments.record: money for an order. Change is given from cash only. */
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

struct taking {
    int64_t cash; /* handed over */
    int64_t card;
    int64_t change;
};

static mx_status too_much(struct mx_ctx *ctx) {
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, "tenders", "The tenders together are too large to be counted.");
}

static mx_status add_up(struct mx_ctx *ctx, const struct mx_payment_take *take, struct taking *taking) {
    int64_t sum;
    uint32_t i;

    for (i = 0; i < take->tenders.count; i++) {
        const struct mx_tender *tender = mx_list_at(&take->tenders, i);
        int64_t *kind = tender->kind == MX_TENDER_CASH ? &taking->cash : &taking->card;
        if (!mx_add(*kind, tender->amount, kind)) return too_much(ctx);
    }
    if (taking->card > take->due)
        return mx_refuse(ctx, "change_not_cash", "tenders",
                         "Cards would pay %" PRId64 ", but only %" PRId64 " is due, and change is given from cash only.", taking->card,
                         take->due);
    if (!mx_add(taking->cash, taking->card, &sum)) return too_much(ctx);
    if (sum < take->due)
        return mx_refuse(ctx, "tender_too_small", "tenders", "The order costs %" PRId64 "; the tenders are %" PRId64 " short.", take->due,
                         take->due - sum);
    taking->change = sum - take->due;
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

static mx_status put_tender(struct mx_ctx *ctx, const struct mx_payment_take *take, const struct mx_tender *tender, int64_t amount,
                            struct mx_payment *shown) {
    struct payment_rec payment;
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
    return payments_put(ctx, &payment, shown);
}

/* Cash that does not go back as change, tender by tender; cards as they are. */
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
        } else {
            st = check_reference(ctx, tender, i);
        }
        if (st == MX_OK) st = put_tender(ctx, take, tender, amount, mx_list_at(shown, shown->count++));
    }
    return st;
}

mx_status payments_record_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_payment_take *take = in;
    struct mx_payment_taken *taken = out;
    struct mx_payment_captured captured;
    struct taking taking = {0, 0, 0};
    struct paid_rec paid;
    mx_status st = add_up(ctx, take, &taking);

    if (st == MX_OK) st = put_tenders(ctx, take, &taking, &taken->payments);
    if (st != MX_OK) return st;
    taken->change = taking.change;
    if (take->due == 0) return MX_OK;
    memset(&paid, 0, sizeof(paid));
    paid.order = take->order;
    paid.due = take->due;
    paid.cash_paid = taking.cash - taking.change;
    paid.card_paid = taking.card;
    st = payments_put_order(ctx, &paid);
    if (st != MX_OK) return st;
    captured.order = take->order;
    captured.location = take->location;
    captured.till = take->till;
    captured.at = take->at;
    captured.due = take->due;
    captured.cash = paid.cash_paid;
    captured.card = paid.card_paid;
    captured.change = taking.change;
    return mx_emit(ctx, &payments_captured_event, &captured);
}
