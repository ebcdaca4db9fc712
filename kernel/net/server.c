#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "net/internal.h"

static uint32_t or_default(uint32_t value, uint32_t otherwise) { return value ? value : otherwise; }

static void fill_defaults(struct net_server *server) {
    struct net_opts *opts = &server->opts;
    opts->threads = or_default(opts->threads, 2);
    opts->connections = or_default(opts->connections, 4096);
    opts->request_ms = or_default(opts->request_ms, 15000);
    opts->idle_ms = or_default(opts->idle_ms, 60000);
    opts->write_ms = or_default(opts->write_ms, 15000);
    opts->drain_ms = or_default(opts->drain_ms, 5000);
    opts->tls_connections = or_default(opts->tls_connections, 512);
    opts->hello_ms = or_default(opts->hello_ms, 5000);
    opts->buffer_bytes = or_default(opts->buffer_bytes, 128u << 20);
    server->limits.header_bytes = or_default(opts->header_bytes, 16384);
    server->limits.body_bytes = or_default(opts->body_bytes, 1u << 20);
}

/* The usual soft limit of 1024 descriptors is below what the connections need. */
static void raise_descriptor_limit(uint32_t connections) {
    struct rlimit limit;
    rlim_t need = connections + NET_REJECTS_MAX + 256;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need) return;
    limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) base_log(BASE_LOG_WARN, "net", "the limit of open files stays too low");
}

static mx_status start(struct net_server *server, struct mx_error *err) {
    mx_status st = MX_OK;
    uint32_t i;
    if (server->opts.proxy && !net_address_plain(mx_str_of(server->opts.proxy), server->proxy))
        st = base_fail(err, MX_E_BAD_INPUT, NULL, "The proxy's address \"%.80s\" is not an IP address such as 127.0.0.1.",
                       server->opts.proxy);
    server->threads = calloc(server->opts.threads, sizeof(*server->threads));
    if (server->threads == NULL) abort();
    for (i = 0; i < server->opts.threads && st == MX_OK; i++) st = net_thread_new(server, i, &server->threads[i], err);
    if (st == MX_OK && server->opts.listen) st = net_listener_tcp(server, server->opts.listen, &server->listeners[0], &server->port, err);
    if (st == MX_OK && server->opts.socket_path) st = net_listener_unix(server, server->opts.socket_path, &server->listeners[1], err);
    if (st == MX_OK && server->opts.listen_tls)
        st = net_listener_tls(server, server->opts.listen_tls, &server->listeners[2], &server->tls_port, err);
    return st;
}

mx_status net_server_new(const struct net_opts *opts, struct net_server **out, struct mx_error *err) {
    struct net_server *server = calloc(1, sizeof(*server));
    mx_status st;
    if (server == NULL) abort();
    server->opts = *opts;
    pthread_mutex_init(&server->openapi_lock, NULL);
    crypto_random(server->place_key, sizeof(server->place_key));
    fill_defaults(server);
    raise_descriptor_limit(server->opts.connections);
    st = start(server, err);
    if (st == MX_OK)
        *out = server;
    else
        net_server_free(server);
    return st;
}

/* Requests that are still running, also those whose client is gone. */
static uint32_t busy(const struct net_server *server) {
    uint32_t i, count = 0;
    for (i = 0; i < server->opts.threads; i++)
        if (server->threads[i]) count += atomic_load(&server->threads[i]->busy);
    return count;
}

static void drain(struct net_server *server) {
    int64_t until_ms = base_steady_ms() + server->opts.drain_ms;
    struct timespec nap = {0, 2000000};
    uint32_t i;
    for (i = 0; i < server->opts.threads; i++)
        if (server->threads[i]) net_run_on(server->threads[i]->loop, net_conn_drain, server->threads[i]);
    while (busy(server) > 0 && base_steady_ms() < until_ms) nanosleep(&nap, NULL);
    if (busy(server) > 0) base_log(BASE_LOG_WARN, "net", "%u requests were still running at the end", (unsigned)busy(server));
}

static void nothing(void *arg) { (void)arg; }

static void close_thread(struct net_thread *thread) {
    net_run_on(thread->loop, net_conn_drop_all, thread);
    pthread_mutex_lock(&thread->lock);
    atomic_store(&thread->closed, 1);
    pthread_mutex_unlock(&thread->lock);
    net_run_on(thread->loop, nothing, NULL); /* answers posted before that have run now */
    loop_timer_free(thread->sweep);
    loop_free(thread->loop);
    net_thread_unref(thread);
}

void net_server_free(struct net_server *server) {
    uint32_t i;
    if (server == NULL) return;
    for (i = 0; i < 3; i++) net_listener_free(server->listeners[i]);
    drain(server);
    for (i = 0; i < server->opts.threads; i++)
        if (server->threads[i]) close_thread(server->threads[i]);
    net_openapi_free(server->openapi);
    pthread_mutex_destroy(&server->openapi_lock);
    free(server->threads);
    free(server);
}

int net_server_port(const struct net_server *server) { return server->port; }

int net_server_tls_port(const struct net_server *server) { return server->tls_port; }
