/* API keys: making and checking them. The secret itself is never stored, only its keyed hash. */
#include <stdio.h>

#include "identity/internal.h"

#define ID_AT      4u /* behind "mxk_" */
#define ID_LEN     26u
#define SECRET_AT  31u
#define SECRET_LEN 43u

void identity_hash_secret(const struct identity *identity, struct mx_str id, const uint8_t *secret, uint8_t hash[CRYPTO_HASH_BYTES]) {
    crypto_hash(identity->token_key, id.ptr, id.len, secret, IDENTITY_SECRET_BYTES, NULL, 0, hash, CRYPTO_HASH_BYTES);
}

mx_status identity_new_key(struct identity *identity, struct store_view *view, struct mx_str id, struct mx_str principal, int64_t now_ms,
                           struct mx_str *text, struct mx_error *err) {
    struct base_arena *arena = store_view_arena(view);
    struct identity_api_key record = {0};
    uint8_t secret[IDENTITY_SECRET_BYTES], hash[CRYPTO_HASH_BYTES];
    struct mx_str secret_text;
    mx_status st;
    crypto_random(secret, sizeof(secret));
    identity_hash_secret(identity, id, secret, hash);
    secret_text = crypto_base64(arena, secret, sizeof(secret));
    crypto_wipe(secret, sizeof(secret));
    record.id = id;
    record.principal = principal;
    record.hash = crypto_base64(arena, hash, sizeof(hash));
    record.created = now_ms;
    st = store_put(view, &identity_api_keys, &record, err);
    if (st == MX_OK) st = identity_changed(view, err);
    if (st == MX_OK) *text = base_arena_printf(arena, "mxk_%.*s_%.*s", (int)ID_LEN, id.ptr + 4, (int)secret_text.len, secret_text.ptr);
    crypto_wipe((void *)(uintptr_t)secret_text.ptr, secret_text.len);
    return st;
}

mx_status identity_make_owner(struct identity *identity, struct store_view *view, int64_t now_ms, struct mx_str *key,
                              struct mx_error *err) {
    struct base_arena *arena = store_view_arena(view);
    struct identity_member owner = {0};
    struct base_random random;
    mx_status st;
    base_random_seed(&random);
    owner.id = base_id_new(arena, "pri", now_ms, &random);
    owner.name = mx_str_of("owner");
    owner.role = mx_str_of("owner");
    owner.created = now_ms;
    st = store_put(view, &identity_members, &owner, err);
    if (st != MX_OK) return st;
    return identity_new_key(identity, view, base_id_new(arena, "key", now_ms, &random), owner.id, now_ms, key, err);
}

/* ---- checking ---- */

void identity_take_text(char *to, size_t size, struct mx_str from) { snprintf(to, size, "%.*s", (int)from.len, from.ptr ? from.ptr : ""); }

mx_status identity_member_get(struct store_view *view, struct mx_str id, const struct identity_member **member) {
    struct identity_member probe = {0};
    void *record = NULL;
    mx_status st;
    probe.id = id;
    st = store_get(view, &identity_members, &probe, &record, NULL);
    if (st == MX_OK) *member = record;
    return st;
}

/* A customer in her own session. */
static mx_status read_customer(struct identity *identity, struct store_view *view, struct mx_str id, struct identity_principal *principal) {
    const struct identity_person *person;
    mx_status st = identity_person_read(view, id, &person);
    if (st != MX_OK) return st == MX_NONE ? MX_E_NO_KEY : st;
    if (person->key.len == 0) return MX_E_NO_KEY;
    principal->scoped = 0;
    principal->calls_per_minute = atomic_load_explicit(&identity->customer_calls, memory_order_relaxed);
    identity_take_text(principal->id, sizeof(principal->id), person->id);
    identity_take_text(principal->person, sizeof(principal->person), person->id);
    identity_take_text(principal->role, sizeof(principal->role), mx_str_of(IDENTITY_CUSTOMER));
    return MX_OK;
}

static mx_status read_member(struct identity *identity, struct store_view *view, struct mx_str id, struct identity_principal *principal) {
    const struct identity_member *member;
    mx_status st;
    if (base_id_valid(id, "per")) return read_customer(identity, view, id, principal);
    st = identity_member_get(view, id, &member);
    if (st != MX_OK) return st == MX_NONE ? MX_E_NO_KEY : st;
    if (member->disabled) return MX_E_NO_KEY;
    principal->scoped = member->locations.count > 0;
    principal->calls_per_minute = (uint32_t)member->calls_per_minute;
    identity_take_text(principal->id, sizeof(principal->id), member->id);
    identity_take_text(principal->role, sizeof(principal->role), member->role);
    return MX_OK;
}

/* The hash is compared also when there is no such key, so that the time tells nothing. */
static int secret_fits(const struct identity *identity, struct base_arena *arena, struct mx_str stored_text, struct mx_str id,
                       const uint8_t *secret) {
    uint8_t hash[CRYPTO_HASH_BYTES], none[CRYPTO_HASH_BYTES] = {0}, *stored = NULL;
    size_t len = 0;
    identity_hash_secret(identity, id, secret, hash);
    if (!crypto_unbase64(arena, stored_text, &stored, &len) || len != sizeof(hash)) stored = none;
    return crypto_equal(hash, stored, sizeof(hash)) & (stored != none);
}

