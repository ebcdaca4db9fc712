/* The strictness of the reader: a corpus of texts to take or to refuse, and trees. */
#include <stdlib.h>

#include "support/check.h"
#include "unit/json/types.h"
#include "json/json.h"

#define CORPUS MERX_TESTS_DIR "/data/json/conformance.txt"

static struct base_arena *arena;
static struct mx_error err;

static int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/* Undo the escapes of a line of the corpus, into a block of exactly its size, so that reading past it is noticed. */
static char *unescape(const char *line, size_t len, size_t *out_len) {
    char *out = malloc(len + 1), *exact;
    size_t i, n = 0;
    if (out == NULL) abort();
    for (i = 0; i < len; i++) {
        if (line[i] == '\\' && line[i + 1] == 'x') {
            out[n++] = (char)(hex_digit(line[i + 2]) * 16 + hex_digit(line[i + 3]));
            i += 3;
        } else {
            if (line[i] == '\\') i++;
            out[n++] = line[i];
        }
    }
    exact = malloc(n ? n : 1);
    if (exact == NULL) abort();
    memcpy(exact, out, n);
    free(out);
    *out_len = n;
    return exact;
}

/* An accepted text: its canonical form is stable, and parses to itself. */
static int canonical_is_stable(struct mx_str text) {
    struct mx_str once, twice;
    struct json_value *value;
    if (json_canonical(arena, text, SIZE_MAX, &once, &err) != MX_OK) return 0;
    if (json_canonical(arena, once, once.len, &twice, &err) != MX_OK || !mx_str_eq(once, twice)) return 0;
    return json_parse(arena, once, &value, &err) == MX_OK;
}

static int refused(struct mx_str text) {
    struct mx_str out = mx_str_of("untouched");
    struct json_value *value = NULL;
    mx_status st = json_parse(arena, text, &value, &err);
    if (st != MX_E_BAD_INPUT && st != MX_E_DOUBLED_FIELD) return 0;
    if (value != NULL || err.status != st || err.message[0] == 0) return 0;
    return json_canonical(arena, text, SIZE_MAX, &out, &err) == st && mx_str_is(out, "untouched");
}

/* The same text as the value of a field. */
static int field_agrees(struct mx_str text, int accepted) {
    struct base_buf wrapped;
    struct mx_str canonical = {NULL, 0};
    struct all a;
    int ok, got;
    base_buf_init(&wrapped, NULL);
    base_buf_text(&wrapped, "{\"ext\":");
    base_buf_str(&wrapped, text);
    base_buf_text(&wrapped, "}");
    got = json_decode(arena, &all_type, base_buf_view(&wrapped), JSON_STORE, &a, &err) == MX_OK;
    ok = got == accepted;
    if (got && accepted) ok = json_canonical(arena, text, SIZE_MAX, &canonical, &err) == MX_OK && mx_str_eq(canonical, a.ext);
    base_buf_fini(&wrapped);
    return ok;
}

TEST(corpus) {
    char line[8192];
    int taken = 0, turned_away = 0;
    FILE *file = fopen(CORPUS, "r");
    REQUIRE(file != NULL);
    while (fgets(line, sizeof(line), file)) {
        size_t len = strcspn(line, "\n"), n;
        char *bytes;
        struct mx_str text;
        int accepted = line[0] == 'y', ok;
        if (line[0] == '#') continue;
        REQUIRE((accepted || line[0] == 'n') && line[1] == ' ');
        bytes = unescape(line + 2, len - 2, &n);
        text = mx_str_n(bytes, n);
        ok = accepted ? canonical_is_stable(text) : refused(text);
        /* at 32 levels the wrapping object is one too many; a text like "1,2" can be valid inside an object */
        if (ok && strncmp(line + 2, "[[[[", 4) != 0 && strncmp(line + 2, "{\"a\":{\"a\":{", 11) != 0 &&
            strncmp(line + 2, "[{\"a\":[{", 8) != 0 && strncmp(line + 2, "[[],[[]", 7) != 0)
            ok = field_agrees(text, accepted);
        if (!ok) printf("# %.*s\n", (int)len, line);
        CHECK(ok);
        taken += accepted;
        turned_away += !accepted;
        free(bytes);
        base_arena_reset(arena);
    }
    fclose(file);
    CHECK(taken >= 100 && turned_away >= 250);
}

