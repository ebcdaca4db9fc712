/* Groups by rule. A condition is one leaf, or a group of conditions, at most four deep. */
#ifndef INSIGHT_SEGMENT_H
#define INSIGHT_SEGMENT_H

#include "internal.h"

#define INSIGHT_CONDITIONS_MAX 100 /* of a segment, groups and what is in them */
#define INSIGHT_CONDITION_MAX  96  /* bytes of a condition's name */
#define INSIGHT_NOT_REPRODUCIBLE                                                                                                           \
    "of a past day: conditions that were asked as they are now, for nobody knows how they were: trait:..., score:affinity:..."

struct insight_rule {
    uint64_t has;
    struct mx_str tag;
    struct mx_str tier;
    struct mx_str trait;
    struct mx_str value;
    struct mx_str score;
    struct mx_str count;
    int64_t days;
    int64_t from;
    int64_t until;
    int64_t at_least;
    int64_t at_most;
    struct mx_list all, any, none; /* of struct insight_rule */
};

#define INSIGHT_RULE_LEAF                                                                                                                  \
    MX_F_STR(insight_rule, tag, 0, 1, INSIGHT_CODE_MAX, "she holds this tag"),                                                             \
        MX_F_STR(insight_rule, tier, 0, 1, INSIGHT_CODE_MAX, "she has this tier"),                                                         \
        MX_F_STR(insight_rule, trait, 0, 1, 64, "attribute; age and birth_month too: with value, or at_least and at_most"),                \
        MX_F_STR(insight_rule, value, 0, 0, 200, "what the attribute is"),                                                                 \
        MX_F_STR(insight_rule, score, 0, 1, 80, "score: rfm.recency, churn_ppm, recency_days, joined_days, affinity:brand:x ..."),         \
        MX_F_STR(insight_rule, count, 0, 1, MX_COUNTER_MAX, "counter: orders, spent_minor, visits, category:x ..."),                       \
        MX_F_INT(insight_rule, days, 0, 1, 36525, "of a counter: in the last so many days"),                                               \
        MX_F_TIME(insight_rule, from, 0, "of a counter: from when"), MX_F_TIME(insight_rule, until, 0, "of a counter: before when"),       \
        MX_F_INT(insight_rule, at_least, 0, -MX_INT_MAX, MX_INT_MAX, "at least so much"),                                                  \
        MX_F_INT(insight_rule, at_most, 0, -MX_INT_MAX, MX_INT_MAX, "at most so much")

