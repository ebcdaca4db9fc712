/* Plans by the address of their type. Reading takes no lock: a table is only ever added to, and a larger one replaces it
 * while readers may still walk the old. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "json/internal.h"

#define DEEPEST     8u
#define FIRST_SLOTS 256u

struct table {
    struct table *older;
    uint32_t cap; /* a power of two */
    uint32_t count;
    _Atomic(struct json_plan *) slots[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct table *) newest;

static uint32_t slot_of(const struct table *table, const struct mx_type *type) {
    uint64_t address = (uint64_t)(uintptr_t)type;
    return (uint32_t)((address * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & (table->cap - 1);
}

static struct json_plan *find(struct table *table, const struct mx_type *type) {
    struct json_plan *plan;
    uint32_t i;
    if (table == NULL) return NULL;
    for (i = slot_of(table, type);; i = (i + 1) & (table->cap - 1)) {
        plan = atomic_load_explicit(&table->slots[i], memory_order_acquire);
        if (plan == NULL || plan->type == type) return plan;
    }
}

static void insert(struct table *table, struct json_plan *plan) {
    uint32_t i = slot_of(table, plan->type);
    while (atomic_load_explicit(&table->slots[i], memory_order_relaxed)) i = (i + 1) & (table->cap - 1);
    atomic_store_explicit(&table->slots[i], plan, memory_order_release);
    table->count++;
}

/* The table, grown when it is half full. Under the lock. */
static struct table *table_with_room(void) {
    struct table *old = atomic_load(&newest), *grown;
    uint32_t cap = old ? old->cap * 2 : FIRST_SLOTS, i;
    if (old && old->count * 2 < old->cap) return old;
    grown = calloc(1, sizeof(*grown) + cap * sizeof(grown->slots[0]));
    if (grown == NULL) abort();
    grown->cap = cap;
    grown->older = old;
    for (i = 0; old && i < old->cap; i++) {
        struct json_plan *plan = atomic_load(&old->slots[i]);
        if (plan) insert(grown, plan);
    }
    atomic_store_explicit(&newest, grown, memory_order_release);
    return grown;
}

/* A type that contains itself, or too deep a nest, is found before plans are made. */
static mx_status check_depth(const struct mx_type *type, uint32_t depth, struct mx_error *err) {
    uint32_t i;
    mx_status st = MX_OK;
    if (depth > DEEPEST) {
        return base_fail(err, MX_E_INTERNAL, NULL, "the field table of %s is wrong: types are nested deeper than %u",
                         type->name ? type->name : "a type", DEEPEST);
    }
    for (i = 0; i < type->field_count && st == MX_OK; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (field->type && (field->kind == MX_KIND_STRUCT || field->kind == MX_KIND_LIST)) st = check_depth(field->type, depth + 1, err);
    }
    return st;
}

static struct json_plan *plan_make(const struct mx_type *type, struct mx_error *err) {
    struct json_plan *plan, *other;
    if (check_depth(type, 1, err)) return NULL;
    plan = json_plan_new(type, err); /* comes back here for child types, so not under the lock */
    if (plan == NULL) return NULL;
    pthread_mutex_lock(&lock);
    other = find(atomic_load(&newest), type);
    if (other == NULL) insert(table_with_room(), plan);
    pthread_mutex_unlock(&lock);
    if (other == NULL) return plan;
    json_plan_free(plan);
    return other;
}

const struct json_plan *json_plan_of(const struct mx_type *type, struct mx_error *err) {
    const struct json_plan *plan = find(atomic_load_explicit(&newest, memory_order_acquire), type);
    return plan ? plan : plan_make(type, err);
}

mx_status json_prepare(const struct mx_type *type, struct mx_error *err) { return json_plan_of(type, err) ? MX_OK : MX_E_INTERNAL; }

void json_fini(void) {
    struct table *table = atomic_load(&newest);
    uint32_t i;
    for (i = 0; table && i < table->cap; i++) json_plan_free(atomic_load(&table->slots[i]));
    while (table) {
        struct table *older = table->older;
        free(table);
        table = older;
    }
    atomic_store(&newest, NULL);
}
