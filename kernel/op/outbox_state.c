/* How a message gets on: queued -> sending -> waiting -> ... -> delivered or dead. Each step is a command of its own, so
 * that a killed program finds every message where it was; one that was being sent is sent again. */
#include "base/log.h"
#include "op/internal.h"
#include "json/json.h"

#define KEEP_MS        (INT64_C(8) * 24 * 3600 * 1000)
#define KEEP_DEAD_MS   (INT64_C(30) * 24 * 3600 * 1000) /* what a webhook did not get */
#define LOOK_MAX       5000u                            /* messages in one look for old ones */
#define HOST_SHOWN_MAX 100u                             /* in a work item, which holds 500 bytes */
#define DAY_MS         (INT64_C(24) * 3600 * 1000)

/* Standard Webhooks: how long after the try before. */
static const int64_t delays_ms[MX_SEND_TRIES] = {0, 5000, 300000, 1800000, 7200000, 18000000, 36000000, 50400000, 72000000, 86400000};

mx_status op_outbox_read(struct op_ctx *ctx, struct mx_str id, struct op_message **message) {
    struct op_message probe = {0};
    probe.id = id;
    return mx_get(&ctx->pub, &op_outbox_table, &probe, message);
}

mx_status op_outbox_forget(struct op_ctx *ctx, struct mx_str id) {
    struct op_message probe = {0};
    mx_status st = op_outbox_forget_content(ctx, id);
    probe.id = id;
    return st == MX_OK ? mx_delete(&ctx->pub, &op_outbox_table, &probe) : st;
}

/* ---- beginning a try ---- */

static const struct mx_field op_outbox_ask_fields[] = {
    MX_F_ID(op_outbox_ask, id, MX_REQUIRED, "out", "the message"),
};
MX_TYPE(op_outbox_ask, "system.outbox.ask", "a message by its id");

static mx_status begin_try(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct mx_str id = ((const struct op_outbox_ask *)in)->id;
    struct op_message *message = NULL;
    mx_status st = op_outbox_read(ctx, id, &message);
    (void)out;
    if (st == MX_NONE) return mx_fail(pub, MX_E_NOT_FOUND, "id", "There is no such message any more.");
    if (st != MX_OK) return st;
    if (message->state == OP_DELIVERED || message->state == OP_DEAD)
        return mx_refuse(pub, "message_is_done", "id", "This message is done with.");
    message->state = OP_SENDING;
    message->tries++;
    return mx_put(pub, &op_outbox_table, message);
}

/* ---- the end of a try ---- */

static const struct mx_field op_outbox_end_fields[] = {
    MX_F_ID(op_outbox_end, id, MX_REQUIRED, "out", "the message"),
    MX_F_INT(op_outbox_end, status, 0, 0, 999, "HTTP status; 0 = no answer"),
    MX_F_INT(op_outbox_end, retry_after_s, 0, 0, MX_INT_MAX, "what the other side asked for"),
    MX_F_STR(op_outbox_end, problem, 0, 0, 240, "why there was no answer"),
    MX_F_JSON(op_outbox_end, answer, 0, 65536, "body of the answer, when it is JSON"),
};
MX_TYPE(op_outbox_end, "system.outbox.end", "how a try ended");

static mx_status hand_result(struct op_ctx *ctx, const struct op_message *message, const struct op_outbox_end *end) {
    struct mx_send_result result = {0};
    struct bus_due due = {0};
    struct base_buf body;
    if (message->result_op.len == 0) return MX_OK;
    result.id = message->id;
    result.ref = message->ref;
    result.outcome = message->state == OP_DELIVERED ? MX_SEND_DELIVERED : MX_SEND_GAVE_UP;
    result.status = message->status;
    result.tries = message->tries < MX_SEND_TRIES ? message->tries : MX_SEND_TRIES;
    result.answer = end->answer;
    result.problem = message->problem;
    base_buf_init(&body, ctx->arena);
    json_encode(&body, &mx_send_result_type, &result, 0);
    due.due_ms = ctx->pub.expiry_ms;
    due.op = message->result_op;
    due.id = message->id;
    due.body = base_buf_view(&body);
    ctx->op->due_next_ms = 0; /* unknown: look */
    return op_ctx_error(ctx, bus_due_put(ctx->view, &due));
}

static int64_t next_try_ms(struct op_ctx *ctx, const struct op_message *message, const struct op_outbox_end *end) {
    int64_t at = message->tries < MX_SEND_TRIES ? message->tries : MX_SEND_TRIES - 1, delay_ms = delays_ms[at];
    if (!ctx->seeded) base_random_seed(&ctx->random);
    ctx->seeded = 1;
    delay_ms += (int64_t)(base_random_next(&ctx->random) % (uint64_t)(delay_ms / 5 + 1)); /* so that not all come at once */
    if ((end->status == 429 || end->status == 503) && end->retry_after_s > 0) {
        int64_t asked_ms = end->retry_after_s < DAY_MS / 1000 ? end->retry_after_s * 1000 : DAY_MS;
        if (asked_ms > delay_ms) delay_ms = asked_ms;
    }
    return ctx->pub.now_ms + delay_ms;
}

static mx_status give_up(struct op_ctx *ctx, struct op_message *message) {
    const char *text;
    message->done = ctx->pub.now_ms;
    if (message->webhook.len) return MX_OK; /* its webhook has one work item for all of them */
    text = base_arena_printf(ctx->arena,
                             "A message to %.*s could not be delivered: %.*s Mend the cause, then system.outbox.retry, or drop it with "
                             "system.outbox.drop.",
                             (int)(message->host.len < HOST_SHOWN_MAX ? message->host.len : HOST_SHOWN_MAX), message->host.ptr,
                             (int)message->problem.len, message->problem.ptr ? message->problem.ptr : "")
               .ptr;
    return op_work_open(ctx, "outbox.dead", message->id, text);
}

