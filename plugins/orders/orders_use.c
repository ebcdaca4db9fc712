/* Limits, budgets and coupons: used up in the sale's own command, given back by a return. */
#include "internal.h"

/* Only what is counted somewhere is told: an offer without limits and coupon uses nothing up. */
static int is_counted(const struct mx_offer *offer) { return offer->limits.count || offer->voucher.len; }

static const struct mx_offer *offer_of(const struct mx_list *offers, const struct mx_outcome *outcome) {
    return outcome->offer >= 1 && outcome->offer <= (int64_t)offers->count ? mx_list_at(offers, (uint32_t)outcome->offer - 1) : NULL;
}

/* The line of a rule and its coupon: several offers of one rule are one use. */
static struct mx_use_line *line_of(struct mx_list *lines, const struct mx_offer *offer) {
    struct mx_use_line *line;
    uint32_t i;
    for (i = 0; i < lines->count; i++) {
        line = mx_list_at(lines, i);
        if (mx_str_eq(line->rule, offer->rule) && mx_str_eq(line->voucher, offer->voucher)) return line;
    }
    line = mx_list_at(lines, lines->count++);
    line->rule = offer->rule;
    line->voucher = offer->voucher;
    line->limits = offer->limits;
    return line;
}

/* What the offers of an order used up. returnable: without those that keep it. */
static struct mx_list used_lines(struct mx_ctx *ctx, const struct mx_list *offers, const struct mx_list *outcomes, int returnable) {
    struct mx_list lines = mx_list_new(ctx, outcomes->count, sizeof(struct mx_use_line));
    uint32_t i;

    lines.count = 0;
    for (i = 0; i < outcomes->count; i++) {
        const struct mx_outcome *outcome = mx_list_at(outcomes, i);
        const struct mx_offer *offer = offer_of(offers, outcome);
        struct mx_use_line *line;
        if (!offer || outcome->state != MX_OUTCOME_APPLIED || !is_counted(offer) || (returnable && offer->keeps_uses)) continue;
        line = line_of(&lines, offer);
        line->uses += outcome->uses;
        line->units += outcome->units;
        line->amount += outcome->amount;
    }
    return lines;
}

mx_status orders_use_up(struct mx_ctx *ctx, const struct orders_sale *sale, struct mx_str held, struct order_rec *head) {
    struct mx_promotion_use use = {head->id, head->id, head->member, held, sale->cart.zone, head->at, {NULL, 0, 0}};
    struct mx_promotion_used used;
    mx_status st;

    use.lines = used_lines(ctx, &sale->offers.offers, &sale->price.outcomes, 0);
    if (use.lines.count == 0 && held.len == 0) return MX_OK;
    st = mx_call(ctx, orders_uses[ORDERS_USE_UP], &use, &used);
    if (st == MX_OK) head->counted = use.lines.count;
    return st == MX_DECLINED ? MX_OK : st;
}

/* ---- a return ---- */

/* What a rule took off an order, and how much of that came back. */
struct share {
    int64_t qty, qty_before, qty_after;
    int64_t money, money_before, money_after;
};

static int64_t within(const struct mx_run *run, int64_t to) {
    if (to > run->to) to = run->to;
    return to > run->from ? to - run->from : 0;
}

static void add_run(const struct mx_run *run, int64_t amount, const struct orders_back_line *line, struct share *share) {
    int64_t whole = run->to - run->from, before = within(run, line->before), after = within(run, line->returned), part = 0;
    share->qty += whole;
    share->qty_before += before;
    share->qty_after += after;
    share->money += amount;
    (void)mx_share_range(amount, 0, before, whole, &part);
    share->money_before += part;
    (void)mx_share_range(amount, 0, after, whole, &part);
    share->money_after += part;
}

