/* payments.refund: money back, never above what was paid for each order by each kind of tender and by each card payment. */

#include "internal.h"

struct refunding {
    const struct mx_refund_give *give;
    struct payments_part *parts;
    uint32_t part_count;
    struct payments_card *cards;
    uint32_t card_count;
    struct payments_card *values; /* payments by points, gift card, credit */
    uint32_t value_count;
    struct mx_list tenders; /* wished, or chosen here */
    struct payments_share *shares;
    int32_t share_count;
    struct payments_share *value_shares;
    int32_t value_share_count;
    int64_t total;
};

static mx_status above_paid(struct mx_ctx *ctx, struct mx_str order, int64_t amount) {
    return mx_refuse(ctx, "refund_above_paid", "tenders", "%s is more than is left of what was paid for the order %.*s.",
                     mx_say_money(ctx, amount), (int)order.len, order.ptr);
}

/* The parts, each order once, with what was paid for it. */
static mx_status read_parts(struct mx_ctx *ctx, struct refunding *work) {
    const struct mx_list *asked = &work->give->parts;
    mx_status st = MX_OK;
    uint32_t i, k;

    work->parts = mx_alloc(ctx, ((size_t)asked->count + 1) * sizeof(*work->parts));
    for (i = 0; st == MX_OK && i < asked->count; i++) {
        const struct mx_refund_part *part = mx_list_at(asked, i);
        for (k = 0; k < work->part_count && !mx_str_eq(work->parts[k].order, part->order); k++) continue;
        if (k == work->part_count) {
            work->part_count++;
            work->parts[k].order = part->order;
            if (part->order.len) st = payments_order(ctx, part->order, &work->parts[k].paid);
        }
        if (!mx_add(work->parts[k].amount, part->amount, &work->parts[k].amount) || !mx_add(work->total, part->amount, &work->total))
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, "tenders", "The refund is too large to be counted.");
    }
    return st;
}

/* What the customer wishes must be the refund. */
static mx_status check_wish(struct mx_ctx *ctx, const struct refunding *work) {
    const struct mx_list *wished = &work->give->tenders;
    int64_t sum = 0;
    uint32_t i;

    for (i = 0; i < wished->count; i++)
        if (!mx_add(sum, ((const struct mx_tender *)mx_list_at(wished, i))->amount, &sum))
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, "tenders", "The tenders together are too large to be counted.");
    if (wished->count && sum != work->total)
        return mx_refuse(ctx, "tenders_not_refund", "tenders", "The refund is %s, the wished tenders are %s.",
                         mx_say_money(ctx, work->total), mx_say_money(ctx, sum));
    return MX_OK;
}

/* Without a wish, cards get back as much as they paid of what is left. */
static void choose_tenders(struct mx_ctx *ctx, struct refunding *work) {
    struct mx_tender *card;
    uint32_t i;

    work->tenders = work->give->tenders;
    if (work->tenders.count) return;
    work->tenders = mx_list_new(ctx, 1, sizeof(struct mx_tender));
    card = mx_list_at(&work->tenders, 0);
    card->kind = MX_TENDER_CARD;
    for (i = 0; i < work->part_count; i++) card->amount += work->parts[i].card_max;
}

/* Is there anything but cash to be given back for this order? */
static int is_traced(const struct paid_rec *paid) {
    return paid->card_paid > paid->card_refunded || paid->points_paid > paid->points_refunded || paid->stored_paid > paid->stored_refunded;
}

static void sort_payment(struct refunding *work, struct payment_rec *payment, uint32_t part) {
    struct payments_card *card;
    if (payment->kind == MX_TENDER_CASH || payment->state != MX_PAYMENT_CAPTURED || payment->refunded >= payment->amount) return;
    card = payment->kind == MX_TENDER_CARD ? &work->cards[work->card_count++] : &work->values[work->value_count++];
    card->payment = payment;
    card->part = part;
    card->room = payment->amount - payment->refunded;
}

static mx_status read_payments(struct mx_ctx *ctx, struct refunding *work) {
    struct mx_list *payments = mx_alloc(ctx, ((size_t)work->part_count + 1) * sizeof(*payments));
    uint32_t i, k, room = 0;

    for (i = 0; i < work->part_count; i++) {
        mx_status st = MX_OK;
        if (is_traced(&work->parts[i].paid)) st = payments_of_order(ctx, work->parts[i].order, &payments[i]);
        if (st != MX_OK) return st;
        room += payments[i].count;
    }
    work->cards = mx_alloc(ctx, ((size_t)room + 1) * sizeof(*work->cards));
    work->values = mx_alloc(ctx, ((size_t)room + 1) * sizeof(*work->values));
    for (i = 0; i < work->part_count; i++)
        for (k = 0; k < payments[i].count; k++) sort_payment(work, mx_list_at(&payments[i], k), i);
    return MX_OK;
}

/* Points, gift cards and credit first: they go back to themselves. What is left is for cards and cash. */
static mx_status share_value(struct mx_ctx *ctx, struct refunding *work) {
    const struct mx_list *wished = work->give->tenders.count ? &work->give->tenders : NULL;
    size_t room = (size_t)work->give->tenders.count + work->value_count + 2 * (size_t)work->part_count + 1;
    uint32_t at;

    work->value_shares = mx_alloc(ctx, room * sizeof(*work->value_shares));
    work->value_share_count = payments_share_value(work->parts, work->values, work->value_count, wished, work->value_shares);
    if (work->value_share_count < 0)
        return mx_refuse(ctx, "refund_above_paid", "tenders",
                         "The wished tenders give back more as points or stored value than was paid so.");
    at = payments_bounds(work->parts, work->part_count);
    return at == work->part_count ? MX_OK : above_paid(ctx, work->parts[at].order, work->parts[at].amount);
}

