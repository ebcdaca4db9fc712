/* Hints in a quote: what the customer could still do to pay less. Only what she can do (spend, take, pay, come at another time),
 * never for what she is not. */
#include "internal.h"
#include "text.h"

#define PIECES_NEAR 3 /* more are no near miss */

struct hints {
    struct mx_ctx *ctx;
    const struct orders_sale *sale;
    struct order_hint best[ORDERS_HINTS_MAX]; /* the largest gain first */
    uint32_t count;
};

static int is_near_money(const struct orders_sale *sale, int64_t missing) { return missing > 0 && missing <= sale->cart.total / 2; }

static int is_near_qty(int64_t thousandths) { return thousandths > 0 && thousandths <= PIECES_NEAR * MX_QTY_ONE; }

/* Where a hint of this gain belongs; ORDERS_HINTS_MAX: nowhere. */
static uint32_t place_of(const struct hints *hints, int64_t gain) {
    uint32_t at = 0;
    while (at < hints->count && hints->best[at].gain >= gain) at++;
    return at;
}

static struct order_hint *add(struct hints *hints, int64_t gain) {
    uint32_t at = place_of(hints, gain), i;
    if (at == ORDERS_HINTS_MAX) return NULL;
    if (hints->count < ORDERS_HINTS_MAX) hints->count++;
    for (i = hints->count - 1; i > at; i--) hints->best[i] = hints->best[i - 1];
    memset(&hints->best[at], 0, sizeof(hints->best[at]));
    return &hints->best[at];
}

/* ---- what an offer would take off, about ---- */

static int64_t named_amount(const struct orders_sale *sale, const struct mx_offer *offer) {
    int64_t amount = 0;
    uint32_t i;
    if (offer->lines.count == 0) return sale->cart.total;
    for (i = 0; i < offer->lines.count; i++) {
        const struct mx_offer_line *line = mx_list_at(&offer->lines, i);
        if (line->line < 1 || line->line > (int64_t)sale->cart.lines.count) continue;
        amount += ((const struct mx_cart_line *)mx_list_at(&sale->cart.lines, (uint32_t)line->line - 1))->amount;
    }
    return amount;
}

static int64_t cheapest(const struct orders_sale *sale, const struct mx_offer *offer) {
    int64_t price = -1;
    uint32_t i;
    for (i = 0; i < offer->lines.count; i++) {
        const struct mx_offer_line *named = mx_list_at(&offer->lines, i);
        const struct mx_cart_line *line;
        if (named->line < 1 || named->line > (int64_t)sale->cart.lines.count) continue;
        line = mx_list_at(&sale->cart.lines, (uint32_t)named->line - 1);
        if (price < 0 || line->unit_price < price) price = line->unit_price;
    }
    return price < 0 ? 0 : price;
}

static int64_t part(int64_t amount, int64_t ppm) {
    int64_t off = 0;
    (void)mx_muldiv_floor(amount, ppm, MX_PPM_ONE, &off);
    return off;
}

static int64_t step_gain(const struct orders_sale *sale, const struct mx_offer *offer) {
    const struct mx_offer_step *first = offer->steps.count ? mx_list_at(&offer->steps, 0) : NULL;
    if (!first) return 0;
    return first->ppm ? part(named_amount(sale, offer), first->ppm) : first->amount;
}

static int64_t gain_of(const struct orders_sale *sale, const struct mx_offer *offer) {
    switch (offer->kind) {
    case MX_OFFER_PERCENT:
        return part(named_amount(sale, offer), offer->ppm);
    case MX_OFFER_AMOUNT:
    case MX_OFFER_SPEND_SAVE:
        return offer->amount;
    case MX_OFFER_STEPS:
        return step_gain(sale, offer);
    case MX_OFFER_BUY_PAY:
        return part(cheapest(sale, offer), offer->ppm ? offer->ppm : MX_PPM_ONE) * (offer->buy - offer->pay);
    case MX_OFFER_BUNDLE:
        return offer->has_price ? 0 : offer->amount;
    default:
        return 0;
    }
}

/* ---- texts ---- */

/* What she can do: "Pay with card". */
static void say_todo(struct orders_text *text, const struct mx_offer_miss *miss) {
    switch (miss->reason) {
    case MX_MISS_MIN_QTY:
        orders_say(text, "%s", ORDERS_WORDING(text, "Buy ", ""));
        break;
    case MX_MISS_MIN_TOTAL:
        orders_say(text, "%s", ORDERS_WORDING(text, "Spend ", ""));
        break;
    case MX_MISS_TENDER:
        orders_say(text, "%s", ORDERS_WORDING(text, "Pay with ", "支付方式选择 "));
        orders_say_words(text, miss->text);
        return;
    case MX_MISS_COUPON:
        orders_say(text, "%s", ORDERS_WORDING(text, "Bring its coupon", "使用优惠券"));
        return;
    case MX_MISS_GROUP_OPEN:
        orders_say(text, "%s", ORDERS_WORDING(text, "Invite friends: ", "邀请好友:"));
        break;
    default:
        orders_say(text, "%s", ORDERS_WORDING(text, "Come when it is on (", "在活动时间光临("));
        break;
    }
    orders_say_miss(text, miss);
    if (miss->reason == MX_MISS_HOURS || miss->reason == MX_MISS_WEEKDAY || miss->reason == MX_MISS_NOT_YET)
        orders_say(text, "%s", ORDERS_WORDING(text, ")", ")"));
}

