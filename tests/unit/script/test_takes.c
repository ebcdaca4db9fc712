/* Every key of promotion{...} that says what is taken off: the offer that it makes, and what is refused in which words. */
#include "fixture.h"

static char said[4000];

static void say(const char *format, ...) MX_PRINTF(1, 2);
static void say(const char *format, ...) {
    va_list args;
    size_t len = strlen(said);
    va_start(args, format);
    vsnprintf(said + len, sizeof(said) - len, format, args);
    va_end(args);
}

static void say_number(const char *name, int64_t value) {
    if (value) say(" %s=%lld", name, (long long)value);
}

static void say_lines(const struct mx_list *lines) {
    uint32_t i;
    for (i = 0; i < lines->count; i++) {
        const struct mx_offer_line *line = mx_list_at(lines, i);
        say(" %lld", (long long)line->line);
        if (line->qty) say(":%lld", (long long)line->qty);
        if (line->price) say("@%lld", (long long)line->price);
    }
}

static void say_groups(const struct mx_offer *o) {
    uint32_t i;
    for (i = 0; i < o->steps.count; i++) {
        const struct mx_offer_step *step = mx_list_at(&o->steps, i);
        say(" (");
        say_number("qty", step->qty);
        say_number("spend", step->spend);
        say_number("ppm", step->ppm);
        say_number("amount", step->amount);
        say_number("price", step->price);
        say(")");
    }
    for (i = 0; i < o->slots.count; i++) {
        const struct mx_offer_slot *slot = mx_list_at(&o->slots, i);
        say(" [%lld", (long long)slot->pieces);
        say_number("ppm", slot->ppm);
        if (slot->has_price) say(" price=%lld", (long long)slot->price);
        say(":");
        say_lines(&slot->lines);
        say("]");
    }
    for (i = 0; i < o->limits.count; i++) {
        const struct mx_offer_limit *limit = mx_list_at(&o->limits, i);
        say(" <%s %s %lld>", mx_limit_scope_words[limit->scope - 1], mx_limit_of_words[limit->of - 1], (long long)limit->max);
    }
}

static void say_offer(const struct mx_offer *o) {
    say("%s%s %s", said[0] ? " | " : "", mx_lane_words[o->lane - 1], mx_offer_kind_words[o->kind - 1]);
    say_number("ppm", o->ppm);
    say_number("amount", o->amount);
    say_number("buy", o->buy);
    say_number("pay", o->pay);
    say_number("spend", o->spend);
    say_number("min_total", o->min_total);
    say_number("times", o->times);
    say_number("max_unit", o->max_unit);
    say_number("max_line", o->max_line);
    say_number("max_off", o->max_off);
    if (o->repeats) say(" repeats");
    if (o->dearest) say(" dearest");
    if (o->exclusive) say(" exclusive");
    if (o->below_cost) say(" below_cost");
    if (o->keeps_uses) say(" keeps_uses");
    if (o->has_price) say(" has_price");
    if (o->group.len) say(" group=%.*s", (int)o->group.len, o->group.ptr);
    say_groups(o);
    say(":");
    say_lines(&o->lines);
}

/* What promotion { id = 'r', <keys> } offers. */
static void makes(const char *keys, const char *expected) {
    uint32_t i;
    said[0] = '\0';
    if (!rules(base_arena_printf(bench.arena, "promotion { id = 'r', %s }", keys).ptr)) {
        printf("# not taken: %s\n", keys);
        check_failures++;
        return;
    }
    (void)ask();
    for (i = 0; i < bench.offers.offers.count; i++) say_offer(offer_at(i));
    if (bench.offers.faults.count) say(" fault: %s", fault_at(0));
    if (strcmp(said, expected) == 0) return;
    printf("# %s\n#   makes '%s'\n#   not   '%s'\n", keys, said, expected);
    check_failures++;
}

static void refused(const char *keys, const char *words) {
    write_rules("rules.lua", base_arena_printf(bench.arena, "promotion { id = 'r', %s }", keys).ptr);
    if (load() == MX_E_BAD_INPUT && strncmp(bench.err.message, "rules.lua:1: promotion 'r'", 26) == 0 && strstr(bench.err.message, words))
        return;
    printf("# %s\n#   said: %s\n#   not:  %s\n", keys, bench.err.message, words);
    check_failures++;
}

