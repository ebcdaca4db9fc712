/* libsodium and the key file in memory, for the files of this room only. */
#ifndef CRYPTO_INTERNAL_H
#define CRYPTO_INTERNAL_H

#include <pthread.h>

/* libsodium has a crypto_hash() of its own, which nobody here wants; it steps aside for ours. */
#define crypto_hash sodium_crypto_hash
#include <sodium.h>
#undef crypto_hash

#include "crypto/crypto.h"

#define CRYPTO_EPOCHS_MAX    64u
#define CRYPTO_KEYFILE_MAX   8192u
#define CRYPTO_KEYFILE_FIRST "merx-key "
#define CRYPTO_KEYFILE_NOW   1

struct crypto_epoch {
    uint32_t number;
    uint8_t key[CRYPTO_KEY_BYTES];
};

/* What the file says; lives in guarded memory. Epochs are in rising order, the last one is the current one. */
struct crypto_secrets {
    uint8_t master[CRYPTO_KEY_BYTES];
    uint32_t epoch_count;
    struct crypto_epoch epochs[CRYPTO_EPOCHS_MAX];
};

struct crypto_keys {
    char *path;
    pthread_rwlock_t *lock; /* epochs come and go while queries read them */
    struct crypto_secrets *secrets;
};

/* Write the file beside its place, sync, rename, sync the folder. replace 0: refuse to overwrite (MX_E_EXISTS);
 * 1: the bytes of the file that was there are overwritten too, so that a dropped key does not linger on the disk. */
mx_status crypto_keyfile_write(const char *path, const struct crypto_secrets *secrets, int replace, struct mx_error *err);

/* Read and check it. Statuses as in crypto_keys_open(). */
mx_status crypto_keyfile_read(const char *path, struct crypto_secrets *secrets, struct mx_error *err);

#endif
