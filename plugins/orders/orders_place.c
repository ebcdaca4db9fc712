/* orders.place: price, stock, money, number, records, points and events of one sale, all in one command. */
#include <inttypes.h>

#include "internal.h"

static mx_status check_expected(struct mx_ctx *ctx, const struct order_ask *ask, const struct orders_sale *sale) {
    if (!MX_HAS(order_ask, ask, expected_total) || ask->expected_total == sale->price.total) return MX_OK;
    return mx_refuse(ctx, "total_changed", "expected_total", "The order costs %" PRId64 ", not %" PRId64 ".", sale->price.total,
                     ask->expected_total);
}

/* What prices set by hand take off may need a second person. */
static mx_status check_overrides(struct mx_ctx *ctx, const struct orders_sale *sale) {
    int64_t regular, off = 0;
    uint32_t i;
    for (i = 0; i < sale->cart.lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&sale->cart.lines, i);
        if (!line->overridden || !mx_price_of(sale->articles[i].price, line->qty, &regular) || regular <= line->amount) continue;
        if (!mx_add(off, regular - line->amount, &off))
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, "lines", "The order becomes too large to be counted.");
    }
    return off ? mx_approved(ctx, "orders.price_override", off) : MX_OK;
}

/* A till that repeats its own number, or a client its id, would sell twice. */
static mx_status check_unused(struct mx_ctx *ctx, const struct order_ask *ask) {
    struct order_rec probe, *found;
    mx_status st = MX_NONE;

    memset(&probe, 0, sizeof(probe));
    if (ask->till_seq && ask->till.len == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "till", "A till's own number needs the till.");
    probe.id = ask->id;
    if (ask->id.len) st = mx_get(ctx, &orders_heads, &probe, &found);
    if (st == MX_OK) return mx_fail(ctx, MX_E_EXISTS, "id", "The order %.*s was placed before.", (int)ask->id.len, ask->id.ptr);
    if (st != MX_NONE || !ask->till_seq) return st == MX_NONE ? MX_OK : st;
    probe.till = ask->till;
    probe.till_seq = ask->till_seq;
    MX_SET_HAS(order_rec, &probe, till_seq);
    st = mx_find(ctx, &orders_heads, "till_seq", &probe, &found);
    if (st == MX_OK)
        return mx_refuse(ctx, "till_seq_used", "till_seq", "The till %.*s used its number %" PRId64 " for the order %.*s.",
                         (int)ask->till.len, ask->till.ptr, ask->till_seq, (int)found->id.len, found->id.ptr);
    return st == MX_NONE ? MX_OK : st;
}

/* Services are not counted; an order of services alone still names a location that must exist. */
static mx_status take_stock(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_rec *head,
                            const struct line_rec *lines) {
    struct mx_stock_move move = {head->location, head->id, head->at,
                                 mx_list_new(ctx, (uint32_t)head->line_count, sizeof(struct mx_stock_line))};
    struct mx_stock_moved moved;
    uint32_t i, count = 0;
    mx_status st;

    for (i = 0; i < (uint32_t)head->line_count; i++) {
        struct mx_stock_line *line = mx_list_at(&move.lines, count);
        if (!lines[i].stocked) continue;
        line->line = lines[i].line;
        line->sku = lines[i].sku;
        line->qty = lines[i].qty;
        line->below_zero = sale->articles[i].below_zero;
        line->lot = lines[i].lot;
        count++;
    }
    move.lines.count = count;
    st = mx_call(ctx, orders_uses[ORDERS_TAKE], &move, &moved);
    return st == MX_DECLINED ? MX_OK : st; /* a shop without stock-keeping sells all the same */
}

static mx_status take_money(struct mx_ctx *ctx, const struct order_ask *ask, const struct order_rec *head, struct mx_payment_taken *taken) {
    struct mx_payment_take take = {head->id, head->location, head->till, head->at, head->total, ask->tenders, head->member};
    mx_status st = mx_call(ctx, orders_uses[ORDERS_PAY], &take, taken);
    if (st != MX_DECLINED) return st;
    return mx_refuse(ctx, "no_payments", "tenders", "This shop cannot take money: no plugin records payments.");
}

mx_status orders_book_points(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_rec *head,
                             const struct line_rec *lines) {
    struct mx_points_move move = {.member = head->member, .source = head->id, .at = head->at, .members = sale->members};
    struct mx_points_moved moved;
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
            part->order = head->id;
            part->line = lines[i].line;
            part->run = run->run;
            part->points = run->points;
            move.parts.count++;
        }
    st = mx_call(ctx, orders_uses[ORDERS_EARN], &move, &moved);
    if (st != MX_DECLINED) return st;
    return mx_refuse(ctx, "points_unknown", "member", "Points of this sale cannot be booked: %s is not there.",
                     orders_uses[ORDERS_EARN]->op);
}

/* Rules that made no offer are many, and their names stand in the rules: the id is enough. */
static struct mx_list without_names(struct mx_ctx *ctx, const struct mx_list *misses) {
    struct mx_list bare = mx_list_new(ctx, misses->count, sizeof(struct mx_offer_miss));
    uint32_t i;
    for (i = 0; i < misses->count; i++) {
        struct mx_offer_miss *miss = mx_list_at(&bare, i);
        *miss = *(const struct mx_offer_miss *)mx_list_at(misses, i);
        memset(&miss->name, 0, sizeof(miss->name));
    }
    return bare;
}

