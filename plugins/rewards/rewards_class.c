/* Classes and workshops: planning them, booking seats, and who was there. */
#include "internal.h"

static void show(const struct reward_class *class_, struct class_view *view) {
    view->id = class_->id;
    view->code = class_->code;
    view->name = class_->name;
    view->location = class_->location;
    view->at = class_->at;
    view->seats = class_->seats;
    view->free = class_->seats > class_->taken ? class_->seats - class_->taken : 0;
    view->waiting = class_->waiting;
    view->called_off = class_->called_off;
    view->rev = class_->rec.rev;
}

void rewards_booking_view(const struct reward_booking *booking, struct booking_view *view) {
    view->id = booking->id;
    view->class_id = booking->class_id;
    view->member = booking->member;
    view->state = booking->state;
    view->reward = booking->reward;
    view->at = booking->at;
}

static mx_status answer_booking(struct mx_ctx *ctx, const struct reward_booking *booking, void *out) {
    struct booking_one *one = out;
    one->booking = mx_alloc(ctx, sizeof(*one->booking));
    rewards_booking_view(booking, one->booking);
    return MX_OK;
}

/* ---- planning ---- */

static mx_status begin_new(struct mx_ctx *ctx, const struct class_put *put, struct reward_class *class_) {
    if (put->code.len == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "code", "A new class needs the code of its kind.");
    if (put->location.len == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "location", "A new class needs a location.");
    if (!MX_HAS(class_put, put, at)) return mx_fail(ctx, MX_E_MISSING_FIELD, "at", "A new class needs a time.");
    if (!MX_HAS(class_put, put, seats)) return mx_fail(ctx, MX_E_MISSING_FIELD, "seats", "A new class needs a number of seats.");
    return mx_new_id(ctx, "cls", &class_->id);
}

static mx_status check_put(struct mx_ctx *ctx, const struct class_put *put, const struct reward_class *class_) {
    if (put->code.len && !rewards_is_code(put->code))
        return mx_fail(ctx, MX_E_BAD_INPUT, "code", "The code of a class has letters a-z, digits, underscores and dashes.");
    if (MX_HAS(class_put, put, if_rev) && put->if_rev != class_->rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "This class is at revision %lld by now.", (long long)class_->rec.rev);
    if (MX_HAS(class_put, put, seats) && put->seats < class_->taken)
        return mx_refuse(ctx, "seats_taken", "seats", "%lld seats of this class are taken already.", (long long)class_->taken);
    if (class_->called_off && !put->called_off) return mx_refuse(ctx, "class_over", "id", "This class was called off; plan a new one.");
    return put->location.len ? rewards_check_location(ctx, put->location) : MX_OK;
}

static void take(const struct class_put *put, struct reward_class *class_) {
    if (put->code.len) class_->code = put->code;
    if (put->location.len) class_->location = put->location;
    if (MX_HAS(class_put, put, name)) class_->name = put->name;
    if (MX_HAS(class_put, put, at)) class_->at = put->at;
    if (MX_HAS(class_put, put, seats)) class_->seats = put->seats;
    if (MX_HAS(class_put, put, called_off)) class_->called_off = put->called_off;
}

