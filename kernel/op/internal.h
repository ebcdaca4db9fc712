/* Inside of `op`: the registry, the running command, the writer. Nobody outside this room includes it. */
#ifndef OP_INTERNAL_H
#define OP_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/id.h"
#include "base/map.h"
#include "loop/loop.h"
#include "op/op.h"

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

/* ---- figures.c: what happened, in relaxed counters ---- */

#define OP_CALL_BOUNDS   14u
#define OP_COMMIT_BOUNDS 12u
#define OP_GROUP_BOUNDS  9u
#define OP_BOUNDS_MAX    14u

struct op_histogram {
    atomic_uint_fast64_t buckets[OP_BOUNDS_MAX + 1]; /* the last one in use: above all bounds */
    atomic_uint_fast64_t sum;
};

enum {
    OP_RESULT_OK,
    OP_RESULT_REPLAYED,
    OP_RESULT_REFUSED,
    OP_RESULT_DENIED,
    OP_RESULT_BAD_REQUEST,
    OP_RESULT_LIMITED,
    OP_RESULT_TURNED_AWAY,
    OP_RESULT_FAILED,
    OP_RESULTS
};

/* Of one operation. */
struct op_figures {
    atomic_uint_fast64_t results[OP_RESULTS];
    struct op_histogram took; /* microseconds */
};

extern const int64_t op_call_bounds_us[OP_CALL_BOUNDS];
extern const int64_t op_commit_bounds_us[OP_COMMIT_BOUNDS];
extern const int64_t op_group_bounds[OP_GROUP_BOUNDS];
void op_observe(struct op_histogram *histogram, const int64_t *bounds, uint32_t bound_count, int64_t value);
/* A call is answered: count it under its operation. */
void op_count_call(const struct op_call *call);

/* ---- running.c: heavy queries that wait or run ---- */

#define OP_STOP_CANCELLED 1
#define OP_STOP_GONE      2
#define OP_STOP_CLOSING   3

struct op_running { /* in its call's arena; listed from its admission to just before done() */
    struct op_running *next;
    const struct op_call *call;
    struct mx_str id; /* "qry_..." */
    int64_t asked_ms;
    int64_t snapshot_us; /* since when it holds its snapshot; 0 = it holds none. The worker's own */
    atomic_int begun, stop;
    atomic_llong done, total;
};

struct op_runs {
    pthread_mutex_t mutex;
    struct op_running *first;
    int closing, seeded;
    struct base_random random;
};

/* ---- registry ---- */

struct op_owner {
    struct op_owner *next;
    struct base_arena *arena;
    struct mx_plugin plugin; /* as far as this program knows it */
    struct op_reg *ops;
    uint32_t op_count;
};

/* A registered operation; `entry` is what others see. */
struct op_reg {
    struct op_entry entry;
    struct mx_op def;
    struct op_owner *owner;
    int personal; /* the answer holds personal fields */
    struct op_figures *figures;
};

/* A use, resolved. */
struct op_link {
    const struct mx_use *use;
    struct op_owner *from;
    struct op_reg *to; /* NULL: nobody registered it */
    int same_in, same_out;
};

struct op_answerer {
    struct mx_answer def;
    struct op_owner *owner;
    int same_in, same_out;
};

struct op_point {
    struct mx_point def;
    struct op_owner *owner;
    struct op_answerer *answers; /* by priority, then plugin */
    uint32_t count;
};

struct op_listener {
    struct mx_subscription def;
    struct op_owner *owner;
};

struct op_topic {
    struct mx_event_def def;
    struct op_owner *owner;
    struct op_listener *listeners; /* inside the transaction; by priority, then plugin */
    uint32_t count;
};

struct op_follower {
    struct op_listener listener;
    int64_t retry_us; /* steady clock; 0 = now */
    int64_t backoff_ms;
};

struct op_job {
    const struct mx_job *def;
    struct op_owner *owner;
};

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

