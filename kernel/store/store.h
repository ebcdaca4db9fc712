/* The store: typed tables over an ordered map, commands as write sets, groups as durable commits.
 *
 * Layout of a key: space id (2 bytes, big-endian), then order-preserving fields. Spaces below STORE_SPACE_FIRST belong to
 * kernel rooms; tables and indexes get theirs by name when they are first registered. Every value begins with an 8-byte
 * keyed checksum over key and value, verified on each read. Entity records are canonical JSON; PII members stand sealed
 * under their person's key in the member "$pii". How a group becomes durable is hidden here: nothing above may notice.
 *
 * Threads: register and start from one thread; snapshots anywhere; one group at a time, on the writer thread. A view
 * belongs to one thread. After MX_E_IO from apply or commit the process must stop (exit code 75): nothing is
 * acknowledged any more. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "crypto/crypto.h"
#include "merx/store.h"

struct store;
struct store_driver; /* store/driver.h */
struct store_view;   /* what one command or query sees */
struct store_group;  /* commands on their way to one commit */

#define STORE_FORMAT     2 /* of the data folder; a newer one is refused before a byte is touched */
#define STORE_WRITES_MAX 20000u
#define STORE_BYTES_MAX  (8u << 20)

/* Spaces of kernel rooms (part of the data format). */
#define STORE_SPACE_META     1u
#define STORE_SPACE_NUMBERS  2u /* sequences */
#define STORE_SPACE_LOG      3u
#define STORE_SPACE_LOG_HEAD 4u
#define STORE_SPACE_CURSORS  5u
#define STORE_SPACE_DUE      6u
#define STORE_SPACE_DUE_ID   7u
#define STORE_SPACE_IDEM     8u
#define STORE_SPACE_IDEM_AGE 9u
#define STORE_SPACE_JOBS     10u
#define STORE_SPACE_FIRST    256u

struct store_opts {
    const char *dir;
    const struct store_driver *driver; /* NULL = LMDB */
    const struct crypto_keys *keys;    /* kept by the caller until store_close() */
    uint64_t map_bytes;                /* 0 = 64 GB */
    uint64_t reserve_bytes;            /* free disk space below which commands are refused; 0 = 64 MB */
    int create;                        /* 1: an empty folder becomes a store */
    int look;                          /* 1: nothing is changed, not even an older format; what a commit would write is thrown away */
};

/* Open a data folder and lock it for this process. The format file is read first; data of an older format are brought to
 * ours, in bounded commits: killed anywhere, the next opening goes on.
 * MX_E_FORMAT: newer format. MX_E_LOCKED: in use. MX_E_NOT_FOUND: no data here. MX_E_EXISTS: create and
 * there is data. MX_E_FORBIDDEN: the key file is of another shop. MX_E_IO. */
MX_MUST_CHECK mx_status store_open(const struct store_opts *opts, struct store **store, struct mx_error *err);
void store_close(struct store *store);
/* The folder as it was given. */
const char *store_dir(const struct store *store);

/* Register a table (its type is prepared here); before store_start(). owner: plugin name, for messages.
 * MX_E_BAD_PLUGIN: name taken, unknown key or index field, PII without subject or in a key, PACKED with other than
 * integers behind the key. */
MX_MUST_CHECK mx_status store_table_add(struct store *store, const char *owner, const struct mx_table *table, struct mx_error *err);

/* Forget a registered table again, before store_start(); nothing when it is not registered. */
void store_table_remove(struct store *store, const struct mx_table *table);

/* Give new tables and indexes their ids (one durable commit). An index that is new on a table with records is filled. */
MX_MUST_CHECK mx_status store_start(struct store *store, struct mx_error *err);

/* Where person keys come from (identity sets it). create: 1 when a record is written. MX_E_ERASED: key destroyed. */
typedef mx_status (*store_person_key_fn)(void *arg, struct store_view *view, struct mx_str person, uint8_t key[CRYPTO_KEY_BYTES]);
void store_person_keys(struct store *store, store_person_key_fn fn, void *arg);
/* A person's key was destroyed in this view: it is not to be used from memory either. */
void store_person_forget(struct store_view *view, struct mx_str person);

/* Whose personal fields were opened in a view, for whoever must say so. */
#define STORE_SHOWN_MAX 50u
struct store_shown {
    char persons[STORE_SHOWN_MAX][40];
    char last[40];
    uint32_t noted; /* persons that stand here */
    uint32_t count; /* of all; about, when there are more than find room */
};
/* Note them there from now on; it must outlive the view. */
void store_view_note(struct store_view *view, struct store_shown *shown);

/* 0 when free space is below the reserve (looked up at most ten times a second). */
int store_has_room(struct store *store);

/* Once a minute: housekeeping of the driver. */
void store_tidy(struct store *store);

/* ---- views ---- */

