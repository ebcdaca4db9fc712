/* The declarative half of rules: evaluated in C, without a call into Lua. */
#include "script/internal.h"

static int has_word(const struct script_words *words, struct mx_str text) {
    uint32_t low = 0, high = words->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int c = mx_str_cmp(words->items[middle], text);
        if (c == 0) return 1;
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static int has_any_word(const struct script_words *words, const struct mx_list *texts) {
    uint32_t i;
    for (i = 0; i < texts->count; i++) {
        if (has_word(words, mx_list_str(texts, i))) return 1;
    }
    return 0;
}

const struct base_civil *script_sale_local(struct script_sale *sale) {
    if (!sale->local_known) {
        const struct mx_shop *shop = mx_shop_of(sale->ctx);
        base_civil_from_ms(shop ? base_zone_get(shop->zone) : NULL, sale->cart->at, &sale->local);
        sale->local_known = 1;
    }
    return &sale->local;
}

static int in_window(struct script_sale *sale, const struct script_rule *rule) {
    const struct base_civil *local;
    int32_t today;
    if (rule->from_day == 0 && rule->to_day == 0) return 1;
    local = script_sale_local(sale);
    today = (local->year * 100 + local->month) * 100 + local->day;
    return (rule->from_day == 0 || today >= rule->from_day) && (rule->to_day == 0 || today <= rule->to_day);
}

int script_rule_applies(struct script_sale *sale, const struct script_rule *rule) {
    const struct mx_cart *cart = sale->cart;
    if (rule->any_member && cart->member.len == 0) return 0;
    if (rule->tiers.count && !has_word(&rule->tiers, cart->tier)) return 0;
    if (rule->channels.count && !has_word(&rule->channels, cart->channel)) return 0;
    if (rule->locations.count && !has_word(&rule->locations, cart->location)) return 0;
    return in_window(sale, rule);
}

int script_line_matches(const struct script_rule *rule, const struct mx_cart_line *line) {
    if (line->overridden) return 0;
    if (rule->discount == MX_OFFER_BUY_PAY && line->unit != MX_UNIT_PIECE) return 0; /* buy and pay count pieces */
    if (rule->categories.count && !has_word(&rule->categories, line->category)) return 0;
    if (rule->skus.count && !has_word(&rule->skus, line->sku)) return 0;
    if (rule->tags.count && !has_any_word(&rule->tags, &line->tags)) return 0;
    return 1;
}

struct mx_offer *script_offer_add(struct script_sale *sale, const struct script_rule *rule, struct mx_list lines) {
    struct mx_offer *offer;
    if (sale->offer_count == sale->offer_cap) {
        uint32_t cap = sale->offer_cap ? sale->offer_cap * 2 : 8;
        struct mx_offer *grown = mx_alloc(sale->ctx, cap * sizeof(*grown));
        if (sale->offer_count) memcpy(grown, sale->offers, sale->offer_count * sizeof(*grown));
        sale->offers = grown;
        sale->offer_cap = cap;
    }
    offer = &sale->offers[sale->offer_count++];
    memset(offer, 0, sizeof(*offer));
    offer->rule = rule->id; /* copied into the command's memory when all have answered */
    offer->name = rule->name;
    offer->lane = rule->lane;
    offer->priority = rule->priority;
    offer->kind = rule->discount;
    offer->ppm = rule->ppm;
    offer->amount = rule->amount;
    offer->buy = rule->buy;
    offer->pay = rule->pay;
    offer->min_total = rule->min_total;
    offer->lines = lines;
    return offer;
}

/* Thousandths that the lines offer together, at most MX_INT_MAX. */
static int64_t offered_qty(const struct mx_cart *cart, const struct mx_list *lines) {
    int64_t sum = 0, qty;
    uint32_t i, at = 0;
    for (i = 0; i < lines->count; i++) {
        const struct mx_offer_line *wanted = mx_list_at(lines, i);
        const struct mx_cart_line *line;
        do {
            line = mx_list_at(&cart->lines, at++);
        } while (line->line != wanted->line);
        qty = wanted->qty ? wanted->qty : line->qty;
        if (!mx_add(sum, qty, &sum)) return MX_INT_MAX;
    }
    return sum;
}

void script_offer_declared(struct script_sale *sale, const struct script_rule *rule, struct mx_list lines) {
    if (lines.count == 0) return;
    if (rule->min_qty && offered_qty(sale->cart, &lines) < rule->min_qty) return;
    script_offer_add(sale, rule, lines);
}

void script_rule_declared(struct script_sale *sale, const struct script_rule *rule) {
    const struct mx_list *all = &sale->cart->lines;
    struct mx_list lines = {NULL, 0, sizeof(struct mx_offer_line)};
    struct mx_offer_line *wanted = NULL;
    uint32_t i;
    for (i = 0; i < all->count; i++) {
        const struct mx_cart_line *line = mx_list_at(all, i);
        if (!script_line_matches(rule, line)) continue;
        if (wanted == NULL) {
            lines.items = mx_alloc(sale->ctx, (all->count - i) * sizeof(*wanted));
            wanted = lines.items;
        }
        wanted[lines.count++].line = line->line;
    }
    script_offer_declared(sale, rule, lines);
}
