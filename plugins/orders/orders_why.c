/* Why a promotion took something off, or did not, and what would have made it: half sentences behind its name. */
#include <inttypes.h>
#include <stdio.h>

#include "text.h"

#define SOON_MS (7 * 24 * 3600 * INT64_C(1000))

const struct mx_offer *orders_offer_of(const struct mx_list *offers, const struct mx_outcome *outcome) {
    return outcome->offer >= 1 && outcome->offer <= (int64_t)offers->count ? mx_list_at(offers, (uint32_t)outcome->offer - 1) : NULL;
}

/* ---- limits ---- */

/* The limit that an outcome names, "member uses"; NULL: it is none of the offer's. */
static const struct mx_offer_limit *named_limit(const struct mx_offer *offer, struct mx_str name) {
    char text[48];
    uint32_t i;
    for (i = 0; offer && i < offer->limits.count; i++) {
        const struct mx_offer_limit *limit = mx_list_at(&offer->limits, i);
        if (limit->scope < 1 || limit->of < 1) continue;
        snprintf(text, sizeof(text), "%s %s", mx_limit_scope_words[limit->scope - 1], mx_limit_of_words[limit->of - 1]);
        if (mx_str_is(name, text)) return limit;
    }
    return NULL;
}

static void say_limit_en(struct orders_text *text, const struct mx_offer_limit *limit) {
    static const char *const over[] = {"in all", "a day", "for each member", "for each member a day"};
    if (limit->of == MX_LIMIT_MONEY) {
        orders_say_money(text, limit->max);
    } else if (limit->of == MX_LIMIT_UNITS) {
        orders_say_qty(text, limit->max);
        orders_say(text, limit->max == MX_QTY_ONE ? " piece" : " pieces");
    } else {
        orders_say(text, limit->max == 1 ? "one use" : "%" PRId64 " uses", limit->max);
    }
    orders_say(text, " %s", over[limit->scope - 1]);
}

static void say_limit_zh(struct orders_text *text, const struct mx_offer_limit *limit) {
    static const char *const over[] = {"总共", "每天", "每位会员", "每位会员每天"};
    orders_say(text, "%s", over[limit->scope - 1]);
    if (limit->of == MX_LIMIT_MONEY) {
        orders_say_money(text, limit->max);
    } else if (limit->of == MX_LIMIT_UNITS) {
        orders_say_qty(text, limit->max);
        orders_say(text, "件");
    } else {
        orders_say(text, "%" PRId64 "次", limit->max);
    }
}

static void say_limit(struct orders_text *text, const struct mx_offer *offer, struct mx_str name) {
    const struct mx_offer_limit *limit = named_limit(offer, name);
    if (!limit)
        orders_say_str(text, name);
    else if (text->language == ORDERS_ZH)
        say_limit_zh(text, limit);
    else
        say_limit_en(text, limit);
}

/* ---- outcomes ---- */

static void say_applied(struct orders_text *text, const struct mx_offer *offer, const struct mx_outcome *outcome) {
    if (outcome->lane == MX_LANE_EARN) {
        if (outcome->amount)
            orders_say(text, ORDERS_WORDING(text, "gave %" PRId64 " points", "送 %" PRId64 " 积分"), outcome->amount);
        else
            orders_say(text, ORDERS_WORDING(text, "raised the points", "积分加倍"));
    } else {
        orders_say(text, ORDERS_WORDING(text, "took ", "优惠 "));
        orders_say_money(text, outcome->amount);
        orders_say(text, ORDERS_WORDING(text, " off", ""));
    }
    if (outcome->limit.len) {
        orders_say(text, ORDERS_WORDING(text, ", as far as its limit goes: ", ",受限于:"));
        say_limit(text, offer, outcome->limit);
    }
}

static void say_too_few(struct orders_text *text, const struct mx_offer *offer, int64_t missing) {
    if (offer && offer->kind == MX_OFFER_STEPS && missing % MX_QTY_ONE != 0) {
        orders_say_qty(text, missing);
        orders_say(text, ORDERS_WORDING(text, " more of its goods", "(再买这些商品)"));
        return;
    }
    orders_say_pieces(text, offer && offer->kind == MX_OFFER_STEPS ? missing / MX_QTY_ONE : missing);
}

static void say_more(struct orders_text *text, int64_t missing, const char *en, const char *zh) {
    if (text->language == ORDERS_ZH) orders_say(text, "%s ", zh);
    orders_say_money(text, missing);
    if (text->language != ORDERS_ZH) orders_say(text, " %s", en);
}

static void say_lost(struct orders_text *text, const struct mx_outcome *outcome) {
    if (outcome->state == MX_OUTCOME_LOST_GROUP)
        orders_say(text, ORDERS_WORDING(text, "only one of its group applies, and ", "同组只能用一个,"));
    else
        orders_say(text, ORDERS_WORDING(text, "other offers use the goods better: ", "其他优惠更划算:"));
    orders_say_str(text, outcome->to.len ? outcome->to : mx_str_of(ORDERS_WORDING(text, "others", "其他")));
    if (outcome->state == MX_OUTCOME_LOST_GROUP) orders_say(text, ORDERS_WORDING(text, " is better", "更划算"));
    if (!outcome->missing) return;
    orders_say(text, ORDERS_WORDING(text, " (by about ", "(约多省 "));
    orders_say_money(text, outcome->missing);
    orders_say(text, ORDERS_WORDING(text, ")", ")"));
}

