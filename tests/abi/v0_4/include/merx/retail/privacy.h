/* Consent, and what is kept of people and why. Since 0.4. */
#ifndef MERX_RETAIL_PRIVACY_H
#define MERX_RETAIL_PRIVACY_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_PURPOSE_MAX 32 /* bytes of a purpose's code */

/* Purposes that the program itself knows; a shop adds its own. */
#define MX_PURPOSE_SERVICE         "service"         /* sell, deliver, take back, keep points: the contract itself */
#define MX_PURPOSE_PERSONALISATION "personalisation" /* tags, segments, scores, own prices */
#define MX_PURPOSE_MARKETING       "marketing"       /* messages that nobody asked for; by channel */

static const char *const mx_basis_words[] = {"contract", "consent", "law", "none", NULL};
#define MX_BASIS_CONTRACT 1 /* needs no consent */
#define MX_BASIS_CONSENT  2 /* she gave it, and has not taken it back */
#define MX_BASIS_LAW      3
#define MX_BASIS_NONE     4 /* not allowed */

struct mx_consent_ask {
    struct mx_str member;   /* any id of the customer */
    struct mx_str purpose;  /* MX_PURPOSE_* or one of the shop's */
    struct mx_str channel;  /* "sms", "email", "push", "wechat"...; empty: whatever the channel */
    struct mx_list members; /* of struct mx_str: all ids of the customer, for whoever knows them (whoever answers MX_POINT_MEMBER must
                               say them here, or the two would ask each other without end); empty: they are looked up */
};

static const struct mx_field mx_consent_ask_fields[] = {
    MX_F_ID(mx_consent_ask, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_consent_ask, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "what for"),
    MX_F_STR(mx_consent_ask, channel, 0, 0, 32, "through which channel"),
    MX_F_STRS(mx_consent_ask, members, 0, 0, 64, "all ids of the customer"),
};
MX_TYPE(mx_consent_ask, "privacy.consent.ask", "may this be done with her data");

struct mx_consent_answer {
    int32_t basis;      /* MX_BASIS_* */
    struct mx_str text; /* id and version of the text she agreed to */
    int64_t since;
};

static const struct mx_field mx_consent_answer_fields[] = {
    MX_F_ENUM(mx_consent_answer, basis, MX_REQUIRED, mx_basis_words, "on what it rests"),
    MX_F_STR(mx_consent_answer, text, 0, 0, 80, "text and version that she agreed to"),
    MX_F_TIME(mx_consent_answer, since, 0, "since when"),
};
MX_TYPE(mx_consent_answer, "privacy.consent.answer", "on what it rests");

/* FIRST: asked at each use, not at collection. Nobody answers (no such plugin): only MX_PURPOSE_SERVICE may be assumed. Reads only. */
#define MX_POINT_CONSENT "privacy.consent"
static const struct mx_point mx_point_consent = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,       MX_POINT_CONSENT,
                                                 "may this be done with her data",  &mx_consent_ask_type, &mx_consent_answer_type};

/* Input of "privacy.consent.give" and "privacy.consent.withdraw": her word about a purpose, kept with who took it, where and which
 * text she saw. A withdrawal without a channel means all of them, and needs no text. */
struct mx_consent_say {
    struct mx_str member;
    struct mx_str purpose;
    struct mx_str channel;  /* empty: whatever the channel */
    struct mx_str language; /* of the text she saw: "zh" */
    int64_t version;        /* of that text */
    struct mx_str source;   /* "till", "web", "app", "paper" ... */
    struct mx_str location;
};

static const struct mx_field mx_consent_say_fields[] = {
    MX_F_ID(mx_consent_say, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_consent_say, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "what for"),
    MX_F_STR(mx_consent_say, channel, 0, 0, 32, "through which channel; absent: whatever the channel"),
    MX_F_STR(mx_consent_say, language, 0, 0, 16, "language of the text that she saw"),
    MX_F_INT(mx_consent_say, version, 0, 0, MX_INT_MAX, "version of that text"),
    MX_F_STR(mx_consent_say, source, 0, 0, 32, "how she said it: till, web, app, paper"),
    MX_F_STR(mx_consent_say, location, 0, 0, 32, "where"),
};
MX_TYPE(mx_consent_say, "privacy.consent.say", "a customer's word about a purpose");

/* What is known of it afterwards. */
struct mx_consent_said {
    struct mx_str member;
    struct mx_str purpose;
    struct mx_str channel;
    uint8_t given;
    struct mx_str text; /* "marketing/zh/3" */
    int64_t at;
};

