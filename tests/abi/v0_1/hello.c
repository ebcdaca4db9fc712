/* A whole plugin in one file, frozen: it is built against the headers beside it and must run in every later program of
 * the same major version. Do not change it; a new contract gets a folder of its own. */
#include "merx/plugin.h"

struct hello_guest {
    struct mx_rec rec;
    struct mx_str name;
    int64_t greeted;
    int64_t heard;
};
static const struct mx_field hello_guest_fields[] = {
    MX_F_STR(hello_guest, name, MX_REQUIRED, 1, 64, "who"),
    MX_F_INT(hello_guest, greeted, 0, 0, MX_INT_MAX, "how often greeted"),
    MX_F_INT(hello_guest, heard, 0, 0, MX_INT_MAX, "how many events were heard"),
};
MX_TYPE_REC(hello_guest, "hello.guest", "somebody who was greeted");

static const struct mx_table guests = {
    sizeof(struct mx_table), 0, "hello.guests", "who was greeted", &hello_guest_type, "name", NULL, NULL, 0, 0};

struct hello_ask {
    struct mx_str name;
};
static const struct mx_field hello_ask_fields[] = {MX_F_STR(hello_ask, name, MX_REQUIRED, 1, 64, "who")};
MX_TYPE(hello_ask, "hello.ask", "whom to greet");

struct hello_answer {
    int64_t greeted;
    int64_t heard;
};
static const struct mx_field hello_answer_fields[] = {
    MX_F_INT(hello_answer, greeted, 0, 0, MX_INT_MAX, "how often greeted"),
    MX_F_INT(hello_answer, heard, 0, 0, MX_INT_MAX, "how many events were heard"),
};
MX_TYPE(hello_answer, "hello.answer", "what is known");

static const struct mx_event_def greeted = {sizeof(struct mx_event_def), 0, "hello.greeted", "somebody was greeted", &hello_ask_type};

static mx_status guest_of(struct mx_ctx *ctx, struct mx_str name, struct hello_guest **guest) {
    struct hello_guest probe = {.name = name};
    mx_status st = mx_get(ctx, &guests, &probe, guest);
    if (st != MX_NONE) return st;
    *guest = mx_alloc(ctx, sizeof(**guest));
    (*guest)->name = name;
    return MX_OK;
}

static mx_status greet(struct mx_ctx *ctx, const void *in, void *out) {
    const struct hello_ask *ask = in;
    struct hello_guest *guest;
    mx_status st = guest_of(ctx, ask->name, &guest);
    if (st != MX_OK) return st;
    if (mx_str_is(ask->name, "nobody")) return mx_refuse(ctx, "nobody_there", "name", "There is nobody to greet.");
    guest->greeted++;
    ((struct hello_answer *)out)->greeted = guest->greeted;
    st = mx_put(ctx, &guests, guest);
    return st == MX_OK ? mx_emit(ctx, &greeted, ask) : st;
}

static mx_status count(struct mx_ctx *ctx, const void *in, void *out) {
    struct hello_guest *guest;
    mx_status st = guest_of(ctx, ((const struct hello_ask *)in)->name, &guest);
    if (st == MX_OK) *(struct hello_answer *)out = (struct hello_answer){guest->greeted, guest->heard};
    return st;
}

static mx_status on_greeted(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct hello_guest *guest;
    mx_status st = guest_of(ctx, ((const struct hello_ask *)data)->name, &guest);
    (void)event;
    if (st != MX_OK) return st;
    guest->heard++;
    return mx_put(ctx, &guests, guest);
}

static mx_status load(const struct mx_host *host) {
    const struct mx_store_api *store = (const struct mx_store_api *)host->get(host, "mx.store", 0);
    return store && store->size >= sizeof(*store) ? MX_OK : MX_E_BAD_PLUGIN;
}

#define OP(flags, name, doc, permission, fn)                                                                                               \
    {                                                                                                                                      \
        sizeof(struct mx_op), flags, name, doc, permission, &hello_ask_type, &hello_answer_type, fn, NULL, MX_HOME_HERE,                   \
            MX_OFFLINE_REFUSE, "0.1"                                                                                                       \
    }
static const struct mx_op op_greet = OP(0, "hello.greet", "greet somebody", "hello.greet", greet);
static const struct mx_op op_count = OP(MX_OP_QUERY, "hello.count", "count greetings", "hello.read", count);
static const struct mx_subscription hear = {
    sizeof(struct mx_subscription), 0, "hello.greeted", &hello_ask_type, 100, 0, on_greeted, "hello.hear"};

static const struct mx_table *const tables[] = {&guests, NULL};
static const struct mx_op *const ops[] = {&op_greet, &op_count, NULL};
static const struct mx_event_def *const events[] = {&greeted, NULL};
static const struct mx_subscription *const subscriptions[] = {&hear, NULL};

MX_PLUGIN(hello) {
    static const struct mx_plugin plugin = {
        sizeof(struct mx_plugin), 0, 1, "hello", "1.0", "greets", tables, ops, events, subscriptions, .load = load};
    return &plugin;
}
