/* Secrets: random bytes, keyed hashes, sealing, the key file. Wraps libsodium; no other room includes it.
 *
 * Master key and epoch keys live in the key file beside the data folder (DIR.key, mode 0600), never in the database or a
 * backup. Keys for single purposes are derived from the master key (crypto_kdf, BLAKE2b). */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "base/arena.h"
#include "base/error.h"

#define CRYPTO_KEY_BYTES  32
#define CRYPTO_HASH_BYTES 32
#define CRYPTO_SEAL_EXTRA 41 /* version byte + nonce + tag: what sealing adds */

/* Once, before anything else. MX_E_INTERNAL: libsodium does not start. */
MX_MUST_CHECK mx_status crypto_init(struct mx_error *err);

void crypto_random(void *bytes, size_t len);
void crypto_wipe(void *bytes, size_t len);
/* 1 when equal, in time that does not depend on the content. */
int crypto_equal(const void *a, const void *b, size_t len);

/* Keyed 64-bit checksum (SipHash-2-4) over two pieces one after the other; the first is preceded by its length. */
uint64_t crypto_checksum(const uint8_t key[16], const void *a, size_t a_len, const void *b, size_t b_len);

/* Keyed BLAKE2b of up to three pieces, each preceded by its length; out_len 16..64; key NULL = unkeyed. */
void crypto_hash(const uint8_t *key, const void *a, size_t a_len, const void *b, size_t b_len, const void *c, size_t c_len, uint8_t *out,
                 size_t out_len);

/* Seal `plain` under a 32-byte key with XChaCha20-Poly1305 and a random nonce; `bound` is authenticated with it.
 * out: len + CRYPTO_SEAL_EXTRA bytes. */
void crypto_seal(const uint8_t key[CRYPTO_KEY_BYTES], const void *plain, size_t len, const void *bound, size_t bound_len, uint8_t *out);

/* Open it: out gets len - CRYPTO_SEAL_EXTRA bytes. MX_E_DAMAGED: changed, of another key, or bound to something else. */
MX_MUST_CHECK mx_status crypto_open(const uint8_t key[CRYPTO_KEY_BYTES], const void *sealed, size_t len, const void *bound,
                                    size_t bound_len, uint8_t *out);

/* base64url without padding. */
struct mx_str crypto_base64(struct base_arena *arena, const void *bytes, size_t len);
/* 1 and the bytes in the arena, 0 when it is not that. */
int crypto_unbase64(struct base_arena *arena, struct mx_str text, uint8_t **bytes, size_t *len);

/* ---- the key file ---- */

/* Purposes of derived keys. Numbers are part of the data format. */
#define CRYPTO_FOR_CHECKSUM 1 /* record checksums */
#define CRYPTO_FOR_LOG      2 /* hash chain of the event log */
#define CRYPTO_FOR_INDEX    3 /* blind indexes */
#define CRYPTO_FOR_TOKEN    4 /* hashes of API keys */
#define CRYPTO_FOR_IDEM     5 /* hashes of idempotency keys and bodies */

struct crypto_keys;

/* Make a new key file with a master key and epoch 1: written beside it, synced, renamed, folder synced. MX_E_EXISTS:
 * there is one already. MX_E_IO. */
MX_MUST_CHECK mx_status crypto_keys_create(const char *path, struct mx_error *err);

/* Read a key file. MX_E_NOT_FOUND, MX_E_IO, MX_E_DAMAGED (its own checksum is wrong), MX_E_FORBIDDEN (readable by
 * others), MX_E_FORMAT (newer). */
MX_MUST_CHECK mx_status crypto_keys_open(const char *path, struct crypto_keys **keys, struct mx_error *err);
void crypto_keys_free(struct crypto_keys *keys);

/* Public name of the master key (16 bytes), stored in the database: a key file of another shop is noticed at open. */
void crypto_keys_name(const struct crypto_keys *keys, uint8_t name[16]);

/* Derived key for a purpose. */
void crypto_keys_derive(const struct crypto_keys *keys, int purpose, uint8_t key[CRYPTO_KEY_BYTES]);

/* Epochs wrap the persons' keys. Order of writes, which no crash may invert: add the new epoch to the key file (durable),
 * re-wrap persons in the database, and only when no person is left under it drop the old epoch from the key file. */
uint32_t crypto_keys_epoch(const struct crypto_keys *keys); /* the current one */
MX_MUST_CHECK mx_status crypto_keys_epoch_key(const struct crypto_keys *keys, uint32_t epoch,
                                              uint8_t key[CRYPTO_KEY_BYTES]); /* MX_E_ERASED: gone */
MX_MUST_CHECK mx_status crypto_keys_epoch_add(struct crypto_keys *keys, uint32_t *epoch, struct mx_error *err);
MX_MUST_CHECK mx_status crypto_keys_epoch_drop(struct crypto_keys *keys, uint32_t epoch, struct mx_error *err);

#endif
