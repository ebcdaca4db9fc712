/* What offers that compete for units want, as a question to the solver. */
#include "compete.h"

#define SEARCH_MAX   ((int64_t)SOLVE_STEPS_MAX) /* steps for one cart */
#define SEARCH_LEAST 2000                       /* what a question costs that needs hardly any */
#define CONTEST_MAX  1000000                    /* wants times cells of one contest: its quick answer goes over them again and again */
#define CONTEST_STEP 10                         /* of them are worked on in the time of one step */
#define CONTEST_PART 100000                     /* the same of a single offer that does not fit, and then */
#define COLUMN_LEAST 8                          /* cells of each column at least */

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static const uint8_t *wants_of(const struct contest *contest, uint32_t column) {
    uint32_t count = contest->question.class_count, i;
    uint8_t *wants = price_new(contest->work, count, 1);
    for (i = 0; i < count; i++) wants[i] = contest->cells[contest->starts[i]].gives[column] > 0;
    return wants;
}

static const int64_t *each_of(const struct contest *contest, uint32_t column) {
    uint32_t count = contest->question.class_count, i;
    int64_t *each = price_new(contest->work, count, sizeof(*each));
    for (i = 0; i < count; i++) each[i] = contest->cells[contest->starts[i]].gives[column];
    return each;
}

/* More money than all pieces cost together is out of reach whatever it is: the search does not reckon with such numbers. */
static int64_t in_reach(const struct contest *contest, int64_t money) { return smaller(money, contest->worth + 1); }

static int64_t most_of(const struct contest *contest, const struct price_try *try) {
    int64_t most = try->offer->max_off ? try->offer->max_off : -1;
    if (try->rest.money >= 0 && (most < 0 || try->rest.money < most)) most = try->rest.money;
    return in_reach(contest, most);
}

static int64_t times_of(const struct price_try *try, int64_t pieces) {
    int64_t times = try->offer->times ? try->offer->times : INT64_MAX;
    if (try->rest.uses >= 0) times = smaller(times, try->rest.uses);
    if (try->rest.units >= 0) times = smaller(times, try->rest.units / MX_QTY_ONE / pieces);
    return times == INT64_MAX ? 0 : times;
}

static void ask_buy_pay(const struct contest *contest, uint32_t at, struct solve_offer *ask) {
    const struct mx_offer *offer = contest->tries[at]->offer;
    struct solve_slot *slot = price_new(contest->work, 1, sizeof(*slot));
    slot->pieces = offer->buy;
    slot->wants = wants_of(contest, contest->first[at]);
    ask->form = SOLVE_GROUPS;
    ask->slots = slot;
    ask->slot_count = 1;
    ask->off_pieces = offer->buy - offer->pay;
    ask->off_ppm = offer->ppm ? offer->ppm : MX_PPM_ONE;
    ask->off_dearest = offer->dearest;
    ask->times = times_of(contest->tries[at], offer->buy);
}

static void ask_bundle(const struct contest *contest, uint32_t at, struct solve_offer *ask) {
    const struct mx_offer *offer = contest->tries[at]->offer;
    struct solve_slot *slots = price_new(contest->work, offer->slots.count, sizeof(*slots));
    int64_t pieces = 0;
    uint32_t i;
    for (i = 0; i < offer->slots.count; i++) {
        const struct mx_offer_slot *slot = mx_list_at(&offer->slots, i);
        slots[i].pieces = slot->pieces;
        slots[i].wants = wants_of(contest, contest->first[at] + i);
        slots[i].ppm = slot->ppm;
        slots[i].price = in_reach(contest, slot->price);
        slots[i].has_price = slot->has_price;
        pieces += slot->pieces;
    }
    ask->form = SOLVE_GROUPS;
    ask->slots = slots;
    ask->slot_count = offer->slots.count;
    ask->has_price = offer->has_price;
    ask->amount = in_reach(contest, offer->amount);
    ask->times = times_of(contest->tries[at], pieces);
}

static void ask_set(const struct contest *contest, uint32_t at, struct solve_offer *ask) {
    const struct mx_offer *offer = contest->tries[at]->offer;
    uint32_t count = offer->kind == MX_OFFER_STEPS ? offer->steps.count : 1, i;
    struct solve_step *steps = price_new(contest->work, count, sizeof(*steps));
    for (i = 0; i < count && offer->kind == MX_OFFER_STEPS; i++) {
        const struct mx_offer_step *step = mx_list_at(&offer->steps, i);
        steps[i].pieces = (step->qty + MX_QTY_ONE - 1) / MX_QTY_ONE;
        steps[i].spend = in_reach(contest, step->spend);
        steps[i].ppm = step->ppm;
        steps[i].amount = in_reach(contest, step->amount);
        steps[i].price = in_reach(contest, step->price);
    }
    if (offer->kind != MX_OFFER_STEPS) steps[0].amount = in_reach(contest, offer->amount);
    if (offer->kind == MX_OFFER_AMOUNT) steps[0].pieces = 1;
    if (offer->kind == MX_OFFER_SPEND_SAVE) steps[0].spend = in_reach(contest, offer->spend);
    ask->form = SOLVE_SET;
    ask->wants = wants_of(contest, contest->first[at]);
    ask->steps = steps;
    ask->step_count = count;
    ask->repeats = offer->repeats && offer->kind == MX_OFFER_SPEND_SAVE;
    ask->times = ask->repeats ? offer->times : 0;
}

