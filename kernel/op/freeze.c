/* The end of registration: names become addresses, types are compared once. */
#include <stdlib.h>

#include "op/internal.h"
#include "json/json.h"

void op_thaw(struct op_kernel *op) {
    op->is_frozen = 0;
    op->sorted_count = 0;
    op->follower_count = 0;
    base_map_fini(&op->links);
    base_map_init(&op->links);
    base_arena_reset(op->frozen);
}

static int by_name(const void *a, const void *b) {
    const struct op_reg *const *x = a, *const *y = b;
    return strcmp((*x)->def.name, (*y)->def.name);
}

static void sort_ops(struct op_kernel *op) {
    struct op_owner *owner;
    uint32_t i, count = 0;
    for (owner = op->owners; owner; owner = owner->next) count += owner->op_count;
    op->sorted = base_arena_alloc(op->frozen, (count + 1) * sizeof(*op->sorted));
    for (owner = op->owners; owner; owner = owner->next)
        for (i = 0; i < owner->op_count; i++) op->sorted[op->sorted_count++] = &owner->ops[i];
    qsort(op->sorted, count, sizeof(*op->sorted), by_name);
}

static const struct mx_field *field_named(const struct mx_type *type, const char *name) {
    uint32_t i;
    for (i = 0; i < type->field_count; i++)
        if (strcmp(mx_type_field(type, i)->name, name) == 0) return mx_type_field(type, i);
    return NULL;
}

/* May values of `from` be copied to `to` by name? Same kinds where both have a member, and nothing required left out. */
static mx_status check_fit(const struct mx_type *from, const struct mx_type *to, const char *who, const char *what, struct mx_error *err) {
    uint32_t i;
    if (!from || !to) return MX_OK;
    for (i = 0; i < to->field_count; i++) {
        const struct mx_field *want = mx_type_field(to, i), *have = field_named(from, want->name);
        if (!have && (want->flags & MX_REQUIRED))
            return base_fail(err, MX_E_BAD_PLUGIN, want->name,
                             "Plugin \"%s\", \"%s\": the member \"%s\" is required on one side and unknown on the other.", who, what,
                             want->name);
        if (have && have->kind != want->kind)
            return base_fail(err, MX_E_BAD_PLUGIN, want->name, "Plugin \"%s\", \"%s\": the member \"%s\" has two different kinds.", who,
                             what, want->name);
    }
    return MX_OK;
}

static mx_status link_use(struct op_kernel *op, struct op_owner *owner, const struct mx_use *use, struct mx_error *err) {
    struct op_link *link = base_arena_alloc(op->frozen, sizeof(*link));
    mx_status st = MX_OK;
    link->use = use;
    link->from = owner;
    link->to = base_map_get(&op->ops, mx_str_of(use->op));
    if (link->to) {
        link->same_in = op_types_same(op, use->in, link->to->def.in);
        link->same_out = op_types_same(op, use->out, link->to->def.out);
        if (!link->same_in) st = check_fit(use->in, link->to->def.in, owner->plugin.name, use->op, err);
        if (st == MX_OK && !link->same_out) st = check_fit(link->to->def.out, use->out, owner->plugin.name, use->op, err);
    }
    base_map_set(&op->links, mx_str_n((const char *)&link->use, sizeof(link->use)), link);
    return st;
}

static int answer_order(const void *a, const void *b) {
    const struct op_answerer *x = a, *y = b;
    if (x->def.priority != y->def.priority) return x->def.priority < y->def.priority ? -1 : 1;
    return strcmp(x->owner->plugin.name, y->owner->plugin.name);
}

static mx_status add_answer(struct op_kernel *op, struct op_point *point, struct op_owner *owner, const struct mx_answer *def,
                            struct mx_error *err) {
    struct op_answerer *answer = &point->answers[point->count++];
    mx_status st = MX_OK;
    op_copy_sized(&answer->def, sizeof(answer->def), def, def->size);
    answer->owner = owner;
    answer->same_in = op_types_same(op, point->def.in, def->in);
    answer->same_out = op_types_same(op, point->def.out, def->out);
    if (!answer->same_in) st = check_fit(point->def.in, def->in, owner->plugin.name, def->point, err);
    if (st == MX_OK && !answer->same_out) st = check_fit(def->out, point->def.out, owner->plugin.name, def->point, err);
    return st;
}

