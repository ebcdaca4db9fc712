/* The LMDB driver. Default durability flags: a commit that returned is on the disk. No DUPSORT, no nested transactions,
 * one large map that is never resized, read transactions from a pool. */
#include <lmdb.h>

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/log.h"
#include "store/driver.h"

#define MAP_BYTES     (UINT64_C(64) << 30)
#define READERS       126u
#define READERS_SPARE 2u /* for a backup and for someone who looks in from outside */

struct store_cursor {
    struct store_cursor *next;
    struct store_reader *reader;
    MDB_cursor *mdb;
    uint64_t renewed; /* the reader's round in which mdb was last made valid */
};

struct store_reader {
    struct store_reader *next;
    struct store_db *db;
    MDB_txn *txn;
    int is_group;
    uint64_t round;
    struct store_cursor *idle; /* closed cursors, kept for the next use */
};

struct store_db {
    MDB_env *env;
    MDB_dbi dbi;
    pthread_mutex_t mutex; /* guards the pool */
    struct store_reader *pool;
    uint32_t readers, readers_max;
    struct store_reader group;
};

static mx_status failed(const char *what, int rc) {
    if (rc == MDB_NOTFOUND) return MX_NONE;
    if (rc == MDB_READERS_FULL) return MX_E_OVERLOADED;
    base_log(BASE_LOG_ERROR, "store", "%s failed: %s", what, mdb_strerror(rc));
    return rc == ENOMEM ? MX_E_NOMEM : MX_E_IO;
}

static MDB_val val(struct store_bytes bytes) {
    MDB_val v = {bytes.len, (void *)(uintptr_t)bytes.ptr};
    return v;
}

static struct store_bytes bytes_of(const MDB_val *v) {
    struct store_bytes bytes = {v->mv_data, v->mv_size};
    return bytes;
}

/* ---- open and close ---- */

/* A core dump must not carry the shop's data out; the map is found by its file, as LMDB does not tell its address. */
static void keep_out_of_core_dumps(MDB_env *env) {
    char line[512];
    unsigned long from, to;
    unsigned major_no, minor_no;
    unsigned long inode;
    struct stat info;
    mdb_filehandle_t fd;
    FILE *maps;
    if (mdb_env_get_fd(env, &fd) != 0 || fstat(fd, &info) != 0) return;
    maps = fopen("/proc/self/maps", "re");
    if (!maps) return;
    while (fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%lx-%lx %*s %*s %x:%x %lu", &from, &to, &major_no, &minor_no, &inode) == 5 && inode == info.st_ino)
            (void)madvise((void *)from, to - from, MADV_DONTDUMP); // NOLINT(performance-no-int-to-ptr)
    }
    fclose(maps);
}

static mx_status open_failed(struct mx_error *err, const char *dir, int rc) {
    if (rc == ENOENT) return base_fail(err, MX_E_NOT_FOUND, NULL, "There is no database in %s.", dir);
    if (rc == MDB_INVALID || rc == MDB_CORRUPTED)
        return base_fail(err, MX_E_DAMAGED, NULL, "The database file in %s is damaged: %s.", dir, mdb_strerror(rc));
    if (rc == MDB_VERSION_MISMATCH)
        return base_fail(err, MX_E_FORMAT, NULL, "The database file in %s was made by another version of the database library.", dir);
    return base_fail(err, MX_E_IO, NULL, "The database in %s cannot be opened: %s.", dir, mdb_strerror(rc));
}