/* A snapshot for one query; records live in `arena`. MX_E_OVERLOADED. */
MX_MUST_CHECK mx_status store_read_begin(struct store *store, struct base_arena *arena, struct store_view **view);
void store_read_end(struct store_view *view);
/* Let the snapshot go before the end, for work that takes long and looks through views of its own: nothing may be read
 * through this one any more. */
void store_read_rest(struct store_view *view);

/* A group, and in it the commands one after the other. */
MX_MUST_CHECK mx_status store_group_begin(struct store *store, struct store_group **group);
MX_MUST_CHECK mx_status store_group_commit(struct store_group *group); /* durable when MX_OK; frees the group */
void store_group_abort(struct store_group *group);

/* A command's view: reads through its own write set to the group. It ends with apply (its writes go to the group;
 * MX_E_IO: stop the process) or drop (nothing happened). Freed by either. */
MX_MUST_CHECK mx_status store_write_begin(struct store_group *group, struct base_arena *arena, struct store_view **view);
MX_MUST_CHECK mx_status store_write_apply(struct store_view *view);
void store_write_drop(struct store_view *view);
/* Records and bytes in the write set so far. */
void store_write_size(const struct store_view *view, uint32_t *records, size_t *bytes);

struct base_arena *store_view_arena(struct store_view *view);
struct store *store_of(struct store_view *view);
int store_view_writes(const struct store_view *view); /* 1: a command's view */

/* ---- typed records: contracts as in merx/store.h and merx/op.h; err may be NULL ---- */

MX_MUST_CHECK mx_status store_get(struct store_view *view, const struct mx_table *table, const void *probe, void **record,
                                  struct mx_error *err);
MX_MUST_CHECK mx_status store_find(struct store_view *view, const struct mx_table *table, const char *index, const void *probe,
                                   void **record, struct mx_error *err);
MX_MUST_CHECK mx_status store_put(struct store_view *view, const struct mx_table *table, void *record, struct mx_error *err);
MX_MUST_CHECK mx_status store_del(struct store_view *view, const struct mx_table *table, const void *probe, struct mx_error *err);
MX_MUST_CHECK mx_status store_scan_open(struct store_view *view, const struct mx_table *table, const struct mx_scan_opts *opts,
                                        const void *probe, struct mx_scan **scan, struct mx_error *err);
MX_MUST_CHECK mx_status store_scan_next(struct mx_scan *scan, void **record, struct mx_error *err);
struct mx_str store_scan_cursor(struct mx_scan *scan);
MX_MUST_CHECK mx_status store_next_number(struct store_view *view, const char *sequence, struct mx_str scope, int64_t *number);

/* ---- raw records of kernel spaces (checksummed like all others) ---- */

struct store_span {
    const uint8_t *ptr;
    size_t len;
};

/* key: bytes behind the space id. The value is in the view's arena. MX_NONE, MX_E_DAMAGED, MX_E_IO. */
MX_MUST_CHECK mx_status store_raw_get(struct store_view *view, uint16_t space, struct store_span key, struct store_span *value);
MX_MUST_CHECK mx_status store_raw_put(struct store_view *view, uint16_t space, struct store_span key, struct store_span value);
MX_MUST_CHECK mx_status store_raw_del(struct store_view *view, uint16_t space, struct store_span key);

/* Walk a space from `from` (inclusive; empty = its beginning, or its end when reverse). Overlay and database merged. */
struct store_walk;
MX_MUST_CHECK mx_status store_walk_open(struct store_view *view, uint16_t space, struct store_span from, int reverse,
                                        struct store_walk **walk);
MX_MUST_CHECK mx_status store_walk_next(struct store_walk *walk, struct store_span *key, struct store_span *value); /* MX_DONE */

/* ---- order-preserving keys for raw spaces ---- */
void store_key_int(struct base_buf *key, int64_t number); /* 8 bytes, sorts as a number */
void store_key_text(struct base_buf *key, struct mx_str text);
int store_key_take_int(struct store_span *key, int64_t *number);
int store_key_take_text(struct base_arena *arena, struct store_span *key, struct mx_str *text);

/* ---- looking at everything ---- */

/* Check every record's checksum and every index both ways, in slices with a fresh snapshot each (no long reader).
 * found() gets one line for each finding ("table key: what"). *records: how many were read. MX_OK also when something
 * was found; MX_E_IO when reading itself failed. Any thread. */
MX_MUST_CHECK mx_status store_verify(struct store *store, void (*found)(void *arg, const char *what), void *arg, uint64_t *records);

/* Told how far a long look has come, total 0 = not known; answers 0 to end it. */
struct store_pace {
    int (*on)(void *arg, int64_t done, int64_t total);
    void *arg;
};
/* The same with a pace (NULL = none). MX_E_CANCELLED: the pace ended it. */
MX_MUST_CHECK mx_status store_verify_paced(struct store *store, void (*found)(void *arg, const char *what), void *arg,
                                           const struct store_pace *pace, uint64_t *records);

/* Call row() with each readable record as one line of JSON {"table":...,"key":...,"value":...} in key order; PII stays
 * sealed. prefix: only tables whose name begins so ("" = all). row() ends the walk by answering other than 0. */
