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
