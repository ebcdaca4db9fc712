#include "base/map.h"

#include <stdlib.h>

/* Open addressing with linear probing; removal shifts later entries back, so there are no tombstones. */
struct base_map_slot {
    struct mx_str key;
    void *value; /* NULL = free */
    uint64_t hash;
};

static uint64_t hash_of(struct mx_str key) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    uint32_t i;
    for (i = 0; i < key.len; i++) h = (h ^ (unsigned char)key.ptr[i]) * UINT64_C(0x100000001b3);
    return h ^ (h >> 29);
}

void base_map_init(struct base_map *map) { memset(map, 0, sizeof(*map)); }

void base_map_fini(struct base_map *map) {
    free(map->slots);
    base_map_init(map);
}

/* Slot of the key, or the free one where it would go; cap is a power of two and never full. */
static struct base_map_slot *slot_of(const struct base_map *map, struct mx_str key, uint64_t hash) {
    uint32_t i = (uint32_t)hash & (map->cap - 1);
    while (map->slots[i].value && (map->slots[i].hash != hash || !mx_str_eq(map->slots[i].key, key))) i = (i + 1) & (map->cap - 1);
    return &map->slots[i];
}

static void grow(struct base_map *map) {
    struct base_map old = *map;
    uint32_t i;
    map->cap = old.cap ? old.cap * 2 : 16;
    map->slots = calloc(map->cap, sizeof(*map->slots));
    if (map->slots == NULL) abort();
    for (i = 0; i < old.cap; i++) {
        if (old.slots[i].value) *slot_of(map, old.slots[i].key, old.slots[i].hash) = old.slots[i];
    }
    free(old.slots);
}

void *base_map_get(const struct base_map *map, struct mx_str key) { return map->count ? slot_of(map, key, hash_of(key))->value : NULL; }

int base_map_set(struct base_map *map, struct mx_str key, void *value) {
    struct base_map_slot *slot;
    uint64_t hash = hash_of(key);
    int fresh;
    if (value == NULL) abort();
    if ((map->count + 1) * 4 > map->cap * 3) grow(map);
    slot = slot_of(map, key, hash);
    fresh = slot->value == NULL;
    if (fresh) {
        slot->key = key;
        slot->hash = hash;
        map->count++;
    }
    slot->value = value;
    return fresh;
}

void *base_map_remove(struct base_map *map, struct mx_str key) {
    struct base_map_slot *slot;
    void *value;
    uint32_t hole, i, mask = map->cap - 1;
    if (map->count == 0) return NULL;
    slot = slot_of(map, key, hash_of(key));
    value = slot->value;
    if (value == NULL) return NULL;
    hole = (uint32_t)(slot - map->slots);
    for (i = (hole + 1) & mask; map->slots[i].value; i = (i + 1) & mask) {
        uint32_t home = (uint32_t)map->slots[i].hash & mask;
        if (((i - home) & mask) < ((i - hole) & mask)) continue; /* it would land before its home */
        map->slots[hole] = map->slots[i];
        hole = i;
    }
    memset(&map->slots[hole], 0, sizeof(map->slots[hole]));
    map->count--;
    return value;
}

int base_map_next(const struct base_map *map, uint32_t *at, struct mx_str *key, void **value) {
    while (*at < map->cap) {
        const struct base_map_slot *slot = &map->slots[(*at)++];
        if (slot->value == NULL) continue;
        *key = slot->key;
        *value = slot->value;
        return 1;
    }
    return 0;
}
