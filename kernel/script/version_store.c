/* Versions as records: a text is kept once, under its hash; a version names its files by these; the shop signs the whole. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "script/version.h"

#define PURPOSE_FILE "merx.rules.file"
#define PURPOSE_SET  "merx.rules.set"

const char *const script_from_words[] = {"draft", "folder", "rollback", "schedule", "end", NULL};
const char *const script_standing_words[] = {"scheduled", "live", "past", "cancelled", "missed", "tried", NULL};

/* ---- tables ---- */

struct script_text {
    struct mx_rec rec;
    struct mx_str hash;
    struct mx_str text;
};
static const struct mx_field script_text_fields[] = {
    MX_F_STR(script_text, hash, MX_REQUIRED, SCRIPT_HASH_TEXT, SCRIPT_HASH_TEXT, "BLAKE2b of the text"),
    MX_F_STR(script_text, text, MX_MULTILINE, 0, SCRIPT_FILE_MAX, "text of a rule file"),
};
MX_TYPE_REC(script_text, "scripts.source", "text of a rule file");
const struct mx_table script_sources_table = {.size = sizeof(struct mx_table),
                                              .flags = MX_TABLE_APPEND,
                                              .name = "scripts.source",
                                              .doc = "texts of rule files that versions name by their hash",
                                              .type = &script_text_type,
                                              .key = "hash"};

static const struct mx_field script_file_fields[] = {
    MX_F_STR(script_file, name, MX_REQUIRED, 1, SCRIPT_FILE_NAME_MAX, "name of the file"),
    MX_F_STR(script_file, hash, MX_REQUIRED, SCRIPT_HASH_TEXT, SCRIPT_HASH_TEXT, "BLAKE2b of its text"),
};
MX_TYPE(script_file, "scripts.file", "a file of a version");
static const struct mx_field script_version_fields[] = {
    MX_F_INT(script_version, n, MX_REQUIRED, 1, MX_INT_MAX, "number"),
    MX_F_LIST(script_version, files, 0, 0, SCRIPT_FILES_MAX, script_file_type, "its files"),
    MX_F_STR(script_version, hash, MX_REQUIRED, SCRIPT_HASH_TEXT, SCRIPT_HASH_TEXT, "BLAKE2b over all files"),
    MX_F_INT(script_version, base, 0, 0, MX_INT_MAX, "version that was in force when it was made"),
    MX_F_ENUM(script_version, from, MX_REQUIRED, script_from_words, "how it came about"),
    MX_F_INT(script_version, of, 0, 0, MX_INT_MAX, "version whose files it brings back, or that was scheduled"),
    MX_F_STR(script_version, draft, 0, 0, 64, "draft that it was"),
    MX_F_STR(script_version, note, MX_MULTILINE, 0, SCRIPT_NOTE_MAX, "why"),
    MX_F_STR(script_version, by, 0, 0, 64, "who"),
    MX_F_TIME(script_version, at, 0, "when"),
    MX_F_STR(script_version, signature, 0, 0, 2 * MX_SIGNATURE_BYTES, "Ed25519 of the shop"),
};
MX_TYPE_REC(script_version, "scripts.version", "a version of the rules");
const struct mx_table script_versions_table = {.size = sizeof(struct mx_table),
                                               .flags = MX_TABLE_APPEND,
                                               .name = "scripts.version",
                                               .doc = "versions of the rules, signed and never changed",
                                               .type = &script_version_type,
                                               .key = "n"};

static const struct mx_field script_standing_fields[] = {
    MX_F_INT(script_standing, n, MX_REQUIRED, 1, MX_INT_MAX, "version"),
    MX_F_ENUM(script_standing, state, MX_REQUIRED, script_standing_words, "what became of it"),
    MX_F_TIME(script_standing, since, 0, "since when, or from when on"),
    MX_F_STR(script_standing, by, 0, 0, 64, "who did that"),
    MX_F_STR(script_standing, problem, 0, 0, SCRIPT_FAULT_TEXT, "why it could not come into force"),
    MX_F_TIME(script_standing, until, 0, "when what it changes is taken back"),
};
MX_TYPE_REC(script_standing, "scripts.standing", "what became of a version");
const struct mx_table script_standings_table = {.size = sizeof(struct mx_table),
                                                .name = "scripts.standing",
                                                .doc = "what became of each version of the rules",
                                                .type = &script_standing_type,
                                                .key = "n"};

