/* What is kept about people, by whom, and why: as each plugin says, with what the kernel itself keeps. */
#include "duties.h"

#include <stdlib.h>

/* ---- what this plugin and the kernel keep ---- */

static const struct mx_kept_kind own[] = {
    {.name = MX_STR_INIT("identity.identifier"),
     .about = MX_STR_INIT("phone numbers, email addresses, cards and accounts by which a customer is known; sealed"),
     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
     .basis = MX_BASIS_CONTRACT,
     .erased = 1},
    {.name = MX_STR_INIT("identity.staff"),
     .about = MX_STR_INIT("names and logins of the shop's own staff, and their sessions"),
     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
     .basis = MX_BASIS_CONTRACT},
    {.name = MX_STR_INIT("privacy.consent"),
     .about = MX_STR_INIT("the last word of each member about each purpose and channel"),
     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
     .basis = MX_BASIS_LAW,
     .erased = 1},
    {.name = MX_STR_INIT("privacy.export"),
     .about = MX_STR_INIT("that an export about a member was asked for, and by whom, until another is asked for later; ids only"),
     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
     .basis = MX_BASIS_LAW},
    {.name = MX_STR_INIT("privacy.seen"),
     .about = MX_STR_INIT("the day on which a member last bought something"),
     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
     .basis = MX_BASIS_LAW,
     .erased = 1},
    {.name = MX_STR_INIT("privacy.word"),
     .about = MX_STR_INIT("every word about consent, with its text version: the proof; names ids only"),
     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
     .basis = MX_BASIS_LAW,
     .law_days = 1095,
     .trim = MX_STR_INIT("privacy.word.trim")},
    {.name = MX_STR_INIT("system.log"),
     .about = MX_STR_INIT("events of the shop: ids, never names or numbers; a chain from which nothing can be taken"),
     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
     .basis = MX_BASIS_LAW,
     .law_days = 180},
};

static mx_status kept(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *answer = out;
    (void)in;
    answer->kinds = mx_list_new(ctx, sizeof(own) / sizeof(own[0]), sizeof(own[0]));
    memcpy(answer->kinds.items, own, sizeof(own));
    return MX_OK;
}

const struct mx_answer privacy_kept_answer = {
    .size = sizeof(struct mx_answer), .priority = 100, .point = MX_POINT_KEPT, .in = &mx_kept_ask_type, .out = &mx_kept_type, .fn = kept};

/* ---- what all keep ---- */

struct one {
    struct privacy_kind kind;
    struct mx_str trim;
};

struct gathering {
    struct mx_ctx *ctx;
    struct one *all;
    uint32_t count;
};

/* This plugin speaks for the kernel too. */
static const char *keeper(struct mx_str name, const char *plugin) {
    static const char *const kernel[] = {"identity.", "system."};
    size_t i;
    for (i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
        if (name.len > strlen(kernel[i]) && memcmp(name.ptr, kernel[i], strlen(kernel[i])) == 0) return "kernel";
    return plugin;
}

static mx_status gather(void *arg, const char *plugin, const void *answer) {
    struct gathering *gathering = arg;
    const struct mx_kept *more = answer;
    uint32_t i;
    for (i = 0; i < more->kinds.count && gathering->count < PRIVACY_KINDS_MAX; i++) {
        const struct mx_kept_kind *from = mx_list_at(&more->kinds, i);
        struct one *to = &gathering->all[gathering->count++];
        to->kind = (struct privacy_kind){.name = from->name,
                                         .about = from->about,
                                         .kept_by = mx_dup(gathering->ctx, mx_str_of(keeper(from->name, plugin))),
                                         .purpose = from->purpose,
                                         .basis = from->basis,
                                         .law_days = from->law_days,
                                         .trimmed = from->trim.len > 0,
                                         .erased = from->erased};
        to->trim = from->trim;
    }
    return MX_OK;
}

static int by_name(const void *a, const void *b) {
    const struct one *x = a, *y = b;
    int order = mx_str_cmp(x->kind.name, y->kind.name);
    return order ? order : mx_str_cmp(x->kind.kept_by, y->kind.kept_by);
}

/* What law wants may have grown since the shop said how long. */
static mx_status add_keeping(struct mx_ctx *ctx, struct privacy_kind *kind) {
    struct privacy_retention probe = {.name = kind->name}, *stored = NULL;
    mx_status st = mx_get(ctx, &privacy_retentions, &probe, &stored);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    kind->keep_days = stored->days > kind->law_days ? stored->days : kind->law_days;
    kind->done = stored->done;
    kind->refused = stored->refused;
    return MX_OK;
}

mx_status privacy_kinds_of(struct mx_ctx *ctx, struct mx_list *kinds, struct mx_list *trims) {
    struct gathering gathering = {ctx, mx_alloc(ctx, PRIVACY_KINDS_MAX * sizeof(struct one)), 0};
    const struct mx_kept_ask ask = {{NULL, 0}};
    uint32_t i;
    mx_status st = mx_ask_all(ctx, &mx_point_kept, &ask, gather, &gathering);
    if (st < 0) return st;
    qsort(gathering.all, gathering.count, sizeof(struct one), by_name);
    *kinds = mx_list_new(ctx, gathering.count, sizeof(struct privacy_kind));
    if (trims) *trims = mx_list_new(ctx, gathering.count, sizeof(struct mx_str));
    st = MX_OK;
    for (i = 0; st == MX_OK && i < gathering.count; i++) {
        struct privacy_kind *kind = mx_list_at(kinds, i);
        *kind = gathering.all[i].kind;
        if (trims) *(struct mx_str *)mx_list_at(trims, i) = gathering.all[i].trim;
        st = add_keeping(ctx, kind);
    }
    return st;
}

/* ---- trimming the proofs of consent ---- */

static mx_status trim_words(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_trim *ask = in;
    struct mx_trimmed *trimmed = out;
    struct privacy_word *word = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &privacy_words, NULL, NULL, &scan);
    while (st == MX_OK && trimmed->rows < ask->limit && (st = mx_scan_next(ctx, scan, &word)) == MX_OK && word->at < ask->before) {
        st = mx_delete(ctx, &privacy_words, word);
        trimmed->rows++;
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op privacy_trim_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "privacy.word.trim",
    .doc = "Delete words about consent that are older.",
    .in = &mx_trim_type,
    .out = &mx_trimmed_type,
    .handler = trim_words,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
