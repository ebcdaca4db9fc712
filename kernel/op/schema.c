/* A field table as JSON Schema (2020-12). Lengths of texts are bytes in the tables and characters there: a schema never
 * refuses what the shop would take. */
#include "op/describe.h"
#include "json/json.h"

#define DEPTH_MAX 8
#define UTF8_MAX  4 /* bytes of one character */

struct shape {
    const struct op_parts *parts; /* NULL: types below stand inside */
    int side;
    int depth;
};

void op_json_name(struct base_buf *out, const char *name) {
    base_buf_char(out, ',');
    json_quote(out, mx_str_of(name));
    base_buf_char(out, ':');
}

void op_json_number(struct base_buf *out, const char *name, int64_t number) {
    op_json_name(out, name);
    base_buf_int(out, number);
}

void op_json_text(struct base_buf *out, const char *name, const char *text) {
    op_json_name(out, name);
    json_quote(out, mx_str_of(text));
}

static void add_object(struct base_buf *out, const struct shape *shape, const struct mx_type *type);

static void add_type_name(struct base_buf *out, const struct mx_field *f, const char *name) {
    if (f->flags & MX_CLEARABLE)
        base_buf_printf(out, "\"type\":[\"%s\",\"null\"]", name);
    else
        base_buf_printf(out, "\"type\":\"%s\"", name);
}

static void add_words(struct base_buf *out, const struct mx_field *f) {
    uint32_t i;
    add_type_name(out, f, "string");
    base_buf_text(out, ",\"enum\":[");
    for (i = 0; f->words[i]; i++) {
        if (i) base_buf_char(out, ',');
        json_quote(out, mx_str_of(f->words[i]));
    }
    base_buf_text(out, f->flags & MX_CLEARABLE ? ",null]" : "]");
}

static void add_integer(struct base_buf *out, const struct mx_field *f, const char *format) {
    int64_t min = f->min > -MX_INT_MAX ? f->min : -MX_INT_MAX, max = f->max < MX_INT_MAX ? f->max : MX_INT_MAX;
    add_type_name(out, f, "integer");
    if (format) op_json_text(out, "format", format);
    op_json_number(out, "minimum", min);
    op_json_number(out, "maximum", max);
}

/* What a caller without the right sees of a personal text is "***", whatever its bounds. */
static int may_be_masked(const struct mx_field *f, int side) { return side == OP_SCHEMA_ANSWER && (f->flags & MX_PII); }

static void add_text(struct base_buf *out, const struct mx_field *f, int side) {
    int64_t min = f->min > 1 ? (f->min + UTF8_MAX - 1) / UTF8_MAX : f->min;
    add_type_name(out, f, "string");
    if (f->flags & MX_SECRET) base_buf_text(out, ",\"format\":\"password\"");
    if (may_be_masked(f, side)) return;
    if (min > 0) op_json_number(out, "minLength", min);
    op_json_number(out, "maxLength", f->max < MX_INT_MAX ? f->max : MX_INT_MAX);
}

static void add_id(struct base_buf *out, const struct mx_field *f, int side) {
    add_type_name(out, f, "string");
    op_json_text(out, "format", "id");
    if (f->prefix) op_json_text(out, "x-merx-prefix", f->prefix);
    if (may_be_masked(f, side)) return;
    base_buf_printf(out, ",\"pattern\":\"^%s_[0-7][0-9A-HJKMNP-TV-Z]{25}$\"", f->prefix ? f->prefix : "[a-z]{2,8}");
}

static void add_list(struct base_buf *out, const struct shape *shape, const struct mx_field *f) {
    add_type_name(out, f, "array");
    if (f->min) op_json_number(out, "minItems", f->min);
    op_json_number(out, "maxItems", f->max);
    op_json_name(out, "items");
    if (f->kind == MX_KIND_STRS)
        base_buf_text(out, "{\"type\":\"string\"}");
    else
        add_object(out, shape, f->type);
}

static void add_map(struct base_buf *out, const struct mx_field *f) {
    add_type_name(out, f, "object");
    base_buf_text(out, ",\"additionalProperties\":{\"type\":\"string\"}");
    if (f->min) op_json_number(out, "minProperties", f->min);
    op_json_number(out, "maxProperties", f->max);
}

