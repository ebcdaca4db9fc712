/* Reading one record by key or by index. */
#include "store/internal.h"

static struct store_bytes key_bytes(const struct store_key *key) { return (struct store_bytes){key->bytes, key->len}; }

mx_status store_read_failed(const struct store_table *table, struct store_bytes key, mx_status st, struct mx_error *err) {
    if (st == MX_E_DAMAGED) return store_record_damaged(table, key, "its checksum is wrong", err);
    return base_fail(err, st, NULL, "The table %.60s could not be read.", table->def->name);
}

mx_status store_record_get(struct store_view *view, const struct store_table *table, struct store_bytes key, int open_pii, void **record,
                           struct store_hidden *hidden, struct store_span *value, struct mx_error *err) {
    mx_status st = store_full_get(view, key, value);
    if (st == MX_NONE) return MX_NONE;
    if (st != MX_OK) return store_read_failed(table, key, st, err);
    return store_record_decode(view, table, key, *value, open_pii, record, hidden, err);
}

mx_status store_get(struct store_view *view, const struct mx_table *def, const void *probe, void **record, struct mx_error *err) {
    const struct store_table *table = store_table_of(view->store, def);
    struct store_span value;
    struct store_key key;
    mx_status st;
    if (!table) return store_table_unknown(def, err);
    st = store_record_key(table, probe, &key, err);
    return st == MX_OK ? store_record_get(view, table, key_bytes(&key), 1, record, NULL, &value, err) : st;
}

mx_status store_entry_record(struct store_view *view, const struct store_index *index, struct store_bytes entry, struct store_span value,
                             void **record, struct mx_error *err) {
    const struct store_table *table = index->table;
    struct store_span record_value;
    struct store_key target;
    mx_status st = MX_NONE;
    if (store_entry_target(index, entry, value, &target))
        st = store_record_get(view, table, key_bytes(&target), 1, record, NULL, &record_value, err);
    if (st != MX_NONE) return st;
    return base_fail(err, MX_E_DAMAGED, NULL, "An entry of the index %.40s of %.60s points to no record.", index->def->name,
                     table->def->name);
}

static mx_status first_entry(struct store_view *view, const struct store_key *prefix, struct store_bytes *entry, struct store_span *value) {
    struct store_walk *walk;
    struct store_bytes stored, lent;
    void *copy;
    int trusted;
    mx_status st = store_full_walk(view, key_bytes(prefix), key_bytes(prefix), 0, 0, &walk);
    if (st != MX_OK) return st;
    st = store_full_walk_next(walk, &lent, &stored, &trusted);
    if (st == MX_OK) st = store_stored_value(view, lent, stored, trusted, value);
    if (st == MX_OK) {
        copy = base_arena_alloc(view->arena, lent.len);
        memcpy(copy, lent.ptr, lent.len);
        *entry = (struct store_bytes){copy, lent.len};
    }
    store_walk_close(walk);
    return st == MX_DONE ? MX_NONE : st;
}

mx_status store_find(struct store_view *view, const struct mx_table *def, const char *name, const void *probe, void **record,
                     struct mx_error *err) {
    const struct store_table *table = store_table_of(view->store, def);
    const struct store_index *index;
    struct store_key key;
    struct store_bytes entry;
    struct store_span value;
    mx_status st;
    if (!table) return store_table_unknown(def, err);
    index = store_index_of(table, name);
    if (!index) return base_fail(err, MX_E_INTERNAL, NULL, "The table %.60s has no index %.40s.", def->name, name);
    store_key_space(&key, index->space);
    st = store_index_probe(index, probe, 0, index->part_count, &key, err);
    if (st != MX_OK) return st;
    entry = key_bytes(&key);
    if (index->def->flags & MX_INDEX_UNIQUE)
        st = store_full_get(view, entry, &value);
    else
        st = first_entry(view, &key, &entry, &value);
    if (st == MX_NONE) return MX_NONE;
    if (st == MX_E_DAMAGED) return store_index_damaged(index, err);
    if (st != MX_OK) return store_read_failed(table, entry, st, err);
    return store_entry_record(view, index, entry, value, record, err);
}

mx_status store_index_damaged(const struct store_index *index, struct mx_error *err) {
    return base_fail(err, MX_E_DAMAGED, NULL, "An entry of the index %.40s of %.60s is damaged: its checksum is wrong.", index->def->name,
                     index->table->def->name);
}
