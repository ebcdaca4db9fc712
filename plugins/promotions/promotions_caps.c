/* What an offer may be: whether it makes sense, what is left of its limits, its caps. */
#include "engine.h"

#include <stdlib.h>

/* As the fields of mx_offer and its parts say. */
#define COUNT_MAX       1000000
#define SLOT_PIECES_MAX 1000
#define STEPS_MAX       50
#define SLOTS_MAX       20
#define LIMITS_MAX      16

/* ---- sense ---- */

/* Offers of plugins come as they are, without having been read from a text: what the fields of mx_offer promise is looked at here. */
static int in_range(int64_t number, int64_t low, int64_t high) { return number >= low && number <= high; }

static int is_money(int64_t amount) { return in_range(amount, 0, MX_INT_MAX); }

static int is_list(const struct mx_list *list, uint32_t most) { return list->count == 0 || (list->items && list->count <= most); }

static int step_valid(const struct mx_offer_step *step) {
    if (!is_money(step->qty) || !is_money(step->spend) || (step->qty > 0) == (step->spend > 0)) return 0;
    if (!in_range(step->ppm, 0, MX_PPM_ONE) || !is_money(step->amount) || !is_money(step->price)) return 0;
    return (step->ppm > 0) + (step->amount > 0) + (step->price > 0) == 1;
}

static int steps_valid(const struct mx_offer *offer) {
    uint32_t i;
    if (!is_list(&offer->steps, STEPS_MAX)) return 0;
    for (i = 0; i < offer->steps.count; i++) {
        const struct mx_offer_step *step = mx_list_at(&offer->steps, i), *before = i ? mx_list_at(&offer->steps, i - 1) : NULL;
        if (!step_valid(step)) return 0;
        if (before && (step->qty < before->qty || step->spend < before->spend)) return 0;
    }
    return i > 0;
}

static int slots_valid(const struct mx_offer *offer) {
    int gives = offer->has_price || offer->amount > 0;
    uint32_t i;
    if (!is_list(&offer->slots, SLOTS_MAX)) return 0;
    for (i = 0; i < offer->slots.count; i++) {
        const struct mx_offer_slot *slot = mx_list_at(&offer->slots, i);
        if (!in_range(slot->pieces, 1, SLOT_PIECES_MAX) || !in_range(slot->ppm, 0, MX_PPM_ONE) || !is_money(slot->price)) return 0;
        if (!is_list(&slot->lines, MX_LINES_MAX)) return 0;
        gives |= slot->ppm > 0 || slot->has_price;
    }
    return i > 0 && gives;
}

static int prices_valid(const struct mx_offer *offer) {
    uint32_t i;
    for (i = 0; i < offer->lines.count; i++)
        if (!is_money(((const struct mx_offer_line *)mx_list_at(&offer->lines, i))->price)) return 0;
    return 1;
}

static int limits_valid(const struct mx_offer *offer) {
    uint32_t i;
    if (!is_list(&offer->limits, LIMITS_MAX)) return 0;
    for (i = 0; i < offer->limits.count; i++) {
        const struct mx_offer_limit *limit = mx_list_at(&offer->limits, i);
        if (!in_range(limit->scope, MX_LIMIT_TOTAL, MX_LIMIT_MEMBER_DAY) || !in_range(limit->of, MX_LIMIT_USES, MX_LIMIT_MONEY)) return 0;
        if (!is_money(limit->max) || !is_money(limit->used)) return 0;
    }
    return 1;
}

static int kind_valid(const struct mx_offer *offer) {
    switch (offer->kind) {
    case MX_OFFER_PERCENT:
        return in_range(offer->ppm, 1, MX_PPM_ONE);
    case MX_OFFER_AMOUNT:
    case MX_OFFER_POINTS:
        return offer->amount > 0;
    case MX_OFFER_BUY_PAY:
        return in_range(offer->buy, 1, COUNT_MAX) && in_range(offer->pay, 0, offer->buy - 1) && in_range(offer->ppm, 0, MX_PPM_ONE);
    case MX_OFFER_PRICE:
        return prices_valid(offer);
    case MX_OFFER_STEPS:
        return steps_valid(offer);
    case MX_OFFER_SPEND_SAVE:
        return in_range(offer->spend, 1, MX_INT_MAX) && offer->amount > 0;
    case MX_OFFER_BUNDLE:
        return slots_valid(offer);
    case MX_OFFER_POINTS_TIMES:
        return in_range(offer->ppm, MX_PPM_ONE + 1, 100 * MX_PPM_ONE);
    default:
        return 0;
    }
}

