/* Every readable record as one line of JSON; what is sealed stays sealed, what is derived (indexes) is left out. */
#include "store/internal.h"
#include "json/json.h"

struct dump {
    struct store *store;
    struct store_names names;
    const char *prefix;
    int (*row)(void *arg, struct mx_str line);
    void *arg;
};

static void add_value(struct base_buf *line, struct store_view *view, const struct store_space *space, struct store_bytes key,
                      struct store_span value) {
    struct mx_str text = mx_str_n((const char *)value.ptr, value.len), canonical;
    void *record;
    if (space && space->table->packed && store_record_decode(view, space->table, key, value, 0, &record, NULL, NULL) == MX_OK)
        json_encode(line, space->table->def->type, record, 0);
    else if (json_canonical(view->arena, text, STORE_VALUE_MAX, &canonical, NULL) == MX_OK)
        base_buf_str(line, canonical);
    else
        json_quote(line, crypto_base64(view->arena, value.ptr, value.len));
}

static int dump_one(void *arg, struct store_view *view, struct store_bytes key, struct store_bytes stored) {
    struct dump *dump = arg;
    const struct store_space *space;
    struct store_span value;
    struct base_buf line;
    const char *name;
    int is_index;
    if (key.len < STORE_SPACE_BYTES) return 0;
    name = store_space_name(&dump->names, store_take_be16(key.ptr), &is_index);
    if (!name || is_index || strncmp(name, dump->prefix, strlen(dump->prefix)) != 0) return 0;
    if (store_stored_value(view, key, stored, 0, &value) != MX_OK) return 0;
    space = store_space_of(dump->store, store_take_be16(key.ptr));
    base_buf_init(&line, view->arena);
    base_buf_text(&line, "{\"key\":");
    json_quote(&line, space ? store_key_words(view->arena, space->table->key, space->table->key_count, key)
                            : store_key_words(view->arena, NULL, 0, key));
    base_buf_text(&line, ",\"table\":");
    json_quote(&line, mx_str_of(name));
    base_buf_text(&line, ",\"value\":");
    add_value(&line, view, space, key, value);
    base_buf_char(&line, '}');
    return dump->row(dump->arg, base_buf_view(&line));
}

mx_status store_dump(struct store *store, const char *prefix, int (*row)(void *arg, struct mx_str line), void *arg) {
    struct dump dump = {.store = store, .prefix = prefix, .row = row, .arg = arg};
    struct store_slices slices = {dump_one, &dump};
    struct base_arena *arena = base_arena_new(4096);
    uint64_t count = 0;
    mx_status st = store_names_load(store, &dump.names, arena);
    if (st == MX_OK) st = store_in_slices(store, &slices, &count);
    base_arena_free(arena);
    return st;
}
