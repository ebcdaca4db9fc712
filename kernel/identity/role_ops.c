/* Roles, as operations: the program's with what plugins granted them, and the shop's own beside them. */
#include <stdio.h>

#include "identity/internal.h"

#define ROLES_MAX       200u
#define PERMISSIONS_MAX 200

struct role_ask {
    struct mx_str code;
    struct mx_str name;
    struct mx_list permissions;
};
static const struct mx_field role_ask_fields[] = {
    MX_F_STR(role_ask, code, MX_REQUIRED, 1, 31, "a new role, or one of the program's that shall do more here"),
    MX_F_STR(role_ask, name, 0, 0, 64, "what people call it"),
    MX_F_STRS(role_ask, permissions, MX_REQUIRED, 0, PERMISSIONS_MAX, "what it may do; \".*\" at the end stands for all below"),
};
MX_TYPE(role_ask, "identity.role.put", "a role of the shop's own");

struct role_wire {
    struct mx_str code;
    struct mx_str name;
    struct mx_list permissions;
    uint8_t own;
};
static const struct mx_field role_wire_fields[] = {
    MX_F_STR(role_wire, code, 0, 0, 31, "role"),
    MX_F_STR(role_wire, name, 0, 0, 64, "what people call it"),
    MX_F_STRS(role_wire, permissions, 0, 0, 1000, "what it may do; \".*\" and \"*\" stand for all below"),
    MX_F_BOOL(role_wire, own, 0, "the shop made it, or added to it"),
};
MX_TYPE(role_wire, "identity.role", "a role");

struct role_answer {
    struct role_wire *role;
};
static const struct mx_field role_answer_fields[] = {MX_F_STRUCT(role_answer, role, 0, role_wire_type, "the role")};
MX_TYPE(role_answer, "identity.role.answer", "a role");

struct role_list {
    struct mx_list roles;
};
static const struct mx_field role_list_fields[] = {MX_F_LIST(role_list, roles, 0, 0, 1000, role_wire_type, "roles")};
MX_TYPE(role_list, "identity.roles", "all roles");

struct role_code {
    struct mx_str code;
};
static const struct mx_field role_code_fields[] = {MX_F_STR(role_code, code, MX_REQUIRED, 1, 31, "role")};
MX_TYPE(role_code, "identity.role.code", "a role by its code");

/* What the program grants, then what the shop adds. */
static void fill_role(struct mx_ctx *ctx, const char *built_in, const struct identity_role *own, struct role_wire *wire) {
    const char *held;
    uint32_t count = 0, at = 0, i;
    while (built_in && identity_role_next(identity_of(ctx), built_in, &at)) count++;
    wire->code = built_in ? mx_str_of(built_in) : own->code;
    wire->own = own != NULL;
    if (own) wire->name = own->name;
    wire->permissions = mx_list_new(ctx, count + (own ? own->permissions.count : 0) + 1, sizeof(struct mx_str));
    for (count = 0, at = 0; built_in && (held = identity_role_next(identity_of(ctx), built_in, &at)) != NULL; count++)
        *(struct mx_str *)mx_list_at(&wire->permissions, count) = mx_str_of(held);
    for (i = 0; own && i < own->permissions.count; i++)
        *(struct mx_str *)mx_list_at(&wire->permissions, count++) = mx_list_str(&own->permissions, i);
    if (!built_in) *(struct mx_str *)mx_list_at(&wire->permissions, count++) = mx_str_of("identity.self");
    wire->permissions.count = count;
}

static mx_status find_own(struct mx_ctx *ctx, struct mx_str code, struct identity_role **own) {
    struct identity_role probe = {0};
    mx_status st;
    probe.code = code;
    *own = NULL;
    st = mx_get(ctx, &identity_roles, &probe, own);
    return st == MX_NONE ? MX_OK : st;
}

static mx_status list_roles(struct mx_ctx *ctx, const void *in, void *out) {
    struct role_list *list = out;
    struct identity_role *own = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = MX_OK;
    uint32_t i;
    (void)in;
    list->roles = mx_list_new(ctx, ROLES_MAX + 16, sizeof(struct role_wire));
    list->roles.count = 0;
    for (i = 0; st == MX_OK && identity_role_codes[i]; i++) {
        st = find_own(ctx, mx_str_of(identity_role_codes[i]), &own);
        if (st == MX_OK) fill_role(ctx, identity_role_codes[i], own, mx_list_at(&list->roles, list->roles.count++));
    }
    if (st == MX_OK) st = mx_scan_open(ctx, &identity_roles, NULL, NULL, &scan);
    while (st == MX_OK && list->roles.count < ROLES_MAX && (st = mx_scan_next(ctx, scan, &own)) == MX_OK)
        if (!identity_role_built_in(own->code)) fill_role(ctx, NULL, own, mx_list_at(&list->roles, list->roles.count++));
    return st == MX_DONE ? MX_OK : st;
}

