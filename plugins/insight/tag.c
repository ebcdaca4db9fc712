/* Tags: rules are asked about a customer behind every event about her; what they give is set, what they give no longer is dropped. */
#include "internal.h"

static const struct mx_event_def *event_of(int set) { return set ? &insight_tag_set_event : &insight_tag_dropped_event; }

struct tag_told {
    struct mx_str member;
    struct mx_str tag;
    struct mx_str reason;
    struct mx_str rule;
    struct mx_str version;
};
static const struct mx_field tag_told_fields[] = {
    MX_F_ID(tag_told, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(tag_told, tag, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "tag"),
    MX_F_STR(tag_told, reason, 0, 0, 200, "why"),
    MX_F_STR(tag_told, rule, 0, 0, 64, "rule"),
    MX_F_STR(tag_told, version, 0, 0, 64, "version of the rules"),
};
MX_TYPE(tag_told, "insight.tag.told", "a tag was set or dropped");

const struct mx_event_def insight_tag_set_event = {
    .size = sizeof(struct mx_event_def), .name = "insight.tag.set", .doc = "a rule gave a member a tag", .type = &tag_told_type};
const struct mx_event_def insight_tag_dropped_event = {.size = sizeof(struct mx_event_def),
                                                       .name = "insight.tag.dropped",
                                                       .doc = "a tag of a member is true no longer",
                                                       .type = &tag_told_type};

#define HELD_MAX 256

struct holding {
    struct mx_str member;
    struct insight_tag *tags[HELD_MAX];
    uint32_t count;
};

static mx_status read_held(struct mx_ctx *ctx, struct mx_str member, struct holding *holding) {
    struct insight_tag probe = {.member = member}, *tag = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_tags, &opts, &probe, &scan);
    holding->member = member;
    holding->count = 0;
    while (st == MX_OK && holding->count < HELD_MAX && (st = mx_scan_next(ctx, scan, &tag)) == MX_OK) holding->tags[holding->count++] = tag;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status mark_row(struct mx_ctx *ctx, struct mx_str member, struct mx_str tag, int held) {
    struct insight_row row;
    int64_t number = 0;
    mx_status st = insight_word_make(ctx, "tag", tag, &number);
    if (st == MX_OK) st = insight_row_get(ctx, member, &row);
    if (st != MX_OK) return st;
    insight_row_tag(&row, number, held);
    return mx_put(ctx, &insight_rows, &row);
}

static mx_status tell(struct mx_ctx *ctx, const struct insight_tag *tag, struct mx_str reason, int set) {
    const struct tag_told told = {tag->member, tag->tag, reason, tag->rule, tag->version};
    mx_status st = mark_row(ctx, tag->member, tag->tag, set);
    return st == MX_OK ? mx_emit(ctx, event_of(set), &told) : st;
}

static mx_status drop(struct mx_ctx *ctx, struct insight_tag *tag, const char *why) {
    mx_status st = insight_period_end(ctx, tag->member, "tag", tag->tag, ctx->now_ms);
    if (st == MX_OK) st = mx_delete(ctx, &insight_tags, tag);
    return st == MX_OK ? tell(ctx, tag, mx_str_of(why), 0) : st;
}

static mx_status set(struct mx_ctx *ctx, struct mx_str member, const struct mx_tag *given, struct mx_str version) {
    struct insight_tag tag = {.member = member, .tag = given->tag, .reason = given->reason, .rule = given->rule, .version = version};
    struct insight_period period = {.member = member, .sort = mx_str_of("tag"), .code = given->tag, .since = ctx->now_ms};
    mx_status st;
    tag.since = ctx->now_ms;
    tag.review_at = given->review_at;
    tag.rec.has = UINT64_MAX;
    period.reason = given->reason;
    period.rule = given->rule;
    period.version = version;
    st = mx_put(ctx, &insight_tags, &tag);
    if (st == MX_OK) st = insight_period_begin(ctx, &period);
    return st == MX_OK ? tell(ctx, &tag, given->reason, 1) : st;
}

/* It stays; why it does may have changed. */
static mx_status keep(struct mx_ctx *ctx, struct insight_tag *tag, const struct mx_tag *given, struct mx_str version) {
    if (mx_str_eq(tag->reason, given->reason) && mx_str_eq(tag->rule, given->rule) && mx_str_eq(tag->version, version) &&
        tag->review_at == given->review_at)
        return MX_OK;
    tag->reason = given->reason;
    tag->rule = given->rule;
    tag->version = version;
    tag->review_at = given->review_at;
    tag->rec.has = UINT64_MAX;
    return mx_put(ctx, &insight_tags, tag);
}

static const struct mx_tag *given_as(const struct mx_tags *given, struct mx_str code) {
    uint32_t i;
    for (i = 0; i < given->tags.count; i++) {
        const struct mx_tag *tag = mx_list_at(&given->tags, i);
        if (mx_str_eq(tag->tag, code)) return tag;
    }
    return NULL;
}

static int holds(const struct holding *holding, struct mx_str code) {
    uint32_t i;
    for (i = 0; i < holding->count; i++)
        if (mx_str_eq(holding->tags[i]->tag, code)) return 1;
    return 0;
}

static mx_status change(struct mx_ctx *ctx, struct holding *holding, const struct mx_tags *given, const char *why) {
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < holding->count; i++) {
        const struct mx_tag *still = given_as(given, holding->tags[i]->tag);
        st = still ? keep(ctx, holding->tags[i], still, given->version) : drop(ctx, holding->tags[i], why);
    }
    for (i = 0; st == MX_OK && i < given->tags.count; i++) {
        const struct mx_tag *tag = mx_list_at(&given->tags, i);
        if (!holds(holding, tag->tag)) st = set(ctx, holding->member, tag, given->version);
    }
    return st;
}

