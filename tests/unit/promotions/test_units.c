/* Which units an offer gets, which are free, and why an offer did not apply. */
#include "cart.h"

TEST(buy_two_pay_one_lands_on_both) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 2000, 1990);
    offer = cart_offer(&t, "shirts", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 1990);
    CHECK_INT(cart_line(&t, 1)->runs.count, 1); /* both carry half, so one run */
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(buy_pay_groups_dearest_first_and_frees_the_cheapest) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 1000);
    cart_add(&t, 2000, 3000);
    cart_add(&t, 2000, 2000);
    offer = cart_offer(&t, "three-for-two", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 3;
    offer->pay = 2;
    cart_want_all(&t, offer);
    REQUIRE(cart_price(&t));
    /* sorted 3000 3000 2000 | 2000 1000: one group, the 2000 in it is free, over 8000 */
    CHECK_INT(t.result.discount, 2000);
    CHECK_INT(cart_line(&t, 1)->discount, 0);
    CHECK_INT(cart_line(&t, 2)->discount, 1500);
    CHECK_INT(cart_line(&t, 3)->discount, 500);
    CHECK_INT(cart_line(&t, 3)->runs.count, 2);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(every_multiple_of_the_group_counts) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 7000, 100);
    offer = cart_offer(&t, "shirts", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 300);
    CHECK_INT(cart_line(&t, 1)->runs.count, 2);
    CHECK_INT(cart_run(&t, 1, 1)->to, 6000);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(units_serve_one_buy_pay_of_a_lane) {
    struct test_cart t = {0};
    struct mx_offer *a, *b;
    cart_add(&t, 5000, 100);
    a = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    b = cart_offer(&t, "b", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    a->buy = b->buy = 2;
    a->pay = b->pay = 1;
    cart_want(a, 1, 2000);
    cart_want(b, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_outcome(&t, 0)->amount, 100);
    CHECK_INT(cart_outcome(&t, 1)->amount, 100); /* three units are left: one group */
    CHECK_INT(cart_line(&t, 1)->runs.count, 3);
    b->lane = MX_LANE_BASKET; /* another lane may take them again, at what they cost by then: 100, 100 | 100, 50 | 50 */
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_outcome(&t, 1)->amount, 150);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(an_offer_says_why_it_did_not_apply) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 1000);
    cart_add(&t, 1500, 1000)->unit = MX_UNIT_KG;
    cart_add(&t, 1000, 0);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 3;
    offer->pay = 2;
    cart_want(offer, 1, 0);
    offer = cart_offer(&t, "b", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    cart_want(offer, 2, 0); /* not sold by the piece */
    offer = cart_offer(&t, "c", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 500000;
    cart_want(offer, 3, 0);
    offer = cart_offer(&t, "d", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 500000;
    cart_want(offer, 99, 0);
    offer = cart_offer(&t, "e", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 2;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_outcome(&t, 0)->state, MX_OUTCOME_TOO_FEW_UNITS);
    CHECK_INT(cart_outcome(&t, 0)->missing, 2);
    CHECK_INT(cart_outcome(&t, 1)->state, MX_OUTCOME_NO_UNITS);
    CHECK_INT(cart_outcome(&t, 2)->state, MX_OUTCOME_NOTHING_OFF);
    CHECK_INT(cart_outcome(&t, 3)->state, MX_OUTCOME_NO_UNITS);
    CHECK_INT(cart_outcome(&t, 4)->state, MX_OUTCOME_NOT_VALID);
    CHECK_INT(t.result.discount, 0);
    CHECK_INT(cart_line(&t, 1)->runs.count, 1);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(offers_that_contradict_themselves_take_nothing) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    uint32_t i;
    cart_add(&t, 2000, 1000);
    for (i = 0; i < 11; i++) {
        offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_PERCENT);
        offer->ppm = 500000;
        offer->amount = 100;
        offer->buy = 2;
        offer->pay = 1;
        cart_want(offer, 1, 0);
    }
    t.offers[0].lane = 0;
    t.offers[1].lane = MX_LANES + 1;
    t.offers[2].min_total = -1;
    t.offers[3].ppm = 0;
    t.offers[4].ppm = MX_PPM_ONE + 1;
    t.offers[5].kind = MX_OFFER_AMOUNT;
    t.offers[5].amount = 0;
    t.offers[6].kind = MX_OFFER_BUY_PAY;
    t.offers[6].pay = 2;
    t.offers[7].kind = MX_OFFER_BUY_PAY;
    t.offers[7].pay = -1;
    t.offers[8].kind = 0;
    t.offers[9].kind = 10;
    t.offers[10].kind = MX_OFFER_AMOUNT;
    t.offers[10].amount = -1;
    REQUIRE(cart_price(&t));
    for (i = 0; i < t.offer_count; i++) CHECK_INT(cart_outcome(&t, i)->state, MX_OUTCOME_NOT_VALID);
    CHECK_INT(t.result.total, 2000);
    cart_free();
}

TEST(lines_that_are_not_there_are_passed_by) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 2000, 1000);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = MX_PPM_ONE;
    cart_want(offer, 0, 0);
    cart_want(offer, -1, 0);
    cart_want(offer, 2, 0);
    cart_want(offer, 1, -1000);
    cart_want(offer, 1, 1999); /* one whole piece */
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 1000);
    CHECK_INT(cart_run(&t, 1, 1)->to, 1000);
    CHECK(cart_adds_up(&t));
    cart_free();
}

