/* A rule whose goods are in the cart but which makes no offer says why, and about what it would have been worth. */
#include "fixture.h"

static char said[4000];

static const char *misses(void) {
    uint32_t i;
    said[0] = '\0';
    (void)ask();
    for (i = 0; i < bench.offers.misses.count; i++) {
        const struct mx_offer_miss *miss = mx_list_at(&bench.offers.misses, i);
        snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%.*s %s %lld '%.*s' %lld", i ? " | " : "", (int)miss->rule.len,
                 miss->rule.ptr, mx_miss_words[miss->reason - 1], (long long)miss->value, (int)miss->text.len,
                 miss->text.ptr ? miss->text.ptr : "", (long long)miss->gain);
    }
    return said;
}

/* What promotion { id = 'r', <keys> } misses. */
static void says(const char *keys, const char *expected) {
    if (!rules(base_arena_printf(bench.arena, "promotion { id = 'r', %s }", keys).ptr)) {
        check_failures++;
        return;
    }
    if (strcmp(misses(), expected) == 0) return;
    printf("# %s\n#   says '%s'\n#   not  '%s'\n", keys, said, expected);
    check_failures++;
}

TEST(every_reason) {
    static struct mx_pair fact;
    static struct mx_cart_voucher voucher;
    struct mx_str tenders[2];
    bench_begin();
    add_line("TEA", "tea", 2, 1000);
    add_line("CUP", "cup", 1, 500);
    says("percent = 10", "");
    says("percent = 10, where = {sku = 'NONE'}, member = true", "");
    says("percent = 10, member = true", "r member 0 '' 250");
    says("percent = 10, member = {'gold', 'black'}, where = {category = 'tea'}", "r tier 0 'black gold' 200");
    says("percent = 10, segment = 'vip'", "r segment 0 'vip' 250");
    says("percent = 10, coupon = {'SPRING'}, where = {sku = 'TEA'}", "r coupon 0 '' 200");
    says("percent = 10, coupon = true, where = {sku = 'TEA'}", "r coupon 0 '' 200");
    says("percent = 10, coupon = true", ""); /* nobody hears of coupons that are for everything */
    says("percent = 10, tender = {'alipay', 'wechat'}", "r tender 0 'alipay wechat' 250");
    says("percent = 10, channel = 'web', where = {sku = 'TEA'}", "r channel 0 'web' 0");
    says("percent = 10, location = 'store-2', where = {sku = 'TEA'}", "r location 0 '' 0");
    says("percent = 10, facts = {weather = 'rain', queue = 'long'}", "r fact 0 'queue' 250");
    says("amount = 300, min_qty = 5000, where = {sku = 'TEA'}", "r min_qty 3000 '' 300");
    says("amount = 9000, min_qty = 5000, where = {sku = 'TEA'}", "r min_qty 3000 '' 2000");
    says("price = 700, min_qty = 5000, where = {sku = 'TEA'}", "r min_qty 3000 '' 600");
    says("percent = 50, max_off = 77, min_qty = 5000, where = {sku = 'TEA'}", "r min_qty 3000 '' 77");
    says("gift = {where = {sku = 'CUP'}}, spend = 2500, where = {sku = 'TEA'}", "r min_total 500 '' 0");
    says("gift = {where = {sku = 'POT'}}, spend = 2000, where = {sku = 'TEA'}", "r min_qty 1000 '' 0");
    says("percent = 10, when = function() return false end", "r when 0 '' 250");
    says("percent = 10, lines = function() return false end", "r when 0 '' 0");
    says("percent = 10, lines = function(line) return line.sku == 'CUP' end", "");
    says("expiry = {{days = 3, percent = 10}}", "r stock 0 '' 0");
    says("group_buy = {size = 3, price = 800}, where = {sku = 'TEA'}", "r group_open 3 '' 400");
    says("bargain = {floor = 800}, where = {sku = 'TEA'}", "r coupon 0 '' 0");

    voucher.id = mx_str_of("cpn_00000000000000000000000001");
    voucher.rule = mx_str_of("r");
    voucher.joined = 2;
    bench.cart.vouchers.items = &voucher;
    bench.cart.vouchers.count = 1;
    bench.cart.vouchers.elem_size = sizeof(voucher);
    says("group_buy = {size = 3, price = 800}, where = {sku = 'TEA'}", "r group_open 1 '' 400");
    says("percent = 10, coupon = true", "");
    CHECK_INT(bench.offers.offers.count, 1);

    fact.key = mx_str_of("weather");
    fact.value = mx_str_of("rain");
    bench.cart.facts.items = &fact;
    bench.cart.facts.count = 1;
    bench.cart.facts.elem_size = sizeof(fact);
    says("percent = 10, facts = {weather = {'snow', 'rain'}}", "");
    says("percent = 10, facts = {weather = {'snow', 'Rain'}}", "r fact 0 'weather' 250");

    tenders[0] = mx_str_of("alipay");
    tenders[1] = mx_str_of("cash");
    bench.cart.tenders.items = tenders;
    bench.cart.tenders.count = 1;
    bench.cart.tenders.elem_size = sizeof(tenders[0]);
    says("percent = 10, tender = {'alipay', 'wechat'}", "");
    bench.cart.tenders.count = 2; /* a part in cash: then it is not paid by one of them */
    says("percent = 10, tender = {'alipay', 'wechat'}", "r tender 0 'alipay wechat' 250");
    bench_end();
}

