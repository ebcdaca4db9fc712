/* orders.take_in, orders.take_out: orders that were sold and paid elsewhere. They are records like every other order, with the prices of
 * that sale; no stock and no money moves here. */
#include <inttypes.h>

#include "internal.h"

/* MX_NONE: it was not taken in before. */
static mx_status find_external(struct mx_ctx *ctx, const struct mx_order_take_in *take, struct order_rec **head) {
    struct order_rec probe;
    memset(&probe, 0, sizeof(probe));
    probe.external = take->external;
    probe.channel = take->channel;
    return mx_find(ctx, &orders_heads, "external", &probe, head);
}

/* The article as it is here; a stranger is sold by its own name and counted nowhere. */
static mx_status read_article(struct mx_ctx *ctx, const struct mx_order_take_in *take, const struct mx_taken_line *line,
                              struct mx_article *article) {
    struct mx_article_ask ask = {.sku = line->sku, .location = take->location, .channel = take->channel, .at = take->at};
    mx_status st = mx_ask(ctx, orders_points[ORDERS_ASK_ARTICLE], &ask, article);
    if (st != MX_DECLINED) return st;
    memset(article, 0, sizeof(*article));
    article->sku = line->sku;
    article->name = line->name;
    article->unit = line->qty % MX_QTY_ONE ? MX_UNIT_KG : MX_UNIT_PIECE;
    return MX_OK;
}

static mx_status take_line(struct mx_ctx *ctx, const struct mx_order_take_in *take, struct orders_sale *sale, uint32_t at) {
    const struct mx_taken_line *from = mx_list_at(&take->lines, at);
    struct mx_cart_line *line = mx_list_at(&sale->cart.lines, at);
    struct mx_article *article = &sale->articles[at];
    char field[48];
    mx_status st = read_article(ctx, take, from, article);
    if (st != MX_OK) return st;
    line->line = (int64_t)at + 1;
    line->sku = from->sku;
    line->qty = from->qty;
    line->unit = article->unit;
    line->category = article->category;
    line->brand = article->brand;
    line->tags = article->tags;
    line->tax_ppm = from->tax_ppm;
    line->amount = from->amount;
    line->overridden = 1;
    line->shipping = (uint8_t)orders_is_shipping(article);
    if (mx_muldiv_floor(from->amount, MX_QTY_ONE, from->qty, &line->unit_price) &&
        mx_add(sale->cart.total, line->amount, &sale->cart.total) && mx_add(sale->units, line->qty, &sale->units)) {
        line->list_price = article->price ? article->price : line->unit_price;
        return MX_OK;
    }
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, orders_line_field(field, at, "amount"), "The order becomes too large to be counted.");
}

static mx_status build(struct mx_ctx *ctx, const struct mx_order_take_in *take, struct orders_sale *sale) {
    const struct mx_shop *shop = mx_shop_of(ctx);
    struct mx_location_facts place;
    struct mx_list none = {NULL, 0, 0};
    uint32_t i;
    mx_status st = orders_ask_location(ctx, take->location, &place);
    if (st != MX_OK) return st;
    memset(sale, 0, sizeof(*sale));
    sale->at = sale->cart.at = take->at;
    sale->cart.currency = shop->currency;
    sale->cart.digits = shop->digits;
    sale->cart.prices_include_tax = 1; /* what was paid holds it */
    sale->cart.channel = take->channel;
    sale->cart.location = take->location;
    sale->cart.zone = place.zone.len ? place.zone : shop->zone;
    sale->cart.key = take->external;
    sale->cart.lines = mx_list_new(ctx, take->lines.count, sizeof(struct mx_cart_line));
    sale->articles = mx_alloc(ctx, take->lines.count * sizeof(*sale->articles));
    st = orders_member_facts(ctx, take->member, sale);
    for (i = 0; st == MX_OK && i < take->lines.count; i++) st = take_line(ctx, take, sale, i);
    if (st == MX_OK && sale->cart.total != take->total)
        return mx_fail(ctx, MX_E_BAD_INPUT, "total", "The lines sum to %" PRId64 ", not to %" PRId64 ".", sale->cart.total, take->total);
    if (st == MX_OK) st = orders_ask_price(ctx, &sale->cart, &none, NULL, &sale->price);
    return st == MX_OK ? orders_earn_points(ctx, sale) : st;
}

/* As a request for this sale would say it. */
static void as_request(struct mx_ctx *ctx, const struct mx_order_take_in *take, struct order_ask *ask) {
    uint32_t i;
    memset(ask, 0, sizeof(*ask));
    ask->channel = take->channel;
    ask->location = take->location;
    ask->at = take->at;
    MX_SET_HAS(order_ask, ask, at);
    ask->lines = mx_list_new(ctx, take->lines.count, sizeof(struct order_line_ask));
    for (i = 0; i < take->lines.count; i++) ((struct order_line_ask *)mx_list_at(&ask->lines, i))->reason = mx_str_of("taken in");
}

