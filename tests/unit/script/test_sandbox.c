/* The sandbox: no file takes long to read, the same cart gives the same answer, functions do what the guide says. */
#include "hostile.h"
#include "script/internal.h"

/* A file of 32 KB: head, the unit as often as it fits, tail. It may be refused or not, but soon. */
static void read_soon(const char *head, const char *unit, const char *tail) {
    struct section section = {"", "", 1, ""};
    struct base_buf text;
    double start;
    base_buf_init(&text, bench.arena);
    base_buf_text(&text, head);
    while (text.len + strlen(unit) + strlen(tail) <= 32 * 1024) base_buf_text(&text, unit);
    base_buf_text(&text, tail);
    snprintf(section.name, sizeof(section.name), "%s %s...", head, unit);
    write_bytes("probe.lua", text.ptr, text.len);
    start = cpu_ms();
    if (load() != MX_OK && bench.err.status != MX_E_BAD_INPUT) complain(&section, "is refused in an odd way:", bench.err.message);
    check_cpu(&section, start, "to read");
    ask();
    only_good_offers(&section);
}

TEST(no_file_takes_long_to_read) {
    static const char *const shapes[][3] = {{"local a a = a", " or a", ""},
                                            {"local a a = a", " and a", ""},
                                            {"local a a = a", "==a or a", ""},
                                            {"local a if a then ", "elseif a then ", "end"},
                                            {"local a while a do ", "if a then break end ", "end"},
                                            {"return ", "not ", "a"},
                                            {"return ", "(", "a"},
                                            {"return ", "{", ""},
                                            {"", "::a::", ""},
                                            {"", "goto a ", ""},
                                            {"return a", "..a", ""},
                                            {"return a", "^a", ""},
                                            {"return a", ".b", ""},
                                            {"return a", "()", ""},
                                            {"return a", "[a]", ""},
                                            {"return ", "function() return ", ""},
                                            {"", "local a ", ""},
                                            {"", "do ", ""},
                                            {"a(", "a,", "a)"},
                                            {"a", ",a", "=1"},
                                            {"local t = {", "1,", "}"},
                                            {"local t = {", "{},", "}"},
                                            {"local t = '", "\\65", "'"},
                                            {"--[[", "x", ""},
                                            {"[", "=", "["},
                                            {"local t = '", "x", "'"},
                                            {"", "\n", ""}};
    size_t i;
    longest_ms = 0;
    begin_with_good_rule();
    for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) read_soon(shapes[i][0], shapes[i][1], shapes[i][2]);
    bench_end();
    printf("# at most %.1f ms (%s)\n", longest_ms, longest_name);
}

/* ---- order and sameness ---- */

TEST(pairs_goes_in_one_order) {
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules("promotion { id = 'order', amount = 1, when = function()\n"
                  "  local t, seen = {}, ''\n"
                  "  for _, k in ipairs({'pear', 'fig', '', 'apple', 'fi', true, false, 2.5, -1, 10, 9, 0.5, 'figs'}) do t[k] = true end\n"
                  "  for k, v in pairs(t) do seen = seen .. tostring(k) .. ' ' end\n"
                  "  assert(seen == '-1 9 10 0.5 2.5  apple fi fig figs pear false true ', seen)\n"
                  "  for k in pairs(t) do t[k] = nil end\n"
                  "  for k in pairs(t) do error('left over') end\n"
                  "  t = {10, 20, 30, x = 1}\n"
                  "  for k, v in pairs(t) do if k == 1 then t[2] = nil t[3] = 33 end seen = seen .. tostring(v) .. ',' end\n"
                  "  assert(text.ends(seen, '10,33,1,'), seen)\n"
                  "  return true end }"));
    CHECK_INT(ask(), 1);
    CHECK_STR(mx_str_of(fault_at(0)), "");
    bench_end();
}

