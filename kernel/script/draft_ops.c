/* rules.draft.put, get, list, drop. */
#include <stdio.h>

#include "base/text.h"
#include "script/version.h"

#define NAME_MAX_BYTES 100

struct draft_put {
    struct mx_str draft;
    struct mx_str name;
    struct mx_str source;
};
static const struct mx_field draft_put_fields[] = {
    MX_F_ID(draft_put, draft, 0, "rds", "draft; absent: a new one is begun"),
    MX_F_STR(draft_put, name, MX_REQUIRED, 1, NAME_MAX_BYTES, "name of the file, without .lua"),
    MX_F_STR(draft_put, source, MX_REQUIRED | MX_MULTILINE, 0, SCRIPT_FILE_MAX, "its text; empty: the file is removed"),
};
MX_TYPE(draft_put, "rules.draft.put", "a file of a draft");

struct draft_which {
    struct mx_str draft;
};
static const struct mx_field draft_which_fields[] = {
    MX_F_ID(draft_which, draft, MX_REQUIRED, "rds", "which draft"),
};
MX_TYPE(draft_which, "rules.draft.which", "which draft");

struct draft_row {
    struct mx_str draft;
    int64_t base;
    struct mx_str by;
    int64_t at;
    struct mx_str changed_by;
    int64_t changed_at;
    struct mx_list files;
};
static const struct mx_field draft_row_fields[] = {
    MX_F_ID(draft_row, draft, MX_REQUIRED, "rds", "draft"),
    MX_F_INT(draft_row, base, 0, 0, MX_INT_MAX, "version that was in force when it was begun"),
    MX_F_STR(draft_row, by, 0, 0, 64, "who began it"),
    MX_F_TIME(draft_row, at, 0, "when"),
    MX_F_STR(draft_row, changed_by, 0, 0, 64, "who changed it last"),
    MX_F_TIME(draft_row, changed_at, 0, "when"),
    MX_F_STRS(draft_row, files, 0, 0, SCRIPT_FILES_MAX, "files that it changes"),
};
MX_TYPE(draft_row, "rules.draft", "a draft of rules");

struct draft_file {
    struct mx_str name;
    struct mx_str source;
    uint8_t changed;
    uint8_t removed;
};
static const struct mx_field draft_file_fields[] = {
    MX_F_STR(draft_file, name, MX_REQUIRED, 1, SCRIPT_FILE_NAME_MAX, "name of the file"),
    MX_F_STR(draft_file, source, MX_MULTILINE, 0, SCRIPT_FILE_MAX, "its text"),
    MX_F_BOOL(draft_file, changed, 0, "the draft changes it"),
    MX_F_BOOL(draft_file, removed, 0, "the draft removes it"),
};
MX_TYPE(draft_file, "rules.draft.file", "a file as the draft has it");

struct draft_shown {
    struct mx_str draft;
    int64_t base;
    struct mx_str by;
    int64_t at;
    struct mx_str changed_by;
    int64_t changed_at;
    struct mx_list files;
    struct mx_str moved;
};
static const struct mx_field draft_shown_fields[] = {
    MX_F_ID(draft_shown, draft, MX_REQUIRED, "rds", "draft"),
    MX_F_INT(draft_shown, base, 0, 0, MX_INT_MAX, "version that was in force when it was begun"),
    MX_F_STR(draft_shown, by, 0, 0, 64, "who began it"),
    MX_F_TIME(draft_shown, at, 0, "when"),
    MX_F_STR(draft_shown, changed_by, 0, 0, 64, "who changed it last"),
    MX_F_TIME(draft_shown, changed_at, 0, "when"),
    MX_F_LIST(draft_shown, files, 0, 0, 2 * SCRIPT_FILES_MAX, draft_file_type, "all files as they would be in force"),
    MX_F_STR(draft_shown, moved, 0, 0, 65536, "files that somebody else changed since: it cannot be published as it is"),
};
MX_TYPE(draft_shown, "rules.draft.shown", "a draft with its files");

struct draft_list_ask {
    int64_t limit;
    struct mx_str after;
};
static const struct mx_field draft_list_ask_fields[] = {
    MX_F_INT(draft_list_ask, limit, 0, 1, SCRIPT_DRAFTS_MAX, "at most so many, 50 without"),
    MX_F_STR(draft_list_ask, after, 0, 0, 1024, "next of an earlier answer"),
};
MX_TYPE(draft_list_ask, "rules.draft.list.ask", "which page");

