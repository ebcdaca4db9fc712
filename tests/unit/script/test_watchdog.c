/* The watchdog, sets that are exchanged while others sell, and rules that were switched off and come back. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "fixture.h"
#include "script/internal.h"

static const char two_rules[] = "promotion { id = 'own', amount = 1, when = function() return true end }\n"
                                "promotion { id = 'stuck', amount = 2, when = function() while true do end end }\n";

/* With a budget that never ends, only the watchdog can end the rule. */
TEST(a_rule_that_does_not_come_back_is_stopped_and_off_for_all) {
    struct script_state *state;
    struct script_set *set;
    struct script_rule *stuck;
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules(two_rules));
    set = script_thread_set(&state);
    REQUIRE(set != NULL && state != NULL);
    state->budget = INT64_MAX;
    CHECK_INT(ask(), 1);
    CHECK(strstr(fault_at(0), "rules.lua:2: the watchdog stopped this after more than 100 ms") != NULL);
    stuck = script_rule_find(set, SCRIPT_PROMOTION, mx_str_of("stuck"));
    REQUIRE(stuck != NULL);
    CHECK(atomic_load(&stuck->off));
    CHECK_INT(atomic_load(&set->untold), 1);
    CHECK_INT(ask(), 1); /* and without it from now on */
    CHECK_INT(bench.offers.faults.count, 0);
    REQUIRE(load() == MX_OK); /* loaded again, it is back */
    set = script_thread_set(&state);
    stuck = script_rule_find(set, SCRIPT_PROMOTION, mx_str_of("stuck"));
    CHECK(!atomic_load(&stuck->off));
    CHECK_INT(ask(), 1);
    CHECK_INT(bench.offers.faults.count, 1);
    bench_end();
}

/* ---- eight tills sell while the rules are exchanged ---- */

struct till {
    struct mx_ctx ctx; /* first */
    struct mx_op_api op;
    struct base_arena *arena;
    pthread_t thread;
    int sales, wrong;
};

static atomic_int closing;

static void *till_alloc(struct mx_ctx *ctx, size_t bytes) { return base_arena_alloc(((struct till *)(void *)ctx)->arena, bytes); }

static void sell_once(struct till *till) {
    struct mx_counter counter = {mx_str_of("spent_minor"), 500};
    struct mx_tier_ask ask_tier = {mx_str_of("mem_1"), mx_str_of("basic"), {&counter, 1, sizeof(counter)}};
    struct mx_tier_answer tier;
    struct mx_offers offers;
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    memset(&offers, 0, sizeof(offers));
    memset(&tier, 0, sizeof(tier));
    if (set == NULL) return;
    script_answer(&till->ctx, set, state, &bench.cart, &offers);
    if (offers.offers.count != 2 || offers.faults.count != 0) till->wrong++;
    if (script_tier_answer(&till->ctx, &ask_tier, &tier) != MX_OK || !mx_str_is(tier.tier, "gold")) till->wrong++;
    till->sales++;
    base_arena_reset(till->arena);
}

static void *sell(void *arg) {
    struct till *till = arg;
    while (!atomic_load(&closing)) sell_once(till);
    return NULL;
}

static void write_version(int version) {
    char text[700];
    snprintf(text, sizeof(text),
             "local rates = {tea = %d}\n"
             "promotion { id = 'a', amount = %d, when = function(cart) return cart.total == 100 and rates.tea == %d end }\n"
             "promotion { id = 'b', percent = 5, lines = function(line) return line.category == 'tea' end }\n"
             "tier { code = 'gold', rank = 1, when = function(member) return member.spent_minor == 500 end }\n"
             "test('it holds', function(t) t.ok(t.tier('gold', {spent_minor = 500})) end)\n",
             version, version, version);
    write_rules("rules.lua", text);
}

TEST(eight_threads_sell_while_rules_are_exchanged) {
    static struct till tills[8];
    int i, version;
    bench_begin();
    add_line("A", "tea", 1, 100);
    write_version(1);
    REQUIRE(load() == MX_OK);
    atomic_store(&closing, 0);
    memset(tills, 0, sizeof(tills));
    for (i = 0; i < 8; i++) {
        tills[i].arena = base_arena_new(4096);
        tills[i].op = bench.op;
        tills[i].op.alloc = till_alloc;
        tills[i].ctx = bench.ctx;
        tills[i].ctx.op = &tills[i].op;
        REQUIRE(pthread_create(&tills[i].thread, NULL, sell, &tills[i]) == 0);
    }
    for (version = 2; version <= 40; version++) {
        write_version(version);
        CHECK_INT(load(), MX_OK);
        base_arena_reset(bench.arena);
    }
    atomic_store(&closing, 1);
    for (i = 0; i < 8; i++) {
        pthread_join(tills[i].thread, NULL);
        CHECK_INT(tills[i].wrong, 0);
        base_arena_free(tills[i].arena);
    }
    bench_end();
}

RUN_TESTS(CASE(a_rule_that_does_not_come_back_is_stopped_and_off_for_all), CASE(eight_threads_sell_while_rules_are_exchanged))
