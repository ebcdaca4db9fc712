/* Records and requests of the duties: handing out, forgetting, trimming, and the register of processing. */
#ifndef PRIVACY_DUTIES_H
#define PRIVACY_DUTIES_H

#include "internal.h"

#define PRIVACY_EXPORT_KEEP_MS  INT64_C(3600000) /* so long an export may be fetched */
#define PRIVACY_EXPORT_AGAIN_MS INT64_C(600000)  /* so long again, once it was handed out */
#define PRIVACY_DAY_MS          INT64_C(86400000)
#define PRIVACY_STEP            200
#define PRIVACY_WHY_MAX         240 /* an error says no more */
#define PRIVACY_KINDS_MAX       1000
#define PRIVACY_SECTIONS_MAX    64
#define PRIVACY_ROUND           "round" /* the daily round, as if it were a kind */
#define PRIVACY_IDLE            "idle"  /* the retention of customers themselves, since their last sale */

/* ---- export ---- */

struct privacy_export {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str member;
    struct mx_str by;
    int64_t at;
    int64_t until;
};

static const struct mx_field privacy_export_fields[] = {
    MX_F_ID(privacy_export, id, MX_REQUIRED, "exp", "its id"),
    MX_F_ID(privacy_export, member, MX_REQUIRED, "mem", "about whom"),
    MX_F_STR(privacy_export, by, MX_REQUIRED, 1, 64, "who asked, and may fetch it"),
    MX_F_TIME(privacy_export, at, 0, "when"),
    MX_F_TIME(privacy_export, until, 0, "until when it may be fetched"),
};
MX_TYPE_REC(privacy_export, "privacy.export", "an export that was asked for");

struct privacy_export_asked {
    struct mx_str id;
    int64_t until;
};

static const struct mx_field privacy_export_asked_fields[] = {
    MX_F_ID(privacy_export_asked, id, MX_REQUIRED, "exp", "fetch it by this"),
    MX_F_TIME(privacy_export_asked, until, 0, "until when"),
};
MX_TYPE(privacy_export_asked, "privacy.export.asked", "an export may be fetched");

struct privacy_export_fetch {
    struct mx_str id;
};

static const struct mx_field privacy_export_fetch_fields[] = {
    MX_F_ID(privacy_export_fetch, id, MX_REQUIRED, "exp", "which export"),
};
MX_TYPE(privacy_export_fetch, "privacy.export.fetch", "fetch an export");

struct privacy_exported {
    struct mx_str member;
    struct mx_list members;
    int64_t at;
    int64_t until;
    struct mx_str persons;  /* JSON: {"per_...": {"table": [record, ...]}} */
    struct mx_str sections; /* JSON: {"orders": ..., "points": ...} */
    struct mx_list more;    /* of struct mx_str */
};

static const struct mx_field privacy_exported_fields[] = {
    MX_F_ID(privacy_exported, member, MX_REQUIRED, "mem", "about whom"),
    MX_F_STRS(privacy_exported, members, 0, 0, 64, "all ids of this customer"),
    MX_F_TIME(privacy_exported, at, 0, "when"),
    MX_F_TIME(privacy_exported, until, 0, "until when it may be fetched again; then it is gone"),
    MX_F_JSON(privacy_exported, persons, MX_PII, MX_INT_MAX, "what is sealed under her keys, table by table"),
    MX_F_JSON(privacy_exported, sections, MX_PII, MX_INT_MAX, "what plugins keep under her ids"),
    MX_F_STRS(privacy_exported, more, 0, 0, PRIVACY_SECTIONS_MAX, "sections that hold the newest alone; their own lists show all"),
};
MX_TYPE(privacy_exported, "privacy.exported", "everything about one customer");

/* ---- erasure ---- */

struct privacy_erase {
    struct mx_str member;
    struct mx_str reason;
    uint8_t forfeit;
};

static const struct mx_field privacy_erase_fields[] = {
    MX_F_ID(privacy_erase, member, MX_REQUIRED, "mem", "whom to forget"),
    MX_F_STR(privacy_erase, reason, MX_REQUIRED | MX_FREE_TEXT, 1, 100, "why; nothing personal"),
    MX_F_BOOL(privacy_erase, forfeit, 0, "she gives up what her gift cards and credit are worth"),
};
MX_TYPE(privacy_erase, "privacy.erase", "forget a customer");

struct privacy_erased {
    struct mx_str member;
    int64_t persons;
    int64_t gone_at;
};

static const struct mx_field privacy_erased_fields[] = {
    MX_F_ID(privacy_erased, member, MX_REQUIRED, "mem", "who was forgotten"),
    MX_F_INT(privacy_erased, persons, 0, 0, MX_INT_MAX, "persons that were this one customer"),
    MX_F_TIME(privacy_erased, gone_at, 0, "from then on older copies and backups cannot show her either"),
};
MX_TYPE(privacy_erased, "privacy.erased", "a customer was forgotten");

