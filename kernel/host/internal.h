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

/* ---- elf.c, imports.c: a file before it is loaded ---- */

#define HOST_LIBRARY       1 /* a library that the file needs */
#define HOST_WANTED        2 /* a symbol that it asks for */
#define HOST_WANTED_WEAKLY 3
#define HOST_SHOWN         4 /* a symbol that it shows to others */
typedef void (*host_symbol_fn)(void *arg, int kind, const char *name);

/* Tell all of these of a shared object of this kind of machine. NULL, or why it cannot be read ("it is not ..."). */
const char *host_elf_read(const char *path, host_symbol_fn fn, void *arg);

/* Tell what is wrong with them for the plugin `name`, or that nothing is: 1 when the file may be loaded. */
int host_check_symbols(const char *path, const char *name, host_found_fn found, void *arg);

#endif
