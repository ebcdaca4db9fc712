/* How the offers of a lane go together: modes, groups, exclusive offers, the order of lanes, proofs. */
#include "cart.h"

static struct mx_offer *percent(struct test_cart *t, const char *rule, int64_t ppm, int64_t line) {
    struct mx_offer *offer = cart_offer(t, rule, MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = ppm;
    if (line)
        cart_want(offer, line, 0);
    else
        cart_want_all(t, offer);
    return offer;
}

static struct mx_offer *buy_pay(struct test_cart *t, const char *rule, int64_t buy, int64_t pay) {
    struct mx_offer *offer = cart_offer(t, rule, MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = buy;
    offer->pay = pay;
    cart_want_all(t, offer);
    return offer;
}

static int64_t took(const struct test_cart *t, const char *rule) {
    uint32_t i;
    for (i = 0; i < t->result.rules.count; i++) {
        const struct mx_rule_sum *sum = mx_list_at(&t->result.rules, i);
        if (mx_str_is(sum->rule, rule)) return sum->amount;
    }
    return 0;
}

static const struct mx_outcome *outcome_of(const struct test_cart *t, const char *rule) {
    uint32_t i;
    for (i = 0; i < t->result.outcomes.count; i++)
        if (mx_str_is(cart_outcome(t, i)->rule, rule)) return cart_outcome(t, i);
    return NULL;
}

static const struct mx_proof *proof_of(const struct test_cart *t, uint32_t at) { return mx_list_at(&t->result.proofs, at); }

/* Five pieces at 10.00: a group of two and one of three, each with one free piece. */
TEST(groups_of_pieces_share_the_units_of_a_lane) {
    struct test_cart t = {0};
    cart_add(&t, 5000, 1000);
    buy_pay(&t, "three", 3, 2);
    buy_pay(&t, "two", 2, 1);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(t.result.discount, 2000);
    REQUIRE(t.result.proofs.count == 1);
    CHECK_INT(proof_of(&t, 0)->lane, MX_LANE_ITEM);
    CHECK(proof_of(&t, 0)->optimal);
    CHECK_INT(proof_of(&t, 0)->gap, 0);
    CHECK_INT(proof_of(&t, 0)->offers, 2);
    cart_free();
}

/* In order, two for one frees the pot of the pair 40 15 and a biscuit of the pair 10 10: 25.00, and the kit has no tea. The best is
 * the kit for 35.00 off and two for one over the biscuits, 10.00: 45.00. */
TEST(competition_finds_what_first_come_misses) {
    struct test_cart t = {0};
    struct mx_offer *kit;
    cart_add(&t, 1000, 4000); /* tea */
    cart_add(&t, 2000, 1000); /* biscuits */
    cart_add(&t, 1000, 1500); /* pot */
    kit = cart_offer(&t, "kit", MX_LANE_ITEM, MX_OFFER_BUNDLE);
    cart_slot_want(cart_slot(kit, 1), 1, 0);
    cart_slot_want(cart_slot(kit, 1), 3, 0);
    kit->has_price = 1;
    kit->amount = 2000;
    buy_pay(&t, "biscuit", 2, 1);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(took(&t, "kit"), 3500);
    CHECK_INT(took(&t, "biscuit"), 1000);
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_PRIORITY);
    REQUIRE(cart_price(&t));
    CHECK_INT(took(&t, "biscuit"), 2500);
    CHECK_INT(took(&t, "kit"), 0);
    cart_free();
}

/* No line is wanted twice: nothing to search, no proof. */
TEST(offers_that_do_not_meet_need_no_search) {
    struct test_cart t = {0};
    cart_add(&t, 2000, 1000);
    cart_add(&t, 2000, 500);
    buy_pay(&t, "a", 2, 1)->lines.count = 1;
    t.wants[0][0].line = 1;
    buy_pay(&t, "b", 2, 1)->lines.count = 1;
    t.wants[1][0].line = 2;
    percent(&t, "c", 100000, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(took(&t, "a"), 1000);
    CHECK_INT(took(&t, "b"), 500);
    CHECK_INT(took(&t, "c"), 150);
    CHECK_INT(t.result.proofs.count, 0);
    cart_free();
}

/* 20 % off all of it or 50 % off the second: each unit takes what is best for it. */
TEST(best_gives_each_unit_its_best_offer) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 1000);
    cart_add(&t, 1000, 1000);
    percent(&t, "fifth", 200000, 0);
    percent(&t, "half", 500000, 2);
    percent(&t, "tenth", 100000, 0);
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(took(&t, "fifth"), 200);
    CHECK_INT(took(&t, "half"), 500);
    CHECK_INT(outcome_of(&t, "tenth")->state, MX_OUTCOME_LOST);
    CHECK_STR(outcome_of(&t, "tenth")->to, "half"); /* the one that takes most of what it wants */
    CHECK_INT(outcome_of(&t, "tenth")->missing, 300);
    CHECK(proof_of(&t, 0)->optimal);
    cart_free();
}

