/* Whether a condition holds for a customer. */
#include "segment.h"

#include <stdio.h>
#include <stdlib.h>

enum { COST_ROW, COST_CURVE, COST_READ, COST_ASK }; /* a comparison; a look at the curves; a read; a question to another plugin */

static int is_own_count(struct mx_str name) { return mx_str_is(name, "orders") || mx_str_is(name, "spent_minor"); }
static int is_age(struct mx_str name) { return mx_str_is(name, "age") || mx_str_is(name, "birth_month"); }

/* ---- checked when it is said ---- */

static mx_status wrong(struct mx_ctx *ctx, const char *place, const char *member, const char *why) {
    char field[200];
    snprintf(field, sizeof(field), "%s%s%s", place, member[0] ? "." : "", member);
    return mx_fail(ctx, MX_E_BAD_INPUT, field, "%s", why);
}

static mx_status check_one(struct mx_ctx *ctx, const struct insight_rule *rule, const char *place);

static mx_status check_list(struct mx_ctx *ctx, const struct mx_list *list, const char *place, const char *word) {
    char below[160];
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < list->count; i++) {
        snprintf(below, sizeof(below), "%s.%s[%u]", place, word, (unsigned)i);
        st = check_one(ctx, mx_list_at(list, i), below);
    }
    return st;
}

static mx_status check_bounds(struct mx_ctx *ctx, const struct insight_rule *rule, const char *place) {
    int least = MX_HAS(insight_rule, rule, at_least), most = MX_HAS(insight_rule, rule, at_most), unused;
    int measured = rule->score.len || rule->count.len || (is_age(rule->trait) && !rule->value.len);
    if (measured && !least && !most) return wrong(ctx, place, "at_least", "Say at_least or at_most, or both.");
    if (!measured && (least || most)) return wrong(ctx, place, "at_least", "This is not something that is measured.");
    if (least && most && rule->at_least > rule->at_most) return wrong(ctx, place, "at_most", "This is below at_least.");
    if (rule->value.len && !rule->trait.len) return wrong(ctx, place, "value", "Only attributes have a value.");
    if (rule->trait.len && !measured && !rule->value.len) return wrong(ctx, place, "value", "Say what the attribute must be.");
    if (!rule->count.len && (rule->days || rule->from || rule->until)) return wrong(ctx, place, "days", "Only counters have a window.");
    if (rule->days && rule->from) return wrong(ctx, place, "days", "Say days or from, not both.");
    if (rule->from && rule->until && rule->from >= rule->until) return wrong(ctx, place, "until", "This is not behind from.");
    if (rule->score.len && !insight_score_known(rule->score, &unused)) return wrong(ctx, place, "score", "There is no such score.");
    return MX_OK;
}

static mx_status check_one(struct mx_ctx *ctx, const struct insight_rule *rule, const char *place) {
    int said = (rule->tag.len > 0) + (rule->tier.len > 0) + (rule->trait.len > 0) + (rule->score.len > 0) + (rule->count.len > 0) +
               (rule->all.count > 0) + (rule->any.count > 0) + (rule->none.count > 0);
    mx_status st;
    if (said != 1) return wrong(ctx, place, "", "A condition says one of tag, tier, trait, score, count, all, any and none.");
    st = check_bounds(ctx, rule, place);
    if (st == MX_OK) st = check_list(ctx, &rule->all, place, "all");
    if (st == MX_OK) st = check_list(ctx, &rule->any, place, "any");
    return st == MX_OK ? check_list(ctx, &rule->none, place, "none") : st;
}

static uint32_t count_list(const struct mx_list *list);

static uint32_t count_conditions(const struct insight_rule *rule) {
    return 1 + count_list(&rule->all) + count_list(&rule->any) + count_list(&rule->none);
}

static uint32_t count_list(const struct mx_list *list) {
    uint32_t i, count = 0;
    for (i = 0; i < list->count; i++) count += count_conditions(mx_list_at(list, i));
    return count;
}

/* Each is asked of every member, and of a watched segment behind every sale. */
mx_status insight_rule_check(struct mx_ctx *ctx, const struct insight_rule *rule, const char *place) {
    if (count_conditions(rule) > INSIGHT_CONDITIONS_MAX) return wrong(ctx, place, "", "A segment has at most 100 conditions in all.");
    return check_one(ctx, rule, place);
}

/* ---- of a past day ---- */

static void now_alone(struct mx_ctx *ctx, const struct insight_rule *rule, struct mx_list *names);

static void now_alone_in(struct mx_ctx *ctx, const struct mx_list *list, struct mx_list *names) {
    uint32_t i;
    for (i = 0; i < list->count; i++) now_alone(ctx, mx_list_at(list, i), names);
}

