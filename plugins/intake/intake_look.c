/* Looking at runs: how far they are, what was wrong, what stays. */
#include "internal.h"
#include "ops.h"
#include "views.h"

static void show(const struct intake_run *run, struct intake_view *view) {
    *view = (struct intake_view){.id = run->id,
                                 .mapping = run->mapping,
                                 .channel = run->channel,
                                 .kind = run->kind,
                                 .state = run->state,
                                 .dry_run = run->dry,
                                 .parts = run->parts,
                                 .had = run->had,
                                 .rows = run->rows,
                                 .fresh = run->fresh,
                                 .changed = run->changed,
                                 .same = run->same,
                                 .failed = run->failed,
                                 .made = run->made,
                                 .taken = run->taken,
                                 .left = run->left,
                                 .by = run->by,
                                 .at = run->at,
                                 .ended = run->ended};
}

void intake_show_one(struct mx_ctx *ctx, const struct intake_run *run, struct intake_one *one) {
    one->run = mx_alloc(ctx, sizeof(*one->run));
    show(run, one->run);
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct intake_run *run = NULL;
    mx_status st = intake_run_get(ctx, ((const struct intake_ask *)in)->run, "run", &run);
    if (st == MX_OK) intake_show_one(ctx, run, out);
    return st;
}

static mx_status no_cursor(struct mx_ctx *ctx, mx_status st) {
    return st == MX_E_BAD_INPUT ? mx_fail(ctx, st, "after", "This is no `next` of an earlier page of this list.") : st;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct intake_list_ask *ask = in;
    const struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after, .reverse = 1};
    struct intake_list *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : INTAKE_PAGE, count = 0;
    struct mx_str cursor = {NULL, 0};
    struct intake_run *run = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = no_cursor(ctx, mx_scan_open(ctx, &intake_runs, &opts, NULL, &scan));
    page->runs = mx_list_new(ctx, limit, sizeof(struct intake_view));
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &run)) == MX_OK) {
        if (count == limit) {
            page->next = cursor;
            break;
        }
        cursor = mx_scan_cursor(ctx, scan);
        show(run, mx_list_at(&page->runs, count++));
    }
    page->runs.count = count;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status list_errors(struct mx_ctx *ctx, const struct intake_errors_ask *ask, struct intake_errors_page *page) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .after = ask->after};
    const struct intake_error probe = {.run = ask->run};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : INTAKE_PAGE, count = 0;
    struct mx_str cursor = {NULL, 0};
    struct intake_error *error = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = no_cursor(ctx, mx_scan_open(ctx, &intake_errors, &opts, &probe, &scan));
    page->errors = mx_list_new(ctx, limit, sizeof(struct intake_error_view));
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &error)) == MX_OK) {
        if (count == limit) {
            page->next = cursor;
            break;
        }
        cursor = mx_scan_cursor(ctx, scan);
        *(struct intake_error_view *)mx_list_at(&page->errors, count++) =
            (struct intake_error_view){error->part, error->line, error->column, error->target, error->reason};
    }
    page->errors.count = count;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status list_stays(struct mx_ctx *ctx, struct mx_str run, struct intake_errors_page *page) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    const struct intake_made probe = {.run = run};
    struct intake_made *made = NULL;
    struct mx_scan *scan = NULL;
    uint32_t count = 0;
    mx_status st = mx_scan_open(ctx, &intake_mades, &opts, &probe, &scan);
    page->stays = mx_list_new(ctx, INTAKE_PAGE_MAX, sizeof(struct intake_stay_view));
    while (st == MX_OK && count < INTAKE_PAGE_MAX && (st = mx_scan_next(ctx, scan, &made)) == MX_OK)
        if (made->stays.len)
            *(struct intake_stay_view *)mx_list_at(&page->stays, count++) =
                (struct intake_stay_view){made->kind, made->person, made->id, made->stays};
    page->stays.count = count;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status errors_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct intake_errors_ask *ask = in;
    struct intake_run *run = NULL;
    mx_status st = intake_run_get(ctx, ask->run, "run", &run);
    if (st == MX_OK) st = list_errors(ctx, ask, out);
    return st == MX_OK && run->left ? list_stays(ctx, ask->run, out) : st;
}

const struct mx_op intake_run_get_op =
    INTAKE_OP(MX_OP_QUERY, "intake.run.get", "Show a run.", INTAKE_MAY_READ, &intake_ask_type, &intake_one_type, get_handler);
const struct mx_op intake_run_list_op = INTAKE_OP(MX_OP_QUERY, "intake.run.list", "Show runs, the newest first.", INTAKE_MAY_READ,
                                                  &intake_list_ask_type, &intake_list_type, list_handler);
const struct mx_op intake_errors_op =
    INTAKE_OP(MX_OP_QUERY, "intake.errors", "Show what was wrong in a run, by line and column, and what stays of an undone one.",
              INTAKE_MAY_READ, &intake_errors_ask_type, &intake_errors_page_type, errors_handler);
