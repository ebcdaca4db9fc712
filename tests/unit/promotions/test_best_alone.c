/* Where offers compete, the customer never gets less than the best of them alone would give; and no question makes a till wait. */
#include "random.h"

#include "promotions/solve.h"

#define ROUNDS 4000

/* All offers in one lane of the mode best, on one level. */
static void rivals(struct test_cart *t, uint64_t *seed) {
    uint32_t i;
    random_cart(t, seed, 1);
    memset(&t->stacking.lanes, 0, sizeof(t->stacking.lanes));
    cart_lane(t, MX_LANE_ITEM, MX_LANE_BEST);
    for (i = 0; i < t->offer_count; i++) {
        struct mx_offer *offer = &t->offers[i];
        if (offer->lane != MX_LANE_EARN) offer->lane = MX_LANE_ITEM;
        offer->priority = offer->min_total = 0;
    }
}

static int64_t best_alone(struct test_cart *t) {
    static struct mx_offer kept[CART_OFFERS];
    uint32_t count = t->offer_count, i;
    int64_t best = 0;
    memcpy(kept, t->offers, sizeof(kept));
    t->offer_count = 1;
    for (i = 0; i < count; i++) {
        t->offers[0] = kept[i];
        if (!cart_price(t)) return INT64_MAX;
        if (t->result.discount > best) best = t->result.discount;
    }
    memcpy(t->offers, kept, sizeof(kept));
    t->offer_count = count;
    return best;
}

TEST(never_less_than_the_best_offer_alone) {
    uint64_t seed = 99;
    int round, kept = 0, competed = 0;
    for (round = 0; round < ROUNDS; round++) {
        static struct test_cart t;
        int64_t all;
        rivals(&t, &seed);
        REQUIRE(cart_price(&t));
        all = t.result.discount;
        competed += t.result.proofs.count > 0;
        kept += all >= best_alone(&t);
        cart_free();
    }
    CHECK_INT(kept, ROUNDS);
    CHECK(competed > ROUNDS / 4);
}

/* One piece at 10.00 and steps from two kinds of goods on: the piece that gets nothing off is needed to reach the step. */
TEST(goods_that_only_help_to_reach_a_step_are_competed_for) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    cart_add(&t, 1000, 100);
    cart_add(&t, 1000, 1000);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_AMOUNT);
    offer->amount = 50;
    cart_want(offer, 1, 0);
    offer = cart_offer(&t, "b", MX_LANE_ITEM, MX_OFFER_STEPS);
    cart_step(offer)->qty = 2000;
    ((struct mx_offer_step *)offer->steps.items)->price = 600;
    cart_want_all(&t, offer);
    REQUIRE(cart_price(&t));
    CHECK_INT(t.result.discount, 400);
    CHECK(cart_adds_up(&t));
    cart_free();
}

/* ---- what a question may cost ---- */

static size_t taken;

static void *counted(void *arg, size_t bytes) {
    taken += bytes;
    return cart_alloc(arg, bytes);
}

static int price_counted(struct test_cart *t) {
    static const struct price_memory memory = {counted, NULL};
    struct mx_price_ask ask = {&t->cart, {t->offers, t->offer_count, sizeof(t->offers[0])}, &t->stacking};
    t->cart.prices_include_tax = 1;
    taken = 0;
    return price_cart(&ask, &memory, &t->result);
}

static int64_t tried(const struct test_cart *t) {
    int64_t steps = 0;
    uint32_t i;
    for (i = 0; i < t->result.proofs.count; i++) steps += ((const struct mx_proof *)mx_list_at(&t->result.proofs, i))->tried;
    return steps;
}

/* Four times sixteen lines, for each of which twenty offers compete that the search does not come to an end with. */
TEST(all_competitions_of_a_cart_share_the_steps_of_one) {
    static struct test_cart t;
    uint64_t seed = 7;
    int64_t line, n;
    memset(&t, 0, sizeof(t));
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    for (line = 1; line <= 64; line++) cart_add(&t, 1000 * cart_pick(&seed, 1, 3), cart_pick(&seed, 100, 20000));
    for (n = 0; n < 80; n++) {
        struct mx_offer *offer = cart_offer(&t, random_rules[n % 10], MX_LANE_ITEM, n % 2 ? MX_OFFER_SPEND_SAVE : MX_OFFER_BUY_PAY);
        offer->buy = cart_pick(&seed, 2, 5);
        offer->pay = offer->buy - 1;
        offer->amount = cart_pick(&seed, 50, 5000);
        offer->spend = cart_pick(&seed, 5000, 50000);
        offer->repeats = 1;
        for (line = 1; line <= 16; line++) cart_want(offer, n / 20 * 16 + line, 0);
    }
    REQUIRE(price_counted(&t));
    CHECK(cart_adds_up(&t));
    CHECK(tried(&t) > SOLVE_STEPS_MAX / 4);
    CHECK(tried(&t) < SOLVE_STEPS_MAX * 5 / 4);
    cart_free();
}

/* Bundles of 20 slots that name all lines with quantities of their own: what they want of a line cuts it into many cells. */
TEST(memory_stays_in_proportion) {
    static struct test_cart t;
    int64_t line, n, s;
    memset(&t, 0, sizeof(t));
    cart_lane(&t, MX_LANE_ITEM, MX_LANE_BEST);
    for (line = 1; line <= 64; line++) cart_add(&t, 60000, 500 + 37 * line * line % 1900);
    for (n = 0; n < 16; n++) {
        struct mx_offer *offer = cart_offer(&t, random_rules[n % 10], MX_LANE_ITEM, MX_OFFER_BUNDLE);
        for (s = 0; s < 20; s++) {
            struct mx_offer_slot *slot = cart_slot(offer, 1 + s % 3);
            struct mx_offer_line *wants = cart_alloc(NULL, 64 * sizeof(*wants));
            for (line = 1; line <= 64; line++)
                wants[line - 1] = (struct mx_offer_line){.line = line, .qty = 1000 * (1 + (line + s + n) % 2)};
            slot->ppm = 10000 * (1 + n + s);
            slot->lines = (struct mx_list){wants, 64, sizeof(*wants)};
        }
    }
    REQUIRE(price_counted(&t));
    CHECK(cart_adds_up(&t));
    CHECK(t.result.discount > 0);
    CHECK(taken < (size_t)48 << 20);
    cart_free();
}

RUN_TESTS(CASE(never_less_than_the_best_offer_alone), CASE(goods_that_only_help_to_reach_a_step_are_competed_for),
          CASE(all_competitions_of_a_cart_share_the_steps_of_one), CASE(memory_stays_in_proportion))
