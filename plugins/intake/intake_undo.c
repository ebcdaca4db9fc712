/* Taking a run back: what it made, the newest first, as far as nobody has built on it since. */
#include <stdio.h>

#include "internal.h"
#include "merx/retail/payment.h"
#include "ops.h"
#include "views.h"

#define PASSES 3

struct cursor {
    int64_t seq; /* of what is taken back next */
};
static const struct mx_field cursor_fields[] = {
    MX_F_INT(cursor, seq, 0, 0, MX_INT_MAX, "what is taken back next"),
};
MX_TYPE(cursor, "intake.undo.cursor", "how far an undo is");

static mx_status undo_order(struct mx_ctx *ctx, const struct intake_made *made) {
    const struct mx_order_take_out out = {made->id, made->run};
    struct mx_order_taken_in taken;
    mx_status st = intake_tread(ctx, made->run, INTAKE_UNDO_PART, made->seq);
    return st == MX_OK ? intake_trod(ctx, mx_call(ctx, &mx_orders_take_out, &out, &taken)) : st;
}

/* What was known before the run stays known; what it said is forgotten, so that the same file is read anew. */
static mx_status undo_entry(struct mx_ctx *ctx, const struct intake_run *run, const struct intake_made *made) {
    const struct intake_entry probe = {.channel = run->channel, .kind = run->kind, .external = made->id};
    struct intake_entry *entry = NULL;
    mx_status st = made->again ? mx_get(ctx, &intake_entries, &probe, &entry) : mx_delete(ctx, &intake_entries, &probe);
    if (st != MX_OK || !made->again) return st == MX_NONE ? MX_OK : st;
    entry->hash.len = 0;
    entry->rec.has = UINT64_MAX;
    return mx_put(ctx, &intake_entries, entry);
}

