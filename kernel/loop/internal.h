/* What the files of this room share. */
#ifndef LOOP_INTERNAL_H
#define LOOP_INTERNAL_H

#include <pthread.h>

#include "loop/loop.h"

struct loop_task {
    loop_fn fn;
    void *arg;
};

/* Start a named thread in which no signal is delivered: signals belong to the program's main thread, and a write to a
 * closed socket must come back as EPIPE. 0, or an errno. */
int loop_thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *arg);

/* Free the timers that were not freed before their loop. */
void loop_timers_drop(struct loop *loop);

struct loop_timer **loop_timers(struct loop *loop);

#endif