/* Nobody is told when to come back for what is for other people. */
TEST(whom_it_is_for_comes_before_when) {
    bench_begin(); /* a Friday, 12:00 */
    add_line("TEA", "tea", 1, 1000);
    says("percent = 10, segment = 'staff', hours = '17:00-18:00'", "r segment 0 'staff' 100");
    says("percent = 10, segment = 'staff', weekday = 'sun'", "r segment 0 'staff' 100");
    says("percent = 10, member = 'gold', from = '2026-11-28'", "r tier 0 'gold' 100");
    says("percent = 10, member = true, hours = '17:00-18:00'", "r member 0 '' 100");
    says("percent = 10, segment = 'staff', to = '2026-11-26'", "r ended 1795708799999 '' 100");
    says("percent = 10, tender = 'alipay', hours = '17:00-18:00'", "r hours 0 '17:00-18:00' 100");
    bench_end();
}

TEST(they_come_in_the_order_of_the_rules_and_the_useful_ones_first) {
    struct base_buf text;
    int i;
    bench_begin();
    add_line("TEA", "tea", 1, 1000);
    REQUIRE(rules("promotion { id = 'b', where = {sku = 'TEA'}, percent = 1, member = true }\n"
                  "promotion { id = 'far', where = {category = 'tea'}, percent = 1, location = 'store-2' }\n"
                  "promotion { id = 'a', percent = 1, member = 'gold' }\n"
                  "promotion { id = 'past', percent = 1, where = {sku = 'TEA'}, to = '2020-01-01' }\n"
                  "promotion { id = 'bad', percent = 1, when = function() error('x') end, where = {sku = 'TEA'} }\n"));
    CHECK(strcmp(misses(), "b member 0 '' 10 | far location 0 '' 0 | a tier 0 'gold' 10 | past ended 1577894399999 '' 0") == 0);
    CHECK_INT(bench.offers.faults.count, 1);
    base_buf_init(&text, bench.arena);
    for (i = 0; i < 150; i++)
        base_buf_printf(&text, "promotion { id = 'far-%d', where = {sku = 'TEA'}, percent = 1, location = 'x' }\n", i);
    base_buf_text(&text, "promotion { id = 'near', where = {sku = 'TEA'}, percent = 1, member = true }\n");
    base_buf_char(&text, '\0');
    REQUIRE(rules(text.ptr));
    (void)misses();
    REQUIRE(bench.offers.misses.count == MX_MISSES_MAX);
    CHECK_STR(((struct mx_offer_miss *)mx_list_at(&bench.offers.misses, 98))->rule, "far-98");
    CHECK_STR(((struct mx_offer_miss *)mx_list_at(&bench.offers.misses, 99))->rule, "near");
    bench_end();
}

static int needs_goods(void) {
    struct mx_needs needs;
    uint32_t i;
    memset(&needs, 0, sizeof(needs));
    for (i = 0; script_plugin()->answers[i]; i++) {
        if (strcmp(script_plugin()->answers[i]->point, MX_POINT_NEEDS) == 0)
            CHECK_INT(script_plugin()->answers[i]->fn(&bench.ctx, &bench.cart, &needs), MX_OK);
    }
    return needs.goods;
}

TEST(what_promotions_want_to_know) {
    bench_begin();
    REQUIRE(
        rules("promotion { id = 'a', percent = 1 }\npromotion { id = 'b', percent = 1, when = function(cart) return cart.total > 5 end }"));
    CHECK_INT(needs_goods(), 0);
    REQUIRE(rules("promotion { id = 'a', expiry = {{days = 2, percent = 1}} }"));
    CHECK_INT(needs_goods(), 1);
    REQUIRE(rules("local function few(line) return line.stock and line.stock < 5000 end\n"
                  "promotion { id = 'a', percent = 1, lines = function(line) return few(line) end }"));
    CHECK_INT(needs_goods(), 1);
    REQUIRE(rules("-- the stock of the shop\npromotion { id = 'a', percent = 1 }"));
    CHECK_INT(needs_goods(), 0);
    bench_end();
}