static const struct mx_field script_now_fields[] = {
    MX_F_STR(script_now, id, MX_REQUIRED, 1, 16, "always rules"),
    MX_F_INT(script_now, live, 0, 0, MX_INT_MAX, "version in force"),
    MX_F_INT(script_now, last, 0, 0, MX_INT_MAX, "number that was given last"),
    MX_F_STR(script_now, folder, 0, 0, SCRIPT_HASH_TEXT, "hash of what was last taken from the folder"),
    MX_F_INT(script_now, canary, 0, 0, MX_INT_MAX, "version that is tried on a share of carts"),
    MX_F_PPM(script_now, canary_ppm, 0, 0, MX_PPM_ONE, "the share"),
    MX_F_INT(script_now, shadow, 0, 0, MX_INT_MAX, "version that is computed beside"),
    MX_F_TIME(script_now, shadow_since, 0, "since when"),
};
MX_TYPE_REC(script_now, "scripts.state", "which rules are in force");
const struct mx_table script_now_table = {.size = sizeof(struct mx_table),
                                          .name = "scripts.state",
                                          .doc = "which version of the rules is in force",
                                          .type = &script_now_type,
                                          .key = "id"};

/* ---- hashes ---- */

static struct mx_str hash_hex(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes) {
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[MX_HASH_BYTES];
    char *text = mx_alloc(ctx, SCRIPT_HASH_TEXT + 1);
    uint32_t i;
    mx_hash(ctx, purpose, bytes, hash);
    for (i = 0; i < MX_HASH_BYTES; i++) {
        text[2 * i] = digits[hash[i] >> 4];
        text[2 * i + 1] = digits[hash[i] & 15u];
    }
    return mx_str_n(text, SCRIPT_HASH_TEXT);
}

/* Each name is preceded by its length, so that no two sets give the same bytes. */
static struct mx_str list_hash(struct mx_ctx *ctx, const struct mx_list *files) {
    struct base_buf text;
    struct mx_str hash;
    uint32_t i;
    base_buf_init(&text, NULL);
    for (i = 0; i < files->count; i++) {
        const struct script_file *file = mx_list_at(files, i);
        base_buf_int(&text, (int64_t)file->name.len);
        base_buf_char(&text, ' ');
        base_buf_str(&text, file->name);
        base_buf_char(&text, ' ');
        base_buf_str(&text, file->hash);
        base_buf_char(&text, '\n');
    }
    hash = hash_hex(ctx, PURPOSE_SET, base_buf_view(&text));
    base_buf_fini(&text);
    return hash;
}

static struct mx_list list_files(struct mx_ctx *ctx, const struct script_files *files) {
    struct mx_list list = mx_list_new(ctx, files->count, sizeof(struct script_file));
    uint32_t i;
    for (i = 0; i < files->count; i++) {
        struct script_file *file = mx_list_at(&list, i);
        file->name = files->items[i].name;
        file->hash = hash_hex(ctx, PURPOSE_FILE, files->items[i].text);
    }
    return list;
}

struct mx_str script_files_hash(struct mx_ctx *ctx, const struct script_files *files) {
    struct mx_list list = list_files(ctx, files);
    return list_hash(ctx, &list);
}

