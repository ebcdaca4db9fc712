/* The shop that `merx rules` asks: over HTTP, opened in this process, or made for one question. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/internal.h"
#include "json/json.h"

#define TIMEOUT_MS (60 * 60 * 1000)
#define LOOK_MS    150

/* ---- opening and closing ---- */

static int open_here(struct app_link *link, const char *data, const struct app_link_opts *opts) {
    struct app_shop_opts shop_opts = {0};
    struct mx_error err = {0};
    shop_opts.data = data;
    shop_opts.rules = app_path(link->arena, data, "/rules");
    shop_opts.plugin_dir = opts->plugin_dir;
    shop_opts.plugins = &opts->plugins;
    if (app_shop_open(&shop_opts, &link->shop, &err) != MX_OK) {
        if (err.status == MX_E_LOCKED)
            return app_say("rules", APP_FAILED, "The folder %s is in use by a process that does not serve %s/merx.sock.", data, data);
        return app_say_error("rules", &err);
    }
    link->opened = 1;
    return app_shop_start(&link->shop, &err) == MX_OK ? APP_GO_ON : app_say_error("rules", &err);
}

/* Rules need a shop to be checked in; when none is named, an empty one does. */
static int open_temporary(struct app_link *link, const struct app_link_opts *opts) {
    const char *base = getenv("TMPDIR"), *data;
    struct mx_str name = base_arena_printf(link->arena, "%s/merx-rules-XXXXXX", base && *base ? base : "/tmp");
    char *dir = base_arena_alloc(link->arena, name.len + 1);
    struct app_settings settings;
    struct mx_error err = {0};
    struct mx_str key;
    memcpy(dir, name.ptr, name.len);
    if (!mkdtemp(dir)) return app_say("rules", APP_FAILED, "No folder can be made in %s.", base && *base ? base : "/tmp");
    link->temporary = dir;
    data = app_path(link->arena, dir, "/shop");
    app_settings_default(&settings);
    if (app_make_shop(link->arena, data, &settings, &key, &err) != MX_OK) return app_say_error("rules", &err);
    link->key = key.ptr;
    return open_here(link, data, opts);
}

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};

/* What is ignored (nohup) stays so. */
static void hold_signals(struct app_link *link) {
    struct sigaction now;
    size_t i;
    sigemptyset(&link->held);
    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN) sigaddset(&link->held, ends[i]);
    pthread_sigmask(SIG_BLOCK, &link->held, &link->before);
}

/* All is put away: whoever asked for the end gets it by the exit code. */
static void release_signals(struct app_link *link) {
    const struct timespec now = {0, 0};
    while (sigtimedwait(&link->held, NULL, &now) > 0) continue;
    pthread_sigmask(SIG_SETMASK, &link->before, NULL);
}

int app_link_stopped(const struct app_link *link) {
    sigset_t pending;
    size_t i;
    if (sigpending(&pending) != 0) return 0;
    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (sigismember(&link->held, ends[i]) == 1 && sigismember(&pending, ends[i]) == 1) return 1;
    return 0;
}

int app_link_open(struct app_link *link, const struct app_link_opts *opts) {
    const char *data;
    hold_signals(link);
    link->key = getenv("MERX_KEY");
    if (!link->key) link->key = "";
    link->ca = opts->ca;
    link->url = opts->url;
    if (opts->url) return APP_GO_ON;
    if (!opts->data) return open_temporary(link, opts);
    data = app_data_path(link->arena, opts->data).ptr;
    if (!app_is_served(link->arena, data)) return open_here(link, data, opts);
    link->url = base_arena_printf(link->arena, "unix:%s/merx.sock", data).ptr;
    return APP_GO_ON;
}

void app_link_close(struct app_link *link) {
    const char *data;
    if (link->opened) app_shop_close(&link->shop);
    if (link->temporary) {
        data = app_path(link->arena, link->temporary, "/shop");
        app_remove_flat(data);
        app_remove_flat(link->temporary);
    }
    release_signals(link);
}

/* ---- asking ---- */

/* The answer of a success, or the sentence of a problem. */
static int take_answer(struct base_arena *arena, int http_status, struct mx_str body, struct mx_str *answer) {
    struct json_value *problem;
    const struct json_value *detail = NULL;
    *answer = body;
    if (http_status >= 200 && http_status < 300) return 1;
    if (json_parse(arena, body, &problem, NULL) == MX_OK) detail = json_member(problem, "detail");
    if (http_status == 401)
        *answer = mx_str_of("A valid API key is needed; put it into MERX_KEY.");
    else
        *answer = detail ? detail->text : base_arena_printf(arena, "The answer has status %d.", http_status);
    return 0;
}

