/* Reading rule files: what is accepted, what is refused, and in which words. */
#include "fixture.h"

/* Loading `source` must fail with all of `words` in the message. */
static void refused(const char *source, const char *words) {
    write_rules("rules.lua", source);
    if (load() == MX_OK) {
        printf("# not refused: %s\n", source);
        check_failures++;
    } else if (bench.err.status != MX_E_BAD_INPUT || strstr(bench.err.message, words) == NULL) {
        printf("# %s\n#   said: %s\n#   not:  %s\n", source, bench.err.message, words);
        check_failures++;
    }
}

TEST(declarations_are_checked) {
    bench_begin();
    refused("promotion { percent = 10 }", "rules.lua:1: promotion: id is missing");
    refused("promotion { id = 7, percent = 10 }", "id must be a text in quotes, not a number");
    refused("promotion { id = 'a b', percent = 10 }", "the id may only have letters");
    refused("promotion { id = '', percent = 10 }", "id may not be empty");
    refused("\n\npromotion { id = 'a', precent = 10 }",
            "rules.lua:3: promotion 'a': the key 'precent' is not known; did you mean 'percent'?");
    refused("promotion { id = 'a', percent = 10, colour = 'red' }", "the key 'colour' is not known");
    refused("promotion { id = 'a', percent = 10, 7 }", "every entry needs a name");
    refused("promotion { id = 'a' }", "does not say what it takes off");
    refused("promotion { id = 'a', percent = 10, amount = 5 }", "not several");
    refused("promotion { id = 'a', percent = 10, ppm = 5 }", "not several");
    refused("promotion { id = 'a', percent = 12.5 }", "for 12.5 % write ppm = 125000");
    refused("promotion { id = 'a', percent = 10.0 }", "write ppm = 100000");
    refused("promotion { id = 'a', percent = '10' }", "percent must be a whole number, not a string");
    refused("promotion { id = 'a', percent = 0 }", "percent must be between 1 and 100, not 0");
    refused("promotion { id = 'a', percent = 101 }", "percent must be between 1 and 100, not 101");
    refused("promotion { id = 'a', ppm = 1000001 }", "ppm must be between 1 and 1000000");
    refused("promotion { id = 'a', amount = 9.99 }",
            "rules.lua:1: promotion 'a': amount must be a whole number, but it is the fraction 9.99");
    refused("promotion { id = 'a', amount = 10 / 5 }", "fraction 2.0; use // or money.muldiv");
    refused("promotion { id = 'a', amount = -5 }", "amount must be between");
    refused("promotion { id = 'a', amount = 1 << 60 }", "amount must be between");
    refused("promotion { id = 'a', buy = 3 }", "buy needs pay as well");
    refused("promotion { id = 'a', pay = 3 }", "pay needs buy as well");
    refused("promotion { id = 'a', buy = 3, pay = 3 }", "pay must be less than buy");
    refused("promotion { id = 'a', percent = 5, lane = 'itme' }", "lane must be");
    refused("promotion { id = 'a', percent = 5, priority = -1 }", "priority must be between");
    refused("promotion { id = 'a', percent = 5, name = 'Tea' }", "name must be a table of texts by language");
    refused("promotion { id = 'a', percent = 5, name = {'Tea'} }", "name must be a table of texts by language");
    refused("promotion { id = 'a', percent = 5, name = {en = 5} }", "en must be a text in quotes");
    refused("promotion { id = 'a', percent = 5, name = {en = 'a\\nb'} }", "en holds bytes that are no readable UTF-8 text");
    refused("promotion { id = 'a', percent = 5, name = {en = '\\xff'} }", "en holds bytes");
    bench_end();
}

/* On the line of the key; on the line where the rule begins when the word stands there more than once. */
TEST(an_unknown_key_is_shown_where_it_stands) {
    bench_begin();
    refused("-- a\npromotion {\n  id = 'a', -- precent = 1\n  name = {en = 'precent = 5'},\n  precent = 10,\n}",
            "rules.lua:5: promotion 'a': the key 'precent' is not known; did you mean 'percent'?");
    refused("promotion {\n id = 'a', percent = 1,\n where = {\n  catgory = 'x' } }",
            "rules.lua:4: promotion 'a': where: the key 'catgory' is not known; did you mean 'category'?");
    refused("promotion { id = 'a',\n colour = 5 }\npromotion { id = 'b',\n colour = 5 }", "rules.lua:2: promotion 'a': the key 'colour'");
    refused("promotion {\n id = 'a', percent = 1, sku = 'A',\n where = {\n sku = 'x' } }", "rules.lua:1: promotion 'a': the key 'sku'");
    refused("local t = {\n id = 'a', colour = 1 }\npromotion(t)", "rules.lua:3: promotion 'a': the key 'colour' is not known");
    refused("local t = {\n id = 'a', ['col our'] = 1 }\npromotion(t)", "rules.lua:3: promotion 'a': the key 'col our' is not known");
    bench_end();
}

