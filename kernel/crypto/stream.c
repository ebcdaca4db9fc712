/* Long things: a hash over a stream, and a stream sealed chunk by chunk. */
#include <string.h>

#include "crypto/internal.h"

_Static_assert(sizeof(struct crypto_digest) >= sizeof(crypto_generichash_state), "the digest's room");
_Static_assert(sizeof(struct crypto_stream) >= sizeof(crypto_secretstream_xchacha20poly1305_state), "the stream's room");
_Static_assert(CRYPTO_STREAM_HEAD == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "the stream's head");
_Static_assert(CRYPTO_STREAM_EXTRA == crypto_secretstream_xchacha20poly1305_ABYTES, "what a chunk grows by");

static crypto_generichash_state *digest_of(struct crypto_digest *digest) { return (crypto_generichash_state *)(void *)digest->opaque; }

static crypto_secretstream_xchacha20poly1305_state *stream_of(struct crypto_stream *stream) {
    return (crypto_secretstream_xchacha20poly1305_state *)(void *)stream->opaque;
}

void crypto_digest_init(struct crypto_digest *digest, const uint8_t *key) {
    crypto_generichash_init(digest_of(digest), key, key ? CRYPTO_KEY_BYTES : 0, CRYPTO_HASH_BYTES);
}

void crypto_digest_add(struct crypto_digest *digest, const void *bytes, size_t len) {
    if (len) crypto_generichash_update(digest_of(digest), bytes, len);
}

void crypto_digest_final(struct crypto_digest *digest, uint8_t out[CRYPTO_HASH_BYTES]) {
    crypto_generichash_final(digest_of(digest), out, CRYPTO_HASH_BYTES);
    crypto_wipe(digest, sizeof(*digest));
}

void crypto_stream_seal(struct crypto_stream *stream, const uint8_t key[CRYPTO_KEY_BYTES], uint8_t head[CRYPTO_STREAM_HEAD]) {
    crypto_secretstream_xchacha20poly1305_init_push(stream_of(stream), head, key);
}

void crypto_stream_push(struct crypto_stream *stream, const void *plain, size_t len, const void *bound, size_t bound_len, int last,
                        uint8_t *out) {
    uint8_t tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    crypto_secretstream_xchacha20poly1305_push(stream_of(stream), out, NULL, plain, len, bound, bound_len, tag);
}

mx_status crypto_stream_open(struct crypto_stream *stream, const uint8_t key[CRYPTO_KEY_BYTES], const uint8_t head[CRYPTO_STREAM_HEAD]) {
    return crypto_secretstream_xchacha20poly1305_init_pull(stream_of(stream), head, key) == 0 ? MX_OK : MX_E_DAMAGED;
}

mx_status crypto_stream_pull(struct crypto_stream *stream, const void *sealed, size_t len, const void *bound, size_t bound_len,
                             uint8_t *out, int *last) {
    uint8_t tag;
    if (len < CRYPTO_STREAM_EXTRA) return MX_E_DAMAGED;
    if (crypto_secretstream_xchacha20poly1305_pull(stream_of(stream), out, NULL, &tag, sealed, len, bound, bound_len) != 0)
        return MX_E_DAMAGED;
    *last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return MX_OK;
}
