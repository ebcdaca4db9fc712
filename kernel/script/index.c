/* Which promotions a cart can touch at all.
 *
 * Each promotion stands under the words of its goods, the most telling kind of them: articles, else brands, tags, categories. One
 * that is on the whole cart stands under its public codes, under its id when it needs an issued coupon, or under its places. What
 * is left is looked at with every cart, unless its days are far away. A cart marks the promotions that stand under its own words,
 * so a rule costs nothing where it does not apply; the marks are walked in the order of the rules. */
#include "script/sale.h"

enum { BY_SKU = 1, BY_BRAND, BY_TAG, BY_CATEGORY, BY_CODE, BY_COUPON, BY_LOCATION, BY_CHANNEL };
#define FAR_MS     (7 * 24 * 3600 * INT64_C(1000)) /* beyond this nobody is told that a rule comes or has gone */
#define LONG_LIST  16                              /* promotions under a word, from which on it is worth to know that they are marked */
#define LONG_LISTS 64

struct entry { /* a word and the promotions under it */
    struct mx_str word;
    uint32_t first, count; /* in places */
    uint8_t by;
};
struct always { /* a promotion on every cart, and about when */
    int64_t from, to;
    uint32_t promotion;
};
struct script_index {
    struct entry *entries; /* a power of two of them, found by hash; by 0 = free */
    uint32_t mask;
    uint32_t *places; /* of promotions, by entry */
    struct always *always;
    uint32_t always_count, promotion_count;
};

static uint32_t hash_of(int by, struct mx_str word) {
    uint32_t hash = 2166136261u ^ (uint32_t)by, i;
    for (i = 0; i < word.len; i++) hash = (hash ^ (unsigned char)word.ptr[i]) * 16777619u;
    return hash ^ (hash >> 15);
}

/* The entry of the word, or the free one where it belongs. */
static struct entry *entry_of(const struct script_index *index, int by, struct mx_str word) {
    uint32_t at = hash_of(by, word);
    for (;; at++) {
        struct entry *entry = &index->entries[at & index->mask];
        if (entry->by == 0 || (entry->by == by && mx_str_eq(entry->word, word))) return entry;
    }
}

/* ---- building ---- */

struct building {
    struct script_index *index;
    const struct script_rule *rule;
    uint32_t promotion;
    void (*put)(struct building *building, int by, struct mx_str word);
    uint32_t words;
};

static void put_words(struct building *building, int by, const struct script_words *words) {
    uint32_t i;
    for (i = 0; i < words->count; i++) building->put(building, by, words->items[i]);
}

/* 0 when these goods are all goods. */
static int put_goods(struct building *building, const struct script_goods *goods) {
    const struct script_filter *where = &goods->where;
    if (where->skus.count)
        put_words(building, BY_SKU, &where->skus);
    else if (where->brands.count)
        put_words(building, BY_BRAND, &where->brands);
    else if (where->tags.count)
        put_words(building, BY_TAG, &where->tags);
    else if (where->categories.count)
        put_words(building, BY_CATEGORY, &where->categories);
    else
        return 0;
    return 1;
}

static int has_words(const struct script_goods *goods) {
    const struct script_filter *where = &goods->where;
    return where->skus.count || where->brands.count || where->tags.count || where->categories.count;
}

/* Put the promotion under the goods that it names: 1, or 0 when any cart may have them. */
static int put_by_goods(struct building *building, const struct script_promotion *promotion) {
    uint32_t i, slots = promotion->slots ? promotion->offer.slots.count : 0;
    if (promotion->takes.shape == SCRIPT_SHAPE_PRICES) {
        for (i = 0; i < promotion->takes.price_count; i++) building->put(building, BY_SKU, promotion->takes.prices[i].sku);
        return 1;
    }
    if (slots == 0) return put_goods(building, &promotion->goods);
    for (i = 0; i < slots; i++) {
        if (!has_words(&promotion->slots[i])) return 0;
    }
    for (i = 0; i < slots; i++) (void)put_goods(building, &promotion->slots[i]);
    return 1;
}

/* 1 when the promotion stands under some word. */
static int put_promotion(struct building *building) {
    const struct script_promotion *promotion = script_promotion_of(building->rule);
    if (put_by_goods(building, promotion)) return 1;
    if (promotion->codes.count)
        put_words(building, BY_CODE, &promotion->codes);
    else if (script_promotion_issued(promotion))
        building->put(building, BY_COUPON, building->rule->id);
    else if (promotion->locations.count)
        put_words(building, BY_LOCATION, &promotion->locations);
    else if (promotion->channels.count)
        put_words(building, BY_CHANNEL, &promotion->channels);
    else
        return 0;
    return 1;
}

static void count_word(struct building *building, int by, struct mx_str word) {
    (void)by;
    (void)word;
    building->words++;
}

static void count_entry(struct building *building, int by, struct mx_str word) {
    struct entry *entry = entry_of(building->index, by, word);
    entry->by = (uint8_t)by;
    entry->word = word;
    entry->count++;
}

static void fill_entry(struct building *building, int by, struct mx_str word) {
    struct entry *entry = entry_of(building->index, by, word);
    building->index->places[entry->first + entry->count++] = building->promotion;
}

