/* What the files of this room share. */
#ifndef HOST_INTERNAL_H
#define HOST_INTERNAL_H

#include "base/error.h"
#include "host/host.h"

struct host_entry {
    struct mx_plugin plugin; /* our copy, zeroed behind what the plugin brought */
    int started;
};

struct host {
    struct mx_host face;
    struct op_kernel *op;
    struct host_entry **entries; /* in order of admission */
    uint32_t count;
    uint32_t cap;
};

/* Check a descriptor and copy it into a zeroed struct of this program's size. */
MX_MUST_CHECK mx_status host_descriptor_copy(const char *name, const struct mx_plugin *plugin, struct mx_plugin *copy,
                                             struct mx_error *err);

/* 1 for a name that may be a plugin's: a-z first, then a-z 0-9 _, at most 32. */
int host_name_valid(const char *name);

#endif
