/* system.queries: the heavy queries at work, for those who asked and for those who may look after all of them. */
#include "op/internal.h"

#define PAGE_MAX 500u

static const char *const state_words[] = {"waiting", "running", NULL};

struct query_at_work {
    struct mx_str id;
    struct mx_str op;
    struct mx_str principal;
    int64_t started;
    int32_t state;
    int64_t done;
    int64_t total;
};

static const struct mx_field query_at_work_fields[] = {
    MX_F_ID(query_at_work, id, MX_REQUIRED, "qry", "its id"),
    MX_F_STR(query_at_work, op, MX_REQUIRED, 1, 64, "operation"),
    MX_F_STR(query_at_work, principal, MX_REQUIRED, 1, 64, "who asked"),
    MX_F_TIME(query_at_work, started, MX_REQUIRED, "when it was asked"),
    MX_F_ENUM(query_at_work, state, MX_REQUIRED, state_words, "whether it runs already"),
    MX_F_INT(query_at_work, done, MX_REQUIRED, 0, MX_INT_MAX, "how far it is"),
    MX_F_INT(query_at_work, total, MX_REQUIRED, 0, MX_INT_MAX, "of how much; 0 = not known"),
};
MX_TYPE(query_at_work, "system.query", "a heavy query at work");

struct queries_at_work {
    struct mx_list queries;
};

static const struct mx_field queries_at_work_fields[] = {
    MX_F_LIST(queries_at_work, queries, MX_REQUIRED, 0, PAGE_MAX, query_at_work_type, "in the order in which they were asked"),
};
MX_TYPE(queries_at_work, "system.queries", "heavy queries at work");

struct query_ask {
    struct mx_str id;
};

static const struct mx_field query_ask_fields[] = {
    MX_F_ID(query_ask, id, MX_REQUIRED, "qry", "the query"),
};
MX_TYPE(query_ask, "system.query.ask", "a query by its id");

static int sees_all(struct mx_ctx *pub) { return mx_allowed(pub, "system.queries"); }

static int64_t bounded(int64_t number) { return number < 0 ? 0 : number > MX_INT_MAX ? MX_INT_MAX : number; }

static void fill(struct mx_ctx *pub, struct query_at_work *to, const struct op_running *from) {
    to->id = mx_dup(pub, from->id);
    to->op = mx_str_of(from->call->entry->def->name);
    to->principal = mx_dup(pub, mx_str_of(from->call->principal.id));
    to->started = from->asked_ms;
    to->state = atomic_load(&from->begun) ? 2 : 1;
    to->done = bounded(atomic_load_explicit(&from->done, memory_order_relaxed));
    to->total = bounded(atomic_load_explicit(&from->total, memory_order_relaxed));
}

static mx_status list_queries(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct queries_at_work *page = out;
    const struct op_running *each;
    int all = sees_all(pub);
    (void)in;
    page->queries = mx_list_new(pub, PAGE_MAX, sizeof(struct query_at_work));
    page->queries.count = 0;
    pthread_mutex_lock(&ctx->op->runs.mutex);
    for (each = ctx->op->runs.first; each && page->queries.count < PAGE_MAX; each = each->next)
        if (all || strcmp(each->call->principal.id, ctx->principal->id) == 0) {
            page->queries.count++;
            fill(pub, mx_list_at(&page->queries, page->queries.count - 1), each);
        }
    pthread_mutex_unlock(&ctx->op->runs.mutex);
    return MX_OK;
}

static mx_status cancel_query(struct mx_ctx *pub, const void *in, void *out) {
    const struct query_ask *ask = in;
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str only_of = sees_all(pub) ? mx_str_n(NULL, 0) : mx_str_of(ctx->principal->id);
    (void)out;
    if (op_running_cancel(ctx->op, ask->id, only_of) == MX_OK) return MX_OK;
    return mx_fail(pub, MX_E_NOT_FOUND, "id", "No query of yours by this id waits or runs.");
}

#define OP(flags, name, doc, in, out, handler)                                                                                             \
    { (uint32_t)sizeof(struct mx_op), flags, name, doc, "queries.own", in, out, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.2" }

const struct mx_op op_queries_list =
    OP(MX_OP_QUERY, "system.queries.list", "The heavy queries that wait or run: one's own, or all with the permission system.queries.",
       NULL, &queries_at_work_type, list_queries);
const struct mx_op op_queries_cancel =
    OP(0, "system.queries.cancel", "Stop a heavy query: one's own, or anybody's with the permission system.queries.", &query_ask_type, NULL,
       cancel_query);

/* Whoever may ask a heavy question may also take it back. */
static const struct mx_grant everybody[] = {
    {"manager", "queries.own system.queries"},
    {"cashier", "queries.own"},
    {"clerk", "queries.own"},
    {"agent", "queries.own"},
    {"warehouse", "queries.own"},
    {"channel", "queries.own"},
    {"auditor", "queries.own"},
};
const struct mx_grant *const op_queries_grants[] = {&everybody[0], &everybody[1], &everybody[2], &everybody[3],
                                                    &everybody[4], &everybody[5], &everybody[6], NULL};
