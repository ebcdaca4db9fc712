/* test("what it shows", function(t) ... end): run before a set of files is taken into force.
 *
 * A test has the room's own engine and no shop: t.offers asks a promotion about a cart, t.price what the cart costs, t.tier and
 * t.rewards ask about a member, t.fire and t.tick run on and every and answer what they asked for. t.given says what
 * shop.query answers. */
#include <stdio.h>

#include "script/sale.h"
#include "script/tag.h"
#include "script/tier.h"

/* What stands in for the running shop. */
struct trial_shop {
    struct mx_ctx ctx; /* first */
    struct mx_op_api op;
    struct mx_shop shop;
    struct base_arena *arena;
    struct script_state *state;
    struct mx_ctx *outer;                           /* the running shop in whose call the tests run; NULL = there is none */
    struct script_effect given[SCRIPT_QUERIES_MAX]; /* answers by operation */
    uint32_t given_count;
};

static struct trial_shop *shop_of(lua_State *L) {
    struct script_run *run = script_state_of(L)->run;
    if (run == NULL || run->arg == NULL) luaL_error(L, "this belongs to a test");
    return run->arg;
}

static void *shop_alloc(struct mx_ctx *ctx, size_t bytes) { return base_arena_alloc(((struct trial_shop *)(void *)ctx)->arena, bytes); }
static const struct mx_shop *shop_settings(struct mx_ctx *ctx) { return &((struct trial_shop *)(void *)ctx)->shop; }
static void shop_log(struct mx_ctx *ctx, int32_t level, const char *format, ...) {
    (void)ctx;
    (void)level;
    (void)format;
}
static const struct mx_type *no_type(struct mx_ctx *ctx, struct mx_str name) {
    (void)ctx;
    (void)name;
    return NULL;
}

static mx_status query_given(struct script_run *run, struct mx_str op, struct mx_str input, struct mx_str *answer) {
    struct trial_shop *shop = run->arg;
    uint32_t i;
    (void)input;
    for (i = shop->given_count; i > 0; i--) {
        if (!mx_str_eq(shop->given[i - 1].op, op)) continue;
        *answer = shop->given[i - 1].input;
        return MX_OK;
    }
    *answer = mx_str_of("the test does not say what it answers; use t.given");
    return MX_E_NOT_FOUND;
}

static void shop_init(struct trial_shop *shop, struct script_state *state, struct mx_ctx *outer, struct script_run *run) {
    memset(shop, 0, sizeof(*shop));
    shop->outer = outer;
    shop->arena = base_arena_new(16 * 1024);
    shop->state = state;
    shop->op.size = sizeof(shop->op);
    shop->op.alloc = shop_alloc;
    shop->op.shop = shop_settings;
    shop->op.log = shop_log;
    shop->op.type_of = no_type;
    shop->ctx.size = sizeof(shop->ctx);
    shop->ctx.read_only = 1;
    shop->ctx.op = &shop->op;
    shop->shop.size = sizeof(shop->shop);
    shop->shop.currency = mx_str_of("CNY");
    shop->shop.zone = mx_str_of("UTC");
    shop->shop.digits = 2;
    script_run_init(run, &shop->ctx);
    run->query = query_given;
    run->arg = shop;
}

struct script_rule *script_trial_rule(lua_State *L, uint32_t kind, int index) {
    struct script_rule *rule;
    luaL_argcheck(L, lua_type(L, index) == LUA_TSTRING, index, "the id of a rule");
    rule = script_rule_find(script_state_of(L)->set, kind, mx_str_of(lua_tostring(L, index)));
    if (rule == NULL) luaL_error(L, "there is no %s '%s'", script_kinds[kind].word, lua_tostring(L, index));
    return rule;
}

/* What was asked has a budget of its own, so the questions together need a bound, too. */
static void end_if_long(lua_State *L, const struct trial_shop *shop) {
    if (shop->state->spent > SCRIPT_TRIALS_STEPS) luaL_error(L, "the tests take more than %d steps together", SCRIPT_TRIALS_STEPS);
}

struct mx_ctx *script_trial_ctx(lua_State *L) {
    return &shop_of(L)->ctx;
}
struct mx_ctx *script_trial_outer(lua_State *L) {
    return shop_of(L)->outer;
}

void script_trial_spend(lua_State *L, int64_t steps) {
    script_state_of(L)->spent += steps;
    end_if_long(L, shop_of(L));
}

