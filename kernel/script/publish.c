/* From draft to version: rules.publish, at once or at a later time, and what belongs to that. */
#include "script/version.h"

static const char *const shown_words[] = {"live", "scheduled", "cancelled", NULL};
#define SHOWN_LIVE      1
#define SHOWN_SCHEDULED 2
#define SHOWN_CANCELLED 3

struct publish_ask {
    struct mx_str draft;
    struct mx_str note;
    int64_t at;
    int64_t until;
};
static const struct mx_field publish_ask_fields[] = {
    MX_F_ID(publish_ask, draft, MX_REQUIRED, "rds", "which draft"),
    MX_F_STR(publish_ask, note, MX_MULTILINE | MX_FREE_TEXT, 0, SCRIPT_NOTE_MAX, "why, for those who look back"),
    MX_F_TIME(publish_ask, at, 0, "when it comes into force; absent: now"),
    MX_F_TIME(publish_ask, until, 0, "when what it changes is taken back; absent: never"),
};
MX_TYPE(publish_ask, "rules.publish.ask", "what is published");

struct publish_answer {
    int64_t version;
    struct mx_str text;
    int32_t state;
    int64_t at;
};
static const struct mx_field publish_answer_fields[] = {
    MX_F_INT(publish_answer, version, MX_REQUIRED, 1, MX_INT_MAX, "number of the version"),
    MX_F_STR(publish_answer, text, 0, 0, 64, "the version as orders name it"),
    MX_F_ENUM(publish_answer, state, 0, shown_words, "what became of it"),
    MX_F_TIME(publish_answer, at, 0, "since when, or from when on it is in force"),
};
MX_TYPE(publish_answer, "rules.published", "a version of the rules");

struct which_version {
    int64_t version;
};
static const struct mx_field which_version_fields[] = {
    MX_F_INT(which_version, version, MX_REQUIRED, 1, MX_INT_MAX, "number of the version"),
};
MX_TYPE(which_version, "rules.version.which", "which version");

static void show(struct mx_ctx *ctx, const struct script_version *version, int32_t state, int64_t at, struct publish_answer *out) {
    out->version = version->n;
    out->text = script_version_text(ctx, version);
    out->state = state;
    out->at = at;
}

/* ---- publish ---- */

/* The files of a draft, if nobody else was faster. */
static mx_status files_of(struct mx_ctx *ctx, const struct publish_ask *ask, struct script_draft **draft, struct script_files *files) {
    struct mx_str moved;
    mx_status st = script_draft_get(ctx, ask->draft, draft);
    if (st == MX_OK && ask->at && ask->at <= ctx->expiry_ms) st = mx_fail(ctx, MX_E_OUT_OF_RANGE, "at", "This time has passed already.");
    if (st == MX_OK && ask->until && ask->until <= (ask->at ? ask->at : ctx->expiry_ms))
        st = mx_fail(ctx, MX_E_OUT_OF_RANGE, "until", "The end is not behind the beginning.");
    if (st == MX_OK) st = script_draft_files(ctx, *draft, files, &moved);
    if (st != MX_OK || moved.len == 0) return st;
    return mx_refuse(ctx, "rules_moved", "draft", "Somebody else changed these files since the draft was begun: %s.", moved.ptr);
}

static mx_status prepare_publish(struct mx_ctx *ctx, const void *in, void *out) {
    struct script_draft *draft;
    struct script_files files;
    mx_status st = files_of(ctx, in, &draft, &files);
    (void)out;
    return st == MX_OK ? script_prepare(ctx, &files, SCRIPT_PROVEN) : st;
}

static mx_status refuse_same(struct mx_ctx *ctx, const struct script_files *files) {
    struct script_version *live;
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    if (st != MX_OK || now->live == 0) return st;
    st = script_version_get(ctx, now->live, NULL, &live);
    if (st == MX_E_DAMAGED) return MX_OK;
    if (st != MX_OK || !mx_str_eq(live->hash, script_files_hash(ctx, files))) return st;
    return mx_refuse(ctx, "rules_same", "draft", "The draft is the same as the rules in force.");
}

static mx_status publish(struct mx_ctx *ctx, const void *in, void *out) {
    const struct publish_ask *ask = in;
    struct script_version version = {.from = SCRIPT_FROM_DRAFT, .draft = ask->draft, .note = ask->note};
    struct script_draft *draft;
    struct script_files files;
    struct script_set *set;
    mx_status st = mx_approved(ctx, "rules.publish", 0);
    if (st == MX_OK) st = files_of(ctx, ask, &draft, &files);
    if (st == MX_OK) st = refuse_same(ctx, &files);
    if (st == MX_OK) st = script_set_of(ctx, &files, SCRIPT_PROVEN, &set);
    if (st != MX_OK) return st;
    st = script_version_add(ctx, &files, &version);
    if (st == MX_OK) st = script_draft_forget(ctx, draft);
    if (st == MX_OK && ask->at) st = script_due_begin(ctx, version.n, ask->at);
    if (st == MX_OK && ask->until) st = script_due_end(ctx, version.n, ask->until);
    if (st != MX_OK) {
        script_set_drop(set);
        return st;
    }
    if (ask->at) {
        script_planned_put(version.hash, SCRIPT_PROVEN, set);
        show(ctx, &version, SHOWN_SCHEDULED, ask->at, out);
        return MX_OK;
    }
    show(ctx, &version, SHOWN_LIVE, ctx->now_ms, out);
    return script_version_force(ctx, &version, set);
}

