#include "merx/plugin.h"

MX_PLUGIN(wallet) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "wallet",
        .version = "0.1",
        .summary = "gift cards and stored value",
    };
    return &plugin;
}
