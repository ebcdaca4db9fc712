/* A plugin that keeps the writer or a worker busy until the test says go on, and calls that are not waited for. */
#ifndef TESTS_UNIT_OP_BUSY_H
#define TESTS_UNIT_OP_BUSY_H

#include "fixture.h"

static atomic_int busy_gate;  /* 1: whoever waits goes on */
static atomic_int busy_begun; /* how many have begun to wait */
static atomic_int busy_runs;  /* how often a heavy query was run */

static inline void busy_nap(void) {
    struct timespec nap = {0, 1000000};
    nanosleep(&nap, NULL);
}

static inline void busy_until(atomic_int *what, int value) {
    int i;
    for (i = 0; i < 10000 && atomic_load(what) < value; i++) busy_nap();
    CHECK(atomic_load(what) >= value);
}

/* A command that holds the writer. */
static mx_status busy_run_hold(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    (void)in;
    (void)out;
    atomic_fetch_add(&busy_begun, 1);
    while (!atomic_load(&busy_gate)) busy_nap();
    return MX_OK;
}

/* A heavy query that says how far it is. */
static mx_status busy_run_wait(struct mx_ctx *ctx, const void *in, void *out) {
    int64_t n = 0;
    (void)in;
    atomic_fetch_add(&busy_runs, 1);
    do {
        mx_status st = mx_progress(ctx, ++n, 1000);
        if (st != MX_OK) return st;
        if (n == 1) atomic_fetch_add(&busy_begun, 1);
        busy_nap();
    } while (!atomic_load(&busy_gate));
    ((struct toy_value *)out)->value = n;
    return MX_OK;
}

static mx_status busy_run_see(struct mx_ctx *ctx, struct mx_str name, int64_t *value) {
    struct toy_counter probe = {0}, *found = NULL;
    mx_status st;
    probe.name = name;
    st = mx_get(ctx, &toy_counters, &probe, &found);
    *value = st == MX_OK ? found->value : 0;
    return st == MX_NONE ? MX_OK : st;
}

/* Two slices of a walk with a fresh snapshot between them: value = 100 * what the old one showed + what the new one shows,
 * less 10000 when the old walk went on. */
static mx_status busy_run_slices(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct toy_counter *record = NULL;
    struct mx_scan *scan, *old;
    int64_t before = 0, after = 0, odd = 0;
    mx_status st = mx_scan_open(ctx, &toy_counters, &opts, NULL, &old);
    (void)in;
    if (st == MX_OK) st = mx_scan_next(ctx, old, &record);
    if (st == MX_OK) st = busy_run_see(ctx, mx_str_of("b"), &before);
    opts.after = mx_dup(ctx, mx_scan_cursor(ctx, old));
    atomic_fetch_add(&busy_begun, 1);
    while (!atomic_load(&busy_gate)) busy_nap();
    if (st == MX_OK) st = mx_read_anew(ctx);
    if (st == MX_OK && mx_scan_next(ctx, old, &record) == MX_OK) odd = 10000;
    if (st == MX_OK) st = mx_scan_open(ctx, &toy_counters, &opts, NULL, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &record);
    if (st == MX_OK) after = mx_str_is(record->name, "b") ? record->value : -1;
    ((struct toy_value *)out)->value = 100 * before + after - odd;
    return st;
}

#define BUSY_PAGES      200
#define BUSY_PAGE_BYTES (64u << 10)

/* Far more memory than a query should hold, slice by slice; value = what the last slice showed. */
static mx_status busy_run_pages(struct mx_ctx *ctx, const void *in, void *out) {
    struct toy_value *value = (struct toy_value *)out;
    const struct mx_shop *shop = mx_shop_of(ctx);
    mx_status st = MX_OK;
    int i;
    (void)in;
    for (i = 0; i < BUSY_PAGES && st == MX_OK; i++) {
        st = mx_slice(ctx);
        memset(mx_alloc(ctx, BUSY_PAGE_BYTES), 1, BUSY_PAGE_BYTES);
        shop = mx_shop_of(ctx);
        if (st == MX_OK) st = busy_run_see(ctx, mx_str_of("b"), &value->value);
        if (i == 0) atomic_fetch_add(&busy_begun, 1);
        while (i == 0 && !atomic_load(&busy_gate)) busy_nap();
    }
    mx_slices_end(ctx);
    if (st == MX_OK && shop->currency.len != 3) value->value = -1;
    return st;
}

static mx_status busy_run_door(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    (void)in;
    ((struct toy_value *)out)->value = 1;
    return MX_OK;
}

