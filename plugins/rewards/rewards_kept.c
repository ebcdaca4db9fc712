/* What is kept of people for the register of processing, and what of it goes with age. */
#include "internal.h"

#define TRIM "rewards.device.trim"

static mx_status kept(struct mx_ctx *ctx, const void *in, void *out) {
    static const struct {
        const char *name, *about, *trim;
    } kinds[] = {
        {"rewards.reward", "rewards that a member had for points, and seats in classes", ""},
        {"rewards.referral", "who brought which friend, as ids, and codes for friends", ""},
        {"rewards.device", "that a member uses a device, as a keyed hash, to see whether friends share one", TRIM},
        {"rewards.ticket", "who waits at a location, and when she was called: until the day is over", ""},
        {"rewards.granted", "what a member got on her days", ""},
    };
    struct mx_kept *kept = out;
    uint32_t i;
    (void)in;
    kept->kinds = mx_list_new(ctx, sizeof(kinds) / sizeof(kinds[0]), sizeof(struct mx_kept_kind));
    for (i = 0; i < kept->kinds.count; i++) {
        struct mx_kept_kind *kind = mx_list_at(&kept->kinds, i);
        kind->name = mx_str_of(kinds[i].name);
        kind->about = mx_str_of(kinds[i].about);
        kind->purpose = mx_str_of(MX_PURPOSE_SERVICE);
        kind->basis = MX_BASIS_CONTRACT;
        kind->trim = mx_str_of(kinds[i].trim);
        kind->erased = kinds[i].trim[0] != 0;
    }
    return MX_OK;
}

const struct mx_answer rewards_kept_answer = {sizeof(struct mx_answer), 100, MX_POINT_KEPT, &mx_kept_ask_type, &mx_kept_type, kept};

static mx_status trim_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_trim *ask = in;
    struct mx_trimmed *trimmed = out;
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "at"};
    struct reward_device *device = NULL;
    struct mx_scan *scan = NULL;
    mx_status st;
    if (!mx_str_is(ask->name, "rewards.device")) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "Nothing by this name is trimmed here.");
    st = mx_scan_open(ctx, &rewards_devices, &opts, NULL, &scan);
    while (st == MX_OK && trimmed->rows < ask->limit && (st = mx_scan_next(ctx, scan, &device)) == MX_OK && device->at < ask->before) {
        st = mx_delete(ctx, &rewards_devices, device);
        trimmed->rows += st == MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op rewards_device_trim_op =
    REWARDS_OP(MX_OP_INTERNAL, TRIM, "Forget devices that were noted long ago.", NULL, &mx_trim_type, &mx_trimmed_type, trim_handler, NULL);
