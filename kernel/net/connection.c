#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "net/internal.h"

struct net_conn *net_conn_new(struct net_thread *thread, int fd) {
    struct net_conn *conn = calloc(1, sizeof(*conn));
    if (conn == NULL) abort();
    conn->thread = thread;
    conn->fd = fd;
    atomic_fetch_add(&thread->load, 1);
    atomic_fetch_add(&thread->server->connections, 1);
    return conn;
}

/* Above the limit a newcomer takes a stranger's place, or is told that there is none. */
static void find_place(struct net_conn *conn) {
    struct net_thread *thread = conn->thread;
    const char *why = "There are too many connections from your address; try again shortly.";
    if (conn->rejected) {
        conn->rejected = (uint8_t)!net_crowd_make_room(thread, conn, NET_ROOM_OF_ADDRESS);
    } else if (atomic_load(&thread->server->connections) > thread->server->opts.connections) {
        conn->rejected = (uint8_t)!net_crowd_make_room(thread, conn, NET_ROOM);
        why = "There are too many connections; try again shortly.";
    }
    if (!conn->rejected) return;
    net_count(&thread->server->count.turned_away, 1);
    if (conn->tls == NULL) net_input_refuse(conn, 503, why); /* to tell it over TLS would cost a handshake */
}

void net_conn_start(void *arg) {
    struct net_conn *conn = arg;
    struct net_thread *thread = conn->thread;
    struct event_base *base = loop_base(thread->loop);
    conn->readable = event_new(base, conn->fd, EV_READ | EV_PERSIST, net_input_ready, conn);
    conn->writable = event_new(base, conn->fd, EV_WRITE | EV_PERSIST, net_output_ready, conn);
    if (conn->readable == NULL || conn->writable == NULL || thread->draining) {
        net_conn_drop(conn);
        return;
    }
    net_crowd_link(conn);
    conn->deadline_ms = base_steady_ms() + (conn->tls ? thread->server->opts.hello_ms : thread->server->opts.idle_ms);
    find_place(conn);
    if (conn->tls && conn->rejected)
        net_conn_drop(conn);
    else
        net_conn_work(conn);
}

/* A request that is still running keeps its memory and answers into the void. */
void net_conn_drop(struct net_conn *conn) {
    struct net_thread *thread = conn->thread;
    if (conn->request) {
        conn->request->conn = NULL;
        if (conn->request->answered)
            net_request_free(conn->request);
        else
            net_request_gone(conn->request);
    }
    net_output_clear(conn);
    if (conn->stream) net_stream_over(conn->stream);
    net_input_discard(conn);
    net_tls_link_free(conn->tls, 1);
    if (conn->readable) event_free(conn->readable);
    if (conn->writable) event_free(conn->writable);
    close(conn->fd);
    net_crowd_unlink(conn);
    net_crowd_leave(conn);
    atomic_fetch_sub(&thread->load, 1);
    atomic_fetch_sub(&thread->server->connections, 1);
    free(conn);
}

/* Closing at once would let the kernel reset the connection when unread input stands in it, and the client would lose
 * our last answer: so we say that we are done and wait a moment for the client to be so too. */
void net_conn_linger(struct net_conn *conn) {
    net_input_discard(conn);
    conn->lingering = 1;
    conn->deadline_ms = base_steady_ms() + NET_LINGER_MS;
    net_wire_shut(conn);
}

/* A request's time runs from its first byte to its last and is never prolonged by the bytes between. */
static void set_deadline(struct net_conn *conn) {
    const struct net_opts *opts = &conn->thread->server->opts;
    enum net_phase phase = conn->in_len > conn->in_at ? NET_READING : NET_IDLE;
    if (conn->request || conn->out_first || conn->stream) phase = NET_RUNNING;
    if (phase == conn->phase) return;
    conn->phase = phase;
    if (phase == NET_RUNNING)
        conn->deadline_ms = 0;
    else
        conn->deadline_ms = base_steady_ms() + (phase == NET_READING ? opts->request_ms : opts->idle_ms);
}

void net_conn_settle(struct net_conn *conn) {
    if (!conn->lingering) {
        int done = conn->request == NULL && conn->out_first == NULL && conn->stream == NULL;
        if (done && (conn->at_end || (conn->closing && conn->thread->draining))) {
            net_conn_drop(conn);
            return;
        }
        if (done && conn->closing)
            net_conn_linger(conn);
        else
            set_deadline(conn);
    }
    net_input_watch(conn);
}

/* What the kernel still holds for a client that does not read is thrown away with the connection. */
void net_conn_reset(struct net_conn *conn) {
    struct linger at_once = {1, 0};
    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    net_tls_link_free(conn->tls, 0);
    conn->tls = NULL;
    net_conn_drop(conn);
}

static void end_in_time(struct net_conn *conn, int64_t now_ms) {
    if (conn->out_deadline_ms && now_ms >= conn->out_deadline_ms) {
        net_count(&conn->thread->server->count.late, 1);
        net_conn_reset(conn);
    } else if (conn->deadline_ms && now_ms >= conn->deadline_ms) {
        net_count(&conn->thread->server->count.late, 1);
        if (conn->phase != NET_READING || conn->lingering) {
            net_conn_drop(conn);
            return;
        }
        net_input_refuse(conn, 408, "The request did not come in whole in time.");
        net_conn_work(conn);
    }
}

void net_conn_sweep(void *arg) {
    struct net_thread *thread = arg;
    struct net_conn *conn, *next;
    int64_t now_ms = base_steady_ms();
    for (conn = thread->conns; conn; conn = next) {
        next = conn->next;
        if (conn->tls) net_tls_retry(conn);
        end_in_time(conn, now_ms);
    }
}

void net_conn_drain(void *arg) {
    struct net_thread *thread = arg;
    struct net_conn *conn, *next;
    thread->draining = 1;
    for (conn = thread->conns; conn; conn = next) {
        next = conn->next;
        if (conn->stream) net_stream_close_endless(conn);
        if ((conn->request == NULL && conn->out_first == NULL && conn->stream == NULL) || conn->lingering)
            net_conn_drop(conn);
        else
            conn->closing = 1;
    }
}

void net_conn_drop_all(void *arg) {
    struct net_thread *thread = arg;
    while (thread->conns) net_conn_drop(thread->conns);
    net_tls_thread_end(thread);
}
