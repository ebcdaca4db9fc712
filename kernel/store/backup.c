/* A backup of the present state, and the export hash: one snapshot, in key order, record by record. */
#include "base/clock.h"
#include "store/internal.h"

struct export {
    struct store *store;
    struct store_view *view;
    struct base_arena *arena;
    struct backup_out *out; /* NULL: only the hash is wanted */
    struct base_buf *plain;
    struct crypto_digest digest;
    int64_t deadline_ms;
    struct store_backup *about;
    struct mx_error *err;
};

static mx_status damaged(struct export *export, struct store_bytes key) {
    const struct store_space *space = key.len >= STORE_SPACE_BYTES ? store_space_of(export->store, store_take_be16(key.ptr)) : NULL;
    struct store_names *names = base_arena_alloc(export->arena, sizeof(*names));
    const char *name = NULL;
    struct mx_str words;
    int is_index = 0;
    if (key.len >= STORE_SPACE_BYTES && store_names_load(export->store, names, export->arena) == MX_OK)
        name = store_space_name(names, store_take_be16(key.ptr), &is_index);
    words = space && !space->index ? store_key_words(export->arena, space->table->key, space->table->key_count, key)
                                   : store_key_words(export->arena, NULL, 0, key);
    return base_fail(export->err, MX_E_DAMAGED, NULL, "No backup was made, because a record is damaged: %s %.*s.", name ? name : "unknown",
                     (int)(words.len < 100 ? words.len : 100), words.ptr);
}

static void add_record(struct base_buf *plain, struct store_bytes key, const uint8_t *value, size_t len) {
    uint8_t *to = (uint8_t *)base_buf_reserve(plain, BACKUP_RECORD_HEAD + key.len + len);
    to[0] = (uint8_t)key.len;
    to[1] = (uint8_t)(key.len >> 8);
    for (unsigned i = 0; i < 4; i++) to[2 + i] = (uint8_t)(len >> (8 * i));
    memcpy(to + BACKUP_RECORD_HEAD, key.ptr, key.len);
    if (len) memcpy(to + BACKUP_RECORD_HEAD + key.len, value, len);
    plain->len += BACKUP_RECORD_HEAD + key.len + len;
}

static mx_status one(struct export *export, struct store_bytes key, struct store_bytes stored) {
    if (!store_checksum_ok(export->store, key, stored)) return damaged(export, key);
    add_record(export->plain, key, (const uint8_t *)stored.ptr + STORE_CHECKSUM_BYTES, stored.len - STORE_CHECKSUM_BYTES);
    export->about->records++;
    return MX_OK;
}

/* A snapshot keeps the writer from using old pages again, so a backup that nobody takes must end. */
static mx_status may_go_on(struct export *export) {
    if (base_steady_ms() > export->deadline_ms)
        return base_fail(export->err, MX_E_TIMEOUT, NULL, "The backup took too long and was given up.");
    if (export->out && !store_has_room(export->store))
        return base_fail(export->err, MX_E_NO_SPACE, NULL, "The backup was given up, because the disk is nearly full.");
    return MX_OK;
}

static mx_status flush(struct export *export) {
    const size_t len = export->plain->len - 1;
    mx_status st = may_go_on(export);
    if (st != MX_OK || len == 0) return st;
    crypto_digest_add(&export->digest, export->plain->ptr + 1, len);
    export->about->bytes += len;
    if (export->out) st = backup_out_seal(export->out, 0);
    export->plain->len = 1;
    return st == MX_E_CANCELLED ? base_fail(export->err, st, NULL, "Nobody takes the backup any more.") : st;
}

