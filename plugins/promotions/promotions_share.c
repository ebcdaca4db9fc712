/* Sharing what comes off over the units that an offer takes, to the last minor unit. */
#include "engine.h"

#include <stdlib.h>

#define SHARE_BY_SORT                                                                                                                      \
    24 /* above so many parts the last minor units are dealt out in sorted \ order, with the same result */

struct remainder {
    mx_int128 rest;
    uint32_t part;
};

static int larger_first(const void *a, const void *b) {
    const struct remainder *x = a, *y = b;
    if (x->rest != y->rest) return x->rest > y->rest ? -1 : 1;
    return x->part < y->part ? -1 : 1;
}

static void share_many(struct price_work *work, int64_t amount, const int64_t *weights, uint32_t count, int64_t *shares) {
    struct remainder *rests = price_new(work, count, sizeof(*rests));
    mx_int128 total = 0;
    int64_t rest = amount;
    uint32_t i;

    for (i = 0; i < count; i++) total += weights[i];
    for (i = 0; i < count; i++) {
        mx_int128 part = total ? (mx_int128)amount * weights[i] : 0;
        shares[i] = total ? (int64_t)(part / total) : 0;
        rests[i].rest = total ? part % total : 0;
        rests[i].part = i;
        rest -= shares[i];
    }
    if (total == 0) {
        shares[0] = amount;
        return;
    }
    qsort(rests, count, sizeof(*rests), larger_first);
    for (i = 0; rest > 0; i++, rest--) shares[rests[i].part]++;
}

/* Numbers for `count` weights and as many shares. */
static int64_t *numbers(struct price_work *work, uint32_t count) {
    if (work->number_room < 2 * count) {
        work->number_room = 4 * count;
        work->numbers = price_new(work, work->number_room, sizeof(*work->numbers));
    }
    return work->numbers;
}

static void share(struct price_work *work, int64_t amount, const int64_t *weights, uint32_t count, int64_t *shares) {
    if (count > SHARE_BY_SORT)
        share_many(work, amount, weights, count, shares);
    else
        (void)mx_share(amount, weights, count, shares);
}

/* In proportion to what the units cost; then none gives more than its room. */
void price_share(struct price_work *work, int64_t amount, struct price_units *units, uint32_t count) {
    int64_t *weights = numbers(work, count);
    uint32_t i;
    if (count == 0) return;
    for (i = 0; i < count; i++) weights[i] = units[i].left;
    share(work, amount, weights, count, weights + count);
    for (i = 0; i < count; i++) units[i].off = weights[count + i] < units[i].room ? weights[count + i] : units[i].room;
}

/* In proportion to what the units cost; what does not find room in one goes to the others. */
void price_share_in_room(struct price_work *work, int64_t amount, struct price_units *units, uint32_t count) {
    int64_t *weights = numbers(work, count), *shares = weights + count;
    uint32_t i, filled = 1;
    if (count == 0) return;
    for (i = 0; i < count; i++) weights[i] = units[i].room ? units[i].left : 0;
    while (filled && amount > 0) {
        int64_t placed = 0, weight = 0;
        filled = 0;
        share(work, amount, weights, count, shares);
        for (i = 0; i < count; i++) {
            if (weights[i] == 0 || shares[i] < units[i].room) continue;
            units[i].off = units[i].room;
            placed += units[i].room;
            filled |= shares[i] > units[i].room;
            weights[i] = 0;
        }
        for (i = 0; i < count; i++) {
            if (!filled && weights[i]) units[i].off = shares[i];
            weight += weights[i] > 0;
        }
        amount -= placed;
        if (weight == 0) break;
    }
}

/* Only `amount` of all that comes off these units, each in proportion to what came off it. */
void price_share_down(struct price_work *work, int64_t amount, struct price_units *units, uint32_t count) {
    int64_t *weights = numbers(work, count);
    uint32_t i;
    if (count == 0) return;
    for (i = 0; i < count; i++) weights[i] = units[i].off;
    share(work, amount, weights, count, weights + count);
    for (i = 0; i < count; i++) units[i].off = weights[count + i];
}
