/* Offers of a plugin that says anything: extremes in every field, lists that are not there, lines that do not exist. */
#include "laws.h"

#define ROUNDS 6000

static int64_t extreme(uint64_t *seed) {
    static const int64_t numbers[] = {INT64_MIN,  INT64_MIN + 1,  -MX_INT_MAX,   -1000,    -1,         0,
                                      1,          1000000,        1000001,       1000,     UINT32_MAX, MX_INT_MAX - 1,
                                      MX_INT_MAX, MX_INT_MAX + 1, INT64_MAX / 2, INT64_MAX};
    return numbers[cart_pick(seed, 0, (int64_t)(sizeof(numbers) / sizeof(numbers[0])) - 1)];
}

static void spoil_number(struct mx_offer *offer, uint64_t *seed) {
    int64_t *numbers[] = {&offer->ppm,   &offer->amount,   &offer->buy,      &offer->pay,     &offer->min_total, &offer->spend,
                          &offer->times, &offer->max_unit, &offer->max_line, &offer->max_off, &offer->priority};
    *numbers[cart_pick(seed, 0, (int64_t)(sizeof(numbers) / sizeof(numbers[0])) - 1)] = extreme(seed);
    if (cart_pick(seed, 0, 4) == 0) offer->kind = (int32_t)extreme(seed);
    if (cart_pick(seed, 0, 4) == 0) offer->lane = (int32_t)extreme(seed);
}

static void spoil_line(const struct mx_list *lines, uint64_t *seed) {
    struct mx_offer_line *line;
    if (lines->count == 0 || !lines->items) return;
    line = mx_list_at(lines, (uint32_t)cart_pick(seed, 0, lines->count - 1));
    if (cart_pick(seed, 0, 1)) line->line = extreme(seed);
    if (cart_pick(seed, 0, 1)) line->qty = extreme(seed);
    if (cart_pick(seed, 0, 1)) line->price = extreme(seed);
}

static void spoil_parts(struct mx_offer *offer, uint64_t *seed) {
    uint32_t i;
    for (i = 0; i < offer->slots.count; i++) {
        struct mx_offer_slot *slot = mx_list_at(&offer->slots, i);
        if (cart_pick(seed, 0, 1)) slot->pieces = extreme(seed);
        if (cart_pick(seed, 0, 5) == 0) slot->price = extreme(seed);
        if (cart_pick(seed, 0, 5) == 0) slot->lines.items = NULL;
        spoil_line(&slot->lines, seed);
    }
    for (i = 0; i < offer->steps.count; i++) {
        struct mx_offer_step *step = mx_list_at(&offer->steps, i);
        if (cart_pick(seed, 0, 1)) step->qty = extreme(seed);
        if (cart_pick(seed, 0, 5) == 0) step->amount = extreme(seed);
    }
    for (i = 0; i < offer->limits.count; i++) {
        struct mx_offer_limit *limit = mx_list_at(&offer->limits, i);
        if (cart_pick(seed, 0, 1)) limit->max = extreme(seed);
        if (cart_pick(seed, 0, 1)) limit->used = extreme(seed);
        if (cart_pick(seed, 0, 3) == 0) limit->scope = (int32_t)extreme(seed);
        if (cart_pick(seed, 0, 3) == 0) limit->of = (int32_t)extreme(seed);
    }
}

static void spoil(struct mx_offer *offer, uint64_t *seed) {
    struct mx_list *lists[] = {&offer->lines, &offer->slots, &offer->steps, &offer->limits};
    if (cart_pick(seed, 0, 2) == 0) spoil_number(offer, seed);
    if (cart_pick(seed, 0, 2) == 0) spoil_line(&offer->lines, seed);
    if (cart_pick(seed, 0, 2) == 0) spoil_parts(offer, seed);
    if (cart_pick(seed, 0, 8) == 0) lists[cart_pick(seed, 0, 3)]->items = NULL;
}

TEST(nothing_is_overrun_and_the_parts_sum_to_the_whole) {
    uint64_t seed = 31337;
    int round, kept = 0, refused = 0;
    for (round = 0; round < ROUNDS; round++) {
        static struct test_cart t;
        uint32_t i;
        random_cart(&t, &seed, 1);
        for (i = 0; i < t.offer_count; i++)
            if (cart_pick(&seed, 0, 1)) spoil(&t.offers[i], &seed);
        REQUIRE(cart_price(&t));
        kept += cart_adds_up(&t) && floors_kept(&t);
        for (i = 0; i < t.result.outcomes.count; i++) refused += cart_outcome(&t, i)->state == MX_OUTCOME_NOT_VALID;
        cart_free();
    }
    CHECK_INT(kept, ROUNDS);
    CHECK(refused > ROUNDS / 2);
}

/* The pieces of its slots together are nothing in 64 bits. */
TEST(a_bundle_of_more_pieces_than_can_be_counted) {
    struct test_cart t = {0};
    struct mx_offer *offer;
    int i;
    cart_add(&t, 3000, 1000);
    offer = cart_offer(&t, "a", MX_LANE_ITEM, MX_OFFER_BUNDLE);
    offer->amount = 100;
    for (i = 0; i < 2; i++) cart_slot_want(cart_slot(offer, INT64_MAX), 1, 0);
    cart_slot_want(cart_slot(offer, 2), 1, 0);
    cart_limit(offer, MX_LIMIT_TOTAL, MX_LIMIT_UNITS, 5000, 0);
    REQUIRE(cart_price(&t));
    CHECK_INT(cart_outcome(&t, 0)->state, MX_OUTCOME_NOT_VALID);
    CHECK_INT(t.result.discount, 0);
    cart_free();
}

RUN_TESTS(CASE(nothing_is_overrun_and_the_parts_sum_to_the_whole), CASE(a_bundle_of_more_pieces_than_can_be_counted))
