/* Text into structs, in one pass over the text. */
#include "base/id.h"
#include "json/internal.h"

#define LIST_FIRST 4u

/* What holds for one call of json_decode(). */
struct decoder {
    struct json_reader r;
    uint32_t mode;
};

/* One object on its way in. */
struct target {
    const struct json_plan *plan;
    const struct json_path *path;
    char *object;
    uint64_t has;
    uint64_t null;
    uint64_t seen[2];           /* bits of the fields met, the second word for "rev" */
    uint32_t next;              /* field expected next: canonical text comes in this order */
    struct json_value *strange; /* members without a field */
    uint32_t strange_count;
};

static mx_status read_object(struct decoder *d, const struct json_plan *plan, const struct json_path *path, uint32_t mode, void *object);

static int lenient(const struct decoder *d) { return (d->mode & JSON_STORE) != 0; }

/* ---- single values ---- */

static mx_status wrong_type(struct decoder *d, const struct json_path *path, const char *what) {
    return json_refuse(&d->r, path, MX_E_WRONG_TYPE, "must be %s", what);
}

static char peek(const struct decoder *d) { return d->r.at < d->r.end ? *d->r.at : 0; }

static mx_status refuse_number(struct decoder *d, const struct json_field *field, const struct json_path *path, mx_status status) {
    int64_t min = field->min > -MX_INT_MAX ? field->min : -MX_INT_MAX, max = field->max < MX_INT_MAX ? field->max : MX_INT_MAX;
    return json_refuse(&d->r, path, status, "must be an integer between %lld and %lld", (long long)min, (long long)max);
}

static mx_status read_int(struct decoder *d, const struct json_field *field, const struct json_path *path, int64_t *out) {
    char c = peek(d);
    int64_t number;
    if (c != '-' && (c < '0' || c > '9')) return refuse_number(d, field, path, MX_E_WRONG_TYPE);
    switch (json_read_number(&d->r, &number)) {
    case JSON_NUMBER_OK:
        break;
    case JSON_NUMBER_LARGE:
        return refuse_number(d, field, path, MX_E_OUT_OF_RANGE);
    case JSON_NUMBER_FRACTION:
        return refuse_number(d, field, path, MX_E_WRONG_TYPE);
    default:
        return json_syntax(&d->r, "a number");
    }
    if (!lenient(d) && (number < field->min || number > field->max)) return refuse_number(d, field, path, MX_E_OUT_OF_RANGE);
    *out = number;
    return MX_OK;
}

static mx_status read_bool(struct decoder *d, const struct json_path *path, uint8_t *out) {
    if (json_read_word(&d->r, "true")) {
        *out = 1;
        return MX_OK;
    }
    if (!json_read_word(&d->r, "false")) return wrong_type(d, path, "true or false");
    *out = 0;
    return MX_OK;
}

static int has_control(struct mx_str text, int multiline) {
    uint32_t i;
    for (i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 || c == 0x7f) && !(multiline && (c == '\n' || c == '\t'))) return 1;
    }
    return 0;
}

/* A string without control characters. */
static mx_status read_plain(struct decoder *d, const struct json_field *field, const struct json_path *path, struct mx_str *out) {
    int multiline = (field->flags & MX_MULTILINE) != 0;
    mx_status st;
    if (peek(d) != '"') return wrong_type(d, path, "a string");
    if ((st = json_read_string(&d->r, out))) return st;
    if (!lenient(d) && has_control(*out, multiline)) {
        return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE,
                           multiline ? "may hold no control characters but line feeds and tabs" : "may hold no control characters");
    }
    return MX_OK;
}

static mx_status read_str(struct decoder *d, const struct json_field *field, const struct json_path *path, struct mx_str *out) {
    mx_status st = read_plain(d, field, path, out);
    if (st || lenient(d)) return st;
    if (out->len >= field->min && out->len <= field->max) return MX_OK;
    if (field->min == field->max) return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must have exactly %lld bytes", (long long)field->min);
    if (out->len < field->min && field->min == 1) return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must not be empty");
    return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must have between %lld and %lld bytes", (long long)field->min,
                       (long long)field->max);
}

static mx_status read_id(struct decoder *d, const struct json_field *field, const struct json_path *path, struct mx_str *out) {
    mx_status st;
    if (peek(d) != '"') return wrong_type(d, path, "a string");
    if ((st = json_read_string(&d->r, out))) return st;
    if (lenient(d) || base_id_valid(*out, field->prefix)) return MX_OK;
    if (field->prefix == NULL) return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must be an id of letters, \"_\" and 26 characters");
    return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must be an id that begins with \"%s_\" and has 26 characters behind it",
                       field->prefix);
}

