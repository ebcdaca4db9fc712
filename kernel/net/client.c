#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "net/internal.h"

#define ANSWER_MAX (256u << 20)
#define READ_BYTES 16384u

struct call {
    struct base_arena *arena;
    const char *url;
    int fd;
    int64_t until_ms;
    int64_t silence_ms; /* 0: until_ms is for the whole */
    int (*sink)(void *arg, const void *bytes, size_t len);
    void *sink_arg;
    struct mx_error *err;
    struct base_buf body;
    int no_body; /* HEAD */
    int complete, too_large, unwanted;
};

static mx_status fail(const struct call *call, const char *why) {
    return base_fail(call->err, MX_E_IO, NULL, "No answer from %.120s: %s.", call->url, why);
}

/* Wait until the socket can do `events`; 0 when the time is up. */
static int wait_for(const struct call *call, short events) {
    struct pollfd p = {call->fd, events, 0};
    int64_t left;
    while ((left = call->until_ms - base_steady_ms()) > 0) {
        int rc = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
        if (rc > 0) return 1;
        if (rc < 0 && errno != EINTR) return 0;
    }
    return 0;
}

/* "http://127.0.0.1:8080" or "unix:PATH" */
static mx_status find_address(const struct call *call, struct net_address *address) {
    char host_port[128];
    size_t len;
    if (strncmp(call->url, "unix:", 5) == 0) return net_address_unix(call->url + 5, address, call->err);
    if (strncmp(call->url, "http://", 7) != 0)
        return base_fail(call->err, MX_E_BAD_INPUT, "url", "\"%.120s\" is neither http://HOST:PORT nor unix:PATH.", call->url);
    len = strlen(call->url + 7);
    if (len > 0 && call->url[7 + len - 1] == '/') len--;
    if (len + 4 > sizeof(host_port)) return base_fail(call->err, MX_E_BAD_INPUT, "url", "The address \"%.80s...\" is too long.", call->url);
    memcpy(host_port, call->url + 7, len);
    host_port[len] = '\0';
    if (strrchr(host_port, ':') == NULL || host_port[len - 1] == ']') memcpy(host_port + len, ":80", 4);
    return net_address_tcp(host_port, address, call->err);
}

static mx_status open_connection(struct call *call) {
    struct net_address address;
    mx_status st = find_address(call, &address);
    int cause = 0;
    socklen_t len = sizeof(cause);
    if (st != MX_OK) return st;
    call->fd = socket(address.addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (call->fd < 0) {
        st = fail(call, strerror(errno));
    } else if (connect(call->fd, (struct sockaddr *)&address.addr, address.len) != 0) {
        if (errno != EINPROGRESS)
            st = fail(call, strerror(errno));
        else if (!wait_for(call, POLLOUT))
            st = fail(call, "it took too long to connect");
        else if (getsockopt(call->fd, SOL_SOCKET, SO_ERROR, &cause, &len) != 0 || cause != 0)
            st = fail(call, strerror(cause));
    }
    net_address_fini(&address);
    return st;
}

/* A server that refuses early stops reading: what it answers counts, so a failed send is no error yet. */
static mx_status send_all(const struct call *call, struct mx_str bytes) {
    while (bytes.len > 0) {
        ssize_t n = send(call->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!wait_for(call, POLLOUT)) return fail(call, "it took too long to send the request");
            continue;
        }
        if (n < 0) return MX_OK;
        bytes = mx_str_n(bytes.ptr + n, bytes.len - (size_t)n);
    }
    return MX_OK;
}

static int on_headers_complete(llhttp_t *parser) {
    struct call *call = parser->data;
    return call->no_body ? 1 : 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len) {
    struct call *call = parser->data;
    if (call->sink && parser->status_code == 200) {
        call->unwanted = call->sink(call->sink_arg, at, len) != 0;
        return call->unwanted ? -1 : 0;
    }
    if (call->body.len + len > ANSWER_MAX) {
        call->too_large = 1;
        return -1;
    }
    base_buf_add(&call->body, at, len);
    return 0;
}

static int on_message_complete(llhttp_t *parser) {
    struct call *call = parser->data;
    if (parser->status_code / 100 == 1) return 0; /* the real answer comes after it */
    call->complete = 1;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

static mx_status receive(struct call *call, int *status) {
    char bytes[READ_BYTES];
    llhttp_t parser;
    llhttp_init(&parser, HTTP_RESPONSE, &settings);
    parser.data = call;
    while (!call->complete) {
        ssize_t n;
        if (!wait_for(call, POLLIN)) return fail(call, "it took too long");
        n = recv(call->fd, bytes, sizeof(bytes), 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return fail(call, strerror(errno));
        if (n == 0) return fail(call, "the connection ended before the answer was complete");
        if (call->silence_ms) call->until_ms = base_steady_ms() + call->silence_ms;
        if (llhttp_execute(&parser, bytes, (size_t)n) != HPE_OK && !call->complete)
            return call->unwanted ? base_fail(call->err, MX_E_CANCELLED, NULL, "The answer was not taken to its end.")
                                  : fail(call, call->too_large ? "the answer is too large" : "the answer is not HTTP");
    }
    *status = parser.status_code;
    return MX_OK;
}

static mx_status ask(struct call *call, const char *method, const char *path, const char *headers, struct mx_str body, int *status) {
    struct base_buf request;
    mx_status st;
    base_buf_init(&request, call->arena);
    base_buf_printf(&request, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %u\r\n", method, path,
                    (unsigned)body.len);
    if (headers) base_buf_text(&request, headers);
    base_buf_text(&request, "\r\n");
    st = send_all(call, base_buf_view(&request));
    if (st == MX_OK) st = send_all(call, body);
    return st == MX_OK ? receive(call, status) : st;
}

static mx_status run(struct call *call, const char *method, const char *path, const char *headers, struct mx_str body,
                     struct net_answer *answer) {
    int status = 0;
    mx_status st;
    call->fd = -1;
    base_buf_init(&call->body, call->arena);
    st = open_connection(call);
    if (st == MX_OK) st = ask(call, method, path, headers, body, &status);
    if (call->fd >= 0) close(call->fd);
    if (st != MX_OK) return st;
    answer->status = status;
    answer->body = base_buf_view(&call->body);
    return MX_OK;
}

mx_status net_call(struct base_arena *arena, const char *url, const char *method, const char *path, const char *headers, struct mx_str body,
                   int64_t timeout_ms, struct net_answer *answer, struct mx_error *err) {
    struct call call = {.arena = arena, .url = url, .until_ms = base_steady_ms() + timeout_ms, .err = err};
    call.no_body = strcmp(method, "HEAD") == 0;
    return run(&call, method, path, headers, body, answer);
}

mx_status net_pull(struct base_arena *arena, const char *url, const char *path, const char *headers, int64_t timeout_ms,
                   int (*sink)(void *arg, const void *bytes, size_t len), void *arg, struct net_answer *answer, struct mx_error *err) {
    struct call call = {.arena = arena, .url = url, .until_ms = base_steady_ms() + timeout_ms, .silence_ms = timeout_ms, .err = err};
    call.sink = sink;
    call.sink_arg = arg;
    return run(&call, "GET", path, headers, mx_str_of(""), answer);
}