struct draft_list {
    struct mx_list drafts;
    struct mx_str next;
};
static const struct mx_field draft_list_fields[] = {
    MX_F_LIST(draft_list, drafts, 0, 0, SCRIPT_DRAFTS_MAX, draft_row_type, "drafts, the oldest first"),
    MX_F_STR(draft_list, next, 0, 0, 1024, "there is more behind this"),
};
MX_TYPE(draft_list, "rules.draft.page", "drafts of rules");

/* ---- put ---- */

/* A name with ".lua" at its end, which callers may leave out. */
static mx_status file_name(struct mx_ctx *ctx, struct mx_str given, struct mx_str *name) {
    struct mx_str stem = given;
    char *text = mx_alloc(ctx, (size_t)given.len + 5);
    uint32_t i;
    if (stem.len > 4 && memcmp(stem.ptr + stem.len - 4, ".lua", 4) == 0) stem.len -= 4;
    if (stem.ptr[0] == '.') return mx_fail(ctx, MX_E_BAD_INPUT, "name", "The name of a rule file does not begin with a dot.");
    for (i = 0; i < stem.len; i++) {
        if (stem.ptr[i] == '/' || stem.ptr[i] == '\\')
            return mx_fail(ctx, MX_E_BAD_INPUT, "name", "The name of a rule file holds no slashes.");
    }
    memcpy(text, stem.ptr, stem.len);
    memcpy(text + stem.len, ".lua", 5);
    *name = mx_str_n(text, (size_t)stem.len + 4);
    return MX_OK;
}

static mx_status count_drafts(struct mx_ctx *ctx) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct script_draft *row = NULL;
    struct mx_scan *scan = NULL;
    uint32_t count = 0;
    mx_status st = mx_scan_open(ctx, &script_drafts_table, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &row)) == MX_OK) count++;
    if (st != MX_DONE) return st;
    if (count < SCRIPT_DRAFTS_MAX) return MX_OK;
    return mx_refuse(ctx, "too_many_drafts", NULL, "There are %d drafts already: publish or drop one first.", SCRIPT_DRAFTS_MAX);
}

static mx_status begin_draft(struct mx_ctx *ctx, struct script_draft **draft) {
    struct script_draft *fresh = mx_alloc(ctx, sizeof(*fresh));
    struct script_now *now;
    mx_status st = count_drafts(ctx);
    if (st == MX_OK) st = script_now_get(ctx, &now);
    if (st == MX_OK) st = mx_new_id(ctx, "rds", &fresh->id);
    if (st != MX_OK) return st;
    fresh->base = now->live;
    fresh->by = ctx->identity->principal(ctx);
    fresh->at = ctx->now_ms;
    *draft = fresh;
    return MX_OK;
}

static mx_status put_file(struct mx_ctx *ctx, const struct script_draft *draft, struct mx_str name, struct mx_str source) {
    struct script_draft_file fresh = {.draft = draft->id, .name = name}, *row = &fresh;
    mx_status st = mx_get(ctx, &script_draft_files_table, &fresh, &row);
    if (st < 0) return st;
    row->rec.has = UINT64_MAX;
    row->text = source;
    return mx_put(ctx, &script_draft_files_table, row);
}

static mx_status show_row(struct mx_ctx *ctx, const struct script_draft *draft, struct draft_row *row) {
    struct script_change *changes;
    uint32_t count, i;
    mx_status st = script_draft_changes(ctx, draft, &changes, &count);
    if (st != MX_OK) return st;
    row->draft = draft->id;
    row->base = draft->base;
    row->by = draft->by;
    row->at = draft->at;
    row->changed_by = draft->changed_by;
    row->changed_at = draft->changed_at;
    row->files = mx_list_new(ctx, count, sizeof(struct mx_str));
    for (i = 0; i < count; i++) *(struct mx_str *)mx_list_at(&row->files, i) = changes[i].name;
    return MX_OK;
}

static mx_status put(struct mx_ctx *ctx, const void *in, void *out) {
    const struct draft_put *ask = in;
    struct script_draft *draft;
    struct script_files files;
    struct mx_str name = {NULL, 0}, moved;
    mx_status st = file_name(ctx, ask->name, &name);
    if (st == MX_OK) st = ask->draft.len ? script_draft_get(ctx, ask->draft, &draft) : begin_draft(ctx, &draft);
    if (st == MX_OK) st = put_file(ctx, draft, name, ask->source);
    if (st == MX_OK) st = script_draft_files(ctx, draft, &files, &moved);
    if (st != MX_OK) return st;
    draft->rec.has = UINT64_MAX;
    draft->changed_by = ctx->identity->principal(ctx);
    draft->changed_at = ctx->now_ms;
    st = mx_put(ctx, &script_drafts_table, draft);
    return st == MX_OK ? show_row(ctx, draft, out) : st;
}

