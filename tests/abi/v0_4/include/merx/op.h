/* Operations, and the command that runs them.
 *
 * An operation is declared once, as data; the HTTP route, the command-line verb, the Lua function, the permission check,
 * the idempotent replay and the API page come from that declaration. A handler gets its input decoded and validated and
 * fills its output; returning an error from a command undoes everything the command did. Since 0.1.
 *
 * Threads: commands run on the one writer thread; queries and `prepare` run on any thread with a snapshot of their own.
 * A struct mx_ctx belongs to the call it was given to and must not be kept. */
#ifndef MERX_OP_H
#define MERX_OP_H

#include "merx/civil.h"
#include "merx/error.h"
#include "merx/event.h"
#include "merx/identity.h"
#include "merx/money.h"
#include "merx/outbox.h"
#include "merx/schema.h"
#include "merx/store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_OP_QUERY    0x01u /* reads only; otherwise the operation is a command */
#define MX_OP_INTERNAL 0x02u /* no route: other plugins only */
#define MX_OP_HEAVY    0x04u /* a query that runs on a worker thread */
#define MX_OP_PUBLIC   0x08u /* needs no key */
/* A query that burns what it shows (a fresh secret): runs on the writer, may write, is stored nowhere. Heavy too (since 0.4): `prepare`
 * works on a worker, in one state of the shop, then the handler burns; it is not listed with the queries at work, nor cancelled. */
#define MX_OP_BURNS 0x10u
#define MX_OP_HOOK  0x20u /* a public command that messages of others come in by, as they were sent: hook.h. Since 0.4 */

/* Where the truth of the operation lives when there are many nodes. */
#define MX_HOME_HERE         0
#define MX_HOME_HEADQUARTERS 1
#define MX_HOME_LOCATION     2

/* What happens when that place cannot be reached. */
#define MX_OFFLINE_REFUSE 0
#define MX_OFFLINE_QUEUE  1
#define MX_OFFLINE_LEASE  2

/* in: of the operation's input type, lent for the call. out: of its output type, zeroed; what it points to must live in
 * the command's memory (mx_alloc). Returns MX_OK, MX_DECLINED or an error made with mx_fail()/mx_refuse(). */
typedef mx_status (*mx_op_fn)(struct mx_ctx *ctx, const void *in, void *out);

/* An operation. An output type holds no MX_SECRET field, that of a command no MX_PII field either. An input may hold
 * MX_SECRET texts at its top level (passwords, PINs): they are never logged, stored or shown, and two calls that differ in
 * them alone count as the same for an idempotency key. */
struct mx_op {
    uint32_t size; /* sizeof(struct mx_op) */
    uint32_t flags;
    const char *name; /* "orders.place" */
    const char *doc;
    const char *permission; /* required unless MX_OP_INTERNAL or MX_OP_PUBLIC */
    const struct mx_type *in;
    const struct mx_type *out;
    mx_op_fn handler;
    mx_op_fn prepare; /* optional; runs first, on a worker with a snapshot; leaves its result with mx_keep() */
    int32_t home;     /* MX_HOME_* */
    int32_t offline;  /* MX_OFFLINE_* */
    const char *since;
    /* 0.3 ends here */
    /* Whom this is about, for customers in their own session: the member of the input with an id "mem_..." or "per_...", filled in with
     * the caller when it was left out and refused (403) when it is somebody else; or MX_OWN_NOBODY or MX_OWN_HANDLER. NULL: customers
     * may not call this, whatever their role holds. Since 0.4. */
    const char *own;
};

#define MX_OWN_NOBODY  "*" /* about nobody: goods, prices, opening hours */
#define MX_OWN_HANDLER "?" /* the handler refuses what is not hers, with mx_own() of retail/member.h */

/* An operation that a plugin calls. List it in the descriptor; call it with mx_call(). */
struct mx_use {
    const char *op;
    const struct mx_type *in;
    const struct mx_type *out;
};

/* Extension points: asked *before* something happens; the answers are pure (they read, they never write). Every plugin
 * that asks a point lists it in its descriptor; all must declare it alike. */
#define MX_POINT_FIRST   1 /* the first answer that does not decline counts */
#define MX_POINT_VETO    2 /* any error refuses */
#define MX_POINT_COLLECT 3 /* every answer counts; mx_ask_all() hands them to a callback */

