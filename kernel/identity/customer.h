/* Customers in their own right, inside of `identity`: what they open a session and prove themselves with.
 *
 * A one-time code goes out through the outbox; a rotating QR code says, sealed, who shows it and when; a PIN of six digits is
 * kept under a keyed hash. Not under Argon2: a proof is looked at inside the command that it is for, on the one writer, where
 * nothing slow may run. What keeps a PIN from being guessed is the pepper, which stands in the key file alone, and that guesses
 * are counted before anything is hashed: a few a minute for a customer, ten wrong ones a day (of codes twenty), and a bound for the whole
 * shop. Nor does a phone number open anything by itself: what came to an identifier that was linked lately proves nothing yet. */
#ifndef IDENTITY_CUSTOMER_H
#define IDENTITY_CUSTOMER_H

#include "identity/internal.h"

#define IDENTITY_CODE_DIGITS     6u
#define IDENTITY_CODE_MS         (INT64_C(300) * 1000)
#define IDENTITY_FOR_PROOF       "proof"
#define IDENTITY_CODE_TRIES      5u
#define IDENTITY_CODE_DAY        20u /* wrong codes a day of one customer: to open a session, and as proofs */
#define IDENTITY_PIN_TRIES       10u
#define IDENTITY_PIN_DAY_MS      (INT64_C(24) * 3600 * 1000)
#define IDENTITY_QR_STEP_MS      INT64_C(30000)
#define IDENTITY_PLACE_BYTES     16u
#define IDENTITY_CUSTOMER_CALLS  120 /* a minute, unless the shop says otherwise */
#define IDENTITY_CUSTOMERS_CALLS 12000

/* A code that was sent, or would have been if somebody were known by that. */
struct identity_code {
    struct mx_rec rec;
    struct mx_str place;      /* keyed hash of what it is for and what was said, base64url: one code at a time for each */
    struct mx_str hash;       /* keyed hash of the code, base64url */
    struct mx_str person;     /* empty: nobody is known by what was said */
    struct mx_str identifier; /* through which it went out */
    int64_t run;              /* of the program: wrong tries are counted in its memory */
    int64_t until;
};
extern const struct mx_table identity_codes;

/* What a customer proves herself with. */
struct identity_customer_proof {
    struct mx_rec rec;
    struct mx_str person;
    struct mx_str pin;   /* keyed hash, base64url; empty = none */
    int64_t pin_changed; /* when */
    int64_t qr_step;     /* the last one that was used as a proof */
};
extern const struct mx_table identity_customer_proofs;

struct identity_customer_settings {
    struct mx_rec rec;
    struct mx_str id;      /* "customers" */
    struct mx_str message; /* address of the shop's message gateway, sealed; empty = there is none */
    struct mx_str shown;   /* the same without what stands behind its "?" */
    struct mx_str sign;    /* webhook whose secret signs messages; empty = none does */
    int64_t session_hours;
    int64_t rebind_wait_minutes;
    int64_t calls_per_minute, customers_calls_per_minute, channels_calls_per_minute;
};
extern const struct mx_table identity_customer_settings_table;

/* customer_settings.c */
MX_MUST_CHECK mx_status identity_customer_settings_read(struct store_view *view, struct identity_customer_settings *settings);
MX_MUST_CHECK mx_status identity_customer_limits_load(struct identity *identity, struct store_view *view);
extern const struct mx_op identity_op_customer_settings_get, identity_op_customer_settings_put;

/* customer_tries.c: exact counts of tries, in memory, that last until a time. 1: there was one left, and it is counted. */
int identity_try(struct identity *identity, const char *what, struct mx_str name, uint32_t tries, int64_t now_ms, int64_t until_ms);
void identity_tries_over(struct identity *identity, const char *what, struct mx_str name); /* it was a good one: from the beginning */
void identity_tries_fini(struct identity *identity);

/* customer_hash.c: keyed hashes; those of codes and PINs are counted. */
struct mx_str identity_place(const struct identity *identity, struct base_arena *arena, const char *use, struct mx_str kind,
                             struct mx_str value);
struct mx_str identity_proof_hash(struct identity *identity, struct base_arena *arena, const char *use, struct mx_str whose,
                                  struct mx_str digits);
int identity_hash_fits(struct mx_str stored, struct mx_str made);
int identity_six_digits(struct mx_str text);
/* The text of a QR code, and who shows it in which step; 0: it is none of ours. */
struct mx_str identity_qr_make(const struct identity *identity, struct base_arena *arena, struct mx_str person, int64_t step);
int identity_qr_open(const struct identity *identity, struct base_arena *arena, struct mx_str text, struct mx_str *person, int64_t *step);

/* customer_code.c */
struct identity_code_wish {
    struct mx_str place;
    const struct identity_identifier *to; /* NULL: nobody is known by what was said */
    const char *purpose;                  /* what the message says that it is for */
};
/* Make a code and send it; needs a gateway. */
MX_MUST_CHECK mx_status identity_code_send(struct mx_ctx *ctx, const struct identity_code_wish *wish);
/* One that came through this was used: it reaches her, and she may have more today. */
void identity_code_used(struct mx_ctx *ctx, const char *purpose, const struct identity_identifier *by);
/* The code that waits at this place; *code NULL: none does, or not any more. */
MX_MUST_CHECK mx_status identity_code_get(struct identity *identity, struct store_view *view, struct mx_str place, int64_t now_ms,
                                          const struct identity_code **code, struct mx_error *err);
/* Do these digits fit the code at this place (NULL: none is there)? Counted, and hashed whatever is there. */
int identity_code_fits(struct identity *identity, struct base_arena *arena, struct mx_str place, const struct identity_code *code,
                       struct mx_str digits, int64_t now_ms);
/* The identifier that a code went out through, when it is still that person's; *found NULL: not any more. */
MX_MUST_CHECK mx_status identity_code_identifier(struct store_view *view, const struct identity_code *code,
                                                 const struct identity_identifier **found, struct mx_error *err);
/* From when on what came through it proves something; 0: from the beginning. */
MX_MUST_CHECK mx_status identity_proves_from(struct store_view *view, const struct identity_identifier *identifier, int64_t now_ms,
                                             int64_t *from_ms);
/* The identifier with this value, or of all who are one customer with a person the phone or e-mail that was linked first; *found NULL. */
MX_MUST_CHECK mx_status identity_reach_value(struct store_view *view, const char *kind, struct mx_str value,
                                             const struct identity_identifier **found, struct mx_error *err);
MX_MUST_CHECK mx_status identity_reach_person(struct store_view *view, struct mx_str person, const struct identity_identifier **found,
                                              struct mx_error *err);

extern const struct mx_op identity_op_customer_code, identity_op_customer_open, identity_op_customer_qr, identity_op_customer_scan,
    identity_op_customer_pin, identity_op_proof_ask, identity_op_code_expire;
extern const struct mx_subscription identity_customer_erased;

#endif
