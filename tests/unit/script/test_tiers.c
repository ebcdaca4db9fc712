/* Tiers: what they need, what is missing, how long they are kept, what they grant; and members of tests. */
#include "fixture.h"
#include "script/tier.h"

#define DAY  INT64_C(86400000)
#define WHEN "when = function() return true end"

static void refused(const char *text, const char *words) {
    write_rules("rules.lua", text);
    CHECK_INT(load(), MX_E_BAD_INPUT);
    if (strstr(bench.err.message, words) == NULL) {
        printf("# %s\n#   said: %s\n#   not:  %s\n", text, bench.err.message, words);
        check_failures++;
    }
}

/* ---- a shop that counts ---- */

static struct script_entry counted[200];
static uint32_t count_of_counted, questions;
static mx_status broken;

static void count(const char *name, int64_t days_ago, int64_t delta) {
    counted[count_of_counted++] = (struct script_entry){mx_str_of(name), NOON_CHINA - days_ago * DAY, delta};
}

/* As the shop answers it: by the same customer, of whom entries are told. */
static mx_status answer_count(struct mx_ctx *ctx, const struct mx_point *point, const void *in, void *out) {
    const struct mx_count_ask *ask = in;
    struct mx_count_answer *answer = out;
    int64_t sums[200] = {0};
    uint32_t i, k;
    (void)ctx;
    questions++;
    if (broken) return broken;
    if (strcmp(point->name, MX_POINT_COUNT) != 0) return MX_DECLINED;
    for (i = 0; i < count_of_counted; i++) {
        const struct script_entry *entry = &counted[i];
        uint32_t stem = ask->name.len - 1;
        int wild = ask->name.ptr[stem] == '*';
        if (wild ? entry->name.len <= stem || memcmp(entry->name.ptr, ask->name.ptr, stem) != 0 : !mx_str_eq(entry->name, ask->name))
            continue;
        if (entry->at < ask->from || (ask->until && entry->at >= ask->until)) continue;
        if (answer->oldest == 0 || entry->at < answer->oldest) answer->oldest = entry->at;
        for (k = 0; k < i && !mx_str_eq(counted[k].name, entry->name); k++) {
        }
        sums[k] += entry->delta;
        answer->value += ask->distinct ? 0 : entry->delta;
    }
    for (i = 0; ask->distinct && i < count_of_counted; i++) answer->value += sums[i] > 0;
    return MX_OK;
}

static void begin(void) {
    bench_begin();
    bench.op.ask = answer_count;
    bench.ctx.now_ms = bench.ctx.expiry_ms = NOON_CHINA;
    count_of_counted = questions = 0;
    broken = MX_OK;
}

static struct mx_counter sums[] = {{MX_STR_INIT("spent_minor"), 0}, {MX_STR_INIT("orders"), 0}};

static struct mx_tier_ask question(const char *held) {
    struct mx_tier_ask ask = {.member = mx_str_of("mem_1"), .tier = mx_str_of(held), .counters = {sums, 2, sizeof(sums[0])}};
    return ask;
}

static struct mx_tier_answer answer_to(const struct mx_tier_ask *ask) {
    struct mx_tier_answer answer;
    memset(&answer, 0, sizeof(answer));
    CHECK_INT(script_tier_answer(&bench.ctx, ask, &answer), MX_OK);
    return answer;
}

static struct mx_tier_answer answer_of(const char *held) {
    struct mx_tier_ask ask = question(held);
    return answer_to(&ask);
}

static const struct mx_tier_missing *missing_at(const struct mx_tier_answer *answer, uint32_t i) { return mx_list_at(&answer->missing, i); }

/* ---- declared ---- */

