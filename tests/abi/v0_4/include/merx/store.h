/* Tables: how a plugin keeps its records.
 *
 * A table names its record type, the fields that make its key and its indexes; the store keeps the indexes. Calls take
 * a *probe*: a record of the same type in which only the key (or index) fields are filled. Records come back in the
 * memory of the running command (arena) and live until it ends. Inside a command, reads see the command's own writes.
 * Since 0.1.
 *
 * Statuses that every call may return besides its own: MX_E_IO, MX_E_DAMAGED (the record's checksum is wrong: it is
 * never served), MX_E_INTERNAL (programmer's mistake: unknown table). */
#ifndef MERX_STORE_H
#define MERX_STORE_H

#include "merx/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_INDEX_UNIQUE 0x1u /* at most one record for each value; a second put fails with MX_E_EXISTS naming the field */

/* An index. `fields` are member names with spaces between; the last may be an array of strings (one entry for each
 * element). A record whose first index field is empty is not entered. An index over a MX_PII field is *blind*: it holds
 * a keyed hash, so it answers equality only. */
struct mx_index {
    const char *name;
    const char *fields;
    uint32_t flags;
};

#define MX_TABLE_PACKED                                                                                                                    \
    0x1u /* hot counters: key fields in the key, integer fields packed little-endian behind a version byte; no rev, no unknown members */
#define MX_TABLE_APPEND 0x2u /* records are never changed nor deleted (ledgers): a second put on a key fails with MX_E_EXISTS */

/* A table. Key fields are STR, ID, ENUM, BOOL or integers, never PII. A table with PII fields names its `subject`: the
 * member that holds the person's id ("per_..."); a record with PII and no subject is refused. */
struct mx_table {
    uint32_t size; /* sizeof(struct mx_table) */
    uint32_t flags;
    const char *name; /* "plugin.things" */
    const char *doc;
    const struct mx_type *type; /* made with MX_TYPE_REC */
    const char *key;            /* member names with spaces between */
    const char *subject;        /* NULL when no field is MX_PII */
    const struct mx_index *indexes;
    uint32_t index_count;
    uint32_t index_size; /* sizeof(struct mx_index) */
};

struct mx_scan; /* a walk over records in key or index order */

/* Where a walk starts and how. Zero is: all records in key order. */
struct mx_scan_opts {
    uint32_t size;       /* sizeof(struct mx_scan_opts) */
    uint32_t prefix;     /* how many leading key (index) fields of the probe must be equal */
    const char *index;   /* NULL = by key */
    struct mx_str after; /* cursor of an earlier walk over the same index: go on behind it */
    uint8_t from;        /* 1: start at the probe's value of the field behind the prefix (inclusive) */
    uint8_t reverse;     /* 1: from the end to the beginning (`from` is then the inclusive upper bound) */
    uint8_t lend;        /* 1: a record lives only until the next one of this walk is asked for; for walks over everything */
    uint8_t keys_only;   /* 1: over an index: a record tells only the fields of the index and of the key, and no long texts. Since 0.3 */
    uint8_t reserved[4];
};

/* Interface "mx.store". Reach it through the wrappers below. Append-only. */
struct mx_store_api {
    uint32_t size;
    uint32_t reserved;
    mx_status (*get)(struct mx_ctx *ctx, const struct mx_table *table, const void *probe, void **record);
    mx_status (*find)(struct mx_ctx *ctx, const struct mx_table *table, const char *index, const void *probe, void **record);
    mx_status (*put)(struct mx_ctx *ctx, const struct mx_table *table, void *record);
    mx_status (*del)(struct mx_ctx *ctx, const struct mx_table *table, const void *probe);
    mx_status (*scan_open)(struct mx_ctx *ctx, const struct mx_table *table, const struct mx_scan_opts *opts, const void *probe,
                           struct mx_scan **scan);
    mx_status (*scan_next)(struct mx_scan *scan, void **record);
    struct mx_str (*scan_cursor)(struct mx_scan *scan);
    mx_status (*next_number)(struct mx_ctx *ctx, const char *sequence, struct mx_str scope, int64_t *number);
    /* 0.1 ends here */
};

#ifdef __cplusplus
}
#endif
#endif