static mx_status refuse_word(struct decoder *d, const struct json_field *field, const struct json_path *path) {
    char words[160];
    size_t len = 0, need;
    uint32_t i;
    for (i = 0; i < field->word_count; i++) {
        need = field->words[i].len + 2;
        if (len + need + 4 > sizeof(words)) {
            memcpy(words + len, ", ...", 6);
            len += 5;
            break;
        }
        if (i) {
            memcpy(words + len, ", ", 2);
            len += 2;
        }
        memcpy(words + len, field->words[i].ptr, field->words[i].len);
        len += field->words[i].len;
    }
    return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must be one of: %.*s", (int)len, words);
}

/* *known 0: a word of another version, kept by the caller or forgotten. */
static mx_status read_enum(struct decoder *d, const struct json_field *field, const struct json_path *path, int32_t *out, int *known,
                           struct mx_str *word) {
    mx_status st;
    uint32_t i;
    if (peek(d) != '"') return wrong_type(d, path, "a string");
    if ((st = json_read_string(&d->r, word))) return st;
    for (i = 0; i < field->word_count; i++) {
        if (!mx_str_eq(field->words[i], *word)) continue;
        *out = (int32_t)i + 1;
        return MX_OK;
    }
    *known = 0;
    *out = 0;
    return d->mode & (JSON_STORE | JSON_ANSWER) ? MX_OK : refuse_word(d, field, path);
}

static mx_status read_json(struct decoder *d, const struct json_field *field, const struct json_path *path, struct mx_str *out) {
    const char *begin = d->r.at;
    struct json_value *value;
    struct base_buf buf;
    mx_status st = json_read_tree(&d->r, path, 1, &value);
    if (st) return st;
    base_buf_init(&buf, d->r.arena);
    base_buf_reserve(&buf, (size_t)(d->r.at - begin) + 16);
    json_write_tree(&buf, value);
    if (!lenient(d) && (int64_t)buf.len > field->max)
        return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must be at most %lld bytes of JSON", (long long)field->max);
    *out = base_buf_view(&buf);
    return MX_OK;
}

/* ---- lists ---- */

static mx_status refuse_count(struct decoder *d, const struct json_field *field, const struct json_path *path, const char *what) {
    if (field->min == field->max)
        return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must have exactly %lld %s", (long long)field->min, what);
    return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must have between %lld and %lld %s", (long long)field->min, (long long)field->max,
                       what);
}

/* A zeroed element more at the end of the list. */
static void *list_grow(struct decoder *d, struct mx_list *list, uint32_t *cap) {
    if (list->count == *cap) {
        char *grown;
        *cap = *cap ? *cap * 2 : LIST_FIRST;
        grown = base_arena_grab(d->r.arena, (size_t)*cap * list->elem_size);
        if (list->count) memcpy(grown, list->items, (size_t)list->count * list->elem_size);
        list->items = grown;
    }
    return memset(mx_list_at(list, list->count++), 0, list->elem_size);
}

static mx_status read_element(struct decoder *d, const struct json_field *field, const struct json_path *path, void *element) {
    if (field->kind == MX_KIND_STRS) return read_plain(d, field, path, element);
    if (peek(d) != '{') return wrong_type(d, path, "an object");
    return read_object(d, field->child, path, d->mode & ~JSON_MERGE, element);
}

static mx_status read_list(struct decoder *d, const struct json_field *field, const struct json_path *path, struct mx_list *list) {
    struct json_path at = {path, {NULL, 0}, 0};
    uint32_t cap = 0;
    mx_status st;
    int more = 1;
    list->elem_size = field->kind == MX_KIND_STRS ? (uint32_t)sizeof(struct mx_str) : field->child->struct_size;
    if (peek(d) != '[') return wrong_type(d, path, field->kind == MX_KIND_STRS ? "an array of strings" : "an array of objects");
    if ((st = json_enter(&d->r))) return st;
    if (peek(d) == ']') {
        d->r.at++;
        more = 0;
    }
    for (; more; at.index++) {
        if (!lenient(d) && at.index >= field->max) return refuse_count(d, field, path, "elements");
        if ((st = read_element(d, field, &at, list_grow(d, list, &cap)))) return st;
        if ((st = json_read_next(&d->r, ']', &more))) return st;
    }
    json_leave(&d->r);
    if (!lenient(d) && list->count < field->min) return refuse_count(d, field, path, "elements");
    return MX_OK;
}

