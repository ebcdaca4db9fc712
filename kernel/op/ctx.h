/* Inside of `op`: one running command or query, and what its code may ask for. */
#ifndef OP_CTX_H
#define OP_CTX_H

#include "base/arena.h"
#include "base/error.h"
#include "base/id.h"
#include "op/kernel.h"

/* What waits for the end of a command: see mx_settled(). */
struct op_settled {
    struct op_settled *next;
    void (*fn)(void *arg, int32_t kept);
    void *arg;
};

struct op_emitted {
    struct op_emitted *next;
    const struct op_topic *topic;
    struct mx_str data; /* canonical JSON */
    int64_t at_ms;
    uint32_t depth;
};

struct op_ctx {
    struct mx_ctx pub; /* first: the interfaces get its address */
    struct op_kernel *op;
    struct base_arena *arena;
    struct store_view *view;
    const struct identity_principal *principal;
    struct op_owner *owner;     /* whose code runs now */
    const char *op_name;        /* the outermost operation */
    const struct op_call *call; /* NULL in the kernel's own work */
    struct op_running *running; /* of a heavy query; NULL elsewhere */
    int64_t done, total;        /* what mx_progress() said last */
    struct mx_error error;
    struct mx_error doom; /* set: the command cannot succeed any more */
    struct op_emitted *emitted, *emitted_last;
    uint32_t depth;
    uint32_t event_depth;
    int emits;   /* an event was written */
    int64_t seq; /* its number in the log; of the last one */
    struct op_after *after, *after_last;
    struct op_settled *settled, *settled_last;
    struct op_left **left; /* what is done all the same when this is refused: see refused.c; NULL: nobody would do it */
    int starts_job;        /* a job was written */
    int seeded;
    struct base_random random;
    struct base_ids *ids; /* the writer's; NULL on other threads */
    void *kept;
    struct mx_shop *shop;
    struct base_arena *whole;     /* the query's own memory, once it works in slices */
    struct base_arena *slices[2]; /* of this slice and the one before, in turn */
    uint32_t slice;
    struct store_shown *shown; /* whose personal fields were opened; NULL: it need not be said */
    int clear;                 /* the answer shows them as they are */
};

/* What a nested piece of code must find and leave behind. */
struct op_frame {
    struct op_owner *owner;
    uint32_t read_only;
    void *kept;
};

static inline struct op_ctx *op_ctx_of(struct mx_ctx *ctx) { return (struct op_ctx *)(void *)ctx; }

/* ctx.c */
void op_ctx_init(struct op_ctx *ctx, struct op_kernel *op, struct base_arena *arena, struct store_view *view,
                 const struct identity_principal *principal, const char *op_name, struct op_owner *owner, int read_only, int64_t now_ms);
struct op_frame op_frame_enter(struct op_ctx *ctx, struct op_owner *owner, int read_only);
void op_frame_leave(struct op_ctx *ctx, const struct op_frame *frame);
mx_status op_ctx_fail(struct op_ctx *ctx, mx_status status, const char *format, ...) MX_PRINTF(3, 4);
/* Make sure that ctx->error speaks of `status`, and hand it on. */
mx_status op_ctx_error(struct op_ctx *ctx, mx_status status);
void op_doom(struct op_ctx *ctx);

/* ctx_store.c, ctx_identity.c, nested.c, points.c, events.c, jobs.c, shop.c: the interface tables and their parts */
extern const struct mx_op_api op_api;
extern const struct mx_store_api op_store_api;
extern const struct mx_event_api op_event_api;
extern const struct identity_calls op_identity_calls;
mx_status op_ctx_call(struct mx_ctx *ctx, const struct mx_use *use, const void *in, void *out);
mx_status op_ctx_ask(struct mx_ctx *ctx, const struct mx_point *point, const void *in, void *out);
mx_status op_ctx_ask_all(struct mx_ctx *ctx, const struct mx_point *point, const void *in, mx_collect_fn collect, void *arg);
mx_status op_ctx_job_start(struct mx_ctx *ctx, const char *job, struct mx_str body_json, struct mx_str *id);
const struct mx_shop *op_ctx_shop(struct mx_ctx *ctx);
int op_shop_practice(struct op_ctx *ctx);
mx_status op_ctx_call_json(struct mx_ctx *ctx, const char *role, struct mx_str op, struct mx_str in_json, struct mx_str *out_json);
mx_status op_ctx_operation(struct mx_ctx *ctx, struct mx_str op, uint32_t *flags);
struct mx_str op_ctx_problem(struct mx_ctx *ctx);
const struct mx_type *op_ctx_type_of(struct mx_ctx *ctx, struct mx_str name);

/* ctx_persons.c, ctx_customer.c: parts of the table "mx.identity", as merx/identity.h says */
mx_status op_ctx_person_find(struct mx_ctx *ctx, const char *kind, struct mx_str value, struct mx_str *person);
mx_status op_ctx_person_new(struct mx_ctx *ctx, struct mx_str *person);
mx_status op_ctx_person_link(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_str value);
mx_status op_ctx_person_identifiers(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_list *values);
mx_status op_ctx_person_set(struct mx_ctx *ctx, struct mx_str person, struct mx_list *persons);
mx_status op_ctx_person_link_from(struct mx_ctx *ctx, struct mx_str person, const struct mx_link *link, struct mx_str *other);
mx_status op_ctx_person_unlink(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_str value);
mx_status op_ctx_person_merge(struct mx_ctx *ctx, struct mx_str from, struct mx_str into, struct mx_str reason, struct mx_str *merge);
mx_status op_ctx_person_erase(struct mx_ctx *ctx, struct mx_str person, struct mx_str reason);
mx_status op_ctx_person_export(struct mx_ctx *ctx, struct mx_str person, struct mx_str *json);
mx_status op_ctx_person_prove(struct mx_ctx *ctx, struct mx_str person, struct mx_str proof);
struct mx_str op_ctx_customer(struct mx_ctx *ctx);
mx_status op_ctx_guess(struct mx_ctx *ctx, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute);
void op_ctx_guessed(struct mx_ctx *ctx, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute);

/* ctx_secret.c, ctx_sign.c, ctx_time.c, ctx.c */
void op_ctx_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]);
void op_ctx_sign(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t signature[MX_SIGNATURE_BYTES]);
mx_status op_ctx_sign_check(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, const uint8_t signature[MX_SIGNATURE_BYTES]);
void op_ctx_civil(struct mx_ctx *ctx, struct mx_str zone, int64_t at_ms, struct mx_civil *civil);
void op_ctx_random(struct mx_ctx *ctx, void *bytes, size_t len);
void op_ctx_keyed_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]);
struct mx_str op_ctx_seal(struct mx_ctx *ctx, struct mx_str plain, struct mx_str bound);
mx_status op_ctx_unseal(struct mx_ctx *ctx, struct mx_str sealed, struct mx_str bound, struct mx_str *plain);

/* events.c: after the handler: hand what was emitted to the subscribers. */
mx_status op_events_deliver(struct op_ctx *ctx);
mx_status op_event_give(struct op_ctx *ctx, const struct op_listener *listener, const struct mx_event *event, struct mx_str data);
mx_status op_ctx_emit(struct mx_ctx *ctx, const struct mx_event_def *event, const void *data);
mx_status op_ctx_due_at(struct mx_ctx *ctx, int64_t due_ms, const char *op, struct mx_str id, struct mx_str body_json);
mx_status op_ctx_due_cancel(struct mx_ctx *ctx, const char *op, struct mx_str id);

#endif
