/* From a checked field table to a plan: fields in sorted order, a hash table of names, ready-made keys. */
#include <stdlib.h>

#include "json/internal.h"

#define NAME_MAX_BYTES 64u

/* Bytes of the C member of a kind; 0 for an unknown kind. */
static uint32_t kind_bytes(uint32_t kind) {
    switch (kind) {
    case MX_KIND_BOOL:
        return sizeof(uint8_t);
    case MX_KIND_INT:
    case MX_KIND_MONEY:
    case MX_KIND_QTY:
    case MX_KIND_PPM:
    case MX_KIND_TIME:
        return sizeof(int64_t);
    case MX_KIND_STR:
    case MX_KIND_ID:
    case MX_KIND_JSON:
        return sizeof(struct mx_str);
    case MX_KIND_ENUM:
        return sizeof(int32_t);
    case MX_KIND_STRUCT:
        return sizeof(void *);
    case MX_KIND_MAP:
    case MX_KIND_LIST:
    case MX_KIND_STRS:
        return sizeof(struct mx_list);
    default:
        return 0;
    }
}

static int name_valid(const char *name) {
    size_t i, len = name ? strlen(name) : 0;
    for (i = 0; i < len; i++) {
        char c = name[i];
        int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i && c >= '0' && c <= '9')) return 0;
    }
    return len > 0 && len <= NAME_MAX_BYTES;
}

static mx_status wrong(struct mx_error *err, const struct mx_type *type, const struct mx_field *field, const char *what) {
    return base_fail(err, MX_E_INTERNAL, NULL, "the field table of %s is wrong: %s%s%s", type->name ? type->name : "a type without name",
                     field && field->name ? field->name : "", field ? " " : "", what);
}

static int bounded_from_above(uint32_t kind) {
    return kind == MX_KIND_STR || kind == MX_KIND_JSON || kind == MX_KIND_MAP || kind == MX_KIND_LIST || kind == MX_KIND_STRS;
}

static mx_status check_field(const struct mx_type *type, const struct mx_field *field, struct mx_error *err) {
    uint32_t bytes = kind_bytes(field->kind);
    if (!name_valid(field->name)) return wrong(err, type, field, "is not a name of letters, digits and underscores");
    if (bytes == 0) return wrong(err, type, field, "has an unknown kind");
    if ((uint64_t)field->offset + bytes > type->struct_size) return wrong(err, type, field, "stands outside the struct");
    if (field->min > field->max) return wrong(err, type, field, "has a minimum above its maximum");
    if (bounded_from_above(field->kind) && (field->min < 0 || field->max < 1))
        return wrong(err, type, field, "needs a maximum of at least 1");
    if ((field->kind == MX_KIND_STRUCT || field->kind == MX_KIND_LIST) && field->type == NULL)
        return wrong(err, type, field, "needs a type");
    if (field->kind == MX_KIND_ENUM && (field->words == NULL || field->words[0] == NULL)) return wrong(err, type, field, "needs words");
    return MX_OK;
}

static int mask_place_ok(const struct mx_type *type, uint32_t offset) {
    return offset == MX_NO_OFFSET || (uint64_t)offset + sizeof(uint64_t) <= type->struct_size;
}

static mx_status check_type(const struct mx_type *type, struct mx_error *err) {
    const uint32_t head = (uint32_t)offsetof(struct mx_rec, extra);
    uint32_t i, k;
    mx_status st;
    if (type->size < sizeof(struct mx_type) || type->field_size < sizeof(struct mx_field))
        return wrong(err, type, NULL, "it is of an older layout");
    if (type->name == NULL) return wrong(err, type, NULL, "it has no name");
    if (type->field_count > 64) return wrong(err, type, NULL, "it has more than 64 fields");
    if (!mask_place_ok(type, type->has_offset) || !mask_place_ok(type, type->null_offset))
        return wrong(err, type, NULL, "a mask stands outside the struct");
    if (type->extra_offset != MX_NO_OFFSET && (type->extra_offset < head || type->has_offset != type->extra_offset - head ||
                                               (uint64_t)type->extra_offset - head + sizeof(struct mx_rec) > type->struct_size))
        return wrong(err, type, NULL, "it has a place for unknown members, but no head of a record");
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if ((st = check_field(type, field, err))) return st;
        for (k = 0; k < i; k++) {
            if (strcmp(mx_type_field(type, k)->name, field->name) == 0) return wrong(err, type, field, "stands in it twice");
        }
    }
    return MX_OK;
}

static void *claim(size_t bytes) {
    void *memory = calloc(1, bytes ? bytes : 1);
    if (memory == NULL) abort();
    return memory;
}