/* What was taken at an earlier priority is gone, even for a better offer. */
TEST(earlier_levels_come_first) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 1000);
    percent(&t, "early", 100000, 1);
    percent(&t, "late", 500000, 1)->priority = 1;
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    REQUIRE(cart_price(&t));
    CHECK_INT(took(&t, "early"), 100);
    CHECK_INT(outcome_of(&t, "late")->state, MX_OUTCOME_NO_UNITS);
    cart_free();
}

/* One offer of the lane: 30 % off one line (6.00) against 10 % off all (7.00). */
TEST(exclusive_lets_one_offer_apply) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 2000);
    cart_add(&t, 1000, 5000);
    percent(&t, "third", 300000, 1);
    percent(&t, "tenth", 100000, 0);
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_EXCLUSIVE);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 700);
    CHECK_INT(outcome_of(&t, "third")->state, MX_OUTCOME_LOST);
    CHECK_INT(outcome_of(&t, "third")->missing, 100);
    CHECK_STR(outcome_of(&t, "third")->to, "tenth");
    CHECK_INT(outcome_of(&t, "third")->amount, 0);
    t.offers[0].ppm = 350000; /* a tie goes by rule */
    REQUIRE(cart_price(&t));
    CHECK_STR(outcome_of(&t, "third")->to, "tenth");
    CHECK_INT(outcome_of(&t, "third")->missing, 1);
    t.offers[1].priority = 1; /* but first by priority */
    REQUIRE(cart_price(&t));
    CHECK_STR(outcome_of(&t, "tenth")->to, "third");
    cart_free();
}

TEST(priority_is_first_come_first_served) {
    struct test_cart t = {0};
    cart_add(&t, 3000, 1000);
    buy_pay(&t, "b", 2, 1);
    percent(&t, "a", 500000, 0)->priority = 1;
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_PRIORITY);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(took(&t, "b"), 1000);
    CHECK_INT(took(&t, "a"), 500); /* the third piece */
    CHECK_INT(t.result.proofs.count, 0);
    cart_free();
}

/* Of a group one applies: 15.00 beats 10 % of 100.00; another lane's offer with the same group name is another matter. */
TEST(one_of_a_group_applies) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 10000);
    percent(&t, "tenth", 100000, 1)->group = mx_str_of("spring");
    offer = cart_offer(&t, "voucher", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 1500;
    offer->priority = 5;
    offer->group = mx_str_of("spring");
    cart_want(offer, 1, 0);
    offer = percent(&t, "member", 500000, 1);
    offer->lane = MX_LANE_MEMBER;
    offer->group = mx_str_of("spring");
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(took(&t, "voucher"), 1500);
    CHECK_INT(took(&t, "member"), 4250);
    CHECK_INT(outcome_of(&t, "tenth")->state, MX_OUTCOME_LOST_GROUP);
    CHECK_INT(outcome_of(&t, "tenth")->missing, 500);
    CHECK_STR(outcome_of(&t, "tenth")->to, "voucher");
    cart_free();
}

/* A group is judged on what was applied before the first of it: after half off, 10 % is 5.00 and 6.00 is more. */
TEST(a_group_is_judged_when_its_first_is_due) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 10000);
    percent(&t, "half", 500000, 1);
    percent(&t, "tenth", 100000, 1)->group = mx_str_of("g");
    t.offers[1].priority = 1;
    offer = cart_offer(&t, "six", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 600;
    offer->priority = 1;
    offer->group = mx_str_of("g");
    cart_want(offer, 1, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(took(&t, "six"), 600);
    CHECK_INT(outcome_of(&t, "tenth")->missing, 100);
    cart_free();
}

/* Within a contest a group is part of the search: with "pair" for the other pieces, "three" is the better one of its group. */
TEST(a_group_within_a_contest) {
    struct test_cart t = {0};
    cart_add(&t, 3000, 1000);
    cart_add(&t, 2000, 900);
    buy_pay(&t, "three", 3, 2)->group = mx_str_of("g");
    buy_pay(&t, "one-of-four", 4, 3)->group = mx_str_of("g");
    buy_pay(&t, "pair", 2, 1);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(t.result.discount, 1900);
    CHECK(took(&t, "three") == 0 || took(&t, "one-of-four") == 0);
    CHECK_INT(outcome_of(&t, "one-of-four")->amount, 0);
    cart_free();
}

/* The exclusive half off closes its line for the tenth; the tenth still has the other. */
TEST(units_of_an_exclusive_offer_take_no_other) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 1000);
    cart_add(&t, 1000, 1000);
    percent(&t, "z-half", 500000, 1)->exclusive = 1;
    percent(&t, "a-tenth", 100000, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(took(&t, "z-half"), 500);
    CHECK_INT(took(&t, "a-tenth"), 100);
    t.offers[1].lane = MX_LANE_BASKET; /* another lane is free to */
    REQUIRE(cart_price(&t));
    CHECK_INT(took(&t, "a-tenth"), 150);
    t.offers[1].lane = MX_LANE_ITEM;
    t.offers[0].priority = 1; /* now the tenth was there first */
    REQUIRE(cart_price(&t));
    CHECK_INT(took(&t, "a-tenth"), 200);
    CHECK_INT(outcome_of(&t, "z-half")->state, MX_OUTCOME_NO_UNITS);
    cart_free();
}

