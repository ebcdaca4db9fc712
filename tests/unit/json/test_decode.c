/* Text into structs. */
#include "support/check.h"
#include "unit/json/types.h"
#include "json/json.h"

static struct base_arena *arena;
static struct mx_error err;

static mx_status decode(const struct mx_type *type, uint32_t mode, const char *text, void *object) {
    if (arena == NULL) arena = base_arena_new(1 << 16);
    memset(&err, 0, sizeof(err));
    return json_decode(arena, type, mx_str_of(text), mode, object, &err);
}

struct wrong {
    const char *text;
    mx_status status;
    const char *field;
    const char *message; /* NULL = any */
};

static void refuse_all(const struct mx_type *type, uint32_t mode, const struct wrong *cases, size_t count, void *object) {
    size_t i;
    for (i = 0; i < count; i++) {
        mx_status st = decode(type, mode, cases[i].text, object);
        if (st != cases[i].status || strcmp(err.field, cases[i].field) != 0 ||
            (cases[i].message && strcmp(err.message, cases[i].message) != 0))
            printf("# %s -> %d [%s] %s\n", cases[i].text, st, err.field, err.message);
        CHECK_INT(st, cases[i].status);
        CHECK_INT(err.status, cases[i].status);
        CHECK(strcmp(err.field, cases[i].field) == 0);
        CHECK(strlen(err.message) > 10);
        if (cases[i].message) CHECK(strcmp(err.message, cases[i].message) == 0);
    }
}

TEST(every_kind) {
    struct all a;
    const struct line *line;
    const struct mx_pair *pair;
    CHECK_INT(decode(&all_type, JSON_WIRE,
                     " { \"flag\" : true, \"count\":-5,\"money\":-9007199254740991,\"qty\":455,\"ppm\":1000000,\"at\":1700000000000,"
                     "\"text\":\"\\u8336\",\"note\":\"a\\nb\\tc\",\"id\":\"ord_01ARZ3NDEKTSV4RRFFQ69G5FAV\","
                     "\"any_id\":\"per_01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"state\":\"paid\",\"ext\":{\"b\":[1, null],\"a\":\"x\"},"
                     "\"name\":{\"zh\":\"\xE8\x8C\xB6\",\"en\":\"tea\"},\"address\":{\"city\":\"Leeds\"},"
                     "\"lines\":[{\"sku\":\"a\",\"qty\":1000},{\"qty\":2000,\"sku\":\"b\",\"price\":0}],\"tags\":[\"x\",\"y\"]}\n",
                     &a),
              MX_OK);
    CHECK_INT(a.flag, 1);
    CHECK_INT(a.count, -5);
    CHECK_INT(a.money, -MX_INT_MAX);
    CHECK_INT(a.qty, 455);
    CHECK_INT(a.ppm, 1000000);
    CHECK_INT(a.at, INT64_C(1700000000000));
    CHECK_STR(a.text, "\xE8\x8C\xB6");
    CHECK_STR(a.note, "a\nb\tc");
    CHECK_STR(a.id, "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    CHECK_STR(a.any_id, "per_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    CHECK_INT(a.state, 2);
    CHECK_STR(a.ext, "{\"a\":\"x\",\"b\":[1,null]}");
    REQUIRE(a.name.count == 2);
    pair = mx_list_at(&a.name, 0);
    CHECK_STR(pair->key, "en");
    CHECK_STR(pair->value, "tea");
    pair = mx_list_at(&a.name, 1);
    CHECK_STR(pair->key, "zh");
    REQUIRE(a.address != NULL);
    CHECK_STR(a.address->city, "Leeds");
    REQUIRE(a.lines.count == 2);
    line = mx_list_at(&a.lines, 0);
    CHECK_STR(line->sku, "a");
    CHECK(MX_HAS(line, line, qty) && !MX_HAS(line, line, price));
    line = mx_list_at(&a.lines, 1);
    CHECK_INT(line->qty, 2000);
    CHECK(MX_HAS(line, line, price) && !MX_HAS(line, line, reason));
    REQUIRE(a.tags.count == 2);
    CHECK_STR(mx_list_str(&a.tags, 1), "y");
}

TEST(absent_is_zero) {
    struct all a, zero;
    memset(&a, 0xAA, sizeof(a));
    memset(&zero, 0, sizeof(zero));
    CHECK_INT(decode(&all_type, JSON_WIRE, "{}", &a), MX_OK);
    CHECK(memcmp(&a, &zero, sizeof(a)) == 0);
}

TEST(plain_text_is_borrowed) {
    static const char text[] = "{\"sku\":\"plain\",\"qty\":1,\"reason\":\"es\\\\c\"}";
    struct line line;
    CHECK_INT(decode(&line_type, JSON_WIRE, text, &line), MX_OK);
    CHECK(line.sku.ptr == text + 8);
    CHECK_STR(line.reason, "es\\c");
}

/* What looks like a control to a careless check, and is somebody's name. */
TEST(honest_text_is_taken) {
    static const char *const texts[] = {"\"\xc3\xa9t\xc3\xa9\"", "\"\xc2\xa0\xc2\xa0\"", "\"\xe2\x80\x9c\"", "\"\xe2\x80\x8f.\"",
                                        "\"\xe8\x8c\xb6.\"",     "\"\xe2\x81\xa0\"",     "\"\xe2\x82\xac\"", "\"\xe2\x80\xaf\""};
    struct all a;
    size_t i;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char text[64];
        snprintf(text, sizeof(text), "{\"text\":%s}", texts[i]);
        CHECK_INT(decode(&all_type, JSON_WIRE, text, &a), MX_OK);
    }
}

