/* Prices of single carts, worked out by hand. */
#include "cart.h"

TEST(plain_lines_sum) {
    struct test_cart t = {0};
    cart_add(&t, 2000, 1990);
    cart_add(&t, 455, 2399)->unit = MX_UNIT_KG; /* 1091.545 */
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_line(&t, 1)->total, 3980);
    CHECK_INT(cart_line(&t, 2)->total, 1092);
    CHECK_INT(t.result.total, 5072);
    CHECK_INT(t.result.discount, 0);
    CHECK_INT(cart_line(&t, 1)->runs.count, 1);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(tax_is_in_the_price_or_on_top) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 1990);
    t.tax_ppm[0] = 130000;
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.tax, 229); /* 1990 * 0.13 / 1.13 = 228.94 */
    CHECK_INT(t.result.total, 1990);
    t.tax_on_top = 1;
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.tax, 259); /* 258.7 */
    CHECK_INT(t.result.total, 2249);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(tax_follows_the_discounted_amount) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 2000);
    t.tax_ppm[0] = 250000;
    offer = cart_offer(&t, "half", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 500000;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.total, 1000);
    CHECK_INT(t.result.tax, 200);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(percent_rounds_once_and_shares_over_lines) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 333);
    cart_add(&t, 1000, 333);
    cart_add(&t, 1000, 334);
    offer = cart_offer(&t, "gold", MX_LANE_MEMBER, MX_OFFER_PERCENT);
    offer->ppm = 100000;
    cart_want_all(&t, offer);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 100); /* of 1000, not 33 + 33 + 33 */
    CHECK_INT(cart_line(&t, 1)->discount, 33);
    CHECK_INT(cart_line(&t, 2)->discount, 33);
    CHECK_INT(cart_line(&t, 3)->discount, 34);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(percent_of_some_units_splits_the_line) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 5000, 1000);
    offer = cart_offer(&t, "first-two", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 200000;
    cart_want(offer, 1, 2000);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_line(&t, 1)->runs.count, 2);
    CHECK_INT(cart_run(&t, 1, 1)->to, 2000);
    CHECK_INT(cart_run(&t, 1, 1)->total, 1600);
    CHECK_INT(cart_run(&t, 1, 2)->total, 3000);
    CHECK_INT(cart_run(&t, 1, 2)->discounts.count, 0);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(amount_is_never_more_than_the_units_cost) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 300);
    cart_add(&t, 1000, 5000);
    offer = cart_offer(&t, "ten-off", MX_LANE_COUPON, MX_OFFER_AMOUNT);
    offer->amount = 1000;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 300);
    CHECK_INT(cart_line(&t, 1)->total, 0);
    CHECK_INT(t.result.total, 5000);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(lanes_then_priority_then_rule) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    static const char *const want[] = {"flash", "item-b", "item-a", "basket", "coupon", "member-1", "member-2"};
    uint32_t i;
    cart_add(&t, 1000, 1000000);
    cart_offer(&t, "member-2", MX_LANE_MEMBER, MX_OFFER_PERCENT);
    cart_offer(&t, "member-1", MX_LANE_MEMBER, MX_OFFER_PERCENT);
    cart_offer(&t, "coupon", MX_LANE_COUPON, MX_OFFER_PERCENT);
    cart_offer(&t, "item-a", MX_LANE_ITEM, MX_OFFER_PERCENT)->priority = 20;
    cart_offer(&t, "item-b", MX_LANE_ITEM, MX_OFFER_PERCENT)->priority = 10;
    cart_offer(&t, "basket", MX_LANE_BASKET, MX_OFFER_PERCENT);
    cart_offer(&t, "flash", MX_LANE_FLASH, MX_OFFER_PERCENT);
    for (i = 0; i < t.offer_count; i++) {
        offer = &t.offers[i];
        offer->ppm = 100000;
        cart_want(offer, 1, 0);
    }
    REQUIRE(cart_price(&t));
    for (i = 0; i < t.offer_count; i++) CHECK_STR(cart_outcome(&t, i)->rule, want[i]);
    CHECK_INT(cart_outcome(&t, 0)->amount, 100000);
    CHECK_INT(cart_outcome(&t, 1)->amount, 90000); /* of what the earlier left */
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(min_total_looks_at_the_cart_as_it_stands) {
    struct test_cart t = {0};
    struct mx_offer *item, *basket;
    cart_add(&t, 1000, 15000);
    cart_add(&t, 1000, 6000);
    item = cart_offer(&t, "item", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    item->amount = 1500;
    cart_want(item, 1, 0);
    basket = cart_offer(&t, "basket", MX_LANE_BASKET, MX_OFFER_PERCENT);
    basket->ppm = 50000;
    basket->min_total = 20000;
    cart_want_all(&t, basket);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_outcome(&t, 1)->state, MX_OUTCOME_BELOW_MIN_TOTAL);
    CHECK_INT(cart_outcome(&t, 1)->missing, 500);
    CHECK_INT(t.result.total, 19500);
    item->amount = 1000;
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.total, 19000);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(lines_priced_by_hand_take_no_offer) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 1000)->overridden = 1;
    cart_add(&t, 1000, 1000);
    offer = cart_offer(&t, "all", MX_LANE_BASKET, MX_OFFER_PERCENT);
    offer->ppm = 500000;
    offer->min_total = 2000; /* they count for the cart's total */
    cart_want_all(&t, offer);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_line(&t, 1)->discount, 0);
    CHECK_INT(cart_line(&t, 2)->discount, 500);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(offers_of_one_rule_keep_their_order) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 3000);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 1000;
    cart_want(offer, 1, 0);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 500000;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.total, 1000);
    CHECK_INT(t.result.rules.count, 1);
    CHECK_INT(cart_run(&t, 1, 1)->discounts.count, 1);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(no_points_no_shares) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 100);
    REQUIRE(cart_price(&t));
    (void)cart_points(&t, 0);
    CHECK_INT(cart_line(&t, 1)->points, 0);
    cart_free();
}

