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
#define ROUND_READS   2000u /* entries read through one view */
#define KEPT_BYTES    (8u << 20)
#define BEAT_MS       15000
#define CHECK_MS      10000
#define TICK_MS       1000
#define BLOCKED_MS    20

struct listener {
    struct listener *next;
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
    struct base_arena *arena; /* of the thread's views */
    struct base_buf out;      /* what one listener is given */
    struct listener *present; /* of the thread */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t bell;
    struct listener *arrived;
    uint32_t count;
    int64_t head;
    int rung, stopping;
};

static void unref(struct listener *listener) {
    if (atomic_fetch_sub(&listener->refs, 1) == 1) free(listener);
}

static void on_closed(void *arg) {
    struct listener *listener = arg;
    atomic_store(&listener->gone, 1);
    unref(listener);
}

static void let_go(struct listener *listener) {
    net_stream_end(listener->stream, 1);
    unref(listener);
}

/* ---- one round of the thread ---- */

struct net_round {
    struct store_view *view;
    int64_t head;
    uint64_t gen; /* of keys and roles, when known */
    int gen_known;
    int more;    /* somebody could take more at once */
    int blocked; /* somebody must take something first */
    uint32_t reads;
};

/* A position without an event moves the client's Last-Event-ID; a comment alone shows that the line is alive. */
static void beat(const struct net_events *events, struct listener *listener, int64_t now_ms) {
    char text[64];
    int len = snprintf(text, sizeof(text), ":\n");
    if (listener->told != listener->at - 1)
        len += snprintf(text + len, sizeof(text) - (size_t)len, "id: %lld-%lld\n", (long long)events->epoch, (long long)listener->at - 1);
    len += snprintf(text + len, sizeof(text) - (size_t)len, "\n");
    (void)net_stream_write(listener->stream, text, (size_t)len);
    listener->told = listener->at - 1;
    listener->beat_ms = now_ms;
}

/* Those at the end of the log share what was read; those behind it read so much together and wait for the next round. */
static const struct net_frame *next_frame(struct net_events *events, struct net_round *round, int64_t seq) {
    if (!net_frames_has(events->frames, seq) && round->reads++ >= ROUND_READS) {
        round->more = 1;
        return NULL;
    }
    return net_frames_get(events->frames, round->view, seq);
}

static void deliver(struct net_events *events, struct net_round *round, struct listener *listener) {
    struct base_buf *out = &events->out;
    uint32_t n;
    if (listener->at > round->head) return;
    if (net_stream_pending(listener->stream) > UNTAKEN_BYTES) {
        round->blocked = 1;
        return;
    }
    out->len = 0;
    for (n = 0; n < SLICE_ENTRIES && out->len < SLICE_BYTES && listener->at <= round->head; n++) {
        const struct net_frame *frame = next_frame(events, round, listener->at);
        if (frame == NULL) break;
        if (net_wants(&listener->wanted, frame->name)) {
            base_buf_str(out, frame->text);
            listener->told = listener->at;
        }
        listener->at++;
    }
    if (out->len) {
        (void)net_stream_write(listener->stream, out->ptr, out->len);
        listener->beat_ms = base_steady_ms();
    }
    round->more |= n > 0 && listener->at <= round->head;
}

/* 0 when its key was revoked, its time is up or its role may no longer read the log. Asked before each delivery; keys that
 * know no end are asked about together. */
static int still_may(struct net_round *round, struct listener *listener, int64_t now_ms) {
    if (listener->at > round->head && now_ms < listener->check_ms) return 1;
    listener->check_ms = now_ms + CHECK_MS;
    if (listener->who.until_ms == 0 && round->gen_known && listener->who.roles_gen == round->gen) return 1;
    if (identity_still(listener->identity, round->view, &listener->who)) {
        round->gen = listener->who.roles_gen;
        round->gen_known = 1;
        return 1;
    }
    return identity_refresh(listener->identity, round->view, &listener->who) == MX_OK &&
           identity_allowed(listener->identity, &listener->who, NET_EVENTS_PERMISSION);
}

static int serve_one(struct net_events *events, struct net_round *round, struct listener *listener) {
    int64_t now_ms = base_steady_ms();
    if (atomic_load(&listener->gone) || !still_may(round, listener, now_ms)) return 0;
    deliver(events, round, listener);
    if (now_ms - listener->beat_ms >= BEAT_MS) beat(events, listener, now_ms);
    return 1;
}

static void forget(struct net_events *events, struct listener **at) {
    struct listener *listener = *at;
    *at = listener->next;
    let_go(listener);
    pthread_mutex_lock(&events->lock);
    events->count--;
    pthread_mutex_unlock(&events->lock);
}

/* How long to sleep if nothing happens; -1 = until something does. */
static int64_t serve_all(struct net_events *events, int64_t head) {
    struct net_round round = {.head = head};
    struct listener **at;
    base_arena_reset(events->arena);
    if (store_read_begin(events->store, events->arena, &round.view) != MX_OK) return BLOCKED_MS;
    for (at = &events->present; *at;) {
        if (serve_one(events, &round, *at))
            at = &(*at)->next;
        else
            forget(events, at);
    }
    store_read_end(round.view);
    if (round.more) return 0;
    return round.blocked ? BLOCKED_MS : events->present ? TICK_MS : -1;
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
    struct listener **last = &events->present;
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
    struct listener *listener;
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
    base_buf_fini(&events->out);
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
    events->frames = net_frames_new(bus, KEPT_BYTES);
    base_buf_init(&events->out, NULL);
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
        struct listener *listener = events->present;
        events->present = listener->next;
        let_go(listener);
    }
    release(events);
}
