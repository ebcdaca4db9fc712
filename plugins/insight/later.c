/* What may be too much for one command, and goes on behind it in steps: forgetting a member, and giving a member what waited under an
 * identifier. */
#include "internal.h"

#define STEP_ROWS 200

/* ---- forgetting ---- */

struct forgetting {
    struct mx_str member;
};
static const struct mx_field forgetting_fields[] = {
    MX_F_ID(forgetting, member, MX_REQUIRED, "mem", "who is forgotten"),
};
MX_TYPE(forgetting, "insight.forgetting", "who is forgotten");

static mx_status forget_table(struct mx_ctx *ctx, const struct mx_table *table, const void *probe, uint32_t *left) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    void *record;
    mx_status st = mx_scan_open(ctx, table, &opts, probe, &scan);
    while (st == MX_OK && *left > 0 && (st = mx_scan_next(ctx, scan, &record)) == MX_OK) {
        st = mx_delete(ctx, table, record);
        --*left;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status forget_some(struct mx_ctx *ctx, const struct forgetting *what, uint32_t *left) {
    const struct insight_did did = {.owner = what->member};
    const struct insight_bought bought = {.member = what->member};
    const struct insight_period period = {.member = what->member};
    mx_status st = forget_table(ctx, &insight_dids, &did, left);
    if (st == MX_OK) st = forget_table(ctx, &insight_periods, &period, left);
    return st == MX_OK ? forget_table(ctx, &insight_boughts, &bought, left) : st;
}

static mx_status forget_begin(struct mx_ctx *ctx, const struct forgetting *what) {
    uint32_t left = STEP_ROWS;
    struct mx_str body, id;
    mx_status st = forget_some(ctx, what, &left);
    if (st != MX_OK || left) return st;
    st = ctx->op->encode(ctx, &forgetting_type, what, &body);
    return st == MX_OK ? mx_job_start(ctx, insight_forget_job.name, body, &id) : st;
}

static mx_status forget_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct forgetting what = {{NULL, 0}};
    uint32_t left = STEP_ROWS;
    mx_status st = ctx->op->decode(ctx, &forgetting_type, body, &what);
    (void)cursor;
    if (st == MX_OK) st = forget_some(ctx, &what, &left);
    return st == MX_OK && left ? MX_DONE : st;
}

const struct mx_job insight_forget_job = {.size = sizeof(struct mx_job), .name = "insight.forget", .step = forget_step};

static mx_status forget_row(struct mx_ctx *ctx, struct mx_str member) {
    struct insight_row before, none = {.member = member};
    mx_status st = insight_row_get(ctx, member, &before);
    if (st == MX_OK) st = insight_row_put(ctx, &before, &none); /* she leaves the curves */
    return st == MX_OK ? mx_delete(ctx, &insight_rows, &none) : st;
}

mx_status insight_forget(struct mx_ctx *ctx, struct mx_str member) {
    const struct forgetting what = {member};
    mx_status st = insight_tags_forget(ctx, member, "She was erased.");
    if (st == MX_OK) st = insight_segments_forget(ctx, member);
    if (st == MX_OK) st = forget_row(ctx, member);
    return st == MX_OK ? forget_begin(ctx, &what) : st;
}

/* ---- claiming ---- */

struct claiming {
    struct mx_str owner;
    struct mx_str member;
    uint8_t agrees;
};
static const struct mx_field claiming_fields[] = {
    MX_F_STR(claiming, owner, MX_REQUIRED, 1, INSIGHT_OWNER_MAX, "what it waits under"),
    MX_F_ID(claiming, member, MX_REQUIRED, "mem", "whose it is"),
    MX_F_BOOL(claiming, agrees, 0, "she agrees that it is kept; otherwise it goes"),
};
MX_TYPE(claiming, "insight.claiming", "what is given to whom");

/* The newest first: rules look at those. */
static mx_status claim_some(struct mx_ctx *ctx, const struct claiming *what, uint32_t *left) {
    struct insight_did probe = {.owner = what->owner}, *did = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .reverse = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_dids, &opts, &probe, &scan);
    while (st == MX_OK && *left > 0 && (st = mx_scan_next(ctx, scan, &did)) == MX_OK) {
        struct insight_did hers = *did;
        hers.owner = what->member;
        hers.rec.rev = 0;
        st = mx_delete(ctx, &insight_dids, did);
        if (st == MX_OK && what->agrees) st = mx_put(ctx, &insight_dids, &hers);
        --*left;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status insight_claim(struct mx_ctx *ctx, struct mx_str owner, struct mx_str member, int agrees) {
    const struct claiming what = {owner, member, (uint8_t)agrees};
    uint32_t left = STEP_ROWS;
    struct mx_str body, id;
    mx_status st = claim_some(ctx, &what, &left);
    if (st != MX_OK || left) return st;
    st = ctx->op->encode(ctx, &claiming_type, &what, &body);
    return st == MX_OK ? mx_job_start(ctx, insight_claim_job.name, body, &id) : st;
}

/* Until the last step she may have taken her word back, or been erased. */
static mx_status claim_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct claiming what = {{NULL, 0}, {NULL, 0}, 0};
    struct mx_member_facts facts = {0};
    uint32_t left = STEP_ROWS;
    int agrees = 0;
    mx_status st = ctx->op->decode(ctx, &claiming_type, body, &what);
    (void)cursor;
    if (st == MX_OK) st = insight_member(ctx, what.member, &facts);
    if (st == MX_OK) st = insight_consents(ctx, &facts, &agrees);
    if (st != MX_OK && st != MX_NONE) return st;
    what.agrees = what.agrees && agrees;
    st = claim_some(ctx, &what, &left);
    return st == MX_OK && left ? MX_DONE : st;
}

const struct mx_job insight_claim_job = {.size = sizeof(struct mx_job), .name = "insight.claim", .step = claim_step};
