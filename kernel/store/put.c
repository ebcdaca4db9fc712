/* Writing and deleting records with their index entries. Everything is looked at first; only then is anything written, so
 * that a failed put leaves the write set as it was. */
#include <stdio.h>

#include "store/internal.h"

static struct store_bytes key_bytes(const struct store_key *key) { return (struct store_bytes){key->bytes, key->len}; }

/* One record's old and new state on the way through a put or delete. */
struct change {
    struct store_view *view;
    const struct store_table *table;
    struct store_bytes key;
    void *old_record; /* NULL: there was none */
    struct store_span old_value;
    struct store_hidden old_hidden;
    struct store_hidden new_hidden;
    struct store_entries *dropped; /* for each index */
    struct store_entries *added;
};

static mx_status change_open(struct change *change, struct store_view *view, const struct store_table *table, const struct store_key *key,
                             int for_put, struct mx_error *err) {
    struct base_arena *arena = view->arena;
    mx_status st;
    memset(change, 0, sizeof(*change));
    change->view = view;
    change->table = table;
    change->key = key_bytes(key);
    if (table->blind_count) {
        change->old_hidden.hashes = base_arena_alloc(arena, table->blind_count * sizeof(struct store_hashes));
        change->new_hidden.hashes = base_arena_alloc(arena, table->blind_count * sizeof(struct store_hashes));
    }
    if (table->index_count) {
        change->dropped = base_arena_alloc(arena, table->index_count * sizeof(*change->dropped));
        change->added = base_arena_alloc(arena, table->index_count * sizeof(*change->added));
    }
    st = store_record_get(view, table, change->key, for_put && table->has_pii, &change->old_record, &change->old_hidden, &change->old_value,
                          err);
    if (st == MX_NONE) change->old_record = NULL;
    change->new_hidden.extra = change->old_hidden.extra;
    return st < 0 ? st : MX_OK;
}

/* Take out what stands in both (sorted) lists. */
static void only_differences(struct store_entries *old, struct store_entries *now) {
    uint32_t i = 0, k = 0, dropped = 0, added = 0;
    while (i < old->count || k < now->count) {
        int c = i == old->count ? 1 : k == now->count ? -1 : store_bytes_cmp(old->items[i].key, now->items[k].key);
        if (c < 0) old->items[dropped++] = old->items[i];
        if (c > 0) now->items[added++] = now->items[k];
        if (c <= 0) i++;
        if (c >= 0) k++;
    }
    old->count = dropped;
    now->count = added;
}

/* A unique entry may be there already only when this very record put it there. */
static mx_status unique_free(struct change *change, const struct store_index *index, const struct store_entry *entry,
                             struct mx_error *err) {
    const struct store_part *last = &index->parts[index->part_count - 1];
    struct store_span value;
    char field[96];
    mx_status st = store_full_get(change->view, entry->key, &value);
    if (st == MX_NONE) return MX_OK;
    if (st == MX_E_DAMAGED) return store_index_damaged(index, err);
    if (st != MX_OK) return store_read_failed(change->table, entry->key, st, err);
    if (last->is_strs)
        snprintf(field, sizeof(field), "%.80s[%u]", last->field->name, entry->element);
    else
        snprintf(field, sizeof(field), "%.90s", last->field->name);
    return base_fail(err, MX_E_EXISTS, field, "Another record of %.60s has this %.60s already.", change->table->def->name,
                     last->field->name);
}

static mx_status index_changes(struct change *change, const void *record, struct mx_error *err) {
    for (uint32_t i = 0; i < change->table->index_count; i++) {
        const struct store_index *index = &change->table->indexes[i];
        struct base_arena *arena = change->view->arena;
        mx_status st = MX_OK;
        if (change->old_record)
            st = store_index_entries(index, arena, change->old_record, change->old_hidden.hashes, change->key, &change->dropped[i], err);
        if (st == MX_OK && record)
            st = store_index_entries(index, arena, record, change->new_hidden.hashes, change->key, &change->added[i], err);
        if (st != MX_OK) return st;
        only_differences(&change->dropped[i], &change->added[i]);
        if (!(index->def->flags & MX_INDEX_UNIQUE)) continue;
        for (uint32_t k = 0; k < change->added[i].count; k++) {
            st = unique_free(change, index, &change->added[i].items[k], err);
            if (st != MX_OK) return st;
        }
    }
    return MX_OK;
}

static mx_status room(const struct change *change, size_t value_len, struct mx_error *err) {
    size_t bytes = change->key.len + value_len + STORE_CHECKSUM_BYTES;
    uint32_t records = 1;
    mx_status st;
    for (uint32_t i = 0; i < change->table->index_count; i++) {
        for (uint32_t k = 0; k < change->dropped[i].count; k++) bytes += change->dropped[i].items[k].key.len;
        for (uint32_t k = 0; k < change->added[i].count; k++)
            bytes += change->added[i].items[k].key.len + change->key.len + STORE_CHECKSUM_BYTES;
        records += change->dropped[i].count + change->added[i].count;
    }
    st = store_room_for(change->view, records, bytes);
    if (st == MX_E_BUDGET)
        return base_fail(err, st, NULL, "One command may write %u records and %u bytes; use a job for more.", STORE_WRITES_MAX,
                         STORE_BYTES_MAX);
    return st;
}

