/* What is said about a run: sums while it goes on, lists at its end. */
#include <stdio.h>
#include <stdlib.h>

#include "script/backtest.h"
#include "script/backtest_wire.h"

/* Rows that are found by name and shown sorted. */
struct row {
    struct row *next;
    struct mx_str name, message;
    int64_t receipts, changed, dearer, before, after, points;
    int64_t counted; /* the receipt that was counted last */
};
struct rows {
    struct base_map map;
    struct row *first;
    uint32_t count;
};

struct large {
    struct base_arena *arena; /* of its texts: it is overwritten when a larger one comes */
    struct backtest_large row;
};

struct backtest_sums {
    struct base_arena *arena;
    int64_t receipts, first_at, last_at, total_before, total_after, discount_before, discount_after, margin_before, margin_after;
    int64_t margin_receipts, dearer, cheaper, refused;
    struct rows rules, segments, tiers, locations, faults;
    struct large *largest[BACKTEST_LARGEST];
    uint32_t large_count;
};

struct backtest_sums *backtest_sums_new(struct base_arena *arena) {
    struct backtest_sums *sums = base_arena_alloc(arena, sizeof(*sums));
    sums->arena = arena;
    base_map_init(&sums->rules.map);
    base_map_init(&sums->segments.map);
    base_map_init(&sums->tiers.map);
    base_map_init(&sums->locations.map);
    base_map_init(&sums->faults.map);
    return sums;
}

void backtest_sums_free(struct backtest_sums *sums) {
    uint32_t i;
    base_map_fini(&sums->rules.map);
    base_map_fini(&sums->segments.map);
    base_map_fini(&sums->tiers.map);
    base_map_fini(&sums->locations.map);
    base_map_fini(&sums->faults.map);
    for (i = 0; i < sums->large_count; i++) base_arena_free(sums->largest[i]->arena);
}

static void add(int64_t *sum, int64_t amount) {
    if (!mx_add(*sum, amount, sum)) *sum = amount < 0 ? -MX_INT_MAX : MX_INT_MAX;
}

static struct row *row_of(struct backtest_sums *sums, struct rows *rows, struct mx_str name) {
    struct mx_str key = name.len ? name : mx_str_of("-"); /* no code is a single dash */
    struct row *row = base_map_get(&rows->map, key);
    if (row != NULL) return row;
    row = base_arena_alloc(sums->arena, sizeof(*row));
    row->name = base_arena_dup(sums->arena, name);
    row->next = rows->first;
    rows->first = row;
    rows->count++;
    (void)base_map_set(&rows->map, base_arena_dup(sums->arena, key), row);
    return row;
}

/* ---- one receipt ---- */

/* A rule may have several offers, and faults, on one receipt. */
static void count_once(const struct backtest_sums *sums, struct row *row) {
    if (row->counted == sums->receipts) return;
    row->counted = sums->receipts;
    row->receipts++;
}

static void add_part(struct backtest_sums *sums, struct rows *rows, struct mx_str name, const struct backtest_pair *pair) {
    struct row *row = row_of(sums, rows, name);
    row->receipts++;
    row->changed += pair->after->priced.total != pair->total_before;
    row->dearer += pair->after->priced.total > pair->total_before;
    add(&row->before, pair->discount_before);
    add(&row->after, pair->after->priced.discount);
}

static void add_rules(struct backtest_sums *sums, const struct backtest_pair *pair) {
    const struct mx_priced *priced = &pair->after->priced;
    uint32_t i;
    for (i = 0; i < priced->rules.count; i++) {
        const struct mx_rule_sum *rule = mx_list_at(&priced->rules, i);
        struct row *row = row_of(sums, &sums->rules, rule->rule);
        count_once(sums, row);
        add(&row->after, rule->amount);
    }
    for (i = 0; i < priced->outcomes.count; i++) {
        const struct mx_outcome *outcome = mx_list_at(&priced->outcomes, i);
        struct row *row;
        if (outcome->lane != MX_LANE_EARN || outcome->state != MX_OUTCOME_APPLIED) continue;
        row = row_of(sums, &sums->rules, outcome->rule);
        count_once(sums, row);
        add(&row->points, outcome->amount);
    }
}

