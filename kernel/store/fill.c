/* Entering existing records into an index that is new. */
#include "store/internal.h"

/* A record written before its blind index was declared lacks the hash: it is opened once and written again as it was. */
static mx_status add_hashes(struct store_view *view, const struct store_index *index, struct store_bytes key, struct store_span value,
                            struct store_hashes *hashes, struct mx_error *err) {
    const struct store_table *table = index->table;
    struct store_hidden fresh = {base_arena_alloc(view->arena, table->blind_count * sizeof(struct store_hashes)), {NULL, 0}};
    struct store_hashes *made = base_arena_alloc(view->arena, table->blind_count * sizeof(*made));
    uint8_t *bytes;
    void *record;
    size_t len;
    int missing = 0;
    mx_status st = store_record_decode(view, table, key, value, 1, &record, &fresh, err);
    if (st != MX_OK) return st;
    store_blind_hashes(table, view->arena, record, made);
    for (uint32_t i = 0; i < table->blind_count; i++) missing |= made[i].count > hashes[i].count;
    if (!missing) return MX_OK;
    fresh.hashes = made;
    st = store_record_encode(view, table, key, record, &fresh, &bytes, &len, err);
    if (st != MX_OK) return st;
    store_full_put(view, key, bytes, len);
    memcpy(hashes, made, table->blind_count * sizeof(*made));
    return MX_OK;
}

mx_status store_index_fill(struct store_view *view, const struct store_index *index, struct store_bytes key, struct store_span value,
                           struct mx_error *err) {
    const struct store_table *table = index->table;
    int unique = (index->def->flags & MX_INDEX_UNIQUE) != 0;
    struct store_hashes *hashes = base_arena_alloc(view->arena, (table->blind_count + 1) * sizeof(*hashes));
    struct store_hidden hidden = {hashes, {NULL, 0}};
    struct store_entries entries;
    struct store_span there;
    void *record;
    mx_status st = store_record_decode(view, table, key, value, 0, &record, &hidden, err);
    if (st == MX_OK && table->blind_count) st = add_hashes(view, index, key, value, hashes, err);
    if (st == MX_OK) st = store_index_entries(index, view->arena, record, hashes, key, &entries, err);
    for (uint32_t i = 0; st == MX_OK && i < entries.count; i++) {
        size_t len = unique ? key.len - STORE_SPACE_BYTES : 0;
        uint8_t *bytes = base_arena_alloc(view->arena, len + STORE_CHECKSUM_BYTES);
        if (unique && store_full_get(view, entries.items[i].key, &there) != MX_NONE)
            return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The new index %.40s of %.60s cannot be unique: records share a value.",
                             index->def->name, table->def->name);
        if (len) memcpy(bytes + STORE_CHECKSUM_BYTES, (const uint8_t *)key.ptr + STORE_SPACE_BYTES, len);
        store_full_put(view, entries.items[i].key, bytes, len);
    }
    return st;
}
