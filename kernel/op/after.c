/* What follows a command or its commit: memory that mirrors the store changes only when the store has changed for good. */
#include "op/internal.h"

void op_after_commit(struct op_ctx *ctx, void (*fn)(struct op_kernel *op, const void *arg), const void *arg, size_t size) {
    struct op_after *after = base_arena_alloc(ctx->arena, sizeof(*after));
    void *copy = base_arena_alloc(ctx->arena, size + 1);
    if (size) memcpy(copy, arg, size);
    after->fn = fn;
    after->arg = copy;
    after->size = size;
    if (ctx->after_last)
        ctx->after_last->next = after;
    else
        ctx->after = after;
    ctx->after_last = after;
}

mx_status op_ctx_settled(struct mx_ctx *pub, void (*fn)(void *arg, int32_t kept), void *arg) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_settled *settled;
    if (pub->read_only)
        return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" waits for the end of a command where only reading is allowed.",
                           ctx->owner->plugin.name);
    settled = base_arena_alloc(ctx->arena, sizeof(*settled));
    settled->fn = fn;
    settled->arg = arg;
    if (ctx->settled_last)
        ctx->settled_last->next = settled;
    else
        ctx->settled = settled;
    ctx->settled_last = settled;
    return MX_OK;
}

void op_settled_tell(const struct op_ctx *ctx, int32_t kept) {
    const struct op_settled *settled;
    for (settled = ctx->settled; settled; settled = settled->next) settled->fn(settled->arg, kept);
}

/* The command's own memory may be gone before the commit. */
void op_after_keep(struct op_ctx *ctx) {
    struct op_kernel *op = ctx->op;
    const struct op_after *after;
    for (after = ctx->after; after; after = after->next) {
        struct op_after *kept = base_arena_alloc(op->after_arena, sizeof(*kept));
        void *copy = base_arena_alloc(op->after_arena, after->size + 1);
        if (after->size) memcpy(copy, after->arg, after->size);
        kept->fn = after->fn;
        kept->arg = copy;
        if (op->after_last)
            op->after_last->next = kept;
        else
            op->after = kept;
        op->after_last = kept;
    }
}

void op_after_run(struct op_kernel *op) {
    const struct op_after *after = op->after;
    if (!after) return;
    op->after = op->after_last = NULL;
    for (; after; after = after->next) after->fn(op, after->arg);
    base_arena_reset(op->after_arena);
}
