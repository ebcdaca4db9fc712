/* The plugin "helper": what toy calls, asks and tells. */
#ifndef TESTS_UNIT_OP_TOY_HELPER_H
#define TESTS_UNIT_OP_TOY_HELPER_H

#include "toy_ops.h"

static mx_status helper_run_other(struct mx_ctx *ctx, const void *in, void *out) {
    const struct helper_add *add = in;
    struct helper_value *value = out;
    value->extra = 5;
    if (add->times != 0) return MX_E_INTERNAL;
    return toy_count(ctx, add->name, add->by, &value->value);
}

/* In a query of the helper nothing may be written, though the command around it may. */
static mx_status helper_run_read(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    if (toy_count(ctx, add->name, 1, NULL) != MX_E_READ_ONLY) return MX_E_INTERNAL;
    return toy_run_get(ctx, in, out);
}

static mx_status helper_ask_first(struct mx_ctx *ctx, const void *in, void *out) {
    const struct helper_add *add = in;
    if (!mx_str_is(add->name, "mine")) return MX_DECLINED;
    if (toy_count(ctx, add->name, 1, NULL) != MX_E_READ_ONLY) return MX_E_INTERNAL; /* answers never write */
    ((struct helper_value *)out)->value = add->by + 1;
    return MX_OK;
}

static mx_status helper_ask_veto(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    if (mx_str_is(((const struct toy_add *)in)->how, "vetoed")) return mx_refuse(ctx, "not_today", "name", "Not today.");
    return MX_OK;
}

static mx_status helper_ask_collect(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    ((struct toy_value *)out)->value = ((const struct toy_add *)in)->by * 10;
    return MX_OK;
}

static const struct mx_use helper_use_add = {"toy.add", &toy_add_type, &toy_value_type};

/* Counts what it heard under "heard", tells it on as often as asked, fails on request. */
static mx_status helper_hear(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct helper_heard *heard = data;
    struct toy_happened again = {heard->name, heard->left - 1, heard->how};
    mx_status st = toy_count(ctx, mx_str_of("heard"), 1, NULL);
    if (st != MX_OK) return st;
    if (event->seq != 0 || !mx_str_is(event->node, "n1")) return MX_E_INTERNAL;
    if (mx_str_is(heard->how, "fail")) return mx_refuse(ctx, "will_not", NULL, "I will not hear that.");
    if (mx_str_is(heard->how, "swallow")) {
        struct toy_add refused = {heard->name, 1, mx_str_of("refuse")};
        struct toy_value value;
        return mx_call(ctx, &helper_use_add, &refused, &value) == MX_E_REFUSED ? MX_OK : MX_E_INTERNAL;
    }
    return heard->left > 0 ? mx_emit(ctx, &helper_heard_event, &again) : MX_OK;
}

/* The second listener writes down what the first had counted. */
static mx_status helper_hear_second(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct toy_counter probe = {0}, *first = NULL;
    (void)event;
    (void)data;
    probe.name = mx_str_of("heard");
    if (mx_get(ctx, &toy_counters, &probe, &first) != MX_OK) return MX_E_INTERNAL;
    return toy_count(ctx, mx_str_of("second"), first->value, NULL);
}

static atomic_int helper_follow_fails;

static mx_status helper_follow(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct toy_happened *happened = data;
    mx_status st = toy_count(ctx, mx_str_of("followed"), event->seq, NULL);
    if (st == MX_OK) st = toy_count(ctx, mx_str_of("follows"), 1, NULL);
    if (st == MX_OK && (mx_str_is(event->name, "toy.happened") == 0 || happened->name.len == 0)) return MX_E_INTERNAL;
    if (st == MX_OK && atomic_load(&helper_follow_fails)) return mx_fail(ctx, MX_E_INTERNAL, NULL, "The follower stumbled.");
    return st;
}

static mx_status helper_run_talk(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    (void)in;
    (void)out;
    return MX_OK;
}

TOY_OP(helper_op_talk, MX_OP_INTERNAL, "helper.talk", NULL, &toy_talk_type, NULL, helper_run_talk, NULL);
TOY_OP(helper_op_same, MX_OP_INTERNAL, "helper.same", NULL, &toy_add_type, &toy_value_type, toy_run_add, NULL);
TOY_OP(helper_op_other, MX_OP_INTERNAL, "helper.other", NULL, &helper_add_type, &helper_value_type, helper_run_other, NULL);
TOY_OP(helper_op_read, MX_OP_INTERNAL | MX_OP_QUERY, "helper.read", NULL, &toy_add_type, &toy_value_type, helper_run_read, NULL);
TOY_OP(helper_op_unlisted, MX_OP_INTERNAL, "helper.unlisted", NULL, &toy_add_type, &toy_value_type, toy_run_add, NULL);

static const struct mx_answer helper_answers_first = {
    (uint32_t)sizeof(struct mx_answer), 100, "toy.first", &helper_add_type, &helper_value_type, helper_ask_first};
static const struct mx_answer helper_answers_veto = {
    (uint32_t)sizeof(struct mx_answer), 100, "toy.veto", &toy_add_type, NULL, helper_ask_veto};
static const struct mx_answer helper_answers_collect = {
    (uint32_t)sizeof(struct mx_answer), 100, "toy.collect", &toy_add_type, &toy_value_type, helper_ask_collect};
static const struct mx_subscription helper_hears = {
    (uint32_t)sizeof(struct mx_subscription), 0, "toy.happened", &helper_heard_type, 100, 0, helper_hear, NULL};
static const struct mx_subscription helper_hears_second = {
    (uint32_t)sizeof(struct mx_subscription), 0, "toy.happened", &toy_happened_type, 200, 0, helper_hear_second, NULL};
static const struct mx_subscription helper_hears_itself = {
    (uint32_t)sizeof(struct mx_subscription), 0, "helper.heard", &helper_heard_type, 100, 0, helper_hear, NULL};
static const struct mx_subscription helper_follows = {
    (uint32_t)sizeof(struct mx_subscription), MX_FOLLOW, "toy.happened", &toy_happened_type, 100, 0, helper_follow, "helper.follows"};

static const struct mx_op *const helper_ops[] = {&helper_op_same,     &helper_op_other, &helper_op_read,
                                                 &helper_op_unlisted, &helper_op_talk,  NULL};
static const struct mx_event_def *const helper_events[] = {&helper_heard_event, NULL};
static const struct mx_answer *const helper_answers[] = {&helper_answers_first, &helper_answers_veto, &helper_answers_collect, NULL};
static const struct mx_subscription *const helper_subscriptions[] = {&helper_hears_second, &helper_hears, &helper_hears_itself,
                                                                     &helper_follows, NULL};
static const struct mx_use *const helper_uses[] = {&helper_use_add, NULL};
static const struct mx_plugin helper_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                               .abi_minor = MX_ABI_MINOR,
                                               .name = "helper",
                                               .version = "1",
                                               .summary = "for tests",
                                               .ops = helper_ops,
                                               .events = helper_events,
                                               .subscriptions = helper_subscriptions,
                                               .uses = helper_uses,
                                               .answers = helper_answers};

#endif
