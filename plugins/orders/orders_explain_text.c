/* The proof of a receipt in sentences. */
#include <inttypes.h>

#include "orders_explain.h"

#define SAY(text, en, zh) orders_say(text, "%s", ORDERS_WORDING(text, en, zh))

/* ---- names ---- */

/* The name of a rule as its offer has it, or what it said of itself when it was asked again. */
static void say_rule(struct orders_text *text, const struct explaining *explaining, struct mx_str rule) {
    struct mx_list nothing = {NULL, 0, 0};
    const struct mx_list *name = &nothing;
    uint32_t i;

    for (i = 0; i < explaining->trace->offers.count && name->count == 0; i++) {
        const struct mx_offer *offer = mx_list_at(&explaining->trace->offers, i);
        if (mx_str_eq(offer->rule, rule)) name = &offer->name;
    }
    for (i = 0; i < explaining->misses.count && name->count == 0; i++) {
        const struct mx_offer_miss *miss = mx_list_at(&explaining->misses, i);
        if (mx_str_eq(miss->rule, rule)) name = &miss->name;
    }
    orders_say_name(text, name, rule);
    if (name->count == 0) return;
    orders_say(text, " (");
    orders_say_str(text, rule);
    orders_say(text, ")");
}

/* ---- head and lines ---- */

static void say_head(struct orders_text *text, const struct explaining *explaining) {
    const struct order_rec *head = explaining->head;
    SAY(text, "Receipt ", "小票 ");
    orders_say_str(text, head->number);
    orders_say(text, ", ");
    orders_say_time(text, head->at);
    orders_say(text, ", ");
    orders_say_str(text, head->location);
    orders_say(text, ", ");
    orders_say_str(text, head->channel);
    orders_say(text, ", ");
    orders_say_str(text, head->currency);
    orders_say(text, "\n");
    if (explaining->trace->version.len == 0) return;
    SAY(text, "Rules: version ", "规则版本 ");
    orders_say_str(text, explaining->trace->version);
    orders_say(text, "\n");
}

/* Discounts of a line by rule, in the order of the receipt. */
static void say_line_discounts(struct orders_text *text, const struct explaining *explaining, const struct line_rec *line) {
    uint32_t i, j, k;
    for (i = 0; i < explaining->head->discounts.count; i++) {
        const struct mx_rule_sum *sum = mx_list_at(&explaining->head->discounts, i);
        int64_t amount = 0;
        for (j = 0; j < line->runs.count; j++) {
            const struct mx_run *run = mx_list_at(&line->runs, j);
            for (k = 0; k < run->discounts.count; k++) {
                const struct mx_discount *discount = mx_list_at(&run->discounts, k);
                if (mx_str_eq(discount->rule, sum->rule)) amount += discount->amount;
            }
        }
        if (!amount) continue;
        orders_say(text, "   - ");
        say_rule(text, explaining, sum->rule);
        orders_say(text, ": -");
        orders_say_money(text, amount);
        orders_say(text, "\n");
    }
}

static void say_line(struct orders_text *text, const struct explaining *explaining, uint32_t at) {
    const struct line_rec *line = &explaining->lines[at];
    const struct mx_cart_line *fact = mx_list_at(&explaining->trace->facts->lines, at);

    orders_say(text, "%" PRId64 ". ", line->line);
    orders_say_name(text, &line->name, line->sku);
    orders_say(text, " (");
    orders_say_str(text, line->sku);
    orders_say(text, "): ");
    orders_say_qty(text, line->qty);
    orders_say(text, " x ");
    orders_say_money(text, line->unit_price);
    orders_say(text, " = ");
    orders_say_money(text, fact->amount);
    if (fact->overridden) {
        SAY(text, ", price set by hand: ", ",手工定价:");
        orders_say_str(text, line->reason);
    }
    orders_say(text, "\n");
    say_line_discounts(text, explaining, line);
    orders_say(text, "   = ");
    orders_say_money(text, line->total);
    SAY(text, ", tax ", ",税额 ");
    orders_say_money(text, line->tax);
    if (line->points) orders_say(text, ORDERS_WORDING(text, ", %" PRId64 " points", ",%" PRId64 " 积分"), line->points);
    orders_say(text, "\n");
}

static void say_total(struct orders_text *text, const struct order_rec *head) {
    SAY(text, "Total ", "合计 ");
    orders_say_money(text, head->total);
    SAY(text, ", discounts ", ",优惠 ");
    orders_say_money(text, head->discount);
    SAY(text, ", tax ", ",税额 ");
    orders_say_money(text, head->tax);
    orders_say(text, "\n");
}

/* ---- winners, losers and those that did not ask ---- */

static void say_end(struct orders_text *text, const struct mx_offer *offer) {
    if (!offer || !offer->ends_at) return;
    SAY(text, "; ends ", ";截止 ");
    orders_say_time(text, offer->ends_at);
}

static void say_outcome(struct orders_text *text, const struct explaining *explaining, const struct mx_outcome *outcome) {
    const struct mx_list *offers = &explaining->trace->offers;
    const struct mx_offer *offer = orders_offer_of(offers, outcome);
    orders_say(text, "- ");
    say_rule(text, explaining, outcome->rule);
    if (outcome->lane) orders_say(text, " [%s]", orders_lane_word(text, outcome->lane));
    orders_say(text, ": ");
    orders_say_outcome(text, offers, outcome);
    say_end(text, offer);
    if (offer && offer->voucher.len) {
        SAY(text, "; coupon ", ";优惠券 ");
        orders_say_str(text, offer->voucher);
    }
    orders_say(text, "\n");
}

