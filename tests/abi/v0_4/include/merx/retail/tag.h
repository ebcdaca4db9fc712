/* What customers do, and the tags that rules give them for it. Since 0.4. */
#ifndef MERX_RETAIL_TAG_H
#define MERX_RETAIL_TAG_H

#include "merx/retail/member.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One thing that a customer did: looked at a page, stood before a shelf, asked something. */
struct mx_behaviour {
    struct mx_str session; /* visit that it belongs to */
    struct mx_str kind;    /* "page", "shelf", "ask", "review", "door" ... */
    struct mx_str subject; /* what: an SKU, a category, a page, an intent */
    int64_t at;
    int64_t dwell_ms;
};

static const struct mx_field mx_behaviour_fields[] = {
    MX_F_STR(mx_behaviour, session, 0, 0, 64, "visit that it belongs to"),
    MX_F_STR(mx_behaviour, kind, MX_REQUIRED, 1, 32, "what was done: page, shelf, ask, review, door"),
    MX_F_STR(mx_behaviour, subject, 0, 0, 64, "with what"),
    MX_F_TIME(mx_behaviour, at, 0, "when"),
    MX_F_INT(mx_behaviour, dwell_ms, 0, 0, MX_INT_MAX, "for how long"),
};
MX_TYPE(mx_behaviour, "behaviour", "something that a customer did");

struct mx_behaviour_ask {
    struct mx_list members;
    int64_t from;
    int64_t until; /* 0 = now */
    struct mx_str kind;
};

static const struct mx_field mx_behaviour_ask_fields[] = {
    MX_F_STRS(mx_behaviour_ask, members, MX_REQUIRED, 1, 64, "all ids of the customer"),
    MX_F_TIME(mx_behaviour_ask, from, 0, "from when"),
    MX_F_TIME(mx_behaviour_ask, until, 0, "before when; absent: now"),
    MX_F_STR(mx_behaviour_ask, kind, 0, 0, 32, "of this kind alone"),
};
MX_TYPE(mx_behaviour_ask, "behaviour.ask", "what did this customer do");

struct mx_behaviours {
    struct mx_list behaviours; /* of struct mx_behaviour, oldest first, at most the newest 500 */
};

static const struct mx_field mx_behaviours_fields[] = {
    MX_F_LIST(mx_behaviours, behaviours, 0, 0, 500, mx_behaviour_type, "what the customer did, oldest first"),
};
MX_TYPE(mx_behaviours, "behaviours", "what a customer did");

/* FIRST: what a customer did lately. Reads only. */
#define MX_POINT_BEHAVIOUR "member.behaviour"
static const struct mx_point mx_point_behaviour = {(uint32_t)sizeof(struct mx_point),
                                                   MX_POINT_FIRST,
                                                   MX_POINT_BEHAVIOUR,
                                                   "what a customer did",
                                                   &mx_behaviour_ask_type,
                                                   &mx_behaviours_type};

struct mx_tags_ask {
    struct mx_str member; /* empty: only whether there are rules: MX_OK or MX_DECLINED, and nobody is looked at */
    struct mx_list members;
    struct mx_str tier;
    struct mx_list held;   /* of struct mx_str: tags that she has now */
    struct mx_list traits; /* of struct mx_pair: open attributes that consent allows */
    int64_t at;            /* 0 = now */
    int64_t joined_at;
};

static const struct mx_field mx_tags_ask_fields[] = {
    MX_F_ID(mx_tags_ask, member, 0, "mem", "member; absent: are there rules at all"),
    MX_F_STRS(mx_tags_ask, members, 0, 0, 64, "all ids of the customer"),
    MX_F_STR(mx_tags_ask, tier, 0, 0, 32, "tier"),
    MX_F_STRS(mx_tags_ask, held, 0, 0, 256, "tags held now"),
    MX_F_MAP(mx_tags_ask, traits, 0, 0, 64, "open attributes that consent allows"),
    MX_F_TIME(mx_tags_ask, at, 0, "as of when; absent: now"),
    MX_F_TIME(mx_tags_ask, joined_at, 0, "since when a member"),
};
MX_TYPE(mx_tags_ask, "tags.ask", "which tags does this customer have");

struct mx_tag {
    struct mx_str tag;
    struct mx_str reason; /* a short text that the rule gave: "spent 2,140 in 30 days" */
    struct mx_str rule;
    int64_t review_at; /* it may end without any event from then on; 0: never */
};

