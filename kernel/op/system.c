/* The kernel's own operations besides the settings: verify, the log, figures. */
#include "merx/retail/member.h"
#include "op/exceptions.h"

#define FINDINGS_MAX 1000u
#define LOG_PAGE_MAX 500
#define LOG_PAGE     100
#define LOG_LOOK_MAX 5000 /* entries looked at in one call when a type is asked for */

/* ---- system.verify ---- */

struct system_verified {
    int64_t records;
    struct mx_list findings;
};

static const struct mx_field system_verified_fields[] = {
    MX_F_INT(system_verified, records, 0, 0, MX_INT_MAX, "records that were read"),
    MX_F_STRS(system_verified, findings, 0, 0, FINDINGS_MAX, "what does not add up; empty = all is well"),
};
MX_TYPE(system_verified, "system.verified", "result of a verification");

struct findings {
    struct op_ctx *ctx;
    struct mx_list list;
};

static void add_finding(void *arg, const char *what) {
    struct findings *findings = arg;
    if (findings->list.count < FINDINGS_MAX)
        ((struct mx_str *)findings->list.items)[findings->list.count++] = mx_dup(&findings->ctx->pub, mx_str_of(what));
}

static mx_status verify(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct system_verified *result = out;
    struct findings findings = {ctx, mx_list_new(pub, FINDINGS_MAX, sizeof(struct mx_str))};
    uint64_t records = 0;
    mx_status st;
    (void)in;
    findings.list.count = 0;
    if (ctx->depth == 0) store_read_rest(ctx->view); /* while a snapshot stands, the file grows with every sale */
    if (ctx->running) ctx->running->snapshot_us = 0;
    st = op_ctx_error(ctx, op_verify_for(ctx->op, ctx, add_finding, &findings, &records));
    if (st != MX_OK) return st;
    result->records = (int64_t)records;
    result->findings = findings.list;
    return MX_OK;
}

/* ---- system.log.list ---- */

struct system_log_ask {
    int64_t from;
    int64_t limit;
    struct mx_str type;
};

static const struct mx_field system_log_ask_fields[] = {
    MX_F_INT(system_log_ask, from, 0, 0, MX_INT_MAX, "first number wanted; 1 = the beginning"),
    MX_F_INT(system_log_ask, limit, 0, 0, LOG_PAGE_MAX, "at most so many; 100 when left out"),
    MX_F_STR(system_log_ask, type, 0, 0, 64, "only events of this name"),
};
MX_TYPE(system_log_ask, "system.log.ask", "a stretch of the log");

struct system_log_entry {
    int64_t seq;
    int64_t epoch;
    int64_t at;
    struct mx_str node;
    struct mx_str name;
    struct mx_str actor;
    struct mx_str op;
    struct mx_str data;
};

static const struct mx_field system_log_entry_fields[] = {
    MX_F_INT(system_log_entry, seq, 0, 0, MX_INT_MAX, "number, without gaps from 1"),
    MX_F_INT(system_log_entry, epoch, 0, 0, MX_INT_MAX, "epoch of the node"),
    MX_F_TIME(system_log_entry, at, 0, "when"),
    MX_F_STR(system_log_entry, node, 0, 0, 64, "node that wrote it"),
    MX_F_STR(system_log_entry, name, 0, 0, 64, "event"),
    MX_F_STR(system_log_entry, actor, 0, 0, 64, "principal"),
    MX_F_STR(system_log_entry, op, 0, 0, 64, "operation"),
    MX_F_JSON(system_log_entry, data, 0, MX_INT_MAX, "data of the event"),
};
MX_TYPE(system_log_entry, "system.log.entry", "one entry of the log");

struct system_log_page {
    struct mx_list events;
    int64_t next;
};

static const struct mx_field system_log_page_fields[] = {
    MX_F_LIST(system_log_page, events, 0, 0, LOG_PAGE_MAX, system_log_entry_type, "entries in order"),
    MX_F_INT(system_log_page, next, 0, 0, MX_INT_MAX, "`from` of the next page: behind what was looked at"),
};
MX_TYPE(system_log_page, "system.log.page", "a stretch of the log");

static void fill_entry(struct system_log_entry *to, const struct bus_entry *from) {
    to->seq = from->seq;
    to->epoch = from->epoch;
    to->at = from->at_ms;
    to->node = from->node;
    to->name = from->name;
    to->actor = from->actor;
    to->op = from->op;
    to->data = from->data;
}

static mx_status list_log(struct mx_ctx *pub, const void *in, void *out) {
    const struct system_log_ask *ask = in;
    struct op_ctx *ctx = op_ctx_of(pub);
    struct system_log_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : LOG_PAGE;
    int64_t seq = ask->from ? ask->from : 1, last = seq + LOG_LOOK_MAX;
    struct bus_entry entry;
    page->events = mx_list_new(pub, limit, sizeof(struct system_log_entry));
    page->events.count = 0;
    for (; seq < last && page->events.count < limit; seq++) {
        mx_status st = bus_read(ctx->op->opts.bus, ctx->view, seq, &entry);
        if (st == MX_NONE) break;
        if (st != MX_OK) return op_ctx_error(ctx, st);
        if (ask->type.len && !mx_str_eq(ask->type, entry.name)) continue;
        page->events.count++;
        fill_entry(mx_list_at(&page->events, page->events.count - 1), &entry);
    }
    page->next = seq;
    return MX_OK;
}

/* ---- system.stat ---- */

