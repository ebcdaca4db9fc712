/* One run of the open shop: from the data folder to the last answer. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/clock.h"
#include "base/log.h"
#include "loop/loop.h"
#include "net/net.h"

#define TIDY_S          60
#define LOCK_WAIT_MS    1000
#define FILES_WANTED    8192
#define BACKUPS_WAITING 4

static void log_finding(void *arg, const char *what) {
    (void)arg;
    base_log(BASE_LOG_ERROR, "app", "verify: %s", what);
}

static void set_opts(const struct app_serve *serve, struct app_shop_opts *opts) {
    opts->data = serve->data;
    opts->plugin_dir = serve->plugin_dir;
    opts->plugins = &serve->plugins;
    opts->group_max = (uint32_t)serve->group;
    opts->lock_wait_ms = LOCK_WAIT_MS;
}

static int verify_all(void *arg) {
    struct app_shop_opts opts = {0};
    struct app_shop shop;
    struct mx_error err = {0};
    uint64_t records = 0;
    mx_status st;
    set_opts(arg, &opts);
    if (app_shop_open(&opts, &shop, &err) != MX_OK) return app_say_error("serve", &err);
    st = op_verify(shop.op, log_finding, NULL, &records);
    app_shop_close(&shop);
    if (st != MX_OK) return APP_STORAGE;
    base_log(BASE_LOG_INFO, "app", "verified %llu records", (unsigned long long)records);
    return APP_OK;
}

/* After a bad end everything is looked at before it is served. What is damaged is named and never served; the rest is. */
static void verify_first(struct app_serve *serve) {
    int code = app_run_apart(verify_all, serve);
    if (code != APP_OK)
        base_log(BASE_LOG_ERROR, "app", "verify could not look at everything (%s %d): bring the data back from a backup",
                 code < 0 ? "signal" : "exit code", code < 0 ? -code : code);
}

/* All that is open while a shop serves, in the order in which it was opened. */
struct running {
    struct net_way *way;
    struct app_shop shop;
    struct net_events *events;
    struct loop_workers *workers; /* for backups */
    struct net_tls *tls;
    struct net_server *server;
    struct net_api api;
};

static mx_status open_shop(const struct app_serve *serve, struct running *run, struct mx_error *err) {
    struct app_shop_opts opts = {0};
    struct app_shop *shop = &run->shop;
    mx_status st = app_way_open(serve, &run->way, err);
    if (st != MX_OK) return st;
    set_opts(serve, &opts);
    opts.rules = serve->rules;
    opts.checkpoints = 1;
    opts.send = run->way ? app_send : NULL;
    opts.send_end = app_send_end;
    opts.send_arg = run->way;
    st = app_shop_open(&opts, shop, err);
    if (st == MX_OK) st = net_events_new(shop->op, shop->bus, shop->store, 0, &run->events, err);
    if (st == MX_OK) st = app_shop_start(shop, err);
    if (st == MX_OK && serve->demo) st = app_fill_demo(shop, err);
    return st;
}

static mx_status open_net(const struct app_serve *serve, const struct app_start *start, struct running *run, struct mx_error *err) {
    struct net_opts net = {0};
    mx_status st = loop_workers_new("backup", 1, BACKUPS_WAITING, &run->workers, err);
    if (st == MX_OK && start->listen_tls) st = net_tls_open(serve->tls, serve->names.at, serve->names.count, &run->tls, err);
    if (st != MX_OK) return st;
    run->api.op = run->shop.op;
    run->api.identity = run->shop.identity;
    run->api.store = run->shop.store;
    run->api.bus = run->shop.bus;
    run->api.events = run->events;
    run->api.workers = run->workers;
    net.listen = start->listen;
    net.listen_tls = start->listen_tls;
    net.tls = run->tls;
    net.socket_path = app_path(run->shop.arena, serve->data, "/merx.sock");
    net.proxy = serve->proxy;
    net.threads = (uint32_t)serve->threads;
    net.handler = net_api_handle;
    net.arg = &run->api;
    return net_server_new(&net, &run->server, err);
}

static void close_all(struct running *run) {
    if (run->server) net_server_free(run->server);
    if (run->events) net_events_free(run->events);
    if (run->workers) loop_workers_free(run->workers);
    if (run->tls) net_tls_free(run->tls);
    if (run->shop.arena) app_shop_close(&run->shop);
    if (run->way) net_way_free(run->way);
}

/* What a till is given once, so that it knows the shop again. */
static void say_certificate(const struct running *run) {
    struct base_arena *arena = base_arena_new(256);
    struct mx_str print = net_tls_fingerprint(run->tls, arena), until = base_time_text(arena, net_tls_until_ms(run->tls));
    base_log(BASE_LOG_INFO, "app", "TLS: the shop's CA has the SHA-256 fingerprint %.*s; the certificate ends %.*s", (int)print.len,
             print.ptr, (int)until.len, until.ptr);
    base_arena_free(arena);
}

static void say_ready(const struct app_start *start, int port, int tls_port) {
    char text[32];
    int len = snprintf(text, sizeof(text), "%d %d\n", port, tls_port);
    if (start->ready_fd < 0) {
        app_print_ready(start, port, tls_port);
        return;
    }
    if (write(start->ready_fd, text, (size_t)len) != len) base_log(BASE_LOG_WARN, "app", "nobody hears that the shop is ready");
    close(start->ready_fd);
}

/* Until somebody asks us to close; in between, the driver's housekeeping. */
static void wait_for_end(struct app_shop *shop, const sigset_t *ends) {
    struct timespec minute = {TIDY_S, 0};
    while (sigtimedwait(ends, NULL, &minute) < 0) store_tidy(shop->store);
}

/* Keys and personal data stay out of core files; a thousand connections need more than the usual thousand descriptors. */
static void set_limits(void) {
    const struct rlimit no_core = {0, 0};
    struct rlimit files;
    setrlimit(RLIMIT_CORE, &no_core);
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
    setrlimit(RLIMIT_NOFILE, &files);
}

static mx_status open_all(const struct app_serve *serve, const struct app_start *start, struct running *run, struct mx_error *err) {
    mx_status st = open_shop(serve, run, err);
    return st == MX_OK ? open_net(serve, start, run, err) : st;
}

int app_serve_once(void *arg, const struct app_start *start) {
    struct app_serve *serve = arg;
    struct running run = {0};
    struct mx_error err = {0};
    sigset_t ends;
    int code = APP_OK;
    set_limits();
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (start->verify) verify_first(serve);
    if (open_all(serve, start, &run, &err) == MX_OK) {
        if (run.tls) say_certificate(&run);
        say_ready(start, net_server_port(run.server), net_server_tls_port(run.server));
        wait_for_end(&run.shop, &ends);
    } else {
        code = app_say_error("serve", &err);
        if (err.status == MX_E_IO && !run.shop.running) code = APP_STORAGE;
    }
    close_all(&run);
    return code;
}
