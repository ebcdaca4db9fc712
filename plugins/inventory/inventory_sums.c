/* Sums by place, article and lot. */
#include "sums.h"

#include <stdlib.h>

static int same_key(const struct inventory_sum_key *a, const struct inventory_sum_key *b) {
    return mx_str_eq(a->location, b->location) && mx_str_eq(a->sku, b->sku) && mx_str_eq(a->lot, b->lot);
}

/* FNV-1a, 32 bits. */
static uint32_t hash_more(uint32_t hash, struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++) hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    return hash * 16777619u;
}

static uint32_t hash_of(const struct inventory_sum_key *key) {
    return hash_more(hash_more(hash_more(2166136261u, key->location), key->sku), key->lot);
}

struct inventory_sum *inventory_sums_slot(const struct inventory_sums *sums, const struct inventory_sum_key *key) {
    uint32_t i = hash_of(key) & (sums->size - 1);
    while (sums->slots[i].text && !same_key(&sums->slots[i].key, key)) i = (i + 1) & (sums->size - 1);
    return &sums->slots[i];
}

int inventory_sums_grow(struct inventory_sums *sums) {
    struct inventory_sums bigger = {.size = sums->size ? sums->size * 2 : 1024, .used = sums->used};
    uint32_t i;
    if (sums->size && sums->used < sums->size / 2) return 1;
    bigger.slots = calloc(bigger.size, sizeof(bigger.slots[0]));
    if (!bigger.slots) return 0;
    for (i = 0; i < sums->size; i++) {
        const struct inventory_sum *sum = &sums->slots[i];
        if (sum->text) *inventory_sums_slot(&bigger, &sum->key) = *sum;
    }
    free(sums->slots);
    *sums = bigger;
    return 1;
}

/* Copy a text to `at` and say where it ends. */
static char *put_text(char *at, struct mx_str from, struct mx_str *to) {
    if (from.len) memcpy(at, from.ptr, from.len);
    *to = mx_str_n(at, from.len);
    return at + from.len;
}

struct inventory_sum *inventory_sums_of(struct inventory_sums *sums, const struct inventory_sum_key *key) {
    struct inventory_sum *sum;
    char *at;
    if (!inventory_sums_grow(sums)) return NULL;
    sum = inventory_sums_slot(sums, key);
    if (sum->text) return sum;
    sum->text = malloc((size_t)key->location.len + key->sku.len + key->lot.len + 1);
    if (!sum->text) return NULL;
    at = put_text(sum->text, key->location, &sum->key.location);
    at = put_text(at, key->sku, &sum->key.sku);
    put_text(at, key->lot, &sum->key.lot);
    sums->used++;
    return sum;
}

void inventory_sums_free(struct inventory_sums *sums) {
    uint32_t i;
    for (i = 0; i < sums->size; i++) free(sums->slots[i].text);
    free(sums->slots);
}