static void say_todo_of(struct orders_text *text, const struct mx_list *offers, const struct mx_outcome *outcome) {
    if (outcome->state == MX_OUTCOME_TOO_FEW_UNITS)
        orders_say(text, "%s", ORDERS_WORDING(text, "Buy ", ""));
    else
        orders_say(text, "%s", ORDERS_WORDING(text, "Spend ", ""));
    orders_say_outcome(text, offers, outcome);
}

/* "Buy one more piece to get "Tea: 3 for 2".", in every language. */
static void fill_text(struct hints *hints, struct order_hint *hint, const struct mx_outcome *outcome, const struct mx_offer_miss *miss) {
    struct mx_pair *pairs;
    int32_t language;

    hint->text = mx_list_new(hints->ctx, 2, sizeof(struct mx_pair));
    pairs = hint->text.items;
    for (language = ORDERS_EN; language <= ORDERS_ZH; language++) {
        struct orders_text text;
        orders_text_init(&text, hints->ctx, &hints->sale->cart, language);
        if (outcome)
            say_todo_of(&text, &hints->sale->offers.offers, outcome);
        else
            say_todo(&text, miss);
        orders_say(&text, "%s", ORDERS_WORDING(&text, " to get \"", ",即享“"));
        orders_say_name(&text, &hint->name, hint->rule);
        orders_say(&text, "%s", ORDERS_WORDING(&text, "\".", "”。"));
        pairs[language - 1].key = mx_str_of(orders_language_words[language - 1]);
        pairs[language - 1].value = orders_text_str(&text);
    }
}

static int can_be_done(const struct hints *hints, const struct mx_offer_miss *miss) {
    switch (miss->reason) {
    case MX_MISS_MIN_QTY:
        return is_near_qty(miss->value);
    case MX_MISS_MIN_TOTAL:
        return is_near_money(hints->sale, miss->value);
    case MX_MISS_NOT_YET:
        return orders_begins_soon(miss, hints->sale->at);
    case MX_MISS_TENDER:
    case MX_MISS_COUPON:
    case MX_MISS_HOURS:
    case MX_MISS_WEEKDAY:
    case MX_MISS_GROUP_OPEN:
        return 1;
    default:
        return 0;
    }
}

static void look_at_miss(struct hints *hints, const struct mx_offer_miss *miss) {
    struct order_hint *hint = can_be_done(hints, miss) ? add(hints, miss->gain) : NULL;
    if (!hint) return;
    hint->rule = miss->rule;
    hint->name = miss->name;
    hint->gain = miss->gain;
    if (miss->reason == MX_MISS_MIN_QTY || miss->reason == MX_MISS_MIN_TOTAL) hint->missing = miss->value;
    fill_text(hints, hint, NULL, miss);
}

static void look_at_outcome(struct hints *hints, const struct mx_outcome *outcome) {
    const struct mx_offer *offer = orders_offer_of(&hints->sale->offers.offers, outcome);
    int64_t qty = offer && offer->kind == MX_OFFER_STEPS ? outcome->missing : outcome->missing * MX_QTY_ONE;
    struct order_hint *hint;
    int near = 0;

    if (outcome->state == MX_OUTCOME_TOO_FEW_UNITS) near = is_near_qty(qty);
    if (outcome->state == MX_OUTCOME_BELOW_SPEND || outcome->state == MX_OUTCOME_BELOW_MIN_TOTAL)
        near = is_near_money(hints->sale, outcome->missing);
    if (!near || !offer || !(hint = add(hints, gain_of(hints->sale, offer)))) return;
    hint->rule = offer->rule;
    hint->name = offer->name;
    hint->gain = gain_of(hints->sale, offer);
    hint->missing = outcome->state == MX_OUTCOME_TOO_FEW_UNITS ? qty : outcome->missing;
    fill_text(hints, hint, outcome, NULL);
}

struct mx_list orders_hints(struct mx_ctx *ctx, const struct orders_sale *sale) {
    struct hints hints = {.ctx = ctx, .sale = sale};
    struct mx_list list;
    uint32_t i;

    for (i = 0; i < sale->price.outcomes.count; i++) look_at_outcome(&hints, mx_list_at(&sale->price.outcomes, i));
    for (i = 0; i < sale->offers.misses.count; i++) look_at_miss(&hints, mx_list_at(&sale->offers.misses, i));
    list = mx_list_new(ctx, hints.count, sizeof(struct order_hint));
    if (hints.count) memcpy(list.items, hints.best, hints.count * sizeof(struct order_hint));
    return list;
}
