/* What on and every asked for: written down in the run's own command, done each by a command of its own.
 *
 * A command that fails takes back all that it wrote, so a refused effect cannot note itself that it was refused. Therefore
 * each effect gets two due times: one does it and, when it went well, takes the second one away; the second one finds what
 * the first one left undone and writes down why. */
#include <stdio.h>

#include "base/clock.h"
#include "script/internal.h"

#define REFUSED_KEPT 200   /* refused effects that are kept to be looked at */
#define WAITING_MAX  10000 /* effects that may wait at one time: a rule that asks for more than is done fails */
#define EVENT_MAX    1000  /* effects of all rules about one event */
#define EVENT_BYTES  (1u << 20)
#define SETTLE_MS    1     /* the second due time comes right behind the first */
#define RETRY_MS     61000 /* after a failure of the machine */
#define TRIES_MAX    10
#define REASONS      64

static const char *const state_words[] = {"waiting", "refused", NULL};
#define WAITING 1
#define REFUSED 2

struct script_effect_row {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str rule;
    struct mx_str file;
    struct mx_str op;
    struct mx_str input;
    int32_t state;
    struct mx_str problem;
    int64_t at;
    int64_t tries;
};
static const struct mx_field script_effect_row_fields[] = {
    MX_F_STR(script_effect_row, id, MX_REQUIRED, 1, 100, "run and number of the effect"),
    MX_F_STR(script_effect_row, rule, MX_REQUIRED, 1, 64, "rule that asked for it"),
    MX_F_STR(script_effect_row, file, 0, 0, 255, "file of the rule"),
    MX_F_STR(script_effect_row, op, MX_REQUIRED, 1, 64, "operation"),
    MX_F_JSON(script_effect_row, input, 0, SCRIPT_JSON_MAX, "input of the operation"),
    MX_F_ENUM(script_effect_row, state, MX_REQUIRED, state_words, "waiting to be done, or refused"),
    MX_F_STR(script_effect_row, problem, 0, 0, SCRIPT_FAULT_TEXT, "why it was refused"),
    MX_F_TIME(script_effect_row, at, 0, "when it was asked for"),
    MX_F_INT(script_effect_row, tries, 0, 0, MX_INT_MAX, "how often it was looked after"),
};
MX_TYPE_REC(script_effect_row, "scripts.effect", "something that a rule asked for");

static const struct mx_index script_effect_indexes[] = {{"state", "state at", 0}};
const struct mx_table script_effects_table = {.size = sizeof(struct mx_table),
                                              .name = "scripts.effect",
                                              .doc = "what rules asked for and what is not done",
                                              .type = &script_effect_row_type,
                                              .key = "id",
                                              .indexes = script_effect_indexes,
                                              .index_count = 1,
                                              .index_size = sizeof(struct mx_index)};

struct effect_ask {
    struct mx_str effect;
};
static const struct mx_field effect_ask_fields[] = {MX_F_STR(effect_ask, effect, MX_REQUIRED, 1, 100, "which effect")};
MX_TYPE(effect_ask, "scripts.effect.ask", "which effect");

struct effect_done {
    uint8_t unused;
};
static const struct mx_type effect_done_type = {(uint32_t)sizeof(struct mx_type),
                                                (uint32_t)sizeof(struct effect_done),
                                                "scripts.effect.done",
                                                "nothing",
                                                NULL,
                                                0,
                                                (uint32_t)sizeof(struct mx_field),
                                                MX_NO_OFFSET,
                                                MX_NO_OFFSET,
                                                MX_NO_OFFSET,
                                                0};

/* ---- why effects failed: the writer's own memory, from the failed command to the one that writes it down ---- */

static struct reason {
    char effect[101];
    mx_status status;
    char words[SCRIPT_FAULT_TEXT];
} reasons[REASONS];
static uint32_t next_reason;