static void plan_words(struct json_field *plan, const struct mx_field *field) {
    struct mx_str *words;
    uint32_t i;
    while (field->words[plan->word_count]) plan->word_count++;
    words = claim(plan->word_count * sizeof(*words));
    for (i = 0; i < plan->word_count; i++) words[i] = mx_str_of(field->words[i]);
    plan->words = words;
}

static void plan_key(struct json_field *plan) {
    char *key = claim((size_t)plan->name_len + 4);
    key[0] = '"';
    memcpy(key + 1, plan->name, plan->name_len);
    memcpy(key + 1 + plan->name_len, "\":", 2);
    plan->key = key;
    plan->key_len = plan->name_len + 3;
}

static mx_status plan_field(struct json_field *plan, const struct mx_field *field, uint32_t index, struct mx_error *err) {
    plan->name = field->name;
    plan->name_len = (uint32_t)strlen(field->name);
    plan->offset = field->offset;
    plan->bytes = kind_bytes(field->kind);
    plan->kind = field->kind;
    plan->flags = field->flags;
    plan->index = index;
    plan->min = field->min;
    plan->max = field->max;
    plan->prefix = field->prefix;
    plan_key(plan);
    if (field->kind == MX_KIND_ENUM) plan_words(plan, field);
    if (field->kind != MX_KIND_STRUCT && field->kind != MX_KIND_LIST) return MX_OK;
    plan->child = json_plan_of(field->type, err);
    return plan->child ? MX_OK : MX_E_INTERNAL;
}

/* The revision in a record's head is a member like the others, unless the table has a field of that name. */
static void plan_rev(struct json_plan *plan) {
    struct json_field *rev = &plan->fields[plan->count];
    uint32_t i;
    plan->rev_offset = MX_NO_OFFSET;
    if (plan->extra_offset == MX_NO_OFFSET) return;
    for (i = 0; i < plan->count; i++) {
        if (strcmp(plan->fields[i].name, "rev") == 0) return;
    }
    plan->rev_offset = plan->extra_offset - (uint32_t)offsetof(struct mx_rec, extra) + (uint32_t)offsetof(struct mx_rec, rev);
    rev->name = "rev";
    rev->name_len = 3;
    rev->offset = plan->rev_offset;
    rev->bytes = sizeof(int64_t);
    rev->kind = MX_KIND_INT;
    rev->index = JSON_REV_INDEX;
    rev->max = MX_INT_MAX;
    plan_key(rev);
    plan->count++;
}

static int by_name(const void *a, const void *b) {
    const struct json_field *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static void plan_names(struct json_plan *plan) {
    uint32_t slots = 4, i, k;
    while (slots < plan->count * 2) slots *= 2;
    plan->slot_mask = slots - 1;
    plan->slots = claim(slots);
    for (i = 0; i < plan->count; i++) {
        k = json_name_hash(plan->fields[i].name, plan->fields[i].name_len) & plan->slot_mask;
        while (plan->slots[k]) k = (k + 1) & plan->slot_mask;
        plan->slots[k] = (uint8_t)(i + 1);
    }
}

struct json_plan *json_plan_new(const struct mx_type *type, struct mx_error *err) {
    struct json_plan *plan;
    uint32_t i;
    if (check_type(type, err)) return NULL;
    plan = claim(sizeof(*plan));
    plan->type = type;
    plan->struct_size = type->struct_size;
    plan->has_offset = type->has_offset;
    plan->null_offset = type->null_offset;
    plan->extra_offset = type->extra_offset;
    plan->fields = claim(((size_t)type->field_count + 1) * sizeof(*plan->fields));
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        uint64_t bit = UINT64_C(1) << i;
        plan->count++;
        if (plan_field(&plan->fields[i], field, i, err)) {
            json_plan_free(plan);
            return NULL;
        }
        if (field->flags & MX_REQUIRED) plan->required |= bit;
        if ((field->flags & MX_REQUIRED) && !(field->flags & MX_READONLY)) plan->required_input |= bit;
    }
    plan_rev(plan);
    qsort(plan->fields, plan->count, sizeof(*plan->fields), by_name);
    plan_names(plan);
    return plan;
}

void json_plan_free(struct json_plan *plan) {
    uint32_t i;
    if (plan == NULL) return;
    for (i = 0; i < plan->count; i++) {
        free((void *)(uintptr_t)plan->fields[i].key);
        free((void *)(uintptr_t)plan->fields[i].words);
    }
    free(plan->fields);
    free(plan->slots);
    free(plan);
}