static mx_status all(struct export *export) {
    const struct store_driver *driver = export->store->driver;
    struct store_bytes first = {"", 1}, key, stored;
    struct store_cursor *cursor;
    mx_status st = driver->cursor_open(export->view->reader, &cursor);
    if (st != MX_OK) return base_fail(export->err, st, NULL, "The database could not be read.");
    st = driver->cursor_seek(cursor, first, 0, &key, &stored);
    while (st == MX_OK) {
        st = one(export, key, stored);
        if (st == MX_OK && export->plain->len >= BACKUP_CHUNK_BYTES) st = flush(export);
        if (st == MX_OK) st = driver->cursor_step(cursor, 0, &key, &stored);
    }
    driver->cursor_close(cursor);
    if (st == MX_DONE) return flush(export);
    return st == MX_E_IO ? base_fail(export->err, st, NULL, "The database could not be read.") : st;
}

/* Run over everything with one snapshot. */
static mx_status go_over(struct export *export, mx_status (*describe)(void *arg, struct store_view *view, struct store_backup *about),
                         void *arg) {
    mx_status st = store_read_begin(export->store, export->arena, &export->view);
    if (st != MX_OK) return base_fail(export->err, st, NULL, "%s", base_status_text(st));
    if (describe) st = describe(arg, export->view, export->about);
    if (st != MX_OK) st = base_fail(export->err, st, NULL, "The head of the log could not be read: %s.", base_status_text(st));
    if (st == MX_OK && export->out) {
        backup_out_chunk(export->out, BACKUP_ABOUT);
        backup_about_write(&export->out->plain, export->about);
        st = backup_out_seal(export->out, 0);
    }
    if (st == MX_OK) {
        export->plain->len = 0;
        base_buf_char(export->plain, BACKUP_RECORDS);
        crypto_digest_init(&export->digest, NULL);
        st = all(export);
        crypto_digest_final(&export->digest, export->about->hash);
    }
    store_read_end(export->view);
    return st;
}

static mx_status write_all(struct export *export, const struct store_backup_io *io,
                           mx_status (*describe)(void *arg, struct store_view *view, struct store_backup *about), void *arg) {
    struct backup_out out;
    mx_status st = backup_out_begin(&out, export->store->keys, io);
    export->out = &out;
    export->plain = &out.plain;
    if (st == MX_OK) st = go_over(export, describe, arg);
    if (st == MX_OK) {
        backup_out_chunk(&out, BACKUP_END);
        backup_counts_write(&out.plain, export->about);
        st = backup_out_seal(&out, 1);
    }
    backup_out_end(&out);
    if (st == MX_E_CANCELLED) return base_fail(export->err, st, NULL, "Nobody takes the backup any more.");
    return st;
}

mx_status store_backup_write(struct store *store, const struct store_backup_io *io, int64_t deadline_ms,
                             mx_status (*describe)(void *arg, struct store_view *view, struct store_backup *about), void *arg,
                             struct store_backup *about, struct mx_error *err) {
    struct store_backup made = {.format = store->format};
    struct export export = {.store = store, .deadline_ms = deadline_ms, .about = &made, .err = err};
    mx_status st;
    if (atomic_exchange(&store->backing_up, 1)) return base_fail(err, MX_E_LOCKED, NULL, "Another backup is being made; wait for its end.");
    export.arena = base_arena_new(16 << 10);
    st = write_all(&export, io, describe, arg);
    base_arena_free(export.arena);
    atomic_store(&store->backing_up, 0);
    if (st == MX_OK) *about = made;
    return st;
}

mx_status store_export_hash(struct store *store, uint8_t hash[CRYPTO_HASH_BYTES], uint64_t *records) {
    struct store_backup made = {.format = store->format};
    struct base_buf plain;
    struct export export = {.store = store, .plain = &plain, .deadline_ms = INT64_MAX, .about = &made};
    mx_status st;
    base_buf_init(&plain, NULL);
    export.arena = base_arena_new(16 << 10);
    st = go_over(&export, NULL, NULL);
    base_arena_free(export.arena);
    base_buf_fini(&plain);
    if (st != MX_OK) return st;
    memcpy(hash, made.hash, sizeof(made.hash));
    if (records) *records = made.records;
    return MX_OK;
}