struct system_figures {
    int64_t commands, groups, refused, replayed, queries, run_us, commit_us;
    int64_t used_bytes, file_bytes, commits;
};

static const struct mx_field system_figures_fields[] = {
    MX_F_INT(system_figures, commands, 0, 0, MX_INT_MAX, "commands run since the start"),
    MX_F_INT(system_figures, groups, 0, 0, MX_INT_MAX, "groups made durable"),
    MX_F_INT(system_figures, refused, 0, 0, MX_INT_MAX, "business refusals"),
    MX_F_INT(system_figures, replayed, 0, 0, MX_INT_MAX, "answers given again"),
    MX_F_INT(system_figures, queries, 0, 0, MX_INT_MAX, "queries run"),
    MX_F_INT(system_figures, run_us, 0, 0, MX_INT_MAX, "microseconds of the writer in handlers"),
    MX_F_INT(system_figures, commit_us, 0, 0, MX_INT_MAX, "microseconds of the writer in commits"),
    MX_F_INT(system_figures, used_bytes, 0, 0, MX_INT_MAX, "bytes of the store in use"),
    MX_F_INT(system_figures, file_bytes, 0, 0, MX_INT_MAX, "bytes of its file"),
    MX_F_INT(system_figures, commits, 0, 0, MX_INT_MAX, "commits of the store"),
};
MX_TYPE(system_figures, "system.figures", "figures since the start");

static mx_status stat_figures(struct mx_ctx *pub, const void *in, void *out) {
    struct op_kernel *op = op_ctx_of(pub)->op;
    struct system_figures *figures = out;
    struct store_stat store = {0};
    struct op_stat stat;
    (void)in;
    op_stat(op, &stat);
    store_stat(op->opts.store, &store);
    figures->commands = (int64_t)stat.commands;
    figures->groups = (int64_t)stat.groups;
    figures->refused = (int64_t)stat.refused;
    figures->replayed = (int64_t)stat.replayed;
    figures->queries = (int64_t)stat.queries;
    figures->run_us = (int64_t)stat.run_us;
    figures->commit_us = (int64_t)stat.commit_us;
    figures->used_bytes = (int64_t)store.used_bytes;
    figures->file_bytes = (int64_t)store.file_bytes;
    figures->commits = (int64_t)store.commits;
    return MX_OK;
}

#define QUERY(flags, name, doc, permission, in, out, handler)                                                                              \
    {                                                                                                                                      \
        (uint32_t)sizeof(struct mx_op), MX_OP_QUERY | (flags), name, doc, permission, in, out, handler, NULL, MX_HOME_HERE,                \
            MX_OFFLINE_REFUSE, "0.1"                                                                                                       \
    }

const struct mx_op op_system_verify =
    QUERY(MX_OP_HEAVY, "system.verify", "Check every record, index and log entry, and what the plugins say must add up.", "system.verify",
          NULL, &system_verified_type, verify);
const struct mx_op op_system_log = QUERY(0, "system.log.list", "Entries of the event log, in order.", "system.read", &system_log_ask_type,
                                         &system_log_page_type, list_log);
const struct mx_op op_system_stat =
    QUERY(0, "system.stat", "Figures of this process and its store.", "system.read", NULL, &system_figures_type, stat_figures);

static const struct mx_table *const tables[] = {
    &op_shop_table, &op_clock_table, &op_work_table, &op_outbox_table, &op_outbox_content_table, &op_webhook_table, NULL};
static const struct mx_event_def *const events[] = {
    &op_clock_jumped, &op_clock_confirmed, &op_clock_was_set, &op_webhook_disabled, &op_backup_was_made, &op_pii_shown, NULL};
static const struct mx_point *const points[] = {&mx_point_member, &mx_point_member_of, &mx_point_exceptions, NULL};
static const struct mx_answer *const answers[] = {&op_exceptions_own, NULL};
static const struct mx_op *const ops[] = {&op_shop_get,       &op_shop_put,
                                          &op_system_verify,  &op_system_log,
                                          &op_system_stat,    &op_job_list,
                                          &op_job_retry,      &op_job_pause,
                                          &op_job_resume,     &op_job_cancel,
                                          &op_clock_get,      &op_clock_confirm,
                                          &op_clock_set,      &op_clock_advance,
                                          &op_work_list,      &op_work_close,
                                          &op_work_begin,     &op_work_end,
                                          &op_outbox_begin,   &op_outbox_finish,
                                          &op_outbox_list,    &op_outbox_retry,
                                          &op_outbox_drop,    &op_webhook_create,
                                          &op_webhook_put,    &op_webhook_list,
                                          &op_webhook_delete, &op_webhook_secret,
                                          &op_webhook_rotate, &op_webhook_test,
                                          &op_checkpoint_get, &op_checkpoint_key,
                                          &op_queries_list,   &op_queries_cancel,
                                          &op_backup_note,    &op_exceptions_list,
                                          &op_pii_note,       NULL};

const struct mx_plugin *op_plugin(void) {
    static const struct mx_plugin plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                            .abi_major = MX_ABI_MAJOR,
                                            .abi_minor = MX_ABI_MINOR,
                                            .name = "kernel",
                                            .version = "0.1",
                                            .summary = "settings, verification, the log",
                                            .tables = tables,
                                            .grants = op_queries_grants,
                                            .ops = ops,
                                            .events = events,
                                            .answers = answers,
                                            .points = points};
    return &plugin;
}
