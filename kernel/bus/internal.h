/* What the files of this room share. */
#ifndef BUS_INTERNAL_H
#define BUS_INTERNAL_H

#include "bus/bus.h"

struct bus {
    struct store *store;
    char *node;
    int64_t epoch;
    uint8_t chain_key[CRYPTO_KEY_BYTES];
    uint8_t shop[16]; /* public name of the master key */
    uint8_t sign_public[CRYPTO_SIGN_PUBLIC], sign_secret[CRYPTO_SIGN_SECRET];
};

/* checkpoint.c */
MX_MUST_CHECK mx_status bus_checkpoint_init(struct bus *bus, const struct crypto_keys *keys);

/* Bytes of an entry as they stand in the log: the hash, then canonical JSON. */
#define BUS_HASH_BYTES CRYPTO_HASH_BYTES

/* Hash of an entry over the one before it. */
void bus_chain_hash(const struct bus *bus, const uint8_t prev[BUS_HASH_BYTES], struct store_span json, uint8_t hash[BUS_HASH_BYTES]);

/* The stored bytes of an entry: MX_NONE, MX_E_DAMAGED. */
MX_MUST_CHECK mx_status bus_entry_bytes(struct store_view *view, int64_t epoch, int64_t seq, uint8_t hash[BUS_HASH_BYTES],
                                        struct store_span *json);

/* Last number and hash of an epoch (zeroes when it is empty). MX_E_DAMAGED. */
MX_MUST_CHECK mx_status bus_epoch_head(struct store_view *view, int64_t epoch, int64_t *seq, uint8_t hash[BUS_HASH_BYTES]);

/* The entry of this number in that epoch: as bus_read(). */
MX_MUST_CHECK mx_status bus_epoch_read(struct store_view *view, int64_t epoch, int64_t seq, struct bus_entry *entry);

/* A buffer's content as a key or value. */
static inline struct store_span bus_span(const struct base_buf *buf) {
    struct store_span span = {(const uint8_t *)buf->ptr, buf->len};
    return span;
}

#endif
