/* Checking tables, comparing types, copying between them. */
#include "support/check.h"
#include "unit/json/types.h"
#include <pthread.h>

#include "json/json.h"

static struct mx_error err;

struct small {
    int64_t a;
    struct mx_str b;
    struct mx_list c;
};

static mx_status prepare_fields(const struct mx_field *fields, uint32_t count) {
    static struct mx_type types[64]; /* types stay where they are: plans point at them */
    static uint32_t used;
    struct mx_type *type = &types[used++];
    type->size = sizeof(*type);
    type->struct_size = sizeof(struct small);
    type->name = "small";
    type->fields = fields;
    type->field_count = count;
    type->field_size = sizeof(struct mx_field);
    type->has_offset = type->null_offset = type->extra_offset = MX_NO_OFFSET;
    memset(&err, 0, sizeof(err));
    return json_prepare(type, &err);
}

TEST(good_tables) {
    static const struct mx_type *const types[] = {&line_type, &address_type, &all_type, &thing_type};
    size_t i;
    for (i = 0; i < 4; i++) {
        CHECK_INT(json_prepare(types[i], &err), MX_OK);
        CHECK_INT(json_prepare(types[i], NULL), MX_OK);
    }
}

static const struct mx_type loop_type;
static const struct mx_field loop_fields[] = {{"self", "", 0, MX_KIND_STRUCT, 0, 0, 0, &loop_type, NULL, NULL}};
static const struct mx_type loop_type = {
    sizeof(struct mx_type), sizeof(struct small), "loop",       "", loop_fields, 1, sizeof(struct mx_field),
    MX_NO_OFFSET,           MX_NO_OFFSET,         MX_NO_OFFSET, 0};

TEST(wrong_tables) {
    static const char *const no_words[] = {NULL};
    static const struct {
        struct mx_field field;
        const char *what;
    } cases[] = {
        {{NULL, "", 0, MX_KIND_INT, 0, 0, 1, NULL, NULL, NULL}, "name"},
        {{"", "", 0, MX_KIND_INT, 0, 0, 1, NULL, NULL, NULL}, "name"},
        {{"a b", "", 0, MX_KIND_INT, 0, 0, 1, NULL, NULL, NULL}, "a b is not a name"},
        {{"1a", "", 0, MX_KIND_INT, 0, 0, 1, NULL, NULL, NULL}, "name"},
        {{"a", "", 0, 0, 0, 0, 1, NULL, NULL, NULL}, "unknown kind"},
        {{"a", "", 0, 15, 0, 0, 1, NULL, NULL, NULL}, "unknown kind"},
        {{"a", "", sizeof(struct small) - 7, MX_KIND_INT, 0, 0, 1, NULL, NULL, NULL}, "outside the struct"},
        {{"a", "", UINT32_MAX, MX_KIND_BOOL, 0, 0, 1, NULL, NULL, NULL}, "outside the struct"},
        {{"a", "", 0, MX_KIND_INT, 0, 2, 1, NULL, NULL, NULL}, "minimum above"},
        {{"a", "", 8, MX_KIND_STR, 0, 0, 0, NULL, NULL, NULL}, "maximum of at least 1"},
        {{"a", "", 24, MX_KIND_STRS, 0, -1, 5, NULL, NULL, NULL}, "maximum of at least 1"},
        {{"a", "", 24, MX_KIND_LIST, 0, 0, 5, NULL, NULL, NULL}, "needs a type"},
        {{"a", "", 0, MX_KIND_STRUCT, 0, 0, 0, NULL, NULL, NULL}, "needs a type"},
        {{"a", "", 0, MX_KIND_ENUM, 0, 0, 0, NULL, NULL, NULL}, "needs words"},
        {{"a", "", 0, MX_KIND_ENUM, 0, 0, 0, NULL, no_words, NULL}, "needs words"},
    };
    size_t i;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_INT(prepare_fields(&cases[i].field, 1), MX_E_INTERNAL);
        if (strstr(err.message, cases[i].what) == NULL) printf("# %s\n", err.message);
        CHECK(strstr(err.message, cases[i].what) != NULL);
        CHECK(strstr(err.message, "small") != NULL);
    }
    CHECK_INT(json_prepare(&loop_type, &err), MX_E_INTERNAL);
    CHECK(strstr(err.message, "nested deeper") != NULL);
}

