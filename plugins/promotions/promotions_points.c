/* The lane earn: points on top, points times. It takes no money off. */
#include "engine.h"

static int none(struct price_try *try, int32_t state) {
    try->outcome->state = state;
    return 0;
}

/* Share the points over the units by what they cost: `off` is then a number of points. */
static void share_points(struct price_work *work, struct price_try *try) {
    int64_t points = try->offer->amount;
    uint32_t i;
    if (try->offer->max_off && points > try->offer->max_off) points = try->offer->max_off;
    if (try->rest.money >= 0 && points > try->rest.money) {
        points = try->rest.money;
        price_limited(work, try->rest.of_money, try->outcome);
    }
    for (i = 0; i < work->units.count; i++) work->units.items[i].room = points;
    price_share(work, points, work->units.items, work->units.count);
    try->outcome->amount = points;
}

int price_plan_points(struct price_work *work, struct price_try *try) {
    uint32_t i;
    price_trim(work, try);
    if (work->units.count == 0) return none(try, try->outcome->limit.len ? MX_OUTCOME_LIMIT : MX_OUTCOME_NO_UNITS);
    if (try->offer->kind == MX_OFFER_POINTS) share_points(work, try);
    for (i = 0; i < work->units.count; i++) try->outcome->units += work->units.items[i].qty;
    try->outcome->uses = 1;
    try->outcome->state = MX_OUTCOME_APPLIED;
    return 1;
}

void price_land_points(struct price_work *work, struct price_try *try) {
    uint32_t i;
    for (i = 0; i < work->units.count; i++) {
        const struct price_units *units = &work->units.items[i];
        struct price_run *run = price_run_of(work, units);
        if (try->offer->kind == MX_OFFER_POINTS)
            run->bonus = mx_add(run->bonus, units->off, &run->bonus) ? run->bonus : MX_INT_MAX;
        else if (run->extra_ppm + try->offer->ppm <= 100 * MX_PPM_ONE)
            run->extra_ppm += try->offer->ppm - MX_PPM_ONE;
        else
            run->extra_ppm = 99 * MX_PPM_ONE;
        price_run_hold(run, try->offer->lane, try->hold);
    }
}

/* What a planned offer is worth to the customer: money, or, in the lane earn, points when a point is earned with each major unit. */
int64_t price_gain(const struct price_work *work, const struct price_try *try) {
    int64_t left = 0, points = 0, minor = 1, digits;
    uint32_t i;
    if (try->offer->kind != MX_OFFER_POINTS_TIMES) return try->outcome->amount;
    for (i = 0; i < work->units.count; i++) left += work->units.items[i].left;
    for (digits = work->ask->cart->digits; digits > 0; digits--) minor *= 10;
    (void)mx_muldiv_floor(left, try->offer->ppm - MX_PPM_ONE, MX_PPM_ONE * minor, &points);
    return points;
}