int price_valid(const struct mx_offer *offer) {
    int earns = offer->kind == MX_OFFER_POINTS || offer->kind == MX_OFFER_POINTS_TIMES;
    if (!in_range(offer->lane, MX_LANE_FLASH, MX_LANES) || earns != (offer->lane == MX_LANE_EARN)) return 0;
    if (!is_money(offer->amount) || !is_money(offer->min_total) || !in_range(offer->times, 0, COUNT_MAX)) return 0;
    if (!is_money(offer->max_unit) || !is_money(offer->max_line) || !is_money(offer->max_off)) return 0;
    return is_list(&offer->lines, MX_LINES_MAX) && limits_valid(offer) && kind_valid(offer);
}

/* ---- limits ---- */

static struct price_spent *spent_of(const struct price_work *work, struct mx_str rule) {
    uint32_t i = 0;
    while (i < work->spent_count && !mx_str_eq(work->spent[i].rule, rule)) i++;
    return &work->spent[i]; /* behind the last one there is room for another, at nothing yet */
}

void price_spend(struct price_work *work, const struct price_try *try) {
    struct price_spent *spent;
    if (try->offer->limits.count == 0) return;
    spent = spent_of(work, try->offer->rule);
    if (spent == &work->spent[work->spent_count]) work->spent_count++;
    spent->rule = try->offer->rule;
    spent->uses += try->outcome->uses;
    spent->units += try->outcome->units;
    if (!mx_add(spent->money, try->outcome->amount, &spent->money)) spent->money = MX_INT_MAX;
}

/* What is left of a limit for this offer. */
static int64_t left_of_limit(const struct mx_offer_limit *limit, const struct price_spent *spent) {
    int64_t now = limit->of == MX_LIMIT_USES ? spent->uses : limit->of == MX_LIMIT_UNITS ? spent->units : spent->money;
    int64_t left = limit->max > limit->used ? limit->max - limit->used : 0;
    return left > now ? left - now : 0;
}

static void tighten(int64_t *rest, const struct mx_offer_limit **of, const struct mx_offer_limit *limit, int64_t left) {
    if (*rest >= 0 && *rest <= left) return;
    *rest = left;
    *of = limit;
}

void price_limited(const struct price_work *work, const struct mx_offer_limit *limit, struct mx_outcome *outcome) {
    const char *scope = mx_limit_scope_words[limit->scope - 1], *of = mx_limit_of_words[limit->of - 1];
    size_t scope_len = strlen(scope), of_len = strlen(of);
    char *text = price_new(work, (uint32_t)(scope_len + of_len + 1), 1);
    memcpy(text, scope, scope_len);
    text[scope_len] = ' ';
    memcpy(text + scope_len + 1, of, of_len);
    outcome->limit.ptr = text;
    outcome->limit.len = (uint32_t)(scope_len + of_len + 1);
}

/* What the offer's limits leave. 0: one of them leaves nothing, and the outcome says which. */
int price_rest_of(const struct mx_offer *offer, struct price_rest *rest, struct mx_outcome *outcome, const struct price_work *work) {
    const struct mx_offer_limit *used_up = NULL;
    const struct price_spent *spent = offer->limits.count ? spent_of(work, offer->rule) : NULL;
    uint32_t i;

    memset(rest, 0, sizeof(*rest));
    rest->uses = rest->units = rest->money = -1;
    for (i = 0; i < offer->limits.count && !used_up; i++) {
        const struct mx_offer_limit *limit = mx_list_at(&offer->limits, i);
        int64_t left = left_of_limit(limit, spent);
        if (limit->of == MX_LIMIT_USES) tighten(&rest->uses, &rest->of_uses, limit, left);
        if (limit->of == MX_LIMIT_UNITS) tighten(&rest->units, &rest->of_units, limit, left);
        if (limit->of == MX_LIMIT_MONEY) tighten(&rest->money, &rest->of_money, limit, left);
        if (left == 0) used_up = limit;
    }
    if (!used_up) return 1;
    outcome->state = MX_OUTCOME_LIMIT;
    price_limited(work, used_up, outcome);
    return 0;
}

