/* Reading a descriptor that was built by somebody else, perhaps against other headers. */
#include <string.h>

#include "host/internal.h"

/* What every descriptor has, whatever its age: size, ABI numbers and name. */
#define DESCRIPTOR_HEAD (offsetof(struct mx_plugin, name) + sizeof(const char *))

int host_name_valid(const char *name) {
    size_t i;
    if (!name || name[0] < 'a' || name[0] > 'z') return 0;
    for (i = 0; name[i]; i++) {
        char c = name[i];
        if (i >= 32 || !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return 0;
    }
    return 1;
}

static int zero_bytes(const void *bytes, size_t from, size_t to) {
    const unsigned char *p = bytes;
    size_t i;
    for (i = from; i < to; i++)
        if (p[i]) return 0;
    return 1;
}

/* Each declaration of a list says its own size; what a newer header added must be zero, nothing of the first one may be missing. */
static mx_status check_list(const char *plugin, const char *what, const void *list, size_t least, size_t known, struct mx_error *err) {
    const void *const *items = list;
    uint32_t i, size;
    for (i = 0; items && items[i]; i++) {
        memcpy(&size, items[i], sizeof(size));
        if (size < least || (size > known && !zero_bytes(items[i], known, size)))
            return base_fail(err, MX_E_BAD_PLUGIN, what, "The plugin %s declares %s number %u in a form that this program does not know.",
                             plugin, what, i + 1);
    }
    return MX_OK;
}

static mx_status check_lists(const struct mx_plugin *p, struct mx_error *err) {
    const struct {
        const char *what;
        const void *list;
        size_t least; /* as the first contract had it */
        size_t known;
    } lists[] = {
        {"table", p->tables, sizeof(struct mx_table), sizeof(struct mx_table)},
        {"operation", p->ops, offsetof(struct mx_op, own), sizeof(struct mx_op)},
        {"event", p->events, sizeof(struct mx_event_def), sizeof(struct mx_event_def)},
        {"subscription", p->subscriptions, sizeof(struct mx_subscription), sizeof(struct mx_subscription)},
        {"point", p->points, sizeof(struct mx_point), sizeof(struct mx_point)},
        {"answer", p->answers, sizeof(struct mx_answer), sizeof(struct mx_answer)},
        {"job", p->jobs, sizeof(struct mx_job), sizeof(struct mx_job)},
    };
    mx_status st = MX_OK;
    size_t i;
    for (i = 0; st == MX_OK && i < sizeof(lists) / sizeof(lists[0]); i++)
        st = check_list(p->name, lists[i].what, lists[i].list, lists[i].least, lists[i].known, err);
    return st;
}

mx_status host_descriptor_copy(const char *name, const struct mx_plugin *plugin, struct mx_plugin *copy, struct mx_error *err) {
    struct mx_plugin mine;
    if (!host_name_valid(name))
        return base_fail(err, MX_E_BAD_PLUGIN, "name", "A plugin's name is made of a-z, 0-9 and _ and begins with a letter.");
    if (!plugin || plugin->size < DESCRIPTOR_HEAD)
        return base_fail(err, MX_E_BAD_PLUGIN, "size", "The plugin %s has no descriptor that this program can read.", name);
    if (plugin->abi_major != MX_ABI_MAJOR)
        return base_fail(err, MX_E_BAD_PLUGIN, "abi_major", "The plugin %s was built for version %u of the contract; this program has %d.",
                         name, (unsigned)plugin->abi_major, MX_ABI_MAJOR);
    if (plugin->abi_minor > MX_ABI_MINOR)
        return base_fail(err, MX_E_BAD_PLUGIN, "abi_minor", "The plugin %s needs contract %u.%u; this program has %d.%d.", name,
                         (unsigned)plugin->abi_major, (unsigned)plugin->abi_minor, MX_ABI_MAJOR, MX_ABI_MINOR);
    if (plugin->size > sizeof(mine) && !zero_bytes(plugin, sizeof(mine), plugin->size))
        return base_fail(err, MX_E_BAD_PLUGIN, "size", "The plugin %s uses parts of a newer contract that this program does not know.",
                         name);
    memset(&mine, 0, sizeof(mine));
    memcpy(&mine, plugin, plugin->size < sizeof(mine) ? plugin->size : sizeof(mine));
    mine.size = (uint32_t)sizeof(mine);
    if (!mine.name || strcmp(mine.name, name) != 0)
        return base_fail(err, MX_E_BAD_PLUGIN, "name", "The plugin found as %s calls itself %s.", name, mine.name ? mine.name : "nothing");
    if (check_lists(&mine, err) != MX_OK) return MX_E_BAD_PLUGIN;
    *copy = mine;
    return MX_OK;
}
