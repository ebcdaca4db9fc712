/* Changing the epoch of persons' keys, as an operation and a job. */
#include "identity/internal.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

struct epoch_state {
    uint8_t running;
    int64_t at;
};
static const struct mx_field epoch_state_fields[] = {
    MX_F_BOOL(epoch_state, running, 0, "the change is under way"),
    MX_F_TIME(epoch_state, at, 0, "when it begins"),
};
MX_TYPE(epoch_state, "identity.epoch.state", "a change of the epoch of persons' keys");

static const char *const stages[] = {"begin", "wrap", "drop", NULL};
#define BEGIN 1
#define WRAP  2
#define DROP  3

struct epoch_cursor {
    int32_t stage;
    int64_t from;
    struct mx_str after;
};
static const struct mx_field epoch_cursor_fields[] = {
    MX_F_ENUM(epoch_cursor, stage, 0, stages, "what is to do"),
    MX_F_INT(epoch_cursor, from, 0, 0, MX_INT_MAX, "epoch that was the current one"),
    MX_F_STR(epoch_cursor, after, 0, 0, 512, "persons up to this one are done"),
};
MX_TYPE(epoch_cursor, "identity.epoch.cursor", "how far a change of the epoch is");

/* ---- the job ---- */

static mx_status wrap_some(struct mx_ctx *ctx, struct epoch_cursor *at) {
    struct mx_error err = {0};
    mx_status st = identity_epoch_rewrap(identity_of(ctx), identity_view(ctx), &at->after, &err);
    if (st == MX_DONE) at->stage = DROP;
    return st == MX_DONE || st == MX_OK ? MX_OK : mx_fail(ctx, st, NULL, "%s", err.message);
}

static mx_status step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct epoch_cursor at = {0};
    struct mx_error err = {0};
    mx_status st = ctx->op->decode(ctx, &epoch_cursor_type, cursor->len ? *cursor : body, &at);
    if (st != MX_OK) return st;
    if (at.stage == DROP) {
        st = identity_epoch_drop(identity_of(ctx), &err);
        if (st == MX_DONE)
            st = identity_count_set(identity_view(ctx), IDENTITY_COUNT_ROTATING, 0, &err);
        else if (st == MX_OK)
            return MX_OK; /* not durable yet: the next group sees it */
        return st == MX_OK ? MX_DONE : mx_fail(ctx, st, NULL, "%s", err.message);
    }
    if (at.stage == WRAP) st = wrap_some(ctx, &at);
    if (at.stage == BEGIN) {
        st = identity_epoch_begin(identity_of(ctx), (uint32_t)at.from, &err);
        if (st != MX_OK) return mx_fail(ctx, st, NULL, "%s", err.message);
        at.stage = WRAP;
    }
    return st == MX_OK ? ctx->op->encode(ctx, &epoch_cursor_type, &at, cursor) : st;
}

const struct mx_job identity_epoch_job = {(uint32_t)sizeof(struct mx_job), 0, "identity.epoch", step};

/* ---- the operation ---- */

static mx_status start(struct mx_ctx *ctx) {
    struct epoch_cursor body = {BEGIN, (int64_t)crypto_keys_epoch(identity_of(ctx)->keys), {NULL, 0}};
    struct store_view *view = identity_view(ctx);
    struct mx_str json, id;
    mx_status st = ctx->op->encode(ctx, &epoch_cursor_type, &body, &json);
    if (st == MX_OK) st = identity_count_set(view, IDENTITY_COUNT_ROTATING, 1, NULL);
    if (st == MX_OK) st = identity_count_set(view, IDENTITY_COUNT_ROTATED, ctx->expiry_ms, NULL);
    return st == MX_OK ? mx_job_start(ctx, identity_epoch_job.name, json, &id) : st;
}

/* At most once a day: whoever is erased in between is gone with the next one. */
static mx_status rotate(struct mx_ctx *ctx, const void *in, void *out) {
    struct store_view *view = identity_view(ctx);
    struct epoch_state *state = out, ignored;
    int64_t running = 0, last = 0;
    mx_status st = identity_count_get(view, IDENTITY_COUNT_ROTATING, &running);
    (void)in;
    if (!state) state = &ignored;
    if (st == MX_OK) st = identity_count_get(view, IDENTITY_COUNT_ROTATED, &last);
    if (st != MX_OK) return st;
    state->at = last && last + DAY_MS > ctx->expiry_ms ? last + DAY_MS : ctx->expiry_ms;
    state->running = !running && state->at == ctx->expiry_ms;
    if (state->running) return start(ctx);
    return mx_due_at(ctx, running && state->at == ctx->expiry_ms ? ctx->expiry_ms + DAY_MS : state->at, "identity.epoch.due",
                     mx_str_of("epoch"), mx_str_of("{}"));
}

const struct mx_op identity_op_epoch_rotate = IDENTITY_OP(
    0, "identity.epoch.rotate",
    "Wrap all persons' keys anew and destroy what wrapped them before, so that who was erased stays so in old copies too; once a day.",
    "identity.manage", NULL, &epoch_state_type, rotate, NULL);
const struct mx_op identity_op_epoch_due =
    IDENTITY_OP(MX_OP_INTERNAL, "identity.epoch.due", "The day is over: rotate now.", NULL, NULL, NULL, rotate, NULL);
