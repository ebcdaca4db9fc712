/* The terms on which group-buys and bargains of a promotion are opened. What is open keeps the terms that it was opened on. */
#include "group.h"

static mx_status answer_one(struct mx_ctx *ctx, const struct promotion_campaign *campaign, void *out) {
    struct campaign_view *view = mx_alloc(ctx, sizeof(*view));
    view->rule = campaign->rule;
    view->kind = campaign->kind;
    view->size = campaign->size;
    view->floor = campaign->floor;
    view->cut = campaign->cut;
    view->helpers = campaign->helpers;
    view->hours = campaign->hours;
    view->rev = campaign->rec.rev;
    ((struct campaign_one *)out)->campaign = view;
    return MX_OK;
}

static mx_status read_campaign(struct mx_ctx *ctx, struct mx_str rule, struct promotion_campaign **campaign) {
    struct promotion_campaign probe = {.rule = rule};
    return mx_get(ctx, &promotions_campaigns, &probe, campaign);
}

static mx_status check_terms(struct mx_ctx *ctx, const struct campaign_put *put, int32_t *kind) {
    int bargain = put->cut || put->helpers || MX_HAS(campaign_put, put, floor);
    if (put->size && bargain)
        return mx_fail(ctx, MX_E_BAD_INPUT, "size", "Give the size of a group, or floor, cut and helpers of a bargain, not both.");
    if (!put->size && !bargain) return mx_fail(ctx, MX_E_BAD_INPUT, "size", "Give the size of a group, or cut and helpers of a bargain.");
    if (bargain && !put->cut) return mx_fail(ctx, MX_E_BAD_INPUT, "cut", "Say what each helper takes off the price.");
    if (bargain && !put->helpers) return mx_fail(ctx, MX_E_BAD_INPUT, "helpers", "Say how many may help.");
    *kind = bargain ? PROMOTION_BARGAIN : PROMOTION_GROUP;
    return MX_OK;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct campaign_put *put = in;
    struct promotion_campaign campaign = {.rule = put->rule}, *stored = NULL;
    mx_status st = check_terms(ctx, put, &campaign.kind);
    if (st == MX_OK) st = read_campaign(ctx, put->rule, &stored);
    if (st < 0) return st;
    if (stored) campaign.rec = stored->rec;
    if (MX_HAS(campaign_put, put, if_rev) && put->if_rev != campaign.rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "The terms are at revision %lld by now.", (long long)campaign.rec.rev);
    campaign.size = put->size;
    campaign.floor = put->floor;
    campaign.cut = put->cut;
    campaign.helpers = put->helpers;
    campaign.hours = put->hours;
    campaign.rec.has = UINT64_MAX;
    st = mx_put(ctx, &promotions_campaigns, &campaign);
    return st == MX_OK ? answer_one(ctx, &campaign, out) : st;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct promotion_campaign *campaign = NULL;
    mx_status st = read_campaign(ctx, ((const struct campaign_ask *)in)->rule, &campaign);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "rule", "There are no terms for this promotion.");
    return st == MX_OK ? answer_one(ctx, campaign, out) : st;
}

mx_status promotions_campaign_of(struct mx_ctx *ctx, struct mx_str rule, int32_t kind, struct promotion_campaign **campaign) {
    mx_status st = read_campaign(ctx, rule, campaign);
    if (st == MX_NONE || (st == MX_OK && (*campaign)->kind != kind))
        return mx_refuse(ctx, "no_campaign", "rule", "Nobody set terms for a %s of this promotion.",
                         kind == PROMOTION_GROUP ? "group-buy" : "bargain");
    return st;
}

const struct mx_op promotions_campaign_put_op =
    PROMOTIONS_OP(0, "promotions.campaign.put", "Set the terms of group-buys or bargains of a promotion; open ones keep theirs.",
                  "promotions.manage", &campaign_put_type, &campaign_one_type, put_handler);
const struct mx_op promotions_campaign_get_op =
    PROMOTIONS_OP(MX_OP_QUERY, "promotions.campaign.get", "Show the terms of group-buys or bargains of a promotion.", "promotions.read",
                  &campaign_ask_type, &campaign_one_type, get_handler);
