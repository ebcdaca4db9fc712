/* How often a caller may ask. The counting itself is the identity room's. */
#include "op/internal.h"

#define MINUTE_PUBLIC_ADDRESS 120u /* calls without a key, from one address: what is behind a proxy that is not named shares one */
#define MINUTE_PUBLIC_SHOP    600u /* and from all strangers: passwords and PINs cannot be tried faster than that */
#define MINUTE_HOOK_ADDRESS   600u /* messages of one address, which may be the gateway of a busy channel: ten a second */

static mx_status too_many(struct op_call *call, uint32_t wait_s, struct mx_error *err, const char *what) {
    call->wait_s = wait_s ? wait_s : 1;
    return base_fail(err, MX_E_TOO_MANY, NULL, "%s; try again in %u s.", what, (unsigned)call->wait_s);
}

/* Operations that need no key are the only door for somebody who has none: counted by address, and for the whole shop so that
 * many addresses do not help; addresses that people proved themselves from stay out of that, or strangers could shut the door on
 * them. Calls from this machine's own command line have no address. */
static mx_status limit_public(struct op_kernel *op, struct op_call *call, struct mx_error *err) {
    uint32_t wait_s = 0, shop = identity_welcome(op->opts.identity, call->remote) ? 0 : MINUTE_PUBLIC_SHOP;
    if (call->remote.len == 0) return MX_OK;
    if (call->hook && identity_limit(op->opts.identity, "hook", call->remote, MINUTE_HOOK_ADDRESS, 0, &wait_s) == MX_OK) return MX_OK;
    if (call->hook) return too_many(call, wait_s, err, "Too many messages from this address");
    if (identity_limit(op->opts.identity, "public", call->remote, MINUTE_PUBLIC_ADDRESS, shop, &wait_s) == MX_OK) return MX_OK;
    return too_many(call, wait_s, err, "Too many calls without a key");
}

mx_status op_limit(struct op_kernel *op, struct op_call *call, struct mx_error *err) {
    const struct identity_principal *who = &call->principal;
    uint32_t wait_s = 0, shared;
    const char *kind;
    if (op_is_system(who)) return MX_OK;
    if (call->entry->def->flags & MX_OP_PUBLIC) return limit_public(op, call, err);
    shared = identity_calls_shared(op->opts.identity, who, &kind);
    if (who->calls_per_minute == 0 && shared == 0) return MX_OK;
    if (identity_limit(op->opts.identity, kind, mx_str_of(who->id), who->calls_per_minute, shared, &wait_s) == MX_OK) return MX_OK;
    return too_many(call, wait_s, err, "This caller's calls for this minute are used up, or those of all of its kind");
}
