/* The shop's clock. What expires is measured against the highest time seen, which never goes back, and which stands still
 * after a jump forward until the owner has confirmed it: a wrong clock neither revives nor kills anything.
 *
 * A jump shows against the steady clock, which nobody can set: since one moment that both clocks remember, they must have
 * come equally far. After a boot of the machine there is no such moment, and the shop may have been closed for days. */
#include <time.h>

#include "base/clock.h"
#include "op/internal.h"

static int64_t machine_ms(const struct op_kernel *op) { return op->opts.now_ms ? op->opts.now_ms() : base_now_ms(); }

int64_t op_now(const struct op_kernel *op) { return machine_ms(op) + atomic_load_explicit(&op->clock.offset_ms, memory_order_relaxed); }

/* Time since the machine was booted, its sleep counted. */
int64_t op_steady(const struct op_kernel *op) {
    struct timespec at;
    if (op->opts.steady_ms) return op->opts.steady_ms();
    if (op->opts.now_ms) return op->opts.now_ms();
    clock_gettime(CLOCK_BOOTTIME, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

void op_clock_init(struct op_clock *clock) {
    pthread_mutex_init(&clock->mutex, NULL);
    clock->high_ms = INT64_MIN; /* until it is read from the store, nothing is known */
}

void op_clock_anchor(struct op_kernel *op, int64_t now_ms) {
    struct op_clock *clock = &op->clock;
    clock->wall_ms = now_ms - atomic_load_explicit(&clock->offset_ms, memory_order_relaxed);
    clock->mono_ms = op_steady(op);
    clock->allow_ms = now_ms < clock->high_ms ? OP_CLOCK_AWAY_MS : 0;
}

/* With the mutex held. */
static int jumped(struct op_kernel *op, int64_t now_ms) {
    struct op_clock *clock = &op->clock;
    int64_t machine, elapsed;
    if (clock->high_ms == INT64_MIN || now_ms <= clock->high_ms) return 0;
    if (clock->allow_ms) {
        if (now_ms - clock->high_ms > clock->allow_ms) return 1;
        op_clock_anchor(op, now_ms); /* it was not set yet after the boot and has found its time, or was put right */
        return 0;
    }
    machine = now_ms - atomic_load_explicit(&clock->offset_ms, memory_order_relaxed);
    elapsed = op_steady(op) - clock->mono_ms;
    return machine - clock->wall_ms - elapsed > OP_CLOCK_JUMP_MS;
}

int64_t op_expiry(struct op_kernel *op, int64_t now_ms) {
    struct op_clock *clock = &op->clock;
    int64_t expiry;
    pthread_mutex_lock(&clock->mutex);
    if (!jumped(op, now_ms) && now_ms > clock->high_ms && clock->high_ms != INT64_MIN) clock->high_ms = now_ms;
    expiry = clock->high_ms == INT64_MIN ? now_ms : clock->high_ms;
    pthread_mutex_unlock(&clock->mutex);
    return expiry;
}

int64_t op_expiry_now(void *arg) {
    struct op_kernel *op = arg;
    return op_expiry(op, op_now(op));
}

int op_clock_stands(struct op_kernel *op) {
    int64_t now_ms = op_now(op);
    int stands;
    pthread_mutex_lock(&op->clock.mutex);
    stands = jumped(op, now_ms);
    pthread_mutex_unlock(&op->clock.mutex);
    return stands;
}

/* After a boot, or when the shop's clock was never written down: how far is it from what was seen last? */
void op_clock_begin(struct op_kernel *op, int64_t seen_ms) {
    struct op_clock *clock = &op->clock;
    int64_t now_ms = op_now(op);
    pthread_mutex_lock(&clock->mutex);
    clock->high_ms = seen_ms ? seen_ms : now_ms;
    op_clock_anchor(op, now_ms);
    if (clock->noted)
        clock->allow_ms = OP_CLOCK_JUMP_MS; /* it stood still when the machine was switched off */
    else if (now_ms - clock->high_ms > OP_CLOCK_AWAY_MS)
        clock->allow_ms = OP_CLOCK_AWAY_MS;
    pthread_mutex_unlock(&clock->mutex);
}
