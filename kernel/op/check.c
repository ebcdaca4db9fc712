/* What a descriptor must be like before anything of it is taken in. */
#include "op/internal.h"

#define NAME_MAX_BYTES 64

static int name_valid(const char *name, int dotted) {
    size_t i, dots = 0;
    if (!name || !name[0]) return 0;
    for (i = 0; name[i]; i++) {
        char c = name[i];
        if (c == '.' && (i == 0 || name[i - 1] == '.' || !name[i + 1])) return 0;
        if (c == '.')
            dots++;
        else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return 0;
    }
    return i <= NAME_MAX_BYTES && (dotted ? dots > 0 : dots == 0);
}

static int type_has_below(const struct mx_type *type, uint16_t flags, int depth) {
    uint32_t i;
    if (!type || depth > 8) return 0;
    for (i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (field->flags & flags) return 1;
        if ((field->kind == MX_KIND_STRUCT || field->kind == MX_KIND_LIST) && type_has_below(field->type, flags, depth + 1)) return 1;
    }
    return 0;
}

/* 1 when a field of the type, or of one below it, has one of the flags. */
int op_type_has(const struct mx_type *type, uint16_t flags) { return type_has_below(type, flags, 0); }

/* What is hashed of an input leaves its secrets out by name: see op_hash_body(). */
static int has_deep_secret(const struct mx_type *type) {
    uint32_t i;
    for (i = 0; type && i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if ((field->flags & MX_SECRET) && field->kind != MX_KIND_STR) return 1;
        if ((field->kind == MX_KIND_STRUCT || field->kind == MX_KIND_LIST) && op_type_has(field->type, MX_SECRET)) return 1;
    }
    return 0;
}

#define REFUSE(...) return base_fail(err, MX_E_BAD_PLUGIN, NULL, __VA_ARGS__)

static mx_status check_op(const struct mx_plugin *plugin, const struct mx_op *op, struct mx_error *err) {
    const char *owner = plugin->name;
    if (op->size < offsetof(struct mx_op, since)) REFUSE("Plugin \"%s\": an operation has no size.", owner);
    if (!name_valid(op->name, 1)) REFUSE("Plugin \"%s\": \"%s\" is no name for an operation.", owner, op->name ? op->name : "");
    if (!op->handler) REFUSE("Plugin \"%s\": the operation \"%s\" has no handler.", owner, op->name);
    if (!(op->flags & (MX_OP_INTERNAL | MX_OP_PUBLIC)) && (!op->permission || !op->permission[0]))
        REFUSE("Plugin \"%s\": the operation \"%s\" names no permission.", owner, op->name);
    if ((op->flags & (MX_OP_HEAVY | MX_OP_BURNS)) && !(op->flags & MX_OP_QUERY))
        REFUSE("Plugin \"%s\": \"%s\" is a command, and only a query can be heavy or burning.", owner, op->name);
    if ((op->flags & MX_OP_HEAVY) && (op->flags & MX_OP_BURNS) && !op->prepare)
        REFUSE("Plugin \"%s\": \"%s\" is heavy and burning, so `prepare` must do the work and the handler burn.", owner, op->name);
    if (op->size >= sizeof(*op) && !op_own_valid(op))
        REFUSE("Plugin \"%s\": \"%s\" says that \"%s\" of its input is whom it is about, but that is no member or person.", owner, op->name,
               op->own);
    if (!op_hook_valid(op))
        REFUSE("Plugin \"%s\": \"%s\" is a hook, so it must be a public command that takes mx_hook_type.", owner, op->name);
    if (has_deep_secret(op->in))
        REFUSE("Plugin \"%s\": secret fields of the input of \"%s\" must be texts at its top level.", owner, op->name);
    if (op_type_has(op->out, MX_SECRET)) REFUSE("Plugin \"%s\": the answer of \"%s\" must not hold secret fields.", owner, op->name);
    if (!(op->flags & MX_OP_QUERY) && op_type_has(op->out, MX_PII))
        REFUSE("Plugin \"%s\": the answer of the command \"%s\" must not hold personal fields; answer ids.", owner, op->name);
    return MX_OK;
}

static mx_status check_ops(const struct mx_plugin *plugin, struct mx_error *err) {
    mx_status st = MX_OK;
    uint32_t i, k;
    for (i = 0; st == MX_OK && plugin->ops && plugin->ops[i]; i++) {
        st = check_op(plugin, plugin->ops[i], err);
        for (k = 0; st == MX_OK && k < i; k++)
            if (strcmp(plugin->ops[k]->name, plugin->ops[i]->name) == 0)
                REFUSE("Plugin \"%s\" declares the operation \"%s\" twice.", plugin->name, plugin->ops[i]->name);
    }
    return st;
}

