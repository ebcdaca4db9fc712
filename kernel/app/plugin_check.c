/* merx plugin check: would this file be loaded, and what would it bring? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/buf.h"
#include "host/host.h"
#include "json/json.h"

struct check {
    struct base_arena *arena;
    const char *name, *dir;
    struct mx_plugin plugin;
    struct base_buf lines; /* for a person */
    struct base_buf list;  /* as JSON */
    int known;             /* the descriptor could be read */
    int failed;
};

static void tell(void *arg, int level, const char *what, const char *text) {
    static const char *const words[] = {"ok", "warn", "FAIL"};
    static const char *const json_words[] = {"ok", "warn", "fail"};
    struct check *check = arg;
    if (level == HOST_FAIL) check->failed = 1;
    base_buf_printf(&check->lines, "  %-5s %-9s %s\n", words[level], what, text);
    base_buf_printf(&check->list, "%s{\"check\":\"%s\",\"result\":\"%s\",\"text\":", check->list.len ? "," : "", what, json_words[level]);
    json_quote(&check->list, mx_str_of(text));
    base_buf_char(&check->list, '}');
}

struct first_look {
    const char *dir, *name;
};

static void say_nothing(void *arg, int level, const char *check, const char *text) {
    (void)arg;
    (void)level;
    (void)check;
    (void)text;
}

static int look_first(void *arg) {
    const struct first_look *look = arg;
    struct mx_plugin plugin;
    mx_status st = host_look(look->dir, look->name, say_nothing, NULL, &plugin);
    (void)st; /* what is wrong is told by the second look */
    return APP_OK;
}

mx_status app_plugin_look(const char *dir, const char *name, host_found_fn found, void *arg, struct mx_plugin *plugin) {
    struct first_look look = {dir, name};
    char text[160];
    int code = app_run_apart(look_first, &look);
    if (code == APP_OK) return host_look(dir, name, found, arg, plugin);
    snprintf(text, sizeof(text), "Loading %.40s.so ended with %s %d: the file is damaged, or its code crashes.", name,
             code < 0 ? "signal" : "exit code", code < 0 ? -code : code);
    found(arg, HOST_FAIL, "file", text);
    return MX_E_BAD_PLUGIN;
}

/* What a trial in a process of its own found; shared with it. */
struct trial {
    const struct check *check;
    char folder[64];
    int opened;
    char message[400];
};

static mx_status open_trial(struct base_arena *arena, const struct trial *trial, struct mx_error *err) {
    struct app_settings settings;
    struct app_shop_opts opts = {0};
    struct app_words plugins = {{trial->check->name}, 1};
    struct app_shop shop;
    struct mx_str key;
    mx_status st;
    app_settings_default(&settings);
    opts.data = app_path(arena, trial->folder, "/shop");
    opts.plugin_dir = trial->check->dir;
    opts.plugins = &plugins;
    st = app_make_shop(arena, opts.data, &settings, &key, err);
    if (st == MX_OK) st = app_shop_open(&opts, &shop, err);
    if (st == MX_OK) app_shop_close(&shop);
    return st;
}

static int run_trial(void *arg) {
    struct trial *trial = arg;
    struct base_arena *arena = base_arena_new(4096);
    struct mx_error err = {0};
    trial->opened = open_trial(arena, trial, &err) == MX_OK;
    snprintf(trial->message, sizeof(trial->message), "%s", err.message);
    base_arena_free(arena);
    return APP_OK;
}

static void tell_trial(struct check *check, const struct trial *trial, int code) {
    if (code != APP_OK)
        tell(check, HOST_FAIL, "trial",
             base_arena_printf(check->arena, "A new shop with it ended with %s %d: the plugin crashes.", code < 0 ? "signal" : "exit code",
                               code < 0 ? -code : code)
                 .ptr);
    else if (!trial->opened)
        tell(check, HOST_FAIL, "trial", trial->message);
    else
        tell(check, HOST_GOOD, "trial", "A new shop opens with it: everything it declares fits.");
}

