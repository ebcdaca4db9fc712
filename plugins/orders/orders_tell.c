/* What others hear of a sale or a return; of a member's also what it was, by category and brand. */
#include <stdlib.h>

#include "internal.h"

#define GOODS_MAX 200

static int compare(const void *a_, const void *b_) {
    const struct mx_order_goods *a = a_, *b = b_;
    int order = mx_str_cmp(a->category, b->category);
    return order ? order : mx_str_cmp(a->brand, b->brand);
}

/* Sorted, each category and brand once; what is too much stands in the last one, without names. */
static void fold(struct mx_list *goods) {
    struct mx_order_goods *all = goods->items;
    uint32_t i, count = 0;
    if (goods->count) qsort(all, goods->count, sizeof(*all), compare);
    for (i = 0; i < goods->count; i++) {
        struct mx_order_goods *last = count ? &all[count - 1] : NULL;
        int same = last && (count == GOODS_MAX || compare(last, &all[i]) == 0);
        if (same && count == GOODS_MAX && compare(last, &all[i]) != 0) memset(last, 0, 2 * sizeof(struct mx_str));
        if (same) {
            last->pieces += all[i].pieces;
            last->amount += all[i].amount;
        } else {
            all[count++] = all[i];
        }
    }
    goods->count = count;
}

struct mx_list orders_goods(struct mx_ctx *ctx, const struct mx_cart *cart, const struct line_rec *lines) {
    struct mx_list goods = mx_list_new(ctx, cart->lines.count, sizeof(struct mx_order_goods));
    uint32_t i;
    for (i = 0; i < cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        struct mx_order_goods *one = mx_list_at(&goods, i);
        one->category = line->category;
        one->brand = line->brand;
        one->pieces = lines[i].qty;
        one->amount = lines[i].total;
    }
    fold(&goods);
    return goods;
}

static int64_t coupons_applied(const struct mx_list *said) {
    int64_t count = 0;
    uint32_t i;
    for (i = 0; i < said->count; i++) count += ((const struct mx_coupon_said *)mx_list_at(said, i))->state == MX_COUPON_APPLIED;
    return count;
}

mx_status orders_tell_paid(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_rec *head, const struct line_rec *lines) {
    struct mx_order_paid paid = {head->id,     head->number, head->channel, head->location,     head->till,
                                 head->member, head->at,     head->total,   head->points_earned};
    paid.discount = head->discount;
    if (head->member.len) paid.goods = orders_goods(ctx, &sale->cart, lines);
    paid.run = head->run;
    paid.coupons = coupons_applied(&sale->coupons.said);
    return mx_emit(ctx, &orders_paid_event, &paid);
}

/* Of what category it was when it was sold: so that what is counted down is what was counted up. */
static mx_status add_piece(struct mx_ctx *ctx, const struct orders_back_piece *piece, struct trace_rec **trace, struct mx_list *goods) {
    const struct mx_cart_line *line;
    struct mx_order_goods *one;
    mx_status st = MX_OK;
    if (!piece->order || piece->order->head->member.len == 0) return MX_OK;
    if (!*trace || !mx_str_eq((*trace)->order, piece->rec.order)) st = orders_trace_read(ctx, piece->rec.order, trace);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (piece->rec.line > (int64_t)(*trace)->facts->lines.count) return MX_OK;
    line = mx_list_at(&(*trace)->facts->lines, (uint32_t)piece->rec.line - 1);
    one = mx_list_at(goods, goods->count++);
    one->category = line->category;
    one->brand = line->brand;
    one->pieces = piece->rec.qty;
    one->amount = piece->rec.refund;
    return MX_OK;
}

/* A clock that went back makes nothing older. */
static int64_t since(const struct return_rec *head, const struct order_rec *order) {
    return head->at > order->at ? head->at - order->at : 1;
}

mx_status orders_tell_returned(struct mx_ctx *ctx, const struct orders_back *back, const struct return_rec *head) {
    struct mx_order_returned returned = {head->id,     head->number,          head->location,
                                         head->till,   head->member,          head->at,
                                         head->refund, head->points_reversed, mx_list_new(ctx, back->order_count, sizeof(struct mx_str))};
    struct trace_rec *trace = NULL;
    mx_status st = MX_OK;
    uint32_t i;
    returned.whole = back->order_count > 0;
    for (i = 0; i < back->order_count; i++) {
        int64_t after_ms = since(head, back->orders[i].head);
        *(struct mx_str *)mx_list_at(&returned.orders, i) = back->orders[i].head->id;
        if (i == 0 || after_ms < returned.after_ms) returned.after_ms = after_ms;
        if (back->orders[i].head->units_left) returned.whole = 0;
    }
    returned.goods = mx_list_new(ctx, back->piece_count, sizeof(struct mx_order_goods));
    returned.goods.count = 0;
    for (i = 0; st == MX_OK && i < back->piece_count; i++) st = add_piece(ctx, &back->pieces[i], &trace, &returned.goods);
    if (st != MX_OK) return st;
    fold(&returned.goods);
    return mx_emit(ctx, &orders_returned_event, &returned);
}
