#include "merx/plugin.h"

MX_PLUGIN(intake) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "intake",
        .version = "0.1",
        .summary = "customers and orders of other channels, taken in once",
    };
    return &plugin;
}
