/* Held carts: kept with their coupons set aside until they are sold, dropped or past their time. */
#include <stdio.h>

#include "internal.h"
#include "wire_held.h"

#define MINUTE_MS INT64_C(60000)

static const struct mx_index held_indexes[] = {
    {"location", "location at", 0},
};

const struct mx_table orders_held = {
    .size = sizeof(struct mx_table),
    .name = "orders.held",
    .doc = "carts that wait",
    .type = &held_rec_type,
    .key = "id",
    .indexes = held_indexes,
    .index_count = 1,
    .index_size = sizeof(held_indexes[0]),
};

/* MX_NONE: it was sold, dropped, its time is over, or it waits at a location that the caller may not act for. */
static mx_status find(struct mx_ctx *ctx, struct mx_str id, struct held_rec **held) {
    struct held_rec probe;
    mx_status st;
    memset(&probe, 0, sizeof(probe));
    probe.id = id;
    st = mx_get(ctx, &orders_held, &probe, held);
    if (st != MX_OK) return st;
    return (*held)->until > ctx->expiry_ms && ctx->identity->in_scope(ctx, (*held)->location) ? MX_OK : MX_NONE;
}

static mx_status demand(struct mx_ctx *ctx, struct mx_str id, struct held_rec **held) {
    mx_status st = find(ctx, id, held);
    if (st != MX_NONE) return st;
    return mx_fail(ctx, MX_E_NOT_FOUND, "held", "There is no held cart %.*s: it was sold or dropped, or its time is over.", (int)id.len,
                   id.ptr);
}

static void fill_doc(const struct held_rec *held, struct held_doc *doc) {
    doc->held = held->id;
    doc->location = held->location;
    doc->till = held->till;
    doc->member = held->member;
    doc->channel = held->channel;
    doc->at = held->at;
    doc->until = held->until;
    doc->total = held->total;
    doc->lines = held->request ? held->request->lines.count : 0;
    doc->coupons = held->coupons;
}

static struct held_doc *new_doc(struct mx_ctx *ctx, const struct held_rec *held) {
    struct held_doc *doc = mx_alloc(ctx, sizeof(*doc));
    fill_doc(held, doc);
    return doc;
}

/* until: 0 lets go. */
static mx_status reserve(struct mx_ctx *ctx, struct mx_str held, const struct mx_list *coupons, int64_t until) {
    struct mx_promotion_reserve ask = {held, *coupons, until};
    struct mx_promotion_used used;
    mx_status st = mx_call(ctx, orders_uses[ORDERS_RESERVE], &ask, &used);
    return st == MX_DECLINED ? MX_OK : st;
}

/* ---- orders.hold ---- */

static struct mx_list voucher_ids(struct mx_ctx *ctx, const struct orders_sale *sale) {
    struct mx_list ids = mx_list_new(ctx, sale->cart.vouchers.count, sizeof(struct mx_str));
    uint32_t i;
    for (i = 0; i < ids.count; i++)
        *(struct mx_str *)mx_list_at(&ids, i) = ((const struct mx_cart_voucher *)mx_list_at(&sale->cart.vouchers, i))->id;
    return ids;
}

/* The request to keep: codes are secrets, so coupons that were issued are kept by their ids. */
static struct order_ask *keepsake(struct mx_ctx *ctx, const struct order_ask *ask, const struct orders_sale *sale,
                                  const struct mx_list *ids) {
    static const size_t passing[] = {offsetof(struct order_ask, at),      offsetof(struct order_ask, id),
                                     offsetof(struct order_ask, held),    offsetof(struct order_ask, till_seq),
                                     offsetof(struct order_ask, minutes), offsetof(struct order_ask, expected_total),
                                     offsetof(struct order_ask, tenders)};
    struct order_ask *kept = mx_alloc(ctx, sizeof(*kept));
    uint32_t i, words = sale->cart.coupons.count;

    *kept = *ask;
    for (i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) mx_set_has_at(&order_ask_type, kept, passing[i], 0);
    memset(&kept->id, 0, sizeof(kept->id));
    memset(&kept->held, 0, sizeof(kept->held));
    memset(&kept->tenders, 0, sizeof(kept->tenders));
    kept->coupons = mx_list_new(ctx, words + ids->count, sizeof(struct mx_str));
    for (i = 0; i < words; i++) *(struct mx_str *)mx_list_at(&kept->coupons, i) = mx_list_str(&sale->cart.coupons, i);
    for (i = 0; i < ids->count; i++) *(struct mx_str *)mx_list_at(&kept->coupons, words + i) = mx_list_str(ids, i);
    return kept;
}

/* Whoever holds carts without end fills the books: a location has room for so many. */
static mx_status check_room(struct mx_ctx *ctx, struct mx_str location) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "location", .lend = 1};
    struct held_rec probe, *held;
    struct mx_scan *scan;
    uint32_t count = 0;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.location = location;
    st = mx_scan_open(ctx, &orders_held, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &held)) == MX_OK)
        if (held->until > ctx->expiry_ms && ++count == ORDERS_HELD_MAX)
            return mx_refuse(ctx, "too_many_held", "location", "%d carts wait at %.*s already; sell or drop some of them first.",
                             ORDERS_HELD_MAX, (int)location.len, location.ptr);
    return st == MX_DONE ? MX_OK : st;
}

