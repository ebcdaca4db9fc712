/* Operations: the registry, the permission check, the one writer, idempotent replay, delivery of events, jobs.
 *
 * A call arrives as text with a principal, leaves as text with a status, and is answered exactly once. Commands wait in
 * one queue for the writer thread, which runs whatever is queued (at most group_max) as one durable group and answers
 * after the flush. Queries run at once on the caller's thread with a snapshot, HEAVY ones and `prepare` on workers. */
#ifndef OP_OP_H
#define OP_OP_H

#include "bus/bus.h"
#include "identity/identity.h"
#include "merx/plugin.h"
#include "store/store.h"

struct op_kernel;

/* One request to the outside world, made on a sender's thread; blocks until it is answered or its time is up. MX_OK and
 * the answer whatever its HTTP status; otherwise err says what went wrong in a sentence without secrets. */
struct op_request {
    struct mx_str method, url, headers, body; /* headers: lines that end in CRLF */
    int64_t timeout_ms;
};
struct op_reply {
    int status;
    struct mx_str body;    /* in the arena; its beginning when it was long */
    int64_t retry_after_s; /* 0 = did not say */
};
typedef mx_status (*op_send_fn)(void *arg, struct base_arena *arena, const struct op_request *request, struct op_reply *reply,
                                struct mx_error *err);

struct op_opts {
    struct store *store;
    struct bus *bus;
    struct identity *identity;
    const struct crypto_keys *keys;
    struct mx_str node;
    uint32_t workers;               /* threads for prepare, and as many for heavy queries; 0 = 1 */
    uint32_t group_max;             /* commands in one commit; 0 = 256 */
    uint32_t queue_max;             /* commands waiting before the rest is refused as overloaded; 0 = 4096 */
    int64_t (*now_ms)(void);        /* the machine's clock, which the shop's own follows; NULL = the system's */
    void (*fatal)(const char *why); /* called on the writer thread after a failed write; must not return. NULL = exit(75) */
    op_send_fn send;                /* how messages of the outbox leave, on threads of its own; NULL = they wait */
    void *send_arg;
    uint32_t senders;            /* threads that send; 0 = 2 */
    const char *checkpoint_file; /* where signed checkpoints are appended; NULL = nowhere */
    uint32_t snapshot_ms;        /* a heavy query may look at one state of the shop for so long; 0 = 30,000 */
    uint32_t shed_wait_ms;       /* commands of others than tills are refused when the first in the queue has waited so long; 0 = 500 */
    int64_t (*steady_ms)(void);  /* a clock that nobody can set, against which jumps of now_ms show; NULL = the system's, or
                                    now_ms when that is given */
    const char *boot;            /* name of this run of the steady clock; NULL = the system's boot id */
    void (*send_end)(void *arg); /* told once when the shop closes: what is being sent should end soon, with MX_E_CANCELLED, and
                                    is sent again at the next start. NULL = each takes the time that it takes */
};

MX_MUST_CHECK mx_status op_new(const struct op_opts *opts, struct op_kernel **op, struct mx_error *err);
void op_free(struct op_kernel *op);

/* ---- registry: while starting up, one thread ---- */

/* Register everything that a descriptor declares, owned by its name (tables go to the store). On error nothing of it
 * stays. MX_E_BAD_PLUGIN names what is wrong: a doubled name, an operation without permission, a command whose answer
 * holds PII, SECRET in a type, an event with PII. */
MX_MUST_CHECK mx_status op_plugin_add(struct op_kernel *op, const struct mx_plugin *plugin, struct mx_error *err);

/* Take out everything that the owner registered (not tables with data). */
void op_plugin_remove(struct op_kernel *op, const char *owner);

/* The kernel's own operations: shop.settings.get/put, system.verify, system.log.list, as a plugin's. */
const struct mx_plugin *op_plugin(void);

/* End of registration: resolve `uses`, answers and subscriptions, compare types. The store must be started first. */
MX_MUST_CHECK mx_status op_freeze(struct op_kernel *op, struct mx_error *err);

/* Interfaces by name for plugins ("mx.op" ...): what struct mx_host.get hands out. */
const void *op_interface(const char *name, uint32_t major);

/* Start and stop the writer and the workers. stop answers what is queued, then joins. */
MX_MUST_CHECK mx_status op_start(struct op_kernel *op, struct mx_error *err);
void op_stop(struct op_kernel *op);

struct op_entry {
    const struct mx_op *def;
    const char *owner;
    int get_allowed; /* a query without personal input: may be called with GET */
};

