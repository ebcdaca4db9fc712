/* Registering tables: definitions are checked once and compiled into what the hot paths need. */
#include <stdlib.h>

#include "store/internal.h"
#include "json/json.h"

#define NAME_MAX_BYTES 64u

static mx_status bad(struct mx_error *err, const struct store_table *table, const char *what, const char *name) {
    return base_fail(err, MX_E_BAD_PLUGIN, NULL, "The table %.60s of %.30s cannot be used: %s%s%.60s.", table->def->name, table->owner,
                     what, name[0] ? " " : "", name);
}

/* Names become part of keys, JSON members and messages. */
static int name_ok(const char *name) {
    size_t len = name ? strlen(name) : 0;
    return len > 0 && len <= NAME_MAX_BYTES && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.") == len;
}

static const struct mx_field *field_named(const struct mx_type *type, const char *name, size_t len, uint32_t *place) {
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (strlen(field->name) == len && memcmp(field->name, name, len) == 0) {
            *place = i;
            return field;
        }
    }
    return NULL;
}

static int is_number(uint16_t kind) { return kind >= MX_KIND_BOOL && kind <= MX_KIND_TIME; }

static int is_key_kind(uint16_t kind) { return is_number(kind) || kind == MX_KIND_ENUM || kind == MX_KIND_STR || kind == MX_KIND_ID; }

/* Split "a b c" into parts. */
static mx_status parse_parts(struct store_table *table, const char *fields, struct store_part *parts, uint32_t *count,
                             struct mx_error *err) {
    const char *at = fields;
    *count = 0;
    while (at && *at) {
        size_t len = strcspn(at, " ");
        struct store_part *part = &parts[*count];
        if (*count == STORE_PARTS_MAX) return bad(err, table, "too many fields in", fields);
        part->field = field_named(table->def->type, at, len, &part->place);
        if (!part->field) return bad(err, table, "it has no such field as named in", fields);
        part->blind = -1;
        (*count)++;
        at += len;
        at += strspn(at, " ");
    }
    return *count ? MX_OK : bad(err, table, "a key or index names no field", "");
}

static mx_status compile_key(struct store_table *table, struct mx_error *err) {
    mx_status st = parse_parts(table, table->def->key, table->key, &table->key_count, err);
    for (uint32_t i = 0; st == MX_OK && i < table->key_count; i++) {
        const struct mx_field *field = table->key[i].field;
        if (field->flags & MX_PII) st = bad(err, table, "its key holds the personal field", field->name);
        if (!is_key_kind(field->kind)) st = bad(err, table, "its key holds a field that cannot be ordered:", field->name);
    }
    return st;
}

static int has_pii_inside(const struct mx_type *type, int depth) {
    for (uint32_t i = 0; type && depth < 8 && i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (field->flags & MX_PII) return 1;
        if ((field->kind == MX_KIND_STRUCT || field->kind == MX_KIND_LIST) && has_pii_inside(field->type, depth + 1)) return 1;
    }
    return 0;
}

static mx_status compile_subject(struct store_table *table, struct mx_error *err) {
    const struct mx_type *type = table->def->type;
    uint32_t place;
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (field->flags & MX_PII) table->has_pii = 1;
        if (!(field->flags & MX_PII) && (field->kind == MX_KIND_STRUCT || field->kind == MX_KIND_LIST) && has_pii_inside(field->type, 0))
            return bad(err, table, "personal fields must stand at the top level, not inside", field->name);
    }
    if (!table->has_pii) return MX_OK;
    if (table->packed) return bad(err, table, "a packed table holds no personal fields", "");
    if (!table->def->subject) return bad(err, table, "it has personal fields but names no subject", "");
    table->subject = field_named(type, table->def->subject, strlen(table->def->subject), &place);
    if (!table->subject || (table->subject->kind != MX_KIND_ID && table->subject->kind != MX_KIND_STR) || (table->subject->flags & MX_PII))
        return bad(err, table, "its subject must be a plain id field, not", table->def->subject);
    return MX_OK;
}

static int in_key(const struct store_table *table, const struct mx_field *field) {
    for (uint32_t i = 0; i < table->key_count; i++)
        if (table->key[i].field == field) return 1;
    return 0;
}

