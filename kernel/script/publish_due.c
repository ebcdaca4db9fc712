/* The time of a version comes: it begins, or what it changed ends. What others published meanwhile stays. */
#include <stdio.h>

#include "script/version.h"

struct due_ask {
    int64_t version;
};
static const struct mx_field due_ask_fields[] = {
    MX_F_INT(due_ask, version, MX_REQUIRED, 1, MX_INT_MAX, "number of the version"),
};
MX_TYPE(due_ask, "rules.version.due", "which version");

struct nothing {
    uint8_t unused;
};
static const struct mx_type nothing_type = {(uint32_t)sizeof(struct mx_type),
                                            (uint32_t)sizeof(struct nothing),
                                            "rules.version.begun",
                                            "nothing",
                                            NULL,
                                            0,
                                            (uint32_t)sizeof(struct mx_field),
                                            MX_NO_OFFSET,
                                            MX_NO_OFFSET,
                                            MX_NO_OFFSET,
                                            0};

struct missed {
    int64_t version;
    struct mx_str problem;
};
static const struct mx_field missed_fields[] = {
    MX_F_INT(missed, version, MX_REQUIRED, 1, MX_INT_MAX, "number of the version"),
    MX_F_STR(missed, problem, 0, 0, SCRIPT_FAULT_TEXT, "why"),
};
MX_TYPE(missed, "scripts.rules.missed", "a version of the rules could not come into force, or not be taken back, at its time");
const struct mx_event_def script_missed_event = {.size = sizeof(struct mx_event_def),
                                                 .name = "scripts.rules.missed",
                                                 .doc =
                                                     "a version of the rules could not come into force, or not be taken back, at its time",
                                                 .type = &missed_type};

static mx_status miss(struct mx_ctx *ctx, int64_t n, int32_t state) {
    struct mx_str problem = script_clean(ctx, mx_dup(ctx, mx_problem(ctx)).ptr);
    struct missed event = {n, problem};
    mx_status st = script_standing_set(ctx, n, state, ctx->now_ms, problem);
    mx_log(ctx, MX_LOG_ERROR, "version %lld of the rules could not %s: %s", (long long)n,
           state == SCRIPT_MISSED ? "come into force" : "be ended", problem.ptr);
    return st == MX_OK ? mx_emit(ctx, &script_missed_event, &event) : st;
}

/* What leads from one set of files to another, on top of what is in force now. */
static mx_status put_on_top(struct mx_ctx *ctx, const struct script_now *now, const struct script_files *from,
                            const struct script_files *to, struct script_files *files) {
    struct script_change *changes;
    struct script_files live;
    struct mx_str moved;
    uint32_t count;
    mx_status st = script_live_files(ctx, now, &live);
    if (st != MX_OK) return st;
    script_files_differ(ctx, from, to, &changes, &count);
    moved = script_files_moved(ctx, from, &live, changes, count);
    if (moved.len) return mx_refuse(ctx, "rules_moved", NULL, "These files were changed since by another version: %s", moved.ptr);
    script_files_change(ctx, &live, changes, count, files);
    return script_files_check(ctx, files);
}

/* A version's own files, and those that it was made from. */
static mx_status both_files(struct mx_ctx *ctx, int64_t n, struct script_version **version, struct script_files *base,
                            struct script_files *own) {
    struct script_version *before;
    mx_status st = script_version_get(ctx, n, NULL, version);
    memset(base, 0, sizeof(*base));
    if (st == MX_OK) st = script_version_files(ctx, *version, own);
    if (st == MX_OK && (*version)->base) st = script_version_get(ctx, (*version)->base, NULL, &before);
    return st == MX_OK && (*version)->base ? script_version_files(ctx, before, base) : st;
}

/* Force it as it is, or as a new version when others came into force meanwhile. */
static mx_status begin_as(struct mx_ctx *ctx, const struct script_version *planned, const struct script_files *files,
                          struct script_set *set) {
    struct script_version merged = {.from = SCRIPT_FROM_SCHEDULE, .of = planned->n, .note = planned->note};
    mx_status st;
    if (mx_str_eq(script_files_hash(ctx, files), planned->hash)) return script_version_force(ctx, planned, set);
    st = script_version_add(ctx, files, &merged);
    if (st == MX_OK)
        st = script_standing_set(ctx, planned->n, SCRIPT_PAST, ctx->now_ms, mx_str_of("it came into force on top of a newer one"));
    if (st == MX_OK) return script_version_force(ctx, &merged, set);
    script_set_drop(set);
    return st;
}

static mx_status begin(struct mx_ctx *ctx, const void *in, void *out) {
    const struct due_ask *ask = in;
    struct script_files base, own, files;
    struct script_standing *standing;
    struct script_version *version;
    struct script_now *now;
    struct script_set *set;
    int others = 0;
    mx_status st = script_standing_get(ctx, ask->version, &standing);
    (void)out;
    if (st < 0) return st;
    if (st == MX_NONE || standing->state != SCRIPT_SCHEDULED) return MX_OK;
    st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    st = both_files(ctx, ask->version, &version, &base, &own);
    if (st == MX_OK && standing->until && standing->until <= ctx->expiry_ms)
        st = mx_fail(ctx, MX_E_REFUSED, NULL, "Its end came before it could begin: the shop was closed, or something else failed.");
    if (st == MX_OK) others = now->live != version->base;
    files = own;
    if (st == MX_OK && others) st = put_on_top(ctx, now, &base, &own, &files);
    if (st == MX_OK) st = script_set_of(ctx, &files, others ? SCRIPT_PROVEN : SCRIPT_UNTESTED, &set);
    if (st == MX_E_IO || st == MX_E_NOMEM) return st;
    return st == MX_OK ? begin_as(ctx, version, &files, set) : miss(ctx, ask->version, SCRIPT_MISSED);
}

