/* Inside of `op`: what happened, in relaxed counters. Of figures.c. */
#ifndef OP_FIGURES_H
#define OP_FIGURES_H

#include <stdatomic.h>

#include "op/op.h"

#define OP_CALL_BOUNDS   14u
#define OP_COMMIT_BOUNDS 12u
#define OP_GROUP_BOUNDS  9u
#define OP_BOUNDS_MAX    14u

struct op_histogram {
    atomic_uint_fast64_t buckets[OP_BOUNDS_MAX + 1]; /* the last one in use: above all bounds */
    atomic_uint_fast64_t sum;
};

enum {
    OP_RESULT_OK,
    OP_RESULT_REPLAYED,
    OP_RESULT_REFUSED,
    OP_RESULT_DENIED,
    OP_RESULT_BAD_REQUEST,
    OP_RESULT_LIMITED,
    OP_RESULT_TURNED_AWAY,
    OP_RESULT_FAILED,
    OP_RESULTS
};

/* Of one operation. */
struct op_figures {
    atomic_uint_fast64_t results[OP_RESULTS];
    struct op_histogram took; /* microseconds */
};

extern const int64_t op_call_bounds_us[OP_CALL_BOUNDS];
extern const int64_t op_commit_bounds_us[OP_COMMIT_BOUNDS];
extern const int64_t op_group_bounds[OP_GROUP_BOUNDS];
void op_observe(struct op_histogram *histogram, const int64_t *bounds, uint32_t bound_count, int64_t value);
/* A call is answered: count it under its operation. */
void op_count_call(const struct op_call *call);

#endif
