/* What one command or query sees, and raw records in it. */
#include <stdlib.h>

#include "base/fault.h"
#include "store/internal.h"

static struct store_view *view_new(struct store *store, struct base_arena *arena, struct store_reader *reader) {
    struct store_view *view = base_arena_alloc(arena, sizeof(*view));
    view->store = store;
    view->arena = arena;
    view->reader = reader;
    overlay_init(&view->overlay, arena);
    return view;
}

static void view_end(struct store_view *view) {
    store_walks_close(view);
    crypto_wipe(view->person_keys, sizeof(view->person_keys));
    view->person_key_count = 0;
}

mx_status store_read_begin(struct store *store, struct base_arena *arena, struct store_view **view) {
    struct store_reader *reader;
    mx_status st = store->driver->snapshot_begin(store->db, &reader);
    if (st == MX_OK) *view = view_new(store, arena, reader);
    return st;
}

void store_read_rest(struct store_view *view) {
    view_end(view);
    if (view->reader) view->store->driver->snapshot_end(view->reader);
    view->reader = NULL;
}

void store_read_end(struct store_view *view) { store_read_rest(view); }

mx_status store_write_begin(struct store_group *group, struct base_arena *arena, struct store_view **view) {
    if (atomic_load(&group->store->broken)) return MX_E_IO;
    *view = view_new(group->store, arena, group->reader);
    (*view)->group = group;
    return MX_OK;
}

mx_status store_write_apply(struct store_view *view) {
    struct store *store = view->store;
    struct overlay *overlay = &view->overlay;
    struct store_write *writes;
    struct overlay_node *node;
    size_t count = 0;
    mx_status st = MX_OK;
    view_end(view);
    if (overlay->count == 0) return MX_OK;
    if (atomic_load(&store->broken) || base_fault("store.apply"))
        st = MX_E_IO;
    else {
        writes = base_arena_alloc(view->arena, overlay->count * sizeof(*writes));
        for (node = overlay->head[0]; node; node = node->next[0]) writes[count++] = (struct store_write){node->key, node->value};
        st = store->driver->group_apply(view->reader, writes, count);
    }
    if (st != MX_OK) atomic_store(&store->broken, 1);
    return st;
}

void store_write_drop(struct store_view *view) { view_end(view); }

void store_write_size(const struct store_view *view, uint32_t *records, size_t *bytes) {
    *records = view->overlay.count;
    *bytes = view->overlay.bytes;
}

struct base_arena *store_view_arena(struct store_view *view) {
    return view->arena;
}
struct store *store_of(struct store_view *view) {
    return view->store;
}
int store_view_writes(const struct store_view *view) { return view->group != NULL; }

/* ---- full keys ---- */

static void put_checksum(uint8_t out[STORE_CHECKSUM_BYTES], uint64_t sum) {
    for (unsigned i = 0; i < STORE_CHECKSUM_BYTES; i++) out[i] = (uint8_t)(sum >> (8 * i));
}

void store_checksum_put(const uint8_t checksum_key[CRYPTO_KEY_BYTES], struct store_bytes key, uint8_t *value_with_checksum, size_t len) {
    put_checksum(value_with_checksum, crypto_checksum(checksum_key, key.ptr, key.len, value_with_checksum + STORE_CHECKSUM_BYTES, len));
}

int store_checksum_ok(const struct store *store, struct store_bytes key, struct store_bytes stored) {
    const uint8_t *at = stored.ptr;
    uint8_t want[STORE_CHECKSUM_BYTES];
    if (stored.len < STORE_CHECKSUM_BYTES) return 0;
    put_checksum(want,
                 crypto_checksum(store->checksum_key, key.ptr, key.len, at + STORE_CHECKSUM_BYTES, stored.len - STORE_CHECKSUM_BYTES));
    return memcmp(want, at, sizeof(want)) == 0;
}

mx_status store_stored_value(struct store_view *view, struct store_bytes key, struct store_bytes stored, int trusted,
                             struct store_span *value) {
    const uint8_t *bytes = stored.ptr;
    uint8_t *copy;
    if (trusted) {
        *value = (struct store_span){bytes + STORE_CHECKSUM_BYTES, stored.len - STORE_CHECKSUM_BYTES};
        return MX_OK;
    }
    if (!store_checksum_ok(view->store, key, stored)) return MX_E_DAMAGED;
    copy = base_arena_alloc(view->arena, stored.len - STORE_CHECKSUM_BYTES + 1);
    memcpy(copy, bytes + STORE_CHECKSUM_BYTES, stored.len - STORE_CHECKSUM_BYTES);
    *value = (struct store_span){copy, stored.len - STORE_CHECKSUM_BYTES};
    return MX_OK;
}

