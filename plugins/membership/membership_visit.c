/* Visits: a day at a location on which a member bought something that she kept. */
#include "merx/retail/stock.h"

#include "counts.h"

#define DAY_MAX_MS (INT64_C(26) * 3600000) /* of any day on a location's clocks, and a little more */
#define AROUND_MAX 100                     /* entries around a visit that are looked at under one id */

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
    return one->day == other->day && mx_str_eq(one->location, other->location);
}

/* The orders of a visit that stand, under any id of hers: is one of them counted, and one that is not. */
struct around {
    int counted;
    int many;                       /* there are more orders than were looked at */
    struct membership_visit *other; /* NULL: none */
};

/* Her orders around a visit are found where they are counted; one that came so late that it counts at another time
 * (MEMBERSHIP_LATE_MAX) is not among them. */
static mx_status look_around(struct mx_ctx *ctx, const struct membership_visit *visit, struct mx_str member, const char *name,
                             struct around *around) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .from = 1, .reverse = 1};
    struct membership_entry probe = {.member = member, .name = mx_str_of(name), .at = visit->at + DAY_MAX_MS}, *entry = NULL;
    struct membership_visit *other = NULL;
    struct mx_scan *scan = NULL;
    uint32_t seen = 0;
    mx_status st = mx_scan_open(ctx, &membership_entries, &opts, &probe, &scan);
    while (st == MX_OK && !around->counted && (st = mx_scan_next(ctx, scan, &entry)) == MX_OK && entry->at >= visit->at - DAY_MAX_MS) {
        if (seen++ == AROUND_MAX) {
            around->many = 1;
            break;
        }
        if (entry->delta <= 0) continue; /* a return */
        st = membership_visit_of(ctx, entry->source, &other);
        if (st == MX_OK && !other->gone && is_same_visit(other, visit)) {
            around->counted = other->counted != 0;
            around->other = other;
        }
        if (st == MX_NONE) st = MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* All ids of whoever a visit is of; somebody whom nobody knows any more has one. */
static mx_status ids_of(struct mx_ctx *ctx, struct mx_str member, struct mx_list *members) {
    struct membership_customer customer;
    mx_status st = membership_customer_of(ctx, member, &customer);
    if (st == MX_OK) *members = customer.members;
    if (st != MX_NONE) return st;
    *members = mx_list_new(ctx, 1, sizeof(struct mx_str));
    *(struct mx_str *)mx_list_at(members, 0) = member;
    return MX_OK;
}

/* Among her visits first, which are few: somebody for whom a till counts every guest has a thousand orders in a day. */
static mx_status who_else(struct mx_ctx *ctx, const struct membership_visit *visit, struct around *around) {
    static const char *const names[] = {MEMBERSHIP_VISITS, MEMBERSHIP_ORDERS};
    struct mx_list members;
    uint32_t i;
    mx_status st = ids_of(ctx, visit->member, &members);
    *around = (struct around){0, 0, NULL};
    for (i = 0; st == MX_OK && !around->counted && i < 2 * members.count; i++)
        st = look_around(ctx, visit, mx_list_str(&members, i % members.count), names[i / members.count], around);
    return st;
}

mx_status membership_visit_note(struct mx_ctx *ctx, const struct mx_order_paid *paid, int64_t at, int *first) {
    struct membership_visit visit = {.order = paid->order, .member = paid->member, .location = paid->location, .at = at};
    struct around around;
    mx_status st = day_at(ctx, paid->location, at, &visit.day);
    if (st == MX_OK) st = who_else(ctx, &visit, &around);
    if (st != MX_OK) return st;
    *first = !around.counted && !(around.many && around.other); /* of many that stand one is counted */
    visit.counted = *first;
    return mx_put(ctx, &membership_visits, &visit);
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

mx_status membership_visit_take_back(struct mx_ctx *ctx, struct mx_str order, struct membership_visit_back *back) {
    struct membership_visit *visit = NULL;
    struct around around = {0, 0, NULL};
    mx_status st = membership_visit_of(ctx, order, &visit);
    *back = (struct membership_visit_back){.was = st == MX_NONE || (st == MX_OK && !visit->gone)};
    if (st != MX_OK || visit->gone) return st == MX_NONE ? MX_OK : st;
    visit->gone = 1;
    back->whose = visit->member;
    if (visit->counted) back->from = visit->member;
    visit->counted = 0;
    st = mx_put(ctx, &membership_visits, visit);
    if (st == MX_OK && back->from.len) st = who_else(ctx, visit, &around);
    if (st != MX_OK || around.counted || !around.other) return st;
    around.other->counted = 1;
    back->to = around.other->member;
    return mx_put(ctx, &membership_visits, around.other);
}
