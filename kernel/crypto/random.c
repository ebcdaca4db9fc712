/* Start, random bytes, wiping, comparing. */
#include "crypto/internal.h"

mx_status crypto_init(struct mx_error *err) {
    if (sodium_init() < 0) return base_fail(err, MX_E_INTERNAL, NULL, "The cryptography library does not start on this machine.");
    return MX_OK;
}

void crypto_random(void *bytes, size_t len) { randombytes_buf(bytes, len); }

void crypto_wipe(void *bytes, size_t len) { sodium_memzero(bytes, len); }

int crypto_equal(const void *a, const void *b, size_t len) { return len == 0 || sodium_memcmp(a, b, len) == 0; }
