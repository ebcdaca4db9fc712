/* Signatures and the keyed hash that other people's protocols ask for. */
#include "crypto/internal.h"

void crypto_signing_pair(const uint8_t seed[32], uint8_t public_key[CRYPTO_SIGN_PUBLIC], uint8_t secret_key[CRYPTO_SIGN_SECRET]) {
    crypto_sign_ed25519_seed_keypair(public_key, secret_key, seed);
}

void crypto_signature_make(const uint8_t secret_key[CRYPTO_SIGN_SECRET], const void *message, size_t len,
                           uint8_t signature[CRYPTO_SIGNATURE]) {
    crypto_sign_ed25519_detached(signature, NULL, message, len, secret_key);
}

int crypto_signature_check(const uint8_t public_key[CRYPTO_SIGN_PUBLIC], const void *message, size_t len,
                           const uint8_t signature[CRYPTO_SIGNATURE]) {
    return crypto_sign_ed25519_verify_detached(signature, message, len, public_key) == 0;
}

void crypto_hmac_sha256(const void *key, size_t key_len, const struct crypto_piece *pieces, uint32_t count, uint8_t out[32]) {
    crypto_auth_hmacsha256_state state;
    uint32_t i;
    crypto_auth_hmacsha256_init(&state, key, key_len);
    for (i = 0; i < count; i++) crypto_auth_hmacsha256_update(&state, pieces[i].ptr, pieces[i].len);
    crypto_auth_hmacsha256_final(&state, out);
    crypto_wipe(&state, sizeof(state));
}
