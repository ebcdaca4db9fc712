/* What an owner wants to look at: acts that are allowed and all the same the usual ways to steal. Whoever writes such events says which
 * ones count, and the kernel's report (system.exceptions.list) counts them by staff member, till and day, beside what is usual for the
 * others. Since 0.4. */
#ifndef MERX_RETAIL_EXCEPTION_H
#define MERX_RETAIL_EXCEPTION_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* When an event of that name counts: by one member of its data. */
#define MX_EXCEPTION_ALWAYS  1
#define MX_EXCEPTION_GIVEN   2 /* the member is there and neither empty, zero nor false */
#define MX_EXCEPTION_MISSING 3 /* it is not there, or empty, zero or false */
#define MX_EXCEPTION_ABOVE   4 /* it is a number above `than` */
#define MX_EXCEPTION_BELOW   5 /* it is a number above 0 and below `than` */
#define MX_EXCEPTION_IS      6 /* it is the text `word` */
static const char *const mx_exception_test_words[] = {"always", "given", "missing", "above", "below", "is", NULL};

struct mx_exception_kind {
    struct mx_str kind;   /* "price_override", "refund_without_receipt" */
    struct mx_str event;  /* name of the event */
    int32_t test;         /* MX_EXCEPTION_* */
    struct mx_str member; /* of the event's data, that is looked at */
    int64_t than;
    struct mx_str word;
    struct mx_str amount; /* member that says how much; empty: only counted */
    struct mx_str beside; /* event that says how much somebody works ("orders.paid"): usual is what the others do for so many of those;
                             empty: what the others do who do it at all */
    struct mx_str same;   /* member of the data; only as often counts as it was the one most frequent value: one customer's card again
                             and again. Empty: every event counts */
    int64_t least;        /* stands out from so often on; 0: as the shop's settings say (exceptions_least) */
    struct mx_str op;     /* counts only when this operation emitted it; empty: any */
};

static const struct mx_field mx_exception_kind_fields[] = {
    MX_F_STR(mx_exception_kind, kind, MX_REQUIRED, 1, 32, "what it is"),
    MX_F_STR(mx_exception_kind, event, MX_REQUIRED, 1, 64, "event that counts"),
    MX_F_ENUM(mx_exception_kind, test, MX_REQUIRED, mx_exception_test_words, "when it counts"),
    MX_F_STR(mx_exception_kind, member, 0, 0, 64, "member of its data that is looked at"),
    MX_F_INT(mx_exception_kind, than, 0, -MX_INT_MAX, MX_INT_MAX, "number to compare with"),
    MX_F_STR(mx_exception_kind, word, 0, 0, 64, "text to compare with"),
    MX_F_STR(mx_exception_kind, amount, 0, 0, 64, "member that says how much"),
    MX_F_STR(mx_exception_kind, beside, 0, 0, 64, "event that says how much somebody works"),
    MX_F_STR(mx_exception_kind, same, 0, 0, 64, "member whose most frequent value counts"),
    MX_F_INT(mx_exception_kind, least, 0, 0, MX_INT_MAX, "how often it takes to stand out"),
    MX_F_STR(mx_exception_kind, op, 0, 0, 64, "operation that emitted it"),
};
MX_TYPE(mx_exception_kind, "exception.kind", "events that somebody should look at");

struct mx_exception_ask {
    int64_t above;   /* refunds and the like above this are worth a look */
    int64_t soon_ms; /* and what is taken back sooner than this after it was sold */
};
static const struct mx_field mx_exception_ask_fields[] = {
    MX_F_MONEY(mx_exception_ask, above, 0, 0, MX_INT_MAX, "amounts above this are worth a look"),
    MX_F_INT(mx_exception_ask, soon_ms, 0, 0, MX_INT_MAX, "what is taken back sooner than this is worth a look"),
};
MX_TYPE(mx_exception_ask, "exception.ask", "what should somebody look at");

struct mx_exception_kinds {
    struct mx_list kinds; /* of struct mx_exception_kind */
};
static const struct mx_field mx_exception_kinds_fields[] = {
    MX_F_LIST(mx_exception_kinds, kinds, 0, 0, 32, mx_exception_kind_type, "events that somebody should look at"),
};
MX_TYPE(mx_exception_kinds, "exception.kinds", "events that somebody should look at");

/* COLLECT: which events of this plugin's are exceptions. Reads only. */
#define MX_POINT_EXCEPTIONS "system.exception_kinds"
static const struct mx_point mx_point_exceptions = {(uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT,       MX_POINT_EXCEPTIONS,
                                                    "which events are exceptions",     &mx_exception_ask_type, &mx_exception_kinds_type};

#ifdef __cplusplus
}
#endif
#endif
