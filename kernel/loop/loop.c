#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "loop/internal.h"

/* Tasks wait in `queue`; the loop swaps it with `running` and works that off, so that posting costs no allocation.
 * `awake` is 1 from the first post until the loop has found the queue empty: only that first post writes to wake_fd. */
struct loop {
    struct event_base *base;
    struct event *wake;
    int wake_fd;
    pthread_t thread;
    int stopping; /* on the loop's thread only, as the next */
    struct loop_timer *timers;
    pthread_mutex_t lock; /* guards what follows */
    int awake;
    struct loop_task *queue;
    uint32_t count, cap;
    struct loop_task *running; /* on the loop's thread only */
    uint32_t running_cap;
};

static _Thread_local const struct loop *own_loop;

static void push(struct loop *loop, loop_fn fn, void *arg) {
    if (loop->count == loop->cap) {
        uint32_t cap = loop->cap ? loop->cap * 2 : 64;
        struct loop_task *queue = realloc(loop->queue, cap * sizeof(*queue));
        if (queue == NULL) abort();
        loop->queue = queue;
        loop->cap = cap;
    }
    loop->queue[loop->count].fn = fn;
    loop->queue[loop->count].arg = arg;
    loop->count++;
}

static void ring(struct loop *loop) {
    uint64_t one = 1;
    while (write(loop->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR) continue;
}

void loop_post(struct loop *loop, loop_fn fn, void *arg) {
    int must_ring;
    pthread_mutex_lock(&loop->lock);
    push(loop, fn, arg);
    must_ring = !loop->awake;
    loop->awake = 1;
    pthread_mutex_unlock(&loop->lock);
    if (must_ring) ring(loop);
}

/* Take what is queued: how many tasks stand in `running`; 0 puts the loop to sleep. */
static uint32_t take(struct loop *loop) {
    uint32_t count;
    pthread_mutex_lock(&loop->lock);
    count = loop->count;
    if (count > 0) {
        struct loop_task *tasks = loop->queue;
        uint32_t cap = loop->cap;
        loop->queue = loop->running;
        loop->cap = loop->running_cap;
        loop->count = 0;
        loop->running = tasks;
        loop->running_cap = cap;
    } else {
        loop->awake = 0;
    }
    pthread_mutex_unlock(&loop->lock);
    return count;
}

static void on_wake(evutil_socket_t fd, short what, void *arg) {
    struct loop *loop = arg;
    uint32_t i, count;
    if (what & EV_READ) {
        uint64_t rings;
        while (read(fd, &rings, sizeof(rings)) < 0 && errno == EINTR) continue;
    }
    count = take(loop);
    for (i = 0; i < count && !loop->stopping; i++) loop->running[i].fn(loop->running[i].arg);
    /* Sockets get their turn before what was posted meanwhile. */
    if (count > 0) event_active(loop->wake, EV_TIMEOUT, 1);
}

static void *run(void *arg) {
    struct loop *loop = arg;
    own_loop = loop;
    event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
    return NULL;
}

static void release(struct loop *loop) {
    if (loop->wake) event_free(loop->wake);
    if (loop->base) event_base_free(loop->base);
    if (loop->wake_fd >= 0) close(loop->wake_fd);
    pthread_mutex_destroy(&loop->lock);
    free(loop->queue);
    free(loop->running);
    free(loop);
}

/* libevent without signals of its own and without locks: all its calls happen on the loop's thread. */
static struct event_base *base_new(void) {
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;
    if (config == NULL) return NULL;
    if (event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV) == 0) base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

mx_status loop_new(const char *name, struct loop **out, struct mx_error *err) {
    struct loop *loop = calloc(1, sizeof(*loop));
    int rc;
    if (loop == NULL) return base_fail(err, MX_E_NOMEM, NULL, "There is no memory for the event loop %s.", name);
    pthread_mutex_init(&loop->lock, NULL);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->base = base_new();
    if (loop->base && loop->wake_fd >= 0) loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
    if (loop->wake == NULL || event_add(loop->wake, NULL) != 0) {
        release(loop);
        return base_fail(err, MX_E_IO, NULL, "The event loop %s could not be made: %s.", name, strerror(errno));
    }
    rc = loop_thread_start(&loop->thread, name, run, loop);
    if (rc != 0) {
        release(loop);
        return base_fail(err, MX_E_IO, NULL, "The thread %s could not be started: %s.", name, strerror(rc));
    }
    *out = loop;
    return MX_OK;
}

static void stop(void *arg) {
    struct loop *loop = arg;
    loop->stopping = 1;
    event_base_loopbreak(loop->base);
}

void loop_free(struct loop *loop) {
    if (loop == NULL) return;
    loop_post(loop, stop, loop);
    pthread_join(loop->thread, NULL);
    loop_timers_drop(loop);
    release(loop);
}

int loop_is_mine(const struct loop *loop) { return own_loop == loop; }

struct event_base *loop_base(struct loop *loop) {
    return loop->base;
}

struct loop_timer **loop_timers(struct loop *loop) {
    return &loop->timers;
}
