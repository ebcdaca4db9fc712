/* What follows a commit: memory that mirrors the store changes only when the store has changed for good. */
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
