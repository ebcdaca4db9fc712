/* A partner's plugin for test_basis.py: knows guests by what they are known by, as a shop's own page would. */
#include <stdio.h>

#include "merx/plugin.h"

struct guest_ask {
    struct mx_str kind;
    struct mx_str value;
};
static const struct mx_field guest_ask_fields[] = {
    MX_F_STR(guest_ask, kind, MX_REQUIRED, 1, 15, "kind of identifier"),
    MX_F_STR(guest_ask, value, MX_REQUIRED | MX_PII, 1, 128, "identifier"),
};
MX_TYPE(guest_ask, "guests.ask", "what a guest is known by");

struct guest {
    struct mx_str person;
};
static const struct mx_field guest_fields[] = {
    MX_F_ID(guest, person, MX_REQUIRED, "per", "the guest"),
};
MX_TYPE(guest, "guests.guest", "a guest");

static mx_status make(struct mx_ctx *ctx, const void *in, void *out) {
    const struct guest_ask *ask = in;
    struct guest *guest = out;
    char kind[16];
    mx_status st = ctx->identity->person_new(ctx, &guest->person);
    snprintf(kind, sizeof(kind), "%.*s", (int)ask->kind.len, ask->kind.ptr);
    return st == MX_OK ? ctx->identity->person_link(ctx, guest->person, kind, ask->value) : st;
}

static const struct mx_op op_make = {.size = sizeof(struct mx_op),
                                     .name = "guests.make",
                                     .doc = "Know a guest.",
                                     .permission = "guests.do",
                                     .in = &guest_ask_type,
                                     .out = &guest_type,
                                     .handler = make,
                                     .since = "1.0"};

MX_PLUGIN(guests) {
    static const struct mx_op *const ops[] = {&op_make, NULL};
    static const struct mx_plugin plugin = {
        .size = sizeof(plugin), .abi_minor = 4, .name = "guests", .version = "1.0", .summary = "guests of a page", .ops = ops};
    return &plugin;
}
