/* Drivers: an ordered map of bytes with snapshots and atomic, durable groups. The face that LMDB wears today and an SQL
 * database later. Only `store` includes this.
 *
 * Keys are 1..511 bytes, values at most STORE_VALUE_MAX; the store checks before, so group_apply() can fail only for I/O.
 * A reader is a snapshot or an open group (which sees what was applied to it). Values are lent until the reader's next
 * apply or its end. Any number of snapshots on any threads; one group at a time. */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "base/arena.h"
#include "base/error.h"

#define STORE_KEY_MAX   511u
#define STORE_VALUE_MAX (4u << 20)

struct store_bytes {
    const void *ptr;
    size_t len;
};

/* One write of a write set: value.ptr NULL = delete (of a key that may be absent). */
struct store_write {
    struct store_bytes key;
    struct store_bytes value;
};

struct store_db;     /* an open database */
struct store_reader; /* snapshot or group */
struct store_cursor;

struct store_driver_opts {
    const char *dir;
    uint64_t map_bytes; /* address space to reserve; 0 = 64 GB */
    uint32_t readers;   /* concurrent snapshots; 0 = 126 */
    uint32_t create;    /* 1: make it when it is not there */
};

struct store_driver {
    const char *name;
    mx_status (*open)(const struct store_driver_opts *opts, struct store_db **db, struct mx_error *err);
    void (*close)(struct store_db *db);

    /* Take and give back a pooled snapshot of the last committed state. MX_E_OVERLOADED: too many at once. */
    mx_status (*snapshot_begin)(struct store_db *db, struct store_reader **reader);
    void (*snapshot_end)(struct store_reader *reader);

    /* MX_NONE when absent. */
    mx_status (*get)(struct store_reader *reader, struct store_bytes key, struct store_bytes *value);
    /* Absent ones get ptr NULL. */
    mx_status (*get_many)(struct store_reader *reader, const struct store_bytes *keys, uint32_t count, struct store_bytes *values);

    /* Cursor: seek to the first key >= key (reverse: the last key <= key), then step; MX_DONE at the end. A cursor of a
     * group must be sought again after an apply. Close it before its reader ends. */
    mx_status (*cursor_open)(struct store_reader *reader, struct store_cursor **cursor);
    mx_status (*cursor_seek)(struct store_cursor *cursor, struct store_bytes key, int reverse, struct store_bytes *k,
                             struct store_bytes *v);
    mx_status (*cursor_step)(struct store_cursor *cursor, int reverse, struct store_bytes *k, struct store_bytes *v);
    void (*cursor_close)(struct store_cursor *cursor);

    /* A group: reads see what was applied. apply takes one command's writes, sorted by key. commit is durable when it
     * returns MX_OK; after any error of apply or commit the database must not be written again by this process. Both end
     * the group's reads. */
    mx_status (*group_begin)(struct store_db *db, struct store_reader **group);
    mx_status (*group_apply)(struct store_reader *group, const struct store_write *writes, size_t count);
    mx_status (*group_commit)(struct store_reader *group);
    void (*group_abort)(struct store_reader *group);

    /* Housekeeping, each minute: forget readers of dead processes. Bytes in use, bytes of the file. */
    void (*tidy)(struct store_db *db);
    mx_status (*size)(struct store_db *db, uint64_t *used, uint64_t *file);

    /* As group_apply(), with puts alone whose keys stand above all keys that are there: fills pages to their end. */
    mx_status (*group_append)(struct store_reader *group, const struct store_write *writes, size_t count);
};

extern const struct store_driver store_lmdb;

#endif
