/* What is told of coupons, batches and groups, as data. */
#include "wire.h"
#include "wire_group.h"

#define EVENT(variable, event_name, event_doc, event_type)                                                                                 \
    const struct mx_event_def variable = {(uint32_t)sizeof(struct mx_event_def), 0, event_name, event_doc, &event_type}

EVENT(promotions_coupon_issued, "promotions.coupon.issued", "a coupon was issued", coupon_told_type);
EVENT(promotions_coupon_voided, "promotions.coupon.voided", "a coupon was declared void", coupon_told_type);
EVENT(promotions_batch_made, "promotions.batch.made", "a batch of coupons is ready", batch_told_type);
EVENT(promotions_batch_voided, "promotions.batch.voided", "a batch of coupons was declared void", batch_told_type);
EVENT(promotions_group_opened, "promotions.group.opened", "a group-buy or bargain was opened", group_told_type);
EVENT(promotions_group_joined, "promotions.group.joined", "somebody joined a group-buy or helped with a bargain", group_told_type);
EVENT(promotions_group_completed, "promotions.group.completed", "a group-buy or bargain is complete", group_told_type);
EVENT(promotions_group_ended, "promotions.group.ended", "a group-buy or bargain ended before it was complete", group_told_type);
