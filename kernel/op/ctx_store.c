/* The table "mx.store": typed records through the command's own view. */
#include "op/internal.h"

/* A walk remembers its command, so that an error of a later step can be told. */
struct op_scan {
    struct op_ctx *ctx;
    struct mx_scan *scan;
};

static mx_status may_write(struct op_ctx *ctx, const struct mx_table *table) {
    if (!ctx->pub.read_only) return MX_OK;
    return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" tried to write to \"%s\", but only commands write.", ctx->owner->plugin.name,
                       table->name);
}

static mx_status ctx_get(struct mx_ctx *pub, const struct mx_table *table, const void *probe, void **record) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return op_ctx_error(ctx, store_get(ctx->view, table, probe, record, &ctx->error));
}

static mx_status ctx_find(struct mx_ctx *pub, const struct mx_table *table, const char *index, const void *probe, void **record) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return op_ctx_error(ctx, store_find(ctx->view, table, index, probe, record, &ctx->error));
}

static mx_status ctx_put(struct mx_ctx *pub, const struct mx_table *table, void *record) {
    struct op_ctx *ctx = op_ctx_of(pub);
    mx_status st = may_write(ctx, table);
    return st == MX_OK ? op_ctx_error(ctx, store_put(ctx->view, table, record, &ctx->error)) : st;
}

static mx_status ctx_del(struct mx_ctx *pub, const struct mx_table *table, const void *probe) {
    struct op_ctx *ctx = op_ctx_of(pub);
    mx_status st = may_write(ctx, table);
    return st == MX_OK ? op_ctx_error(ctx, store_del(ctx->view, table, probe, &ctx->error)) : st;
}

static mx_status ctx_scan_open(struct mx_ctx *pub, const struct mx_table *table, const struct mx_scan_opts *given, const void *probe,
                               struct mx_scan **scan) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_scan *wrapped = base_arena_alloc(ctx->arena, sizeof(*wrapped));
    struct mx_scan_opts opts = {0};
    mx_status st;
    if (given) op_copy_sized(&opts, sizeof(opts), given, given->size ? given->size : sizeof(opts));
    opts.size = sizeof(opts);
    wrapped->ctx = ctx;
    st = store_scan_open(ctx->view, table, &opts, probe, &wrapped->scan, &ctx->error);
    if (st == MX_OK) *scan = (struct mx_scan *)(void *)wrapped;
    return op_ctx_error(ctx, st);
}

static mx_status ctx_scan_next(struct mx_scan *scan, void **record) {
    struct op_scan *wrapped = (struct op_scan *)(void *)scan;
    return op_ctx_error(wrapped->ctx, store_scan_next(wrapped->scan, record, &wrapped->ctx->error));
}

static struct mx_str ctx_scan_cursor(struct mx_scan *scan) { return store_scan_cursor(((struct op_scan *)(void *)scan)->scan); }

static mx_status ctx_next_number(struct mx_ctx *pub, const char *sequence, struct mx_str scope, int64_t *number) {
    struct op_ctx *ctx = op_ctx_of(pub);
    if (pub->read_only) return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" drew a number, but only commands do.", ctx->owner->plugin.name);
    return op_ctx_error(ctx, store_next_number(ctx->view, sequence, scope, number));
}

const struct mx_store_api op_store_api = {
    sizeof(struct mx_store_api), 0, ctx_get, ctx_find, ctx_put, ctx_del, ctx_scan_open, ctx_scan_next, ctx_scan_cursor, ctx_next_number,
};
