/* Group-buys: a member opens a group, others join, and when it is complete each of them may buy at its price. The shared code is
 * the group's id: it gives nothing to anybody but a place in the group, so it is no secret. */
#include "group.h"

static const char *prefix_of(int32_t kind) { return kind == PROMOTION_GROUP ? "grp" : "brg"; }

static mx_status tell(struct mx_ctx *ctx, const struct mx_event_def *event, const struct promotion_group *group, struct mx_str who) {
    const struct group_told told = {group->id, group->rule, who, group->joined};
    return mx_emit(ctx, event, &told);
}

/* ---- common to both kinds ---- */

static mx_status check_single(struct mx_ctx *ctx, const struct promotion_group *group) {
    struct promotion_group probe = {.owner = group->owner, .rule = group->rule}, *other = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .index = "owner", .reverse = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &promotions_groups, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &other)) == MX_OK)
        if (other->state == PROMOTION_OPEN && other->until > ctx->expiry_ms && mx_str_eq(other->sku, group->sku))
            return mx_refuse(ctx, "already_open", "member", "This member has one open already: %.*s.", (int)other->id.len, other->id.ptr);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status plan_end(struct mx_ctx *ctx, const struct promotion_group *group) {
    const struct group_ask ask = {group->id};
    return promotions_due(ctx, group->until, promotions_group_expire_op.name, &group_ask_type, &ask, group->id);
}

mx_status promotions_group_begin(struct mx_ctx *ctx, struct promotion_group *group) {
    mx_status st = promotions_check_member(ctx, group->owner);
    if (st == MX_OK) st = check_single(ctx, group);
    if (st == MX_OK) st = mx_new_id(ctx, prefix_of(group->kind), &group->id);
    if (st != MX_OK) return st;
    group->state = PROMOTION_OPEN;
    group->opened = ctx->now_ms;
    group->until = ctx->expiry_ms + group->hours * PROMOTIONS_HOUR_MS;
    group->rec.has = UINT64_MAX;
    st = mx_put(ctx, &promotions_groups, group);
    if (st == MX_OK) st = plan_end(ctx, group);
    return st == MX_OK ? tell(ctx, &promotions_group_opened, group, group->owner) : st;
}

static mx_status read_group(struct mx_ctx *ctx, struct mx_str code, struct promotion_group **group) {
    struct promotion_group probe = {.id = code};
    mx_status st = mx_get(ctx, &promotions_groups, &probe, group);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "code", "There is nothing open under that code.") : st;
}

mx_status promotions_group_find(struct mx_ctx *ctx, struct mx_str code, int32_t kind, struct promotion_group **group) {
    mx_status st = read_group(ctx, code, group);
    if (st == MX_OK && (*group)->kind != kind) return mx_fail(ctx, MX_E_NOT_FOUND, "code", "There is nothing open under that code.");
    if (st != MX_OK) return st;
    if ((*group)->state == PROMOTION_COMPLETE) return mx_refuse(ctx, "group_complete", "code", "It is complete already.");
    if ((*group)->state == PROMOTION_ENDED || (*group)->until <= ctx->expiry_ms)
        return mx_refuse(ctx, "group_ended", "code", "Its time is over.");
    return MX_OK;
}

mx_status promotions_group_note(struct mx_ctx *ctx, const struct promotion_group *group, struct mx_str member) {
    struct promotion_joined joined = {.group = group->id, .member = member, .at = ctx->now_ms};
    mx_status st = promotions_check_member(ctx, member);
    if (st == MX_OK) st = mx_put(ctx, &promotions_joined, &joined);
    return st == MX_E_EXISTS ? mx_refuse(ctx, "already_joined", "member", "This member has taken part already; each may once.") : st;
}

mx_status promotions_group_coupon(struct mx_ctx *ctx, const struct promotion_group *group, struct mx_str member, struct mx_str *id) {
    struct promotion_coupon coupon = {.rule = group->rule, .group = group->id, .member = member, .uses_max = 1};
    mx_status st = promotions_coupon_new(ctx, &coupon);
    *id = coupon.id;
    return st;
}

mx_status promotions_group_put(struct mx_ctx *ctx, struct promotion_group *group, int complete, struct mx_str who) {
    mx_status st;
    if (complete) {
        group->state = PROMOTION_COMPLETE;
        group->until = ctx->expiry_ms + group->hours * PROMOTIONS_HOUR_MS;
    }
    st = mx_put(ctx, &promotions_groups, group);
    if (st == MX_OK) st = tell(ctx, &promotions_group_joined, group, who);
    if (st == MX_OK && complete) st = tell(ctx, &promotions_group_completed, group, group->owner);
    return st;
}