const struct script_source *script_files_find(const struct script_files *files, struct mx_str name) {
    uint32_t low = 0, high = files->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = mx_str_cmp(files->items[middle].name, name);
        if (order == 0) return &files->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

mx_status script_files_check(struct mx_ctx *ctx, const struct script_files *files) {
    size_t bytes = 0;
    uint32_t i;
    if (files->count > SCRIPT_FILES_MAX)
        return mx_fail(ctx, MX_E_TOO_LARGE, NULL, "These are %u rule files; %d are the most.", files->count, SCRIPT_FILES_MAX);
    for (i = 0; i < files->count; i++) bytes += files->items[i].text.len;
    if (bytes > SCRIPT_SET_BYTES_MAX)
        return mx_fail(ctx, MX_E_TOO_LARGE, NULL, "The rule files are longer than %u MB together.", SCRIPT_SET_BYTES_MAX >> 20);
    return MX_OK;
}

/* ---- versions ---- */

/* What is signed: the hash stands for the files; the note comes last because it may hold anything. */
static struct mx_str signed_text(struct mx_ctx *ctx, const struct script_version *v) {
    size_t room = 512 + v->hash.len + v->draft.len + v->by.len + v->note.len;
    char *text = mx_alloc(ctx, room);
    int len = snprintf(text, room, "%lld\n%.*s\n%lld\n%d\n%lld\n%lld\n%.*s\n%.*s\n%.*s", (long long)v->n, (int)v->hash.len, v->hash.ptr,
                       (long long)v->base, v->from, (long long)v->of, (long long)v->at, (int)v->draft.len, v->draft.len ? v->draft.ptr : "",
                       (int)v->by.len, v->by.len ? v->by.ptr : "", (int)v->note.len, v->note.len ? v->note.ptr : "");
    return mx_str_n(text, (size_t)len);
}

static void sign(struct mx_ctx *ctx, struct script_version *version) {
    static const char digits[] = "0123456789abcdef";
    uint8_t signature[MX_SIGNATURE_BYTES];
    char *text = mx_alloc(ctx, 2 * MX_SIGNATURE_BYTES + 1);
    uint32_t i;
    mx_sign(ctx, SCRIPT_VERSION_SIGNED, signed_text(ctx, version), signature);
    for (i = 0; i < MX_SIGNATURE_BYTES; i++) {
        text[2 * i] = digits[signature[i] >> 4];
        text[2 * i + 1] = digits[signature[i] & 15u];
    }
    version->signature = mx_str_n(text, 2 * MX_SIGNATURE_BYTES);
}

const char *script_version_wrong(struct mx_ctx *ctx, const struct script_version *version) {
    uint8_t signature[MX_SIGNATURE_BYTES];
    if (!mx_str_eq(list_hash(ctx, &version->files), version->hash)) return "its list of files does not have the hash that it names";
    if (!base_unhex(version->signature, signature, sizeof(signature)) ||
        mx_sign_check(ctx, SCRIPT_VERSION_SIGNED, signed_text(ctx, version), signature) != MX_OK)
        return "its signature is not this shop's";
    return NULL;
}

static mx_status damaged(struct mx_ctx *ctx, int64_t n, const char *why) {
    mx_log(ctx, MX_LOG_ERROR, "version %lld of the rules is not used: %s", (long long)n, why);
    return mx_fail(ctx, MX_E_DAMAGED, NULL,
                   "Version %lld of the rules was changed behind the shop's back: %s. With rules.rollback another one comes into force.",
                   (long long)n, why);
}

mx_status script_version_get(struct mx_ctx *ctx, int64_t n, const char *field, struct script_version **version) {
    struct script_version probe = {.n = n};
    const char *wrong;
    mx_status st = mx_get(ctx, &script_versions_table, &probe, version);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no version %lld of the rules.", (long long)n);
    if (st != MX_OK) return st;
    wrong = script_version_wrong(ctx, *version);
    return wrong ? damaged(ctx, n, wrong) : MX_OK;
}

mx_status script_version_files(struct mx_ctx *ctx, const struct script_version *version, struct script_files *files) {
    uint32_t i;
    files->count = version->files.count;
    files->items = mx_alloc(ctx, (files->count + 1) * sizeof(*files->items));
    for (i = 0; i < files->count; i++) {
        const struct script_file *file = mx_list_at(&version->files, i);
        struct script_text probe = {.hash = file->hash}, *text = NULL;
        mx_status st = mx_get(ctx, &script_sources_table, &probe, &text);
        if (st < 0) return st;
        if (st == MX_NONE) return damaged(ctx, version->n, "the text of one of its files is missing");
        if (!mx_str_eq(hash_hex(ctx, PURPOSE_FILE, text->text), file->hash))
            return damaged(ctx, version->n, "the text of one of its files does not have the hash that it names");
        files->items[i].name = file->name;
        files->items[i].text = text->text;
    }
    return MX_OK;
}

static mx_status keep_texts(struct mx_ctx *ctx, const struct script_files *files, const struct mx_list *list) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < files->count; i++) {
        const struct script_file *file = mx_list_at(list, i);
        struct script_text row = {.hash = file->hash, .text = files->items[i].text}, *there = NULL;
        st = mx_get(ctx, &script_sources_table, &row, &there);
        row.rec.has = UINT64_MAX;
        if (st == MX_NONE) st = mx_put(ctx, &script_sources_table, &row);
    }
    return st;
}

