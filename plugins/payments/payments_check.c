/* The books of the payments, for `merx verify`: what was captured is what was due, what was given back is never more.
 *
 * Sums and payments both stand in the order of order ids, so one walk over each, side by side, sees everything once. */
#include <stdio.h>

#include "internal.h"

#define ID_ROOM 72

/* A payment of the order at hand that is no cash, or what one refund gives back of it. */
struct card {
    char id[ID_ROOM];
    int64_t amount;
    int64_t refunded; /* as the payment says; -1: this is a refund */
};

struct check {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
    struct mx_scan *payments;
    struct payment_rec *next; /* NULL: at the end */
    struct card *cards;
    uint32_t card_count, card_room;
};

static void say(const struct check *check, struct mx_str id, const char *what) {
    char text[200];
    snprintf(text, sizeof(text), "%.*s: %s", (int)id.len, id.ptr, what);
    check->found(check->arg, text);
}

static mx_status advance(struct check *check) {
    mx_status st = mx_scan_next(check->ctx, check->payments, &check->next);
    if (st == MX_DONE) check->next = NULL;
    return st == MX_DONE ? MX_OK : st;
}

/* Remember a payment or refund that is no cash until all of its order were seen. */
static void note_card(struct check *check, struct mx_str id, int64_t amount, int64_t refunded) {
    struct card *card;
    if (check->card_count == check->card_room) {
        uint32_t room = check->card_room ? 2 * check->card_room : 16;
        struct card *more = mx_alloc(check->ctx, room * sizeof(*more));
        if (check->card_count) memcpy(more, check->cards, check->card_count * sizeof(*more));
        check->cards = more;
        check->card_room = room;
    }
    card = &check->cards[check->card_count++];
    snprintf(card->id, sizeof(card->id), "%.*s", (int)id.len, id.ptr);
    card->amount = amount;
    card->refunded = refunded;
}

static void check_cards(const struct check *check) {
    uint32_t i, k;
    for (i = 0; i < check->card_count; i++) {
        const struct card *payment = &check->cards[i];
        int64_t refunded = 0;
        if (payment->refunded < 0) continue;
        for (k = 0; k < check->card_count; k++)
            if (check->cards[k].refunded < 0 && strcmp(check->cards[k].id, payment->id) == 0) refunded += check->cards[k].amount;
        if (refunded != payment->refunded) say(check, mx_str_of(payment->id), "its refunds do not sum to what it says was given back");
        if (refunded > payment->amount) say(check, mx_str_of(payment->id), "more was given back than was paid with it");
    }
}

static void add_payment(struct check *check, const struct payment_rec *payment, struct paid_rec *sum) {
    if (payment->state == MX_PAYMENT_CAPTURED) *payments_paid_by(sum, payment->kind) += payment->amount;
    if (payment->state == MX_PAYMENT_REFUNDED) *payments_refunded_by(sum, payment->kind) += payment->amount;
    if (payment->kind == MX_TENDER_CASH) return;
    if (payment->return_id.len)
        note_card(check, payment->of, payment->amount, -1);
    else
        note_card(check, payment->id, payment->amount, payment->refunded);
}

static mx_status pass_strays(struct check *check, const struct mx_str *order) {
    mx_status st = MX_OK;
    while (st == MX_OK && check->next && (!order || mx_str_cmp(check->next->order, *order) < 0)) {
        say(check, check->next->id, "its order has no sums");
        st = advance(check);
    }
    return st;
}

static mx_status check_order(struct check *check, const struct paid_rec *paid) {
    struct paid_rec sum;
    mx_status st = pass_strays(check, &paid->order);

    memset(&sum, 0, sizeof(sum));
    check->card_count = 0;
    while (st == MX_OK && check->next && mx_str_eq(check->next->order, paid->order)) {
        add_payment(check, check->next, &sum);
        st = advance(check);
    }
    check_cards(check);
    if (paid->cash_paid + paid->card_paid + paid->points_paid + paid->stored_paid != paid->due)
        say(check, paid->order, "what was paid is not what was due");
    if (sum.cash_paid != paid->cash_paid || sum.card_paid != paid->card_paid || sum.points_paid != paid->points_paid ||
        sum.stored_paid != paid->stored_paid)
        say(check, paid->order, "its payments do not sum to what was paid");
    if (sum.cash_refunded != paid->cash_refunded || sum.card_refunded != paid->card_refunded ||
        sum.points_refunded != paid->points_refunded || sum.stored_refunded != paid->stored_refunded)
        say(check, paid->order, "its refunds do not sum to what was given back");
    if (paid->cash_refunded > paid->cash_paid || paid->card_refunded > paid->card_paid || paid->points_refunded > paid->points_paid ||
        paid->stored_refunded > paid->stored_paid)
        say(check, paid->order, "more was given back than was paid");
    return st;
}

mx_status payments_check_balances(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct check check = {.ctx = ctx, .found = found, .arg = arg};
    struct paid_rec *paid;
    struct mx_scan *sums;
    mx_status st = mx_scan_open(ctx, &payments_orders, &opts, NULL, &sums);

    opts.index = "order";
    if (st == MX_OK) st = mx_scan_open(ctx, &payments_payments, &opts, NULL, &check.payments);
    if (st == MX_OK) st = advance(&check);
    while (st == MX_OK && (st = mx_scan_next(ctx, sums, &paid)) == MX_OK) st = check_order(&check, paid);
    return st == MX_DONE ? pass_strays(&check, NULL) : st;
}
