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

/* ---- passwords: Argon2id (RFC 9106), 19 MiB and 2 passes, as OWASP asks at least. Takes 20-60 ms: on a worker only ---- */

#define CRYPTO_PASSWORD_TEXT 128 /* bytes of a stored password, with its NUL */

/* Hash for storing, with salt and parameters. pepper: 32 bytes mixed in, NULL = none. MX_E_NOMEM. */
MX_MUST_CHECK mx_status crypto_password_hash(const uint8_t *pepper, struct mx_str password, char out[CRYPTO_PASSWORD_TEXT]);
/* 1 when it is the password. stored NULL: does the same work and answers 0, so that an unknown name takes as long. */
int crypto_password_check(const uint8_t *pepper, struct mx_str password, const char *stored);

/* How often either was done since the start. */
uint64_t crypto_passwords_hashed(void);

/* ---- signatures: Ed25519 (RFC 8032) ---- */

#define CRYPTO_SIGN_PUBLIC 32
#define CRYPTO_SIGN_SECRET 64
#define CRYPTO_SIGNATURE   64

/* Key pair from a 32-byte seed. */
void crypto_signing_pair(const uint8_t seed[32], uint8_t public_key[CRYPTO_SIGN_PUBLIC], uint8_t secret_key[CRYPTO_SIGN_SECRET]);
void crypto_signature_make(const uint8_t secret_key[CRYPTO_SIGN_SECRET], const void *message, size_t len,
                           uint8_t signature[CRYPTO_SIGNATURE]);
/* 1 when the signature is the key's over this message. */
int crypto_signature_check(const uint8_t public_key[CRYPTO_SIGN_PUBLIC], const void *message, size_t len,
                           const uint8_t signature[CRYPTO_SIGNATURE]);

/* HMAC-SHA256 (RFC 2104) over the pieces one after the other, with a key of any length. */
struct crypto_piece {
    const void *ptr;
    size_t len;
};
void crypto_hmac_sha256(const void *key, size_t key_len, const struct crypto_piece *pieces, uint32_t count, uint8_t out[32]);

/* base64 with padding (RFC 4648 section 4), as other people's headers want it. */
struct mx_str crypto_base64_padded(struct base_arena *arena, const void *bytes, size_t len);
int crypto_unbase64_padded(struct base_arena *arena, struct mx_str text, uint8_t **bytes, size_t *len);

/* ---- hashing a stream: BLAKE2b-256 ---- */

struct crypto_digest {
    _Alignas(64) uint8_t opaque[384];
};
void crypto_digest_init(struct crypto_digest *digest, const uint8_t *key); /* key: 32 bytes or NULL */
void crypto_digest_add(struct crypto_digest *digest, const void *bytes, size_t len);
void crypto_digest_final(struct crypto_digest *digest, uint8_t out[CRYPTO_HASH_BYTES]);

/* ---- a sealed stream (XChaCha20-Poly1305, libsodium's secretstream): chunks that can be neither changed, dropped,
 * doubled, reordered nor cut at the end ---- */

#define CRYPTO_STREAM_HEAD  24
#define CRYPTO_STREAM_EXTRA 17 /* what sealing adds to a chunk */

struct crypto_stream {
    _Alignas(16) uint8_t opaque[64];
};
void crypto_stream_seal(struct crypto_stream *stream, const uint8_t key[CRYPTO_KEY_BYTES], uint8_t head[CRYPTO_STREAM_HEAD]);
/* Seal the next chunk; out: len + CRYPTO_STREAM_EXTRA bytes. last: 1 with the final chunk. `bound` is authenticated too. */
void crypto_stream_push(struct crypto_stream *stream, const void *plain, size_t len, const void *bound, size_t bound_len, int last,
                        uint8_t *out);
MX_MUST_CHECK mx_status crypto_stream_open(struct crypto_stream *stream, const uint8_t key[CRYPTO_KEY_BYTES],
                                           const uint8_t head[CRYPTO_STREAM_HEAD]);
/* Open the next chunk; out: len - CRYPTO_STREAM_EXTRA bytes. MX_E_DAMAGED: not the chunk that belongs here. */
MX_MUST_CHECK mx_status crypto_stream_pull(struct crypto_stream *stream, const void *sealed, size_t len, const void *bound,
                                           size_t bound_len, uint8_t *out, int *last);

/* base64url without padding. */
struct mx_str crypto_base64(struct base_arena *arena, const void *bytes, size_t len);
/* 1 and the bytes in the arena, 0 when it is not that. */
int crypto_unbase64(struct base_arena *arena, struct mx_str text, uint8_t **bytes, size_t *len);

/* ---- the key file ---- */

/* Purposes of derived keys. Numbers are part of the data format. */
#define CRYPTO_FOR_CHECKSUM 1  /* record checksums */
#define CRYPTO_FOR_LOG      2  /* hash chain of the event log */
#define CRYPTO_FOR_INDEX    3  /* blind indexes */
#define CRYPTO_FOR_TOKEN    4  /* hashes of API keys */
#define CRYPTO_FOR_IDEM     5  /* hashes of idempotency keys and bodies */
#define CRYPTO_FOR_SIGNING  6  /* seed of the shop's Ed25519 key: checkpoints, member codes */
#define CRYPTO_FOR_BACKUP   7  /* backup streams */
#define CRYPTO_FOR_SECRETS  8  /* the shop's own secrets at rest: webhook secrets, messages in the outbox */
#define CRYPTO_FOR_PIN      9  /* pepper of PINs, which are too short to stand a guess without it */
#define CRYPTO_FOR_PLUGIN   10 /* keyed hashes of plugins: codes of coupons */

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
