/* One receipt, priced anew by a set of rules that is tried. */
#include "script/backtest.h"

mx_status backtest_price(struct backtest_side *side, struct mx_ctx *ctx, const struct mx_cart *recorded, struct backtest_priced *out) {
    struct mx_cart *cart = backtest_cart(&side->books, ctx, recorded);
    struct mx_price_ask ask = {0};
    mx_status st;
    script_answer(ctx, side->trying.set, side->trying.state, cart, &out->offers);
    backtest_limits_fill(&side->books, ctx, cart, &out->offers.offers);
    ask.cart = cart;
    ask.offers = out->offers.offers;
    st = mx_ask(ctx, &mx_point_price, &ask, &out->priced);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, NULL, "Nobody here prices carts: the plugin for prices is missing.");
    if (st == MX_OK) backtest_limits_book(&side->books, cart, &out->offers.offers, &out->priced.outcomes);
    return st;
}
