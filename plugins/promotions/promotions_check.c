/* Do counters and coupons say what the ledger of uses says? For `merx verify`.
 *
 * There may be a counter for each member and each day, too many to be held in memory, so both sides are folded into a few
 * numbers for each rule: every counter and every coupon has a weight of its own, and what it says times its weight is added up.
 * A use that was counted elsewhere gives another sum, in whatever order the records are read. */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"
#include "ops.h"
#include "records.h"

static const struct mx_scan_opts whole_table = {.size = sizeof(struct mx_scan_opts), .lend = 1};

struct side {
    int64_t uses, units, amount, coupons; /* plain sums, for the sentence */
    uint64_t mark, coupon_mark;           /* sums with weights, wrapping */
};

struct tally {
    char rule[PROMOTIONS_RULE_MAX + 1]; /* empty: a free slot */
    struct side ledger, books;
};

struct check {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
    struct tally *slots; /* an open hash table; its size is a power of two */
    uint32_t size;
    uint32_t used;
};

/* FNV-1a, 64 bits. */
static uint64_t fold(uint64_t hash, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    size_t i;
    for (i = 0; i < len; i++) hash = (hash ^ p[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t fold_text(uint64_t hash, struct mx_str text) { return fold(hash, text.ptr, text.len); }

#define HASH_START UINT64_C(14695981039346656037)

static uint64_t weight_of(int32_t scope, struct mx_str who, int64_t day, int column) {
    uint64_t hash = fold_text(HASH_START, who);
    hash = fold(hash, &scope, sizeof(scope));
    hash = fold(hash, &day, sizeof(day));
    hash = fold(hash, &column, sizeof(column));
    return (hash ^ hash >> 29) | 1;
}

static struct tally *slot_of(const struct check *check, const char *rule) {
    uint32_t i = (uint32_t)fold(HASH_START, rule, strlen(rule)) & (check->size - 1);
    while (check->slots[i].rule[0] && strcmp(check->slots[i].rule, rule) != 0) i = (i + 1) & (check->size - 1);
    return &check->slots[i];
}

static mx_status grow(struct check *check) {
    struct check bigger = *check;
    uint32_t i;
    bigger.size = check->size ? check->size * 2 : 256;
    bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
    if (!bigger.slots) return mx_fail(check->ctx, MX_E_NOMEM, NULL, "There is not enough memory to add up the uses of promotions.");
    for (i = 0; i < check->size; i++)
        if (check->slots[i].rule[0]) *slot_of(&bigger, check->slots[i].rule) = check->slots[i];
    free(check->slots);
    *check = bigger;
    return MX_OK;
}

static mx_status tally_of(struct check *check, struct mx_str rule, struct tally **tally) {
    char name[PROMOTIONS_RULE_MAX + 1];
    mx_status st = check->used < check->size / 2 ? MX_OK : grow(check);
    if (st != MX_OK) return st;
    snprintf(name, sizeof(name), "%.*s", (int)rule.len, rule.len ? rule.ptr : "");
    *tally = slot_of(check, name);
    if ((*tally)->rule[0]) return MX_OK;
    memcpy((*tally)->rule, name, sizeof(name));
    check->used++;
    return MX_OK;
}

static void add(struct side *side, int sign, int32_t scope, struct mx_str who, int64_t day, const int64_t values[3]) {
    int column;
    for (column = 0; column < 3; column++) side->mark += weight_of(scope, who, day, column) * (uint64_t)(sign * values[column]);
    if (scope != MX_LIMIT_TOTAL) return;
    side->uses += sign * values[0];
    side->units += sign * values[1];
    side->amount += sign * values[2];
}

/* ---- the ledger's side ---- */

static void add_scope(struct side *side, const struct promotion_use_rec *entry, struct mx_str word) {
    const int64_t values[3] = {entry->uses, entry->units, entry->amount};
    const struct mx_str nobody = {NULL, 0};
    int32_t scope = MX_LIMIT_TOTAL;
    int of_member, of_day;
    while (scope < MX_LIMIT_MEMBER_DAY && !mx_str_is(word, mx_limit_scope_words[scope - 1])) scope++;
    of_member = scope == MX_LIMIT_MEMBER || scope == MX_LIMIT_MEMBER_DAY;
    of_day = scope == MX_LIMIT_DAY || scope == MX_LIMIT_MEMBER_DAY;
    if (of_member && entry->member.len == 0) return;
    add(side, entry->kind == PROMOTION_USE ? 1 : -1, scope, of_member ? entry->member : nobody, of_day ? entry->day : 0, values);
}

static mx_status fold_ledger(struct check *check) {
    struct promotion_use_rec *entry = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(check->ctx, &promotions_uses, &whole_table, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(check->ctx, scan, &entry)) == MX_OK) {
        int64_t coupons = entry->kind == PROMOTION_USE ? entry->coupons : -entry->coupons;
        struct tally *tally = NULL;
        uint32_t i;
        st = tally_of(check, entry->rule, &tally);
        if (st != MX_OK) break;
        for (i = 0; i < entry->scopes.count; i++) add_scope(&tally->ledger, entry, mx_list_str(&entry->scopes, i));
        tally->ledger.coupons += coupons;
        tally->ledger.coupon_mark += (fold_text(HASH_START, entry->coupon) | 1) * (uint64_t)coupons;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* ---- the other side ---- */

static mx_status fold_counters(struct check *check) {
    struct promotion_counter *counter = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(check->ctx, &promotions_counters, &whole_table, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(check->ctx, scan, &counter)) == MX_OK) {
        const int64_t values[3] = {counter->uses, counter->units, counter->amount};
        struct tally *tally = NULL;
        st = tally_of(check, counter->rule, &tally);
        if (st == MX_OK) add(&tally->books, 1, counter->scope, counter->who, counter->day, values);
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status fold_coupons(struct check *check) {
    struct promotion_coupon *coupon = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(check->ctx, &promotions_coupons, &whole_table, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(check->ctx, scan, &coupon)) == MX_OK) {
        struct tally *tally = NULL;
        if (coupon->uses == 0) continue;
        st = tally_of(check, coupon->rule, &tally);
        if (st != MX_OK) break;
        tally->books.coupons += coupon->uses;
        tally->books.coupon_mark += (fold_text(HASH_START, coupon->id) | 1) * (uint64_t)coupon->uses;
        if (coupon->uses > coupon->uses_max) {
            char text[120];
            snprintf(text, sizeof(text), "coupon %.*s was used more often than it may be", (int)coupon->id.len, coupon->id.ptr);
            check->found(check->arg, text);
        }
    }
    return st == MX_DONE ? MX_OK : st;
}

static void compare(const struct check *check, const struct tally *tally) {
    const struct side *ledger = &tally->ledger, *books = &tally->books;
    char text[320];
    if (ledger->mark != books->mark) {
        snprintf(text, sizeof(text),
                 "the counters of the promotion %s are not what its uses say: in total %lld times, %lld thousandths, %lld money; the uses "
                 "say %lld, %lld, %lld",
                 tally->rule, (long long)books->uses, (long long)books->units, (long long)books->amount, (long long)ledger->uses,
                 (long long)ledger->units, (long long)ledger->amount);
        check->found(check->arg, text);
    }
    if (ledger->coupon_mark == books->coupon_mark) return;
    snprintf(text, sizeof(text), "the coupons of the promotion %s say %lld uses, the ledger says %lld, or others", tally->rule,
             (long long)books->coupons, (long long)ledger->coupons);
    check->found(check->arg, text);
}

static mx_status check_uses(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct check check = {ctx, found, arg, NULL, 0, 0};
    mx_status st = fold_ledger(&check);
    uint32_t i;
    if (st == MX_OK) st = fold_counters(&check);
    if (st == MX_OK) st = fold_coupons(&check);
    for (i = 0; st == MX_OK && i < check.size; i++)
        if (check.slots[i].rule[0]) compare(&check, &check.slots[i]);
    free(check.slots);
    return st;
}

const struct mx_check promotions_uses_check = {"promotions.uses", check_uses};
