/* Insight's requests and answers, and the functions that its files share.
 *
 * behaviour*.c  what customers do, as it comes in and is read      fold.c     sales and tiers come into the rows
 * row.c         the row of a member                                curve.c    where members stand among all
 * tag*.c        tags that rules give                               score.c    scores of a member
 * text*.c       what is said in reviews and chats                  segment*.c groups by rule
 * member.c      whom a row is about                                kept.c     the register of processing
 * later.c       forgetting and claiming, in steps                  lexicon.c  what people say of things
 * basis.c       what is kept only while she agrees to it           section.c  her part of the customer view and of the export */
#ifndef INSIGHT_INTERNAL_H
#define INSIGHT_INTERNAL_H

#include "records.h"

/* ---- members ---- */

/* All ids of the customer, the standing one first. MX_NONE: there is no such member, or she was erased. */
MX_MUST_CHECK mx_status insight_member(struct mx_ctx *ctx, struct mx_str member, struct mx_member_facts *facts);
/* The same, or a refusal that names `field`; somebody else's: refused. */
MX_MUST_CHECK mx_status insight_member_asked(struct mx_ctx *ctx, struct mx_str member, struct mx_member_facts *facts);
/* 1 when the customer let the shop do this. */
MX_MUST_CHECK mx_status insight_consents(struct mx_ctx *ctx, const struct mx_member_facts *facts, int *yes);
/* Owner under which things of an identifier are kept that nobody is known by. */
struct mx_str insight_owner_of(struct mx_ctx *ctx, struct mx_str kind, struct mx_str value);

/* ---- rows ---- */

/* The row of a member as it is stored, or a new one. */
MX_MUST_CHECK mx_status insight_row_get(struct mx_ctx *ctx, struct mx_str member, struct insight_row *row);
/* Write it, and move the member on the curves. */
MX_MUST_CHECK mx_status insight_row_put(struct mx_ctx *ctx, const struct insight_row *before, struct insight_row *row);
/* Add a sale to the row. */
void insight_row_add(struct insight_row *row, const struct insight_bought *sale);
/* A walk over a member's sales, oldest first, from a time on. */
MX_MUST_CHECK mx_status insight_sales_open(struct mx_ctx *ctx, struct mx_str member, int64_t from, struct mx_scan **scan);
/* What the sales of a window sum up to, [from, until); until 0: to the end. */
struct insight_sum {
    int64_t amount, orders;
};
MX_MUST_CHECK mx_status insight_row_window(struct mx_ctx *ctx, const struct insight_row *row, int64_t from, int64_t until,
                                           struct insight_sum *sum);
/* The row as it was at a time, from its sales, tags and tiers of then. */
MX_MUST_CHECK mx_status insight_row_at(struct mx_ctx *ctx, const struct insight_row *now, int64_t at, struct insight_row *row);
/* The rows of all ids of a customer in one. */
void insight_row_join(struct insight_row *into, const struct insight_row *row);
MX_MUST_CHECK mx_status insight_row_of(struct mx_ctx *ctx, const struct mx_member_facts *facts, int64_t at, struct insight_row *row);
/* Tags by their number, from 1; others are ignored. */
void insight_row_tag(struct insight_row *row, int64_t number, int held);
int insight_row_has_tag(const struct insight_row *row, int64_t number);

/* Number of a word, 0 when it has none; _make gives it one (0 when there are too many). */
MX_MUST_CHECK mx_status insight_word(struct mx_ctx *ctx, const char *sort, struct mx_str code, int64_t *number);
MX_MUST_CHECK mx_status insight_word_make(struct mx_ctx *ctx, const char *sort, struct mx_str code, int64_t *number);

/* ---- curves ---- */

struct insight_curve {
    uint32_t count, room;
    int64_t *buckets;
    int64_t *below; /* members in lower buckets; one more at the end: all */
};
struct insight_curves {
    struct insight_curve recency, frequency, money;
};
enum { INSIGHT_RECENCY, INSIGHT_FREQUENCY, INSIGHT_MONEY, INSIGHT_CURVES };
extern const char *const insight_curve_words[INSIGHT_CURVES];
int64_t insight_bucket(const struct insight_row *row, int curve);
MX_MUST_CHECK mx_status insight_curves_read(struct mx_ctx *ctx, struct insight_curve curves[INSIGHT_CURVES]);
/* From a histogram in memory: values sorted by this call. */
void insight_curve_make(struct mx_ctx *ctx, int64_t *values, uint32_t count, struct insight_curve *curve);
struct insight_place {
    int64_t below, same, all;
};
struct insight_place insight_place(const struct insight_curve *curve, int64_t bucket);
int64_t insight_fifth(struct insight_place place);   /* 1..5 */
int64_t insight_percent(struct insight_place place); /* ppm of members below, those alike counting half */