static void remember(struct mx_str effect, mx_status status, struct mx_str words) {
    struct reason *reason = &reasons[next_reason++ % REASONS];
    snprintf(reason->effect, sizeof(reason->effect), "%.*s", (int)effect.len, effect.ptr);
    reason->status = status;
    snprintf(reason->words, sizeof(reason->words), "%.*s", (int)words.len, words.ptr ? words.ptr : "");
}

static const struct reason *recall(struct mx_str effect) {
    uint32_t i;
    for (i = 1; i <= REASONS; i++) { /* the newest first */
        const struct reason *reason = &reasons[(next_reason - i) % REASONS];
        if (mx_str_is(effect, reason->effect)) return reason;
    }
    return NULL;
}

static void forget_reasons(struct mx_str effect) {
    uint32_t i;
    for (i = 0; i < REASONS; i++) {
        if (mx_str_is(effect, reasons[i].effect)) reasons[i].effect[0] = '\0';
    }
}

/* ---- the two commands ---- */

static mx_status due(struct mx_ctx *ctx, const char *op, struct mx_str effect, int64_t at_ms) {
    struct effect_ask ask = {effect};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &effect_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, at_ms, op, effect, body) : st;
}

static mx_status do_now(struct mx_ctx *ctx, struct mx_str effect, int64_t at_ms) {
    mx_status st = due(ctx, script_op_effect_run.name, effect, at_ms);
    return st == MX_OK ? due(ctx, script_op_effect_settle.name, effect, at_ms + SETTLE_MS) : st;
}

/* How many of a state there are, counted up to `max`; oldest: the first of them, may be NULL. */
static mx_status count_state(struct mx_ctx *ctx, int32_t state, int64_t max, int64_t *count, struct mx_str *oldest) {
    struct script_effect_row probe = {.state = state}, *row = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "state", .lend = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &script_effects_table, &opts, &probe, &scan);
    for (*count = 0; st == MX_OK && *count < max && (st = mx_scan_next(ctx, scan, &row)) == MX_OK;) {
        if (++*count == 1 && oldest != NULL) *oldest = mx_dup(ctx, row->id);
    }
    return st == MX_DONE ? MX_OK : st;
}

/* The writer's own guess, which commands that failed leave too high; -1 = not counted yet. Counted again before anybody is refused. */
static int64_t waiting = -1;

/* NULL, or why this run's effects are too many. */
static mx_status find_room(struct mx_ctx *ctx, const struct script_run *run, struct script_asked *asked, const char **why) {
    mx_status st = MX_OK;
    size_t bytes = 0;
    uint32_t i;
    for (i = 0; i < run->effect_count; i++) bytes += run->effects[i].input.len;
    *why = NULL;
    if (asked->count + run->effect_count > EVENT_MAX || asked->bytes + bytes > EVENT_BYTES) {
        *why = "the rules asked for too much at once: 1000 effects and 1 MB are the most for one event";
        return MX_OK;
    }
    if (waiting < 0 || waiting + run->effect_count > WAITING_MAX) st = count_state(ctx, WAITING, WAITING_MAX, &waiting, NULL);
    if (st != MX_OK) return st;
    if (waiting + run->effect_count > WAITING_MAX) {
        *why = "10000 effects wait already, more than the shop does in time";
        return MX_OK;
    }
    waiting += run->effect_count;
    asked->count += run->effect_count;
    asked->bytes += bytes;
    return MX_OK;
}

