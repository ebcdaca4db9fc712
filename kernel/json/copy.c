/* Objects from one type to another, by the names of their fields. */
#include "json/internal.h"

struct copier {
    struct base_arena *arena;
    struct mx_error *err;
};

static mx_status copy_object(struct copier *c, const struct json_plan *from_plan, const void *from, const struct json_plan *to_plan,
                             void *to);

/* Kinds with the same C member and the same JSON may stand for each other. */
static uint32_t shape(uint32_t kind) {
    switch (kind) {
    case MX_KIND_MONEY:
    case MX_KIND_QTY:
    case MX_KIND_PPM:
    case MX_KIND_TIME:
        return MX_KIND_INT;
    case MX_KIND_ID:
        return MX_KIND_STR;
    default:
        return kind;
    }
}

static mx_status copy_enum(struct copier *c, const struct json_field *from_field, int32_t number, const struct json_field *to_field,
                           char *place) {
    uint32_t i;
    for (i = 0; i < to_field->word_count; i++) {
        if (!mx_str_eq(to_field->words[i], from_field->words[number - 1])) continue;
        number = (int32_t)i + 1;
        memcpy(place, &number, sizeof(number));
        return MX_OK;
    }
    return base_fail(c->err, MX_E_OUT_OF_RANGE, to_field->name, "%s has a word that the other side does not know", to_field->name);
}

static mx_status copy_struct(struct copier *c, const struct json_field *from_field, const void *from, const struct json_field *to_field,
                             char *place) {
    void *made;
    mx_status st;
    if (json_types_equal(from_field->child->type, to_field->child->type)) {
        memcpy(place, &from, sizeof(from));
        return MX_OK;
    }
    made = base_arena_alloc(c->arena, to_field->child->struct_size);
    st = copy_object(c, from_field->child, from, to_field->child, made);
    if (st == MX_OK) memcpy(place, &made, sizeof(made));
    return st;
}

static mx_status copy_list(struct copier *c, const struct json_field *from_field, struct mx_list list, const struct json_field *to_field,
                           char *place) {
    struct mx_list made = list;
    uint32_t i;
    mx_status st;
    if (list.count && !json_types_equal(from_field->child->type, to_field->child->type)) {
        made.elem_size = to_field->child->struct_size;
        made.items = base_arena_alloc(c->arena, (size_t)list.count * made.elem_size);
        for (i = 0; i < list.count; i++) {
            st = copy_object(c, from_field->child, mx_list_at(&list, i), to_field->child, mx_list_at(&made, i));
            if (st) return st;
        }
    }
    memcpy(place, &made, sizeof(made));
    return MX_OK;
}

static mx_status copy_field(struct copier *c, const struct json_field *from_field, const void *from, const struct json_field *to_field,
                            void *to) {
    const char *source = (const char *)from + from_field->offset;
    char *place = (char *)to + to_field->offset;
    if (shape(from_field->kind) != shape(to_field->kind))
        return base_fail(c->err, MX_E_WRONG_TYPE, to_field->name, "%s has different kinds on the two sides", to_field->name);
    switch (shape(from_field->kind)) {
    case MX_KIND_BOOL:
        memcpy(place, source, sizeof(uint8_t));
        return MX_OK;
    case MX_KIND_INT:
        memcpy(place, source, sizeof(int64_t));
        return MX_OK;
    case MX_KIND_ENUM:
        return copy_enum(c, from_field, json_get_enum(from, from_field->offset), to_field, place);
    case MX_KIND_STRUCT:
        return copy_struct(c, from_field, json_get_ptr(from, from_field->offset), to_field, place);
    case MX_KIND_LIST:
        return copy_list(c, from_field, json_get_list(from, from_field->offset), to_field, place);
    case MX_KIND_MAP:
    case MX_KIND_STRS:
        memcpy(place, source, sizeof(struct mx_list));
        return MX_OK;
    default:
        memcpy(place, source, sizeof(struct mx_str));
        return MX_OK;
    }
}

static void copy_null(const struct json_plan *from_plan, const struct json_field *from_field, const void *from,
                      const struct json_plan *to_plan, const struct json_field *to_field, void *to) {
    uint64_t mask;
    if (from_plan->null_offset == MX_NO_OFFSET || to_plan->null_offset == MX_NO_OFFSET) return;
    if (!(json_mask_get(from, from_plan->null_offset) >> from_field->index & 1)) return;
    mask = json_mask_get(to, to_plan->null_offset) | UINT64_C(1) << to_field->index;
    json_mask_put(to, to_plan->null_offset, mask);
}

static mx_status copy_member(struct copier *c, const struct json_plan *from_plan, const struct json_field *from_field, const void *from,
                             const struct json_plan *to_plan, const struct json_field *to_field, void *to) {
    mx_status st;
    if (to_field->index != JSON_REV_INDEX && from_field->index != JSON_REV_INDEX)
        copy_null(from_plan, from_field, from, to_plan, to_field, to);
    if (!json_present(from_plan, from_field, from)) return MX_OK;
    if ((st = copy_field(c, from_field, from, to_field, to))) return st;
    if (to_plan->has_offset != MX_NO_OFFSET && to_field->index != JSON_REV_INDEX)
        json_mask_put(to, to_plan->has_offset, json_mask_get(to, to_plan->has_offset) | UINT64_C(1) << to_field->index);
    return MX_OK;
}

/* Both plans are sorted by name: one walk over the two. */
static mx_status copy_object(struct copier *c, const struct json_plan *from_plan, const void *from, const struct json_plan *to_plan,
                             void *to) {
    uint32_t i = 0, k = 0;
    mx_status st;
    while (i < from_plan->count && k < to_plan->count) {
        const struct json_field *from_field = &from_plan->fields[i], *to_field = &to_plan->fields[k];
        int order = strcmp(from_field->name, to_field->name);
        if (order <= 0) i++;
        if (order >= 0) k++;
        if (order == 0 && (st = copy_member(c, from_plan, from_field, from, to_plan, to_field, to))) return st;
    }
    if (from_plan->extra_offset != MX_NO_OFFSET && to_plan->extra_offset != MX_NO_OFFSET)
        memcpy((char *)to + to_plan->extra_offset, (const char *)from + from_plan->extra_offset, sizeof(struct mx_str));
    return MX_OK;
}

mx_status json_copy(struct base_arena *arena, const struct mx_type *from_type, const void *from, const struct mx_type *to_type, void *to,
                    struct mx_error *err) {
    const struct json_plan *from_plan = json_plan_of(from_type, err), *to_plan = json_plan_of(to_type, err);
    struct copier c = {arena, err};
    if (from_plan == NULL || to_plan == NULL) return MX_E_INTERNAL;
    if (json_types_equal(from_type, to_type)) {
        memcpy(to, from, to_plan->struct_size);
        return MX_OK;
    }
    memset(to, 0, to_plan->struct_size);
    return copy_object(&c, from_plan, from, to_plan, to);
}
