/* Who a member is: joining, the profile with the shop's own attributes, occasions. */
#ifndef MEMBERSHIP_PROFILE_H
#define MEMBERSHIP_PROFILE_H

#include "internal.h"
#include "merx/retail/privacy.h"

#define MEMBERSHIP_ATTRIBUTES_MAX 64  /* of one member, and definitions that stand */
#define MEMBERSHIP_VALUE_MAX      200 /* bytes of an attribute's value */
#define MEMBERSHIP_WORDS_MAX      64
#define MEMBERSHIP_LINK_MAX       200

/* ---- birth ---- */

/* Is there such a day? Names the field (birth.month ...). */
MX_MUST_CHECK mx_status membership_birth_check(struct mx_ctx *ctx, const struct membership_birth *birth);

/* Days of the month of birth; the month is a good one. */
int64_t membership_days_of(const struct membership_birth *birth);

/* As it is kept: "1990-05-12", "--05-12", both with "L" before them in the Chinese calendar. */
struct mx_str membership_birth_text(struct mx_ctx *ctx, const struct membership_birth *birth);
int membership_birth_read(struct mx_str text, struct membership_birth *birth);

/* As it is looked up: "05-12", "L05-12". */
struct mx_str membership_day_text(struct mx_ctx *ctx, int64_t month, int64_t day, int lunar);

/* ---- attributes ---- */

static const char *const membership_attribute_words[] = {"text", "int", "bool", "date", "choice", NULL};
#define MEMBERSHIP_TEXT   1
#define MEMBERSHIP_INT    2
#define MEMBERSHIP_BOOL   3
#define MEMBERSHIP_DATE   4
#define MEMBERSHIP_CHOICE 5

struct membership_attribute {
    struct mx_rec rec;
    struct mx_str code;
    struct mx_list name;  /* of struct mx_pair: by language */
    int32_t kind;         /* MEMBERSHIP_TEXT ... */
    struct mx_list words; /* of struct mx_str: of a choice */
    uint8_t personal;     /* 1: sealed under the person's key and seen by people alone; 0: open, rules may read it */
    struct mx_str purpose;
    uint8_t off; /* 1: no longer asked for; what is there stays */
};

static const struct mx_field membership_attribute_fields[] = {
    MX_F_STR(membership_attribute, code, MX_REQUIRED, 1, 32, "code: a-z, digits, _ and -"),
    MX_F_MAP(membership_attribute, name, 0, 0, 16, "name by language"),
    MX_F_ENUM(membership_attribute, kind, MX_REQUIRED, membership_attribute_words, "what its values are"),
    MX_F_STRS(membership_attribute, words, 0, 0, MEMBERSHIP_WORDS_MAX, "values of a choice"),
    MX_F_BOOL(membership_attribute, personal, 0, "sealed, for people alone; otherwise rules may read it"),
    MX_F_STR(membership_attribute, purpose, 0, 0, MX_PURPOSE_MAX, "what it is kept for; of an open one consent to it is asked at use"),
    MX_F_BOOL(membership_attribute, off, 0, "no longer asked for"),
};
MX_TYPE_REC(membership_attribute, "membership.attribute", "something that the shop wants to know of members");

struct membership_attribute_put {
    struct mx_str code;
    struct mx_list name;
    int32_t kind;
    struct mx_list words;
    uint8_t personal;
    struct mx_str purpose;
    uint8_t off;
};

static const struct mx_field membership_attribute_put_fields[] = {
    MX_F_STR(membership_attribute_put, code, MX_REQUIRED, 1, 32, "code: a-z, digits, _ and -"),
    MX_F_MAP(membership_attribute_put, name, 0, 0, 16, "name by language"),
    MX_F_ENUM(membership_attribute_put, kind, MX_REQUIRED, membership_attribute_words, "what its values are"),
    MX_F_STRS(membership_attribute_put, words, 0, 0, MEMBERSHIP_WORDS_MAX, "values of a choice"),
    MX_F_BOOL(membership_attribute_put, personal, 0, "sealed, for people alone; otherwise rules may read it"),
    MX_F_STR(membership_attribute_put, purpose, 0, 1, MX_PURPOSE_MAX, "what it is kept for (personal: service; open: personalisation)"),
    MX_F_BOOL(membership_attribute_put, off, 0, "no longer asked for"),
};
MX_TYPE(membership_attribute_put, "membership.attribute.put", "say what the shop wants to know of members");