/* 1 when a query may be called with GET: no personal data and no secret would end up in the address. */
int op_get_allowed(const struct mx_op *def);
/* NULL when unknown (INTERNAL ones are found too). */
const struct op_entry *op_find(const struct op_kernel *op, struct mx_str name);
/* Walk all in order of name: *at from 0. NULL at the end. */
const struct op_entry *op_next(const struct op_kernel *op, uint32_t *at);

/* The API as OpenAPI 3.1, appended as JSON text: every operation that can be called from outside, with its types, errors,
 * idempotency and permission. After op_freeze(). */
struct base_buf;
void op_openapi(const struct op_kernel *op, struct base_buf *out);
/* The same from declarations alone, without a shop: `count` operations in order of name. */
struct op_listed {
    const struct mx_op *def;
    const char *owner;   /* plugin */
    const char *summary; /* what it says of itself; may be NULL */
};
void op_openapi_of(const struct op_listed *list, uint32_t count, struct base_buf *out);
/* The JSON Schema of a type, appended. */
void op_schema(struct base_buf *out, const struct mx_type *type);

/* Counters and gauges as Prometheus text (exposition format 0.0.4), appended. Names and numbers only. Any thread. */
void op_metrics(const struct op_kernel *op, struct base_buf *out);

/* Call fn(arg, seq) on the writer thread after each commit that wrote to the log; seq: its new last number. Must not block.
 * At most 4. Any thread but that one. */
void op_watch(struct op_kernel *op, void (*fn)(void *arg, int64_t seq), void *arg);
/* No more of that, also not at this moment, when it returns. */
void op_unwatch(struct op_kernel *op, void (*fn)(void *arg, int64_t seq), void *arg);

/* The shop's clock: the machine's, moved by what was set for practice. */
int64_t op_now(const struct op_kernel *op);

/* 1 when the shop can serve: the writer runs, the disk has room, nothing was found broken. Else why, in a sentence. */
int op_ready(const struct op_kernel *op, const char **why);

/* ---- calls ---- */

struct op_call {
    /* the caller fills: */
    struct base_arena *arena; /* of this call, until done() has run */
    const struct op_entry *entry;
    struct identity_principal principal;
    struct mx_str key;                  /* idempotency key; commands must have one of 1..128 printable ASCII characters */
    struct mx_str body;                 /* JSON text; empty = {} */
    void (*done)(struct op_call *call); /* once, on whatever thread finished it; must not block */
    void *arg;
    struct mx_str approval;     /* id of a second person's approval; may be empty */
    struct mx_str remote;       /* address that it came from; empty = this machine */
    const struct mx_hook *hook; /* the input of an MX_OP_HOOK, in the arena, instead of body and key; NULL for all others */
    /* the answer: */
    mx_status status;
    int http_status;
    struct mx_str answer; /* canonical JSON, in the arena; problem+json when status is an error */
    int replayed;         /* 1: the stored answer of an earlier call */
    uint32_t wait_s;      /* with MX_E_OVERLOADED and MX_E_TOO_MANY: when to try again */
    /* private to op: */
    struct op_call *next;
    const void *in;
    void *prepared;
    uint8_t body_hash[16];
    struct op_running *running;  /* while a heavy query runs or waits */
    struct identity_act *wanted; /* for want of whose approval it did not happen, or that was approved */
    int64_t begun_us, queued_us;
    struct mx_str conflict; /* member "conflict" of the problem, when that is `conflict_code`: who stands in whose way, masked */
    const char *conflict_code;
    struct op_left *left; /* what is done all the same when it is refused: see refused.c */
};

/* Check permission, decode, run, answer. Always leads to done(), perhaps before this returns. Any thread. */
void op_submit(struct op_kernel *op, struct op_call *call);

/* The client went away: a heavy query of this call ends at its next mx_progress(); anything else goes on. done() is called
 * all the same. Any thread, between op_submit() and the return of done(). */
void op_give_up(struct op_kernel *op, struct op_call *call);

/* Run a call and wait for it (command line, demo, tests). Not on the writer, a worker or a loop. */
void op_run(struct op_kernel *op, struct op_call *call);

/* Fill call->answer with the problem+json of an error (RFC 9457: type, title, status, detail, field?, code). */
void op_problem(struct op_call *call, const struct mx_error *err);

/* Verify everything: store, chain, the plugins' checks. found() gets each finding. */
MX_MUST_CHECK mx_status op_verify(struct op_kernel *op, mx_found_fn found, void *arg, uint64_t *records);

/* Counters since start, for the bench and the log. */
struct op_stat {
    uint64_t commands, groups, refused, replayed, queries;
    uint64_t run_us, commit_us; /* time of the writer spent in handlers and in commits */
};
void op_stat(const struct op_kernel *op, struct op_stat *stat);

#endif