/* ---- retention ---- */

struct privacy_retention {
    struct mx_rec rec;
    struct mx_str name;
    int64_t days;
    int64_t at;
    int64_t done;
    struct mx_str refused;
    int64_t refused_at;
};

static const struct mx_field privacy_retention_fields[] = {
    MX_F_STR(privacy_retention, name, MX_REQUIRED, 1, 64, "what is kept"),
    MX_F_INT(privacy_retention, days, MX_REQUIRED, 1, 36525, "so many days"),
    MX_F_TIME(privacy_retention, at, 0, "since when this holds"),
    MX_F_TIME(privacy_retention, done, 0, "when all that was too old had last been deleted"),
    MX_F_STR(privacy_retention, refused, 0, 0, PRIVACY_WHY_MAX, "why the last try was refused"),
    MX_F_TIME(privacy_retention, refused_at, 0, "when"),
};
MX_TYPE_REC(privacy_retention, "privacy.retention", "how long something is kept");

struct privacy_retention_put {
    struct mx_str name;
    int64_t days;
};

static const struct mx_field privacy_retention_put_fields[] = {
    MX_F_STR(privacy_retention_put, name, MX_REQUIRED, 1, 64, "what is kept, as the register names it; \"idle\": customers without a sale"),
    MX_F_INT(privacy_retention_put, days, MX_REQUIRED, 0, 36525, "so many days; 0: without end"),
};
MX_TYPE(privacy_retention_put, "privacy.retention.put", "say how long something is kept");

/* One walk of the daily round. */
struct privacy_step {
    struct mx_str name;
    int64_t now;
    struct mx_str member;
};

static const struct mx_field privacy_step_fields[] = {
    MX_F_STR(privacy_step, name, MX_REQUIRED, 1, 64, "what is kept"),
    MX_F_TIME(privacy_step, now, 0, "when the round began"),
    MX_F_ID(privacy_step, member, 0, "mem", "who was to be forgotten"),
};
MX_TYPE(privacy_step, "privacy.step", "one walk of the daily round");

/* When a member last bought something, or joined. */
struct privacy_seen {
    struct mx_rec rec;
    struct mx_str member;
    int64_t at;
};

static const struct mx_field privacy_seen_fields[] = {
    MX_F_ID(privacy_seen, member, MX_REQUIRED, "mem", "member"),
    MX_F_TIME(privacy_seen, at, 0, "last sale, or when she joined"),
};
MX_TYPE_REC(privacy_seen, "privacy.seen", "when a member was last seen");

/* ---- register ---- */

struct privacy_kind {
    struct mx_str name;
    struct mx_str about;
    struct mx_str kept_by;
    struct mx_str purpose;
    int32_t basis;
    int64_t law_days;
    int64_t keep_days;
    uint8_t trimmed;
    uint8_t erased;
    int64_t done;
    struct mx_str refused;
};

static const struct mx_field privacy_kind_fields[] = {
    MX_F_STR(privacy_kind, name, MX_REQUIRED, 1, 64, "what is kept"),
    MX_F_STR(privacy_kind, about, 0, 0, 200, "what it holds"),
    MX_F_STR(privacy_kind, kept_by, 0, 0, 64, "by which plugin"),
    MX_F_STR(privacy_kind, purpose, 0, 0, MX_PURPOSE_MAX, "what for"),
    MX_F_ENUM(privacy_kind, basis, 0, mx_basis_words, "on what it rests"),
    MX_F_INT(privacy_kind, law_days, 0, 0, 36525, "law wants it kept for so many days"),
    MX_F_INT(privacy_kind, keep_days, 0, 0, 36525, "it is deleted after so many days, as the shop says and law allows; 0: never by age"),
    MX_F_BOOL(privacy_kind, trimmed, 0, "can be deleted by age"),
    MX_F_BOOL(privacy_kind, erased, 0, "gone, or unreadable, when the person is erased"),
    MX_F_TIME(privacy_kind, done, 0, "when all that was too old had last been deleted"),
    MX_F_STR(privacy_kind, refused, 0, 0, PRIVACY_WHY_MAX, "why what is too old could not be deleted lately; a work item says so too"),
};
MX_TYPE(privacy_kind, "privacy.kind", "something that is kept about people");

struct privacy_recipient {
    struct mx_str id;
    struct mx_str url;
    struct mx_list types;
};

static const struct mx_field privacy_recipient_fields[] = {
    MX_F_STR(privacy_recipient, id, 0, 0, 64, "webhook"),
    MX_F_STR(privacy_recipient, url, 0, 0, 2000, "where to"),
    MX_F_STRS(privacy_recipient, types, 0, 0, 100, "which events"),
};
MX_TYPE(privacy_recipient, "privacy.recipient", "who else gets events");

