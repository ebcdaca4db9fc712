/* GET /v1/backup: the whole shop as one sealed stream, made on a worker as fast as the client takes it. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "bus/bus.h"
#include "net/internal.h"
#include "op/op.h"
#include "store/store.h"

#define PENDING_BYTES (4u << 20)
#define LONGEST_MS    (INT64_C(3600) * 1000) /* the snapshot must go some day */
#define PROBLEM_TYPE  "application/problem+json"

struct backup_job {
    const struct net_api *api;
    struct net_request *request; /* until the stream has begun */
    struct net_stream *stream;
    struct identity_principal principal;
};

static void refuse(struct net_request *request, mx_status st, const char *detail) {
    const int status = base_status_http(st);
    net_reply(request, status, PROBLEM_TYPE, status == 503 ? "Retry-After: 1\r\n" : NULL,
              net_problem(net_request_arena(request), status, base_status_code(st), detail));
}

/* The answer begins with the first bytes, so that what goes wrong before is still told in words. */
static int send_piece(void *arg, const void *bytes, size_t len) {
    struct backup_job *job = arg;
    if (!job->stream) job->stream = net_stream_begin(job->request, 200, "application/octet-stream", NULL, NULL, NULL);
    if (!net_stream_write(job->stream, bytes, len)) return 1;
    return net_stream_pending(job->stream) > PENDING_BYTES ? !net_stream_wait(job->stream, PENDING_BYTES) : 0;
}

static mx_status describe(void *arg, struct store_view *view, struct store_backup *about) {
    const struct backup_job *job = arg;
    uint8_t hash[CRYPTO_HASH_BYTES];
    mx_status st = bus_head(job->api->bus, view, &about->seq, hash);
    about->at_ms = op_now(job->api->op);
    return st == MX_OK ? store_epoch(view, &about->epoch) : st;
}

static void nothing_more(struct op_call *call) { (void)call; }

/* The shop's own log says who took a backup. */
static mx_status tell_log(const struct backup_job *job, const struct store_backup *about) {
    struct base_arena *arena = base_arena_new(4096);
    struct op_call call = {.arena = arena, .principal = job->principal, .done = nothing_more};
    const char *hash = base_hex(arena, about->hash, sizeof(about->hash)).ptr;
    mx_status st;
    call.entry = op_find(job->api->op, mx_str_of("system.backup.note"));
    call.key = base_arena_printf(arena, "backup-%lld-%.16s", (long long)about->at_ms, hash);
    call.body = base_arena_printf(arena, "{\"at\":%lld,\"bytes\":%llu,\"epoch\":%lld,\"hash\":\"%s\",\"records\":%llu,\"seq\":%lld}",
                                  (long long)about->at_ms, (unsigned long long)about->bytes, (long long)about->epoch, hash,
                                  (unsigned long long)about->records, (long long)about->seq);
    if (call.entry) op_run(job->api->op, &call);
    st = call.entry ? call.status : MX_E_UNKNOWN_OPERATION;
    base_arena_free(arena);
    return st < 0 ? st : MX_OK;
}

/* Before the stream ends, so that whoever has the whole of it finds it noted. */
static void note(const struct backup_job *job, const struct store_backup *about) {
    struct mx_error err = {0};
    if (store_backup_note(store_dir(job->api->store), about, &err) != MX_OK)
        base_log(BASE_LOG_WARN, "net", "the backup could not be noted: %s", err.message);
    if (tell_log(job, about) != MX_OK) base_log(BASE_LOG_WARN, "net", "the log does not know of the backup");
}

static void run(void *arg) {
    struct backup_job *job = arg;
    struct store_backup_io io = {send_piece, NULL, job};
    struct store_backup about;
    struct mx_error err = {0};
    mx_status st = store_backup_write(job->api->store, &io, base_steady_ms() + LONGEST_MS, describe, job, &about, &err);
    /* What nobody took to its end is no backup that anybody has. */
    if (st == MX_OK && !net_stream_wait(job->stream, 1)) st = base_fail(&err, MX_E_CANCELLED, NULL, "Nobody takes the backup any more.");
    if (st == MX_OK) note(job, &about);
    if (job->stream)
        net_stream_end(job->stream, st == MX_OK);
    else
        refuse(job->request, st, err.message);
    if (st != MX_OK) base_log(BASE_LOG_WARN, "net", "a backup was not finished: %s", err.message);
    free(job);
}

void net_api_backup(const struct net_api *api, struct net_request *request) {
    struct identity_principal principal = {0};
    struct backup_job *job;
    if (!mx_str_is(net_request_view(request)->method, "GET")) {
        net_reply(request, 405, PROBLEM_TYPE, "Allow: GET\r\n",
                  net_problem(net_request_arena(request), 405, NULL, "A backup is fetched with GET."));
        return;
    }
    if (!net_api_permit(api, request, "system.backup", &principal)) return;
    job = api->workers ? calloc(1, sizeof(*job)) : NULL;
    if (job) {
        job->api = api;
        job->request = request;
        job->principal = principal;
        if (loop_workers_post(api->workers, run, job)) return;
    }
    free(job);
    refuse(request, MX_E_OVERLOADED, "No backup can be made just now; try again shortly.");
}