static mx_status ask_rules(struct mx_ctx *ctx, const struct mx_member_facts *facts, const struct holding *holding, struct mx_tags *given) {
    const struct mx_member_ask who = {.member = holding->member};
    struct mx_tags_ask ask = {.member = holding->member, .members = facts->members, .tier = facts->tier, .joined_at = facts->joined_at};
    struct mx_traits traits = {{NULL, 0, 0}, 0, 0};
    uint32_t i;
    mx_status st = mx_ask(ctx, &mx_point_traits, &who, &traits);
    if (st < 0) return st;
    ask.traits = traits.traits;
    ask.held = mx_list_new(ctx, holding->count, sizeof(struct mx_str));
    for (i = 0; i < holding->count; i++) *(struct mx_str *)mx_list_at(&ask.held, i) = holding->tags[i]->tag;
    st = mx_ask(ctx, &mx_point_tags, &ask, given);
    return st == MX_DECLINED ? MX_OK : st;
}

struct review {
    struct mx_str member;
};
static const struct mx_field review_fields[] = {
    MX_F_ID(review, member, MX_REQUIRED, "mem", "member"),
};
MX_TYPE(review, "insight.tag.review", "whom to ask the rules about");

/* Without any event the answer may change from then on. */
static mx_status plan_review(struct mx_ctx *ctx, struct mx_str member, int64_t at) {
    const struct review who = {.member = member};
    struct mx_str body;
    mx_status st;
    if (at == 0) {
        st = ctx->event->due_cancel(ctx, insight_op_tag_review.name, member);
        return st == MX_NONE ? MX_OK : st;
    }
    st = ctx->op->encode(ctx, &review_type, &who, &body);
    return st == MX_OK ? mx_due_at(ctx, at > ctx->now_ms ? at : ctx->now_ms + 1000, insight_op_tag_review.name, member, body) : st;
}

