/* Single values and lists into the members of a struct. */
#include "base/id.h"
#include "merx/text.h"
#include "json/internal.h"

#define LIST_FIRST 4u

static int lenient(const struct json_decoder *d) { return (d->mode & JSON_STORE) != 0; }

/* ---- single values ---- */

static mx_status wrong_type(struct json_decoder *d, const struct json_path *path, const char *what) {
    return json_refuse(&d->r, path, MX_E_WRONG_TYPE, "must be %s", what);
}

static mx_status refuse_number(struct json_decoder *d, const struct json_field *field, const struct json_path *path, mx_status status) {
    int64_t min = field->min > -MX_INT_MAX ? field->min : -MX_INT_MAX, max = field->max < MX_INT_MAX ? field->max : MX_INT_MAX;
    return json_refuse(&d->r, path, status, "must be an integer between %lld and %lld", (long long)min, (long long)max);
}

static mx_status read_int(struct json_decoder *d, const struct json_field *field, const struct json_path *path, int64_t *out) {
    char c = json_peek(&d->r);
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

static mx_status read_bool(struct json_decoder *d, const struct json_path *path, uint8_t *out) {
    if (json_read_word(&d->r, "true")) {
        *out = 1;
        return MX_OK;
    }
    if (!json_read_word(&d->r, "false")) return wrong_type(d, path, "true or false");
    *out = 0;
    return MX_OK;
}

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* A character of two or three bytes that no eye sees and that steers what is shown or printed: the C1 controls, the
 * separators of lines and paragraphs, and the marks that turn or nest the direction of text (a name could show itself as
 * another one). The plain marks of direction, U+200E and U+200F, are part of honest names. */
static int steers(const unsigned char *at, uint32_t left) {
    if (at[0] == 0xc2) return left > 1 && at[1] < 0xa0;
    if (at[0] != 0xe2 || left < 3) return 0;
    return (at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) || (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
}

static int has_control(struct mx_str text, int multiline) {
    uint32_t i = 0;
    for (; text.len - i >= 8; i += 8) { /* eight bytes at once, as long as none is suspicious */
        uint64_t x, del;
        memcpy(&x, text.ptr + i, sizeof(x));
        del = x ^ (ONES * 0x7f);
        if ((((x - ONES * 0x20) & ~x) | ((del - ONES) & ~del) | x) & HIGHS) break;
    }
    for (; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 || c == 0x7f) && !(multiline && (c == '\n' || c == '\t'))) return 1;
        if (c >= 0x80 && steers((const unsigned char *)text.ptr + i, text.len - i)) return 1;
    }
    return 0;
}

/* A string without control characters. */
static mx_status read_plain(struct json_decoder *d, const struct json_field *field, const struct json_path *path, struct mx_str *out) {
    int multiline = (field->flags & MX_MULTILINE) != 0;
    mx_status st;
    if (json_peek(&d->r) != '"') return wrong_type(d, path, "a string");
    if ((st = json_read_string(&d->r, out))) return st;
    if (!lenient(d) && has_control(*out, multiline)) {
        return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE,
                           multiline ? "may hold no control characters but line feeds and tabs" : "may hold no control characters");
    }
    return MX_OK;
}

static mx_status read_str(struct json_decoder *d, const struct json_field *field, const struct json_path *path, struct mx_str *out) {
    mx_status st = read_plain(d, field, path, out);
    if (st || lenient(d)) return st;
    if ((field->flags & MX_FREE_TEXT) && !(d->mode & JSON_ANSWER) && mx_looks_like_pan(*out))
        return json_refuse(&d->r, path, MX_E_CARD_NUMBER,
                           "holds what looks like the number of a payment card; such numbers are not kept here: leave it out");
    if (out->len >= field->min && out->len <= field->max) return MX_OK;
    if (field->min == field->max) return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must have exactly %lld bytes", (long long)field->min);
    if (out->len < field->min && field->min == 1) return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must not be empty");
    return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must have between %lld and %lld bytes", (long long)field->min,
                       (long long)field->max);
}

static mx_status read_id(struct json_decoder *d, const struct json_field *field, const struct json_path *path, struct mx_str *out) {
    mx_status st;
    if (json_peek(&d->r) != '"') return wrong_type(d, path, "a string");
    if ((st = json_read_string(&d->r, out))) return st;
    if (lenient(d) || base_id_valid(*out, field->prefix)) return MX_OK;
    if (field->prefix == NULL) return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must be an id of letters, \"_\" and 26 characters");
    return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must be an id that begins with \"%s_\" and has 26 characters behind it",
                       field->prefix);
}