static const struct mx_field mx_tag_fields[] = {
    MX_F_STR(mx_tag, tag, MX_REQUIRED, 1, 32, "code of the tag"),
    MX_F_STR(mx_tag, reason, 0, 0, 200, "why"),
    MX_F_STR(mx_tag, rule, 0, 0, 64, "rule that gave it"),
    MX_F_TIME(mx_tag, review_at, 0, "when to ask again although nothing happened"),
};
MX_TYPE(mx_tag, "tag", "a tag and why");

struct mx_tags {
    struct mx_list tags; /* of struct mx_tag, by code */
    struct mx_str version;
    int64_t review_at; /* the earliest time at which a tag may begin or end without an event; 0: never */
};

static const struct mx_field mx_tags_fields[] = {
    MX_F_LIST(mx_tags, tags, 0, 0, 256, mx_tag_type, "tags, by code"),
    MX_F_STR(mx_tags, version, 0, 0, 64, "version of the rules"),
    MX_F_TIME(mx_tags, review_at, 0, "when to ask again although nothing happened"),
};
MX_TYPE(mx_tags, "tags", "tags of a customer");

/* FIRST: the tags that the shop's rules give. Declines when there are no rules about tags. Reads only. */
#define MX_POINT_TAGS "member.tags"
static const struct mx_point mx_point_tags = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_FIRST, MX_POINT_TAGS, "tags that rules give", &mx_tags_ask_type, &mx_tags_type};

/* FIRST: the tags that a customer has, as stored; membership shows them in the facts. Reads only. */
#define MX_POINT_TAGS_HELD "member.tags_held"
static const struct mx_point mx_point_tags_held = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,      MX_POINT_TAGS_HELD,
                                                   "tags that a customer has",        &mx_member_ask_type, &mx_tags_type};

/* ---- what rules about a customer may read besides: traits and scores ---- */

struct mx_traits {
    struct mx_list traits; /* of struct mx_pair: open attributes whose purpose consent allows, as text: "true", "12", "dry" */
    int64_t birth_year;    /* 0: not known, or no consent */
    int64_t birth_month;   /* 1..12; 0 as above */
};

static const struct mx_field mx_traits_fields[] = {
    MX_F_MAP(mx_traits, traits, 0, 0, 64, "open attributes that consent allows"),
    MX_F_INT(mx_traits, birth_year, 0, 0, 9999, "year of birth; absent: not known"),
    MX_F_INT(mx_traits, birth_month, 0, 0, 12, "month of birth; absent: not known"),
};
MX_TYPE(mx_traits, "member.traits", "what a customer is like");

/* FIRST: attributes of a member, as far as consent allows. Reads only. */
#define MX_POINT_TRAITS "member.traits"
static const struct mx_point mx_point_traits = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,      MX_POINT_TRAITS,
                                                "what a customer is like",         &mx_member_ask_type, &mx_traits_type};

struct mx_score_ask {
    struct mx_str member;
    struct mx_list members; /* all ids of the customer; empty: the one alone */
    struct mx_str name;     /* "churn_ppm", "rfm.recency", "affinity:brand:x" ... */
    int64_t at;             /* 0 = now */
};

static const struct mx_field mx_score_ask_fields[] = {
    MX_F_ID(mx_score_ask, member, MX_REQUIRED, "mem", "member"),
    MX_F_STRS(mx_score_ask, members, 0, 0, 64, "all ids of the customer"),
    MX_F_STR(mx_score_ask, name, MX_REQUIRED, 1, 80, "which score"),
    MX_F_TIME(mx_score_ask, at, 0, "as of when; absent: now"),
};
MX_TYPE(mx_score_ask, "member.score.ask", "a score of this customer");

struct mx_score {
    uint8_t known; /* 0: nothing to tell it from yet */
    int64_t value;
};

static const struct mx_field mx_score_fields[] = {
    MX_F_BOOL(mx_score, known, 0, "there is something to tell it from"),
    MX_F_INT(mx_score, value, 0, -MX_INT_MAX, MX_INT_MAX, "the score"),
};
MX_TYPE(mx_score, "member.score", "a score of a customer");

/* FIRST: a score by its name. MX_E_BAD_INPUT: there is none by that name. Reads only. */
#define MX_POINT_SCORE "member.score"
static const struct mx_point mx_point_score = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,     MX_POINT_SCORE,
                                               "a score of a customer",           &mx_score_ask_type, &mx_score_type};

#ifdef __cplusplus
}
#endif
#endif
