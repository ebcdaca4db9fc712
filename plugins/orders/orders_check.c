/* The books of the orders, for `merx verify`: every order is the sum of its lines, every line of its runs; what came back
 * is what the returns say, and never more than was sold. */
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

struct check {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
};

static void say(const struct check *check, struct mx_str id, int64_t line, const char *what) {
    char text[200];
    if (line)
        snprintf(text, sizeof(text), "%.*s line %" PRId64 ": %s", (int)id.len, id.ptr, line, what);
    else
        snprintf(text, sizeof(text), "%.*s: %s", (int)id.len, id.ptr, what);
    check->found(check->arg, text);
}

/* ---- an order and its lines ---- */

static void check_runs(const struct check *check, const struct line_rec *line) {
    int64_t at = 0, total = 0, tax = 0, points = 0, discount = 0;
    uint32_t i, j;

    for (i = 0; i < line->runs.count; i++) {
        const struct order_run *run = mx_list_at(&line->runs, i);
        if (run->from != at || run->to <= run->from) say(check, line->order, line->line, "its runs do not follow each other");
        at = run->to;
        total += run->total;
        tax += run->tax;
        points += run->points;
        for (j = 0; j < run->discounts.count; j++) discount += ((const struct order_discount *)mx_list_at(&run->discounts, j))->amount;
    }
    if (at != line->qty) say(check, line->order, line->line, "its runs do not cover its quantity");
    if (total != line->total || tax != line->tax) say(check, line->order, line->line, "its runs do not sum to it");
    if (points != line->points) say(check, line->order, line->line, "the points of its runs do not sum to it");
    if (discount != line->discount) say(check, line->order, line->line, "the discounts of its runs do not sum to it");
}

static mx_status returned_of(struct mx_ctx *ctx, const struct line_rec *line, int64_t *qty) {
    struct returned_rec probe, *returned;
    mx_status st;
    memset(&probe, 0, sizeof(probe));
    probe.order = line->order;
    probe.line = line->line;
    st = mx_get(ctx, &orders_returned, &probe, &returned);
    *qty = st == MX_OK ? returned->qty : 0;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status check_lines(const struct check *check, const struct order_rec *head) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    int64_t total = 0, tax = 0, discount = 0, points = 0, lines = 0, left = 0, returned;
    struct line_rec probe, *line;
    struct mx_scan *scan;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.order = head->id;
    st = mx_scan_open(check->ctx, &orders_lines, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(check->ctx, scan, &line)) == MX_OK) {
        check_runs(check, line);
        st = returned_of(check->ctx, line, &returned);
        if (returned > line->qty) say(check, line->order, line->line, "more came back than was sold");
        total += line->total;
        tax += line->tax;
        discount += line->discount;
        points += line->points;
        left += line->qty - returned;
        lines++;
    }
    if (st != MX_DONE) return st;
    if (lines != head->line_count) say(check, head->id, 0, "lines are missing");
    if (total != head->total || tax != head->tax || discount != head->discount) say(check, head->id, 0, "its lines do not sum to it");
    if (points != head->points_earned) say(check, head->id, 0, "the points of its lines do not sum to it");
    if (left != head->units_left) say(check, head->id, 0, "it counts other units as returned than its lines");
    return MX_OK;
}

/* ---- an order and its returns ---- */

static mx_status check_refunds(const struct check *check, const struct order_rec *head) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "order"};
    struct return_line_rec probe, *line;
    int64_t refund = 0, kept = 0;
    struct mx_scan *scan;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.order = head->id;
    st = mx_scan_open(check->ctx, &orders_return_lines, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(check->ctx, scan, &line)) == MX_OK) {
        refund += line->refund;
        kept += line->kept;
    }
    if (st != MX_DONE) return st;
    if (refund != head->refunded) say(check, head->id, 0, "its returns do not sum to what it says was given back");
    if (refund + kept > head->total) say(check, head->id, 0, "more was given back than was paid");
    if (head->units_left == 0 && refund + kept != head->total) say(check, head->id, 0, "all of it came back, but not all of its price");
    return MX_OK;
}

static mx_status check_orders(const struct check *check) {
    struct mx_scan_opts opts = {.size = sizeof(opts)};
    struct order_rec *head;
    struct mx_scan *scan;
    mx_status st = mx_scan_open(check->ctx, &orders_heads, &opts, NULL, &scan);

    while (st == MX_OK && (st = mx_scan_next(check->ctx, scan, &head)) == MX_OK) {
        st = check_lines(check, head);
        if (st == MX_OK) st = check_refunds(check, head);
    }
    return st == MX_DONE ? MX_OK : st;
}

/* ---- returns and their lines ---- */

static mx_status check_return(const struct check *check, const struct return_rec *head) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct return_line_rec probe, *line;
    int64_t refund = 0, tax = 0, lines = 0;
    struct mx_scan *scan;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.return_id = head->id;
    st = mx_scan_open(check->ctx, &orders_return_lines, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(check->ctx, scan, &line)) == MX_OK) {
        refund += line->refund;
        tax += line->tax;
        lines++;
    }
    if (st != MX_DONE) return st;
    if (lines != head->line_count) say(check, head->id, 0, "lines are missing");
    if (refund != head->refund || tax != head->tax) say(check, head->id, 0, "its lines do not sum to it");
    return MX_OK;
}

static mx_status check_returns(const struct check *check) {
    struct mx_scan_opts opts = {.size = sizeof(opts)};
    struct return_rec *head;
    struct mx_scan *scan;
    mx_status st = mx_scan_open(check->ctx, &orders_returns, &opts, NULL, &scan);

    while (st == MX_OK && (st = mx_scan_next(check->ctx, scan, &head)) == MX_OK) st = check_return(check, head);
    return st == MX_DONE ? MX_OK : st;
}

mx_status orders_check_totals(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct check check = {ctx, found, arg};
    mx_status st = check_orders(&check);
    return st == MX_OK ? check_returns(&check) : st;
}
