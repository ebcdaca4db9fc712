/* The command line: what is taken, what is refused and by which name. */
#include "app/internal.h"
#include "support/check.h"

struct parsed {
    const char *data;
    struct app_words plugins;
    int on;
    struct app_words rest;
};

static int parse(struct parsed *p, int may_rest, const char *const *argv) {
    const struct app_option options[] = {
        {"data", "DIR", "folder", &p->data, NULL, NULL},
        {"plugin", "NAME", "plugin", NULL, &p->plugins, NULL},
        {"on", NULL, "switch", NULL, NULL, &p->on},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"test", NULL, "A test.", options};
    char *copy[16];
    int argc = 0;
    memset(p, 0, sizeof(*p));
    for (; argv[argc]; argc++) copy[argc] = (char *)(uintptr_t)argv[argc];
    return app_parse(&usage, argc, copy, may_rest ? &p->rest : NULL);
}

#define PARSE(p, may_rest, ...) parse((p), (may_rest), (const char *const[]){"test", __VA_ARGS__, NULL})

TEST(options_are_taken) {
    struct parsed p;
    CHECK_INT(PARSE(&p, 1, "--data", "a", "one", "--on", "--plugin=x", "--plugin", "y", "--data=b", "-", "--", "--on"), APP_GO_ON);
    CHECK(strcmp(p.data, "b") == 0);
    CHECK_INT(p.on, 1);
    CHECK_INT(p.plugins.count, 2);
    CHECK(strcmp(p.plugins.at[0], "x") == 0 && strcmp(p.plugins.at[1], "y") == 0);
    CHECK_INT(p.rest.count, 3);
    CHECK(strcmp(p.rest.at[1], "-") == 0 && strcmp(p.rest.at[2], "--on") == 0);
}

TEST(a_value_may_be_empty_or_hold_dashes) {
    struct parsed p;
    CHECK_INT(PARSE(&p, 0, "--data="), APP_GO_ON);
    CHECK(strcmp(p.data, "") == 0);
    CHECK_INT(PARSE(&p, 0, "--data", "--on"), APP_GO_ON);
    CHECK(strcmp(p.data, "--on") == 0);
    CHECK_INT(p.on, 0);
}

TEST(what_is_not_known_is_refused) {
    struct parsed p;
    CHECK_INT(PARSE(&p, 1, "--dat", "x"), APP_USAGE);
    CHECK_INT(PARSE(&p, 1, "--data2=x"), APP_USAGE);
    CHECK_INT(PARSE(&p, 1, "-d"), APP_USAGE);
    CHECK_INT(PARSE(&p, 1, "--data"), APP_USAGE);
    CHECK_INT(PARSE(&p, 1, "--on=1"), APP_USAGE);
    CHECK_INT(PARSE(&p, 0, "word"), APP_USAGE);
}

TEST(too_many_words_are_refused) {
    struct parsed p;
    const char *argv[APP_WORDS_MAX + 3] = {"test"};
    char *copy[APP_WORDS_MAX + 3];
    const struct app_option none[] = {{NULL, NULL, NULL, NULL, NULL, NULL}};
    const struct app_usage usage = {"test", NULL, "A test.", none};
    int i;
    memset(&p, 0, sizeof(p));
    for (i = 1; i <= APP_WORDS_MAX + 1; i++) argv[i] = "w";
    for (i = 0; i <= APP_WORDS_MAX + 1; i++) copy[i] = (char *)(uintptr_t)argv[i];
    CHECK_INT(app_parse(&usage, APP_WORDS_MAX + 1, copy, &p.rest), APP_GO_ON);
    p.rest.count = 0;
    CHECK_INT(app_parse(&usage, APP_WORDS_MAX + 2, copy, &p.rest), APP_USAGE);
}

TEST(numbers_are_whole_and_within_bounds) {
    int64_t n = 7;
    CHECK(app_parse_number("test", "n", "0", 0, 6, &n) && n == 0);
    CHECK(app_parse_number("test", "n", "6", 0, 6, &n) && n == 6);
    CHECK(!app_parse_number("test", "n", "7", 0, 6, &n));
    CHECK(!app_parse_number("test", "n", "-1", 0, 6, &n));
    CHECK(!app_parse_number("test", "n", "1x", 0, 6, &n));
    CHECK(!app_parse_number("test", "n", "", 0, 6, &n));
    CHECK_INT(n, 6);
}

RUN_TESTS(CASE(options_are_taken), CASE(a_value_may_be_empty_or_hold_dashes), CASE(what_is_not_known_is_refused),
          CASE(too_many_words_are_refused), CASE(numbers_are_whole_and_within_bounds))