/* More seats than before: who waits gets them. */
static mx_status fill_up(struct mx_ctx *ctx, struct reward_class *class_) {
    struct reward_booking probe = {.class_id = class_->id, .state = BOOKING_WAITING}, *first = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .index = "state"};
    struct mx_scan *scan = NULL;
    mx_status st = MX_OK;
    while (st == MX_OK && class_->taken < class_->seats && class_->waiting > 0) {
        st = mx_scan_open(ctx, &rewards_bookings, &opts, &probe, &scan);
        if (st == MX_OK) st = mx_scan_next(ctx, scan, &first);
        if (st != MX_OK) break;
        first->state = BOOKING_BOOKED;
        st = mx_put(ctx, &rewards_bookings, first);
        class_->taken++;
        class_->waiting--;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct class_put *put = in;
    struct class_one *one = out;
    struct reward_class fresh = {.seats = 0}, *class_ = &fresh;
    int was_off;
    mx_status st = put->id.len ? rewards_class_get(ctx, put->id, "id", &class_) : begin_new(ctx, put, class_);
    if (st == MX_OK && put->id.len) st = rewards_reach(ctx, class_->location, "id");
    if (st == MX_OK) st = check_put(ctx, put, class_);
    if (st != MX_OK) return st;
    was_off = class_->called_off;
    take(put, class_);
    if (!class_->called_off) st = fill_up(ctx, class_);
    class_->rec.has = UINT64_MAX;
    if (st == MX_OK) st = mx_put(ctx, &rewards_classes, class_);
    if (st == MX_OK && class_->called_off && !was_off) {
        st = rewards_class_off(ctx, class_->id);
        if (st == MX_OK) st = rewards_class_get(ctx, class_->id, "id", &class_);
    }
    if (st != MX_OK) return st;
    one->class_ = mx_alloc(ctx, sizeof(*one->class_));
    show(class_, one->class_);
    return MX_OK;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct class_list_ask *ask = in;
    struct class_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : REWARDS_PAGE;
    struct reward_class probe = {.location = ask->location, .at = ask->from ? ask->from : ctx->now_ms}, *class_ = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "at", .from = 1, .after = ask->after};
    struct mx_scan *scan = NULL;
    mx_status st;
    MX_SET_HAS(reward_class, &probe, at);
    st = mx_scan_open(ctx, &rewards_classes, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return mx_fail(ctx, st, "after", "This is not the `next` of a page of the same list.");
    page->classes = mx_list_new(ctx, limit, sizeof(struct class_view));
    page->classes.count = 0;
    while (st == MX_OK && page->classes.count < limit) {
        st = mx_scan_next(ctx, scan, &class_);
        if (st == MX_OK) show(class_, mx_list_at(&page->classes, page->classes.count++));
    }
    if (st == MX_OK) page->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

/* ---- seats ---- */

static mx_status book_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct class_book *ask = in;
    struct reward_booking booking;
    struct mx_member_facts facts;
    struct mx_str none = {NULL, 0};
    mx_status st = rewards_living(ctx, ask->member, "member", &facts);
    if (st == MX_OK) st = rewards_seat_take(ctx, ask->class_id, &facts, none, ask->wait, &booking);
    return st == MX_OK ? answer_booking(ctx, &booking, out) : st;
}

static mx_status cancel_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct booking_ask *ask = in;
    struct reward_booking *booking = NULL;
    mx_status st = rewards_booking_get(ctx, ask->id, &booking);
    if (st == MX_OK) st = mx_own(ctx, booking->member);
    if (st != MX_OK) return st;
    if (booking->reward.len)
        return mx_refuse(ctx, "seat_of_reward", "id", "This seat was had for points: give the reward back with rewards.cancel.");
    st = rewards_seat_give_up(ctx, booking);
    return st == MX_OK ? answer_booking(ctx, booking, out) : st;
}

static mx_status count_attended(struct mx_ctx *ctx, const struct reward_booking *booking, const struct reward_class *class_) {
    struct mx_count_add add = {.member = booking->member, .delta = 1, .at = ctx->now_ms, .source = booking->id};
    struct mx_counted counted;
    char *name = mx_alloc(ctx, 6 + (size_t)class_->code.len);
    mx_status st;
    memcpy(name, "class:", 6);
    memcpy(name + 6, class_->code.ptr, class_->code.len);
    add.name = mx_str_n(name, 6 + class_->code.len);
    st = mx_call(ctx, &mx_member_count, &add, &counted);
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status attended_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct booking_ask *ask = in;
    struct reward_booking *booking = NULL;
    struct reward_class *class_ = NULL;
    struct reward_held *held = NULL;
    mx_status st = rewards_booking_get(ctx, ask->id, &booking);
    if (st == MX_OK && booking->state == BOOKING_ATTENDED) return answer_booking(ctx, booking, out);
    if (st == MX_OK && booking->state != BOOKING_BOOKED)
        return mx_refuse(ctx, "not_booked", "id", "This member has no seat in the class: rewards.class.bookings shows who has.");
    if (st == MX_OK) st = rewards_class_get(ctx, booking->class_id, "id", &class_);
    if (st == MX_OK) st = rewards_reach(ctx, class_->location, "id");
    if (st == MX_OK && class_->called_off) st = mx_refuse(ctx, "class_over", "id", "This class does not take place.");
    if (st != MX_OK) return st;
    booking->state = BOOKING_ATTENDED;
    if ((st = mx_put(ctx, &rewards_bookings, booking)) != MX_OK) return st;
    if (booking->reward.len) st = rewards_held_get(ctx, booking->reward, "id", &held);
    if (st == MX_OK && held && held->state == REWARD_HELD) st = rewards_held_use(ctx, held, booking->id, "id");
    if (st == MX_OK) st = count_attended(ctx, booking, class_);
    return st == MX_OK ? answer_booking(ctx, booking, out) : st;
}

