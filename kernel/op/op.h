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

struct op_opts {
    struct store *store;
    struct bus *bus;
    struct identity *identity;
    const struct crypto_keys *keys;
    struct mx_str node;
    uint32_t workers;               /* threads for prepare and heavy queries; 0 = 1 */
    uint32_t group_max;             /* commands in one commit; 0 = 256 */
    uint32_t queue_max;             /* commands waiting before the rest is refused as overloaded; 0 = 4096 */
    int64_t (*now_ms)(void);        /* the shop's clock; NULL = the system's */
    void (*fatal)(const char *why); /* called on the writer thread after a failed write; must not return. NULL = exit(75) */
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

/* NULL when unknown (INTERNAL ones are found too). */
const struct op_entry *op_find(const struct op_kernel *op, struct mx_str name);
/* Walk all in order of name: *at from 0. NULL at the end. */
const struct op_entry *op_next(const struct op_kernel *op, uint32_t *at);

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
    /* the answer: */
    mx_status status;
    int http_status;
    struct mx_str answer; /* canonical JSON, in the arena; problem+json when status is an error */
    int replayed;         /* 1: the stored answer of an earlier call */
    /* private to op: */
    struct op_call *next;
    const void *in;
    void *prepared;
    uint8_t body_hash[16];
};

/* Check permission, decode, run, answer. Always leads to done(), perhaps before this returns. Any thread. */
void op_submit(struct op_kernel *op, struct op_call *call);

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
