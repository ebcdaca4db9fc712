/* Which version is in force: at the start of the shop, from its folder, and by what is published. */
#include <stdio.h>

#include "base/log.h"
#include "script/tier.h"
#include "script/version.h"

/* ---- events ---- */

struct published {
    int64_t version;
    struct mx_str text;
    int32_t from;
    struct mx_str note;
    struct mx_str by;
};
static const struct mx_field published_fields[] = {
    MX_F_INT(published, version, MX_REQUIRED, 1, MX_INT_MAX, "number of the version"),
    MX_F_STR(published, text, 0, 0, 64, "the version as orders name it"),
    MX_F_ENUM(published, from, MX_REQUIRED, script_from_words, "how it came about"),
    MX_F_STR(published, note, MX_MULTILINE, 0, SCRIPT_NOTE_MAX, "why"),
    MX_F_STR(published, by, 0, 0, 64, "who made it"),
};
MX_TYPE(published, "scripts.rules.published", "a version of the rules came into force");
const struct mx_event_def script_published_event = {.size = sizeof(struct mx_event_def),
                                                    .name = "scripts.rules.published",
                                                    .doc = "a version of the rules came into force",
                                                    .type = &published_type};

const struct mx_event_def script_tiers_event = {.size = sizeof(struct mx_event_def),
                                                .name = MX_EVENT_TIERS_CHANGED,
                                                .doc = "rules with other tiers came into force",
                                                .type = &mx_tiers_changed_type};

/* ---- into force ---- */

static mx_status note_standing(struct mx_ctx *ctx, const struct script_version *version) {
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    if (st == MX_OK && now->live != 0 && now->live != version->n)
        st = script_standing_set(ctx, now->live, SCRIPT_PAST, ctx->now_ms, mx_str_of(""));
    if (st == MX_OK && now->live != version->n) st = script_standing_set(ctx, version->n, SCRIPT_LIVE, ctx->now_ms, mx_str_of(""));
    if (st != MX_OK || now->live == version->n) return st;
    now->live = version->n;
    return script_now_put(ctx, now);
}

static void put_or_drop(void *arg, int32_t kept) {
    struct mx_error err = {0};
    if (!kept)
        script_set_drop(arg);
    else if (script_put_in_force(arg, &err) != MX_OK)
        base_log(BASE_LOG_ERROR, "script", "the rules of before stay in force until the next start: %s", err.message);
}

/* The exchange in memory waits for the end of the command: one that fails after its handler leaves everything as it was. */
static mx_status exchange(struct mx_ctx *ctx, const struct script_version *version, struct script_set *set) {
    struct mx_str text = script_version_text(ctx, version);
    mx_status st = script_timers_set(ctx, set);
    memcpy(set->version, text.ptr, text.len + 1);
    if (st == MX_OK) st = mx_settled(ctx, put_or_drop, set);
    if (st != MX_OK) script_set_drop(set);
    return st;
}

/* Tell whoever keeps members that all of them are to be asked about anew. */
static mx_status tell_tiers(struct mx_ctx *ctx, const struct script_version *version, const struct script_set *set) {
    struct mx_tiers_changed event = {script_version_text(ctx, version)};
    struct script_set *before = script_set_current();
    int same = before != NULL && script_tiers_same(before, set);
    script_set_drop(before);
    return same ? MX_OK : mx_emit(ctx, &script_tiers_event, &event);
}

mx_status script_version_force(struct mx_ctx *ctx, const struct script_version *version, struct script_set *set) {
    struct published event = {version->n, script_version_text(ctx, version), version->from, version->note, version->by};
    int is_first = version->base == 0 && version->from == SCRIPT_FROM_FOLDER; /* a new shop has no history yet */
    mx_status st = note_standing(ctx, version);
    if (st == MX_OK && !is_first) st = mx_emit(ctx, &script_published_event, &event);
    if (st == MX_OK && !is_first) st = tell_tiers(ctx, version, set);
    if (st == MX_OK) return exchange(ctx, version, set);
    script_set_drop(set);
    return st;
}

mx_status script_version_again(struct mx_ctx *ctx, int64_t n, int64_t *rules) {
    struct script_version *version;
    struct script_files files;
    struct script_set *set;
    mx_status st = script_version_get(ctx, n, NULL, &version);
    if (st == MX_OK) st = script_version_files(ctx, version, &files);
    if (st == MX_OK) st = script_set_of(ctx, &files, SCRIPT_UNTESTED, &set);
    if (st != MX_OK) return st;
    *rules = script_set_rules(set);
    return exchange(ctx, version, set);
}

/* ---- the folder ---- */

static atomic_uint looks;     /* at the folder, so far */
static unsigned newest_taken; /* the look that was taken last: the writer's own */

