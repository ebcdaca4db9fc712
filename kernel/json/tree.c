/* Any JSON value as a tree; its canonical text. */
#include <stdlib.h>

#include "json/internal.h"

/* Members, or elements, as they come. */
struct chain {
    struct json_value *first;
    struct json_value **last;
    uint32_t count;
    int in_order; /* names rise strictly: sorted, and none doubled */
    struct mx_str name;
};

static void chain_add(struct chain *chain, struct json_value *value) {
    if (chain->count && mx_str_cmp(chain->name, value->name) >= 0) chain->in_order = 0;
    chain->name = value->name;
    *chain->last = value;
    chain->last = &value->next;
    chain->count++;
}

static int by_name(const void *a, const void *b) {
    const struct json_value *const *left = a, *const *right = b;
    return mx_str_cmp((*left)->name, (*right)->name);
}

/* Few members are sorted by insertion; the library's sort is for many. */
#define FEW_MEMBERS 24u

static void sort(struct json_value **all, uint32_t count) {
    uint32_t i, k;
    if (count > FEW_MEMBERS) {
        qsort(all, count, sizeof(*all), by_name);
        return;
    }
    for (i = 1; i < count; i++) {
        struct json_value *value = all[i];
        for (k = i; k && mx_str_cmp(all[k - 1]->name, value->name) > 0; k--) all[k] = all[k - 1];
        all[k] = value;
    }
}

struct json_value *json_sort_members(struct base_arena *arena, struct json_value *first, uint32_t count,
                                     const struct json_value **doubled) {
    struct json_value **all, *member = first;
    uint32_t i;
    *doubled = NULL;
    if (count < 2) return first;
    all = base_arena_grab(arena, count * sizeof(*all));
    for (i = 0; i < count; i++, member = member->next) all[i] = member;
    sort(all, count);
    for (i = 0; i + 1 < count; i++) {
        if (mx_str_eq(all[i]->name, all[i + 1]->name)) *doubled = all[i];
        all[i]->next = all[i + 1];
    }
    all[count - 1]->next = NULL;
    return all[0];
}

/* Order the members; the tree of an unsorted reading keeps the order of the text. */
static mx_status settle_members(struct json_reader *r, const struct json_path *path, struct chain *chain, int sorted) {
    const struct json_value *doubled;
    struct json_value *first;
    if (chain->in_order) return MX_OK;
    if (sorted) {
        chain->first = json_sort_members(r->arena, chain->first, chain->count, &doubled);
    } else {
        struct json_value *copies = base_arena_grab(r->arena, chain->count * sizeof(*copies)), *member;
        uint32_t i = 0;
        for (member = chain->first; member; member = member->next, i++) {
            copies[i] = *member;
            copies[i].next = member->next ? &copies[i + 1] : NULL;
        }
        first = json_sort_members(r->arena, copies, chain->count, &doubled);
        (void)first;
    }
    if (doubled) {
        struct json_path at = {path, doubled->name, -1};
        return json_refuse(r, &at, MX_E_DOUBLED_FIELD, "is given twice");
    }
    return MX_OK;
}

static mx_status read_object(struct json_reader *r, const struct json_path *path, int sorted, struct json_value *value) {
    struct chain chain = {NULL, &chain.first, 0, 1, {NULL, 0}};
    mx_status st = json_enter(r);
    int more = 1;
    if (st) return st;
    if (r->at < r->end && *r->at == '}') {
        r->at++;
        more = 0;
    }
    while (more) {
        struct json_path at = {path, {NULL, 0}, -1};
        struct json_value *member;
        if ((st = json_read_name(r, &at.name))) return st;
        if ((st = json_read_tree(r, &at, sorted, &member))) return st;
        member->name = at.name;
        chain_add(&chain, member);
        if ((st = json_read_next(r, '}', &more))) return st;
    }
    if ((st = settle_members(r, path, &chain, sorted))) return st;
    json_leave(r);
    value->kind = JSON_OBJECT;
    value->first = chain.first;
    return MX_OK;
}

static mx_status read_array(struct json_reader *r, const struct json_path *path, int sorted, struct json_value *value) {
    struct json_path at = {path, {NULL, 0}, 0};
    struct json_value **last = &value->first;
    mx_status st = json_enter(r);
    int more = 1;
    if (st) return st;
    if (r->at < r->end && *r->at == ']') {
        r->at++;
        more = 0;
    }
    for (; more; at.index++) {
        if ((st = json_read_tree(r, &at, sorted, last))) return st;
        last = &(*last)->next;
        if ((st = json_read_next(r, ']', &more))) return st;
    }
    json_leave(r);
    value->kind = JSON_ARRAY;
    return MX_OK;
}