/* 1 tea, 2 cup, 3 tea by weight, 4 shipping, 5 set by hand */
static void fill_cart(void) {
    struct mx_cart_line *line;
    line = add_line("TEA", "tea", 5, 1000);
    line->brand = mx_str_of("lu");
    line->expires_at = bench.cart.at + 36 * 3600 * INT64_C(1000);
    line = add_line("CUP", "cup", 2, 3000);
    line->expires_at = bench.cart.at + 24 * 3600 * INT64_C(1000);
    line = add_line("LEAF", "tea", 1, 8000);
    line->unit = MX_UNIT_KG;
    line->qty = 455;
    line->expires_at = bench.cart.at;
    add_line("SHIP", "shipping", 1, 900)->shipping = 1;
    add_line("OLD", "tea", 1, 500)->overridden = 1;
}

TEST(every_kind_makes_its_offer) {
    bench_begin();
    fill_cart();
    makes("percent = 10", "item percent ppm=100000: 1 2 3");
    makes("ppm = 5", "item percent ppm=5: 1 2 3");
    makes("amount = 500", "basket amount amount=500: 1 2 3");
    makes("price = 700, where = {category = 'tea'}", "item price amount=700: 1 3");
    makes("prices = {CUP = 2000, TEA = 1, NONE = 5}", "item price: 1@1 2@2000");
    makes("prices = {CUP = 2000, TEA = 1}, where = {category = 'cup'}", "item price: 2@2000");
    makes("prices = {CUP = 2000}, limit = {units = 3}", "flash price <total units 3000>: 2@2000");
    makes("buy = 3, pay = 2", "item buy_pay buy=3 pay=2: 1 2");
    makes("buy = 3, pay = 1, free = 'dearest', percent = 50", "item buy_pay ppm=500000 buy=3 pay=1 dearest: 1 2");
    makes("buy = 3, pay = 2, free = 'cheapest'", "item buy_pay buy=3 pay=2: 1 2");
    makes("nth = 2, percent = 50", "item buy_pay ppm=500000 buy=2 pay=1: 1 2");
    makes("nth = 3, ppm = 1, free = 'dearest'", "item buy_pay ppm=1 buy=3 pay=2 dearest: 1 2");
    makes("steps = {{pieces = 3, percent = 5}, {qty = 6500, ppm = 7}, {pieces = 9, amount = 5}, {pieces = 10, price = 4}}",
          "item steps ( qty=3000 ppm=50000) ( qty=6500 ppm=7) ( qty=9000 amount=5) ( qty=10000 price=4): 1 2 3");
    makes("steps = {{spend = 500, amount = 20}}", "basket steps ( spend=500 amount=20): 1 2 3");
    makes("steps = {{spend = 500, amount = 20}}, where = {brand = 'lu'}", "item steps ( spend=500 amount=20): 1");
    makes("spend = 500, save = 20", "basket spend_save amount=20 spend=500: 1 2 3");
    makes("spend = 500, save = 20, repeats = true, times = 3, where = {tag = {'x', 'y'}}", "");
    makes("spend = 500, save = 20, repeats = true, times = 3, where = {sku = 'CUP'}",
          "item spend_save amount=20 spend=500 times=3 repeats: 2");
    makes("points = 100", "earn points amount=100: 1 2 3");
    makes("points_times = 2, where = {category = 'cup'}", "earn points_times ppm=2000000: 2");
    makes("points_ppm = 1500000", "earn points_times ppm=1500000: 1 2 3");
    makes("shipping = true, percent = 100", "shipping percent ppm=1000000: 4");
    makes("lane = 'shipping', amount = 300, min_total = 5000", "shipping amount amount=300 min_total=5000: 4");
    makes("shipping = true, price = 1", "shipping price amount=1: 4");
    makes("expiry = {{days = 2, percent = 20}, {days = 1, percent = 50}}", "item percent ppm=500000: 2 | item percent ppm=200000: 1");
    makes("expiry = {{days = 1, percent = 50}}, where = {category = 'tea'}", "");
    bench_end();
}

