/* Offers of a lane that compete for units: what they want is put to the solver, what it answers becomes discounts. */
#include "compete.h"

#include <stdlib.h>

#define RIVALS_MAX  64    /* offers that are put to the solver together; the others take what is left */
#define STEPS_ALONE 20000 /* of the search, when one offer alone may do better */

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- the answer ---- */

/* Give out pieces of a class: entries for the list, of cells in their order. */
static void hand_out(struct contest *contest, uint32_t class, int64_t pieces, const struct price_try *try, struct price_list *list) {
    while (pieces > 0 && contest->cursors[class] < contest->starts[class + 1]) {
        const struct cell *cell = &contest->cells[contest->cursors[class]];
        int64_t here = smaller(pieces, cell->pieces - contest->given[class]), size = cell->units.qty / cell->pieces;
        struct price_units *units = price_list_add(contest->work, list);
        *units = cell->units;
        units->from += contest->given[class] * size;
        units->qty = here * size;
        units->left = cell->value * here;
        while (units->run->to <= units->from) units->run = units->run->next;
        units->room = price_room(contest->work, try->offer, units);
        contest->given[class] += here;
        pieces -= here;
        if (contest->given[class] == cell->pieces) {
            contest->cursors[class]++;
            contest->given[class] = 0;
        }
    }
}

static void hand_out_all(struct contest *contest, const struct solve_taken *taken, const struct price_try *try, struct price_list *list) {
    uint32_t i;
    for (i = 0; i < contest->question.class_count; i++) hand_out(contest, i, taken->pieces[i] * taken->times, try, list);
}

static int fill_groups(struct contest *contest, uint32_t at) {
    struct price_work *work = contest->work;
    struct price_try *try = contest->tries[at];
    struct price_list *list = &work->taken;
    uint32_t i, j;

    list->count = 0;
    for (i = 0; i < contest->answer.taken_count; i++) {
        const struct solve_taken *taken = &contest->answer.taken[i];
        uint32_t from = list->count;
        int64_t room = 0;
        if (taken->offer != at) continue;
        hand_out_all(contest, taken, try, list);
        for (j = from; j < list->count; j++) room += list->items[j].room;
        price_share_in_room(work, smaller(taken->gain * taken->times, room), list->items + from, list->count - from);
        try->outcome->uses += taken->times;
    }
    return list->count && price_settle(work, try, list);
}

static const struct want *want_of(const struct contest *contest, uint32_t column, uint32_t line) {
    uint32_t low = 0, high = contest->want_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct want *want = &contest->wants[middle];
        if (want->line < line || (want->line == line && want->column < column))
            low = middle + 1;
        else
            high = middle;
    }
    return &contest->wants[low];
}

/* The price that an offer has for a line, and of goods by weight only as much as it names. */
static void keep_named(struct contest *contest, uint32_t at, struct price_list *list) {
    uint32_t i;
    for (i = 0; i < list->count; i++) {
        struct price_units *units = &list->items[i];
        const struct want *want = want_of(contest, contest->first[at], units->line);
        units->price = want->price;
        if (price_in_pieces(price_cart_line(contest->work, want->line)) || want->qty >= units->qty) continue;
        units->qty = want->qty;
        units->left = price_run_left(contest->work, want->line, units->run, units->from + want->qty);
        units->room = price_room(contest->work, contest->tries[at]->offer, units);
    }
}

/* Neighbours of one run are one entry again, as if they had been named so. */
static void merge(struct price_list *list) {
    uint32_t i, kept = 0;
    qsort(list->items, list->count, sizeof(*list->items), price_units_order);
    for (i = 1; i < list->count; i++) {
        struct price_units *to = &list->items[kept], *units = &list->items[i];
        if (to->run == units->run && to->from + to->qty == units->from) {
            to->qty += units->qty;
            to->left += units->left;
            to->room += units->room;
        } else {
            list->items[++kept] = *units;
        }
    }
    if (list->count) list->count = kept + 1;
}

static int fill_units(struct contest *contest, uint32_t at) {
    struct price_list *list = &contest->work->units;
    uint32_t i;
    list->count = 0;
    for (i = 0; i < contest->answer.taken_count; i++)
        if (contest->answer.taken[i].offer == at) hand_out_all(contest, &contest->answer.taken[i], contest->tries[at], list);
    if (list->count == 0) return 0;
    merge(list);
    keep_named(contest, at, list);
    return price_plan_units(contest->work, contest->tries[at]);
}

