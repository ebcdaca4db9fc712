/* Runs: stretches of a line whose units are treated alike. */
#include "engine.h"

struct price_run *price_run_new(struct price_work *work, int64_t qty, int64_t amount) {
    struct price_run *run = price_new(work, 1, sizeof(*run));
    run->to = qty;
    run->amount = amount;
    run->left = amount;
    return run;
}

static int64_t at_least(int64_t number, int64_t low) { return number < low ? low : number; }

static int64_t at_most(int64_t number, int64_t high) { return number > high ? high : number; }

static int64_t amount_before(const struct price_work *work, uint32_t line, const struct price_run *run, int64_t at) {
    const struct mx_cart_line *cart_line = price_cart_line(work, line);
    int64_t amount = 0;
    (void)mx_share_range(cart_line->amount, run->from, at, cart_line->qty, &amount);
    return at_most(amount, run->amount);
}

/* What the units of a run before position `at` still cost. Of pieces that cannot cost the same the first ones are the dearer ones, by
 * one minor unit; goods by weight go by the cumulative rule, and neither part falls below its floor when the whole does not. */
int64_t price_run_left(const struct price_work *work, uint32_t line, const struct price_run *run, int64_t at) {
    const struct mx_cart_line *cart_line = price_cart_line(work, line);
    int64_t whole = run->to - run->from, amount = amount_before(work, line, run, at), left = 0;

    if (at >= run->to) return run->left;
    if (price_in_pieces(cart_line)) {
        int64_t pieces = whole / MX_QTY_ONE, first = (at - run->from) / MX_QTY_ONE, odd = run->left % pieces;
        left = run->left / pieces * first + at_most(odd, first);
    } else {
        (void)mx_share_range(run->left, 0, at - run->from, whole, &left);
        if (work->floors && run->left >= price_floor_of(work, line, run->from, whole)) {
            left = at_most(left, run->left - at_most(price_floor_of(work, line, at, run->to - at), run->amount - amount));
            left = at_least(left, at_most(price_floor_of(work, line, run->from, at - run->from), amount));
        }
    }
    return at_most(at_least(left, at_least(run->left - (run->amount - amount), 0)), at_most(amount, run->left));
}

/* Give the units behind the split their part of each cut. Largest remainder over the cuts keeps what is left of both parts at or above
 * zero, which a floor for each cut would not. */
static void split_cuts(struct price_work *work, struct price_run *run, struct price_run *behind, int64_t discount_before) {
    int64_t *weights = price_new(work, 2 * run->cut_count, sizeof(*weights));
    int64_t *shares = weights + run->cut_count;
    struct price_cut **end = &behind->cuts;
    struct price_cut *cut;
    uint32_t i = 0;

    for (cut = run->cuts; cut; cut = cut->next) weights[i++] = cut->amount;
    (void)mx_share(discount_before, weights, run->cut_count, shares);
    for (cut = run->cuts, i = 0; cut; cut = cut->next, i++) {
        struct price_cut *copy = price_new(work, 1, sizeof(*copy));
        copy->rule = cut->rule;
        copy->amount = cut->amount - shares[i];
        cut->amount = shares[i];
        *end = copy;
        end = &copy->next;
    }
}

/* Cut a run in two at position `at`, strictly inside it. */
static void split(struct price_work *work, uint32_t line, struct price_run *run, int64_t at) {
    struct price_run *behind = price_new(work, 1, sizeof(*behind));
    int64_t amount = amount_before(work, line, run, at), left = price_run_left(work, line, run, at), bonus = 0;

    (void)mx_share_range(run->bonus, 0, at - run->from, run->to - run->from, &bonus);
    *behind = *run;
    behind->cuts = NULL;
    behind->from = at;
    behind->amount = run->amount - amount;
    behind->left = run->left - left;
    behind->bonus = run->bonus - bonus;
    if (run->cut_count) split_cuts(work, run, behind, amount - left);
    run->to = at;
    run->amount = amount;
    run->left = left;
    run->bonus = bonus;
    run->next = behind;
    work->splits++;
}

/* The run that holds these units and no others: the line is split where it must be. */
struct price_run *price_run_of(struct price_work *work, const struct price_units *units) {
    struct price_run *run = units->run;
    while (run->to <= units->from) run = run->next;
    if (run->from < units->from) {
        split(work, units->line, run, units->from);
        run = run->next;
    }
    if (units->from + units->qty < run->to) split(work, units->line, run, units->from + units->qty);
    return run;
}

void price_run_cut(struct price_work *work, struct price_run *run, struct mx_str rule, int64_t amount) {
    struct price_cut **end = &run->cuts;

    if (amount == 0) return;
    run->left -= amount;
    while (*end && !mx_str_eq((*end)->rule, rule)) end = &(*end)->next;
    if (!*end) {
        *end = price_new(work, 1, sizeof(**end));
        (*end)->rule = rule;
        run->cut_count++;
    }
    (*end)->amount += amount;
}

void price_run_hold(struct price_run *run, int32_t lane, enum price_hold hold) {
    if (run->lane != lane || run->hold < (int32_t)hold) run->hold = (int32_t)hold;
    run->lane = lane;
}
