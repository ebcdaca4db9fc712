/* merx serve: the open shop. */
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

struct serve {
    const char *data;
    const char *listen;
    const char *rules;
    const char *plugin_dir;
    struct app_words plugins;
    int64_t group;
    int64_t threads;
    int demo;
};

static void log_finding(void *arg, const char *what) {
    (void)arg;
    base_log(BASE_LOG_ERROR, "app", "verify: %s", what);
}

static void set_opts(const struct serve *serve, struct app_shop_opts *opts) {
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
static void verify_first(struct serve *serve) {
    int code = app_run_apart(verify_all, serve);
    if (code != APP_OK)
        base_log(BASE_LOG_ERROR, "app", "verify could not look at everything (%s %d): bring the data back from a backup",
                 code < 0 ? "signal" : "exit code", code < 0 ? -code : code);
}

static mx_status open_shop(const struct serve *serve, struct app_shop *shop, struct mx_error *err) {
    struct app_shop_opts opts = {0};
    mx_status st;
    set_opts(serve, &opts);
    opts.rules = serve->rules;
    st = app_shop_open(&opts, shop, err);
    if (st != MX_OK) return st;
    st = app_shop_start(shop, err);
    if (st == MX_OK && serve->demo) st = app_fill_demo(shop, err);
    if (st != MX_OK) app_shop_close(shop);
    return st;
}

static void say_ready(const struct app_start *start, int port) {
    char text[16];
    int len = snprintf(text, sizeof(text), "%d\n", port);
    if (start->ready_fd < 0) {
        app_print_ready(start->listen, port);
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

static int serve_until_end(const struct serve *serve, const struct app_start *start, struct app_shop *shop, const sigset_t *ends) {
    struct base_arena *arena = base_arena_new(256);
    struct net_api api = {.op = shop->op, .identity = shop->identity, .store = shop->store, .bus = shop->bus};
    struct net_opts net = {0};
    struct net_server *server;
    struct mx_error err = {0};
    mx_status st;
    net.listen = start->listen;
    net.socket_path = app_path(arena, app_data_path(arena, serve->data).ptr, "/merx.sock");
    net.threads = (uint32_t)serve->threads;
    net.handler = net_api_handle;
    net.arg = &api;
    st = net_server_new(&net, &server, &err);
    if (st == MX_OK) {
        say_ready(start, net_server_port(server));
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

static int serve_once(void *arg, const struct app_start *start) {
    struct serve *serve = arg;
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

/* One command gives a selling shop: make it when there is none, and its rules. */
static int prepare_demo(struct base_arena *arena, const struct serve *serve) {
    struct app_settings settings;
    struct mx_error err = {0};
    struct mx_str key;
    if (app_is_vacant(serve->data)) {
        app_settings_default(&settings);
        if (app_make_shop(arena, serve->data, &settings, &key, &err) != MX_OK) return app_say_error("serve", &err);
        printf("key %.*s\n", (int)key.len, key.ptr);
        fflush(stdout);
    }
    if (app_write_rules(app_path(arena, serve->data, "/rules"), &err) != MX_OK) return app_say_error("serve", &err);
    return APP_GO_ON;
}

static int run(struct base_arena *arena, struct serve *serve, int no_supervisor) {
    struct app_start start = {serve->listen, 0, -1};
    int code;
    serve->data = app_data_path(arena, serve->data).ptr;
    if (!serve->rules) serve->rules = app_path(arena, serve->data, "/rules");
    code = serve->demo ? prepare_demo(arena, serve) : APP_GO_ON;
    if (code != APP_GO_ON) return code;
    return no_supervisor ? serve_once(serve, &start) : app_supervise(serve->listen, serve_once, serve);
}

int app_cmd_serve(int argc, char **argv) {
    struct serve serve = {0};
    const char *group = "0", *threads = "0";
    int no_supervisor = 0, code;
    struct base_arena *arena;
    const struct app_option options[] = {
        {"data", "DIR", "the shop's folder", &serve.data, NULL, NULL},
        {"listen", "HOST:PORT", "a loopback address; port 0 takes a free one (127.0.0.1:8080)", &serve.listen, NULL, NULL},
        {"demo", NULL, "make the shop when there is none, and fill an empty one with a demo range", NULL, NULL, &serve.demo},
        {"rules", "FOLDER", "the rule files (DIR/rules)", &serve.rules, NULL, NULL},
        {"plugins", "FOLDER", "where plugin files are (beside the program)", &serve.plugin_dir, NULL, NULL},
        {"plugin", "NAME", "load this plugin too; may be given more than once", NULL, &serve.plugins, NULL},
        {"group", "N", "commands in one commit at most (256)", &group, NULL, NULL},
        {"threads", "N", "threads that speak HTTP (2)", &threads, NULL, NULL},
        {"no-supervisor", NULL, "serve in this very process, without a restart after a failure", NULL, NULL, &no_supervisor},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"serve", NULL, "Open the shop. Prints \"ready http://HOST:PORT\" when it serves.", options};
    serve.listen = "127.0.0.1:8080";
    code = app_parse(&usage, argc, argv, NULL);
    if (code != APP_GO_ON) return code;
    if (!serve.data) return app_say("serve", APP_USAGE, "The option --data DIR is missing.");
    if (!app_parse_number("serve", "group", group, 0, 256, &serve.group)) return APP_USAGE;
    if (!app_parse_number("serve", "threads", threads, 0, 64, &serve.threads)) return APP_USAGE;
    base_log_level(BASE_LOG_INFO);
    arena = base_arena_new(1024);
    code = run(arena, &serve, no_supervisor);
    base_arena_free(arena);
    return code;
}
