/* A tier: what it takes to be in it, how it is lost, what it grants.
 *
 * tier.c reads the declaration    tier_needs.c  needs = {...}: reading and asking     tier_grants.c  grants = {...}
 * tier_ask.c one tier and one member              tier_answer.c the points of tiers    tier_trial.c   t.tier in tests
 * tier_draft.c drafts and versions that are asked instead of the rules in force */
#ifndef SCRIPT_TIER_H
#define SCRIPT_TIER_H

#include "script/customer.h"

#define SCRIPT_NEEDS_MAX   16 /* of one list */
#define SCRIPT_NEEDS_DEPTH 3
#define SCRIPT_MISSING_MAX 32 /* things that are missing for one tier */

enum { SCRIPT_NEED_COUNT, SCRIPT_NEED_ALL, SCRIPT_NEED_ANY };
struct script_need {
    int kind;
    struct mx_str counter;
    int64_t days; /* 0 = ever */
    int distinct;
    int64_t at_least;
    struct mx_list name;       /* of struct mx_pair: what the rule calls it */
    struct script_need *parts; /* of ALL and ANY */
    uint32_t count;
};

struct script_tier {
    int64_t rank;
    struct script_need *needs; /* NULL: `when` alone decides */
    int64_t grace_days, keep_days;
    int outlasts_returns;  /* return_safe = false */
    struct mx_list grants; /* of struct mx_entitlement */
};

static inline const struct script_tier *script_tier_of(const struct script_rule *rule) { return rule->own; }

/* What one tier says of one member. */
struct script_tier_said {
    int yes;
    int brief;                                          /* 1: `missing` is not wanted */
    struct mx_tier_missing missing[SCRIPT_MISSING_MAX]; /* when it says no */
    uint32_t count;
};

void script_needs_read(struct script_declaration *decl, struct script_tier *tier);
void script_grants_read(struct script_declaration *decl, struct script_tier *tier);
/* Does the customer have what is needed? What is missing goes into `said`. */
MX_MUST_CHECK mx_status script_needs_ask(struct script_customer *customer, const struct script_need *need, struct script_tier_said *said,
                                         int *yes);
/* Note one thing that is missing, unless there is no room left. */
void script_tier_missing(struct script_tier_said *said, const struct mx_tier_missing *missing);
/* Ask one tier, as script_ask(); state may be NULL when the rule needs none. */
MX_MUST_CHECK int script_tier_ask(struct script_state *state, struct script_rule *rule, struct script_customer *customer,
                                  struct script_tier_said *said);
/* t.tier(code, member), t.missing(code, member), t.tier_of(member) */
int script_trial_tier(lua_State *L);
int script_trial_missing(lua_State *L);
int script_trial_tier_of(lua_State *L);
/* The member in the table at `index`, and its entries (of struct script_entry). */
void script_trial_member(lua_State *L, int index, struct mx_tier_ask *ask, struct mx_list *entries);

/* The rules that a question about tiers is for: in force, or of a draft or version. End with script_tier_rules_end(). */
struct script_tier_rules {
    struct script_set *set;
    struct script_state *state;
    struct script_stand *stand; /* NULL: the rules in force */
    struct seat *seat;
};
/* MX_DECLINED: there are no rules. MX_E_NOT_FOUND names `draft`. */
MX_MUST_CHECK mx_status script_tier_rules_begin(struct mx_ctx *ctx, struct mx_str draft, struct script_tier_rules *rules);
void script_tier_rules_end(struct script_tier_rules *rules);
/* The answer to MX_POINT_TIER by these rules. entries: see struct script_customer. */
MX_MUST_CHECK mx_status script_tier_decide(struct mx_ctx *ctx, const struct mx_tier_ask *ask, const struct script_tier_rules *rules,
                                           const struct mx_list *entries, struct mx_tier_answer *answer);

/* 1 when both sets say the same about tiers, as far as their files tell. */
int script_tiers_same(const struct script_set *a, const struct script_set *b);

#endif
