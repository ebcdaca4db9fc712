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
#include "net/net.h"

#define TIDY_S       60
#define LOCK_WAIT_MS 1000
#define FILES_WANTED 8192

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

static mx_status open_shop(const struct app_serve *serve, struct app_shop *shop, struct mx_error *err) {
    struct app_shop_opts opts = {0};
    mx_status st;
    set_opts(serve, &opts);
    opts.rules = serve->rules;
    opts.checkpoints = 1;
    st = app_shop_open(&opts, shop, err);
    if (st != MX_OK) return st;
    st = app_shop_start(shop, err);
    if (st == MX_OK && serve->demo) st = app_fill_demo(shop, err);
    if (st != MX_OK) app_shop_close(shop);
    return st;
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

static int serve_until_end(const struct app_serve *serve, const struct app_start *start, struct app_shop *shop, const sigset_t *ends) {
    struct base_arena *arena = base_arena_new(256);
    struct net_api api = {.op = shop->op, .identity = shop->identity, .store = shop->store, .bus = shop->bus};
    struct net_opts net = {0};
    struct net_server *server;
    struct mx_error err = {0};
    mx_status st;
    net.listen = start->listen;
    net.socket_path = app_path(arena, serve->data, "/merx.sock");
    net.threads = (uint32_t)serve->threads;
    net.handler = net_api_handle;
    net.arg = &api;
    st = net_server_new(&net, &server, &err);
    if (st == MX_OK) {
        say_ready(start, net_server_port(server), 0);
        wait_for_end(shop, ends);
        net_server_free(server);
    }
    base_arena_free(arena);
    return st == MX_OK ? APP_OK : app_say_error("serve", &err);
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

int app_serve_once(void *arg, const struct app_start *start) {
    struct app_serve *serve = arg;
    struct app_shop shop;
    struct mx_error err = {0};
    sigset_t ends;
    int code;
    set_limits();
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (start->verify) verify_first(serve);
    if (open_shop(serve, &shop, &err) != MX_OK) {
        code = app_say_error("serve", &err);
        return err.status == MX_E_IO ? APP_STORAGE : code;
    }
    code = serve_until_end(serve, start, &shop, &ends);
    app_shop_close(&shop);
    return code;
}
