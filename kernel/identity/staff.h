/* Who is asking: roles, limits, proofs, keys, sessions, the rules about who may change whom. */
#ifndef IDENTITY_STAFF_H
#define IDENTITY_STAFF_H

#include "identity/records.h"

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

#endif
