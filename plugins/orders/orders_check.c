/* The books of the orders, for `merx verify`: every order is the sum of its lines, every line of its runs; what came back
 * is what the returns say, and never more than was sold.
 *
 * Heads, lines, what came back and the lines of returns all stand in the order of order ids, so one walk over each,
 * side by side, sees everything once. */
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

static const char no_order[] = "its order is not there";
static const char no_line[] = "units came back of a line that is not there";
static const char no_return[] = "its return is not there";

/* A walk that can look at its next record before it takes it. Records are lent: the next one takes their memory. */
struct walk {
    struct mx_scan *scan;
    void *next; /* NULL: at the end */
};

struct check {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
    struct walk heads, lines, returned, return_lines;
};

static void say(const struct check *check, struct mx_str id, int64_t line, const char *what) {
    char text[200];
    if (line)
        snprintf(text, sizeof(text), "%.*s line %" PRId64 ": %s", (int)id.len, id.ptr, line, what);
    else
        snprintf(text, sizeof(text), "%.*s: %s", (int)id.len, id.ptr, what);
    check->found(check->arg, text);
}

static mx_status advance(struct check *check, struct walk *walk) {
    mx_status st = mx_scan_next(check->ctx, walk->scan, &walk->next);
    if (st == MX_DONE) walk->next = NULL;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status begin(struct check *check, struct walk *walk, const struct mx_table *table, const char *index) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = index, .lend = 1};
    mx_status st = mx_scan_open(check->ctx, table, &opts, NULL, &walk->scan);
    return st == MX_OK ? advance(check, walk) : st;
}

/* Name and pass by whatever stands before `id` in a walk (NULL: all that is left): it belongs to nothing. id_at: place of
 * the id in the walk's records. */
static mx_status pass_strays(struct check *check, struct walk *walk, size_t id_at, const struct mx_str *id, const char *what) {
    mx_status st = MX_OK;
    while (st == MX_OK && walk->next) {
        const struct mx_str *its_id = (const struct mx_str *)(const void *)((const char *)walk->next + id_at);
        if (id && mx_str_cmp(*its_id, *id) >= 0) break;
        say(check, *its_id, 0, what);
        st = advance(check, walk);
    }
    return st;
}

/* ---- a line and its runs ---- */

static void check_runs(const struct check *check, const struct line_rec *line) {
    int64_t at = 0, amount = 0, total = 0, tax = 0, points = 0, discount = 0;
    uint32_t i, j;

    for (i = 0; i < line->runs.count; i++) {
        const struct mx_run *run = mx_list_at(&line->runs, i);
        if (run->from != at || run->to <= run->from) say(check, line->order, line->line, "its runs do not follow each other");
        at = run->to;
        amount += run->amount;
        total += run->total;
        tax += run->tax;
        points += run->points;
        for (j = 0; j < run->discounts.count; j++) discount += ((const struct mx_discount *)mx_list_at(&run->discounts, j))->amount;
    }
    if (at != line->qty) say(check, line->order, line->line, "its runs do not cover its quantity");
    if (total != line->total || tax != line->tax) say(check, line->order, line->line, "its runs do not sum to it");
    if (points != line->points) say(check, line->order, line->line, "the points of its runs do not sum to it");
    if (discount != line->discount) say(check, line->order, line->line, "the discounts of its runs do not sum to it");
    if (amount - discount != total && amount - discount + tax != total)
        say(check, line->order, line->line, "its price less its discounts is not its total");
}

/* How much of the line came back. */
static mx_status take_returned(struct check *check, const struct line_rec *line, int64_t *qty) {
    const struct returned_rec *returned;
    mx_status st = MX_OK;

    *qty = 0;
    while (st == MX_OK && (returned = check->returned.next) && mx_str_eq(returned->order, line->order) && returned->line <= line->line) {
        if (returned->line == line->line)
            *qty = returned->qty;
        else
            say(check, returned->order, returned->line, no_line);
        if (returned->line == line->line && returned->qty > line->qty) say(check, line->order, line->line, "more came back than was sold");
        st = advance(check, &check->returned);
    }
    return st;
}

/* ---- an order, its lines and its returns ---- */

