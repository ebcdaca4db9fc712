/* Rules that are each within their bounds, and too much together: the sale keeps a size that can be priced and kept. */
#include "hostile.h"
#include "script/sale.h"

#define LINES 2000

static void long_cart(uint32_t lines) {
    static char skus[LINES][16];
    uint32_t i;
    bench_begin();
    for (i = 0; i < lines; i++) {
        snprintf(skus[i], sizeof(skus[i]), "S%u", (unsigned)i);
        add_line(skus[i], "tea", 1, 100);
    }
}

static uint32_t named(void) {
    uint32_t i, k, sum = 0;
    for (i = 0; i < bench.offers.offers.count; i++) {
        sum += offer_at(i)->lines.count;
        for (k = 0; k < offer_at(i)->slots.count; k++) sum += ((struct mx_offer_slot *)mx_list_at(&offer_at(i)->slots, k))->lines.count;
    }
    return sum;
}

/* The same rule `count` times, as r1 ... rn in files of 50. */
static void write_many(const char *body, uint32_t count) {
    char name[32];
    uint32_t i, file;
    for (file = 0; file * 50 < count; file++) {
        struct base_buf text;
        base_buf_init(&text, bench.arena);
        for (i = file * 50; i < count && i < (file + 1) * 50; i++)
            base_buf_printf(&text, "promotion { id = 'r%04u', %s }\n", (unsigned)i, body);
        snprintf(name, sizeof(name), "many-%03u.lua", (unsigned)file);
        write_bytes(name, text.ptr, text.len);
    }
    CHECK_INT(load(), MX_OK);
}

static void ask_within(double most_ms) {
    double start = cpu_ms();
    ask();
    CHECK(cpu_ms() - start < most_ms);
    CHECK(bench.offers.offers.count <= SCRIPT_SALE_OFFERS);
    CHECK(named() <= SCRIPT_SALE_LINES);
    CHECK(bench.offers.faults.count <= SCRIPT_SALE_FAULTS);
}

TEST(open_slots_count) {
    long_cart(LINES);
    CHECK(rules("promotion { id = 'probe', offers = function(cart)\n"
                "  local slots, t = { price = 1 }, {}\n"
                "  for i = 1, 20 do slots[i] = {} end\n"
                "  for i = 1, 100 do t[i] = { bundle = slots } end\n"
                "  return t end }\n"));
    ask_within(CPU_MS_MAX);
    CHECK_INT(bench.offers.offers.count, 0);
    CHECK(strstr(fault_at(0), "this took more than the") != NULL);
    bench_end();
}

TEST(a_few_offers_over_a_long_cart_fit) {
    long_cart(LINES);
    CHECK(rules("promotion { id = 'probe', offers = function(cart)\n"
                "  local t = {}\n"
                "  for i = 1, 20 do t[i] = { percent = 1 } end\n"
                "  return t end }\n"));
    ask_within(CPU_MS_MAX);
    CHECK_INT(bench.offers.offers.count, 20);
    CHECK_INT(named(), 20 * LINES);
    bench_end();
}

TEST(prices_count) {
    long_cart(50);
    CHECK(rules("local p = {}\nfor i = 1, 3000 do p['S' .. i] = 1 end\n"
                "promotion { id = 'probe', offers = function(cart)\n"
                "  local t = {}\n"
                "  for i = 1, 100 do t[i] = { prices = p } end\n"
                "  return t end }\n"));
    ask_within(CPU_MS_MAX);
    CHECK_INT(bench.offers.offers.count, 0);
    bench_end();
}

TEST(many_rules_over_everything_end_where_a_sale_is_full) {
    long_cart(LINES);
    write_many("percent = 1", 200);
    ask_within(CPU_MS_MAX);
    CHECK_INT(bench.offers.offers.count, SCRIPT_SALE_LINES / LINES);
    CHECK_INT(bench.offers.faults.count, 1);
    CHECK(strstr(fault_at(0), "so many offers") != NULL);
    CHECK_STR(((struct mx_rule_fault *)mx_list_at(&bench.offers.faults, 0))->rule, "r0025");
    bench_end();
}

TEST(as_many_offers_as_a_sale_can_hold) {
    long_cart(2);
    write_many("percent = 1", SCRIPT_SALE_OFFERS + 50);
    ask_within(CPU_MS_MAX);
    CHECK_INT(bench.offers.offers.count, SCRIPT_SALE_OFFERS);
    CHECK_INT(bench.offers.faults.count, 1);
    bench_end();
}

/* The rule that was not asked did nothing wrong: it is not switched off. */
TEST(a_rule_without_room_is_not_blamed) {
    uint32_t i;
    long_cart(2);
    write_many("percent = 1", SCRIPT_SALE_OFFERS + 1);
    for (i = 0; i <= SCRIPT_FAULTS_TO_OFF; i++) ask();
    CHECK_INT(bench.offers.faults.count, 1);
    write_many("percent = 1, where = { category = 'coffee' }", SCRIPT_SALE_OFFERS + 1);
    ask();
    CHECK_INT(bench.offers.offers.count, 0);
    CHECK_INT(bench.offers.faults.count, 0);
    bench_end();
}

TEST(many_failing_rules_are_written_down_in_part) {
    uint32_t i;
    long_cart(2);
    write_many("percent = 1, when = function(cart) error('no') end", 1000);
    ask_within(CPU_MS_MAX);
    CHECK_INT(bench.offers.faults.count, SCRIPT_SALE_FAULTS);
    for (i = 1; i < SCRIPT_FAULTS_TO_OFF; i++) ask();
    ask();
    CHECK_INT(bench.offers.faults.count, 0); /* all of them are switched off, also those that nobody read of */
    bench_end();
}

/* None of them takes more than it may; all of them together would hold the till up. */
TEST(many_slow_rules_end_where_a_sale_has_taken_its_steps) {
    uint32_t i, first;
    long_cart(2);
    write_many("percent = 1, when = function(cart) local n = 0 for i = 1, 9000 do n = n + i end return true end", 2000);
    ask();
    first = bench.offers.offers.count;
    CHECK(first > 500 && first < 1990);
    CHECK_INT(bench.offers.faults.count, 1);
    CHECK(strstr(fault_at(0), "so many steps") != NULL);
    for (i = 0; i < 2; i++) ask();
    CHECK_INT(bench.offers.offers.count, first);
    bench_end();
}

RUN_TESTS(CASE(open_slots_count), CASE(a_few_offers_over_a_long_cart_fit), CASE(prices_count),
          CASE(many_rules_over_everything_end_where_a_sale_is_full), CASE(as_many_offers_as_a_sale_can_hold),
          CASE(a_rule_without_room_is_not_blamed), CASE(many_failing_rules_are_written_down_in_part),
          CASE(many_slow_rules_end_where_a_sale_has_taken_its_steps))