TEST(long_lists) {
    struct base_buf text;
    struct mx_list *lines;
    struct all a;
    int i;
    base_buf_init(&text, NULL);
    base_buf_text(&text, "{\"lines\":[");
    for (i = 0; i < 1000; i++) base_buf_printf(&text, "%s{\"sku\":\"s%d\",\"qty\":%d}", i ? "," : "", i, i + 1);
    base_buf_text(&text, "]}");
    base_buf_char(&text, 0);
    CHECK_INT(decode(&all_type, JSON_WIRE, text.ptr, &a), MX_E_OUT_OF_RANGE);
    CHECK(strcmp(err.field, "lines") == 0);
    CHECK_INT(decode(&all_type, JSON_STORE, text.ptr, &a), MX_OK);
    lines = &a.lines;
    REQUIRE(lines->count == 1000);
    for (i = 0; i < 1000; i++) CHECK_INT(((const struct line *)mx_list_at(lines, (uint32_t)i))->qty, i + 1);
    base_buf_fini(&text);
}

static const struct wrong wrong_on_the_wire[] = {
    {"{\"lines\":[{\"sku\":\"a\",\"qty\":0}]}", MX_E_OUT_OF_RANGE, "lines[0].qty",
     "lines[0].qty must be an integer between 1 and 9007199254740991"},
    {"{\"lines\":[{\"sku\":\"a\",\"qty\":1},{\"sku\":\"a\"}]}", MX_E_MISSING_FIELD, "lines[1].qty", "lines[1].qty is required"},
    {"{\"lines\":[{}]}", MX_E_MISSING_FIELD, "lines[0].sku", NULL},
    {"{\"lines\":[{\"sku\":\"a\",\"qty\":1,\"colour\":1}]}", MX_E_UNKNOWN_FIELD, "lines[0].colour",
     "lines[0].colour is not a field of order.line"},
    {"{\"lines\":[{\"sku\":\"a\",\"qty\":1,\"sku\":\"a\"}]}", MX_E_DOUBLED_FIELD, "lines[0].sku", "lines[0].sku is given twice"},
    {"{\"lines\":[1]}", MX_E_WRONG_TYPE, "lines[0]", "lines[0] must be an object"},
    {"{\"lines\":{}}", MX_E_WRONG_TYPE, "lines", "lines must be an array of objects"},
    {"{\"lines\":[{\"sku\":\"\",\"qty\":1}]}", MX_E_OUT_OF_RANGE, "lines[0].sku", "lines[0].sku must not be empty"},
    {"{\"address\":{\"city\":5}}", MX_E_WRONG_TYPE, "address.city", "address.city must be a string"},
    {"{\"address\":{}}", MX_E_MISSING_FIELD, "address.city", NULL},
    {"{\"address\":[]}", MX_E_WRONG_TYPE, "address", "address must be an object"},
    {"{\"flag\":1}", MX_E_WRONG_TYPE, "flag", "flag must be true or false"},
    {"{\"flag\":\"true\"}", MX_E_WRONG_TYPE, "flag", NULL},
    {"{\"count\":6}", MX_E_OUT_OF_RANGE, "count", "count must be an integer between -5 and 5"},
    {"{\"count\":-6}", MX_E_OUT_OF_RANGE, "count", NULL},
    {"{\"count\":\"5\"}", MX_E_WRONG_TYPE, "count", NULL},
    {"{\"count\":1.0}", MX_E_WRONG_TYPE, "count", NULL},
    {"{\"count\":1e0}", MX_E_WRONG_TYPE, "count", NULL},
    {"{\"count\":-0}", MX_E_WRONG_TYPE, "count", NULL},
    {"{\"count\":01}", MX_E_BAD_INPUT, "", NULL},
    {"{\"count\":-}", MX_E_BAD_INPUT, "", NULL},
    {"{\"count\":null}", MX_E_WRONG_TYPE, "count", "count must not be null"},
    {"{\"money\":9007199254740992}", MX_E_OUT_OF_RANGE, "money", "money must be an integer between -9007199254740991 and 9007199254740991"},
    {"{\"money\":-9007199254740992}", MX_E_OUT_OF_RANGE, "money", NULL},
    {"{\"money\":99999999999999999999999999}", MX_E_OUT_OF_RANGE, "money", NULL},
    {"{\"ppm\":1000001}", MX_E_OUT_OF_RANGE, "ppm", NULL},
    {"{\"at\":-1}", MX_E_OUT_OF_RANGE, "at", NULL},
    {"{\"text\":\"a\"}", MX_E_OUT_OF_RANGE, "text", "text must have between 2 and 5 bytes"},
    {"{\"text\":\"abcdef\"}", MX_E_OUT_OF_RANGE, "text", NULL},
    {"{\"text\":\"a\\nb\"}", MX_E_OUT_OF_RANGE, "text", "text may hold no control characters"},
    {"{\"text\":\"a\\u007f\"}", MX_E_OUT_OF_RANGE, "text", NULL},
    {"{\"text\":\"a\x7f\"}", MX_E_OUT_OF_RANGE, "text", NULL},
    {"{\"text\":\"a\\u0085\"}", MX_E_OUT_OF_RANGE, "text", "text may hold no control characters"},
    {"{\"text\":\"a\xc2\x9b\"}", MX_E_OUT_OF_RANGE, "text", "text may hold no control characters"},
    {"{\"text\":\"a\\u202e\"}", MX_E_OUT_OF_RANGE, "text", "text may hold no control characters"},
    {"{\"text\":\"a\\u2028\"}", MX_E_OUT_OF_RANGE, "text", "text may hold no control characters"},
    {"{\"text\":\"a\\u2066\"}", MX_E_OUT_OF_RANGE, "text", "text may hold no control characters"},
    {"{\"note\":\"12345678\xe2\x80\xaa\"}", MX_E_OUT_OF_RANGE, "note", NULL},
    {"{\"note\":\"a\\rb\"}", MX_E_OUT_OF_RANGE, "note", "note may hold no control characters but line feeds and tabs"},
    {"{\"text\":[]}", MX_E_WRONG_TYPE, "text", NULL},
    {"{\"id\":\"ord_01ARZ3NDEKTSV4RRFFQ69G5FA\"}", MX_E_OUT_OF_RANGE, "id",
     "id must be an id that begins with \"ord_\" and has 26 characters behind it"},
    {"{\"id\":\"per_01ARZ3NDEKTSV4RRFFQ69G5FAV\"}", MX_E_OUT_OF_RANGE, "id", NULL},
    {"{\"id\":\"\"}", MX_E_OUT_OF_RANGE, "id", NULL},
    {"{\"id\":7}", MX_E_WRONG_TYPE, "id", NULL},
    {"{\"any_id\":\"x\"}", MX_E_OUT_OF_RANGE, "any_id", NULL},
    {"{\"state\":\"closed\"}", MX_E_OUT_OF_RANGE, "state", "state must be one of: open, paid, void"},
    {"{\"state\":1}", MX_E_WRONG_TYPE, "state", NULL},
    {"{\"ext\":\"123456789012345678901234567890\"}", MX_E_OUT_OF_RANGE, "ext", "ext must be at most 30 bytes of JSON"},
    {"{\"ext\":{\"a\":1,\"a\":2}}", MX_E_DOUBLED_FIELD, "ext.a", "ext.a is given twice"},
    {"{\"ext\":{\"a\":[1,2.5]}}", MX_E_BAD_INPUT, "ext.a[1]", NULL},
    {"{\"name\":{\"en\":1}}", MX_E_WRONG_TYPE, "name.en", "name.en must be a string"},
    {"{\"name\":{\"en\":\"a\",\"zh\":\"b\",\"en\":\"c\"}}", MX_E_DOUBLED_FIELD, "name.en", NULL},
    {"{\"name\":{\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\"}}", MX_E_OUT_OF_RANGE, "name", "name must have between 0 and 3 members"},
    {"{\"name\":{\"a\\u0001\":\"\"}}", MX_E_OUT_OF_RANGE, "name", NULL},
    {"{\"name\":[]}", MX_E_WRONG_TYPE, "name", NULL},
    {"{\"tags\":[\"a\",\"b\",\"c\",\"d\"]}", MX_E_OUT_OF_RANGE, "tags", "tags must have between 0 and 3 elements"},
    {"{\"tags\":[\"a\",5]}", MX_E_WRONG_TYPE, "tags[1]", "tags[1] must be a string"},
    {"{\"tags\":\"a\"}", MX_E_WRONG_TYPE, "tags", "tags must be an array of strings"},
    {"{\"tags\":[\"a\\n\"]}", MX_E_OUT_OF_RANGE, "tags[0]", NULL},
    {"{\"made_by\":\"me\"}", MX_E_UNKNOWN_FIELD, "made_by", "made_by is set by the shop and cannot be given"},
    {"{\"rev\":1}", MX_E_UNKNOWN_FIELD, "rev", NULL},
    {"{\"bad\\nname\":1}", MX_E_UNKNOWN_FIELD, "bad?name", NULL},
    {"{\"flag\":true}x", MX_E_BAD_INPUT, "", "the text is not valid JSON: the end of the text is expected at byte 14"},
    {"{\"flag\":true", MX_E_BAD_INPUT, "", "the text is not valid JSON: it ends where a comma or the end of the object is expected"},
    {"{\"flag\":true,}", MX_E_BAD_INPUT, "", NULL},
    {"{\"flag\" true}", MX_E_BAD_INPUT, "", "the text is not valid JSON: a colon is expected at byte 9"},
    {"{flag:true}", MX_E_BAD_INPUT, "", NULL},
    {"{\"tags\":[\"a\",]}", MX_E_WRONG_TYPE, "tags[1]", NULL},
    {"{\"text\":\"\xFF\"}", MX_E_BAD_INPUT, "", "the text is not valid UTF-8"},
    {"{\"text\":\"\\ud800\"}", MX_E_BAD_INPUT, "", NULL},
    {"{\"text\":\"\\u0000\"}", MX_E_BAD_INPUT, "", NULL},
    {"[]", MX_E_BAD_INPUT, "", "the text is not a JSON object"},
    {"null", MX_E_BAD_INPUT, "", NULL},
    {"", MX_E_BAD_INPUT, "", NULL},
    {"\xEF\xBB\xBF{}", MX_E_BAD_INPUT, "", NULL},
};