MX_MUST_CHECK mx_status store_dump(struct store *store, const char *prefix, int (*row)(void *arg, struct mx_str line), void *arg);

/* Call row() with each record, opened, of every table with a subject whose subject is this person: table by table in the order of
 * their names. By an index that begins with the subject, else by looking at all records. pace() is called now and then. Both end the
 * walk by answering other than MX_OK, which is then the answer. The record lives until row() returns. */
struct store_subject {
    struct mx_str person;
    mx_status (*row)(void *arg, const struct mx_table *table, const void *record);
    mx_status (*pace)(void *arg);
    void *arg;
};
MX_MUST_CHECK mx_status store_subject_walk(struct store_view *view, const struct store_subject *subject, struct mx_error *err);

/* ---- backup: one snapshot as a sealed logical stream, never the database's own pages ----
 *
 * Head in clear: magic, version, public name of the master key, stream head. Then sealed chunks (crypto_stream) under the
 * key of purpose BACKUP, bound to that head: first what it is (struct store_backup as JSON), then the records (every space,
 * key and value as stored, without the checksums, which are made anew), last the counts and the export hash. The export hash is
 * BLAKE2b over all records in key order: the same data has the same hash in any folder. */
struct store_backup {
    int64_t format;     /* of the data */
    int64_t epoch, seq; /* head of the log in it */
    int64_t at_ms;
    uint64_t records, bytes;
    uint8_t hash[CRYPTO_HASH_BYTES]; /* export hash; known at the end */
};

/* Where a stream goes to or comes from: 0 = go on; read answers the bytes (0 = end), or -1. */
struct store_backup_io {
    int (*write)(void *arg, const void *bytes, size_t len);
    long (*read)(void *arg, void *bytes, size_t len);
    void *arg;
};

/* Write a backup of the present state while the shop goes on. The caller fills about->epoch, seq and at_ms through
 * describe(), which is given the snapshot's own view. Holds one snapshot, at most until deadline_ms of base_steady_ms(),
 * and gives up when free space falls below the reserve. MX_E_CANCELLED: write() said stop. MX_E_TIMEOUT, MX_E_NO_SPACE,
 * MX_E_DAMAGED (a record is broken: names it), MX_E_IO. Any thread, one at a time (MX_E_LOCKED). */
MX_MUST_CHECK mx_status store_backup_write(struct store *store, const struct store_backup_io *io, int64_t deadline_ms,
                                           mx_status (*describe)(void *arg, struct store_view *view, struct store_backup *about), void *arg,
                                           struct store_backup *about, struct mx_error *err);

/* Read a whole backup without keeping anything: every chunk, count and hash. MX_E_FORBIDDEN: of another shop. MX_E_FORMAT:
 * newer or older than this program can read. MX_E_DAMAGED: changed, cut, or not a backup; err says where. */
MX_MUST_CHECK mx_status store_backup_check(const struct crypto_keys *keys, const struct store_backup_io *io, struct store_backup *about,
                                           struct mx_error *err);

/* Make a new data folder from it. The folder appears only when everything was read and is durable: a restore that was cut
 * leaves nothing that could be opened. MX_E_EXISTS: the folder holds something. MX_E_LOCKED: another restore is making it.
 * Others as above. */
MX_MUST_CHECK mx_status store_backup_restore(const char *dir, const struct crypto_keys *keys, const struct store_backup_io *io,
                                             struct store_backup *about, struct mx_error *err);

/* The export hash of the present state, without a backup. */
MX_MUST_CHECK mx_status store_export_hash(struct store *store, uint8_t hash[CRYPTO_HASH_BYTES], uint64_t *records);

/* Write down beside the records which backup was the last good one, and read it: MX_NONE when there was none. */
MX_MUST_CHECK mx_status store_backup_note(const char *dir, const struct store_backup *about, struct mx_error *err);
MX_MUST_CHECK mx_status store_backup_last(const char *dir, struct store_backup *about, struct mx_error *err);

/* The epoch of the log: 1 in a new shop; after a restore the second in which work began again, so that no number is given
 * out twice, even when one backup is restored twice. */
MX_MUST_CHECK mx_status store_epoch(struct store_view *view, int64_t *epoch);
/* The same at the beginning of work: a store that was restored gets its next epoch here, durably. Before bus_new(). */
MX_MUST_CHECK mx_status store_epoch_open(struct store *store, int64_t *epoch, struct mx_error *err);
/* After a restore, before anything opens it: the next epoch is to be above this one too. */
MX_MUST_CHECK mx_status store_restored_above(const char *dir, int64_t epoch, struct mx_error *err);
/* The highest time in the log as it was when the data came from format 1; 0 = they did not. */
MX_MUST_CHECK mx_status store_high_ms(struct store_view *view, int64_t *high_ms);

struct store_stat {
    uint64_t used_bytes, file_bytes, commits;
};
void store_stat(struct store *store, struct store_stat *stat);

#endif
