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
