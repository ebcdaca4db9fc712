/* Who is asking, and who a customer is.
 *
 * Principals (staff, devices, API keys) hold roles; a role is a list of permissions; nothing is allowed by default.
 * Customers are *persons* known by identifiers (phone, card, email ...); the identifiers live in the kernel, sealed, and
 * plugins keep the person's id only. Since 0.1. */
#ifndef MERX_IDENTITY_H
#define MERX_IDENTITY_H

#include "merx/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a role may do with a plugin: listed in its descriptor. role: "manager", "cashier", "channel" (web shop, app),
 * "auditor", "till" (an enrolled device before somebody stands at it), "script" (the merchant's rules); the owner may do
 * everything, and a shop may make roles of its own. permissions: with spaces between; one may end in ".*". */
struct mx_grant {
    const char *role;
    const char *permissions;
};

/* An identifier and where it was learnt. Since 0.4. */
struct mx_link {
    uint32_t size; /* sizeof(struct mx_link) */
    uint32_t reserved;
    struct mx_str kind;   /* "phone", "email", "card", "openid", "device", "account" */
    struct mx_str value;  /* of an account: "channel:number", with something on both sides */
    struct mx_str source; /* "till", "web", "app", "intake", ... */
    struct mx_str ref;    /* document behind it, e.g. the run of an intake; may be empty */
};

/* Interface "mx.identity". Append-only. */
struct mx_identity_api {
    uint32_t size;
    uint32_t reserved;
    /* Principal on whose behalf the command runs; lent until it ends. */
    struct mx_str (*principal)(struct mx_ctx *ctx);
    /* 1 when the principal holds the permission. */
    int (*allowed)(struct mx_ctx *ctx, const char *permission);
    /* Person behind an identifier. kind: "phone" (normalised to E.164 with the shop's default country), "email", "card",
     * "openid", "device", "account". person: the id, in the command's memory. MX_NONE: nobody known by it.
     * MX_E_BAD_INPUT: not a valid value of its kind. */
    mx_status (*person_find)(struct mx_ctx *ctx, const char *kind, struct mx_str value, struct mx_str *person);
    /* Make a person (a key is made and wrapped with it). Commands only. */
    mx_status (*person_new)(struct mx_ctx *ctx, struct mx_str *person);
    /* Link an identifier to a person. MX_E_EXISTS: it belongs to another person. Commands only. */
    mx_status (*person_link)(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_str value);
    /* The identifiers of a kind of one person (strings), for callers with "pii.read" and for a customer who asks for her own; others get
     * them masked. */
    mx_status (*person_identifiers)(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_list *values);
    /* 0.1 ends here */
    /* See mx_approved() in op.h. */
    mx_status (*approved)(struct mx_ctx *ctx, const char *act, int64_t amount);
    /* 1 when the principal may act for this location (always, unless its scope names others). */
    int (*in_scope)(struct mx_ctx *ctx, struct mx_str location);
    /* Device that the principal speaks through ("dev_..."), empty when none; lent until the command ends. */
    struct mx_str (*device)(struct mx_ctx *ctx);
    /* 0.2 ends here */
    /* All persons that are one customer with this one, by merges that stand: list of struct mx_str in the command's memory, the
     * one that the others were merged into first; always at least the person itself. MX_E_NOT_FOUND. Since 0.4. */
    mx_status (*person_set)(struct mx_ctx *ctx, struct mx_str person, struct mx_list *persons);
    /* As person_link(), and it is kept where this was learnt. MX_OK too when it is hers already, or of one who is one customer with her:
     * nothing changes then. other: whose it is, when it answers MX_E_EXISTS (code "identifier_taken": handed on, callers with
     * "people.read" learn who the two are, masked; customers do not); may be NULL. Emits MX_EVENT_PERSON_LINKED. Commands only. Since 0.4.
     */
    mx_status (*person_link_from)(struct mx_ctx *ctx, struct mx_str person, const struct mx_link *link, struct mx_str *other);
    /* Take an identifier away from a person; sessions that she opened may have come through it, and end. MX_NONE: it was not hers.
     * Commands only. Since 0.4. */
    mx_status (*person_unlink)(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_str value);
    /* Say that `from` is the same human being as `into`: an edge, nothing is moved, both ids go on. merge: its id ("mrg_..."), for
     * the way back. Refusals: "same_person", "merged_already" (they are one customer by now). MX_E_NOT_FOUND, MX_E_ERASED. Emits
     * MX_EVENT_PERSONS_MERGED. Commands only. Since 0.4. */
    mx_status (*person_merge)(struct mx_ctx *ctx, struct mx_str from, struct mx_str into, struct mx_str reason, struct mx_str *merge);
    /* Did the customer herself let this happen? proof: a one-time code, the text of her rotating QR code, or her PIN; not looked at
     * when she is the caller. MX_OK; MX_E_REFUSED "proof_needed" (empty), "proof_wrong" (wrong, old, or of somebody else), "proof_new"
     * (an identifier was linked so lately that what came to it proves nothing yet); MX_E_TOO_MANY. A one-time code is used up.
     * Commands only. Since 0.4. */
    mx_status (*person_prove)(struct mx_ctx *ctx, struct mx_str person, struct mx_str proof);
    /* The person who is the caller: a customer in her own session; empty: staff, a device, a program. Lent. Since 0.4. */
    struct mx_str (*customer)(struct mx_ctx *ctx);
    /* Destroy the keys of the person and of all that are one customer with her. Emits MX_EVENT_PERSON_ERASED for each. Commands
     * only. Since 0.4. */
    mx_status (*person_erase)(struct mx_ctx *ctx, struct mx_str person, struct mx_str reason);
    /* All records whose subject this one person is, opened, as JSON: {"table": [record, ...], ...}; secrets are left out. For whoever may
     * export. Where a table has no index that begins with its subject all its records are looked at: in a HEAVY query or a job. A
     * customer is all her persons: ask for each. Since 0.4. */
    mx_status (*person_export)(struct mx_ctx *ctx, struct mx_str person, struct mx_str *json);
    /* Count a guess before anything slow or secret is looked at: what ("wallet.code"), the name that is tried (a hash of it; empty:
     * the caller alone), and how many a minute for that name and for the whole shop (0 = not counted). By the shop's clock. MX_OK,
     * MX_E_TOO_MANY (to be returned as it is). guessed(): it was a good one and does not count. Since 0.4. */
    mx_status (*guess)(struct mx_ctx *ctx, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute);
    void (*guessed)(struct mx_ctx *ctx, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute);
    /* 0.4 ends here */
};

#ifdef __cplusplus
}
#endif
#endif
