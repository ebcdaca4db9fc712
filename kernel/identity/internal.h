/* Inside of `identity`: its tables and what its files share. Nobody outside this room includes it. */
#ifndef IDENTITY_INTERNAL_H
#define IDENTITY_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

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

/* What the shop itself says about roles, as last read: never changed, only replaced. */
struct identity_own_role {
    struct identity_own_role *next;
    const char *code;
    const char **permissions; /* NULL at the end */
};
struct identity_own_policy {
    struct identity_own_policy *next;
    const char *act;
    int64_t above;
    const char *permission;
};
struct identity_own {
    struct base_arena *arena;
    uint64_t state; /* counter "roles" when it was read */
    struct identity_own_role *roles;
    struct identity_own_policy *policies;
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
    pthread_rwlock_t own_lock;
    struct identity_own own;
    atomic_uint_fast64_t own_seen; /* generation at which `own` was last looked at */
    atomic_int own_roles;          /* 1: the shop has roles of its own */
    pthread_mutex_t limit_lock;
    struct identity_bucket *buckets;
};

/* ---- records ---- */

struct identity_member {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str name;
    struct mx_str role;
    uint8_t disabled;
    int64_t created;
    struct mx_str login;      /* staff: the name under which a password is asked for */
    struct mx_list locations; /* strings; empty = all */
    int64_t calls_per_minute; /* 0 = as many as it likes */
};
extern const struct mx_table identity_members;

/* A role of the shop's own, or what the shop adds to one of the program's. */
struct identity_role {
    struct mx_rec rec;
    struct mx_str code;
    struct mx_str name;
    struct mx_list permissions; /* strings */
    int64_t changed;
};
extern const struct mx_table identity_roles;

/* What needs a second person. */
struct identity_policy {
    struct mx_rec rec;
    struct mx_str act;
    int64_t above; /* amounts above this need one */
    struct mx_str permission;
    int64_t changed;
};
extern const struct mx_table identity_policies;

struct identity_api_key {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str principal;
    struct mx_str hash; /* keyed hash of the secret, base64url */
    int64_t created;
    int64_t revoked; /* 0 = in force */
    int64_t until;   /* refused from then on; 0 = no end */
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
/* Every role of the program by name; NULL at the end. The shop may have more. */
extern const char *const identity_role_codes[];
/* The program's own spelling of a role's name; NULL when it is none of its roles. */
const char *identity_role_built_in(struct mx_str code);
/* 1 when `held` ("a.b", "a.*", "*") stands for `permission`. */
int identity_holds(const char *held, const char *permission);
/* What the program grants a role of its own, in the order in which it was granted: *at from 0; NULL at the end. */
const char *identity_role_next(const struct identity *identity, const char *role, uint32_t *at);
/* The kernel's own grants. */
MX_MUST_CHECK mx_status identity_roles_init(struct identity *identity, struct mx_error *err);
void identity_roles_fini(struct identity *identity);

/* own_roles.c */
/* How often roles and keys have changed; roles and policies of the shop are read again when they have. */
MX_MUST_CHECK mx_status identity_notice(struct identity *identity, struct store_view *view, uint64_t *gen);
void identity_own_fini(struct identity *identity);
/* 1 when the shop granted the role this. */
int identity_own_allowed(struct identity *identity, const char *role, const char *permission);
/* 1 when there is such a role: the program's or the shop's. */
int identity_role_known(struct identity *identity, struct mx_str code);
/* Does the policy name the act for this amount (0 = all or nothing)? 1 and the permission that is asked for. */
int identity_policy_asks(struct identity *identity, const char *act, int64_t amount, char permission[64]);

/* limits.c */
void identity_limits_fini(struct identity *identity);
/* The same with a clock of one's own (steady ms). */
MX_MUST_CHECK mx_status identity_limit_at(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute,
                                          uint32_t shop_per_minute, int64_t now_ms, uint32_t *wait_s);
/* Give back one try: it was a good one. */
void identity_limit_back(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute);

/* tables.c: small counters by name. */
#define IDENTITY_COUNT_KEYS  "keys"  /* changes of principals, keys, sessions, roles */
#define IDENTITY_COUNT_ROLES "roles" /* changes of the shop's own roles and policies */
MX_MUST_CHECK mx_status identity_count_get(struct store_view *view, const char *name, int64_t *count);
MX_MUST_CHECK mx_status identity_count_set(struct store_view *view, const char *name, int64_t count, struct mx_error *err);
MX_MUST_CHECK mx_status identity_changed(struct store_view *view, struct mx_error *err);
MX_MUST_CHECK mx_status identity_roles_changed(struct store_view *view, struct mx_error *err);

/* keys.c */
void identity_hash_secret(const struct identity *identity, struct mx_str id, const uint8_t *secret, uint8_t hash[CRYPTO_HASH_BYTES]);
/* Make a key for a principal: its record is written; the full text is in the view's arena. */
MX_MUST_CHECK mx_status identity_new_key(struct identity *identity, struct store_view *view, struct mx_str id, struct mx_str principal,
                                         int64_t now_ms, struct mx_str *text, struct mx_error *err);

/* keys.c */
void identity_take_text(char *to, size_t size, struct mx_str from);
/* The record of a principal. MX_NONE. */
MX_MUST_CHECK mx_status identity_member_get(struct store_view *view, struct mx_str id, const struct identity_member **member);

/* scope.c */
int identity_lists(const struct mx_list *list, struct mx_str text);

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
