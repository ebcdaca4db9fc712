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

/* What staff prove themselves with. */
struct identity_proof {
    struct mx_rec rec;
    struct mx_str principal;
    struct mx_str password; /* Argon2id; empty = none */
    struct mx_str pin;      /* Argon2id over the peppered digits; empty = none */
};
extern const struct mx_table identity_proofs;

#define IDENTITY_BY_PASSWORD 1
#define IDENTITY_BY_PIN      2
#define IDENTITY_BY_DEVICE   3
#define IDENTITY_BY_CODE     4 /* a customer, with a one-time code */

struct identity_session {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str principal; /* or the person, when a customer opened it */
    struct mx_str hash;      /* keyed hash of the secret, base64url */
    int32_t kind;            /* IDENTITY_BY_* */
    struct mx_str device;
    struct mx_str parent; /* the device's session that it stands on */
    int64_t created;
    int64_t until;
    int64_t idle_s;
    int64_t proves_from; /* customers: what is done in it proves nothing before then; 0 = it does */
};
extern const struct mx_table identity_sessions;
extern const char *const identity_session_kinds[];

/* A till or other machine with a key of its own. */
struct identity_device {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str principal; /* as whom it calls */
    struct mx_str till;
    struct mx_str location;
    struct mx_str public_key; /* Ed25519, base64url; empty until it was claimed */
    struct mx_str code;       /* keyed hash of the enrolment code, base64url */
    int64_t code_until;
    int64_t created;
    int64_t claimed;
    int64_t revoked;
    int64_t opened; /* steady time of the last challenge that it answered ... */
    int64_t run;    /* ... in this run of the program */
};
extern const struct mx_table identity_devices;

/* How long sessions last. */
struct identity_settings {
    struct mx_rec rec;
    struct mx_str id; /* "sessions" */
    int64_t password_hours, password_idle_minutes;
    int64_t pin_hours, pin_idle_minutes;
    int64_t device_hours;
};
extern const struct mx_table identity_settings_table;

/* A second person's word for one call, or the wish for it. */
struct identity_approval {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str op;
    struct mx_str act;
    int64_t amount;
    struct mx_str permission; /* what the giver must hold; empty when it was given beforehand */
    struct mx_str asker;
    struct mx_str device;
    struct mx_str call; /* hash of operation and canonical body, base64url */
    int64_t asked;
    struct mx_str giver;
    int64_t given;
    int64_t used;
};
extern const struct mx_table identity_approvals;

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
    struct mx_str id; /* of the key or device */
    struct mx_str sealed;
};
extern const struct mx_table identity_fresh_keys;

struct identity_person {
    struct mx_rec rec;
    struct mx_str id;
    int64_t epoch;
    struct mx_str key; /* the person's key, wrapped under the epoch's, base64url; empty = erased */
    int64_t created;
    struct mx_list set; /* strings: all who are one customer with her, the one that stands first; empty: she is alone. Follows from the
                           merges that stand, and is written here so that a sale learns it with one read */
};
extern const struct mx_table identity_persons;

struct identity_identifier {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str person;
    struct mx_str kind;
    struct mx_str value;
    int64_t linked;
    struct mx_str source; /* where it was learnt: "till", "web", ... */
    struct mx_str ref;    /* document behind it */
    struct mx_str by;     /* on whose behalf */
};
extern const struct mx_table identity_identifiers;

/* Somebody said that two persons are one human being. */
struct identity_merge {
    struct mx_rec rec;
    struct mx_str id; /* "mrg_..." */
    int64_t number;   /* in the order in which they were made */
    struct mx_str from;
    struct mx_str into;
    int64_t at;
    struct mx_str by;
    struct mx_str reason;
    int64_t undone_at; /* 0: it stands */
    struct mx_str undone_by;
};
extern const struct mx_table identity_merges;

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

/* A proof came from there. */
void identity_welcome_back(struct identity *identity, struct mx_str place);

/* guesses.c: tries a minute for each name at each place (0 = not counted), for each place, for all that are not welcome. */
struct identity_guessing {
    const char *what;
    uint32_t each, place, shop;
};
extern const struct identity_guessing identity_by_password, identity_by_pin, identity_by_signature, identity_by_code;
/* Count a guess; MX_E_TOO_MANY has said when to try again. place: an address or a device; empty = this machine itself. */
MX_MUST_CHECK mx_status identity_guess(struct mx_ctx *ctx, const struct identity_guessing *by, struct mx_str name, struct mx_str place);
/* It was a good one: it does not count, and the place is welcome. */
void identity_guessed(struct mx_ctx *ctx, const struct identity_guessing *by, struct mx_str name, struct mx_str place);

