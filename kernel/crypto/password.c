/* Passwords: Argon2id with a pepper in front. */
#include <stdatomic.h>
#include <string.h>

#include "crypto/internal.h"

#define PASSES       2u
#define MEMORY_BYTES (19u << 20)

static atomic_uint_fast64_t hashed;

uint64_t crypto_passwords_hashed(void) { return atomic_load_explicit(&hashed, memory_order_relaxed); }

/* What is hashed: the password as it is, or its keyed hash when there is a pepper. */
static struct mx_str seasoned(const uint8_t *pepper, struct mx_str password, uint8_t mixed[CRYPTO_HASH_BYTES]) {
    atomic_fetch_add_explicit(&hashed, 1, memory_order_relaxed);
    if (pepper == NULL) return password;
    crypto_hash(pepper, password.ptr, password.len, NULL, 0, NULL, 0, mixed, CRYPTO_HASH_BYTES);
    return mx_str_n((const char *)mixed, CRYPTO_HASH_BYTES);
}

mx_status crypto_password_hash(const uint8_t *pepper, struct mx_str password, char out[CRYPTO_PASSWORD_TEXT]) {
    uint8_t mixed[CRYPTO_HASH_BYTES];
    struct mx_str text = seasoned(pepper, password, mixed);
    char stored[crypto_pwhash_STRBYTES];
    int failed = crypto_pwhash_str_alg(stored, text.len ? text.ptr : "", text.len, PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);
    if (!failed) memcpy(out, stored, CRYPTO_PASSWORD_TEXT);
    crypto_wipe(mixed, sizeof(mixed));
    return failed ? MX_E_NOMEM : MX_OK;
}

/* A password that nobody can have, so that an unknown name costs the same work as a wrong password. */
static const char *stand_in(void) {
    return "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}

int crypto_password_check(const uint8_t *pepper, struct mx_str password, const char *stored) {
    uint8_t mixed[CRYPTO_HASH_BYTES];
    struct mx_str text = seasoned(pepper, password, mixed);
    int same = crypto_pwhash_str_verify(stored ? stored : stand_in(), text.len ? text.ptr : "", text.len) == 0;
    crypto_wipe(mixed, sizeof(mixed));
    return stored != NULL && same;
}
