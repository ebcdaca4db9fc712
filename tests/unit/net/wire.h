/* A server with a small handler, and a client that speaks raw bytes to it. */
#ifndef TESTS_UNIT_NET_WIRE_H
#define TESTS_UNIT_NET_WIRE_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/net.h"

struct wire {
    struct net_server *server;
    struct net_opts opts;
    _Atomic(int) runs;     /* requests that reached the handler */
    _Atomic(int) smuggled; /* ... for the path /smuggled */
};

__attribute__((unused)) static void wire_nap(int ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static int64_t wire_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Answers 200 with the target and the body's length. */
__attribute__((unused)) static void wire_echo(void *arg, struct net_request *request) {
    struct wire *wire = arg;
    const struct net_request_view *view = net_request_view(request);
    char text[256];
    int len = snprintf(text, sizeof(text), "%.*s %.*s %u", (int)view->method.len, view->method.ptr,
                       view->path.len > 200 ? 200 : (int)view->path.len, view->path.ptr, (unsigned)view->body.len);
    atomic_fetch_add(&wire->runs, 1);
    if (mx_str_is(view->path, "/smuggled")) atomic_fetch_add(&wire->smuggled, 1);
    net_reply(request, 200, "text/plain", NULL, mx_str_n(text, (size_t)len));
}

/* opts: what the test sets; a TCP port of the system's choice is used when nothing is named. */
__attribute__((unused)) static int wire_start(struct wire *wire, const struct net_opts *opts, net_handler handler) {
    struct mx_error err;
    memset(wire, 0, sizeof(*wire));
    if (opts) wire->opts = *opts;
    if (wire->opts.listen == NULL && wire->opts.socket_path == NULL) wire->opts.listen = "127.0.0.1:0";
    wire->opts.handler = handler;
    wire->opts.arg = wire;
    if (net_server_new(&wire->opts, &wire->server, &err) == MX_OK) return 1;
    printf("# %s\n", err.message);
    return 0;
}

__attribute__((unused)) static void wire_stop(struct wire *wire) {
    net_server_free(wire->server);
    wire->server = NULL;
}

__attribute__((unused)) static int wire_connect(const struct wire *wire) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)net_server_port(wire->server))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (fd >= 0 && connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* 1 when all of it left; a server that has closed already may refuse the rest. */
__attribute__((unused)) static int wire_send(int fd, const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0) return 0;
        bytes += n;
        len -= (size_t)n;
    }
    return 1;
}

/* What comes until `count` whole answers are there (0 = until the end), the end of the connection or timeout_ms.
 * The text is NUL-terminated; *ended is 1 at the end of the connection. */
struct wire_answers {
    char text[1 << 18];
    size_t len;
    int count, last; /* whole answers (without 100 Continue); status of the last */
    int interim;     /* how many "100 Continue" came */
    int ended;
    int to_head; /* set by the test: these answer HEAD, so they have no body */
};

/* Length of the whole answer at the beginning of text, 0 when it is not whole. */
static size_t wire_answer_len(const char *text, size_t len, int to_head, int *status) {
    const char *end = memmem(text, len, "\r\n\r\n", 4);
    const char *field;
    size_t head, body = 0;
    if (end == NULL || len < 12) return 0;
    head = (size_t)(end - text) + 4;
    *status = atoi(text + 9);
    field = memmem(text, head, "\r\nContent-Length: ", 18);
    if (field && !to_head) body = strtoul(field + 18, NULL, 10);
    return head + body <= len ? head + body : 0;
}

static void wire_count(struct wire_answers *answers) {
    size_t at = 0, len;
    int status = 0;
    answers->count = answers->interim = answers->last = 0;
    while ((len = wire_answer_len(answers->text + at, answers->len - at, answers->to_head, &status)) > 0) {
        at += len;
        if (status == 100) {
            answers->interim++;
        } else {
            answers->count++;
            answers->last = status;
        }
    }
}

__attribute__((unused)) static void wire_receive(int fd, int count, int timeout_ms, struct wire_answers *answers) {
    int64_t until = wire_now_ms() + timeout_ms;
    answers->len = 0;
    answers->ended = 0;
    for (;;) {
        struct pollfd p = {fd, POLLIN, 0};
        int64_t left = until - wire_now_ms();
        ssize_t n;
        answers->text[answers->len] = '\0';
        wire_count(answers);
        if ((count > 0 && answers->count >= count) || left <= 0 || answers->len == sizeof(answers->text) - 1) return;
        if (poll(&p, 1, (int)left) <= 0) continue;
        n = recv(fd, answers->text + answers->len, sizeof(answers->text) - 1 - answers->len, 0);
        if (n <= 0) {
            answers->ended = 1;
            return;
        }
        answers->len += (size_t)n;
    }
}

/* Send all, then collect `count` answers. */
__attribute__((unused)) static void wire_ask(int fd, const char *text, int count, struct wire_answers *answers) {
    wire_send(fd, text, strlen(text));
    wire_receive(fd, count, 5000, answers);
}

/* 1 when the server ends the connection within timeout_ms (what comes before is thrown away). */
__attribute__((unused)) static int wire_ends(int fd, int timeout_ms) {
    static struct wire_answers rest;
    wire_receive(fd, 0, timeout_ms, &rest);
    return rest.ended;
}

#endif
