/* What rules offer: every declared kind, every filter, every function. */
#include "fixture.h"
#include "script/internal.h"

/* A basket of three teas, a pot, a cream, loose tea and a line whose price was set by hand. */
static void fill_cart(void) {
    struct mx_cart_line *line;
    add_line("TEA-1", "tea", 3, 12800);
    add_line("POT-1", "teaware", 1, 32000);
    line = add_line("CREAM-1", "skincare", 2, 8900);
    bench.tags[0] = mx_str_of("gift");
    bench.tags[1] = mx_str_of("rose");
    line->tags.items = bench.tags;
    line->tags.count = 2;
    line = add_line("LOOSE-1", "tea", 1, 24000);
    line->unit = MX_UNIT_KG;
    line->qty = 455;
    line->amount = 10920;
    line = add_line("TEA-2", "tea", 1, 9900);
    line->overridden = 1;
    bench.cart.tier = mx_str_of("gold");
    bench.cart.member = mx_str_of("mem_1");
}

/* The rule "r" with this body offers exactly these lines ("" = nothing). */
static void offers_lines(const char *body, const char *lines) {
    char text[1200], got[200] = "";
    uint32_t k;
    snprintf(text, sizeof(text), "promotion { id = 'r', %s }", body);
    if (!rules(text)) {
        check_failures++;
        return;
    }
    if (ask() > 0) {
        for (k = 0; k < offer_at(0)->lines.count; k++) {
            size_t at = strlen(got);
            snprintf(got + at, sizeof(got) - at, offer_line(0, k)->qty ? "%s%lld:%lld" : "%s%lld", k ? " " : "",
                     (long long)offer_line(0, k)->line, (long long)offer_line(0, k)->qty);
        }
    }
    if (strcmp(got, lines) != 0 || bench.offers.faults.count) {
        printf("# %s\n#   offered: %s %s\n#   not:     %s\n", body, got, fault_at(0), lines);
        check_failures++;
    }
}

/* The rule "r" with this body fails with these words. */
static void fails(const char *body, const char *words) {
    char text[1200];
    snprintf(text, sizeof(text), "promotion { id = 'r', %s }", body);
    if (!rules(text)) {
        check_failures++;
        return;
    }
    if (ask() != 0 || bench.offers.faults.count != 1 || strstr(fault_at(0), words) == NULL) {
        printf("# %s\n#   said: %s\n#   not:  %s\n", body, fault_at(0), words);
        check_failures++;
    }
}

TEST(kinds_and_defaults) {
    bench_begin();
    fill_cart();
    REQUIRE(rules("promotion { id = 'a', percent = 10 }\n"
                  "promotion { id = 'b', amount = 500, name = {zh = '茶', en = 'Tea'} }\n"
                  "promotion { id = 'c', buy = 3, pay = 2, priority = 7, lane = 'flash' }\n"
                  "promotion { id = 'd', ppm = 33333, min_total = 20000, lane = 'member' }\n"));
    REQUIRE(ask() == 4);
    CHECK_STR(answer_text(), base_arena_printf(bench.arena,
                                               "%.16s|a lane 2 priority 100 kind 1: 100000 0 0/0 from 0 on 1:0 2:0 3:0 4:0"
                                               "|b lane 3 priority 100 kind 2: 0 500 0/0 from 0 on 1:0 2:0 3:0 4:0"
                                               "|c lane 1 priority 7 kind 3: 0 0 3/2 from 0 on 1:0 2:0 3:0"
                                               "|d lane 5 priority 100 kind 1: 33333 0 0/0 from 20000 on 1:0 2:0 3:0 4:0",
                                               bench.offers.version.ptr)
                                 .ptr);
    CHECK_INT(offer_at(0)->name.count, 0);
    REQUIRE(offer_at(1)->name.count == 2);
    CHECK_STR(((struct mx_pair *)mx_list_at(&offer_at(1)->name, 0))->key, "en");
    CHECK_STR(((struct mx_pair *)mx_list_at(&offer_at(1)->name, 1))->value, "茶");
    bench_end();
}

