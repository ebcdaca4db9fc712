/* Any JSON text into canonical text, in one pass: values are written as they are read, and the members of an object are
 * put in order when it ends. Needs no more memory than the text and its longest chain of open objects. */
#include <stdlib.h>

#include "json/internal.h"

#define FEW_MEMBERS 24u

/* A member already written: where it stands in the output. */
struct member {
    struct mx_str name;
    size_t begin;
    size_t end;
};

static int by_name(const void *a, const void *b) {
    const struct member *left = a, *right = b;
    return mx_str_cmp(left->name, right->name);
}

/* Few members are sorted by insertion; the library's sort is for many. */
static void sort(struct member *all, size_t count) {
    size_t i, k;
    if (count > FEW_MEMBERS) {
        qsort(all, count, sizeof(*all), by_name);
        return;
    }
    for (i = 1; i < count; i++) {
        struct member member = all[i];
        for (k = i; k && mx_str_cmp(all[k - 1].name, member.name) > 0; k--) all[k] = all[k - 1];
        all[k] = member;
    }
}

/* Rewrite the members of the object that ends here in the order of their names. */
static mx_status settle(struct json_reader *r, const struct json_path *path, struct base_buf *out, size_t base) {
    struct member *all = (struct member *)(void *)(r->members.ptr + base);
    size_t count = (r->members.len - base) / sizeof(*all), begin = all[0].begin, i;
    sort(all, count);
    r->scratch.len = 0;
    for (i = 0; i < count; i++) {
        if (i && mx_str_eq(all[i - 1].name, all[i].name)) {
            struct json_path at = {path, all[i].name, -1};
            return json_refuse(r, &at, MX_E_DOUBLED_FIELD, "is given twice");
        }
        if (i) json_put_char(&r->scratch, ',');
        json_put(&r->scratch, out->ptr + all[i].begin, all[i].end - all[i].begin);
    }
    memcpy(out->ptr + begin, r->scratch.ptr, r->scratch.len);
    return MX_OK;
}

static mx_status read_member(struct json_reader *r, const struct json_path *path, struct base_buf *out, struct member *member) {
    struct json_path at = {path, {NULL, 0}, -1};
    mx_status st = json_read_name(r, &at.name);
    if (st) return st;
    member->name = at.name;
    member->begin = out->len;
    json_quote(out, at.name);
    json_put_char(out, ':');
    st = json_read_canonical(r, &at, out);
    member->end = out->len;
    return st;
}

static mx_status read_object(struct json_reader *r, const struct json_path *path, struct base_buf *out) {
    size_t base = r->members.len;
    struct mx_str last = {NULL, 0};
    struct member member;
    mx_status st = json_enter(r);
    int more = json_peek(r) != '}', in_order = 1;
    if (st) return st;
    if (!more) r->at++;
    json_put_char(out, '{');
    while (more) {
        int first = r->members.len == base;
        if (!first) json_put_char(out, ',');
        if ((st = read_member(r, path, out, &member))) return st;
        if (!first && mx_str_cmp(last, member.name) >= 0) in_order = 0;
        last = member.name;
        base_buf_add(&r->members, &member, sizeof(member));
        if ((st = json_read_next(r, '}', &more))) return st;
    }
    if (!in_order && (st = settle(r, path, out, base))) return st;
    r->members.len = base;
    json_put_char(out, '}');
    json_leave(r);
    return MX_OK;
}

static mx_status read_array(struct json_reader *r, const struct json_path *path, struct base_buf *out) {
    struct json_path at = {path, {NULL, 0}, 0};
    mx_status st = json_enter(r);
    int more = json_peek(r) != ']';
    if (st) return st;
    if (!more) r->at++;
    json_put_char(out, '[');
    for (; more; at.index++) {
        if (at.index) json_put_char(out, ',');
        if ((st = json_read_canonical(r, &at, out))) return st;
        if ((st = json_read_next(r, ']', &more))) return st;
    }
    json_put_char(out, ']');
    json_leave(r);
    return MX_OK;
}

mx_status json_read_canonical(struct json_reader *r, const struct json_path *path, struct base_buf *out) {
    struct json_value value = {0};
    mx_status st;
    if (json_peek(r) == '{') return read_object(r, path, out);
    if (json_peek(r) == '[') return read_array(r, path, out);
    st = json_read_scalar(r, path, &value);
    if (st == MX_OK) json_write_value(out, &value);
    return st;
}

void json_write_value(struct base_buf *out, const struct json_value *value) {
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
        base_buf_str(out, value->text);
        break; /* JSON_RAW */
    }
}

mx_status json_canonical(struct base_arena *arena, struct mx_str text, size_t max, struct mx_str *out, struct mx_error *err) {
    struct json_reader r;
    struct base_buf buf;
    mx_status st;
    json_reader_init(&r, arena, text, err);
    base_buf_init(&buf, arena);
    base_buf_reserve(&buf, (size_t)text.len + 16);
    if ((st = json_read_begin(&r))) return st;
    if ((st = json_read_canonical(&r, NULL, &buf))) return st;
    if ((st = json_read_end(&r))) return st;
    if (buf.len > max) return base_fail(err, MX_E_TOO_LARGE, NULL, "the text is longer than %zu bytes", max);
    *out = base_buf_view(&buf);
    return MX_OK;
}
