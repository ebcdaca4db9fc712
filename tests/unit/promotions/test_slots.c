/* Putting the pieces of one group into slots: as good as trying everything, and quick where that never ends. */
#include "promotions/solve_work.h"
#include "support/check.h"

#define CLASSES 130
#define SLOTS   20

static struct solve_class classes[CLASSES];
static struct solve_slot slots[SLOTS];
static uint8_t wants[SLOTS][CLASSES];
static int64_t pieces[CLASSES];
static struct solve_offer offer = {.form = SOLVE_GROUPS, .slots = slots};
static struct solve_question question = {.classes = classes, .offers = &offer, .offer_count = 1};

/* Every way there is, class by class and slot by slot. */
static int64_t try_all(uint32_t c, uint32_t slot, int64_t rest, int64_t *need) {
    int64_t best = -1, put;
    while (rest == 0) {
        while (++c < question.class_count && pieces[c] == 0) {
        }
        if (c >= question.class_count) return 0;
        rest = pieces[c];
        slot = 0;
    }
    if (slot == offer.slot_count) return -1;
    put = !slots[slot].wants[c] ? 0 : rest < need[slot] ? rest : need[slot];
    for (; put >= 0; put--) {
        int64_t off;
        need[slot] -= put;
        off = try_all(c, slot + 1, rest - put, need);
        need[slot] += put;
        if (off >= 0) off += put * solve_slot_off(&slots[slot], &classes[c]);
        if (off > best) best = off;
    }
    return best;
}

static uint32_t pick(uint64_t *seed, uint32_t below) {
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

static void draw(uint64_t seed) {
    uint32_t s, c, size = 0;
    question.class_count = 1 + pick(&seed, 5);
    offer.slot_count = 1 + pick(&seed, 4);
    for (c = 0; c < question.class_count; c++) {
        int64_t value = 1 + pick(&seed, 1000);
        classes[c] = (struct solve_class){9, value, pick(&seed, 4) ? value : value / 2};
        pieces[c] = 0;
    }
    for (s = 0; s < offer.slot_count; s++) {
        slots[s] = (struct solve_slot){.pieces = 1 + pick(&seed, 2), .wants = wants[s]};
        if (pick(&seed, 2)) slots[s].ppm = 1 + (int64_t)pick(&seed, 1000000);
        if (slots[s].ppm == 0 && pick(&seed, 2)) slots[s].has_price = 1, slots[s].price = pick(&seed, 900);
        for (c = 0; c < question.class_count; c++) wants[s][c] = pick(&seed, 3) > 0;
        size += (uint32_t)slots[s].pieces;
    }
    while (size--) pieces[pick(&seed, question.class_count)]++;
}

TEST(as_good_as_trying_everything) {
    int64_t need[SLOTS], wanted, got;
    int round, failed = 0, fitting = 0;
    uint32_t s;
    for (round = 0; round < 20000 && failed < 3; round++) {
        draw((uint64_t)round * 7919 + 1);
        for (s = 0; s < offer.slot_count; s++) need[s] = slots[s].pieces;
        wanted = try_all(UINT32_MAX, 0, 0, need);
        got = solve_fill_slots(&question, &offer, pieces);
        fitting += wanted > 0;
        if (got == wanted) continue;
        printf("# round %d: %lld, not %lld\n", round, (long long)got, (long long)wanted);
        failed++;
    }
    CHECK_INT(failed, 0);
    CHECK(fitting > 5000);
}

/* Twenty slots that all want nearly the same, for twenty articles: trying everything would outlive the shop. */
TEST(alike_slots_and_many_articles) {
    uint32_t s, c;
    int64_t sum = 0;
    question.class_count = offer.slot_count = SLOTS;
    for (c = 0; c < SLOTS; c++) {
        classes[c] = (struct solve_class){1, 1000 + c, 1000 + c};
        pieces[c] = 1;
    }
    for (s = 0; s < SLOTS; s++) {
        slots[s] = (struct solve_slot){.pieces = 1, .wants = wants[s], .ppm = 10000 * (int64_t)(s + 1)};
        for (c = 0; c < SLOTS; c++) wants[s][c] = c != s;
    }
    for (c = 0; c < SLOTS; c++) sum += 10000 * (int64_t)(c + 1) * (1000 + c) / 1000000;
    CHECK(solve_fill_slots(&question, &offer, pieces) > sum - 40);
    for (s = 0; s < SLOTS; s++) wants[s][3] = 0;
    CHECK_INT(solve_fill_slots(&question, &offer, pieces), -1); /* nobody wants this one */
}

TEST(more_contended_classes_than_it_looks_at) {
    uint32_t c;
    question.class_count = CLASSES;
    offer.slot_count = 2;
    slots[0] = (struct solve_slot){.pieces = CLASSES - 10, .wants = wants[0], .ppm = 1};
    slots[1] = (struct solve_slot){.pieces = 10, .wants = wants[1], .ppm = 500000};
    for (c = 0; c < CLASSES; c++) {
        classes[c] = (struct solve_class){1, 1000 + c, 1000 + c};
        pieces[c] = 1;
        wants[0][c] = wants[1][c] = 1;
    }
    CHECK_INT(solve_fill_slots(&question, &offer, pieces), -1);
    wants[1][0] = wants[1][1] = 0; /* they fit one slot only: the others are few enough */
    CHECK(solve_fill_slots(&question, &offer, pieces) > 0);
}

RUN_TESTS(CASE(as_good_as_trying_everything), CASE(alike_slots_and_many_articles), CASE(more_contended_classes_than_it_looks_at))
