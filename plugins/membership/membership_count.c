/* What is counted of a member. */
#include "merx/money.h"

#include "internal.h"

mx_status membership_counters_of(struct mx_ctx *ctx, struct mx_str member, struct membership_counter *out) {
    struct membership_counter probe = {.member = member}, *found = NULL;
    mx_status st = mx_get(ctx, &membership_counters, &probe, &found);
    *out = st == MX_OK ? *found : probe;
    return st == MX_NONE ? MX_OK : st;
}

struct mx_list membership_list_counters(struct mx_ctx *ctx, const struct membership_counter *counter) {
    struct mx_list list = mx_list_new(ctx, 2, sizeof(struct mx_counter));
    struct mx_counter *spent = mx_list_at(&list, 0), *orders = mx_list_at(&list, 1);
    spent->name = mx_str_of("spent_minor");
    spent->value = counter->spent_minor;
    orders->name = mx_str_of("orders");
    orders->value = counter->orders;
    return list;
}

static mx_status count(struct mx_ctx *ctx, struct mx_str member, int64_t spent_minor, int64_t orders) {
    struct membership_counter counter;
    mx_status st;
    if (member.len == 0) return MX_OK;
    st = membership_counters_of(ctx, member, &counter);
    if (st != MX_OK) return st;
    if (!mx_add(counter.spent_minor, spent_minor, &counter.spent_minor)) return MX_OK; /* nobody has spent so much */
    counter.orders += orders;
    st = mx_put(ctx, &membership_counters, &counter);
    return st == MX_OK ? membership_renew_tier(ctx, member) : st;
}

mx_status membership_hear_paid(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_order_paid *paid = data;
    (void)event;
    return count(ctx, paid->member, paid->total, 1);
}

mx_status membership_hear_returned(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_order_returned *returned = data;
    (void)event;
    return count(ctx, returned->member, -returned->refund, 0);
}
