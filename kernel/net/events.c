/* The listeners of /v1/events. One thread, woken by each commit, reads the log in slices and gives every listener what it
 * has not had yet. A listener that does not take its data waits, and later catches up from the log; one that takes nothing
 * at all is closed by its connection. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/events.h"
#include "op/op.h"

#define LISTENERS_MAX 2000u
#define UNTAKEN_BYTES (64u << 10) /* with so much on its way a listener gets no more for now */
#define SLICE_BYTES   (64u << 10) /* of one listener in one round */
#define SLICE_ENTRIES 200u
#define BEAT_MS       15000
#define CHECK_MS      10000
#define TICK_MS       1000
#define BLOCKED_MS    20

struct net_listener {
    struct net_listener *next;
    _Atomic(uint32_t) refs; /* the list's and the stream's */
    _Atomic(int) gone;
    struct net_stream *stream;
    struct identity *identity;
    struct identity_principal who;
    struct net_wanted wanted;
    int64_t at;      /* first number that it has not had */
    int64_t told;    /* the id that it was told last */
    int64_t beat_ms; /* when something was sent last */
    int64_t check_ms;
};

struct net_events {
    struct op_kernel *op;
    struct store *store;
    struct net_frames *frames;
    uint32_t max;
    int64_t epoch;
    struct base_arena *arena;     /* of the thread's views */
    struct net_listener *present; /* of the thread */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t bell;
    struct net_listener *arrived;
    uint32_t count;
    int64_t head;
    int rung, stopping;
};

static void unref(struct net_listener *listener) {
    if (atomic_fetch_sub(&listener->refs, 1) == 1) free(listener);
}

static void on_closed(void *arg) {
    struct net_listener *listener = arg;
    atomic_store(&listener->gone, 1);
    unref(listener);
}

static void let_go(struct net_listener *listener) {
    net_stream_end(listener->stream, 1);
    unref(listener);
}

/* ---- one round of the thread ---- */

/* A position without an event moves the client's Last-Event-ID; a comment alone shows that the line is alive. */
static void beat(const struct net_events *events, struct net_listener *listener, int64_t now_ms) {
    char text[64];
    int len = snprintf(text, sizeof(text), ":\n");
    if (listener->told != listener->at - 1)
        len += snprintf(text + len, sizeof(text) - (size_t)len, "id: %lld-%lld\n", (long long)events->epoch, (long long)listener->at - 1);
    len += snprintf(text + len, sizeof(text) - (size_t)len, "\n");
    (void)net_stream_write(listener->stream, text, (size_t)len);
    listener->told = listener->at - 1;
    listener->beat_ms = now_ms;
}

/* 1 when there is more for it that it could take now; *blocked when it must take something first. */
static int deliver(struct net_events *events, struct store_view *view, struct net_listener *listener, int64_t head, int *blocked) {
    struct base_buf out;
    uint32_t n;
    if (listener->at > head) return 0;
    if (net_stream_pending(listener->stream) > UNTAKEN_BYTES) {
        *blocked = 1;
        return 0;
    }
    base_buf_init(&out, events->arena);
    for (n = 0; n < SLICE_ENTRIES && out.len < SLICE_BYTES && listener->at <= head; n++) {
        const struct net_frame *frame = net_frames_get(events->frames, view, listener->at);
        if (frame == NULL) return 0;
        if (net_wants(&listener->wanted, frame->name)) {
            base_buf_str(&out, frame->text);
            listener->told = listener->at;
        }
        listener->at++;
    }
    if (out.len) {
        (void)net_stream_write(listener->stream, out.ptr, out.len);
        listener->beat_ms = base_steady_ms();
    }
    return listener->at <= head;
}

/* 0 when its key was revoked, its time is up or its role may no longer read the log. */
static int still_may(struct store_view *view, struct net_listener *listener, int64_t now_ms) {
    if (now_ms < listener->check_ms) return 1;
    listener->check_ms = now_ms + CHECK_MS;
    if (identity_still(listener->identity, view, &listener->who)) return 1;
    return identity_refresh(listener->identity, view, &listener->who) == MX_OK &&
           identity_allowed(listener->identity, &listener->who, NET_EVENTS_PERMISSION);
}

static int serve_one(struct net_events *events, struct store_view *view, struct net_listener *listener, int64_t head, int *more,
                     int *blocked) {
    int64_t now_ms = base_steady_ms();
    if (atomic_load(&listener->gone) || !still_may(view, listener, now_ms)) return 0;
    *more |= deliver(events, view, listener, head, blocked);
    if (now_ms - listener->beat_ms >= BEAT_MS) beat(events, listener, now_ms);
    return 1;
}

static void forget(struct net_events *events, struct net_listener **at) {
    struct net_listener *listener = *at;
    *at = listener->next;
    let_go(listener);
    pthread_mutex_lock(&events->lock);
    events->count--;
    pthread_mutex_unlock(&events->lock);
}

/* How long to sleep if nothing happens; -1 = until something does. */
static int64_t serve_all(struct net_events *events, int64_t head) {
    struct net_listener **at;
    struct store_view *view;
    int more = 0, blocked = 0;
    base_arena_reset(events->arena);
    if (store_read_begin(events->store, events->arena, &view) != MX_OK) return BLOCKED_MS;
    for (at = &events->present; *at;) {
        if (serve_one(events, view, *at, head, &more, &blocked))
            at = &(*at)->next;
        else
            forget(events, at);
    }
    store_read_end(view);
    if (more) return 0;
    return blocked ? BLOCKED_MS : events->present ? TICK_MS : -1;
}

