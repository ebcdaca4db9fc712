/* Walks over records in the order of their key or of an index. */
#include "store/internal.h"

struct mx_scan {
    struct store_view *view;
    const struct store_table *table;
    const struct store_index *index; /* NULL: by key */
    struct store_walk *walk;
    struct store_key last; /* full key of the entry given last; len 0: none yet */
    int empty;             /* the probe can match nothing */
    int keys_only;         /* what the entries of the index tell by themselves is enough */
};

static struct store_bytes key_bytes(const struct store_key *key) { return (struct store_bytes){key->bytes, key->len}; }

static mx_status wrong(const struct store_table *table, struct mx_error *err, const char *what) {
    return base_fail(err, MX_E_INTERNAL, NULL, "A walk over %.60s cannot be opened: %s.", table->def->name, what);
}

static mx_status add_parts(const struct mx_scan *scan, const void *probe, uint32_t from, uint32_t count, struct store_key *key,
                           struct mx_error *err) {
    if (scan->index) return store_index_probe(scan->index, probe, from, count, key, err);
    for (uint32_t i = from; i < count; i++) {
        const struct mx_field *field = scan->table->key[i].field;
        if (store_field_is_text(field))
            store_key_add_text(key, store_text_of(field, probe));
        else
            store_key_add_int(key, store_number_of(field, probe));
    }
    return key->too_long ? base_fail(err, MX_E_TOO_LARGE, NULL, "The key to start from is too long.") : MX_OK;
}

/* Is the key well formed for this walk? */
static int fits(const struct mx_scan *scan, struct store_bytes key) {
    const struct store_part *parts = scan->index ? scan->index->parts : scan->table->key;
    uint32_t count = scan->index ? scan->index->part_count : scan->table->key_count;
    const uint8_t *at = (const uint8_t *)key.ptr + STORE_SPACE_BYTES;
    size_t left = key.len - STORE_SPACE_BYTES;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < count; i++) {
            size_t len = store_part_length(&parts[i], at, left);
            if (len == 0) return 0;
            at += len;
            left -= len;
        }
        if (!scan->index || (scan->index->def->flags & MX_INDEX_UNIQUE)) break;
        parts = scan->table->key;
        count = scan->table->key_count;
    }
    return left == 0;
}

/* A cursor is the full key of the last entry, in base64url. */
static mx_status start_after(const struct mx_scan *scan, struct mx_str after, struct store_bytes prefix, struct store_key *start,
                             struct mx_error *err) {
    uint8_t *bytes;
    size_t len;
    if (crypto_unbase64(scan->view->arena, after, &bytes, &len) && len >= prefix.len && len <= STORE_KEY_MAX &&
        memcmp(bytes, prefix.ptr, prefix.len) == 0 && fits(scan, (struct store_bytes){bytes, len})) {
        start->len = 0;
        start->too_long = 0;
        store_key_add(start, bytes, len);
        return MX_OK;
    }
    return base_fail(err, MX_E_BAD_INPUT, "after", "This cursor does not belong to this list.");
}

static mx_status open_walk(struct mx_scan *scan, const struct mx_scan_opts *opts, const void *probe, struct mx_error *err) {
    const struct store_part *parts = scan->index ? scan->index->parts : scan->table->key;
    uint32_t count = scan->index ? scan->index->part_count : scan->table->key_count;
    struct store_key prefix, start;
    int beyond = 0;
    mx_status st;
    if (opts->prefix + opts->from > count) return wrong(scan->table, err, "its prefix is longer than the key");
    if (opts->keys_only && !scan->index) return wrong(scan->table, err, "keys alone are told by an index");
    if ((opts->prefix || opts->from) && !probe) return wrong(scan->table, err, "there is no probe");
    if (opts->from && parts[opts->prefix].blind >= 0) return wrong(scan->table, err, "a blind index has no order");
    store_key_space(&prefix, scan->index ? scan->index->space : scan->table->space);
    st = add_parts(scan, probe, 0, opts->prefix, &prefix, err);
    if (st != MX_OK) return st;
    start = prefix;
    if (opts->from) st = add_parts(scan, probe, opts->prefix, opts->prefix + 1, &start, err);
    if (st != MX_OK) return st;
    if (opts->after.len) {
        st = start_after(scan, opts->after, key_bytes(&prefix), &start, err);
        beyond = 1;
    } else if (opts->reverse) {
        store_key_above(&start);
        beyond = 1;
    }
    if (st == MX_OK) st = store_full_walk(scan->view, key_bytes(&prefix), key_bytes(&start), beyond, opts->reverse, &scan->walk);
    if (st < 0 && st != MX_E_BAD_INPUT) return store_read_failed(scan->table, key_bytes(&start), st, err);
    return st;
}

