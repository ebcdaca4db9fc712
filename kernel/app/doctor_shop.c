/* What doctor tries with the shop itself: its plugins, its rules, whether it opens or serves. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "app/internal.h"
#include "host/host.h"
#include "net/net.h"
#include "script/script.h"

#define READY_MS 10000

static void tell_plugin(void *arg, int level, const char *check, const char *text) {
    struct app_doctor *doctor = arg;
    (void)check;
    if (level == HOST_FAIL) app_doctor_tell(doctor, APP_DOCTOR_FAIL, "plugins", "%s", text);
}

static void look_at_plugin(struct app_doctor *doctor, const char *dir, const char *name) {
    struct mx_plugin plugin;
    if (app_plugin_look(dir, name, tell_plugin, doctor, &plugin) == MX_OK)
        app_doctor_tell(doctor, APP_DOCTOR_OK, "plugins", "%s/%s.so can be loaded; nobody but its owner can write it.", dir, name);
}

static void look_at_plugins(struct app_doctor *doctor) {
    const struct host_builtin *own;
    uint32_t i;
    for (own = host_builtins; own->name; own++)
        if (!own->descriptor) look_at_plugin(doctor, app_plugin_dir(doctor->arena), own->name);
    for (i = 0; i < doctor->plugins.count; i++) look_at_plugin(doctor, doctor->plugin_dir, doctor->plugins.at[i]);
}

/* What was found in a process of its own; shared with it. */
struct finding {
    struct app_doctor *doctor;
    int opened, ruled;
    char opening[400], rules[400];
};

static int open_apart(void *arg) {
    struct finding *found = arg;
    const struct app_doctor *doctor = found->doctor;
    struct app_shop_opts opts = {0};
    struct app_shop shop;
    struct mx_error err = {0}, wrong = {0};
    opts.data = doctor->data;
    opts.key_file = doctor->key_file;
    opts.plugin_dir = doctor->plugin_dir;
    opts.plugins = &doctor->plugins;
    opts.look = 1;
    found->opened = app_shop_open(&opts, &shop, &err) == MX_OK;
    snprintf(found->opening, sizeof(found->opening), "%s", err.message);
    if (!found->opened) return APP_OK;
    found->ruled = script_open(doctor->rules, &wrong) == MX_OK;
    snprintf(found->rules, sizeof(found->rules), "%s", wrong.message);
    script_close();
    app_shop_close(&shop);
    return APP_OK;
}

static void tell_opening(struct app_doctor *doctor, const struct finding *found, int code) {
    if (code != APP_OK)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "shop", "Opening the shop ended with %s %d: restore a backup.",
                        code < 0 ? "signal" : "exit code", code < 0 ? -code : code);
    else if (!found->opened)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "shop", "%s", found->opening);
    else
        app_doctor_tell(doctor, APP_DOCTOR_OK, "shop",
                        "The shop opens with this key file and these plugins. merx verify looks at every record.");
    if (!found->opened) return;
    app_doctor_tell(doctor, found->ruled ? APP_DOCTOR_OK : APP_DOCTOR_FAIL, "rules", "%s", found->ruled ? "The rules load." : found->rules);
}

/* Opening data of an older format would bring it to ours: that is for the owner to begin. */
static void look_at_closed(struct app_doctor *doctor) {
    struct finding *found;
    if (doctor->format != STORE_FORMAT) return;
    found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (found == MAP_FAILED) return app_doctor_tell(doctor, APP_DOCTOR_FAIL, "shop", "There is no memory to open the shop.");
    found->doctor = doctor;
    tell_opening(doctor, found, app_run_apart(open_apart, found));
    munmap(found, sizeof(*found));
}

static void look_at_served(struct app_doctor *doctor) {
    struct net_answer answer = {0};
    struct mx_error err = {0};
    const char *url = base_arena_printf(doctor->arena, "unix:%s/merx.sock", doctor->data).ptr;
    if (net_call(doctor->arena, url, "GET", "/readyz", NULL, mx_str_of(""), READY_MS, &answer, &err) != MX_OK)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "shop", "%s", err.message);
    else if (answer.status == 200)
        app_doctor_tell(doctor, APP_DOCTOR_OK, "shop", "The shop is being served and is ready; its log says whether its rules load.");
    else
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "shop", "The shop is being served but not ready: %.*s", (int)answer.body.len,
                        answer.body.ptr);
}

void app_doctor_shop(struct app_doctor *doctor) {
    look_at_plugins(doctor);
    if (app_is_served(doctor->arena, doctor->data))
        look_at_served(doctor);
    else
        look_at_closed(doctor);
}