/* ---- its end ---- */

/* Take back what the version changed: a new version, as if it had never been there. */
static mx_status end_as(struct mx_ctx *ctx, const struct script_version *ended, const struct script_files *files) {
    struct script_version version = {.from = SCRIPT_FROM_END, .of = ended->n, .note = ended->note};
    struct script_set *set;
    mx_status st = script_set_of(ctx, files, SCRIPT_UNTESTED, &set);
    if (st != MX_OK) return st;
    st = script_version_add(ctx, files, &version);
    if (st == MX_OK) return script_version_force(ctx, &version, set);
    script_set_drop(set);
    return st;
}

static mx_status end(struct mx_ctx *ctx, const void *in, void *out) {
    const struct due_ask *ask = in;
    struct script_files base, own, files, live;
    struct script_standing *standing;
    struct script_version *version;
    struct script_now *now;
    mx_status st = script_standing_get(ctx, ask->version, &standing);
    (void)out;
    if (st < 0) return st;
    if (st == MX_NONE || (standing->state != SCRIPT_LIVE && standing->state != SCRIPT_PAST)) return MX_OK;
    st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    st = both_files(ctx, ask->version, &version, &base, &own);
    if (st == MX_OK) st = put_on_top(ctx, now, &own, &base, &files);
    if (st == MX_OK) st = script_live_files(ctx, now, &live);
    if (st == MX_OK && mx_str_eq(script_files_hash(ctx, &live), script_files_hash(ctx, &files))) return MX_OK;
    if (st == MX_OK) st = end_as(ctx, version, &files);
    if (st >= 0 || st == MX_E_IO || st == MX_E_NOMEM) return st;
    return miss(ctx, ask->version, standing->state);
}

/* ---- the due times ---- */

static struct mx_str due_id(struct mx_ctx *ctx, int64_t n) {
    char *text = mx_alloc(ctx, 32);
    return mx_str_n(text, (size_t)snprintf(text, 32, "v%lld", (long long)n));
}

static mx_status due(struct mx_ctx *ctx, const char *op, int64_t n, int64_t at) {
    struct due_ask ask = {n};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &due_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, at, op, due_id(ctx, n), body) : st;
}

mx_status script_due_begin(struct mx_ctx *ctx, int64_t n, int64_t at) {
    mx_status st = script_standing_set(ctx, n, SCRIPT_SCHEDULED, at, mx_str_of(""));
    return st == MX_OK ? due(ctx, script_op_version_begin.name, n, at) : st;
}

mx_status script_due_end(struct mx_ctx *ctx, int64_t n, int64_t at) {
    mx_status st = script_standing_until(ctx, n, at);
    return st == MX_OK ? due(ctx, script_op_version_end.name, n, at) : st;
}

mx_status script_due_cancel(struct mx_ctx *ctx, int64_t n) {
    mx_status st = ctx->event->due_cancel(ctx, script_op_version_begin.name, due_id(ctx, n));
    if (st >= 0) st = ctx->event->due_cancel(ctx, script_op_version_end.name, due_id(ctx, n));
    return st < 0 ? st : MX_OK;
}

#define PLANNED_MAX 4 /* compiled ahead; more are compiled when their time comes */

static mx_status plan(struct mx_ctx *ctx, int64_t n) {
    struct script_version *version;
    struct script_files files;
    struct script_set *set;
    mx_status st = script_version_get(ctx, n, NULL, &version);
    if (st == MX_OK) st = script_version_files(ctx, version, &files);
    if (st == MX_OK) st = script_set_of(ctx, &files, SCRIPT_UNTESTED, &set);
    if (st == MX_OK) script_planned_put(version->hash, SCRIPT_UNTESTED, set);
    return st == MX_E_DAMAGED || st == MX_E_BAD_INPUT ? MX_OK : st; /* its time will say so */
}

mx_status script_due_plan(struct mx_ctx *ctx) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .reverse = 1};
    struct script_standing *row = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &script_standings_table, &opts, NULL, &scan);
    uint32_t count = 0;
    while (st == MX_OK && count < PLANNED_MAX && (st = mx_scan_next(ctx, scan, &row)) == MX_OK) {
        if (row->state != SCRIPT_SCHEDULED) continue;
        st = plan(ctx, row->n);
        count++;
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op script_op_version_begin = {sizeof(struct mx_op),
                                              MX_OP_INTERNAL,
                                              "rules.version.begin",
                                              "Put a scheduled version into force",
                                              NULL,
                                              &due_ask_type,
                                              &nothing_type,
                                              begin,
                                              NULL,
                                              MX_HOME_HERE,
                                              MX_OFFLINE_REFUSE,
                                              "0.3"};
const struct mx_op script_op_version_end = {sizeof(struct mx_op),
                                            MX_OP_INTERNAL,
                                            "rules.version.end",
                                            "Take back what a version changed",
                                            NULL,
                                            &due_ask_type,
                                            &nothing_type,
                                            end,
                                            NULL,
                                            MX_HOME_HERE,
                                            MX_OFFLINE_REFUSE,
                                            "0.3"};
