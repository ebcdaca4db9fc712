#include "base/text.h"

/* Length of the well-formed character at `p` (not ASCII), 0 when there is none. The table is RFC 3629 section 4. */
static size_t utf8_step(const unsigned char *p, size_t left) {
    unsigned char low = 0x80, high = 0xBF;
    size_t len, i;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        len = 2;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        len = 3;
        if (p[0] == 0xE0) low = 0xA0;
        if (p[0] == 0xED) high = 0x9F;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        len = 4;
        if (p[0] == 0xF0) low = 0x90;
        if (p[0] == 0xF4) high = 0x8F;
    } else {
        return 0;
    }
    if (left < len || p[1] < low || p[1] > high) return 0;
    for (i = 2; i < len; i++) {
        if (p[i] < 0x80 || p[i] > 0xBF) return 0;
    }
    return len;
}

int base_utf8_valid(struct mx_str text) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    size_t left = text.len;
    while (left) {
        uint64_t eight;
        size_t step = 1;
        if (left >= sizeof(eight)) {
            memcpy(&eight, p, sizeof(eight));
            if (!(eight & UINT64_C(0x8080808080808080))) {
                p += sizeof(eight);
                left -= sizeof(eight);
                continue;
            }
        }
        if (*p >= 0x80) step = utf8_step(p, left);
        if (step == 0) return 0;
        p += step;
        left -= step;
    }
    return 1;
}

int base_parse_int(struct mx_str text, int64_t *out) {
    uint32_t i = text.len && text.ptr[0] == '-' ? 1 : 0;
    int negative = i == 1;
    int64_t value = 0;
    if (i == text.len) return 0;
    if (text.ptr[i] == '0' && (text.len > i + 1 || negative)) return 0;
    for (; i < text.len; i++) {
        int digit = text.ptr[i] - '0';
        if (digit < 0 || digit > 9) return 0;
        if (__builtin_mul_overflow(value, 10, &value)) return 0;
        if (negative ? __builtin_sub_overflow(value, digit, &value) : __builtin_add_overflow(value, digit, &value)) return 0;
    }
    *out = value;
    return 1;
}

struct mx_str base_hex(struct base_arena *arena, const uint8_t *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    char *text = base_arena_grab(arena, len * 2 + 1);
    size_t i;
    for (i = 0; i < len; i++) {
        text[i * 2] = digits[bytes[i] >> 4];
        text[i * 2 + 1] = digits[bytes[i] & 15];
    }
    text[len * 2] = 0;
    return mx_str_n(text, len * 2);
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

int base_unhex(struct mx_str text, uint8_t *bytes, size_t len) {
    size_t i;
    if (text.len != len * 2) return 0;
    for (i = 0; i < text.len; i++) {
        if (hex_value(text.ptr[i]) < 0) return 0;
    }
    for (i = 0; i < len; i++) bytes[i] = (uint8_t)(hex_value(text.ptr[i * 2]) << 4 | hex_value(text.ptr[i * 2 + 1]));
    return 1;
}

static int code_char(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

int base_code_valid(struct mx_str text, uint32_t max) {
    uint32_t i;
    if (text.len == 0 || text.len > max) return 0;
    for (i = 0; i < text.len; i++) {
        if (!code_char(text.ptr[i])) return 0;
    }
    return 1;
}

struct mx_str base_lower_ascii(struct base_arena *arena, struct mx_str text) {
    struct mx_str copy = base_arena_dup(arena, text);
    char *p = (char *)(uintptr_t)copy.ptr; /* our own copy */
    uint32_t i;
    for (i = 0; i < copy.len; i++) {
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] - 'A' + 'a');
    }
    return copy;
}
