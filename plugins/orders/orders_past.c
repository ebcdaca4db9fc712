/* Answer to pricing.past: past receipts with the facts that their rules saw, over all locations in order of time.
 *
 * Each location's heads stand in order of time in an index of their own; the receipts of all are their merge. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

#define CURSOR_BYTES 100

struct place_walk {
    struct mx_scan *scan;
    const struct order_rec *head; /* the next one, lent by the walk; NULL: at its end */
};

struct past {
    struct mx_ctx *ctx;
    const struct mx_past_ask *ask;
    int64_t after_at; /* the cursor: behind this time and order */
    struct mx_str after_order;
    struct place_walk *walks;
    uint32_t walk_count;
};

/* ---- where the walks are ---- */

static int64_t first_ms(const struct past *past) { return past->after_at > past->ask->from ? past->after_at : past->ask->from; }

static int is_behind_cursor(const struct past *past, const struct order_rec *head) {
    if (past->after_order.len == 0 || head->at != past->after_at) return 1;
    return mx_str_cmp(head->id, past->after_order) > 0;
}

/* Go to the next receipt of a location that was asked for. */
static mx_status advance(const struct past *past, struct place_walk *walk) {
    struct order_rec *head = NULL;
    mx_status st;
    do st = mx_scan_next(past->ctx, walk->scan, &head);
    while (st == MX_OK && (!is_behind_cursor(past, head) || (!past->ask->count_only && head->state == ORDER_VOID)));
    if (st == MX_OK && past->ask->until && head->at >= past->ask->until) st = MX_DONE;
    walk->head = st == MX_OK ? head : NULL;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status open_walk(struct past *past, struct mx_str location) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "location", .from = 1, .lend = 1};
    struct place_walk *walk = &past->walks[past->walk_count];
    struct order_rec probe;
    mx_status st;

    opts.keys_only = past->ask->count_only; /* to be counted is to be found: their heads need not be read */
    memset(&probe, 0, sizeof(probe));
    probe.location = location;
    probe.at = first_ms(past);
    MX_SET_HAS(order_rec, &probe, at);
    st = mx_scan_open(past->ctx, &orders_heads, &opts, &probe, &walk->scan);
    if (st == MX_OK) st = advance(past, walk);
    if (st == MX_OK && walk->head) past->walk_count++;
    return st;
}

/* The first location behind `last` at which something was sold; MX_DONE: there is none. */
static mx_status next_location(struct past *past, struct mx_str last, struct mx_str *location) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "location", .from = 1};
    char *text = mx_alloc(past->ctx, (size_t)last.len + 2);
    struct order_rec probe, *head;
    struct mx_scan *scan;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    if (last.len) memcpy(text, last.ptr, last.len);
    text[last.len] = 1; /* below all characters of codes: nothing stands between it and the next location */
    probe.location = mx_str_n(text, last.len ? (size_t)last.len + 1 : 0);
    st = mx_scan_open(past->ctx, &orders_heads, &opts, &probe, &scan);
    if (st == MX_OK) st = mx_scan_next(past->ctx, scan, &head);
    if (st == MX_OK) *location = head->location;
    return st;
}

static mx_status open_walks(struct past *past) {
    struct mx_str location = {NULL, 0};
    uint32_t room = 1;
    mx_status st;

    past->walks = mx_alloc(past->ctx, room * sizeof(*past->walks));
    if (past->ask->location.len) return open_walk(past, past->ask->location);
    while ((st = next_location(past, location, &location)) == MX_OK) {
        if (past->walk_count == room) {
            struct place_walk *more = mx_alloc(past->ctx, 4 * (size_t)room * sizeof(*more));
            memcpy(more, past->walks, room * sizeof(*more));
            past->walks = more;
            room *= 4;
        }
        if ((st = open_walk(past, location)) != MX_OK) return st;
    }
    return st == MX_DONE ? MX_OK : st;
}

static int comes_first(const struct order_rec *a, const struct order_rec *b) {
    if (a->at != b->at) return a->at < b->at;
    return mx_str_cmp(a->id, b->id) < 0;
}

/* The walk with the earliest receipt; NULL: all are at their end. */
static struct place_walk *earliest(const struct past *past) {
    struct place_walk *first = NULL;
    uint32_t i;
    for (i = 0; i < past->walk_count; i++) {
        struct place_walk *walk = &past->walks[i];
        if (walk->head && (!first || comes_first(walk->head, first->head))) first = walk;
    }
    return first;
}

/* ---- receipts ---- */

/* An order of an earlier version tells less: what stands elsewhere is put in its place. */
static mx_status mend_facts(struct mx_ctx *ctx, const struct trace_rec *trace) {
    struct mx_cart *cart = trace->facts;
    struct line_rec probe, *line;
    uint32_t i;
    mx_status st = MX_OK;

    cart->zone = mx_shop_of(ctx)->zone;
    cart->digits = mx_shop_of(ctx)->digits;
    cart->prices_include_tax = trace->prices_include_tax;
    memset(&probe, 0, sizeof(probe));
    probe.order = trace->order;
    for (i = 0; st == MX_OK && i < cart->lines.count; i++) {
        struct mx_cart_line *cart_line = mx_list_at(&cart->lines, i);
        probe.line = (int64_t)i + 1;
        st = mx_get(ctx, &orders_lines, &probe, &line);
        if (st != MX_OK) break;
        cart_line->tax_ppm = line->tax_ppm;
        cart_line->list_price = cart_line->unit_price;
    }
    return st == MX_NONE ? mx_fail(ctx, MX_E_DAMAGED, NULL, "Lines of the order are missing.") : st;
}

