/* orders.price.look: what one unit of an article costs there and then, and why. A cart of one unit is priced; what its rules
 * did, and what the others ask for, is the answer. */
#include "wire_look.h"

/* What is said of a promotion, in every language. */
struct saying {
    const struct mx_list *offers;
    const struct mx_outcome *outcome; /* NULL: the miss */
    const struct mx_offer_miss *miss;
};

static struct mx_list in_languages(struct mx_ctx *ctx, const struct mx_cart *cart, const struct saying *saying) {
    struct mx_list texts = mx_list_new(ctx, 2, sizeof(struct mx_pair));
    int32_t language;
    for (language = ORDERS_EN; language <= ORDERS_ZH; language++) {
        struct mx_pair *pair = mx_list_at(&texts, (uint32_t)language - 1);
        struct orders_text text;
        orders_text_init(&text, ctx, cart, language);
        if (saying->outcome)
            orders_say_outcome(&text, saying->offers, saying->outcome);
        else
            orders_say_miss(&text, saying->miss);
        pair->key = mx_str_of(orders_language_words[language - 1]);
        pair->value = orders_text_str(&text);
    }
    return texts;
}

/* How the shop sorts its members, what it plans, what it only tries and what is broken is its own affair. */
static int is_told(const struct mx_offer_miss *miss, int64_t at) {
    if (miss->reason == MX_MISS_NOT_YET) return orders_begins_soon(miss, at);
    return miss->reason != MX_MISS_SEGMENT && miss->reason != MX_MISS_CANARY && miss->reason != MX_MISS_OFF;
}

static struct mx_list promotions(struct mx_ctx *ctx, const struct orders_sale *sale) {
    const struct mx_list *outcomes = &sale->price.outcomes, *misses = &sale->offers.misses;
    struct mx_list list = mx_list_new(ctx, outcomes->count + misses->count, sizeof(struct look_rule));
    uint32_t i;

    for (i = 0; i < outcomes->count; i++) {
        struct look_rule *rule = mx_list_at(&list, i);
        struct saying saying = {&sale->offers.offers, mx_list_at(outcomes, i), NULL};
        const struct mx_offer *offer = orders_offer_of(saying.offers, saying.outcome);
        rule->rule = saying.outcome->rule;
        if (offer) rule->name = offer->name;
        rule->lane = saying.outcome->lane ? saying.outcome->lane : offer ? offer->lane : 0;
        rule->applies = (uint8_t)(saying.outcome->state == MX_OUTCOME_APPLIED);
        rule->off = rule->lane == MX_LANE_EARN ? 0 : saying.outcome->amount;
        rule->text = in_languages(ctx, &sale->cart, &saying);
    }
    list.count = outcomes->count;
    for (i = 0; i < misses->count; i++) {
        struct saying saying = {NULL, NULL, mx_list_at(misses, i)};
        struct look_rule *rule;
        if (!is_told(saying.miss, sale->at)) continue;
        rule = mx_list_at(&list, list.count++);
        rule->rule = saying.miss->rule;
        rule->name = saying.miss->name;
        rule->lane = saying.miss->lane;
        rule->off = saying.miss->gain;
        rule->text = in_languages(ctx, &sale->cart, &saying);
    }
    return list;
}

static mx_status stock(struct mx_ctx *ctx, const struct look_ask *ask, struct looked *looked) {
    struct mx_goods_ask goods = {ask->location, ask->sku, {NULL, 0}};
    struct mx_stock_near_ask near = {ask->sku, ask->location, 0};
    struct mx_goods_facts facts;
    struct mx_stock_near places;
    mx_status st = mx_ask(ctx, orders_points[ORDERS_ASK_GOODS], &goods, &facts);

    if (st == MX_OK && MX_HAS(mx_goods_facts, &facts, on_hand)) {
        looked->on_hand = facts.on_hand;
        MX_SET_HAS(looked, looked, on_hand);
    }
    if (st != MX_OK && st != MX_DECLINED) return st;
    st = mx_ask(ctx, orders_points[ORDERS_ASK_NEAR], &near, &places);
    if (st == MX_OK) looked->near = places.places;
    return st == MX_DECLINED ? MX_OK : st;
}

static void fill(struct mx_ctx *ctx, const struct orders_sale *sale, struct looked *looked) {
    const struct mx_cart_line *line = mx_list_at(&sale->cart.lines, 0);
    const struct mx_article *article = &sale->articles[0];

    looked->has = orders_number_bits(&looked_type);
    mx_set_has_at(&looked_type, looked, offsetof(struct looked, on_hand), 0);
    MX_SET_HAS(looked, looked, promotions);
    MX_SET_HAS(looked, looked, near);
    looked->sku = line->sku;
    looked->name = article->name;
    looked->unit = article->unit;
    looked->currency = sale->cart.currency;
    looked->at = sale->at;
    looked->price = line->unit_price;
    looked->list_price = line->list_price;
    looked->price_reason = article->price_reason;
    looked->total = sale->price.total;
    looked->promotions = promotions(ctx, sale);
    looked->rules_version = sale->offers.version;
}

/* Named as this question names it, not as a line of a cart. */
static mx_status check_article(struct mx_ctx *ctx, const struct look_ask *ask, int64_t at) {
    struct mx_article_ask article_ask = {ask->sku, ask->location, ask->channel, at};
    struct mx_article article;
    mx_status st = mx_ask(ctx, orders_points[ORDERS_ASK_ARTICLE], &article_ask, &article);
    if (st == MX_DECLINED) return mx_refuse(ctx, "unknown_sku", "sku", "No article has the number %.*s.", (int)ask->sku.len, ask->sku.ptr);
    if (st == MX_OK && article.retired)
        return mx_refuse(ctx, "retired", "sku", "%.*s is not for sale any more.", (int)ask->sku.len, ask->sku.ptr);
    return st;
}

mx_status orders_price_look_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct look_ask *ask = in;
    struct order_line_ask line;
    struct order_ask one;
    struct orders_sale sale;
    int64_t at = MX_HAS(look_ask, ask, at) ? ask->at : ctx->now_ms;
    mx_status st = check_article(ctx, ask, at);

    if (st != MX_OK) return st;
    memset(&line, 0, sizeof(line));
    memset(&one, 0, sizeof(one));
    line.sku = ask->sku;
    line.qty = MX_QTY_ONE;
    one.channel = ask->channel;
    one.location = ask->location;
    one.member = ask->member;
    one.lines.items = &line;
    one.lines.count = 1;
    one.lines.elem_size = sizeof(line);
    st = orders_sale_price_at(ctx, &one, at, &sale);
    if (st != MX_OK) return st;
    fill(ctx, &sale, out);
    return stock(ctx, ask, out);
}
