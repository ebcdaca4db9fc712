/* Lanes: the order in which offers are tried, and how those of a lane go together. */
#include "engine.h"

#include <stdlib.h>

struct lane {
    struct price_work *work;
    struct price_try *tries; /* of this lane, in order */
    uint32_t count;
    int32_t mode;
    struct price_try **set; /* scratch: offers that compete */
};

/* ---- what came of an offer ---- */

void price_applied(struct price_work *work, const struct price_try *try) {
    struct mx_list *list = &work->result->rules;
    struct mx_rule_sum *rules = list->items;
    uint32_t i = list->count;
    while (i > 0 && !mx_str_eq(rules[i - 1].rule, try->offer->rule)) i--;
    if (i == 0) {
        i = ++list->count;
        rules[i - 1].rule = try->offer->rule;
        rules[i - 1].name = try->offer->name;
    }
    if (!mx_add(rules[i - 1].amount, try->outcome->amount, &rules[i - 1].amount)) rules[i - 1].amount = MX_INT_MAX; /* points */
}

static void lost(struct price_try *try, const struct price_try *to, int64_t by, int32_t state) {
    struct mx_outcome *outcome = try->outcome;
    outcome->state = state;
    outcome->amount = outcome->uses = outcome->units = 0;
    memset(&outcome->limit, 0, sizeof(outcome->limit));
    outcome->to = to->offer->rule;
    outcome->missing = by > 0 ? by : 1;
}

void price_lost(struct price_try *try, const struct price_try *to, int64_t by) {
    int same_group = try->offer->group.len && mx_str_eq(try->offer->group, to->offer->group);
    lost(try, to, by, same_group ? MX_OUTCOME_LOST_GROUP : MX_OUTCOME_LOST);
    try->done = 1;
}

static void apply(struct price_work *work, struct price_try *try) {
    try->done = 1;
    if (price_plan(work, try)) price_land(work, try);
}

/* ---- one of a group ---- */

/* Of all offers of the lane with this one's group the best, as the cart is now, stays; the others are out. */
static void choose_of_group(struct lane *lane, struct price_try *first) {
    struct price_try *best = NULL;
    uint32_t i;
    for (i = 0; i < lane->count; i++) {
        struct price_try *try = &lane->tries[i];
        if (try->done || !mx_str_eq(try->offer->group, first->offer->group)) continue;
        try->chosen = 1;
        try->done = 1;
        if (!price_plan(lane->work, try)) continue;
        try->alone = price_gain(lane->work, try);
        if (!best || try->alone > best->alone) best = try;
    }
    if (!best) return;
    for (i = 0; i < lane->count; i++) {
        struct price_try *try = &lane->tries[i];
        if (try == best || !try->chosen || !mx_str_eq(try->offer->group, first->offer->group)) continue;
        if (try->outcome->state == MX_OUTCOME_APPLIED) price_lost(try, best, best->alone - try->alone);
    }
    best->done = 0;
}

/* Still to be tried: not done, and not out of its group. */
static int pending(struct lane *lane, struct price_try *try) {
    if (!try->done && try->offer->group.len && !try->chosen) choose_of_group(lane, try);
    return !try->done;
}

static int takes_pieces(const struct price_try *try) { return try->hold != PRICE_TOUCHED; }

/* All offers of the lane with this one's group stand among the competing ones of its level: their contest decides. */
static int group_competes(const struct lane *lane, const struct price_try *one) {
    uint32_t i;
    for (i = 0; i < lane->count; i++) {
        const struct price_try *try = &lane->tries[i];
        if (!mx_str_eq(try->offer->group, one->offer->group)) continue;
        if (try->done || !takes_pieces(try) || try->offer->priority != one->offer->priority) return 0;
    }
    return one->offer->lane != MX_LANE_EARN;
}

/* ---- competition ---- */

static uint32_t root_of(uint32_t *parents, uint32_t i) {
    while (parents[i] != i) i = parents[i] = parents[parents[i]];
    return i;
}

static void join(uint32_t *parents, uint32_t a, uint32_t b) {
    a = root_of(parents, a);
    b = root_of(parents, b);
    if (a < b)
        parents[b] = a;
    else
        parents[a] = b;
}

/* What an offer names counts also where it gets nothing off now: it may be needed to reach a step, or a cap or a limit may let the offer
 * have it when other units are gone. Only goods that a price does not change never matter. */
static void collect_named(struct price_work *work, const struct price_try *try) {
    const struct mx_offer *offer = try->offer;
    int capped = offer->limits.count || offer->max_off || offer->max_line;
    if (price_is_group(offer) || (offer->kind == MX_OFFER_PRICE && !capped)) return;
    work->units.count = 0;
    price_collect(work, try, 0);
}

