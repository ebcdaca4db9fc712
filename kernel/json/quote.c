/* Strings on their way out. */
#include "base/text.h"
#include "json/internal.h"

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static void put_escape(struct base_buf *out, unsigned char c) {
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', 'u', '0', '0', '0', '0'};
    size_t len = 2;
    switch (c) {
    case '"':
        text[1] = '"';
        break;
    case '\\':
        text[1] = '\\';
        break;
    case '\b':
        text[1] = 'b';
        break;
    case '\t':
        text[1] = 't';
        break;
    case '\n':
        text[1] = 'n';
        break;
    case '\f':
        text[1] = 'f';
        break;
    case '\r':
        text[1] = 'r';
        break;
    case 0:
        base_buf_text(out, REPLACEMENT);
        return;
    default:
        text[4] = hex[c >> 4];
        text[5] = hex[c & 15];
        len = sizeof(text);
        break;
    }
    base_buf_add(out, text, len);
}

/* How many bytes from `at` on need no escape. */
static size_t plain_bytes(const char *at, size_t left) {
    size_t i = 0;
    for (; left - i >= 8; i += 8) {
        uint64_t x, quote, slash;
        memcpy(&x, at + i, sizeof(x));
        quote = x ^ (ONES * '"');
        slash = x ^ (ONES * '\\');
        if ((((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | ((x - ONES * 0x20) & ~x)) & HIGHS) break;
    }
    for (; i < left; i++) {
        unsigned char c = (unsigned char)at[i];
        if (c < 0x20 || c == '"' || c == '\\') break;
    }
    return i;
}

static void put_text(struct base_buf *out, struct mx_str text) {
    size_t at = 0;
    while (at < text.len) {
        size_t run = plain_bytes(text.ptr + at, text.len - at);
        base_buf_add(out, text.ptr + at, run);
        at += run;
        if (at < text.len) put_escape(out, (unsigned char)text.ptr[at++]);
    }
}

/* Text that is not UTF-8, a character at a time: what is malformed becomes U+FFFD, so that all that is written can be
 * read back. */
static void put_repaired(struct base_buf *out, struct mx_str text) {
    uint32_t at = 0;
    while (at < text.len) {
        uint32_t len = 1, most = text.len - at < 4 ? text.len - at : 4;
        while (len <= most && !base_utf8_valid(mx_str_n(text.ptr + at, len))) len++;
        if (len <= most) {
            put_text(out, mx_str_n(text.ptr + at, len));
            at += len;
        } else {
            base_buf_text(out, REPLACEMENT);
            at++;
        }
    }
}

void json_quote(struct base_buf *out, struct mx_str text) {
    char *room = json_room(out, (size_t)text.len + 2);
    size_t run = text.len ? plain_bytes(text.ptr, text.len) : 0;
    *room = '"';
    if (run == text.len && base_utf8_valid(text)) {
        if (run) memcpy(room + 1, text.ptr, run);
        room[run + 1] = '"';
        out->len += run + 2;
        return;
    }
    out->len++;
    if (base_utf8_valid(text))
        put_text(out, text);
    else
        put_repaired(out, text);
    base_buf_char(out, '"');
}
