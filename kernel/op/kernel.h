/* Inside of `op`: the state of the kernel: the registry, the writer, and what the writer alone touches. */
#ifndef OP_KERNEL_H
#define OP_KERNEL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/map.h"
#include "loop/loop.h"
#include "op/registry.h"
#include "op/running.h"

#define OP_GROUP_MAX        256u
#define OP_QUEUE_MAX        4096u
#define OP_WORKER_QUEUE     1024u
#define OP_CALL_DEPTH_MAX   16u
#define OP_EVENT_DEPTH_MAX  8u
#define OP_KEY_MAX          128u
#define OP_BODY_MAX         (64u << 20)
#define OP_IDEM_KEEP_MS     (INT64_C(8) * 24 * 3600 * 1000)
#define OP_STEP_RECORDS     200u
#define OP_SYSTEM_STEPS     64u   /* system commands in one group */
#define OP_SYSTEM_BUDGET_US 2000  /* and the time they may take, so that tills wait no longer */
#define OP_RETRY_MS         60000 /* a due operation that failed inside is tried again after this */
#define OP_WATCHERS_MAX     4u
#define OP_CLOCK_JUMP_MS    INT64_C(3600000)                /* a jump: more than an hour against the steady clock */
#define OP_CLOCK_AWAY_MS    (INT64_C(7) * 24 * 3600 * 1000) /* or more than seven days while the machine was off */

#define OP_SHED_PART    4u    /* with a quarter of the queue full, only tills may still join it */
#define OP_SHED_WAIT_MS 500u  /* or when the first in it has waited so long */
#define OP_STUCK_MS     10000 /* waiting longer than this means that the shop cannot serve */
#define OP_SNAPSHOT_MS  30000 /* a heavy query may look at one state of the shop for so long */

/* ---- the writer ---- */

struct op_writer {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct op_call *first, *last;
    uint32_t waiting;
    int admits;  /* calls may be handed to the workers */
    int running; /* takes commands */
    int stopping;
    int asleep;
};

struct op_watcher {
    void (*fn)(void *arg, int64_t seq);
    void *arg;
};

/* What a command asked to be done once it is durable: see op_after_commit(). */
struct op_after {
    struct op_after *next;
    void (*fn)(struct op_kernel *op, const void *arg);
    const void *arg;
    size_t size;
};

/* The shop's clock and the time against which things expire: clock.c. */
struct op_clock {
    pthread_mutex_t mutex;
    atomic_int_fast64_t offset_ms; /* moved for practice */
    int64_t high_ms;               /* highest time that counts: never goes back */
    int64_t wall_ms, mono_ms;      /* one moment on the machine's clock and on the steady one */
    int64_t allow_ms;              /* not 0: that moment tells nothing yet; so far ahead of high_ms the clock may be */
    char boot[40];                 /* which boot of the machine the moment belongs to */
    /* the writer's own */
    int noted; /* the jump that lasts was told */
    int64_t tick_us, saved_us;
    uint64_t groups_saved;
};

#define OP_SENDERS_MAX  8u
#define OP_WEBHOOKS_MAX 100u

/* The senders and what waits for them: outbox_senders.c. */
struct op_outbox {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t threads[OP_SENDERS_MAX];
    uint32_t count;
    int stopping;
    struct op_host *hosts;
};

struct op_checkpoint {
    int64_t seq, at_ms; /* of the last one; on the steady clock */
    int64_t head;       /* last number of the log */
    int unwritten;      /* the log has more than it */
    atomic_int busy;    /* a worker is writing one */
    atomic_int lost;    /* the last one could not be written */
};

struct op_counters {
    atomic_uint_fast64_t commands, groups, refused, replayed, queries, run_us, commit_us, shed, keyed_hashes;
    struct op_histogram group_size, commit;
};

struct op_kernel {
    struct op_opts opts;
    struct mx_str node;
    struct op_owner *owners; /* in order of registration */
    struct base_map ops;     /* name -> op_reg */
    struct base_map points;  /* name -> op_point */
    struct base_map topics;  /* name -> op_topic */
    struct base_map jobs;    /* name -> op_job */
    struct base_map cursors; /* follower name -> op_owner */

    struct base_arena *frozen; /* everything below is rebuilt by op_freeze() */
    int is_frozen;
    struct op_reg **sorted;
    uint32_t sorted_count;
    struct base_map links; /* address of a struct mx_use -> op_link */
    struct op_follower *followers;
    uint32_t follower_count;

    pthread_rwlock_t same_lock;
    struct base_map same; /* pair of types -> equal or not */
    struct base_arena *same_arena;

    struct loop_workers *workers; /* of `prepare` */
    struct loop_workers *heavy;   /* of heavy queries */
    struct op_writer writer;
    struct op_counters count;
    struct op_runs runs;
    atomic_uint findings; /* of the last verification */
    uint8_t idem_key[CRYPTO_KEY_BYTES];
    struct op_watcher watchers[OP_WATCHERS_MAX];
    uint32_t watcher_count;
    struct op_clock clock;
    struct op_outbox outbox;
    struct op_checkpoint checkpoint;

    /* the writer's own, touched by no other thread */
    struct base_arena *system_arena;
    int follow_all; /* 1: a follower may have something to read */
    int jobs_left;  /* 1: there may be jobs to step */
    int fan_hears;  /* 1: there may be webhooks */
    int fan_behind; /* 1: they may have something to hear */
    int64_t fan_retry_us;
    struct base_ids ids; /* what commands make rises */
    char job_last[BASE_ID_MAX + 1];
    int64_t jobs_wake_ms; /* earliest next try of a failed job; 0 = none */
    int64_t purge_us;
    int64_t due_next_ms;                /* of the earliest due time seen; INT64_MAX = none */
    uint32_t due_damaged, jobs_damaged; /* records that were passed over at the last look */
    struct base_arena *after_arena;     /* of this group's `after` */
    struct op_after *after, *after_last;
};

#endif
