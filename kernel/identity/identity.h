/* Who is asking (staff, devices, API keys, sessions, roles) and who a customer is (persons, their keys and identifiers, and who of them
 * is one customer with whom).
 *
 * An API key is "mxk_" + 26 characters of its id + "_" + 43 characters of secret (base64url), a session's token the same
 * with "mxs_"; only a keyed hash of the secret is stored. Roles map to permissions as data in this room; a permission of a
 * role may end in ".*" or be "*".
 *
 * A person is known by identifiers, each of one person, with where it was learnt. A merge is an edge between two persons and moves
 * nothing; a customer is all persons that standing merges make one, at most 32, the one that the others were merged into first. She
 * follows from the standing merges alone, replayed in the order in which they were made: after an unmerge all is as if that merge
 * had never been. An identifier of one of her persons stays with that person; linking it to another of hers is nothing new. */
#ifndef IDENTITY_IDENTITY_H
#define IDENTITY_IDENTITY_H

#include "merx/plugin.h"
#include "store/store.h"

struct identity;

#define IDENTITY_CUSTOMER "customer" /* role of customers in their own session; nobody else can have it */

/* A principal who proved who it is. Plain data, copied freely. */
struct identity_principal {
    char id[40];               /* "pri_..." or "system" */
    char role[32];             /* role code */
    uint64_t roles_gen;        /* state of roles and keys when it was checked */
    char key[40];              /* "key_..." or "ses_..." that proved it; empty for the system */
    char device[40];           /* "dev_..." through which the session was opened; empty when none */
    int64_t until_ms;          /* the proof holds no longer than this; 0 = for ever */
    uint32_t calls_per_minute; /* 0 = as many as it likes */
    uint8_t scoped;            /* 1: only for some locations, see identity_in_scope() */
    uint32_t idle_s;           /* sessions: the proof ends after so long without a call; 0 = never */
    char person[40];           /* "per_...": a customer in her own session; empty: staff, a device, a program */
    int64_t proves_from_ms;    /* customers: what she does herself proves nothing before this time; 0 = it does */
};

/* Attach to a store (registers tables and the person-key callback); before store_start(). */
MX_MUST_CHECK mx_status identity_open(struct store *store, struct crypto_keys *keys, struct identity **identity, struct mx_error *err);
void identity_close(struct identity *identity);

/* Against which time keys, sessions and codes expire (milliseconds); NULL: the machine's clock. While nobody else calls. */
void identity_clock(struct identity *identity, int64_t (*clock)(void *arg), void *arg);

/* The operations of this room, as a plugin's: identity.principal.*, staff.*, key.*, session.*, device.*, pin.*, role.*, policy.*,
 * approval.*, settings.*, epoch.rotate, customer.*, proof.*, person.*. What takes or shows a secret is a burning query, so that nothing of
 * it is stored for replays. Nobody gives away, or changes, more than he holds himself. */
const struct mx_plugin *identity_plugin(void);

/* Make the owner and an API key for it, in a command's view of a new shop. key: the full key text, in the view's arena. */
MX_MUST_CHECK mx_status identity_make_owner(struct identity *identity, struct store_view *view, int64_t now_ms, struct mx_str *key,
                                            struct mx_error *err);

/* Check an API key or a session's token: MX_E_NO_KEY when it is malformed, unknown, revoked, past its time or wrong (always
 * the same text). */
MX_MUST_CHECK mx_status identity_check_key(struct identity *identity, struct store_view *view, struct mx_str key,
                                           struct identity_principal *principal);

/* 1 when the principal may act for the location: always, unless its scope names others. */
int identity_in_scope(struct identity *identity, struct store_view *view, const struct identity_principal *principal,
                      struct mx_str location);

/* A principal that holds what a role holds and nothing else ("script"); MX_E_BAD_INPUT: no such role. */
MX_MUST_CHECK mx_status identity_as_role(struct identity *identity, const char *role, struct identity_principal *principal);

/* 1 when the principal is a role itself, made by identity_as_role(). */
int identity_is_role(const struct identity_principal *principal);

/* Does the shop's policy ask for a second person here, and is there one? What the caller brought stands in `approval` (an
 * id from the header Merx-Approval, or empty). It must be for this operation, this body hash and this caller, given by
 * somebody else who holds the right, not past its time and not used; it is used up in this view. MX_OK, MX_E_APPROVAL. */
#define IDENTITY_CALL_HASH 16
struct identity_act {
    const char *act; /* name in the policy: an operation, or what a plugin measures ("orders.refund") */
    const char *op;  /* the outermost operation */
    int64_t amount;  /* 0 = all or nothing */
    struct mx_str approval;
    const uint8_t *body_hash; /* 16 bytes; NULL: this call cannot be approved */
    int used;                 /* in: the same command used the approval before; out: it used it */
    char permission[64];      /* out, when the policy asks: what the second person must hold */
};
MX_MUST_CHECK mx_status identity_approved(struct identity *identity, struct store_view *view, const struct identity_principal *principal,
                                          struct identity_act *act, int64_t now_ms, struct mx_error *err);

/* Write down that this act wants a second person. asked_id: the request's id. MX_DONE: the same was asked before, and that
 * one is named. */
MX_MUST_CHECK mx_status identity_approval_ask(struct store_view *view, const struct identity_principal *principal,
                                              const struct identity_act *act, struct mx_str id, int64_t now_ms, struct mx_str *asked_id,
                                              struct mx_error *err);
/* Emit identity.approval.used; forget it when its time is over. In the name of this room. */
MX_MUST_CHECK mx_status identity_approval_tell_used(struct mx_ctx *ctx, struct mx_str id);
MX_MUST_CHECK mx_status identity_approval_plan(struct mx_ctx *ctx, struct mx_str id);

