/* Inside of `identity`: the room itself and what all its files share; records.h, staff.h and persons.h by topic. Nobody outside this
 * room includes any of them. */
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
#define IDENTITY_WELCOME      64u
#define IDENTITY_SESSIONS_MAX 64u /* of one principal */
#define IDENTITY_VALUE_MAX    128
#define IDENTITY_PAGE_MAX     500u
#define IDENTITY_APPROVAL_MS  (INT64_C(600) * 1000)  /* how long an approval holds */
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
    struct identity_seen *seen;         /* when sessions were last used; under limit_lock */
    uint64_t welcome[IDENTITY_WELCOME]; /* places that proofs came from, the latest first; under limit_lock */
    int64_t (*clock)(void *arg);        /* see identity_clock() */
    void *clock_arg;
    atomic_llong latest_ms;                  /* highest time read from it */
    int64_t started_ms;                      /* sessions that were not used since were used then */
    int64_t run;                             /* this run of the program */
    uint8_t challenge_key[CRYPTO_KEY_BYTES]; /* of this run alone */
    uint8_t pin_pepper[CRYPTO_KEY_BYTES];
    uint8_t qr_key[CRYPTO_KEY_BYTES];
    struct identity_tried *tried;                                /* see customer.h; under limit_lock */
    atomic_uint_fast64_t proofs_hashed;                          /* codes and PINs of customers */
    atomic_uint customer_calls, customers_calls, channels_calls; /* a minute: each customer, all of them, all channels; 0 = any number */
};

#include "identity/records.h"

#include "identity/persons.h"
#include "identity/staff.h"

/* tables.c: small counters by name. */
#define IDENTITY_COUNT_KEYS     "keys"     /* changes of principals, keys, sessions, roles */
#define IDENTITY_COUNT_ROLES    "roles"    /* changes of the shop's own roles and policies */
#define IDENTITY_COUNT_EPOCH    "epoch"    /* highest epoch under which a person's key was ever wrapped */
#define IDENTITY_COUNT_WRAPPED  "wrapped"  /* everybody is wrapped under this epoch or a later one */
#define IDENTITY_COUNT_ROTATING "rotating" /* 1: a change of the epoch is under way */
#define IDENTITY_COUNT_ROTATED  "rotated"  /* when the last one began */
#define IDENTITY_COUNT_MERGES   "merges"   /* of persons, ever */
MX_MUST_CHECK mx_status identity_count_get(struct store_view *view, const char *name, int64_t *count);
MX_MUST_CHECK mx_status identity_count_set(struct store_view *view, const char *name, int64_t count, struct mx_error *err);
MX_MUST_CHECK mx_status identity_changed(struct store_view *view, struct mx_error *err);
MX_MUST_CHECK mx_status identity_roles_changed(struct store_view *view, struct mx_error *err);

/* The operations, each in the file of its things. */
#define IDENTITY_OP(flags, name, doc, permission, in, out, handler, prepare)                                                               \
    { (uint32_t)sizeof(struct mx_op), flags, name, doc, permission, in, out, handler, prepare, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.2" }
extern const struct mx_op identity_op_principal_put, identity_op_principal_list, identity_op_role_list, identity_op_key_create,
    identity_op_key_reveal, identity_op_key_revoke, identity_op_key_list, identity_op_key_expire;
extern const struct mx_op identity_op_staff_put, identity_op_staff_list, identity_op_staff_password;
extern const struct mx_op identity_op_session_open, identity_op_session_close, identity_op_session_list, identity_op_session_revoke,
    identity_op_session_expire;
extern const struct mx_op identity_op_role_put, identity_op_role_remove, identity_op_policy_put, identity_op_policy_remove,
    identity_op_policy_list;
extern const struct mx_op identity_op_device_enrol, identity_op_device_code, identity_op_device_claim, identity_op_device_list,
    identity_op_device_revoke, identity_op_device_expire, identity_op_device_challenge, identity_op_device_open;
extern const struct mx_op identity_op_approval_give, identity_op_approval_pending, identity_op_approval_expire;
extern const struct mx_event_def identity_approval_given_event, identity_approval_used_event;
extern const struct mx_op identity_op_epoch_rotate, identity_op_epoch_due, identity_op_key_rotate;
extern const struct mx_op identity_op_pin_set, identity_op_pin_open;
extern const struct mx_op identity_op_settings_get, identity_op_settings_put;

extern const struct mx_op identity_op_person_show, identity_op_person_find, identity_op_person_link, identity_op_person_unlink,
    identity_op_person_merge, identity_op_person_unmerge;

/* What the operations of this room need of the command they run in. */
static inline struct identity *identity_of(struct mx_ctx *ctx) {
    return ((const struct identity_calls *)(const void *)ctx->identity)->self(ctx);
}
static inline struct mx_str identity_remote(struct mx_ctx *ctx) {
    return ((const struct identity_calls *)(const void *)ctx->identity)->remote(ctx);
}
static inline const struct identity_principal *identity_who(struct mx_ctx *ctx) {
    return ((const struct identity_calls *)(const void *)ctx->identity)->who(ctx);
}
static inline struct store_view *identity_view(struct mx_ctx *ctx) {
    return ((const struct identity_calls *)(const void *)ctx->identity)->view(ctx);
}

/* Fail with what a function said that knows no command. */
static inline mx_status identity_say(struct mx_ctx *ctx, mx_status st, const struct mx_error *err) {
    return ctx->op->fail(ctx, st, err->code, err->field, err->file ? err->file : __FILE__, err->line, "%s", err->message);
}

#endif