struct mx_point {
    uint32_t size; /* sizeof(struct mx_point) */
    int32_t mode;  /* MX_POINT_* */
    const char *name;
    const char *doc;
    const struct mx_type *in;
    const struct mx_type *out;
};

/* One plugin's answer to a point. Same handler shape as an operation. */
struct mx_answer {
    uint32_t size; /* sizeof(struct mx_answer) */
    int32_t priority;
    const char *point;
    const struct mx_type *in;
    const struct mx_type *out;
    mx_op_fn fn;
};

/* A job: work in steps, each a command of its own between the tills' commands. `cursor` is JSON text, empty at first;
 * the step replaces it. Returns MX_OK to be called again, MX_DONE when finished. At most 200 records a step. */
typedef mx_status (*mx_job_fn)(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor);

struct mx_job {
    uint32_t size; /* sizeof(struct mx_job) */
    uint32_t reserved;
    const char *name;
    mx_job_fn step;
};

/* A check that `merx verify` runs over a snapshot: calls found() for each thing that does not add up. */
typedef void (*mx_found_fn)(void *arg, const char *what);
typedef mx_status (*mx_check_fn)(struct mx_ctx *ctx, mx_found_fn found, void *arg);

struct mx_check {
    const char *name;
    mx_check_fn fn;
};

/* The shop's own settings, as far as plugins need them. Lent until the command ends. */
struct mx_shop {
    uint32_t size;
    uint32_t digits;        /* of the currency: 2 for CNY, 0 for JPY */
    struct mx_str currency; /* ISO 4217 */
    struct mx_str country;  /* ISO 3166-1 alpha-2, for phone numbers */
    struct mx_str zone;     /* IANA time zone of the shop */
    struct mx_str node;     /* this node's code */
    uint32_t prices_include_tax;
    uint32_t reserved;
};

struct mx_hook; /* hook.h */

typedef mx_status (*mx_collect_fn)(void *arg, const char *plugin, const void *answer);

#define MX_HASH_BYTES      32
#define MX_SIGNATURE_BYTES 64

/* Interface "mx.op". Append-only. */
struct mx_op_api {
    uint32_t size;
    uint32_t reserved;
    void *(*alloc)(struct mx_ctx *ctx, size_t bytes);
    mx_status (*fail)(struct mx_ctx *ctx, mx_status status, const char *code, const char *field, const char *file, int32_t line,
                      const char *format, ...) MX_PRINTF(7, 8);
    mx_status (*call)(struct mx_ctx *ctx, const struct mx_use *use, const void *in, void *out);
    mx_status (*ask)(struct mx_ctx *ctx, const struct mx_point *point, const void *in, void *out);
    mx_status (*ask_all)(struct mx_ctx *ctx, const struct mx_point *point, const void *in, mx_collect_fn collect, void *arg);
    mx_status (*new_id)(struct mx_ctx *ctx, const char *prefix, struct mx_str *id);
    mx_status (*job_start)(struct mx_ctx *ctx, const char *job, struct mx_str body_json, struct mx_str *id);
    mx_status (*encode)(struct mx_ctx *ctx, const struct mx_type *type, const void *object, struct mx_str *json);
    mx_status (*decode)(struct mx_ctx *ctx, const struct mx_type *type, struct mx_str json, void *object);
    void (*keep)(struct mx_ctx *ctx, void *prepared);
    void *(*kept)(struct mx_ctx *ctx);
    const struct mx_shop *(*shop)(struct mx_ctx *ctx);
    void (*log)(struct mx_ctx *ctx, int32_t level, const char *format, ...) MX_PRINTF(3, 4);
    /* 0.1 ends here */
    mx_status (*progress)(struct mx_ctx *ctx, int64_t done, int64_t total);
    mx_status (*send)(struct mx_ctx *ctx, const struct mx_send *send, struct mx_str *id);
    mx_status (*call_json)(struct mx_ctx *ctx, const char *role, struct mx_str op, struct mx_str in_json, struct mx_str *out_json);
    mx_status (*operation)(struct mx_ctx *ctx, struct mx_str op, uint32_t *flags);
    struct mx_str (*problem)(struct mx_ctx *ctx);
    const struct mx_type *(*type_of)(struct mx_ctx *ctx, struct mx_str name);
    mx_status (*read_anew)(struct mx_ctx *ctx);
    /* 0.2 ends here */
    mx_status (*slice)(struct mx_ctx *ctx, uint32_t more);
    void (*hash)(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]);
    void (*sign)(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t signature[MX_SIGNATURE_BYTES]);
    mx_status (*sign_check)(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, const uint8_t signature[MX_SIGNATURE_BYTES]);
    void (*civil)(struct mx_ctx *ctx, struct mx_str zone, int64_t at_ms, struct mx_civil *civil);
    void (*random)(struct mx_ctx *ctx, void *bytes, size_t len);
    void (*keyed_hash)(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]);
    struct mx_str (*seal)(struct mx_ctx *ctx, struct mx_str plain, struct mx_str bound);
    mx_status (*unseal)(struct mx_ctx *ctx, struct mx_str sealed, struct mx_str bound, struct mx_str *plain);
    mx_status (*settled)(struct mx_ctx *ctx, void (*fn)(void *arg, int32_t kept), void *arg);
    /* 0.3 ends here */
    mx_status (*hook_signed)(struct mx_ctx *ctx, const struct mx_hook *hook, struct mx_str secret);
    mx_status (*if_refused)(struct mx_ctx *ctx, const char *op, struct mx_str body_json);
    struct mx_str (*problem_field)(struct mx_ctx *ctx);
};