int app_link_ask(struct app_link *link, struct base_arena *arena, const char *op, struct mx_str body, struct mx_str *answer) {
    struct app_fetch fetch = {link->url, link->ca, op, link->key, app_fresh_key(arena), body, TIMEOUT_MS};
    struct mx_error err = {0};
    struct op_call call = {0};
    struct mx_str got = {0};
    int http_status = 0;
    if (!fetch.idem) {
        *answer = mx_str_of("No random numbers can be had.");
        return 0;
    }
    if (!link->url) {
        app_run_as(&link->shop, arena, &fetch, &call);
        return take_answer(arena, call.http_status, call.answer, answer);
    }
    if (app_fetch(arena, &fetch, &http_status, &got, &err) == MX_OK) return take_answer(arena, http_status, got, answer);
    *answer = base_arena_dup(arena, mx_str_of(err.message));
    return 0;
}

/* ---- asking what takes long ---- */

struct errand {
    struct app_link *link;
    struct base_arena *arena;
    const char *op;
    struct mx_str body, *answer;
    struct mx_str before; /* the newest query that was there before */
    int good;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    int done;
};

static void *run_errand(void *arg) {
    struct errand *errand = arg;
    int good = app_link_ask(errand->link, errand->arena, errand->op, errand->body, errand->answer);
    pthread_mutex_lock(&errand->mutex);
    errand->good = good;
    errand->done = 1;
    pthread_cond_signal(&errand->cond);
    pthread_mutex_unlock(&errand->mutex);
    return NULL;
}

/* 1 when it came back within the time. */
static int wait_for(struct errand *errand, int64_t ms) {
    struct timespec until;
    int done;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&errand->mutex);
    while (!errand->done && pthread_cond_timedwait(&errand->cond, &errand->mutex, &until) == 0) continue;
    done = errand->done;
    pthread_mutex_unlock(&errand->mutex);
    return done;
}

struct meter {
    const char *noun;
    int on_terminal;
    int64_t shown; /* on a terminal: whether a line is there; else: tenths that were told */
};

static void show(struct meter *meter, int64_t done, int64_t total) {
    if (total <= 0) return;
    if (meter->on_terminal) {
        fprintf(stderr, "\r%lld of %lld %s (%lld %%) ", (long long)done, (long long)total, meter->noun, (long long)(done * 100 / total));
        meter->shown = 1;
    } else if (done * 10 / total > meter->shown) {
        meter->shown = done * 10 / total;
        fprintf(stderr, "%lld of %lld %s (%lld %%)\n", (long long)done, (long long)total, meter->noun, (long long)meter->shown * 10);
    }
}

/* The queries at work, as they were asked; NULL when that cannot be told. */
static const struct json_value *queries(struct errand *errand, struct base_arena *arena) {
    const struct json_value *list;
    struct json_value *root;
    struct mx_str answer;
    if (!app_link_ask(errand->link, arena, "system.queries.list", mx_str_of("{}"), &answer)) return NULL;
    if (json_parse(arena, answer, &root, NULL) != MX_OK) return NULL;
    list = json_member(root, "queries");
    return list ? list->first : NULL;
}

/* Ids stand in order of time: what is there already is somebody else's. */
static void note_others(struct errand *errand) {
    struct base_arena *arena = base_arena_new(4096);
    const struct json_value *each, *id;
    for (each = queries(errand, arena); each; each = each->next) {
        id = json_member(each, "id");
        if (id && mx_str_cmp(id->text, errand->before) > 0) errand->before = base_arena_dup(errand->arena, id->text);
    }
    base_arena_free(arena);
}

/* Look how far the query is; with `stop` cancel it. */
static void look(struct errand *errand, struct meter *meter, int stop) {
    struct base_arena *arena = base_arena_new(4096);
    const struct json_value *each, *name, *id = NULL, *done, *total;
    struct mx_str answer;
    for (each = queries(errand, arena); each; each = each->next) {
        name = json_member(each, "op");
        id = json_member(each, "id");
        if (name && id && mx_str_is(name->text, errand->op) && mx_str_cmp(id->text, errand->before) > 0) break;
    }
    done = each ? json_member(each, "done") : NULL;
    total = each ? json_member(each, "total") : NULL;
    if (done && total) show(meter, done->number, total->number);
    if (stop && each)
        (void)app_link_ask(errand->link, arena, "system.queries.cancel",
                           base_arena_printf(arena, "{\"id\":\"%.*s\"}", (int)id->text.len, id->text.ptr), &answer);
    base_arena_free(arena);
}

static void watch(struct errand *errand, const char *noun) {
    struct meter meter = {noun, isatty(STDERR_FILENO), 0};
    while (!wait_for(errand, LOOK_MS)) look(errand, &meter, app_link_stopped(errand->link));
    if (meter.on_terminal && meter.shown) fputs("\r\033[K", stderr);
}

int app_link_ask_long(struct app_link *link, struct base_arena *arena, const char *op, struct mx_str body, const char *noun,
                      struct mx_str *answer) {
    struct errand errand = {link, arena, op, body, answer, {NULL, 0}, 0, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    pthread_t thread;
    note_others(&errand);
    if (pthread_create(&thread, NULL, run_errand, &errand) != 0) return app_link_ask(link, arena, op, body, answer);
    watch(&errand, noun);
    pthread_join(thread, NULL);
    return errand.good;
}
