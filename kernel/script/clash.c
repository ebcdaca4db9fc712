/* Two promotions side by side: do they meet on the same goods, for the same customers, at the same time? What the declarations
 * leave open (an article's category, a function's mind) counts as yes. */
#include <stdio.h>

#include "script/clash.h"

const struct mx_str *script_words_common(const struct script_words *a, const struct script_words *b) {
    uint32_t i = 0, k = 0;
    while (i < a->count && k < b->count) {
        int order = mx_str_cmp(a->items[i], b->items[k]);
        if (order == 0) return &a->items[i];
        if (order < 0)
            i++;
        else
            k++;
    }
    return NULL;
}

/* 1 unless both are narrowed, to different words. */
static int words_meet(const struct script_words *a, const struct script_words *b) {
    return a->count == 0 || b->count == 0 || script_words_common(a, b) != NULL;
}

/* ---- when and who ---- */

static int minutes_meet(int32_t a_from, int32_t a_to, int32_t b_from, int32_t b_to) { return a_from < b_to && b_from < a_to; }

static int hours_meet(const struct script_hours *a, const struct script_hours *b) {
    const int32_t day = 24 * 60;
    int32_t a_to = a->to <= a->from ? a->to + day : a->to, b_to = b->to <= b->from ? b->to + day : b->to;
    return minutes_meet(a->from, a_to, b->from, b_to) || minutes_meet(a->from + day, a_to + day, b->from, b_to) ||
           minutes_meet(a->from, a_to, b->from + day, b_to + day);
}

static int windows_meet(const struct script_window *a, const struct script_window *b) {
    uint32_t i, k;
    if (a->has_to && b->has_from && a->to_about <= b->from_about) return 0;
    if (b->has_to && a->has_from && b->to_about <= a->from_about) return 0;
    if (a->weekdays && b->weekdays && !(a->weekdays & b->weekdays) && !a->hours_count && !b->hours_count) return 0;
    if (a->hours_count == 0 || b->hours_count == 0) return 1;
    for (i = 0; i < a->hours_count; i++) {
        for (k = 0; k < b->hours_count; k++) {
            if (hours_meet(&a->hours[i], &b->hours[k])) return 1;
        }
    }
    return 0;
}

static int facts_meet(const struct script_promotion *a, const struct script_promotion *b) {
    uint32_t i, k;
    for (i = 0; i < a->fact_count; i++) {
        for (k = 0; k < b->fact_count; k++) {
            if (mx_str_eq(a->facts[i].name, b->facts[k].name) && !words_meet(&a->facts[i].values, &b->facts[k].values)) return 0;
        }
    }
    return 1;
}

static int audiences_meet(const struct script_promotion *a, const struct script_promotion *b) {
    return words_meet(&a->tiers, &b->tiers) && words_meet(&a->channels, &b->channels) && words_meet(&a->locations, &b->locations) &&
           words_meet(&a->tenders, &b->tenders) && facts_meet(a, b);
}

/* ---- goods ---- */

static int filters_meet(const struct script_filter *a, const struct script_filter *b) {
    return words_meet(&a->categories, &b->categories) && words_meet(&a->brands, &b->brands) && words_meet(&a->skus, &b->skus) &&
           (a->unit == 0 || b->unit == 0 || a->unit == b->unit);
}

static int words_within(const struct script_words *inner, const struct script_words *outer) {
    uint32_t i;
    for (i = 0; i < inner->count; i++) {
        if (!script_words_has(outer, inner->items[i])) return 0;
    }
    return inner->count > 0;
}

/* 1 when the exception of one takes away all that the other is on. */
static int is_excepted(const struct script_filter *where, const struct script_filter *except) {
    int narrowed = except->categories.count || except->brands.count || except->skus.count || except->tags.count || except->unit;
    if (!narrowed) return 0;
    return (except->categories.count == 0 || words_within(&where->categories, &except->categories)) &&
           (except->brands.count == 0 || words_within(&where->brands, &except->brands)) &&
           (except->skus.count == 0 || words_within(&where->skus, &except->skus)) &&
           (except->tags.count == 0 || words_within(&where->tags, &except->tags)) && (except->unit == 0 || except->unit == where->unit);
}

