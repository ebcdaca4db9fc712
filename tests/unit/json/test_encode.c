/* Structs into text, and texts of objects changed member by member. */
#include "support/check.h"
#include "unit/json/types.h"
#include "json/json.h"

static struct base_arena *arena;
static struct base_buf out;

static struct mx_str encode(const struct mx_type *type, const void *object, uint32_t flags) {
    out.len = 0;
    json_encode(&out, type, object, flags);
    return base_buf_view(&out);
}

#define STR(literal) mx_str_n(literal, sizeof(literal) - 1)

TEST(sorted_and_without_spaces) {
    struct all a;
    memset(&a, 0, sizeof(a));
    CHECK_STR(encode(&all_type, &a, 0),
              "{\"at\":0,\"count\":0,\"flag\":false,\"lines\":[],\"money\":0,\"name\":{},\"ppm\":0,\"qty\":0,\"tags\":[]}");
}

TEST(every_kind) {
    struct line lines[2];
    struct address address = {STR("Leeds"), STR("")};
    struct mx_pair names[2] = {{STR("en"), STR("tea \"x\"")}, {STR("zh"), STR("\xE8\x8C\xB6")}};
    struct mx_str tags[2] = {STR("a\\b"), STR("")};
    struct all a;
    memset(&a, 0, sizeof(a));
    memset(lines, 0, sizeof(lines));
    lines[0].sku = STR("s1");
    lines[0].qty = 1000;
    lines[1].price = 5;
    MX_SET_HAS(line, &lines[1], price);
    a.flag = 1;
    a.count = -5;
    a.money = -MX_INT_MAX;
    a.qty = MX_INT_MAX;
    a.text = STR("x\ty");
    a.id = STR("ord_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    a.state = 3;
    a.ext = STR("{\"a\":[1]}");
    a.name = (struct mx_list){names, 2, sizeof(names[0])};
    a.address = &address;
    a.lines = (struct mx_list){lines, 2, sizeof(lines[0])};
    a.tags = (struct mx_list){tags, 2, sizeof(tags[0])};
    a.made_by = STR("shop");
    CHECK_STR(
        encode(&all_type, &a, 0),
        "{\"address\":{\"city\":\"Leeds\"},\"at\":0,\"count\":-5,\"ext\":{\"a\":[1]},\"flag\":true,\"id\":\"ord_01ARZ3NDEKTSV4RRFFQ69G5FAV\","
        "\"lines\":[{\"qty\":1000,\"sku\":\"s1\"},{\"price\":5,\"qty\":0}],\"made_by\":\"shop\",\"money\":-9007199254740991,"
        "\"name\":{\"en\":\"tea \\\"x\\\"\",\"zh\":\"\xE8\x8C\xB6\"},\"ppm\":0,\"qty\":9007199254740991,\"state\":\"void\","
        "\"tags\":[\"a\\\\b\",\"\"],\"text\":\"x\\ty\"}");
}

TEST(compact_leaves_out_what_reads_back_the_same) {
    struct line line;
    struct all a, back;
    memset(&a, 0, sizeof(a));
    memset(&line, 0, sizeof(line));
    CHECK_STR(encode(&all_type, &a, JSON_SPARE_ZEROES), "{}");
    MX_SET_HAS(line, &line, price);
    a.money = 5;
    a.lines = (struct mx_list){&line, 1, sizeof(line)};
    CHECK_STR(encode(&all_type, &a, JSON_SPARE_ZEROES), "{\"lines\":[{\"price\":0,\"qty\":0}],\"money\":5}"); /* a mask is kept */
    CHECK(json_decode(arena, &all_type, base_buf_view(&out), JSON_STORE, &back, NULL) == MX_OK);
    CHECK_STR(encode(&all_type, &back, 0),
              "{\"at\":0,\"count\":0,\"flag\":false,\"lines\":[{\"price\":0,\"qty\":0}],\"money\":5,\"name\":{},\"ppm\":0,\"qty\":0,"
              "\"tags\":[]}");
}

TEST(masks_decide_about_numbers) {
    struct line line;
    struct thing t;
    memset(&line, 0, sizeof(line));
    memset(&t, 0, sizeof(t));
    CHECK_STR(encode(&line_type, &line, 0), "{\"qty\":0}"); /* a required number is there */
    line.price = 7;
    line.reason = STR("r"); /* texts count when they are not empty */
    CHECK_STR(encode(&line_type, &line, 0), "{\"qty\":0,\"reason\":\"r\"}");
    MX_SET_HAS(line, &line, price);
    line.reason.len = 0;
    CHECK_STR(encode(&line_type, &line, 0), "{\"price\":7,\"qty\":0}");
    MX_SET_HAS(line, &line, reason);
    CHECK_STR(encode(&line_type, &line, 0), "{\"price\":7,\"qty\":0,\"reason\":\"\"}");
    CHECK_STR(encode(&thing_type, &t, 0), "{}");
    MX_SET_HAS(thing, &t, lines);
    MX_SET_HAS(thing, &t, born);
    CHECK_STR(encode(&thing_type, &t, 0), "{\"born\":0,\"lines\":[]}");
}

static struct thing a_thing(void) {
    static struct mx_str mails[2] = {MX_STR_INIT("a@b"), MX_STR_INIT("c@d")};
    struct thing t;
    memset(&t, 0, sizeof(t));
    t.rec.rev = 4;
    t.rec.extra = STR("{\"$x\":1,\"mm\":[{\"a\":\"}\"}],\"rf\":2,\"zz\":\"\\\"\"}");
    t.sku = STR("s");
    t.price = 9;
    MX_SET_HAS(thing, &t, price);
    t.phone = STR("123");
    t.mails = (struct mx_list){mails, 2, sizeof(mails[0])};
    MX_SET_HAS(thing, &t, born);
    return t;
}

TEST(records_merge_extra_and_rev) {
    struct thing t = a_thing();
    CHECK_STR(encode(&thing_type, &t, 0),
              "{\"$x\":1,\"born\":0,\"mails\":[\"a@b\",\"c@d\"],\"mm\":[{\"a\":\"}\"}],\"phone\":\"123\",\"price\":9,\"rev\":4,"
              "\"rf\":2,\"sku\":\"s\",\"zz\":\"\\\"\"}");
    t.rec.rev = 0;
    t.rec.extra = STR("{}");
    CHECK_STR(encode(&thing_type, &t, JSON_PUBLIC_ONLY), "{\"price\":9,\"sku\":\"s\"}");
    t.rec.extra = STR("{\"a\":1}");
    CHECK_STR(encode(&thing_type, &t, JSON_PUBLIC_ONLY), "{\"a\":1,\"price\":9,\"sku\":\"s\"}");
    t.rec.extra = STR("{\"price\":\"old\",\"sku\":\"old\"}");
    CHECK_STR(encode(&thing_type, &t, JSON_PUBLIC_ONLY), "{\"price\":9,\"sku\":\"s\"}");
    t.rec.extra = STR("{\"zz\":1}");
    CHECK_STR(encode(&thing_type, &t, JSON_PUBLIC_ONLY), "{\"price\":9,\"sku\":\"s\",\"zz\":1}");
}

TEST(personal_members_apart) {
    struct thing t = a_thing();
    CHECK_STR(encode(&thing_type, &t, JSON_PUBLIC_ONLY),
              "{\"$x\":1,\"mm\":[{\"a\":\"}\"}],\"price\":9,\"rev\":4,\"rf\":2,\"sku\":\"s\",\"zz\":\"\\\"\"}");
    CHECK_STR(encode(&thing_type, &t, JSON_PII_ONLY), "{\"born\":0,\"mails\":[\"a@b\",\"c@d\"],\"phone\":\"123\"}");
    t.rec.extra.len = 0;
    CHECK_STR(encode(&thing_type, &t, JSON_MASK_PII),
              "{\"mails\":[\"***\",\"***\"],\"phone\":\"***\",\"price\":9,\"rev\":4,\"sku\":\"s\"}");
}

TEST(personal_members_at_every_level) {
    struct address address = {STR("Leeds"), STR("1 Street")};
    struct all a;
    memset(&a, 0, sizeof(a));
    a.address = &address;
    CHECK(strstr(encode(&all_type, &a, JSON_PUBLIC_ONLY).ptr, "{\"address\":{\"city\":\"Leeds\"},") == out.ptr);
    CHECK(strstr(encode(&all_type, &a, JSON_MASK_PII).ptr, "{\"address\":{\"city\":\"Leeds\",\"street\":\"***\"},") == out.ptr);
}

TEST(names_of_extra_sort_behind_their_escapes) {
    struct thing t;
    memset(&t, 0, sizeof(t));
    t.price = 1;
    MX_SET_HAS(thing, &t, price);
    t.rec.extra = STR("{\"\":0,\"\\u0001\":1,\"\\\"\":2,\"\\\\\":3,\"p\":4,\"price\\n\":5,\"q\":6,\"\xC3\xA9\":7}");
    CHECK_STR(encode(&thing_type, &t, 0),
              "{\"\":0,\"\\u0001\":1,\"\\\"\":2,\"\\\\\":3,\"p\":4,\"price\":1,\"price\\n\":5,\"q\":6,\"\xC3\xA9\":7}");
}

TEST(what_is_written_can_be_read) {
    static const char nasty[] = "a\x80"
                                "b\xC3(\xE2\x82 \xED\xA0\x80 \xF0\x9F\x98\x80 \xF5 end\xE2\x82";
    struct mx_error err;
    struct line line, back;
    memset(&line, 0, sizeof(line));
    line.sku = mx_str_n(nasty, sizeof(nasty)); /* with a U+0000 at its end */
    line.qty = 1;
    CHECK_INT(json_decode(arena, &line_type, encode(&line_type, &line, 0), JSON_STORE, &back, &err), MX_OK);
    CHECK_STR(
        back.sku,
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xF0\x9F\x98\x80 \xEF\xBF\xBD end\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static struct mx_str quoted(struct mx_str text) {
    out.len = 0;
    json_quote(&out, text);
    return base_buf_view(&out);
}

TEST(quote) {
    char all_controls[64], want[400];
    int i, n = 0;
    CHECK_STR(quoted(STR("")), "\"\"");
    CHECK_STR(quoted(mx_str_n(NULL, 0)), "\"\"");
    CHECK_STR(quoted(STR("plain / text, longer than eight bytes")), "\"plain / text, longer than eight bytes\"");
    CHECK_STR(quoted(STR("\"\\\b\t\n\f\r\x7f")), "\"\\\"\\\\\\b\\t\\n\\f\\r\x7f\"");
    CHECK_STR(quoted(STR("longer than eight \"quoted\" \xE8\x8C\xB6")), "\"longer than eight \\\"quoted\\\" \xE8\x8C\xB6\"");
    want[n++] = '"';
    for (i = 1; i < 32; i++) {
        all_controls[i - 1] = (char)i;
        n += i == 8 || i == 9 || i == 10 || i == 12 || i == 13 ? sprintf(want + n, "\\%c", "btn.fr"[i - 8])
                                                               : sprintf(want + n, "\\u%04x", i);
    }
    strcpy(want + n, "\"");
    CHECK_STR(quoted(mx_str_n(all_controls, 31)), want);
}

TEST(stored_text_is_stable) {
    static const char *const texts[] = {
        "{}",
        "{\"rev\":1,\"sku\":\"a\"}",
        "{\"$pii\":\"xx\",\"born\":0,\"lines\":[],\"price\":0,\"rev\":12,\"sku\":\"\"}",
        "{\"$pii\":\"xx\",\"lines\":[{\"price\":0,\"qty\":1,\"reason\":\"\",\"sku\":\"a\"},{\"qty\":2,\"sku\":\"b\"}],\"new\":{\"x\":[]},\"rev\":1}",
        "{\"a\":1,\"m\":null,\"sku\":\"\xE8\x8C\xB6\",\"state\":\"melted\",\"zz\":false}",
    };
    struct mx_error err;
    struct thing t;
    size_t i;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        CHECK_INT(json_decode(arena, &thing_type, mx_str_of(texts[i]), JSON_STORE, &t, &err), MX_OK);
        CHECK_STR(encode(&thing_type, &t, 0), texts[i]);
    }
}

TEST(object_members) {
    static const char text[] = "{\"$pii\":\"a,}\",\"b\":{\"c\":[1,{}]},\"d\":null}";
    struct mx_str value = STR("untouched");
    CHECK(json_text_get(STR(text), "$pii", &value));
    CHECK_STR(value, "\"a,}\"");
    CHECK(json_text_get(STR(text), "b", &value));
    CHECK_STR(value, "{\"c\":[1,{}]}");
    CHECK(json_text_get(STR(text), "d", &value));
    CHECK_STR(value, "null");
    CHECK(!json_text_get(STR(text), "c", &value) && !json_text_get(STR(text), "dd", &value) && !json_text_get(STR(""), "a", &value));
    CHECK(!json_text_get(STR("{}"), "a", &value));
    CHECK_STR(value, "null");
    CHECK_STR(json_text_put(arena, STR(text), "$pii", STR("")), "{\"b\":{\"c\":[1,{}]},\"d\":null}");
    CHECK_STR(json_text_put(arena, STR(text), "b", STR("1")), "{\"$pii\":\"a,}\",\"b\":1,\"d\":null}");
    CHECK_STR(json_text_put(arena, STR(text), "c", STR("1")), "{\"$pii\":\"a,}\",\"b\":{\"c\":[1,{}]},\"c\":1,\"d\":null}");
    CHECK_STR(json_text_put(arena, STR(text), "e", STR("1")), "{\"$pii\":\"a,}\",\"b\":{\"c\":[1,{}]},\"d\":null,\"e\":1}");
    CHECK_STR(json_text_put(arena, STR(text), "#", STR("1")), "{\"#\":1,\"$pii\":\"a,}\",\"b\":{\"c\":[1,{}]},\"d\":null}");
    CHECK_STR(json_text_put(arena, STR(text), "x", STR("")), text);
    CHECK_STR(json_text_put(arena, STR(""), "x", STR("1")), "{\"x\":1}");
    CHECK_STR(json_text_put(arena, STR("{\"x\":1}"), "x", STR("")), "{}");
}

int main(int argc, char **argv) {
    static const struct check_case cases[] = {CASE(sorted_and_without_spaces),
                                              CASE(every_kind),
                                              CASE(compact_leaves_out_what_reads_back_the_same),
                                              CASE(masks_decide_about_numbers),
                                              CASE(records_merge_extra_and_rev),
                                              CASE(personal_members_apart),
                                              CASE(personal_members_at_every_level),
                                              CASE(names_of_extra_sort_behind_their_escapes),
                                              CASE(what_is_written_can_be_read),
                                              CASE(quote),
                                              CASE(stored_text_is_stable),
                                              CASE(object_members)};
    int failed;
    arena = base_arena_new(1 << 14);
    base_buf_init(&out, NULL);
    base_buf_reserve(&out, 1 << 12); /* stays in place, so that texts can be compared with strstr() */
    failed = check_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
    base_buf_fini(&out);
    base_arena_free(arena);
    json_fini();
    return failed;
}