static mx_status bookings_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct class_ask *ask = in;
    struct booking_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : REWARDS_PAGE;
    struct reward_booking probe = {.class_id = ask->class_id}, *booking = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "state", .after = ask->after};
    struct reward_class *class_ = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = rewards_class_get(ctx, ask->class_id, "class_id", &class_);
    if (st == MX_OK) st = rewards_reach(ctx, class_->location, "class_id");
    if (st == MX_OK) st = mx_scan_open(ctx, &rewards_bookings, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return mx_fail(ctx, st, "after", "This is not the `next` of a page of the same list.");
    page->bookings = mx_list_new(ctx, limit, sizeof(struct booking_view));
    page->bookings.count = 0;
    while (st == MX_OK && page->bookings.count < limit) {
        st = mx_scan_next(ctx, scan, &booking);
        if (st == MX_OK) rewards_booking_view(booking, mx_list_at(&page->bookings, page->bookings.count++));
    }
    if (st == MX_OK) page->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

/* ---- for verify: seats that are taken are bookings ---- */

static mx_status check_classes(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct mx_scan_opts opts = {.size = sizeof(opts)}, by_state = {.size = sizeof(by_state), .prefix = 1, .index = "state", .lend = 1};
    struct reward_class *class_ = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_classes, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &class_)) == MX_OK) {
        struct reward_booking probe = {.class_id = class_->id}, *booking = NULL;
        struct mx_scan *bookings = NULL;
        int64_t taken = 0, waiting = 0;
        st = mx_scan_open(ctx, &rewards_bookings, &by_state, &probe, &bookings);
        while (st == MX_OK && (st = mx_scan_next(ctx, bookings, &booking)) == MX_OK) {
            taken += booking->state == BOOKING_BOOKED || booking->state == BOOKING_ATTENDED;
            waiting += booking->state == BOOKING_WAITING;
        }
        if (taken != class_->taken || waiting != class_->waiting) found(arg, "a class does not count its bookings right");
        if (class_->taken > class_->seats) found(arg, "a class has more bookings than seats");
        if (st == MX_DONE) st = MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_check rewards_classes_check = {.name = "rewards.classes", .fn = check_classes};

const struct mx_op rewards_class_put_op = REWARDS_OP(0, "rewards.class.put", "Plan a class or workshop, change it, or call it off.",
                                                     "rewards.manage", &class_put_type, &class_one_type, put_handler, NULL);
const struct mx_op rewards_class_list_op =
    REWARDS_OP(MX_OP_QUERY, "rewards.class.list", "Classes of a location, the earliest first.", "rewards.classes", &class_list_ask_type,
               &class_page_type, list_handler, MX_OWN_NOBODY);
const struct mx_op rewards_class_book_op = REWARDS_OP(0, "rewards.class.book", "Book a seat, or wait for one.", "rewards.book",
                                                      &class_book_type, &booking_one_type, book_handler, "member");
const struct mx_op rewards_class_cancel_op =
    REWARDS_OP(0, "rewards.class.cancel", "Give a seat back; who waits longest gets it.", "rewards.book", &booking_ask_type,
               &booking_one_type, cancel_handler, MX_OWN_HANDLER);
const struct mx_op rewards_class_attended_op =
    REWARDS_OP(0, "rewards.class.attended", "Note that somebody was there; it counts as class:<code>.", "rewards.attend", &booking_ask_type,
               &booking_one_type, attended_handler, NULL);
const struct mx_op rewards_class_bookings_op =
    REWARDS_OP(MX_OP_QUERY, "rewards.class.bookings", "Who has a seat in a class, and who waits.", "rewards.attend", &class_ask_type,
               &booking_page_type, bookings_handler, NULL);