TEST(what_a_tier_says_is_checked) {
    bench_begin();
    refused("tier { code = 'a', rank = 1 }", "when is missing");
    refused("tier { code = 'basic', rank = 1, " WHEN " }", "basic is the tier of those who are in no other");
    refused("tier { code = 'a', rank = 1, needs = {} }", "nothing is needed");
    refused("tier { code = 'a', rank = 1, needs = {{'visits'}} }", "at_least is missing");
    refused("tier { code = 'a', rank = 1, needs = {{'visits', at_least = 0}} }", "at_least must be between 1");
    refused("tier { code = 'a', rank = 1, needs = {{'visits', at_least = 1, dys = 3}} }",
            "the key 'dys' is not known; did you mean 'days'?");
    refused("tier { code = 'a', rank = 1, needs = {{'visits', at_least = 1, days = 0}} }", "days must be between 1");
    refused("tier { code = 'a', rank = 1, needs = {{'class:*x', at_least = 1}} }", "* only at the end behind a colon");
    refused("tier { code = 'a', rank = 1, needs = {{'class', distinct = true, at_least = 1}} }", "distinct counts the keys of a counter");
    refused("tier { code = 'a', rank = 1, needs = {any = {{'visits', at_least = 1}}} }", "there must be at least 2 entries");
    refused("tier { code = 'a', rank = 1, needs = {any = {{'a', at_least = 1}, {'b', at_least = 1}, any = {}}} }", "any stands in a list");
    refused("tier { code = 'a', rank = 1, needs = {{{{{'a', at_least = 1}}}}} }", "more than 3 deep");
    refused("tier { code = 'a', rank = 1, " WHEN ", grace_days = -1 }", "grace_days must be between 0");
    refused("tier { code = 'a', rank = 1, " WHEN ", return_safe = 1 }", "return_safe is true or false");
    refused("tier { code = 'a', rank = 1, " WHEN ", grants = {price_lst = 'gold'} }", "did you mean 'price_list'?");
    refused("tier { code = 'a', rank = 1, " WHEN ", grants = {pick_priority = 101} }", "pick_priority must be between 0 and 100");
    refused("tier { code = 'a', rank = 1, " WHEN ", grants = {clerk = false} }", "clerk is true, or left out");
    refused("tier { code = 'a', rank = 1, " WHEN ", grants = {unlock = {1}} }", "entry 1 must be an article's number");
    bench_end();
}

/* ---- earned ---- */

static const char gold_and_silver[] =
    "local often = {'visits', days = 90, at_least = 3}\n"
    "tier { code = 'silver', rank = 1, needs = {often} }\n"
    "tier { code = 'gold', rank = 2, needs = {often, {'class:*', distinct = true, at_least = 2, name = {en = 'kinds'}},\n"
    "  any = {{'referrals', at_least = 4}, {'reviews', days = 30, at_least = 2}}},\n"
    "  grants = {price_list = 'gold', clerk = true, pick_priority = 50, packing = 'gift', unlock = {'CUP'}} }\n";

TEST(S1_13_visits_kinds_of_classes_and_referrals_make_a_tier) {
    struct mx_tier_answer answer;
    begin();
    REQUIRE(rules(gold_and_silver));
    count("visits", 1, 1);
    count("visits", 40, 1);
    count("visits", 95, 1); /* too long ago */
    answer = answer_of("basic");
    CHECK_STR(answer.tier, "");
    CHECK_STR(answer.next, "silver");
    CHECK_INT(answer.missing.count, 1);
    CHECK_STR(missing_at(&answer, 0)->counter, "visits");
    CHECK_INT(missing_at(&answer, 0)->days, 90);
    CHECK_INT(missing_at(&answer, 0)->have, 2);
    CHECK_INT(missing_at(&answer, 0)->missing, 1);

    count("visits", 0, 1);
    answer = answer_of("basic");
    CHECK_STR(answer.tier, "silver");
    CHECK_STR(answer.next, "gold");
    CHECK_INT(answer.missing.count, 2); /* of two ways the nearer one, of two as near the first */
    CHECK_STR(missing_at(&answer, 0)->counter, "class:*");
    CHECK_INT(missing_at(&answer, 0)->distinct, 1);
    CHECK_INT(missing_at(&answer, 0)->name.count, 1);
    CHECK_STR(missing_at(&answer, 1)->counter, "referrals");

    count("class:coffee", 10, 1);
    count("class:coffee", 9, 1);
    count("class:tea", 8, 1);
    count("class:tea", 7, -1); /* called off */
    count("reviews", 3, 1);
    answer = answer_of("silver");
    CHECK_STR(answer.tier, "silver");
    CHECK_INT(missing_at(&answer, 0)->have, 1);
    CHECK_STR(missing_at(&answer, 1)->counter, "reviews"); /* half of it is there by now */

    count("class:oolong", 1, 1);
    count("referrals", 100, 4);
    answer = answer_of("silver");
    CHECK_STR(answer.tier, "gold");
    CHECK_STR(answer.next, "");
    CHECK_INT(answer.entitlements.count, 5);
    bench_end();
}

