/* Looking at unfinished jobs, and setting one that gave up going again. */
#include "op/internal.h"

#define JOBS_MAX 500u

struct job_wire {
    struct mx_str id;
    struct mx_str job;
    int64_t started;
    struct mx_str cursor;
    int64_t attempts;
    uint8_t stopped;
    struct mx_str error;
    uint8_t paused;
    int64_t done;
    int64_t total;
};

static const struct mx_field job_wire_fields[] = {
    MX_F_ID(job_wire, id, 0, "job", "id"),
    MX_F_STR(job_wire, job, 0, 0, 64, "what it does"),
    MX_F_TIME(job_wire, started, 0, "when it was started"),
    MX_F_JSON(job_wire, cursor, 0, MX_INT_MAX, "how far it is"),
    MX_F_INT(job_wire, attempts, 0, 0, 1000, "failed tries of the step in hand"),
    MX_F_BOOL(job_wire, stopped, 0, "it gave up: mend the cause, then system.job.retry"),
    MX_F_STR(job_wire, error, 0, 0, 240, "why the last try failed"),
    MX_F_BOOL(job_wire, paused, 0, "it rests until system.job.resume"),
    MX_F_INT(job_wire, done, 0, 0, MX_INT_MAX, "how far it says it is"),
    MX_F_INT(job_wire, total, 0, 0, MX_INT_MAX, "of how much; 0 = not known"),
};
MX_TYPE(job_wire, "system.job", "a job that is not finished");

struct job_list {
    struct mx_list jobs;
};

static const struct mx_field job_list_fields[] = {
    MX_F_LIST(job_list, jobs, 0, 0, JOBS_MAX, job_wire_type, "oldest first"),
};
MX_TYPE(job_list, "system.jobs", "jobs that are not finished");

struct job_ask {
    struct mx_str id;
};

static const struct mx_field job_ask_fields[] = {
    MX_F_ID(job_ask, id, MX_REQUIRED, "job", "the job"),
};
MX_TYPE(job_ask, "system.job.ask", "a job by its id");

static void to_wire(const struct op_job_record *record, struct job_wire *wire) {
    wire->id = record->id;
    wire->job = record->job;
    wire->started = record->started;
    wire->cursor = record->cursor;
    wire->attempts = record->attempts;
    wire->stopped = record->attempts >= OP_JOB_ATTEMPTS;
    wire->error = record->error;
    wire->paused = record->paused;
    wire->done = record->done;
    wire->total = record->total;
}

static mx_status list_jobs(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct job_list *list = out;
    struct store_span begin = {NULL, 0}, key, value;
    struct store_walk *walk;
    mx_status st = store_walk_open(ctx->view, STORE_SPACE_JOBS, begin, 0, &walk);
    (void)in;
    list->jobs = mx_list_new(pub, JOBS_MAX, sizeof(struct job_wire));
    list->jobs.count = 0;
    while (st == MX_OK && list->jobs.count < JOBS_MAX && (st = store_walk_next(walk, &key, &value)) == MX_OK) {
        struct op_job_record record;
        st = op_job_read(ctx, value, &record);
        if (st == MX_OK) to_wire(&record, mx_list_at(&list->jobs, list->jobs.count++));
    }
    return st == MX_DONE ? MX_OK : op_ctx_error(ctx, st);
}

static struct store_span key_of(struct mx_str id) {
    struct store_span key = {(const uint8_t *)id.ptr, id.len};
    return key;
}

static mx_status read_job(struct op_ctx *ctx, const void *in, struct op_job_record *record) {
    struct store_span value;
    mx_status st = store_raw_get(ctx->view, STORE_SPACE_JOBS, key_of(((const struct job_ask *)in)->id), &value);
    if (st == MX_NONE) return mx_fail(&ctx->pub, MX_E_NOT_FOUND, "id", "There is no such job, or it is finished.");
    return st == MX_OK ? op_job_read(ctx, value, record) : op_ctx_error(ctx, st);
}

static mx_status retry_job(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_job_record record;
    mx_status st = read_job(ctx, in, &record);
    (void)out;
    if (st != MX_OK) return st;
    record.attempts = 0;
    record.next = 0;
    ctx->starts_job = 1;
    return op_job_write(ctx, &record);
}

static mx_status pause_job(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_job_record record;
    mx_status st = read_job(ctx, in, &record);
    (void)out;
    if (st != MX_OK) return st;
    record.paused = 1;
    return op_job_write(ctx, &record);
}

static mx_status resume_job(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_job_record record;
    mx_status st = read_job(ctx, in, &record);
    (void)out;
    if (st != MX_OK) return st;
    record.paused = 0;
    ctx->starts_job = 1;
    return op_job_write(ctx, &record);
}

/* No step runs while this command does, so nothing is left half done; what earlier steps did stays. */
static mx_status cancel_job(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct op_job_record record;
    mx_status st = read_job(ctx, in, &record);
    (void)out;
    return st == MX_OK ? op_ctx_error(ctx, store_raw_del(ctx->view, STORE_SPACE_JOBS, key_of(record.id))) : st;
}

const struct mx_op op_job_list = {(uint32_t)sizeof(struct mx_op),
                                  MX_OP_QUERY,
                                  "system.job.list",
                                  "Jobs that are not finished, and those that gave up.",
                                  "system.read",
                                  NULL,
                                  &job_list_type,
                                  list_jobs,
                                  NULL,
                                  MX_HOME_HERE,
                                  MX_OFFLINE_REFUSE,
                                  "0.1"};
#define COMMAND(name, doc, handler)                                                                                                        \
    {                                                                                                                                      \
        (uint32_t)sizeof(struct mx_op), 0, name, doc, "system.manage", &job_ask_type, NULL, handler, NULL, MX_HOME_HERE,                   \
            MX_OFFLINE_REFUSE, "0.2"                                                                                                       \
    }

const struct mx_op op_job_pause = COMMAND("system.job.pause", "Let a job rest, also over restarts, until it is resumed.", pause_job);
const struct mx_op op_job_resume = COMMAND("system.job.resume", "Let a job go on that was paused.", resume_job);
const struct mx_op op_job_cancel = COMMAND("system.job.cancel", "End a job where it is; what it has done stays done.", cancel_job);
const struct mx_op op_job_retry = {(uint32_t)sizeof(struct mx_op),
                                   0,
                                   "system.job.retry",
                                   "Set a job going again that gave up.",
                                   "system.manage",
                                   &job_ask_type,
                                   NULL,
                                   retry_job,
                                   NULL,
                                   MX_HOME_HERE,
                                   MX_OFFLINE_REFUSE,
                                   "0.1"};