/* ---- caps ---- */

int64_t price_off(const struct price_list *list) {
    int64_t off = 0;
    uint32_t i;
    for (i = 0; i < list->count; i++) off += list->items[i].off;
    return off;
}

static int by_line(const void *a, const void *b) {
    const struct price_units *x = *(struct price_units *const *)a, *y = *(struct price_units *const *)b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* One line's units, which stand anywhere in the list, give at most `max_line` together. */
static void cap_line(struct price_work *work, int64_t max_line, struct price_units **units, uint32_t count) {
    struct price_units *copies;
    int64_t off = 0;
    uint32_t i;
    for (i = 0; i < count; i++) off += units[i]->off;
    if (off <= max_line) return;
    copies = price_new(work, count, sizeof(*copies));
    for (i = 0; i < count; i++) copies[i] = *units[i];
    price_share_down(work, max_line, copies, count);
    for (i = 0; i < count; i++) units[i]->off = copies[i].off;
}

static void cap_lines(struct price_work *work, int64_t max_line, struct price_list *list) {
    struct price_units **sorted = price_new(work, list->count, sizeof(struct price_units *));
    uint32_t i, from = 0;
    for (i = 0; i < list->count; i++) sorted[i] = &list->items[i];
    qsort(sorted, list->count, sizeof(struct price_units *), by_line);
    for (i = 1; i <= list->count; i++) {
        if (i < list->count && sorted[i]->line == sorted[from]->line) continue;
        cap_line(work, max_line, sorted + from, i - from);
        from = i;
    }
}

/* How many of `pieces` pieces, which share `off` so that the first ones get one minor unit more, can be paid from `money`. */
static int64_t pieces_paid(int64_t off, int64_t pieces, int64_t money) {
    int64_t each = off / pieces, odd = off % pieces;
    if (money < odd * (each + 1)) return money / (each + 1);
    return each ? odd + (money - odd * (each + 1)) / each : odd;
}

/* The entry that a budget ends in: whole pieces get their part, the next one what is left, the others nothing. */
static void end_budget(struct price_work *work, struct price_list *list, uint32_t at, int64_t money) {
    struct price_units units = list->items[at], *part;
    int64_t pieces = price_pieces(price_cart_line(work, units.line), units.qty), odd = units.off % pieces;
    int64_t paid = pieces > 1 ? pieces_paid(units.off, pieces, money) : 0, given = units.off / pieces * paid + (paid < odd ? paid : odd);

    list->count = at;
    if (paid > 0) {
        part = price_list_add(work, list);
        *part = units;
        part->qty = paid * MX_QTY_ONE;
        part->off = given;
    }
    if (money == given) return;
    part = price_list_add(work, list);
    *part = units;
    if (pieces > 1) {
        part->from = units.from + paid * MX_QTY_ONE;
        part->qty = MX_QTY_ONE;
    }
    part->off = money - given;
}

/* Unit by unit until the budget is used up. */
static void cap_money(struct price_work *work, struct price_list *list, int64_t money) {
    uint32_t i;
    for (i = 0; i < list->count; i++) {
        if (list->items[i].off > money) {
            end_budget(work, list, i, money);
            return;
        }
        money -= list->items[i].off;
    }
}

/* Cut what comes off the units of a list down to the offer's caps and its budget. */
void price_cap(struct price_work *work, struct price_try *try, struct price_list *list) {
    const struct mx_offer *offer = try->offer;
    if (offer->max_line) cap_lines(work, offer->max_line, list);
    if (offer->max_off && price_off(list) > offer->max_off) price_share_down(work, offer->max_off, list->items, list->count);
    if (try->rest.money < 0 || price_off(list) <= try->rest.money) return;
    price_limited(work, try->rest.of_money, try->outcome);
    cap_money(work, list, try->rest.money);
}
