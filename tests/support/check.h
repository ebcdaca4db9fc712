/* A small harness: TEST(name) { CHECK(...); } in any number, then RUN_TESTS(...) as the program's main.
 *
 * Prints one line a test and ends with "N passed, M failed"; the exit code is 1 when one failed. */
#ifndef TESTS_SUPPORT_CHECK_H
#define TESTS_SUPPORT_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int check_failures;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            printf("# %s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                                         \
            check_failures++;                                                                                          \
        }                                                                                                              \
    } while (0)

/* Stop the test at once when this does not hold. */
#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            printf("# %s:%d: not true, test stopped: %s\n", __FILE__, __LINE__, #condition);                           \
            check_failures++;                                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

#define CHECK_INT(got, want)                                                                                           \
    do {                                                                                                               \
        long long got_ = (long long)(got), want_ = (long long)(want);                                                  \
        if (got_ != want_) {                                                                                           \
            printf("# %s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #got, got_, want_);                          \
            check_failures++;                                                                                          \
        }                                                                                                              \
    } while (0)

/* A function, so that the compiler does not reason about each literal on its own. */
static inline void check_str(const char *file, int line, const char *what, const char *got, size_t len, const char *want) {
    if (len == strlen(want) && (len == 0 || memcmp(got, want, len) == 0)) return;
    printf("# %s:%d: %s is \"%.*s\", not \"%s\"\n", file, line, what, (int)len, got ? got : "", want);
    check_failures++;
}

/* got: struct mx_str, want: C string */
#define CHECK_STR(got, want)                                                                                           \
    do {                                                                                                               \
        struct mx_str got_ = (got);                                                                                    \
        check_str(__FILE__, __LINE__, #got, got_.ptr, got_.len, (want));                                               \
    } while (0)

struct check_case {
    const char *name;
    void (*run)(void);
};

#define TEST(name) static void test_##name(void)
#define CASE(name) {#name, test_##name}

static inline int check_main(const struct check_case *cases, size_t count, int argc, char **argv) {
    size_t i;
    int passed = 0, failed = 0;
    for (i = 0; i < count; i++) {
        if (argc > 1 && strstr(cases[i].name, argv[1]) == NULL) continue;
        check_failures = 0;
        cases[i].run();
        printf("%s %s\n", check_failures ? "not ok" : "ok", cases[i].name);
        fflush(stdout);
        if (check_failures)
            failed++;
        else
            passed++;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}

#define RUN_TESTS(...)                                                                                                 \
    int main(int argc, char **argv) {                                                                                  \
        static const struct check_case cases[] = {__VA_ARGS__};                                                        \
        return check_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);                                        \
    }

#endif
