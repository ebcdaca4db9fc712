/* Kinds beside promotions: what they read, what they ask for, how they fail; and no memory at any place. */
#include "fixture.h"
#include "script/tier.h"

static void refused(const char *text, const char *words) {
    write_rules("rules.lua", text);
    CHECK_INT(load(), MX_E_BAD_INPUT);
    if (strstr(bench.err.message, words) == NULL) {
        printf("# %s\n#   said: %s\n#   not:  %s\n", text, bench.err.message, words);
        check_failures++;
    }
}

TEST(declarations_are_checked) {
    bench_begin();
    refused("tier { code = 'gold', when = function() end }", "tier 'gold': rank is missing");
    refused("tier { code = 'gold', rank = 1 }", "tier 'gold': when is missing");
    refused("tier { code = 'Gold', rank = 1, when = function() end }", "the code of a tier has letters a-z");
    refused("tier { code = 'a', rank = 1, when = function() end }\ntier { code = 'b', rank = 1, when = function() end }",
            "tier 'b': the rank 1 belongs to 'a' already (rules.lua, line 1)");
    refused("tier { code = 'a', rnk = 1, when = function() end }", "tier 'a': the key 'rnk' is not known; did you mean 'rank'?");
    refused("reward { id = 'cup', points = 1, name = {en = 'a\xe2\x80\xaez'} }", "en holds bytes that are no readable UTF-8 text");
    refused("reward { id = 'cup', points = 1, name = {en = 'a\xc2\x85z'} }", "en holds bytes that are no readable UTF-8 text");
    refused("reward { id = 'cup' }", "reward 'cup': points is missing");
    refused("reward { id = 'cup', points = 1.5 }", "points must be a whole number");
    refused("on('Orders Paid', function() end)", "'Orders Paid' is not the name of an event");
    refused("on('orders.paid')", "on takes a text and a function");
    refused("every('each day', function() end)", "'each day' is no time; write \"15m\"");
    refused("every('25h', function() end)", "is no time");
    refused("every('day 24:00', function() end)", "is no time");
    refused("every('day 3:00', function() end)", "is no time");
    refused("promotion { id = 'a', amount = 1, when = function() on('x', function() end) end }\n"
            "test('nested', function(t) t.offers('a', {lines = {{sku = 'A', unit_price = 1}}}) end)",
            "on can only stand in the file itself");
    refused("test('wrong', function(t) t.equal({a = 1, b = {1, 2}}, {a = 1, b = {1, 3}}, 'both') end)",
            "rules.lua:1: test 'wrong': both: expected {\"a\":1,\"b\":[1,3]}, got {\"a\":1,\"b\":[1,2]}");
    refused("test('wrong', function(t) t.ok(1 > 2, 'one is small') end)", "rules.lua:1: test 'wrong': one is small");
    refused("test('wrong', function(t) t.eqal(1, 2) end)", "t has no 'eqal'; did you mean 'equal'?");
    refused("test('wrong', function(t) t.offers('none', {}) end)", "there is no promotion 'none'");
    refused("local n = 0\ntest('keeps', function(t) n = n + 1 end)", "the rule changed 'n', which belongs to the file");
    bench_end();
}

/* ---- members ---- */

static struct mx_tier_answer tier_of(int64_t spent, int64_t orders, const char *now) {
    struct mx_counter counters[] = {{mx_str_of("spent_minor"), spent}, {mx_str_of("orders"), orders}};
    struct mx_tier_ask ask = {mx_str_of("mem_1"), mx_str_of(now), {counters, 2, sizeof(counters[0])}};
    struct mx_tier_answer answer;
    memset(&answer, 0, sizeof(answer));
    CHECK_INT(script_tier_answer(&bench.ctx, &ask, &answer), MX_OK);
    return answer;
}

TEST(messages_steer_nothing) {
    struct mx_str clean;
    bench_begin();
    clean = script_clean(&bench.ctx, "a\xe2\x80\xae"
                                     "b\xc2\x85"
                                     "c\n\xe8\x8c\xb6");
    CHECK_STR(clean, "a   b  c \xe8\x8c\xb6");
    bench_end();
}

