/* From an accepted connection to an open session. A full handshake costs milliseconds, so a loop makes one step of one
 * handshake in each of its turns: tills that are already connected never wait for a crowd at the door. */
#include <errno.h>
#include <stdlib.h>

#include <event2/event.h>

#include "base/clock.h"
#include "net/tls.h"

/* ---- the queue of those who wait for their step ---- */

static void run_queue(evutil_socket_t fd, short what, void *arg);

static void enqueue(struct net_tls_link *link) {
    struct net_thread *thread = link->conn->thread;
    struct timeval now = {0, 0};
    if (link->queued) return;
    link->queued = 1;
    link->previous = thread->shakes_last;
    link->next = NULL;
    if (link->previous)
        link->previous->next = link;
    else
        thread->shakes = link;
    thread->shakes_last = link;
    if (thread->shake == NULL) thread->shake = event_new(loop_base(thread->loop), -1, 0, run_queue, thread);
    if (thread->shake == NULL) abort();
    event_add(thread->shake, &now);
}

void net_tls_leave_queue(struct net_tls_link *link) {
    struct net_thread *thread = link->conn->thread;
    link->waits = 0;
    if (!link->queued) return;
    if (link->previous)
        link->previous->next = link->next;
    else
        thread->shakes = link->next;
    if (link->next)
        link->next->previous = link->previous;
    else
        thread->shakes_last = link->previous;
    link->queued = 0;
}

void net_tls_thread_end(struct net_thread *thread) {
    if (thread->shake) event_free(thread->shake);
    thread->shake = NULL;
}

/* ---- one connection ---- */

static void watch(struct net_conn *conn, int reads) {
    int writes = conn->tls->out_len > 0;
    if (reads && !conn->reads) event_add(conn->readable, NULL);
    if (!reads && conn->reads) event_del(conn->readable);
    if (writes && !conn->writes) event_add(conn->writable, NULL);
    if (!writes && conn->writes) event_del(conn->writable);
    conn->reads = (uint8_t)reads;
    conn->writes = (uint8_t)writes;
}

static void opened(struct net_conn *conn) {
    conn->tls->phase = NET_TLS_OPEN;
    atomic_fetch_add_explicit(&conn->thread->server->tls_handshakes, 1, memory_order_relaxed);
    conn->deadline_ms = base_steady_ms() + conn->thread->server->opts.idle_ms;
    watch(conn, 1);
    if (net_tls_pending(conn->tls)) event_active(conn->readable, EV_READ, 0);
    net_conn_work(conn);
}

/* Mbed TLS has said why in an alert: wait until the client has read it. */
static void failed(struct net_conn *conn) {
    atomic_fetch_add_explicit(&conn->thread->server->tls_failures, 1, memory_order_relaxed);
    if (conn->writes) event_del(conn->writable);
    conn->writes = 0;
    net_conn_linger(conn);
    net_input_watch(conn);
}

static void step(struct net_conn *conn) {
    struct net_tls_link *link = conn->tls;
    int rc;
    link->reads = 0;
    rc = mbedtls_ssl_handshake(link->ssl);
    net_tls_keep(link);
    if (rc == 0) {
        link->done = 1;
        if (link->out_len == 0)
            opened(conn);
        else
            watch(conn, 0);
    } else if (rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE) {
        watch(conn, 1);
    } else if (rc == MBEDTLS_ERR_SSL_CONN_EOF) {
        net_conn_drop(conn);
    } else {
        failed(conn);
    }
}

/* Only now a session is allocated; when all are taken, the connection waits for one until its time is up. */
static void begin(struct net_conn *conn) {
    struct net_tls_link *link = conn->tls;
    if (!net_tls_begin(link) && !(net_crowd_make_room(conn->thread, conn, NET_ROOM_OF_SESSION) && net_tls_begin(link))) {
        link->waits = 1;
        return;
    }
    link->phase = NET_TLS_SHAKING;
    step(conn);
}

static void run_queue(evutil_socket_t fd, short what, void *arg) {
    struct net_thread *thread = arg;
    struct net_tls_link *link = thread->shakes;
    struct timeval now = {0, 0};
    (void)fd;
    (void)what;
    if (link == NULL) return;
    net_tls_leave_queue(link);
    if (thread->shakes) event_add(thread->shake, &now);
    if (link->phase == NET_TLS_HELLO)
        begin(link->conn);
    else
        step(link->conn);
}

/* Someone who is no client of TLS gets his answer in plain. */
static void turn_away(struct net_conn *conn, struct mx_str answer) {
    atomic_fetch_add_explicit(&conn->thread->server->tls_failures, 1, memory_order_relaxed);
    (void)!send(conn->fd, answer.ptr, answer.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    net_conn_linger(conn);
    net_input_watch(conn);
}

/* Room for what the hello still needs, no more. */
static void make_room(struct net_tls_link *link, size_t need) {
    if (link->in_cap >= need) return;
    link->in = realloc(link->in, need);
    if (link->in == NULL) abort();
    link->in_cap = need;
}

static void read_hello(struct net_conn *conn) {
    struct net_tls_link *link = conn->tls;
    struct mx_str answer;
    size_t need;
    int rc;
    while ((rc = net_tls_hello(link->in, link->in_len, &need, &answer)) == NET_MORE) {
        ssize_t n;
        make_room(link, need);
        n = net_tls_receive(link, link->in + link->in_len, need - link->in_len);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (n <= 0) {
            net_conn_drop(conn);
            return;
        }
        link->in_len += (size_t)n;
    }
    if (rc == NET_REFUSED) {
        turn_away(conn, answer);
        return;
    }
    watch(conn, 0);
    enqueue(link);
}

void net_tls_readable(struct net_conn *conn) {
    if (conn->tls->phase == NET_TLS_HELLO) {
        read_hello(conn);
    } else {
        watch(conn, 0);
        enqueue(conn->tls);
    }
}

void net_tls_writable(struct net_conn *conn) {
    if (net_tls_flush(conn->tls) != 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK) net_conn_drop(conn);
    } else if (conn->tls->done)
        opened(conn);
    else
        watch(conn, conn->reads);
}

void net_tls_retry(struct net_conn *conn) {
    if (conn->tls->waits) enqueue(conn->tls);
}
