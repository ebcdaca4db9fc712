/* Heavy queries while they wait or run: who asked, how far they are, and how they are stopped.
 *
 * How such a handler works: in slices. Each walks a few thousand records (with opts.lend, so that memory stays small), tells
 * mx_progress() how far it is, keeps mx_scan_cursor(), and asks mx_read_anew() for a fresh snapshot before it goes on behind
 * the cursor. While a snapshot stands, nothing that the tills replace can be used again and the file grows; therefore
 * mx_progress() ends a query that holds one snapshot for longer than OP_SNAPSHOT_MS. */
#include "base/clock.h"
#include "op/internal.h"

#define SLICE_BYTES (4u << 20) /* kept from slice to slice: fresh memory is slow */

void op_running_add(struct op_kernel *op, struct op_call *call) {
    struct op_running *running = base_arena_alloc(call->arena, sizeof(*running)), **last;
    running->call = call;
    running->asked_ms = op_now(op);
    pthread_mutex_lock(&op->runs.mutex);
    if (!op->runs.seeded) base_random_seed(&op->runs.random);
    op->runs.seeded = 1;
    running->id = base_id_new(call->arena, "qry", running->asked_ms, &op->runs.random);
    if (op->runs.closing) atomic_store(&running->stop, OP_STOP_CLOSING);
    for (last = &op->runs.first; *last; last = &(*last)->next) continue;
    *last = running;
    call->running = running;
    pthread_mutex_unlock(&op->runs.mutex);
}

void op_running_remove(struct op_kernel *op, struct op_call *call) {
    struct op_running **at;
    pthread_mutex_lock(&op->runs.mutex);
    for (at = &op->runs.first; *at && *at != call->running; at = &(*at)->next) continue;
    if (*at) *at = call->running->next;
    call->running = NULL;
    pthread_mutex_unlock(&op->runs.mutex);
}

void op_running_close(struct op_kernel *op, int closing) {
    struct op_running *running;
    pthread_mutex_lock(&op->runs.mutex);
    op->runs.closing = closing;
    for (running = op->runs.first; closing && running; running = running->next) atomic_store(&running->stop, OP_STOP_CLOSING);
    pthread_mutex_unlock(&op->runs.mutex);
}

void op_give_up(struct op_kernel *op, struct op_call *call) {
    pthread_mutex_lock(&op->runs.mutex);
    if (call->running) atomic_store(&call->running->stop, OP_STOP_GONE);
    pthread_mutex_unlock(&op->runs.mutex);
}

mx_status op_running_cancel(struct op_kernel *op, struct mx_str id, struct mx_str only_of) {
    struct op_running *running;
    mx_status st = MX_NONE;
    pthread_mutex_lock(&op->runs.mutex);
    for (running = op->runs.first; running && !mx_str_eq(running->id, id); running = running->next) continue;
    if (running && (only_of.len == 0 || mx_str_is(only_of, running->call->principal.id))) {
        atomic_store(&running->stop, OP_STOP_CANCELLED);
        st = MX_OK;
    }
    pthread_mutex_unlock(&op->runs.mutex);
    return st;
}

void op_running_count(struct op_kernel *op, uint32_t *waiting, uint32_t *running) {
    const struct op_running *each;
    *waiting = *running = 0;
    pthread_mutex_lock(&op->runs.mutex);
    for (each = op->runs.first; each; each = each->next) (*(atomic_load(&each->begun) ? running : waiting))++;
    pthread_mutex_unlock(&op->runs.mutex);
}

static mx_status stopped(struct op_ctx *ctx, int why) {
    if (why == OP_STOP_CLOSING) return op_ctx_fail(ctx, MX_E_CANCELLED, "The shop is closing down; ask again when it is open.");
    if (why == OP_STOP_GONE) return op_ctx_fail(ctx, MX_E_CANCELLED, "The client went away before this was done.");
    return op_ctx_fail(ctx, MX_E_CANCELLED, "Somebody cancelled this query.");
}

mx_status op_running_begin(struct op_ctx *ctx, struct op_running *running) {
    int why = atomic_load(&running->stop);
    atomic_store(&running->begun, 1);
    running->snapshot_us = base_steady_us();
    return why ? stopped(ctx, why) : MX_OK;
}

mx_status op_ctx_progress(struct mx_ctx *pub, int64_t done, int64_t total) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_running *running = ctx->running;
    int why;
    ctx->done = done;
    ctx->total = total;
    if (!running) return MX_OK;
    atomic_store_explicit(&running->done, done, memory_order_relaxed);
    atomic_store_explicit(&running->total, total, memory_order_relaxed);
    why = atomic_load_explicit(&running->stop, memory_order_relaxed);
    if (why) return stopped(ctx, why);
    if (running->snapshot_us && base_steady_us() - running->snapshot_us > (int64_t)ctx->op->opts.snapshot_ms * 1000)
        return op_ctx_fail(ctx, MX_E_TIMEOUT, "\"%s\" looked at one state of the shop for too long; it must work in slices.", ctx->op_name);
    return MX_OK;
}

/* The new state is opened before the old one is let go: a query that cannot go on still has a view to close. */
static mx_status next_slice(struct op_ctx *ctx) {
    uint32_t next = ctx->slice ^ 1u;
    struct store_view *view;
    mx_status st;
    if (!ctx->whole) ctx->whole = ctx->arena;
    if (ctx->slices[next])
        base_arena_reset(ctx->slices[next]);
    else
        ctx->slices[next] = base_arena_new(SLICE_BYTES);
    st = store_read_begin(ctx->op->opts.store, ctx->slices[next], &view);
    if (st != MX_OK) return op_ctx_fail(ctx, st, "Too many are reading at the same time; try again shortly.");
    store_read_rest(ctx->view);
    ctx->view = view;
    store_view_note(view, ctx->shown);
    ctx->arena = ctx->slices[next];
    ctx->slice = next;
    ctx->running->snapshot_us = base_steady_us();
    return MX_OK;
}

mx_status op_ctx_slice(struct mx_ctx *pub, uint32_t more) {
    struct op_ctx *ctx = op_ctx_of(pub);
    if (!ctx->running || ctx->depth > 0) return MX_OK;
    ctx->shop = NULL; /* it may stand in memory that goes */
    if (more) return next_slice(ctx);
    if (ctx->whole) ctx->arena = ctx->whole;
    return MX_OK;
}

void op_ctx_slices_free(struct op_ctx *ctx) {
    base_arena_free(ctx->slices[0]);
    base_arena_free(ctx->slices[1]);
}

mx_status op_ctx_read_anew(struct mx_ctx *pub) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct store_view *view;
    mx_status st;
    if (!ctx->running || ctx->depth > 0) return MX_OK;
    store_read_rest(ctx->view);
    st = store_read_begin(ctx->op->opts.store, ctx->arena, &view);
    if (st != MX_OK) return op_ctx_fail(ctx, st, "Too many are reading at the same time; try again shortly.");
    ctx->view = view;
    store_view_note(view, ctx->shown);
    ctx->running->snapshot_us = base_steady_us();
    return MX_OK;
}
