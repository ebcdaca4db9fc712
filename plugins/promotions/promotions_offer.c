/* One offer against the cart as the earlier offers left it: which units it gets, what comes off, where that lands. */
#include "engine.h"

#include <stdlib.h>

const struct mx_cart_line *price_cart_line(const struct price_work *work, uint32_t i) { return mx_list_at(&work->ask->cart->lines, i); }

static void make_room(struct price_work *work) {
    const struct price_memory *memory = work->memory;
    if (work->run_count <= work->unit_room) return;
    work->unit_room = 2 * work->run_count;
    work->units = memory->alloc(memory->arg, work->unit_room * sizeof(*work->units));
    work->weights = memory->alloc(memory->arg, work->unit_room * sizeof(*work->weights));
    work->shares = memory->alloc(memory->arg, work->unit_room * sizeof(*work->shares));
}

/* How much of each line the offer wants: never of a line priced by hand, and only whole pieces of what is sold by the
 * piece. */
static void note_wanted(struct price_work *work, const struct mx_offer *offer) {
    uint32_t i;

    memset(work->wanted, 0, work->line_count * sizeof(*work->wanted));
    for (i = 0; i < offer->lines.count; i++) {
        const struct mx_offer_line *want = mx_list_at(&offer->lines, i);
        const struct mx_cart_line *line;
        int64_t rest;
        if (want->line < 1 || want->line > (int64_t)work->line_count || want->qty < 0) continue;
        line = price_cart_line(work, (uint32_t)(want->line - 1));
        if (line->overridden || (offer->kind == MX_OFFER_BUY_PAY && line->unit != MX_UNIT_PIECE)) continue;
        rest = line->qty - work->wanted[want->line - 1];
        work->wanted[want->line - 1] += want->qty && want->qty < rest ? want->qty : rest;
    }
    for (i = 0; i < work->line_count; i++)
        if (price_cart_line(work, i)->unit == MX_UNIT_PIECE) work->wanted[i] -= work->wanted[i] % MX_QTY_ONE;
}

/* The wanted units, lowest positions first; those that a buy_pay of `closed_lane` took are not to be had. */
static void collect(struct price_work *work, int32_t closed_lane) {
    uint32_t i;

    make_room(work);
    work->unit_count = 0;
    for (i = 0; i < work->line_count; i++) {
        int64_t rest = work->wanted[i];
        struct price_run *run;
        for (run = work->runs[i]; run && rest > 0; run = run->next) {
            struct price_units *units = &work->units[work->unit_count];
            int64_t whole = run->to - run->from;
            if (closed_lane && run->used_lane == closed_lane) continue;
            units->run = run;
            units->line = i;
            units->qty = rest < whole ? rest : whole;
            (void)mx_share_range(run->left, 0, units->qty, whole, &units->left);
            rest -= units->qty;
            work->unit_count++;
        }
    }
}

/* Take `discount` off the collected units, each in proportion to what it still costs. */
static void land(struct price_work *work, const struct mx_offer *offer, int64_t discount, int32_t used_lane) {
    uint32_t i;

    for (i = 0; i < work->unit_count; i++) work->weights[i] = work->units[i].left;
    (void)mx_share(discount, work->weights, work->unit_count, work->shares);
    for (i = 0; i < work->unit_count; i++) {
        struct price_run *run = work->units[i].run;
        if (run->from + work->units[i].qty < run->to) price_run_split(work, run, run->from + work->units[i].qty);
        price_run_cut(work, run, offer->rule, work->shares[i]);
        if (used_lane) run->used_lane = used_lane;
    }
    work->left -= discount;
}

static int64_t collected_left(const struct price_work *work) {
    int64_t left = 0;
    uint32_t i;
    for (i = 0; i < work->unit_count; i++) left += work->units[i].left;
    return left;
}

static int64_t off_percent_or_amount(struct price_work *work, const struct mx_offer *offer) {
    int64_t left, off = 0;

    collect(work, 0);
    left = collected_left(work);
    if (offer->kind == MX_OFFER_AMOUNT) return offer->amount < left ? offer->amount : left;
    (void)mx_muldiv_half_up(left, offer->ppm, MX_PPM_ONE, &off);
    return off;
}

