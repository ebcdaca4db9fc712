/* Roles as data: what each may do. Nothing is allowed that is not listed. */
#include "identity/internal.h"

static const char *const owner[] = {"*", NULL};
static const char *const manager[] = {"catalog.*",  "inventory.*", "orders.*",  "members.*",   "loyalty.*",
                                      "payments.*", "shop.read",   "scripts.*", "system.read", NULL};
static const char *const cashier[] = {"catalog.read", "inventory.read", "orders.sell", "orders.return", "orders.read", "members.join",
                                      "members.read", "loyalty.read",   NULL};
static const char *const channel[] = {"catalog.read", "inventory.read", "orders.sell",  "orders.read",
                                      "members.join", "members.read",   "loyalty.read", NULL};
static const char *const auditor[] = {"catalog.read",  "inventory.read", "orders.read", "loyalty.read", "payments.read", "system.read",
                                      "system.verify", "shop.read",      NULL};

const struct identity_role identity_roles[] = {{"owner", owner},     {"manager", manager}, {"cashier", cashier},
                                               {"channel", channel}, {"auditor", auditor}, {NULL, NULL}};

const struct identity_role *identity_role_find(struct mx_str code) {
    const struct identity_role *role;
    for (role = identity_roles; role->code; role++)
        if (mx_str_is(code, role->code)) return role;
    return NULL;
}

/* "orders.*" holds "orders.sell" and "orders.lines.edit"; "*" holds everything. */
static int holds(const char *held, const char *permission) {
    size_t len = strlen(held);
    if (strcmp(held, "*") == 0) return 1;
    if (len > 2 && strcmp(held + len - 2, ".*") == 0) return strncmp(held, permission, len - 1) == 0 && permission[len - 1] != 0;
    return strcmp(held, permission) == 0;
}

int identity_allowed(const struct identity *identity, const struct identity_principal *principal, const char *permission) {
    const struct identity_role *role;
    uint32_t i;
    (void)identity;
    if (!permission || !permission[0] || !principal->id[0]) return 0;
    if (strcmp(principal->id, "system") == 0) return 1;
    role = identity_role_find(mx_str_of(principal->role));
    for (i = 0; role && role->permissions[i]; i++)
        if (holds(role->permissions[i], permission)) return 1;
    return 0;
}

void identity_system(struct identity_principal *principal) {
    memset(principal, 0, sizeof(*principal));
    memcpy(principal->id, "system", sizeof("system"));
    memcpy(principal->role, "system", sizeof("system"));
}
