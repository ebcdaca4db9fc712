#include <stdlib.h>
#include <string.h>

#include "loop/internal.h"

struct loop_workers {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t work;
    int closing;
    struct loop_task *ring;
    uint32_t cap, first, count;
    uint32_t threads;
    pthread_t thread[];
};

static int take(struct loop_workers *workers, struct loop_task *task) {
    pthread_mutex_lock(&workers->lock);
    while (workers->count == 0 && !workers->closing) pthread_cond_wait(&workers->work, &workers->lock);
    if (workers->count == 0) {
        pthread_mutex_unlock(&workers->lock);
        return 0;
    }
    *task = workers->ring[workers->first];
    workers->first = (workers->first + 1) % workers->cap;
    workers->count--;
    pthread_mutex_unlock(&workers->lock);
    return 1;
}

static void *run(void *arg) {
    struct loop_task task;
    while (take(arg, &task)) task.fn(task.arg);
    return NULL;
}

mx_status loop_workers_new(const char *name, uint32_t threads, uint32_t queue_cap, struct loop_workers **out, struct mx_error *err) {
    struct loop_workers *workers;
    if (threads == 0) threads = 1;
    if (queue_cap == 0) queue_cap = 1;
    workers = calloc(1, sizeof(*workers) + threads * sizeof(workers->thread[0]));
    if (workers) workers->ring = calloc(queue_cap, sizeof(*workers->ring));
    if (workers == NULL || workers->ring == NULL) {
        free(workers);
        return base_fail(err, MX_E_NOMEM, NULL, "There is no memory for the worker threads %s.", name);
    }
    workers->cap = queue_cap;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->work, NULL);
    while (workers->threads < threads) {
        int rc = loop_thread_start(&workers->thread[workers->threads], name, run, workers);
        if (rc != 0) {
            loop_workers_free(workers);
            return base_fail(err, MX_E_IO, NULL, "The thread %s could not be started: %s.", name, strerror(rc));
        }
        workers->threads++;
    }
    *out = workers;
    return MX_OK;
}

void loop_workers_free(struct loop_workers *workers) {
    uint32_t i;
    if (workers == NULL) return;
    pthread_mutex_lock(&workers->lock);
    workers->closing = 1;
    pthread_cond_broadcast(&workers->work);
    pthread_mutex_unlock(&workers->lock);
    for (i = 0; i < workers->threads; i++) pthread_join(workers->thread[i], NULL);
    pthread_mutex_destroy(&workers->lock);
    pthread_cond_destroy(&workers->work);
    free(workers->ring);
    free(workers);
}

int loop_workers_post(struct loop_workers *workers, loop_fn fn, void *arg) {
    int taken = 0;
    pthread_mutex_lock(&workers->lock);
    if (!workers->closing && workers->count < workers->cap) {
        struct loop_task *task = &workers->ring[(workers->first + workers->count) % workers->cap];
        task->fn = fn;
        task->arg = arg;
        workers->count++;
        taken = 1;
        pthread_cond_signal(&workers->work);
    }
    pthread_mutex_unlock(&workers->lock);
    return taken;
}
