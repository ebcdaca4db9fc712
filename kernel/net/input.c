#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "net/internal.h"

#define FIRST_BYTES 4096u

/* So much waits behind a running request: one more read would need a buffer that counts against the limit, and a refusal
 * would overtake the answer that the client waits for. */
#define HELD_BACK (NET_PIPELINE_BYTES - FIRST_BYTES / 2)

static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

static size_t waiting(const struct net_conn *conn) { return conn->in_len - conn->in_at; }

/* Large buffers are counted, so that many unfinished requests together cannot fill the memory. */
static int resize(struct net_conn *conn, size_t cap) {
    struct net_server *server = conn->thread->server;
    size_t before = net_counted(conn->in_cap), after = net_counted(cap);
    char *in;
    if (after > before && atomic_load(&server->buffered) + (after - before) > server->opts.buffer_bytes) return 0;
    in = realloc(conn->in, cap);
    if (in == NULL) return 0;
    atomic_fetch_add(&server->buffered, after);
    atomic_fetch_sub(&server->buffered, before);
    conn->in = in;
    conn->in_cap = cap;
    return 1;
}

void net_input_discard(struct net_conn *conn) {
    atomic_fetch_sub(&conn->thread->server->buffered, net_counted(conn->in_cap));
    free(conn->in);
    conn->in = NULL;
    conn->in_at = conn->in_len = conn->in_cap = 0;
}

static void move_to_front(struct net_conn *conn) {
    size_t have = waiting(conn);
    if (conn->in_at == 0) return;
    memmove(conn->in, conn->in + conn->in_at, have);
    conn->in_at = 0;
    conn->in_len = have;
}

/* Room for one read: doubles with what has come, so that a client who only announces a large body costs nothing, and
 * ends with the message, so that a large one can be handed over as it stands. */
static int make_room(struct net_conn *conn) {
    size_t whole = (size_t)conn->message.head_len + conn->message.body_len;
    size_t cap = conn->in_cap ? conn->in_cap : FIRST_BYTES;
    if (conn->in_cap - conn->in_len >= FIRST_BYTES / 2) return 1;
    move_to_front(conn);
    while (cap - conn->in_len < FIRST_BYTES / 2) cap *= 2;
    if (conn->message.head_len && whole > conn->in_len && whole < cap) cap = whole;
    return cap <= conn->in_cap || resize(conn, cap);
}

void net_input_watch(struct net_conn *conn) {
    int full = waiting(conn) >= HELD_BACK && (conn->request || net_output_full(conn));
    int reads = !conn->at_end && (conn->lingering || conn->stream || (!conn->closing && !full));
    if (reads && !conn->reads) event_add(conn->readable, NULL);
    if (!reads && conn->reads) event_del(conn->readable);
    conn->reads = (uint8_t)reads;
    if (reads && net_wire_pending(conn)) event_active(conn->readable, EV_READ, 0);
}

/* The first refusal ends the connection; what the client sent behind it is never looked at. */
void net_input_refuse(struct net_conn *conn, int status, const char *detail) {
    struct net_request *request = net_request_new(conn->thread, conn);
    struct net_refusal refusal = {status, detail};
    conn->in_handler = 1;
    net_reply_error(request, &refusal);
    conn->in_handler = 0;
    net_output_add(conn, &request->out);
    conn->closing = 1;
    net_input_discard(conn);
}

static void told_to_go_on(void *conn) { ((struct net_conn *)conn)->go_on_queued = 0; }

static void tell_to_go_on(struct net_conn *conn) {
    if (!conn->message.expects_continue || conn->message.head_len == 0 || conn->told_to_go_on || conn->go_on_queued) return;
    conn->told_to_go_on = 1;
    conn->go_on_queued = 1;
    conn->go_on.bytes = go_on;
    conn->go_on.len = sizeof(go_on) - 1;
    conn->go_on.sent = told_to_go_on;
    conn->go_on.owner = conn;
    net_output_add(conn, &conn->go_on);
}

