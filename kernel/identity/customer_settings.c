/* What holds for customers in their own sessions, as operations: through whom the shop sends messages, how long sessions last, how
 * often they may call. */
#include "identity/customer.h"

#define HOURS           12
#define REBIND_MINUTES  1440
#define ADDRESS_MAX     2048
#define HOST_MAX        300
#define SETTINGS_PERMIT "identity.manage"
#define SETTINGS_RECORD "customers"

struct customer_settings_wire {
    uint64_t has;
    struct mx_str message_url;
    struct mx_str message_sign;
    int64_t session_hours;
    int64_t rebind_wait_minutes;
    int64_t calls_per_minute, customers_calls_per_minute, channels_calls_per_minute;
};
static const struct mx_field customer_settings_wire_fields[] = {
    MX_F_STR(customer_settings_wire, message_url, 0, 0, ADDRESS_MAX,
             "address to which messages for customers are posted as JSON; empty: no messages; shown without its query"),
    MX_F_STR(customer_settings_wire, message_sign, 0, 0, 64, "webhook whose secret signs them; empty: unsigned"),
    MX_F_INT(customer_settings_wire, session_hours, 0, 1, 720, "hours that a customer's session lasts"),
    MX_F_INT(customer_settings_wire, rebind_wait_minutes, 0, 0, 525600,
             "minutes for which what comes through a newly linked identifier proves nothing"),
    MX_F_INT(customer_settings_wire, calls_per_minute, 0, 1, 1000000, "calls a minute of one customer"),
    MX_F_INT(customer_settings_wire, customers_calls_per_minute, 0, 0, 1000000, "of all customers together; 0 = any number"),
    MX_F_INT(customer_settings_wire, channels_calls_per_minute, 0, 0, 1000000, "of all channels together; 0 = any number"),
};
MX_TYPE_HAS(customer_settings_wire, "identity.customer.settings", "what holds for customers in their own sessions");

mx_status identity_customer_settings_read(struct store_view *view, struct identity_customer_settings *settings) {
    struct identity_customer_settings probe = {0};
    void *record = NULL;
    mx_status st;
    probe.id = mx_str_of(SETTINGS_RECORD);
    st = store_get(view, &identity_customer_settings_table, &probe, &record, NULL);
    if (st == MX_OK) *settings = *(const struct identity_customer_settings *)record;
    if (st != MX_NONE) return st;
    *settings = probe;
    settings->rec.has = ~UINT64_C(0);
    settings->session_hours = HOURS;
    settings->rebind_wait_minutes = REBIND_MINUTES;
    settings->calls_per_minute = IDENTITY_CUSTOMER_CALLS;
    settings->customers_calls_per_minute = IDENTITY_CUSTOMERS_CALLS;
    return MX_OK;
}

mx_status identity_customer_limits_load(struct identity *identity, struct store_view *view) {
    struct identity_customer_settings settings;
    mx_status st = identity_customer_settings_read(view, &settings);
    if (st != MX_OK) return st;
    atomic_store_explicit(&identity->customer_calls, (uint32_t)settings.calls_per_minute, memory_order_relaxed);
    atomic_store_explicit(&identity->customers_calls, (uint32_t)settings.customers_calls_per_minute, memory_order_relaxed);
    atomic_store_explicit(&identity->channels_calls, (uint32_t)settings.channels_calls_per_minute, memory_order_relaxed);
    return MX_OK;
}

uint32_t identity_calls_shared(struct identity *identity, const struct identity_principal *principal, const char **kind) {
    *kind = "calls";
    if (principal->role[0] != 'c') return 0;
    if (principal->person[0]) {
        *kind = "customers";
        return atomic_load_explicit(&identity->customers_calls, memory_order_relaxed);
    }
    if (strcmp(principal->role, "channel") != 0) return 0;
    *kind = "channels";
    return atomic_load_explicit(&identity->channels_calls, memory_order_relaxed);
}

static void to_wire(const struct identity_customer_settings *settings, struct customer_settings_wire *wire) {
    wire->message_url = settings->shown;
    wire->message_sign = settings->sign;
    wire->session_hours = settings->session_hours;
    wire->rebind_wait_minutes = settings->rebind_wait_minutes;
    wire->calls_per_minute = settings->calls_per_minute;
    wire->customers_calls_per_minute = settings->customers_calls_per_minute;
    wire->channels_calls_per_minute = settings->channels_calls_per_minute;
    wire->has = (UINT64_C(1) << customer_settings_wire_type.field_count) - 1;
}

