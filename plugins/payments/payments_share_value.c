/* Which points, gift card and credit get how much of a refund back. Pure: no command, no store. */
#include "internal.h"

int payments_is_value(int32_t kind) { return kind == MX_TENDER_POINTS || kind == MX_TENDER_GIFT_CARD || kind == MX_TENDER_CREDIT; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Where the shares of one call are gathered. */
struct sharing {
    struct payments_part *parts;
    struct payments_card *values;
    uint32_t value_count;
    struct payments_share *shares;
    int32_t count;
};

/* Give up to `rest` back with one payment, its part reaching at most `limit`; what is left of `rest`. */
static int64_t give(struct sharing *sharing, uint32_t at, int64_t limit, int64_t rest) {
    struct payments_card *value = &sharing->values[at];
    struct payments_part *part = &sharing->parts[value->part];
    int64_t amount = least(rest, least(value->room, limit - part->value));
    int32_t i = 0;
    if (amount <= 0) return rest;
    value->room -= amount;
    value->given += amount;
    part->value += amount;
    while (i < sharing->count && sharing->shares[i].card != at) i++;
    if (i == sharing->count) {
        memset(&sharing->shares[i], 0, sizeof(sharing->shares[i]));
        sharing->shares[sharing->count++].card = at;
    }
    sharing->shares[i].amount += amount;
    return rest - amount;
}

static void give_all(struct sharing *sharing) {
    static const int32_t order[] = {MX_TENDER_GIFT_CARD, MX_TENDER_CREDIT, MX_TENDER_POINTS};
    uint32_t k, i;
    for (k = 0; k < sizeof(order) / sizeof(order[0]); k++)
        for (i = 0; i < sharing->value_count; i++)
            if (sharing->values[i].payment->kind == order[k])
                (void)give(sharing, i, sharing->parts[sharing->values[i].part].amount, MX_INT_MAX);
}

/* What card and cash of an order do not cover. */
static int64_t value_min(const struct payments_part *part) {
    const struct paid_rec *paid = &part->paid;
    int64_t covered = paid->cash_paid - paid->cash_refunded + paid->card_paid - paid->card_refunded;
    return part->amount > covered ? part->amount - covered : 0;
}

enum pass { SAME_REFERENCE, WHERE_MONEY_ENDS, THE_REST, PASSES };

static int64_t give_wished(struct sharing *sharing, const struct mx_tender *tender, enum pass pass, int64_t rest) {
    uint32_t i;
    for (i = 0; i < sharing->value_count && rest > 0; i++) {
        const struct payment_rec *payment = sharing->values[i].payment;
        const struct payments_part *part = &sharing->parts[sharing->values[i].part];
        if (payment->kind != tender->kind) continue;
        if (pass == SAME_REFERENCE && (tender->reference.len == 0 || !mx_str_eq(tender->reference, payment->reference))) continue;
        rest = give(sharing, i, pass == WHERE_MONEY_ENDS ? value_min(part) : part->amount, rest);
    }
    return rest;
}

int32_t payments_share_value(struct payments_part *parts, struct payments_card *cards, uint32_t card_count, const struct mx_list *tenders,
                             struct payments_share *shares) {
    struct sharing sharing = {parts, cards, card_count, shares, 0};
    int64_t rest[MX_TENDERS_MAX];
    uint32_t i;
    int pass;

    if (!tenders) {
        give_all(&sharing);
        return sharing.count;
    }
    if (tenders->count > MX_TENDERS_MAX) return -1;
    for (i = 0; i < tenders->count; i++) rest[i] = ((const struct mx_tender *)mx_list_at(tenders, i))->amount;
    for (pass = SAME_REFERENCE; pass < PASSES; pass++)
        for (i = 0; i < tenders->count; i++) rest[i] = give_wished(&sharing, mx_list_at(tenders, i), (enum pass)pass, rest[i]);
    for (i = 0; i < tenders->count; i++)
        if (payments_is_value(((const struct mx_tender *)mx_list_at(tenders, i))->kind) && rest[i] > 0) return -1;
    return sharing.count;
}
