/* The books of runs go with age: what was wrong, what each made, and the run itself; after 400 days at the latest, sooner when the
 * shop's retention says so. That something was taken in (its keyed hash) stays, so that an old file is not taken in again. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

#include "merx/retail/privacy.h"

#define KEEP_MS   (400 * INT64_C(86400000))
#define LATER_MS  INT64_C(86400000)
#define STEP_ROWS 200

static mx_status drop_errors(struct mx_ctx *ctx, struct mx_str run, int64_t limit, int64_t *rows) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    const struct intake_error probe = {.run = run};
    struct intake_error *error = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &intake_errors, &opts, &probe, &scan);
    while (st == MX_OK && *rows < limit && (st = mx_scan_next(ctx, scan, &error)) == MX_OK) {
        st = mx_delete(ctx, &intake_errors, error);
        ++*rows;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status drop_mades(struct mx_ctx *ctx, struct mx_str run, int64_t limit, int64_t *rows) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    const struct intake_made probe = {.run = run};
    struct intake_made *made = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &intake_mades, &opts, &probe, &scan);
    while (st == MX_OK && *rows < limit && (st = mx_scan_next(ctx, scan, &made)) == MX_OK) {
        st = mx_delete(ctx, &intake_mades, made);
        ++*rows;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* At most `limit` rows together; the run goes last. */
static mx_status drop_run(struct mx_ctx *ctx, const struct intake_run *run, int64_t limit, int64_t *rows) {
    mx_status st = drop_errors(ctx, run->id, limit, rows);
    if (st == MX_OK) st = drop_mades(ctx, run->id, limit, rows);
    if (st != MX_OK || *rows >= limit) return st;
    ++*rows;
    st = ctx->event->due_cancel(ctx, intake_old_op.name, run->id);
    return st < 0 ? st : mx_delete(ctx, &intake_runs, run);
}

static int at_rest(const struct intake_run *run) { return run->state == INTAKE_DONE || run->state == INTAKE_UNDONE; }

/* Ids of runs are in the order of their beginnings. */
static mx_status trim_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_trim *ask = in;
    struct mx_trimmed *trimmed = out;
    struct intake_run *run = NULL;
    struct mx_scan *scan = NULL;
    mx_status st;
    if (!mx_str_is(ask->name, INTAKE_KEPT)) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "Nothing by this name is trimmed here.");
    st = mx_scan_open(ctx, &intake_runs, NULL, NULL, &scan);
    while (st == MX_OK && trimmed->rows < ask->limit && (st = mx_scan_next(ctx, scan, &run)) == MX_OK && run->at < ask->before)
        if (at_rest(run) && run->ended < ask->before) st = drop_run(ctx, run, ask->limit, &trimmed->rows);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status plan(struct mx_ctx *ctx, const struct intake_run *run, int64_t at_ms) {
    const struct intake_ask ask = {run->id};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &intake_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, at_ms, intake_old_op.name, run->id, body) : st;
}

mx_status intake_age(struct mx_ctx *ctx, const struct intake_run *run) { return plan(ctx, run, ctx->expiry_ms + KEEP_MS); }

static mx_status old_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct intake_run *run = NULL;
    int64_t rows = 0;
    mx_status st = intake_run_get(ctx, ((const struct intake_ask *)in)->run, "run", &run);
    (void)out;
    if (st != MX_OK) return st == MX_E_NOT_FOUND ? MX_OK : st;
    if (!at_rest(run)) return plan(ctx, run, ctx->expiry_ms + LATER_MS); /* it is being undone */
    st = drop_run(ctx, run, STEP_ROWS, &rows);
    return st == MX_OK && rows >= STEP_ROWS ? plan(ctx, run, ctx->expiry_ms) : st;
}

const struct mx_op intake_trim_op = INTAKE_OP(MX_OP_INTERNAL, INTAKE_TRIM, "Forget the books of runs that ended long ago.", NULL,
                                              &mx_trim_type, &mx_trimmed_type, trim_handler);
const struct mx_op intake_old_op =
    INTAKE_OP(MX_OP_INTERNAL, "intake.old", "Forget the books of a run that ended long ago.", NULL, &intake_ask_type, NULL, old_handler);
