/* The other side of the outbox: a small real HTTP server, and a sender that speaks to it. */
#ifndef TESTS_UNIT_OP_OUTBOX_H
#define TESTS_UNIT_OP_OUTBOX_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/error.h"
#include "fixture.h"

static struct {
    pthread_mutex_t mutex;
    int listener, port, count;
    int status, retry_after;
    char last[8192];
    char hang[64];
} http = {PTHREAD_MUTEX_INITIALIZER, -1, 0, 0, 200, 0, "", ""};

static void http_serve_one(int at) {
    char text[8192], answer[256];
    size_t len = 0;
    long want = -1;
    char *end = NULL;
    while (len < sizeof(text) - 1 && (!end || (long)len < want)) {
        ssize_t got = recv(at, text + len, sizeof(text) - 1 - len, 0);
        if (got <= 0) break;
        len += (size_t)got;
        text[len] = 0;
        end = strstr(text, "\r\n\r\n");
        if (end && want < 0) {
            const char *length = strstr(text, "Content-Length: ");
            want = (end - text) + 4 + (length ? strtol(length + 16, NULL, 10) : 0);
        }
    }
    pthread_mutex_lock(&http.mutex);
    memcpy(http.last, text, len + 1);
    http.count++;
    snprintf(answer, sizeof(answer), "HTTP/1.1 %d x\r\nRetry-After: %d\r\nContent-Length: 11\r\n\r\n{\"ok\":true}", http.status,
             http.retry_after);
    pthread_mutex_unlock(&http.mutex);
    if (send(at, answer, strlen(answer), MSG_NOSIGNAL) < 0) printf("# the answer could not be sent\n");
    close(at);
}

static void *http_main(void *arg) {
    (void)arg;
    for (;;) {
        int at = accept(http.listener, NULL, NULL);
        if (at < 0) return NULL;
        http_serve_one(at);
    }
}

static inline int http_port(void) { return http.port; }

static inline void http_reset(void) {
    pthread_mutex_lock(&http.mutex);
    http.count = 0;
    http.status = 200;
    http.retry_after = 0;
    http.hang[0] = 0;
    if (http.listener < 0) {
        struct sockaddr_in at = {0};
        socklen_t len = sizeof(at);
        pthread_t thread;
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        http.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (bind(http.listener, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(http.listener, 16) != 0) printf("# no server\n");
        getsockname(http.listener, (struct sockaddr *)&at, &len);
        http.port = ntohs(at.sin_port);
        if (pthread_create(&thread, NULL, http_main, NULL) == 0) pthread_detach(thread);
    }
    pthread_mutex_unlock(&http.mutex);
}

/* "200", or "429 3600" with a Retry-After. */
static inline void http_answers(const char *what) {
    pthread_mutex_lock(&http.mutex);
    http.retry_after = 0;
    sscanf(what, "%d %d", &http.status, &http.retry_after);
    pthread_mutex_unlock(&http.mutex);
}

/* A host whose requests hang until this is called again. */
static inline void http_hang(const char *host) {
    pthread_mutex_lock(&http.mutex);
    snprintf(http.hang, sizeof(http.hang), "%s", host ? host : "");
    pthread_mutex_unlock(&http.mutex);
}

static inline int http_count(void) {
    int count;
    pthread_mutex_lock(&http.mutex);
    count = http.count;
    pthread_mutex_unlock(&http.mutex);
    return count;
}

static inline const char *http_last(void) { return http.last; }

static inline int http_wait(int count) {
    int i;
    for (i = 0; i < 1000 && http_count() < count; i++) usleep(10000);
    usleep(20000); /* what came is written down */
    return http_count() >= count;
}

static int http_hangs(struct mx_str url) {
    int hangs;
    pthread_mutex_lock(&http.mutex);
    hangs = http.hang[0] && url.len > 7 && strncmp(url.ptr + 7, http.hang, strlen(http.hang)) == 0;
    pthread_mutex_unlock(&http.mutex);
    return hangs;
}

/* An op_send_fn. */
static mx_status http_send(void *arg, struct base_arena *arena, const struct op_request *request, struct op_reply *reply,
                           struct mx_error *err) {
    const char *path = memchr(request->url.ptr + 7, '/', request->url.len - 7);
    struct sockaddr_in at = {0};
    struct base_buf out;
    char *text = base_arena_alloc(arena, 8192), *body;
    ssize_t got;
    size_t len = 0;
    int to = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)arg;
    if (http_hangs(request->url)) {
        while (http_hangs(request->url)) usleep(5000);
        close(to);
        return base_fail(err, MX_E_TIMEOUT, NULL, "No answer came in time.");
    }
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons((uint16_t)http.port);
    base_buf_init(&out, arena);
    base_buf_printf(&out, "%.*s %.*s HTTP/1.1\r\nHost: test\r\nContent-Length: %u\r\n%.*s\r\n", (int)request->method.len,
                    request->method.ptr, (int)(request->url.ptr + request->url.len - path), path, request->body.len,
                    (int)request->headers.len, request->headers.ptr);
    base_buf_str(&out, request->body);
    if (connect(to, (struct sockaddr *)&at, sizeof(at)) != 0 || send(to, out.ptr, out.len, MSG_NOSIGNAL) < 0) {
        close(to);
        return base_fail(err, MX_E_IO, NULL, "The other side cannot be reached.");
    }
    while (len < 8000 && (got = recv(to, text + len, 8000 - len, 0)) > 0) len += (size_t)got;
    close(to);
    reply->status = atoi(text + 9);
    reply->retry_after_s = atoi(strstr(text, "Retry-After: ") + 13);
    body = strstr(text, "\r\n\r\n") + 4;
    reply->body = mx_str_of(body);
    return MX_OK;
}

