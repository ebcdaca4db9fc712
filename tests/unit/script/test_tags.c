/* tag{...}: what it reads, what it says and why, when it is asked again; faults take nothing and give nothing. */
#include "fixture.h"
#include "script/tag.h"

#define DAY (24 * 3600 * INT64_C(1000))

static struct mx_behaviour did[600];
static uint32_t did_count, asked_shop;
static int64_t churn;

static mx_status answer_point(struct mx_ctx *ctx, const struct mx_point *point, const void *in, void *out) {
    asked_shop++;
    if (strcmp(point->name, MX_POINT_BEHAVIOUR) == 0) {
        ((struct mx_behaviours *)out)->behaviours = (struct mx_list){did, did_count, sizeof(did[0])};
        return MX_OK;
    }
    if (strcmp(point->name, MX_POINT_COUNT) == 0) {
        ((struct mx_count_answer *)out)->value = 4;
        ((struct mx_count_answer *)out)->oldest = NOON_CHINA - 10 * DAY;
        return MX_OK;
    }
    if (strcmp(point->name, MX_POINT_SCORE) == 0) {
        const struct mx_score_ask *ask = in;
        if (!mx_str_is(ask->name, "churn_ppm")) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "There is no such score.");
        *(struct mx_score *)out = (struct mx_score){churn > 0, churn};
        return MX_OK;
    }
    return MX_DECLINED;
}

static void begin(void) {
    bench_begin();
    bench.op.ask = answer_point;
    bench.ctx.now_ms = bench.ctx.expiry_ms = NOON_CHINA;
    did_count = asked_shop = 0;
    churn = 0;
}

static void add(const char *kind, const char *subject, int64_t minutes_ago, int64_t dwell_ms, const char *session) {
    did[did_count++] =
        (struct mx_behaviour){mx_str_of(session), mx_str_of(kind), mx_str_of(subject), NOON_CHINA - minutes_ago * 60000, dwell_ms};
}

static struct mx_tags asked(const char *held) {
    static struct mx_str one;
    static struct mx_pair skin = {{"skin", 4}, {"dry", 3}};
    struct mx_tags_ask ask = {.member = mx_str_of("mem_1"), .tier = mx_str_of("gold"), .traits = {&skin, 1, sizeof(skin)}};
    struct mx_tags tags;
    memset(&tags, 0, sizeof(tags));
    one = mx_str_of(held);
    if (held[0]) ask.held = (struct mx_list){&one, 1, sizeof(one)};
    CHECK_INT(script_tags_answer(&bench.ctx, &ask, &tags), MX_OK);
    return tags;
}

static const struct mx_tag *tag_at(const struct mx_tags *tags, uint32_t i) { return mx_list_at(&tags->tags, i); }

static void refused(const char *text, const char *words) {
    write_rules("rules.lua", text);
    CHECK_INT(load(), MX_E_BAD_INPUT);
    if (strstr(bench.err.message, words) != NULL) return;
    printf("# %s\n#   said: %s\n", text, bench.err.message);
    check_failures++;
}

TEST(declarations_are_checked) {
    begin();
    refused("tag { code = 'a' }", "tag 'a': when is missing");
    refused("tag { code = 'A', path = {'page:x'} }", "the code of a tag has letters a-z");
    refused("tag { code = 'a', path = {'page'} }", "a step of a path is written like \"page:sunscreen\"");
    refused("tag { code = 'a', path = {} }", "tag 'a'");
    refused("tag { code = 'a', within_minutes = 5, when = function() end }", "belong to a path");
    refused("tag { code = 'a', path = {'page:x'}, within = 5 }", "the key 'within' is not known");
    refused("tag { code = 'a', path = {'page:x'} }\ntag { code = 'a', path = {'page:y'} }", "the code 'a' is used already");
    bench_end();
}

TEST(without_tags_nobody_answers) {
    struct mx_tags_ask ask = {.member = mx_str_of("mem_1")};
    struct mx_tags tags;
    begin();
    REQUIRE(rules("promotion { id = 'a', amount = 1 }"));
    CHECK_INT(script_tags_answer(&bench.ctx, &ask, &tags), MX_DECLINED);
    REQUIRE(rules("tag { code = 'a', path = {'page:x'} }"));
    memset(&tags, 0, sizeof(tags));
    ask.member = mx_str_of("");
    CHECK_INT(script_tags_answer(&bench.ctx, &ask, &tags), MX_OK); /* there are rules, and nobody was looked at */
    CHECK_INT(asked_shop, 0);
    CHECK_INT(tags.tags.count, 0);
    bench_end();
}

