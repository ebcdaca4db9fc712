/* Structs into canonical text. */
#include <stdlib.h>

#include "base/log.h"
#include "json/internal.h"

struct encoder {
    struct base_buf *out;
    int first; /* nothing written in this object yet */
};

static void write_object(struct base_buf *out, const struct json_plan *plan, const void *object, uint32_t flags);

/* Comma and key of a member. */
static void put_key(struct encoder *e, const char *key, uint32_t len) {
    char *at = json_room(e->out, (size_t)len + 1);
    if (!e->first) {
        *at++ = ',';
        e->out->len++;
    }
    memcpy(at, key, len);
    e->out->len += len;
    e->first = 0;
}

/* ---- what is there ---- */

static int list_present(const struct json_plan *plan, const struct json_field *field, const void *object, int bit) {
    return plan->has_offset == MX_NO_OFFSET || bit || json_get_list(object, field->offset).count > 0;
}

/* A number of a REQUIRED field is always there, whatever the mask, and so is a text that may be empty. */
int json_present(const struct json_plan *plan, const struct json_field *field, const void *object) {
    int masked = plan->has_offset != MX_NO_OFFSET, required = (field->flags & MX_REQUIRED) != 0;
    int bit = masked && field->index < JSON_REV_INDEX && (json_mask_get(object, plan->has_offset) >> field->index & 1);
    switch (field->kind) {
    case MX_KIND_STR:
        return json_get_str(object, field->offset).len > 0 || bit || (required && field->min == 0);
    case MX_KIND_ID:
    case MX_KIND_JSON:
        return json_get_str(object, field->offset).len > 0;
    case MX_KIND_ENUM:
        return json_get_enum(object, field->offset) > 0 && (uint32_t)json_get_enum(object, field->offset) <= field->word_count;
    case MX_KIND_STRUCT:
        return json_get_ptr(object, field->offset) != NULL;
    case MX_KIND_MAP:
    case MX_KIND_LIST:
    case MX_KIND_STRS:
        return required || list_present(plan, field, object, bit);
    default:
        break;
    }
    if (field->index == JSON_REV_INDEX) return json_get_int(object, field->offset) > 0;
    return !masked || bit || required;
}

/* Without a mask nothing tells an absent zero from a written one. */
static int is_blank(const struct json_plan *plan, const struct json_field *field, const void *object) {
    if (plan->has_offset != MX_NO_OFFSET || (field->flags & MX_REQUIRED)) return 0;
    switch (field->kind) {
    case MX_KIND_BOOL:
        return ((const uint8_t *)object)[field->offset] == 0;
    case MX_KIND_INT:
    case MX_KIND_MONEY:
    case MX_KIND_QTY:
    case MX_KIND_PPM:
    case MX_KIND_TIME:
        return json_get_int(object, field->offset) == 0;
    case MX_KIND_MAP:
    case MX_KIND_LIST:
    case MX_KIND_STRS:
        return json_get_list(object, field->offset).count == 0;
    default:
        return 0;
    }
}

static int wanted(const struct json_field *field, uint32_t flags) {
    int text;
    if (!(field->flags & MX_PII)) return !(flags & JSON_PII_ONLY);
    if (flags & JSON_PUBLIC_ONLY) return 0;
    text = field->kind == MX_KIND_STR || field->kind == MX_KIND_ID || field->kind == MX_KIND_JSON || field->kind == MX_KIND_STRS ||
           field->kind == MX_KIND_MAP;
    return text || !(flags & JSON_MASK_PII); /* numbers and the like have no masked form: they are left out */
}

/* ---- values ---- */

static void put_masked(struct base_buf *out) { json_put(out, "\"***\"", 5); }

static void write_strs(struct base_buf *out, const struct json_field *field, const void *object, int masked) {
    struct mx_list list = json_get_list(object, field->offset);
    uint32_t i;
    json_put(out, "[", 1);
    for (i = 0; i < list.count; i++) {
        if (i) json_put(out, ",", 1);
        if (masked)
            put_masked(out);
        else
            json_quote(out, mx_list_str(&list, i));
    }
    json_put(out, "]", 1);
}