/* Nothing may follow from anything: most shops have no rules about tags, and then no sale costs more than this. */
static mx_status is_idle(struct mx_ctx *ctx, struct mx_str member, int *idle) {
    const struct mx_tags_ask any_rules = {.member = {NULL, 0}};
    struct mx_tags none = {{NULL, 0, 0}, {NULL, 0}, 0};
    struct insight_tag probe = {.member = member}, *tag = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    int watched = 0;
    mx_status st = mx_ask(ctx, &mx_point_tags, &any_rules, &none);
    *idle = 0;
    if (st != MX_DECLINED) return st;
    st = insight_segments_watched(ctx, &watched);
    if (st == MX_OK && !watched) st = mx_scan_open(ctx, &insight_tags, &opts, &probe, &scan);
    if (st != MX_OK || watched) return st;
    st = mx_scan_next(ctx, scan, &tag);
    *idle = st == MX_DONE;
    return st == MX_DONE ? MX_OK : st;
}

mx_status insight_tags_renew(struct mx_ctx *ctx, struct mx_str member) {
    struct mx_member_facts facts = {0};
    struct holding *holding = mx_alloc(ctx, sizeof(*holding));
    struct mx_tags given = {{NULL, 0, 0}, {NULL, 0}, 0};
    int consents = 0, idle = 0;
    mx_status st = is_idle(ctx, member, &idle);
    if (st != MX_OK || idle) return st;
    st = insight_member(ctx, member, &facts);
    if (st == MX_OK) st = read_held(ctx, mx_list_str(&facts.members, 0), holding);
    if (st == MX_OK) st = insight_consents(ctx, &facts, &consents);
    if (st == MX_OK && consents) st = ask_rules(ctx, &facts, holding, &given);
    if (st == MX_OK) st = change(ctx, holding, &given, consents ? "The rule is true no longer." : "There is no consent to it.");
    if (st == MX_OK) st = plan_review(ctx, holding->member, given.review_at);
    if (st == MX_OK) st = insight_segments_renew(ctx, &facts);
    return st == MX_NONE ? MX_OK : st;
}

mx_status insight_tags_forget(struct mx_ctx *ctx, struct mx_str member, const char *why) {
    struct holding *holding = mx_alloc(ctx, sizeof(*holding));
    struct mx_tags none = {{NULL, 0, 0}, {NULL, 0}, 0};
    mx_status st = read_held(ctx, member, holding);
    if (st == MX_OK) st = change(ctx, holding, &none, why);
    return st == MX_OK ? plan_review(ctx, member, 0) : st;
}

/* ---- asked again by time, or because the rules are new ---- */

struct reviewed {
    int64_t tags;
};
static const struct mx_field reviewed_fields[] = {
    MX_F_INT(reviewed, tags, 0, 0, MX_INT_MAX, "tags held"),
};
MX_TYPE(reviewed, "insight.tag.reviewed", "a review of tags");

static mx_status review_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct review *ask = in;
    (void)out;
    return insight_tags_renew(ctx, ask->member);
}

const struct mx_op insight_op_tag_review = {.size = sizeof(struct mx_op),
                                            .flags = MX_OP_INTERNAL,
                                            .name = "insight.tag.review",
                                            .doc = "Ask the rules about a member again.",
                                            .in = &review_type,
                                            .out = &reviewed_type,
                                            .handler = review_handler,
                                            .since = "0.4"};

#define STEP_MAX 40 /* members that are asked about in one step: each takes some ten reads */

struct renew_cursor {
    struct mx_str after;
};
static const struct mx_field renew_cursor_fields[] = {
    MX_F_STR(renew_cursor, after, 0, 0, 2000, "behind which member"),
};
MX_TYPE(renew_cursor, "insight.tags.renew.cursor", "how far it is");

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
    for (i = 0, st = MX_OK; st == MX_OK && i < count; i++) st = insight_tags_renew(ctx, rows[i]->member);
    if (st == MX_OK && end == MX_OK) st = ctx->op->encode(ctx, &renew_cursor_type, &at, cursor);
    return st == MX_OK ? end : st;
}

const struct mx_job insight_tags_job = {.size = sizeof(struct mx_job), .name = "insight.tags.renew", .step = renew_step};