/* One running command or query. Grows at the end; made by the kernel only. */
struct mx_ctx {
    uint32_t size;
    uint32_t read_only; /* 1 in queries, prepare and answers to extension points */
    int64_t now_ms;     /* the shop's clock, read once for this command */
    const struct mx_op_api *op;
    const struct mx_store_api *store;
    const struct mx_event_api *event;
    const struct mx_identity_api *identity;
    /* 0.1 ends here */
    int64_t expiry_ms; /* the time against which things expire: never goes back, and stands still after a jump of the clock
                          until the owner has confirmed it; equal to now_ms on every ordinary day */
    /* 0.2 ends here */
};

/* ---- the calls, as plugins write them ---- */

/* `bytes` zeroed bytes, aligned for anything, that live until the command ends. Never NULL. */
static inline void *mx_alloc(struct mx_ctx *ctx, size_t bytes) { return ctx->op->alloc(ctx, bytes); }

/* Say what went wrong and return its status, to be handed on: `return mx_fail(ctx, MX_E_OUT_OF_RANGE, "qty", "...")`.
 * field may be NULL. */
#define mx_fail(ctx, status, field, ...) ((ctx)->op->fail((ctx), (status), NULL, (field), __FILE__, __LINE__, __VA_ARGS__))

/* Refuse for a business reason: HTTP 409 with `code`, e.g. "short_stock". */
#define mx_refuse(ctx, code, field, ...) ((ctx)->op->fail((ctx), MX_E_REFUSED, (code), (field), __FILE__, __LINE__, __VA_ARGS__))

/* Call another plugin's operation in this command. in/out are of use->in and use->out; out is zeroed first. The
 * permission was checked for the outer operation. MX_DECLINED: nobody registered it. Errors: the operation's own. */
MX_MUST_CHECK static inline mx_status mx_call(struct mx_ctx *ctx, const struct mx_use *use, const void *in, void *out) {
    return ctx->op->call(ctx, use, in, out);
}

/* Ask an extension point of mode FIRST (out: the answer) or VETO (out: NULL). MX_DECLINED: nobody answered. */
MX_MUST_CHECK static inline mx_status mx_ask(struct mx_ctx *ctx, const struct mx_point *point, const void *in, void *out) {
    return ctx->op->ask(ctx, point, in, out);
}

/* Ask a point of mode COLLECT: `collect` gets each answer in order of priority, then plugin name. */
MX_MUST_CHECK static inline mx_status mx_ask_all(struct mx_ctx *ctx, const struct mx_point *point, const void *in, mx_collect_fn collect,
                                                 void *arg) {
    return ctx->op->ask_all(ctx, point, in, collect, arg);
}

