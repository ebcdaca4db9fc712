/* One random cart, held to every law. */
#include "judge.h"

#include "unit/promotions/laws.h"

/* ---- memory: one piece that is used again for every pricing ---- */

#define POOL (INT64_C(4) << 20)

static char *pool;
static size_t used;

static void *pool_alloc(void *arg, size_t bytes) {
    void *at;
    size_t whole = (bytes + 15) / 16 * 16;
    (void)arg;
    if (!pool && !(pool = malloc(POOL))) abort();
    if (whole > POOL - used) return cart_alloc(NULL, bytes);
    at = pool + used;
    used += whole;
    return memset(at, 0, whole);
}

void judge_free(void) { used = 0; }

static const struct price_memory pool_memory = {pool_alloc, NULL};

static int price(struct test_cart *t) {
    struct mx_price_ask ask = {&t->cart, {t->offers, t->offer_count, sizeof(t->offers[0])}, &t->stacking};
    uint32_t i;
    for (i = 0; i < t->cart.lines.count; i++) t->lines[i].tax_ppm = t->tax_ppm[i];
    t->cart.prices_include_tax = !t->tax_on_top;
    return price_cart(&ask, &pool_memory, &t->result);
}

/* ---- laws that one run shows ---- */

static int lines_hold(const struct test_cart *t) {
    uint32_t i;
    for (i = 0; i < t->cart.lines.count; i++) {
        const struct mx_priced_line *line = cart_line(t, i + 1);
        if (line->discount < 0 || line->discount > t->lines[i].amount) return 0;
        if (line->total - (t->tax_on_top ? line->tax : 0) != t->lines[i].amount - line->discount) return 0;
    }
    return 1;
}

/* Of the offers of a lane with one group at most one applies. */
static int groups_hold(const struct test_cart *t) {
    uint32_t i, j;
    for (i = 0; i < t->result.outcomes.count; i++)
        for (j = 0; j < i; j++) {
            const struct mx_outcome *x = cart_outcome(t, i), *y = cart_outcome(t, j);
            const struct mx_offer *a = &t->offers[x->offer - 1], *b = &t->offers[y->offer - 1];
            if (x->state != MX_OUTCOME_APPLIED || y->state != MX_OUTCOME_APPLIED || a->lane != b->lane) continue;
            if (a->group.len > 0 && mx_str_eq(a->group, b->group)) return 0;
        }
    return 1;
}

static int64_t most_of_a_unit(const struct test_cart *t, struct mx_str rule) {
    int64_t most = INT64_MAX;
    uint32_t i;
    for (i = 0; i < t->offer_count; i++)
        if (mx_str_eq(t->offers[i].rule, rule)) most = t->offers[i].max_unit && most > t->offers[i].max_unit ? t->offers[i].max_unit : most;
    return most;
}

/* A later cut of a run may move a minor unit from one of its pieces to the next. */
static int units_hold(const struct test_cart *t) {
    uint32_t i, j, k;
    for (i = 0; i < t->cart.lines.count; i++)
        for (j = 0; j < cart_line(t, i + 1)->runs.count; j++) {
            const struct mx_run *run = cart_run(t, i + 1, j + 1);
            int64_t pieces = t->lines[i].unit == MX_UNIT_PIECE ? (run->to - run->from) / MX_QTY_ONE : 1;
            for (k = 0; k < run->discounts.count; k++) {
                const struct mx_discount *discount = mx_list_at(&run->discounts, k);
                if (discount->amount < 0 || (discount->amount - 1) / pieces > most_of_a_unit(t, discount->rule)) return 0;
            }
        }
    return 1;
}

/* Offers of one rule share its limits. */
static int shared_limits_hold(const struct test_cart *t) {
    uint32_t i, j, k;
    for (i = 0; i < t->offer_count; i++) {
        struct mx_outcome sum = {0};
        for (j = 0; j < t->result.outcomes.count; j++) {
            const struct mx_outcome *outcome = cart_outcome(t, j);
            if (!mx_str_eq(outcome->rule, t->offers[i].rule)) continue;
            sum.uses += outcome->uses;
            sum.units += outcome->units;
            sum.amount += outcome->amount;
        }
        for (k = 0; k < t->offers[i].limits.count; k++)
            if (!limit_kept(mx_list_at(&t->offers[i].limits, k), &sum)) return 0;
    }
    return 1;
}

static int returns_hold(const struct test_cart *t, uint64_t *seed) {
    uint32_t i;
    for (i = 0; i < t->cart.lines.count; i++)
        if (!steps_sum(cart_line(t, i + 1), t->lines[i].qty, t->lines[i].amount, seed)) return 0;
    return 1;
}

/* ---- drawing and judging ---- */

/* Every fourth cart: all offers want the same lane, so that they compete. */
static void crowd(struct test_cart *t, uint64_t *seed) {
    uint32_t i;
    memset(&t->stacking.lanes, 0, sizeof(t->stacking.lanes));
    cart_lane(t, MX_LANE_ITEM, (int32_t)cart_pick(seed, 1, 4));
    for (i = 0; i < t->offer_count; i++)
        if (t->offers[i].lane < MX_LANE_SHIPPING) t->offers[i].lane = MX_LANE_ITEM;
}

/* The offers of a rule have the limits of the first of them. */
static void share_limits(struct test_cart *t) {
    uint32_t i, j;
    for (i = 0; i < t->offer_count; i++)
        for (j = 0; j < i; j++)
            if (mx_str_eq(t->offers[j].rule, t->offers[i].rule)) t->offers[i].limits = t->offers[j].limits;
}