TEST(filters_are_checked) {
    bench_begin();
    refused("promotion { id = 'a', percent = 5, where = 'tea' }", "where must be a table");
    refused("promotion { id = 'a', percent = 5, where = {categroy = 'tea'} }", "did you mean 'category'?");
    refused("promotion { id = 'a', percent = 5, where = {sku = {}} }", "sku is an empty list");
    refused("promotion { id = 'a', percent = 5, where = {sku = {1}} }", "sku must be a text in quotes or a list of them");
    refused("promotion { id = 'a', percent = 5, where = {tag = ''} }", "tag: every value has 1 to 32 bytes");
    refused("promotion { id = 'a', percent = 5, member = false }", "member is true (any member), a tier or a list");
    refused("promotion { id = 'a', percent = 5, channel = 1 }", "channel must be a text");
    refused("promotion { id = 'a', percent = 5, min_qty = 2 }", "for 2 pieces write min_qty = 2000");
    refused("promotion { id = 'a', percent = 5, min_total = 0 }", "min_total must be between");
    refused("promotion { id = 'a', percent = 5, min_total = 200.0 }", "min_total must be a whole number");
    refused("promotion { id = 'a', percent = 5, from = '2026-02-29' }", "from must be a day like");
    refused("promotion { id = 'a', percent = 5, from = '2026-11-31' }", "from must be a day like");
    refused("promotion { id = 'a', percent = 5, from = ' 026-11-01' }", "from must be a day like");
    refused("promotion { id = 'a', percent = 5, from = '2100-02-29' }", "from must be a day like");
    refused("promotion { id = 'a', percent = 5, from = '2026-13-01' }", "from must be a day like");
    refused("promotion { id = 'a', percent = 5, untl = 1 }", "the key 'untl' is not known");
    refused("promotion { id = 'a', percent = 5, to = '1.12.2026' }", "to must be a day like");
    refused("promotion { id = 'a', percent = 5, from = '2026-12-02', to = '2026-12-01' }", "to is before from");
    refused("promotion { id = 'a', percent = 5, when = true }", "when must be a function");
    refused("promotion { id = 'a', percent = 5, lines = math.max }", "lines must be a function");
    refused("promotion { id = 'a', percent = 5, offers = function() end }", "offers makes its own offers");
    refused("promotion { id = 'a', where = {tag = 'x'}, offers = function() end }", "offers picks its own lines");
    bench_end();
}

TEST(leap_days_are_days) {
    bench_begin();
    CHECK(rules("promotion { id = 'a', percent = 5, from = '2028-02-29', to = '2400-02-29' }"));
    bench_end();
}

TEST(files_are_checked) {
    char large[66 * 1024];
    bench_begin();
    refused("promotion { id = 'a' percent = 5 }", "rules.lua:1: '}' expected near 'percent'");
    refused("promotion { id = 'a', percent = 5 }\npromotion { id = 'a', percent = 6 }",
            "rules.lua:2: promotion: the id 'a' is used already in rules.lua, line 1");
    refused("test { }", "rules.lua:1: test takes a text and a function: test(\"what it shows\", function(t) ... end)");
    refused("tier { id = 'gold' }", "rules.lua:1: tier: code is missing: every tier needs one of its own");
    refused("teir { code = 'gold' }", "rules.lua:1: there is no 'teir' in rule files; did you mean 'tier'?");
    refused("local discount = 5\nlocal x = discuont", "rules.lua:2: there is no 'discuont' in rule files; did you mean 'discount'?");
    refused("promotion { id = 'a', amount = 1, when = function(cart)\n return totl > 5 end }",
            "rules.lua:2: there is no 'totl' in rule files");
    refused("x = 5", "rules.lua:1: 'x' is not declared: write 'local x = ...'");
    refused("promotion = nil", "'promotion' is not declared");
    refused("promotion 'a'", "promotion takes a table");
    refused("promotion({}, 5)", "promotion takes a table");
    refused("error('closed today')", "rules.lua:1: closed today");
    refused("error({})", "rules.lua:1: bad argument #1 to 'error'");
    refused("local x = nil\nreturn x.y", "rules.lua:2: attempt to index a nil value (local 'x')");
    refused("while true do end", "rules.lua:1: this took more than the 20000 steps");
    refused("return '\\0'", "rules.lua:1: a text may not hold the byte 0");
    refused("\n\nreturn 'a\\000b'", "rules.lua:3: a text may not hold the byte 0");
    refused("return '\\x00'", "a text may not hold the byte 0");
    refused("return '\\u{0}'", "a text may not hold the byte 0");
    refused("-- \xff", "rules.lua: this is not UTF-8 text");
    refused("\x1bLuaT", "rules.lua: this is not text");
    write_bytes("rules.lua", "--\0", 3);
    CHECK_INT(load(), MX_E_BAD_INPUT);
    memset(large, ' ', sizeof(large));
    write_bytes("rules.lua", large, sizeof(large));
    CHECK_INT(load(), MX_E_BAD_INPUT);
    CHECK(strstr(bench.err.message, "rules.lua is longer than 64 KB") != NULL);
    bench_end();
}