/* Give out the pieces anew. */
static void contest_rewind(struct contest *contest) {
    uint32_t i;
    for (i = 0; i < contest->question.class_count; i++) {
        contest->cursors[i] = contest->starts[i];
        contest->given[i] = 0;
    }
}

int contest_fill(struct contest *contest, uint32_t at) {
    price_again(contest->tries[at]);
    return price_is_group(contest->tries[at]->offer) ? fill_groups(contest, at) : fill_units(contest, at);
}

/* ---- the proof ---- */

/* A share in parts per million is rounded once on the receipt, but for each piece in the search: so much they may differ. */
static int64_t rounding(const struct contest *contest) {
    int64_t pieces = 0;
    uint32_t i, j;
    for (i = 0; i < contest->answer.taken_count; i++) {
        const struct solve_taken *taken = &contest->answer.taken[i];
        int32_t kind = contest->tries[taken->offer]->offer->kind;
        if (kind != MX_OFFER_PERCENT && kind != MX_OFFER_STEPS) continue;
        for (j = 0; j < contest->question.class_count; j++) pieces += taken->pieces[j] * taken->times;
    }
    return (pieces + 1) / 2;
}

struct mx_proof contest_proof(const struct contest *contest, int64_t realised) {
    struct mx_proof proof = {.lane = contest->tries[0]->offer->lane, .offers = contest->count, .tried = contest->answer.steps};
    int64_t loss = contest->answer.gain - realised;
    proof.gap = contest->answer.gap + contest->left_out;
    if (loss > rounding(contest)) proof.gap += loss;
    proof.optimal = contest->answer.optimal && proof.gap == 0;
    return proof;
}

void price_prove(struct price_work *work, const struct mx_proof *proof) {
    struct mx_list *list = &work->result->proofs;
    struct mx_proof *proofs;
    uint32_t i = 0;

    if (!list->items) *list = (struct mx_list){price_new(work, MX_LANES, sizeof(*proofs)), 0, sizeof(*proofs)};
    proofs = list->items;
    while (i < list->count && proofs[i].lane != proof->lane) i++;
    if (i == list->count) {
        proofs[list->count++] = *proof;
        return;
    }
    proofs[i].optimal &= proof->optimal;
    if (!mx_add(proofs[i].gap, proof->gap, &proofs[i].gap)) proofs[i].gap = MX_INT_MAX;
    proofs[i].offers += proof->offers;
    proofs[i].tried += proof->tried;
}

/* ---- winners and losers ---- */

/* Of the offers that hold units which this one wants, the one that takes most off. */
static const struct price_try *winner_over(const struct contest *contest, uint32_t at) {
    const struct price_try *best = NULL;
    uint32_t i, j, column;
    for (i = 0; i < contest->answer.taken_count; i++) {
        const struct solve_taken *taken = &contest->answer.taken[i];
        const struct price_try *try = contest->tries[taken->offer];
        int meets = 0;
        if (try->outcome->state != MX_OUTCOME_APPLIED || (best && try->outcome->amount <= best->outcome->amount)) continue;
        for (j = 0; j < contest->question.class_count && !meets; j++)
            for (column = contest->first[at]; column < contest->first[at + 1] && !meets; column++)
                meets = taken->pieces[j] > 0 && contest->cells[contest->starts[j]].gives[column] > 0;
        if (meets || (try->offer->group.len && mx_str_eq(try->offer->group, contest->tries[at]->offer->group))) best = try;
    }
    return best;
}

/* The offer that won this one's group among those that are decided, or NULL. */
static const struct price_try *group_winner(struct price_try *const *tries, uint32_t count, const struct price_try *try) {
    uint32_t i;
    if (try->offer->group.len == 0) return NULL;
    for (i = 0; i < count; i++)
        if (tries[i] != try && tries[i]->done && tries[i]->outcome->state == MX_OUTCOME_APPLIED && tries[i]->outcome->amount > 0 &&
            mx_str_eq(tries[i]->offer->group, try->offer->group))
            return tries[i];
    return NULL;
}

