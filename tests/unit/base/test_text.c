/* Text, phone numbers, ids, errors. */
#include "base/error.h"
#include "base/id.h"
#include "base/text.h"
#include "support/check.h"

#define STR(literal) mx_str_n(literal, sizeof(literal) - 1)

TEST(utf8) {
    static const char *const good[] = {"",
                                       "plain",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF",
                                       "tea \xE8\x8C\xB6 more than eight bytes \xC3\xA9"};
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xC2\x41",
                                      "\xE0\x9F\xBF",
                                      "\xE0\xA0",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF0\x90\x80",
                                      "\xFE",
                                      "\xFF",
                                      "eight by\xC3",
                                      "12345678\xE2\x82",
                                      "\xE2\x28\xA1"};
    size_t i;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) CHECK(base_utf8_valid(mx_str_of(good[i])));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) CHECK(!base_utf8_valid(mx_str_of(bad[i])));
    CHECK(base_utf8_valid(STR("nul \0 is a character")));
}

TEST(parse_int) {
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      "01",
                                      "-0",
                                      "-01",
                                      "1 ",
                                      " 1",
                                      "1.0",
                                      "1e3",
                                      "0x1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999",
                                      "1a"};
    int64_t n = 77;
    size_t i;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) CHECK(!base_parse_int(mx_str_of(bad[i]), &n));
    CHECK_INT(n, 77);
    CHECK(base_parse_int(STR("0"), &n) && n == 0);
    CHECK(base_parse_int(STR("-1"), &n) && n == -1);
    CHECK(base_parse_int(STR("9223372036854775807"), &n) && n == INT64_MAX);
    CHECK(base_parse_int(STR("-9223372036854775808"), &n) && n == INT64_MIN);
}

TEST(hex) {
    struct base_arena *arena = base_arena_new(64);
    uint8_t bytes[4] = {0, 0x1f, 0xa0, 0xff}, back[4] = {9, 9, 9, 9};
    CHECK_STR(base_hex(arena, bytes, 4), "001fa0ff");
    CHECK_STR(base_hex(arena, bytes, 0), "");
    CHECK(base_unhex(STR("001fA0Ff"), back, 4) && memcmp(bytes, back, 4) == 0);
    CHECK(!base_unhex(STR("001fa0f"), back, 4));
    CHECK(!base_unhex(STR("001fa0ff00"), back, 4));
    CHECK(!base_unhex(STR("001fa0fg"), back, 4));
    base_arena_free(arena);
}

TEST(codes) {
    CHECK(base_code_valid(STR("store-1"), 64));
    CHECK(base_code_valid(STR("A.b_C-9"), 7));
    CHECK(!base_code_valid(STR("A.b_C-99"), 7));
    CHECK(!base_code_valid(STR(""), 7));
    CHECK(!base_code_valid(STR("a b"), 7));
    CHECK(!base_code_valid(STR("a/b"), 7));
    CHECK(!base_code_valid(STR("\xC3\xA9"), 7));
}

TEST(lower) {
    struct base_arena *arena = base_arena_new(64);
    CHECK_STR(base_lower_ascii(arena, STR("ABC xyz @[`{ \xC3\x89")), "abc xyz @[`{ \xC3\x89");
    CHECK_STR(base_lower_ascii(arena, STR("")), "");
    base_arena_free(arena);
}