/* A fresh typed id in the command's memory: prefix "_" 26 Crockford characters, sorting by time (ULID layout). What commands make rises
 * from one id to the next, also within a millisecond. */
MX_MUST_CHECK static inline mx_status mx_new_id(struct mx_ctx *ctx, const char *prefix, struct mx_str *id) {
    return ctx->op->new_id(ctx, prefix, id);
}

/* Start a job; its first step runs after this command's commit. */
MX_MUST_CHECK static inline mx_status mx_job_start(struct mx_ctx *ctx, const char *job, struct mx_str body_json, struct mx_str *id) {
    return ctx->op->job_start(ctx, job, body_json, id);
}

/* Hand what `prepare` found to the handler; NULL when there was no prepare. The handler re-checks what it relies on. */
static inline void mx_keep(struct mx_ctx *ctx, void *prepared) { ctx->op->keep(ctx, prepared); }
static inline void *mx_kept(struct mx_ctx *ctx) { return ctx->op->kept(ctx); }

/* The shop's settings; never NULL. */
static inline const struct mx_shop *mx_shop_of(struct mx_ctx *ctx) { return ctx->op->shop(ctx); }

/* Say how far a HEAVY query or a job has come; total 0 = not known. Cheap: call it often. MX_E_CANCELLED: somebody cancelled
 * the query or its client went away; give up and return that. Since 0.2. */
MX_MUST_CHECK static inline mx_status mx_progress(struct mx_ctx *ctx, int64_t done, int64_t total) {
    return ctx->op->progress(ctx, done, total);
}

/* Look at the shop as it is now, between two slices of a HEAVY query; elsewhere nothing happens. Records read before stay,
 * walks opened before are at an end: go on with mx_scan_open() and the cursor of the last one in opts.after. A heavy query
 * that looks at one state for more than 30 s is ended by mx_progress() (MX_E_TIMEOUT), because while that state stands
 * nothing the tills replace can be used again. MX_E_OVERLOADED. Since 0.2. */
MX_MUST_CHECK static inline mx_status mx_read_anew(struct mx_ctx *ctx) { return ctx->op->read_anew(ctx); }

/* Begin the next slice of a HEAVY query that walks more than its memory should hold: as mx_read_anew(), and all memory taken
 * since the last slice but one began is gone, records read there included. What is to stay belongs into memory taken before
 * the first slice or after mx_slices_end(). Elsewhere nothing happens. MX_E_OVERLOADED. Since 0.3. */
MX_MUST_CHECK static inline mx_status mx_slice(struct mx_ctx *ctx) { return ctx->op->slice(ctx, 1); }

/* From here on memory lasts until the query ends again. Since 0.3. */
static inline void mx_slices_end(struct mx_ctx *ctx) { (void)ctx->op->slice(ctx, 0); }

/* Queue a message to the outside world in this command's own transaction; a worker sends it after the commit, with
 * retries, and the result comes back as a command: see outbox.h. Commands only. id: "out_...", in the command's memory.
 * MX_E_BAD_INPUT names what is wrong with it. Since 0.2. */
MX_MUST_CHECK static inline mx_status mx_send(struct mx_ctx *ctx, const struct mx_send *send, struct mx_str *id) {
    return ctx->op->send(ctx, send, id);
}

/* Call any operation by name, with JSON in and out, holding only what `role` holds (NULL: as the principal of this
 * command). Where ctx is read-only only queries may be called. MX_E_UNKNOWN_OPERATION, MX_E_FORBIDDEN, input errors that
 * name the field, and the operation's own. Since 0.2. */
MX_MUST_CHECK static inline mx_status mx_call_json(struct mx_ctx *ctx, const char *role, struct mx_str op, struct mx_str in_json,
                                                   struct mx_str *out_json) {
    return ctx->op->call_json(ctx, role, op, in_json, out_json);
}

/* What kind of operation this is: its MX_OP_* flags. MX_NONE: there is none by that name. Since 0.2. */
MX_MUST_CHECK static inline mx_status mx_operation(struct mx_ctx *ctx, struct mx_str op, uint32_t *flags) {
    return ctx->op->operation(ctx, op, flags);
}

