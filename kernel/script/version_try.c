/* A version that is not to come into force yet: a draft written down as one, so that orders can name it. */
#include "script/version.h"

static mx_status files_of(struct mx_ctx *ctx, struct mx_str draft_id, struct script_files *files) {
    struct script_draft *draft;
    struct mx_str moved;
    mx_status st = script_draft_get(ctx, draft_id, &draft);
    if (st == MX_OK) st = script_draft_files(ctx, draft, files, &moved);
    if (st != MX_OK || moved.len == 0) return st;
    return mx_refuse(ctx, "rules_moved", "draft", "Somebody else changed these files since the draft was begun: %s.", moved.ptr);
}

mx_status script_try_prepare(struct mx_ctx *ctx, struct mx_str draft) {
    struct script_files files;
    mx_status st = files_of(ctx, draft, &files);
    return st == MX_OK ? script_prepare(ctx, &files, SCRIPT_PROVEN) : st;
}

mx_status script_try_version(struct mx_ctx *ctx, struct mx_str draft, int64_t n, struct mx_str note, struct script_version **version) {
    struct script_files files;
    struct script_set *set;
    mx_status st;
    if (draft.len == 0) return script_version_get(ctx, n, "version", version);
    st = files_of(ctx, draft, &files);
    if (st == MX_OK) st = script_set_of(ctx, &files, SCRIPT_PROVEN, &set);
    if (st != MX_OK) return st;
    script_prepared_put(script_files_hash(ctx, &files), SCRIPT_PROVEN, set);
    *version = mx_alloc(ctx, sizeof(**version));
    (*version)->from = SCRIPT_FROM_DRAFT;
    (*version)->draft = draft;
    (*version)->note = note;
    st = script_version_add(ctx, &files, *version);
    return st == MX_OK ? script_standing_set(ctx, (*version)->n, SCRIPT_TRIED, ctx->now_ms, mx_str_of("")) : st;
}