/* What waits for the end of a command: see mx_settled(). */
struct op_settled {
    struct op_settled *next;
    void (*fn)(void *arg, int32_t kept);
    void *arg;
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

/* ---- one running command or query ---- */

struct op_emitted {
    struct op_emitted *next;
    const struct op_topic *topic;
    struct mx_str data; /* canonical JSON */
    int64_t at_ms;
    uint32_t depth;
};

struct op_ctx {
    struct mx_ctx pub; /* first: the interfaces get its address */
    struct op_kernel *op;
    struct base_arena *arena;
    struct store_view *view;
    const struct identity_principal *principal;
    struct op_owner *owner;     /* whose code runs now */
    const char *op_name;        /* the outermost operation */
    const struct op_call *call; /* NULL in the kernel's own work */
    struct op_running *running; /* of a heavy query; NULL elsewhere */
    int64_t done, total;        /* what mx_progress() said last */
    struct mx_error error;
    struct mx_error doom; /* set: the command cannot succeed any more */
    struct op_emitted *emitted, *emitted_last;
    uint32_t depth;
    uint32_t event_depth;
    int emits;   /* an event was written */
    int64_t seq; /* its number in the log; of the last one */
    struct op_after *after, *after_last;
    struct op_settled *settled, *settled_last;
    int starts_job; /* a job was written */
    int seeded;
    struct base_random random;
    struct base_ids *ids; /* the writer's; NULL on other threads */
    void *kept;
    struct mx_shop *shop;
    struct base_arena *whole;     /* the query's own memory, once it works in slices */
    struct base_arena *slices[2]; /* of this slice and the one before, in turn */
    uint32_t slice;
    struct store_shown *shown; /* whose personal fields were opened; NULL: it need not be said */
};

/* What a nested piece of code must find and leave behind. */
struct op_frame {
    struct op_owner *owner;
    uint32_t read_only;
    void *kept;
};

static inline struct op_ctx *op_ctx_of(struct mx_ctx *ctx) { return (struct op_ctx *)(void *)ctx; }

/* registry.c, plugin.c, freeze.c */
mx_status op_plugin_check(const struct mx_plugin *plugin, struct mx_error *err);
int op_type_has(const struct mx_type *type, uint16_t flags);
struct op_owner *op_owner_find(const struct op_kernel *op, const char *name);
void op_thaw(struct op_kernel *op);
int op_types_same(struct op_kernel *op, const struct mx_type *a, const struct mx_type *b);
void op_copy_sized(void *to, size_t to_size, const void *from, size_t from_size);

/* ctx.c */
void op_ctx_init(struct op_ctx *ctx, struct op_kernel *op, struct base_arena *arena, struct store_view *view,
                 const struct identity_principal *principal, const char *op_name, struct op_owner *owner, int read_only, int64_t now_ms);
struct op_frame op_frame_enter(struct op_ctx *ctx, struct op_owner *owner, int read_only);
void op_frame_leave(struct op_ctx *ctx, const struct op_frame *frame);
mx_status op_ctx_fail(struct op_ctx *ctx, mx_status status, const char *format, ...) MX_PRINTF(3, 4);
/* Make sure that ctx->error speaks of `status`, and hand it on. */
mx_status op_ctx_error(struct op_ctx *ctx, mx_status status);
void op_doom(struct op_ctx *ctx);

/* ctx_store.c, ctx_identity.c, nested.c, points.c, events.c, jobs.c, shop.c: the interface tables and their parts */
extern const struct mx_op_api op_api;
extern const struct mx_store_api op_store_api;
extern const struct mx_event_api op_event_api;
extern const struct identity_calls op_identity_calls;
mx_status op_ctx_call(struct mx_ctx *ctx, const struct mx_use *use, const void *in, void *out);
mx_status op_ctx_ask(struct mx_ctx *ctx, const struct mx_point *point, const void *in, void *out);
mx_status op_ctx_ask_all(struct mx_ctx *ctx, const struct mx_point *point, const void *in, mx_collect_fn collect, void *arg);
mx_status op_ctx_job_start(struct mx_ctx *ctx, const char *job, struct mx_str body_json, struct mx_str *id);
const struct mx_shop *op_ctx_shop(struct mx_ctx *ctx);
int op_shop_practice(struct op_ctx *ctx);
mx_status op_ctx_call_json(struct mx_ctx *ctx, const char *role, struct mx_str op, struct mx_str in_json, struct mx_str *out_json);
mx_status op_ctx_operation(struct mx_ctx *ctx, struct mx_str op, uint32_t *flags);
struct mx_str op_ctx_problem(struct mx_ctx *ctx);
const struct mx_type *op_ctx_type_of(struct mx_ctx *ctx, struct mx_str name);

/* ctx_persons.c, ctx_customer.c: parts of the table "mx.identity", as merx/identity.h says */
mx_status op_ctx_person_find(struct mx_ctx *ctx, const char *kind, struct mx_str value, struct mx_str *person);
mx_status op_ctx_person_new(struct mx_ctx *ctx, struct mx_str *person);
mx_status op_ctx_person_link(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_str value);
mx_status op_ctx_person_identifiers(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_list *values);
mx_status op_ctx_person_set(struct mx_ctx *ctx, struct mx_str person, struct mx_list *persons);
mx_status op_ctx_person_link_from(struct mx_ctx *ctx, struct mx_str person, const struct mx_link *link, struct mx_str *other);
mx_status op_ctx_person_unlink(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct mx_str value);
mx_status op_ctx_person_merge(struct mx_ctx *ctx, struct mx_str from, struct mx_str into, struct mx_str reason, struct mx_str *merge);
mx_status op_ctx_person_erase(struct mx_ctx *ctx, struct mx_str person, struct mx_str reason);
mx_status op_ctx_person_export(struct mx_ctx *ctx, struct mx_str person, struct mx_str *json);
mx_status op_ctx_person_prove(struct mx_ctx *ctx, struct mx_str person, struct mx_str proof);
struct mx_str op_ctx_customer(struct mx_ctx *ctx);
mx_status op_ctx_guess(struct mx_ctx *ctx, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute);
void op_ctx_guessed(struct mx_ctx *ctx, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute);

/* events.c: after the handler: hand what was emitted to the subscribers. */
mx_status op_events_deliver(struct op_ctx *ctx);
mx_status op_event_give(struct op_ctx *ctx, const struct op_listener *listener, const struct mx_event *event, struct mx_str data);
mx_status op_ctx_emit(struct mx_ctx *ctx, const struct mx_event_def *event, const void *data);
mx_status op_ctx_due_at(struct mx_ctx *ctx, int64_t due_ms, const char *op, struct mx_str id, struct mx_str body_json);
mx_status op_ctx_due_cancel(struct mx_ctx *ctx, const char *op, struct mx_str id);

/* call.c */
int op_is_system(const struct identity_principal *principal);
const char *op_place(struct base_arena *arena, const struct mx_error *err);
/* What two calls with one key must have in common: the operation and the canonical text of its body, so that spaces and the
 * order of members do not count. */
MX_MUST_CHECK mx_status op_hash_body(struct op_kernel *op, struct base_arena *arena, struct mx_str name, struct mx_str body,
                                     uint8_t hash[16], struct mx_error *err);
void op_fill(struct op_call *call, mx_status status, const struct mx_error *err);
void op_finish(struct op_call *call, mx_status status, const struct mx_error *err);
mx_status op_invoke(struct op_ctx *ctx, const struct op_reg *reg, const void *in, void **out);
mx_status op_answer(struct op_ctx *ctx, const struct op_reg *reg, const void *out, struct mx_str *answer);

/* What `prepare` leaves for the handler. */
struct op_prepared {
    void *kept;
    mx_status status;
    struct mx_error error;
};

/* load.c: who may still join the writer's queue (its mutex is held). limits.c: how often a caller may ask. */
struct op_load {
    uint32_t waiting;
    int running;
    int64_t oldest_us; /* how long the first in the queue has waited */
};
void op_load_of(struct op_kernel *op, struct op_load *load);
mx_status op_admit_to_queue(struct op_kernel *op, struct op_call *call, struct mx_error *err);
mx_status op_limit(struct op_kernel *op, struct op_call *call, struct mx_error *err);

/* running.c */
void op_running_add(struct op_kernel *op, struct op_call *call);
void op_running_remove(struct op_kernel *op, struct op_call *call);
void op_running_close(struct op_kernel *op, int closing);
void op_running_count(struct op_kernel *op, uint32_t *waiting, uint32_t *running);
/* Cancel one, of this principal only unless it is empty. MX_NONE: there is none. */
mx_status op_running_cancel(struct op_kernel *op, struct mx_str id, struct mx_str only_of);
mx_status op_running_begin(struct op_ctx *ctx, struct op_running *running);
mx_status op_ctx_progress(struct mx_ctx *ctx, int64_t done, int64_t total);
mx_status op_ctx_read_anew(struct mx_ctx *ctx);
mx_status op_ctx_slice(struct mx_ctx *ctx, uint32_t more);
/* Let go of the memory of slices; the view is closed. */
void op_ctx_slices_free(struct op_ctx *ctx);
void op_ctx_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]);
void op_ctx_sign(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t signature[MX_SIGNATURE_BYTES]);
mx_status op_ctx_sign_check(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, const uint8_t signature[MX_SIGNATURE_BYTES]);
void op_ctx_civil(struct mx_ctx *ctx, struct mx_str zone, int64_t at_ms, struct mx_civil *civil);
void op_ctx_random(struct mx_ctx *ctx, void *bytes, size_t len);
void op_ctx_keyed_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]);
struct mx_str op_ctx_seal(struct mx_ctx *ctx, struct mx_str plain, struct mx_str bound);
mx_status op_ctx_unseal(struct mx_ctx *ctx, struct mx_str sealed, struct mx_str bound, struct mx_str *plain);

