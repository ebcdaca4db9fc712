/* Sums by place, article and lot, for adding up a ledger that is too long to look anything up in. */
#ifndef INVENTORY_SUMS_H
#define INVENTORY_SUMS_H

#include "internal.h"

/* What a sum is of; `lot` is empty for the article as a whole. */
struct inventory_sum_key {
    struct mx_str location;
    struct mx_str sku;
    struct mx_str lot;
};

struct inventory_sum {
    char *text; /* owns the key's bytes; NULL = free slot */
    struct inventory_sum_key key;
    int64_t on_hand, damaged, cost, cost_from;
    int seen;
};

/* An open hash table; its size is a power of two. Zero it before use. */
struct inventory_sums {
    struct inventory_sum *slots;
    uint32_t size;
    uint32_t used;
};

/* Room for one more. 0 without memory. */
int inventory_sums_grow(struct inventory_sums *sums);

/* The slot of a key: its sum, or a free one. Only after inventory_sums_grow(). */
struct inventory_sum *inventory_sums_slot(const struct inventory_sums *sums, const struct inventory_sum_key *key);

/* The sum of a key, made when it is new; NULL without memory. */
struct inventory_sum *inventory_sums_of(struct inventory_sums *sums, const struct inventory_sum_key *key);

void inventory_sums_free(struct inventory_sums *sums);

#endif
