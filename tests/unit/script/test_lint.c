/* What is said about rule files: certain things as errors, doubtful ones as warnings, and nothing about good files. */
#include "fixture.h"
#include "script/lint.h"

/* "line severity code; ..." of one file. */
static const char *lint(const char *text) {
    struct script_source source = {mx_str_of("a.lua"), mx_str_of(text)};
    struct script_files files = {&source, 1};
    struct script_findings *findings = mx_alloc(&bench.ctx, sizeof(*findings));
    struct script_state *state;
    struct script_set *set;
    struct base_buf out;
    uint32_t i;
    findings->ctx = &bench.ctx;
    base_buf_init(&out, bench.arena);
    memset(&bench.err, 0, sizeof(bench.err));
    if (script_set_read(&source, 1, base_arena_new(4096), 0, 0, &set, &state, &bench.err) != MX_OK) {
        printf("# %s\n", bench.err.message);
        return "does not compile";
    }
    script_lint(findings, &files, set);
    for (i = 0; i < findings->count; i++) {
        const struct script_finding *finding = &findings->items[i];
        base_buf_printf(&out, "%lld %s %.*s; ", (long long)finding->line, script_severity_words[finding->severity - 1],
                        (int)finding->code.len, finding->code.ptr);
    }
    base_buf_char(&out, '\0');
    script_state_free(state);
    script_set_drop(set);
    return out.ptr;
}

#define CHECK_LINT(text, expected) CHECK_STR(mx_str_of(lint(text)), expected)

TEST(nothing_is_said_about_good_files) {
    bench_begin();
    bench.ctx.now_ms = NOON_CHINA;
    CHECK_LINT("", "");
    CHECK_LINT("promotion { id = 'a', percent = 5 }\n"
               "test('a', function(t) t.equal(#t.offers('a', {lines = {{sku = 'A', unit_price = 100, qty = 1000}}}), 1) end)\n",
               "");
    CHECK_LINT("local function half(n) return n // 2 end\n"
               "tier { code = 'b', rank = 1, when = function(member) return half(member.orders) > 3 end }\n"
               "test('b', function(t) t.ok(t.tier('b', {orders = 9})) end) -- 'b' / 2\n",
               "");
    bench_end();
}

TEST(fractions_are_found) {
    bench_begin();
    CHECK_LINT("local x = 4 / 2\nlocal y = x\nlocal z = y .. x\nlocal _ = z", "1 warning division; ");
    CHECK_LINT("local x = math.floor(4 / 2)\nlocal _ = x // 2", "");
    CHECK_LINT("local _ = function(n)\n return {kind = 'amount', amount = n / 2}\nend", "2 warning division; 2 error fraction; ");
    CHECK_LINT("local _ = function(n)\n return {amount = math.floor(n / 2), ppm = n // 2}\nend", "");
    CHECK_LINT("local _ = function(n)\n return {amount = n > 2 and n / 2 or 5, other = n / 3}\nend",
               "2 warning division; 2 warning division; ");
    CHECK_LINT("local _ = '4 / 2' -- 4 / 2", "");
    bench_end();
}

TEST(fractions_that_are_no_offers_are_nobodys_error) {
    bench_begin();
    CHECK_LINT("local _ = function(a)\n local n, price = a / 2, 3\n return n + price\nend", "2 warning division; ");
    CHECK_LINT("local _ = function(a)\n local n; local price = 1; price = a / 2; n = price return n\nend", "2 warning division; ");
    CHECK_LINT("local _ = function(a)\n local t = {price = a / 2, qty = a}\n return math.floor(t.price) + t.qty\nend",
               "2 warning division; ");
    CHECK_LINT("local _ = {id = 'x', f = function(a)\n local n, price = a, a / 2\n return n, price\nend}", "2 warning division; ");
    CHECK_LINT("local _ = function(a)\n return {{lines = a, amount = a / 2}}\nend", "2 warning division; 2 error fraction; ");
    CHECK_LINT("local _ = function(a)\n return {f = function() return 1 end, lines = a, amount = a / 2}\nend",
               "2 warning division; 2 error fraction; ");
    bench_end();
}

TEST(an_error_is_not_lost_behind_warnings) {
    char *text = malloc(64 * 1024);
    size_t at = 0;
    uint32_t i;
    bench_begin();
    for (i = 0; i < SCRIPT_FINDINGS_MAX + 10; i++) at += (size_t)snprintf(text + at, 64, "do local _ = 4 / 2 end\n");
    snprintf(text + at, 100, "local _ = function(n) return {kind = 'amount', amount = n / 2} end");
    CHECK(strstr(lint(text), "error fraction") != NULL);
    free(text);
    bench_end();
}

