/* How long sessions last, as operations. */
#include "identity/internal.h"

struct settings_wire {
    uint64_t has;
    int64_t password_hours, password_idle_minutes;
    int64_t pin_hours, pin_idle_minutes;
    int64_t device_hours;
};
static const struct mx_field settings_wire_fields[] = {
    MX_F_INT(settings_wire, password_hours, 0, 1, 720, "hours that a session lasts at most that was opened with a password"),
    MX_F_INT(settings_wire, password_idle_minutes, 0, 1, 43200, "minutes without a call after which it ends"),
    MX_F_INT(settings_wire, pin_hours, 0, 1, 72, "the same for sessions opened with a PIN"),
    MX_F_INT(settings_wire, pin_idle_minutes, 0, 1, 1440, "the same for sessions opened with a PIN"),
    MX_F_INT(settings_wire, device_hours, 0, 1, 720, "hours after which a device proves itself again"),
};
MX_TYPE_HAS(settings_wire, "identity.settings", "how long sessions last");

static void to_wire(const struct identity_settings *settings, struct settings_wire *wire) {
    wire->password_hours = settings->password_hours;
    wire->password_idle_minutes = settings->password_idle_minutes;
    wire->pin_hours = settings->pin_hours;
    wire->pin_idle_minutes = settings->pin_idle_minutes;
    wire->device_hours = settings->device_hours;
    wire->has = (UINT64_C(1) << settings_wire_type.field_count) - 1;
}

static mx_status get_settings(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_settings settings;
    mx_status st = identity_settings_read(identity_view(ctx), &settings);
    (void)in;
    if (st == MX_OK) to_wire(&settings, out);
    return st;
}

static mx_status put_settings(struct mx_ctx *ctx, const void *in, void *out) {
    const struct settings_wire *ask = in;
    struct identity_settings settings;
    mx_status st = identity_settings_read(identity_view(ctx), &settings);
    if (st != MX_OK) return st;
    if (MX_HAS(settings_wire, ask, password_hours)) settings.password_hours = ask->password_hours;
    if (MX_HAS(settings_wire, ask, password_idle_minutes)) settings.password_idle_minutes = ask->password_idle_minutes;
    if (MX_HAS(settings_wire, ask, pin_hours)) settings.pin_hours = ask->pin_hours;
    if (MX_HAS(settings_wire, ask, pin_idle_minutes)) settings.pin_idle_minutes = ask->pin_idle_minutes;
    if (MX_HAS(settings_wire, ask, device_hours)) settings.device_hours = ask->device_hours;
    st = mx_put(ctx, &identity_settings_table, &settings);
    if (st == MX_OK) to_wire(&settings, out);
    return st;
}

const struct mx_op identity_op_settings_get = IDENTITY_OP(MX_OP_QUERY, "identity.settings.get", "How long sessions last.",
                                                          "identity.manage", NULL, &settings_wire_type, get_settings, NULL);
const struct mx_op identity_op_settings_put =
    IDENTITY_OP(0, "identity.settings.put", "Change how long new sessions last; what is left out stays.", "identity.manage",
                &settings_wire_type, &settings_wire_type, put_settings, NULL);
