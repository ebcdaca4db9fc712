/* What the two halves of orders.explain share: running again, and saying so. */
#ifndef ORDERS_EXPLAIN_H
#define ORDERS_EXPLAIN_H

#include "wire_look.h"

struct explaining {
    struct order_rec *head;
    struct line_rec *lines;
    struct trace_rec *trace;
    int is_old;            /* sold before traces held all that a price depends on */
    struct mx_list misses; /* of the rules asked again, which know their names */
    int32_t language;
};

/* The proof in sentences. explained: what running again has shown. */
struct mx_str orders_explain_text(struct mx_ctx *ctx, const struct explaining *explaining, const struct explained *explained);

#endif
