/* money.* and math.*: exact integers. */
#include <math.h>

#include "merx/money.h"
#include "script/internal.h"

static int64_t arg_integer(lua_State *L, int index) {
    if (!lua_isinteger(L, index)) luaL_argerror(L, index, "this must be a whole number");
    return lua_tointeger(L, index);
}

/* money.muldiv(a, b, c [, "half_up" | "floor"]) -> a * b / c without losing a digit on the way */
static int money_muldiv(lua_State *L) {
    static const char *const roundings[] = {"half_up", "floor", NULL};
    int64_t a = arg_integer(L, 1), b = arg_integer(L, 2), c = arg_integer(L, 3), result;
    int rounding = luaL_checkoption(L, 4, "half_up", roundings);
    if (c <= 0) return luaL_argerror(L, 3, "the divisor must be above zero");
    if (!(rounding == 0 ? mx_muldiv_half_up : mx_muldiv_floor)(a, b, c, &result))
        return luaL_error(L, "the result of money.muldiv is too large");
    lua_pushinteger(L, result);
    return 1;
}

/* money.percent(amount, percent) -> so much of it, half up */
static int money_percent(lua_State *L) {
    int64_t amount = arg_integer(L, 1), percent = arg_integer(L, 2), result;
    luaL_argcheck(L, percent >= 0 && percent <= 1000, 2, "a percentage is 0 to 1000; for fractions use money.ppm");
    if (!mx_muldiv_half_up(amount, percent, 100, &result)) return luaL_error(L, "the result of money.percent is too large");
    lua_pushinteger(L, result);
    return 1;
}

/* money.ppm(amount, parts per million) */
static int money_ppm(lua_State *L) {
    int64_t amount = arg_integer(L, 1), ppm = arg_integer(L, 2), result;
    luaL_argcheck(L, ppm >= 0 && ppm <= 10 * MX_PPM_ONE, 2, "a rate is 0 to 10000000 parts per million");
    if (!mx_muldiv_half_up(amount, ppm, MX_PPM_ONE, &result)) return luaL_error(L, "the result of money.ppm is too large");
    lua_pushinteger(L, result);
    return 1;
}

/* money.round_to(amount, step [, "half_up" | "floor"]) -> the multiple of step that is nearest */
static int money_round_to(lua_State *L) {
    static const char *const roundings[] = {"half_up", "floor", NULL};
    int64_t amount = arg_integer(L, 1), step = arg_integer(L, 2), steps, result;
    int rounding = luaL_checkoption(L, 3, "half_up", roundings);
    luaL_argcheck(L, step > 0, 2, "the step must be above zero");
    if (!(rounding == 0 ? mx_muldiv_half_up : mx_muldiv_floor)(amount, 1, step, &steps) || !mx_muldiv_floor(steps, step, 1, &result))
        return luaL_error(L, "the result of money.round_to is too large");
    lua_pushinteger(L, result);
    return 1;
}

#define PARTS_MAX 200

/* Equal weights for `count` parts, or those of the list at 2; how many. */
static uint32_t read_weights(lua_State *L, int64_t *weights) {
    lua_Integer i, count;
    if (lua_isinteger(L, 2)) {
        count = lua_tointeger(L, 2);
        luaL_argcheck(L, count >= 1 && count <= PARTS_MAX, 2, "so many parts: 1 to 200");
        for (i = 0; i < count; i++) weights[i] = 1;
        return (uint32_t)count;
    }
    luaL_argcheck(L, lua_istable(L, 2), 2, "a number of parts, or a list of weights");
    script_thaw(L, 2);
    count = (lua_Integer)lua_rawlen(L, 2);
    luaL_argcheck(L, count >= 1 && count <= PARTS_MAX, 2, "a list of 1 to 200 weights");
    for (i = 0; i < count; i++) {
        lua_rawgeti(L, 2, i + 1);
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 0 || lua_tointeger(L, -1) > MX_INT_MAX)
            luaL_error(L, "money.split: every weight is a whole number from 0");
        weights[i] = lua_tointeger(L, -1);
        lua_pop(L, 1);
    }
    return (uint32_t)count;
}

