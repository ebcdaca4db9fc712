/* What the files of this room share: the store, its compiled tables, views, the overlay. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/map.h"
#include "store/driver.h"
#include "store/store.h"

#define STORE_SPACE_BYTES     2u
#define STORE_CHECKSUM_BYTES  8u
#define STORE_PARTS_MAX       8u         /* fields in a key or an index */
#define STORE_SHOP_KEY        "shop"     /* of the record that describes the store */
#define STORE_LOG_KEY         "log"      /* of the record that knows the log's epoch */
#define STORE_RESTORED        "restored" /* file in a folder that comes from a backup and was not opened since */
#define STORE_LONG_PART       128u       /* index texts above this are cut to STORE_CUT_PART bytes and a hash */
#define STORE_CUT_PART        96u
#define STORE_BLIND_BYTES     16u
#define STORE_PERSON_KEYS_MAX 4u

/* ---- keys ---- */

/* A key under construction. `too_long` is looked at once, at the end. */
struct store_key {
    size_t len;
    int too_long;
    uint8_t bytes[STORE_KEY_MAX + 1];
};

/* One field of a key or an index. */
struct store_part {
    const struct mx_field *field;
    uint32_t place;   /* of the field in its type */
    int32_t blind;    /* slot of the blind hash, -1 for a plain part */
    uint8_t is_strs;  /* one entry for each element */
    uint8_t is_index; /* long texts are cut */
};

void store_key_space(struct store_key *key, uint16_t space);
void store_key_add(struct store_key *key, const void *bytes, size_t len);
void store_key_add_int(struct store_key *key, int64_t number);
void store_key_add_text(struct store_key *key, struct mx_str text);
/* An index text: cut and hashed when it is long. */
void store_key_add_cut(struct store_key *key, const uint8_t hash_key[CRYPTO_KEY_BYTES], struct mx_str text);
/* Length of the encoded part at `at`; 0 when it is not well formed. */
size_t store_part_length(const struct store_part *part, const uint8_t *at, size_t len);
/* The smallest key above all keys that begin with this one: 0 when there is none. */
int store_key_above(struct store_key *key);
int64_t store_take_be64(const uint8_t *at);
uint16_t store_take_be16(const uint8_t *at);

/* ---- compiled tables ---- */

/* A blind hash that records carry, so that index upkeep never needs the person's key. */
struct store_blind {
    const char *name; /* "index.field" */
    const struct mx_field *field;
};

struct store_index {
    const struct mx_index *def;
    struct store_table *table;
    uint16_t space;
    int is_new, is_changed; /* while starting: to be filled; to be emptied before */
    uint32_t part_count;
    struct store_part parts[STORE_PARTS_MAX];
};

struct store_table {
    const struct mx_table *def;
    char *owner;
    struct store *store;
    uint16_t space;
    int packed, append, has_pii;
    uint32_t rec_offset;
    uint32_t key_count;
    struct store_part key[STORE_PARTS_MAX];
    uint32_t index_count;
    struct store_index *indexes;
    uint32_t blind_count;
    struct store_blind *blinds;
    uint32_t *blind_order; /* slots in the order of their names */
    uint32_t packed_count; /* fields behind the key of a PACKED table */
    const struct mx_field **packed_fields;
    const struct mx_field *subject;
};

/* Which table or index a space id belongs to. */
struct store_space {
    struct store_table *table;
    struct store_index *index; /* NULL: the table's records */
};

struct store {
    const struct store_driver *driver;
    struct store_db *db;
    const struct crypto_keys *keys;
    char *dir;
    int lock_fd;
    uint64_t reserve_bytes;
    uint8_t checksum_key[CRYPTO_KEY_BYTES];
    uint8_t index_key[CRYPTO_KEY_BYTES];
    struct base_map tables; /* by name: struct store_table */
    const struct mx_table **hashed_defs;
    struct store_table **hashed_tables; /* open addressing by the definition's address */
    uint32_t hashed_cap;
    struct store_space *spaces; /* from STORE_SPACE_FIRST */
    uint32_t space_count;
    int64_t format; /* of the data: ours, unless an older folder is only looked at */
    int started;
    int look;          /* commits are thrown away */
    atomic_int broken; /* a write failed: nothing more is written */
    atomic_int backing_up;
    store_person_key_fn person_key;
    void *person_key_arg;
    atomic_int_fast64_t room_checked_ms;
    atomic_int has_room;
    atomic_uint_fast64_t commits;
};