mx_status script_version_add(struct mx_ctx *ctx, const struct script_files *files, struct script_version *version) {
    struct script_now *now;
    mx_status st = script_files_check(ctx, files);
    if (st == MX_OK) st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    version->rec.has = UINT64_MAX;
    version->n = now->last + 1;
    version->base = now->live;
    version->files = list_files(ctx, files);
    version->hash = list_hash(ctx, &version->files);
    version->by = ctx->identity->principal(ctx);
    version->at = ctx->now_ms;
    sign(ctx, version);
    now->last = version->n;
    st = keep_texts(ctx, files, &version->files);
    if (st == MX_OK) st = mx_put(ctx, &script_versions_table, version);
    return st == MX_OK ? script_now_put(ctx, now) : st;
}

struct mx_str script_version_text(struct mx_ctx *ctx, const struct script_version *version) {
    char *text = mx_alloc(ctx, 40);
    return mx_str_n(text, (size_t)snprintf(text, 40, "%lld-%.16s", (long long)version->n, version->hash.ptr));
}

/* ---- what became of them ---- */

mx_status script_standing_get(struct mx_ctx *ctx, int64_t n, struct script_standing **standing) {
    struct script_standing probe = {.n = n};
    return mx_get(ctx, &script_standings_table, &probe, standing);
}

mx_status script_standing_set(struct mx_ctx *ctx, int64_t n, int32_t state, int64_t since, struct mx_str problem) {
    struct script_standing fresh = {.n = n}, *row = &fresh;
    mx_status st = script_standing_get(ctx, n, &row);
    if (st < 0) return st;
    row->rec.has = UINT64_MAX;
    row->state = state;
    row->since = since;
    row->by = ctx->identity->principal(ctx);
    row->problem = problem;
    return mx_put(ctx, &script_standings_table, row);
}

mx_status script_standing_until(struct mx_ctx *ctx, int64_t n, int64_t until) {
    struct script_standing fresh = {.n = n, .state = SCRIPT_SCHEDULED}, *row = &fresh;
    mx_status st = script_standing_get(ctx, n, &row);
    if (st < 0) return st;
    row->rec.has = UINT64_MAX;
    row->until = until;
    return mx_put(ctx, &script_standings_table, row);
}

mx_status script_now_get(struct mx_ctx *ctx, struct script_now **now) {
    struct script_now probe = {.id = mx_str_of("rules")};
    mx_status st = mx_get(ctx, &script_now_table, &probe, now);
    if (st != MX_NONE) return st;
    *now = mx_alloc(ctx, sizeof(**now));
    (*now)->id = mx_str_of("rules");
    return MX_OK;
}

mx_status script_now_put(struct mx_ctx *ctx, struct script_now *now) {
    now->rec.has = UINT64_MAX;
    return mx_put(ctx, &script_now_table, now);
}

mx_status script_live_files(struct mx_ctx *ctx, const struct script_now *now, struct script_files *files) {
    struct script_version *live;
    mx_status st;
    memset(files, 0, sizeof(*files));
    if (now->live == 0) return MX_OK;
    st = script_version_get(ctx, now->live, NULL, &live);
    return st == MX_OK ? script_version_files(ctx, live, files) : st;
}
