/* Caps, limits and floors. */
#include "cart.h"

static struct mx_offer *percent(struct test_cart *t, int64_t ppm) {
    struct mx_offer *offer = cart_offer(t, "rule", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = ppm;
    cart_want_all(t, offer);
    return offer;
}

static int gives(struct test_cart *t, int64_t amount) {
    if (!cart_price(t) || !cart_adds_up(t)) return 0;
    if (cart_outcome(t, 0)->amount == amount) return 1;
    printf("# amount %lld, state %d\n", (long long)cart_outcome(t, 0)->amount, cart_outcome(t, 0)->state);
    return 0;
}

/* ---- caps ---- */

/* Half of 3 x 10.00 and of 2.00: 5.00 a piece becomes 3.00, the 1.00 stays. */
TEST(no_more_off_a_unit) {
    struct test_cart t = {0};
    cart_add(&t, 3000, 1000);
    cart_add(&t, 1000, 200);
    percent(&t, 500000)->max_unit = 300;
    CHECK(gives(&t, 1000));
    CHECK_INT(cart_line(&t, 2)->discount, 100);
    cart_free();
}

/* 5.00 and 4.00 from two lines; the third gives its 1.00. */
TEST(no_more_off_a_line) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 3000);
    cart_add(&t, 2000, 400);
    percent(&t, 500000)->max_line = 500;
    CHECK(gives(&t, 900));
    CHECK_INT(cart_line(&t, 1)->discount, 500);
    CHECK_INT(cart_line(&t, 2)->discount, 400);
    cart_free();
}

/* 10 % of 30.00 + 60.00 but no more than 6.00: shared 2 : 4. */
TEST(no_more_off_the_cart) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 3000);
    cart_add(&t, 1000, 6000);
    percent(&t, 100000)->max_off = 600;
    CHECK(gives(&t, 600));
    CHECK_INT(cart_line(&t, 1)->discount, 200);
    CHECK_INT(cart_line(&t, 2)->discount, 400);
    cart_free();
}

/* 12.00 off, but 3.00 from a unit: what the cheap one cannot give the others do, up to 3.00 each: 2.00 + 3.00 + 3.00. */
TEST(an_amount_finds_room_in_other_units) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 200);
    cart_add(&t, 1000, 5000);
    cart_add(&t, 1000, 2000);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 1200;
    offer->max_unit = 300;
    cart_want_all(&t, offer);
    CHECK(gives(&t, 800));
    offer->amount = 620; /* 17 : 431 : 172 by price; 3.00 from the second, the rest 3.20 by 2 : 20 */
    CHECK(gives(&t, 620));
    CHECK_INT(cart_line(&t, 1)->discount, 29);
    CHECK_INT(cart_line(&t, 2)->discount, 300);
    CHECK_INT(cart_line(&t, 3)->discount, 291);
    cart_free();
}

/* Four pairs, two groups at most. */
TEST(so_many_groups_in_one_cart) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 8000, 1000);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    offer->times = 2;
    cart_want_all(&t, offer);
    CHECK(gives(&t, 2000));
    CHECK_INT(cart_outcome(&t, 0)->uses, 2);
    CHECK_INT(cart_run(&t, 1, 1)->to, 4000);
    cart_free();
}

/* ---- limits ---- */

/* Flash price 6.00 instead of 10.00, two of five pieces left of the quota. */
TEST(a_quota_counts_pieces) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 5000, 1000);
    offer = cart_offer(&t, "rule", MX_LANE_FLASH, MX_OFFER_PRICE);
    offer->amount = 600;
    cart_want_all(&t, offer);
    cart_limit(offer, MX_LIMIT_TOTAL, MX_LIMIT_UNITS, 100000, 98000);
    CHECK(gives(&t, 800));
    CHECK_INT(cart_outcome(&t, 0)->units, 2000);
    CHECK_STR(cart_outcome(&t, 0)->limit, "total units");
    CHECK_INT(cart_run(&t, 1, 1)->total, 1200);
    CHECK_INT(cart_run(&t, 1, 2)->total, 3000);
    ((struct mx_offer_limit *)offer->limits.items)->used = 100000;
    CHECK(gives(&t, 0));
    CHECK_INT(cart_outcome(&t, 0)->state, MX_OUTCOME_LIMIT);
    CHECK_STR(cart_outcome(&t, 0)->limit, "total units");
    cart_free();
}

