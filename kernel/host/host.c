/* The registry of plugins: admission, start and end in order. */
#include <stdlib.h>
#include <string.h>

#include "host/internal.h"

static const void *get_interface(const struct mx_host *face, const char *interface_name, uint32_t major) {
    (void)face;
    return interface_name ? op_interface(interface_name, major) : NULL;
}

mx_status host_new(struct op_kernel *op, struct host **host, struct mx_error *err) {
    struct host *h = calloc(1, sizeof(*h));
    if (!h) return base_fail(err, MX_E_NOMEM, NULL, "There is no memory for the plugin host.");
    h->op = op;
    h->face.size = (uint32_t)sizeof(h->face);
    h->face.abi_major = MX_ABI_MAJOR;
    h->face.abi_minor = MX_ABI_MINOR;
    h->face.get = get_interface;
    *host = h;
    return MX_OK;
}

static int is_admitted(const struct host *host, const char *name) {
    uint32_t i;
    for (i = 0; i < host->count; i++)
        if (strcmp(host->entries[i]->plugin.name, name) == 0) return 1;
    return 0;
}

/* Run load() and register; without an op kernel the descriptor is only looked at. */
static mx_status take_in(struct host *host, struct host_entry *entry, struct mx_error *err) {
    const struct mx_plugin *plugin = &entry->plugin;
    mx_status st = MX_OK;
    if (!host->op) return MX_OK;
    if (plugin->load) st = plugin->load(&host->face);
    if (st < 0) return base_fail(err, MX_E_BAD_PLUGIN, "load", "The plugin %s refused to load: %s.", plugin->name, base_status_text(st));
    st = op_plugin_add(host->op, plugin, err);
    if (st != MX_OK && plugin->unload) plugin->unload();
    return st;
}

mx_status host_admit(struct host *host, const char *name, const struct mx_plugin *plugin, struct mx_error *err) {
    struct host_entry *entry;
    mx_status st;
    if (name && is_admitted(host, name)) return base_fail(err, MX_E_BAD_PLUGIN, "name", "There is already a plugin called %s.", name);
    if (host->count == host->cap) {
        uint32_t cap = host->cap ? host->cap * 2 : 16;
        struct host_entry **more = realloc(host->entries, cap * sizeof(struct host_entry *));
        if (!more) return base_fail(err, MX_E_NOMEM, NULL, "There is no memory for another plugin.");
        host->entries = more;
        host->cap = cap;
    }
    entry = calloc(1, sizeof(*entry));
    if (!entry) return base_fail(err, MX_E_NOMEM, NULL, "There is no memory for another plugin.");
    st = host_descriptor_copy(name, plugin, &entry->plugin, err);
    if (st == MX_OK) st = take_in(host, entry, err);
    if (st != MX_OK) {
        free(entry);
        return st;
    }
    host->entries[host->count++] = entry;
    return MX_OK;
}

const struct mx_plugin *host_next(const struct host *host, uint32_t *at) {
    return *at < host->count ? &host->entries[(*at)++]->plugin : NULL;
}

static void stop_all(struct host *host) {
    uint32_t i;
    for (i = host->count; i-- > 0;) {
        struct host_entry *entry = host->entries[i];
        if (entry->started && entry->plugin.stop) entry->plugin.stop();
        entry->started = 0;
    }
}

mx_status host_start(struct host *host, struct mx_error *err) {
    uint32_t i;
    for (i = 0; i < host->count; i++) {
        struct host_entry *entry = host->entries[i];
        mx_status st = entry->plugin.start ? entry->plugin.start() : MX_OK;
        if (st < 0) {
            stop_all(host);
            return base_fail(err, MX_E_BAD_PLUGIN, "start", "The plugin %s could not start: %s.", entry->plugin.name, base_status_text(st));
        }
        entry->started = 1;
    }
    return MX_OK;
}

void host_free(struct host *host) {
    uint32_t i;
    if (!host) return;
    stop_all(host);
    for (i = host->count; i-- > 0;) {
        struct host_entry *entry = host->entries[i];
        if (host->op) op_plugin_remove(host->op, entry->plugin.name);
        if (host->op && entry->plugin.unload) entry->plugin.unload();
        free(entry);
    }
    free(host->entries);
    free(host);
}
