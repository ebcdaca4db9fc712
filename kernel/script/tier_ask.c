/* Asking one tier about one member: needs, and then `when`, which may say what is missing. */
#include "script/tier.h"

void script_tier_customer(struct mx_ctx *ctx, const struct mx_tier_ask *ask, struct script_customer *customer) {
    memset(customer, 0, offsetof(struct script_customer, reads));
    customer->ctx = ctx;
    customer->id = ask->member;
    customer->tier = ask->tier;
    customer->members = ask->members;
    customer->counters = &ask->counters;
    customer->at = ask->at;
    customer->since = ask->since;
    customer->joined_at = ask->joined_at;
}

/* { counter = "visits", days = 90, needed = 10, have = 7 } */
static void read_missing(const struct script_reader *list, struct mx_ctx *ctx, uint32_t i, struct script_tier_said *said) {
    static const char *const known[] = {"counter", "days", "distinct", "needed", "have", NULL};
    static const char shape[] = "{counter = \"visits\", days = 90, needed = 10, have = 7}";
    struct mx_tier_missing missing;
    struct script_inner inner;
    memset(&missing, 0, sizeof(missing));
    script_enter_item(list, i, shape, &inner);
    script_read_known(&inner.reader, known);
    if (!script_read_text(&inner.reader, "counter", MX_COUNTER_MAX, &missing.counter) ||
        !script_read_int(&inner.reader, "needed", -MX_INT_MAX, MX_INT_MAX, &missing.needed) ||
        !script_read_int(&inner.reader, "have", -MX_INT_MAX, MX_INT_MAX, &missing.have))
        script_complain(&inner.reader, "what is missing is written like %s", shape);
    missing.counter = mx_dup(ctx, missing.counter);
    (void)script_read_int(&inner.reader, "days", 1, SCRIPT_DAYS_MAX, &missing.days);
    missing.distinct = (uint8_t)script_read_true(&inner.reader, "distinct");
    lua_pop(list->L, 1);
    if (missing.needed <= missing.have) return;
    missing.missing = missing.needed > MX_INT_MAX + missing.have ? MX_INT_MAX : missing.needed - missing.have;
    script_tier_missing(said, &missing);
}

static void read_all_missing(lua_State *L, struct script_asking *asking, struct script_tier_said *said) {
    struct script_reader reader = {L, lua_gettop(L), asking->place, asking->what};
    uint32_t i, count;
    if (lua_isnil(L, -1)) return;
    if (!lua_istable(L, -1)) script_complain(&reader, "when answers true or false, and behind it a list of what is missing");
    script_thaw(L, -1);
    count = script_list_count(&reader, NULL, 0, SCRIPT_NEEDS_MAX);
    for (i = 1; i <= count; i++) read_missing(&reader, script_customer_now(L)->ctx, i, said);
}

static void ask_when(lua_State *L, struct script_asking *asking) {
    struct script_tier_said *said = asking->arg;
    struct script_reader reader = {L, 0, "", asking->what};
    int yes;
    script_push_function(L, asking, SCRIPT_FN_WHEN);
    script_customer_push(L);
    script_budget_begin(asking->state);
    lua_call(L, 1, 2);
    reader.place = asking->place;
    if (!lua_isboolean(L, -2) && !lua_isnil(L, -2))
        script_complain(&reader, "when must answer true or false, not a %s", luaL_typename(L, -2));
    yes = lua_toboolean(L, -2);
    if (!yes && !said->brief) read_all_missing(L, asking, said);
    said->yes &= yes;
    lua_pop(L, 2);
}

int script_tier_ask(struct script_state *state, struct script_rule *rule, struct script_customer *customer, struct script_tier_said *said) {
    const struct script_tier *tier = script_tier_of(rule);
    said->yes = 1;
    said->count = 0;
    if (tier->needs && script_needs_ask(customer, tier->needs, said, &said->yes) != MX_OK) return 0;
    if (!script_rule_has(rule, SCRIPT_FN_WHEN) || (!said->yes && said->brief)) return 1;
    if (state == NULL) return 0;
    return script_customer_ask(state, rule, customer, ask_when, said) && customer->failed == MX_OK;
}