/* Count one try against a limit of `per_minute` for this name and, when shop_per_minute is not 0, of the whole shop:
 * MX_OK, or MX_E_TOO_MANY and in *wait_s how long to wait. In memory; any thread. what: "pin", "password", "calls" ... */
MX_MUST_CHECK mx_status identity_limit(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute,
                                       uint32_t shop_per_minute, uint32_t *wait_s);

/* The same against a clock of the caller's (ms), which need not be steady; and give one try back: it was a good one. */
MX_MUST_CHECK mx_status identity_limit_by(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute,
                                          uint32_t shop_per_minute, int64_t now_ms, uint32_t *wait_s);
void identity_limit_return(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute);

/* What a caller of this kind shares with all of its kind: calls a minute of all customers, of all channels; 0 = not counted. kind: the
 * name of that limit. Any thread. */
uint32_t identity_calls_shared(struct identity *identity, const struct identity_principal *principal, const char **kind);

/* As mx_identity_api.person_prove(). Commands only. */
MX_MUST_CHECK mx_status identity_prove(struct mx_ctx *ctx, struct mx_str person, struct mx_str proof);

/* How often a customer's code or PIN was hashed to be compared, since the start. */
uint64_t identity_proofs_hashed(const struct identity *identity);

/* 1 when somebody proved himself from this address lately: what strangers do there does not keep him out. In memory; any
 * thread. */
int identity_welcome(struct identity *identity, struct mx_str place);

/* Persons' keys stand wrapped under an epoch's key. 1 when the key file knows the epoch that the data was last written
 * under; 0: the key file is older than the data, and opening the shop would read living persons as erased. */
int identity_epoch_known(struct identity *identity, struct store_view *view);

/* Destroy a person's key: what is sealed under it is read by nobody from this commit on, and in old copies of the data once
 * the epoch has changed. MX_E_NOT_FOUND. */
MX_MUST_CHECK mx_status identity_person_erase(struct store_view *view, struct mx_str person, struct mx_error *err);

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
    const struct identity_principal *(*who)(struct mx_ctx *ctx);
    struct mx_str (*remote)(struct mx_ctx *ctx); /* address that the call came from; empty = this machine */
    /* What a call would be remembered by: the hash of an operation and its canonical body, as op makes it. */
    mx_status (*hash_call)(struct mx_ctx *ctx, struct mx_str op, struct mx_str body_json, uint8_t hash[16]);
    void (*wait)(struct mx_ctx *ctx, uint32_t wait_s); /* tell the caller when to try again */
};

/* Persons: contracts as in merx/identity.h. country: of the shop, for phones. */
MX_MUST_CHECK mx_status identity_person_new(struct identity *identity, struct store_view *view, struct mx_str id, int64_t now_ms,
                                            struct mx_error *err);
MX_MUST_CHECK mx_status identity_person_find(struct identity *identity, struct store_view *view, const char *kind, struct mx_str value,
                                             struct mx_str country, struct mx_str *person, struct mx_error *err);
/* All who are one customer with the person, the one that stands first: one read of a record. */
MX_MUST_CHECK mx_status identity_person_set(struct store_view *view, struct mx_str person, struct mx_list *persons, struct mx_error *err);
#define IDENTITY_TAKEN "identifier_taken" /* code of the refusal to link what is somebody else's */
/* Link an identifier and keep where it was learnt. MX_DONE: it is hers, or her customer's, already. MX_E_EXISTS: of `other`. */
struct identity_link {
    struct mx_str person;
    const char *kind;
    struct mx_str value, source, ref, by;
    int64_t now_ms;
};
MX_MUST_CHECK mx_status identity_person_link_from(struct store_view *view, const struct identity_link *link, struct mx_str country,
                                                  struct mx_str *other, struct mx_error *err);
/* MX_NONE: it was not hers. */
MX_MUST_CHECK mx_status identity_person_unlink(struct store_view *view, struct mx_str person, const char *kind, struct mx_str value,
                                               struct mx_str country, struct mx_error *err);
/* What stands in the way of linking, as JSON: both persons, masked, and the offer to merge them. */
MX_MUST_CHECK mx_status identity_conflict(struct mx_ctx *ctx, const struct identity_link *link, struct mx_str other, struct mx_str *json);
/* Destroy the keys of all who are one customer with her, and what they are known by. persons: who that was. */
MX_MUST_CHECK mx_status identity_customer_erase(struct store_view *view, struct mx_str person, struct mx_list *persons,
                                                struct mx_error *err);
/* Merge, and tell it, in the name of this room. */
MX_MUST_CHECK mx_status identity_persons_merge(struct mx_ctx *ctx, struct mx_str from, struct mx_str into, struct mx_str reason,
                                               struct mx_str *merge, struct mx_error *err);
/* Tell what happened to persons, in the name of this room. source may be empty. */
MX_MUST_CHECK mx_status identity_tell_linked(struct mx_ctx *ctx, struct mx_str person, struct mx_str kind, struct mx_str source);
MX_MUST_CHECK mx_status identity_tell_unlinked(struct mx_ctx *ctx, struct mx_str person, struct mx_str kind);
MX_MUST_CHECK mx_status identity_tell_erased(struct mx_ctx *ctx, struct mx_str person, struct mx_str reason);
MX_MUST_CHECK mx_status identity_person_identifiers(struct identity *identity, struct store_view *view, struct mx_str person,
                                                    const char *kind, int masked, struct mx_list *values, struct mx_error *err);

#endif