static mx_status check_events(const struct mx_plugin *plugin, struct mx_error *err) {
    uint32_t i, k;
    for (i = 0; plugin->events && plugin->events[i]; i++) {
        const struct mx_event_def *event = plugin->events[i];
        if (event->size < sizeof(*event) || !name_valid(event->name, 1) || !event->type)
            REFUSE("Plugin \"%s\": \"%s\" is no event; it needs a name with a dot and a type.", plugin->name,
                   event->name ? event->name : "");
        if (op_type_has(event->type, MX_PII | MX_SECRET))
            REFUSE("Plugin \"%s\": the event \"%s\" must not hold personal or secret fields; give ids.", plugin->name, event->name);
        for (k = 0; k < i; k++)
            if (strcmp(plugin->events[k]->name, event->name) == 0)
                REFUSE("Plugin \"%s\" declares the event \"%s\" twice.", plugin->name, event->name);
    }
    for (i = 0; plugin->subscriptions && plugin->subscriptions[i]; i++) {
        const struct mx_subscription *sub = plugin->subscriptions[i];
        int any = sub->size >= offsetof(struct mx_subscription, name) && sub->event && strcmp(sub->event, MX_EVENT_ANY) == 0;
        if (sub->size < offsetof(struct mx_subscription, name) || !sub->event || (!sub->type && !any) || !sub->fn)
            REFUSE("Plugin \"%s\": a subscription needs an event, a type and a function.", plugin->name);
        if (any && (sub->type || !(sub->flags & MX_FOLLOW)))
            REFUSE("Plugin \"%s\": who hears every event follows the log, and gets the data as text, without a type.", plugin->name);
        if ((sub->flags & MX_FOLLOW) && (sub->size < sizeof(*sub) || !sub->name || !sub->name[0]))
            REFUSE("Plugin \"%s\": the follower of \"%s\" needs a name for its cursor.", plugin->name, sub->event);
        for (k = 0; (sub->flags & MX_FOLLOW) && k < i; k++)
            if ((plugin->subscriptions[k]->flags & MX_FOLLOW) && strcmp(plugin->subscriptions[k]->name, sub->name) == 0)
                REFUSE("Plugin \"%s\" has two followers named \"%s\".", plugin->name, sub->name);
    }
    return MX_OK;
}

static mx_status check_points(const struct mx_plugin *plugin, struct mx_error *err) {
    uint32_t i, k;
    for (i = 0; plugin->points && plugin->points[i]; i++) {
        const struct mx_point *point = plugin->points[i];
        if (point->size < sizeof(*point) || !name_valid(point->name, 1) || !point->in)
            REFUSE("Plugin \"%s\": \"%s\" is no extension point; it needs a name with a dot and an input.", plugin->name,
                   point->name ? point->name : "");
        if (point->mode < MX_POINT_FIRST || point->mode > MX_POINT_COLLECT || (point->mode != MX_POINT_VETO && !point->out))
            REFUSE("Plugin \"%s\": the extension point \"%s\" has no such mode, or no answer type.", plugin->name, point->name);
        for (k = 0; k < i; k++)
            if (strcmp(plugin->points[k]->name, point->name) == 0)
                REFUSE("Plugin \"%s\" declares the extension point \"%s\" twice.", plugin->name, point->name);
    }
    for (i = 0; plugin->answers && plugin->answers[i]; i++) {
        const struct mx_answer *answer = plugin->answers[i];
        if (answer->size < sizeof(*answer) || !answer->point || !answer->in || !answer->fn)
            REFUSE("Plugin \"%s\": an answer needs a point, an input and a function.", plugin->name);
    }
    return MX_OK;
}

static mx_status check_uses_and_jobs(const struct mx_plugin *plugin, struct mx_error *err) {
    uint32_t i, k;
    for (i = 0; plugin->uses && plugin->uses[i]; i++)
        if (!name_valid(plugin->uses[i]->op, 1)) REFUSE("Plugin \"%s\" uses an operation without a proper name.", plugin->name);
    for (i = 0; plugin->jobs && plugin->jobs[i]; i++) {
        const struct mx_job *job = plugin->jobs[i];
        if (job->size < sizeof(*job) || !name_valid(job->name, 1) || !job->step)
            REFUSE("Plugin \"%s\": a job needs a name with a dot and a step.", plugin->name);
        for (k = 0; k < i; k++)
            if (strcmp(plugin->jobs[k]->name, job->name) == 0)
                REFUSE("Plugin \"%s\" declares the job \"%s\" twice.", plugin->name, job->name);
    }
    for (i = 0; plugin->checks && plugin->checks[i]; i++)
        if (!plugin->checks[i]->name || !plugin->checks[i]->fn) REFUSE("Plugin \"%s\": a check needs a name and a function.", plugin->name);
    return MX_OK;
}

mx_status op_plugin_check(const struct mx_plugin *plugin, struct mx_error *err) {
    mx_status st;
    if (!name_valid(plugin->name, 0))
        REFUSE("\"%s\" is no name for a plugin; use small letters, digits and _.", plugin->name ? plugin->name : "");
    st = check_ops(plugin, err);
    if (st == MX_OK) st = check_events(plugin, err);
    if (st == MX_OK) st = check_points(plugin, err);
    if (st == MX_OK) st = check_uses_and_jobs(plugin, err);
    return st;
}
