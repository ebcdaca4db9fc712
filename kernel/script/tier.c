/* tier{...}: which tier a member has earned. The tier with the highest rank that says yes. */
#include "script/customer.h"

struct tier {
    int64_t rank;
};

void script_tier_read(struct script_declaration *decl, struct mx_str head) {
    static const char *const known[] = {"code", "rank", "name", "when", NULL};
    struct tier *tier = base_arena_alloc(decl->arena, sizeof(*tier));
    struct script_rule *rule = decl->rule;
    const struct script_set *set = decl->state->set;
    uint32_t i;
    (void)head;
    script_read_known(&decl->reader, known);
    if (rule->id.len > 32) script_complain(&decl->reader, "the code of a tier has at most 32 characters");
    for (i = 0; i < rule->id.len; i++) {
        char c = rule->id.ptr[i];
        if ((c >= 'A' && c <= 'Z') || c == '.') script_complain(&decl->reader, "the code of a tier has letters a-z, digits, _ and -");
    }
    if (!script_read_int(&decl->reader, "rank", 0, 1000, &tier->rank))
        script_complain(&decl->reader, "rank is missing: a higher tier has a higher rank, like rank = 2");
    if (!script_rule_has(rule, SCRIPT_FN_WHEN))
        script_complain(&decl->reader,
                        "when is missing: a function that says which members are in it, like when = function(member) ... end");
    for (i = 0; i < set->rule_count; i++) {
        const struct script_rule *other = set->rules[i];
        if (other->kind == rule->kind && ((const struct tier *)other->own)->rank == tier->rank)
            script_complain(&decl->reader, "the rank %lld belongs to '%s' already (%s, line %d)", (long long)tier->rank, other->id.ptr,
                            other->file.ptr, other->line);
    }
    script_read_name(decl);
    rule->own = tier;
}

struct tier_question {
    int yes;
};

static void ask_tier(lua_State *L, struct script_asking *asking) {
    struct tier_question *question = asking->arg;
    script_customer_push(L);
    script_budget_begin(asking->state);
    question->yes = script_ask_when(L, asking);
}

int script_tier_ask(struct script_state *state, struct script_rule *rule, struct script_customer *customer, int *yes) {
    struct tier_question question = {0};
    int done = script_customer_ask(state, rule, customer, ask_tier, &question);
    *yes = question.yes;
    return done;
}

void script_tier_customer(struct mx_ctx *ctx, const struct mx_tier_ask *ask, struct script_customer *customer) {
    memset(customer, 0, sizeof(*customer));
    customer->ctx = ctx;
    customer->id = ask->member;
    customer->tier = ask->tier;
    customer->members = ask->members;
    customer->counters = &ask->counters;
    customer->at = ask->at;
    customer->since = ask->since;
    customer->joined_at = ask->joined_at;
}

static int64_t rank_of(const struct script_rule *rule) { return ((const struct tier *)rule->own)->rank; }

/* The tier of the next lower rank than `below`. */
static struct script_rule *next_lower(const struct script_rules *tiers, int64_t below) {
    struct script_rule *best = NULL;
    uint32_t i;
    for (i = 0; i < tiers->count; i++) {
        struct script_rule *rule = tiers->items[i];
        if (rank_of(rule) < below && (best == NULL || rank_of(rule) > rank_of(best))) best = rule;
    }
    return best;
}

static mx_status give(struct mx_ctx *ctx, const struct script_set *set, struct mx_str tier, struct mx_str rule,
                      struct mx_tier_answer *answer) {
    answer->tier = mx_dup(ctx, tier);
    answer->rule = mx_dup(ctx, rule);
    answer->version = mx_dup(ctx, mx_str_of(set->version));
    return MX_OK;
}

/* A rule that cannot say yes or no must not cost anybody a tier: whoever holds it keeps it. */
mx_status script_tier_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_tier_ask *ask = in;
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    const struct script_rules *tiers = set ? &set->of[SCRIPT_TIER] : NULL;
    struct script_rule *rule;
    struct mx_str none = {NULL, 0};
    struct script_customer customer;
    if (set == NULL || tiers->count == 0) return MX_DECLINED;
    script_tier_customer(ctx, ask, &customer);
    for (rule = next_lower(tiers, INT64_MAX); rule != NULL; rule = next_lower(tiers, rank_of(rule))) {
        int said = 0, yes = 0;
        if (!atomic_load_explicit(&rule->off, memory_order_relaxed) && state != NULL) {
            said = script_tier_ask(state, rule, &customer, &yes);
            if (!said) {
                script_rule_failed(set, rule, state->problem);
                mx_log(ctx, MX_LOG_WARN, "the tier %s could not be asked: %s", rule->id.ptr, state->problem);
            }
        }
        if (said ? yes : mx_str_eq(rule->id, ask->tier)) return give(ctx, set, rule->id, rule->id, out);
    }
    return give(ctx, set, none, none, out);
}
