/* The descriptor of a plugin and the host that loads it.
 *
 * A plugin exports one function, mx_plugin_<name>(), that returns its descriptor; <name> is also the file name
 * (<name>.so). The same object file links into the single program. The descriptor is data: reading it runs no code of
 * the plugin. Since 0.1.
 *
 * Negotiation: `abi_major` must equal the host's; `abi_minor` (what the plugin needs) must not be above the host's; a
 * descriptor longer than the host's is taken only when its extra bytes are zero. While the major is 0 the contract may
 * still change between minors of the program; from 1.0 on it grows only at the ends of structs and tables.
 *
 * A plugin object imports nothing but the C library: it reaches the kernel through the struct mx_ctx of each call, and
 * through get() of the host in load(). */
#ifndef MERX_PLUGIN_H
#define MERX_PLUGIN_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the host offers while a plugin loads. */
struct mx_host {
    uint32_t size;
    uint16_t abi_major;
    uint16_t abi_minor;
    /* An interface by name ("mx.op", "mx.store", "mx.event", "mx.identity") and major version; NULL when there is none.
     * The table starts with its size; a member beyond that size is absent. */
    const void *(*get)(const struct mx_host *host, const char *interface_name, uint32_t major);
    /* 0.1 ends here */
};

struct mx_plugin {
    uint32_t size; /* sizeof(struct mx_plugin) */
    uint16_t abi_major;
    uint16_t abi_minor;
    const char *name;
    const char *version;
    const char *summary;

    const struct mx_table *const *tables; /* each list ends with NULL */
    const struct mx_op *const *ops;
    const struct mx_event_def *const *events;
    const struct mx_subscription *const *subscriptions;
    const struct mx_point *const *points;
    const struct mx_answer *const *answers;
    const struct mx_use *const *uses;
    const struct mx_job *const *jobs;
    const struct mx_check *const *checks;

    /* All optional. load: check and remember interfaces; start: the store is open and all plugins are loaded; stop and
     * unload in reverse order. An error from load or start refuses the plugin and names it. */
    mx_status (*load)(const struct mx_host *host);
    mx_status (*start)(void);
    void (*stop)(void);
    void (*unload)(void);

    const struct mx_grant *const *grants; /* which roles may do what here; ends with NULL */
    /* 0.1 ends here */
};

/* MX_PLUGIN(catalog) { static const struct mx_plugin p = {...}; return &p; } */
#define MX_PLUGIN(plugin_name)                                                                                                             \
    MX_EXPORT const struct mx_plugin *mx_plugin_##plugin_name(void);                                                                       \
    const struct mx_plugin *mx_plugin_##plugin_name(void)

#ifdef __cplusplus
}
#endif
#endif