TEST(the_highest_tier_that_says_yes) {
    struct mx_tier_ask ask;
    struct mx_tier_answer answer;
    bench_begin();
    memset(&ask, 0, sizeof(ask));
    REQUIRE(rules("promotion { id = 'a', amount = 1 }"));
    CHECK_INT(script_tier_answer(&bench.ctx, &ask, &answer), MX_DECLINED);
    REQUIRE(rules("tier { code = 'silver', rank = 1, when = function(m) return m.spent_minor >= 10 end }\n"
                  "tier { code = 'gold', rank = 5, when = function(m) return m.spent_minor >= 20 and m.id == 'mem_1' end }\n"
                  "tier { code = 'odd', rank = 9, when = function(m) return m.spnt_minor end }\n"));
    CHECK_STR(tier_of(25, 1, "basic").tier, "gold"); /* the one that fails says nothing */
    CHECK_STR(tier_of(25, 1, "odd").tier, "odd");    /* and takes nothing from those who hold it */
    CHECK_STR(tier_of(15, 1, "gold").tier, "silver");
    CHECK_STR(tier_of(5, 1, "gold").tier, "");
    CHECK_STR(tier_of(15, 1, "gold").rule, "silver");
    bench_end();
}

/* ---- on and every ---- */

static mx_status give_number(struct script_run *run, struct mx_str op, struct mx_str input, struct mx_str *answer) {
    (void)run;
    if (mx_str_is(op, "no.such")) {
        *answer = mx_str_of("there is none");
        return MX_E_NOT_FOUND;
    }
    if (mx_str_is(op, "not.allowed")) {
        *answer = mx_str_of("this key may not do that");
        return MX_E_FORBIDDEN;
    }
    *answer = mx_str_of("{\"list\":[1,2,{\"deep\":null}],\"text\":\"caf\\u00e9 \\ud83d\\ude00\\n\",\"yes\":true,\"n\":-7}");
    CHECK(input.len >= 2);
    return MX_OK;
}

/* Run the one listener of the file: 1, or 0 and its problem. */
static int hear(struct script_run *run, const char *data, struct script_state **state) {
    struct script_set *set = script_thread_set(state);
    struct script_fact fact = {mx_str_of("orders.paid"), mx_str_of(data), 7, NOON_CHINA, NULL, run};
    script_run_init(run, &bench.ctx);
    run->query = give_number;
    if (set == NULL || *state == NULL) return 0;
    return script_on_run(*state, set->of[SCRIPT_ON].items[0], &fact);
}

static void hears(const char *body, const char *effects) {
    struct script_state *state;
    struct script_run run;
    struct base_buf said;
    uint32_t i;
    if (!rules(base_arena_printf(bench.arena, "on('orders.*', function(event, shop)\n%s\nend)", body).ptr)) check_failures++;
    if (!hear(&run, "{\"member\":\"mem_1\",\"total\":300,\"lines\":[{\"sku\":\"A\"}]}", &state)) {
        printf("# %s\n#   %s\n", body, state ? state->problem : "no state");
        check_failures++;
        return;
    }
    base_buf_init(&said, bench.arena);
    for (i = 0; i < run.effect_count; i++) {
        base_buf_str(&said, run.effects[i].op);
        base_buf_str(&said, run.effects[i].input);
    }
    base_buf_char(&said, '\0');
    if (strcmp(said.ptr, effects) != 0) {
        printf("# %s\n#   asked for %s\n", body, said.ptr);
        check_failures++;
    }
}

static void fails(const char *body, const char *words) {
    struct script_state *state;
    struct script_run run;
    if (!rules(base_arena_printf(bench.arena, "on('orders.*', function(event, shop)\n%s\nend)", body).ptr)) check_failures++;
    if (hear(&run, "{\"member\":\"mem_1\",\"total\":300}", &state) || strstr(state->problem, words) == NULL) {
        printf("# %s\n#   said: %s\n#   not:  %s\n", body, state->problem, words);
        check_failures++;
    }
}

