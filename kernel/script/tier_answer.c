/* The points of tiers: which tier a member has earned, and which tiers there are. */
#include "script/tier.h"
#include "script/version.h"

/* The tier of the next rank below or above. */
static struct script_rule *next_lower(const struct script_rules *tiers, int64_t below) {
    struct script_rule *best = NULL;
    uint32_t i;
    for (i = 0; i < tiers->count; i++) {
        struct script_rule *rule = tiers->items[i];
        int64_t rank = script_tier_of(rule)->rank;
        if (rank < below && (best == NULL || rank > script_tier_of(best)->rank)) best = rule;
    }
    return best;
}

static struct script_rule *next_higher(const struct script_rules *tiers, int64_t above) {
    struct script_rule *best = NULL;
    uint32_t i;
    for (i = 0; i < tiers->count; i++) {
        struct script_rule *rule = tiers->items[i];
        int64_t rank = script_tier_of(rule)->rank;
        if (rank > above && (best == NULL || rank < script_tier_of(best)->rank)) best = rule;
    }
    return best;
}

static struct mx_list own_pairs(struct mx_ctx *ctx, const struct mx_list *pairs) {
    struct mx_list copy = mx_list_new(ctx, pairs->count, sizeof(struct mx_pair));
    uint32_t i;
    for (i = 0; i < copy.count; i++) {
        const struct mx_pair *from = mx_list_at(pairs, i);
        *(struct mx_pair *)mx_list_at(&copy, i) = (struct mx_pair){mx_dup(ctx, from->key), mx_dup(ctx, from->value)};
    }
    return copy;
}

/* The set may be replaced before the command ends: what is answered is the command's own. */
static struct mx_list own_grants(struct mx_ctx *ctx, const struct mx_list *grants) {
    struct mx_list copy = mx_list_new(ctx, grants->count, sizeof(struct mx_entitlement));
    uint32_t i;
    for (i = 0; i < copy.count; i++) {
        const struct mx_entitlement *from = mx_list_at(grants, i);
        struct mx_entitlement *to = mx_list_at(&copy, i);
        to->kind = mx_dup(ctx, from->kind);
        to->value = mx_dup(ctx, from->value);
        to->source = mx_dup(ctx, from->source);
    }
    return copy;
}

static struct mx_list own_missing(struct mx_ctx *ctx, const struct script_tier_said *said) {
    struct mx_list copy = mx_list_new(ctx, said->count, sizeof(struct mx_tier_missing));
    uint32_t i;
    for (i = 0; i < copy.count; i++) {
        struct mx_tier_missing *to = mx_list_at(&copy, i);
        *to = said->missing[i];
        to->counter = mx_dup(ctx, to->counter);
        to->name = own_pairs(ctx, &said->missing[i].name);
    }
    return copy;
}

/* ---- which tier ---- */

struct search {
    struct mx_ctx *ctx;
    const struct mx_tier_ask *ask;
    const struct script_tier_rules *rules;
    struct script_customer customer;
    struct script_tier_said said;
};

/* 1 when the rule could be asked. */
static int ask_rule(struct search *search, struct script_rule *rule) {
    if (atomic_load_explicit(&rule->off, memory_order_relaxed)) return 0;
    if (script_tier_ask(search->rules->state, rule, &search->customer, &search->said)) return 1;
    if (search->customer.failed == MX_OK && search->rules->state != NULL) {
        script_rule_failed(search->rules->set, rule, search->rules->state->problem);
        mx_log(search->ctx, MX_LOG_WARN, "the tier %s could not be asked: %s", rule->id.ptr, search->rules->state->problem);
    }
    return 0;
}

/* The highest tier that says yes. A rule that cannot say yes or no must not cost anybody a tier: whoever holds it keeps it. */
static struct script_rule *find_earned(struct search *search) {
    const struct script_rules *tiers = &search->rules->set->of[SCRIPT_TIER];
    struct script_rule *rule = next_lower(tiers, INT64_MAX);
    for (; rule != NULL && search->customer.failed == MX_OK; rule = next_lower(tiers, script_tier_of(rule)->rank)) {
        int said = ask_rule(search, rule);
        if (said ? search->said.yes : mx_str_eq(rule->id, search->ask->tier)) return rule;
    }
    return NULL;
}

/* Until when the tier that is held stays although it is not earned any more. */
static int64_t keep_until(struct search *search, const struct script_rule *held) {
    const struct script_tier *tier = script_tier_of(held);
    int64_t at = script_customer_at(&search->customer), lost = search->ask->lost_at ? search->ask->lost_at : at, keep = 0, grace = 0;
    if (search->ask->returned && !tier->outlasts_returns) return 0;
    if (tier->keep_days && search->ask->since) keep = search->ask->since + tier->keep_days * SCRIPT_DAY_MS;
    if (tier->grace_days) grace = lost + tier->grace_days * SCRIPT_DAY_MS;
    return keep > grace ? keep : grace;
}

