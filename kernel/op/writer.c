/* The one writer: takes what is queued, runs it as one group, makes it durable, and only then answers. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"

#define IDLE_WAIT_MS  60000
#define TIMED_WAIT_MS 1000 /* with something due: the shop's clock may be set while we sleep */

void op_fatal(struct op_kernel *op, const char *why) {
    base_log(BASE_LOG_ERROR, "op", "the store failed: %s; nothing more is acknowledged, the program ends", why);
    if (op->opts.fatal) op->opts.fatal(why);
    _exit(75);
}

mx_status op_enqueue(struct op_kernel *op, struct op_call *call, struct mx_error *err) {
    struct op_writer *writer = &op->writer;
    mx_status st;
    call->next = NULL;
    call->queued_us = base_steady_us();
    pthread_mutex_lock(&writer->mutex);
    st = writer->running ? op_admit_to_queue(op, call, err)
                         : base_fail(err, MX_E_SHUTTING_DOWN, NULL, "The shop is closing down; try again when it is open.");
    if (st == MX_OK) {
        if (writer->last)
            writer->last->next = call;
        else
            writer->first = call;
        writer->last = call;
        writer->waiting++;
        if (writer->asleep) pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->mutex);
    return st;
}

static void wait_on(struct op_writer *writer, int64_t wait_ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    writer->asleep = 1;
    while (!writer->first && !writer->stopping)
        if (pthread_cond_timedwait(&writer->wake, &writer->mutex, &until) == ETIMEDOUT) break;
    writer->asleep = 0;
}

/* Take at most group_max calls; wait up to wait_ms for the first. *stop: nothing is left and nothing more will come. */
static struct op_call *take(struct op_kernel *op, int64_t wait_ms, int *stop) {
    struct op_writer *writer = &op->writer;
    struct op_call *first, *last;
    uint32_t count = 1;
    pthread_mutex_lock(&writer->mutex);
    if (!writer->first && !writer->stopping && wait_ms > 0) wait_on(writer, wait_ms);
    first = last = writer->first;
    while (last && last->next && count < op->opts.group_max) {
        last = last->next;
        count++;
    }
    if (last) {
        writer->first = last->next;
        if (!writer->first) writer->last = NULL;
        last->next = NULL;
        writer->waiting -= count;
    }
    *stop = !first && writer->stopping;
    pthread_mutex_unlock(&writer->mutex);
    return first;
}

/* Followers, due times and jobs get a short while of each group, behind the clients' commands. They wait for room on the
 * disk as those do: a write that fails would end the program, and the next start would try it again. */
static uint32_t run_system(struct op_group *group) {
    int64_t until_us = base_steady_us() + OP_SYSTEM_BUDGET_US;
    uint32_t steps;
    if (!store_has_room(group->op->opts.store)) return 0;
    steps = op_fire_due(group, until_us);
    steps += op_follow(group, until_us);
    steps += op_fan_out(group, until_us);
    steps += op_step_jobs(group, until_us);
    steps += op_clock_tick(group);
    return steps + op_purge(group);
}

static uint32_t run_group(struct op_kernel *op, struct op_call *calls) {
    struct op_group group = {op, NULL, 0, 0};
    struct op_call *call;
    int64_t begun_us = base_steady_us(), run_us, commit_us;
    uint32_t steps, size = 0;
    if (store_group_begin(op->opts.store, &group.group) != MX_OK) op_fatal(op, "no group could be begun");
    for (call = calls; call; call = call->next, size++) op_run_call(&group, call);
    steps = run_system(&group);
    run_us = base_steady_us();
    if (group.applied == 0)
        store_group_abort(group.group);
    else if (store_group_commit(group.group) != MX_OK)
        op_fatal(op, "a group could not be made durable");
    commit_us = base_steady_us() - run_us;
    op_after_run(op);
    if (group.seq) op_tell_watchers(op, group.seq);
    op_checkpoint_note(op, group.seq);
    if (size) op_observe(&op->count.group_size, op_group_bounds, OP_GROUP_BOUNDS, size);
    if (group.applied) op_observe(&op->count.commit, op_commit_bounds_us, OP_COMMIT_BOUNDS, commit_us);
    if (group.applied) atomic_fetch_add_explicit(&op->count.groups, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&op->count.run_us, (uint64_t)(run_us - begun_us), memory_order_relaxed);
    atomic_fetch_add_explicit(&op->count.commit_us, (uint64_t)commit_us, memory_order_relaxed);
    return steps;
}

static void answer_all(struct op_call *calls) {
    while (calls) {
        struct op_call *call = calls;
        calls = call->next;
        op_count_call(call);
        call->done(call);
    }
}