TEST(where) {
    bench_begin();
    fill_cart();
    offers_lines("percent = 5, where = {category = 'tea'}", "1 4");
    offers_lines("percent = 5, where = {category = {'teaware', 'skincare'}}", "2 3");
    offers_lines("percent = 5, where = {tag = {'x', 'rose'}}", "3");
    offers_lines("percent = 5, where = {sku = {'TEA-2', 'POT-1', 'TEA-1'}}", "1 2");
    offers_lines("percent = 5, where = {category = 'tea', sku = 'TEA-1'}", "1");
    offers_lines("percent = 5, where = {category = 'tea', tag = 'gift'}", "");
    offers_lines("buy = 2, pay = 1, where = {category = 'tea'}", "1");
    offers_lines("percent = 5, where = {sku = 'TEA-2'}", ""); /* its price was set by hand */
    bench_end();
}

TEST(who_where_when) {
    bench_begin();
    fill_cart();
    offers_lines("percent = 5, member = true, where = {sku = 'POT-1'}", "2");
    offers_lines("percent = 5, member = 'gold', where = {sku = 'POT-1'}", "2");
    offers_lines("percent = 5, member = {'black', 'gold'}, where = {sku = 'POT-1'}", "2");
    offers_lines("percent = 5, member = {'black', 'silver'}", "");
    offers_lines("percent = 5, channel = {'web', 'till'}, where = {sku = 'POT-1'}", "2");
    offers_lines("percent = 5, channel = 'web'", "");
    offers_lines("percent = 5, location = 'store-1', where = {sku = 'POT-1'}", "2");
    offers_lines("percent = 5, location = 'store-2'", "");
    offers_lines("percent = 5, min_qty = 3000, where = {sku = 'TEA-1'}", "1");
    offers_lines("percent = 5, min_qty = 3001, where = {sku = 'TEA-1'}", "");
    offers_lines("percent = 5, min_qty = 3455, where = {category = 'tea'}", "1 4");
    offers_lines("percent = 5, min_qty = 3456, where = {category = 'tea'}", "");
    bench.cart.tier = bench.cart.member = mx_str_of("");
    offers_lines("percent = 5, member = true", "");
    offers_lines("percent = 5, member = 'gold'", "");
    bench_end();
}

TEST(days_are_the_shops_own_and_include_the_last) {
    bench_begin();
    add_line("A", "tea", 1, 100);
    offers_lines("percent = 5, from = '2026-11-27', to = '2026-11-27'", "1");
    offers_lines("percent = 5, from = '2026-11-28'", "");
    offers_lines("percent = 5, to = '2026-11-26'", "");
    bench.cart.at = NOON_CHINA + 12 * 3600 * 1000 - 1; /* the last millisecond of the day in Shanghai */
    offers_lines("percent = 5, to = '2026-11-27'", "1");
    bench.cart.at++;
    offers_lines("percent = 5, to = '2026-11-27'", "");
    offers_lines("percent = 5, from = '2026-11-28'", "1");
    bench.shop.zone = mx_str_of("Europe/London");
    offers_lines("percent = 5, to = '2026-11-27'", "1");
    bench_end();
}

TEST(when_and_lines) {
    bench_begin();
    fill_cart();
    offers_lines("percent = 5, where = {sku = 'POT-1'}, when = function(cart) return cart.total > 1 end", "2");
    offers_lines("percent = 5, when = function(cart) return cart.total < 1 end", "");
    offers_lines("percent = 5, when = function() end", "");
    offers_lines("percent = 5, lines = function(line) return line.amount >= 30000 end", "1 2");
    offers_lines("percent = 5, lines = function(line, cart) return line == cart.lines[3] end", "3");
    offers_lines("percent = 5, lines = function(line) return line.qty // 2 end", "1:1500 2:500 3:1000 4:227");
    offers_lines("percent = 5, lines = function(line) return 0 end", "");
    offers_lines("percent = 5, where = {category = 'tea'}, lines = function(line) assert(line.category == 'tea') return true end", "1 4");
    offers_lines("percent = 5, min_qty = 1001, lines = function(line) return line.line == 1 and 1000 end", "");
    offers_lines("percent = 5, min_qty = 1000, lines = function(line) return line.line == 1 and 1000 end", "1:1000");
    fails("percent = 5, when = function() return 1 end", "rules.lua:1: promotion 'r': when must answer true or false, not a number");
    fails("percent = 5, lines = function() return 'yes' end",
          "lines must answer true, false or a whole number of thousandths, not a string");
    fails("percent = 5, lines = function(line) return line.qty / 2 end", "not a fraction");
    fails("percent = 5, lines = function(line) return line.qty + 1 end", "lines answered 3001 for line 1, which has 3000 thousandths");
    fails("percent = 5, lines = function(line) return -1 end", "lines answered -1");
    fails("percent = 5, when = function(cart) return cart.total.x end", "rules.lua:1: attempt to index a number value (field 'total')");
    fails("percent = 5, when = function(cart) return cart.totl end", "rules.lua:1: the cart has no 'totl'");
    fails("percent = 5, when = function(cart) return cart[1] end", "rules.lua:1: the cart has no '?'");
    fails("percent = 5, when = function(cart) return cart.date.hours end", "rules.lua:1: the date has no 'hours'");
    fails("percent = 5, lines = function(line) return line.quantity end", "rules.lua:1: a line of the cart has no 'quantity'");
    fails("percent = 5, when = function(cart) return 1 + 'a' end", "rules.lua:1: attempt to perform arithmetic on a string value");
    fails("percent = 5, when = function(cart) error('not today') end", "rules.lua:1: not today");
    fails("percent = 5, when = function(cart) promotion { id = 'b', percent = 5 } end", "not inside a rule's function");
    bench_end();
}