mx_status script_effects_book(struct mx_ctx *ctx, struct script_set *set, struct script_rule *rule, struct mx_str key,
                              const struct script_run *run, struct script_asked *asked) {
    const char *why = NULL;
    uint32_t i;
    mx_status st = run->effect_count ? find_room(ctx, run, asked, &why) : MX_OK;
    if (why != NULL) {
        mx_log(ctx, MX_LOG_WARN, "the rule %s failed: %s", rule->id.ptr, why);
        script_rule_failed(set, rule, why);
        return MX_OK;
    }
    for (i = 0; st == MX_OK && i < run->effect_count; i++) {
        struct script_effect_row row = {.rule = rule->id,
                                        .file = rule->file,
                                        .op = run->effects[i].op,
                                        .input = run->effects[i].input,
                                        .state = WAITING,
                                        .at = ctx->now_ms};
        char *id = mx_alloc(ctx, key.len + 16);
        row.id = mx_str_n(id, (size_t)snprintf(id, key.len + 16, "%.*s-%u", (int)key.len, key.ptr, i + 1));
        row.rec.has = UINT64_MAX;
        st = mx_put(ctx, &script_effects_table, &row);
        if (st == MX_OK) st = do_now(ctx, row.id, ctx->expiry_ms);
    }
    return st;
}

static mx_status refuse_others(struct mx_ctx *ctx, struct mx_str op) {
    uint32_t flags = 0;
    mx_status st = mx_operation(ctx, op, &flags);
    if (st == MX_NONE || (st == MX_OK && (flags & MX_OP_INTERNAL)))
        return mx_fail(ctx, MX_E_UNKNOWN_OPERATION, NULL, "There is no operation \"%.*s\".", (int)op.len, op.ptr);
    if (st == MX_OK && (flags & MX_OP_HEAVY))
        return mx_fail(ctx, MX_E_FORBIDDEN, NULL, "\"%.*s\" takes long; it can only be called from outside.", (int)op.len, op.ptr);
    return st;
}

static mx_status run_effect(struct mx_ctx *ctx, const void *in, void *out) {
    const struct effect_ask *ask = in;
    struct script_effect_row probe = {.id = ask->effect}, *row = NULL;
    struct mx_str answer;
    mx_status st = mx_get(ctx, &script_effects_table, &probe, &row);
    (void)out;
    if (st == MX_NONE) return MX_OK;
    if (st != MX_OK) return st;
    if (row->state != WAITING) return MX_OK;
    st = refuse_others(ctx, row->op);
    if (st == MX_OK) st = mx_call_json(ctx, SCRIPT_ROLE, row->op, row->input, &answer);
    if (st != MX_OK) {
        remember(ask->effect, st, mx_problem(ctx));
        return st < 0 ? st : mx_fail(ctx, MX_E_UNKNOWN_OPERATION, NULL, "There is no operation \"%.*s\".", (int)row->op.len, row->op.ptr);
    }
    if (waiting > 0) waiting--;
    st = mx_delete(ctx, &script_effects_table, &probe);
    if (st == MX_OK) st = ctx->event->due_cancel(ctx, script_op_effect_settle.name, ask->effect);
    return st == MX_NONE ? MX_OK : st;
}

/* Only the newest refused ones are kept. */
static mx_status forget_old(struct mx_ctx *ctx) {
    struct script_effect_row oldest = {.id = {NULL, 0}};
    int64_t refused = 0;
    mx_status st = count_state(ctx, REFUSED, REFUSED_KEPT + 1, &refused, &oldest.id);
    return st == MX_OK && refused > REFUSED_KEPT ? mx_delete(ctx, &script_effects_table, &oldest) : st;
}

/* 1 when nothing speaks against it but the machine, or when it is not known why (the shop was closed, or much was refused at once). */
static int may_go_well(const struct reason *reason) {
    return reason == NULL || reason->status == MX_E_IO || reason->status == MX_E_NOMEM || reason->status == MX_E_INTERNAL;
}