/* ---- scores ---- */

struct insight_scored {
    int known;
    int64_t value;
};
struct insight_scoring {
    const struct insight_row *row;
    const struct mx_member_facts *facts; /* NULL: the row's member alone */
    int64_t at;
    const struct insight_curve *curves; /* INSIGHT_CURVES of them; NULL: read when needed */
};
/* MX_NONE: there is no score by that name. */
MX_MUST_CHECK mx_status insight_score(struct mx_ctx *ctx, struct insight_scoring *scoring, struct mx_str name,
                                      struct insight_scored *scored);
/* 1 when there is a score by that name; *needs_curves: it depends on where others stand. */
int insight_score_known(struct mx_str name, int *needs_curves);
/* 1 when it tells a taste ("affinity:..."): those are known as they are now alone, whatever day is asked for. */
int insight_score_is_taste(struct mx_str name);
/* An amount of `from_ms` as it counts at `to_ms`: half after 120 days. */
int64_t insight_worn(int64_t amount, int64_t from_ms, int64_t to_ms);

/* ---- tags, segments ---- */

/* Ask the rules about a member and set and drop what follows. */
MX_MUST_CHECK mx_status insight_tags_renew(struct mx_ctx *ctx, struct mx_str member);
/* See in which watched segments the customer is now. */
MX_MUST_CHECK mx_status insight_segments_renew(struct mx_ctx *ctx, const struct mx_member_facts *facts);
/* 1 when a segment is watched. */
MX_MUST_CHECK mx_status insight_segments_watched(struct mx_ctx *ctx, int *watched);
/* Her tags and places in segments go. */
MX_MUST_CHECK mx_status insight_tags_forget(struct mx_ctx *ctx, struct mx_str member, const char *why);
MX_MUST_CHECK mx_status insight_segments_forget(struct mx_ctx *ctx, struct mx_str member);
/* Begin a period, end the one that runs; first: unless there is one of its sort already. */
MX_MUST_CHECK mx_status insight_period_first(struct mx_ctx *ctx, const struct insight_period *first);
MX_MUST_CHECK mx_status insight_period_begin(struct mx_ctx *ctx, const struct insight_period *period);
MX_MUST_CHECK mx_status insight_period_end(struct mx_ctx *ctx, struct mx_str member, const char *sort, struct mx_str code, int64_t until);

/* ---- tags as they are shown ---- */

#define INSIGHT_HISTORY_MAX 200

struct insight_tag_view {
    struct mx_str tag;
    struct mx_str reason;
    struct mx_str rule;
    struct mx_str version;
    int64_t since;
    int64_t until;
    int64_t review_at;
};
static const struct mx_field insight_tag_view_fields[] = {
    MX_F_STR(insight_tag_view, tag, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "tag"),
    MX_F_STR(insight_tag_view, reason, 0, 0, 200, "why"),
    MX_F_STR(insight_tag_view, rule, 0, 0, 64, "rule that gave it"),
    MX_F_STR(insight_tag_view, version, 0, 0, 64, "version of the rules"),
    MX_F_TIME(insight_tag_view, since, 0, "since when"),
    MX_F_TIME(insight_tag_view, until, 0, "until when; absent: still"),
    MX_F_TIME(insight_tag_view, review_at, 0, "when the rule is asked again although nothing happens"),
};
MX_TYPE(insight_tag_view, "insight.tag.view", "a tag and why");

struct insight_tags_view {
    struct mx_str member;
    struct mx_list tags;
    struct mx_list history;
    uint8_t withheld;
};
static const struct mx_field insight_tags_view_fields[] = {
    MX_F_ID(insight_tags_view, member, MX_REQUIRED, "mem", "standing id"),
    MX_F_LIST(insight_tags_view, tags, 0, 0, 256, insight_tag_view_type, "tags held now, by code"),
    MX_F_LIST(insight_tags_view, history, 0, 0, INSIGHT_HISTORY_MAX, insight_tag_view_type, "tags that ended, by code and time"),
    MX_F_BOOL(insight_tags_view, withheld, 0, "she has not agreed to personalisation"),
};
MX_TYPE(insight_tags_view, "insight.tags", "tags of a customer");

