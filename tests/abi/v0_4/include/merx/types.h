/* Basic vocabulary of the contract: strings, lists, money, quantity, time, ids.
 *
 * Everything here is plain data with fixed widths, so that it means the same in two separately built objects. Needs
 * nothing but the C library; includes nothing else of Merx. Since 0.1. */
#ifndef MERX_TYPES_H
#define MERX_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define MX_MUST_CHECK                      __attribute__((warn_unused_result))
#define MX_PRINTF(format_index, first_arg) __attribute__((format(printf, format_index, first_arg)))
#define MX_EXPORT                          __attribute__((visibility("default")))
#else
#define MX_MUST_CHECK
#define MX_PRINTF(format_index, first_arg)
#define MX_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Contract version of these headers: see plugin.h for what each part promises. */
#define MX_ABI_MAJOR 0
#define MX_ABI_MINOR 4

/* The largest integer that may stand on the wire or in a record: 2^53 - 1, the largest that every JSON reader keeps
 * exact (RFC 8259 section 6). Money, quantities and times are refused outside +-MX_INT_MAX. */
#define MX_INT_MAX INT64_C(9007199254740991)

#define MX_QTY_ONE INT64_C(1000)    /* one piece, or one kilogram, in thousandths */
#define MX_PPM_ONE INT64_C(1000000) /* a rate of 100 % in parts per million */

/* Outcome of a call: 0 is success, a negative number an error of error.h, a positive one "no error, but". */
typedef int32_t mx_status;

#define MX_OK       0
#define MX_DECLINED 1 /* not mine: ask the next one; also the answer of an operation that nobody registered */
#define MX_DONE     2 /* nothing more to come (end of a scan, of a job) */
#define MX_NONE     3 /* no such record */

/* A piece of UTF-8 text. Not NUL-terminated; ptr may be NULL when len is 0. Whoever hands it over says how long it lives. */
struct mx_str {
    const char *ptr;
    uint32_t len; /* bytes */
};

#define MX_STR_INIT(literal)                                                                                                               \
    { literal, (uint32_t)(sizeof(literal) - 1) }

/* An array that crosses between objects. Read elements with mx_list_at(): a newer side may have larger elements. */
struct mx_list {
    void *items;
    uint32_t count;
    uint32_t elem_size; /* bytes from one element to the next */
};

/* One member of a map of texts (`{"en": ..., "zh": ...}`); lists of these are sorted by key. */
struct mx_pair {
    struct mx_str key;
    struct mx_str value;
};

struct mx_ctx;  /* one running command or query: op.h */
struct mx_type; /* a field table: schema.h */

/* Borrow a C string. */
static inline struct mx_str mx_str_of(const char *text) {
    struct mx_str s;
    s.ptr = text;
    s.len = text ? (uint32_t)strlen(text) : 0;
    return s;
}

/* Borrow `len` bytes. */
static inline struct mx_str mx_str_n(const char *ptr, size_t len) {
    struct mx_str s;
    s.ptr = ptr;
    s.len = (uint32_t)len;
    return s;
}

/* 1 when both have the same bytes. */
static inline int mx_str_eq(struct mx_str a, struct mx_str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }

/* 1 when it is exactly this C string. */
static inline int mx_str_is(struct mx_str a, const char *text) { return mx_str_eq(a, mx_str_of(text)); }

/* 1 when there is nothing but spaces. */
static inline int mx_str_is_blank(struct mx_str text) {
    uint32_t i = 0;
    while (i < text.len && text.ptr[i] == ' ') i++;
    return i == text.len;
}

/* Order by bytes, shorter first when one is the beginning of the other: <0, 0, >0. */
static inline int mx_str_cmp(struct mx_str a, struct mx_str b) {
    uint32_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* Element `i` (< list->count), lent. */
static inline void *mx_list_at(const struct mx_list *list, uint32_t i) { return (char *)list->items + (size_t)i * list->elem_size; }

/* The text at place `i` of a list of strings. */
static inline struct mx_str mx_list_str(const struct mx_list *list, uint32_t i) { return *(const struct mx_str *)mx_list_at(list, i); }

#ifdef __cplusplus
}
#endif
#endif
