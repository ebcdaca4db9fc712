/* Many rules: what a cart does not touch costs nothing, and what it touches speaks in the order of the rules. */
#include "fixture.h"
#include "script/internal.h"

static void write_many(int files, int rules_each, const char *shape) {
    struct base_buf text;
    char name[32];
    int f, i;
    for (f = 0; f < files; f++) {
        base_buf_init(&text, bench.arena);
        for (i = 0; i < rules_each; i++) {
            int n = f * rules_each + i;
            base_buf_printf(&text, shape, n, n, n);
            base_buf_char(&text, '\n');
        }
        snprintf(name, sizeof(name), "f%03d.lua", f);
        write_bytes(name, text.ptr, text.len);
    }
}

TEST(ten_thousand_rules_load_soon_and_cost_little) {
    struct script_state *state;
    struct script_set *set;
    double start;
    int i;
    bench_begin();
    write_many(100, 100,
               "promotion { id = 'r-%d', name = {en = 'Ten off'}, where = {sku = {'A-%d', 'B-%d'}}, percent = 10,"
               " from = '2026-01-01', to = '2026-12-31', channel = {'till', 'web'}, limit = {member = 1} }");
    write_rules("z.lua", "promotion { id = 'z', percent = 1, when = function(cart) return cart.total > 0 end }");
    start = cpu_ms();
    REQUIRE(load() == MX_OK);
    printf("# 10001 rules load in %.0f ms\n", cpu_ms() - start);
    for (i = 0; i < 50; i++) add_line(base_arena_printf(bench.arena, "%s-%d", i % 2 ? "A" : "B", i * 199).ptr, "tea", 1, 100);
    start = cpu_ms();
    CHECK_INT(ask(), 51);
    printf("# the first answer takes %.2f ms\n", cpu_ms() - start);
    start = cpu_ms();
    for (i = 0; i < 100; i++) CHECK_INT(ask(), 51);
    printf("# an answer takes %.3f ms\n", (cpu_ms() - start) / 100);
    for (i = 0; i < 50; i++) CHECK_INT(offer_line((uint32_t)i, 0)->line, i + 1);
    CHECK_STR(offer_at(50)->rule, "z");
    set = script_thread_set(&state);
    REQUIRE(set != NULL && state != NULL);
    printf("# the set has %zu KB\n", base_arena_size(set->arena) / 1024);
    printf("# the state of a thread has %zu KB\n", state->memory.used / 1024);
    CHECK(state->memory.used < 200 * 1024); /* of the files without functions it keeps nothing */
    bench_end();
}

TEST(ten_thousand_rules_on_the_whole_cart) {
    double start;
    int i;
    bench_begin();
    write_many(100, 100, "promotion { id = 'r-%d', percent = 10, location = 'store-%d', member = 'tier-%d' }");
    REQUIRE(load() == MX_OK);
    for (i = 0; i < 50; i++) add_line("A", "tea", 1, 100);
    bench.cart.tier = mx_str_of("tier-1");
    start = cpu_ms();
    for (i = 0; i < 100; i++) CHECK_INT(ask(), 1);
    printf("# an answer takes %.3f ms\n", (cpu_ms() - start) / 100);
    CHECK_STR(offer_at(0)->rule, "r-1");
    bench_end();
}

TEST(twenty_thousand_rules_are_the_most) {
    bench_begin();
    write_many(200, 100, "reward { id = 'r-%d', points = 1%d }");
    REQUIRE(load() == MX_OK);
    write_rules("z.lua", "reward { id = 'one-more', points = 1 }");
    CHECK_INT(load(), MX_E_BAD_INPUT);
    CHECK(strstr(bench.err.message, "z.lua:1: reward: there are more than 20000 rules") != NULL);
    bench_end();
}

