/* merx plugin new: a folder with a complete plugin that builds and passes its test, to start from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/buf.h"
#include "host/host.h"

/* What the placeholders of the templates become. */
struct words {
    const char *name, *include, *program;
};

static const char *word_for(const struct words *words, struct mx_str placeholder) {
    if (mx_str_is(placeholder, "NAME")) return words->name;
    if (mx_str_is(placeholder, "INCLUDE")) return words->include;
    if (mx_str_is(placeholder, "PROGRAM")) return words->program;
    return NULL;
}

/* Copy a template with every @PLACEHOLDER@ replaced. */
static void fill(struct base_buf *out, const struct app_file *file, const struct words *words) {
    const char *at = (const char *)file->bytes, *end = at + file->len;
    while (at < end) {
        const char *stop = *at == '@' ? memchr(at + 1, '@', (size_t)(end - at - 1)) : NULL;
        const char *word = stop ? word_for(words, mx_str_n(at + 1, (size_t)(stop - at - 1))) : NULL;
        if (word) {
            base_buf_text(out, word);
            at = stop + 1;
        } else {
            base_buf_char(out, *at++);
        }
    }
}

/* "plugin.c.in" is NAME.c, the others keep their names. */
static const char *target_of(struct base_arena *arena, const char *file, const char *name) {
    if (strcmp(file, "plugin.c.in") == 0) return base_arena_printf(arena, "%s/%s.c", name, name).ptr;
    return base_arena_printf(arena, "%s/%.*s", name, (int)(strlen(file) - strlen(".in")), file).ptr;
}

/* The folder of the headers: in the source tree or the installation that this program belongs to; "" when neither is here. */
static const char *find_include(struct base_arena *arena, const char *program) {
    static const char *const places[] = {"/../../include", "/../include", "/include", NULL};
    const char *folder = app_parent(arena, program);
    char real[4096];
    int i;
    for (i = 0; places[i]; i++) {
        const char *place = app_path(arena, folder, places[i]);
        if (access(app_path(arena, place, "/merx/plugin.h"), R_OK) == 0 && realpath(place, real))
            return base_arena_dup(arena, mx_str_of(real)).ptr;
    }
    return "";
}

static const char *find_program(struct base_arena *arena) {
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self));
    return len > 0 && len < (ssize_t)sizeof(self) ? base_arena_dup(arena, mx_str_n(self, (size_t)len)).ptr : "merx";
}

static int is_taken(const struct mx_plugin *plugin, const char *name) {
    size_t len = strlen(name), i;
    if (strcmp(plugin->name, name) == 0) return 1;
    for (i = 0; plugin->ops && plugin->ops[i]; i++)
        if (strncmp(plugin->ops[i]->name, name, len) == 0 && plugin->ops[i]->name[len] == '.') return 1;
    return 0;
}

/* A plugin of our own has the name, or operations that begin with it. */
static int check_name(struct base_arena *arena, const char *name) {
    const struct mx_plugin *plugin;
    struct host *host = NULL;
    struct mx_error err = {0};
    uint32_t at = 0;
    int taken = 0;
    mx_status st;
    if (!host_name_valid(name))
        return app_say("plugin new", APP_USAGE,
                       "%s is no name for a plugin: it is made of a-z, 0-9 and _, begins with a letter and has at most 32.", name);
    st = host_new(NULL, &host, &err);
    if (st == MX_OK) st = app_admit_all(host, app_plugin_dir(arena), NULL, &err);
    while (st == MX_OK && !taken && (plugin = host_next(host, &at)) != NULL) taken = is_taken(plugin, name);
    host_free(host);
    if (st != MX_OK) return app_say_error("plugin new", &err);
    return taken ? app_say("plugin new", APP_FAILED, "Merx itself has something called %s; choose another name.", name) : APP_GO_ON;
}

static mx_status write_all(struct base_arena *arena, const struct words *words, struct mx_error *err) {
    const struct app_file *file;
    mx_status st = MX_OK;
    for (file = app_plugin_files; st == MX_OK && file->name; file++) {
        struct base_buf out;
        base_buf_init(&out, arena);
        fill(&out, file, words);
        st = app_write_file(target_of(arena, file->name, words->name), out.ptr, out.len, err);
    }
    return st;
}

int app_plugin_new(struct base_arena *arena, const char *name) {
    struct words words = {name, "", find_program(arena)};
    struct mx_error err = {0};
    int code = check_name(arena, name);
    if (code != APP_GO_ON) return code;
    words.include = find_include(arena, words.program);
    if (mkdir(name, 0700) != 0) return app_say("plugin new", APP_FAILED, "The folder %s cannot be made: %s.", name, strerror(errno));
    if (write_all(arena, &words, &err) != MX_OK) {
        app_remove_flat(name);
        return app_say_error("plugin new", &err);
    }
    printf("The folder %s holds a whole plugin. Build it and try it in a shop:\n"
           "cmake -S %s -B %s/build%s && cmake --build %s/build && ctest --test-dir %s/build\n",
           name, name, name, *words.include ? "" : " -DMERX_INCLUDE=FOLDER", name, name);
    return APP_OK;
}
