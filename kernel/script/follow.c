/* Events come to on(...): one follower of everything, behind the commit. What the rules ask for is booked in the same command as
 * the follower's place, so that each event counts exactly once. */
#include <stdio.h>

#include "script/version.h"

static mx_status tell_one(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, struct script_rule *rule,
                          const struct mx_event *event, struct mx_str data, struct script_asked *asked) {
    struct script_run run;
    struct script_fact fact = {event->name, data, event->seq, event->at_ms, mx_type_of(ctx, event->name), &run};
    char *key;
    if (state == NULL) return mx_fail(ctx, MX_E_NOMEM, NULL, "There is no memory to run the rule %s.", rule->id.ptr);
    script_run_init(&run, ctx);
    if (!script_on_run(state, rule, &fact)) {
        mx_log(ctx, MX_LOG_WARN, "the rule %s failed on %.*s: %s", rule->id.ptr, (int)event->name.len, event->name.ptr, state->problem);
        script_rule_failed(set, rule, state->problem);
        return MX_OK;
    }
    key = mx_alloc(ctx, 112);
    snprintf(key, 112, "e%u-%012lld-%s", (unsigned)event->epoch, (long long)event->seq, rule->id.ptr);
    return script_effects_book(ctx, set, rule, mx_str_of(key), &run, asked);
}

/* 1 when a rule was switched off and the log does not say so yet. */
static int is_untold(struct script_set *set) {
    struct script_set *tried = script_canary_set();
    int untold = atomic_load(&set->untold) || (tried != NULL && atomic_load(&tried->untold));
    script_set_drop(tried);
    return untold;
}

/* MX_DECLINED: nothing here was for us. MX_DONE: no rule listens at all, so that a shop without such rules reads nothing. */
static mx_status follow(struct mx_ctx *ctx, const struct mx_event *event, const void *data_) {
    static const struct script_rules nobody;
    const struct mx_str *data = data_;
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    const struct script_rules *listeners = set ? &set->of[SCRIPT_ON] : NULL;
    struct script_asked asked = {0, 0};
    int acted = 0;
    mx_status st = MX_OK;
    uint32_t i;
    if (set == NULL) return MX_DECLINED;
    if (listeners->count == 0 && !is_untold(set)) return MX_DONE;
    if (mx_str_is(event->op, script_op_effect_run.name)) listeners = &nobody; /* or rules would keep each other busy for ever */
    for (i = 0; st == MX_OK && i < listeners->count; i++) {
        struct script_rule *rule = listeners->items[i];
        if (atomic_load_explicit(&rule->off, memory_order_relaxed) || !script_on_hears(rule, event->name)) continue;
        acted = 1;
        st = tell_one(ctx, set, state, rule, event, *data, &asked);
    }
    if (st == MX_OK && is_untold(set)) {
        acted = 1;
        st = script_tell(ctx);
    }
    return st == MX_OK && !acted ? MX_DECLINED : st;
}

const struct mx_subscription script_follow_all = {
    sizeof(struct mx_subscription), MX_FOLLOW | MX_FROM_NOW, MX_EVENT_ANY, NULL, 100, 0, follow, "scripts.on"};

/* ---- rules that were switched off ---- */

struct quarantined {
    struct mx_str kind;
    struct mx_str rule;
    struct mx_str file;
    int64_t line;
};
static const struct mx_field quarantined_fields[] = {
    MX_F_STR(quarantined, kind, MX_REQUIRED, 1, 16, "kind of the rule"),
    MX_F_STR(quarantined, rule, MX_REQUIRED, 1, 64, "id of the rule"),
    MX_F_STR(quarantined, file, MX_REQUIRED, 1, 255, "file it stands in"),
    MX_F_INT(quarantined, line, 0, 0, MX_INT_MAX, "line of the file"),
};
MX_TYPE(quarantined, "scripts.rule.quarantined", "a rule failed too often and was switched off");

const struct mx_event_def script_quarantined_event = {.size = sizeof(struct mx_event_def),
                                                      .name = "scripts.rule.quarantined",
                                                      .doc = "a rule failed too often and was switched off",
                                                      .type = &quarantined_type};

static mx_status tell_of(struct mx_ctx *ctx, struct script_set *set) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; set != NULL && st == MX_OK && atomic_load(&set->untold) && i < set->rule_count; i++) {
        struct script_rule *rule = set->rules[i];
        struct quarantined event = {mx_str_of(rule->kind->word), rule->id, rule->file, rule->line};
        if (!atomic_load(&rule->untold)) continue;
        st = mx_emit(ctx, &script_quarantined_event, &event);
        if (st == MX_OK && atomic_exchange(&rule->untold, 0)) atomic_fetch_sub(&set->untold, 1);
    }
    script_set_drop(set);
    return st;
}

mx_status script_tell(struct mx_ctx *ctx) {
    mx_status st = tell_of(ctx, script_set_current());
    return st == MX_OK ? tell_of(ctx, script_canary_set()) : st;
}
