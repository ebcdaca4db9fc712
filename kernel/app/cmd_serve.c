/* merx serve: its options and its configuration file; serve.c does the work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/internal.h"
#include "base/log.h"
#include "base/text.h"
#include "net/net.h"

/* Options as text, before they are checked. */
struct texts {
    const char *config, *group, *threads, *log_level, *log_format;
};

static const char *const level_words[] = {"error", "warn", "info", "debug", NULL};

static const char *const format_words[] = {"text", "json", NULL}; /* in the order of BASE_LOG_TEXT, BASE_LOG_JSON */

static int place_of(const char *const *words, const char *word) {
    int i;
    for (i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0) return i;
    return -1;
}

static int is_number(const char *text, int64_t max) {
    int64_t n;
    return base_parse_int(mx_str_of(text), &n) && n >= 0 && n <= max;
}

/* One list of what values must be, for the command line and for the file. */
static const char *check(struct base_arena *arena, const char *name, const char *value) {
    char shown[NET_ADDRESS_TEXT];
    (void)arena;
    if (strcmp(name, "proxy") == 0 && !net_address_plain(mx_str_of(value), shown))
        return "needs an address without a port, such as 127.0.0.1";
    if (strcmp(name, "group") == 0 && !is_number(value, 256)) return "needs a whole number from 0 to 256";
    if (strcmp(name, "threads") == 0 && !is_number(value, 64)) return "needs a whole number from 0 to 64";
    if (strcmp(name, "log-level") == 0 && place_of(level_words, value) < 0) return "is error, warn, info or debug";
    if (strcmp(name, "log-format") == 0 && place_of(format_words, value) < 0) return "is text or json";
    return NULL;
}

static int check_option(struct base_arena *arena, const char *name, const char *value) {
    const char *wrong = value ? check(arena, name, value) : NULL;
    return wrong ? app_say("serve", APP_USAGE, "The option --%s %s, not %s.", name, wrong, value) : APP_GO_ON;
}

static int check_options(struct base_arena *arena, const struct app_usage *usage) {
    const struct app_option *o;
    int code = APP_GO_ON;
    uint32_t i;
    for (o = usage->options; o->name && code == APP_GO_ON; o++) {
        if (o->value) code = check_option(arena, o->name, *o->value);
        for (i = 0; o->words && i < o->words->count && code == APP_GO_ON; i++) code = check_option(arena, o->name, o->words->at[i]);
    }
    return code;
}

static int64_t number_of(const char *text) { return text ? strtoll(text, NULL, 10) : 0; }

static int make_demo_shop(struct base_arena *arena, const struct app_serve *serve) {
    struct app_settings settings;
    struct mx_error err = {0};
    struct mx_str key;
    /* An address that cannot be served is refused before anything is made for it. */
    if (net_listen_try(serve->listen, serve->listen_tls, &err) != MX_OK) return app_say_error("serve", &err);
    app_settings_default(&settings);
    if (app_make_shop(arena, serve->data, &settings, &key, &err) != MX_OK) return app_say_error("serve", &err);
    printf("key %.*s\n", (int)key.len, key.ptr);
    fflush(stdout);
    return APP_GO_ON;
}

/* One command gives a selling shop: make it when there is none, and its rules. */
static int prepare_demo(struct base_arena *arena, const struct app_serve *serve) {
    struct mx_error err = {0};
    int code = app_is_vacant(serve->data) ? make_demo_shop(arena, serve) : APP_GO_ON;
    if (code != APP_GO_ON) return code;
    return app_write_rules(app_path(arena, serve->data, "/rules"), &err) == MX_OK ? APP_GO_ON : app_say_error("serve", &err);
}

