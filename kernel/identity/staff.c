/* Who may change whom. Nobody gives away, or lays hands on, more than he holds himself: whoever may manage staff cannot make
 * himself an owner. */
#include "identity/internal.h"

static mx_status own_role(struct mx_ctx *ctx, struct mx_str code, struct identity_role **role) {
    struct identity_role probe = {0};
    probe.code = code;
    return mx_get(ctx, &identity_roles, &probe, role);
}

static mx_status beyond(struct mx_ctx *ctx, struct mx_str role, const char *permission, const char *field) {
    return mx_fail(ctx, MX_E_FORBIDDEN, field, "The role \"%.*s\" holds \"%s\", which you do not hold yourself.", (int)role.len, role.ptr,
                   permission);
}

mx_status identity_may_give(struct mx_ctx *ctx, struct mx_str code, const char *field) {
    const char *role = identity_role_built_in(code), *held;
    struct identity_role *own = NULL;
    uint32_t at = 0, i;
    mx_status st = own_role(ctx, code, &own);
    if (st != MX_OK && st != MX_NONE) return st;
    if (!role && !own) return mx_fail(ctx, MX_E_BAD_INPUT, field, "There is no such role; identity.role.list names them.");
    while (role && (held = identity_role_next(identity_of(ctx), role, &at)) != NULL)
        if (!mx_allowed(ctx, held)) return beyond(ctx, code, held, field);
    for (i = 0; own && i < own->permissions.count; i++) {
        held = mx_dup(ctx, mx_list_str(&own->permissions, i)).ptr;
        if (!mx_allowed(ctx, held)) return beyond(ctx, code, held, field);
    }
    return MX_OK;
}

/* Somebody who answers for some locations does not change those who answer for others. */
static mx_status may_reach(struct mx_ctx *ctx, const struct mx_list *locations, const char *field) {
    uint32_t i;
    if (!identity_who(ctx)->scoped) return MX_OK;
    if (locations->count == 0) goto beyond;
    for (i = 0; i < locations->count; i++)
        if (!ctx->identity->in_scope(ctx, mx_list_str(locations, i))) goto beyond;
    return MX_OK;
beyond:
    return mx_fail(ctx, MX_E_FORBIDDEN, field, "This reaches beyond the locations that you may act for.");
}

mx_status identity_member_find(struct mx_ctx *ctx, struct mx_str id, struct identity_member **member) {
    struct identity_member probe = {0};
    probe.id = id;
    return mx_get(ctx, &identity_members, &probe, member);
}

mx_status identity_subject(struct mx_ctx *ctx, struct mx_str id, const char *field, struct identity_member **member) {
    mx_status st = identity_member_find(ctx, id, member);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no such principal.");
    if (st == MX_OK) st = identity_may_give(ctx, (*member)->role, field);
    return st == MX_OK ? may_reach(ctx, &(*member)->locations, field) : st;
}

mx_status identity_proof_get(struct mx_ctx *ctx, struct mx_str principal, struct identity_proof *proof) {
    struct identity_proof probe = {0}, *stored = NULL;
    mx_status st;
    probe.principal = principal;
    st = mx_get(ctx, &identity_proofs, &probe, &stored);
    if (st == MX_OK) *proof = *stored;
    if (st != MX_NONE) return st;
    *proof = probe;
    return MX_OK;
}

mx_status identity_keep_owner(struct mx_ctx *ctx, const struct identity_member *changed) {
    struct identity_member probe = {0}, *other = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    if (changed->rec.rev == 0 || (mx_str_is(changed->role, "owner") && !changed->disabled && changed->locations.count == 0)) return MX_OK;
    probe.role = mx_str_of("owner");
    opts.size = sizeof(opts);
    opts.index = "role";
    opts.prefix = 1;
    st = mx_scan_open(ctx, &identity_members, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &other)) == MX_OK)
        if (!other->disabled && other->locations.count == 0 && !mx_str_eq(other->id, changed->id)) return MX_OK;
    if (st != MX_DONE) return st;
    probe.id = changed->id;
    st = mx_get(ctx, &identity_members, &probe, &other);
    if (st != MX_OK || !mx_str_is(other->role, "owner") || other->disabled) return st;
    return mx_refuse(ctx, "last_owner", "role", "This is the shop's last owner: make another one first.");
}

mx_status identity_member_put(struct mx_ctx *ctx, struct identity_member *member) {
    struct store_view *view = identity_view(ctx);
    mx_status st = identity_may_give(ctx, member->role, "role");
    if (st == MX_OK && mx_str_is(member->role, IDENTITY_CUSTOMER))
        st = mx_fail(ctx, MX_E_BAD_INPUT, "role", "Only customers in their own session have this role.");
    if (st == MX_OK) st = may_reach(ctx, &member->locations, "locations");
    if (st == MX_OK) st = identity_keep_owner(ctx, member);
    if (st == MX_OK) st = mx_put(ctx, &identity_members, member);
    if (st == MX_OK && member->disabled) st = identity_sessions_end(view, "principal", member->id, mx_str_n(NULL, 0), NULL);
    return st == MX_OK ? identity_changed(view, NULL) : st;
}