/* 4.00 off each of five pieces, but 10.00 is all there is: two full ones, 2.00 off the third. */
TEST(a_budget_ends_within_a_unit) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 5000, 1000);
    offer = cart_offer(&t, "rule", MX_LANE_FLASH, MX_OFFER_PRICE);
    offer->amount = 600;
    cart_want_all(&t, offer);
    cart_limit(offer, MX_LIMIT_DAY, MX_LIMIT_MONEY, 50000, 49000);
    CHECK(gives(&t, 1000));
    CHECK_STR(cart_outcome(&t, 0)->limit, "day money");
    CHECK_INT(cart_outcome(&t, 0)->units, 3000);
    CHECK_INT(cart_run(&t, 1, 1)->total, 1200);
    CHECK_INT(cart_run(&t, 1, 2)->total, 800);
    CHECK_INT(cart_run(&t, 1, 3)->total, 2000);
    cart_free();
}

/* Two for one at 10.00, 15.00 of the budget left: one group whole, the next with 5.00, the third not at all. */
TEST(a_budget_ends_within_a_group) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 6000, 1000);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    cart_want_all(&t, offer);
    cart_limit(offer, MX_LIMIT_TOTAL, MX_LIMIT_MONEY, 1500, 0);
    CHECK(gives(&t, 1500));
    CHECK_INT(cart_outcome(&t, 0)->uses, 2);
    CHECK_INT(cart_run(&t, 1, 1)->total, 1000);
    CHECK_INT(cart_run(&t, 1, 2)->total, 1500);
    cart_free();
}

/* The tightest limit counts: five uses for all, three a day, one a member. */
TEST(the_tightest_limit_is_named) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 8000, 1000);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    cart_want_all(&t, offer);
    cart_limit(offer, MX_LIMIT_TOTAL, MX_LIMIT_USES, 5, 0);
    cart_limit(offer, MX_LIMIT_MEMBER_DAY, MX_LIMIT_USES, 2, 1);
    cart_limit(offer, MX_LIMIT_DAY, MX_LIMIT_USES, 10, 7);
    CHECK(gives(&t, 1000));
    CHECK_INT(cart_outcome(&t, 0)->uses, 1);
    CHECK_STR(cart_outcome(&t, 0)->limit, "member_day uses");
    ((struct mx_offer_limit *)offer->limits.items)[1].used = 2;
    CHECK(gives(&t, 0));
    CHECK_INT(cart_outcome(&t, 0)->state, MX_OUTCOME_LIMIT);
    CHECK_STR(cart_outcome(&t, 0)->limit, "member_day uses");
    cart_free();
}

/* ---- floors ---- */

/* 10.00 that cost 8.00: half off stops at 2.00; of unknown cost it is 5.00. */
TEST(not_below_cost) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 2000, 1000)->cost_known = 1;
    cart_add(&t, 1000, 1000);
    t.lines[0].cost = 800;
    t.stacking.keep_cost = 1;
    t.tax_on_top = 1;
    offer = percent(&t, 500000);
    CHECK(gives(&t, 900));
    CHECK_INT(cart_line(&t, 1)->total, 1600);
    t.lines[0].cost = 1000;
    offer->lines.count = 1;
    CHECK(gives(&t, 0));
    CHECK_INT(cart_outcome(&t, 0)->state, MX_OUTCOME_FLOOR);
    offer->below_cost = 1;
    CHECK(gives(&t, 1000));
    cart_free();
}

/* 11.30 with 13 % tax in it is 10.00 without: a cost of 8.00 needs 9.04. */
TEST(cost_is_compared_without_the_tax_in_the_price) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 1130)->cost_known = 1;
    t.lines[0].cost = 800;
    t.tax_ppm[0] = 130000;
    t.stacking.keep_cost = 1;
    percent(&t, 500000);
    CHECK(gives(&t, 226));
    CHECK_INT(t.result.total - t.result.tax, 800);
    cart_free();
}

