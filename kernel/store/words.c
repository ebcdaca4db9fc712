/* Keys for people: fields with "/" between, blind hashes and damaged bytes in hexadecimal. */
#include <inttypes.h>

#include "base/text.h"
#include "store/internal.h"

static void add_hex(struct base_buf *out, const uint8_t *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) base_buf_printf(out, "%02x", bytes[i]);
}

/* A damaged or cut text need not be UTF-8; what people and JSON get must be. */
static void add_text(struct base_buf *out, const uint8_t *bytes, size_t len) {
    int is_utf8 = base_utf8_valid(mx_str_n((const char *)bytes, len));
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] < 0x20 || bytes[i] == '/' || bytes[i] == '%' || bytes[i] == 0x7F || (bytes[i] >= 0x80 && !is_utf8))
            base_buf_printf(out, "%%%02X", bytes[i]);
        else
            base_buf_char(out, (char)bytes[i]);
        if (bytes[i] == 0) i++;
    }
}

static void add_part(struct base_buf *out, const struct store_part *part, const uint8_t *bytes, size_t len) {
    if (part->blind >= 0)
        add_hex(out, bytes, len);
    else if (store_field_is_number(part->field))
        base_buf_int(out, store_take_be64(bytes));
    else if (bytes[len - 1] == 0)
        add_text(out, bytes, len - 2);
    else
        add_text(out, bytes, STORE_CUT_PART);
}

struct mx_str store_key_words(struct base_arena *arena, const struct store_part *parts, uint32_t count, struct store_bytes key) {
    const uint8_t *at = (const uint8_t *)key.ptr + STORE_SPACE_BYTES;
    size_t left = key.len < STORE_SPACE_BYTES ? 0 : key.len - STORE_SPACE_BYTES;
    struct base_buf out;
    base_buf_init(&out, arena);
    for (uint32_t i = 0; i < count && left; i++) {
        size_t len = store_part_length(&parts[i], at, left);
        if (len == 0) break;
        if (i) base_buf_char(&out, '/');
        add_part(&out, &parts[i], at, len);
        at += len;
        left -= len;
    }
    if (left) {
        base_buf_text(&out, out.len ? "/" : "");
        add_hex(&out, at, left);
    }
    return base_arena_dup(arena, base_buf_view(&out));
}
