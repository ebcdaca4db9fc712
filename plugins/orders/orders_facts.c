/* Facts of a cart besides its articles: member, goods, coupons, tenders. */
#include <stdio.h>

#include "internal.h"

int orders_is_shipping(const struct mx_article *article) {
    uint32_t i;
    if (mx_str_is(article->category, "shipping")) return 1;
    for (i = 0; i < article->tags.count; i++)
        if (mx_str_is(mx_list_str(&article->tags, i), "shipping")) return 1;
    return 0;
}

struct mx_list orders_tender_kinds(struct mx_ctx *ctx, const struct mx_list *tenders) {
    struct mx_list kinds = mx_list_new(ctx, tenders->count, sizeof(struct mx_str));
    struct mx_str *words = kinds.items;
    uint32_t i, at, j;

    kinds.count = 0;
    for (i = 0; i < tenders->count; i++) {
        struct mx_str word = mx_str_of(mx_tender_words[((const struct mx_tender *)mx_list_at(tenders, i))->kind - 1]);
        for (at = 0; at < kinds.count && mx_str_cmp(words[at], word) < 0; at++) continue;
        if (at < kinds.count && mx_str_eq(words[at], word)) continue;
        for (j = kinds.count++; j > at; j--) words[j] = words[j - 1];
        words[at] = word;
    }
    return kinds;
}

int64_t orders_points_paid(const struct mx_list *tenders) {
    int64_t paid = 0;
    uint32_t i;
    for (i = 0; i < tenders->count; i++) {
        const struct mx_tender *tender = mx_list_at(tenders, i);
        if (tender->kind == MX_TENDER_POINTS && !mx_add(paid, tender->amount, &paid)) paid = MX_INT_MAX;
    }
    return paid;
}

int orders_is_unlocked(const struct mx_list *entitlements, struct mx_str sku) {
    uint32_t i;
    for (i = 0; i < entitlements->count; i++) {
        const struct mx_entitlement *one = mx_list_at(entitlements, i);
        if (mx_str_is(one->kind, MX_ENTITLES_UNLOCK) && mx_str_eq(one->value, sku)) return 1;
    }
    return 0;
}

static struct mx_str price_list_of(const struct mx_list *entitlements) {
    struct mx_str none = {NULL, 0};
    uint32_t i;
    for (i = 0; i < entitlements->count; i++) {
        const struct mx_entitlement *one = mx_list_at(entitlements, i);
        if (mx_str_is(one->kind, MX_ENTITLES_PRICE_LIST)) return one->value;
    }
    return none;
}

mx_status orders_member_facts(struct mx_ctx *ctx, struct mx_str member, struct orders_sale *sale) {
    struct mx_cart *cart = &sale->cart;
    struct mx_member_facts facts;
    mx_status st;

    if (member.len == 0) return MX_OK;
    memset(&facts, 0, sizeof(facts));
    st = orders_ask_member(ctx, member, &facts);
    if (st != MX_OK) return st;
    if (facts.erased)
        return mx_refuse(ctx, "member_erased", "member", "This member was forgotten; sell without a member, or let her join anew.");
    cart->member = facts.members.count ? mx_list_str(&facts.members, 0) : facts.id; /* the books go on under the standing id */
    cart->tier = facts.tier;
    cart->segments = facts.segments;
    cart->tags = facts.tags;
    cart->withheld = facts.withheld;
    cart->counters = facts.counters;
    sale->members = facts.members;
    sale->entitlements = facts.entitlements;
    sale->price_list = price_list_of(&facts.entitlements);
    return MX_OK;
}

/* ---- goods ---- */

static mx_status add_needs(void *arg, const char *plugin, const void *answer) {
    struct mx_needs *needs = arg;
    (void)plugin;
    needs->goods |= ((const struct mx_needs *)answer)->goods;
    return MX_OK;
}

static mx_status line_goods(struct mx_ctx *ctx, struct mx_str location, struct mx_cart_line *line) {
    struct mx_goods_ask ask = {location, line->sku, line->lot};
    struct mx_goods_facts facts;
    mx_status st = mx_ask(ctx, orders_points[ORDERS_ASK_GOODS], &ask, &facts);

    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    line->stock_known = (uint8_t)MX_HAS(mx_goods_facts, &facts, on_hand);
    line->cost_known = (uint8_t)MX_HAS(mx_goods_facts, &facts, cost);
    if (line->stock_known) line->stock = facts.on_hand;
    if (line->cost_known) line->cost = facts.cost;
    if (MX_HAS(mx_goods_facts, &facts, expires_at)) line->expires_at = facts.expires_at;
    return MX_OK;
}

