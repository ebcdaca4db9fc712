#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "net/internal.h"

#define ARENA_BYTES 8192u

struct net_request *net_request_new(struct net_thread *thread, struct net_conn *conn) {
    struct net_request *request = thread->spares;
    if (request) {
        struct base_arena *arena = request->arena;
        thread->spares = request->next_spare;
        thread->spare_count--;
        memset(request, 0, sizeof(*request));
        request->arena = arena;
    } else {
        request = calloc(1, sizeof(*request));
        if (request == NULL) abort();
        request->arena = base_arena_new(ARENA_BYTES);
    }
    request->thread = thread;
    request->conn = conn;
    atomic_fetch_add(&thread->refs, 1);
    atomic_fetch_add(&thread->busy, 1);
    return request;
}

/* On the loop's thread, or on any once the loop is gone. */
void net_request_free(struct net_request *request) {
    struct net_thread *thread = request->thread;
    if (request->stream) net_stream_over(request->stream);
    free(request->text);
    if (!thread->closed) atomic_fetch_sub(&thread->server->buffered, net_counted(request->text_bytes));
    if (!thread->closed && thread->spare_count < NET_SPARES_MAX) {
        base_arena_reset(request->arena);
        request->next_spare = thread->spares;
        thread->spares = request;
        thread->spare_count++;
    } else {
        base_arena_free(request->arena);
        free(request);
    }
    atomic_fetch_sub(&thread->busy, 1);
    net_thread_unref(thread);
}

static struct mx_str view_of(const char *bytes, struct net_span span) { return mx_str_n(bytes + span.at, span.len); }

/* What stands between the request line and the blank line. */
static struct mx_str fields_of(const struct net_message *message, const char *bytes) {
    const char *from = bytes + message->target.at + message->target.len + strlen(" HTTP/1.1\r\n");
    return mx_str_n(from, (size_t)(bytes + message->head_len - 2 - from));
}

static void fill_view(struct net_request_view *view, const struct net_message *message, const char *bytes) {
    struct mx_str target = view_of(bytes, message->target);
    const char *mark = memchr(target.ptr, '?', target.len);
    view->method = view_of(bytes, message->method);
    view->path = mark ? mx_str_n(target.ptr, (size_t)(mark - target.ptr)) : target;
    if (mark) view->query = mx_str_n(mark + 1, target.len - view->path.len - 1);
    view->authorization = view_of(bytes, message->authorization);
    view->idempotency_key = view_of(bytes, message->idempotency_key);
    view->content_type = view_of(bytes, message->content_type);
    view->approval = view_of(bytes, message->approval);
    view->accept_encoding = view_of(bytes, message->accept_encoding);
    view->last_event_id = view_of(bytes, message->last_event_id);
    view->if_none_match = view_of(bytes, message->if_none_match);
    view->fields = fields_of(message, bytes);
    view->body = mx_str_n(bytes + message->head_len, message->body_len);
}

void net_request_fill(struct net_request *request, const struct net_message *message, const char *bytes) {
    fill_view(&request->view, message, bytes);
    request->view.secure = request->conn->secure;
    request->view.remote = net_proxy_client(request->conn, request->view.fields, request->arena);
    request->close = message->close;
    request->chunks = message->minor >= 1;
    request->head_only = mx_str_is(request->view.method, "HEAD");
}

void net_request_own(struct net_request *request, char *buffer, size_t bytes) {
    request->text = buffer;
    request->text_bytes = bytes;
}

const struct net_request_view *net_request_view(const struct net_request *request) { return &request->view; }

struct base_arena *net_request_arena(struct net_request *request) {
    return request->arena;
}

void net_request_on_gone(struct net_request *request, void (*fn)(void *arg), void *arg) {
    request->gone = fn;
    request->gone_arg = arg;
}

void net_request_gone(struct net_request *request) {
    void (*gone)(void *arg) = request->gone;
    request->gone = NULL;
    if (gone) gone(request->gone_arg);
}

/* The body's own header lines: its length, or that it comes in chunks. */
static void format_framing(const struct net_request *request, struct base_buf *out, int status, const struct mx_str *body) {
    if (status == 304) return; /* its length would be that of the answer which is not sent */
    if (body) {
        base_buf_text(out, "\r\nContent-Length: ");
        base_buf_int(out, body->len);
    } else if (request->chunks) {
        base_buf_text(out, "\r\nTransfer-Encoding: chunked");
    }
}

static void sent(void *request) { net_request_free(request); }

static void format_answer(struct net_request *request, int status, const char *content_type, const char *headers,
                          const struct mx_str *body) {
    struct base_buf out;
    base_buf_init(&out, request->arena);
    base_buf_reserve(&out, 256 + (headers ? strlen(headers) : 0) + (request->head_only || body == NULL ? 0 : body->len));
    base_buf_text(&out, "HTTP/1.1 ");
    base_buf_int(&out, status);
    base_buf_char(&out, ' ');
    base_buf_text(&out, net_reason(status));
    if (content_type) {
        base_buf_text(&out, "\r\nContent-Type: ");
        base_buf_text(&out, content_type);
    }
    format_framing(request, &out, status, body);
    base_buf_text(&out, "\r\nX-Content-Type-Options: nosniff\r\n");
    if (headers == NULL || strstr(headers, "Cache-Control: ") == NULL) base_buf_text(&out, "Cache-Control: no-store\r\n");
    if (request->close) base_buf_text(&out, "Connection: close\r\n");
    if (headers) base_buf_text(&out, headers);
    base_buf_text(&out, "\r\n");
    if (body && !request->head_only) base_buf_str(&out, *body);
    request->out.bytes = out.ptr;
    request->out.len = out.len;
    request->out.sent = sent;
    request->out.owner = request;
}

static void on_answer(void *arg) {
    struct net_request *request = arg;
    request->answered = 1;
    net_count(&request->thread->server->count.answers[request->status / 100 - 1], 1);
    if (request->stream) net_count(&request->thread->server->count.streams, 1);
    if (request->conn == NULL)
        net_request_free(request);
    else if (!request->conn->in_handler)
        net_conn_answered(request->conn, request);
}

void net_request_answer(struct net_request *request, int status, const char *content_type, const char *headers, const struct mx_str *body) {
    struct net_thread *thread = request->thread;
    request->status = status;
    format_answer(request, status, content_type, headers, body);
    if (loop_is_mine(thread->loop))
        on_answer(request);
    else if (!net_thread_post(thread, on_answer, request))
        net_request_free(request);
}

void net_reply(struct net_request *request, int status, const char *content_type, const char *headers, struct mx_str body) {
    net_request_answer(request, status, content_type, headers, &body);
}

void net_reply_error(struct net_request *request, const struct net_refusal *refusal) {
    request->close = 1;
    net_reply(request, refusal->status, "application/problem+json", refusal->status == 503 ? "Retry-After: 1\r\n" : NULL,
              net_problem(request->arena, refusal->status, NULL, refusal->detail));
}
