/* What is asked and answered when somebody looks at prices: explain, price look. */
#ifndef ORDERS_WIRE_LOOK_H
#define ORDERS_WIRE_LOOK_H

#include "text.h"

/* ---- orders.explain ---- */

struct explain_ask {
    struct mx_str order;
    int32_t language;
};

static const struct mx_field explain_ask_fields[] = {
    MX_F_ID(explain_ask, order, MX_REQUIRED, "ord", "order"),
    MX_F_ENUM(explain_ask, language, 0, orders_language_words, "language of the text (en)"),
};
MX_TYPE(explain_ask, "order.explain.ask", "which order, and in which language");

struct explained {
    struct trace_rec *trace;
    uint8_t reproduced;
    uint8_t rules_kept;
    struct mx_str text;
};

static const struct mx_field explained_fields[] = {
    MX_F_STRUCT(explained, trace, MX_REQUIRED, trace_rec_type, "the facts, every offer and what became of it"),
    MX_F_BOOL(explained, reproduced, MX_REQUIRED, "rules and price were run again on the stored facts and gave the same bytes"),
    MX_F_BOOL(explained, rules_kept, MX_REQUIRED, "the rules of that time are kept; otherwise the price alone was run again"),
    MX_F_STR(explained, text, MX_REQUIRED | MX_MULTILINE, 1, MX_INT_MAX, "the same in sentences"),
};
MX_TYPE(explained, "order.explained", "why an order costs what it costs, proved");

#endif
