/* The due times of every(...): one for each rule, kept in the shop's data, so that none is lost while the shop is closed. */
#include <stdio.h>

#include "script/version.h"

struct script_timer {
    struct mx_rec rec;
    struct mx_str rule;
    int64_t next;
};
static const struct mx_field script_timer_fields[] = {
    MX_F_STR(script_timer, rule, MX_REQUIRED, 1, 64, "rule of the kind every"),
    MX_F_TIME(script_timer, next, 0, "when it runs"),
};
MX_TYPE_REC(script_timer, "scripts.timer", "when a rule runs next");

const struct mx_table script_timers_table = {.size = sizeof(struct mx_table),
                                             .name = "scripts.timer",
                                             .doc = "when the rules of the kind every run next",
                                             .type = &script_timer_type,
                                             .key = "rule"};

struct every_ask {
    struct mx_str rule;
};
static const struct mx_field every_ask_fields[] = {MX_F_STR(every_ask, rule, MX_REQUIRED, 1, 64, "which rule")};
MX_TYPE(every_ask, "scripts.every.ask", "which rule of the kind every");

struct every_done {
    uint8_t unused;
};
static const struct mx_type every_done_type = {(uint32_t)sizeof(struct mx_type),
                                               (uint32_t)sizeof(struct every_done),
                                               "scripts.every.done",
                                               "nothing",
                                               NULL,
                                               0,
                                               (uint32_t)sizeof(struct mx_field),
                                               MX_NO_OFFSET,
                                               MX_NO_OFFSET,
                                               MX_NO_OFFSET,
                                               0};

/* Note when the rule runs next, and make it so. */
static mx_status set_timer(struct mx_ctx *ctx, const struct script_rule *rule, struct script_timer *timer) {
    const struct mx_shop *shop = mx_shop_of(ctx);
    struct every_ask ask = {rule->id};
    struct mx_str body;
    mx_status st;
    timer->rule = rule->id;
    timer->next = script_every_next(rule, base_zone_get(shop->zone), ctx->expiry_ms);
    timer->rec.has = UINT64_MAX;
    st = mx_put(ctx, &script_timers_table, timer);
    if (st == MX_OK) st = ctx->op->encode(ctx, &every_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, timer->next, script_op_every_run.name, rule->id, body) : st;
}

/* A rule keeps its time as long as that is the one which its schedule gives; an edited schedule counts at once. */
static mx_status check_timer(struct mx_ctx *ctx, const struct script_rule *rule) {
    const struct mx_shop *shop = mx_shop_of(ctx);
    struct script_timer probe = {.rule = rule->id}, *timer = NULL;
    mx_status st = mx_get(ctx, &script_timers_table, &probe, &timer);
    if (st == MX_NONE) return set_timer(ctx, rule, &probe);
    if (st != MX_OK || timer->next <= ctx->expiry_ms) return st;
    return timer->next == script_every_next(rule, base_zone_get(shop->zone), ctx->expiry_ms) ? MX_OK : set_timer(ctx, rule, timer);
}

mx_status script_timers_set(struct mx_ctx *ctx, const struct script_set *set) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < set->of[SCRIPT_EVERY].count; i++) st = check_timer(ctx, set->of[SCRIPT_EVERY].items[i]);
    return st;
}

static mx_status run_rule(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, struct script_rule *rule) {
    struct script_run run;
    struct script_tick tick = {ctx->expiry_ms, &run};
    struct script_asked asked = {0, 0};
    char *key;
    if (atomic_load(&rule->off)) return MX_OK;
    if (state == NULL) return mx_fail(ctx, MX_E_NOMEM, NULL, "There is no memory to run the rule %s.", rule->id.ptr);
    script_run_init(&run, ctx);
    if (!script_every_run(state, rule, &tick)) {
        mx_log(ctx, MX_LOG_WARN, "the rule %s failed: %s", rule->id.ptr, state->problem);
        script_rule_failed(set, rule, state->problem);
        return MX_OK;
    }
    key = mx_alloc(ctx, 96);
    snprintf(key, 96, "t%013lld-%s", (long long)ctx->expiry_ms, rule->id.ptr);
    return script_effects_book(ctx, set, rule, mx_str_of(key), &run, &asked);
}

static mx_status every_run(struct mx_ctx *ctx, const void *in, void *out) {
    const struct every_ask *ask = in;
    struct script_timer probe = {.rule = ask->rule}, *timer = NULL;
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    struct script_rule *rule = set ? script_rule_find(set, SCRIPT_EVERY, ask->rule) : NULL;
    mx_status st = mx_get(ctx, &script_timers_table, &probe, &timer);
    (void)out;
    if (st < 0) return st;
    if (rule == NULL) return st == MX_OK ? mx_delete(ctx, &script_timers_table, &probe) : MX_OK; /* it was taken out of the files */
    st = set_timer(ctx, rule, timer ? timer : &probe);
    if (st == MX_OK) st = run_rule(ctx, set, state, rule);
    return st == MX_OK ? script_tell(ctx) : st;
}

const struct mx_op script_op_every_run = {sizeof(struct mx_op),
                                          MX_OP_INTERNAL,
                                          "scripts.every.run",
                                          "Run a rule of the kind every",
                                          NULL,
                                          &every_ask_type,
                                          &every_done_type,
                                          every_run,
                                          NULL,
                                          MX_HOME_HERE,
                                          MX_OFFLINE_REFUSE,
                                          "0.2"};

static mx_status begin(struct mx_ctx *ctx, const void *in, void *out) {
    (void)in;
    (void)out;
    return script_begin(ctx);
}

const struct mx_op script_op_timers_set = {sizeof(struct mx_op),
                                           MX_OP_INTERNAL,
                                           SCRIPT_OP_BEGIN,
                                           "Put the rules of this shop into force, and give every rule of the kind every its due time",
                                           NULL,
                                           &every_done_type,
                                           &every_done_type,
                                           begin,
                                           NULL,
                                           MX_HOME_HERE,
                                           MX_OFFLINE_REFUSE,
                                           "0.2"};