/* The compiled table of a definition; NULL when it was never registered. */
struct store_table *store_table_of(const struct store *store, const struct mx_table *def);
mx_status store_table_unknown(const struct mx_table *def, struct mx_error *err);
void store_tables_free(struct store *store);
/* At start: tables by address. */
mx_status store_tables_hash(struct store *store, struct mx_error *err);

/* ---- overlay: the ordered write set of one command, a skip list in the arena; nodes never go away ---- */

#define OVERLAY_LEVELS 10

struct overlay_node {
    struct store_bytes key;
    struct store_bytes value; /* with its checksum; ptr NULL = deleted */
    struct overlay_node *prev;
    uint32_t levels;
    struct overlay_node *next[];
};

struct overlay {
    struct base_arena *arena;
    struct overlay_node *head[OVERLAY_LEVELS];
    struct overlay_node *last;
    uint32_t count;
    size_t bytes;
    uint32_t dice;
};

void overlay_init(struct overlay *overlay, struct base_arena *arena);
/* key and value are copied unless `keep_value`: the value then already lives in the arena. */
void overlay_put(struct overlay *overlay, struct store_bytes key, struct store_bytes value, int keep_value);
struct overlay_node *overlay_get(const struct overlay *overlay, struct store_bytes key);
/* First node with a key >= `key`, or the last with a key <= it. */
struct overlay_node *overlay_at_or_above(const struct overlay *overlay, struct store_bytes key);
struct overlay_node *overlay_at_or_below(const struct overlay *overlay, struct store_bytes key);
int store_bytes_cmp(struct store_bytes a, struct store_bytes b);

/* ---- what a command has read ---- */

struct seen {
    struct seen_slot *slots;
    uint32_t cap, count;
};
/* 1 and the answer of the earlier read. */
int seen_get(const struct seen *seen, struct store_bytes key, mx_status *st, struct store_span *value);
/* value NULL: there was none. The value must live in the arena. */
void seen_put(struct seen *seen, struct base_arena *arena, struct store_bytes key, const struct store_span *value);

/* ---- views ---- */

struct store_person_key {
    struct mx_str person;
    uint8_t key[CRYPTO_KEY_BYTES];
};

struct store_view {
    struct store *store;
    struct base_arena *arena;
    struct store_reader *reader;
    struct store_group *group; /* NULL: a query's view */
    struct store_walk *walks;  /* with an open cursor */
    struct overlay overlay;
    struct seen seen;
    uint32_t person_key_count; /* keys used lately, wiped at the end */
    uint32_t person_key_next;
    struct store_person_key person_keys[STORE_PERSON_KEYS_MAX];
    struct store_shown *shown; /* NULL: nobody asks */
};

void store_shown_add(struct store_shown *shown, struct mx_str person);

struct store_group {
    struct store *store;
    struct store_reader *reader;
};

/* Value under a full key, checked, copied to the arena. MX_NONE, MX_E_DAMAGED, MX_E_IO. */
mx_status store_full_get(struct store_view *view, struct store_bytes key, struct store_span *value);
/* Put or delete (value.ptr NULL) without asking for room: see store_room_for(). value must carry room for its checksum in
 * front (store_value_new()). */
void store_full_put(struct store_view *view, struct store_bytes key, uint8_t *value_with_checksum, size_t len);
void store_full_del(struct store_view *view, struct store_bytes key);
/* MX_E_BUDGET when the write set cannot take so much more; MX_E_READ_ONLY in a query. */
mx_status store_room_for(struct store_view *view, uint32_t records, size_t bytes);
/* 1 when the stored bytes are whole. */
int store_checksum_ok(const struct store *store, struct store_bytes key, struct store_bytes stored);

/* ---- walks: overlay and database as one ---- */