/* t.offers("tea-3-for-2", {lines = {...}}) -> what it offers: a list of {kind, lane, ppm | amount | buy, pay, lines} */
static int trial_offers(lua_State *L) {
    struct trial_shop *shop = shop_of(L);
    struct script_rule *rule = script_trial_rule(L, SCRIPT_PROMOTION, 1);
    struct script_sale *sale = mx_alloc(&shop->ctx, sizeof(*sale));
    uint32_t i;
    lua_settop(L, 2);
    sale->ctx = &shop->ctx;
    sale->set = shop->state->set;
    sale->cart = script_trial_cart(L, &shop->ctx, 2);
    script_sale_ask(sale, shop->state, rule);
    atomic_store(&rule->faults, 0);
    end_if_long(L, shop);
    if (sale->fault_count) return luaL_error(L, "%s", mx_dup(&shop->ctx, sale->faults[0].message).ptr);
    lua_newtable(L);
    for (i = 0; i < sale->offer_count; i++) {
        script_trial_push_offer(L, &sale->offers[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- members ---- */

void script_trial_done(lua_State *L, struct script_rule *rule, int done) {
    struct trial_shop *shop = shop_of(L);
    end_if_long(L, shop);
    if (done) return;
    atomic_store(&rule->faults, 0);
    luaL_error(L, "%s", mx_dup(&shop->ctx, mx_str_of(shop->state->problem)).ptr);
}

/* t.reward("tea-cup", {tier = "gold", points = 500}) -> is it open to this member? */
static int trial_reward(lua_State *L) {
    static const char *const known[] = {"tier", "points", NULL};
    struct trial_shop *shop = shop_of(L);
    struct script_rule *rule = script_trial_rule(L, SCRIPT_REWARD, 1);
    struct script_reader reader = {L, 2, "", "the test's member"};
    struct mx_reward_ask ask;
    int yes = 1;
    memset(&ask, 0, sizeof(ask));
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    script_thaw(L, 2);
    script_read_known(&reader, known);
    ask.member = mx_str_of("mem_00000000000000000000000000");
    ask.tier = script_trial_text(&reader, &shop->ctx, "tier", "basic");
    (void)script_read_int(&reader, "points", -MX_INT_MAX, MX_INT_MAX, &ask.points);
    if (rule->has) script_trial_done(L, rule, script_reward_ask(shop->state, rule, &ask, &yes));
    lua_pushboolean(L, yes);
    return 1;
}

/* ---- on and every ---- */

/* Push what the run asked for: a list of {op = ..., input = {...}}. */
static void push_effects(lua_State *L, const struct script_run *run) {
    uint32_t i;
    lua_newtable(L);
    for (i = 0; i < run->effect_count; i++) {
        lua_newtable(L);
        lua_pushlstring(L, run->effects[i].op.ptr, run->effects[i].op.len);
        lua_setfield(L, -2, "op");
        script_json_push(L, run->effects[i].input, NULL, "the effect's input");
        lua_setfield(L, -2, "input");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static struct script_run *inner_run(struct trial_shop *shop) {
    struct script_run *run = mx_alloc(&shop->ctx, sizeof(*run));
    script_run_init(run, &shop->ctx);
    run->query = query_given;
    run->arg = shop;
    return run;
}

/* t.fire("orders.paid", {total = 1990}) -> what all listeners of this file set asked for */
static int trial_fire(lua_State *L) {
    struct trial_shop *shop = shop_of(L);
    const struct script_rules *listeners = &shop->state->set->of[SCRIPT_ON];
    struct script_run *run = inner_run(shop);
    struct script_fact fact;
    uint32_t i;
    memset(&fact, 0, sizeof(fact));
    luaL_argcheck(L, lua_type(L, 1) == LUA_TSTRING, 1, "the name of an event");
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    fact.name = mx_dup(&shop->ctx, mx_str_of(lua_tostring(L, 1)));
    fact.data = mx_dup(&shop->ctx, script_json_write(L, 2, "t.fire"));
    fact.seq = 1;
    fact.at_ms = script_trial_time(L, mx_str_of("2026-01-05 12:00"));
    fact.run = run;
    for (i = 0; i < listeners->count; i++) {
        if (script_on_hears(listeners->items[i], fact.name))
            script_trial_done(L, listeners->items[i], script_on_run(shop->state, listeners->items[i], &fact));
    }
    push_effects(L, run);
    return 1;
}

/* t.tick("2026-01-05 03:00") -> what the rules of the kind every that run at that minute asked for */
static int trial_tick(lua_State *L) {
    struct trial_shop *shop = shop_of(L);
    const struct script_rules *rules = &shop->state->set->of[SCRIPT_EVERY];
    struct script_run *run = inner_run(shop);
    struct script_tick tick;
    uint32_t i;
    luaL_argcheck(L, lua_type(L, 1) == LUA_TSTRING, 1, "a time like \"2026-01-05 03:00\"");
    tick.at_ms = script_trial_time(L, mx_str_of(lua_tostring(L, 1)));
    tick.run = run;
    for (i = 0; i < rules->count; i++) {
        if (script_every_next(rules->items[i], NULL, tick.at_ms - 1) != tick.at_ms) continue;
        script_trial_done(L, rules->items[i], script_every_run(shop->state, rules->items[i], &tick));
    }
    push_effects(L, run);
    return 1;
}

/* t.given("loyalty.points.balance", {points = 500}): shop.query answers this */
static int trial_given(lua_State *L) {
    struct trial_shop *shop = shop_of(L);
    struct script_effect *given;
    luaL_argcheck(L, lua_type(L, 1) == LUA_TSTRING, 1, "the name of an operation");
    luaL_checktype(L, 2, LUA_TTABLE);
    if (shop->given_count == SCRIPT_QUERIES_MAX) return luaL_error(L, "t.given was called more than %d times", SCRIPT_QUERIES_MAX);
    lua_settop(L, 2);
    given = &shop->given[shop->given_count];
    given->op = mx_dup(&shop->ctx, mx_str_of(lua_tostring(L, 1)));
    given->input = mx_dup(&shop->ctx, script_json_write(L, 2, "t.given"));
    shop->given_count++;
    return 0;
}

/* ---- expecting ---- */

/* t.equal(got, expected [, what]) */
static int trial_equal(lua_State *L) {
    struct mx_str got, expected;
    const char *what;
    (void)shop_of(L);
    lua_settop(L, 3);
    if (lua_rawequal(L, 1, 2) && lua_type(L, 1) != LUA_TTABLE && (lua_type(L, 1) != LUA_TNUMBER || lua_isinteger(L, 1))) return 0;
    what = lua_type(L, 3) == LUA_TSTRING ? lua_pushfstring(L, "%s: ", lua_tostring(L, 3)) : "";
    got = script_json_write(L, 1, "t.equal");
    expected = script_json_write(L, 2, "t.equal");
    if (mx_str_eq(got, expected)) return 0;
    return luaL_error(L, "%sexpected %s, got %s", what, expected.ptr, got.ptr);
}

/* t.ok(condition [, what]) */
static int trial_ok(lua_State *L) {
    (void)shop_of(L);
    if (lua_toboolean(L, 1)) return 0;
    return luaL_error(L, "%s", lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "this does not hold");
}

void script_trial_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"offers", trial_offers},
                                         {"price", script_trial_price},
                                         {"tier", script_trial_tier},
                                         {"missing", script_trial_missing},
                                         {"tier_of", script_trial_tier_of},
                                         {"reward", trial_reward},
                                         {"tag", script_trial_tag},
                                         {"fire", trial_fire},
                                         {"tick", trial_tick},
                                         {"given", trial_given},
                                         {"equal", trial_equal},
                                         {"ok", trial_ok},
                                         {NULL, NULL}};
    int i;
    luaL_newlib(L, functions);
    lua_newtable(L);
    for (i = 0; functions[i].name; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, functions[i].name);
    }
    script_fields_meta(L, "t", 0);
    lua_setmetatable(L, -2);
    script_freeze(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_TRIAL);
    lua_pop(L, 1);
}

void script_trial_read(struct script_declaration *decl, struct mx_str head) {
    struct mx_str *name = base_arena_alloc(decl->arena, sizeof(*name));
    *name = head;
    decl->rule->own = name;
}

static void run_trial(lua_State *L, struct script_asking *asking) {
    script_push_function(L, asking, SCRIPT_FN_BODY);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_TRIAL);
    script_budget_begin(asking->state);
    lua_call(L, 1, 0);
}

static void run_one(struct script_state *state, struct mx_ctx *outer, struct script_rule *rule, struct script_trial *trial) {
    const struct mx_str *name = rule->own;
    struct trial_shop shop;
    struct script_run run;
    shop_init(&shop, state, outer, &run);
    state->run = &run;
    trial->rule = rule;
    state->needs_shop = 0;
    trial->passed = script_ask(state, rule, run_trial, NULL);
    trial->needs_shop = !trial->passed && state->needs_shop;
    state->run = NULL;
    if (!trial->passed) {
        size_t place = strcspn(state->problem, " ");
        snprintf(trial->problem, sizeof(trial->problem), "%.*s test '%.*s': %.260s", (int)(place > 100 ? 100 : place), state->problem,
                 (int)(name->len > 100 ? 100 : name->len), name->ptr, state->problem + place + (state->problem[place] == ' '));
    }
    base_arena_free(shop.arena);
}

uint32_t script_trials_run(struct script_state *state, struct mx_ctx *outer, void (*seen)(void *arg, const struct script_trial *trial),
                           void *arg, struct script_trial *first) {
    const struct script_rules *trials = &state->set->of[SCRIPT_TEST];
    struct script_trial trial;
    uint32_t i, failed = 0;
    state->spent = 0;
    for (i = 0; i < trials->count; i++) {
        memset(&trial, 0, sizeof(trial));
        run_one(state, outer, trials->items[i], &trial);
        if (!trial.passed && failed++ == 0 && first != NULL) *first = trial;
        if (seen != NULL) seen(arg, &trial);
    }
    return failed;
}