mx_status orders_take_in_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_order_take_in *take = in;
    struct mx_order_taken_in *taken = out;
    struct order_rec head, *known = NULL;
    struct line_rec *lines;
    struct orders_sale sale;
    struct order_ask ask;
    mx_status st = find_external(ctx, take, &known);
    if (st == MX_OK) {
        taken->order = known->id;
        taken->known = 1;
        return MX_OK;
    }
    if (st == MX_NONE) st = build(ctx, take, &sale);
    if (st != MX_OK) return st;
    as_request(ctx, take, &ask);
    orders_records(ctx, &sale, &ask, &head, &lines);
    head.number = take->external;
    head.external = take->external;
    head.run = take->run;
    head.imported = 1;
    st = mx_new_id(ctx, "ord", &head.id);
    if (st == MX_OK) st = orders_put_sale(ctx, &sale, &head, lines);
    if (st == MX_OK) st = orders_book_points(ctx, &sale, &head, lines);
    taken->order = head.id;
    return st == MX_OK ? orders_tell_paid(ctx, &sale, &head, lines) : st;
}

/* ---- out again ---- */

static mx_status unearn(struct mx_ctx *ctx, const struct order_rec *head, const struct line_rec *lines, struct mx_str source,
                        int64_t *points) {
    struct mx_points_move move = {head->member, source, ctx->now_ms, {NULL, 0, sizeof(struct mx_points_part)}};
    struct mx_points_moved moved = {0};
    uint32_t runs = 0, i, j;
    mx_status st;
    if (head->points_earned == 0) return MX_OK;
    for (i = 0; i < (uint32_t)head->line_count; i++) runs += lines[i].runs.count;
    move.parts = mx_list_new(ctx, runs, sizeof(struct mx_points_part));
    move.parts.count = 0;
    for (i = 0; i < (uint32_t)head->line_count; i++)
        for (j = 0; j < lines[i].runs.count; j++) {
            const struct mx_run *run = mx_list_at(&lines[i].runs, j);
            struct mx_points_part *part = mx_list_at(&move.parts, move.parts.count);
            if (run->points == 0) continue;
            *part = (struct mx_points_part){head->id, lines[i].line, run->run, run->points};
            move.parts.count++;
        }
    st = mx_call(ctx, orders_uses[ORDERS_UNEARN], &move, &moved);
    *points = moved.points;
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status tell(struct mx_ctx *ctx, const struct order_rec *head, const struct line_rec *lines, struct mx_order_returned *returned) {
    struct trace_rec *trace = NULL;
    mx_status st = orders_trace_read(ctx, head->id, &trace);
    if (st < 0) return st;
    returned->number = head->number;
    returned->location = head->location;
    returned->member = head->member;
    returned->at = ctx->now_ms;
    returned->refund = head->total;
    returned->orders = mx_list_new(ctx, 1, sizeof(struct mx_str));
    *(struct mx_str *)mx_list_at(&returned->orders, 0) = head->id;
    returned->whole = 1;
    if (head->member.len && trace) returned->goods = orders_goods(ctx, trace->facts, lines);
    return mx_emit(ctx, &orders_returned_event, returned);
}

mx_status orders_take_out_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_order_take_out *ask = in;
    struct mx_order_taken_in *taken = out;
    struct mx_order_returned returned;
    struct order_rec probe, *head;
    struct line_rec *lines = NULL;
    mx_status st;
    memset(&probe, 0, sizeof(probe));
    memset(&returned, 0, sizeof(returned));
    probe.id = taken->order = ask->order;
    st = mx_get(ctx, &orders_heads, &probe, &head);
    if (st == MX_NONE || (st == MX_OK && (head->run.len == 0 || !mx_str_eq(head->run, ask->run))))
        return mx_fail(ctx, MX_E_NOT_FOUND, "order", "This intake brought no order %.*s.", (int)ask->order.len, ask->order.ptr);
    if (st != MX_OK) return st;
    if (head->state == ORDER_VOID) {
        taken->known = 1;
        return MX_OK;
    }
    if (head->state != ORDER_PAID)
        return mx_refuse(ctx, "order_returned", "order", "Goods of the order %.*s came back here by now.", (int)head->number.len,
                         head->number.ptr);
    st = orders_read_lines(ctx, head, &lines);
    if (st == MX_OK) st = mx_new_id(ctx, "ret", &returned.return_id);
    if (st == MX_OK) st = unearn(ctx, head, lines, returned.return_id, &returned.points_reversed);
    if (st != MX_OK) return st;
    head->state = ORDER_VOID;
    head->external = (struct mx_str){NULL, 0};
    st = mx_put(ctx, &orders_heads, head);
    return st == MX_OK ? tell(ctx, head, lines, &returned) : st;
}
