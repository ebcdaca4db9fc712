/* The books of the payments, for `merx verify`: what was captured is what was due, what was given back is never more. */
#include <stdio.h>

#include "internal.h"

struct check {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
};

static void say(const struct check *check, struct mx_str id, const char *what) {
    char text[200];
    snprintf(text, sizeof(text), "%.*s: %s", (int)id.len, id.ptr, what);
    check->found(check->arg, text);
}

/* Sums of an order's payments and refunds as its records tell them. */
static void add_up(const struct check *check, const struct mx_list *payments, struct paid_rec *sum) {
    uint32_t i, k;
    for (i = 0; i < payments->count; i++) {
        const struct payment_rec *payment = mx_list_at(payments, i);
        int cash = payment->kind == MX_TENDER_CASH;
        int64_t refunded = 0;
        if (payment->state == MX_PAYMENT_CAPTURED) *(cash ? &sum->cash_paid : &sum->card_paid) += payment->amount;
        if (payment->state == MX_PAYMENT_REFUNDED) *(cash ? &sum->cash_refunded : &sum->card_refunded) += payment->amount;
        if (cash || payment->return_id.len) continue;
        for (k = 0; k < payments->count; k++) {
            const struct payment_rec *refund = mx_list_at(payments, k);
            if (mx_str_eq(refund->of, payment->id)) refunded += refund->amount;
        }
        if (refunded != payment->refunded) say(check, payment->id, "its refunds do not sum to what it says was given back");
        if (refunded > payment->amount) say(check, payment->id, "more was given back than was paid with it");
    }
}

static mx_status check_order(const struct check *check, const struct paid_rec *paid) {
    struct mx_list payments;
    struct paid_rec sum;
    mx_status st = payments_of_order(check->ctx, paid->order, &payments);

    if (st != MX_OK) return st;
    memset(&sum, 0, sizeof(sum));
    add_up(check, &payments, &sum);
    if (paid->cash_paid + paid->card_paid != paid->due) say(check, paid->order, "what was paid is not what was due");
    if (sum.cash_paid != paid->cash_paid || sum.card_paid != paid->card_paid)
        say(check, paid->order, "its payments do not sum to what was paid");
    if (sum.cash_refunded != paid->cash_refunded || sum.card_refunded != paid->card_refunded)
        say(check, paid->order, "its refunds do not sum to what was given back");
    if (paid->cash_refunded > paid->cash_paid || paid->card_refunded > paid->card_paid)
        say(check, paid->order, "more was given back than was paid");
    return MX_OK;
}

mx_status payments_check_balances(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct mx_scan_opts opts = {.size = sizeof(opts)};
    struct check check = {ctx, found, arg};
    struct paid_rec *paid;
    struct mx_scan *scan;
    mx_status st = mx_scan_open(ctx, &payments_orders, &opts, NULL, &scan);

    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &paid)) == MX_OK) st = check_order(&check, paid);
    return st == MX_DONE ? MX_OK : st;
}