static void add_kind(struct base_buf *out, const struct shape *shape, const struct mx_field *f) {
    switch (f->kind) {
    case MX_KIND_BOOL:
        add_type_name(out, f, "boolean");
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
        add_text(out, f, shape->side);
        break;
    case MX_KIND_ID:
        add_id(out, f, shape->side);
        break;
    case MX_KIND_ENUM:
        add_words(out, f);
        break;
    case MX_KIND_MAP:
        add_map(out, f);
        break;
    case MX_KIND_LIST:
    case MX_KIND_STRS:
        add_list(out, shape, f);
        break;
    default:
        base_buf_text(out, "\"type\":[\"object\",\"array\",\"string\",\"integer\",\"boolean\",\"null\"]");
        break;
    }
}

/* A reference has no room for null beside it. */
static void add_struct(struct base_buf *out, const struct shape *shape, const struct mx_field *f) {
    int wrapped = shape->parts && (f->flags & MX_CLEARABLE);
    if (wrapped) base_buf_text(out, "{\"anyOf\":[");
    add_object(out, shape, f->type);
    if (wrapped) base_buf_text(out, ",{\"type\":\"null\"}]}");
}

static void add_field(struct base_buf *out, const struct shape *shape, const struct mx_field *f) {
    if (f->kind == MX_KIND_STRUCT) {
        add_struct(out, shape, f);
        return;
    }
    base_buf_char(out, '{');
    add_kind(out, shape, f);
    if (f->doc && *f->doc) op_json_text(out, "description", f->doc);
    if (f->flags & MX_READONLY) base_buf_text(out, ",\"readOnly\":true");
    if (f->flags & MX_SECRET) base_buf_text(out, ",\"writeOnly\":true");
    if (f->flags & MX_PII) base_buf_text(out, ",\"x-personal\":true");
    base_buf_char(out, '}');
}

/* An answer leaves out personal members, and texts that must not be empty but are. */
static int is_required(const struct mx_field *f, int side) {
    if (!(f->flags & MX_REQUIRED)) return 0;
    if (side == OP_SCHEMA_INPUT) return !(f->flags & MX_READONLY);
    return side == OP_SCHEMA_BOTH || !(f->flags & MX_PII);
}

static void add_required(struct base_buf *out, const struct shape *shape, const struct mx_type *type) {
    uint32_t i, count = 0;
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *f = mx_type_field(type, i);
        if (!is_required(f, shape->side)) continue;
        base_buf_text(out, count++ ? "," : ",\"required\":[");
        json_quote(out, mx_str_of(f->name));
    }
    if (count) base_buf_char(out, ']');
}

static void add_properties(struct base_buf *out, const struct shape *shape, const struct mx_type *type) {
    struct shape below = *shape;
    uint32_t i, count = 0;
    below.depth++;
    base_buf_text(out, ",\"properties\":{");
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *f = mx_type_field(type, i);
        if (shape->side == OP_SCHEMA_INPUT && (f->flags & MX_READONLY)) continue; /* refused by its name */
        if (count++) base_buf_char(out, ',');
        json_quote(out, mx_str_of(f->name));
        base_buf_char(out, ':');
        add_field(out, &below, f);
    }
    base_buf_char(out, '}');
}

static void add_whole(struct base_buf *out, const struct shape *shape, const struct mx_type *type) {
    base_buf_text(out, "{\"type\":\"object\"");
    op_json_text(out, "title", type->name);
    if (type->doc && *type->doc) op_json_text(out, "description", type->doc);
    if (shape->depth < DEPTH_MAX) {
        add_properties(out, shape, type);
        add_required(out, shape, type);
    }
    if (shape->side != OP_SCHEMA_ANSWER) base_buf_text(out, ",\"additionalProperties\":false");
    base_buf_char(out, '}');
}

static void add_object(struct base_buf *out, const struct shape *shape, const struct mx_type *type) {
    if (shape->parts)
        op_parts_refer(out, shape->parts, type, shape->side);
    else
        add_whole(out, shape, type);
}

void op_schema_field(struct base_buf *out, const struct mx_field *field) {
    struct shape shape = {NULL, OP_SCHEMA_INPUT, 0};
    add_field(out, &shape, field);
}

void op_schema_object(struct base_buf *out, const struct op_parts *parts, const struct mx_type *type, int side) {
    struct shape shape = {parts, side, 0};
    if (type)
        add_whole(out, &shape, type);
    else
        base_buf_text(out, "{\"type\":\"object\",\"additionalProperties\":false}");
}

void op_schema(struct base_buf *out, const struct mx_type *type) { op_schema_object(out, NULL, type, OP_SCHEMA_BOTH); }