static void say_outcomes(struct orders_text *text, const struct explaining *explaining, int applied) {
    const struct mx_list *outcomes = &explaining->trace->outcomes;
    uint32_t i, said = 0;
    for (i = 0; i < outcomes->count; i++) {
        const struct mx_outcome *outcome = mx_list_at(outcomes, i);
        if ((outcome->state == MX_OUTCOME_APPLIED) != applied) continue;
        if (!said++)
            orders_say(text, "%s\n",
                       applied ? ORDERS_WORDING(text, "What applied:", "已生效:")
                               : ORDERS_WORDING(text, "What did not apply, and what it would have taken:", "未生效,以及还差什么:"));
        say_outcome(text, explaining, outcome);
    }
}

static void say_misses(struct orders_text *text, const struct explaining *explaining) {
    const struct mx_list *misses = &explaining->trace->misses;
    uint32_t i;
    if (misses->count) SAY(text, "What was not offered, and why:\n", "未参与,以及原因:\n");
    for (i = 0; i < misses->count; i++) {
        const struct mx_offer_miss *miss = mx_list_at(misses, i);
        orders_say(text, "- ");
        say_rule(text, explaining, miss->rule);
        orders_say(text, ": ");
        orders_say_miss(text, miss);
        orders_say(text, "\n");
    }
}

static void say_faults(struct orders_text *text, const struct trace_rec *trace) {
    uint32_t i;
    if (trace->faults.count) SAY(text, "Rules that failed; it was priced without them:\n", "出错而被跳过的规则:\n");
    for (i = 0; i < trace->faults.count; i++) {
        const struct mx_rule_fault *fault = mx_list_at(&trace->faults, i);
        orders_say(text, "- ");
        orders_say_str(text, fault->rule);
        orders_say(text, ": ");
        orders_say_str(text, fault->message);
        orders_say(text, "\n");
    }
}

/* ---- coupons, allotment, proof ---- */

static const char *coupon_word(const struct orders_text *text, int32_t state) {
    static const char *const en[] = {"could be used",
                                     "not known",
                                     "used before",
                                     "kept for a held cart",
                                     "expired",
                                     "not valid yet",
                                     "another's",
                                     "void",
                                     "not looked at after too many wrong codes",
                                     "applied",
                                     "had no effect"};
    static const char *const zh[] = {
        "可用", "未知", "已使用", "已被挂单占用", "已过期", "尚未生效", "属于他人", "已作废", "错误过多,暂不查询", "已生效", "未产生优惠"};
    if (state < 1 || state > MX_COUPON_NO_EFFECT) return "?";
    return ORDERS_WORDING(text, en[state - 1], zh[state - 1]);
}

static void say_coupons(struct orders_text *text, const struct explaining *explaining) {
    const struct mx_list *said = &explaining->trace->coupons;
    uint32_t i;
    if (said->count) SAY(text, "Coupons:\n", "优惠券:\n");
    for (i = 0; i < said->count; i++) {
        const struct mx_coupon_said *coupon = mx_list_at(said, i);
        orders_say(text, "- %" PRId64, coupon->place);
        if (coupon->rule.len) {
            orders_say(text, ", ");
            say_rule(text, explaining, coupon->rule);
        }
        orders_say(text, ": %s\n", coupon_word(text, coupon->state));
    }
}

static void say_proofs(struct orders_text *text, const struct trace_rec *trace) {
    uint32_t i;
    for (i = 0; i < trace->proofs.count; i++) {
        const struct mx_proof *proof = mx_list_at(&trace->proofs, i);
        orders_say(text, ORDERS_WORDING(text, "In the lane %s %" PRId64 " offers competed: ", "%s:%" PRId64 " 个优惠竞争,"),
                   orders_lane_word(text, proof->lane), proof->offers);
        if (proof->optimal) {
            SAY(text, "no other allotment takes more off.\n", "已是最优分配。\n");
            continue;
        }
        SAY(text, "no other allotment takes more than ", "最优分配最多再省 ");
        orders_say_money(text, proof->gap);
        SAY(text, " more off.\n", "。\n");
    }
}

static void say_proved(struct orders_text *text, const struct explaining *explaining, const struct explained *explained) {
    if (!explained->reproduced)
        SAY(text, "Run again, the stored facts do NOT give the same price: this receipt needs a look.\n",
            "用保存的数据重新计算,结果不一致:请核查此小票。\n");
    else if (explaining->is_old)
        SAY(text, "Run again on the stored facts, the price is the same; the sale is older than the version that keeps its rules.\n",
            "用保存的数据重新计算,价格一致;此单早于保存规则的版本。\n");
    else if (!explained->rules_kept)
        SAY(text, "Run again on the stored facts and offers, the price is the same to the byte; the rules of that time are not kept.\n",
            "用保存的数据和优惠重新计算,逐字节一致;当时的规则已不保存。\n");
    else
        SAY(text, "Run again on the stored facts, rules and price are the same to the byte.\n",
            "用保存的数据重新计算,规则与价格逐字节一致。\n");
}

struct mx_str orders_explain_text(struct mx_ctx *ctx, const struct explaining *explaining, const struct explained *explained) {
    struct orders_text text;
    uint32_t i;

    orders_text_init(&text, ctx, explaining->trace->facts, explaining->language);
    say_head(&text, explaining);
    for (i = 0; i < (uint32_t)explaining->head->line_count && i < explaining->trace->facts->lines.count; i++)
        say_line(&text, explaining, i);
    say_total(&text, explaining->head);
    say_outcomes(&text, explaining, 1);
    say_outcomes(&text, explaining, 0);
    say_misses(&text, explaining);
    say_faults(&text, explaining->trace);
    say_coupons(&text, explaining);
    say_proofs(&text, explaining->trace);
    say_proved(&text, explaining, explained);
    return orders_text_str(&text);
}
