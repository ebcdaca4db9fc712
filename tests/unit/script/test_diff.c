/* Lines that differ: the way from one text to the other gives both texts back and is the shortest. */
#include "fixture.h"
#include "script/diff.h"

/* Both texts again, from the lines. */
static int holds(const char *from, const char *to, uint32_t steps) {
    struct base_buf a, b;
    struct script_diff diff;
    int64_t at_a = 0, at_b = 0;
    uint32_t i;
    int good;
    script_diff_lines(&bench.ctx, mx_str_of(from), mx_str_of(to), &diff);
    base_buf_init(&a, bench.arena);
    base_buf_init(&b, bench.arena);
    for (i = 0; i < diff.count; i++) {
        const struct script_diff_line *line = &diff.lines[i];
        if (line->change != SCRIPT_LINE_ADDED) {
            if (line->a != ++at_a) return 0;
            base_buf_str(&a, line->text);
            base_buf_char(&a, '\n');
        }
        if (line->change != SCRIPT_LINE_REMOVED) {
            if (line->b != ++at_b) return 0;
            base_buf_str(&b, line->text);
            base_buf_char(&b, '\n');
        }
    }
    good = mx_str_is(base_buf_view(&a), from) && mx_str_is(base_buf_view(&b), to) && diff.added + diff.removed == steps;
    if (!good) printf("# %u added, %u removed\n", diff.added, diff.removed);
    return good;
}

TEST(texts_come_back_from_their_differences) {
    bench_begin();
    CHECK(holds("a\nb\nc\n", "a\nb\nc\n", 0));
    CHECK(holds("", "a\nb\n", 2));
    CHECK(holds("a\nb\n", "", 2));
    CHECK(holds("a\nb\nc\n", "a\nc\n", 1));
    CHECK(holds("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", 5));
    CHECK(holds("x\n", "y\n", 2));
    CHECK(holds("a\na\na\n", "a\na\n", 1));
    CHECK(holds("\n\n", "\na\n\n", 1));
    bench_end();
}

/* Longest common run of lines, the slow and sure way. */
static uint32_t slow(const char *a, uint32_t n, const char *b, uint32_t m) {
    static uint32_t table[40][40];
    uint32_t i, k;
    for (i = 0; i <= n; i++) {
        for (k = 0; k <= m; k++) {
            if (i == 0 || k == 0)
                table[i][k] = 0;
            else if (a[i - 1] == b[k - 1])
                table[i][k] = table[i - 1][k - 1] + 1;
            else
                table[i][k] = table[i - 1][k] > table[i][k - 1] ? table[i - 1][k] : table[i][k - 1];
        }
    }
    return n + m - 2 * table[n][m];
}

TEST(the_way_is_the_shortest) {
    uint32_t round, i, seed = 7;
    bench_begin();
    for (round = 0; round < 3000; round++) {
        char a[32], b[32], from[64], to[64];
        uint32_t n, m;
        seed = seed * 1664525u + 1013904223u;
        n = (seed >> 8) % 30;
        m = (seed >> 16) % 30;
        for (i = 0; i < n; i++) seed = seed * 1664525u + 1013904223u, a[i] = (char)('a' + (seed >> 20) % 4);
        for (i = 0; i < m; i++) seed = seed * 1664525u + 1013904223u, b[i] = (char)('a' + (seed >> 20) % 4);
        for (i = 0; i < n; i++) from[2 * i] = a[i], from[2 * i + 1] = '\n';
        for (i = 0; i < m; i++) to[2 * i] = b[i], to[2 * i + 1] = '\n';
        from[2 * n] = to[2 * m] = '\0';
        if (!holds(from, to, slow(a, n, b, m))) CHECK_INT(round, -1);
        base_arena_reset(bench.arena);
    }
    bench_end();
}

TEST(much_that_changed_is_shown_as_one_change) {
    struct base_buf from, to;
    struct script_diff diff;
    int i;
    bench_begin();
    base_buf_init(&from, bench.arena);
    base_buf_init(&to, bench.arena);
    for (i = 0; i < 3000; i++) base_buf_printf(&from, "%d\n", i);
    for (i = 0; i < 3000; i++) base_buf_printf(&to, "%d\n", i % 100 == 0 ? i : -i);
    script_diff_lines(&bench.ctx, base_buf_view(&from), base_buf_view(&to), &diff);
    CHECK_INT(diff.added, 2999);
    CHECK_INT(diff.removed, 2999);
    script_diff_shorten(&diff, 2);
    CHECK_INT(diff.count, 5999);
    bench_end();
}

RUN_TESTS(CASE(texts_come_back_from_their_differences), CASE(the_way_is_the_shortest), CASE(much_that_changed_is_shown_as_one_change))
