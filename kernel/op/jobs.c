/* Jobs: long work in small steps, each a command of its own; body and cursor are stored, so a restart goes on. */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"
#include "json/json.h"

#define BODY_MAX       65536
#define BACKOFF_MAX_MS (OP_RETRY_MS / 60 * (INT64_C(1) << OP_JOB_ATTEMPTS))

static const struct mx_field op_job_record_fields[] = {
    MX_F_STR(op_job_record, id, 0, 0, 64, "id"),
    MX_F_STR(op_job_record, job, 0, 0, 64, "job"),
    MX_F_JSON(op_job_record, body, 0, BODY_MAX, "what to do"),
    MX_F_JSON(op_job_record, cursor, 0, BODY_MAX, "how far it is"),
    MX_F_TIME(op_job_record, started, 0, "when it was started"),
    MX_F_INT(op_job_record, attempts, 0, 0, 1000, "failed tries of this step"),
    MX_F_TIME(op_job_record, next, 0, "not before"),
    MX_F_STR(op_job_record, error, 0, 0, 240, "why the last try failed"),
    MX_F_BOOL(op_job_record, paused, 0, "it rests until it is resumed"),
    MX_F_INT(op_job_record, done, 0, 0, MX_INT_MAX, "how far it says it is"),
    MX_F_INT(op_job_record, total, 0, 0, MX_INT_MAX, "of how much"),
};
MX_TYPE(op_job_record, "system.job", "a job that is not finished");

mx_status op_jobs_init(struct mx_error *err) { return json_prepare(&op_job_record_type, err); }

mx_status op_job_write(struct op_ctx *ctx, const struct op_job_record *record) {
    struct store_span key = {(const uint8_t *)record->id.ptr, record->id.len}, value;
    struct base_buf buf;
    base_buf_init(&buf, ctx->arena);
    json_encode(&buf, &op_job_record_type, record, 0);
    value.ptr = (const uint8_t *)buf.ptr;
    value.len = buf.len;
    return op_ctx_error(ctx, store_raw_put(ctx->view, STORE_SPACE_JOBS, key, value));
}

mx_status op_ctx_job_start(struct mx_ctx *pub, const char *job, struct mx_str body_json, struct mx_str *id) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct op_job *known = base_map_get(&ctx->op->jobs, mx_str_of(job));
    struct op_job_record record = {0};
    mx_status st = MX_OK;
    if (!known || known->owner != ctx->owner)
        return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" starts the job \"%s\", which it does not declare.", ctx->owner->plugin.name, job);
    if (pub->read_only) return op_ctx_fail(ctx, MX_E_READ_ONLY, "\"%s\" started a job, but only commands do.", ctx->owner->plugin.name);
    if (body_json.len) st = op_ctx_error(ctx, json_canonical(ctx->arena, body_json, BODY_MAX, &record.body, &ctx->error));
    if (st == MX_OK) st = mx_new_id(pub, "job", &record.id);
    if (st != MX_OK) return st;
    record.job = mx_str_of(job);
    record.started = pub->now_ms;
    st = op_job_write(ctx, &record);
    ctx->starts_job = 1;
    if (st == MX_OK) *id = record.id;
    return st;
}

/* One round over the jobs: the first runnable one behind the job that ran last. */
struct pick {
    struct op_job_record record;
    const struct op_job *job;
    int64_t wake_ms; /* earliest retry seen; 0 = none */
    int found;
    uint32_t damaged; /* passed over, so that they hold up no other */
};

mx_status op_job_read(struct op_ctx *ctx, struct store_span value, struct op_job_record *record) {
    struct mx_str text = base_arena_dup(ctx->arena, mx_str_n((const char *)value.ptr, value.len));
    if (json_decode(ctx->arena, &op_job_record_type, text, JSON_STORE, record, NULL) == MX_OK) return MX_OK;
    return op_ctx_fail(ctx, MX_E_DAMAGED, "The record of a job cannot be read.");
}

static int runnable(struct op_ctx *ctx, struct pick *pick) {
    const struct op_job_record *record = &pick->record;
    pick->job = base_map_get(&ctx->op->jobs, record->job);
    if (!pick->job || record->attempts >= OP_JOB_ATTEMPTS || record->paused) return 0;
    if (record->next <= ctx->pub.now_ms || record->next > ctx->pub.now_ms + BACKOFF_MAX_MS) return 1; /* a clock was turned back */
    if (pick->wake_ms == 0 || record->next < pick->wake_ms) pick->wake_ms = record->next;
    return 0;
}

static mx_status pick_from(struct op_ctx *ctx, struct store_span from, struct pick *pick) {
    struct store_walk *walk;
    struct store_span key, value;
    mx_status st = store_walk_open(ctx->view, STORE_SPACE_JOBS, from, 0, &walk);
    while (st == MX_OK) {
        st = store_walk_next(walk, &key, &value);
        if (st == MX_OK && key.len == from.len && from.len && memcmp(key.ptr, from.ptr, key.len) == 0) continue;
        if (st == MX_OK) st = op_job_read(ctx, value, &pick->record);
        if (st == MX_OK && runnable(ctx, pick)) {
            pick->found = 1;
            return MX_OK;
        }
        if (st != MX_E_DAMAGED) continue;
        pick->damaged++;
        st = MX_OK;
    }
    return st == MX_DONE ? MX_OK : op_ctx_error(ctx, st);
}