static void add_faults(struct backtest_sums *sums, const struct mx_list *faults) {
    uint32_t i;
    for (i = 0; i < faults->count; i++) {
        const struct mx_rule_fault *fault = mx_list_at(faults, i);
        struct row *row = row_of(sums, &sums->faults, fault->rule);
        if (row->receipts == 0) row->message = base_arena_dup(sums->arena, fault->message);
        count_once(sums, row);
    }
}

/* What the goods cost the shop: 1, or 0 when that is not known of all of them. */
static int cost_of(const struct mx_cart *cart, int64_t *cost) {
    int64_t of_line;
    uint32_t i;
    *cost = 0;
    for (i = 0; i < cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        if (line->shipping) continue;
        if (!line->cost_known || !mx_price_of(line->cost, line->qty, &of_line) || !mx_add(*cost, of_line, cost)) return 0;
    }
    return 1;
}

static void add_margin(struct backtest_sums *sums, const struct backtest_pair *pair) {
    const struct mx_priced *priced = &pair->after->priced;
    int64_t cost;
    if (!cost_of(pair->past->cart, &cost)) return;
    sums->margin_receipts++;
    add(&sums->margin_before, pair->total_before - pair->tax_before - cost);
    add(&sums->margin_after, priced->total - priced->tax - cost);
}

/* ---- the largest differences ---- */

static int64_t difference(const struct backtest_large *row) {
    return row->total_after < row->total_before ? row->total_before - row->total_after : row->total_after - row->total_before;
}

static void fill_large(struct large *large, const struct backtest_pair *pair) {
    const struct mx_list *rules = &pair->after->priced.rules;
    struct mx_discount *discounts;
    uint32_t i;
    base_arena_reset(large->arena);
    large->row.order = base_arena_dup(large->arena, pair->past->order);
    large->row.number = base_arena_dup(large->arena, pair->past->number);
    large->row.at = pair->past->cart->at;
    large->row.total_before = pair->total_before;
    large->row.total_after = pair->after->priced.total;
    discounts = base_arena_alloc(large->arena, (rules->count + 1) * sizeof(*discounts));
    for (i = 0; i < rules->count; i++) {
        const struct mx_rule_sum *rule = mx_list_at(rules, i);
        discounts[i].rule = base_arena_dup(large->arena, rule->rule);
        discounts[i].amount = rule->amount;
    }
    large->row.rules = (struct mx_list){discounts, rules->count, sizeof(*discounts)};
}

/* Of two that differ as much the earlier one stays in front. */
static void add_large(struct backtest_sums *sums, const struct backtest_pair *pair) {
    struct backtest_large probe = {.total_before = pair->total_before, .total_after = pair->after->priced.total};
    struct large *fresh;
    uint32_t at;
    if (probe.total_before == probe.total_after) return;
    if (sums->large_count == BACKTEST_LARGEST && difference(&sums->largest[BACKTEST_LARGEST - 1]->row) >= difference(&probe)) return;
    if (sums->large_count < BACKTEST_LARGEST) {
        fresh = base_arena_alloc(sums->arena, sizeof(*fresh));
        fresh->arena = base_arena_new(1024);
        sums->large_count++;
    } else {
        fresh = sums->largest[BACKTEST_LARGEST - 1];
    }
    fill_large(fresh, pair);
    for (at = sums->large_count - 1; at > 0 && difference(&sums->largest[at - 1]->row) < difference(&probe); at--)
        sums->largest[at] = sums->largest[at - 1];
    sums->largest[at] = fresh;
}

