/* Records as bytes: canonical JSON for entities. Personal fields stand sealed in front, with the blind hashes of the
 * indexes over them: {"$blind":{"by_phone.phone":"..."},"$pii":"...", the open members}. */
#include "store/internal.h"
#include "json/json.h"

struct mx_rec *store_rec_of(const struct store_table *table, void *record) {
    return (struct mx_rec *)((char *)record + table->rec_offset);
}

int64_t store_number_of(const struct mx_field *field, const void *record) {
    const char *at = (const char *)record + field->offset;
    int64_t number;
    int32_t word;
    if (field->kind == MX_KIND_BOOL) return *(const uint8_t *)at;
    if (field->kind == MX_KIND_ENUM) {
        memcpy(&word, at, sizeof(word));
        return word;
    }
    memcpy(&number, at, sizeof(number));
    return number;
}

void store_number_set(const struct mx_field *field, void *record, int64_t number) {
    char *at = (char *)record + field->offset;
    int32_t word = (int32_t)number;
    if (field->kind == MX_KIND_BOOL)
        *(uint8_t *)at = (uint8_t)(number != 0);
    else if (field->kind == MX_KIND_ENUM)
        memcpy(at, &word, sizeof(word));
    else
        memcpy(at, &number, sizeof(number));
}

struct mx_str store_text_of(const struct mx_field *field, const void *record) {
    struct mx_str text;
    memcpy(&text, (const char *)record + field->offset, sizeof(text));
    return text;
}

int store_field_is_text(const struct mx_field *field) { return field->kind == MX_KIND_STR || field->kind == MX_KIND_ID; }

int store_field_is_number(const struct mx_field *field) { return field->kind <= MX_KIND_TIME || field->kind == MX_KIND_ENUM; }

void store_record_mark(const struct store_table *table, void *record) {
    struct mx_rec *rec = store_rec_of(table, record);
    const struct mx_type *type = table->def->type;
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        int always = table->packed || ((field->flags & MX_REQUIRED) && !(field->flags & MX_PII));
        if (store_field_is_number(field) && (always || store_number_of(field, record) != 0)) rec->has |= UINT64_C(1) << i;
    }
}

mx_status store_record_key(const struct store_table *table, const void *record, struct store_key *key, struct mx_error *err) {
    store_key_space(key, table->space);
    for (uint32_t i = 0; i < table->key_count; i++) {
        const struct mx_field *field = table->key[i].field;
        if (store_field_is_text(field))
            store_key_add_text(key, store_text_of(field, record));
        else
            store_key_add_int(key, store_number_of(field, record));
    }
    if (!key->too_long) return MX_OK;
    return base_fail(err, MX_E_TOO_LARGE, table->key[0].field->name, "The key of a record of %.60s is too long.", table->def->name);
}

mx_status store_record_damaged(const struct store_table *table, struct store_bytes key, const char *what, struct mx_error *err) {
    struct base_arena *arena;
    struct mx_str words;
    if (!err) return MX_E_DAMAGED;
    arena = base_arena_new(1024);
    words = store_key_words(arena, table->key, table->key_count, key);
    (void)base_fail(err, MX_E_DAMAGED, NULL, "The record %.100s of %.60s is damaged: %s.", words.ptr, table->def->name, what);
    base_arena_free(arena);
    return MX_E_DAMAGED;
}

/* ---- what stands in front of the open members ---- */

struct front {
    struct mx_str blind; /* behind "$blind":{ and before } */
    struct mx_str pii;
    struct mx_str rest; /* the open members as an object of their own */
};

static int take(struct mx_str *text, const char *word) {
    uint32_t len = (uint32_t)strlen(word);
    if (text->len < len || memcmp(text->ptr, word, len) != 0) return 0;
    *text = mx_str_n(text->ptr + len, text->len - len);
    return 1;
}

static int take_until(struct mx_str *text, char end, struct mx_str *out) {
    const char *at = text->len ? memchr(text->ptr, end, text->len) : NULL;
    if (!at) return 0;
    *out = mx_str_n(text->ptr, (size_t)(at - text->ptr));
    *text = mx_str_n(at + 1, text->len - out->len - 1);
    return 1;
}

static int split_front(struct base_arena *arena, struct mx_str text, struct front *front) {
    char *copy;
    memset(front, 0, sizeof(*front));
    front->rest = text;
    if (text.len < 3 || memcmp(text.ptr, "{\"$", 3) != 0) return 1;
    (void)take(&text, "{");
    if (take(&text, "\"$blind\":{") && (!take_until(&text, '}', &front->blind) || !take(&text, ","))) return 0;
    if (take(&text, "\"$pii\":\"") && (!take_until(&text, '"', &front->pii) || !take(&text, ","))) return 0;
    copy = base_arena_alloc(arena, (size_t)text.len + 1);
    copy[0] = '{';
    if (text.len) memcpy(copy + 1, text.ptr, text.len);
    front->rest = mx_str_n(copy, (size_t)text.len + 1);
    return 1;
}