TEST(the_same_cart_gives_the_same_bytes) {
    static const char text[] =
        "local rates = {tea = 3, teaware = 5, gift = 7}\n"
        "promotion { id = 'r', lane = 'item', offers = function(cart)\n"
        "  local out, bag = {}, {}\n"
        "  for _, line in ipairs(cart.lines) do bag[line.sku .. line.line] = line end\n"
        "  for key, line in pairs(bag) do for kind, rate in pairs(rates) do\n"
        "    if line.category == kind then table.insert(out, {percent = rate, lines = {{line = line.line, qty = 1000}}}) end\n"
        "  end end\n"
        "  return out end }\n"
        "promotion { id = 'bad', percent = 1, when = function(c) return c.lines[1].sku + 1 end }\n";
    struct mx_str first = {NULL, 0};
    int i, k;
    bench_begin();
    for (i = 0; i < 40; i++) add_line("ABC", i % 3 ? "tea" : "gift", 1, 100);
    for (i = 0; i < 10; i++) {
        REQUIRE(rules(text)); /* a fresh state each time, with another seed for its tables */
        for (k = 0; k < 4; k++) {
            CHECK_INT(ask(), 40);
            if (first.ptr == NULL) first = answer_text();
            CHECK(mx_str_eq(first, answer_text()));
        }
    }
    bench_end();
}

/* A rule at the edge of its budget is inside or outside of it always. */
TEST(the_budget_is_the_same_each_time) {
    char text[600];
    int loops, i;
    bench_begin();
    add_line("A", "tea", 1, 100);
    for (loops = 6500; loops <= 6700; loops += 10) {
        uint32_t faults = 0;
        snprintf(text, sizeof(text),
                 "promotion { id = 'r', amount = 1, when = function() local n, s = 0, '' for i = 1, %d do n = n + i n = n - 1 end"
                 " for i = 1, 8 do s = s .. 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz' end return true end }",
                 loops);
        REQUIRE(rules(text));
        for (i = 0; i < 4; i++) {
            ask();
            if (i == 0) faults = bench.offers.faults.count;
            CHECK_INT(bench.offers.faults.count, faults);
        }
        if (loops == 6500) CHECK_INT(faults, 0);
        if (loops == 6700) CHECK_INT(faults, 1);
    }
    bench_end();
}

TEST(functions_for_texts_and_numbers) {
    bench_begin();
    add_line("A", "tea", 1, 100);
    REQUIRE(rules(
        "promotion { id = 'r', amount = 1, when = function()\n"
        "  assert(text.contains('abc', 'bc') and not text.contains('abc', 'cb') and text.contains('abc', ''))\n"
        "  assert(text.starts('abc', 'ab') and not text.starts('ab', 'abc') and text.ends('abc', 'bc') and not text.ends('c', 'bc'))\n"
        "  local parts = text.split('a,b,,c', ',')\n"
        "  assert(#parts == 4 and parts[1] == 'a' and parts[3] == '' and parts[4] == 'c' and #text.split('', ',') == 1)\n"
        "  assert(text.trim('  a b\\n') == 'a b' and text.trim(' ') == '' and ('  x'):trim() == 'x')\n"
        "  assert(text.upper('abc茶z') == 'ABC茶Z' and text.lower('ABC') == 'abc' and text.len('茶') == 3)\n"
        "  assert(text.sub('abc', 2) == 'bc' and text.sub('abc', -2, -2) == 'b' and text.sub('abc', 3, 2) == '')\n"
        "  assert(money.muldiv(5, 1, 2) == 3 and money.muldiv(-5, 1, 2) == -3 and money.muldiv(5, 1, 2, 'floor') == 2)\n"
        "  assert(money.muldiv(9007199254740991, 1000000, 1000000) == 9007199254740991)\n"
        "  assert(math.max(1, 7, 3) == 7 and math.min(4, 2.5) == 2.5 and math.abs(-4) == 4 and math.floor(2.7) == 2 and math.ceil(2.1) == 3)\n"
        "  assert(math.tointeger(3.0) == 3 and math.tointeger(3.5) == nil and math.tointeger('3') == nil and math.type(1) == 'integer')\n"
        "  assert(tonumber('12') == 12 and tonumber('x') == nil and tonumber(5) == 5 and tonumber(nil) == nil)\n"
        "  assert(tostring(12) == '12' and tostring(nil) == 'nil' and tostring(true) == 'true' and type({}) == 'table')\n"
        "  assert(select('#', 1, nil) == 2 and select(2, 'a', 'b') == 'b' and select(-1, 'a', 'b') == 'b')\n"
        "  local sorted = table.sort({3, 1, 2})\n"
        "  assert(sorted[1] == 1 and sorted[3] == 3 and table.concat(sorted, '-') == '1-2-3' and table.concat({}) == '')\n"
        "  sorted = table.sort({{n = 2, t = 'a'}, {n = 1, t = 'b'}, {n = 2, t = 'c'}}, 'n')\n"
        "  assert(sorted[1].t == 'b' and sorted[2].t == 'a' and sorted[3].t == 'c')\n"
        "  return true end }"));
    CHECK_INT(ask(), 1);
    CHECK_STR(mx_str_of(fault_at(0)), "");
    bench_end();
}

