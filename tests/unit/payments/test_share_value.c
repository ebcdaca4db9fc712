/* How much of a refund goes back as points, to gift cards and to credit. */
#include "payments/internal.h"
#include "support/check.h"

#define ROOM 32

struct refund {
    struct payments_part parts[4];
    struct payment_rec payments[8];
    struct payments_card values[8];
    struct mx_tender tenders[4];
    struct payments_share shares[ROOM];
    uint32_t part_count, value_count, tender_count;
};

static void add_part(struct refund *r, int64_t amount, int64_t cash, int64_t card) {
    struct payments_part *part = &r->parts[r->part_count++];
    part->order = mx_str_of("a");
    part->amount = amount;
    part->paid.cash_paid = cash;
    part->paid.card_paid = card;
}

static void add_value(struct refund *r, uint32_t part, int32_t kind, const char *reference, int64_t room) {
    struct payments_card *value = &r->values[r->value_count];
    value->payment = &r->payments[r->value_count++];
    value->payment->kind = kind;
    value->payment->reference = mx_str_of(reference);
    value->part = part;
    value->room = room;
}

static void wish(struct refund *r, int32_t kind, int64_t amount, const char *reference) {
    struct mx_tender *tender = &r->tenders[r->tender_count++];
    tender->kind = kind;
    tender->amount = amount;
    tender->reference = mx_str_of(reference);
}

static int32_t share(struct refund *r) {
    struct mx_list tenders = {r->tenders, r->tender_count, sizeof(r->tenders[0])};
    return payments_share_value(r->parts, r->values, r->value_count, r->tender_count ? &tenders : NULL, r->shares);
}

TEST(without_a_wish_value_goes_back_to_itself_and_points_come_last) {
    struct refund r = {0};
    add_part(&r, 1000, 500, 500);
    add_value(&r, 0, MX_TENDER_POINTS, "", 400);
    add_value(&r, 0, MX_TENDER_CREDIT, "", 300);
    add_value(&r, 0, MX_TENDER_GIFT_CARD, "gft_1", 500);
    CHECK_INT(share(&r), 3);
    CHECK_INT(r.values[2].given, 500);
    CHECK_INT(r.values[1].given, 300);
    CHECK_INT(r.values[0].given, 200);
    CHECK_INT(r.parts[0].value, 1000);
}

TEST(what_is_left_is_for_card_and_cash) {
    struct refund r = {0};
    add_part(&r, 1000, 100, 500);
    add_value(&r, 0, MX_TENDER_POINTS, "", 400);
    CHECK_INT(share(&r), 1);
    CHECK_INT(payments_bounds(r.parts, 1), 1);
    CHECK_INT(r.parts[0].card_max, 500);
    CHECK_INT(r.parts[0].card_min, 500);
}

TEST(a_wish_for_money_leaves_value_where_it_is) {
    struct refund r = {0};
    add_part(&r, 300, 500, 0);
    add_value(&r, 0, MX_TENDER_POINTS, "", 400);
    wish(&r, MX_TENDER_CASH, 300, "");
    CHECK_INT(share(&r), 0);
    CHECK_INT(r.parts[0].value, 0);
}

TEST(the_card_that_is_named_comes_first) {
    struct refund r = {0};
    add_part(&r, 500, 0, 0);
    add_value(&r, 0, MX_TENDER_GIFT_CARD, "gft_1", 300);
    add_value(&r, 0, MX_TENDER_GIFT_CARD, "gft_2", 300);
    wish(&r, MX_TENDER_GIFT_CARD, 500, "gft_2");
    CHECK_INT(share(&r), 2);
    CHECK_INT(r.values[1].given, 300);
    CHECK_INT(r.values[0].given, 200);
}

TEST(orders_that_were_paid_with_value_alone_get_it) {
    struct refund r = {0};
    add_part(&r, 500, 500, 0);
    add_part(&r, 500, 0, 0);
    add_value(&r, 0, MX_TENDER_POINTS, "", 500);
    add_value(&r, 1, MX_TENDER_POINTS, "", 500);
    wish(&r, MX_TENDER_POINTS, 600, "");
    wish(&r, MX_TENDER_CASH, 400, "");
    CHECK_INT(share(&r), 2);
    CHECK_INT(r.parts[1].value, 500);
    CHECK_INT(r.parts[0].value, 100);
    CHECK_INT(payments_bounds(r.parts, 2), 2);
}

TEST(more_than_was_paid_so_is_refused) {
    struct refund r = {0};
    add_part(&r, 500, 100, 0);
    add_value(&r, 0, MX_TENDER_POINTS, "", 400);
    wish(&r, MX_TENDER_POINTS, 401, "");
    CHECK_INT(share(&r), -1);
    r.tenders[0].kind = MX_TENDER_CREDIT;
    r.tenders[0].amount = 1;
    CHECK_INT(share(&r), -1);
}

TEST(money_that_does_not_cover_the_rest_is_found) {
    struct refund r = {0};
    add_part(&r, 500, 100, 0);
    add_value(&r, 0, MX_TENDER_POINTS, "", 400);
    wish(&r, MX_TENDER_POINTS, 300, "");
    CHECK_INT(share(&r), 1);
    CHECK_INT(payments_bounds(r.parts, 1), 0);
}

RUN_TESTS(CASE(without_a_wish_value_goes_back_to_itself_and_points_come_last), CASE(what_is_left_is_for_card_and_cash),
          CASE(a_wish_for_money_leaves_value_where_it_is), CASE(the_card_that_is_named_comes_first),
          CASE(orders_that_were_paid_with_value_alone_get_it), CASE(more_than_was_paid_so_is_refused),
          CASE(money_that_does_not_cover_the_rest_is_found))
