/* Index entries. Key: the index's space, its fields, and for an index that is not unique the record's key behind them.
 * Value: the record's key for a unique index, empty otherwise. */
#include <stdlib.h>

#include "store/internal.h"

const struct store_index *store_index_of(const struct store_table *table, const char *name) {
    for (uint32_t i = 0; i < table->index_count; i++)
        if (table->indexes[i].def->name == name || strcmp(table->indexes[i].def->name, name) == 0) return &table->indexes[i];
    return NULL;
}

static int is_empty(const struct store_table *table, const struct store_part *part, const void *record, const struct store_hashes *hashes) {
    if (part->blind >= 0) return hashes[part->blind].count == 0;
    if (part->is_strs) return 0;
    if (store_field_is_text(part->field)) return store_text_of(part->field, record).len == 0;
    return !mx_has_at(table->def->type, record, part->field->offset);
}

static void add_part(const struct store_index *index, const struct store_part *part, const void *record, const struct store_hashes *hashes,
                     uint32_t element, struct store_key *key) {
    static const uint8_t none[STORE_BLIND_BYTES];
    if (part->blind >= 0) {
        const struct store_hashes *slot = &hashes[part->blind];
        store_key_add(key, element < slot->count ? slot->bytes + (size_t)element * STORE_BLIND_BYTES : none, STORE_BLIND_BYTES);
    } else if (part->is_strs)
        store_key_add_cut(key, index->table->store->index_key,
                          mx_list_str((const struct mx_list *)((const char *)record + part->field->offset), element));
    else if (store_field_is_text(part->field))
        store_key_add_cut(key, index->table->store->index_key, store_text_of(part->field, record));
    else
        store_key_add_int(key, store_number_of(part->field, record));
}

static int entry_cmp(const void *a, const void *b) {
    return store_bytes_cmp(((const struct store_entry *)a)->key, ((const struct store_entry *)b)->key);
}

static void sort_without_doubles(struct store_entries *entries) {
    uint32_t n = 0;
    if (entries->count < 2) return;
    qsort(entries->items, entries->count, sizeof(*entries->items), entry_cmp);
    for (uint32_t i = 0; i < entries->count; i++)
        if (n == 0 || entry_cmp(&entries->items[n - 1], &entries->items[i]) != 0) entries->items[n++] = entries->items[i];
    entries->count = n;
}

static uint32_t element_count(const struct store_index *index, const void *record, const struct store_hashes *hashes) {
    const struct store_part *last = &index->parts[index->part_count - 1];
    if (!last->is_strs) return 1;
    if (last->blind >= 0) return hashes[last->blind].count;
    return ((const struct mx_list *)((const char *)record + last->field->offset))->count;
}

static mx_status too_long(const struct store_index *index, struct mx_error *err) {
    return base_fail(err, MX_E_TOO_LARGE, index->parts[0].field->name, "An entry of the index %.40s of %.60s would be too long.",
                     index->def->name, index->table->def->name);
}

mx_status store_index_entries(const struct store_index *index, struct base_arena *arena, const void *record,
                              const struct store_hashes *hashes, struct store_bytes record_key, struct store_entries *entries,
                              struct mx_error *err) {
    uint32_t count = element_count(index, record, hashes);
    entries->count = 0;
    entries->items = NULL;
    if (count == 0 || is_empty(index->table, &index->parts[0], record, hashes)) return MX_OK;
    entries->items = base_arena_alloc(arena, count * sizeof(*entries->items));
    for (uint32_t element = 0; element < count; element++) {
        struct store_key key;
        uint8_t *copy;
        store_key_space(&key, index->space);
        for (uint32_t i = 0; i < index->part_count; i++)
            add_part(index, &index->parts[i], record, hashes, index->parts[i].is_strs ? element : 0, &key);
        if (!(index->def->flags & MX_INDEX_UNIQUE))
            store_key_add(&key, (const uint8_t *)record_key.ptr + STORE_SPACE_BYTES, record_key.len - STORE_SPACE_BYTES);
        if (key.too_long) return too_long(index, err);
        copy = base_arena_alloc(arena, key.len);
        memcpy(copy, key.bytes, key.len);
        entries->items[entries->count++] = (struct store_entry){{copy, key.len}, element};
    }
    sort_without_doubles(entries);
    return MX_OK;
}

mx_status store_index_probe(const struct store_index *index, const void *probe, uint32_t from, uint32_t count, struct store_key *key,
                            struct mx_error *err) {
    for (uint32_t i = from; i < count; i++) {
        const struct store_part *part = &index->parts[i];
        uint8_t hash[STORE_BLIND_BYTES];
        if (part->blind >= 0) {
            if (!store_blind_probe(index->table, (uint32_t)part->blind, probe, hash)) return MX_NONE;
            store_key_add(key, hash, sizeof(hash));
            continue;
        }
        if (part->is_strs && ((const struct mx_list *)((const char *)probe + part->field->offset))->count == 0) return MX_NONE;
        add_part(index, part, probe, NULL, 0, key);
    }
    return key->too_long ? too_long(index, err) : MX_OK;
}

int store_entry_target(const struct store_index *index, struct store_bytes key, struct store_span value, struct store_key *target) {
    const uint8_t *at = (const uint8_t *)key.ptr + STORE_SPACE_BYTES;
    size_t left = key.len - STORE_SPACE_BYTES;
    store_key_space(target, index->table->space);
    for (uint32_t i = 0; i < index->part_count; i++) {
        size_t len = store_part_length(&index->parts[i], at, left);
        if (len == 0) return 0;
        at += len;
        left -= len;
    }
    if (index->def->flags & MX_INDEX_UNIQUE) {
        if (left != 0) return 0;
        at = value.ptr;
        left = value.len;
    }
    store_key_add(target, at, left);
    return left > 0 && !target->too_long;
}