TEST(groups_of_pieces) {
    bench_begin();
    fill_cart();
    makes("bundle = {price = 3500, {where = {sku = 'TEA'}}, {where = {category = 'cup'}, pieces = 2}}",
          "item bundle amount=3500 has_price [1: 1] [2: 2]:");
    makes("bundle = {amount = 35, {where = {sku = 'TEA'}}, {where = {sku = 'NONE'}}}", "item bundle amount=35 [1: 1] [1:]:");
    makes("bundle = {percent = 10, {where = {sku = 'TEA'}}, {except = {sku = 'TEA'}}}", "item bundle [1 ppm=100000: 1] [1 ppm=100000: 2]:");
    makes("bundle = {{where = {sku = 'TEA'}, pieces = 2}, {where = {sku = 'CUP'}, percent = 50}, {where = {sku = 'CUP'}, price = 9}}",
          "item bundle [2: 1] [1 ppm=500000: 2] [1 price=9: 2]:");
    makes("bundle = {price = 3500, {where = {sku = 'NONE'}}}", "");
    makes("mix = {pieces = 3, price = 2500}, where = {category = {'tea', 'cup'}}", "item bundle amount=2500 has_price [3: 1 2]:");
    makes("mix = {pieces = 3, percent = 20}, except = {sku = 'CUP'}, times = 2", "item bundle times=2 [3 ppm=200000: 1]:");
    makes("mix = {pieces = 2, amount = 100}", "item bundle amount=100 [2: 1 2]:");
    makes("gift = {where = {sku = 'CUP'}}, pieces = 4, where = {sku = 'TEA'}", "item bundle [4: 1] [1 ppm=1000000: 2]:");
    makes("gift = {where = {sku = 'CUP'}, pieces = 2}, spend = 5000, where = {category = 'tea'}", "item percent ppm=1000000: 2");
    makes("gift = {where = {sku = 'CUP'}}, spend = 13001", "");
    makes("gift = {where = {sku = 'CUP'}}, spend = 13000", "item percent ppm=1000000: 2:1000");
    makes("get = {where = {sku = 'CUP'}, percent = 50}, pieces = 2, where = {sku = 'TEA'}", "item bundle [2: 1] [1 ppm=500000: 2]:");
    makes("get = {where = {sku = 'CUP'}, price = 5, pieces = 2}, pieces = 2", "item bundle [2: 1 2] [2 price=5: 2]:");
    bench_end();
}

TEST(options_go_with_every_kind) {
    bench_begin();
    fill_cart();
    makes("percent = 10, group = 'tea', exclusive = true, below_cost = true, keeps_uses = true, max_unit = 1, max_line = 2, max_off = 3,"
          " min_total = 4, where = {sku = 'CUP'}",
          "item percent ppm=100000 min_total=4 max_unit=1 max_line=2 max_off=3 exclusive below_cost keeps_uses group=tea: 2");
    makes("percent = 10, where = {sku = 'CUP'}, limit = {member = 1, member_day = 2, day = 3, total = 4, units = 5, units_day = 6,"
          " units_member = 7, units_member_day = 8, budget = 9, budget_day = 10, budget_member = 11, budget_member_day = 12}",
          "item percent ppm=100000 <total uses 4> <day uses 3> <member uses 1> <member_day uses 2> <total units 5000> <day units 6000>"
          " <member units 7000> <member_day units 8000> <total money 9> <day money 10> <member money 11> <member_day money 12>: 2");
    makes("percent = 10, min_spend = 500, where = {sku = 'CUP'}", "item steps ( spend=500 ppm=100000): 2");
    makes("amount = 10, min_spend = 500", "basket steps ( spend=500 amount=10): 1 2 3");
    makes("price = 10, min_spend = 500, where = {unit = 'kg'}", "item steps ( spend=500 price=10): 3");
    makes("percent = 1, except = {category = 'tea'}", "item percent ppm=10000: 2");
    makes("percent = 1, where = {category = {'tea', 'cup'}}, except = {brand = 'lu', category = 'tea'}", "item percent ppm=10000: 2 3");
    makes("percent = 1, where = {unit = 'piece', category = 'tea'}", "item percent ppm=10000: 1");
    bench_end();
}

TEST(usual_lanes) {
    struct mx_str gold = mx_str_of("vip");
    bench_begin();
    fill_cart();
    bench.cart.member = mx_str_of("mem_1");
    bench.cart.tier = mx_str_of("gold");
    bench.cart.segments.items = &gold;
    bench.cart.segments.count = 1;
    bench.cart.segments.elem_size = sizeof(gold);
    makes("percent = 1, member = 'gold', where = {sku = 'CUP'}", "item percent ppm=10000: 2"); /* as before there were segments */
    makes("percent = 1, segment = 'vip', where = {sku = 'CUP'}", "member percent ppm=10000: 2");
    makes("price = 1, member = true, where = {sku = 'CUP'}", "member price amount=1: 2");
    makes("prices = {CUP = 1}, segment = {'vip', 'x'}", "member price: 2@1");
    makes("amount = 1, segment = 'vip', where = {sku = 'CUP'}", "basket amount amount=1: 2");
    makes("points = 1, segment = 'vip', where = {sku = 'CUP'}", "earn points amount=1: 2");
    makes("percent = 1, segment = 'none'", "");
    makes("percent = 1, lane = 'points', where = {sku = 'CUP'}", "points percent ppm=10000: 2");
    bench_end();
}