void orders_say_outcome(struct orders_text *text, const struct mx_list *offers, const struct mx_outcome *outcome) {
    const struct mx_offer *offer = orders_offer_of(offers, outcome);
    switch (outcome->state) {
    case MX_OUTCOME_APPLIED:
        say_applied(text, offer, outcome);
        break;
    case MX_OUTCOME_BELOW_MIN_TOTAL:
        say_more(text, outcome->missing, "more in the cart", "整单还差");
        break;
    case MX_OUTCOME_BELOW_SPEND:
        say_more(text, outcome->missing, "more on its goods", "这些商品还差");
        break;
    case MX_OUTCOME_TOO_FEW_UNITS:
        say_too_few(text, offer, outcome->missing);
        break;
    case MX_OUTCOME_NO_UNITS:
        orders_say(text, ORDERS_WORDING(text, "none of its goods was left for it", "没有可用的商品"));
        break;
    case MX_OUTCOME_NOTHING_OFF:
        orders_say(text, ORDERS_WORDING(text, "there was nothing left to take off", "已无可优惠的金额"));
        break;
    case MX_OUTCOME_NOT_VALID:
        orders_say(text, ORDERS_WORDING(text, "its terms contradict each other", "规则自相矛盾"));
        break;
    case MX_OUTCOME_LOST:
    case MX_OUTCOME_LOST_GROUP:
        say_lost(text, outcome);
        break;
    case MX_OUTCOME_LIMIT:
        orders_say(text, ORDERS_WORDING(text, "used up: ", "已用完:"));
        say_limit(text, offer, outcome->limit);
        break;
    case MX_OUTCOME_FLOOR:
        orders_say(text, ORDERS_WORDING(text, "the shop's lowest price leaves nothing to take off", "已到本店最低价"));
        break;
    default:
        orders_say(text, ORDERS_WORDING(text, "did nothing", "未生效"));
        break;
    }
}

/* ---- rules that made no offer ---- */

static void say_asked(struct orders_text *text, const char *en, const char *zh, struct mx_str what) {
    orders_say(text, "%s", ORDERS_WORDING(text, en, zh));
    if (what.len) orders_say(text, " ");
    orders_say_words(text, what);
}

static void say_when(struct orders_text *text, const char *en, const char *zh, int64_t at_ms) {
    orders_say(text, "%s ", ORDERS_WORDING(text, en, zh));
    orders_say_time(text, at_ms);
}

static void say_min_qty(struct orders_text *text, int64_t missing) {
    if (missing % MX_QTY_ONE == 0) {
        orders_say_pieces(text, missing / MX_QTY_ONE);
        return;
    }
    orders_say(text, "%s", ORDERS_WORDING(text, "", "再买 "));
    orders_say_qty(text, missing);
    orders_say(text, "%s", ORDERS_WORDING(text, " more", ""));
}

int orders_begins_soon(const struct mx_offer_miss *miss, int64_t now_ms) { return miss->value - now_ms <= SOON_MS; }

/* Reasons that a sentence tells, some with what the rule asks for behind it. */
static const struct wording {
    const char *en, *zh;
    int with_text;
} miss_wordings[] = {
    [MX_MISS_HOURS] = {"only at", "仅限时段", 1},
    [MX_MISS_WEEKDAY] = {"only on", "仅限星期", 1},
    [MX_MISS_MEMBER] = {"only for members", "仅限会员", 0},
    [MX_MISS_TIER] = {"only for members of the tier", "仅限会员等级", 1},
    [MX_MISS_SEGMENT] = {"only for the group", "仅限人群", 1},
    [MX_MISS_COUPON] = {"needs a coupon", "需要优惠券", 0},
    [MX_MISS_TENDER] = {"when paid with", "支付方式为", 1},
    [MX_MISS_CHANNEL] = {"only in the channel", "仅限渠道", 1},
    [MX_MISS_LOCATION] = {"only at", "仅限门店", 1},
    [MX_MISS_FACT] = {"asks for another", "需要另外的条件", 1},
    [MX_MISS_STOCK] = {"the stock does not allow it", "库存不符", 0},
    [MX_MISS_WHEN] = {"its own condition said no", "自定条件未满足", 0},
    [MX_MISS_CANARY] = {"it is tried on other carts", "正在其他订单上试行", 0},
    [MX_MISS_OFF] = {"it failed too often and is switched off", "多次出错,已停用", 0},
    [MX_MISS_CONSENT] = {"asks for what she has not agreed to show", "需要顾客尚未同意使用的信息", 1},
};

static void say_wording(struct orders_text *text, const struct mx_offer_miss *miss) {
    static const struct wording unknown = {"did not ask for anything", "未生效", 0};
    const struct wording *wording = &unknown;
    struct mx_str nothing = {NULL, 0};
    size_t count = sizeof(miss_wordings) / sizeof(miss_wordings[0]);
    if (miss->reason > 0 && (size_t)miss->reason < count && miss_wordings[miss->reason].en) wording = &miss_wordings[miss->reason];
    say_asked(text, wording->en, wording->zh, wording->with_text ? miss->text : nothing);
}

void orders_say_miss(struct orders_text *text, const struct mx_offer_miss *miss) {
    switch (miss->reason) {
    case MX_MISS_NOT_YET:
        say_when(text, "begins", "开始时间", miss->value);
        break;
    case MX_MISS_ENDED:
        say_when(text, "ended", "已结束于", miss->value);
        break;
    case MX_MISS_MIN_QTY:
        say_min_qty(text, miss->value);
        break;
    case MX_MISS_MIN_TOTAL:
        say_more(text, miss->value, "more in the cart", "整单还差");
        break;
    case MX_MISS_GROUP_OPEN:
        orders_say(text, ORDERS_WORDING(text, "%" PRId64 " more have to join the group", "还差 %" PRId64 " 人成团"), miss->value);
        break;
    default:
        say_wording(text, miss);
        break;
    }
}