/* Every beginning of a text is refused, and read to its end only. */
TEST(beginnings_are_refused) {
    static const char text[] = "{\"a\":[1,-20,\"x\\n\\u00e9\\ud83d\\ude00 \xE8\x8C\xB6\",true,false,null],\"b\":{\"c\":{}},\"d\":[]}";
    struct json_value *value;
    size_t len;
    for (len = 0; len < sizeof(text) - 1; len++) {
        char *exact = malloc(len ? len : 1);
        REQUIRE(exact != NULL);
        memcpy(exact, text, len);
        CHECK_INT(json_parse(arena, mx_str_n(exact, len), &value, &err), MX_E_BAD_INPUT);
        free(exact);
    }
    CHECK_INT(json_parse(arena, mx_str_of(text), &value, &err), MX_OK);
}

TEST(canonical_form) {
    static const char *const cases[][2] = {
        {" { \"b\" : [ 1 , 2 ] , \"a\" : { } } ", "{\"a\":{},\"b\":[1,2]}"},
        {"{\"aa\":1,\"a\":2,\"B\":3,\"_\":4,\"10\":5,\"9\":6}", "{\"10\":5,\"9\":6,\"B\":3,\"_\":4,\"a\":2,\"aa\":1}"},
        {"{\"\\uD83D\\uDE00\":1,\"\\uFB33\":2}", "{\"\xEF\xAC\xB3\":2,\"\xF0\x9F\x98\x80\":1}"}, /* by bytes, not by UTF-16 */
        {"\"\\u002f\\/\\u0041\\u00e9\\u0001\\u001F\\u007f\\u2028\"", "\"//A\xC3\xA9\\u0001\\u001f\x7f\xE2\x80\xA8\""},
        {"\"\\b\\t\\n\\f\\r\\\"\\\\\"", "\"\\b\\t\\n\\f\\r\\\"\\\\\""},
        {"[true,false,null,-9007199254740991]", "[true,false,null,-9007199254740991]"},
        {"[{\"b\":{\"d\":1,\"c\":2},\"a\":3}]", "[{\"a\":3,\"b\":{\"c\":2,\"d\":1}}]"},
    };
    struct mx_str out;
    size_t i;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_INT(json_canonical(arena, mx_str_of(cases[i][0]), 1000, &out, &err), MX_OK);
        CHECK_STR(out, cases[i][1]);
    }
}

TEST(canonical_limit) {
    struct mx_str out = mx_str_of("untouched");
    CHECK_INT(json_canonical(arena, mx_str_of(" [ 1 ] "), 3, &out, &err), MX_OK);
    out = mx_str_of("untouched");
    CHECK_INT(json_canonical(arena, mx_str_of(" [ 1 ] "), 2, &out, &err), MX_E_TOO_LARGE);
    CHECK_STR(out, "untouched");
    CHECK(strcmp(err.message, "the text is longer than 2 bytes") == 0);
}

TEST(tree_in_the_order_of_the_text) {
    struct json_value *root;
    const struct json_value *v;
    CHECK_INT(json_parse(arena, mx_str_of("{\"z\":[1,\"two\",null,{\"k\":true}],\"a\":-5}"), &root, &err), MX_OK);
    CHECK_INT(root->kind, JSON_OBJECT);
    CHECK_STR(root->first->name, "z");
    CHECK_STR(root->first->next->name, "a");
    CHECK(root->first->next->next == NULL);
    v = json_member(root, "a");
    REQUIRE(v != NULL);
    CHECK(v->kind == JSON_INT && v->number == -5);
    v = json_member(root, "z");
    REQUIRE(v != NULL && v->kind == JSON_ARRAY);
    v = v->first;
    CHECK(v->kind == JSON_INT && v->number == 1);
    v = v->next;
    CHECK(v->kind == JSON_STRING);
    CHECK_STR(v->text, "two");
    v = v->next;
    CHECK_INT(v->kind, JSON_NULL);
    v = json_member(v->next, "k");
    REQUIRE(v != NULL);
    CHECK(v->kind == JSON_BOOL && v->number == 1);
    CHECK(json_member(root, "zz") == NULL && json_member(v, "k") == NULL && json_member(NULL, "k") == NULL);
}