static int64_t missing_of(const struct promotion_group *group) { return group->state == PROMOTION_OPEN ? group->size - group->joined : 0; }

mx_status promotions_group_missing(struct mx_ctx *ctx, struct mx_str id, int64_t *missing) {
    struct promotion_group *group = NULL;
    mx_status st = read_group(ctx, id, &group);
    if (st == MX_OK) *missing = missing_of(group);
    return st;
}

mx_status promotions_group_answer(struct mx_ctx *ctx, const struct promotion_group *group, struct mx_str coupon, void *out) {
    struct group_one *one = out;
    struct group_view *view = one->group = mx_alloc(ctx, sizeof(*view));
    one->code = view->code = group->id;
    one->coupon = coupon;
    view->kind = group->kind;
    view->state = group->state == PROMOTION_OPEN && group->until <= ctx->expiry_ms ? PROMOTION_ENDED : group->state;
    view->rule = group->rule;
    view->owner = group->owner;
    view->sku = group->sku;
    view->size = group->size;
    view->joined = group->joined;
    view->missing = view->state == PROMOTION_OPEN ? missing_of(group) : 0;
    view->amount = group->amount;
    view->until = group->until;
    return MX_OK;
}

/* ---- the operations of group-buys ---- */

static mx_status open_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct group_open *ask = in;
    struct promotion_group group = {.kind = PROMOTION_GROUP, .rule = ask->rule, .owner = ask->member, .joined = 1};
    struct promotion_campaign *campaign = NULL;
    struct mx_str coupon = {NULL, 0};
    mx_status st = promotions_campaign_of(ctx, ask->rule, PROMOTION_GROUP, &campaign);
    if (st != MX_OK) return st;
    group.size = campaign->size;
    group.hours = campaign->hours;
    st = promotions_group_begin(ctx, &group);
    if (st == MX_OK) st = promotions_group_note(ctx, &group, ask->member);
    if (st == MX_OK) st = promotions_group_coupon(ctx, &group, ask->member, &coupon);
    return st == MX_OK ? promotions_group_answer(ctx, &group, coupon, out) : st;
}

static mx_status join_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct group_join *ask = in;
    struct promotion_group *group = NULL;
    struct mx_str coupon = {NULL, 0};
    mx_status st = promotions_group_find(ctx, ask->code, PROMOTION_GROUP, &group);
    if (st == MX_OK) st = promotions_group_note(ctx, group, ask->member);
    if (st == MX_OK) st = promotions_group_coupon(ctx, group, ask->member, &coupon);
    if (st != MX_OK) return st;
    group->joined++;
    st = promotions_group_put(ctx, group, group->joined >= group->size, ask->member);
    return st == MX_OK ? promotions_group_answer(ctx, group, coupon, out) : st;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct promotion_group *group = NULL;
    mx_status st = read_group(ctx, ((const struct group_ask *)in)->code, &group);
    return st == MX_OK ? promotions_group_answer(ctx, group, mx_str_n(NULL, 0), out) : st;
}

/* A bargain that did not get all its help may be bought until its end at what was reached; a group needs everybody. */
static mx_status expire_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct promotion_group probe = {.id = ((const struct group_ask *)in)->code}, *group = NULL;
    mx_status st = mx_get(ctx, &promotions_groups, &probe, &group);
    (void)out;
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (group->state != PROMOTION_OPEN) return MX_OK;
    if (group->until > ctx->expiry_ms) return plan_end(ctx, group);
    group->state = PROMOTION_ENDED;
    st = mx_put(ctx, &promotions_groups, group);
    return st == MX_OK ? tell(ctx, &promotions_group_ended, group, group->owner) : st;
}

const struct mx_op promotions_group_open_op = PROMOTIONS_OP(0, "promotions.group.open", "Open a group-buy; share its code with others.",
                                                            "promotions.join", &group_open_type, &group_one_type, open_handler);
const struct mx_op promotions_group_join_op = PROMOTIONS_OP(0, "promotions.group.join", "Join a group-buy by its code.", "promotions.join",
                                                            &group_join_type, &group_one_type, join_handler);
const struct mx_op promotions_group_get_op = PROMOTIONS_OP(MX_OP_QUERY, "promotions.group.get", "Show a group-buy or bargain by its code.",
                                                           "promotions.check", &group_ask_type, &group_one_type, get_handler);
const struct mx_op promotions_group_expire_op =
    PROMOTIONS_OP(MX_OP_INTERNAL, "promotions.group.expire", "End a group-buy or bargain whose time is over.", NULL, &group_ask_type, NULL,
                  expire_handler);