static mx_status read_number(struct json_reader *r, const struct json_path *path, struct json_value *value) {
    value->kind = JSON_INT;
    switch (json_read_number(r, &value->number)) {
    case JSON_NUMBER_OK:
        return MX_OK;
    case JSON_NUMBER_SYNTAX:
        return json_syntax(r, "a number");
    default:
        break;
    }
    return json_refuse(r, path, MX_E_BAD_INPUT, "must be an integer between -%lld and %lld, without fraction or exponent",
                       (long long)MX_INT_MAX, (long long)MX_INT_MAX);
}

static mx_status read_word(struct json_reader *r, struct json_value *value) {
    value->kind = JSON_BOOL;
    if (json_read_word(r, "false")) return MX_OK;
    value->number = 1;
    if (json_read_word(r, "true")) return MX_OK;
    value->number = 0;
    value->kind = JSON_NULL;
    return json_read_word(r, "null") ? MX_OK : json_syntax(r, "a value");
}

mx_status json_read_tree(struct json_reader *r, const struct json_path *path, int sorted, struct json_value **value) {
    struct json_value *made = base_arena_alloc(r->arena, sizeof(*made));
    mx_status st;
    char c = r->at < r->end ? *r->at : 0;
    if (c == '{') {
        st = read_object(r, path, sorted, made);
    } else if (c == '[') {
        st = read_array(r, path, sorted, made);
    } else if (c == '"') {
        made->kind = JSON_STRING;
        st = json_read_string(r, &made->text);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        st = read_number(r, path, made);
    } else {
        st = read_word(r, made);
    }
    if (st == MX_OK) *value = made;
    return st;
}

static mx_status read_text(struct base_arena *arena, struct mx_str text, int sorted, struct json_value **value, struct mx_error *err) {
    struct json_reader r;
    struct json_value *made;
    mx_status st;
    json_reader_init(&r, arena, text, err);
    if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) {
        return base_fail(err, MX_E_BAD_INPUT, NULL, "the text begins with a byte order mark, which is not taken");
    }
    json_space(&r);
    if ((st = json_read_tree(&r, NULL, sorted, &made))) return st;
    json_space(&r);
    if (r.at != r.end) return json_syntax(&r, "the end of the text");
    *value = made;
    return MX_OK;
}

mx_status json_parse(struct base_arena *arena, struct mx_str text, struct json_value **value, struct mx_error *err) {
    return read_text(arena, text, 0, value, err);
}

const struct json_value *json_member(const struct json_value *object, const char *name) {
    const struct json_value *member;
    if (object == NULL || object->kind != JSON_OBJECT) return NULL;
    for (member = object->first; member; member = member->next) {
        if (mx_str_is(member->name, name)) return member;
    }
    return NULL;
}

static void write_children(struct base_buf *out, const struct json_value *value) {
    const struct json_value *child;
    json_put_char(out, value->kind == JSON_OBJECT ? '{' : '[');
    for (child = value->first; child; child = child->next) {
        if (value->kind == JSON_OBJECT) {
            json_quote(out, child->name);
            json_put_char(out, ':');
        }
        json_write_tree(out, child);
        if (child->next) json_put_char(out, ',');
    }
    json_put_char(out, value->kind == JSON_OBJECT ? '}' : ']');
}

void json_write_tree(struct base_buf *out, const struct json_value *value) {
    switch (value->kind) {
    case JSON_NULL:
        json_put(out, "null", 4);
        break;
    case JSON_BOOL:
        value->number ? json_put(out, "true", 4) : json_put(out, "false", 5);
        break;
    case JSON_INT:
        json_put_int(out, value->number);
        break;
    case JSON_STRING:
        json_quote(out, value->text);
        break;
    default:
        write_children(out, value);
        break;
    }
}

mx_status json_canonical(struct base_arena *arena, struct mx_str text, size_t max, struct mx_str *out, struct mx_error *err) {
    struct json_value *value;
    struct base_buf buf;
    mx_status st = read_text(arena, text, 1, &value, err);
    if (st) return st;
    base_buf_init(&buf, arena);
    base_buf_reserve(&buf, text.len + 16);
    json_write_tree(&buf, value);
    if (buf.len > max) return base_fail(err, MX_E_TOO_LARGE, NULL, "the text is longer than %zu bytes", max);
    *out = base_buf_view(&buf);
    return MX_OK;
}
