/* Rules that fail, reloads, threads. */
#include <pthread.h>
#include <stdatomic.h>

#include "fixture.h"
#include "script/internal.h"

/* What scripts.rules.list answers, and what was loaded. */
struct row {
    struct mx_str file;
    int64_t line;
    struct mx_str id;
    struct mx_list name;
    int32_t lane;
    int32_t state;
    int64_t faults;
};
struct listing {
    struct mx_str version;
    struct mx_list rules;
};
struct loaded {
    struct mx_str version;
    int64_t rules;
};

static const struct mx_op *op_named(const char *name) {
    const struct mx_op *const *op = script_plugin()->ops;
    while (strcmp((*op)->name, name) != 0) op++;
    return *op;
}

static struct listing list_rules(void) {
    struct listing listing;
    memset(&listing, 0, sizeof(listing));
    CHECK_INT(op_named("scripts.rules.list")->handler(&bench.ctx, "", &listing), MX_OK);
    return listing;
}

static mx_status reload(struct loaded *loaded) {
    struct script_set *set;
    mx_status st;
    memset(loaded, 0, sizeof(*loaded));
    memset(&bench.err, 0, sizeof(bench.err));
    st = script_reload(&bench.err);
    if (st != MX_OK || (set = script_set_current()) == NULL) return st;
    loaded->version = mx_dup(&bench.ctx, mx_str_of(set->version));
    loaded->rules = set->rule_count - set->of[SCRIPT_TEST].count;
    script_set_drop(set);
    return st;
}

TEST(a_failing_rule_is_skipped_and_named) {
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules("promotion { id = 'before', percent = 1 }\n"
                  "promotion { id = 'bad', percent = 2, when = function(cart)\n"
                  "  return cart.lines[7].qty > 1 end }\n"
                  "promotion { id = 'after', percent = 3, when = function() return true end }\n"));
    REQUIRE(ask() == 2);
    CHECK_STR(offer_at(0)->rule, "before");
    CHECK_STR(offer_at(1)->rule, "after");
    REQUIRE(bench.offers.faults.count == 1);
    CHECK_STR(((struct mx_rule_fault *)mx_list_at(&bench.offers.faults, 0))->rule, "bad");
    CHECK(strncmp(fault_at(0), "rules.lua:3: attempt to index a nil value", 41) == 0);
    bench_end();
}

TEST(an_overrun_is_skipped_and_named) {
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules("promotion { id = 'endless', percent = 2, when = function(cart)\n while true do end end }\n"
                  "promotion { id = 'deep', percent = 2, when = function(cart)\n local function f() return 1 + f() end return f() end }\n"
                  "promotion { id = 'after', percent = 3, when = function() return true end }\n"));
    REQUIRE(ask() == 1);
    REQUIRE(bench.offers.faults.count == 2);
    CHECK(strcmp(fault_at(0), "rules.lua:2: this took more than the 20000 steps that a rule may take") == 0);
    CHECK(strcmp(fault_at(1), "rules.lua:3: a table or the depth of calls grew too large") == 0);
    bench_end();
}

TEST(five_faults_in_a_row_switch_off) {
    struct listing listing;
    struct loaded loaded;
    struct row *row;
    int i;
    bench_begin();
    REQUIRE(rules("promotion { id = 'moody', name = {en = 'Moody'}, lane = 'member', amount = 1, when = function(c)\n"
                  "  assert(c.total ~= 100) return true end }\n"));
    add_line("A", "tea", 1, 100);
    for (i = 0; i < 4; i++) ask();
    bench.cart.total = 5; /* once well: the count starts again */
    CHECK_INT(ask(), 1);
    bench.cart.total = 100;
    for (i = 0; i < 5; i++) {
        CHECK_INT(ask(), 0);
        CHECK_INT(bench.offers.faults.count, 1);
    }
    listing = list_rules();
    REQUIRE(listing.rules.count == 1);
    row = mx_list_at(&listing.rules, 0);
    CHECK_STR(row->file, "rules.lua");
    CHECK_INT(row->line, 1);
    CHECK_STR(row->id, "moody");
    CHECK_INT(row->name.count, 1);
    CHECK_INT(row->lane, MX_LANE_MEMBER);
    CHECK_INT(row->state, 2);
    CHECK_INT(row->faults, 5);
    CHECK_STR(listing.version, base_arena_dup(bench.arena, bench.offers.version).ptr);
    bench.cart.total = 5;
    CHECK_INT(ask(), 0); /* it is off, so it is not asked and cannot fail either */
    CHECK_INT(bench.offers.faults.count, 0);
    CHECK_INT(reload(&loaded), MX_OK);
    CHECK_INT(loaded.rules, 1);
    CHECK_INT(ask(), 1);
    listing = list_rules();
    row = mx_list_at(&listing.rules, 0);
    CHECK_INT(row->state, 1);
    CHECK_INT(row->faults, 0);
    bench_end();
}

