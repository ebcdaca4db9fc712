/* rules.list and rules.get: who changed what, when and why; the check of merx verify. */
#include <stdio.h>

#include "script/version.h"

struct version_row {
    int64_t version;
    struct mx_str text;
    int32_t state;
    int64_t since;
    struct mx_str state_by;
    struct mx_str problem;
    int64_t until;
    int32_t from;
    int64_t base, of;
    struct mx_str note, by;
    int64_t at;
    struct mx_str draft;
};
#define ROW_FIELDS                                                                                                                         \
    MX_F_INT(version_row, version, MX_REQUIRED, 1, MX_INT_MAX, "number"), MX_F_STR(version_row, text, 0, 0, 64, "as orders name it"),      \
        MX_F_ENUM(version_row, state, 0, script_standing_words, "what became of it"),                                                      \
        MX_F_TIME(version_row, since, 0, "since when; scheduled: from when on"),                                                           \
        MX_F_STR(version_row, state_by, 0, 0, 64, "who brought it there"),                                                                 \
        MX_F_STR(version_row, problem, 0, 0, SCRIPT_FAULT_TEXT, "why it missed its time"),                                                 \
        MX_F_TIME(version_row, until, 0, "when what it changes is taken back"),                                                            \
        MX_F_ENUM(version_row, from, 0, script_from_words, "how it came about"),                                                           \
        MX_F_INT(version_row, base, 0, 0, MX_INT_MAX, "version that was in force when it was made"),                                       \
        MX_F_INT(version_row, of, 0, 0, MX_INT_MAX, "version whose files it brings back"),                                                 \
        MX_F_STR(version_row, note, MX_MULTILINE, 0, SCRIPT_NOTE_MAX, "why"), MX_F_STR(version_row, by, 0, 0, 64, "who made it"),          \
        MX_F_TIME(version_row, at, 0, "when it was made"), MX_F_STR(version_row, draft, 0, 0, 64, "draft that it was")
static const struct mx_field version_row_fields[] = {ROW_FIELDS};
MX_TYPE(version_row, "rules.version", "a version of the rules");

struct versions_ask {
    int64_t limit;
    struct mx_str after;
};
static const struct mx_field versions_ask_fields[] = {
    MX_F_INT(versions_ask, limit, 0, 1, 200, "at most so many, 50 without"),
    MX_F_STR(versions_ask, after, 0, 0, 1024, "next of an earlier answer"),
};
MX_TYPE(versions_ask, "rules.list.ask", "which page");

struct versions_list {
    int64_t live, canary, canary_share_ppm, shadow;
    struct mx_list versions;
    struct mx_str next;
};
static const struct mx_field versions_list_fields[] = {
    MX_F_INT(versions_list, live, 0, 0, MX_INT_MAX, "version in force"),
    MX_F_INT(versions_list, canary, 0, 0, MX_INT_MAX, "version that a share of carts gets"),
    MX_F_PPM(versions_list, canary_share_ppm, 0, 0, MX_PPM_ONE, "the share"),
    MX_F_INT(versions_list, shadow, 0, 0, MX_INT_MAX, "version that is computed beside"),
    MX_F_LIST(versions_list, versions, 0, 0, 200, version_row_type, "versions, the newest first"),
    MX_F_STR(versions_list, next, 0, 0, 1024, "there is more behind this"),
};
MX_TYPE(versions_list, "rules.versions", "versions of the rules");

static mx_status show(struct mx_ctx *ctx, const struct script_version *version, struct version_row *row) {
    struct script_standing *standing = NULL;
    mx_status st = script_standing_get(ctx, version->n, &standing);
    if (st < 0) return st;
    row->version = version->n;
    row->text = script_version_text(ctx, version);
    row->from = version->from;
    row->base = version->base;
    row->of = version->of;
    row->note = version->note;
    row->by = version->by;
    row->at = version->at;
    row->draft = version->draft;
    if (st == MX_NONE) return MX_OK;
    row->state = standing->state;
    row->since = standing->since;
    row->state_by = standing->by;
    row->problem = standing->problem;
    row->until = standing->until;
    return MX_OK;
}