TEST(listeners_read_ask_and_act) {
    bench_begin();
    hears("assert(event.name == 'orders.paid' and event.seq == 7 and event.data.total == 300 and event.data.lines[1].sku == 'A')", "");
    hears("assert(event.at.year == 2026 and event.at.hour == 12 and event.at.weekday == 5)", "");
    hears("assert(event.data.discount == nil)", ""); /* its fields are not declared here, and none is near */
    hears(
        "local a = shop.query('any.thing', {n = 1})\n"
        "assert(a.list[2] == 2 and #a.list == 3 and a.list[3].deep == nil and a.text == 'caf\xc3\xa9 \xf0\x9f\x98\x80\\n' and a.yes and a.n == -7)",
        "");
    hears("local a, why = shop.query('no.such') assert(a == nil and why == 'there is none')", "");
    hears("shop.run('a.b', {z = 1, a = {true, 'x\\n\"'}, m = {n = {}}})\nshop.run('c.d')",
          "a.b{\"a\":[true,\"x\\u000a\\\"\"],\"m\":{\"n\":{}},\"z\":1}c.d{}");
    bench_end();
}

TEST(what_listeners_may_not_do) {
    bench_begin();
    fails("return event.dta", "the event has no 'dta'; did you mean 'data'?");
    fails("return event.data.membr", "the event's data has no 'membr'; did you mean 'member'?");
    fails("event.data.total = 5", "can only be read here");
    fails("return shop.qery('a')", "the shop has no 'qery'; did you mean 'query'?");
    fails("shop.query('not.allowed')", "shop.query(\"not.allowed\") failed: this key may not do that");
    fails("shop.run('a.b', {n = 1.5})", "shop.run: n is a fraction");
    fails("shop.run('a.b', {n = {x = {1, 2 ^ 60}}})", "shop.run: n.x[2] is a fraction");
    fails("shop.run('a.b', {n = math.maxinteger})", "n is too large a number");
    fails("shop.run('a.b', {n = function() end})", "n is a function, which is no data");
    fails("shop.run('a.b', {1, 2, x = 3})", "it is half a list and half a table of names");
    fails("local t = {1} t[3] = 3 shop.run('a.b', {n = t})", "n has keys that are neither texts nor the places of a list without holes");
    fails("local t = {} t.t = t shop.run('a.b', t)", "is nested too deeply, or holds itself");
    fails("shop.run('a.b', {n = text.sub('caf\xc3\xa9', 1, 4)})", "n holds bytes that are no UTF-8 text");
    fails("local s = '0123456789abcdef' for i = 1, 10 do s = s .. s end shop.run('a.b', {s, s})", "it is longer than 16 KB");
    fails("for i = 1, 51 do shop.run('a.b') end", "at most 50 effects");
    fails("for i = 1, 51 do shop.query('a.b') end", "more than 50 times");
    fails("shop.run(5)", "bad argument #1");
    fails("while true do end", "more than the 20000 steps");
    refused("promotion { id = 'a', amount = 1, when = function(cart) return cart.lokation == nil end }\n"
            "test('x', function(t) t.offers('a', {lines = {{sku = 'A', unit_price = 1}}}) end)",
            "the cart has no 'lokation'; did you mean 'location'?");
    bench_end();
}

/* A listener asks the shop, which asks the rules, on the same thread and in the same state, while the rules are exchanged. */
static mx_status sell_within(struct script_run *run, struct mx_str op, struct mx_str input, struct mx_str *answer) {
    (void)run;
    (void)op;
    (void)input;
    CHECK_INT(load(), MX_OK);
    CHECK_INT(ask(), 1);
    CHECK_INT(bench.offers.faults.count, 1);
    *answer = mx_str_of("{\"offers\":1}");
    return MX_OK;
}