mx_status store_full_get(struct store_view *view, struct store_bytes key, struct store_span *value) {
    struct store_bytes stored;
    struct overlay_node *node = view->group ? overlay_get(&view->overlay, key) : NULL;
    mx_status st;
    if (node) return node->value.ptr ? store_stored_value(view, key, node->value, 1, value) : MX_NONE;
    if (view->group && seen_get(&view->seen, key, &st, value)) return st;
    st = view->store->driver->get(view->reader, key, &stored);
    if (st == MX_OK) st = store_stored_value(view, key, stored, 0, value);
    /* Not from the memory of a lending walk, which is used again. */
    if (view->group && st >= 0 && view->arena == view->overlay.arena) seen_put(&view->seen, view->arena, key, st == MX_OK ? value : NULL);
    return st;
}

mx_status store_room_for(struct store_view *view, uint32_t records, size_t bytes) {
    if (!view->group) return MX_E_READ_ONLY;
    if (records > STORE_WRITES_MAX - view->overlay.count || bytes > STORE_BYTES_MAX - view->overlay.bytes) return MX_E_BUDGET;
    return MX_OK;
}

void store_full_put(struct store_view *view, struct store_bytes key, uint8_t *value_with_checksum, size_t len) {
    struct store_bytes value = {value_with_checksum, len + STORE_CHECKSUM_BYTES};
    store_checksum_put(view->store->checksum_key, key, value_with_checksum, len);
    overlay_put(&view->overlay, key, value, 1);
}

void store_full_del(struct store_view *view, struct store_bytes key) { overlay_put(&view->overlay, key, (struct store_bytes){NULL, 0}, 1); }

/* ---- raw records ---- */

static mx_status raw_key(uint16_t space, struct store_span key, struct store_key *full) {
    store_key_space(full, space);
    store_key_add(full, key.ptr, key.len);
    return full->too_long ? MX_E_TOO_LARGE : MX_OK;
}

static struct store_bytes full_bytes(const struct store_key *key) { return (struct store_bytes){key->bytes, key->len}; }

mx_status store_raw_get(struct store_view *view, uint16_t space, struct store_span key, struct store_span *value) {
    struct store_key full;
    mx_status st = raw_key(space, key, &full);
    return st == MX_OK ? store_full_get(view, full_bytes(&full), value) : st;
}

mx_status store_raw_put(struct store_view *view, uint16_t space, struct store_span key, struct store_span value) {
    struct store_key full;
    uint8_t *copy;
    mx_status st = raw_key(space, key, &full);
    if (st == MX_OK && value.len > STORE_VALUE_MAX - STORE_CHECKSUM_BYTES) st = MX_E_TOO_LARGE;
    if (st == MX_OK) st = store_room_for(view, 1, full.len + value.len + STORE_CHECKSUM_BYTES);
    if (st != MX_OK) return st;
    copy = base_arena_alloc(view->arena, value.len + STORE_CHECKSUM_BYTES);
    if (value.len) memcpy(copy + STORE_CHECKSUM_BYTES, value.ptr, value.len);
    store_full_put(view, full_bytes(&full), copy, value.len);
    return MX_OK;
}

mx_status store_raw_del(struct store_view *view, uint16_t space, struct store_span key) {
    struct store_key full;
    mx_status st = raw_key(space, key, &full);
    if (st == MX_OK) st = store_room_for(view, 1, full.len);
    if (st == MX_OK) store_full_del(view, full_bytes(&full));
    return st;
}

mx_status store_walk_open(struct store_view *view, uint16_t space, struct store_span from, int reverse, struct store_walk **walk) {
    struct store_key prefix, start;
    mx_status st = raw_key(space, (struct store_span){NULL, 0}, &prefix);
    if (st == MX_OK) st = raw_key(space, from, &start);
    if (st != MX_OK) return st;
    if (!reverse || from.len) return store_full_walk(view, full_bytes(&prefix), full_bytes(&start), 0, reverse, walk);
    store_key_above(&start);
    return store_full_walk(view, full_bytes(&prefix), full_bytes(&start), 1, 1, walk);
}

mx_status store_walk_next(struct store_walk *walk, struct store_span *key, struct store_span *value) {
    struct store_bytes full, stored;
    uint8_t *copy;
    int trusted;
    mx_status st = store_full_walk_next(walk, &full, &stored, &trusted);
    if (st == MX_OK) st = store_stored_value(walk->view, full, stored, trusted, value);
    if (st != MX_OK) return st;
    copy = base_arena_alloc(walk->view->arena, full.len);
    memcpy(copy, full.ptr, full.len);
    *key = (struct store_span){copy + STORE_SPACE_BYTES, full.len - STORE_SPACE_BYTES};
    return MX_OK;
}