/* Small messages are copied next to what becomes of them; a large one takes its buffer along when nothing else is in it. */
static void hand_over(struct net_conn *conn, struct net_request *request) {
    size_t len = (size_t)conn->message.head_len + conn->message.body_len;
    const char *bytes = conn->in + conn->in_at;
    if (len > NET_COPY_BYTES && len == waiting(conn)) {
        net_request_own(request, conn->in, conn->in_cap);
        net_request_fill(request, &conn->message, bytes);
        conn->in = NULL;
        conn->in_at = conn->in_len = conn->in_cap = 0;
        return;
    }
    net_request_fill(request, &conn->message, base_arena_dup(request->arena, mx_str_n(bytes, len)).ptr);
    conn->in_at += len;
    if (conn->in_at < conn->in_len) return;
    conn->in_at = conn->in_len = 0;
    if (conn->in_cap > NET_PIPELINE_BYTES) net_input_discard(conn);
}

static void run(struct net_conn *conn) {
    struct net_request *request = net_request_new(conn->thread, conn);
    const struct net_opts *opts = &conn->thread->server->opts;
    hand_over(conn, request);
    net_message_init(&conn->message);
    conn->told_to_go_on = 0;
    conn->request = request;
    conn->phase = NET_RUNNING;
    conn->deadline_ms = 0;
    conn->in_handler = 1;
    opts->handler(opts->arg, request);
    conn->in_handler = 0;
}

static void finish(struct net_conn *conn, struct net_request *request) {
    conn->request = NULL;
    if (request->close) {
        conn->closing = 1;
        net_input_discard(conn);
    }
    if (request->stream && !request->head_only) {
        net_stream_attach(request->stream, conn);
        request->stream = NULL;
    }
    net_output_add(conn, &request->out);
}

/* 1 when there may be more to do. */
static int step(struct net_conn *conn) {
    struct net_refusal refusal;
    int rc;
    if (conn->request && conn->request->answered) {
        finish(conn, conn->request);
        return 1;
    }
    if (conn->stream) return net_stream_pull(conn);
    if (conn->request || conn->closing || conn->lingering || waiting(conn) == 0 || net_output_full(conn)) return 0;
    rc = net_message_read(&conn->message, &conn->thread->server->limits, conn->in + conn->in_at, waiting(conn), &refusal);
    if (rc == NET_REFUSED)
        net_input_refuse(conn, refusal.status, refusal.detail);
    else if (rc == NET_COMPLETE)
        run(conn);
    else
        tell_to_go_on(conn);
    return rc != NET_MORE;
}

void net_conn_work(struct net_conn *conn) {
    int held_back;
    do {
        while (step(conn)) continue;
        held_back = net_output_full(conn);
        if (net_output_send(conn) != 0) {
            net_conn_drop(conn);
            return;
        }
    } while (held_back && !net_output_full(conn));
    if (conn->stream) net_stream_check(conn);
    net_conn_settle(conn);
}

void net_conn_answered(struct net_conn *conn, struct net_request *request) {
    if (conn->request == request) net_conn_work(conn);
}

static void throw_away(struct net_conn *conn) {
    char bytes[16384];
    ssize_t n = net_wire_read(conn, bytes, sizeof(bytes));
    int later = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (n > 0) conn->thrown_away += (size_t)n;
    if ((n <= 0 && !later) || conn->thrown_away > NET_LINGER_BYTES)
        net_conn_drop(conn);
    else
        net_input_watch(conn);
}

static void receive(struct net_conn *conn) {
    ssize_t n = net_wire_read(conn, conn->in + conn->in_len, conn->in_cap - conn->in_len);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        net_input_watch(conn);
        return;
    }
    if (n < 0) {
        net_conn_drop(conn);
        return;
    }
    conn->in_len += (size_t)n;
    net_count(&conn->thread->server->count.bytes_in, (uint64_t)n);
    conn->at_end = n == 0;
    if (conn->at_end && conn->request) {
        conn->in_handler = 1;
        net_request_gone(conn->request);
        conn->in_handler = 0;
    }
    net_conn_work(conn);
}

void net_input_ready(int fd, short what, void *arg) {
    struct net_conn *conn = arg;
    (void)fd;
    (void)what;
    if (conn->tls && !net_tls_is_open(conn->tls)) {
        net_tls_readable(conn);
    } else if (conn->lingering || conn->stream) {
        throw_away(conn);
    } else if (make_room(conn)) {
        receive(conn);
    } else {
        net_input_refuse(conn, 503, "There are too many large requests at once.");
        net_conn_work(conn);
    }
}