/* How long there is nothing to do, as far as the writer knows. */
static int64_t idle_ms(struct op_kernel *op) {
    int64_t now_us = base_steady_us(), wait_ms = IDLE_WAIT_MS;
    uint32_t i;
    if (!store_has_room(op->opts.store)) return TIMED_WAIT_MS;
    if (op->due_next_ms != INT64_MAX || op->jobs_wake_ms) wait_ms = TIMED_WAIT_MS;
    for (i = 0; i < op->follower_count; i++)
        if (op->followers[i].retry_us > now_us) wait_ms = TIMED_WAIT_MS;
    if (op->due_next_ms != INT64_MAX) {
        int64_t until_ms = op->due_next_ms - op_expiry(op, op_now(op));
        if (until_ms < wait_ms) wait_ms = until_ms > 1 ? until_ms : 1;
    }
    return wait_ms;
}

/* A group is begun only when there is a call, or when the clock or the hints say that something may be due. */
static int has_own_work(struct op_kernel *op) {
    int64_t now_us = base_steady_us(), now_ms = op_now(op);
    uint32_t i;
    if (!store_has_room(op->opts.store)) return 0;
    if (op->due_next_ms <= op_expiry(op, now_ms) || now_us >= op->purge_us || op_clock_wants(op) || op_fan_wants(op)) return 1;
    if (op->jobs_left && (op->jobs_wake_ms == 0 || op->jobs_wake_ms <= now_ms)) return 1;
    for (i = 0; op->follow_all && i < op->follower_count; i++)
        if (op->followers[i].retry_us <= now_us) return 1;
    return 0;
}

static void *writer_main(void *arg) {
    struct op_kernel *op = arg;
    int64_t wait_ms = 0;
    for (;;) {
        int stop = 0;
        struct op_call *calls = take(op, wait_ms, &stop);
        uint32_t steps = 0;
        if (stop) break;
        if (calls || has_own_work(op)) steps = run_group(op, calls);
        answer_all(calls);
        wait_ms = steps ? 0 : idle_ms(op);
    }
    return NULL;
}

static void free_workers(struct op_kernel *op) {
    if (op->heavy) loop_workers_free(op->heavy);
    if (op->workers) loop_workers_free(op->workers);
    op->heavy = op->workers = NULL;
}

/* Two pools: nobody who opens a session waits because a report takes its time. */
static mx_status new_workers(struct op_kernel *op, struct mx_error *err) {
    mx_status st = loop_workers_new("merx-work", op->opts.workers, OP_WORKER_QUEUE, &op->workers, err);
    if (st == MX_OK) st = loop_workers_new("merx-heavy", op->opts.workers, OP_WORKER_QUEUE, &op->heavy, err);
    if (st != MX_OK) free_workers(op);
    return st;
}

mx_status op_start(struct op_kernel *op, struct mx_error *err) {
    struct op_writer *writer = &op->writer;
    pthread_condattr_t attr;
    mx_status st;
    if (!op->is_frozen) return base_fail(err, MX_E_INTERNAL, NULL, "The registry must be frozen before the writer starts.");
    st = op_clock_load(op, err);
    if (st == MX_OK) st = op_followers_begin(op, err);
    if (st == MX_OK) st = new_workers(op, err);
    if (st != MX_OK) return st;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->wake, &attr);
    pthread_condattr_destroy(&attr);
    op->system_arena = base_arena_new(65536);
    op_running_close(op, 0);
    op_checkpoint_begin(op);
    op->follow_all = 1;
    op->jobs_left = 1;
    op->fan_hears = op->fan_behind = 1;
    op->fan_retry_us = 0;
    op->due_next_ms = 0; /* unknown: look */
    op->purge_us = 0;
    writer->admits = 1;
    writer->running = 1;
    writer->stopping = 0;
    if (pthread_create(&writer->thread, NULL, writer_main, op) == 0) {
        st = op_outbox_start(op, err);
        if (st != MX_OK) op_stop(op);
        return st;
    }
    writer->admits = 0;
    writer->running = 0;
    free_workers(op);
    base_arena_free(op->system_arena);
    op->system_arena = NULL;
    return base_fail(err, MX_E_NOMEM, NULL, "The writer's thread could not be started.");
}

/* Senders and workers first: what they finish may still go to the writer, which then empties its queue. */
void op_stop(struct op_kernel *op) {
    struct op_writer *writer = &op->writer;
    if (!op->system_arena) return;
    op_outbox_stop(op);
    pthread_mutex_lock(&writer->mutex);
    writer->admits = 0;
    pthread_mutex_unlock(&writer->mutex);
    op_running_close(op, 1);
    free_workers(op);
    pthread_mutex_lock(&writer->mutex);
    writer->running = 0;
    writer->stopping = 1;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->wake);
    op_clock_close(op);
    op_checkpoint_close(op);
    base_arena_free(op->system_arena);
    op->system_arena = NULL;
}
