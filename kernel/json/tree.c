/* Any JSON value as a tree in the order of the text. */
#include <stdlib.h>

#include "json/internal.h"

static int by_name(const void *a, const void *b) {
    const struct mx_str *left = a, *right = b;
    return mx_str_cmp(*left, *right);
}

static mx_status check_doubled(struct json_reader *r, const struct json_path *path, const struct json_value *first, uint32_t count) {
    struct mx_str *names = base_arena_grab(r->arena, count * sizeof(*names));
    uint32_t i;
    for (i = 0; i < count; i++, first = first->next) names[i] = first->name;
    qsort(names, count, sizeof(*names), by_name);
    for (i = 1; i < count; i++) {
        struct json_path at = {path, names[i], -1};
        if (mx_str_eq(names[i - 1], names[i])) return json_refuse(r, &at, MX_E_DOUBLED_FIELD, "is given twice");
    }
    return MX_OK;
}

static mx_status read_tree(struct json_reader *r, const struct json_path *path, struct json_value **value);

static mx_status read_object(struct json_reader *r, const struct json_path *path, struct json_value *value) {
    struct json_value **last = &value->first;
    uint32_t count = 0;
    mx_status st = json_enter(r);
    int more = json_peek(r) != '}';
    if (st) return st;
    if (!more) r->at++;
    for (; more; count++) {
        struct json_path at = {path, {NULL, 0}, -1};
        if ((st = json_read_name(r, &at.name))) return st;
        if ((st = read_tree(r, &at, last))) return st;
        (*last)->name = at.name;
        last = &(*last)->next;
        if ((st = json_read_next(r, '}', &more))) return st;
    }
    if (count > 1 && (st = check_doubled(r, path, value->first, count))) return st;
    json_leave(r);
    value->kind = JSON_OBJECT;
    return MX_OK;
}

static mx_status read_array(struct json_reader *r, const struct json_path *path, struct json_value *value) {
    struct json_path at = {path, {NULL, 0}, 0};
    struct json_value **last = &value->first;
    mx_status st = json_enter(r);
    int more = json_peek(r) != ']';
    if (st) return st;
    if (!more) r->at++;
    for (; more; at.index++) {
        if ((st = read_tree(r, &at, last))) return st;
        last = &(*last)->next;
        if ((st = json_read_next(r, ']', &more))) return st;
    }
    json_leave(r);
    value->kind = JSON_ARRAY;
    return MX_OK;
}

static mx_status read_tree(struct json_reader *r, const struct json_path *path, struct json_value **value) {
    struct json_value *made = base_arena_alloc(r->arena, sizeof(*made));
    mx_status st;
    char c = json_peek(r);
    if (c == '{')
        st = read_object(r, path, made);
    else if (c == '[')
        st = read_array(r, path, made);
    else
        st = json_read_scalar(r, path, made);
    if (st == MX_OK) *value = made;
    return st;
}

mx_status json_parse(struct base_arena *arena, struct mx_str text, struct json_value **value, struct mx_error *err) {
    struct json_reader r;
    struct json_value *made = NULL;
    mx_status st;
    json_reader_init(&r, arena, text, err);
    if ((st = json_read_begin(&r))) return st;
    if ((st = read_tree(&r, NULL, &made))) return st;
    if ((st = json_read_end(&r))) return st;
    *value = made;
    return MX_OK;
}

const struct json_value *json_member(const struct json_value *object, const char *name) {
    const struct json_value *member;
    if (object == NULL || object->kind != JSON_OBJECT) return NULL;
    for (member = object->first; member; member = member->next) {
        if (mx_str_is(member->name, name)) return member;
    }
    return NULL;
}
