/* Opening and closing a store; groups. */
#include <stdlib.h>

#include "base/fault.h"
#include "base/log.h"
#include "store/internal.h"

mx_status store_open(const struct store_opts *opts, struct store **out, struct mx_error *err) {
    struct store_driver_opts db = {opts->dir, opts->map_bytes, 0, (uint32_t)(opts->create != 0)};
    struct store *store = calloc(1, sizeof(*store));
    mx_status st;
    if (!store) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory to open the store.");
    base_map_init(&store->tables);
    store->driver = opts->driver ? opts->driver : &store_lmdb;
    store->lock_fd = -1;
    store->keys = opts->keys;
    store->look = opts->look;
    store->reserve_bytes = opts->reserve_bytes;
    store->dir = strdup(opts->dir);
    atomic_store(&store->room_checked_ms, INT64_MIN / 2);
    atomic_store(&store->has_room, 1);
    crypto_keys_derive(opts->keys, CRYPTO_FOR_CHECKSUM, store->checksum_key);
    crypto_keys_derive(opts->keys, CRYPTO_FOR_INDEX, store->index_key);
    st = store->dir ? store_folder_open(store, opts, err) : MX_E_NOMEM;
    if (st == MX_OK) st = store->driver->open(&db, &store->db, err);
    if (st == MX_OK) st = store_meta_open(store, opts->create, err);
    if (st == MX_OK && store->format < STORE_FORMAT && !opts->look) st = store_upgrade(store, err);
    if (st == MX_OK)
        *out = store;
    else
        store_close(store);
    return st;
}

void store_close(struct store *store) {
    if (!store) return;
    if (store->db) store->driver->close(store->db);
    store_tables_free(store);
    store_folder_close(store);
    crypto_wipe(store->checksum_key, sizeof(store->checksum_key));
    crypto_wipe(store->index_key, sizeof(store->index_key));
    free(store->dir);
    free(store);
}

const char *store_dir(const struct store *store) { return store->dir; }

void store_person_keys(struct store *store, store_person_key_fn fn, void *arg) {
    store->person_key = fn;
    store->person_key_arg = arg;
}

void store_tidy(struct store *store) { store->driver->tidy(store->db); }

void store_stat(struct store *store, struct store_stat *stat) {
    memset(stat, 0, sizeof(*stat));
    stat->commits = atomic_load(&store->commits);
    if (store->driver->size(store->db, &stat->used_bytes, &stat->file_bytes) != MX_OK)
        base_log(BASE_LOG_WARN, "store", "the size of the database could not be read");
}

/* ---- groups ---- */

mx_status store_group_begin(struct store *store, struct store_group **out) {
    struct store_group *group;
    mx_status st;
    if (atomic_load(&store->broken)) return MX_E_IO;
    group = calloc(1, sizeof(*group));
    if (!group) return MX_E_NOMEM;
    group->store = store;
    st = store->driver->group_begin(store->db, &group->reader);
    if (st == MX_OK)
        *out = group;
    else
        free(group);
    return st;
}

mx_status store_group_commit(struct store_group *group) {
    struct store *store = group->store;
    mx_status st;
    if (atomic_load(&store->broken) || base_fault("store.commit")) {
        store->driver->group_abort(group->reader);
        st = MX_E_IO;
    } else if (store->look) {
        store->driver->group_abort(group->reader);
        st = MX_OK;
    } else
        st = store->driver->group_commit(group->reader);
    if (st == MX_OK)
        atomic_fetch_add(&store->commits, 1);
    else
        atomic_store(&store->broken, 1);
    (void)base_fault("store.committed");
    free(group);
    return st;
}

void store_group_abort(struct store_group *group) {
    group->store->driver->group_abort(group->reader);
    free(group);
}