TEST(group_buy_and_bargain) {
    static struct mx_cart_voucher voucher;
    bench_begin();
    fill_cart();
    voucher.id = mx_str_of("cpn_00000000000000000000000001");
    voucher.rule = mx_str_of("r");
    voucher.joined = 3;
    voucher.amount = 400;
    makes("group_buy = {size = 3, price = 800}, where = {sku = 'TEA'}", "");
    makes("bargain = {floor = 500}, where = {sku = 'TEA'}", "");
    bench.cart.vouchers.items = &voucher;
    bench.cart.vouchers.count = 1;
    bench.cart.vouchers.elem_size = sizeof(voucher);
    makes("group_buy = {size = 3, price = 800}, where = {sku = 'TEA'}", "item price amount=800: 1");
    CHECK_STR(offer_at(0)->voucher, "cpn_00000000000000000000000001");
    makes("group_buy = {size = 3, price = 800, pieces = 6}, where = {category = {'tea', 'cup'}, unit = 'piece'}",
          "item price amount=800: 1 2:1000");
    makes("group_buy = {size = 4, price = 800}, where = {sku = 'TEA'}", "");
    makes("bargain = {floor = 500}, where = {sku = 'TEA'}", "item price: 1:1000@600");
    makes("bargain = {floor = 700, pieces = 2}, where = {sku = 'TEA'}", "item price: 1:2000@700");
    voucher.rule = mx_str_of("another");
    makes("bargain = {floor = 700}, where = {sku = 'TEA'}", "");
    bench_end();
}

TEST(functions_make_offers_of_every_kind) {
    bench_begin();
    fill_cart();
    makes("offers = function() return {{price = 500, lines = {{line = 1, qty = 2000}}}, {prices = {CUP = 7}}} end",
          "item price amount=500: 1:2000 | item price: 2@7");
    makes("offers = function() return {{nth = 2, percent = 50, free = 'dearest', kind = 'buy_pay'}} end",
          "item buy_pay ppm=500000 buy=2 pay=1 dearest: 1 2");
    makes("offers = function() return {{steps = {{pieces = 2, percent = 5}}, lines = {{line = 2}}}} end",
          "item steps ( qty=2000 ppm=50000): 2");
    makes("lane = 'basket', offers = function() return {{spend = 100, save = 5, repeats = true, group = 'g', max_off = 9}} end",
          "basket spend_save amount=5 spend=100 max_off=9 repeats group=g: 1 2 3");
    makes("offers = function() return {{bundle = {price = 9, {lines = {{line = 1}}}, {lines = {{line = 2}}, pieces = 2}}}} end",
          "item bundle amount=9 has_price [1: 1] [2: 2]:");
    makes("offers = function() return {{mix = {pieces = 2, amount = 9}, lines = {{line = 1}}}} end", "item bundle amount=9 [2: 1]:");
    makes("offers = function() return {{gift = {lines = {{line = 2}}}, spend = 5000, lines = {{line = 1}}}} end",
          "item percent ppm=1000000: 2:1000");
    makes("offers = function() return {{gift = {lines = {{line = 2}}}, spend = 5001, lines = {{line = 1}}}} end", "");
    makes("offers = function() return {{get = {lines = {{line = 2}}, percent = 10}, pieces = 2, lines = {{line = 1}}}} end",
          "item bundle [2: 1] [1 ppm=100000: 2]:");
    makes("lane = 'earn', offers = function() return {{points = 5}, {points_times = 3, lines = {{line = 3}}}} end",
          "earn points amount=5: 1 2 3 | earn points_times ppm=3000000: 3");
    makes("lane = 'shipping', offers = function() return {{percent = 100}} end", "shipping percent ppm=1000000: 4");
    makes("limit = {member = 1}, offers = function() return {{percent = 1, lines = {{line = 4}, {line = 2}}}} end",
          "item percent ppm=10000 <member uses 1>: 2");
    bench_end();
}

