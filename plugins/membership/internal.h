/* Membership's records, requests and answers, and the functions that its files share. */
#ifndef MEMBERSHIP_INTERNAL_H
#define MEMBERSHIP_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/order.h"

#define MEMBERSHIP_TIER_MAX     32
#define MEMBERSHIP_REASON_MAX   64
#define MEMBERSHIP_SEGMENT_MAX  32 /* bytes of a segment's code */
#define MEMBERSHIP_SEGMENTS_MAX 64 /* of one member */
#define MEMBERSHIP_PAGE         100
#define MEMBERSHIP_PAGE_MAX     500
#define MEMBERSHIP_BASIC        "basic" /* the tier of somebody who has earned none */

/* A member without anything personal: all that a sale reads. */
struct membership_member {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str person;
    struct mx_str tier;
    struct mx_str tier_reason;
    int64_t tier_at;
    int64_t joined_at;
    struct mx_str tier_rule; /* the rule that gave the tier; empty: a person did */
    struct mx_list segments; /* of struct mx_str, sorted, each once */
    int64_t tier_until;      /* when a tier that a person gave ends; 0 = never */
    int64_t tier_lost_at;    /* since when the tier is kept although it is not earned any more; 0 = it is */
    int64_t tier_review_at;  /* when the tier is looked at again although nothing happened */
    struct mx_str clerk;     /* member of staff who serves her */
    struct mx_str channel;   /* how she joined; empty: not said */
    struct mx_str location;
    struct mx_str campaign;
    int64_t erased_at;       /* 0: she is not */
    struct mx_str tier_from; /* id of the same customer that brought the tier along; empty: her own */
};

