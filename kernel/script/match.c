/* The half of promotions that C answers: who, when, on which lines, and the offers that are declared. */
#include "script/sale.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

const struct script_moment *script_sale_now(struct script_sale *sale) {
    struct script_moment *now = &sale->now;
    if (!sale->now_known) {
        const struct mx_shop *shop = mx_shop_of(sale->ctx);
        if (sale->cart->zone.len) now->zone = base_zone_get(sale->cart->zone);
        if (now->zone == NULL && shop != NULL) now->zone = base_zone_get(shop->zone);
        now->at_ms = sale->cart->at;
        base_civil_from_ms(now->zone, now->at_ms, &now->local);
        sale->now_known = 1;
    }
    return &sale->now;
}

/* ---- who and when ---- */

static int32_t place_refuses(const struct script_promotion *promotion, const struct mx_cart *cart) {
    if (promotion->channels.count && !script_words_has(&promotion->channels, cart->channel)) return MX_MISS_CHANNEL;
    if (promotion->locations.count && !script_words_has(&promotion->locations, cart->location)) return MX_MISS_LOCATION;
    return 0;
}

/* With several tenders every one of them must be meant: a discount for one card is not had with a cent on it. */
static int tenders_fit(const struct script_words *wanted, const struct mx_list *tenders) {
    uint32_t i;
    for (i = 0; i < tenders->count; i++) {
        if (!script_words_has(wanted, mx_list_str(tenders, i))) return 0;
    }
    return tenders->count > 0;
}

/* Whom it is not for. What is for other people comes before the days and hours: nobody is told to come back at five o'clock for what
 * she will not get then. */
static int32_t customer_refuses(const struct script_promotion *promotion, const struct mx_cart *cart) {
    if (promotion->any_member && cart->member.len == 0) return MX_MISS_MEMBER;
    if (promotion->tiers.count && !script_words_has(&promotion->tiers, cart->tier)) return MX_MISS_TIER;
    if (promotion->segments.count && !script_words_has_any(&promotion->segments, &cart->segments)) return MX_MISS_SEGMENT;
    return 0;
}

int script_fact_holds(const struct script_fact_wanted *wanted, const struct mx_cart *cart) {
    uint32_t i;
    for (i = 0; i < cart->facts.count; i++) {
        const struct mx_pair *fact = mx_list_at(&cart->facts, i);
        if (mx_str_eq(fact->key, wanted->name)) return script_words_has(&wanted->values, fact->value);
    }
    return 0;
}

/* The public code that the cart has of the rule, as it was typed; NULL when it has none. */
static const struct mx_str *code_of(const struct script_promotion *promotion, const struct mx_cart *cart) {
    char capitals[64];
    uint32_t i, k;
    for (i = 0; i < cart->coupons.count; i++) {
        const struct mx_str *code = mx_list_at(&cart->coupons, i);
        if (code->len > sizeof(capitals)) continue;
        for (k = 0; k < code->len; k++)
            capitals[k] = (char)(code->ptr[k] >= 'a' && code->ptr[k] <= 'z' ? code->ptr[k] - 'a' + 'A' : code->ptr[k]);
        if (script_words_has(&promotion->codes, mx_str_n(capitals, code->len))) return code;
    }
    return NULL;
}

const struct mx_cart_voucher *script_sale_voucher(const struct script_sale *sale, const struct script_rule *rule) {
    const struct mx_list *vouchers = &sale->cart->vouchers;
    uint32_t i;
    for (i = 0; i < vouchers->count; i++) {
        const struct mx_cart_voucher *voucher = mx_list_at(vouchers, i);
        if (mx_str_eq(voucher->rule, rule->id)) return voucher;
    }
    return NULL;
}

static int32_t coupon_refuses(struct script_sale *sale, const struct script_rule *rule, int64_t *value) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    const struct mx_cart_voucher *voucher;
    int64_t joined;
    if (promotion->codes.count && code_of(promotion, sale->cart) == NULL) return MX_MISS_COUPON;
    if (!script_promotion_issued(promotion)) return 0;
    voucher = script_sale_voucher(sale, rule);
    if (promotion->takes.shape != SCRIPT_SHAPE_GROUP) return voucher == NULL ? MX_MISS_COUPON : 0;
    joined = voucher == NULL ? 0 : voucher->joined;
    if (joined >= promotion->takes.size) return 0;
    *value = promotion->takes.size - joined;
    return MX_MISS_GROUP_OPEN;
}

