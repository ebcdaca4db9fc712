#include <stdlib.h>

#include <event2/event.h>

#include "loop/internal.h"

/* Lives on its loop's thread. A timer that is freed before its first task has run is only marked `dead` there. */
struct loop_timer {
    struct loop *loop;
    loop_fn fn;
    void *arg;
    int64_t period_ms;
    struct event *event; /* NULL until armed */
    int dead;
    struct loop_timer *prev, *next;
};

struct free_call {
    struct loop_timer *timer;
    pthread_mutex_t lock;
    pthread_cond_t done;
    int is_done;
};

static void on_tick(evutil_socket_t fd, short what, void *arg) {
    struct loop_timer *timer = arg;
    (void)fd;
    (void)what;
    timer->fn(timer->arg); /* may free the timer */
}

static void arm(void *arg) {
    struct loop_timer *timer = arg;
    struct loop_timer **first = loop_timers(timer->loop);
    struct timeval period;
    if (timer->dead) {
        free(timer);
        return;
    }
    period.tv_sec = timer->period_ms / 1000;
    period.tv_usec = timer->period_ms % 1000 * 1000;
    timer->event = event_new(loop_base(timer->loop), -1, EV_PERSIST, on_tick, timer);
    if (timer->event == NULL || event_add(timer->event, &period) != 0) abort();
    timer->next = *first;
    if (*first) (*first)->prev = timer;
    *first = timer;
}

struct loop_timer *loop_timer_new(struct loop *loop, int64_t period_ms, loop_fn fn, void *arg) {
    struct loop_timer *timer = calloc(1, sizeof(*timer));
    if (timer == NULL) abort();
    timer->loop = loop;
    timer->fn = fn;
    timer->arg = arg;
    timer->period_ms = period_ms > 0 ? period_ms : 1;
    if (loop_is_mine(loop))
        arm(timer);
    else
        loop_post(loop, arm, timer);
    return timer;
}

static void drop(struct loop_timer *timer) {
    if (timer->event == NULL) {
        timer->dead = 1; /* arm() is still queued and frees it */
        return;
    }
    if (timer->prev)
        timer->prev->next = timer->next;
    else
        *loop_timers(timer->loop) = timer->next;
    if (timer->next) timer->next->prev = timer->prev;
    event_free(timer->event);
    free(timer);
}

static void drop_and_tell(void *arg) {
    struct free_call *call = arg;
    drop(call->timer);
    pthread_mutex_lock(&call->lock);
    call->is_done = 1;
    pthread_cond_signal(&call->done);
    pthread_mutex_unlock(&call->lock);
}

void loop_timer_free(struct loop_timer *timer) {
    struct free_call call = {timer, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    if (timer == NULL) return;
    if (loop_is_mine(timer->loop)) {
        drop(timer);
        return;
    }
    loop_post(timer->loop, drop_and_tell, &call);
    pthread_mutex_lock(&call.lock);
    while (!call.is_done) pthread_cond_wait(&call.done, &call.lock);
    pthread_mutex_unlock(&call.lock);
    pthread_mutex_destroy(&call.lock);
    pthread_cond_destroy(&call.done);
}

void loop_timers_drop(struct loop *loop) {
    while (*loop_timers(loop)) drop(*loop_timers(loop));
}
