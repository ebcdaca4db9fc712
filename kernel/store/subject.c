/* Everything that is kept about one person: all records of all tables with a subject. */
#include <stdlib.h>

#include "store/internal.h"

struct look {
    struct store_view *view;
    const struct store_subject *subject;
    struct mx_error *err;
};

#define PACE 64u /* records between two looks at the clock */

static int by_name(const void *a, const void *b) {
    const struct store_table *const *x = a, *const *y = b;
    return strcmp((*x)->def->name, (*y)->def->name);
}

static uint32_t tables_with_subject(struct store_view *view, const struct store_table ***out) {
    const struct store *store = view->store;
    const struct store_table **tables = base_arena_alloc(view->arena, ((size_t)store->tables.count + 1) * sizeof(struct store_table *));
    uint32_t at = 0, count = 0;
    struct mx_str name;
    void *value;
    while (base_map_next(&store->tables, &at, &name, &value)) {
        const struct store_table *table = value;
        if (table->subject) tables[count++] = table;
    }
    qsort((void *)tables, count, sizeof(struct store_table *), by_name);
    *out = tables;
    return count;
}

static const char *index_by(const struct store_table *table) {
    for (uint32_t i = 0; i < table->index_count; i++)
        if (table->indexes[i].parts[0].field == table->subject) return table->indexes[i].def->name;
    return NULL;
}

static mx_status walk_index(struct look *look, const struct store_table *table, const char *index) {
    struct store_view *view = look->view;
    void *probe = base_arena_alloc(view->arena, table->def->type->struct_size), *record;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan;
    mx_status st;
    memset(probe, 0, table->def->type->struct_size);
    memcpy((char *)probe + table->subject->offset, &look->subject->person, sizeof(struct mx_str));
    opts.size = sizeof(opts);
    opts.index = index;
    opts.prefix = 1;
    st = store_scan_open(view, table->def, &opts, probe, &scan, look->err);
    while (st == MX_OK && (st = store_scan_next(scan, &record, look->err)) == MX_OK) {
        st = look->subject->pace(look->subject->arg);
        if (st == MX_OK) st = look->subject->row(look->subject->arg, table->def, record);
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Is it hers? Only then its personal part is opened, in the view's own memory, where her key is remembered. The memory of the others is
 * used again. */
static mx_status look_at(struct look *look, const struct store_table *table, struct store_bytes key, struct store_bytes stored, int trusted,
                         struct base_arena *arena) {
    struct store_view *view = look->view;
    struct store_span value;
    void *record;
    mx_status st = store_stored_value(view, key, stored, trusted, &value);
    if (st != MX_OK) return store_read_failed(table, key, st, look->err);
    st = store_record_decode(view, table, key, value, 0, &record, NULL, look->err);
    if (st != MX_OK || !mx_str_eq(store_text_of(table->subject, record), look->subject->person)) return st;
    view->arena = arena;
    st = store_record_decode(view, table, key, value, 1, &record, NULL, look->err);
    return st == MX_OK ? look->subject->row(look->subject->arg, table->def, record) : st;
}

static mx_status walk_all(struct look *look, const struct store_table *table) {
    struct store_view *view = look->view;
    struct base_arena *arena = view->arena, *scratch = base_arena_new(4096);
    struct store_bytes key, stored;
    struct store_walk *walk;
    struct store_key prefix;
    uint32_t looked = 0;
    int trusted;
    mx_status st;
    store_key_space(&prefix, table->space);
    st = store_full_walk(view, (struct store_bytes){prefix.bytes, prefix.len}, (struct store_bytes){prefix.bytes, prefix.len}, 0, 0, &walk);
    while (st == MX_OK && (st = store_full_walk_next(walk, &key, &stored, &trusted)) == MX_OK) {
        base_arena_reset(scratch);
        view->arena = scratch;
        st = look_at(look, table, key, stored, trusted, arena);
        view->arena = arena;
        if (st == MX_OK && ++looked % PACE == 0) st = look->subject->pace(look->subject->arg);
    }
    base_arena_free(scratch);
    return st == MX_DONE ? MX_OK : st;
}

mx_status store_subject_walk(struct store_view *view, const struct store_subject *subject, struct mx_error *err) {
    struct look look = {view, subject, err};
    const struct store_table **tables;
    uint32_t count = tables_with_subject(view, &tables);
    mx_status st = MX_OK;
    for (uint32_t i = 0; st == MX_OK && i < count; i++) {
        const char *index = index_by(tables[i]);
        st = index ? walk_index(&look, tables[i], index) : walk_all(&look, tables[i]);
    }
    return st;
}
