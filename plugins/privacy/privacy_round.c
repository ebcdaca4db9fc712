/* The daily round. It begins a walk for each kind that is deleted by age, and one for customers who stayed away: each goes a few rows at a
 * time between the tills' commands, and by itself, so that one that is refused ends no other. What was refused is a work item until it
 * works again; the round of the next day tries it anew, also when the round itself could not begin. */
#include "duties.h"

#include <stdio.h>

#define WORK "privacy.retention"

struct note {
    struct mx_str kind;
    struct mx_str subject;
    struct mx_str text;
};

static const struct mx_field note_fields[] = {
    MX_F_STR(note, kind, MX_REQUIRED, 1, 64, "what it is about"),
    MX_F_STR(note, subject, MX_REQUIRED, 1, 128, "which one"),
    MX_F_STR(note, text, MX_REQUIRED, 1, 500, "what happened and what to do; or how it came right"),
};
MX_TYPE(note, "privacy.note", "what a person must look at, or needs to no more");

const struct mx_use privacy_work_open_use = {"system.work.open", &note_type, NULL};
const struct mx_use privacy_work_end_use = {"system.work.end", &note_type, NULL};

/* ---- beginning ---- */

mx_status privacy_round_at(struct mx_ctx *ctx, int64_t at_ms) {
    return mx_due_at(ctx, at_ms, privacy_round_op.name, mx_str_of(PRIVACY_ROUND), mx_str_of("{}"));
}

static mx_status plan_step(struct mx_ctx *ctx, const struct privacy_step *step) {
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &privacy_step_type, step, &body);
    return st == MX_OK ? mx_due_at(ctx, ctx->expiry_ms, privacy_step_op.name, step->name, body) : st;
}

static mx_status tell(struct mx_ctx *ctx, const struct mx_use *use, struct mx_str name, const char *text) {
    const struct note note = {mx_str_of(WORK), name, mx_str_of(text)};
    return mx_call(ctx, use, &note, NULL);
}

/* What is noted when this command is refused. */
static mx_status if_refused(struct mx_ctx *ctx, const struct privacy_step *step) {
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &privacy_step_type, step, &body);
    return st == MX_OK ? mx_if_refused(ctx, privacy_refused_op.name, body) : st;
}

static mx_status round_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct privacy_step step = {.name = MX_STR_INIT(PRIVACY_ROUND), .now = ctx->expiry_ms};
    struct mx_list kinds;
    int64_t idle = 0;
    uint32_t i;
    mx_status st = if_refused(ctx, &step);
    (void)in;
    (void)out;
    if (st == MX_OK) st = privacy_kinds_of(ctx, &kinds, NULL);
    for (i = 0; st == MX_OK && i < kinds.count; i++) {
        const struct privacy_kind *kind = mx_list_at(&kinds, i);
        step.name = kind->name;
        if (kind->trimmed && kind->keep_days) st = plan_step(ctx, &step);
    }
    if (st == MX_OK) st = privacy_keep_days(ctx, mx_str_of(PRIVACY_IDLE), &idle);
    step.name = mx_str_of(PRIVACY_IDLE);
    if (st == MX_OK && idle) st = plan_step(ctx, &step);
    if (st == MX_OK) st = tell(ctx, &privacy_work_end_use, mx_str_of(PRIVACY_ROUND), "The round could begin again.");
    return st == MX_OK ? privacy_round_at(ctx, ctx->expiry_ms + PRIVACY_DAY_MS) : st;
}

/* ---- one step ---- */

/* A plugin's own operation deletes; only the system may call it. */
static mx_status trim(struct mx_ctx *ctx, struct mx_str op, struct mx_str name, int64_t before, int *more) {
    const struct mx_trim ask = {.name = name, .before = before, .limit = PRIVACY_STEP};
    struct mx_trimmed trimmed = {0};
    struct mx_str in, answer;
    mx_status st = ctx->op->encode(ctx, &mx_trim_type, &ask, &in);
    if (st == MX_OK) st = mx_call_json(ctx, NULL, op, in, &answer);
    if (st == MX_OK) st = ctx->op->decode(ctx, &mx_trimmed_type, answer, &trimmed);
    *more = st == MX_OK && trimmed.rows >= PRIVACY_STEP;
    return st;
}

/* What law wants is looked at each time: it may have grown since the shop said how long. */
static mx_status trim_kind(struct mx_ctx *ctx, const struct privacy_step *step, int *more) {
    struct mx_list kinds, trims;
    uint32_t i;
    mx_status st = privacy_kinds_of(ctx, &kinds, &trims);
    for (i = 0; st == MX_OK && i < kinds.count; i++) {
        const struct privacy_kind *kind = mx_list_at(&kinds, i);
        if (!mx_str_eq(kind->name, step->name)) continue;
        if (!kind->trimmed || !kind->keep_days) return MX_OK;
        return trim(ctx, mx_list_str(&trims, i), kind->name, step->now - kind->keep_days * PRIVACY_DAY_MS, more);
    }
    return st;
}