/* "shop.read", "shop.*": small letters, digits, _ and dots between words. */
static int is_permission(struct mx_str text) {
    uint32_t i, len = text.len;
    if (len > 2 && memcmp(text.ptr + len - 2, ".*", 2) == 0) len -= 2;
    if (len == 0 || len > 63 || text.ptr[0] == '.' || text.ptr[len - 1] == '.') return 0;
    for (i = 0; i < len; i++) {
        char c = text.ptr[i];
        if (c == '.' && text.ptr[i - 1] != '.') continue;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return 0;
    }
    return 1;
}

static mx_status check_permissions(struct mx_ctx *ctx, const struct mx_list *permissions) {
    char field[32];
    uint32_t i;
    for (i = 0; i < permissions->count; i++) {
        struct mx_str permission = mx_list_str(permissions, i);
        snprintf(field, sizeof(field), "permissions[%u]", (unsigned)i);
        if (!is_permission(permission))
            return mx_fail(ctx, MX_E_BAD_INPUT, field, "A permission is written like shop.read, or shop.* for all of shop.");
        if (!mx_allowed(ctx, mx_dup(ctx, permission).ptr))
            return mx_fail(ctx, MX_E_FORBIDDEN, field, "You do not hold \"%.*s\" yourself, so you cannot give it away.",
                           (int)permission.len, permission.ptr);
    }
    return MX_OK;
}

static mx_status check_code(struct mx_ctx *ctx, struct mx_str code) {
    uint32_t i;
    if (mx_str_is(code, "owner")) return mx_refuse(ctx, "owner_is_whole", "code", "An owner may do everything already.");
    if (mx_str_is(code, "system")) return mx_fail(ctx, MX_E_BAD_INPUT, "code", "This name is the program's own.");
    for (i = 0; i < code.len; i++)
        if (!((code.ptr[i] >= 'a' && code.ptr[i] <= 'z') || (code.ptr[i] >= '0' && code.ptr[i] <= '9') || code.ptr[i] == '_'))
            return mx_fail(ctx, MX_E_BAD_INPUT, "code", "A role's code is made of small letters, digits and _.");
    return MX_OK;
}

static mx_status put_role(struct mx_ctx *ctx, const void *in, void *out) {
    const struct role_ask *ask = in;
    struct role_answer *answer = out;
    struct identity_role role = {0}, *stored = NULL;
    mx_status st = check_code(ctx, ask->code);
    if (st == MX_OK) st = check_permissions(ctx, &ask->permissions);
    if (st == MX_OK) st = find_own(ctx, ask->code, &stored);
    if (st == MX_OK && stored) st = identity_may_give(ctx, ask->code, "code");
    if (st != MX_OK) return st;
    if (stored) role = *stored;
    role.code = ask->code;
    if (ask->name.len) role.name = ask->name;
    role.permissions = ask->permissions;
    role.changed = ctx->now_ms;
    st = mx_put(ctx, &identity_roles, &role);
    if (st == MX_OK) st = identity_roles_changed(identity_view(ctx), NULL);
    if (st != MX_OK) return st;
    answer->role = mx_alloc(ctx, sizeof(*answer->role));
    fill_role(ctx, identity_role_built_in(ask->code), &role, answer->role);
    return MX_OK;
}

static mx_status check_unused(struct mx_ctx *ctx, struct mx_str code) {
    struct identity_member probe = {0}, *member = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    if (identity_role_built_in(code)) return MX_OK;
    probe.role = code;
    opts.size = sizeof(opts);
    opts.index = "role";
    opts.prefix = 1;
    st = mx_scan_open(ctx, &identity_members, &opts, &probe, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &member);
    if (st == MX_DONE) return MX_OK;
    return st == MX_OK ? mx_refuse(ctx, "role_in_use", "code", "Somebody has this role: give them another one first.") : st;
}

static mx_status remove_role(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_role probe = {0}, *stored = NULL;
    mx_status st;
    (void)out;
    probe.code = ((const struct role_code *)in)->code;
    st = find_own(ctx, probe.code, &stored);
    if (st != MX_OK) return st;
    if (!stored) return mx_fail(ctx, MX_E_NOT_FOUND, "code", "The shop has no role of this code, and added nothing to it.");
    st = identity_may_give(ctx, probe.code, "code");
    if (st == MX_OK) st = check_unused(ctx, probe.code);
    if (st == MX_OK) st = mx_delete(ctx, &identity_roles, &probe);
    return st == MX_OK ? identity_roles_changed(identity_view(ctx), NULL) : st;
}

const struct mx_op identity_op_role_list = IDENTITY_OP(MX_OP_QUERY, "identity.role.list", "Roles and what each may do.", "identity.manage",
                                                       NULL, &role_list_type, list_roles, NULL);
const struct mx_op identity_op_role_put =
    IDENTITY_OP(0, "identity.role.put", "Make a role of the shop's own, or let one of the program's do more.", "identity.manage",
                &role_ask_type, &role_answer_type, put_role, NULL);
const struct mx_op identity_op_role_remove =
    IDENTITY_OP(0, "identity.role.remove", "Take back a role that the shop made, or what it added.", "identity.manage", &role_code_type,
                NULL, remove_role, NULL);
