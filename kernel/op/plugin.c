/* Taking a descriptor in: everything it declares, owned by its name. */
#include "op/internal.h"
#include "json/json.h"

static mx_status taken(struct mx_error *err, const char *plugin, const char *what, const char *name) {
    return base_fail(err, MX_E_BAD_PLUGIN, NULL, "Plugin \"%s\": the %s \"%s\" is registered already.", plugin, what, name);
}

static mx_status check_free_names(const struct op_kernel *op, const struct mx_plugin *plugin, struct mx_error *err) {
    uint32_t i;
    if (op_owner_find(op, plugin->name))
        return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin \"%s\" is registered already.", plugin->name);
    for (i = 0; plugin->ops && plugin->ops[i]; i++)
        if (base_map_get(&op->ops, mx_str_of(plugin->ops[i]->name))) return taken(err, plugin->name, "operation", plugin->ops[i]->name);
    for (i = 0; plugin->events && plugin->events[i]; i++)
        if (base_map_get(&op->topics, mx_str_of(plugin->events[i]->name)))
            return taken(err, plugin->name, "event", plugin->events[i]->name);
    for (i = 0; plugin->jobs && plugin->jobs[i]; i++)
        if (base_map_get(&op->jobs, mx_str_of(plugin->jobs[i]->name))) return taken(err, plugin->name, "job", plugin->jobs[i]->name);
    for (i = 0; plugin->subscriptions && plugin->subscriptions[i]; i++)
        if ((plugin->subscriptions[i]->flags & MX_FOLLOW) && base_map_get(&op->cursors, mx_str_of(plugin->subscriptions[i]->name)))
            return taken(err, plugin->name, "follower", plugin->subscriptions[i]->name);
    return MX_OK;
}

/* Everyone who asks a point declares it; all declarations must say the same. */
static mx_status check_points(const struct op_kernel *op, const struct mx_plugin *plugin, struct mx_error *err) {
    uint32_t i;
    for (i = 0; plugin->points && plugin->points[i]; i++) {
        const struct mx_point *mine = plugin->points[i];
        const struct op_point *known = base_map_get(&op->points, mx_str_of(mine->name));
        if (known &&
            (known->def.mode != mine->mode || !json_types_equal(known->def.in, mine->in) || !json_types_equal(known->def.out, mine->out)))
            return base_fail(err, MX_E_BAD_PLUGIN, NULL, "Plugin \"%s\": the extension point \"%s\" is declared otherwise by \"%s\".",
                             plugin->name, mine->name, known->owner->plugin.name);
    }
    return MX_OK;
}

static mx_status prepare_type(const struct mx_plugin *plugin, const struct mx_type *type, struct mx_error *err) {
    struct mx_error why = {0};
    if (!type || json_prepare(type, &why) == MX_OK) return MX_OK;
    return base_fail(err, MX_E_BAD_PLUGIN, why.field, "Plugin \"%s\", type \"%s\": %s", plugin->name, type->name ? type->name : "?",
                     why.message);
}

static mx_status prepare_pair(const struct mx_plugin *plugin, const struct mx_type *in, const struct mx_type *out, struct mx_error *err) {
    mx_status st = prepare_type(plugin, in, err);
    return st == MX_OK ? prepare_type(plugin, out, err) : st;
}

static mx_status prepare_types(const struct mx_plugin *plugin, struct mx_error *err) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && plugin->ops && plugin->ops[i]; i++) st = prepare_pair(plugin, plugin->ops[i]->in, plugin->ops[i]->out, err);
    for (i = 0; st == MX_OK && plugin->uses && plugin->uses[i]; i++)
        st = prepare_pair(plugin, plugin->uses[i]->in, plugin->uses[i]->out, err);
    for (i = 0; st == MX_OK && plugin->points && plugin->points[i]; i++)
        st = prepare_pair(plugin, plugin->points[i]->in, plugin->points[i]->out, err);
    for (i = 0; st == MX_OK && plugin->answers && plugin->answers[i]; i++)
        st = prepare_pair(plugin, plugin->answers[i]->in, plugin->answers[i]->out, err);
    for (i = 0; st == MX_OK && plugin->events && plugin->events[i]; i++) st = prepare_type(plugin, plugin->events[i]->type, err);
    for (i = 0; st == MX_OK && plugin->subscriptions && plugin->subscriptions[i]; i++)
        st = prepare_type(plugin, plugin->subscriptions[i]->type, err);
    return st;
}

static mx_status add_tables(struct op_kernel *op, const struct mx_plugin *plugin, struct mx_error *err) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && plugin->tables && plugin->tables[i]; i++)
        st = store_table_add(op->opts.store, plugin->name, plugin->tables[i], err);
    if (st == MX_OK || i == 0) return st;
    for (i--; i > 0; i--) store_table_remove(op->opts.store, plugin->tables[i - 1]);
    identity_ungrant(op->opts.identity, plugin->name);
    return st;
}

static mx_status add_grants(struct op_kernel *op, const struct mx_plugin *plugin, struct mx_error *err) {
    struct mx_error why = {0};
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && plugin->grants && plugin->grants[i]; i++)
        st = identity_grant(op->opts.identity, plugin->name, plugin->grants[i], &why);
    if (st == MX_OK) return st;
    identity_ungrant(op->opts.identity, plugin->name);
    return base_fail(err, MX_E_BAD_PLUGIN, NULL, "Plugin \"%s\": %s", plugin->name, why.message);
}

