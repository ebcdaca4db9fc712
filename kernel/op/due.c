/* Due times: an internal operation that runs once, at or soon after its time, as a command of its own. */
#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"
#include "json/json.h"

static mx_status check_due(struct op_ctx *ctx, const char *op, struct mx_str id) {
    const struct op_reg *reg = base_map_get(&ctx->op->ops, mx_str_of(op));
    const char *owner = ctx->owner->plugin.name;
    if (ctx->pub.read_only) return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" set a due time, but only commands do.", owner);
    if (!reg || !(reg->def.flags & MX_OP_INTERNAL) || (reg->def.flags & MX_OP_QUERY))
        return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" set a due time for \"%s\", which is no internal command.", owner, op);
    if (id.len == 0 || id.len > 128) return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" set a due time without a proper id.", owner);
    return MX_OK;
}

mx_status op_ctx_due_at(struct mx_ctx *pub, int64_t due_ms, const char *op, struct mx_str id, struct mx_str body_json) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct bus_due due = {0};
    mx_status st = check_due(ctx, op, id);
    if (st != MX_OK) return st;
    st = json_canonical(ctx->arena, body_json.len ? body_json : mx_str_of("{}"), 65536, &due.body, &ctx->error);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    due.due_ms = due_ms;
    due.op = mx_str_of(op);
    due.id = id;
    ctx->op->due_next_ms = 0; /* unknown: look, also when a follower asks for it */
    return op_ctx_error(ctx, bus_due_put(ctx->view, &due));
}

mx_status op_ctx_due_cancel(struct mx_ctx *pub, const char *op, struct mx_str id) {
    struct op_ctx *ctx = op_ctx_of(pub);
    mx_status st = check_due(ctx, op, id);
    return st == MX_OK ? op_ctx_error(ctx, bus_due_del(ctx->view, mx_str_of(op), id)) : st;
}

struct fire {
    struct bus_due due;
    int again; /* put it off instead of forgetting it */
    struct op_left *left;
};

/* MX_DONE: nothing is due yet. */
static mx_status fire_first(struct op_ctx *ctx, void *arg) {
    struct fire *fire = arg;
    const struct op_reg *reg;
    void *in = NULL, *out;
    mx_status st = bus_due_first(ctx->view, &fire->due);
    ctx->left = &fire->left;
    op_passed_over(&ctx->op->due_damaged, fire->due.passed_over, "due times");
    ctx->op->due_next_ms = st == MX_OK ? fire->due.due_ms : INT64_MAX;
    if (st == MX_NONE || (st == MX_OK && fire->due.due_ms > ctx->pub.expiry_ms)) return MX_DONE;
    if (st == MX_OK) st = bus_due_take(ctx->view, &fire->due);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    reg = base_map_get(&ctx->op->ops, fire->due.op);
    if (!reg) return op_ctx_fail(ctx, MX_E_INTERNAL, "There is no operation \"%.*s\".", (int)fire->due.op.len, fire->due.op.ptr);
    ctx->owner = reg->owner;
    ctx->op_name = reg->def.name;
    if (reg->def.in) {
        in = base_arena_alloc(ctx->arena, reg->def.in->struct_size);
        st = json_decode(ctx->arena, reg->def.in, fire->due.body, JSON_WIRE, in, &ctx->error);
        if (st != MX_OK) return op_ctx_error(ctx, st);
    }
    return op_settle(ctx, op_invoke(ctx, reg, in, &out));
}

static mx_status after_failure(struct op_ctx *ctx, void *arg) {
    struct fire *fire = arg;
    mx_status st = bus_due_take(ctx->view, &fire->due);
    fire->due.due_ms = ctx->pub.expiry_ms + OP_RETRY_MS;
    if (st == MX_OK && fire->again) st = bus_due_put(ctx->view, &fire->due);
    return op_ctx_error(ctx, st);
}

/* 1: one was fired (or put off). */
static uint32_t fire_one(struct op_group *group) {
    struct identity_principal system;
    struct fire fire = {.again = 0};
    struct op_work work = {group->op->system_arena, &system, "system.due", NULL, fire_first, &fire};
    struct mx_error err = {0}, failed = {0};
    mx_status st;
    work.owner = group->op->owners;
    identity_system(&system);
    base_arena_reset(group->op->system_arena);
    st = op_command(group, &work, &err);
    if (st == MX_DONE) return 0;
    if (st == MX_OK) return 1;
    fire.again = base_status_http(st) >= 500;
    base_log(BASE_LOG_ERROR, "op", "the due operation \"%.*s\" failed%s: %s", (int)fire.due.op.len, fire.due.op.ptr ? fire.due.op.ptr : "",
             fire.again ? " and is tried again in a minute" : "", err.message);
    if (fire.due.op.len == 0) return 0;
    work.fn = after_failure;
    if (op_command(group, &work, &failed) != MX_OK) base_log(BASE_LOG_ERROR, "op", "a due time could not be put off: %s", failed.message);
    op_left_run(group, &work, fire.left, &err); /* it may set the same due time anew */
    return 1;
}

uint32_t op_fire_due(struct op_group *group, int64_t until_us) {
    uint32_t steps = 0;
    if (!group->op->owners) return 0;
    while (fire_one(group)) {
        steps++;
        if (steps >= OP_SYSTEM_STEPS || base_steady_us() >= until_us) break;
    }
    return steps;
}
