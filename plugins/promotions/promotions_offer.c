/* One offer against the cart as the earlier offers left it: which units it gets, what comes off, where that lands. */
#include "engine.h"

#include <stdlib.h>

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t left_of(const struct price_list *list) {
    int64_t left = 0;
    uint32_t i;
    for (i = 0; i < list->count; i++) left += list->items[i].left;
    return left;
}

static int64_t room_of(const struct price_list *list) {
    int64_t room = 0;
    uint32_t i;
    for (i = 0; i < list->count; i++) room += list->items[i].room;
    return room;
}

/* ---- before it is planned ---- */

static int fails(struct price_try *try, int32_t state, int64_t missing) {
    try->outcome->state = state;
    try->outcome->missing = missing;
    return 0;
}

/* Forget what came of an offer. */
void price_again(struct price_try *try) {
    int64_t place = try->outcome->offer;
    memset(try->outcome, 0, sizeof(*try->outcome));
    memset(&try->proof, 0, sizeof(try->proof));
    try->outcome->offer = place;
    try->outcome->rule = try->offer->rule;
    try->outcome->lane = try->offer->lane;
    try->by_floor = 0;
}

/* Whether an offer makes sense, is not used up, and the cart is large enough for it. */
int price_ready(struct price_work *work, struct price_try *try) {
    price_again(try);
    if (!price_valid(try->offer)) return fails(try, MX_OUTCOME_NOT_VALID, 0);
    if (!price_rest_of(try->offer, &try->rest, try->outcome, work)) return 0;
    if (work->left < try->offer->min_total) return fails(try, MX_OUTCOME_BELOW_MIN_TOTAL, try->offer->min_total - work->left);
    return 1;
}

/* ---- what comes off ---- */

static void share_off(struct price_work *work, struct price_try *try, int64_t amount) {
    struct price_list *list = &work->units;
    int64_t room = room_of(list);
    try->by_floor = room == 0;
    price_share_in_room(work, smaller(amount, room), list->items, list->count);
}

static void percent_off(struct price_work *work, struct price_try *try, int64_t ppm) {
    int64_t off = 0;
    (void)mx_muldiv_half_up(left_of(&work->units), ppm, MX_PPM_ONE, &off);
    price_share(work, off, work->units.items, work->units.count);
    try->by_floor = off > 0;
}

/* What the units cost above their price. */
static int64_t above_price(const struct price_work *work, const struct price_units *units) {
    const struct mx_cart_line *line = price_cart_line(work, units->line);
    mx_int128 price = (mx_int128)units->price * units->qty;
    price = price_in_pieces(line) ? price / MX_QTY_ONE : (price + MX_QTY_ONE / 2) / MX_QTY_ONE;
    return price < units->left ? units->left - (int64_t)price : 0;
}

static void price_each(struct price_work *work, struct price_try *try) {
    uint32_t i;
    for (i = 0; i < work->units.count; i++) {
        struct price_units *units = &work->units.items[i];
        int64_t above = above_price(work, units);
        units->off = smaller(above, units->room);
        try->by_floor |= above > 0;
    }
}

static void set_price(struct price_work *work, int64_t price) {
    uint32_t i;
    for (i = 0; i < work->units.count; i++) work->units.items[i].price = price;
}

/* ---- what is reached ---- */

static int64_t qty_of(const struct price_list *list) {
    int64_t qty = 0;
    uint32_t i;
    for (i = 0; i < list->count; i++) qty += list->items[i].qty;
    return qty;
}

static const struct mx_offer_step *step_reached(const struct price_work *work, const struct mx_offer *offer) {
    const struct mx_offer_step *reached = NULL;
    int64_t qty = qty_of(&work->units), left = left_of(&work->units);
    uint32_t i;
    for (i = 0; i < offer->steps.count; i++) {
        const struct mx_offer_step *step = mx_list_at(&offer->steps, i);
        if (step->qty ? qty >= step->qty : left >= step->spend) reached = step;
    }
    return reached;
}

static int step_missed(struct price_work *work, struct price_try *try) {
    const struct mx_offer_step *first = mx_list_at(&try->offer->steps, 0);
    if (first->qty) return fails(try, MX_OUTCOME_TOO_FEW_UNITS, first->qty - qty_of(&work->units));
    return fails(try, MX_OUTCOME_BELOW_SPEND, first->spend - left_of(&work->units));
}

static int64_t spend_times(const struct price_work *work, const struct mx_offer *offer) {
    int64_t times = left_of(&work->units) / offer->spend;
    if (!offer->repeats) return smaller(times, 1);
    return offer->times ? smaller(times, offer->times) : times;
}

/* ---- limits on units ---- */

/* Leave out units that a price does not change: they are neither counted nor held. */
static void drop_cheap(struct price_work *work) {
    struct price_list *list = &work->units;
    uint32_t i, kept = 0;
    for (i = 0; i < list->count; i++)
        if (above_price(work, &list->items[i]) > 0) list->items[kept++] = list->items[i];
    list->count = kept;
}

