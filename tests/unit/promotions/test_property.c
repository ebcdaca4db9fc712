/* What must hold for any cart, any offers, any way in which they go together. */
#include "laws.h"

#define ROUNDS 10000

TEST(the_order_of_the_offers_in_the_list_does_not_matter) {
    uint64_t seed = 20101209;
    int round, same = 0, again = 0;
    for (round = 0; round < ROUNDS; round++) {
        struct test_cart t;
        uint64_t hash;
        random_cart(&t, &seed, 1);
        REQUIRE(cart_price(&t));
        hash = answer_hash(&t);
        REQUIRE(cart_price(&t));
        again += answer_hash(&t) == hash;
        shuffle(&t, &seed);
        REQUIRE(cart_price(&t));
        if (answer_hash(&t) == hash)
            same++;
        else
            printf("# round %d\n", round);
        cart_free();
    }
    CHECK_INT(again, ROUNDS);
    CHECK_INT(same, ROUNDS);
}

TEST(caps_limits_and_floors_are_kept) {
    uint64_t seed = 20091201;
    int round, kept = 0, applied = 0, proved = 0;
    for (round = 0; round < ROUNDS; round++) {
        struct test_cart t;
        random_cart(&t, &seed, 1);
        REQUIRE(cart_price(&t));
        if (cart_adds_up(&t) && floors_kept(&t) && bounds_kept(&t) && lanes_kept(&t))
            kept++;
        else
            printf("# round %d: adds up %d, floors %d, bounds %d, lanes %d\n", round, cart_adds_up(&t), floors_kept(&t), bounds_kept(&t),
                   lanes_kept(&t));
        applied += t.result.rules.count > 0;
        proved += t.result.proofs.count > 0;
        cart_free();
    }
    CHECK_INT(kept, ROUNDS);
    CHECK(applied > ROUNDS / 2);
    CHECK(proved > ROUNDS / 20);
}

/* In one lane of a mode other than combining, a unit takes one offer. */
TEST(a_unit_takes_one_offer_of_a_lane_that_does_not_combine) {
    uint64_t seed = 4711;
    int round, single = 0;
    for (round = 0; round < ROUNDS; round++) {
        struct test_cart t;
        uint32_t i, j;
        int ok = 1;
        random_cart(&t, &seed, 1);
        memset(&t.stacking.lanes, 0, sizeof(t.stacking.lanes));
        cart_lane(&t, MX_LANE_ITEM, (int32_t)cart_pick(&seed, 2, 4));
        for (i = 0; i < t.offer_count; i++)
            if (t.offers[i].lane < MX_LANE_SHIPPING) t.offers[i].lane = MX_LANE_ITEM;
        REQUIRE(cart_price(&t));
        for (i = 0; i < t.cart.lines.count; i++)
            for (j = 0; j < cart_line(&t, i + 1)->runs.count && !t.lines[i].shipping; j++)
                ok &= cart_run(&t, i + 1, j + 1)->discounts.count <= 1;
        single += ok;
        cart_free();
    }
    CHECK_INT(single, ROUNDS);
}

RUN_TESTS(CASE(the_order_of_the_offers_in_the_list_does_not_matter), CASE(caps_limits_and_floors_are_kept),
          CASE(a_unit_takes_one_offer_of_a_lane_that_does_not_combine))