static mx_status share(struct mx_ctx *ctx, struct refunding *work) {
    size_t room = (size_t)work->tenders.count + work->card_count + 2 * (size_t)work->part_count;
    work->shares = mx_alloc(ctx, room * sizeof(*work->shares));
    work->share_count = payments_share_cards(work->parts, work->part_count, work->cards, work->card_count, &work->tenders, work->shares);
    if (work->share_count >= 0) return MX_OK;
    return mx_refuse(ctx, "refund_above_paid", "tenders",
                     "The wished tenders give back more by card, or more in cash, than was paid that way.");
}

static mx_status put_refund(struct mx_ctx *ctx, const struct refunding *work, struct mx_str order, int32_t kind, int64_t amount,
                            const struct payment_rec *of, struct mx_str reference, struct mx_payment *shown) {
    struct payment_rec refund;
    memset(&refund, 0, sizeof(refund));
    refund.order = order;
    refund.return_id = work->give->return_id;
    if (of) refund.of = of->id;
    refund.kind = kind;
    refund.amount = amount;
    refund.reference = reference;
    refund.state = MX_PAYMENT_REFUNDED;
    refund.location = work->give->location;
    refund.till = work->give->till;
    refund.at = work->give->at;
    return payments_put(ctx, &refund, shown);
}

static mx_status put_given(struct mx_ctx *ctx, struct payments_card *cards, uint32_t count) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < count; i++) {
        if (cards[i].given == 0) continue;
        cards[i].payment->refunded += cards[i].given;
        st = payments_put(ctx, cards[i].payment, NULL);
    }
    return st;
}

static mx_status put_card_refunds(struct mx_ctx *ctx, struct refunding *work, struct mx_list *shown) {
    mx_status st = MX_OK;
    uint32_t i;

    for (i = 0; st == MX_OK && i < (uint32_t)work->share_count; i++) {
        const struct payments_share *part = &work->shares[i];
        const struct payment_rec *payment = work->cards[part->card].payment;
        st = put_refund(ctx, work, payment->order, MX_TENDER_CARD, part->amount, payment,
                        part->reference.len ? part->reference : payment->reference, mx_list_at(shown, shown->count++));
    }
    return st == MX_OK ? put_given(ctx, work->cards, work->card_count) : st;
}

static mx_status put_value_refunds(struct mx_ctx *ctx, struct refunding *work, struct mx_list *shown, struct mx_payment_refunded *told) {
    mx_status st = MX_OK;
    uint32_t i;

    for (i = 0; st == MX_OK && i < (uint32_t)work->value_share_count; i++) {
        const struct payments_share *part = &work->value_shares[i];
        const struct payments_card *value = &work->values[part->card];
        *payments_refunded_by(&work->parts[value->part].paid, value->payment->kind) += part->amount;
        *(value->payment->kind == MX_TENDER_POINTS ? &told->points : &told->stored) += part->amount;
        st = payments_give_value_back(ctx, value->payment, work->give, part->amount);
        if (st == MX_OK)
            st = put_refund(ctx, work, value->payment->order, value->payment->kind, part->amount, value->payment, value->payment->reference,
                            mx_list_at(shown, shown->count++));
    }
    return st == MX_OK ? put_given(ctx, work->values, work->value_count) : st;
}

static mx_status put_parts(struct mx_ctx *ctx, struct refunding *work, struct mx_list *shown, struct mx_payment_refunded *told) {
    mx_status st = MX_OK;
    uint32_t i;

    for (i = 0; st == MX_OK && i < work->part_count; i++) {
        struct payments_part *part = &work->parts[i];
        int64_t cash = part->amount - part->value - part->card;
        told->cash += cash;
        told->card += part->card;
        if (cash)
            st =
                put_refund(ctx, work, part->order, MX_TENDER_CASH, cash, NULL, (struct mx_str){NULL, 0}, mx_list_at(shown, shown->count++));
        part->paid.cash_refunded += cash;
        part->paid.card_refunded += part->card;
        if (st == MX_OK && part->order.len && part->amount) st = payments_put_order(ctx, &part->paid);
    }
    return st;
}

mx_status payments_refund_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_refund_given *given = out;
    struct mx_payment_refunded told;
    struct refunding work;
    mx_status st;

    memset(&work, 0, sizeof(work));
    work.give = in;
    st = read_parts(ctx, &work);
    if (st == MX_OK) st = check_wish(ctx, &work);
    if (st == MX_OK) st = read_payments(ctx, &work);
    if (st == MX_OK) st = share_value(ctx, &work);
    if (st != MX_OK) return st;
    choose_tenders(ctx, &work);
    st = share(ctx, &work);
    if (st != MX_OK || work.total == 0) return st;
    memset(&told, 0, sizeof(told));
    told.return_id = work.give->return_id;
    told.location = work.give->location;
    told.till = work.give->till;
    told.at = work.give->at;
    given->payments =
        mx_list_new(ctx, (uint32_t)work.share_count + (uint32_t)work.value_share_count + work.part_count, sizeof(struct mx_payment));
    given->payments.count = 0;
    st = put_value_refunds(ctx, &work, &given->payments, &told);
    if (st == MX_OK) st = put_card_refunds(ctx, &work, &given->payments);
    if (st == MX_OK) st = put_parts(ctx, &work, &given->payments, &told);
    return st == MX_OK ? mx_emit(ctx, &payments_refunded_event, &told) : st;
}
