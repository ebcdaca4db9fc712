/* The arithmetic of gift card codes: what was made can be typed, and what is typed wrong is noticed. */
#include "support/check.h"
#include "wallet/internal.h"

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void some_random(uint64_t *seed, uint8_t random[WALLET_CODE_RANDOM]) {
    uint32_t i;
    for (i = 0; i < WALLET_CODE_RANDOM; i++) {
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        random[i] = (uint8_t)(*seed >> 56);
    }
}

TEST(codes_are_read_as_they_are_printed) {
    char code[WALLET_CODE_LEN], again[WALLET_CODE_LEN], text[WALLET_CODE_TEXT];
    uint8_t random[WALLET_CODE_RANDOM];
    uint64_t seed = 3;
    uint32_t i;
    for (i = 0; i < 10000; i++) {
        some_random(&seed, random);
        wallet_code_make(random, code);
        wallet_code_print(code, text);
        CHECK_INT(strlen(text), 24);
        CHECK(text[4] == '-' && text[9] == '-' && text[14] == '-' && text[19] == '-');
        CHECK(wallet_code_read(mx_str_of(text), again) == 1);
        CHECK(memcmp(code, again, sizeof(code)) == 0);
    }
}

TEST(every_bit_of_the_random_bytes_but_the_last_counts) {
    char code[WALLET_CODE_LEN], other[WALLET_CODE_LEN];
    uint8_t random[WALLET_CODE_RANDOM];
    uint64_t seed = 5;
    uint32_t bit;
    some_random(&seed, random);
    wallet_code_make(random, code);
    for (bit = 0; bit < 95; bit++) {
        random[bit / 8] = (uint8_t)(random[bit / 8] ^ 0x80u >> bit % 8);
        wallet_code_make(random, other);
        CHECK(memcmp(code, other, sizeof(code)) != 0);
        random[bit / 8] = (uint8_t)(random[bit / 8] ^ 0x80u >> bit % 8);
    }
}

TEST(it_matters_not_how_a_code_is_typed) {
    const uint8_t zeros[WALLET_CODE_RANDOM] = {0};
    char code[WALLET_CODE_LEN], again[WALLET_CODE_LEN];
    wallet_code_make(zeros, code);
    CHECK(memcmp(code, "00000000000000000000", 20) == 0);
    CHECK(wallet_code_read(mx_str_of(" oOo0-0oo0 0000-0000-000O"), again) == 1);
    CHECK(memcmp(code, again, sizeof(code)) == 0);
}

TEST(what_is_too_short_too_long_or_odd_is_no_code) {
    const char *const wrong[] = {
        "", "0", "0000-0000-0000-0000-000", "0000-0000-0000-0000-00000", "0000-0000-0000-0000-000U", "0000_0000_0000_0000_0000"};
    char code[WALLET_CODE_LEN] = "untouched";
    uint32_t i;
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) CHECK(wallet_code_read(mx_str_of(wrong[i]), code) == 0);
    CHECK(memcmp(code, "untouched", 9) == 0);
}

TEST(every_wrong_character_and_every_swap_is_noticed) {
    char code[WALLET_CODE_LEN], again[WALLET_CODE_LEN], bent[WALLET_CODE_LEN];
    uint8_t random[WALLET_CODE_RANDOM];
    uint64_t seed = 11;
    uint32_t round, i, k;
    for (round = 0; round < 100; round++) {
        some_random(&seed, random);
        wallet_code_make(random, code);
        for (i = 0; i < WALLET_CODE_LEN; i++) {
            for (k = 0; k < 32; k++) {
                memcpy(bent, code, sizeof(bent));
                bent[i] = letters[k];
                CHECK(wallet_code_read(mx_str_n(bent, sizeof(bent)), again) == (bent[i] == code[i]));
            }
            for (k = i + 1; k < WALLET_CODE_LEN; k++) {
                memcpy(bent, code, sizeof(bent));
                bent[i] = code[k];
                bent[k] = code[i];
                CHECK(wallet_code_read(mx_str_n(bent, sizeof(bent)), again) == (code[i] == code[k]));
            }
        }
    }
}

RUN_TESTS(CASE(codes_are_read_as_they_are_printed), CASE(every_bit_of_the_random_bytes_but_the_last_counts),
          CASE(it_matters_not_how_a_code_is_typed), CASE(what_is_too_short_too_long_or_odd_is_no_code),
          CASE(every_wrong_character_and_every_swap_is_noticed))