/* Dearest piece first; then by line and position, so that the order is total. */
static int dearer_first(const void *a, const void *b) {
    const struct price_units *x = a, *y = b;
    mx_int128 left_x = (mx_int128)x->left * y->qty, left_y = (mx_int128)y->left * x->qty;
    if (left_x != left_y) return left_x > left_y ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return x->run->from < y->run->from ? -1 : 1;
}

/* How many of the first `count` pieces are free when each group of `buy` has `pay` paid ones in front. */
static int64_t free_among(int64_t count, const struct mx_offer *offer) {
    int64_t rest = count % offer->buy - offer->pay;
    return count / offer->buy * (offer->buy - offer->pay) + (rest > 0 ? rest : 0);
}

/* Keep the pieces that fill whole groups and add up the free ones. Returns the pieces of all complete groups. */
static int64_t off_buy_pay(struct price_work *work, const struct mx_offer *offer, int64_t *off) {
    int64_t pieces = 0, taken, done = 0;
    uint32_t i;

    collect(work, offer->lane);
    for (i = 0; i < work->unit_count; i++) pieces += work->units[i].qty / MX_QTY_ONE;
    taken = pieces - pieces % offer->buy;
    if (taken == 0) return pieces;
    qsort(work->units, work->unit_count, sizeof(*work->units), dearer_first);
    for (i = 0; i < work->unit_count && done < taken; i++) {
        struct price_units *units = &work->units[i];
        int64_t has = units->qty / MX_QTY_ONE, use = has < taken - done ? has : taken - done;
        int64_t free_pieces = free_among(done + use, offer) - free_among(done, offer), share = 0;
        (void)mx_muldiv_floor(units->left, free_pieces, has, &share);
        (void)mx_muldiv_floor(units->left, use, has, &units->left);
        *off += share;
        units->qty = use * MX_QTY_ONE;
        done += use;
    }
    work->unit_count = i;
    return pieces;
}

static int is_valid(const struct mx_offer *offer) {
    if (offer->lane < MX_LANE_FLASH || offer->lane > MX_LANE_MEMBER || offer->min_total < 0) return 0;
    switch (offer->kind) {
    case MX_OFFER_PERCENT:
        return offer->ppm > 0 && offer->ppm <= MX_PPM_ONE;
    case MX_OFFER_AMOUNT:
        return offer->amount > 0;
    case MX_OFFER_BUY_PAY:
        return offer->pay >= 0 && offer->pay < offer->buy;
    default:
        return 0;
    }
}

void price_offer_apply(struct price_work *work, const struct mx_offer *offer, struct mx_outcome *outcome) {
    int64_t off = 0;

    outcome->rule = offer->rule;
    outcome->lane = offer->lane;
    outcome->state = MX_OUTCOME_NOT_VALID;
    if (!is_valid(offer)) return;
    if (work->left < offer->min_total) {
        outcome->state = MX_OUTCOME_BELOW_MIN_TOTAL;
        outcome->missing = offer->min_total - work->left;
        return;
    }
    note_wanted(work, offer);
    if (offer->kind == MX_OFFER_BUY_PAY) {
        int64_t pieces = off_buy_pay(work, offer, &off);
        outcome->missing = pieces < offer->buy ? offer->buy - pieces : 0;
    } else {
        off = off_percent_or_amount(work, offer);
    }
    if (work->unit_count == 0) {
        outcome->state = MX_OUTCOME_NO_UNITS;
        return;
    }
    if (off == 0) {
        outcome->state = outcome->missing ? MX_OUTCOME_TOO_FEW_UNITS : MX_OUTCOME_NOTHING_OFF;
        return;
    }
    land(work, offer, off, offer->kind == MX_OFFER_BUY_PAY ? offer->lane : 0);
    outcome->state = MX_OUTCOME_APPLIED;
    outcome->amount = off;
}