TEST(refused_on_the_wire) {
    struct all a;
    refuse_all(&all_type, JSON_WIRE, wrong_on_the_wire, sizeof(wrong_on_the_wire) / sizeof(wrong_on_the_wire[0]), &a);
}

TEST(depth_is_bounded) {
    char text[300];
    struct all a;
    int levels;
    for (levels = 20; levels < 40; levels++) {
        int i, n = 0;
        n += sprintf(text + n, "{\"ext\":");
        for (i = 0; i < levels; i++) text[n++] = '[';
        for (i = 0; i < levels; i++) text[n++] = ']';
        strcpy(text + n, "}");
        CHECK_INT(decode(&all_type, JSON_STORE, text, &a), levels + 1 <= JSON_MAX_DEPTH ? MX_OK : MX_E_BAD_INPUT);
    }
}

TEST(records_keep_what_they_do_not_know) {
    struct thing t;
    CHECK_INT(decode(&thing_type, JSON_STORE,
                     "{\"$pii\":\"c2VhbGVk\",\"price\":5000,\"rev\":7,\"sku\":\"a\",\"z\":{\"b\":1,\"a\":[true,null]},\"y\":1}", &t),
              MX_OK);
    CHECK_INT(t.rec.rev, 7);
    CHECK_INT(t.price, 5000); /* bounds are not checked */
    CHECK_STR(t.rec.extra, "{\"$pii\":\"c2VhbGVk\",\"y\":1,\"z\":{\"a\":[true,null],\"b\":1}}");
    CHECK(MX_HAS(thing, &t, price) && !MX_HAS(thing, &t, phone));
    CHECK_INT(decode(&thing_type, JSON_STORE, "{}", &t), MX_OK);
    CHECK_INT(t.rec.extra.len, 0);
    CHECK_INT(t.rec.rev, 0);
    CHECK_INT(decode(&thing_type, JSON_STORE, "{\"y\":1,\"y\":1}", &t), MX_E_DOUBLED_FIELD);
    CHECK_INT(decode(&thing_type, JSON_STORE, "{\"rev\":1,\"rev\":1}", &t), MX_E_DOUBLED_FIELD);
    CHECK_INT(decode(&thing_type, JSON_STORE, "{\"rev\":\"1\"}", &t), MX_E_WRONG_TYPE);
    CHECK_INT(decode(&thing_type, JSON_STORE, "{\"person\":\"not an id\",\"lines\":[{\"new\":1,\"reason\":\"\\u0001\"}]}", &t), MX_OK);
    CHECK_INT(t.rec.extra.len, 0);
}

