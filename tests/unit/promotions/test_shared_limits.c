/* Several offers of one rule in one cart share its limits, in every mode of a lane: what one took the next one finds gone. */
#include "cart.h"

static const int32_t modes[] = {MX_LANE_COMBINE, MX_LANE_BEST, MX_LANE_EXCLUSIVE, MX_LANE_PRIORITY};

static void sums(const struct test_cart *t, const char *rule, int64_t sum[3]) {
    uint32_t i;
    memset(sum, 0, 3 * sizeof(*sum));
    for (i = 0; i < t->result.outcomes.count; i++) {
        const struct mx_outcome *outcome = mx_list_at(&t->result.outcomes, i);
        if (!mx_str_is(outcome->rule, rule) || outcome->state != MX_OUTCOME_APPLIED) continue;
        sum[0] += outcome->uses;
        sum[1] += outcome->units;
        sum[2] += outcome->amount;
    }
}

static struct mx_offer *half(struct test_cart *t, const char *rule, int64_t line) {
    struct mx_offer *offer = cart_offer(t, rule, MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 500000;
    cart_want(offer, line, 0);
    return offer;
}

TEST(uses_in_total) {
    uint32_t i;
    for (i = 0; i < 4; i++) {
        struct test_cart t = {0};
        int64_t line, sum[3];
        cart_lane(&t, MX_LANE_ITEM, modes[i]);
        for (line = 1; line <= 3; line++) {
            cart_add(&t, 2000, 1000);
            cart_limit(half(&t, "r", line), MX_LIMIT_TOTAL, MX_LIMIT_USES, 5, 4);
        }
        REQUIRE(cart_price(&t));
        sums(&t, "r", sum);
        CHECK_INT(sum[0], 1);
        CHECK_INT(t.result.discount, 1000);
        CHECK(cart_adds_up(&t));
        cart_free();
    }
}

TEST(a_budget_is_shared_to_the_last_minor_unit) {
    uint32_t i;
    for (i = 0; i < 4; i++) {
        struct test_cart t = {0};
        int64_t line, sum[3];
        cart_lane(&t, MX_LANE_ITEM, modes[i]);
        for (line = 1; line <= 3; line++) {
            cart_add(&t, 1000, 1000);
            cart_limit(half(&t, "r", line), MX_LIMIT_MEMBER, MX_LIMIT_MONEY, 1300, 0);
        }
        REQUIRE(cart_price(&t));
        sums(&t, "r", sum);
        CHECK_INT(sum[2], modes[i] == MX_LANE_EXCLUSIVE ? 500 : 1300);
        CHECK_INT(t.result.discount, sum[2]);
        CHECK(cart_adds_up(&t));
        cart_free();
    }
}

/* Offers that want the same pieces are put to the solver, one of a rule at a time. */
TEST(offers_that_compete_share_too) {
    uint32_t i;
    for (i = 0; i < 4; i++) {
        struct test_cart t = {0};
        struct mx_offer *other;
        int64_t sum[3], n;
        cart_lane(&t, MX_LANE_ITEM, modes[i]);
        cart_add(&t, 6000, 1000);
        cart_add(&t, 6000, 900);
        for (n = 0; n < 3; n++) {
            struct mx_offer *pair = cart_offer(&t, "r", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
            pair->buy = 2;
            pair->pay = 1;
            cart_want_all(&t, pair);
            cart_limit(pair, MX_LIMIT_TOTAL, MX_LIMIT_USES, 2, 0);
        }
        other = cart_offer(&t, "s", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
        other->buy = 3;
        other->pay = 2;
        cart_want_all(&t, other);
        REQUIRE(cart_price(&t));
        sums(&t, "r", sum);
        CHECK(sum[0] <= 2);
        CHECK(cart_adds_up(&t));
        cart_free();
    }
}

TEST(points_share_their_budget) {
    struct test_cart t = {0};
    int64_t line, sum[3];
    for (line = 1; line <= 3; line++) {
        struct mx_offer *offer;
        cart_add(&t, 1000, 1000);
        offer = cart_offer(&t, "p", MX_LANE_EARN, MX_OFFER_POINTS);
        offer->amount = 100;
        cart_want(offer, line, 0);
        cart_limit(offer, MX_LIMIT_DAY, MX_LIMIT_MONEY, 250, 0);
    }
    REQUIRE(cart_price(&t));
    sums(&t, "p", sum);
    CHECK_INT(sum[2], 250);
    cart_free();
}

TEST(other_rules_have_their_own) {
    struct test_cart t = {0};
    int64_t sum[3];
    cart_add(&t, 1000, 1000);
    cart_add(&t, 1000, 1000);
    cart_limit(half(&t, "a", 1), MX_LIMIT_TOTAL, MX_LIMIT_USES, 1, 0);
    cart_limit(half(&t, "b", 2), MX_LIMIT_TOTAL, MX_LIMIT_USES, 1, 0);
    REQUIRE(cart_price(&t));
    sums(&t, "a", sum);
    CHECK_INT(sum[0], 1);
    CHECK_INT(t.result.discount, 1000);
    cart_free();
}

RUN_TESTS(CASE(uses_in_total), CASE(a_budget_is_shared_to_the_last_minor_unit), CASE(offers_that_compete_share_too),
          CASE(points_share_their_budget), CASE(other_rules_have_their_own))
