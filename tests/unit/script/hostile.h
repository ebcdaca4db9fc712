/* A shop's own rule beside which hostile ones are tried: whatever they do, it must offer what it always offers. */
#ifndef TESTS_SCRIPT_HOSTILE_H
#define TESTS_SCRIPT_HOSTILE_H

#include "fixture.h"

#define CPU_MS     100  /* what a script may take; reported */
#define CPU_MS_MAX 2000 /* what fails the test: far above, for slow and busy machines */

static const char good_rule[] =
    "local wanted = {'tea', 'gift', 'rose'}\n"
    "promotion { id = 'good', amount = 7, when = function(c)\n"
    "  local keys = ''\n"
    "  for k, v in pairs(c) do keys = keys .. k .. ' ' end\n"
    "  assert(keys == 'at channel counters coupons currency date facts lines location member segments tags tenders tier total vouchers ', keys)\n"
    "  assert(#c.lines == 2 and c.total == 300 and c.lines[1].qty == 2000 and c.lines[1].unit_price == 100 and c.lines[2].sku == 'B')\n"
    "  assert(#c.lines[1].tags == 0 and #c.lines[2].tags == 2 and c.lines[2].tags[1] == 'gift' and c.date.hour == 12)\n"
    "  assert(('x'):upper() == 'X' and text.upper('x') == 'X' and money.muldiv(7, 3, 2) == 11 and #wanted == 3)\n"
    "  return true end, lines = function(line) return line.line == 2 end }\n";

/* A script that is tried. */
struct section {
    char name[160];
    char expects[8]; /* "fault", "load" or "quiet" */
    int whole_file;
    char body[4000];
};

static double longest_ms; /* of all sections */
static char longest_name[160];

static inline void complain(const struct section *section, const char *what, const char *more) {
    printf("# %s: %s %s\n", section->name, what, more);
    check_failures++;
}

/* Note what a section took since `start_ms`. */
static inline void check_cpu(const struct section *section, double start_ms, const char *when) {
    double spent = cpu_ms() - start_ms;
    if (spent > longest_ms) {
        longest_ms = spent;
        snprintf(longest_name, sizeof(longest_name), "%s", section->name);
    }
    if (spent > CPU_MS_MAX) complain(section, when, base_arena_printf(bench.arena, "took %.0f ms", spent).ptr);
}

/* Exactly the good rule's offer, untouched. */
static inline void only_good_offers(const struct section *section) {
    if (bench.offers.offers.count != 1 || !mx_str_is(offer_at(0)->rule, "good") || offer_at(0)->amount != 7 ||
        offer_at(0)->lines.count != 1 || offer_line(0, 0)->line != 2)
        complain(section, "the shop's own rule offers something else", base_arena_dup(bench.arena, answer_text()).ptr);
}

static inline void begin_with_good_rule(void) {
    struct mx_cart_line *line;
    bench_begin();
    add_line("A", "tea", 2, 100);
    line = add_line("B", "teaware", 1, 100);
    bench.tags[0] = mx_str_of("gift");
    bench.tags[1] = mx_str_of("rose");
    line->tags.items = bench.tags;
    line->tags.count = 2;
    bench.cart.member = mx_str_of("mem_1");
    bench.cart.tier = mx_str_of("gold");
    bench.tags[2] = mx_str_of("WELCOME");
    bench.cart.coupons.items = &bench.tags[2];
    bench.cart.coupons.count = 1;
    write_rules("good.lua", good_rule);
    CHECK_INT(load(), MX_OK);
}

#endif
