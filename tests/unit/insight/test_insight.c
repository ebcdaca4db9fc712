/* The parts of insight that need no shop: windows of a row, places on a curve, wear by time, words of a text. */
#include <stdlib.h>

#include "insight/internal.h"
#include "support/check.h"

static char memory[4 << 20];
static size_t used;

static void *take(struct mx_ctx *ctx, size_t bytes) {
    void *p = memory + used;
    (void)ctx;
    used += (bytes + 15) & ~(size_t)15;
    if (used > sizeof(memory)) exit(2);
    memset(p, 0, bytes);
    return p;
}

static struct mx_op_api op = {.size = sizeof(op), .alloc = take};
static struct mx_ctx ctx = {.size = sizeof(ctx), .op = &op};

TEST(a_row_knows_its_newest_sales_in_any_order) {
    static const int64_t days[] = {50, 10, 30, 20, 40};
    struct insight_row row = {.member = {"m", 1}};
    struct insight_sum sum;
    uint32_t i;
    for (i = 0; i < 5; i++) {
        struct insight_bought sale = {.at = days[i] * INSIGHT_DAY_MS, .amount = days[i], .orders = 1};
        insight_row_add(&row, &sale);
    }
    CHECK_INT(row.at[0], 50 * INSIGHT_DAY_MS);
    CHECK_INT(row.at[4], 10 * INSIGHT_DAY_MS);
    CHECK_INT(row.first_at, 10 * INSIGHT_DAY_MS);
    CHECK_INT(row.last_at, 50 * INSIGHT_DAY_MS);
    CHECK_INT(insight_row_window(&ctx, &row, 20 * INSIGHT_DAY_MS, 40 * INSIGHT_DAY_MS, &sum), MX_OK);
    CHECK_INT(sum.amount, 50); /* the 20th and the 30th; the 40th is not before its own end */
    CHECK_INT(sum.orders, 2);
    CHECK_INT(insight_row_window(&ctx, &row, 0, 0, &sum), MX_OK);
    CHECK_INT(sum.amount, 150);
}

TEST(what_falls_off_is_noted) {
    struct insight_row row = {.member = {"m", 1}};
    struct insight_sum sum;
    int64_t i;
    for (i = 1; i <= INSIGHT_RECENT + 2; i++) {
        struct insight_bought sale = {.at = i * INSIGHT_DAY_MS, .amount = 1, .orders = 1};
        insight_row_add(&row, &sale);
    }
    CHECK_INT(row.forgotten_at, 2 * INSIGHT_DAY_MS);
    CHECK_INT(insight_row_window(&ctx, &row, 2 * INSIGHT_DAY_MS + 1, 0, &sum), MX_OK); /* no ledger is read */
    CHECK_INT(sum.orders, INSIGHT_RECENT);
    {
        struct insight_bought late = {.at = 1, .amount = 1, .orders = 1}; /* told late: it stands in the ledger alone */
        insight_row_add(&row, &late);
    }
    CHECK_INT(row.forgotten_at, 2 * INSIGHT_DAY_MS);
    CHECK_INT(row.orders, INSIGHT_RECENT + 3);
}

TEST(returns_take_money_and_only_whole_ones_the_order) {
    struct insight_row row = {.member = {"m", 1}};
    struct insight_bought paid = {.at = 10, .amount = 500, .discount = 50, .orders = 1}, part = {.at = 20, .amount = -200},
                          rest = {.at = 30, .amount = -300, .orders = -1};
    insight_row_add(&row, &paid);
    insight_row_add(&row, &part);
    CHECK_INT(row.spent, 300);
    CHECK_INT(row.orders, 1);
    CHECK_INT(row.last_at, 10); /* bringing something back is no visit that counts */
    insight_row_add(&row, &rest);
    CHECK_INT(row.spent, 0);
    CHECK_INT(row.orders, 0);
}

TEST(rows_of_two_ids_join) {
    struct insight_row one = {.member = {"m", 1}, .joined_at = 5}, other = {.member = {"n", 1}, .joined_at = 3};
    struct insight_bought early = {.at = 10, .amount = 1, .orders = 1}, late = {.at = 20, .amount = 2, .orders = 1};
    insight_row_add(&one, &late);
    insight_row_add(&other, &early);
    insight_row_join(&one, &other);
    CHECK_INT(one.orders, 2);
    CHECK_INT(one.spent, 3);
    CHECK_INT(one.joined_at, 3);
    CHECK_INT(one.first_at, 10);
    CHECK_INT(one.at[0], 20);
    CHECK_INT(one.at[1], 10);
}

TEST(tags_stand_in_bits) {
    struct insight_row row = {.member = {"m", 1}};
    int64_t i;
    for (i = -1; i <= INSIGHT_TAGS_MAX + 1; i++) insight_row_tag(&row, i, 1);
    for (i = 1; i <= INSIGHT_TAGS_MAX; i++) CHECK(insight_row_has_tag(&row, i));
    CHECK(!insight_row_has_tag(&row, 0) && !insight_row_has_tag(&row, INSIGHT_TAGS_MAX + 1));
    for (i = 0; i < INSIGHT_TAG_WORDS; i++) CHECK(row.tags[i] > 0 && row.tags[i] <= MX_INT_MAX);
    insight_row_tag(&row, 53, 0);
    CHECK(!insight_row_has_tag(&row, 53) && insight_row_has_tag(&row, 52) && insight_row_has_tag(&row, 54));
}