/* Those she holds, and of those that ended up to `history`; to others than herself only while she agrees. */
MX_MUST_CHECK mx_status insight_tags_show(struct mx_ctx *ctx, const struct mx_member_facts *facts, uint32_t history,
                                          struct insight_tags_view *view);

/* ---- behaviour ---- */

struct insight_added {
    struct mx_str member;
    int64_t rows;
};
static const struct mx_field insight_added_fields[] = {
    MX_F_ID(insight_added, member, MX_REQUIRED, "mem", "who"),
    MX_F_INT(insight_added, rows, 0, 0, MX_INT_MAX, "how many things"),
};
MX_TYPE(insight_added, "insight.behaviour.added", "a member did something");
extern const struct mx_event_def insight_added_event;

/* Call fn for what a member did, newest first, until it answers something else than MX_OK. */
typedef mx_status (*insight_did_fn)(void *arg, const struct insight_did *did);
MX_MUST_CHECK mx_status insight_walk(struct mx_ctx *ctx, struct mx_str member, int64_t from, int64_t until, insight_did_fn fn, void *arg);
/* The newest things that a customer did, at most `max`, oldest first. */
MX_MUST_CHECK mx_status insight_deeds(struct mx_ctx *ctx, const struct mx_list *members, uint32_t max,
                                      const struct insight_did *const **deeds, uint32_t *count);
/* What waits under an owner is a member's: it is given to her when she agrees, otherwise it goes. The newest *left rows at once, the rest
 * in steps behind it. */
#define INSIGHT_CLAIM_ROWS 100 /* of all owners that one command is about; each is written twice, as it goes and as it comes */
MX_MUST_CHECK mx_status insight_claim(struct mx_ctx *ctx, struct mx_str owner, struct mx_str member, int agrees, uint32_t *left);
/* All that is kept of a member goes: what is looked up and *left rows at once, the rest in steps. */
#define INSIGHT_FORGET_ROWS 200 /* of all ids of a customer */
MX_MUST_CHECK mx_status insight_forget(struct mx_ctx *ctx, struct mx_str member, uint32_t *left);
/* The first number for what is kept next: what was kept before has lower ones. */
MX_MUST_CHECK mx_status insight_deeds_number(struct mx_ctx *ctx, int64_t *number);
/* She does not agree: what she did, her tags, what is known of those that ended, and her places in segments go. What is still there until
 * the last step is not read any more. */
MX_MUST_CHECK mx_status insight_let_go(struct mx_ctx *ctx, const struct mx_member_facts *facts);

/* ---- text ---- */

struct insight_aspect {
    const char *code;
    int feeling;                /* -1, 0, 1 */
    const char *const *phrases; /* ends with NULL */
};
extern const struct insight_aspect insight_lexicon[]; /* ends with code NULL */
/* Aspects in a text, each once: places in the lexicon. */
uint32_t insight_aspects(struct mx_ctx *ctx, struct mx_str text, const struct insight_aspect **found, uint32_t max);
/* Words of a text, each once: Latin words and pairs of Chinese characters. */
uint32_t insight_text_words(struct mx_ctx *ctx, struct mx_str text, struct mx_str *words, uint32_t max);
#define INSIGHT_ANYTHING  "*" /* the subject under which all texts are counted */
#define INSIGHT_TEXTS_MIN 3   /* a word stands in plain once so many texts have it */
/* Count what a text says of an article; sort: "aspect", "intent" or "word". */
MX_MUST_CHECK mx_status insight_said_count(struct mx_ctx *ctx, struct mx_str subject, const char *sort, struct mx_str word);

extern const struct mx_op insight_op_add, insight_op_profile, insight_op_words, insight_op_tags, insight_op_tag_list, insight_op_tag_review,
    insight_op_scores, insight_op_segment_put, insight_op_segment_list, insight_op_segment_count, insight_op_segment_members,
    insight_op_segment_why, insight_op_trim, insight_op_daily;
extern const struct mx_event_def insight_tag_set_event, insight_tag_dropped_event, insight_entered_event, insight_left_event;
extern const struct mx_job insight_tags_job, insight_segments_job, insight_forget_job, insight_claim_job, insight_let_go_job;
mx_status insight_behaviour_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status insight_tags_held_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status insight_score_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status insight_section_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status insight_kept_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status insight_hear(struct mx_ctx *ctx, const struct mx_event *event, const void *data);
mx_status insight_hear_consent(struct mx_ctx *ctx, const struct mx_event *event, const void *data);
mx_status insight_hear_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data);

#endif