/* problem.c: 1 when the problem says who stands in whose way. */
int op_names_conflict(const struct op_call *call, const struct mx_error *err);

/* metrics_work.c */
void op_metrics_work(struct base_buf *out, struct op_kernel *op, struct base_arena *arena, struct store_view *view);

/* verify.c: op_verify() on behalf of a query, which can be cancelled; asked may be NULL. */
MX_MUST_CHECK mx_status op_verify_for(struct op_kernel *op, struct op_ctx *asked, mx_found_fn found, void *arg, uint64_t *records);

/* shown.c: whose personal data an answer shows. Begin before the handler; tell in a command; finish a query whose answer is ready. */
extern const struct mx_op op_pii_note;
extern const struct mx_event_def op_pii_shown;
void op_shown_begin(struct op_ctx *ctx, const struct op_reg *reg);
MX_MUST_CHECK mx_status op_shown_tell(struct op_ctx *ctx);
void op_shown_finish(struct op_kernel *op, struct op_call *call, const struct store_shown *shown);

/* queries.c */
extern const struct mx_op op_queries_list, op_queries_cancel;

/* backup_ops.c */
extern const struct mx_op op_backup_note;
extern const struct mx_event_def op_backup_was_made;
extern const struct mx_grant *const op_queries_grants[];

