/* Inside of `op`: jobs, clock, work items, outbox, webhooks, checkpoints. */
#ifndef OP_OUTSIDE_H
#define OP_OUTSIDE_H

#include "base/buf.h"
#include "op/command.h"

/* jobs.c: a job that is not finished. */
#define OP_JOB_ATTEMPTS 10 /* failed tries of one step before somebody must look */
struct op_job_record {
    struct mx_str id;
    struct mx_str job;
    struct mx_str body;   /* JSON; empty = none */
    struct mx_str cursor; /* JSON; empty at first */
    int64_t started;
    int64_t attempts; /* failed tries of the step in hand */
    int64_t next;     /* not before this time */
    struct mx_str error;
    uint8_t paused;
    int64_t done, total; /* what mx_progress() said last */
};
mx_status op_jobs_init(struct mx_error *err);
mx_status op_job_read(struct op_ctx *ctx, struct store_span value, struct op_job_record *record);
mx_status op_job_write(struct op_ctx *ctx, const struct op_job_record *record);

/* clock.c, clock_store.c, clock_ops.c */
extern const struct mx_table op_clock_table;
extern const struct mx_op op_clock_get, op_clock_confirm, op_clock_set, op_clock_advance;
extern const struct mx_event_def op_clock_jumped, op_clock_confirmed, op_clock_was_set;
struct op_clock_moved {
    int64_t from, to;
};
void op_clock_init(struct op_clock *clock);
void op_clock_anchor(struct op_kernel *op, int64_t now_ms);
void op_clock_begin(struct op_kernel *op, int64_t seen_ms);
void op_clock_copy(struct op_kernel *op, struct op_clock *copy);
mx_status op_clock_write(struct op_ctx *ctx, const struct op_clock *clock);
/* The time against which things expire, at `now_ms` of the shop's clock. Any thread. */
int64_t op_expiry(struct op_kernel *op, int64_t now_ms);
/* The same for now, as identity asks for it; arg: the kernel. */
int64_t op_expiry_now(void *arg);
/* 1 while that time stands still. */
int op_clock_stands(struct op_kernel *op);
int64_t op_steady(const struct op_kernel *op);
mx_status op_clock_load(struct op_kernel *op, struct mx_error *err); /* from op_start() */
int op_clock_wants(struct op_kernel *op);                            /* 1: op_clock_tick() has something to do */
uint32_t op_clock_tick(struct op_group *group);
void op_clock_close(struct op_kernel *op); /* from op_stop(), after the writer ended */

/* hook.c: messages of others. 1 when the declaration of a hook is in order, or it is none. */
int op_hook_valid(const struct mx_op *def);
/* The message becomes the input as it is. */
MX_MUST_CHECK mx_status op_hook_admit(struct op_call *call, struct mx_error *err);
mx_status op_ctx_hook_signed(struct mx_ctx *ctx, const struct mx_hook *hook, struct mx_str secret);

/* work.c: what a person must look at. One open item for each kind and subject. */
extern const struct mx_table op_work_table;
extern const struct mx_op op_work_list, op_work_close, op_work_begin, op_work_end;
mx_status op_work_open(struct op_ctx *ctx, const char *kind, struct mx_str subject, const char *text);
mx_status op_work_done(struct op_ctx *ctx, const char *kind, struct mx_str subject, const char *note); /* also when none is open */

