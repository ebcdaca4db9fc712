/* What insight keeps. Everything is written behind the commit of what happened, by followers: a sale never waits for it. */
#ifndef INSIGHT_RECORDS_H
#define INSIGHT_RECORDS_H

#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/order.h"
#include "merx/retail/person.h"
#include "merx/retail/privacy.h"
#include "merx/retail/tag.h"

#define INSIGHT_CODE_MAX  32
#define INSIGHT_OWNER_MAX 80
#define INSIGHT_RECENT    8  /* newest sales that a member's row holds itself */
#define INSIGHT_TAG_WORDS 5  /* of INSIGHT_TAG_BITS tags each */
#define INSIGHT_TAG_BITS  52 /* of a packed number that dumps show exactly */
#define INSIGHT_TAGS_MAX  (INSIGHT_TAG_WORDS * INSIGHT_TAG_BITS)
#define INSIGHT_DAY_MS    INT64_C(86400000)

/* Something that somebody did. owner: a member, or "who:..." for a device or other identifier that nobody is known by yet, or
 * "door:..." for a door that counts and knows nobody. */
struct insight_did {
    struct mx_rec rec;
    struct mx_str owner;
    int64_t at;
    int64_t n; /* tells apart what happened in the same millisecond */
    struct mx_str session;
    struct mx_str kind;
    struct mx_str subject;
    int64_t dwell_ms;
    struct mx_str location;
    int64_t count; /* of a door: how many */
};