TEST(a_wrong_reload_keeps_the_rules_in_force) {
    struct loaded loaded;
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules("promotion { id = 'old', percent = 1 }"));
    write_rules("rules.lua", "promotion { id = 'new', percent = 2 }\npromotion { id = 'wrong', percent = 'x' }");
    CHECK_INT(reload(&loaded), MX_E_BAD_INPUT);
    CHECK(strstr(bench.err.message, "rules.lua:2: promotion 'wrong': percent must be a whole number") != NULL);
    REQUIRE(ask() == 1);
    CHECK_STR(offer_at(0)->rule, "old");
    write_rules("rules.lua", "promotion { id = 'new', percent = 2 }");
    CHECK_INT(reload(&loaded), MX_OK);
    CHECK_INT(loaded.version.len, 16);
    REQUIRE(ask() == 1);
    CHECK_STR(offer_at(0)->rule, "new");
    bench_end();
}

TEST(a_reload_mends_a_wrong_start) {
    struct loaded loaded;
    bench_begin();
    add_line("A", "tea", 1, 100);
    CHECK_INT(reload(&loaded), MX_E_NOT_FOUND);
    write_rules("rules.lua", "promotion {");
    CHECK_INT(load(), MX_E_BAD_INPUT);
    CHECK_INT(ask(), 0);
    write_rules("rules.lua", "promotion { id = 'new', percent = 2 }");
    CHECK_INT(reload(&loaded), MX_OK);
    CHECK_INT(ask(), 1);
    bench_end();
}

TEST(messages_are_readable_text) {
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules("promotion { id = 'a', percent = 2, when = function() error('one\\ntwo') end }\n"
                  "promotion { id = 'b', percent = 2, when = function() error('\\xff\\xfe') end }\n"
                  "local long = '茶茶茶茶茶茶茶茶茶茶'\n"
                  "promotion { id = 'c', percent = 2, when = function() local s = long for i = 1, 6 do s = s .. s end error(s) end }\n"));
    CHECK_INT(ask(), 0);
    REQUIRE(bench.offers.faults.count == 3);
    CHECK(strcmp(fault_at(0), "rules.lua:1: one two") == 0);
    CHECK(strcmp(fault_at(1), "rules.lua:2: ??") == 0);
    CHECK(strlen(fault_at(2)) > 380 && strlen(fault_at(2)) <= 400);
    CHECK((strlen(fault_at(2)) - strlen("rules.lua:4: ")) % 3 == 0); /* no half character at the end */
    bench_end();
}

TEST(nothing_is_remembered_from_sale_to_sale) {
    int i;
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules(
        "local count, seen, nothing = 0, {}, nil\n"
        "promotion { id = 'counter', amount = 1, when = function() count = count + 1 return count == 2 end }\n"
        "promotion { id = 'memory', amount = 1, when = function(c) seen[c.total] = true end }\n"
        "promotion { id = 'later', amount = 1, when = function() if nothing then return true end nothing = 1 end }\n"
        "promotion { id = 'env', amount = 1, when = function() _ENV = {} end }\n"
        "local function helper() count = 9 end\n"
        "promotion { id = 'helped', amount = 1, when = function() helper() return true end }\n"
        "promotion { id = 'own', amount = 1, when = function() local n = 0 local function up() n = n + 1 end up() up() return n == 2 end }\n"
        "promotion { id = 'reader', amount = 2, when = function() return count == 0 and nothing == nil end }\n"));
    for (i = 0; i < 3; i++) {
        REQUIRE(ask() == 2);
        CHECK_STR(offer_at(0)->rule, "own");
        CHECK_STR(offer_at(1)->rule, "reader");
        REQUIRE(bench.offers.faults.count == 5);
        CHECK(strstr(fault_at(0), "rules.lua:2: the rule changed 'count', which belongs to the file") != NULL);
        CHECK(strstr(fault_at(1), "this table can only be read here") != NULL);
        CHECK(strstr(fault_at(2), "the rule changed 'nothing'") != NULL);
        CHECK(strstr(fault_at(3), "the rule changed '_ENV'") != NULL);
        CHECK(strstr(fault_at(4), "the rule changed 'count'") != NULL);
    }
    bench_end();
}

