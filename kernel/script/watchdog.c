/* The watchdog: a thread that looks after rules which do not come back.
 *
 * Budgets count instructions, so that answers agree everywhere; nothing known runs long within them. Should something do so
 * after all, it is noticed here by the time that its own thread has spent: it is told to stop, and the rule is off at once
 * for all threads, whether the one in question comes back or not. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "script/internal.h"

#define LOOK_MS 20

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int running;
    int stopping;
} dog = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int64_t thread_cpu_ms(const struct script_state *state) {
    struct timespec t;
    if (!state->has_clock || clock_gettime(state->clock, &t) != 0) return 0;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void look_at(void *arg, struct script_state *state) {
    uint32_t turn = atomic_load_explicit(&state->turn, memory_order_acquire);
    struct script_rule *rule;
    (void)arg;
    if (!(turn & 1u) || turn != state->seen_turn) {
        state->seen_turn = turn;
        state->seen_cpu_ms = turn & 1u ? thread_cpu_ms(state) : 0;
        return;
    }
    if (thread_cpu_ms(state) - state->seen_cpu_ms <= SCRIPT_WATCH_MS || atomic_load(&state->stop) == turn) return;
    rule = atomic_load_explicit(&state->now, memory_order_relaxed);
    if (atomic_load(&state->turn) != turn) return; /* it has just come back: what runs now has done nothing wrong */
    atomic_store(&state->stop, turn);
    if (rule != NULL) script_rule_off(state->set, rule, "the watchdog stopped it: it held a thread for more than 100 ms");
}

static void *watch(void *arg) {
    struct timespec until;
    (void)arg;
    pthread_mutex_lock(&dog.lock);
    while (!dog.stopping) {
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_MS * 1000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        if (pthread_cond_timedwait(&dog.wake, &dog.lock, &until) != ETIMEDOUT) continue;
        pthread_mutex_unlock(&dog.lock);
        script_each_state(look_at, NULL);
        pthread_mutex_lock(&dog.lock);
    }
    pthread_mutex_unlock(&dog.lock);
    return NULL;
}

void script_watch_start(void) {
    pthread_mutex_lock(&dog.lock);
    if (!dog.running) {
        dog.stopping = 0;
        pthread_cond_init(&dog.wake, NULL);
        dog.running = pthread_create(&dog.thread, NULL, watch, NULL) == 0;
    }
    pthread_mutex_unlock(&dog.lock);
}

void script_watch_stop(void) {
    int running;
    pthread_mutex_lock(&dog.lock);
    running = dog.running;
    dog.running = 0;
    dog.stopping = 1;
    if (running) pthread_cond_signal(&dog.wake);
    pthread_mutex_unlock(&dog.lock);
    if (!running) return;
    pthread_join(dog.thread, NULL);
    pthread_cond_destroy(&dog.wake);
}
