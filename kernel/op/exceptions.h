/* The exception report, inside of `op`: events that the plugins call exceptions, counted. */
#ifndef OP_EXCEPTIONS_H
#define OP_EXCEPTIONS_H

#include "merx/retail/exception.h"
#include "op/internal.h"

#define OP_EXCEPTION_KINDS 128u
#define OP_EXCEPTION_ROWS  2000u

enum { OP_BY_STAFF = 1, OP_BY_TILL, OP_BY_DAY };

struct op_exception_row {
    struct mx_str who; /* principal, till or day */
    struct mx_str kind;
    int64_t count, amount;
    int64_t last_at;
    int64_t all_count, all_who; /* of this kind: by everybody, and how many they are */
};

struct op_exceptions {
    struct op_ctx *ctx;
    struct base_arena *arena; /* of the rows: what belongs to a slice of the log goes with it */
    int by;
    int64_t from, until;
    struct mx_exception_kind kinds[OP_EXCEPTION_KINDS];
    uint32_t kind_count;
    struct base_map rows; /* who and kind -> struct op_exception_row */
    struct op_exception_row *list[OP_EXCEPTION_ROWS];
    uint32_t row_count;
    uint8_t more; /* there were more than fit */
};

/* exceptions.c: what counts, as all plugins say; then one entry of the log after the other. */
mx_status op_exceptions_begin(struct op_exceptions *report, int64_t above);
void op_exceptions_add(struct op_exceptions *report, const struct bus_entry *entry);
/* Fill in what is usual for the others; the most striking first. */
void op_exceptions_end(struct op_exceptions *report);

extern const struct mx_op op_exceptions_list;
extern const struct mx_answer op_exceptions_own;

#endif
