/* Order-preserving keys: texts with 0x00 written 00 FF and ended by 00 00, integers as 8 bytes big-endian with the sign
 * flipped. A long text in an index is cut and ended by 00 01 and a keyed hash of the whole, so that it is never taken for a
 * short one. */
#include "store/internal.h"

#define CUT_HASH 16u

static void put_be64(uint8_t out[8], int64_t number) {
    uint64_t n = (uint64_t)number ^ (UINT64_C(1) << 63);
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)n;
        n >>= 8;
    }
}

int64_t store_take_be64(const uint8_t *at) {
    uint64_t n = 0;
    for (int i = 0; i < 8; i++) n = n << 8 | at[i];
    return (int64_t)(n ^ (UINT64_C(1) << 63));
}

uint16_t store_take_be16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }

/* ---- keys under construction ---- */

void store_key_space(struct store_key *key, uint16_t space) {
    key->len = STORE_SPACE_BYTES;
    key->too_long = 0;
    key->bytes[0] = (uint8_t)(space >> 8);
    key->bytes[1] = (uint8_t)space;
}

void store_key_add(struct store_key *key, const void *bytes, size_t len) {
    if (len > STORE_KEY_MAX - key->len) {
        key->too_long = 1;
        return;
    }
    if (len) memcpy(key->bytes + key->len, bytes, len);
    key->len += len;
}

void store_key_add_int(struct store_key *key, int64_t number) {
    uint8_t be[8];
    put_be64(be, number);
    store_key_add(key, be, sizeof(be));
}

static void add_escaped(struct store_key *key, struct mx_str text) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end) {
        const char *zero = memchr(at, 0, (size_t)(end - at));
        store_key_add(key, at, (size_t)((zero ? zero : end) - at));
        if (!zero) return;
        store_key_add(key, "\0\xFF", 2);
        at = zero + 1;
    }
}

void store_key_add_text(struct store_key *key, struct mx_str text) {
    if (text.len) add_escaped(key, text);
    store_key_add(key, "\0\0", 2);
}

void store_key_add_cut(struct store_key *key, const uint8_t hash_key[CRYPTO_KEY_BYTES], struct mx_str text) {
    uint8_t hash[CUT_HASH];
    if (text.len <= STORE_LONG_PART) {
        store_key_add_text(key, text);
        return;
    }
    crypto_hash(hash_key, "long", 4, text.ptr, text.len, NULL, 0, hash, sizeof(hash));
    add_escaped(key, mx_str_n(text.ptr, STORE_CUT_PART));
    store_key_add(key, "\0\1", 2);
    store_key_add(key, hash, sizeof(hash));
}

/* Bytes up to and with the end of an escaped text; 0 when there is no end. */
static size_t text_length(const uint8_t *at, size_t len, int is_index) {
    size_t i = 0;
    while (i + 1 < len) {
        const uint8_t *zero = memchr(at + i, 0, len - i - 1);
        if (!zero) return 0;
        i = (size_t)(zero - at) + 2;
        if (zero[1] == 0) return i;
        if (zero[1] == 1 && is_index) return i + CUT_HASH <= len ? i + CUT_HASH : 0;
        if (zero[1] != 0xFF) return 0;
    }
    return 0;
}

static int is_text(uint16_t kind) { return kind == MX_KIND_STR || kind == MX_KIND_ID || kind == MX_KIND_STRS; }

size_t store_part_length(const struct store_part *part, const uint8_t *at, size_t len) {
    size_t fixed = part->blind >= 0 ? STORE_BLIND_BYTES : 8;
    if (part->blind < 0 && is_text(part->field->kind)) return text_length(at, len, part->is_index);
    return len >= fixed ? fixed : 0;
}

int store_key_above(struct store_key *key) {
    while (key->len && key->bytes[key->len - 1] == 0xFF) key->len--;
    if (key->len == 0) return 0;
    key->bytes[key->len - 1]++;
    return 1;
}

/* ---- the face, for raw spaces ---- */

void store_key_int(struct base_buf *key, int64_t number) {
    uint8_t be[8];
    put_be64(be, number);
    base_buf_add(key, be, sizeof(be));
}

void store_key_text(struct base_buf *key, struct mx_str text) {
    for (uint32_t i = 0; i < text.len; i++) {
        base_buf_char(key, text.ptr[i]);
        if (text.ptr[i] == 0) base_buf_char(key, '\xFF');
    }
    base_buf_add(key, "\0\0", 2);
}

int store_key_take_int(struct store_span *key, int64_t *number) {
    if (key->len < 8) return 0;
    *number = store_take_be64(key->ptr);
    key->ptr += 8;
    key->len -= 8;
    return 1;
}

int store_key_take_text(struct base_arena *arena, struct store_span *key, struct mx_str *text) {
    size_t len = text_length(key->ptr, key->len, 0), n = 0;
    char *out;
    if (len == 0) return 0;
    out = base_arena_alloc(arena, len);
    for (size_t i = 0; i < len - 2; i++) {
        out[n++] = (char)key->ptr[i];
        if (key->ptr[i] == 0) i++;
    }
    *text = mx_str_n(out, n);
    key->ptr += len;
    key->len -= len;
    return 1;
}