/* "name":"base64","name":"base64" into slots; names that no index has any more are passed over. */
static int read_blinds(struct base_arena *arena, const struct store_table *table, struct mx_str text, struct store_hashes *hashes) {
    memset(hashes, 0, table->blind_count * sizeof(*hashes));
    while (text.len) {
        struct mx_str name, code;
        uint8_t *bytes;
        size_t len;
        if (!take(&text, "\"") || !take_until(&text, '"', &name) || !take(&text, ":\"") || !take_until(&text, '"', &code)) return 0;
        if (text.len && !take(&text, ",")) return 0;
        if (!crypto_unbase64(arena, code, &bytes, &len) || len % STORE_BLIND_BYTES) return 0;
        for (uint32_t i = 0; i < table->blind_count; i++)
            if (mx_str_is(name, table->blinds[i].name)) hashes[i] = (struct store_hashes){(uint32_t)(len / STORE_BLIND_BYTES), bytes};
    }
    return 1;
}

static void write_blinds(struct base_buf *out, struct base_arena *arena, const struct store_table *table,
                         const struct store_hashes *hashes) {
    const char *before = "\"$blind\":{";
    for (uint32_t n = 0; n < table->blind_count; n++) {
        uint32_t i = table->blind_order[n];
        if (hashes[i].count == 0) continue;
        base_buf_text(out, before);
        base_buf_printf(out, "\"%s\":\"", table->blinds[i].name);
        base_buf_str(out, crypto_base64(arena, hashes[i].bytes, (size_t)hashes[i].count * STORE_BLIND_BYTES));
        base_buf_char(out, '"');
        before = ",";
    }
    if (before[0] == ',') base_buf_char(out, '}');
}

/* ---- decode and encode ---- */

mx_status store_record_decode(struct store_view *view, const struct store_table *table, struct store_bytes key, struct store_span value,
                              int open_pii, void **out, struct store_hidden *hidden, struct mx_error *err) {
    void *record = base_arena_alloc(view->arena, table->def->type->struct_size);
    struct mx_str extra = {NULL, 0};
    struct front front;
    mx_status st;
    if (table->packed) {
        st = store_packed_decode(table, key, value, view->arena, record, err);
        if (st == MX_OK) *out = record;
        return st;
    }
    if (!split_front(view->arena, mx_str_n((const char *)value.ptr, value.len), &front))
        return store_record_damaged(table, key, "its sealed part cannot be read", err);
    if (json_decode(view->arena, table->def->type, front.rest, JSON_STORE, record, NULL) != MX_OK)
        return store_record_damaged(table, key, "its text cannot be read", err);
    if (hidden && hidden->hashes && !read_blinds(view->arena, table, front.blind, hidden->hashes))
        return store_record_damaged(table, key, "its blind hashes cannot be read", err);
    if (front.pii.len && open_pii) {
        st = store_pii_open(view, table, key, front.pii, record, &extra, err);
        if (st != MX_OK) return st;
    }
    if (hidden) hidden->extra = extra;
    *out = record;
    return MX_OK;
}

mx_status store_record_encode(struct store_view *view, const struct store_table *table, struct store_bytes key, const void *record,
                              const struct store_hidden *hidden, uint8_t **value, size_t *len, struct mx_error *err) {
    struct base_buf out;
    size_t front_len;
    if (table->packed) {
        *len = store_packed_size(table);
        *value = base_arena_alloc(view->arena, *len + STORE_CHECKSUM_BYTES);
        store_packed_encode(table, record, *value + STORE_CHECKSUM_BYTES);
        return MX_OK;
    }
    base_buf_init(&out, view->arena);
    base_buf_reserve(&out, 512);
    base_buf_add(&out, "\0\0\0\0\0\0\0\0", STORE_CHECKSUM_BYTES);
    if (table->has_pii) {
        mx_status st;
        base_buf_char(&out, '{');
        write_blinds(&out, view->arena, table, hidden->hashes);
        st = store_pii_seal(view, table, key, record, hidden->extra, &out, err);
        if (st != MX_OK) return st;
        if (out.len == STORE_CHECKSUM_BYTES + 1) out.len--;
    }
    front_len = out.len;
    json_encode(&out, table->def->type, record, JSON_SPARE_ZEROES | (table->has_pii ? JSON_PUBLIC_ONLY : 0));
    if (front_len > STORE_CHECKSUM_BYTES) out.ptr[front_len] = ',';
    if (out.len > STORE_VALUE_MAX)
        return base_fail(err, MX_E_TOO_LARGE, NULL, "A record of %.60s is larger than %u bytes.", table->def->name, STORE_VALUE_MAX);
    *value = (uint8_t *)out.ptr;
    *len = out.len - STORE_CHECKSUM_BYTES;
    return MX_OK;
}