TEST(functions_fail_in_plain_words) {
    static const struct {
        const char *keys, *words;
    } wrong[] = {
        {"offers = function() return {{points = 5}} end", "points need a promotion with lane = \"earn\""},
        {"lane = 'earn', offers = function() return {{percent = 5}} end", "in the lane \"earn\" gives points and nothing else"},
        {"lane = 'shipping', offers = function() return {{buy = 2, pay = 1}} end", "what bringing the goods costs can have percent"},
        {"offers = function() return {{percent = 5, expiry = {{days = 1, percent = 1}}}} end", "the key 'expiry' is not known"},
        {"offers = function() return {{bundle = {price = 9, {where = {sku = 'A'}}}}} end",
         "an offer that a function makes names its lines"},
        {"offers = function() return {{bundle = {price = 9.5, {}}}} end", "bundle: price must be a whole number"},
        {"offers = function() return {{steps = {{pieces = 1 << 40, percent = 5}}}} end", "pieces must be between"},
        {"offers = function() return {{prices = {TEA = -1}}} end", "TEA must be between"},
        {"offers = function() return {{percent = 5, limit = {member = 1}}} end", "the key 'limit' is not known"},
        {"offers = function() return {{percent = 5, max_off = -1}} end", "max_off must be between"},
        {"offers = function() return {{percent = 5, group = 5}} end", "group must be a text"},
        {"offers = function() return {{percent = 5, exclusive = false}} end", "exclusive is true, or left out"},
    };
    size_t i;
    bench_begin();
    fill_cart();
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (!rules(base_arena_printf(bench.arena, "promotion { id = 'r', %s }\npromotion { id = 's', percent = 1 }", wrong[i].keys).ptr)) {
            check_failures++;
            continue;
        }
        CHECK_INT(ask(), 1); /* the other rule's */
        CHECK_STR(offer_at(0)->rule, "s");
        if (strstr(fault_at(0), wrong[i].words)) continue;
        printf("# %s\n#   said: %s\n", wrong[i].keys, fault_at(0));
        check_failures++;
    }
    bench_end();
}

