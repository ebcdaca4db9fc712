/* Personal fields: sealed under the person's own key and bound to the table and the record's key; blind hashes for the
 * indexes over them. */
#include "store/internal.h"
#include "json/json.h"

/* ---- blind hashes ---- */

static void blind_hash(const struct store *store, const struct store_blind *blind, const void *value, size_t len,
                       uint8_t hash[STORE_BLIND_BYTES]) {
    crypto_hash(store->index_key, "blind", 5, blind->name, strlen(blind->name), value, len, hash, STORE_BLIND_BYTES);
}

static void blind_number(const struct store *store, const struct store_blind *blind, int64_t number, uint8_t hash[STORE_BLIND_BYTES]) {
    struct store_key key = {0, 0, {0}};
    store_key_add_int(&key, number);
    blind_hash(store, blind, key.bytes, key.len, hash);
}

static void blind_hashes_of(const struct store *store, const struct store_table *table, uint32_t slot, struct base_arena *arena,
                            const void *record, struct store_hashes *hashes) {
    const struct store_blind *blind = &table->blinds[slot];
    const struct mx_field *field = blind->field;
    const struct mx_list *list = (const struct mx_list *)((const char *)record + field->offset);
    uint32_t count = 0;
    uint8_t *bytes;
    if (field->kind == MX_KIND_STRS)
        count = list->count;
    else if (store_field_is_text(field))
        count = store_text_of(field, record).len != 0;
    else
        count = (uint32_t)mx_has_at(table->def->type, record, field->offset);
    bytes = base_arena_alloc(arena, (size_t)count * STORE_BLIND_BYTES + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *hash = bytes + (size_t)i * STORE_BLIND_BYTES;
        struct mx_str text;
        if (field->kind != MX_KIND_STRS && !store_field_is_text(field)) {
            blind_number(store, blind, store_number_of(field, record), hash);
            continue;
        }
        text = field->kind == MX_KIND_STRS ? mx_list_str(list, i) : store_text_of(field, record);
        blind_hash(store, blind, text.ptr, text.len, hash);
    }
    *hashes = (struct store_hashes){count, bytes};
}

void store_blind_hashes(const struct store_table *table, struct base_arena *arena, const void *record, struct store_hashes *hashes) {
    for (uint32_t i = 0; i < table->blind_count; i++) blind_hashes_of(table->store, table, i, arena, record, &hashes[i]);
}

int store_blind_probe(const struct store_table *table, uint32_t slot, const void *probe, uint8_t hash[STORE_BLIND_BYTES]) {
    const struct store_blind *blind = &table->blinds[slot];
    const struct mx_list *list = (const struct mx_list *)((const char *)probe + blind->field->offset);
    struct mx_str text;
    if (blind->field->kind == MX_KIND_STRS) {
        if (list->count == 0) return 0;
        text = mx_list_str(list, 0);
    } else if (store_field_is_text(blind->field))
        text = store_text_of(blind->field, probe);
    else {
        blind_number(table->store, blind, store_number_of(blind->field, probe), hash);
        return 1;
    }
    blind_hash(table->store, blind, text.ptr, text.len, hash);
    return 1;
}

/* ---- person keys ---- */

/* Keys used lately in this view; a person's key costs a read and an unwrapping each time. */
static mx_status person_key(struct store_view *view, struct mx_str person, uint8_t key[CRYPTO_KEY_BYTES], struct mx_error *err) {
    struct store *store = view->store;
    struct store_person_key *slot;
    mx_status st;
    for (uint32_t i = 0; i < view->person_key_count; i++) {
        if (!mx_str_eq(view->person_keys[i].person, person)) continue;
        memcpy(key, view->person_keys[i].key, CRYPTO_KEY_BYTES);
        return MX_OK;
    }
    if (!store->person_key) return base_fail(err, MX_E_INTERNAL, NULL, "Nobody gives the keys of persons to the store.");
    st = store->person_key(store->person_key_arg, view, person, key);
    if (st == MX_E_ERASED) return base_fail(err, st, NULL, "The person %.40s was erased.", base_arena_dup(view->arena, person).ptr);
    if (st > 0) st = MX_E_NOT_FOUND;
    if (st != MX_OK) return base_fail(err, st, NULL, "The key of the person %.40s cannot be had.", base_arena_dup(view->arena, person).ptr);
    slot = &view->person_keys[view->person_key_next];
    slot->person = base_arena_dup(view->arena, person);
    memcpy(slot->key, key, CRYPTO_KEY_BYTES);
    view->person_key_next = (view->person_key_next + 1) % STORE_PERSON_KEYS_MAX;
    if (view->person_key_count < STORE_PERSON_KEYS_MAX) view->person_key_count++;
    return MX_OK;
}

void store_person_forget(struct store_view *view, struct mx_str person) {
    for (uint32_t i = 0; i < view->person_key_count; i++) {
        struct store_person_key *slot = &view->person_keys[i];
        if (!mx_str_eq(slot->person, person)) continue;
        crypto_wipe(slot->key, sizeof(slot->key));
        slot->person = mx_str_n(NULL, 0);
    }
}

/* ---- sealing ---- */

