/* Messages of a channel, signed the Standard Webhooks way with the secret of its mapping. */
#include <stdio.h>

#include "internal.h"
#include "merx/hook.h"
#include "ops.h"
#include "views.h"

/* A secret of a mapping; for one that there is not, something that nobody knows. 1 when it is a true one. */
static int open_secret(struct mx_ctx *ctx, struct mx_str sealed, struct mx_str name, struct mx_str *secret) {
    uint8_t *nobodys = mx_alloc(ctx, MX_HASH_BYTES);
    if (sealed.len && mx_unseal(ctx, sealed, name, secret) == MX_OK) return 1;
    mx_keyed_hash(ctx, "nobody's secret", name, nobodys);
    *secret = mx_str_n((const char *)nobodys, MX_HASH_BYTES);
    return 0;
}

static mx_status find_mapping(struct mx_ctx *ctx, struct mx_str name, struct intake_mapping **mapping) {
    const struct intake_mapping probe = {.name = name};
    mx_status st = mx_get(ctx, &intake_mappings, &probe, mapping);
    if (st == MX_NONE) *mapping = NULL;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status check_signature(struct mx_ctx *ctx, const struct mx_hook *hook, const struct intake_mapping *mapping) {
    const struct mx_str none = {NULL, 0};
    const struct mx_str both[] = {mapping ? mapping->secret : none,
                                  mapping && mapping->before_until > ctx->expiry_ms ? mapping->before : none};
    int good = 0;
    uint32_t i;
    for (i = 0; i < 2; i++) { /* both are tried, always: nobody learns from the time it takes which one there is */
        struct mx_str secret;
        int true_one = open_secret(ctx, both[i], hook->name, &secret);
        good |= mx_hook_signed(ctx, hook, secret) == MX_OK && true_one;
    }
    if (good) return MX_OK;
    return mx_fail(ctx, MX_E_NO_KEY, NULL, "The message is not signed as it should be.");
}

/* The sum over a long message is made on a thread of its own, and strangers get no further. */
static mx_status hook_prepare(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_hook *hook = in;
    struct intake_mapping *mapping = NULL;
    mx_status st = find_mapping(ctx, hook->name, &mapping);
    (void)out;
    if (st == MX_OK) st = check_signature(ctx, hook, mapping);
    if (st == MX_OK) mx_keep(ctx, &mapping->rec.rev);
    return st;
}

static mx_status take_in(struct mx_ctx *ctx, const struct mx_hook *hook, const struct intake_mapping *mapping, struct intake_run *run) {
    if (hook->body.len == 0) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "body", "The message is empty.");
    if (hook->body.len > INTAKE_DATA_MAX) return mx_fail(ctx, MX_E_TOO_LARGE, "body", "A message has at most %u bytes.", INTAKE_DATA_MAX);
    return intake_begin(ctx, mapping, hook->body, 1, 0, run);
}

/* A message that came before is answered with the run that it began. */
static mx_status hook_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_hook *hook = in;
    struct mx_str id = mx_hook_header(hook, "webhook-id");
    struct intake_run fresh = {.had = 0}, *run = NULL;
    struct intake_mapping *mapping = NULL;
    char *told = mx_alloc(ctx, (size_t)hook->name.len + id.len + 2);
    int len = sprintf(told, "%.*s\n%.*s", (int)hook->name.len, hook->name.ptr, (int)id.len, id.ptr ? id.ptr : "");
    mx_status st = find_mapping(ctx, hook->name, &mapping);
    if (st == MX_OK && (!mapping || mapping->rec.rev != *(const int64_t *)mx_kept(ctx))) st = check_signature(ctx, hook, mapping);
    if (st != MX_OK) return st;
    fresh.message = intake_hash(ctx, "message", mx_str_n(told, (size_t)len));
    st = mx_find(ctx, &intake_runs, "message", &fresh, &run);
    if (st == MX_NONE) st = take_in(ctx, hook, mapping, run = &fresh);
    if (st == MX_OK) intake_show_one(ctx, run, out);
    return st;
}

const struct mx_op intake_hook_op = {.size = sizeof(struct mx_op),
                                     .flags = MX_OP_HOOK | MX_OP_PUBLIC,
                                     .name = "intake.hook",
                                     .doc = "Take in a message of a channel that is signed with the secret of the mapping in the path.",
                                     .in = &mx_hook_type,
                                     .out = &intake_one_type,
                                     .handler = hook_handler,
                                     .prepare = hook_prepare,
                                     .home = MX_HOME_HEADQUARTERS,
                                     .offline = MX_OFFLINE_REFUSE,
                                     .since = "0.4"};