static const struct {
    const char *text, *country, *want; /* want NULL: refused */
} phone_cases[] = {
    {"13800138000", "CN", "+8613800138000"},
    {"+86 138-0013-8000", "GB", "+8613800138000"},
    {"0086 138 0013 8000", "", "+8613800138000"},
    {"010 6552 9988", "CN", "+861065529988"},
    {"020 7946 0958", "GB", "+442079460958"},
    {"+44 (0)20 7946 0958", "", "+442079460958"},
    {"+44 020 7946 0958", "", "+442079460958"},
    {"07700 900123", "GB", "+447700900123"},
    {"(212) 555-0123", "US", "+12125550123"},
    {"1-212-555-0123", "US", "+12125550123"},
    {"+1 (212) 555.0123", "CN", "+12125550123"},
    {"604-555-0199", "CA", "+16045550199"},
    {"030 901820", "DE", "+4930901820"},
    {"+49 (0)30 901820", "", "+4930901820"},
    {"01 23 45 67 89", "FR", "+33123456789"},
    {"06 12 34 56 78", "FR", "+33612345678"},
    {"03-1234-5678", "JP", "+81312345678"},
    {"090-1234-5678", "JP", "+819012345678"},
    {"2345 6789", "HK", "+85223456789"},
    {"+852 9123 4567", "CN", "+85291234567"},
    {"06 1234 5678", "IT", "+390612345678"},
    {"+39 (0)6 1234 5678", "", "+390612345678"},
    {"8 (495) 123-45-67", "RU", "+74951234567"},
    {"495 123-45-67", "RU", "+74951234567"},
    {"812 123 45 67", "RU", "+78121234567"},
    {"+7 812 123 45 67", "", "+78121234567"},
    {"8 029 123 45 67", "BY", "+375291234567"},
    {"06 1 234 5678", "HU", "+3612345678"},
    {"0912 345 678", "TW", "+886912345678"},
    {"6123 4567", "SG", "+6561234567"},
    {"04 12 345 678", "AU", "+61412345678"},
    {"98765 43210", "IN", "+919876543210"},
    {"01 02 03 04 05", "CI", "+2250102030405"},
    {"+683 4000", "", "+6834000"},
    {"+800 1234 5678", "", "+80012345678"},
    {"+881 6 1234 5678", "", "+881612345678"},
    {"13800138000", "", NULL},
    {"13800138000", "XX", NULL},
    {"13800138000", "cn", NULL},
    {"", "CN", NULL},
    {"+", "CN", NULL},
    {"00", "CN", NULL},
    {"0", "GB", NULL},
    {"12", "GB", NULL},
    {"+86 1380013800x", "", NULL},
    {"138+00138000", "CN", NULL},
    {"+999 12345678", "", NULL},
    {"+0 12345678", "", NULL},
    {"+1 112 555 0123", "", NULL},
    {"+1 212 155 0123", "", NULL},
    {"555 0123", "US", NULL},
    {"+1234567890123456", "", NULL},
    {"+44 1234567890123456789012345678901234567890", "", NULL},
    {"+86 \xC2\xA0 13800138000", "", NULL},
};

TEST(phones) {
    struct base_arena *arena = base_arena_new(256);
    size_t i;
    for (i = 0; i < sizeof(phone_cases) / sizeof(phone_cases[0]); i++) {
        struct mx_str out = STR("untouched");
        int ok = base_phone_e164(arena, mx_str_of(phone_cases[i].text), mx_str_of(phone_cases[i].country), &out);
        if (ok != (phone_cases[i].want != NULL)) printf("# %s\n", phone_cases[i].text);
        CHECK_INT(ok, phone_cases[i].want != NULL);
        CHECK_STR(out, phone_cases[i].want ? phone_cases[i].want : "untouched");
    }
    base_arena_free(arena);
}

/* A normalised number stays as it is, whatever the country. */
TEST(phones_are_stable) {
    static const char *const numbers[] = {"+8613800138000", "+442079460958", "+12125550123", "+390612345678", "+74951234567",
                                          "+375291234567",  "+3612345678",   "+85223456789", "+2250102030405"};
    struct base_arena *arena = base_arena_new(256);
    size_t i;
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct mx_str out = STR("");
        CHECK(base_phone_e164(arena, mx_str_of(numbers[i]), STR("CN"), &out));
        CHECK_STR(out, numbers[i]);
    }
    base_arena_free(arena);
}

/* All countries of ISO 3166-1 but the two without inhabitants and telephones. */
TEST(phones_of_all_countries) {
    struct base_arena *arena = base_arena_new(256);
    FILE *file = fopen("/usr/share/zoneinfo/iso3166.tab", "r");
    char line[256];
    int countries = 0;
    if (file == NULL) printf("# the list of countries is not here: nothing to compare\n");
    while (file && fgets(line, sizeof(line), file)) {
        struct mx_str country = mx_str_n(line, 2), out, again;
        if (line[0] == '#' || mx_str_is(country, "BV") || mx_str_is(country, "HM")) continue;
        countries++;
        if (!base_phone_e164(arena, STR("234 567 8901"), country, &out)) {
            printf("# %.2s\n", line);
            CHECK(0);
            continue;
        }
        CHECK(out.len >= 12 && memcmp(out.ptr + out.len - 10, "2345678901", 10) == 0);
        CHECK(base_phone_e164(arena, out, STR(""), &again) && mx_str_eq(out, again));
    }
    CHECK(file == NULL || countries > 240);
    if (file) fclose(file);
    base_arena_free(arena);
}

