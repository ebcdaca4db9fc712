/* What waits until a run is at its end: the mapping as it was when the run began, and the parts of the file. They are full of names, so
 * they are forgotten when nobody sends the rest, or when the job is gone. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

#define PARTS_WAIT_MS (INT64_C(86400000))      /* for the next part */
#define JOB_WAITS_MS  (30 * INT64_C(86400000)) /* until a run that stands still is given up */
#define MAPPING_PART  0

mx_status intake_keep_mapping(struct mx_ctx *ctx, const struct intake_run *run, const struct intake_mapping *mapping) {
    const struct intake_mapping_put put = {.name = mapping->name,
                                           .channel = mapping->channel,
                                           .kind = mapping->kind,
                                           .format = mapping->format,
                                           .columns = mapping->columns,
                                           .lines = mapping->lines,
                                           .location = mapping->location};
    struct intake_piece piece = {.run = run->id, .part = MAPPING_PART, .rec = {.has = UINT64_MAX}};
    struct mx_str text;
    mx_status st = ctx->op->encode(ctx, &intake_mapping_put_type, &put, &text);
    if (st != MX_OK) return st;
    piece.sealed = mx_seal(ctx, text, run->id);
    return mx_put(ctx, &intake_pieces, &piece);
}

mx_status intake_piece_text(struct mx_ctx *ctx, struct mx_str run, int64_t part, struct mx_str *text) {
    const struct intake_piece probe = {.run = run, .part = part};
    struct intake_piece *piece = NULL;
    mx_status st = mx_get(ctx, &intake_pieces, &probe, &piece);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_DAMAGED, NULL, "A part of the file is missing.");
    return st == MX_OK ? mx_unseal(ctx, piece->sealed, run, text) : st;
}

mx_status intake_kept_mapping(struct mx_ctx *ctx, const struct intake_run *run, struct intake_mapping **mapping) {
    struct intake_mapping_put put = {.kind = 0};
    struct mx_str text;
    mx_status st = intake_piece_text(ctx, run->id, MAPPING_PART, &text);
    if (st == MX_OK) st = ctx->op->decode(ctx, &intake_mapping_put_type, text, &put);
    if (st != MX_OK) return st;
    *mapping = mx_alloc(ctx, sizeof(**mapping));
    **mapping = (struct intake_mapping){.name = put.name,
                                        .channel = put.channel,
                                        .kind = put.kind,
                                        .format = put.format,
                                        .columns = put.columns,
                                        .lines = put.lines,
                                        .location = put.location};
    return MX_OK;
}

mx_status intake_watch(struct mx_ctx *ctx, const struct intake_run *run) {
    const struct intake_ask ask = {run->id};
    int64_t wait_ms = run->state == INTAKE_WAITING ? PARTS_WAIT_MS : JOB_WAITS_MS;
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &intake_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, ctx->expiry_ms + wait_ms, intake_forget_op.name, run->id, body) : st;
}

mx_status intake_drop_pieces(struct mx_ctx *ctx, const struct intake_run *run) {
    mx_status st = MX_OK;
    int64_t part;
    for (part = MAPPING_PART; st == MX_OK && part <= run->had; part++) {
        const struct intake_piece probe = {.run = run->id, .part = part};
        st = mx_delete(ctx, &intake_pieces, &probe);
        if (st == MX_NONE) st = MX_OK;
    }
    return st;
}

/* What it took in until then stays, and can be undone. */
static mx_status forget_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct intake_error error = {.part = 0};
    struct intake_run *run = NULL;
    mx_status st = intake_run_get(ctx, ((const struct intake_ask *)in)->run, "run", &run);
    (void)out;
    if (st != MX_OK || (run->state != INTAKE_WAITING && run->state != INTAKE_RUNNING)) return st == MX_E_NOT_FOUND ? MX_OK : st;
    error.part = run->had;
    error.reason = mx_str_of(run->state == INTAKE_WAITING ? "The other parts of the file did not come within a day: nothing was taken in."
                                                          : "The run stood still for a month: the rest of the file is forgotten.");
    st = intake_error_note(ctx, run, &error);
    if (st == MX_OK) st = intake_drop_pieces(ctx, run);
    run->state = INTAKE_DONE;
    run->ended = ctx->now_ms;
    if (st == MX_OK) st = intake_age(ctx, run);
    return st == MX_OK ? intake_run_put(ctx, run) : st;
}

const struct mx_op intake_forget_op = INTAKE_OP(MX_OP_INTERNAL, "intake.forget", "Forget the parts of a file of which the rest never came.",
                                                NULL, &intake_ask_type, NULL, forget_handler);
