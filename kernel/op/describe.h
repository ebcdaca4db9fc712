/* Inside of `op`: how the API is described. Of schema.c, parts.c and openapi.c alone. */
#ifndef OP_DESCRIBE_H
#define OP_DESCRIBE_H

#include "op/internal.h"

/* schema.c: field tables as JSON Schema. What stands at the other end: what a caller may send, what it may get. An answer may
 * hold more than this version says, an input may not. */
#define OP_SCHEMA_BOTH   0 /* all fields: for reading, not for checking */
#define OP_SCHEMA_INPUT  1
#define OP_SCHEMA_ANSWER 2

/* parts.c: types under their names in the description of the API. */
struct op_part {
    const struct mx_type *type;
    int side; /* OP_SCHEMA_INPUT, OP_SCHEMA_ANSWER */
    struct mx_str name;
};
struct op_parts {
    struct base_arena *arena;
    struct op_part *items;
    uint32_t count, room;
};
/* Take in a type and all below it (NULL is nothing); when all are in, name them; then refer to them and write them. */
void op_parts_add(struct op_parts *parts, const struct mx_type *type, int side);
void op_parts_name(struct op_parts *parts);
void op_parts_refer(struct base_buf *out, const struct op_parts *parts, const struct mx_type *type, int side);
void op_parts_write(struct base_buf *out, const struct op_parts *parts);

/* One field, as of a query parameter; an object (parts NULL: types below it stand inside it). */
void op_schema_field(struct base_buf *out, const struct mx_field *field);
void op_schema_object(struct base_buf *out, const struct op_parts *parts, const struct mx_type *type, int side);
/* Append members of a JSON object; each begins with a comma. */
void op_json_name(struct base_buf *out, const char *name);
void op_json_text(struct base_buf *out, const char *name, const char *text);
void op_json_number(struct base_buf *out, const char *name, int64_t number);

#endif