/* ---- get, list, drop ---- */

/* Changed files first come by name among the others; removed ones are shown without a text. */
static void show_files(struct mx_ctx *ctx, const struct script_files *files, const struct script_change *changes, uint32_t count,
                       struct mx_list *list) {
    uint32_t at = 0, i = 0;
    *list = mx_list_new(ctx, files->count + count, sizeof(struct draft_file));
    list->count = 0;
    while (at < files->count || i < count) {
        struct draft_file *file = mx_list_at(list, list->count++);
        int order = at == files->count ? 1 : i == count ? -1 : mx_str_cmp(files->items[at].name, changes[i].name);
        file->name = order <= 0 ? files->items[at].name : changes[i].name;
        file->changed = order >= 0;
        file->removed = order > 0;
        if (order <= 0) file->source = files->items[at++].text;
        if (order >= 0) i++;
    }
}

static mx_status get(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct draft_which *ask = in;
    struct draft_shown *out = out_;
    struct script_change *changes;
    struct script_draft *draft;
    struct script_files files;
    uint32_t count;
    mx_status st = script_draft_get(ctx, ask->draft, &draft);
    if (st == MX_OK) st = script_draft_changes(ctx, draft, &changes, &count);
    if (st != MX_OK) return st;
    st = script_draft_files(ctx, draft, &files, &out->moved);
    if (st == MX_E_DAMAGED) { /* what it stands on is lost; what was written in it is not */
        struct script_files nothing = {NULL, 0};
        script_files_change(ctx, &nothing, changes, count, &files);
        st = MX_OK;
    }
    if (st != MX_OK) return st;
    out->draft = draft->id;
    out->base = draft->base;
    out->by = draft->by;
    out->at = draft->at;
    out->changed_by = draft->changed_by;
    out->changed_at = draft->changed_at;
    show_files(ctx, &files, changes, count, &out->files);
    return MX_OK;
}

static mx_status list(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct draft_list_ask *ask = in;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : 50, count = 0;
    struct draft_list *out = out_;
    struct script_draft *row = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &script_drafts_table, &opts, NULL, &scan);
    if (st != MX_OK) return st;
    out->drafts = mx_list_new(ctx, limit, sizeof(struct draft_row));
    while (st == MX_OK && count < limit && (st = mx_scan_next(ctx, scan, &row)) == MX_OK)
        st = show_row(ctx, row, mx_list_at(&out->drafts, count++));
    out->drafts.count = count;
    if (st == MX_OK && count == limit) out->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status drop(struct mx_ctx *ctx, const void *in, void *out) {
    const struct draft_which *ask = in;
    struct script_draft *draft;
    mx_status st = script_draft_get(ctx, ask->draft, &draft);
    if (st == MX_OK) st = show_row(ctx, draft, out);
    return st == MX_OK ? script_draft_forget(ctx, draft) : st;
}

const struct mx_op script_op_draft_put = {sizeof(struct mx_op),
                                          0,
                                          "rules.draft.put",
                                          "Write a file of a draft of the rules, or begin one; the rules in force stay as they are",
                                          "rules.draft",
                                          &draft_put_type,
                                          &draft_row_type,
                                          put,
                                          NULL,
                                          MX_HOME_HERE,
                                          MX_OFFLINE_REFUSE,
                                          "0.3"};
const struct mx_op script_op_draft_get = {sizeof(struct mx_op),
                                          MX_OP_QUERY,
                                          "rules.draft.get",
                                          "A draft of the rules with all files as they would be in force",
                                          "rules.read",
                                          &draft_which_type,
                                          &draft_shown_type,
                                          get,
                                          NULL,
                                          MX_HOME_HERE,
                                          MX_OFFLINE_REFUSE,
                                          "0.3"};
const struct mx_op script_op_draft_list = {sizeof(struct mx_op),
                                           MX_OP_QUERY,
                                           "rules.draft.list",
                                           "Drafts of the rules, the oldest first",
                                           "rules.read",
                                           &draft_list_ask_type,
                                           &draft_list_type,
                                           list,
                                           NULL,
                                           MX_HOME_HERE,
                                           MX_OFFLINE_REFUSE,
                                           "0.3"};
const struct mx_op script_op_draft_drop = {sizeof(struct mx_op),
                                           0,
                                           "rules.draft.drop",
                                           "Give a draft of the rules up",
                                           "rules.draft",
                                           &draft_which_type,
                                           &draft_row_type,
                                           drop,
                                           NULL,
                                           MX_HOME_HERE,
                                           MX_OFFLINE_REFUSE,
                                           "0.3"};
