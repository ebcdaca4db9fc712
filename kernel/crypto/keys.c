/* Master key, derived keys and epochs. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "crypto/internal.h"

#define DERIVE_CONTEXT "merxkeys"
#define NAME_CONTEXT   "merxname"

_Static_assert(CRYPTO_KEY_BYTES == crypto_kdf_KEYBYTES, "master key length");

static struct crypto_secrets *secrets_new(struct mx_error *err) {
    struct crypto_secrets *secrets = sodium_malloc(sizeof(*secrets));
    if (!secrets) {
        (void)base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory to hold the keys.");
        return NULL;
    }
    sodium_memzero(secrets, sizeof(*secrets));
    return secrets;
}

mx_status crypto_keys_create(const char *path, struct mx_error *err) {
    struct crypto_secrets *secrets = secrets_new(err);
    mx_status st;
    if (!secrets) return MX_E_NOMEM;
    crypto_random(secrets->master, sizeof(secrets->master));
    secrets->epoch_count = 1;
    secrets->epochs[0].number = 1;
    crypto_random(secrets->epochs[0].key, CRYPTO_KEY_BYTES);
    st = crypto_keyfile_write(path, secrets, 0, err);
    sodium_free(secrets);
    return st;
}

mx_status crypto_keys_open(const char *path, struct crypto_keys **keys, struct mx_error *err) {
    struct crypto_keys *k = calloc(1, sizeof(*k));
    mx_status st = MX_E_NOMEM;
    if (!k) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory to hold the keys.");
    k->path = strdup(path);
    k->lock = malloc(sizeof(*k->lock));
    k->secrets = secrets_new(err);
    if (!k->path || !k->lock || !k->secrets || pthread_rwlock_init(k->lock, NULL) != 0) {
        free(k->lock);
        k->lock = NULL;
        goto out;
    }
    st = crypto_keyfile_read(path, k->secrets, err);
out:
    if (st == MX_OK)
        *keys = k;
    else
        crypto_keys_free(k);
    return st;
}

void crypto_keys_free(struct crypto_keys *keys) {
    if (!keys) return;
    if (keys->lock) pthread_rwlock_destroy(keys->lock);
    free(keys->lock);
    sodium_free(keys->secrets);
    free(keys->path);
    free(keys);
}

void crypto_keys_name(const struct crypto_keys *keys, uint8_t name[16]) {
    pthread_rwlock_rdlock(keys->lock); /* a change of epochs puts new memory in the place of the old */
    crypto_kdf_derive_from_key(name, 16, 1, NAME_CONTEXT, keys->secrets->master);
    pthread_rwlock_unlock(keys->lock);
}

void crypto_keys_derive(const struct crypto_keys *keys, int purpose, uint8_t key[CRYPTO_KEY_BYTES]) {
    pthread_rwlock_rdlock(keys->lock);
    crypto_kdf_derive_from_key(key, CRYPTO_KEY_BYTES, (uint64_t)purpose, DERIVE_CONTEXT, keys->secrets->master);
    pthread_rwlock_unlock(keys->lock);
}

/* ---- epochs ---- */

uint32_t crypto_keys_epoch(const struct crypto_keys *keys) {
    uint32_t number;
    pthread_rwlock_rdlock(keys->lock);
    number = keys->secrets->epochs[keys->secrets->epoch_count - 1].number;
    pthread_rwlock_unlock(keys->lock);
    return number;
}

static uint32_t place_of(const struct crypto_secrets *secrets, uint32_t epoch) {
    uint32_t i = 0;
    while (i < secrets->epoch_count && secrets->epochs[i].number != epoch) i++;
    return i;
}

mx_status crypto_keys_epoch_key(const struct crypto_keys *keys, uint32_t epoch, uint8_t key[CRYPTO_KEY_BYTES]) {
    mx_status st = MX_E_ERASED;
    uint32_t i;
    pthread_rwlock_rdlock(keys->lock);
    i = place_of(keys->secrets, epoch);
    if (i < keys->secrets->epoch_count) {
        memcpy(key, keys->secrets->epochs[i].key, CRYPTO_KEY_BYTES);
        st = MX_OK;
    }
    pthread_rwlock_unlock(keys->lock);
    return st;
}

/* The file first, memory second: a key that is used is one that a restart will find. */
static mx_status replace(struct crypto_keys *keys, struct crypto_secrets *next, struct mx_error *err) {
    mx_status st = crypto_keyfile_write(keys->path, next, 1, err);
    struct crypto_secrets *old = next;
    if (st == MX_OK) {
        old = keys->secrets;
        pthread_rwlock_wrlock(keys->lock);
        keys->secrets = next;
        pthread_rwlock_unlock(keys->lock);
    }
    sodium_free(old);
    return st;
}

mx_status crypto_keys_epoch_add(struct crypto_keys *keys, uint32_t *epoch, struct mx_error *err) {
    struct crypto_secrets *next;
    uint32_t n = keys->secrets->epoch_count, number;
    mx_status st;
    if (n == CRYPTO_EPOCHS_MAX)
        return base_fail(err, MX_E_TOO_LARGE, NULL, "The key file holds %u epochs already; drop old ones first.", CRYPTO_EPOCHS_MAX);
    next = secrets_new(err);
    if (!next) return MX_E_NOMEM;
    memcpy(next, keys->secrets, sizeof(*next));
    number = next->epochs[n - 1].number + 1;
    next->epochs[n].number = number;
    crypto_random(next->epochs[n].key, CRYPTO_KEY_BYTES);
    next->epoch_count = n + 1;
    st = replace(keys, next, err);
    if (st == MX_OK) *epoch = number;
    return st;
}

mx_status crypto_keys_epoch_drop(struct crypto_keys *keys, uint32_t epoch, struct mx_error *err) {
    struct crypto_secrets *next;
    uint32_t n = keys->secrets->epoch_count, i = place_of(keys->secrets, epoch);
    if (i == n) return base_fail(err, MX_E_NOT_FOUND, NULL, "The key file holds no epoch %" PRIu32 ".", epoch);
    if (i == n - 1) return base_fail(err, MX_E_REFUSED, NULL, "Epoch %" PRIu32 " is the current one and cannot be dropped.", epoch);
    next = secrets_new(err);
    if (!next) return MX_E_NOMEM;
    memcpy(next, keys->secrets, sizeof(*next));
    memmove(&next->epochs[i], &next->epochs[i + 1], (n - i - 1) * sizeof(next->epochs[0]));
    next->epoch_count = n - 1;
    sodium_memzero(&next->epochs[n - 1], sizeof(next->epochs[0]));
    return replace(keys, next, err);
}
