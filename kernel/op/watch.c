/* Who wants to know of each commit that wrote to the log: listeners of the event stream. */
#include "base/log.h"
#include "op/internal.h"

void op_watch(struct op_kernel *op, void (*fn)(void *arg, int64_t seq), void *arg) {
    struct op_watcher *watcher;
    if (op->watcher_count == OP_WATCHERS_MAX) {
        base_log(BASE_LOG_ERROR, "op", "more than %u watch the log; one of them hears nothing", OP_WATCHERS_MAX);
        return;
    }
    watcher = &op->watchers[op->watcher_count++];
    watcher->fn = fn;
    watcher->arg = arg;
}

void op_tell_watchers(struct op_kernel *op, int64_t seq) {
    uint32_t i;
    for (i = 0; i < op->watcher_count; i++) op->watchers[i].fn(op->watchers[i].arg, seq);
}
