/* Watched segments: entering and leaving are told once each. And why somebody is in one. */
#include "segment.h"

struct moved {
    struct mx_str segment;
    struct mx_str member;
};
static const struct mx_field moved_fields[] = {
    MX_F_STR(moved, segment, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "segment"),
    MX_F_ID(moved, member, MX_REQUIRED, "mem", "member"),
};
MX_TYPE(moved, "insight.segment.moved", "a member entered or left a segment");

const struct mx_event_def insight_entered_event = {
    .size = sizeof(struct mx_event_def), .name = "insight.segment.entered", .doc = "a member is in a segment now", .type = &moved_type};
const struct mx_event_def insight_left_event = {
    .size = sizeof(struct mx_event_def), .name = "insight.segment.left", .doc = "a member is in a segment no longer", .type = &moved_type};

/* The customer as she is now, or was. */
static mx_status look_at(struct mx_ctx *ctx, const struct mx_member_facts *facts, const struct insight_rule *rule,
                         struct insight_look *look, int *yes) {
    struct insight_plan plan;
    struct insight_curve *curves = mx_alloc(ctx, INSIGHT_CURVES * sizeof(*curves));
    mx_status st = insight_plan_make(ctx, rule, &plan);
    if (st == MX_OK && !look->curves && insight_plan_needs_curves(&plan)) {
        if (look->past)
            return mx_fail(ctx, MX_E_BAD_INPUT, "at",
                           "Where she stood among all on a past day takes a look at all: ask for the members of then.");
        st = insight_curves_read(ctx, curves);
        look->curves = curves;
    }
    look->facts = facts;
    return st == MX_OK ? insight_plan_holds(look, &plan, yes) : st;
}

static mx_status move(struct mx_ctx *ctx, struct mx_str member, struct mx_str segment, int in) {
    struct insight_insider insider = {.member = member, .segment = segment, .since = ctx->now_ms}, *there = NULL;
    const struct moved moved = {segment, member};
    mx_status st = mx_get(ctx, &insight_insiders, &insider, &there);
    if (st < 0 || (st == MX_OK) == in) return st < 0 ? st : MX_OK;
    st = in ? mx_put(ctx, &insight_insiders, &insider) : mx_delete(ctx, &insight_insiders, &insider);
    return st == MX_OK ? mx_emit(ctx, in ? &insight_entered_event : &insight_left_event, &moved) : st;
}

mx_status insight_watched_open(struct mx_ctx *ctx, struct mx_scan **scan) {
    static const struct insight_segment watched = {.watched = 1};
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "watched", .prefix = 1};
    return mx_scan_open(ctx, &insight_segments, &opts, &watched, scan);
}

mx_status insight_segments_watched(struct mx_ctx *ctx, int *watched) {
    struct mx_scan *scan = NULL;
    struct insight_segment *segment;
    mx_status st = insight_watched_open(ctx, &scan);
    *watched = 0;
    while (st == MX_OK && !*watched && (st = mx_scan_next(ctx, scan, &segment)) == MX_OK) *watched = !segment->retired;
    return st == MX_DONE ? MX_OK : st;
}

mx_status insight_segments_renew(struct mx_ctx *ctx, const struct mx_member_facts *facts) {
    struct mx_scan *scan = NULL;
    struct insight_segment *segment;
    struct insight_row row;
    struct insight_look look = {.ctx = ctx, .at = ctx->now_ms, .row = &row};
    int consents = -1;
    mx_status st = insight_watched_open(ctx, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &segment)) == MX_OK) {
        int in = 0;
        if (consents < 0) {
            st = insight_consents(ctx, facts, &consents);
            if (st == MX_OK) st = insight_row_of(ctx, facts, 0, &row);
        }
        if (st == MX_OK && consents && !segment->retired) st = look_at(ctx, facts, segment->where, &look, &in);
        if (st == MX_OK) st = move(ctx, mx_list_str(&facts->members, 0), segment->code, in);
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status insight_segments_forget(struct mx_ctx *ctx, struct mx_str member) {
    struct insight_insider probe = {.member = member}, *insider = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_insiders, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &insider)) == MX_OK) st = move(ctx, member, insider->segment, 0);
    return st == MX_DONE ? MX_OK : st;
}

/* ---- every day, and when a segment was changed ---- */

#define STEP_MAX 100

struct renew_cursor {
    struct mx_str after;
};
static const struct mx_field renew_cursor_fields[] = {
    MX_F_STR(renew_cursor, after, 0, 0, 2000, "behind which member"),
};
MX_TYPE(renew_cursor, "insight.segments.renew.cursor", "how far it is");

static mx_status renew_one(struct mx_ctx *ctx, const struct insight_row *row) {
    struct mx_member_facts facts = {0};
    mx_status st = insight_member(ctx, row->member, &facts);
    if (st == MX_NONE || (st == MX_OK && !mx_str_eq(mx_list_str(&facts.members, 0), row->member))) return MX_OK;
    return st == MX_OK ? insight_segments_renew(ctx, &facts) : st;
}

static mx_status renew_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct renew_cursor at = {{NULL, 0}};
    struct mx_scan_opts opts = {.size = sizeof(opts)};
    struct mx_scan *scan = NULL;
    struct insight_row *rows[STEP_MAX];
    uint32_t i, count = 0;
    mx_status st = cursor->len ? ctx->op->decode(ctx, &renew_cursor_type, *cursor, &at) : MX_OK, end;
    (void)body;
    opts.after = at.after;
    if (st == MX_OK) st = mx_scan_open(ctx, &insight_rows, &opts, NULL, &scan);
    while (st == MX_OK && count < STEP_MAX && (st = mx_scan_next(ctx, scan, &rows[count])) == MX_OK) count++;
    if (st < 0) return st;
    end = st;
    if (count) at.after = mx_dup(ctx, mx_scan_cursor(ctx, scan));
    for (i = 0, st = MX_OK; st == MX_OK && i < count; i++) st = renew_one(ctx, rows[i]);
    if (st == MX_OK && end == MX_OK) st = ctx->op->encode(ctx, &renew_cursor_type, &at, cursor);
    return st == MX_OK ? end : st;
}

