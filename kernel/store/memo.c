/* What is remembered of a table or an index from one start to the next: its space id and its shape in words. */
#include <inttypes.h>

#include "store/internal.h"
#include "json/json.h"

struct store_span store_memo_key(struct base_arena *arena, const char *kind, const char *table, const char *index) {
    struct base_buf key;
    base_buf_init(&key, arena);
    store_key_text(&key, mx_str_of(kind));
    store_key_text(&key, mx_str_of(table));
    store_key_text(&key, mx_str_of(index));
    return (struct store_span){(const uint8_t *)key.ptr, key.len};
}

mx_status store_memo_parse(struct base_arena *arena, struct store_span value, struct store_memo *memo) {
    struct json_value *root;
    const struct json_value *id, *shape;
    if (json_parse(arena, mx_str_n((const char *)value.ptr, value.len), &root, NULL) != MX_OK) return MX_E_DAMAGED;
    id = json_member(root, "id");
    shape = json_member(root, "shape");
    if (!id || id->kind != JSON_INT || id->number < STORE_SPACE_FIRST || id->number > STORE_SPACE_LAST) return MX_E_DAMAGED;
    if (!shape || shape->kind != JSON_STRING) return MX_E_DAMAGED;
    memo->id = id->number;
    memo->shape = shape->text;
    return MX_OK;
}

mx_status store_memo_read(struct store_view *view, const char *kind, const char *table, const char *index, struct store_memo *memo) {
    struct store_span value;
    mx_status st = store_raw_get(view, STORE_SPACE_META, store_memo_key(view->arena, kind, table, index), &value);
    memset(memo, 0, sizeof(*memo));
    if (st == MX_NONE) return MX_OK;
    return st == MX_OK ? store_memo_parse(view->arena, value, memo) : st;
}

mx_status store_memo_write(struct store_view *view, const char *kind, const char *table, const char *index, const struct store_memo *memo) {
    struct base_buf text;
    base_buf_init(&text, view->arena);
    base_buf_printf(&text, "{\"id\":%" PRId64 ",\"shape\":", memo->id);
    json_quote(&text, memo->shape);
    base_buf_char(&text, '}');
    return store_raw_put(view, STORE_SPACE_META, store_memo_key(view->arena, kind, table, index),
                         (struct store_span){(const uint8_t *)text.ptr, text.len});
}

/* ---- shapes ---- */

static void add_fields(struct base_buf *shape, const struct store_part *parts, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (i) base_buf_char(shape, ' ');
        base_buf_text(shape, parts[i].field->name);
        if (!store_field_is_number(parts[i].field)) base_buf_text(shape, parts[i].is_strs ? ":texts" : ":text");
        if (parts[i].blind >= 0) base_buf_text(shape, ":blind");
    }
}

struct mx_str store_table_shape(struct base_arena *arena, const struct store_table *table) {
    struct base_buf shape;
    base_buf_init(&shape, arena);
    add_fields(&shape, table->key, table->key_count);
    if (table->packed) base_buf_text(&shape, " | packed");
    for (uint32_t i = 0; i < table->packed_count; i++) base_buf_printf(&shape, " %s", table->packed_fields[i]->name);
    return base_buf_view(&shape);
}

struct mx_str store_index_shape(struct base_arena *arena, const struct store_index *index) {
    struct base_buf shape;
    base_buf_init(&shape, arena);
    add_fields(&shape, index->parts, index->part_count);
    if (index->def->flags & MX_INDEX_UNIQUE) base_buf_text(&shape, " | unique");
    return base_buf_view(&shape);
}

int store_table_shape_grew(const struct store_table *table, struct mx_str old, struct mx_str now) {
    return table->packed && now.len > old.len && memcmp(now.ptr, old.ptr, old.len) == 0 && now.ptr[old.len] == ' ';
}