/* money.split(amount, parts | {weights}) -> a list that sums to the amount, by largest remainder */
static int money_split(lua_State *L) {
    int64_t amount = arg_integer(L, 1), *weights, *shares;
    int negative = amount < 0;
    uint32_t count, i;
    luaL_argcheck(L, amount >= -MX_INT_MAX && amount <= MX_INT_MAX, 1, "this amount is too large");
    lua_settop(L, 2);
    weights = lua_newuserdatauv(L, 2 * PARTS_MAX * sizeof(*weights), 0);
    shares = weights + PARTS_MAX;
    count = read_weights(L, weights);
    script_charge(L, (size_t)count * count * SCRIPT_BYTES_A_STEP / 8);
    if (!mx_share(negative ? -amount : amount, weights, count, shares)) return luaL_error(L, "money.split cannot share this");
    lua_createtable(L, (int)count, 0);
    for (i = 0; i < count; i++) {
        lua_pushinteger(L, negative ? -shares[i] : shares[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

void script_money_push(lua_State *L) {
    static const luaL_Reg functions[] = {{"muldiv", money_muldiv},     {"percent", money_percent}, {"ppm", money_ppm},
                                         {"round_to", money_round_to}, {"split", money_split},     {NULL, NULL}};
    luaL_newlib(L, functions);
}

static int math_abs(lua_State *L) {
    if (lua_isinteger(L, 1)) {
        lua_Integer n = lua_tointeger(L, 1);
        lua_pushinteger(L, n < 0 ? (lua_Integer)(0u - (lua_Unsigned)n) : n);
    } else {
        lua_pushnumber(L, fabs(luaL_checknumber(L, 1)));
    }
    return 1;
}

static int whole(lua_State *L, double (*round_to)(double)) {
    lua_Integer n;
    if (lua_isinteger(L, 1)) {
        lua_settop(L, 1);
        return 1;
    }
    if (!lua_numbertointeger(round_to(luaL_checknumber(L, 1)), &n)) return luaL_error(L, "this number is too large to be a whole one");
    lua_pushinteger(L, n);
    return 1;
}

static int math_floor(lua_State *L) { return whole(L, floor); }
static int math_ceil(lua_State *L) { return whole(L, ceil); }

static int extreme(lua_State *L, int smallest) {
    int i, best = 1, count = lua_gettop(L);
    luaL_checknumber(L, 1);
    script_charge(L, (size_t)count * SCRIPT_BYTES_A_STEP);
    for (i = 2; i <= count; i++) {
        luaL_checknumber(L, i);
        if (smallest ? lua_compare(L, i, best, LUA_OPLT) : lua_compare(L, best, i, LUA_OPLT)) best = i;
    }
    lua_pushvalue(L, best);
    return 1;
}

static int math_max(lua_State *L) { return extreme(L, 0); }
static int math_min(lua_State *L) { return extreme(L, 1); }

static int math_tointeger(lua_State *L) {
    int exact = 0;
    lua_Integer n = lua_type(L, 1) == LUA_TNUMBER ? lua_tointegerx(L, 1, &exact) : 0;
    if (exact)
        lua_pushinteger(L, n);
    else
        lua_pushnil(L);
    return 1;
}

static int math_type(lua_State *L) {
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER)
        lua_pushstring(L, lua_isinteger(L, 1) ? "integer" : "float");
    else
        lua_pushnil(L);
    return 1;
}

void script_math_push(lua_State *L) {
    static const luaL_Reg functions[] = {{"abs", math_abs}, {"floor", math_floor},         {"ceil", math_ceil}, {"max", math_max},
                                         {"min", math_min}, {"tointeger", math_tointeger}, {"type", math_type}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_pushinteger(L, LUA_MAXINTEGER);
    lua_setfield(L, -2, "maxinteger");
    lua_pushinteger(L, LUA_MININTEGER);
    lua_setfield(L, -2, "mininteger");
}