static void now_alone(struct mx_ctx *ctx, const struct insight_rule *rule, struct mx_list *names) {
    char text[INSIGHT_CONDITION_MAX + 1];
    struct mx_str name = rule->trait.len ? rule->trait : rule->score, *said = names->items;
    uint32_t i;
    now_alone_in(ctx, &rule->all, names);
    now_alone_in(ctx, &rule->any, names);
    now_alone_in(ctx, &rule->none, names);
    if (!rule->trait.len && !insight_score_is_taste(rule->score)) return;
    snprintf(text, sizeof(text), "%s:%.*s", rule->trait.len ? "trait" : "score", (int)name.len, name.ptr);
    for (i = 0; i < names->count; i++)
        if (mx_str_is(said[i], text)) return;
    if (names->count < INSIGHT_CONDITIONS_MAX) said[names->count++] = mx_dup(ctx, mx_str_of(text));
}

struct mx_list insight_rule_now_alone(struct mx_ctx *ctx, const struct insight_rule *rule, int past) {
    struct mx_list names = mx_list_new(ctx, INSIGHT_CONDITIONS_MAX, sizeof(struct mx_str));
    names.count = 0;
    if (past) now_alone(ctx, rule, &names);
    return names;
}

int insight_unknown_then(const struct insight_look *look) {
    return look->past && look->row->joined_at > look->at && look->row->first_at == 0;
}

/* ---- planned once ---- */

static int leaf_cost(const struct insight_rule *rule) {
    int curves = 0;
    if (rule->score.len) {
        int known = insight_score_known(rule->score, &curves);
        return !known || insight_score_is_taste(rule->score) ? COST_READ : curves ? COST_CURVE : COST_ROW;
    }
    if (rule->count.len) return !is_own_count(rule->count) ? COST_ASK : rule->days || rule->from || rule->until ? COST_READ : COST_ROW;
    return rule->trait.len ? COST_ASK : COST_ROW;
}

static int by_cost(const void *a, const void *b) { return ((const struct insight_plan *)a)->cost - ((const struct insight_plan *)b)->cost; }

static mx_status plan_list(struct mx_ctx *ctx, const struct mx_list *list, struct insight_plan **plans, int *cost) {
    uint32_t i;
    mx_status st = MX_OK;
    *plans = mx_alloc(ctx, (list->count + 1) * sizeof(**plans));
    for (i = 0; st == MX_OK && i < list->count; i++) {
        st = insight_plan_make(ctx, mx_list_at(list, i), &(*plans)[i]);
        if ((*plans)[i].cost > *cost) *cost = (*plans)[i].cost;
    }
    if (st == MX_OK && list->count > 1) qsort(*plans, list->count, sizeof(**plans), by_cost);
    return st;
}

mx_status insight_plan_make(struct mx_ctx *ctx, const struct insight_rule *rule, struct insight_plan *plan) {
    mx_status st = MX_OK;
    *plan = (struct insight_plan){.rule = rule, .cost = leaf_cost(rule)};
    plan->all_count = rule->all.count;
    plan->any_count = rule->any.count;
    plan->none_count = rule->none.count;
    if (rule->tag.len) st = insight_word(ctx, "tag", rule->tag, &plan->number);
    if (rule->tier.len) st = insight_word(ctx, "tier", rule->tier, &plan->number);
    if (st == MX_OK) st = plan_list(ctx, &rule->all, &plan->all, &plan->cost);
    if (st == MX_OK) st = plan_list(ctx, &rule->any, &plan->any, &plan->cost);
    return st == MX_OK ? plan_list(ctx, &rule->none, &plan->none, &plan->cost) : st;
}

static int any_needs_curves(const struct insight_plan *plans, uint32_t count) {
    uint32_t i;
    for (i = 0; i < count; i++)
        if (insight_plan_needs_curves(&plans[i])) return 1;
    return 0;
}

int insight_plan_needs_curves(const struct insight_plan *plan) {
    int curves = 0;
    if (plan->rule->score.len && insight_score_known(plan->rule->score, &curves) && curves) return 1;
    return any_needs_curves(plan->all, plan->all_count) || any_needs_curves(plan->any, plan->any_count) ||
           any_needs_curves(plan->none, plan->none_count);
}

/* ---- asked ---- */

static int within(const struct insight_rule *rule, int64_t value) {
    if (MX_HAS(insight_rule, rule, at_least) && value < rule->at_least) return 0;
    return !MX_HAS(insight_rule, rule, at_most) || value <= rule->at_most;
}

