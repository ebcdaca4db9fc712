/* Which units a return takes back, and what they carry: the lowest positions that did not come back yet, with exactly
 * their frozen share. */
#include <inttypes.h>

#include "internal.h"

/* The order, read once for the whole return. */
static mx_status find_order(struct mx_ctx *ctx, struct orders_back *back, struct mx_str id, uint32_t at, struct orders_back_order **found) {
    struct orders_back_order *order = &back->orders[back->order_count];
    struct order_rec probe;
    char field[48];
    uint32_t i;
    mx_status st;

    for (i = 0; i < back->order_count; i++)
        if (mx_str_eq(back->orders[i].head->id, id)) {
            *found = &back->orders[i];
            return MX_OK;
        }
    memset(&probe, 0, sizeof(probe));
    probe.id = id;
    st = mx_get(ctx, &orders_heads, &probe, &order->head);
    if (st == MX_NONE)
        return mx_refuse(ctx, "unknown_order", orders_line_field(field, at, "order"), "There is no order %.*s.", (int)id.len, id.ptr);
    if (st != MX_OK) return st;
    if (order->head->state == ORDER_VOID)
        return mx_refuse(ctx, "order_void", orders_line_field(field, at, "order"), "The order %.*s was taken out of the books.",
                         (int)id.len, id.ptr);
    order->lines = mx_alloc(ctx, (size_t)order->head->line_count * sizeof(*order->lines));
    back->order_count++;
    *found = order;
    return MX_OK;
}

mx_status orders_back_load(struct mx_ctx *ctx, struct orders_back_order *order, int64_t number, struct orders_back_line **found) {
    struct orders_back_line *line = &order->lines[number - 1];
    struct line_rec probe;
    struct returned_rec returned, *before;
    mx_status st;

    *found = line;
    if (line->rec) return MX_OK;
    memset(&probe, 0, sizeof(probe));
    probe.order = order->head->id;
    probe.line = number;
    st = mx_get(ctx, &orders_lines, &probe, &line->rec);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_DAMAGED, NULL, "Line %" PRId64 " of the order is missing.", number);
    if (st != MX_OK) return st;
    memset(&returned, 0, sizeof(returned));
    returned.order = order->head->id;
    returned.line = number;
    st = mx_get(ctx, &orders_returned, &returned, &before);
    if (st == MX_OK) line->before = line->returned = before->qty;
    return st == MX_NONE ? MX_OK : st;
}

/* The next line of the return, of which there are as many as a sale may have. */
static mx_status new_piece(struct mx_ctx *ctx, struct orders_back *back, uint32_t at, struct orders_back_piece **out) {
    struct orders_back_piece *piece;
    char field[48];
    if (back->piece_count == MX_LINES_MAX)
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, orders_line_field(field, at, "qty"),
                       "One return takes goods back from at most %d sold lines; make another one of the rest.", MX_LINES_MAX);
    if (back->piece_count == back->piece_room) {
        uint32_t room = 2 * back->piece_room;
        struct orders_back_piece *more = mx_alloc(ctx, room * sizeof(*more));
        memcpy(more, back->pieces, back->piece_count * sizeof(*more));
        back->pieces = more;
        back->piece_room = room;
    }
    *out = piece = &back->pieces[back->piece_count++];
    piece->asked = at;
    piece->rec.place = back->piece_count;
    return MX_OK;
}

/* Take `qty` of a line: the piece carries the shares of those positions. */
static mx_status take_units(struct mx_ctx *ctx, struct orders_back *back, struct orders_back_order *order, struct orders_back_line *line,
                            int64_t qty, uint32_t at) {
    const struct return_line_ask *ask = mx_list_at(&back->ask->lines, at);
    struct orders_back_piece *piece;
    uint32_t i;
    mx_status st = new_piece(ctx, back, at, &piece);

    if (st != MX_OK) return st;
    piece->order = order;
    piece->stocked = line->rec->stocked;
    piece->rec.order = order->head->id;
    piece->rec.line = line->rec->line;
    piece->rec.sku = line->rec->sku;
    piece->rec.from = line->returned;
    piece->rec.qty = qty;
    piece->rec.condition = ask->condition;
    for (i = 0; i < line->rec->runs.count; i++) {
        struct mx_run_part part;
        mx_run_part_of(mx_list_at(&line->rec->runs, i), line->returned, line->returned + qty, &part);
        piece->carried += part.total;
        piece->rec.tax += part.tax;
        piece->rec.points += part.points;
    }
    piece->rec.refund = piece->carried;
    line->returned += qty;
    line->touched = 1;
    return MX_OK;
}

