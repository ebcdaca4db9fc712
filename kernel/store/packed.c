/* PACKED records: a version byte and one 8-byte little-endian integer for each field that is not in the key, in the order
 * of the table. Fields that were appended later read as 0 from older records. */
#include "store/internal.h"

#define PACKED_VERSION 1

size_t store_packed_size(const struct store_table *table) { return 1 + (size_t)table->packed_count * 8; }

void store_packed_encode(const struct store_table *table, const void *record, uint8_t *value) {
    value[0] = PACKED_VERSION;
    for (uint32_t i = 0; i < table->packed_count; i++) {
        uint64_t n = (uint64_t)store_number_of(table->packed_fields[i], record);
        for (uint32_t k = 0; k < 8; k++) value[1 + i * 8 + k] = (uint8_t)(n >> (8 * k));
    }
}

static int key_to_record(const struct store_table *table, struct store_bytes key, struct base_arena *arena, void *record) {
    struct store_span rest = {(const uint8_t *)key.ptr + STORE_SPACE_BYTES, key.len - STORE_SPACE_BYTES};
    for (uint32_t i = 0; i < table->key_count; i++) {
        const struct mx_field *field = table->key[i].field;
        struct mx_str text;
        int64_t number;
        if (store_field_is_text(field)) {
            if (!store_key_take_text(arena, &rest, &text)) return 0;
            memcpy((char *)record + field->offset, &text, sizeof(text));
        } else {
            if (!store_key_take_int(&rest, &number)) return 0;
            store_number_set(field, record, number);
        }
    }
    return rest.len == 0;
}

mx_status store_packed_decode(const struct store_table *table, struct store_bytes key, struct store_span value, struct base_arena *arena,
                              void *record, struct mx_error *err) {
    if (!key_to_record(table, key, arena, record)) return store_record_damaged(table, key, "its key cannot be read", err);
    if (value.len < 1 || value.ptr[0] != PACKED_VERSION || (value.len - 1) % 8)
        return store_record_damaged(table, key, "its numbers cannot be read", err);
    for (uint32_t i = 0; i < table->packed_count && (i + 1) * 8 < value.len; i++) {
        uint64_t n = 0;
        for (int k = 7; k >= 0; k--) n = n << 8 | value.ptr[1 + i * 8 + (uint32_t)k];
        store_number_set(table->packed_fields[i], record, (int64_t)n);
    }
    store_rec_of(table, record)->has = ~UINT64_C(0);
    return MX_OK;
}