/* A new held cart, or the one that the request goes on with. */
static mx_status begin(struct mx_ctx *ctx, const struct order_ask *ask, struct held_rec *held) {
    struct held_rec *before;
    mx_status st;

    memset(held, 0, sizeof(*held));
    if (ask->held.len == 0) {
        st = check_room(ctx, ask->location);
        return st == MX_OK ? mx_new_id(ctx, "crt", &held->id) : st;
    }
    st = demand(ctx, ask->held, &before);
    if (st == MX_OK && !mx_str_eq(before->location, ask->location)) st = check_room(ctx, ask->location);
    if (st != MX_OK) return st;
    held->id = before->id;
    held->rec = before->rec;
    return MX_OK;
}

static mx_status end_at(struct mx_ctx *ctx, const struct held_rec *held) {
    struct held_ask ask = {held->id};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &held_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, held->until, ORDERS_HELD_EXPIRE, held->id, body) : st;
}

mx_status orders_hold_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct order_ask *ask = in;
    struct held_done *done = out;
    struct orders_sale sale;
    struct held_rec held;
    mx_status st = begin(ctx, ask, &held);

    if (st == MX_OK) st = orders_sale_price(ctx, ask, &sale);
    if (st == MX_OK) st = orders_coupons_check(ctx, &sale);
    if (st != MX_OK) return st;
    held.location = ask->location;
    held.till = ask->till;
    held.member = ask->member;
    held.channel = ask->channel;
    held.at = ctx->now_ms;
    held.until = ctx->expiry_ms + (MX_HAS(order_ask, ask, minutes) ? ask->minutes : ORDERS_HOLD_MINUTES) * MINUTE_MS;
    held.total = sale.price.total;
    held.coupons = voucher_ids(ctx, &sale);
    held.request = keepsake(ctx, ask, &sale, &held.coupons);
    held.rec.has = orders_number_bits(&held_rec_type);
    st = reserve(ctx, held.id, &held.coupons, held.until);
    if (st == MX_OK) st = mx_put(ctx, &orders_held, &held);
    if (st == MX_OK) st = end_at(ctx, &held);
    if (st != MX_OK) return st;
    done->held = held.id;
    done->cart = new_doc(ctx, &held);
    done->coupons_said = sale.coupons.said;
    return MX_OK;
}

/* ---- its end ---- */

static mx_status end(struct mx_ctx *ctx, const struct held_rec *held) {
    struct mx_list none = {NULL, 0, sizeof(struct mx_str)};
    mx_status st = reserve(ctx, held->id, &none, 0);
    if (st == MX_OK) st = mx_delete(ctx, &orders_held, held);
    return st == MX_NONE ? MX_OK : st;
}

mx_status orders_held_drop_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct held_ask *ask = in;
    struct held_gone *gone = out;
    struct held_rec *held;
    mx_status st = demand(ctx, ask->held, &held);

    if (st == MX_OK) st = ctx->event->due_cancel(ctx, ORDERS_HELD_EXPIRE, ask->held);
    if (st == MX_OK || st == MX_NONE) st = end(ctx, held);
    if (st == MX_OK) st = orders_tell_dropped(ctx, held);
    gone->held = ask->held;
    return st;
}

mx_status orders_held_expire_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct held_ask *ask = in;
    struct held_gone *gone = out;
    struct held_rec probe, *held;
    mx_status st;

    gone->held = ask->held;
    memset(&probe, 0, sizeof(probe));
    probe.id = ask->held;
    st = mx_get(ctx, &orders_held, &probe, &held);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    return held->until <= ctx->expiry_ms ? end(ctx, held) : end_at(ctx, held);
}

mx_status orders_held_check(struct mx_ctx *ctx, struct mx_str id) {
    struct held_rec *held;
    mx_status st = id.len ? find(ctx, id, &held) : MX_OK;
    if (st != MX_NONE) return st;
    return mx_refuse(ctx, "unknown_held", "held", "There is no held cart %.*s: it was sold or dropped, or its time is over.", (int)id.len,
                     id.ptr);
}

mx_status orders_held_sold(struct mx_ctx *ctx, struct mx_str id) {
    struct held_rec *held;
    mx_status st;
    if (id.len == 0) return MX_OK;
    st = orders_held_check(ctx, id);
    if (st == MX_OK) st = find(ctx, id, &held);
    if (st != MX_OK) return st;
    st = ctx->event->due_cancel(ctx, ORDERS_HELD_EXPIRE, id);
    return st == MX_OK || st == MX_NONE ? mx_delete(ctx, &orders_held, held) : st;
}

/* ---- looking ---- */

mx_status orders_held_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct held_ask *ask = in;
    struct held_got *got = out;
    struct held_rec *held;
    mx_status st = demand(ctx, ask->held, &held);

    if (st != MX_OK) return st;
    got->cart = new_doc(ctx, held);
    got->request = held->request;
    return MX_OK;
}

mx_status orders_held_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct held_list_ask *ask = in;
    struct held_page *page = out;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : ORDERS_PAGE;
    struct mx_str next = {NULL, 0};
    struct held_rec probe, *held;
    struct mx_scan *scan;
    mx_status st;

    memset(&probe, 0, sizeof(probe));
    probe.location = ask->location;
    opts.prefix = ask->location.len ? 1 : 0;
    opts.index = ask->location.len ? "location" : NULL;
    page->carts = mx_list_new(ctx, limit, sizeof(struct held_doc));
    page->carts.count = 0;
    st = mx_scan_open(ctx, &orders_held, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of an earlier page of the same list.");
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &held)) == MX_OK) {
        if (held->until <= ctx->expiry_ms) continue;
        if (page->carts.count == limit) {
            page->next = next;
            break;
        }
        fill_doc(held, mx_list_at(&page->carts, page->carts.count++));
        if (page->carts.count == limit) next = mx_dup(ctx, mx_scan_cursor(ctx, scan));
    }
    return st == MX_DONE ? MX_OK : st;
}