TEST(a_window_that_moves_on_asks_for_another_look) {
    struct mx_tier_answer answer;
    struct mx_tier_ask ask = question("silver");
    begin();
    REQUIRE(rules(gold_and_silver));
    count("visits", 80, 1);
    count("visits", 5, 1);
    count("visits", 1, 1);
    answer = answer_of("silver");
    CHECK_INT(answer.review_at, NOON_CHINA - 80 * DAY + 90 * DAY);
    ask.at = answer.review_at - 1;
    CHECK_STR(answer_to(&ask).tier, "silver");
    ask.at = answer.review_at; /* from that moment on, and not a moment earlier */
    CHECK_STR(answer_to(&ask).tier, "");
    ask.at = NOON_CHINA - 2 * DAY; /* as of then: what came later was not there */
    CHECK_STR(answer_to(&ask).tier, "");
    bench_end();
}

TEST(one_question_for_each_counter) {
    struct mx_tier_ask ask = question("basic");
    begin();
    REQUIRE(rules(gold_and_silver));
    ask.brief = 1;
    (void)answer_to(&ask);
    CHECK_INT(questions, 1); /* both tiers need the same, and it is not there */
    bench_end();
}

/* ---- kept and lost ---- */

TEST(grace_and_keeping) {
    struct mx_tier_ask ask = question("gold");
    begin();
    REQUIRE(
        rules("tier { code = 'gold', rank = 2, keep_days = 30, grace_days = 10, needs = {{'visits', days = 90, at_least = 3}} }\n"
              "tier { code = 'steel', rank = 1, keep_days = 30, return_safe = false, needs = {{'visits', days = 90, at_least = 2}} }\n"));
    ask.since = NOON_CHINA - 10 * DAY;
    CHECK_INT(answer_to(&ask).keep_until, NOON_CHINA + 20 * DAY); /* reached, and kept for a month */
    CHECK_INT(answer_to(&ask).review_at, NOON_CHINA + 20 * DAY);
    ask.since = NOON_CHINA - 100 * DAY;
    CHECK_INT(answer_to(&ask).keep_until, NOON_CHINA + 10 * DAY); /* from now on the grace runs */
    ask.lost_at = NOON_CHINA - 4 * DAY;
    CHECK_INT(answer_to(&ask).keep_until, NOON_CHINA + 6 * DAY); /* it ran already */
    ask.lost_at = NOON_CHINA - 10 * DAY;
    CHECK_INT(answer_to(&ask).keep_until, 0); /* and is over */
    ask.lost_at = 0;
    ask.returned = 1;
    CHECK_INT(answer_to(&ask).keep_until, 0); /* what earned it came back */
    ask = question("steel");
    ask.since = NOON_CHINA - DAY;
    ask.returned = 1;
    CHECK_INT(answer_to(&ask).keep_until, NOON_CHINA + 29 * DAY); /* this one outlasts that */
    ask = question("copper");
    ask.since = NOON_CHINA;
    CHECK_INT(answer_to(&ask).keep_until, 0); /* nobody declares it any more */
    ask = question("steel");
    ask.since = NOON_CHINA - DAY;
    count("visits", 1, 3);
    CHECK_INT(answer_to(&ask).keep_until, 0); /* up at once */
    CHECK_STR(answer_to(&ask).tier, "gold");
    bench_end();
}

TEST(a_rule_that_fails_costs_nobody_a_tier) {
    begin();
    REQUIRE(rules("tier { code = 'gold', rank = 2, when = function(m) return m.count('visits', 90) > m.nothing end }\n"
                  "tier { code = 'silver', rank = 1, when = function(m) return m.count('visits', 90) > 0 end }\n"));
    count("visits", 1, 1);
    CHECK_STR(answer_of("gold").tier, "gold");
    CHECK_STR(answer_of("basic").tier, "silver");
    bench_end();
}

TEST(a_store_that_fails_is_no_fault_of_the_rule) {
    struct mx_tier_ask ask = question("gold");
    struct mx_tier_answer answer;
    struct script_state *state;
    int i;
    begin();
    REQUIRE(rules("tier { code = 'gold', rank = 2, when = function(m) return m.count('visits', 90) > 0 end }\n"));
    broken = MX_E_IO;
    for (i = 0; i < 9; i++) CHECK_INT(script_tier_answer(&bench.ctx, &ask, &answer), MX_E_IO);
    broken = MX_OK;
    CHECK_INT(atomic_load(&script_thread_set(&state)->of[SCRIPT_TIER].items[0]->off), 0);
    bench_end();
}