TEST(places_on_a_curve) {
    int64_t values[] = {5, 1, 3, 3, 9, 7, 7, 7, 2, 8};
    struct insight_curve curve;
    struct insight_place place;
    used = 0;
    insight_curve_make(&ctx, values, 10, &curve);
    place = insight_place(&curve, 7);
    CHECK_INT(place.below, 5);
    CHECK_INT(place.same, 3);
    CHECK_INT(place.all, 10);
    CHECK_INT(insight_fifth(place), 3);
    CHECK_INT(insight_percent(place), 650000);
    CHECK_INT(insight_fifth(insight_place(&curve, 1)), 1);
    CHECK_INT(insight_fifth(insight_place(&curve, 9)), 5);
    CHECK_INT(insight_fifth(insight_place(&curve, 100)), 5);
    CHECK_INT(insight_place(&curve, 0).below, 0);
    insight_curve_make(&ctx, values, 0, &curve);
    CHECK_INT(insight_fifth(insight_place(&curve, 1)), 1);
    CHECK_INT(insight_percent(insight_place(&curve, 1)), 0);
}

TEST(buckets_of_money_never_go_back) {
    struct insight_row row = {.spent = -5};
    int64_t last = insight_bucket(&row, INSIGHT_MONEY), spent;
    CHECK_INT(last, 0);
    for (spent = 1; spent < 2000000; spent += 1 + spent / 300) {
        row.spent = spent;
        CHECK(insight_bucket(&row, INSIGHT_MONEY) >= last);
        last = insight_bucket(&row, INSIGHT_MONEY);
    }
    row.spent = MX_INT_MAX;
    CHECK(insight_bucket(&row, INSIGHT_MONEY) > last && insight_bucket(&row, INSIGHT_MONEY) < 4000);
}

TEST(half_is_worn_after_120_days) {
    CHECK_INT(insight_worn(1000000, 0, 0), 1000000);
    CHECK_INT(insight_worn(1000000, 5 * INSIGHT_DAY_MS, 0), 1000000); /* never more than it was */
    CHECK(labs(insight_worn(1000000, 0, 120 * INSIGHT_DAY_MS) - 500000) <= 5);
    CHECK(labs(insight_worn(1000000, 0, 240 * INSIGHT_DAY_MS) - 250000) <= 5);
    CHECK_INT(insight_worn(1000000, 0, 36500 * INSIGHT_DAY_MS), 0);
    CHECK(insight_worn(MX_INT_MAX, 0, INSIGHT_DAY_MS) > MX_INT_MAX / 100 * 99);
}

static int says(const char *text, const char *code) {
    const struct insight_aspect *found[16];
    uint32_t i, count;
    used = 0;
    count = insight_aspects(&ctx, mx_str_of(text), found, 16);
    for (i = 0; i < count; i++)
        if (strcmp(found[i]->code, code) == 0) return 1;
    return 0;
}

TEST(aspects_in_two_languages) {
    CHECK(says("It is TOO OILY", "too-oily"));
    CHECK(says("感觉太油了", "too-oily"));
    CHECK(says("Runs large, size down", "runs-large"));
    CHECK(says("敏感肌可以用吗", "sensitive-skin"));
    CHECK(!says("good", "too-oily"));
    CHECK(!says("", "too-oily"));
}

static uint32_t words_of(const char *text, struct mx_str *words) {
    used = 0;
    return insight_text_words(&ctx, mx_str_of(text), words, 64);
}

TEST(words_are_pairs_of_characters_or_latin_words) {
    struct mx_str words[64];
    CHECK_INT(words_of("敏感肌 Pump pump!", words), 3);
    CHECK_STR(words[0], "敏感");
    CHECK_STR(words[1], "感肌");
    CHECK_STR(words[2], "pump");
    CHECK_INT(words_of("the and 12345 x", words), 0);
    CHECK_INT(words_of("write to jane.doe@example.com now", words), 2);
    CHECK_INT(words_of("anne,marie@example.com:home later", words), 1);
    CHECK_STR(words[0], "later");
    CHECK_INT(words_of("nice\n5\tstars", words), 2);
    CHECK_INT(words_of("room.nice.view 7up,fresh sea", words), 4);
    CHECK_INT(words_of("\xf0\x9f\x98\x80 caf\xc3\xa9", words), 1);
    CHECK_INT(words_of("\xe6", words), 0); /* a character that is cut */
}

TEST(scores_have_names) {
    int curves = 0;
    CHECK(insight_score_known(mx_str_of("churn_ppm"), &curves) && curves);
    CHECK(insight_score_known(mx_str_of("recency_days"), &curves) && !curves);
    CHECK(insight_score_known(mx_str_of("affinity:brand:x"), &curves) && !curves);
    CHECK(!insight_score_known(mx_str_of("affinity:"), &curves));
    CHECK(!insight_score_known(mx_str_of("affinity:shop:x"), &curves));
    CHECK(!insight_score_known(mx_str_of(""), &curves));
}

RUN_TESTS(CASE(a_row_knows_its_newest_sales_in_any_order), CASE(what_falls_off_is_noted),
          CASE(returns_take_money_and_only_whole_ones_the_order), CASE(rows_of_two_ids_join), CASE(tags_stand_in_bits),
          CASE(places_on_a_curve), CASE(buckets_of_money_never_go_back), CASE(half_is_worn_after_120_days), CASE(aspects_in_two_languages),
          CASE(words_are_pairs_of_characters_or_latin_words), CASE(scores_have_names))