/* outbox.c, outbox_state.c, outbox_ops.c, outbox_senders.c: messages to the outside world. */
enum { OP_QUEUED = 1, OP_SENDING, OP_WAITING, OP_DELIVERED, OP_DEAD };
struct op_message {
    struct mx_rec rec;
    struct mx_str id;
    int32_t state;
    struct mx_str host;
    int64_t created, next, done;
    int64_t tries, tries_max, timeout_ms;
    int64_t status;
    struct mx_str problem;
    struct mx_str webhook;
    struct mx_str ref;
    struct mx_str result_op;
    int64_t number; /* messages of one moment leave in the order of their numbers */
    int64_t until;  /* see mx_send */
};
struct op_content {
    struct mx_str method, url, content_type, headers, body; /* headers: lines */
};
struct op_outbox_ask {
    struct mx_str id;
};
struct op_outbox_end {
    struct mx_str id;
    int64_t status, retry_after_s;
    struct mx_str problem, answer;
};
extern const struct mx_type *const op_outbox_ask_wire, *const op_outbox_end_wire;
extern const struct mx_table op_outbox_table, op_outbox_content_table;
extern const struct mx_op op_outbox_begin, op_outbox_finish, op_outbox_list, op_outbox_retry, op_outbox_drop;
struct mx_str op_seal_secret(struct op_ctx *ctx, struct mx_str plain, struct mx_str bound);
mx_status op_open_secret(struct op_ctx *ctx, struct mx_str text, struct mx_str bound, struct mx_str *plain);
mx_status op_ctx_send(struct mx_ctx *ctx, const struct mx_send *send, struct mx_str *id);
mx_status op_outbox_host(struct op_ctx *ctx, struct mx_str url, struct mx_str *host); /* checks the address too */
mx_status op_outbox_read(struct op_ctx *ctx, struct mx_str id, struct op_message **message);
mx_status op_outbox_content(struct op_ctx *ctx, struct mx_str id, struct op_content *content);
mx_status op_outbox_forget_content(struct op_ctx *ctx, struct mx_str id);
mx_status op_outbox_forget(struct op_ctx *ctx, struct mx_str id);
mx_status op_outbox_purge(struct op_ctx *ctx, void *found);
void op_outbox_schedule(struct op_ctx *ctx, const struct op_message *message); /* once this command is durable */
void op_outbox_wake(struct op_kernel *op);                                     /* the clock was moved */
void op_outbox_init(struct op_outbox *outbox);
void op_outbox_fini(struct op_outbox *outbox);
mx_status op_outbox_start(struct op_kernel *op, struct mx_error *err);
void op_outbox_stop(struct op_kernel *op);

/* webhook.c, webhook_ops.c, webhook_fan.c */
struct op_webhook {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str sealed, shown, description;
    struct mx_list types;
    uint8_t paused, fresh;
    int64_t epoch, from; /* it hears what stands behind this entry */
    int64_t created, overlap, failing, disabled;
};
struct op_webhook_secrets {
    struct mx_str url, now, before;
};
extern const struct mx_table op_webhook_table;
extern const struct mx_event_def op_webhook_disabled;
extern const struct mx_op op_webhook_create, op_webhook_put, op_webhook_list, op_webhook_delete, op_webhook_secret, op_webhook_rotate,
    op_webhook_test;
mx_status op_webhook_read(struct op_ctx *ctx, struct mx_str id, struct op_webhook **webhook);
mx_status op_webhook_known(struct op_ctx *ctx, struct mx_str id);
mx_status op_webhook_wants(struct op_ctx *ctx, struct mx_str id);
void op_webhook_seal(struct op_ctx *ctx, struct op_webhook *webhook, const struct op_webhook_secrets *secrets);
mx_status op_webhook_open(struct op_ctx *ctx, const struct op_webhook *webhook, struct op_webhook_secrets *secrets);
struct mx_str op_webhook_new_secret(struct op_ctx *ctx);
mx_status op_webhook_sign(struct op_ctx *ctx, struct mx_str id, struct mx_str message, int64_t now_s, struct mx_str body,
                          struct base_buf *headers);
mx_status op_webhook_heard(struct op_ctx *ctx, struct op_message *message, int64_t status);
mx_status op_webhook_send(struct op_ctx *ctx, struct mx_str webhook, struct mx_str url, struct mx_str body, struct mx_str *id);
int op_fan_wants(const struct op_kernel *op);
uint32_t op_fan_out(struct op_group *group, int64_t until_us);

/* checkpoint.c */
extern const struct mx_op op_checkpoint_get, op_checkpoint_key;
void op_checkpoint_begin(struct op_kernel *op);
void op_checkpoint_note(struct op_kernel *op, int64_t seq);
void op_checkpoint_close(struct op_kernel *op);
mx_status op_checkpoint_verify(struct op_kernel *op, mx_found_fn found, void *arg);

/* watch.c */
void op_tell_watchers(struct op_kernel *op, int64_t seq);

#endif
