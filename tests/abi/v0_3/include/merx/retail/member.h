/* A member as other plugins see one: an id and a tier, nothing personal. Since 0.1. */
#ifndef MERX_RETAIL_MEMBER_H
#define MERX_RETAIL_MEMBER_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mx_member_ask {
    struct mx_str member;
};

static const struct mx_field mx_member_ask_fields[] = {
    MX_F_ID(mx_member_ask, member, MX_REQUIRED, "mem", "member id"),
};
MX_TYPE(mx_member_ask, "member.ask", "which member");

/* One number that is kept of a member: "spent_minor", "orders". */
struct mx_counter {
    struct mx_str name;
    int64_t value;
};

static const struct mx_field mx_counter_fields[] = {
    MX_F_STR(mx_counter, name, MX_REQUIRED, 1, 32, "what is counted"),
    MX_F_INT(mx_counter, value, 0, -MX_INT_MAX, MX_INT_MAX, "how much"),
};
MX_TYPE(mx_counter, "member.counter", "one number that is kept of a member");

struct mx_member_facts {
    struct mx_str id;
    struct mx_str tier; /* code; "basic" when none was earned */
    /* since 0.3 */
    struct mx_list segments; /* of struct mx_str: groups that the member belongs to, sorted */
    struct mx_list counters; /* of struct mx_counter: "orders", "spent_minor" */
};

static const struct mx_field mx_member_facts_fields[] = {
    MX_F_ID(mx_member_facts, id, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(mx_member_facts, tier, 0, 0, 32, "tier code"),
    MX_F_STRS(mx_member_facts, segments, 0, 0, 64, "groups that the member belongs to"),
    MX_F_LIST(mx_member_facts, counters, 0, 0, 64, mx_counter_type, "what is counted of the member"),
};
MX_TYPE(mx_member_facts, "member.facts", "a member without anything personal");

/* FIRST: the facts of a member. Declines for an id that it does not know. */
#define MX_POINT_MEMBER "retail.member"
static const struct mx_point mx_point_member = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_FIRST, MX_POINT_MEMBER, "facts of a member", &mx_member_ask_type, &mx_member_facts_type};

/* Facts from which a tier is found. Since 0.2. */
struct mx_tier_ask {
    struct mx_str member;
    struct mx_str tier;      /* the one held now */
    struct mx_list counters; /* of struct mx_counter */
};

static const struct mx_field mx_tier_ask_fields[] = {
    MX_F_ID(mx_tier_ask, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(mx_tier_ask, tier, 0, 0, 32, "tier held now"),
    MX_F_LIST(mx_tier_ask, counters, 0, 0, 64, mx_counter_type, "what is counted of the member"),
};
MX_TYPE(mx_tier_ask, "member.tier.ask", "which tier would this member have");

struct mx_tier_answer {
    struct mx_str tier;    /* empty: no tier is earned */
    struct mx_str rule;    /* that gave it; empty when none did */
    struct mx_str version; /* of the rule set */
};

static const struct mx_field mx_tier_answer_fields[] = {
    MX_F_STR(mx_tier_answer, tier, 0, 0, 32, "tier code; absent: no tier is earned"),
    MX_F_STR(mx_tier_answer, rule, 0, 0, 64, "rule that gave it"),
    MX_F_STR(mx_tier_answer, version, 0, 0, 64, "version of the rule set"),
};
MX_TYPE(mx_tier_answer, "member.tier.answer", "the tier that the rules give");

/* FIRST: the tier that a member has earned. Declines when nobody has rules about tiers. Since 0.2. */
#define MX_POINT_TIER "retail.tier"
static const struct mx_point mx_point_tier = {(uint32_t)sizeof(struct mx_point),   MX_POINT_FIRST,    MX_POINT_TIER,
                                              "the tier that a member has earned", &mx_tier_ask_type, &mx_tier_answer_type};

#ifdef __cplusplus
}
#endif
#endif
