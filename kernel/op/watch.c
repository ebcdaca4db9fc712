/* Who wants to know of each commit that wrote to the log: listeners of the event stream. */
#include "base/log.h"
#include "op/internal.h"

/* Of the lists of all kernels: they are short, and looked at once a commit. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void op_watch(struct op_kernel *op, void (*fn)(void *arg, int64_t seq), void *arg) {
    pthread_mutex_lock(&lock);
    if (op->watcher_count < OP_WATCHERS_MAX) {
        struct op_watcher *watcher = &op->watchers[op->watcher_count++];
        watcher->fn = fn;
        watcher->arg = arg;
    } else {
        base_log(BASE_LOG_ERROR, "op", "more than %u watch the log; one of them hears nothing", OP_WATCHERS_MAX);
    }
    pthread_mutex_unlock(&lock);
}

void op_unwatch(struct op_kernel *op, void (*fn)(void *arg, int64_t seq), void *arg) {
    uint32_t i;
    pthread_mutex_lock(&lock);
    for (i = 0; i < op->watcher_count; i++)
        if (op->watchers[i].fn == fn && op->watchers[i].arg == arg) break;
    if (i < op->watcher_count) op->watchers[i] = op->watchers[--op->watcher_count];
    pthread_mutex_unlock(&lock);
}

void op_tell_watchers(struct op_kernel *op, int64_t seq) {
    uint32_t i;
    pthread_mutex_lock(&lock);
    for (i = 0; i < op->watcher_count; i++) op->watchers[i].fn(op->watchers[i].arg, seq);
    pthread_mutex_unlock(&lock);
}