/* ---- the thread ---- */

static void wait_for_bell(struct net_events *events, int64_t wait_ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += wait_ms % 1000 * 1000000;
    until.tv_sec += wait_ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (!events->rung && !events->stopping) {
        if (wait_ms < 0)
            pthread_cond_wait(&events->bell, &events->lock);
        else if (pthread_cond_timedwait(&events->bell, &events->lock, &until) != 0)
            return;
    }
}

/* Those who came, behind those who are there. The lock is held. */
static void let_in(struct net_events *events) {
    struct net_listener **last = &events->present;
    while (*last) last = &(*last)->next;
    *last = events->arrived;
    events->arrived = NULL;
    events->rung = 0;
}

static void *run(void *arg) {
    struct net_events *events = arg;
    int64_t wait_ms = -1, head;
    pthread_mutex_lock(&events->lock);
    for (;;) {
        wait_for_bell(events, wait_ms);
        if (events->stopping) break;
        let_in(events);
        head = events->head;
        pthread_mutex_unlock(&events->lock);
        wait_ms = serve_all(events, head);
        pthread_mutex_lock(&events->lock);
    }
    let_in(events);
    pthread_mutex_unlock(&events->lock);
    return NULL;
}

static void on_commit(void *arg, int64_t seq) {
    struct net_events *events = arg;
    pthread_mutex_lock(&events->lock);
    if (seq > events->head) events->head = seq;
    events->rung = 1;
    pthread_cond_signal(&events->bell);
    pthread_mutex_unlock(&events->lock);
}

/* ---- from outside ---- */

mx_status net_events_head(struct net_events *events, struct store_view *view, int64_t *epoch, int64_t *seq) {
    *epoch = events->epoch;
    return net_frames_head(events->frames, view, seq);
}

int net_events_add(struct net_events *events, struct net_request *request, const struct net_ask *ask) {
    struct net_listener *listener;
    char hello[96];
    int welcome;
    pthread_mutex_lock(&events->lock);
    welcome = events->count < events->max && !events->stopping;
    events->count += welcome ? 1 : 0;
    pthread_mutex_unlock(&events->lock);
    if (!welcome) return 0;
    listener = calloc(1, sizeof(*listener));
    if (listener == NULL) abort();
    atomic_store(&listener->refs, 2);
    listener->identity = ask->identity;
    listener->who = ask->who;
    listener->wanted = ask->wanted;
    listener->at = ask->after + 1;
    listener->told = ask->after;
    listener->beat_ms = base_steady_ms();
    listener->check_ms = listener->beat_ms + CHECK_MS;
    snprintf(hello, sizeof(hello), "retry: 3000\nid: %lld-%lld\n\n", (long long)events->epoch, (long long)ask->after);
    listener->stream = net_stream_begin(request, 200, "text/event-stream", "X-Accel-Buffering: no\r\n", on_closed, listener);
    net_stream_endless(listener->stream);
    (void)net_stream_write(listener->stream, hello, strlen(hello));
    pthread_mutex_lock(&events->lock);
    listener->next = events->arrived;
    events->arrived = listener;
    events->rung = 1;
    pthread_cond_signal(&events->bell);
    pthread_mutex_unlock(&events->lock);
    return 1;
}

/* Where the log stands now. What is written later is told by op_watch(), which was asked before. */
static mx_status find_head(struct net_events *events) {
    struct store_view *view;
    int64_t head = 0;
    mx_status st = store_read_begin(events->store, events->arena, &view);
    if (st != MX_OK) return st;
    st = store_epoch(view, &events->epoch);
    if (st == MX_OK) st = net_frames_head(events->frames, view, &head);
    store_read_end(view);
    if (st == MX_OK) on_commit(events, head);
    return st;
}

static void release(struct net_events *events) {
    net_frames_free(events->frames);
    base_arena_free(events->arena);
    pthread_mutex_destroy(&events->lock);
    pthread_cond_destroy(&events->bell);
    free(events);
}

mx_status net_events_new(struct op_kernel *op, struct bus *bus, struct store *store, uint32_t max, struct net_events **out,
                         struct mx_error *err) {
    struct net_events *events = calloc(1, sizeof(*events));
    pthread_condattr_t steady;
    mx_status st;
    if (events == NULL) abort();
    events->op = op;
    events->store = store;
    events->max = max ? max : LISTENERS_MAX;
    events->arena = base_arena_new(65536);
    events->frames = net_frames_new(bus);
    pthread_mutex_init(&events->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&events->bell, &steady);
    pthread_condattr_destroy(&steady);
    op_watch(op, on_commit, events);
    st = find_head(events);
    if (st != MX_OK)
        st = base_fail(err, st, NULL, "The head of the log could not be read.");
    else if (pthread_create(&events->thread, NULL, run, events) != 0)
        st = base_fail(err, MX_E_NOMEM, NULL, "The thread of the event stream could not be started.");
    if (st == MX_OK) {
        *out = events;
        return MX_OK;
    }
    op_unwatch(op, on_commit, events);
    release(events);
    return st;
}

void net_events_free(struct net_events *events) {
    if (events == NULL) return;
    op_unwatch(events->op, on_commit, events);
    pthread_mutex_lock(&events->lock);
    events->stopping = 1;
    pthread_cond_signal(&events->bell);
    pthread_mutex_unlock(&events->lock);
    pthread_join(events->thread, NULL);
    while (events->present) {
        struct net_listener *listener = events->present;
        events->present = listener->next;
        let_go(listener);
    }
    release(events);
}
