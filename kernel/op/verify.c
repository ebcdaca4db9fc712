/* Verify everything: the store's records and indexes, the log's chain, and what each plugin says must add up. */
#include "op/internal.h"

struct relay {
    mx_found_fn found;
    void *arg;
    const char *check;
};

static void name_check(void *arg, const char *what) {
    const struct relay *relay = arg;
    struct base_buf line;
    base_buf_init(&line, NULL);
    base_buf_printf(&line, "%s: %s", relay->check, what);
    base_buf_char(&line, 0);
    relay->found(relay->arg, line.ptr);
    base_buf_fini(&line);
}

static mx_status run_check(struct op_kernel *op, struct op_owner *owner, const struct mx_check *check, mx_found_fn found, void *arg) {
    struct relay relay = {found, arg, check->name};
    struct identity_principal system;
    struct base_arena *arena = base_arena_new(65536);
    struct store_view *view;
    struct op_ctx ctx;
    mx_status st = store_read_begin(op->opts.store, arena, &view);
    identity_system(&system);
    if (st == MX_OK) {
        op_ctx_init(&ctx, op, arena, view, &system, check->name, owner, 1, op_now(op));
        st = check->fn(&ctx.pub, name_check, &relay);
        if (st == MX_DECLINED || st == MX_DONE) st = MX_OK;
        if (st != MX_OK) name_check(&relay, ctx.error.message[0] ? ctx.error.message : "the check could not be finished");
        if (st != MX_E_IO) st = MX_OK; /* it was said; the other checks go on */
        store_read_end(view);
    }
    base_arena_free(arena);
    return st;
}

mx_status op_verify(struct op_kernel *op, mx_found_fn found, void *arg, uint64_t *records) {
    struct op_owner *owner;
    uint32_t i;
    mx_status st = store_verify(op->opts.store, found, arg, records);
    if (st == MX_OK) st = bus_verify(op->opts.bus, 1, found, arg);
    for (owner = op->owners; st == MX_OK && owner; owner = owner->next)
        for (i = 0; st == MX_OK && owner->plugin.checks && owner->plugin.checks[i]; i++)
            st = run_check(op, owner, owner->plugin.checks[i], found, arg);
    return st;
}
