/* The descriptor of the script room. */
#include "merx/plugin.h"
#include "merx/retail/past.h"
#include "merx/retail/priced.h"
#include "merx/retail/privacy.h"
#include "script/tag.h"
#include "script/version.h"

static mx_status answer_offers(struct mx_ctx *ctx, const void *in, void *out) {
    struct script_state *state;
    struct script_stand *stand = script_canary_of(in);
    struct script_set *set;
    if (stand != NULL) {
        script_stand_answer(ctx, stand, in, out);
        script_stand_let(stand);
        return MX_OK;
    }
    set = script_thread_set(&state);
    if (set == NULL) return MX_DECLINED;
    script_answer(ctx, set, state, in, out);
    return MX_OK;
}

static const struct mx_answer offers_answer = {sizeof(struct mx_answer), 100,          MX_POINT_OFFERS, &mx_cart_type,
                                               &mx_offers_type,          answer_offers};
static const struct mx_answer tier_answer = {sizeof(struct mx_answer), 100, MX_POINT_TIER, &mx_tier_ask_type, &mx_tier_answer_type,
                                             script_tier_answer};
static const struct mx_answer tiers_answer = {sizeof(struct mx_answer), 100, MX_POINT_TIERS, &mx_tiers_ask_type, &mx_tiers_type,
                                              script_tiers_answer};
static const struct mx_answer answer_of_rewards = {sizeof(struct mx_answer), 100, MX_POINT_REWARDS, &mx_reward_ask_type, &mx_rewards_type,
                                                   script_reward_answer};
static const struct mx_answer offers_of_answer = {sizeof(struct mx_answer), 100, MX_POINT_OFFERS_OF, &mx_offers_ask_type, &mx_offers_type,
                                                  script_offers_of};
static const struct mx_answer needs_answer = {sizeof(struct mx_answer), 100, MX_POINT_NEEDS, &mx_cart_type, &mx_needs_type,
                                              script_needs_answer};
static const struct mx_answer tags_answer = {sizeof(struct mx_answer), 100,           MX_POINT_TAGS,
                                             &mx_tags_ask_type,        &mx_tags_type, script_tags_answer};
static const struct mx_answer *const answers[] = {&offers_answer, &tier_answer,  &answer_of_rewards, &offers_of_answer,
                                                  &needs_answer,  &tiers_answer, &tags_answer,       NULL};

static const struct mx_op *const ops[] = {
    &script_op_rules_list,    &script_op_rules_reload,   &script_op_rules_test,    &script_op_rule_restore,
    &script_op_effects_list,  &script_op_effect_run,     &script_op_effect_settle, &script_op_effect_retry,
    &script_op_effect_drop,   &script_op_every_run,      &script_op_timers_set,    &script_op_draft_put,
    &script_op_draft_get,     &script_op_draft_list,     &script_op_draft_drop,    &script_op_draft_check,
    &script_op_draft_test,    &script_op_publish,        &script_op_version_begin, &script_op_version_end,
    &script_op_cancel,        &script_op_rollback,       &script_op_versions_list, &script_op_version_get,
    &script_op_canary,        &script_op_diff,           &script_op_clashes,       &script_op_shadow,
    &script_op_shadow_report, &script_op_rules_backtest, &script_op_rules_hunt,    NULL};
static const struct mx_table *const tables[] = {&script_effects_table,  &script_timers_table,      &script_sources_table,
                                                &script_versions_table, &script_standings_table,   &script_now_table,
                                                &script_drafts_table,   &script_draft_files_table, NULL};
static const struct mx_event_def *const events[] = {&script_quarantined_event, &script_published_event, &script_missed_event,
                                                    &script_tiers_event, NULL};
static const struct mx_subscription *const subscriptions[] = {&script_follow_all, NULL};

static const struct mx_point *const points[] = {
    &mx_point_price, &mx_point_past, &mx_point_count, &mx_point_behaviour, &mx_point_score, &mx_point_consent, NULL};
static const struct mx_check *const checks[] = {&script_versions_check, NULL};

static const struct mx_grant manager_may = {"manager", "scripts.*"}, manager_rules = {"manager", "rules.*"};
static const struct mx_grant *const grants[] = {&manager_may, &manager_rules, NULL};

const struct mx_plugin *script_plugin(void) {
    static const struct mx_plugin plugin = {.size = sizeof(struct mx_plugin),
                                            .abi_major = MX_ABI_MAJOR,
                                            .abi_minor = MX_ABI_MINOR,
                                            .name = "script",
                                            .version = "0.2.0",
                                            .summary = "Rules written in Lua",
                                            .tables = tables,
                                            .ops = ops,
                                            .events = events,
                                            .subscriptions = subscriptions,
                                            .points = points,
                                            .answers = answers,
                                            .checks = checks,
                                            .grants = grants};
    return &plugin;
}
