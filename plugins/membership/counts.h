/* Counters: ledgers of what happened to members, of which any window costs two seeks. */
#ifndef MEMBERSHIP_COUNTS_H
#define MEMBERSHIP_COUNTS_H

#include "internal.h"

#define MEMBERSHIP_LATE_MAX     1000 /* entries behind a late one that are put right by it */
#define MEMBERSHIP_SOURCE_MAX   80
#define MEMBERSHIP_COUNTERS_MAX 500 /* on a page */
#define MEMBERSHIP_KEYS_MAX     500 /* of one counter of a member, counted on somebody's word */

/* What the shop counts itself, from orders and returns. */
#define MEMBERSHIP_ORDERS   "orders"
#define MEMBERSHIP_SPENT    "spent_minor"
#define MEMBERSHIP_VISITS   "visits"
#define MEMBERSHIP_CATEGORY "category:"
#define MEMBERSHIP_BRAND    "brand:"
#define MEMBERSHIP_PIECES   "pieces:"

/* One thing that happened. `total` is the sum up to and with this entry, in the order of the key, so that a window is the difference
 * of its two ends. */
struct membership_entry {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str name;
    int64_t at;
    struct mx_str source; /* document behind it */
    int64_t delta;
    int64_t total;
};

static const struct mx_field membership_entry_fields[] = {
    MX_F_ID(membership_entry, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_entry, name, MX_REQUIRED, 1, MX_COUNTER_MAX, "what is counted"),
    MX_F_TIME(membership_entry, at, 0, "when it happened"),
    MX_F_STR(membership_entry, source, 0, 0, MEMBERSHIP_SOURCE_MAX, "document behind it"),
    MX_F_INT(membership_entry, delta, 0, -MX_INT_MAX, MX_INT_MAX, "how much"),
    MX_F_INT(membership_entry, total, 0, -MX_INT_MAX, MX_INT_MAX, "sum up to and with this entry"),
};
MX_TYPE_REC(membership_entry, "membership.entry", "something that is counted of a member");

/* What was counted on somebody's word, so that the same is not counted twice. */
struct membership_counted {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str name;
    struct mx_str source;
    int64_t at;
};

static const struct mx_field membership_counted_fields[] = {
    MX_F_ID(membership_counted, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_counted, name, MX_REQUIRED, 1, MX_COUNTER_MAX, "what is counted"),
    MX_F_STR(membership_counted, source, MX_REQUIRED, 1, MEMBERSHIP_SOURCE_MAX, "document behind it"),
    MX_F_TIME(membership_counted, at, 0, "when it happened"),
};
MX_TYPE_REC(membership_counted, "membership.counted", "what was counted, by its document");

/* An order of a member on a day at a location. As long as one of them stands it was a visit. By order first: new ones come to stand side
 * by side, and a sale touches no page for it that others do not touch. */
struct membership_visit {
    struct mx_rec rec;
    struct mx_str order;
    struct mx_str member;
    int64_t day; /* year, month and day as one number, on the location's own clocks */
    struct mx_str location;
    int64_t at;
    int64_t gone;    /* 1: all of it came back */
    int64_t counted; /* 1: the visit is counted with this order; of a visit that is one, however many ids she bought under */
};

static const struct mx_field membership_visit_fields[] = {
    MX_F_ID(membership_visit, order, MX_REQUIRED, "ord", "order"),
    MX_F_ID(membership_visit, member, MX_REQUIRED, "mem", "member id"),
    MX_F_INT(membership_visit, day, 0, 0, MX_INT_MAX, "day"),
    MX_F_STR(membership_visit, location, 0, 0, MX_CODE_MAX, "location"),
    MX_F_TIME(membership_visit, at, 0, "when it was paid"),
    MX_F_INT(membership_visit, gone, 0, 0, 1, "all of it came back"),
    MX_F_INT(membership_visit, counted, 0, 0, 1, "the visit is counted with this order"),
};
MX_TYPE_REC(membership_visit, "membership.visit", "an order of a member on a day at a location");

/* What somebody at a counter, or a class's register, adds by hand. */
struct membership_counter_add {
    struct mx_str member;
    struct mx_str name;
    int64_t delta;
    int64_t at;
    struct mx_str source;
};