TEST(offers) {
    bench_begin();
    fill_cart();
    offers_lines("offers = function() return {{kind = 'percent', percent = 10, lines = {{line = 1, qty = 2000}, {line = 3}}}} end",
                 "1:2000 3");
    offers_lines("offers = function() return {{percent = 10}} end", "1 2 3 4");
    offers_lines("offers = function() return {{kind = 'buy_pay', buy = 2, pay = 1}} end", "1 2 3");
    offers_lines("offers = function() return {{percent = 10, lines = {{line = 5}, {line = 2}}}} end", "2"); /* line 5: set by hand */
    offers_lines("offers = function() return {{percent = 10, lines = {{line = 5}}}} end", "");
    offers_lines("offers = function() return {} end", "");
    offers_lines("offers = function() return nil end", "");
    offers_lines("offers = function() end", "");
    REQUIRE(rules(
        "local K = {{kind = 'amount', amount = 100, lines = {{line = 1}}, min_total = 5, priority = 3}, {kind = 'percent', ppm = 5}}\n"
        "promotion { id = 'r', lane = 'coupon', min_total = 9, offers = function() return K end }"));
    REQUIRE(ask() == 2);
    CHECK_INT(offer_at(0)->min_total, 5);
    CHECK_INT(offer_at(0)->priority, 3);
    CHECK_INT(offer_at(0)->lane, MX_LANE_COUPON);
    CHECK_INT(offer_at(1)->min_total, 9);
    CHECK_INT(offer_at(1)->priority, 100);
    bench_end();
}

TEST(bad_offers_are_faults) {
    bench_begin();
    fill_cart();
    fails("offers = function() return 5 end", "offers must answer a list of offers, not a number");
    fails("offers = function() return {kind = 'percent', percent = 10} end", "offers must answer a list of offers, like {{kind");
    fails("offers = function() return {5} end", "every offer must be a table");
    fails("offers = function() return {{kind = 'percent'}} end", "an offer needs to say what it takes off");
    fails("offers = function() return {{kind = 'amount', percent = 10}} end", "kind 'amount' does not go with");
    fails("offers = function() return {{percent = 10, lnes = {}}} end", "did you mean 'lines'?");
    fails("offers = function() return {{amount = 99.5}} end",
          "rules.lua:1: promotion 'r': amount must be a whole number, but it is the fraction 99.5");
    fails("offers = function() return {{amount = 0/0}} end", "amount must be a whole number");
    fails("offers = function() return {{amount = 1/0}} end", "amount must be a whole number");
    fails("offers = function() return {{amount = 1e308}} end", "amount must be a whole number");
    fails("offers = function() return {{amount = -1}} end", "amount must be between");
    fails("offers = function() return {{amount = math.maxinteger}} end", "amount must be between");
    fails("offers = function() return {{percent = 7.5}} end", "for 7.5 % write ppm = 75000");
    fails("offers = function() return {{percent = 5, lines = 1}} end", "lines must be a list");
    fails("offers = function() return {{percent = 5, lines = {}}} end", "lines must be a list with at least one entry");
    fails("offers = function() return {{percent = 5, lines = {1}}} end", "every entry of lines must be a table");
    fails("offers = function() return {{percent = 5, lines = {{qty = 1}}}} end", "an entry of lines has no line");
    fails("offers = function() return {{percent = 5, lines = {{line = 9}}}} end", "lines names line 9, which is not in the cart");
    fails("offers = function() return {{percent = 5, lines = {{line = 1, qty = 3001}}}} end", "qty must be between 1 and 3000");
    fails("offers = function() return {{percent = 5, lines = {{line = 1, qty = 1.5}}}} end", "qty must be a whole number");
    fails("offers = function() return {{percent = 5, lines = {{line = 1}, {line = 1}}}} end", "lines names line 1 twice");
    fails("offers = function() return {{percent = 5}, {percent = 0}} end", "percent must be between"); /* the good one is gone too */
    fails("offers = function() local t = {} for i = 1, 101 do t[i] = {percent = 5} end return t end", "more than 100 offers");
    bench_end();
}