/* Put the last pair where it belongs; 0 when its key is there already. Maps are short: languages, plugin names. */
static int map_settle(struct mx_list *map) {
    struct mx_pair *pairs = map->items, last = pairs[map->count - 1];
    uint32_t i = map->count - 1;
    int order = 1;
    while (i && (order = mx_str_cmp(pairs[i - 1].key, last.key)) > 0) {
        pairs[i] = pairs[i - 1];
        i--;
    }
    pairs[i] = last;
    return i == 0 || order != 0;
}

static mx_status read_pair(struct decoder *d, const struct json_field *field, const struct json_path *path, struct mx_list *map,
                           uint32_t *cap) {
    struct json_path at = {path, {NULL, 0}, -1};
    struct mx_pair *pair;
    mx_status st = json_read_name(&d->r, &at.name);
    if (st) return st;
    if (!lenient(d) && has_control(at.name, 0))
        return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "may hold no control characters in its names");
    if (!lenient(d) && map->count >= field->max) return refuse_count(d, field, path, "members");
    pair = list_grow(d, map, cap);
    pair->key = at.name;
    if ((st = read_plain(d, field, &at, &pair->value))) return st;
    return map_settle(map) ? MX_OK : json_refuse(&d->r, &at, MX_E_DOUBLED_FIELD, "is given twice");
}

static mx_status read_map(struct decoder *d, const struct json_field *field, const struct json_path *path, struct mx_list *map) {
    uint32_t cap = 0;
    mx_status st;
    int more = 1;
    map->elem_size = sizeof(struct mx_pair);
    if (peek(d) != '{') return wrong_type(d, path, "an object with texts");
    if ((st = json_enter(&d->r))) return st;
    if (peek(d) == '}') {
        d->r.at++;
        more = 0;
    }
    while (more) {
        if ((st = read_pair(d, field, path, map, &cap))) return st;
        if ((st = json_read_next(&d->r, '}', &more))) return st;
    }
    json_leave(&d->r);
    if (!lenient(d) && map->count < field->min) return refuse_count(d, field, path, "members");
    return MX_OK;
}

static mx_status read_struct(struct decoder *d, const struct json_field *field, const struct json_path *path, void **out) {
    mx_status st;
    void *object;
    if (peek(d) != '{') return wrong_type(d, path, "an object");
    object = base_arena_alloc(d->r.arena, field->child->struct_size);
    st = read_object(d, field->child, path, d->mode & ~JSON_MERGE, object);
    if (st == MX_OK) *out = object;
    return st;
}

/* ---- members ---- */

static void keep_strange(struct decoder *d, struct target *t, struct mx_str name, struct json_value *value) {
    (void)d;
    value->name = name;
    value->next = t->strange;
    t->strange = value;
    t->strange_count++;
}

static mx_status read_strange(struct decoder *d, struct target *t, const struct json_path *path) {
    struct json_value *value;
    mx_status st;
    if (!(d->mode & (JSON_STORE | JSON_ANSWER)))
        return json_refuse(&d->r, path, MX_E_UNKNOWN_FIELD, "is not a field of %s", t->plan->type->name);
    st = json_read_tree(&d->r, path, 1, &value);
    if (st == MX_OK) keep_strange(d, t, path->name, value);
    return st;
}

static mx_status read_member_enum(struct decoder *d, struct target *t, const struct json_field *field, const struct json_path *path,
                                  int *known) {
    int32_t number = 0;
    struct mx_str word;
    mx_status st = read_enum(d, field, path, &number, known, &word);
    if (st) return st;
    memcpy(t->object + field->offset, &number, sizeof(number));
    if (!*known) {
        struct json_value *value = base_arena_alloc(d->r.arena, sizeof(*value));
        value->kind = JSON_STRING;
        value->text = word;
        keep_strange(d, t, path->name, value);
    }
    return MX_OK;
}

static mx_status read_list_member(struct decoder *d, const struct json_field *field, const struct json_path *path, char *place) {
    struct mx_list list = {NULL, 0, 0};
    mx_status st = field->kind == MX_KIND_MAP ? read_map(d, field, path, &list) : read_list(d, field, path, &list);
    if (st == MX_OK) memcpy(place, &list, sizeof(list));
    return st;
}

static mx_status read_text_member(struct decoder *d, const struct json_field *field, const struct json_path *path, char *place) {
    struct mx_str text = {NULL, 0};
    mx_status st;
    if (field->kind == MX_KIND_STR)
        st = read_str(d, field, path, &text);
    else
        st = field->kind == MX_KIND_ID ? read_id(d, field, path, &text) : read_json(d, field, path, &text);
    if (st == MX_OK) memcpy(place, &text, sizeof(text));
    return st;
}

