/* Every kind of offer alone, worked out by hand. */
#include "cart.h"

static struct mx_offer *offer_on_all(struct test_cart *t, int32_t kind) {
    struct mx_offer *offer = cart_offer(t, "rule", MX_LANE_ITEM, kind);
    cart_want_all(t, offer);
    return offer;
}

static int applied(struct test_cart *t, int64_t amount, int64_t uses, int64_t units) {
    const struct mx_outcome *outcome;
    if (!cart_price(t) || !cart_adds_up(t)) return 0;
    outcome = cart_outcome(t, 0);
    if (outcome->state == MX_OUTCOME_APPLIED && outcome->amount == amount && outcome->uses == uses && outcome->units == units) return 1;
    printf("# state %d amount %lld uses %lld units %lld\n", outcome->state, (long long)outcome->amount, (long long)outcome->uses,
           (long long)outcome->units);
    return 0;
}

static int refused(struct test_cart *t, int32_t state, int64_t missing) {
    const struct mx_outcome *outcome;
    if (!cart_price(t) || !cart_adds_up(t) || t->result.discount) return 0;
    outcome = cart_outcome(t, 0);
    if (outcome->state == state && outcome->missing == missing) return 1;
    printf("# state %d missing %lld\n", outcome->state, (long long)outcome->missing);
    return 0;
}

/* 2 x 19.90 at 15.00 each: 4.90 off each; the 12.00 stays as it is. */
TEST(a_price_never_makes_a_unit_dearer) {
    struct test_cart t = {0};
    cart_add(&t, 2000, 1990);
    cart_add(&t, 1000, 1200);
    offer_on_all(&t, MX_OFFER_PRICE)->amount = 1500;
    CHECK(applied(&t, 980, 1, 2000));
    CHECK_INT(cart_line(&t, 1)->total, 3000);
    CHECK_INT(cart_line(&t, 2)->total, 1200);
    cart_free();
}

/* 0.455 kg at 23.99 = 10.92 (1091.545); at 17.99 = 8.19 (818.545): 2.73 off. */
TEST(a_price_of_goods_by_weight_is_for_a_kilogram) {
    struct test_cart t = {0};
    cart_add(&t, 455, 2399)->unit = MX_UNIT_KG;
    offer_on_all(&t, MX_OFFER_PRICE)->amount = 1799;
    CHECK(applied(&t, 273, 1, 455));
    CHECK_INT(t.result.total, 819);
    cart_free();
}

/* Each line by its own price: 20.00 -> 15.00 and 30.00 -> 19.00. */
TEST(a_line_may_have_a_price_of_its_own) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 2000);
    cart_add(&t, 1000, 3000);
    offer = offer_on_all(&t, MX_OFFER_PRICE);
    offer->amount = 1500;
    t.wants[0][1].price = 1900;
    CHECK(applied(&t, 1600, 1, 2000));
    CHECK_INT(cart_line(&t, 2)->total, 1900);
    cart_free();
}

TEST(a_price_above_what_the_goods_cost_does_nothing) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 2000);
    offer_on_all(&t, MX_OFFER_PRICE)->amount = 2000;
    CHECK(refused(&t, MX_OUTCOME_NOTHING_OFF, 0));
    cart_free();
}

static void three_steps(struct mx_offer *offer) {
    struct mx_offer_step *step = cart_step(offer);
    step->qty = 3000;
    step->ppm = 50000;
    step = cart_step(offer);
    step->qty = 6000;
    step->ppm = 100000;
}

/* 2 + 4 pieces reach the step of six: 10 % of 2 x 10.00 + 4 x 5.00 = 4.00. */
TEST(the_highest_step_that_is_reached_counts) {
    struct test_cart t = {0};
    cart_add(&t, 2000, 1000);
    cart_add(&t, 4000, 500);
    three_steps(offer_on_all(&t, MX_OFFER_STEPS));
    CHECK(applied(&t, 400, 1, 6000));
    t.lines[1].qty = 3000;
    t.lines[1].amount = 1500;
    CHECK(applied(&t, 175, 1, 5000)); /* five pieces: 5 % of 35.00 */
    cart_free();
}

