/* Going over everything in slices, each with a fresh snapshot, so that no reader stays long; and the names of spaces. */
#include <stdio.h>
#include <stdlib.h>

#include "store/internal.h"
#include "json/json.h"

#define SLICE_RECORDS 5000u
#define SLICE_BYTES   (32u << 20)

static const char *const kernel_names[] = {
    "",           "kernel.meta",   "kernel.numbers", "kernel.log",      "kernel.log_head", "kernel.cursors",
    "kernel.due", "kernel.due_id", "kernel.idem",    "kernel.idem_age", "kernel.jobs"};

static mx_status slice(struct store_view *view, struct store_key *at, struct store_slices *slices, uint64_t *count) {
    struct store_walk *walk;
    struct store_bytes start = {at->bytes, at->len};
    uint32_t n = 0;
    mx_status st = store_full_walk(view, (struct store_bytes){"", 0}, start, at->too_long, 0, &walk);
    while (st == MX_OK && n < SLICE_RECORDS && base_arena_size(view->arena) < SLICE_BYTES) {
        struct store_bytes key, stored;
        int trusted;
        st = store_full_walk_next(walk, &key, &stored, &trusted);
        if (st != MX_OK) break;
        at->len = 0;
        at->too_long = 0;
        store_key_add(at, key.ptr, key.len);
        n++;
        if (slices->each(slices->arg, view, (struct store_bytes){at->bytes, at->len}, stored) != 0) st = MX_DONE;
    }
    at->too_long = 1;
    *count += n;
    return st;
}

mx_status store_in_slices(struct store *store, struct store_slices *slices, uint64_t *count) {
    struct store_key at = {STORE_SPACE_BYTES, 0, {0}};
    struct base_arena *arena = base_arena_new(256 << 10);
    mx_status st = MX_OK;
    while (st == MX_OK) {
        struct store_view *view;
        base_arena_reset(arena);
        st = store_read_begin(store, arena, &view);
        if (st != MX_OK) break;
        st = slice(view, &at, slices, count);
        store_read_end(view);
    }
    base_arena_free(arena);
    return st == MX_DONE ? MX_OK : st;
}

/* ---- names of spaces ---- */

/* Keys of memos are three texts: kind, table, index. */
static void add_name(struct store_names *names, struct base_arena *arena, struct store_span key, struct store_span value) {
    struct mx_str kind, table, index;
    struct json_value *root;
    const struct json_value *id;
    if (!store_key_take_text(arena, &key, &kind) || !store_key_take_text(arena, &key, &table) || !store_key_take_text(arena, &key, &index))
        return;
    if (json_parse(arena, mx_str_n((const char *)value.ptr, value.len), &root, NULL) != MX_OK) return;
    id = json_member(root, "id");
    if (!id || id->kind != JSON_INT || id->number < STORE_SPACE_FIRST || id->number >= STORE_SPACE_FIRST + STORE_NAMES_MAX) return;
    if (mx_str_is(kind, "table")) names->tables[id->number - STORE_SPACE_FIRST] = base_arena_dup(names->arena, table).ptr;
    if (mx_str_is(kind, "index"))
        names->indexes[id->number - STORE_SPACE_FIRST] =
            base_arena_printf(names->arena, "%.*s.%.*s", (int)table.len, table.ptr, (int)index.len, index.ptr).ptr;
}

mx_status store_names_load(struct store *store, struct store_names *names, struct base_arena *arena) {
    struct base_arena *scratch = base_arena_new(16 << 10);
    struct store_span key, value;
    struct store_walk *walk;
    struct store_view *view;
    mx_status st = store_read_begin(store, scratch, &view);
    memset(names, 0, sizeof(*names));
    names->arena = arena;
    if (st == MX_OK) {
        st = store_walk_open(view, STORE_SPACE_META, (struct store_span){NULL, 0}, 0, &walk);
        while (st >= 0 && st != MX_DONE) {
            st = store_walk_next(walk, &key, &value);
            if (st == MX_OK) add_name(names, scratch, key, value);
            if (st == MX_E_DAMAGED) st = MX_OK;
        }
        store_read_end(view);
    }
    base_arena_free(scratch);
    return st == MX_DONE ? MX_OK : st;
}

const char *store_space_name(const struct store_names *names, uint16_t space, int *is_index) {
    const char *name = NULL;
    *is_index = 0;
    if (space < sizeof(kernel_names) / sizeof(kernel_names[0])) return kernel_names[space];
    if (space < STORE_SPACE_FIRST || space - STORE_SPACE_FIRST >= STORE_NAMES_MAX) return NULL;
    name = names->tables[space - STORE_SPACE_FIRST];
    if (name) return name;
    *is_index = names->indexes[space - STORE_SPACE_FIRST] != NULL;
    return names->indexes[space - STORE_SPACE_FIRST];
}

const struct store_space *store_space_of(const struct store *store, uint16_t space) {
    const struct store_space *found;
    if (!store->started || space < STORE_SPACE_FIRST || space - STORE_SPACE_FIRST >= store->space_count) return NULL;
    found = &store->spaces[space - STORE_SPACE_FIRST];
    return found->table ? found : NULL;
}