/* What the run linked to this person, by kind, as far as it is still hers; stays: why she herself was not taken back. */
static mx_status brought(struct mx_ctx *ctx, const struct intake_made *made, const char *kind, uint32_t *links, struct mx_str *stays) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "person", .prefix = 1};
    const struct intake_made probe = {.person = made->person};
    struct intake_made *other = NULL;
    struct mx_scan *scan = NULL;
    struct mx_str whose;
    mx_status st = mx_scan_open(ctx, &intake_mades, &opts, &probe, &scan);
    *links = 0;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &other)) == MX_OK) {
        if (!mx_str_eq(other->run, made->run)) continue;
        if (other->kind == INTAKE_MADE_PERSON) *stays = other->stays;
        if (!kind || other->kind != INTAKE_MADE_LINK || !mx_str_is(other->link, kind) || other->value.len == 0) continue;
        st = ctx->identity->person_find(ctx, kind, other->value, &whose);
        if (st == MX_OK && mx_str_eq(whose, made->person)) ++*links;
        if (st == MX_NONE) st = MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Is there anything by which she is known that this run did not bring? */
static mx_status is_known(struct mx_ctx *ctx, const struct intake_made *made, int *known) {
    static const char *const kinds[] = {"phone", "email", "card", "openid", "device", "account", NULL};
    uint32_t i, links;
    *known = 0;
    for (i = 0; kinds[i] && !*known; i++) {
        struct mx_list values = {0};
        struct mx_str stays = {NULL, 0};
        mx_status st = ctx->identity->person_identifiers(ctx, made->person, kinds[i], &values);
        if (st == MX_OK) st = brought(ctx, made, kinds[i], &links, &stays);
        if (st != MX_OK) return st;
        *known = values.count > links;
    }
    return MX_OK;
}

/* Money that she has here: who is forgotten can never spend it. */
static mx_status holds(struct mx_ctx *ctx, struct mx_str member, int *holding) {
    const struct mx_wallet_forfeit ask = {member, 0};
    struct mx_wallet_held held = {0};
    mx_status st = mx_call(ctx, &mx_wallet_forfeit_use, &ask, &held);
    *holding = held.balance > 0;
    return st == MX_DECLINED ? MX_OK : st;
}

static int has_counted(const struct mx_member_facts *facts) {
    uint32_t i;
    for (i = 0; i < facts->counters.count; i++)
        if (((const struct mx_counter *)mx_list_at(&facts->counters, i))->value != 0) return 1;
    return 0;
}

/* A person whom this run alone made, and who did nothing here since, is forgotten; whoever became a customer stays one. */
static mx_status undo_person(struct mx_ctx *ctx, const struct intake_made *made, const char **stays) {
    const struct mx_member_ask ask = {made->id};
    struct mx_member_facts facts = {.id = {NULL, 0}};
    struct mx_list persons = {0};
    int known = 0, holding = 0;
    mx_status st = mx_ask(ctx, &mx_point_member, &ask, &facts);
    if (st == MX_DECLINED) return MX_OK;
    if (st == MX_OK) st = ctx->identity->person_set(ctx, made->person, &persons);
    if (st == MX_OK) st = is_known(ctx, made, &known);
    if (st == MX_OK) st = holds(ctx, made->id, &holding);
    if (st != MX_OK) return st == MX_E_ERASED || st == MX_E_NOT_FOUND ? MX_OK : st;
    if (known) *stays = "She is known by something that this run did not bring.";
    if (persons.count > 1) *stays = "She was merged with another customer since.";
    if (has_counted(&facts)) *stays = "Something was counted for her: she became a customer.";
    if (holding) *stays = "There is value on her gift cards or credit.";
    if (*stays) return MX_OK;
    st = ctx->identity->person_erase(ctx, made->person, mx_str_of("an intake was undone"));
    return st == MX_E_ERASED ? MX_OK : st; /* she asked for it herself meanwhile */
}

/* Whoever stays is found as before. */
static mx_status undo_link(struct mx_ctx *ctx, const struct intake_made *made, const char **stays) {
    struct mx_str why = {NULL, 0};
    char kind[20];
    uint32_t links;
    mx_status st;
    if (made->value.len == 0) return MX_OK; /* she was erased, and it with her */
    st = brought(ctx, made, NULL, &links, &why);
    if (st != MX_OK) return st;
    if (why.len) {
        *stays = "She whose it is stays.";
        return MX_OK;
    }
    snprintf(kind, sizeof(kind), "%.*s", (int)made->link.len, made->link.ptr);
    st = ctx->identity->person_unlink(ctx, made->person, kind, made->value);
    return st == MX_NONE || st == MX_E_NOT_FOUND || st == MX_E_ERASED ? MX_OK : st;
}

/* One thing. stays: why it could not be taken back. */
static mx_status undo_one(struct mx_ctx *ctx, const struct intake_run *run, const struct intake_made *made, const char **stays) {
    struct mx_str refused = intake_stumbled(ctx, made->run, INTAKE_UNDO_PART, made->seq);
    if (refused.len) {
        *stays = refused.ptr;
        return MX_OK;
    }
    switch (made->kind) {
    case INTAKE_MADE_ORDER:
        return undo_order(ctx, made);
    case INTAKE_MADE_ENTRY:
        return undo_entry(ctx, run, made);
    case INTAKE_MADE_LINK:
        return undo_link(ctx, made, stays);
    case INTAKE_MADE_PERSON:
        return undo_person(ctx, made, stays);
    case INTAKE_MADE_PRODUCT:
        return intake_undo_product(ctx, made, stays);
    case INTAKE_MADE_CHANGE:
        return intake_undo_change(ctx, made, stays);
    default:
        *stays = "A changed name stays: what it was before is not kept.";
        return MX_OK;
    }
}

static mx_status take_back(struct mx_ctx *ctx, struct intake_run *run, int64_t seq) {
    const struct intake_made probe = {.run = run->id, .seq = seq};
    struct intake_made *made = NULL;
    const char *stays = NULL;
    mx_status st = mx_get(ctx, &intake_mades, &probe, &made);
    if (st == MX_NONE) return MX_OK;
    if (st == MX_OK) st = undo_one(ctx, run, made, &stays);
    if (st == MX_DECLINED) st = MX_OK;
    if (st != MX_OK) return st;
    *(stays ? &run->left : &run->taken) += 1;
    if (!stays) return mx_delete(ctx, &intake_mades, &probe);
    made->stays = mx_str_of(stays);
    made->rec.has = UINT64_MAX;
    return mx_put(ctx, &intake_mades, made);
}

static mx_status end_undo(struct mx_ctx *ctx, struct intake_run *run) {
    const struct intake_told told = {
        .run = run->id, .mapping = run->mapping, .channel = run->channel, .taken = run->taken, .left = run->left};
    mx_status st;
    run->state = INTAKE_UNDONE;
    st = intake_run_put(ctx, run);
    return st == MX_OK ? mx_emit(ctx, &intake_undone_event, &told) : st;
}

static int pass_of(int32_t kind) { return kind == INTAKE_MADE_LINK ? 0 : kind == INTAKE_MADE_PERSON ? 1 : 2; }

mx_status intake_undo_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct intake_ask ask = {{NULL, 0}};
    struct intake_run *run = NULL;
    struct cursor at = {0};
    int64_t floor_seq = 0;
    int pass = 0;
    uint32_t i;
    mx_status st = ctx->op->decode(ctx, &intake_ask_type, body, &ask);
    if (st == MX_OK) st = intake_run_get(ctx, ask.run, "run", &run);
    if (st == MX_OK && run->state != INTAKE_UNDOING) return MX_DONE;
    at.seq = st == MX_OK ? PASSES * run->made : 0;
    if (st == MX_OK && cursor->len) st = ctx->op->decode(ctx, &cursor_type, *cursor, &at);
    /* Three times over them: orders and entries first, then, in a step of its own, the persons behind them; for what hears of the orders
     * that are gone hears it when the step ends. Links last: those of persons who stay, stay too. */
    if (st == MX_OK && at.seq > 0) {
        pass = (int)((at.seq - 1) / run->made);
        floor_seq = pass * run->made;
    }
    for (i = 0; st == MX_OK && i < INTAKE_STEP_ROWS && at.seq > floor_seq; i++, at.seq--) {
        int64_t seq = at.seq - floor_seq;
        const struct intake_made probe = {.run = run->id, .seq = seq};
        struct intake_made *made = NULL;
        st = mx_get(ctx, &intake_mades, &probe, &made);
        if (st == MX_OK && pass_of(made->kind) == pass && made->stays.len == 0) st = take_back(ctx, run, seq);
        if (st == MX_NONE) st = MX_OK;
    }
    if (st != MX_OK) return st;
    if (at.seq <= 0) return (st = end_undo(ctx, run)) == MX_OK ? MX_DONE : st;
    st = intake_run_put(ctx, run);
    return st == MX_OK ? ctx->op->encode(ctx, &cursor_type, &at, cursor) : st;
}

