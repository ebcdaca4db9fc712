/* Offers that wait until a contest is decided. */
#include "cart.h"

/* Offers of one rule that share its limits do not compete with each other: the second waits. Of their group it is out. */
TEST(one_of_a_group_applies_though_the_other_had_to_wait) {
    struct test_cart t = {0};
    int64_t line;
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    for (line = 1; line <= 2; line++) {
        struct mx_offer *offer = cart_offer(&t, "half", MX_LANE_ITEM, MX_OFFER_PERCENT);
        cart_add(&t, 1000, 100 * line);
        offer->ppm = 500000;
        offer->group = mx_str_of("one");
        cart_want(offer, line, 0);
        cart_limit(offer, MX_LIMIT_TOTAL, MX_LIMIT_USES, 5, 0);
    }
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 100);
    CHECK_INT(cart_outcome(&t, 0)->state, MX_OUTCOME_LOST_GROUP);
    CHECK_INT(cart_outcome(&t, 1)->state, MX_OUTCOME_APPLIED);
    CHECK(cart_adds_up(&t));
    cart_free();
}

RUN_TESTS(CASE(one_of_a_group_applies_though_the_other_had_to_wait))