TEST(below_the_first_step_the_missing_units_are_named) {
    struct test_cart t = {0};
    cart_add(&t, 1000, 1000);
    three_steps(offer_on_all(&t, MX_OFFER_STEPS));
    CHECK(refused(&t, MX_OUTCOME_TOO_FEW_UNITS, 2000));
    cart_free();
}

/* 200.00 reached: 20.00 off, shared 150 : 60 = 14.29 : 5.71. */
TEST(steps_by_what_was_spent) {
    struct test_cart t = {0};
    struct mx_offer_step *step;
    struct mx_offer *offer;
    cart_add(&t, 1000, 15000);
    cart_add(&t, 1000, 6000);
    offer = offer_on_all(&t, MX_OFFER_STEPS);
    step = cart_step(offer);
    step->spend = 10000;
    step->amount = 500;
    step = cart_step(offer);
    step->spend = 20000;
    step->amount = 2000;
    CHECK(applied(&t, 2000, 1, 2000));
    CHECK_INT(cart_line(&t, 1)->discount, 1429);
    CHECK_INT(cart_line(&t, 2)->discount, 571);
    t.lines[0].amount = 3000; /* 90.00 */
    CHECK(refused(&t, MX_OUTCOME_BELOW_SPEND, 1000));
    cart_free();
}

/* Three pieces or more for 8.00 each: 2.00 off the first kind; the second costs 7.00 anyway. */
TEST(a_step_may_be_a_price) {
    struct test_cart t = {0};
    struct mx_offer_step *step;
    cart_add(&t, 2000, 1000);
    cart_add(&t, 1000, 700);
    step = cart_step(offer_on_all(&t, MX_OFFER_STEPS));
    step->qty = 3000;
    step->price = 800;
    CHECK(applied(&t, 400, 1, 2000));
    cart_free();
}

/* 30.00 off for 200.00 of 450.00: once, or with repeats twice; three times with no more than two repetitions. */
TEST(spend_and_save) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 45000);
    offer = offer_on_all(&t, MX_OFFER_SPEND_SAVE);
    offer->spend = 20000;
    offer->amount = 3000;
    CHECK(applied(&t, 3000, 1, 1000));
    offer->repeats = 1;
    CHECK(applied(&t, 6000, 1, 1000));
    offer->spend = 10000; /* four times */
    CHECK(applied(&t, 12000, 1, 1000));
    offer->times = 2;
    CHECK(applied(&t, 6000, 1, 1000));
    offer->spend = 50000;
    CHECK(refused(&t, MX_OUTCOME_BELOW_SPEND, 5000));
    cart_free();
}

/* Sorted 40 30 | 20 10: the dearest half of all four is free with `dearest`, else the cheaper of each pair. */
TEST(cheapest_or_dearest_free) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 4000);
    cart_add(&t, 1000, 3000);
    cart_add(&t, 1000, 2000);
    cart_add(&t, 1000, 1000);
    offer = offer_on_all(&t, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    CHECK(applied(&t, 4000, 2, 4000));           /* 30 and 10 */
    CHECK_INT(cart_line(&t, 1)->discount, 1714); /* of 30.00 over 40 : 30 */
    CHECK_INT(cart_line(&t, 3)->discount, 667);  /* of 10.00 over 20 : 10 */
    offer->dearest = 1;
    CHECK(applied(&t, 7000, 2, 4000)); /* 40 and 30 */
    cart_free();
}

/* Every second piece half off: of 40 30 | 20 10 half of 30 and half of 10. */
TEST(every_second_piece_for_half) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 4000);
    cart_add(&t, 1000, 3000);
    cart_add(&t, 1000, 2000);
    cart_add(&t, 1000, 1000);
    offer = offer_on_all(&t, MX_OFFER_BUY_PAY);
    offer->buy = 2;
    offer->pay = 1;
    offer->ppm = 500000;
    CHECK(applied(&t, 2000, 2, 4000));
    offer->times = 1; /* the better pair for the customer */
    CHECK(applied(&t, 1500, 1, 2000));
    cart_free();
}