TEST(too_many_or_doubled_fields) {
    static const struct mx_field twice[] = {{"a", "", 0, MX_KIND_INT, 0, 0, 1, NULL, NULL, NULL},
                                            {"a", "", 0, MX_KIND_INT, 0, 0, 1, NULL, NULL, NULL}};
    static char names[65][8];
    static struct mx_field many[65];
    uint32_t i;
    for (i = 0; i < 65; i++) {
        snprintf(names[i], sizeof(names[i]), "f%u", i);
        many[i] = twice[0];
        many[i].name = names[i];
    }
    CHECK_INT(prepare_fields(twice, 2), MX_E_INTERNAL);
    CHECK(strstr(err.message, "twice") != NULL);
    CHECK_INT(prepare_fields(many, 64), MX_OK);
    CHECK_INT(prepare_fields(many, 65), MX_E_INTERNAL);
    CHECK(strstr(err.message, "64") != NULL);
}

TEST(records_need_their_head) {
    static struct mx_type type;
    type = thing_type;
    type.has_offset = MX_NO_OFFSET;
    CHECK_INT(json_prepare(&type, &err), MX_E_INTERNAL);
    CHECK(strstr(err.message, "head of a record") != NULL);
}

/* 64 fields and a record's rev besides: every name is found. */
TEST(wide_records) {
    struct wide {
        struct mx_rec rec;
        int64_t f[64];
    } w;
    static char names[64][8];
    static struct mx_field fields[64];
    static struct mx_type type;
    struct base_arena *arena = base_arena_new(4096);
    struct base_buf text;
    uint32_t i;
    base_buf_init(&text, NULL);
    base_buf_text(&text, "{\"rev\":3");
    for (i = 0; i < 64; i++) {
        snprintf(names[i], sizeof(names[i]), "f%u", i * 37 % 64);
        fields[i] = (struct mx_field){names[i], "",  (uint32_t)(offsetof(struct wide, f) + i * 8), MX_KIND_INT, MX_REQUIRED, 0, 100, NULL,
                                      NULL,     NULL};
        base_buf_printf(&text, ",\"%s\":%u", names[i], i);
    }
    base_buf_text(&text, "}");
    type = thing_type;
    type.fields = fields;
    type.field_count = 64;
    type.struct_size = sizeof(w);
    CHECK_INT(json_decode(arena, &type, base_buf_view(&text), JSON_ANSWER, &w, &err), MX_OK);
    CHECK_INT(w.rec.rev, 3);
    CHECK(w.rec.has == UINT64_MAX);
    for (i = 0; i < 64; i++) CHECK_INT(w.f[i], i);
    base_buf_fini(&text);
    base_arena_free(arena);
}

/* The address type as another plugin could have written it. */
static const struct mx_field same_fields[] = {
    MX_F_STR(address, city, MX_REQUIRED, 1, 40, "another text"),
    MX_F_STR(address, street, MX_PII, 0, 40, "street"),
};
static const struct mx_type same_type = {
    sizeof(struct mx_type), sizeof(struct address), "another.name", "", same_fields, 2, sizeof(struct mx_field),
    MX_NO_OFFSET,           MX_NO_OFFSET,           MX_NO_OFFSET,   0};

TEST(equal_types) {
    struct mx_field fields[2];
    struct mx_type type;
    size_t i;
    CHECK(json_types_equal(&address_type, &address_type));
    CHECK(json_types_equal(&address_type, &same_type));
    CHECK(!json_types_equal(&address_type, &line_type));
    CHECK(!json_types_equal(&address_type, NULL));
    for (i = 0; i < 9; i++) {
        memcpy(fields, same_fields, sizeof(fields));
        type = same_type;
        type.fields = fields;
        CHECK(json_types_equal(&address_type, &type));
        if (i == 0) fields[1].name = "Street";
        if (i == 1) fields[1].offset = 0;
        if (i == 2) fields[1].kind = MX_KIND_JSON;
        if (i == 3) fields[1].flags = 0;
        if (i == 4) fields[1].min = 1;
        if (i == 5) fields[1].max = 41;
        if (i == 6) type.field_count = 1;
        if (i == 7) type.struct_size += 8;
        if (i == 8) type.has_offset = 0;
        CHECK(!json_types_equal(&address_type, &type));
    }
}

