/* Roles: their names are the kernel's, what they may do is granted by those who offer it. Nothing else is allowed. */
#include <stdlib.h>

#include "identity/internal.h"

#define OWNER  "owner"
#define KERNEL "kernel"

/* "clerk" serves customers on the floor, "agent" the same by phone and chat, "warehouse" picks and packs without knowing for whom.
 * "till": an enrolled device before somebody stands at it. "script": what the merchant's rules may call. "customer": a customer
 * in her own session, who sees and touches nothing but what is hers. */
const char *const identity_role_codes[] = {OWNER,     "manager", "cashier", "clerk",  "agent",           "warehouse",
                                           "channel", "auditor", "till",    "script", IDENTITY_CUSTOMER, NULL};

/* "identity.self": what is about the caller alone, such as closing the own session. */
static const struct mx_grant own_grants[] = {
    {"manager",
     "shop.read scripts.* system.read system.exceptions identity.self identity.devices identity.pins identity.scan identity.prove "
     "people.read people.write people.merge"},
    {"cashier", "identity.self identity.scan identity.prove people.read people.write"},
    {"clerk", "identity.self identity.scan identity.prove people.read people.write"},
    {"agent", "identity.self identity.prove people.read people.write"},
    {"warehouse", "identity.self"},
    {"channel", "identity.self identity.prove people.read people.write"},
    {"auditor", "shop.read system.read system.verify system.exceptions identity.self"},
    {"till", "shop.read identity.self identity.pin"},
    {"script", "shop.read"},
    {IDENTITY_CUSTOMER, "identity.self identity.customer people.read"},
};

const char *identity_role_built_in(struct mx_str code) {
    uint32_t i;
    for (i = 0; identity_role_codes[i]; i++)
        if (mx_str_is(code, identity_role_codes[i])) return identity_role_codes[i];
    return NULL;
}

static void release(struct identity_held *held) {
    free(held->permission);
    free(held->plugin);
}

static mx_status hold(struct identity *identity, const char *role, const char *plugin, struct mx_str permission) {
    struct identity_held *held = identity->held;
    if (identity->held_count == identity->held_room) {
        uint32_t room = identity->held_room ? 2 * identity->held_room : 32;
        held = realloc(held, room * sizeof(*held));
        if (!held) return MX_E_NOMEM;
        identity->held = held;
        identity->held_room = room;
    }
    held += identity->held_count;
    held->role = role;
    held->permission = strndup(permission.ptr, permission.len);
    held->plugin = strdup(plugin);
    if (held->permission && held->plugin) {
        identity->held_count++;
        return MX_OK;
    }
    release(held);
    return MX_E_NOMEM;
}

mx_status identity_grant(struct identity *identity, const char *plugin, const struct mx_grant *grant, struct mx_error *err) {
    const char *role = identity_role_built_in(mx_str_of(grant->role)), *at = grant->permissions;
    mx_status st = MX_OK;
    if (!role || strcmp(role, OWNER) == 0)
        return base_fail(err, MX_E_BAD_INPUT, NULL, "There is no role \"%s\" to which something could be granted.",
                         grant->role ? grant->role : "");
    while (at && *at && st == MX_OK) {
        size_t len = strcspn(at, " ");
        if (len > 0) st = hold(identity, role, plugin, mx_str_n(at, len));
        at += len + (at[len] == ' ');
    }
    return st == MX_OK ? st : base_fail(err, st, NULL, "Not enough memory to start.");
}

void identity_ungrant(struct identity *identity, const char *plugin) {
    uint32_t i, kept = 0;
    for (i = 0; i < identity->held_count; i++) {
        if (strcmp(identity->held[i].plugin, plugin) == 0)
            release(&identity->held[i]);
        else
            identity->held[kept++] = identity->held[i];
    }
    identity->held_count = kept;
}

mx_status identity_roles_init(struct identity *identity, struct mx_error *err) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < sizeof(own_grants) / sizeof(own_grants[0]); i++)
        st = identity_grant(identity, KERNEL, &own_grants[i], err);
    return st;
}

void identity_roles_fini(struct identity *identity) {
    uint32_t i;
    for (i = 0; i < identity->held_count; i++) release(&identity->held[i]);
    free(identity->held);
    identity->held = NULL;
    identity->held_count = identity->held_room = 0;
}

const char *identity_role_next(const struct identity *identity, const char *role, uint32_t *at) {
    if (strcmp(role, OWNER) == 0) return (*at)++ == 0 ? "*" : NULL;
    while (*at < identity->held_count) {
        const struct identity_held *held = &identity->held[(*at)++];
        if (strcmp(held->role, role) == 0) return held->permission;
    }
    return NULL;
}

/* "shop.*" holds "shop.read" and "shop.till.open"; "*" holds everything. */
int identity_holds(const char *held, const char *permission) {
    size_t len = strlen(held);
    if (strcmp(held, "*") == 0) return 1;
    if (len > 2 && strcmp(held + len - 2, ".*") == 0) return strncmp(held, permission, len - 1) == 0 && permission[len - 1] != 0;
    return strcmp(held, permission) == 0;
}

int identity_allowed(const struct identity *identity, const struct identity_principal *principal, const char *permission) {
    const char *held;
    uint32_t at = 0;
    if (!permission || !permission[0] || !principal->id[0]) return 0;
    if (strcmp(principal->id, "system") == 0) return 1;
    while ((held = identity_role_next(identity, principal->role, &at)) != NULL)
        if (identity_holds(held, permission)) return 1;
    return identity_own_allowed((struct identity *)(uintptr_t)identity, principal->role, permission);
}

mx_status identity_as_role(struct identity *identity, const char *role, struct identity_principal *principal) {
    struct mx_str code = mx_str_of(role);
    if (code.len == 0 || code.len >= sizeof(principal->role) || !identity_role_known(identity, code)) return MX_E_BAD_INPUT;
    memset(principal, 0, sizeof(*principal));
    memcpy(principal->id, code.ptr, code.len);
    memcpy(principal->role, code.ptr, code.len);
    return MX_OK;
}

int identity_is_role(const struct identity_principal *principal) {
    return principal->key[0] == 0 && principal->id[0] && strcmp(principal->id, principal->role) == 0;
}

void identity_system(struct identity_principal *principal) {
    memset(principal, 0, sizeof(*principal));
    memcpy(principal->id, "system", sizeof("system"));
    memcpy(principal->role, "system", sizeof("system"));
}
