/* Tiers: what is asked of the rules about a customer, what becomes of the answer, and looking at it.
 *
 * membership_tier.c      finding a tier anew        membership_tier_ask.c    a question, now or as of then
 * membership_tier_put.c  by hand; assigned clerks   membership_tier_look.c   next, explain, would, history
 * membership_tier_merge.c  over a merge
 * membership_tier_run.c  all members: trying rules, and asking anew after other rules    membership_tier_words.c  in words */
#ifndef MEMBERSHIP_TIERS_H
#define MEMBERSHIP_TIERS_H

#include "counts.h"

#define MEMBERSHIP_TIER_STEP    100  /* members of one step of the job */
#define MEMBERSHIP_TIER_HISTORY 50   /* rows of an answer */
#define MEMBERSHIP_TIER_TOLD    1000 /* and of an export */
#define MEMBERSHIP_CLERK_MAX    64

/* ---- what happened to a tier ---- */

static const char *const membership_tier_why_words[] = {"counted", "returned", "time", "rules", "hand", "lost", "regained", "merged", NULL};
#define MEMBERSHIP_TIER_COUNTED  1 /* something was counted */
#define MEMBERSHIP_TIER_RETURNED 2 /* goods came back */
#define MEMBERSHIP_TIER_TIME     3 /* a window moved on, or a grace ended */
#define MEMBERSHIP_TIER_RULES    4 /* other rules came into force */
#define MEMBERSHIP_TIER_HAND     5 /* a person gave it */
#define MEMBERSHIP_TIER_LOST     6 /* not earned any more, and kept until `until` */
#define MEMBERSHIP_TIER_REGAINED 7 /* earned again before it ended */
#define MEMBERSHIP_TIER_MERGED   8 /* another id of hers brought it along, or took it away again */

#define MEMBERSHIP_CHANGE_MEMBERS                                                                                                          \
    struct mx_str member;                                                                                                                  \
    struct mx_str id;                                                                                                                      \
    int64_t at;                                                                                                                            \
    struct mx_str from;                                                                                                                    \
    struct mx_str tier;                                                                                                                    \
    int32_t why;                                                                                                                           \
    struct mx_str rule;                                                                                                                    \
    struct mx_str version;                                                                                                                 \
    struct mx_str reason;                                                                                                                  \
    int64_t until
