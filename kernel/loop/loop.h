/* Event loops, each with a thread of its own, and a pool of worker threads. Wraps libevent's core. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdint.h>

#include "base/error.h"

struct loop;
struct event_base; /* libevent's; for `net` only */

typedef void (*loop_fn)(void *arg);

/* A loop with its own thread, running when this returns. name: at most 15 characters, of the thread. */
MX_MUST_CHECK mx_status loop_new(const char *name, struct loop **loop, struct mx_error *err);

/* Stop the loop, wait for its thread, free it. What was posted and not run is dropped. Not from its own thread. */
void loop_free(struct loop *loop);

/* Run fn(arg) on the loop's thread, soon, in order of posting. From any thread. */
void loop_post(struct loop *loop, loop_fn fn, void *arg);

/* 1 on the loop's own thread. */
int loop_is_mine(const struct loop *loop);

struct event_base *loop_base(struct loop *loop);

/* Call fn(arg) each `period_ms` on the loop's thread until loop_timer_free(). From any thread. */
struct loop_timer;
struct loop_timer *loop_timer_new(struct loop *loop, int64_t period_ms, loop_fn fn, void *arg);
void loop_timer_free(struct loop_timer *timer); /* waits when the callback is running elsewhere */

/* Worker threads with one bounded queue. */
struct loop_workers;
MX_MUST_CHECK mx_status loop_workers_new(const char *name, uint32_t threads, uint32_t queue_cap, struct loop_workers **workers,
                                         struct mx_error *err);
void loop_workers_free(struct loop_workers *workers); /* finishes what is queued */

/* Queue fn(arg): 1, or 0 when the queue is full or closing. */
int loop_workers_post(struct loop_workers *workers, loop_fn fn, void *arg);

#endif