TEST(locals_that_nobody_uses_are_found) {
    bench_begin();
    CHECK_LINT("local used, lost = 1, 2\nlocal _ = used", "1 warning unused; ");
    CHECK_LINT("local lost <const> = 1", "1 warning unused; ");
    CHECK_LINT("local function lost() return 1 end", "1 warning unused; ");
    CHECK_LINT("local t = {lost = 1}\nlocal lost = t.lost\nlocal _ = t", "");
    CHECK_LINT("local t = {lost = 1}\nlocal gone = 'a' .. t.lost", "2 warning unused; ");
    CHECK_LINT("local a = 'x'\nlocal b = 'y' ..a\nlocal _ = b", "");
    bench_end();
}

TEST(what_is_never_reached_is_found) {
    bench_begin();
    CHECK_LINT("for i = 1, 3 do\n break\n local _ = i\nend", "3 warning unreachable; ");
    CHECK_LINT("local _ = function(n)\n do return n end\n local _ = n\nend", "3 warning unreachable; ");
    CHECK_LINT("local _ = function(n)\n if n then return 1 elseif n == 2 then return 3 else return 2 end\n local _ = n\nend",
               "3 warning unreachable; ");
    CHECK_LINT("local _ = function(n)\n if n then return 1 elseif n == 2 then n = 3 else return 2 end\n local _ = n\nend", "");
    CHECK_LINT("local _ = function(n)\n if n then return 1 end\n return 2\nend", "");
    CHECK_LINT("local _ = function(n)\n while n do return 1 end\n return 2\nend", "");
    CHECK_LINT("local _ = function(n)\n for i = 1, n do\n  if i > 2 then break end\n  n = i\n end\n return n\nend", "");
    bench_end();
}

TEST(rules_that_never_apply_or_that_no_test_names_are_found) {
    bench_begin();
    bench.ctx.now_ms = NOON_CHINA;
    CHECK_LINT("promotion { id = 'a', percent = 5 }", "1 warning untested; ");
    CHECK_LINT("promotion { id = 'a', percent = 5, to = '2026-11-24' }\ntest('t', function(t) t.ok('a') end)", "1 warning ended; ");
    CHECK_LINT("promotion { id = 'a', percent = 5, to = '2026-11-27' }\ntest('t', function(t) t.ok('a') end)", "");
    CHECK_LINT(
        "promotion { id = 'a', percent = 5, from = '2026-12-07', to = '2026-12-08', weekday = 'sun' }\ntest('t', function(t) t.ok('a') end)",
        "1 warning never; ");
    CHECK_LINT("promotion { id = 'a', percent = 5, where = { sku = {'X', 'Y'} }, except = { sku = {'Y', 'X', 'Z'} } }\n"
               "test('t', function(t) t.ok('a') end)",
               "1 warning never; ");
    CHECK_LINT(
        "promotion { id = 'a', percent = 5, where = { sku = {'X', 'Y'} }, except = { sku = 'X' } }\ntest('t', function(t) t.ok('a') end)",
        "");
    bench_end();
}

TEST(the_shadow_of_an_exclusive_promotion_is_found) {
    static const char tests[] = "test('t', function(t) t.ok('a') t.ok('b') end)\n";
    static const char *const cases[][2] = {
        {"promotion { id = 'a', percent = 5, exclusive = true, where = { category = 'tea' } }\n"
         "promotion { id = 'b', percent = 9, where = { category = 'tea', brand = 'Q' } }\n",
         "2 warning shadowed; "},
        {"promotion { id = 'a', percent = 5, exclusive = true, where = { category = 'tea' } }\n"
         "promotion { id = 'b', percent = 9, where = { category = 'tea' }, priority = 1 }\n",
         ""},
        {"promotion { id = 'a', percent = 5, exclusive = true, where = { category = 'tea' }, hours = '14:00-15:00' }\n"
         "promotion { id = 'b', percent = 9, where = { category = 'tea' } }\n",
         ""},
        {"promotion { id = 'a', percent = 5, exclusive = true, where = { category = 'tea' } }\n"
         "promotion { id = 'b', percent = 9, where = { category = {'tea', 'cups'} } }\n",
         ""},
        {"promotion { id = 'a', percent = 5, exclusive = true, where = { category = 'tea' } }\n"
         "promotion { id = 'b', buy = 3, pay = 2, where = { category = 'tea' } }\n",
         ""},
    };
    size_t i;
    bench_begin();
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[600];
        snprintf(text, sizeof(text), "%s%s", cases[i][0], tests);
        CHECK_LINT(text, cases[i][1]);
    }
    bench_end();
}

RUN_TESTS(CASE(nothing_is_said_about_good_files), CASE(fractions_are_found), CASE(fractions_that_are_no_offers_are_nobodys_error),
          CASE(an_error_is_not_lost_behind_warnings), CASE(locals_that_nobody_uses_are_found), CASE(what_is_never_reached_is_found),
          CASE(rules_that_never_apply_or_that_no_test_names_are_found), CASE(the_shadow_of_an_exclusive_promotion_is_found))
