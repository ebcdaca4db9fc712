/* orders.return: units, stock, points and money of a return, at any location, all in one command. */
#include "internal.h"

static mx_status put_back(struct mx_ctx *ctx, const struct orders_back *back, const struct return_rec *head) {
    struct mx_stock_move move = {head->location, head->id, head->at, mx_list_new(ctx, back->piece_count, sizeof(struct mx_stock_line))};
    struct mx_stock_moved moved;
    uint32_t i;
    mx_status st;

    move.lines.count = 0;
    for (i = 0; i < back->piece_count; i++) {
        const struct orders_back_piece *piece = &back->pieces[i];
        struct mx_stock_line *line = mx_list_at(&move.lines, move.lines.count);
        if (!piece->stocked) continue;
        line->line = (int64_t)piece->asked + 1;
        line->sku = piece->rec.sku;
        line->qty = piece->rec.qty;
        line->condition = piece->rec.condition;
        if (piece->order) line->lot = piece->order->lines[piece->rec.line - 1].rec->lot;
        move.lines.count++;
    }
    st = mx_call(ctx, orders_uses[ORDERS_PUT_BACK], &move, &moved);
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status give_money(struct mx_ctx *ctx, const struct orders_back *back, const struct return_rec *head,
                            struct mx_refund_given *given) {
    struct mx_refund_give give = {head->id, head->location, head->till, head->at, {NULL, 0, 0}, back->ask->tenders};
    struct mx_refund_part *parts = mx_alloc(ctx, ((size_t)back->order_count + 1) * sizeof(*parts));
    uint32_t i, count = 0;
    mx_status st;

    memset(given, 0, sizeof(*given));
    if (head->refund == 0 && back->ask->tenders.count == 0) return MX_OK;
    for (i = 0; i < back->order_count; i++) {
        if (back->orders[i].refund == 0) continue;
        parts[count].order = back->orders[i].head->id;
        parts[count++].amount = back->orders[i].refund;
    }
    if (back->no_receipt) parts[count++].amount = back->no_receipt;
    give.parts.items = parts;
    give.parts.count = count;
    give.parts.elem_size = sizeof(*parts);
    st = mx_call(ctx, orders_uses[ORDERS_REFUND], &give, given);
    if (st != MX_DECLINED) return st;
    return mx_refuse(ctx, "no_payments", "tenders", "This shop cannot give money back: no plugin records payments.");
}

/* The points that a piece carries, run by run. */
static void add_parts(const struct orders_back_piece *piece, struct mx_list *parts) {
    const struct line_rec *line = piece->order->lines[piece->rec.line - 1].rec;
    uint32_t i;
    for (i = 0; i < line->runs.count; i++) {
        const struct mx_run *run = mx_list_at(&line->runs, i);
        struct mx_points_part *to;
        struct mx_run_part part;
        mx_run_part_of(run, piece->rec.from, piece->rec.from + piece->rec.qty, &part);
        if (part.points == 0) continue;
        to = mx_list_at(parts, parts->count++);
        to->order = piece->rec.order;
        to->line = piece->rec.line;
        to->run = run->run;
        to->points = part.points;
    }
}

/* Take back from one member what the pieces of this member's orders carry. */
static mx_status unearn(struct mx_ctx *ctx, const struct orders_back *back, struct mx_str member, struct return_rec *head) {
    struct mx_points_move move = {member, head->id, head->at, {NULL, 0, sizeof(struct mx_points_part)}};
    struct mx_points_moved moved = {0};
    uint32_t i, runs = 0;
    mx_status st;

    for (i = 0; i < back->piece_count; i++)
        if (back->pieces[i].order) runs += back->pieces[i].order->lines[back->pieces[i].rec.line - 1].rec->runs.count;
    move.parts = mx_list_new(ctx, runs, sizeof(struct mx_points_part));
    move.parts.count = 0;
    for (i = 0; i < back->piece_count; i++)
        if (back->pieces[i].order && mx_str_eq(back->pieces[i].order->head->member, member)) add_parts(&back->pieces[i], &move.parts);
    if (move.parts.count == 0) return MX_OK;
    st = mx_call(ctx, orders_uses[ORDERS_UNEARN], &move, &moved);
    if (st == MX_OK) head->points_reversed += moved.points;
    if (st == MX_OK) head->points_written_off += moved.written_off;
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status unearn_all(struct mx_ctx *ctx, const struct orders_back *back, struct return_rec *head) {
    mx_status st = MX_OK;
    uint32_t i, j;
    for (i = 0; st == MX_OK && i < back->order_count; i++) {
        struct mx_str member = back->orders[i].head->member;
        for (j = 0; j < i && !mx_str_eq(back->orders[j].head->member, member); j++) continue;
        if (j == i && member.len) st = unearn(ctx, back, member, head);
    }
    return st;
}

static mx_status put_returned(struct mx_ctx *ctx, const struct orders_back_order *order) {
    struct returned_rec returned;
    mx_status st = MX_OK;
    int64_t i;
    for (i = 0; st == MX_OK && i < order->head->line_count; i++) {
        if (!order->lines[i].touched) continue;
        memset(&returned, 0, sizeof(returned));
        returned.rec.has = orders_number_bits(&returned_rec_type);
        returned.order = order->head->id;
        returned.line = i + 1;
        returned.qty = order->lines[i].returned;
        st = mx_put(ctx, &orders_returned, &returned);
    }
    return st;
}

static mx_status put_records(struct mx_ctx *ctx, struct orders_back *back, struct return_rec *head) {
    uint64_t bits = orders_number_bits(&return_line_rec_type);
    mx_status st;
    uint32_t i;

    head->rec.has = orders_number_bits(&return_rec_type);
    st = mx_put(ctx, &orders_returns, head);
    for (i = 0; st == MX_OK && i < back->piece_count; i++) {
        back->pieces[i].rec.rec.has = bits;
        back->pieces[i].rec.return_id = head->id;
        st = mx_put(ctx, &orders_return_lines, &back->pieces[i].rec);
    }
    for (i = 0; st == MX_OK && i < back->order_count; i++) {
        struct order_rec *order = back->orders[i].head;
        order->refunded += back->orders[i].refund;
        order->units_left -= back->orders[i].qty;
        order->state = order->units_left ? ORDER_RETURNED_IN_PART : ORDER_RETURNED;
        st = put_returned(ctx, &back->orders[i]);
        if (st == MX_OK) st = mx_put(ctx, &orders_heads, order);
    }
    return st;
}

static struct return_doc *answer(struct mx_ctx *ctx, const struct orders_back *back, const struct return_rec *head,
                                 const struct mx_refund_given *given) {
    struct return_doc *doc = mx_alloc(ctx, sizeof(*doc));
    uint32_t i;
    orders_return_doc(head, doc);
    doc->lines = mx_list_new(ctx, back->piece_count, sizeof(struct return_line_doc));
    for (i = 0; i < back->piece_count; i++) orders_return_line_doc(&back->pieces[i].rec, mx_list_at(&doc->lines, i));
    doc->payments = given->payments;
    MX_SET_HAS(return_doc, doc, payments);
    return doc;
}

/* Id, member and number of the return. */
static mx_status name_return(struct mx_ctx *ctx, const struct return_ask *ask, const struct orders_back *back, struct return_rec *head) {
    struct mx_location_facts place;
    struct mx_member_facts facts;
    struct return_rec *found;
    mx_status st = MX_OK;
    uint32_t i;

    head->id = ask->id;
    if (head->id.len) {
        st = mx_get(ctx, &orders_returns, head, &found);
        if (st == MX_OK) return mx_fail(ctx, MX_E_EXISTS, "id", "The return %.*s was booked before.", (int)ask->id.len, ask->id.ptr);
        if (st == MX_NONE) st = MX_OK;
    } else {
        st = mx_new_id(ctx, "ret", &head->id);
    }
    if (st == MX_OK) st = orders_ask_location(ctx, ask->location, &place);
    if (st == MX_OK && ask->member.len) st = orders_ask_member(ctx, ask->member, &facts);
    if (st != MX_OK) return st;
    head->member = ask->member;
    for (i = 0; i < back->order_count && head->member.len == 0; i++) head->member = back->orders[i].head->member;
    return orders_number(ctx, "orders.return_number", ask->till.len ? ask->till : ask->location, "r", &head->number);
}

/* Money that goes back may need a second person. What its orders gave back before counts too: otherwise many small returns
 * would be one large one that nobody saw. */
static mx_status check_refund(struct mx_ctx *ctx, const struct orders_back *back) {
    int64_t amount = back->refund;
    mx_status st;
    uint32_t i;
    for (i = 0; i < back->order_count; i++)
        if (!mx_add(amount, back->orders[i].head->refunded, &amount))
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, "lines", "The refund becomes too large to be counted.");
    st = back->no_receipt > 0 ? mx_approved(ctx, "orders.return_without_receipt", back->no_receipt) : MX_OK;
    return st == MX_OK && back->refund > 0 ? mx_approved(ctx, "orders.refund", amount) : st;
}

mx_status orders_return_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct return_ask *ask = in;
    struct return_done *done = out;
    struct orders_back back;
    struct return_rec head;
    struct mx_refund_given given;
    mx_status st;

    if (mx_str_is_blank(ask->reason)) return mx_fail(ctx, MX_E_BAD_INPUT, "reason", "A reason has more than spaces.");
    st = orders_back_find(ctx, ask, &back);
    if (st == MX_OK) st = check_refund(ctx, &back);
    if (st != MX_OK) return st;
    memset(&head, 0, sizeof(head));
    head.at = back.at;
    head.location = ask->location;
    head.till = ask->till;
    head.reason = ask->reason;
    head.refund = back.refund;
    head.tax = back.tax;
    head.line_count = back.piece_count;
    st = name_return(ctx, ask, &back, &head);
    if (st == MX_OK) st = put_back(ctx, &back, &head);
    if (st == MX_OK) st = give_money(ctx, &back, &head, &given);
    if (st == MX_OK) st = unearn_all(ctx, &back, &head); /* after points that paid came back: they may be what is taken */
    if (st == MX_OK) st = orders_give_uses_back(ctx, &back, head.id);
    if (st == MX_OK) st = put_records(ctx, &back, &head);
    if (st == MX_OK) st = orders_tell_returned(ctx, &back, &head);
    if (st == MX_OK) st = orders_tell_no_receipt(ctx, &head, back.no_receipt);
    if (st != MX_OK) return st;
    done->doc = answer(ctx, &back, &head, &given);
    return MX_OK;
}