static void set_defaults(struct base_arena *arena, const struct texts *texts, struct app_serve *serve) {
    serve->data = app_data_path(arena, serve->data).ptr;
    if (!serve->listen) serve->listen = "127.0.0.1:8080";
    if (!serve->tls) serve->tls = app_path(arena, serve->data, ".tls");
    if (!serve->rules) serve->rules = app_path(arena, serve->data, "/rules");
    serve->group = number_of(texts->group);
    serve->threads = number_of(texts->threads);
    base_log_level(texts->log_level ? BASE_LOG_ERROR + place_of(level_words, texts->log_level) : BASE_LOG_INFO);
    base_log_format(texts->log_format ? place_of(format_words, texts->log_format) : BASE_LOG_TEXT);
}

static int run(struct base_arena *arena, const struct app_usage *usage, const struct texts *texts, struct app_serve *serve,
               const int *no_supervisor) {
    struct app_start start = {NULL, NULL, 0, -1};
    int code = check_options(arena, usage);
    if (code == APP_GO_ON && texts->config) code = app_config_read(arena, usage, texts->config, check);
    if (code != APP_GO_ON) return code;
    if (!serve->data) return app_say("serve", APP_USAGE, "The option --data DIR is missing.");
    set_defaults(arena, texts, serve);
    start.listen = serve->listen;
    start.listen_tls = serve->listen_tls;
    code = serve->demo ? prepare_demo(arena, serve) : APP_GO_ON;
    if (code != APP_GO_ON) return code;
    return *no_supervisor ? app_serve_once(serve, &start) : app_supervise(&start, app_serve_once, serve);
}

int app_cmd_serve(int argc, char **argv) {
    struct app_serve serve = {0};
    struct texts texts = {0};
    int no_supervisor = 0, code;
    struct base_arena *arena;
    const struct app_option options[] = {
        {"data", "DIR", "the shop's folder", &serve.data, NULL, NULL},
        {"config", "FILE", "more options, as lines name = value; the command line wins", &texts.config, NULL, NULL},
        {"listen", "HOST:PORT", "a loopback address; port 0 takes a free one (127.0.0.1:8080)", &serve.listen, NULL, NULL},
        {"listen-tls", "HOST:PORT", "HTTPS on any address, e.g. 0.0.0.0:8443", &serve.listen_tls, NULL, NULL},
        {"tls", "FOLDER", "CA, certificate and their keys; what is missing is made (DIR.tls)", &serve.tls, NULL, NULL},
        {"name", "NAME", "a further name or address for the certificate; may be given more than once", NULL, &serve.names, NULL},
        {"proxy", "ADDRESS", "your own proxy: what it adds to X-Forwarded-For is believed, nobody else's", &serve.proxy, NULL, NULL},
        {"demo", NULL, "make the shop when there is none, and fill an empty one with a demo range", NULL, NULL, &serve.demo},
        {"rules", "FOLDER", "the rule files (DIR/rules)", &serve.rules, NULL, NULL},
        {"plugins", "FOLDER", "where plugin files are (beside the program)", &serve.plugin_dir, NULL, NULL},
        {"plugin", "NAME", "load this plugin too; may be given more than once", NULL, &serve.plugins, NULL},
        {"allow", "HOST:PORT", "a private address that messages may go to; may be given more than once", NULL, &serve.allow, NULL},
        {"ca", "FILE", "CAs that messages trust, PEM (the system's)", &serve.ca, NULL, NULL},
        {"group", "N", "commands in one commit at most (256)", &texts.group, NULL, NULL},
        {"threads", "N", "threads that speak HTTP (2)", &texts.threads, NULL, NULL},
        {"log-level", "LEVEL", "error, warn, info or debug (info)", &texts.log_level, NULL, NULL},
        {"log-format", "FORMAT", "text or json (text)", &texts.log_format, NULL, NULL},
        {"no-supervisor", NULL, "serve in this very process, without a restart after a failure", NULL, NULL, &no_supervisor},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"serve", NULL, "Open the shop. Prints \"ready http://HOST:PORT\" when it serves.", options};
    code = app_parse(&usage, argc, argv, NULL);
    if (code != APP_GO_ON) return code;
    arena = base_arena_new(1024);
    code = run(arena, &usage, &texts, &serve, &no_supervisor);
    base_arena_free(arena);
    return code;
}