static mx_status get_settings(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_customer_settings settings;
    mx_status st = identity_customer_settings_read(identity_view(ctx), &settings);
    (void)in;
    if (st == MX_OK) to_wire(&settings, out);
    return st;
}

/* As the outbox wants it: what it would refuse later must not be taken now. */
static int is_address(struct mx_str url) {
    uint32_t i, begin = 0, end;
    for (i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= 0x20 || (unsigned char)url.ptr[i] >= 0x7f) return 0;
    if (url.len > 8 && memcmp(url.ptr, "https://", 8) == 0) begin = 8;
    if (url.len > 7 && memcmp(url.ptr, "http://", 7) == 0) begin = 7;
    for (end = begin; end < url.len && !strchr("/?#", url.ptr[end]); end++)
        if (url.ptr[end] == '@' || url.ptr[end] == '\\') return 0;
    return begin && end > begin && end - begin <= HOST_MAX;
}

/* A token of the gateway may stand behind the "?". */
static mx_status take_address(struct mx_ctx *ctx, struct mx_str url, struct identity_customer_settings *settings) {
    const char *query = url.len ? memchr(url.ptr, '?', url.len) : NULL;
    settings->message = settings->shown = mx_str_n(NULL, 0);
    if (url.len == 0) return MX_OK;
    if (!is_address(url))
        return mx_fail(ctx, MX_E_BAD_INPUT, "message_url",
                       "The address begins with https:// and a host, without a name and password, and holds no spaces.");
    settings->message = mx_seal(ctx, url, settings->id);
    settings->shown = query ? mx_str_n(url.ptr, (size_t)(query - url.ptr)) : url;
    return MX_OK;
}

static mx_status put_settings(struct mx_ctx *ctx, const void *in, void *out) {
    const struct customer_settings_wire *ask = in;
    struct identity_customer_settings settings;
    mx_status st = identity_customer_settings_read(identity_view(ctx), &settings);
    if (st == MX_OK && MX_HAS(customer_settings_wire, ask, message_url)) st = take_address(ctx, ask->message_url, &settings);
    if (st != MX_OK) return st;
    if (ask->message_sign.len && !base_id_valid(ask->message_sign, "whk"))
        return mx_fail(ctx, MX_E_BAD_INPUT, "message_sign", "This is no id of a webhook.");
    if (MX_HAS(customer_settings_wire, ask, message_sign)) settings.sign = ask->message_sign;
    if (MX_HAS(customer_settings_wire, ask, session_hours)) settings.session_hours = ask->session_hours;
    if (MX_HAS(customer_settings_wire, ask, rebind_wait_minutes)) settings.rebind_wait_minutes = ask->rebind_wait_minutes;
    if (MX_HAS(customer_settings_wire, ask, calls_per_minute)) settings.calls_per_minute = ask->calls_per_minute;
    if (MX_HAS(customer_settings_wire, ask, customers_calls_per_minute))
        settings.customers_calls_per_minute = ask->customers_calls_per_minute;
    if (MX_HAS(customer_settings_wire, ask, channels_calls_per_minute)) settings.channels_calls_per_minute = ask->channels_calls_per_minute;
    st = mx_put(ctx, &identity_customer_settings_table, &settings);
    if (st == MX_OK) st = identity_roles_changed(identity_view(ctx), NULL);
    if (st == MX_OK) to_wire(&settings, out);
    return st;
}

const struct mx_op identity_op_customer_settings_get = {.size = sizeof(struct mx_op),
                                                        .flags = MX_OP_QUERY,
                                                        .name = "identity.customer.settings.get",
                                                        .doc = "What holds for customers in their own sessions.",
                                                        .permission = SETTINGS_PERMIT,
                                                        .out = &customer_settings_wire_type,
                                                        .handler = get_settings,
                                                        .since = "0.4"};
const struct mx_op identity_op_customer_settings_put = {.size = sizeof(struct mx_op),
                                                        .name = "identity.customer.settings.put",
                                                        .doc = "Change what holds for customers; what is left out stays.",
                                                        .permission = SETTINGS_PERMIT,
                                                        .in = &customer_settings_wire_type,
                                                        .out = &customer_settings_wire_type,
                                                        .handler = put_settings,
                                                        .since = "0.4"};
