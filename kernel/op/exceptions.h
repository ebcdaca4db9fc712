/* The exception report, inside of `op`: events that the plugins call exceptions, counted. */
#ifndef OP_EXCEPTIONS_H
#define OP_EXCEPTIONS_H

#include "merx/retail/exception.h"
#include "op/internal.h"

#define OP_EXCEPTION_KINDS   128u
#define OP_EXCEPTION_ROWS    2000u
#define OP_EXCEPTION_TALLIES 100000u

enum { OP_BY_STAFF = 1, OP_BY_TILL, OP_BY_DAY };

struct op_exception_row {
    struct mx_str who; /* principal, till or day */
    const struct mx_exception_kind *kind;
    struct mx_str about; /* kinds with `same`: the most frequent value */
    int64_t count, amount;
    int64_t last_at;
    int64_t all_count, all_who; /* of this kind: by everybody, and how many they are */
    int64_t usual_milli;        /* how often somebody else would have done it, times a thousand */
};

#define OP_EXCEPTION_ALL "*"

struct op_exception_tally {
    int64_t count, amount;
};

/* What the shop's settings say is worth a look (shop.c). */
struct op_exception_bounds {
    int64_t above;   /* amounts above this are large */
    int64_t least;   /* as often at least */
    int64_t times;   /* and so many times what is usual on top */
    int64_t soon_ms; /* sooner than this after the sale is soon */
};
MX_MUST_CHECK mx_status op_shop_exception_bounds(struct mx_ctx *pub, struct op_exception_bounds *bounds);

struct op_exceptions {
    struct op_ctx *ctx;
    struct base_arena *arena; /* of the rows: what belongs to a slice of the log goes with it */
    int by;
    int64_t from, until;
    struct mx_exception_kind kinds[OP_EXCEPTION_KINDS];
    uint32_t kind_count;
    struct base_map rows;    /* who and kind -> struct op_exception_row */
    struct base_map tallies; /* how often: somebody's work, all work, one value of a kind -> struct op_exception_tally */
    struct op_exception_row *list[OP_EXCEPTION_ROWS];
    uint32_t row_count;
    uint8_t more; /* there were more than fit */
};

/* exceptions.c: what counts, as all plugins say; then one entry of the log after the other. */
mx_status op_exceptions_begin(struct op_exceptions *report, const struct op_exception_bounds *bounds);
void op_exceptions_add(struct op_exceptions *report, const struct bus_entry *entry);
/* How many such events were of somebody; OP_EXCEPTION_ALL: of everybody. */
int64_t op_exceptions_work(const struct op_exceptions *report, struct mx_str who, struct mx_str event);

/* exceptions_usual.c: fill in what is usual for the others; what stands out most comes first. */
void op_exceptions_end(struct op_exceptions *report);

extern const struct mx_op op_exceptions_list;
extern const struct mx_answer op_exceptions_own;

#endif
