/* The descriptor of the script room. */
#include "merx/plugin.h"
#include "script/internal.h"

static const char *const rule_states[] = {"on", "off", NULL};
#define RULE_ON  1
#define RULE_OFF 2

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
};
static const struct mx_field rule_row_fields[] = {
    MX_F_STR(rule_row, file, MX_REQUIRED, 1, 255, "file of the rule"),
    MX_F_INT(rule_row, line, 0, 0, MX_INT_MAX, "line of the file where it begins"),
    MX_F_STR(rule_row, id, MX_REQUIRED, 1, 64, "id of the rule"),
    MX_F_MAP(rule_row, name, 0, 0, 32, "name on the receipt, by language"),
    MX_F_ENUM(rule_row, lane, MX_REQUIRED, mx_lane_words, "lane in which it applies"),
    MX_F_ENUM(rule_row, state, MX_REQUIRED, rule_states, "off: it failed too often and waits for a reload"),
    MX_F_INT(rule_row, faults, 0, 0, MX_INT_MAX, "times in a row that it failed"),
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
    for (i = 0; i < set->rule_count; i++) {
        const struct script_rule *rule = set->rules[i];
        struct rule_row *row = mx_list_at(&out->rules, i);
        row->file = mx_dup(ctx, rule->file);
        row->line = rule->line;
        row->id = mx_dup(ctx, rule->id);
        row->name = copy_name(ctx, &rule->name);
        row->lane = rule->lane;
        row->state = atomic_load(&rule->off) ? RULE_OFF : RULE_ON;
        row->faults = atomic_load(&rule->faults);
    }
    script_set_drop(set);
    return MX_OK;
}

static mx_status reload_rules(struct mx_ctx *ctx, const void *in, void *out_) {
    struct rules_loaded *out = out_;
    struct script_set *set;
    struct mx_error err;
    mx_status st;
    (void)in;
    memset(&err, 0, sizeof(err));
    st = script_reload(&err);
    if (st != MX_OK) return mx_fail(ctx, st, NULL, "%s", err.message);
    set = script_set_current();
    if (set == NULL) return MX_OK;
    out->version = mx_dup(ctx, mx_str_of(set->version));
    out->rules = set->rule_count;
    script_set_drop(set);
    return MX_OK;
}

static mx_status answer_offers(struct mx_ctx *ctx, const void *in, void *out) {
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    if (set == NULL) return MX_DECLINED;
    script_answer(ctx, set, state, in, out);
    return MX_OK;
}

static const struct mx_op op_list = {sizeof(struct mx_op),
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
static const struct mx_op op_reload = {sizeof(struct mx_op),
                                       0,
                                       "scripts.rules.reload",
                                       "Load the rule files again; when one is wrong, the rules in force stay",
                                       "scripts.manage",
                                       &rules_ask_type,
                                       &rules_loaded_type,
                                       reload_rules,
                                       NULL,
                                       MX_HOME_HERE,
                                       MX_OFFLINE_REFUSE,
                                       "0.1"};
static const struct mx_op *const ops[] = {&op_list, &op_reload, NULL};

static const struct mx_answer offers_answer = {sizeof(struct mx_answer), 100,          MX_POINT_OFFERS, &mx_cart_type,
                                               &mx_offers_type,          answer_offers};
static const struct mx_answer *const answers[] = {&offers_answer, NULL};

const struct mx_plugin *script_plugin(void) {
    static const struct mx_plugin plugin = {.size = sizeof(struct mx_plugin),
                                            .abi_major = MX_ABI_MAJOR,
                                            .abi_minor = MX_ABI_MINOR,
                                            .name = "script",
                                            .version = "0.1.0",
                                            .summary = "Rules written in Lua",
                                            .ops = ops,
                                            .answers = answers};
    return &plugin;
}