struct store_walk {
    struct store_view *view;
    struct store_walk *next_open;
    struct store_cursor *cursor;
    struct base_arena *lent;   /* memory of one record, used again for the next; NULL: records live as long as the view */
    struct store_bytes prefix; /* all keys begin so */
    int reverse;
    int started, ended;
    int db_ready; /* db_key is the database's next candidate */
    int db_ended;
    struct store_bytes db_key, db_value;
    struct overlay_node *node; /* where the overlay stands; NULL: before its beginning */
    struct store_key at;       /* key given last, or the start */
    int at_given;              /* at was given out (go strictly beyond it) */
};

/* Walk full keys that begin with `prefix`, from `start` (inclusive unless `beyond`). */
mx_status store_full_walk(struct store_view *view, struct store_bytes prefix, struct store_bytes start, int beyond, int reverse,
                          struct store_walk **walk);
/* The next one; the value is lent by the database and not checked: use store_walk_value(). MX_DONE. */
mx_status store_full_walk_next(struct store_walk *walk, struct store_bytes *key, struct store_bytes *stored, int *trusted);
void store_walk_close(struct store_walk *walk);
void store_walks_close(struct store_view *view);
/* Check a stored value (unless trusted) and copy what is behind its checksum to the arena. */
mx_status store_stored_value(struct store_view *view, struct store_bytes key, struct store_bytes stored, int trusted,
                             struct store_span *value);

/* ---- records ---- */

int64_t store_number_of(const struct mx_field *field, const void *record);
void store_number_set(const struct mx_field *field, void *record, int64_t number);
struct mx_str store_text_of(const struct mx_field *field, const void *record);
int store_field_is_text(const struct mx_field *field);
int store_field_is_number(const struct mx_field *field);

/* The blind hashes of one record: for each slot of the table a count and that many hashes. */
struct store_hashes {
    uint32_t count;
    const uint8_t *bytes;
};

/* What stands sealed beside the open members. */
struct store_hidden {
    struct store_hashes *hashes; /* table->blind_count slots */
    struct mx_str extra;         /* personal members that this version does not know, as an object */
};

struct mx_rec *store_rec_of(const struct store_table *table, void *record);
mx_status store_record_key(const struct store_table *table, const void *record, struct store_key *key, struct mx_error *err);
/* From stored bytes to a struct in the arena. open_pii 0: personal fields stay absent. hidden may be NULL, and so may its
 * slots. key: full key. */
mx_status store_record_decode(struct store_view *view, const struct store_table *table, struct store_bytes key, struct store_span value,
                              int open_pii, void **record, struct store_hidden *hidden, struct mx_error *err);
/* To stored bytes in the arena, with room for the checksum in front. */
mx_status store_record_encode(struct store_view *view, const struct store_table *table, struct store_bytes key, const void *record,
                              const struct store_hidden *hidden, uint8_t **value, size_t *len, struct mx_error *err);
/* MX_E_OUT_OF_RANGE, MX_E_BAD_INPUT: a field holds what could not be read again. */
mx_status store_record_sound(const struct store_table *table, struct base_arena *arena, const void *record, struct mx_error *err);
/* Bits of `has` for every number that is not zero, so that no value is lost. */
void store_record_mark(const struct store_table *table, void *record);
mx_status store_record_damaged(const struct store_table *table, struct store_bytes key, const char *what, struct mx_error *err);
/* A key for people: fields with "/" between, into the arena. */
struct mx_str store_key_words(struct base_arena *arena, const struct store_part *parts, uint32_t count, struct store_bytes key);

mx_status store_packed_decode(const struct store_table *table, struct store_bytes key, struct store_span value, struct base_arena *arena,
                              void *record, struct mx_error *err);
void store_packed_encode(const struct store_table *table, const void *record, uint8_t *value);
size_t store_packed_size(const struct store_table *table);

/* ---- personal fields ---- */

/* Compute the blind hashes of a record. */
void store_blind_hashes(const struct store_table *table, struct base_arena *arena, const void *record, struct store_hashes *hashes);
/* The hash of a probe's value; 0 when the probe has none. */
int store_blind_probe(const struct store_table *table, uint32_t slot, const void *probe, uint8_t hash[STORE_BLIND_BYTES]);
/* Append the member "$pii"; nothing when the record has no personal data. */
mx_status store_pii_seal(struct store_view *view, const struct store_table *table, struct store_bytes key, const void *record,
                         struct mx_str extra, struct base_buf *out, struct mx_error *err);