static mx_status read_value(struct decoder *d, struct target *t, const struct json_field *field, const struct json_path *path, int *known) {
    char *place = t->object + field->offset;
    int64_t number = 0;
    void *object = NULL;
    mx_status st;
    switch (field->kind) {
    case MX_KIND_BOOL:
        return read_bool(d, path, (uint8_t *)place);
    case MX_KIND_STR:
    case MX_KIND_ID:
    case MX_KIND_JSON:
        return read_text_member(d, field, path, place);
    case MX_KIND_ENUM:
        return read_member_enum(d, t, field, path, known);
    case MX_KIND_MAP:
    case MX_KIND_LIST:
    case MX_KIND_STRS:
        return read_list_member(d, field, path, place);
    case MX_KIND_STRUCT:
        st = read_struct(d, field, path, &object);
        if (st == MX_OK) memcpy(place, &object, sizeof(object));
        return st;
    default:
        st = read_int(d, field, path, &number);
        if (st == MX_OK) memcpy(place, &number, sizeof(number));
        return st;
    }
}

static uint32_t kind_bytes(uint32_t kind) {
    switch (kind) {
    case MX_KIND_BOOL:
        return sizeof(uint8_t);
    case MX_KIND_ENUM:
        return sizeof(int32_t);
    case MX_KIND_STR:
    case MX_KIND_ID:
    case MX_KIND_JSON:
        return sizeof(struct mx_str);
    case MX_KIND_MAP:
    case MX_KIND_LIST:
    case MX_KIND_STRS:
        return sizeof(struct mx_list);
    case MX_KIND_STRUCT:
        return sizeof(void *);
    default:
        return sizeof(int64_t);
    }
}

static const struct json_field *expect_field(struct target *t, struct mx_str name) {
    const struct json_plan *plan = t->plan;
    const struct json_field *field;
    if (t->next < plan->count) {
        field = &plan->fields[t->next];
        if (field->name_len == name.len && memcmp(field->name, name.ptr, name.len) == 0) {
            t->next++;
            return field;
        }
    }
    field = json_field_find(plan, name);
    if (field) t->next = (uint32_t)(field - plan->fields) + 1;
    return field;
}

static mx_status read_null(struct decoder *d, struct target *t, const struct json_field *field, const struct json_path *path) {
    uint64_t bit = UINT64_C(1) << (field->index & 63);
    if (!(field->flags & MX_CLEARABLE)) return json_refuse(&d->r, path, MX_E_WRONG_TYPE, "must not be null");
    memset(t->object + field->offset, 0, kind_bytes(field->kind));
    t->has &= ~bit;
    t->null |= bit;
    return MX_OK;
}

static mx_status read_field(struct decoder *d, struct target *t, const struct json_field *field, const struct json_path *path) {
    uint64_t bit = UINT64_C(1) << (field->index & 63), *seen = &t->seen[field->index >> 6];
    mx_status st;
    int known = 1;
    if (*seen & bit) return json_refuse(&d->r, path, MX_E_DOUBLED_FIELD, "is given twice");
    *seen |= bit;
    if ((field->flags & MX_READONLY) && !(d->mode & (JSON_STORE | JSON_ANSWER)))
        return json_refuse(&d->r, path, MX_E_UNKNOWN_FIELD, "is set by the shop and cannot be given");
    if (peek(d) == 'n' && field->kind != MX_KIND_JSON && json_read_word(&d->r, "null")) return read_null(d, t, field, path);
    st = read_value(d, t, field, path, &known);
    if (st || field->index == JSON_REV_INDEX) return st;
    t->null &= ~bit;
    if (known) t->has |= bit;
    return MX_OK;
}

static mx_status read_member(struct decoder *d, struct target *t) {
    struct json_path at = {t->path, {NULL, 0}, -1};
    const struct json_field *field;
    mx_status st = json_read_name(&d->r, &at.name);
    if (st) return st;
    field = expect_field(t, at.name);
    if (field == NULL || (field->index == JSON_REV_INDEX && !(d->mode & (JSON_STORE | JSON_ANSWER)))) return read_strange(d, t, &at);
    return read_field(d, t, field, &at);
}

/* ---- objects ---- */

static mx_status refuse_missing(struct decoder *d, const struct target *t, uint64_t missing) {
    const struct mx_field *field = mx_type_field(t->plan->type, (uint32_t)__builtin_ctzll(missing));
    struct json_path at = {t->path, mx_str_of(field->name), -1};
    return json_refuse(&d->r, &at, MX_E_MISSING_FIELD, "is required");
}

