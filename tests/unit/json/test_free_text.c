/* A person's own words: what looks like the number of a payment card has no place in them. */
#include "merx/text.h"
#include "support/check.h"
#include "json/json.h"

struct words {
    struct mx_str reason;
    struct mx_str code;
};

static const struct mx_field words_fields[] = {
    MX_F_STR(words, reason, MX_FREE_TEXT, 0, 200, "why"),
    MX_F_STR(words, code, 0, 0, 200, "a code"),
};
MX_TYPE(words, "words", "words");

static const struct mx_field other_fields[] = {
    MX_F_STR(words, reason, 0, 0, 200, "why"),
    MX_F_STR(words, code, 0, 0, 200, "a code"),
};
static const struct mx_type other_type = {
    sizeof(struct mx_type), sizeof(struct words), "other",      "words", other_fields, 2, sizeof(struct mx_field),
    MX_NO_OFFSET,           MX_NO_OFFSET,         MX_NO_OFFSET, 0,
};

TEST(numbers_of_cards_are_seen_however_they_are_written) {
    static const char *const cards[] = {
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111  1111 - 1111 1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "paid with 5555555555554444 exp 12/27",
        "card:2223003122003222,123",
        "378282246310005",
        "3782 822463 10005",
        "30569309025904",
        "3530111333300000",
        "6011111111111117",
        "6200000000000005",
        "6205500000000000004",
        "6759649826438453",
        "\xef\xbc\x94\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91 1111 1111 1111",
        "4111\xc2\xa0\x31\x31\x31\x31\xe3\x80\x80\x31\x31\x31\x31\xe2\x80\x93\x31\x31\x31\x31",
        "12 4111 1111 1111 1111 123",
        "refund to4111111111111111please",
    };
    size_t i;
    for (i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
        if (!mx_looks_like_pan(mx_str_of(cards[i]))) printf("# missed: %s\n", cards[i]);
        CHECK(mx_looks_like_pan(mx_str_of(cards[i])));
    }
}

TEST(other_numbers_pass) {
    static const char *const others[] = {
        "",
        "did not fit",
        "4111111111111112",     /* wrong check digit */
        "411111111111111",      /* too short */
        "41111111111111110000", /* too long */
        "4006381333931",        /* GTIN-13 */
        "4000000000006",        /* 13 digits: no card has so few */
        "5018374123435",        /* GTIN-13 of a scheme's beginning */
        "36000000000081",       /* GTIN-14 and Luhn */
        "4000000000000000006",  /* order of a marketplace, 19 digits */
        "20261123094038009",    /* a time */
        "+86 138 0000 0001 03", /* a phone */
        "356938035643809",      /* IMEI */
        "4111 1111, 1111 1111", /* two numbers */
        "4111-1111 and 1111-1111",
        "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "550e8400-e29b-41d4-a716-446655440000",
        "9111111111111111113",
        "1234567812345670", /* Luhn, but of nobody's cards */
    };
    size_t i;
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (mx_looks_like_pan(mx_str_of(others[i]))) printf("# wrongly: %s\n", others[i]);
        CHECK(!mx_looks_like_pan(mx_str_of(others[i])));
    }
}

TEST(a_text_cut_in_the_middle_of_a_character_is_read_to_its_end) {
    static const char cut[] = {'4', '1', (char)0xef, (char)0xbc};
    CHECK(!mx_looks_like_pan(mx_str_n(cut, sizeof(cut))));
    CHECK(!mx_looks_like_pan(mx_str_n(NULL, 0)));
}

TEST(input_is_refused_by_name_and_the_number_is_not_said) {
    struct base_arena *arena = base_arena_new(1 << 12);
    const struct mx_str text = mx_str_of("{\"code\":\"4111111111111111\",\"reason\":\"card 4111 1111 1111 1111\"}");
    struct words words;
    struct mx_error err = {0};
    CHECK_INT(json_decode(arena, &words_type, text, JSON_WIRE, &words, &err), MX_E_CARD_NUMBER);
    CHECK(strcmp(err.field, "reason") == 0);
    CHECK(strcmp(err.code, "looks_like_card_number") == 0);
    CHECK(strstr(err.message, "1111") == NULL);
    CHECK_INT(json_decode(arena, &words_type, mx_str_of("{\"code\":\"4111111111111111\"}"), JSON_WIRE, &words, &err), MX_OK);
    CHECK_INT(json_decode(arena, &words_type, text, JSON_STORE, &words, &err), MX_OK); /* what an older version stored can be read */
    CHECK_INT(json_decode(arena, &words_type, text, JSON_ANSWER, &words, &err), MX_OK);
    base_arena_free(arena);
}

TEST(types_that_differ_in_nothing_else_are_the_same) {
    struct mx_error err;
    CHECK_INT(json_prepare(&words_type, &err), MX_OK);
    CHECK_INT(json_prepare(&other_type, &err), MX_OK);
    CHECK(json_types_equal(&words_type, &other_type));
    json_fini();
}

RUN_TESTS(CASE(numbers_of_cards_are_seen_however_they_are_written), CASE(other_numbers_pass),
          CASE(a_text_cut_in_the_middle_of_a_character_is_read_to_its_end), CASE(input_is_refused_by_name_and_the_number_is_not_said),
          CASE(types_that_differ_in_nothing_else_are_the_same))