static int goods_meet(const struct script_goods *a, const struct script_goods *b) {
    return filters_meet(&a->where, &b->where) && !is_excepted(&a->where, &b->except) && !is_excepted(&b->where, &a->except);
}

/* What a promotion is on: its slots, or its goods. */
static uint32_t places_of(const struct script_promotion *promotion, const struct script_goods **goods) {
    uint32_t count = promotion->slots ? promotion->offer.slots.count : 0;
    *goods = count ? promotion->slots : &promotion->goods;
    return count ? count : 1;
}

static int say_why(const struct script_goods *a, const struct script_goods *b, char *why) {
    const struct mx_str *word;
    if ((word = script_words_common(&a->where.skus, &b->where.skus)) != NULL)
        snprintf(why, SCRIPT_MEET_MAX, "both are on the article %.*s", (int)word->len, word->ptr);
    else if ((word = script_words_common(&a->where.categories, &b->where.categories)) != NULL)
        snprintf(why, SCRIPT_MEET_MAX, "both are on the category %.*s", (int)word->len, word->ptr);
    else if ((word = script_words_common(&a->where.brands, &b->where.brands)) != NULL)
        snprintf(why, SCRIPT_MEET_MAX, "both are on the brand %.*s", (int)word->len, word->ptr);
    else if ((word = script_words_common(&a->where.tags, &b->where.tags)) != NULL)
        snprintf(why, SCRIPT_MEET_MAX, "both are on the tag %.*s", (int)word->len, word->ptr);
    else if (script_goods_all(a) || script_goods_all(b))
        snprintf(why, SCRIPT_MEET_MAX, "%s",
                 script_goods_all(a) && script_goods_all(b) ? "both are on all goods" : "one of them is on all goods");
    else {
        snprintf(why, SCRIPT_MEET_MAX, "an article may be what both are on");
        return SCRIPT_MEET_MAYBE;
    }
    return SCRIPT_MEET_CERTAIN;
}

int script_promotions_meet(const struct script_rule *a, const struct script_rule *b, char *why) {
    const struct script_promotion *p = script_promotion_of(a), *q = script_promotion_of(b);
    const struct script_goods *p_goods, *q_goods;
    uint32_t p_count, q_count, i, k;
    if (a->lane != b->lane || !windows_meet(&p->window, &q->window) || !audiences_meet(p, q)) return 0;
    p_count = places_of(p, &p_goods);
    q_count = places_of(q, &q_goods);
    for (i = 0; i < p_count; i++) {
        for (k = 0; k < q_count; k++) {
            if (!goods_meet(&p_goods[i], &q_goods[k])) continue;
            return say_why(&p_goods[i], &q_goods[k], why);
        }
    }
    return 0;
}

static int list_within(const struct script_words *inner, const struct script_words *outer) {
    return outer->count == 0 || words_within(inner, outer);
}

static int has_no_except(const struct script_filter *except) {
    return !except->categories.count && !except->brands.count && !except->skus.count && !except->tags.count && !except->unit;
}

int script_goods_within(const struct script_promotion *inner, const struct script_promotion *outer) {
    const struct script_filter *in, *out = &outer->goods.where;
    const struct script_goods *goods;
    uint32_t count = places_of(inner, &goods), i;
    if (!has_no_except(&outer->goods.except) || out->tags.count > 0) return 0;
    for (i = 0; i < count; i++) {
        in = &goods[i].where;
        if (!list_within(&in->categories, &out->categories) || !list_within(&in->brands, &out->brands) ||
            !list_within(&in->skus, &out->skus) || (out->unit && out->unit != in->unit))
            return 0;
    }
    return 1;
}
