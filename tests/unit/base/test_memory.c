/* Arena, buffer, map. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "support/check.h"

TEST(arena_gives_zeroed_aligned_memory) {
    struct base_arena *arena = base_arena_new(100);
    size_t i, bytes;
    for (bytes = 0; bytes < 5000; bytes = bytes * 2 + 1) {
        unsigned char *p = base_arena_alloc(arena, bytes);
        REQUIRE(p != NULL);
        CHECK((uintptr_t)p % 16 == 0);
        for (i = 0; i < bytes; i++) CHECK(p[i] == 0);
        memset(p, 0xAA, bytes);
    }
    base_arena_free(arena);
    base_arena_free(NULL);
}

TEST(arena_keeps_what_it_gave) {
    struct base_arena *arena = base_arena_new(64);
    struct mx_str texts[300];
    int i;
    for (i = 0; i < 300; i++) texts[i] = base_arena_printf(arena, "text number %d", i);
    for (i = 0; i < 300; i++) {
        char want[32];
        snprintf(want, sizeof(want), "text number %d", i);
        CHECK_STR(texts[i], want);
        CHECK(texts[i].ptr[texts[i].len] == 0);
    }
    base_arena_free(arena);
}

TEST(arena_reset_returns_to_the_first_block) {
    struct base_arena *arena = base_arena_new(4096);
    size_t before = base_arena_size(arena);
    void *first = base_arena_alloc(arena, 16);
    int round;
    memset(first, 0xFF, 16);
    for (round = 0; round < 3; round++) {
        unsigned char *again;
        (void)base_arena_alloc(arena, 1 << 20);
        CHECK(base_arena_size(arena) > before);
        base_arena_reset(arena);
        CHECK_INT(base_arena_size(arena), before);
        again = base_arena_alloc(arena, 16);
        CHECK(again == first);
        CHECK(again[0] == 0 && again[15] == 0);
    }
    base_arena_free(arena);
}

TEST(arena_dup_ends_with_nul) {
    struct base_arena *arena = base_arena_new(64);
    struct mx_str copy = base_arena_dup(arena, mx_str_n("hello world", 5));
    struct mx_str empty = base_arena_dup(arena, mx_str_n(NULL, 0));
    CHECK_STR(copy, "hello");
    CHECK(copy.ptr[5] == 0);
    CHECK(empty.len == 0 && empty.ptr != NULL && empty.ptr[0] == 0);
    base_arena_free(arena);
}

static void fill(struct base_buf *buf) {
    int i;
    base_buf_text(buf, "a");
    base_buf_str(buf, mx_str_of("bc"));
    base_buf_add(buf, "", 0);
    base_buf_char(buf, 'd');
    base_buf_int(buf, 0);
    base_buf_char(buf, ' ');
    base_buf_int(buf, -120);
    base_buf_char(buf, ' ');
    base_buf_int(buf, INT64_MIN);
    base_buf_char(buf, ' ');
    base_buf_int(buf, INT64_MAX);
    base_buf_printf(buf, " %s-%03d", "x", 7);
    for (i = 0; i < 1000; i++) base_buf_char(buf, '.');
}

TEST(buf_grows_on_heap_and_in_arena) {
    static const char head[] = "abcd0 -120 -9223372036854775808 9223372036854775807 x-007";
    struct base_arena *arena = base_arena_new(64);
    struct base_buf heap, inside;
    base_buf_init(&heap, NULL);
    base_buf_init(&inside, arena);
    fill(&heap);
    fill(&inside);
    CHECK_INT(heap.len, sizeof(head) - 1 + 1000);
    CHECK(memcmp(heap.ptr, head, sizeof(head) - 1) == 0);
    CHECK(heap.ptr[heap.len - 1] == '.');
    CHECK(mx_str_eq(base_buf_view(&heap), base_buf_view(&inside)));
    base_buf_fini(&heap);
    base_buf_fini(&heap);
    CHECK(heap.ptr == NULL && heap.len == 0);
    base_buf_fini(&inside);
    base_arena_free(arena);
}

TEST(buf_reserve_makes_room_behind_the_end) {
    struct base_buf buf;
    char *room;
    base_buf_init(&buf, NULL);
    base_buf_text(&buf, "abc");
    room = base_buf_reserve(&buf, 5000);
    memset(room, 'z', 5000);
    CHECK(room == buf.ptr + 3);
    CHECK_INT(buf.len, 3);
    buf.len += 5000;
    CHECK(buf.ptr[0] == 'a' && buf.ptr[5002] == 'z');
    base_buf_fini(&buf);
}

TEST(map_sets_gets_removes) {
    struct base_map map;
    int one = 1, two = 2;
    base_map_init(&map);
    CHECK(base_map_get(&map, mx_str_of("a")) == NULL);
    CHECK(base_map_remove(&map, mx_str_of("a")) == NULL);
    CHECK_INT(base_map_set(&map, mx_str_of("a"), &one), 1);
    CHECK_INT(base_map_set(&map, mx_str_of("a"), &two), 0);
    CHECK_INT(base_map_set(&map, mx_str_of(""), &one), 1);
    CHECK(base_map_get(&map, mx_str_of("a")) == &two);
    CHECK(base_map_get(&map, mx_str_of("")) == &one);
    CHECK(base_map_get(&map, mx_str_of("ab")) == NULL);
    CHECK(base_map_remove(&map, mx_str_of("a")) == &two);
    CHECK(base_map_get(&map, mx_str_of("a")) == NULL);
    CHECK_INT(map.count, 1);
    base_map_fini(&map);
}

/* Against a plain array, so that shifting entries back on removal is proved. */
TEST(map_agrees_with_an_array) {
    enum { N = 500 };
    static char names[N][8];
    static int present[N];
    struct base_map map;
    uint32_t seed = 7, step, at = 0, count = 0;
    struct mx_str key;
    void *value;
    int i;
    base_map_init(&map);
    for (i = 0; i < N; i++) snprintf(names[i], sizeof(names[i]), "k%d", i);
    for (step = 0; step < 20000; step++) {
        seed = seed * 1664525u + 1013904223u;
        i = (int)((seed >> 8) % N);
        if (seed >> 31) {
            CHECK_INT(base_map_set(&map, mx_str_of(names[i]), names[i]), !present[i]);
            present[i] = 1;
        } else {
            CHECK(base_map_remove(&map, mx_str_of(names[i])) == (present[i] ? names[i] : NULL));
            present[i] = 0;
        }
        i = (int)((seed >> 4) % N);
        CHECK(base_map_get(&map, mx_str_of(names[i])) == (present[i] ? names[i] : NULL));
    }
    while (base_map_next(&map, &at, &key, &value)) {
        CHECK_STR(key, (const char *)value);
        count++;
    }
    for (i = 0; i < N; i++) count -= (uint32_t)present[i];
    CHECK_INT(count, 0);
    base_map_fini(&map);
}

RUN_TESTS(CASE(arena_gives_zeroed_aligned_memory), CASE(arena_keeps_what_it_gave), CASE(arena_reset_returns_to_the_first_block),
          CASE(arena_dup_ends_with_nul), CASE(buf_grows_on_heap_and_in_arena), CASE(buf_reserve_makes_room_behind_the_end),
          CASE(map_sets_gets_removes), CASE(map_agrees_with_an_array))
