/* What the shop itself says: roles of its own, additions to the program's, and what needs a second person. Kept in memory
 * so that a permission check reads nothing; read again when the store says that something changed. */
#include "identity/customer.h"

static const char *keep(struct base_arena *arena, struct mx_str text) { return base_arena_dup(arena, text).ptr; }

static mx_status load_roles(struct store_view *view, struct identity_own *own) {
    struct mx_scan *scan = NULL;
    void *record = NULL;
    uint32_t i;
    mx_status st = store_scan_open(view, &identity_roles, NULL, NULL, &scan, NULL);
    while (st == MX_OK && (st = store_scan_next(scan, &record, NULL)) == MX_OK) {
        const struct identity_role *from = record;
        struct identity_own_role *role = base_arena_alloc(own->arena, sizeof(*role));
        role->code = keep(own->arena, from->code);
        role->permissions = base_arena_alloc(own->arena, (from->permissions.count + 2) * sizeof(*role->permissions));
        for (i = 0; i < from->permissions.count; i++) role->permissions[i] = keep(own->arena, mx_list_str(&from->permissions, i));
        role->permissions[i] = "identity.self";
        role->next = own->roles;
        own->roles = role;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status load_policies(struct store_view *view, struct identity_own *own) {
    struct mx_scan *scan = NULL;
    void *record = NULL;
    mx_status st = store_scan_open(view, &identity_policies, NULL, NULL, &scan, NULL);
    while (st == MX_OK && (st = store_scan_next(scan, &record, NULL)) == MX_OK) {
        const struct identity_policy *from = record;
        struct identity_own_policy *policy = base_arena_alloc(own->arena, sizeof(*policy));
        policy->act = keep(own->arena, from->act);
        policy->above = from->above;
        policy->permission = keep(own->arena, from->permission);
        policy->next = own->policies;
        own->policies = policy;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* A reader with an older snapshot must not bring back what was taken away: only newer states replace. */
static void replace(struct identity *identity, struct identity_own *fresh) {
    struct base_arena *old = fresh->arena;
    pthread_rwlock_wrlock(&identity->own_lock);
    if (fresh->state > identity->own.state) {
        old = identity->own.arena;
        identity->own = *fresh;
        atomic_store(&identity->own_roles, fresh->roles != NULL);
    }
    pthread_rwlock_unlock(&identity->own_lock);
    base_arena_free(old);
}

static uint64_t state_of(struct identity *identity) {
    uint64_t state;
    pthread_rwlock_rdlock(&identity->own_lock);
    state = identity->own.state;
    pthread_rwlock_unlock(&identity->own_lock);
    return state;
}

static mx_status look(struct identity *identity, struct store_view *view) {
    struct identity_own fresh = {0};
    int64_t state = 0;
    mx_status st = identity_count_get(view, IDENTITY_COUNT_ROLES, &state);
    if (st != MX_OK || (uint64_t)state <= state_of(identity)) return st;
    fresh.state = (uint64_t)state;
    fresh.arena = base_arena_new(1024);
    st = load_roles(view, &fresh);
    if (st == MX_OK) st = load_policies(view, &fresh);
    if (st == MX_OK) st = identity_customer_limits_load(identity, view);
    if (st == MX_OK)
        replace(identity, &fresh);
    else
        base_arena_free(fresh.arena);
    return st;
}

mx_status identity_notice(struct identity *identity, struct store_view *view, uint64_t *gen) {
    int64_t now = 0;
    uint_fast64_t seen = atomic_load(&identity->own_seen);
    mx_status st = identity_count_get(view, IDENTITY_COUNT_KEYS, &now);
    if (st != MX_OK) return st;
    *gen = (uint64_t)now;
    if ((uint64_t)now <= seen) return MX_OK;
    st = look(identity, view);
    while (st == MX_OK && seen < (uint64_t)now && !atomic_compare_exchange_weak(&identity->own_seen, &seen, (uint64_t)now)) continue;
    return st;
}

void identity_own_fini(struct identity *identity) {
    base_arena_free(identity->own.arena);
    memset(&identity->own, 0, sizeof(identity->own));
}

static const struct identity_own_role *find_role(const struct identity *identity, struct mx_str code) {
    const struct identity_own_role *role = identity->own.roles;
    while (role && !mx_str_is(code, role->code)) role = role->next;
    return role;
}

int identity_own_allowed(struct identity *identity, const char *code, const char *permission) {
    const struct identity_own_role *role;
    uint32_t i;
    int allowed = 0;
    if (!atomic_load_explicit(&identity->own_roles, memory_order_relaxed)) return 0;
    pthread_rwlock_rdlock(&identity->own_lock);
    role = find_role(identity, mx_str_of(code));
    for (i = 0; role && !allowed && role->permissions[i]; i++) allowed = identity_holds(role->permissions[i], permission);
    pthread_rwlock_unlock(&identity->own_lock);
    return allowed;
}

/* Nobody may have asked for anything yet. */
static void notice_now(struct identity *identity) {
    struct base_arena *arena = base_arena_new(1024);
    struct store_view *view;
    uint64_t gen;
    if (store_read_begin(identity->store, arena, &view) == MX_OK) {
        if (identity_notice(identity, view, &gen) != MX_OK) atomic_store(&identity->own_seen, 0);
        store_read_end(view);
    }
    base_arena_free(arena);
}

static int own_known(struct identity *identity, struct mx_str code) {
    int known;
    pthread_rwlock_rdlock(&identity->own_lock);
    known = find_role(identity, code) != NULL;
    pthread_rwlock_unlock(&identity->own_lock);
    return known;
}

int identity_role_known(struct identity *identity, struct mx_str code) {
    if (identity_role_built_in(code) || own_known(identity, code)) return 1;
    notice_now(identity);
    return own_known(identity, code);
}

int identity_policy_asks(struct identity *identity, const char *act, int64_t amount, char permission[64]) {
    const struct identity_own_policy *policy;
    int asks;
    pthread_rwlock_rdlock(&identity->own_lock);
    policy = identity->own.policies;
    while (policy && strcmp(policy->act, act) != 0) policy = policy->next;
    asks = policy && (amount == 0 || amount > policy->above);
    if (asks) identity_take_text(permission, 64, mx_str_of(policy->permission));
    pthread_rwlock_unlock(&identity->own_lock);
    return asks;
}