/* Units that a rule gave points for carry no discount: those are the ones that its offers named. */
static int names_line(const struct trace_rec *trace, struct mx_str rule, int64_t line) {
    uint32_t i, j;
    for (i = 0; i < trace->offers.count; i++) {
        const struct mx_offer *offer = mx_list_at(&trace->offers, i);
        if (!mx_str_eq(offer->rule, rule)) continue;
        if (offer->lines.count == 0 && offer->slots.count == 0) return 1;
        for (j = 0; j < offer->lines.count; j++)
            if (((const struct mx_offer_line *)mx_list_at(&offer->lines, j))->line == line) return 1;
    }
    return 0;
}

static struct share share_of(const struct orders_back_order *order, const struct trace_rec *trace, struct mx_str rule) {
    struct share off = {0}, named = {0};
    uint32_t j, k;
    int64_t i;

    for (i = 0; i < order->head->line_count; i++) {
        const struct orders_back_line *line = &order->lines[i];
        int is_named = names_line(trace, rule, i + 1);
        for (j = 0; j < line->rec->runs.count; j++) {
            const struct mx_run *run = mx_list_at(&line->rec->runs, j);
            if (is_named) add_run(run, 0, line, &named);
            for (k = 0; k < run->discounts.count; k++) {
                const struct mx_discount *discount = mx_list_at(&run->discounts, k);
                if (mx_str_eq(discount->rule, rule)) add_run(run, discount->amount, line, &off);
            }
        }
    }
    return off.qty ? off : named;
}

/* The part of `amount` that goes back now: what all returns together gave back is always its share of the whole. */
static int64_t part_of(int64_t amount, int64_t before, int64_t after, int64_t whole) {
    int64_t part = 0;
    if (whole > 0) (void)mx_share_range(amount, before, after, whole, &part);
    return part;
}

static void scale(struct mx_use_line *line, const struct share *share) {
    line->uses = share->qty_after == share->qty && share->qty_before < share->qty ? line->uses : 0;
    line->units = part_of(line->units, share->qty_before, share->qty_after, share->qty);
    if (share->money)
        line->amount = part_of(line->amount, share->money_before, share->money_after, share->money);
    else
        line->amount = part_of(line->amount, share->qty_before, share->qty_after, share->qty);
}

static mx_status give_order_back(struct mx_ctx *ctx, struct orders_back_order *order, struct mx_str return_id) {
    struct mx_promotion_use use = {order->head->id, return_id, order->head->member, {NULL, 0}, {NULL, 0}, order->head->at, {NULL, 0, 0}};
    struct mx_promotion_used used;
    struct trace_rec probe, *trace;
    struct orders_back_line *line;
    struct mx_list lines;
    mx_status st;
    int64_t i;
    uint32_t j;

    memset(&probe, 0, sizeof(probe));
    probe.order = order->head->id;
    st = mx_get(ctx, &orders_traces, &probe, &trace);
    for (i = 1; st == MX_OK && i <= order->head->line_count; i++) st = orders_back_load(ctx, order, i, &line);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    lines = used_lines(ctx, &trace->offers, &trace->outcomes, 1);
    use.zone = trace->facts ? trace->facts->zone : mx_shop_of(ctx)->zone;
    use.lines = mx_list_new(ctx, lines.count, sizeof(struct mx_use_line));
    use.lines.count = 0;
    for (j = 0; j < lines.count; j++) {
        struct mx_use_line *counted = mx_list_at(&lines, j);
        struct share share = share_of(order, trace, counted->rule);
        scale(counted, &share);
        if (counted->uses || counted->units || counted->amount) *(struct mx_use_line *)mx_list_at(&use.lines, use.lines.count++) = *counted;
    }
    if (use.lines.count == 0) return MX_OK;
    st = mx_call(ctx, orders_uses[ORDERS_GIVE_BACK], &use, &used);
    return st == MX_DECLINED ? MX_OK : st;
}

mx_status orders_give_uses_back(struct mx_ctx *ctx, struct orders_back *back, struct mx_str return_id) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < back->order_count; i++)
        if (back->orders[i].head->counted) st = give_order_back(ctx, &back->orders[i], return_id);
    return st;
}
