/* Looking at the shop's clock, confirming it after a jump, and moving it in a shop made for practice. */
#include "base/clock.h"
#include "op/internal.h"

#define OP(flags, name, doc, permission, in, out, handler)                                                                                 \
    { (uint32_t)sizeof(struct mx_op), flags, name, doc, permission, in, out, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.2" }

#define TIME_MAX (INT64_C(253402300799) * 1000) /* the end of the year 9999 */

static const struct mx_field op_clock_moved_fields[] = {
    MX_F_TIME(op_clock_moved, from, 0, "the time that counts for expiry"),
    MX_F_TIME(op_clock_moved, to, 0, "the clock"),
};
MX_TYPE(op_clock_moved, "shop.clock.moved", "how the clock moved");

const struct mx_event_def op_clock_jumped = {(uint32_t)sizeof(struct mx_event_def), 0, "shop.clock.jumped",
                                             "The clock jumped forward; nothing expires until it is confirmed.", &op_clock_moved_type};
const struct mx_event_def op_clock_confirmed = {(uint32_t)sizeof(struct mx_event_def), 0, "shop.clock.confirmed",
                                                "Somebody confirmed that the clock is right.", &op_clock_moved_type};
const struct mx_event_def op_clock_was_set = {(uint32_t)sizeof(struct mx_event_def), 0, "shop.clock.set",
                                              "The clock was moved in a shop made for practice.", &op_clock_moved_type};

struct clock_wire {
    int64_t now;
    int64_t expiry;
    int64_t moved_by;
    uint8_t standing;
    uint8_t practice;
};

static const struct mx_field clock_wire_fields[] = {
    MX_F_TIME(clock_wire, now, 0, "the shop's clock"),
    MX_F_TIME(clock_wire, expiry, 0, "the time against which things expire: the highest seen"),
    MX_F_INT(clock_wire, moved_by, 0, -MX_INT_MAX, MX_INT_MAX, "how far the clock was moved for practice, in milliseconds"),
    MX_F_BOOL(clock_wire, standing, 0, "the clock jumped forward: nothing expires until shop.clock.confirm"),
    MX_F_BOOL(clock_wire, practice, 0, "this shop is made for practice: its clock may be moved"),
};
MX_TYPE(clock_wire, "shop.clock", "the shop's clock");

struct clock_at {
    int64_t at;
};

static const struct mx_field clock_at_fields[] = {
    MX_FIELD_(clock_at, at, MX_KIND_TIME, MX_REQUIRED, 0, TIME_MAX, NULL, NULL, NULL, "what the clock should say now"),
};
MX_TYPE(clock_at, "shop.clock.set", "a time");

struct clock_by {
    int64_t ms;
};

static const struct mx_field clock_by_fields[] = {
    MX_F_INT(clock_by, ms, MX_REQUIRED, 1, INT64_C(36525) * 24 * 3600 * 1000, "how far forward, in milliseconds"),
};
MX_TYPE(clock_by, "shop.clock.advance", "a stretch of time");

static void fill(struct op_ctx *ctx, struct clock_wire *wire) {
    wire->now = ctx->pub.now_ms;
    wire->expiry = ctx->pub.expiry_ms;
    wire->moved_by = atomic_load_explicit(&ctx->op->clock.offset_ms, memory_order_relaxed);
    wire->standing = (uint8_t)op_clock_stands(ctx->op);
    wire->practice = (uint8_t)op_shop_practice(ctx);
}

static mx_status get_clock(struct mx_ctx *pub, const void *in, void *out) {
    (void)in;
    fill(op_ctx_of(pub), out);
    return MX_OK;
}

/* ---- confirming ---- */

struct confirmed {
    int64_t high_ms, wall_ms, mono_ms;
};

static void take_confirmed(struct op_kernel *op, const void *arg) {
    const struct confirmed *confirmed = arg;
    pthread_mutex_lock(&op->clock.mutex);
    op->clock.high_ms = confirmed->high_ms;
    op->clock.wall_ms = confirmed->wall_ms;
    op->clock.mono_ms = confirmed->mono_ms;
    op->clock.allow_ms = 0;
    op->clock.noted = 0;
    pthread_mutex_unlock(&op->clock.mutex);
}

static mx_status confirm_clock(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_clock_moved moved = {pub->expiry_ms, pub->now_ms};
    struct confirmed confirmed;
    struct op_clock clock;
    mx_status st;
    (void)in;
    fill(ctx, out);
    if (!((struct clock_wire *)out)->standing) return MX_OK;
    op_clock_copy(ctx->op, &clock);
    confirmed.high_ms = clock.high_ms = pub->now_ms > pub->expiry_ms ? pub->now_ms : pub->expiry_ms;
    confirmed.wall_ms = clock.wall_ms = pub->now_ms - ((struct clock_wire *)out)->moved_by;
    confirmed.mono_ms = clock.mono_ms = op_steady(ctx->op);
    clock.allow_ms = 0;
    clock.noted = 0;
    st = op_clock_write(ctx, &clock);
    if (st == MX_OK) st = mx_emit(pub, &op_clock_confirmed, &moved);
    if (st == MX_OK) st = op_work_done(ctx, "clock.jumped", mx_str_of("clock"), "The clock was confirmed.");
    if (st != MX_OK) return st;
    op_after_commit(ctx, take_confirmed, &confirmed, sizeof(confirmed));
    ((struct clock_wire *)out)->expiry = confirmed.high_ms;
    ((struct clock_wire *)out)->standing = 0;
    return MX_OK;
}

/* ---- practice ---- */

static void take_offset(struct op_kernel *op, const void *arg) {
    atomic_store(&op->clock.offset_ms, *(const int64_t *)arg);
    op->due_next_ms = 0; /* unknown: look */
    op_outbox_wake(op);
}

static mx_status move_to(struct op_ctx *ctx, int64_t at_ms, struct clock_wire *wire) {
    struct op_clock_moved moved = {ctx->pub.now_ms, at_ms};
    struct op_clock clock;
    int64_t offset_ms;
    mx_status st;
    fill(ctx, wire);
    if (!wire->practice)
        return mx_refuse(&ctx->pub, "not_for_practice", NULL,
                         "The clock can only be moved in a shop that was made for practice; this is a real one.");
    if (at_ms > TIME_MAX) return mx_fail(&ctx->pub, MX_E_OUT_OF_RANGE, NULL, "The clock ends with the year 9999.");
    op_clock_copy(ctx->op, &clock);
    offset_ms = wire->moved_by + at_ms - ctx->pub.now_ms;
    atomic_store(&clock.offset_ms, offset_ms);
    st = op_clock_write(ctx, &clock);
    if (st == MX_OK) st = mx_emit(&ctx->pub, &op_clock_was_set, &moved);
    if (st != MX_OK) return st;
    op_after_commit(ctx, take_offset, &offset_ms, sizeof(offset_ms));
    wire->moved_by = offset_ms;
    wire->now = at_ms;
    if (!wire->standing && at_ms > wire->expiry) wire->expiry = at_ms;
    return MX_OK;
}

static mx_status set_clock(struct mx_ctx *pub, const void *in, void *out) {
    return move_to(op_ctx_of(pub), ((const struct clock_at *)in)->at, out);
}

static mx_status advance_clock(struct mx_ctx *pub, const void *in, void *out) {
    return move_to(op_ctx_of(pub), pub->now_ms + ((const struct clock_by *)in)->ms, out);
}

const struct mx_op op_clock_get =
    OP(MX_OP_QUERY, "shop.clock.get", "The shop's clock, and whether anything can expire.", "shop.read", NULL, &clock_wire_type, get_clock);
const struct mx_op op_clock_confirm =
    OP(0, "shop.clock.confirm", "Say that the clock is right after it jumped forward: things expire again.", "shop.manage", NULL,
       &clock_wire_type, confirm_clock);
const struct mx_op op_clock_set =
    OP(0, "shop.clock.set", "Set the clock, in a shop made for practice.", "shop.manage", &clock_at_type, &clock_wire_type, set_clock);
const struct mx_op op_clock_advance = OP(0, "shop.clock.advance", "Move the clock forward, in a shop made for practice.", "shop.manage",
                                         &clock_by_type, &clock_wire_type, advance_clock);