TEST(backslashes_before_a_zero_are_text) {
    bench_begin();
    CHECK(rules("local a = '\\\\0', '\\10', '\\u{10}', '\\x10'"));
    refused("local a = '\\\\\\0'", "the byte 0");
    refused("local a = [[\\]] .. '\\0'", "the byte 0");
    bench_end();
}

TEST(sources_of_the_folder) {
    bench_begin();
    CHECK_INT(load(), MX_OK); /* an empty folder is an empty rule set */
    CHECK_INT(ask(), 0);
    CHECK_INT(bench.offers.version.len, 16);
    write_rules("b.lua", "promotion { id = 'second', percent = 1 }");
    write_rules("a.lua", "\xef\xbb\xbfpromotion { id = 'first', percent = 1 }");
    write_rules(".hidden.lua", "this is no Lua");
    write_rules("notes.txt", "this is no Lua either");
    add_line("A", "tea", 1, 100);
    CHECK_INT(load(), MX_OK);
    REQUIRE(ask() == 2);
    CHECK_STR(offer_at(0)->rule, "first");
    CHECK_STR(offer_at(1)->rule, "second");
    mkdir(folder_path(&bench.folder, "c.lua"), 0700);
    CHECK_INT(load(), MX_E_BAD_INPUT);
    CHECK(strstr(bench.err.message, "c.lua is not an ordinary file") != NULL);
    CHECK_INT(script_open(folder_path(&bench.folder, "absent"), &bench.err), MX_OK);
    CHECK_INT(ask(), 0);
    CHECK_INT(script_open(folder_path(&bench.folder, "a.lua"), &bench.err), MX_E_IO);
    bench_end();
}

TEST(the_version_follows_names_and_texts) {
    char first[17];
    bench_begin();
    write_rules("a.lua", "-- one");
    CHECK_INT(load(), MX_OK);
    ask();
    memcpy(first, bench.offers.version.ptr, 17);
    CHECK_INT(load(), MX_OK);
    ask();
    CHECK_STR(bench.offers.version, first);
    write_rules("a.lua", "-- two");
    CHECK_INT(load(), MX_OK);
    ask();
    CHECK(!mx_str_is(bench.offers.version, first));
    rename(folder_path(&bench.folder, "a.lua"), folder_path(&bench.folder, "b.lua"));
    write_rules("b.lua", "-- one");
    CHECK_INT(load(), MX_OK);
    ask();
    CHECK(!mx_str_is(bench.offers.version, first));
    bench_end();
}

TEST(long_lists_and_many_rules) {
    struct base_buf text;
    int i;
    bench_begin();
    base_buf_init(&text, bench.arena);
    base_buf_text(&text, "promotion { id = 'long', percent = 5, where = {sku = {");
    for (i = 0; i < 2500; i++) base_buf_printf(&text, "'SKU-%d',", i);
    base_buf_text(&text, "}}}");
    write_bytes("a.lua", text.ptr, text.len);
    text.len = 0;
    base_buf_text(&text, "for i = 1, 400 do promotion { id = 'r' .. i, amount = i } end");
    write_bytes("b.lua", text.ptr, text.len);
    add_line("SKU-2499", "tea", 1, 100);
    add_line("SKU-2500", "tea", 1, 100);
    REQUIRE(load() == MX_OK);
    REQUIRE(ask() == 401);
    CHECK_INT(offer_at(0)->lines.count, 1);
    CHECK_INT(offer_at(400)->amount, 400);
    bench_end();
}

RUN_TESTS(CASE(declarations_are_checked), CASE(an_unknown_key_is_shown_where_it_stands), CASE(filters_are_checked),
          CASE(leap_days_are_days), CASE(files_are_checked), CASE(backslashes_before_a_zero_are_text), CASE(sources_of_the_folder),
          CASE(the_version_follows_names_and_texts), CASE(long_lists_and_many_rules))