struct busy_secret {
    struct mx_str name;
    struct mx_str pin;
};
static const struct mx_field busy_secret_fields[] = {
    MX_F_STR(busy_secret, name, MX_REQUIRED, 1, 40, "counter"),
    MX_F_STR(busy_secret, pin, MX_REQUIRED | MX_SECRET, 1, 8, "a secret"),
};
MX_TYPE(busy_secret, "busy.secret", "something that nobody may see");

static mx_status busy_run_secret(struct mx_ctx *ctx, const void *in, void *out) {
    return toy_count(ctx, ((const struct busy_secret *)in)->name, 1, &((struct toy_value *)out)->value);
}

/* A check of `merx verify` that takes its time. */
static mx_status busy_check(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    int64_t value[1];
    (void)found;
    (void)arg;
    return busy_run_wait(ctx, NULL, value);
}

TOY_OP(busy_op_hold, 0, "busy.hold", "busy.use", NULL, NULL, busy_run_hold, NULL);
TOY_OP(busy_op_wait, MX_OP_QUERY | MX_OP_HEAVY, "busy.wait", "busy.use", NULL, &toy_value_type, busy_run_wait, NULL);
TOY_OP(busy_op_slices, MX_OP_QUERY | MX_OP_HEAVY, "busy.slices", "busy.use", NULL, &toy_value_type, busy_run_slices, NULL);
TOY_OP(busy_op_pages, MX_OP_QUERY | MX_OP_HEAVY, "busy.pages", "busy.use", NULL, &toy_value_type, busy_run_pages, NULL);
TOY_OP(busy_op_door, MX_OP_QUERY | MX_OP_PUBLIC, "busy.door", NULL, NULL, &toy_value_type, busy_run_door, NULL);
TOY_OP(busy_op_secret, 0, "busy.secret", "busy.use", &busy_secret_type, &toy_value_type, busy_run_secret, NULL);

static const struct mx_op *const busy_ops[] = {&busy_op_hold,   &busy_op_wait, &busy_op_slices, &busy_op_pages, &busy_op_door,
                                               &busy_op_secret, NULL};
static const struct mx_check busy_checks_one = {"busy", busy_check};
static const struct mx_check *const busy_checks[] = {&busy_checks_one, NULL};
static const struct mx_grant busy_granted[] = {
    {"manager", "busy.use"}, {"cashier", "busy.use"}, {"channel", "busy.use"}, {"auditor", "busy.use"}};
static const struct mx_grant *const busy_grants[] = {&busy_granted[0], &busy_granted[1], &busy_granted[2], &busy_granted[3], NULL};
static const struct mx_plugin busy_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                             .abi_minor = MX_ABI_MINOR,
                                             .name = "busy",
                                             .version = "1",
                                             .summary = "keeps others waiting",
                                             .ops = busy_ops,
                                             .checks = busy_checks,
                                             .grants = busy_grants};

/* A shop with these options and the plugin. */
static inline int busy_open(struct fixture *f, const struct op_opts *opts) {
    memset(f, 0, sizeof(*f));
    if (opts) f->opts = *opts;
    atomic_store(&busy_gate, 0);
    atomic_store(&busy_begun, 0);
    atomic_store(&busy_runs, 0);
    if (!fixture_open_idle(f) || !fixture_make_owner(f)) return 0;
    if (op_plugin_add(f->op, &busy_plugin, NULL) != MX_OK || op_freeze(f->op, NULL) != MX_OK) return 0;
    return op_start(f->op, NULL) == MX_OK;
}

/* ---- calls that are not waited for ---- */

struct pending {
    struct op_call call;
    atomic_int done;
};

static inline void busy_done(struct op_call *call) { atomic_store((atomic_int *)call->arg, 1); }

static inline struct pending *busy_send_body(struct fixture *f, const struct identity_principal *who, const char *op, const char *body) {
    struct pending *pending = calloc(1, sizeof(*pending));
    char *key = calloc(1, 32);
    snprintf(key, 32, "busy-%d", ++f->keys_made);
    fixture_prepare(f, &pending->call, who, op, key, body);
    pending->call.arena = base_arena_new(4096);
    pending->call.done = busy_done;
    pending->call.arg = &pending->done;
    op_submit(f->op, &pending->call);
    return pending;
}

static inline struct pending *busy_send(struct fixture *f, const struct identity_principal *who, const char *op) {
    return busy_send_body(f, who, op, "");
}

/* Wait for its answer: its HTTP status. */
static inline int busy_take(struct pending *pending) {
    int status;
    busy_until(&pending->done, 1);
    status = pending->call.http_status;
    base_arena_free(pending->call.arena);
    free((char *)(uintptr_t)pending->call.key.ptr);
    free(pending);
    return status;
}

#endif
