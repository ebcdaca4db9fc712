/* The operations about the rules in force: list, reload, restore. */
#include "script/version.h"

static const char *const rule_states[] = {"on", "off", NULL};
#define RULE_ON  1
#define RULE_OFF 2
static const char *const kind_words[] = {"promotion", "tier",     "reward", "on", "every",
                                         "test",      "property", "tag",    NULL}; /* in the order of the kinds */

struct rules_ask {
    uint8_t unused; /* the operations take no input */
};
static const struct mx_type rules_ask_type = {(uint32_t)sizeof(struct mx_type),
                                              (uint32_t)sizeof(struct rules_ask),
                                              "scripts.rules.ask",
                                              "nothing",
                                              NULL,
                                              0,
                                              (uint32_t)sizeof(struct mx_field),
                                              MX_NO_OFFSET,
                                              MX_NO_OFFSET,
                                              MX_NO_OFFSET,
                                              0};

struct rule_row {
    struct mx_str file;
    int64_t line;
    struct mx_str id;
    struct mx_list name;
    int32_t lane;
    int32_t state;
    int64_t faults;
    int32_t kind;
};
static const struct mx_field rule_row_fields[] = {
    MX_F_STR(rule_row, file, MX_REQUIRED, 1, 255, "file of the rule"),
    MX_F_INT(rule_row, line, 0, 0, MX_INT_MAX, "line of the file where it begins"),
    MX_F_STR(rule_row, id, MX_REQUIRED, 1, 64, "id of the rule"),
    MX_F_MAP(rule_row, name, 0, 0, 32, "name on the receipt, by language"),
    MX_F_ENUM(rule_row, lane, 0, mx_lane_words, "lane in which a promotion applies"),
    MX_F_ENUM(rule_row, state, MX_REQUIRED, rule_states, "off: it failed too often; a reload or scripts.rule.restore brings it back"),
    MX_F_INT(rule_row, faults, 0, 0, MX_INT_MAX, "times in a row that it failed"),
    MX_F_ENUM(rule_row, kind, MX_REQUIRED, kind_words, "kind of the rule"),
};
MX_TYPE(rule_row, "scripts.rule", "a rule in force");

struct rules_list {
    struct mx_str version;
    struct mx_list rules;
};
static const struct mx_field rules_list_fields[] = {
    MX_F_STR(rules_list, version, 0, 0, 64, "version of the rule set"),
    MX_F_LIST(rules_list, rules, 0, 0, SCRIPT_RULES_MAX, rule_row_type, "rules in the order in which they are asked"),
};
MX_TYPE(rules_list, "scripts.rules", "the rules in force");

struct rules_loaded {
    struct mx_str version;
    int64_t rules;
};
static const struct mx_field rules_loaded_fields[] = {
    MX_F_STR(rules_loaded, version, 0, 0, 64, "version of the rule set now in force"),
    MX_F_INT(rules_loaded, rules, 0, 0, SCRIPT_RULES_MAX, "how many rules it has"),
};
MX_TYPE(rules_loaded, "scripts.loaded", "the rule set now in force");

static struct mx_list copy_name(struct mx_ctx *ctx, const struct mx_list *name) {
    struct mx_list copy = mx_list_new(ctx, name->count, sizeof(struct mx_pair));
    uint32_t i;
    for (i = 0; i < copy.count; i++) {
        const struct mx_pair *from = mx_list_at(name, i);
        struct mx_pair *to = mx_list_at(&copy, i);
        to->key = mx_dup(ctx, from->key);
        to->value = mx_dup(ctx, from->value);
    }
    return copy;
}

static mx_status list_rules(struct mx_ctx *ctx, const void *in, void *out_) {
    struct script_set *set = script_set_current();
    struct rules_list *out = out_;
    uint32_t i;
    (void)in;
    if (set == NULL) return MX_OK;
    out->version = mx_dup(ctx, mx_str_of(set->version));
    out->rules = mx_list_new(ctx, set->rule_count, sizeof(struct rule_row));
    out->rules.count = 0;
    for (i = 0; i < set->rule_count; i++) {
        const struct script_rule *rule = set->rules[i];
        struct rule_row *row = mx_list_at(&out->rules, out->rules.count);
        if (script_kind_index(rule->kind) == SCRIPT_TEST || script_kind_index(rule->kind) == SCRIPT_PROPERTY) continue;
        out->rules.count++;
        row->file = mx_dup(ctx, rule->file);
        row->line = rule->line;
        row->id = mx_dup(ctx, rule->id);
        row->name = copy_name(ctx, &rule->name);
        row->lane = rule->lane;
        row->state = atomic_load(&rule->off) ? RULE_OFF : RULE_ON;
        row->faults = atomic_load(&rule->faults);
        row->kind = (int32_t)script_kind_index(rule->kind) + 1;
    }
    script_set_drop(set);
    return MX_OK;
}