mx_status orders_goods_facts(struct mx_ctx *ctx, struct mx_cart *cart) {
    struct mx_needs needs = {0};
    uint32_t i;
    mx_status st = mx_ask_all(ctx, orders_points[ORDERS_ASK_NEEDS], cart, add_needs, &needs);

    if (st == MX_DECLINED) st = MX_OK;
    if (st != MX_OK || !needs.goods) return st;
    for (i = 0; st == MX_OK && i < cart->lines.count; i++) st = line_goods(ctx, cart->location, mx_list_at(&cart->lines, i));
    return st;
}

/* ---- coupons ---- */

mx_status orders_coupon_facts(struct mx_ctx *ctx, const struct order_ask *ask, struct orders_sale *sale) {
    struct mx_coupons_ask coupons = {ask->coupons, sale->cart.member, ask->held, sale->at};
    mx_status st;

    if (ask->coupons.count == 0) return MX_OK;
    st = mx_ask(ctx, orders_points[ORDERS_ASK_COUPONS], &coupons, &sale->coupons);
    if (st == MX_DECLINED) {
        memset(&sale->coupons, 0, sizeof(sale->coupons));
        sale->coupons.publics = ask->coupons; /* a shop that issues none: rules may still answer to words */
    }
    sale->cart.coupons = sale->coupons.publics;
    sale->cart.vouchers = sale->coupons.vouchers;
    return st == MX_DECLINED ? MX_OK : st;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static int same_word(struct mx_str a, struct mx_str b) {
    uint32_t i;
    if (a.len != b.len) return 0;
    for (i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return 0;
    return 1;
}

/* The outcome of the offer at `place`; NULL: it was not tried. */
static const struct mx_outcome *outcome_of(const struct orders_sale *sale, uint32_t place) {
    uint32_t i;
    for (i = 0; i < sale->price.outcomes.count; i++) {
        const struct mx_outcome *outcome = mx_list_at(&sale->price.outcomes, i);
        if (outcome->offer == (int64_t)place + 1) return outcome;
    }
    return NULL;
}

/* code: empty when `said` is about an issued coupon. */
static void settle_one(struct orders_sale *sale, struct mx_str code, struct mx_coupon_said *said) {
    uint32_t i;
    for (i = 0; i < sale->offers.offers.count; i++) {
        const struct mx_offer *offer = mx_list_at(&sale->offers.offers, i);
        const struct mx_outcome *outcome;
        if (code.len ? !same_word(offer->coupon, code) : !mx_str_eq(offer->voucher, said->coupon)) continue;
        outcome = outcome_of(sale, i);
        said->rule = offer->rule;
        memset(&said->why, 0, sizeof(said->why)); /* what was said before anybody knew that a rule answers */
        if (said->state != MX_COUPON_APPLIED) said->state = MX_COUPON_NO_EFFECT;
        if (outcome && outcome->state == MX_OUTCOME_APPLIED) said->state = MX_COUPON_APPLIED;
        if (said->state == MX_COUPON_APPLIED) break;
    }
}

void orders_coupons_settle(struct mx_ctx *ctx, const struct order_ask *ask, struct orders_sale *sale) {
    uint32_t i;
    (void)ctx;
    for (i = 0; i < sale->coupons.said.count; i++) {
        struct mx_coupon_said *said = mx_list_at(&sale->coupons.said, i);
        struct mx_str none = {NULL, 0};
        if (said->state == MX_COUPON_USABLE) {
            said->state = MX_COUPON_NO_EFFECT;
            settle_one(sale, none, said);
        } else if (said->state == MX_COUPON_UNKNOWN && said->place >= 1 && said->place <= (int64_t)ask->coupons.count) {
            settle_one(sale, mx_list_str(&ask->coupons, (uint32_t)said->place - 1), said);
        }
        if (said->state == MX_COUPON_NO_EFFECT && said->why.len == 0)
            said->why = mx_str_of("It is known, but nothing in this cart becomes cheaper by it.");
    }
}

mx_status orders_coupons_check(struct mx_ctx *ctx, const struct orders_sale *sale) {
    uint32_t i;
    for (i = 0; i < sale->coupons.said.count; i++) {
        const struct mx_coupon_said *said = mx_list_at(&sale->coupons.said, i);
        char field[32];
        if (said->state < MX_COUPON_USED || said->state > MX_COUPON_LOCKED) continue;
        snprintf(field, sizeof(field), "coupons[%d]", (int)said->place - 1);
        return mx_refuse(ctx, "coupon_not_usable", field, "%.*s", (int)said->why.len,
                         said->why.len ? said->why.ptr : "This coupon cannot be used.");
    }
    return MX_OK;
}
