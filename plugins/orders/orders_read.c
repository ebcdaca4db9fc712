/* orders.get, orders.list, orders.trace.get: looking at what was sold. */
#include "internal.h"

static mx_status not_found(struct mx_ctx *ctx, struct mx_str id) {
    return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no order %.*s.", (int)id.len, id.ptr);
}

/* ---- one order ---- */

mx_status orders_read_lines(struct mx_ctx *ctx, const struct order_rec *head, struct line_rec **out) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct line_rec *lines = mx_alloc(ctx, (size_t)(head->line_count + 1) * sizeof(*lines)), *line;
    struct line_rec probe;
    struct mx_scan *scan;
    int64_t count = 0;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.order = head->id;
    st = mx_scan_open(ctx, &orders_lines, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &line)) == MX_OK && count < head->line_count) lines[count++] = *line;
    if (st < 0) return st;
    if (st != MX_DONE || count != head->line_count) return mx_fail(ctx, MX_E_DAMAGED, NULL, "Lines of the order are missing.");
    *out = lines;
    return MX_OK;
}

static mx_status add_returned(struct mx_ctx *ctx, const struct order_rec *head, struct order_doc *doc) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct returned_rec probe, *returned;
    struct mx_scan *scan;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.order = head->id;
    st = mx_scan_open(ctx, &orders_returned, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &returned)) == MX_OK)
        if (returned->line >= 1 && returned->line <= (int64_t)doc->lines.count)
            ((struct order_line_doc *)mx_list_at(&doc->lines, (uint32_t)returned->line - 1))->returned = returned->qty;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status add_payments(struct mx_ctx *ctx, const struct order_rec *head, struct order_doc *doc) {
    struct mx_payment_list_ask ask = {head->id};
    struct mx_payment_listed listed;
    uint32_t i;
    mx_status st = mx_call(ctx, orders_uses[ORDERS_PAYMENTS], &ask, &listed);

    if (st == MX_DECLINED) return MX_OK;
    if (st != MX_OK) return st;
    MX_SET_HAS(order_doc, doc, payments);
    doc->payments = mx_list_new(ctx, listed.payments.count, sizeof(struct mx_payment));
    doc->payments.count = 0;
    for (i = 0; i < listed.payments.count; i++) {
        const struct mx_payment_entry *entry = mx_list_at(&listed.payments, i);
        struct mx_payment *payment = mx_list_at(&doc->payments, doc->payments.count);
        if (entry->return_id.len) continue;
        payment->id = entry->id;
        payment->kind = entry->kind;
        payment->amount = entry->amount;
        payment->reference = entry->reference;
        payment->state = entry->state;
        doc->payments.count++;
    }
    return MX_OK;
}

/* The return behind a line: the one at the end of the list, or a new one there. */
static mx_status return_of(struct mx_ctx *ctx, struct mx_list *returns, struct mx_str id, struct return_doc **doc) {
    struct return_rec probe, *head;
    mx_status st;

    if (returns->count) {
        *doc = mx_list_at(returns, returns->count - 1);
        if (mx_str_eq((*doc)->id, id)) return MX_OK;
    }
    memset(&probe, 0, sizeof(probe));
    probe.id = id;
    st = mx_get(ctx, &orders_returns, &probe, &head);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_DAMAGED, NULL, "A return of the order is missing.");
    if (st != MX_OK) return st;
    *doc = mx_list_at(returns, returns->count++);
    orders_return_doc(head, *doc);
    return MX_OK;
}

/* Lines of returns stand in the index by order, then by return. */
static mx_status read_returns(struct mx_ctx *ctx, struct mx_str order, struct mx_list *returns) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "order"};
    struct return_line_rec probe, *line, **lines;
    struct return_doc *doc = NULL;
    struct mx_scan *scan;
    uint32_t count = 0, room = 16, i;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.order = order;
    lines = mx_alloc(ctx, room * sizeof(struct return_line_rec *));
    st = mx_scan_open(ctx, &orders_return_lines, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &line)) == MX_OK) {
        if (count == room) {
            struct return_line_rec **more = mx_alloc(ctx, 2 * room * sizeof(struct return_line_rec *));
            memcpy(more, lines, count * sizeof(struct return_line_rec *));
            lines = more;
            room *= 2;
        }
        lines[count++] = line;
    }
    if (st != MX_DONE) return st;
    *returns = mx_list_new(ctx, count, sizeof(struct return_doc));
    returns->count = 0;
    for (i = 0, st = MX_OK; st == MX_OK && i < count; i++) {
        st = return_of(ctx, returns, lines[i]->return_id, &doc);
        if (st != MX_OK) return st;
        if (doc->lines.count == 0) {
            doc->lines = mx_list_new(ctx, count - i, sizeof(struct return_line_doc));
            doc->lines.count = 0;
        }
        orders_return_line_doc(lines[i], mx_list_at(&doc->lines, doc->lines.count++));
    }
    return st;
}

mx_status orders_read_whole(struct mx_ctx *ctx, const struct order_rec *head, struct order_got *got) {
    struct line_rec *lines = NULL;
    mx_status st = orders_read_lines(ctx, head, &lines);
    if (st != MX_OK) return st;
    got->order = orders_doc(ctx, head, lines);
    st = add_returned(ctx, head, got->order);
    if (st == MX_OK) st = add_payments(ctx, head, got->order);
    return st == MX_OK ? read_returns(ctx, head->id, &got->returns) : st;
}

