/* Durable cursors of followers. */
#include "bus/internal.h"

static struct store_span cursor_key(struct store_view *view, struct mx_str name, struct base_buf *key) {
    base_buf_init(key, store_view_arena(view));
    store_key_text(key, name);
    return bus_span(key);
}

mx_status bus_cursor_find(struct store_view *view, struct mx_str name, int64_t *seq) {
    struct base_buf key;
    struct store_span value;
    mx_status st = store_raw_get(view, STORE_SPACE_CURSORS, cursor_key(view, name, &key), &value);
    if (st != MX_OK) return st;
    return store_key_take_int(&value, seq) ? MX_OK : MX_E_DAMAGED;
}

mx_status bus_cursor_get(struct store_view *view, struct mx_str name, int64_t *seq) {
    mx_status st = bus_cursor_find(view, name, seq);
    if (st == MX_NONE) *seq = 0;
    return st == MX_NONE ? MX_OK : st;
}

mx_status bus_cursor_put(struct store_view *view, struct mx_str name, int64_t seq) {
    struct base_buf key, value;
    base_buf_init(&value, store_view_arena(view));
    store_key_int(&value, seq);
    return store_raw_put(view, STORE_SPACE_CURSORS, cursor_key(view, name, &key), bus_span(&value));
}
