#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "loop/loop.h"
#include "support/check.h"

static void sleep_ms(int ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static int wait_for(const _Atomic(int) *value, int at_least) {
    int i;
    for (i = 0; i < 5000 && atomic_load(value) < at_least; i++) sleep_ms(1);
    return atomic_load(value) >= at_least;
}

#define POSTERS 4
#define POSTS   5000

/* Each poster numbers its tasks; they must arrive in that order, on the loop's thread. */
struct poster {
    struct loop *loop;
    int next, out_of_order, elsewhere;
};
struct numbered {
    struct poster *poster;
    int number;
};
static struct numbered tasks[POSTERS][POSTS];
static _Atomic(int) arrived;

static void arrive(void *arg) {
    struct numbered *task = arg;
    if (task->number != task->poster->next++) task->poster->out_of_order = 1;
    if (!loop_is_mine(task->poster->loop)) task->poster->elsewhere = 1;
    atomic_fetch_add(&arrived, 1);
}

static void *post_all(void *arg) {
    struct numbered *mine = arg;
    int i;
    for (i = 0; i < POSTS; i++) loop_post(mine[i].poster->loop, arrive, &mine[i]);
    return NULL;
}

TEST(posts_arrive_in_order_from_many_threads) {
    struct poster posters[POSTERS];
    pthread_t threads[POSTERS];
    struct loop *loop;
    int p, i;
    REQUIRE(loop_new("order", &loop, NULL) == MX_OK);
    CHECK(!loop_is_mine(loop));
    atomic_store(&arrived, 0);
    memset(posters, 0, sizeof(posters));
    for (p = 0; p < POSTERS; p++) {
        posters[p].loop = loop;
        for (i = 0; i < POSTS; i++) {
            tasks[p][i].poster = &posters[p];
            tasks[p][i].number = i;
        }
        REQUIRE(pthread_create(&threads[p], NULL, post_all, tasks[p]) == 0);
    }
    for (p = 0; p < POSTERS; p++) pthread_join(threads[p], NULL);
    CHECK(wait_for(&arrived, POSTERS * POSTS));
    loop_free(loop);
    for (p = 0; p < POSTERS; p++) {
        CHECK_INT(posters[p].next, POSTS);
        CHECK(!posters[p].out_of_order);
        CHECK(!posters[p].elsewhere);
    }
}

/* A task that posts the next one, far more often than one turn of the loop would run. */
struct chain {
    struct loop *loop;
    _Atomic(int) count;
};

static void link_next(void *arg) {
    struct chain *chain = arg;
    if (atomic_fetch_add(&chain->count, 1) < 9999) loop_post(chain->loop, link_next, chain);
}

static void tick(void *arg) { atomic_fetch_add((_Atomic(int) *)arg, 1); }

TEST(a_task_may_post_and_timers_still_get_their_turn) {
    struct chain chain;
    struct loop *loop;
    struct loop_timer *timer;
    _Atomic(int) ticks = 0;
    REQUIRE(loop_new("chain", &loop, NULL) == MX_OK);
    chain.loop = loop;
    atomic_store(&chain.count, 0);
    timer = loop_timer_new(loop, 2, tick, &ticks);
    loop_post(loop, link_next, &chain);
    CHECK(wait_for(&chain.count, 10000));
    CHECK(wait_for(&ticks, 3));
    loop_timer_free(timer);
    loop_free(loop);
}

static void nap(void *arg) {
    sleep_ms(50);
    tick(arg);
}

TEST(what_was_not_run_is_dropped) {
    struct loop *loop;
    _Atomic(int) ran = 0;
    int i;
    REQUIRE(loop_new("drop", &loop, NULL) == MX_OK);
    loop_post(loop, nap, &ran);
    loop_free(loop);
    CHECK(atomic_load(&ran) <= 1);
    for (i = 0; i < 20; i++) {
        REQUIRE(loop_new("short", &loop, NULL) == MX_OK);
        loop_free(loop);
    }
}

TEST(a_timer_stops_when_it_is_freed) {
    struct loop *loop;
    struct loop_timer *timer;
    _Atomic(int) ticks = 0;
    int seen;
    REQUIRE(loop_new("timer", &loop, NULL) == MX_OK);
    timer = loop_timer_new(loop, 1, tick, &ticks);
    CHECK(wait_for(&ticks, 5));
    loop_timer_free(timer);
    seen = atomic_load(&ticks);
    sleep_ms(20);
    CHECK_INT(atomic_load(&ticks), seen);
    loop_timer_free(NULL);
    loop_timer_new(loop, 1, tick, &ticks); /* left to loop_free() */
    CHECK(wait_for(&ticks, seen + 1));
    loop_free(loop);
}

static void slow_tick(void *arg) {
    tick(arg);
    sleep_ms(30);
    tick(arg);
}

TEST(freeing_a_timer_waits_for_its_callback) {
    struct loop *loop;
    struct loop_timer *timer;
    _Atomic(int) ticks = 0;
    REQUIRE(loop_new("wait", &loop, NULL) == MX_OK);
    timer = loop_timer_new(loop, 1, slow_tick, &ticks);
    CHECK(wait_for(&ticks, 1));
    loop_timer_free(timer);
    CHECK_INT(atomic_load(&ticks) % 2, 0);
    loop_free(loop);
}

struct once {
    struct loop *loop;
    struct loop_timer *timer;
    _Atomic(int) ticks;
};

static void free_myself(void *arg) {
    struct once *once = arg;
    loop_timer_free(once->timer);
    tick(&once->ticks);
}

static void make_and_free(void *arg) {
    struct once *once = arg;
    once->timer = loop_timer_new(once->loop, 2, free_myself, once);
    loop_timer_free(loop_timer_new(once->loop, 1, tick, &once->ticks));
}

TEST(a_timer_may_free_itself) {
    struct once once;
    REQUIRE(loop_new("itself", &once.loop, NULL) == MX_OK);
    atomic_store(&once.ticks, 0);
    loop_post(once.loop, make_and_free, &once);
    CHECK(wait_for(&once.ticks, 1));
    sleep_ms(15);
    CHECK_INT(atomic_load(&once.ticks), 1);
    loop_free(once.loop);
}

static void block_pipe(void *arg) {
    int pair[2];
    if (pipe(pair) == 0) {
        close(pair[0]);
        if (write(pair[1], "x", 1) < 0) tick(arg); /* EPIPE, not a signal */
        close(pair[1]);
    }
}

TEST(a_broken_pipe_does_not_end_the_program) {
    struct loop *loop;
    _Atomic(int) seen = 0;
    REQUIRE(loop_new("a rather long name of a thread", &loop, NULL) == MX_OK);
    loop_post(loop, block_pipe, &seen);
    CHECK(wait_for(&seen, 1));
    loop_free(loop);
}

RUN_TESTS(CASE(posts_arrive_in_order_from_many_threads), CASE(a_task_may_post_and_timers_still_get_their_turn),
          CASE(what_was_not_run_is_dropped), CASE(a_timer_stops_when_it_is_freed), CASE(freeing_a_timer_waits_for_its_callback),
          CASE(a_timer_may_free_itself), CASE(a_broken_pipe_does_not_end_the_program))
