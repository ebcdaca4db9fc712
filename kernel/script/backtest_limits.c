/* Limits, budgets and coupons as they would have been used up, receipt by receipt. */
#include <stdio.h>

#include "script/backtest.h"

#define KEY_MAX 256

struct used {
    int64_t amount;
};
struct voucher {
    int64_t left;
    int64_t counted; /* the receipt that used it last: several offers of one rule are one use */
};

static void counters_init(struct backtest_counters *counters, struct base_arena *arena) {
    counters->arena = arena;
    base_map_init(&counters->map);
}

void backtest_books_init(struct backtest_books *books, struct base_arena *arena) {
    uint32_t i;
    memset(books, 0, sizeof(*books));
    books->arena = arena;
    counters_init(&books->ever, arena);
    for (i = 0; i < BACKTEST_DAYS; i++) counters_init(&books->days[i], base_arena_new(4096));
    base_map_init(&books->limits);
    base_map_init(&books->vouchers);
}

void backtest_books_fini(struct backtest_books *books) {
    uint32_t i;
    base_map_fini(&books->ever.map);
    for (i = 0; i < BACKTEST_DAYS; i++) {
        base_map_fini(&books->days[i].map);
        base_arena_free(books->days[i].arena);
    }
    base_map_fini(&books->limits);
    base_map_fini(&books->vouchers);
}

/* The value behind the key, made when it is new. */
static void *map_of(struct base_map *map, struct base_arena *arena, struct mx_str key, size_t bytes, int *fresh) {
    void *value = base_map_get(map, key);
    *fresh = value == NULL;
    if (value == NULL) {
        value = base_arena_alloc(arena, bytes);
        (void)base_map_set(map, base_arena_dup(arena, key), value);
    }
    return value;
}

static int32_t day_of(const struct mx_cart *cart) {
    struct base_civil local;
    base_civil_from_ms(cart->zone.len ? base_zone_get(cart->zone) : NULL, cart->at, &local);
    return (local.year * 100 + local.month) * 100 + local.day;
}

static int by_member(int32_t scope) { return scope == MX_LIMIT_MEMBER || scope == MX_LIMIT_MEMBER_DAY; }
static int by_day(int32_t scope) { return scope == MX_LIMIT_DAY || scope == MX_LIMIT_MEMBER_DAY; }

/* The counters of a day; those of the earliest one are forgotten for a new one. */
static struct backtest_counters *counters_of(struct backtest_books *books, int32_t day) {
    struct backtest_counters *earliest = &books->days[0];
    uint32_t i;
    for (i = 0; i < BACKTEST_DAYS; i++) {
        if (books->days[i].day == day) return &books->days[i];
        if (books->days[i].day < earliest->day) earliest = &books->days[i];
    }
    base_map_fini(&earliest->map);
    base_map_init(&earliest->map);
    base_arena_reset(earliest->arena);
    earliest->day = day;
    return earliest;
}

/* How much of this limit is used; NULL: it is counted by member, and there is none. */
static struct used *used_of(struct backtest_books *books, const struct mx_cart *cart, struct mx_str rule,
                            const struct mx_offer_limit *limit, int32_t day) {
    struct backtest_counters *counters = by_day(limit->scope) ? counters_of(books, day) : &books->ever;
    char text[KEY_MAX];
    int fresh, len;
    if (by_member(limit->scope) && cart->member.len == 0) return NULL;
    len = snprintf(text, sizeof(text), "%.*s|%d|%d|%.*s", (int)rule.len, rule.ptr, (int)limit->scope, (int)limit->of,
                   by_member(limit->scope) ? (int)cart->member.len : 0, cart->member.ptr);
    return map_of(&counters->map, counters->arena, mx_str_n(text, (size_t)len), sizeof(struct used), &fresh);
}

static struct backtest_limit *limit_of(struct backtest_books *books, struct mx_str rule, const struct mx_offer_limit *limit) {
    char text[KEY_MAX];
    struct backtest_limit *found;
    int fresh, len = snprintf(text, sizeof(text), "%.*s|%d|%d", (int)rule.len, rule.ptr, (int)limit->scope, (int)limit->of);
    found = map_of(&books->limits, books->arena, mx_str_n(text, (size_t)len), sizeof(*found), &fresh);
    if (!fresh) return found;
    found->rule = base_arena_dup(books->arena, rule);
    found->scope = limit->scope;
    found->of = limit->of;
    found->max = limit->max;
    if (books->last)
        books->last->next = found;
    else
        books->first = found;
    books->last = found;
    return found;
}

/* ---- coupons ---- */

static struct voucher *voucher_of(struct backtest_books *books, const struct mx_cart_voucher *voucher) {
    int fresh;
    struct voucher *known = map_of(&books->vouchers, books->arena, voucher->id, sizeof(*known), &fresh);
    if (fresh) known->left = voucher->left > 0 ? voucher->left : 1;
    return known;
}