mx_status orders_trace_read(struct mx_ctx *ctx, struct mx_str order, struct trace_rec **trace) {
    struct trace_rec probe;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.order = order;
    st = mx_get(ctx, &orders_traces, &probe, trace);
    if (st == MX_OK && !(*trace)->facts) st = mx_fail(ctx, MX_E_DAMAGED, NULL, "The facts of the order are missing.");
    if (st == MX_OK && (*trace)->facts->zone.len == 0) st = mend_facts(ctx, *trace);
    return st;
}

static mx_status fill_receipt(struct mx_ctx *ctx, const struct order_rec *head, struct mx_past *receipt) {
    struct trace_rec *trace;
    mx_status st = orders_trace_read(ctx, head->id, &trace);

    if (st == MX_NONE) return mx_fail(ctx, MX_E_DAMAGED, NULL, "The trace of the order %.*s is missing.", (int)head->id.len, head->id.ptr);
    if (st != MX_OK) return st;
    receipt->order = trace->order;
    receipt->number = mx_dup(ctx, head->number);
    receipt->cart = trace->facts;
    receipt->total = head->total;
    receipt->tax = head->tax;
    receipt->discount = head->discount;
    receipt->points = head->points_earned;
    receipt->imported = head->imported;
    return MX_OK;
}

static mx_status one_receipt(struct mx_ctx *ctx, struct mx_str order, struct mx_past_page *page) {
    struct order_rec probe, *head;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.id = order;
    st = mx_get(ctx, &orders_heads, &probe, &head);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    page->count = 1;
    page->receipts = mx_list_new(ctx, 1, sizeof(struct mx_past));
    return fill_receipt(ctx, head, mx_list_at(&page->receipts, 0));
}

/* ---- pages ---- */

/* "1300000000000:ord_...": time and order of the last receipt of the page before. */
static mx_status read_cursor(struct past *past) {
    struct mx_str after = past->ask->after;
    const char *colon = after.len ? memchr(after.ptr, ':', after.len) : NULL;
    char digits[24];
    char *end;

    if (after.len == 0) return MX_OK;
    if (colon && colon > after.ptr && colon - after.ptr < (ptrdiff_t)sizeof(digits)) {
        memset(digits, 0, sizeof(digits));
        memcpy(digits, after.ptr, (size_t)(colon - after.ptr));
        past->after_at = strtoll(digits, &end, 10);
        past->after_order = mx_str_n(colon + 1, (size_t)(after.ptr + after.len - colon - 1));
        if (*end == '\0' && past->after_at >= 0 && past->after_order.len) return MX_OK;
    }
    return mx_fail(past->ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of an earlier page of the same receipts.");
}

static struct mx_str cursor_behind(struct mx_ctx *ctx, int64_t at, struct mx_str order) {
    char *text = mx_alloc(ctx, CURSOR_BYTES);
    return mx_str_n(text, (size_t)snprintf(text, CURSOR_BYTES, "%" PRId64 ":%.*s", at, (int)order.len, order.ptr));
}

static mx_status count_all(struct past *past, struct mx_past_page *page) {
    struct place_walk *walk;
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < past->walk_count; i++)
        for (walk = &past->walks[i]; st == MX_OK && walk->head; page->count++) st = advance(past, walk);
    return st;
}

static mx_status fill_page(struct past *past, struct mx_past_page *page) {
    uint32_t limit = past->ask->limit ? (uint32_t)past->ask->limit : MX_PAST_PAGE;
    struct place_walk *walk;
    mx_status st = MX_OK;

    page->receipts = mx_list_new(past->ctx, limit, sizeof(struct mx_past));
    page->receipts.count = 0;
    while (st == MX_OK && (walk = earliest(past)) && page->receipts.count < limit) {
        struct mx_past *receipt = mx_list_at(&page->receipts, page->receipts.count++);
        st = fill_receipt(past->ctx, walk->head, receipt);
        if (st == MX_OK && page->receipts.count == limit) page->next = cursor_behind(past->ctx, walk->head->at, receipt->order);
        if (st == MX_OK) st = advance(past, walk);
    }
    if (st == MX_OK && !earliest(past)) page->next.len = 0;
    return st;
}

mx_status orders_past_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct past past = {.ctx = ctx, .ask = in};
    struct mx_past_page *page = out;
    mx_status st;

    if (past.ask->order.len) return one_receipt(ctx, past.ask->order, page);
    st = read_cursor(&past);
    if (st == MX_OK) st = open_walks(&past);
    if (st != MX_OK) return st;
    return past.ask->count_only ? count_all(&past, page) : fill_page(&past, page);
}