TEST(a_listener_may_ask_what_asks_the_rules) {
    struct script_state *state;
    struct script_set *set;
    struct script_run run;
    struct script_fact fact = {mx_str_of("orders.paid"), mx_str_of("{}"), 7, NOON_CHINA, NULL, &run};
    int before;
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules("promotion { id = 'own', amount = 1, when = function(cart) return cart.total == 100 end }\n"
                  "promotion { id = 'stuck', amount = 1, when = function(cart) while true do end end }\n"
                  "on('orders.paid', function(event, shop)\n"
                  "  local n = 0 for i = 1, 1000 do n = n + i end\n"
                  "  assert(shop.query('a.quote').offers == 1)\n"
                  "  for i = 1, 1000 do n = n - i end\n"
                  "  shop.run('a.b', {n = n})\n"
                  "end)\n"
                  "on('orders.paid', function(event, shop) for i = 1, 3 do shop.query('a.quote') end while true do end end)\n"));
    set = script_thread_set(&state);
    REQUIRE(set != NULL && state != NULL);
    script_run_init(&run, &bench.ctx);
    run.query = sell_within;
    before = script_on_run(state, set->of[SCRIPT_ON].items[0], &fact);
    if (!before) printf("# %s\n", state->problem);
    CHECK(before);
    CHECK_INT(run.effect_count, 1);
    script_run_init(&run, &bench.ctx);
    run.query = sell_within;
    CHECK(!script_on_run(state, set->of[SCRIPT_ON].items[1], &fact)); /* its own budget still ends it */
    CHECK(strstr(state->problem, "more than the 20000 steps") != NULL);
    CHECK_INT(state->depth, 0);
    CHECK(script_thread_set(&state) != set); /* only now the exchanged rules are taken up */
    bench_end();
}

static int64_t next_of(const char *schedule, const char *zone, int64_t after) {
    struct script_state *state;
    struct script_set *set;
    if (!rules(base_arena_printf(bench.arena, "every('%s', function(now, shop) end)", schedule).ptr)) return -1;
    set = script_thread_set(&state);
    return script_every_next(set->of[SCRIPT_EVERY].items[0], base_zone_get(mx_str_of(zone)), after);
}

#define HOUR INT64_C(3600000)

TEST(schedules_follow_the_shops_clock) {
    bench_begin(); /* NOON_CHINA: a Friday */
    CHECK_INT(next_of("15m", "Asia/Shanghai", NOON_CHINA), NOON_CHINA + HOUR / 4);
    CHECK_INT(next_of("15m", "Asia/Shanghai", NOON_CHINA + 1), NOON_CHINA + HOUR / 4);
    CHECK_INT(next_of("2h", "Asia/Shanghai", NOON_CHINA), NOON_CHINA + 2 * HOUR);
    CHECK_INT(next_of("day 12:00", "Asia/Shanghai", NOON_CHINA), NOON_CHINA + 24 * HOUR);
    CHECK_INT(next_of("day 12:00", "Asia/Shanghai", NOON_CHINA - 1), NOON_CHINA);
    CHECK_INT(next_of("day 03:30", "Asia/Shanghai", NOON_CHINA), NOON_CHINA + 15 * HOUR + HOUR / 2);
    CHECK_INT(next_of("monday 09:00", "Asia/Shanghai", NOON_CHINA), NOON_CHINA + 69 * HOUR);
    CHECK_INT(next_of("friday 12:00", "Asia/Shanghai", NOON_CHINA), NOON_CHINA + 7 * 24 * HOUR);
    /* 2026-03-28 12:00 in Berlin; the night has 23 hours */
    CHECK_INT(next_of("day 12:00", "Europe/Berlin", INT64_C(1774695600000)), INT64_C(1774695600000) + 23 * HOUR);
    bench_end();
}

