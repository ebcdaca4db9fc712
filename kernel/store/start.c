/* Start: tables and indexes get their space ids, once and for ever, in one durable commit; new indexes are filled and those
 * that a table no longer has are emptied in the same commit. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/internal.h"
#include "json/json.h"

#define BATCH_WRITES 4000u
#define BATCH_BYTES  (2u << 20)

/* One start on its way to its commit. Work is cut into write sets of bounded size. */
struct start {
    struct store *store;
    struct store_group *group;
    struct store_view *view;
    struct base_arena *arena;
    uint32_t next_space;
    int changed;
    struct mx_error *err;
};

static mx_status io(struct start *start, mx_status st) {
    return base_fail(start->err, st, NULL, "The store could not be started: %s.", base_status_text(st));
}

static mx_status batch_begin(struct start *start) {
    mx_status st;
    base_arena_reset(start->arena);
    st = store_write_begin(start->group, start->arena, &start->view);
    return st == MX_OK ? MX_OK : io(start, st);
}

static mx_status batch_end(struct start *start) {
    uint32_t records;
    size_t bytes;
    mx_status st;
    store_write_size(start->view, &records, &bytes);
    if (records) start->changed = 1;
    st = store_write_apply(start->view);
    start->view = NULL;
    return st == MX_OK ? MX_OK : io(start, st);
}

static int batch_full(const struct start *start) {
    return start->view->overlay.count >= BATCH_WRITES || start->view->overlay.bytes >= BATCH_BYTES ||
           base_arena_size(start->arena) >= 8 * BATCH_BYTES;
}

static mx_status new_id(struct start *start, int64_t *id) {
    if (start->next_space > STORE_SPACE_LAST) return base_fail(start->err, MX_E_BAD_PLUGIN, NULL, "The store cannot hold more tables.");
    *id = start->next_space++;
    return MX_OK;
}

/* ---- emptying and filling ---- */

static mx_status walk_space(struct start *start, uint16_t space, const struct store_key *from, struct store_walk **walk) {
    struct store_key prefix;
    mx_status st;
    store_key_space(&prefix, space);
    st = store_full_walk(start->view, (struct store_bytes){prefix.bytes, prefix.len},
                         from->len ? (struct store_bytes){from->bytes, from->len} : (struct store_bytes){prefix.bytes, prefix.len},
                         from->len != 0, 0, walk);
    return st == MX_OK ? MX_OK : io(start, st);
}

typedef mx_status (*each_fn)(struct start *start, void *arg, struct store_bytes key, struct store_bytes stored, int trusted);