TEST(words_of_another_version_are_kept) {
    struct thing t;
    struct base_buf out;
    CHECK_INT(decode(&thing_type, JSON_STORE, "{\"sku\":\"a\",\"state\":\"frozen\"}", &t), MX_OK);
    CHECK_INT(t.state, 0);
    CHECK(!MX_HAS(thing, &t, state));
    CHECK_STR(t.rec.extra, "{\"state\":\"frozen\"}");
    base_buf_init(&out, NULL);
    json_encode(&out, &thing_type, &t, 0);
    CHECK_STR(base_buf_view(&out), "{\"sku\":\"a\",\"state\":\"frozen\"}");
    out.len = 0;
    t.state = 2;
    json_encode(&out, &thing_type, &t, 0);
    CHECK_STR(base_buf_view(&out), "{\"sku\":\"a\",\"state\":\"paid\"}");
    base_buf_fini(&out);
    CHECK_INT(decode(&thing_type, JSON_ANSWER, "{\"sku\":\"a\",\"state\":\"frozen\"}", &t), MX_OK);
    CHECK_INT(t.state, 0);
    CHECK_INT(t.rec.extra.len, 0);
}

TEST(merge_fills_and_leaves) {
    struct thing t;
    CHECK_INT(decode(&thing_type, JSON_STORE, "{\"lines\":[{\"qty\":1,\"sku\":\"l\"}],\"n\":1,\"price\":5,\"rev\":3,\"sku\":\"a\"}", &t),
              MX_OK);
    CHECK_INT(decode(&thing_type, JSON_MERGE | JSON_STORE, "{\"phone\":\"123\",\"born\":0,\"m\":2,\"n\":3}", &t), MX_OK);
    CHECK_STR(t.sku, "a");
    CHECK_STR(t.phone, "123");
    CHECK_INT(t.price, 5);
    CHECK_INT(t.rec.rev, 3);
    CHECK(MX_HAS(thing, &t, born) && MX_HAS(thing, &t, price) && MX_HAS(thing, &t, phone) && !MX_HAS(thing, &t, mails));
    CHECK_STR(t.rec.extra, "{\"m\":2,\"n\":3}");
    CHECK_INT(t.lines.count, 1);
    CHECK_INT(decode(&thing_type, JSON_MERGE, "{\"price\":7,\"lines\":[]}", &t), MX_OK);
    CHECK_INT(t.price, 7);
    CHECK_INT(t.lines.count, 0);
    CHECK_STR(t.sku, "a");
    CHECK_INT(decode(&thing_type, JSON_MERGE, "{\"price\":1001}", &t), MX_E_OUT_OF_RANGE);
    CHECK_INT(decode(&thing_type, JSON_MERGE, "{\"what\":1}", &t), MX_E_UNKNOWN_FIELD);
    CHECK_INT(decode(&thing_type, JSON_MERGE, "{\"rev\":1}", &t), MX_E_UNKNOWN_FIELD);
    CHECK_INT(decode(&thing_type, JSON_MERGE, "{\"lines\":[{\"qty\":1}]}", &t), MX_E_MISSING_FIELD);
}

