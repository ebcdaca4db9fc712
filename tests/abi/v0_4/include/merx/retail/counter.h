/* Counters of members: ledgers with windows. Included by retail/member.h. Since 0.4. */
#ifndef MERX_RETAIL_COUNTER_H
#define MERX_RETAIL_COUNTER_H

#include "merx/retail/member.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A counter is a ledger of what happened to a member: each entry has a time and how much. Names: "orders", "visits" (days with an order,
 * by location), "spent_minor", "referrals", "reviews", and with a key behind a colon "class:latte-art". Of the goods of her orders:
 * "category:coffee" and "brand:lavazza" (minor units spent), "pieces:coffee" (thousandths of a category); what comes back is taken back
 * at the time of the return. */
#define MX_COUNTER_MAX    64       /* bytes of a name with its key */
#define MX_COUNTER_ORDERS "orders" /* these three are counted by every shop that knows members */
#define MX_COUNTER_SPENT  "spent_minor"
#define MX_COUNTER_VISITS "visits"

struct mx_count_ask {
    struct mx_list members; /* of struct mx_str: all ids of the customer (mx_member_facts.members) */
    struct mx_str name;     /* "class:*": every key of it */
    int64_t from;           /* inclusive; 0 = ever */
    int64_t until;          /* exclusive; 0 = now */
    uint8_t distinct;       /* with "name:*": how many keys have a sum above 0 */
};

static const struct mx_field mx_count_ask_fields[] = {
    MX_F_STRS(mx_count_ask, members, MX_REQUIRED, 1, 64, "all ids of the customer"),
    MX_F_STR(mx_count_ask, name, MX_REQUIRED, 1, MX_COUNTER_MAX, "which counter; with :* every key of it"),
    MX_F_TIME(mx_count_ask, from, 0, "from when; absent: ever"),
    MX_F_TIME(mx_count_ask, until, 0, "before when; absent: now"),
    MX_F_BOOL(mx_count_ask, distinct, 0, "how many keys instead of how much"),
};
MX_TYPE(mx_count_ask, "member.count.ask", "how much of something");

struct mx_count_answer {
    int64_t value;
    int64_t oldest; /* time of the oldest entry that counted: with `from` moving on, that is when the value changes; 0: none */
};

static const struct mx_field mx_count_answer_fields[] = {
    MX_F_INT(mx_count_answer, value, 0, -MX_INT_MAX, MX_INT_MAX, "how much"),
    MX_F_TIME(mx_count_answer, oldest, 0, "time of the oldest entry"),
};
MX_TYPE(mx_count_answer, "member.count.answer", "how much of something");

/* FIRST: a counter in a window. Reads only. */
#define MX_POINT_COUNT "member.count"
static const struct mx_point mx_point_count = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,     MX_POINT_COUNT,
                                               "how much of something",           &mx_count_ask_type, &mx_count_answer_type};

/* Input of "membership.count", INTERNAL: add to a counter in this command; the tier is found anew. The same member, name and source
 * twice adds nothing the second time (MX_OK). */
struct mx_count_add {
    struct mx_str member;
    struct mx_str name;
    int64_t delta;
    int64_t at;           /* when it happened; 0 = now */
    struct mx_str source; /* document behind it: order, return, booking ... */
};

static const struct mx_field mx_count_add_fields[] = {
    MX_F_ID(mx_count_add, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_count_add, name, MX_REQUIRED, 1, MX_COUNTER_MAX, "which counter"),
    MX_F_INT(mx_count_add, delta, MX_REQUIRED, -MX_INT_MAX, MX_INT_MAX, "how much"),
    MX_F_TIME(mx_count_add, at, 0, "when; absent: now"),
    MX_F_STR(mx_count_add, source, MX_REQUIRED, 1, 80, "document behind it"),
};
MX_TYPE(mx_count_add, "member.count.add", "add to a counter");

struct mx_counted {
    int64_t total; /* of the counter, ever */
};

static const struct mx_field mx_counted_fields[] = {
    MX_F_INT(mx_counted, total, 0, -MX_INT_MAX, MX_INT_MAX, "the counter afterwards"),
};
MX_TYPE(mx_counted, "member.counted", "a counter afterwards");

static const struct mx_use mx_member_count = {"membership.count", &mx_count_add_type, &mx_counted_type};

#ifdef __cplusplus
}
#endif
#endif
