/* Bytes as text: base64url as we write it, and the padded alphabet of other people's headers. */
#include "crypto/internal.h"

#define URL    sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define PADDED sodium_base64_VARIANT_ORIGINAL

static struct mx_str to_text(struct base_arena *arena, const void *bytes, size_t len, int variant) {
    size_t room = sodium_base64_encoded_len(len, variant);
    char *text = base_arena_alloc(arena, room);
    sodium_bin2base64(text, room, bytes, len, variant);
    return mx_str_of(text);
}

static int from_text(struct base_arena *arena, struct mx_str text, int variant, uint8_t **bytes, size_t *len) {
    size_t room = (size_t)text.len / 4 * 3 + 3, got = 0;
    uint8_t *out = base_arena_alloc(arena, room);
    const char *end = text.ptr;
    if (text.len && sodium_base642bin(out, room, text.ptr, text.len, NULL, &got, &end, variant) != 0) return 0;
    if (end != text.ptr + text.len) return 0;
    *bytes = out;
    *len = got;
    return 1;
}

struct mx_str crypto_base64(struct base_arena *arena, const void *bytes, size_t len) {
    return to_text(arena, bytes, len, URL);
}

int crypto_unbase64(struct base_arena *arena, struct mx_str text, uint8_t **bytes, size_t *len) {
    return from_text(arena, text, URL, bytes, len);
}

struct mx_str crypto_base64_padded(struct base_arena *arena, const void *bytes, size_t len) {
    return to_text(arena, bytes, len, PADDED);
}

int crypto_unbase64_padded(struct base_arena *arena, struct mx_str text, uint8_t **bytes, size_t *len) {
    return from_text(arena, text, PADDED, bytes, len);
}