/* Members already in `extra` that the text did not bring anew. */
static mx_status add_earlier(struct decoder *d, struct target *t, struct mx_str extra) {
    struct json_reader r;
    struct json_value *tree, *member, *next, *other;
    mx_status st;
    json_reader_init(&r, d->r.arena, extra, d->r.err);
    if ((st = json_read_tree(&r, t->path, 1, &tree))) return st;
    for (member = tree->kind == JSON_OBJECT ? tree->first : NULL; member; member = next) {
        next = member->next;
        for (other = t->strange; other && !mx_str_eq(other->name, member->name); other = other->next) continue;
        if (other == NULL) keep_strange(d, t, member->name, member);
    }
    return MX_OK;
}

static mx_status settle_strange(struct decoder *d, struct target *t) {
    const struct json_value *doubled;
    struct json_value object;
    struct mx_str extra;
    struct base_buf buf;
    mx_status st;
    t->strange = json_sort_members(d->r.arena, t->strange, t->strange_count, &doubled);
    if (doubled) {
        struct json_path at = {t->path, doubled->name, -1};
        return json_refuse(&d->r, &at, MX_E_DOUBLED_FIELD, "is given twice");
    }
    if (t->plan->extra_offset == MX_NO_OFFSET || !lenient(d)) return MX_OK;
    extra = json_get_str(t->object, t->plan->extra_offset);
    if (extra.len && (st = add_earlier(d, t, extra))) return st;
    memset(&object, 0, sizeof(object));
    object.kind = JSON_OBJECT;
    object.first = json_sort_members(d->r.arena, t->strange, t->strange_count, &doubled);
    base_buf_init(&buf, d->r.arena);
    json_write_tree(&buf, &object);
    extra = base_buf_view(&buf);
    memcpy(t->object + t->plan->extra_offset, &extra, sizeof(extra));
    return MX_OK;
}

static mx_status check_required(struct decoder *d, const struct target *t, uint32_t mode) {
    uint64_t required = mode & JSON_ANSWER ? t->plan->required : t->plan->required_input;
    uint64_t missing = required & ~t->seen[0];
    if (missing == 0 || (mode & (JSON_STORE | JSON_MERGE))) return MX_OK;
    return refuse_missing(d, t, missing);
}

/* mode: that of the call, without JSON_MERGE below the top. The reader stands on "{". */
static mx_status read_object(struct decoder *d, const struct json_plan *plan, const struct json_path *path, uint32_t mode, void *object) {
    struct target t = {plan, path, object, 0, 0, {0, 0}, 0, NULL, 0};
    mx_status st;
    int more = 1;
    if (plan->has_offset != MX_NO_OFFSET) t.has = json_mask_get(object, plan->has_offset);
    if (plan->null_offset != MX_NO_OFFSET) t.null = json_mask_get(object, plan->null_offset);
    if ((st = json_enter(&d->r))) return st;
    if (peek(d) == '}') {
        d->r.at++;
        more = 0;
    }
    while (more) {
        if ((st = read_member(d, &t))) return st;
        if ((st = json_read_next(&d->r, '}', &more))) return st;
    }
    json_leave(&d->r);
    if ((st = check_required(d, &t, mode))) return st;
    if (t.strange && (st = settle_strange(d, &t))) return st;
    if (plan->has_offset != MX_NO_OFFSET) json_mask_put(object, plan->has_offset, t.has);
    if (plan->null_offset != MX_NO_OFFSET) json_mask_put(object, plan->null_offset, t.null);
    return MX_OK;
}

mx_status json_decode(struct base_arena *arena, const struct mx_type *type, struct mx_str text, uint32_t mode, void *object,
                      struct mx_error *err) {
    const struct json_plan *plan = json_plan_of(type, err);
    struct decoder d;
    mx_status st;
    if (plan == NULL) return MX_E_INTERNAL;
    json_reader_init(&d.r, arena, text, err);
    d.mode = mode;
    if (!(mode & JSON_MERGE)) memset(object, 0, plan->struct_size);
    json_space(&d.r);
    if (peek(&d) != '{') return base_fail(err, MX_E_BAD_INPUT, NULL, "the text is not a JSON object");
    if ((st = read_object(&d, plan, NULL, mode, object))) return st;
    json_space(&d.r);
    return d.r.at == d.r.end ? MX_OK : json_syntax(&d.r, "the end of the text");
}