TEST(tables_of_the_file_can_be_read_by_all_its_rules) {
    bench_begin();
    add_line("A", "tea", 2, 100);
    REQUIRE(rules(
        "local sets = { teas = {'tea', 'tea-loose'}, rates = {gold = 10} }\n"
        "sets.self = sets\n"
        "local function is_tea(line) return table.has(sets.teas, line.category) end\n"
        "promotion { id = 'a', percent = sets.rates.gold, lines = function(line) return is_tea(line) end }\n"
        "promotion { id = 'b', percent = 5, when = function() return #sets.self.self.teas == 2 and sets.self == sets.self.self end }\n"
        "promotion { id = 'c', percent = 5, when = function() table.insert(sets.teas, 'coffee') return true end }\n"
        "promotion { id = 'd', percent = 5, when = function() local n = 0 for k, v in pairs(sets) do n = n + 1 end return n == 3 end }\n"));
    CHECK_INT(ask(), 3);
    REQUIRE(bench.offers.faults.count == 1);
    CHECK(strstr(fault_at(0), "rules.lua:6: this table can only be read here") != NULL);
    bench_end();
}

#define THREADS 4

static _Atomic int stop_asking;

struct asker {
    struct mx_ctx ctx;
    struct base_arena *arena;
};

static void *asker_alloc(struct mx_ctx *ctx, size_t bytes) { return base_arena_alloc(((struct asker *)ctx)->arena, bytes); }

/* Asks until told to stop; the answers must always be whole. */
static void *ask_often(void *arg) {
    const struct mx_answer *answer = script_plugin()->answers[0];
    struct asker asker = {bench.ctx, base_arena_new(4096)};
    struct mx_offers offers;
    intptr_t wrong = 0;
    (void)arg;
    while (!atomic_load(&stop_asking)) {
        memset(&offers, 0, sizeof(offers));
        if (answer->fn(&asker.ctx, &bench.cart, &offers) != MX_OK || offers.offers.count != 2) wrong++;
        base_arena_reset(asker.arena);
    }
    base_arena_free(asker.arena);
    return (void *)wrong;
}

TEST(threads_ask_while_rules_are_exchanged) {
    pthread_t threads[THREADS];
    struct mx_op_api op;
    int i, k;
    bench_begin();
    op = bench.op;
    op.alloc = asker_alloc;
    bench.ctx.op = &op;
    add_line("A", "tea", 1, 100);
    REQUIRE(rules("promotion { id = 'a', percent = 1 } promotion { id = 'b', percent = 1, when = function(c) return #c.lines == 1 end }"));
    for (k = 0; k < 3; k++) {
        atomic_store(&stop_asking, 0);
        for (i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, ask_often, NULL);
        for (i = 0; i < 20; i++) {
            CHECK_INT(load(), MX_OK);
            usleep(2000);
        }
        atomic_store(&stop_asking, 1);
        for (i = 0; i < THREADS; i++) {
            void *wrong = NULL;
            pthread_join(threads[i], &wrong);
            CHECK(wrong == NULL);
        }
    }
    bench_end();
}

RUN_TESTS(CASE(a_failing_rule_is_skipped_and_named), CASE(an_overrun_is_skipped_and_named), CASE(five_faults_in_a_row_switch_off),
          CASE(a_wrong_reload_keeps_the_rules_in_force), CASE(a_reload_mends_a_wrong_start), CASE(messages_are_readable_text),
          CASE(nothing_is_remembered_from_sale_to_sale), CASE(tables_of_the_file_can_be_read_by_all_its_rules),
          CASE(threads_ask_while_rules_are_exchanged))
