/* The senders: threads that take messages when their time has come, one for a host at a time. A host that did not answer
 * last time never holds the last free sender, so that a dead host does not hold up the others. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"
#include "json/json.h"

#define LOOK_MS    250                         /* the shop's clock may be set while a sender waits */
#define FAR_MS     (INT64_C(36) * 3600 * 1000) /* no message waits longer: a clock was turned back */
#define AGAIN_MS   60000
#define ANSWER_MAX 65536u
#define GRACE_MS   2000 /* for what is being sent when the shop closes */
#define ID_BYTES   40

struct waiting {
    char id[ID_BYTES];
    int64_t next_ms, number;
};

struct op_host {
    struct op_host *next;
    char *name;
    struct waiting *heap; /* the earliest first */
    uint32_t count, room;
    int64_t highest; /* number that was ever put */
    int busy;
    int failed; /* its last try got no proper answer */
};

/* ---- the heap of one host ---- */

static int earlier(const struct waiting *a, const struct waiting *b) {
    if (a->next_ms != b->next_ms) return a->next_ms < b->next_ms;
    return a->number < b->number;
}

static void swap(struct waiting *a, struct waiting *b) {
    struct waiting c = *a;
    *a = *b;
    *b = c;
}

static void sift_up(struct op_host *host, uint32_t at) {
    while (at > 0 && earlier(&host->heap[at], &host->heap[(at - 1) / 2])) {
        swap(&host->heap[at], &host->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static void sift_down(struct op_host *host, uint32_t at) {
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= host->count) return;
        if (child + 1 < host->count && earlier(&host->heap[child + 1], &host->heap[child])) child++;
        if (!earlier(&host->heap[child], &host->heap[at])) return;
        swap(&host->heap[child], &host->heap[at]);
        at = child;
    }
}

static void take_out(struct op_host *host, uint32_t at) {
    host->heap[at] = host->heap[--host->count];
    if (at >= host->count) return;
    sift_down(host, at);
    sift_up(host, at);
}

static struct op_host *host_of(struct op_outbox *outbox, const char *name) {
    struct op_host *host;
    for (host = outbox->hosts; host; host = host->next)
        if (strcmp(host->name, name) == 0) return host;
    host = calloc(1, sizeof(*host));
    if (host) host->name = strdup(name);
    if (!host || !host->name) {
        free(host);
        return NULL;
    }
    host->next = outbox->hosts;
    outbox->hosts = host;
    return host;
}

/* Put again, it moves to its new time. A new message has the highest number, and nobody looks for it among the others. */
static void take_out_older(struct op_host *host, int64_t number) {
    uint32_t i;
    if (number > host->highest) {
        host->highest = number;
        return;
    }
    for (i = 0; i < host->count && host->heap[i].number != number; i++) continue;
    if (i < host->count) take_out(host, i);
}

/* With the mutex held. A message that finds no memory waits in the store for the next start. */
static void put(struct op_outbox *outbox, const char *name, const char *id, int64_t number, int64_t next_ms) {
    struct op_host *host = host_of(outbox, name);
    if (!host) return;
    take_out_older(host, number);
    if (host->count == host->room) {
        uint32_t room = host->room ? 2 * host->room : 8;
        struct waiting *heap = realloc(host->heap, room * sizeof(*heap));
        if (!heap) return;
        host->heap = heap;
        host->room = room;
    }
    memset(&host->heap[host->count], 0, sizeof(*host->heap));
    memcpy(host->heap[host->count].id, id, strlen(id));
    host->heap[host->count].next_ms = next_ms;
    host->heap[host->count].number = number;
    sift_up(host, host->count++);
}

/* ---- from the commands ---- */

struct scheduled {
    int64_t next_ms, number;
    char id[ID_BYTES];
    char host[304];
};

static void take_scheduled(struct op_kernel *op, const void *arg) {
    const struct scheduled *scheduled = arg;
    struct op_outbox *outbox = &op->outbox;
    pthread_mutex_lock(&outbox->mutex);
    put(outbox, scheduled->host, scheduled->id, scheduled->number, scheduled->next_ms);
    pthread_cond_signal(&outbox->wake);
    pthread_mutex_unlock(&outbox->mutex);
}

void op_outbox_schedule(struct op_ctx *ctx, const struct op_message *message) {
    struct scheduled scheduled;
    if (!ctx->op->opts.send) return;
    memset(&scheduled, 0, sizeof(scheduled));
    scheduled.next_ms = message->next;
    scheduled.number = message->number;
    memcpy(scheduled.id, message->id.ptr, message->id.len < ID_BYTES ? message->id.len : ID_BYTES - 1);
    memcpy(scheduled.host, message->host.ptr, message->host.len < 303 ? message->host.len : 303);
    op_after_commit(ctx, take_scheduled, &scheduled, sizeof(scheduled));
}

void op_outbox_wake(struct op_kernel *op) {
    pthread_mutex_lock(&op->outbox.mutex);
    pthread_cond_broadcast(&op->outbox.wake);
    pthread_mutex_unlock(&op->outbox.mutex);
}

/* ---- choosing ---- */

static int is_due(const struct waiting *first, int64_t now_ms) { return first->next_ms <= now_ms || first->next_ms > now_ms + FAR_MS; }

/* With the mutex held: the host whose first message has waited longest. */
static struct op_host *choose(struct op_outbox *outbox, int64_t now_ms) {
    struct op_host *host, *best = NULL;
    uint32_t failed_busy = 0;
    for (host = outbox->hosts; host; host = host->next) failed_busy += host->busy && host->failed;
    for (host = outbox->hosts; host; host = host->next) {
        if (host->busy || host->count == 0 || !is_due(&host->heap[0], now_ms)) continue;
        if (host->failed && outbox->count > 1 && failed_busy + 1 >= outbox->count) continue;
        if (!best || (best->failed && !host->failed) || (best->failed == host->failed && earlier(&host->heap[0], &best->heap[0])))
            best = host;
    }
    return best;
}

static void wait_a_while(struct op_outbox *outbox) {
    struct timespec until;
    const struct op_host *host;
    uint32_t waiting = 0;
    for (host = outbox->hosts; host; host = host->next) waiting += host->count;
    if (waiting == 0) {
        pthread_cond_wait(&outbox->wake, &outbox->mutex);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&outbox->wake, &outbox->mutex, &until);
}

/* ---- one try ---- */

struct attempt {
    struct op_kernel *op;
    struct base_arena *arena;
    struct mx_str id;
    struct op_request request;
    struct op_outbox_end end;
};

static void nothing_more(struct op_call *call) { (void)call; }

static mx_status command(struct attempt *attempt, const char *name, const struct mx_type *type, const void *in) {
    struct base_buf body;
    struct op_call call;
    memset(&call, 0, sizeof(call));
    base_buf_init(&body, attempt->arena);
    json_encode(&body, type, in, 0);
    call.arena = attempt->arena;
    call.entry = op_find(attempt->op, mx_str_of(name));
    call.body = base_buf_view(&body);
    call.done = nothing_more;
    identity_system(&call.principal);
    if (!call.entry) return MX_E_UNKNOWN_OPERATION;
    op_run(attempt->op, &call);
    return call.status;
}

static mx_status build(struct op_ctx *ctx, struct attempt *attempt) {
    struct op_content content;
    struct op_message *message = NULL;
    struct base_buf headers;
    int64_t now_s = (ctx->pub.now_ms - atomic_load(&ctx->op->clock.offset_ms)) / 1000; /* the receiver's clock knows no practice */
    mx_status st = op_outbox_read(ctx, attempt->id, &message);
    if (st == MX_OK) st = op_outbox_content(ctx, attempt->id, &content);
    if (st != MX_OK) return st == MX_NONE ? op_ctx_fail(ctx, MX_E_DAMAGED, "The message has lost its content.") : st;
    base_buf_init(&headers, attempt->arena);
    base_buf_printf(&headers, "Content-Type: %.*s\r\nIdempotency-Key: %.*s\r\nwebhook-id: %.*s\r\nwebhook-timestamp: %lld\r\n",
                    (int)content.content_type.len, content.content_type.ptr, (int)attempt->id.len, attempt->id.ptr, (int)attempt->id.len,
                    attempt->id.ptr, (long long)now_s);
    if (message->webhook.len) st = op_webhook_sign(ctx, message->webhook, attempt->id, now_s, content.body, &headers);
    base_buf_str(&headers, content.headers);
    attempt->request.method = content.method;
    attempt->request.url = content.url;
    attempt->request.headers = base_buf_view(&headers);
    attempt->request.body = content.body;
    attempt->request.timeout_ms = message->timeout_ms;
    return st;
}

static mx_status read_message(struct attempt *attempt, struct mx_error *err) {
    struct identity_principal system;
    struct store_view *view;
    struct op_ctx ctx;
    mx_status st = store_read_begin(attempt->op->opts.store, attempt->arena, &view);
    if (st != MX_OK) return base_fail(err, st, NULL, "%s.", base_status_text(st));
    identity_system(&system);
    op_ctx_init(&ctx, attempt->op, attempt->arena, view, &system, "system.outbox.begin", attempt->op->owners, 1, op_now(attempt->op));
    st = build(&ctx, attempt);
    if (st != MX_OK) *err = ctx.error;
    store_read_end(view);
    return st;
}

/* An answer is handed on inside of another object, where there is one level less for it. */
static int fits_inside(struct attempt *attempt, struct mx_str canonical) {
    struct mx_str outer = base_arena_printf(attempt->arena, "[%.*s]", (int)canonical.len, canonical.ptr), again;
    return json_canonical(attempt->arena, outer, ANSWER_MAX + 2, &again, NULL) == MX_OK;
}

static void take_answer(struct attempt *attempt, const struct op_reply *reply) {
    struct mx_str canonical;
    attempt->end.status = reply->status > 0 && reply->status <= 999 ? reply->status : 0;
    attempt->end.retry_after_s = reply->retry_after_s <= 0 ? 0 : reply->retry_after_s > MX_INT_MAX ? MX_INT_MAX : reply->retry_after_s;
    if (reply->body.len == 0 || reply->body.len > ANSWER_MAX) return;
    if (json_canonical(attempt->arena, reply->body, ANSWER_MAX, &canonical, NULL) == MX_OK && fits_inside(attempt, canonical))
        attempt->end.answer = canonical;
}

/* MX_OK: it was tried, and how it ended is written down. *failed: the host gave no proper answer. */
static mx_status try_once(struct attempt *attempt, int *failed) {
    struct op_outbox_ask ask = {attempt->id};
    struct op_reply reply = {0};
    struct mx_error err = {0};
    mx_status st = command(attempt, "system.outbox.begin", op_outbox_ask_wire, &ask);
    if (st != MX_OK) return st;
    attempt->end.id = attempt->id;
    st = read_message(attempt, &err);
    if (st == MX_OK) st = attempt->op->opts.send(attempt->op->opts.send_arg, attempt->arena, &attempt->request, &reply, &err);
    if (st == MX_E_CANCELLED) return MX_OK; /* the shop closes: it stays as it is and is sent at the next start */
    if (st == MX_OK)
        take_answer(attempt, &reply);
    else
        attempt->end.problem = mx_str_of(err.message[0] ? err.message : base_status_text(st));
    *failed = attempt->end.status == 0 || attempt->end.status >= 500;
    return command(attempt, "system.outbox.finish", op_outbox_end_wire, &attempt->end);
}

static void send_first(struct op_kernel *op, struct op_host *host) {
    struct op_outbox *outbox = &op->outbox;
    struct attempt attempt;
    struct waiting first = host->heap[0];
    int failed = 0;
    mx_status st;
    take_out(host, 0);
    host->busy = 1;
    pthread_mutex_unlock(&outbox->mutex);
    memset(&attempt, 0, sizeof(attempt));
    attempt.op = op;
    attempt.arena = base_arena_new(16384);
    attempt.id = mx_str_of(first.id);
    st = try_once(&attempt, &failed);
    base_arena_free(attempt.arena);
    pthread_mutex_lock(&outbox->mutex);
    host->busy = 0;
    host->failed = failed;
    if (st != MX_OK && base_status_http(st) >= 500) /* the shop's own trouble, not the message's */
        put(outbox, host->name, first.id, first.number, op_now(op) + AGAIN_MS);
    pthread_cond_broadcast(&outbox->wake); /* another sender, or who closes the shop */
}

static void *sender_main(void *arg) {
    struct op_kernel *op = arg;
    struct op_outbox *outbox = &op->outbox;
    pthread_mutex_lock(&outbox->mutex);
    while (!outbox->stopping) {
        struct op_host *host = choose(outbox, op_now(op));
        if (host)
            send_first(op, host);
        else
            wait_a_while(outbox);
    }
    pthread_mutex_unlock(&outbox->mutex);
    return NULL;
}

/* ---- starting and stopping ---- */

static mx_status load_state(struct op_ctx *ctx, int state) {
    struct op_message probe = {0}, *message = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    opts.size = sizeof(opts);
    opts.index = "state";
    opts.prefix = 1;
    probe.rec.has = ~UINT64_C(0);
    probe.state = state;
    st = mx_scan_open(&ctx->pub, &op_outbox_table, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(&ctx->pub, scan, &message)) == MX_OK) {
        const char *host = base_arena_dup(ctx->arena, message->host).ptr, *id = base_arena_dup(ctx->arena, message->id).ptr;
        if (message->id.len >= ID_BYTES) continue;
        pthread_mutex_lock(&ctx->op->outbox.mutex); /* the writer runs already */
        put(&ctx->op->outbox, host, id, message->number, state == OP_SENDING ? ctx->pub.now_ms : message->next);
        pthread_mutex_unlock(&ctx->op->outbox.mutex);
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status load(struct op_kernel *op) {
    struct base_arena *arena = base_arena_new(65536);
    struct identity_principal system;
    struct store_view *view;
    struct op_ctx ctx;
    mx_status st = store_read_begin(op->opts.store, arena, &view);
    identity_system(&system);
    if (st == MX_OK) {
        op_ctx_init(&ctx, op, arena, view, &system, "system.outbox", op->owners, 1, op_now(op));
        st = load_state(&ctx, OP_WAITING); /* the oldest first: see take_out_older() */
        if (st == MX_OK) st = load_state(&ctx, OP_SENDING);
        if (st == MX_OK) st = load_state(&ctx, OP_QUEUED);
        store_read_end(view);
    }
    base_arena_free(arena);
    return st;
}

void op_outbox_init(struct op_outbox *outbox) {
    pthread_condattr_t attr;
    pthread_mutex_init(&outbox->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&outbox->wake, &attr);
    pthread_condattr_destroy(&attr);
}

static void forget_hosts(struct op_outbox *outbox) {
    while (outbox->hosts) {
        struct op_host *host = outbox->hosts;
        outbox->hosts = host->next;
        free(host->heap);
        free(host->name);
        free(host);
    }
}

void op_outbox_fini(struct op_outbox *outbox) {
    forget_hosts(outbox);
    pthread_cond_destroy(&outbox->wake);
    pthread_mutex_destroy(&outbox->mutex);
}

mx_status op_outbox_start(struct op_kernel *op, struct mx_error *err) {
    struct op_outbox *outbox = &op->outbox;
    uint32_t want = op->opts.senders ? op->opts.senders : 2;
    mx_status st;
    if (!op->opts.send || !op_owner_find(op, op_plugin()->name)) return MX_OK;
    outbox->stopping = 0;
    st = load(op);
    if (st != MX_OK) return base_fail(err, st, NULL, "The outbox cannot be read: %s.", base_status_text(st));
    if (want > OP_SENDERS_MAX) want = OP_SENDERS_MAX;
    pthread_mutex_lock(&outbox->mutex);
    for (outbox->count = 0; outbox->count < want; outbox->count++)
        if (pthread_create(&outbox->threads[outbox->count], NULL, sender_main, op) != 0) break;
    pthread_mutex_unlock(&outbox->mutex);
    if (outbox->count == 0) return base_fail(err, MX_E_NOMEM, NULL, "The threads of the outbox could not be started.");
    return MX_OK;
}

static int somebody_sends(const struct op_outbox *outbox) {
    const struct op_host *host;
    for (host = outbox->hosts; host && !host->busy; host = host->next) continue;
    return host != NULL;
}

/* With the mutex held: what is being sent may end well within a short while. */
static void give_grace(struct op_outbox *outbox) {
    int64_t until_ms = base_steady_ms() + GRACE_MS;
    struct timespec until = {until_ms / 1000, until_ms % 1000 * 1000000};
    while (somebody_sends(outbox) && pthread_cond_timedwait(&outbox->wake, &outbox->mutex, &until) != ETIMEDOUT) continue;
}

/* Without opts.send_end it waits for the tries in hand, each at most its own timeout. */
void op_outbox_stop(struct op_kernel *op) {
    struct op_outbox *outbox = &op->outbox;
    uint32_t i;
    pthread_mutex_lock(&outbox->mutex);
    outbox->stopping = 1;
    pthread_cond_broadcast(&outbox->wake);
    if (op->opts.send_end && outbox->count) give_grace(outbox);
    pthread_mutex_unlock(&outbox->mutex);
    if (op->opts.send_end && outbox->count) op->opts.send_end(op->opts.send_arg);
    for (i = 0; i < outbox->count; i++) pthread_join(outbox->threads[i], NULL);
    pthread_mutex_lock(&outbox->mutex); /* the writer still runs */
    outbox->count = 0;
    forget_hosts(outbox);
    pthread_mutex_unlock(&outbox->mutex);
}