TEST(messages_say_where) {
    struct json_value *value;
    CHECK_INT(json_parse(arena, mx_str_of("{\"a\":[1,{\"b\":0.5}]}"), &value, &err), MX_E_BAD_INPUT);
    CHECK(strcmp(err.field, "a[1].b") == 0);
    CHECK_INT(json_parse(arena, mx_str_of("{\"a\":[1,{\"b\":1,\"c\":1,\"b\":1}]}"), &value, &err), MX_E_DOUBLED_FIELD);
    CHECK(strcmp(err.field, "a[1].b") == 0);
    CHECK(strcmp(err.message, "a[1].b is given twice") == 0);
    CHECK_INT(json_parse(arena, mx_str_of("1.5"), &value, &err), MX_E_BAD_INPUT);
    CHECK(strstr(err.message, "the value must be an integer") == err.message);
    CHECK_INT(json_parse(arena, mx_str_of("\xEF\xBB\xBF{}"), &value, &err), MX_E_BAD_INPUT);
    CHECK(strstr(err.message, "byte order mark") != NULL);
    CHECK_INT(json_parse(arena, mx_str_of("[1 2]"), &value, &err), MX_E_BAD_INPUT);
    CHECK(strcmp(err.message, "the text is not valid JSON: a comma or the end of the array is expected at byte 4") == 0);
    CHECK_INT(json_parse(arena, mx_str_of("[1 2]"), &value, NULL), MX_E_BAD_INPUT);
}

/* Many members in falling order: sorting stays quick, and a double among them is found. */
TEST(wide_objects) {
    struct base_buf text;
    struct json_value *value;
    struct mx_str out;
    int i;
    base_buf_init(&text, NULL);
    base_buf_char(&text, '{');
    for (i = 50000; i > 0; i--) base_buf_printf(&text, "\"%06d\":%d,", i, i);
    base_buf_text(&text, "\"x\":0}");
    CHECK_INT(json_canonical(arena, base_buf_view(&text), SIZE_MAX, &out, &err), MX_OK);
    CHECK(memcmp(out.ptr, "{\"000001\":1,\"000002\":2,", 23) == 0);
    text.len -= 6;
    base_buf_text(&text, "\"040000\":0}");
    CHECK_INT(json_parse(arena, base_buf_view(&text), &value, &err), MX_E_DOUBLED_FIELD);
    CHECK(strcmp(err.field, "040000") == 0);
    base_buf_fini(&text);
}

/* A long text costs memory in proportion, whatever it is made of. */
TEST(canonical_needs_little_memory) {
    static const char *const parts[] = {"0,", "{},", "{\"b\":1,\"a\":2},", "\"\\n\",", "[[]],"};
    size_t i;
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        struct base_arena *own = base_arena_new(4096);
        struct base_buf text;
        struct mx_str out;
        base_buf_init(&text, NULL);
        base_buf_char(&text, '[');
        while (text.len < 1000000) base_buf_text(&text, parts[i]);
        text.ptr[text.len - 1] = ']';
        CHECK_INT(json_canonical(own, base_buf_view(&text), SIZE_MAX, &out, &err), MX_OK);
        if (base_arena_size(own) > 8 * text.len) printf("# %s: %zu bytes\n", parts[i], base_arena_size(own));
        CHECK(base_arena_size(own) <= 8 * text.len);
        base_buf_fini(&text);
        base_arena_free(own);
    }
}

int main(int argc, char **argv) {
    static const struct check_case cases[] = {CASE(corpus),          CASE(beginnings_are_refused),        CASE(canonical_form),
                                              CASE(canonical_limit), CASE(tree_in_the_order_of_the_text), CASE(messages_say_where),
                                              CASE(wide_objects),    CASE(canonical_needs_little_memory)};
    int failed;
    arena = base_arena_new(1 << 14);
    failed = check_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
    base_arena_free(arena);
    json_fini();
    return failed;
}