/* A kettle and two teas for 99.00 instead of 80.00 + 2 x 15.00 = 110.00; the third tea is not in it. */
TEST(a_bundle_for_one_price) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 8000);
    cart_add(&t, 3000, 1500);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUNDLE);
    cart_slot_want(cart_slot(offer, 1), 1, 0);
    cart_slot_want(cart_slot(offer, 2), 2, 0);
    offer->has_price = 1;
    offer->amount = 9900;
    CHECK(applied(&t, 1100, 1, 3000));
    CHECK_INT(cart_line(&t, 1)->discount, 800); /* 11.00 over 80 : 30 */
    CHECK_INT(cart_run(&t, 2, 1)->to, 2000);
    CHECK_INT(cart_run(&t, 2, 2)->discounts.count, 0);
    offer->has_price = 0; /* now 99.00 off: the pieces give all that they cost at most */
    offer->amount = 12000;
    CHECK(applied(&t, 11000, 1, 3000));
    cart_free();
}

/* Any three of 50 40 40 30 20 10 for 100.00: 130.00 - 100.00; what is left costs 60.00 and stays. */
TEST(mix_and_match) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    struct mx_offer_slot *slot;
    int64_t line;
    cart_add(&t, 1000, 5000);
    cart_add(&t, 2000, 4000);
    cart_add(&t, 1000, 3000);
    cart_add(&t, 1000, 2000);
    cart_add(&t, 1000, 1000);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUNDLE);
    slot = cart_slot(offer, 3);
    for (line = 1; line <= 5; line++) cart_slot_want(slot, line, 0);
    offer->has_price = 1;
    offer->amount = 10000;
    CHECK(applied(&t, 3000, 1, 3000));
    CHECK_INT(cart_line(&t, 1)->discount, 1154); /* 30.00 x 50 / 130 = 11.538 */
    CHECK_INT(cart_line(&t, 2)->discount, 1846);
    cart_free();
}

/* Two coffees bring a cup worth 12.00: five coffees and three cups make two gifts. Coffee and cup carry the gift together. */
TEST(a_gift_with_a_purchase) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    struct mx_offer_slot *slot;
    cart_add(&t, 5000, 3000);
    cart_add(&t, 3000, 1200);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUNDLE);
    cart_slot_want(cart_slot(offer, 2), 1, 0);
    slot = cart_slot(offer, 1);
    slot->ppm = MX_PPM_ONE;
    cart_slot_want(slot, 2, 0);
    CHECK(applied(&t, 2400, 2, 6000));
    CHECK_INT(cart_line(&t, 1)->discount, 2000); /* 24.00 over 120 : 24 */
    CHECK_INT(cart_line(&t, 2)->discount, 400);
    t.lines[1].qty = 0;
    t.lines[0].qty = 1000;
    t.lines[0].amount = 3000;
    t.cart.lines.count = 1;
    CHECK(refused(&t, MX_OUTCOME_TOO_FEW_UNITS, 2)); /* one coffee and one cup */
    cart_free();
}

/* A slot with a price of its own: the second of each pair for 1.00. */
TEST(a_place_of_a_bundle_may_have_its_price) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    struct mx_offer_slot *slot;
    cart_add(&t, 1000, 5000);
    cart_add(&t, 1000, 2000);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUNDLE);
    cart_slot_want(cart_slot(offer, 1), 1, 0);
    slot = cart_slot(offer, 1);
    slot->has_price = 1;
    slot->price = 100;
    cart_slot_want(slot, 2, 0);
    CHECK(applied(&t, 1900, 1, 2000));
    cart_free();
}

/* Take one of the goods, get another one of the same goods for nothing: the customer pays the dearer one. The solver fills the
 * places, since any piece may fill both. */
TEST(places_may_want_the_same_pieces) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    struct mx_offer_slot *slot;
    cart_add(&t, 1000, 5000);
    cart_add(&t, 1000, 2000);
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_BUNDLE);
    slot = cart_slot(offer, 1);
    cart_slot_want(slot, 1, 0);
    cart_slot_want(slot, 2, 0);
    slot = cart_slot(offer, 1);
    slot->ppm = MX_PPM_ONE;
    cart_slot_want(slot, 1, 0);
    cart_slot_want(slot, 2, 0);
    CHECK(applied(&t, 5000, 1, 2000)); /* as is best for the customer: the dear one is the gift */
    REQUIRE(t.result.proofs.count == 1);
    CHECK(((const struct mx_proof *)mx_list_at(&t.result.proofs, 0))->optimal);
    t.cart.lines.count = 1;
    t.lines[0].qty = 1000;
    CHECK(refused(&t, MX_OUTCOME_TOO_FEW_UNITS, 1));
    cart_free();
}

