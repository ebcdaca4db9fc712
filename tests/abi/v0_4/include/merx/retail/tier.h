/* Tiers: what rules are asked of a member, and what they answer. Included by retail/member.h, where these stood before. Since 0.2. */
#ifndef MERX_RETAIL_TIER_H
#define MERX_RETAIL_TIER_H

#include "merx/retail/member.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Facts from which a tier is found. Since 0.2. */
struct mx_tier_ask {
    struct mx_str member;
    struct mx_str tier;      /* the one held now */
    struct mx_list counters; /* of struct mx_counter */
    /* since 0.4 */
    struct mx_list members; /* of struct mx_str: all ids of this customer */
    int64_t at;             /* as of when; 0 = now */
    int64_t since;          /* when the tier that is held was reached */
    int64_t joined_at;
    struct mx_str draft; /* ask the rules of this draft ("rds_...") or version (its number) instead of those in force */
    int64_t lost_at;     /* since when the rules do not give the tier that is held; 0: they do, or nobody looked */
    uint8_t returned;    /* 1: what came back was bought before the tier was reached, and may have earned it */
    uint8_t brief;       /* 1: without `next` and `missing` */
};

static const struct mx_field mx_tier_ask_fields[] = {
    MX_F_ID(mx_tier_ask, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(mx_tier_ask, tier, 0, 0, 32, "tier held now"),
    MX_F_LIST(mx_tier_ask, counters, 0, 0, 64, mx_counter_type, "what is counted of the member"),
    MX_F_STRS(mx_tier_ask, members, 0, 0, 64, "all ids of this customer"),
    MX_F_TIME(mx_tier_ask, at, 0, "as of when; absent: now"),
    MX_F_TIME(mx_tier_ask, since, 0, "since when the tier is held"),
    MX_F_TIME(mx_tier_ask, joined_at, 0, "since when a member"),
    MX_F_STR(mx_tier_ask, draft, 0, 0, 64, "draft or version of the rules to ask instead of those in force"),
    MX_F_TIME(mx_tier_ask, lost_at, 0, "since when the rules do not give the tier that is held"),
    MX_F_BOOL(mx_tier_ask, returned, 0, "something came back that may have earned it"),
    MX_F_BOOL(mx_tier_ask, brief, 0, "without the next tier and what is missing"),
};
MX_TYPE(mx_tier_ask, "member.tier.ask", "which tier would this member have");

/* One thing that is missing for the next tier. Since 0.4. */
struct mx_tier_missing {
    struct mx_str counter; /* "visits", "class:*", or a name that the rule gave */
    int64_t days;          /* window; 0 = ever */
    uint8_t distinct;      /* 1: how many different ones */
    int64_t needed;
    int64_t have;
    int64_t missing;     /* needed - have, > 0 */
    struct mx_list name; /* of struct mx_pair: what the rule calls it, by language; none: nothing */
};

static const struct mx_field mx_tier_missing_fields[] = {
    MX_F_STR(mx_tier_missing, counter, MX_REQUIRED, 1, 64, "what is counted"),
    MX_F_INT(mx_tier_missing, days, 0, 0, 36525, "in how many days; absent: ever"),
    MX_F_BOOL(mx_tier_missing, distinct, 0, "how many different ones"),
    MX_F_INT(mx_tier_missing, needed, 0, -MX_INT_MAX, MX_INT_MAX, "how much is needed"),
    MX_F_INT(mx_tier_missing, have, 0, -MX_INT_MAX, MX_INT_MAX, "how much there is"),
    MX_F_INT(mx_tier_missing, missing, 0, 0, MX_INT_MAX, "how much is missing"),
    MX_F_MAP(mx_tier_missing, name, 0, 0, 32, "what the rule calls it"),
};
MX_TYPE(mx_tier_missing, "member.tier.missing", "something that is missing for a tier");

struct mx_tier_answer {
    struct mx_str tier;    /* empty: no tier is earned */
    struct mx_str rule;    /* that gave it; empty when none did */
    struct mx_str version; /* of the rule set */
    /* since 0.4 */
    int64_t keep_until;          /* the held tier stays so long although the rules would give a lower one; 0: no grace */
    int64_t review_at;           /* without any event the answer may change from then on (a window moves on); 0: never */
    struct mx_str next;          /* tier above; empty: there is none */
    struct mx_list missing;      /* of struct mx_tier_missing: for `next` */
    struct mx_list entitlements; /* of struct mx_entitlement: that the tier grants */
};

static const struct mx_field mx_tier_answer_fields[] = {
    MX_F_STR(mx_tier_answer, tier, 0, 0, 32, "tier code; absent: no tier is earned"),
    MX_F_STR(mx_tier_answer, rule, 0, 0, 64, "rule that gave it"),
    MX_F_STR(mx_tier_answer, version, 0, 0, 64, "version of the rule set"),
    MX_F_TIME(mx_tier_answer, keep_until, 0, "until when the held tier stays all the same"),
    MX_F_TIME(mx_tier_answer, review_at, 0, "when to ask again although nothing happened"),
    MX_F_STR(mx_tier_answer, next, 0, 0, 32, "next tier"),
    MX_F_LIST(mx_tier_answer, missing, 0, 0, 64, mx_tier_missing_type, "what is missing for it"),
    MX_F_LIST(mx_tier_answer, entitlements, 0, 0, 64, mx_entitlement_type, "what the tier grants"),
};
MX_TYPE(mx_tier_answer, "member.tier.answer", "the tier that the rules give");

/* FIRST: the tier that a member has earned. Declines when nobody has rules about tiers. Since 0.2. */
#define MX_POINT_TIER "retail.tier"
static const struct mx_point mx_point_tier = {(uint32_t)sizeof(struct mx_point),   MX_POINT_FIRST,    MX_POINT_TIER,
                                              "the tier that a member has earned", &mx_tier_ask_type, &mx_tier_answer_type};

/* The tiers that the shop's rules declare, without asking about a member: names and what they grant. Cheap. Since 0.4. */
struct mx_tiers_ask {
    struct mx_str tier;  /* this one alone; empty: all */
    struct mx_str draft; /* as in mx_tier_ask */
};

static const struct mx_field mx_tiers_ask_fields[] = {
    MX_F_STR(mx_tiers_ask, tier, 0, 0, 32, "this tier alone"),
    MX_F_STR(mx_tiers_ask, draft, 0, 0, 64, "draft or version of the rules to ask instead of those in force"),
};
MX_TYPE(mx_tiers_ask, "member.tiers.ask", "which tiers are there");

struct mx_tier {
    struct mx_str code;
    int64_t rank;
    struct mx_list name;         /* of struct mx_pair: by language */
    struct mx_list entitlements; /* of struct mx_entitlement: what it grants; a clerk without value is the one assigned to the member */
};

static const struct mx_field mx_tier_fields[] = {
    MX_F_STR(mx_tier, code, MX_REQUIRED, 1, 32, "tier code"),
    MX_F_INT(mx_tier, rank, 0, 0, 1000, "a higher tier has a higher rank"),
    MX_F_MAP(mx_tier, name, 0, 0, 32, "name by language"),
    MX_F_LIST(mx_tier, entitlements, 0, 0, 64, mx_entitlement_type, "what it grants"),
};
MX_TYPE(mx_tier, "member.tier", "a tier as rules declare it");

struct mx_tiers {
    struct mx_list tiers; /* of struct mx_tier, lowest first */
    struct mx_str version;
};

static const struct mx_field mx_tiers_fields[] = {
    MX_F_LIST(mx_tiers, tiers, 0, 0, 1001, mx_tier_type, "tiers, lowest first"),
    MX_F_STR(mx_tiers, version, 0, 0, 64, "version of the rule set"),
};
MX_TYPE(mx_tiers, "member.tiers", "tiers of the shop");

/* FIRST: declines when nobody has rules about tiers. */
#define MX_POINT_TIERS "retail.tiers"
static const struct mx_point mx_point_tiers = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,     MX_POINT_TIERS,
                                               "tiers that rules declare",        &mx_tiers_ask_type, &mx_tiers_type};

/* Event: rules with other tiers came into force, and every member is to be asked about anew. Since 0.4. */
struct mx_tiers_changed {
    struct mx_str version;
};

static const struct mx_field mx_tiers_changed_fields[] = {
    MX_F_STR(mx_tiers_changed, version, 0, 0, 64, "version of the rule set"),
};
MX_TYPE(mx_tiers_changed, "member.tiers.changed", "other rules about tiers");

#define MX_EVENT_TIERS_CHANGED "scripts.tiers.changed"

#ifdef __cplusplus
}
#endif
#endif