/* The runs of one line cost the same a piece: the lowest positions are used first. */
TEST(equal_prices_go_by_position) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 4000, 1000);
    cart_add(&t, 1000, 1000);
    offer = cart_offer(&t, "a", MX_LANE_FLASH, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    cart_want(offer, 1, 2000); /* 500 each */
    offer = cart_offer(&t, "b", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 1000;
    cart_want(offer, 1, 0); /* 333 off two, 667 off two */
    offer = cart_offer(&t, "c", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 1;
    offer->priority = 1;
    cart_want(offer, 1, 3000);
    offer = cart_offer(&t, "d", MX_LANE_MEMBER, MX_OFFER_BUY_PAY);
    offer->buy = 3;
    offer->pay = 2;
    cart_want_all(&t, offer);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(cart_line(&t, 2)->runs.count, 1);
    CHECK_INT(cart_line(&t, 2)->discounts.count, 1); /* the dearest piece is part of the group */
    CHECK_INT(cart_run(&t, 1, 1)->discounts.count, 3);
    CHECK_INT(cart_outcome(&t, 3)->amount, 666);
    cart_free();
}

TEST(equal_prices_go_by_line) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 1000);
    cart_add(&t, 2000, 1000);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    cart_want_all(&t, offer);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_line(&t, 1)->discount, 500);
    CHECK_INT(cart_line(&t, 2)->runs.count, 2);
    cart_free();
}

TEST(equal_runs_of_a_line_go_by_position) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    static const char *const rules[] = {"a", "b"};
    uint32_t i;
    cart_add(&t, 4000, 1000);
    for (i = 0; i < 2; i++) { /* 500 each, in two runs of two */
        offer = cart_offer(&t, rules[i], MX_LANE_FLASH, MX_OFFER_BUY_PAY);
        offer->buy = 2;
        offer->pay = 1;
        cart_want(offer, 1, 2000);
    }
    offer = cart_offer(&t, "c", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 3;
    offer->pay = 2;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    REQUIRE(cart_line(&t, 1)->runs.count == 3);
    CHECK_INT(cart_run(&t, 1, 1)->to, 2000);
    CHECK_INT(cart_run(&t, 1, 2)->to, 3000);
    CHECK_INT(cart_run(&t, 1, 3)->total, 500);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(all_pieces_may_be_free) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 3000, 1000);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.total, 1000);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(a_line_named_twice_counts_once) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 3000, 1000);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 500000;
    cart_want(offer, 1, 0);
    cart_want(offer, 1, 2000);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 1500);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(seventy_four_thousand_pieces_stay_two_runs) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, INT64_C(74215000), 104);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 3;
    offer->pay = 2;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, INT64_C(104) * (74215 / 3));
    CHECK_INT(cart_line(&t, 1)->runs.count, 2);
    CHECK_INT(cart_run(&t, 1, 1)->to, INT64_C(74214000));
    CHECK(cart_adds_up(&t));
    cart_free();
}

RUN_TESTS(CASE(buy_two_pay_one_lands_on_both), CASE(buy_pay_groups_dearest_first_and_frees_the_cheapest),
          CASE(every_multiple_of_the_group_counts), CASE(units_serve_one_buy_pay_of_a_lane), CASE(an_offer_says_why_it_did_not_apply),
          CASE(offers_that_contradict_themselves_take_nothing), CASE(lines_that_are_not_there_are_passed_by),
          CASE(equal_prices_go_by_position), CASE(equal_prices_go_by_line), CASE(equal_runs_of_a_line_go_by_position),
          CASE(all_pieces_may_be_free), CASE(a_line_named_twice_counts_once), CASE(seventy_four_thousand_pieces_stay_two_runs))
