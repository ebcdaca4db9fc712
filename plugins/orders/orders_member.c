/* A customer's orders under all her ids, and what others ask about them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"
#include "merx/retail/person.h"
#include "merx/retail/privacy.h"

#define SECTION_ORDERS  20
#define SECTION_WHOLE   5000
#define SECTION_LINES   25000 /* all are held in memory at once, some 2 KiB each */
#define UNMERGE_COUNTED 10000

/* ---- orders of several ids, merged in order of time ---- */

struct walk {
    struct mx_scan *scan;
    struct order_rec *head; /* the next one; NULL: at its end */
};

struct listing {
    struct mx_ctx *ctx;
    const struct order_list_ask *ask;
    int64_t after_at; /* the cursor: behind this time and order */
    struct mx_str after_order;
    struct walk *walks;
    uint32_t count;
};

static int comes_first(const struct listing *listing, const struct order_rec *a, int64_t at, struct mx_str id) {
    int order = a->at != at ? (a->at < at ? -1 : 1) : mx_str_cmp(a->id, id);
    return listing->ask->newest_first ? order > 0 : order < 0;
}

static int is_behind_cursor(const struct listing *listing, const struct order_rec *head) {
    if (listing->after_order.len == 0) return 1;
    return !mx_str_eq(head->id, listing->after_order) && !comes_first(listing, head, listing->after_at, listing->after_order);
}

static int is_wanted(const struct listing *listing, const struct order_rec *head) {
    const struct order_list_ask *ask = listing->ask;
    return is_behind_cursor(listing, head) && (ask->location.len == 0 || mx_str_eq(ask->location, head->location)) &&
           (ask->till.len == 0 || mx_str_eq(ask->till, head->till));
}

/* 0: past what was asked for. */
static int is_within(const struct order_list_ask *ask, const struct order_rec *head) {
    if (ask->newest_first) return !MX_HAS(order_list_ask, ask, from) || head->at >= ask->from;
    return !MX_HAS(order_list_ask, ask, until) || head->at < ask->until;
}

static mx_status advance(const struct listing *listing, struct walk *walk) {
    mx_status st;
    do st = mx_scan_next(listing->ctx, walk->scan, &walk->head);
    while (st == MX_OK && is_within(listing->ask, walk->head) && !is_wanted(listing, walk->head));
    if (st != MX_OK || !is_within(listing->ask, walk->head)) walk->head = NULL;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status open_walk(const struct listing *listing, struct mx_str member, struct walk *walk) {
    const struct order_list_ask *ask = listing->ask;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .from = 1, .reverse = ask->newest_first};
    struct order_rec probe;
    mx_status st;
    memset(&probe, 0, sizeof(probe));
    probe.member = member;
    probe.at = ask->newest_first ? MX_INT_MAX : 0;
    if (ask->newest_first && MX_HAS(order_list_ask, ask, until)) probe.at = ask->until - 1;
    if (!ask->newest_first && MX_HAS(order_list_ask, ask, from)) probe.at = ask->from;
    if (listing->after_order.len) probe.at = listing->after_at;
    MX_SET_HAS(order_rec, &probe, at);
    st = mx_scan_open(listing->ctx, &orders_heads, &opts, &probe, &walk->scan);
    return st == MX_OK ? advance(listing, walk) : st;
}

static struct walk *next_of(const struct listing *listing) {
    struct walk *best = NULL;
    uint32_t i;
    for (i = 0; i < listing->count; i++) {
        struct walk *walk = &listing->walks[i];
        if (walk->head && (!best || comes_first(listing, walk->head, best->head->at, best->head->id))) best = walk;
    }
    return best;
}