/* ---- functions ---- */

TEST(functions_count_and_say_what_is_missing) {
    struct mx_tier_answer answer;
    begin();
    REQUIRE(rules("tier { code = 'gold', rank = 1, when = function(m)\n"
                  "  assert(m.id == 'mem_1' and m.tier == 'basic' and m.since == nil and m.now.year == 2026 and m.orders == 0)\n"
                  "  local seen, kinds = m.count('visits', 90), m.distinct('class:*')\n"
                  "  return seen >= 3 and kinds >= 2, {{counter = 'visits', days = 90, needed = 3, have = seen},\n"
                  "    {counter = 'class:*', distinct = true, needed = 2, have = kinds}}\n"
                  "end }\n"));
    count("visits", 1, 3);
    count("class:tea", 1, 1);
    answer = answer_of("basic");
    CHECK_STR(answer.next, "gold");
    CHECK_INT(answer.missing.count, 1); /* what is there is not missing */
    CHECK_STR(missing_at(&answer, 0)->counter, "class:*");
    CHECK_INT(answer.review_at, NOON_CHINA - DAY + 90 * DAY);
    bench_end();
}

static void fails(const char *body, const char *words) {
    struct script_customer customer;
    struct script_tier_said said = {.brief = 0};
    struct mx_tier_ask ask = question("basic");
    struct script_state *state;
    struct script_set *set;
    begin();
    if (!rules(base_arena_printf(bench.arena, "tier { code = 'gold', rank = 1, when = function(m)\n%s\nend }", body).ptr)) check_failures++;
    set = script_thread_set(&state);
    script_tier_customer(&bench.ctx, &ask, &customer);
    if (script_tier_ask(state, set->of[SCRIPT_TIER].items[0], &customer, &said) || strstr(state->problem, words) == NULL) {
        printf("# %s\n#   said: %s\n#   not:  %s\n", body, state->problem, words);
        check_failures++;
    }
    bench_end();
}

TEST(mistakes_in_functions_are_named) {
    fails("return m.cuont('visits')", "the member has no 'cuont'; did you mean 'count'?");
    fails("return m.spent_mnor > 1", "the member has no 'spent_mnor'; did you mean 'spent_minor'?");
    fails("m.tier = 'x'", "this table can only be read here");
    fails("for k in pairs(m) do end", "pairs() cannot walk through the member");
    fails("return m.count('visits', 1.5) > 1", "days must be a whole number");
    fails("return m.count('visits', 0) > 1", "days are 1 to 36525");
    fails("return m.count(5) > 1", "count takes the name of a counter and days");
    fails("return m.distinct('visits') > 1", "distinct counts the keys of a counter like \"class:*\"");
    fails("while true do m.count('visits', 90) end", "this took more than the 20000 steps");
    fails("return 1", "when must answer true or false, not a number");
    fails("return false, 5", "behind it a list of what is missing");
    fails("return false, {{counter = 'a', needed = 1}}", "what is missing is written like");
}

/* ---- members of tests ---- */