/* told.c: tell the log that this principal has a new proof, and who gave it. */
#define IDENTITY_NEW_PASSWORD 1
#define IDENTITY_NEW_PIN      2
#define IDENTITY_NEW_KEY      3
extern const struct mx_event_def identity_proof_changed_event;
MX_MUST_CHECK mx_status identity_tell_proof(struct mx_ctx *ctx, struct mx_str principal, int proof);

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

/* keys.c */
void identity_hash_secret(const struct identity *identity, struct mx_str id, const uint8_t *secret, uint8_t hash[CRYPTO_HASH_BYTES]);
/* Make a key for a principal: its record is written; the full text is in the view's arena. */
MX_MUST_CHECK mx_status identity_new_key(struct identity *identity, struct store_view *view, struct mx_str id, struct mx_str principal,
                                         int64_t now_ms, struct mx_str *text, struct mx_error *err);

/* keys.c */
void identity_take_text(char *to, size_t size, struct mx_str from);
/* The record of a principal. MX_NONE. */
MX_MUST_CHECK mx_status identity_member_get(struct store_view *view, struct mx_str id, const struct identity_member **member);

/* proofs.c: what a key or session says of itself. */
struct identity_evidence {
    struct mx_str hash, principal, device;
    int64_t until_ms, proves_from_ms;
    uint32_t idle_s;
    int ended;
};
MX_MUST_CHECK mx_status identity_evidence_get(struct store_view *view, struct mx_str id, struct identity_evidence *evidence);

/* sessions.c */
/* The time against which proofs expire; it never goes back. */
int64_t identity_now(struct identity *identity);
void identity_seen_fini(struct identity *identity);
/* Make a session: id, principal, kind, device, parent, until and idle_s are given. token: in the view's arena. */
MX_MUST_CHECK mx_status identity_session_new(struct identity *identity, struct store_view *view, struct identity_session *session,
                                             struct mx_str *token, struct mx_error *err);
/* Is a principal whose proof was good once still within its time? touch: it is used now. */
int identity_in_time(struct identity *identity, const struct identity_principal *principal, int touch);
/* End one session and those that stand on it. MX_NONE: there is none. */
MX_MUST_CHECK mx_status identity_session_end(struct store_view *view, struct mx_str id, struct mx_error *err);
/* End all sessions with this value in an index ("principal", "device", "parent"), but not `except`. */
MX_MUST_CHECK mx_status identity_sessions_end(struct store_view *view, const char *index, struct mx_str value, struct mx_str except,
                                              struct mx_error *err);
/* End somebody's oldest sessions, so that no more than `keep` stay: all of them must end in one command when he is put out. */
MX_MUST_CHECK mx_status identity_sessions_trim(struct store_view *view, struct mx_str principal, uint32_t keep, struct mx_error *err);
MX_MUST_CHECK mx_status identity_settings_read(struct store_view *view, struct identity_settings *settings);

/* session_ops.c */
struct identity_opened {
    struct mx_str token;
    struct mx_str session;
    struct mx_str principal;
    struct mx_str role;
    int64_t until;
    int64_t idle_s;
};
static const struct mx_field identity_opened_fields[] = {
    MX_F_STR(identity_opened, token, 0, 0, 128, "send it as \"Authorization: Bearer TOKEN\"; it is shown this once"),
    MX_F_ID(identity_opened, session, 0, "ses", "the session"),
    MX_F_ID(identity_opened, principal, 0, NULL, "who: a principal, or a customer"),
    MX_F_STR(identity_opened, role, 0, 0, 31, "role"),
    MX_F_TIME(identity_opened, until, 0, "when it ends"),
    MX_F_INT(identity_opened, idle_s, 0, 0, MX_INT_MAX, "it ends after so many seconds without a call; 0 = never"),
};
MX_TYPE(identity_opened, "identity.session.opened", "an open session and its token");
/* Open the session (all but the id is given) and fill the answer. */
MX_MUST_CHECK mx_status identity_session_answer(struct mx_ctx *ctx, struct identity_session *session, struct mx_str role,
                                                struct identity_opened *opened);

/* fresh.c: a secret that waits to be fetched once; `gone` says what to tell when there is none (any more). */
MX_MUST_CHECK mx_status identity_fresh_put(struct mx_ctx *ctx, struct mx_str id, struct mx_str text);
MX_MUST_CHECK mx_status identity_fresh_take(struct mx_ctx *ctx, struct mx_str id, const char *gone, struct mx_str *text);

/* device_session.c: public name of the shop's keys, in hex. */
struct mx_str identity_shop_name(const struct identity *identity, struct base_arena *arena);

/* passwords.c: NULL when it will do, else a sentence that says why not. */
const char *identity_password_weak(struct mx_str password, struct mx_str login);
const char *identity_pin_weak(struct mx_str pin);