static mx_status refuse_qty(struct mx_ctx *ctx, uint32_t at, int64_t left) {
    char field[48];
    return mx_refuse(ctx, "already_returned", orders_line_field(field, at, "qty"),
                     "Of these goods only %" PRId64 " thousandths can still come back on this order.", left);
}

static mx_status take_line(struct mx_ctx *ctx, struct orders_back *back, struct orders_back_order *order, uint32_t at) {
    const struct return_line_ask *ask = mx_list_at(&back->ask->lines, at);
    struct orders_back_line *line;
    char field[48];
    mx_status st;

    if (ask->line > order->head->line_count)
        return mx_refuse(ctx, "unknown_line", orders_line_field(field, at, "line"), "The order has only %" PRId64 " lines.",
                         order->head->line_count);
    st = orders_back_load(ctx, order, ask->line, &line);
    if (st != MX_OK) return st;
    if (ask->sku.len && !mx_str_eq(ask->sku, line->rec->sku))
        return mx_refuse(ctx, "sku_differs", orders_line_field(field, at, "sku"), "Line %" PRId64 " of the order is %.*s.", ask->line,
                         (int)line->rec->sku.len, line->rec->sku.ptr);
    st = orders_check_pieces(ctx, line->rec->unit, line->rec->sku, ask->qty, at);
    if (st != MX_OK) return st;
    if (ask->qty > line->rec->qty - line->returned) return refuse_qty(ctx, at, line->rec->qty - line->returned);
    return take_units(ctx, back, order, line, ask->qty, at);
}

/* By article: lowest line first, spilling over to the next line of it. */
static mx_status take_sku(struct mx_ctx *ctx, struct orders_back *back, struct orders_back_order *order, uint32_t at) {
    const struct return_line_ask *ask = mx_list_at(&back->ask->lines, at);
    int64_t rest = ask->qty, known = 0, number;
    char field[48];

    for (number = 1; number <= order->head->line_count && rest > 0; number++) {
        struct orders_back_line *line;
        int64_t left;
        mx_status st = orders_back_load(ctx, order, number, &line);
        if (st != MX_OK) return st;
        if (!mx_str_eq(line->rec->sku, ask->sku)) continue;
        st = orders_check_pieces(ctx, line->rec->unit, ask->sku, ask->qty, at);
        if (st != MX_OK) return st;
        known = 1;
        left = line->rec->qty - line->returned;
        if (left == 0) continue;
        if (left > rest) left = rest;
        st = take_units(ctx, back, order, line, left, at);
        if (st != MX_OK) return st;
        rest -= left;
    }
    if (!known)
        return mx_refuse(ctx, "not_in_order", orders_line_field(field, at, "sku"), "The order has no article %.*s.", (int)ask->sku.len,
                         ask->sku.ptr);
    return rest ? refuse_qty(ctx, at, ask->qty - rest) : MX_OK;
}

/* The price of the request instead of what was paid: never above it; the rest stays with the shop. */
static mx_status reprice(struct mx_ctx *ctx, struct orders_back *back, uint32_t first, uint32_t at) {
    const struct return_line_ask *ask = mx_list_at(&back->ask->lines, at);
    uint32_t count = back->piece_count - first, i;
    int64_t *weights = mx_alloc(ctx, 2 * count * sizeof(*weights)), *shares = weights + count;
    int64_t carried = 0, refund;
    char field[48];

    for (i = 0; i < count; i++) {
        weights[i] = back->pieces[first + i].carried;
        carried += weights[i];
    }
    orders_line_field(field, at, "price");
    if (!mx_price_of(ask->price, ask->qty, &refund) || refund > carried)
        return mx_refuse(ctx, "refund_above_paid", field, "For these goods %" PRId64 " was paid; more cannot be given back on this order.",
                         carried);
    if (refund == carried) return MX_OK;
    if (!mx_allowed(ctx, ORDERS_MAY_OVERRIDE))
        return mx_fail(ctx, MX_E_FORBIDDEN, field, "This key may not give back another amount than was paid.");
    (void)mx_share(refund, weights, count, shares);
    for (i = 0; i < count; i++) {
        struct orders_back_piece *piece = &back->pieces[first + i];
        piece->rec.refund = shares[i];
        piece->rec.kept = piece->carried - shares[i];
        if (piece->carried) (void)mx_muldiv_half_up(piece->rec.tax, shares[i], piece->carried, &piece->rec.tax);
    }
    return MX_OK;
}

