/* Epochs: persons' keys stand wrapped under a key that lives in the key file alone. To destroy what was erased, a new epoch
 * is begun, everybody who is left is wrapped under it, and the old ones are dropped from the key file.
 *
 * Order of writes, which no crash may invert: the new epoch is in the key file before anything is wrapped under it; the old
 * ones leave the key file only after everything wrapped anew is durable. */
#include "base/fault.h"
#include "identity/internal.h"

#define STEP_PERSONS 200u

/* ---- one person ---- */

static mx_status wrap(struct identity *identity, struct store_view *view, struct identity_person *person, uint32_t epoch,
                      const uint8_t key[CRYPTO_KEY_BYTES], struct mx_error *err) {
    uint8_t epoch_key[CRYPTO_KEY_BYTES], wrapped[CRYPTO_KEY_BYTES + CRYPTO_SEAL_EXTRA];
    mx_status st = crypto_keys_epoch_key(identity->keys, epoch, epoch_key);
    if (st != MX_OK) return base_fail(err, st, NULL, "The key file has no key for its current epoch.");
    crypto_seal(epoch_key, key, CRYPTO_KEY_BYTES, person->id.ptr, person->id.len, wrapped);
    crypto_wipe(epoch_key, sizeof(epoch_key));
    person->epoch = epoch;
    person->key = crypto_base64(store_view_arena(view), wrapped, sizeof(wrapped));
    return store_put(view, &identity_persons, person, err);
}

/* The data says under which epoch it was written last, so that an older key file is noticed. */
static mx_status note_epoch(struct store_view *view, uint32_t epoch, struct mx_error *err) {
    int64_t noted = 0;
    mx_status st = identity_count_get(view, IDENTITY_COUNT_EPOCH, &noted);
    if (st != MX_OK || noted >= (int64_t)epoch) return st;
    return identity_count_set(view, IDENTITY_COUNT_EPOCH, (int64_t)epoch, err);
}

mx_status identity_wrap_new(struct identity *identity, struct store_view *view, struct identity_person *person, struct mx_error *err) {
    uint8_t key[CRYPTO_KEY_BYTES];
    uint32_t epoch = crypto_keys_epoch(identity->keys);
    mx_status st = note_epoch(view, epoch, err);
    if (st != MX_OK) return st;
    crypto_random(key, sizeof(key));
    st = wrap(identity, view, person, epoch, key, err);
    crypto_wipe(key, sizeof(key));
    return st;
}

int identity_epoch_known(struct identity *identity, struct store_view *view) {
    int64_t noted = 0;
    return identity_count_get(view, IDENTITY_COUNT_EPOCH, &noted) == MX_OK && noted <= (int64_t)crypto_keys_epoch(identity->keys);
}

mx_status identity_person_erase(struct store_view *view, struct mx_str id, struct mx_error *err) {
    struct identity_person probe = {0}, *person;
    void *record = NULL;
    mx_status st;
    probe.id = id;
    st = store_get(view, &identity_persons, &probe, &record, err);
    if (st == MX_NONE) return base_fail(err, MX_E_NOT_FOUND, NULL, "There is no such person.");
    if (st != MX_OK) return st;
    person = record;
    person->key = mx_str_n(NULL, 0);
    store_person_forget(view, id);
    return store_put(view, &identity_persons, person, err);
}

/* ---- a rotation, step by step ---- */

/* A step that is taken again after a crash must not begin one epoch more. */
mx_status identity_epoch_begin(struct identity *identity, uint32_t from, struct mx_error *err) {
    uint32_t epoch = 0;
    if (crypto_keys_epoch(identity->keys) > from) return MX_OK;
    if (base_fault("epoch.begin")) return base_fail(err, MX_E_IO, NULL, "The key file could not be written.");
    return crypto_keys_epoch_add(identity->keys, &epoch, err);
}

/* MX_NONE: she is wrapped under it already, or erased, or wrapped under an epoch that is gone, which is the same. */
static mx_status move(struct identity *identity, struct store_view *view, struct identity_person *person, uint32_t epoch,
                      struct mx_error *err) {
    uint8_t key[CRYPTO_KEY_BYTES];
    mx_status st;
    if (person->key.len == 0 || (uint32_t)person->epoch == epoch) return MX_NONE;
    st = identity_person_unwrap(identity, view, person, key);
    if (st == MX_E_ERASED) return MX_NONE;
    if (st != MX_OK) return base_fail(err, st, NULL, "The key of a person cannot be read, so no epoch is given up.");
    st = wrap(identity, view, person, epoch, key, err);
    crypto_wipe(key, sizeof(key));
    return st;
}

mx_status identity_epoch_rewrap(struct identity *identity, struct store_view *view, struct mx_str *after, struct mx_error *err) {
    uint32_t epoch = crypto_keys_epoch(identity->keys), looked;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    mx_status st = note_epoch(view, epoch, err);
    opts.size = sizeof(opts);
    opts.after = *after;
    if (st == MX_OK) st = store_scan_open(view, &identity_persons, &opts, NULL, &scan, err);
    for (looked = 0; st == MX_OK && looked < STEP_PERSONS; looked++) {
        mx_status moved;
        st = store_scan_next(scan, &record, err);
        if (st != MX_OK) break;
        *after = store_scan_cursor(scan);
        moved = move(identity, view, record, epoch, err);
        if (moved != MX_NONE) st = moved;
    }
    if (base_fault("epoch.rewrap")) return base_fail(err, MX_E_IO, NULL, "A person could not be wrapped anew.");
    if (st == MX_DONE) {
        mx_status noted = identity_count_set(view, IDENTITY_COUNT_WRAPPED, (int64_t)epoch, err);
        return noted == MX_OK ? MX_DONE : noted;
    }
    return st;
}

/* Is it on the disk that everybody is wrapped under this epoch? A view of one's own sees only what was committed. */
static mx_status all_wrapped(struct identity *identity, uint32_t epoch, int *yes) {
    struct base_arena *arena = base_arena_new(1024);
    struct store_view *view;
    int64_t wrapped = 0;
    mx_status st = store_read_begin(identity->store, arena, &view);
    if (st == MX_OK) {
        st = identity_count_get(view, IDENTITY_COUNT_WRAPPED, &wrapped);
        store_read_end(view);
    }
    base_arena_free(arena);
    *yes = wrapped >= (int64_t)epoch;
    return st;
}

mx_status identity_epoch_drop(struct identity *identity, struct mx_error *err) {
    uint32_t epoch = crypto_keys_epoch(identity->keys), old;
    uint8_t key[CRYPTO_KEY_BYTES];
    int yes = 0;
    mx_status st = all_wrapped(identity, epoch, &yes);
    if (st != MX_OK) return base_fail(err, st, NULL, "%s.", base_status_text(st));
    if (!yes) return MX_OK;
    for (old = 1; st == MX_OK && old < epoch; old++) {
        if (crypto_keys_epoch_key(identity->keys, old, key) != MX_OK) continue;
        crypto_wipe(key, sizeof(key));
        if (base_fault("epoch.drop")) return base_fail(err, MX_E_IO, NULL, "The key file could not be written.");
        st = crypto_keys_epoch_drop(identity->keys, old, err);
    }
    return st == MX_OK ? MX_DONE : st;
}