/* What the last error of this command said, in a sentence; lent until the next one. Since 0.2. */
static inline struct mx_str mx_problem(struct mx_ctx *ctx) { return ctx->op->problem(ctx); }
/* The field that it named, "lines[2].qty"; empty: none. Lent until the next one. Since 0.4. */
static inline struct mx_str mx_problem_field(struct mx_ctx *ctx) { return ctx->op->problem_field(ctx); }

/* How an event's data or an operation's answer is declared, by the name of either; NULL: nobody declares it. Since 0.2. */
static inline const struct mx_type *mx_type_of(struct mx_ctx *ctx, struct mx_str name) { return ctx->op->type_of(ctx, name); }

/* BLAKE2b of the bytes, without any secret. `purpose` keeps what is hashed for one thing apart from another. Since 0.3. */
static inline void mx_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]) {
    ctx->op->hash(ctx, purpose, bytes, hash);
}

/* Sign the bytes with the shop's Ed25519 key, the one of its checkpoints. A signature holds for this plugin and `purpose` alone.
 * Since 0.3. */
static inline void mx_sign(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t signature[MX_SIGNATURE_BYTES]) {
    ctx->op->sign(ctx, purpose, bytes, signature);
}

/* MX_E_DAMAGED: these are not the bytes that this shop signed for this purpose. Since 0.3. */
MX_MUST_CHECK static inline mx_status mx_sign_check(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes,
                                                    const uint8_t signature[MX_SIGNATURE_BYTES]) {
    return ctx->op->sign_check(ctx, purpose, bytes, signature);
}

/* Bytes that nobody can guess: for codes and secrets. Since 0.3. */
static inline void mx_random(struct mx_ctx *ctx, void *bytes, size_t len) { ctx->op->random(ctx, bytes, len); }

/* BLAKE2b of the bytes under a key of this shop, of this plugin and of `purpose`: whoever has the data but not the key file can
 * neither make nor try it. What is looked up by a secret is stored under this. Since 0.3. */
static inline void mx_keyed_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint8_t hash[MX_HASH_BYTES]) {
    ctx->op->keyed_hash(ctx, purpose, bytes, hash);
}

/* The first `shown` bytes (at most MX_HASH_BYTES) of the same hash as small hexadecimal digits, twice as many, in the command's memory:
 * for records that are looked up by it. Since 0.4. */
static inline struct mx_str mx_keyed_text(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes, uint32_t shown) {
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[MX_HASH_BYTES];
    char *text;
    uint32_t i;
    if (shown > MX_HASH_BYTES) shown = MX_HASH_BYTES;
    text = (char *)mx_alloc(ctx, 2 * (size_t)shown + 1);
    mx_keyed_hash(ctx, purpose, bytes, hash);
    for (i = 0; i < shown; i++) {
        text[2 * i] = digits[hash[i] >> 4];
        text[2 * i + 1] = digits[hash[i] & 15];
    }
    return mx_str_n(text, 2 * shown);
}

/* Seal a secret for a record: printable text in the command's memory that only this plugin of this shop opens, and only with
 * the same `bound` (the record's id, say). A little less than half longer than `plain`. Since 0.3. */
static inline struct mx_str mx_seal(struct mx_ctx *ctx, struct mx_str plain, struct mx_str bound) {
    return ctx->op->seal(ctx, plain, bound);
}

/* Open it, into the command's memory. MX_E_DAMAGED: it was changed, or sealed by somebody else or for something else. Since 0.3. */
MX_MUST_CHECK static inline mx_status mx_unseal(struct mx_ctx *ctx, struct mx_str sealed, struct mx_str bound, struct mx_str *plain) {
    return ctx->op->unseal(ctx, sealed, bound, plain);
}

/* `at_ms` on the clocks of a time zone (IANA name); of the shop's zone when it is empty or not known. Since 0.3. */
static inline void mx_civil_of(struct mx_ctx *ctx, struct mx_str zone, int64_t at_ms, struct mx_civil *civil) {
    ctx->op->civil(ctx, zone, at_ms, civil);
}