static void write_map(struct base_buf *out, const struct json_field *field, const void *object, int masked) {
    struct mx_list list = json_get_list(object, field->offset);
    uint32_t i;
    json_put(out, "{", 1);
    for (i = 0; i < list.count; i++) {
        const struct mx_pair *pair = mx_list_at(&list, i);
        if (i) json_put(out, ",", 1);
        json_quote(out, pair->key);
        json_put(out, ":", 1);
        if (masked)
            put_masked(out);
        else
            json_quote(out, pair->value);
    }
    json_put(out, "}", 1);
}

static void write_list(struct base_buf *out, const struct json_field *field, const void *object, uint32_t flags) {
    struct mx_list list = json_get_list(object, field->offset);
    uint32_t i;
    json_put(out, "[", 1);
    for (i = 0; i < list.count; i++) {
        if (i) json_put(out, ",", 1);
        write_object(out, field->child, mx_list_at(&list, i), flags);
    }
    json_put(out, "]", 1);
}

static void write_value(struct base_buf *out, const struct json_field *field, const void *object, uint32_t flags) {
    int masked = (field->flags & MX_PII) && (flags & JSON_MASK_PII);
    struct mx_str word;
    switch (field->kind) {
    case MX_KIND_BOOL:
        if (((const uint8_t *)object)[field->offset])
            json_put(out, "true", 4);
        else
            json_put(out, "false", 5);
        break;
    case MX_KIND_STR:
    case MX_KIND_ID:
        if (masked)
            put_masked(out);
        else
            json_quote(out, json_get_str(object, field->offset));
        break;
    case MX_KIND_JSON:
        if (masked)
            put_masked(out);
        else
            base_buf_str(out, json_get_str(object, field->offset));
        break;
    case MX_KIND_ENUM:
        word = field->words[json_get_enum(object, field->offset) - 1];
        json_quote(out, word);
        break;
    case MX_KIND_MAP:
        write_map(out, field, object, masked);
        break;
    case MX_KIND_STRS:
        write_strs(out, field, object, masked);
        break;
    case MX_KIND_LIST:
        write_list(out, field, object, flags);
        break;
    case MX_KIND_STRUCT:
        write_object(out, field->child, json_get_ptr(object, field->offset), flags);
        break;
    default:
        json_put_int(out, json_get_int(object, field->offset));
        break;
    }
}

/* ---- objects ---- */

static void write_members_before(struct encoder *e, struct json_cursor *extra, const struct json_field *field) {
    while (extra->at < extra->end) {
        int order = field ? json_cursor_compare(extra, mx_str_n(field->name, field->name_len)) : -1;
        if (order > 0) return;
        if (order < 0) {
            put_key(e, extra->key.ptr, extra->key.len);
            base_buf_str(e->out, extra->value);
        }
        json_cursor_next(extra); /* of the same name: the field counts */
    }
}

static void write_object(struct base_buf *out, const struct json_plan *plan, const void *object, uint32_t flags) {
    struct encoder e = {out, 1};
    struct json_cursor extra = {NULL, NULL, {NULL, 0}, {NULL, 0}};
    uint32_t i, below = flags & ~JSON_PII_ONLY;
    if (plan->extra_offset != MX_NO_OFFSET && !(flags & JSON_PII_ONLY)) json_cursor_open(&extra, json_get_str(object, plan->extra_offset));
    json_put(out, "{", 1);
    for (i = 0; i < plan->count; i++) {
        const struct json_field *field = &plan->fields[i];
        if (!wanted(field, flags) || !json_present(plan, field, object)) continue;
        if ((flags & JSON_SPARE_ZEROES) && is_blank(plan, field, object)) continue;
        if (extra.at < extra.end) write_members_before(&e, &extra, field);
        put_key(&e, field->key, field->key_len);
        write_value(out, field, object, below);
    }
    if (extra.at < extra.end) write_members_before(&e, &extra, NULL);
    json_put(out, "}", 1);
}

void json_encode(struct base_buf *out, const struct mx_type *type, const void *object, uint32_t flags) {
    struct mx_error err;
    const struct json_plan *plan = json_plan_of(type, &err);
    if (plan == NULL) {
        base_log(BASE_LOG_ERROR, "json", "%s", err.message);
        abort();
    }
    write_object(out, plan, object, flags);
}
