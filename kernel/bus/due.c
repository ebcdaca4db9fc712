/* Due times: one row by time that holds the body, one by (op, id) that finds it again. */
#include "bus/internal.h"

static struct store_span time_key(struct store_view *view, int64_t due_ms, struct mx_str op, struct mx_str id, struct base_buf *key) {
    base_buf_init(key, store_view_arena(view));
    store_key_int(key, due_ms);
    store_key_text(key, op);
    store_key_text(key, id);
    return bus_span(key);
}

static struct store_span name_key(struct store_view *view, struct mx_str op, struct mx_str id, struct base_buf *key) {
    base_buf_init(key, store_view_arena(view));
    store_key_text(key, op);
    store_key_text(key, id);
    return bus_span(key);
}

mx_status bus_due_put(struct store_view *view, const struct bus_due *due) {
    struct base_buf key, value;
    mx_status st = bus_due_del(view, due->op, due->id);
    if (st < 0) return st;
    base_buf_init(&value, store_view_arena(view));
    base_buf_char(&value, '=');
    base_buf_str(&value, due->body);
    st = store_raw_put(view, STORE_SPACE_DUE, time_key(view, due->due_ms, due->op, due->id, &key), bus_span(&value));
    if (st != MX_OK) return st;
    base_buf_init(&value, store_view_arena(view));
    store_key_int(&value, due->due_ms);
    return store_raw_put(view, STORE_SPACE_DUE_ID, name_key(view, due->op, due->id, &key), bus_span(&value));
}

mx_status bus_due_del(struct store_view *view, struct mx_str op, struct mx_str id) {
    struct base_buf key;
    struct store_span value;
    int64_t due_ms;
    mx_status st = store_raw_get(view, STORE_SPACE_DUE_ID, name_key(view, op, id, &key), &value);
    if (st != MX_OK) return st;
    if (!store_key_take_int(&value, &due_ms)) return MX_E_DAMAGED;
    st = store_raw_del(view, STORE_SPACE_DUE_ID, bus_span(&key));
    return st == MX_OK ? store_raw_del(view, STORE_SPACE_DUE, time_key(view, due_ms, op, id, &key)) : st;
}

mx_status bus_due_take(struct store_view *view, const struct bus_due *due) {
    struct base_buf key;
    mx_status st = store_raw_del(view, STORE_SPACE_DUE_ID, name_key(view, due->op, due->id, &key));
    return st == MX_OK ? store_raw_del(view, STORE_SPACE_DUE, time_key(view, due->due_ms, due->op, due->id, &key)) : st;
}

static int take_apart(struct store_view *view, struct store_span key, struct store_span value, struct bus_due *due) {
    if (value.len < 1 || !store_key_take_int(&key, &due->due_ms)) return 0;
    due->body = mx_str_n((const char *)value.ptr + 1, value.len - 1);
    return store_key_take_text(store_view_arena(view), &key, &due->op) && store_key_take_text(store_view_arena(view), &key, &due->id);
}

/* One record that cannot be read must not hold up all that stand behind it. */
mx_status bus_due_first(struct store_view *view, struct bus_due *due) {
    struct store_span from = {NULL, 0}, key, value;
    struct store_walk *walk;
    mx_status st = store_walk_open(view, STORE_SPACE_DUE, from, 0, &walk);
    memset(due, 0, sizeof(*due));
    if (st != MX_OK) return st;
    for (;;) {
        st = store_walk_next(walk, &key, &value);
        if (st == MX_OK && take_apart(view, key, value, due)) return MX_OK;
        if (st != MX_OK && st != MX_E_DAMAGED) return st == MX_DONE ? MX_NONE : st;
        due->passed_over++;
    }
}