mx_status store_pii_open(struct store_view *view, const struct store_table *table, struct store_bytes key, struct mx_str sealed,
                         void *record, struct mx_str *extra, struct mx_error *err);

/* ---- indexes ---- */

struct store_entry {
    struct store_bytes key; /* full key, in the arena */
    uint32_t element;       /* of the STRS part; 0 otherwise */
};

struct store_entries {
    struct store_entry *items;
    uint32_t count;
};

/* The entries of a record in one index, sorted by key without doubles. MX_E_TOO_LARGE. */
mx_status store_index_entries(const struct store_index *index, struct base_arena *arena, const void *record,
                              const struct store_hashes *hashes, struct store_bytes record_key, struct store_entries *entries,
                              struct mx_error *err);
/* Append the probe's parts from..count. MX_NONE: the probe has no element for an array of strings. MX_E_TOO_LARGE. */
mx_status store_index_probe(const struct store_index *index, const void *probe, uint32_t from, uint32_t count, struct store_key *key,
                            struct mx_error *err);
const struct store_index *store_index_of(const struct store_table *table, const char *name);
/* Which record an entry points to: its full key. 0 when the entry is not well formed. */
int store_entry_target(const struct store_index *index, struct store_bytes key, struct store_span value, struct store_key *target);

/* Enter one stored record into an index that is new. */
mx_status store_index_fill(struct store_view *view, const struct store_index *index, struct store_bytes key, struct store_span value,
                           struct mx_error *err);
mx_status store_index_damaged(const struct store_index *index, struct mx_error *err);

/* ---- typed reading ---- */

/* Turn a failed read into words. */
mx_status store_read_failed(const struct store_table *table, struct store_bytes key, mx_status st, struct mx_error *err);
/* Read and decode under a full key; value: the bytes it came from. MX_NONE. */
mx_status store_record_get(struct store_view *view, const struct store_table *table, struct store_bytes key, int open_pii, void **record,
                           struct store_hidden *hidden, struct store_span *value, struct mx_error *err);
/* The record that an index entry points to; MX_E_DAMAGED when there is none. */
mx_status store_entry_record(struct store_view *view, const struct store_index *index, struct store_bytes entry, struct store_span value,
                             void **record, struct mx_error *err);

/* ---- everything ---- */

/* each() gets every key and its stored bytes; not 0 ends it. */
struct store_slices {
    int (*each)(void *arg, struct store_view *view, struct store_bytes key, struct store_bytes stored);
    void *arg;
};
mx_status store_in_slices(struct store *store, struct store_slices *slices, uint64_t *count);

#define STORE_NAMES_MAX 4096u

/* Names by space id, from STORE_SPACE_FIRST, also of tables that no loaded plugin has. */
struct store_names {
    struct base_arena *arena;
    const char *tables[STORE_NAMES_MAX];
    const char *indexes[STORE_NAMES_MAX];
};
mx_status store_names_load(struct store *store, struct store_names *names, struct base_arena *arena);
/* NULL: nobody knows it. */
const char *store_space_name(const struct store_names *names, uint16_t space, int *is_index);
/* The registered table or index of a space; NULL. */
const struct store_space *store_space_of(const struct store *store, uint16_t space);

/* ---- start ---- */

#define STORE_SPACE_LAST 65000u

/* What is remembered of a table ("table", its name, "") or an index ("index", its table, its name). */
struct store_memo {
    int64_t id;          /* 0: not known yet */
    struct mx_str shape; /* fields in words; a change of it changes the bytes */
};
struct store_span store_memo_key(struct base_arena *arena, const char *kind, const char *table, const char *index);
mx_status store_memo_parse(struct base_arena *arena, struct store_span value, struct store_memo *memo);
mx_status store_memo_read(struct store_view *view, const char *kind, const char *table, const char *index, struct store_memo *memo);
mx_status store_memo_write(struct store_view *view, const char *kind, const char *table, const char *index, const struct store_memo *memo);
struct mx_str store_table_shape(struct base_arena *arena, const struct store_table *table);
struct mx_str store_index_shape(struct base_arena *arena, const struct store_index *index);
/* Packed tables may get fields at the end; nothing else about a key may change. */
int store_table_shape_grew(const struct store_table *table, struct mx_str old, struct mx_str now);