static void write_entries(struct change *change) {
    struct store_view *view = change->view;
    const uint8_t *record_key = (const uint8_t *)change->key.ptr + STORE_SPACE_BYTES;
    size_t record_key_len = change->key.len - STORE_SPACE_BYTES;
    for (uint32_t i = 0; i < change->table->index_count; i++) {
        size_t len = change->table->indexes[i].def->flags & MX_INDEX_UNIQUE ? record_key_len : 0;
        for (uint32_t k = 0; k < change->dropped[i].count; k++) store_full_del(view, change->dropped[i].items[k].key);
        for (uint32_t k = 0; k < change->added[i].count; k++) {
            uint8_t *value = base_arena_alloc(view->arena, len + STORE_CHECKSUM_BYTES);
            if (len) memcpy(value + STORE_CHECKSUM_BYTES, record_key, len);
            store_full_put(view, change->added[i].items[k].key, value, len);
        }
    }
}

/* ---- put ---- */

static mx_status check_revision(const struct change *change, struct mx_rec *rec, struct mx_error *err) {
    const struct store_table *table = change->table;
    const char *field = table->key[table->key_count - 1].field->name;
    const struct mx_rec *old = change->old_record ? store_rec_of(table, change->old_record) : NULL;
    if (table->append && (old || rec->rev))
        return base_fail(err, MX_E_EXISTS, field, "A record of %.60s is written once and never changed.", table->def->name);
    if (table->packed) return MX_OK;
    if (rec->rev == 0 && old)
        return base_fail(err, MX_E_EXISTS, field, "There is a record of %.60s with this key already.", table->def->name);
    if (rec->rev != 0 && (!old || old->rev != rec->rev))
        return base_fail(err, MX_E_CONFLICT, "rev", "The record of %.60s was changed in the meantime.", table->def->name);
    if (old && rec->extra.len == 0) rec->extra = old->extra;
    return MX_OK;
}

static mx_status put_checked(struct change *change, void *record, struct mx_error *err) {
    uint8_t *value;
    size_t len;
    mx_status st;
    st = store_record_sound(change->table, change->view->arena, record, err);
    if (st != MX_OK) return st;
    if (change->new_hidden.hashes) store_blind_hashes(change->table, change->view->arena, record, change->new_hidden.hashes);
    st = index_changes(change, record, err);
    if (st == MX_OK) st = store_record_encode(change->view, change->table, change->key, record, &change->new_hidden, &value, &len, err);
    if (st != MX_OK) return st;
    if (change->table->packed && change->old_record && change->old_value.len == len &&
        memcmp(change->old_value.ptr, value + STORE_CHECKSUM_BYTES, len) == 0)
        return MX_OK;
    st = room(change, len, err);
    if (st != MX_OK) return st;
    store_full_put(change->view, change->key, value, len);
    write_entries(change);
    return MX_OK;
}

static mx_status read_only(const struct store_table *table, struct mx_error *err) {
    return base_fail(err, MX_E_READ_ONLY, NULL, "A query tried to write to %.60s.", table->def->name);
}

mx_status store_put(struct store_view *view, const struct mx_table *def, void *record, struct mx_error *err) {
    const struct store_table *table = store_table_of(view->store, def);
    struct mx_rec *rec, before;
    struct change change;
    struct store_key key;
    mx_status st;
    if (!table) return store_table_unknown(def, err);
    if (!view->group) return read_only(table, err);
    rec = store_rec_of(table, record);
    before = *rec;
    st = store_record_key(table, record, &key, err);
    if (st == MX_OK) st = change_open(&change, view, table, &key, 1, err);
    if (st == MX_OK) st = check_revision(&change, rec, err);
    if (st == MX_OK) {
        store_record_mark(table, record);
        if (!table->packed) rec->rev++;
        st = put_checked(&change, record, err);
    }
    if (st != MX_OK) *rec = before;
    return st;
}

mx_status store_del(struct store_view *view, const struct mx_table *def, const void *probe, struct mx_error *err) {
    const struct store_table *table = store_table_of(view->store, def);
    struct change change;
    struct store_key key;
    mx_status st;
    if (!table) return store_table_unknown(def, err);
    if (!view->group) return read_only(table, err);
    if (table->append) return base_fail(err, MX_E_INTERNAL, NULL, "Records of %.60s are never deleted.", def->name);
    st = store_record_key(table, probe, &key, err);
    if (st == MX_OK) st = change_open(&change, view, table, &key, 0, err);
    if (st == MX_OK && !change.old_record) return MX_NONE;
    if (st == MX_OK) st = index_changes(&change, NULL, err);
    if (st == MX_OK) st = room(&change, 0, err);
    if (st != MX_OK) return st;
    store_full_del(view, change.key);
    write_entries(&change);
    return MX_OK;
}
