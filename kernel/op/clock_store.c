/* What is kept of the clock: the highest time seen and the moment from which a jump is measured, once a minute while there
 * is other work, once an hour while there is none, at once when a jump begins or ends, and at closing. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"

#define LOOK_US  INT64_C(60000000)
#define QUIET_US INT64_C(3600000000)

struct clock_state {
    struct mx_rec rec;
    struct mx_str id;
    int64_t high;
    int64_t offset;
    int64_t wall;
    int64_t mono;
    struct mx_str boot;
    int64_t allow;
    uint8_t noted;
};

static const struct mx_field clock_state_fields[] = {
    MX_F_STR(clock_state, id, 0, 1, 16, "always \"clock\""),
    MX_F_TIME(clock_state, high, 0, "highest time that counts for expiry"),
    MX_F_INT(clock_state, offset, 0, -MX_INT_MAX, MX_INT_MAX, "how far the clock was moved for practice, in milliseconds"),
    MX_F_INT(clock_state, wall, 0, -MX_INT_MAX, MX_INT_MAX, "a moment on the machine's clock"),
    MX_F_INT(clock_state, mono, 0, -MX_INT_MAX, MX_INT_MAX, "the same moment on the steady clock"),
    MX_F_STR(clock_state, boot, 0, 0, 39, "boot of the machine to which the moment belongs"),
    MX_F_INT(clock_state, allow, 0, 0, MX_INT_MAX, "how far ahead of `high` the clock may be, when the moment cannot tell"),
    MX_F_BOOL(clock_state, noted, 0, "the jump that lasts was told"),
};
MX_TYPE_REC(clock_state, "shop.clock.record", "the shop's clock");

const struct mx_table op_clock_table = {
    (uint32_t)sizeof(struct mx_table), 0, "shop.clock", "the shop's clock", &clock_state_type, "id", NULL, NULL, 0, 0};

static int is_kept(const struct op_kernel *op) { return op_owner_find(op, op_plugin()->name) != NULL; }

static void name_boot(const struct op_kernel *op, char name[40]) {
    ssize_t len = 0;
    int file = -1;
    memset(name, 0, 40);
    if (op->opts.boot) {
        snprintf(name, 40, "%s", op->opts.boot);
        return;
    }
    file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file >= 0) len = read(file, name, 36);
    if (file >= 0) close(file);
    if (len != 36) name[0] = 0;
}

static mx_status read_state(struct op_ctx *ctx, struct clock_state *state) {
    struct clock_state probe = {0}, *found = NULL;
    mx_status st;
    memset(state, 0, sizeof(*state));
    probe.id = state->id = mx_str_of("clock");
    st = mx_get(&ctx->pub, &op_clock_table, &probe, &found);
    if (st == MX_OK) *state = *found;
    return st;
}

mx_status op_clock_write(struct op_ctx *ctx, const struct op_clock *clock) {
    struct clock_state state;
    mx_status st = read_state(ctx, &state);
    if (st != MX_OK && st != MX_NONE) return st;
    state.rec.has = ~UINT64_C(0);
    state.high = clock->high_ms;
    state.offset = atomic_load_explicit(&clock->offset_ms, memory_order_relaxed);
    state.wall = clock->wall_ms;
    state.mono = clock->mono_ms;
    state.boot = mx_str_of(clock->boot);
    state.allow = clock->allow_ms;
    state.noted = (uint8_t)(clock->noted != 0);
    return mx_put(&ctx->pub, &op_clock_table, &state);
}

void op_clock_copy(struct op_kernel *op, struct op_clock *copy) {
    const struct op_clock *clock = &op->clock;
    memset(copy, 0, sizeof(*copy));
    pthread_mutex_lock(&op->clock.mutex);
    copy->high_ms = clock->high_ms;
    copy->wall_ms = clock->wall_ms;
    copy->mono_ms = clock->mono_ms;
    copy->allow_ms = clock->allow_ms;
    copy->noted = clock->noted;
    atomic_store_explicit(&copy->offset_ms, atomic_load_explicit(&clock->offset_ms, memory_order_relaxed), memory_order_relaxed);
    memcpy(copy->boot, clock->boot, sizeof(copy->boot));
    pthread_mutex_unlock(&op->clock.mutex);
}

/* ---- at the start ---- */

static mx_status last_entry_at(struct op_ctx *ctx, int64_t *at_ms) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct bus_entry entry;
    int64_t seq;
    mx_status st = store_high_ms(ctx->view, at_ms);
    if (st == MX_OK) st = bus_head(ctx->op->opts.bus, ctx->view, &seq, hash);
    if (st != MX_OK || seq == 0) return st;
    st = bus_read(ctx->op->opts.bus, ctx->view, seq, &entry);
    if (st == MX_OK && entry.at_ms > *at_ms) *at_ms = entry.at_ms;
    return MX_OK; /* verify names a damaged one */
}

