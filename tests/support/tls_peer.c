/* A server and a client of TLS for the tests of another language.
 *
 *     tls_peer serve FOLDER [NAME=VALUE]...  listens on 127.0.0.1, prints "PORT FINGERPRINT", ends with its standard input;
 *                                            NAME: hello_ms, idle_ms, connections, tls_connections, plain (1: a second port)
 *     tls_peer fetch CA_FILE|- ALLOW|- METHOD URL [TIMEOUT_MS [BODY]]   prints "STATUS RETRY_AFTER BODY" or "! CODE MESSAGE" */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"

/* Requests that wait until somebody asks for /release. */
static struct {
    pthread_mutex_t lock;
    struct net_request *requests[16];
    unsigned count;
} held = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int hold(struct net_request *request) {
    int room;
    pthread_mutex_lock(&held.lock);
    room = held.count < 16;
    if (room) held.requests[held.count++] = request;
    pthread_mutex_unlock(&held.lock);
    return room;
}

static void release(void) {
    unsigned i;
    pthread_mutex_lock(&held.lock);
    for (i = 0; i < held.count; i++) net_reply(held.requests[i], 200, "text/plain", NULL, mx_str_of("held"));
    held.count = 0;
    pthread_mutex_unlock(&held.lock);
}

/* GET /big?N answers N bytes, /hold with the next /release, everything else with method, target, size of the body, address of the client,
 * secure or not. */
static void answer(void *arg, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    struct base_arena *arena = net_request_arena(request);
    (void)arg;
    if (mx_str_is(view->path, "/hold") && hold(request)) return;
    if (mx_str_is(view->path, "/release")) release();
    if (mx_str_is(view->path, "/big")) {
        size_t len = (size_t)atoi(base_arena_dup(arena, view->query).ptr);
        char *bytes = base_arena_alloc(arena, len + 1);
        memset(bytes, 'x', len);
        net_reply(request, 200, "text/plain", NULL, mx_str_n(bytes, len));
        return;
    }
    net_reply(request, 200, "text/plain", NULL,
              base_arena_printf(arena, "%.*s %.*s %u %.*s %s", (int)view->method.len, view->method.ptr, (int)view->path.len, view->path.ptr,
                                (unsigned)view->body.len, (int)view->remote.len, view->remote.ptr, view->secure ? "secure" : "plain"));
}

static int set(struct net_opts *opts, const char *text) {
    const char *value = strchr(text, '=');
    uint32_t number = value ? (uint32_t)atoi(value + 1) : 0;
    if (strncmp(text, "hello_ms=", 9) == 0)
        opts->hello_ms = number;
    else if (strncmp(text, "idle_ms=", 8) == 0)
        opts->idle_ms = number;
    else if (strncmp(text, "connections=", 12) == 0)
        opts->connections = number;
    else if (strncmp(text, "tls_connections=", 16) == 0)
        opts->tls_connections = number;
    else if (strncmp(text, "plain=", 6) == 0)
        opts->listen = "127.0.0.1:0";
    else
        return 0;
    return 1;
}

static int serve(int argc, char **argv) {
    struct net_opts opts = {.listen_tls = "127.0.0.1:0", .handler = answer};
    struct base_arena *arena = base_arena_new(1024);
    struct net_server *server = NULL;
    struct net_tls *tls = NULL;
    struct mx_error err;
    char byte;
    int i;
    for (i = 3; i < argc; i++)
        if (!set(&opts, argv[i])) return 2;
    if (net_tls_open(argv[2], NULL, 0, &tls, &err) != MX_OK) goto failed;
    opts.tls = tls;
    if (net_server_new(&opts, &server, &err) != MX_OK) goto failed;
    printf("%d %s %d\n", net_server_tls_port(server), net_tls_fingerprint(tls, arena).ptr, net_server_port(server));
    fflush(stdout);
    while (read(0, &byte, 1) > 0) continue;
    net_server_free(server);
    net_tls_free(tls);
    base_arena_free(arena);
    return 0;
failed:
    printf("! %s %s\n", err.code, err.message);
    net_tls_free(tls);
    base_arena_free(arena);
    return 1;
}

static int fetch(int argc, char **argv) {
    const char *allow[] = {strcmp(argv[3], "-") == 0 ? NULL : argv[3], NULL};
    struct net_out_opts opts = {.ca_file = strcmp(argv[2], "-") == 0 ? NULL : argv[2], .allow = allow};
    struct net_fetch request = {.method = mx_str_of(argv[4]), .url = mx_str_of(argv[5]), .timeout_ms = argc > 6 ? atoi(argv[6]) : 10000};
    struct base_arena *arena = base_arena_new(8192);
    struct net_answer got = {0};
    struct net_way *way = NULL;
    struct mx_error err;
    mx_status st;
    if (argc > 7) request.body = mx_str_of(argv[7]);
    st = net_way_new(&opts, &way, &err);
    if (st == MX_OK) st = net_fetch(way, arena, &request, &got, &err);
    if (st == MX_OK)
        printf("%d %lld %.*s\n", got.status, (long long)got.retry_after_s, (int)got.body.len, got.body.ptr);
    else
        printf("! %s %s\n", err.code, err.message);
    net_way_free(way);
    base_arena_free(arena);
    return st == MX_OK ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc >= 3 && strcmp(argv[1], "serve") == 0) return serve(argc, argv);
    if (argc >= 6 && strcmp(argv[1], "fetch") == 0) return fetch(argc, argv);
    return 2;
}