#define INSIGHT_RULE_TYPE(depth, name)                                                                                                     \
    static const struct mx_type insight_rule##depth##_type = {(uint32_t)sizeof(struct mx_type),                                            \
                                                              (uint32_t)sizeof(struct insight_rule),                                       \
                                                              name,                                                                        \
                                                              "whom a segment is about",                                                   \
                                                              insight_rule##depth##_fields,                                                \
                                                              (uint32_t)(sizeof(insight_rule##depth##_fields) / sizeof(struct mx_field)),  \
                                                              (uint32_t)sizeof(struct mx_field),                                           \
                                                              (uint32_t)offsetof(struct insight_rule, has),                                \
                                                              MX_NO_OFFSET,                                                                \
                                                              MX_NO_OFFSET,                                                                \
                                                              0}
#define INSIGHT_RULE_GROUP(type)                                                                                                           \
    MX_F_LIST(insight_rule, all, 0, 1, 32, type, "all of these"), MX_F_LIST(insight_rule, any, 0, 1, 32, type, "any of these"),            \
        MX_F_LIST(insight_rule, none, 0, 1, 32, type, "none of these")

static const struct mx_field insight_rule4_fields[] = {INSIGHT_RULE_LEAF};
INSIGHT_RULE_TYPE(4, "insight.condition.4");
static const struct mx_field insight_rule3_fields[] = {INSIGHT_RULE_LEAF, INSIGHT_RULE_GROUP(insight_rule4_type)};
INSIGHT_RULE_TYPE(3, "insight.condition.3");
static const struct mx_field insight_rule2_fields[] = {INSIGHT_RULE_LEAF, INSIGHT_RULE_GROUP(insight_rule3_type)};
INSIGHT_RULE_TYPE(2, "insight.condition.2");
static const struct mx_field insight_rule_fields[] = {INSIGHT_RULE_LEAF, INSIGHT_RULE_GROUP(insight_rule2_type)};
INSIGHT_RULE_TYPE(, "insight.condition");

/* A segment as it is kept. */
struct insight_segment {
    struct mx_rec rec;
    struct mx_str code;
    struct mx_list name;
    struct insight_rule *where;
    uint8_t watched; /* entering and leaving are told */
    uint8_t retired;
    int64_t changed;
};
static const struct mx_field insight_segment_fields[] = {
    MX_F_STR(insight_segment, code, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "code"),
    MX_F_MAP(insight_segment, name, 0, 0, 32, "name by language"),
    MX_F_STRUCT(insight_segment, where, MX_REQUIRED, insight_rule_type, "whom it is about"),
    MX_F_BOOL(insight_segment, watched, 0, "entering and leaving are told as events"),
    MX_F_BOOL(insight_segment, retired, 0, "it is used no longer"),
    MX_F_TIME(insight_segment, changed, 0, "when it was changed"),
};
MX_TYPE_REC(insight_segment, "insight.segment", "a group by rule");

/* A walk over the segments that are watched. */
MX_MUST_CHECK mx_status insight_watched_open(struct mx_ctx *ctx, struct mx_scan **scan);

/* Who is in a watched segment. */
struct insight_insider {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str segment;
    int64_t since;
};
static const struct mx_field insight_insider_fields[] = {
    MX_F_ID(insight_insider, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(insight_insider, segment, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "segment"),
    MX_F_INT(insight_insider, since, 0, 0, MX_INT_MAX, "since when"),
};
MX_TYPE_REC(insight_insider, "insight.insider", "who is in a watched segment");

/* One customer looked at. */
struct insight_look {
    struct mx_ctx *ctx;
    int64_t at; /* as of when */
    int past;   /* at is not now */
    const struct insight_row *row;
    const struct mx_member_facts *facts; /* NULL: asked when needed */
    struct mx_member_facts asked;
    const struct insight_curve *curves; /* INSIGHT_CURVES; NULL: read when needed */
    struct mx_traits traits;
    int has_traits;
    void (*said)(struct insight_look *look, const struct insight_rule *leaf, int holds, int64_t value); /* NULL: nobody wants to know */
    void *arg;
};

/* A condition with the numbers of its words looked up once, cheap ones first. */
struct insight_plan {
    const struct insight_rule *rule;
    int64_t number; /* of a tag or tier; 0: nobody has it */
    int cost;
    uint32_t all_count, any_count, none_count;
    struct insight_plan *all, *any, *none;
};

/* Refuse what cannot be meant, naming the place in `where`. */
MX_MUST_CHECK mx_status insight_rule_check(struct mx_ctx *ctx, const struct insight_rule *rule, const char *place);
/* Conditions that nobody knows the past of, as "trait:skin" or "score:affinity:brand:x", each once: of them a past day is asked as they
 * are now. Empty when it is now that is asked. */
struct mx_list insight_rule_now_alone(struct mx_ctx *ctx, const struct insight_rule *rule, int past);
/* Nobody knew her on the day that is asked about: she was no member and had bought nothing. */
int insight_unknown_then(const struct insight_look *look);
MX_MUST_CHECK mx_status insight_plan_make(struct mx_ctx *ctx, const struct insight_rule *rule, struct insight_plan *plan);
/* 1 when somewhere it asks where others stand. */
int insight_plan_needs_curves(const struct insight_plan *plan);
MX_MUST_CHECK mx_status insight_plan_holds(struct insight_look *look, const struct insight_plan *plan, int *yes);
MX_MUST_CHECK mx_status insight_segment_get(struct mx_ctx *ctx, struct mx_str code, struct insight_segment **segment);

#endif