static const struct {
    const char *promotion, *because;
} contradictions[] = {
    {"percent = 5, price = 5", "not several: here are percent and price"},
    {"buy = 3, pay = 2, nth = 2", "not several"},
    {"nth = 2, percent = 5, ppm = 5", "give one of percent and ppm, not several"},
    {"nth = 2", "nth needs percent or ppm as well"},
    {"nth = 1, percent = 5", "nth must be between 2 and 1000"},
    {"percent = 5, free = 'cheapest'", "free goes with buy or nth, which is not there"},
    {"percent = 5, spend = 5", "spend goes with save or gift, which is not there"},
    {"percent = 5, repeats = true", "repeats goes with save, which is not there"},
    {"percent = 5, pieces = 2", "pieces goes with gift or get, which is not there"},
    {"buy = 3, pay = 2, free = 'best'", "free is \"cheapest\" or \"dearest\", not 'best'"},
    {"save = 5", "save needs spend as well"},
    {"save = 5, spend = 4", "save may not be more than spend"},
    {"price = 0", "price must be between 1"},
    {"price = 9.9", "price must be a whole number, but it is the fraction 9.9"},
    {"price = 1 << 60", "price must be between"},
    {"prices = {}", "prices: there must be 1 to 5000 articles"},
    {"prices = {5}", "prices: every entry is an article and its price"},
    {"prices = {A = 1.5}", "prices: A must be a whole number"},
    {"prices = {A = 0}", "prices: A must be between"},
    {"prices = 5", "prices must be a table"},
    {"steps = {}", "steps: there must be at least 1 entry"},
    {"steps = {5}", "steps: entry 1 must be a table"},
    {"steps = {{percent = 5}}", "steps: entry 1: a step is reached with one of pieces, qty (thousandths) and spend"},
    {"steps = {{pieces = 1, spend = 2, percent = 5}}", "a step is reached with one of"},
    {"steps = {{pieces = 1}}", "steps: entry 1: a step gives one of percent, ppm, amount and price"},
    {"steps = {{pieces = 1, percent = 5, price = 5}}", "a step gives one of"},
    {"steps = {{pieces = 2, percent = 5}, {pieces = 2, percent = 6}}", "each step needs more than the one before it"},
    {"steps = {{pieces = 2, percent = 5}, {spend = 9000, percent = 6}}", "either all steps count goods, or all count what is spent"},
    {"steps = {{pieces = 2, percnt = 5}}", "steps: entry 1: the key 'percnt' is not known; did you mean 'percent'?"},
    {"steps = {[1] = {pieces = 1, percent = 5}, [3] = {pieces = 2, percent = 5}}", "the list has holes"},
    {"bundle = {price = 5}", "bundle: there must be at least 1 entry"},
    {"bundle = {price = 5, amount = 5, {}}", "bundle: give one of price, amount, percent and ppm, not several"},
    {"bundle = {{where = {sku = 'A'}}}", "bundle: it does not say what it takes off"},
    {"bundle = {price = 5, {where = {sku = 'A'}, percent = 5}}", "bundle: entry 1: the bundle says already what is taken off"},
    {"bundle = {price = 5, {whre = {sku = 'A'}}}", "bundle: entry 1: the key 'whre' is not known; did you mean 'where'?"},
    {"bundle = {price = 5, {where = {skuu = 'A'}}}", "bundle: entry 1: where: the key 'skuu' is not known; did you mean 'sku'?"},
    {"bundle = {prise = 5, {}}", "bundle: the key 'prise' is not known; did you mean 'price'?"},
    {"bundle = {price = 5, {lines = {}}}", "lines belongs to offers that a function makes"},
    {"bundle = {price = 5, {}}, where = {sku = 'A'}", "each entry of a bundle says where its goods are"},
    {"mix = {price = 5}", "mix: pieces is missing"},
    {"mix = {pieces = 3}", "mix: it does not say what it takes off"},
    {"mix = {pieces = 3, price = 5}, lines = function() end", "a bundle, mix or gift says where its goods are"},
    {"gift = {}, pieces = 2", "gift: where is missing"},
    {"gift = {where = {sku = 'A'}}", "gift needs pieces as well"},
    {"gift = {where = {sku = 'A'}}, pieces = 2, spend = 5", "give one of pieces and spend, not several"},
    {"get = {where = {sku = 'A'}}, pieces = 2", "get: it does not say what it takes off"},
    {"get = {where = {sku = 'A'}, percent = 5}", "get needs pieces as well"},
    {"points = 5, lane = 'item'", "points are given in the lane \"earn\" and in no other"},
    {"percent = 5, lane = 'earn'", "in the lane \"earn\" there are only points"},
    {"points_times = 1", "points_times must be between 2 and 100"},
    {"points_times = 2, points_ppm = 2000000", "not several"},
    {"shipping = true, buy = 2, pay = 1", "what bringing the goods costs can have percent"},
    {"shipping = true, percent = 5, lane = 'item'", "shipping = true is always in the lane \"shipping\""},
    {"shipping = 1, percent = 5", "shipping is true, or left out"},
    {"exclusive = false, percent = 5", "exclusive is true, or left out"},
    {"expiry = {{percent = 5}}", "expiry: entry 1: days is missing"},
    {"expiry = {{days = 1}}", "expiry: entry 1: percent is missing"},
    {"expiry = {{days = 1, percent = 5}, {days = 1, percent = 6}}", "expiry: 1 days stand there twice"},
    {"group_buy = {price = 5}", "group_buy: size is missing"},
    {"group_buy = {size = 3}", "group_buy: price is missing"},
    {"bargain = {}", "bargain: floor is missing"},
    {"bargain = {floor = 5}, coupon = true", "group_buy and bargain have codes of their own"},
    {"percent = 5, limit = {}", "limit: it names no limit"},
    {"percent = 5, limit = {member = 0}", "limit: member must be between 1"},
    {"percent = 5, limit = {mmber = 1}", "limit: the key 'mmber' is not known; did you mean 'member'?"},
    {"percent = 5, limit = 5", "limit must be a table, like {member = 1, total = 1000}"},
    {"percent = 5, except = {}", "except names nothing"},
    {"percent = 5, where = {unit = 'pound'}", "where: unit is \"piece\" or \"kg\""},
    {"percent = 5, coupon = false", "coupon is true"},
    {"price = 5, times = 1", "times goes with buy and pay, nth, bundle"},
    {"percent = 5, min_spend = 100, times = 1", "times goes with"},
    {"bargain = {floor = 5}, coupon = 'SPRING'", "group_buy and bargain have codes of their own"},
    {"percent = 5, facts = {}", "facts: there must be 1 to 32 facts"},
    {"percent = 5, facts = {['wea\\xff'] = 'rain'}", "facts: a name holds bytes that are no readable UTF-8 text"},
    {"prices = {['A\\x01'] = 5}", "prices: an article holds bytes that are no readable UTF-8 text"},
    {"percent = 5, facts = {weather = 5}", "facts: weather must be a text in quotes or a list of them"},
    {"points = 5, min_spend = 5", "min_spend goes with percent, ppm, amount or price"},
    {"mix = {pieces = 3, price = 5}, min_qty = 3000", "pieces says how many are needed: leave out min_qty"},
    {"offers = function() end, except = {sku = 'A'}", "offers picks its own lines"},
};

