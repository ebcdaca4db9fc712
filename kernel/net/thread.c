#include <stdio.h>
#include <stdlib.h>

#include "net/internal.h"

static int64_t sweep_ms(const struct net_opts *opts) {
    uint32_t shortest = opts->request_ms < opts->idle_ms ? opts->request_ms : opts->idle_ms;
    if (opts->write_ms < shortest) shortest = opts->write_ms;
    if (opts->listen_tls && opts->hello_ms < shortest) shortest = opts->hello_ms;
    shortest /= 8;
    return shortest < 5 ? 5 : shortest > 250 ? 250 : shortest;
}

mx_status net_thread_new(struct net_server *server, uint32_t number, struct net_thread **out, struct mx_error *err) {
    struct net_thread *thread = calloc(1, sizeof(*thread));
    char name[16];
    mx_status st;
    if (thread == NULL) abort();
    snprintf(name, sizeof(name), "net-%u", (unsigned)number);
    thread->server = server;
    atomic_store(&thread->refs, 1);
    pthread_mutex_init(&thread->lock, NULL);
    st = loop_new(name, &thread->loop, err);
    if (st != MX_OK) {
        net_thread_unref(thread);
        return st;
    }
    thread->sweep = loop_timer_new(thread->loop, sweep_ms(&server->opts), net_conn_sweep, thread);
    *out = thread;
    return MX_OK;
}

void net_thread_unref(struct net_thread *thread) {
    if (atomic_fetch_sub(&thread->refs, 1) != 1) return;
    while (thread->spares) {
        struct net_request *request = thread->spares;
        thread->spares = request->next_spare;
        base_arena_free(request->arena);
        free(request);
    }
    pthread_mutex_destroy(&thread->lock);
    free(thread);
}

int net_thread_post(struct net_thread *thread, loop_fn fn, void *arg) {
    int open;
    pthread_mutex_lock(&thread->lock);
    open = !thread->closed;
    if (open) loop_post(thread->loop, fn, arg);
    pthread_mutex_unlock(&thread->lock);
    return open;
}

struct errand {
    loop_fn fn;
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t done;
    int is_done;
};

static void run_errand(void *arg) {
    struct errand *errand = arg;
    errand->fn(errand->arg);
    pthread_mutex_lock(&errand->lock);
    errand->is_done = 1;
    pthread_cond_signal(&errand->done);
    pthread_mutex_unlock(&errand->lock);
}

void net_run_on(struct loop *loop, loop_fn fn, void *arg) {
    struct errand errand = {fn, arg, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    loop_post(loop, run_errand, &errand);
    pthread_mutex_lock(&errand.lock);
    while (!errand.is_done) pthread_cond_wait(&errand.done, &errand.lock);
    pthread_mutex_unlock(&errand.lock);
    pthread_mutex_destroy(&errand.lock);
    pthread_cond_destroy(&errand.done);
}
