/* Drafts: what somebody changes in the rules, until it is published or dropped. Only the changed files are kept. */
#include <stdlib.h>

#include "base/buf.h"
#include "script/version.h"

static const struct mx_field script_draft_fields[] = {
    MX_F_ID(script_draft, id, MX_REQUIRED, "rds", "draft"),
    MX_F_INT(script_draft, base, 0, 0, MX_INT_MAX, "version in force when it was begun"),
    MX_F_STR(script_draft, by, 0, 0, 64, "who began it"),
    MX_F_TIME(script_draft, at, 0, "when it was begun"),
    MX_F_STR(script_draft, changed_by, 0, 0, 64, "who changed it last"),
    MX_F_TIME(script_draft, changed_at, 0, "when it was changed last"),
};
MX_TYPE_REC(script_draft, "scripts.draft", "a draft of rules");
const struct mx_table script_drafts_table = {.size = sizeof(struct mx_table),
                                             .name = "scripts.draft",
                                             .doc = "changes of the rules that are being written",
                                             .type = &script_draft_type,
                                             .key = "id"};

static const struct mx_field script_draft_file_fields[] = {
    MX_F_ID(script_draft_file, draft, MX_REQUIRED, "rds", "draft"),
    MX_F_STR(script_draft_file, name, MX_REQUIRED, 1, SCRIPT_FILE_NAME_MAX, "name of the file"),
    MX_F_STR(script_draft_file, text, MX_MULTILINE, 0, SCRIPT_FILE_MAX, "its text; empty: the file is removed"),
};
MX_TYPE_REC(script_draft_file, "scripts.draft.file", "a file of a draft");
const struct mx_table script_draft_files_table = {.size = sizeof(struct mx_table),
                                                  .name = "scripts.draft.file",
                                                  .doc = "files that drafts change",
                                                  .type = &script_draft_file_type,
                                                  .key = "draft name"};

mx_status script_draft_get(struct mx_ctx *ctx, struct mx_str id, struct script_draft **draft) {
    struct script_draft probe = {.id = id};
    mx_status st = mx_get(ctx, &script_drafts_table, &probe, draft);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "draft", "There is no such draft.") : st;
}

mx_status script_draft_changes(struct mx_ctx *ctx, const struct script_draft *draft, struct script_change **changes, uint32_t *count) {
    struct script_draft_file probe = {.draft = draft->id}, *row = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &script_draft_files_table, &opts, &probe, &scan);
    if (st != MX_OK) return st;
    *changes = mx_alloc(ctx, SCRIPT_FILES_MAX * sizeof(**changes));
    for (*count = 0; (st = mx_scan_next(ctx, scan, &row)) == MX_OK; ++*count) {
        if (*count == SCRIPT_FILES_MAX)
            return mx_fail(ctx, MX_E_TOO_LARGE, NULL, "A draft changes at most %d files: publish or drop it first.", SCRIPT_FILES_MAX);
        (*changes)[*count].name = row->name;
        (*changes)[*count].text = row->text;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status script_draft_forget(struct mx_ctx *ctx, const struct script_draft *draft) {
    struct script_change *changes;
    uint32_t count, i;
    mx_status st = script_draft_changes(ctx, draft, &changes, &count);
    for (i = 0; st == MX_OK && i < count; i++) {
        struct script_draft_file probe = {.draft = draft->id, .name = changes[i].name};
        st = mx_delete(ctx, &script_draft_files_table, &probe);
    }
    return st == MX_OK ? mx_delete(ctx, &script_drafts_table, draft) : st;
}

/* ---- files and changes ---- */

void script_files_change(struct mx_ctx *ctx, const struct script_files *base, const struct script_change *changes, uint32_t count,
                         struct script_files *out) {
    uint32_t at = 0, i = 0;
    out->items = mx_alloc(ctx, ((size_t)base->count + count + 1) * sizeof(*out->items));
    out->count = 0;
    while (at < base->count || i < count) {
        int order = at == base->count ? 1 : i == count ? -1 : mx_str_cmp(base->items[at].name, changes[i].name);
        if (order < 0) {
            out->items[out->count++] = base->items[at++];
            continue;
        }
        if (order == 0) at++;
        if (changes[i].text.len) {
            out->items[out->count].name = changes[i].name;
            out->items[out->count++].text = changes[i].text;
        }
        i++;
    }
}

void script_files_differ(struct mx_ctx *ctx, const struct script_files *from, const struct script_files *to, struct script_change **changes,
                         uint32_t *count) {
    uint32_t a = 0, b = 0;
    struct script_change *list = mx_alloc(ctx, ((size_t)from->count + to->count + 1) * sizeof(*list));
    *count = 0;
    while (a < from->count || b < to->count) {
        int order = a == from->count ? 1 : b == to->count ? -1 : mx_str_cmp(from->items[a].name, to->items[b].name);
        if (order < 0)
            list[(*count)++] = (struct script_change){from->items[a++].name, {NULL, 0}};
        else if (order > 0 || !mx_str_eq(from->items[a].text, to->items[b].text))
            list[(*count)++] = (struct script_change){to->items[b].name, to->items[b].text};
        if (order >= 0) b++;
        if (order == 0) a++;
    }
    *changes = list;
}

static int same_file(const struct script_source *a, const struct script_source *b) {
    if (a == NULL || b == NULL) return a == b;
    return mx_str_eq(a->text, b->text);
}

/* What is in force there is already what the change wants. */
static int is_done(const struct script_source *live, const struct script_change *change) {
    return live ? mx_str_eq(live->text, change->text) : change->text.len == 0;
}

struct mx_str script_files_moved(struct mx_ctx *ctx, const struct script_files *base, const struct script_files *live,
                                 const struct script_change *changes, uint32_t count) {
    struct base_buf names;
    struct mx_str text;
    uint32_t i;
    base_buf_init(&names, NULL);
    for (i = 0; i < count; i++) {
        const struct script_source *there = script_files_find(live, changes[i].name);
        if (same_file(script_files_find(base, changes[i].name), there) || is_done(there, &changes[i])) continue;
        if (names.len) base_buf_text(&names, ", ");
        base_buf_str(&names, changes[i].name);
    }
    text = mx_dup(ctx, base_buf_view(&names));
    base_buf_fini(&names);
    return text;
}

static mx_status base_files(struct mx_ctx *ctx, const struct script_draft *draft, struct script_files *files) {
    struct script_version *base;
    mx_status st;
    memset(files, 0, sizeof(*files));
    if (draft->base == 0) return MX_OK;
    st = script_version_get(ctx, draft->base, NULL, &base);
    return st == MX_OK ? script_version_files(ctx, base, files) : st;
}

mx_status script_draft_files(struct mx_ctx *ctx, const struct script_draft *draft, struct script_files *files, struct mx_str *moved) {
    struct script_files base, live;
    struct script_change *changes;
    struct script_now *now;
    uint32_t count;
    mx_status st = script_draft_changes(ctx, draft, &changes, &count);
    *moved = mx_str_of("");
    if (st == MX_OK) st = base_files(ctx, draft, &base);
    if (st == MX_OK) st = script_now_get(ctx, &now);
    if (st == MX_OK && now->live != draft->base) {
        st = script_live_files(ctx, now, &live);
        if (st == MX_OK) *moved = script_files_moved(ctx, &base, &live, changes, count);
        if (st == MX_OK && moved->len == 0) base = live;
    }
    if (st == MX_OK) script_files_change(ctx, &base, changes, count, files);
    return st == MX_OK ? script_files_check(ctx, files) : st;
}
