/* A class that is called off: everything goes back, seats and points with the ends they had. A handful at once, so that whoever calls it
 * off sees it done; the rest by a job between the tills' commands, however many wanted to come. */
#include "internal.h"

#define STEP 15 /* bookings that go back in one command: each may touch a dozen records */

struct class_off {
    struct mx_str id;
};

static const struct mx_field class_off_fields[] = {
    MX_F_ID(class_off, id, MX_REQUIRED, "cls", "class that was called off"),
};
MX_TYPE(class_off, "rewards.class.off", "everything of this class goes back");

static mx_status give_back(struct mx_ctx *ctx, struct reward_booking *booking) {
    struct reward_held *held = NULL;
    mx_status st;
    if (booking->reward.len == 0) return rewards_seat_free(ctx, booking);
    st = rewards_held_get(ctx, booking->reward, "id", &held);
    if (st == MX_OK) st = rewards_seat_free(ctx, booking);
    if (st == MX_OK && held->state != REWARD_CANCELLED) {
        held->state = REWARD_HELD; /* it was good for this class alone, and that is not her doing */
        st = rewards_held_undo(ctx, held);
    }
    return st;
}

/* The next few that have or wait for a seat. */
static mx_status gather(struct mx_ctx *ctx, struct mx_str class_id, int32_t state, struct mx_list *ids) {
    struct reward_booking probe = {.class_id = class_id, .state = state}, *booking = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .index = "state"};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_bookings, &opts, &probe, &scan);
    while (st == MX_OK && ids->count < STEP && (st = mx_scan_next(ctx, scan, &booking)) == MX_OK)
        *(struct mx_str *)mx_list_at(ids, ids->count++) = booking->id;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status step(struct mx_ctx *ctx, struct mx_str class_id, int *more) {
    struct mx_list ids = mx_list_new(ctx, STEP, sizeof(struct mx_str));
    struct reward_booking *booking = NULL;
    uint32_t i;
    mx_status st;
    ids.count = 0;
    st = gather(ctx, class_id, BOOKING_BOOKED, &ids);
    if (st == MX_OK) st = gather(ctx, class_id, BOOKING_WAITING, &ids);
    *more = ids.count == STEP;
    for (i = 0; st == MX_OK && i < ids.count; i++) {
        st = rewards_booking_get(ctx, mx_list_str(&ids, i), &booking);
        if (st == MX_OK) st = give_back(ctx, booking);
    }
    return st;
}

static mx_status job_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct class_off off = {{NULL, 0}};
    int more = 0;
    mx_status st = ctx->op->decode(ctx, &class_off_type, body, &off);
    (void)cursor;
    if (st == MX_OK) st = step(ctx, off.id, &more);
    return st == MX_OK && !more ? MX_DONE : st;
}

const struct mx_job rewards_class_off_job = {sizeof(struct mx_job), 0, "rewards.class.off", job_step};

mx_status rewards_class_off(struct mx_ctx *ctx, struct mx_str class_id) {
    const struct class_off off = {class_id};
    struct mx_str body, id;
    int more = 0;
    mx_status st = step(ctx, class_id, &more);
    if (st == MX_OK && more) st = ctx->op->encode(ctx, &class_off_type, &off, &body);
    return st == MX_OK && more ? mx_job_start(ctx, rewards_class_off_job.name, body, &id) : st;
}