struct mx_cart *backtest_cart(struct backtest_books *books, struct mx_ctx *ctx, const struct mx_cart *cart) {
    struct mx_cart *copy = mx_alloc(ctx, sizeof(*copy));
    uint32_t i;
    *copy = *cart;
    if (cart->vouchers.count == 0) return copy;
    copy->vouchers = mx_list_new(ctx, cart->vouchers.count, sizeof(struct mx_cart_voucher));
    copy->vouchers.count = 0;
    for (i = 0; i < cart->vouchers.count; i++) {
        const struct mx_cart_voucher *voucher = mx_list_at(&cart->vouchers, i);
        if (voucher_of(books, voucher)->left > 0) *(struct mx_cart_voucher *)mx_list_at(&copy->vouchers, copy->vouchers.count++) = *voucher;
    }
    return copy;
}

static void use_voucher(struct backtest_books *books, struct mx_str id) {
    struct voucher *voucher = base_map_get(&books->vouchers, id);
    if (voucher == NULL || voucher->counted == books->receipts) return;
    voucher->counted = books->receipts;
    voucher->left--;
}

/* ---- limits ---- */

void backtest_limits_fill(struct backtest_books *books, struct mx_ctx *ctx, const struct mx_cart *cart, const struct mx_list *offers) {
    int32_t day = 0;
    uint32_t i, k;
    for (i = 0; i < offers->count; i++) {
        struct mx_offer *offer = mx_list_at(offers, i);
        struct mx_list own;
        if (offer->limits.count == 0) continue;
        if (day == 0) day = day_of(cart);
        own = mx_list_new(ctx, offer->limits.count, sizeof(struct mx_offer_limit));
        for (k = 0; k < own.count; k++) {
            struct mx_offer_limit *limit = mx_list_at(&own, k);
            const struct used *used;
            *limit = *(const struct mx_offer_limit *)mx_list_at(&offer->limits, k);
            used = used_of(books, cart, offer->rule, limit, day);
            limit->used = used ? used->amount : limit->max; /* a guest finds a limit of members used up, as at the till */
        }
        offer->limits = own;
    }
}

static int64_t counted(const struct mx_outcome *outcome, int32_t of) {
    return of == MX_LIMIT_USES ? outcome->uses : of == MX_LIMIT_UNITS ? outcome->units : outcome->amount;
}

static int names_limit(struct mx_str text, const struct mx_offer_limit *limit) {
    char words[40];
    snprintf(words, sizeof(words), "%s %s", mx_limit_scope_words[limit->scope - 1], mx_limit_of_words[limit->of - 1]);
    return mx_str_is(text, words);
}

static void book_limit(struct backtest_books *books, const struct mx_cart *cart, const struct mx_offer_limit *limit,
                       const struct mx_outcome *outcome, int32_t day) {
    struct used *used = used_of(books, cart, outcome->rule, limit, day);
    struct backtest_limit *known = limit_of(books, outcome->rule, limit);
    int held = names_limit(outcome->limit, limit), out;
    if (used == NULL) return;
    if (outcome->state == MX_OUTCOME_APPLIED && !mx_add(used->amount, counted(outcome, limit->of), &used->amount))
        used->amount = MX_INT_MAX;
    out = used->amount >= limit->max || held;
    if (held && known->counted != books->receipts) {
        known->counted = books->receipts;
        known->receipts++;
    }
    if (!out) return;
    if (known->at == 0) {
        known->at = cart->at;
        known->day = day;
    }
    if (day <= known->last_day) return; /* places whose midnights differ come to a day more than once */
    known->days++;
    known->last_day = day;
}

void backtest_limits_book(struct backtest_books *books, const struct mx_cart *cart, const struct mx_list *offers,
                          const struct mx_list *outcomes) {
    int32_t day = 0;
    uint32_t i, k;
    books->receipts++;
    for (i = 0; i < outcomes->count; i++) {
        const struct mx_outcome *outcome = mx_list_at(outcomes, i);
        const struct mx_offer *offer;
        if (outcome->state != MX_OUTCOME_APPLIED && outcome->limit.len == 0) continue;
        if (outcome->offer < 1 || outcome->offer > offers->count) continue;
        offer = mx_list_at(offers, (uint32_t)outcome->offer - 1);
        if (offer->voucher.len && outcome->state == MX_OUTCOME_APPLIED) use_voucher(books, offer->voucher);
        if (offer->limits.count && day == 0) day = day_of(cart);
        for (k = 0; k < offer->limits.count; k++) book_limit(books, cart, mx_list_at(&offer->limits, k), outcome, day);
    }
}