/* Join an offer with those that want units of the same lines. owners: by line, the first that does, plus one. */
static void join_by_lines(struct price_work *work, const struct price_try *try, uint32_t *parents, uint32_t *owners, uint32_t at) {
    uint32_t i;
    collect_named(work, try);
    for (i = 0; i < work->units.count; i++) {
        uint32_t line = work->units.items[i].line;
        if (owners[line])
            join(parents, owners[line] - 1, at);
        else
            owners[line] = at + 1;
    }
}

static void join_by_group(struct price_try **set, uint32_t *parents, uint32_t at) {
    uint32_t i;
    if (set[at]->offer->group.len == 0 || set[at]->chosen) return;
    for (i = 0; i < at; i++)
        if (mx_str_eq(set[i]->offer->group, set[at]->offer->group)) join(parents, i, at);
}

/* Offers that want nothing that another wants apply as they are; the others share what there is. */
static void contest(struct price_work *work, struct price_try **set, uint32_t count) {
    uint32_t *parents = price_new(work, 2 * count + work->line_count, sizeof(*parents)), *owners = parents + 2 * count;
    struct price_try **rivals = price_new(work, count, sizeof(struct price_try *));
    uint32_t i, j, found;

    for (i = 0; i < count; i++) {
        parents[i] = i;
        if (!price_plan(work, set[i])) {
            set[i]->done = 1;
            continue;
        }
        set[i]->alone = set[i]->outcome->amount;
        join_by_lines(work, set[i], parents, owners, i);
        join_by_group(set, parents, i);
    }
    for (i = 0; i < count; i++) {
        if (set[i]->done) continue;
        for (j = i, found = 0; j < count; j++)
            if (!set[j]->done && root_of(parents, j) == root_of(parents, i)) rivals[found++] = set[j];
        if (found == 1)
            apply(work, set[i]);
        else
            price_compete(work, rivals, found);
    }
}