static mx_status put_trace(struct mx_ctx *ctx, struct orders_sale *sale, struct mx_str order) {
    struct trace_rec trace;
    memset(&trace, 0, sizeof(trace));
    trace.rec.has = orders_number_bits(&trace_rec_type);
    trace.order = order;
    trace.facts = &sale->cart;
    trace.prices_include_tax = (uint8_t)(mx_shop_of(ctx)->prices_include_tax != 0);
    trace.offers = sale->offers.offers;
    trace.outcomes = sale->price.outcomes;
    trace.faults = sale->offers.faults;
    trace.version = sale->offers.version;
    trace.misses = without_names(ctx, &sale->offers.misses);
    trace.proofs = sale->price.proofs;
    trace.coupons = sale->coupons.said;
    trace.stacking = sale->price.stacking;
    trace.earned = sale->earned;
    return mx_put(ctx, &orders_traces, &trace);
}

mx_status orders_put_sale(struct mx_ctx *ctx, struct orders_sale *sale, struct order_rec *head, struct line_rec *lines) {
    uint64_t line_bits = orders_number_bits(&line_rec_type);
    uint32_t i;
    mx_status st;

    head->rec.has = orders_number_bits(&order_rec_type);
    if (!head->till_seq) mx_set_has_at(&order_rec_type, head, offsetof(struct order_rec, till_seq), 0);
    if (!head->counted) mx_set_has_at(&order_rec_type, head, offsetof(struct order_rec, counted), 0);
    if (!head->imported) mx_set_has_at(&order_rec_type, head, offsetof(struct order_rec, imported), 0);
    st = mx_put(ctx, &orders_heads, head);
    for (i = 0; st == MX_OK && i < (uint32_t)head->line_count; i++) {
        lines[i].rec.has = line_bits;
        lines[i].order = head->id;
        st = mx_put(ctx, &orders_lines, &lines[i]);
    }
    return st == MX_OK ? put_trace(ctx, sale, head->id) : st;
}

static mx_status name_order(struct mx_ctx *ctx, const struct order_ask *ask, struct order_rec *head) {
    mx_status st = MX_OK;
    head->id = ask->id;
    if (head->id.len == 0) st = mx_new_id(ctx, "ord", &head->id);
    if (st != MX_OK) return st;
    return orders_number(ctx, "orders.number", head->till.len ? head->till : head->location, "", &head->number);
}

/* A reward may let a member buy a hidden article so many times. */
static mx_status use_unlocked(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_rec *head,
                              const struct line_rec *lines) {
    struct mx_unlock_use use = {.member = head->member, .order = head->id};
    struct mx_unlock_used used;
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; (st == MX_OK || st == MX_DECLINED) && i < (uint32_t)head->line_count; i++) {
        if (!sale->articles[i].hidden) continue;
        use.sku = lines[i].sku;
        use.qty = lines[i].qty;
        st = mx_call(ctx, orders_uses[ORDERS_UNLOCK], &use, &used);
    }
    return st == MX_DECLINED ? MX_OK : st;
}

mx_status orders_place_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct order_ask *ask = in;
    struct order_placed *placed = out;
    struct orders_sale sale;
    struct order_rec head;
    struct line_rec *lines;
    struct mx_payment_taken taken;
    mx_status st = check_unused(ctx, ask);

    if (st == MX_OK) st = orders_sale_price(ctx, ask, &sale);
    if (st == MX_OK) st = orders_coupons_check(ctx, &sale);
    if (st == MX_OK) st = check_expected(ctx, ask, &sale);
    if (st == MX_OK) st = check_overrides(ctx, &sale);
    if (st != MX_OK) return st;
    orders_records(ctx, &sale, ask, &head, &lines);
    st = name_order(ctx, ask, &head);
    if (st == MX_OK) st = take_stock(ctx, &sale, &head, lines);
    if (st == MX_OK) st = take_money(ctx, ask, &head, &taken);
    if (st == MX_OK) st = use_unlocked(ctx, &sale, &head, lines);
    if (st == MX_OK) st = orders_use_up(ctx, &sale, ask->held, &head);
    if (st == MX_OK) st = orders_held_sold(ctx, ask->held);
    if (st == MX_OK) st = orders_put_sale(ctx, &sale, &head, lines);
    if (st == MX_OK) st = orders_book_points(ctx, &sale, &head, lines);
    if (st == MX_OK) st = orders_tell_paid(ctx, &sale, &head, lines);
    if (st == MX_OK) st = orders_tell_overrides(ctx, &sale, &head);
    if (st != MX_OK) return st;
    placed->order = orders_doc(ctx, &head, lines);
    placed->order->payments = taken.payments;
    MX_SET_HAS(order_doc, placed->order, payments);
    placed->change = taken.change;
    placed->coupons_said = sale.coupons.said;
    placed->proofs = sale.price.proofs;
    return MX_OK;
}