/* As many as go into 64 KB: the steps that a file may take while it loads are enough for them. */
TEST(one_file_may_be_full_of_rules) {
    bench_begin();
    write_many(1, 480,
               "promotion { id = 'r-%d', name = {en = 'Ten off', zh = 'x'}, where = {sku = {'A-%d', 'B-%d'}}, percent = 10,"
               " limit = {member = 1} }");
    CHECK(load() == MX_OK);
    add_line("B-479", "tea", 1, 100);
    CHECK_INT(ask(), 1);
    bench_end();
}

/* The state of a thread grows with the functions, and rules may still use as much beyond it as with few. */
TEST(many_functions_leave_as_much_room_as_few) {
    struct script_state *state;
    double start;
    bench_begin();
    write_many(100, 50,
               "promotion { id = 'r-%d', where = {sku = 'A-%d'}, percent = 10,"
               " when = function(cart) return cart.total > %d and cart.date.hour < 24 end }");
    write_rules("z.lua", "promotion { id = 'z', percent = 1, when = function(cart) local t = {}"
                         " for i = 1, 30 do t[i] = {} for k = 1, 200 do t[i][k] = k end end return true end }");
    start = cpu_ms();
    REQUIRE(load() == MX_OK);
    add_line("A-77", "tea", 1, 10000);
    CHECK_INT(ask(), 2);
    printf("# 5001 rules with functions load twice in %.0f ms\n", cpu_ms() - start);
    CHECK_STR(mx_str_of(fault_at(0)), "");
    (void)script_thread_set(&state);
    REQUIRE(state != NULL);
    printf("# the state of a thread has %zu KB\n", state->memory.used / 1024);
    CHECK(state->memory.max > SCRIPT_MEMORY_MAX && state->memory.max < SCRIPT_MEMORY_MAX + 8 * 1024 * 1024);
    bench_end();
}

/* One article of a long cart costs the place of one line, however many rules name it. */
TEST(a_long_cart_costs_no_room_for_each_rule) {
    size_t before;
    int i;
    bench_begin();
    write_many(10, 100, "promotion { id = 'r-%d', where = {sku = 'A-%d'}, percent = 10, min_qty = 9%d }");
    REQUIRE(load() == MX_OK);
    for (i = 0; i < 1000; i++) add_line(base_arena_printf(bench.arena, "A-%d", i).ptr, "tea", 1, 100);
    before = base_arena_size(bench.arena);
    (void)ask();
    printf("# 1000 rules about 1000 lines take %zu KB\n", (base_arena_size(bench.arena) - before) / 1024);
    CHECK(base_arena_size(bench.arena) - before < 2 * 1024 * 1024);
    bench_end();
}

/* A short file must not make the set as large as it likes: lists that rules share are kept for each of them. */
TEST(lists_that_many_rules_share_are_bounded) {
    static const char shape[] = "local l = {} for i = 1, 1000 do l[i] = 'sku-%d' .. i end\n"
                                "for i = 1, %d do promotion { id = 'f%d-' .. i, where = {sku = l}, percent = 1 } end\n";
    char name[32];
    int i;
    bench_begin();
    write_rules("a.lua", base_arena_printf(bench.arena, shape, 1, 1000, 1).ptr);
    CHECK_INT(load(), MX_E_BAD_INPUT);
    CHECK(strstr(bench.err.message, "this took more than the 20000 steps that a rule may take") != NULL);
    write_rules("a.lua", base_arena_printf(bench.arena, shape, 1, 40, 1).ptr);
    CHECK_INT(load(), MX_OK);
    for (i = 0; i < 99; i++) {
        snprintf(name, sizeof(name), "b%02d.lua", i);
        write_rules(name, base_arena_printf(bench.arena, shape, 1, 40, i + 2).ptr);
    }
    CHECK_INT(load(), MX_E_BAD_INPUT);
    CHECK(strstr(bench.err.message, "all rules together name more than there is room for: 128 MB") != NULL);
    bench_end();
}

static char said[4000];

