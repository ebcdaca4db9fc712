/* orders.explain: the stored rules and the engine are run again on the stored facts; what comes out must be what was stored,
 * byte by byte. */
#include "orders_explain.h"

static mx_status read_head(struct mx_ctx *ctx, struct mx_str order, struct order_rec **head) {
    struct order_rec probe;
    mx_status st;
    memset(&probe, 0, sizeof(probe));
    probe.id = order;
    st = mx_get(ctx, &orders_heads, &probe, head);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "order", "There is no order %.*s.", (int)order.len, order.ptr) : st;
}

static mx_status same_bytes(struct mx_ctx *ctx, const struct mx_type *type, const void *a, const void *b, int *same) {
    struct mx_str text_a, text_b;
    mx_status st = ctx->op->encode(ctx, type, a, &text_a);
    if (st == MX_OK) st = ctx->op->encode(ctx, type, b, &text_b);
    if (st == MX_OK && !mx_str_eq(text_a, text_b)) *same = 0;
    return st;
}

/* ---- the rules ---- */

/* It failed for this sale, or had failed so often that it was not asked. */
static int has_failed(const struct trace_rec *trace, struct mx_str rule) {
    uint32_t i;
    for (i = 0; i < trace->misses.count; i++) {
        const struct mx_offer_miss *miss = mx_list_at(&trace->misses, i);
        if (miss->reason == MX_MISS_OFF && mx_str_eq(miss->rule, rule)) return 1;
    }
    for (i = 0; i < trace->faults.count; i++)
        if (mx_str_eq(((const struct mx_rule_fault *)mx_list_at(&trace->faults, i))->rule, rule)) return 1;
    return 0;
}

/* Offers as the rules made them: without what the books said of their limits, and without rules that failed at that time and
 * may be better now. */
static struct mx_offers as_made(struct mx_ctx *ctx, const struct trace_rec *trace, const struct mx_list *offers) {
    struct mx_offers made;
    uint32_t i, j;

    memset(&made, 0, sizeof(made));
    made.offers = mx_list_new(ctx, offers->count, sizeof(struct mx_offer));
    made.offers.count = 0;
    for (i = 0; i < offers->count; i++) {
        const struct mx_offer *offer = mx_list_at(offers, i);
        struct mx_offer *copy = mx_list_at(&made.offers, made.offers.count);
        if (has_failed(trace, offer->rule)) continue;
        made.offers.count++;
        *copy = *offer;
        copy->limits = mx_list_new(ctx, offer->limits.count, sizeof(struct mx_offer_limit));
        for (j = 0; j < copy->limits.count; j++) {
            struct mx_offer_limit *limit = mx_list_at(&copy->limits, j);
            *limit = *(const struct mx_offer_limit *)mx_list_at(&offer->limits, j);
            limit->used = 0;
        }
    }
    return made;
}

static mx_status rules_again(struct mx_ctx *ctx, struct explaining *explaining, struct explained *out, int *same) {
    const struct trace_rec *trace = explaining->trace;
    struct mx_offers_ask ask = {trace->version, trace->facts};
    struct mx_offers now, before, after;
    mx_status st = MX_DECLINED;

    out->rules_kept = 1;
    if (trace->version.len == 0 && trace->offers.count == 0) return MX_OK; /* nobody had rules */
    if (trace->version.len && !explaining->is_old) st = mx_ask(ctx, orders_points[ORDERS_ASK_OFFERS_OF], &ask, &now);
    if (st == MX_DECLINED) {
        out->rules_kept = 0;
        return MX_OK;
    }
    if (st != MX_OK) return st;
    explaining->misses = now.misses;
    before = as_made(ctx, trace, &trace->offers);
    after = as_made(ctx, trace, &now.offers);
    return same_bytes(ctx, &mx_offers_type, &before, &after, same);
}

/* ---- the price ---- */

/* What was frozen, in the shape of the engine's answer. */
static struct mx_priced as_stored(struct mx_ctx *ctx, const struct explaining *explaining) {
    const struct order_rec *head = explaining->head;
    struct mx_priced priced;
    uint32_t i;

    memset(&priced, 0, sizeof(priced));
    priced.lines = mx_list_new(ctx, (uint32_t)head->line_count, sizeof(struct mx_priced_line));
    for (i = 0; i < priced.lines.count; i++) {
        const struct line_rec *line = &explaining->lines[i];
        struct mx_priced_line *to = mx_list_at(&priced.lines, i);
        to->runs = line->runs;
        to->discount = line->discount;
        to->tax = line->tax;
        to->total = line->total;
        to->points = line->points;
    }
    priced.rules = head->discounts;
    priced.outcomes = explaining->trace->outcomes;
    priced.proofs = explaining->trace->proofs;
    priced.total = head->total;
    priced.tax = head->tax;
    priced.discount = head->discount;
    return priced;
}

/* What stands in both shapes. An order of an earlier version kept less of its outcomes. */
static void trim(struct mx_priced *priced, int is_old) {
    uint32_t i;
    for (i = 0; i < priced->lines.count; i++) ((struct mx_priced_line *)mx_list_at(&priced->lines, i))->discounts.count = 0;
    priced->stacking = NULL;
    if (!is_old) return;
    priced->outcomes.count = 0;
    priced->proofs.count = 0;
}

static mx_status price_again(struct mx_ctx *ctx, const struct explaining *explaining, int *same) {
    const struct trace_rec *trace = explaining->trace;
    struct mx_stacking plain;
    struct mx_priced stored = as_stored(ctx, explaining), now;
    mx_status st;

    memset(&plain, 0, sizeof(plain));
    st = orders_ask_price(ctx, trace->facts, &trace->offers, trace->stacking ? trace->stacking : &plain, &now);
    if (st != MX_OK) return st;
    if (explaining->head->points_earned) {
        int64_t *scratch = mx_alloc(ctx, 2 * mx_priced_runs(&now) * sizeof(*scratch));
        (void)mx_priced_points(&now, explaining->is_old ? explaining->head->points_earned : trace->earned, scratch);
    }
    trim(&stored, explaining->is_old);
    trim(&now, explaining->is_old);
    return same_bytes(ctx, &mx_priced_type, &stored, &now, same);
}

mx_status orders_explain_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct explain_ask *ask = in;
    struct explained *explained = out;
    struct explaining explaining = {.language = ask->language};
    int same = 1;
    mx_status st = read_head(ctx, ask->order, &explaining.head);

    if (st == MX_OK) st = orders_trace_read(ctx, ask->order, &explaining.trace);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_DAMAGED, NULL, "The trace of the order is missing.");
    if (st == MX_OK) st = orders_read_lines(ctx, explaining.head, &explaining.lines);
    if (st != MX_OK) return st;
    explaining.is_old = explaining.trace->stacking == NULL;
    st = rules_again(ctx, &explaining, explained, &same);
    if (st == MX_OK) st = price_again(ctx, &explaining, &same);
    if (st != MX_OK) return st;
    explained->trace = explaining.trace;
    explained->reproduced = (uint8_t)same;
    explained->text = orders_explain_text(ctx, &explaining, explained);
    return MX_OK;
}
