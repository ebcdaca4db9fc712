/* A field table as JSON Schema. */
#include "app/internal.h"
#include "base/buf.h"
#include "json/json.h"

#define DEPTH_MAX 8

static void add_name(struct base_buf *out, const char *name) {
    base_buf_char(out, ',');
    json_quote(out, mx_str_of(name));
    base_buf_char(out, ':');
}

static void add_number(struct base_buf *out, const char *name, int64_t number) {
    add_name(out, name);
    base_buf_int(out, number);
}

static void add_text(struct base_buf *out, const char *name, const char *text) {
    add_name(out, name);
    json_quote(out, mx_str_of(text));
}

static void add_object(struct base_buf *out, const struct mx_type *type, int depth);

static void add_words(struct base_buf *out, const char *const *words) {
    uint32_t i;
    base_buf_text(out, "\"type\":\"string\",\"enum\":[");
    for (i = 0; words[i]; i++) {
        if (i) base_buf_char(out, ',');
        json_quote(out, mx_str_of(words[i]));
    }
    base_buf_char(out, ']');
}

static void add_integer(struct base_buf *out, const struct mx_field *f, const char *format) {
    base_buf_text(out, "\"type\":\"integer\"");
    if (format) add_text(out, "format", format);
    add_number(out, "minimum", f->min);
    add_number(out, "maximum", f->max);
}

static void add_list(struct base_buf *out, const struct mx_field *f, int depth) {
    base_buf_text(out, "\"type\":\"array\"");
    add_number(out, "minItems", f->min);
    add_number(out, "maxItems", f->max);
    add_name(out, "items");
    if (f->kind == MX_KIND_STRS)
        base_buf_text(out, "{\"type\":\"string\"}");
    else
        add_object(out, f->type, depth + 1);
}

static void add_kind(struct base_buf *out, const struct mx_field *f, int depth) {
    switch (f->kind) {
    case MX_KIND_BOOL:
        base_buf_text(out, "\"type\":\"boolean\"");
        break;
    case MX_KIND_INT:
        add_integer(out, f, NULL);
        break;
    case MX_KIND_MONEY:
        add_integer(out, f, "money-minor");
        break;
    case MX_KIND_QTY:
        add_integer(out, f, "quantity-thousandths");
        break;
    case MX_KIND_PPM:
        add_integer(out, f, "parts-per-million");
        break;
    case MX_KIND_TIME:
        add_integer(out, f, "unix-ms");
        break;
    case MX_KIND_STR:
        base_buf_text(out, "\"type\":\"string\"");
        if (f->min) add_number(out, "minLength", f->min);
        add_number(out, "maxLength", f->max);
        break;
    case MX_KIND_ID:
        base_buf_text(out, "\"type\":\"string\"");
        add_text(out, "format", "id");
        if (f->prefix) add_text(out, "prefix", f->prefix);
        break;
    case MX_KIND_ENUM:
        add_words(out, f->words);
        break;
    case MX_KIND_MAP:
        base_buf_text(out, "\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}");
        add_number(out, "maxProperties", f->max);
        break;
    case MX_KIND_LIST:
    case MX_KIND_STRS:
        add_list(out, f, depth);
        break;
    default:
        base_buf_text(out, "\"type\":[\"object\",\"array\",\"string\",\"integer\",\"boolean\",\"null\"]");
        break;
    }
}

static void add_field(struct base_buf *out, const struct mx_field *f, int depth) {
    json_quote(out, mx_str_of(f->name));
    base_buf_char(out, ':');
    if (f->kind == MX_KIND_STRUCT) {
        add_object(out, f->type, depth + 1);
        return;
    }
    base_buf_char(out, '{');
    add_kind(out, f, depth);
    if (f->doc && *f->doc) add_text(out, "description", f->doc);
    if (f->flags & MX_READONLY) base_buf_text(out, ",\"readOnly\":true");
    if (f->flags & MX_PII) base_buf_text(out, ",\"x-personal\":true");
    base_buf_char(out, '}');
}

static void add_required(struct base_buf *out, const struct mx_type *type) {
    uint32_t i, count = 0;
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *f = mx_type_field(type, i);
        if (!(f->flags & MX_REQUIRED)) continue;
        base_buf_text(out, count++ ? "," : ",\"required\":[");
        json_quote(out, mx_str_of(f->name));
    }
    if (count) base_buf_char(out, ']');
}

static void add_object(struct base_buf *out, const struct mx_type *type, int depth) {
    uint32_t i;
    base_buf_text(out, "{\"type\":\"object\"");
    add_text(out, "title", type->name);
    if (type->doc && *type->doc) add_text(out, "description", type->doc);
    if (depth < DEPTH_MAX) {
        base_buf_text(out, ",\"properties\":{");
        for (i = 0; i < type->field_count; i++) {
            if (i) base_buf_char(out, ',');
            add_field(out, mx_type_field(type, i), depth);
        }
        base_buf_char(out, '}');
        add_required(out, type);
    }
    base_buf_text(out, ",\"additionalProperties\":false}");
}

void app_schema_add(struct base_buf *out, const struct mx_type *type) {
    if (type)
        add_object(out, type, 0);
    else
        base_buf_text(out, "{\"type\":\"object\",\"additionalProperties\":false}");
}
