/* The solver on questions that cannot be tried out: twelve offers on sixty pieces, and far more. */
#include "brute.h"
#include "support/check.h"

static struct brute_question b;

static const struct brute_shape twelve[] = {
    {60, 60, 12, 80, 2000, 0, 63, 0, 0, 0, 0},  /* all forms, nearly everything wants everything */
    {60, 60, 12, 20, 2000, 0, 63, 0, 0, 0, 0},  /* all forms, sparse */
    {60, 60, 12, 40, 2000, 0, 31, 0, 0, 0, 0},  /* without sets */
    {60, 60, 12, 50, 5000, 0, 2, 0, 0, 0, 0},   /* chains of "buy 3 pay 2" */
    {60, 60, 12, 50, 3000, 0, 25, 10, 0, 0, 0}, /* percents, bundles, set prices, with caps */
    {60, 60, 12, 40, 2000, 0, 31, 0, 0, 0, 1},  /* prices as on shelves, whole categories */
};
#define TWELVE (sizeof(twelve) / sizeof(twelve[0]))

static void draw(const struct brute_shape *shape, int round) {
    uint64_t seed = (uint64_t)round * 7919 + 5;
    brute_draw(&b, shape, &seed);
}

TEST(twelve_offers_on_sixty_pieces) {
    int rounds = BRUTE_ROUNDS(40, 4), optimal = 0, all = 0, i;
    struct solve_answer answer;
    int64_t gain = 0, gap = 0;
    size_t shape;
    for (shape = 0; shape < TWELVE; shape++)
        for (i = 0; i < rounds; i++) {
            draw(&twelve[shape], i);
            solve(&b.q, &brute_memory, &answer);
            CHECK(brute_holds(&b, &answer));
            optimal += answer.optimal;
            gain += answer.gain;
            gap += answer.gap;
            all++;
            brute_free();
        }
    printf("# %d of %d optimal, gap %lld of %lld\n", optimal, all, (long long)gap, (long long)gain);
    CHECK(optimal * 100 >= all * 90); /* nearly all, and the others nearly */
    CHECK(gap * 1000 <= gain);
}

/* Chains of "buy 3 pay 2" that share their goods are solved, every one. */
TEST(chains_are_solved_to_the_end) {
    int rounds = BRUTE_ROUNDS(200, 10), i;
    struct solve_answer answer;
    for (i = 0; i < rounds; i++) {
        draw(&twelve[3], i);
        solve(&b.q, &brute_memory, &answer);
        CHECK(brute_holds(&b, &answer) && answer.optimal);
        brute_free();
    }
}

static const struct brute_shape large[] = {
    {300, 300, 40, 15, 5000, 0, 63, 5, 5, 0, 0}, {120, 300, 40, 30, 3000, 10, 63, 10, 10, 0, 0},
    {60, 60, 12, 40, 2000, 20, 31, 10, 0, 0, 0}, {60, 60, 12, 40, 2000, 0, 63, 15, 20, 0, 0},
    {60, 60, 12, 80, 2000, 0, 32, 0, 0, 0, 0},
};

/* Where the search must stop, a search that may look far longer finds nothing beyond the gap. */
TEST(the_gap_is_honest) {
    int rounds = BRUTE_ROUNDS(3, 1), i, open = 0;
    size_t shape;
    for (shape = 0; shape < sizeof(large) / sizeof(large[0]); shape++)
        for (i = 0; i < rounds; i++) {
            struct solve_answer answer, better;
            draw(&large[shape], i);
            solve(&b.q, &brute_memory, &answer);
            CHECK(brute_holds(&b, &answer));
            b.q.steps_max = 10 * SOLVE_STEPS_MAX;
            solve(&b.q, &brute_memory, &better);
            CHECK(brute_holds(&b, &better));
            CHECK(better.gain <= answer.gain + answer.gap);
            CHECK(answer.gain <= better.gain + better.gap);
            open += !answer.optimal;
            brute_free();
        }
    CHECK(open > 0); /* else nothing was tried */
}

/* Prices of a subtree must not stay with the nodes above it: two questions that were called optimal too early. */
TEST(optimal_means_nothing_is_better) {
    static const struct brute_shape tight = {13, 13, 5, 60, 1000, 60, 30, 10, 10, 0, 0};
    static const struct {
        uint64_t seed;
        int64_t gain;
    } known[] = {{2597435, 3998}, {46167773, 4695}};
    size_t i;
    for (i = 0; i < 2; i++) {
        struct solve_answer answer;
        uint64_t seed = known[i].seed;
        brute_draw(&b, &tight, &seed);
        b.q.steps_max = 100000;
        solve(&b.q, &brute_memory, &answer);
        CHECK(brute_holds(&b, &answer));
        CHECK(answer.gain + answer.gap >= known[i].gain);
        brute_free();
    }
}

/* With hardly a step to spend the answer is poorer, and says by how much. */
TEST(few_steps_and_the_gap_says_so) {
    int i, open = 0;
    for (i = 0; i < 20; i++) {
        struct solve_answer answer, hurried;
        draw(&twelve[(size_t)i % TWELVE], i);
        solve(&b.q, &brute_memory, &answer);
        b.q.steps_max = 1;
        solve(&b.q, &brute_memory, &hurried);
        CHECK(brute_holds(&b, &hurried));
        CHECK(answer.gain <= hurried.gain + hurried.gap);
        open += !hurried.optimal;
        brute_free();
    }
    CHECK(open > 0);
}

static int same_answer(const struct solve_answer *x, const struct solve_answer *y) {
    size_t bytes = b.q.class_count * sizeof(int64_t);
    uint32_t i;
    if (x->gain != y->gain || x->gap != y->gap || x->steps != y->steps || x->taken_count != y->taken_count) return 0;
    for (i = 0; i < x->taken_count; i++) {
        const struct solve_taken *a = &x->taken[i], *c = &y->taken[i];
        if (a->offer != c->offer || a->times != c->times || a->gain != c->gain) return 0;
        if (memcmp(a->pieces, c->pieces, bytes) != 0 || memcmp(a->off, c->off, bytes) != 0) return 0;
    }
    return 1;
}

static void turn_offers(void) {
    uint32_t count = b.q.offer_count, i;
    for (i = 0; i < count / 2; i++) {
        struct solve_offer offer = b.offers[i];
        b.offers[i] = b.offers[count - 1 - i];
        b.offers[count - 1 - i] = offer;
    }
}

TEST(the_same_question_gets_the_same_answer) {
    int i, optimal = 0;
    for (i = 0; i < 30; i++) {
        struct solve_answer first, again, turned;
        draw(&twelve[(size_t)i % TWELVE], i);
        solve(&b.q, &brute_memory, &first);
        solve(&b.q, &brute_memory, &again);
        CHECK(same_answer(&first, &again));
        turn_offers();
        solve(&b.q, &brute_memory, &turned);
        CHECK(turned.gain <= first.gain + first.gap && first.gain <= turned.gain + turned.gap);
        if (!first.optimal || !turned.optimal) continue;
        optimal++;
        CHECK_INT(turned.gain, first.gain);
        brute_free();
    }
    brute_free();
    CHECK(optimal > 15);
}

RUN_TESTS(CASE(twelve_offers_on_sixty_pieces), CASE(chains_are_solved_to_the_end), CASE(the_gap_is_honest),
          CASE(optimal_means_nothing_is_better), CASE(few_steps_and_the_gap_says_so), CASE(the_same_question_gets_the_same_answer))
