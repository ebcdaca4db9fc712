#include <stdatomic.h>
#include <time.h>

#include "loop/loop.h"
#include "support/check.h"

static _Atomic(int) ran, gate_open;

static void sleep_ms(int ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static void count(void *arg) {
    (void)arg;
    atomic_fetch_add(&ran, 1);
}

static void wait_at_gate(void *arg) {
    while (!atomic_load(&gate_open)) sleep_ms(1);
    count(arg);
}

TEST(closing_finishes_what_is_queued) {
    struct loop_workers *workers;
    int i, taken = 0;
    atomic_store(&ran, 0);
    REQUIRE(loop_workers_new("close", 3, 500, &workers, NULL) == MX_OK);
    for (i = 0; i < 500; i++) taken += loop_workers_post(workers, count, NULL);
    CHECK_INT(taken, 500);
    loop_workers_free(workers);
    CHECK_INT(atomic_load(&ran), 500);
}

TEST(a_full_queue_refuses) {
    struct loop_workers *workers;
    int i, taken = 0;
    atomic_store(&ran, 0);
    atomic_store(&gate_open, 0);
    REQUIRE(loop_workers_new("full", 2, 4, &workers, NULL) == MX_OK);
    for (i = 0; i < 100; i++) taken += loop_workers_post(workers, wait_at_gate, NULL);
    CHECK(taken >= 4 && taken <= 6); /* four wait, at most two are being worked on */
    for (i = 0; i < 50 && taken < 6; i++) {
        sleep_ms(2);
        taken += loop_workers_post(workers, wait_at_gate, NULL);
    }
    CHECK_INT(taken, 6);
    CHECK_INT(loop_workers_post(workers, wait_at_gate, NULL), 0);
    atomic_store(&gate_open, 1);
    loop_workers_free(workers);
    CHECK_INT(atomic_load(&ran), 6);
}

TEST(freeing_nothing_is_fine) { loop_workers_free(NULL); }

RUN_TESTS(CASE(closing_finishes_what_is_queued), CASE(a_full_queue_refuses), CASE(freeing_nothing_is_fine))