/* Call each() for all keys of a space, in write sets of bounded size. */
static mx_status for_space(struct start *start, uint16_t space, each_fn each, void *arg) {
    struct store_key at = {0, 0, {0}};
    mx_status st = MX_OK;
    while (st == MX_OK) {
        struct store_walk *walk;
        st = batch_begin(start);
        if (st != MX_OK) return st;
        st = walk_space(start, space, &at, &walk);
        while (st == MX_OK && !batch_full(start)) {
            struct store_bytes key, stored;
            int trusted;
            st = store_full_walk_next(walk, &key, &stored, &trusted);
            if (st != MX_OK) break;
            at.len = 0;
            store_key_add(&at, key.ptr, key.len);
            st = each(start, arg, (struct store_bytes){at.bytes, at.len}, stored, trusted);
        }
        if (st == MX_OK || st == MX_DONE) {
            mx_status end = batch_end(start);
            if (end != MX_OK) return end;
        }
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status empty_one(struct start *start, void *arg, struct store_bytes key, struct store_bytes stored, int trusted) {
    (void)arg;
    (void)stored;
    (void)trusted;
    store_full_del(start->view, key);
    return MX_OK;
}

static mx_status fill_one(struct start *start, void *arg, struct store_bytes key, struct store_bytes stored, int trusted) {
    const struct store_index *index = arg;
    struct store_span value;
    mx_status st = store_stored_value(start->view, key, stored, trusted, &value);
    if (st != MX_OK) return store_read_failed(index->table, key, st, start->err);
    return store_index_fill(start->view, index, key, value, start->err);
}

/* ---- ids ---- */

static mx_status give_index(struct start *start, struct store_index *index) {
    const struct store_table *table = index->table;
    struct store_memo memo;
    struct mx_str shape = store_index_shape(start->arena, index);
    mx_status st = store_memo_read(start->view, "index", table->def->name, index->def->name, &memo);
    if (st != MX_OK) return st;
    index->is_changed = memo.id && !mx_str_eq(memo.shape, shape);
    index->is_new = !memo.id || index->is_changed;
    if (!memo.id) st = new_id(start, &memo.id);
    index->space = (uint16_t)memo.id;
    memo.shape = shape;
    return st == MX_OK && index->is_new ? store_memo_write(start->view, "index", table->def->name, index->def->name, &memo) : st;
}

static mx_status give_table(struct start *start, struct store_table *table) {
    struct store_memo memo;
    struct mx_str shape = store_table_shape(start->arena, table);
    mx_status st = store_memo_read(start->view, "table", table->def->name, "", &memo);
    if (st != MX_OK) return st;
    table->space = (uint16_t)memo.id;
    if (memo.id && mx_str_eq(memo.shape, shape)) return MX_OK;
    if (memo.id && !store_table_shape_grew(table, memo.shape, shape))
        return base_fail(start->err, MX_E_BAD_PLUGIN, NULL, "The table %.60s of %.30s is stored in another shape (%.*s).", table->def->name,
                         table->owner, (int)(memo.shape.len < 80 ? memo.shape.len : 80), memo.shape.ptr);
    if (!memo.id) st = new_id(start, &memo.id);
    table->space = (uint16_t)memo.id;
    memo.shape = shape;
    return st == MX_OK ? store_memo_write(start->view, "table", table->def->name, "", &memo) : st;
}

/* The next index memo of the table whose index is no longer declared: forget it. MX_DONE: there is none. */
static mx_status forget_index(struct start *start, const struct store_table *table, uint16_t *space) {
    struct store_span from = store_memo_key(start->arena, "index", table->def->name, ""), key, value;
    const size_t same = from.len - 2;
    struct store_walk *walk;
    mx_status st = store_walk_open(start->view, STORE_SPACE_META, from, 0, &walk);
    while (st == MX_OK && (st = store_walk_next(walk, &key, &value)) == MX_OK) {
        struct store_span tail;
        struct store_memo memo;
        struct mx_str name;
        if (key.len < same || memcmp(key.ptr, from.ptr, same) != 0) return MX_DONE;
        tail = (struct store_span){key.ptr + same, key.len - same};
        if (!store_key_take_text(start->arena, &tail, &name)) return MX_E_DAMAGED;
        if (store_index_of(table, base_arena_dup(start->arena, name).ptr)) continue;
        st = store_memo_parse(start->arena, value, &memo);
        if (st == MX_OK) st = store_raw_del(start->view, STORE_SPACE_META, key);
        *space = (uint16_t)memo.id;
        return st;
    }
    return st;
}

/* Entries of indexes that the table no longer has go; their ids are not used again. */
static mx_status drop_old_indexes(struct start *start, const struct store_table *table) {
    uint16_t space = 0;
    mx_status st;
    while ((st = forget_index(start, table, &space)) == MX_OK) {
        st = batch_end(start);
        if (st == MX_OK) st = for_space(start, space, empty_one, NULL);
        if (st == MX_OK) st = batch_begin(start);
        if (st != MX_OK) return st;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status give_ids(struct start *start, struct store_table *table) {
    mx_status st = batch_begin(start);
    if (st == MX_OK) st = give_table(start, table);
    if (st == MX_OK) st = drop_old_indexes(start, table);
    for (uint32_t i = 0; st == MX_OK && i < table->index_count; i++) st = give_index(start, &table->indexes[i]);
    return st == MX_OK ? batch_end(start) : st;
}

/* After all ids are given: a blind index needs persons' keys, and they come from tables too. */
static mx_status fill_indexes(struct start *start, struct store_table *table) {
    mx_status st = MX_OK;
    for (uint32_t i = 0; st == MX_OK && i < table->index_count; i++) {
        struct store_index *index = &table->indexes[i];
        if (index->is_changed) st = for_space(start, index->space, empty_one, NULL);
        if (st == MX_OK && index->is_new) st = for_space(start, table->space, fill_one, index);
    }
    return st;
}

/* ---- the whole ---- */

static int by_table_name(const void *a, const void *b) {
    return strcmp((*(struct store_table *const *)a)->def->name, (*(struct store_table *const *)b)->def->name);
}

static struct store_table **sorted_tables(struct store *store) {
    struct store_table **tables = calloc((size_t)store->tables.count + 1, sizeof(struct store_table *));
    struct mx_str name;
    uint32_t at = 0, n = 0;
    void *table;
    if (!tables) return NULL;
    while (base_map_next(&store->tables, &at, &name, &table)) tables[n++] = table;
    qsort(tables, n, sizeof(struct store_table *), by_table_name);
    return tables;
}

/* Lines of the list of tables have three texts for a key; what the store remembers of itself has a word. */
static int is_memo(struct start *start, struct store_span key) {
    struct mx_str text;
    return store_key_take_text(start->arena, &key, &text) && store_key_take_text(start->arena, &key, &text) &&
           store_key_take_text(start->arena, &key, &text) && key.len == 0;
}

/* A table whose line in the list of tables is damaged would look new, and its records would be lost from sight: so every
 * line must be sound and must stand below the next free id. */
static mx_status check_memos(struct start *start, int64_t next_id) {
    struct store_span key, value;
    struct store_walk *walk;
    struct store_memo memo;
    mx_status st = store_walk_open(start->view, STORE_SPACE_META, (struct store_span){NULL, 0}, 0, &walk);
    while (st == MX_OK && (st = store_walk_next(walk, &key, &value)) == MX_OK) {
        if (!is_memo(start, key)) continue;
        st = store_memo_parse(start->arena, value, &memo);
        if (st == MX_OK && memo.id > next_id) st = MX_E_DAMAGED;
    }
    if (st != MX_E_DAMAGED) return st == MX_DONE ? MX_OK : st;
    return base_fail(start->err, st, NULL, "The list of tables is damaged, so records cannot be found; bring the data back from a backup.");
}

static mx_status next_space_read(struct start *start) {
    struct store_memo memo = {0};
    mx_status st = batch_begin(start), read;
    if (st != MX_OK) return st;
    read = store_memo_read(start->view, "next", "", "", &memo);
    st = check_memos(start, memo.id);
    if (st == MX_OK) st = read;
    if (st != MX_OK) return st;
    start->next_space = memo.id ? (uint32_t)memo.id : STORE_SPACE_FIRST;
    return batch_end(start);
}

static mx_status next_space_write(struct start *start, uint32_t before) {
    struct store_memo memo = {start->next_space, MX_STR_INIT("next")};
    mx_status st;
    if (start->next_space == before) return MX_OK;
    st = batch_begin(start);
    if (st == MX_OK) st = store_memo_write(start->view, "next", "", "", &memo);
    return st == MX_OK ? batch_end(start) : st;
}

static mx_status space_table(struct store *store, struct store_table **tables, uint32_t space_end, struct mx_error *err) {
    store->space_count = space_end - STORE_SPACE_FIRST;
    free(store->spaces);
    store->spaces = calloc((size_t)store->space_count + 1, sizeof(*store->spaces));
    if (!store->spaces) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory for the tables.");
    for (uint32_t i = 0; i < store->tables.count; i++) {
        struct store_table *table = tables[i];
        store->spaces[table->space - STORE_SPACE_FIRST].table = table;
        for (uint32_t k = 0; k < table->index_count; k++)
            store->spaces[table->indexes[k].space - STORE_SPACE_FIRST] = (struct store_space){table, &table->indexes[k]};
    }
    return store_tables_hash(store, err);
}

static mx_status start_all(struct start *start, struct store_table **tables) {
    struct store *store = start->store;
    uint32_t before;
    mx_status st = next_space_read(start);
    before = start->next_space;
    for (uint32_t i = 0; st == MX_OK && i < store->tables.count; i++) st = give_ids(start, tables[i]);
    if (st == MX_OK) st = next_space_write(start, before);
    if (st == MX_OK) st = space_table(store, tables, start->next_space, start->err);
    if (st != MX_OK) return st;
    store->started = 1;
    for (uint32_t i = 0; st == MX_OK && i < store->tables.count; i++) st = fill_indexes(start, tables[i]);
    return st;
}

mx_status store_start(struct store *store, struct mx_error *err) {
    struct mx_error why = {0};
    struct start start = {.store = store, .err = &why};
    struct store_table **tables = sorted_tables(store);
    mx_status st = tables ? store_group_begin(store, &start.group) : MX_E_NOMEM;
    if (st == MX_OK) {
        start.arena = base_arena_new(64 << 10);
        st = start_all(&start, tables);
        if (st != MX_OK && start.view) store_write_drop(start.view);
        if (st == MX_OK && start.changed)
            st = store_group_commit(start.group);
        else
            store_group_abort(start.group);
        base_arena_free(start.arena);
    }
    if (st != MX_OK) store->started = 0;
    if (st != MX_OK && !why.message[0]) st = io(&start, st);
    if (st != MX_OK && err) *err = why;
    free((void *)tables);
    return st;
}
