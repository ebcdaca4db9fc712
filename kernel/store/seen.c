/* What a command has read from the database: a command reads the same article or count several times, and each put looks
 * at the record it replaces. Holds for one view, in which the database does not change. */
#include "store/internal.h"

#define FIRST_SLOTS 64u
#define LAST_SLOTS  1024u /* a command that reads more goes on without */

struct seen_slot {
    struct store_bytes key; /* ptr NULL: free */
    struct store_span value;
    uint64_t hash;
    int found;
};

static uint64_t hash_of(struct store_bytes key) {
    const uint8_t *at = key.ptr;
    uint64_t hash = key.len, word;
    size_t left = key.len;
    for (; left >= sizeof(word); at += sizeof(word), left -= sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    for (word = 0; left > 0; left--) word = word << 8 | at[left - 1];
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

static struct seen_slot *slot_for(const struct seen *seen, struct store_bytes key, uint64_t hash) {
    uint32_t i = (uint32_t)hash & (seen->cap - 1);
    for (;; i = (i + 1) & (seen->cap - 1)) {
        struct seen_slot *slot = &seen->slots[i];
        if (!slot->key.ptr) return slot;
        if (slot->hash == hash && slot->key.len == key.len && memcmp(slot->key.ptr, key.ptr, key.len) == 0) return slot;
    }
}

int seen_get(const struct seen *seen, struct store_bytes key, mx_status *st, struct store_span *value) {
    const struct seen_slot *slot;
    if (seen->count == 0) return 0;
    slot = slot_for(seen, key, hash_of(key));
    if (!slot->key.ptr) return 0;
    *st = slot->found ? MX_OK : MX_NONE;
    if (slot->found) *value = slot->value;
    return 1;
}

static void grow(struct seen *seen, struct base_arena *arena) {
    struct seen old = *seen;
    seen->cap = old.cap ? old.cap * 2 : FIRST_SLOTS;
    seen->slots = base_arena_alloc(arena, seen->cap * sizeof(*seen->slots));
    for (uint32_t i = 0; i < old.cap; i++)
        if (old.slots[i].key.ptr) *slot_for(seen, old.slots[i].key, old.slots[i].hash) = old.slots[i];
}

void seen_put(struct seen *seen, struct base_arena *arena, struct store_bytes key, const struct store_span *value) {
    struct seen_slot *slot;
    void *copy;
    if (seen->count * 2 >= seen->cap) {
        if (seen->cap == LAST_SLOTS) return;
        grow(seen, arena);
    }
    copy = base_arena_alloc(arena, key.len);
    memcpy(copy, key.ptr, key.len);
    key.ptr = copy;
    slot = slot_for(seen, key, hash_of(key));
    slot->hash = hash_of(key);
    slot->key = key;
    slot->found = value != NULL;
    if (value) slot->value = *value;
    seen->count++;
}