TEST(what_contradicts_itself_is_refused) {
    size_t i;
    bench_begin();
    for (i = 0; i < sizeof(contradictions) / sizeof(contradictions[0]); i++)
        refused(contradictions[i].promotion, contradictions[i].because);
    bench_end();
}

/* The set may be replaced and freed before the sale that it answered is written down. */
TEST(what_was_answered_outlives_the_rules) {
    struct mx_offers before;
    struct mx_str first;
    uint32_t i;
    bench_begin();
    add_line("TEA", "tea", 6, 1000);
    add_line("CUP", "cup", 6, 500);
    REQUIRE(rules(
        "promotion { id = 'a', name = {en = 'Ten off'}, group = 'one', percent = 10, limit = {member = 1, units = 5} }\n"
        "promotion { id = 'b', steps = {{pieces = 3, percent = 5}}, group = 'two' }\n"
        "promotion { id = 'c', name = {zh = 'x'}, bundle = {price = 5, {where = {sku = 'TEA'}}, {where = {sku = 'CUP'}}} }\n"
        "promotion { id = 'd', prices = {TEA = 900} }\n"
        "promotion { id = 'e', group = 'three', offers = function() return {{percent = 1, group = 'four'}, {mix = {pieces = 2, price = 5}}} end }\n"
        "promotion { id = 'f', name = {en = 'Gold'}, percent = 10, member = 'gold' }\n"
        "promotion { id = 'g', name = {en = 'Rain'}, percent = 10, facts = {weather = 'rain'} }\n"
        "promotion { id = 'h', percent = 10, hours = '17:00-18:00' }\n"
        "promotion { id = 'i', percent = 10, when = function() error('no') end }\n"));
    CHECK_INT(ask(), 6);
    before = bench.offers;
    said[0] = '\0';
    for (i = 0; i < 6; i++) say_offer(mx_list_at(&before.offers, i));
    first = base_arena_dup(bench.arena, mx_str_of(said));
    REQUIRE(rules("promotion { id = 'z', percent = 1 }"));
    CHECK_INT(ask(), 1); /* this thread has let go of the rules before */
    said[0] = '\0';
    for (i = 0; i < 6; i++) {
        const struct mx_offer *offer = mx_list_at(&before.offers, i);
        say_offer(offer);
        CHECK_INT(offer->rule.ptr[0], i < 5 ? (int)('a' + i) : 'e');
        if (offer->name.count) CHECK_INT(((struct mx_pair *)mx_list_at(&offer->name, 0))->value.len, i ? 1 : 7);
    }
    CHECK_STR(first, said);
    REQUIRE(before.misses.count == 3);
    for (i = 0; i < 3; i++) {
        const struct mx_offer_miss *miss = mx_list_at(&before.misses, i);
        CHECK_STR(miss->rule, i == 0 ? "f" : i == 1 ? "g" : "h");
        CHECK_STR(miss->text, i == 0 ? "gold" : i == 1 ? "weather" : "17:00-18:00");
        if (i < 2) CHECK_STR(((struct mx_pair *)mx_list_at(&miss->name, 0))->value, i ? "Rain" : "Gold");
    }
    CHECK_STR(((struct mx_rule_fault *)mx_list_at(&before.faults, 0))->rule, "i");
    CHECK(before.version.len == 16);
    bench_end();
}

RUN_TESTS(CASE(every_kind_makes_its_offer), CASE(groups_of_pieces), CASE(options_go_with_every_kind), CASE(usual_lanes),
          CASE(group_buy_and_bargain), CASE(functions_make_offers_of_every_kind), CASE(functions_fail_in_plain_words),
          CASE(what_was_answered_outlives_the_rules), CASE(what_contradicts_itself_is_refused))