TEST(what_a_rule_sees_of_the_cart) {
    bench_begin();
    fill_cart();
    bench.cart.coupons.items = bench.tags;
    bench.cart.coupons.count = 1;
    offers_lines(
        "percent = 1, where = {sku = 'POT-1'}, when = function(c) assert(c.total == 38400 + 32000 + 17800 + 24000 + 9900, c.total)"
        " assert(c.currency == 'CNY' and c.channel == 'till' and c.location == 'store-1' and c.tier == 'gold' and c.member == 'mem_1')"
        " assert(c.at == 1795752000000 and c.coupons[1] == 'gift' and #c.coupons == 1) return true end",
        "2");
    offers_lines("percent = 1, where = {sku = 'POT-1'}, when = function(c) local d = c.date assert(d.year == 2026 and d.month == 11"
                 " and d.day == 27 and d.hour == 12 and d.minute == 0 and d.weekday == 5) return true end",
                 "2");
    offers_lines(
        "percent = 1, where = {sku = 'POT-1'}, when = function(c) local l = c.lines[3] assert(#c.lines == 5 and l.line == 3 and l.sku =="
        " 'CREAM-1' and l.qty == 2000 and l.unit_price == 8900 and l.amount == 17800 and l.unit == 'piece' and l.category == 'skincare')"
        " assert(#l.tags == 2 and table.has(l.tags, 'rose') and not l.overridden) assert(c.lines[5].overridden and c.lines[6] == nil)"
        " assert(c.lines[4].unit == 'kg' and #c.lines[1].tags == 0) return true end",
        "2");
    bench.cart.member = bench.cart.tier = mx_str_of("");
    bench.cart.coupons.count = 0;
    offers_lines(
        "percent = 1, where = {sku = 'POT-1'}, when = function(c) return c.member == nil and c.tier == nil and #c.coupons == 0 end", "2");
    bench_end();
}

TEST(carts_of_any_length_follow_each_other) {
    static const uint32_t lengths[] = {1, 2000, 3, 70, 0, 435, 64, 65, 2};
    uint32_t i, k;
    bench_begin();
    REQUIRE(
        rules("promotion { id = 'r', amount = 1, when = function(c) local n = 0 for i, l in ipairs(c.lines) do n = n + 1"
              " assert(l.line == i) end return n == #c.lines and c.lines[n + 1] == nil end, lines = function(l) return l.line == 1 end }"));
    for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        bench.cart.lines.count = 0;
        bench.cart.total = 0;
        for (k = 0; k < lengths[i]; k++) add_line("A", "tea", 1, 100);
        CHECK_INT(ask(), lengths[i] > 0);
        CHECK_INT(bench.offers.faults.count, 0);
    }
    bench_end();
}

/* 20,000 steps, and 200 more for each line beyond 50. */
TEST(a_longer_cart_may_take_longer) {
    uint32_t k;
    bench_begin();
    REQUIRE(rules("promotion { id = 'r', amount = 1, when = function(c) local n = 0 for i = 1, 12000 do n = n + i end return true end }"));
    for (k = 0; k < 50; k++) add_line("A", "tea", 1, 100);
    CHECK_INT(ask(), 0);
    CHECK(strstr(fault_at(0), "this took more than the 20000 steps that a rule may take") != NULL);
    for (k = 0; k < 50; k++) add_line("A", "tea", 1, 100);
    CHECK_INT(ask(), 1);
    REQUIRE(rules("promotion { id = 'r', amount = 1, when = function(c) while true do end end }"));
    CHECK_INT(ask(), 0);
    CHECK(strstr(fault_at(0), "this took more than the 30000 steps that a rule may take") != NULL);
    bench_end();
}