static const struct mx_field membership_member_fields[] = {
    MX_F_ID(membership_member, id, MX_REQUIRED, "mem", "member id"),
    MX_F_ID(membership_member, person, MX_REQUIRED, "per", "the person"),
    MX_F_STR(membership_member, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier code"),
    MX_F_STR(membership_member, tier_reason, 0, 0, MEMBERSHIP_REASON_MAX, "why this tier"),
    MX_F_TIME(membership_member, tier_at, 0, "since when this tier"),
    MX_F_TIME(membership_member, joined_at, 0, "since when a member"),
    MX_F_STR(membership_member, tier_rule, 0, 0, 64, "rule that gave the tier; absent: a person did"),
    MX_F_STRS(membership_member, segments, 0, 0, MEMBERSHIP_SEGMENTS_MAX, "groups that the member belongs to"),
    MX_F_TIME(membership_member, tier_until, 0, "when a tier that a person gave ends; absent: never"),
    MX_F_TIME(membership_member, tier_lost_at, 0, "since when the tier is not earned any more"),
    MX_F_TIME(membership_member, tier_review_at, 0, "when the tier is looked at again"),
    MX_F_STR(membership_member, clerk, 0, 0, 64, "member of staff who serves her"),
    MX_F_STR(membership_member, channel, 0, 0, MX_CODE_MAX, "how she joined"),
    MX_F_STR(membership_member, location, 0, 0, MX_CODE_MAX, "where she joined"),
    MX_F_STR(membership_member, campaign, 0, 0, MX_CODE_MAX, "campaign of the link that she joined by"),
    MX_F_TIME(membership_member, erased_at, 0, "when she was erased"),
    MX_F_ID(membership_member, tier_from, 0, "mem", "id of the same customer that brought the tier along"),
};
MX_TYPE_REC(membership_member, "membership.member", "a member");

/* What only people may see; apart from the member, so that a sale need not unseal it. */
struct membership_profile {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str person;
    struct mx_str name;
    struct mx_str birth;    /* "1990-05-12", "--05-12"; with "L" before it: of the Chinese calendar */
    struct mx_str birthday; /* "05-12", "L05-12": for looking up whose day it is */
    struct mx_list attributes;
    struct mx_list said; /* of struct mx_pair: when each attribute was last put or taken away, as text in ms */
};

static const struct mx_field membership_profile_fields[] = {
    MX_F_ID(membership_profile, member, MX_REQUIRED, "mem", "member id"),
    MX_F_ID(membership_profile, person, MX_REQUIRED, "per", "the person"),
    MX_F_STR(membership_profile, name, MX_PII, 0, 100, "name"),
    MX_F_STR(membership_profile, birth, MX_PII, 0, 16, "day of birth"),
    MX_F_STR(membership_profile, birthday, MX_PII, 0, 8, "birthday"),
    MX_F_MAP(membership_profile, attributes, MX_PII, 0, 64, "personal attributes"),
    MX_F_MAP(membership_profile, said, MX_PII, 0, 64, "when each was last put or taken away, in milliseconds"),
};
MX_TYPE_REC(membership_profile, "membership.profile", "what is personal of a member");

/* What a command answers: nothing personal. */
struct membership_view {
    struct mx_str id;
    struct mx_str tier;
    int64_t tier_at;
    int64_t joined_at;
    int64_t rev;
    struct mx_list segments;
};

static const struct mx_field membership_view_fields[] = {
    MX_F_ID(membership_view, id, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_view, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier code"),
    MX_F_TIME(membership_view, tier_at, 0, "since when this tier"),
    MX_F_TIME(membership_view, joined_at, 0, "since when a member"),
    MX_F_INT(membership_view, rev, 0, 0, MX_INT_MAX, "revision"),
    MX_F_STRS(membership_view, segments, 0, 0, MEMBERSHIP_SEGMENTS_MAX, "groups that the member belongs to"),
};
MX_TYPE(membership_view, "membership.member.view", "a member without anything personal");

struct membership_one {
    struct membership_view *member;
};

static const struct mx_field membership_one_fields[] = {
    MX_F_STRUCT(membership_one, member, MX_REQUIRED, membership_view_type, "the member"),
};
MX_TYPE(membership_one, "membership.member.one", "one member");

struct membership_birth {
    int64_t year; /* 0 = not said */
    int64_t month;
    int64_t day;
    uint8_t lunar; /* of the Chinese calendar, year too */
};

static const struct mx_field membership_birth_fields[] = {
    MX_F_INT(membership_birth, year, MX_PII, 0, 2200, "year"),
    MX_F_INT(membership_birth, month, MX_REQUIRED | MX_PII, 1, 12, "month"),
    MX_F_INT(membership_birth, day, MX_REQUIRED | MX_PII, 1, 31, "day"),
    MX_F_BOOL(membership_birth, lunar, MX_PII, "of the Chinese calendar"),
};
MX_TYPE(membership_birth, "membership.birth", "a day of birth");

/* What a query answers: the personal fields too, masked for callers without the right "pii.read". */
struct membership_card {
    struct mx_str id;
    struct mx_str tier;
    struct mx_str tier_reason;
    int64_t tier_at;
    int64_t joined_at;
    int64_t rev;
    struct mx_str name;
    struct mx_list phones;
    struct mx_list segments;
    struct mx_list emails;
    struct mx_list cards;
    struct membership_birth *birth;
    struct mx_list attributes; /* personal ones */
    struct mx_list traits;     /* open ones */
    struct mx_list members;    /* all ids of this customer, when there are several */
    int64_t profile_rev;
    struct mx_str channel;
    struct mx_str location;
    struct mx_str campaign;
};

static const struct mx_field membership_card_fields[] = {
    MX_F_ID(membership_card, id, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_card, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier code"),
    MX_F_STR(membership_card, tier_reason, 0, 0, MEMBERSHIP_REASON_MAX, "why this tier"),
    MX_F_TIME(membership_card, tier_at, 0, "since when this tier"),
    MX_F_TIME(membership_card, joined_at, 0, "since when a member"),
    MX_F_INT(membership_card, rev, 0, 0, MX_INT_MAX, "revision"),
    MX_F_STR(membership_card, name, MX_PII, 0, 100, "name"),
    MX_F_STRS(membership_card, phones, MX_PII, 0, 100, "phone numbers"),
    MX_F_STRS(membership_card, segments, 0, 0, MEMBERSHIP_SEGMENTS_MAX, "groups that the member belongs to"),
    MX_F_STRS(membership_card, emails, MX_PII, 0, 100, "e-mail addresses"),
    MX_F_STRS(membership_card, cards, MX_PII, 0, 100, "numbers of member's cards"),
    MX_F_STRUCT(membership_card, birth, MX_PII, membership_birth_type, "day of birth"),
    MX_F_MAP(membership_card, attributes, MX_PII, 0, 64, "personal attributes of the shop's own"),
    MX_F_MAP(membership_card, traits, 0, 0, 64, "open attributes of the shop's own"),
    MX_F_STRS(membership_card, members, 0, 0, 64, "all ids of this customer, the standing one first, when there are several"),
    MX_F_INT(membership_card, profile_rev, 0, 0, MX_INT_MAX, "revision of the profile"),
    MX_F_STR(membership_card, channel, 0, 0, MX_CODE_MAX, "how she joined"),
    MX_F_STR(membership_card, location, 0, 0, MX_CODE_MAX, "where she joined"),
    MX_F_STR(membership_card, campaign, 0, 0, MX_CODE_MAX, "campaign of the link that she joined by"),
};
MX_TYPE(membership_card, "membership.member.card", "a member with name and phone numbers");

struct membership_shown {
    struct membership_card *member;
};

static const struct mx_field membership_shown_fields[] = {
    MX_F_STRUCT(membership_shown, member, MX_REQUIRED, membership_card_type, "the member"),
};
MX_TYPE(membership_shown, "membership.member.shown", "one member with name and phone numbers");

struct membership_get {
    struct mx_str id;
};

static const struct mx_field membership_get_fields[] = {
    MX_F_ID(membership_get, id, MX_REQUIRED, "mem", "member id"),
};
MX_TYPE(membership_get, "membership.get", "which member");

struct membership_find {
    struct mx_str phone;
};

static const struct mx_field membership_find_fields[] = {
    MX_F_STR(membership_find, phone, MX_REQUIRED | MX_PII, 1, 40, "phone number"),
};
MX_TYPE(membership_find, "membership.find", "whose phone number is this");

struct membership_tier_put {
    uint64_t has;
    struct mx_str member;
    struct mx_str tier;
    struct mx_str reason;
    int64_t if_rev;
    int64_t until;
};

static const struct mx_field membership_tier_put_fields[] = {
    MX_F_ID(membership_tier_put, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_tier_put, tier, MX_REQUIRED, 1, MEMBERSHIP_TIER_MAX, "tier code: a-z, digits, _ and -"),
    MX_F_STR(membership_tier_put, reason, MX_REQUIRED | MX_FREE_TEXT, 1, MEMBERSHIP_REASON_MAX, "why"),
    MX_F_INT(membership_tier_put, if_rev, 0, 1, MX_INT_MAX, "change only this revision"),
    MX_F_TIME(membership_tier_put, until, 0, "until when; absent: until a person gives another one"),
};
MX_TYPE_HAS(membership_tier_put, "membership.tier.put", "give a member a tier");

struct membership_segments_put {
    uint64_t has;
    struct mx_str member;
    struct mx_list add;
    struct mx_list remove;
    struct mx_str reason;
    int64_t if_rev;
};

static const struct mx_field membership_segments_put_fields[] = {
    MX_F_ID(membership_segments_put, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STRS(membership_segments_put, add, 0, 0, MEMBERSHIP_SEGMENTS_MAX, "segments that the member enters: a-z, digits, _ and -"),
    MX_F_STRS(membership_segments_put, remove, 0, 0, MEMBERSHIP_SEGMENTS_MAX, "segments that the member leaves"),
    MX_F_STR(membership_segments_put, reason, MX_REQUIRED | MX_FREE_TEXT, 1, MEMBERSHIP_REASON_MAX, "why"),
    MX_F_INT(membership_segments_put, if_rev, 0, 1, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(membership_segments_put, "membership.segments.put", "put a member into segments and take it out of others");

struct membership_segment_ask {
    struct mx_str segment;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field membership_segment_ask_fields[] = {
    MX_F_STR(membership_segment_ask, segment, MX_REQUIRED, 1, MEMBERSHIP_SEGMENT_MAX, "code of the segment"),
    MX_F_STR(membership_segment_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(membership_segment_ask, limit, 0, 1, MEMBERSHIP_PAGE_MAX, "members on a page (100)"),
};
MX_TYPE(membership_segment_ask, "membership.segment.ask", "members of which segment");

struct membership_segment_page {
    struct mx_list members; /* of struct membership_view */
    struct mx_str next;
};

static const struct mx_field membership_segment_page_fields[] = {
    MX_F_LIST(membership_segment_page, members, 0, 0, MEMBERSHIP_PAGE_MAX, membership_view_type, "a page of members, by id"),
    MX_F_STR(membership_segment_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(membership_segment_page, "membership.segment.page", "members of a segment");

struct membership_segments_changed {
    struct mx_str member;
    struct mx_list added;
    struct mx_list removed;
    struct mx_str reason;
};

static const struct mx_field membership_segments_changed_fields[] = {
    MX_F_ID(membership_segments_changed, member, MX_REQUIRED, "mem", "whose segments"),
    MX_F_STRS(membership_segments_changed, added, 0, 0, MEMBERSHIP_SEGMENTS_MAX, "segments entered"),
    MX_F_STRS(membership_segments_changed, removed, 0, 0, MEMBERSHIP_SEGMENTS_MAX, "segments left"),
    MX_F_STR(membership_segments_changed, reason, 0, 0, MEMBERSHIP_REASON_MAX, "why"),
};
MX_TYPE(membership_segments_changed, "membership.segments.changed", "a member belongs to other segments");

/* What is counted of a member, from which rules find the tier; stored only where an earlier version left it. */
struct membership_counter {
    struct mx_rec rec;
    struct mx_str member;
    int64_t spent_minor; /* paid less what was given back */
    int64_t orders;
    int64_t visits;
};

static const struct mx_field membership_counter_fields[] = {
    MX_F_ID(membership_counter, member, MX_REQUIRED, "mem", "member id"),
    MX_F_INT(membership_counter, spent_minor, 0, -MX_INT_MAX, MX_INT_MAX, "paid less what was given back"),
    MX_F_INT(membership_counter, orders, 0, -MX_INT_MAX, MX_INT_MAX, "orders paid, less those that came back whole"),
    MX_F_INT(membership_counter, visits, 0, -MX_INT_MAX, MX_INT_MAX, "days and locations with an order"),
};
MX_TYPE_REC(membership_counter, "membership.counter", "what is counted of a member");

struct membership_explain {
    struct mx_str member;
    struct mx_str tier;
    struct mx_str rule;
    struct mx_str version;
    uint8_t by_hand;
    struct mx_str reason;
    int64_t since;
    struct mx_list counters;
    int64_t until;
    int64_t lost_at;
    int64_t keep_until;
    int64_t review_at;
    struct mx_list entitlements;
};

static const struct mx_field membership_explain_fields[] = {
    MX_F_ID(membership_explain, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_explain, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier held now"),
    MX_F_STR(membership_explain, rule, 0, 0, 64, "rule that gives it"),
    MX_F_STR(membership_explain, version, 0, 0, 64, "version of the rules that were asked"),
    MX_F_BOOL(membership_explain, by_hand, 0, "a person gave it, and rules leave it alone"),
    MX_F_STR(membership_explain, reason, 0, 0, MEMBERSHIP_REASON_MAX, "why that person did"),
    MX_F_TIME(membership_explain, since, 0, "since when"),
    MX_F_LIST(membership_explain, counters, 0, 0, 64, mx_counter_type, "what is counted of the member"),
    MX_F_TIME(membership_explain, until, 0, "until when, when a person said so"),
    MX_F_TIME(membership_explain, lost_at, 0, "since when it is not earned any more; absent: it is"),
    MX_F_TIME(membership_explain, keep_until, 0, "until when it stays all the same"),
    MX_F_TIME(membership_explain, review_at, 0, "when it is looked at again although nothing happened"),
    MX_F_LIST(membership_explain, entitlements, 0, 0, 64, mx_entitlement_type, "what the tier grants"),
};
MX_TYPE(membership_explain, "membership.tier.explained", "why a member has this tier");

struct membership_tier_changed {
    struct mx_str member;
    struct mx_str from;
    struct mx_str tier;
};

static const struct mx_field membership_tier_changed_fields[] = {
    MX_F_ID(membership_tier_changed, member, MX_REQUIRED, "mem", "whose tier"),
    MX_F_STR(membership_tier_changed, from, 0, 0, MEMBERSHIP_TIER_MAX, "tier before"),
    MX_F_STR(membership_tier_changed, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier now"),
};
MX_TYPE(membership_tier_changed, "membership.tier.changed", "a member has another tier");

extern const struct mx_table membership_members;
extern const struct mx_table membership_profiles;
extern const struct mx_table membership_counters;
extern const struct mx_event_def membership_joined_event;
extern const struct mx_event_def membership_tier_changed_event;
extern const struct mx_event_def membership_segments_changed_event;

mx_status membership_join_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_get_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_find_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_tier_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_segments_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_segment_list_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_facts(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_member_of_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_explain_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_hear_paid(struct mx_ctx *ctx, const struct mx_event *event, const void *data);
mx_status membership_hear_returned(struct mx_ctx *ctx, const struct mx_event *event, const void *data);

/* Person behind a phone number: MX_NONE when nobody is known by it; refuses what cannot be a phone number. */
MX_MUST_CHECK mx_status membership_person_of(struct mx_ctx *ctx, struct mx_str phone, struct mx_str *person);

/* A member as a command may answer it. */
void membership_view(struct mx_ctx *ctx, const struct membership_member *member, struct membership_one *out);
void membership_view_fill(const struct membership_member *member, struct membership_view *view);

/* One customer: her standing member and all ids of hers. */
struct membership_customer {
    struct membership_member *member; /* the standing one */
    struct mx_list members;           /* of struct mx_str: ids, the standing one first */
    struct mx_list persons;           /* of struct mx_str, the one that stands first */
    struct mx_list others;            /* of struct membership_member *: the records of the other ids, in order */
};

/* The customer with this member id (any of hers). MX_NONE: there is no such member. */
MX_MUST_CHECK mx_status membership_customer_of(struct mx_ctx *ctx, struct mx_str member, struct membership_customer *customer);

/* The customer that this person is; MX_NONE: no member. */
MX_MUST_CHECK mx_status membership_customer_of_person(struct mx_ctx *ctx, struct mx_str person, struct membership_customer *customer);

/* Is this id one of hers? */
int membership_customer_has(const struct membership_customer *customer, struct mx_str member);

/* The groups of all ids of a customer, sorted, each once. */
struct mx_list membership_all_segments(struct mx_ctx *ctx, const struct membership_customer *customer);

/* What is counted of a customer, over all her ids, as a list of struct mx_counter. */
MX_MUST_CHECK mx_status membership_customer_counters(struct mx_ctx *ctx, const struct membership_customer *customer,
                                                     struct mx_list *counters);

/* What a customer may have, from whoever grants some; what is over is left out. */
MX_MUST_CHECK mx_status membership_entitlements_of(struct mx_ctx *ctx, const struct membership_customer *customer,
                                                   struct mx_list *entitlements);

/* What people see of a customer: name and what she is known by, masked for callers without "pii.read". */
MX_MUST_CHECK mx_status membership_card_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct membership_card *card);

/* What is counted of a member; nothing when nothing was ever sold to it. */
MX_MUST_CHECK mx_status membership_counters_of(struct mx_ctx *ctx, struct mx_str member, struct membership_counter *out);

/* The same as a list of struct mx_counter. */
struct mx_list membership_list_counters(struct mx_ctx *ctx, const struct membership_counter *counter);

/* Find the tier of the customer anew, whose id this is (any of hers), and tell when it is another one. Whoever moves a counter, merges
 * or parts customers calls it. */
MX_MUST_CHECK mx_status membership_renew_tier(struct mx_ctx *ctx, struct mx_str member);

/* Has the code only letters a-z, digits, underscores and dashes? */
int membership_is_code(struct mx_str code);

#endif
