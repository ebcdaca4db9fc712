/* Who looked at whose personal data: an answer that shows some in clear leaves only after the log says so.
 *
 * The store notes whose fields a query opens. When its answer has personal fields and the caller may read them, a command
 * of its own writes the event, and the answer waits for its commit; a burning query, which is a command itself, writes it
 * beside its own work. Customers who read what is kept of themselves are not noted. */
#include "op/internal.h"

struct op_shown {
    struct mx_str op;
    struct mx_list persons;
    int64_t count;
};

static const struct mx_field op_shown_fields[] = {
    MX_F_STR(op_shown, op, MX_REQUIRED, 1, 64, "operation whose answer showed it"),
    MX_F_STRS(op_shown, persons, 0, 0, STORE_SHOWN_MAX, "of these persons; not all of them when there are many"),
    MX_F_INT(op_shown, count, MX_REQUIRED, 1, MX_INT_MAX, "of how many"),
};
MX_TYPE(op_shown, "system.pii.shown", "personal data was shown in clear");

const struct mx_event_def op_pii_shown = {(uint32_t)sizeof(struct mx_event_def), 0, "system.pii.shown",
                                          "Somebody was shown personal data in clear.", &op_shown_type};

static mx_status note_shown(struct mx_ctx *pub, const void *in, void *out) {
    (void)out;
    return mx_emit(pub, &op_pii_shown, in);
}

const struct mx_op op_pii_note = {(uint32_t)sizeof(struct mx_op),
                                  MX_OP_INTERNAL,
                                  "system.pii.note",
                                  "Note in the log who was shown whose personal data.",
                                  NULL,
                                  &op_shown_type,
                                  NULL,
                                  note_shown,
                                  NULL,
                                  MX_HOME_HERE,
                                  MX_OFFLINE_REFUSE,
                                  "0.4"};

/* Noted whoever asks, because who may read in clear can change until the answer is ready. */
void op_shown_begin(struct op_ctx *ctx, const struct op_reg *reg, struct store_shown *noted) {
    if (!reg->personal || ctx->principal->person[0] || op_is_system(ctx->principal)) return;
    ctx->shown = noted ? noted : base_arena_alloc(ctx->arena, sizeof(*ctx->shown));
    store_view_note(ctx->view, ctx->shown);
}

static struct op_shown *told(struct base_arena *arena, const struct store_shown *shown, const char *op) {
    struct op_shown *said = base_arena_alloc(arena, sizeof(*said));
    struct mx_str *persons = base_arena_alloc(arena, shown->noted * sizeof(*persons));
    for (uint32_t i = 0; i < shown->noted; i++) persons[i] = mx_str_of(shown->persons[i]);
    said->op = mx_str_of(op);
    said->persons = (struct mx_list){persons, shown->noted, sizeof(*persons)};
    said->count = shown->count;
    return said;
}

mx_status op_shown_tell(struct op_ctx *ctx) {
    struct op_frame before;
    mx_status st;
    if (!ctx->shown || ctx->shown->count == 0 || !identity_allowed(ctx->op->opts.identity, ctx->principal, "pii.read")) return MX_OK;
    before = op_frame_enter(ctx, op_owner_find(ctx->op, op_plugin()->name), 0);
    st = op_ctx_emit(&ctx->pub, &op_pii_shown, told(ctx->arena, ctx->shown, ctx->op_name));
    op_frame_leave(ctx, &before);
    return st;
}

/* The note is durable, or could not be written: then nothing is shown. */
static void noted(struct op_call *note) {
    struct op_call *call = note->arg;
    if (note->status != MX_OK) {
        call->status = note->status;
        call->http_status = note->http_status;
        call->answer = note->answer;
        call->wait_s = note->wait_s;
    } else {
        op_fill(call, MX_OK, NULL);
    }
    op_count_call(call);
    call->done(call);
}

void op_shown_finish(struct op_kernel *op, struct op_call *call, const struct store_shown *shown) {
    struct op_call *note = base_arena_alloc(call->arena, sizeof(*note));
    struct mx_error err = {0};
    mx_status st = MX_OK;
    note->arena = call->arena;
    note->entry = op_find(op, mx_str_of(op_pii_note.name));
    note->principal = call->principal;
    note->remote = call->remote;
    note->begun_us = call->begun_us;
    note->in = told(call->arena, shown, call->entry->def->name);
    note->done = noted;
    note->arg = call;
    if (!store_has_room(op->opts.store))
        st = base_fail(
            &err, MX_E_NO_SPACE, NULL,
            "The disk is nearly full, so that nobody can note who is shown this; personal data is not shown until there is room.");
    if (st == MX_OK) st = op_enqueue(op, note, &err);
    if (st != MX_OK) op_finish(call, st, &err);
}
