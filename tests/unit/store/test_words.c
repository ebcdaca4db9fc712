/* Keys as people read them: whatever bytes stand in a key, what comes out is UTF-8 on one line. */
#include "base/text.h"
#include "store/internal.h"
#include "support/check.h"

static const struct mx_field text_field = {"name", "", 0, MX_KIND_STR, 0, 0, 64, NULL, NULL, NULL};
static const struct mx_field number_field = {"seq", "", 0, MX_KIND_INT, 0, 0, 64, NULL, NULL, NULL};

static struct mx_str words_of(struct base_arena *arena, const struct store_key *key) {
    const struct store_part parts[] = {{&text_field, 0, -1, 0, 0}, {&number_field, 1, -1, 0, 0}};
    struct store_bytes bytes = {key->bytes, key->len};
    return store_key_words(arena, parts, 2, bytes);
}

static void words_are(const char *text, const char *want) {
    struct base_arena *arena = base_arena_new(256);
    struct store_key key = {0};
    struct mx_str words;
    store_key_space(&key, 256);
    store_key_add_text(&key, mx_str_of(text));
    store_key_add_int(&key, 7);
    words = words_of(arena, &key);
    CHECK_STR(words, want);
    CHECK(base_utf8_valid(words));
    base_arena_free(arena);
}

TEST(texts_and_numbers_stand_as_they_are) {
    words_are("TEA-001", "TEA-001/7");
    words_are("\xe9\xbe\x99\xe4\xba\x95", "\xe9\xbe\x99\xe4\xba\x95/7");
}

TEST(separators_and_controls_are_escaped) { words_are("a/b%c\n", "a%2Fb%25c%0A/7"); }

TEST(what_is_no_utf8_is_escaped) {
    words_are("x\xd4y", "x%D4y/7");
    words_are("\xe9\xbe", "%E9%BE/7"); /* a character cut in two */
}

RUN_TESTS(CASE(texts_and_numbers_stand_as_they_are), CASE(separators_and_controls_are_escaped), CASE(what_is_no_utf8_is_escaped))
