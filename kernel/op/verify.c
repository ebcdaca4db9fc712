/* Verify everything: the store's records and indexes, the log's chain, and what each plugin says must add up. */
#include "op/internal.h"

struct look {
    struct op_kernel *op;
    struct op_ctx *asked; /* the query behind it; NULL = the command line */
    mx_found_fn found;
    void *arg;
    unsigned findings;
    int64_t before; /* what the earlier parts of the look have done */
};

struct relay {
    mx_found_fn found;
    void *arg;
    const char *check;
};

static void count_finding(void *arg, const char *what) {
    struct look *look = arg;
    look->findings++;
    if (look->found) look->found(look->arg, what);
}

static int goes_on(void *arg, int64_t done, int64_t total) {
    const struct look *look = arg;
    return !look->asked || op_ctx_progress(&look->asked->pub, look->before + done, total ? look->before + total : 0) == MX_OK;
}

static void name_check(void *arg, const char *what) {
    const struct relay *relay = arg;
    struct base_buf line;
    base_buf_init(&line, NULL);
    base_buf_printf(&line, "%s: %s", relay->check, what);
    base_buf_char(&line, 0);
    relay->found(relay->arg, line.ptr);
    base_buf_fini(&line);
}

static mx_status run_check(struct look *look, struct op_owner *owner, const struct mx_check *check) {
    struct relay relay = {count_finding, look, check->name};
    struct op_kernel *op = look->op;
    struct identity_principal system;
    struct base_arena *arena = base_arena_new(65536);
    struct store_view *view;
    struct op_ctx ctx;
    mx_status st = store_read_begin(op->opts.store, arena, &view);
    identity_system(&system);
    if (st == MX_OK) {
        op_ctx_init(&ctx, op, arena, view, &system, check->name, owner, 1, op_now(op));
        ctx.running = look->asked ? look->asked->running : NULL;
        st = check->fn(&ctx.pub, name_check, &relay);
        if (st == MX_DECLINED || st == MX_DONE) st = MX_OK;
        if (st != MX_OK && st != MX_E_CANCELLED)
            name_check(&relay, ctx.error.message[0] ? ctx.error.message : "the check could not be finished");
        if (st != MX_E_IO && st != MX_E_CANCELLED) st = MX_OK; /* it was said; the other checks go on */
        store_read_end(ctx.view);
    }
    base_arena_free(arena);
    return st;
}

static mx_status run_checks(struct look *look) {
    struct op_owner *owner;
    mx_status st = MX_OK;
    uint32_t i;
    for (owner = look->op->owners; st == MX_OK && owner; owner = owner->next)
        for (i = 0; st == MX_OK && owner->plugin.checks && owner->plugin.checks[i]; i++) {
            st = goes_on(look, 0, 0) ? MX_OK : MX_E_CANCELLED;
            if (st == MX_OK) st = run_check(look, owner, owner->plugin.checks[i]);
        }
    return st;
}

mx_status op_verify_for(struct op_kernel *op, struct op_ctx *asked, mx_found_fn found, void *arg, uint64_t *records) {
    struct look look = {op, asked, found, arg, 0, 0};
    struct store_pace pace = {goes_on, &look};
    uint64_t count = 0;
    mx_status st = store_verify_paced(op->opts.store, count_finding, &look, &pace, &count);
    look.before = (int64_t)count;
    if (st == MX_OK) st = bus_verify_paced(op->opts.bus, 1, count_finding, &look, &pace);
    if (st == MX_OK) st = op_checkpoint_verify(op, count_finding, &look);
    if (st == MX_OK) st = run_checks(&look);
    if (st == MX_OK) atomic_store(&op->findings, look.findings);
    if (st == MX_OK && records) *records = count;
    return st;
}

mx_status op_verify(struct op_kernel *op, mx_found_fn found, void *arg, uint64_t *records) {
    return op_verify_for(op, NULL, found, arg, records);
}
