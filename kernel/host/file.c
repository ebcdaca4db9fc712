/* Plugins from .so files: only a named one, only from one folder, only when nobody else could have written it. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/internal.h"

static mx_status check_owner(const char *path, int is_folder, struct mx_error *err) {
    struct stat st;
    /* The folder may be reached by a link; the file itself must be no link, or somebody else's folder would decide. */
    if ((is_folder ? stat(path, &st) : lstat(path, &st)) != 0)
        return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin cannot be loaded: %s: %s.", path, strerror(errno));
    if (is_folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
        return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin cannot be loaded: %s is not a plain %s.", path,
                         is_folder ? "folder" : "file");
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin is not loaded, because others may write to %s.", path);
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin is not loaded, because %s belongs to somebody else.", path);
    return MX_OK;
}

/* The file stays mapped until the process ends: tables and prepared types of the plugin are known to lower rooms by
 * address, and a sanitizer's last report needs the names of its functions. */
static mx_status open_file(const char *path, const char *name, const struct mx_plugin **plugin, struct mx_error *err) {
    const struct mx_plugin *(*descriptor)(void);
    char symbol[64];
    void *found;
    void *f = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!f) return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin %s cannot be loaded: %s.", name, dlerror());
    snprintf(symbol, sizeof(symbol), "mx_plugin_%s", name);
    found = dlsym(f, symbol);
    if (!found) {
        dlclose(f);
        return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin %s cannot be loaded: %s has no function %s().", name, path, symbol);
    }
    memcpy(&descriptor, &found, sizeof(descriptor)); /* C has no cast from object to function pointers */
    *plugin = descriptor();
    return MX_OK;
}

static mx_status path_of(char *path, size_t size, const char *dir, const char *name, struct mx_error *err) {
    int len;
    if (!host_name_valid(name))
        return base_fail(err, MX_E_BAD_PLUGIN, "name", "A plugin's name is made of a-z, 0-9 and _ and begins with a letter.");
    len = snprintf(path, size, "%s/%s.so", dir, name);
    if (len < 0 || (size_t)len >= size)
        return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin %s cannot be loaded: the path of its folder is too long.", name);
    return MX_OK;
}

static void keep_first(void *arg, int level, const char *check, const char *text) {
    struct mx_error *err = arg;
    if (level == HOST_FAIL && err->status == MX_OK) base_fail(err, MX_E_BAD_PLUGIN, check, "%s", text);
}

mx_status host_load(struct host *host, const char *dir, const char *name, struct mx_error *err) {
    const struct mx_plugin *plugin = NULL;
    struct mx_error first = {0};
    char path[4096];
    mx_status st = path_of(path, sizeof(path), dir, name, err);
    if (st == MX_OK) st = check_owner(dir, 1, err);
    if (st == MX_OK) st = check_owner(path, 0, err);
    if (st == MX_OK && !host_check_symbols(path, name, keep_first, &first))
        st = base_fail(err, MX_E_BAD_PLUGIN, NULL, "The plugin %s is refused. %s", name, first.message);
    if (st == MX_OK) st = open_file(path, name, &plugin, err);
    if (st == MX_OK) st = host_admit(host, name, plugin, err);
    return st;
}

static int tell_error(mx_status st, const struct mx_error *err, const char *check, const char *good, host_found_fn found, void *arg) {
    found(arg, st == MX_OK ? HOST_GOOD : HOST_FAIL, check, st == MX_OK ? good : err->message);
    return st == MX_OK;
}

mx_status host_look(const char *dir, const char *name, host_found_fn found, void *arg, struct mx_plugin *plugin) {
    const struct mx_plugin *theirs = NULL;
    struct mx_error err = {0};
    char path[4096], good[128];
    mx_status st = path_of(path, sizeof(path), dir, name, &err);
    if (st == MX_OK) st = check_owner(dir, 1, &err);
    if (st == MX_OK) st = check_owner(path, 0, &err);
    if (!tell_error(st, &err, "file", "Nobody but its owner can write the file and its folder.", found, arg)) return st;
    if (!host_check_symbols(path, name, found, arg)) return MX_E_BAD_PLUGIN;
    st = open_file(path, name, &theirs, &err);
    if (st == MX_OK) st = host_descriptor_copy(name, theirs, plugin, &err);
    snprintf(good, sizeof(good), "It was built for %u.%u of the contract; this program has %d.%d.", (unsigned)plugin->abi_major,
             (unsigned)plugin->abi_minor, MX_ABI_MAJOR, MX_ABI_MINOR);
    tell_error(st, &err, "contract", good, found, arg);
    return st;
}