int32_t script_rule_refuses(struct script_sale *sale, const struct script_rule *rule, int64_t *value) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    const struct script_window *window = &promotion->window;
    int32_t reason = place_refuses(promotion, sale->cart), who;
    uint32_t i;
    *value = 0;
    if (!reason && (window->has_from || window->has_to || window->weekdays || window->hours_count))
        reason = script_window_miss(window, script_sale_now(sale), value);
    if (!reason || reason == MX_MISS_NOT_YET || reason == MX_MISS_WEEKDAY || reason == MX_MISS_HOURS) {
        who = customer_refuses(promotion, sale->cart);
        if (who) *value = 0;
        if (who) reason = who;
    }
    if (!reason && promotion->tenders.count && !tenders_fit(&promotion->tenders, &sale->cart->tenders)) reason = MX_MISS_TENDER;
    for (i = 0; !reason && i < promotion->fact_count; i++) {
        if (!script_fact_holds(&promotion->facts[i], sale->cart)) reason = MX_MISS_FACT;
    }
    return reason ? reason : coupon_refuses(sale, rule, value);
}

/* ---- on which lines ---- */

int script_line_free(int32_t lane, int32_t kind, const struct mx_cart_line *line) {
    if (line->overridden || line->shipping != (lane == MX_LANE_SHIPPING)) return 0;
    return line->unit == MX_UNIT_PIECE || (kind != MX_OFFER_BUY_PAY && kind != MX_OFFER_BUNDLE); /* those count pieces */
}

static const struct script_sku_price *price_of(const struct script_takes *takes, struct mx_str sku) {
    uint32_t low = 0, high = takes->price_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int c = mx_str_cmp(takes->prices[middle].sku, sku);
        if (c == 0) return &takes->prices[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

int script_line_matches(const struct script_rule *rule, const struct mx_cart_line *line) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    if (!script_line_free(promotion->offer.lane, promotion->offer.kind, line)) return 0;
    if (promotion->takes.shape == SCRIPT_SHAPE_PRICES && price_of(&promotion->takes, line->sku) == NULL) return 0;
    return script_goods_match(&promotion->goods, line);
}

const struct mx_cart_line *script_cart_line(const struct mx_cart *cart, int64_t number) {
    uint32_t i;
    if (number >= 1 && number <= cart->lines.count) { /* usually line n stands at place n */
        const struct mx_cart_line *line = mx_list_at(&cart->lines, (uint32_t)number - 1);
        if (line->line == number) return line;
    }
    for (i = 0; i < cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        if (line->line == number) return line;
    }
    return NULL;
}

struct mx_list script_lines_begin(struct script_sale *sale) {
    struct mx_list lines = {NULL, 0, sizeof(struct mx_offer_line)};
    if (sale->gathered == NULL) sale->gathered = mx_alloc(sale->ctx, (sale->cart->lines.count + 1) * sizeof(*sale->gathered));
    lines.items = sale->gathered;
    return lines;
}

void script_lines_keep(struct script_sale *sale, struct mx_list *lines) {
    void *own = lines->count ? mx_alloc(sale->ctx, (size_t)lines->count * lines->elem_size) : NULL;
    if (lines->count) memcpy(own, lines->items, (size_t)lines->count * lines->elem_size);
    lines->items = own;
}

static void add_line(struct mx_list *lines, int64_t line, int64_t qty) {
    struct mx_offer_line next = {line, qty, 0};
    ((struct mx_offer_line *)lines->items)[lines->count++] = next;
}

void script_lines_price(const struct script_sale *sale, const struct script_takes *takes, struct mx_list *lines) {
    struct mx_offer_line *items = lines->items;
    uint32_t i, kept = 0;
    for (i = 0; i < lines->count; i++) {
        const struct mx_cart_line *line = script_cart_line(sale->cart, items[i].line);
        const struct script_sku_price *price = line ? price_of(takes, line->sku) : NULL;
        if (price == NULL) continue;
        items[kept] = items[i];
        items[kept++].price = price->price;
    }
    lines->count = kept;
}

void script_lines_cap(const struct script_sale *sale, struct mx_list *lines, int64_t pieces) {
    struct mx_offer_line *items = lines->items;
    int64_t left = pieces * MX_QTY_ONE;
    uint32_t i;
    if (pieces == 0) return;
    for (i = 0; i < lines->count && left > 0; i++) {
        const struct mx_cart_line *line = script_cart_line(sale->cart, items[i].line);
        int64_t qty = items[i].qty ? items[i].qty : line->qty;
        if (qty > left) qty = items[i].qty = left;
        left -= qty;
    }
    lines->count = i;
}

/* ---- the offers ---- */

struct mx_offer *script_offer_add(struct script_sale *sale, const struct script_rule *rule, const struct mx_offer *from) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    const struct mx_cart_voucher *voucher = script_promotion_issued(promotion) ? script_sale_voucher(sale, rule) : NULL;
    const struct mx_str *code = promotion->codes.count ? code_of(promotion, sale->cart) : NULL;
    struct mx_offer *offer;
    if (sale->offer_count == sale->offer_cap) {
        uint32_t cap = sale->offer_cap ? sale->offer_cap * 2 : 8;
        struct mx_offer *grown = mx_alloc(sale->ctx, cap * sizeof(*grown));
        if (sale->offer_count) memcpy(grown, sale->offers, sale->offer_count * sizeof(*grown));
        sale->offers = grown;
        sale->offer_cap = cap;
    }
    offer = &sale->offers[sale->offer_count++];
    *offer = *from; /* what belongs to the set is copied into the command's memory when all have answered */
    if (voucher != NULL) offer->voucher = voucher->id;
    if (code != NULL) offer->coupon = *code;
    offer->ends_at = script_window_ends(&promotion->window, script_sale_now(sale));
    return offer;
}