/* "1300000000000:ord_..." */
static mx_status read_cursor(struct listing *listing) {
    struct mx_str after = listing->ask->after;
    const char *colon = after.len ? memchr(after.ptr, ':', after.len) : NULL;
    char digits[24] = "", *end = digits;
    if (after.len == 0) return MX_OK;
    if (colon && colon > after.ptr && colon - after.ptr < (ptrdiff_t)sizeof(digits)) {
        memcpy(digits, after.ptr, (size_t)(colon - after.ptr));
        listing->after_at = strtoll(digits, &end, 10);
        listing->after_order = mx_str_n(colon + 1, (size_t)(after.ptr + after.len - colon - 1));
        if (*end == '\0' && listing->after_at >= 0 && listing->after_order.len) return MX_OK;
    }
    return mx_fail(listing->ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of an earlier page of the same list.");
}

static struct mx_str cursor_behind(struct mx_ctx *ctx, const struct order_rec *head) {
    char text[120];
    snprintf(text, sizeof(text), "%" PRId64 ":%.*s", head->at, (int)head->id.len, head->id.ptr);
    return mx_dup(ctx, mx_str_of(text));
}

/* Which rules failed is the shop's own affair. */
static void veil(struct mx_list *orders) {
    uint32_t i;
    for (i = 0; i < orders->count; i++) ((struct order_doc *)mx_list_at(orders, i))->faults = (struct mx_list){NULL, 0, 0};
}

mx_status orders_list_member(struct mx_ctx *ctx, const struct order_list_ask *ask, const struct mx_list *members, struct order_page *page) {
    struct listing listing = {.ctx = ctx, .ask = ask, .count = members->count};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : ORDERS_PAGE, i;
    const struct order_rec *last = NULL;
    struct walk *walk;
    mx_status st = read_cursor(&listing);
    listing.walks = mx_alloc(ctx, ((size_t)members->count + 1) * sizeof(*listing.walks));
    for (i = 0; st == MX_OK && i < members->count; i++) st = open_walk(&listing, mx_list_str(members, i), &listing.walks[i]);
    page->orders = mx_list_new(ctx, limit, sizeof(struct order_doc));
    page->orders.count = 0;
    while (st == MX_OK && page->orders.count < limit && (walk = next_of(&listing)) != NULL) {
        last = walk->head;
        orders_doc_head(last, mx_list_at(&page->orders, page->orders.count++));
        st = advance(&listing, walk);
    }
    if (st == MX_OK && last && next_of(&listing)) page->next = cursor_behind(ctx, last);
    if (st == MX_OK && ctx->identity->customer(ctx).len) veil(&page->orders);
    return st;
}

/* ---- the one view of a customer ---- */

/* As she may read it, whoever fetches it for her: one order at least, and no more lines than there is room for. */
static mx_status whole(struct mx_ctx *ctx, const struct order_page *page, struct order_history *history) {
    struct order_rec probe, *head = NULL;
    mx_status st = MX_OK;
    int64_t lines = 0;
    uint32_t i;
    history->orders = mx_list_new(ctx, page->orders.count, sizeof(struct order_got));
    memset(&probe, 0, sizeof(probe));
    for (i = 0; st == MX_OK && i < page->orders.count; i++) {
        struct order_got *got = mx_list_at(&history->orders, i);
        probe.id = ((const struct order_doc *)mx_list_at(&page->orders, i))->id;
        st = mx_get(ctx, &orders_heads, &probe, &head);
        if (st != MX_OK || ((lines += head->line_count) > SECTION_LINES && i)) break;
        st = orders_read_whole(ctx, head, got);
        if (st == MX_OK) orders_veil(got);
    }
    history->orders.count = i;
    history->more = i < page->orders.count || page->next.len > 0;
    return st == MX_NONE ? mx_fail(ctx, MX_E_DAMAGED, NULL, "An order that is listed is missing.") : st;
}

mx_status orders_section_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *section = out;
    struct order_list_ask list;
    struct order_history history = {.more = 0};
    struct order_page page;
    struct mx_list members = ask->members;
    mx_status st;
    if (!mx_allowed(ctx, "orders.read")) return MX_DECLINED;
    if (members.count == 0) {
        members = mx_list_new(ctx, 1, sizeof(struct mx_str));
        *(struct mx_str *)mx_list_at(&members, 0) = ask->member;
    }
    memset(&list, 0, sizeof(list));
    memset(&page, 0, sizeof(page));
    list.newest_first = 1;
    list.limit = ask->whole ? SECTION_WHOLE : SECTION_ORDERS;
    st = orders_list_member(ctx, &list, &members, &page);
    if (st == MX_OK && ask->whole) st = whole(ctx, &page, &history);
    if (st != MX_OK) return st;
    section->name = mx_str_of("orders");
    section->more = ask->whole ? history.more : page.next.len > 0;
    if (ask->whole) return ctx->op->encode(ctx, &order_history_type, &history, &section->data);
    return ctx->op->encode(ctx, &order_page_type, &page, &section->data);
}

mx_status orders_kept_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *kept = out;
    struct mx_kept_kind *kind;
    (void)in;
    kept->kinds = mx_list_new(ctx, 1, sizeof(*kind));
    kind = mx_list_at(&kept->kinds, 0);
    kind->name = mx_str_of("orders.order");
    kind->about = mx_str_of("Sales and returns with their lines, by member id: the shop's books.");
    kind->purpose = mx_str_of(MX_PURPOSE_SERVICE);
    kind->basis = MX_BASIS_LAW;
    return MX_OK;
}

/* ---- what cannot be parted ---- */

mx_status orders_unmerge_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unmerge_ask *ask = in;
    struct mx_unsplit *unsplit = out;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .from = 1, .keys_only = 1};
    struct mx_member_of_ask who = {.person = ask->into};
    struct mx_member_of member;
    struct order_rec probe, *head;
    struct mx_scan *scan;
    mx_status st;
    memset(&member, 0, sizeof(member));
    st = mx_ask(ctx, orders_points[ORDERS_ASK_MEMBER_OF], &who, &member);
    if (st != MX_OK) return st;
    memset(&probe, 0, sizeof(probe));
    probe.member = member.member;
    probe.at = ask->since;
    MX_SET_HAS(order_rec, &probe, at);
    st = mx_scan_open(ctx, &orders_heads, &opts, &probe, &scan);
    while (st == MX_OK && unsplit->count < UNMERGE_COUNTED && (st = mx_scan_next(ctx, scan, &head)) == MX_OK) unsplit->count++;
    if (st < 0) return st;
    if (unsplit->count == 0) return MX_DECLINED;
    unsplit->what = mx_str_of("orders");
    unsplit->note = mx_str_of("Orders that were placed since the merge stay with the member that stands.");
    return MX_OK;
}