/* Milliseconds since 1970-01-01 00:00, all of it as the clocks of this zone show it, less those of the second that is running. */
static inline int64_t mx_shown_ms_(struct mx_ctx *ctx, struct mx_str zone, int64_t at_ms) {
    struct mx_civil shown;
    mx_civil_of(ctx, zone, at_ms, &shown);
    return mx_day_number(shown.year, shown.month, shown.day) * MX_DAY_MS +
           ((shown.hour * 60 + shown.minute) * 60 + shown.second) * INT64_C(1000);
}

/* The first moment of the day with this number (mx_day_number()) on the clocks of a zone, wherever they skip midnight or show it twice.
 * Since 0.4. */
static inline int64_t mx_day_begin(struct mx_ctx *ctx, struct mx_str zone, int64_t number) {
    int64_t midnight = number * MX_DAY_MS, at = midnight, before;
    int round;
    for (round = 0; round < 2; round++) at += midnight - mx_shown_ms_(ctx, zone, at);
    if ((before = mx_shown_ms_(ctx, zone, at)) < midnight) at += midnight - before;                /* no midnight: the clocks skipped it */
    if ((before = mx_shown_ms_(ctx, zone, at - 1000)) >= midnight) at -= 1000 + before - midnight; /* the second one */
    return at;
}

/* Have fn(arg, kept) called once on the writer's thread when this command has ended, before any other begins: kept 1 = what it
 * wrote will be stored with its group (or else the program ends), 0 = it failed, even after its handler, and all was taken back.
 * For memory that must not run ahead of the records it stands for. Commands only: elsewhere MX_E_READ_ONLY, and fn is never called.
 * Since 0.3. */
MX_MUST_CHECK static inline mx_status mx_settled(struct mx_ctx *ctx, void (*fn)(void *arg, int32_t kept), void *arg) {
    return ctx->op->settled(ctx, fn, arg);
}

/* Run this INTERNAL operation of the same plugin with this JSON body when the call is refused or fails, in a command of its own: for what
 * must be remembered then, a wrong guess. mx_problem() tells it why. It is done for operations whose due time has come, too, but not in
 * jobs and followers, and not when the call succeeds. Commands and burning queries only. `op` lives as long as the program; the body is
 * copied. MX_E_READ_ONLY: in a plain query. MX_E_INTERNAL: no such internal command of this plugin, or it has no input. MX_E_BAD_INPUT and
 * the like: the body is no JSON, or over 64 KB. When that command fails in its turn, the log of the program says so and the refusal stands.
 * Since 0.4. */
MX_MUST_CHECK static inline mx_status mx_if_refused(struct mx_ctx *ctx, const char *op, struct mx_str body_json) {
    return ctx->op->if_refused(ctx, op, body_json);
}

/* Make sure that a second person approved this very call, when the shop's policy asks for one: `act` is the name in the
 * policy ("orders.refund"), amount what it is measured by (minor units; 0 when it is all or nothing). MX_OK: no approval is
 * needed or there is one, which is used up with this command. MX_E_APPROVAL: return it; the caller learns what to ask for.
 * Since 0.2. */
MX_MUST_CHECK static inline mx_status mx_approved(struct mx_ctx *ctx, const char *act, int64_t amount) {
    return ctx->identity->approved(ctx, act, amount);
}

/* Read the record with the probe's key. MX_NONE: there is none (record untouched). */
MX_MUST_CHECK static inline mx_status mx_get(struct mx_ctx *ctx, const struct mx_table *table, const void *probe, void *record_out) {
    void *record = NULL;
    mx_status st = ctx->store->get(ctx, table, probe, &record);
    if (st == MX_OK) memcpy(record_out, &record, sizeof(record));
    return st;
}

/* Read the first record with the probe's values in `index` (all its fields). MX_NONE: there is none. record_out: the
 * address of a pointer to the record's struct, as in mx_get(). */
MX_MUST_CHECK static inline mx_status mx_find(struct mx_ctx *ctx, const struct mx_table *table, const char *index, const void *probe,
                                              void *record_out) {
    void *record = NULL;
    mx_status st = ctx->store->find(ctx, table, index, probe, &record);
    if (st == MX_OK) memcpy(record_out, &record, sizeof(record));
    return st;
}

