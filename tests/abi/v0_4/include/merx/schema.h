/* Field tables: one description of a C struct, from which come strict JSON, the stored record, the Lua value and the
 * API schema.
 *
 * A type is a table of fields; a field names a member, its kind and its bounds. Write the struct, then the table with
 * the MX_F_* macros, then MX_TYPE. By convention the table of `struct foo` is called `foo_type`. Since 0.1. */
#ifndef MERX_SCHEMA_H
#define MERX_SCHEMA_H

#include "merx/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds: how the member is declared in C, and what stands on the wire. */
#define MX_KIND_BOOL   1  /* uint8_t 0/1        true / false */
#define MX_KIND_INT    2  /* int64_t            integer */
#define MX_KIND_MONEY  3  /* int64_t            integer, smallest unit of the currency */
#define MX_KIND_QTY    4  /* int64_t            integer, thousandths of the unit */
#define MX_KIND_PPM    5  /* int64_t            integer, parts per million */
#define MX_KIND_TIME   6  /* int64_t            integer, milliseconds since 1970-01-01 UTC */
#define MX_KIND_STR    7  /* struct mx_str      string; valid UTF-8 without controls (nor marks that turn its direction) */
#define MX_KIND_ID     8  /* struct mx_str      string: prefix "_" + 26 Crockford base32 characters */
#define MX_KIND_ENUM   9  /* int32_t            one of `words`; 1 = the first word, 0 = absent */
#define MX_KIND_JSON   10 /* struct mx_str      any JSON value, kept as canonical text */
#define MX_KIND_MAP    11 /* struct mx_list     object with string values: list of struct mx_pair, sorted by key */
#define MX_KIND_STRUCT 12 /* pointer to struct  object, described by `type` */
#define MX_KIND_LIST   13 /* struct mx_list     array of objects, described by `type` (elements stored in line) */
#define MX_KIND_STRS   14 /* struct mx_list     array of strings: list of struct mx_str */

/* Flags of a field. */
#define MX_REQUIRED  0x0001u /* must be present (and, for lists and strings, non-empty when min > 0) */
#define MX_PII       0x0002u /* personal: sealed at rest, masked in logs and for callers without the right "pii.read" */
#define MX_SECRET    0x0004u /* never printed, never logged */
#define MX_READONLY  0x0008u /* set by the shop: refused in input, present in answers */
#define MX_CLEARABLE 0x0010u /* null is allowed and clears the field (see `null_offset`) */
#define MX_MULTILINE 0x0020u /* a string that may hold line feeds and tabs */
#define MX_FREE_TEXT                                                                                                                       \
    0x0040u /* words of a person (a reason, a note) in one string: refused in input when they hold a payment card's number. Since 0.4 */

#define MX_NO_OFFSET UINT32_MAX

/* One member of a struct. min and max bound the number (integers), the bytes (strings) or the count (lists, maps). */
struct mx_field {
    const char *name; /* member and wire name */
    const char *doc;  /* one line */
    uint32_t offset;
    uint16_t kind;  /* MX_KIND_* */
    uint16_t flags; /* MX_REQUIRED ... */
    int64_t min;
    int64_t max;
    const struct mx_type *type; /* STRUCT, LIST */
    const char *const *words;   /* ENUM: ends with NULL */
    const char *prefix;         /* ID: prefix without "_"; NULL = any */
};

/* A struct. `has_offset` is the place of a uint64_t in which bit i says that field i was present; types whose optional
 * numbers must tell "absent" from 0 have one. `null_offset` is the same for null in MX_CLEARABLE fields. `extra_offset`
 * is the place of a struct mx_str for members that this version does not know (stored records only). */
struct mx_type {
    uint32_t size; /* sizeof(struct mx_type) as the owner was built */
    uint32_t struct_size;
    const char *name; /* e.g. "order.line"; the schema's name in the API */
    const char *doc;
    const struct mx_field *fields;
    uint32_t field_count; /* at most 64 */
    uint32_t field_size;  /* sizeof(struct mx_field) as the owner was built */
    uint32_t has_offset;
    uint32_t null_offset;
    uint32_t extra_offset;
    uint32_t reserved;
};

