/* Field tables as JSON Schema: every kind, and that the text is JSON. */
#include "base/buf.h"
#include "op/op.h"
#include "support/check.h"
#include "json/json.h"

static const char *const words[] = {"red", "green", NULL};

struct small {
    struct mx_str code;
};
static const struct mx_field small_fields[] = {MX_F_STR(small, code, MX_REQUIRED, 1, 8, "a \"code\"")};
MX_TYPE(small, "small", "a small thing");

struct every {
    uint8_t flag;
    int64_t number, price, qty, rate, at;
    struct mx_str text, id, any;
    int32_t word;
    struct mx_list map, list, strs;
    struct small *one;
};
static const struct mx_field every_fields[] = {
    MX_F_BOOL(every, flag, 0, "flag"),
    MX_F_INT(every, number, MX_REQUIRED, -5, 5, "number"),
    MX_F_MONEY(every, price, 0, 0, MX_INT_MAX, "price"),
    MX_F_QTY(every, qty, 0, 1, 1000, "qty"),
    MX_F_PPM(every, rate, 0, 0, MX_PPM_ONE, "rate"),
    MX_F_TIME(every, at, MX_READONLY, "at"),
    MX_F_STR(every, text, MX_PII, 0, 10, "text"),
    MX_F_ID(every, id, MX_REQUIRED, "ord", "id"),
    MX_F_JSON(every, any, 0, 100, "any"),
    MX_F_ENUM(every, word, 0, words, "word"),
    MX_F_MAP(every, map, 0, 0, 4, "map"),
    MX_F_LIST(every, list, 0, 1, 3, small_type, "list"),
    MX_F_STRS(every, strs, 0, 0, 2, "strs"),
    MX_F_STRUCT(every, one, 0, small_type, "one"),
};
MX_TYPE(every, "every", "every kind");

static const struct json_value *member(const struct json_value *value, const char *a, const char *b, const char *c) {
    value = json_member(value, a);
    if (value && b) value = json_member(value, b);
    if (value && c) value = json_member(value, c);
    return value;
}

static void text_is(const struct json_value *value, const char *text) {
    CHECK(value && value->kind == JSON_STRING);
    if (value) CHECK_STR(value->text, text);
}

static void number_is(const struct json_value *value, int64_t number) {
    CHECK(value && value->kind == JSON_INT);
    if (value) CHECK_INT(value->number, number);
}

TEST(every_kind_has_a_schema) {
    struct base_arena *arena = base_arena_new(4096);
    struct base_buf out;
    struct json_value *root = NULL;
    struct mx_error err;
    base_buf_init(&out, arena);
    op_schema(&out, &every_type);
    CHECK_INT(json_parse(arena, base_buf_view(&out), &root, &err), MX_OK);
    REQUIRE(root);
    text_is(member(root, "title", NULL, NULL), "every");
    text_is(member(root, "properties", "flag", "type"), "boolean");
    number_is(member(root, "properties", "number", "minimum"), -5);
    text_is(member(root, "properties", "price", "format"), "money-minor");
    text_is(member(root, "properties", "qty", "format"), "quantity-thousandths");
    number_is(member(root, "properties", "rate", "maximum"), MX_PPM_ONE);
    CHECK(member(root, "properties", "at", "readOnly"));
    CHECK(member(root, "properties", "text", "x-personal"));
    text_is(member(root, "properties", "id", "x-merx-prefix"), "ord");
    CHECK(member(root, "properties", "word", "enum"));
    text_is(member(root, "properties", "map", "type"), "object");
    number_is(member(root, "properties", "list", "minItems"), 1);
    text_is(json_member(member(root, "properties", "list", "items"), "title"), "small");
    text_is(member(root, "properties", "strs", "type"), "array");
    text_is(json_member(json_member(member(root, "properties", "one", "properties"), "code"), "description"), "a \"code\"");
    REQUIRE(member(root, "required", NULL, NULL));
    text_is(member(root, "required", NULL, NULL)->first, "number");
    text_is(member(root, "required", NULL, NULL)->first->next, "id");
    CHECK(member(root, "required", NULL, NULL)->first->next->next == NULL);
    base_arena_free(arena);
}

TEST(no_type_is_an_empty_object) {
    struct base_arena *arena = base_arena_new(256);
    struct base_buf out;
    base_buf_init(&out, arena);
    op_schema(&out, NULL);
    CHECK_STR(base_buf_view(&out), "{\"type\":\"object\",\"additionalProperties\":false}");
    base_arena_free(arena);
}

RUN_TESTS(CASE(every_kind_has_a_schema), CASE(no_type_is_an_empty_object))