static mx_status pick_job(struct op_ctx *ctx, struct pick *pick) {
    const char *last = ctx->op->job_last;
    struct store_span behind = {(const uint8_t *)last, strlen(last)}, begin = {NULL, 0};
    mx_status st = pick_from(ctx, behind, pick);
    if (st != MX_OK || pick->found) return st;
    if (behind.len) {
        pick->damaged = 0;
        st = pick_from(ctx, begin, pick);
        if (st != MX_OK || pick->found) return st;
    }
    op_passed_over(&ctx->op->jobs_damaged, pick->damaged, "jobs"); /* all were looked at */
    return MX_OK;
}

/* MX_DONE: no job can run now. */
static mx_status step_next(struct op_ctx *ctx, void *arg) {
    struct pick *pick = arg;
    struct op_job_record *record = &pick->record;
    struct store_span key;
    mx_status st = pick_job(ctx, pick), done;
    if (st != MX_OK) return st;
    if (!pick->found) return MX_DONE;
    snprintf(ctx->op->job_last, sizeof(ctx->op->job_last), "%.*s", (int)record->id.len, record->id.ptr);
    ctx->owner = pick->job->owner;
    ctx->op_name = pick->job->def->name;
    done = pick->job->def->step(&ctx->pub, record->body, &record->cursor);
    if (done != MX_OK && done != MX_DONE)
        return done < 0 ? op_ctx_error(ctx, done) : op_ctx_fail(ctx, MX_E_INTERNAL, "The step ended with the status %d.", (int)done);
    st = op_settle(ctx, MX_OK);
    if (st != MX_OK) return st;
    key.ptr = (const uint8_t *)record->id.ptr;
    key.len = record->id.len;
    if (done == MX_DONE) return op_ctx_error(ctx, store_raw_del(ctx->view, STORE_SPACE_JOBS, key));
    if (record->cursor.len) st = op_ctx_error(ctx, json_canonical(ctx->arena, record->cursor, BODY_MAX, &record->cursor, &ctx->error));
    record->attempts = 0;
    record->error = mx_str_n(NULL, 0);
    if (ctx->done >= 0 && ctx->total >= 0 && (ctx->done || ctx->total)) {
        record->done = ctx->done;
        record->total = ctx->total;
    }
    return st == MX_OK ? op_job_write(ctx, record) : st;
}

struct failure {
    struct mx_str id;
    struct mx_error err;
};

/* The step's writes are gone; write down that it failed and when it is tried again. */
static mx_status note_failure(struct op_ctx *ctx, void *arg) {
    const struct failure *failure = arg;
    struct store_span key = {(const uint8_t *)failure->id.ptr, failure->id.len}, value;
    struct op_job_record record;
    int64_t delay_ms = OP_RETRY_MS / 60;
    mx_status st = op_ctx_error(ctx, store_raw_get(ctx->view, STORE_SPACE_JOBS, key, &value));
    int64_t i;
    if (st == MX_OK) st = op_job_read(ctx, value, &record);
    if (st != MX_OK) return st;
    for (i = 0; i < record.attempts; i++) delay_ms *= 2;
    record.attempts++;
    record.next = ctx->pub.now_ms + delay_ms;
    record.error = mx_str_of(failure->err.message);
    return op_job_write(ctx, &record);
}

static void failed(struct op_group *group, struct op_work *work, const struct pick *pick, const struct mx_error *why) {
    struct failure failure = {base_arena_dup(work->arena, pick->record.id), *why};
    struct mx_error err = {0};
    base_log(BASE_LOG_ERROR, "op", "the job \"%.*s\" failed (try %lld of %d): %s", (int)pick->record.job.len, pick->record.job.ptr,
             (long long)pick->record.attempts + 1, OP_JOB_ATTEMPTS, why->message);
    work->fn = note_failure;
    work->arg = &failure;
    if (op_command(group, work, &err) != MX_OK) base_log(BASE_LOG_ERROR, "op", "a job's failure could not be noted: %s", err.message);
}

static uint32_t step_one(struct op_group *group) {
    struct op_kernel *op = group->op;
    struct identity_principal system;
    struct pick pick;
    struct op_work work = {op->system_arena, &system, "system.job", NULL, step_next, &pick};
    struct mx_error err = {0};
    mx_status st;
    memset(&pick, 0, sizeof(pick));
    work.owner = op->owners;
    identity_system(&system);
    base_arena_reset(op->system_arena);
    st = op_command(group, &work, &err);
    op->jobs_wake_ms = 0;
    if (st == MX_DONE) {
        op->jobs_wake_ms = pick.wake_ms;
        op->jobs_left = pick.wake_ms != 0;
        return 0;
    }
    if (st == MX_OK) return 1;
    if (!pick.found) {
        base_log(BASE_LOG_ERROR, "op", "the list of jobs cannot be read: %s", err.message);
        op->jobs_left = 0;
        return 0;
    }
    failed(group, &work, &pick, &err);
    return 1;
}

uint32_t op_step_jobs(struct op_group *group, int64_t until_us) {
    uint32_t steps = 0;
    if (!group->op->jobs_left || !group->op->owners) return 0;
    while (step_one(group)) {
        steps++;
        if (steps >= OP_SYSTEM_STEPS || base_steady_us() >= until_us) break;
    }
    return steps;
}
