/* Which card payment gets how much of a refund back. */
#include "payments/internal.h"
#include "support/check.h"

#define ROOM 32

struct refund {
    struct payments_part parts[4];
    struct payment_rec payments[8];
    struct payments_card cards[8];
    struct mx_tender tenders[4];
    struct payments_share shares[ROOM];
    uint32_t part_count, card_count, tender_count;
};

static void add_part(struct refund *r, const char *order, int64_t amount, int64_t cash, int64_t card) {
    struct payments_part *part = &r->parts[r->part_count++];
    part->order = mx_str_of(order);
    part->amount = amount;
    part->paid.cash_paid = cash;
    part->paid.card_paid = card;
}

static void add_card(struct refund *r, uint32_t part, const char *reference, int64_t room) {
    struct payments_card *card = &r->cards[r->card_count];
    card->payment = &r->payments[r->card_count++];
    card->payment->reference = mx_str_of(reference);
    card->part = part;
    card->room = room;
}

static void add_tender(struct refund *r, int32_t kind, int64_t amount, const char *reference) {
    struct mx_tender *tender = &r->tenders[r->tender_count++];
    tender->kind = kind;
    tender->amount = amount;
    tender->reference = mx_str_of(reference);
}

static int32_t share(struct refund *r) {
    struct mx_list tenders = {r->tenders, r->tender_count, sizeof(r->tenders[0])};
    if (payments_bounds(r->parts, r->part_count) != r->part_count) return -2;
    return payments_share_cards(r->parts, r->part_count, r->cards, r->card_count, &tenders, r->shares);
}

TEST(a_card_gets_back_what_is_wished) {
    struct refund r = {0};
    add_part(&r, "a", 500, 1000, 1000);
    add_card(&r, 0, "T1", 1000);
    add_tender(&r, MX_TENDER_CARD, 300, "");
    add_tender(&r, MX_TENDER_CASH, 200, "");
    CHECK_INT(share(&r), 1);
    CHECK_INT(r.shares[0].amount, 300);
    CHECK_INT(r.parts[0].card, 300);
    CHECK_INT(r.cards[0].given, 300);
}

TEST(the_card_with_the_same_reference_comes_first) {
    struct refund r = {0};
    add_part(&r, "a", 700, 0, 1000);
    add_card(&r, 0, "T1", 400);
    add_card(&r, 0, "T2", 600);
    add_tender(&r, MX_TENDER_CARD, 700, "T2");
    CHECK_INT(share(&r), 2);
    CHECK_INT(r.cards[1].given, 600);
    CHECK_INT(r.cards[0].given, 100);
    CHECK_INT(r.shares[0].card, 1);
}

TEST(orders_that_have_no_cash_get_the_card_money) {
    struct refund r = {0};
    add_part(&r, "a", 500, 500, 500);
    add_part(&r, "b", 500, 0, 500);
    add_card(&r, 0, "T1", 500);
    add_card(&r, 1, "T2", 500);
    add_tender(&r, MX_TENDER_CARD, 600, "");
    CHECK_INT(share(&r), 2);
    CHECK_INT(r.parts[0].card, 100);
    CHECK_INT(r.parts[1].card, 500);
}

TEST(more_than_was_paid_by_card_is_refused) {
    struct refund r = {0};
    add_part(&r, "a", 500, 400, 100);
    add_card(&r, 0, "T1", 100);
    add_tender(&r, MX_TENDER_CARD, 101, "");
    CHECK_INT(share(&r), -1);
}

TEST(more_than_was_paid_in_cash_is_refused) {
    struct refund r = {0};
    add_part(&r, "a", 500, 400, 100);
    add_card(&r, 0, "T1", 100);
    add_tender(&r, MX_TENDER_CARD, 99, "");
    CHECK_INT(share(&r), -1);
}

TEST(more_than_was_paid_at_all_is_refused) {
    struct refund r = {0};
    add_part(&r, "a", 501, 400, 100);
    CHECK_INT(share(&r), -2);
    r.parts[0].amount = 500;
    r.parts[0].paid.cash_refunded = 1;
    CHECK_INT(share(&r), -2);
}

TEST(without_receipt_there_is_only_cash) {
    struct refund r = {0};
    add_part(&r, "", 500, 0, 0);
    CHECK_INT(share(&r), 0);
    CHECK_INT(r.parts[0].card, 0);
    add_tender(&r, MX_TENDER_CARD, 500, "");
    CHECK_INT(share(&r), -1);
}

TEST(many_tenders_over_many_cards_add_up) {
    struct refund r = {0};
    int64_t sum = 0;
    int32_t count, i;
    add_part(&r, "a", 900, 300, 600);
    add_part(&r, "b", 800, 100, 700);
    add_card(&r, 0, "T1", 250);
    add_card(&r, 0, "T2", 350);
    add_card(&r, 1, "T3", 700);
    add_tender(&r, MX_TENDER_CARD, 333, "T3");
    add_tender(&r, MX_TENDER_CARD, 444, "R1");
    add_tender(&r, MX_TENDER_CARD, 523, "T1");
    count = share(&r);
    REQUIRE(count > 0);
    CHECK(count <= (int32_t)(r.tender_count + r.card_count + 2 * r.part_count));
    for (i = 0; i < count; i++) sum += r.shares[i].amount;
    CHECK_INT(sum, 1300);
    CHECK_INT(r.parts[0].card, 600);
    CHECK_INT(r.parts[1].card, 700);
}

RUN_TESTS(CASE(a_card_gets_back_what_is_wished), CASE(the_card_with_the_same_reference_comes_first),
          CASE(orders_that_have_no_cash_get_the_card_money), CASE(more_than_was_paid_by_card_is_refused),
          CASE(more_than_was_paid_in_cash_is_refused), CASE(more_than_was_paid_at_all_is_refused), CASE(without_receipt_there_is_only_cash),
          CASE(many_tenders_over_many_cards_add_up))
