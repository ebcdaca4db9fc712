/* Inside of `op`: a call on its way: admitted, queued, run as a command of its group, answered; and the writer's own work. */
#ifndef OP_COMMAND_H
#define OP_COMMAND_H

#include "op/ctx.h"

/* call.c */
int op_is_system(const struct identity_principal *principal);
const char *op_place(struct base_arena *arena, const struct mx_error *err);
/* What two calls with one key must have in common: the operation and the canonical text of its body, so that spaces and the
 * order of members do not count. */
MX_MUST_CHECK mx_status op_hash_body(struct op_kernel *op, struct base_arena *arena, struct mx_str name, struct mx_str body,
                                     uint8_t hash[16], struct mx_error *err);
void op_fill(struct op_call *call, mx_status status, const struct mx_error *err);
void op_finish(struct op_call *call, mx_status status, const struct mx_error *err);
mx_status op_invoke(struct op_ctx *ctx, const struct op_reg *reg, const void *in, void **out);
mx_status op_answer(struct op_ctx *ctx, const struct op_reg *reg, const void *out, struct mx_str *answer);

/* What `prepare` leaves for the handler. */
struct op_prepared {
    void *kept;
    struct store_shown *shown; /* whose personal fields it opened already */
    mx_status status;
    struct mx_error error;
};

/* load.c: who may still join the writer's queue (its mutex is held). limits.c: how often a caller may ask. */
struct op_load {
    uint32_t waiting;
    int running;
    int64_t oldest_us; /* how long the first in the queue has waited */
};
void op_load_of(struct op_kernel *op, struct op_load *load);
mx_status op_admit_to_queue(struct op_kernel *op, struct op_call *call, struct mx_error *err);
mx_status op_limit(struct op_kernel *op, struct op_call *call, struct mx_error *err);

/* own.c: customers in their own session. Is `own` of the declaration in order? 1: it is. */
int op_own_valid(const struct mx_op *def);
/* The member of the input that says whom it is about; NULL: none does. */
const struct mx_field *op_own_field(const struct mx_op *def);
/* May a customer call this at all? Always MX_OK for others. */
MX_MUST_CHECK mx_status op_own_right(const struct identity_principal *who, const struct mx_op *def, struct mx_error *err);
/* Is it about her? In the view that it runs in. */
MX_MUST_CHECK mx_status op_own_guard(struct op_ctx *ctx, const struct op_reg *reg, const void *in);
/* Before the call is queued: twice, to fill in who she is where it was left out, and with the decoded input to look. */
MX_MUST_CHECK mx_status op_own_admit(struct op_kernel *op, struct op_call *call, struct mx_error *err);

/* shown.c: whose personal data an answer shows. Begin before `prepare` and the handler, with what was noted already (or NULL); tell in a
 * command; finish a query whose answer is ready and shows it in clear. */
extern const struct mx_op op_pii_note;
extern const struct mx_event_def op_pii_shown;
void op_shown_begin(struct op_ctx *ctx, const struct op_reg *reg, struct store_shown *noted);
MX_MUST_CHECK mx_status op_shown_tell(struct op_ctx *ctx);
void op_shown_finish(struct op_kernel *op, struct op_call *call, const struct store_shown *shown);

/* problem.c: 1 when the problem says who stands in whose way. */
int op_names_conflict(const struct op_call *call, const struct mx_error *err);

/* idempotency.c */
struct op_stored {
    mx_status status;
    int http_status;
    struct mx_str answer;
};
mx_status op_idem_get(struct op_ctx *ctx, const struct op_call *call, struct op_stored *stored);
mx_status op_idem_put(struct op_ctx *ctx, const struct op_call *call, const struct op_stored *stored);
mx_status op_idem_purge(struct op_ctx *ctx, void *found);

/* writer.c */
mx_status op_enqueue(struct op_kernel *op, struct op_call *call, struct mx_error *err);
void op_fatal(struct op_kernel *op, const char *why);

/* A group on its way to the commit. */
struct op_group {
    struct op_kernel *op;
    struct store_group *group;
    uint32_t applied; /* commands that wrote something */
    int64_t seq;      /* last number that they wrote to the log; 0 = none */
};

/* command.c: run `fn` as one command in a view of its own: applied when it returns MX_OK, dropped otherwise. */
typedef mx_status (*op_work_fn)(struct op_ctx *ctx, void *arg);
struct op_work {
    struct base_arena *arena;
    const struct identity_principal *principal;
    const char *op_name;
    struct op_owner *owner;
    op_work_fn fn;
    void *arg;
};
/* Say that damaged records hold nobody up: when their number changes, not at each look. */
void op_passed_over(uint32_t *before, uint32_t count, const char *what);
/* Is the principal still allowed to do this? Its key or role may have changed since the call was admitted. */
mx_status op_check_again(struct op_ctx *ctx, struct op_call *call);
mx_status op_command(struct op_group *group, const struct op_work *work, struct mx_error *err);
/* Deliver events, and fail when the command is doomed: the end of every command's work. */
mx_status op_settle(struct op_ctx *ctx, mx_status status);
void op_run_call(struct op_group *group, struct op_call *call);

/* approval.c */
/* Scope of the caller and, for commands, the policy for the operation itself: before the handler runs. */
MX_MUST_CHECK mx_status op_guard(struct op_ctx *ctx, const struct op_reg *reg, const void *in);
MX_MUST_CHECK mx_status op_approved(struct op_ctx *ctx, const char *act, int64_t amount);
/* After MX_E_APPROVAL: write down what was wanted and name it in the answer. */
mx_status op_ask_approval(struct op_group *group, struct op_work *work, struct op_call *call, struct mx_error *err);

/* after.c: call fn(op, copy of arg) on the writer thread when this command is durable; never when it fails. */
mx_status op_ctx_settled(struct mx_ctx *ctx, void (*fn)(void *arg, int32_t kept), void *arg);
void op_settled_tell(const struct op_ctx *ctx, int32_t kept);
void op_after_commit(struct op_ctx *ctx, void (*fn)(struct op_kernel *op, const void *arg), const void *arg, size_t size);
void op_after_keep(struct op_ctx *ctx);  /* the command was applied */
void op_after_run(struct op_kernel *op); /* the group is durable */

/* words.c: what a plugin hands to another's operation; who brings JSON is looked at where it is read. */
MX_MUST_CHECK mx_status op_words_check(struct op_ctx *ctx, const struct op_reg *reg, const void *in);

/* refused.c: what is done all the same when a call or a due operation is refused, once its own command was dropped. */
mx_status op_ctx_if_refused(struct mx_ctx *ctx, const char *op, struct mx_str body_json);
void op_left_run(struct op_group *group, const struct op_work *refused, const struct op_left *left, const struct mx_error *why);

/* The writer's own work; each returns the number of commands run (0 = nothing to do now). */
uint32_t op_follow(struct op_group *group, int64_t until_us);
mx_status op_followers_begin(struct op_kernel *op, struct mx_error *err); /* from op_start() */
uint32_t op_fire_due(struct op_group *group, int64_t until_us);
uint32_t op_step_jobs(struct op_group *group, int64_t until_us);
uint32_t op_purge(struct op_group *group);

#endif