const struct mx_job insight_segments_job = {.size = sizeof(struct mx_job), .name = "insight.segments.renew", .step = renew_step};

struct daily {
    uint8_t started;
};
static const struct mx_field daily_fields[] = {
    MX_F_BOOL(daily, started, 0, "there are segments that are watched"),
};
MX_TYPE(daily, "insight.daily", "the look at all members every day");

static mx_status daily_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct daily *daily = out;
    const struct mx_str one = mx_str_of("daily"), body = mx_str_of("{}");
    struct mx_str none = {NULL, 0}, id;
    int watched = 0;
    mx_status st = insight_segments_watched(ctx, &watched);
    (void)in;
    daily->started = (uint8_t)watched;
    if (st != MX_OK || !watched) return st;
    st = mx_job_start(ctx, insight_segments_job.name, none, &id);
    return st == MX_OK ? mx_due_at(ctx, ctx->now_ms + INSIGHT_DAY_MS, insight_op_daily.name, one, body) : st;
}

const struct mx_op insight_op_daily = {.size = sizeof(struct mx_op),
                                       .flags = MX_OP_INTERNAL,
                                       .name = "insight.daily",
                                       .doc = "Look whether members entered or left segments by the mere passing of time.",
                                       .in = &daily_type,
                                       .out = &daily_type,
                                       .handler = daily_handler,
                                       .since = "0.4"};

/* ---- why ---- */

struct why_ask {
    struct mx_str code;
    struct mx_str member;
    int64_t at;
};
static const struct mx_field why_ask_fields[] = {
    MX_F_STR(why_ask, code, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "segment"),
    MX_F_ID(why_ask, member, MX_REQUIRED, "mem", "member"),
    MX_F_TIME(why_ask, at, 0, "as of when; absent: now"),
};
MX_TYPE(why_ask, "insight.segment.why.ask", "why is she in this segment");

struct because {
    struct insight_rule *condition;
    uint8_t holds;
    int64_t value;
};
static const struct mx_field because_fields[] = {
    MX_F_STRUCT(because, condition, 0, insight_rule_type, "the condition"),
    MX_F_BOOL(because, holds, 0, "it holds"),
    MX_F_INT(because, value, 0, -MX_INT_MAX, MX_INT_MAX, "what was measured"),
};
MX_TYPE(because, "insight.segment.because", "a condition and whether it holds");

struct why {
    uint8_t in;
    uint8_t withheld;
    struct mx_list conditions;
    struct mx_list not_reproducible;
};
static const struct mx_field why_fields[] = {
    MX_F_BOOL(why, in, 0, "she is in it"),
    MX_F_BOOL(why, withheld, 0, "she has not agreed to personalisation, and is in no segment"),
    MX_F_LIST(why, conditions, 0, 0, 500, because_type, "each condition; none when nobody knew her then"),
    MX_F_STRS(why, not_reproducible, 0, 0, INSIGHT_CONDITIONS_MAX, INSIGHT_NOT_REPRODUCIBLE),
};
MX_TYPE(why, "insight.segment.why", "why a member is in a segment or not");

static void note(struct insight_look *look, const struct insight_rule *leaf, int holds, int64_t value) {
    struct mx_list *list = look->arg;
    if (list->count == 500) return;
    ((struct because *)list->items)[list->count++] = (struct because){(struct insight_rule *)(uintptr_t)leaf, (uint8_t)holds, value};
}

static mx_status why_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct why_ask *ask = in;
    struct why *why = out;
    struct mx_member_facts facts = {0};
    struct insight_segment *segment = NULL;
    struct insight_row row;
    struct insight_look look = {.ctx = ctx, .at = ask->at ? ask->at : ctx->now_ms, .past = ask->at != 0, .row = &row, .said = note};
    int yes = 0, consents = 0;
    mx_status st = insight_segment_get(ctx, ask->code, &segment);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "code", "There is no such segment.");
    if (st == MX_OK) st = insight_member_asked(ctx, ask->member, &facts);
    if (st == MX_OK) st = insight_consents(ctx, &facts, &consents);
    if (st != MX_OK) return st;
    why->withheld = (uint8_t)!consents;
    if (!consents) return MX_OK;
    why->conditions = mx_list_new(ctx, 500, sizeof(struct because));
    why->conditions.count = 0;
    why->not_reproducible = insight_rule_now_alone(ctx, segment->where, look.past);
    look.arg = &why->conditions;
    st = insight_row_of(ctx, &facts, ask->at, &row);
    if (st == MX_OK && insight_unknown_then(&look)) return MX_OK;
    if (st == MX_OK) st = look_at(ctx, &facts, segment->where, &look, &yes);
    why->in = (uint8_t)yes;
    return st;
}

const struct mx_op insight_op_segment_why = {.size = sizeof(struct mx_op),
                                             .flags = MX_OP_QUERY,
                                             .name = "insight.segment.why",
                                             .doc = "Say why a member is in a segment or not: each condition and what was measured.",
                                             .permission = "insight.read",
                                             .in = &why_ask_type,
                                             .out = &why_type,
                                             .handler = why_handler,
                                             .since = "0.4"};