static const struct mx_field mx_consent_said_fields[] = {
    MX_F_ID(mx_consent_said, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_consent_said, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "what for"),
    MX_F_STR(mx_consent_said, channel, 0, 0, 32, "through which channel; absent: whatever the channel"),
    MX_F_BOOL(mx_consent_said, given, 0, "given, or taken back"),
    MX_F_STR(mx_consent_said, text, 0, 0, 80, "text, language and version that she saw"),
    MX_F_TIME(mx_consent_said, at, 0, "when"),
};
MX_TYPE(mx_consent_said, "privacy.consent.said", "a customer's word as it is kept");

/* Refusals: "consent_not_asked" (the purpose does not rest on consent). Unknown purposes, channels and texts are named. */
static const struct mx_use mx_consent_give = {"privacy.consent.give", &mx_consent_say_type, &mx_consent_said_type};

/* Event, data struct mx_consent_said: whoever keeps what rested on a consent that was taken back lets go of it. */
#define MX_EVENT_CONSENT_CHANGED "privacy.consent.changed"

/* COLLECT: the register of processing. Each plugin says what it keeps about people: one answer for all its kinds. Reads only. */
struct mx_kept_kind {
    struct mx_str name;    /* "membership.profile": a table, or several */
    struct mx_str about;   /* what it holds, in words */
    struct mx_str purpose; /* MX_PURPOSE_* ... */
    int32_t basis;         /* MX_BASIS_* */
    int64_t law_days;      /* law wants it kept so long; 0 = no */
    struct mx_str trim;    /* INTERNAL operation that deletes what is older: takes struct mx_trim; empty: it is never deleted by age */
    uint8_t erased;        /* 1: gone, or unreadable, when the person is erased; 0: books, which name ids only */
};

static const struct mx_field mx_kept_kind_fields[] = {
    MX_F_STR(mx_kept_kind, name, MX_REQUIRED, 1, 64, "what is kept"),
    MX_F_STR(mx_kept_kind, about, 0, 0, 200, "what it holds"),
    MX_F_STR(mx_kept_kind, purpose, 0, 0, MX_PURPOSE_MAX, "what for"),
    MX_F_ENUM(mx_kept_kind, basis, 0, mx_basis_words, "on what it rests"),
    MX_F_INT(mx_kept_kind, law_days, 0, 0, 36525, "law wants it kept for so many days"),
    MX_F_STR(mx_kept_kind, trim, 0, 0, 64, "operation that deletes what is older"),
    MX_F_BOOL(mx_kept_kind, erased, 0, "gone when the person is erased"),
};
MX_TYPE(mx_kept_kind, "privacy.kept.kind", "something that is kept about people");

struct mx_kept {
    struct mx_list kinds; /* of struct mx_kept_kind */
};

static const struct mx_field mx_kept_fields[] = {
    MX_F_LIST(mx_kept, kinds, 0, 0, 64, mx_kept_kind_type, "what a plugin keeps"),
};
MX_TYPE(mx_kept, "privacy.kept", "what a plugin keeps about people");

struct mx_kept_ask {
    struct mx_str unused;
};

static const struct mx_field mx_kept_ask_fields[] = {
    MX_F_STR(mx_kept_ask, unused, 0, 0, 1, "nothing"),
};
MX_TYPE(mx_kept_ask, "privacy.kept.ask", "what do you keep");

#define MX_POINT_KEPT "privacy.kept"
static const struct mx_point mx_point_kept = {(uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT,  MX_POINT_KEPT,
                                              "what is kept about people",       &mx_kept_ask_type, &mx_kept_type};

/* Input and answer of an operation named by mx_kept_kind.trim, called in steps: delete at most `limit` rows older than `before`. */
struct mx_trim {
    struct mx_str name;
    int64_t before;
    int64_t limit;
};

static const struct mx_field mx_trim_fields[] = {
    MX_F_STR(mx_trim, name, MX_REQUIRED, 1, 64, "what"),
    MX_F_TIME(mx_trim, before, MX_REQUIRED, "what is older than this"),
    MX_F_INT(mx_trim, limit, MX_REQUIRED, 1, 200, "how many at most"),
};
MX_TYPE(mx_trim, "privacy.trim", "delete what is too old");

struct mx_trimmed {
    int64_t rows; /* deleted; fewer than `limit`: that was all */
};

static const struct mx_field mx_trimmed_fields[] = {
    MX_F_INT(mx_trimmed, rows, 0, 0, MX_INT_MAX, "rows that were deleted"),
};
MX_TYPE(mx_trimmed, "privacy.trimmed", "what was deleted");

#ifdef __cplusplus
}
#endif
#endif
