/* Keyed checksums and hashes. */
#include "base/buf.h"
#include "crypto/internal.h"

#define ON_STACK 2048u

static void put_length(uint8_t out[8], size_t len) {
    uint64_t n = len;
    for (int i = 0; i < 8; i++) out[i] = (uint8_t)(n >> (8 * i));
}

static uint64_t shorthash(const uint8_t key[16], const uint8_t *bytes, size_t len) {
    uint8_t out[crypto_shorthash_BYTES];
    uint64_t sum = 0;
    crypto_shorthash(out, bytes, len, key);
    for (int i = 7; i >= 0; i--) sum = sum << 8 | out[i];
    return sum;
}

static void join(uint8_t *to, const void *a, size_t a_len, const void *b, size_t b_len) {
    put_length(to, a_len);
    if (a_len) memcpy(to + 8, a, a_len);
    if (b_len) memcpy(to + 8 + a_len, b, b_len);
}

uint64_t crypto_checksum(const uint8_t key[16], const void *a, size_t a_len, const void *b, size_t b_len) {
    size_t len = 8 + a_len + b_len;
    uint8_t small[ON_STACK];
    struct base_buf large;
    uint64_t sum;
    if (len <= ON_STACK) {
        join(small, a, a_len, b, b_len);
        return shorthash(key, small, len);
    }
    base_buf_init(&large, NULL);
    join((uint8_t *)base_buf_reserve(&large, len), a, a_len, b, b_len);
    sum = shorthash(key, (const uint8_t *)large.ptr, len);
    base_buf_fini(&large);
    return sum;
}

static void hash_piece(crypto_generichash_state *state, const void *piece, size_t len) {
    uint8_t length[8];
    put_length(length, len);
    crypto_generichash_update(state, length, sizeof(length));
    if (len) crypto_generichash_update(state, piece, len);
}

void crypto_hash(const uint8_t *key, const void *a, size_t a_len, const void *b, size_t b_len, const void *c, size_t c_len, uint8_t *out,
                 size_t out_len) {
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, key ? CRYPTO_KEY_BYTES : 0, out_len);
    hash_piece(&state, a, a_len);
    hash_piece(&state, b, b_len);
    hash_piece(&state, c, c_len);
    crypto_generichash_final(&state, out, out_len);
    sodium_memzero(&state, sizeof(state));
}
