/* The ordered write set of one command: a skip list in the command's arena. Nodes are never taken out (a delete is a node
 * without a value), so a walk may stand on one while the command goes on writing. */
#include "store/internal.h"

int store_bytes_cmp(struct store_bytes a, struct store_bytes b) {
    int c = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

void overlay_init(struct overlay *overlay, struct base_arena *arena) {
    memset(overlay, 0, sizeof(*overlay));
    overlay->arena = arena;
    overlay->dice = 0x9E3779B9u;
}

static uint32_t roll_levels(struct overlay *overlay) {
    uint32_t x = overlay->dice, levels = 1;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    overlay->dice = x;
    while (levels < OVERLAY_LEVELS && (x & 3u) == 0) {
        levels++;
        x >>= 2;
    }
    return levels;
}

/* The last node below `key` (NULL: none); path[level] is where a new node's link goes. */
static struct overlay_node *descend(const struct overlay *overlay, struct store_bytes key, struct overlay_node **path) {
    struct overlay_node *at = NULL;
    for (int level = OVERLAY_LEVELS - 1; level >= 0; level--) {
        struct overlay_node *next = at ? at->next[level] : overlay->head[level];
        while (next && store_bytes_cmp(next->key, key) < 0) {
            at = next;
            next = at->next[level];
        }
        if (path) path[level] = at;
    }
    return at;
}

struct overlay_node *overlay_at_or_above(const struct overlay *overlay, struct store_bytes key) {
    struct overlay_node *below = descend(overlay, key, NULL);
    return below ? below->next[0] : overlay->head[0];
}

struct overlay_node *overlay_at_or_below(const struct overlay *overlay, struct store_bytes key) {
    struct overlay_node *below = descend(overlay, key, NULL);
    struct overlay_node *next = below ? below->next[0] : overlay->head[0];
    return next && store_bytes_cmp(next->key, key) == 0 ? next : below;
}

struct overlay_node *overlay_get(const struct overlay *overlay, struct store_bytes key) {
    struct overlay_node *node;
    if (overlay->count == 0) return NULL;
    node = overlay_at_or_above(overlay, key);
    return node && store_bytes_cmp(node->key, key) == 0 ? node : NULL;
}

static struct overlay_node *node_new(struct overlay *overlay, struct store_bytes key, struct overlay_node **path) {
    uint32_t levels = roll_levels(overlay);
    size_t head = sizeof(struct overlay_node) + levels * sizeof(struct overlay_node *);
    struct overlay_node *node = base_arena_alloc(overlay->arena, head + key.len);
    memcpy((uint8_t *)node + head, key.ptr, key.len);
    node->key.ptr = (uint8_t *)node + head;
    node->key.len = key.len;
    node->levels = levels;
    node->prev = path[0];
    for (uint32_t level = 0; level < levels; level++) {
        struct overlay_node **link = path[level] ? &path[level]->next[level] : &overlay->head[level];
        node->next[level] = *link;
        *link = node;
    }
    if (node->next[0])
        node->next[0]->prev = node;
    else
        overlay->last = node;
    overlay->count++;
    overlay->bytes += key.len;
    return node;
}

void overlay_put(struct overlay *overlay, struct store_bytes key, struct store_bytes value, int keep_value) {
    struct overlay_node *path[OVERLAY_LEVELS];
    struct overlay_node *below = descend(overlay, key, path);
    struct overlay_node *node = below ? below->next[0] : overlay->head[0];
    if (!node || store_bytes_cmp(node->key, key) != 0) node = node_new(overlay, key, path);
    if (value.ptr && !keep_value) {
        void *copy = base_arena_alloc(overlay->arena, value.len + 1);
        memcpy(copy, value.ptr, value.len);
        value.ptr = copy;
    }
    node->value = value;
    overlay->bytes += value.len;
}