/* Thousandths that the lines offer together, at most MX_INT_MAX. */
static int64_t offered_qty(const struct mx_cart *cart, const struct mx_list *lines) {
    int64_t sum = 0, qty;
    uint32_t i;
    for (i = 0; i < lines->count; i++) {
        const struct mx_offer_line *wanted = mx_list_at(lines, i);
        const struct mx_cart_line *line = script_cart_line(cart, wanted->line);
        qty = wanted->qty ? wanted->qty : line->qty;
        if (!mx_add(sum, qty, &sum)) return MX_INT_MAX;
    }
    return sum;
}

/* The step of the ladder that a line stands on, -1 when it is on none: its lot lasts longer, is over, or is not known. */
static int step_of(const struct script_sale *sale, const struct script_takes *takes, const struct mx_cart_line *line) {
    int64_t left = line->expires_at - sale->cart->at, days;
    uint32_t i;
    if (line->expires_at == 0 || left <= 0) return -1;
    days = (left + DAY_MS - 1) / DAY_MS;
    for (i = 0; i < takes->ladder_count; i++) {
        if (days <= takes->ladder[i].days) return (int)i;
    }
    return -1;
}

/* One offer for each step on which lines stand, the last days first. */
static void offer_ladder(struct script_sale *sale, const struct script_rule *rule, const struct mx_list *lines) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    uint32_t offers_before = sale->offer_count, step, i;
    for (step = 0; step < promotion->takes.ladder_count; step++) {
        struct mx_list on_step = script_lines_begin(sale);
        for (i = 0; i < lines->count; i++) {
            const struct mx_offer_line *wanted = mx_list_at(lines, i);
            if (step_of(sale, &promotion->takes, script_cart_line(sale->cart, wanted->line)) != (int)step) continue;
            add_line(&on_step, wanted->line, wanted->qty);
        }
        if (on_step.count == 0) continue;
        script_lines_keep(sale, &on_step);
        {
            struct mx_offer *offer = script_offer_add(sale, rule, &promotion->offer);
            offer->ppm = promotion->takes.ladder[step].ppm;
            offer->lines = on_step;
        }
    }
    if (sale->offer_count == offers_before) script_miss(sale, rule, MX_MISS_STOCK, 0);
}

/* What one unit of each line costs after the helpers' cuts: of the article that they helped with. */
static void price_bargain(const struct script_sale *sale, const struct script_rule *rule, struct mx_list *lines) {
    const struct script_takes *takes = &script_promotion_of(rule)->takes;
    const struct mx_cart_voucher *voucher = script_sale_voucher(sale, rule);
    struct mx_offer_line *items = lines->items;
    uint32_t i, kept = 0;
    for (i = 0; i < lines->count; i++) {
        const struct mx_cart_line *line = script_cart_line(sale->cart, items[i].line);
        int64_t price = line->unit_price - (voucher ? voucher->amount : 0);
        if (voucher && voucher->sku.len && !mx_str_eq(voucher->sku, line->sku)) continue;
        items[kept] = items[i];
        items[kept++].price = price > takes->floor ? price : takes->floor;
    }
    lines->count = kept;
}