static mx_status compile_packed(struct store_table *table, struct mx_error *err) {
    const struct mx_type *type = table->def->type;
    if (!table->packed) return MX_OK;
    table->packed_fields = calloc(type->field_count + 1u, sizeof(*table->packed_fields));
    if (!table->packed_fields) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory for the tables.");
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (in_key(table, field)) continue;
        if (!is_number(field->kind) && field->kind != MX_KIND_ENUM)
            return bad(err, table, "a packed table holds only numbers behind its key, not", field->name);
        table->packed_fields[table->packed_count++] = field;
    }
    return MX_OK;
}

static mx_status add_blind(struct store_table *table, struct store_index *index, struct store_part *part, struct mx_error *err) {
    struct store_blind *blind = &table->blinds[table->blind_count];
    size_t room = strlen(index->def->name) + strlen(part->field->name) + 2;
    char *name = malloc(room);
    if (!name) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory for the tables.");
    memcpy(name, index->def->name, strlen(index->def->name));
    name[strlen(index->def->name)] = '.';
    memcpy(name + strlen(index->def->name) + 1, part->field->name, strlen(part->field->name) + 1);
    blind->name = name;
    blind->field = part->field;
    part->blind = (int32_t)table->blind_count++;
    return MX_OK;
}

static mx_status compile_index(struct store_table *table, struct store_index *index, const struct mx_index *def, struct mx_error *err) {
    mx_status st;
    index->def = def;
    index->table = table;
    if (!name_ok(def->name)) return bad(err, table, "an index has no usable name", "");
    st = parse_parts(table, def->fields, index->parts, &index->part_count, err);
    for (uint32_t i = 0; st == MX_OK && i < index->part_count; i++) {
        struct store_part *part = &index->parts[i];
        part->is_index = 1;
        part->is_strs = part->field->kind == MX_KIND_STRS;
        if (part->is_strs ? i + 1 < index->part_count : !is_key_kind(part->field->kind))
            st = bad(err, table, "a field cannot stand there in the index", def->name);
        else if (part->field->flags & MX_PII)
            st = add_blind(table, index, part, err);
    }
    return st;
}

static mx_status order_blinds(struct store_table *table, struct mx_error *err) {
    table->blind_order = calloc((size_t)table->blind_count + 1, sizeof(*table->blind_order));
    if (!table->blind_order) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory for the tables.");
    for (uint32_t i = 0; i < table->blind_count; i++) {
        uint32_t at = i;
        for (; at > 0 && strcmp(table->blinds[table->blind_order[at - 1]].name, table->blinds[i].name) > 0; at--)
            table->blind_order[at] = table->blind_order[at - 1];
        table->blind_order[at] = i;
    }
    return MX_OK;
}

static mx_status compile_indexes(struct store_table *table, struct mx_error *err) {
    const struct mx_table *def = table->def;
    mx_status st = MX_OK;
    if (def->index_count == 0) return MX_OK;
    table->indexes = calloc(def->index_count, sizeof(*table->indexes));
    table->blinds = calloc((size_t)def->index_count * STORE_PARTS_MAX, sizeof(*table->blinds));
    if (!table->indexes || !table->blinds) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory for the tables.");
    for (uint32_t i = 0; st == MX_OK && i < def->index_count; i++) {
        const struct mx_index *index = (const struct mx_index *)((const char *)def->indexes + (size_t)i * def->index_size);
        st = compile_index(table, &table->indexes[i], index, err);
        for (uint32_t k = 0; st == MX_OK && k < i; k++)
            if (strcmp(table->indexes[k].def->name, index->name) == 0) st = bad(err, table, "two indexes have the name", index->name);
        table->index_count++;
    }
    return st == MX_OK ? order_blinds(table, err) : st;
}

static void table_free(struct store_table *table) {
    if (!table) return;
    for (uint32_t i = 0; i < table->blind_count; i++) free((void *)(uintptr_t)table->blinds[i].name);
    free(table->blinds);
    free(table->blind_order);
    free(table->indexes);
    free((void *)table->packed_fields);
    free(table->owner);
    free(table);
}