/* An offer that got no units: when the allotment was not the best one it may still find some. */
static void settle_loser(struct contest *contest, uint32_t at, int may_retry) {
    struct price_try *try = contest->tries[at];
    const struct price_try *winner;
    if (may_retry && !group_winner(contest->tries, contest->count, try) && price_plan(contest->work, try)) {
        try->done = 1;
        price_land(contest->work, try);
        return;
    }
    winner = winner_over(contest, at);
    try->done = 1;
    if (winner) {
        price_again(try);
        price_lost(try, winner, winner->outcome->amount - try->alone);
    } else if (!may_retry) {
        try->outcome->state = MX_OUTCOME_NO_UNITS;
    }
}

static int better_alone(const void *a, const void *b) {
    const struct price_try *x = *(struct price_try *const *)a, *y = *(struct price_try *const *)b;
    if (x->alone != y->alone) return x->alone > y->alone ? -1 : 1;
    return x < y ? -1 : x > y;
}

static int in_order(const void *a, const void *b) {
    const struct price_try *x = *(struct price_try *const *)a, *y = *(struct price_try *const *)b;
    return x < y ? -1 : x > y;
}

/* What earlier contests of the lane left of limits may be less by now: look again. -> how many are still in it. */
static uint32_t look_again(struct price_work *work, struct price_try **tries, uint32_t count) {
    uint32_t kept = 0, i;
    for (i = 0; i < count; i++) {
        if (tries[i]->offer->limits.count && !price_plan(work, tries[i]))
            tries[i]->done = 1;
        else
            tries[kept++] = tries[i];
    }
    return kept;
}

static int shares_limits(struct price_try *const *tries, uint32_t count, const struct price_try *try) {
    uint32_t i;
    for (i = 0; i < count; i++)
        if (try->offer->limits.count && mx_str_eq(tries[i]->offer->rule, try->offer->rule)) return 1;
    return 0;
}

/* Put those that are to compete first, in the order given: at most RIVALS_MAX, as many as a till has time for, and of a rule with limits,
 * which its offers share, one. -> how many. */
static uint32_t pick_rivals(struct price_work *work, struct price_try **tries, uint32_t count) {
    struct price_try **late = price_new(work, count, sizeof(struct price_try *));
    struct contest_size size = {0, 0};
    uint32_t rivals = 0, waiting = 0, i;
    for (i = 0; i < count; i++) {
        struct contest_size larger = size;
        contest_add_size(tries[i]->offer, &larger);
        if (i == 0 && !contest_fits(work, &larger)) return 0; /* it must not find its units taken by lesser ones */
        if (rivals < RIVALS_MAX && contest_fits(work, &larger) && !shares_limits(tries, rivals, tries[i])) {
            tries[rivals++] = tries[i];
            size = larger;
        } else {
            late[waiting++] = tries[i];
        }
    }
    for (i = 0; i < waiting; i++) tries[rivals + i] = late[i];
    return rivals;
}

/* One after the other, each on what is left. -> what they take off. */
static int64_t take_turns(struct price_work *work, struct price_try **tries, uint32_t from, uint32_t to, uint32_t count) {
    int64_t taken = 0;
    uint32_t i;
    for (i = from; i < to; i++) {
        const struct price_try *winner = group_winner(tries, count, tries[i]);
        tries[i]->done = 1;
        if (!price_plan(work, tries[i])) continue;
        if (winner) {
            price_lost(tries[i], winner, winner->outcome->amount - tries[i]->alone);
            continue;
        }
        taken += tries[i]->outcome->amount;
        price_land(work, tries[i]);
    }
    return taken;
}

/* What the answer brings when every offer is worked out on its units; nothing lands yet. */
static int64_t try_answer(struct contest *contest) {
    int64_t realised = 0;
    uint32_t i;
    for (i = 0; i < contest->count; i++)
        if (contest_fill(contest, i)) realised += contest->tries[i]->outcome->amount;
    contest_rewind(contest);
    return realised;
}

static void have_answer(struct contest *contest, int retry) {
    struct price_try **tries = contest->tries;
    uint8_t *won = price_new(contest->work, contest->count, 1);
    uint32_t i;
    for (i = 0; i < contest->count; i++) {
        won[i] = (uint8_t)contest_fill(contest, i);
        if (!won[i]) continue;
        tries[i]->done = 1;
        price_land(contest->work, tries[i]);
    }
    for (i = 0; i < contest->count; i++)
        if (!won[i]) settle_loser(contest, i, retry);
}