/* Only the shop itself knows whether all declarations fit: one is made with it in a temporary folder and thrown away. */
static void try_it(struct check *check) {
    struct trial *trial = mmap(NULL, sizeof(*trial), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const char *tmp = getenv("TMPDIR");
    if (trial == MAP_FAILED) return tell(check, HOST_FAIL, "trial", "There is no memory for a trial.");
    trial->check = check;
    snprintf(trial->folder, sizeof(trial->folder), "%s/merx-check-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
    if (mkdtemp(trial->folder)) {
        tell_trial(check, trial, app_run_apart(run_trial, trial));
        app_remove_flat(app_path(check->arena, trial->folder, "/shop"));
        app_remove_flat(app_path(check->arena, trial->folder, "/shop.unborn"));
        app_remove_flat(trial->folder);
    } else {
        tell(check, HOST_FAIL, "trial", "A folder for a trial cannot be made.");
    }
    munmap(trial, sizeof(*trial));
}

/* ---- what it declares, as lists of words; one walk for both ways of printing ---- */

typedef void (*item_fn)(struct check *check, const char *list, const char *name, const char *more);

static const char *op_kind(const struct mx_op *op) {
    if (op->flags & MX_OP_INTERNAL) return "internal";
    if (op->flags & MX_OP_PUBLIC) return "for everybody, without a key";
    return op->permission ? op->permission : "";
}

static void walk(struct check *check, item_fn item) {
    const struct mx_plugin *p = &check->plugin;
    size_t i;
    for (i = 0; p->ops && p->ops[i]; i++) item(check, "operations", p->ops[i]->name, op_kind(p->ops[i]));
    for (i = 0; p->tables && p->tables[i]; i++) item(check, "tables", p->tables[i]->name, p->tables[i]->doc);
    for (i = 0; p->events && p->events[i]; i++) item(check, "events", p->events[i]->name, p->events[i]->doc);
    for (i = 0; p->subscriptions && p->subscriptions[i]; i++)
        item(check, "hears", p->subscriptions[i]->event,
             p->subscriptions[i]->flags & MX_FOLLOW ? "after the commit" : "in the same command");
    for (i = 0; p->points && p->points[i]; i++) item(check, "points", p->points[i]->name, p->points[i]->doc);
    for (i = 0; p->answers && p->answers[i]; i++) item(check, "answers", p->answers[i]->point, "");
    for (i = 0; p->uses && p->uses[i]; i++) item(check, "uses", p->uses[i]->op, "");
    for (i = 0; p->jobs && p->jobs[i]; i++) item(check, "jobs", p->jobs[i]->name, "");
    for (i = 0; p->grants && p->grants[i]; i++) item(check, "grants", p->grants[i]->role, p->grants[i]->permissions);
}

static void print_item(struct check *check, const char *list, const char *name, const char *more) {
    (void)check;
    printf("  %-10s %s%s%s\n", list, name ? name : "", more && *more ? ": " : "", more ? more : "");
}

static void add_item(struct check *check, const char *list, const char *name, const char *more) {
    base_buf_printf(&check->list, "%s{\"kind\":\"%s\",\"name\":", check->list.len ? "," : "", list);
    json_quote(&check->list, mx_str_of(name ? name : ""));
    base_buf_text(&check->list, ",\"text\":");
    json_quote(&check->list, mx_str_of(more ? more : ""));
    base_buf_char(&check->list, '}');
}

static void print_lines(struct check *check) {
    if (check->known)
        printf("%s %s: %s\n", check->name, check->plugin.version ? check->plugin.version : "?",
               check->plugin.summary ? check->plugin.summary : "");
    fwrite(check->lines.ptr, 1, check->lines.len, stdout);
    if (check->known) walk(check, print_item);
    printf(check->failed ? "The plugin %s is refused.\n" : "The plugin %s can be loaded.\n", check->name);
}

static int print_json(struct check *check) {
    struct base_buf out;
    struct mx_str text, checks = base_buf_view(&check->list);
    struct mx_error err = {0};
    base_buf_init(&check->list, check->arena);
    if (check->known) walk(check, add_item);
    base_buf_init(&out, check->arena);
    base_buf_printf(&out, "{\"name\":\"%s\",\"loads\":%s,\"version\":", check->name, check->failed ? "false" : "true");
    json_quote(&out, mx_str_of(check->known && check->plugin.version ? check->plugin.version : ""));
    base_buf_printf(&out, ",\"checks\":[%.*s],\"declares\":[%.*s]}", (int)checks.len, checks.ptr, (int)check->list.len,
                    check->list.len ? check->list.ptr : "");
    if (json_canonical(check->arena, base_buf_view(&out), SIZE_MAX, &text, &err) != MX_OK) return app_say_error("plugin check", &err);
    printf("%.*s\n", (int)text.len, text.ptr);
    return check->failed ? APP_FAILED : APP_OK;
}

/* "mine/tips.so" is the plugin tips in the folder mine. */
static int split(struct check *check, const char *file) {
    const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
    size_t len = strlen(base);
    if (len <= 3 || strcmp(base + len - 3, ".so") != 0) return 0;
    check->name = base_arena_dup(check->arena, mx_str_n(base, len - 3)).ptr;
    check->dir = app_parent(check->arena, file);
    return host_name_valid(check->name);
}

int app_plugin_check(struct base_arena *arena, const char *file, int json) {
    struct check check = {.arena = arena};
    if (!split(&check, file))
        return app_say("plugin check", APP_USAGE,
                       "%s is not NAME.so, where NAME is made of a-z, 0-9 and _, begins with a letter and has at most 32.", file);
    base_buf_init(&check.lines, arena);
    base_buf_init(&check.list, arena);
    check.known = app_plugin_look(check.dir, check.name, tell, &check, &check.plugin) == MX_OK;
    if (check.known) try_it(&check);
    if (json) return print_json(&check);
    print_lines(&check);
    return check.failed ? APP_FAILED : APP_OK;
}