static int open_dbi(struct store_db *db) {
    MDB_txn *txn;
    int rc = mdb_txn_begin(db->env, NULL, MDB_RDONLY, &txn);
    if (rc != 0) return rc;
    rc = mdb_dbi_open(txn, NULL, 0, &db->dbi);
    if (rc == 0) return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

static void lmdb_close(struct store_db *db);

static mx_status lmdb_open(const struct store_driver_opts *opts, struct store_db **out, struct mx_error *err) {
    char path[4096];
    struct store_db *db;
    int rc, dead = 0;
    if ((size_t)snprintf(path, sizeof(path), "%s/data.mdb", opts->dir) >= sizeof(path)) return open_failed(err, opts->dir, ENAMETOOLONG);
    if (!opts->create) {
        struct stat info;
        if (stat(path, &info) != 0) return open_failed(err, opts->dir, errno);
    }
    db = calloc(1, sizeof(*db));
    if (!db) return open_failed(err, opts->dir, ENOMEM);
    pthread_mutex_init(&db->mutex, NULL);
    db->readers_max = opts->readers ? opts->readers : READERS;
    rc = mdb_env_create(&db->env);
    if (rc == 0) rc = mdb_env_set_mapsize(db->env, (size_t)(opts->map_bytes ? opts->map_bytes : MAP_BYTES));
    if (rc == 0) rc = mdb_env_set_maxreaders(db->env, db->readers_max + READERS_SPARE);
    if (rc == 0) rc = mdb_env_open(db->env, opts->dir, MDB_NOTLS, 0600);
    if (rc == 0) rc = mdb_reader_check(db->env, &dead);
    if (rc == 0) rc = open_dbi(db);
    if (rc != 0) {
        lmdb_close(db);
        return open_failed(err, opts->dir, rc);
    }
    keep_out_of_core_dumps(db->env);
    *out = db;
    return MX_OK;
}

static void cursors_free(struct store_reader *reader) {
    while (reader->idle) {
        struct store_cursor *cursor = reader->idle;
        reader->idle = cursor->next;
        if (cursor->mdb) mdb_cursor_close(cursor->mdb);
        free(cursor);
    }
}

static void lmdb_close(struct store_db *db) {
    if (!db) return;
    while (db->pool) {
        struct store_reader *reader = db->pool;
        db->pool = reader->next;
        cursors_free(reader);
        mdb_txn_abort(reader->txn);
        free(reader);
    }
    if (db->env) mdb_env_close(db->env);
    pthread_mutex_destroy(&db->mutex);
    free(db);
}

/* ---- snapshots ---- */

static struct store_reader *pool_take(struct store_db *db, int *may_make) {
    struct store_reader *reader;
    pthread_mutex_lock(&db->mutex);
    reader = db->pool;
    *may_make = !reader && db->readers < db->readers_max;
    if (reader) db->pool = reader->next;
    if (*may_make) db->readers++;
    pthread_mutex_unlock(&db->mutex);
    return reader;
}

static void pool_give(struct store_db *db, struct store_reader *reader) {
    pthread_mutex_lock(&db->mutex);
    reader->next = db->pool;
    db->pool = reader;
    pthread_mutex_unlock(&db->mutex);
}

static void pool_forget(struct store_db *db, struct store_reader *reader) {
    pthread_mutex_lock(&db->mutex);
    db->readers--;
    pthread_mutex_unlock(&db->mutex);
    free(reader);
}

static mx_status lmdb_snapshot_begin(struct store_db *db, struct store_reader **out) {
    int may_make, rc;
    struct store_reader *reader = pool_take(db, &may_make);
    if (reader) {
        rc = mdb_txn_renew(reader->txn);
        if (rc != 0) {
            pool_give(db, reader);
            return failed("taking a snapshot", rc);
        }
    } else {
        if (!may_make) return MX_E_OVERLOADED;
        reader = calloc(1, sizeof(*reader));
        rc = reader ? mdb_txn_begin(db->env, NULL, MDB_RDONLY, &reader->txn) : ENOMEM;
        if (rc != 0) {
            pool_forget(db, reader);
            return failed("taking a snapshot", rc);
        }
        reader->db = db;
    }
    reader->round++;
    *out = reader;
    return MX_OK;
}

static void lmdb_snapshot_end(struct store_reader *reader) {
    mdb_txn_reset(reader->txn);
    pool_give(reader->db, reader);
}

/* ---- reading ---- */

static mx_status lmdb_get(struct store_reader *reader, struct store_bytes key, struct store_bytes *value) {
    MDB_val k = val(key), v;
    int rc = mdb_get(reader->txn, reader->db->dbi, &k, &v);
    if (rc != 0) return failed("reading", rc);
    *value = bytes_of(&v);
    return MX_OK;
}

static mx_status lmdb_get_many(struct store_reader *reader, const struct store_bytes *keys, uint32_t count, struct store_bytes *values) {
    for (uint32_t i = 0; i < count; i++) {
        mx_status st = lmdb_get(reader, keys[i], &values[i]);
        if (st < 0) return st;
        if (st == MX_NONE) values[i] = (struct store_bytes){NULL, 0};
    }
    return MX_OK;
}

static mx_status lmdb_cursor_open(struct store_reader *reader, struct store_cursor **out) {
    struct store_cursor *cursor = reader->idle;
    int rc = 0;
    if (cursor)
        reader->idle = cursor->next;
    else {
        cursor = calloc(1, sizeof(*cursor));
        if (!cursor) return MX_E_NOMEM;
        cursor->reader = reader;
    }
    if (!cursor->mdb)
        rc = mdb_cursor_open(reader->txn, reader->db->dbi, &cursor->mdb);
    else if (cursor->renewed != reader->round && !reader->is_group)
        rc = mdb_cursor_renew(reader->txn, cursor->mdb);
    cursor->renewed = reader->round;
    if (rc != 0) {
        if (cursor->mdb) mdb_cursor_close(cursor->mdb);
        free(cursor);
        return failed("opening a cursor", rc);
    }
    *out = cursor;
    return MX_OK;
}

static void lmdb_cursor_close(struct store_cursor *cursor) {
    cursor->next = cursor->reader->idle;
    cursor->reader->idle = cursor;
}

static mx_status moved(int rc, const MDB_val *key, const MDB_val *value, struct store_bytes *k, struct store_bytes *v) {
    if (rc == MDB_NOTFOUND) return MX_DONE;
    if (rc != 0) return failed("moving a cursor", rc);
    *k = bytes_of(key);
    *v = bytes_of(value);
    return MX_OK;
}

static int seek_down(MDB_cursor *cursor, struct store_bytes want, MDB_val *key, MDB_val *value) {
    int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (rc == MDB_NOTFOUND) return mdb_cursor_get(cursor, key, value, MDB_LAST);
    if (rc != 0 || (key->mv_size == want.len && memcmp(key->mv_data, want.ptr, want.len) == 0)) return rc;
    return mdb_cursor_get(cursor, key, value, MDB_PREV);
}

static mx_status lmdb_cursor_seek(struct store_cursor *cursor, struct store_bytes key, int reverse, struct store_bytes *k,
                                  struct store_bytes *v) {
    MDB_val found = val(key), value;
    int rc = reverse ? seek_down(cursor->mdb, key, &found, &value) : mdb_cursor_get(cursor->mdb, &found, &value, MDB_SET_RANGE);
    return moved(rc, &found, &value, k, v);
}

static mx_status lmdb_cursor_step(struct store_cursor *cursor, int reverse, struct store_bytes *k, struct store_bytes *v) {
    MDB_val key, value;
    int rc = mdb_cursor_get(cursor->mdb, &key, &value, reverse ? MDB_PREV : MDB_NEXT);
    return moved(rc, &key, &value, k, v);
}

/* ---- groups ---- */

static mx_status lmdb_group_begin(struct store_db *db, struct store_reader **group) {
    int rc = mdb_txn_begin(db->env, NULL, 0, &db->group.txn);
    if (rc != 0) return failed("beginning a group", rc);
    db->group.db = db;
    db->group.is_group = 1;
    *group = &db->group;
    return MX_OK;
}

static mx_status lmdb_group_apply(struct store_reader *group, const struct store_write *writes, size_t count) {
    MDB_dbi dbi = group->db->dbi;
    for (size_t i = 0; i < count; i++) {
        MDB_val key = val(writes[i].key), value = val(writes[i].value);
        int rc = value.mv_data ? mdb_put(group->txn, dbi, &key, &value, 0) : mdb_del(group->txn, dbi, &key, NULL);
        if (rc != 0 && (rc != MDB_NOTFOUND || value.mv_data)) {
            (void)failed("writing", rc);
            return MX_E_IO;
        }
    }
    return MX_OK;
}

static mx_status lmdb_group_append(struct store_reader *group, const struct store_write *writes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        MDB_val key = val(writes[i].key), value = val(writes[i].value);
        int rc = mdb_put(group->txn, group->db->dbi, &key, &value, MDB_APPEND);
        if (rc != 0) {
            (void)failed("appending", rc);
            return MX_E_IO;
        }
    }
    return MX_OK;
}