/* staff.c: rules about who may change whom, for operations. */
/* Nobody gives or touches more than he holds: the caller must hold all that the role holds. */
MX_MUST_CHECK mx_status identity_may_give(struct mx_ctx *ctx, struct mx_str role, const char *field);
/* The record of a principal. MX_NONE. */
MX_MUST_CHECK mx_status identity_member_find(struct mx_ctx *ctx, struct mx_str id, struct identity_member **member);
/* The principal, when the caller may change it. */
MX_MUST_CHECK mx_status identity_subject(struct mx_ctx *ctx, struct mx_str id, const char *field, struct identity_member **member);
/* Its record of password and PIN, or an empty one. */
MX_MUST_CHECK mx_status identity_proof_get(struct mx_ctx *ctx, struct mx_str principal, struct identity_proof *proof);
/* A shop without an owner could never be managed again. */
MX_MUST_CHECK mx_status identity_keep_owner(struct mx_ctx *ctx, const struct identity_member *changed);
/* Write a changed principal; its sessions end when it may do nothing any more. */
MX_MUST_CHECK mx_status identity_member_put(struct mx_ctx *ctx, struct identity_member *member);

/* scope.c */
int identity_lists(const struct mx_list *list, struct mx_str text);

/* epochs.c */
/* Give a new person a key, wrapped under the current epoch, and write her. */
MX_MUST_CHECK mx_status identity_wrap_new(struct identity *identity, struct store_view *view, struct identity_person *person,
                                          struct mx_error *err);
/* The steps of a change of the epoch. begin: the key file gets a new one unless it has one after `from`. rewrap: the next
 * persons behind *after; MX_DONE: that was everybody. drop: MX_OK: not durable yet, ask again after the next commit. */
MX_MUST_CHECK mx_status identity_epoch_begin(struct identity *identity, uint32_t from, struct mx_error *err);
MX_MUST_CHECK mx_status identity_epoch_rewrap(struct identity *identity, struct store_view *view, struct mx_str *after,
                                              struct mx_error *err);
MX_MUST_CHECK mx_status identity_epoch_drop(struct identity *identity, struct mx_error *err);
extern const struct mx_job identity_epoch_job;

/* persons.c */
MX_MUST_CHECK mx_status identity_person_read(struct store_view *view, struct mx_str id, const struct identity_person **person);
MX_MUST_CHECK mx_status identity_person_unwrap(const struct identity *identity, struct store_view *view,
                                               const struct identity_person *person, uint8_t key[CRYPTO_KEY_BYTES]);
mx_status identity_person_key(void *arg, struct store_view *view, struct mx_str person, uint8_t key[CRYPTO_KEY_BYTES]);

/* merges.c: the merges that stand between these persons, in the order in which they were made. */
#define IDENTITY_SET_MAX 32u /* persons that can be one customer */
struct identity_edges {
    const struct identity_merge *merges[IDENTITY_SET_MAX];
    uint32_t count;
};
MX_MUST_CHECK mx_status identity_edges_read(struct store_view *view, const struct mx_list *persons, struct identity_edges *edges,
                                            struct mx_error *err);
MX_MUST_CHECK mx_status identity_merge_get(struct store_view *view, struct mx_str id, const struct identity_merge **merge);

/* sets.c: who is one customer with this person, by these merges alone: a pure function. */
struct identity_set {
    struct mx_str persons[IDENTITY_SET_MAX];
    uint32_t count;
};
/* without: one of them that does not count; may be NULL. */
void identity_set_of(struct mx_str person, const struct identity_edges *edges, const struct identity_merge *without,
                     struct identity_set *set);

/* merges.c */
struct identity_parting { /* what taking back a merge would lead to */
    const struct identity_merge *merge;
    struct identity_set stays; /* with the one who stands now */
    struct identity_set parts;
};
/* merge: from, into, at, by, reason and id are given. */
MX_MUST_CHECK mx_status identity_merge(struct store_view *view, struct identity_merge *merge, struct mx_error *err);
MX_MUST_CHECK mx_status identity_unmerge_look(struct store_view *view, struct mx_str merge, struct identity_parting *parting,
                                              struct mx_error *err);
MX_MUST_CHECK mx_status identity_unmerge(struct store_view *view, const struct identity_parting *parting, struct mx_str by, int64_t now_ms,
                                         struct mx_error *err);

/* person_check.c */
extern const struct mx_check identity_sets_check;

/* person_events.c: what the log is told about persons; in the name of this room. */
extern const struct mx_event_def identity_linked_event, identity_unlinked_event, identity_merged_event, identity_unmerged_event,
    identity_erased_event;

/* identifier.c */
MX_MUST_CHECK mx_status identity_normalise(struct base_arena *arena, const char *kind, struct mx_str value, struct mx_str country,
                                           struct mx_str *out, struct mx_error *err);
struct mx_str identity_mask(struct base_arena *arena, const char *kind, struct mx_str value);

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
