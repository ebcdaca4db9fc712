/* A query string as the JSON body that it stands for: "?sku=tea-1&limit=20" is {"sku":"tea-1","limit":20}. The kind of each
 * field decides how its value is written; whether the values are right is left to the decoder. */
#include "base/text.h"
#include "net/internal.h"
#include "json/json.h"

static int hex_value(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

/* The target was checked: "%" is always followed by two hexadecimal digits. */
static struct mx_str decode(struct base_arena *arena, struct mx_str text) {
    char *out = base_arena_alloc(arena, (size_t)text.len + 1);
    uint32_t i, len = 0;
    for (i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%' && text.len - i > 2) {
            c = (char)(hex_value(text.ptr[i + 1]) << 4 | hex_value(text.ptr[i + 2]));
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        out[len++] = c;
    }
    return mx_str_n(out, len);
}

/* The text up to `end`, or all that is left; *rest begins behind it. */
static struct mx_str cut(struct mx_str *rest, char end) {
    const char *hit = rest->len ? memchr(rest->ptr, end, rest->len) : NULL;
    struct mx_str piece = mx_str_n(rest->ptr, hit ? (size_t)(hit - rest->ptr) : rest->len);
    uint32_t skip = hit ? piece.len + 1 : piece.len;
    if (skip) *rest = mx_str_n(rest->ptr + skip, rest->len - skip);
    return piece;
}

static uint32_t find(const struct mx_type *type, struct mx_str name) {
    uint32_t i = 0;
    while (i < type->field_count && !mx_str_is(name, mx_type_field(type, i)->name)) i++;
    return i;
}

/* "a,b" is ["a","b"]. */
static void add_list(struct base_buf *out, struct mx_str value) {
    int more = 0;
    base_buf_char(out, '[');
    while (value.len > 0) {
        struct mx_str item = cut(&value, ',');
        if (item.len == 0) continue;
        if (more) base_buf_char(out, ',');
        more = 1;
        json_quote(out, item);
    }
    base_buf_char(out, ']');
}

static mx_status add_value(struct base_buf *out, const struct mx_field *field, struct mx_str value, struct mx_error *err) {
    int64_t number;
    switch (field->kind) {
    case MX_KIND_BOOL:
        if (!mx_str_is(value, "true") && !mx_str_is(value, "false"))
            return base_fail(err, MX_E_WRONG_TYPE, field->name, "The parameter \"%s\" is true or false.", field->name);
        base_buf_str(out, value);
        return MX_OK;
    case MX_KIND_INT:
    case MX_KIND_MONEY:
    case MX_KIND_QTY:
    case MX_KIND_PPM:
    case MX_KIND_TIME:
        if (!base_parse_int(value, &number))
            return base_fail(err, MX_E_WRONG_TYPE, field->name, "The parameter \"%s\" is a whole number.", field->name);
        base_buf_int(out, number);
        return MX_OK;
    case MX_KIND_STR:
    case MX_KIND_ID:
    case MX_KIND_ENUM:
        json_quote(out, value);
        return MX_OK;
    case MX_KIND_STRS:
        add_list(out, value);
        return MX_OK;
    default:
        return base_fail(err, MX_E_WRONG_TYPE, field->name, "\"%s\" cannot stand in a query: call the operation with POST.", field->name);
    }
}

static mx_status add_pair(struct base_arena *arena, struct base_buf *out, const struct mx_type *type, struct mx_str pair, uint64_t *seen,
                          struct mx_error *err) {
    struct mx_str name = decode(arena, cut(&pair, '='));
    struct mx_str value = decode(arena, pair);
    uint32_t i = type ? find(type, name) : 0;
    const struct mx_field *field;
    if (!base_utf8_valid(name) || !base_utf8_valid(value) || (value.len && memchr(value.ptr, '\0', value.len)))
        return base_fail(err, MX_E_BAD_INPUT, NULL, "The query is not valid text.");
    if (type == NULL || i == type->field_count) {
        const char *text = base_arena_printf(arena, "%.*s", (int)(name.len > 80 ? 80 : name.len), name.ptr).ptr;
        return base_fail(err, MX_E_UNKNOWN_FIELD, text, "The parameter \"%s\" is not known here.", text);
    }
    field = mx_type_field(type, i);
    if (*seen & (UINT64_C(1) << i))
        return base_fail(err, MX_E_DOUBLED_FIELD, field->name, "The parameter \"%s\" is given twice.", field->name);
    *seen |= UINT64_C(1) << i;
    if (out->len > 1) base_buf_char(out, ',');
    json_quote(out, name);
    base_buf_char(out, ':');
    return add_value(out, field, value, err);
}

mx_status net_query_body(struct base_arena *arena, const struct mx_type *type, struct mx_str query, struct mx_str *body,
                         struct mx_error *err) {
    struct base_buf out;
    uint64_t seen = 0;
    base_buf_init(&out, arena);
    base_buf_char(&out, '{');
    while (query.len > 0) {
        struct mx_str pair = cut(&query, '&');
        mx_status st = pair.len ? add_pair(arena, &out, type, pair, &seen, err) : MX_OK;
        if (st != MX_OK) return st;
    }
    base_buf_char(&out, '}');
    *body = base_buf_view(&out);
    return MX_OK;
}