static void each_promotion(struct building *building, const struct script_rules *promotions,
                           void (*put)(struct building *building, int by, struct mx_str word)) {
    building->put = put;
    for (building->promotion = 0; building->promotion < promotions->count; building->promotion++) {
        building->rule = promotions->items[building->promotion];
        (void)put_promotion(building);
    }
}

static void keep_always(struct script_index *index, const struct script_rules *promotions, struct building *building) {
    building->put = count_word;
    for (building->promotion = 0; building->promotion < promotions->count; building->promotion++) {
        const struct script_window *window = &script_promotion_of(promotions->items[building->promotion])->window;
        struct always *always = &index->always[index->always_count];
        building->rule = promotions->items[building->promotion];
        if (put_promotion(building)) continue;
        always->promotion = building->promotion;
        always->from = window->has_from ? window->from_about - SCRIPT_ZONES_APART_MS - FAR_MS : INT64_MIN;
        always->to = window->has_to ? window->to_about + SCRIPT_ZONES_APART_MS + FAR_MS : INT64_MAX;
        index->always_count++;
    }
}

struct script_index *script_index_new(const struct script_set *set) {
    const struct script_rules *promotions = &set->of[SCRIPT_PROMOTION];
    struct script_index *index = base_arena_alloc(set->arena, sizeof(*index));
    struct building building = {index, NULL, 0, NULL, 0};
    uint32_t cap = 8, i, first = 0;
    index->promotion_count = promotions->count;
    each_promotion(&building, promotions, count_word);
    while (cap < building.words * 2) cap *= 2;
    index->mask = cap - 1;
    index->entries = base_arena_alloc(set->arena, cap * sizeof(*index->entries));
    index->places = base_arena_alloc(set->arena, (building.words + 1) * sizeof(*index->places));
    index->always = base_arena_alloc(set->arena, (promotions->count + 1) * sizeof(*index->always));
    each_promotion(&building, promotions, count_entry);
    for (i = 0; i < cap; i++) {
        index->entries[i].first = first;
        first += index->entries[i].count;
        index->entries[i].count = 0;
    }
    each_promotion(&building, promotions, fill_entry);
    keep_always(index, promotions, &building);
    return index;
}

/* ---- asking ---- */

struct marking {
    const struct script_index *index;
    uint64_t *marks;
    const struct entry *done[LONG_LISTS]; /* long ones that are marked already */
    uint32_t done_count;
};

static void mark_word(struct marking *marking, int by, struct mx_str word) {
    const struct entry *entry = entry_of(marking->index, by, word);
    uint32_t i;
    if (entry->by == 0) return;
    if (entry->count >= LONG_LIST) {
        for (i = 0; i < marking->done_count; i++) {
            if (marking->done[i] == entry) return;
        }
        if (marking->done_count < LONG_LISTS) marking->done[marking->done_count++] = entry;
    }
    for (i = 0; i < entry->count; i++) {
        uint32_t place = marking->index->places[entry->first + i];
        marking->marks[place / 64] |= UINT64_C(1) << (place % 64);
    }
}

static void mark_lines(struct marking *marking, const struct mx_cart *cart) {
    uint32_t i, k;
    for (i = 0; i < cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        mark_word(marking, BY_SKU, line->sku);
        if (line->brand.len) mark_word(marking, BY_BRAND, line->brand);
        if (line->category.len) mark_word(marking, BY_CATEGORY, line->category);
        for (k = 0; k < line->tags.count; k++) mark_word(marking, BY_TAG, mx_list_str(&line->tags, k));
    }
}

/* Codes are kept in capitals. */
static void mark_codes(struct marking *marking, const struct mx_cart *cart) {
    char capitals[64];
    uint32_t i, k;
    for (i = 0; i < cart->coupons.count; i++) {
        struct mx_str code = mx_list_str(&cart->coupons, i);
        if (code.len > sizeof(capitals)) continue;
        for (k = 0; k < code.len; k++)
            capitals[k] = (char)(code.ptr[k] >= 'a' && code.ptr[k] <= 'z' ? code.ptr[k] - 'a' + 'A' : code.ptr[k]);
        mark_word(marking, BY_CODE, mx_str_n(capitals, code.len));
    }
}

void script_index_mark(const struct script_index *index, const struct mx_cart *cart, uint64_t *marks) {
    struct marking marking;
    uint32_t i;
    marking.index = index;
    marking.marks = marks;
    marking.done_count = 0;
    for (i = 0; i < index->always_count; i++) {
        const struct always *always = &index->always[i];
        if (cart->at >= always->from && cart->at < always->to) marks[always->promotion / 64] |= UINT64_C(1) << (always->promotion % 64);
    }
    mark_lines(&marking, cart);
    mark_codes(&marking, cart);
    for (i = 0; i < cart->vouchers.count; i++)
        mark_word(&marking, BY_COUPON, ((const struct mx_cart_voucher *)mx_list_at(&cart->vouchers, i))->rule);
    mark_word(&marking, BY_LOCATION, cart->location);
    mark_word(&marking, BY_CHANNEL, cart->channel);
}
