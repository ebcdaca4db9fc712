/* What declarations mean: promotions that never apply, that stand in another one's shadow, rules that no test names. */
#include <stdlib.h>

#include "base/map.h"
#include "script/clash.h"
#include "script/lint.h"
#include "script/lint_scan.h"

/* ---- tests ---- */

static const char once, twice;

/* Which texts the files hold, once or more often: an id that stands in them once is only declared. */
static void note_texts(struct base_map *seen, const struct script_set *set) {
    struct script_scan scan;
    struct script_word word;
    uint32_t i;
    char token;
    for (i = 0; i < set->source_count; i++) {
        script_scan_begin(&scan, set->sources[i].text);
        while ((token = script_scan_next(&scan, &word)) != 0) {
            struct mx_str text;
            if (token != '"' || word.len < 3) continue;
            text = mx_str_n(word.ptr + 1, word.len - 2);
            (void)base_map_set(seen, text, base_map_get(seen, text) ? (void *)(uintptr_t)&twice : (void *)(uintptr_t)&once);
        }
    }
}

static void lint_tests(struct script_findings *findings, const struct script_set *set) {
    static const uint32_t kinds[] = {SCRIPT_PROMOTION, SCRIPT_TIER, SCRIPT_REWARD, SCRIPT_TAG};
    struct base_map seen;
    uint32_t i, k;
    base_map_init(&seen);
    note_texts(&seen, set);
    for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        for (i = 0; i < set->of[kinds[k]].count; i++) {
            const struct script_rule *rule = set->of[kinds[k]].items[i];
            if (base_map_get(&seen, rule->id) == &twice) continue;
            script_lint_note(findings, rule->file, rule->line, SCRIPT_WARNING, "untested", "no test names the %s '%s'", rule->kind->word,
                             rule->id.ptr);
        }
    }
    base_map_fini(&seen);
}

/* ---- never ---- */

#define DAY_MS (24 * 3600 * INT64_C(1000))

/* 1 when none of the weekdays lies within the days from..to. */
static int no_such_day(const struct script_window *window) {
    int64_t at;
    if (!window->weekdays || !window->has_from || !window->has_to || window->to_about - window->from_about >= 7 * DAY_MS) return 0;
    for (at = window->from_about - window->from_about % DAY_MS; at < window->to_about; at += DAY_MS) {
        struct base_civil day;
        base_civil_from_ms(NULL, at, &day);
        if ((window->weekdays >> day.weekday) & 1u) return 0;
    }
    return !window->hours_count; /* hours past midnight belong to the day before */
}

static int takes_all_away(const struct script_words *except, const struct script_words *where) {
    uint32_t i;
    for (i = 0; i < where->count; i++) {
        if (!script_words_has(except, where->items[i])) return 0;
    }
    return where->count > 0 && except->count > 0;
}

/* One list of the exception alone, and it names all that is meant. */
static int excepts_itself(const struct script_goods *goods) {
    const struct script_filter *e = &goods->except, *w = &goods->where;
    int lists = (e->skus.count > 0) + (e->categories.count > 0) + (e->brands.count > 0) + (e->tags.count > 0) + (e->unit != 0);
    return lists == 1 && (takes_all_away(&e->skus, &w->skus) || takes_all_away(&e->categories, &w->categories) ||
                          takes_all_away(&e->brands, &w->brands) || (e->unit != 0 && e->unit == w->unit));
}

static void lint_never(struct script_findings *findings, const struct script_rule *rule) {
    const struct script_promotion *promotion = script_promotion_of(rule);
    uint32_t i;
    if (promotion->window.has_to && promotion->window.to_about + SCRIPT_ZONES_APART_MS <= findings->ctx->now_ms)
        script_lint_note(findings, rule->file, rule->line, SCRIPT_WARNING, "ended", "promotion '%s' has ended: it can never apply again",
                         rule->id.ptr);
    if (no_such_day(&promotion->window))
        script_lint_note(findings, rule->file, rule->line, SCRIPT_WARNING, "never",
                         "promotion '%s' can never apply: none of its weekdays lies between from and to", rule->id.ptr);
    if (excepts_itself(&promotion->goods))
        script_lint_note(findings, rule->file, rule->line, SCRIPT_WARNING, "never",
                         "promotion '%s' can never apply: except takes away all that where names", rule->id.ptr);
    for (i = 0; i < promotion->offer.limits.count; i++) {
        const struct mx_offer_limit *limit = mx_list_at(&promotion->offer.limits, i);
        if (limit->max == 0)
            script_lint_note(findings, rule->file, rule->line, SCRIPT_WARNING, "never",
                             "promotion '%s' can never apply: one of its limits is 0", rule->id.ptr);
    }
}

/* ---- in the shadow of an exclusive one ---- */

/* 1 when the promotion takes every unit that it is on, in every sale. */
static int takes_everything(const struct script_rule *rule) {
    const struct script_promotion *p = script_promotion_of(rule);
    const struct mx_offer *o = &p->offer;
    return o->exclusive && rule->has == 0 && p->takes.shape == SCRIPT_SHAPE_LINES &&
           (o->kind == MX_OFFER_PERCENT || (o->kind == MX_OFFER_PRICE && o->amount == 0)) && !p->window.has_from && !p->window.has_to &&
           !p->window.weekdays && !p->window.hours_count && !p->min_qty && !o->min_total && !o->times && !o->max_unit && !o->max_line &&
           !o->max_off && !o->limits.count && !o->group.len && !p->tiers.count && !p->segments.count && !p->channels.count &&
           !p->locations.count && !p->tenders.count && !p->codes.count && !p->fact_count && !p->any_member && !script_promotion_issued(p);
}

/* 1 when the one above is served before the one below; at the same priority those that take whole pieces share them out. */
static int comes_first(const struct mx_offer *above, const struct mx_offer *below) {
    int takes = below->kind == MX_OFFER_BUY_PAY || below->kind == MX_OFFER_BUNDLE || below->exclusive;
    return below->priority > above->priority || (below->priority == above->priority && !takes);
}

static void lint_shadow(struct script_findings *findings, const struct script_rules *rules, const struct script_rule *above) {
    uint32_t i;
    for (i = 0; i < rules->count; i++) {
        const struct script_rule *below = rules->items[i];
        const struct script_promotion *p = script_promotion_of(below);
        if (below == above || below->lane != above->lane || p->takes.shape == SCRIPT_SHAPE_FUNCTION ||
            !comes_first(&script_promotion_of(above)->offer, &p->offer) || !script_goods_within(p, script_promotion_of(above)))
            continue;
        script_lint_note(findings, below->file, below->line, SCRIPT_WARNING, "shadowed",
                         "promotion '%s' never gets a piece: '%s' is exclusive, comes before it and takes all of them", below->id.ptr,
                         above->id.ptr);
    }
}

void script_lint_rules(struct script_findings *findings, const struct script_set *set) {
    const struct script_rules *rules = &set->of[SCRIPT_PROMOTION];
    uint32_t i;
    for (i = 0; i < rules->count; i++) {
        lint_never(findings, rules->items[i]);
        if (takes_everything(rules->items[i])) lint_shadow(findings, rules, rules->items[i]);
    }
    lint_tests(findings, set);
}
