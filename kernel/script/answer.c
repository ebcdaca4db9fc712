/* Asking a whole rule set about one cart. */
#include "script/sale.h"

static struct mx_list own_pairs(struct mx_ctx *ctx, const struct mx_list *name) {
    struct mx_list copy = mx_list_new(ctx, name->count, sizeof(struct mx_pair));
    uint32_t i;
    for (i = 0; i < copy.count; i++) {
        const struct mx_pair *pair = mx_list_at(name, i);
        ((struct mx_pair *)copy.items)[i].key = mx_dup(ctx, pair->key);
        ((struct mx_pair *)copy.items)[i].value = mx_dup(ctx, pair->value);
    }
    return copy;
}

static struct mx_list own_list(struct mx_ctx *ctx, const struct mx_list *list) {
    struct mx_list copy = mx_list_new(ctx, list->count, list->elem_size);
    if (list->count) memcpy(copy.items, list->items, (size_t)list->count * list->elem_size);
    return copy;
}

/* The offers of one rule stand together and share what does not change. */
static void own_offers(struct script_sale *sale) {
    const char *shared = NULL;
    struct mx_offer *first = NULL;
    uint32_t i;
    for (i = 0; i < sale->offer_count; i++) {
        struct mx_offer *offer = &sale->offers[i];
        offer->group = mx_dup(sale->ctx, offer->group);
        offer->steps = own_list(sale->ctx, &offer->steps);
        offer->limits = own_list(sale->ctx, &offer->limits); /* whoever knows the books writes `used` into them */
        if (first != NULL && offer->rule.ptr == shared) {
            offer->rule = first->rule;
            offer->name = first->name;
            continue;
        }
        shared = offer->rule.ptr;
        first = offer;
        offer->rule = mx_dup(sale->ctx, offer->rule);
        offer->name = own_pairs(sale->ctx, &offer->name);
    }
}

void script_sale_own(struct script_sale *sale) {
    uint32_t i;
    own_offers(sale);
    for (i = 0; i < sale->fault_count; i++) sale->faults[i].rule = mx_dup(sale->ctx, sale->faults[i].rule);
}

static struct mx_list own_misses(struct script_sale *sale) {
    struct mx_list misses = script_misses_list(sale);
    uint32_t i;
    for (i = 0; i < misses.count; i++) {
        struct mx_offer_miss *miss = mx_list_at(&misses, i);
        miss->rule = mx_dup(sale->ctx, miss->rule);
        miss->name = own_pairs(sale->ctx, &miss->name);
    }
    return misses;
}

static uint32_t named_by(const struct mx_offer *offer) {
    uint32_t sum = offer->lines.count, k;
    for (k = 0; k < offer->slots.count; k++) sum += ((const struct mx_offer_slot *)mx_list_at(&offer->slots, k))->lines.count;
    return sum;
}

/* Ask the rule: 0 when that is more than a sale can hold. It is left out then with all behind it, and the order says so once. */
static int ask_if_room(struct script_sale *sale, struct script_state *state, struct script_rule *rule) {
    uint32_t before = sale->offer_count, named = sale->named, i;
    if (rule->has && sale->steps > SCRIPT_SALE_STEPS + 100 * script_sale_extra(sale)) {
        script_fault_note(sale, rule, "the rules before this one took so many steps that this one and those behind it were left out");
        return 0;
    }
    script_sale_ask(sale, state, rule);
    for (i = before; i < sale->offer_count; i++) named += named_by(&sale->offers[i]);
    if (sale->offer_count <= SCRIPT_SALE_OFFERS && named <= SCRIPT_SALE_LINES) {
        sale->named = named;
        return 1;
    }
    sale->offer_count = before;
    script_fault_note(sale, rule, "the rules before this one made so many offers that this one and those behind it were left out");
    return 0;
}

static uint32_t lowest_bit(uint64_t bits) { return (uint32_t)__builtin_ctzll(bits); }

void script_answer(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, const struct mx_cart *cart,
                   struct mx_offers *out) {
    script_answer_of(ctx, set, state, cart, NULL, out);
}

void script_answer_of(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, const struct mx_cart *cart,
                      const uint64_t *only, struct mx_offers *out) {
    const struct script_rules *promotions = &set->of[SCRIPT_PROMOTION];
    uint32_t words = promotions->count / 64 + 1, i;
    int room = 1;
    struct script_sale sale;
    uint64_t *marks;
    memset(&sale, 0, sizeof(sale));
    sale.ctx = ctx;
    sale.set = set;
    sale.cart = cart;
    sale.tells_misses = 1;
    marks = mx_alloc(ctx, (size_t)words * sizeof(*marks));
    if (only != NULL)
        memcpy(marks, only, (size_t)words * sizeof(*marks));
    else
        script_index_mark(set->index, cart, marks);
    for (i = 0; i < words; i++) {
        for (; room && marks[i]; marks[i] &= marks[i] - 1)
            room = ask_if_room(&sale, state, promotions->items[i * 64 + lowest_bit(marks[i])]);
    }
    script_sale_own(&sale);
    memset(out, 0, sizeof(*out));
    out->offers.items = sale.offers;
    out->offers.count = sale.offer_count;
    out->offers.elem_size = sizeof(struct mx_offer);
    out->faults.items = sale.faults;
    out->faults.count = sale.fault_count;
    out->faults.elem_size = sizeof(struct mx_rule_fault);
    out->misses = own_misses(&sale);
    out->version = mx_dup(ctx, mx_str_of(set->version));
}