static mx_status load(struct op_ctx *ctx) {
    struct op_clock *clock = &ctx->op->clock;
    struct clock_state state;
    int64_t seen_ms;
    mx_status st = is_kept(ctx->op) ? read_state(ctx, &state) : MX_NONE;
    if (st == MX_NONE) {
        st = last_entry_at(ctx, &seen_ms);
        if (st == MX_OK) op_clock_begin(ctx->op, seen_ms);
        return st;
    }
    if (st != MX_OK) return st;
    atomic_store(&clock->offset_ms, state.offset);
    clock->noted = state.noted;
    if (!clock->boot[0] || !mx_str_is(state.boot, clock->boot)) {
        op_clock_begin(ctx->op, state.high);
        return MX_OK;
    }
    clock->high_ms = state.high;
    clock->wall_ms = state.wall;
    clock->mono_ms = state.mono;
    clock->allow_ms = state.allow;
    return MX_OK;
}

mx_status op_clock_load(struct op_kernel *op, struct mx_error *err) {
    struct base_arena *arena = base_arena_new(8192);
    struct identity_principal system;
    struct store_view *view;
    struct op_ctx ctx;
    mx_status st = store_read_begin(op->opts.store, arena, &view);
    identity_system(&system);
    name_boot(op, op->clock.boot);
    op->clock.high_ms = INT64_MIN;
    if (st == MX_OK) {
        op_ctx_init(&ctx, op, arena, view, &system, "system.clock", op->owners, 1, op_now(op));
        st = load(&ctx);
        store_read_end(view);
    }
    op->clock.tick_us = 0;
    op->clock.saved_us = base_steady_us();
    op->clock.groups_saved = 0;
    base_arena_free(arena);
    return st == MX_OK ? st : base_fail(err, st, NULL, "The shop's clock cannot be read from the store: %s.", base_status_text(st));
}

/* ---- while it runs ---- */

int op_clock_wants(struct op_kernel *op) {
    if (!is_kept(op)) return 0;
    return base_steady_us() >= op->clock.tick_us || op_clock_stands(op) != op->clock.noted;
}

static mx_status tell_jump(struct op_ctx *ctx, int stands) {
    struct op_clock_moved moved = {ctx->pub.expiry_ms, ctx->pub.now_ms};
    if (!stands) return op_work_done(ctx, "clock.jumped", mx_str_of("clock"), "The clock was put right.");
    base_log(BASE_LOG_WARN, "op", "the clock jumped forward: nothing expires until the owner confirms it with shop.clock.confirm");
    mx_status st = mx_emit(&ctx->pub, &op_clock_jumped, &moved);
    if (st != MX_OK) return st;
    return op_work_open(ctx, "clock.jumped", mx_str_of("clock"),
                        "The clock of this machine jumped forward. Nothing expires until somebody has compared it: set it right, or "
                        "confirm it with shop.clock.confirm.");
}

static void remember_noted(struct op_kernel *op, const void *arg) {
    op->clock.noted = *(const int *)arg;
    op->clock.saved_us = base_steady_us();
}

static mx_status save(struct op_ctx *ctx, void *arg) {
    const int *stands = arg;
    struct op_clock copy;
    mx_status st = MX_OK;
    if (*stands != ctx->op->clock.noted) st = tell_jump(ctx, *stands);
    op_clock_copy(ctx->op, &copy);
    copy.noted = *stands;
    if (st == MX_OK) st = op_clock_write(ctx, &copy);
    if (st == MX_OK) op_after_commit(ctx, remember_noted, stands, sizeof(*stands));
    return op_settle(ctx, st);
}

uint32_t op_clock_tick(struct op_group *group) {
    struct op_kernel *op = group->op;
    struct identity_principal system;
    int stands;
    struct op_work work = {op->system_arena, &system, "system.clock", NULL, save, &stands};
    struct mx_error err = {0};
    uint64_t groups = atomic_load_explicit(&op->count.groups, memory_order_relaxed);
    int64_t now_us = base_steady_us();
    int worked = groups + (group->applied > 0) > op->clock.groups_saved;
    if (!op_clock_wants(op)) return 0;
    op->clock.tick_us = now_us + LOOK_US;
    stands = op_clock_stands(op);
    if (stands == op->clock.noted && now_us - op->clock.saved_us < (worked ? LOOK_US : QUIET_US)) return 0;
    op->clock.groups_saved = groups + 1;
    work.owner = op_owner_find(op, op_plugin()->name);
    identity_system(&system);
    base_arena_reset(op->system_arena);
    if (op_command(group, &work, &err) != MX_OK) base_log(BASE_LOG_ERROR, "op", "the clock could not be written down: %s", err.message);
    return 0;
}

void op_clock_close(struct op_kernel *op) {
    struct op_group group = {op, NULL, 0, 0};
    if (!is_kept(op) || !store_has_room(op->opts.store) || store_group_begin(op->opts.store, &group.group) != MX_OK) return;
    op->clock.tick_us = 0;
    op->clock.saved_us = INT64_MIN / 2;
    (void)op_clock_tick(&group);
    if (group.applied == 0)
        store_group_abort(group.group);
    else if (store_group_commit(group.group) != MX_OK)
        op_fatal(op, "the clock could not be made durable");
    op_after_run(op);
}
