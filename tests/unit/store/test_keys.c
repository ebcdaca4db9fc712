/* Keys sort as the values do: random texts and numbers against memcmp of their keys. */
#include "base/id.h"
#include "store/internal.h"
#include "support/check.h"

static struct base_random dice;

static struct mx_str random_text(struct base_arena *arena) {
    static const char bytes[] = {0, 1, 2, 'a', 'b', (char)0xFE, (char)0xFF};
    uint32_t len = (uint32_t)(base_random_next(&dice) % 7);
    char *text = base_arena_alloc(arena, len + 1);
    for (uint32_t i = 0; i < len; i++) text[i] = bytes[base_random_next(&dice) % sizeof(bytes)];
    return mx_str_n(text, len);
}

static int64_t random_number(void) {
    static const int64_t edges[] = {0, 1, -1, INT64_MAX, INT64_MIN, 255, 256, -256, MX_INT_MAX, -MX_INT_MAX};
    if (base_random_next(&dice) % 2) return edges[base_random_next(&dice) % (sizeof(edges) / sizeof(edges[0]))];
    return (int64_t)base_random_next(&dice) >> (base_random_next(&dice) % 60);
}

static int sign(int c) { return (c > 0) - (c < 0); }

static int bytes_cmp(const struct base_buf *a, const struct base_buf *b) {
    int c = memcmp(a->ptr, b->ptr, a->len < b->len ? a->len : b->len);
    return c ? sign(c) : (a->len > b->len) - (a->len < b->len);
}

struct tuple {
    struct mx_str text;
    int64_t number;
    struct mx_str tail;
    struct base_buf key;
};

static void tuple_make(struct tuple *tuple, struct base_arena *arena) {
    tuple->text = random_text(arena);
    tuple->number = random_number();
    tuple->tail = random_text(arena);
    base_buf_init(&tuple->key, arena);
    store_key_text(&tuple->key, tuple->text);
    store_key_int(&tuple->key, tuple->number);
    store_key_text(&tuple->key, tuple->tail);
}

static int tuple_cmp(const struct tuple *a, const struct tuple *b) {
    int c = sign(mx_str_cmp(a->text, b->text));
    if (c == 0) c = (a->number > b->number) - (a->number < b->number);
    return c ? c : sign(mx_str_cmp(a->tail, b->tail));
}

TEST(order) {
    int wrong = 0;
    base_random_seed_from(&dice, 7);
    for (int round = 0; round < 20; round++) {
        struct base_arena *arena = base_arena_new(64 << 10);
        for (int i = 0; i < 2000; i++) {
            struct tuple a, b;
            tuple_make(&a, arena);
            tuple_make(&b, arena);
            if (base_random_next(&dice) % 3 == 0) { /* meet often in the first field */
                b.text = a.text;
                base_buf_init(&b.key, arena);
                store_key_text(&b.key, b.text);
                store_key_int(&b.key, b.number);
                store_key_text(&b.key, b.tail);
            }
            wrong += bytes_cmp(&a.key, &b.key) != tuple_cmp(&a, &b);
        }
        base_arena_free(arena);
    }
    CHECK_INT(wrong, 0);
}

TEST(there_and_back) {
    struct base_arena *arena = base_arena_new(64 << 10);
    int wrong = 0;
    base_random_seed_from(&dice, 8);
    for (int i = 0; i < 5000; i++) {
        struct tuple tuple;
        struct store_span key;
        struct mx_str text;
        int64_t number;
        tuple_make(&tuple, arena);
        key = (struct store_span){(const uint8_t *)tuple.key.ptr, tuple.key.len};
        wrong += !store_key_take_text(arena, &key, &text) || !mx_str_eq(text, tuple.text);
        wrong += !store_key_take_int(&key, &number) || number != tuple.number;
        wrong += !store_key_take_text(arena, &key, &text) || !mx_str_eq(text, tuple.tail);
        wrong += key.len != 0;
    }
    CHECK_INT(wrong, 0);
    base_arena_free(arena);
}

/* The keys of tables are the same bytes as those of raw spaces; both are part of the data format. */
TEST(one_encoding) {
    struct base_arena *arena = base_arena_new(64 << 10);
    int wrong = 0;
    base_random_seed_from(&dice, 9);
    for (int i = 0; i < 5000; i++) {
        struct store_key key = {0, 0, {0}};
        struct tuple tuple;
        tuple_make(&tuple, arena);
        store_key_add_text(&key, tuple.text);
        store_key_add_int(&key, tuple.number);
        store_key_add_text(&key, tuple.tail);
        wrong += key.too_long || key.len != tuple.key.len || memcmp(key.bytes, tuple.key.ptr, key.len) != 0;
    }
    CHECK_INT(wrong, 0);
    base_arena_free(arena);
}

/* Exact bytes, so that a change of the format is noticed. */
TEST(known_bytes) {
    struct base_arena *arena = base_arena_new(256);
    struct base_buf key;
    base_buf_init(&key, arena);
    store_key_text(&key, mx_str_n("a\0b", 3));
    store_key_int(&key, -2);
    store_key_int(&key, 258);
    CHECK(key.len == 6 + 16 && memcmp(key.ptr,
                                      "a\0\xFF"
                                      "b\0\0"
                                      "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFE"
                                      "\x80\0\0\0\0\0\1\2",
                                      22) == 0);
    base_arena_free(arena);
}

/* Cut or foreign bytes are refused, never read beyond. */
TEST(malformed) {
    struct base_arena *arena = base_arena_new(4096);
    static const char *const texts[] = {"", "a", "\0", "a\0\1", "a\0"};
    static const size_t lengths[] = {0, 1, 1, 3, 2};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        uint8_t *copy = base_arena_alloc(arena, lengths[i] + 1);
        struct store_span key = {copy, lengths[i]};
        struct mx_str text;
        int64_t number;
        memcpy(copy, texts[i], lengths[i]);
        CHECK(!store_key_take_text(arena, &key, &text));
        CHECK(!store_key_take_int(&key, &number));
        CHECK_INT(key.len, lengths[i]);
    }
    base_arena_free(arena);
}

RUN_TESTS(CASE(order), CASE(there_and_back), CASE(one_encoding), CASE(known_bytes), CASE(malformed))