struct privacy_hooks {
    struct mx_list webhooks;
};

static const struct mx_field privacy_hooks_fields[] = {
    MX_F_LIST(privacy_hooks, webhooks, 0, 0, 1000, privacy_recipient_type, "webhooks"),
};
MX_TYPE(privacy_hooks, "privacy.hooks", "webhooks of the shop");

struct privacy_register {
    int64_t at;
    struct mx_str country;
    struct mx_list purposes;
    struct mx_list kinds;
    struct mx_list recipients;
    int64_t idle_days;
    struct mx_str text;
};

static const struct mx_field privacy_register_fields[] = {
    MX_F_TIME(privacy_register, at, 0, "as of when"),
    MX_F_STR(privacy_register, country, 0, 0, 8, "where the data stands"),
    MX_F_LIST(privacy_register, purposes, 0, 0, PRIVACY_PURPOSES_MAX, privacy_purpose_view_type, "what data may be used for"),
    MX_F_LIST(privacy_register, kinds, 0, 0, PRIVACY_KINDS_MAX, privacy_kind_type, "what is kept, by name"),
    MX_F_LIST(privacy_register, recipients, 0, 0, 1000, privacy_recipient_type, "who else gets events; those name ids only"),
    MX_F_INT(privacy_register, idle_days, 0, 0, 36525, "customers are forgotten so many days after their last sale; 0: never"),
    MX_F_STR(privacy_register, text, MX_MULTILINE, 0, 1000000, "the same to read"),
};
MX_TYPE(privacy_register, "privacy.register", "the register of processing");

extern const struct mx_table privacy_exports;
extern const struct mx_table privacy_retentions;
extern const struct mx_table privacy_seen_table;
extern const struct mx_op privacy_export_ask_op;
extern const struct mx_op privacy_export_fetch_op;
extern const struct mx_op privacy_erase_op;
extern const struct mx_op privacy_retention_put_op;
extern const struct mx_op privacy_round_op;
extern const struct mx_op privacy_step_op;
extern const struct mx_op privacy_refused_op;
extern const struct mx_op privacy_trim_op;
extern const struct mx_op privacy_register_op;
extern const struct mx_answer privacy_kept_answer;
extern const struct mx_use privacy_epoch_use;
extern const struct mx_use privacy_hooks_use;
extern const struct mx_use privacy_work_open_use;
extern const struct mx_use privacy_work_end_use;
extern const struct mx_subscription privacy_hear_paid;
extern const struct mx_subscription privacy_hear_joined;

/* All kinds that anybody keeps, by name. trims: list of struct mx_str beside them, the operation that trims each; may be NULL. */
MX_MUST_CHECK mx_status privacy_kinds_of(struct mx_ctx *ctx, struct mx_list *kinds, struct mx_list *trims);

/* Days that the shop keeps it; 0: without end. */
MX_MUST_CHECK mx_status privacy_keep_days(struct mx_ctx *ctx, struct mx_str name, int64_t *days);

/* The round of all walks begins then, instead of when it was to. */
MX_MUST_CHECK mx_status privacy_round_at(struct mx_ctx *ctx, int64_t at_ms);

/* The work item about it, if there is one, needs nobody any more. */
MX_MUST_CHECK mx_status privacy_came_right(struct mx_ctx *ctx, const struct privacy_retention *retention, const char *how);

/* Who was not seen for the longest time, and not since then; empty: there is none. */
MX_MUST_CHECK mx_status privacy_idle_first(struct mx_ctx *ctx, int64_t before, struct mx_str *member);

/* Forget this customer, unless she was seen since then under another id, or could still pay with something. */
MX_MUST_CHECK mx_status privacy_forget_idle(struct mx_ctx *ctx, struct mx_str member, int64_t before);

/* She is looked at again as if she had been here then. */
MX_MUST_CHECK mx_status privacy_see(struct mx_ctx *ctx, struct mx_str member, int64_t at);

/* Is it meant? A customer asks in a session that proves that it is she, staff with the approval that the policy wants for the act. */
MX_MUST_CHECK mx_status privacy_meant(struct mx_ctx *ctx, struct mx_str person, const char *act);

/* Forget a customer in this command, whatever she still has. */
MX_MUST_CHECK mx_status privacy_forget(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str person, struct mx_str reason,
                                       struct privacy_erased *out);

/* What she can still pay with, from gift cards and credit. */
MX_MUST_CHECK mx_status privacy_worth_of(struct mx_ctx *ctx, struct mx_str member, int64_t *balance);

/* She is not looked for any more when customers without a sale are forgotten. */
MX_MUST_CHECK mx_status privacy_unsee(struct mx_ctx *ctx, const struct mx_list *members);

#endif
