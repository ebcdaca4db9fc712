/* The plugins that belong to the product. */
#include "host/internal.h"

mx_status host_load_builtins(struct host *host, const char *dir, struct mx_error *err) {
    const struct host_builtin *b;
    mx_status st = MX_OK;
    for (b = host_builtins; st == MX_OK && b->name; b++)
        st = b->descriptor ? host_admit(host, b->name, b->descriptor(), err) : host_load(host, dir, b->name, err);
    return st;
}