/* Nobody looks after each message that is of no use later, but somebody must hear that none arrives. */
static mx_status tell_of_host(struct op_ctx *ctx, const struct op_message *message) {
    struct mx_str subject = mx_str_n(message->host.ptr, message->host.len < HOST_SHOWN_MAX ? message->host.len : HOST_SHOWN_MAX);
    const char *text;
    if (message->webhook.len) return MX_OK;
    if (message->state == OP_DELIVERED) return op_work_done(ctx, "outbox.host", subject, "Messages arrive again.");
    text = base_arena_printf(ctx->arena, "Messages to %.*s do not arrive in time: %.*s", (int)subject.len, subject.ptr,
                             (int)message->problem.len, message->problem.ptr ? message->problem.ptr : "")
               .ptr;
    return op_work_open(ctx, "outbox.host", subject, text);
}

static void name_problem(struct op_ctx *ctx, struct op_message *message, const struct op_outbox_end *end) {
    message->status = end->status;
    message->problem = end->problem;
    if (message->problem.len == 0 && (end->status < 200 || end->status > 299))
        message->problem = base_arena_printf(ctx->arena, "The other side answered with the status %d.", (int)end->status);
}

static mx_status end_try(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    const struct op_outbox_end *end = in;
    struct op_message *message = NULL;
    int delivered = end->status >= 200 && end->status <= 299;
    mx_status st = op_outbox_read(ctx, end->id, &message), wanted;
    (void)out;
    if (st == MX_NONE) return MX_OK; /* dropped while it was on its way */
    if (st != MX_OK) return st;
    name_problem(ctx, message, end);
    wanted = message->webhook.len ? op_webhook_wants(ctx, message->webhook) : MX_OK;
    if (wanted == MX_NONE) return op_outbox_forget(ctx, message->id);
    if (delivered) {
        message->state = OP_DELIVERED;
        message->done = pub->now_ms;
        st = op_outbox_forget_content(ctx, message->id);
        if (st == MX_OK) st = op_work_done(ctx, "outbox.dead", message->id, "It was delivered.");
    } else if (wanted == MX_E_REFUSED || end->status == 410 || message->tries >= message->tries_max) {
        message->state = OP_DEAD;
    } else {
        message->state = OP_WAITING;
        message->next = next_try_ms(ctx, message, end);
        if (message->until && message->next >= message->until) message->state = OP_DEAD;
    }
    if (st == MX_OK && message->until && message->state != OP_WAITING) st = tell_of_host(ctx, message);
    if (st == MX_OK && message->state == OP_DEAD && !message->until) st = give_up(ctx, message);
    if (st == MX_OK)
        st = message->state == OP_DEAD && message->until ? op_outbox_forget(ctx, message->id) : mx_put(pub, &op_outbox_table, message);
    if (st == MX_OK && message->webhook.len) st = op_webhook_heard(ctx, message, end->status);
    if (st == MX_OK && message->state != OP_WAITING) st = hand_result(ctx, message, end);
    if (st == MX_OK && message->state == OP_WAITING) op_outbox_schedule(ctx, message);
    return st;
}

/* ---- forgetting what is done with ---- */

struct old_ones {
    struct mx_str ids[OP_STEP_RECORDS];
    uint32_t count;
};

/* Those of one state that were done before `until_ms`, the oldest first. */
static mx_status find_old(struct op_ctx *ctx, int32_t state, int64_t until_ms, struct old_ones *old) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "state"};
    struct op_message probe = {.state = state}, *message = NULL;
    struct mx_scan *scan = NULL;
    uint32_t looked = 0;
    mx_status st;
    probe.rec.has = ~UINT64_C(0);
    st = mx_scan_open(&ctx->pub, &op_outbox_table, &opts, &probe, &scan);
    while (st == MX_OK && old->count < OP_STEP_RECORDS && looked++ < LOOK_MAX) {
        st = mx_scan_next(&ctx->pub, scan, &message);
        if (st != MX_OK || message->done >= until_ms) break;
        if (state == OP_DELIVERED || message->webhook.len) old->ids[old->count++] = message->id;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Of a webhook that was down for long there are very many: its events stand in the log, and one work item speaks for all of
 * them. A dead message of another kind has a work item of its own and stays until somebody drops it. */
mx_status op_outbox_purge(struct op_ctx *ctx, void *found) {
    struct old_ones *old = base_arena_alloc(ctx->arena, sizeof(*old));
    uint32_t i;
    mx_status st = find_old(ctx, OP_DELIVERED, ctx->pub.expiry_ms - KEEP_MS, old);
    if (st == MX_OK) st = find_old(ctx, OP_DEAD, ctx->pub.expiry_ms - KEEP_DEAD_MS, old);
    for (i = 0; st == MX_OK && i < old->count; i++) st = op_outbox_forget(ctx, old->ids[i]);
    *(uint32_t *)found = old->count;
    return st == MX_OK && old->count == 0 ? MX_DONE : st;
}

const struct mx_type *const op_outbox_ask_wire = &op_outbox_ask_type, *const op_outbox_end_wire = &op_outbox_end_type;

#define INTERNAL(name, doc, in, handler)                                                                                                   \
    { (uint32_t)sizeof(struct mx_op), MX_OP_INTERNAL, name, doc, NULL, in, NULL, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.2" }

const struct mx_op op_outbox_begin = INTERNAL("system.outbox.begin", "A try to send a message begins.", &op_outbox_ask_type, begin_try);
const struct mx_op op_outbox_finish = INTERNAL("system.outbox.finish", "A try to send a message ended.", &op_outbox_end_type, end_try);
