/* rules.diff: what changed from one version to another, or to a draft. */
#include "script/diff.h"

#define AROUND 2

struct diff_ask {
    int64_t a, b;
    struct mx_str draft;
};
static const struct mx_field diff_ask_fields[] = {
    MX_F_INT(diff_ask, a, 0, 1, MX_INT_MAX, "version before; absent: the one in force, or what the draft was begun on"),
    MX_F_INT(diff_ask, b, 0, 1, MX_INT_MAX, "version after"),
    MX_F_ID(diff_ask, draft, 0, "rds", "or draft"),
};
MX_TYPE(diff_ask, "rules.diff.ask", "what is compared");

static const char *const change_words[] = {"same", "added", "removed", NULL};
static const struct mx_field script_diff_line_fields[] = {
    MX_F_ENUM(script_diff_line, change, MX_REQUIRED, change_words, "what became of the line"),
    MX_F_INT(script_diff_line, a, 0, 0, MX_INT_MAX, "its number before"),
    MX_F_INT(script_diff_line, b, 0, 0, MX_INT_MAX, "its number after"),
    MX_F_STR(script_diff_line, text, 0, 0, SCRIPT_FILE_MAX, "the line"),
};
MX_TYPE(script_diff_line, "rules.diff.line", "a line of a changed file");

static const char *const file_words[] = {"added", "removed", "changed", NULL};
#define FILE_ADDED   1
#define FILE_REMOVED 2
#define FILE_CHANGED 3
struct diff_file {
    struct mx_str name;
    int32_t change;
    int64_t added, removed;
    struct mx_list lines;
};
static const struct mx_field diff_file_fields[] = {
    MX_F_STR(diff_file, name, MX_REQUIRED, 1, SCRIPT_FILE_NAME_MAX, "file"),
    MX_F_ENUM(diff_file, change, MX_REQUIRED, file_words, "what became of the file"),
    MX_F_INT(diff_file, added, 0, 0, MX_INT_MAX, "lines that were added"),
    MX_F_INT(diff_file, removed, 0, 0, MX_INT_MAX, "lines that were removed"),
    MX_F_LIST(diff_file, lines, 0, 0, MX_INT_MAX, script_diff_line_type, "changed lines, with two others on each side"),
};
MX_TYPE(diff_file, "rules.diff.file", "a file that changed");

struct diff_answer {
    int64_t a, b;
    struct mx_list files;
};
static const struct mx_field diff_answer_fields[] = {
    MX_F_INT(diff_answer, a, 0, 0, MX_INT_MAX, "version before; 0 = none"),
    MX_F_INT(diff_answer, b, 0, 0, MX_INT_MAX, "version after; 0 = the draft"),
    MX_F_LIST(diff_answer, files, 0, 0, 2 * SCRIPT_FILES_MAX, diff_file_type, "files that changed, by name"),
};
MX_TYPE(diff_answer, "rules.diff", "what changed");

static mx_status version_files(struct mx_ctx *ctx, int64_t n, const char *field, struct script_files *files) {
    struct script_version *version;
    mx_status st;
    memset(files, 0, sizeof(*files));
    if (n == 0) return MX_OK;
    st = script_version_get(ctx, n, field, &version);
    return st == MX_OK ? script_version_files(ctx, version, files) : st;
}

/* What a draft changes is compared with what it is on top of, so that nobody else's changes show. */
static mx_status draft_sides(struct mx_ctx *ctx, const struct diff_ask *ask, struct diff_answer *out, struct script_files *from,
                             struct script_files *to) {
    struct script_draft *draft;
    struct script_now *now;
    struct mx_str moved;
    mx_status st = script_draft_get(ctx, ask->draft, &draft);
    if (st == MX_OK) st = script_draft_files(ctx, draft, to, &moved);
    if (st == MX_OK) st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    out->a = ask->a ? ask->a : moved.len ? draft->base : now->live;
    return version_files(ctx, out->a, "a", from);
}

static mx_status version_sides(struct mx_ctx *ctx, const struct diff_ask *ask, struct diff_answer *out, struct script_files *from,
                               struct script_files *to) {
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    out->a = ask->a ? ask->a : now->live;
    out->b = ask->b;
    st = version_files(ctx, out->a, "a", from);
    return st == MX_OK ? version_files(ctx, ask->b, "b", to) : st;
}

static void show_file(struct mx_ctx *ctx, const struct script_files *from, const struct script_change *change, struct diff_file *file) {
    const struct script_source *before = script_files_find(from, change->name);
    struct script_diff diff;
    script_diff_lines(ctx, before ? before->text : mx_str_of(""), change->text, &diff);
    script_diff_shorten(&diff, AROUND);
    file->name = change->name;
    file->change = before == NULL ? FILE_ADDED : change->text.ptr == NULL ? FILE_REMOVED : FILE_CHANGED;
    file->added = diff.added;
    file->removed = diff.removed;
    file->lines.items = diff.lines;
    file->lines.count = diff.count;
    file->lines.elem_size = sizeof(*diff.lines);
}

static mx_status compare(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct diff_ask *ask = in;
    struct diff_answer *out = out_;
    struct script_files from, to;
    struct script_change *changes;
    uint32_t count, i;
    mx_status st;
    if (!ask->b == !ask->draft.len) return mx_fail(ctx, MX_E_BAD_INPUT, "b", "Name either a version b or a draft.");
    st = ask->draft.len ? draft_sides(ctx, ask, out, &from, &to) : version_sides(ctx, ask, out, &from, &to);
    if (st != MX_OK) return st;
    script_files_differ(ctx, &from, &to, &changes, &count);
    out->files = mx_list_new(ctx, count, sizeof(struct diff_file));
    for (i = 0; i < count; i++) show_file(ctx, &from, &changes[i], mx_list_at(&out->files, i));
    return MX_OK;
}

const struct mx_op script_op_diff = {sizeof(struct mx_op),
                                     MX_OP_QUERY | MX_OP_HEAVY,
                                     "rules.diff",
                                     "What changed from one version of the rules to another, or to a draft, line by line",
                                     "rules.read",
                                     &diff_ask_type,
                                     &diff_answer_type,
                                     compare,
                                     NULL,
                                     MX_HOME_HERE,
                                     MX_OFFLINE_REFUSE,
                                     "0.3"};
