#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BYTES 128u

void base_buf_init(struct base_buf *buf, struct base_arena *arena) {
    memset(buf, 0, sizeof(*buf));
    buf->arena = arena;
}

void base_buf_fini(struct base_buf *buf) {
    if (buf->arena == NULL) free(buf->ptr);
    buf->ptr = NULL;
    buf->len = 0;
    buf->cap = 0;
}

static void grow(struct base_buf *buf, size_t more) {
    size_t cap = buf->cap ? buf->cap : FIRST_BYTES;
    char *grown;
    if (more > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) abort();
    while (cap < buf->len + more) cap *= 2;
    if (buf->arena) {
        grown = base_arena_grab(buf->arena, cap);
        if (buf->len) memcpy(grown, buf->ptr, buf->len);
    } else {
        grown = realloc(buf->ptr, cap);
        if (grown == NULL) abort();
    }
    buf->ptr = grown;
    buf->cap = cap;
}

char *base_buf_reserve(struct base_buf *buf, size_t more) {
    if (buf->ptr == NULL || buf->cap - buf->len < more) grow(buf, more);
    return buf->ptr + buf->len;
}

void base_buf_add(struct base_buf *buf, const void *bytes, size_t len) {
    if (len == 0) return;
    memcpy(base_buf_reserve(buf, len), bytes, len);
    buf->len += len;
}

void base_buf_char(struct base_buf *buf, char c) {
    *base_buf_reserve(buf, 1) = c;
    buf->len++;
}

void base_buf_text(struct base_buf *buf, const char *text) { base_buf_add(buf, text, strlen(text)); }

void base_buf_str(struct base_buf *buf, struct mx_str text) { base_buf_add(buf, text.ptr, text.len); }

void base_buf_int(struct base_buf *buf, int64_t number) {
    char digits[24];
    char *at = digits + sizeof(digits);
    uint64_t rest = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0) *--at = '-';
    base_buf_add(buf, at, (size_t)(digits + sizeof(digits) - at));
}

void base_buf_printf(struct base_buf *buf, const char *format, ...) {
    va_list args;
    int len;
    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) abort();
    base_buf_reserve(buf, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}