static int32_t group_of(const struct contest *contest, uint32_t at) {
    const struct price_try *try = contest->tries[at];
    uint32_t i;
    if (try->offer->group.len == 0 || try->chosen) return 0;
    for (i = 0; i < at; i++)
        if (!contest->tries[i]->chosen && mx_str_eq(contest->tries[i]->offer->group, try->offer->group)) break;
    return (int32_t)i + 1;
}

static void ask_offer(const struct contest *contest, uint32_t at, struct solve_offer *ask) {
    const struct price_try *try = contest->tries[at];
    ask->group = group_of(contest, at);
    ask->most = most_of(contest, try);
    ask->pieces_most = -1;
    if (try->offer->kind == MX_OFFER_BUY_PAY) {
        ask_buy_pay(contest, at, ask);
    } else if (try->offer->kind == MX_OFFER_BUNDLE) {
        ask_bundle(contest, at, ask);
    } else {
        if (try->rest.units >= 0) ask->pieces_most = try->rest.units / MX_QTY_ONE;
        if (try->offer->kind == MX_OFFER_PERCENT || try->offer->kind == MX_OFFER_PRICE) {
            ask->form = SOLVE_EACH;
            ask->each = each_of(contest, contest->first[at]);
        } else {
            ask_set(contest, at, ask);
        }
    }
}

/* ---- how large ---- */

static void add_lines(const struct mx_list *lines, struct contest_size *size) {
    uint32_t i;
    size->wants += lines->count;
    for (i = 0; i < lines->count; i++) size->parts += ((const struct mx_offer_line *)mx_list_at(lines, i))->qty > 0;
}

void contest_add_size(const struct mx_offer *offer, struct contest_size *size) {
    uint32_t i;
    if (offer->kind != MX_OFFER_BUNDLE) add_lines(&offer->lines, size);
    for (i = 0; offer->kind == MX_OFFER_BUNDLE && i < offer->slots.count; i++)
        add_lines(&((const struct mx_offer_slot *)mx_list_at(&offer->slots, i))->lines, size);
}

static int64_t weight_of(const struct price_work *work, const struct contest_size *size) {
    return size->wants * (smaller(size->wants, work->line_count) + work->splits + 2 * size->parts);
}

int contest_fits(const struct price_work *work, const struct contest_size *size) {
    int64_t weight = weight_of(work, size);
    return weight <= CONTEST_MAX && weight / CONTEST_STEP + SEARCH_LEAST <= SEARCH_MAX - work->searched;
}

/* How many cells of each column of an offer are asked about when not all fit: always as many, so that what it gains alone is what it
 * takes. */
static uint32_t cells_that_fit(const struct mx_offer *offer) {
    int64_t columns = offer->kind == MX_OFFER_BUNDLE ? offer->slots.count : 1, cells = COLUMN_LEAST;
    while (columns * columns * columns * cells * cells < CONTEST_PART) cells++;
    return (uint32_t)cells;
}

/* All questions about one cart share a number of steps: rules cannot make a till wait for as long as they like. */
static void search(struct contest *contest, struct price_work *work, int64_t steps_most) {
    struct solve_question *question = &contest->question;
    int64_t left = SEARCH_MAX - work->searched;
    question->steps_max = left <= 0 || steps_most < 0 ? -1 : smaller(left, steps_most);
    solve(question, work->memory, &contest->answer);
    work->searched += contest->answer.steps + SEARCH_LEAST;
}

void contest_ask(struct contest *contest, struct price_work *work, struct price_try **tries, uint32_t count, int64_t steps_most) {
    struct solve_offer *offers = price_new(work, count, sizeof(*offers));
    struct contest_size size = {0, 0};
    int fits;
    uint32_t i;

    for (i = 0; i < count; i++) contest_add_size(tries[i]->offer, &size);
    fits = contest_fits(work, &size);
    if (fits) work->searched += weight_of(work, &size) / CONTEST_STEP;
    memset(contest, 0, sizeof(*contest));
    contest->work = work;
    contest->tries = tries;
    contest->count = count;
    contest_cells(contest, fits ? UINT32_MAX : cells_that_fit(tries[0]->offer));
    for (i = 0; i < contest->cell_count; i++) contest->worth += contest->cells[i].value * contest->cells[i].pieces;
    for (i = 0; i < count; i++) ask_offer(contest, i, &offers[i]);
    contest->question.offers = offers;
    contest->question.offer_count = count;
    search(contest, work, fits ? steps_most : -1);
}
