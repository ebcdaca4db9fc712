/* From a request to a priced cart: facts of articles and member, offers, price, points. */
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

#define CLOCK_SLACK_MS (5 * 60 * 1000)

mx_status orders_time(struct mx_ctx *ctx, int given, int64_t at, int64_t *time_ms) {
    *time_ms = ctx->now_ms;
    if (!given) return MX_OK;
    if (!mx_allowed(ctx, ORDERS_MAY_BACKDATE))
        return mx_fail(ctx, MX_E_FORBIDDEN, "at", "This key may not say when it happened; leave `at` out, or ask for the right %s.",
                       ORDERS_MAY_BACKDATE);
    if (at > ctx->now_ms + CLOCK_SLACK_MS)
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "at", "The time lies in the future of the shop's clock (%" PRId64 ").", ctx->now_ms);
    *time_ms = at;
    return MX_OK;
}

mx_status orders_ask_article(struct mx_ctx *ctx, const struct mx_article_ask *ask, uint32_t at, struct mx_article *article) {
    char field[48];
    mx_status st = mx_ask(ctx, orders_points[ORDERS_ASK_ARTICLE], ask, article);
    if (st != MX_DECLINED) return st;
    return mx_refuse(ctx, "unknown_sku", orders_line_field(field, at, "sku"), "No article has the number %.*s.", (int)ask->sku.len,
                     ask->sku.ptr);
}

mx_status orders_ask_member(struct mx_ctx *ctx, struct mx_str member, struct mx_member_facts *facts) {
    struct mx_member_ask ask = {member};
    mx_status st = mx_ask(ctx, orders_points[ORDERS_ASK_MEMBER], &ask, facts);
    if (st != MX_DECLINED) return st;
    return mx_refuse(ctx, "unknown_member", "member", "No member has the id %.*s.", (int)member.len, member.ptr);
}

mx_status orders_ask_location(struct mx_ctx *ctx, struct mx_str location, struct mx_location_facts *facts) {
    struct mx_location_ask ask = {location};
    mx_status st = mx_ask(ctx, orders_points[ORDERS_ASK_LOCATION], &ask, facts);
    if (st != MX_DECLINED) return st;
    return mx_refuse(ctx, "unknown_location", "location", "There is no location %.*s.", (int)location.len, location.ptr);
}

static mx_status check_override(struct mx_ctx *ctx, const struct order_line_ask *ask, uint32_t at) {
    char field[48];
    if (!mx_allowed(ctx, ORDERS_MAY_OVERRIDE))
        return mx_fail(ctx, MX_E_FORBIDDEN, orders_line_field(field, at, "price"), "This key may not set a price by hand.");
    if (mx_str_is_blank(ask->reason))
        return mx_fail(ctx, MX_E_MISSING_FIELD, orders_line_field(field, at, "reason"), "A price set by hand needs a reason.");
    return MX_OK;
}

mx_status orders_check_pieces(struct mx_ctx *ctx, int32_t unit, struct mx_str sku, int64_t qty, uint32_t at) {
    char field[48];
    if (unit != MX_UNIT_PIECE || qty % MX_QTY_ONE == 0) return MX_OK;
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, orders_line_field(field, at, "qty"),
                   "%.*s is sold by the piece: the quantity must be a multiple of 1000 thousandths.", (int)sku.len, sku.ptr);
}

static mx_status check_for_sale(struct mx_ctx *ctx, const struct orders_sale *sale, const struct mx_article *article, uint32_t at) {
    char field[48];
    if (article->hidden && !orders_is_unlocked(&sale->entitlements, article->sku))
        return mx_refuse(ctx, "article_hidden", orders_line_field(field, at, "sku"), "%.*s is sold only to members who may have it.",
                         (int)article->sku.len, article->sku.ptr);
    if (!article->retired) return MX_OK;
    return mx_refuse(ctx, "retired", orders_line_field(field, at, "sku"), "%.*s is not for sale any more.", (int)article->sku.len,
                     article->sku.ptr);
}