const char *judge_cart(struct test_cart *t, uint64_t *seed, uint64_t cart) {
    int distinct = cart % 8 != 7;
    uint64_t hash;
    random_cart(t, seed, distinct);
    if (cart % 4 == 1) crowd(t, seed);
    share_limits(t);
    if (!price(t)) return "it was not priced";
    hash = answer_hash(t);
    (void)mx_priced_points(&t->result, t->result.total / 100, pool_alloc(NULL, (2 * mx_priced_runs(&t->result) + 1) * sizeof(int64_t)));
    if (!cart_adds_up(t)) return "the parts do not sum to the whole";
    if (!lines_hold(t)) return "a discount is below nothing or above its line";
    if (!floors_kept(t)) return "a unit costs less than the floor of the shop";
    if (distinct && !bounds_kept(t)) return "a cap or a limit is overrun";
    if (distinct && !lanes_kept(t)) return "shipping and goods were mixed";
    if (distinct && !units_hold(t)) return "more than its cap came off a unit";
    if (!groups_hold(t)) return "two offers of one group applied";
    if (!shared_limits_hold(t)) return "a limit of a rule is overrun by its offers together";
    if (!returns_hold(t, seed)) return "partial returns do not sum to the whole";
    if (distinct && cart % 2 == 0) shuffle(t, seed);
    if (!price(t) || answer_hash(t) != hash) return distinct && cart % 2 == 0 ? "another order, other bytes" : "asked twice, other bytes";
    return NULL;
}

/* ---- telling ---- */

static void tell_lines(const struct mx_list *lines) {
    uint32_t i;
    for (i = 0; i < lines->count; i++) {
        const struct mx_offer_line *want = mx_list_at(lines, i);
        printf(" %lld", (long long)want->line);
        if (want->qty) printf(":%lld", (long long)want->qty);
        if (want->price) printf("@%lld", (long long)want->price);
    }
    printf("\n");
}

static void tell_parts(const struct mx_offer *offer) {
    uint32_t i;
    for (i = 0; i < offer->slots.count; i++) {
        const struct mx_offer_slot *slot = mx_list_at(&offer->slots, i);
        printf("#   slot %lld pieces ppm %lld price %lld of", (long long)slot->pieces, (long long)slot->ppm,
               slot->has_price ? (long long)slot->price : -1);
        tell_lines(&slot->lines);
    }
    for (i = 0; i < offer->steps.count; i++) {
        const struct mx_offer_step *step = mx_list_at(&offer->steps, i);
        printf("#   step qty %lld spend %lld: ppm %lld amount %lld price %lld\n", (long long)step->qty, (long long)step->spend,
               (long long)step->ppm, (long long)step->amount, (long long)step->price);
    }
    for (i = 0; i < offer->limits.count; i++) {
        const struct mx_offer_limit *limit = mx_list_at(&offer->limits, i);
        printf("#   limit %s %s max %lld used %lld\n", mx_limit_scope_words[limit->scope - 1], mx_limit_of_words[limit->of - 1],
               (long long)limit->max, (long long)limit->used);
    }
}

static void tell_offer(const struct mx_offer *offer) {
    printf("# offer %.*s %s %s priority %lld ppm %lld amount %lld buy %lld pay %lld spend %lld times %lld%s%s%s%s%s\n",
           (int)offer->rule.len, offer->rule.ptr, mx_lane_words[offer->lane - 1], mx_offer_kind_words[offer->kind - 1],
           (long long)offer->priority, (long long)offer->ppm, (long long)offer->amount, (long long)offer->buy, (long long)offer->pay,
           (long long)offer->spend, (long long)offer->times, offer->repeats ? " repeats" : "", offer->dearest ? " dearest" : "",
           offer->exclusive ? " exclusive" : "", offer->below_cost ? " below_cost" : "", offer->has_price ? " has_price" : "");
    printf("#   group \"%.*s\" max_unit %lld max_line %lld max_off %lld min_total %lld, wants", (int)offer->group.len,
           offer->group.len ? offer->group.ptr : "", (long long)offer->max_unit, (long long)offer->max_line, (long long)offer->max_off,
           (long long)offer->min_total);
    tell_lines(&offer->lines);
    tell_parts(offer);
}

void judge_tell(const struct test_cart *t) {
    uint32_t i;
    for (i = 0; i < t->cart.lines.count; i++)
        printf("# line %u: qty %lld %s price %lld amount %lld cost %lld tax %lld%s%s: off %lld, pays %lld\n", i + 1,
               (long long)t->lines[i].qty, mx_unit_words[t->lines[i].unit - 1], (long long)t->lines[i].unit_price,
               (long long)t->lines[i].amount, t->lines[i].cost_known ? (long long)t->lines[i].cost : -1, (long long)t->tax_ppm[i],
               t->lines[i].overridden ? " by hand" : "", t->lines[i].shipping ? " shipping" : "", (long long)cart_line(t, i + 1)->discount,
               (long long)cart_line(t, i + 1)->total);
    for (i = 0; i < t->offer_count; i++) tell_offer(&t->offers[i]);
    for (i = 0; i < t->stacking.lanes.count; i++)
        printf("# lane %s %s\n", mx_lane_words[t->lanes[i].lane - 1], mx_lane_mode_words[t->lanes[i].mode - 1]);
    printf("# keep_cost %d, max_share %lld, tax %s\n", t->stacking.keep_cost, (long long)t->stacking.max_share_ppm,
           t->tax_on_top ? "on top" : "included");
    for (i = 0; i < t->result.outcomes.count; i++) {
        const struct mx_outcome *outcome = cart_outcome(t, i);
        printf("# outcome %.*s %s amount %lld uses %lld units %lld missing %lld\n", (int)outcome->rule.len, outcome->rule.ptr,
               mx_outcome_words[outcome->state - 1], (long long)outcome->amount, (long long)outcome->uses, (long long)outcome->units,
               (long long)outcome->missing);
    }
}