/* ---- folder.c ---- */

mx_status store_folder_open(struct store *store, const struct store_opts *opts, struct mx_error *err);
void store_folder_close(struct store *store);
mx_status store_meta_open(struct store *store, int create, struct mx_error *err);
/* Bring the folder to STORE_FORMAT. */
mx_status store_upgrade(struct store *store, struct mx_error *err);
/* Write the format file beside and rename it; durable when it returns MX_OK. */
mx_status store_format_write(const char *dir, int64_t format, struct mx_error *err);
/* A file of the folder that only says that it is there; durable. */
mx_status store_mark_write(const char *dir, const char *name, const char *text, struct mx_error *err);
/* Flush a folder's own entries: 1, or 0 and errno. */
int store_sync_folder(const char *dir);

/* What stands in front of a stored value. */
void store_checksum_put(const uint8_t checksum_key[CRYPTO_KEY_BYTES], struct store_bytes key, uint8_t *value_with_checksum, size_t len);

/* ---- backup streams: a head in clear, then sealed chunks, each with its length in front ---- */

#define BACKUP_CHUNK_BYTES (256u << 10) /* a chunk with so much in it is sealed */
#define BACKUP_CHUNK_MAX   (STORE_VALUE_MAX + BACKUP_CHUNK_BYTES + 1024u)
#define BACKUP_HEAD_BYTES  (8u + 4u + 16u + CRYPTO_STREAM_HEAD)
#define BACKUP_RECORD_HEAD 6u /* length of the key (2 bytes) and of the value (4), little-endian */

/* The first byte in a chunk says what it holds. */
enum { BACKUP_ABOUT = 1, BACKUP_RECORDS = 2, BACKUP_END = 3 };

struct backup_out {
    const struct store_backup_io *io;
    struct crypto_stream stream;
    uint8_t head[BACKUP_HEAD_BYTES];
    struct base_buf plain; /* the chunk that is being filled, its kind first */
    struct base_buf sealed;
};
mx_status backup_out_begin(struct backup_out *out, const struct crypto_keys *keys, const struct store_backup_io *io);
/* A new chunk in out->plain; then its seal and its way out. MX_E_CANCELLED: write() said stop. */
void backup_out_chunk(struct backup_out *out, uint8_t kind);
mx_status backup_out_seal(struct backup_out *out, int last);
void backup_out_end(struct backup_out *out);

struct backup_in {
    const struct store_backup_io *io;
    struct crypto_stream stream;
    uint8_t head[BACKUP_HEAD_BYTES];
    uint8_t *sealed, *plain;
    uint64_t at; /* bytes read */
    struct mx_error *err;
};
mx_status backup_in_begin(struct backup_in *in, const struct crypto_keys *keys, const struct store_backup_io *io, struct mx_error *err);
/* The next chunk, without its kind; lent until the next call. Behind the last one nothing may stand. */
mx_status backup_in_chunk(struct backup_in *in, uint8_t *kind, struct store_bytes *content, int *last);
mx_status backup_in_damaged(struct backup_in *in, const char *what);
void backup_in_end(struct backup_in *in);

/* What a backup is and what was in it, as JSON. */
void backup_about_write(struct base_buf *out, const struct store_backup *about);
mx_status backup_about_read(struct backup_in *in, struct store_bytes content, struct store_backup *about);
void backup_counts_write(struct base_buf *out, const struct store_backup *about);
mx_status backup_counts_read(struct backup_in *in, struct store_bytes content, struct store_backup *about);

/* Where the records of a backup go: begin() once it is known what it is. */
struct backup_sink {
    mx_status (*begin)(void *arg, const struct store_backup *about, struct mx_error *err);
    mx_status (*record)(void *arg, struct store_bytes key, struct store_bytes value, struct mx_error *err);
    void *arg;
};
mx_status backup_read(const struct crypto_keys *keys, const struct store_backup_io *io, const struct backup_sink *sink,
                      struct store_backup *about, struct mx_error *err);

#endif