/* Write a record: a new one (rec.rev 0) or a changed one (rec.rev as read, checked: MX_E_CONFLICT when the stored rev
 * differs); rec.rev is raised by one. MX_E_EXISTS: rev 0 and the key is there, or a unique index has the value.
 * MX_E_TOO_LARGE: key or record over the limit. MX_E_BUDGET: the command writes too much (8 MB, 20,000 records).
 * PACKED tables have no rev: put replaces. */
MX_MUST_CHECK static inline mx_status mx_put(struct mx_ctx *ctx, const struct mx_table *table, void *record) {
    return ctx->store->put(ctx, table, record);
}

/* Delete the record with the probe's key, and its index entries. MX_NONE: there is none. */
MX_MUST_CHECK static inline mx_status mx_delete(struct mx_ctx *ctx, const struct mx_table *table, const void *probe) {
    return ctx->store->del(ctx, table, probe);
}

/* Walk records in order. opts may be NULL (all, by key); probe may be NULL when opts->prefix is 0 and opts->from is 0.
 * MX_E_BAD_INPUT: opts->after is not a cursor of this walk. The walk ends with the command; the command's own later
 * writes may or may not be seen. */
MX_MUST_CHECK static inline mx_status mx_scan_open(struct mx_ctx *ctx, const struct mx_table *table, const struct mx_scan_opts *opts,
                                                   const void *probe, struct mx_scan **scan) {
    return ctx->store->scan_open(ctx, table, opts, probe, scan);
}

/* The next record (record_out as in mx_get()), or MX_DONE. */
MX_MUST_CHECK static inline mx_status mx_scan_next(struct mx_ctx *ctx, struct mx_scan *scan, void *record_out) {
    void *record = NULL;
    mx_status st = ctx->store->scan_next(scan, &record);
    if (st == MX_OK) memcpy(record_out, &record, sizeof(record));
    return st;
}

/* Cursor behind the record that mx_scan_next() gave last: printable text, for `after`. */
static inline struct mx_str mx_scan_cursor(struct mx_ctx *ctx, struct mx_scan *scan) { return ctx->store->scan_cursor(scan); }

/* The next number of a gapless sequence, from 1, one row of numbers for each scope (e.g. a till). Commands only. */
MX_MUST_CHECK static inline mx_status mx_next_number(struct mx_ctx *ctx, const char *sequence, struct mx_str scope, int64_t *number) {
    return ctx->store->next_number(ctx, sequence, scope, number);
}

/* Emit an event. data is copied. Commands only. MX_E_BUDGET: more than 8 deep. */
MX_MUST_CHECK static inline mx_status mx_emit(struct mx_ctx *ctx, const struct mx_event_def *event, const void *data) {
    return ctx->event->emit(ctx, event, data);
}

/* Run an INTERNAL operation with this JSON body at `due_ms` (or soon after), once; the same op and id replaces an
 * earlier one. Survives restarts. */
MX_MUST_CHECK static inline mx_status mx_due_at(struct mx_ctx *ctx, int64_t due_ms, const char *op, struct mx_str id,
                                                struct mx_str body_json) {
    return ctx->event->due_at(ctx, due_ms, op, id, body_json);
}

/* 1 when the principal holds the permission, e.g. "orders.price_override". */
static inline int mx_allowed(struct mx_ctx *ctx, const char *permission) { return ctx->identity->allowed(ctx, permission); }

/* Copy text into the command's memory. */
static inline struct mx_str mx_dup(struct mx_ctx *ctx, struct mx_str text) {
    char *p = (char *)mx_alloc(ctx, (size_t)text.len + 1);
    if (text.len) memcpy(p, text.ptr, text.len);
    return mx_str_n(p, text.len);
}

/* A list of `count` zeroed elements in the command's memory. */
static inline struct mx_list mx_list_new(struct mx_ctx *ctx, uint32_t count, size_t elem_size) {
    struct mx_list list;
    list.items = count ? mx_alloc(ctx, count * elem_size) : NULL;
    list.count = count;
    list.elem_size = (uint32_t)elem_size;
    return list;
}

#define MX_LOG_ERROR 1
#define MX_LOG_WARN  2
#define MX_LOG_INFO  3
#define MX_LOG_DEBUG 4

#define mx_log(ctx, level, ...) ((ctx)->op->log((ctx), (level), __VA_ARGS__))

#ifdef __cplusplus
}
#endif
#endif