static mx_status list(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct versions_ask *ask = in;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after, .reverse = 1};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : 50, count = 0;
    struct versions_list *out = out_;
    struct script_version *version = NULL;
    struct mx_scan *scan = NULL;
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    if (st == MX_OK) st = mx_scan_open(ctx, &script_versions_table, &opts, NULL, &scan);
    if (st != MX_OK) return st;
    out->live = now->live;
    out->canary = now->canary;
    out->canary_share_ppm = now->canary_ppm;
    out->shadow = now->shadow;
    out->versions = mx_list_new(ctx, limit, sizeof(struct version_row));
    while (st == MX_OK && count < limit && (st = mx_scan_next(ctx, scan, &version)) == MX_OK)
        st = show(ctx, version, mx_list_at(&out->versions, count++));
    out->versions.count = count;
    if (st == MX_OK && count == limit) out->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

/* ---- one version ---- */

struct version_ask {
    int64_t version;
};
static const struct mx_field version_ask_fields[] = {
    MX_F_INT(version_ask, version, MX_REQUIRED, 1, MX_INT_MAX, "number of the version"),
};
MX_TYPE(version_ask, "rules.get.ask", "which version");

struct version_file {
    struct mx_str name;
    struct mx_str source;
};
static const struct mx_field version_file_fields[] = {
    MX_F_STR(version_file, name, MX_REQUIRED, 1, SCRIPT_FILE_NAME_MAX, "name of the file"),
    MX_F_STR(version_file, source, MX_MULTILINE, 0, SCRIPT_FILE_MAX, "its text"),
};
MX_TYPE(version_file, "rules.file", "a rule file");

struct version_shown {
    struct version_row *version;
    struct mx_list files;
    struct mx_str hash, signature;
};
static const struct mx_field version_shown_fields[] = {
    MX_F_STRUCT(version_shown, version, MX_REQUIRED, version_row_type, "the version"),
    MX_F_LIST(version_shown, files, 0, 0, SCRIPT_FILES_MAX, version_file_type, "its files"),
    MX_F_STR(version_shown, hash, 0, 0, SCRIPT_HASH_TEXT, "BLAKE2b over all files"),
    MX_F_STR(version_shown, signature, 0, 0, 2 * MX_SIGNATURE_BYTES, "Ed25519 of the shop"),
};
MX_TYPE(version_shown, "rules.version.shown", "a version of the rules with its files");

static mx_status get(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct version_ask *ask = in;
    struct version_shown *out = out_;
    struct script_version *version;
    struct script_files files;
    uint32_t i;
    mx_status st = script_version_get(ctx, ask->version, "version", &version);
    if (st == MX_OK) st = script_version_files(ctx, version, &files);
    if (st != MX_OK) return st;
    out->version = mx_alloc(ctx, sizeof(*out->version));
    out->hash = version->hash;
    out->signature = version->signature;
    out->files = mx_list_new(ctx, files.count, sizeof(struct version_file));
    for (i = 0; i < files.count; i++) {
        struct version_file *file = mx_list_at(&out->files, i);
        file->name = files.items[i].name;
        file->source = files.items[i].text;
    }
    return show(ctx, version, out->version);
}

/* ---- merx verify ---- */

static mx_status check_versions(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct mx_scan_opts opts = {.size = sizeof(opts)};
    struct script_version *version = NULL;
    struct script_files files;
    struct mx_scan *scan = NULL;
    char text[200];
    mx_status st = mx_scan_open(ctx, &script_versions_table, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &version)) == MX_OK) {
        const char *wrong = script_version_wrong(ctx, version);
        if (wrong == NULL && (st = script_version_files(ctx, version, &files)) == MX_E_DAMAGED) {
            wrong = "one of its files is missing or was changed";
            st = MX_OK;
        }
        if (wrong == NULL) continue;
        snprintf(text, sizeof(text), "version %lld of the rules: %s", (long long)version->n, wrong);
        found(arg, text);
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_check script_versions_check = {.name = "scripts.versions", .fn = check_versions};

const struct mx_op script_op_versions_list = {sizeof(struct mx_op),
                                              MX_OP_QUERY,
                                              "rules.list",
                                              "Versions of the rules: who changed what, when and why, and what became of it",
                                              "rules.read",
                                              &versions_ask_type,
                                              &versions_list_type,
                                              list,
                                              NULL,
                                              MX_HOME_HERE,
                                              MX_OFFLINE_REFUSE,
                                              "0.3"};
const struct mx_op script_op_version_get = {sizeof(struct mx_op),
                                            MX_OP_QUERY,
                                            "rules.get",
                                            "A version of the rules with its files",
                                            "rules.read",
                                            &version_ask_type,
                                            &version_shown_type,
                                            get,
                                            NULL,
                                            MX_HOME_HERE,
                                            MX_OFFLINE_REFUSE,
                                            "0.3"};
