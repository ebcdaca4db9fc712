/* The description of the API from declarations: names of types that meet, what is left out, and what GET may carry. */
#include "base/buf.h"
#include "fixture.h"
#include "merx/hook.h"

static const char *const words[] = {"red", "green", NULL};

struct thing {
    struct mx_str name;
    int64_t made;
    struct mx_str phone;
    int32_t colour;
};
static const struct mx_field thing_fields[] = {
    MX_F_STR(thing, name, MX_REQUIRED, 3, 3, "name"),
    MX_F_TIME(thing, made, MX_REQUIRED | MX_READONLY, "made"),
    MX_F_STR(thing, phone, MX_REQUIRED | MX_PII, 1, 40, "phone"),
    MX_F_ENUM(thing, colour, MX_CLEARABLE, words, "colour"),
};
MX_TYPE(thing, "test.thing", "a thing");

/* Another type under the same name. */
struct other {
    int64_t number;
};
static const struct mx_field other_fields[] = {MX_F_INT(other, number, 0, -INT64_MAX, INT64_MAX, "number")};
MX_TYPE(other, "test.thing", "another thing");

struct things {
    struct mx_list list;
    struct thing *first;
};
static const struct mx_field things_fields[] = {
    MX_F_LIST(things, list, 0, 0, 5, thing_type, "list"),
    MX_F_STRUCT(things, first, MX_CLEARABLE, thing_type, "first"),
};
MX_TYPE(things, "test.things", "things");

struct asked {
    struct mx_list marks;
    struct mx_str name;
};
static const struct mx_field asked_fields[] = {
    MX_F_STRS(asked, marks, 0, 0, 5, "marks"),
    MX_F_STR(asked, name, MX_REQUIRED, 1, 8, "name"),
};
MX_TYPE(asked, "test.asked", "what is asked");

struct login {
    struct mx_str pin;
};
static const struct mx_field login_fields[] = {MX_F_STR(login, pin, MX_REQUIRED | MX_SECRET, 1, 8, "pin")};
MX_TYPE(login, "test.login", "a secret");

static mx_status none(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    (void)in;
    (void)out;
    return MX_OK;
}

TOY_OP(op_hidden, MX_OP_INTERNAL, "test.hidden", NULL, NULL, NULL, none, NULL);
TOY_OP(op_hook, MX_OP_HOOK | MX_OP_PUBLIC, "test.hook", NULL, &mx_hook_type, &other_type, none, NULL);
TOY_OP(op_login, MX_OP_QUERY | MX_OP_PUBLIC, "test.login", NULL, &login_type, &other_type, none, NULL);
TOY_OP(op_look, MX_OP_QUERY, "test.look", "test.read", &asked_type, &things_type, none, NULL);
TOY_OP(op_put, 0, "test.put", "test.write", &things_type, NULL, none, NULL);

struct page {
    struct base_arena *arena;
    struct json_value *root;
    struct mx_str text;
};

static struct page describe(void) {
    static const struct op_listed list[] = {{&op_hidden, "one", "the first"},
                                            {&op_hook, "one", "the first"},
                                            {&op_login, "one", "the first"},
                                            {&op_look, "two", NULL},
                                            {&op_put, "two", NULL}};
    struct page page = {base_arena_new(4096), NULL, {NULL, 0}};
    struct base_buf out;
    struct mx_error err = {0};
    base_buf_init(&out, page.arena);
    op_openapi_of(list, 5, &out);
    page.text = base_buf_view(&out);
    CHECK_INT(json_parse(page.arena, page.text, &page.root, &err), MX_OK);
    return page;
}

/* Members one below the other, names with "|" between; a number is a place in a list. */
static const struct json_value *at(const struct page *page, const char *path) {
    const struct json_value *value = page->root;
    char name[80];
    while (value && *path) {
        size_t n = strcspn(path, "|");
        int place = path[0] >= '0' && path[0] <= '9' && value->kind == JSON_ARRAY ? atoi(path) : -1;
        snprintf(name, sizeof(name), "%.*s", (int)n, path);
        if (place >= 0)
            for (value = value->first; value && place--;) value = value->next;
        else
            value = json_member(value, name);
        path += n + (path[n] == '|');
    }
    return value;
}

static void is(const struct page *page, const char *path, const char *text) {
    const struct json_value *value = at(page, path);
    if (!value) printf("# there is no %s\n", path);
    CHECK(value != NULL);
    if (value) CHECK_STR(value->text, text);
}

static void is_not(const struct page *page, const char *path) { CHECK(at(page, path) == NULL); }

TEST(types_get_names_of_their_own) {
    struct page page = describe();
    is(&page, "paths|/v1/test.put|post|requestBody|content|application/json|schema|$ref", "#/components/schemas/test.things.input");
    is(&page, "paths|/v1/test.look|post|responses|200|content|application/json|schema|$ref", "#/components/schemas/test.things");
    is(&page, "paths|/v1/test.login|post|responses|200|content|application/json|schema|$ref", "#/components/schemas/test.thing");
    is(&page, "components|schemas|test.things|properties|list|items|$ref", "#/components/schemas/test.thing-2");
    is(&page, "components|schemas|test.things.input|properties|first|anyOf|0|$ref", "#/components/schemas/test.thing.input");
    is(&page, "components|schemas|test.things.input|properties|first|anyOf|1|type", "null");
    base_arena_free(page.arena);
}

