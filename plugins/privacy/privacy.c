#include "merx/plugin.h"

MX_PLUGIN(privacy) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "privacy",
        .version = "0.1",
        .summary = "consent, export, erasure, retention, register of processing",
    };
    return &plugin;
}
