/* t.price(cart): what a cart of a test costs with all promotions of the set, found by the shop's own pricing. */
#include "script/sale.h"

#include "merx/retail/priced.h"

#define PRICE_STEPS  500 /* what pricing a cart costs a test; more for each offer */
#define OFFER_STEPS  50
#define RULES_A_STEP 4 /* promotions that are asked for one step more */

/* ---- what is used of limits: used = {["tea-cup"] = {member = 1, total = 5}} ---- */

static const char *limit_key(const struct mx_offer_limit *limit) {
    static const char *const keys[3][4] = {{"total", "day", "member", "member_day"},
                                           {"units", "units_day", "units_member", "units_member_day"},
                                           {"budget", "budget_day", "budget_member", "budget_member_day"}};
    return keys[limit->of - MX_LIMIT_USES][limit->scope - MX_LIMIT_TOTAL];
}

static void fill_limits(const struct script_reader *reader, const struct mx_list *limits) {
    static const char *const known[] = {
        "total",  "day",        "member",        "member_day",        "units", "units_day", "units_member", "units_member_day",
        "budget", "budget_day", "budget_member", "budget_member_day", NULL};
    uint32_t i;
    script_read_known(reader, known);
    for (i = 0; i < limits->count; i++) {
        struct mx_offer_limit *limit = mx_list_at(limits, i);
        if (script_read_int(reader, limit_key(limit), 0, MX_INT_MAX / MX_QTY_ONE, &limit->used) && limit->of == MX_LIMIT_UNITS)
            limit->used *= MX_QTY_ONE;
    }
}

