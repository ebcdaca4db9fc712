/* Counting what happens, cheaply: relaxed counters for each operation, read when somebody asks for the metrics. */
#include "base/clock.h"
#include "op/internal.h"

const int64_t op_call_bounds_us[OP_CALL_BOUNDS] = {100,   250,   500,    1000,   2500,    5000,    10000,
                                                   25000, 50000, 100000, 250000, 1000000, 5000000, 30000000};
const int64_t op_commit_bounds_us[OP_COMMIT_BOUNDS] = {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 500000, 5000000};
const int64_t op_group_bounds[OP_GROUP_BOUNDS] = {1, 2, 4, 8, 16, 32, 64, 128, 256};

static void count(atomic_uint_fast64_t *counter, uint64_t by) { atomic_fetch_add_explicit(counter, by, memory_order_relaxed); }

void op_observe(struct op_histogram *histogram, const int64_t *bounds, uint32_t bound_count, int64_t value) {
    uint32_t i = 0;
    if (value < 0) value = 0;
    while (i < bound_count && value > bounds[i]) i++;
    count(&histogram->buckets[i], 1);
    count(&histogram->sum, (uint64_t)value);
}

/* In the order of op_result_words. */
static uint32_t result_of(const struct op_call *call) {
    int http = call->http_status;
    if (call->replayed) return OP_RESULT_REPLAYED;
    if (http < 400) return OP_RESULT_OK;
    if (http == 401 || http == 403) return OP_RESULT_DENIED;
    if (http == 409) return OP_RESULT_REFUSED;
    if (http == 429) return OP_RESULT_LIMITED;
    if (http == 503) return OP_RESULT_TURNED_AWAY;
    return http < 500 ? OP_RESULT_BAD_REQUEST : OP_RESULT_FAILED;
}

void op_count_call(const struct op_call *call) {
    const struct op_reg *reg = (const struct op_reg *)(const void *)call->entry;
    struct op_figures *figures = reg->figures;
    count(&figures->results[result_of(call)], 1);
    op_observe(&figures->took, op_call_bounds_us, OP_CALL_BOUNDS, base_steady_us() - call->begun_us);
}
