/* What the files of the rewards plugin share. */
#ifndef REWARDS_INTERNAL_H
#define REWARDS_INTERNAL_H

#include "merx/retail/coupon.h"
#include "merx/retail/order.h"
#include "merx/retail/person.h"
#include "merx/retail/privacy.h"
#include "merx/retail/stock.h"
#include "wire.h"
#include "wire_refer.h"

#define REWARDS_OP(op_flags, op_name, op_doc, op_permission, in_type, out_type, function, op_own)                                          \
    {                                                                                                                                      \
        .size = sizeof(struct mx_op), .flags = op_flags, .name = op_name, .doc = op_doc, .permission = op_permission, .in = in_type,       \
        .out = out_type, .handler = function, .home = MX_HOME_HEADQUARTERS, .since = "0.4", .own = op_own                                  \
    }

extern const struct mx_op rewards_redeem_op, rewards_cancel_op, rewards_hand_over_op, rewards_mine_op, rewards_unlock_use_op;
extern const struct mx_op rewards_queue_enter_op, rewards_queue_jump_op, rewards_queue_next_op, rewards_queue_leave_op,
    rewards_queue_list_op, rewards_queue_close_op;
extern const struct mx_op rewards_class_put_op, rewards_class_list_op, rewards_class_book_op, rewards_class_cancel_op,
    rewards_class_attended_op, rewards_class_bookings_op;
extern const struct mx_op rewards_referral_code_op, rewards_referral_graph_op, rewards_referral_due_op, rewards_referral_held_op,
    rewards_referral_decide_op, rewards_referral_device_op, rewards_device_trim_op;
extern const struct mx_op rewards_occasion_put_op, rewards_occasion_list_op, rewards_occasion_day_op, rewards_occasion_media_op,
    rewards_grants_op;
extern const struct mx_op rewards_settings_put_op, rewards_settings_get_op;
extern const struct mx_event_def rewards_redeemed_event, rewards_used_event, rewards_cancelled_event, rewards_called_event,
    rewards_referred_event, rewards_decided_event, rewards_occasion_event;
extern const struct mx_subscription rewards_hear_joined, rewards_hear_paid, rewards_hear_returned, rewards_hear_erased;
extern const struct mx_answer rewards_entitlements_answer, rewards_section_answer, rewards_kept_answer, rewards_exceptions;
extern const struct mx_check rewards_classes_check;
extern const struct mx_job rewards_occasion_job, rewards_class_off_job;

/* What is told when a member got something on her day. */
struct rewards_occasion_told {
    struct mx_str member;
    struct mx_str occasion;
    int64_t year;
    int64_t points;
    struct mx_str coupon;
    int64_t until;
};

extern const struct mx_use rewards_balance_use, rewards_coupon_use, rewards_orders_use;

/* ---- rewards_member.c ---- */

/* The facts of a member without counters, entitlements and tags, or MX_E_NOT_FOUND naming `field`. */
MX_MUST_CHECK mx_status rewards_facts(struct mx_ctx *ctx, struct mx_str member, const char *field, struct mx_member_facts *facts);
/* The same for what begins something: MX_E_NOT_FOUND also for a member who was forgotten. */
MX_MUST_CHECK mx_status rewards_living(struct mx_ctx *ctx, struct mx_str member, const char *field, struct mx_member_facts *facts);
/* The id under which things are written for this customer. */
struct mx_str rewards_standing(const struct mx_member_facts *facts);
/* Is this one of her ids? */
int rewards_is_hers(const struct mx_member_facts *facts, struct mx_str member);
/* MX_OK when the reward's owner is known to want it: a customer herself, or a proof. */
MX_MUST_CHECK mx_status rewards_prove(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct mx_str proof);
/* MX_E_NOT_FOUND naming `location` when there is no such place. */
MX_MUST_CHECK mx_status rewards_check_location(struct mx_ctx *ctx, struct mx_str location);
/* MX_E_FORBIDDEN naming `field` when the caller may not act for this location. */
MX_MUST_CHECK mx_status rewards_reach(struct mx_ctx *ctx, struct mx_str location, const char *field);
/* a-z, digits, _ and - */
int rewards_is_code(struct mx_str code);

/* ---- rewards_held.c: rewards that members have ---- */

/* MX_E_NOT_FOUND naming `field`; what is over its time counts as expired. */
MX_MUST_CHECK mx_status rewards_held_get(struct mx_ctx *ctx, struct mx_str id, const char *field, struct reward_held **held);
MX_MUST_CHECK mx_status rewards_held_put(struct mx_ctx *ctx, struct reward_held *held);
/* It is used up by this; MX_E_REFUSED reward_used, reward_expired, reward_cancelled. Emits rewards.used. */
MX_MUST_CHECK mx_status rewards_held_use(struct mx_ctx *ctx, struct reward_held *held, struct mx_str by, const char *field);
/* It was not used: points go back to the lots they came from, coupon and seat go with it. Emits rewards.cancelled. */
MX_MUST_CHECK mx_status rewards_held_undo(struct mx_ctx *ctx, struct reward_held *held);
void rewards_held_view(const struct reward_held *held, struct reward_view *view);
MX_MUST_CHECK mx_status rewards_held_answer(struct mx_ctx *ctx, const struct reward_held *held, void *out);

/* ---- rewards_class.c ---- */

void rewards_booking_view(const struct reward_booking *booking, struct booking_view *view);

/* ---- rewards_class_off.c ---- */

/* The class was called off: all seats and the points for them go back, some now and the others soon. */
MX_MUST_CHECK mx_status rewards_class_off(struct mx_ctx *ctx, struct mx_str class_id);

/* ---- rewards_class_seat.c ---- */

MX_MUST_CHECK mx_status rewards_class_get(struct mx_ctx *ctx, struct mx_str id, const char *field, struct reward_class **class_);
/* A seat for the member, or a place on the list of those who wait; MX_E_REFUSED class_full, class_over, booked_already. */
MX_MUST_CHECK mx_status rewards_seat_take(struct mx_ctx *ctx, struct mx_str class_id, const struct mx_member_facts *facts,
                                          struct mx_str reward, int wait, struct reward_booking *booking);
/* The seat is free again, and goes to who waits longest. MX_E_REFUSED booking_over. */
MX_MUST_CHECK mx_status rewards_seat_free(struct mx_ctx *ctx, struct reward_booking *booking);
/* Somebody does not want her seat any more: as rewards_seat_free, and MX_E_REFUSED class_over once the class has begun. */
MX_MUST_CHECK mx_status rewards_seat_give_up(struct mx_ctx *ctx, struct reward_booking *booking);
MX_MUST_CHECK mx_status rewards_booking_get(struct mx_ctx *ctx, struct mx_str id, struct reward_booking **booking);

/* ---- rewards_settings.c ---- */

MX_MUST_CHECK mx_status rewards_settings_now(struct mx_ctx *ctx, struct reward_settings *settings);

/* ---- rewards_lunar.c: the Chinese calendar, 1900-2100 ---- */

struct rewards_lunar {
    int32_t year, month, day;
    int leap; /* a month that is put in behind the one of the same number */
    int last; /* the month ends with this day */
};

/* The moon's date of a day (mx_day_number()): 1, or 0 outside of 1900-01-31 .. 2101-01-28. */
int rewards_lunar_of(int64_t day, struct rewards_lunar *lunar);

#endif