/* all, as somebody else sees it: fewer and further members, other order of words, its own line. */
static const char *const other_words[] = {"void", "open", NULL};

struct other_line {
    int64_t qty;
    struct mx_str sku;
    int64_t more;
};
static const struct mx_field other_line_fields[] = {
    MX_F_INT(other_line, qty, 0, 0, 5, "quantity"),
    MX_F_STR(other_line, sku, 0, 0, 40, "article"),
    MX_F_INT(other_line, more, 0, 0, 5, "more"),
};
MX_TYPE(other_line, "other.line", "a line");

struct other {
    uint64_t has;
    struct mx_str text;
    int64_t count;
    int64_t more;
    int32_t state;
    struct mx_list lines;
    struct mx_list tags;
    struct address *address;
    struct mx_str id;
    uint8_t flag;
    struct mx_list name;
};
static const struct mx_field other_fields[] = {
    MX_F_STR(other, text, 0, 0, 40, "text"),
    MX_F_MONEY(other, count, 0, 0, 5, "count"),
    MX_F_INT(other, more, 0, 0, 5, "more"),
    MX_F_ENUM(other, state, 0, other_words, "state"),
    MX_F_LIST(other, lines, 0, 0, 9, other_line_type, "lines"),
    MX_F_STRS(other, tags, 0, 0, 9, "tags"),
    MX_F_STRUCT(other, address, 0, same_type, "address"),
    MX_F_STR(other, id, 0, 0, 64, "id"),
    MX_F_BOOL(other, flag, 0, "flag"),
    MX_F_MAP(other, name, 0, 0, 9, "name"),
};
MX_TYPE_HAS(other, "other", "as another sees it");

TEST(copy_by_name) {
    struct base_arena *arena = base_arena_new(4096);
    const struct other_line *line;
    struct all a, back;
    struct other o;
    memset(&o, 0xAA, sizeof(o));
    CHECK_INT(
        json_decode(
            arena, &all_type,
            mx_str_of(
                "{\"count\":3,\"text\":\"abc\",\"qty\":4,\"state\":\"open\",\"tags\":[\"t\"],\"address\":{\"city\":\"c\"},\"flag\":true,"
                "\"lines\":[{\"sku\":\"a\",\"qty\":1},{\"sku\":\"b\",\"qty\":2,\"price\":5}],\"name\":{\"en\":\"x\"}}"),
            JSON_WIRE, &a, &err),
        MX_OK);
    CHECK_INT(json_copy(arena, &all_type, &a, &other_type, &o, &err), MX_OK);
    CHECK_STR(o.text, "abc");
    CHECK(o.text.ptr == a.text.ptr);
    CHECK_INT(o.count, 3);
    CHECK_INT(o.more, 0);
    CHECK_INT(o.state, 2);
    CHECK_INT(o.flag, 1);
    CHECK_INT(o.tags.count, 1);
    CHECK_INT(o.name.count, 1);
    CHECK(o.address == a.address); /* equal types: shared */
    CHECK_INT(o.id.len, 0);
    REQUIRE(o.lines.count == 2);
    CHECK_INT(o.lines.elem_size, sizeof(struct other_line));
    line = mx_list_at(&o.lines, 1);
    CHECK_STR(line->sku, "b");
    CHECK_INT(line->qty, 2);
    CHECK(MX_HAS(other, &o, count) && MX_HAS(other, &o, lines) && MX_HAS(other, &o, flag) && !MX_HAS(other, &o, id) &&
          !MX_HAS(other, &o, more));
    /* and back: absent members stay absent */
    o.has &= ~(UINT64_C(1) << mx_type_index(&other_type, offsetof(struct other, count)));
    CHECK_INT(json_copy(arena, &other_type, &o, &all_type, &back, &err), MX_OK);
    CHECK_INT(back.count, 0);
    CHECK_INT(back.state, 1);
    CHECK_INT(back.lines.count, 2);
    CHECK(MX_HAS(line, (const struct line *)mx_list_at(&back.lines, 0), qty));
    CHECK_INT(json_copy(arena, &all_type, &a, &all_type, &back, &err), MX_OK);
    CHECK(memcmp(&a, &back, sizeof(a)) == 0);
    base_arena_free(arena);
}

