/* Sealing: version byte, random nonce, XChaCha20-Poly1305; and the text form of bytes. */
#include "crypto/internal.h"

#define SEAL_VERSION 1
#define SEAL_NONCE   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEAL_TAG     crypto_aead_xchacha20poly1305_ietf_ABYTES

_Static_assert(1 + SEAL_NONCE + SEAL_TAG == CRYPTO_SEAL_EXTRA, "what sealing adds");
_Static_assert(CRYPTO_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key length");

void crypto_seal(const uint8_t key[CRYPTO_KEY_BYTES], const void *plain, size_t len, const void *bound, size_t bound_len, uint8_t *out) {
    out[0] = SEAL_VERSION;
    randombytes_buf(out + 1, SEAL_NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + SEAL_NONCE, NULL, plain, len, bound, bound_len, NULL, out + 1, key);
}

mx_status crypto_open(const uint8_t key[CRYPTO_KEY_BYTES], const void *sealed, size_t len, const void *bound, size_t bound_len,
                      uint8_t *out) {
    const uint8_t *bytes = sealed;
    if (len < CRYPTO_SEAL_EXTRA || bytes[0] != SEAL_VERSION) return MX_E_DAMAGED;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, bytes + 1 + SEAL_NONCE, len - 1 - SEAL_NONCE, bound, bound_len,
                                                   bytes + 1, key) != 0)
        return MX_E_DAMAGED;
    return MX_OK;
}

struct mx_str crypto_base64(struct base_arena *arena, const void *bytes, size_t len) {
    size_t room = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = base_arena_alloc(arena, room);
    sodium_bin2base64(text, room, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return mx_str_of(text);
}

int crypto_unbase64(struct base_arena *arena, struct mx_str text, uint8_t **bytes, size_t *len) {
    size_t room = (size_t)text.len / 4 * 3 + 3, got = 0;
    uint8_t *out = base_arena_alloc(arena, room);
    const char *end = text.ptr;
    if (text.len == 0) {
        *bytes = out;
        *len = 0;
        return 1;
    }
    if (sodium_base642bin(out, room, text.ptr, text.len, NULL, &got, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) return 0;
    if (end != text.ptr + text.len) return 0;
    *bytes = out;
    *len = got;
    return 1;
}
