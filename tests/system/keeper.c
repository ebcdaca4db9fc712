/* A partner's plugin for test_retention.py: it keeps notes for as long as law wants, and more that it does not let go of; it may not even
 * say what it keeps. What it has for an export it hands out when the file that KEEPER_DOOR names is gone. */
#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/person.h"
#include "merx/retail/privacy.h"

#include <stdio.h>
#include <stdlib.h>
#include <threads.h>

struct note {
    struct mx_rec rec;
    int64_t number;
    int64_t at;
};
static const struct mx_field note_fields[] = {
    MX_F_INT(note, number, 0, 0, MX_INT_MAX, "its number"),
    MX_F_TIME(note, at, 0, "when it was written"),
};
MX_TYPE_REC(note, "keeper.note", "a note");
static const struct mx_table notes = {
    .size = sizeof(struct mx_table), .name = "keeper.note", .doc = "notes", .type = &note_type, .key = "number"};

struct habit {
    struct mx_rec rec;
    struct mx_str name;
    int64_t law_days;
    uint8_t lets_go;
    int64_t notes;
    uint8_t silent;
    struct mx_str clings_to;
};
static const struct mx_field habit_fields[] = {
    MX_F_STR(habit, name, 0, 1, 8, "there is one"),
    MX_F_INT(habit, law_days, 0, 0, 36525, "law wants notes kept so long"),
    MX_F_BOOL(habit, lets_go, 0, "grudges can be deleted"),
    MX_F_INT(habit, notes, 0, 0, MX_INT_MAX, "notes that there are; not kept"),
    MX_F_BOOL(habit, silent, 0, "it does not say what it keeps"),
    MX_F_STR(habit, clings_to, 0, 0, 64, "the person whom it does not let go of"),
};
MX_TYPE_REC(habit, "keeper.habit", "how it keeps");
static const struct mx_table habits = {
    .size = sizeof(struct mx_table), .name = "keeper.habit", .doc = "how it keeps", .type = &habit_type, .key = "name"};

