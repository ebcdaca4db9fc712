/* One command in its own write set, whoever asked for it. */
#include "base/log.h"
#include "op/internal.h"

mx_status op_settle(struct op_ctx *ctx, mx_status status) {
    if (status == MX_OK && ctx->doom.status) {
        ctx->error = ctx->doom;
        status = ctx->doom.status;
    }
    if (status == MX_OK && ctx->emitted) status = op_events_deliver(ctx);
    return status;
}

/* Hand the writes on to the group. Only the disk can refuse them, and after that nothing may be acknowledged. */
static void apply(struct op_group *group, struct op_ctx *ctx) {
    uint32_t records = 0;
    size_t bytes = 0;
    store_write_size(ctx->view, &records, &bytes);
    if (records == 0) {
        store_write_drop(ctx->view);
        return;
    }
    if (store_write_apply(ctx->view) != MX_OK) op_fatal(group->op, "a command's writes could not be stored");
    group->applied++;
    if (ctx->emits) {
        group->op->follow_all = 1;
        group->op->fan_behind = 1;
        group->seq = ctx->seq;
    }
    op_after_keep(ctx);
    if (ctx->starts_job) group->op->jobs_left = 1;
}

void op_passed_over(uint32_t *before, uint32_t count, const char *what) {
    if (count != *before && count)
        base_log(BASE_LOG_ERROR, "op", "%u %s cannot be read and are passed over; verify names them", (unsigned)count, what);
    *before = count;
}

mx_status op_command(struct op_group *group, const struct op_work *work, struct mx_error *err) {
    struct op_ctx ctx;
    struct store_view *view;
    mx_status st = store_write_begin(group->group, work->arena, &view);
    if (st != MX_OK) return base_fail(err, st, NULL, "%s.", base_status_text(st));
    op_ctx_init(&ctx, group->op, work->arena, view, work->principal, work->op_name, work->owner, 0, op_now(group->op));
    ctx.ids = &group->op->ids;
    st = work->fn(&ctx, work->arg);
    if (st == MX_OK)
        apply(group, &ctx);
    else
        store_write_drop(view);
    op_settled_tell(&ctx, st == MX_OK);
    if (st < 0) *err = ctx.error;
    return st;
}

/* ---- a client's call ---- */

struct run {
    struct op_call *call;
    const struct op_reg *reg;
    struct op_stored stored;
};

/* Roles and keys may have changed between the caller's check and now. */
mx_status op_check_again(struct op_ctx *ctx, struct op_call *call) {
    struct identity *identity = ctx->op->opts.identity;
    const struct mx_op *def = call->entry->def;
    mx_status st;
    if (op_is_system(&call->principal) || (def->flags & (MX_OP_PUBLIC | MX_OP_INTERNAL)) ||
        identity_still(identity, ctx->view, &call->principal))
        return MX_OK;
    st = identity_refresh(identity, ctx->view, &call->principal);
    if (st != MX_OK) return op_ctx_fail(ctx, st, "%s.", base_status_text(st));
    if (identity_allowed(identity, &call->principal, def->permission)) return MX_OK;
    return op_ctx_fail(ctx, MX_E_FORBIDDEN, "The role \"%s\" may not call \"%s\": it needs the permission \"%s\".", call->principal.role,
                       def->name, def->permission);
}

static mx_status run_handler(struct op_ctx *ctx, struct run *run) {
    const struct op_prepared *prepared = run->call->prepared;
    void *out = NULL;
    mx_status st;
    if (prepared && prepared->status != MX_OK) {
        ctx->error = prepared->error;
        return op_ctx_error(ctx, prepared->status);
    }
    ctx->kept = prepared ? prepared->kept : NULL;
    st = op_guard(ctx, run->reg, run->call->in);
    op_shown_begin(ctx, run->reg, prepared ? prepared->shown : NULL);
    if (st == MX_OK) st = op_invoke(ctx, run->reg, run->call->in, &out);
    if (st == MX_OK) st = op_shown_tell(ctx);
    st = op_settle(ctx, st);
    if (st == MX_OK) st = op_answer(ctx, run->reg, out, &run->stored.answer);
    return st;
}

static int keeps_answer(const struct op_call *call) { return call->key.len > 0 && !(call->entry->def->flags & MX_OP_QUERY); }

/* MX_OK: done. MX_DONE: answered from the store. */
static mx_status run_call(struct op_ctx *ctx, void *arg) {
    struct run *run = arg;
    mx_status st;
    ctx->call = run->call;
    ctx->left = &run->call->left;
    st = op_check_again(ctx, run->call);
    if (st != MX_OK) return st;
    if (keeps_answer(run->call)) {
        st = op_idem_get(ctx, run->call, &run->stored);
        if (st != MX_NONE) return st == MX_OK ? MX_DONE : st;
    }
    st = run_handler(ctx, run);
    if (st != MX_OK) return st;
    run->stored.status = MX_OK;
    run->stored.http_status = 200;
    return keeps_answer(run->call) ? op_idem_put(ctx, run->call, &run->stored) : MX_OK;
}

static mx_status keep_refusal(struct op_ctx *ctx, void *arg) {
    struct run *run = arg;
    return op_idem_put(ctx, run->call, &run->stored);
}

/* A business refusal is an answer: the same request must hear it again, though nothing else of the command stays. Not when it tells of
 * persons, even masked: nothing of theirs is kept with answers. Sent again, it is looked at again. */
static void refuse(struct op_group *group, struct op_work *work, struct run *run, const struct mx_error *why) {
    struct mx_error err = {0};
    op_fill(run->call, why->status, why);
    op_left_run(group, work, run->call->left, why);
    if (why->status == MX_E_APPROVAL && op_ask_approval(group, work, run->call, &err) != MX_OK)
        base_log(BASE_LOG_ERROR, "op", "a wish for approval could not be kept: %s", err.message);
    if (run->call->http_status != 409 || why->status == MX_E_APPROVAL || op_names_conflict(run->call, why) || !keeps_answer(run->call))
        return;
    atomic_fetch_add_explicit(&group->op->count.refused, 1, memory_order_relaxed);
    run->stored.status = run->call->status;
    run->stored.http_status = run->call->http_status;
    run->stored.answer = run->call->answer;
    work->fn = keep_refusal;
    if (op_command(group, work, &err) != MX_OK) base_log(BASE_LOG_ERROR, "op", "a refusal could not be kept: %s", err.message);
}

void op_run_call(struct op_group *group, struct op_call *call) {
    struct run run = {call, (const struct op_reg *)(uintptr_t)call->entry, {0, 0, {NULL, 0}}};
    struct op_work work = {call->arena, &call->principal, call->entry->def->name, NULL, run_call, &run};
    struct mx_error err = {0};
    mx_status st;
    work.owner = run.reg->owner;
    st = op_command(group, &work, &err);
    atomic_fetch_add_explicit(&group->op->count.commands, 1, memory_order_relaxed);
    if (st < 0) {
        refuse(group, &work, &run, &err);
        return;
    }
    call->status = run.stored.status;
    call->http_status = run.stored.http_status;
    call->answer = run.stored.answer;
    call->replayed = st == MX_DONE;
    if (call->replayed) atomic_fetch_add_explicit(&group->op->count.replayed, 1, memory_order_relaxed);
}