mx_status script_folder_look(struct mx_ctx *ctx, struct script_folder *folder) {
    struct base_arena *arena = base_arena_new(16 * 1024);
    struct script_files *files = &folder->files;
    struct script_source *sources;
    struct mx_error err = {0};
    uint32_t i;
    mx_status st;
    folder->look = atomic_fetch_add(&looks, 1) + 1;
    st = script_folder_read(arena, &sources, &files->count, &folder->there, &err);
    if (st != MX_OK) {
        base_arena_free(arena);
        return mx_fail(ctx, st, NULL, "%s", err.message);
    }
    files->items = mx_alloc(ctx, (files->count + 1) * sizeof(*files->items));
    for (i = 0; i < files->count; i++) {
        files->items[i].name = mx_dup(ctx, sources[i].name);
        files->items[i].text = mx_dup(ctx, sources[i].text);
    }
    base_arena_free(arena);
    return script_files_check(ctx, files);
}

/* The same files as those of a version that is kept need no second one. */
static mx_status is_live(struct mx_ctx *ctx, const struct script_now *now, struct mx_str hash, int *yes) {
    struct script_version *live;
    mx_status st;
    *yes = 0;
    if (now->live == 0) return MX_OK;
    st = script_version_get(ctx, now->live, NULL, &live);
    if (st == MX_E_DAMAGED) return MX_OK; /* then the folder's files are the better ones */
    if (st == MX_OK) *yes = mx_str_eq(live->hash, hash);
    return st;
}

static mx_status note_folder(struct mx_ctx *ctx, struct mx_str hash) {
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    if (st != MX_OK || mx_str_eq(now->folder, hash)) return st;
    now->folder = hash;
    return script_now_put(ctx, now);
}

static mx_status publish_folder(struct mx_ctx *ctx, const struct script_files *files, int64_t *rules) {
    struct script_version version = {.from = SCRIPT_FROM_FOLDER, .note = mx_str_of(SCRIPT_FOLDER_NOTE)};
    struct script_set *set;
    mx_status st = script_set_of(ctx, files, SCRIPT_TESTED, &set);
    if (st != MX_OK) return st;
    *rules = script_set_rules(set);
    st = script_version_add(ctx, files, &version);
    if (st == MX_OK) return script_version_force(ctx, &version, set);
    script_set_drop(set);
    return st;
}

/* One that was looked at before another that is taken already may be older than that. */
static mx_status look_again(struct mx_ctx *ctx, const struct script_folder *seen, struct script_folder *folder) {
    mx_status st = MX_OK;
    if (seen != NULL && (int)(seen->look - newest_taken) > 0)
        *folder = *seen;
    else
        st = script_folder_look(ctx, folder);
    if (st == MX_OK) newest_taken = folder->look;
    return st;
}

mx_status script_folder_take(struct mx_ctx *ctx, const struct script_folder *seen, int *taken, int64_t *rules) {
    struct script_folder folder;
    struct script_now *now;
    struct mx_str hash;
    int live = 0;
    mx_status st = script_now_get(ctx, &now);
    *taken = 0;
    if (st == MX_OK) st = look_again(ctx, seen, &folder);
    if (st != MX_OK || (!folder.there && now->live != 0)) return st;
    hash = script_files_hash(ctx, &folder.files);
    if (now->live != 0 && mx_str_eq(hash, now->folder)) return MX_OK;
    st = is_live(ctx, now, hash, &live);
    if (st == MX_OK && !live) {
        st = publish_folder(ctx, &folder.files, rules);
        *taken = st == MX_OK;
    }
    return st == MX_OK ? note_folder(ctx, hash) : st;
}

/* ---- the start ---- */

/* What goes wrong here must not cost the shop its rules. */
static mx_status begin_others(struct mx_ctx *ctx) {
    if (script_due_plan(ctx) != MX_OK)
        mx_log(ctx, MX_LOG_WARN, "what waits for its time is compiled only then: %s", mx_dup(ctx, mx_problem(ctx)).ptr);
    if (script_canary_begin(ctx) != MX_OK)
        mx_log(ctx, MX_LOG_ERROR, "no rules are tried on a share of carts: %s", mx_dup(ctx, mx_problem(ctx)).ptr);
    return MX_OK;
}

/* A shop opens also when its rules cannot: it sells by those it had, or at plain prices, and the log says why. */
mx_status script_begin(struct mx_ctx *ctx) {
    struct script_now *now;
    int64_t rules;
    int taken = 0;
    mx_status st = script_folder_take(ctx, NULL, &taken, &rules);
    if (st != MX_OK) mx_log(ctx, MX_LOG_ERROR, "the folder of rules is not taken: %s", mx_dup(ctx, mx_problem(ctx)).ptr);
    if (taken) return begin_others(ctx);
    st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    if (now->live == 0) {
        mx_log(ctx, MX_LOG_ERROR, "no rules are in force");
        return MX_OK;
    }
    st = script_version_again(ctx, now->live, &rules);
    if (st != MX_OK) {
        mx_log(ctx, MX_LOG_ERROR, "no rules are in force: %s", mx_dup(ctx, mx_problem(ctx)).ptr);
        return MX_OK;
    }
    return begin_others(ctx);
}