void backtest_sums_add(struct backtest_sums *sums, const struct backtest_pair *pair) {
    const struct mx_cart *cart = pair->past->cart;
    const struct mx_priced *priced = &pair->after->priced;
    uint32_t i;
    if (sums->receipts++ == 0) sums->first_at = cart->at;
    sums->last_at = cart->at;
    add(&sums->total_before, pair->total_before);
    add(&sums->total_after, priced->total);
    add(&sums->discount_before, pair->discount_before);
    add(&sums->discount_after, priced->discount);
    sums->dearer += priced->total > pair->total_before;
    sums->cheaper += priced->total < pair->total_before;
    add_margin(sums, pair);
    add_rules(sums, pair);
    add_faults(sums, &pair->after->offers.faults);
    add_part(sums, &sums->tiers, cart->tier, pair);
    add_part(sums, &sums->locations, cart->location, pair);
    for (i = 0; i < cart->segments.count; i++) add_part(sums, &sums->segments, mx_list_str(&cart->segments, i), pair);
    add_large(sums, pair);
}

void backtest_sums_refused(struct backtest_sums *sums) { sums->refused++; }

/* ---- the report ---- */

static int by_name(const void *a, const void *b) {
    const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
    return mx_str_cmp(x->name, y->name);
}

static int by_discount(const void *a, const void *b) {
    const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
    if (x->after != y->after) return x->after < y->after ? 1 : -1;
    if (x->receipts != y->receipts) return x->receipts < y->receipts ? 1 : -1;
    return by_name(a, b);
}

static struct row **sorted(struct mx_ctx *ctx, const struct rows *rows, int (*compare)(const void *, const void *)) {
    struct row **list = mx_alloc(ctx, (rows->count + 1) * sizeof(*list)), *row;
    uint32_t n = 0;
    for (row = rows->first; row; row = row->next) list[n++] = row;
    qsort(list, n, sizeof(*list), compare);
    return list;
}

static struct mx_list parts(struct mx_ctx *ctx, const struct rows *rows) {
    struct mx_list list = mx_list_new(ctx, rows->count, sizeof(struct backtest_part));
    struct row **order = sorted(ctx, rows, by_name);
    uint32_t i;
    for (i = 0; i < list.count; i++)
        *(struct backtest_part *)mx_list_at(&list, i) = (struct backtest_part){
            mx_dup(ctx, order[i]->name), order[i]->receipts, order[i]->changed, order[i]->dearer, order[i]->before, order[i]->after};
    return list;
}

static struct mx_list rule_rows(struct mx_ctx *ctx, const struct rows *rows) {
    struct mx_list list = mx_list_new(ctx, rows->count, sizeof(struct backtest_rule_row));
    struct row **order = sorted(ctx, rows, by_discount);
    uint32_t i;
    for (i = 0; i < list.count; i++)
        *(struct backtest_rule_row *)mx_list_at(&list, i) =
            (struct backtest_rule_row){mx_dup(ctx, order[i]->name), order[i]->receipts, order[i]->after, order[i]->points};
    return list;
}

static struct mx_list fault_rows(struct mx_ctx *ctx, const struct rows *rows) {
    struct mx_list list = mx_list_new(ctx, rows->count, sizeof(struct backtest_fault));
    struct row **order = sorted(ctx, rows, by_name);
    uint32_t i;
    for (i = 0; i < list.count; i++)
        *(struct backtest_fault *)mx_list_at(&list, i) =
            (struct backtest_fault){mx_dup(ctx, order[i]->name), mx_dup(ctx, order[i]->message), order[i]->receipts};
    return list;
}

