/* Why a rule whose goods are in the cart made no offer. */
#include <stdio.h>

#include "script/sale.h"

#define TEXT_MAX_ 200

static int touches(const struct script_sale *sale, const struct script_rule *rule) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    uint32_t i, k, slots = promotion->slots ? promotion->offer.slots.count : 0;
    for (i = 0; i < sale->cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&sale->cart->lines, i);
        if (slots == 0 && script_line_matches(rule, line)) return 1;
        if (slots == 0 || !script_line_free(promotion->offer.lane, promotion->offer.kind, line)) continue;
        for (k = 0; k < slots; k++) {
            if (script_goods_match(&promotion->slots[k], line)) return 1;
        }
    }
    return 0;
}

/* "gold silver", as much of it as there is room for. */
static struct mx_str join(struct mx_ctx *ctx, const struct script_words *words) {
    char *text = mx_alloc(ctx, TEXT_MAX_ + 1);
    uint32_t i, len = 0;
    for (i = 0; i < words->count; i++) {
        struct mx_str word = words->items[i];
        if (len + word.len + 1 > TEXT_MAX_) break;
        if (len) text[len++] = ' ';
        memcpy(text + len, word.ptr, word.len);
        len += word.len;
    }
    return mx_str_n(text, len);
}

static struct mx_str text_of(const struct script_sale *sale, const struct script_promotion *promotion, int32_t reason) {
    struct mx_str none = {NULL, 0};
    uint32_t i;
    switch (reason) {
    case MX_MISS_HOURS:
        return mx_dup(sale->ctx, promotion->window.hours_text);
    case MX_MISS_WEEKDAY:
        return mx_dup(sale->ctx, promotion->window.weekday_text);
    case MX_MISS_TIER:
        return join(sale->ctx, &promotion->tiers);
    case MX_MISS_SEGMENT:
        return join(sale->ctx, &promotion->segments);
    case MX_MISS_TENDER:
        return join(sale->ctx, &promotion->tenders);
    case MX_MISS_CHANNEL:
        return join(sale->ctx, &promotion->channels);
    case MX_MISS_CONSENT:
        return sale->asked_withheld;
    case MX_MISS_FACT:
        for (i = 0; i < promotion->fact_count; i++) {
            if (!script_fact_holds(&promotion->facts[i], sale->cart)) return mx_dup(sale->ctx, promotion->facts[i].name);
        }
        return none;
    default:
        return none;
    }
}

/* What a unit price leaves off a line, at most all of it. */
static int64_t off_line(const struct mx_cart_line *line, int64_t price) {
    int64_t costs = 0;
    if (!mx_price_of(price, line->qty, &costs) || costs >= line->amount) return 0;
    return line->amount - costs;
}

int64_t script_rule_gain(struct script_sale *sale, const struct script_rule *rule) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    const struct mx_offer *offer = &promotion->offer;
    int64_t sum = 0, off = 0;
    uint32_t i;
    if (promotion->takes.shape != SCRIPT_SHAPE_LINES && promotion->takes.shape != SCRIPT_SHAPE_GROUP) return 0;
    if (script_rule_has(rule, SCRIPT_FN_LINES) || promotion->takes.pieces) return 0;
    for (i = 0; i < sale->cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&sale->cart->lines, i);
        if (!script_line_matches(rule, line)) continue;
        if (!mx_add(sum, line->amount, &sum)) return 0;
        if (offer->kind == MX_OFFER_PRICE) off += off_line(line, offer->amount);
    }
    if (offer->kind == MX_OFFER_PERCENT && !mx_muldiv_half_up(sum, offer->ppm, MX_PPM_ONE, &off)) off = 0;
    if (offer->kind == MX_OFFER_AMOUNT) off = offer->amount < sum ? offer->amount : sum;
    if (offer->kind == MX_OFFER_SPEND_SAVE && sum >= offer->spend) off = offer->amount;
    return offer->max_off && off > offer->max_off ? offer->max_off : off;
}

/* Nothing that this customer could do about it now: told only as far as there is room. */
static int is_far(const struct script_sale *sale, int32_t reason, int64_t value) {
    static const int64_t soon_ms = 7 * 24 * 3600 * INT64_C(1000);
    if (reason == MX_MISS_NOT_YET) return value - sale->cart->at > soon_ms;
    if (reason == MX_MISS_ENDED) return sale->cart->at - value > soon_ms;
    return reason == MX_MISS_CHANNEL || reason == MX_MISS_LOCATION || reason == MX_MISS_CANARY;
}

void script_miss(struct script_sale *sale, const struct script_rule *rule, int32_t reason, int64_t value) {
    struct script_misses *misses;
    struct mx_offer_miss *miss;
    uint32_t *count;
    int far;
    if (!sale->tells_misses) return;
    if (reason == MX_MISS_WHEN && sale->asked_withheld.len) reason = MX_MISS_CONSENT; /* the better answer to why it said no */
    far = is_far(sale, reason, value);
    if (sale->misses == NULL) sale->misses = mx_alloc(sale->ctx, sizeof(*sale->misses));
    misses = sale->misses;
    count = far ? &misses->far_count : &misses->near_count;
    if (*count == MX_MISSES_MAX || !touches(sale, rule)) return;
    (far ? misses->far_at : misses->near_at)[*count] = rule->index;
    miss = &(far ? misses->far : misses->near)[(*count)++];
    miss->rule = rule->id;
    miss->name = rule->name;
    miss->lane = rule->lane;
    miss->reason = reason;
    miss->value = value;
    miss->text = text_of(sale, script_promotion_of(rule), reason);
    miss->gain = far ? 0 : script_rule_gain(sale, rule);
}

struct mx_list script_misses_list(struct script_sale *sale) {
    struct mx_list list = {NULL, 0, sizeof(struct mx_offer_miss)};
    const struct script_misses *misses = sale->misses;
    uint32_t far_count, near = 0, far = 0;
    struct mx_offer_miss *next;
    if (misses == NULL) return list;
    far_count = misses->far_count;
    if (far_count > MX_MISSES_MAX - misses->near_count) far_count = MX_MISSES_MAX - misses->near_count;
    list.count = misses->near_count + far_count;
    list.items = next = mx_alloc(sale->ctx, (list.count + 1) * sizeof(*next));
    while (near < misses->near_count || far < far_count) {
        int takes_far = near == misses->near_count || (far < far_count && misses->far_at[far] < misses->near_at[near]);
        *next++ = takes_far ? misses->far[far++] : misses->near[near++];
    }
    return list;
}
