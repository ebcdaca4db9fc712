/* Looking at everything: checksums, texts, and every index both ways. */
#include <stdio.h>

#include "store/internal.h"

struct verify {
    struct store *store;
    struct store_names names;
    void (*found)(void *arg, const char *what);
    void *arg;
    const struct store_pace *pace;
    int64_t done;
    int ended;
};

static struct mx_str words_of(struct verify *verify, struct base_arena *arena, struct store_bytes key) {
    const struct store_space *space = store_space_of(verify->store, store_take_be16(key.ptr));
    if (!space) return store_key_words(arena, NULL, 0, key);
    if (space->index) return store_key_words(arena, space->index->parts, space->index->part_count, key);
    return store_key_words(arena, space->table->key, space->table->key_count, key);
}

static void found(struct verify *verify, struct base_arena *arena, struct store_bytes key, const char *what) {
    int is_index;
    const char *name = store_space_name(&verify->names, store_take_be16(key.ptr), &is_index);
    struct mx_str words = words_of(verify, arena, key);
    verify->found(
        verify->arg,
        base_arena_printf(arena, "%s %.*s: %s", name ? name : "an unknown table", (int)words.len, words.len ? words.ptr : "", what).ptr);
}

/* ---- from the record to its entries ---- */

static const char *entry_fault(struct store_view *view, const struct store_index *index, struct store_bytes entry,
                               struct store_bytes record) {
    struct store_span value;
    mx_status st = store_full_get(view, entry, &value);
    int unique = (index->def->flags & MX_INDEX_UNIQUE) != 0;
    if (st == MX_NONE) return "its entry is missing in the index";
    if (st != MX_OK) return "its entry is damaged in the index";
    if (unique &&
        (value.len != record.len - STORE_SPACE_BYTES || memcmp(value.ptr, (const uint8_t *)record.ptr + STORE_SPACE_BYTES, value.len) != 0))
        return "another record stands in its place in the index";
    return NULL;
}

static void verify_entries(struct verify *verify, struct store_view *view, const struct store_table *table, struct store_bytes key,
                           const void *record, const struct store_hashes *hashes) {
    for (uint32_t i = 0; i < table->index_count; i++) {
        const struct store_index *index = &table->indexes[i];
        struct store_entries entries;
        if (store_index_entries(index, view->arena, record, hashes, key, &entries, NULL) != MX_OK) continue;
        for (uint32_t k = 0; k < entries.count; k++) {
            const char *fault = entry_fault(view, index, entries.items[k].key, key);
            if (fault) found(verify, view->arena, key, base_arena_printf(view->arena, "%s %s", fault, index->def->name).ptr);
        }
    }
}

static void verify_record(struct verify *verify, struct store_view *view, const struct store_table *table, struct store_bytes key,
                          struct store_span value) {
    struct store_hashes *hashes = base_arena_alloc(view->arena, (table->blind_count + 1) * sizeof(*hashes));
    struct store_hidden hidden = {hashes, {NULL, 0}};
    struct store_key own;
    struct mx_error err;
    void *record;
    if (store_record_decode(view, table, key, value, 0, &record, &hidden, &err) != MX_OK) {
        found(verify, view->arena, key, err.message);
        return;
    }
    if (store_record_key(table, record, &own, NULL) != MX_OK || own.len != key.len || memcmp(own.bytes, key.ptr, key.len) != 0) {
        found(verify, view->arena, key, "its fields say another key");
        return;
    }
    verify_entries(verify, view, table, key, record, hashes);
}

/* ---- from the entry to its record ---- */

static void verify_entry(struct verify *verify, struct store_view *view, const struct store_index *index, struct store_bytes key,
                         struct store_span value) {
    const struct store_table *table = index->table;
    struct store_hashes *hashes = base_arena_alloc(view->arena, (table->blind_count + 1) * sizeof(*hashes));
    struct store_hidden hidden = {hashes, {NULL, 0}};
    struct store_entries entries;
    struct store_key target;
    struct store_bytes target_key;
    struct store_span record_value;
    void *record;
    mx_status st;
    if (!store_entry_target(index, key, value, &target)) {
        found(verify, view->arena, key, "the entry cannot be read");
        return;
    }
    target_key = (struct store_bytes){target.bytes, target.len};
    st = store_record_get(view, table, target_key, 0, &record, &hidden, &record_value, NULL);
    if (st == MX_NONE) found(verify, view->arena, key, "the entry points to no record");
    if (st != MX_OK || store_index_entries(index, view->arena, record, hashes, target_key, &entries, NULL) != MX_OK) return;
    for (uint32_t i = 0; i < entries.count; i++)
        if (store_bytes_cmp(entries.items[i].key, key) == 0) return;
    found(verify, view->arena, key, "the entry points to a record with another value");
}

static int verify_one(void *arg, struct store_view *view, struct store_bytes key, struct store_bytes stored) {
    struct verify *verify = arg;
    const struct store_space *space;
    struct store_span value;
    verify->ended = verify->pace && !verify->pace->on(verify->pace->arg, ++verify->done, 0);
    if (verify->ended) return 1;
    if (key.len < STORE_SPACE_BYTES) {
        verify->found(verify->arg, "a key is shorter than any key can be");
        return 0;
    }
    if (store_stored_value(view, key, stored, 0, &value) != MX_OK) {
        found(verify, view->arena, key, "its checksum is wrong");
        return 0;
    }
    space = store_space_of(verify->store, store_take_be16(key.ptr));
    if (space && space->index)
        verify_entry(verify, view, space->index, key, value);
    else if (space)
        verify_record(verify, view, space->table, key, value);
    return 0;
}

mx_status store_verify_paced(struct store *store, void (*found_fn)(void *arg, const char *what), void *arg, const struct store_pace *pace,
                             uint64_t *records) {
    struct verify verify = {.store = store, .found = found_fn, .arg = arg, .pace = pace};
    struct store_slices slices = {verify_one, &verify};
    struct base_arena *arena = base_arena_new(4096);
    uint64_t count = 0;
    mx_status st = store_names_load(store, &verify.names, arena);
    if (st == MX_OK) st = store_in_slices(store, &slices, &count);
    base_arena_free(arena);
    if (st == MX_OK && verify.ended) st = MX_E_CANCELLED;
    if (st == MX_OK && records) *records = count;
    return st;
}

mx_status store_verify(struct store *store, void (*found_fn)(void *arg, const char *what), void *arg, uint64_t *records) {
    return store_verify_paced(store, found_fn, arg, NULL, records);
}
