/* What may be too much for one command, and goes on behind it in steps: forgetting a member, and giving a member what waited under an
 * identifier. */
#include "internal.h"

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

static mx_status forget_begin(struct mx_ctx *ctx, const struct forgetting *what, uint32_t *left) {
    struct mx_str body, id;
    mx_status st = forget_some(ctx, what, left);
    if (st != MX_OK || *left) return st;
    st = ctx->op->encode(ctx, &forgetting_type, what, &body);
    return st == MX_OK ? mx_job_start(ctx, insight_forget_job.name, body, &id) : st;
}

static mx_status forget_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct forgetting what = {{NULL, 0}};
    uint32_t left = INSIGHT_FORGET_ROWS;
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

mx_status insight_forget(struct mx_ctx *ctx, struct mx_str member, uint32_t *left) {
    const struct forgetting what = {member};
    mx_status st = insight_tags_forget(ctx, member, "She was erased.");
    if (st == MX_OK) st = insight_segments_forget(ctx, member);
    if (st == MX_OK) st = forget_row(ctx, member);
    return st == MX_OK ? forget_begin(ctx, &what, left) : st;
}

/* ---- claiming ---- */

struct claiming {
    struct mx_str owner;
    struct mx_str member;
    uint8_t agrees;
    int64_t number; /* what is told later has higher ones, and may be of somebody else */
};
static const struct mx_field claiming_fields[] = {
    MX_F_STR(claiming, owner, MX_REQUIRED, 1, INSIGHT_OWNER_MAX, "what it waits under"),
    MX_F_ID(claiming, member, MX_REQUIRED, "mem", "whose it is"),
    MX_F_BOOL(claiming, agrees, 0, "she agrees that it is kept; otherwise it goes"),
    MX_F_INT(claiming, number, 0, 0, MX_INT_MAX, "what has a lower number is hers"),
};
MX_TYPE(claiming, "insight.claiming", "what is given to whom");

struct claimed {
    struct mx_str after;
};
static const struct mx_field claimed_fields[] = {
    MX_F_STR(claimed, after, 0, 0, 2000, "behind what to go on"),
};
MX_TYPE(claimed, "insight.claim.cursor", "how far it is");

/* What was told before she took her word back would have gone then, had it been hers already. */
static mx_status give(struct mx_ctx *ctx, const struct claiming *what, int64_t let_go, struct insight_did *did) {
    struct insight_did hers = *did;
    mx_status st = mx_delete(ctx, &insight_dids, did);
    hers.owner = what->member;
    hers.rec.rev = 0;
    return st == MX_OK && what->agrees && hers.n >= let_go ? mx_put(ctx, &insight_dids, &hers) : st;
}

/* The newest first: rules look at those. MX_DONE: those were all; MX_OK: *left is used up. */
static mx_status claim_some(struct mx_ctx *ctx, const struct claiming *what, struct mx_str *after, uint32_t *left) {
    struct insight_did probe = {.owner = what->owner}, *did = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .reverse = 1, .after = *after};
    struct mx_scan *scan = NULL;
    struct insight_row row;
    mx_status st = insight_row_get(ctx, what->member, &row);
    if (st == MX_OK) st = mx_scan_open(ctx, &insight_dids, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &did)) == MX_OK) {
        if (*left == 0) return MX_OK;
        --*left;
        *after = mx_dup(ctx, mx_scan_cursor(ctx, scan));
        if (did->n < what->number) st = give(ctx, what, row.let_go, did);
    }
    return st;
}

mx_status insight_claim(struct mx_ctx *ctx, struct mx_str owner, struct mx_str member, int agrees, uint32_t *left) {
    struct claiming what = {owner, member, (uint8_t)agrees, MX_INT_MAX};
    struct mx_str after = {NULL, 0}, body, id;
    mx_status st = claim_some(ctx, &what, &after, left);
    if (st != MX_OK) return st == MX_DONE ? MX_OK : st;
    st = insight_deeds_number(ctx, &what.number);
    if (st == MX_OK) st = ctx->op->encode(ctx, &claiming_type, &what, &body);
    return st == MX_OK ? mx_job_start(ctx, insight_claim_job.name, body, &id) : st;
}

/* Until the last step she may have taken her word back, or been erased. */
static mx_status claim_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct claiming what = {{NULL, 0}, {NULL, 0}, 0, 0};
    struct claimed claimed = {{NULL, 0}};
    struct mx_member_facts facts = {0};
    uint32_t left = INSIGHT_CLAIM_ROWS;
    int agrees = 0;
    mx_status st = ctx->op->decode(ctx, &claiming_type, body, &what);
    if (st == MX_OK && cursor->len) st = ctx->op->decode(ctx, &claimed_type, *cursor, &claimed);
    if (st == MX_OK) st = insight_member(ctx, what.member, &facts);
    if (st == MX_OK) st = insight_consents(ctx, &facts, &agrees);
    if (st != MX_OK && st != MX_NONE) return st;
    what.agrees = what.agrees && agrees;
    st = claim_some(ctx, &what, &claimed.after, &left);
    return st == MX_OK ? ctx->op->encode(ctx, &claimed_type, &claimed, cursor) : st;
}

const struct mx_job insight_claim_job = {.size = sizeof(struct mx_job), .name = "insight.claim", .step = claim_step};