/* "mxk_..." of a key, "mxs_..." of a session. */
static int take_apart(struct base_arena *arena, struct mx_str key, struct mx_str *id, uint8_t **secret) {
    const char *prefix = NULL;
    size_t len = 0;
    if (key.len != IDENTITY_KEY_TEXT || key.ptr[SECRET_AT - 1] != '_') return 0;
    if (memcmp(key.ptr, "mxk_", ID_AT) == 0) prefix = "key";
    if (memcmp(key.ptr, "mxs_", ID_AT) == 0) prefix = "ses";
    if (!prefix) return 0;
    *id = base_arena_printf(arena, "%s_%.*s", prefix, (int)ID_LEN, key.ptr + ID_AT);
    if (!base_id_valid(*id, prefix)) return 0;
    return crypto_unbase64(arena, mx_str_n(key.ptr + SECRET_AT, SECRET_LEN), secret, &len) && len == IDENTITY_SECRET_BYTES;
}

static void take_evidence(const struct identity_evidence *evidence, struct identity_principal *principal) {
    identity_take_text(principal->device, sizeof(principal->device), evidence->device);
    principal->until_ms = evidence->until_ms;
    principal->idle_s = evidence->idle_s;
    principal->proves_from_ms = evidence->proves_from_ms;
}

static mx_status check_key(struct identity *identity, struct store_view *view, struct mx_str text, struct identity_principal *principal) {
    struct base_arena *arena = store_view_arena(view);
    struct identity_evidence evidence = {0};
    struct mx_str id;
    uint8_t *secret;
    mx_status st;
    int fits;
    if (!take_apart(arena, text, &id, &secret)) return MX_E_NO_KEY;
    st = identity_evidence_get(view, id, &evidence);
    fits = secret_fits(identity, arena, evidence.hash, id, secret);
    crypto_wipe(secret, IDENTITY_SECRET_BYTES);
    if (st != MX_OK) return st;
    if (!fits || evidence.ended) return MX_E_NO_KEY;
    st = read_member(identity, view, evidence.principal, principal);
    if (st != MX_OK) return st;
    identity_take_text(principal->key, sizeof(principal->key), id);
    take_evidence(&evidence, principal);
    return MX_OK;
}

/* ---- keys found good lately, as long as no key and no role changes ---- */

static struct identity_known *cache_slot(struct identity *identity, const uint8_t hash[CRYPTO_HASH_BYTES]) {
    return &identity->cache[hash[0] % IDENTITY_CACHE_SLOTS];
}

static int cache_get(struct identity *identity, const uint8_t hash[CRYPTO_HASH_BYTES], uint64_t gen, struct identity_principal *principal) {
    struct identity_known *known = cache_slot(identity, hash);
    int hit;
    pthread_mutex_lock(&identity->cache_lock);
    hit = known->principal.id[0] && known->principal.roles_gen == gen && crypto_equal(known->hash, hash, CRYPTO_HASH_BYTES);
    if (hit) *principal = known->principal;
    pthread_mutex_unlock(&identity->cache_lock);
    return hit;
}

static void cache_put(struct identity *identity, const uint8_t hash[CRYPTO_HASH_BYTES], const struct identity_principal *principal) {
    struct identity_known *known = cache_slot(identity, hash);
    pthread_mutex_lock(&identity->cache_lock);
    memcpy(known->hash, hash, CRYPTO_HASH_BYTES);
    known->principal = *principal;
    pthread_mutex_unlock(&identity->cache_lock);
}

mx_status identity_check_key(struct identity *identity, struct store_view *view, struct mx_str key, struct identity_principal *principal) {
    struct identity_principal found;
    uint8_t hash[CRYPTO_HASH_BYTES];
    uint64_t gen = 0;
    mx_status st = identity_notice(identity, view, &gen);
    if (st != MX_OK) return st;
    if (key.len != IDENTITY_KEY_TEXT) return MX_E_NO_KEY;
    crypto_hash(identity->token_key, "text", 4, key.ptr, key.len, NULL, 0, hash, sizeof(hash));
    if (!cache_get(identity, hash, gen, &found)) {
        memset(&found, 0, sizeof(found));
        st = check_key(identity, view, key, &found);
        if (st != MX_OK) return st;
        found.roles_gen = gen;
        cache_put(identity, hash, &found);
    }
    if (!identity_in_time(identity, &found, 1)) return MX_E_NO_KEY;
    *principal = found;
    return MX_OK;
}

int identity_still(struct identity *identity, struct store_view *view, const struct identity_principal *principal) {
    uint64_t gen = 0;
    if (identity_is_role(principal)) return 1;
    return identity_notice(identity, view, &gen) == MX_OK && gen == principal->roles_gen && identity_in_time(identity, principal, 0);
}

mx_status identity_refresh(struct identity *identity, struct store_view *view, struct identity_principal *principal) {
    struct identity_principal found = *principal;
    struct identity_evidence evidence = {0};
    uint64_t gen = 0;
    mx_status st = identity_notice(identity, view, &gen);
    if (identity_is_role(principal)) return MX_OK;
    if (st == MX_OK && principal->key[0]) {
        st = identity_evidence_get(view, mx_str_of(principal->key), &evidence);
        if (st == MX_OK && evidence.ended) st = MX_E_NO_KEY;
        if (st == MX_OK) take_evidence(&evidence, &found);
        if (st == MX_OK && !identity_in_time(identity, &found, 0)) st = MX_E_NO_KEY;
    }
    if (st == MX_OK) st = read_member(identity, view, mx_str_of(principal->id), &found);
    if (st != MX_OK) return st;
    found.roles_gen = gen;
    *principal = found;
    return MX_OK;
}
