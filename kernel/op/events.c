/* Events: written to the log at once, given to the subscribers after the handler, all in the command's own write set. */
#include "base/log.h"
#include "op/internal.h"
#include "json/json.h"

static const struct op_topic *topic_of(struct op_ctx *ctx, const struct mx_event_def *event) {
    const struct op_topic *topic = base_map_get(&ctx->op->topics, mx_str_of(event->name));
    if (!topic || topic->owner != ctx->owner || !op_types_same(ctx->op, event->type, topic->def.type)) return NULL;
    return topic;
}

static mx_status append_to_log(struct op_ctx *ctx, const struct op_topic *topic, struct mx_str data) {
    struct bus_entry entry = {0};
    entry.at_ms = ctx->pub.now_ms;
    entry.name = mx_str_of(topic->def.name);
    entry.actor = mx_str_of(ctx->principal->id);
    entry.op = mx_str_of(ctx->op_name);
    entry.data = data;
    mx_status st = op_ctx_error(ctx, bus_append(ctx->op->opts.bus, ctx->view, &entry));
    if (st == MX_OK) ctx->seq = entry.seq;
    return st;
}

mx_status op_ctx_emit(struct mx_ctx *pub, const struct mx_event_def *event, const void *data) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct op_topic *topic = topic_of(ctx, event);
    struct op_emitted *emitted;
    struct base_buf buf;
    mx_status st;
    if (!topic)
        return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" emits \"%s\", which it does not declare.", ctx->owner->plugin.name, event->name);
    if (pub->read_only)
        return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" emitted \"%s\", but only commands do.", ctx->owner->plugin.name, event->name);
    if (ctx->event_depth >= OP_EVENT_DEPTH_MAX)
        return op_ctx_fail(ctx, MX_E_BUDGET, "Events cause each other too deeply at \"%s\".", event->name);
    base_buf_init(&buf, ctx->arena);
    json_encode(&buf, topic->def.type, data, 0);
    st = append_to_log(ctx, topic, base_buf_view(&buf));
    if (st != MX_OK) return st;
    emitted = base_arena_alloc(ctx->arena, sizeof(*emitted));
    emitted->topic = topic;
    emitted->data = base_buf_view(&buf);
    emitted->depth = ctx->event_depth + 1;
    if (ctx->emitted_last)
        ctx->emitted_last->next = emitted;
    else
        ctx->emitted = emitted;
    ctx->emitted_last = emitted;
    ctx->emits = 1;
    return MX_OK;
}

/* A subscriber may not refuse, so its refusal is a mistake of its own; what the machine did to it keeps its status. */
static mx_status subscriber_failed(struct op_ctx *ctx, const struct op_listener *listener, mx_status st) {
    struct mx_error cause = ctx->error;
    base_log(BASE_LOG_ERROR, "op", "the subscriber \"%s\" of \"%s\" failed: %s (%s, %s)", listener->owner->plugin.name, listener->def.event,
             cause.message, cause.code, op_place(ctx->arena, &cause));
    if (base_status_http(st) < 500) st = MX_E_INTERNAL;
    return base_fail(&ctx->error, st, NULL, "\"%s\" could not take note of \"%s\": %s", listener->owner->plugin.name, listener->def.event,
                     cause.message);
}

/* Hand the event to one listener, decoded into the listener's own type; as text to one who hears every event. */
mx_status op_event_give(struct op_ctx *ctx, const struct op_listener *listener, const struct mx_event *event, struct mx_str data) {
    const struct mx_type *type = listener->def.type;
    void *object = type ? base_arena_alloc(ctx->arena, type->struct_size) : NULL;
    struct op_frame before;
    mx_status st = MX_OK;
    if (type) st = op_ctx_error(ctx, json_decode(ctx->arena, type, data, JSON_ANSWER, object, &ctx->error));
    if (st != MX_OK) return st;
    before = op_frame_enter(ctx, listener->owner, 0);
    st = listener->def.fn(&ctx->pub, event, type ? object : (const void *)&data);
    op_frame_leave(ctx, &before);
    if (st == MX_NONE || (st == MX_DONE && !(listener->def.flags & MX_FOLLOW)))
        st = op_ctx_fail(ctx, MX_E_INTERNAL, "The listener ended with the status %d.", (int)st);
    return op_ctx_error(ctx, st);
}

static mx_status deliver_one(struct op_ctx *ctx, const struct op_emitted *emitted) {
    struct mx_event event = {0};
    mx_status st = MX_OK;
    uint32_t i;
    event.size = sizeof(event);
    event.at_ms = ctx->pub.now_ms;
    event.node = ctx->op->node;
    event.name = mx_str_of(emitted->topic->def.name);
    event.actor = mx_str_of(ctx->principal->id);
    event.op = mx_str_of(ctx->op_name);
    for (i = 0; st == MX_OK && i < emitted->topic->count; i++) {
        st = op_event_give(ctx, &emitted->topic->listeners[i], &event, emitted->data);
        if (st == MX_DECLINED) st = MX_OK;
        if (st == MX_OK && ctx->doom.status) {
            ctx->error = ctx->doom; /* it swallowed the error of a command that it called */
            st = ctx->doom.status;
        }
        if (st != MX_OK) st = subscriber_failed(ctx, &emitted->topic->listeners[i], st);
    }
    return st;
}

mx_status op_events_deliver(struct op_ctx *ctx) {
    mx_status st = MX_OK;
    while (st == MX_OK && ctx->emitted) {
        const struct op_emitted *emitted = ctx->emitted;
        ctx->emitted = emitted->next;
        if (!ctx->emitted) ctx->emitted_last = NULL;
        ctx->event_depth = emitted->depth;
        st = deliver_one(ctx, emitted);
    }
    ctx->event_depth = 0;
    return st;
}
