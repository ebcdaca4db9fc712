/* Inside of `identity`: its tables and what its files share. Nobody outside this room includes it. */
#ifndef IDENTITY_INTERNAL_H
#define IDENTITY_INTERNAL_H

#include <pthread.h>

#include "base/error.h"
#include "base/id.h"
#include "base/text.h"
#include "identity/identity.h"

#define IDENTITY_KEY_TEXT     74u /* "mxk_" + 26 + "_" + 43 */
#define IDENTITY_SECRET_BYTES 32u
#define IDENTITY_CACHE_SLOTS  256u
#define IDENTITY_VALUE_MAX    128
#define IDENTITY_FRESH_MS     (INT64_C(3600) * 1000) /* how long a fresh key waits to be fetched */

/* A key that was found good in the state `gen` of roles and keys. */
struct identity_known {
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct identity_principal principal; /* id empty: free slot */
};

/* One permission of one role. */
struct identity_held {
    const char *role;
    char *permission;
    char *plugin;
};

struct identity {
    struct store *store;
    struct crypto_keys *keys;
    uint8_t token_key[CRYPTO_KEY_BYTES];
    uint8_t fresh_key[CRYPTO_KEY_BYTES];
    pthread_mutex_t cache_lock;
    struct identity_known cache[IDENTITY_CACHE_SLOTS];
    struct identity_held *held;
    uint32_t held_count, held_room;
};

/* ---- records ---- */

struct identity_member {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str name;
    struct mx_str role;
    uint8_t disabled;
    int64_t created;
};
extern const struct mx_table identity_members;

struct identity_api_key {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str principal;
    struct mx_str hash; /* keyed hash of the secret, base64url */
    int64_t created;
    int64_t revoked; /* 0 = in force */
};
extern const struct mx_table identity_api_keys;

/* A secret that nobody has fetched yet, sealed. */
struct identity_fresh {
    struct mx_rec rec;
    struct mx_str id; /* of the key */
    struct mx_str sealed;
};
extern const struct mx_table identity_fresh_keys;

struct identity_person {
    struct mx_rec rec;
    struct mx_str id;
    int64_t epoch;
    struct mx_str key; /* the person's key, wrapped under the epoch's, base64url; empty = erased */
    int64_t created;
};
extern const struct mx_table identity_persons;

struct identity_identifier {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str person;
    struct mx_str kind;
    struct mx_str value;
    int64_t linked;
};
extern const struct mx_table identity_identifiers;

extern const struct mx_table identity_state;

/* roles.c */
/* Every role by name; NULL at the end. */
extern const char *const identity_role_codes[];
int identity_role_known(struct mx_str code);
/* What the role holds, in the order in which it was granted: *at from 0; NULL at the end. */
const char *identity_role_next(const struct identity *identity, const char *role, uint32_t *at);
/* The kernel's own grants. */
MX_MUST_CHECK mx_status identity_roles_init(struct identity *identity, struct mx_error *err);
void identity_roles_fini(struct identity *identity);

/* keys.c */
/* How often roles and keys have changed. */
MX_MUST_CHECK mx_status identity_generation(struct store_view *view, uint64_t *gen);
MX_MUST_CHECK mx_status identity_changed(struct store_view *view, struct mx_error *err);
void identity_hash_secret(const struct identity *identity, struct mx_str id, const uint8_t *secret, uint8_t hash[CRYPTO_HASH_BYTES]);
/* Make a key for a principal: its record is written; the full text is in the view's arena. */
MX_MUST_CHECK mx_status identity_new_key(struct identity *identity, struct store_view *view, struct mx_str id, struct mx_str principal,
                                         int64_t now_ms, struct mx_str *text, struct mx_error *err);

/* persons.c */
mx_status identity_person_key(void *arg, struct store_view *view, struct mx_str person, uint8_t key[CRYPTO_KEY_BYTES]);

/* identifier.c */
MX_MUST_CHECK mx_status identity_normalise(struct base_arena *arena, const char *kind, struct mx_str value, struct mx_str country,
                                           struct mx_str *out, struct mx_error *err);
struct mx_str identity_mask(struct base_arena *arena, const char *kind, struct mx_str value);

/* ops.c, key_ops.c */
extern const struct mx_op identity_op_principal_put, identity_op_principal_list, identity_op_role_list, identity_op_key_create,
    identity_op_key_reveal, identity_op_key_revoke, identity_op_key_list, identity_op_key_expire;

/* What the operations of this room need of the command they run in. */
static inline struct identity *identity_of(struct mx_ctx *ctx) {
    return ((const struct identity_calls *)(const void *)ctx->identity)->self(ctx);
}
static inline struct store_view *identity_view(struct mx_ctx *ctx) {
    return ((const struct identity_calls *)(const void *)ctx->identity)->view(ctx);
}

#endif
