/* What generated carts are made of: the shop's own articles, and all that rules ask for. */
#include "script/hunt.h"

#define PRICE_OF_INVENTED 1990
#define COST_OF_INVENTED  1200

static void add_word(struct hunt_pool *pool, struct hunt_words *words, struct mx_str word) {
    uint32_t i;
    if (word.len == 0 || words->count == HUNT_WORDS) return;
    for (i = 0; i < words->count; i++)
        if (mx_str_eq(words->items[i], word)) return;
    words->items[words->count++] = base_arena_dup(pool->arena, word);
}

static void add_words(struct hunt_pool *pool, struct hunt_words *words, const struct script_words *from) {
    uint32_t i;
    for (i = 0; i < from->count; i++) add_word(pool, words, from->items[i]);
}

static void add_number(struct hunt_numbers *numbers, int64_t number) {
    uint32_t i;
    if (number <= 0 || numbers->count == HUNT_NUMBERS) return;
    for (i = 0; i < numbers->count; i++)
        if (numbers->items[i] == number) return;
    numbers->items[numbers->count++] = number;
}

const struct mx_cart_line *hunt_article(const struct hunt_pool *pool, struct mx_str sku) {
    uint32_t i;
    for (i = 0; i < pool->count; i++)
        if (mx_str_eq(pool->articles[i].sku, sku)) return &pool->articles[i];
    return NULL;
}

/* ---- from rules ---- */

static struct mx_str first_word(const struct script_words *words) { return words->count ? words->items[0] : mx_str_n(NULL, 0); }

static void invent(struct hunt_pool *pool, const struct script_filter *where, struct mx_str sku) {
    struct mx_cart_line *line;
    struct mx_str *tag;
    if (pool->count == 2 * HUNT_ARTICLES) return;
    if (sku.len == 0) sku = base_arena_printf(pool->arena, "ANY-%u", pool->count + 1);
    if (hunt_article(pool, sku) != NULL) return;
    line = &pool->articles[pool->count++];
    memset(line, 0, sizeof(*line));
    line->sku = base_arena_dup(pool->arena, sku);
    line->category = base_arena_dup(pool->arena, first_word(&where->categories));
    line->brand = base_arena_dup(pool->arena, first_word(&where->brands));
    line->tags.elem_size = sizeof(struct mx_str);
    if (where->tags.count) {
        tag = base_arena_alloc(pool->arena, sizeof(*tag));
        *tag = base_arena_dup(pool->arena, where->tags.items[0]);
        line->tags.items = tag;
        line->tags.count = 1;
    }
    line->unit = where->unit ? where->unit : MX_UNIT_PIECE;
    line->unit_price = line->list_price = PRICE_OF_INVENTED;
    line->cost_known = 1;
    line->cost = COST_OF_INVENTED;
}

static int names_goods(const struct script_filter *where) {
    return where->categories.count || where->tags.count || where->brands.count || where->unit;
}

static void take_goods(struct hunt_pool *pool, const struct script_goods *goods) {
    uint32_t i;
    for (i = 0; i < goods->where.skus.count && i < 20; i++) invent(pool, &goods->where, goods->where.skus.items[i]);
    if (goods->where.skus.count || !names_goods(&goods->where)) return;
    for (i = 0; i < pool->count; i++)
        if (script_goods_match(goods, &pool->articles[i])) return;
    invent(pool, &goods->where, mx_str_n(NULL, 0));
}

static void take_pieces(struct hunt_pool *pool, int64_t pieces) {
    if (pieces <= 0 || pieces > 100000) return;
    add_number(&pool->pieces, (pieces - 1) * MX_QTY_ONE);
    add_number(&pool->pieces, pieces * MX_QTY_ONE);
    add_number(&pool->pieces, (pieces + 1) * MX_QTY_ONE);
}

static void take_qty(struct hunt_pool *pool, int64_t qty) { take_pieces(pool, (qty + MX_QTY_ONE - 1) / MX_QTY_ONE); }

