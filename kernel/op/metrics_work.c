/* Figures of what stands in the store and waits: messages to the outside, jobs. Counted up to a limit, so that looking stays
 * cheap whatever has piled up. */
#include "op/internal.h"

#define COUNT_MAX 10000u

static uint32_t count_messages(struct store_view *view, int32_t state) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "state", .lend = 1};
    struct op_message probe = {0};
    struct mx_scan *scan;
    uint32_t count = 0;
    void *record;
    probe.state = state;
    if (store_scan_open(view, &op_outbox_table, &opts, &probe, &scan, NULL) != MX_OK) return 0;
    while (count < COUNT_MAX && store_scan_next(scan, &record, NULL) == MX_OK) count++;
    return count;
}

static void add_outbox(struct base_buf *out, struct store_view *view) {
    static const struct {
        int32_t state;
        const char *word;
    } states[] = {{OP_QUEUED, "queued"}, {OP_SENDING, "sending"}, {OP_WAITING, "waiting"}, {OP_DEAD, "dead"}};
    uint32_t i;
    base_buf_text(out, "# HELP merx_outbox_messages Messages to the outside that are not delivered, at most 10000 of each.\n"
                       "# TYPE merx_outbox_messages gauge\n");
    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        base_buf_printf(out, "merx_outbox_messages{state=\"%s\"} %u\n", states[i].word, (unsigned)count_messages(view, states[i].state));
}

static const char *state_of(const struct op_job_record *record) {
    if (record->paused) return "paused";
    if (record->attempts >= OP_JOB_ATTEMPTS) return "stopped";
    return record->attempts ? "failing" : "running";
}

static void add_jobs(struct base_buf *out, struct op_ctx *ctx) {
    static const char *const words[] = {"running", "failing", "stopped", "paused"};
    uint32_t counts[4] = {0}, i, looked = 0;
    struct store_span begin = {NULL, 0}, key, value;
    struct op_job_record record;
    struct store_walk *walk;
    mx_status st = store_walk_open(ctx->view, STORE_SPACE_JOBS, begin, 0, &walk);
    while (st == MX_OK && looked++ < COUNT_MAX && (st = store_walk_next(walk, &key, &value)) == MX_OK) {
        if (op_job_read(ctx, value, &record) != MX_OK) continue;
        for (i = 0; i < 4; i++) counts[i] += strcmp(words[i], state_of(&record)) == 0;
    }
    base_buf_text(out, "# HELP merx_jobs Jobs that are not finished; stopped: somebody must look.\n# TYPE merx_jobs gauge\n");
    for (i = 0; i < 4; i++) base_buf_printf(out, "merx_jobs{state=\"%s\"} %u\n", words[i], (unsigned)counts[i]);
}

void op_metrics_work(struct base_buf *out, struct op_kernel *op, struct base_arena *arena, struct store_view *view) {
    struct identity_principal system;
    struct op_ctx ctx;
    if (!op->owners) return;
    identity_system(&system);
    op_ctx_init(&ctx, op, arena, view, &system, "system.metrics", op->owners, 1, op_now(op));
    add_outbox(out, view);
    add_jobs(out, &ctx);
}