static mx_status habit_of(struct mx_ctx *ctx, struct habit *habit) {
    struct habit *stored = NULL;
    mx_status st;
    *habit = (struct habit){.name = MX_STR_INIT("it")};
    st = mx_get(ctx, &habits, habit, &stored);
    if (st == MX_OK) *habit = *stored;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status set(struct mx_ctx *ctx, const void *in, void *out) {
    const struct habit *said = in;
    struct habit habit;
    mx_status st = habit_of(ctx, &habit);
    (void)out;
    habit.rec.has = UINT64_MAX;
    habit.law_days = said->law_days;
    habit.lets_go = said->lets_go;
    habit.silent = said->silent;
    habit.clings_to = said->clings_to;
    return st == MX_OK ? mx_put(ctx, &habits, &habit) : st;
}

static mx_status write_one(struct mx_ctx *ctx, const void *in, void *out) {
    struct note note = {.at = ctx->expiry_ms};
    mx_status st = mx_next_number(ctx, "keeper.note", mx_str_n(NULL, 0), &note.number);
    (void)in;
    (void)out;
    note.rec.has = UINT64_MAX;
    return st == MX_OK ? mx_put(ctx, &notes, &note) : st;
}

static mx_status count(struct mx_ctx *ctx, const void *in, void *out) {
    struct habit *habit = out;
    struct mx_scan *scan = NULL;
    struct note *note = NULL;
    mx_status st = habit_of(ctx, habit);
    (void)in;
    habit->notes = 0;
    if (st == MX_OK) st = mx_scan_open(ctx, &notes, NULL, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &note)) == MX_OK) habit->notes++;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status trim(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_trim *ask = in;
    struct mx_trimmed *trimmed = out;
    struct mx_scan *scan = NULL;
    struct note *note = NULL;
    struct habit habit;
    mx_status st = habit_of(ctx, &habit);
    if (st == MX_OK && mx_str_is(ask->name, "keeper.grudge"))
        return habit.lets_go ? MX_OK : mx_refuse(ctx, "not_forgiven", NULL, "The grudge is still needed.");
    if (st == MX_OK) st = mx_scan_open(ctx, &notes, NULL, NULL, &scan);
    while (st == MX_OK && trimmed->rows < ask->limit && (st = mx_scan_next(ctx, scan, &note)) == MX_OK && note->at < ask->before) {
        st = mx_delete(ctx, &notes, note);
        trimmed->rows++;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status kept(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *answer = out;
    struct mx_kept_kind *kinds;
    struct habit habit;
    mx_status st = habit_of(ctx, &habit);
    (void)in;
    if (st == MX_OK && habit.silent) return mx_refuse(ctx, "not_said", NULL, "What is kept is not said today.");
    answer->kinds = mx_list_new(ctx, 2, sizeof(*kinds));
    kinds = answer->kinds.items;
    kinds[0] = (struct mx_kept_kind){.name = MX_STR_INIT("keeper.grudge"),
                                     .about = MX_STR_INIT("what was never forgiven"),
                                     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
                                     .basis = MX_BASIS_LAW,
                                     .trim = MX_STR_INIT("keeper.trim")};
    kinds[1] = (struct mx_kept_kind){.name = MX_STR_INIT("keeper.note"),
                                     .about = MX_STR_INIT("notes"),
                                     .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
                                     .basis = MX_BASIS_LAW,
                                     .law_days = habit.law_days,
                                     .trim = MX_STR_INIT("keeper.trim")};
    return st;
}

static mx_status hear_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct habit habit;
    mx_status st = habit_of(ctx, &habit);
    (void)event;
    if (st != MX_OK || !mx_str_eq(habit.clings_to, ((const struct mx_person_erased *)data)->person)) return st;
    return mx_refuse(ctx, "clings", NULL, "This one is not let go of.");
}

/* Beside the door stands who waits: "<door>.waits". */
static mx_status section(struct mx_ctx *ctx, const void *in, void *out) {
    const struct timespec moment = {0, 5000000};
    const char *door = getenv("KEEPER_DOOR");
    struct mx_section *answer = out;
    char waits[512];
    FILE *file = door ? fopen(door, "r") : NULL;
    int left = 4000;
    if (!((const struct mx_section_ask *)in)->whole || !file) return MX_DECLINED;
    fclose(file);
    snprintf(waits, sizeof(waits), "%s.waits", door);
    if ((file = fopen(waits, "w")) != NULL) fclose(file);
    while (left-- > 0 && (file = fopen(door, "r")) != NULL) {
        fclose(file);
        thrd_sleep(&moment, NULL);
    }
    answer->name = mx_dup(ctx, mx_str_of("keeper"));
    answer->data = mx_str_of("{}");
    answer->more = 1;
    return MX_OK;
}

#define OP(variable, op_flags, op_name, op_doc, op_in, op_out, op_handler)                                                                 \
    static const struct mx_op variable = {.size = sizeof(struct mx_op),                                                                    \
                                          .flags = op_flags,                                                                               \
                                          .name = op_name,                                                                                 \
                                          .doc = op_doc,                                                                                   \
                                          .permission = "keeper.do",                                                                       \
                                          .in = op_in,                                                                                     \
                                          .out = op_out,                                                                                   \
                                          .handler = op_handler,                                                                           \
                                          .since = "1.0"}
OP(op_set, 0, "keeper.set", "Say how it keeps.", &habit_type, NULL, set);
OP(op_write, 0, "keeper.write", "Write a note.", NULL, NULL, write_one);
OP(op_count, MX_OP_QUERY, "keeper.count", "How it keeps, and how many.", NULL, &habit_type, count);
OP(op_trim, MX_OP_INTERNAL, "keeper.trim", "Delete old ones.", &mx_trim_type, &mx_trimmed_type, trim);

MX_PLUGIN(keeper) {
    static const struct mx_op *const ops[] = {&op_set, &op_write, &op_count, &op_trim, NULL};
    static const struct mx_table *const tables[] = {&notes, &habits, NULL};
    static const struct mx_answer answer = {.size = sizeof(struct mx_answer),
                                            .priority = 100,
                                            .point = MX_POINT_KEPT,
                                            .in = &mx_kept_ask_type,
                                            .out = &mx_kept_type,
                                            .fn = kept};
    static const struct mx_answer part = {.size = sizeof(struct mx_answer),
                                          .priority = 100,
                                          .point = MX_POINT_SECTION,
                                          .in = &mx_section_ask_type,
                                          .out = &mx_section_type,
                                          .fn = section};
    static const struct mx_answer *const answers[] = {&answer, &part, NULL};
    static const struct mx_subscription erased = {.size = sizeof(struct mx_subscription),
                                                  .event = MX_EVENT_PERSON_ERASED,
                                                  .type = &mx_person_erased_type,
                                                  .priority = 100,
                                                  .fn = hear_erased};
    static const struct mx_subscription *const subscriptions[] = {&erased, NULL};
    static const struct mx_plugin plugin = {.size = sizeof(plugin),
                                            .abi_minor = MX_ABI_MINOR,
                                            .name = "keeper",
                                            .version = "1.0",
                                            .summary = "keeps things",
                                            .ops = ops,
                                            .tables = tables,
                                            .answers = answers,
                                            .subscriptions = subscriptions};
    return &plugin;
}
