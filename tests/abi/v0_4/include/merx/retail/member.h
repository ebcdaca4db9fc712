/* A member as other plugins see one: an id and a tier, nothing personal. Since 0.1. */
#ifndef MERX_RETAIL_MEMBER_H
#define MERX_RETAIL_MEMBER_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mx_member_ask {
    struct mx_str member;
    /* since 0.4 */
    struct mx_list members; /* of struct mx_str: all ids of the customer, said by whoever gathers the facts when it asks for entitlements
                               and tags: who answers these must not ask MX_POINT_MEMBER in turn; empty: look them up */
    uint8_t brief;          /* 1: without counters, entitlements, tags; a sale asks for everything once, others for this */
};

static const struct mx_field mx_member_ask_fields[] = {
    MX_F_ID(mx_member_ask, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STRS(mx_member_ask, members, MX_READONLY, 0, 64, "all ids of the customer"),
    MX_F_BOOL(mx_member_ask, brief, MX_READONLY, "without counters, entitlements and tags"),
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

/* Something that a tier, a reward or a person entitles a member to, for other modules to honour. Since 0.4. */
struct mx_entitlement {
    struct mx_str kind;   /* MX_ENTITLES_*, or a word that two plugins agree on */
    struct mx_str value;  /* what: a staff id, an SKU, a price list's code, a number */
    struct mx_str source; /* "tier:gold", "reward:..." */
    int64_t until;        /* 0 = as long as the source holds */
};

#define MX_ENTITLES_CLERK      "clerk"         /* value: principal id of the dedicated clerk */
#define MX_ENTITLES_PICK_FIRST "pick_priority" /* value: 0..100, the higher the earlier */
#define MX_ENTITLES_PACKING    "packing"       /* value: code of a packing option */
#define MX_ENTITLES_PRICE_LIST "price_list"    /* value: code of a price list of the catalog */
#define MX_ENTITLES_UNLOCK     "unlock"        /* value: SKU of a hidden article that she may buy */

static const struct mx_field mx_entitlement_fields[] = {
    MX_F_STR(mx_entitlement, kind, MX_REQUIRED, 1, 32, "kind: clerk, pick_priority, packing, price_list, unlock ..."),
    MX_F_STR(mx_entitlement, value, 0, 0, 64, "what"),
    MX_F_STR(mx_entitlement, source, 0, 0, 80, "where it comes from"),
    MX_F_TIME(mx_entitlement, until, 0, "until when; absent: as long as the source holds"),
};
MX_TYPE(mx_entitlement, "member.entitlement", "something that a member may have");

/* COLLECT: entitlements of a member from whoever grants some; membership asks it and shows all of them in the facts. Since 0.4. */
struct mx_entitlements {
    struct mx_list entitlements; /* of struct mx_entitlement */
};
static const struct mx_field mx_entitlements_fields[] = {
    MX_F_LIST(mx_entitlements, entitlements, 0, 0, 256, mx_entitlement_type, "what the member may have"),
};
MX_TYPE(mx_entitlements, "member.entitlements", "what a member may have");
#define MX_POINT_ENTITLEMENTS "member.entitlements"
static const struct mx_point mx_point_entitlements = {(uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT,    MX_POINT_ENTITLEMENTS,
                                                      "what a member may have",          &mx_member_ask_type, &mx_entitlements_type};

struct mx_member_facts {
    struct mx_str id;
    struct mx_str tier; /* code; "basic" when none was earned */
    /* since 0.3 */
    struct mx_list segments; /* of struct mx_str: groups that the member belongs to, sorted */
    struct mx_list counters; /* of struct mx_counter: "orders", "spent_minor", summed over `members` */
    /* since 0.4 */
    struct mx_str person;        /* "per_..." */
    struct mx_list members;      /* of struct mx_str: all ids of this one customer, the standing one first; at least the id itself */
    struct mx_list tags;         /* of struct mx_str: set by rules, sorted */
    struct mx_list entitlements; /* of struct mx_entitlement */
    struct mx_list withheld;     /* of struct mx_str: of these names nothing is said, because consent is missing: "tags", "counters" */
    int64_t tier_at;             /* since when this tier */
    int64_t joined_at;
    uint8_t erased; /* 1: she was forgotten; books still name this id, and nothing new is begun with it */
};

static const struct mx_field mx_member_facts_fields[] = {
    MX_F_ID(mx_member_facts, id, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(mx_member_facts, tier, 0, 0, 32, "tier code"),
    MX_F_STRS(mx_member_facts, segments, 0, 0, 64, "groups that the member belongs to"),
    MX_F_LIST(mx_member_facts, counters, 0, 0, 64, mx_counter_type, "what is counted of the member"),
    MX_F_ID(mx_member_facts, person, 0, "per", "the person"),
    MX_F_STRS(mx_member_facts, members, 0, 0, 64, "all ids of this customer, the standing one first"),
    MX_F_STRS(mx_member_facts, tags, 0, 0, 256, "tags that rules set"),
    MX_F_LIST(mx_member_facts, entitlements, 0, 0, 256, mx_entitlement_type, "what the member may have"),
    MX_F_STRS(mx_member_facts, withheld, 0, 0, 16, "what is not said for want of consent"),
    MX_F_TIME(mx_member_facts, tier_at, 0, "since when this tier"),
    MX_F_TIME(mx_member_facts, joined_at, 0, "since when a member"),
    MX_F_BOOL(mx_member_facts, erased, 0, "she was forgotten"),
};
MX_TYPE(mx_member_facts, "member.facts", "a member without anything personal");

/* FIRST: the facts of a member. Declines for an id that it does not know. */
#define MX_POINT_MEMBER "retail.member"
static const struct mx_point mx_point_member = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_FIRST, MX_POINT_MEMBER, "facts of a member", &mx_member_ask_type, &mx_member_facts_type};

/* ---- the one view of a customer, and the export of what is kept of her. Since 0.4 ---- */

struct mx_section_ask {
    struct mx_str member;   /* the standing id */
    struct mx_list members; /* of struct mx_str: all ids */
    struct mx_str person;
    uint8_t whole; /* 1: everything there is (an export); 0: what a person at a counter wants to see, at most some twenty rows */
};

static const struct mx_field mx_section_ask_fields[] = {
    MX_F_ID(mx_section_ask, member, MX_REQUIRED, "mem", "standing id"),
    MX_F_STRS(mx_section_ask, members, 0, 0, 64, "all ids"),
    MX_F_ID(mx_section_ask, person, 0, "per", "person"),
    MX_F_BOOL(mx_section_ask, whole, 0, "everything there is"),
};
MX_TYPE(mx_section_ask, "member.section.ask", "what is there of this customer");

/* One part of the view. Whoever answers checks the caller's right to it (mx_allowed) and declines without; what is personal does not
 * stand here: it is shown, masked by right, by the view itself, and exported by the kernel. */
struct mx_section {
    struct mx_str name; /* "points", "coupons", "gift_cards", "orders", "tickets", "tags", "consents", "rewards", "households" ... */
    struct mx_str data; /* JSON */
    uint8_t more;       /* there is more than shown */
};

static const struct mx_field mx_section_fields[] = {
    MX_F_STR(mx_section, name, MX_REQUIRED, 1, 32, "what it is"),
    MX_F_JSON(mx_section, data, 0, 4000000, "as its owner shows it"),
    MX_F_BOOL(mx_section, more, 0, "there is more than shown"),
};
MX_TYPE(mx_section, "member.section", "one part of what is there of a customer");

/* COLLECT: parts of the one customer view. Reads only. */
#define MX_POINT_SECTION "member.section"
static const struct mx_point mx_point_section = {(uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT,     MX_POINT_SECTION,
                                                 "part of the customer view",       &mx_section_ask_type, &mx_section_type};

/* ---- from a person to a member, households, occasions. Since 0.4 ---- */

struct mx_member_of_ask {
    struct mx_str person;
};

static const struct mx_field mx_member_of_ask_fields[] = {
    MX_F_ID(mx_member_of_ask, person, MX_REQUIRED, "per", "person"),
};
MX_TYPE(mx_member_of_ask, "member.of.ask", "which member is this person");

struct mx_member_of {
    struct mx_str member;
};

static const struct mx_field mx_member_of_fields[] = {
    MX_F_ID(mx_member_of, member, MX_REQUIRED, "mem", "member"),
};
MX_TYPE(mx_member_of, "member.of", "the member that a person is");

/* FIRST: the standing member of the customer that this person is. Declines when she is no member. Reads only. */
#define MX_POINT_MEMBER_OF "retail.member_of"
static const struct mx_point mx_point_member_of = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,         MX_POINT_MEMBER_OF,
                                                   "which member is this person",     &mx_member_of_ask_type, &mx_member_of_type};

struct mx_household {
    struct mx_str household; /* "hsh_..." */
    struct mx_str owner;     /* who made it */
    struct mx_list members;  /* of struct mx_str: standing ids of all who belong to it, the asked one too */
};

static const struct mx_field mx_household_fields[] = {
    MX_F_ID(mx_household, household, MX_REQUIRED, "hsh", "household"),
    MX_F_ID(mx_household, owner, 0, "mem", "who made it"),
    MX_F_STRS(mx_household, members, 0, 0, 32, "standing ids of all who belong to it"),
};
MX_TYPE(mx_household, "member.household", "who lives together");

/* FIRST: the household of a member (any id of the customer). Declines when she belongs to none. Reads only. */
#define MX_POINT_HOUSEHOLD "member.household"
static const struct mx_point mx_point_household = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_FIRST, MX_POINT_HOUSEHOLD, "who lives together", &mx_member_ask_type, &mx_household_type};

/* Input of "membership.occasions", an INTERNAL query: whose day is this? A day of the sun's calendar that a common year lacks (29
 * February) counts as the shop's settings say, so give the year. Of the moon's calendar say with `last` that its month ends with this
 * day: whoever was born on the 30th counts on the 29th then. */
static const char *const mx_occasion_words[] = {"birthday", "joined", NULL};
#define MX_OCCASION_BIRTHDAY 1
#define MX_OCCASION_JOINED   2

struct mx_occasions_ask {
    int32_t occasion; /* MX_OCCASION_* */
    int64_t year;     /* of the sun's calendar; "joined" counts from the year after */
    int64_t month;
    int64_t day;
    uint8_t lunar; /* month and day are of the Chinese calendar; birthdays alone */
    uint8_t last;
    struct mx_str after; /* `next` of the page before */
    int64_t limit;       /* 1..200; 0 = 200 */
};

static const struct mx_field mx_occasions_ask_fields[] = {
    MX_F_ENUM(mx_occasions_ask, occasion, MX_REQUIRED, mx_occasion_words, "which day"),
    MX_F_INT(mx_occasions_ask, year, MX_REQUIRED, 1900, 2200, "year"),
    MX_F_INT(mx_occasions_ask, month, MX_REQUIRED, 1, 12, "month"),
    MX_F_INT(mx_occasions_ask, day, MX_REQUIRED, 1, 31, "day"),
    MX_F_BOOL(mx_occasions_ask, lunar, 0, "of the Chinese calendar"),
    MX_F_BOOL(mx_occasions_ask, last, 0, "the lunar month ends with this day"),
    MX_F_STR(mx_occasions_ask, after, 0, 0, 2000, "`next` of the page before"),
    MX_F_INT(mx_occasions_ask, limit, 0, 0, 200, "members on a page (200)"),
};
MX_TYPE(mx_occasions_ask, "member.occasions.ask", "whose day is this");

struct mx_occasions {
    struct mx_list members; /* of struct mx_str: ids as they were written; the same customer may stand here twice after a merge */
    struct mx_str next;     /* empty: that was all */
};

static const struct mx_field mx_occasions_fields[] = {
    MX_F_STRS(mx_occasions, members, 0, 0, 200, "members"),
    MX_F_STR(mx_occasions, next, 0, 0, 2000, "go on behind this page"),
};
MX_TYPE(mx_occasions, "member.occasions", "members whose day it is");

static const struct mx_use mx_member_occasions = {"membership.occasions", &mx_occasions_ask_type, &mx_occasions_type};

/* ---- joining and the profile. Since 0.4 ---- */

/* Event "membership.joined". */
struct mx_member_joined {
    struct mx_str member;
    /* since 0.4 */
    struct mx_str person;
    struct mx_str code;     /* referral code that was said; nobody has looked at it yet */
    struct mx_str channel;  /* "till", "web", "app", "qr" ... */
    struct mx_str location; /* where, or of the join link */
    struct mx_str campaign; /* of the join link */
};

static const struct mx_field mx_member_joined_fields[] = {
    MX_F_ID(mx_member_joined, member, MX_REQUIRED, "mem", "who joined"),
    MX_F_ID(mx_member_joined, person, 0, "per", "the person"),
    MX_F_STR(mx_member_joined, code, 0, 0, 32, "referral code that was said"),
    MX_F_STR(mx_member_joined, channel, 0, 0, 32, "how"),
    MX_F_STR(mx_member_joined, location, 0, 0, 32, "where"),
    MX_F_STR(mx_member_joined, campaign, 0, 0, 32, "campaign of the join link"),
};
MX_TYPE(mx_member_joined, "membership.joined", "somebody joined");

#define MX_EVENT_MEMBER_JOINED "membership.joined"

/* Event "membership.profile.changed": what changed, by name; never the values. */
struct mx_profile_changed {
    struct mx_str member;
    struct mx_list fields; /* of struct mx_str: "name", "birth", "attributes.<code>", sorted */
};

static const struct mx_field mx_profile_changed_fields[] = {
    MX_F_ID(mx_profile_changed, member, MX_REQUIRED, "mem", "whose profile"),
    MX_F_STRS(mx_profile_changed, fields, 0, 0, 100, "what changed"),
};
MX_TYPE(mx_profile_changed, "membership.profile.changed", "a member's profile changed");

#define MX_EVENT_PROFILE_CHANGED "membership.profile.changed"

/* ---- somebody joins at the word of another plugin. Since 0.4 ---- */

/* As much of the input of "membership.join" as others need: by one identifier, which may be linked to a person already. Refusal:
 * "already_member", naming the identifier. */
struct mx_member_enrol {
    uint64_t has;
    struct mx_str phone;
    struct mx_str email;
    struct mx_str card;
    struct mx_str openid;
    struct mx_str account;
    struct mx_str name;
    struct mx_str channel;
};

static const struct mx_field mx_member_enrol_fields[] = {
    MX_F_STR(mx_member_enrol, phone, MX_PII, 1, 40, "phone number"),
    MX_F_STR(mx_member_enrol, email, MX_PII, 1, 254, "e-mail address"),
    MX_F_STR(mx_member_enrol, card, MX_PII, 1, 64, "number of a member's card"),
    MX_F_STR(mx_member_enrol, openid, MX_PII, 1, 128, "id of an account that she signs in with"),
    MX_F_STR(mx_member_enrol, account, MX_PII, 1, 128, "account at a marketplace, channel:number"),
    MX_F_STR(mx_member_enrol, name, MX_PII, 1, 100, "name"),
    MX_F_STR(mx_member_enrol, channel, 0, 1, 32, "how she came"),
};
MX_TYPE_HAS(mx_member_enrol, "member.enrol", "somebody joins");

struct mx_member_id {
    struct mx_str id;
};

static const struct mx_field mx_member_id_fields[] = {
    MX_F_ID(mx_member_id, id, MX_REQUIRED, "mem", "member id"),
};
MX_TYPE(mx_member_id, "member.id", "which member");

struct mx_member_enrolled {
    struct mx_member_id *member;
};

static const struct mx_field mx_member_enrolled_fields[] = {
    MX_F_STRUCT(mx_member_enrolled, member, 0, mx_member_id_type, "who joined"),
};
MX_TYPE(mx_member_enrolled, "member.enrolled", "who joined");

static const struct mx_use mx_member_enrol_use = {"membership.join", &mx_member_enrol_type, &mx_member_enrolled_type};

/* A new name, by "membership.profile.put". */
struct mx_member_rename {
    uint64_t has;
    struct mx_str member;
    struct mx_str name;
};

static const struct mx_field mx_member_rename_fields[] = {
    MX_F_ID(mx_member_rename, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(mx_member_rename, name, MX_PII, 1, 100, "name"),
};
MX_TYPE_HAS(mx_member_rename, "member.rename", "a member's name");

struct mx_member_renamed {
    struct mx_str member;
};

static const struct mx_field mx_member_renamed_fields[] = {
    MX_F_ID(mx_member_renamed, member, MX_REQUIRED, "mem", "member id"),
};
MX_TYPE(mx_member_renamed, "member.renamed", "whose name it is");

static const struct mx_use mx_member_rename_use = {"membership.profile.put", &mx_member_rename_type, &mx_member_renamed_type};

/* ---- a customer who asks for herself. Since 0.4 ---- */

/* MX_OK when the caller may see or touch what belongs to this member: always, unless it is a customer in her own session and the
 * member is somebody else (or nobody: empty). Otherwise MX_E_FORBIDDEN, to be returned as it is. The plugin lists mx_point_member. */
MX_MUST_CHECK static inline mx_status mx_own(struct mx_ctx *ctx, struct mx_str member) {
    struct mx_str caller = ctx->identity->customer(ctx);
    struct mx_member_ask ask;
    struct mx_member_facts facts;
    struct mx_list persons;
    mx_status st;
    uint32_t i;
    if (caller.len == 0) return MX_OK;
    memset(&ask, 0, sizeof(ask));
    memset(&facts, 0, sizeof(facts));
    ask.member = member;
    ask.brief = 1;
    st = member.len ? mx_ask(ctx, &mx_point_member, &ask, &facts) : MX_DECLINED;
    if (st < 0) return st;
    if (st == MX_OK) st = ctx->identity->person_set(ctx, caller, &persons);
    if (st < 0) return st;
    for (i = 0; st == MX_OK && i < persons.count; i++)
        if (mx_str_eq(mx_list_str(&persons, i), facts.person)) return MX_OK;
    return mx_fail(ctx, MX_E_FORBIDDEN, NULL, "This belongs to somebody else.");
}

/* Input of "rewards.unlock.use", INTERNAL: a sale holds an article that only an entitlement lets this member buy; where that is good for so
 * many pieces, they are counted. MX_E_REFUSED "unlock_used" when fewer are left. Since 0.4. */
struct mx_unlock_use {
    struct mx_str member;
    struct mx_str sku;
    struct mx_str order;
    int64_t qty; /* thousandths */
};

static const struct mx_field mx_unlock_use_fields[] = {
    MX_F_ID(mx_unlock_use, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_unlock_use, sku, MX_REQUIRED, 1, 64, "hidden article"),
    MX_F_ID(mx_unlock_use, order, MX_REQUIRED, "ord", "sale"),
    MX_F_QTY(mx_unlock_use, qty, MX_REQUIRED, 1, MX_INT_MAX, "how much"),
};
MX_TYPE(mx_unlock_use, "member.unlock.use", "a hidden article is sold");

struct mx_unlock_used {
    int64_t left; /* pieces that it is still good for; 0: no limit, or none */
};

static const struct mx_field mx_unlock_used_fields[] = {
    MX_F_INT(mx_unlock_used, left, 0, 0, MX_INT_MAX, "pieces left"),
};
MX_TYPE(mx_unlock_used, "member.unlock.used", "what is left");

static const struct mx_use mx_unlock_use_op = {"rewards.unlock.use", &mx_unlock_use_type, &mx_unlock_used_type};

#ifdef __cplusplus
}
#endif

#include "merx/retail/counter.h"
#include "merx/retail/tier.h"
#endif