/* The ids of the rules that made offers. */
static const char *who(void) {
    uint32_t i;
    said[0] = '\0';
    (void)ask();
    for (i = 0; i < bench.offers.offers.count; i++)
        snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%.*s", i ? " " : "", (int)offer_at(i)->rule.len,
                 offer_at(i)->rule.ptr);
    return said;
}

static void offered(const char *ids) {
    const char *got = who();
    if (strcmp(got, ids) != 0) {
        printf("# offered '%s', not '%s'\n", got, ids);
        check_failures++;
    }
}

/* Every way to stand in the index, in an order that is neither that of words nor of kinds of words. */
TEST(each_rule_is_found_by_its_words) {
    static struct mx_cart_voucher voucher;
    static struct mx_str code;
    struct mx_cart_line *line;
    bench_begin();
    REQUIRE(rules("promotion { id = 'tag', where = {tag = 'x'}, percent = 1 }\n"
                  "promotion { id = 'all', percent = 1 }\n"
                  "promotion { id = 'sku', where = {sku = 'A', category = 'tea'}, percent = 1 }\n"
                  "promotion { id = 'unit', where = {unit = 'piece'}, percent = 1 }\n"
                  "promotion { id = 'brand', where = {brand = 'lu'}, percent = 1 }\n"
                  "promotion { id = 'code', coupon = {'Spring', 'SUMMER'}, percent = 1 }\n"
                  "promotion { id = 'issued', coupon = true, percent = 1 }\n"
                  "promotion { id = 'place', location = 'store-1', percent = 1 }\n"
                  "promotion { id = 'way', channel = 'web', percent = 1 }\n"
                  "promotion { id = 'prices', prices = {A = 5, B = 6} }\n"
                  "promotion { id = 'set', bundle = {price = 5, {where = {category = 'tea'}}, {where = {brand = 'lu'}}} }\n"
                  "promotion { id = 'open-set', bundle = {price = 5, {where = {sku = 'C'}}, {pieces = 2}} }\n"
                  "promotion { id = 'cat', where = {category = {'tea', 'pot'}}, percent = 1 }\n"));
    offered("");
    add_line("Z", "none", 1, 100);
    offered("all unit place open-set");
    line = add_line("A", "tea", 1, 100);
    offered("all sku unit place prices set open-set cat");
    line->brand = mx_str_of("lu");
    bench.tags[0] = mx_str_of("x");
    line->tags.items = bench.tags;
    line->tags.count = 1;
    offered("tag all sku unit brand place prices set open-set cat");
    line->overridden = 1;
    offered("all unit place open-set");
    bench.cart.location = mx_str_of("store-2");
    bench.cart.channel = mx_str_of("web");
    code = mx_str_of("sPRING");
    bench.cart.coupons.items = &code;
    bench.cart.coupons.count = 1;
    offered("all unit code way open-set");
    voucher.id = mx_str_of("cpn_00000000000000000000000001");
    voucher.rule = mx_str_of("issued");
    bench.cart.vouchers.items = &voucher;
    bench.cart.vouchers.count = 1;
    bench.cart.vouchers.elem_size = sizeof(voucher);
    offered("all unit code issued way open-set");
    CHECK_STR(offer_at(2)->coupon, "sPRING");
    CHECK_STR(offer_at(3)->voucher, "cpn_00000000000000000000000001");
    CHECK_INT(offer_at(3)->lane, MX_LANE_COUPON);
    bench_end();
}

RUN_TESTS(CASE(ten_thousand_rules_load_soon_and_cost_little), CASE(ten_thousand_rules_on_the_whole_cart),
          CASE(twenty_thousand_rules_are_the_most), CASE(one_file_may_be_full_of_rules), CASE(many_functions_leave_as_much_room_as_few),
          CASE(a_long_cart_costs_no_room_for_each_rule), CASE(lists_that_many_rules_share_are_bounded),
          CASE(each_rule_is_found_by_its_words))