TEST(answers_are_read_with_patience) {
    struct all a;
    struct thing t;
    CHECK_INT(decode(&all_type, JSON_ANSWER, "{\"made_by\":\"me\",\"news\":{\"deep\":[1,2]},\"count\":1}", &a), MX_OK);
    CHECK_STR(a.made_by, "me");
    CHECK_INT(decode(&all_type, JSON_ANSWER, "{\"count\":6}", &a), MX_E_OUT_OF_RANGE);
    CHECK_INT(decode(&all_type, JSON_ANSWER, "{\"news\":1.5}", &a), MX_E_BAD_INPUT);
    CHECK_INT(decode(&all_type, JSON_ANSWER, "{\"news\":1,\"news\":1}", &a), MX_E_DOUBLED_FIELD);
    CHECK_INT(decode(&all_type, JSON_ANSWER, "{\"lines\":[{\"sku\":\"a\",\"qty\":1,\"new\":0}]}", &a), MX_OK);
    CHECK_INT(decode(&thing_type, JSON_ANSWER, "{\"rev\":9,\"sku\":\"a\"}", &t), MX_OK);
    CHECK_INT(t.rec.rev, 9);
    CHECK_INT(decode(&thing_type, JSON_ANSWER, "{}", &t), MX_E_MISSING_FIELD);
}