static mx_status forget(struct mx_ctx *ctx, const struct privacy_step *step, int *more) {
    struct privacy_step turn = *step;
    int64_t days = 0, before;
    mx_status st = privacy_keep_days(ctx, step->name, &days);
    if (st != MX_OK || days == 0) return st;
    before = step->now - days * PRIVACY_DAY_MS;
    st = privacy_idle_first(ctx, before, &turn.member);
    if (st != MX_OK || turn.member.len == 0) return st;
    *more = 1;
    st = if_refused(ctx, &turn);
    return st == MX_OK ? privacy_forget_idle(ctx, turn.member, before) : st;
}

mx_status privacy_came_right(struct mx_ctx *ctx, const struct privacy_retention *retention, const char *how) {
    return retention->refused.len ? tell(ctx, &privacy_work_end_use, retention->name, how) : MX_OK;
}

static mx_status done(struct mx_ctx *ctx, const struct privacy_step *step) {
    struct privacy_retention probe = {.name = step->name}, *stored = NULL;
    mx_status st = mx_get(ctx, &privacy_retentions, &probe, &stored);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (mx_str_is(step->name, PRIVACY_IDLE) && stored->refused_at >= step->now) return MX_OK; /* but for some */
    st = privacy_came_right(ctx, stored, "What was too old could be deleted again.");
    stored->rec.has = UINT64_MAX;
    stored->done = ctx->expiry_ms;
    stored->refused = mx_str_n(NULL, 0);
    return st == MX_OK ? mx_put(ctx, &privacy_retentions, stored) : st;
}

static mx_status step_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_step *step = in;
    int more = 0;
    int idle = mx_str_is(step->name, PRIVACY_IDLE);
    mx_status st = idle ? MX_OK : if_refused(ctx, step);
    (void)out;
    if (st == MX_OK) st = idle ? forget(ctx, step, &more) : trim_kind(ctx, step, &more);
    if (st != MX_OK) return st;
    return more ? plan_step(ctx, step) : done(ctx, step);
}

static mx_status round_refused(struct mx_ctx *ctx, struct mx_str why) {
    char text[500];
    mx_status st = privacy_round_at(ctx, ctx->expiry_ms + PRIVACY_DAY_MS);
    snprintf(text, sizeof(text),
             "The daily round could not begin, and is tried again the next day; until then nothing is deleted by age: %.*s", (int)why.len,
             why.ptr);
    return st == MX_OK ? tell(ctx, &privacy_work_open_use, mx_str_of(PRIVACY_ROUND), text) : st;
}

/* The others go all the same; she is tried again the next day. */
static mx_status put_off(struct mx_ctx *ctx, const struct privacy_step *step, int64_t days) {
    const struct privacy_step on = {.name = step->name, .now = step->now};
    mx_status st = privacy_see(ctx, step->member, step->now - (days - 1) * PRIVACY_DAY_MS);
    return st == MX_OK ? plan_step(ctx, &on) : st;
}

static mx_status refused_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_step *step = in;
    struct privacy_retention probe = {.name = step->name}, *stored = NULL;
    struct mx_str why = mx_dup(ctx, mx_problem(ctx));
    char text[500];
    mx_status st;
    (void)out;
    if (mx_str_is(step->name, PRIVACY_ROUND)) return round_refused(ctx, why);
    st = mx_get(ctx, &privacy_retentions, &probe, &stored);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (step->member.len && (st = put_off(ctx, step, stored->days)) != MX_OK) return st;
    snprintf(text, sizeof(text), "What is too old of \"%.*s\" could not be deleted, and is tried again every day: %.*s%s%.*s",
             (int)step->name.len, step->name.ptr, (int)step->member.len, step->member.ptr ? step->member.ptr : "",
             step->member.len ? ": " : "", (int)why.len, why.ptr);
    stored->rec.has = UINT64_MAX;
    stored->refused = why;
    stored->refused_at = ctx->expiry_ms;
    st = mx_put(ctx, &privacy_retentions, stored);
    return st == MX_OK ? tell(ctx, &privacy_work_open_use, step->name, text) : st;
}

const struct mx_op privacy_round_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "privacy.retention.round",
    .doc = "Begin the daily round.",
    .handler = round_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op privacy_step_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "privacy.retention.step",
    .doc = "Delete some of what is too old of one kind.",
    .in = &privacy_step_type,
    .handler = step_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op privacy_refused_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "privacy.retention.refused",
    .doc = "Note that what is too old of one kind could not be deleted, or that the round could not begin.",
    .in = &privacy_step_type,
    .handler = refused_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
