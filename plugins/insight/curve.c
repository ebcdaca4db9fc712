/* Where members stand among all who ever bought: by the day of their last sale, by orders, by money. */
#include "internal.h"

#include <stdlib.h>

const char *const insight_curve_words[INSIGHT_CURVES] = {"recency", "frequency", "money"};

#define FINE 6 /* an octave of money has 2^6 steps, so a step is 1.6 % wide at most */

static int64_t money_bucket(int64_t spent) {
    int shift = 0;
    if (spent <= 0) return 0;
    while (spent >> shift >= INT64_C(2) << FINE) shift++;
    return ((int64_t)shift << FINE) + (spent >> shift);
}

int64_t insight_bucket(const struct insight_row *row, int curve) {
    return curve == INSIGHT_RECENCY ? row->last_at / INSIGHT_DAY_MS : curve == INSIGHT_FREQUENCY ? row->orders : money_bucket(row->spent);
}

static void grow(struct mx_ctx *ctx, struct insight_curve *curve) {
    struct insight_curve more = *curve;
    more.room = curve->room ? curve->room * 2 : 256;
    more.buckets = mx_alloc(ctx, more.room * sizeof(int64_t));
    more.below = mx_alloc(ctx, ((size_t)more.room + 1) * sizeof(int64_t));
    if (curve->count) memcpy(more.buckets, curve->buckets, curve->count * sizeof(int64_t));
    if (curve->below) memcpy(more.below, curve->below, ((size_t)curve->count + 1) * sizeof(int64_t));
    *curve = more;
}

static void curve_add(struct mx_ctx *ctx, struct insight_curve *curve, int64_t bucket, int64_t members) {
    if (curve->count == curve->room) grow(ctx, curve);
    curve->buckets[curve->count] = bucket;
    curve->below[curve->count + 1] = curve->below[curve->count] + members;
    curve->count++;
}

mx_status insight_curves_read(struct mx_ctx *ctx, struct insight_curve curves[INSIGHT_CURVES]) {
    int i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < INSIGHT_CURVES; i++) {
        struct insight_step probe = {.curve = mx_str_of(insight_curve_words[i])}, *found = NULL;
        struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .lend = 1};
        struct mx_scan *scan = NULL;
        curves[i] = (struct insight_curve){0};
        st = mx_scan_open(ctx, &insight_curves, &opts, &probe, &scan);
        while (st == MX_OK && (st = mx_scan_next(ctx, scan, &found)) == MX_OK) curve_add(ctx, &curves[i], found->bucket, found->members);
        if (st == MX_DONE) st = MX_OK;
    }
    return st;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

void insight_curve_make(struct mx_ctx *ctx, int64_t *values, uint32_t count, struct insight_curve *curve) {
    uint32_t i, begin;
    *curve = (struct insight_curve){0};
    if (count > 1) qsort(values, count, sizeof(*values), by_value);
    for (i = 0; i < count;) {
        for (begin = i; i < count && values[i] == values[begin]; i++) {
        }
        curve_add(ctx, curve, values[begin], i - begin);
    }
}

struct insight_place insight_place(const struct insight_curve *curve, int64_t bucket) {
    uint32_t low = 0, high = curve->count;
    struct insight_place place = {0, 0, curve->count ? curve->below[curve->count] : 0};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (curve->buckets[middle] < bucket)
            low = middle + 1;
        else
            high = middle;
    }
    if (curve->count == 0) return place;
    place.below = curve->below[low];
    if (low < curve->count && curve->buckets[low] == bucket) place.same = curve->below[low + 1] - place.below;
    return place;
}

int64_t insight_fifth(struct insight_place place) { return place.all ? 1 + 5 * place.below / place.all - (place.below == place.all) : 1; }

int64_t insight_percent(struct insight_place place) { return place.all ? (place.below * 2 + place.same) * 500000 / place.all : 0; }