/* 20.00 off 15.00 + 5.00 shipping: goods and shipping do not mix. */
TEST(shipping_and_goods_do_not_touch_each_other) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 1000, 1500);
    cart_add(&t, 1000, 500)->shipping = 1;
    offer = offer_on_all(&t, MX_OFFER_AMOUNT);
    offer->amount = 2000;
    CHECK(applied(&t, 1500, 1, 1000));
    offer->lane = MX_LANE_SHIPPING;
    CHECK(applied(&t, 500, 1, 1000));
    offer->min_total = 1600; /* without shipping the cart is 15.00 */
    CHECK(refused(&t, MX_OUTCOME_BELOW_MIN_TOTAL, 100));
    cart_free();
}

/* 250 g of 455 g at half price: 1092 x 250 / 455 = 600, half of it off. */
TEST(goods_by_weight_may_be_named_in_part) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 455, 2399)->unit = MX_UNIT_KG;
    offer = cart_offer(&t, "rule", MX_LANE_ITEM, MX_OFFER_PERCENT);
    offer->ppm = 500000;
    cart_want(offer, 1, 250);
    CHECK(applied(&t, 300, 1, 250));
    CHECK_INT(cart_run(&t, 1, 1)->to, 250);
    cart_free();
}

TEST(kinds_that_contradict_themselves_are_told_apart) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_add(&t, 5000, 1000);
    offer = offer_on_all(&t, MX_OFFER_STEPS);
    CHECK(refused(&t, MX_OUTCOME_NOT_VALID, 0)); /* no step */
    cart_step(offer)->qty = 1000;
    CHECK(refused(&t, MX_OUTCOME_NOT_VALID, 0)); /* a step that gives nothing */
    three_steps(offer);
    ((struct mx_offer_step *)offer->steps.items)[0].qty = 9000;
    ((struct mx_offer_step *)offer->steps.items)[0].ppm = 1;
    CHECK(refused(&t, MX_OUTCOME_NOT_VALID, 0)); /* steps that fall */
    offer->kind = MX_OFFER_SPEND_SAVE;
    CHECK(refused(&t, MX_OUTCOME_NOT_VALID, 0));
    offer->kind = MX_OFFER_BUNDLE;
    CHECK(refused(&t, MX_OUTCOME_NOT_VALID, 0));
    cart_slot_want(cart_slot(offer, 1), 1, 0);
    CHECK(refused(&t, MX_OUTCOME_NOT_VALID, 0)); /* conditions only */
    offer->kind = MX_OFFER_POINTS;
    offer->amount = 10;
    CHECK(refused(&t, MX_OUTCOME_NOT_VALID, 0)); /* points outside the lane earn */
    offer->kind = MX_OFFER_AMOUNT;
    offer->lane = MX_LANE_EARN;
    CHECK(refused(&t, MX_OUTCOME_NOT_VALID, 0)); /* and nothing else in it */
    cart_free();
}

RUN_TESTS(CASE(a_price_never_makes_a_unit_dearer), CASE(a_price_of_goods_by_weight_is_for_a_kilogram),
          CASE(a_line_may_have_a_price_of_its_own), CASE(a_price_above_what_the_goods_cost_does_nothing),
          CASE(the_highest_step_that_is_reached_counts), CASE(below_the_first_step_the_missing_units_are_named),
          CASE(steps_by_what_was_spent), CASE(a_step_may_be_a_price), CASE(spend_and_save), CASE(cheapest_or_dearest_free),
          CASE(every_second_piece_for_half), CASE(a_bundle_for_one_price), CASE(mix_and_match), CASE(a_gift_with_a_purchase),
          CASE(a_place_of_a_bundle_may_have_its_price), CASE(places_may_want_the_same_pieces),
          CASE(shipping_and_goods_do_not_touch_each_other), CASE(goods_by_weight_may_be_named_in_part),
          CASE(kinds_that_contradict_themselves_are_told_apart))
