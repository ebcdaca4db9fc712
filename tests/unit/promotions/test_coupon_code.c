/* The arithmetic of coupon codes: what was made can be typed, and what is typed wrong is noticed. */
#include <stdio.h>

#include "promotions/internal.h"
#include "support/check.h"

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void some_random(uint64_t *seed, uint8_t random[PROMOTIONS_CODE_RANDOM]) {
    uint32_t i;
    for (i = 0; i < PROMOTIONS_CODE_RANDOM; i++) {
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        random[i] = (uint8_t)(*seed >> 56);
    }
}

static enum promotions_typed read(const char *text, size_t len, char code[PROMOTIONS_CODE_LEN]) {
    return promotions_code_read(mx_str_n(text, len), code);
}

TEST(codes_are_read_as_they_are_printed) {
    char code[PROMOTIONS_CODE_LEN], again[PROMOTIONS_CODE_LEN], text[PROMOTIONS_CODE_TEXT];
    uint8_t random[PROMOTIONS_CODE_RANDOM];
    uint64_t seed = 7;
    uint32_t i;
    for (i = 0; i < 10000; i++) {
        some_random(&seed, random);
        promotions_code_make(random, code);
        promotions_code_print(code, text);
        CHECK_INT(strlen(text), 20);
        CHECK(text[0] >= '2' && text[0] <= '9' && text[6] == '-' && text[13] == '-');
        CHECK_INT(read(text, strlen(text), again), PROMOTIONS_TYPED_CODE);
        CHECK(memcmp(code, again, sizeof(code)) == 0);
    }
}

TEST(it_matters_not_how_a_code_is_typed) {
    const uint8_t zeros[PROMOTIONS_CODE_RANDOM] = {0};
    char code[PROMOTIONS_CODE_LEN], again[PROMOTIONS_CODE_LEN], check;
    promotions_code_make(zeros, code);
    CHECK(memcmp(code, "20000000000000000", 17) == 0);
    check = code[17];
    {
        char typed[] = "2oOo oo00-0oo0o0ooo ";
        typed[19] = (char)(check >= 'A' ? check - 'A' + 'a' : check);
        CHECK_INT(read(typed, sizeof(typed) - 1, again), PROMOTIONS_TYPED_CODE);
        CHECK(memcmp(code, again, sizeof(code)) == 0);
    }
}

TEST(every_wrong_character_and_every_swap_is_noticed) {
    char code[PROMOTIONS_CODE_LEN], again[PROMOTIONS_CODE_LEN], bent[PROMOTIONS_CODE_LEN];
    uint8_t random[PROMOTIONS_CODE_RANDOM];
    uint64_t seed = 11;
    uint32_t round, i, k;
    for (round = 0; round < 200; round++) {
        some_random(&seed, random);
        promotions_code_make(random, code);
        for (i = 0; i < PROMOTIONS_CODE_LEN; i++) {
            for (k = 0; k < 32; k++) {
                memcpy(bent, code, sizeof(bent));
                bent[i] = letters[k];
                if (bent[i] == code[i]) continue;
                CHECK(read(bent, sizeof(bent), again) != PROMOTIONS_TYPED_CODE);
            }
            for (k = i + 1; k < PROMOTIONS_CODE_LEN; k++) {
                memcpy(bent, code, sizeof(bent));
                bent[i] = code[k];
                bent[k] = code[i];
                if (code[i] != code[k]) CHECK(read(bent, sizeof(bent), again) != PROMOTIONS_TYPED_CODE);
            }
        }
    }
}

TEST(every_bit_of_chance_counts) {
    uint8_t random[PROMOTIONS_CODE_RANDOM] = {0};
    char plain[PROMOTIONS_CODE_LEN], code[PROMOTIONS_CODE_LEN];
    uint32_t bit, told = 0;
    promotions_code_make(random, plain);
    for (bit = 0; bit < PROMOTIONS_CODE_RANDOM * 8; bit++) {
        memset(random, 0, sizeof(random));
        random[bit / 8] = (uint8_t)(1u << bit % 8);
        promotions_code_make(random, code);
        told += memcmp(code, plain, sizeof(code)) != 0;
    }
    CHECK_INT(told, 83);
}

TEST(near_codes_are_kept_from_the_rules_and_words_are_not) {
    char code[PROMOTIONS_CODE_LEN];
    CHECK_INT(read("SPRING", 6, code), PROMOTIONS_TYPED_WORD);
    CHECK_INT(read("CHRISTMASPARTY2026", 18, code), PROMOTIONS_TYPED_WORD);
    CHECK_INT(read("OCTOBERFESTIVAL2026", 19, code), PROMOTIONS_TYPED_WORD);
    CHECK_INT(read("INDEPENDENCEDAYSALE", 19, code), PROMOTIONS_TYPED_WORD);
    CHECK_INT(read("2026", 4, code), PROMOTIONS_TYPED_WORD);
    CHECK_INT(read("", 0, code), PROMOTIONS_TYPED_WORD);
    CHECK_INT(read("\xe6\x98\xa5\xe8\x8a\x82", 6, code), PROMOTIONS_TYPED_WORD);
    CHECK_INT(read("234567-89ABCD-EFGHJ", 19, code), PROMOTIONS_TYPED_WRONG);
    CHECK_INT(read("234567-89ABCD-EFGHJKM", 21, code), PROMOTIONS_TYPED_WRONG);
    CHECK_INT(read("234567-89ABCD-EFGHJKMNPQRST", 27, code), PROMOTIONS_TYPED_WORD);
}

/* A word goes to the rules and into the order's books: no text may, in which a whole code stands. */
TEST(a_code_in_a_longer_text_is_no_word) {
    static const char *const around[][2] = {{"", "%"}, {"]C1", ""}, {"coupon ", ""}, {"", "\r\n"}, {"A", "B"}, {"", " \xe6\x98\xa5"}};
    char code[PROMOTIONS_CODE_LEN], again[PROMOTIONS_CODE_LEN], text[PROMOTIONS_CODE_TEXT], typed[80];
    uint8_t random[PROMOTIONS_CODE_RANDOM];
    uint64_t seed = 23;
    uint32_t i;
    some_random(&seed, random);
    promotions_code_make(random, code);
    promotions_code_print(code, text);
    for (i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
        snprintf(typed, sizeof(typed), "%s%s%s", around[i][0], text, around[i][1]);
        CHECK_INT(read(typed, strlen(typed), again), PROMOTIONS_TYPED_WRONG);
    }
    snprintf(typed, sizeof(typed), "%s%s", text, text);
    CHECK_INT(read(typed, strlen(typed), again), PROMOTIONS_TYPED_WRONG);
    snprintf(typed, sizeof(typed), "%.6s.%.6s_%.6s", code, code + 6, code + 12);
    CHECK_INT(read(typed, strlen(typed), again), PROMOTIONS_TYPED_WRONG);
    memcpy(typed, code, sizeof(code));
    typed[9] = 'U'; /* in no code, and as easily read for a V as an O for a zero */
    CHECK_INT(read(typed, sizeof(code), again), PROMOTIONS_TYPED_WRONG);
}

RUN_TESTS(CASE(codes_are_read_as_they_are_printed), CASE(it_matters_not_how_a_code_is_typed),
          CASE(every_wrong_character_and_every_swap_is_noticed), CASE(every_bit_of_chance_counts),
          CASE(near_codes_are_kept_from_the_rules_and_words_are_not), CASE(a_code_in_a_longer_text_is_no_word))