/* Table name and record key: a sealed text put on another record does not open. */
static struct base_buf bound_to(struct base_arena *arena, const struct store_table *table, struct store_bytes key) {
    struct base_buf bound;
    base_buf_init(&bound, arena);
    base_buf_text(&bound, table->def->name);
    base_buf_char(&bound, 0);
    base_buf_add(&bound, (const uint8_t *)key.ptr + STORE_SPACE_BYTES, key.len - STORE_SPACE_BYTES);
    return bound;
}

static int pii_present(const struct store_table *table, const void *record) {
    const struct mx_type *type = table->def->type;
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        const char *at = (const char *)record + field->offset;
        void *object;
        if (!(field->flags & MX_PII)) continue;
        if (store_field_is_number(field)) {
            if (store_number_of(field, record) != 0 || mx_has_at(type, record, field->offset)) return 1;
        } else if (field->kind == MX_KIND_STRUCT) {
            memcpy(&object, at, sizeof(object));
            if (object) return 1;
        } else if (store_field_is_text(field) || field->kind == MX_KIND_JSON) {
            if (store_text_of(field, record).len) return 1;
        } else if (((const struct mx_list *)(const void *)at)->count)
            return 1;
    }
    return 0;
}

/* The personal members with those that this version does not know. */
static mx_status pii_text(struct store_view *view, const struct store_table *table, const void *record, struct mx_str extra,
                          struct mx_str *text, struct mx_error *err) {
    struct base_buf plain;
    base_buf_init(&plain, view->arena);
    json_encode(&plain, table->def->type, record, JSON_PII_ONLY | JSON_SPARE_ZEROES);
    if (extra.len > 2) {
        plain.len--;
        if (plain.len > 1) base_buf_char(&plain, ',');
        base_buf_add(&plain, extra.ptr + 1, extra.len - 1);
        return json_canonical(view->arena, base_buf_view(&plain), STORE_VALUE_MAX, text, err);
    }
    *text = base_buf_view(&plain);
    return MX_OK;
}

mx_status store_pii_seal(struct store_view *view, const struct store_table *table, struct store_bytes key, const void *record,
                         struct mx_str extra, struct base_buf *out, struct mx_error *err) {
    struct mx_str person = store_text_of(table->subject, record);
    uint8_t secret[CRYPTO_KEY_BYTES], *sealed;
    struct base_buf bound;
    struct mx_str plain;
    mx_status st;
    if (extra.len <= 2 && !pii_present(table, record)) return MX_OK;
    if (person.len == 0)
        return base_fail(err, MX_E_MISSING_FIELD, table->subject->name, "A record of %.60s with personal data must name its person.",
                         table->def->name);
    st = pii_text(view, table, record, extra, &plain, err);
    if (st == MX_OK) st = person_key(view, person, secret, err);
    if (st != MX_OK) return st;
    bound = bound_to(view->arena, table, key);
    sealed = base_arena_alloc(view->arena, plain.len + CRYPTO_SEAL_EXTRA);
    crypto_seal(secret, plain.ptr, plain.len, bound.ptr, bound.len, sealed);
    if (out->ptr[out->len - 1] != '{') base_buf_char(out, ',');
    base_buf_text(out, "\"$pii\":\"");
    base_buf_str(out, crypto_base64(view->arena, sealed, plain.len + CRYPTO_SEAL_EXTRA));
    base_buf_char(out, '"');
    crypto_wipe(secret, sizeof(secret));
    return MX_OK;
}

mx_status store_pii_open(struct store_view *view, const struct store_table *table, struct store_bytes key, struct mx_str sealed,
                         void *record, struct mx_str *extra, struct mx_error *err) {
    struct mx_rec *rec = store_rec_of(table, record);
    struct mx_str open_extra = rec->extra;
    uint8_t secret[CRYPTO_KEY_BYTES], *bytes;
    char *plain;
    size_t len;
    struct base_buf bound;
    struct mx_str person = store_text_of(table->subject, record);
    mx_status st = person_key(view, person, secret, err);
    if (st == MX_E_ERASED) return MX_OK;
    if (st == MX_E_NOT_FOUND)
        return base_fail(err, MX_E_DAMAGED, NULL, "The person %.40s, under whose key a record of %.60s is sealed, is lost.",
                         base_arena_dup(view->arena, person).ptr, table->def->name);
    if (st != MX_OK) return st;
    bound = bound_to(view->arena, table, key);
    if (!crypto_unbase64(view->arena, sealed, &bytes, &len) || len < CRYPTO_SEAL_EXTRA)
        return store_record_damaged(table, key, "its sealed part cannot be read", err);
    plain = base_arena_alloc(view->arena, len - CRYPTO_SEAL_EXTRA + 1);
    st = crypto_open(secret, bytes, len, bound.ptr, bound.len, (uint8_t *)plain);
    crypto_wipe(secret, sizeof(secret));
    if (st != MX_OK) return store_record_damaged(table, key, "its sealed part does not open", err);
    /* What this version does not know of the personal part must not get among the open members. */
    memset(&rec->extra, 0, sizeof(rec->extra));
    st = json_decode(view->arena, table->def->type, mx_str_n(plain, len - CRYPTO_SEAL_EXTRA), JSON_STORE | JSON_MERGE, record, NULL);
    *extra = rec->extra;
    rec->extra = open_extra;
    if (view->shown) store_shown_add(view->shown, person);
    return st == MX_OK ? MX_OK : store_record_damaged(table, key, "its personal part cannot be read", err);
}
