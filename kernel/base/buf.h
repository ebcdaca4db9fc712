/* Growing byte buffer, on the heap or in an arena. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

struct base_buf {
    char *ptr;
    size_t len;
    size_t cap;
    struct base_arena *arena; /* NULL: heap, to be freed with base_buf_fini() */
};

/* Empty buffer; arena NULL = heap. */
void base_buf_init(struct base_buf *buf, struct base_arena *arena);

/* Free the heap memory, if any. */
void base_buf_fini(struct base_buf *buf);

/* Room for `more` bytes behind len; returns where they start. */
char *base_buf_reserve(struct base_buf *buf, size_t more);

void base_buf_add(struct base_buf *buf, const void *bytes, size_t len);
void base_buf_char(struct base_buf *buf, char c);
void base_buf_text(struct base_buf *buf, const char *text);
void base_buf_str(struct base_buf *buf, struct mx_str text);
void base_buf_int(struct base_buf *buf, int64_t number); /* decimal */
void base_buf_printf(struct base_buf *buf, const char *format, ...) MX_PRINTF(2, 3);

/* View of what is in it, lent until the next change. */
static inline struct mx_str base_buf_view(const struct base_buf *buf) { return mx_str_n(buf->ptr, buf->len); }

#endif