/* Goods of several customers may come back in one return: she reads of hers alone. Points are said of all of it. */
static void veil_return(struct mx_str member, struct return_doc *doc) {
    int64_t refund = 0, tax = 0;
    uint32_t i;
    for (i = 0; i < doc->lines.count; i++) {
        refund += ((const struct return_line_doc *)mx_list_at(&doc->lines, i))->refund;
        tax += ((const struct return_line_doc *)mx_list_at(&doc->lines, i))->tax;
    }
    doc->reason = mx_str_n(NULL, 0);
    if (!mx_str_eq(doc->member, member)) doc->member = mx_str_n(NULL, 0);
    if (refund == doc->refund) return;
    doc->refund = refund;
    doc->tax = tax;
    mx_set_has_at(&return_doc_type, doc, offsetof(struct return_doc, points_reversed), 0);
    mx_set_has_at(&return_doc_type, doc, offsetof(struct return_doc, points_written_off), 0);
}

void orders_veil(struct order_got *got) {
    uint32_t i;
    for (i = 0; i < got->order->lines.count; i++) ((struct order_line_doc *)mx_list_at(&got->order->lines, i))->reason = mx_str_n(NULL, 0);
    for (i = 0; i < got->returns.count; i++) veil_return(got->order->member, mx_list_at(&got->returns, i));
    got->order->faults = (struct mx_list){NULL, 0, 0};
}

mx_status orders_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct order_get_ask *ask = in;
    struct order_rec probe, *head;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.id = ask->id;
    st = mx_get(ctx, &orders_heads, &probe, &head);
    if (st == MX_NONE) return not_found(ctx, ask->id);
    if (st == MX_OK) st = mx_own(ctx, head->member);
    if (st == MX_OK) st = orders_read_whole(ctx, head, out);
    if (st == MX_OK && ctx->identity->customer(ctx).len) orders_veil(out);
    return st;
}

mx_status orders_trace_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct order_get_ask *ask = in;
    struct trace_got *got = out;
    struct trace_rec probe;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.order = ask->id;
    st = mx_get(ctx, &orders_traces, &probe, &got->trace);
    return st == MX_NONE ? not_found(ctx, ask->id) : st;
}

/* ---- many ---- */

/* The walk that the request asks for: the narrowest index first. */
static void choose_walk(const struct order_list_ask *ask, struct mx_scan_opts *opts, struct order_rec *probe) {
    probe->location = ask->location;
    probe->member = ask->member;
    probe->till = ask->till;
    if (ask->member.len)
        opts->index = "member";
    else if (ask->till.len)
        opts->index = "till";
    else if (ask->location.len)
        opts->index = "location";
    opts->prefix = opts->index != NULL;
    opts->reverse = ask->newest_first;
    if (!opts->index) return;
    MX_SET_HAS(order_rec, probe, at);
    if (ask->newest_first ? MX_HAS(order_list_ask, ask, until) : MX_HAS(order_list_ask, ask, from)) {
        opts->from = 1;
        probe->at = ask->newest_first ? ask->until - 1 : ask->from;
    }
}

/* 0: the walk is past what was asked for. */
static int within_time(const struct order_list_ask *ask, const struct order_rec *head) {
    if (ask->newest_first) return !MX_HAS(order_list_ask, ask, from) || head->at >= ask->from;
    return !MX_HAS(order_list_ask, ask, until) || head->at < ask->until;
}

static int matches(const struct order_list_ask *ask, const struct order_rec *head) {
    return (ask->location.len == 0 || mx_str_eq(ask->location, head->location)) &&
           (ask->till.len == 0 || mx_str_eq(ask->till, head->till)) && (ask->member.len == 0 || mx_str_eq(ask->member, head->member));
}

static mx_status check_times(struct mx_ctx *ctx, const struct order_list_ask *ask) {
    const char *field = MX_HAS(order_list_ask, ask, from) ? "from" : MX_HAS(order_list_ask, ask, until) ? "until" : NULL;
    if (!field || ask->location.len || ask->member.len || ask->till.len) return MX_OK;
    return mx_fail(ctx, MX_E_BAD_INPUT, field, "A time needs a location, a member or a till beside it.");
}

/* MX_DECLINED: it is one id, or nobody knows it (any more): its own index is the list. */
static mx_status list_all_ids(struct mx_ctx *ctx, const struct order_list_ask *ask, struct order_page *page) {
    struct mx_member_ask who = {.member = ask->member};
    struct mx_member_facts facts;
    mx_status st;
    if (ask->member.len == 0) return MX_DECLINED;
    memset(&facts, 0, sizeof(facts));
    st = mx_ask(ctx, orders_points[ORDERS_ASK_MEMBER], &who, &facts);
    if (st != MX_OK || facts.members.count < 2) return st == MX_OK ? MX_DECLINED : st;
    return orders_list_member(ctx, ask, &facts.members, page);
}

mx_status orders_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct order_list_ask *ask = in;
    struct order_page *page = out;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : ORDERS_PAGE;
    struct order_rec probe, *head;
    struct mx_str next = {NULL, 0};
    struct mx_scan *scan;
    mx_status st = check_times(ctx, ask);

    if (st == MX_OK) st = list_all_ids(ctx, ask, page);
    if (st != MX_DECLINED) return st;
    memset(&probe, 0, sizeof(probe));
    choose_walk(ask, &opts, &probe);
    page->orders = mx_list_new(ctx, limit, sizeof(struct order_doc));
    page->orders.count = 0;
    st = mx_scan_open(ctx, &orders_heads, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of an earlier page of the same list.");
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &head)) == MX_OK && within_time(ask, head)) {
        if (!matches(ask, head)) continue;
        if (page->orders.count == limit) {
            page->next = next;
            break;
        }
        orders_doc_head(head, mx_list_at(&page->orders, page->orders.count++));
        if (page->orders.count == limit) next = mx_dup(ctx, mx_scan_cursor(ctx, scan));
    }
    return st == MX_DONE ? MX_OK : st;
}