/* back: how much of its lines came back, all together. */
static mx_status check_lines(struct check *check, const struct order_rec *head, int64_t *back) {
    int64_t total = 0, tax = 0, discount = 0, points = 0, lines = 0, left = 0, returned;
    const struct line_rec *line;
    mx_status st = pass_strays(check, &check->lines, offsetof(struct line_rec, order), &head->id, no_order);

    *back = 0;
    if (st == MX_OK) st = pass_strays(check, &check->returned, offsetof(struct returned_rec, order), &head->id, no_line);
    while (st == MX_OK && (line = check->lines.next) && mx_str_eq(line->order, head->id)) {
        check_runs(check, line);
        st = take_returned(check, line, &returned);
        total += line->total;
        tax += line->tax;
        discount += line->discount;
        points += line->points;
        left += line->qty - returned;
        *back += returned;
        lines++;
        if (st == MX_OK) st = advance(check, &check->lines);
    }
    if (lines != head->line_count) say(check, head->id, 0, "lines are missing");
    if (total != head->total || tax != head->tax || discount != head->discount) say(check, head->id, 0, "its lines do not sum to it");
    if (points != head->points_earned) say(check, head->id, 0, "the points of its lines do not sum to it");
    if (left != head->units_left) say(check, head->id, 0, "it counts other units as returned than its lines");
    return st;
}

static mx_status check_refunds(struct check *check, const struct order_rec *head, int64_t back) {
    int64_t refund = 0, kept = 0, qty = 0, points = 0;
    const struct return_line_rec *line;
    mx_status st = pass_strays(check, &check->return_lines, offsetof(struct return_line_rec, order), &head->id, no_order);

    while (st == MX_OK && (line = check->return_lines.next) && mx_str_eq(line->order, head->id)) {
        refund += line->refund;
        kept += line->kept;
        qty += line->qty;
        points += line->points;
        st = advance(check, &check->return_lines);
    }
    if (refund != head->refunded) say(check, head->id, 0, "its returns do not sum to what it says was given back");
    if (qty != back) say(check, head->id, 0, "its returns do not sum to the units that came back");
    if (refund + kept > head->total) say(check, head->id, 0, "more was given back than was paid");
    if (head->units_left == 0 && refund + kept != head->total) say(check, head->id, 0, "all of it came back, but not all of its price");
    if (head->units_left == 0 && points != head->points_earned) say(check, head->id, 0, "all of it came back, but not all of its points");
    if (head->state == ORDER_VOID && qty == 0 && head->units_left) return st;
    if ((qty == 0) != (head->state == ORDER_PAID) || (head->units_left == 0) != (head->state == ORDER_RETURNED))
        say(check, head->id, 0, "its state is not what came back of it");
    return st;
}

static mx_status check_orders(struct check *check) {
    const struct order_rec *head;
    int64_t back;
    mx_status st = begin(check, &check->heads, &orders_heads, NULL);

    if (st == MX_OK) st = begin(check, &check->lines, &orders_lines, NULL);
    if (st == MX_OK) st = begin(check, &check->returned, &orders_returned, NULL);
    if (st == MX_OK) st = begin(check, &check->return_lines, &orders_return_lines, "order");
    while (st == MX_OK && (head = check->heads.next)) {
        st = check_lines(check, head, &back);
        if (st == MX_OK) st = check_refunds(check, head, back);
        if (st == MX_OK) st = advance(check, &check->heads);
    }
    if (st == MX_OK) st = pass_strays(check, &check->lines, offsetof(struct line_rec, order), NULL, no_order);
    if (st == MX_OK) st = pass_strays(check, &check->returned, offsetof(struct returned_rec, order), NULL, no_line);
    if (st == MX_OK) st = pass_strays(check, &check->return_lines, offsetof(struct return_line_rec, order), NULL, no_order);
    return st;
}

/* ---- returns and their lines ---- */

static mx_status check_return(struct check *check, const struct return_rec *head) {
    int64_t refund = 0, tax = 0, lines = 0;
    const struct return_line_rec *line;
    mx_status st = pass_strays(check, &check->return_lines, offsetof(struct return_line_rec, return_id), &head->id, no_return);

    while (st == MX_OK && (line = check->return_lines.next) && mx_str_eq(line->return_id, head->id)) {
        refund += line->refund;
        tax += line->tax;
        lines++;
        st = advance(check, &check->return_lines);
    }
    if (lines != head->line_count) say(check, head->id, 0, "lines are missing");
    if (refund != head->refund || tax != head->tax) say(check, head->id, 0, "its lines do not sum to it");
    return st;
}

static mx_status check_returns(struct check *check) {
    const struct return_rec *head;
    mx_status st = begin(check, &check->heads, &orders_returns, NULL);

    if (st == MX_OK) st = begin(check, &check->return_lines, &orders_return_lines, NULL);
    while (st == MX_OK && (head = check->heads.next)) {
        st = check_return(check, head);
        if (st == MX_OK) st = advance(check, &check->heads);
    }
    return st == MX_OK ? pass_strays(check, &check->return_lines, offsetof(struct return_line_rec, return_id), NULL, no_return) : st;
}

mx_status orders_check_totals(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct check check = {.ctx = ctx, .found = found, .arg = arg};
    mx_status st = check_orders(&check);
    return st == MX_OK ? check_returns(&check) : st;
}
