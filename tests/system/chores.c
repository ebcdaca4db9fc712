/* A partner's plugin for test_jobs.py: a job that counts, a message whose result comes back, a follower of every event. */
#include "merx/plugin.h"

struct tally {
    struct mx_rec rec;
    struct mx_str name;
    int64_t value;
};
static const struct mx_field tally_fields[] = {
    MX_F_STR(tally, name, 0, 1, 40, "what is counted"),
    MX_F_INT(tally, value, 0, 0, MX_INT_MAX, "how often it was"),
};
MX_TYPE_REC(tally, "chores.tally", "a count");
static const struct mx_table tallies = {sizeof(struct mx_table), 0, "chores.tally", "counts", &tally_type, "name", NULL, NULL, 0, 0};

struct number {
    int64_t number;
};
static const struct mx_field number_fields[] = {MX_F_INT(number, number, 0, 0, MX_INT_MAX, "a number")};
MX_TYPE(number, "chores.number", "a number");

struct place {
    struct mx_str url;
};
static const struct mx_field place_fields[] = {MX_F_STR(place, url, MX_REQUIRED, 1, 2000, "address")};
MX_TYPE(place, "chores.place", "where to");

struct sums {
    int64_t steps, heard, others, delivered, gave_up;
};
static const struct mx_field sums_fields[] = {
    MX_F_INT(sums, steps, 0, 0, MX_INT_MAX, "steps of jobs"),
    MX_F_INT(sums, heard, 0, 0, MX_INT_MAX, "events about them that the follower heard"),
    MX_F_INT(sums, others, 0, 0, MX_INT_MAX, "other events that it heard"),
    MX_F_INT(sums, delivered, 0, 0, MX_INT_MAX, "messages that arrived"),
    MX_F_INT(sums, gave_up, 0, 0, MX_INT_MAX, "messages that did not"),
};
MX_TYPE(sums, "chores.sums", "all counts");

static const struct mx_event_def stepped = {sizeof(struct mx_event_def), 0, "chores.stepped", "A job took a step.", &number_type};

static mx_status count(struct mx_ctx *ctx, const char *name, int64_t by, int64_t *value) {
    struct tally probe = {.name = mx_str_of(name)}, fresh = {.name = mx_str_of(name)}, *found = NULL;
    mx_status st = mx_get(ctx, &tallies, &probe, &found);
    if (st < 0) return st;
    if (st == MX_NONE) found = &fresh;
    found->value += by;
    if (value) *value = found->value;
    return by ? mx_put(ctx, &tallies, found) : MX_OK;
}

static mx_status step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct number wanted = {0}, at = {0};
    mx_status st = ctx->op->decode(ctx, &number_type, body, &wanted);
    if (st == MX_OK && cursor->len) st = ctx->op->decode(ctx, &number_type, *cursor, &at);
    at.number++;
    if (st == MX_OK) st = count(ctx, "steps", 1, NULL);
    if (st == MX_OK) st = mx_emit(ctx, &stepped, &at);
    if (st == MX_OK) st = mx_progress(ctx, at.number, wanted.number);
    if (st == MX_OK) st = ctx->op->encode(ctx, &number_type, &at, cursor);
    return st == MX_OK && at.number == wanted.number ? MX_DONE : st;
}

static mx_status start(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_str body, id;
    mx_status st = ctx->op->encode(ctx, &number_type, in, &body);
    (void)out;
    return st == MX_OK ? mx_job_start(ctx, "chores.walk", body, &id) : st;
}

static mx_status post(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_send send = {
        .size = sizeof(send), .url = ((const struct place *)in)->url, .ref = mx_str_of("parcel"), .result_op = "chores.posted"};
    struct mx_str id;
    (void)out;
    send.body = mx_str_of("{}");
    return mx_send(ctx, &send, &id);
}

static mx_status posted(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_send_result *result = in;
    (void)out;
    if (!mx_str_is(result->ref, "parcel")) return mx_fail(ctx, MX_E_INTERNAL, NULL, "That was not sent from here.");
    return count(ctx, result->outcome == MX_SEND_DELIVERED ? "delivered" : "gave_up", 1, NULL);
}

static mx_status hear(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    (void)data;
    return count(ctx, mx_str_is(event->name, "chores.stepped") ? "heard" : "others", 1, NULL);
}

static mx_status sum(struct mx_ctx *ctx, const void *in, void *out) {
    struct sums *sums = out;
    mx_status st = count(ctx, "steps", 0, &sums->steps);
    (void)in;
    if (st == MX_OK) st = count(ctx, "heard", 0, &sums->heard);
    if (st == MX_OK) st = count(ctx, "others", 0, &sums->others);
    if (st == MX_OK) st = count(ctx, "delivered", 0, &sums->delivered);
    return st == MX_OK ? count(ctx, "gave_up", 0, &sums->gave_up) : st;
}

#define OP(flags, name, doc, in, out, fn)                                                                                                  \
    { sizeof(struct mx_op), flags, name, doc, "chores.do", in, out, fn, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "1.0", NULL }
static const struct mx_op op_start = OP(0, "chores.start", "Start a job of so many steps.", &number_type, NULL, start);
static const struct mx_op op_post = OP(0, "chores.post", "Send a message.", &place_type, NULL, post);
static const struct mx_op op_posted = OP(MX_OP_INTERNAL, "chores.posted", "Hear what came of it.", &mx_send_result_type, NULL, posted);
static const struct mx_op op_sum = OP(MX_OP_QUERY, "chores.sum", "All counts.", NULL, &sums_type, sum);

MX_PLUGIN(chores) {
    static const struct mx_op *const ops[] = {&op_start, &op_post, &op_posted, &op_sum, NULL};
    static const struct mx_table *const tables[] = {&tallies, NULL};
    static const struct mx_event_def *const events[] = {&stepped, NULL};
    static const struct mx_job walk = {sizeof(struct mx_job), 0, "chores.walk", step};
    static const struct mx_job *const jobs[] = {&walk, NULL};
    static const struct mx_subscription all = {sizeof(struct mx_subscription), MX_FOLLOW, MX_EVENT_ANY, NULL, 100, 0, hear, "chores.hears"};
    static const struct mx_subscription *const subscriptions[] = {&all, NULL};
    static const struct mx_plugin plugin = {.size = sizeof(plugin),
                                            .abi_minor = 2,
                                            .name = "chores",
                                            .version = "1.0",
                                            .summary = "does chores",
                                            .ops = ops,
                                            .tables = tables,
                                            .events = events,
                                            .jobs = jobs,
                                            .subscriptions = subscriptions};
    return &plugin;
}
