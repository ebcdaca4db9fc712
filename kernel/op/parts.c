/* The types of the API, each under a name of its own. One type may be taken and given: then its two schemas differ, and the
 * one for input has ".input" behind its name. */
#include "op/describe.h"
#include "json/json.h"

static struct op_part *find(const struct op_parts *parts, const struct mx_type *type, int side) {
    uint32_t i;
    for (i = 0; i < parts->count; i++)
        if (parts->items[i].side == side && strcmp(parts->items[i].type->name, type->name) == 0 &&
            json_types_equal(parts->items[i].type, type))
            return &parts->items[i];
    return NULL;
}

void op_parts_add(struct op_parts *parts, const struct mx_type *type, int side) {
    struct op_part *grown;
    uint32_t i;
    if (!type || find(parts, type, side)) return;
    if (parts->count == parts->room) {
        parts->room = parts->room ? 2 * parts->room : 64;
        grown = base_arena_alloc(parts->arena, parts->room * sizeof(*grown));
        if (parts->count) memcpy(grown, parts->items, parts->count * sizeof(*grown));
        parts->items = grown;
    }
    parts->items[parts->count].type = type;
    parts->items[parts->count++].side = side;
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *f = mx_type_field(type, i);
        if (side == OP_SCHEMA_INPUT && (f->flags & MX_READONLY)) continue;
        if (f->kind == MX_KIND_STRUCT || f->kind == MX_KIND_LIST) op_parts_add(parts, f->type, side);
    }
}

/* Does a type of this name stand on the other side too? */
static int stands_on(const struct op_parts *parts, const char *name, int side) {
    uint32_t i;
    for (i = 0; i < parts->count; i++)
        if (parts->items[i].side == side && strcmp(parts->items[i].type->name, name) == 0) return 1;
    return 0;
}

static int is_taken(const struct op_parts *parts, uint32_t until, struct mx_str name) {
    uint32_t i;
    if (mx_str_is(name, "problem")) return 1; /* what errors look like */
    for (i = 0; i < until; i++)
        if (mx_str_eq(parts->items[i].name, name)) return 1;
    return 0;
}

static struct mx_str clean(struct base_arena *arena, const char *name) {
    char *text = base_arena_alloc(arena, strlen(name) + 1);
    size_t i;
    for (i = 0; name[i]; i++) {
        char c = name[i];
        int fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        text[i] = fits ? c : '_';
    }
    return mx_str_n(text, i);
}

void op_parts_name(struct op_parts *parts) {
    uint32_t i, number;
    for (i = 0; i < parts->count; i++) {
        struct op_part *part = &parts->items[i];
        struct mx_str name = clean(parts->arena, part->type->name);
        if (part->side == OP_SCHEMA_INPUT && stands_on(parts, part->type->name, OP_SCHEMA_ANSWER))
            name = base_arena_printf(parts->arena, "%.*s.input", (int)name.len, name.ptr);
        part->name = name;
        for (number = 2; is_taken(parts, i, part->name); number++)
            part->name = base_arena_printf(parts->arena, "%.*s-%u", (int)name.len, name.ptr, (unsigned)number);
    }
}

void op_parts_refer(struct base_buf *out, const struct op_parts *parts, const struct mx_type *type, int side) {
    const struct op_part *part = type ? find(parts, type, side) : NULL;
    if (!part) {
        op_schema_object(out, NULL, type, side);
        return;
    }
    base_buf_printf(out, "{\"$ref\":\"#/components/schemas/%.*s\"}", (int)part->name.len, part->name.ptr);
}

void op_parts_write(struct base_buf *out, const struct op_parts *parts) {
    uint32_t i;
    for (i = 0; i < parts->count; i++) {
        if (i) base_buf_char(out, ',');
        json_quote(out, parts->items[i].name);
        base_buf_char(out, ':');
        op_schema_object(out, parts, parts->items[i].type, parts->items[i].side);
    }
}