static void fill_used(lua_State *L, int cart, const struct script_set *set, const struct mx_list *offers) {
    struct script_reader reader = {L, cart, "", "the test's cart"};
    struct script_inner used, of_rule;
    uint32_t i;
    if (!script_enter(&reader, "used", "{[\"tea-cup\"] = {member = 1}}", &used)) return;
    for (lua_pushnil(L); lua_next(L, used.reader.table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !script_rule_find(set, SCRIPT_PROMOTION, mx_str_of(lua_tostring(L, -2))))
            script_complain(&used.reader, "every entry is the id of a promotion and what is used of it");
    }
    for (i = 0; i < offers->count; i++) {
        const struct mx_offer *offer = mx_list_at(offers, i);
        if (!script_enter(&used.reader, offer->rule.ptr, "{member = 1, total = 5}", &of_rule)) continue;
        fill_limits(&of_rule.reader, &offer->limits);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* ---- the answer ---- */

static void set_int(lua_State *L, const char *name, int64_t value) {
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

/* The table on top gets [id] = word, unless the rule has one already. */
static void note_word(lua_State *L, struct mx_str id, const char *word) {
    lua_pushlstring(L, id.ptr, id.len);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pushlstring(L, id.ptr, id.len);
        lua_pushstring(L, word);
        lua_rawset(L, -4);
    }
    lua_pop(L, 1);
}

/* Points on top, and the largest factor that its points are multiplied by. */
static void push_line(lua_State *L, const struct mx_priced_line *line) {
    int64_t bonus = 0, times_ppm = 0;
    uint32_t i;
    for (i = 0; i < line->runs.count; i++) {
        const struct mx_run *run = mx_list_at(&line->runs, i);
        if (!mx_add(bonus, run->bonus, &bonus)) bonus = MX_INT_MAX;
        if (run->times_ppm > times_ppm) times_ppm = run->times_ppm;
    }
    lua_newtable(L);
    set_int(L, "total", line->total);
    set_int(L, "discount", line->discount);
    set_int(L, "tax", line->tax);
    set_int(L, "points", bonus);
    if (times_ppm) set_int(L, "points_ppm", times_ppm);
}

static void push_lines(lua_State *L, const struct mx_list *lines) {
    uint32_t i;
    lua_createtable(L, (int)lines->count, 0);
    for (i = 0; i < lines->count; i++) {
        push_line(L, mx_list_at(lines, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "lines");
}

static void push_rules(lua_State *L, const struct mx_list *rules) {
    uint32_t i;
    lua_newtable(L);
    for (i = 0; i < rules->count; i++) {
        const struct mx_rule_sum *sum = mx_list_at(rules, i);
        lua_pushlstring(L, sum->rule.ptr, sum->rule.len);
        lua_pushinteger(L, sum->amount);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "rules");
}

/* One word for each rule: "applied" when one of its offers did, otherwise why the first one did not. */
static void push_outcomes(lua_State *L, const struct mx_list *outcomes) {
    uint32_t i;
    int pass;
    lua_newtable(L);
    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < outcomes->count; i++) {
            const struct mx_outcome *outcome = mx_list_at(outcomes, i);
            if (outcome->state && (pass || outcome->state == MX_OUTCOME_APPLIED))
                note_word(L, outcome->rule, mx_outcome_words[outcome->state - 1]);
        }
    }
    lua_setfield(L, -2, "outcomes");
}

static void push_misses(lua_State *L, const struct mx_list *misses) {
    uint32_t i;
    lua_newtable(L);
    for (i = 0; i < misses->count; i++) {
        const struct mx_offer_miss *miss = mx_list_at(misses, i);
        note_word(L, miss->rule, mx_miss_words[miss->reason - 1]);
    }
    lua_setfield(L, -2, "misses");
}

static void push_priced(lua_State *L, const struct mx_priced *priced, const struct mx_offers *offers) {
    luaL_checkstack(L, 10, NULL);
    lua_newtable(L);
    set_int(L, "total", priced->total);
    set_int(L, "discount", priced->discount);
    set_int(L, "tax", priced->tax);
    push_lines(L, &priced->lines);
    push_rules(L, &priced->rules);
    push_outcomes(L, &priced->outcomes);
    push_misses(L, &offers->misses);
}

/* ---- asking ---- */

/* Marks of the promotions in `only` of the cart's table; without it, of all. */
static uint64_t *read_only(lua_State *L, struct mx_ctx *ctx, const struct script_set *set) {
    const struct script_rules *promotions = &set->of[SCRIPT_PROMOTION];
    struct script_reader reader = {L, 1, "", "the test's cart"};
    struct script_inner list;
    uint64_t *marks = mx_alloc(ctx, (promotions->count / 64 + 1) * sizeof(*marks));
    uint32_t i, k, count;
    if (!script_enter(&reader, "only", "{\"tea-3-for-2\"}", &list)) {
        for (k = 0; k < promotions->count; k++) marks[k / 64] |= UINT64_C(1) << (k % 64);
        return marks;
    }
    count = (uint32_t)lua_rawlen(L, -1);
    if (count == 0 || count > 32) script_complain(&list.reader, "there are 1 to 32 ids of promotions, like {\"tea-3-for-2\"}");
    for (i = 1; i <= count; i++) {
        const struct script_rule *rule;
        if (lua_rawgeti(L, list.reader.table, (lua_Integer)i) != LUA_TSTRING)
            script_complain(&list.reader, "entry %u is the id of a promotion, a text in quotes", i);
        rule = script_rule_find(set, SCRIPT_PROMOTION, mx_str_of(lua_tostring(L, -1)));
        if (rule == NULL) script_complain(&list.reader, "there is no promotion '%s'", lua_tostring(L, -1));
        for (k = 0; promotions->items[k] != rule; k++) {
        }
        marks[k / 64] |= UINT64_C(1) << (k % 64);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return marks;
}

static int64_t count_marks(const uint64_t *marks, uint32_t promotions) {
    int64_t count = 0;
    uint32_t i;
    for (i = 0; i <= promotions / 64; i++) count += __builtin_popcountll(marks[i]);
    return count;
}

/* A rule that fails in a test fails the test; it is not counted against the rule. */
static void raise_faults(lua_State *L, const struct script_set *set, const struct mx_offers *offers) {
    const struct mx_rule_fault *first = NULL;
    uint32_t i;
    for (i = 0; i < offers->faults.count; i++) {
        const struct mx_rule_fault *fault = mx_list_at(&offers->faults, i);
        struct script_rule *rule = script_rule_find(set, SCRIPT_PROMOTION, fault->rule);
        if (rule != NULL) atomic_store(&rule->faults, 0);
        if (first == NULL) first = fault;
    }
    if (first == NULL) return;
    lua_pushlstring(L, first->message.ptr, first->message.len);
    luaL_error(L, "%s", lua_tostring(L, -1));
}

int script_trial_price(lua_State *L) {
    struct mx_ctx *ctx = script_trial_ctx(L), *outer = script_trial_outer(L);
    struct script_state *state = script_state_of(L);
    struct mx_offers *offers = mx_alloc(ctx, sizeof(*offers));
    struct mx_priced *priced = mx_alloc(ctx, sizeof(*priced));
    struct mx_price_ask *ask = mx_alloc(ctx, sizeof(*ask));
    uint64_t *only;
    mx_status st;
    state->needs_shop = outer == NULL;
    if (outer == NULL) return luaL_error(L, "t.price needs a shop that prices carts, and here is none; use t.offers");
    lua_settop(L, 1);
    ask->cart = script_trial_cart(L, ctx, 1);
    only = read_only(L, ctx, state->set);
    script_trial_spend(L, count_marks(only, state->set->of[SCRIPT_PROMOTION].count) / RULES_A_STEP);
    script_answer_of(ctx, state->set, state, ask->cart, only, offers);
    raise_faults(L, state->set, offers);
    fill_used(L, 1, state->set, &offers->offers);
    script_trial_spend(L, PRICE_STEPS + (int64_t)offers->offers.count * OFFER_STEPS);
    ask->offers = offers->offers;
    st = mx_ask(outer, &mx_point_price, ask, priced);
    if (st == MX_DECLINED) return luaL_error(L, "t.price needs a shop that prices carts: the plugin for prices is missing");
    if (st != MX_OK) return luaL_error(L, "the cart cannot be priced: %s", mx_dup(ctx, mx_problem(outer)).ptr);
    push_priced(L, priced, offers);
    return 1;
}
