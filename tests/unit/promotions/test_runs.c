/* Properties of frozen lines: whatever the cart, the offers and the splits, partial returns sum to the whole. */
#include "laws.h"

TEST(partial_returns_sum_to_the_whole) {
    uint64_t seed = 20091201;
    int round, failed = 0, discounted = 0;
    for (round = 0; round < 10000 && !failed; round++) {
        struct test_cart t;
        uint32_t i;
        random_cart(&t, &seed, 0);
        if (!cart_price(&t)) failed = 1;
        (void)cart_points(&t, t.result.total / 100);
        if (!cart_adds_up(&t)) failed = 1;
        discounted += t.result.discount > 0;
        for (i = 0; i < t.cart.lines.count; i++)
            if (!steps_sum(cart_line(&t, i + 1), t.lines[i].qty, t.lines[i].amount, &seed)) failed = 1;
        if (failed) printf("# round %d\n", round);
        cart_free();
    }
    CHECK(!failed);
    CHECK(discounted > 5000); /* the carts are not all plain */
}

TEST(a_large_line_returns_piece_by_piece) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    struct mx_run_part sum = {0}, part;
    int64_t at;
    cart_add(&t, INT64_C(74215000), 104);
    t.tax_ppm[0] = 200000;
    offer = cart_offer(&t, "odd", MX_LANE_BASKET, MX_OFFER_AMOUNT);
    offer->amount = 1234567;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    (void)cart_points(&t, 99991);
    for (at = 0; at < 74215000; at += MX_QTY_ONE) {
        part_of_line(cart_line(&t, 1), at, at + MX_QTY_ONE, &part);
        CHECK(part.total == 87 || part.total == 88);
        part_add(&sum, &part);
    }
    CHECK_INT(sum.total, INT64_C(74215) * 104 - 1234567);
    CHECK_INT(sum.tax, t.result.tax);
    CHECK_INT(sum.discount, 1234567);
    CHECK_INT(sum.points, 99991);
    cart_free();
}

TEST(four_hundred_grams_return_gram_by_gram) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    struct mx_run_part sum = {0}, part;
    int64_t at;
    cart_add(&t, 455, 2399)->unit = MX_UNIT_KG;
    offer = cart_offer(&t, "third", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 333333;
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    for (at = 0; at < 455; at++) {
        part_of_line(cart_line(&t, 1), at, at + 1, &part);
        part_add(&sum, &part);
    }
    CHECK_INT(sum.total, t.result.total);
    CHECK_INT(sum.discount, 364); /* 1092 * 0.333333 = 363.9996 */
    cart_free();
}

/* Three cuts of 1 on an amount of 3: a floor for each would leave -1 behind the split. */
TEST(a_split_never_leaves_less_than_nothing) {
    struct test_cart t = {0};
    int i;
    static const char *const rules[] = {"a", "b", "c"};
    struct mx_offer *offer;
    cart_add(&t, 2000, 0)->unit = MX_UNIT_KG;
    t.lines[0].amount = 4;
    for (i = 0; i < 3; i++) {
        offer = cart_offer(&t, rules[i], MX_LANE_FLASH, MX_OFFER_AMOUNT);
        offer->amount = 1;
        cart_want(offer, 1, 0);
    }
    offer = cart_offer(&t, "d", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 1;
    cart_want(offer, 1, 1999);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    t.wants[3][0].qty = 0;
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.total, 0);
    CHECK(cart_adds_up(&t));
    cart_free();
}

RUN_TESTS(CASE(partial_returns_sum_to_the_whole), CASE(a_large_line_returns_piece_by_piece), CASE(four_hundred_grams_return_gram_by_gram),
          CASE(a_split_never_leaves_less_than_nothing))