struct clear {
    uint64_t has;
    uint64_t null;
    struct mx_str text;
    int64_t number;
    struct mx_list tags;
    struct mx_str ext;
};

static const struct mx_field clear_fields[] = {
    MX_F_STR(clear, text, MX_CLEARABLE, 0, 9, "text"),
    MX_F_INT(clear, number, MX_CLEARABLE | MX_REQUIRED, 1, 9, "number"),
    MX_F_STRS(clear, tags, MX_CLEARABLE, 0, 9, "tags"),
    MX_F_JSON(clear, ext, 0, 9, "ext"),
};
static const struct mx_type clear_type = {sizeof(struct mx_type),
                                          sizeof(struct clear),
                                          "clear",
                                          "with nulls",
                                          clear_fields,
                                          4,
                                          sizeof(struct mx_field),
                                          offsetof(struct clear, has),
                                          offsetof(struct clear, null),
                                          MX_NO_OFFSET,
                                          0};

TEST(null_clears_where_it_may) {
    struct clear c;
    CHECK_INT(decode(&clear_type, JSON_WIRE, "{\"number\":null,\"text\":null}", &c), MX_OK);
    CHECK_INT(c.null, 3);
    CHECK_INT(c.has, 0);
    CHECK_INT(decode(&clear_type, JSON_WIRE, "{\"number\":5,\"text\":\"a\",\"tags\":[\"x\"]}", &c), MX_OK);
    CHECK_INT(c.null, 0);
    CHECK_INT(c.has, 7);
    CHECK_INT(decode(&clear_type, JSON_MERGE, "{\"text\":null,\"tags\":null}", &c), MX_OK);
    CHECK_INT(c.null, 5);
    CHECK_INT(c.has, 2);
    CHECK(c.number == 5 && c.text.len == 0 && c.tags.count == 0);
    CHECK_INT(decode(&clear_type, JSON_MERGE, "{\"text\":\"b\"}", &c), MX_OK);
    CHECK_INT(c.null, 4);
    CHECK_INT(decode(&clear_type, JSON_MERGE, "{\"ext\":null}", &c), MX_OK);
    CHECK_STR(c.ext, "null");
    CHECK_INT(decode(&clear_type, JSON_WIRE, "{\"number\":nul}", &c), MX_E_WRONG_TYPE);
}

