/* Do the movements add up to the levels? Both ways: no level without its movements, no movement without its level. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

/* Everything, one record at a time. */
static const struct mx_scan_opts whole_table = {.size = sizeof(struct mx_scan_opts), .lend = 1};

/* What the movements say of one article at one location. */
struct sum {
    char *key; /* location, NUL, sku; NULL = free slot */
    uint32_t location_len;
    uint32_t sku_len;
    int64_t on_hand, damaged, cost, cost_from;
    int seen;
};

/* An open hash table; its size is a power of two. */
struct sums {
    struct sum *slots;
    uint32_t size;
    uint32_t used;
};

static struct mx_str location_of(const struct sum *sum) { return mx_str_n(sum->key, sum->location_len); }
static struct mx_str sku_of(const struct sum *sum) { return mx_str_n(sum->key + sum->location_len + 1, sum->sku_len); }

/* FNV-1a, 32 bits. */
static uint32_t hash_more(uint32_t hash, struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++) hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    return hash * 16777619u;
}

static uint32_t hash_of(struct mx_str location, struct mx_str sku) { return hash_more(hash_more(2166136261u, location), sku); }

static struct sum *slot_of(const struct sums *sums, struct mx_str location, struct mx_str sku) {
    uint32_t i = hash_of(location, sku) & (sums->size - 1);
    while (sums->slots[i].key && !(mx_str_eq(location_of(&sums->slots[i]), location) && mx_str_eq(sku_of(&sums->slots[i]), sku)))
        i = (i + 1) & (sums->size - 1);
    return &sums->slots[i];
}

static int grow(struct sums *sums) {
    struct sums bigger = {.size = sums->size ? sums->size * 2 : 1024, .used = sums->used};
    uint32_t i;
    bigger.slots = calloc(bigger.size, sizeof(bigger.slots[0]));
    if (!bigger.slots) return 0;
    for (i = 0; i < sums->size; i++) {
        const struct sum *sum = &sums->slots[i];
        if (sum->key) *slot_of(&bigger, location_of(sum), sku_of(sum)) = *sum;
    }
    free(sums->slots);
    *sums = bigger;
    return 1;
}

/* The sum of an article at a location, made when it is new; NULL without memory. */
static struct sum *sum_of(struct sums *sums, struct mx_str location, struct mx_str sku) {
    struct sum *sum;
    if (sums->used >= sums->size / 2 && !grow(sums)) return NULL;
    sum = slot_of(sums, location, sku);
    if (sum->key) return sum;
    sum->key = malloc((size_t)location.len + sku.len + 2);
    if (!sum->key) return NULL;
    if (location.len) memcpy(sum->key, location.ptr, location.len);
    sum->key[location.len] = '\0';
    if (sku.len) memcpy(sum->key + location.len + 1, sku.ptr, sku.len);
    sum->location_len = location.len;
    sum->sku_len = sku.len;
    sums->used++;
    return sum;
}

static void free_sums(struct sums *sums) {
    uint32_t i;
    for (i = 0; i < sums->size; i++) free(sums->slots[i].key);
    free(sums->slots);
}

static int add_line(struct sums *sums, const struct inventory_movement *movement, const struct inventory_line *line) {
    struct sum *sum = sum_of(sums, movement->location, line->sku);
    int64_t *counter;
    if (!sum) return 0;
    counter = inventory_is_good(line->condition) ? &sum->on_hand : &sum->damaged;
    if (!mx_add(*counter, line->qty, counter)) *counter = INT64_MIN; /* no level can equal it */
    if (MX_HAS(inventory_line, line, cost)) {
        sum->cost = line->cost;
        sum->cost_from = movement->seq;
    }
    return 1;
}

static mx_status fold_movements(struct mx_ctx *ctx, struct sums *sums, mx_found_fn found, void *arg) {
    struct inventory_movement *movement = NULL;
    struct mx_scan *scan = NULL;
    int64_t expected = 1;
    char text[160];
    uint32_t i;
    mx_status st = mx_scan_open(ctx, &inventory_movements, &whole_table, NULL, &scan);
    if (st != MX_OK) return st;
    while ((st = mx_scan_next(ctx, scan, &movement)) == MX_OK) {
        if (movement->seq != expected) {
            snprintf(text, sizeof(text), "movement %lld is missing before %lld", (long long)expected, (long long)movement->seq);
            found(arg, text);
        }
        expected = movement->seq + 1;
        for (i = 0; i < movement->lines.count; i++) {
            if (!add_line(sums, movement, mx_list_at(&movement->lines, i)))
                return mx_fail(ctx, MX_E_NOMEM, NULL, "There is not enough memory to add up the movements.");
        }
    }
    return st == MX_DONE ? MX_OK : st;
}

static void compare_level(const struct inventory_level *level, struct sum *sum, mx_found_fn found, void *arg) {
    const struct sum nothing = {0};
    const struct sum *is = sum->key ? sum : &nothing;
    char text[320];
    sum->seen = 1;
    if (level->on_hand != is->on_hand || level->damaged != is->damaged || level->reserved != 0) {
        snprintf(text, sizeof(text),
                 "article %.*s at %.*s: the level says %lld on hand, %lld damaged, %lld reserved; the movements say %lld, %lld, 0",
                 (int)level->sku.len, level->sku.ptr, (int)level->location.len, level->location.ptr, (long long)level->on_hand,
                 (long long)level->damaged, (long long)level->reserved, (long long)is->on_hand, (long long)is->damaged);
        found(arg, text);
    }
    if (level->cost != is->cost || level->cost_from != is->cost_from) {
        snprintf(text, sizeof(text), "article %.*s at %.*s: the last cost is not that of movement %lld", (int)level->sku.len,
                 level->sku.ptr, (int)level->location.len, level->location.ptr, (long long)is->cost_from);
        found(arg, text);
    }
}

static mx_status compare_levels(struct mx_ctx *ctx, struct sums *sums, mx_found_fn found, void *arg) {
    struct inventory_level *level = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &inventory_levels, &whole_table, NULL, &scan);
    if (st != MX_OK) return st;
    while ((st = mx_scan_next(ctx, scan, &level)) == MX_OK) compare_level(level, slot_of(sums, level->location, level->sku), found, arg);
    return st == MX_DONE ? MX_OK : st;
}

static void name_unseen(const struct sums *sums, mx_found_fn found, void *arg) {
    char text[240];
    uint32_t i;
    for (i = 0; i < sums->size; i++) {
        const struct sum *sum = &sums->slots[i];
        if (!sum->key || sum->seen) continue;
        snprintf(text, sizeof(text), "article %.*s at %s moved but has no level", (int)sum->sku_len, sku_of(sum).ptr, sum->key);
        found(arg, text);
    }
}

mx_status inventory_check_levels(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct sums sums = {0};
    mx_status st = MX_OK;
    if (!grow(&sums)) return mx_fail(ctx, MX_E_NOMEM, NULL, "There is not enough memory to add up the movements.");
    st = fold_movements(ctx, &sums, found, arg);
    if (st == MX_OK) st = compare_levels(ctx, &sums, found, arg);
    if (st == MX_OK) name_unseen(&sums, found, arg);
    free_sums(&sums);
    return st;
}