void script_offer_declared(struct script_sale *sale, const struct script_rule *rule, struct mx_list lines) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    const struct script_takes *takes = &promotion->takes;
    int64_t qty;
    if (lines.count == 0) return;
    qty = promotion->min_qty ? offered_qty(sale->cart, &lines) : 0;
    if (qty < promotion->min_qty) {
        script_miss(sale, rule, MX_MISS_MIN_QTY, promotion->min_qty - qty);
        return;
    }
    if (takes->shape == SCRIPT_SHAPE_EXPIRY) {
        offer_ladder(sale, rule, &lines);
        return;
    }
    if (takes->shape == SCRIPT_SHAPE_PRICES) script_lines_price(sale, takes, &lines);
    if (takes->shape == SCRIPT_SHAPE_BARGAIN) price_bargain(sale, rule, &lines);
    if (lines.count == 0) return;
    if (takes->shape == SCRIPT_SHAPE_GROUP || takes->shape == SCRIPT_SHAPE_BARGAIN) script_lines_cap(sale, &lines, takes->pieces);
    script_offer_add(sale, rule, &promotion->offer)->lines = lines;
}

/* ---- groups ---- */

/* The free lines that these goods mean. */
static struct mx_list lines_of(struct script_sale *sale, const struct script_rule *rule, const struct script_goods *goods) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    const struct mx_list *all = &sale->cart->lines;
    struct mx_list lines = script_lines_begin(sale);
    uint32_t i;
    for (i = 0; i < all->count; i++) {
        const struct mx_cart_line *line = mx_list_at(all, i);
        if (script_line_free(promotion->offer.lane, promotion->offer.kind, line) && script_goods_match(goods, line))
            add_line(&lines, line->line, 0);
    }
    script_lines_keep(sale, &lines);
    return lines;
}

static void declare_slots(struct script_sale *sale, const struct script_rule *rule) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    const struct mx_list *from = &promotion->offer.slots;
    struct mx_list slots = mx_list_new(sale->ctx, from->count, sizeof(struct mx_offer_slot));
    uint32_t i, filled = 0;
    for (i = 0; i < from->count; i++) {
        struct mx_offer_slot *slot = mx_list_at(&slots, i);
        *slot = *(const struct mx_offer_slot *)mx_list_at(from, i);
        slot->lines = lines_of(sale, rule, &promotion->slots[i]);
        filled += slot->lines.count > 0;
    }
    if (filled > 0) script_offer_add(sale, rule, &promotion->offer)->slots = slots;
}

int64_t script_gift_missing(const struct script_sale *sale, const struct script_takes *takes, const struct mx_list *spent,
                            const struct mx_list *lines) {
    int64_t sum = 0;
    uint32_t i, k;
    for (i = 0; i < spent->count; i++) {
        const struct mx_offer_line *bought = mx_list_at(spent, i);
        for (k = 0; k < lines->count; k++) {
            if (((const struct mx_offer_line *)mx_list_at(lines, k))->line == bought->line) break;
        }
        if (k == lines->count && !mx_add(sum, script_cart_line(sale->cart, bought->line)->amount, &sum)) return 0;
    }
    return sum < takes->spend ? takes->spend - sum : 0;
}

static void declare_gift(struct script_sale *sale, const struct script_rule *rule) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    struct mx_list spent = lines_of(sale, rule, &promotion->slots[0]), gift = lines_of(sale, rule, &promotion->slots[1]);
    int64_t missing = script_gift_missing(sale, &promotion->takes, &spent, &gift);
    struct mx_offer *offer;
    if (missing > 0) {
        if (spent.count || gift.count) script_miss(sale, rule, MX_MISS_MIN_TOTAL, missing);
        return;
    }
    if (gift.count == 0) {
        script_miss(sale, rule, MX_MISS_MIN_QTY, promotion->takes.pieces * MX_QTY_ONE);
        return;
    }
    script_lines_cap(sale, &gift, promotion->takes.pieces);
    offer = script_offer_add(sale, rule, &promotion->offer);
    memset(&offer->slots, 0, sizeof(offer->slots));
    offer->lines = gift;
}

void script_rule_declared(struct script_sale *sale, const struct script_rule *rule) {
    const struct mx_list *all = &sale->cart->lines;
    struct mx_list lines;
    int32_t shape = script_promotion_of(rule)->takes.shape;
    uint32_t i;
    if (shape == SCRIPT_SHAPE_SLOTS) {
        declare_slots(sale, rule);
        return;
    }
    if (shape == SCRIPT_SHAPE_GIFT) {
        declare_gift(sale, rule);
        return;
    }
    lines = script_lines_begin(sale);
    for (i = 0; i < all->count; i++) {
        const struct mx_cart_line *line = mx_list_at(all, i);
        if (script_line_matches(rule, line)) add_line(&lines, line->line, 0);
    }
    script_lines_keep(sale, &lines);
    script_offer_declared(sale, rule, lines);
}