/* Keep the first `rest` thousandths, whole pieces of what is sold by the piece. */
void price_trim(struct price_work *work, struct price_try *try) {
    struct price_list *list = &work->units;
    int64_t rest = try->rest.units;
    uint32_t i;

    if (rest < 0 || qty_of(list) <= rest) return;
    price_limited(work, try->rest.of_units, try->outcome);
    for (i = 0; i < list->count && rest > 0; i++) {
        struct price_units *units = &list->items[i];
        int64_t qty = smaller(units->qty, rest);
        rest -= qty;
        if (price_in_pieces(price_cart_line(work, units->line))) qty -= qty % MX_QTY_ONE;
        if (qty == units->qty) continue;
        if (qty == 0) break;
        units->left = price_run_left(work, units->line, units->run, units->from + qty);
        if (units->from > units->run->from) units->left -= price_run_left(work, units->line, units->run, units->from);
        units->qty = qty;
        units->room = price_room(work, try->offer, units);
    }
    list->count = i;
}

/* ---- planning ---- */

/* Caps, and the outcome: 1 when something comes off. Units that get nothing are dropped, unless the offer is about the whole set. */
int price_settle(struct price_work *work, struct price_try *try, struct price_list *list) {
    int whole_set = try->offer->kind != MX_OFFER_PERCENT && try->offer->kind != MX_OFFER_PRICE;
    uint32_t i, kept = 0;

    if (price_off(list) == 0) return fails(try, try->by_floor ? MX_OUTCOME_FLOOR : MX_OUTCOME_NOTHING_OFF, 0);
    price_cap(work, try, list);
    for (i = 0; i < list->count; i++) {
        if (list->items[i].off == 0 && !whole_set) continue;
        try->outcome->amount += list->items[i].off;
        if (list->items[i].off) try->outcome->units += list->items[i].qty;
        list->items[kept++] = list->items[i];
    }
    list->count = kept;
    try->outcome->state = MX_OUTCOME_APPLIED;
    if (!price_is_group(try->offer)) try->outcome->uses = 1;
    return 1;
}

/* Units, not groups of them: those in work->units, which may be all that are named or what a lane's allotment gave. */
int price_plan_units(struct price_work *work, struct price_try *try) {
    const struct mx_offer *offer = try->offer;
    const struct mx_offer_step *step = NULL;
    int64_t times = 0;

    if (work->units.count == 0) return fails(try, MX_OUTCOME_NO_UNITS, 0);
    if (left_of(&work->units) == 0) return fails(try, MX_OUTCOME_NOTHING_OFF, 0);
    if (offer->kind == MX_OFFER_STEPS && !(step = step_reached(work, offer))) return step_missed(work, try);
    if (offer->kind == MX_OFFER_SPEND_SAVE && (times = spend_times(work, offer)) == 0)
        return fails(try, MX_OUTCOME_BELOW_SPEND, offer->spend - left_of(&work->units));
    if (step && step->price) set_price(work, step->price);
    if (offer->kind == MX_OFFER_PRICE || (step && step->price)) drop_cheap(work);
    price_trim(work, try);
    if (work->units.count == 0) return fails(try, try->outcome->limit.len ? MX_OUTCOME_LIMIT : MX_OUTCOME_NOTHING_OFF, 0);
    if (offer->kind == MX_OFFER_PERCENT || (step && step->ppm))
        percent_off(work, try, step ? step->ppm : offer->ppm);
    else if (offer->kind == MX_OFFER_PRICE || (step && step->price))
        price_each(work, try);
    else if (offer->kind == MX_OFFER_SPEND_SAVE)
        share_off(work, try, times > MX_INT_MAX / offer->amount ? MX_INT_MAX : times * offer->amount);
    else
        share_off(work, try, step ? step->amount : offer->amount);
    return price_settle(work, try, &work->units);
}

/* Work an offer out, alone, and change nothing. 1: it would take something off; work->units or work->taken say where. */
int price_plan(struct price_work *work, struct price_try *try) {
    if (!price_ready(work, try)) return 0;
    if (price_is_group(try->offer)) return price_plan_groups(work, try);
    price_name(work, try->offer, &try->offer->lines);
    work->units.count = 0;
    price_collect(work, try, 0);
    return try->offer->lane == MX_LANE_EARN ? price_plan_points(work, try) : price_plan_units(work, try);
}

/* ---- landing ---- */

/* Take what comes off the units of a list, in their order of line and position. */
void price_land_list(struct price_work *work, struct price_try *try, struct price_list *list) {
    int shipping = try->offer->lane == MX_LANE_SHIPPING;
    uint32_t i;
    if (price_is_group(try->offer)) qsort(list->items, list->count, sizeof(*list->items), price_units_order);
    for (i = 0; i < list->count; i++) {
        const struct price_units *units = &list->items[i];
        struct price_run *run;
        if (units->off == 0 && try->hold == PRICE_TOUCHED) continue;
        run = price_run_of(work, units);
        price_run_cut(work, run, try->offer->rule, units->off);
        price_run_hold(run, try->offer->lane, try->hold);
        if (!shipping) work->left -= units->off;
    }
    price_applied(work, try);
    if (try->proof.offers) price_prove(work, &try->proof);
}

/* What was planned becomes so. */
void price_land(struct price_work *work, struct price_try *try) {
    if (try->offer->lane == MX_LANE_EARN)
        price_land_points(work, try);
    else
        price_land_list(work, try, price_is_group(try->offer) ? &work->taken : &work->units);
    price_spend(work, try);
}