TEST(tests_of_rule_files_say_who_a_member_is) {
    bench_begin();
    REQUIRE(rules("tier { code = 'gold', rank = 2, grace_days = 10, needs = {{'visits', days = 90, at_least = 3}} }\n"
                  "tier { code = 'silver', rank = 1, when = function(m) return m.orders >= 2 and m.count('orders', 30) >= 1 end }\n"
                  "test('entries', function(t)\n"
                  "  t.equal(t.tier('gold', {entries = {{'visits', days_ago = {1, 8, 89}}}}), true)\n"
                  "  t.equal(t.tier('gold', {entries = {{'visits', days_ago = {1, 8, 90}}}}), false)\n"
                  "  t.equal(t.tier('silver', {entries = {{'orders', days_ago = 29, delta = 2}}}), true)\n"
                  "  t.equal(t.tier('silver', {orders = 2, entries = {{'orders', days_ago = 31}}}), false)\n"
                  "  t.equal(t.tier('silver', {counters = {orders = 1}, entries = {{'orders', days_ago = 1}}}), false)\n"
                  "  t.equal(t.tier_of {entries = {{'visits', days_ago = {1, 2}}, {'orders', days_ago = {1, 2}}}}, 'silver')\n"
                  "  t.equal(t.tier_of {}, 'basic', 'nobody')\n"
                  "end)\n"
                  "test('time', function(t)\n"
                  "  local m = {tier = 'gold', at = '2026-03-10', entries = {{'visits', days_ago = 1}}, orders = 0}\n"
                  "  t.equal(t.tier_of(m), 'gold')\n"
                  "  t.equal(t.tier_of {tier = 'gold', at = '2026-03-10', lost = '2026-02-27', orders = 0}, 'basic')\n"
                  "  t.equal(t.missing('gold', m), {{counter = 'visits', days = 90, needed = 3, have = 1, missing = 2}})\n"
                  "end)\n"));
    refused("tier { code = 'g', rank = 1, needs = {{'a', at_least = 1}} }\n"
            "test('x', function(t) t.tier('g', {entries = {{'a', dys_ago = 3}}}) end)",
            "did you mean 'days_ago'?");
    refused("tier { code = 'g', rank = 1, needs = {{'a', at_least = 1}} }\ntest('x', function(t) t.tier('g', {entries = {{'a'}}}) end)",
            "an entry is written like");
    refused("tier { code = 'g', rank = 1, when = function(m) return m.none end }\ntest('x', function(t) t.tier_of {orders = 1} end)",
            "the member has no 'none'");
    bench_end();
}

/* ---- which there are ---- */

TEST(tiers_are_listed_with_what_they_grant) {
    struct mx_tiers_ask ask = {{NULL, 0}, {NULL, 0}};
    struct mx_tiers tiers = {{NULL, 0, 0}, {NULL, 0}};
    const struct mx_entitlement *one;
    const struct mx_tier *gold;
    begin();
    REQUIRE(rules(gold_and_silver));
    CHECK_INT(script_tiers_answer(&bench.ctx, &ask, &tiers), MX_OK);
    REQUIRE(tiers.tiers.count == 2);
    CHECK_STR(((const struct mx_tier *)mx_list_at(&tiers.tiers, 0))->code, "silver");
    gold = mx_list_at(&tiers.tiers, 1);
    one = mx_list_at(&gold->entitlements, 2);
    CHECK_STR(one->kind, MX_ENTITLES_PICK_FIRST);
    CHECK_STR(one->value, "50");
    CHECK_STR(one->source, "tier:gold");
    ask.tier = mx_str_of("none");
    CHECK_INT(script_tiers_answer(&bench.ctx, &ask, &tiers), MX_OK);
    CHECK_INT(tiers.tiers.count, 0);
    bench_end();
}

static int same(const char *before, const char *after) {
    struct script_set *old, *new;
    int yes;
    if (!rules(before)) return -1;
    old = script_set_current();
    if (!rules(after)) return -1;
    new = script_set_current();
    yes = script_tiers_same(old, new);
    script_set_drop(old);
    script_set_drop(new);
    return yes;
}

TEST(other_tiers_are_told_from_the_same) {
    bench_begin();
    write_rules("tiers.lua", "tier { code = 'gold', rank = 1, " WHEN " }");
    CHECK_INT(same("promotion { id = 'a', percent = 5 }", "promotion { id = 'a', percent = 6 }"), 1);
    CHECK_INT(same("promotion { id = 'a', percent = 5 }", "tier { code = 'b', rank = 2, " WHEN " }"), 0);
    CHECK_INT(same("tier { code = 'b', rank = 2, " WHEN " }", "tier { code = 'b', rank = 3, " WHEN " }"), 0);
    CHECK_INT(same("tier { code = 'b', rank = 3, " WHEN " }", "promotion { id = 'a', percent = 5 }"), 0);
    bench_end();
}

RUN_TESTS(CASE(what_a_tier_says_is_checked), CASE(S1_13_visits_kinds_of_classes_and_referrals_make_a_tier),
          CASE(a_window_that_moves_on_asks_for_another_look), CASE(one_question_for_each_counter), CASE(grace_and_keeping),
          CASE(a_rule_that_fails_costs_nobody_a_tier), CASE(a_store_that_fails_is_no_fault_of_the_rule),
          CASE(functions_count_and_say_what_is_missing), CASE(mistakes_in_functions_are_named),
          CASE(tests_of_rule_files_say_who_a_member_is), CASE(tiers_are_listed_with_what_they_grant),
          CASE(other_tiers_are_told_from_the_same))