static mx_status settle_effect(struct mx_ctx *ctx, const void *in, void *out) {
    const struct effect_ask *ask = in;
    struct script_effect_row probe = {.id = ask->effect}, *row = NULL;
    const struct reason *reason = recall(ask->effect);
    mx_status st = mx_get(ctx, &script_effects_table, &probe, &row);
    (void)out;
    if (st == MX_NONE) return MX_OK;
    if (st != MX_OK) return st;
    if (row->state != WAITING) return MX_OK;
    row->tries++;
    row->rec.has = UINT64_MAX;
    if (may_go_well(reason) && row->tries < TRIES_MAX) {
        st = mx_put(ctx, &script_effects_table, row);
        return st == MX_OK ? do_now(ctx, row->id, ctx->expiry_ms + (reason ? RETRY_MS : 0)) : st;
    }
    if (waiting > 0) waiting--;
    row->state = REFUSED;
    row->problem = reason ? script_clean(ctx, reason->words) : mx_str_of("It was tried often, and nobody said why it cannot be done.");
    mx_log(ctx, MX_LOG_WARN, "what the rule %.*s asked for was refused: %.*s: %.*s", (int)row->rule.len, row->rule.ptr, (int)row->op.len,
           row->op.ptr, (int)row->problem.len, row->problem.ptr);
    st = mx_put(ctx, &script_effects_table, row);
    if (st == MX_OK) st = ctx->event->due_cancel(ctx, script_op_effect_run.name, row->id);
    return st == MX_OK || st == MX_NONE ? forget_old(ctx) : st;
}

/* ---- looking at them ---- */

struct effects_ask {
    int64_t limit;
    struct mx_str after;
};
static const struct mx_field effects_ask_fields[] = {
    MX_F_INT(effects_ask, limit, 0, 1, 200, "so many at most; 50 without it"),
    MX_F_STR(effects_ask, after, 0, 0, 1024, "`next` of an earlier answer: go on behind it"),
};
MX_TYPE(effects_ask, "scripts.effects.ask", "which part of the list");

struct effect_view {
    struct mx_str id;
    struct mx_str rule;
    struct mx_str file;
    struct mx_str op;
    int32_t state;
    struct mx_str problem;
    int64_t at;
};
static const struct mx_field effect_view_fields[] = {
    MX_F_STR(effect_view, id, MX_REQUIRED, 1, 100, "run and number of the effect"),
    MX_F_STR(effect_view, rule, MX_REQUIRED, 1, 64, "rule that asked for it"),
    MX_F_STR(effect_view, file, 0, 0, 255, "file of the rule"),
    MX_F_STR(effect_view, op, MX_REQUIRED, 1, 64, "operation"),
    MX_F_ENUM(effect_view, state, MX_REQUIRED, state_words, "waiting to be done, or refused"),
    MX_F_STR(effect_view, problem, 0, 0, SCRIPT_FAULT_TEXT, "why it was refused"),
    MX_F_TIME(effect_view, at, 0, "when it was asked for"),
};
MX_TYPE(effect_view, "scripts.effect.view", "something that a rule asked for and that is not done");

struct effects_list {
    struct mx_list effects;
    struct mx_str next;
};
static const struct mx_field effects_list_fields[] = {
    MX_F_LIST(effects_list, effects, 0, 0, 200, effect_view_type, "what is waiting and what was refused"),
    MX_F_STR(effects_list, next, 0, 0, 1024, "there is more behind this"),
};
MX_TYPE(effects_list, "scripts.effects", "what rules asked for and what is not done");

static void show(const struct script_effect_row *row, struct effect_view *view) {
    view->id = row->id;
    view->rule = row->rule;
    view->file = row->file;
    view->op = row->op;
    view->state = row->state;
    view->problem = row->problem;
    view->at = row->at;
}

static mx_status list_effects(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct effects_ask *ask = in;
    struct effects_list *out = out_;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : 50, count = 0;
    struct script_effect_row *row = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &script_effects_table, &opts, NULL, &scan);
    if (st != MX_OK) return st;
    out->effects = mx_list_new(ctx, limit, sizeof(struct effect_view));
    while (count < limit && (st = mx_scan_next(ctx, scan, &row)) == MX_OK) show(row, mx_list_at(&out->effects, count++));
    out->effects.count = count;
    if (st == MX_OK && count == limit) out->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

/* ---- a second chance, or none ---- */

