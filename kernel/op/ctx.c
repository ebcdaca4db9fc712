/* The running command: its memory, its errors, the table "mx.op". */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"
#include "json/json.h"

void op_ctx_init(struct op_ctx *ctx, struct op_kernel *op, struct base_arena *arena, struct store_view *view,
                 const struct identity_principal *principal, const char *op_name, struct op_owner *owner, int read_only, int64_t now_ms) {
    memset(ctx, 0, sizeof(*ctx));
    ctx->pub.size = sizeof(ctx->pub);
    ctx->pub.read_only = (uint32_t)read_only;
    ctx->pub.now_ms = now_ms;
    ctx->pub.expiry_ms = op_expiry(op, now_ms);
    ctx->pub.op = &op_api;
    ctx->pub.store = &op_store_api;
    ctx->pub.event = &op_event_api;
    ctx->pub.identity = &op_identity_calls.api;
    ctx->op = op;
    ctx->arena = arena;
    ctx->view = view;
    ctx->principal = principal;
    ctx->op_name = op_name;
    ctx->owner = owner;
}

struct op_frame op_frame_enter(struct op_ctx *ctx, struct op_owner *owner, int read_only) {
    struct op_frame before = {ctx->owner, ctx->pub.read_only, ctx->kept};
    ctx->owner = owner;
    ctx->pub.read_only = (uint32_t)read_only;
    ctx->kept = NULL;
    ctx->depth++;
    return before;
}

void op_frame_leave(struct op_ctx *ctx, const struct op_frame *frame) {
    ctx->owner = frame->owner;
    ctx->pub.read_only = frame->read_only;
    ctx->kept = frame->kept;
    ctx->depth--;
}

mx_status op_ctx_fail(struct op_ctx *ctx, mx_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    base_error_setv(&ctx->error, status, NULL, NULL, __FILE__, __LINE__, format, args);
    va_end(args);
    return status;
}

mx_status op_ctx_error(struct op_ctx *ctx, mx_status status) {
    if (status < 0 && ctx->error.status != status) base_fail(&ctx->error, status, NULL, "%s.", base_status_text(status));
    return status;
}

/* The writes of one nested command cannot be taken back alone, so after its error the whole command must fail. */
void op_doom(struct op_ctx *ctx) {
    if (!ctx->doom.status) ctx->doom = ctx->error;
}

static void *ctx_alloc(struct mx_ctx *pub, size_t bytes) { return base_arena_alloc(op_ctx_of(pub)->arena, bytes); }

static mx_status ctx_fail(struct mx_ctx *pub, mx_status status, const char *code, const char *field, const char *file, int32_t line,
                          const char *format, ...) {
    struct op_ctx *ctx = op_ctx_of(pub);
    va_list args;
    if (status >= 0) status = MX_E_INTERNAL;
    va_start(args, format);
    base_error_setv(&ctx->error, status, code, field, file, line, format, args);
    va_end(args);
    return status;
}

static mx_status ctx_new_id(struct mx_ctx *pub, const char *prefix, struct mx_str *id) {
    struct op_ctx *ctx = op_ctx_of(pub);
    if (!ctx->seeded) base_random_seed(&ctx->random);
    ctx->seeded = 1;
    *id = ctx->ids ? base_id_next(ctx->arena, prefix, pub->now_ms, &ctx->random, ctx->ids)
                   : base_id_new(ctx->arena, prefix, pub->now_ms, &ctx->random);
    return MX_OK;
}

static mx_status ctx_encode(struct mx_ctx *pub, const struct mx_type *type, const void *object, struct mx_str *json) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct base_buf buf;
    base_buf_init(&buf, ctx->arena);
    json_encode(&buf, type, object, 0);
    *json = base_buf_view(&buf);
    return MX_OK;
}

static mx_status ctx_decode(struct mx_ctx *pub, const struct mx_type *type, struct mx_str json, void *object) {
    struct op_ctx *ctx = op_ctx_of(pub);
    return op_ctx_error(ctx, json_decode(ctx->arena, type, json, JSON_ANSWER, object, &ctx->error));
}

static void ctx_keep(struct mx_ctx *pub, void *prepared) { op_ctx_of(pub)->kept = prepared; }

static void *ctx_kept(struct mx_ctx *pub) { return op_ctx_of(pub)->kept; }

static void ctx_log(struct mx_ctx *pub, int32_t level, const char *format, ...) {
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    base_log(level, op_ctx_of(pub)->owner->plugin.name, "%s", line);
}

static struct mx_str ctx_problem_field(struct mx_ctx *pub) { return mx_str_of(op_ctx_of(pub)->error.field); }

const struct mx_op_api op_api = {
    sizeof(struct mx_op_api),
    0,
    ctx_alloc,
    ctx_fail,
    op_ctx_call,
    op_ctx_ask,
    op_ctx_ask_all,
    ctx_new_id,
    op_ctx_job_start,
    ctx_encode,
    ctx_decode,
    ctx_keep,
    ctx_kept,
    op_ctx_shop,
    ctx_log,
    op_ctx_progress,
    op_ctx_send,
    op_ctx_call_json,
    op_ctx_operation,
    op_ctx_problem,
    op_ctx_type_of,
    op_ctx_read_anew,
    op_ctx_slice,
    op_ctx_hash,
    op_ctx_sign,
    op_ctx_sign_check,
    op_ctx_civil,
    op_ctx_random,
    op_ctx_keyed_hash,
    op_ctx_seal,
    op_ctx_unseal,
    op_ctx_settled,
    op_ctx_hook_signed,
    op_ctx_if_refused,
    ctx_problem_field,
};

const struct mx_event_api op_event_api = {sizeof(struct mx_event_api), 0, op_ctx_emit, op_ctx_due_at, op_ctx_due_cancel};

const void *op_interface(const char *name, uint32_t major) {
    if (major != MX_ABI_MAJOR || !name) return NULL;
    if (strcmp(name, "mx.op") == 0) return &op_api;
    if (strcmp(name, "mx.store") == 0) return &op_store_api;
    if (strcmp(name, "mx.event") == 0) return &op_event_api;
    if (strcmp(name, "mx.identity") == 0) return &op_identity_calls.api;
    return NULL;
}
