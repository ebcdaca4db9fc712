/* A whole plugin in one file, frozen: it is built against the headers beside it and must run in every later program of
 * the same major version. It uses what 0.2 brought: progress of a heavy query, messages to the outside world, calls by name.
 * Do not change it; a new contract gets a folder of its own. */
#include "merx/plugin.h"

struct hello_in {
    struct mx_str name;
};
static const struct mx_field hello_in_fields[] = {MX_F_STR(hello_in, name, 0, 0, 64, "who")};
MX_TYPE(hello_in, "hello.in", "whom to greet");

struct hello_out {
    struct mx_str id;
    struct mx_str shop;
    int64_t counted;
    int64_t query;
};
static const struct mx_field hello_out_fields[] = {
    MX_F_ID(hello_out, id, 0, "out", "the message"),
    MX_F_JSON(hello_out, shop, 0, 4096, "the shop's settings"),
    MX_F_INT(hello_out, counted, 0, 0, MX_INT_MAX, "how far it counted"),
    MX_F_BOOL(hello_out, query, 0, "the operation only reads"),
};
MX_TYPE(hello_out, "hello.out", "what came of it");

/* Send a greeting out of the shop; it leaves after the commit, or waits. */
static mx_status greet(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_pair header = {mx_str_of("x-hello"), mx_str_of("1")};
    struct mx_send send = {.size = sizeof(send), .tries = 2, .timeout_ms = 1000, .result_op = "hello.heard"};
    const struct hello_in *ask = in;
    struct hello_out *answer = out;
    if (ask->name.len == 0) return mx_refuse(ctx, "nobody_there", "name", "There is nobody to greet.");
    send.url = mx_str_of("https://greetings.example/in");
    send.headers = (struct mx_list){&header, 1, sizeof(header)};
    send.body = mx_str_of("{}");
    send.ref = ask->name;
    return mx_send(ctx, &send, &answer->id);
}

/* What became of it comes back as a command. */
static mx_status heard(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    (void)in;
    (void)out;
    return MX_OK;
}

/* Call an operation that this plugin does not know at compile time. */
static mx_status look(struct mx_ctx *ctx, const void *in, void *out) {
    struct hello_out *answer = out;
    uint32_t flags = 0;
    mx_status st = mx_operation(ctx, mx_str_of("shop.settings.get"), &flags);
    (void)in;
    answer->query = (flags & MX_OP_QUERY) != 0;
    if (mx_operation(ctx, mx_str_of("no.such"), &flags) != MX_NONE)
        return mx_fail(ctx, MX_E_INTERNAL, NULL, "An operation out of nowhere.");
    return st == MX_OK ? mx_call_json(ctx, NULL, mx_str_of("shop.settings.get"), mx_str_of("{}"), &answer->shop) : st;
}

/* A heavy query that says how far it is. */
static mx_status count(struct mx_ctx *ctx, const void *in, void *out) {
    struct hello_out *answer = out;
    mx_status st = ctx->expiry_ms > 0 && ctx->expiry_ms <= ctx->now_ms ? MX_OK : MX_E_INTERNAL;
    (void)in;
    for (; st == MX_OK && answer->counted < 1000; answer->counted++) st = mx_progress(ctx, answer->counted, 1000);
    return st;
}

#define OP(flags, name, doc, permission, in, fn)                                                                                           \
    { sizeof(struct mx_op), flags, name, doc, permission, in, &hello_out_type, fn, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.2" }
static const struct mx_op op_greet = OP(0, "hello.greet", "Greet somebody far away.", "hello.greet", &hello_in_type, greet);
static const struct mx_op op_heard = OP(MX_OP_INTERNAL, "hello.heard", "Hear what came of it.", NULL, &mx_send_result_type, heard);
static const struct mx_op op_look = OP(MX_OP_QUERY, "hello.look", "Look at the shop.", "hello.read", &hello_in_type, look);
static const struct mx_op op_count = OP(MX_OP_QUERY | MX_OP_HEAVY, "hello.count", "Count slowly.", "hello.read", &hello_in_type, count);

static mx_status load(const struct mx_host *host) {
    const struct mx_op_api *op = (const struct mx_op_api *)host->get(host, "mx.op", 0);
    return op && op->size >= sizeof(*op) ? MX_OK : MX_E_BAD_PLUGIN;
}

MX_PLUGIN(hello) {
    static const struct mx_op *const ops[] = {&op_greet, &op_heard, &op_look, &op_count, NULL};
    static const struct mx_grant reader = {"auditor", "hello.read"};
    static const struct mx_grant *const grants[] = {&reader, NULL};
    static const struct mx_plugin plugin = {.size = sizeof(plugin),
                                            .abi_minor = 2,
                                            .name = "hello",
                                            .version = "1.0",
                                            .summary = "greets",
                                            .ops = ops,
                                            .load = load,
                                            .grants = grants};
    return &plugin;
}
