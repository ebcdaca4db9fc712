/* The counters as Prometheus text (exposition format 0.0.4). Names of operations and numbers only: nothing of what was
 * bought, and of nobody. An operation appears when it was first called. */
#include <stdio.h>

#include "base/clock.h"
#include "op/internal.h"

static const char *const result_words[OP_RESULTS] = {"ok",          "replayed", "refused",     "denied",
                                                     "bad_request", "limited",  "turned_away", "failed"};

static uint64_t value_of(const atomic_uint_fast64_t *counter) { return atomic_load_explicit(counter, memory_order_relaxed); }

static void head(struct base_buf *out, const char *name, const char *kind, const char *help) {
    base_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void single(struct base_buf *out, const char *name, const char *kind, const char *help, uint64_t value) {
    head(out, name, kind, help);
    base_buf_printf(out, "%s %llu\n", name, (unsigned long long)value);
}

/* One millionth of `number`, exactly. */
static void add_millionth(struct base_buf *out, uint64_t number) {
    base_buf_printf(out, "%llu.%06llu", (unsigned long long)(number / 1000000), (unsigned long long)(number % 1000000));
}

/* label: `op="orders.place",` or nothing. micro: bounds and sum are microseconds and shown as seconds. */
static void histogram(struct base_buf *out, const char *name, const char *label, const struct op_histogram *of, const int64_t *bounds,
                      uint32_t bound_count, int micro) {
    uint64_t total = 0;
    uint32_t i;
    int len = (int)strlen(label);
    for (i = 0; i < bound_count; i++) {
        total += value_of(&of->buckets[i]);
        base_buf_printf(out, "%s_bucket{%sle=\"", name, label);
        if (micro)
            add_millionth(out, (uint64_t)bounds[i]);
        else
            base_buf_int(out, bounds[i]);
        base_buf_printf(out, "\"} %llu\n", (unsigned long long)total);
    }
    total += value_of(&of->buckets[bound_count]);
    base_buf_printf(out, "%s_bucket{%sle=\"+Inf\"} %llu\n%s_sum", name, label, (unsigned long long)total, name);
    if (len) base_buf_printf(out, "{%.*s}", len - 1, label);
    base_buf_char(out, ' ');
    if (micro)
        add_millionth(out, value_of(&of->sum));
    else
        base_buf_printf(out, "%llu", (unsigned long long)value_of(&of->sum));
    base_buf_printf(out, "\n%s_count", name);
    if (len) base_buf_printf(out, "{%.*s}", len - 1, label);
    base_buf_printf(out, " %llu\n", (unsigned long long)total);
}

static int was_called(const struct op_figures *figures) {
    uint32_t i;
    for (i = 0; i < OP_RESULTS; i++)
        if (value_of(&figures->results[i])) return 1;
    return 0;
}

static void add_operations(struct base_buf *out, const struct op_kernel *op) {
    uint32_t i, k;
    head(out, "merx_operations_total", "counter", "Calls from outside and of the command line, by operation and result.");
    for (i = 0; i < op->sorted_count; i++) {
        const struct op_reg *reg = op->sorted[i];
        for (k = 0; was_called(reg->figures) && k < OP_RESULTS; k++)
            base_buf_printf(out, "merx_operations_total{op=\"%s\",result=\"%s\"} %llu\n", reg->def.name, result_words[k],
                            (unsigned long long)value_of(&reg->figures->results[k]));
    }
    head(out, "merx_operation_duration_seconds", "histogram", "From the arrival of a call to its answer.");
    for (i = 0; i < op->sorted_count; i++) {
        const struct op_reg *reg = op->sorted[i];
        char label[96];
        if (!was_called(reg->figures)) continue;
        snprintf(label, sizeof(label), "op=\"%s\",", reg->def.name);
        histogram(out, "merx_operation_duration_seconds", label, &reg->figures->took, op_call_bounds_us, OP_CALL_BOUNDS, 1);
    }
}

static void add_writer(struct base_buf *out, struct op_kernel *op) {
    struct op_load load;
    struct op_stat stat;
    op_load_of(op, &load);
    op_stat(op, &stat);
    single(out, "merx_commands_total", "counter", "Commands that the writer ran, replays and refusals too.", stat.commands);
    single(out, "merx_groups_total", "counter", "Groups of commands made durable.", stat.groups);
    single(out, "merx_replays_total", "counter", "Answers given again to a repeated command.", stat.replayed);
    single(out, "merx_refusals_total", "counter", "Business refusals.", stat.refused);
    single(out, "merx_queries_total", "counter", "Queries run.", stat.queries);
    single(out, "merx_shed_total", "counter", "Commands turned away while many waited.", value_of(&op->count.shed));
    single(out, "merx_queue_waiting", "gauge", "Commands that wait for the writer.", load.waiting);
    single(out, "merx_queue_limit", "gauge", "Commands that may wait.", op->opts.queue_max);
    head(out, "merx_queue_wait_seconds", "gauge", "How long the first of them has waited.");
    base_buf_text(out, "merx_queue_wait_seconds ");
    add_millionth(out, (uint64_t)load.oldest_us);
    base_buf_char(out, '\n');
    head(out, "merx_group_commands", "histogram", "Commands of clients in one group.");
    histogram(out, "merx_group_commands", "", &op->count.group_size, op_group_bounds, OP_GROUP_BOUNDS, 0);
    head(out, "merx_commit_duration_seconds", "histogram", "Making a group durable.");
    histogram(out, "merx_commit_duration_seconds", "", &op->count.commit, op_commit_bounds_us, OP_COMMIT_BOUNDS, 1);
}

/* A secret that is guessed costs a hash, unless a limit refuses the guess before. */
static void add_hashes(struct base_buf *out, const struct op_kernel *op) {
    head(out, "merx_secret_hashes_total", "counter",
         "Secrets hashed: passwords and PINs of staff, codes and PINs of customers, codes of plugins.");
    base_buf_printf(out, "merx_secret_hashes_total{of=\"staff\"} %llu\n", (unsigned long long)crypto_passwords_hashed());
    base_buf_printf(out, "merx_secret_hashes_total{of=\"customers\"} %llu\n",
                    (unsigned long long)identity_proofs_hashed(op->opts.identity));
    base_buf_printf(out, "merx_secret_hashes_total{of=\"plugins\"} %llu\n", (unsigned long long)value_of(&op->count.keyed_hashes));
}

static void add_heavy(struct base_buf *out, struct op_kernel *op) {
    uint32_t waiting, running;
    op_running_count(op, &waiting, &running);
    head(out, "merx_heavy_queries", "gauge", "Heavy queries at work.");
    base_buf_printf(out, "merx_heavy_queries{state=\"waiting\"} %u\nmerx_heavy_queries{state=\"running\"} %u\n", (unsigned)waiting,
                    (unsigned)running);
}

static void add_store(struct base_buf *out, const struct op_kernel *op) {
    struct store_stat stat = {0};
    store_stat(op->opts.store, &stat);
    single(out, "merx_store_used_bytes", "gauge", "Bytes of the store in use.", stat.used_bytes);
    single(out, "merx_store_file_bytes", "gauge", "Bytes of its file.", stat.file_bytes);
    single(out, "merx_store_commits_total", "counter", "Commits of the store.", stat.commits);
    single(out, "merx_store_has_room", "gauge", "1 while the disk has room for more.", (uint64_t)store_has_room(op->opts.store));
}

/* What only the store knows: the head of the log, and how far behind it each follower is. */
static void add_log(struct base_buf *out, const struct op_kernel *op, struct store_view *view) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    int64_t head_seq = 0, behind;
    uint32_t i;
    if (bus_head(op->opts.bus, view, &head_seq, hash) != MX_OK) return;
    single(out, "merx_log_sequence", "gauge", "Number of the last entry of the event log.", (uint64_t)head_seq);
    head(out, "merx_follower_lag", "gauge", "Entries of the log that a follower has not handled yet.");
    for (i = 0; i < op->follower_count; i++) {
        const char *name = op->followers[i].listener.def.name;
        struct bus_place place = {1, 0};
        if (bus_place_get(view, mx_str_of(name), &place) < 0 || bus_behind(view, &place, &behind) != MX_OK) continue;
        base_buf_printf(out, "merx_follower_lag{follower=\"%s\"} %lld\n", name, (long long)behind);
    }
}

static void add_stored(struct base_buf *out, struct op_kernel *op) {
    struct base_arena *arena = base_arena_new(8192);
    struct store_view *view;
    if (store_read_begin(op->opts.store, arena, &view) == MX_OK) {
        add_log(out, op, view);
        op_metrics_work(out, op, arena, view);
        store_read_end(view);
    }
    base_arena_free(arena);
}

void op_metrics(const struct op_kernel *shared, struct base_buf *out) {
    struct op_kernel *op = (struct op_kernel *)(uintptr_t)shared; /* its locks are taken, nothing else changes */
    const char *why;
    single(out, "merx_ready", "gauge", "1 while the shop can serve.", (uint64_t)op_ready(op, &why));
    add_operations(out, op);
    add_writer(out, op);
    add_heavy(out, op);
    add_hashes(out, op);
    add_store(out, op);
    add_stored(out, op);
}
