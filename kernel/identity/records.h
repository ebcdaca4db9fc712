/* The records of this room and their tables. */
#ifndef IDENTITY_RECORDS_H
#define IDENTITY_RECORDS_H

#include "identity/identity.h"

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

#endif