/* Files are read and tests run on a worker; only the exchange is left for the writer. */
static mx_status prepare_rules(struct mx_ctx *ctx, const void *in, void *out) {
    struct script_folder *folder = mx_alloc(ctx, sizeof(*folder));
    struct script_files live;
    struct script_now *now;
    mx_status st = script_folder_look(ctx, folder);
    (void)in;
    (void)out;
    if (st == MX_OK) st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    mx_keep(ctx, folder);
    if (folder->there && !mx_str_eq(script_files_hash(ctx, &folder->files), now->folder))
        return script_prepare(ctx, &folder->files, SCRIPT_TESTED);
    if (now->live == 0) return MX_OK;
    st = script_live_files(ctx, now, &live); /* nothing changed: what is in force begins afresh */
    return st == MX_OK ? script_prepare(ctx, &live, SCRIPT_UNTESTED) : st;
}

static mx_status reload_rules(struct mx_ctx *ctx, const void *in, void *out_) {
    struct rules_loaded *out = out_;
    struct script_version *live;
    struct script_now *now;
    int taken = 0;
    mx_status st = script_folder_take(ctx, mx_kept(ctx), &taken, &out->rules);
    (void)in;
    if (st == MX_OK) st = script_now_get(ctx, &now);
    if (st == MX_OK && !taken && now->live) st = script_version_again(ctx, now->live, &out->rules);
    if (st != MX_OK || now->live == 0) return st;
    st = script_version_get(ctx, now->live, NULL, &live);
    if (st == MX_OK) out->version = script_version_text(ctx, live);
    return st;
}

/* ---- restore ---- */

struct rule_which {
    struct mx_str rule;
    int32_t kind;
};
static const struct mx_field rule_which_fields[] = {
    MX_F_STR(rule_which, rule, MX_REQUIRED, 1, 64, "id of the rule"),
    MX_F_ENUM(rule_which, kind, 0, kind_words, "its kind, when several rules have this id"),
};
MX_TYPE(rule_which, "scripts.rule.which", "which rule");

static mx_status restore_rule(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct rule_which *ask = in;
    struct script_set *set = script_set_current();
    struct rules_loaded *out = out_;
    uint32_t i, found = 0;
    for (i = 0; set != NULL && i < set->rule_count; i++) {
        struct script_rule *rule = set->rules[i];
        if (!mx_str_eq(rule->id, ask->rule) || (ask->kind && script_kind_index(rule->kind) + 1 != (uint32_t)ask->kind)) continue;
        found++;
        atomic_store(&rule->faults, 0);
        atomic_store(&rule->off, 0);
    }
    if (set != NULL) out->version = mx_dup(ctx, mx_str_of(set->version));
    out->rules = found;
    script_set_drop(set);
    return found ? MX_OK : mx_fail(ctx, MX_E_NOT_FOUND, "rule", "No rule in force has this id.");
}

const struct mx_op script_op_rules_list = {sizeof(struct mx_op),
                                           MX_OP_QUERY,
                                           "scripts.rules.list",
                                           "The rules in force, with those that failed and were switched off",
                                           "scripts.read",
                                           &rules_ask_type,
                                           &rules_list_type,
                                           list_rules,
                                           NULL,
                                           MX_HOME_HERE,
                                           MX_OFFLINE_REFUSE,
                                           "0.1"};
const struct mx_op script_op_rules_reload = {
    sizeof(struct mx_op),
    0,
    "scripts.rules.reload",
    "Take what changed in the folder of rule files into force, as a version; when one is wrong or a test fails, the rules in force stay",
    "scripts.manage",
    &rules_ask_type,
    &rules_loaded_type,
    reload_rules,
    prepare_rules,
    MX_HOME_HERE,
    MX_OFFLINE_REFUSE,
    "0.1"};
const struct mx_op script_op_rule_restore = {sizeof(struct mx_op),
                                             0,
                                             "scripts.rule.restore",
                                             "Put a rule that was switched off back into force",
                                             "scripts.manage",
                                             &rule_which_type,
                                             &rules_loaded_type,
                                             restore_rule,
                                             NULL,
                                             MX_HOME_HERE,
                                             MX_OFFLINE_REFUSE,
                                             "0.2"};