mx_status store_scan_open(struct store_view *view, const struct mx_table *def, const struct mx_scan_opts *given, const void *probe,
                          struct mx_scan **out, struct mx_error *err) {
    const struct store_table *table = store_table_of(view->store, def);
    struct mx_scan_opts opts;
    struct mx_scan *scan;
    mx_status st;
    if (!table) return store_table_unknown(def, err);
    memset(&opts, 0, sizeof(opts));
    if (given) memcpy(&opts, given, given->size && given->size < sizeof(opts) ? given->size : sizeof(opts));
    scan = base_arena_alloc(view->arena, sizeof(*scan));
    scan->view = view;
    scan->table = table;
    if (opts.index) {
        scan->index = store_index_of(table, opts.index);
        if (!scan->index) return base_fail(err, MX_E_INTERNAL, NULL, "The table %.60s has no index %.40s.", def->name, opts.index);
    }
    st = open_walk(scan, &opts, probe, err);
    if (st < 0) return st;
    scan->empty = st == MX_NONE;
    scan->keys_only = opts.keys_only;
    /* A person's key is remembered for the whole view, so walks over personal data lend nothing. */
    if (opts.lend && !scan->empty && !table->has_pii) scan->walk->lent = base_arena_new(4096);
    *out = scan;
    return MX_OK;
}

/* Fill the fields that stand in a key: 1, or 0 when it is not one. A text that was cut, a blind part and a word of a list tell
 * nothing about their fields. */
static int take_parts(struct base_arena *arena, const struct store_part *parts, uint32_t count, struct store_span *key, void *record) {
    for (uint32_t i = 0; i < count; i++) {
        const struct mx_field *field = parts[i].field;
        size_t len = store_part_length(&parts[i], key->ptr, key->len);
        int is_text = store_field_is_text(field);
        struct store_span part = {key->ptr, len};
        struct mx_str text;
        int64_t number;
        if (len == 0) return 0;
        key->ptr += len;
        key->len -= len;
        if (parts[i].blind >= 0 || parts[i].is_strs) continue;
        if (is_text && store_key_take_text(arena, &part, &text))
            memcpy((char *)record + field->offset, &text, sizeof(text));
        else if (!is_text && store_key_take_int(&part, &number))
            store_number_set(field, record, number);
    }
    return 1;
}

static mx_status read_keys(const struct mx_scan *scan, struct store_bytes key, struct store_span value, void **record,
                           struct mx_error *err) {
    const struct store_table *table = scan->table;
    struct store_span left = {(const uint8_t *)key.ptr + STORE_SPACE_BYTES, key.len - STORE_SPACE_BYTES};
    struct base_arena *arena = scan->view->arena;
    void *bare = base_arena_alloc(arena, table->def->type->struct_size);
    if (!take_parts(arena, scan->index->parts, scan->index->part_count, &left, bare)) return store_index_damaged(scan->index, err);
    if (scan->index->def->flags & MX_INDEX_UNIQUE) left = value;
    if (!take_parts(arena, table->key, table->key_count, &left, bare)) return store_index_damaged(scan->index, err);
    store_record_mark(table, bare);
    *record = bare;
    return MX_OK;
}

static mx_status read_entry(const struct mx_scan *scan, struct store_bytes key, struct store_bytes stored, int trusted, void **record,
                            struct mx_error *err) {
    struct store_span value;
    mx_status st = store_stored_value(scan->view, key, stored, trusted, &value);
    if (scan->index) {
        if (st != MX_OK) return store_index_damaged(scan->index, err);
        if (scan->keys_only) return read_keys(scan, key, value, record, err);
        return store_entry_record(scan->view, scan->index, key, value, record, err);
    }
    if (st != MX_OK) return store_read_failed(scan->table, key, st, err);
    return store_record_decode(scan->view, scan->table, key, value, 1, record, NULL, err);
}

mx_status store_scan_next(struct mx_scan *scan, void **record, struct mx_error *err) {
    struct base_arena *arena = scan->view->arena;
    struct store_bytes key, stored;
    int trusted;
    mx_status st;
    if (scan->empty) return MX_DONE;
    st = store_full_walk_next(scan->walk, &key, &stored, &trusted);
    if (st == MX_DONE) return st;
    if (st != MX_OK) return store_read_failed(scan->table, key_bytes(&scan->last), st, err);
    scan->last.len = 0;
    store_key_add(&scan->last, key.ptr, key.len);
    if (scan->walk->lent) {
        base_arena_reset(scan->walk->lent);
        scan->view->arena = scan->walk->lent;
    }
    st = read_entry(scan, key, stored, trusted, record, err);
    scan->view->arena = arena;
    return st;
}

struct mx_str store_scan_cursor(struct mx_scan *scan) {
    return crypto_base64(scan->view->arena, scan->last.bytes, scan->last.len);
}
