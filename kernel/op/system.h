/* Inside of `op`: the kernel's own operations, and what it says of itself. */
#ifndef OP_SYSTEM_H
#define OP_SYSTEM_H

#include "base/buf.h"
#include "op/ctx.h"

/* shop.c, system.c: the kernel's own operations */
extern const struct mx_table op_shop_table;
extern const struct mx_op op_shop_get, op_shop_put, op_system_verify, op_system_log, op_system_stat, op_job_list, op_job_retry,
    op_job_pause, op_job_resume, op_job_cancel;

/* queries.c */
extern const struct mx_op op_queries_list, op_queries_cancel;
extern const struct mx_grant *const op_queries_grants[];

/* backup_ops.c */
extern const struct mx_op op_backup_note;
extern const struct mx_event_def op_backup_was_made;

/* metrics_work.c */
void op_metrics_work(struct base_buf *out, struct op_kernel *op, struct base_arena *arena, struct store_view *view);

/* verify.c: op_verify() on behalf of a query, which can be cancelled; asked may be NULL. */
MX_MUST_CHECK mx_status op_verify_for(struct op_kernel *op, struct op_ctx *asked, mx_found_fn found, void *arg, uint64_t *records);

/* problem.c */
struct mx_str op_problem_text(struct base_arena *arena, const struct mx_error *err);

#endif
