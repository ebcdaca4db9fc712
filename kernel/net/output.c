#include <errno.h>

#include <event2/event.h>

#include "base/clock.h"
#include "net/internal.h"

#define PIECES_MAX     16
#define PROGRESS_BYTES (64u << 10) /* a slow reader must take so much within write_ms */

void net_output_add(struct net_conn *conn, struct net_out *out) {
    out->next = NULL;
    if (conn->out_last)
        conn->out_last->next = out;
    else
        conn->out_first = out;
    conn->out_last = out;
    conn->out_bytes += out->len;
    conn->out_count++;
}

static void take_first(struct net_conn *conn) {
    struct net_out *out = conn->out_first;
    conn->out_first = out->next;
    if (conn->out_first == NULL) conn->out_last = NULL;
    conn->out_bytes -= out->len;
    conn->out_count--;
    out->sent(out->owner);
}

void net_output_clear(struct net_conn *conn) {
    while (conn->out_first) take_first(conn);
}

static void sent(struct net_conn *conn, size_t bytes) {
    conn->out_sent += bytes;
    net_count(&conn->thread->server->count.bytes_out, bytes);
    while (conn->out_first && bytes >= conn->out_first->len) {
        bytes -= conn->out_first->len;
        take_first(conn);
    }
    if (conn->out_first) {
        conn->out_first->bytes += bytes;
        conn->out_first->len -= bytes;
        conn->out_bytes -= bytes;
    }
}

static ssize_t send_some(struct net_conn *conn) {
    struct iovec pieces[PIECES_MAX];
    const struct net_out *out;
    size_t count = 0;
    for (out = conn->out_first; out && count < PIECES_MAX; out = out->next) {
        pieces[count].iov_base = (void *)(uintptr_t)out->bytes;
        pieces[count++].iov_len = out->len;
    }
    return net_wire_send(conn, pieces, count);
}

/* While something waits, the client must take enough of it in time; the time starts anew with progress. */
static void watch(struct net_conn *conn) {
    if (conn->out_first == NULL) {
        conn->out_deadline_ms = 0;
        if (conn->writes) event_del(conn->writable);
        conn->writes = 0;
        return;
    }
    if (conn->out_deadline_ms == 0 || conn->out_sent >= PROGRESS_BYTES) {
        conn->out_deadline_ms = base_steady_ms() + conn->thread->server->opts.write_ms;
        conn->out_sent = 0;
    }
    if (!conn->writes) event_add(conn->writable, NULL);
    conn->writes = 1;
}

int net_output_send(struct net_conn *conn) {
    while (conn->out_first) {
        ssize_t n = send_some(conn);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        if (n < 0) return -1;
        sent(conn, (size_t)n);
    }
    watch(conn);
    return 0;
}

void net_output_ready(int fd, short what, void *arg) {
    struct net_conn *conn = arg;
    (void)fd;
    (void)what;
    if (conn->tls && !net_tls_is_open(conn->tls))
        net_tls_writable(conn);
    else
        net_conn_work(conn);
}