static mx_status lmdb_group_commit(struct store_reader *group) {
    int rc;
    cursors_free(group);
    rc = mdb_txn_commit(group->txn);
    group->txn = NULL;
    if (rc == 0) return MX_OK;
    (void)failed("committing", rc);
    return MX_E_IO;
}

static void lmdb_group_abort(struct store_reader *group) {
    cursors_free(group);
    mdb_txn_abort(group->txn);
    group->txn = NULL;
}

/* ---- housekeeping ---- */

static void lmdb_tidy(struct store_db *db) {
    int dead = 0, rc = mdb_reader_check(db->env, &dead);
    if (rc != 0) (void)failed("checking readers", rc);
    if (dead) base_log(BASE_LOG_INFO, "store", "released %d snapshots of processes that are gone", dead);
}

static mx_status lmdb_size(struct store_db *db, uint64_t *used, uint64_t *file) {
    MDB_stat stat_now;
    struct stat info;
    mdb_filehandle_t fd;
    int rc = mdb_env_stat(db->env, &stat_now);
    if (rc == 0) rc = mdb_env_get_fd(db->env, &fd);
    if (rc != 0) return failed("measuring", rc);
    if (fstat(fd, &info) != 0) return failed("measuring", errno);
    *used = (stat_now.ms_branch_pages + stat_now.ms_leaf_pages + stat_now.ms_overflow_pages) * (uint64_t)stat_now.ms_psize;
    *file = (uint64_t)info.st_size;
    return MX_OK;
}

const struct store_driver store_lmdb = {
    .name = "lmdb",
    .open = lmdb_open,
    .close = lmdb_close,
    .snapshot_begin = lmdb_snapshot_begin,
    .snapshot_end = lmdb_snapshot_end,
    .get = lmdb_get,
    .get_many = lmdb_get_many,
    .cursor_open = lmdb_cursor_open,
    .cursor_seek = lmdb_cursor_seek,
    .cursor_step = lmdb_cursor_step,
    .cursor_close = lmdb_cursor_close,
    .group_begin = lmdb_group_begin,
    .group_apply = lmdb_group_apply,
    .group_commit = lmdb_group_commit,
    .group_abort = lmdb_group_abort,
    .tidy = lmdb_tidy,
    .size = lmdb_size,
    .group_append = lmdb_group_append,
};