TEST(a_function_says_yes_and_why) {
    struct mx_tags tags;
    begin();
    REQUIRE(rules("tag { code = 'z-late', when = function(c) return c.dwell('page', 'x', 30) > 180000, 'long' end }\n"
                  "tag { code = 'dry', when = function(c) return c.traits.skin == 'dry' and c.tier == 'gold', 'dry skin' end }\n"
                  "tag { code = 'wet', when = function(c) return c.traits.mood == 'wet' end }\n"
                  "tag { code = 'asks', when = function(c) return c.asked('fit') >= 3, 'asked ' .. c.asked('fit') end }\n"));
    add("page", "x", 60, 100000, "s");
    add("page", "x", 50, 80001, "s");
    add("ask", "fit", 40, 0, "s");
    add("intent", "fit", 30, 0, "s");
    tags = asked("");
    REQUIRE(tags.tags.count == 2);
    CHECK_STR(tag_at(&tags, 0)->tag, "dry"); /* by code */
    CHECK_STR(tag_at(&tags, 0)->reason, "dry skin");
    CHECK_STR(tag_at(&tags, 1)->tag, "z-late");
    CHECK_STR(tag_at(&tags, 1)->rule, "z-late");
    CHECK(tags.version.len > 0);
    CHECK_INT(asked_shop, 1); /* what she did is read once for all rules */
    add("ask", "fit", 20, 0, "s");
    tags = asked("");
    REQUIRE(tags.tags.count == 3);
    CHECK_STR(tag_at(&tags, 0)->reason, "asked 3");
    bench_end();
}

TEST(windows_say_when_to_ask_again) {
    struct mx_tags tags;
    begin();
    REQUIRE(rules("tag { code = 'did', when = function(c) return c.did('page', nil, 5) > 0 end }\n"
                  "tag { code = 'counts', when = function(c) return c.count('visits', 30) >= 4 end }\n"
                  "tag { code = 'ever', when = function(c) return c.count('visits') >= 4 end }\n"));
    add("page", "x", 24 * 60, 0, "s");
    tags = asked("");
    REQUIRE(tags.tags.count == 3);
    CHECK_INT(tag_at(&tags, 0)->review_at, NOON_CHINA + 20 * DAY);
    CHECK_INT(tag_at(&tags, 1)->review_at, NOON_CHINA + 4 * DAY);
    CHECK_INT(tag_at(&tags, 2)->review_at, 0);
    CHECK_INT(tags.review_at, NOON_CHINA + 4 * DAY);
    bench_end();
}

TEST(a_path_wants_order_visit_time_and_dwell) {
    static const char *const file = "tag { code = 'way', path = {'page:sun', 'page:face*'}, within_minutes = 30, min_dwell_ms = 1000 }";
    struct mx_tags tags;
    begin();
    REQUIRE(rules(file));
    add("page", "sun", 50, 2000, "a");
    add("page", "face-primer", 10, 2000, "a"); /* too late */
    CHECK_INT(asked("").tags.count, 0);
    add("page", "sun", 9, 999, "a"); /* too short */
    add("page", "face-primer", 8, 2000, "a");
    CHECK_INT(asked("").tags.count, 0);
    add("page", "sun", 7, 2000, "b"); /* another visit */
    add("page", "face-primer", 6, 2000, "a");
    CHECK_INT(asked("").tags.count, 0);
    add("page", "other", 5, 2000, "b");
    add("page", "face-serum", 4, 2000, "b");
    tags = asked("");
    REQUIRE(tags.tags.count == 1);
    CHECK_STR(tag_at(&tags, 0)->reason, "page:sun > page:face*");
    CHECK_INT(tags.review_at, NOON_CHINA - 7 * 60000 + 30 * DAY);
    bench_end();
}