static const struct mx_field membership_counter_add_fields[] = {
    MX_F_ID(membership_counter_add, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(membership_counter_add, name, MX_REQUIRED, 1, MX_COUNTER_MAX, "which counter: a word, or a word, a colon and a key"),
    MX_F_INT(membership_counter_add, delta, MX_REQUIRED, -1000000000, 1000000000, "how much"),
    MX_F_TIME(membership_counter_add, at, 0, "when it happened; absent: now"),
    MX_F_STR(membership_counter_add, source, MX_REQUIRED, 1, MEMBERSHIP_SOURCE_MAX, "document behind it; the same one counts once"),
};
MX_TYPE(membership_counter_add, "membership.counter.add", "count something");

struct membership_counters_ask {
    struct mx_str member;
    struct mx_str name;
    int64_t from;
    int64_t until;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field membership_counters_ask_fields[] = {
    MX_F_ID(membership_counters_ask, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(membership_counters_ask, name, 0, 0, MX_COUNTER_MAX, "this one alone; with :* every key of it; absent: all"),
    MX_F_TIME(membership_counters_ask, from, 0, "from when; absent: ever"),
    MX_F_TIME(membership_counters_ask, until, 0, "before when; absent: now"),
    MX_F_STR(membership_counters_ask, after, 0, 0, MX_COUNTER_MAX, "`next` of the page before"),
    MX_F_INT(membership_counters_ask, limit, 0, 1, MEMBERSHIP_COUNTERS_MAX, "counters on a page (100)"),
};
MX_TYPE(membership_counters_ask, "membership.counters.ask", "what is counted of this member");

struct membership_count_row {
    struct mx_str name;
    int64_t value;
    int64_t oldest;
};

static const struct mx_field membership_count_row_fields[] = {
    MX_F_STR(membership_count_row, name, MX_REQUIRED, 1, MX_COUNTER_MAX, "what is counted"),
    MX_F_INT(membership_count_row, value, 0, -MX_INT_MAX, MX_INT_MAX, "how much"),
    MX_F_TIME(membership_count_row, oldest, 0, "time of the oldest entry"),
};
MX_TYPE(membership_count_row, "membership.count.row", "a counter in a window");

struct membership_counters_page {
    struct mx_list counters; /* of struct membership_count_row */
    struct mx_str next;
};

static const struct mx_field membership_counters_page_fields[] = {
    MX_F_LIST(membership_counters_page, counters, 0, 0, MEMBERSHIP_COUNTERS_MAX, membership_count_row_type, "counters, by name"),
    MX_F_STR(membership_counters_page, next, 0, 0, MX_COUNTER_MAX, "go on behind this page; absent on the last one"),
};
MX_TYPE(membership_counters_page, "membership.counters.page", "what is counted of a member");

struct membership_window {
    int64_t from;  /* inclusive; 0 = ever */
    int64_t until; /* exclusive; 0 = no end */
};

/* Add an entry and put right the totals behind it. total: of the counter, ever; may be NULL. MX_E_OUT_OF_RANGE: no counter goes so far,
 * and nothing was written. */
MX_MUST_CHECK mx_status membership_entry_add(struct mx_ctx *ctx, const struct membership_entry *entry, int64_t *total);

/* One counter of one member id in a window. */
MX_MUST_CHECK mx_status membership_entry_sum(struct mx_ctx *ctx, struct mx_str member, struct mx_str name,
                                             const struct membership_window *window, struct mx_count_answer *answer);

/* One counter of one member id, ever, as its entries have it: less to read than a window. What an earlier version left is not in it. */
MX_MUST_CHECK mx_status membership_entry_total(struct mx_ctx *ctx, struct mx_str member, struct mx_str name, int64_t *total);

/* The same for what was counted before there were entries: one of "orders" and "spent_minor", all of it at the time of joining. */
MX_MUST_CHECK mx_status membership_opening_sum(struct mx_ctx *ctx, struct mx_str member, struct mx_str name,
                                               const struct membership_window *window, struct mx_count_answer *answer);

/* Enter those sums into the ledger, and delete them where they stood; without any it does nothing. */
MX_MUST_CHECK mx_status membership_enter_opening(struct mx_ctx *ctx, struct mx_str member);

/* Names of counters that these members have, beginning with `prefix` and behind `after`, sorted, each once, at most `most`. */
MX_MUST_CHECK mx_status membership_entry_names(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str prefix, struct mx_str after,
                                               uint32_t most, struct mx_list *names);

/* One counter of a customer in a window, over all her ids. */
MX_MUST_CHECK mx_status membership_count_over(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str name,
                                              const struct membership_window *window, struct mx_count_answer *answer);

/* Note that an order was a visit, before it is counted; first: 1 when no other of its day and location is counted that stands, under any id
 * of the customer. */
MX_MUST_CHECK mx_status membership_visit_note(struct mx_ctx *ctx, const struct mx_order_paid *paid, int64_t at, int *first);

/* The visit that an order was noted as, and by that the member for whom it was counted. MX_NONE: it was never noted. */
MX_MUST_CHECK mx_status membership_visit_of(struct mx_ctx *ctx, struct mx_str order, struct membership_visit **visit);

/* Note that all of an order came back. */
struct membership_visit_back {
    int was;             /* 1 when it stood until now, or was never noted */
    struct mx_str whose; /* the id under which the order was counted; empty: it was never noted */
    struct mx_str from;  /* the id under which its visit was counted; empty: another order of that visit is counted */
    struct mx_str to;    /* the id of another order of the visit that stands and is counted instead; empty: none */
};
MX_MUST_CHECK mx_status membership_visit_take_back(struct mx_ctx *ctx, struct mx_str order, struct membership_visit_back *back);

extern const struct mx_table membership_entries, membership_counted_once, membership_visits;
extern const struct mx_op membership_count_op, membership_counter_add_op, membership_counter_list_op;
mx_status membership_count_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_check_entries(struct mx_ctx *ctx, mx_found_fn found, void *arg);

#endif
