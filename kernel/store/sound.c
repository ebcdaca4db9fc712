/* Before a record is written: can it be read again? A text that is not UTF-8 or a number beyond what JSON keeps exact would
 * make a record that is refused for ever. */
#include <stdio.h>

#include "base/text.h"
#include "store/internal.h"
#include "json/json.h"

#define DEEPEST 8

static mx_status unsound(struct mx_error *err, mx_status status, const struct mx_field *field, const char *what) {
    return base_fail(err, status, field->name, "The field %.60s cannot be stored: %s.", field->name, what);
}

static int text_ok(struct mx_str text) { return text.len == 0 || (!memchr(text.ptr, 0, text.len) && base_utf8_valid(text)); }

static int texts_ok(const struct mx_list *list, int is_map) {
    for (uint32_t i = 0; i < list->count; i++) {
        const struct mx_str *text = mx_list_at(list, i);
        if (!text_ok(text[0]) || (is_map && !text_ok(text[1]))) return 0;
    }
    return 1;
}

static mx_status number_sound(const struct mx_field *field, const void *object, struct mx_error *err) {
    int64_t number = store_number_of(field, object);
    if (field->kind == MX_KIND_ENUM) {
        int64_t known = 0;
        while (field->words[known]) known++;
        if (number < 0 || number > known) return unsound(err, MX_E_OUT_OF_RANGE, field, "it is none of its words");
    }
    if (number > MX_INT_MAX || number < -MX_INT_MAX) return unsound(err, MX_E_OUT_OF_RANGE, field, "the number is too large");
    return MX_OK;
}

static mx_status object_sound(struct base_arena *arena, const struct mx_type *type, const void *object, int depth, struct mx_error *err);

static mx_status nested_sound(struct base_arena *arena, const struct mx_field *field, const void *at, int depth, struct mx_error *err) {
    const struct mx_list *list = at;
    const void *object;
    mx_status st = MX_OK;
    if (depth == DEEPEST) return unsound(err, MX_E_BAD_INPUT, field, "it is nested too deep");
    if (field->kind == MX_KIND_STRUCT) {
        memcpy(&object, at, sizeof(object));
        return object ? object_sound(arena, field->type, object, depth + 1, err) : MX_OK;
    }
    for (uint32_t i = 0; st == MX_OK && i < list->count; i++) st = object_sound(arena, field->type, mx_list_at(list, i), depth + 1, err);
    return st;
}

static mx_status field_sound(struct base_arena *arena, const struct mx_field *field, const void *object, int depth, struct mx_error *err) {
    const void *at = (const char *)object + field->offset;
    struct mx_str ignored;
    switch (field->kind) {
    case MX_KIND_STR:
    case MX_KIND_ID:
        return text_ok(*(const struct mx_str *)at) ? MX_OK : unsound(err, MX_E_BAD_INPUT, field, "it is not valid text");
    case MX_KIND_STRS:
    case MX_KIND_MAP:
        return texts_ok(at, field->kind == MX_KIND_MAP) ? MX_OK : unsound(err, MX_E_BAD_INPUT, field, "it is not valid text");
    case MX_KIND_JSON:
        if (((const struct mx_str *)at)->len == 0) return MX_OK;
        if (json_canonical(arena, *(const struct mx_str *)at, STORE_VALUE_MAX, &ignored, NULL) == MX_OK) return MX_OK;
        return unsound(err, MX_E_BAD_INPUT, field, "it is not JSON");
    case MX_KIND_STRUCT:
    case MX_KIND_LIST:
        return nested_sound(arena, field, at, depth, err);
    default:
        return number_sound(field, object, err);
    }
}

static mx_status object_sound(struct base_arena *arena, const struct mx_type *type, const void *object, int depth, struct mx_error *err) {
    mx_status st = MX_OK;
    for (uint32_t i = 0; st == MX_OK && i < type->field_count; i++) st = field_sound(arena, mx_type_field(type, i), object, depth, err);
    return st;
}

mx_status store_record_sound(const struct store_table *table, struct base_arena *arena, const void *record, struct mx_error *err) {
    return table->packed ? MX_OK : object_sound(arena, table->def->type, record, 0, err);
}
