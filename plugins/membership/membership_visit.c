/* Visits: a day at a location on which a member bought something that she kept. */
#include "merx/retail/stock.h"

#include "counts.h"

#define DAY_MAX_MS (INT64_C(26) * 3600000) /* of any day on a location's clocks, and a little more */

const struct mx_table membership_visits = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "membership.visit",
    .doc = "orders of members by day and location",
    .type = &membership_visit_type,
    .key = "order member day location",
};

static mx_status day_at(struct mx_ctx *ctx, struct mx_str location, int64_t at, int64_t *day) {
    struct mx_location_ask ask = {.location = location};
    struct mx_location_facts facts = {0};
    struct mx_civil civil;
    mx_status st = mx_ask(ctx, &mx_point_location, &ask, &facts);
    if (st < 0) return st;
    mx_civil_of(ctx, facts.zone, at, &civil);
    *day = civil.year * 10000 + civil.month * 100 + civil.day;
    return MX_OK;
}

static int is_same_visit(const struct membership_visit *one, const struct membership_visit *other) {
    return one->day == other->day && mx_str_eq(one->location, other->location) && mx_str_eq(one->member, other->member);
}

/* Does an order of this visit stand? Her orders around it are found where they are counted; one that came so late that it counts at
 * another time (MEMBERSHIP_LATE_MAX) is not among them. */
static mx_status stands(struct mx_ctx *ctx, const struct membership_visit *visit, int *yes) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .from = 1, .reverse = 1};
    struct membership_entry probe = {.member = visit->member, .name = MX_STR_INIT(MEMBERSHIP_ORDERS), .at = visit->at + DAY_MAX_MS};
    struct membership_entry *entry = NULL;
    struct membership_visit *other = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_entries, &opts, &probe, &scan);
    *yes = 0;
    while (st == MX_OK && !*yes && (st = mx_scan_next(ctx, scan, &entry)) == MX_OK && entry->at >= visit->at - DAY_MAX_MS) {
        if (entry->delta <= 0) continue; /* a return */
        st = membership_visit_of(ctx, entry->source, &other);
        *yes = st == MX_OK && !other->gone && is_same_visit(other, visit);
        if (st == MX_NONE) st = MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status membership_visit_note(struct mx_ctx *ctx, const struct mx_order_paid *paid, int64_t at, int *first) {
    struct membership_visit visit = {.order = paid->order, .member = paid->member, .location = paid->location, .at = at};
    int before = 0;
    mx_status st = day_at(ctx, paid->location, at, &visit.day);
    if (st == MX_OK) st = stands(ctx, &visit, &before);
    *first = !before;
    return st == MX_OK ? mx_put(ctx, &membership_visits, &visit) : st;
}

/* An order that was taken out and came in again stands once. */
mx_status membership_visit_of(struct mx_ctx *ctx, struct mx_str order, struct membership_visit **visit) {
    struct membership_visit probe = {.order = order}, *row = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_visits, &opts, &probe, &scan);
    *visit = NULL;
    while (st == MX_OK && (!*visit || (*visit)->gone) && (st = mx_scan_next(ctx, scan, &row)) == MX_OK) *visit = row;
    if (st < 0) return st;
    return *visit ? MX_OK : MX_NONE;
}

mx_status membership_visit_take_back(struct mx_ctx *ctx, struct mx_str order, int *was, int *last) {
    struct membership_visit *visit = NULL;
    int other = 1;
    mx_status st = membership_visit_of(ctx, order, &visit);
    *was = st == MX_NONE || (st == MX_OK && !visit->gone);
    *last = 0;
    if (st != MX_OK || visit->gone) return st == MX_NONE ? MX_OK : st;
    visit->gone = 1;
    st = mx_put(ctx, &membership_visits, visit);
    if (st == MX_OK) st = stands(ctx, visit, &other);
    *last = !other;
    return st;
}