/* A cart with everything that rules may see; its first line. */
static struct mx_cart_line *fill_cart(void) {
    static struct mx_counter counter;
    static struct mx_pair fact;
    static struct mx_cart_voucher voucher;
    static struct mx_str vip, cash;
    struct mx_cart_line *line = add_line("TEA", "tea", 2, 1000);
    vip = mx_str_of("vip");
    cash = mx_str_of("cash");
    line->brand = mx_str_of("lu");
    line->lot = mx_str_of("L1");
    line->cost_known = line->stock_known = 1;
    line->cost = 600;
    line->stock = -2000;
    line->list_price = 1200;
    line->expires_at = NOON_CHINA + 25 * 3600 * INT64_C(1000);
    add_line("SHIP", "shipping", 1, 500)->shipping = 1;
    counter.name = mx_str_of("orders");
    counter.value = 3;
    fact.key = mx_str_of("weather");
    fact.value = mx_str_of("rain");
    voucher.id = mx_str_of("cpn_00000000000000000000000001");
    voucher.rule = mx_str_of("birthday");
    voucher.joined = 2;
    bench.cart.segments = (struct mx_list){&vip, 1, sizeof(vip)};
    bench.cart.tenders = (struct mx_list){&cash, 1, sizeof(cash)};
    bench.cart.counters = (struct mx_list){&counter, 1, sizeof(counter)};
    bench.cart.facts = (struct mx_list){&fact, 1, sizeof(fact)};
    bench.cart.vouchers = (struct mx_list){&voucher, 1, sizeof(voucher)};
    return line;
}

TEST(rules_see_the_new_facts) {
    struct mx_cart_line *line;
    bench_begin();
    line = fill_cart();
    REQUIRE(
        rules("promotion { id = 'r', percent = 1, when = function(c) local a, b = c.lines[1], c.lines[2]\n"
              "assert(c.segments[1] == 'vip' and c.tenders[1] == 'cash' and c.counters.orders == 3 and c.facts.weather == 'rain')\n"
              "assert(c.vouchers[1].rule == 'birthday' and c.vouchers[1].joined == 2 and #c.vouchers == 1 and c.vouchers[1].id == nil)\n"
              "assert(a.brand == 'lu' and a.lot == 'L1' and a.cost == 600 and a.stock == -2000 and a.list_price == 1200)\n"
              "assert(a.days_left == 2 and a.expires.day == 28 and a.expires.hour == 13 and a.expires.weekday == 6)\n"
              "assert(a.expires.at == c.at + 25 * 3600000 and not a.shipping and b.shipping and c.counters.visits == nil)\n"
              "assert(b.cost == nil and b.stock == nil and b.lot == nil and b.expires == nil and b.days_left == nil)\n"
              "assert(b.list_price == 500 and b.brand == nil) return true end }"));
    CHECK_INT(ask(), 1);
    printf("%s", bench.offers.faults.count ? "# " : "");
    CHECK_STR(mx_str_of(fault_at(0)), "");
    bench.cart.counters.count = bench.cart.facts.count = bench.cart.vouchers.count = 0; /* nothing of the last cart stays */
    line->cost_known = line->stock_known = 0;
    line->expires_at = 0;
    REQUIRE(rules("promotion { id = 'r', percent = 1, when = function(c) local a = c.lines[1]\n"
                  "assert(c.counters.orders == nil and c.facts.weather == nil and #c.vouchers == 0 and a.cost == nil and a.stock == nil)\n"
                  "assert(a.expires == nil and a.days_left == nil) return true end }"));
    CHECK_INT(ask(), 1);
    bench.cart.facts.count = bench.cart.counters.count = 1;
    REQUIRE(rules("promotion { id = 'r', percent = 1, when = function(c) return c.facts.weather2 == nil end }"));
    CHECK_INT(ask(), 1); /* what else the till was told does not decide whether a rule fails */
    CHECK_INT(bench.offers.faults.count, 0);
    REQUIRE(rules("promotion { id = 'r', percent = 1, when = function(c) return c.counters.order == 3 end }"));
    CHECK_INT(ask(), 0);
    CHECK(strstr(fault_at(0), "cart.counters has no 'order'; did you mean 'orders'?") != NULL);
    REQUIRE(rules("promotion { id = 'r', percent = 1, when = function(c) return c.segmnts end }"));
    CHECK_INT(ask(), 0);
    CHECK(strstr(fault_at(0), "the cart has no 'segmnts'; did you mean 'segments'?") != NULL);
    REQUIRE(rules("promotion { id = 'r', percent = 1, when = function(c) c.facts.weather = 'sun' end }"));
    CHECK_INT(ask(), 0);
    CHECK_INT(bench.offers.faults.count, 1);
    bench_end();
}

RUN_TESTS(CASE(every_reason), CASE(whom_it_is_for_comes_before_when), CASE(they_come_in_the_order_of_the_rules_and_the_useful_ones_first),
          CASE(what_promotions_want_to_know), CASE(rules_see_the_new_facts))
