/* Asking about tiers by the rules in force, or by those of a draft or of a kept version. */
#include <stdio.h>

#include "base/text.h"
#include "script/tier.h"
#include "script/version.h"

/* A draft as it is now, by a name that changes with it and with the rules that it is put upon. */
static mx_status draft_name(struct mx_ctx *ctx, const struct script_draft *draft, char name[40]) {
    uint8_t hash[MX_HASH_BYTES];
    struct script_now *now;
    char text[120];
    mx_status st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    snprintf(text, sizeof(text), "%.*s %lld %lld", (int)draft->id.len, draft->id.ptr, (long long)draft->rec.rev, (long long)now->live);
    mx_hash(ctx, "rules.draft", mx_str_of(text), hash);
    snprintf(name, 40, "draft-%02x%02x%02x%02x%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
    return MX_OK;
}

static mx_status of_draft(struct mx_ctx *ctx, struct mx_str id, struct script_stand **stand) {
    struct script_trying trying;
    struct script_draft *draft;
    char name[40];
    mx_status st = script_draft_get(ctx, id, &draft);
    if (st == MX_OK) st = draft_name(ctx, draft, name);
    if (st != MX_OK) return st;
    *stand = script_stand_recall(mx_str_of(name));
    if (*stand != NULL) return MX_OK;
    st = script_draft_open(ctx, id, &trying);
    if (st != MX_OK) return st;
    memcpy(trying.set->version, name, sizeof(name));
    script_state_free(trying.state);
    *stand = script_stand_new(trying.set);
    if (*stand == NULL) return mx_fail(ctx, MX_E_NOMEM, NULL, "There is no memory for the rules of this draft.");
    script_stand_remember(*stand);
    return MX_OK;
}

static mx_status of_version(struct mx_ctx *ctx, struct mx_str text, struct script_stand **stand) {
    struct script_version probe = {0}, *version = NULL;
    mx_status st;
    *stand = NULL;
    if (!base_parse_int(text, &probe.n) || probe.n < 1)
        return mx_fail(ctx, MX_E_BAD_INPUT, "draft", "This is neither a draft (\"rds_...\") nor the number of a version.");
    st = mx_get(ctx, &script_versions_table, &probe, &version);
    if (st == MX_OK) st = script_stand_get(ctx, script_version_text(ctx, version), stand);
    if (st == MX_NONE || (st == MX_OK && *stand == NULL))
        return mx_fail(ctx, MX_E_NOT_FOUND, "draft", "There is no version %lld of the rules.", (long long)probe.n);
    return st;
}

mx_status script_tier_rules_begin(struct mx_ctx *ctx, struct mx_str draft, struct script_tier_rules *rules) {
    mx_status st;
    memset(rules, 0, sizeof(*rules));
    if (draft.len == 0) {
        rules->set = script_thread_set(&rules->state);
        return rules->set ? MX_OK : MX_DECLINED;
    }
    st = draft.len > 4 && memcmp(draft.ptr, "rds_", 4) == 0 ? of_draft(ctx, draft, &rules->stand) : of_version(ctx, draft, &rules->stand);
    if (st != MX_OK) return st;
    rules->set = script_stand_set(rules->stand);
    rules->seat = script_stand_sit(rules->stand, &rules->state);
    return MX_OK;
}

void script_tier_rules_end(struct script_tier_rules *rules) {
    if (rules->stand == NULL) return;
    script_stand_rise(rules->stand, rules->seat);
    script_stand_let(rules->stand);
}
