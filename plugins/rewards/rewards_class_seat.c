/* Seats: taken, freed, handed on to who waits longest. The number of seats is checked and used in one command. */
#include "internal.h"
#include "queue.h"
#include "referral.h"

mx_status rewards_class_get(struct mx_ctx *ctx, struct mx_str id, const char *field, struct reward_class **class_) {
    struct reward_class probe = {.id = id};
    mx_status st = mx_get(ctx, &rewards_classes, &probe, class_);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no such class.") : st;
}

mx_status rewards_booking_get(struct mx_ctx *ctx, struct mx_str id, struct reward_booking **booking) {
    struct reward_booking probe = {.id = id};
    mx_status st = mx_get(ctx, &rewards_bookings, &probe, booking);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such booking.") : st;
}

static mx_status put_class(struct mx_ctx *ctx, struct reward_class *class_) {
    class_->rec.has = UINT64_MAX;
    return mx_put(ctx, &rewards_classes, class_);
}

static mx_status put_booking(struct mx_ctx *ctx, struct reward_booking *booking) {
    booking->rec.has = UINT64_MAX;
    return mx_put(ctx, &rewards_bookings, booking);
}

static mx_status check_open(struct mx_ctx *ctx, const struct reward_class *class_) {
    if (class_->called_off) return mx_refuse(ctx, "class_over", "class_id", "This class does not take place.");
    if (class_->at <= ctx->expiry_ms)
        return mx_refuse(ctx, "class_over", "class_id", "This class has begun already: rewards.class.list shows those to come.");
    return MX_OK;
}

/* One seat for each customer, whichever of her ids booked it. */
static mx_status check_new(struct mx_ctx *ctx, const struct reward_class *class_, const struct mx_member_facts *facts) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .index = "member"};
    struct reward_booking probe = {.class_id = class_->id}, *booking = NULL;
    struct mx_scan *scan = NULL;
    uint32_t i;
    for (i = 0; i < facts->members.count; i++) {
        mx_status st;
        probe.member = mx_list_str(&facts->members, i);
        st = mx_scan_open(ctx, &rewards_bookings, &opts, &probe, &scan);
        while (st == MX_OK && (st = mx_scan_next(ctx, scan, &booking)) == MX_OK)
            if (booking->state != BOOKING_CANCELLED)
                return mx_refuse(ctx, "booked_already", "member", "This member has a place in this class already.");
        if (st != MX_DONE) return st;
    }
    return MX_OK;
}

mx_status rewards_seat_take(struct mx_ctx *ctx, struct mx_str class_id, const struct mx_member_facts *facts, struct mx_str reward, int wait,
                            struct reward_booking *booking) {
    struct reward_class *class_ = NULL;
    mx_status st = rewards_class_get(ctx, class_id, "class_id", &class_);
    if (st == MX_OK) st = check_open(ctx, class_);
    if (st == MX_OK) st = check_new(ctx, class_, facts);
    if (st != MX_OK) return st;
    memset(booking, 0, sizeof(*booking));
    booking->state = class_->taken < class_->seats ? BOOKING_BOOKED : BOOKING_WAITING;
    if (booking->state == BOOKING_WAITING && !wait)
        return mx_refuse(ctx, "class_full", "class_id",
                         "All seats of this class are taken: with rewards.class.book and `wait` she gets a place on the list.");
    if ((st = mx_new_id(ctx, "bkg", &booking->id)) != MX_OK) return st;
    booking->class_id = class_id;
    booking->member = rewards_standing(facts);
    booking->reward = reward;
    booking->at = ctx->now_ms;
    if (booking->state == BOOKING_BOOKED)
        class_->taken++;
    else
        class_->waiting++;
    st = put_class(ctx, class_);
    return st == MX_OK ? put_booking(ctx, booking) : st;
}

/* Who waits longest gets the seat; MX_DONE: nobody waits. */
static mx_status hand_on(struct mx_ctx *ctx, const struct reward_class *class_) {
    struct reward_booking probe = {.class_id = class_->id, .state = BOOKING_WAITING}, *first = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .index = "state"};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_bookings, &opts, &probe, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &first);
    if (st != MX_OK) return st;
    first->state = BOOKING_BOOKED;
    return put_booking(ctx, first);
}

mx_status rewards_seat_free(struct mx_ctx *ctx, struct reward_booking *booking) {
    struct reward_class *class_ = NULL;
    int32_t was = booking->state;
    mx_status st;
    if (was != BOOKING_BOOKED && was != BOOKING_WAITING)
        return mx_refuse(ctx, "booking_over", "id", "This booking cannot be cancelled any more.");
    st = rewards_class_get(ctx, booking->class_id, "id", &class_);
    if (st != MX_OK) return st;
    booking->state = BOOKING_CANCELLED;
    if ((st = put_booking(ctx, booking)) != MX_OK) return st;
    if (was == BOOKING_WAITING) {
        class_->waiting--;
        return put_class(ctx, class_);
    }
    st = class_->called_off ? MX_DONE : hand_on(ctx, class_);
    if (st == MX_OK) class_->waiting--;
    if (st == MX_DONE) class_->taken--;
    return st == MX_OK || st == MX_DONE ? put_class(ctx, class_) : st;
}

mx_status rewards_seat_give_up(struct mx_ctx *ctx, struct reward_booking *booking) {
    struct reward_class *class_ = NULL;
    mx_status st = rewards_class_get(ctx, booking->class_id, "id", &class_);
    if (st == MX_OK && booking->state == BOOKING_BOOKED && class_->at <= ctx->expiry_ms)
        return mx_refuse(ctx, "class_over", "id", "This class has begun already.");
    return st == MX_OK ? rewards_seat_free(ctx, booking) : st;
}

/* ---- who is forgotten does not come: somebody else gets the seat ---- */

static mx_status free_seats(struct mx_ctx *ctx, struct mx_str member) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "hers"};
    struct reward_booking probe = {.member = member}, *booking = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_bookings, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &booking)) == MX_OK) {
        struct reward_class *class_ = NULL;
        if (booking->state != BOOKING_BOOKED && booking->state != BOOKING_WAITING) continue;
        st = rewards_class_get(ctx, booking->class_id, "id", &class_);
        if (st == MX_OK && class_->at > ctx->expiry_ms) st = rewards_seat_free(ctx, booking);
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status hear_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_member_of_ask ask = {((const struct mx_person_erased *)data)->person};
    struct mx_member_of who = {{NULL, 0}};
    struct mx_member_facts facts;
    uint32_t i;
    mx_status st = mx_ask(ctx, &mx_point_member_of, &ask, &who);
    (void)event;
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    st = rewards_facts(ctx, who.member, NULL, &facts);
    for (i = 0; st == MX_OK && i < facts.members.count; i++) {
        st = free_seats(ctx, mx_list_str(&facts.members, i));
        if (st == MX_OK) st = rewards_tickets_forget(ctx, mx_list_str(&facts.members, i));
        if (st == MX_OK) st = rewards_devices_forget(ctx, mx_list_str(&facts.members, i));
    }
    return st;
}

const struct mx_subscription rewards_hear_erased = {.size = sizeof(struct mx_subscription),
                                                    .event = MX_EVENT_PERSON_ERASED,
                                                    .type = &mx_person_erased_type,
                                                    .priority = 200,
                                                    .fn = hear_erased};