static int more_points(const void *a, const void *b) {
    const struct price_try *x = *(struct price_try *const *)a, *y = *(struct price_try *const *)b;
    if (x->alone != y->alone) return x->alone > y->alone ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Points: the largest first, each taking what is free. */
static void contest_points(struct price_work *work, struct price_try **set, uint32_t count) {
    uint32_t i;
    for (i = 0; i < count; i++) set[i]->alone = price_plan(work, set[i]) ? price_gain(work, set[i]) : -1;
    qsort(set, count, sizeof(struct price_try *), more_points);
    for (i = 0; i < count; i++) apply(work, set[i]);
}

/* ---- modes ---- */

static void compete(struct lane *lane, uint32_t count) {
    if (count == 0) return;
    if (count == 1)
        apply(lane->work, lane->set[0]);
    else if (lane->set[0]->offer->lane == MX_LANE_EARN)
        contest_points(lane->work, lane->set, count);
    else
        contest(lane->work, lane->set, count);
}

/* A level: offers of equal priority. First those that take pieces share them, then the others work on what is left. */
static void apply_level(struct lane *lane, uint32_t from, uint32_t to) {
    uint32_t i, count = 0;
    for (i = from; i < to; i++) {
        struct price_try *try = &lane->tries[i];
        if (!takes_pieces(try)) continue;
        if (try->done || (!(try->offer->group.len && group_competes(lane, try)) && !pending(lane, try))) continue;
        lane->set[count++] = try;
    }
    compete(lane, count);
    for (i = from; i < to; i++)
        if (!takes_pieces(&lane->tries[i]) && pending(lane, &lane->tries[i])) apply(lane->work, &lane->tries[i]);
}

static void apply_levels(struct lane *lane) {
    uint32_t from = 0, to;
    for (; from < lane->count; from = to) {
        for (to = from + 1; to < lane->count && lane->tries[to].offer->priority == lane->tries[from].offer->priority;) to++;
        apply_level(lane, from, to);
    }
}

static void apply_one(struct lane *lane) {
    struct price_try *best = NULL;
    uint32_t i;
    for (i = 0; i < lane->count; i++) {
        struct price_try *try = &lane->tries[i];
        if (!price_plan(lane->work, try)) continue;
        try->alone = price_gain(lane->work, try);
        if (!best || try->alone > best->alone) best = try;
    }
    for (i = 0; i < lane->count; i++) {
        struct price_try *try = &lane->tries[i];
        if (try != best && try->outcome->state == MX_OUTCOME_APPLIED) price_lost(try, best, best->alone - try->alone);
    }
    if (best) apply(lane->work, best);
}

static void apply_in_order(struct lane *lane) {
    uint32_t i;
    for (i = 0; i < lane->count; i++)
        if (pending(lane, &lane->tries[i])) apply(lane->work, &lane->tries[i]);
}

static void apply_lane(struct lane *lane) {
    uint32_t i;
    for (i = 0; i < lane->count; i++) {
        const struct mx_offer *offer = lane->tries[i].offer;
        int shares = lane->mode == MX_LANE_COMBINE && !offer->exclusive;
        lane->tries[i].hold = !shares ? PRICE_SEALED : price_is_group(offer) ? PRICE_CLOSED : PRICE_TOUCHED;
    }
    if (lane->mode == MX_LANE_EXCLUSIVE)
        apply_one(lane);
    else if (lane->mode == MX_LANE_PRIORITY)
        apply_in_order(lane);
    else
        apply_levels(lane);
}

/* ---- order ---- */

struct order {
    uint32_t rank[MX_LANES + 2]; /* of each lane; what is no lane comes last */
    int32_t mode[MX_LANES + 2];
};

static uint32_t lane_of(const struct mx_offer *offer) {
    return offer->lane < MX_LANE_FLASH || offer->lane > MX_LANES ? MX_LANES + 1 : (uint32_t)offer->lane;
}

static void order_of_lanes(const struct mx_stacking *stacking, struct order *order) {
    uint32_t next = 1, i;
    memset(order, 0, sizeof(*order));
    for (i = 0; i < stacking->lanes.count; i++) {
        const struct mx_lane *lane = mx_list_at(&stacking->lanes, i);
        if (lane->lane < MX_LANE_FLASH || lane->lane > MX_LANES || order->rank[lane->lane]) continue;
        order->rank[lane->lane] = next++;
        order->mode[lane->lane] = lane->mode;
    }
    for (i = MX_LANE_FLASH; i <= MX_LANES + 1; i++)
        if (!order->rank[i]) order->rank[i] = next++;
    for (i = MX_LANE_FLASH; i <= MX_LANES + 1; i++)
        if (!order->mode[i]) order->mode[i] = MX_LANE_COMBINE;
}

struct entry {
    const struct mx_offer *offer;
    uint32_t rank;
    uint32_t place;
};

/* Lane, priority, rule; offers of one rule in the order in which it made them. */
static int entry_order(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    int order;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    if (x->offer->priority != y->offer->priority) return x->offer->priority < y->offer->priority ? -1 : 1;
    order = mx_str_cmp(x->offer->rule, y->offer->rule);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static struct price_try *tries_in_order(struct price_work *work, const struct order *order) {
    uint32_t count = work->ask->offers.count, i;
    struct entry *entries = price_new(work, count, sizeof(*entries));
    struct price_try *tries = price_new(work, count, sizeof(*tries));
    for (i = 0; i < count; i++) {
        entries[i].offer = mx_list_at(&work->ask->offers, i);
        entries[i].rank = order->rank[lane_of(entries[i].offer)];
        entries[i].place = i;
    }
    qsort(entries, count, sizeof(*entries), entry_order);
    for (i = 0; i < count; i++) {
        tries[i].offer = entries[i].offer;
        tries[i].outcome = mx_list_at(&work->result->outcomes, i);
        tries[i].outcome->offer = entries[i].place + 1;
    }
    return tries;
}

void price_lanes(struct price_work *work) {
    uint32_t count = work->ask->offers.count, from, to;
    struct lane lane = {.work = work};
    struct order order;
    struct price_try *tries;

    work->result->outcomes = (struct mx_list){price_new(work, count, sizeof(struct mx_outcome)), count, sizeof(struct mx_outcome)};
    work->spent = price_new(work, count + 1, sizeof(*work->spent));
    work->result->rules = (struct mx_list){price_new(work, count, sizeof(struct mx_rule_sum)), 0, sizeof(struct mx_rule_sum)};
    order_of_lanes(work->ask->stacking, &order);
    price_list_add(work, &work->units);
    price_list_add(work, &work->taken);
    tries = tries_in_order(work, &order);
    lane.set = price_new(work, count, sizeof(struct price_try *));
    for (from = 0; from < count; from = to) {
        uint32_t which = lane_of(tries[from].offer);
        for (to = from + 1; to < count && lane_of(tries[to].offer) == which;) to++;
        lane.tries = tries + from;
        lane.count = to - from;
        lane.mode = order.mode[which];
        apply_lane(&lane);
    }
}