static mx_status check_def(struct store *store, struct store_table *table, struct mx_error *err) {
    const struct mx_table *def = table->def;
    const uint32_t rec_extra = (uint32_t)offsetof(struct mx_rec, extra);
    mx_status st;
    if (store->started) return bad(err, table, "the store has started already", "");
    if (!name_ok(def->name)) return bad(err, table, "its name is not usable", "");
    if (base_map_get(&store->tables, mx_str_of(def->name))) return bad(err, table, "there is already a table of that name", "");
    if (!def->type || !def->key) return bad(err, table, "it names no type or no key", "");
    st = json_prepare(def->type, err);
    if (st != MX_OK) return st;
    if (def->type->extra_offset == MX_NO_OFFSET || def->type->has_offset == MX_NO_OFFSET || def->type->extra_offset < rec_extra)
        return bad(err, table, "its type has no record head (MX_TYPE_REC)", "");
    table->rec_offset = def->type->extra_offset - rec_extra;
    return MX_OK;
}

mx_status store_table_add(struct store *store, const char *owner, const struct mx_table *def, struct mx_error *err) {
    struct store_table *table = calloc(1, sizeof(*table));
    mx_status st;
    if (!table) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory for the tables.");
    table->def = def;
    table->store = store;
    table->owner = strdup(owner);
    table->packed = (def->flags & MX_TABLE_PACKED) != 0;
    table->append = (def->flags & MX_TABLE_APPEND) != 0;
    st = table->owner ? check_def(store, table, err) : MX_E_NOMEM;
    if (st == MX_OK) st = compile_key(table, err);
    if (st == MX_OK) st = compile_subject(table, err);
    if (st == MX_OK) st = compile_packed(table, err);
    if (st == MX_OK) st = compile_indexes(table, err);
    if (st == MX_OK)
        base_map_set(&store->tables, mx_str_of(def->name), table);
    else
        table_free(table);
    return st;
}

void store_table_remove(struct store *store, const struct mx_table *def) {
    struct store_table *table = def->name ? base_map_get(&store->tables, mx_str_of(def->name)) : NULL;
    if (store->started || !table || table->def != def) return;
    base_map_remove(&store->tables, mx_str_of(def->name));
    table_free(table);
}

void store_tables_free(struct store *store) {
    struct mx_str name;
    void *table;
    uint32_t at = 0;
    while (base_map_next(&store->tables, &at, &name, &table)) table_free(table);
    base_map_fini(&store->tables);
    free((void *)store->hashed_defs);
    free((void *)store->hashed_tables);
    free(store->spaces);
}

/* ---- finding a compiled table ---- */

static uint32_t hash_of(const struct mx_table *def, uint32_t cap) {
    uint64_t x = (uint64_t)(uintptr_t)def * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(x >> 32) & (cap - 1);
}

mx_status store_tables_hash(struct store *store, struct mx_error *err) {
    struct mx_str name;
    uint32_t at = 0, cap = 16;
    void *found;
    while (cap < store->tables.count * 2 + 2) cap *= 2;
    free((void *)store->hashed_defs);
    free((void *)store->hashed_tables);
    store->hashed_defs = calloc(cap, sizeof(*store->hashed_defs));
    store->hashed_tables = calloc(cap, sizeof(*store->hashed_tables));
    if (!store->hashed_defs || !store->hashed_tables) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory for the tables.");
    store->hashed_cap = cap;
    while (base_map_next(&store->tables, &at, &name, &found)) {
        struct store_table *table = found;
        uint32_t i = hash_of(table->def, cap);
        while (store->hashed_defs[i]) i = (i + 1) & (cap - 1);
        store->hashed_defs[i] = table->def;
        store->hashed_tables[i] = table;
    }
    return MX_OK;
}

/* A definition may exist twice (a header's static copy in two objects of one plugin); the name then finds it. */
static struct store_table *by_name(const struct store *store, const struct mx_table *def) {
    struct store_table *table = base_map_get(&store->tables, mx_str_of(def->name));
    return table && table->def->type->struct_size == def->type->struct_size && table->def->type->field_count == def->type->field_count
               ? table
               : NULL;
}

struct store_table *store_table_of(const struct store *store, const struct mx_table *def) {
    uint32_t i;
    if (!store->started) return NULL;
    for (i = hash_of(def, store->hashed_cap); store->hashed_defs[i]; i = (i + 1) & (store->hashed_cap - 1))
        if (store->hashed_defs[i] == def) return store->hashed_tables[i];
    return by_name(store, def);
}

mx_status store_table_unknown(const struct mx_table *def, struct mx_error *err) {
    return base_fail(err, MX_E_INTERNAL, NULL, "The table %.60s was not registered before the store started.", def->name);
}