static struct mx_list large_rows(struct mx_ctx *ctx, const struct backtest_sums *sums) {
    struct mx_list list = mx_list_new(ctx, sums->large_count, sizeof(struct backtest_large));
    uint32_t i, k;
    for (i = 0; i < list.count; i++) {
        struct backtest_large *to = mx_list_at(&list, i);
        const struct backtest_large *from = &sums->largest[i]->row;
        *to = *from;
        to->order = mx_dup(ctx, from->order);
        to->number = mx_dup(ctx, from->number);
        to->rules = mx_list_new(ctx, from->rules.count, sizeof(struct mx_discount));
        for (k = 0; k < to->rules.count; k++) {
            struct mx_discount *discount = mx_list_at(&to->rules, k);
            *discount = *(const struct mx_discount *)mx_list_at(&from->rules, k);
            discount->rule = mx_dup(ctx, discount->rule);
        }
    }
    return list;
}

static struct mx_str text_of(struct mx_ctx *ctx, const char *format, int a, int b, int c) {
    char text[40];
    snprintf(text, sizeof(text), format, a, b, c);
    return mx_dup(ctx, mx_str_of(text));
}

/* Limits of one member run out all the time; those of all carts are news. */
static struct mx_list out_rows(struct mx_ctx *ctx, const struct backtest_books *books) {
    struct mx_list list = {NULL, 0, sizeof(struct backtest_out)};
    const struct backtest_limit *limit;
    uint32_t count = 0;
    for (limit = books->first; limit; limit = limit->next) count++;
    list = mx_list_new(ctx, count, sizeof(struct backtest_out));
    list.count = 0;
    for (limit = books->first; limit; limit = limit->next) {
        struct backtest_out *row;
        char words[40];
        if (limit->at == 0 || limit->scope == MX_LIMIT_MEMBER || limit->scope == MX_LIMIT_MEMBER_DAY) continue;
        row = mx_list_at(&list, list.count++);
        snprintf(words, sizeof(words), "%s %s", mx_limit_scope_words[limit->scope - 1], mx_limit_of_words[limit->of - 1]);
        row->rule = mx_dup(ctx, limit->rule);
        row->limit = mx_dup(ctx, mx_str_of(words));
        row->max = limit->max;
        row->at = limit->at;
        row->day = text_of(ctx, "%04d-%02d-%02d", limit->day / 10000, limit->day / 100 % 100, limit->day % 100);
        row->days = limit->days;
        row->receipts = limit->receipts;
    }
    return list;
}

void backtest_sums_report(struct backtest_sums *sums, struct mx_ctx *ctx, const struct backtest_side *side, int64_t took_us,
                          struct backtest_report *out) {
    const struct script_rules *promotions = &side->trying.set->of[SCRIPT_PROMOTION];
    uint32_t i;
    for (i = 0; i < promotions->count; i++) (void)row_of(sums, &sums->rules, promotions->items[i]->id);
    out->version = mx_dup(ctx, mx_str_of(side->trying.set->version));
    out->currency = mx_dup(ctx, mx_shop_of(ctx)->currency);
    out->digits = mx_shop_of(ctx)->digits;
    out->receipts = sums->receipts;
    out->ms = took_us / 1000;
    out->seconds = (took_us + 999999) / 1000000;
    out->first_at = sums->first_at;
    out->last_at = sums->last_at;
    out->total_before = sums->total_before;
    out->total_after = sums->total_after;
    out->discount_before = sums->discount_before;
    out->discount_after = sums->discount_after;
    out->margin_before = sums->margin_before;
    out->margin_after = sums->margin_after;
    out->margin_receipts = sums->margin_receipts;
    out->changed = sums->dearer + sums->cheaper;
    out->dearer = sums->dearer;
    out->cheaper = sums->cheaper;
    out->refused = sums->refused;
    out->largest = large_rows(ctx, sums);
    out->by_rule = rule_rows(ctx, &sums->rules);
    out->by_segment = parts(ctx, &sums->segments);
    out->by_tier = parts(ctx, &sums->tiers);
    out->by_location = parts(ctx, &sums->locations);
    out->budget_out = out_rows(ctx, &side->books);
    out->faults = fault_rows(ctx, &sums->faults);
}