/* At most 30 % off a unit, whatever number of offers: 25 % then 25 % of the rest would be 43.75. */
TEST(no_more_than_a_share) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 10000);
    percent(&t, 250000);
    percent(&t, 250000)->rule = mx_str_of("second");
    t.stacking.max_share_ppm = 300000;
    CHECK(gives(&t, 2500));
    CHECK_INT(cart_outcome(&t, 1)->amount, 500);
    CHECK_INT(t.result.total, 7000);
    cart_free();
}

/* Two for one at 10.00 each, but no more than 30 % off a unit: 6.00 off the pair instead of 10.00. */
TEST(a_group_stops_at_the_floor_too) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 2000, 1000);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    cart_want_all(&t, offer);
    t.stacking.max_share_ppm = 300000;
    CHECK(gives(&t, 600));
    cart_free();
}

/* One free: 20.00 must cost 19.00, 15.00 nothing. The dearest pieces first would give 1.00 only; the search frees a 15.00. */
TEST(a_group_looks_for_pieces_with_room) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 2000)->cost_known = 1;
    t.lines[0].cost = 1900;
    cart_add(&t, 1000, 1500);
    t.stacking.keep_cost = 1;
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUY_PAY);
    offer->buy = 1;
    offer->times = 1;
    cart_want_all(&t, offer);
    CHECK(gives(&t, 1500));
    CHECK_INT(t.result.proofs.count, 1);
    t.stacking.keep_cost = 0; /* without a floor in the way nothing is searched */
    CHECK(gives(&t, 2000));
    CHECK_INT(t.result.proofs.count, 0);
    cart_free();
}

/* 18.00 off each pair: 19 + 12 and 4 + 1 would give 18.00 + 5.00; 19 + 1 and 12 + 4 give 18.00 + 16.00. */
TEST(an_amount_off_groups_pairs_dear_with_cheap) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    struct mx_offer_slot *slot;
    int64_t line;
    cart_add(&t, 1000, 1900);
    cart_add(&t, 1000, 1200);
    cart_add(&t, 1000, 400);
    cart_add(&t, 1000, 100);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUNDLE);
    slot = cart_slot(offer, 2);
    for (line = 1; line <= 4; line++) cart_slot_want(slot, line, 0);
    offer->amount = 1800;
    CHECK(gives(&t, 3400));
    CHECK_INT(cart_outcome(&t, 0)->uses, 2);
    cart_free();
}

/* 8.00 off 10.00 + 10.00, the first of which costs 9.00: 1.00 from it, 7.00 from the other. */
TEST(an_amount_goes_around_the_floor) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 1000)->cost_known = 1;
    cart_add(&t, 1000, 1000);
    t.lines[0].cost = 900;
    t.stacking.keep_cost = 1;
    offer = cart_offer(&t, "rule", MX_LANE_COUPON, MX_OFFER_AMOUNT);
    offer->amount = 800;
    cart_want_all(&t, offer);
    CHECK(gives(&t, 800));
    CHECK_INT(cart_line(&t, 1)->discount, 100);
    CHECK_INT(cart_line(&t, 2)->discount, 700);
    cart_free();
}

RUN_TESTS(CASE(no_more_off_a_unit), CASE(no_more_off_a_line), CASE(no_more_off_the_cart), CASE(an_amount_finds_room_in_other_units),
          CASE(so_many_groups_in_one_cart), CASE(a_quota_counts_pieces), CASE(a_budget_ends_within_a_unit),
          CASE(a_budget_ends_within_a_group), CASE(the_tightest_limit_is_named), CASE(not_below_cost),
          CASE(cost_is_compared_without_the_tax_in_the_price), CASE(no_more_than_a_share), CASE(a_group_stops_at_the_floor_too),
          CASE(a_group_looks_for_pieces_with_room), CASE(an_amount_off_groups_pairs_dear_with_cheap), CASE(an_amount_goes_around_the_floor))
