/* Shared by the files of this room only. */
#ifndef JSON_INTERNAL_H
#define JSON_INTERNAL_H

#include "json/json.h"

/* ---- plans: what json_prepare() makes of a field table ---- */

#define JSON_REV_INDEX 64u /* the place of the record head's "rev", behind the 64 possible fields */

struct json_plan;

struct json_field {
    const char *name;
    uint32_t name_len;
    uint32_t offset;
    uint32_t bytes; /* of the C member */
    uint16_t kind;
    uint16_t flags;
    uint32_t index; /* place in the type's table = bit in its masks; JSON_REV_INDEX for "rev" */
    int64_t min;
    int64_t max;
    const struct json_plan *child; /* STRUCT, LIST */
    const struct mx_str *words;    /* ENUM */
    uint32_t word_count;
    uint32_t key_len;
    const char *key; /* "name": with its quotes and colon, ready to be written */
    const char *prefix;
};

struct json_plan {
    const struct mx_type *type;
    uint32_t struct_size;
    uint32_t has_offset; /* MX_NO_OFFSET = none; so for the next ones */
    uint32_t null_offset;
    uint32_t extra_offset;
    uint32_t rev_offset;
    uint32_t count;            /* of fields, "rev" included */
    uint64_t required;         /* bits of MX_REQUIRED fields */
    uint64_t required_input;   /* those that input must give: not READONLY */
    uint32_t slot_mask;        /* of the hash table from name to place in fields[] */
    uint8_t *slots;            /* place + 1, 0 = free */
    struct json_field *fields; /* sorted by name */
};

/* Plan of a type; made at first use when nobody prepared it. NULL and err when the table is wrong. */
const struct json_plan *json_plan_of(const struct mx_type *type, struct mx_error *err);

/* Make a plan whose child types are all prepared; check the table. Heap memory, freed with json_plan_free(). */
struct json_plan *json_plan_new(const struct mx_type *type, struct mx_error *err);
void json_plan_free(struct json_plan *plan);

/* Hash of a member name, for json_plan.slots. */
static inline uint32_t json_name_hash(const char *name, uint32_t len) {
    const unsigned char *p = (const unsigned char *)name;
    if (len == 0) return 0;
    return len * 131u + p[0] * 31u + p[len / 2] * 7u + p[len - 1] * 17u;
}

/* The field with this name, NULL when there is none. */
static inline const struct json_field *json_field_find(const struct json_plan *plan, struct mx_str name) {
    uint32_t i = json_name_hash(name.ptr, name.len) & plan->slot_mask;
    for (; plan->slots[i]; i = (i + 1) & plan->slot_mask) {
        const struct json_field *field = &plan->fields[plan->slots[i] - 1];
        if (field->name_len == name.len && memcmp(field->name, name.ptr, name.len) == 0) return field;
    }
    return NULL;
}

static inline uint64_t json_mask_get(const void *object, uint32_t offset) {
    uint64_t mask;
    memcpy(&mask, (const char *)object + offset, sizeof(mask));
    return mask;
}

static inline void json_mask_put(void *object, uint32_t offset, uint64_t mask) { memcpy((char *)object + offset, &mask, sizeof(mask)); }

static inline int64_t json_get_int(const void *object, uint32_t offset) {
    int64_t number;
    memcpy(&number, (const char *)object + offset, sizeof(number));
    return number;
}

static inline struct mx_str json_get_str(const void *object, uint32_t offset) {
    struct mx_str text;
    memcpy(&text, (const char *)object + offset, sizeof(text));
    return text;
}

static inline int32_t json_get_enum(const void *object, uint32_t offset) {
    int32_t word;
    memcpy(&word, (const char *)object + offset, sizeof(word));
    return word;
}

static inline const void *json_get_ptr(const void *object, uint32_t offset) {
    const void *pointer;
    memcpy(&pointer, (const char *)object + offset, sizeof(pointer));
    return pointer;
}

static inline struct mx_list json_get_list(const void *object, uint32_t offset) {
    struct mx_list list;
    memcpy(&list, (const char *)object + offset, sizeof(list));
    return list;
}

/* 1 when json_encode() would write this member (flags about PII aside). */
int json_present(const struct json_plan *plan, const struct json_field *field, const void *object);

/* ---- reading ---- */

/* Where in the value the reader is, for messages; kept on the stack of the calls. */
struct json_path {
    const struct json_path *up;
    struct mx_str name; /* of a member ... */
    int64_t index;      /* ... or, when not negative, of an element */
};

struct json_reader {
    const char *at;
    const char *end;
    const char *start;
    struct base_arena *arena;
    struct mx_error *err;
    uint32_t depth;
    struct base_buf members; /* of the objects being made canonical, innermost last */
    struct base_buf scratch;
};