static mx_status gather_answers(struct op_kernel *op, struct op_point *point, struct mx_error *err) {
    struct op_owner *owner;
    uint32_t i, count = 0;
    mx_status st = MX_OK;
    for (owner = op->owners; owner; owner = owner->next)
        for (i = 0; owner->plugin.answers && owner->plugin.answers[i]; i++) count++;
    point->count = 0;
    point->answers = base_arena_alloc(op->frozen, (count + 1) * sizeof(*point->answers));
    for (owner = op->owners; st == MX_OK && owner; owner = owner->next)
        for (i = 0; st == MX_OK && owner->plugin.answers && owner->plugin.answers[i]; i++)
            if (strcmp(owner->plugin.answers[i]->point, point->def.name) == 0)
                st = add_answer(op, point, owner, owner->plugin.answers[i], err);
    qsort(point->answers, point->count, sizeof(*point->answers), answer_order);
    return st;
}

static int listener_order(const void *a, const void *b) {
    const struct op_listener *x = a, *y = b;
    if (x->def.priority != y->def.priority) return x->def.priority < y->def.priority ? -1 : 1;
    return strcmp(x->owner->plugin.name, y->owner->plugin.name);
}

static uint32_t count_subscriptions(const struct op_kernel *op) {
    const struct op_owner *owner;
    uint32_t i, count = 0;
    for (owner = op->owners; owner; owner = owner->next)
        for (i = 0; owner->plugin.subscriptions && owner->plugin.subscriptions[i]; i++) count++;
    return count;
}

static mx_status gather_listeners(struct op_kernel *op, struct op_topic *topic, struct mx_error *err) {
    struct op_owner *owner;
    mx_status st = MX_OK;
    uint32_t i;
    topic->count = 0;
    topic->listeners = base_arena_alloc(op->frozen, (count_subscriptions(op) + 1) * sizeof(*topic->listeners));
    for (owner = op->owners; st == MX_OK && owner; owner = owner->next)
        for (i = 0; st == MX_OK && owner->plugin.subscriptions && owner->plugin.subscriptions[i]; i++) {
            const struct mx_subscription *sub = owner->plugin.subscriptions[i];
            if (strcmp(sub->event, topic->def.name) != 0) continue;
            st = check_fit(topic->def.type, sub->type, owner->plugin.name, sub->event, err);
            if (sub->flags & MX_FOLLOW) continue;
            op_copy_sized(&topic->listeners[topic->count].def, sizeof(struct mx_subscription), sub, sub->size);
            topic->listeners[topic->count++].owner = owner;
        }
    qsort(topic->listeners, topic->count, sizeof(*topic->listeners), listener_order);
    return st;
}

static void gather_followers(struct op_kernel *op) {
    struct op_owner *owner;
    uint32_t i;
    op->followers = base_arena_alloc(op->frozen, (count_subscriptions(op) + 1) * sizeof(*op->followers));
    for (owner = op->owners; owner; owner = owner->next)
        for (i = 0; owner->plugin.subscriptions && owner->plugin.subscriptions[i]; i++) {
            const struct mx_subscription *sub = owner->plugin.subscriptions[i];
            struct op_follower *follower = &op->followers[op->follower_count];
            if (!(sub->flags & MX_FOLLOW)) continue;
            op_copy_sized(&follower->listener.def, sizeof(follower->listener.def), sub, sub->size);
            follower->listener.owner = owner;
            op->follower_count++;
        }
}

mx_status op_freeze(struct op_kernel *op, struct mx_error *err) {
    struct op_owner *owner;
    struct mx_str name;
    void *value;
    uint32_t i, at;
    mx_status st = MX_OK;
    op_thaw(op);
    sort_ops(op);
    for (owner = op->owners; st == MX_OK && owner; owner = owner->next)
        for (i = 0; st == MX_OK && owner->plugin.uses && owner->plugin.uses[i]; i++) st = link_use(op, owner, owner->plugin.uses[i], err);
    for (at = 0; st == MX_OK && base_map_next(&op->points, &at, &name, &value);) st = gather_answers(op, value, err);
    for (at = 0; st == MX_OK && base_map_next(&op->topics, &at, &name, &value);) st = gather_listeners(op, value, err);
    gather_followers(op);
    op->is_frozen = st == MX_OK;
    return st;
}