TEST(money_helpers) {
    bench_begin();
    REQUIRE(rules(
        "test('money', function(t)\n"
        "  t.equal(money.percent(995, 10), 100) t.equal(money.percent(-995, 10), -100) t.equal(money.ppm(10000, 125000), 1250)\n"
        "  t.equal(money.round_to(1274, 50), 1250) t.equal(money.round_to(1275, 50), 1300) t.equal(money.round_to(1299, 50, 'floor'), 1250)\n"
        "  t.equal(money.split(100, 3), {34, 33, 33}) t.equal(money.split(-100, 3), {-34, -33, -33})\n"
        "  t.equal(money.split(1000, {2, 1, 1}), {500, 250, 250}) t.equal(money.split(5, {0, 0}), {5, 0})\n"
        "end)\n"));
    refused("test('x', function(t) money.percent(9.5, 10) end)", "this must be a whole number");
    refused("test('x', function(t) money.percent(math.maxinteger, 1000) end)", "is too large");
    refused("test('x', function(t) money.split(5, 201) end)", "1 to 200");
    refused("test('x', function(t) money.split(5, {1, -1}) end)", "every weight is a whole number from 0");
    refused("test('x', function(t) money.round_to(5, 0) end)", "the step must be above zero");
    bench_end();
}

#ifdef MERX_FAULTS
/* No memory at the n-th place of a tier, a reward, a listener and a schedule: a fault, and all is well afterwards. */
TEST(every_allocation_of_other_kinds_may_fail) {
    struct script_state *state;
    struct script_set *set;
    int64_t n;
    int on, clean = 0;
    bench_begin();
    REQUIRE(rules("local list = {'a', 'b'}\n"
                  "tier { code = 'gold', rank = 1, when = function(m) return m.spent_minor >= 1 and table.concat(list, m.id) ~= '' end }\n"
                  "on('orders.paid', function(event, shop)\n"
                  "  local a = shop.query('any.thing', {n = event.data.total, of = {list[1], event.at.hour}})\n"
                  "  shop.run('a.b', {n = a.list, text = a.text .. a.text, parts = money.split(event.data.total, 3)})\n"
                  "end)\n"
                  "every('15m', function(now, shop) shop.run('c.d', {at = now.hour .. ':' .. now.minute}) end)\n"));
    set = script_thread_set(&state);
    REQUIRE(set != NULL && state != NULL);
    for (on = 0; on < 2; on++) {
        for (n = 1, clean = 0; n < 2000 && clean < 30; n++) {
            struct script_run run;
            struct script_tick tick = {NOON_CHINA, &run};
            struct mx_counter counter = {mx_str_of("spent_minor"), 5};
            struct mx_tier_ask ask = {mx_str_of("mem_1"), mx_str_of("basic"), {&counter, 1, sizeof(counter)}};
            struct script_customer customer;
            struct script_tier_said said = {.brief = 1};
            int all;
            script_tier_customer(&bench.ctx, &ask, &customer);
            state->memory.fail_in = n;
            state->memory.fail_on = on;
            all = script_tier_ask(state, set->of[SCRIPT_TIER].items[0], &customer, &said);
            all &= hear(&run, "{\"member\":\"mem_1\",\"total\":300}", &state);
            script_run_init(&run, &bench.ctx);
            all &= script_every_run(state, set->of[SCRIPT_EVERY].items[0], &tick);
            state->memory.fail_in = 0;
            state->memory.fail_on = 0;
            if (!all && strstr(state->problem, "no memory left") == NULL) {
                printf("# allocation %lld: %s\n", (long long)n, state->problem);
                check_failures++;
            }
            clean += all;
            CHECK(script_tier_ask(state, set->of[SCRIPT_TIER].items[0], &customer, &said) && said.yes);
            CHECK(hear(&run, "{\"member\":\"mem_1\",\"total\":300}", &state));
            CHECK_INT(run.effect_count, 1);
            base_arena_reset(bench.arena);
        }
        CHECK(clean >= 30);
    }
    bench_end();
}
#define FAULT_CASES , CASE(every_allocation_of_other_kinds_may_fail)
#else
#define FAULT_CASES
#endif

RUN_TESTS(CASE(declarations_are_checked), CASE(messages_steer_nothing), CASE(the_highest_tier_that_says_yes),
          CASE(listeners_read_ask_and_act), CASE(what_listeners_may_not_do), CASE(a_listener_may_ask_what_asks_the_rules),
          CASE(schedules_follow_the_shops_clock), CASE(money_helpers) FAULT_CASES)