/* Member price first, then the item's tenth: 100.00 -> 50.00 -> 45.00. */
TEST(lanes_apply_in_the_shops_order) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 10000);
    percent(&t, "tenth", 100000, 1);
    offer = percent(&t, "half", 500000, 1);
    offer->lane = MX_LANE_MEMBER;
    cart_lane(&t, MX_LANE_MEMBER, MX_LANE_COMBINE);
    REQUIRE(cart_price(&t));
    CHECK_STR(cart_outcome(&t, 0)->rule, "half");
    CHECK_INT(took(&t, "half"), 5000);
    CHECK_INT(took(&t, "tenth"), 500);
    cart_free();
}

/* The larger of 30 % of 2.00 a kilogram and 0.70 off the whole: a weighed unit is not divided. */
TEST(goods_by_weight_go_to_one_offer_as_a_whole) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1500, 200)->unit = MX_UNIT_KG;
    percent(&t, "third", 300000, 1);
    offer = cart_offer(&t, "seventy", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 70;
    cart_want(offer, 1, 1000);
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    REQUIRE(cart_price(&t));
    CHECK_INT(took(&t, "third"), 90);
    CHECK_INT(outcome_of(&t, "seventy")->state, MX_OUTCOME_LOST);
    CHECK(cart_adds_up(&t));
    cart_free();
}

/* Many offers for the same pieces: all pieces go to the best one. */
TEST(many_rivals_and_one_winner) {
    static struct test_cart t;
    static char rules[CART_OFFERS][4];
    uint32_t i;
    memset(&t, 0, sizeof(t));
    cart_add(&t, 10000, 1000);
    for (i = 0; i < 32; i++) {
        (void)snprintf(rules[i], sizeof(rules[i]), "r%02u", i);
        percent(&t, rules[i], 10000 * ((int64_t)i + 1), 1);
    }
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(took(&t, "r31"), 3200);
    CHECK_INT(t.result.discount, 3200);
    CHECK_INT(proof_of(&t, 0)->offers, 32);
    CHECK(proof_of(&t, 0)->optimal);
    cart_free();
}

/* More offers than the search looks at together: those that gain most alone compete, here 64; the 16 others, 1 % to 16 % of 100.00, are
 * what another allotment might have gained at most. */
TEST(too_many_rivals_are_bounded) {
    static struct test_cart t;
    static char rules[CART_OFFERS][4];
    uint32_t i;
    memset(&t, 0, sizeof(t));
    cart_add(&t, 10000, 1000);
    for (i = 0; i < 80; i++) {
        (void)snprintf(rules[i], sizeof(rules[i]), "r%02u", i);
        percent(&t, rules[i], 10000 * ((int64_t)i + 1), 1);
    }
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    REQUIRE(cart_price(&t));
    CHECK(cart_adds_up(&t));
    CHECK_INT(t.result.discount, 8000);
    CHECK_INT(proof_of(&t, 0)->offers, 64);
    CHECK(!proof_of(&t, 0)->optimal);
    CHECK_INT(proof_of(&t, 0)->gap, 100 * (16 * 17 / 2));
    CHECK_INT(outcome_of(&t, "r00")->state, MX_OUTCOME_NO_UNITS);
    cart_free();
}

RUN_TESTS(CASE(groups_of_pieces_share_the_units_of_a_lane), CASE(competition_finds_what_first_come_misses),
          CASE(offers_that_do_not_meet_need_no_search), CASE(best_gives_each_unit_its_best_offer), CASE(earlier_levels_come_first),
          CASE(exclusive_lets_one_offer_apply), CASE(priority_is_first_come_first_served), CASE(one_of_a_group_applies),
          CASE(a_group_is_judged_when_its_first_is_due), CASE(a_group_within_a_contest), CASE(units_of_an_exclusive_offer_take_no_other),
          CASE(lanes_apply_in_the_shops_order), CASE(goods_by_weight_go_to_one_offer_as_a_whole), CASE(many_rivals_and_one_winner),
          CASE(too_many_rivals_are_bounded))