TEST(a_path_takes_each_deed_once_and_the_shortest_way) {
    begin();
    REQUIRE(rules("tag { code = 'way', path = {'page:a', 'page:a', 'page:b'}, within_minutes = 10 }"));
    add("page", "a", 60, 0, "v");
    add("page", "b", 59, 0, "v"); /* one a is not two */
    CHECK_INT(asked("").tags.count, 0);
    add("page", "a", 45, 0, "v");
    add("page", "b", 44, 0, "v"); /* the first a is too long ago */
    CHECK_INT(asked("").tags.count, 0);
    add("page", "a", 43, 0, "");
    add("page", "a", 42, 0, "");
    add("page", "b", 41, 0, ""); /* what belongs to no visit is no way */
    CHECK_INT(asked("").tags.count, 0);
    add("page", "a", 40, 0, "v");
    add("page", "b", 35, 0, "v");
    add("page", "b", 5, 0, "v"); /* the nearest b counts */
    CHECK_INT(asked("").tags.count, 1);
    bench_end();
}

TEST(scores_are_numbers_or_nil) {
    struct mx_tags tags;
    begin();
    REQUIRE(rules("tag { code = 'risk', when = function(c) return (c.score('churn_ppm') or 0) > 700000 end }\n"
                  "tag { code = 'no-such', when = function(c) return c.score('none') end }\n"));
    CHECK_INT(asked("").tags.count, 0);
    churn = 800000;
    tags = asked("");
    REQUIRE(tags.tags.count == 1);
    CHECK_STR(tag_at(&tags, 0)->tag, "risk");
    bench_end();
}

TEST(a_rule_that_fails_takes_nothing_and_gives_nothing) {
    begin();
    REQUIRE(rules("tag { code = 'odd', when = function(c) return c.dwel('page') > 1 end }"));
    CHECK_INT(asked("").tags.count, 0);
    CHECK_INT(asked("odd").tags.count, 1);
    REQUIRE(rules("tag { code = 'odd', when = function(c) return 1 end }"));
    CHECK_INT(asked("odd").tags.count, 1);
    REQUIRE(rules("tag { code = 'odd', when = function(c) return true, 7 end }"));
    CHECK_INT(asked("").tags.count, 0);
    bench_end();
}

TEST(a_long_reason_is_cut_between_characters) {
    struct mx_tags tags;
    begin();
    REQUIRE(rules("tag { code = 'long', when = function(c) local s = '茶' for i = 1, 8 do s = s .. s end return true, s end }"));
    tags = asked("");
    REQUIRE(tags.tags.count == 1);
    CHECK_INT(tag_at(&tags, 0)->reason.len, 198);
    bench_end();
}

TEST(five_hundred_things_fit_the_budget) {
    uint32_t i;
    begin();
    REQUIRE(rules("tag { code = 'way', path = {'page:a', 'page:b'} }\n"
                  "tag { code = 'fn', when = function(c) return c.path('page:a', 'page:b') or c.did('page', 'a') > 400 end }"));
    for (i = 0; i < 500; i++) add("page", "a", 600 - i, 0, "s");
    CHECK_INT(asked("").tags.count, 1);
    bench_end();
}

TEST(tests_say_what_a_customer_did) {
    begin();
    refused("tag { code = 'a', path = {'page:x'} }\ntest('t', function(t) t.ok(t.tag('a', {did = {{'page', 'y'}}}), 'no') end)", "no");
    refused("test('t', function(t) t.tag('none', {}) end)", "there is no tag 'none'");
    refused("tag { code = 'a', path = {'page:x'} }\ntest('t', function(t) t.tag('a', {did = {{}}}) end)",
            "did: entry 1: there must be at least 1 entry");
    refused("tag { code = 'a', path = {'page:x'} }\ntest('t', function(t) t.tag('a', {traits = {skin = 1}}) end)", "traits are at most");
    REQUIRE(
        rules("tag { code = 'a', when = function(c) return c.count('visits', 9) == 2 and c.score('x') == 5 and c.traits.k == 'v' end }\n"
              "test('t', function(t) t.ok(t.tag('a', {scores = {x = 5}, traits = {k = 'v'}, "
              "entries = {{'visits', days_ago = {1, 2, 10}}}})) end)"));
    bench_end();
}

RUN_TESTS(CASE(declarations_are_checked), CASE(without_tags_nobody_answers), CASE(a_function_says_yes_and_why),
          CASE(windows_say_when_to_ask_again), CASE(a_path_wants_order_visit_time_and_dwell),
          CASE(a_path_takes_each_deed_once_and_the_shortest_way), CASE(scores_are_numbers_or_nil),
          CASE(a_rule_that_fails_takes_nothing_and_gives_nothing), CASE(a_long_reason_is_cut_between_characters),
          CASE(five_hundred_things_fit_the_budget), CASE(tests_say_what_a_customer_did))