TEST(ids) {
    struct base_arena *arena = base_arena_new(256);
    struct base_random random;
    struct mx_str early, late, same;
    base_random_seed_from(&random, 42);
    early = base_id_new(arena, "ord", 1000, &random);
    late = base_id_new(arena, "ord", 1001, &random);
    CHECK_INT(early.len, 30);
    CHECK(mx_str_cmp(early, late) < 0);
    CHECK(base_id_valid(early, "ord"));
    CHECK(base_id_valid(early, NULL));
    CHECK(!base_id_valid(early, "or"));
    CHECK(!base_id_valid(early, "orde"));
    base_random_seed_from(&random, 42);
    same = base_id_new(arena, "ord", 1000, &random);
    CHECK(mx_str_eq(early, same));
    CHECK_STR(mx_str_n(base_id_new(arena, "x", INT64_C(1469918176385), &random).ptr + 2, 10), "01ARYZ6S41"); /* of the ULID specification */
    base_random_seed(&random);
    CHECK(base_random_next(&random) != base_random_next(&random));
    base_arena_free(arena);
}

TEST(ids_refused) {
    static const char *const bad[] = {"",
                                      "ord_",
                                      "ord",
                                      "ord_01ARZ3NDEKTSV4RRFFQ69G5FA",
                                      "ord_01ARZ3NDEKTSV4RRFFQ69G5FAVV",
                                      "ord_81ARZ3NDEKTSV4RRFFQ69G5FAV",
                                      "ord_01ARZ3NDEKTSV4RRFFQ69G5FAI",
                                      "ord_01ARZ3NDEKTSV4RRFFQ69G5FAl",
                                      "ord_01arz3ndektsv4rrffq69g5fav",
                                      "ord-01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                      "_01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                      "o_01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                      "ordordord_01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                      "o1d_01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                      "ORD_01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                      "ord_01ARZ3NDEKTSV4RRFFQ69G5FAU"};
    size_t i;
    CHECK(base_id_valid(STR("ord_01ARZ3NDEKTSV4RRFFQ69G5FAV"), NULL));
    CHECK(base_id_valid(STR("ord_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), "ord"));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!base_id_valid(mx_str_of(bad[i]), NULL));
        CHECK(!base_id_valid(mx_str_of(bad[i]), "ord"));
    }
}

TEST(errors) {
    struct mx_error err;
    memset(&err, 0x55, sizeof(err));
    CHECK_INT(base_fail(&err, MX_E_OUT_OF_RANGE, "lines[0].qty", "%s must be at least %d", "qty", 1), MX_E_OUT_OF_RANGE);
    CHECK_INT(err.status, MX_E_OUT_OF_RANGE);
    CHECK(strcmp(err.code, "out_of_range") == 0);
    CHECK(strcmp(err.field, "lines[0].qty") == 0);
    CHECK(strcmp(err.message, "qty must be at least 1") == 0);
    CHECK(err.file && strstr(err.file, "test_text.c") && err.line > 0);
    CHECK_INT(base_error_set(&err, MX_E_REFUSED, "short_stock", NULL, "f", 1, "again: %s", err.message), MX_E_REFUSED);
    CHECK(strcmp(err.message, "again: qty must be at least 1") == 0);
    CHECK(strcmp(err.code, "short_stock") == 0 && err.field[0] == 0);
    CHECK_INT(base_fail(NULL, MX_E_IO, NULL, "nobody listens"), MX_E_IO);
}

TEST(long_messages_end_at_a_character) {
    struct mx_error err;
    char text[1200];
    size_t i;
    for (i = 0; i + 3 < sizeof(text); i += 3) memcpy(text + i, "\xE8\x8C\xB6", 4);
    for (i = 0; i < 3; i++) {
        (void)base_fail(&err, MX_E_BAD_INPUT, text, "%.*s%s", (int)i, "ab", text);
        CHECK(strlen(err.message) > 230 && base_utf8_valid(mx_str_of(err.message)));
        CHECK(strlen(err.field) > 90 && base_utf8_valid(mx_str_of(err.field)));
    }
}

TEST(statuses) {
    CHECK_INT(base_status_http(MX_OK), 200);
    CHECK_INT(base_status_http(MX_E_REFUSED), 409);
    CHECK_INT(base_status_http(MX_E_KEY_REUSED), 422);
    CHECK(strcmp(base_status_code(MX_E_ERASED), "erased") == 0);
    CHECK(strcmp(base_status_text(MX_E_NO_KEY), "a valid key is needed") == 0);
    CHECK(strcmp(base_status_code(-4711), "internal") == 0);
    CHECK_INT(base_status_http(-4711), 500);
}

RUN_TESTS(CASE(utf8), CASE(parse_int), CASE(hex), CASE(codes), CASE(lower), CASE(phones), CASE(phones_are_stable),
          CASE(phones_of_all_countries), CASE(ids), CASE(ids_refused), CASE(errors), CASE(long_messages_end_at_a_character), CASE(statuses))
