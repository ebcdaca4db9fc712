#include "json/internal.h"

static int texts_equal(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static int words_equal(const char *const *a, const char *const *b) {
    uint32_t i = 0;
    if (a == b) return 1;
    if (a == NULL || b == NULL) return 0;
    while (a[i] && b[i] && strcmp(a[i], b[i]) == 0) i++;
    return a[i] == NULL && b[i] == NULL;
}

static int types_equal(const struct mx_type *a, const struct mx_type *b);

static int fields_equal(const struct mx_field *a, const struct mx_field *b) {
    if (!texts_equal(a->name, b->name) || a->offset != b->offset || a->kind != b->kind) return 0;
    if ((a->flags ^ b->flags) & ~MX_FREE_TEXT) return 0; /* what may stand in a text changes nothing of its place */
    if (a->min != b->min || a->max != b->max || !texts_equal(a->prefix, b->prefix) || !words_equal(a->words, b->words)) return 0;
    if (a->kind != MX_KIND_STRUCT && a->kind != MX_KIND_LIST) return 1;
    return types_equal(a->type, b->type);
}

static int types_equal(const struct mx_type *a, const struct mx_type *b) {
    uint32_t i;
    if (a == b) return 1;
    if (a == NULL || b == NULL) return 0;
    if (a->struct_size != b->struct_size || a->field_count != b->field_count) return 0;
    if (a->has_offset != b->has_offset || a->null_offset != b->null_offset || a->extra_offset != b->extra_offset) return 0;
    for (i = 0; i < a->field_count; i++) {
        if (!fields_equal(mx_type_field(a, i), mx_type_field(b, i))) return 0;
    }
    return 1;
}

/* Both are prepared, so neither contains itself. */
int json_types_equal(const struct mx_type *a, const struct mx_type *b) { return types_equal(a, b); }