/* The first ones compete, and the others take what they leave. When the answer is worth less than the best of them alone, they all
 * take turns, the best first. */
static struct mx_proof decide(struct price_work *work, struct price_try **tries, uint32_t rivals) {
    struct contest contest;
    struct mx_proof proof;
    int64_t best = tries[0]->alone, realised;

    qsort(tries, rivals, sizeof(struct price_try *), in_order);
    contest_ask(&contest, work, tries, rivals, SOLVE_STEPS_MAX);
    realised = try_answer(&contest);
    proof = contest_proof(&contest, realised);
    if (realised >= best) {
        have_answer(&contest, !proof.optimal);
        return proof;
    }
    qsort(tries, rivals, sizeof(struct price_try *), better_alone);
    proof.gap = contest.answer.gain + contest.answer.gap - take_turns(work, tries, 0, rivals, rivals);
    proof.optimal = proof.gap <= 0;
    if (proof.optimal) proof.gap = 0;
    return proof;
}

/* Offers of one level that want the same units. When they are too many, those that gain most alone compete and the others take what they
 * leave. */
void price_compete(struct price_work *work, struct price_try **tries, uint32_t count) {
    struct mx_proof proof;
    uint32_t rivals, i;

    count = look_again(work, tries, count);
    if (count == 0) return;
    qsort(tries, count, sizeof(struct price_try *), better_alone);
    rivals = pick_rivals(work, tries, count);
    proof = (struct mx_proof){.lane = tries[0]->offer->lane, .offers = count, .optimal = 1};
    if (rivals > 1)
        proof = decide(work, tries, rivals);
    else
        rivals = 0;
    for (i = rivals; i < count; i++)
        if (!mx_add(proof.gap, tries[i]->alone, &proof.gap)) proof.gap = MX_INT_MAX;
    proof.gap -= take_turns(work, tries, rivals, count, count);
    if (proof.gap < 0) proof.gap = 0;
    if (rivals < count) proof.optimal = 0;
    price_prove(work, &proof);
}

/* ---- one offer of groups ---- */

static int64_t group_pieces(const struct mx_offer *offer) {
    int64_t pieces = 0;
    uint32_t i;
    for (i = 0; i < offer->slots.count; i++) pieces += ((const struct mx_offer_slot *)mx_list_at(&offer->slots, i))->pieces;
    return pieces;
}

static int too_few(const struct contest *contest, struct price_try *try) {
    int64_t there = 0, needed = group_pieces(try->offer);
    uint32_t i;
    for (i = 0; i < contest->cell_count; i++) there += contest->cells[i].pieces;
    try->outcome->state = there == 0 ? MX_OUTCOME_NO_UNITS : there < needed ? MX_OUTCOME_TOO_FEW_UNITS : MX_OUTCOME_NOTHING_OFF;
    if (try->outcome->state == MX_OUTCOME_TOO_FEW_UNITS) try->outcome->missing = needed - there;
    return 0;
}

int price_plan_overlap(struct price_work *work, struct price_try *try) {
    struct contest contest;
    if (try->rest.units >= 0 && try->rest.units / MX_QTY_ONE < group_pieces(try->offer)) {
        try->outcome->state = MX_OUTCOME_LIMIT;
        price_limited(work, try->rest.of_units, try->outcome);
        return 0;
    }
    contest_ask(&contest, work, &try, 1, SOLVE_STEPS_MAX);
    if (!contest_fill(&contest, 0)) return too_few(&contest, try);
    try->proof = contest_proof(&contest, try->outcome->amount);
    return 1;
}

/* Groups that were planned the dearest pieces first, where that need not be the best: the search may know better ones. */
int price_plan_better(struct price_work *work, struct price_try *try, int applied) {
    struct contest contest;
    struct mx_outcome planned = *try->outcome;
    struct price_list taken = work->taken;
    int found;

    memset(&work->taken, 0, sizeof(work->taken));
    contest_ask(&contest, work, &try, 1, STEPS_ALONE);
    found = contest_fill(&contest, 0);
    if (!found || try->outcome->amount <= planned.amount) {
        *try->outcome = planned;
        work->taken = taken;
    }
    try->proof = contest_proof(&contest, try->outcome->amount);
    return applied || found;
}
