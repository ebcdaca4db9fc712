/* Which card payment gets how much of a refund back. Pure: no command, no store. */
#include "internal.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

uint32_t payments_bounds(struct payments_part *parts, uint32_t count) {
    uint32_t i;
    for (i = 0; i < count; i++) {
        struct payments_part *part = &parts[i];
        int64_t cash = part->paid.cash_paid - part->paid.cash_refunded, amount = part->amount - part->value;
        if (part->order.len == 0) continue; /* without receipt there is no payment to give back: cash */
        part->card_max = least(amount, part->paid.card_paid - part->paid.card_refunded);
        part->card_min = amount > cash ? amount - cash : 0;
        if (part->card_min > part->card_max) return i;
    }
    return count;
}

/* Give up to `rest` back to one card payment, with its part reaching at most `limit`. */
static int64_t give(struct payments_part *part, struct payments_card *card, int64_t limit, int64_t rest) {
    int64_t amount = least(rest, least(card->room, limit - part->card));
    if (amount <= 0) return 0;
    card->room -= amount;
    card->given += amount;
    part->card += amount;
    return amount;
}

/* Where the shares of one call are gathered. */
struct sharing {
    struct payments_part *parts;
    struct payments_card *cards;
    uint32_t card_count;
    struct payments_share *shares;
    int32_t count;
};

static void add_share(struct sharing *sharing, uint32_t card, int64_t amount, struct mx_str reference) {
    struct payments_share *share = sharing->shares;
    int32_t i = 0;
    while (i < sharing->count && !(share[i].card == card && mx_str_eq(share[i].reference, reference))) i++;
    if (i == sharing->count) {
        sharing->count++;
        share[i].card = card;
        share[i].amount = 0;
        share[i].reference = reference;
    }
    share[i].amount += amount;
}

enum pass { SAME_REFERENCE, WHERE_CASH_ENDS, THE_REST, PASSES };

/* Spend what is left of one tender in one pass. */
static void spend(struct sharing *sharing, const struct mx_tender *tender, enum pass pass, int64_t *rest) {
    uint32_t i;
    for (i = 0; i<sharing->card_count && * rest> 0; i++) {
        struct payments_card *card = &sharing->cards[i];
        struct payments_part *part = &sharing->parts[card->part];
        int64_t amount;
        if (pass == SAME_REFERENCE && (tender->reference.len == 0 || !mx_str_eq(tender->reference, card->payment->reference))) continue;
        amount = give(part, card, pass == WHERE_CASH_ENDS ? part->card_min : part->card_max, *rest);
        if (amount == 0) continue;
        add_share(sharing, i, amount, tender->reference);
        *rest -= amount;
    }
}

int32_t payments_share_cards(struct payments_part *parts, uint32_t part_count, struct payments_card *cards, uint32_t card_count,
                             const struct mx_list *tenders, struct payments_share *shares) {
    struct sharing sharing = {parts, cards, card_count, shares, 0};
    int64_t rest[MX_TENDERS_MAX];
    uint32_t i;
    int pass;

    if (tenders->count > MX_TENDERS_MAX) return -1;
    for (i = 0; i < tenders->count; i++) {
        const struct mx_tender *tender = mx_list_at(tenders, i);
        rest[i] = tender->kind == MX_TENDER_CARD ? tender->amount : 0;
    }
    for (pass = SAME_REFERENCE; pass < PASSES; pass++)
        for (i = 0; i < tenders->count; i++) spend(&sharing, mx_list_at(tenders, i), (enum pass)pass, &rest[i]);
    for (i = 0; i < tenders->count; i++)
        if (rest[i] > 0) return -1;
    for (i = 0; i < part_count; i++)
        if (parts[i].card < parts[i].card_min) return -1;
    return sharing.count;
}
