/* Gapless sequences: a number is taken in the command's own write set, so a command that fails gives it back. */
#include "store/internal.h"

#define NUMBER_VERSION 1
#define NUMBER_BYTES   9u

mx_status store_next_number(struct store_view *view, const char *sequence, struct mx_str scope, int64_t *number) {
    struct base_buf key;
    struct store_span span, value;
    uint8_t bytes[NUMBER_BYTES] = {NUMBER_VERSION};
    uint64_t last = 0;
    mx_status st;
    if (!view->group) return MX_E_READ_ONLY;
    base_buf_init(&key, view->arena);
    store_key_text(&key, mx_str_of(sequence));
    store_key_text(&key, scope);
    span = (struct store_span){(const uint8_t *)key.ptr, key.len};
    st = store_raw_get(view, STORE_SPACE_NUMBERS, span, &value);
    if (st < 0) return st;
    if (st == MX_OK) {
        if (value.len != NUMBER_BYTES || value.ptr[0] != NUMBER_VERSION) return MX_E_DAMAGED;
        for (uint32_t i = 8; i > 0; i--) last = last << 8 | value.ptr[i];
    }
    last++;
    for (uint32_t i = 1; i < NUMBER_BYTES; i++) bytes[i] = (uint8_t)(last >> (8 * (i - 1)));
    st = store_raw_put(view, STORE_SPACE_NUMBERS, span, (struct store_span){bytes, sizeof(bytes)});
    if (st == MX_OK) *number = (int64_t)last;
    return st;
}