static mx_status undo_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct intake_ask *ask = in;
    struct intake_run *run = NULL;
    struct mx_str body, job;
    mx_status st = intake_run_get(ctx, ask->run, "run", &run);
    if (st != MX_OK) return st;
    if ((st = intake_may(ctx, run->kind, "run")) != MX_OK) return st;
    if (run->dry) return mx_refuse(ctx, "run_was_dry", "run", "This run changed nothing.");
    if (run->state == INTAKE_UNDOING || run->state == INTAKE_UNDONE)
        return mx_refuse(ctx, "run_undone", "run", "This run was undone already.");
    if (run->state != INTAKE_DONE) return mx_refuse(ctx, "run_not_done", "run", "This run is not at its end yet.");
    run->state = INTAKE_UNDOING;
    st = intake_run_put(ctx, run);
    if (st == MX_OK) st = ctx->op->encode(ctx, &intake_ask_type, ask, &body);
    if (st == MX_OK) st = mx_job_start(ctx, INTAKE_UNDO_JOB, body, &job);
    if (st == MX_OK) intake_show_one(ctx, run, out);
    return st;
}

const struct mx_op intake_undo_op =
    INTAKE_OP(0, "intake.undo", "Take a run back: its orders, links, products and the customers that it alone brought.", INTAKE_MAY_UNDO,
              &intake_ask_type, &intake_one_type, undo_handler);
