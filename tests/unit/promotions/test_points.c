/* The lane earn: points on top and points times. */
#include "cart.h"

static struct mx_offer *bonus(struct test_cart *t, const char *rule, int64_t points) {
    struct mx_offer *offer = cart_offer(t, rule, MX_LANE_EARN, MX_OFFER_POINTS);
    offer->amount = points;
    cart_want_all(t, offer);
    return offer;
}

static struct mx_offer *times(struct test_cart *t, const char *rule, int64_t ppm, int64_t line) {
    struct mx_offer *offer = cart_offer(t, rule, MX_LANE_EARN, MX_OFFER_POINTS_TIMES);
    offer->ppm = ppm;
    cart_want(offer, line, 0);
    return offer;
}

/* 100 points over 30.00 and 10.00. They cost nothing and are not among the discounts. */
TEST(a_bonus_is_shared_by_what_the_units_cost) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 3000);
    cart_add(&t, 1000, 1000);
    bonus(&t, "welcome", 100);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(cart_run(&t, 1, 1)->bonus, 75);
    CHECK_INT(cart_run(&t, 2, 1)->bonus, 25);
    CHECK_INT(cart_outcome(&t, 0)->amount, 100);
    CHECK_INT(t.result.rules.count, 0);
    CHECK_INT(cart_points(&t, 40), 140);
    CHECK_INT(cart_line(&t, 1)->points, 105);
    cart_free();
}

/* Two times and three times on the same unit are four times: one, one more, two more. */
TEST(times_add_up_when_they_combine) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 3000);
    cart_add(&t, 1000, 1000);
    times(&t, "double", 2 * MX_PPM_ONE, 1);
    times(&t, "triple", 3 * MX_PPM_ONE, 1);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_run(&t, 1, 1)->times_ppm, 4 * MX_PPM_ONE);
    CHECK_INT(cart_run(&t, 2, 1)->times_ppm, 0);
    CHECK_INT(cart_points(&t, 40), 130); /* 30 x 4 + 10 */
    cart_free();
}

/* One offer for a unit: the larger one. */
TEST(the_largest_times_when_only_one_counts) {
    struct test_cart t = {0};
    int32_t mode;
    cart_add(&t, 1000, 3000);
    t.cart.digits = 2;
    times(&t, "double", 2 * MX_PPM_ONE, 1);
    times(&t, "triple", 3 * MX_PPM_ONE, 1);
    cart_lane(&t, MX_LANE_EARN, MX_LANE_BEST);
    for (mode = MX_LANE_BEST; mode <= MX_LANE_EXCLUSIVE; mode++) {
        t.lanes[0].mode = mode;
        REQUIRE(cart_price(&t));
        CHECK_INT(cart_run(&t, 1, 1)->times_ppm, 3 * MX_PPM_ONE);
        CHECK_INT(t.result.proofs.count, 0);
    }
    t.lanes[0].mode = MX_LANE_PRIORITY;
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_run(&t, 1, 1)->times_ppm, 2 * MX_PPM_ONE);
    cart_free();
}

/* Only two pieces of five count: they become a run of their own, and the bonus with them. */
TEST(times_of_some_units_split_the_line) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 5000, 1000);
    bonus(&t, "a-bonus", 50);
    offer = times(&t, "b-double", 2 * MX_PPM_ONE, 1);
    t.wants[1][0].qty = 2000;
    cart_limit(offer, MX_LIMIT_TOTAL, MX_LIMIT_USES, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(cart_line(&t, 1)->runs.count, 2);
    CHECK_INT(cart_run(&t, 1, 1)->times_ppm, 2 * MX_PPM_ONE);
    CHECK_INT(cart_run(&t, 1, 1)->bonus, 20);
    CHECK_INT(cart_run(&t, 1, 2)->bonus, 30);
    CHECK_INT(cart_points(&t, 50), 120); /* 20 x 2 + 20, 30 + 30 */
    cart_free();
}

TEST(a_budget_of_points) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 3000);
    offer = bonus(&t, "welcome", 100);
    cart_limit(offer, MX_LIMIT_TOTAL, MX_LIMIT_MONEY, 1000, 970);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_outcome(&t, 0)->amount, 30);
    CHECK_STR(cart_outcome(&t, 0)->limit, "total money");
    CHECK_INT(cart_run(&t, 1, 1)->bonus, 30);
    offer->min_total = 3001;
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_outcome(&t, 0)->state, MX_OUTCOME_BELOW_MIN_TOTAL);
    CHECK_INT(cart_run(&t, 1, 1)->bonus, 0);
    cart_free();
}

/* Many multipliers end at a hundred times, many bonuses at the largest number. */
TEST(points_stay_in_range) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 3000);
    times(&t, "a", 100 * MX_PPM_ONE, 1);
    times(&t, "b", 100 * MX_PPM_ONE, 1);
    bonus(&t, "c", MX_INT_MAX);
    bonus(&t, "d", MX_INT_MAX);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_run(&t, 1, 1)->times_ppm, 100 * MX_PPM_ONE);
    CHECK_INT(cart_run(&t, 1, 1)->bonus, MX_INT_MAX);
    CHECK_INT(cart_points(&t, 10), MX_INT_MAX);
    cart_free();
}

RUN_TESTS(CASE(a_bonus_is_shared_by_what_the_units_cost), CASE(times_add_up_when_they_combine),
          CASE(the_largest_times_when_only_one_counts), CASE(times_of_some_units_split_the_line), CASE(a_budget_of_points),
          CASE(points_stay_in_range))
