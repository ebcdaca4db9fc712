/* What on and every get as `shop`: questions answered at once, and effects, which are written down and done after the run by
 * commands of their own. Both with the rights of the role "script" and no others. */
#include "script/internal.h"

static struct script_run *run_of(lua_State *L, const char *what) {
    struct script_run *run = script_state_of(L)->run;
    if (run == NULL) luaL_error(L, "%s can only be used in on and every", what);
    return run;
}

/* The operation's name and its input: a table, or nothing. The input as JSON stays on the stack. */
static struct script_effect read_call(lua_State *L, const char *what) {
    struct script_effect call;
    size_t len;
    luaL_argcheck(L, lua_type(L, 1) == LUA_TSTRING, 1, "the name of an operation");
    luaL_argcheck(L, lua_isnoneornil(L, 2) || lua_istable(L, 2), 2, "the operation's input, a table");
    call.op.ptr = lua_tolstring(L, 1, &len);
    call.op.len = (uint32_t)len;
    luaL_argcheck(L, len >= 1 && len <= 64, 1, "the name of an operation has 1 to 64 bytes");
    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    call.input = script_json_write(L, 2, what);
    return call;
}

/* shop.query("catalog.product.get", {sku = "A"}) -> the answer; nil and why when the shop's rules refuse */
static int shop_query(lua_State *L) {
    struct script_run *run = run_of(L, "shop.query");
    struct script_effect call = read_call(L, "shop.query");
    struct mx_str answer = {NULL, 0};
    mx_status st;
    if (run->queries++ == SCRIPT_QUERIES_MAX)
        return luaL_error(L, "shop.query was called more than %d times in one run", SCRIPT_QUERIES_MAX);
    script_charge(L, 100 * SCRIPT_BYTES_A_STEP);
    st = run->query(run, call.op, call.input, &answer);
    if (st == MX_OK) {
        const struct mx_type *type = run->ctx->op->type_of ? mx_type_of(run->ctx, call.op) : NULL;
        script_json_push(L, answer, type, lua_pushfstring(L, "the answer of %s", call.op.ptr));
        return 1;
    }
    lua_pushnil(L);
    lua_pushlstring(L, answer.ptr ? answer.ptr : "", answer.len);
    if (st != MX_E_NOT_FOUND && st != MX_E_REFUSED) return luaL_error(L, "shop.query(\"%s\") failed: %s", call.op.ptr, lua_tostring(L, -1));
    return 2;
}

/* shop.run("membership.tier.put", {...}): done after this run, as a command of its own */
static int shop_run(lua_State *L) {
    struct script_run *run = run_of(L, "shop.run");
    struct script_effect call = read_call(L, "shop.run");
    struct script_effect *effect;
    if (run->effect_count == SCRIPT_EFFECTS_MAX) return luaL_error(L, "one run may ask for at most %d effects", SCRIPT_EFFECTS_MAX);
    effect = &run->effects[run->effect_count];
    effect->op = mx_dup(run->ctx, call.op);
    effect->input = mx_dup(run->ctx, call.input);
    run->effect_count++;
    return 0;
}

void script_shop_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"query", shop_query}, {"run", shop_run}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_newtable(L);
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "query");
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "run");
    script_fields_meta(L, "the shop", 0);
    lua_setmetatable(L, -2);
    script_freeze(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_SHOP);
    lua_pop(L, 1);
}

void script_shop_push(lua_State *L) { lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_SHOP); }

/* The answer, or in its place what went wrong. */
static mx_status ask_shop(struct script_run *run, struct mx_str op, struct mx_str input, struct mx_str *answer) {
    uint32_t flags = 0;
    mx_status st = mx_operation(run->ctx, op, &flags);
    if (st == MX_NONE || (st == MX_OK && (flags & MX_OP_INTERNAL))) {
        *answer = mx_str_of("there is no such operation");
        return MX_E_UNKNOWN_OPERATION;
    }
    if (st == MX_OK && (!(flags & MX_OP_QUERY) || (flags & MX_OP_BURNS))) {
        *answer = mx_str_of("it changes something; use shop.run");
        return MX_E_BAD_INPUT;
    }
    if (st == MX_OK && (flags & MX_OP_HEAVY)) {
        *answer = mx_str_of("it takes long; it can only be called from outside");
        return MX_E_FORBIDDEN;
    }
    if (st == MX_OK) st = mx_call_json(run->ctx, SCRIPT_ROLE, op, input, answer);
    if (st == MX_OK) return st;
    *answer = mx_dup(run->ctx, mx_problem(run->ctx));
    return st < 0 ? st : MX_E_INTERNAL;
}

void script_run_init(struct script_run *run, struct mx_ctx *ctx) {
    memset(run, 0, sizeof(*run));
    run->ctx = ctx;
    run->effects = mx_alloc(ctx, SCRIPT_EFFECTS_MAX * sizeof(*run->effects));
    run->query = ask_shop;
}