int op_get_allowed(const struct mx_op *def) {
    return (def->flags & MX_OP_QUERY) && !(def->flags & (MX_OP_INTERNAL | MX_OP_BURNS)) && !op_type_has(def->in, MX_PII | MX_SECRET);
}

static void add_ops(struct op_kernel *op, struct op_owner *owner) {
    const struct mx_plugin *plugin = &owner->plugin;
    uint32_t i;
    while (plugin->ops && plugin->ops[owner->op_count]) owner->op_count++;
    owner->ops = base_arena_alloc(owner->arena, (owner->op_count + 1) * sizeof(*owner->ops));
    for (i = 0; i < owner->op_count; i++) {
        struct op_reg *reg = &owner->ops[i];
        op_copy_sized(&reg->def, sizeof(reg->def), plugin->ops[i], plugin->ops[i]->size);
        reg->owner = owner;
        reg->figures = base_arena_alloc(owner->arena, sizeof(*reg->figures));
        reg->personal = op_type_has(reg->def.out, MX_PII);
        reg->words = op_type_has(reg->def.in, MX_FREE_TEXT);
        reg->entry.def = &reg->def;
        reg->entry.owner = plugin->name;
        reg->entry.get_allowed = op_get_allowed(&reg->def);
        base_map_set(&op->ops, mx_str_of(reg->def.name), reg);
    }
}

static void add_the_rest(struct op_kernel *op, struct op_owner *owner) {
    const struct mx_plugin *plugin = &owner->plugin;
    uint32_t i;
    for (i = 0; plugin->points && plugin->points[i]; i++) {
        struct op_point *point;
        if (base_map_get(&op->points, mx_str_of(plugin->points[i]->name))) continue;
        point = base_arena_alloc(owner->arena, sizeof(*point));
        op_copy_sized(&point->def, sizeof(point->def), plugin->points[i], plugin->points[i]->size);
        point->owner = owner;
        base_map_set(&op->points, mx_str_of(point->def.name), point);
    }
    for (i = 0; plugin->events && plugin->events[i]; i++) {
        struct op_topic *topic = base_arena_alloc(owner->arena, sizeof(*topic));
        op_copy_sized(&topic->def, sizeof(topic->def), plugin->events[i], plugin->events[i]->size);
        topic->owner = owner;
        base_map_set(&op->topics, mx_str_of(topic->def.name), topic);
    }
    for (i = 0; plugin->jobs && plugin->jobs[i]; i++) {
        struct op_job *job = base_arena_alloc(owner->arena, sizeof(*job));
        job->def = plugin->jobs[i];
        job->owner = owner;
        base_map_set(&op->jobs, mx_str_of(job->def->name), job);
    }
    for (i = 0; plugin->subscriptions && plugin->subscriptions[i]; i++)
        if (plugin->subscriptions[i]->flags & MX_FOLLOW) base_map_set(&op->cursors, mx_str_of(plugin->subscriptions[i]->name), owner);
}

mx_status op_plugin_add(struct op_kernel *op, const struct mx_plugin *given, struct mx_error *err) {
    struct mx_plugin plugin;
    struct op_owner *owner, **last;
    mx_status st;
    op_copy_sized(&plugin, sizeof(plugin), given, given->size);
    st = op_plugin_check(&plugin, err);
    if (st == MX_OK) st = check_free_names(op, &plugin, err);
    if (st == MX_OK) st = prepare_types(&plugin, err);
    if (st == MX_OK) st = check_points(op, &plugin, err);
    if (st == MX_OK) st = add_grants(op, &plugin, err);
    if (st == MX_OK) st = add_tables(op, &plugin, err);
    if (st != MX_OK) return st;

    op_thaw(op);
    struct base_arena *arena = base_arena_new(2048);
    owner = base_arena_alloc(arena, sizeof(*owner));
    owner->arena = arena;
    owner->plugin = plugin;
    for (last = &op->owners; *last; last = &(*last)->next) continue;
    *last = owner;
    add_ops(op, owner);
    add_the_rest(op, owner);
    return MX_OK;
}

void op_plugin_remove(struct op_kernel *op, const char *name) {
    struct op_owner *owner = op_owner_find(op, name), **at;
    uint32_t i;
    if (!owner) return;
    op_thaw(op);
    for (i = 0; i < owner->op_count; i++) base_map_remove(&op->ops, mx_str_of(owner->ops[i].def.name));
    for (i = 0; owner->plugin.points && owner->plugin.points[i]; i++) {
        const struct op_point *point = base_map_get(&op->points, mx_str_of(owner->plugin.points[i]->name));
        if (point && point->owner == owner) base_map_remove(&op->points, mx_str_of(owner->plugin.points[i]->name));
    }
    for (i = 0; owner->plugin.events && owner->plugin.events[i]; i++)
        base_map_remove(&op->topics, mx_str_of(owner->plugin.events[i]->name));
    for (i = 0; owner->plugin.jobs && owner->plugin.jobs[i]; i++) base_map_remove(&op->jobs, mx_str_of(owner->plugin.jobs[i]->name));
    for (i = 0; owner->plugin.subscriptions && owner->plugin.subscriptions[i]; i++)
        if (owner->plugin.subscriptions[i]->flags & MX_FOLLOW)
            base_map_remove(&op->cursors, mx_str_of(owner->plugin.subscriptions[i]->name));
    for (i = 0; owner->plugin.tables && owner->plugin.tables[i]; i++) store_table_remove(op->opts.store, owner->plugin.tables[i]);
    identity_ungrant(op->opts.identity, name);
    for (at = &op->owners; *at != owner; at = &(*at)->next) continue;
    *at = owner->next;
    base_arena_free(owner->arena);
}
