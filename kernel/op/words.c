/* A person's own words (MX_FREE_TEXT) hold no number of a payment card, also where a plugin hands them on to another's operation: what
 * came in as JSON was looked at when it was read, what a plugin made of a file or a message was not. */
#include "merx/text.h"
#include "op/internal.h"

/* The path of the first field with such a number; empty: there is none. */
static struct mx_str find(struct base_arena *arena, const struct mx_type *type, const void *object);

static struct mx_str find_below(struct base_arena *arena, const struct mx_field *field, const void *child, int64_t place) {
    struct mx_str below = child ? find(arena, field->type, child) : mx_str_n(NULL, 0);
    if (below.len == 0) return below;
    if (place < 0) return base_arena_printf(arena, "%s.%.*s", field->name, (int)below.len, below.ptr);
    return base_arena_printf(arena, "%s[%lld].%.*s", field->name, (long long)place, (int)below.len, below.ptr);
}

static struct mx_str find_in_list(struct base_arena *arena, const struct mx_field *field, const struct mx_list *list) {
    struct mx_str found = {NULL, 0};
    uint32_t i;
    for (i = 0; i < list->count && found.len == 0; i++) found = find_below(arena, field, mx_list_at(list, i), i);
    return found;
}

static struct mx_str find_in_field(struct base_arena *arena, const struct mx_field *field, const void *place) {
    struct mx_list list;
    struct mx_str text;
    const void *child;
    switch (field->kind) {
    case MX_KIND_STR:
        memcpy(&text, place, sizeof(text));
        return (field->flags & MX_FREE_TEXT) && mx_looks_like_pan(text) ? mx_str_of(field->name) : mx_str_n(NULL, 0);
    case MX_KIND_STRUCT:
        memcpy(&child, place, sizeof(child));
        return find_below(arena, field, child, -1);
    case MX_KIND_LIST:
        memcpy(&list, place, sizeof(list));
        return find_in_list(arena, field, &list);
    default:
        return mx_str_n(NULL, 0);
    }
}

static struct mx_str find(struct base_arena *arena, const struct mx_type *type, const void *object) {
    struct mx_str found = {NULL, 0};
    uint32_t i;
    for (i = 0; i < type->field_count && found.len == 0; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        found = find_in_field(arena, field, (const char *)object + field->offset);
    }
    return found;
}

mx_status op_words_check(struct op_ctx *ctx, const struct op_reg *reg, const void *in) {
    struct mx_str found;
    if (!reg->words || !in) return MX_OK;
    found = find(ctx->arena, reg->def.in, in);
    if (found.len == 0) return MX_OK;
    return base_fail(&ctx->error, MX_E_CARD_NUMBER, found.ptr,
                     "%s holds what looks like the number of a payment card; such numbers are not kept here: leave it out", found.ptr);
}
