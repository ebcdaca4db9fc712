/* Reading and writing the books of payments. */
#include "internal.h"

static uint64_t number_bits(const struct mx_type *type) {
    uint64_t bits = 0;
    uint32_t i;
    for (i = 0; i < type->field_count; i++)
        if (mx_type_field(type, i)->kind <= MX_KIND_TIME) bits |= UINT64_C(1) << i;
    return bits;
}

int64_t *payments_paid_by(struct paid_rec *paid, int32_t kind) {
    if (kind == MX_TENDER_CASH) return &paid->cash_paid;
    if (kind == MX_TENDER_CARD) return &paid->card_paid;
    return kind == MX_TENDER_POINTS ? &paid->points_paid : &paid->stored_paid;
}

int64_t *payments_refunded_by(struct paid_rec *paid, int32_t kind) {
    if (kind == MX_TENDER_CASH) return &paid->cash_refunded;
    if (kind == MX_TENDER_CARD) return &paid->card_refunded;
    return kind == MX_TENDER_POINTS ? &paid->points_refunded : &paid->stored_refunded;
}

mx_status payments_put(struct mx_ctx *ctx, struct payment_rec *payment, struct mx_payment *shown) {
    mx_status st = MX_OK;

    if (payment->id.len == 0) st = mx_new_id(ctx, "pay", &payment->id);
    if (st != MX_OK) return st;
    payment->rec.has = number_bits(&payment_rec_type);
    if (shown) {
        shown->id = payment->id;
        shown->kind = payment->kind;
        shown->amount = payment->amount;
        shown->reference = payment->reference;
        shown->state = payment->state;
    }
    return mx_put(ctx, &payments_payments, payment);
}

mx_status payments_put_order(struct mx_ctx *ctx, struct paid_rec *paid) {
    paid->rec.has = number_bits(&paid_rec_type);
    return mx_put(ctx, &payments_orders, paid);
}

mx_status payments_order(struct mx_ctx *ctx, struct mx_str order, struct paid_rec *paid) {
    struct paid_rec *found;
    mx_status st;

    memset(paid, 0, sizeof(*paid));
    paid->order = order;
    st = mx_get(ctx, &payments_orders, paid, &found);
    if (st == MX_OK) *paid = *found;
    return st == MX_NONE ? MX_OK : st;
}

mx_status payments_of_order(struct mx_ctx *ctx, struct mx_str order, struct mx_list *payments) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "order"};
    struct payment_rec probe, *payment;
    struct mx_scan *scan;
    uint32_t room = 8, count = 0;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.order = order;
    *payments = mx_list_new(ctx, room, sizeof(probe));
    st = mx_scan_open(ctx, &payments_payments, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &payment)) == MX_OK) {
        if (count == room) {
            struct mx_list more = mx_list_new(ctx, 2 * room, sizeof(probe));
            memcpy(more.items, payments->items, count * sizeof(probe));
            *payments = more;
            room *= 2;
        }
        *(struct payment_rec *)mx_list_at(payments, count++) = *payment;
    }
    payments->count = count;
    return st == MX_DONE ? MX_OK : st;
}

mx_status payments_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_payment_list_ask *ask = in;
    struct mx_payment_listed *listed = out;
    struct mx_list payments;
    uint32_t i;
    mx_status st = payments_of_order(ctx, ask->order, &payments);

    if (st != MX_OK) return st;
    listed->payments = mx_list_new(ctx, payments.count, sizeof(struct mx_payment_entry));
    for (i = 0; i < payments.count; i++) {
        const struct payment_rec *payment = mx_list_at(&payments, i);
        struct mx_payment_entry *entry = mx_list_at(&listed->payments, i);
        entry->id = payment->id;
        entry->order = payment->order;
        entry->return_id = payment->return_id;
        entry->of = payment->of;
        entry->kind = payment->kind;
        entry->amount = payment->amount;
        entry->tendered = payment->tendered;
        entry->refunded = payment->refunded;
        entry->reference = payment->reference;
        entry->state = payment->state;
        entry->location = payment->location;
        entry->till = payment->till;
        entry->at = payment->at;
        entry->payer = payment->payer;
    }
    return MX_OK;
}