#define MX_FIELD_(st, m, kind, flags, min, max, type, words, prefix, doc)                                                                  \
    { #m, doc, (uint32_t)offsetof(struct st, m), kind, flags, min, max, type, words, prefix }

#define MX_F_BOOL(st, m, flags, doc)                 MX_FIELD_(st, m, MX_KIND_BOOL, flags, 0, 1, NULL, NULL, NULL, doc)
#define MX_F_INT(st, m, flags, min, max, doc)        MX_FIELD_(st, m, MX_KIND_INT, flags, min, max, NULL, NULL, NULL, doc)
#define MX_F_MONEY(st, m, flags, min, max, doc)      MX_FIELD_(st, m, MX_KIND_MONEY, flags, min, max, NULL, NULL, NULL, doc)
#define MX_F_QTY(st, m, flags, min, max, doc)        MX_FIELD_(st, m, MX_KIND_QTY, flags, min, max, NULL, NULL, NULL, doc)
#define MX_F_PPM(st, m, flags, min, max, doc)        MX_FIELD_(st, m, MX_KIND_PPM, flags, min, max, NULL, NULL, NULL, doc)
#define MX_F_TIME(st, m, flags, doc)                 MX_FIELD_(st, m, MX_KIND_TIME, flags, 0, MX_INT_MAX, NULL, NULL, NULL, doc)
#define MX_F_STR(st, m, flags, min, max, doc)        MX_FIELD_(st, m, MX_KIND_STR, flags, min, max, NULL, NULL, NULL, doc)
#define MX_F_ID(st, m, flags, prefix, doc)           MX_FIELD_(st, m, MX_KIND_ID, flags, 0, 64, NULL, NULL, prefix, doc)
#define MX_F_ENUM(st, m, flags, words, doc)          MX_FIELD_(st, m, MX_KIND_ENUM, flags, 0, 0, NULL, words, NULL, doc)
#define MX_F_JSON(st, m, flags, max, doc)            MX_FIELD_(st, m, MX_KIND_JSON, flags, 0, max, NULL, NULL, NULL, doc)
#define MX_F_MAP(st, m, flags, min, max, doc)        MX_FIELD_(st, m, MX_KIND_MAP, flags, min, max, NULL, NULL, NULL, doc)
#define MX_F_STRUCT(st, m, flags, type, doc)         MX_FIELD_(st, m, MX_KIND_STRUCT, flags, 0, 0, &type, NULL, NULL, doc)
#define MX_F_LIST(st, m, flags, min, max, type, doc) MX_FIELD_(st, m, MX_KIND_LIST, flags, min, max, &type, NULL, NULL, doc)
#define MX_F_STRS(st, m, flags, min, max, doc)       MX_FIELD_(st, m, MX_KIND_STRS, flags, min, max, NULL, NULL, NULL, doc)

/* Define `<st>_type` for `struct st` from the array `<st>_fields`: plain, with a `uint64_t has` member, or as a stored
 * record whose first member is `struct mx_rec rec` (store.h). */
#define MX_TYPE_(st, name, has_at, extra_at, doc)                                                                                          \
    static const struct mx_type st##_type = {(uint32_t)sizeof(struct mx_type),                                                             \
                                             (uint32_t)sizeof(struct st),                                                                  \
                                             name,                                                                                         \
                                             doc,                                                                                          \
                                             st##_fields,                                                                                  \
                                             (uint32_t)(sizeof(st##_fields) / sizeof(st##_fields[0])),                                     \
                                             (uint32_t)sizeof(struct mx_field),                                                            \
                                             has_at,                                                                                       \
                                             MX_NO_OFFSET,                                                                                 \
                                             extra_at,                                                                                     \
                                             0}
#define MX_TYPE(st, name, doc)     MX_TYPE_(st, name, MX_NO_OFFSET, MX_NO_OFFSET, doc)
#define MX_TYPE_HAS(st, name, doc) MX_TYPE_(st, name, (uint32_t)offsetof(struct st, has), MX_NO_OFFSET, doc)
#define MX_TYPE_REC(st, name, doc)                                                                                                         \
    MX_TYPE_(st, name, (uint32_t)(offsetof(struct st, rec) + offsetof(struct mx_rec, has)),                                                \
             (uint32_t)(offsetof(struct st, rec) + offsetof(struct mx_rec, extra)), doc)

/* Head of every stored record: its first member, named `rec`. Filled by the store; `has` may be set by the owner. */
struct mx_rec {
    uint64_t has;        /* which optional fields are present */
    struct mx_str extra; /* members that this version does not know, kept and written back */
    int64_t rev;         /* 0 = never stored; each put adds one */
};

/* The field at place `i`, whatever size it had when its owner was built. */
static inline const struct mx_field *mx_type_field(const struct mx_type *type, uint32_t i) {
    return (const struct mx_field *)((const char *)type->fields + (size_t)i * type->field_size);
}

/* Place of the field whose member stands at `offset`; type->field_count when there is none. */
static inline uint32_t mx_type_index(const struct mx_type *type, size_t offset) {
    uint32_t i = 0;
    while (i < type->field_count && mx_type_field(type, i)->offset != offset) i++;
    return i;
}

/* 1 when the member at `offset` of `object` was given; always 1 for types without a mask. MX_HAS() reads better. */
static inline int mx_has_at(const struct mx_type *type, const void *object, size_t offset) {
    uint64_t mask;
    if (type->has_offset == MX_NO_OFFSET) return 1;
    memcpy(&mask, (const char *)object + type->has_offset, sizeof(mask));
    return (int)((mask >> mx_type_index(type, offset)) & 1u);
}

/* Note that the member at `offset` of `object` is present or absent; nothing for types without a mask. */
static inline void mx_set_has_at(const struct mx_type *type, void *object, size_t offset, int present) {
    uint64_t mask, bit = UINT64_C(1) << mx_type_index(type, offset);
    if (type->has_offset == MX_NO_OFFSET) return;
    memcpy(&mask, (char *)object + type->has_offset, sizeof(mask));
    mask = present ? mask | bit : mask & ~bit;
    memcpy((char *)object + type->has_offset, &mask, sizeof(mask));
}

/* Was `member` of `object` (a struct st *) given? Set it. For types with a `has` mask. */
#define MX_HAS(st, object, member)     mx_has_at(&st##_type, object, offsetof(struct st, member))
#define MX_SET_HAS(st, object, member) mx_set_has_at(&st##_type, object, offsetof(struct st, member), 1)

#ifdef __cplusplus
}
#endif
#endif