struct clash {
    struct mx_str count;
};
static const struct mx_field clash_fields[] = {MX_F_STR(clash, count, 0, 0, 9, "count")};
MX_TYPE(clash, "clash", "another kind");

TEST(copy_refuses_other_kinds_and_words) {
    struct base_arena *arena = base_arena_new(4096);
    struct all a;
    struct other o;
    struct clash c;
    memset(&a, 0, sizeof(a));
    CHECK_INT(json_copy(arena, &all_type, &a, &clash_type, &c, &err), MX_E_WRONG_TYPE);
    CHECK(strcmp(err.field, "count") == 0);
    a.state = 2; /* "paid" */
    CHECK_INT(json_copy(arena, &all_type, &a, &other_type, &o, &err), MX_E_OUT_OF_RANGE);
    CHECK(strcmp(err.field, "state") == 0);
    base_arena_free(arena);
}

struct other_thing {
    struct mx_rec rec;
    struct mx_str sku;
};
static const struct mx_field other_thing_fields[] = {MX_F_STR(other_thing, sku, 0, 0, 40, "article")};
MX_TYPE_REC(other_thing, "thing", "a record");

TEST(copy_keeps_the_head_of_records) {
    struct base_arena *arena = base_arena_new(4096);
    struct thing t;
    struct other_thing o;
    CHECK_INT(json_decode(arena, &thing_type, mx_str_of("{\"price\":1,\"rev\":8,\"sku\":\"a\",\"x\":1}"), JSON_STORE, &t, &err), MX_OK);
    CHECK_INT(json_copy(arena, &thing_type, &t, &other_thing_type, &o, &err), MX_OK);
    CHECK_INT(o.rec.rev, 8);
    CHECK_INT(o.rec.has, 1);
    CHECK_STR(o.rec.extra, "{\"x\":1}");
    base_arena_free(arena);
}

TEST(many_types) {
    static struct mx_type types[1000];
    struct base_arena *arena = base_arena_new(4096);
    struct address a;
    size_t i;
    for (i = 0; i < 1000; i++) {
        types[i] = address_type;
        CHECK_INT(json_prepare(&types[i], &err), MX_OK);
    }
    for (i = 0; i < 1000; i++) CHECK_INT(json_decode(arena, &types[i], mx_str_of("{\"city\":\"c\"}"), JSON_WIRE, &a, &err), MX_OK);
    base_arena_free(arena);
    json_fini();
    CHECK_INT(json_prepare(&types[0], &err), MX_OK); /* and again from the start */
    json_fini();
}

#define THREADS        4
#define TYPES_A_THREAD 600

static struct mx_type shared_types[TYPES_A_THREAD];

/* All threads meet the same unprepared types at the same time. */
static void *decode_all(void *arg) {
    struct base_arena *arena = base_arena_new(4096);
    struct address a;
    int *wrong = arg;
    size_t i;
    for (i = 0; i < TYPES_A_THREAD; i++) {
        if (json_decode(arena, &shared_types[i], mx_str_of("{\"city\":\"c\",\"street\":\"s\"}"), JSON_WIRE, &a, NULL) != MX_OK ||
            !mx_str_is(a.street, "s"))
            ++*wrong;
        base_arena_reset(arena);
    }
    base_arena_free(arena);
    return NULL;
}

TEST(types_are_prepared_from_many_threads) {
    pthread_t threads[THREADS];
    int wrong[THREADS] = {0};
    size_t i;
    for (i = 0; i < TYPES_A_THREAD; i++) shared_types[i] = address_type;
    for (i = 0; i < THREADS; i++) REQUIRE(pthread_create(&threads[i], NULL, decode_all, &wrong[i]) == 0);
    for (i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_join(threads[i], NULL), 0);
        CHECK_INT(wrong[i], 0);
    }
    json_fini();
}

RUN_TESTS(CASE(good_tables), CASE(wrong_tables), CASE(too_many_or_doubled_fields), CASE(records_need_their_head), CASE(wide_records),
          CASE(equal_types), CASE(copy_by_name), CASE(copy_refuses_other_kinds_and_words), CASE(copy_keeps_the_head_of_records),
          CASE(many_types), CASE(types_are_prepared_from_many_threads))
