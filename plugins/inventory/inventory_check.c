/* Do the movements add up to the levels, of articles and of lots? Both ways: no level without its movements, no movement
 * without its level. */
#include "lots.h"
#include "sums.h"

#include <stdio.h>

/* Everything, one record at a time. */
static const struct mx_scan_opts whole_table = {.size = sizeof(struct mx_scan_opts), .lend = 1};

struct check {
    struct mx_ctx *ctx;
    struct inventory_sums sums;
    mx_found_fn found;
    void *arg;
};

static void add_qty(int64_t *counter, int64_t qty) {
    if (!mx_add(*counter, qty, counter)) *counter = INT64_MIN; /* no level can equal it */
}

static int add_line(struct check *check, const struct inventory_movement *movement, const struct inventory_line *line) {
    struct inventory_sum_key key = {.location = movement->location, .sku = line->sku};
    struct inventory_sum *sum = inventory_sums_of(&check->sums, &key);
    int good = inventory_is_good(line->condition);
    if (!sum) return 0;
    add_qty(good ? &sum->on_hand : &sum->damaged, line->qty);
    if (MX_HAS(inventory_line, line, cost)) {
        sum->cost = line->cost;
        sum->cost_from = movement->seq;
    }
    if (!good || line->lot.len == 0) return 1;
    key.lot = line->lot;
    sum = inventory_sums_of(&check->sums, &key);
    if (sum) add_qty(&sum->on_hand, line->qty);
    return sum != NULL;
}

static mx_status fold_movements(struct check *check) {
    struct inventory_movement *movement = NULL;
    struct mx_scan *scan = NULL;
    int64_t expected = 1;
    char text[160];
    uint32_t i;
    mx_status st = mx_scan_open(check->ctx, &inventory_movements, &whole_table, NULL, &scan);
    if (st != MX_OK) return st;
    while ((st = mx_scan_next(check->ctx, scan, &movement)) == MX_OK) {
        if (movement->seq != expected) {
            snprintf(text, sizeof(text), "movement %lld is missing before %lld", (long long)expected, (long long)movement->seq);
            check->found(check->arg, text);
        }
        expected = movement->seq + 1;
        for (i = 0; i < movement->lines.count; i++) {
            if (!add_line(check, movement, mx_list_at(&movement->lines, i)))
                return mx_fail(check->ctx, MX_E_NOMEM, NULL, "There is not enough memory to add up the movements.");
        }
    }
    return st == MX_DONE ? MX_OK : st;
}

static void compare_level(struct check *check, const struct inventory_level *level) {
    const struct inventory_sum_key key = {.location = level->location, .sku = level->sku};
    const struct inventory_sum nothing = {0};
    struct inventory_sum *sum = inventory_sums_slot(&check->sums, &key);
    const struct inventory_sum *is = sum->text ? sum : &nothing;
    char text[320];
    sum->seen = 1;
    if (level->on_hand != is->on_hand || level->damaged != is->damaged || level->reserved != 0) {
        snprintf(text, sizeof(text),
                 "article %.*s at %.*s: the level says %lld on hand, %lld damaged, %lld reserved; the movements say %lld, %lld, 0",
                 (int)level->sku.len, level->sku.ptr, (int)level->location.len, level->location.ptr, (long long)level->on_hand,
                 (long long)level->damaged, (long long)level->reserved, (long long)is->on_hand, (long long)is->damaged);
        check->found(check->arg, text);
    }
    if (level->cost != is->cost || level->cost_from != is->cost_from) {
        snprintf(text, sizeof(text), "article %.*s at %.*s: the last cost is not that of movement %lld", (int)level->sku.len,
                 level->sku.ptr, (int)level->location.len, level->location.ptr, (long long)is->cost_from);
        check->found(check->arg, text);
    }
}

static void compare_lot(struct check *check, const struct inventory_lot_level *level) {
    const struct inventory_sum_key key = {level->location, level->sku, level->lot};
    struct inventory_sum *sum = inventory_sums_slot(&check->sums, &key);
    int64_t is = sum->text ? sum->on_hand : 0;
    char text[320];
    sum->seen = 1;
    if (level->on_hand == is) return;
    snprintf(text, sizeof(text), "lot %.*s of article %.*s at %.*s: the level says %lld; the movements say %lld", (int)level->lot.len,
             level->lot.ptr, (int)level->sku.len, level->sku.ptr, (int)level->location.len, level->location.ptr, (long long)level->on_hand,
             (long long)is);
    check->found(check->arg, text);
}

static mx_status compare_levels(struct check *check) {
    struct inventory_level *level = NULL;
    struct inventory_lot_level *lot = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(check->ctx, &inventory_levels, &whole_table, NULL, &scan);
    if (st != MX_OK) return st;
    while ((st = mx_scan_next(check->ctx, scan, &level)) == MX_OK) compare_level(check, level);
    if (st == MX_DONE) st = mx_scan_open(check->ctx, &inventory_lot_levels, &whole_table, NULL, &scan);
    if (st != MX_OK) return st;
    while ((st = mx_scan_next(check->ctx, scan, &lot)) == MX_OK) compare_lot(check, lot);
    return st == MX_DONE ? MX_OK : st;
}

static void name_unseen(struct check *check) {
    char text[240];
    uint32_t i;
    for (i = 0; i < check->sums.size; i++) {
        const struct inventory_sum *sum = &check->sums.slots[i];
        const struct inventory_sum_key *key = &sum->key;
        if (!sum->text || sum->seen) continue;
        snprintf(text, sizeof(text), "%s%.*s%sarticle %.*s at %.*s moved but has no level", key->lot.len ? "lot " : "", (int)key->lot.len,
                 key->lot.len ? key->lot.ptr : "", key->lot.len ? " of " : "", (int)key->sku.len, key->sku.ptr, (int)key->location.len,
                 key->location.ptr);
        check->found(check->arg, text);
    }
}

mx_status inventory_check_levels(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct check check = {.ctx = ctx, .found = found, .arg = arg};
    mx_status st = MX_OK;
    if (!inventory_sums_grow(&check.sums)) return mx_fail(ctx, MX_E_NOMEM, NULL, "There is not enough memory to add up the movements.");
    st = fold_movements(&check);
    if (st == MX_OK) st = compare_levels(&check);
    if (st == MX_OK) name_unseen(&check);
    inventory_sums_free(&check.sums);
    return st;
}