static int load_folder_of(const char *name) {
    char path[1024];
    snprintf(path, sizeof(path), "%s/../%s", MERX_TESTS_DIR, name);
    if (script_open(path, &bench.err) == MX_OK) return 1;
    printf("# %s\n", bench.err.message);
    return 0;
}

TEST(the_rules_that_come_with_the_shop) {
    bench_begin();
    REQUIRE(load_folder_of("scripts/promotions"));
    bench.cart.tier = mx_str_of("gold");
    bench.cart.member = mx_str_of("mem_1");
    add_line("TEA-1", "tea", 3, 12800);
    add_line("MASK", "skincare", 3, 990);
    add_line("CREAM", "skincare", 2, 11900);
    REQUIRE(ask() == 4);
    CHECK_INT(bench.offers.faults.count, 0);
    CHECK_STR(offer_at(0)->rule, "spend-200");
    CHECK_STR(offer_at(1)->rule, "beauty-second-half");
    REQUIRE(offer_at(1)->lines.count == 2); /* cream, cream | mask, mask | mask */
    CHECK_INT(offer_line(1, 0)->line, 3);
    CHECK_INT(offer_line(1, 0)->qty, 1000);
    CHECK_INT(offer_line(1, 1)->line, 2);
    CHECK_INT(offer_line(1, 1)->qty, 1000);
    CHECK_STR(offer_at(2)->rule, "gold-10");
    CHECK_STR(offer_at(3)->rule, "tea-3-for-2");
    bench_end();
}

/* All default rules together, and each folder that is there to be copied from: they load, so their tests hold. */
TEST(all_rules_that_come_with_the_shop_pass_their_tests) {
    static const char *const folders[] = {"scripts/tiers", "scripts/tags", "scripts/rewards", "scripts/journeys", "scripts/samples"};
    size_t i;
    bench_begin();
    for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) REQUIRE(load_folder_of(folders[i]));
    bench_end();
}

static void failed_otherwise(void *arg, const struct script_trial *trial) {
    (void)arg;
    if (trial->passed || strstr(trial->problem, "t.price needs a shop") != NULL) return;
    printf("# %s\n", trial->problem);
    check_failures++;
}

/* As a file of its own; what only a shop can price is left to the system tests. */
static int loads(struct mx_str text) {
    struct script_source source = {mx_str_of("guide.lua"), text};
    struct script_state *state;
    struct script_set *set;
    if (script_set_read(&source, 1, base_arena_new(16 * 1024), 0, 0, &set, &state, &bench.err) != MX_OK) {
        printf("# %s\n", bench.err.message);
        return 0;
    }
    (void)script_trials_run(state, NULL, failed_otherwise, NULL, NULL);
    script_state_free(state);
    script_set_drop(set);
    return 1;
}

/* Each ```lua block of the guide is a file that loads. */
TEST(the_examples_of_the_guide_load) {
    char path[1024], line[512];
    struct base_buf block;
    FILE *guide;
    int inside = 0, count = 0;
    bench_begin();
    snprintf(path, sizeof(path), "%s/../scripts/README.md", MERX_TESTS_DIR);
    guide = fopen(path, "r");
    REQUIRE(guide != NULL);
    base_buf_init(&block, bench.arena);
    while (fgets(line, sizeof(line), guide) != NULL) {
        if (inside && strncmp(line, "```", 3) == 0) {
            CHECK(loads(base_buf_view(&block)));
            count++;
            inside = 0;
        } else if (inside) {
            base_buf_text(&block, line);
        } else if (strcmp(line, "```lua\n") == 0) {
            inside = 1;
            block.len = 0;
        }
    }
    fclose(guide);
    CHECK(count >= 3);
    bench_end();
}

RUN_TESTS(CASE(kinds_and_defaults), CASE(where), CASE(who_where_when), CASE(days_are_the_shops_own_and_include_the_last),
          CASE(when_and_lines), CASE(offers), CASE(bad_offers_are_faults), CASE(what_a_rule_sees_of_the_cart),
          CASE(carts_of_any_length_follow_each_other), CASE(a_longer_cart_may_take_longer), CASE(the_rules_that_come_with_the_shop),
          CASE(all_rules_that_come_with_the_shop_pass_their_tests), CASE(the_examples_of_the_guide_load))