/* ---- the page for merchants ---- */

/* The part of scripts/README.md between two words; empty when it is not there. */
static struct mx_str readme_part(const char *from, const char *to) {
    static char text[64 * 1024];
    char path[1024];
    const char *begin = NULL, *end = NULL;
    FILE *file;
    snprintf(path, sizeof(path), "%s/../scripts/README.md", MERX_TESTS_DIR);
    file = fopen(path, "rb");
    if (file != NULL) {
        text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
        fclose(file);
        begin = strstr(text, from);
        end = begin ? strstr(begin, to) : NULL;
    }
    return end ? mx_str_n(begin, (size_t)(end - begin)) : mx_str_of("");
}

/* 1 when the part has `name` in code: `name`, `lib.name`, `name(...)`. */
static int is_shown(struct mx_str part, const char *name) {
    size_t len = strlen(name), i;
    for (i = 1; i + len < part.len; i++) {
        char before = part.ptr[i - 1], behind = part.ptr[i + len];
        if (memcmp(part.ptr + i, name, len) == 0 && (before == '`' || before == '.') && (behind == '`' || behind == '(')) return 1;
    }
    return 0;
}

/* Names in a library, as a rule sees them: how many; all must be on the page. */
static uint32_t check_library(struct mx_str part, const char *library) {
    uint32_t count = 0;
    char *names, *name;
    if (!rules(base_arena_printf(bench.arena,
                                 "promotion { id = 'r', amount = 1, when = function()\n"
                                 "  local all = '' for name in pairs(%s) do all = all .. ' ' .. name end error('have' .. all) end }",
                                 library)
                   .ptr))
        return 0;
    ask();
    names = strstr(strcpy(base_arena_alloc(bench.arena, 500), fault_at(0)), "have");
    for (name = names ? strtok(names + 4, " ") : NULL; name != NULL; name = strtok(NULL, " "), count++) {
        if (!is_shown(part, name)) printf("# %s.%s is not on the page\n", library, name);
        CHECK(is_shown(part, name));
    }
    return count;
}

TEST(what_the_page_lists_is_what_there_is) {
    struct mx_str functions = readme_part("**Functions**", "**Money is whole"), examples;
    uint32_t shown = 0, there = 0, i;
    const char *name;
    bench_begin();
    add_line("A", "tea", 1, 100);
    functions = base_arena_dup(bench.arena, functions);
    examples = readme_part("```lua", "## What there is not");
    for (i = 0; (name = script_global(i)) != NULL; i++) {
        int is_library = strstr("text money math table", name) != NULL,
            is_kind = i + SCRIPT_KINDS + 1 >= 21; /* hunt and the kinds come last */
        if (is_library) {
            there += check_library(functions, name);
        } else if (is_kind) {
            CHECK(memmem(examples.ptr, examples.len, name, strlen(name)) != NULL);
        } else {
            CHECK(is_shown(functions, name));
            there++;
        }
    }
    CHECK_INT(i, 21);
    for (i = 0; i < functions.len; i++) shown += functions.ptr[i] == '`';
    CHECK_INT(shown / 2, there + 4); /* name:upper(), "floor", and sort and split, which are shown twice */
    bench_end();
}

RUN_TESTS(CASE(no_file_takes_long_to_read), CASE(pairs_goes_in_one_order), CASE(the_same_cart_gives_the_same_bytes),
          CASE(the_budget_is_the_same_each_time), CASE(functions_for_texts_and_numbers), CASE(what_the_page_lists_is_what_there_is))
