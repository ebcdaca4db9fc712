/* What the files of queues share. */
#ifndef REWARDS_QUEUE_H
#define REWARDS_QUEUE_H

#include "internal.h"

/* Today at a location. */
struct rewards_queue_day {
    struct mx_str zone;
    struct mx_civil today;
};

MX_MUST_CHECK mx_status rewards_queue_day(struct mx_ctx *ctx, struct mx_str location, struct rewards_queue_day *day);
int rewards_queue_is_today(struct mx_ctx *ctx, const struct rewards_queue_day *day, const struct reward_ticket *ticket);
/* See to it that today's tickets go when the day is over. */
MX_MUST_CHECK mx_status rewards_queue_plan_end(struct mx_ctx *ctx, struct mx_str location, const struct rewards_queue_day *day);

void rewards_ticket_view(const struct reward_ticket *ticket, int64_t ahead, struct ticket_view *view);
/* Tickets under this id of hers, appended, as struct ticket_view; the newest first. */
MX_MUST_CHECK mx_status rewards_tickets_of(struct mx_ctx *ctx, struct mx_str member, uint32_t limit, struct mx_list *tickets);
MX_MUST_CHECK mx_status rewards_tickets_forget(struct mx_ctx *ctx, struct mx_str member);

#endif
