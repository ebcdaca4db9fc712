/* Segments by rule, as the shop keeps them. */
#include "segment.h"

#define SEGMENTS_MAX 500

struct segment_put {
    uint64_t has;
    struct mx_str code;
    struct mx_list name;
    struct insight_rule *where;
    uint8_t watched;
    uint8_t retired;
    int64_t if_rev;
};
static const struct mx_field segment_put_fields[] = {
    MX_F_STR(segment_put, code, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "code: a-z, digits, _ and -"),
    MX_F_MAP(segment_put, name, 0, 0, 32, "name by language"),
    MX_F_STRUCT(segment_put, where, MX_REQUIRED, insight_rule_type, "whom it is about"),
    MX_F_BOOL(segment_put, watched, 0, "tell entering and leaving as events"),
    MX_F_BOOL(segment_put, retired, 0, "it is used no longer"),
    MX_F_INT(segment_put, if_rev, 0, 1, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(segment_put, "insight.segment.put", "a group by rule");

struct segment_view {
    struct mx_str code;
    struct mx_list name;
    struct insight_rule *where;
    uint8_t watched;
    uint8_t retired;
    int64_t changed;
    int64_t rev;
};
static const struct mx_field segment_view_fields[] = {
    MX_F_STR(segment_view, code, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "code"),
    MX_F_MAP(segment_view, name, 0, 0, 32, "name by language"),
    MX_F_STRUCT(segment_view, where, 0, insight_rule_type, "whom it is about"),
    MX_F_BOOL(segment_view, watched, 0, "entering and leaving are told as events"),
    MX_F_BOOL(segment_view, retired, 0, "it is used no longer"),
    MX_F_TIME(segment_view, changed, 0, "when it was changed"),
    MX_F_INT(segment_view, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(segment_view, "insight.segment.view", "a group by rule");

struct segment_one {
    struct segment_view *segment;
};
static const struct mx_field segment_one_fields[] = {
    MX_F_STRUCT(segment_one, segment, MX_REQUIRED, segment_view_type, "the segment"),
};
MX_TYPE(segment_one, "insight.segment.one", "one segment");

static void show(const struct insight_segment *segment, struct segment_view *view) {
    *view = (struct segment_view){segment->code,    segment->name,    segment->where,  segment->watched,
                                  segment->retired, segment->changed, segment->rec.rev};
}

static int is_code(struct mx_str code) {
    uint32_t i;
    for (i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return 0;
    }
    return 1;
}

mx_status insight_segment_get(struct mx_ctx *ctx, struct mx_str code, struct insight_segment **segment) {
    struct insight_segment probe = {.code = code};
    return mx_get(ctx, &insight_segments, &probe, segment);
}

static mx_status count_segments(struct mx_ctx *ctx, uint32_t *count) {
    struct mx_scan *scan = NULL;
    struct insight_segment *segment;
    mx_status st = mx_scan_open(ctx, &insight_segments, NULL, NULL, &scan);
    for (*count = 0; st == MX_OK && (st = mx_scan_next(ctx, scan, &segment)) == MX_OK;) ++*count;
    return st == MX_DONE ? MX_OK : st;
}

/* Members are in it, or no longer, from now on; time alone changes that too, so each is looked at every day. */
static mx_status look_again(struct mx_ctx *ctx) {
    const struct mx_str one = mx_str_of("daily"), body = mx_str_of("{}");
    struct mx_str none = {NULL, 0}, id;
    mx_status st = mx_job_start(ctx, insight_segments_job.name, none, &id);
    return st == MX_OK ? mx_due_at(ctx, ctx->now_ms + INSIGHT_DAY_MS, insight_op_daily.name, one, body) : st;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct segment_put *ask = in;
    struct insight_segment segment = {.code = ask->code}, *before = NULL;
    struct segment_one *one = out;
    uint32_t count = 0;
    mx_status st;
    if (!is_code(ask->code)) return mx_fail(ctx, MX_E_BAD_INPUT, "code", "A code has letters a-z, digits, _ and - only.");
    st = insight_rule_check(ctx, ask->where, "where");
    if (st == MX_OK) st = insight_segment_get(ctx, ask->code, &before);
    if (st == MX_OK) segment.rec = before->rec;
    if (st == MX_NONE) st = count_segments(ctx, &count);
    if (st != MX_OK) return st;
    if (count >= SEGMENTS_MAX) return mx_refuse(ctx, "too_many_segments", NULL, "There are %d segments already.", SEGMENTS_MAX);
    if (ask->if_rev && ask->if_rev != segment.rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "Somebody else has changed the segment.");
    segment.name = ask->name;
    segment.where = ask->where;
    segment.watched = ask->watched;
    segment.retired = ask->retired;
    segment.changed = ctx->now_ms;
    segment.rec.has = UINT64_MAX;
    st = mx_put(ctx, &insight_segments, &segment);
    if (st == MX_OK && (segment.watched || (before && before->watched))) st = look_again(ctx);
    one->segment = mx_alloc(ctx, sizeof(*one->segment));
    show(&segment, one->segment);
    return st;
}

const struct mx_op insight_op_segment_put = {.size = sizeof(struct mx_op),
                                             .name = "insight.segment.put",
                                             .doc = "Make a group of customers by rule, or change it.",
                                             .permission = "insight.segments",
                                             .in = &segment_put_type,
                                             .out = &segment_one_type,
                                             .handler = put_handler,
                                             .since = "0.4"};

struct segment_list_ask {
    struct mx_str code;
};
static const struct mx_field segment_list_ask_fields[] = {
    MX_F_STR(segment_list_ask, code, 0, 1, INSIGHT_CODE_MAX, "this one alone"),
};
MX_TYPE(segment_list_ask, "insight.segment.list.ask", "which segments");

struct segment_list {
    struct mx_list segments;
};
static const struct mx_field segment_list_fields[] = {
    MX_F_LIST(segment_list, segments, 0, 0, SEGMENTS_MAX, segment_view_type, "segments, by code"),
};
MX_TYPE(segment_list, "insight.segment.list", "segments");

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct segment_list_ask *ask = in;
    struct segment_list *list = out;
    struct mx_scan *scan = NULL;
    struct insight_segment *segment;
    mx_status st = mx_scan_open(ctx, &insight_segments, NULL, NULL, &scan);
    list->segments = mx_list_new(ctx, SEGMENTS_MAX, sizeof(struct segment_view));
    list->segments.count = 0;
    while (st == MX_OK && list->segments.count < SEGMENTS_MAX && (st = mx_scan_next(ctx, scan, &segment)) == MX_OK) {
        if (ask->code.len && !mx_str_eq(ask->code, segment->code)) continue;
        show(segment, &((struct segment_view *)list->segments.items)[list->segments.count++]);
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op insight_op_segment_list = {.size = sizeof(struct mx_op),
                                              .flags = MX_OP_QUERY,
                                              .name = "insight.segment.list",
                                              .doc = "List the groups of customers by rule.",
                                              .permission = "insight.read",
                                              .in = &segment_list_ask_type,
                                              .out = &segment_list_type,
                                              .handler = list_handler,
                                              .since = "0.4"};