static mx_status find_effect(struct mx_ctx *ctx, struct mx_str id, struct script_effect_row **row) {
    struct script_effect_row probe = {.id = id};
    mx_status st = mx_get(ctx, &script_effects_table, &probe, row);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "effect", "Nothing of this id is waiting or refused.") : st;
}

static mx_status retry_effect(struct mx_ctx *ctx, const void *in, void *out) {
    const struct effect_ask *ask = in;
    struct script_effect_row *row = NULL;
    mx_status st = find_effect(ctx, ask->effect, &row);
    if (st != MX_OK) return st;
    if (row->state != REFUSED) return mx_refuse(ctx, "effect_waiting", "effect", "This waits to be done already.");
    forget_reasons(ask->effect);
    if (waiting >= 0) waiting++;
    row->state = WAITING;
    row->problem = mx_str_of("");
    row->tries = 0;
    row->rec.has = UINT64_MAX;
    st = mx_put(ctx, &script_effects_table, row);
    if (st == MX_OK) st = do_now(ctx, row->id, ctx->expiry_ms);
    if (st == MX_OK) show(row, out);
    return st;
}

static mx_status drop_effect(struct mx_ctx *ctx, const void *in, void *out) {
    const struct effect_ask *ask = in;
    struct script_effect_row *row = NULL;
    mx_status st = find_effect(ctx, ask->effect, &row);
    if (st != MX_OK) return st;
    if (row->state == WAITING && waiting > 0) waiting--;
    show(row, out);
    st = ctx->event->due_cancel(ctx, script_op_effect_run.name, ask->effect);
    if (st >= 0) st = ctx->event->due_cancel(ctx, script_op_effect_settle.name, ask->effect);
    return st >= 0 ? mx_delete(ctx, &script_effects_table, row) : st;
}

const struct mx_op script_op_effect_retry = {sizeof(struct mx_op),
                                             0,
                                             "scripts.effect.retry",
                                             "Do what a rule asked for and was refused, once more",
                                             "scripts.manage",
                                             &effect_ask_type,
                                             &effect_view_type,
                                             retry_effect,
                                             NULL,
                                             MX_HOME_HERE,
                                             MX_OFFLINE_REFUSE,
                                             "0.2"};
const struct mx_op script_op_effect_drop = {sizeof(struct mx_op),
                                            0,
                                            "scripts.effect.drop",
                                            "Give up what a rule asked for and is not done",
                                            "scripts.manage",
                                            &effect_ask_type,
                                            &effect_view_type,
                                            drop_effect,
                                            NULL,
                                            MX_HOME_HERE,
                                            MX_OFFLINE_REFUSE,
                                            "0.2"};
const struct mx_op script_op_effect_run = {
    sizeof(struct mx_op), MX_OP_INTERNAL, "scripts.effect.run", "Do what a rule asked for", NULL, &effect_ask_type, &effect_done_type,
    run_effect,           NULL,           MX_HOME_HERE,         MX_OFFLINE_REFUSE,          "0.2"};
const struct mx_op script_op_effect_settle = {sizeof(struct mx_op),
                                              MX_OP_INTERNAL,
                                              "scripts.effect.settle",
                                              "Write down why something that a rule asked for was not done",
                                              NULL,
                                              &effect_ask_type,
                                              &effect_done_type,
                                              settle_effect,
                                              NULL,
                                              MX_HOME_HERE,
                                              MX_OFFLINE_REFUSE,
                                              "0.2"};
const struct mx_op script_op_effects_list = {sizeof(struct mx_op),
                                             MX_OP_QUERY,
                                             "scripts.effects.list",
                                             "What rules asked for and what is not done: waiting, or refused and why",
                                             "scripts.read",
                                             &effects_ask_type,
                                             &effects_list_type,
                                             list_effects,
                                             NULL,
                                             MX_HOME_HERE,
                                             MX_OFFLINE_REFUSE,
                                             "0.2"};