static mx_status refuse_word(struct json_decoder *d, const struct json_field *field, const struct json_path *path) {
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

/* *word: the one that is not known, when the mode lets it pass. */
static mx_status read_enum(struct json_decoder *d, const struct json_field *field, const struct json_path *path, int32_t *out,
                           struct mx_str *word) {
    struct mx_str given;
    mx_status st;
    uint32_t i;
    if (json_peek(&d->r) != '"') return wrong_type(d, path, "a string");
    if ((st = json_read_string(&d->r, &given))) return st;
    *out = 0;
    for (i = 0; i < field->word_count && !mx_str_eq(field->words[i], given); i++) continue;
    if (i < field->word_count) {
        *out = (int32_t)i + 1;
        return MX_OK;
    }
    *word = given;
    return d->mode & (JSON_STORE | JSON_ANSWER) ? MX_OK : refuse_word(d, field, path);
}

static mx_status read_json(struct json_decoder *d, const struct json_field *field, const struct json_path *path, struct mx_str *out) {
    struct base_buf buf;
    mx_status st;
    base_buf_init(&buf, d->r.arena);
    if ((st = json_read_canonical(&d->r, path, &buf))) return st;
    if (!lenient(d) && (int64_t)buf.len > field->max)
        return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must be at most %lld bytes of JSON", (long long)field->max);
    *out = base_buf_view(&buf);
    return MX_OK;
}

/* ---- lists ---- */

static mx_status refuse_count(struct json_decoder *d, const struct json_field *field, const struct json_path *path, const char *what) {
    if (field->min == field->max)
        return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must have exactly %lld %s", (long long)field->min, what);
    return json_refuse(&d->r, path, MX_E_OUT_OF_RANGE, "must have between %lld and %lld %s", (long long)field->min, (long long)field->max,
                       what);
}

/* A zeroed element more at the end of the list. */
static void *list_grow(struct json_decoder *d, struct mx_list *list, uint32_t *cap) {
    if (list->count == *cap) {
        char *grown;
        *cap = *cap ? *cap * 2 : LIST_FIRST;
        grown = base_arena_grab(d->r.arena, (size_t)*cap * list->elem_size);
        if (list->count) memcpy(grown, list->items, (size_t)list->count * list->elem_size);
        list->items = grown;
    }
    return memset(mx_list_at(list, list->count++), 0, list->elem_size);
}

static mx_status read_element(struct json_decoder *d, const struct json_field *field, const struct json_path *path, void *element) {
    if (field->kind == MX_KIND_STRS) return read_plain(d, field, path, element);
    if (json_peek(&d->r) != '{') return wrong_type(d, path, "an object");
    return json_read_object(d, field->child, path, d->mode & ~JSON_MERGE, element);
}

static mx_status read_list(struct json_decoder *d, const struct json_field *field, const struct json_path *path, struct mx_list *list) {
    struct json_path at = {path, {NULL, 0}, 0};
    uint32_t cap = 0;
    mx_status st;
    int more = 1;
    list->elem_size = field->kind == MX_KIND_STRS ? (uint32_t)sizeof(struct mx_str) : field->child->struct_size;
    if (json_peek(&d->r) != '[') return wrong_type(d, path, field->kind == MX_KIND_STRS ? "an array of strings" : "an array of objects");
    if ((st = json_enter(&d->r))) return st;
    if (json_peek(&d->r) == ']') {
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

static mx_status read_pair(struct json_decoder *d, const struct json_field *field, const struct json_path *path, struct mx_list *map,
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

static mx_status read_map(struct json_decoder *d, const struct json_field *field, const struct json_path *path, struct mx_list *map) {
    uint32_t cap = 0;
    mx_status st;
    int more = 1;
    map->elem_size = sizeof(struct mx_pair);
    if (json_peek(&d->r) != '{') return wrong_type(d, path, "an object with texts");
    if ((st = json_enter(&d->r))) return st;
    if (json_peek(&d->r) == '}') {
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

static mx_status read_struct(struct json_decoder *d, const struct json_field *field, const struct json_path *path, void **out) {
    mx_status st;
    void *object;
    if (json_peek(&d->r) != '{') return wrong_type(d, path, "an object");
    object = base_arena_alloc(d->r.arena, field->child->struct_size);
    st = json_read_object(d, field->child, path, d->mode & ~JSON_MERGE, object);
    if (st == MX_OK) *out = object;
    return st;
}

/* ---- one member ---- */

static mx_status read_list_member(struct json_decoder *d, const struct json_field *field, const struct json_path *path, char *place) {
    struct mx_list list = {NULL, 0, 0};
    mx_status st = field->kind == MX_KIND_MAP ? read_map(d, field, path, &list) : read_list(d, field, path, &list);
    if (st == MX_OK) memcpy(place, &list, sizeof(list));
    return st;
}

static mx_status read_text_member(struct json_decoder *d, const struct json_field *field, const struct json_path *path, char *place) {
    struct mx_str text = {NULL, 0};
    mx_status st;
    if (field->kind == MX_KIND_STR)
        st = read_str(d, field, path, &text);
    else
        st = field->kind == MX_KIND_ID ? read_id(d, field, path, &text) : read_json(d, field, path, &text);
    if (st == MX_OK) memcpy(place, &text, sizeof(text));
    return st;
}

mx_status json_read_value(struct json_decoder *d, const struct json_field *field, const struct json_path *path, char *place,
                          struct mx_str *word) {
    int64_t number = 0;
    int32_t choice = 0;
    void *object = NULL;
    mx_status st;
    switch (field->kind) {
    case MX_KIND_BOOL:
        return read_bool(d, path, (uint8_t *)place);
    case MX_KIND_STR:
    case MX_KIND_ID:
    case MX_KIND_JSON:
        return read_text_member(d, field, path, place);
    case MX_KIND_MAP:
    case MX_KIND_LIST:
    case MX_KIND_STRS:
        return read_list_member(d, field, path, place);
    case MX_KIND_ENUM:
        st = read_enum(d, field, path, &choice, word);
        if (st == MX_OK) memcpy(place, &choice, sizeof(choice));
        return st;
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