static mx_status check_coupons(struct mx_ctx *ctx, const struct mx_list *coupons) {
    char field[32];
    uint32_t i, j;
    for (i = 0; i < coupons->count; i++) {
        struct mx_str coupon = mx_list_str(coupons, i);
        snprintf(field, sizeof(field), "coupons[%u]", (unsigned)i);
        if (mx_str_is_blank(coupon) || coupon.len > ORDERS_COUPON_MAX)
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, field, "A coupon code has 1 to %d bytes, not all of them spaces.", ORDERS_COUPON_MAX);
        for (j = 0; j < i; j++)
            if (mx_str_eq(mx_list_str(coupons, j), coupon)) return mx_fail(ctx, MX_E_BAD_INPUT, field, "This coupon is given twice.");
    }
    return MX_OK;
}

/* Rules compare facts with words of their own: longer ones would only fill the books. */
static mx_status check_facts(struct mx_ctx *ctx, const struct mx_list *facts) {
    uint32_t i;
    for (i = 0; i < facts->count; i++) {
        const struct mx_pair *fact = mx_list_at(facts, i);
        if (fact->key.len == 0 || fact->key.len > ORDERS_FACT_NAME_MAX || fact->value.len > ORDERS_FACT_MAX)
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, "facts", "The name of a fact has 1 to %d bytes, its value at most %d.",
                           ORDERS_FACT_NAME_MAX, ORDERS_FACT_MAX);
    }
    return MX_OK;
}

/* One line of the request becomes one of the cart. */
static mx_status cart_line(struct mx_ctx *ctx, const struct order_ask *ask, struct orders_sale *sale, uint32_t at) {
    const struct order_line_ask *line_ask = mx_list_at(&ask->lines, at);
    struct mx_article_ask article_ask = {line_ask->sku, ask->location, ask->channel, sale->at, sale->price_list};
    struct mx_cart_line *line = mx_list_at(&sale->cart.lines, at);
    struct mx_article *article = &sale->articles[at];
    char field[48];
    mx_status st = orders_ask_article(ctx, &article_ask, at, article);

    line->overridden = (uint8_t)MX_HAS(order_line_ask, line_ask, price);
    if (st == MX_OK) st = check_for_sale(ctx, sale, article, at);
    if (st == MX_OK) st = orders_check_pieces(ctx, article->unit, line_ask->sku, line_ask->qty, at);
    if (st == MX_OK && line->overridden) st = check_override(ctx, line_ask, at);
    if (st != MX_OK) return st;
    line->line = (int64_t)at + 1;
    line->sku = line_ask->sku;
    line->qty = line_ask->qty;
    line->unit_price = line->overridden ? line_ask->price : article->price;
    line->unit = article->unit;
    line->category = article->category;
    line->tags = article->tags;
    line->tax_ppm = article->tax_ppm;
    line->brand = article->brand;
    line->lot = line_ask->lot;
    line->expires_at = line_ask->expires_at;
    line->list_price = article->list_price ? article->list_price : article->price; /* an older catalogue knows one price */
    line->shipping = (uint8_t)orders_is_shipping(article);
    if (mx_price_of(line->unit_price, line->qty, &line->amount) && mx_add(sale->cart.total, line->amount, &sale->cart.total) &&
        mx_add(sale->units, line->qty, &sale->units))
        return MX_OK;
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, orders_line_field(field, at, "qty"), "The order becomes too large to be counted.");
}

/* Quote and sale of one cart have the same key when the till sends both the same body, the id of the order included. */
static struct mx_str cart_key(const struct order_ask *ask) {
    if (ask->id.len) return ask->id;
    if (ask->member.len) return ask->member;
    return ask->till.len ? ask->till : ask->location;
}