static const struct mx_field insight_did_fields[] = {
    MX_F_STR(insight_did, owner, MX_REQUIRED, 1, INSIGHT_OWNER_MAX, "who"), MX_F_TIME(insight_did, at, MX_REQUIRED, "when"),
    MX_F_INT(insight_did, n, MX_REQUIRED, 0, MX_INT_MAX, "number"),         MX_F_STR(insight_did, session, 0, 0, 64, "visit"),
    MX_F_STR(insight_did, kind, MX_REQUIRED, 1, 32, "what was done"),       MX_F_STR(insight_did, subject, 0, 0, 64, "with what"),
    MX_F_INT(insight_did, dwell_ms, 0, 0, MX_INT_MAX, "for how long"),      MX_F_STR(insight_did, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_INT(insight_did, count, 0, 0, MX_INT_MAX, "how many, at a door"),
};
MX_TYPE_REC(insight_did, "insight.behaviour", "something that somebody did");

/* What a member bought, one kind of record beside the other, so that a sale writes them to one page: each paid order and return under
 * the name INSIGHT_SALE, and behind "brand:x" and "category:y" how much of it she buys, worn by time (`at` and `seq` are 0). */
#define INSIGHT_SALE "sale" /* stands behind all names of tastes */
struct insight_bought {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str name;
    int64_t at;
    int64_t seq;      /* of the event */
    int64_t amount;   /* returns: below 0 */
    int64_t discount; /* of a sale */
    int64_t orders;   /* of a sale: 1 paid; 0 or less: came back */
    int64_t worn_at;  /* of a taste: as of when `amount` is worn */
    int64_t total;    /* of a taste: ever, not worn */
};

static const struct mx_field insight_bought_fields[] = {
    MX_F_ID(insight_bought, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(insight_bought, name, MX_REQUIRED, 1, 80, "sale; or a brand or category"),
    MX_F_TIME(insight_bought, at, MX_REQUIRED, "when"),
    MX_F_INT(insight_bought, seq, MX_REQUIRED, 0, MX_INT_MAX, "number of the event"),
    MX_F_INT(insight_bought, amount, 0, -MX_INT_MAX, MX_INT_MAX, "paid, or given back; of a taste: spent on it, worn by time"),
    MX_F_INT(insight_bought, discount, 0, -MX_INT_MAX, MX_INT_MAX, "taken off"),
    MX_F_INT(insight_bought, orders, 0, -MX_INT_MAX, MX_INT_MAX, "orders"),
    MX_F_INT(insight_bought, worn_at, 0, 0, MX_INT_MAX, "of a taste: as of when"),
    MX_F_INT(insight_bought, total, 0, -MX_INT_MAX, MX_INT_MAX, "of a taste: spent on it, ever"),
};
MX_TYPE_REC(insight_bought, "insight.bought", "a sale of a member, or how much of something she buys");

/* All that most segments ask, in one packed row: a walk over a million members reads nothing else. */
struct insight_row {
    struct mx_rec rec;
    struct mx_str member;
    int64_t joined_at;
    int64_t tier;   /* its number among the words; 0: none yet */
    int64_t merged; /* 1: one of several ids of a customer */
    int64_t orders;
    int64_t spent; /* less what was given back */
    int64_t discount;
    int64_t first_at, last_at;
    int64_t tags[INSIGHT_TAG_WORDS];
    int64_t taste, taste_at; /* what was spent on anything with a brand or category, worn by time */
    int64_t forgotten_at;    /* the newest sale that stands only in the ledger by now */
    int64_t at[INSIGHT_RECENT], amount[INSIGHT_RECENT], count[INSIGHT_RECENT]; /* the newest sales, newest first */
    int64_t let_go; /* what she did has numbers from here on: what was told before she took her consent back has lower ones */
};

#define INSIGHT_ROW_INT(m, doc) MX_F_INT(insight_row, m, 0, -MX_INT_MAX, MX_INT_MAX, doc)
#define INSIGHT_ROW_NTH(m, n, doc)                                                                                                         \
    { #m #n, doc, (uint32_t)offsetof(struct insight_row, m[n]), MX_KIND_INT, 0, -MX_INT_MAX, MX_INT_MAX, NULL, NULL, NULL }
static const struct mx_field insight_row_fields[] = {
    MX_F_ID(insight_row, member, MX_REQUIRED, "mem", "member"),
    INSIGHT_ROW_INT(joined_at, "since when a member"),
    INSIGHT_ROW_INT(tier, "number of the tier"),
    INSIGHT_ROW_INT(merged, "one of several ids of a customer"),
    INSIGHT_ROW_INT(orders, "orders"),
    INSIGHT_ROW_INT(spent, "spent less given back"),
    INSIGHT_ROW_INT(discount, "taken off"),
    INSIGHT_ROW_INT(first_at, "first sale"),
    INSIGHT_ROW_INT(last_at, "last sale"),
    INSIGHT_ROW_INT(taste, "spent on brands and categories, worn by time"),
    INSIGHT_ROW_INT(taste_at, "as of when"),
    INSIGHT_ROW_INT(forgotten_at, "newest sale that is not in this row"),
    INSIGHT_ROW_NTH(tags, 0, "tags held"),
    INSIGHT_ROW_NTH(tags, 1, "tags held"),
    INSIGHT_ROW_NTH(tags, 2, "tags held"),
    INSIGHT_ROW_NTH(tags, 3, "tags held"),
    INSIGHT_ROW_NTH(tags, 4, "tags held"),
    INSIGHT_ROW_NTH(at, 0, "a recent sale"),
    INSIGHT_ROW_NTH(at, 1, "a recent sale"),
    INSIGHT_ROW_NTH(at, 2, "a recent sale"),
    INSIGHT_ROW_NTH(at, 3, "a recent sale"),
    INSIGHT_ROW_NTH(at, 4, "a recent sale"),
    INSIGHT_ROW_NTH(at, 5, "a recent sale"),
    INSIGHT_ROW_NTH(at, 6, "a recent sale"),
    INSIGHT_ROW_NTH(at, 7, "a recent sale"),
    INSIGHT_ROW_NTH(amount, 0, "its amount"),
    INSIGHT_ROW_NTH(amount, 1, "its amount"),
    INSIGHT_ROW_NTH(amount, 2, "its amount"),
    INSIGHT_ROW_NTH(amount, 3, "its amount"),
    INSIGHT_ROW_NTH(amount, 4, "its amount"),
    INSIGHT_ROW_NTH(amount, 5, "its amount"),
    INSIGHT_ROW_NTH(amount, 6, "its amount"),
    INSIGHT_ROW_NTH(amount, 7, "its amount"),
    INSIGHT_ROW_NTH(count, 0, "its orders"),
    INSIGHT_ROW_NTH(count, 1, "its orders"),
    INSIGHT_ROW_NTH(count, 2, "its orders"),
    INSIGHT_ROW_NTH(count, 3, "its orders"),
    INSIGHT_ROW_NTH(count, 4, "its orders"),
    INSIGHT_ROW_NTH(count, 5, "its orders"),
    INSIGHT_ROW_NTH(count, 6, "its orders"),
    INSIGHT_ROW_NTH(count, 7, "its orders"),
    INSIGHT_ROW_INT(let_go, "what was told before has lower numbers, and is hers no longer"),
};
MX_TYPE_REC(insight_row, "insight.member", "what is known of a member in numbers");

/* How many members stand where: of "recency" (day of the last sale), "frequency" (orders), "money" (spent). */
struct insight_step {
    struct mx_rec rec;
    struct mx_str curve;
    int64_t bucket;
    int64_t members;
};

static const struct mx_field insight_step_fields[] = {
    MX_F_STR(insight_step, curve, MX_REQUIRED, 1, 16, "of what"),
    MX_F_INT(insight_step, bucket, MX_REQUIRED, -MX_INT_MAX, MX_INT_MAX, "where"),
    MX_F_INT(insight_step, members, 0, 0, MX_INT_MAX, "how many members"),
};
MX_TYPE_REC(insight_step, "insight.curve", "how many members stand where");

/* Numbers of words that rows hold: of tags and tiers. */
struct insight_word {
    struct mx_rec rec;
    struct mx_str sort;
    struct mx_str code;
    int64_t number;
};

static const struct mx_field insight_word_fields[] = {
    MX_F_STR(insight_word, sort, MX_REQUIRED, 1, 8, "tag or tier"),
    MX_F_STR(insight_word, code, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "code"),
    MX_F_INT(insight_word, number, 0, 0, MX_INT_MAX, "its number, from 1"),
};
MX_TYPE_REC(insight_word, "insight.word", "the number of a tag or tier");

/* A tag that a member holds. */
struct insight_tag {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str tag;
    struct mx_str reason;
    struct mx_str rule;
    struct mx_str version;
    int64_t since;
    int64_t review_at;
};

static const struct mx_field insight_tag_fields[] = {
    MX_F_ID(insight_tag, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(insight_tag, tag, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "tag"),
    MX_F_STR(insight_tag, reason, 0, 0, 200, "why"),
    MX_F_STR(insight_tag, rule, 0, 0, 64, "rule that gave it"),
    MX_F_STR(insight_tag, version, 0, 0, 64, "version of the rules"),
    MX_F_TIME(insight_tag, since, 0, "since when"),
    MX_F_TIME(insight_tag, review_at, 0, "when to ask again although nothing happens"),
};
MX_TYPE_REC(insight_tag, "insight.tag", "a tag that a member holds");

/* From when to when a member held a tag or a tier. */
struct insight_period {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str sort; /* "tag", "tier" */
    struct mx_str code;
    int64_t since;
    int64_t until; /* 0: still */
    struct mx_str reason;
    struct mx_str rule;
    struct mx_str version;
};

static const struct mx_field insight_period_fields[] = {
    MX_F_ID(insight_period, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(insight_period, sort, MX_REQUIRED, 1, 8, "tag or tier"),
    MX_F_STR(insight_period, code, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "code"),
    MX_F_TIME(insight_period, since, MX_REQUIRED, "from when"),
    MX_F_TIME(insight_period, until, 0, "until when; absent: still"),
    MX_F_STR(insight_period, reason, 0, 0, 200, "why"),
    MX_F_STR(insight_period, rule, 0, 0, 64, "rule that gave it"),
    MX_F_STR(insight_period, version, 0, 0, 64, "version of the rules"),
};
MX_TYPE_REC(insight_period, "insight.period", "from when to when a member held a tag or tier");

/* How often something was said about an article; subject "*": about anything. */
struct insight_said {
    struct mx_rec rec;
    struct mx_str subject;
    struct mx_str word; /* "aspect:too-oily", "word:太油" */
    int64_t count;
};

static const struct mx_field insight_said_fields[] = {
    MX_F_STR(insight_said, subject, 0, 0, 64, "article; *: anything"),
    MX_F_STR(insight_said, word, MX_REQUIRED, 1, 80, "aspect or word"),
    MX_F_INT(insight_said, count, 0, 0, MX_INT_MAX, "how often"),
};
MX_TYPE_REC(insight_said, "insight.said", "how often something was said");

extern const struct mx_table insight_dids, insight_boughts, insight_rows, insight_curves, insight_words, insight_tags, insight_periods,
    insight_saids, insight_segments, insight_insiders;

#endif