/* ---- cancel ---- */

static mx_status cancel(struct mx_ctx *ctx, const void *in, void *out) {
    const struct which_version *ask = in;
    struct script_standing *standing;
    struct script_version *version;
    mx_status st = script_version_get(ctx, ask->version, "version", &version);
    if (st != MX_OK) return st;
    st = script_standing_get(ctx, ask->version, &standing);
    if (st < 0) return st;
    if (st == MX_NONE || standing->state != SCRIPT_SCHEDULED)
        return mx_refuse(ctx, "not_scheduled", "version", "Version %lld of the rules waits for no time.", (long long)ask->version);
    st = script_due_cancel(ctx, ask->version);
    if (st != MX_OK) return st;
    show(ctx, version, SHOWN_CANCELLED, ctx->now_ms, out);
    return script_standing_set(ctx, ask->version, SCRIPT_CANCELLED, ctx->now_ms, mx_str_of(""));
}

/* ---- rollback ---- */

struct rollback_ask {
    int64_t version;
    struct mx_str note;
};
static const struct mx_field rollback_ask_fields[] = {
    MX_F_INT(rollback_ask, version, MX_REQUIRED, 1, MX_INT_MAX, "version whose files come back"),
    MX_F_STR(rollback_ask, note, MX_MULTILINE | MX_FREE_TEXT, 0, SCRIPT_NOTE_MAX, "why, for those who look back"),
};
MX_TYPE(rollback_ask, "rules.rollback.ask", "which version comes back");

static mx_status old_files(struct mx_ctx *ctx, const struct rollback_ask *ask, struct script_files *files) {
    struct script_version *old;
    mx_status st = script_version_get(ctx, ask->version, "version", &old);
    return st == MX_OK ? script_version_files(ctx, old, files) : st;
}

static mx_status prepare_rollback(struct mx_ctx *ctx, const void *in, void *out) {
    struct script_files files;
    mx_status st = old_files(ctx, in, &files);
    (void)out;
    return st == MX_OK ? script_prepare(ctx, &files, SCRIPT_UNTESTED) : st;
}

/* Tests are not asked: what was in force once may come back at once, also when a date in a test has passed. */
static mx_status rollback(struct mx_ctx *ctx, const void *in, void *out) {
    const struct rollback_ask *ask = in;
    struct script_version version = {.from = SCRIPT_FROM_ROLLBACK, .of = ask->version, .note = ask->note};
    struct script_files files;
    struct script_now *now;
    struct script_set *set;
    mx_status st = mx_approved(ctx, "rules.publish", 0);
    if (st == MX_OK) st = script_now_get(ctx, &now);
    if (st == MX_OK && now->live == ask->version)
        st = mx_refuse(ctx, "already_live", "version", "Version %lld of the rules is in force.", (long long)ask->version);
    if (st == MX_OK) st = old_files(ctx, ask, &files);
    if (st == MX_OK) st = script_set_of(ctx, &files, SCRIPT_UNTESTED, &set);
    if (st != MX_OK) return st;
    st = script_version_add(ctx, &files, &version);
    if (st != MX_OK) {
        script_set_drop(set);
        return st;
    }
    show(ctx, &version, SHOWN_LIVE, ctx->now_ms, out);
    return script_version_force(ctx, &version, set);
}

const struct mx_op script_op_publish = {sizeof(struct mx_op), 0,
                                        "rules.publish",      "Put a draft into force as a new version, now or later; its tests must hold",
                                        "rules.publish",      &publish_ask_type,
                                        &publish_answer_type, publish,
                                        prepare_publish,      MX_HOME_HERE,
                                        MX_OFFLINE_REFUSE,    "0.3"};
const struct mx_op script_op_cancel = {sizeof(struct mx_op),
                                       0,
                                       "rules.cancel",
                                       "Take back a version that was to come into force later",
                                       "rules.publish",
                                       &which_version_type,
                                       &publish_answer_type,
                                       cancel,
                                       NULL,
                                       MX_HOME_HERE,
                                       MX_OFFLINE_REFUSE,
                                       "0.3"};
const struct mx_op script_op_rollback = {sizeof(struct mx_op), 0,
                                         "rules.rollback",     "Bring the files of an earlier version back into force, as a new version",
                                         "rules.publish",      &rollback_ask_type,
                                         &publish_answer_type, rollback,
                                         prepare_rollback,     MX_HOME_HERE,
                                         MX_OFFLINE_REFUSE,    "0.3"};
