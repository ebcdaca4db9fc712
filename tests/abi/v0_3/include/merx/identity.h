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
    /* The identifiers of a kind of one person (strings), for callers with "pii.read"; others get them masked. */
    mx_status (*person_identifiers)(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_list *values);
    /* 0.1 ends here */
    /* See mx_approved() in op.h. */
    mx_status (*approved)(struct mx_ctx *ctx, const char *act, int64_t amount);
    /* 1 when the principal may act for this location (always, unless its scope names others). */
    int (*in_scope)(struct mx_ctx *ctx, struct mx_str location);
    /* Device that the principal speaks through ("dev_..."), empty when none; lent until the command ends. */
    struct mx_str (*device)(struct mx_ctx *ctx);
    /* 0.2 ends here */
};

#ifdef __cplusplus
}
#endif
#endif
