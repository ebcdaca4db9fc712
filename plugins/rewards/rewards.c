#include "merx/plugin.h"

MX_PLUGIN(rewards) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "rewards",
        .version = "0.1",
        .summary = "things for points, referrals, grants on occasions",
    };
    return &plugin;
}