/* The senders look at the clock once a second; a new message wakes them at once. */
static inline void http_poke(struct fixture *f) { (void)fixture_call(f, "toy.get", "{\"name\":\"a\"}"); }

static inline int outbox_has(struct fixture *f, const char *state, int count) {
    const char *ask = base_arena_printf(f->arena, "{\"state\":\"%s\"}", state).ptr;
    int i, have = -1;
    for (i = 0; i < 300 && have != count; i++) {
        const char *text = base_arena_dup(f->arena, fixture_call(f, "system.outbox.list", ask).answer).ptr;
        for (have = 0; (text = strstr(text, "\"id\":\"out_")) != NULL; text++) have++;
        if (have != count) usleep(10000);
    }
    return have == count;
}

static inline int outbox_empty(struct fixture *f) {
    int i;
    for (i = 0; i < 500; i++) {
        if (mx_str_is(fixture_call(f, "system.outbox.list", "{}").answer, "{\"messages\":[]}")) return 1;
        usleep(10000);
    }
    return 0;
}

/* {"id":...} of the first id with this prefix. */
static inline const char *id_ask(struct fixture *f, struct mx_str answer, const char *prefix) {
    const char *text = base_arena_dup(f->arena, answer).ptr, *at = strstr(text, prefix);
    return at ? base_arena_printf(f->arena, "{\"id\":\"%.*s\"}", (int)strcspn(at, "\""), at).ptr : "{}";
}

static inline int64_t inner_number(struct fixture *f, struct mx_str json, const char *list, const char *member) {
    struct json_value *value;
    const struct json_value *found;
    if (json_parse(f->arena, json, &value, NULL) != MX_OK) return -1;
    found = json_member(value, list);
    found = found && found->first ? json_member(found->first, member) : NULL;
    return found ? found->number : -1;
}

static inline int64_t inner_text_len(struct fixture *f, struct mx_str json, const char *list, const char *member) {
    struct json_value *value;
    const struct json_value *found;
    if (json_parse(f->arena, json, &value, NULL) != MX_OK) return -1;
    found = json_member(value, list);
    found = found && found->first ? json_member(found->first, member) : NULL;
    return found ? (int64_t)found->text.len : -1;
}

#endif