TEST(points_are_shared_by_what_each_run_costs) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 100);
    cart_add(&t, 1000, 100);
    cart_add(&t, 1000, 100);
    REQUIRE(cart_price(&t));
    (void)cart_points(&t, 10);
    CHECK_INT(cart_line(&t, 1)->points, 4);
    CHECK_INT(cart_line(&t, 2)->points, 3);
    CHECK_INT(cart_line(&t, 3)->points, 3);
    CHECK(cart_adds_up(&t));
    cart_free();
}

TEST(amounts_beyond_the_range_are_refused) {
    struct test_cart t = {0};
    cart_add(&t, 1000, MX_INT_MAX);
    cart_add(&t, 1000, 1);
    CHECK(!cart_price(&t));
    cart_free();
}

TEST(excluded_tax_beyond_the_range_is_refused) {
    struct test_cart t = {0};
    cart_add(&t, 1000, MX_INT_MAX);
    t.tax_ppm[0] = 1;
    t.tax_on_top = 1;
    CHECK(!cart_price(&t));
    t.lines[0].amount = MX_INT_MAX - 5;
    t.tax_ppm[0] = 0;
    cart_add(&t, 1000, 5);
    CHECK(cart_price(&t));
    t.tax_ppm[1] = 200000; /* each line fits, their sum does not */
    CHECK(!cart_price(&t));
    cart_free();
}

RUN_TESTS(CASE(plain_lines_sum), CASE(tax_is_in_the_price_or_on_top), CASE(tax_follows_the_discounted_amount),
          CASE(percent_rounds_once_and_shares_over_lines), CASE(percent_of_some_units_splits_the_line),
          CASE(amount_is_never_more_than_the_units_cost), CASE(lanes_then_priority_then_rule),
          CASE(min_total_looks_at_the_cart_as_it_stands), CASE(lines_priced_by_hand_take_no_offer),
          CASE(offers_of_one_rule_keep_their_order), CASE(no_points_no_shares), CASE(points_are_shared_by_what_each_run_costs),
          CASE(amounts_beyond_the_range_are_refused), CASE(excluded_tax_beyond_the_range_is_refused))