static mx_status build_cart(struct mx_ctx *ctx, const struct order_ask *ask, const struct mx_location_facts *place,
                            struct orders_sale *sale) {
    const struct mx_shop *shop = mx_shop_of(ctx);
    struct mx_cart *cart = &sale->cart;
    uint32_t i;
    mx_status st;

    cart->at = sale->at;
    cart->currency = shop->currency;
    cart->digits = shop->digits;
    cart->prices_include_tax = (uint8_t)(shop->prices_include_tax != 0);
    cart->channel = ask->channel;
    cart->location = ask->location;
    cart->zone = place->zone.len ? place->zone : shop->zone;
    cart->key = cart_key(ask);
    cart->facts = ask->facts;
    cart->tenders = orders_tender_kinds(ctx, &ask->tenders);
    sale->points_paid = orders_points_paid(&ask->tenders);
    cart->lines = mx_list_new(ctx, ask->lines.count, sizeof(struct mx_cart_line));
    sale->articles = mx_alloc(ctx, ask->lines.count * sizeof(*sale->articles));
    st = orders_member_facts(ctx, ask->member, sale);
    for (i = 0; st == MX_OK && i < ask->lines.count; i++) st = cart_line(ctx, ask, sale, i);
    if (st == MX_OK) st = orders_coupon_facts(ctx, ask, sale);
    return st == MX_OK ? orders_goods_facts(ctx, cart) : st;
}

mx_status orders_earn_points(struct mx_ctx *ctx, struct orders_sale *sale) {
    struct mx_earn_ask ask = {sale->cart.member, sale->cart.tier, sale->at, sale->price.total, mx_shop_of(ctx)->digits};
    int64_t *scratch;
    mx_status st;
    ask.points_paid = sale->points_paid < ask.total ? sale->points_paid : ask.total;

    if (sale->cart.member.len == 0) return MX_OK;
    st = mx_ask(ctx, orders_points[ORDERS_ASK_POINTS], &ask, &sale->earn);
    if (st == MX_DECLINED) {
        memset(&sale->earn, 0, sizeof(sale->earn));
        return MX_OK;
    }
    if (st != MX_OK) return st;
    if (sale->earn.points && !mx_str_is(sale->earn.op, orders_uses[ORDERS_EARN]->op))
        return mx_refuse(ctx, "points_unknown", "member", "Points of this sale would be booked by %.*s, which this shop cannot call.",
                         (int)sale->earn.op.len, sale->earn.op.ptr);
    sale->earned = sale->earn.points;
    scratch = mx_alloc(ctx, 2 * mx_priced_runs(&sale->price) * sizeof(*scratch));
    sale->earn.points = mx_priced_points(&sale->price, sale->earn.points, scratch);
    return MX_OK;
}

mx_status orders_sale_price_at(struct mx_ctx *ctx, const struct order_ask *ask, int64_t at, struct orders_sale *sale) {
    struct mx_location_facts place;
    mx_status st;

    memset(sale, 0, sizeof(*sale));
    sale->at = at;
    st = orders_ask_location(ctx, ask->location, &place);
    if (st == MX_OK) st = orders_held_check(ctx, ask->held);
    if (st == MX_OK) st = check_coupons(ctx, &ask->coupons);
    if (st == MX_OK) st = check_facts(ctx, &ask->facts);
    if (st == MX_OK) st = build_cart(ctx, ask, &place, sale);
    if (st == MX_OK) st = orders_ask_offers(ctx, &sale->cart, &sale->offers);
    if (st == MX_OK) st = orders_ask_price(ctx, &sale->cart, &sale->offers.offers, NULL, &sale->price);
    if (st != MX_OK) return st;
    orders_coupons_settle(ctx, ask, sale);
    return orders_earn_points(ctx, sale);
}

mx_status orders_sale_price(struct mx_ctx *ctx, const struct order_ask *ask, struct orders_sale *sale) {
    int64_t at;
    mx_status st = orders_time(ctx, MX_HAS(order_ask, ask, at), ask->at, &at);
    return st == MX_OK ? orders_sale_price_at(ctx, ask, at, sale) : st;
}