static void take_amounts(struct hunt_pool *pool, const struct script_promotion *promotion) {
    const struct mx_offer *offer = &promotion->offer;
    uint32_t i;
    take_pieces(pool, offer->buy);
    take_pieces(pool, offer->buy * (offer->times ? offer->times : 1));
    take_pieces(pool, promotion->takes.pieces);
    take_qty(pool, promotion->min_qty);
    add_number(&pool->spends, offer->min_total);
    add_number(&pool->spends, offer->spend);
    add_number(&pool->spends, promotion->takes.spend);
    for (i = 0; i < offer->steps.count; i++) {
        const struct mx_offer_step *step = mx_list_at(&offer->steps, i);
        take_qty(pool, step->qty);
        add_number(&pool->spends, step->spend);
    }
    for (i = 0; i < offer->slots.count; i++) take_pieces(pool, ((const struct mx_offer_slot *)mx_list_at(&offer->slots, i))->pieces);
}

static void take_times(struct hunt_pool *pool, const struct script_window *window) {
    if (window->has_from) {
        add_number(&pool->times, window->from_about + 12 * 3600 * INT64_C(1000));
        add_number(&pool->times, window->from_about - 24 * 3600 * INT64_C(1000));
    }
    if (window->has_to) {
        add_number(&pool->times, window->to_about - 12 * 3600 * INT64_C(1000));
        add_number(&pool->times, window->to_about + 24 * 3600 * INT64_C(1000));
    }
}

static void take_rule(struct hunt_pool *pool, const struct script_promotion *promotion) {
    const struct script_filter no_filter = {{0}, {0}, {0}, {0}, 0};
    uint32_t i;
    take_goods(pool, &promotion->goods);
    for (i = 0; i < promotion->offer.slots.count && promotion->slots; i++) take_goods(pool, &promotion->slots[i]);
    for (i = 0; i < promotion->takes.price_count && i < 20; i++) invent(pool, &no_filter, promotion->takes.prices[i].sku);
    take_amounts(pool, promotion);
    take_times(pool, &promotion->window);
    add_words(pool, &pool->tiers, &promotion->tiers);
    add_words(pool, &pool->segments, &promotion->segments);
    add_words(pool, &pool->channels, &promotion->channels);
    add_words(pool, &pool->locations, &promotion->locations);
    add_words(pool, &pool->tenders, &promotion->tenders);
    add_words(pool, &pool->codes, &promotion->codes);
}

void hunt_pool_rules(struct hunt_pool *pool, const struct script_set *set) {
    const struct script_rules *promotions = &set->of[SCRIPT_PROMOTION];
    const struct script_filter no_filter = {{0}, {0}, {0}, {0}, 0};
    uint32_t i;
    for (i = 0; i < promotions->count; i++) take_rule(pool, script_promotion_of(promotions->items[i]));
    if (pool->count == 0) invent(pool, &no_filter, mx_str_n(NULL, 0));
}

/* ---- from receipts ---- */

static void take_article(struct hunt_pool *pool, const struct mx_cart_line *from, int imported) {
    struct mx_cart_line *line;
    struct mx_str *tags;
    uint32_t i;
    if (pool->count >= HUNT_ARTICLES || (from->overridden && !imported) || from->shipping || hunt_article(pool, from->sku) != NULL) return;
    line = &pool->articles[pool->count++];
    *line = *from;
    line->overridden = 0;
    line->sku = base_arena_dup(pool->arena, from->sku);
    line->category = base_arena_dup(pool->arena, from->category);
    line->brand = base_arena_dup(pool->arena, from->brand);
    line->lot = mx_str_n(NULL, 0);
    line->expires_at = 0;
    tags = base_arena_alloc(pool->arena, (from->tags.count + 1) * sizeof(*tags));
    for (i = 0; i < from->tags.count; i++) tags[i] = base_arena_dup(pool->arena, mx_list_str(&from->tags, i));
    line->tags = (struct mx_list){tags, from->tags.count, sizeof(*tags)};
}

void hunt_pool_receipt(struct hunt_pool *pool, const struct mx_cart *cart, int imported) {
    uint32_t i;
    for (i = 0; i < cart->lines.count; i++) take_article(pool, mx_list_at(&cart->lines, i), imported);
    for (i = 0; i < cart->segments.count; i++) add_word(pool, &pool->segments, mx_list_str(&cart->segments, i));
    add_word(pool, &pool->tiers, cart->tier);
    add_word(pool, &pool->channels, cart->channel);
    add_word(pool, &pool->locations, cart->location);
}