static mx_status with_receipt(struct mx_ctx *ctx, struct orders_back *back, uint32_t at) {
    const struct return_line_ask *ask = mx_list_at(&back->ask->lines, at);
    struct orders_back_order *order = NULL;
    uint32_t first = back->piece_count;
    char field[48];
    mx_status st;

    if (!ask->line && ask->sku.len == 0)
        return mx_fail(ctx, MX_E_MISSING_FIELD, orders_line_field(field, at, "line"), "Name the line of the order, or its article.");
    st = find_order(ctx, back, ask->order, at, &order);
    if (st == MX_OK) st = ask->line ? take_line(ctx, back, order, at) : take_sku(ctx, back, order, at);
    if (st == MX_OK && MX_HAS(return_line_ask, ask, price)) st = reprice(ctx, back, first, at);
    for (; st == MX_OK && first < back->piece_count; first++) {
        order->refund += back->pieces[first].rec.refund;
        order->qty += back->pieces[first].rec.qty;
    }
    return st;
}

static mx_status check_no_receipt(struct mx_ctx *ctx, const struct return_line_ask *ask, uint32_t at) {
    char field[48];
    if (ask->line) return mx_fail(ctx, MX_E_MISSING_FIELD, orders_line_field(field, at, "order"), "A line belongs to an order: name it.");
    if (ask->sku.len == 0)
        return mx_fail(ctx, MX_E_MISSING_FIELD, orders_line_field(field, at, "sku"), "Goods without receipt need their article number.");
    if (!mx_allowed(ctx, ORDERS_MAY_RETURN_NO_RECEIPT))
        return mx_fail(ctx, MX_E_FORBIDDEN, orders_line_field(field, at, "order"), "This key may not take goods back without a receipt.");
    return MX_OK;
}

/* What is given back without a receipt: the price of the request, tax included, or what the goods cost today. */
static int no_receipt_amounts(struct mx_ctx *ctx, const struct return_line_ask *ask, const struct mx_article *article,
                              struct return_line_rec *rec) {
    int on_top = !MX_HAS(return_line_ask, ask, price) && !mx_shop_of(ctx)->prices_include_tax;
    int64_t whole = on_top ? MX_PPM_ONE : MX_PPM_ONE + article->tax_ppm;
    if (!mx_price_of(MX_HAS(return_line_ask, ask, price) ? ask->price : article->price, ask->qty, &rec->refund)) return 0;
    if (!mx_muldiv_half_up(rec->refund, article->tax_ppm, whole, &rec->tax)) return 0;
    return !on_top || mx_add(rec->refund, rec->tax, &rec->refund);
}

static mx_status without_receipt(struct mx_ctx *ctx, struct orders_back *back, uint32_t at) {
    const struct return_line_ask *ask = mx_list_at(&back->ask->lines, at);
    struct mx_article_ask article_ask = {ask->sku, back->ask->location, {NULL, 0}, back->at};
    struct orders_back_piece *piece;
    struct mx_article article;
    char field[48];
    mx_status st = check_no_receipt(ctx, ask, at);

    if (st == MX_OK) st = orders_ask_article(ctx, &article_ask, at, &article);
    if (st == MX_OK) st = orders_check_pieces(ctx, article.unit, ask->sku, ask->qty, at);
    if (st == MX_OK) st = new_piece(ctx, back, at, &piece);
    if (st != MX_OK) return st;
    piece->stocked = article.stocked;
    piece->rec.sku = ask->sku;
    piece->rec.qty = ask->qty;
    piece->rec.condition = ask->condition;
    if (no_receipt_amounts(ctx, ask, &article, &piece->rec) && mx_add(back->no_receipt, piece->rec.refund, &back->no_receipt)) return MX_OK;
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, orders_line_field(field, at, "qty"), "The refund becomes too large to be counted.");
}

mx_status orders_back_find(struct mx_ctx *ctx, const struct return_ask *ask, struct orders_back *back) {
    mx_status st;
    uint32_t i;

    memset(back, 0, sizeof(*back));
    back->ask = ask;
    back->piece_room = ask->lines.count;
    back->pieces = mx_alloc(ctx, back->piece_room * sizeof(*back->pieces));
    back->orders = mx_alloc(ctx, ask->lines.count * sizeof(*back->orders));
    st = orders_time(ctx, MX_HAS(return_ask, ask, at), ask->at, &back->at);
    for (i = 0; st == MX_OK && i < ask->lines.count; i++) {
        const struct return_line_ask *line = mx_list_at(&ask->lines, i);
        st = line->order.len ? with_receipt(ctx, back, i) : without_receipt(ctx, back, i);
    }
    for (i = 0; st == MX_OK && i < back->piece_count; i++)
        if (!mx_add(back->refund, back->pieces[i].rec.refund, &back->refund) || !mx_add(back->tax, back->pieces[i].rec.tax, &back->tax))
            st = mx_fail(ctx, MX_E_OUT_OF_RANGE, "lines", "The refund becomes too large to be counted.");
    return st;
}
