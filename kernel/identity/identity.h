/* Who is asking (principals, API keys, roles) and who a customer is (persons, their keys and identifiers).
 *
 * An API key is "mxk_" + 26 characters of its id + "_" + 43 characters of secret (base64url); only a keyed hash of the
 * secret is stored. Roles map to permissions as data in this room; a permission of a role may end in ".*" or be "*". */
#ifndef IDENTITY_IDENTITY_H
#define IDENTITY_IDENTITY_H

#include "merx/plugin.h"
#include "store/store.h"

struct identity;

/* A principal who proved who it is. Plain data, copied freely. */
struct identity_principal {
    char id[40];        /* "pri_..." or "system" */
    char role[32];      /* role code */
    uint64_t roles_gen; /* state of roles and keys when it was checked */
    char key[40];       /* "key_..." that proved it; empty for the system */
};

/* Attach to a store (registers tables and the person-key callback); before store_start(). */
MX_MUST_CHECK mx_status identity_open(struct store *store, struct crypto_keys *keys, struct identity **identity, struct mx_error *err);
void identity_close(struct identity *identity);

/* The operations of this room (identity.key.create, .reveal, .revoke, .list, identity.principal.*), as a plugin's. */
const struct mx_plugin *identity_plugin(void);

/* Make the owner and an API key for it, in a command's view of a new shop. key: the full key text, in the view's arena. */
MX_MUST_CHECK mx_status identity_make_owner(struct identity *identity, struct store_view *view, int64_t now_ms, struct mx_str *key,
                                            struct mx_error *err);

/* Check an API key: MX_E_NO_KEY when it is malformed, unknown, revoked or wrong (always the same text). */
MX_MUST_CHECK mx_status identity_check_key(struct identity *identity, struct store_view *view, struct mx_str key,
                                           struct identity_principal *principal);

/* The kernel itself (boot, due times, jobs, followers): may do everything. */
void identity_system(struct identity_principal *principal);

/* Let a role do more, on behalf of a plugin: while starting up, one thread. grant: as in merx/identity.h. MX_E_BAD_INPUT:
 * no such role, or it is the owner. MX_E_NOMEM. */
MX_MUST_CHECK mx_status identity_grant(struct identity *identity, const char *plugin, const struct mx_grant *grant, struct mx_error *err);

/* Take back all that was granted on behalf of a plugin. */
void identity_ungrant(struct identity *identity, const char *plugin);

/* 1 when the role holds the permission. */
int identity_allowed(const struct identity *identity, const struct identity_principal *principal, const char *permission);

/* 1 when nothing about keys and roles has changed since the principal was checked; then the check still holds. Asked
 * again by the writer, in the command's own view. */
int identity_still(struct identity *identity, struct store_view *view, const struct identity_principal *principal);

/* Look again, in this view, at what the principal may be: role and roles_gen are brought up to date. MX_E_NO_KEY: the key
 * was revoked or the principal is gone. */
MX_MUST_CHECK mx_status identity_refresh(struct identity *identity, struct store_view *view, struct identity_principal *principal);

/* What `ctx->identity` is in this program: the table that plugins see, and behind it what the operations of this room
 * need of the command they run in. Filled by `op`. */
struct identity_calls {
    struct mx_identity_api api;
    struct identity *(*self)(struct mx_ctx *ctx);
    struct store_view *(*view)(struct mx_ctx *ctx);
};

/* Persons: contracts as in merx/identity.h. country: of the shop, for phones. */
MX_MUST_CHECK mx_status identity_person_new(struct identity *identity, struct store_view *view, struct mx_str id, int64_t now_ms,
                                            struct mx_error *err);
MX_MUST_CHECK mx_status identity_person_find(struct identity *identity, struct store_view *view, const char *kind, struct mx_str value,
                                             struct mx_str country, struct mx_str *person, struct mx_error *err);
MX_MUST_CHECK mx_status identity_person_link(struct identity *identity, struct store_view *view, struct mx_str person, const char *kind,
                                             struct mx_str value, struct mx_str country, int64_t now_ms, struct mx_error *err);
MX_MUST_CHECK mx_status identity_person_identifiers(struct identity *identity, struct store_view *view, struct mx_str person,
                                                    const char *kind, int masked, struct mx_list *values, struct mx_error *err);

#endif
