/* What is kept of a customer only while she agrees to it: what she did, and the tags that follow. It goes in the command that takes her
 * word back; what is too much for one command goes in steps behind it, and takes nothing that came after she agreed again. */
#include "internal.h"

#define STEP_ROWS 200

struct letting_go {
    struct mx_str member;
    int64_t number; /* what she did later has higher ones */
    int64_t at;
};
static const struct mx_field letting_go_fields[] = {
    MX_F_ID(letting_go, member, MX_REQUIRED, "mem", "of whom"),
    MX_F_INT(letting_go, number, 0, 0, MX_INT_MAX, "what has a lower number goes"),
    MX_F_TIME(letting_go, at, 0, "tags that ended until then go"),
};
MX_TYPE(letting_go, "insight.letting_go", "what rested on a consent that is there no longer");

struct gone {
    uint8_t tags; /* those that ended are; what she did follows */
    struct mx_str after;
};
static const struct mx_field gone_fields[] = {
    MX_F_BOOL(gone, tags, 0, "tags that ended are gone"),
    MX_F_STR(gone, after, 0, 0, 2000, "behind what to go on"),
};
MX_TYPE(gone, "insight.let_go.cursor", "how far it is");

/* MX_DONE: those were all; MX_OK: *left is used up. */
static mx_status go_deeds(struct mx_ctx *ctx, const struct letting_go *what, struct mx_str *after, uint32_t *left) {
    const struct insight_did probe = {.owner = what->member};
    struct insight_did *did = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .after = *after};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_dids, &opts, &probe, &scan);
    while (st == MX_OK && *left > 0 && (st = mx_scan_next(ctx, scan, &did)) == MX_OK) {
        --*left;
        if (*left == 0) *after = mx_dup(ctx, mx_scan_cursor(ctx, scan));
        if (did->n < what->number) st = mx_delete(ctx, &insight_dids, did);
    }
    return st;
}

static mx_status go_periods(struct mx_ctx *ctx, const struct letting_go *what, struct mx_str *after, uint32_t *left) {
    const struct insight_period probe = {.member = what->member, .sort = mx_str_of("tag")};
    struct insight_period *period = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .after = *after};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_periods, &opts, &probe, &scan);
    while (st == MX_OK && *left > 0 && (st = mx_scan_next(ctx, scan, &period)) == MX_OK) {
        --*left;
        if (*left == 0) *after = mx_dup(ctx, mx_scan_cursor(ctx, scan));
        if (period->until && period->until <= what->at) st = mx_delete(ctx, &insight_periods, period);
    }
    return st;
}

/* MX_DONE: nothing is there any more; MX_OK: *left is used up. */
static mx_status go_some(struct mx_ctx *ctx, const struct letting_go *what, struct gone *gone, uint32_t *left) {
    mx_status st = gone->tags ? MX_DONE : go_periods(ctx, what, &gone->after, left);
    if (st != MX_DONE) return st;
    if (!gone->tags) *gone = (struct gone){.tags = 1};
    return *left ? go_deeds(ctx, what, &gone->after, left) : MX_OK;
}

static mx_status go_one(struct mx_ctx *ctx, const struct letting_go *what, uint32_t *left) {
    struct gone gone = {0};
    struct mx_str body, id;
    mx_status st = go_some(ctx, what, &gone, left);
    if (st != MX_OK) return st == MX_DONE ? MX_OK : st;
    st = ctx->op->encode(ctx, &letting_go_type, what, &body);
    return st == MX_OK ? mx_job_start(ctx, insight_let_go_job.name, body, &id) : st;
}

static mx_status go_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct letting_go what = {{NULL, 0}, 0, 0};
    struct gone gone = {0};
    uint32_t left = STEP_ROWS;
    mx_status st = ctx->op->decode(ctx, &letting_go_type, body, &what);
    if (st == MX_OK && cursor->len) st = ctx->op->decode(ctx, &gone_type, *cursor, &gone);
    if (st == MX_OK) st = go_some(ctx, &what, &gone, &left);
    return st == MX_OK ? ctx->op->encode(ctx, &gone_type, &gone, cursor) : st;
}

const struct mx_job insight_let_go_job = {.size = sizeof(struct mx_job), .name = "insight.let_go", .step = go_step};

/* Until all of it is gone nobody reads it, also when she agrees again meanwhile. */
static mx_status read_no_more(struct mx_ctx *ctx, const struct letting_go *what) {
    struct insight_row row;
    mx_status st = insight_row_get(ctx, what->member, &row);
    row.let_go = what->number;
    return st == MX_OK ? mx_put(ctx, &insight_rows, &row) : st;
}

mx_status insight_let_go(struct mx_ctx *ctx, const struct mx_member_facts *facts) {
    struct letting_go what = {.at = ctx->now_ms};
    uint32_t i, left = STEP_ROWS; /* of all her ids */
    mx_status st = insight_deeds_number(ctx, &what.number);
    for (i = 0; st == MX_OK && i < facts->members.count; i++) {
        what.member = mx_list_str(&facts->members, i);
        st = insight_tags_forget(ctx, what.member, "There is no consent to it.");
        if (st == MX_OK) st = insight_segments_forget(ctx, what.member);
        if (st == MX_OK) st = read_no_more(ctx, &what);
        if (st == MX_OK) st = go_one(ctx, &what, &left);
    }
    return st;
}

mx_status insight_hear_consent(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_consent_said *said = data;
    struct mx_member_facts facts = {0};
    int consents = 0;
    mx_status st;
    (void)event;
    if (said->given || !mx_str_is(said->purpose, MX_PURPOSE_PERSONALISATION)) return MX_OK;
    st = insight_member(ctx, said->member, &facts);
    if (st == MX_OK) st = insight_consents(ctx, &facts, &consents);
    if (st == MX_OK && !consents) st = insight_let_go(ctx, &facts);
    return st == MX_NONE ? MX_OK : st;
}
