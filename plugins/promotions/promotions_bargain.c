/* Bargains: a member asks others to help, and each helper takes the same amount off the price of one article, down to a floor. */
#include "group.h"

/* What helpers may take off together: from the price at this moment to the floor. */
static mx_status room_of(struct mx_ctx *ctx, const struct bargain_open *ask, const struct promotion_campaign *campaign, int64_t *most) {
    const struct mx_article_ask about = {.sku = ask->sku, .location = ask->location, .channel = ask->channel, .at = ctx->now_ms};
    struct mx_article article = {.price = 0};
    mx_status st = mx_ask(ctx, &mx_point_article, &about, &article);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, "sku", "There is no such article.");
    if (st != MX_OK) return st;
    if (article.price <= campaign->floor)
        return mx_refuse(ctx, "nothing_to_bargain", "sku", "The article costs no more than the lowest price of the bargain already.");
    *most = article.price - campaign->floor;
    return MX_OK;
}

static mx_status open_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct bargain_open *ask = in;
    struct promotion_group bargain = {.kind = PROMOTION_BARGAIN, .rule = ask->rule, .owner = ask->member, .sku = ask->sku};
    struct promotion_campaign *campaign = NULL;
    struct mx_str coupon = {NULL, 0};
    mx_status st = promotions_campaign_of(ctx, ask->rule, PROMOTION_BARGAIN, &campaign);
    if (st == MX_OK) st = room_of(ctx, ask, campaign, &bargain.most);
    if (st != MX_OK) return st;
    bargain.size = campaign->helpers;
    bargain.cut = campaign->cut;
    bargain.hours = campaign->hours;
    st = promotions_group_begin(ctx, &bargain);
    if (st == MX_OK) st = promotions_group_coupon(ctx, &bargain, ask->member, &coupon);
    return st == MX_OK ? promotions_group_answer(ctx, &bargain, coupon, out) : st;
}

static mx_status help_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct group_join *ask = in;
    struct promotion_group *bargain = NULL;
    mx_status st = promotions_group_find(ctx, ask->code, PROMOTION_BARGAIN, &bargain);
    if (st == MX_OK && mx_str_eq(bargain->owner, ask->member))
        return mx_refuse(ctx, "own_bargain", "member", "Nobody helps with a bargain of their own.");
    if (st == MX_OK) st = promotions_group_note(ctx, bargain, ask->member);
    if (st != MX_OK) return st;
    bargain->joined++;
    bargain->amount = bargain->most - bargain->amount > bargain->cut ? bargain->amount + bargain->cut : bargain->most;
    st = promotions_group_put(ctx, bargain, bargain->joined >= bargain->size || bargain->amount == bargain->most, ask->member);
    return st == MX_OK ? promotions_group_answer(ctx, bargain, mx_str_n(NULL, 0), out) : st;
}

const struct mx_op promotions_bargain_open_op =
    PROMOTIONS_OP(0, "promotions.bargain.open", "Open a bargain for an article; share its code with others.", "promotions.join",
                  &bargain_open_type, &group_one_type, open_handler);
const struct mx_op promotions_bargain_help_op = PROMOTIONS_OP(0, "promotions.bargain.help", "Help with a bargain: it gets cheaper.",
                                                              "promotions.join", &group_join_type, &group_one_type, help_handler);
