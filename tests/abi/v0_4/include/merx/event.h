/* Events: facts in the past tense, written to the shop's log in the command's own transaction.
 *
 * A plugin declares the events it emits; others subscribe by name. Subscribers run after the handler in the same
 * transaction, by priority and then plugin name, at most 8 deep; they may write and emit, they cannot veto: an error
 * rolls the command back and is logged as the subscriber's bug. Followers run after the commit, at least once, each
 * event as a command of its own with a durable cursor written in the same commit (so effects in the store happen
 * exactly once). Event types may not contain MX_PII or MX_SECRET fields: events carry ids. Since 0.1. */
#ifndef MERX_EVENT_H
#define MERX_EVENT_H

#include "merx/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An event that a plugin may emit. New meaning = new name. */
struct mx_event_def {
    uint32_t size; /* sizeof(struct mx_event_def) */
    uint32_t reserved;
    const char *name; /* "orders.paid" */
    const char *doc;
    const struct mx_type *type;
};

/* What a listener learns besides the data. Lent for the call. */
struct mx_event {
    uint32_t size;
    uint32_t epoch;
    int64_t seq;        /* gapless per node and epoch, from 1; 0 while the command that emits it still runs */
    int64_t at_ms;      /* the shop's clock when it was emitted */
    struct mx_str node; /* the node that wrote it */
    struct mx_str name;
    struct mx_str actor; /* principal id */
    /* 0.1 ends here */
    struct mx_str op; /* operation in whose command it was emitted */
    /* 0.2 ends here */
};

/* `data` is of the subscription's own `type` (copied by field name when the emitter's differs). Returns MX_OK, an error, or
 * MX_DECLINED when the event is nothing to it and it has written nothing: a follower passes over many such events in one
 * command; or MX_DONE when nothing that stands in the log by now is anything to it: a follower then goes on behind its head. */
typedef mx_status (*mx_event_fn)(struct mx_ctx *ctx, const struct mx_event *event, const void *data);

#define MX_FOLLOW   0x1u /* after the commit, with a durable cursor, instead of inside the transaction */
#define MX_FROM_NOW 0x2u /* a follower that is new begins behind the last entry, not at the log's beginning. Since 0.2 */

/* A follower of every event subscribes to this name with type NULL; its `data` is a const struct mx_str *, the event's
 * canonical JSON. Since 0.2. */
#define MX_EVENT_ANY "*"

struct mx_subscription {
    uint32_t size; /* sizeof(struct mx_subscription) */
    uint32_t flags;
    const char *event;
    const struct mx_type *type;
    int32_t priority; /* lower first; 100 is usual */
    uint32_t reserved;
    mx_event_fn fn;
    const char *name; /* followers: durable name of the cursor */
};

/* Interface "mx.event". Append-only. */
struct mx_event_api {
    uint32_t size;
    uint32_t reserved;
    mx_status (*emit)(struct mx_ctx *ctx, const struct mx_event_def *event, const void *data);
    mx_status (*due_at)(struct mx_ctx *ctx, int64_t due_ms, const char *op, struct mx_str id, struct mx_str body_json);
    mx_status (*due_cancel)(struct mx_ctx *ctx, const char *op, struct mx_str id);
    /* 0.1 ends here */
};

#ifdef __cplusplus
}
#endif
#endif