/* writer.c */
mx_status op_enqueue(struct op_kernel *op, struct op_call *call, struct mx_error *err);
void op_fatal(struct op_kernel *op, const char *why);

/* A group on its way to the commit. */
struct op_group {
    struct op_kernel *op;
    struct store_group *group;
    uint32_t applied; /* commands that wrote something */
    int64_t seq;      /* last number that they wrote to the log; 0 = none */
};

/* after.c: call fn(op, copy of arg) on the writer thread when this command is durable; never when it fails. */
mx_status op_ctx_settled(struct mx_ctx *ctx, void (*fn)(void *arg, int32_t kept), void *arg);
void op_settled_tell(const struct op_ctx *ctx, int32_t kept);
void op_after_commit(struct op_ctx *ctx, void (*fn)(struct op_kernel *op, const void *arg), const void *arg, size_t size);
void op_after_keep(struct op_ctx *ctx);  /* the command was applied */
void op_after_run(struct op_kernel *op); /* the group is durable */

/* refused.c: what is done all the same when a call is refused, once its own command was dropped. */
mx_status op_ctx_if_refused(struct mx_ctx *ctx, const char *op, struct mx_str body_json);
void op_left_run(struct op_group *group, struct op_call *call);

/* command.c: run `fn` as one command in a view of its own: applied when it returns MX_OK, dropped otherwise. */
typedef mx_status (*op_work_fn)(struct op_ctx *ctx, void *arg);
struct op_work {
    struct base_arena *arena;
    const struct identity_principal *principal;
    const char *op_name;
    struct op_owner *owner;
    op_work_fn fn;
    void *arg;
};
/* Say that damaged records hold nobody up: when their number changes, not at each look. */
void op_passed_over(uint32_t *before, uint32_t count, const char *what);
/* Is the principal still allowed to do this? Its key or role may have changed since the call was admitted. */
mx_status op_check_again(struct op_ctx *ctx, struct op_call *call);
mx_status op_command(struct op_group *group, const struct op_work *work, struct mx_error *err);
/* Deliver events, and fail when the command is doomed: the end of every command's work. */
mx_status op_settle(struct op_ctx *ctx, mx_status status);
void op_run_call(struct op_group *group, struct op_call *call);

