/* Inside of `op`: heavy queries that wait or run. Of running.c. */
#ifndef OP_RUNNING_H
#define OP_RUNNING_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/id.h"
#include "op/op.h"

struct op_ctx;

#define OP_STOP_CANCELLED 1
#define OP_STOP_GONE      2
#define OP_STOP_CLOSING   3

struct op_running { /* in its call's arena; listed from its admission to just before done() */
    struct op_running *next;
    const struct op_call *call;
    struct mx_str id; /* "qry_..." */
    int64_t asked_ms;
    int64_t snapshot_us; /* since when it holds its snapshot; 0 = it holds none. The worker's own */
    atomic_int begun, stop;
    atomic_llong done, total;
};

struct op_runs {
    pthread_mutex_t mutex;
    struct op_running *first;
    int closing, seeded;
    struct base_random random;
};

void op_running_add(struct op_kernel *op, struct op_call *call);
void op_running_remove(struct op_kernel *op, struct op_call *call);
void op_running_close(struct op_kernel *op, int closing);
void op_running_count(struct op_kernel *op, uint32_t *waiting, uint32_t *running);
/* Cancel one, of this principal only unless it is empty. MX_NONE: there is none. */
mx_status op_running_cancel(struct op_kernel *op, struct mx_str id, struct mx_str only_of);
mx_status op_running_begin(struct op_ctx *ctx, struct op_running *running);

mx_status op_ctx_progress(struct mx_ctx *ctx, int64_t done, int64_t total);
mx_status op_ctx_read_anew(struct mx_ctx *ctx);
mx_status op_ctx_slice(struct mx_ctx *ctx, uint32_t more);
/* Let go of the memory of slices; the view is closed. */
void op_ctx_slices_free(struct op_ctx *ctx);

#endif
