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

RUN_TESTS(CASE(equal_to_every_allotment_tried))