#define MEMBERSHIP_CHANGE_ROWS(S)                                                                                                          \
    MX_F_ID(S, member, MX_REQUIRED, "mem", "whose tier"), MX_F_ID(S, id, MX_REQUIRED, "tch", "id of the change"),                          \
        MX_F_TIME(S, at, 0, "when"), MX_F_STR(S, from, 0, 0, MEMBERSHIP_TIER_MAX, "tier before"),                                          \
        MX_F_STR(S, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier from then on"),                                                                 \
        MX_F_ENUM(S, why, 0, membership_tier_why_words, "what brought it about"),                                                          \
        MX_F_STR(S, rule, 0, 0, 64, "rule that gave it; absent: none, or a person did"),                                                   \
        MX_F_STR(S, version, 0, 0, 64, "version of the rules"),                                                                            \
        MX_F_STR(S, reason, 0, 0, MEMBERSHIP_REASON_MAX, "why that person gave it"),                                                       \
        MX_F_TIME(S, until, 0, "until when it is kept; absent: as long as it is earned")

struct membership_tier_change {
    struct mx_rec rec;
    MEMBERSHIP_CHANGE_MEMBERS;
};

static const struct mx_field membership_tier_change_fields[] = {
    MEMBERSHIP_CHANGE_ROWS(membership_tier_change),
};
MX_TYPE_REC(membership_tier_change, "membership.tier.change", "what happened to a member's tier");

struct membership_tier_row {
    MEMBERSHIP_CHANGE_MEMBERS;
};

static const struct mx_field membership_tier_row_fields[] = {
    MEMBERSHIP_CHANGE_ROWS(membership_tier_row),
};
MX_TYPE(membership_tier_row, "membership.tier.row", "what happened to a member's tier, as answered");

struct membership_tier_history_ask {
    struct mx_str member;
    int64_t before;
    int64_t limit;
    struct mx_str before_id;
};

static const struct mx_field membership_tier_history_ask_fields[] = {
    MX_F_ID(membership_tier_history_ask, member, MX_REQUIRED, "mem", "member id"),
    MX_F_TIME(membership_tier_history_ask, before, 0, "only what happened before; absent: all"),
    MX_F_INT(membership_tier_history_ask, limit, 0, 1, MEMBERSHIP_PAGE_MAX, "rows (50)"),
    MX_F_ID(membership_tier_history_ask, before_id, 0, "tch", "with `before`: and of that moment what happened before this row"),
};
MX_TYPE(membership_tier_history_ask, "membership.tier.history.ask", "what happened to whose tier");

struct membership_tier_history {
    struct mx_list changes; /* of struct membership_tier_row, newest first */
    uint8_t more;
};

static const struct mx_field membership_tier_history_fields[] = {
    MX_F_LIST(membership_tier_history, changes, 0, 0, MEMBERSHIP_PAGE_MAX, membership_tier_row_type, "newest first"),
    MX_F_BOOL(membership_tier_history, more, 0, "there is more than this"),
};
MX_TYPE(membership_tier_history, "membership.tier.history", "what happened to a member's tier");

/* For an export: what happened to her tier under all her ids, newest first. Why a person gave it is written for staff. */
MX_MUST_CHECK mx_status membership_tier_told(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *changes,
                                             uint8_t *more);

/* The tier that a member held before another id of hers brought a better one along. */
struct membership_tier_before {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str brought_by;
    struct mx_str tier;
    struct mx_str rule;
    struct mx_str reason;
    int64_t at;
    int64_t until;
    int64_t lost_at;
    struct mx_str tier_from;
};

static const struct mx_field membership_tier_before_fields[] = {
    MX_F_ID(membership_tier_before, member, MX_REQUIRED, "mem", "whose tier"),
    MX_F_ID(membership_tier_before, brought_by, MX_REQUIRED, "mem", "id that brought a better one"),
    MX_F_STR(membership_tier_before, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier before"),
    MX_F_STR(membership_tier_before, rule, 0, 0, 64, "rule that gave it; absent: a person did"),
    MX_F_STR(membership_tier_before, reason, 0, 0, MEMBERSHIP_REASON_MAX, "why this tier"),
    MX_F_TIME(membership_tier_before, at, 0, "since when"),
    MX_F_TIME(membership_tier_before, until, 0, "when a tier that a person gave ends; absent: never"),
    MX_F_TIME(membership_tier_before, lost_at, 0, "since when it is not earned any more"),
    MX_F_ID(membership_tier_before, tier_from, 0, "mem", "id that had brought this one along"),
};
MX_TYPE_REC(membership_tier_before, "membership.tier.before", "the tier before a merge");

/* ---- what is missing ---- */

#define MEMBERSHIP_MISSING_ROWS                                                                                                            \
    struct mx_str counter;                                                                                                                 \
    int64_t days;                                                                                                                          \
    uint8_t distinct;                                                                                                                      \
    int64_t needed, have, missing;                                                                                                         \
    struct mx_list words

struct membership_missing {
    MEMBERSHIP_MISSING_ROWS; /* words: of struct mx_pair */
};

static const struct mx_field membership_missing_fields[] = {
    MX_F_STR(membership_missing, counter, MX_REQUIRED, 1, MX_COUNTER_MAX, "what is counted"),
    MX_F_INT(membership_missing, days, 0, 0, 36525, "in how many days; absent: ever"),
    MX_F_BOOL(membership_missing, distinct, 0, "how many different ones"),
    MX_F_INT(membership_missing, needed, 0, -MX_INT_MAX, MX_INT_MAX, "how much is needed"),
    MX_F_INT(membership_missing, have, 0, -MX_INT_MAX, MX_INT_MAX, "how much there is"),
    MX_F_INT(membership_missing, missing, 0, 0, MX_INT_MAX, "how much is missing"),
    MX_F_MAP(membership_missing, words, 0, 0, 32, "the same in words, by language"),
};
MX_TYPE(membership_missing, "membership.tier.missing", "something that is missing for a tier");

/* What is missing, with words in English and Chinese. */
struct mx_list membership_missing_in_words(struct mx_ctx *ctx, const struct mx_list *missing);
/* All of it in one sentence by language: of struct mx_pair. next: the tier; NULL: there is none above. */
struct mx_list membership_next_in_words(struct mx_ctx *ctx, const struct mx_tier *next, const struct mx_list *missing);

struct membership_tier_next {
    struct mx_str member;
    struct mx_str tier;
    int64_t since;
    int64_t lost_at;
    int64_t keep_until;
    struct mx_str next;
    struct mx_list name;
    struct mx_list missing; /* of struct membership_missing */
    struct mx_list words;   /* of struct mx_pair */
    struct mx_str version;
};

static const struct mx_field membership_tier_next_fields[] = {
    MX_F_ID(membership_tier_next, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_tier_next, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier held"),
    MX_F_TIME(membership_tier_next, since, 0, "since when"),
    MX_F_TIME(membership_tier_next, lost_at, 0, "since when it is not earned any more; absent: it is"),
    MX_F_TIME(membership_tier_next, keep_until, 0, "until when it stays all the same"),
    MX_F_STR(membership_tier_next, next, 0, 0, MEMBERSHIP_TIER_MAX, "tier above; absent: there is none"),
    MX_F_MAP(membership_tier_next, name, 0, 0, 32, "its name by language"),
    MX_F_LIST(membership_tier_next, missing, 0, 0, 64, membership_missing_type, "what is missing for it"),
    MX_F_MAP(membership_tier_next, words, 0, 0, 32, "all of it in words, by language"),
    MX_F_STR(membership_tier_next, version, 0, 0, 64, "version of the rules that were asked"),
};
MX_TYPE(membership_tier_next, "membership.tier.next", "the next tier and what is missing for it");

struct membership_tier_would_ask {
    struct mx_str member;
    struct mx_str draft;
    int64_t version;
    int64_t at;
};

static const struct mx_field membership_tier_would_ask_fields[] = {
    MX_F_ID(membership_tier_would_ask, member, MX_REQUIRED, "mem", "member id"),
    MX_F_ID(membership_tier_would_ask, draft, 0, "rds", "by the rules of this draft"),
    MX_F_INT(membership_tier_would_ask, version, 0, 1, MX_INT_MAX, "or of this version; absent: those in force"),
    MX_F_TIME(membership_tier_would_ask, at, 0, "as of then; absent: now"),
};
MX_TYPE(membership_tier_would_ask, "membership.tier.would.ask", "which tier would this member have");

struct membership_tier_would {
    struct mx_str member;
    int64_t at;
    struct mx_str held;
    struct mx_str earned;
    struct mx_str tier;
    struct mx_str rule;
    int64_t keep_until;
    struct mx_str next;
    struct mx_list missing; /* of struct membership_missing */
    struct mx_str version;
};

static const struct mx_field membership_tier_would_fields[] = {
    MX_F_ID(membership_tier_would, member, MX_REQUIRED, "mem", "member id"),
    MX_F_TIME(membership_tier_would, at, 0, "as of when"),
    MX_F_STR(membership_tier_would, held, 0, 0, MEMBERSHIP_TIER_MAX, "tier held then"),
    MX_F_STR(membership_tier_would, earned, 0, 0, MEMBERSHIP_TIER_MAX, "tier that these rules give"),
    MX_F_STR(membership_tier_would, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier that she would have: the one held, while it is kept"),
    MX_F_STR(membership_tier_would, rule, 0, 0, 64, "rule that gives it"),
    MX_F_TIME(membership_tier_would, keep_until, 0, "until when the one held would be kept"),
    MX_F_STR(membership_tier_would, next, 0, 0, MEMBERSHIP_TIER_MAX, "tier above; absent: there is none"),
    MX_F_LIST(membership_tier_would, missing, 0, 0, 64, membership_missing_type, "what would be missing for it"),
    MX_F_STR(membership_tier_would, version, 0, 0, 64, "version of the rules that were asked"),
};
MX_TYPE(membership_tier_would, "membership.tier.would", "the tier that a member would have");

/* ---- all members ---- */

struct membership_tier_rerun_ask {
    struct mx_str draft;
    int64_t version;
};

static const struct mx_field membership_tier_rerun_ask_fields[] = {
    MX_F_ID(membership_tier_rerun_ask, draft, 0, "rds", "by the rules of this draft"),
    MX_F_INT(membership_tier_rerun_ask, version, 0, 1, MX_INT_MAX, "or of this version; absent: those in force"),
};
MX_TYPE(membership_tier_rerun_ask, "membership.tier.rerun.ask", "which rules are tried on all members");

struct membership_tier_moved {
    struct mx_str tier;
    int64_t now, then, up, down;
};

static const struct mx_field membership_tier_moved_fields[] = {
    MX_F_STR(membership_tier_moved, tier, MX_REQUIRED, 1, MEMBERSHIP_TIER_MAX, "tier"),
    MX_F_INT(membership_tier_moved, now, 0, 0, MX_INT_MAX, "members that hold it"),
    MX_F_INT(membership_tier_moved, then, 0, 0, MX_INT_MAX, "members that would hold it"),
    MX_F_INT(membership_tier_moved, up, 0, 0, MX_INT_MAX, "of those that would come to it, from below"),
    MX_F_INT(membership_tier_moved, down, 0, 0, MX_INT_MAX, "and from above"),
};
MX_TYPE(membership_tier_moved, "membership.tier.moved", "members of a tier, and those who would come to it");

struct membership_tier_rerun {
    struct mx_str version;
    int64_t members, up, down, kept, by_hand;
    struct mx_list tiers; /* of struct membership_tier_moved */
};

static const struct mx_field membership_tier_rerun_fields[] = {
    MX_F_STR(membership_tier_rerun, version, 0, 0, 64, "version of the rules that were asked"),
    MX_F_INT(membership_tier_rerun, members, 0, 0, MX_INT_MAX, "members that were asked about"),
    MX_F_INT(membership_tier_rerun, up, 0, 0, MX_INT_MAX, "would get a higher tier"),
    MX_F_INT(membership_tier_rerun, down, 0, 0, MX_INT_MAX, "would get a lower one"),
    MX_F_INT(membership_tier_rerun, kept, 0, 0, MX_INT_MAX, "would keep theirs for a while although they do not earn it"),
    MX_F_INT(membership_tier_rerun, by_hand, 0, 0, MX_INT_MAX, "have one that a person gave, which rules leave alone"),
    MX_F_LIST(membership_tier_rerun, tiers, 0, 0, 2000, membership_tier_moved_type, "by tier, the lowest first"),
};
MX_TYPE(membership_tier_rerun, "membership.tier.rerun", "what rules would do to all members");

struct membership_tier_job {
    struct mx_str job;
};

static const struct mx_field membership_tier_job_fields[] = {
    MX_F_ID(membership_tier_job, job, MX_REQUIRED, "job", "the job that asks about all members"),
};
MX_TYPE(membership_tier_job, "membership.tier.job", "a job over all members");

/* ---- by hand ---- */

struct membership_clerk_put {
    uint64_t has;
    struct mx_str member;
    struct mx_str clerk;
    int64_t if_rev;
};

static const struct mx_field membership_clerk_put_fields[] = {
    MX_F_ID(membership_clerk_put, member, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(membership_clerk_put, clerk, 0, 0, MEMBERSHIP_CLERK_MAX, "member of staff; absent: nobody"),
    MX_F_INT(membership_clerk_put, if_rev, 0, 1, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(membership_clerk_put, "membership.clerk.put", "who serves a member");

struct membership_clerk_changed {
    struct mx_str member;
    struct mx_str clerk;
};

static const struct mx_field membership_clerk_changed_fields[] = {
    MX_F_ID(membership_clerk_changed, member, MX_REQUIRED, "mem", "who is served"),
    MX_F_STR(membership_clerk_changed, clerk, 0, 0, MEMBERSHIP_CLERK_MAX, "by whom; absent: by nobody in particular"),
};
MX_TYPE(membership_clerk_changed, "membership.clerk.changed", "somebody else serves a member");

/* ---- functions ---- */

/* The tier that a customer holds, now or at a time of the past. */
struct membership_tier_state {
    struct mx_str tier;
    int64_t since, lost_at;
};

struct membership_tier_question {
    int64_t at; /* 0 = now */
    struct mx_str draft;
    int returned;
    int brief;
};

/* MX_DECLINED: there are no rules about tiers. answer->tier is never empty. */
MX_MUST_CHECK mx_status membership_tier_ask(struct mx_ctx *ctx, const struct membership_customer *customer,
                                            const struct membership_tier_state *state, const struct membership_tier_question *question,
                                            struct mx_tier_answer *answer);
/* A draft or a version as the rules are asked by it; both are refused. */
MX_MUST_CHECK mx_status membership_tier_rules(struct mx_ctx *ctx, struct mx_str draft, int64_t version, struct mx_str *name);
struct membership_tier_state membership_tier_state_of(const struct membership_member *member);
/* Does the answer leave the tier that is held as it is for now? */
int membership_tier_kept(const struct membership_tier_state *state, const struct mx_tier_answer *answer, int64_t at);
int membership_tier_by_hand(const struct membership_member *member, int64_t expiry_ms);

/* Find the customer's tier anew; why: MEMBERSHIP_TIER_*. */
MX_MUST_CHECK mx_status membership_tier_renew(struct mx_ctx *ctx, struct mx_str member, int32_t why);
/* The same after a return, which may take a tier back at once. */
MX_MUST_CHECK mx_status membership_tier_returned(struct mx_ctx *ctx, const struct mx_order_returned *returned);
/* Give the member another tier and tell it; the record is written by this. */
MX_MUST_CHECK mx_status membership_tier_give(struct mx_ctx *ctx, struct membership_member *member, struct membership_tier_change *change);
MX_MUST_CHECK mx_status membership_tier_note(struct mx_ctx *ctx, struct membership_tier_change *change);
/* Two persons were merged: the better tier of the two counts; and they part: each has her own again. Both find it anew. */
MX_MUST_CHECK mx_status membership_tier_merged(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_str from);
MX_MUST_CHECK mx_status membership_tier_parted(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_str from);
/* Give back the tier that was held before one that another id brought along. */
MX_MUST_CHECK mx_status membership_tier_give_back(struct mx_ctx *ctx, struct membership_member *member);
/* Ask again at that time. */
MX_MUST_CHECK mx_status membership_tier_review_at(struct mx_ctx *ctx, struct mx_str member, int64_t at);
/* What the tier that is held grants. */
MX_MUST_CHECK mx_status membership_tier_grants(struct mx_ctx *ctx, const struct membership_customer *customer,
                                               struct mx_entitlements *grants);

mx_status membership_hear_tiers(struct mx_ctx *ctx, const struct mx_event *event, const void *data);
extern const struct mx_table membership_tier_changes, membership_tiers_before;
extern const struct mx_op membership_tier_review_op, membership_tier_next_op, membership_tier_would_op, membership_tier_history_op;
extern const struct mx_op membership_tier_rerun_op, membership_tier_renew_op, membership_clerk_put_op;
extern const struct mx_job membership_tier_job;
extern const struct mx_event_def membership_clerk_changed_event;

#endif