void json_reader_init(struct json_reader *r, struct base_arena *arena, struct mx_str text, struct mx_error *err);

static inline void json_space(struct json_reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')) r->at++;
}

/* Text of a path, cut to `size` with its NUL. */
void json_path_text(const struct json_path *path, char *text, size_t size);

/* "the text is not valid JSON: <expected> is expected at byte <n>". MX_E_BAD_INPUT. */
mx_status json_syntax(struct json_reader *r, const char *expected);

/* "<path> <what>" as a sentence, with the path as the field. */
mx_status json_refuse(struct json_reader *r, const struct json_path *path, mx_status status, const char *format, ...) MX_PRINTF(4, 5);

/* The string at the reader (which stands on its quote); borrowed when it has no escapes. MX_E_BAD_INPUT. */
mx_status json_read_string(struct json_reader *r, struct mx_str *text);

#define JSON_NUMBER_OK       0
#define JSON_NUMBER_FRACTION 1 /* a JSON number, but with fraction or exponent, or -0 */
#define JSON_NUMBER_LARGE    2 /* an integer beyond +-MX_INT_MAX */
#define JSON_NUMBER_SYNTAX   3

/* The number at the reader. */
int json_read_number(struct json_reader *r, int64_t *number);

/* 1 and past it when the literal stands here. */
int json_read_word(struct json_reader *r, const char *word);

/* Enter and leave an array or object: the reader stands on its bracket. MX_E_BAD_INPUT: too deep. */
mx_status json_enter(struct json_reader *r);
void json_leave(struct json_reader *r);

/* Name and colon of a member; the reader is left at the value. */
mx_status json_read_name(struct json_reader *r, struct mx_str *name);

/* After a value in an array or object: *more 1 past a comma, 0 past the closing bracket. */
mx_status json_read_next(struct json_reader *r, char close, int *more);

static inline char json_peek(const struct json_reader *r) { return r->at < r->end ? *r->at : 0; }

/* What holds for one call of json_decode(). */
struct json_decoder {
    struct json_reader r;
    uint32_t mode;
};

/* The value at the reader into the member at `place`. *word is set to an ENUM's word that the table does not know, when
 * the mode lets it pass. */
mx_status json_read_value(struct json_decoder *d, const struct json_field *field, const struct json_path *path, char *place,
                          struct mx_str *word);

/* The object at the reader (which stands on "{") into a zeroed or, under JSON_MERGE, filled struct. */
mx_status json_read_object(struct json_decoder *d, const struct json_plan *plan, const struct json_path *path, uint32_t mode, void *object);

/* Beginning and end of a text. MX_E_BAD_INPUT: a byte order mark, something behind the value. */
mx_status json_read_begin(struct json_reader *r);
mx_status json_read_end(struct json_reader *r);

#define JSON_RAW 7 /* kind of a json_value whose text is canonical already */

/* A string, number, true, false or null. */
mx_status json_read_scalar(struct json_reader *r, const struct json_path *path, struct json_value *value);

/* Any value, appended to `out` as canonical text. */
mx_status json_read_canonical(struct json_reader *r, const struct json_path *path, struct base_buf *out);

/* ---- writing ---- */

#define JSON_INT_TEXT_MAX 24u

/* Where `bytes` more may be written; the common case without a call. */
static inline char *json_room(struct base_buf *out, size_t bytes) {
    return out->ptr && out->cap - out->len >= bytes ? out->ptr + out->len : base_buf_reserve(out, bytes);
}

static inline void json_put(struct base_buf *out, const char *text, size_t len) {
    memcpy(json_room(out, len), text, len);
    out->len += len;
}

static inline void json_put_char(struct base_buf *out, char c) {
    *json_room(out, 1) = c;
    out->len++;
}

static inline void json_put_int(struct base_buf *out, int64_t number) {
    char digits[JSON_INT_TEXT_MAX], *from = digits + sizeof(digits);
    uint64_t rest = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    do {
        *--from = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0) *--from = '-';
    json_put(out, from, (size_t)(digits + sizeof(digits) - from));
}

/* A scalar, or JSON_RAW. */
void json_write_value(struct base_buf *out, const struct json_value *value);

/* ---- members of canonical text, without a tree ---- */

struct json_cursor {
    const char *at; /* equal to `end` when there is no member left */
    const char *end;
    struct mx_str key; /* "name": as it stands there */
    struct mx_str value;
};

void json_cursor_open(struct json_cursor *c, struct mx_str object);
void json_cursor_next(struct json_cursor *c);

/* Order of the member's name and `name` (which needs no escapes to be compared): <0, 0, >0. */
int json_cursor_compare(const struct json_cursor *c, struct mx_str name);

#endif
