#include "merx/plugin.h"

MX_PLUGIN(insight) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "insight",
        .version = "0.1",
        .summary = "what customers do, tags, segments, scores",
    };
    return &plugin;
}