static void say_kept(struct search *search, const struct script_rule *earned, struct mx_tier_answer *answer) {
    const struct script_rule *held = script_rule_find(search->rules->set, SCRIPT_TIER, search->ask->tier);
    int64_t until;
    if (held == NULL || held == earned || (earned && script_tier_of(earned)->rank > script_tier_of(held)->rank)) return;
    until = keep_until(search, held);
    if (until <= script_customer_at(&search->customer)) return;
    answer->keep_until = until;
    script_customer_review(&search->customer, until);
}

/* The tier above the one that counts, and what is missing for it. What she holds and has not earned counts while it is kept, and where
 * nobody asks what would be: a person gave it. */
static void say_next(struct search *search, const struct script_rule *earned, struct mx_tier_answer *answer) {
    const struct script_rules *tiers = &search->rules->set->of[SCRIPT_TIER];
    const struct script_rule *held = script_rule_find(search->rules->set, SCRIPT_TIER, search->ask->tier), *now = earned;
    int counts = answer->keep_until || (search->ask->at == 0 && search->ask->draft.len == 0);
    struct script_rule *next;
    if (held && counts && (!earned || script_tier_of(held)->rank > script_tier_of(earned)->rank)) now = held;
    next = next_higher(tiers, now ? script_tier_of(now)->rank : -1);
    if (next == NULL) return;
    answer->next = mx_dup(search->ctx, next->id);
    if (ask_rule(search, next) && !search->said.yes) answer->missing = own_missing(search->ctx, &search->said);
}

mx_status script_tier_decide(struct mx_ctx *ctx, const struct mx_tier_ask *ask, const struct script_tier_rules *rules,
                             const struct mx_list *entries, struct mx_tier_answer *answer) {
    struct search search;
    const struct script_rule *earned;
    search.ctx = ctx;
    search.ask = ask;
    search.rules = rules;
    script_tier_customer(ctx, ask, &search.customer);
    search.customer.entries = entries;
    search.said.brief = 1;
    earned = find_earned(&search);
    say_kept(&search, earned, answer);
    search.said.brief = 0;
    if (!ask->brief && search.customer.failed == MX_OK) say_next(&search, earned, answer);
    if (search.customer.failed != MX_OK) return search.customer.failed;
    if (earned) {
        answer->tier = mx_dup(ctx, earned->id);
        answer->rule = mx_dup(ctx, earned->id);
        if (!ask->brief) answer->entitlements = own_grants(ctx, &script_tier_of(earned)->grants);
    }
    answer->review_at = search.customer.review_at;
    answer->version = mx_dup(ctx, mx_str_of(rules->set->version));
    return MX_OK;
}

mx_status script_tier_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_tier_ask *ask = in;
    struct script_tier_rules rules;
    mx_status st = script_tier_rules_begin(ctx, ask->draft, &rules);
    if (st != MX_OK) return st;
    st = rules.set->of[SCRIPT_TIER].count ? script_tier_decide(ctx, ask, &rules, NULL, out) : MX_DECLINED;
    script_tier_rules_end(&rules);
    return st;
}

/* ---- which tiers there are ---- */

static void list_tier(struct mx_ctx *ctx, const struct script_rule *rule, struct mx_tiers *answer) {
    struct mx_tier *tier = mx_list_at(&answer->tiers, answer->tiers.count++);
    tier->code = mx_dup(ctx, rule->id);
    tier->rank = script_tier_of(rule)->rank;
    tier->name = own_pairs(ctx, &rule->name);
    tier->entitlements = own_grants(ctx, &script_tier_of(rule)->grants);
}

mx_status script_tiers_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_tiers_ask *ask = in;
    struct mx_tiers *answer = out;
    struct script_tier_rules rules;
    const struct script_rule *rule;
    mx_status st = script_tier_rules_begin(ctx, ask->draft, &rules);
    if (st != MX_OK) return st;
    answer->tiers = mx_list_new(ctx, ask->tier.len ? 1 : rules.set->of[SCRIPT_TIER].count, sizeof(struct mx_tier));
    answer->tiers.count = 0;
    answer->version = mx_dup(ctx, mx_str_of(rules.set->version));
    if (ask->tier.len) {
        rule = script_rule_find(rules.set, SCRIPT_TIER, ask->tier);
        if (rule) list_tier(ctx, rule, answer);
    } else {
        for (rule = next_higher(&rules.set->of[SCRIPT_TIER], -1); rule != NULL;
             rule = next_higher(&rules.set->of[SCRIPT_TIER], script_tier_of(rule)->rank))
            list_tier(ctx, rule, answer);
    }
    st = rules.set->of[SCRIPT_TIER].count ? MX_OK : MX_DECLINED;
    script_tier_rules_end(&rules);
    return st;
}