static mx_status count_of(struct insight_look *look, const struct insight_rule *rule, int64_t *value) {
    struct mx_count_ask ask = {.name = rule->count, .from = rule->from, .until = rule->until};
    struct mx_count_answer answer = {0, 0};
    struct mx_str alone = look->row->member;
    struct insight_sum sum;
    mx_status st;
    if (rule->days) ask.from = look->at - rule->days * INSIGHT_DAY_MS;
    if (ask.from < 0) ask.from = 0;
    if (look->past && (ask.until == 0 || ask.until > look->at)) ask.until = look->at + 1;
    if (is_own_count(rule->count) && !(look->facts && look->facts->members.count > 1)) {
        st = insight_row_window(look->ctx, look->row, ask.from, ask.until, &sum);
        *value = mx_str_is(rule->count, "orders") ? sum.orders : sum.amount;
        return st;
    }
    if (is_own_count(rule->count)) { /* the row is joined of several: its newest sales are whole, its older ones are in each ledger */
        uint32_t i;
        *value = 0;
        for (i = 0, st = MX_OK; st == MX_OK && i < look->facts->members.count; i++) {
            struct insight_row one;
            st = insight_row_get(look->ctx, mx_list_str(&look->facts->members, i), &one);
            if (st == MX_OK) st = insight_row_window(look->ctx, &one, ask.from, ask.until, &sum);
            if (st == MX_OK) *value += mx_str_is(rule->count, "orders") ? sum.orders : sum.amount;
        }
        return st;
    }
    ask.members = look->facts ? look->facts->members : (struct mx_list){&alone, 1, sizeof(alone)};
    st = mx_ask(look->ctx, &mx_point_count, &ask, &answer);
    *value = answer.value;
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status traits_of(struct insight_look *look) {
    const struct mx_member_ask ask = {.member = look->row->member};
    mx_status st;
    if (look->has_traits) return MX_OK;
    look->traits = (struct mx_traits){{NULL, 0, 0}, 0, 0};
    st = mx_ask(look->ctx, &mx_point_traits, &ask, &look->traits);
    look->has_traits = 1;
    return st == MX_DECLINED ? MX_OK : st;
}

static int64_t age_of(struct insight_look *look) {
    const struct mx_str shop = {NULL, 0};
    struct mx_civil now;
    if (look->traits.birth_year == 0) return -1;
    mx_civil_of(look->ctx, shop, look->at, &now);
    return now.year - look->traits.birth_year - (look->traits.birth_month > now.month);
}

static mx_status trait_holds(struct insight_look *look, const struct insight_rule *rule, int *yes, int64_t *value) {
    uint32_t i;
    mx_status st = traits_of(look);
    if (st != MX_OK) return st;
    if (is_age(rule->trait) && !rule->value.len) {
        *value = mx_str_is(rule->trait, "age") ? age_of(look) : look->traits.birth_month ? look->traits.birth_month : -1;
        *yes = *value >= 0 && within(rule, *value);
        return MX_OK;
    }
    for (i = 0; i < look->traits.traits.count; i++) {
        const struct mx_pair *pair = mx_list_at(&look->traits.traits, i);
        if (mx_str_eq(pair->key, rule->trait)) *yes = mx_str_eq(pair->value, rule->value);
    }
    return MX_OK;
}

static mx_status leaf_holds(struct insight_look *look, const struct insight_plan *plan, int *yes) {
    const struct insight_rule *rule = plan->rule;
    struct insight_scoring scoring = {look->row, look->facts, look->at, look->curves};
    struct insight_scored scored = {1, 0};
    mx_status st = MX_OK;
    *yes = 0;
    if (rule->tag.len)
        *yes = insight_row_has_tag(look->row, plan->number);
    else if (rule->tier.len)
        *yes = plan->number != 0 && look->row->tier == plan->number;
    else if (rule->trait.len)
        st = trait_holds(look, rule, yes, &scored.value);
    else if (rule->score.len)
        st = insight_score(look->ctx, &scoring, rule->score, &scored);
    else
        st = count_of(look, rule, &scored.value);
    if (st != MX_OK) return st;
    if (rule->score.len || rule->count.len) *yes = scored.known && within(rule, scored.value);
    if (look->said) look->said(look, rule, *yes, scored.value);
    return MX_OK;
}

/* stop: 1 = the first that holds decides, 0 = the first that does not. Whoever wants to know why looks at all of them. */
static mx_status list_holds(struct insight_look *look, const struct insight_plan *plans, uint32_t count, int stop, int *yes) {
    int one = 0, decided = 0;
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < count && !(decided && !look->said); i++) {
        st = insight_plan_holds(look, &plans[i], &one);
        decided |= one == stop;
    }
    *yes = decided ? stop : !stop;
    return st;
}

mx_status insight_plan_holds(struct insight_look *look, const struct insight_plan *plan, int *yes) {
    mx_status st;
    if (plan->all_count) return list_holds(look, plan->all, plan->all_count, 0, yes);
    if (plan->any_count) return list_holds(look, plan->any, plan->any_count, 1, yes);
    if (!plan->none_count) return leaf_holds(look, plan, yes);
    st = list_holds(look, plan->none, plan->none_count, 1, yes);
    *yes = !*yes;
    return st;
}