TEST(inputs_and_answers_differ) {
    struct page page = describe();
    is_not(&page, "components|schemas|test.thing.input|properties|made");
    is(&page, "components|schemas|test.thing-2|properties|made|type", "integer");
    CHECK(at(&page, "components|schemas|test.thing.input|additionalProperties") != NULL);
    is_not(&page, "components|schemas|test.thing-2|additionalProperties");
    is(&page, "components|schemas|test.thing.input|required|1", "phone");
    is_not(&page, "components|schemas|test.thing.input|required|2");
    is(&page, "components|schemas|test.thing-2|required|1", "made"); /* a phone may be masked or left out */
    is_not(&page, "components|schemas|test.thing-2|required|2");
    is_not(&page, "components|schemas|test.thing-2|properties|phone|maxLength");
    CHECK_INT(at(&page, "components|schemas|test.thing.input|properties|name|minLength")->number, 1); /* one character may be three bytes */
    CHECK_INT(at(&page, "components|schemas|test.thing|properties|number|maximum")->number, MX_INT_MAX);
    is(&page, "components|schemas|test.thing.input|properties|colour|type|1", "null");
    CHECK_INT(at(&page, "components|schemas|test.thing.input|properties|colour|enum|2")->kind, JSON_NULL);
    base_arena_free(page.arena);
}

TEST(every_way_to_call_is_described) {
    struct page page = describe();
    is_not(&page, "paths|/v1/test.hidden");
    is(&page, "paths|/v1/test.look|get|operationId", "test.look-get");
    is(&page, "paths|/v1/test.look|get|parameters|0|style", "form");
    is(&page, "paths|/v1/test.look|get|parameters|1|name", "name");
    is_not(&page, "paths|/v1/test.look|post|parameters");
    is_not(&page, "paths|/v1/test.login|get"); /* a secret must not stand in an address */
    is(&page, "components|schemas|test.login|properties|pin|format", "password");
    CHECK(at(&page, "paths|/v1/test.login|post|security") != NULL);
    is(&page, "paths|/v1/test.put|post|x-merx-permission", "test.write");
    is(&page, "paths|/v1/test.put|post|x-merx-home", "here");
    is(&page, "paths|/v1/test.put|post|x-merx-offline", "refuse");
    is(&page, "paths|/v1/test.put|post|parameters|0|$ref", "#/components/parameters/idempotency_key");
    is(&page, "paths|/v1/test.put|post|responses|422|$ref", "#/components/responses/422");
    is_not(&page, "paths|/v1/test.look|post|responses|422");
    is(&page, "tags|0|name", "one");
    is(&page, "tags|0|description", "the first");
    is(&page, "tags|1|name", "two");
    is_not(&page, "tags|2");
    base_arena_free(page.arena);
}

TEST(messages_of_others_have_a_path_of_their_own) {
    struct page page = describe();
    is_not(&page, "paths|/v1/test.hook");
    is(&page, "paths|/v1/hooks/test.hook/{name}|post|operationId", "test.hook");
    is(&page, "paths|/v1/hooks/test.hook/{name}|post|parameters|0|name", "name");
    is_not(&page, "paths|/v1/hooks/test.hook/{name}|post|parameters|1");
    CHECK(at(&page, "paths|/v1/hooks/test.hook/{name}|post|requestBody|content|*/*|schema") != NULL);
    CHECK(at(&page, "paths|/v1/hooks/test.hook/{name}|post|security") != NULL);
    is_not(&page, "paths|/v1/hooks/test.hook/{name}|post|responses|422");
    is_not(&page, "components|schemas|hook.message");
    base_arena_free(page.arena);
}

TEST(the_shop_and_the_declarations_say_the_same) {
    struct fixture f;
    struct base_buf once, twice;
    struct json_value *root;
    REQUIRE(fixture_open(&f));
    base_buf_init(&once, f.arena);
    base_buf_init(&twice, f.arena);
    op_openapi(f.op, &once);
    op_openapi(f.op, &twice);
    CHECK(mx_str_eq(base_buf_view(&once), base_buf_view(&twice)));
    CHECK_INT(json_parse(f.arena, base_buf_view(&once), &root, NULL), MX_OK);
    CHECK(json_member(json_member(root, "paths"), "/v1/toy.add") != NULL);
    CHECK(json_member(json_member(root, "paths"), "/v1/helper.same") == NULL);
    fixture_close(&f);
}

RUN_TESTS(CASE(types_get_names_of_their_own), CASE(inputs_and_answers_differ), CASE(every_way_to_call_is_described),
          CASE(messages_of_others_have_a_path_of_their_own), CASE(the_shop_and_the_declarations_say_the_same))