struct membership_attribute_one {
    struct membership_attribute_put *attribute;
};

static const struct mx_field membership_attribute_one_fields[] = {
    MX_F_STRUCT(membership_attribute_one, attribute, MX_REQUIRED, membership_attribute_put_type, "the attribute"),
};
MX_TYPE(membership_attribute_one, "membership.attribute.one", "one attribute");

struct membership_attributes_ask {
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field membership_attributes_ask_fields[] = {
    MX_F_STR(membership_attributes_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(membership_attributes_ask, limit, 0, 1, MEMBERSHIP_PAGE_MAX, "attributes on a page (100)"),
};
MX_TYPE(membership_attributes_ask, "membership.attributes.ask", "attributes");

struct membership_attributes_page {
    struct mx_list attributes; /* of struct membership_attribute_put */
    struct mx_str next;
};

static const struct mx_field membership_attributes_page_fields[] = {
    MX_F_LIST(membership_attributes_page, attributes, 0, 0, MEMBERSHIP_PAGE_MAX, membership_attribute_put_type,
              "a page of attributes, by code"),
    MX_F_STR(membership_attributes_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(membership_attributes_page, "membership.attributes.page", "attributes");

/* Open attributes of a member; deleted when she is erased. */
struct membership_trait {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_list values; /* of struct mx_pair, sorted by code */
    struct mx_list said;   /* the same: when each was last put or taken away, as text in ms; of older ones nothing */
};

static const struct mx_field membership_trait_fields[] = {
    MX_F_ID(membership_trait, member, MX_REQUIRED, "mem", "member id"),
    MX_F_MAP(membership_trait, values, 0, 0, MEMBERSHIP_ATTRIBUTES_MAX, "open attributes"),
    MX_F_MAP(membership_trait, said, 0, 0, MEMBERSHIP_ATTRIBUTES_MAX, "when each was last put or taken away, in milliseconds"),
};
MX_TYPE_REC(membership_trait, "membership.trait", "open attributes of a member");

/* What stands under one id. shown: what is seen of the customer under all of her ids, open ones and sealed ones; NULL: she has one id. */
struct membership_attribute_maps {
    struct mx_list open, open_said, sealed, sealed_said;
    const struct mx_list *shown;
};

/* Check values against their definitions, by code; an empty value takes one away. maps: what stands, changed in place to what it shall be.
 * changed: takes a field name for each that is another one now (room for all of `values`). */
MX_MUST_CHECK mx_status membership_attributes_apply(struct mx_ctx *ctx, const struct mx_list *values,
                                                    struct membership_attribute_maps *maps, struct mx_list *changed);
void membership_sort_pairs(struct mx_list *map);

/* membership_newest.c: of each attribute the one that was said last. */
struct membership_newest_one {
    struct mx_str code, value, at;
    uint8_t known;
};
struct membership_newest {
    struct membership_newest_one all[MEMBERSHIP_ATTRIBUTES_MAX];
    uint32_t count;
};
/* Those of one more id, the standing one first: of two that are equally old its own counts. */
void membership_newest_add(struct membership_newest *newest, const struct mx_list *values, const struct mx_list *said);
struct mx_list membership_newest_list(struct mx_ctx *ctx, const struct membership_newest *newest);

/* ---- joining ---- */

struct membership_consent {
    struct mx_str purpose;
    struct mx_str channel;
    struct mx_str language;
    int64_t version;
};

static const struct mx_field membership_consent_fields[] = {
    MX_F_STR(membership_consent, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "what for"),
    MX_F_STR(membership_consent, channel, 0, 0, 32, "through which channel; absent: whatever the channel"),
    MX_F_STR(membership_consent, language, 0, 0, 16, "language of the text that she saw"),
    MX_F_INT(membership_consent, version, 0, 0, MX_INT_MAX, "version of that text"),
};
MX_TYPE(membership_consent, "membership.consent", "what somebody agrees to when she joins");

struct membership_join {
    uint64_t has;
    struct mx_str id;
    struct mx_str phone;
    struct mx_str name;
    struct mx_str email;
    struct mx_str card;
    struct mx_str openid;
    struct mx_str device;
    struct mx_str account;
    struct mx_str channel;
    struct mx_str location;
    struct mx_str link;
    struct membership_birth *birth;
    struct mx_list attributes;
    struct mx_str referral;
    struct mx_list consents;
};

static const struct mx_field membership_join_fields[] = {
    MX_F_ID(membership_join, id, 0, "mem", "id made by the caller"),
    MX_F_STR(membership_join, phone, MX_PII, 1, 40, "phone number; at least one of phone, email, card, openid, device and account"),
    MX_F_STR(membership_join, name, MX_PII | MX_FREE_TEXT, 1, 100, "name"),
    MX_F_STR(membership_join, email, MX_PII, 1, 254, "e-mail address"),
    MX_F_STR(membership_join, card, MX_PII, 1, 64, "number of a member's card"),
    MX_F_STR(membership_join, openid, MX_PII, 1, 128, "id of an account that she signs in with"),
    MX_F_STR(membership_join, device, MX_PII, 1, 128, "id of her phone or browser"),
    MX_F_STR(membership_join, account, MX_PII, 1, 128, "account at a marketplace, channel:number"),
    MX_F_STR(membership_join, channel, 0, 1, MX_CODE_MAX, "how: till, web, app ...; qr when there is a link"),
    MX_F_STR(membership_join, location, 0, 1, MX_CODE_MAX, "where"),
    MX_F_STR(membership_join, link, 0, 1, MEMBERSHIP_LINK_MAX, "text of a join link"),
    MX_F_STRUCT(membership_join, birth, MX_PII, membership_birth_type, "day of birth"),
    MX_F_MAP(membership_join, attributes, MX_PII, 0, MEMBERSHIP_ATTRIBUTES_MAX, "attributes of the shop's own, values as text"),
    MX_F_STR(membership_join, referral, 0, 1, 32, "code of the member who sent her"),
    MX_F_LIST(membership_join, consents, 0, 0, 32, membership_consent_type, "what she agrees to; nothing of it is needed to join"),
};
MX_TYPE_HAS(membership_join, "membership.join", "somebody joins");

struct membership_link_make {
    struct mx_str location;
    struct mx_str campaign;
    int64_t until;
};

static const struct mx_field membership_link_make_fields[] = {
    MX_F_STR(membership_link_make, location, MX_REQUIRED, 1, MX_CODE_MAX, "location where it hangs"),
    MX_F_STR(membership_link_make, campaign, 0, 1, MX_CODE_MAX, "campaign: a-z, digits, _ and -"),
    MX_F_TIME(membership_link_make, until, 0, "until when it is good; absent: a year"),
};
MX_TYPE(membership_link_make, "membership.join.link.ask", "make a join link");

struct membership_link {
    struct mx_str text; /* for a QR code */
    int64_t until;
};

static const struct mx_field membership_link_fields[] = {
    MX_F_STR(membership_link, text, MX_REQUIRED, 1, MEMBERSHIP_LINK_MAX, "text of the link, for a QR code"),
    MX_F_TIME(membership_link, until, 0, "until when it is good"),
};
MX_TYPE(membership_link, "membership.join.link", "a join link");

/* Where a link came from. Refuses "link_expired" and what this shop did not make, naming `link`. */
struct membership_link_origin {
    struct mx_str location;
    struct mx_str campaign;
};
MX_MUST_CHECK mx_status membership_link_read(struct mx_ctx *ctx, struct mx_str text, struct membership_link_origin *origin);

/* ---- changing the profile ---- */

struct membership_profile_put {
    uint64_t has;
    struct mx_str member;
    struct mx_str name;
    struct membership_birth *birth;
    struct mx_list attributes;
    int64_t if_rev;
};

static const struct mx_field membership_profile_put_fields[] = {
    MX_F_ID(membership_profile_put, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_profile_put, name, MX_PII | MX_FREE_TEXT, 1, 100, "name"),
    MX_F_STRUCT(membership_profile_put, birth, MX_PII, membership_birth_type, "day of birth"),
    MX_F_MAP(membership_profile_put, attributes, MX_PII, 0, MEMBERSHIP_ATTRIBUTES_MAX,
             "attributes, values as text; an empty one takes it away"),
    MX_F_INT(membership_profile_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision of the profile"),
};
MX_TYPE_HAS(membership_profile_put, "membership.profile.put", "change a member's profile");

struct membership_profile_rev {
    struct mx_str member;
    int64_t profile_rev;
};

static const struct mx_field membership_profile_rev_fields[] = {
    MX_F_ID(membership_profile_rev, member, MX_REQUIRED, "mem", "standing member id"),
    MX_F_INT(membership_profile_rev, profile_rev, 0, 0, MX_INT_MAX, "revision of the profile"),
};
MX_TYPE(membership_profile_rev, "membership.profile.rev", "which profile was changed");

/* What a join or a change says; absent parts stay. */
struct membership_saying {
    struct mx_str name;
    const struct membership_birth *birth;
    const struct mx_list *attributes;
    const struct mx_list *shown; /* see struct membership_attribute_maps */
};

/* Put what was said into the member's profile and traits. changed: names of what is another one now; may be NULL. */
MX_MUST_CHECK mx_status membership_profile_write(struct mx_ctx *ctx, const struct membership_member *member,
                                                 const struct membership_saying *saying, struct mx_list *changed, int64_t *rev);

/* Open and sealed attributes of a customer over all her ids, sorted by code: of each the one that was said last. */
MX_MUST_CHECK mx_status membership_traits_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *values);
MX_MUST_CHECK mx_status membership_sealed_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *values);
mx_status membership_traits_answer(struct mx_ctx *ctx, const void *in, void *out);

/* ---- when persons merge, part and are forgotten ---- */

mx_status membership_hear_merged(struct mx_ctx *ctx, const struct mx_event *event, const void *data);
mx_status membership_hear_unmerged(struct mx_ctx *ctx, const struct mx_event *event, const void *data);
mx_status membership_hear_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data);
mx_status membership_unmerge_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_kept_answer(struct mx_ctx *ctx, const void *in, void *out);

/* ---- settings ---- */

static const char *const membership_leap_words[] = {"feb28", "mar1", NULL};
#define MEMBERSHIP_FEB28 1
#define MEMBERSHIP_MAR1  2

struct membership_settings {
    struct mx_rec rec;
    struct mx_str id; /* "shop" */
    int32_t leap_day; /* when somebody born on 29 February has her day in a common year */
};

static const struct mx_field membership_settings_fields[] = {
    MX_F_STR(membership_settings, id, MX_REQUIRED, 1, 8, "shop"),
    MX_F_ENUM(membership_settings, leap_day, 0, membership_leap_words, "day of those born on 29 February, in common years"),
};
MX_TYPE_REC(membership_settings, "membership.settings", "settings of membership");

struct membership_settings_put {
    int32_t leap_day;
};

static const struct mx_field membership_settings_put_fields[] = {
    MX_F_ENUM(membership_settings_put, leap_day, 0, membership_leap_words, "day of those born on 29 February, in common years"),
};
MX_TYPE(membership_settings_put, "membership.settings.put", "settings of membership");

struct membership_settings_ask {
    struct mx_str unused;
};

static const struct mx_field membership_settings_ask_fields[] = {
    MX_F_STR(membership_settings_ask, unused, MX_READONLY, 0, 1, "nothing"),
};
MX_TYPE(membership_settings_ask, "membership.settings.ask", "the settings");

MX_MUST_CHECK mx_status membership_settings_read(struct mx_ctx *ctx, struct membership_settings *settings);

extern const struct mx_table membership_attributes, membership_traits, membership_settings_table;
extern const struct mx_event_def membership_profile_changed_event;
extern const struct mx_op membership_attribute_put_op, membership_attribute_list_op, membership_link_op, membership_profile_put_op,
    membership_settings_put_op, membership_settings_get_op, membership_occasions_op;

#endif
