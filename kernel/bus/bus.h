/* What is stored of events: the log with its hash chain, the cursors of followers, due times.
 *
 * Everything is written through the command's own view, so that it commits or vanishes with the command. Delivery is the
 * work of `op`. Log entry = hash (32 bytes) + canonical JSON {"actor","at","data","epoch","name","node","op","seq"};
 * hash = BLAKE2b keyed with the shop's chain key over the previous hash and the entry's bytes, so an edited, dropped or
 * reordered entry is found by number. */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include "merx/event.h"
#include "store/store.h"

struct bus;

struct bus_entry {
    int64_t epoch;
    int64_t seq; /* gapless from 1 in its epoch */
    int64_t at_ms;
    struct mx_str node;
    struct mx_str name;
    struct mx_str actor; /* principal id */
    struct mx_str op;    /* operation that emitted it */
    struct mx_str data;  /* canonical JSON */
};

MX_MUST_CHECK mx_status bus_new(struct store *store, const struct crypto_keys *keys, struct mx_str node, int64_t epoch, struct bus **bus);
void bus_free(struct bus *bus);

/* Append; fills entry->seq, epoch and node. */
MX_MUST_CHECK mx_status bus_append(struct bus *bus, struct store_view *view, struct bus_entry *entry);

/* Last sequence number and hash (zeroes when empty). */
MX_MUST_CHECK mx_status bus_head(struct bus *bus, struct store_view *view, int64_t *seq, uint8_t hash[CRYPTO_HASH_BYTES]);

/* The entry with this number: MX_NONE behind the head, MX_E_DAMAGED when it is lost or cannot be read. */
MX_MUST_CHECK mx_status bus_read(struct bus *bus, struct store_view *view, int64_t seq, struct bus_entry *entry);

/* Follow the chain to the head: found() names each break. from 1: all epochs, from their first entries; from > 1: the
 * current epoch from that number on. Reads in slices, each through a view of its own. */
MX_MUST_CHECK mx_status bus_verify(struct bus *bus, int64_t from, void (*found)(void *arg, const char *what), void *arg);
/* The same with a pace (NULL = none), told once a slice. MX_E_CANCELLED: the pace ended it. */
MX_MUST_CHECK mx_status bus_verify_paced(struct bus *bus, int64_t from, void (*found)(void *arg, const char *what), void *arg,
                                         const struct store_pace *pace);

/* The entry as a CloudEvents 1.0 document in JSON (structured mode): id "<node>-<epoch>-<seq>", source
 * "merx:<node>", type = name, time, datacontenttype, data, and the extensions "sequence" (20 digits, CloudEvents'
 * own), "actor" and "operation". */
struct mx_str bus_cloudevent(struct base_arena *arena, const struct bus_entry *entry);

/* A checkpoint: what the log's head was, signed with the shop's Ed25519 key. Kept outside the log, it shows that the end
 * of the log was cut or everything behind it was written anew. Text: canonical JSON {"at","epoch","hash","node","seq",
 * "shop","signature"}; the signature is over the same text without it. */
struct bus_checkpoint {
    struct mx_str node;
    int64_t epoch;
    int64_t seq;
    int64_t at_ms;
    uint8_t hash[CRYPTO_HASH_BYTES];
};
MX_MUST_CHECK mx_status bus_checkpoint_make(struct bus *bus, struct store_view *view, int64_t now_ms, struct mx_str *text);
/* MX_E_DAMAGED: not a checkpoint, or not signed by this shop. */
MX_MUST_CHECK mx_status bus_checkpoint_read(struct bus *bus, struct base_arena *arena, struct mx_str text,
                                            struct bus_checkpoint *checkpoint, struct mx_error *err);
/* Compare the log with a checkpoint: found() when the log ends before it or has another entry there. */
MX_MUST_CHECK mx_status bus_checkpoint_compare(struct bus *bus, struct store_view *view, const struct bus_checkpoint *checkpoint,
                                               void (*found)(void *arg, const char *what), void *arg);

/* The public key that they are signed with, in padded base64. */
struct mx_str bus_checkpoint_key(const struct bus *bus, struct base_arena *arena);

/* Sign other bytes with the same key, so that the signature can never pass for a checkpoint nor for one of another domain. */
void bus_sign(const struct bus *bus, struct mx_str domain, struct mx_str bytes, uint8_t signature[CRYPTO_SIGNATURE]);
/* 1 when it is this shop's signature over these bytes in this domain. */
int bus_sign_check(const struct bus *bus, struct mx_str domain, struct mx_str bytes, const uint8_t signature[CRYPTO_SIGNATURE]);

/* Durable cursor of a follower: the last number it has handled (0 = none). */
MX_MUST_CHECK mx_status bus_cursor_get(struct store_view *view, struct mx_str name, int64_t *seq);
MX_MUST_CHECK mx_status bus_cursor_put(struct store_view *view, struct mx_str name, int64_t seq);

/* The same with the epoch: after a restore the log goes on in a new one, from 1, and a follower must not wait there for the
 * numbers of the old one. bus_cursor_get() and _put() are of the first epoch. */
struct bus_place {
    int64_t epoch, seq; /* the last entry that was handled; {1, 0} = none */
};
MX_MUST_CHECK mx_status bus_place_get(struct store_view *view, struct mx_str name, struct bus_place *place); /* MX_NONE: never put */
MX_MUST_CHECK mx_status bus_place_put(struct store_view *view, struct mx_str name, const struct bus_place *place);
MX_MUST_CHECK mx_status bus_place_head(struct bus *bus, struct store_view *view, struct bus_place *place);
/* The entry behind the place, in whatever epoch it stands, and move there. MX_NONE at the end; MX_E_DAMAGED. */
MX_MUST_CHECK mx_status bus_next(struct store_view *view, struct bus_place *place, struct bus_entry *entry);
/* How many entries stand behind the place, in all epochs. MX_E_DAMAGED. */
MX_MUST_CHECK mx_status bus_behind(struct store_view *view, const struct bus_place *place, int64_t *count);

/* Due times: one per (op, id). */
struct bus_due {
    int64_t due_ms;
    struct mx_str op;
    struct mx_str id;
    struct mx_str body;   /* JSON */
    uint32_t passed_over; /* set by bus_due_first(): records before it that cannot be read */
};
MX_MUST_CHECK mx_status bus_due_put(struct store_view *view, const struct bus_due *due);
MX_MUST_CHECK mx_status bus_due_del(struct store_view *view, struct mx_str op, struct mx_str id); /* MX_NONE: none */
/* The earliest one that can be read, whenever it is due: MX_NONE when there is none. */
MX_MUST_CHECK mx_status bus_due_first(struct store_view *view, struct bus_due *due);
/* Take out what bus_due_first() found, also when its name cannot be looked up. */
MX_MUST_CHECK mx_status bus_due_take(struct store_view *view, const struct bus_due *due);

#endif
