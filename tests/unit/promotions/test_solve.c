/* The solver against every allotment that there is, on small questions of all forms. */
#include "brute.h"
#include "support/check.h"

static const struct brute_shape small_shapes[] = {
    {7, 7, 4, 60, 50, 0, 63, 0, 0, 1, 0},     {5, 7, 4, 80, 30, 0, 63, 10, 0, 1, 0},  {6, 6, 3, 90, 100, 40, 63, 20, 20, 1, 0},
    {4, 7, 4, 100, 20, 20, 63, 30, 30, 1, 0}, {7, 7, 4, 70, 1000, 0, 30, 0, 0, 1, 0}, {5, 7, 3, 70, 40, 60, 30, 15, 0, 1, 0},
    {7, 7, 4, 60, 60, 20, 48, 20, 25, 1, 0},
};
#define SMALL_SHAPES (sizeof(small_shapes) / sizeof(small_shapes[0]))

static int is_equal_to_brute_force(struct brute_question *b, struct brute_space *space) {
    struct solve_answer answer;
    int64_t best = brute_best(b, space);
    int good;
    solve(&b->q, &brute_memory, &answer);
    good = brute_holds(b, &answer) && answer.optimal && answer.gain == best;
    if (!good)
        printf("# best %lld, got %lld, gap %lld, steps %lld, holds %d\n", (long long)best, (long long)answer.gain, (long long)answer.gap,
               (long long)answer.steps, brute_holds(b, &answer));
    brute_free();
    return good;
}

TEST(equal_to_every_allotment_tried) {
    static struct brute_question b;
    static struct brute_space space;
    int rounds = BRUTE_ROUNDS(100000, 10000), i, failed = 0;
    for (i = 0; i < rounds && failed < 3; i++) {
        uint64_t seed = 1000003 * (uint64_t)i + 17;
        brute_draw(&b, &small_shapes[(size_t)i % SMALL_SHAPES], &seed);
        if (is_equal_to_brute_force(&b, &space)) continue;
        printf("# round %d\n", i);
        brute_print(&b);
        failed++;
    }
    CHECK_INT(failed, 0);
}

static const struct brute_shape tight_shapes[] = {
    {8, 10, 5, 60, 1000, 60, 30, 10, 0, 0, 0},
    {7, 10, 5, 60, 100, 50, 63, 15, 20, 1, 0},
    {8, 9, 5, 70, 60, 30, 24, 30, 30, 1, 0},
};

/* Few pieces are solved to the end even where floors hold most groups back. */
TEST(tight_floors_on_ten_pieces) {
    static struct brute_question b;
    static struct brute_space space;
    int rounds = BRUTE_ROUNDS(600, 60), i, failed = 0;
    for (i = 0; i < rounds && failed < 3; i++) {
        uint64_t seed = 7919 * (uint64_t)i + 3;
        brute_draw(&b, &tight_shapes[(size_t)i % 3], &seed);
        if (is_equal_to_brute_force(&b, &space)) continue;
        printf("# round %d\n", i);
        brute_print(&b);
        failed++;
    }
    CHECK_INT(failed, 0);
}

/* An amount may be as large as money goes: no more than the room of the pieces comes off. */
TEST(amounts_beyond_all_prices) {
    static const struct brute_shape shape = {6, 7, 4, 80, 1000, 30, 48, 10, 0, 0, 0};
    static struct brute_question b;
    static struct brute_space space;
    int i, failed = 0;
    uint32_t o, s;
    for (i = 0; i < 300; i++) {
        uint64_t seed = 104729 * (uint64_t)i + 11;
        brute_draw(&b, &shape, &seed);
        for (o = 0; o < b.q.offer_count; o++) {
            if (b.offers[o].amount && brute_pick(&seed, 0, 1)) b.offers[o].amount = MX_INT_MAX;
            for (s = 0; s < b.offers[o].step_count; s++)
                if (b.steps[o][s].amount && brute_pick(&seed, 0, 1)) b.steps[o][s].amount = MX_INT_MAX;
        }
        failed += !is_equal_to_brute_force(&b, &space);
    }
    CHECK_INT(failed, 0);
}

RUN_TESTS(CASE(equal_to_every_allotment_tried), CASE(tight_floors_on_ten_pieces), CASE(amounts_beyond_all_prices))
