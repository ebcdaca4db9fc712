/* Tiers over a merge: she keeps the better one of the two, and when the persons part each has her own again. The record of the id that
 * went is left as it is. */
#include "tiers.h"

const struct mx_table membership_tiers_before = {
    .size = sizeof(struct mx_table),
    .name = "membership.tier.before",
    .doc = "tiers of members before another id of the same customer brought a better one along",
    .type = &membership_tier_before_type,
    .key = "member brought_by",
};

static mx_status member_of(struct mx_ctx *ctx, struct mx_str person, struct membership_member **member) {
    struct membership_member probe = {.person = person};
    return mx_find(ctx, &membership_members, "person", &probe, member);
}

/* ---- which is better ---- */

/* One that no rule knows, which a person gave, ranks above basic and below all others. */
static int64_t rank_of(const struct mx_tiers *tiers, struct mx_str code) {
    uint32_t i;
    if (code.len == 0 || mx_str_is(code, MEMBERSHIP_BASIC)) return -2;
    for (i = 0; i < tiers->tiers.count; i++) {
        const struct mx_tier *tier = mx_list_at(&tiers->tiers, i);
        if (mx_str_eq(tier->code, code)) return tier->rank;
    }
    return -1;
}

static mx_status is_better(struct mx_ctx *ctx, const struct membership_member *other, const struct membership_member *member, int *yes) {
    const struct mx_tiers_ask ask = {.tier = {NULL, 0}};
    struct mx_tiers *tiers = mx_alloc(ctx, sizeof(*tiers));
    int by_hand = membership_tier_by_hand(other, ctx->expiry_ms);
    int64_t theirs, own;
    mx_status st;
    *yes = 0;
    if (!by_hand && other->tier_rule.len == 0) return MX_OK; /* none, or its time is over */
    st = mx_ask(ctx, &mx_point_tiers, &ask, tiers);
    if (st < 0) return st;
    theirs = rank_of(tiers, other->tier);
    own = rank_of(tiers, member->tier);
    *yes = theirs > own ||
           (theirs == own && by_hand && mx_str_eq(other->tier, member->tier) && !membership_tier_by_hand(member, ctx->expiry_ms));
    return MX_OK;
}

/* ---- merging ---- */

static void keep_state(const struct membership_member *member, struct membership_tier_before *before) {
    before->tier = member->tier;
    before->rule = member->tier_rule;
    before->reason = member->tier_reason;
    before->at = member->tier_at;
    before->until = member->tier_until;
    before->lost_at = member->tier_lost_at;
    before->tier_from = member->tier_from;
    before->rec.has = UINT64_MAX;
}

/* The member holds this tier as it was held: since when, and whether it is being lost. */
static mx_status hold(struct mx_ctx *ctx, struct membership_member *member, const struct membership_tier_before *state) {
    struct membership_tier_change change = {
        .tier = state->tier, .rule = state->rule, .reason = state->reason, .until = state->until, .why = MEMBERSHIP_TIER_MERGED};
    mx_status st = membership_tier_give(ctx, member, &change);
    if (st != MX_OK) return st;
    member->tier_at = state->at;
    member->tier_lost_at = state->lost_at;
    member->tier_from = state->tier_from;
    st = mx_put(ctx, &membership_members, member);
    return st == MX_OK && state->until > ctx->expiry_ms ? membership_tier_review_at(ctx, member->id, state->until) : st;
}

static mx_status bring_along(struct mx_ctx *ctx, struct membership_member *member, const struct membership_member *other) {
    struct membership_tier_before before = {.member = member->id, .brought_by = other->id}, brought = {0};
    mx_status st;
    keep_state(member, &before);
    keep_state(other, &brought);
    brought.tier_from = other->id;
    st = mx_put(ctx, &membership_tiers_before, &before);
    return st == MX_OK ? hold(ctx, member, &brought) : st;
}

mx_status membership_tier_merged(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_str from) {
    struct membership_member *other = NULL;
    int better = 0;
    mx_status st = member_of(ctx, from, &other);
    if (st == MX_OK && !mx_str_eq(other->id, customer->member->id)) st = is_better(ctx, other, customer->member, &better);
    if (st == MX_OK && better) st = bring_along(ctx, customer->member, other);
    return st == MX_OK || st == MX_NONE ? membership_renew_tier(ctx, customer->member->id) : st;
}

/* ---- parting ---- */

mx_status membership_tier_give_back(struct mx_ctx *ctx, struct membership_member *member) {
    struct membership_tier_before probe = {.member = member->id, .brought_by = member->tier_from}, *before = NULL;
    mx_status st = mx_get(ctx, &membership_tiers_before, &probe, &before);
    if (st == MX_OK) st = mx_delete(ctx, &membership_tiers_before, before);
    return st == MX_OK ? hold(ctx, member, before) : st == MX_NONE ? MX_OK : st;
}

/* Another merge came after this one, and what it would give back was brought along by the id that goes now. */
static mx_status pass_on(struct mx_ctx *ctx, const struct membership_tier_before *gone) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct membership_tier_before probe = {.member = gone->member}, *later = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_tiers_before, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &later)) == MX_OK) {
        struct membership_tier_before changed = *gone;
        if (!mx_str_eq(later->tier_from, gone->brought_by)) continue;
        changed.rec = later->rec;
        changed.brought_by = later->brought_by;
        return mx_put(ctx, &membership_tiers_before, &changed);
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status membership_tier_parted(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_str from) {
    struct membership_tier_before probe = {.member = customer->member->id}, *before = NULL;
    struct membership_member *other = NULL;
    mx_status st = member_of(ctx, from, &other);
    if (st == MX_OK && mx_str_eq(customer->member->tier_from, other->id)) {
        st = membership_tier_give_back(ctx, customer->member);
    } else if (st == MX_OK) {
        probe.brought_by = other->id;
        st = mx_get(ctx, &membership_tiers_before, &probe, &before);
        if (st == MX_OK) st = pass_on(ctx, before);
        if (st == MX_OK) st = mx_delete(ctx, &membership_tiers_before, before);
    }
    return st == MX_OK || st == MX_NONE ? membership_renew_tier(ctx, customer->member->id) : st;
}
