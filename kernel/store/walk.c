/* Walks: the command's own write set and the database as one ordered sequence, in both directions. The command may go on
 * writing while a walk stands open. */
#include "store/internal.h"

static int begins_with(struct store_bytes key, struct store_bytes prefix) {
    return key.len >= prefix.len && memcmp(key.ptr, prefix.ptr, prefix.len) == 0;
}

static struct store_bytes place(const struct store_walk *walk) { return (struct store_bytes){walk->at.bytes, walk->at.len}; }

static void stand_at(struct store_walk *walk, struct store_bytes key) {
    memcpy(walk->at.bytes, key.ptr, key.len);
    walk->at.len = key.len;
}

mx_status store_full_walk(struct store_view *view, struct store_bytes prefix, struct store_bytes start, int beyond, int reverse,
                          struct store_walk **out) {
    struct store_walk *walk = base_arena_alloc(view->arena, sizeof(*walk));
    void *prefix_copy = base_arena_alloc(view->arena, prefix.len);
    mx_status st = view->store->driver->cursor_open(view->reader, &walk->cursor);
    if (st != MX_OK) return st;
    memcpy(prefix_copy, prefix.ptr, prefix.len);
    walk->view = view;
    walk->prefix = (struct store_bytes){prefix_copy, prefix.len};
    walk->reverse = reverse;
    walk->at_given = beyond;
    stand_at(walk, start);
    walk->next_open = view->walks;
    view->walks = walk;
    *out = walk;
    return MX_OK;
}

void store_walk_close(struct store_walk *walk) {
    struct store_walk **link = &walk->view->walks;
    walk->ended = 1;
    base_arena_free(walk->lent);
    walk->lent = NULL;
    if (!walk->cursor) return;
    walk->view->store->driver->cursor_close(walk->cursor);
    walk->cursor = NULL;
    while (*link && *link != walk) link = &(*link)->next_open;
    if (*link) *link = walk->next_open;
}

void store_walks_close(struct store_view *view) {
    while (view->walks) store_walk_close(view->walks);
}

/* ---- the two sources ---- */

/* Make db_key the database's next key of the walk, if there is one. */
static mx_status load_db(struct store_walk *walk) {
    const struct store_driver *driver = walk->view->store->driver;
    mx_status st;
    if (walk->db_ready || walk->db_ended) return MX_OK;
    if (walk->started)
        st = driver->cursor_step(walk->cursor, walk->reverse, &walk->db_key, &walk->db_value);
    else {
        st = driver->cursor_seek(walk->cursor, place(walk), walk->reverse, &walk->db_key, &walk->db_value);
        if (st == MX_OK && walk->at_given && store_bytes_cmp(walk->db_key, place(walk)) == 0)
            st = driver->cursor_step(walk->cursor, walk->reverse, &walk->db_key, &walk->db_value);
    }
    if (st < 0) return st;
    walk->db_ready = st == MX_OK && begins_with(walk->db_key, walk->prefix);
    walk->db_ended = !walk->db_ready;
    return MX_OK;
}

static struct overlay_node *start_node(const struct store_walk *walk) {
    const struct overlay *overlay = &walk->view->overlay;
    struct overlay_node *node;
    if (walk->reverse) {
        node = overlay_at_or_below(overlay, place(walk));
        return node ? node->next[0] : overlay->head[0];
    }
    node = overlay_at_or_above(overlay, place(walk));
    return node ? node->prev : overlay->last;
}

/* The overlay's next key of the walk, looked up afresh each time, because the command may have written in between. */
static struct overlay_node *load_overlay(struct store_walk *walk) {
    const struct overlay *overlay = &walk->view->overlay;
    struct overlay_node *node;
    if (overlay->count == 0) return NULL;
    for (;;) {
        int c;
        if (walk->reverse)
            node = walk->node ? walk->node->prev : overlay->last;
        else
            node = walk->node ? walk->node->next[0] : overlay->head[0];
        if (!node) return NULL;
        c = store_bytes_cmp(node->key, place(walk));
        if (walk->reverse) c = -c;
        if (c > 0 || (c == 0 && !walk->at_given)) break;
        walk->node = node;
    }
    return begins_with(node->key, walk->prefix) ? node : NULL;
}

mx_status store_full_walk_next(struct store_walk *walk, struct store_bytes *key, struct store_bytes *stored, int *trusted) {
    while (!walk->ended) {
        struct overlay_node *node;
        mx_status st = load_db(walk);
        int order = 0;
        if (st != MX_OK) return st;
        if (!walk->started) walk->node = start_node(walk);
        walk->started = 1;
        node = load_overlay(walk);
        if (!node && !walk->db_ready) break;
        if (node && walk->db_ready) {
            order = store_bytes_cmp(node->key, walk->db_key);
            if (walk->reverse) order = -order;
        }
        if (node && (!walk->db_ready || order <= 0)) {
            if (walk->db_ready && order == 0) walk->db_ready = 0;
            stand_at(walk, node->key);
            *stored = node->value;
            *trusted = 1;
        } else {
            walk->db_ready = 0;
            stand_at(walk, walk->db_key);
            *stored = walk->db_value;
            *trusted = 0;
        }
        walk->at_given = 1;
        if (!stored->ptr) continue;
        *key = place(walk);
        return MX_OK;
    }
    store_walk_close(walk);
    return MX_DONE;
}