static const char *const many_words[] = {"a_rather_long_word_number_one",
                                         "a_rather_long_word_number_two",
                                         "a_rather_long_word_number_three",
                                         "a_rather_long_word_number_four",
                                         "a_rather_long_word_number_five",
                                         "a_rather_long_word_number_six",
                                         NULL};
struct wordy {
    int32_t which;
};
static const struct mx_field wordy_fields[] = {MX_F_ENUM(wordy, which, 0, many_words, "which")};
MX_TYPE(wordy, "wordy", "many words");

TEST(long_lists_of_words_are_cut) {
    struct wordy w;
    CHECK_INT(decode(&wordy_type, JSON_WIRE, "{\"which\":\"x\"}", &w), MX_E_OUT_OF_RANGE);
    CHECK(strstr(err.message, "which must be one of: a_rather_long_word_number_one, ") == err.message);
    CHECK(strstr(err.message, ", ...") != NULL);
}

TEST(deep_paths_are_cut) {
    char text[400];
    struct all a;
    memset(text, 'n', sizeof(text));
    memcpy(text, "{\"", 2);
    memcpy(text + 300, "\":1}", 5);
    CHECK_INT(decode(&all_type, JSON_WIRE, text, &a), MX_E_UNKNOWN_FIELD);
    CHECK_INT(strlen(err.field), 95);
    base_arena_free(arena);
    arena = NULL;
    json_fini();
}

RUN_TESTS(CASE(every_kind), CASE(absent_is_zero), CASE(plain_text_is_borrowed), CASE(honest_text_is_taken), CASE(long_lists),
          CASE(refused_on_the_wire), CASE(depth_is_bounded), CASE(records_keep_what_they_do_not_know),
          CASE(words_of_another_version_are_kept), CASE(merge_fills_and_leaves), CASE(answers_are_read_with_patience),
          CASE(null_clears_where_it_may), CASE(long_lists_of_words_are_cut), CASE(deep_paths_are_cut))
