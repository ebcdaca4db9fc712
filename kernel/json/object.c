/* Canonical text of an object, walked and changed member by member without a tree. */
#include "json/internal.h"

/* Behind the string whose opening quote is at `at`. */
static const char *skip_string(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++) {
        if (*at == '\\') at++;
    }
    return at < end ? at + 1 : end;
}

/* Behind the value at `at`: the comma or bracket that follows it. */
static const char *skip_value(const char *at, const char *end) {
    uint32_t depth = 0;
    while (at < end) {
        char c = *at;
        if (c == '"') {
            at = skip_string(at, end);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at;
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') depth--;
        at++;
    }
    return end;
}

/* Take the member at `at` apart. */
static void cursor_take(struct json_cursor *c) {
    const char *value;
    if (c->at >= c->end || *c->at != '"') {
        c->at = c->end;
        return;
    }
    value = skip_string(c->at, c->end);
    if (value < c->end) value++; /* the colon */
    c->key = mx_str_n(c->at, (size_t)(value - c->at));
    c->value = mx_str_n(value, (size_t)(skip_value(value, c->end) - value));
}

void json_cursor_open(struct json_cursor *c, struct mx_str object) {
    memset(c, 0, sizeof(*c));
    if (object.len < 2) return;
    c->at = object.ptr + 1;
    c->end = object.ptr + object.len - 1;
    cursor_take(c);
}

void json_cursor_next(struct json_cursor *c) {
    c->at = c->value.ptr + c->value.len;
    if (c->at < c->end) c->at++; /* the comma */
    cursor_take(c);
}

/* One byte of a name behind its escapes; good enough for order, because canonical escapes stand for '"', '\\' and what
 * is below the space. */
static unsigned char name_byte(const char **at) {
    const char *p = *at;
    *at = p + 1;
    if (*p != '\\') return (unsigned char)*p;
    *at = p[1] == 'u' ? p + 6 : p + 2;
    switch (p[1]) {
    case 'b':
        return '\b';
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'f':
        return '\f';
    case 'r':
        return '\r';
    case 'u':
        return (unsigned char)((p[4] - '0') * 16 + (p[5] <= '9' ? p[5] - '0' : p[5] - 'a' + 10));
    default:
        return (unsigned char)p[1];
    }
}

int json_cursor_compare(const struct json_cursor *c, struct mx_str name) {
    const char *at = c->key.ptr + 1, *end = c->key.ptr + c->key.len - 2;
    uint32_t i;
    for (i = 0; i < name.len; i++) {
        int order;
        if (at >= end) return -1;
        order = (int)name_byte(&at) - (int)(unsigned char)name.ptr[i];
        if (order) return order;
    }
    return at < end;
}

int json_text_get(struct mx_str object, const char *name, struct mx_str *value) {
    struct json_cursor c;
    for (json_cursor_open(&c, object); c.at < c.end; json_cursor_next(&c)) {
        if (json_cursor_compare(&c, mx_str_of(name)) != 0) continue;
        *value = c.value;
        return 1;
    }
    return 0;
}

static void copy_member(struct base_buf *out, struct mx_str key, struct mx_str value) {
    if (out->len > 1) base_buf_char(out, ',');
    base_buf_str(out, key);
    base_buf_str(out, value);
}

struct mx_str json_text_put(struct base_arena *arena, struct mx_str object, const char *name, struct mx_str value) {
    struct mx_str key = mx_str_of(name);
    struct base_buf out, quoted;
    struct json_cursor c;
    base_buf_init(&quoted, arena);
    json_quote(&quoted, key);
    base_buf_char(&quoted, ':');
    base_buf_init(&out, arena);
    base_buf_reserve(&out, (size_t)object.len + quoted.len + value.len + 3);
    base_buf_char(&out, '{');
    json_cursor_open(&c, object);
    for (; c.at < c.end && json_cursor_compare(&c, key) < 0; json_cursor_next(&c)) copy_member(&out, c.key, c.value);
    if (value.len) copy_member(&out, base_buf_view(&quoted), value);
    for (; c.at < c.end; json_cursor_next(&c)) {
        if (json_cursor_compare(&c, key) != 0) copy_member(&out, c.key, c.value);
    }
    base_buf_char(&out, '}');
    return base_buf_view(&out);
}
