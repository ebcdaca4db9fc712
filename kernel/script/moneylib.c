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

void script_money_push(lua_State *L) {
    static const luaL_Reg functions[] = {{"muldiv", money_muldiv}, {NULL, NULL}};
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
