/* Hash map from text to pointer, for registries. Keys are borrowed. Not thread-safe while it changes. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "merx/types.h"

struct base_map {
    struct base_map_slot *slots;
    uint32_t cap;
    uint32_t count;
};

void base_map_init(struct base_map *map);
void base_map_fini(struct base_map *map);

/* The value behind `key`, NULL when there is none. */
void *base_map_get(const struct base_map *map, struct mx_str key);

/* Set it: 1 when the key was new, 0 when it replaced. value must not be NULL. */
int base_map_set(struct base_map *map, struct mx_str key, void *value);

/* Take it out: the value, or NULL. */
void *base_map_remove(struct base_map *map, struct mx_str key);

/* Walk: *at from 0; 1 and the next pair (in no order), 0 at the end. */
int base_map_next(const struct base_map *map, uint32_t *at, struct mx_str *key, void **value);

#endif