/* approval.c */
/* Scope of the caller and, for commands, the policy for the operation itself: before the handler runs. */
MX_MUST_CHECK mx_status op_guard(struct op_ctx *ctx, const struct op_reg *reg, const void *in);
MX_MUST_CHECK mx_status op_approved(struct op_ctx *ctx, const char *act, int64_t amount);
/* After MX_E_APPROVAL: write down what was wanted and name it in the answer. */
mx_status op_ask_approval(struct op_group *group, struct op_work *work, struct op_call *call, struct mx_error *err);

/* own.c: customers in their own session. Is `own` of the declaration in order? 1: it is. */
int op_own_valid(const struct mx_op *def);
/* The member of the input that says whom it is about; NULL: none does. */
const struct mx_field *op_own_field(const struct mx_op *def);
/* May a customer call this at all? Always MX_OK for others. */
MX_MUST_CHECK mx_status op_own_right(const struct identity_principal *who, const struct mx_op *def, struct mx_error *err);
/* Is it about her? In the view that it runs in. */
MX_MUST_CHECK mx_status op_own_guard(struct op_ctx *ctx, const struct op_reg *reg, const void *in);
/* Before the call is queued: twice, to fill in who she is where it was left out, and with the decoded input to look. */
MX_MUST_CHECK mx_status op_own_admit(struct op_kernel *op, struct op_call *call, struct mx_error *err);

/* idempotency.c */
struct op_stored {
    mx_status status;
    int http_status;
    struct mx_str answer;
};
mx_status op_idem_get(struct op_ctx *ctx, const struct op_call *call, struct op_stored *stored);
mx_status op_idem_put(struct op_ctx *ctx, const struct op_call *call, const struct op_stored *stored);
mx_status op_idem_purge(struct op_ctx *ctx, void *found);

/* The writer's own work; each returns the number of commands run (0 = nothing to do now). */
uint32_t op_follow(struct op_group *group, int64_t until_us);
mx_status op_followers_begin(struct op_kernel *op, struct mx_error *err); /* from op_start() */
uint32_t op_fire_due(struct op_group *group, int64_t until_us);
uint32_t op_step_jobs(struct op_group *group, int64_t until_us);
uint32_t op_purge(struct op_group *group);

/* shop.c, system.c: the kernel's own operations */
extern const struct mx_table op_shop_table;
extern const struct mx_op op_shop_get, op_shop_put, op_system_verify, op_system_log, op_system_stat, op_job_list, op_job_retry,
    op_job_pause, op_job_resume, op_job_cancel;

/* problem.c */
struct mx_str op_problem_text(struct base_arena *arena, const struct mx_error *err);

#include "op/outside.h"

#endif
