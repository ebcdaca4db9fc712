/* Tests in rule files: they end, whatever they ask. */
#include "fixture.h"

static const char tiers[] = "tier { code = 'gold', rank = 1, when = function(member) return member.orders >= 1 end }\n";

static void refused(const char *file, const char *why) {
    double start = cpu_ms();
    bench_begin();
    write_rules("rules.lua", base_arena_printf(bench.arena, "%s%s", tiers, file).ptr);
    CHECK_INT(load(), MX_E_BAD_INPUT);
    if (strstr(bench.err.message, why) == NULL) {
        printf("# %s\n", bench.err.message);
        check_failures++;
    }
    printf("# refused after %.0f ms\n", cpu_ms() - start);
    bench_end();
}

TEST(a_day_that_does_not_exist_is_named) {
    refused("promotion { id = 'a', amount = 1 }\n"
            "test('when', function(t) t.offers('a', {at = '2026-02-30 12:00', lines = {{sku = 'A', unit_price = 1}}}) end)\n",
            "2026-02-30 12:00: there is no such day");
}

/* Each question has a budget of its own; the questions themselves have not. */
TEST(a_test_that_asks_for_ever_is_ended) {
    refused("test('for ever', function(t) while true do t.tier('gold', {orders = 1}) end end)\n", "this took more than the 20000 steps");
    refused("test('carts', function(t) while true do t.given('a.b', {}) end end)\n", "t.given was called more than 50 times");
}

TEST(a_test_may_compare_much) {
    bench_begin();
    CHECK(rules("test('much', function(t) for i = 1, 500 do t.equal(i, i) end t.equal('a', 'a') t.equal({a = {1}}, {a = {1}}) end)\n"));
    CHECK(!rules("test('other', function(t) t.equal(1, 2) end)\n"));
    CHECK(strstr(bench.err.message, "expected 2, got 1") != NULL);
    CHECK(!rules("test('other', function(t) t.equal(1.5, 1.5) end)\n"));
    bench_end();
}

/* What a rule takes while a test asks it is not taken from the test. */
TEST(a_test_goes_on_after_a_rule_was_asked) {
    bench_begin();
    CHECK(rules("promotion { id = 'a', amount = 1, when = function() local n = 0 for i = 1, 4000 do n = n + i end return true end }\n"
                "test('often', function(t) for k = 1, 20 do t.equal(#t.offers('a', {lines = {{sku = 'A', unit_price = 1}}}), 1) end\n"
                "local n = 0 for i = 1, 4000 do n = n + i end end)\n"));
    CHECK(!rules("promotion { id = 'a', amount = 1, when = function() return true end }\n"
                 "test('too long', function(t) t.offers('a', {lines = {{sku = 'A', unit_price = 1}}})\n while true do end end)\n"));
    CHECK(strstr(bench.err.message, "this took more than the 20000 steps") != NULL);
    bench_end();
}

/* 200 tests, each of which asks 100 times what takes 20,000 steps, would take long. */
TEST(all_tests_together_are_ended) {
    char text[30000];
    size_t len;
    int i;
    len = (size_t)snprintf(
        text, sizeof(text),
        "promotion { id = 'slow', amount = 1, when = function() local n = 0 for i = 1, 7000 do n = n + i end return true end }\n"
        "on('*', function() local n = 0 for i = 1, 7000 do n = n + i end end)\n");
    for (i = 0; i < 200; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "test('%d', function(t) for i = 1, 100 do t.%s end end)\n", i,
                                i % 2 ? "fire('a.b', {})" : "offers('slow', {lines = {{sku = 'A', unit_price = 1}}})");
    refused(text, "the tests take more than 20000000 steps together");
}

TEST(without_a_shop_tests_that_need_one_say_nothing) {
    bench_begin();
    CHECK(rules("test('price', function(t) t.price({lines = {{sku = 'A', unit_price = 1}}}) end)\n"));
    CHECK(!rules(
        "test('price', function(t) t.price({lines = {{sku = 'A', unit_price = 1}}}) end)\ntest('other', function(t) t.equal(1, 2) end)\n"));
    CHECK(strstr(bench.err.message, "expected 2, got 1") != NULL);
    bench_end();
}

RUN_TESTS(CASE(a_day_that_does_not_exist_is_named), CASE(without_a_shop_tests_that_need_one_say_nothing),
          CASE(a_test_that_asks_for_ever_is_ended), CASE(a_test_may_compare_much), CASE(a_test_goes_on_after_a_rule_was_asked),
          CASE(all_tests_together_are_ended))
